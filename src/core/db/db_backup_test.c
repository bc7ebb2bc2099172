#include "core/base/arena.h"
#include "core/db/db.h"
#include "testing/testdb.h"

#include <cmocka.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static struct db *db;
static struct arena *arena;
static struct err err;

static const struct db_migration chain[] = {
    {"base", 1, "people",
     "CREATE TABLE person (id {int} PRIMARY KEY, name {text} NOT NULL, photo {bytes}, boss {int} REFERENCES "
     "person (id),\n"
     "    office {int} REFERENCES office (id)) {strict};\n"
     "CREATE TABLE \"Odd \"\"name\" (\"order\" {int} PRIMARY KEY, \"from\" {text}) {strict};\n"},
    {"base", 2, "seed", "INSERT INTO \"Odd \"\"name\" (\"order\", \"from\") VALUES (1, 'seed');\n"},
    {"base", 3, "phone", "ALTER TABLE person ADD COLUMN phone {text};\nUPDATE person SET phone = 'p';\n"},
};
/* The office comes first where it is pointed to. */
static const struct db_migration offices = {
    "aaa", 1, "office", "CREATE TABLE office (id {int} PRIMARY KEY, head {int}) {strict};\n"};

static struct db *fresh(size_t migrations)
{
    struct db_migration list[4] = {offices, chain[0], chain[1], chain[2]};
    static struct db_migration kept[4];
    memcpy(kept, list, sizeof kept);
    struct db *d = testdb_open();
    int applied = 0;
    if (!db_migrate(d, kept, migrations + 1, 1, &applied, &err)) fail_msg("%s %s", err.code, err.detail);
    return d;
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new((size_t)16 << 20);
    err = (struct err){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_drop(arena);
    return 0;
}

static void fill(struct db *d, int rows)
{
    struct db_tx tx;
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    assert_true(db_begin_write(d, arena, &err, &tx));
    assert_true(db_exec(&tx, "INSERT INTO office (id, head) VALUES (1, NULL)"));
    for (int64_t i = rows; i > 0; i--) { /* each one's boss exists, but is copied later */
        bool ok = db_exec(&tx, "INSERT INTO person (id, name, photo, office) VALUES ($1, $2, $3, 1)", DB_I(i),
                          DB_S(str_fmt(arena, "人%d'\t\\N", (int)i)), DB_B(str_n(all, (size_t)i % 257)));
        if (!ok) fail_msg("%s %s", err.code, err.detail);
    }
    assert_true(db_exec(&tx, "UPDATE person SET boss = id + 1 WHERE id < $1", DB_I(rows)));
    assert_true(db_exec(&tx, "INSERT INTO \"Odd \"\"name\" (\"order\", \"from\") VALUES (2, '')"));
    if (!db_end(d, &tx, true)) fail_msg("%s %s", err.code, err.detail);
}

static struct db_rows ask(struct db *d, const char *sql)
{
    struct db_tx tx;
    struct db_rows r;
    assert_true(db_begin_read(d, arena, &err, &tx));
    if (!db_query(&tx, &r, sql)) fail_msg("%s %s", err.code, err.detail);
    assert_true(db_end(d, &tx, false));
    return r;
}

static void assert_same(struct db *a, struct db *b, const char *sql)
{
    struct db_rows x = ask(a, sql), y = ask(b, sql);
    assert_int_equal(x.rows, y.rows);
    assert_int_equal(x.cols, y.cols);
    assert_true(x.rows > 0);
    for (size_t i = 0; i < x.rows * x.cols; i++) {
        assert_int_equal(x.cells[i].type, y.cells[i].type);
        assert_true(x.cells[i].i == y.cells[i].i);
        assert_true(x.cells[i].type == DB_NULL || x.cells[i].type == DB_INT ||
                    str_eq(x.cells[i].s, y.cells[i].s));
    }
}

static const char *file_in(struct db *d, const char *name)
{
    return str_z(arena, str_fmt(arena, "%s/%s", testdb_folder(d), name));
}

static void a_backup_comes_back_whole(void **state)
{
    (void)state;
    db = fresh(3);
    fill(db, 700);
    const char *path = file_in(db, "copy.tongban");
    if (!db_backup(db, path, &err)) fail_msg("%s %s", err.code, err.detail);
    assert_int_not_equal(access(file_in(db, "copy.tongban-wal"), F_OK), 0);
    assert_int_not_equal(access(file_in(db, "copy.tongban.part"), F_OK), 0);

    struct db *other = fresh(3);
    if (!db_restore(other, path, &err)) fail_msg("%s %s", err.code, err.detail);
    assert_same(db, other, "SELECT id, name, photo, boss, office, phone FROM person ORDER BY id");
    assert_same(db, other, "SELECT id, head FROM office ORDER BY id");
    assert_same(db, other, "SELECT \"order\", \"from\" FROM \"Odd \"\"name\" ORDER BY \"order\"");
    assert_same(db, other,
                "SELECT module, number, name, checksum FROM schema_migration ORDER BY module, number");
    assert_true(db_check(other, &err));

    /* The keys still hold afterwards. */
    struct db_tx tx;
    assert_true(db_begin_write(other, arena, &err, &tx));
    assert_false(db_exec(&tx, "INSERT INTO person (id, name, boss) VALUES (9999, 'x', 12345)"));
    assert_string_equal(err.code, "db.unique");
    assert_true(db_end(other, &tx, false));
    err_clear(&err);

    assert_false(db_restore(other, path, &err));
    assert_string_equal(err.code, "db.not_empty");
    testdb_close(other);
    testdb_close(db);
}

static void an_older_backup_is_brought_up_to_date(void **state)
{
    (void)state;
    db = fresh(2);
    fill(db, 5);
    const char *path = file_in(db, "old");
    if (!db_backup(db, path, &err)) fail_msg("%s %s", err.code, err.detail);
    struct db *other = fresh(3);
    if (!db_restore(other, path, &err)) fail_msg("%s %s", err.code, err.detail);
    struct db_rows r = ask(other, "SELECT COUNT(*), MIN(phone) FROM person");
    assert_int_equal(db_int(&r, 0, 0), 5);
    assert_true(str_eq_c(db_str(&r, 0, 1), "p"));
    testdb_close(other);
    testdb_close(db);
}

static void a_newer_backup_is_refused(void **state)
{
    (void)state;
    db = fresh(3);
    const char *path = file_in(db, "new");
    if (!db_backup(db, path, &err)) fail_msg("%s %s", err.code, err.detail);
    struct db *other = fresh(2);
    assert_false(db_restore(other, path, &err));
    assert_string_equal(err.code, "db.newer");
    testdb_close(other);
    testdb_close(db);
}

static void what_is_no_backup_changes_nothing(void **state)
{
    (void)state;
    db = fresh(3);
    const char *path = file_in(db, "strange");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 5000; i++)
        fputs("no database ", f);
    fclose(f);
    const char *const wrong[] = {path, file_in(db, "missing"), "/dev/null", testdb_folder(db)};
    for (size_t i = 0; i < 4; i++) {
        assert_false(db_restore(db, wrong[i], &err));
        assert_int_equal(err.kind, ERR_INVALID);
        assert_string_equal(err.code, "db.backup_file");
        err_clear(&err);
    }
    struct db_rows r = ask(db, "SELECT COUNT(*) FROM \"Odd \"\"name\"");
    assert_int_equal(db_int(&r, 0, 0), 1);
    testdb_close(db);
}

static void a_backup_overwrites_nothing(void **state)
{
    (void)state;
    db = fresh(3);
    const char *path = file_in(db, "there");
    assert_true(db_backup(db, path, &err));
    assert_false(db_backup(db, path, &err));
    assert_string_equal(err.code, "db.backup_exists");
    err_clear(&err);
    assert_false(db_backup(db, "/nonexistent/folder/x", &err));
    assert_int_equal(err.kind, ERR_INVALID);
    testdb_close(db);
}

static atomic_bool stop;

static void *pairs(void *arg)
{
    struct db *d = arg;
    struct arena *a = arena_new(64 << 10);
    for (int64_t i = 1; !stop; i++) {
        struct err e = {0};
        struct db_tx tx;
        if (!db_begin_write(d, a, &e, &tx)) abort();
        bool ok = db_exec(&tx, "INSERT INTO office (id, head) VALUES ($1, NULL)", DB_I(2 * i)) &&
                  db_exec(&tx, "INSERT INTO office (id, head) VALUES ($1, NULL)", DB_I(2 * i + 1));
        if (!db_end(d, &tx, ok)) abort();
        arena_reset(a);
    }
    arena_drop(a);
    return NULL;
}

static void a_backup_beside_writers_is_one_moment(void **state)
{
    (void)state;
    db = fresh(3);
    pthread_t thread;
    stop = false;
    assert_int_equal(pthread_create(&thread, NULL, pairs, db), 0);
    for (int i = 0; i < 5; i++) {
        const char *path = file_in(db, str_z(arena, str_fmt(arena, "b%d", i)));
        if (!db_backup(db, path, &err)) fail_msg("%s %s", err.code, err.detail);
        struct db *other = fresh(3);
        if (!db_restore(other, path, &err)) fail_msg("%s %s", err.code, err.detail);
        struct db_rows r = ask(other, "SELECT COUNT(*) FROM office");
        assert_int_equal(db_int(&r, 0, 0) % 2, 0);
        testdb_close(other);
    }
    stop = true;
    pthread_join(thread, NULL);
    testdb_close(db);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_backup_comes_back_whole),   T(an_older_backup_is_brought_up_to_date),
        T(a_newer_backup_is_refused),   T(what_is_no_backup_changes_nothing),
        T(a_backup_overwrites_nothing), T(a_backup_beside_writers_is_one_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
