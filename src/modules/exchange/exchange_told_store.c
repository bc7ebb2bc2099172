#include "modules/exchange/exchange_told.h"

bool told_store_holders(struct ctx *c, const struct data_entry *e, int64_t **units, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT DISTINCT unit FROM share_permit WHERE entry = $1 AND unit <> 0 AND unit <> $2 AND "
            "(state IN ('office', 'provider') OR (state = 'granted' AND valid_until > $3)) ORDER BY unit",
            DB_I(e->id), DB_I(e->unit), DB_I(c->now)))
        return false;
    *units = ARENA_ARRAY(c->arena, r.rows + 1, int64_t);
    for (size_t i = 0; i < r.rows; i++)
        (*units)[i] = db_int(&r, i, 0);
    *count = r.rows;
    return true;
}

bool told_store_add(struct ctx *c, const struct told *t)
{
    return db_exec(&c->tx,
                   "INSERT INTO exchange_told (id, unit, kind, entry, version, permit, words, at, noted_by, "
                   "noted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)",
                   DB_I(t->id), DB_I(t->unit), DB_S(t->kind), DB_I(t->entry), DB_I(t->version),
                   DB_I(t->permit), DB_S(t->words), DB_I(c->now));
}

bool told_store_lost(struct ctx *c, const struct share_permit *p, bool *told)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id FROM exchange_told WHERE unit = $1 AND permit = $2 AND kind IN ('loses', "
                  "'unshared') LIMIT 1",
                  DB_I(p->unit), DB_I(p->id)))
        return false;
    *told = r.rows > 0;
    return true;
}

#define TOLD                                                                                                 \
    "SELECT t.id, t.unit, t.kind, t.entry, t.version, t.permit, t.words, t.at, t.noted_by, t.noted_at, "     \
    "e.name FROM exchange_told t JOIN data_entry e ON e.id = t.entry WHERE t.unit = $1 AND t.id < $2 "

bool told_store_list(struct ctx *c, int64_t unit, bool all, int64_t before, struct told **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  all ? TOLD "ORDER BY t.id DESC LIMIT $3"
                      : TOLD "AND t.noted_at = 0 ORDER BY t.id DESC LIMIT $3",
                  DB_I(unit), DB_I(before > 0 ? before : INT64_MAX), DB_I(TOLD_PAGE + 1)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct told);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct told){.id = db_int(&r, i, 0),
                                   .unit = db_int(&r, i, 1),
                                   .kind = db_str(&r, i, 2),
                                   .entry = db_int(&r, i, 3),
                                   .version = db_int(&r, i, 4),
                                   .permit = db_int(&r, i, 5),
                                   .words = db_str(&r, i, 6),
                                   .at = db_int(&r, i, 7),
                                   .noted_by = db_int(&r, i, 8),
                                   .noted_at = db_int(&r, i, 9),
                                   .entry_name = db_str(&r, i, 10)};
    *count = r.rows;
    return true;
}

bool told_store_note(struct ctx *c, int64_t unit, int64_t id, bool *done)
{
    int64_t count = 0;
    bool ok = db_exec_count(&c->tx, &count,
                            "UPDATE exchange_told SET noted_by = $3, noted_at = $4 WHERE id = $1 AND unit = "
                            "$2 AND noted_at = 0",
                            DB_I(id), DB_I(unit), DB_I(c->actor.account), DB_I(c->now));
    *done = count > 0;
    return ok;
}

bool told_store_unread(struct ctx *c, int64_t unit, int64_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM exchange_told WHERE unit = $1 AND noted_at = 0",
                  DB_I(unit)))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}
