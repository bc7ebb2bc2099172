#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/time.h"
#include "core/blob/blob.h"
#include "core/blob/blob_job.h"
#include "core/jobs/jobs.h"
#include "testing/testdb.h"
#include "testing/testserver.h"

static const struct module *const MODULES[] = {&files_module};
static struct testserver *t;
static struct err e;

static int make(void **state)
{
    (void)state;
    e = (struct err){0};
    t = testserver_open(MODULES, 1);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    testserver_close(t);
    return 0;
}

struct file {
    const char *content;
    struct str id;
    bool there;
    int64_t rows;
};

static bool do_put(struct ctx *c)
{
    struct file *f = ctx_arg(c);
    if (!blob_put(ctx_blobs(c), c->arena, str_c(f->content), &f->id, c->err)) return false;
    f->id = str_dup(t->arena, f->id);
    return true;
}

static bool do_refer(struct ctx *c)
{
    struct file *f = ctx_arg(c);
    return blob_refer(&c->tx, f->id, (int64_t)strlen(f->content), "image/png", c->now, "paper", 7);
}

static bool do_release(struct ctx *c)
{
    struct file *f = ctx_arg(c);
    return blob_release(&c->tx, f->id, "paper", 7);
}

static bool do_look(struct ctx *c)
{
    struct file *f = ctx_arg(c);
    struct db_rows r;
    f->there = blob_exists(ctx_blobs(c), f->id);
    if (!db_query(&c->tx, &r, "SELECT id FROM blob WHERE id = $1", DB_S(f->id))) return false;
    f->rows = (int64_t)r.rows;
    return true;
}

static const char *in_store(const char *name)
{
    return str_z(t->arena, str_fmt(t->arena, "%s/var/blobs/%s", testdb_folder(t->db), name));
}

/* Handed in two days ago, named or not. */
static struct file old_file(const char *content, bool named)
{
    struct file f = {.content = content};
    assert_true(testserver_read(t, do_put, &f, &e));
    if (named) assert_true(testserver_write(t, do_refer, &f, &e));
    struct timespec when[2] = {{.tv_sec = time_now() / 1000 - 2 * 86400},
                               {.tv_sec = time_now() / 1000 - 2 * 86400}};
    const char *path =
        in_store(str_z(t->arena, str_fmt(t->arena, "%.2s/%.*s", f.id.ptr, (int)f.id.len - 2, f.id.ptr + 2)));
    assert_int_equal(utimensat(AT_FDCWD, path, when, 0), 0);
    return f;
}

static struct file look(struct file f)
{
    assert_true(testserver_read(t, do_look, &f, &e));
    return f;
}

static bool do_collect(struct ctx *c)
{
    return job_add(c, "files.collect", STR("files.collect"), NULL, c->now);
}

static struct job_row last;

static bool do_last(struct ctx *c)
{
    struct job_row *rows;
    size_t count;
    if (!jobs_list(c, STR_EMPTY, 0, 1, &rows, &count)) return false;
    last = count ? rows[0] : (struct job_row){0};
    last.error = str_dup(t->arena, last.error);
    last.status = str_dup(t->arena, last.status);
    return true;
}

static int collect(void)
{
    assert_true(testserver_write(t, do_collect, NULL, &e));
    int ran = jobs_drain(t->server, &e);
    assert_true(testserver_read(t, do_last, NULL, &e));
    return ran;
}

static void what_nobody_names_goes_and_what_is_named_stays(void **state)
{
    (void)state;
    struct file orphan = old_file("orphan", false), named = old_file("named", true),
                released = old_file("released", true), fresh = {.content = "fresh"};
    assert_true(testserver_read(t, do_put, &fresh, &e));
    assert_true(testserver_write(t, do_release, &released, &e));
    assert_int_equal(collect(), 1);
    assert_false(look(orphan).there);
    assert_false(look(released).there);
    assert_int_equal(look(released).rows, 0);
    assert_true(look(named).there);
    assert_int_equal(look(named).rows, 1);
    assert_true(look(fresh).there);
    assert_true(last.run_at == testserver_now() + MS_DAY); /* and again tomorrow */
}

static void a_file_handed_in_again_is_left_alone(void **state)
{
    (void)state;
    struct file again = old_file("again", true);
    assert_true(testserver_write(t, do_release, &again, &e));
    assert_true(testserver_read(t, do_put, &again, &e));
    assert_int_equal(collect(), 1);
    assert_true(look(again).there);
    assert_int_equal(look(again).rows, 1);
}

static void a_folder_that_fails_is_reported_and_keeps_nothing_else_from_being_collected(void **state)
{
    (void)state;
    struct file first = old_file("first", false), second = old_file("second", false);
    assert_int_equal(symlink("zz", in_store("zz")), 0); /* a folder that leads to itself */
    assert_int_equal(collect(), 0);
    assert_true(str_find(last.error, STR("blobs zz: ")) != SIZE_MAX);
    assert_true(str_eq_c(last.status, "due"));
    assert_false(look(first).there || look(second).there);
    assert_int_equal(unlink(in_store("zz")), 0);
    testserver_advance(MS_MINUTE);
    assert_int_equal(collect(), 1);
    assert_int_equal(last.error.len, 0);
}

static void a_file_that_cannot_be_removed_is_reported(void **state)
{
    (void)state;
    struct file f = old_file("in the way", false);
    const char *path =
        in_store(str_z(t->arena, str_fmt(t->arena, "%.2s/%.*s", f.id.ptr, (int)f.id.len - 2, f.id.ptr + 2)));
    struct timespec when[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, when, 0), 0);
    assert_int_equal(collect(), 0);
    assert_true(str_find(last.error, STR("cannot remove")) != SIZE_MAX);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(what_nobody_names_goes_and_what_is_named_stays),
        PROMISE(a_file_handed_in_again_is_left_alone),
        PROMISE(a_folder_that_fails_is_reported_and_keeps_nothing_else_from_being_collected),
        PROMISE(a_file_that_cannot_be_removed_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
