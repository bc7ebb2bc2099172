#include "core/http/server.h"
#include "modules/people/people_internal.h"

#define ERASURE "subject, status, asked, first_by, first_at, second_by, second_at, until, look, erased"

static struct erasure read_row(const struct db_rows *rows, size_t i)
{
    return (struct erasure){.subject = db_int(rows, i, 0),
                            .status = db_str(rows, i, 1),
                            .asked = db_int(rows, i, 2),
                            .first_by = db_int(rows, i, 3),
                            .first_at = db_int(rows, i, 4),
                            .second_by = db_int(rows, i, 5),
                            .second_at = db_int(rows, i, 6),
                            .until = db_int(rows, i, 7),
                            .look = db_int(rows, i, 8),
                            .erased = db_int(rows, i, 9)};
}

bool people_store_erasure(struct ctx *c, int64_t subject, struct erasure *out, bool *found)
{
    struct db_rows rows;
    *out = (struct erasure){.subject = subject, .status = STR_EMPTY};
    if (!db_query(&c->tx, &rows, "SELECT " ERASURE " FROM erasure WHERE subject = $1", DB_I(subject)))
        return false;
    *found = rows.rows > 0;
    if (*found) *out = read_row(&rows, 0);
    return true;
}

bool people_store_erasure_put(struct ctx *c, const struct erasure *e)
{
    return db_exec(&c->tx,
                   "INSERT INTO erasure (" ERASURE ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON "
                   "CONFLICT (subject) DO UPDATE SET status = excluded.status, first_by = excluded.first_by, "
                   "first_at = excluded.first_at, second_by = excluded.second_by, second_at = "
                   "excluded.second_at, until = excluded.until, look = excluded.look, erased = "
                   "excluded.erased",
                   DB_I(e->subject), DB_S(e->status), DB_I(e->asked), DB_I(e->first_by), DB_I(e->first_at),
                   DB_I(e->second_by), DB_I(e->second_at), DB_I(e->until), DB_I(e->look), DB_I(e->erased));
}

bool people_store_erasure_drop(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "DELETE FROM erasure WHERE subject = $1", DB_I(subject));
}

static void take(struct ctx *c, const struct db_rows *rows, struct erasure **list, size_t *count)
{
    *list = ARENA_ARRAY(c->arena, rows->rows + 1, struct erasure);
    *count = rows->rows;
    for (size_t i = 0; i < rows->rows; i++)
        (*list)[i] = read_row(rows, i);
}

bool people_store_erasures(struct ctx *c, int64_t before, int limit, struct erasure **list, size_t *count)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT " ERASURE " FROM erasure WHERE asked < $1 ORDER BY asked DESC, subject DESC "
                  "LIMIT $2",
                  DB_I(before > 0 ? before : INT64_MAX), DB_I(limit)))
        return false;
    take(c, &rows, list, count);
    return true;
}

bool people_store_erasures_due(struct ctx *c, int limit, struct erasure **list, size_t *count)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT " ERASURE
                  " FROM erasure WHERE status = 'kept' AND look <= $1 ORDER BY look, subject LIMIT $2",
                  DB_I(c->now), DB_I(limit)))
        return false;
    take(c, &rows, list, count);
    return true;
}

bool people_store_mandates_end(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx,
                   "UPDATE mandate SET revoked = $2 WHERE (principal = $1 OR agent = $1) AND revoked = 0",
                   DB_I(subject), DB_I(c->now));
}

/* The row stays, so that what refers to it still tells one erased person from another. */
bool people_store_erase(struct ctx *c, int64_t subject)
{
    struct str nobody = str_fmt(c->arena, "erased:%lld", (long long)subject);
    people_store_unknow(c, subject);
    return db_exec(&c->tx,
                   "UPDATE subject SET code_index = $2, name = $3, code = $3, mobile = $3, address = $3, "
                   "level = 0, account = 0, changed = $4 WHERE id = $1",
                   DB_I(subject), DB_B(nobody), DB_B(STR_EMPTY), DB_I(c->now)) &&
           db_exec(&c->tx, "DELETE FROM mandate WHERE principal = $1 OR agent = $1", DB_I(subject)) &&
           db_exec(&c->tx, "DELETE FROM mobile_code WHERE subject = $1", DB_I(subject)) &&
           db_exec(&c->tx, "DELETE FROM desk_request WHERE subject = $1", DB_I(subject)) &&
           db_exec(&c->tx, "DELETE FROM desk_look WHERE subject = $1", DB_I(subject));
}
