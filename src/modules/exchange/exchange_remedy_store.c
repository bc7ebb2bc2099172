#include "modules/exchange/exchange_remedy.h"

#define STOP                                                                                                 \
    "SELECT id, permit, call, stopped_by, stopped_at, words, outcome, settled_by, settled_at, reason FROM "  \
    "share_permit_stop "

static struct permit_stop stop_of(const struct db_rows *r)
{
    return (struct permit_stop){.id = db_int(r, 0, 0),
                                .permit = db_int(r, 0, 1),
                                .call = db_int(r, 0, 2),
                                .stopped_by = db_int(r, 0, 3),
                                .stopped_at = db_int(r, 0, 4),
                                .words = db_str(r, 0, 5),
                                .outcome = db_str(r, 0, 6),
                                .settled_by = db_int(r, 0, 7),
                                .settled_at = db_int(r, 0, 8),
                                .reason = db_str(r, 0, 9)};
}

bool stop_store_add(struct ctx *c, const struct permit_stop *s)
{
    return db_exec(&c->tx,
                   "INSERT INTO share_permit_stop (id, permit, call, stopped_by, stopped_at, words, outcome, "
                   "settled_by, settled_at, reason) VALUES ($1, $2, $3, $4, $5, $6, '', 0, 0, '')",
                   DB_I(s->id), DB_I(s->permit), DB_I(s->call), DB_I(s->stopped_by), DB_I(s->stopped_at),
                   DB_S(s->words));
}

bool stop_store_settle(struct ctx *c, const struct permit_stop *s, bool *done)
{
    int64_t count = 0;
    bool ok = db_exec_count(&c->tx, &count,
                            "UPDATE share_permit_stop SET outcome = $2, settled_by = $3, settled_at = $4, "
                            "reason = $5 WHERE id = $1 AND outcome = ''",
                            DB_I(s->id), DB_S(s->outcome), DB_I(s->settled_by), DB_I(s->settled_at),
                            DB_S(s->reason));
    *done = count > 0;
    return ok;
}

static bool take(const struct db_rows *r, struct permit_stop *out, bool *found)
{
    *found = r->rows > 0;
    *out = *found ? stop_of(r) : (struct permit_stop){0};
    return true;
}

bool stop_store_of_permit(struct ctx *c, int64_t permit, struct permit_stop *out, bool *found)
{
    struct db_rows r;
    return db_query(&c->tx, &r, STOP "WHERE permit = $1 ORDER BY id DESC LIMIT 1", DB_I(permit)) &&
           take(&r, out, found);
}

bool stop_store_of_call(struct ctx *c, int64_t call, struct permit_stop *out, bool *found)
{
    struct db_rows r;
    return db_query(&c->tx, &r, STOP "WHERE call = $1 AND call <> 0 ORDER BY id DESC LIMIT 1", DB_I(call)) &&
           take(&r, out, found);
}
