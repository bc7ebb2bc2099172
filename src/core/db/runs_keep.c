/* The upkeep of an index in sorted runs: one step at a time.
 *
 * sort: fresh rows become a run of level 0. merge: a slice of the runs of one level goes to the end of the
 * run they become; after the last slice that one stands and they go. clear: parts of a run that goes. */
#include "core/base/buf.h"
#include "core/db/runs_internal.h"

#include <stdlib.h>

enum { CLEARED = 256, LEVELS = 16, IN_ONE = 64 };

struct run {
    int64_t id, level, into;
    struct str state, reached;
};

/* ---- parts of a run ---- */

static bool add_parts(struct db_tx *tx, int64_t run, const struct runs_pair *pairs, size_t count)
{
    for (size_t at = 0; at < count; at += RUNS_PART) {
        size_t n = count - at < RUNS_PART ? count - at : RUNS_PART;
        struct str bytes = runs_bytes(tx->arena, &pairs[at], n);
        if (!db_exec(tx, "INSERT INTO run_part (run, low, pairs) VALUES ($1, $2, $3)", DB_I(run),
                     DB_B(str_slice(bytes, 0, RUNS_PAIR)), DB_B(bytes)))
            return false;
    }
    return true;
}

static bool add_run(struct db_tx *tx, const struct runs *index, const struct run *r)
{
    return db_exec(tx,
                   "INSERT INTO run (id, name, level, state, into_run, reached) VALUES ($1, $2, $3, $4, 0, "
                   "$5)",
                   DB_I(r->id), DB_C(index->name), DB_I(r->level), DB_S(r->state), DB_B(STR_EMPTY));
}

/* ---- sort ---- */

struct fresh {
    struct runs_pair *pairs;
    size_t count, room;
    int64_t *firsts;
    size_t rows;
};

static bool add_fresh(struct db_tx *tx, struct fresh *f, int64_t first, struct str bytes, bool *full)
{
    struct runs_pair *pairs;
    size_t count;
    if (!runs_read(tx, bytes, &pairs, &count)) return false;
    *full = f->rows > 0 && f->count + count > RUNS_SLICE;
    if (*full) return true;
    if (f->count + count > f->room) {
        struct runs_pair *more =
            ARENA_ARRAY(tx->arena, f->count + count, struct runs_pair); /* one row of many pairs */
        if (f->count) memcpy(more, f->pairs, f->count * sizeof *more);
        f->pairs = more;
        f->room = f->count + count;
    }
    memcpy(f->pairs + f->count, pairs, count * sizeof *pairs);
    f->count += count;
    f->firsts[f->rows++] = first;
    return true;
}

/* The oldest, up to a slice. */
static bool read_fresh(struct db_tx *tx, const struct runs *index, struct fresh *f)
{
    int64_t after = INT64_MIN;
    bool full = false;
    *f = (struct fresh){.room = RUNS_SLICE};
    f->pairs = ARENA_ARRAY(tx->arena, RUNS_SLICE, struct runs_pair);
    f->firsts = ARENA_ARRAY(tx->arena, RUNS_SLICE, int64_t);
    for (;;) {
        struct db_rows r;
        if (!db_query(
                tx, &r,
                "SELECT first, pairs FROM run_fresh WHERE name = $1 AND first > $2 ORDER BY first LIMIT "
                "$3",
                DB_C(index->name), DB_I(after), DB_I(RUNS_LOT)))
            return false;
        for (size_t i = 0; i < r.rows && !full; i++) {
            after = db_int(&r, i, 0);
            if (f->rows == RUNS_SLICE) full = true;
            if (!full && !add_fresh(tx, f, after, db_str(&r, i, 1), &full)) return false;
        }
        if (full || r.rows < RUNS_LOT) return true;
    }
}

/* IN_ONE parameters behind the name, so that one statement serves all; what is left over repeats the last. */
static const char *delete_fresh(struct arena *a)
{
    struct buf b = buf_new(a, 512);
    buf_add_c(&b, "DELETE FROM run_fresh WHERE name = $1 AND first IN (");
    for (int i = 0; i < IN_ONE; i++)
        buf_fmt(&b, i ? ", $%d" : "$%d", i + 2);
    buf_add_c(&b, ")");
    return str_z(a, buf_str(&b));
}

static bool take_fresh(struct db_tx *tx, const struct runs *index, const struct fresh *f)
{
    const char *sql = delete_fresh(tx->arena);
    for (size_t done = 0; done < f->rows; done += IN_ONE) {
        struct db_val params[IN_ONE + 1] = {DB_C(index->name)};
        int64_t changed = 0;
        size_t n = f->rows - done < IN_ONE ? f->rows - done : IN_ONE;
        for (size_t i = 0; i < IN_ONE; i++)
            params[i + 1] = DB_I(f->firsts[done + (i < n ? i : n - 1)]);
        if (!db_exec_n(tx, sql, params, IN_ONE + 1, &changed)) return false;
        if (changed != (int64_t)n) return err_fault(tx->err, "fresh pairs of an index went meanwhile");
    }
    return true;
}

static bool sort(struct db_tx *tx, const struct runs *index, int64_t id, bool *did)
{
    struct fresh f;
    if (!read_fresh(tx, index, &f)) return false;
    *did = f.count >= RUNS_FRESH;
    if (!*did) return true;
    qsort(f.pairs, f.count, sizeof *f.pairs, runs_compare);
    return take_fresh(tx, index, &f) &&
           add_run(tx, index, &(struct run){.id = id, .level = 0, .state = STR(RUN_STANDS)}) &&
           add_parts(tx, id, f.pairs, f.count);
}

/* ---- merge ---- */

/* A run as it is read: the part in hand, and the place in it. */
struct source {
    int64_t run;
    struct str low;
    struct runs_pair *pairs;
    size_t count, at;
    bool ended;
};

static bool take_part(struct db_tx *tx, struct source *s, const struct db_rows *r)
{
    s->ended = r->rows == 0;
    s->at = s->count = 0;
    if (s->ended) return true;
    s->low = db_str(r, 0, 0);
    return runs_read(tx, db_str(r, 0, 1), &s->pairs, &s->count);
}

static bool next_part(struct db_tx *tx, struct source *s)
{
    struct db_rows r;
    return db_query(tx, &r,
                    "SELECT low, pairs FROM run_part WHERE run = $1 AND low > $2 ORDER BY low LIMIT 1",
                    DB_I(s->run), DB_B(s->low)) &&
           take_part(tx, s, &r);
}

/* At the first pair behind the one that was reached. */
static bool open_source(struct db_tx *tx, struct source *s, int64_t run, struct str reached)
{
    struct db_rows r;
    struct runs_pair *last;
    size_t one;
    *s = (struct source){.run = run, .low = STR_EMPTY};
    if (!reached.len) return next_part(tx, s);
    if (!db_query(tx, &r,
                  "SELECT low, pairs FROM run_part WHERE run = $1 AND low <= $2 ORDER BY low DESC LIMIT 1",
                  DB_I(run), DB_B(reached)) ||
        !take_part(tx, s, &r) || !runs_read(tx, reached, &last, &one))
        return false;
    if (s->ended) return next_part(tx, s);
    while (s->at < s->count && runs_compare(&s->pairs[s->at], last) <= 0)
        s->at++;
    return s->at < s->count || next_part(tx, s);
}

static struct source *lowest(struct source *list)
{
    struct source *best = NULL;
    for (size_t i = 0; i < RUNS_MERGED; i++)
        if (!list[i].ended && (!best || runs_compare(&list[i].pairs[list[i].at], &best->pairs[best->at]) < 0))
            best = &list[i];
    return best;
}

/* The next slice of the inputs goes to the end of the run they become. */
static bool add_slice(struct db_tx *tx, const struct run *made, const int64_t inputs[RUNS_MERGED])
{
    struct source list[RUNS_MERGED], *from;
    struct runs_pair *pairs = ARENA_ARRAY(tx->arena, RUNS_SLICE, struct runs_pair);
    size_t count = 0;
    for (size_t i = 0; i < RUNS_MERGED; i++)
        if (!open_source(tx, &list[i], inputs[i], made->reached)) return false;
    while (count < RUNS_SLICE && (from = lowest(list)) != NULL) {
        pairs[count++] = from->pairs[from->at++];
        if (from->at == from->count && !next_part(tx, from)) return false;
    }
    bool ends = lowest(list) == NULL;
    struct str reached = ends || !count ? STR_EMPTY : runs_bytes(tx->arena, &pairs[count - 1], 1);
    if (!add_parts(tx, made->id, pairs, count) ||
        !db_exec(tx, "UPDATE run SET reached = $2, state = $3 WHERE id = $1", DB_I(made->id), DB_B(reached),
                 DB_C(ends ? RUN_STANDS : RUN_MADE)))
        return false;
    return !ends || db_exec(tx, "UPDATE run SET state = '" RUN_GONE "' WHERE into_run = $1", DB_I(made->id));
}

static bool go_on_merging(struct db_tx *tx, const struct run *runs, size_t count, const struct run *made)
{
    int64_t inputs[RUNS_MERGED];
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (runs[i].into == made->id && n < RUNS_MERGED) inputs[n++] = runs[i].id;
    if (n != RUNS_MERGED) return err_fault(tx->err, "a run of an index is made of too few");
    return add_slice(tx, made, inputs);
}

/* The oldest of the lowest level that has enough. */
static bool begin_merging(struct db_tx *tx, const struct runs *index, const struct run *runs, size_t count,
                          int64_t id, bool *did)
{
    int64_t inputs[RUNS_MERGED], level = 0;
    size_t n = 0;
    for (; level < LEVELS && n < RUNS_MERGED; level++) {
        n = 0;
        for (size_t i = 0; i < count && n < RUNS_MERGED; i++)
            if (runs[i].level == level && str_eq_c(runs[i].state, RUN_STANDS)) inputs[n++] = runs[i].id;
    }
    const struct run made = {.id = id, .level = level, .state = STR(RUN_MADE), .reached = STR_EMPTY};
    *did = n == RUNS_MERGED;
    if (!*did) return true;
    if (!add_run(tx, index, &made)) return false;
    for (size_t i = 0; i < RUNS_MERGED; i++)
        if (!db_exec(tx, "UPDATE run SET into_run = $2 WHERE id = $1", DB_I(inputs[i]), DB_I(id)))
            return false;
    return add_slice(tx, &made, inputs);
}

/* ---- clear ---- */

static bool clear(struct db_tx *tx, int64_t run)
{
    struct db_rows r;
    if (!db_query(tx, &r, "SELECT low FROM run_part WHERE run = $1 ORDER BY low LIMIT $2", DB_I(run),
                  DB_I(CLEARED)))
        return false;
    if (r.rows && !db_exec(tx, "DELETE FROM run_part WHERE run = $1 AND low <= $2", DB_I(run),
                           DB_B(db_str(&r, r.rows - 1, 0))))
        return false;
    return r.rows == CLEARED || db_exec(tx, "DELETE FROM run WHERE id = $1", DB_I(run));
}

/* ---- which ---- */

static bool load_runs(struct db_tx *tx, const struct runs *index, struct run **runs, size_t *count)
{
    struct db_rows r;
    if (!db_query(tx, &r, "SELECT id, level, state, into_run, reached FROM run WHERE name = $1 ORDER BY id",
                  DB_C(index->name)))
        return false;
    *count = r.rows;
    *runs = ARENA_ARRAY(tx->arena, r.rows + 1, struct run);
    for (size_t i = 0; i < r.rows; i++)
        (*runs)[i] = (struct run){.id = db_int(&r, i, 0),
                                  .level = db_int(&r, i, 1),
                                  .state = db_str(&r, i, 2),
                                  .into = db_int(&r, i, 3),
                                  .reached = db_str(&r, i, 4)};
    return true;
}

static const struct run *in_state(const struct run *runs, size_t count, const char *state)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(runs[i].state, state)) return &runs[i];
    return NULL;
}

bool runs_tend(struct db_tx *tx, const struct runs *index, int64_t new_id, bool *did)
{
    struct run *runs;
    const struct run *one;
    size_t count;
    if (!sort(tx, index, new_id, did)) return false;
    if (*did) return true;
    *did = true;
    if (!load_runs(tx, index, &runs, &count)) return false;
    if ((one = in_state(runs, count, RUN_GONE)) != NULL) return clear(tx, one->id);
    if ((one = in_state(runs, count, RUN_MADE)) != NULL) return go_on_merging(tx, runs, count, one);
    return begin_merging(tx, index, runs, count, new_id, did);
}
