#include "core/jobs/jobs_internal.h"

#include "core/base/log.h"
#include "core/base/time.h"
#include "core/http/server.h"

#include <errno.h>
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* What prepare leaves was made in the arena of a request (24 MiB), so a copy of it fits. */
enum { WORKERS_MAX = 16, LEASE_ARENA = LEASE_MAX << 20, JOB_ARENA = 64 << 20, DRAIN_MAX = 100000 };
/* What is ready does not wait longer than this for the slow parts of others. */
enum { BATCH_US = 100000, WORKER_NICE = 5 };
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

/* ---- jobs of one lease ----
 * Their slow parts run one after another; what they write goes into one transaction, because a commit costs
 * more than most jobs. Where one of them fails, each is tried by itself. */

struct work {
    const struct job_kind *kind;
    struct leased_job *job;
    struct arena *arena; /* owns payload and what prepare left */
    struct json *payload, *prepared;
    struct str why; /* it failed */
    bool ran;
};

struct batch {
    size_t count;
    struct work works[LEASE_MAX];
};

static bool do_prepare(struct ctx *c)
{
    struct work *w = ctx_arg(c);
    if (!w->kind->prepare(c, w->payload)) return false;
    if (c->prepared) w->prepared = json_copy(w->arena, c->prepared);
    return true;
}

/* Code and private detail; the latter holds no personal data by contract. */
static struct str reason(struct arena *a, const struct err *e)
{
    return str_fmt(a, "%s%s%s", e->code ? e->code : "unknown", e->detail[0] ? ": " : "", e->detail);
}

static void prepare(struct server *s, struct work *w)
{
    struct err e = {0};
    bool ok = w->kind != NULL || err_fault(&e, "no such kind of job");
    ok = ok && (w->payload = json_parse(w->arena, w->job->payload, JSON_STRICT, &e)) != NULL;
    ok = ok && (!w->kind->prepare || server_read(s, &SYSTEM, do_prepare, w, &e));
    if (!ok) w->why = reason(w->arena, &e);
}

static bool run_one(struct ctx *c, struct work *w)
{
    bool ours;
    w->ran = false;
    ctx_forget_shared(c);
    c->doc = NULL;
    c->prepared = w->prepared;
    if (!queue_still_leased(c, w->job, &ours)) return false;
    if (!ours) return true;
    if (!w->kind->run(c, w->payload)) return false;
    w->ran = true;
    return queue_finish(c, w->job, w->kind) &&
           (!w->kind->parks || w->kind->parks(c, w->kind, w->job->id, w->payload, false));
}

static bool fail_one(struct ctx *c, const struct work *w)
{
    bool parked;
    if (!queue_fail(c, w->job, w->kind, w->why, &parked)) return false;
    return !parked || !w->kind || !w->kind->parks || !w->payload ||
           w->kind->parks(c, w->kind, w->job->id, w->payload, true);
}

static bool do_batch(struct ctx *c)
{
    struct batch *b = ctx_arg(c);
    for (size_t i = 0; i < b->count; i++) {
        struct work *w = &b->works[i];
        if (!(w->why.len ? fail_one(c, w) : run_one(c, w))) return false;
    }
    return true;
}

/* Not being able to note a failure is no harm: the lease runs out. Returns how many ran to their end. */
static int settle(const struct batch *b)
{
    int ran = 0;
    for (size_t i = 0; i < b->count; i++) {
        const struct work *w = &b->works[i];
        const char *kind = w->kind ? w->kind->name : "?";
        ran += w->ran;
        if (w->why.len)
            log_event(LOG_LEVEL_WARN, "job.failed", "kind", kind, "why", str_z(w->arena, w->why), NULL);
    }
    return ran;
}

/* Alone, and again only to note that it failed. */
static int write_alone(struct server *s, const struct work *work)
{
    struct batch one = {.count = 1, .works = {*work}};
    struct work *w = &one.works[0];
    struct err e = {0}, noted = {0};
    if (!server_write_job(s, &SYSTEM, do_batch, &one, &e)) {
        w->ran = false;
        w->why = reason(w->arena, &e);
        if (!server_write_job(s, &SYSTEM, do_batch, &one, &noted))
            log_event(LOG_LEVEL_WARN, "job.not_noted", "kind", w->kind ? w->kind->name : "?", "code",
                      noted.code ? noted.code : "?", NULL);
    }
    return settle(&one);
}

static int write_all(struct server *s, struct batch *b)
{
    struct err e = {0};
    int ran = 0;
    struct batch before = *b;
    if (b->count > 1 && server_write_job(s, &SYSTEM, do_batch, b, &e)) {
        ran = settle(b);
    } else {
        for (size_t i = 0; i < b->count; i++)
            ran += write_alone(s, &before.works[i]);
    }
    for (size_t i = 0; i < b->count; i++)
        arena_drop(b->works[i].arena);
    b->count = 0;
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
    struct batch b = {.count = 0};
    int leased = server_write_job(s, &SYSTEM, queue_lease, &list, e) ? (int)list.count : -1;
    int64_t begun = time_monotonic_us();
    for (int i = 0; i < leased; i++) {
        struct leased_job *j = &list.jobs[i];
        if (server_now(s) >= j->until) continue; /* others may have it by now */
        struct work w = {.kind = job_find_kind(s, j->kind), .job = j, .arena = arena_new(JOB_ARENA)};
        if (!w.arena) continue;
        prepare(s, &w);
        b.works[b.count++] = w;
        if (time_monotonic_us() - begun < BATCH_US) continue;
        *ran += write_all(s, &b);
        begun = time_monotonic_us();
    }
    *ran += write_all(s, &b);
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
    /* Who waits for an answer goes first; where that is not granted jobs simply compete. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), WORKER_NICE);
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
