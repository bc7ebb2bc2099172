#include "testing/testserver.h"

#include "testing/testdb.h"

#include <stdatomic.h>

static _Atomic int64_t clock_now;

int64_t testserver_now(void)
{
    return clock_now;
}

void testserver_advance(int64_t ms)
{
    clock_now += ms;
}

struct testserver *testserver_open(const struct module *const *modules, size_t count)
{
    clock_now = INT64_C(1795395600000);
    struct db *db = testdb_open();
    struct arena *a = arena_new((size_t)64 << 20);
    if (!a) abort();
    struct testserver *t = ARENA_NEW(a, struct testserver);
    t->arena = a;
    t->db = db;
    struct server_options o = {
        .db_url = testdb_url(db),
        .var_dir = str_z(a, str_fmt(a, "%s/var", testdb_folder(db))),
        .address = "127.0.0.1",
        .threads = 2,
        .clock = testserver_now,
    };
    struct err e = {0};
    t->server = server_open(&o, modules, count, &e);
    if (t->server) return t;
    fprintf(stderr, "the test server does not start: %s %s %s\n", e.msgid ? e.msgid : "?", e.arg, e.detail);
    abort();
}

void testserver_close(struct testserver *t)
{
    server_close(t->server);
    testdb_close(t->db);
    arena_drop(t->arena);
}

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};

bool testserver_read(struct testserver *t, handler *fn, void *arg, struct err *e)
{
    *e = (struct err){0};
    return server_read(t->server, &SYSTEM, fn, arg, e);
}

bool testserver_write(struct testserver *t, handler *fn, void *arg, struct err *e)
{
    *e = (struct err){0};
    return server_write(t->server, &SYSTEM, fn, arg, e);
}
