#include "core/db/writer.h"

#include "core/base/arena.h"
#include "core/base/time.h"
#include "testing/testdb.h"

#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>

static struct db *db;
static struct writer *writer;
static struct err err;

static const struct db_migration schema[] = {
    {"base", 1, "row",
     "CREATE TABLE line (id {int} PRIMARY KEY, place {int} NOT NULL) {strict};\n"
     "CREATE TABLE counter (id {int} PRIMARY KEY, n {int} NOT NULL) {strict};\n"
     "INSERT INTO counter (id, n) VALUES (1, 0);\n"},
};

static int set_up(void **state)
{
    (void)state;
    err = (struct err){0};
    db = testdb_open_with(2, 4);
    int applied = 0;
    assert_true(db_migrate(db, schema, 1, 1, &applied, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    testdb_close(db);
    return 0;
}

static void start(size_t queue_max, size_t group_max)
{
    writer = writer_start(db, &(struct writer_options){.queue_max = queue_max, .group_max = group_max}, &err);
    assert_non_null(writer);
}

static int64_t ask(const char *sql)
{
    struct arena *a = arena_new(64 << 10);
    struct err e = {0};
    struct db_tx tx;
    struct db_rows r;
    assert_true(db_begin_read(db, a, &e, &tx));
    assert_true(db_query(&tx, &r, sql));
    int64_t n = db_int(&r, 0, 0);
    assert_true(db_end(db, &tx, false));
    arena_drop(a);
    return n;
}

/* Writes the line `id`; does with it what the flags say. */
struct line {
    struct write_task task;
    int64_t id;
    bool fail, nest, block;
    sem_t *gate;
    struct err err;
    atomic_bool done, ok;
    atomic_int runs;
    bool seen; /* by another connection when done was called */
};

static atomic_int place;

static bool line_run(struct write_task *t, struct db_conn *conn)
{
    struct line *l = (struct line *)t;
    if (l->runs++ == 0 && l->gate != NULL) sem_wait(l->gate);
    struct arena *a = arena_new(16 << 10);
    struct db_tx tx = {.conn = conn, .arena = a, .err = &l->err};
    bool ok = db_exec(&tx, "INSERT INTO line (id, place) VALUES ($1, $2)", DB_I(l->id), DB_I(++place));
    if (ok && l->nest)
        ok = db_savepoint(&tx) &&
             db_exec(&tx, "INSERT INTO line (id, place) VALUES ($1, 0)", DB_I(l->id + 1000000));
    if (ok && l->fail) ok = err_conflict(&l->err, "test.refused", "No.");
    arena_drop(a);
    return ok;
}

static void line_done(struct write_task *t, bool ok)
{
    struct line *l = (struct line *)t;
    if (l->nest) {
        struct arena *a = arena_new(16 << 10);
        struct err e = {0};
        struct db_tx tx;
        struct db_rows r;
        if (db_begin_read(db, a, &e, &tx)) {
            l->seen = db_query(&tx, &r, "SELECT id FROM line WHERE id = $1", DB_I(l->id)) && r.rows == 1;
            (void)!db_end(db, &tx, false);
        }
        arena_drop(a);
    }
    l->ok = ok;
    l->done = true;
}

static void prepare(struct line *l, int64_t id)
{
    *l = (struct line){.id = id};
    l->task.run = line_run;
    l->task.done = line_done;
    l->task.err = &l->err;
}

static void wait_done(struct line *l)
{
    for (int i = 0; i < 20000 && !l->done; i++)
        nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
    assert_true(l->done);
}

static void a_failing_task_leaves_its_neighbours_alone(void **state)
{
    (void)state;
    start(100, 50);
    static struct line lines[60];
    sem_t gate;
    sem_init(&gate, 0, 0);
    for (int i = 0; i < 60; i++) {
        prepare(&lines[i], i);
        lines[i].fail = i % 3 == 1;
        lines[i].nest = i % 2 == 0;
        if (i == 0) lines[i].gate = &gate;
        assert_true(writer_submit(writer, &lines[i].task, LANE_INTERACTIVE));
    }
    sem_post(&gate);
    for (int i = 0; i < 60; i++) {
        wait_done(&lines[i]);
        assert_int_equal(lines[i].ok, i % 3 != 1);
        if (i % 3 == 1) assert_string_equal(lines[i].err.code, "test.refused");
        if (lines[i].nest) assert_int_equal(lines[i].seen, lines[i].ok);
    }
    assert_int_equal(ask("SELECT COUNT(*) FROM line WHERE id < 1000000"), 40);
    assert_int_equal(ask("SELECT COUNT(*) FROM line WHERE id >= 1000000"), 20);
    struct writer_stats s = writer_stats(writer);
    assert_int_equal(s.tasks, 60);
    assert_int_equal(s.failed, 20);
    assert_int_equal(s.queued, 0);
    if (!testdb_is_postgres()) assert_true(s.groups < 10);
    writer_stop(writer);
    sem_destroy(&gate);
}

/* As an engine does by itself when the disk is full. */
static bool vanish_run(struct write_task *t, struct db_conn *conn)
{
    struct line *l = (struct line *)t;
    struct db_tx tx = {.conn = conn, .err = &l->err};
    return db_exec(&tx, "ROLLBACK");
}

static void a_transaction_that_vanished_is_no_success(void **state)
{
    (void)state;
    if (testdb_is_postgres()) skip(); /* no groups there */
    start(100, 50);
    static struct line a, b, c;
    sem_t gate;
    sem_init(&gate, 0, 0);
    prepare(&a, 1);
    prepare(&b, 2);
    prepare(&c, 3);
    a.gate = &gate;
    b.task.run = vanish_run;
    assert_true(writer_submit(writer, &a.task, LANE_INTERACTIVE));
    assert_true(writer_submit(writer, &b.task, LANE_INTERACTIVE));
    assert_true(writer_submit(writer, &c.task, LANE_INTERACTIVE));
    sem_post(&gate);
    writer_stop(writer);
    assert_true(a.done && !a.ok && b.done && !b.ok && c.done && c.ok);
    assert_string_equal(a.err.code, "writer.commit");
    assert_string_equal(b.err.code, "writer.commit");
    assert_int_equal(ask("SELECT COUNT(*) FROM line"), 1);
    sem_destroy(&gate);
}

static void a_breach_inside_a_group_fails_that_task_only(void **state)
{
    (void)state;
    start(100, 50);
    static struct line a, b, c;
    prepare(&a, 5);
    prepare(&b, 5);
    prepare(&c, 6);
    assert_true(writer_run(writer, &a.task, LANE_INTERACTIVE));
    assert_false(writer_run(writer, &b.task, LANE_INTERACTIVE));
    assert_string_equal(b.err.code, "db.unique");
    assert_true(writer_run(writer, &c.task, LANE_JOB));
    assert_true(c.done && c.ok);
    assert_int_equal(ask("SELECT COUNT(*) FROM line"), 2);
    writer_stop(writer);
}

/* Keeps every writer thread busy until the gate opens. */
static void hold(struct line *holders, int count, sem_t *gate)
{
    for (int i = 0; i < count; i++) {
        prepare(&holders[i], 900 + i);
        holders[i].gate = gate;
        assert_true(writer_submit(writer, &holders[i].task, LANE_INTERACTIVE));
        while (holders[i].runs == 0)
            nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
}

static int thread_count(void)
{
    return testdb_is_postgres() ? 4 : 1;
}

static void a_full_queue_refuses(void **state)
{
    (void)state;
    start(3, 2);
    static struct line holders[4], lines[4];
    sem_t gate;
    sem_init(&gate, 0, 0);
    hold(holders, thread_count(), &gate);
    for (int i = 0; i < 4; i++) {
        prepare(&lines[i], i);
        assert_int_equal(writer_submit(writer, &lines[i].task, LANE_INTERACTIVE), i < 3);
    }
    assert_int_equal(lines[3].err.kind, ERR_BUSY);
    assert_string_equal(lines[3].err.code, "writer.full");
    assert_int_equal(writer_stats(writer).refused, 1);
    for (int i = 0; i < thread_count(); i++)
        sem_post(&gate);
    writer_stop(writer); /* runs what has queued */
    for (int i = 0; i < 3; i++)
        assert_true(lines[i].done && lines[i].ok);
    assert_false(lines[3].done);
    sem_destroy(&gate);
}

static void a_task_past_its_deadline_is_not_run(void **state)
{
    (void)state;
    start(10, 5);
    static struct line holders[4], late, soon;
    sem_t gate;
    sem_init(&gate, 0, 0);
    hold(holders, thread_count(), &gate);
    prepare(&late, 1);
    prepare(&soon, 2);
    late.task.deadline_us = time_monotonic_us() + 1000;
    soon.task.deadline_us = time_monotonic_us() + 60000000;
    assert_true(writer_submit(writer, &late.task, LANE_INTERACTIVE));
    assert_true(writer_submit(writer, &soon.task, LANE_INTERACTIVE));
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    for (int i = 0; i < thread_count(); i++)
        sem_post(&gate);
    writer_stop(writer);
    assert_true(late.done && !late.ok && late.runs == 0);
    assert_string_equal(late.err.code, "writer.late");
    assert_true(soon.ok);
    sem_destroy(&gate);
}

static void people_go_before_jobs_but_jobs_get_on(void **state)
{
    (void)state;
    if (testdb_is_postgres()) skip(); /* several writers keep no common order */
    start(100, 4);
    place = 0;
    static struct line holder, jobs[4], people[8];
    sem_t gate;
    sem_init(&gate, 0, 0);
    hold(&holder, 1, &gate);
    for (int i = 0; i < 4; i++) {
        prepare(&jobs[i], 100 + i);
        assert_true(writer_submit(writer, &jobs[i].task, LANE_JOB));
    }
    for (int i = 0; i < 8; i++) {
        prepare(&people[i], 200 + i);
        assert_true(writer_submit(writer, &people[i].task, LANE_INTERACTIVE));
    }
    sem_post(&gate);
    writer_stop(writer);
    int64_t last_person = ask("SELECT MAX(place) FROM line WHERE id >= 200 AND id < 300");
    int64_t jobs_before = ask("SELECT COUNT(*) FROM line WHERE id < 200 AND place < (SELECT MAX(place) FROM "
                              "line WHERE id >= 200 AND id < 300)");
    assert_true(last_person >= 9);
    assert_in_range(jobs_before, 1, 2);
    sem_destroy(&gate);
}

/* ---- what is read and written again must add up ---- */

struct adder {
    struct write_task task;
    struct err err;
};

static bool adder_run(struct write_task *t, struct db_conn *conn)
{
    struct adder *ad = (struct adder *)t;
    struct arena *a = arena_new(16 << 10);
    struct db_tx tx = {.conn = conn, .arena = a, .err = &ad->err};
    struct db_rows r;
    bool ok = db_query(&tx, &r, "SELECT n FROM counter WHERE id = 1") &&
              db_exec(&tx, "UPDATE counter SET n = $1 WHERE id = 1", DB_I(db_int(&r, 0, 0) + 1));
    arena_drop(a);
    return ok;
}

static atomic_int refused;

static void *adding(void *arg)
{
    int times = *(int *)arg;
    for (int i = 0; i < times;) {
        struct adder ad = {.task = {.run = adder_run}};
        ad.task.err = &ad.err;
        if (writer_run(writer, &ad.task, LANE_INTERACTIVE))
            i++;
        else if (ad.err.kind == ERR_BUSY)
            refused++;
        else
            abort();
    }
    return NULL;
}

static void concurrent_increments_add_up(void **state)
{
    (void)state;
    start(100, 50);
    int times = testdb_is_postgres() ? 25 : 250;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, adding, &times), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(ask("SELECT n FROM counter WHERE id = 1"), 4 * times);
    writer_stop(writer);
}

static void *reading(void *arg)
{
    atomic_bool *stop = arg;
    int64_t last = 0;
    while (!*stop) {
        int64_t n = ask("SELECT n FROM counter WHERE id = 1");
        if (n < last) abort();
        last = n;
    }
    return NULL;
}

static void readers_run_beside_the_writer(void **state)
{
    (void)state;
    start(100, 50);
    atomic_bool stop = false;
    int times = 50;
    pthread_t readers[3], adder;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, reading, &stop), 0);
    assert_int_equal(pthread_create(&adder, NULL, adding, &times), 0);
    pthread_join(adder, NULL);
    stop = true;
    for (int i = 0; i < 3; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(ask("SELECT n FROM counter WHERE id = 1"), times);
    writer_stop(writer);
}

static void count_told(void *arg)
{
    struct line *l = arg;
    l->seen = l->done; /* the group's tasks know before its end is told */
    l->runs += 100;
}

static void the_end_of_a_group_is_told_after_its_tasks(void **state)
{
    struct line line;
    (void)state;
    prepare(&line, 1);
    writer = writer_start(
        db, &(struct writer_options){.queue_max = 10, .group_max = 10, .told = count_told, .arg = &line},
        &err);
    assert_non_null(writer);
    assert_true(writer_submit(writer, &line.task, LANE_INTERACTIVE));
    writer_stop(writer);
    assert_true(line.done && line.ok && line.seen);
    assert_int_equal(line.runs, 101);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_failing_task_leaves_its_neighbours_alone),
        T(a_transaction_that_vanished_is_no_success),
        T(a_breach_inside_a_group_fails_that_task_only),
        T(a_full_queue_refuses),
        T(a_task_past_its_deadline_is_not_run),
        T(people_go_before_jobs_but_jobs_get_on),
        T(concurrent_increments_add_up),
        T(readers_run_beside_the_writer),
        T(the_end_of_a_group_is_told_after_its_tasks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
