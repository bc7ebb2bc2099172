#include "core/jobs/jobs_internal.h"

#include "core/base/log.h"
#include "core/base/time.h"
#include "core/http/server.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

/* What prepare leaves was made in the arena of a request (24 MiB), so a copy of it fits. */
enum { WORKERS_MAX = 16, LEASE_ARENA = 4 << 20, JOB_ARENA = 64 << 20, DRAIN_MAX = 100000 };
static const int64_t POLL_MS = MS_SECOND;

struct job_workers {
    struct server *server;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    uint64_t calls; /* of jobs_wake; a worker that looked before a call looks again */
    bool stopping;
    int count;
    pthread_t threads[WORKERS_MAX];
};

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};

/* ---- one job ---- */

struct work {
    const struct job_kind *kind;
    struct leased_job *job;
    struct arena *arena; /* of the worker: payload and what prepare left */
    struct json *payload, *prepared;
    struct str why;
    bool ran;
};

static bool do_prepare(struct ctx *c)
{
    struct work *w = ctx_arg(c);
    if (!w->kind->prepare(c, w->payload)) return false;
    if (c->prepared) w->prepared = json_copy(w->arena, c->prepared);
    return true;
}

static bool do_run(struct ctx *c)
{
    struct work *w = ctx_arg(c);
    w->ran = false;
    bool ours;
    if (!queue_still_leased(c, w->job, &ours)) return false;
    if (!ours) return true;
    c->prepared = w->prepared;
    if (!w->kind->run(c, w->payload)) return false;
    w->ran = true;
    return queue_finish(c, w->job, w->kind);
}

static bool do_fail(struct ctx *c)
{
    struct work *w = ctx_arg(c);
    return queue_fail(c, w->job, w->kind, w->why);
}

/* Code and private detail; the latter holds no personal data by contract. */
static struct str reason(struct arena *a, const struct err *e)
{
    return str_fmt(a, "%s%s%s", e->code ? e->code : "unknown", e->detail[0] ? ": " : "", e->detail);
}

static bool attempt(struct server *s, struct work *w, struct err *e)
{
    if (!w->kind) return err_fault(e, "no such kind of job");
    w->payload = json_parse(w->arena, w->job->payload, JSON_STRICT, e);
    if (!w->payload) return false;
    if (w->kind->prepare && !server_read(s, &SYSTEM, do_prepare, w, e)) return false;
    return server_write_job(s, &SYSTEM, do_run, w, e);
}

/* true when it ran to its end. Not being able to note the failure is no harm: the lease runs out. */
static bool work_in(struct server *s, struct leased_job *j, struct arena *a)
{
    struct work w = {.kind = job_find_kind(s, j->kind), .job = j, .arena = a};
    struct err e = {0}, noted = {0};
    if (attempt(s, &w, &e)) return w.ran;
    w.why = reason(a, &e);
    const char *kind = w.kind ? w.kind->name : "?";
    log_event(LOG_LEVEL_WARN, "job.failed", "kind", kind, "why", str_z(a, w.why), NULL);
    if (!server_write_job(s, &SYSTEM, do_fail, &w, &noted))
        log_event(LOG_LEVEL_WARN, "job.not_noted", "kind", kind, "code", noted.code ? noted.code : "?", NULL);
    return false;
}

static bool work_on(struct server *s, struct leased_job *j)
{
    struct arena *a = arena_new(JOB_ARENA);
    if (!a) return false;
    bool ran = work_in(s, j, a);
    arena_drop(a);
    return ran;
}

/* Leases and works on what is due once. -1: the database did not answer; else how many were leased, *ran of
 * them to the end. */
static int round_of_work(struct server *s, int *ran, struct err *e)
{
    int64_t wake = INT64_MAX;
    if (!server_read(s, &SYSTEM, queue_next_wake, &wake, e)) return -1;
    if (wake > server_now(s)) return 0;
    struct arena *a = arena_new(LEASE_ARENA);
    if (!a) return err_fault(e, "out of memory"), -1;
    struct lease_list list = {.arena = a};
    int leased = server_write_job(s, &SYSTEM, queue_lease, &list, e) ? (int)list.count : -1;
    for (int i = 0; i < leased; i++) {
        if (server_now(s) >= list.jobs[i].until) continue; /* others may have it by now */
        *ran += work_on(s, &list.jobs[i]);
    }
    arena_drop(a);
    return leased;
}

int jobs_drain(struct server *s, struct err *e)
{
    int ran = 0, leased;
    for (int rounds = 0; rounds < DRAIN_MAX; rounds++) {
        leased = round_of_work(s, &ran, e);
        if (leased < 0) return -1;
        if (leased == 0) break;
    }
    return ran;
}

/* ---- workers ---- */

static struct timespec in_ms(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* Until woken, or until it is time to look again: another process may have added jobs. */
static bool rest(struct job_workers *w, uint64_t seen)
{
    struct timespec until = in_ms(POLL_MS);
    pthread_mutex_lock(&w->lock);
    while (!w->stopping && w->calls == seen)
        if (pthread_cond_timedwait(&w->wake, &w->lock, &until) == ETIMEDOUT) break;
    bool go_on = !w->stopping;
    pthread_mutex_unlock(&w->lock);
    return go_on;
}

static bool look(struct job_workers *w, uint64_t *seen)
{
    pthread_mutex_lock(&w->lock);
    *seen = w->calls;
    bool go_on = !w->stopping;
    pthread_mutex_unlock(&w->lock);
    return go_on;
}

static void *worker(void *arg)
{
    struct job_workers *w = arg;
    uint64_t seen;
    while (look(w, &seen)) {
        struct err e = {0};
        int ran = 0, leased = round_of_work(w->server, &ran, &e);
        if (leased < 0)
            log_event(LOG_LEVEL_WARN, "job.lease", "code", e.code ? e.code : "?", "detail", e.detail, NULL);
        if (leased <= 0 && !rest(w, seen)) break;
    }
    return NULL;
}

struct job_workers *jobs_start(struct server *s, int workers, struct err *e)
{
    if (!server_write(s, &SYSTEM, queue_add_repeating, NULL, e)) return NULL;
    struct job_workers *w = mem_alloc(1, sizeof *w);
    if (!w) return err_fault(e, "not enough memory to start"), NULL;
    w->server = s;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (workers > WORKERS_MAX) workers = WORKERS_MAX;
    while (w->count < workers && pthread_create(&w->threads[w->count], NULL, worker, w) == 0)
        w->count++;
    if (w->count == workers) return w;
    jobs_stop(w);
    return err_fault(e, "cannot start workers"), NULL;
}

void jobs_wake(struct job_workers *w)
{
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    w->calls++;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

void jobs_stop(struct job_workers *w)
{
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->count; i++)
        pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}
