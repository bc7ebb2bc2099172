/* How a program learns that another one on the same database changed what both keep in memory. */
#include "core/db/db.h"

bool db_version(struct db_tx *tx, int64_t *version)
{
    struct db_rows rows;
    if (!db_query(tx, &rows, "SELECT version FROM snapshot_version WHERE id = 1")) return false;
    *version = rows.rows ? db_int(&rows, 0, 0) : 0;
    return true;
}

bool db_version_next(struct db_tx *tx)
{
    return db_exec(tx, "INSERT INTO snapshot_version (id, version) VALUES (1, 1) ON CONFLICT (id) DO UPDATE "
                       "SET version = snapshot_version.version + 1");
}
