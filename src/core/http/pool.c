#include "core/http/private.h"

enum { POOL_QUEUE_MAX = 512, POOL_THREADS_MAX = 16 };

struct work_pool {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct pool_task *first, *last;
    size_t queued;
    bool stopping;
    int threads;
    pthread_t ids[POOL_THREADS_MAX];
};

static void *work(void *arg)
{
    struct work_pool *p = arg;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->first && !p->stopping)
            pthread_cond_wait(&p->wake, &p->lock);
        struct pool_task *t = p->first;
        if (!t) break;
        p->first = t->next;
        if (!p->first) p->last = NULL;
        p->queued--;
        pthread_mutex_unlock(&p->lock);
        t->run(t);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct work_pool *pool_start(int threads)
{
    struct work_pool *p = mem_alloc(1, sizeof *p);
    if (!p) return NULL;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    if (threads > POOL_THREADS_MAX) threads = POOL_THREADS_MAX;
    while (p->threads < threads && pthread_create(&p->ids[p->threads], NULL, work, p) == 0)
        p->threads++;
    if (p->threads) return p;
    mem_free(p);
    return NULL;
}

bool pool_submit(struct work_pool *p, struct pool_task *t)
{
    pthread_mutex_lock(&p->lock);
    bool taken = !p->stopping && p->queued < POOL_QUEUE_MAX;
    if (taken) {
        t->next = NULL;
        if (p->last)
            p->last->next = t;
        else
            p->first = t;
        p->last = t;
        p->queued++;
        pthread_cond_signal(&p->wake);
    }
    pthread_mutex_unlock(&p->lock);
    return taken;
}

void pool_stop(struct work_pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->threads; i++)
        pthread_join(p->ids[i], NULL);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}
