/* Drafts of versions and the second pair of eyes: what one person writes another one publishes. */
#include "core/auth/authors.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions_internal.h"

const struct versions_kind decision_versions = {
    .name = "decision",
    .module = "decisions",
    .key = "model",
    .missing = "We cannot find this decision model.",
    .codes = {.missing = "decision", .no_review = "decision.no_review", .four_eyes = "decision.four_eyes"}};

static bool note(struct ctx *c, const char *act, const struct version_row *v)
{
    return versions_note(c, &decision_versions, act, v->model, v->version);
}

/* ---- drafts ---- */

/* The draft, or where there is none the version published last. */
bool decision_draft(struct ctx *c, int64_t model, struct version_row *row, bool *open)
{
    struct version_row *rows;
    size_t count;
    if (!decisions_store_versions(c, model, &rows, &count)) return false;
    if (!count) return err_missing(c->err, decision_versions.codes.missing, decision_versions.missing);
    *row = rows[0];
    *open = str_eq_c(row->status, "draft") || str_eq_c(row->status, "review");
    return true;
}

bool decision_is_author(const struct ctx *c, const struct version_row *row)
{
    return authors_has(c, row->made_by, row->authors);
}

bool decision_save(struct ctx *c, struct version_row *row, bool open)
{
    row->authors = authors_add(c, row->authors, open);
    row->made_by = c->actor.account;
    row->made_at = c->now;
    if (open) return decisions_store_save(c, row) && note(c, "draft", row);
    row->version++;
    row->status = STR("draft");
    row->note = STR_EMPTY;
    row->may_refuse = false;
    row->reviewed_by = row->published_at = 0;
    return decisions_store_add(c, row) && note(c, "draft", row);
}

bool decision_send_to_review(struct ctx *c, const struct version_row *row)
{
    return versions_set_status(c, &decision_versions, row->model, row->version, "review") &&
           note(c, "review", row);
}

/* ---- the second pair of eyes ---- */

static bool under_review(struct ctx *c, int64_t model, struct version_row *row)
{
    bool open;
    return decision_draft(c, model, row, &open) &&
           versions_reviews(c, &decision_versions, row->status, row->made_by, row->authors);
}

static bool basis_of_refusal(struct ctx *c, const struct version_row *row)
{
    return (row->refuse_law.len && row->refuse_article.len) ||
           err_at(c->err, STR("may_refuse"),
                  "A version that may refuse needs law and article of the refusal. Return it to its author.",
                  STR_EMPTY);
}

bool decision_publish(struct ctx *c, int64_t model, bool may_refuse)
{
    struct version_row row;
    struct decision_report report;
    if (!under_review(c, model, &row)) return false;
    if (may_refuse && !basis_of_refusal(c, &row)) return false;
    if (!decision_check(c, &row, &report)) return false;
    if (!report.sound)
        return err_conflict(c->err, "decision.unsound",
                            "It cannot be published: it has faults, or a test case fails. They are listed.");
    ctx_changed(c, "decisions");
    return decisions_store_publish(c, &row, may_refuse) && note(c, "publish", &row);
}

bool decision_return(struct ctx *c, int64_t model, struct str why)
{
    struct version_row row;
    return under_review(c, model, &row) &&
           versions_set_status(c, &decision_versions, model, row.version, "draft") &&
           versions_set_note(c, &decision_versions, model, row.version, why) && note(c, "return", &row);
}
