#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/governance/governance_quality.h"

/* ---- rules ---- */

bool quality_store_rules(struct ctx *c, int64_t entry, struct quality_rule **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, entry, kind, item, param FROM quality_rule WHERE entry = $1 ORDER BY id LIMIT $2",
            DB_I(entry), DB_I(RULES_MAX)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct quality_rule);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct quality_rule){db_int(&r, i, 0), db_int(&r, i, 1), db_str(&r, i, 2),
                                           db_str(&r, i, 3), db_str(&r, i, 4)};
    *count = r.rows;
    return true;
}

bool quality_store_add_rule(struct ctx *c, const struct quality_rule *r, bool *fresh)
{
    int64_t count = 0;
    bool ok = db_exec_count(
        &c->tx, &count,
        "INSERT INTO quality_rule (id, entry, kind, item, param, author, changed) VALUES ($1, $2, "
        "$3, $4, $5, $6, $7) ON CONFLICT (entry, kind, item, param) DO NOTHING",
        DB_I(r->id), DB_I(r->entry), DB_S(r->kind), DB_S(r->item), DB_S(r->param), DB_I(c->actor.account),
        DB_I(c->now));
    *fresh = count > 0;
    return ok;
}

bool quality_store_drop_rule(struct ctx *c, int64_t entry, int64_t rule, bool *done)
{
    int64_t count = 0;
    bool ok = db_exec_count(&c->tx, &count, "DELETE FROM quality_rule WHERE id = $1 AND entry = $2",
                            DB_I(rule), DB_I(entry));
    *done = count > 0;
    return ok;
}

/* ---- plans ---- */

static struct quality_plan plan_of(const struct db_rows *r, size_t i)
{
    return (struct quality_plan){.entry = db_int(r, i, 0),
                                 .unit = db_int(r, i, 1),
                                 .whole = db_int(r, i, 2) != 0,
                                 .next_at = db_int(r, i, 3),
                                 .running = db_int(r, i, 4)};
}

bool quality_store_plan(struct ctx *c, int64_t entry, struct quality_plan *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT entry, unit, whole, next_at, running FROM quality_plan WHERE entry = $1",
                  DB_I(entry)))
        return false;
    *found = r.rows > 0;
    if (*found) *out = plan_of(&r, 0);
    return true;
}

bool quality_store_save_plan(struct ctx *c, const struct quality_plan *p)
{
    return db_exec(
        &c->tx,
        "INSERT INTO quality_plan (entry, unit, whole, next_at, running) VALUES ($1, $2, $3, $4, $5) ON "
        "CONFLICT (entry) DO UPDATE SET unit = excluded.unit, whole = excluded.whole, next_at = "
        "excluded.next_at, running = excluded.running",
        DB_I(p->entry), DB_I(p->unit), DB_I(p->whole), DB_I(p->next_at), DB_I(p->running));
}

bool quality_store_due(struct ctx *c, struct quality_plan **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT entry, unit, whole, next_at, running FROM quality_plan WHERE next_at <= $1 ORDER "
                  "BY next_at "
                  "LIMIT $2",
                  DB_I(c->now), DB_I(PLANS_STARTED)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct quality_plan);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = plan_of(&r, i);
    *count = r.rows;
    return true;
}

/* ---- runs ---- */

static bool one_run(struct db_rows *r, struct quality_run *out, bool *found)
{
    *found = r->rows > 0;
    if (*found)
        *out = (struct quality_run){.id = db_int(r, 0, 0),
                                    .entry = db_int(r, 0, 1),
                                    .whole = db_int(r, 0, 2) != 0,
                                    .after = db_int(r, 0, 3),
                                    .page = db_int(r, 0, 4),
                                    .records = db_int(r, 0, 5),
                                    .started = db_int(r, 0, 6),
                                    .finished = db_int(r, 0, 7)};
    return true;
}

#define RUN "SELECT id, entry, whole, after, page, records, started, finished FROM quality_run "

bool quality_store_run(struct ctx *c, int64_t id, struct quality_run *out, bool *found)
{
    struct db_rows r;
    return db_query(&c->tx, &r, RUN "WHERE id = $1", DB_I(id)) && one_run(&r, out, found);
}

bool quality_store_last_run(struct ctx *c, int64_t entry, struct quality_run *out, bool *found)
{
    struct db_rows r;
    return db_query(&c->tx, &r, RUN "WHERE entry = $1 AND finished > 0 ORDER BY id DESC LIMIT 1",
                    DB_I(entry)) &&
           one_run(&r, out, found);
}

bool quality_store_save_run(struct ctx *c, const struct quality_run *r)
{
    return db_exec(
        &c->tx,
        "INSERT INTO quality_run (id, entry, whole, after, page, records, started, finished) VALUES ($1, "
        "$2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET after = excluded.after, page = "
        "excluded.page, records = excluded.records, finished = excluded.finished",
        DB_I(r->id), DB_I(r->entry), DB_I(r->whole), DB_I(r->after), DB_I(r->page), DB_I(r->records),
        DB_I(r->started), DB_I(r->finished));
}

bool quality_store_add_count(struct ctx *c, int64_t run, const struct quality_count *n)
{
    return db_exec(
        &c->tx,
        "INSERT INTO quality_count (run, rule, checked, failed) VALUES ($1, $2, $3, $4) ON CONFLICT (run, "
        "rule) DO UPDATE SET checked = quality_count.checked + excluded.checked, failed = "
        "quality_count.failed + excluded.failed",
        DB_I(run), DB_I(n->rule), DB_I(n->checked), DB_I(n->failed));
}

bool quality_store_counts(struct ctx *c, int64_t run, struct quality_count **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT rule, checked, failed FROM quality_count WHERE run = $1 ORDER BY rule",
                  DB_I(run)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct quality_count);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct quality_count){db_int(&r, i, 0), db_int(&r, i, 1), db_int(&r, i, 2)};
    *count = r.rows;
    return true;
}

bool quality_store_see(struct ctx *c, int64_t run, int64_t rule, struct str digest, bool *fresh)
{
    int64_t count = 0;
    bool ok = db_exec_count(
        &c->tx, &count,
        "INSERT INTO quality_seen (run, rule, value) VALUES ($1, $2, $3) ON CONFLICT (run, rule, "
        "value) DO NOTHING",
        DB_I(run), DB_I(rule), DB_B(digest));
    *fresh = count > 0;
    return ok;
}

static struct field_place place(int64_t run)
{
    return (struct field_place){"quality_failure", "number", run, 0};
}

bool quality_store_fail(struct ctx *c, int64_t run, int64_t rule, int64_t n, struct str number)
{
    struct field_place at = place(run);
    struct str sealed;
    return field_seal(ctx_keys(c), &c->tx, &at, number, &sealed) &&
           db_exec(&c->tx,
                   "INSERT INTO quality_failure (run, rule, n, number) VALUES ($1, $2, $3, $4) ON CONFLICT "
                   "(run, rule, "
                   "n) DO NOTHING",
                   DB_I(run), DB_I(rule), DB_I(n), DB_B(sealed));
}

bool quality_store_failures(struct ctx *c, int64_t run, struct quality_failure **rows, size_t *count)
{
    struct field_place at = place(run);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT rule, number FROM quality_failure WHERE run = $1 ORDER BY rule, n",
                  DB_I(run)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct quality_failure);
    for (size_t i = 0; i < r.rows; i++) {
        (*rows)[i].rule = db_int(&r, i, 0);
        if (!field_open(ctx_keys(c), &c->tx, &at, db_str(&r, i, 1), &(*rows)[i].number)) return false;
    }
    *count = r.rows;
    return true;
}

/* ---- scores ---- */

static bool forget_earlier(struct ctx *c, const struct quality_run *run)
{
    static const char *const forget[] = {
        "DELETE FROM quality_count WHERE run IN (SELECT id FROM quality_run WHERE entry = $1 AND id < $2)",
        "DELETE FROM quality_failure WHERE run IN (SELECT id FROM quality_run WHERE entry = $1 AND id < $2)",
        "DELETE FROM quality_seen WHERE run IN (SELECT id FROM quality_run WHERE entry = $1 AND id <= $2)",
        "DELETE FROM quality_run WHERE entry = $1 AND id < $2"};
    for (size_t i = 0; i < sizeof forget / sizeof forget[0]; i++)
        if (!db_exec(&c->tx, forget[i], DB_I(run->entry), DB_I(run->id))) return false;
    return true;
}

bool quality_store_finish(struct ctx *c, const struct quality_run *run, const struct quality_scores *s)
{
    const struct db_val params[] = {DB_I(s->entry), DB_I(s->at),      DB_I(s->overall), DB_I(s->of[0]),
                                    DB_I(s->of[1]), DB_I(s->of[2]),   DB_I(s->of[3]),   DB_I(s->of[4]),
                                    DB_I(s->of[5]), DB_I(s->records), DB_I(s->unit)};
    return quality_store_save_run(c, run) && forget_earlier(c, run) &&
           db_exec_n(
               &c->tx,
               "INSERT INTO quality_score (entry, at, overall, norm, complete, accurate, consistent, timely, "
               "access, records) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (entry, at) DO "
               "NOTHING",
               params, 10, NULL) &&
           db_exec_n(
               &c->tx,
               "INSERT INTO quality_latest (entry, at, overall, norm, complete, accurate, consistent, "
               "timely, "
               "access, records, unit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT "
               "(entry) "
               "DO UPDATE SET at = excluded.at, overall = excluded.overall, norm = excluded.norm, complete = "
               "excluded.complete, accurate = excluded.accurate, consistent = excluded.consistent, timely = "
               "excluded.timely, access = excluded.access, records = excluded.records, unit = excluded.unit",
               params, 11, NULL);
}

static void all_scores(struct ctx *c, const struct db_rows *r, struct quality_scores **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct quality_scores);
    for (size_t i = 0; i < r->rows; i++) {
        struct quality_scores *s = &(*rows)[i];
        s->entry = db_int(r, i, 0);
        s->unit = db_int(r, i, 1);
        s->at = db_int(r, i, 2);
        s->overall = db_int(r, i, 3);
        for (size_t d = 0; d < DIMENSIONS; d++)
            s->of[d] = db_int(r, i, 4 + d);
        s->records = db_int(r, i, 4 + DIMENSIONS);
    }
    *count = r->rows;
}

#define SCORES "overall, norm, complete, accurate, consistent, timely, access, records "

bool quality_store_latest(struct ctx *c, int64_t entry, struct quality_scores *out, bool *found)
{
    struct db_rows r;
    struct quality_scores *rows;
    size_t count;
    if (!db_query(&c->tx, &r, "SELECT entry, unit, at, " SCORES "FROM quality_latest WHERE entry = $1",
                  DB_I(entry)))
        return false;
    all_scores(c, &r, &rows, &count);
    *found = count > 0;
    if (*found) *out = rows[0];
    return true;
}

bool quality_store_history(struct ctx *c, int64_t entry, struct quality_scores **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT entry, 0, at, " SCORES
                  "FROM quality_score WHERE entry = $1 ORDER BY at DESC LIMIT $2",
                  DB_I(entry), DB_I(HISTORY)))
        return false;
    all_scores(c, &r, rows, count);
    return true;
}

bool quality_store_list(struct ctx *c, int64_t unit, int64_t overall, int64_t entry, int limit,
                        struct quality_scores **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT entry, unit, at, " SCORES "FROM quality_latest WHERE ($1 = 0 OR unit = $1) AND "
                  "(overall > $2 OR (overall = $2 AND entry > $3)) "
                  "ORDER BY overall, entry LIMIT $4",
                  DB_I(unit), DB_I(overall), DB_I(entry), DB_I(limit)))
        return false;
    all_scores(c, &r, rows, count);
    return true;
}

#define MEAN(column)                                                                                         \
    "CAST(COALESCE(SUM(CASE WHEN " column " >= 0 THEN " column " END) / NULLIF(SUM(CASE WHEN " column        \
    " >= 0 THEN 1 ELSE 0 END), 0), -1) AS BIGINT), "

#define TOTAL "CAST(SUM(records) AS BIGINT) " /* no translation */

bool quality_store_providers(struct ctx *c, struct quality_scores **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*), unit, MAX(at), " MEAN("overall") MEAN("norm") MEAN("complete")
                      MEAN("accurate") MEAN("consistent") MEAN("timely") MEAN("access") TOTAL
                  "FROM quality_latest GROUP BY unit ORDER BY 4, unit LIMIT 200"))
        return false;
    all_scores(c, &r, rows, count);
    return true;
}
