/* Requests that wait until there is something for them (ctx_wait): their connections are suspended, no thread
 * and no connection of the database is held. One thread lets them run again when something was stirred up,
 * once a second because time or another program may have brought something, and at the end of their time. */
#include "core/http/private.h"

#include <time.h>

enum { WAITING_MAX = 2000, LOOK_US = 1000000 };

struct waiting_room {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    struct exchange *first;
    size_t count;
    bool running, stirred, closing;
};

/* Those that go on now; the others stay. */
static struct exchange *take(struct waiting_room *w, int64_t now_us, bool all)
{
    struct exchange *out = NULL, **at = &w->first;
    while (*at) {
        struct exchange *x = *at;
        x->waited_out = w->closing || now_us >= x->ctx.wait_until_us;
        if (!all && !x->waited_out) {
            at = &x->next;
            continue;
        }
        *at = x->next;
        x->next = out;
        out = x;
        w->count--;
    }
    return out;
}

static void *attend(void *arg)
{
    struct waiting_room *w = arg;
    pthread_mutex_lock(&w->lock);
    for (int64_t look_us = 0; !w->closing || w->first;) {
        struct timespec until;
        int64_t now_us = time_monotonic_us();
        bool all = w->stirred || w->closing || now_us >= look_us;
        if (all) look_us = now_us + LOOK_US;
        w->stirred = false;
        for (struct exchange *x = take(w, now_us, all), *next; x; x = next) {
            next = x->next;
            x->next = NULL;
            pthread_mutex_unlock(&w->lock);
            x->resume(x);
            pthread_mutex_lock(&w->lock);
        }
        if (w->stirred || w->closing) continue;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += 100000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }
        if (w->first)
            pthread_cond_timedwait(&w->wake, &w->lock, &until);
        else
            pthread_cond_wait(&w->wake, &w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct waiting_room *waiting_open(void)
{
    struct waiting_room *w = mem_alloc(1, sizeof *w);
    pthread_condattr_t monotonic;
    if (!w) return NULL;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return w;
}

bool waiting_add(struct waiting_room *w, struct exchange *x)
{
    pthread_mutex_lock(&w->lock);
    bool room = !w->closing && w->count < WAITING_MAX;
    if (room && !w->running) room = w->running = pthread_create(&w->thread, NULL, attend, w) == 0;
    if (room) {
        x->next = w->first;
        w->first = x;
        w->count++;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    return room;
}

void waiting_stir(struct waiting_room *w)
{
    pthread_mutex_lock(&w->lock);
    w->stirred = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

void waiting_close(struct waiting_room *w)
{
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    bool running = w->running;
    w->closing = true;
    w->running = false;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    if (running) pthread_join(w->thread, NULL);
}

void waiting_drop(struct waiting_room *w)
{
    if (!w) return;
    waiting_close(w);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}
