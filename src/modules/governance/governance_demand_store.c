#include "modules/governance/governance_demand.h"

#define COLUMNS                                                                                              \
    "id, unit, asked_by, name, service, basis, cycle, words, state, provider, entry, reason, law, "          \
    "answered_by, rating, evaluation, opened, due, changed"

bool demand_store_save(struct ctx *c, const struct demand *d)
{
    const struct db_val params[] = {
        DB_I(d->id),         DB_I(d->unit),   DB_I(d->asked_by), DB_S(d->name),        DB_S(d->service),
        DB_S(d->basis),      DB_S(d->cycle),  DB_S(d->words),    DB_S(d->state),       DB_I(d->provider),
        DB_I(d->entry),      DB_S(d->reason), DB_S(d->law),      DB_I(d->answered_by), DB_I(d->rating),
        DB_S(d->evaluation), DB_I(d->opened), DB_I(d->due),      DB_I(c->now)};
    return db_exec_n(
        &c->tx,
        "INSERT INTO data_demand (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
        "$13, $14, $15, $16, $17, $18, $19) ON CONFLICT (id) DO UPDATE SET state = excluded.state, "
        "provider = excluded.provider, entry = excluded.entry, reason = excluded.reason, law = "
        "excluded.law, answered_by = excluded.answered_by, rating = excluded.rating, evaluation = "
        "excluded.evaluation, due = excluded.due, changed = excluded.changed",
        params, sizeof params / sizeof params[0], NULL);
}

static struct demand demand_of(const struct db_rows *r, size_t i)
{
    return (struct demand){.id = db_int(r, i, 0),
                           .unit = db_int(r, i, 1),
                           .asked_by = db_int(r, i, 2),
                           .name = db_str(r, i, 3),
                           .service = db_str(r, i, 4),
                           .basis = db_str(r, i, 5),
                           .cycle = db_str(r, i, 6),
                           .words = db_str(r, i, 7),
                           .state = db_str(r, i, 8),
                           .provider = db_int(r, i, 9),
                           .entry = db_int(r, i, 10),
                           .reason = db_str(r, i, 11),
                           .law = db_str(r, i, 12),
                           .answered_by = db_int(r, i, 13),
                           .rating = db_int(r, i, 14),
                           .evaluation = db_str(r, i, 15),
                           .opened = db_int(r, i, 16),
                           .due = db_int(r, i, 17),
                           .changed = db_int(r, i, 18)};
}

bool demand_store_load(struct ctx *c, int64_t id, struct demand *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS " FROM data_demand WHERE id = $1", DB_I(id))) return false;
    *found = r.rows > 0;
    if (*found) *out = demand_of(&r, 0);
    return true;
}

#define ROWS "SELECT " COLUMNS " FROM data_demand "

bool demand_store_list(struct ctx *c, struct str list, int64_t unit, int64_t before, struct demand **rows,
                       size_t *count)
{
    static const struct {
        const char *list, *sql;
    } lists[] = {
        {"open",
         ROWS "WHERE state IN ('stated', 'proposed') AND id < $1 AND $2 >= -1 ORDER BY id DESC LIMIT $3"},
        {"own", ROWS "WHERE unit = $2 AND id < $1 ORDER BY id DESC LIMIT $3"},
        {"ours", ROWS "WHERE provider = $2 AND state = 'proposed' AND id < $1 ORDER BY id DESC LIMIT $3"},
        {"confirmed",
         ROWS "WHERE state IN ('confirmed', 'evaluated') AND id < $1 AND $2 >= -1 ORDER BY id DESC LIMIT $3"},
        {"absent", ROWS "WHERE state = 'absent' AND id < $1 AND $2 >= -1 ORDER BY id DESC LIMIT $3"}};
    struct db_rows r;
    size_t n = 0;
    while (n + 1 < sizeof lists / sizeof lists[0] && !str_eq_c(list, lists[n].list))
        n++;
    if (!db_query(&c->tx, &r, lists[n].sql, DB_I(before > 0 ? before : INT64_MAX), DB_I(unit),
                  DB_I(DEMANDS_PAGE + 1)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct demand);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = demand_of(&r, i);
    *count = r.rows;
    return true;
}
