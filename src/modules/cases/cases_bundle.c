/* What bundles (一件事) need of cases: several opened and sent for one application, by the rules of every
 * other one, and what their person sees of them together. */
#include "core/http/server.h"
#include "modules/bookings/bookings.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_exchange.h"
#include "modules/cases/cases_form_files.h"
#include "modules/cases/cases_scope.h"

/* ---- opening ---- */

static const struct case_material *wanted(const struct case_material *list, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].id, id)) return list[i].wanted ? &list[i] : NULL;
    return NULL;
}

/* Taken by the clerk who had the application before them, and on record there. */
static bool add_paper(struct ctx *c, const struct case_work *w, const struct case_given *f)
{
    const struct case_upload u = {.id = ctx_id(c),
                                  .at = f->at,
                                  .material = f->material,
                                  .state = STR("paper"),
                                  .copies = 1,
                                  .clerk = f->clerk};
    return case_store_add_upload(c, w->file.id, &u, STR_EMPTY);
}

/* What an answer made needless is left out. */
static bool add_files(struct ctx *c, struct case_work *w, const struct case_opening *o)
{
    struct case_material *list;
    size_t count;
    if (!case_materials(c, w, &list, &count)) return false;
    for (size_t i = 0; i < o->file_count; i++) {
        const struct case_given *f = &o->files[i];
        if (f->number) continue;
        if (!wanted(list, count, f->material)) continue;
        if (!(f->paper ? add_paper(c, w, f)
                       : draft_add_file(c, w, f->material, f->blob, f->file_name, f->size,
                                        str_z(c->arena, f->media_type))))
            return false;
    }
    return true;
}

static bool book(struct ctx *c, const struct case_work *w, const struct case_opening *o)
{
    const struct json *setting = json_get(w->service, "booking");
    if (!json_is(setting, JSON_OBJECT) || o->at_desk) return true;
    if (!o->slot.len)
        return err_at(c->err, STR("booking"), "Please choose a time for your appointment.", STR_EMPTY);
    return booking_take(c, w->file.id, w->file.item, setting, o->slot);
}

bool case_open_for(struct ctx *c, const struct case_opening *o, struct case_file *out)
{
    struct case_work w;
    int64_t id;
    if (!draft_open_member(c, o->item, o->applicant, o->agent, &id) || !case_work_load(c, id, &w) ||
        !draft_situations(c, &w, o->situations))
        return false;
    w.answers.values = o->values;
    if (!form_files_give(c, &w, o->files, o->file_count, o->values) || !add_files(c, &w, o) ||
        !book(c, &w, o) || !draft_submit(c, &w))
        return false;
    *out = w.file;
    return true;
}

bool case_next_number(struct ctx *c, struct str division, struct str *number)
{
    return case_number(c, division, number);
}

/* ---- before there is a case ---- */

static struct case_work stand_in(const struct item *item, int64_t applicant, int64_t about)
{
    return (struct case_work){.item = item,
                              .file = {.id = about,
                                       .item = item->id,
                                       .applicant = applicant,
                                       .unit = item->unit,
                                       .status = STR("draft")}};
}

struct json *case_known(struct ctx *c, const struct item *item, int64_t applicant, int64_t about,
                        const struct json *schema)
{
    const struct case_work w = stand_in(item, applicant, about);
    const struct exchange_case k = case_for_exchange(&w);
    return exchange_prefill(c, &k, schema);
}

bool case_document_held(struct ctx *c, const struct item *item, int64_t applicant, bool organisation,
                        int64_t about, const struct json *rule, bool *held, struct str *by)
{
    struct case_work w = stand_in(item, applicant, about);
    struct case_material m = {.rule = rule};
    w.organisation = organisation;
    if (!case_held(c, &w, &m)) return false;
    *held = m.held;
    *by = c->lang == &lang_en && m.held_by_en.len ? m.held_by_en : m.held_by;
    return true;
}

/* ---- parts of pages ---- */

void case_field_whole(struct ctx *c, struct json *field)
{
    apply_complete_field(c, field);
}

void case_form_decides(struct ctx *c, struct json *doc, const struct form *form, size_t page)
{
    struct str names = form_decides(c->arena, form, page);
    json_set(doc, "decides", names.len ? json_string(c->arena, names) : json_null(c->arena));
}

void case_files_begin(struct ctx *c)
{
    apply_prepared(c);
}

bool case_file_take(struct ctx *c, struct str field, const struct json *rule, const struct upload *u)
{
    return apply_take_file(c, field, rule, u);
}

void case_files_wrong(struct ctx *c, struct err *into)
{
    apply_wrong(c, into);
}

void case_file_rules(struct ctx *c, struct json *field, const struct json *rule)
{
    apply_file_rules(c, field, rule);
}

struct str case_raw_value(void *arg, struct str name)
{
    return apply_raw(arg, name);
}

/* ---- together ---- */

struct str case_due_text(struct ctx *c, int64_t due, enum clock_light light, bool provisional)
{
    return words_due(c, due, light, provisional);
}

static bool add_points(struct ctx *c, const struct case_work *w, struct case_view *v, struct json *out)
{
    struct case_point *points;
    size_t count;
    if (w->state.status != COURSE_CORRECTION) return true;
    if (!case_points(c, w, &points, &count) || !case_correction_until(c, w->file.id, &v->points_until))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (points[i].done_at) continue;
        v->points++;
        if (out) json_set_str(c->arena, json_add_object(c->arena, out), "reason", points[i].reason);
    }
    return true;
}

bool case_view(struct ctx *c, int64_t id, struct case_view *v, struct json *points, struct json *steps)
{
    struct case_work w;
    *v = (struct case_view){0};
    if (!case_work_load(c, id, &w)) return false;
    v->file = w.file;
    enum clock_light light = case_light(&w.file, w.yellow_at, w.red_at, w.paused, c->now);
    v->due_text = words_due_to_person(c, &w.file, light, w.provisional);
    v->paused = case_clock_rests(&w);
    v->may_withdraw = person_may_withdraw(c, &w);
    v->opinion = w.opinion;
    return add_points(c, &w, v, points) && (!steps || person_timeline(c, steps, &w));
}

bool case_withdraw_open(struct ctx *c, int64_t id, bool *withdrawn)
{
    struct case_work w;
    if (!case_work_load(c, id, &w)) return false;
    *withdrawn = person_may_withdraw(c, &w);
    return !*withdrawn || case_withdraw(c, &w);
}

/* ---- what the pages of both show ---- */

struct json *case_field_errors(struct ctx *c)
{
    struct json *errors = json_object(c->arena);
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++) {
        const struct err_field *f = &c->failed->fields[i];
        json_set_str(c->arena, errors, f->field, tr_arg(c->lang, c->arena, f->msgid, str_c(f->arg)));
    }
    return errors;
}

struct json *case_summary_group(struct ctx *c, struct json *groups, struct str heading, bool zh,
                                struct str change)
{
    struct json *g = json_add_object(c->arena, groups);
    json_set_str(c->arena, g, "heading", heading);
    json_set_bool(c->arena, g, "label_zh", zh && c->lang == &lang_en);
    json_set(g, "change", change.len ? json_string(c->arena, change) : json_null(c->arena));
    return json_set_array(c->arena, g, "answers");
}

struct json *case_summary_answer(struct ctx *c, struct json *answers, struct str label, struct str value,
                                 struct str source)
{
    struct json *a = json_add_object(c->arena, answers);
    json_set_str(c->arena, a, "label", label);
    json_set(a, "value", value.len ? json_string(c->arena, value) : json_null(c->arena));
    json_set(a, "source", source.len ? json_string(c->arena, source) : json_null(c->arena));
    json_set(a, "file_links", json_null(c->arena));
    return a;
}
