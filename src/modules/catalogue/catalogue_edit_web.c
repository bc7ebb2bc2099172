/* Officers' pages of the directory: the list, the draft, the review. */
#include "core/auth/auth.h"
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/catalogue/catalogue_edit.h"

enum { PAGE = 30 };

static struct str status_text(struct ctx *c, struct str status)
{
    static const char *const words[][2] = {{"draft", "Draft"},
                                           {"review", "Waiting for review"},
                                           {"published", "Published"},
                                           {"superseded", "Superseded"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(status, words[i][0])) return ctx_tr(c, words[i][1]);
    return status;
}

static struct str account_name(struct ctx *c, int64_t account)
{
    struct account a;
    if (!account) return ctx_tr(c, "Import");
    if (account_load(c, account, &a))
        return a.label.len ? a.label : str_fmt(c->arena, "%lld", (long long)account);
    err_clear(c->err);
    return STR_EMPTY;
}

static struct str verified_text(struct ctx *c, const struct item *i)
{
    struct json *all = json_array(c->arena);
    size_t known = catalogue_elements(c, i, false, all);
    return str_fmt(c->arena, "%zu/%u", known, all->count);
}

/* ---- the list ---- */

static void add_row(struct ctx *c, struct json *list, const struct item *i, struct str status, bool review)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, list);
    const struct unit *u = orgs_unit(c, i->unit);
    json_set_id(a, o, "id", i->id);
    json_set_str(a, o, "name", i->name);
    json_set_str(a, o, "href",
                 str_fmt(a, "/office/catalogue/%lld%s", (long long)i->id, review ? "/review" : ""));
    json_set_str(a, o, "code", i->code);
    json_set_str(a, o, "type_label", item_type_text(c, i->type));
    json_set_str(a, o, "department", u ? u->name : STR_EMPTY);
    json_set_i64(a, o, "version", i->version);
    json_set_str(a, o, "state_label", status_text(c, status));
    json_set_str(a, o, "verified", verified_text(c, i));
}

static void add_chip(struct ctx *c, struct json *filters, const char *label, const char *href, int64_t count,
                     bool current)
{
    struct json *o = json_add_object(c->arena, filters);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_c(c->arena, o, "href", href);
    json_set_str(c->arena, o, "count", count_text(c->arena, (size_t)count));
    json_set_bool(c->arena, o, "current", current);
}

static bool list_head(struct ctx *c, struct str status)
{
    struct json *doc = ctx_doc(c), *filters = json_set_array(c->arena, doc, "filters");
    size_t published = catalogue_count(c);
    int64_t drafts, reviews;
    if (!catalogue_store_count_status(c, STR("draft"), c->actor.area, &drafts) ||
        !catalogue_store_count_status(c, STR("review"), c->actor.area, &reviews))
        return false;
    add_chip(c, filters, "Published", "/office/catalogue", (int64_t)published, !status.len);
    add_chip(c, filters, "Draft", "/office/catalogue?s=draft", drafts, str_eq_c(status, "draft"));
    add_chip(c, filters, "Waiting for review", "/office/catalogue/review", reviews,
             str_eq_c(status, "review"));
    struct str place = orgs_division_name(c, c->actor.area.len ? c->actor.area : orgs_place(c));
    json_set_str(c->arena, doc, "total", count_text(c->arena, published));
    json_set_str(c->arena, doc, "scope", place.len ? place : ctx_tr(c, "All departments"));
    json_set(doc, "new_href",
             ctx_may(c, "catalogue.edit") ? json_string(c->arena, STR("/office/catalogue/new"))
                                          : json_null(c->arena));
    struct json *fields = json_set_array(c->arena, doc, "fields");
    edit_field(c, fields, "input", "q", "Name or code", in_text(c, "q"), true, NULL);
    return true;
}

static void list_pager(struct ctx *c, const char *path, int64_t next)
{
    struct json *doc = ctx_doc(c);
    if (!next) {
        json_set(doc, "pager", json_null(c->arena));
        return;
    }
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set_str(c->arena, pager, "next", str_fmt(c->arena, "%safter=%lld", path, (long long)next));
}

static bool working_list(struct ctx *c, struct str status)
{
    struct version_row *rows;
    size_t count;
    bool review = str_eq_c(status, "review");
    struct json *list = json_set_array(c->arena, ctx_doc(c), "items");
    if (!catalogue_store_by_status(c, status, c->actor.area, in_i64(c, "after", 0), PAGE + 1, &rows, &count))
        return false;
    for (size_t i = 0; i < count && i < PAGE; i++) {
        struct item *it = ARENA_NEW(c->arena, struct item);
        if (!catalogue_assemble(c, &rows[i], it)) return false;
        add_row(c, list, it, status, review);
    }
    json_set_bool(c->arena, ctx_doc(c), "has_items", list->count > 0);
    list_pager(c, review ? "/office/catalogue/review?" : "/office/catalogue?s=draft&",
               count > PAGE ? rows[PAGE - 1].item : 0);
    return list_head(c, status);
}

bool office_list(struct ctx *c)
{
    struct str q = in_text(c, "q");
    struct item_list found;
    if (in_text(c, "s").len) return working_list(c, in_text(c, "s"));
    struct json *list = json_set_array(c->arena, ctx_doc(c), "items");
    const struct item *exact = q.len ? catalogue_item(c, q) : NULL;
    struct item_filter f = {.query = q};
    catalogue_find(c, &f, in_i64(c, "after", 0), PAGE, &found);
    if (exact) add_row(c, list, exact, STR("published"), false);
    for (size_t i = 0; !exact && i < found.count; i++)
        add_row(c, list, found.items[i], STR("published"), false);
    json_set_bool(c->arena, ctx_doc(c), "has_items", list->count > 0);
    list_pager(c,
               q.len ? str_z(c->arena,
                             str_fmt(c->arena, "/office/catalogue?q=%.*s&", STR_ARG(url_encode(c->arena, q))))
                     : "/office/catalogue?",
               exact ? 0 : found.next);
    return list_head(c, STR_EMPTY);
}

bool office_review_list(struct ctx *c)
{
    return working_list(c, STR("review"));
}

/* ---- one item ---- */

bool office_item_scope(struct ctx *c)
{
    int64_t id;
    struct version_row *rows;
    size_t count;
    if (!ctx_path_id(c, "id", &id) || !catalogue_store_versions(c, id, &rows, &count)) return false;
    if (!count || !orgs_in_area(c->actor.area, rows[0].division))
        return err_missing(c->err, "item", "We cannot find this service.");
    c->row = id;
    return true;
}

static void add_version(struct ctx *c, struct json *timeline, const struct version_row *v)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, timeline);
    bool open = str_eq_c(v->status, "draft") || str_eq_c(v->status, "review");
    int64_t when = v->published_at ? v->published_at : v->made_at;
    json_set_c(a, o, "state", open ? "now" : "done");
    json_set_bool(a, json_set_object(a, o, "at"), open ? "now" : "done", true);
    json_set_str(a, o, "title",
                 str_fmt(a, "%.*s · %.*s",
                         STR_ARG(tr_arg(c->lang, a, "Version %{arg}", str_fmt(a, "%d", v->version))),
                         STR_ARG(status_text(c, v->status))));
    json_set_str(a, o, "when", time_format(a, when));
    json_set_str(a, o, "datetime", date_format(a, date_of(when)));
    struct str who = account_name(c, v->made_by);
    if (v->reviewed_by && v->reviewed_by != v->made_by)
        who = str_fmt(a, "%.*s → %.*s", STR_ARG(who), STR_ARG(account_name(c, v->reviewed_by)));
    json_set_str(a, o, "who", who);
    json_set(o, "text", v->note.len && !str_eq_c(v->note, "import") ? json_string(a, v->note) : json_null(a));
    json_set_bool(a, o, "text_zh", true);
}

static bool add_versions(struct ctx *c, int64_t item)
{
    struct version_row *rows;
    size_t count;
    struct json *timeline = json_set_array(c->arena, ctx_doc(c), "timeline");
    if (!catalogue_store_versions(c, item, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        add_version(c, timeline, &rows[i]);
    return true;
}

static void item_head(struct ctx *c, const struct version_row *row)
{
    struct json *doc = ctx_doc(c);
    json_set_id(c->arena, doc, "id", row->item);
    json_set_str(c->arena, doc, "name", row->name);
    json_set_str(c->arena, doc, "code", row->code);
    json_set_i64(c->arena, doc, "version", row->version);
    json_set_str(c->arena, doc, "state_label", status_text(c, row->status));
}

struct str catalogue_revision(struct ctx *c, const struct version_row *row, bool open)
{
    return str_fmt(c->arena, "%d.%lld", row->version, (long long)(open ? row->made_at : 0));
}

bool office_edit(struct ctx *c)
{
    struct version_row row;
    struct item i;
    bool open;
    struct arena *a = c->arena;
    if (!catalogue_draft(c, c->row, &row, &open) || !catalogue_assemble(c, &row, &i)) return false;
    struct json *doc = ctx_doc(c);
    bool review = open && str_eq_c(row.status, "review");
    item_head(c, &row);
    json_set(doc, "guide_href",
             row.current ? json_string(a, str_fmt(a, "/items/%lld", (long long)row.item)) : json_null(a));
    json_set_str(a, doc, "action", str_fmt(a, "/office/catalogue/%lld", (long long)row.item));
    json_set(doc, "review_href",
             review ? json_string(a, str_fmt(a, "/office/catalogue/%lld/review", (long long)row.item))
                    : json_null(a));
    json_set_str(a, doc, "revision", catalogue_revision(c, &row, open));
    json_set_bool(a, doc, "can_submit", true);
    json_set_bool(a, doc, "editable", !review && ctx_may(c, "catalogue.edit"));
    json_set_bool(a, doc, "under_review", review);
    json_set(doc, "mend_href",
             open && !review && row.version == 1 && !row.current && ctx_may(c, "catalogue.edit")
                 ? json_string(a, str_fmt(a, "/office/catalogue/%lld/basics", (long long)row.item))
                 : json_null(a));
    if (!edit_sections(c, &i, json_set_array(a, doc, "sections"))) return false;
    struct json *elements = json_set_array(a, doc, "elements");
    catalogue_elements(c, &i, false, elements);
    for (struct json *e = elements->first; e; e = e->next)
        json_set_bool(a, e, "verified", json_text_of(e, "value").len > 0);
    return add_versions(c, row.item);
}

bool office_save(struct ctx *c)
{
    struct version_row row;
    struct item i, offered;
    bool open, any;
    if (!catalogue_draft(c, c->row, &row, &open) || !catalogue_assemble(c, &row, &i)) return false;
    if (open && str_eq_c(row.status, "review"))
        return err_conflict(c->err, "catalogue.under_review",
                            "This draft is under review. It can be changed when the reviewer returns it.");
    if (!str_eq(in_text(c, "revision"), catalogue_revision(c, &row, open)))
        return err_conflict(c->err, "catalogue.changed",
                            "Someone else changed this in the meantime. Look at it again before you save.");
    if (!edit_read(c, &i, &row) || !catalogue_assemble(c, &row, &i) ||
        !catalogue_offered(c, c->row, &offered, &any))
        return false;
    if (!catalogue_check_draft(c, &i, any ? &offered : NULL) || !catalogue_save_draft(c, &row, open))
        return false;
    bool review = str_eq_c(in_text(c, "go"), "review");
    if (review && !catalogue_send_to_review(c, &row)) return false;
    ctx_notice(c, review ? "Sent to review." : "The draft is saved.");
    return ctx_redirect(c, "/office/catalogue/%lld%s", (long long)row.item, review ? "/review" : "");
}

/* ---- the review ---- */

static struct json *add_act(struct ctx *c, struct json *acts, const char *label, const char *tone,
                            const char *path, const char *says)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, acts);
    json_set_str(a, o, "label", ctx_tr(c, label));
    json_set_c(a, o, "tone", tone);
    json_set_bool(a, o, "open", str_eq_c(str_c(tone), "main"));
    json_set_bool(a, o, "danger", false);
    json_set_str(a, o, "action", str_fmt(a, "/office/catalogue/%lld/%s", (long long)c->row, path));
    json_set_str(a, o, "says", ctx_tr(c, says));
    return json_set_array(a, o, "fields");
}

static void add_acts(struct ctx *c, const struct version_row *row)
{
    struct json *acts = json_set_array(c->arena, ctx_doc(c), "acts");
    if (!str_eq_c(row->status, "review") || !ctx_may(c, "catalogue.publish") || catalogue_is_author(c, row))
        return;
    add_act(
        c, acts, "Publish", "main", "publish",
        "Everyone sees it at once. New applications follow this version; cases in hand stay under theirs.");
    struct json *fields =
        add_act(c, acts, "Return to the author", "quiet", "return", "The author reads your reason.");
    edit_field(c, fields, "textarea", "why", "Your reason", STR_EMPTY, true, NULL);
}

bool office_review(struct ctx *c)
{
    struct version_row row;
    struct item after, before;
    bool open, published;
    struct json *doc = ctx_doc(c);
    if (!catalogue_draft(c, c->row, &row, &open) || !catalogue_offered(c, c->row, &before, &published) ||
        !catalogue_assemble(c, &row, &after))
        return false;
    item_head(c, &row);
    json_set(doc, "from_version",
             open && published ? json_number(c->arena, before.version) : json_null(c->arena));
    json_set_i64(c->arena, doc, "to_version", row.version);
    json_set_str(c->arena, doc, "author", account_name(c, row.made_by));
    struct json *changes = json_set_array(c->arena, doc, "changes");
    if (open) catalogue_compare(c, published ? &before : NULL, &after, changes);
    json_set_bool(c->arena, doc, "has_changes", changes->count > 0);
    json_set_bool(c->arena, doc, "fresh", open && !published);
    json_set_bool(c->arena, doc, "own", open && catalogue_is_author(c, &row));
    json_set_str(c->arena, doc, "used_text",
                 ctx_tr(c, "Cases in hand stay under the version they were accepted under; new applications "
                           "follow the new one."));
    add_acts(c, &row);
    return true;
}

bool office_publish(struct ctx *c)
{
    if (!catalogue_publish(c, c->row)) return false;
    ctx_notice(c, "Published.");
    return ctx_redirect(c, "/office/catalogue/%lld", (long long)c->row);
}

bool office_return(struct ctx *c)
{
    if (!catalogue_return(c, c->row, in_text(c, "why"))) return false;
    ctx_notice(c, "Returned to the author.");
    return ctx_redirect(c, "/office/catalogue/review");
}

const struct field office_list_fields[] = {
    {"q", FIELD_LINE, "Name or code", .max = 100},
    {"s", FIELD_CHOICE, "State", .choices = "draft|review"},
    {"after", FIELD_ID, .label = "Items behind this one"},
    {0},
};
const struct field office_return_fields[] = {{"why", FIELD_TEXT, "Your reason", true, .max = 1000}, {0}};
