#include "core/http/server.h"
#include "modules/cases/cases_steps.h"

bool case_store_filled(struct ctx *c, int64_t id, struct case_filled **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, token, step, form, form_version, filled, made_at, account FROM case_step_form "
                  "WHERE case_id = $1 ORDER BY id",
                  DB_I(id)))
        return false;
    *count = r.rows;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct case_filled);
    for (size_t i = 0; i < r.rows; i++)
        (*list)[i] = (struct case_filled){.row = db_int(&r, i, 0),
                                          .token = db_int(&r, i, 1),
                                          .step = db_str(&r, i, 2),
                                          .code = db_str(&r, i, 3),
                                          .version = (int)db_int(&r, i, 4),
                                          .sealed = db_str(&r, i, 5),
                                          .at = db_int(&r, i, 6),
                                          .account = db_int(&r, i, 7)};
    return true;
}

bool case_store_fill(struct ctx *c, int64_t id, const struct case_filled *f)
{
    return db_exec(&c->tx, "DELETE FROM case_step_form WHERE case_id = $1 AND token = $2", DB_I(id),
                   DB_I(f->token)) &&
           db_exec(&c->tx,
                   "INSERT INTO case_step_form (id, case_id, token, step, form, form_version, filled, "
                   "made_at, account) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                   DB_I(f->row), DB_I(id), DB_I(f->token), DB_S(f->step), DB_S(f->code), DB_I(f->version),
                   DB_B(f->sealed), DB_I(f->at), DB_I(f->account));
}
