/* Officers: bundles under way with their common promise, and how the members of one stand. What a member
 * contains is its department's alone. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/bundles/bundles_apply.h"
#include "modules/people/people.h"

static struct str light_word(struct ctx *c, enum clock_light light)
{
    static const char *const words[] = {[LIGHT_GREEN] = "In time",
                                        [LIGHT_YELLOW] = "Soon due",
                                        [LIGHT_RED] = "Overdue",
                                        [LIGHT_DONE] = "Done",
                                        [LIGHT_PAUSED] = "Paused"};
    return ctx_tr(c, words[light]);
}

static void add_light(struct ctx *c, struct json *o, const struct bundle_file *f)
{
    enum clock_light light = bundle_light(c, f);
    struct json *l = json_set_object(c->arena, o, "light");
    json_set_c(c->arena, l, "color", clock_light_name(light));
    json_set_str(c->arena, l, "label", light_word(c, light));
}

static bool add_members(struct ctx *c, struct json *o, int64_t file, int64_t current)
{
    struct bundle_row *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, o, "members");
    if (!bundle_store_members(c, file, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *m = json_add_object(c->arena, list);
        bool ended = rows[i].closed != 0 || rows[i].result.len > 0;
        json_set_str(c->arena, m, "name", rows[i].item_name);
        json_set_str(c->arena, m, "department", bundle_unit_name(c, rows[i].unit));
        json_set_str(c->arena, m, "status_label", bundle_member_text(c, &rows[i]));
        json_set_bool(c->arena, m, "current", current && rows[i].case_id == current);
        json_set_c(c->arena, m, "icon", ended ? "done" : rows[i].case_id ? "walk" : "clock");
        json_set(m, "case_no",
                 rows[i].case_no.len ? json_string(c->arena, rows[i].case_no) : json_null(c->arena));
    }
    return true;
}

/* ---- the mark on a member's page ---- */

bool bundle_show(struct ctx *c, const struct case_file *file, struct json *doc)
{
    struct bundle_row row;
    struct bundle_file f;
    bool found;
    if (!bundle_store_member_of_case(c, file->id, &row, &found)) return false;
    if (!found || !bundle_store_find(c, row.file, &f, &found)) return c->err->kind == ERR_NONE;
    struct json *o = json_set_object(c->arena, doc, "bundle");
    bool officer = c->actor.kind == ACTOR_OFFICER;
    struct str due = bundle_due_text(c, &f);
    json_set_str(c->arena, o, "name", f.name);
    json_set_str(c->arena, o, "number", f.number);
    json_set_str(c->arena, o, "href",
                 str_fmt(c->arena, officer ? "/office/bundles/%lld" : "/me/bundles/%lld", (long long)f.id));
    json_set_str(c->arena, o, "status_label", due.len ? due : light_word(c, bundle_light(c, &f)));
    return add_members(c, o, f.id, file->id);
}

/* ---- the list ---- */

static struct str whole_area(const struct ctx *c)
{
    struct str area = c->actor.area;
    while (area.len >= 2 && str_ends(area, STR("00")))
        area = str_slice(area, 0, area.len - 2);
    return area;
}

bool bundles_office_list(struct ctx *c)
{
    struct bundle_file *rows;
    size_t count;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "bundles");
    bool all = ctx_may(c, "case.receive") || ctx_may(c, "case.supervise");
    struct bundle_after after = {in_i64(c, "after_due", 0), in_i64(c, "after", 0)};
    if (!bundle_store_open(c, whole_area(c), all ? 0 : c->actor.unit, after, &rows, &count)) return false;
    for (size_t i = 0; i < count && i < BUNDLE_PAGE; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", rows[i].name);
        json_set_str(c->arena, o, "number", rows[i].number);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/bundles/%lld", (long long)rows[i].id));
        json_set_str(c->arena, o, "sent", time_words(c->lang, c->arena, rows[i].submitted, c->now));
        struct str due = bundle_due_text(c, &rows[i]);
        json_set(o, "due_text", due.len ? json_string(c->arena, due) : json_null(c->arena));
        add_light(c, o, &rows[i]);
        if (!add_members(c, o, rows[i].id, 0)) return false;
    }
    json_set_bool(c->arena, doc, "has_bundles", list->count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count <= BUNDLE_PAGE) return true;
    const struct bundle_file *last = &rows[BUNDLE_PAGE - 1];
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set_str(c->arena, pager, "next",
                 str_fmt(c->arena, "/office/bundles?after_due=%lld&after=%lld", (long long)last->due_order,
                         (long long)last->id));
    return true;
}

/* ---- one ---- */

bool bundles_office_one(struct ctx *c)
{
    struct bundle_work w;
    struct subject who;
    if (!bundle_load(c, c->row, &w) || !people_subject(c, w.file.applicant, &who)) return false;
    struct json *doc = ctx_doc(c);
    const struct bundle_file *f = &w.file;
    struct str due = bundle_due_text(c, f), promise = bundle_days_text(c, f->days),
               delivery = json_text(json_get(w.answers.values, "delivery"));
    json_set_id(c->arena, doc, "id", f->id);
    json_set_str(c->arena, doc, "name", f->name);
    json_set_str(c->arena, doc, "number", f->number);
    json_set_str(c->arena, doc, "applicant", people_mask_name(c->arena, who.name));
    json_set_str(c->arena, doc, "sent", time_words(c->lang, c->arena, f->submitted, c->now));
    json_set(doc, "due_text", due.len ? json_string(c->arena, due) : json_null(c->arena));
    json_set(doc, "promise", promise.len ? json_string(c->arena, promise) : json_null(c->arena));
    add_light(c, doc, f);
    const char *how = str_eq_c(delivery, "pickup")    ? "Collected at the service desk, all at once"
                      : str_eq_c(delivery, "deliver") ? "Posted, all in one parcel"
                                                      : "Electronic only";
    json_set_str(c->arena, doc, "delivery", ctx_tr(c, how));
    json_set(doc, "handed",
             f->handed ? json_string(c->arena, time_words(c->lang, c->arena, f->handed, c->now))
                       : json_null(c->arena));
    if (!bundle_add_handovers(c, &w, doc)) return false;
    bundles_draw(c, doc, &w.plan);
    return add_members(c, doc, f->id, 0);
}

const struct field bundles_list_fields[] = {
    {"after_due", FIELD_INT, "Behind this due date", .min = 0, .max = -1},
    {"after", FIELD_ID, .label = "Behind this one"},
    {"before", FIELD_ID, .label = "Before this one"},
    {0},
};
