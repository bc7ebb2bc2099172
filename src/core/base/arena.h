/* Memory of one request, job or start-up: allocate, never free, drop all at once.
 *
 * Ownership: whoever calls arena_new drops it with arena_drop; nothing inside is freed singly.
 * Invariants: memory is zeroed (that of the two *_bytes is not) and aligned for any type; the total never
 * exceeds the cap. Errors: arena_alloc leaves by the guard (longjmp) when the cap or the machine is
 * exhausted, and aborts where no guard is set; arena_try returns NULL instead and is what callbacks of
 * foreign libraries use, since no jump may cross a library's frames. An arena belongs to one thread at a
 * time. */
#ifndef TB_ARENA_H
#define TB_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* cap in bytes, at least one block (8 KiB). NULL when memory is exhausted. */
struct arena *arena_new(size_t cap);
void arena_drop(struct arena *a);
/* Runs the clean-ups and forgets all content, keeping the first block. */
void arena_reset(struct arena *a);

void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull, malloc));
void *arena_try(struct arena *a, size_t size);
/* As it comes: for who writes every byte before it is read. */
void *arena_bytes(struct arena *a, size_t size) __attribute__((returns_nonnull, malloc));
void *arena_try_bytes(struct arena *a, size_t size);
/* count × size with overflow treated as exhaustion. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_array((a), (count), sizeof(type)))

/* Gives back the end of the last allocation, from `from` on, where nothing was allocated since; otherwise it
 * stays taken. */
void arena_give_back(struct arena *a, void *from, size_t size);

/* A place to go back to: arena_rewind gives back all that was allocated since, and runs the clean-ups that
 * were registered since. Marks nest. */
struct arena_mark {
    void *block, *cleanups;
    size_t in_block, total, used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, const struct arena_mark *m);

/* fn(arg) runs, last registered first, when the arena is reset or dropped. */
void arena_on_drop(struct arena *a, void (*fn)(void *arg), void *arg);

/* Where exhaustion jumps to. Returns the previous guard so that guards nest; NULL removes. */
jmp_buf *arena_guard(struct arena *a, jmp_buf *env);

size_t arena_used(const struct arena *a);

/* For tests: after n further allocations every allocation fails; SIZE_MAX turns this off. */
void arena_fail_after(struct arena *a, size_t n);

/* Once per process: what one request gives back stays for the next. */
void mem_start(void);

/* What has become free goes back to the system. */
void mem_trim(void);

/* Memory that outlives requests (caches, indexes, queues): the only doors to malloc.
 * mem_alloc zeroes and returns NULL on exhaustion or overflow. */
void *mem_alloc(size_t count, size_t size);
void *mem_resize(void *p, size_t count, size_t size);
void mem_free(void *p);

#endif
