#include "core/blob/blob.h"

bool blob_refer(struct db_tx *tx, struct str id, int64_t size, const char *media_type, int64_t now,
                const char *owner, int64_t owner_id)
{
    return db_exec(
               tx,
               "INSERT INTO blob (id, size, type, created) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
               DB_S(id), DB_I(size), DB_C(media_type), DB_I(now)) &&
           db_exec(
               tx,
               "INSERT INTO blob_ref (blob_id, owner, owner_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
               DB_S(id), DB_C(owner), DB_I(owner_id));
}

bool blob_release(struct db_tx *tx, struct str id, const char *owner, int64_t owner_id)
{
    return db_exec(tx, "DELETE FROM blob_ref WHERE blob_id = $1 AND owner = $2 AND owner_id = $3", DB_S(id),
                   DB_C(owner), DB_I(owner_id));
}

bool blob_in_use(struct db_tx *tx, struct str id, bool *used)
{
    struct db_rows r;
    if (!db_query(tx, &r, "SELECT 1 FROM blob_ref WHERE blob_id = $1 LIMIT 1", DB_S(id))) return false;
    *used = r.rows != 0;
    return true;
}

bool blob_used(struct db_tx *tx, struct str prefix, struct str **ids, size_t *count)
{
    struct db_rows r;
    /* 'g' stands behind every digit of an id */
    if (!db_query(tx, &r,
                  "SELECT DISTINCT blob_id FROM blob_ref WHERE blob_id >= $1 AND blob_id < $2 ORDER BY "
                  "blob_id",
                  DB_S(prefix), DB_S(str_cat(tx->arena, prefix, STR("g")))))
        return false;
    *ids = ARENA_ARRAY(tx->arena, r.rows + 1, struct str);
    for (size_t i = 0; i < r.rows; i++)
        (*ids)[i] = db_str(&r, i, 0);
    *count = r.rows;
    return true;
}

bool blob_forget(struct blob_store *s, struct db_tx *tx)
{
    enum { PART = 500 };
    struct db_rows r;
    struct str after = STR_EMPTY;
    do {
        if (!db_query(tx, &r,
                      "SELECT id FROM blob WHERE id > $1 AND NOT EXISTS (SELECT 1 FROM blob_ref WHERE "
                      "blob_id = blob.id) ORDER BY id LIMIT $2",
                      DB_S(after), DB_I(PART)))
            return false;
        for (size_t i = 0; i < r.rows; i++) {
            after = db_str(&r, i, 0);
            if (!blob_exists(s, after) && !db_exec(tx, "DELETE FROM blob WHERE id = $1", DB_S(after)))
                return false;
        }
    } while (r.rows == PART);
    return true;
}

bool blob_check(struct blob_store *s, struct db_tx *tx, int64_t *named, int64_t *missing)
{
    enum { PART = 500 };
    struct db_rows r;
    struct str after = STR_EMPTY;
    *named = *missing = 0;
    do {
        if (!db_query(tx, &r,
                      "SELECT id FROM blob WHERE id > $1 AND EXISTS (SELECT 1 FROM blob_ref WHERE blob_id = "
                      "blob.id) ORDER BY id LIMIT $2",
                      DB_S(after), DB_I(PART)))
            return false;
        for (size_t i = 0; i < r.rows; i++) {
            after = db_str(&r, i, 0);
            ++*named;
            *missing += !blob_exists(s, after);
        }
    } while (r.rows == PART);
    return true;
}
