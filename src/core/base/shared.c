#include "core/base/shared.h"

#include <stdatomic.h>

struct shared_value {
    _Atomic unsigned holders;
    void *data;
    void (*drop)(void *data);
};

static void let_go(void *arg)
{
    struct shared_value *v = arg;
    if (!v || atomic_fetch_sub(&v->holders, 1) != 1) return;
    v->drop(v->data);
    mem_free(v);
}

void shared_open(struct shared *s)
{
    pthread_mutex_init(&s->lock, NULL);
    s->value = NULL;
}

bool shared_put(struct shared *s, void *data, void (*drop)(void *data))
{
    struct shared_value *fresh = mem_alloc(1, sizeof *fresh);
    if (!fresh) {
        drop(data);
        return false;
    }
    *fresh = (struct shared_value){1, data, drop};
    pthread_mutex_lock(&s->lock);
    struct shared_value *old = s->value;
    s->value = fresh;
    pthread_mutex_unlock(&s->lock);
    let_go(old);
    return true;
}

void *shared_get(struct shared *s, struct arena *a)
{
    pthread_mutex_lock(&s->lock);
    struct shared_value *v = s->value;
    if (v) atomic_fetch_add(&v->holders, 1);
    pthread_mutex_unlock(&s->lock);
    if (!v) return NULL;
    arena_on_drop(a, let_go, v);
    return v->data;
}

void shared_close(struct shared *s)
{
    let_go(s->value);
    s->value = NULL;
    pthread_mutex_destroy(&s->lock);
}
