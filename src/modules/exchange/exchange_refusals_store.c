#include "modules/exchange/exchange_refusals.h"

bool refusals_store_one(struct ctx *c, struct str caller, int64_t minute, int64_t most, bool *fits)
{
    int64_t count = 0;
    bool ok = db_exec_count(
        &c->tx, &count,
        "INSERT INTO exchange_refused (caller, minute, result, count, recorded) VALUES ($1, $2, '', 1, 1) ON "
        "CONFLICT (caller, minute, result) DO UPDATE SET count = exchange_refused.count + 1 WHERE "
        "exchange_refused.count < $3",
        DB_S(caller), DB_I(minute), DB_I(most));
    *fits = count > 0;
    return ok;
}

bool refusals_store_more(struct ctx *c, const struct refusals *r)
{
    return db_exec(
        &c->tx,
        "INSERT INTO exchange_refused (caller, minute, result, count, recorded) VALUES ($1, $2, $3, $4, 0) "
        "ON CONFLICT (caller, minute, result) DO UPDATE SET count = exchange_refused.count + excluded.count",
        DB_S(r->caller), DB_I(r->minute), DB_S(r->result), DB_I(r->count));
}

static bool rows_of(struct ctx *c, const struct db_rows *r, struct refusals **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct refusals);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct refusals){.caller = db_str(r, i, 0),
                                       .minute = db_int(r, i, 1),
                                       .result = db_str(r, i, 2),
                                       .count = db_int(r, i, 3)};
    *count = r->rows;
    return true;
}

bool refusals_store_due(struct ctx *c, int64_t before, struct refusals **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT caller, minute, result, count FROM exchange_refused WHERE minute < $1 AND "
                    "recorded = 0 ORDER BY minute, caller, result",
                    DB_I(before)) &&
           rows_of(c, &r, rows, count);
}

bool refusals_store_recorded(struct ctx *c, const struct refusals *r)
{
    return db_exec(&c->tx, "UPDATE exchange_refused SET recorded = 1 WHERE caller = $1 AND minute = $2",
                   DB_S(r->caller), DB_I(r->minute));
}

bool refusals_store_sweep(struct ctx *c, int64_t before)
{
    return db_exec(&c->tx, "DELETE FROM exchange_refused WHERE minute < $1 AND recorded = 1", DB_I(before));
}

bool refusals_store_list(struct ctx *c, struct str caller, struct refusals **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT caller, minute, result, count FROM exchange_refused WHERE caller = $1 AND result "
                    "<> '' ORDER BY minute DESC, result LIMIT $2",
                    DB_S(caller), DB_I(REFUSALS_SHOWN)) &&
           rows_of(c, &r, rows, count);
}

bool refusals_store_systems(struct ctx *c, int64_t unit, int64_t since, int64_t *count, int64_t *system)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*), COALESCE(MAX(s.id), 0) FROM exchange_system s WHERE s.unit = $1 AND "
                  "EXISTS (SELECT 1 FROM exchange_refused r WHERE r.caller = s.code AND r.minute >= $2 AND "
                  "r.result <> '')",
                  DB_I(unit), DB_I(since)))
        return false;
    *count = db_int(&r, 0, 0);
    *system = db_int(&r, 0, 1);
    return true;
}
