/* A value that many threads read and one replaces: readers hold the one they found until their arena is
 * dropped. */
#ifndef TB_SHARED_H
#define TB_SHARED_H

#include "core/base/arena.h"

#include <pthread.h>

struct shared_value;

struct shared {
    pthread_mutex_t lock;
    struct shared_value *value;
};

void shared_open(struct shared *s);
/* Replaces the value; drop(data) runs when the last reader has gone. false when memory is exhausted (data is
 * dropped). */
bool shared_put(struct shared *s, void *data, void (*drop)(void *data));
/* The value of now, or NULL before the first. */
void *shared_get(struct shared *s, struct arena *a);
void shared_close(struct shared *s);

#endif
