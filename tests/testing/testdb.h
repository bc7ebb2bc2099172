/* A fresh, empty database for one test: an SQLite file in a temporary folder, or, where TB_TEST_PG or
 * TONGBAN_TEST_DB (tools/pg_cluster) holds a postgresql:// URL, a schema of its own there. Several may be
 * open at a time. */
#ifndef TB_TESTDB_H
#define TB_TESTDB_H

#include "core/db/db.h"

/* Aborts the test program where no database can be had. */
struct db *testdb_open(void);
struct db *testdb_open_with(int readers, int writers);
/* Closes it and removes all it left. NULL is allowed. */
void testdb_close(struct db *db);
/* Closes and opens again what testdb_open gave, keeping the data. */
struct db *testdb_reopen(struct db *db);

bool testdb_is_postgres(void);
const char *testdb_url(const struct db *db);
/* The temporary folder of this database (on either engine), for files of the test. */
const char *testdb_folder(const struct db *db);
/* Opens one more handle on the same database; close it with db_close before testdb_close. */
struct db *testdb_second(const struct db *db);

#endif
