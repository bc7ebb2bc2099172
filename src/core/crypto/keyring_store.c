#include "core/crypto/keyring_internal.h"

bool subject_key_newest(struct db_tx *tx, int64_t subject, int64_t *version, struct str *wrapped)
{
    struct db_rows r;
    if (!db_query(
            tx, &r,
            "SELECT version, wrapped FROM subject_key WHERE subject_id = $1 ORDER BY version DESC LIMIT 1",
            DB_I(subject)))
        return false;
    *version = r.rows ? db_int(&r, 0, 0) : 0;
    *wrapped = r.rows ? db_str(&r, 0, 1) : STR_EMPTY;
    return true;
}

bool subject_key_find(struct db_tx *tx, int64_t subject, int64_t version, bool *found, struct str *wrapped)
{
    struct db_rows r;
    if (!db_query(tx, &r, "SELECT wrapped FROM subject_key WHERE subject_id = $1 AND version = $2",
                  DB_I(subject), DB_I(version)))
        return false;
    *found = r.rows != 0;
    *wrapped = r.rows ? db_str(&r, 0, 0) : STR_EMPTY;
    return true;
}

bool subject_key_add(struct db_tx *tx, int64_t subject, int64_t version, struct str wrapped, int64_t now)
{
    return db_exec(tx,
                   "INSERT INTO subject_key (subject_id, version, wrapped, created) VALUES ($1, $2, $3, $4)"
                   " ON CONFLICT DO NOTHING",
                   DB_I(subject), DB_I(version), DB_B(wrapped), DB_I(now));
}

bool subject_key_erase(struct db_tx *tx, int64_t subject)
{
    return db_exec(tx, "UPDATE subject_key SET wrapped = NULL WHERE subject_id = $1", DB_I(subject));
}
