/* Drafts of versions and the second pair of eyes: what one person writes another one publishes. */
#include "core/auth/authors.h"
#include "modules/evidence/evidence.h"
#include "modules/forms/forms_internal.h"

static bool note(struct ctx *c, const char *act, const struct version_row *v)
{
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "version", v->version);
    return evidence_add(c, act, "form", v->form, 0, detail);
}

/* ---- drafts ---- */

bool form_draft(struct ctx *c, int64_t form, struct version_row *row, bool *open)
{
    struct version_row *rows;
    size_t count;
    if (!forms_store_versions(c, form, &rows, &count)) return false;
    if (!count) return err_missing(c->err, "form", "We cannot find this form.");
    *row = rows[0];
    *open = str_eq_c(row->status, "draft") || str_eq_c(row->status, "review");
    return true;
}

bool form_is_author(const struct ctx *c, const struct version_row *row)
{
    return authors_has(c, row->made_by, row->authors);
}

bool form_save(struct ctx *c, struct version_row *row, bool open)
{
    if (open && !str_eq_c(row->status, "draft"))
        return err_conflict(c->err, "form.under_review",
                            "This draft is under review. It can be changed when the reviewer returns it.");
    row->authors = authors_add(c, row->authors, open);
    row->made_by = c->actor.account;
    /* Two changes within a millisecond are two revisions. */
    row->made_at = open && row->made_at >= c->now ? row->made_at + 1 : c->now;
    if (open) return forms_store_save(c, row) && note(c, "form.draft", row);
    row->version++;
    row->status = STR("draft");
    row->note = STR_EMPTY;
    row->reviewed_by = row->published_at = 0;
    return forms_store_add(c, row) && note(c, "form.draft", row);
}

struct str form_revision(struct ctx *c, const struct version_row *row, bool open)
{
    return str_fmt(c->arena, "%d.%lld", row->version, (long long)(open ? row->made_at : 0));
}

static bool sound(struct ctx *c, const struct version_row *row)
{
    struct json *schema, *faults;
    if (!forms_check(c, row->schema, &schema, &faults)) return false;
    return !faults->count ||
           err_conflict(c->err, "form.unsound", "This form has faults. They are listed on its page.");
}

bool form_send_to_review(struct ctx *c, struct version_row *row, int32_t from)
{
    if (!str_eq_c(row->status, "draft"))
        return err_conflict(c->err, "form.no_draft", "There is no draft that could be sent to review.");
    if (!sound(c, row)) return false;
    row->from = from;
    return forms_store_save(c, row) && forms_store_status(c, row, "review") && note(c, "form.review", row);
}

/* ---- the second pair of eyes ---- */

static bool under_review(struct ctx *c, int64_t form, struct version_row *row)
{
    bool open;
    if (!form_draft(c, form, row, &open)) return false;
    if (str_eq_c(row->status, "review")) return true;
    return err_conflict(c->err, "form.no_review", "There is nothing to review here any more.");
}

static bool other_eyes(struct ctx *c, const struct version_row *row)
{
    if (!form_is_author(c, row)) return true;
    return err_denied(c->err, "form.four_eyes", "You drafted this yourself. Someone else must publish it.");
}

bool form_publish(struct ctx *c, int64_t form)
{
    struct version_row row;
    if (!under_review(c, form, &row) || !other_eyes(c, &row) || !sound(c, &row)) return false;
    c->refresh = true;
    return forms_store_publish(c, &row) && note(c, "form.publish", &row);
}

bool form_return(struct ctx *c, int64_t form, struct str why)
{
    struct version_row row;
    return under_review(c, form, &row) && other_eyes(c, &row) && forms_store_status(c, &row, "draft") &&
           forms_store_note(c, &row, why) && note(c, "form.return", &row);
}

bool form_roll_back(struct ctx *c, int64_t form, int version)
{
    struct version_row *rows, row;
    size_t count, i = 0;
    if (!forms_store_versions(c, form, &rows, &count)) return false;
    while (i < count && (rows[i].version != version || !rows[i].published_at))
        i++;
    if (i == count) return err_missing(c->err, "form", "We cannot find this version.");
    if (!str_eq_c(rows[0].status, "published"))
        return err_conflict(c->err, "form.open",
                            "A draft is open. Publish it first, or let its author take it back.");
    row = rows[i];
    row.version = rows[0].version + 1;
    row.from = date_of(c->now);
    row.note = str_fmt(c->arena, "%d", version);
    row.made_at = row.published_at = c->now;
    row.reviewed_by = c->actor.account;
    c->refresh = true;
    return forms_store_add(c, &row) && note(c, "form.roll_back", &row);
}
