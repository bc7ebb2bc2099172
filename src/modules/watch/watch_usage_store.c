/* Sums for boards. */
#include "modules/watch/watch_internal.h"

#define ANSWERED "CAST(SUM(CASE WHEN result = 'ok' THEN calls ELSE 0 END) AS BIGINT)"
#define REFUSED  "CAST(SUM(CASE WHEN result = 'ok' THEN 0 ELSE calls END) AS BIGINT)"
#define WHERE    "WHERE at >= $1 AND at < $2 AND ($3 = 0 OR unit = $3 OR provider = $3) "

enum { ROWS_MAX = 100 };

/* The same question to hours, days and weeks. */
#define OF_EACH(before, after)                                                                               \
    {                                                                                                        \
        before "FROM watch_hour " after, before "FROM watch_day " after, before "FROM watch_week " after     \
    }

bool usage_store_bars(struct ctx *c, const struct usage_query *q, struct usage_bar **rows, size_t *count)
{
    static const char *const sql[] = OF_EACH("SELECT at, " ANSWERED ", " REFUSED " ",
                                             WHERE "GROUP BY at ORDER BY at"); /* no translation */
    struct db_rows r;
    if (!db_query(&c->tx, &r, sql[q->sums], DB_I(q->from), DB_I(q->to), DB_I(q->unit))) return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct usage_bar);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct usage_bar){db_int(&r, i, 0), db_int(&r, i, 1), db_int(&r, i, 2)};
    *count = r.rows;
    return true;
}

#define ROWS(column)                                                                                         \
    OF_EACH("SELECT " column ", " ANSWERED ", " REFUSED " ",                                                 \
            WHERE "GROUP BY " column " ORDER BY SUM(calls) DESC, " column " LIMIT $4") /* no translation */

bool usage_store_rows(struct ctx *c, const struct usage_query *q, struct str by, struct usage_row **rows,
                      size_t *count)
{
    static const struct {
        const char *by, *sql[3];
    } columns[] = {{"provider", ROWS("provider")},
                   {"consumer", ROWS("unit")},
                   {"resource", ROWS("resource")},
                   {"system", ROWS("system")}};
    struct db_rows r;
    size_t n = 0;
    while (n < 3 && !str_eq_c(by, columns[n].by))
        n++;
    if (!db_query(&c->tx, &r, columns[n].sql[q->sums], DB_I(q->from), DB_I(q->to), DB_I(q->unit),
                  DB_I(ROWS_MAX)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct usage_row);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct usage_row){
            .id = db_int(&r, i, 0), .answered = db_int(&r, i, 1), .refused = db_int(&r, i, 2)};
    *count = r.rows;
    return true;
}

bool usage_store_refusals(struct ctx *c, const struct usage_query *q, struct usage_row **rows, size_t *count)
{
    static const char *const sql[] =
        OF_EACH("SELECT result, CAST(SUM(calls) AS BIGINT) ",
                WHERE "AND result <> 'ok' GROUP BY result ORDER BY SUM(calls) DESC, result");
    struct db_rows r;
    if (!db_query(&c->tx, &r, sql[q->sums], DB_I(q->from), DB_I(q->to), DB_I(q->unit))) return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct usage_row);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct usage_row){.result = db_str(&r, i, 0), .refused = db_int(&r, i, 1)};
    *count = r.rows;
    return true;
}

/* ---- how long answers took ---- */

bool took_store_add(struct ctx *c, const struct watch_took *t)
{
    return db_exec(
        &c->tx,
        "INSERT INTO watch_took (at, unit, provider, bucket, calls) VALUES ($1, $2, $3, $4, $5) ON "
        "CONFLICT (at, unit, provider, bucket) DO UPDATE SET calls = watch_took.calls + excluded.calls",
        DB_I(t->at), DB_I(t->unit), DB_I(t->provider), DB_I(t->bucket), DB_I(t->calls));
}

#define OF(key)                                                                                              \
    "SELECT " key ", bucket, CAST(SUM(calls) AS BIGINT) FROM watch_took WHERE at >= $1 AND at < $2 AND ($3 " \
    "= 0 OR unit = $3 OR provider = $3) GROUP BY 1, bucket ORDER BY 1, bucket" /* no translation */

bool took_store_list(struct ctx *c, enum took_key key, const struct took_query *q, struct took_row **rows,
                     size_t *count)
{
    static const char *const sql[] = {[TOOK_ALL] = OF("0"),
                                      [TOOK_DAYS] = OF("at"),
                                      [TOOK_WEEKS] = OF("(at + 3) / 7"),
                                      [TOOK_PROVIDERS] = OF("provider"),
                                      [TOOK_CONSUMERS] = OF("unit")};
    struct db_rows r;
    if (!db_query(&c->tx, &r, sql[key], DB_I(q->from), DB_I(q->to), DB_I(q->unit))) return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct took_row);
    *count = took_rows(&r, *rows);
    return true;
}
