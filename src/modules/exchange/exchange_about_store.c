/* Calls by whom they are about: in sorted runs by the beginning of the blind index, and those from before
 * there were runs by an index of the database. What is found is looked at again with the whole blind index.
 */
#include "core/db/runs.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/exchange/exchange_call.h"

#define RUNS STR("exchange_call")

enum { LOT = 500 };

static uint64_t key_of(struct str index)
{
    uint64_t key = 0;
    for (size_t i = 0; i < ABOUT_MIN && i < index.len; i++)
        key = key << 8 | (uint8_t)index.ptr[i];
    return key;
}

/* ---- adding ---- */

static bool write_pairs(struct db_tx *tx, struct str bytes)
{
    return runs_put(tx, RUNS, bytes);
}

static const struct db_gatherer pairs = {write_pairs};

static bool tend_soon(struct ctx *c)
{
    return job_add(c, "exchange.sort", STR("exchange.sort"), json_object(c->arena), c->now);
}

bool about_store_add(struct ctx *c, struct str index, int64_t call)
{
    struct exchange_state *s = server_state(c->server, "exchange");
    uint8_t pair[RUNS_PAIR];
    runs_encode(key_of(index), call, pair);
    if (!db_gather(&c->tx, &pairs, str_n(pair, sizeof pair))) return false;
    return (atomic_fetch_add(&s->added, 1) + 1) % RUNS_FRESH != 0 || tend_soon(c);
}

bool exchange_sort(struct ctx *c, const struct json *)
{
    bool did;
    return runs_tend(&c->tx, RUNS, ctx_id(c), &did) && (!did || tend_soon(c));
}

/* ---- finding ---- */

static int newest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

bool about_store_find(struct ctx *c, const struct about_query *q, int64_t **ids, size_t *count)
{
    const struct runs_query in_runs = {
        .key = key_of(q->index), .from = q->from, .before = q->before, .limit = q->limit};
    struct db_rows old;
    int64_t *found;
    size_t n;
    if (!runs_find(&c->tx, RUNS, &in_runs, &found, &n) ||
        !db_query(&c->tx, &old,
                  "SELECT id FROM exchange_call WHERE in_runs = 0 AND subject_index = $1 AND id >= $2 AND id "
                  "< $3 ORDER BY id DESC LIMIT $4",
                  DB_B(q->index), DB_I(q->from), DB_I(q->before), DB_I((int64_t)q->limit)))
        return false;
    *ids = ARENA_ARRAY(c->arena, n + old.rows + 1, int64_t);
    if (n) memcpy(*ids, found, n * sizeof **ids);
    for (size_t i = 0; i < old.rows; i++)
        (*ids)[n++] = db_int(&old, i, 0);
    qsort(*ids, n, sizeof **ids, newest_first);
    *count = n < q->limit ? n : q->limit;
    return true;
}

bool about_store_each(struct ctx *c, const struct about_query *q,
                      bool (*each)(struct ctx *c, int64_t call, void *arg, bool *enough), void *arg)
{
    struct about_query next = *q;
    int64_t *ids;
    size_t count = LOT;
    bool enough = false;
    for (next.limit = LOT; count == LOT && !enough; next.before = count ? ids[count - 1] : next.before) {
        if (!about_store_find(c, &next, &ids, &count)) return false;
        for (size_t i = 0; i < count && !enough; i++)
            if (!each(c, ids[i], arg, &enough)) return false;
    }
    return true;
}

/* ---- is it so? ---- */

/* Of pairs in whatever order, under a key of this installation. */
struct pair_sum {
    uint64_t words[SM3_SIZE / sizeof(uint64_t)], count;
};

static void add_pair(struct ctx *c, struct pair_sum *sum, uint64_t key, uint64_t id)
{
    const uint64_t said[] = {key, id};
    uint8_t digest[SM3_SIZE];
    uint64_t words[SM3_SIZE / sizeof(uint64_t)];
    mac_sm3(keyring_mac(ctx_keys(c), "exchange.about"), str_n(said, sizeof said), digest);
    memcpy(words, digest, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        sum->words[i] += words[i];
    sum->count++;
}

static bool sum_pairs(struct ctx *c, struct pair_sum *sum)
{
    struct runs_walk w = {0};
    struct runs_pair *list;
    size_t count;
    do {
        arena_reset(c->arena);
        if (!runs_next(&c->tx, RUNS, &w, &list, &count)) return false;
        for (size_t i = 0; i < count; i++)
            add_pair(c, sum, list[i].key, list[i].id);
    } while (count);
    return true;
}

/* name_them: those that are not found, instead of adding them up. */
static bool walk_calls(struct ctx *c, struct pair_sum *sum, struct evidence_audit *name_them)
{
    int64_t after = INT64_MIN;
    struct db_rows r;
    do {
        arena_reset(c->arena);
        if (!db_query(
                &c->tx, &r,
                "SELECT id, subject_index FROM exchange_call WHERE id > $1 AND in_runs = 1 ORDER BY id LIMIT "
                "$2",
                DB_I(after), DB_I(LOT)))
            return false;
        for (size_t i = 0; i < r.rows; i++) {
            struct str index = db_str(&r, i, 1);
            after = db_int(&r, i, 0);
            if (index.len < ABOUT_MIN) continue; /* forgotten */
            if (!name_them) {
                add_pair(c, sum, key_of(index), (uint64_t)after);
                continue;
            }
            const struct runs_query one = {key_of(index), after, after + 1, 1};
            int64_t *ids;
            size_t count;
            if (!runs_find(&c->tx, RUNS, &one, &ids, &count)) return false;
            if (!count) evidence_found(name_them, "A call is not found by whom it is about: %{arg}.", after);
        }
    } while (r.rows == LOT);
    return true;
}

bool about_store_audit(struct ctx *c, struct evidence_audit *out)
{
    struct pair_sum pairs_sum = {0}, calls_sum = {0};
    size_t before = out->count;
    if (!sum_pairs(c, &pairs_sum) || !walk_calls(c, &calls_sum, NULL)) return false;
    if (memcmp(&pairs_sum, &calls_sum, sizeof calls_sum) == 0) return true;
    if (!walk_calls(c, NULL, out)) return false;
    if (out->count == before)
        evidence_found(out, "By whom they are about other calls are found than there are.", 0);
    return true;
}

/* ---- taking away ---- */

static bool forget_one(struct ctx *c, int64_t call, void *arg, bool *)
{
    const struct str *index = arg;
    return db_exec(&c->tx, "UPDATE exchange_call SET subject_index = $3 WHERE id = $1 AND subject_index = $2",
                   DB_I(call), DB_B(*index), DB_B(STR_EMPTY));
}

bool about_store_forget(struct ctx *c, struct str index)
{
    const struct about_query all = {.index = index, .before = INT64_MAX};
    return about_store_each(c, &all, forget_one, &index) && runs_forget(&c->tx, RUNS, key_of(index));
}
