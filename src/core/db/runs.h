/* An index in sorted runs: pairs (key, id), found by key, the newest id first.
 *
 * An index of the database takes a page of its own for every key at random; here what a transaction adds is
 * gathered (db_gather) and stands as one row of fresh pairs. Steps of an upkeep sort many fresh rows into a
 * run, and RUNS_MERGED runs of one level into one of the next, a slice at a time (a log-structured merge
 * tree): a pair is written once per level, beside its neighbours, and a question reads the fresh pairs and at
 * most RUNS_MERGED - 1 runs of each level, besides those being merged.
 *
 * Ids are positive and added to an index once. Keys are compared as unsigned numbers; where they are cut from
 * something longer, who asks looks again at what is found. */
#ifndef TB_RUNS_H
#define TB_RUNS_H

#include "core/db/db.h"

enum {
    RUNS_PAIR = 16,    /* bytes: key and id, big-endian, so that pairs compare as bytes */
    RUNS_PART = 240,   /* pairs: a row that fits a page */
    RUNS_SLICE = 8192, /* pairs one step writes */
    RUNS_FRESH = 6144, /* fewer fresh pairs are left as they are */
    RUNS_MERGED = 8,
    RUNS_FOUND = 4096, /* ids at once */
};

struct runs_pair {
    uint64_t key, id;
};

/* An index: static const struct runs calls = RUNS("exchange_call"). */
struct runs {
    struct db_gatherer gatherer;
    const char *name;
};
bool runs_write(const struct db_gatherer *who, struct db_tx *tx, struct str pairs); /* for RUNS */
#define RUNS(name)                                                                                           \
    {                                                                                                        \
        {runs_write}, (name)                                                                                 \
    }

bool runs_add(struct db_tx *tx, const struct runs *r, uint64_t key, int64_t id) NODISCARD;

/* At most `limit` (1 to RUNS_FOUND) ids of that key in [from, before), newest first, with those that this
 * very transaction added; they are all that is left in its arena. */
struct runs_query {
    uint64_t key;
    int64_t from, before;
    size_t limit;
};
bool runs_find(struct db_tx *tx, const struct runs *r, const struct runs_query *q, int64_t **ids,
               size_t *count) NODISCARD;
/* All pairs that are stored, a lot at a time, in no order that matters; *count 0: that was all. Starts from
 * {0}; between lots the transaction's arena may be emptied. broken: somewhere pairs do not rise as they must
 * to be found. */
struct runs_walk {
    int64_t first, run;
    bool fresh_seen, broken;
    uint8_t low[RUNS_PAIR];
    size_t low_len;
    struct runs_pair last;
};
bool runs_next(struct db_tx *tx, const struct runs *r, struct runs_walk *w, struct runs_pair **pairs,
               size_t *count) NODISCARD;
/* Takes every pair of that key away, those that this transaction added among them, and leaves nothing of it
 * behind. */
bool runs_forget(struct db_tx *tx, const struct runs *r, uint64_t key) NODISCARD;

/* To build an index anew from what it was made of, in one write: takes all pairs away, whatever became of
 * them; then stores these, at most RUNS_PART at a time. Nothing was added in that transaction. */
bool runs_clear(struct db_tx *tx, const struct runs *r) NODISCARD;
bool runs_put(struct db_tx *tx, const struct runs *r, const struct runs_pair *pairs, size_t count) NODISCARD;

/* One step of the upkeep, in a write. *did false: there is nothing to do. new_id: of a run that may be made,
 * unique for good and larger than those before. */
bool runs_tend(struct db_tx *tx, const struct runs *r, int64_t new_id, bool *did) NODISCARD;

#endif
