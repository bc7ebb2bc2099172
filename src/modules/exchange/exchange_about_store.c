/* Calls by whom they are about: in sorted runs by the beginning of the blind index, and those from before
 * there were runs by an index of the database. What is found is looked at again with the whole blind index.
 */
#include "core/db/runs.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/exchange/exchange_call.h"

static const struct runs by_person = RUNS("exchange_call");

enum { LOT = 500, BUCKETS = 256, ERASED_MAX = 16 << 20 };

static uint64_t key_of(struct str index)
{
    uint64_t key = 0;
    for (size_t i = 0; i < ABOUT_MIN && i < index.len; i++)
        key = key << 8 | (uint8_t)index.ptr[i];
    return key;
}

/* ---- adding ---- */

static bool tend_soon(struct ctx *c)
{
    return job_add(c, "exchange.sort", STR("exchange.sort"), json_object(c->arena), c->now);
}

bool about_store_add(struct ctx *c, struct str index, int64_t call)
{
    struct exchange_state *s = server_state(c->server, "exchange");
    if (!runs_add(&c->tx, &by_person, key_of(index), call)) return false;
    return (atomic_fetch_add(&s->added, 1) + 1) % RUNS_FRESH != 0 || tend_soon(c);
}

bool exchange_sort(struct ctx *c, const struct json *)
{
    bool did;
    return runs_tend(&c->tx, &by_person, ctx_id(c), &did) && (!did || tend_soon(c));
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
    if (!runs_find(&c->tx, &by_person, &in_runs, &found, &n) ||
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

/* Of pairs in whatever order, under a key of this installation; by the first byte of what they are found by,
 * so that few calls are looked for where something is wrong. */
struct pair_sum {
    uint64_t words[SM3_SIZE / sizeof(uint64_t)], count;
};

static size_t bucket_of(uint64_t key)
{
    return key >> 56;
}

static void add_pair(struct ctx *c, struct pair_sum *sums, uint64_t key, uint64_t id)
{
    const uint64_t said[] = {key, id};
    struct pair_sum *sum = &sums[bucket_of(key)];
    uint8_t digest[SM3_SIZE];
    uint64_t words[SM3_SIZE / sizeof(uint64_t)];
    mac_sm3(keyring_mac(ctx_keys(c), "exchange.about"), str_n(said, sizeof said), digest);
    memcpy(words, digest, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        sum->words[i] += words[i];
    sum->count++;
}

static bool sum_pairs(struct ctx *c, struct pair_sum *sums, bool *broken)
{
    struct runs_walk w = {0};
    struct runs_pair *list;
    size_t count;
    do {
        ctx_next_part(c);
        if (!runs_next(&c->tx, &by_person, &w, &list, &count)) return false;
        for (size_t i = 0; i < count; i++)
            add_pair(c, sums, list[i].key, list[i].id);
    } while (count);
    *broken = w.broken;
    return true;
}

/* Calls that are not forgotten, a lot after `after`. */
static bool next_calls(struct ctx *c, int64_t *after, struct db_rows *r)
{
    if (!db_query(
            &c->tx, r,
            "SELECT id, subject_index FROM exchange_call WHERE id > $1 AND in_runs <> 0 ORDER BY id LIMIT "
            "$2",
            DB_I(*after), DB_I(LOT)))
        return false;
    if (r->rows) *after = db_int(r, r->rows - 1, 0);
    return true;
}

static bool sum_calls(struct ctx *c, struct pair_sum *sums)
{
    int64_t after = INT64_MIN;
    struct db_rows r;
    do {
        ctx_next_part(c);
        if (!next_calls(c, &after, &r)) return false;
        for (size_t i = 0; i < r.rows; i++)
            if (db_str(&r, i, 1).len >= ABOUT_MIN)
                add_pair(c, sums, key_of(db_str(&r, i, 1)), (uint64_t)db_int(&r, i, 0));
    } while (r.rows == LOT);
    return true;
}

static bool is_found(struct ctx *c, struct str index, int64_t call, bool *found)
{
    const struct arena_mark mark = arena_mark(c->arena);
    const struct runs_query one = {key_of(index), call, call + 1, 1};
    int64_t *ids;
    size_t count;
    if (!runs_find(&c->tx, &by_person, &one, &ids, &count)) return false;
    *found = count > 0;
    arena_rewind(c->arena, &mark);
    return true;
}

/* Names calls that are not found, those of buckets that differ. */
static bool name_lost(struct ctx *c, const bool *differs, struct evidence_audit *out)
{
    int64_t after = INT64_MIN;
    struct db_rows r;
    do {
        ctx_next_part(c);
        if (!next_calls(c, &after, &r)) return false;
        for (size_t i = 0; i < r.rows && out->count < EVIDENCE_FINDINGS; i++) {
            struct str index = db_str(&r, i, 1);
            bool found;
            if (index.len < ABOUT_MIN || !differs[bucket_of(key_of(index))]) continue;
            if (!is_found(c, index, db_int(&r, i, 0), &found)) return false;
            if (!found)
                evidence_found(out, "A call is not found by whom it is about: %{arg}.", db_int(&r, i, 0));
        }
    } while (r.rows == LOT && out->count < EVIDENCE_FINDINGS);
    return true;
}

bool about_store_audit(struct ctx *c, struct evidence_audit *out)
{
    struct pair_sum of_pairs[BUCKETS] = {0}, of_calls[BUCKETS] = {0};
    bool differs[BUCKETS], any = false, broken;
    size_t before = out->count;
    if (!sum_pairs(c, of_pairs, &broken) || !sum_calls(c, of_calls)) return false;
    for (size_t i = 0; i < BUCKETS; i++)
        any |= differs[i] = memcmp(&of_pairs[i], &of_calls[i], sizeof of_calls[i]) != 0;
    if (any && !name_lost(c, differs, out)) return false;
    if ((any || broken) && out->count == before)
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
    return about_store_each(c, &all, forget_one, &index) && runs_forget(&c->tx, &by_person, key_of(index));
}

/* ---- built anew ---- */

struct erased {
    struct str index;
    int64_t at; /* the id of the record of it */
    struct erased *before;
};

static struct erased *erased_of(struct erased *all, struct str index)
{
    while (all && !str_eq(all->index, index))
        all = all->before;
    return all;
}

/* Who was erased while the calls about them were not found: by the numbers that are left of them, in `a`. */
static bool find_erased(struct ctx *c, struct arena *a, struct erased **all)
{
    const struct arena_mark mark = arena_mark(c->arena);
    int64_t after = INT64_MIN;
    struct db_rows r;
    *all = NULL;
    do {
        arena_rewind(c->arena, &mark);
        if (!db_query(&c->tx, &r,
                      "SELECT k.id, k.subject_index, (SELECT MAX(e.id) FROM evidence e WHERE e.object = "
                      "k.subject AND e.act = 'person.erase') FROM exchange_call k WHERE k.id > $1 AND "
                      "k.subject <> 0 ORDER BY k.id LIMIT $2",
                      DB_I(after), DB_I(LOT)))
            return false;
        for (size_t i = 0; i < r.rows; i++) {
            after = db_int(&r, i, 0);
            if (db_is_null(&r, i, 2) || !db_str(&r, i, 1).len) continue;
            struct erased *one = erased_of(*all, db_str(&r, i, 1));
            if (!one) {
                one = ARENA_NEW(a, struct erased);
                *one = (struct erased){str_dup(a, db_str(&r, i, 1)), db_int(&r, i, 2), *all};
                *all = one;
            }
            if (one->at < db_int(&r, i, 2)) one->at = db_int(&r, i, 2);
        }
    } while (r.rows == LOT);
    arena_rewind(c->arena, &mark);
    return true;
}

static bool forget_indexed(struct ctx *c, const struct erased *one, int64_t *count)
{
    int64_t changed = 0;
    if (!db_exec_count(&c->tx, &changed,
                       "UPDATE exchange_call SET subject_index = $3 WHERE in_runs = 0 AND subject_index = $1 "
                       "AND id < $2",
                       DB_B(one->index), DB_I(one->at), DB_B(STR_EMPTY)))
        return false;
    *count += changed;
    return true;
}

/* All about their number from before is meant: who comes back later is somebody else here. Of the calls in
 * runs, which no index of the database finds by their number, one pass is made for all of them. */
static bool forget_all(struct ctx *c, struct erased *all, int64_t *count)
{
    const struct arena_mark mark = arena_mark(c->arena);
    int64_t after = INT64_MIN;
    struct db_rows r;
    for (const struct erased *e = all; e; e = e->before)
        if (!forget_indexed(c, e, count)) return false;
    do {
        arena_rewind(c->arena, &mark);
        if (!next_calls(c, &after, &r)) return false;
        for (size_t i = 0; i < r.rows; i++) {
            const struct erased *one = erased_of(all, db_str(&r, i, 1));
            if (!one || db_int(&r, i, 0) >= one->at) continue;
            if (!db_exec(&c->tx, "UPDATE exchange_call SET subject_index = $2 WHERE id = $1",
                         DB_I(db_int(&r, i, 0)), DB_B(STR_EMPTY)))
                return false;
            ++*count;
        }
    } while (r.rows == LOT);
    arena_rewind(c->arena, &mark);
    return true;
}

static bool forget_erased(struct ctx *c, int64_t *count)
{
    struct arena *a = arena_new(ERASED_MAX);
    struct erased *all;
    if (!a) return err_fault(c->err, "not enough memory for calls");
    bool ok = find_erased(c, a, &all) && (!all || forget_all(c, all, count));
    arena_drop(a);
    return ok;
}

static bool put_calls(struct ctx *c, int64_t *count)
{
    struct runs_pair pairs[RUNS_PART];
    size_t n = 0;
    const struct arena_mark mark = arena_mark(c->arena);
    int64_t after = INT64_MIN;
    struct db_rows r;
    do {
        arena_rewind(c->arena, &mark);
        if (!next_calls(c, &after, &r)) return false;
        for (size_t i = 0; i < r.rows; i++) {
            if (db_str(&r, i, 1).len < ABOUT_MIN) continue;
            pairs[n++] = (struct runs_pair){key_of(db_str(&r, i, 1)), (uint64_t)db_int(&r, i, 0)};
            ++*count;
            if (n == RUNS_PART && !runs_put(&c->tx, &by_person, pairs, n)) return false;
            n %= RUNS_PART;
        }
    } while (r.rows == LOT);
    arena_rewind(c->arena, &mark);
    return runs_put(&c->tx, &by_person, pairs, n);
}

bool exchange_rebuild_calls(struct ctx *c, struct exchange_rebuilt *out)
{
    struct json *detail = json_object(c->arena);
    *out = (struct exchange_rebuilt){0};
    if (!forget_erased(c, &out->forgotten) || !runs_clear(&c->tx, &by_person) || !put_calls(c, &out->calls))
        return false;
    json_set_i64(c->arena, detail, "calls", out->calls);
    json_set_i64(c->arena, detail, "forgotten", out->forgotten);
    return evidence_add(c, "exchange.rebuild", "exchange_call", 0, 0, detail);
}

bool exchange_sort_some(struct ctx *c, bool *more)
{
    return runs_tend(&c->tx, &by_person, ctx_id(c), more);
}
