#include "modules/evidence/evidence_internal.h"

bool evidence_store_add(struct db_tx *tx, const struct evidence_row *r)
{
    return db_exec(tx,
                   "INSERT INTO evidence (id, at, act, actor_kind, account, unit, object_kind, object, "
                   "subject, detail, mac) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                   DB_I(r->id), DB_I(r->at), DB_S(r->act), DB_I(r->actor_kind), DB_I(r->account),
                   DB_I(r->unit), DB_S(r->object_kind), DB_I(r->object), DB_I(r->subject), DB_S(r->detail),
                   DB_B(r->mac)) &&
           db_exec(tx, "INSERT INTO evidence_unordered (id) VALUES ($1)", DB_I(r->id));
}

#define COLUMNS "id, at, act, actor_kind, account, unit, object_kind, object, subject, detail, mac"

static void take_rows(struct ctx *c, const struct db_rows *r, struct evidence_row **rows, size_t *count)
{
    struct evidence_row *list = ARENA_ARRAY(c->arena, r->rows + 1, struct evidence_row);
    for (size_t i = 0; i < r->rows; i++)
        list[i] = (struct evidence_row){db_int(r, i, 0), db_int(r, i, 1), db_str(r, i, 2), db_int(r, i, 3),
                                        db_int(r, i, 4), db_int(r, i, 5), db_str(r, i, 6), db_int(r, i, 7),
                                        db_int(r, i, 8), db_str(r, i, 9), db_str(r, i, 10)};
    *rows = list;
    *count = r->rows;
}

bool evidence_store_find(struct ctx *c, int64_t id, struct evidence_row **row, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS " FROM evidence WHERE id = $1", DB_I(id))) return false;
    take_rows(c, &r, row, count);
    return true;
}

bool evidence_store_of(struct ctx *c, int64_t subject, struct str kind, int64_t object, int limit,
                       struct evidence_row **rows, size_t *count)
{
    static const char by_object[] =
        "SELECT " COLUMNS " FROM evidence WHERE object = $2 AND object_kind = $3 AND subject = $1 "
        "ORDER BY id DESC LIMIT $4";
    static const char by_subject[] =
        "SELECT " COLUMNS " FROM evidence WHERE subject = $1 AND subject <> 0 AND $2 = 0 AND $3 = '' "
        "ORDER BY id DESC LIMIT $4";
    struct db_rows r;
    if (!db_query(&c->tx, &r, object ? by_object : by_subject, DB_I(subject), DB_I(object), DB_S(kind),
                  DB_I(limit)))
        return false;
    take_rows(c, &r, rows, count);
    return true;
}

bool evidence_store_list(struct ctx *c, const struct evidence_query *q, struct evidence_row **rows,
                         size_t *count)
{
    static const char by_object[] =
        "SELECT " COLUMNS
        " FROM evidence WHERE object = $7 AND ($1 = 0 OR subject = $1) AND ($2 = 0 OR account = $2) "
        "AND ($3 = '' OR act = $3) AND id >= $4 AND id < $5 ORDER BY id DESC LIMIT $6";
    static const char by_id[] =
        "SELECT " COLUMNS " FROM evidence WHERE ($7 = 0 OR object = $7) AND ($1 = 0 OR subject = $1) AND ($2 "
        "= 0 OR account = $2) "
        "AND ($3 = '' OR act = $3) AND id >= $4 AND id < $5 ORDER BY id DESC LIMIT $6";
    struct db_rows r;
    if (!db_query(&c->tx, &r, q->object ? by_object : by_id, DB_I(q->subject), DB_I(q->account), DB_S(q->act),
                  DB_I(q->from), DB_I(q->before > 0 ? q->before : INT64_MAX), DB_I(EVIDENCE_PAGE + 1),
                  DB_I(q->object)))
        return false;
    take_rows(c, &r, rows, count);
    return true;
}

bool evidence_readers(struct ctx *c, int64_t object, int64_t after, int64_t **accounts, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT DISTINCT account FROM evidence WHERE object = $1 AND id > $2 AND act = 'data.read' "
                  "AND actor_kind = $3 ORDER BY account",
                  DB_I(object), DB_I(after), DB_I(ACTOR_OFFICER)))
        return false;
    *accounts = ARENA_ARRAY(c->arena, r.rows + 1, int64_t);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*accounts)[i] = db_int(&r, i, 0);
    return true;
}

bool evidence_store_looks(struct ctx *c, int64_t subject, int64_t before, int limit,
                          struct evidence_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " COLUMNS
                  " FROM evidence WHERE subject = $1 AND subject <> 0 AND id < $2 AND act = "
                  "'data.read' AND actor_kind >= $3 ORDER BY id DESC LIMIT $4",
                  DB_I(subject), DB_I(before > 0 ? before : INT64_MAX), DB_I(ACTOR_OFFICER), DB_I(limit)))
        return false;
    take_rows(c, &r, rows, count);
    return true;
}

bool evidence_store_newest(struct ctx *c, int limit, struct evidence_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS " FROM evidence ORDER BY id DESC LIMIT $1", DB_I(limit)))
        return false;
    take_rows(c, &r, rows, count);
    return true;
}
