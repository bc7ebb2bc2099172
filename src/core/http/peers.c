#include "core/base/arena.h"
#include "core/http/conn.h"

enum { BUCKETS = 1024 };

struct peer_count {
    struct peer_count *next;
    uint32_t address;
    unsigned count;
};

struct peers {
    pthread_mutex_t lock;
    struct peer_count *buckets[BUCKETS];
};

struct peers *peers_new(void)
{
    struct peers *p = mem_alloc(1, sizeof *p);
    if (p) pthread_mutex_init(&p->lock, NULL);
    return p;
}

void peers_drop(struct peers *p)
{
    if (!p) return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct peer_count *at = p->buckets[i], *next; at; at = next) {
            next = at->next;
            mem_free(at);
        }
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

static struct peer_count **find(struct peers *p, uint32_t address)
{
    struct peer_count **at = &p->buckets[(address * UINT32_C(2654435761)) >> 22];
    while (*at && (*at)->address != address)
        at = &(*at)->next;
    return at;
}

bool peers_enter(struct peers *p, uint32_t address, unsigned max)
{
    pthread_mutex_lock(&p->lock);
    struct peer_count **at = find(p, address);
    if (!*at && (*at = mem_alloc(1, sizeof **at))) (*at)->address = address;
    bool in = *at && (!max || (*at)->count < max);
    if (in) (*at)->count++;
    pthread_mutex_unlock(&p->lock);
    return in;
}

void peers_leave(struct peers *p, uint32_t address)
{
    pthread_mutex_lock(&p->lock);
    struct peer_count **at = find(p, address), *one = *at;
    if (one && !--one->count) {
        *at = one->next;
        mem_free(one);
    }
    pthread_mutex_unlock(&p->lock);
}
