/* Prepared statements of one connection, found by their text.
 *
 * Sixty-four sets of four; the least recently used of a set makes room. A pointer is only a hint where to
 * look: the text is always compared, since callers may build SQL in memory that is used again. The tag tells
 * apart statements of one text that were prepared for different parameter types. Not thread-safe. */
#ifndef TB_DB_CACHE_H
#define TB_DB_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CACHE_SETS = 64, CACHE_WAYS = 4, CACHE_HINTS = 256 };

struct cache_entry {
    char *sql;     /* own copy */
    uint64_t hash; /* of the text and the tag */
    uint64_t tag;
    uint64_t used;
    void *item;
};

struct db_cache {
    struct cache_entry entries[CACHE_SETS * CACHE_WAYS];
    uint16_t hints[CACHE_HINTS];
    uint64_t clock;
    void (*drop)(void *owner, void *item);
    void *owner;
};

/* The item, or NULL. */
void *db_cache_find(struct db_cache *c, const char *sql, uint64_t tag);
/* Keeps the item, dropping another where the set is full; false when memory is exhausted (the item stays the
 * caller's). */
bool db_cache_keep(struct db_cache *c, const char *sql, uint64_t tag, void *item);
void db_cache_clear(struct db_cache *c);

#endif
