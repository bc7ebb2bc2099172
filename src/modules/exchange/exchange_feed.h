/* Private to the module: what systems hand in and follow beside single calls.
 *
 * Rows: the provider's system delivers them. Changes: a permit with the mode "subscribe" reads the feed of a
 * resource whose rows are kept here, from a cursor on, or has it sent to a place of its own; at least once,
 * each change noted as a call before it leaves, only of persons of whom there is a live case unless the
 * permit wants none. A filter of rows holds here as well: what leaves it is told as deleted, what enters it
 * as new, and nothing of what it never let through. Batches: many questions under one number, each
 * authorised, noted and answered alone by jobs. */
#ifndef TB_EXCHANGE_FEED_H
#define TB_EXCHANGE_FEED_H

#include "modules/exchange/exchange_rows.h"
#include "modules/exchange/exchange_sign.h"

enum {
    CHANGES_PAGE = 50,
    CHANGES_MAX = 100,
    SHOWN_STEP = 1000, /* rows that one write looks through for what a permit was told */
    BATCH_MAX = 500,   /* questions */
    BATCH_STEP = 20,   /* of them at a time */
    BATCH_PAGE = 100,
    BATCH_KEPT_DAYS = 7
};

/* How far a permit has come. */
struct feed_cursor {
    int64_t permit, resource, acked, noted;
    struct str place, path; /* "": read, not sent */
    struct str page; /* on its way there, with its proof: what lies between acked and noted; "": nothing */
    /* Of a permit with a filter: 1: which rows it was told of is kept; 0, or below it the place in the feed
     * up to which that was looked through: what it was told before that was kept is being taken in. */
    int64_t shown;
};

/* ---- exchange_feed.c ---- */
/* Writes what was noted, for the department whose system asks. A refusal there (quota, nonce) leaves nothing
 * of it but the refusal of k, and is the error. */
bool feed_record(struct ctx *c, const struct call *k) NODISCARD;
/* Records likewise what was noted last, with the digest of this answer, and gives it with its proof. */
bool feed_send(struct ctx *c, const struct call *k, struct str body) NODISCARD;
/* NULL: not in force. */
const struct share_permit *feed_permit(const struct exchange_snapshot *s, int64_t id);
struct feed_page {
    struct json *list; /* [{seq, op, guid, case, data, masked}] */
    int64_t next;
    bool more;
};
/* Behind `after` and, where it is not 0, up to `until`. note: as calls. */
bool feed_page(struct ctx *c, const struct call *k, int64_t after, int64_t until, bool note, int limit,
               struct feed_page *out) NODISCARD;
/* Before a page behind `after` of a permit with a filter: what it was told before that was kept is taken from
 * the rows behind its cursor that pass, a part in each write; not begun: no page yet. */
bool feed_begin(struct ctx *c, const struct share_permit *p, struct feed_cursor *at, int64_t after,
                bool *begun) NODISCARD;
/* A job: the next part of it, of whichever permit waits for it. */
bool exchange_shown_take(struct ctx *c, const struct json *payload);
/* Rows of that resource changed: who has changes sent to them is told. In a write. */
bool feed_wake(struct ctx *c, int64_t resource) NODISCARD;

/* ---- exchange_feed_web.c ---- */
bool exchange_rows_push(struct ctx *c);
bool exchange_changes(struct ctx *c);
bool exchange_follow(struct ctx *c); /* an officer says where changes go */
bool exchange_changes_send(struct ctx *c, const struct json *payload);
bool exchange_changes_sent(struct ctx *c, const struct json *payload);
extern const struct field exchange_push_fields[], exchange_changes_fields[], exchange_follow_fields[];

/* ---- exchange_batch.c ---- */
bool exchange_batch_submit(struct ctx *c);
bool exchange_batch_fetch(struct ctx *c);
bool exchange_batch_ask(struct ctx *c, const struct json *payload);
bool exchange_batch_answer(struct ctx *c, const struct json *payload);
extern const struct field exchange_batch_fields[], exchange_batch_page_fields[];

/* ---- exchange_feed_store.c ---- */
bool cursor_store_load(struct ctx *c, int64_t permit, struct feed_cursor *out, bool *found) NODISCARD;
bool cursor_store_save(struct ctx *c, const struct feed_cursor *k) NODISCARD;
/* Permits with a filter of which not all they acknowledged was looked through yet. */
bool cursor_store_behind(struct ctx *c, int64_t **permits, size_t *count) NODISCARD;
bool cursor_store_sent_to(struct ctx *c, int64_t resource, int64_t **permits, size_t *count) NODISCARD;

/* ---- exchange_shown_store.c ---- */
/* A row that a permit with a filter was told of: as new at `since`, as deleted at `gone` (0: not). */
struct shown_row {
    bool known;
    int64_t since, gone;
};
bool shown_store_find(struct ctx *c, int64_t permit, int64_t row, struct shown_row *out) NODISCARD;
bool shown_store_put(struct ctx *c, int64_t permit, int64_t row, int64_t since, int64_t gone) NODISCARD;
/* Before rows_store_sweep: those told as deleted so long ago as rows are kept, of rows that go now, and of
 * permits that are over. */
bool shown_store_sweep(struct ctx *c) NODISCARD;
enum { SHOWN_SWEEPS = 2 };
extern const char *const shown_sweep_statements[SHOWN_SWEEPS]; /* for tests: each walks an index */

struct batch {
    int64_t id, system, resource, total, done, at;
    const struct json *doc; /* {mode, purpose, operator, fields, address} */
};
/* Sealed for its place in the batch, under the key of whom it is about. */
struct batch_line {
    int64_t batch, n;
    int64_t subject; /* 0: nobody known here; -1: of an earlier version, sealed for the batch alone */
    int64_t call;    /* its record; 0: not asked yet */
    const struct json *question; /* {number, kind, case, facts} */
    const struct json *answer;   /* NULL: not yet */
    bool erased;                 /* with the person: neither can be read */
};
bool batch_store_add(struct ctx *c, const struct batch *b) NODISCARD;
bool batch_store_load(struct ctx *c, int64_t id, struct batch *out, bool *found) NODISCARD;
bool batch_store_add_line(struct ctx *c, const struct batch_line *l) NODISCARD;
/* From number `from` on. */
bool batch_store_lines(struct ctx *c, int64_t batch, int64_t from, int limit, struct batch_line **rows,
                       size_t *count) NODISCARD;
bool batch_store_answer(struct ctx *c, const struct batch_line *l) NODISCARD;
/* The next one is asked: of this one nothing is left. */
bool batch_store_pass(struct ctx *c, const struct batch_line *l) NODISCARD;
/* Opens what stands in a row. FAULT when it is not what was sealed for that place. */
bool batch_line_open(struct ctx *c, struct batch_line *l, struct str question, struct str answer) NODISCARD;
bool batch_store_sweep(struct ctx *c, int64_t before) NODISCARD;

#endif
