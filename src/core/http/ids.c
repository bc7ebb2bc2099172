/* The number this program puts into its ids: its own among all that run on the database. */
#include "core/base/time.h"
#include "core/http/private.h"

enum { NUMBERS = 1024 };
#define KEPT_MS (10 * MS_MINUTE) /* a program that stood still for longer takes another */

static bool take(struct ctx *c)
{
    struct server *s = c->server;
    if (!db_number_take(&c->tx, NUMBERS, c->now, c->now + KEPT_MS, &s->number)) return false;
    s->ids.node = (uint32_t)s->number.number;
    return true;
}

static bool keep(struct ctx *c)
{
    bool kept;
    return db_number_keep(&c->tx, c->server->number, c->now + KEPT_MS, &kept) && (kept || take(c));
}

static bool release(struct ctx *c)
{
    bool kept;
    return db_number_keep(&c->tx, c->server->number, 0, &kept);
}

static bool as_system(struct server *s, handler *fn, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    return server_write(s, &system, fn, NULL, e);
}

bool ids_start(struct server *s, struct err *e)
{
    return as_system(s, take, e);
}

bool ids_keep(struct server *s, struct err *e)
{
    return as_system(s, keep, e);
}

void ids_stop(struct server *s)
{
    struct err e = {0};
    if (s->number.turn && !as_system(s, release, &e))
        log_event(LOG_LEVEL_WARN, "ids.release", "code", e.code ? e.code : "?", NULL);
}
