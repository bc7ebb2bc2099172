/* A long log is carried over while the writer writes on. */
#include "core/base/arena.h"
#include "core/base/time.h"
#include "core/db/db_driver.h"
#include "core/db/writer.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The log is stopped at 64 MiB of pages, each with 24 bytes before it, once a group has ended: one of ROWS
 * rows changes at most six pages for each, with those that are split. */
enum { KB = 1024, ROUNDS = 240, ROWS = 100, FRAME = 4096 + 24, LOG_MOST = (16384 + 6 * ROWS) * FRAME };

static char folder[] = "/tmp/tongban-relief-XXXXXX", path[64], url[80], log_path[80];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/relief.db", folder);
    snprintf(url, sizeof url, "sqlite:%s", path);
    snprintf(log_path, sizeof log_path, "%s-wal", path);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static bool make_table(struct write_task *t, struct db_conn *conn)
{
    struct arena *a = arena_new(KB);
    struct db_tx tx = {.conn = conn, .arena = a, .err = t->err};
    bool ok =
        db_exec(&tx, "CREATE TABLE relief (id INTEGER NOT NULL PRIMARY KEY, n INTEGER NOT NULL, b BLOB)");
    arena_drop(a);
    return ok;
}

/* Some 600 KB, spread over the whole table. */
static bool add_rows(struct write_task *t, struct db_conn *conn)
{
    static const char bytes[6 * KB];
    struct arena *a = arena_new(64 * KB);
    struct db_tx tx = {.conn = conn, .arena = a, .err = t->err};
    int64_t round = *(const int64_t *)t->submitter;
    bool ok = true;
    for (int64_t i = 0; ok && i < ROWS; i++)
        ok = db_exec(&tx, "INSERT INTO relief (id, n, b) VALUES ($1, 1, $2)", DB_I(i * ROUNDS + round),
                     DB_B(str_n(bytes, sizeof bytes)));
    arena_drop(a);
    return ok;
}

static void write_one(struct writer *w, bool (*run)(struct write_task *t, struct db_conn *conn), int64_t *arg)
{
    struct err e = {0};
    struct write_task t = {.run = run, .err = &e, .submitter = arg};
    if (!writer_run(w, &t, LANE_INTERACTIVE)) fail_msg("%s %s", e.code, e.detail);
}

static int64_t sum(struct db *db)
{
    struct arena *a = arena_new(64 * KB);
    struct err e = {0};
    struct db_tx tx;
    struct db_rows r;
    assert_true(db_begin_read(db, a, &e, &tx));
    assert_true(db_query(&tx, &r, "SELECT SUM(n) FROM relief"));
    int64_t n = db_int(&r, 0, 0);
    assert_true(db_end(db, &tx, false));
    arena_drop(a);
    return n;
}

/* A hundred and forty megabytes go through a log that is stopped at 64 (db.c), and all of them are there. */
static void a_log_starts_anew_while_many_write(void **state)
{
    (void)state;
    struct err e = {0};
    struct db *db = db_open(&(struct db_options){.url = url, .readers = 2}, &e);
    if (!db) fail_msg("%s %s", e.code, e.detail);
    struct writer *w = writer_start(db, &(struct writer_options){.queue_max = 64, .group_max = 16}, &e);
    assert_non_null(w);
    write_one(w, make_table, NULL);
    off_t longest = 0;
    for (int64_t round = 0; round < ROUNDS; round++) {
        struct stat st;
        write_one(w, add_rows, &round);
        if (round % 10 == 0) assert_int_equal(sum(db), (round + 1) * ROWS);
        if (stat(log_path, &st) == 0 && st.st_size > longest) longest = st.st_size;
    }
    assert_in_range(longest, 1, LOG_MOST);
    assert_int_equal(sum(db), (int64_t)ROUNDS * ROWS);
    assert_true(db_check(db, &e));
    writer_stop(w);
    db_close(db);
    db = db_open(&(struct db_options){.url = url, .readers = 1}, &e);
    assert_non_null(db);
    assert_int_equal(sum(db), (int64_t)ROUNDS * ROWS);
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_log_starts_anew_while_many_write)};
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
