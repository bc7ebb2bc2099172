/* What one person writes another one publishes. */
#include "modules/versions/versions.h"

#include "core/auth/authors.h"
#include "core/base/time.h"
#include "modules/evidence/evidence.h"

bool versions_note(struct ctx *c, const struct versions_kind *k, const char *act, int64_t id, int version)
{
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "version", version);
    return evidence_add(c, str_z(c->arena, str_fmt(c->arena, "%s.%s", k->name, act)), k->name, id, 0, detail);
}

static bool note(struct ctx *c, const struct versions_kind *k, const char *act,
                 const struct versions_row *row)
{
    return versions_note(c, k, act, row->id, row->version);
}

/* ---- drafts ---- */

bool versions_draft(struct ctx *c, const struct versions_kind *k, int64_t id, struct versions_row *row,
                    bool *open)
{
    struct versions_row *rows;
    size_t count;
    if (!versions_of(c, k, id, &rows, &count)) return false;
    if (!count) return err_missing(c->err, k->codes.missing, k->missing);
    *row = rows[0];
    *open = str_eq_c(row->status, "draft") || str_eq_c(row->status, "review");
    return true;
}

struct str versions_revision(const struct ctx *c, const struct versions_row *row, bool open)
{
    return str_fmt(c->arena, "%d.%lld", row->version, (long long)(open ? row->made_at : 0));
}

bool versions_is_author(const struct ctx *c, const struct versions_row *row)
{
    return authors_has(c, row->made_by, row->authors);
}

bool versions_save(struct ctx *c, const struct versions_kind *k, struct versions_row *row, bool open)
{
    if (open && !str_eq_c(row->status, "draft"))
        return err_conflict(c->err, k->codes.under_review,
                            "This draft is under review. It can be changed when the reviewer returns it.");
    row->authors = authors_add(c, row->authors, open);
    row->made_by = c->actor.account;
    /* Two changes within a millisecond are two revisions. */
    row->made_at = open && row->made_at >= c->now ? row->made_at + 1 : c->now;
    if (open) return versions_renew(c, k, row) && note(c, k, "draft", row);
    row->version++;
    row->status = STR("draft");
    row->note = STR_EMPTY;
    row->reviewed_by = row->published_at = 0;
    return versions_add(c, k, row) && note(c, k, "draft", row);
}

bool versions_must_be_draft(struct ctx *c, const struct versions_kind *k, const struct versions_row *row)
{
    return str_eq_c(row->status, "draft") ||
           err_conflict(c->err, k->codes.no_draft, "There is no draft that could be sent to review.");
}

/* ---- the second pair of eyes ---- */

bool versions_reviews(struct ctx *c, const struct versions_kind *k, struct str status, int64_t made_by,
                      struct str authors)
{
    if (!str_eq_c(status, "review"))
        return err_conflict(c->err, k->codes.no_review, "There is nothing to review here any more.");
    return !authors_has(c, made_by, authors) ||
           err_denied(c->err, k->codes.four_eyes, "You drafted this yourself. Someone else must publish it.");
}

bool versions_under_review(struct ctx *c, const struct versions_kind *k, int64_t id, struct versions_row *row)
{
    bool open;
    return versions_draft(c, k, id, row, &open) &&
           versions_reviews(c, k, row->status, row->made_by, row->authors);
}

bool versions_publish(struct ctx *c, const struct versions_kind *k, const struct versions_row *row)
{
    ctx_changed(c, k->module);
    return versions_set_published(c, k, row) && note(c, k, "publish", row);
}

bool versions_return(struct ctx *c, const struct versions_kind *k, int64_t id, struct str why)
{
    struct versions_row row;
    return versions_under_review(c, k, id, &row) && versions_set_status(c, k, id, row.version, "draft") &&
           versions_set_note(c, k, id, row.version, why) && note(c, k, "return", &row);
}

bool versions_earlier(struct ctx *c, const struct versions_kind *k, int64_t id, int version,
                      struct versions_row *row)
{
    struct versions_row *rows;
    size_t count, i = 0;
    if (!versions_of(c, k, id, &rows, &count)) return false;
    while (i < count && (rows[i].version != version || !rows[i].published_at))
        i++;
    if (i == count) return err_missing(c->err, k->codes.missing, "We cannot find this version.");
    if (!str_eq_c(rows[0].status, "published"))
        return err_conflict(c->err, k->codes.open,
                            "A draft is open. Publish it first, or let its author take it back.");
    *row = rows[i];
    row->version = rows[0].version + 1;
    row->from = date_of(c->now);
    row->note = str_fmt(c->arena, "%d", version);
    row->made_at = row->published_at = c->now;
    row->reviewed_by = c->actor.account;
    return true;
}

bool versions_go_back(struct ctx *c, const struct versions_kind *k, const struct versions_row *row)
{
    ctx_changed(c, k->module);
    return versions_add(c, k, row) && note(c, k, "roll_back", row);
}

/* ---- the module ---- */

static const char *const needs[] = {"evidence", NULL};

const struct module versions_module = {.name = "versions", .needs = needs};
