/* Evidence (存证): every act that matters leaves a row, written in the same transaction as the act.
 *
 * The table is append-only and each row carries an HMAC-SM3 under the domain key "evidence" over all its
 * columns. Rows know no order; the log over them has one, and no act waits for it. detail holds codes, ids
 * and digests: never names, numbers of people or free text. */
#ifndef TB_EVIDENCE_H
#define TB_EVIDENCE_H

#include "core/http/route.h"

extern const struct module evidence_module;
extern const struct module evidence_log_module; /* "log": what is public, proofs, the sequencer */

/* act: "case.accept", "licence.revoke", "data.read" …; object_kind: "case", "licence", "item", "account" …;
 * subject: whose matter it is (0 none); detail may be NULL. */
bool evidence_add(struct ctx *c, const char *act, const char *object_kind, int64_t object, int64_t subject,
                  const struct json *detail) NODISCARD;
/* The same with the text of an object of JSON. */
bool evidence_add_text(struct ctx *c, const char *act, const char *object_kind, int64_t object,
                       int64_t subject, struct str detail) NODISCARD;

/* An act, column by column. */
struct evidence_row {
    int64_t id, at;
    struct str act;
    int64_t actor_kind, account, unit;
    struct str object_kind;
    int64_t object, subject;
    struct str detail, mac;
};

/* Acts of whichever requests of one transaction, whose digests are computed side by side: fills in mac. id is
 * new, detail the text of an object of JSON. */
bool evidence_add_rows(struct db_tx *tx, struct keyring *keys, struct arena *a, struct evidence_row *rows,
                       size_t count) NODISCARD;

/* The last looks of officers and the program at this subject's data, newest first, at most `limit`: adds
 * {when, who, what, why, href} to the list. Officers are shown by their department. */
bool evidence_seen(struct ctx *c, int64_t subject, int limit, struct json *list) NODISCARD;
/* Officers to whom data of that object were shown (data.read) after the act `after` (its id): accounts, each
 * once. */
bool evidence_readers(struct ctx *c, int64_t object, int64_t after, int64_t **accounts,
                      size_t *count) NODISCARD;
/* Names of departments, given by the module that keeps them (which may need this one, and not the other way
 * round). "" when unknown. */
void evidence_set_unit_name(struct server *s, struct str (*name)(struct ctx *c, int64_t unit));
/* Names of items of shared data (ids separated by commas) of an entry or, where that is 0, of a resource. */
typedef struct str evidence_item_names(struct ctx *c, int64_t entry, int64_t resource, struct str ids);
void evidence_set_item_names(struct server *s, evidence_item_names *names);

/* ---- the log ----
 * Behind the acts, a sequencer puts rows into the order of a log that only grows, whose head is signed: see
 * docs/evidence.md. */
/* What stands under /log/PATH: "checkpoint", "keys", "tile/…", and the same behind "sm3/". MISSING where the
 * signed log has no such thing. */
bool evidence_log_file(struct ctx *c, struct str path, struct str *out) NODISCARD;
/* A head of this log with the cosignature of a witness: kept, and published with the head from then on.
 * DENIED "log.other_head", "log.witness". */
bool evidence_cosign(struct ctx *c, struct str note) NODISCARD;
/* Which witnesses count: keys as merkle_key_text writes them, one a line. Given by the module that knows
 * other installations. */
void evidence_set_witnesses(struct server *s, bool (*keys)(struct ctx *c, struct str *keys));
/* The outcome is a file with the acts about that object in a subject's matter, newest first (at most 200),
 * each with its proof; acts too young for the signed head are counted as waiting. */
bool evidence_send_proofs(struct ctx *c, const char *object_kind, int64_t object, int64_t subject) NODISCARD;
/* Is it a document that evidence_send_proofs made? */
bool evidence_proof_is(const struct json *doc);
struct evidence_verdict {
    struct str origin;
    uint64_t size;
    bool signed_sha256, signed_sm3; /* by the keys given */
    int64_t acts, wrong;
};
/* Offline. keys: what /log/keys answered. INVALID for what is no proof or no key. */
bool evidence_proof_verify(struct arena *a, const struct json *doc, struct str keys,
                           struct evidence_verdict *out, struct err *e) NODISCARD;

/* Computes the whole log again from the records and compares it with what is stored and signed. saved: a head
 * that was kept elsewhere, or "". Findings are msgids with a number; only the first EVIDENCE_FINDINGS are
 * kept. Needs no more memory for a longer log. */
enum { EVIDENCE_FINDINGS = 100 };
struct evidence_finding {
    const char *msgid; /* %{arg} is arg */
    int64_t arg;
};
struct evidence_audit {
    int64_t acts, waiting; /* in the log; recorded, but not in the log yet */
    uint64_t size;
    size_t count; /* of findings; 0: nothing was changed */
    struct evidence_finding findings[EVIDENCE_FINDINGS];
};
bool evidence_audit(struct ctx *c, struct str saved, struct evidence_audit *out) NODISCARD;
void evidence_found(struct evidence_audit *out, const char *msgid, int64_t arg);
/* Given by modules that keep rows beside the log which tell the same: compare them, as the last step of an
 * audit. c->arena is a part that it empties between lots. */
void evidence_add_beside(struct server *s, bool (*audit)(struct ctx *c, struct evidence_audit *out));

/* Permissions: "audit.read" (audit_admin). Pages: /office/audit, /me/access (who looked at my data). */

#endif
