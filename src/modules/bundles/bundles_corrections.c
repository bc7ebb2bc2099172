/* Everything that departments ask of one application, over all its services, supplied on one page in one go:
 * all of it, or none. An agent supplies, and reads, what those departments ask before which they act today.
 */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/bundles/bundles_apply.h"

struct asked {
    struct bundle_work w;
    struct bundle_row rows[BUNDLE_MEMBERS_MAX]; /* those with something to supply */
    struct case_view views[BUNDLE_MEMBERS_MAX];
    size_t count;
};

static struct str prefix_of(struct ctx *c, const struct bundle_row *r)
{
    return str_fmt(c->arena, "m%d-", r->position);
}

static bool load(struct ctx *c, int64_t id, struct asked *a)
{
    struct bundle_row *rows;
    size_t count;
    bool others = false;
    *a = (struct asked){.count = 0};
    if (!bundle_load(c, id, &a->w) || !bundle_store_members(c, id, &rows, &count)) return false;
    for (size_t i = 0; i < count && a->count < BUNDLE_MEMBERS_MAX; i++) {
        struct case_view *v = &a->views[a->count];
        if (!rows[i].case_id || !str_eq_c(rows[i].status, "correction")) continue;
        if (!bundle_results_theirs(c, &a->w.file, rows[i].unit)) {
            if (c->err->kind != ERR_NONE) return false;
            others = true;
            continue;
        }
        if (!case_view(c, rows[i].case_id, v, NULL, NULL)) return false;
        if (v->points) a->rows[a->count++] = rows[i];
    }
    if (!a->count && others)
        return err_denied(c->err, "mandate",
                          "You no longer have a mandate for this service. Please choose again for whom you "
                          "act.");
    return a->count || err_conflict(c->err, "bundle.no_correction",
                                    "Nothing is asked for any more: everything has been supplied.");
}

bool bundles_corrections(struct ctx *c)
{
    struct asked a;
    if (!load(c, c->row, &a)) return false;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "requests"),
                *crumbs = json_set_array(c->arena, doc, "crumbs"), *crumb = json_add_object(c->arena, crumbs);
    struct str href = str_fmt(c->arena, "/me/bundles/%lld", (long long)a.w.file.id);
    json_set_str(c->arena, crumb, "name", bundle_text(c, a.w.version.doc, "name", "en"));
    json_set_str(c->arena, crumb, "href", href);
    json_set_bool(c->arena, crumb, "own_words", true);
    json_set_str(c->arena, doc, "name", bundle_text(c, a.w.version.doc, "name", "en"));
    json_set_str(c->arena, doc, "number", a.w.file.number);
    json_set_str(c->arena, doc, "action", str_cat(c->arena, href, STR("/corrections")));
    for (size_t i = 0; i < a.count; i++) {
        struct json *o = json_add_object(c->arena, list);
        int64_t until = a.views[i].points_until;
        json_set_str(c->arena, o, "name", a.rows[i].item_name);
        json_set_str(c->arena, o, "department", bundle_unit_name(c, a.rows[i].unit));
        json_set(o, "until",
                 until ? json_string(c->arena, date_words(c->lang, c->arena, date_of(until), date_of(c->now)))
                       : json_null(c->arena));
        if (!case_correction_add(c, a.rows[i].case_id, prefix_of(c, &a.rows[i]),
                                 json_set_array(c->arena, o, "points")))
            return false;
    }
    return true;
}

bool bundles_corrections_check(struct ctx *c)
{
    struct asked a;
    struct err wrong = {0};
    int64_t id;
    case_files_begin(c);
    if (!ctx_path_id(c, "id", &id) || !bundle_scope(c) || !load(c, id, &a)) return false;
    for (size_t i = 0; i < a.count; i++)
        if (!case_correction_take(c, a.rows[i].case_id, prefix_of(c, &a.rows[i]))) return false;
    case_files_wrong(c, &wrong);
    if (wrong.field_count) *c->err = wrong;
    return !wrong.field_count;
}

bool bundles_corrections_save(struct ctx *c)
{
    struct asked a;
    struct err wrong = {0};
    if (!load(c, c->row, &a)) return false;
    for (size_t i = 0; i < a.count; i++)
        if (!case_correction_supply(c, a.rows[i].case_id, prefix_of(c, &a.rows[i]), &wrong)) return false;
    if (wrong.field_count) {
        *c->err = wrong;
        return false;
    }
    ctx_notice(c, "Thank you. Everything that was asked for has been sent.");
    return ctx_redirect(c, "/me/bundles/%lld", (long long)a.w.file.id);
}
