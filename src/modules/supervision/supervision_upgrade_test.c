/* What an installation that is upgraded is promised: rules go on as they were changed there, and what waits
 * is looked at with those that are new. */
#include "core/base/arena.h"
#include "core/db/db.h"

#include "testing/testdb.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

enum { ARENA = 4 << 20, RECEIPT = 6, CHAIN_MAX = 64 };

static struct db *db;
static struct arena *arena;
static struct err err;

/* ---- the chain of the module, up to one of its migrations ---- */

static void upgrade(int last, int expected)
{
    struct db_migration list[CHAIN_MAX];
    size_t count = 0;
    int applied;
    for (size_t i = 0; i < db_migration_count; i++)
        if (str_eq_c(str_c(db_migrations[i].module), "supervision") && db_migrations[i].number <= last) {
            assert_true(count < CHAIN_MAX);
            list[count++] = db_migrations[i];
        }
    if (!db_migrate(db, list, count, 1, &applied, &err)) fail_msg("%s %s", err.code, err.detail);
    assert_int_equal(applied, expected);
}

static int before_it(void **state)
{
    (void)state;
    err = (struct err){0};
    arena = arena_new(ARENA);
    db = testdb_open();
    upgrade(RECEIPT - 1, RECEIPT - 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    testdb_close(db);
    arena_drop(arena);
    return 0;
}

/* ---- what stands there ---- */

static void write(const char *sql)
{
    struct db_tx tx;
    bool ok = db_begin_write(db, arena, &err, &tx) && db_exec(&tx, sql);
    if (!ok || !db_end(db, &tx, true)) fail_msg("%s %s", err.code, err.detail);
}

/* The first column, its rows side by side. */
static const char *read_all(const char *sql)
{
    struct db_tx tx;
    struct db_rows r;
    struct str all = STR_EMPTY;
    if (!db_begin_read(db, arena, &err, &tx) || !db_query(&tx, &r, sql))
        fail_msg("%s %s", err.code, err.detail);
    for (size_t i = 0; i < r.rows; i++)
        all = str_fmt(arena, "%.*s%s%.*s", STR_ARG(all), i ? " " : "", STR_ARG(db_str(&r, i, 0)));
    if (!db_end(db, &tx, false)) fail_msg("%s %s", err.code, err.detail);
    return str_z(arena, all);
}

static const char *const soon =
    "SELECT id || ':' || version || ':' || kind || ':' || level || ':' || threshold || ':' || step_limit || "
    "':' || role || ':' || told || ':' || active || ':' || ended || ':' || scope FROM supervision_rule WHERE "
    "id = 'receipt-soon'";

/* ---- tests ---- */

static void where_nothing_was_changed_the_answer_is_warned_of_by_five_days(void **state)
{
    (void)state;
    assert_string_equal(read_all(soon), "");
    upgrade(RECEIPT, 1);
    assert_string_equal(read_all(soon),
                        "receipt-soon:1:step_soon:warning:1:5:desk:supervisor:1:0:"); /* 行政许可法 art. 32 */
}

static void days_that_were_changed_are_those_of_the_warning_too(void **state)
{
    (void)state;
    write(
        "INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, active, "
        "at, account) VALUES "
        "('receipt-over', 2, 'step_over', 'yellow', 0, 9, 'desk', 'supervisor', 1, 5, 7), "
        "('receipt-over', 3, 'step_over', 'red', 0, 3, 'desk', 'leader', 1, 6, 7)");
    upgrade(RECEIPT, 1);
    assert_string_equal(read_all(soon), "receipt-soon:1:step_soon:warning:1:3:desk:supervisor:1:0:");
    assert_string_equal(
        read_all("SELECT version || ':' || step_limit || ':' || level FROM supervision_rule WHERE id = "
                 "'receipt-over' ORDER BY version"),
        "1:5:yellow 2:9:yellow 3:3:red");
}

/* 1: it would be looked at long after. 2: it was asked for already. Both are what they were otherwise. */
static void what_waits_is_looked_at_next(void **state)
{
    (void)state;
    write(
        "INSERT INTO supervision_case (case_id, unit_id, division, level, next_at) VALUES (1, 12, '780101', "
        "1, 9000000000000), (2, 13, '780102', -1, 4)");
    upgrade(RECEIPT, 1);
    assert_string_equal(
        read_all("SELECT case_id || ':' || unit_id || ':' || division || ':' || level || ':' || next_at FROM "
                 "supervision_case ORDER BY case_id"),
        "1:12:780101:1:0 2:13:780102:-1:0");
}

static void every_rule_that_was_there_is_there_still(void **state)
{
    (void)state;
    static const char *const others =
        "SELECT CAST(COUNT(*) AS TEXT) || ':' || CAST(SUM(threshold) AS TEXT) || ':' || "
        "CAST(SUM(step_limit) AS TEXT) FROM supervision_rule WHERE id <> 'receipt-soon'";
    const char *before = read_all(others);
    upgrade(RECEIPT, 1);
    assert_string_equal(read_all(others), before);
    upgrade(RECEIPT, 0);
    assert_string_equal(
        read_all("SELECT CAST(COUNT(*) AS TEXT) FROM supervision_rule WHERE id = 'receipt-soon'"), "1");
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, before_it, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(where_nothing_was_changed_the_answer_is_warned_of_by_five_days),
        PROMISE(days_that_were_changed_are_those_of_the_warning_too),
        PROMISE(what_waits_is_looked_at_next),
        PROMISE(every_rule_that_was_there_is_there_still),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
