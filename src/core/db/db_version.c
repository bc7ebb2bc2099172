/* How a program learns what another one on the same database changed of what both keep in memory. */
#include "core/db/db.h"

bool db_version(struct db_tx *tx, int64_t *version)
{
    struct db_rows rows;
    if (!db_query(tx, &rows, "SELECT version FROM snapshot_version WHERE id = 1")) return false;
    *version = rows.rows ? db_int(&rows, 0, 0) : 0;
    return true;
}

bool db_version_parts(struct db_tx *tx, struct db_rows *parts)
{
    return db_query(tx, parts, "SELECT name, version FROM snapshot_part");
}

bool db_version_next(struct db_tx *tx, struct str part)
{
    return db_exec(tx, "INSERT INTO snapshot_version (id, version) VALUES (1, 1) ON CONFLICT (id) DO UPDATE "
                       "SET version = snapshot_version.version + 1") &&
           db_exec(tx,
                   "INSERT INTO snapshot_part (name, version) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE "
                   "SET version = snapshot_part.version + 1",
                   DB_S(part));
}
