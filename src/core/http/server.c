#include "core/http/ops.h"
#include "core/http/private.h"

#include <errno.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

enum { START_ARENA = 64 << 20, CACHE_BYTES = 8 << 20, REQUEST_ARENA = 24 << 20 };

/* ---- small doors ---- */

void *server_state(const struct server *s, const char *module)
{
    for (size_t i = 0; i < s->module_count; i++)
        if (s->modules[i]->name[0] == module[0] && strcmp(s->modules[i]->name, module) == 0)
            return s->states[i];
    return NULL;
}

void server_set_state(struct server *s, const char *module, void *state)
{
    for (size_t i = 0; i < s->module_count; i++)
        if (strcmp(s->modules[i]->name, module) == 0) s->states[i] = state;
}

void server_set_part(struct server *s, const char *name, void *state)
{
    size_t i = 0;
    while (s->parts[i].name && strcmp(s->parts[i].name, name) != 0)
        i++;
    s->parts[i].name = name;
    s->parts[i].state = state;
}

void *server_part(const struct server *s, const char *name)
{
    for (size_t i = 0; s->parts[i].name; i++)
        if (strcmp(s->parts[i].name, name) == 0) return s->parts[i].state;
    return NULL;
}

struct keyring *server_keys(const struct server *s)
{
    return s->keys;
}

struct db *server_db(const struct server *s)
{
    return s->db;
}

struct writer *server_writer(const struct server *s)
{
    return s->writer;
}

struct str server_address(const struct server *s, struct arena *a)
{
    const struct server_options *o = &s->options;
    struct str at = o->public_url && *o->public_url ? str_c(o->public_url)
                                                    : str_fmt(a, "http://%s:%d", o->address, o->port);
    while (at.len && at.ptr[at.len - 1] == '/')
        at.len--;
    return at;
}

const struct server_options *server_options(const struct server *s)
{
    return &s->options;
}

int64_t server_now(const struct server *s)
{
    return s->options.clock ? s->options.clock() : time_now();
}

size_t server_modules(const struct server *s, const struct module *const **list)
{
    *list = s->modules;
    return s->module_count;
}

void server_on_reads(struct server *s, bool (*record)(struct ctx *c))
{
    for (size_t i = 0; i < RECORDERS_MAX; i++)
        if (!s->record_reads[i]) {
            s->record_reads[i] = record;
            return;
        }
}

void server_on_recorded(struct server *s,
                        void (*recorded)(struct server *s, struct ctx *const *list, size_t count))
{
    s->recorded = recorded;
}

void server_on_acting(struct server *s, bool (*check)(struct ctx *c))
{
    s->check_acting = check;
}

void *ctx_arg(const struct ctx *c)
{
    return c->arg;
}

/* ---- work outside HTTP ---- */

struct inside {
    struct server *server;
    struct ctx *ctx;
    handler *fn;
    bool exhausted;
};

static bool run_inside(struct inside *i)
{
    jmp_buf env;
    if (setjmp(env)) {
        arena_guard(i->ctx->arena, NULL);
        i->exhausted = true;
        return err_busy(i->ctx->err, "memory", "There is too much in this request.");
    }
    arena_guard(i->ctx->arena, &env);
    bool ok = i->fn(i->ctx);
    arena_guard(i->ctx->arena, NULL);
    return ok;
}

static void inside_init(struct inside *i, struct ctx *c, struct server *s, struct arena *a,
                        const struct actor *actor, handler *fn, void *arg, struct err *e)
{
    ctx_init(c, s, a, e);
    c->actor = *actor;
    c->arg = arg;
    *i = (struct inside){s, c, fn, false};
}

bool server_read(struct server *s, const struct actor *actor, handler *fn, void *arg, struct err *e)
{
    struct arena *a = arena_new(REQUEST_ARENA);
    if (!a) return err_busy(e, "memory", "There is too much in this request.");
    struct ctx c;
    struct inside i;
    inside_init(&i, &c, s, a, actor, fn, arg, e);
    bool ok = db_begin_read(s->db, a, e, &c.tx);
    if (ok) {
        ok = run_inside(&i);
        struct err end = {0};
        c.tx.err = &end;
        if (!db_end(s->db, &c.tx, false) && ok) {
            *e = end;
            ok = false;
        }
    }
    arena_drop(a);
    return ok;
}

static bool write_inside(struct write_task *t, struct db_conn *conn)
{
    struct inside *i = t->submitter;
    err_clear(i->ctx->err);
    ctx_forget_shared(i->ctx);
    i->ctx->doc = NULL;
    i->ctx->changed = 0;
    i->ctx->more_follows = false;
    i->ctx->jobs_added = false;
    i->ctx->tx.conn = conn;
    return run_inside(i) && snapshots_note(i->ctx);
}

static void nothing_more(struct write_task *t, bool ok)
{
    (void)t;
    (void)ok;
}

static bool write_on(struct server *s, const struct actor *actor, handler *fn, void *arg, struct err *e,
                     enum writer_lane lane)
{
    struct arena *a = arena_new(REQUEST_ARENA);
    if (!a) return err_busy(e, "memory", "There is too much in this request.");
    struct ctx c;
    struct inside i;
    inside_init(&i, &c, s, a, actor, fn, arg, e);
    struct write_task t = {.run = write_inside, .done = nothing_more, .err = e, .submitter = &i};
    bool ok = writer_run(s->writer, &t, lane);
    if (!ok) err_busy(e, "writer.full", "Very many people are here right now. Please try again in a moment.");
    if (ok && c.changed && !c.more_follows) ok = server_refresh(s, e);
    if (ok && c.jobs_added && s->jobs) jobs_wake(s->jobs);
    arena_drop(a);
    return ok;
}

bool server_write(struct server *s, const struct actor *actor, handler *fn, void *arg, struct err *e)
{
    return write_on(s, actor, fn, arg, e, LANE_INTERACTIVE);
}

bool server_write_job(struct server *s, const struct actor *actor, handler *fn, void *arg, struct err *e)
{
    return write_on(s, actor, fn, arg, e, LANE_JOB);
}

/* ---- opening and closing ---- */

static bool make_dir(const char *path, struct err *e)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST) return true;
    return err_fault(e, "cannot make folder %s: %s", path, strerror(errno));
}

static bool open_keys(struct server *s, struct err *e)
{
    const char *var = s->options.var_dir;
    if (!make_dir(var, e) || !make_dir(str_z(s->arena, str_fmt(s->arena, "%s/keys", var)), e)) return false;
    const char *path = str_z(s->arena, str_fmt(s->arena, "%s/keys/root.key", var));
    if (access(path, F_OK) != 0 && !key_provider_file_create(path, e)) return false;
    struct key_provider provider = key_provider_file(path);
    s->keys = keyring_open(&provider, e);
    if (!s->keys) return false;
    s->blobs = blob_open(str_z(s->arena, str_fmt(s->arena, "%s/blobs", var)), s->keys, e);
    return s->blobs != NULL;
}

static bool open_database(struct server *s, struct err *e)
{
    int applied = 0;
    struct db_options o = {.url = s->options.db_url,
                           .readers = s->options.threads + 4,
                           .writers = 8,
                           .durability = s->options.durability,
                           .vfs = s->options.vfs};
    s->db = db_open(&o, e);
    if (!s->db || !db_migrate(s->db, db_migrations, db_migration_count, server_now(s), &applied, e))
        return false;
    if (applied) log_event(LOG_LEVEL_INFO, "db.migrated", "engine", db_engine(s->db), NULL);
    struct writer_options w = {.queue_max = 8192, .group_max = 256, .told = exchange_release, .arg = s};
    s->writer = writer_start(s->db, &w, e);
    return s->writer != NULL;
}

static bool start_module(struct ctx *c)
{
    const struct module *m = ctx_arg(c);
    return m->start(c);
}

static bool start_modules(struct server *s, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    for (size_t i = 0; i < s->module_count; i++)
        if (s->modules[i]->start && !server_write(s, &system, start_module, (void *)s->modules[i], e))
            return false;
    return server_refresh(s, e);
}

static bool open_all(struct server *s, struct err *e)
{
    s->views = views_new(s->arena, VIEW_PAGE, view_sources, view_source_count, e);
    if (!s->views || !router_build(s, e) || !snapshots_open(s, e)) return false;
    if (!open_keys(s, e) || !open_database(s, e)) return false;
    s->pool = pool_start(s->options.threads > 1 ? s->options.threads : 2);
    s->cache = cache_new(CACHE_BYTES);
    s->waiting = waiting_open();
    if (!s->pool || !s->cache || !s->waiting) return err_fault(e, "not enough memory to start");
    return ids_start(s, e) && auth_start(s, e) && start_modules(s, e);
}

struct server *server_open(const struct server_options *o, const struct module *const *modules, size_t count,
                           struct err *e)
{
    mem_start();
    struct arena *a = arena_new(START_ARENA);
    if (!a || !crypto_start(e)) {
        arena_drop(a);
        err_fault(e, "not enough memory to start");
        return NULL;
    }
    struct server *s = ARENA_NEW(a, struct server);
    s->arena = a;
    s->options = *o;
    s->modules = modules;
    s->module_count = count;
    s->started_us = time_monotonic_us();
    s->quit_pipe[0] = s->quit_pipe[1] = -1;
    pthread_mutex_init(&s->refresh_lock, NULL);
    pthread_mutex_init(&s->written_lock, NULL);
    pthread_mutex_init(&s->outside_lock, NULL);
    if (s->options.threads <= 0) {
        cpu_set_t cores; /* those this process may use, not those of the machine */
        s->options.threads = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 2;
    }
    if (open_all(s, e)) return s;
    server_close(s);
    return NULL;
}

void server_close(struct server *s)
{
    if (!s) return;
    front_stop(s);
    watch_stop(s);
    jobs_stop(s->jobs);
    s->jobs = NULL; /* what modules still write at their end wakes nobody */
    pool_stop(s->pool);
    pool_stop(s->outside);
    for (size_t i = s->module_count; i-- > 0;)
        if (s->modules[i]->end) s->modules[i]->end(s);
    if (s->writer) {
        ids_stop(s);
        writer_stop(s->writer);
    }
    for (size_t i = s->module_count; i-- > 0;)
        if (s->modules[i]->stop) s->modules[i]->stop(s);
    auth_stop(s);
    cache_drop(s->cache);
    waiting_drop(s->waiting);
    if (s->blobs) blob_close(s->blobs);
    if (s->db) db_close(s->db);
    if (s->keys) keyring_close(s->keys);
    pthread_mutex_destroy(&s->refresh_lock);
    pthread_mutex_destroy(&s->written_lock);
    pthread_mutex_destroy(&s->outside_lock);
    openapi_drop(s);
    arena_drop(s->arena);
}

/* ---- one request without sockets ---- */

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool resumed;
};

static void wake_waiters(struct exchange *list)
{
    for (struct exchange *x = list, *next; x; x = next) {
        struct waiter *w = x->owner;
        next = x->next; /* x is its own thread's as soon as it wakes */
        pthread_mutex_lock(&w->lock);
        w->resumed = true;
        pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->lock);
    }
}

void server_handle(struct server *s, struct arena *a, struct request *r, struct answer *out)
{
    struct waiter w = {.resumed = false};
    struct exchange *x = exchange_new(a);
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.wake, NULL);
    exchange_init(x, s, a, r);
    x->resume = wake_waiters;
    x->owner = &w;
    for (enum step step = exchange_run(x); step != STEP_REPLY; step = exchange_run(x)) {
        w.resumed = false;
        if (!exchange_submit(x, step)) continue;
        pthread_mutex_lock(&w.lock);
        while (!w.resumed)
            pthread_cond_wait(&w.wake, &w.lock);
        pthread_mutex_unlock(&w.lock);
    }
    *out = x->answer;
    pthread_cond_destroy(&w.wake);
    pthread_mutex_destroy(&w.lock);
}
