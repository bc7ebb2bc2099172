#include "core/http/server.h"
#include "modules/cases/cases_scope.h"

#define ASKED_COLUMNS "token, unit_id, asked, due, yellow_at, red_at, answered, step, state, outcome"
#define ASKED_COLUMNS_OF_ROWS                                                                                \
    "asked.token, asked.unit_id, asked.asked, asked.due, asked.yellow_at, asked.red_at, asked.answered, "    \
    "asked.step, asked.state, asked.outcome, case_file.id, case_file.case_no, case_file.item_name, "         \
    "case_file.process, case_file.process_version, case_file.paused"

static struct case_asked asked_of(const struct db_rows *r, size_t i)
{
    return (struct case_asked){.token = db_int(r, i, 0),
                               .unit = db_int(r, i, 1),
                               .asked = db_int(r, i, 2),
                               .due = db_int(r, i, 3) == CASE_NEVER_DUE ? 0 : db_int(r, i, 3),
                               .yellow_at = db_int(r, i, 4),
                               .red_at = db_int(r, i, 5),
                               .answered = db_int(r, i, 6),
                               .step = db_str(r, i, 7),
                               .state = db_str(r, i, 8),
                               .outcome = db_str(r, i, 9)};
}

bool case_store_asked(struct ctx *c, int64_t id, struct case_asked **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " ASKED_COLUMNS " FROM case_asked WHERE case_id = $1 ORDER BY token",
                  DB_I(id)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + COURSE_TASKS_MAX, struct case_asked);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*list)[i] = asked_of(&r, i);
    return true;
}

bool case_store_ask(struct ctx *c, const struct case_work *w, const struct case_asked *a)
{
    return db_exec(
        &c->tx,
        "INSERT INTO case_asked (case_id, token, step, unit_id, owner, division, state, asked, due, "
        "yellow_at, red_at, answered, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
        "$13) ON CONFLICT (case_id, token) DO UPDATE SET state = excluded.state, due = "
        "excluded.due, yellow_at = excluded.yellow_at, red_at = excluded.red_at, answered = "
        "excluded.answered, outcome = excluded.outcome",
        DB_I(w->file.id), DB_I(a->token), DB_S(a->step), DB_I(a->unit), DB_I(w->file.unit),
        DB_S(w->file.division), DB_S(a->state), DB_I(a->asked), DB_I(a->due ? a->due : CASE_NEVER_DUE),
        DB_I(a->yellow_at), DB_I(a->red_at), DB_I(a->answered), DB_S(a->outcome));
}

bool case_store_asked_by(struct ctx *c, int64_t owner, const int64_t after[3], struct case_asked_row **rows,
                         size_t *count)
{
    struct case_scope_values s = case_scope_values(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " ASKED_COLUMNS_OF_ROWS
                  " FROM case_asked AS asked JOIN case_file ON case_file.id = asked.case_id WHERE "
                  "asked.owner = $1 AND asked.state = 'open' AND (asked.due, asked.case_id, asked.token) > "
                  "($2, $3, $6) "
                  "AND "
                  "substr(asked.division, 1, length($4)) = $4 ORDER BY asked.due, asked.case_id, "
                  "asked.token LIMIT $5",
                  DB_I(owner), DB_I(after[0]), DB_I(after[1]), DB_S(s.area), DB_I(CASES_PAGE + 1),
                  DB_I(after[2])))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct case_asked_row);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct case_asked_row){.asked = asked_of(&r, i),
                                             .case_id = db_int(&r, i, 10),
                                             .case_no = db_str(&r, i, 11),
                                             .item_name = db_str(&r, i, 12),
                                             .process = db_str(&r, i, 13),
                                             .version = db_int(&r, i, 14),
                                             .rests = db_int(&r, i, 15) != 0};
    return true;
}
