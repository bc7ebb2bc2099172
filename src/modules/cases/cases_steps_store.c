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

/* First under a mark, so that of two steps that change their names neither is taken for the other. */
static bool rename_in(struct ctx *c, const char *mark, const char *unmark, int64_t id,
                      const struct bpmn_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        if (!db_exec(&c->tx, mark, DB_I(id), DB_S(str_fmt(c->arena, "\n%.*s", STR_ARG(places->list[i].to))),
                     DB_S(places->list[i].from)))
            return false;
    return db_exec(&c->tx, unmark, DB_I(id), DB_S(STR("\n")));
}

bool case_rename_steps(struct ctx *c, struct case_work *w, const struct bpmn_places *places)
{
    if (!places || !places->count) return true;
    for (size_t i = 0; i < w->filled_count; i++)
        for (size_t k = 0; k < places->count; k++)
            if (str_eq(w->filled[i].step, places->list[k].from)) {
                w->filled[i].step = places->list[k].to;
                break;
            }
    return rename_in(
               c, "UPDATE case_step_form SET step = $2 WHERE case_id = $1 AND step = $3",
               "UPDATE case_step_form SET step = substr(step, 2) WHERE case_id = $1 AND substr(step, 1, "
               "1) = $2",
               w->file.id, places) &&
           rename_in(c, "UPDATE case_asked SET step = $2 WHERE case_id = $1 AND step = $3",
                     "UPDATE case_asked SET step = substr(step, 2) WHERE case_id = $1 AND substr(step, 1, 1) "
                     "= $2",
                     w->file.id, places);
}
