/* 64-bit ids in time order, made in the program: 41 bits of milliseconds since 2024-01-01, 10 bits of node,
 * 12 bits of sequence. Positive, unique per node, sent as strings in JSON. */
#ifndef TB_ID_H
#define TB_ID_H

#include <stdatomic.h>
#include <stdint.h>

struct id_maker {
    _Atomic uint32_t node; /* 0…1023, no other running program's (core/http/ids.c) */
    _Atomic int64_t last;
};

/* Thread-safe; never returns the same id twice, even if the clock steps back. */
int64_t id_next(struct id_maker *m, int64_t now_ms);
/* The smallest id that can be made at that time: a bound for finding rows by their day. */
int64_t id_at_least(int64_t ms);
int64_t id_time(int64_t id); /* when it was made, in ms */

#endif
