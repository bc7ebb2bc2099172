#include "modules/cases/cases_signals.h"

bool signals_store_send(struct ctx *c, struct str name, int64_t case_id, int64_t root, int64_t *number)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT coalesce(max(number), 0) + 1 FROM case_signal")) return false;
    *number = db_int(&r, 0, 0);
    return db_exec(&c->tx,
                   "INSERT INTO case_signal (number, name, case_id, at, root) VALUES ($1, $2, $3, $4, $5)",
                   DB_I(*number), DB_S(name), DB_I(case_id), DB_I(c->now), DB_I(root ? root : *number));
}

bool signals_store_sent(struct ctx *c, struct str name, int64_t case_id, int64_t root, int64_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT count(*) FROM case_signal WHERE root = $1 AND case_id = $2 AND name = $3",
                  DB_I(root), DB_I(case_id), DB_S(name)))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}

static void take(struct ctx *c, const struct db_rows *r, struct case_listening **list, size_t *count)
{
    *list = ARENA_ARRAY(c->arena, r->rows + 1, struct case_listening);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*list)[i] = (struct case_listening){.case_id = db_int(r, i, 0),
                                             .token = db_int(r, i, 1),
                                             .name = db_str(r, i, 2),
                                             .unit = db_int(r, i, 3)};
}

bool signals_store_of_case(struct ctx *c, int64_t case_id, struct case_listening **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT case_id, token, name, unit_id FROM case_listening WHERE case_id = $1 ORDER BY "
                  "token, name",
                  DB_I(case_id)))
        return false;
    take(c, &r, list, count);
    return true;
}

bool signals_store_listen(struct ctx *c, const struct case_listening *one)
{
    return db_exec(&c->tx,
                   "INSERT INTO case_listening (name, case_id, token, unit_id, since) "
                   "VALUES ($1, $2, $3, $4, (SELECT coalesce(max(number), 0) FROM case_signal))",
                   DB_S(one->name), DB_I(one->case_id), DB_I(one->token), DB_I(one->unit));
}

bool signals_store_hand(struct ctx *c, const struct case_listening *one)
{
    return db_exec(&c->tx,
                   "UPDATE case_listening SET unit_id = $4 WHERE name = $1 AND case_id = $2 AND token = $3",
                   DB_S(one->name), DB_I(one->case_id), DB_I(one->token), DB_I(one->unit));
}

bool signals_store_leave(struct ctx *c, const struct case_listening *one)
{
    return db_exec(&c->tx, "DELETE FROM case_listening WHERE name = $1 AND case_id = $2 AND token = $3",
                   DB_S(one->name), DB_I(one->case_id), DB_I(one->token));
}

bool signals_store_waiting(struct ctx *c, const struct case_sending *s, const struct case_listening *after,
                           int most, struct case_listening **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT case_id, token, name, unit_id FROM case_listening WHERE name = $1 AND since < $2 AND "
            "case_id <> $3 AND ($7 = 0 OR unit_id = $7) AND (case_id > $4 OR (case_id = $4 AND token > "
            "$5)) ORDER BY case_id, token LIMIT $6",
            DB_S(s->name), DB_I(s->number), DB_I(s->from), DB_I(after->case_id), DB_I(after->token),
            DB_I(most), DB_I(s->unit)))
        return false;
    take(c, &r, list, count);
    return true;
}
