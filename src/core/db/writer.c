#include "core/db/writer.h"

#include "core/base/log.h"
#include "core/base/time.h"
#include "core/db/db_driver.h"
#include "core/db/db_relief.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

enum {
    THREADS_MAX = 64,
    TRIES = 14,
    PAUSES = 7,
    REST_MS = 200,
    /* A group takes no further task after this: those inside wait for its commit. */
    GROUP_US = 20000,
    /* While many write at once a group waits for others until none has come for so long. */
    QUIET_US = 1000,
    /* A crowd that left is forgotten by so much with each group. */
    FADES = 8,
    /* After a task that failed half-way so many groups take savepoints: failures come in rows. */
    CAREFUL_GROUPS = 16,
};

struct lane {
    struct write_task *first, **last;
};

struct writer {
    struct db *db;
    struct writer_options options;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct lane lanes[2];
    bool stopping;
    struct writer_stats stats;
    int threads;
    pthread_t thread[THREADS_MAX];
    struct write_task **groups; /* the one SQLite writer's */
    bool *fine;
    int careful;      /* groups that still take savepoints */
    size_t wanted;    /* how many must have queued before the writer is woken */
    size_t of_people; /* tasks of the interactive lane in this group */
    size_t crowd;     /* those of a group and who had come meanwhile, at most, of the last ones */
};

static void put(struct lane *l, struct write_task *t)
{
    t->next = NULL;
    *l->last = t;
    l->last = &t->next;
}

static struct write_task *take(struct lane *l)
{
    struct write_task *t = l->first;
    l->first = t->next;
    if (l->first == NULL) l->last = &l->first;
    t->next = NULL;
    return t;
}

/* The next task, the lock held. `jobs_first` keeps a place in each group for a job, so that they get on under
 * load. */
static struct write_task *pick(struct writer *w, bool jobs_first)
{
    struct lane *people = &w->lanes[LANE_INTERACTIVE], *jobs = &w->lanes[LANE_JOB];
    struct lane *l = jobs_first && jobs->first != NULL ? jobs : people->first != NULL ? people : jobs;
    if (l->first == NULL) return NULL;
    w->stats.queued--;
    w->of_people += l == people;
    return take(l);
}

static bool late(const struct write_task *t, int64_t now_us)
{
    if (t->deadline_us == 0 || now_us <= t->deadline_us) return false;
    err_busy(t->err, "writer.late",
             "The system is very busy and did not get to this in time. Try again shortly.");
    return true;
}

static void settle(struct write_task *t, bool ok)
{
    if (!ok && t->err->kind == ERR_NONE) err_fault(t->err, "a write failed without saying why");
    t->done(t, ok);
}

static void all_told(struct writer *w)
{
    if (w->options.told) w->options.told(w->options.arg);
}

static void count(struct writer *w, size_t tasks, size_t failed, bool group)
{
    pthread_mutex_lock(&w->lock);
    w->stats.tasks += tasks;
    w->stats.failed += failed;
    w->stats.groups += group ? 1 : 0;
    pthread_mutex_unlock(&w->lock);
}

/* ---- SQLite: one thread, one transaction for many tasks ---- */

static struct timespec in_us(int64_t us)
{
    int64_t at = time_monotonic_us() + us;
    return (struct timespec){.tv_sec = at / 1000000, .tv_nsec = at % 1000000 * 1000};
}

/* The lock held. Rises at once and falls slowly: those whose requests nobody has read yet are not seen, and a
 * group made smaller by that would make the next one smaller still. */
static void see_crowd(struct writer *w)
{
    size_t seen = w->of_people + w->stats.queued, faded = w->crowd - (w->crowd + FADES - 1) / FADES;
    w->crowd = seen > faded ? seen : faded;
}

/* A little more than half, so that groups grow for as long as there are more to come. */
static size_t company(const struct writer *w)
{
    return w->crowd * 5 / 8;
}

/* The lock held. Where several people write at once, a group waits until half of them have come, or none for
 * a while: a commit, and going to and fro between threads, costs more than the wait; the others are read
 * while this one is made durable. Who writes alone waits for nobody, once
 * a crowd before him is forgotten. */
static void gather(struct writer *w)
{
    size_t seen = SIZE_MAX;
    if (w->crowd < 2 || w->of_people >= company(w)) return;
    w->wanted = company(w) - w->of_people;
    while (w->stats.queued < w->wanted && w->stats.queued != seen && !w->stopping) {
        struct timespec until = in_us(QUIET_US);
        seen = w->stats.queued;
        while (w->stats.queued < w->wanted && !w->stopping)
            if (pthread_cond_timedwait(&w->filled, &w->lock, &until) != 0) break;
    }
    w->wanted = 1;
}

/* Waits until something has queued. false: stopping and empty. */
static bool wait_for_work(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->stats.queued == 0 && !w->stopping) {
        struct timespec until = in_us(REST_MS * 1000);
        bool waits = atomic_load_explicit(&w->db->backlog, memory_order_relaxed) > 0 ||
                     atomic_load_explicit(&w->db->log_unlaid, memory_order_relaxed);
        int rc = waits ? pthread_cond_timedwait(&w->filled, &w->lock, &until)
                       : pthread_cond_wait(&w->filled, &w->lock);
        if (rc == ETIMEDOUT && w->stats.queued == 0 && !w->stopping) {
            pthread_mutex_unlock(&w->lock);
            db_rest(w->db, false);
            pthread_mutex_lock(&w->lock);
        }
    }
    bool more = w->stats.queued > 0;
    w->of_people = 0;
    if (more) gather(w);
    pthread_mutex_unlock(&w->lock);
    return more;
}

/* Runs one task in its own savepoint. false in *stands: the whole transaction is gone. */
static bool run_inside(struct db_tx *tx, struct write_task *t, bool *stands)
{
    struct err *group_err = tx->err;
    tx->err = t->err;
    bool ok = db_savepoint(tx);
    if (ok) {
        ok = t->run(t, tx->conn);
        *stands = db_alive(tx->conn);
        tx->conn->depth = 1; /* savepoints the task forgot go with its own */
        if (*stands && ok)
            ok = db_release(tx);
        else if (*stands) {
            struct err undo = {0};
            tx->err = &undo;
            *stands = db_rollback_to(tx);
        }
    }
    if (*stands) *stands = db_alive(tx->conn) && tx->conn->depth == 0;
    tx->err = group_err;
    return ok;
}

/* Runs one task without a savepoint, which costs a copy of every page it changes. false in *clean: it failed
 * and left something behind, or the transaction is gone. */
static bool run_bare(struct db_tx *tx, struct write_task *t, bool *clean)
{
    int64_t (*changes)(const struct db_conn *) = tx->conn->db->driver->changes;
    int64_t before = changes(tx->conn);
    size_t gathered = tx->conn->gathered.len;
    bool ok = t->run(t, tx->conn);
    if (!ok) db_gathered_cut(tx->conn, gathered);
    *clean = db_alive(tx->conn) && tx->conn->depth == 0 && (ok || changes(tx->conn) == before);
    return ok;
}

/* What the last task left behind cannot be undone by itself: all of the group is undone, and those before it
 * run again, each in a savepoint. Tasks may run twice by contract. */
static void run_again(struct writer *w, struct db_tx *tx, size_t n, bool *stands)
{
    struct err undo = {0};
    w->careful = CAREFUL_GROUPS;
    tx->conn->depth = 0;
    struct db_tx ended = {.conn = tx->conn, .arena = tx->arena, .err = &undo};
    *stands = db_end(w->db, &ended, false) && db_begin_write(w->db, tx->arena, tx->err, tx);
    int64_t now = time_monotonic_us();
    size_t again = w->fine[n - 1] ? n : n - 1; /* what has failed has failed */
    for (size_t i = 0; *stands && i < again; i++) {
        err_clear(w->groups[i]->err);
        w->fine[i] = !late(w->groups[i], now) && run_inside(tx, w->groups[i], stands);
    }
}

static struct write_task *next_of_group(struct writer *w, size_t n)
{
    pthread_mutex_lock(&w->lock);
    if (n > 0 && w->stats.queued == 0) gather(w);
    struct write_task *t = pick(w, n > 0 && n + 1 == w->options.group_max);
    pthread_mutex_unlock(&w->lock);
    return t;
}

static size_t fill(struct writer *w, struct db_tx *tx, bool *stands)
{
    int64_t start = time_monotonic_us(), now = start;
    size_t n = 0;
    if (w->careful > 0) w->careful--;
    while (*stands && n < w->options.group_max && now - start <= GROUP_US) {
        struct write_task *t = next_of_group(w, n);
        if (t == NULL) break;
        bool clean = true, careful = w->careful > 0;
        w->groups[n] = t;
        w->fine[n] = !late(t, now) && (careful ? run_inside(tx, t, stands) : run_bare(tx, t, &clean));
        n++;
        if (!clean) run_again(w, tx, n, stands);
        now = time_monotonic_us();
    }
    return n;
}

static void report(struct writer *w, size_t n, bool committed)
{
    size_t failed = 0;
    for (size_t i = 0; i < n; i++) {
        struct write_task *t = w->groups[i];
        bool ok = w->fine[i] && committed;
        if (w->fine[i] && !committed) {
            err_clear(t->err);
            err_busy(t->err, "writer.commit", "The change could not be stored. Try again shortly.");
        }
        failed += ok ? 0 : 1;
        settle(t, ok);
    }
    count(w, n, failed, true);
    all_told(w);
}

/* No transaction could be opened: those it was meant for are told so, the next ones try again. */
static void refuse_group(struct writer *w, const struct err *why)
{
    for (size_t i = 0; i < w->options.group_max; i++) {
        pthread_mutex_lock(&w->lock);
        struct write_task *t = pick(w, false);
        pthread_mutex_unlock(&w->lock);
        if (t == NULL) return;
        *t->err = *why;
        settle(t, false);
        count(w, 1, 1, false);
    }
}

static void *grouping(void *arg)
{
    struct writer *w = arg;
    while (wait_for_work(w)) {
        struct err e = {0};
        struct db_tx tx;
        struct arena *a = arena_new((size_t)64 << 10);
        if (a == NULL) err_fault(&e, "out of memory");
        if (a == NULL || !db_begin_write(w->db, a, &e, &tx)) {
            log_event(LOG_LEVEL_ERROR, "writer.begin_failed", "detail", e.detail, NULL);
            refuse_group(w, &e);
            all_told(w);
        } else {
            bool stands = true;
            size_t n = fill(w, &tx, &stands);
            bool committed = db_end(w->db, &tx, stands) && stands;
            pthread_mutex_lock(&w->lock);
            see_crowd(w);
            pthread_mutex_unlock(&w->lock);
            if (!committed) log_event(LOG_LEVEL_ERROR, "writer.commit_failed", "detail", e.detail, NULL);
            report(w, n, committed);
            db_relieve(w->db);
        }
        if (a != NULL) arena_drop(a);
    }
    db_rest(w->db, true);
    return NULL;
}

/* ---- PostgreSQL: many threads, one transaction a task ---- */

static void pause_before(int attempt, unsigned *seed)
{
    /* 1–2 ms, 2–4 ms … 64–128 ms: two that collided do not meet again at once. */
    int64_t us = (INT64_C(1000) << attempt) + (rand_r(seed) % (INT64_C(1000) << attempt));
    nanosleep(&(struct timespec){.tv_sec = 0, .tv_nsec = us * 1000}, NULL);
}

/* One attempt. *again: the engine asks for another. */
static bool attempt(struct writer *w, struct write_task *t, struct arena *a, bool *again)
{
    struct db_tx tx;
    *again = false;
    if (!db_begin_write(w->db, a, t->err, &tx)) return false;
    struct db_conn *c = tx.conn;
    bool ok = t->run(t, c);
    c->depth = 0;
    *again = c->again;
    bool ended = db_end(w->db, &tx, ok && !*again);
    return ok && !*again && ended;
}

static void run_alone(struct writer *w, struct write_task *t, struct arena *a, unsigned *seed)
{
    bool ok = false;
    for (int i = 0; i < TRIES; i++) {
        if (late(t, time_monotonic_us())) break;
        bool again = false;
        ok = attempt(w, t, a, &again);
        arena_reset(a);
        if (ok || !(again || str_eq_c(str_c(t->err->code), "db.serialization"))) break;
        if (i + 1 == TRIES) break;
        err_clear(t->err);
        pause_before(i < PAUSES ? i : PAUSES - 1, seed);
    }
    count(w, 1, ok ? 0 : 1, true);
    settle(t, ok);
}

static void *single(void *arg)
{
    struct writer *w = arg;
    unsigned seed = (unsigned)time_monotonic_us() ^ (unsigned)(uintptr_t)&seed;
    struct arena *a = arena_new((size_t)64 << 10);
    uint64_t turn = 0;
    for (;;) {
        pthread_mutex_lock(&w->lock);
        while (w->stats.queued == 0 && !w->stopping)
            pthread_cond_wait(&w->filled, &w->lock);
        struct write_task *t = pick(w, ++turn % 16 == 0);
        pthread_mutex_unlock(&w->lock);
        if (t == NULL) break;
        if (a == NULL) {
            err_fault(t->err, "out of memory");
            settle(t, false);
        } else {
            run_alone(w, t, a, &seed);
        }
        all_told(w);
    }
    if (a != NULL) arena_drop(a);
    return NULL;
}

/* ---- the queue ---- */

static void drop(struct writer *w)
{
    pthread_cond_destroy(&w->filled);
    pthread_mutex_destroy(&w->lock);
    mem_free(w->groups);
    mem_free(w->fine);
    mem_free(w);
}

static bool init_locks(struct writer *w)
{
    pthread_condattr_t attr;
    if (pthread_condattr_init(&attr) != 0) return false;
    bool ok =
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&w->filled, &attr) == 0;
    pthread_condattr_destroy(&attr);
    if (ok && pthread_mutex_init(&w->lock, NULL) != 0) {
        pthread_cond_destroy(&w->filled);
        ok = false;
    }
    return ok;
}

struct writer *writer_start(struct db *db, const struct writer_options *o, struct err *e)
{
    struct writer *w = mem_alloc(1, sizeof *w);
    if (w == NULL || !init_locks(w)) {
        mem_free(w);
        err_fault(e, "out of memory");
        return NULL;
    }
    w->db = db;
    w->options = *o;
    w->wanted = 1;
    if (w->options.group_max < 1) w->options.group_max = 1;
    for (size_t i = 0; i < 2; i++)
        w->lanes[i].last = &w->lanes[i].first;
    w->groups = mem_alloc(w->options.group_max, sizeof *w->groups);
    w->fine = mem_alloc(w->options.group_max, sizeof *w->fine);
    if (w->groups == NULL || w->fine == NULL) {
        drop(w);
        err_fault(e, "out of memory");
        return NULL;
    }
    atomic_store(&db->log_unlaid, db->driver->lay_log != NULL);
    if (db->driver->one_writer && (db->relief = db_relief_start(db, e)) == NULL) {
        drop(w);
        return NULL;
    }
    int wanted = db->driver->one_writer ? 1 : db->writers.max;
    if (wanted > THREADS_MAX) wanted = THREADS_MAX;
    for (; w->threads < wanted; w->threads++)
        if (pthread_create(&w->thread[w->threads], NULL, db->driver->one_writer ? grouping : single, w) !=
            0) {
            writer_stop(w);
            err_fault(e, "no thread for the writer");
            return NULL;
        }
    return w;
}

bool writer_submit(struct writer *w, struct write_task *t, enum writer_lane lane)
{
    pthread_mutex_lock(&w->lock);
    bool taken = !w->stopping && w->stats.queued < w->options.queue_max;
    if (taken) {
        put(&w->lanes[lane], t);
        w->stats.queued++;
        if (w->stats.queued >= w->wanted) pthread_cond_signal(&w->filled);
    } else {
        w->stats.refused++;
    }
    pthread_mutex_unlock(&w->lock);
    return taken ||
           err_busy(t->err, "writer.full", "The system is very busy at the moment. Try again shortly.");
}

struct writer_stats writer_stats(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    struct writer_stats s = w->stats;
    pthread_mutex_unlock(&w->lock);
    return s;
}

void writer_stop(struct writer *w)
{
    if (w == NULL) return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->filled);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->threads; i++)
        pthread_join(w->thread[i], NULL);
    db_relief_stop(w->db->relief);
    w->db->relief = NULL;
    drop(w);
}

/* ---- waiting for one ---- */

struct waiting {
    struct write_task task;
    struct write_task *inner;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool finished, ok;
};

static bool waiting_run(struct write_task *t, struct db_conn *conn)
{
    struct waiting *s = (struct waiting *)t;
    return s->inner->run(s->inner, conn);
}

static void waiting_done(struct write_task *t, bool ok)
{
    struct waiting *s = (struct waiting *)t;
    if (s->inner->done != NULL) s->inner->done(s->inner, ok);
    /* The waiter's memory goes as soon as the lock is let go: nothing may be touched after that. */
    pthread_mutex_lock(&s->lock);
    s->finished = true;
    s->ok = ok;
    pthread_cond_signal(&s->done);
    pthread_mutex_unlock(&s->lock);
}

bool writer_run(struct writer *w, struct write_task *t, enum writer_lane lane)
{
    struct waiting s = {
        .task = {.run = waiting_run, .done = waiting_done, .err = t->err, .deadline_us = t->deadline_us},
        .inner = t,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .done = PTHREAD_COND_INITIALIZER};
    if (!writer_submit(w, &s.task, lane)) return false;
    pthread_mutex_lock(&s.lock);
    while (!s.finished)
        pthread_cond_wait(&s.done, &s.lock);
    pthread_mutex_unlock(&s.lock);
    pthread_mutex_destroy(&s.lock);
    pthread_cond_destroy(&s.done);
    return s.ok;
}
