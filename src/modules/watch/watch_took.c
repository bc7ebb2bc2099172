/* How long answers took: median and the 95th of a hundred, from counts by duration.
 *
 * A bucket is an eighth of an octave of microseconds, so that what is told is off by a sixteenth at most. */
#include "modules/watch/watch_internal.h"

enum { PARTS = 8, PART_BITS = 3 };

int64_t took_bucket(int64_t us)
{
    int top = 0;
    if (us < PARTS) return us > 0 ? us : 0;
    while (us >> (top + 1))
        top++;
    return (int64_t)(top - PART_BITS + 1) * PARTS + ((us >> (top - PART_BITS)) & (PARTS - 1));
}

/* The middle of the bucket. */
static int64_t took_of(int64_t bucket)
{
    if (bucket < PARTS) return bucket;
    int shift = (int)(bucket / PARTS) - 1;
    return ((PARTS + bucket % PARTS) << shift) + ((INT64_C(1) << shift) >> 1);
}

/* As the sums beside them count: what the filter of a permit kept back stands among the refusals. */
bool took_answered(const struct exchange_past *k)
{
    return k->took_us > 0 && str_eq_c(k->result, "ok");
}

/* Rows of one key stand together, buckets ascending: the bucket in which the call of that rank lies. */
static int64_t at_rank(const struct db_rows *r, size_t from, size_t to, int64_t rank)
{
    for (size_t i = from; i < to; i++)
        if ((rank -= db_int(r, i, 2)) <= 0) return took_of(db_int(r, i, 1));
    return 0;
}

static void add_one(struct took_row *out, const struct db_rows *r, size_t from, size_t to)
{
    int64_t calls = 0;
    for (size_t i = from; i < to; i++)
        calls += db_int(r, i, 2);
    *out = (struct took_row){.key = db_int(r, from, 0),
                             .calls = calls,
                             .median = at_rank(r, from, to, (calls + 1) / 2),
                             .p95 = at_rank(r, from, to, (calls * 95 + 99) / 100)};
}

size_t took_rows(const struct db_rows *r, struct took_row *out)
{
    size_t count = 0;
    for (size_t i = 0, from = 0; i < r->rows; from = i) {
        while (i < r->rows && db_int(r, i, 0) == db_int(r, from, 0))
            i++;
        add_one(&out[count++], r, from, i);
    }
    return count;
}

struct str took_text(struct ctx *c, int64_t us)
{
    if (us >= 1000000)
        return str_fmt(c->arena, "%lld.%lld s", (long long)(us / 1000000),
                       (long long)(us % 1000000 / 100000));
    if (us >= 10000) return str_fmt(c->arena, "%lld ms", (long long)((us + 500) / 1000));
    return str_fmt(c->arena, "%lld.%02lld ms", (long long)(us / 1000), (long long)(us % 1000 / 10));
}
