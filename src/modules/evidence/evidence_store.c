#include "modules/evidence/evidence_internal.h"

bool evidence_store_add(struct ctx *c, const struct evidence_row *r)
{
    return db_exec(&c->tx,
                   "INSERT INTO evidence (id, at, act, actor_kind, account, unit, object_kind, object, subject, detail, mac) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                   DB_I(r->id), DB_I(r->at), DB_S(r->act), DB_I(r->actor_kind), DB_I(r->account), DB_I(r->unit), DB_S(r->object_kind), DB_I(r->object),
                   DB_I(r->subject), DB_S(r->detail), DB_B(r->mac));
}

bool evidence_store_list(struct ctx *c, int64_t subject, struct str act, int64_t before, struct evidence_row **out, size_t *count)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT id, at, act, actor_kind, account, unit, object_kind, object, subject, detail, mac FROM evidence "
                  "WHERE ($1 = 0 OR subject = $1) AND ($2 = '' OR act = $2) AND ($3 = 0 OR id < $3) ORDER BY id DESC LIMIT $4",
                  DB_I(subject), DB_S(act), DB_I(before), DB_I(EVIDENCE_PAGE + 1)))
        return false;
    struct evidence_row *list = ARENA_ARRAY(c->arena, rows.rows + 1, struct evidence_row);
    for (size_t i = 0; i < rows.rows; i++)
        list[i] = (struct evidence_row){db_int(&rows, i, 0), db_int(&rows, i, 1), db_str(&rows, i, 2), db_int(&rows, i, 3),
                                        db_int(&rows, i, 4), db_int(&rows, i, 5), db_str(&rows, i, 6), db_int(&rows, i, 7),
                                        db_int(&rows, i, 8), db_str(&rows, i, 9), db_str(&rows, i, 10)};
    *out = list;
    *count = rows.rows;
    return true;
}
