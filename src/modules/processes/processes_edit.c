/* Drafts of versions and the second pair of eyes: what one person writes another one publishes. */
#include "core/auth/authors.h"
#include "modules/evidence/evidence.h"
#include "modules/processes/processes_internal.h"

static bool note(struct ctx *c, const char *act, const struct version_row *v)
{
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "version", v->version);
    return evidence_add(c, act, "process", v->process, 0, detail);
}

/* ---- drafts ---- */

bool process_draft(struct ctx *c, int64_t process, struct version_row *row, bool *open)
{
    struct version_row *rows;
    size_t count;
    if (!processes_store_versions(c, process, &rows, &count)) return false;
    if (!count) return err_missing(c->err, "process", "We cannot find this process.");
    *row = rows[0];
    *open = str_eq_c(row->status, "draft") || str_eq_c(row->status, "review");
    return true;
}

struct str process_revision(const struct ctx *c, const struct version_row *row, bool open)
{
    return str_fmt(c->arena, "%d.%lld", row->version, (long long)(open ? row->made_at : 0));
}

bool process_is_author(const struct ctx *c, const struct version_row *row)
{
    return authors_has(c, row->made_by, row->authors);
}

bool process_save(struct ctx *c, struct version_row *row, bool open)
{
    if (open && !str_eq_c(row->status, "draft"))
        return err_conflict(c->err, "process.under_review",
                            "This draft is under review. It can be changed when the reviewer returns it.");
    row->authors = authors_add(c, row->authors, open);
    row->made_by = c->actor.account;
    row->made_at = c->now;
    if (open) return processes_store_save(c, row) && note(c, "process.draft", row);
    row->version++;
    row->status = STR("draft");
    row->note = STR_EMPTY;
    row->reviewed_by = row->published_at = 0;
    return processes_store_add(c, row) && note(c, "process.draft", row);
}

bool process_send_to_review(struct ctx *c, const struct version_row *row)
{
    struct process_report report;
    if (!str_eq_c(row->status, "draft"))
        return err_conflict(c->err, "process.no_draft", "There is no draft that could be sent to review.");
    if (!process_check(c, row->xml, &report)) return false;
    if (!report.course)
        return err_conflict(
            c->err, "process.unsound",
            "It has faults that keep it from being published. They are listed: mend them first.");
    return processes_store_status(c, row, "review") && note(c, "process.review", row);
}

/* ---- the second pair of eyes ---- */

static bool under_review(struct ctx *c, int64_t process, struct version_row *row)
{
    bool open;
    if (!process_draft(c, process, row, &open)) return false;
    if (str_eq_c(row->status, "review")) return true;
    return err_conflict(c->err, "process.no_review", "There is nothing to review here any more.");
}

static bool other_eyes(struct ctx *c, const struct version_row *row)
{
    if (!process_is_author(c, row)) return true;
    return err_denied(c->err, "process.four_eyes",
                      "You drafted this yourself. Someone else must publish it.");
}

bool process_publish(struct ctx *c, int64_t process)
{
    struct version_row row;
    struct process_report report;
    if (!under_review(c, process, &row) || !other_eyes(c, &row) || !process_check(c, row.xml, &report))
        return false;
    if (!report.course)
        return err_conflict(c->err, "process.unsound",
                            "It cannot be published: it has faults. They are listed.");
    c->refresh = true;
    return processes_store_publish(c, &row) && note(c, "process.publish", &row);
}

bool process_return(struct ctx *c, int64_t process, struct str why)
{
    struct version_row row;
    return under_review(c, process, &row) && other_eyes(c, &row) &&
           processes_store_status(c, &row, "draft") && processes_store_note(c, &row, why) &&
           note(c, "process.return", &row);
}

bool process_roll_back(struct ctx *c, int64_t process, int version)
{
    struct process_report report;
    struct version_row *rows, row;
    size_t count, i = 0;
    if (!processes_store_versions(c, process, &rows, &count)) return false;
    while (i < count && (rows[i].version != version || !rows[i].published_at))
        i++;
    if (i == count) return err_missing(c->err, "process", "We cannot find this version.");
    if (!str_eq_c(rows[0].status, "published"))
        return err_conflict(c->err, "process.open",
                            "A draft is open. Publish it first, or let its author take it back.");
    row = rows[i];
    if (!process_check(c, row.xml, &report)) return false;
    if (!report.course) /* what it calls may have changed since */
        return err_conflict(c->err, "process.unsound",
                            "It cannot be published: it has faults. They are listed.");
    row.version = rows[0].version + 1;
    row.from = date_of(c->now);
    row.note = str_fmt(c->arena, "%d", version);
    row.made_at = row.published_at = c->now;
    row.reviewed_by = c->actor.account;
    c->refresh = true;
    return processes_store_add(c, &row) && note(c, "process.roll_back", &row);
}
