/* What several writes of one transaction gather is written once, and only by those that stand. */
#include "core/base/buf.h"
#include "core/db/db_driver.h"
#include "core/db/writer.h"

#include "testing/testdb.h"

#include <cmocka.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

enum { TASKS = 40, ARENA = 256 << 10 };

static struct db *db;
static struct err err;
static struct arena *arena;

static const struct db_migration schema[] = {
    {"base", 1, "lots",
     "CREATE TABLE lot (first {int} PRIMARY KEY, bytes {bytes} NOT NULL) {strict};\n"
     "CREATE TABLE mark (id {int} PRIMARY KEY) {strict};\n"},
};

static int set_up(void **state)
{
    int applied = 0;
    (void)state;
    err = (struct err){0};
    arena = arena_new(ARENA);
    db = testdb_open_with(2, 4);
    assert_true(db_migrate(db, schema, 1, 1, &applied, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    testdb_close(db);
    arena_drop(arena);
    return 0;
}

static bool write_lot(const struct db_gatherer *, struct db_tx *tx, struct str bytes)
{
    return db_exec(tx, "INSERT INTO lot (first, bytes) VALUES ($1, $2)", DB_I((uint8_t)bytes.ptr[0]),
                   DB_B(bytes));
}

static bool write_other(const struct db_gatherer *, struct db_tx *tx, struct str bytes)
{
    return db_exec(tx, "INSERT INTO lot (first, bytes) VALUES ($1, $2)", DB_I(1000 + (uint8_t)bytes.ptr[0]),
                   DB_B(bytes));
}

static bool write_nothing(const struct db_gatherer *, struct db_tx *tx, struct str)
{
    return err_conflict(tx->err, "test.gathered", "No.");
}

static const struct db_gatherer lots = {write_lot}, others = {write_other}, refused = {write_nothing};

static void begin(struct db_tx *tx)
{
    if (!db_begin_write(db, arena, &err, tx)) fail_msg("%s %s", err.code, err.detail);
}

static bool add(struct db_tx *tx, const struct db_gatherer *who, int n)
{
    char byte = (char)n;
    return db_gather(tx, who, str_n(&byte, 1));
}

/* All lots in order: each its bytes as digits, with a bar behind. */
static struct str lots_now(void)
{
    struct db_tx tx;
    struct db_rows r;
    struct buf b = buf_new(arena, 256);
    assert_true(db_begin_read(db, arena, &err, &tx));
    assert_true(db_query(&tx, &r, "SELECT bytes FROM lot ORDER BY first"));
    for (size_t i = 0; i < r.rows; i++) {
        struct str bytes = db_str(&r, i, 0);
        for (size_t k = 0; k < bytes.len; k++)
            buf_fmt(&b, "%d ", (uint8_t)bytes.ptr[k]);
        buf_add_char(&b, '|');
    }
    assert_true(db_end(db, &tx, false));
    return buf_str(&b);
}

#define LOTS_ARE(text) assert_string_equal(str_z(arena, lots_now()), text)

static void each_gatherer_is_given_its_own_in_order(void **state)
{
    struct db_tx tx;
    (void)state;
    begin(&tx);
    assert_true(add(&tx, &lots, 3) && add(&tx, &others, 7) && add(&tx, &lots, 1) && add(&tx, &others, 8));
    LOTS_ARE("");
    assert_true(db_end(db, &tx, true));
    LOTS_ARE("3 1 |7 8 |");
    begin(&tx);
    assert_true(db_end(db, &tx, true)); /* nothing is left over for the next */
    LOTS_ARE("3 1 |7 8 |");
}

static void what_is_undone_takes_along_what_it_gathered(void **state)
{
    struct db_tx tx;
    (void)state;
    begin(&tx);
    assert_true(add(&tx, &lots, 1) && db_savepoint(&tx) && add(&tx, &lots, 2) && db_savepoint(&tx) &&
                add(&tx, &lots, 3) && db_release(&tx) && db_rollback_to(&tx) && add(&tx, &lots, 4) &&
                db_savepoint(&tx) && add(&tx, &lots, 5) && db_release(&tx));
    assert_true(db_end(db, &tx, true));
    LOTS_ARE("1 4 5 |");
    begin(&tx);
    assert_true(add(&tx, &lots, 9));
    assert_true(db_end(db, &tx, false));
    begin(&tx);
    assert_true(db_end(db, &tx, true));
    LOTS_ARE("1 4 5 |");
}

static void what_cannot_be_written_keeps_the_transaction_from_committing(void **state)
{
    struct db_tx tx;
    (void)state;
    begin(&tx);
    assert_true(add(&tx, &lots, 1) && add(&tx, &refused, 2));
    assert_true(db_exec(&tx, "INSERT INTO mark (id) VALUES (1)"));
    assert_false(db_end(db, &tx, true));
    assert_string_equal(err.code, "test.gathered");
    err_clear(&err);
    LOTS_ARE("");
    assert_true(db_begin_read(db, arena, &err, &tx));
    assert_false(db_gather(&tx, &lots, STR("x"))); /* a read gathers nothing */
    err_clear(&err);
    assert_true(db_end(db, &tx, false));
}

/* ---- through the writer ---- */

struct task {
    struct write_task task;
    int n;
    bool fails, spoils; /* spoils: after it has written */
    sem_t *gate, *over;
    struct err err;
    bool ok;
};

static bool task_run(struct write_task *t, struct db_conn *conn)
{
    struct task *k = (struct task *)t;
    struct arena *a = arena_new(ARENA);
    struct db_tx tx = {.conn = conn, .arena = a, .err = &k->err};
    if (k->gate) sem_wait(k->gate);
    k->gate = NULL;
    bool ok = add(&tx, &lots, k->n);
    if (ok && k->spoils) ok = db_exec(&tx, "INSERT INTO mark (id) VALUES ($1)", DB_I(k->n));
    if (ok && (k->fails || k->spoils)) ok = err_conflict(&k->err, "test.refused", "No.");
    arena_drop(a);
    return ok;
}

static void task_done(struct write_task *t, bool ok)
{
    struct task *k = (struct task *)t;
    k->ok = ok;
    sem_post(k->over);
}

/* On SQLite those of a group are one row; on PostgreSQL each has its own. */
static void tasks_that_fail_leave_nothing_in_what_their_group_gathered(void **state)
{
    static struct task tasks[TASKS];
    sem_t gate, over;
    (void)state;
    struct writer *w =
        writer_start(db, &(struct writer_options){.queue_max = TASKS, .group_max = TASKS}, &err);
    assert_non_null(w);
    sem_init(&gate, 0, 0);
    sem_init(&over, 0, 0);
    for (int i = 0; i < TASKS; i++) {
        tasks[i] = (struct task){.task = {.run = task_run, .done = task_done, .err = &tasks[i].err},
                                 .n = i,
                                 .fails = i % 5 == 2,
                                 .spoils = i % 7 == 3,
                                 .gate = i ? NULL : &gate,
                                 .over = &over};
        assert_true(writer_submit(w, &tasks[i].task, LANE_INTERACTIVE));
    }
    sem_post(&gate);
    for (int i = 0; i < TASKS; i++)
        sem_wait(&over);
    writer_stop(w);
    struct buf wanted = buf_new(arena, 256);
    for (int i = 0; i < TASKS; i++) {
        bool good = i % 5 != 2 && i % 7 != 3;
        assert_true(tasks[i].ok == good);
        if (good) buf_fmt(&wanted, "%d ", i);
    }
    struct str found = lots_now();
    struct buf plain = buf_new(arena, 256);
    size_t rows = 0;
    for (size_t i = 0; i < found.len; i++)
        if (found.ptr[i] == '|')
            rows++;
        else
            buf_add_char(&plain, found.ptr[i]);
    assert_string_equal(str_z(arena, buf_str(&plain)), str_z(arena, buf_str(&wanted)));
    if (db->driver->one_writer) assert_true(rows <= 2);
    sem_destroy(&gate);
    sem_destroy(&over);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(each_gatherer_is_given_its_own_in_order),
        T(what_is_undone_takes_along_what_it_gathered),
        T(what_cannot_be_written_keeps_the_transaction_from_committing),
        T(tasks_that_fail_leave_nothing_in_what_their_group_gathered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
