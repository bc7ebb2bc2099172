#include "core/http/private.h"

/* Answers to people who are not signed in, for a few seconds: a hash table of ready responses. When it is
 * full it is emptied: the pages people ask for are back after one request each. */

enum { BUCKETS = 4096 };

struct cached {
    struct cached *next;
    struct http_ready *response;
    int64_t until_us;
    size_t bytes, key_len;
    char key[];
};

struct page_cache {
    pthread_rwlock_t lock;
    struct cached *buckets[BUCKETS];
    size_t bytes, max_bytes;
    uint64_t generation;
};

static uint32_t hash_of(struct str key)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < key.len; i++)
        h = (h ^ (unsigned char)key.ptr[i]) * 16777619u;
    return h;
}

struct page_cache *cache_new(size_t max_bytes)
{
    struct page_cache *c = mem_alloc(1, sizeof *c);
    if (!c) return NULL;
    pthread_rwlock_init(&c->lock, NULL);
    c->max_bytes = max_bytes;
    return c;
}

static void empty(struct page_cache *c)
{
    for (size_t i = 0; i < BUCKETS && c->bytes; i++) {
        while (c->buckets[i]) {
            struct cached *e = c->buckets[i];
            c->buckets[i] = e->next;
            ready_drop(e->response);
            mem_free(e);
        }
    }
    c->bytes = 0;
}

void cache_clear(struct page_cache *c)
{
    if (!c) return;
    pthread_rwlock_wrlock(&c->lock);
    empty(c);
    c->generation++;
    pthread_rwlock_unlock(&c->lock);
}

void cache_drop(struct page_cache *c)
{
    if (!c) return;
    cache_clear(c);
    pthread_rwlock_destroy(&c->lock);
    mem_free(c);
}

uint64_t cache_generation(struct page_cache *c)
{
    pthread_rwlock_rdlock(&c->lock);
    uint64_t g = c->generation;
    pthread_rwlock_unlock(&c->lock);
    return g;
}

static struct cached *find(struct page_cache *c, struct str key)
{
    struct cached *e = c->buckets[hash_of(key) % BUCKETS];
    while (e && !str_eq(str_n(e->key, e->key_len), key))
        e = e->next;
    return e;
}

struct http_ready *cache_get(struct page_cache *c, struct str key, int64_t now_us)
{
    pthread_rwlock_rdlock(&c->lock);
    struct cached *e = find(c, key);
    struct http_ready *r = e && e->until_us > now_us ? ready_keep(e->response) : NULL;
    pthread_rwlock_unlock(&c->lock);
    return r;
}

void cache_put(struct page_cache *c, struct str key, struct http_ready *r, size_t bytes, int64_t until_us,
               uint64_t generation)
{
    size_t cost = bytes + key.len + sizeof(struct cached) + 256;
    struct cached *fresh = mem_alloc(1, sizeof *fresh + key.len);
    if (!fresh) {
        ready_drop(r);
        return;
    }
    memcpy(fresh->key, key.ptr, key.len);
    fresh->key_len = key.len;
    fresh->response = r;
    fresh->until_us = until_us;
    fresh->bytes = cost;
    pthread_rwlock_wrlock(&c->lock);
    /* What was computed before the last change of the snapshots must not come back. */
    if (generation != c->generation || cost > c->max_bytes / 4) {
        ready_drop(r);
        mem_free(fresh);
    } else {
        if (c->bytes + cost > c->max_bytes) empty(c);
        struct cached **at = &c->buckets[hash_of(key) % BUCKETS];
        while (*at) {
            struct cached *e = *at;
            if (!str_eq(str_n(e->key, e->key_len), key)) {
                at = &e->next;
                continue;
            }
            *at = e->next;
            c->bytes -= e->bytes;
            ready_drop(e->response);
            mem_free(e);
        }
        fresh->next = c->buckets[hash_of(key) % BUCKETS];
        c->buckets[hash_of(key) % BUCKETS] = fresh;
        c->bytes += cost;
    }
    pthread_rwlock_unlock(&c->lock);
}
