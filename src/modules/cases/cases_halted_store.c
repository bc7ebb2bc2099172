/* Rows of jobs that were given up. */
#include "core/http/server.h"
#include "modules/cases/cases_halted.h"

bool halted_store_keep(struct ctx *c, const struct case_halted *h, bool *fresh)
{
    int64_t changed = 0;
    bool ok = db_exec_count(&c->tx, &changed,
                            "INSERT INTO case_halted (job, case_id, kind, since) VALUES ($1, $2, $3, $4) ON "
                            "CONFLICT (job) DO NOTHING",
                            DB_I(h->job), DB_I(h->case_id), DB_S(h->kind), DB_I(c->now));
    *fresh = changed > 0;
    return ok;
}

bool halted_store_drop(struct ctx *c, int64_t job, bool *was)
{
    int64_t changed = 0;
    bool ok = db_exec_count(&c->tx, &changed, "DELETE FROM case_halted WHERE job = $1", DB_I(job));
    *was = changed > 0;
    return ok;
}

bool halted_store_of(struct ctx *c, int64_t case_id, struct case_halted **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT job, kind, since FROM case_halted WHERE case_id = $1 ORDER BY job",
                  DB_I(case_id)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct case_halted);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct case_halted){
            .job = db_int(&r, i, 0), .case_id = case_id, .kind = db_str(&r, i, 1), .since = db_int(&r, i, 2)};
    return true;
}
