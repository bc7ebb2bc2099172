#include "core/db/db_cache.h"

#include "core/base/arena.h"

static uint64_t hash_of(const char *sql, uint64_t tag)
{
    uint64_t h = UINT64_C(14695981039346656037) ^ tag;
    for (const unsigned char *p = (const unsigned char *)sql; *p != 0; p++)
        h = (h ^ *p) * UINT64_C(1099511628211);
    return h ^ (h >> 29);
}

static uint16_t *hint_of(struct db_cache *c, const char *sql, uint64_t tag)
{
    uint64_t h = ((uint64_t)(uintptr_t)sql ^ tag) * UINT64_C(0x9E3779B97F4A7C15);
    return &c->hints[(h >> 40) % CACHE_HINTS];
}

static bool is(const struct cache_entry *e, const char *sql, uint64_t tag)
{
    return e->item != NULL && e->tag == tag && strcmp(e->sql, sql) == 0;
}

void *db_cache_find(struct db_cache *c, const char *sql, uint64_t tag)
{
    uint16_t *hint = hint_of(c, sql, tag);
    struct cache_entry *e = &c->entries[*hint];
    if (!is(e, sql, tag)) {
        uint64_t h = hash_of(sql, tag);
        size_t first = (size_t)(h % CACHE_SETS) * CACHE_WAYS;
        e = NULL;
        for (size_t i = first; i < first + CACHE_WAYS; i++)
            if (c->entries[i].hash == h && is(&c->entries[i], sql, tag)) e = &c->entries[i];
        if (e == NULL) return NULL;
        *hint = (uint16_t)(e - c->entries);
    }
    e->used = ++c->clock;
    return e->item;
}

static void forget(struct db_cache *c, struct cache_entry *e)
{
    if (e->item != NULL) c->drop(c->owner, e->item);
    mem_free(e->sql);
    *e = (struct cache_entry){0};
}

bool db_cache_keep(struct db_cache *c, const char *sql, uint64_t tag, void *item)
{
    size_t len = strlen(sql);
    char *copy = mem_alloc(1, len + 1);
    if (copy == NULL) return false;
    memcpy(copy, sql, len);

    uint64_t h = hash_of(sql, tag);
    struct cache_entry *set = &c->entries[(size_t)(h % CACHE_SETS) * CACHE_WAYS];
    struct cache_entry *place = &set[0];
    for (size_t i = 1; i < CACHE_WAYS; i++)
        if (set[i].used < place->used) place = &set[i];
    forget(c, place);
    *place = (struct cache_entry){.sql = copy, .hash = h, .tag = tag, .used = ++c->clock, .item = item};
    *hint_of(c, sql, tag) = (uint16_t)(place - c->entries);
    return true;
}

void db_cache_clear(struct db_cache *c)
{
    for (size_t i = 0; i < sizeof c->entries / sizeof c->entries[0]; i++)
        forget(c, &c->entries[i]);
}
