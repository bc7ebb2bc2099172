/* Private to the module: rows a provider delivers and this installation keeps (source kind "file").
 *
 * A delivery is a numbered batch of rows, each with a GUID of the provider's and an operation I, U or D, or a
 * whole file that replaces what there was. Applying one twice is applying it once: the number of a batch is
 * taken with its digest. A row is sealed; its number is found by blind index; its place in the feed (`seq`)
 * is counted in the transaction that changed it, so that who follows the feed misses nothing. A row that was
 * deleted stays as an empty one until ROWS_GONE_DAYS have passed. A number has one row that stands. */
#ifndef TB_EXCHANGE_ROWS_H
#define TB_EXCHANGE_ROWS_H

#include "modules/exchange/exchange_source.h"

enum { DELIVERY_ROWS_MAX = 20000, ROWS_GONE_DAYS = 90, GUID_MAX = 64, REFUSED_SHOWN = 100 };

struct kept_row {
    int64_t id, resource, seq, delivery; /* delivery: that brought it or saw it last */
    struct str guid, op, number;
    const struct json *data; /* NULL of a deleted one */
};

struct delivery {
    int64_t id, resource, at, by; /* by: the system or the account */
    struct str batch;
    struct str digest; /* rows_digest; once applied a keyed one of it */
    int64_t count, inserted, updated, deleted, same, refused;
    struct json *refusals; /* [{guid, reason}] */
    bool whole;            /* what it does not name is deleted */
    bool again;            /* this batch was applied before: what came of it then */
};

/* ---- exchange_rows.c ---- */
/* rows: [{guid, op, number, data}]. CONFLICT "exchange.batch_changed" when the number was taken with other
 * rows. Changes nothing of rows that are refused; d says how many of what. In a write. */
bool rows_apply(struct ctx *c, const struct source *s, struct delivery *d, const struct json *rows) NODISCARD;
/* The rows of a file in CSV (RFC 4180, UTF-8, first line names) or JSON (an array of objects): INVALID at the
 * field "file". */
bool rows_of_file(struct ctx *c, const struct source *s, struct str content, struct json **rows) NODISCARD;
/* SM3 in hex over the canonical form of every row in order, a line feed behind each: what both sides can
 * count alike. */
struct str rows_digest(struct arena *a, const struct json *rows);
/* The record of a number: a source that does not wait. */
bool rows_provide(struct ctx *c, const struct source *s, struct str number,
                  const struct json **record) NODISCARD;

/* ---- exchange_rows_store.c ---- */
bool rows_store_find(struct ctx *c, int64_t resource, struct str number, struct kept_row **rows,
                     size_t *count) NODISCARD;
bool rows_store_by_guid(struct ctx *c, int64_t resource, struct str guid, struct kept_row *out,
                        struct str *digest, bool *found) NODISCARD;
bool rows_store_put(struct ctx *c, const struct kept_row *r, struct str digest, int64_t delivery) NODISCARD;
bool rows_store_seen(struct ctx *c, int64_t id, int64_t delivery) NODISCARD;
/* Rows that stand and were not seen by that delivery; at most 500. */
bool rows_store_unseen(struct ctx *c, int64_t resource, int64_t delivery, struct kept_row **rows,
                       size_t *count) NODISCARD;
/* Behind `after` in the feed, in its order. */
bool rows_store_changes(struct ctx *c, int64_t resource, int64_t after, int limit, struct kept_row **rows,
                        size_t *count) NODISCARD;
bool rows_store_next(struct ctx *c, int64_t resource, int64_t *seq) NODISCARD;
bool rows_store_count(struct ctx *c, int64_t resource, int64_t *rows, int64_t *last) NODISCARD;
bool rows_store_sweep(struct ctx *c) NODISCARD;
bool delivery_store_add(struct ctx *c, const struct delivery *d) NODISCARD;
bool delivery_store_find(struct ctx *c, int64_t resource, struct str batch, struct delivery *out,
                         bool *found) NODISCARD;
bool delivery_store_list(struct ctx *c, int64_t resource, int limit, struct delivery **rows,
                         size_t *count) NODISCARD;

#endif
