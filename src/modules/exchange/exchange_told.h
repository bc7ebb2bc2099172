/* Private to the module: what departments are told about data they use.
 *
 * Told is who has a permit in force for an entry, or a request open: of a new version, its withdrawal, a
 * pause and its end, of items that a permit names and a version no longer shares; and who asks, when the time
 * to answer is extended or a permit is ended by its provider; both, of a permit on which nobody had decided
 * (exchange_confirm.h). A notice stays; the department's steward takes note of it. kind: "version",
 * "withdrawn", "suspended", "resumed", "loses", "unshared", "extended", "ended", "unconfirmed", "unanswered".
 */
#ifndef TB_EXCHANGE_TOLD_H
#define TB_EXCHANGE_TOLD_H

#include "modules/exchange/exchange_permit.h"
#include "modules/people/people.h"

enum { TOLD_PAGE = 30 };

struct told {
    int64_t id, unit, entry, version, permit, at, noted_by, noted_at; /* permit 0: all of them */
    struct str kind, words, entry_name;
};

/* ---- exchange_told_store.c ---- */
/* Departments with a permit in force or a request open, save the provider. */
bool told_store_holders(struct ctx *c, const struct data_entry *e, int64_t **units, size_t *count) NODISCARD;
bool told_store_add(struct ctx *c, const struct told *t) NODISCARD;
/* Whether who asks was told already that this permit gives less. */
bool told_store_lost(struct ctx *c, const struct share_permit *p, bool *told) NODISCARD;
/* Newest first, those before that id (0: from the top); one more than a page. */
bool told_store_list(struct ctx *c, int64_t unit, bool all, int64_t before, struct told **rows,
                     size_t *count) NODISCARD;
bool told_store_note(struct ctx *c, int64_t unit, int64_t id, bool *done) NODISCARD;
bool told_store_unread(struct ctx *c, int64_t unit, int64_t *count) NODISCARD;

/* ---- exchange_told.c ---- */
bool told_holders(struct ctx *c, const struct data_entry *e, const char *kind, struct str words) NODISCARD;
bool told_asker(struct ctx *c, const struct share_permit *p, const char *kind, struct str words) NODISCARD;

/* ---- pages ---- */
bool exchange_told_page(struct ctx *c);
bool exchange_told_note(struct ctx *c);
extern const struct field exchange_told_fields[], exchange_told_note_fields[];
/* What /office shows of it. */
extern const struct people_part exchange_told_part;

#endif
