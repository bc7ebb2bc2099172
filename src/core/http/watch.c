/* Once a second: has another program on this database changed what this one keeps in memory? Once a minute:
 * this program's number stays its own. */
#include "core/http/private.h"

#include <errno.h>
#include <time.h>

enum { WATCH_SECONDS = 1, KEEP_SECONDS = 60, WATCH_ARENA = 1 << 20 };

struct snapshot_watch {
    struct server *server;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

static bool read_version(struct server *s, int64_t *version, struct err *e)
{
    struct arena *a = arena_new(WATCH_ARENA);
    struct db_tx tx;
    if (!a) return err_fault(e, "not enough memory to look for changes");
    bool ok = db_begin_read(s->db, a, e, &tx);
    if (ok) {
        ok = db_version(&tx, version);
        if (!db_end(s->db, &tx, false)) ok = false;
    }
    arena_drop(a);
    return ok;
}

bool server_catch_up(struct server *s, bool *renewed, struct err *e)
{
    int64_t version = 0;
    *renewed = false;
    if (!read_version(s, &version, e)) return false;
    if (version == s->snapshot_version && !s->snapshots_behind) return true;
    *renewed = true;
    return server_refresh(s, e) &&
           (!s->snapshots_behind || err_fault(e, "what changed cannot be taken over"));
}

/* True while it shall go on. */
static bool pause_a_second(struct snapshot_watch *w)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WATCH_SECONDS;
    pthread_mutex_lock(&w->lock);
    while (!w->stopping && pthread_cond_timedwait(&w->wake, &w->lock, &until) != ETIMEDOUT)
        continue;
    bool on = !w->stopping;
    pthread_mutex_unlock(&w->lock);
    return on;
}

static void *watch(void *arg)
{
    struct snapshot_watch *w = arg;
    bool well = true;
    for (int seconds = 1; pause_a_second(w); seconds++) {
        struct err e = {0};
        bool renewed, ok = server_catch_up(w->server, &renewed, &e);
        if (ok && seconds % KEEP_SECONDS == 0) ok = ids_keep(w->server, &e);
        if (!ok && well) log_event(LOG_LEVEL_WARN, "snapshots.behind", "code", e.code ? e.code : "?", NULL);
        if (ok && renewed) log_event(LOG_LEVEL_INFO, "snapshots.renewed", NULL);
        well = ok;
    }
    return NULL;
}

bool watch_start(struct server *s, struct err *e)
{
    struct snapshot_watch *w = mem_alloc(1, sizeof *w);
    pthread_condattr_t monotonic;
    if (!w) return err_fault(e, "not enough memory to start");
    w->server = s;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&w->thread, NULL, watch, w) == 0) {
        s->watch = w;
        return true;
    }
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
    return err_fault(e, "cannot start the thread that looks for changes");
}

void watch_stop(struct server *s)
{
    struct snapshot_watch *w = s->watch;
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
    s->watch = NULL;
}
