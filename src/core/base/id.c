#include "core/base/id.h"

/* 2024-01-01T00:00Z */
#define ID_EPOCH_MS INT64_C(1704067200000)

int64_t id_next(struct id_maker *m, int64_t now_ms)
{
    int64_t fresh = (now_ms - ID_EPOCH_MS) << 12;
    int64_t last = atomic_load(&m->last);
    int64_t tick;
    do {
        /* Where the clock stood still or stepped back, the sequence goes on from the last one. */
        tick = fresh > last ? fresh : last + 1;
    } while (!atomic_compare_exchange_weak(&m->last, &last, tick));
    return (tick >> 12) << 22 | (int64_t)(m->node & 1023u) << 12 | (tick & 4095);
}

int64_t id_at_least(int64_t ms)
{
    return ms > ID_EPOCH_MS ? (ms - ID_EPOCH_MS) << 22 : 0;
}

int64_t id_time(int64_t id)
{
    return (id >> 22) + ID_EPOCH_MS;
}
