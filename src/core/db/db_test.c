#include "core/db/db.h"
#include "core/db/db_driver.h"

#include "core/base/arena.h"
#include "testing/testdb.h"

#include <cmocka.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

static struct db *db;
static struct arena *arena;
static struct err err;
static struct db_tx tx;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new((size_t)8 << 20);
    db = testdb_open();
    err = (struct err){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    testdb_close(db);
    arena_drop(arena);
    return 0;
}

static const struct db_migration schema[] = {
    {"base", 1, "people",
     "CREATE TABLE person (\n"
     "    id {int} PRIMARY KEY,\n"
     "    name {text} NOT NULL,\n"
     "    photo {bytes},\n"
     "    boss {int} REFERENCES person (id)\n"
     ") {strict};\n"
     "CREATE UNIQUE INDEX person_name ON person (name);\n"},
};

static void migrate(const struct db_migration *list, size_t count, int expected)
{
    int applied = -1;
    if (!db_migrate(db, list, count, 1000, &applied, &err)) fail_msg("%s %s", err.code, err.detail);
    assert_int_equal(applied, expected);
}

static void begin_write(void)
{
    if (!db_begin_write(db, arena, &err, &tx)) fail_msg("%s %s", err.code, err.detail);
}

static void begin_read(void)
{
    if (!db_begin_read(db, arena, &err, &tx)) fail_msg("%s %s", err.code, err.detail);
}

static void end(bool commit)
{
    if (!db_end(db, &tx, commit)) fail_msg("%s %s", err.code, err.detail);
}

#define DO(...)                                                                                              \
    do {                                                                                                     \
        if (!db_exec(&tx, __VA_ARGS__)) fail_msg("%s: %s", err.code, err.detail);                            \
    } while (0)
#define ASK(out, ...)                                                                                        \
    do {                                                                                                     \
        if (!db_query(&tx, (out), __VA_ARGS__)) fail_msg("%s: %s", err.code, err.detail);                    \
    } while (0)

static int64_t people(void)
{
    struct db_rows r;
    ASK(&r, "SELECT COUNT(*) FROM person");
    return db_int(&r, 0, 0);
}

static void values_come_back_as_they_went_in(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    begin_write();
    DO("INSERT INTO person (id, name, photo) VALUES ($1, $2, $3)", DB_I(INT64_MAX), DB_C("张三'\"\\;\n{int}"),
       DB_B(str_n(all, 256)));
    DO("INSERT INTO person (id, name, photo) VALUES ($1, $2, $3)", DB_I(INT64_MIN), DB_S(STR_EMPTY),
       DB_B(STR_EMPTY));
    DO("INSERT INTO person (id, name, photo) VALUES ($1, $2, $3)", DB_I(0), DB_C("𠮷"), DB_N);
    end(true);
    begin_read();
    struct db_rows r;
    ASK(&r, "SELECT id, name, photo FROM person ORDER BY id");
    assert_int_equal(r.rows, 3);
    assert_int_equal(r.cols, 3);
    assert_true(db_int(&r, 0, 0) == INT64_MIN);
    assert_int_equal(r.cells[1].type, DB_TEXT);
    assert_int_equal(db_str(&r, 0, 1).len, 0);
    assert_int_equal(r.cells[2].type, DB_BYTES);
    assert_false(db_is_null(&r, 0, 2));
    assert_true(str_eq_c(db_str(&r, 1, 1), "𠮷"));
    assert_true(db_is_null(&r, 1, 2));
    assert_int_equal(db_int(&r, 1, 2), 0);
    assert_true(db_int(&r, 2, 0) == INT64_MAX);
    assert_true(str_eq_c(db_str(&r, 2, 1), "张三'\"\\;\n{int}"));
    assert_true(str_eq(db_str(&r, 2, 2), str_n(all, 256)));
    ASK(&r, "SELECT id FROM person WHERE name = $1", DB_C("nobody"));
    assert_int_equal(r.rows, 0);
    end(false);
}

static void parameters_go_by_number(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_write();
    DO("INSERT INTO person (name, id) VALUES ($2, $1)", DB_I(7), DB_C("seven"));
    for (int64_t i = 100; i < 112; i++)
        DO("INSERT INTO person (id, name) VALUES ($1, $2)", DB_I(i), DB_S(str_fmt(arena, "n%d", (int)i)));
    struct db_rows r;
    ASK(&r,
        "SELECT id FROM person WHERE (id = $1 OR name = $2) AND (id = $1 OR $3 = 1) AND id < $4 ORDER BY id",
        DB_I(7), DB_C("n101"), DB_I(1), DB_I(1000));
    assert_int_equal(r.rows, 2);
    assert_int_equal(db_int(&r, 1, 0), 101);
    ASK(&r,
        "SELECT id FROM person WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ORDER BY id LIMIT "
        "$12",
        DB_I(100), DB_I(101), DB_I(102), DB_I(103), DB_I(104), DB_I(105), DB_I(106), DB_I(107), DB_I(108),
        DB_I(109), DB_I(111), DB_I(20));
    assert_int_equal(r.rows, 11);
    assert_int_equal(db_int(&r, 10, 0), 111);
    /* The same text for a null and for a value. */
    DO("UPDATE person SET boss = $1 WHERE id = $2", DB_I0(0), DB_I(100));
    DO("UPDATE person SET boss = $1 WHERE id = $2", DB_I0(7), DB_I(101));
    ASK(&r, "SELECT id FROM person WHERE boss = $1", DB_I(7));
    assert_int_equal(r.rows, 1);
    assert_int_equal(db_int(&r, 0, 0), 101);
    end(true);
}

static void a_wrong_number_of_parameters_is_a_fault(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_write();
    assert_false(db_exec(&tx, "DELETE FROM person WHERE id = $1"));
    assert_int_equal(err.kind, ERR_FAULT);
    assert_true(db_end(db, &tx, false));
    err_clear(&err);
    begin_write();
    assert_false(db_exec(&tx, "DELETE FROM person WHERE id = $1", DB_I(1), DB_I(2)));
    assert_int_equal(err.kind, ERR_FAULT);
    assert_true(db_end(db, &tx, false));
}

static void counts_say_how_many_rows_changed(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_write();
    int64_t n = -1;
    assert_true(db_exec_count(&tx, &n, "INSERT INTO person (id, name) VALUES (1, 'a'), (2, 'b')"));
    assert_int_equal(n, 2);
    assert_true(db_exec_count(&tx, &n, "INSERT INTO person (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                              DB_I(1), DB_C("c")));
    assert_int_equal(n, 0);
    assert_true(db_exec_count(&tx, &n, "UPDATE person SET photo = NULL"));
    assert_int_equal(n, 2);
    struct db_rows r;
    ASK(&r, "INSERT INTO person (id, name) VALUES ($1, $2) RETURNING id", DB_I(9), DB_C("nine"));
    assert_int_equal(db_int(&r, 0, 0), 9);
    ASK(&r, "SELECT SUM(id), COUNT(*), MAX(name) FROM person");
    assert_int_equal(db_int(&r, 0, 0), 12);
    assert_int_equal(db_int(&r, 0, 1), 3);
    end(true);
}

static void breaches_of_unique_and_foreign_keys_are_conflicts(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (1, 'a')");
    end(true);
    static const char *const wrong[] = {"INSERT INTO person (id, name) VALUES (1, 'b')",
                                        "INSERT INTO person (id, name) VALUES (2, 'a')",
                                        "INSERT INTO person (id, name, boss) VALUES (3, 'c', 99)"};
    for (size_t i = 0; i < 3; i++) {
        begin_write();
        assert_false(db_exec(&tx, wrong[i]));
        assert_int_equal(err.kind, ERR_CONFLICT);
        assert_string_equal(err.code, "db.unique");
        assert_true(db_end(db, &tx, false));
        err_clear(&err);
    }
    begin_write();
    assert_false(db_exec(&tx, "INSERT INTO person (id, name) VALUES (4, NULL)"));
    assert_int_equal(err.kind, ERR_FAULT);
    assert_true(db_end(db, &tx, false));
}

static void text_that_is_no_text_is_refused(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    static const struct {
        const char *p;
        size_t n;
    } bad[] = {{"a\0b", 3}, {"\xff", 1}, {"\xc0\xaf", 2}, {"\xed\xa0\x80", 3}, {"\xe5\xbc", 2}};
    begin_write();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(db_exec(&tx, "INSERT INTO person (id, name) VALUES ($1, $2)", DB_I(1),
                             DB_S(str_n(bad[i].p, bad[i].n))));
        assert_int_equal(err.kind, ERR_INVALID);
        assert_string_equal(err.code, "db.text");
        err_clear(&err);
    }
    assert_int_equal(people(), 0);
    end(true);
}

static void a_read_cannot_write(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_read();
    assert_false(db_exec(&tx, "INSERT INTO person (id, name) VALUES (1, 'a')"));
    assert_int_equal(err.kind, ERR_FAULT);
    assert_true(db_end(db, &tx, false));
    err_clear(&err);
    begin_read();
    assert_int_equal(people(), 0);
    end(false);
}

static void a_read_sees_one_snapshot(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_read();
    assert_int_equal(people(), 0);
    struct db_tx read = tx;
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (1, 'a')");
    end(true);
    tx = read;
    assert_int_equal(people(), 0);
    end(false);
    begin_read();
    assert_int_equal(people(), 1);
    end(false);
}

static void a_snapshot_that_stays_serves_until_somebody_commits(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    for (int i = 1; i < 4; i++) {
        for (int k = 0; k < 3; k++) {
            begin_read();
            assert_int_equal(people(), i - 1);
            db_leave(db, &tx);
        }
        begin_write();
        DO("INSERT INTO person (id, name) VALUES ($1, $2)", DB_I(i), DB_S(str_n("abc", (size_t)i)));
        end(true);
    }
    begin_read(); /* the last one stays behind the commit */
    assert_int_equal(people(), 3);
    end(false);
}

static void commits_of_other_programs_are_seen_behind_a_snapshot_that_stays(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    struct db *mine = db, *other = testdb_second(db);
    for (int i = 1; i < 4; i++) {
        for (int k = 0; k < 2; k++) {
            begin_read();
            assert_int_equal(people(), i - 1);
            db_leave(db, &tx);
        }
        db = other;
        begin_write();
        DO("INSERT INTO person (id, name) VALUES ($1, $2)", DB_I(i), DB_S(str_n("abc", (size_t)i)));
        end(true);
        db = mine;
    }
    db_close(other);
    begin_read();
    assert_int_equal(people(), 3);
    end(false);
}

static void a_snapshot_that_was_let_go_is_in_nobodys_way(void **state)
{
    (void)state;
    if (testdb_is_postgres()) skip(); /* has no log that readers hold */
    migrate(schema, 1, 1);
    for (int i = 0; i < 3; i++) {
        begin_read();
        assert_int_equal(people(), 0);
        db_leave(db, &tx);
    }
    begin_read();
    assert_int_equal(people(), 0);
    struct db_conn *c = tx.conn;
    db_leave(db, &tx);
    assert_true(c->stays);
    db_let_go(db);
    assert_false(c->stays);
    assert_false(db->driver->alive(c));
    begin_read();
    assert_int_equal(people(), 0);
    c = tx.conn;
    db_leave(db, &tx);
    assert_true(db_checkpoint(db, &err)); /* of the whole log: does not wait for one who stays */
    assert_false(c->stays);
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (1, 'a')");
    end(true);
    assert_true(db_checkpoint(db, &err));
}

static void what_is_rolled_back_is_gone(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (1, 'a')");
    end(false);
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (2, 'b')");
    assert_true(db_savepoint(&tx));
    DO("INSERT INTO person (id, name) VALUES (3, 'c')");
    assert_true(db_savepoint(&tx));
    DO("INSERT INTO person (id, name) VALUES (4, 'd')");
    assert_true(db_rollback_to(&tx));
    assert_true(db_release(&tx));
    assert_true(db_savepoint(&tx));
    assert_false(db_exec(&tx, "INSERT INTO person (id, name) VALUES (2, 'again')"));
    err_clear(&err);
    assert_true(db_rollback_to(&tx));
    end(true);
    begin_read();
    struct db_rows r;
    ASK(&r, "SELECT id FROM person ORDER BY id");
    assert_int_equal(r.rows, 2);
    assert_int_equal(db_int(&r, 0, 0), 2);
    assert_int_equal(db_int(&r, 1, 0), 3);
    end(false);
}

static void text_compares_by_bytes(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    static const char *const names[] = {"Z", "a", "B", "é", "z", "中", "A"};
    static const char *const sorted[] = {"A", "B", "Z", "a", "z", "é", "中"};
    begin_write();
    for (size_t i = 0; i < 7; i++)
        DO("INSERT INTO person (id, name) VALUES ($1, $2)", DB_I((int64_t)i), DB_C(names[i]));
    struct db_rows r;
    ASK(&r, "SELECT name FROM person ORDER BY name");
    for (size_t i = 0; i < 7; i++)
        assert_true(str_eq_c(db_str(&r, i, 0), sorted[i]));
    ASK(&r, "SELECT name FROM person WHERE name > $1 ORDER BY name LIMIT 2", DB_C("Z"));
    assert_true(str_eq_c(db_str(&r, 0, 0), "a"));
    end(false);
}

static void a_full_arena_leaves_a_usable_connection(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_write();
    for (int64_t i = 0; i < 200; i++)
        DO("INSERT INTO person (id, name, photo) VALUES ($1, $2, $3)", DB_I(i),
           DB_S(str_fmt(arena, "n%d", (int)i)), DB_B(str_n(arena_alloc(arena, 4096), 4096)));
    end(true);
    struct arena *small = arena_new(64 << 10);
    struct err e = {0};
    struct db_tx t;
    for (int i = 0; i < 3; i++) {
        struct db_rows r;
        jmp_buf env;
        bool left = false;
        assert_true(db_begin_read(db, small, &e, &t));
        if (setjmp(env) == 0) {
            arena_guard(small, &env);
            (void)!db_query(&t, &r, "SELECT id, name, photo FROM person ORDER BY id");
        } else {
            left = true;
        }
        arena_guard(small, NULL);
        assert_true(left);
        assert_true(db_end(db, &t, false));
        arena_reset(small);
        err_clear(&e);
    }
    arena_drop(small);
    begin_write();
    DO("DELETE FROM person WHERE id > 10");
    end(true);
    begin_read();
    assert_int_equal(people(), 11);
    end(false);
}

static void statements_beyond_the_cache_still_run(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_write();
    char *sql = arena_alloc(arena, 128);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 1000; i++) {
            snprintf(sql, 128, "SELECT %d + $1", i); /* the same address, another text */
            struct db_rows r;
            ASK(&r, sql, DB_I(1));
            assert_int_equal(db_int(&r, 0, 0), i + 1);
        }
    end(true);
}

static void an_unknown_address_is_refused(void **state)
{
    (void)state;
    static const char *const urls[] = {"", "mysql://x", "sqlite:", "/tmp/x.db"};
    for (size_t i = 0; i < 4; i++) {
        assert_null(db_open(&(struct db_options){.url = urls[i], .readers = 1, .writers = 1}, &err));
        assert_int_equal(err.kind, ERR_INVALID);
        err_clear(&err);
    }
    assert_null(db_open(&(struct db_options){.url = "sqlite:/nonexistent/folder/x.db", .readers = 1}, &err));
    assert_int_not_equal(err.kind, ERR_NONE);
}

static void check_and_checkpoint_pass(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (1, 'a')");
    end(true);
    assert_true(db_check(db, &err));
    assert_true(db_checkpoint(db, &err));
    db = testdb_reopen(db);
    begin_read();
    assert_int_equal(people(), 1);
    end(false);
}

static void pages_that_were_given_back_are_read_again(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (1, 'a')");
    db_ease(db); /* what is in somebody's hands is left alone */
    DO("INSERT INTO person (id, name) VALUES (2, 'b')");
    end(true);
    for (int i = 0; i < 2; i++) {
        db_ease(db);
        begin_read();
        assert_int_equal(people(), 2);
        end(false);
    }
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (3, 'c')");
    assert_int_equal(people(), 3);
    end(true);
}

/* ---- migrations ---- */

static void migrations_run_once_in_order(void **state)
{
    (void)state;
    const struct db_migration list[] = {
        schema[0],
        {"cases", 1, "cases",
         "-- first; a comment with {braces} and 'quotes;\n"
         "CREATE TABLE note (person {int} NOT NULL REFERENCES person (id), body {text} NOT NULL) {strict};\n"
         "INSERT INTO person (id, name) VALUES (1, 'semi;\ncolon {text} it''s');\n"},
        {"base", 2, "phone", "ALTER TABLE person ADD COLUMN phone {text};\n"},
    };
    migrate(list, 1, 1);
    migrate(list, 3, 2);
    migrate(list, 3, 0);
    db = testdb_reopen(db);
    migrate(list, 3, 0);
    begin_read();
    struct db_rows r;
    ASK(&r, "SELECT name, phone FROM person");
    assert_true(str_eq_c(db_str(&r, 0, 0), "semi;\ncolon {text} it's"));
    ASK(&r, "SELECT module, number, applied_at FROM schema_migration ORDER BY module, number");
    assert_int_equal(r.rows, 3);
    assert_int_equal(db_int(&r, 0, 2), 1000);
    end(false);
}

static void a_changed_migration_is_refused(void **state)
{
    (void)state;
    migrate(schema, 1, 1);
    struct db_migration other[] = {schema[0],
                                   {"base", 2, "x", "CREATE TABLE x (id {int} PRIMARY KEY) {strict};\n"}};
    other[0].sql = "CREATE TABLE person (id {int} PRIMARY KEY) {strict};\n";
    int applied = 0;
    assert_false(db_migrate(db, other, 2, 1, &applied, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.code, "db.migration_changed");
    assert_int_equal(applied, 0);
    err_clear(&err);
    migrate(schema, 1, 0);
}

static void a_newer_database_is_refused(void **state)
{
    (void)state;
    const struct db_migration list[] = {
        schema[0], {"base", 2, "phone", "ALTER TABLE person ADD COLUMN phone {text};\n"}};
    migrate(list, 2, 2);
    int applied = 0;
    assert_false(db_migrate(db, list, 1, 1, &applied, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.code, "db.newer");
}

static void a_failing_migration_leaves_nothing(void **state)
{
    (void)state;
    const struct db_migration list[] = {
        schema[0], {"base", 2, "broken", "CREATE TABLE y (id {int});\nCREATE TABLE y (id {int});\n"}};
    int applied = 0;
    assert_false(db_migrate(db, list, 2, 1, &applied, &err));
    assert_int_equal(applied, 0);
    err_clear(&err);
    const struct db_migration strange[] = {{"base", 1, "token", "CREATE TABLE z (id {integer});\n"}};
    assert_false(db_migrate(db, strange, 1, 1, &applied, &err));
    assert_int_equal(err.kind, ERR_FAULT);
    err_clear(&err);
    migrate(schema, 1, 1);
}

struct starter {
    struct db *db;
    struct err err;
    int applied;
    bool ok;
};

static void *starting(void *arg)
{
    struct starter *s = arg;
    s->ok = db_migrate(s->db, schema, 1, 1, &s->applied, &s->err);
    return NULL;
}

static void programs_that_start_together_migrate_once(void **state)
{
    (void)state;
    static struct starter starters[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        starters[i] = (struct starter){.db = testdb_second(db)};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, starting, &starters[i]), 0);
    int applied = 0;
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        if (!starters[i].ok) fail_msg("%s %s", starters[i].err.code, starters[i].err.detail);
        applied += starters[i].applied;
        db_close(starters[i].db);
    }
    assert_int_equal(applied, 1);
}

/* ---- a server that goes away ---- */

static int64_t ask_other(struct db *other, const char *sql)
{
    struct db_tx t;
    struct db_rows r;
    assert_true(db_begin_write(other, arena, &err, &t));
    if (!db_query(&t, &r, sql)) fail_msg("%s", err.detail);
    assert_true(db_end(other, &t, false));
    return db_int(&r, 0, 0);
}

#define OUR_LINKS                                                                                            \
    "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = "                            \
    "current_setting('application_name')"

static void drop_links(struct db *other)
{
    assert_true(ask_other(other, "SELECT COUNT(pg_terminate_backend(pid)) " OUR_LINKS) > 0);
    for (int i = 0; i < 2000 && ask_other(other, "SELECT COUNT(*) " OUR_LINKS) > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void lost_links_are_mended(void **state)
{
    (void)state;
    if (!testdb_is_postgres()) skip(); /* a file does not hang up */
    migrate(schema, 1, 1);
    struct db *other = testdb_second(db);
    begin_read();
    assert_int_equal(people(), 0);
    end(false);

    drop_links(other); /* between transactions: nobody notices */
    begin_read();
    assert_int_equal(people(), 0);
    end(false);
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (1, 'a')");
    end(true);

    begin_write(); /* inside one: said, and nothing is half done */
    DO("INSERT INTO person (id, name) VALUES (2, 'b')");
    drop_links(other);
    assert_false(db_exec(&tx, "INSERT INTO person (id, name) VALUES (3, 'c')"));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_string_equal(err.code, "db.unavailable");
    assert_false(db_end(db, &tx, true));
    err_clear(&err);
    begin_read();
    assert_int_equal(people(), 1);
    end(false);

    begin_write(); /* at the commit */
    DO("INSERT INTO person (id, name) VALUES (2, 'b')");
    drop_links(other);
    assert_false(db_end(db, &tx, true));
    assert_string_equal(err.code, "db.unavailable");
    err_clear(&err);
    db_close(other);
    begin_write();
    assert_int_equal(people(), 1);
    end(true);
}

static void a_commit_after_an_error_is_no_success(void **state)
{
    (void)state;
    if (!testdb_is_postgres()) skip(); /* there the statement alone is undone */
    migrate(schema, 1, 1);
    begin_write();
    DO("INSERT INTO person (id, name) VALUES (1, 'a')");
    assert_false(db_exec(&tx, "INSERT INTO person (id, name) VALUES (1, 'b')"));
    err_clear(&err);
    assert_false(db_end(db, &tx, true));
    err_clear(&err);
    begin_read();
    assert_int_equal(people(), 0);
    end(false);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(values_come_back_as_they_went_in),
        T(parameters_go_by_number),
        T(a_wrong_number_of_parameters_is_a_fault),
        T(counts_say_how_many_rows_changed),
        T(breaches_of_unique_and_foreign_keys_are_conflicts),
        T(text_that_is_no_text_is_refused),
        T(a_read_cannot_write),
        T(a_read_sees_one_snapshot),
        T(a_snapshot_that_stays_serves_until_somebody_commits),
        T(commits_of_other_programs_are_seen_behind_a_snapshot_that_stays),
        T(a_snapshot_that_was_let_go_is_in_nobodys_way),
        T(what_is_rolled_back_is_gone),
        T(text_compares_by_bytes),
        T(a_full_arena_leaves_a_usable_connection),
        T(statements_beyond_the_cache_still_run),
        T(an_unknown_address_is_refused),
        T(check_and_checkpoint_pass),
        T(pages_that_were_given_back_are_read_again),
        T(migrations_run_once_in_order),
        T(a_changed_migration_is_refused),
        T(a_newer_database_is_refused),
        T(a_failing_migration_leaves_nothing),
        T(programs_that_start_together_migrate_once),
        T(lost_links_are_mended),
        T(a_commit_after_an_error_is_no_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
