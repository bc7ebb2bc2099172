#include "core/http/server.h"
#include "modules/cases/cases_decide.h"

#define STUCK_COLUMNS                                                                                        \
    "id, case_id, token, unit_id, since, tried, tries, case_no, model, step, step_en, trouble, said "        \
    "FROM case_stuck "

static void take(struct ctx *c, const struct db_rows *r, struct case_stuck **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct case_stuck);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct case_stuck){.id = db_int(r, i, 0),
                                         .case_id = db_int(r, i, 1),
                                         .token = db_int(r, i, 2),
                                         .unit = db_int(r, i, 3),
                                         .since = db_int(r, i, 4),
                                         .tried = db_int(r, i, 5),
                                         .tries = db_int(r, i, 6),
                                         .case_no = db_str(r, i, 7),
                                         .model = db_str(r, i, 8),
                                         .step = db_str(r, i, 9),
                                         .step_en = db_str(r, i, 10),
                                         .trouble = db_str(r, i, 11),
                                         .said = db_str(r, i, 12)};
}

bool stuck_store_keep(struct ctx *c, const struct case_stuck *s)
{
    return db_exec(
        &c->tx,
        "INSERT INTO case_stuck (id, case_id, token, unit_id, case_no, model, step, step_en, "
        "trouble, said, since, tried, tries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
        "$11, 1) ON CONFLICT (case_id, token) DO UPDATE SET unit_id = excluded.unit_id, model = "
        "excluded.model, step = excluded.step, step_en = excluded.step_en, trouble = "
        "excluded.trouble, said = excluded.said, tried = excluded.tried, tries = case_stuck.tries "
        "+ 1",
        DB_I(s->id), DB_I(s->case_id), DB_I(s->token), DB_I(s->unit), DB_S(s->case_no), DB_S(s->model),
        DB_S(s->step), DB_S(s->step_en), DB_S(s->trouble), DB_S(s->said), DB_I(c->now));
}

bool stuck_store_drop(struct ctx *c, int64_t case_id, int64_t token)
{
    return db_exec(&c->tx, "DELETE FROM case_stuck WHERE case_id = $1 AND token = $2", DB_I(case_id),
                   DB_I(token));
}

bool stuck_store_name(struct ctx *c, int64_t id, struct str step, struct str step_en)
{
    return db_exec(&c->tx, "UPDATE case_stuck SET step = $2, step_en = $3 WHERE id = $1", DB_I(id),
                   DB_S(step), DB_S(step_en));
}

bool stuck_store_find(struct ctx *c, int64_t id, struct case_stuck *out, bool *found)
{
    struct db_rows r;
    struct case_stuck *rows;
    size_t count;
    if (!db_query(&c->tx, &r, "SELECT " STUCK_COLUMNS "WHERE id = $1", DB_I(id))) return false;
    take(c, &r, &rows, &count);
    *found = count > 0;
    if (*found) *out = rows[0];
    return true;
}

bool stuck_store_of_case(struct ctx *c, int64_t case_id, struct case_stuck **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " STUCK_COLUMNS "WHERE case_id = $1 ORDER BY token", DB_I(case_id)))
        return false;
    take(c, &r, rows, count);
    return true;
}

bool stuck_store_count(struct ctx *c, int64_t unit, int64_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT COUNT(*) FROM (SELECT id FROM case_stuck WHERE unit_id = $1 LIMIT $2) AS first_ones",
            DB_I(unit), DB_I(INBOX_COUNT_MAX + 1)))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}

bool stuck_store_list(struct ctx *c, int64_t unit, struct str model, int64_t after, int max,
                      struct case_stuck **rows, size_t *count)
{
    struct db_rows r;
    const char *sql = unit ? "SELECT " STUCK_COLUMNS "WHERE unit_id = $1 AND id > $2 AND ($3 = '' OR model = "
                             "$3) ORDER BY id LIMIT $4"
                           : "SELECT " STUCK_COLUMNS "WHERE id > $1 AND id > $2 AND ($3 = '' OR model = $3) "
                             "ORDER BY id LIMIT $4";
    if (!db_query(&c->tx, &r, sql, DB_I(unit), DB_I(after), DB_S(model), DB_I(max))) return false;
    take(c, &r, rows, count);
    return true;
}
