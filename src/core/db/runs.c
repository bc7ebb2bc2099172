/* Pairs added to an index in sorted runs, found in it and taken away from it. */
#include "core/db/runs_internal.h"

#include <stdlib.h>

/* ---- pairs ---- */

static void put_number(uint64_t n, uint8_t bytes[8])
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(n >> (8 * (7 - i)));
}

static uint64_t number_in(const char *bytes)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | (uint8_t)bytes[i];
    return n;
}

void runs_encode(uint64_t key, int64_t id, uint8_t pair[RUNS_PAIR])
{
    put_number(key, pair);
    put_number((uint64_t)id, pair + 8);
}

bool runs_read(struct db_tx *tx, struct str bytes, struct runs_pair **pairs, size_t *count)
{
    if (bytes.len % RUNS_PAIR) return err_fault(tx->err, "a part of an index is not whole");
    *count = bytes.len / RUNS_PAIR;
    *pairs = ARENA_ARRAY(tx->arena, *count + 1, struct runs_pair);
    for (size_t i = 0; i < *count; i++) {
        const char *at = bytes.ptr + i * RUNS_PAIR;
        (*pairs)[i] = (struct runs_pair){number_in(at), number_in(at + 8)};
    }
    return true;
}

struct str runs_bytes(struct arena *a, const struct runs_pair *pairs, size_t count)
{
    uint8_t *bytes = arena_array(a, count + 1, RUNS_PAIR);
    for (size_t i = 0; i < count; i++)
        runs_encode(pairs[i].key, (int64_t)pairs[i].id, bytes + i * RUNS_PAIR);
    return str_n(bytes, count * RUNS_PAIR);
}

int runs_compare(const void *a, const void *b)
{
    const struct runs_pair *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* How many of the sorted pairs are below that one. */
static size_t below(const struct runs_pair *pairs, size_t count, const struct runs_pair *limit)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (runs_compare(&pairs[mid], limit) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool runs_put(struct db_tx *tx, struct str name, struct str pairs)
{
    if (!pairs.len || pairs.len % RUNS_PAIR) return err_fault(tx->err, "pairs of an index are not whole");
    return db_exec(tx, "INSERT INTO run_fresh (name, first, pairs) VALUES ($1, $2, $3)", DB_S(name),
                   DB_I((int64_t)number_in(pairs.ptr + 8)), DB_B(pairs));
}

/* ---- finding ---- */

struct found {
    struct db_tx *tx;
    const struct runs_query *q;
    int64_t *ids;
    size_t count, room;
};

static void take(struct found *f, uint64_t id)
{
    if (f->count == f->room) {
        size_t room = f->room ? 2 * f->room : 64;
        int64_t *ids = ARENA_ARRAY(f->tx->arena, room, int64_t);
        if (f->count) memcpy(ids, f->ids, f->count * sizeof *ids);
        f->ids = ids;
        f->room = room;
    }
    f->ids[f->count++] = (int64_t)id;
}

static bool among_fresh(struct found *f, struct str name)
{
    struct db_rows r;
    const struct runs_query *q = f->q;
    if (!db_query(f->tx, &r, "SELECT pairs FROM run_fresh WHERE name = $1 ORDER BY first", DB_S(name)))
        return false;
    for (size_t i = 0; i < r.rows; i++) {
        struct str bytes = db_str(&r, i, 0);
        for (size_t at = 0; at + RUNS_PAIR <= bytes.len; at += RUNS_PAIR) {
            int64_t id = (int64_t)number_in(bytes.ptr + at + 8);
            if (number_in(bytes.ptr + at) == q->key && id >= q->from && id < q->before) take(f, (uint64_t)id);
        }
    }
    return true;
}

/* From the end of what is asked for backwards, part by part. */
static bool in_run(struct found *f, int64_t run)
{
    const struct runs_query *q = f->q;
    const struct runs_pair limit = {q->key, (uint64_t)q->before};
    struct str before = runs_bytes(f->tx->arena, &limit, 1);
    for (size_t taken = 0;;) {
        struct db_rows r;
        struct runs_pair *pairs;
        size_t count;
        if (!db_query(f->tx, &r,
                      "SELECT low, pairs FROM run_part WHERE run = $1 AND low < $2 ORDER BY low DESC LIMIT 1",
                      DB_I(run), DB_B(before)))
            return false;
        if (!r.rows) return true;
        if (!runs_read(f->tx, db_str(&r, 0, 1), &pairs, &count)) return false;
        for (size_t i = below(pairs, count, &limit); i-- > 0; taken++) {
            bool asked = pairs[i].key == q->key && (int64_t)pairs[i].id >= q->from;
            if (!asked || taken == q->limit) return true;
            take(f, pairs[i].id);
        }
        before = db_str(&r, 0, 0);
    }
}

static int newest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

bool runs_find(struct db_tx *tx, struct str name, const struct runs_query *q, int64_t **ids, size_t *count)
{
    struct found f = {.tx = tx, .q = q};
    struct db_rows r;
    *ids = NULL;
    *count = 0;
    if (!among_fresh(&f, name) ||
        !db_query(tx, &r, "SELECT id FROM run WHERE name = $1 AND state = '" RUN_STANDS "' ORDER BY id",
                  DB_S(name)))
        return false;
    for (size_t i = 0; i < r.rows; i++)
        if (!in_run(&f, db_int(&r, i, 0))) return false;
    if (f.count > 1) qsort(f.ids, f.count, sizeof *f.ids, newest_first);
    *ids = f.ids;
    *count = f.count < q->limit ? f.count : q->limit;
    return true;
}

/* ---- all of them ---- */

static bool next_fresh(struct db_tx *tx, struct str name, struct runs_walk *w, struct runs_pair **pairs,
                       size_t *count)
{
    struct db_rows r;
    if (!db_query(tx, &r,
                  "SELECT first, pairs FROM run_fresh WHERE name = $1 AND first > $2 ORDER BY first LIMIT 1",
                  DB_S(name), DB_I(w->first)))
        return false;
    w->fresh_seen = r.rows == 0;
    if (w->fresh_seen) return true;
    w->first = db_int(&r, 0, 0);
    return runs_read(tx, db_str(&r, 0, 1), pairs, count);
}

bool runs_next(struct db_tx *tx, struct str name, struct runs_walk *w, struct runs_pair **pairs,
               size_t *count)
{
    struct db_rows r;
    *count = 0;
    if (!w->fresh_seen && !next_fresh(tx, name, w, pairs, count)) return false;
    if (*count) return true;
    if (!db_query(
            tx, &r,
            "SELECT p.run, p.low, p.pairs FROM run_part p JOIN run r ON r.id = p.run WHERE r.name = $1 AND "
            "r.state = '" RUN_STANDS "' AND p.run >= $2 AND (p.run > $2 OR p.low > $3) ORDER BY p.run, "
            "p.low LIMIT 1",
            DB_S(name), DB_I(w->run), DB_B(str_n(w->low, w->low_len))))
        return false;
    if (!r.rows) return true;
    struct str low = db_str(&r, 0, 1);
    if (low.len != sizeof w->low) return err_fault(tx->err, "a part of an index has no bound");
    w->run = db_int(&r, 0, 0);
    w->low_len = low.len;
    memcpy(w->low, low.ptr, low.len);
    return runs_read(tx, db_str(&r, 0, 2), pairs, count);
}

/* ---- taking away ---- */

static size_t without(struct runs_pair *pairs, size_t count, uint64_t key)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (pairs[i].key != key) pairs[kept++] = pairs[i];
    return kept;
}

static bool forget_fresh(struct db_tx *tx, struct str name, uint64_t key)
{
    struct db_rows r;
    if (!db_query(tx, &r, "SELECT first, pairs FROM run_fresh WHERE name = $1 ORDER BY first", DB_S(name)))
        return false;
    for (size_t i = 0; i < r.rows; i++) {
        struct runs_pair *pairs;
        size_t count;
        if (!runs_read(tx, db_str(&r, i, 1), &pairs, &count)) return false;
        size_t kept = without(pairs, count, key);
        if (kept == count) continue;
        struct db_val first = DB_I(db_int(&r, i, 0));
        bool ok =
            kept ? db_exec(tx, "UPDATE run_fresh SET pairs = $3 WHERE name = $1 AND first = $2", DB_S(name),
                           first, DB_B(runs_bytes(tx->arena, pairs, kept)))
                 : db_exec(tx, "DELETE FROM run_fresh WHERE name = $1 AND first = $2", DB_S(name), first);
        if (!ok) return false;
    }
    return true;
}

/* Its lower bound is one of its pairs as well, and goes with it. */
static bool write_part(struct db_tx *tx, int64_t run, struct str low, const struct runs_pair *pairs,
                       size_t kept)
{
    if (!kept) return db_exec(tx, "DELETE FROM run_part WHERE run = $1 AND low = $2", DB_I(run), DB_B(low));
    return db_exec(tx, "UPDATE run_part SET low = $3, pairs = $4 WHERE run = $1 AND low = $2", DB_I(run),
                   DB_B(low), DB_B(runs_bytes(tx->arena, pairs, 1)),
                   DB_B(runs_bytes(tx->arena, pairs, kept)));
}

static bool forget_parts(struct db_tx *tx, int64_t run, uint64_t key)
{
    const struct runs_pair last = {key, UINT64_MAX};
    struct str upto = runs_bytes(tx->arena, &last, 1);
    for (;;) {
        struct db_rows r;
        struct runs_pair *pairs;
        size_t count;
        if (!db_query(tx, &r,
                      "SELECT low, pairs FROM run_part WHERE run = $1 AND low <= $2 ORDER BY low DESC LIMIT "
                      "1",
                      DB_I(run), DB_B(upto)))
            return false;
        if (!r.rows) return true;
        struct str low = db_str(&r, 0, 0);
        if (!runs_read(tx, db_str(&r, 0, 1), &pairs, &count)) return false;
        size_t kept = without(pairs, count, key);
        if (kept < count && !write_part(tx, run, low, pairs, kept)) return false;
        if (number_in(low.ptr) < key || kept == count) return true;
        upto = low; /* what begins there now is of a later key */
    }
}

/* How far a run being made has come is told by its last pair, which must not be one of those. */
static bool forget_reached(struct db_tx *tx, int64_t run, struct str reached, uint64_t key)
{
    struct db_rows r;
    struct str last = STR_EMPTY;
    if (reached.len != RUNS_PAIR || number_in(reached.ptr) != key) return true;
    if (!db_query(tx, &r, "SELECT pairs FROM run_part WHERE run = $1 ORDER BY low DESC LIMIT 1", DB_I(run)))
        return false;
    if (r.rows && db_str(&r, 0, 0).len >= RUNS_PAIR) {
        struct str pairs = db_str(&r, 0, 0);
        last = str_slice(pairs, pairs.len - RUNS_PAIR, pairs.len);
    }
    return db_exec(tx, "UPDATE run SET reached = $2 WHERE id = $1", DB_I(run), DB_B(last));
}

bool runs_forget(struct db_tx *tx, struct str name, uint64_t key)
{
    struct db_rows r;
    if (!forget_fresh(tx, name, key) ||
        !db_query(tx, &r, "SELECT id, reached FROM run WHERE name = $1 ORDER BY id", DB_S(name)))
        return false;
    for (size_t i = 0; i < r.rows; i++)
        if (!forget_parts(tx, db_int(&r, i, 0), key) ||
            !forget_reached(tx, db_int(&r, i, 0), db_str(&r, i, 1), key))
            return false;
    return true;
}
