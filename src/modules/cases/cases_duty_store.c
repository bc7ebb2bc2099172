#include "core/http/server.h"
#include "modules/cases/cases_scope.h"

static const char *const kinds[BPMN_DUTY_COUNT] = {"owed", "promised"};

bool case_store_duties(struct ctx *c, int64_t id, struct case_duty **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id, kind, name, until_at FROM case_duty WHERE case_id = $1 ORDER BY id",
                  DB_I(id)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct case_duty);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*list)[i] = (struct case_duty){.id = db_int(&r, i, 0),
                                        .kind = str_eq_c(db_str(&r, i, 1), kinds[BPMN_OWED]) ? BPMN_OWED
                                                                                             : BPMN_PROMISED,
                                        .name = db_str(&r, i, 2),
                                        .until = db_int(&r, i, 3)};
    return true;
}

bool case_store_duty(struct ctx *c, int64_t case_id, const struct case_duty *d)
{
    return db_exec(
        &c->tx, "INSERT INTO case_duty (case_id, id, kind, name, until_at) VALUES ($1, $2, $3, $4, $5)",
        DB_I(case_id), DB_I(d->id), DB_C(kinds[d->kind]), d->name.len ? DB_B(d->name) : DB_N, DB_I(d->until));
}

bool case_store_duty_done(struct ctx *c, int64_t case_id, int64_t id)
{
    return db_exec(&c->tx, "DELETE FROM case_duty WHERE case_id = $1 AND id = $2", DB_I(case_id), DB_I(id));
}
