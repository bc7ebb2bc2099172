/* One case by its number, for the public door: nothing that tells who applied leaves this file. */
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
