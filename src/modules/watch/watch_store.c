#include "core/base/time.h"
#include "modules/watch/watch_internal.h"

/* ---- how far ---- */

bool watch_store_cursor(struct ctx *c, const char *name, int64_t *value)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT value FROM watch_state WHERE name = $1", DB_C(name))) return false;
    *value = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool watch_store_set_cursor(struct ctx *c, const char *name, int64_t value)
{
    return db_exec(&c->tx,
                   "INSERT INTO watch_state (name, value) VALUES ($1, $2) "
                   "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                   DB_C(name), DB_I(value));
}

/* ---- sums ---- */

bool watch_store_add_sum(struct ctx *c, const struct watch_sum *s)
{
    static const char hour[] =
        "INSERT INTO watch_hour (at, unit, provider, resource, system, result, calls) VALUES ($1, $2, $3, "
        "$4, "
        "$5, $6, $7) ON CONFLICT (at, unit, provider, resource, system, result) DO UPDATE SET calls = "
        "watch_hour.calls + excluded.calls";
    static const char day[] =
        "INSERT INTO watch_day (at, unit, provider, resource, system, result, calls) VALUES ($1, $2, $3, $4, "
        "$5, $6, $7) ON CONFLICT (at, unit, provider, resource, system, result) DO UPDATE SET calls = "
        "watch_day.calls + excluded.calls";
    static const char week[] =
        "INSERT INTO watch_week (at, unit, provider, resource, system, result, calls) VALUES ($1, $2, $3, "
        "$4, "
        "$5, $6, $7) ON CONFLICT (at, unit, provider, resource, system, result) DO UPDATE SET calls = "
        "watch_week.calls + excluded.calls";
    struct db_val params[] = {DB_I(s->at / MS_HOUR), DB_I(s->unit),   DB_I(s->provider), DB_I(s->resource),
                              DB_I(s->system),       DB_S(s->result), DB_I(s->calls)};
    if (!db_exec_n(&c->tx, hour, params, 7, NULL)) return false;
    params[0] = DB_I(date_of(s->at));
    if (!db_exec_n(&c->tx, day, params, 7, NULL)) return false;
    params[0] = DB_I((date_of(s->at) + 3) / 7);
    return db_exec_n(&c->tx, week, params, 7, NULL);
}

bool watch_reached(struct ctx *c, int64_t resource, int32_t since, int64_t *asked, int64_t *failed)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN result = 'ok' THEN "
            "0 ELSE calls END), 0) AS BIGINT) FROM watch_day WHERE resource = $1 AND at >= $2 AND result IN "
            "('ok', 'exchange.provider', 'exchange.sleeping')",
            DB_I(resource), DB_I(since)))
        return false;
    *asked = db_int(&r, 0, 0);
    *failed = db_int(&r, 0, 1);
    return true;
}

bool watch_used(struct ctx *c, int64_t resource, int64_t unit, int64_t *calls)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM watch_day WHERE resource = $1 AND unit = $2 "
            "AND result = 'ok'",
            DB_I(resource), DB_I(unit)))
        return false;
    *calls = db_int(&r, 0, 0);
    return true;
}

/* ---- who asked about whom ---- */

bool watch_store_add_look(struct ctx *c, const struct watch_look *l)
{
    return db_exec(
        &c->tx,
        "INSERT INTO watch_look (system, operator, day, subject_index, times, caseless, off, last) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (system, operator, day, subject_index) DO "
        "UPDATE SET times = watch_look.times + excluded.times, caseless = watch_look.caseless + "
        "excluded.caseless, off = watch_look.off + excluded.off, last = CASE WHEN excluded.last > "
        "watch_look.last THEN excluded.last ELSE watch_look.last END",
        DB_I(l->system), DB_S(l->operator_id), DB_I(l->day), DB_B(l->subject_index), DB_I(l->times),
        DB_I(l->caseless), DB_I(l->off), DB_I(l->last));
}

bool watch_store_people(struct ctx *c, const struct watch_look *l, int64_t since, int64_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(DISTINCT subject_index) FROM watch_look WHERE system = $1 AND operator = $2 "
                  "AND day "
                  ">= $3 AND last >= $4",
                  DB_I(l->system), DB_S(l->operator_id), DB_I(date_of(since)), DB_I(since)))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}

bool watch_store_day(struct ctx *c, const struct watch_look *l, int64_t *off, int64_t *caseless)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT CAST(COALESCE(SUM(off), 0) AS BIGINT), CAST(COALESCE(SUM(caseless), 0) AS BIGINT) FROM "
            "watch_look WHERE system = $1 AND operator = $2 AND day = $3",
            DB_I(l->system), DB_S(l->operator_id), DB_I(l->day)))
        return false;
    *off = db_int(&r, 0, 0);
    *caseless = db_int(&r, 0, 1);
    return true;
}

bool watch_store_again(struct ctx *c, const struct watch_look *l, int64_t since, int64_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT CAST(COALESCE(SUM(caseless), 0) AS BIGINT) FROM watch_look WHERE system = $1 AND "
                  "operator "
                  "= $2 AND day >= $3 AND subject_index = $4",
                  DB_I(l->system), DB_S(l->operator_id), DB_I(since), DB_B(l->subject_index)))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}

bool watch_store_forget(struct ctx *c, struct str subject_index)
{
    return db_exec(&c->tx, "DELETE FROM watch_look WHERE subject_index = $1", DB_B(subject_index));
}

bool watch_store_sweep(struct ctx *c)
{
    int64_t today = date_of(c->now);
    return db_exec(&c->tx, "DELETE FROM watch_look WHERE day < $1", DB_I(today - LOOKS_DAYS)) &&
           db_exec(&c->tx, "DELETE FROM watch_took WHERE at < $1", DB_I(today - DURATIONS_DAYS)) &&
           db_exec(&c->tx, "DELETE FROM watch_hour WHERE at < $1", DB_I(c->now / MS_HOUR - 24 * HOURS_DAYS));
}

/* ---- rules ---- */

bool watch_store_rules(struct ctx *c, struct watch_rule **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT kind, enabled, number, span FROM watch_rule ORDER BY kind"))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct watch_rule);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] =
            (struct watch_rule){db_str(&r, i, 0), db_int(&r, i, 1) != 0, db_int(&r, i, 2), db_int(&r, i, 3)};
    *count = r.rows;
    return true;
}

bool watch_store_set_rule(struct ctx *c, const struct watch_rule *rule, bool *known)
{
    int64_t count = 0;
    bool ok = db_exec_count(
        &c->tx, &count,
        "UPDATE watch_rule SET enabled = $2, number = $3, span = $4, changed = $5, changed_by = "
        "$6 WHERE kind = $1",
        DB_S(rule->kind), DB_I(rule->enabled), DB_I(rule->number), DB_I(rule->span), DB_I(c->now),
        DB_I(c->actor.account));
    *known = count > 0;
    return ok;
}
