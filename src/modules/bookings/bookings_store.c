#include "modules/bookings/bookings_internal.h"

bool bookings_store_counts(struct ctx *c, int64_t item, int32_t from, int32_t to, struct slot_count **list,
                           size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT day, slot, COUNT(*) FROM booking WHERE item = $1 AND day >= $2 AND day <= $3 GROUP "
                  "BY day, slot ORDER BY day, slot",
                  DB_I(item), DB_I(from), DB_I(to)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct slot_count);
    for (size_t i = 0; i < r.rows; i++)
        (*list)[i] = (struct slot_count){(int32_t)db_int(&r, i, 0), db_str(&r, i, 1), db_int(&r, i, 2)};
    *count = r.rows;
    return true;
}

static struct booking booking_of(const struct db_rows *r, size_t i)
{
    return (struct booking){db_int(r, i, 0), db_int(r, i, 1), (int32_t)db_int(r, i, 2), db_str(r, i, 3),
                            db_int(r, i, 4), db_int(r, i, 5), db_str(r, i, 6)};
}

bool bookings_store_find(struct ctx *c, int64_t case_id, struct booking *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT case_id, item, day, slot, seat, unit, division FROM booking WHERE case_id = $1",
                  DB_I(case_id)))
        return false;
    *found = r.rows > 0;
    if (*found) *out = booking_of(&r, 0);
    return true;
}

bool bookings_store_seats(struct ctx *c, const struct booking *b, struct db_rows *seats)
{
    return db_query(&c->tx, seats,
                    "SELECT seat FROM booking WHERE item = $1 AND day = $2 AND slot = $3 ORDER BY seat",
                    DB_I(b->item), DB_I(b->day), DB_S(b->slot));
}

bool bookings_store_add(struct ctx *c, const struct booking *b, bool *done)
{
    int64_t changed = 0;
    if (!db_exec_count(&c->tx, &changed,
                       "INSERT INTO booking (case_id, item, day, slot, seat, unit, division, created) VALUES "
                       "($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                       DB_I(b->case_id), DB_I(b->item), DB_I(b->day), DB_S(b->slot), DB_I(b->seat),
                       DB_I(b->unit), DB_S(b->division), DB_I(c->now)))
        return false;
    *done = changed > 0;
    return true;
}

bool bookings_store_remove(struct ctx *c, int64_t case_id, bool *removed)
{
    int64_t changed = 0;
    if (!db_exec_count(&c->tx, &changed, "DELETE FROM booking WHERE case_id = $1", DB_I(case_id)))
        return false;
    *removed = changed > 0;
    return true;
}

bool bookings_store_day(struct ctx *c, const struct booking_view *view, int32_t day, struct str slot,
                        int64_t case_id, struct booking **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT case_id, item, day, slot, seat, unit, division FROM booking WHERE day = $1 AND "
                  "(slot > $2 OR (slot = $2 AND case_id > $3)) "
                  "AND (($4 = 1 AND substr(division, 1, length($5)) = $5) OR ($4 = 0 AND unit = $6)) ORDER "
                  "BY slot, case_id LIMIT $7",
                  DB_I(day), DB_S(slot), DB_I(case_id), DB_I(view->area_wide), DB_S(view->area),
                  DB_I(view->unit), DB_I(BOOKINGS_PAGE + 1)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct booking);
    for (size_t i = 0; i < r.rows; i++)
        (*list)[i] = booking_of(&r, i);
    *count = r.rows;
    return true;
}
