/* Cases whose values of the process were kept in the open once (0008). */
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"

bool case_store_unsealed(struct ctx *c, int most, int64_t **ids, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT case_id FROM case_unsealed ORDER BY case_id LIMIT $1", DB_I(most)))
        return false;
    *ids = ARENA_ARRAY(c->arena, r.rows + 1, int64_t);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*ids)[i] = db_int(&r, i, 0);
    return true;
}

bool case_store_state(struct ctx *c, int64_t id, struct case_work *w, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT applicant, state, variables FROM case_file WHERE id = $1", DB_I(id)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    w->file.id = id;
    w->file.applicant = db_int(&r, 0, 0);
    w->state_text = db_str(&r, 0, 1);
    w->sealed_variables = db_is_null(&r, 0, 2) ? STR_EMPTY : db_str(&r, 0, 2);
    return true;
}

bool case_store_save_state(struct ctx *c, const struct case_work *w)
{
    return db_exec(&c->tx, "UPDATE case_file SET state = $2, variables = $3 WHERE id = $1", DB_I(w->file.id),
                   DB_S(w->state_text), w->sealed_variables.len ? DB_B(w->sealed_variables) : DB_N);
}

bool case_store_sealed(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "DELETE FROM case_unsealed WHERE case_id = $1", DB_I(id));
}
