/* A server of a test's own modules over a fresh database (testdb.h), with a clock the test holds in its hand;
 * no sockets, no workers. */
#ifndef TB_TESTSERVER_H
#define TB_TESTSERVER_H

#include "core/http/server.h"

struct testserver {
    struct server *server;
    struct arena *arena;
    struct db *db;
};

/* Aborts the test program where it cannot start. Sets the clock to 2026-11-23 09:00 in Shanghai. */
struct testserver *testserver_open(const struct module *const *modules, size_t count);
void testserver_close(struct testserver *t);
int64_t testserver_now(void);
void testserver_advance(int64_t ms);

/* As the system; false leaves what went wrong in *e. */
bool testserver_read(struct testserver *t, handler *fn, void *arg, struct err *e) NODISCARD;
bool testserver_write(struct testserver *t, handler *fn, void *arg, struct err *e) NODISCARD;

#endif
