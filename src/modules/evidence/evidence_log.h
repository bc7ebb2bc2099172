/* The log over the evidence, private to the module.
 *
 * A row of evidence becomes an entry: HMAC-SM3(salt, text of the row), salt = HMAC-SM3 of the row's id under
 * the domain key "evidence.salt". Without the salt an entry tells nothing; with it (it is handed out with a
 * proof, for that one row) anybody computes it again. Entries stand in bundles of 256, and over them two
 * trees: SHA-256, whose head is signed with Ed25519, and SM3, whose head is signed with SM2. The Ed25519 key
 * follows from the root key; the SM2 key is the signer "evidence-log".
 *
 * Order: evidence_add leaves the row's id in evidence_unordered. Whoever holds the lease in evidence_log
 * moves ids from there into the log, in batches; the size of the log, compared and raised in the same
 * transaction, lets only one succeed. Nothing but the act's own transaction waits for any of this. */
#ifndef TB_EVIDENCE_LOG_H
#define TB_EVIDENCE_LOG_H

#include "core/crypto/keyring.h"
#include "engines/merkle/merkle_note.h"
#include "engines/merkle/merkle_tiles.h"
#include "modules/evidence/evidence_internal.h"

enum { EVIDENCE_BATCH = 4096, ID_BYTES = 8, LOG_HASHES = 2 };

struct evidence_log {
    bool found; /* false: nothing was ordered yet */
    struct str origin;
    uint64_t size;
    int64_t owner, until;
    uint64_t signed_size;
    struct str heads[LOG_HASHES]; /* by enum merkle_hash; "" before the first */
    struct str certificate;       /* PEM: whose key signed the SM3 head */
};

struct evidence_bundle {
    uint64_t number;
    int64_t lowest, highest;
    struct str ids, entries;
};

/* ---- rows (evidence_log_store.c) ---- */
bool log_store_find(struct ctx *c, struct evidence_log *out) NODISCARD;
bool log_store_create(struct ctx *c, struct str origin) NODISCARD;
/* *taken is false where another one was faster: the size is no longer `from`, or the lease is another's. */
bool log_store_advance(struct ctx *c, uint64_t from, uint64_t to, int64_t owner, int64_t until,
                       bool *taken) NODISCARD;
bool log_store_release(struct ctx *c, int64_t owner) NODISCARD;
bool log_store_sign(struct ctx *c, uint64_t size, const struct str heads[LOG_HASHES], struct str certificate,
                    bool *taken) NODISCARD;
/* The oldest unordered rows, by id. */
bool log_store_unordered(struct ctx *c, int limit, struct evidence_row **rows, size_t *count) NODISCARD;
/* *gone is false where one of them is not unordered (any longer). */
bool log_store_ordered(struct ctx *c, const int64_t *ids, size_t count, bool *gone) NODISCARD;
bool log_store_bundle(struct ctx *c, uint64_t number, struct evidence_bundle *out, bool *found) NODISCARD;
bool log_store_put_bundle(struct ctx *c, const struct evidence_bundle *b) NODISCARD;
bool log_store_tile(struct ctx *c, int level, uint64_t number, struct str hashes[LOG_HASHES],
                    bool *found) NODISCARD;
bool log_store_put_tile(struct ctx *c, int level, uint64_t number,
                        const struct str hashes[LOG_HASHES]) NODISCARD;
/* Bundles that may hold that row, likeliest first, `limit` of them, whose lowest id is below `below`. */
bool log_store_holding(struct ctx *c, int64_t row, int64_t below, int limit, struct evidence_bundle **out,
                       size_t *count) NODISCARD;
/* For the audit. */
bool log_store_waits(struct ctx *c, int64_t id, bool *waits) NODISCARD;
bool log_store_rows(struct ctx *c, const int64_t *ids, size_t count, struct evidence_row **rows,
                    size_t *found) NODISCARD;
bool log_store_ids(struct ctx *c, bool unordered, int64_t after, int limit, int64_t **ids,
                   size_t *count) NODISCARD;
bool log_store_counts(struct ctx *c, int64_t *rows, int64_t *bundles, int64_t *tiles) NODISCARD;

/* ---- what a row is in the log (evidence_log.c) ---- */
/* When the other arena is exhausted, the transaction fails that would for its own. */
void evidence_share_guard(struct arena *from, struct arena *other);
void evidence_salt(struct ctx *c, int64_t id, uint8_t out[SM3_SIZE]);
void evidence_entry(struct ctx *c, const struct evidence_row *row, uint8_t out[SM3_SIZE]);
/* The same of many at once, and whether each row is other than it was written: arrays of `count`. */
void evidence_entries(struct ctx *c, const struct evidence_row *rows, size_t count,
                      uint8_t (*entries)[SM3_SIZE], bool *altered);
int64_t evidence_bundle_id(const struct evidence_bundle *b, size_t at);
/* A tree of that size over what is stored, read through the transaction of c. */
struct merkle_tiles *evidence_tree(struct ctx *c, enum merkle_hash h, uint64_t size);
/* *index is found only where the log has the row. */
bool evidence_position(struct ctx *c, int64_t row, uint64_t *index, bool *found) NODISCARD;

/* ---- keys ---- */
void evidence_log_seed(struct ctx *c, uint8_t out[ED25519_SEED]);
struct merkle_key evidence_log_key(struct ctx *c, struct str origin);
/* The name under which the SM3 head is signed, which is its origin as well. */
struct str evidence_sm3_name(struct ctx *c, struct str origin);
/* Makes or renews the SM2 signer where that is due: only for whoever signs a new head thereupon. */
bool evidence_log_signer(struct ctx *c, struct str origin, struct signer *out) NODISCARD;
/* The text others need to verify: the key of the log, the certificate of its SM2 signer and that of the
 * installation. */
bool evidence_public_keys(struct ctx *c, const struct evidence_log *log, struct str *out) NODISCARD;

/* ---- ordering (evidence_order.c) ---- */
/* Orders all there is and signs the new head; nothing where another one holds the lease. */
bool evidence_order(struct server *s, int64_t owner, struct err *e) NODISCARD;
struct evidence_sequencer;
/* A thread that does so once a second. */
struct evidence_sequencer *evidence_sequencer_start(struct server *s, struct err *e) NODISCARD;
void evidence_sequencer_stop(struct evidence_sequencer *q);

/* ---- witnesses (evidence_cosign.c) ---- */
struct evidence_cosigned {
    struct str witness, text, signatures, line; /* signatures: this log's own; line: the witness's */
    uint64_t size;
};
bool cosign_store_put(struct ctx *c, const struct evidence_cosigned *s) NODISCARD;
/* The longest head first. */
bool cosign_store_all(struct ctx *c, struct evidence_cosigned **rows, size_t *count) NODISCARD;
/* Adds the lines of witnesses that signed this very head. */
bool evidence_with_cosignatures(struct ctx *c, struct str *note) NODISCARD;
/* MISSING "log.uncosigned" */
bool evidence_newest_cosigned(struct ctx *c, struct str *note) NODISCARD;
/* Keys of witnesses that count, one a line. */
bool evidence_witnesses(struct ctx *c, struct str *keys) NODISCARD;
/* What evidence_add_beside gave. */
bool evidence_beside(struct ctx *c, struct evidence_audit *out) NODISCARD;

/* ---- proofs (evidence_proof.c) ---- */
/* The rows' acts with their proofs under the newest head. */
bool evidence_proofs(struct ctx *c, const struct evidence_row *rows, size_t count,
                     struct json *doc) NODISCARD;

#endif
