/* Tamperings of a log of evidence, each audited in the transaction that makes it and taken back: single
 * edits, deletions, swaps, truncations and forks. The last know all keys of the installation: only a head
 * that was kept elsewhere tells.
 *
 * One counts as made only where some byte of what is stored differs from the log as it was, and from what any
 * earlier one of the same log had made of it. */
#ifndef TB_TAMPERING_H
#define TB_TAMPERING_H

#include "modules/evidence/evidence_log.h"

enum { TAMPERINGS = 5, TAMPERED_PAST = 64 };
extern const char *const tampering_names[TAMPERINGS];
enum { TAMPER_EDIT, TAMPER_DELETE, TAMPER_SWAP, TAMPER_TRUNCATE, TAMPER_FORK };

struct tampered_past {
    uint64_t size;
    struct str heads[LOG_HASHES];
};

struct tampered_log {
    struct server *server;
    struct arena *arena;
    uint64_t seed;
    struct tampered_past past[TAMPERED_PAST]; /* heads that were signed once, oldest first */
    size_t past_count;
    int64_t *ids; /* in the log, in order */
    uint64_t size;
    uint64_t *seen; /* of states of the log, the log itself first */
    size_t seen_count, seen_room;
};

/* Keeps the newest head as one that was signed. */
void tampered_log_keep(struct tampered_log *l);
/* Nothing is added to the log from here on. `most`: how many tamperings there will be. */
void tampered_log_ready(struct tampered_log *l, size_t most);
/* The head that somebody keeps elsewhere: the newest. */
struct str tampered_log_saved(const struct tampered_log *l);
/* The log as it is, against that head; "" for none. */
struct evidence_audit tampered_log_audit(const struct tampered_log *l, struct str saved);
/* Makes one, audits it, takes it back. Fails the test where none can be made. */
struct evidence_audit tampered_log_try(struct tampered_log *l, int kind, struct str saved);

#endif
