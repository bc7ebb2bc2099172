#include "core/jobs/jobs.h"

#include "core/base/time.h"
#include "testing/testserver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <time.h>

#include <cmocka.h>

/* ---- kinds that do as the test says ---- */

static _Atomic int prepared, ran, failing;
static struct testserver *current;
static bool add_meanwhile, take_away, read_only_prepared;

static bool write_mark(struct ctx *c, const char *word)
{
    return db_exec(&c->tx,
                   "INSERT INTO sign_in_failure (realm, login_index, failures, last, locked_until) VALUES "
                   "(9, $1, 0, 0, 0)",
                   DB_B(str_fmt(c->arena, "%s%lld", word, (long long)ctx_id(c))));
}

static bool do_add_again(struct ctx *c)
{
    return job_add(c, "mark", STR("one"), NULL, c->now);
}

/* The lease of everything runs out and another worker takes it. */
static bool do_take_away(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE job SET lease = lease + 1");
}

static bool mark_prepare(struct ctx *c, const struct json *payload)
{
    struct err e = {0};
    prepared++;
    if (add_meanwhile) {
        add_meanwhile = false;
        assert_true(testserver_write(current, do_add_again, NULL, &e));
    }
    if (take_away) assert_true(testserver_write(current, do_take_away, NULL, &e));
    c->prepared = json_object(c->arena);
    json_set_i64(c->arena, c->prepared, "n", json_i64_of(payload, "n", 0) + 1);
    return true;
}

static bool mark_run(struct ctx *c, const struct json *payload)
{
    ran++;
    if (!write_mark(c, "mark")) return false;
    if (failing > 0) {
        failing--;
        return err_fault(c->err, "the machine is tired");
    }
    if (read_only_prepared)
        assert_int_equal(json_i64_of(c->prepared, "n", 0), json_i64_of(payload, "n", 0) + 1);
    return true;
}

static bool tick_run(struct ctx *c, const struct json *payload)
{
    (void)payload;
    return write_mark(c, "tick");
}

static bool never_prepare(struct ctx *c, const struct json *payload)
{
    (void)payload;
    return err_busy(c->err, "upstream.down", "Not now.");
}

static const struct job_kind KINDS[] = {
    {.name = "mark", .prepare = mark_prepare, .run = mark_run},
    {.name = "never", .prepare = never_prepare, .run = mark_run, .attempts = 3},
};
static const struct job_kind TICKING[] = {{.name = "tick", .run = tick_run, .every_ms = 10 * MS_MINUTE}};
static const struct module WORK = {.name = "work", JOBS(KINDS)};
static const struct module CLOCK = {.name = "clock", JOBS(TICKING)};
static const struct module *const MODULES[] = {&WORK, &CLOCK};

static int make(void **state)
{
    prepared = ran = failing = 0;
    add_meanwhile = take_away = false;
    read_only_prepared = true;
    *state = current = testserver_open(MODULES, 2);
    return 0;
}

static int drop(void **state)
{
    testserver_close(*state);
    return 0;
}

struct order {
    const char *kind, *key;
    int n, times;
    int64_t in_ms;
    bool spoil;
};

static bool do_add(struct ctx *c)
{
    const struct order *o = ctx_arg(c);
    struct json *payload = json_object(c->arena);
    json_set_i64(c->arena, payload, "n", o->n);
    for (int i = 0; i < o->times; i++)
        if (!job_add(c, o->kind, str_c(o->key), payload, c->now + o->in_ms)) return false;
    return !o->spoil || err_conflict(c->err, "spoilt", "Spoilt.");
}

static void add(void **state, const char *kind, const char *key, int times)
{
    struct order o = {kind, key, 1, times, 0, false};
    struct err e;
    assert_true(testserver_write(*state, do_add, &o, &e));
}

static int drain(void **state)
{
    struct testserver *t = *state;
    struct err e = {0};
    return jobs_drain(t->server, &e);
}

struct counts {
    int64_t marks, jobs;
    struct job_row row;
};

static bool do_look(struct ctx *c)
{
    struct counts *n = ctx_arg(c);
    struct db_rows rows;
    struct job_row *list;
    size_t count;
    if (!db_query(&c->tx, &rows, "SELECT count(*) FROM sign_in_failure WHERE realm = 9")) return false;
    n->marks = db_int(&rows, 0, 0);
    if (!jobs_list(c, STR_EMPTY, 0, 100, &list, &count)) return false;
    n->jobs = (int64_t)count;
    if (count == 0) return true;
    n->row = list[0];
    n->row.status = str_dup(current->arena, list[0].status);
    n->row.error = str_dup(current->arena, list[0].error);
    return true;
}

static struct counts look(void **state)
{
    struct counts n = {0};
    struct err e;
    assert_true(testserver_read(*state, do_look, &n, &e));
    return n;
}

/* ---- promises ---- */

static void job_runs_once_after_the_commit_that_added_it(void **state)
{
    add(state, "mark", "", 3);
    assert_int_equal(look(state).jobs, 3);
    assert_int_equal(drain(state), 3);
    assert_int_equal(drain(state), 0);
    assert_int_equal(prepared, 3);
    struct counts n = look(state);
    assert_true(n.marks == 3 && n.jobs == 0);
}

static void job_of_a_write_that_was_undone_never_was(void **state)
{
    struct order o = {"mark", "", 1, 1, 0, true};
    struct err e;
    assert_false(testserver_write(*state, do_add, &o, &e));
    assert_int_equal(drain(state), 0);
}

static void unknown_kind_is_refused_when_added(void **state)
{
    struct order o = {"nothing", "", 1, 1, 0, false};
    struct err e;
    assert_false(testserver_write(*state, do_add, &o, &e));
    assert_int_equal(e.kind, ERR_FAULT);
}

static void job_waits_for_its_time(void **state)
{
    struct order o = {"mark", "", 1, 1, MS_HOUR, false};
    struct err e;
    assert_true(testserver_write(*state, do_add, &o, &e));
    testserver_advance(MS_HOUR - 1);
    assert_int_equal(drain(state), 0);
    testserver_advance(1);
    assert_int_equal(drain(state), 1);
}

static void key_makes_a_job_unique_until_it_is_done(void **state)
{
    add(state, "mark", "one", 3);
    add(state, "mark", "one", 1);
    add(state, "mark", "two", 1);
    assert_int_equal(look(state).jobs, 2);
    assert_int_equal(drain(state), 2);
    add(state, "mark", "one", 1);
    assert_int_equal(drain(state), 1);
}

static void job_asked_for_while_it_works_comes_again(void **state)
{
    add_meanwhile = true;
    read_only_prepared = false;
    add(state, "mark", "one", 1);
    assert_int_equal(drain(state), 2);
    assert_int_equal(look(state).jobs, 0);
}

static void failed_job_writes_nothing_and_is_tried_again_later(void **state)
{
    static const int64_t pauses[] = {MS_SECOND,      5 * MS_SECOND, 30 * MS_SECOND, 2 * MS_MINUTE,
                                     10 * MS_MINUTE, MS_HOUR,       MS_HOUR};
    failing = 7;
    add(state, "mark", "", 1);
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        assert_int_equal(drain(state), 0);
        struct counts n = look(state);
        assert_int_equal(n.marks, 0);
        assert_int_equal(n.row.attempts, i + 1);
        assert_true(str_eq_c(n.row.status, "due") &&
                    str_find(n.row.error, STR("the machine is tired")) != SIZE_MAX);
        testserver_advance(pauses[i] - 1);
        assert_int_equal(drain(state), 0);
        assert_int_equal(ran, i + 1);
        testserver_advance(1);
    }
    assert_int_equal(drain(state), 1);
    assert_int_equal(look(state).marks, 1);
}

static bool do_retry(struct ctx *c)
{
    return job_retry(c, *(int64_t *)ctx_arg(c));
}

static void poison_is_parked_until_an_operator_retries(void **state)
{
    struct err e;
    add(state, "never", "", 1);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(drain(state), 0);
        testserver_advance(2 * MS_HOUR);
    }
    struct counts n = look(state);
    assert_true(str_eq_c(n.row.status, "parked") && n.row.attempts == 3 && n.row.run_at == 0);
    assert_true(str_eq_c(n.row.error, "upstream.down"));
    assert_true(testserver_write(*state, do_retry, &n.row.id, &e));
    assert_int_equal(drain(state), 0);
    n = look(state);
    assert_true(str_eq_c(n.row.status, "due") && n.row.attempts == 1);
    n.row.id++;
    assert_false(testserver_write(*state, do_retry, &n.row.id, &e));
    assert_string_equal(e.code, "job.missing");
}

static void write_of_a_worker_that_lost_its_lease_does_not_happen(void **state)
{
    take_away = true;
    add(state, "mark", "", 1);
    assert_int_equal(drain(state), 0);
    struct counts n = look(state);
    assert_true(n.marks == 0 && ran == 0 && n.jobs == 1);
    take_away = false;
    testserver_advance(MS_MINUTE - 1);
    assert_int_equal(drain(state), 0);
    testserver_advance(1);
    assert_int_equal(drain(state), 1);
    assert_int_equal(look(state).marks, 1);
}

static bool do_crash(struct ctx *c)
{
    /* What a program that died left behind: leased, attempt counted. */
    return db_exec(&c->tx, "UPDATE job SET status = 'leased', lease = 77, attempts = 1, wake = $1",
                   DB_I(c->now + MS_MINUTE));
}

static void lease_of_a_program_that_died_runs_out(void **state)
{
    struct err e;
    add(state, "mark", "", 1);
    assert_true(testserver_write(*state, do_crash, NULL, &e));
    testserver_advance(MS_MINUTE - 1);
    assert_int_equal(drain(state), 0);
    testserver_advance(1);
    assert_int_equal(drain(state), 1);
    assert_int_equal(look(state).marks, 1);
}

/* What is durable counts: a write may have been run twice to be done once. */
static void wait_for_marks(void **state, int64_t at_least)
{
    for (int i = 0; i < 1000 && look(state).marks < at_least; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    assert_int_equal(look(state).marks, at_least);
}

static void workers_do_what_is_due_and_what_comes_by_itself(void **state)
{
    struct testserver *t = *state;
    struct err e = {0};
    struct job_workers *w = jobs_start(t->server, 3, &e);
    assert_non_null(w);
    add(state, "mark", "", 40);
    jobs_wake(w);
    wait_for_marks(state, 41); /* and the first tick */
    testserver_advance(10 * MS_MINUTE);
    jobs_wake(w);
    wait_for_marks(state, 42);
    jobs_stop(w);
    struct counts n = look(state);
    assert_int_equal(n.marks, 42);
    assert_int_equal(n.jobs, 1); /* the next tick */
    assert_true(n.row.run_at > testserver_now());
    w = jobs_start(t->server, 1, &e); /* a restart does not add it twice */
    assert_non_null(w);
    jobs_stop(w);
    assert_int_equal(look(state).jobs, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(job_runs_once_after_the_commit_that_added_it),
        TEST(job_of_a_write_that_was_undone_never_was),
        TEST(unknown_kind_is_refused_when_added),
        TEST(job_waits_for_its_time),
        TEST(key_makes_a_job_unique_until_it_is_done),
        TEST(job_asked_for_while_it_works_comes_again),
        TEST(failed_job_writes_nothing_and_is_tried_again_later),
        TEST(poison_is_parked_until_an_operator_retries),
        TEST(write_of_a_worker_that_lost_its_lease_does_not_happen),
        TEST(lease_of_a_program_that_died_runs_out),
        TEST(workers_do_what_is_due_and_what_comes_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
