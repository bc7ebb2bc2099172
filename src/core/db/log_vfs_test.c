/* The log in long pieces: fewer writes, the same bytes. */
#include "core/base/arena.h"
#include "core/db/log_vfs.h"

#include <cmocka.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static int written; /* calls that reached the file system below */

static int (*real_write)(sqlite3_file *, const void *, int, sqlite3_int64);
static sqlite3_io_methods counting_methods;
static sqlite3_vfs counting_vfs;

static int count_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    written++;
    return real_write(f, bytes, n, at);
}

static int open_counted(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
    sqlite3_vfs *base = vfs->pAppData;
    int rc = base->xOpen(base, path, f, flags, out);
    if (rc != SQLITE_OK || !(flags & SQLITE_OPEN_WAL)) return rc;
    counting_methods = *f->pMethods;
    real_write = counting_methods.xWrite;
    counting_methods.xWrite = count_write;
    f->pMethods = &counting_methods;
    return rc;
}

static const char *counted(void)
{
    sqlite3_vfs *base = sqlite3_vfs_find(NULL);
    counting_vfs = *base;
    counting_vfs.zName = "counting";
    counting_vfs.pAppData = base;
    counting_vfs.xOpen = open_counted;
    assert_int_equal(sqlite3_vfs_register(&counting_vfs, 0), SQLITE_OK);
    return "counting";
}

static sqlite3 *opened(const char *path, const char *vfs)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs), SQLITE_OK);
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

#define ROWS(n)                                                                                              \
    "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " #n             \
    ") SELECT zeroblob(1000) FROM n"

static void a_commit_is_written_in_few_pieces_and_others_see_it(void **state)
{
    char folder[] = "/tmp/tongban-log-XXXXXX", path[64];
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/log.db", folder);
    const char *vfs = log_vfs_over(counted());
    assert_non_null(vfs);
    assert_string_equal(log_vfs_over("counting"), vfs);
    sqlite3 *db = opened(path, vfs), *other = opened(path, NULL);
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (b BLOB)");
    written = 0;
    run(db, ROWS(200));
    assert_in_range(written, 1, 5); /* of more than 100 */
    assert_int_equal(number(other, "SELECT COUNT(*) FROM t"), 200);

    /* Pages that do not fit into memory go to the log before the commit and are read back from there. */
    run(db, "PRAGMA cache_size=5; BEGIN");
    run(db, ROWS(400));
    assert_int_equal(number(db, "SELECT COUNT(*) FROM t WHERE length(b) = 1000"), 600);
    assert_int_equal(number(other, "SELECT COUNT(*) FROM t"), 200);
    run(db, "ROLLBACK; BEGIN");
    run(db, ROWS(100));
    run(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(number(other, "SELECT COUNT(*) FROM t"), 300);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    other = opened(path, NULL);
    assert_int_equal(number(other, "SELECT COUNT(*) FROM t WHERE length(b) = 1000"), 300);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    unlink(path);
    rmdir(folder);
}

static void a_file_system_that_is_not_there_has_none_over_it(void **state)
{
    (void)state;
    assert_null(log_vfs_over("no such file system"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commit_is_written_in_few_pieces_and_others_see_it),
        cmocka_unit_test(a_file_system_that_is_not_there_has_none_over_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
