/* One case by its number, for the public door: nothing that tells who applied leaves this part. And all cases
 * of a person, where they are to be erased. */
#include "modules/cases/cases_apply.h"

bool case_store_track(struct ctx *c, struct str case_no, struct track_row *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, case_no, track_code, item_name, unit_id, status, step, role, submitted, "
                  "accepted, due, closed, result, yellow_at, red_at, paused, provisional "
                  "FROM case_file WHERE case_no = $1 AND status <> 'draft'",
                  DB_S(case_no)))
        return false;
    *found = r.rows == 1;
    *out = (struct track_row){0};
    if (!*found) return true;
    struct case_file *f = &out->row.file;
    f->id = db_int(&r, 0, 0);
    f->case_no = db_str(&r, 0, 1);
    f->track_code = db_str(&r, 0, 2);
    f->item_name = db_str(&r, 0, 3);
    f->unit = db_int(&r, 0, 4);
    f->status = db_str(&r, 0, 5);
    f->step = db_str(&r, 0, 6);
    f->role = db_str(&r, 0, 7);
    f->submitted = db_int(&r, 0, 8);
    f->accepted = db_int(&r, 0, 9);
    f->due = db_int(&r, 0, 10);
    f->closed = db_int(&r, 0, 11);
    f->result = db_str(&r, 0, 12);
    out->row.yellow_at = db_int(&r, 0, 13);
    out->row.red_at = db_int(&r, 0, 14);
    out->row.paused = db_int(&r, 0, 15) != 0;
    out->provisional = db_int(&r, 0, 16) != 0;
    return true;
}

/* ---- all of a person's ---- */

bool case_store_of_person(struct ctx *c, int64_t subject, int64_t *open, int64_t *ended, int64_t *last)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*), COUNT(CASE WHEN closed = 0 THEN 1 END), COALESCE(MAX(closed), 0) FROM "
                  "case_file WHERE (applicant = $1 OR agent = $1) AND status <> 'draft'",
                  DB_I(subject)))
        return false;
    *open = db_int(&r, 0, 1);
    *ended = db_int(&r, 0, 0) - *open;
    *last = db_int(&r, 0, 2);
    return true;
}

static void take_ids(struct ctx *c, const struct db_rows *r, int64_t **ids, size_t *count)
{
    *ids = ARENA_ARRAY(c->arena, r->rows + 1, int64_t);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*ids)[i] = db_int(r, i, 0);
}

bool case_store_drafts_of(struct ctx *c, int64_t subject, int64_t **ids, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id FROM case_file WHERE (applicant = $1 OR agent = $1) AND status = 'draft' ORDER BY "
            "id",
            DB_I(subject)))
        return false;
    take_ids(c, &r, ids, count);
    return true;
}

bool case_store_files_of(struct ctx *c, int64_t applicant, int64_t **ids, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM case_file WHERE applicant = $1 ORDER BY id", DB_I(applicant)))
        return false;
    take_ids(c, &r, ids, count);
    return true;
}

bool case_store_empty(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "DELETE FROM case_material WHERE case_id = $1", DB_I(id)) &&
           db_exec(&c->tx, "UPDATE case_step_form SET filled = NULL WHERE case_id = $1", DB_I(id)) &&
           db_exec(&c->tx,
                   "UPDATE case_file SET situations = '{}', answers = NULL, opinion = NULL, variables = NULL "
                   "WHERE id = $1",
                   DB_I(id));
}
