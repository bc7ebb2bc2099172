#include "core/base/arena.h"

#include <malloc.h>
#include <stdint.h>

enum { ALIGN = 16, BLOCK_MIN = 8192, BLOCK_MAX = 1 << 20 };

struct block {
    struct block *previous;
    size_t size, used; /* of the bytes behind this header */
    _Alignas(ALIGN) unsigned char bytes[];
};

struct cleanup {
    struct cleanup *previous;
    void (*fn)(void *);
    void *arg;
};

struct arena {
    struct block *newest;
    struct cleanup *cleanups;
    jmp_buf *guard;
    size_t cap, total, used, fail_after;
};

static struct block *block_new(size_t size)
{
    struct block *b = malloc(sizeof *b + size);
    if (!b) return NULL;
    b->previous = NULL;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *arena_new(size_t cap)
{
    struct block *b = block_new(BLOCK_MIN);
    if (!b) return NULL;
    struct arena *a = (struct arena *)b->bytes;
    *a = (struct arena){
        .newest = b, .cap = cap < BLOCK_MIN ? BLOCK_MIN : cap, .total = BLOCK_MIN, .fail_after = SIZE_MAX};
    b->used = (sizeof *a + ALIGN - 1) / ALIGN * ALIGN;
    return a;
}

static void run_cleanups(struct arena *a)
{
    while (a->cleanups) {
        struct cleanup *c = a->cleanups;
        a->cleanups = c->previous;
        c->fn(c->arg);
    }
}

static struct block *first_block(struct arena *a)
{
    struct block *b = a->newest;
    while (b->previous) {
        struct block *previous = b->previous;
        free(b);
        b = previous;
    }
    return b;
}

void arena_drop(struct arena *a)
{
    if (!a) return;
    run_cleanups(a);
    free(first_block(a)); /* the arena itself stands in it */
}

void arena_reset(struct arena *a)
{
    run_cleanups(a);
    struct block *b = first_block(a);
    b->used = (sizeof *a + ALIGN - 1) / ALIGN * ALIGN;
    a->newest = b;
    a->total = b->size;
    a->used = 0;
    a->guard = NULL;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){.block = a->newest,
                               .cleanups = a->cleanups,
                               .in_block = a->newest->used,
                               .total = a->total,
                               .used = a->used};
}

void arena_rewind(struct arena *a, const struct arena_mark *m)
{
    while (a->cleanups != m->cleanups) {
        struct cleanup *c = a->cleanups;
        a->cleanups = c->previous;
        c->fn(c->arg);
    }
    while (a->newest != m->block) {
        struct block *previous = a->newest->previous;
        free(a->newest);
        a->newest = previous;
    }
    a->newest->used = m->in_block;
    a->total = m->total;
    a->used = m->used;
}

void *arena_try_bytes(struct arena *a, size_t size)
{
    if (a->fail_after != SIZE_MAX && a->fail_after-- == 0) {
        a->fail_after = 0;
        return NULL;
    }
    if (size > a->cap) return NULL;
    size = size ? (size + ALIGN - 1) / ALIGN * ALIGN : ALIGN;
    struct block *b = a->newest;
    if (b->size - b->used < size) {
        size_t grown = b->size < BLOCK_MAX ? b->size * 2 : BLOCK_MAX;
        if (grown < size) grown = size;
        if (a->total + grown > a->cap) grown = size;
        if (grown > a->cap - (a->total < a->cap ? a->total : a->cap)) return NULL;
        struct block *fresh = block_new(grown);
        if (!fresh) return NULL;
        fresh->previous = b;
        a->newest = b = fresh;
        a->total += grown;
    }
    void *p = b->bytes + b->used;
    b->used += size;
    a->used += size;
    return p;
}

void *arena_try(struct arena *a, size_t size)
{
    void *p = arena_try_bytes(a, size);
    return p ? memset(p, 0, size) : NULL;
}

static void *or_leave(const struct arena *a, void *p)
{
    if (p) return p;
    if (a->guard) longjmp(*a->guard, 1);
    abort();
}

void *arena_alloc(struct arena *a, size_t size)
{
    return or_leave(a, arena_try(a, size));
}

void *arena_bytes(struct arena *a, size_t size)
{
    return or_leave(a, arena_try_bytes(a, size));
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) total = SIZE_MAX;
    return arena_alloc(a, total);
}

void arena_give_back(struct arena *a, void *from, size_t size)
{
    struct block *b = a->newest;
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if ((char *)from + size != (char *)b->bytes + b->used || (uintptr_t)from % ALIGN) return;
    b->used -= size;
    a->used -= size;
}

void arena_on_drop(struct arena *a, void (*fn)(void *), void *arg)
{
    struct cleanup *c = arena_alloc(a, sizeof *c);
    *c = (struct cleanup){a->cleanups, fn, arg};
    a->cleanups = c;
}

jmp_buf *arena_guard(struct arena *a, jmp_buf *env)
{
    jmp_buf *previous = a->guard;
    a->guard = env;
    return previous;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

void arena_fail_after(struct arena *a, size_t n)
{
    a->fail_after = n;
}

/* The library gives what becomes free at the end of a heap back to the system at once, and asks for it again
 * with the next request, page by page: of some hundred requests that end together, all that they had, and of
 * whoever fills large blocks each of those. It goes back with mem_trim. */
void mem_start(void)
{
    enum { KEPT = 32 << 20 };
    (void)mallopt(M_TRIM_THRESHOLD, KEPT);
    (void)mallopt(M_MMAP_THRESHOLD, 2 * BLOCK_MAX);
}

void mem_trim(void)
{
    (void)malloc_trim(0);
}

void *mem_alloc(size_t count, size_t size)
{
    return calloc(count ? count : 1, size ? size : 1);
}

void *mem_resize(void *p, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) return NULL;
    return realloc(p, total ? total : 1);
}

void mem_free(void *p)
{
    free(p);
}
