#include "core/base/time.h"
#include "modules/exchange/exchange_feed.h"

bool shown_store_find(struct ctx *c, int64_t permit, int64_t row, struct shown_row *out)
{
    struct db_rows r;
    *out = (struct shown_row){0};
    if (!db_query(&c->tx, &r, "SELECT since, gone FROM exchange_shown WHERE permit = $1 AND row_id = $2",
                  DB_I(permit), DB_I(row)))
        return false;
    if (r.rows) *out = (struct shown_row){true, db_int(&r, 0, 0), db_int(&r, 0, 1)};
    return true;
}

bool shown_store_put(struct ctx *c, int64_t permit, int64_t row, int64_t since, int64_t gone)
{
    return db_exec(&c->tx,
                   "INSERT INTO exchange_shown (permit, row_id, since, gone, at) VALUES ($1, $2, $3, $4, $5) "
                   "ON CONFLICT (permit, row_id) DO UPDATE SET since = excluded.since, gone = excluded.gone, "
                   "at = excluded.at",
                   DB_I(permit), DB_I(row), DB_I(since), DB_I(gone), DB_I(c->now));
}

const char *const shown_sweep_statements[SHOWN_SWEEPS] = {
    "DELETE FROM exchange_shown WHERE gone <> 0 AND at < $1",
    "DELETE FROM exchange_shown WHERE row_id IN (SELECT id FROM exchange_row WHERE op = 'D' AND changed < "
    "$1)",
};

/* At most so many of each permit at a time: others wait for their writes meanwhile. */
static bool sweep_ended(struct ctx *c)
{
    enum { AT_ONCE = 5000 };
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT k.permit FROM exchange_cursor k JOIN share_permit p ON p.id = k.permit WHERE "
                  "k.shown <> 0 AND (p.state NOT IN ('granted', 'suspended') OR p.valid_until < $1)",
                  DB_I(c->now)))
        return false;
    for (size_t i = 0; i < r.rows; i++)
        if (!db_exec(&c->tx,
                     "DELETE FROM exchange_shown WHERE permit = $1 AND row_id IN (SELECT row_id FROM "
                     "exchange_shown WHERE permit = $1 ORDER BY row_id LIMIT $2)",
                     DB_I(db_int(&r, i, 0)), DB_I(AT_ONCE)))
            return false;
    return true;
}

bool shown_store_sweep(struct ctx *c)
{
    for (size_t i = 0; i < SHOWN_SWEEPS; i++)
        if (!db_exec(&c->tx, shown_sweep_statements[i], DB_I(c->now - ROWS_GONE_DAYS * MS_DAY))) return false;
    return sweep_ended(c);
}
