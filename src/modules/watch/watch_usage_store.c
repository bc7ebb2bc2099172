/* Sums for boards. */
#include "modules/watch/watch_internal.h"

#define ANSWERED "CAST(SUM(CASE WHEN result = 'ok' THEN calls ELSE 0 END) AS BIGINT)"
#define REFUSED  "CAST(SUM(CASE WHEN result = 'ok' THEN 0 ELSE calls END) AS BIGINT)"
#define BARS                                                                                                 \
    "WHERE at >= $1 AND at < $2 AND ($3 = 0 OR unit = $3 OR provider = $3) GROUP BY (at - $1) / $4 "         \
    "ORDER BY 1"
#define WHERE "WHERE at >= $1 AND at < $2 AND ($3 = 0 OR unit = $3 OR provider = $3) "

enum { ROWS_MAX = 100 };

bool usage_store_bars(struct ctx *c, const struct usage_query *q, struct usage_bar **rows, size_t *count)
{
    static const char hour[] = "SELECT (at - $1) / $4, " ANSWERED ", " REFUSED " FROM watch_hour " BARS;
    static const char day[] = "SELECT (at - $1) / $4, " ANSWERED ", " REFUSED " FROM watch_day " BARS;
    struct db_rows r;
    if (!db_query(&c->tx, &r, q->by_hour ? hour : day, DB_I(q->from), DB_I(q->to), DB_I(q->unit),
                  DB_I(q->width)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct usage_bar);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct usage_bar){db_int(&r, i, 0), db_int(&r, i, 1), db_int(&r, i, 2)};
    *count = r.rows;
    return true;
}

#define ROWS(column, table)                                                                                  \
    "SELECT " column ", " ANSWERED ", " REFUSED " FROM " table " " WHERE "GROUP BY " column                  \
    " ORDER BY SUM(calls) DESC, " column " LIMIT $4"

bool usage_store_rows(struct ctx *c, const struct usage_query *q, struct str by, struct usage_row **rows,
                      size_t *count)
{
    static const struct {
        const char *by, *hour, *day;
    } columns[] = {{"provider", ROWS("provider", "watch_hour"), ROWS("provider", "watch_day")},
                   {"consumer", ROWS("unit", "watch_hour"), ROWS("unit", "watch_day")},
                   {"resource", ROWS("resource", "watch_hour"), ROWS("resource", "watch_day")},
                   {"system", ROWS("system", "watch_hour"), ROWS("system", "watch_day")}};
    struct db_rows r;
    size_t n = 0;
    while (n < 3 && !str_eq_c(by, columns[n].by))
        n++;
    if (!db_query(&c->tx, &r, q->by_hour ? columns[n].hour : columns[n].day, DB_I(q->from), DB_I(q->to),
                  DB_I(q->unit), DB_I(ROWS_MAX)))
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
    static const char hour[] = "SELECT result, CAST(SUM(calls) AS BIGINT) FROM watch_hour " WHERE
                               "AND result <> 'ok' GROUP BY result ORDER BY SUM(calls) DESC, result";
    static const char day[] = "SELECT result, CAST(SUM(calls) AS BIGINT) FROM watch_day " WHERE
                              "AND result <> 'ok' GROUP BY result ORDER BY SUM(calls) DESC, result";
    struct db_rows r;
    if (!db_query(&c->tx, &r, q->by_hour ? hour : day, DB_I(q->from), DB_I(q->to), DB_I(q->unit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct usage_row);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct usage_row){.result = db_str(&r, i, 0), .refused = db_int(&r, i, 1)};
    *count = r.rows;
    return true;
}
