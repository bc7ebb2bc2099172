/* Pages in memory: the same rows as by the system, whatever is written meanwhile. */
#include "core/base/arena.h"
#include "core/db/db_map.h"

#include <cmocka.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/tongban-map-XXXXXX", path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/map.db", folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static sqlite3 *opened(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s: %s", sql, why);
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static struct db_map *map_of(int64_t least)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct db_map *m = db_map_open(fd, least);
    close(fd);
    return m;
}

#define ROWS(n, value)                                                                                       \
    "INSERT INTO t (n) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " #n         \
    ") SELECT " #value " FROM n"
#define SUM "SELECT SUM(n) FROM t"

/* Within the file as it was mapped, behind its end then, and after pages that were there have changed. */
static void a_reader_sees_what_was_written_since_the_file_was_mapped(void **state)
{
    (void)state;
    sqlite3 *db = opened();
    run(db, "PRAGMA journal_mode=WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, b DEFAULT "
            "(zeroblob(500)))");
    run(db, ROWS(1000, 1));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);

    struct db_map *m = map_of(4096);
    assert_non_null(m);
    sqlite3 *writer = opened(), *reader = opened();
    struct db_mapped *u = db_map_use(m, reader);
    assert_non_null(u);
    assert_int_equal(number(reader, SUM), 1000);
    run(writer, ROWS(20000, 2));
    assert_int_equal(number(reader, SUM), 41000);
    run(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(number(reader, SUM), 41000);
    run(writer, "UPDATE t SET n = 3");
    assert_int_equal(number(reader, SUM), 63000);
    run(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(number(reader, SUM), 63000);
    assert_int_equal(number(reader, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);

    /* What a transaction saw stays so while others write and the log is carried over. */
    run(reader, "BEGIN");
    assert_int_equal(number(reader, SUM), 63000);
    run(writer, "UPDATE t SET n = 4");
    run(writer, "PRAGMA wal_checkpoint(PASSIVE)");
    assert_int_equal(number(reader, SUM), 63000);
    run(reader, "COMMIT");
    assert_int_equal(number(reader, SUM), 84000);

    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    assert_int_equal(sqlite3_close(writer), SQLITE_OK);
    db_map_end(u);
    db_map_close(m);
}

/* Pages of the file that a connection has asked the system for, all told. */
static int64_t asked_of_the_system(sqlite3 *db)
{
    int misses, unused;
    assert_int_equal(sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &unused, 0), SQLITE_OK);
    return misses;
}

/* An installation begins with an empty file and is not stopped for years. */
static void a_file_is_looked_at_in_memory_once_it_is_large(void **state)
{
    (void)state;
    unlink(path);
    struct db_map *m = map_of(2 << 20);
    assert_non_null(m);
    sqlite3 *writer = opened(), *reader = opened();
    run(writer, "PRAGMA journal_mode=WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, b DEFAULT "
                "(zeroblob(500)))");
    struct db_mapped *u = db_map_use(m, reader);
    assert_non_null(u);
    run(writer, ROWS(1000, 1));
    run(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(number(reader, SUM), 1000);
    assert_true(asked_of_the_system(reader) >= 1000 / 8);

    run(writer, ROWS(20000, 1));
    run(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(number(reader, SUM), 21000); /* what lies behind what is known tells how large it is */
    int64_t before = asked_of_the_system(reader);
    run(writer, "INSERT INTO t (n) VALUES (1)"); /* empties the reader's own pages */
    run(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(number(reader, SUM), 21001);
    assert_true(asked_of_the_system(reader) - before < 100);

    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    assert_int_equal(sqlite3_close(writer), SQLITE_OK);
    db_map_end(u);
    db_map_close(m);
    db_map_close(NULL);
    db_map_end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_sees_what_was_written_since_the_file_was_mapped),
        cmocka_unit_test(a_file_is_looked_at_in_memory_once_it_is_large),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
