/* Bundles under version: drafts, the second pair of eyes, going back. What a draft says is written on the
 * pages of bundles_edit_services.c, bundles_edit_questions.c, bundles_edit_form.c and bundles_edit_pages.c.
 */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/bundles/bundles_apply.h"
#include "modules/evidence/evidence.h"
#include "modules/versions/versions.h"

/* ---- versions ---- */

static bool newest(struct ctx *c, struct bundle_version **rows, size_t *count)
{
    if (!bundle_store_versions(c, ctx_path(c, "code"), rows, count)) return false;
    return *count || err_missing(c->err, "bundle", "We cannot find this life event.");
}

static bool is_open(const struct bundle_version *v)
{
    return str_eq_c(v->status, "draft") || str_eq_c(v->status, "review");
}

static struct str mark_of(const struct ctx *c)
{
    return str_fmt(c->arena, "|%lld|", (long long)c->actor.account);
}

static bool is_author(const struct ctx *c, const struct bundle_version *v)
{
    return c->actor.account &&
           (v->made_by == c->actor.account || str_find(v->authors, mark_of(c)) != SIZE_MAX);
}

static struct str status_label(struct ctx *c, struct str status)
{
    static const char *const words[][2] = {{"draft", "Draft"},
                                           {"review", "Under review"},
                                           {"published", "In force"},
                                           {"superseded", "Superseded"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(status, words[i][0])) return ctx_tr(c, words[i][1]);
    return status;
}

static bool note(struct ctx *c, const char *act, const struct bundle_version *v)
{
    struct json *detail = json_object(c->arena);
    struct bundle_version named = *v;
    if (!bundle_version_doc(c, &named)) return false;
    json_set_str(c->arena, detail, "name", json_text_of(named.doc, "name"));
    json_set_i64(c->arena, detail, "version", v->version);
    return evidence_add(c, act, "bundle_version", 0, 0, detail);
}

bool bundles_versions(struct ctx *c)
{
    struct bundle_version *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, ctx_doc(c), "bundles");
    if (!bundle_store_versions(c, STR_EMPTY, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!bundle_version_doc(c, &rows[i])) return false;
        struct json *o = json_add_object(c->arena, list);
        const struct json *members = json_get(rows[i].doc, "members");
        json_set_str(c->arena, o, "code", rows[i].code);
        json_set_str(c->arena, o, "name", bundle_text(c, rows[i].doc, "name", "en"));
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/bundle-versions/%.*s", STR_ARG(rows[i].code)));
        json_set_i64(c->arena, o, "version", rows[i].version);
        json_set_str(c->arena, o, "status_label", status_label(c, rows[i].status));
        json_set_bool(c->arena, o, "off", json_true_of(rows[i].doc, "off"));
        json_set_i64(c->arena, o, "members", members ? (int64_t)members->count : 0);
    }
    json_set_bool(c->arena, ctx_doc(c), "has_bundles", list->count > 0);
    json_set_bool(c->arena, ctx_doc(c), "may_add", ctx_may(c, "bundle.edit"));
    return true;
}

/* ---- what all pages of a version begin with ---- */

static struct str revision_of(const struct ctx *c, const struct bundle_version *v)
{
    const struct versions_row row = {.version = v->version, .made_at = v->made_at};
    return versions_revision(c, &row, is_open(v));
}

bool bundle_edit_load(struct ctx *c, struct bundle_edit *e)
{
    *e = (struct bundle_edit){0};
    if (!newest(c, &e->rows, &e->count)) return false;
    e->v = e->rows[0];
    return bundle_version_doc(c, &e->v);
}

static void add_tabs(struct ctx *c, struct json *doc, struct str path, const char *here)
{
    static const struct {
        const char *id, *behind, *label;
    } tabs[] = {{"services", "", "Services"},
                {"questions", "/questions", "Questions of the situation"},
                {"form", "/form", "One form, one set of documents"},
                {"pages", "/pages", "Pages of the form"},
                {"try", "/try", "Play it through"}};
    struct json *list = json_set_array(c->arena, doc, "tabs");
    for (size_t i = 0; i < sizeof tabs / sizeof tabs[0]; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "href", str_cat(c->arena, path, str_c(tabs[i].behind)));
        json_set_str(c->arena, o, "label", ctx_tr(c, tabs[i].label));
        json_set_bool(c->arena, o, "current", strcmp(tabs[i].id, here) == 0);
    }
}

static void add_versions(struct ctx *c, struct json *doc, const struct bundle_version *rows, size_t count)
{
    struct json *list = json_set_array(c->arena, doc, "versions");
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_i64(c->arena, o, "version", rows[i].version);
        json_set_str(c->arena, o, "status_label", status_label(c, rows[i].status));
        json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, rows[i].made_at, c->now));
        json_set(o, "note",
                 rows[i].note.len && !str_eq_c(rows[i].note, "shipped") ? json_string(c->arena, rows[i].note)
                                                                        : json_null(c->arena));
    }
}

/* An earlier one that was in force can be so again, where no draft is open. */
static void add_back(struct ctx *c, struct json *doc, const struct bundle_edit *e, struct str path)
{
    JSON_EACH(o, json_get(doc, "versions"))
    {
        size_t i = 0;
        while (i < e->count && e->rows[i].version != json_i64_of(o, "version", 0))
            i++;
        bool may = i > 0 && i < e->count && e->rows[i].published_at && !is_open(&e->v) &&
                   ctx_may(c, "bundle.publish");
        json_set((struct json *)o, "back",
                 may ? json_string(c->arena, str_cat(c->arena, path, STR("/roll-back")))
                     : json_null(c->arena));
    }
}

bool bundle_edit_head(struct ctx *c, const struct bundle_edit *e, const char *here)
{
    const struct bundle_version *v = &e->v;
    struct json *doc = ctx_doc(c), *faults = json_set_array(c->arena, doc, "faults");
    struct str path = str_fmt(c->arena, "/office/bundle-versions/%.*s", STR_ARG(v->code));
    if (!bundle_check(c, v->doc, faults)) return false;
    bool review = str_eq_c(v->status, "review"), own = is_author(c, v);
    json_set_str(c->arena, doc, "code", v->code);
    json_set_str(c->arena, doc, "name", bundle_text(c, v->doc, "name", "en"));
    json_set_i64(c->arena, doc, "version", v->version);
    json_set_str(c->arena, doc, "revision", revision_of(c, v));
    json_set_str(c->arena, doc, "status", v->status);
    json_set_str(c->arena, doc, "status_label", status_label(c, v->status));
    json_set_str(c->arena, doc, "action", path);
    json_set_str(c->arena, doc, "guide", str_fmt(c->arena, "/bundles/%.*s", STR_ARG(v->code)));
    json_set_bool(c->arena, doc, "has_faults", faults->count > 0);
    json_set_bool(c->arena, doc, "editable", ctx_may(c, "bundle.edit") && !review);
    json_set_bool(c->arena, doc, "draft", str_eq_c(v->status, "draft"));
    json_set_bool(c->arena, doc, "send", str_eq_c(v->status, "draft") && ctx_may(c, "bundle.edit"));
    json_set_bool(c->arena, doc, "own", review && own && ctx_may(c, "bundle.publish"));
    json_set_bool(c->arena, doc, "may_publish", review && !own && ctx_may(c, "bundle.publish"));
    add_tabs(c, doc, path, here);
    add_versions(c, doc, e->rows, e->count);
    add_back(c, doc, e, path);
    return true;
}

/* ---- keeping a draft ---- */

bool bundle_edit_sent(const struct ctx *c, struct str name)
{
    return params_has(&c->req->form, name);
}

bool bundle_edit_may(struct ctx *c, const struct bundle_edit *e)
{
    struct str seen = ctx_param(c, STR("revision"));
    if (str_eq_c(e->v.status, "review"))
        return err_conflict(c->err, "bundle.under_review",
                            "This draft is under review. It can be changed when the reviewer returns it.");
    return !seen.len || str_eq(seen, revision_of(c, &e->v)) ||
           err_conflict(c->err, "bundle.changed",
                        "Someone else changed this in the meantime. Look at it again before you save.");
}

bool bundle_edit_again(const struct ctx *c, struct str name)
{
    return c->failed && bundle_edit_sent(c, name);
}

void bundle_edit_choose(struct ctx *c, struct json *options, struct str name)
{
    if (!bundle_edit_again(c, name)) return;
    JSON_EACH(o, options)
    {
        json_set_bool(c->arena, (struct json *)o, "chosen",
                      str_eq(json_text_of(o, "value"), ctx_param(c, name)));
    }
}

static bool keep(struct ctx *c, const struct bundle_edit *e, const struct json *doc, bool review)
{
    struct bundle_version v = e->v;
    struct str mark = mark_of(c);
    bool open = is_open(&v);
    if (!open) {
        v.version++;
        v.authors = v.note = STR_EMPTY;
        v.reviewed_by = v.published_at = 0;
    }
    if (str_find(v.authors, mark) == SIZE_MAX) v.authors = str_cat(c->arena, v.authors, mark);
    v.status = review ? STR("review") : STR("draft");
    v.text = json_to_str(c->arena, doc);
    v.made_by = c->actor.account;
    /* Two changes within a millisecond are two revisions. */
    v.made_at = open && v.made_at >= c->now ? v.made_at + 1 : c->now;
    ctx_notice(c, review ? "Sent to review." : "Your draft is saved.");
    return (open ? bundle_store_save_version(c, &v) : bundle_store_add_version(c, &v)) &&
           note(c, review ? "bundle.review" : "bundle.draft", &v);
}

bool bundle_edit_keep(struct ctx *c, const struct bundle_edit *e, const struct json *doc, const char *behind)
{
    return keep(c, e, doc, false) &&
           ctx_redirect(c, "/office/bundle-versions/%.*s%s", STR_ARG(e->v.code), behind);
}

bool bundles_version_send(struct ctx *c)
{
    struct bundle_edit e;
    if (!bundle_edit_load(c, &e) || !bundle_edit_may(c, &e)) return false;
    if (!str_eq_c(e.v.status, "draft"))
        return err_conflict(c->err, "bundle.no_draft", "There is no draft to send.");
    return keep(c, &e, e.v.doc, true) && ctx_redirect(c, "/office/bundle-versions/%.*s", STR_ARG(e.v.code));
}

/* ---- a new one ---- */

bool bundles_new(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    static const struct {
        const char *name, *label, *hint;
    } lines[] = {{"name", "Name (Chinese)", NULL},
                 {"en", "Name (English)", NULL},
                 {"code", "Its name in addresses", "Small letters, digits and hyphens, such as open-a-shop"}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct json *f = ctx_field(c, fields, lines[i].name, lines[i].label, "text", STR_EMPTY);
        if (lines[i].hint) json_set_str(c->arena, f, "hint", ctx_tr(c, lines[i].hint));
        json_set_bool(c->arena, f, "required", true);
        case_field_whole(c, f);
    }
    json_set_bool(c->arena, doc, "organisation", str_eq_c(ctx_param(c, STR("applicant")), "organisation"));
    return true;
}

static bool is_code(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        bool inner = i > 0 && i + 1 < s.len && ch == '-';
        if (!inner && !(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9')) return false;
    }
    return s.len > 0 && s.ptr[0] >= 'a';
}

bool bundles_new_save(struct ctx *c)
{
    struct json *doc = json_object(c->arena);
    struct bundle_version *rows,
        v = {.code = in_text(c, "code"), .version = 1, .status = STR("draft"), .note = STR_EMPTY};
    size_t count;
    if (!is_code(v.code) || str_eq_c(v.code, "new"))
        return err_at(c->err, STR("code"), "Please use small letters, digits and hyphens.", STR_EMPTY);
    if (!bundle_store_versions(c, v.code, &rows, &count)) return false;
    if (count) return err_at(c->err, STR("code"), "There is a life event of this name already.", STR_EMPTY);
    json_set_str(c->arena, doc, "code", v.code);
    json_set_str(c->arena, doc, "name", in_text(c, "name"));
    json_set_str(c->arena, doc, "en", in_text(c, "en"));
    json_set_c(c->arena, doc, "icon", "list");
    json_set_str(c->arena, doc, "applicant", in_text(c, "applicant"));
    static const char *const lists[] = {"words", "situations", "members", "fields", "documents", "pages"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        json_set_array(c->arena, doc, lists[i]);
    json_set_object(c->arena, doc, "given");
    json_set_object(c->arena, doc, "fixed");
    v.text = json_to_str(c->arena, doc);
    v.authors = mark_of(c);
    v.made_by = c->actor.account;
    v.made_at = c->now;
    ctx_notice(c, "Your draft is saved.");
    return bundle_store_add_version(c, &v) && note(c, "bundle.draft", &v) &&
           ctx_redirect(c, "/office/bundle-versions/%.*s", STR_ARG(v.code));
}

/* ---- the second pair of eyes ---- */

bool bundles_version_act(struct ctx *c)
{
    struct bundle_version *rows;
    size_t count;
    if (!newest(c, &rows, &count)) return false;
    struct bundle_version v = rows[0];
    bool publish = str_eq_c(in_text(c, "go"), "publish");
    if (!str_eq_c(v.status, "review"))
        return err_conflict(c->err, "bundle.no_review", "There is nothing to review here any more.");
    if (is_author(c, &v))
        return err_denied(c->err, "bundle.four_eyes",
                          "You drafted this yourself. Someone else must publish it.");
    if (publish) {
        struct json *faults = json_array(c->arena);
        if (!bundle_version_doc(c, &v) || !bundle_check(c, v.doc, faults)) return false;
        if (faults->count)
            return err_conflict(c->err, "bundle.unsound",
                                "It cannot be published: it has faults. They are listed.");
        v.status = STR("published");
        v.reviewed_by = c->actor.account;
        v.published_at = c->now;
        ctx_notice(c, "Published. It is in force now.");
    } else {
        v.status = STR("draft");
        v.note = in_text(c, "why");
        if (!v.note.len) return err_at(c->err, STR("why"), "Please give a reason.", STR_EMPTY);
        ctx_notice(c, "Returned to its author.");
    }
    return (!publish || bundle_store_supersede(c, v.code, v.version)) && bundle_store_save_version(c, &v) &&
           note(c, publish ? "bundle.publish" : "bundle.return", &v) &&
           ctx_redirect(c, "/office/bundle-versions/%.*s", STR_ARG(v.code));
}

/* A version of before is in force again, as a new one: what was published does not change. */
bool bundles_roll_back(struct ctx *c)
{
    struct bundle_edit e;
    struct bundle_version v;
    struct json *faults = json_array(c->arena);
    size_t i = 0;
    if (!bundle_edit_load(c, &e)) return false;
    while (i < e.count && (e.rows[i].version != in_i64(c, "version", 0) || !e.rows[i].published_at))
        i++;
    if (i == e.count) return err_missing(c->err, "bundle", "We cannot find this version.");
    if (is_open(&e.v))
        return err_conflict(c->err, "bundle.open_draft",
                            "A draft is open. Publish it first, or let its author take it back.");
    v = e.rows[i];
    if (!bundle_version_doc(c, &v) || !bundle_check(c, v.doc, faults)) return false;
    if (faults->count)
        return err_conflict(c->err, "bundle.unsound",
                            "It cannot be published: it has faults. They are listed.");
    v.note = str_fmt(c->arena, "%d", v.version);
    v.version = e.v.version + 1;
    v.status = STR("published");
    v.made_by = v.reviewed_by = c->actor.account;
    v.made_at = v.published_at = c->now;
    ctx_notice(c, "The earlier version is in force again.");
    return bundle_store_supersede(c, v.code, v.version) && bundle_store_add_version(c, &v) &&
           note(c, "bundle.roll_back", &v) &&
           ctx_redirect(c, "/office/bundle-versions/%.*s", STR_ARG(v.code));
}

const struct field bundles_new_fields[] = {
    {"name", FIELD_LINE, "Name (Chinese)", .required = true, .max = 60},
    {"en", FIELD_LINE, "Name (English)", .required = true, .max = 80},
    {"code", FIELD_LINE, "Its name in addresses", .required = true, .max = 40},
    {"applicant", FIELD_CHOICE, "Who applies", .required = true, .choices = "person|organisation"},
    {0},
};
const struct field bundles_revision_fields[] = {
    {"revision", FIELD_LINE, "Revision", .max = 40},
    {0},
};
const struct field bundles_act_fields[] = {
    {"go", FIELD_CHOICE, "What to do", .required = true, .choices = "publish|return"},
    {"why", FIELD_TEXT, "Your reason", .max = 1000},
    {0},
};
const struct field bundles_back_fields[] = {
    {"version", FIELD_INT, "Version", .required = true, .min = 1, .max = 1000000},
    {0},
};
