/* Programs on one database take numbers in turn, so that no two that run have the same one. */
#include "core/db/db.h"

static bool is_free(const struct db_rows *r, int64_t number, int64_t now)
{
    for (size_t i = 0; i < r->rows; i++)
        if (db_int(r, i, 0) == number) return db_int(r, i, 2) <= now;
    return true;
}

bool db_number_take(struct db_tx *tx, int64_t count, int64_t now, int64_t until, struct db_number *taken)
{
    struct db_rows r;
    if (!db_query(tx, &r, "SELECT number, turn, until FROM program_number ORDER BY turn DESC")) return false;
    int64_t last = r.rows ? db_int(&r, 0, 0) : -1, turn = r.rows ? db_int(&r, 0, 1) + 1 : 1;
    for (int64_t i = 1; i <= count; i++) {
        int64_t number = (last + i) % count;
        if (!is_free(&r, number, now)) continue;
        *taken = (struct db_number){number, turn};
        return db_exec(tx,
                       "INSERT INTO program_number (number, turn, until) VALUES ($1, $2, $3) "
                       "ON CONFLICT (number) DO UPDATE SET turn = excluded.turn, until = excluded.until",
                       DB_I(number), DB_I(turn), DB_I(until));
    }
    return err_conflict(tx->err, "db.numbers", "Too many programs run on this database.");
}

bool db_number_keep(struct db_tx *tx, struct db_number n, int64_t until, bool *kept)
{
    int64_t changed = 0;
    if (!db_exec_count(tx, &changed, "UPDATE program_number SET until = $1 WHERE number = $2 AND turn = $3",
                       DB_I(until), DB_I(n.number), DB_I(n.turn)))
        return false;
    *kept = changed > 0;
    return true;
}
