/* Drafts of items and the second pair of eyes: what one person writes another one publishes. */
#include "modules/catalogue/catalogue_edit.h"
#include "core/auth/authors.h"
#include "modules/evidence/evidence.h"

struct str item_state(const struct item *i)
{
    struct str state = json_text_of(i->doc, "state");
    return state.len ? state : STR("active");
}

static bool note(struct ctx *c, const char *act, const struct version_row *v)
{
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "version", v->version);
    return evidence_add(c, act, "item", v->item, 0, detail);
}

/* ---- rules ---- */

static bool same_limit(struct limit a, struct limit b)
{
    return a.unit == b.unit && (a.unit == LIMIT_NONE || a.count == b.count);
}

bool catalogue_check_draft(struct ctx *c, const struct item *i, const struct item *offered)
{
    bool ok = true;
    if (offered && same_limit(i->promised, offered->promised) &&
        same_limit(i->statutory, offered->statutory) && i->on_the_spot == offered->on_the_spot)
        return true;
    if (!limit_within(i->promised, i->statutory))
        ok = err_at(c->err, STR("promised_value"),
                    "The promised time must not be longer than the time set by law.", STR_EMPTY);
    if (i->on_the_spot && !limit_within(i->promised, (struct limit){LIMIT_WORKDAYS, 1}))
        ok = err_at(c->err, STR("promised_value"), "An on-the-spot service promises at most one day.",
                    STR_EMPTY);
    return ok;
}

/* ---- drafts ---- */

/* The version offered now, or the last one that was. */
static bool last_offered(struct ctx *c, int64_t item, struct version_row *row)
{
    struct version_row *rows;
    size_t count;
    if (!catalogue_store_versions(c, item, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(rows[i].status, "published")) {
            *row = rows[i];
            return true;
        }
    if (!count) return err_missing(c->err, "item", "We cannot find this service.");
    *row = rows[0];
    return true;
}

bool catalogue_offered(struct ctx *c, int64_t item, struct item *out, bool *found)
{
    struct version_row row;
    if (!last_offered(c, item, &row)) return false;
    *found = str_eq_c(row.status, "published");
    return !*found || catalogue_assemble(c, &row, out);
}

bool catalogue_draft(struct ctx *c, int64_t item, struct version_row *row, bool *open)
{
    if (!catalogue_store_open(c, item, row, open)) return false;
    return *open || last_offered(c, item, row);
}

bool catalogue_is_author(const struct ctx *c, const struct version_row *row)
{
    return authors_has(c, row->made_by, row->authors);
}

bool catalogue_save_draft(struct ctx *c, struct version_row *row, bool open)
{
    struct version_row *rows;
    size_t count;
    row->authors = authors_add(c, row->authors, open);
    row->made_by = c->actor.account;
    row->made_at = c->now;
    if (open) return catalogue_store_save_draft(c, row) && note(c, "catalogue.draft", row);
    if (!catalogue_store_versions(c, row->item, &rows, &count)) return false;
    row->version = count ? rows[0].version + 1 : 1;
    row->status = STR("draft");
    row->note = STR_EMPTY;
    return catalogue_store_add_version(c, row) && note(c, "catalogue.draft", row);
}

bool catalogue_send_to_review(struct ctx *c, const struct version_row *row)
{
    return catalogue_store_set_status(c, row->item, row->version, "review") &&
           note(c, "catalogue.review", row);
}

/* ---- the second pair of eyes ---- */

static bool under_review(struct ctx *c, int64_t item, struct version_row *row)
{
    bool open;
    if (!catalogue_store_open(c, item, row, &open)) return false;
    if (!open || !str_eq_c(row->status, "review"))
        return err_conflict(c->err, "catalogue.no_review", "There is nothing to review here any more.");
    return true;
}

static bool other_eyes(struct ctx *c, const struct version_row *row)
{
    if (!catalogue_is_author(c, row)) return true;
    return err_denied(c->err, "catalogue.four_eyes",
                      "You drafted this yourself. Someone else must publish it.");
}

bool catalogue_publish(struct ctx *c, int64_t item)
{
    struct version_row row;
    struct item i, offered;
    bool any;
    if (!under_review(c, item, &row) || !other_eyes(c, &row) || !catalogue_assemble(c, &row, &i))
        return false;
    if (!catalogue_offered(c, item, &offered, &any) || !catalogue_check_draft(c, &i, any ? &offered : NULL) ||
        !catalogue_check_named(c, &i))
        return false;
    if (!catalogue_store_publish(c, item, row.version, c->actor.account, c->now)) return false;
    if (str_eq_c(item_state(&i), "cancelled") && !catalogue_store_withdraw(c, item)) return false;
    ctx_changed(c, "catalogue");
    return note(c, "catalogue.publish", &row);
}

bool catalogue_return(struct ctx *c, int64_t item, struct str why)
{
    struct version_row row;
    if (!under_review(c, item, &row) || !other_eyes(c, &row)) return false;
    return catalogue_store_set_status(c, item, row.version, "draft") &&
           catalogue_store_set_note(c, item, row.version, why) && note(c, "catalogue.return", &row);
}

/* ---- what changes ---- */

static struct str list_text(struct ctx *c, const struct json *array, const char *first, const char *second)
{
    struct buf b = buf_new(c->arena, 128);
    JSON_EACH(m, array)
    {
        if (b.len) buf_add_c(&b, "\n");
        buf_add(&b, json_text_of(m, first));
        if (second && json_text_of(m, second).len) buf_fmt(&b, "：%.*s", STR_ARG(json_text_of(m, second)));
    }
    return buf_str(&b);
}

static struct str material_lines(struct ctx *c, const struct json *materials)
{
    struct buf b = buf_new(c->arena, 256);
    JSON_EACH(m, materials)
    {
        if (b.len) buf_add_c(&b, "\n");
        buf_add(&b, material_line(c, m));
    }
    return buf_str(&b);
}

static void changed(struct ctx *c, struct json *array, struct str element, struct str before,
                    struct str after)
{
    if (str_eq(before, after)) return;
    struct json *o = json_add_object(c->arena, array);
    json_set_str(c->arena, o, "element", element);
    json_set(o, "before", before.len ? json_string(c->arena, before) : json_null(c->arena));
    json_set(o, "after", after.len ? json_string(c->arena, after) : json_null(c->arena));
}

void catalogue_compare(struct ctx *c, const struct item *before, const struct item *after, struct json *array)
{
    static const struct item nothing;
    struct json *x = json_array(c->arena), *y = json_array(c->arena);
    struct str version = ctx_tr(c, "Version");
    bool fresh = !before;
    if (fresh) before = &nothing;
    catalogue_elements(c, fresh ? after : before, true, x);
    catalogue_elements(c, after, true, y);
    changed(c, array, ctx_tr(c, "Service name"), before->name, after->name);
    changed(c, array, ctx_tr(c, "English name"), before->en, after->en);
    changed(c, array, ctx_tr(c, "In one sentence"), json_text_of(before->doc, "summary"),
            json_text_of(after->doc, "summary"));
    changed(c, array, ctx_tr(c, "Form"), fresh ? STR_EMPTY : catalogue_form_words(c, before),
            catalogue_form_words(c, after));
    changed(c, array, ctx_tr(c, "Process"), fresh ? STR_EMPTY : catalogue_process_words(c, before),
            catalogue_process_words(c, after));
    if (fresh) changed(c, array, ctx_tr(c, "Division"), STR_EMPTY, orgs_division_path(c, after->division));
    for (const struct json *p = x->first, *q = y->first; p && q; p = p->next, q = q->next)
        if (!str_eq(json_text_of(p, "name"), version))
            changed(c, array, json_text_of(p, "name"), fresh ? STR_EMPTY : json_text_of(p, "value"),
                    json_text_of(q, "value"));
    changed(c, array, ctx_tr(c, "Steps"), list_text(c, json_get(before->doc, "steps"), "text", NULL),
            list_text(c, json_get(after->doc, "steps"), "text", NULL));
    changed(c, array, ctx_tr(c, "Documents you provide"),
            material_lines(c, json_get(before->doc, "materials")),
            material_lines(c, json_get(after->doc, "materials")));
    changed(c, array, ctx_tr(c, "Common questions"),
            list_text(c, json_get(before->doc, "questions"), "q", "a"),
            list_text(c, json_get(after->doc, "questions"), "q", "a"));
}
