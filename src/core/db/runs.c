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

static void encode(struct runs_pair p, uint8_t bytes[RUNS_PAIR])
{
    put_number(p.key, bytes);
    put_number(p.id, bytes + 8);
}

static struct runs_pair pair_at(struct str bytes, size_t at)
{
    return (struct runs_pair){number_in(bytes.ptr + at), number_in(bytes.ptr + at + 8)};
}

bool runs_read(struct db_tx *tx, struct str bytes, struct runs_pair **pairs, size_t *count)
{
    if (!bytes.len || bytes.len % RUNS_PAIR) return err_fault(tx->err, "a part of an index is not whole");
    *count = bytes.len / RUNS_PAIR;
    *pairs = ARENA_ARRAY(tx->arena, *count, struct runs_pair);
    for (size_t i = 0; i < *count; i++)
        (*pairs)[i] = pair_at(bytes, i * RUNS_PAIR);
    return true;
}

struct str runs_bytes(struct arena *a, const struct runs_pair *pairs, size_t count)
{
    uint8_t *bytes = arena_array(a, count, RUNS_PAIR);
    for (size_t i = 0; i < count; i++)
        encode(pairs[i], bytes + i * RUNS_PAIR);
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

/* ---- adding ---- */

/* In what is gathered a pair without an id takes away those of its key that came before. */
enum { FORGET = 0 };

static bool gather_pair(struct db_tx *tx, const struct runs *r, uint64_t key, int64_t id)
{
    uint8_t bytes[RUNS_PAIR];
    encode((struct runs_pair){key, (uint64_t)id}, bytes);
    return db_gather(tx, &r->gatherer, str_n(bytes, sizeof bytes));
}

bool runs_add(struct db_tx *tx, const struct runs *r, uint64_t key, int64_t id)
{
    return id > 0 ? gather_pair(tx, r, key, id) : err_fault(tx->err, "an id in an index is positive");
}

static bool any_forgotten(struct str pairs)
{
    for (size_t at = 0; at < pairs.len; at += RUNS_PAIR)
        if (pair_at(pairs, at).id == FORGET) return true;
    return false;
}

static bool stays(struct str pairs, size_t at)
{
    const struct runs_pair one = pair_at(pairs, at);
    for (size_t later = at; later < pairs.len; later += RUNS_PAIR) {
        const struct runs_pair mark = pair_at(pairs, later);
        if (mark.id == FORGET && mark.key == one.key) return false;
    }
    return true;
}

bool runs_write(const struct db_gatherer *who, struct db_tx *tx, struct str pairs)
{
    const struct runs *r = (const struct runs *)who; /* its first member */
    const bool all = !any_forgotten(pairs);
    for (size_t from = 0, at = 0; from < pairs.len; from = at) {
        while (at < pairs.len && at - from < (size_t)RUNS_PART * RUNS_PAIR && (all || stays(pairs, at)))
            at += RUNS_PAIR;
        if (at == from)
            at += RUNS_PAIR; /* this one does not stay */
        else if (!db_exec(tx, "INSERT INTO run_fresh (name, first, pairs) VALUES ($1, $2, $3)", DB_C(r->name),
                          DB_I((int64_t)pair_at(pairs, from).id), DB_B(str_slice(pairs, from, at))))
            return false;
    }
    return true;
}

/* ---- finding ---- */

/* Room for twice as many as are asked for: when it is full the newest half stays. */
struct found {
    struct db_tx *tx;
    const struct runs_query *q;
    int64_t *ids;
    size_t count;
};

static int newest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

static void keep_newest(struct found *f)
{
    qsort(f->ids, f->count, sizeof *f->ids, newest_first);
    if (f->count > f->q->limit) f->count = f->q->limit;
}

static void take(struct found *f, struct runs_pair p)
{
    const struct runs_query *q = f->q;
    int64_t id = (int64_t)p.id;
    if (p.key != q->key || id < q->from || id >= q->before) return;
    if (f->count == 2 * q->limit) keep_newest(f);
    f->ids[f->count++] = id;
}

static void take_gathered(void *arg, struct str bytes)
{
    struct found *f = arg;
    const struct runs_pair p = pair_at(bytes, 0);
    if (p.id != FORGET)
        take(f, p);
    else if (p.key == f->q->key)
        f->count = 0;
}

static bool among_fresh(struct found *f, const struct runs *r)
{
    const struct arena_mark mark = arena_mark(f->tx->arena);
    int64_t before = INT64_MAX;
    struct db_rows rows;
    do {
        arena_rewind(f->tx->arena, &mark);
        if (!db_query(
                f->tx, &rows,
                "SELECT first, pairs FROM run_fresh WHERE name = $1 AND first < $2 ORDER BY first DESC LIMIT "
                "$3",
                DB_C(r->name), DB_I(before), DB_I(RUNS_LOT)))
            return false;
        for (size_t i = 0; i < rows.rows; i++) {
            struct str bytes = db_str(&rows, i, 1);
            before = db_int(&rows, i, 0);
            for (size_t at = bytes.len / RUNS_PAIR; at-- > 0;)
                take(f, pair_at(bytes, at * RUNS_PAIR));
        }
    } while (rows.rows == RUNS_LOT);
    arena_rewind(f->tx->arena, &mark);
    return true;
}

/* From the end of what is asked for backwards, part by part. */
static bool in_run(struct found *f, int64_t run)
{
    const struct runs_query *q = f->q;
    const struct runs_pair limit = {q->key, (uint64_t)q->before};
    const struct arena_mark mark = arena_mark(f->tx->arena);
    uint8_t before[RUNS_PAIR];
    encode(limit, before);
    for (size_t taken = 0;;) {
        struct db_rows r;
        struct runs_pair *pairs;
        size_t count;
        arena_rewind(f->tx->arena, &mark);
        if (!db_query(f->tx, &r,
                      "SELECT low, pairs FROM run_part WHERE run = $1 AND low < $2 ORDER BY low DESC LIMIT 1",
                      DB_I(run), DB_B(str_n(before, sizeof before))))
            return false;
        if (!r.rows) break;
        if (!runs_read(f->tx, db_str(&r, 0, 1), &pairs, &count)) return false;
        size_t i = below(pairs, count, &limit);
        for (; i > 0 && taken < q->limit && pairs[i - 1].key == q->key && (int64_t)pairs[i - 1].id >= q->from;
             i--, taken++)
            take(f, pairs[i - 1]);
        struct str low = db_str(&r, 0, 0);
        if (i > 0 || low.len != sizeof before) break;
        memcpy(before, low.ptr, sizeof before);
    }
    arena_rewind(f->tx->arena, &mark);
    return true;
}

bool runs_find(struct db_tx *tx, const struct runs *r, const struct runs_query *q, int64_t **ids,
               size_t *count)
{
    if (q->limit < 1 || q->limit > RUNS_FOUND) return err_fault(tx->err, "so many ids are not found at once");
    struct found f = {.tx = tx, .q = q, .ids = ARENA_ARRAY(tx->arena, 2 * q->limit, int64_t)};
    const struct arena_mark mark = arena_mark(tx->arena);
    struct db_rows runs;
    db_gathered(tx, &r->gatherer, take_gathered, &f);
    if (!among_fresh(&f, r) ||
        !db_query(tx, &runs, "SELECT id FROM run WHERE name = $1 AND state = '" RUN_STANDS "' ORDER BY id",
                  DB_C(r->name)))
        return false;
    for (size_t i = 0; i < runs.rows; i++)
        if (!in_run(&f, db_int(&runs, i, 0))) return false;
    arena_rewind(tx->arena, &mark);
    keep_newest(&f);
    *ids = f.ids;
    *count = f.count;
    return true;
}

/* ---- all of them ---- */

static bool next_fresh(struct db_tx *tx, const struct runs *r, struct runs_walk *w, struct runs_pair **pairs,
                       size_t *count)
{
    struct db_rows rows;
    if (!db_query(tx, &rows,
                  "SELECT first, pairs FROM run_fresh WHERE name = $1 AND first > $2 ORDER BY first LIMIT 1",
                  DB_C(r->name), DB_I(w->first)))
        return false;
    w->fresh_seen = rows.rows == 0;
    if (w->fresh_seen) return true;
    w->first = db_int(&rows, 0, 0);
    return runs_read(tx, db_str(&rows, 0, 1), pairs, count);
}

static bool next_part(struct db_tx *tx, struct runs_walk *w, struct runs_pair **pairs, size_t *count)
{
    struct db_rows r;
    if (!db_query(tx, &r, "SELECT low, pairs FROM run_part WHERE run = $1 AND low > $2 ORDER BY low LIMIT 1",
                  DB_I(w->run), DB_B(str_n(w->low, w->low_len))))
        return false;
    if (!r.rows) return true;
    struct str low = db_str(&r, 0, 0);
    if (!runs_read(tx, db_str(&r, 0, 1), pairs, count)) return false;
    const struct runs_pair first = (*pairs)[0];
    if (low.len != RUNS_PAIR) return err_fault(tx->err, "a part of an index has no bound");
    const struct runs_pair bound = pair_at(low, 0);
    if (runs_compare(&first, &bound) != 0 || (w->low_len && runs_compare(&w->last, &first) >= 0))
        w->broken = true;
    for (size_t i = 1; i < *count; i++)
        if (runs_compare(&(*pairs)[i - 1], &(*pairs)[i]) >= 0) w->broken = true;
    w->last = (*pairs)[*count - 1];
    memcpy(w->low, low.ptr, sizeof w->low);
    w->low_len = sizeof w->low;
    return true;
}

bool runs_next(struct db_tx *tx, const struct runs *r, struct runs_walk *w, struct runs_pair **pairs,
               size_t *count)
{
    *count = 0;
    if (!w->fresh_seen && !next_fresh(tx, r, w, pairs, count)) return false;
    while (!*count) {
        struct db_rows next;
        if (w->run && !next_part(tx, w, pairs, count)) return false;
        if (*count) break;
        if (!db_query(tx, &next,
                      "SELECT id FROM run WHERE name = $1 AND state = '" RUN_STANDS
                      "' AND id > $2 ORDER BY id "
                      "LIMIT 1",
                      DB_C(r->name), DB_I(w->run)))
            return false;
        if (!next.rows) return true;
        w->run = db_int(&next, 0, 0);
        w->low_len = 0;
    }
    return true;
}

/* ---- taking away ---- */

static size_t without(struct runs_pair *pairs, size_t count, uint64_t key)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (pairs[i].key != key) pairs[kept++] = pairs[i];
    return kept;
}

static bool write_fresh(struct db_tx *tx, const struct runs *r, int64_t first, const struct runs_pair *pairs,
                        size_t kept)
{
    if (!kept)
        return db_exec(tx, "DELETE FROM run_fresh WHERE name = $1 AND first = $2", DB_C(r->name),
                       DB_I(first));
    return db_exec(tx, "UPDATE run_fresh SET pairs = $3 WHERE name = $1 AND first = $2", DB_C(r->name),
                   DB_I(first), DB_B(runs_bytes(tx->arena, pairs, kept)));
}

static bool forget_fresh(struct db_tx *tx, const struct runs *r, uint64_t key)
{
    const struct arena_mark mark = arena_mark(tx->arena);
    int64_t after = INT64_MIN;
    struct db_rows rows;
    do {
        arena_rewind(tx->arena, &mark);
        if (!db_query(
                tx, &rows,
                "SELECT first, pairs FROM run_fresh WHERE name = $1 AND first > $2 ORDER BY first LIMIT $3",
                DB_C(r->name), DB_I(after), DB_I(RUNS_LOT)))
            return false;
        for (size_t i = 0; i < rows.rows; i++) {
            struct runs_pair *pairs;
            size_t count;
            after = db_int(&rows, i, 0);
            if (!runs_read(tx, db_str(&rows, i, 1), &pairs, &count)) return false;
            size_t kept = without(pairs, count, key);
            if (kept < count && !write_fresh(tx, r, after, pairs, kept)) return false;
        }
    } while (rows.rows == RUNS_LOT);
    arena_rewind(tx->arena, &mark);
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

/* Backwards from the end of the key, for as long as there are pairs of it. */
static bool forget_parts(struct db_tx *tx, int64_t run, uint64_t key)
{
    const struct arena_mark mark = arena_mark(tx->arena);
    uint8_t upto[RUNS_PAIR];
    encode((struct runs_pair){key, UINT64_MAX}, upto);
    for (bool more = true; more;) {
        struct db_rows r;
        struct runs_pair *pairs;
        size_t count;
        arena_rewind(tx->arena, &mark);
        if (!db_query(tx, &r,
                      "SELECT low, pairs FROM run_part WHERE run = $1 AND low <= $2 ORDER BY low DESC LIMIT "
                      "1",
                      DB_I(run), DB_B(str_n(upto, sizeof upto))))
            return false;
        if (!r.rows) break;
        struct str low = db_str(&r, 0, 0);
        if (low.len != sizeof upto) return err_fault(tx->err, "a part of an index has no bound");
        if (!runs_read(tx, db_str(&r, 0, 1), &pairs, &count)) return false;
        size_t kept = without(pairs, count, key);
        if (kept < count && !write_part(tx, run, low, pairs, kept)) return false;
        more = pair_at(low, 0).key == key && kept < count;
        memcpy(upto, low.ptr, sizeof upto); /* what begins there now is of a later key */
    }
    arena_rewind(tx->arena, &mark);
    return true;
}

/* How far a run being made has come is told by its last pair, which must not be one of those. */
static bool forget_reached(struct db_tx *tx, int64_t run, struct str reached, uint64_t key)
{
    struct db_rows r;
    struct str last = STR_EMPTY;
    if (reached.len != RUNS_PAIR || pair_at(reached, 0).key != key) return true;
    if (!db_query(tx, &r, "SELECT pairs FROM run_part WHERE run = $1 ORDER BY low DESC LIMIT 1", DB_I(run)))
        return false;
    if (r.rows && db_str(&r, 0, 0).len >= RUNS_PAIR) {
        struct str pairs = db_str(&r, 0, 0);
        last = str_slice(pairs, pairs.len - RUNS_PAIR, pairs.len);
    }
    return db_exec(tx, "UPDATE run SET reached = $2 WHERE id = $1", DB_I(run), DB_B(last));
}

bool runs_forget(struct db_tx *tx, const struct runs *r, uint64_t key)
{
    const struct arena_mark mark = arena_mark(tx->arena);
    struct db_rows runs;
    if (!gather_pair(tx, r, key, FORGET) || !forget_fresh(tx, r, key) ||
        !db_query(tx, &runs, "SELECT id, reached FROM run WHERE name = $1 ORDER BY id", DB_C(r->name)))
        return false;
    for (size_t i = 0; i < runs.rows; i++)
        if (!forget_parts(tx, db_int(&runs, i, 0), key) ||
            !forget_reached(tx, db_int(&runs, i, 0), db_str(&runs, i, 1), key))
            return false;
    arena_rewind(tx->arena, &mark);
    return true;
}

/* ---- anew ---- */

bool runs_clear(struct db_tx *tx, const struct runs *r)
{
    return db_exec(tx, "DELETE FROM run WHERE name = $1", DB_C(r->name)) &&
           db_exec(tx, "DELETE FROM run_part WHERE run NOT IN (SELECT id FROM run)") &&
           db_exec(tx, "DELETE FROM run_fresh WHERE name = $1", DB_C(r->name));
}

bool runs_put(struct db_tx *tx, const struct runs *r, const struct runs_pair *pairs, size_t count)
{
    if (!count) return true;
    const struct arena_mark mark = arena_mark(tx->arena);
    bool ok = db_exec(tx, "INSERT INTO run_fresh (name, first, pairs) VALUES ($1, $2, $3)", DB_C(r->name),
                      DB_I((int64_t)pairs[0].id), DB_B(runs_bytes(tx->arena, pairs, count)));
    arena_rewind(tx->arena, &mark);
    return ok;
}
