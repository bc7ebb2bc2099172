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

bool shown_store_sweep(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM exchange_shown WHERE gone <> 0 AND at < $1",
                   DB_I(c->now - ROWS_GONE_DAYS * MS_DAY)) &&
           db_exec(
               &c->tx,
               "DELETE FROM exchange_shown WHERE permit IN (SELECT id FROM share_permit WHERE state NOT IN "
               "('granted', 'suspended') OR valid_until < $1) OR NOT EXISTS (SELECT 1 FROM exchange_row r "
               "WHERE r.id = exchange_shown.row_id)",
               DB_I(c->now));
}
