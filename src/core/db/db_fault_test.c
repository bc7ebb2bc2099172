/* Every call to the disk and every allocation of the engine fails once: the answer is an error, what was
 * committed stays, and the file is sound. */
#include "core/base/arena.h"
#include "core/base/log.h"
#include "core/db/writer.h"
#include "testing/lossy_vfs.h"

#include <cmocka.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static const struct db_migration schema[] = {
    {"base", 1, "line",
     "CREATE TABLE line (id {int} PRIMARY KEY, body {text} NOT NULL) {strict};\n"
     "CREATE INDEX line_body ON line (body);\n"},
};

/* ---- allocations of the engine ---- */

static sqlite3_mem_methods plain_memory;
static atomic_long alloc_left;
static atomic_long alloc_failed;

static bool alloc_fails(void)
{
    if (alloc_left == 0 || --alloc_left != 0) return false;
    alloc_failed++;
    return true;
}

static void *failing_malloc(int n)
{
    return alloc_fails() ? NULL : plain_memory.xMalloc(n);
}

static void *failing_realloc(void *p, int n)
{
    return alloc_fails() ? NULL : plain_memory.xRealloc(p, n);
}

static void take_memory(void)
{
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain_memory) != SQLITE_OK) abort();
    sqlite3_mem_methods m = plain_memory;
    m.xMalloc = failing_malloc;
    m.xRealloc = failing_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &m) != SQLITE_OK) abort();
}

/* ---- one life of a database ---- */

static char folder[] = "/tmp/tb-fault-XXXXXX";
static char url[64];

static void clean(void)
{
    static const char *const names[] = {"f.db", "f.db-wal", "f.db-shm", "f.db-journal"};
    char path[96];
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
}

/* An error says what kind it is; a success says none. */
static void told(bool ok, struct err *e)
{
    if (!ok) assert_int_not_equal(e->kind, ERR_NONE);
    err_clear(e);
}

/* Every other line is written with all others gathered in its transaction. */
static bool write_gathered(const struct db_gatherer *, struct db_tx *tx, struct str bytes)
{
    int64_t id;
    for (size_t at = 0; at < bytes.len; at += sizeof id) {
        memcpy(&id, bytes.ptr + at, sizeof id);
        if (!db_exec(tx, "INSERT INTO line (id, body) VALUES ($1, $2)", DB_I(id),
                     DB_S(str_fmt(tx->arena, "%0700d", (int)id))))
            return false;
    }
    return true;
}

static const struct db_gatherer gathered = {write_gathered};

static bool insert_line(struct db_tx *tx, int64_t id)
{
    if (id % 2) return db_gather(tx, &gathered, str_n(&id, sizeof id));
    return db_exec(tx, "INSERT INTO line (id, body) VALUES ($1, $2)", DB_I(id),
                   DB_S(str_fmt(tx->arena, "%0700d", (int)id)));
}

struct life {
    int64_t committed; /* lines 1…n that must be there */
    bool doubtful;     /* the next ten may be */
};

static bool insert_ten(struct db_tx *tx, int64_t from)
{
    for (int64_t i = 1; i <= 10; i++)
        if (!insert_line(tx, from + i)) return false;
    return true;
}

static void step_write(struct db *db, struct arena *a, struct err *e, struct life *l)
{
    struct db_tx tx;
    if (!db_begin_write(db, a, e, &tx)) {
        told(false, e);
        return;
    }
    bool ok = insert_ten(&tx, l->committed);
    told(ok, e);
    bool ended = db_end(db, &tx, ok);
    told(ended, e);
    if (ok && ended)
        l->committed += 10;
    else if (ok)
        l->doubtful = true;
}

static void step_read(struct db *db, struct arena *a, struct err *e, const struct life *l)
{
    struct db_tx tx;
    struct db_rows r;
    if (!db_begin_read(db, a, e, &tx)) {
        told(false, e);
        return;
    }
    bool ok = db_query(&tx, &r, "SELECT COUNT(*), MAX(body) FROM line");
    if (ok) assert_true(db_int(&r, 0, 0) == l->committed || l->doubtful);
    told(ok, e);
    told(db_end(db, &tx, false), e);
}

static struct life live(const char *vfs)
{
    struct life l = {0};
    struct err e = {0};
    struct arena *a = arena_new((size_t)4 << 20);
    int applied = 0;
    struct db *db = db_open(&(struct db_options){.url = url, .readers = 1, .vfs = vfs}, &e);
    if (db == NULL) {
        told(false, &e);
    } else {
        bool ok = db_migrate(db, schema, 1, 1, &applied, &e);
        told(ok, &e);
        for (int i = 0; ok && i < 3 && !l.doubtful; i++) {
            step_write(db, a, &e, &l);
            step_read(db, a, &e, &l);
            told(db_checkpoint(db, &e), &e);
        }
        db_close(db);
    }
    arena_drop(a);
    return l;
}

static void sound(struct life l)
{
    struct err e = {0};
    struct db_tx tx;
    struct db_rows r;
    int applied = 0;
    struct arena *a = arena_new((size_t)4 << 20);
    struct db *db = db_open(&(struct db_options){.url = url, .readers = 1}, &e);
    if (db == NULL || !db_check(db, &e) || !db_migrate(db, schema, 1, 1, &applied, &e))
        fail_msg("%s %s", e.code, e.detail);
    assert_true(db_begin_read(db, a, &e, &tx));
    assert_true(db_query(&tx, &r, "SELECT COUNT(*) FROM line"));
    int64_t has = db_int(&r, 0, 0);
    assert_true(has == l.committed || (l.doubtful && has == l.committed + 10));
    assert_true(db_end(db, &tx, false));
    db_close(db);
    arena_drop(a);
}

static void each_call_to_the_disk_may_fail(void **state)
{
    (void)state;
    static const unsigned kinds[] = {FAULT_READ, FAULT_WRITE, FAULT_SYNC, FAULT_TRUNCATE,
                                     FAULT_OPEN, FAULT_SHM,   FAULT_ANY};
    long faults = 0;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (int sticky = 0; sticky < 2; sticky++)
            for (long n = 1;; n += kinds[k] == FAULT_ANY ? 7 : 1 + n / 12) {
                faulty_vfs_fail(kinds[k], n, sticky == 1);
                struct life l = live("faulty");
                long failed = faulty_vfs_failed();
                faulty_vfs_fail(0, 0, false);
                sound(l);
                clean();
                faults += failed > 0;
                if (failed == 0) {
                    assert_int_equal(l.committed, 30);
                    break;
                }
            }
    assert_true(faults > 100);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    for (long n = 1;; n += 1 + n / 40) {
        alloc_failed = 0;
        alloc_left = n;
        struct life l = live(NULL);
        alloc_left = 0;
        sound(l);
        clean();
        if (alloc_failed == 0) {
            assert_int_equal(l.committed, 30);
            assert_true(n > 100);
            break;
        }
    }
}

/* ---- the writer ---- */

struct line {
    struct write_task task;
    struct err err;
    int64_t id;
    atomic_int done;
    bool ok;
};

static bool line_run(struct write_task *t, struct db_conn *conn)
{
    struct line *l = (struct line *)t;
    struct arena *a = arena_new(16 << 10);
    struct db_tx tx = {.conn = conn, .arena = a, .err = &l->err};
    bool ok = insert_line(&tx, l->id);
    arena_drop(a);
    return ok;
}

static void line_done(struct write_task *t, bool ok)
{
    struct line *l = (struct line *)t;
    l->ok = ok;
    l->done++;
}

enum { LINES = 120 };
static struct line lines[LINES];

static void write_all(const char *vfs, unsigned kind, long n)
{
    struct err e = {0};
    int applied = 0;
    struct db *db = db_open(&(struct db_options){.url = url, .readers = 1, .vfs = vfs}, &e);
    assert_non_null(db);
    assert_true(db_migrate(db, schema, 1, 1, &applied, &e));
    struct writer *w = writer_start(db, &(struct writer_options){.queue_max = LINES, .group_max = 7}, &e);
    assert_non_null(w);
    faulty_vfs_fail(kind, n, false);
    for (int64_t i = 0; i < LINES; i++) {
        lines[i] = (struct line){.task = {.run = line_run, .done = line_done}, .id = i + 1};
        lines[i].task.err = &lines[i].err;
        assert_true(writer_submit(w, &lines[i].task, LANE_INTERACTIVE));
    }
    writer_stop(w);
    faulty_vfs_fail(0, 0, false);
    db_close(db);
}

static void the_writer_reports_each_task_truly(void **state)
{
    (void)state;
    static const unsigned kinds[] = {FAULT_WRITE, FAULT_SYNC, FAULT_SHM};
    for (size_t k = 0; k < 3; k++)
        for (long n = 1; n < 60; n += 6) {
            write_all("faulty", kinds[k], n);
            struct err e = {0};
            struct arena *a = arena_new((size_t)4 << 20);
            struct db *db = db_open(&(struct db_options){.url = url, .readers = 1}, &e);
            assert_non_null(db);
            assert_true(db_check(db, &e));
            struct db_tx tx;
            struct db_rows r;
            int refused = 0;
            assert_true(db_begin_read(db, a, &e, &tx));
            for (int i = 0; i < LINES; i++) {
                assert_int_equal(lines[i].done, 1);
                assert_true(db_query(&tx, &r, "SELECT id FROM line WHERE id = $1", DB_I(lines[i].id)));
                assert_int_equal(r.rows == 1, lines[i].ok);
                if (!lines[i].ok) assert_int_not_equal(lines[i].err.kind, ERR_NONE);
                refused += !lines[i].ok;
            }
            assert_true(refused <= 2 * 7); /* the trouble passes with its group */
            assert_true(db_end(db, &tx, false));
            db_close(db);
            arena_drop(a);
            clean();
        }
}

int main(void)
{
    take_memory();
    if (mkdtemp(folder) == NULL || !faulty_vfs_register()) return 1;
    snprintf(url, sizeof url, "sqlite:%s/f.db", folder);
    log_threshold(LOG_LEVEL_ERROR + 1); /* failing is the point */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_to_the_disk_may_fail),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(the_writer_reports_each_task_truly),
    };
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    clean();
    rmdir(folder);
    return rc;
}
