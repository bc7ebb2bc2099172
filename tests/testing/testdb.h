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

/* What `db` holds now, and the files in its folder, as the beginning of many: closes it and keeps it until
 * the program ends. NULL where the server's address names no database to copy (db stays as it is then). */
struct testdb_image;
struct testdb_image *testdb_image(struct db *db);
/* A copy of that image, with its folder; closed by testdb_close. */
struct db *testdb_open_image(const struct testdb_image *image, int readers, int writers);
/* As testdb_open_with, for what is to become an image: on PostgreSQL a database of its own, which alone can
 * be copied. */
struct db *testdb_open_whole(int readers, int writers);

bool testdb_is_postgres(void);
const char *testdb_url(const struct db *db);
/* The temporary folder of this database (on either engine), for files of the test. */
const char *testdb_folder(const struct db *db);
/* Opens one more handle on the same database; close it with db_close before testdb_close. */
struct db *testdb_second(const struct db *db);

#endif
