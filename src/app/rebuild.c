/* tongban rebuild calls: what finds the calls about a person is built anew from the rows of calls, in one
 * transaction; then it is sorted step by step, which the running program would go on with where this stops.
 */
#include "app/cli.h"
#include "modules/exchange/exchange.h"

#include <unistd.h>

enum { REBUILD_ARENA = 4 << 20 };

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};

static bool build(struct ctx *c)
{
    return exchange_rebuild_calls(c, ctx_arg(c));
}

static bool sort(struct ctx *c)
{
    return exchange_sort_some(c, ctx_arg(c));
}

static bool rebuild(struct server *s, struct exchange_rebuilt *made, struct err *e)
{
    bool more = true;
    if (!server_write(s, &SYSTEM, build, made, e)) return false;
    while (more)
        if (!server_write(s, &SYSTEM, sort, &more, e)) return false;
    return true;
}

int command_rebuild(const struct settings *s)
{
    struct err e = {0};
    struct exchange_rebuilt made = {0};
    int lock = -1;
    if (strcmp(s->args[0], "calls") != 0) {
        cli_refuse("What can be built anew is: calls.", NULL);
        return 2;
    }
    struct arena *a = arena_new(REBUILD_ARENA);
    if (!a) return 1;
    struct server *server = cli_open(a, s, &lock, &e);
    bool ok = server && rebuild(server, &made, &e);
    if (ok) {
        cli_figure(stdout, "calls found by their person", made.calls);
        cli_figure(stdout, "of people erased, forgotten", made.forgotten);
    }
    server_close(server);
    if (lock >= 0) close(lock);
    arena_drop(a);
    return ok ? 0 : cli_fail(&e);
}
