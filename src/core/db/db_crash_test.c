/* What a power cut takes: a child process writes through the VFS "lossy" and is killed; the parent looks at
 * the file. */
#include "core/base/arena.h"
#include "core/db/writer.h"
#include "testing/lossy_vfs.h"

#include <cmocka.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct db_migration schema[] = {
    {"base", 1, "line", "CREATE TABLE line (id {int} PRIMARY KEY, body {text} NOT NULL) {strict};\n"},
};

static struct db *open_at(const char *folder, const char *vfs, enum db_durability durability)
{
    char url[128];
    struct err e = {0};
    int applied = 0;
    snprintf(url, sizeof url, "sqlite:%s/crash.db", folder);
    /* So short a log is carried over beside the writer again and again, in the middle of which the kill
     * comes. */
    const struct db_options o = {
        .url = url, .readers = 1, .durability = durability, .vfs = vfs, .relieve_bytes = 64 << 10};
    struct db *db = db_open(&o, &e);
    if (db == NULL || !db_migrate(db, schema, 1, 1, &applied, &e)) {
        fprintf(stderr, "%s %s\n", e.code, e.detail);
        abort();
    }
    return db;
}

struct line {
    struct write_task task;
    struct err err;
    int64_t id;
};

static bool line_run(struct write_task *t, struct db_conn *conn)
{
    struct line *l = (struct line *)t;
    struct arena *a = arena_new(16 << 10);
    struct db_tx tx = {.conn = conn, .arena = a, .err = &l->err};
    bool ok = db_exec(&tx, "INSERT INTO line (id, body) VALUES ($1, $2)", DB_I(l->id),
                      DB_S(str_fmt(a, "%0900d", (int)l->id)));
    arena_drop(a);
    return ok;
}

/* Writes lines after `from` without end and tells each that is durable; killed in the middle of it. */
static void child(const char *folder, enum db_durability durability, int64_t from, int tell)
{
    if (!lossy_vfs_register()) abort();
    struct db *db = open_at(folder, "lossy", durability);
    struct err e = {0};
    struct writer *w = writer_start(db, &(struct writer_options){.queue_max = 16, .group_max = 8}, &e);
    if (w == NULL) abort();
    for (int64_t id = from + 1;; id++) {
        struct line l = {.task = {.run = line_run}, .id = id};
        l.task.err = &l.err;
        if (!writer_run(w, &l.task, LANE_INTERACTIVE) || write(tell, &id, sizeof id) != sizeof id) abort();
    }
}

static int64_t run_and_kill(const char *folder, enum db_durability durability, int64_t from, int lines)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        child(folder, durability, from, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    int64_t last = from, id = 0;
    for (int i = 0; i < lines && read(ends[0], &id, sizeof id) == sizeof id; i++)
        last = id;
    kill(pid, SIGKILL);
    while (read(ends[0], &id, sizeof id) == sizeof id)
        last = id; /* told before the kill */
    int status = 0;
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    close(ends[0]);
    return last;
}

struct found {
    int64_t count, highest;
};

static struct found look(const char *folder)
{
    struct db *db = open_at(folder, NULL, DB_FULL);
    struct arena *a = arena_new(1 << 20);
    struct err e = {0};
    struct db_tx tx;
    struct db_rows r;
    assert_true(db_check(db, &e));
    assert_true(db_begin_read(db, a, &e, &tx));
    assert_true(db_query(&tx, &r, "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM line"));
    struct found f = {db_int(&r, 0, 0), db_int(&r, 0, 1)};
    assert_true(db_end(db, &tx, false));
    db_close(db);
    arena_drop(a);
    return f;
}

static void clean(const char *folder)
{
    static const char *const names[] = {"crash.db", "crash.db-wal", "crash.db-shm"};
    char path[128];
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static void what_was_acknowledged_survives_every_kill(void **state)
{
    (void)state;
    char folder[] = "/tmp/tb-crash-XXXXXX";
    assert_non_null(mkdtemp(folder));
    int64_t last = 0;
    for (int i = 0; i < 8; i++) {
        int64_t told = run_and_kill(folder, DB_FULL, last, 20 + 37 * i);
        struct found f = look(folder);
        assert_true(f.highest >= told);     /* nothing acknowledged is lost */
        assert_true(f.count == f.highest);  /* and nothing has a hole */
        assert_true(f.highest <= told + 1); /* at most the one not yet told */
        last = f.highest;
    }
    assert_true(last > 300);
    clean(folder);
}

static void without_syncing_the_loss_is_seen(void **state)
{
    (void)state;
    char folder[] = "/tmp/tb-crash-XXXXXX";
    assert_non_null(mkdtemp(folder));
    db_close(open_at(folder, NULL, DB_FULL));
    int64_t told = run_and_kill(folder, DB_OFF, 0, 50);
    assert_true(told >= 50);
    struct found f = look(folder);
    assert_true(f.highest < told);
    clean(folder);
}

static void unsynced_data_is_seen_by_the_other_connections(void **state)
{
    (void)state;
    char folder[] = "/tmp/tb-crash-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_true(lossy_vfs_register());
    struct db *db = open_at(folder, "lossy", DB_OFF);
    struct arena *a = arena_new(1 << 20);
    struct err e = {0};
    struct db_tx tx;
    struct db_rows r;
    for (int64_t i = 0; i < 500; i++) {
        assert_true(db_begin_write(db, a, &e, &tx));
        assert_true(db_exec(&tx, "INSERT INTO line (id, body) VALUES ($1, $2)", DB_I(i),
                            DB_S(str_fmt(a, "%0900d", (int)i))));
        assert_true(db_end(db, &tx, true));
        if (i % 100 == 50) assert_true(db_checkpoint(db, &e));
        assert_true(db_begin_read(db, a, &e, &tx));
        assert_true(db_query(&tx, &r, "SELECT COUNT(*) FROM line"));
        assert_int_equal(db_int(&r, 0, 0), i + 1);
        assert_true(db_end(db, &tx, false));
        arena_reset(a);
    }
    assert_true(db_check(db, &e));
    db_close(db);
    arena_drop(a);
    clean(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_acknowledged_survives_every_kill),
        cmocka_unit_test(without_syncing_the_loss_is_seen),
        cmocka_unit_test(unsynced_data_is_seen_by_the_other_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
