/* Private to the module: what follows when an objection is upheld.
 *
 * The provider suspends the permit at once, alone; going on with it, or ending it, takes a second person of
 * the provider, or the data manager. The department that asked is told why the call should not have been made
 * and says what it did about it. The person is told each time. state of a permit: "granted" → "suspended" →
 * "granted" | "ended". */
#ifndef TB_EXCHANGE_REMEDY_H
#define TB_EXCHANGE_REMEDY_H

#include "modules/exchange/exchange_person.h"

struct permit_stop {
    int64_t id, permit, call, stopped_by, stopped_at, settled_by, settled_at;
    struct str words, outcome, reason; /* outcome: "", "lifted", "ended" */
};

/* ---- exchange_remedy_store.c ---- */
bool stop_store_add(struct ctx *c, const struct permit_stop *s) NODISCARD;
bool stop_store_settle(struct ctx *c, const struct permit_stop *s, bool *done) NODISCARD;
/* The latest of that permit; of that objection. */
bool stop_store_of_permit(struct ctx *c, int64_t permit, struct permit_stop *out, bool *found) NODISCARD;
bool stop_store_of_call(struct ctx *c, int64_t call, struct permit_stop *out, bool *found) NODISCARD;

/* ---- exchange_remedy.c ---- */
/* Rows and acts of a permit's page. call: the objection whose page it is, or 0. */
bool remedy_rows(struct ctx *c, struct json *rows, const struct share_permit *p) NODISCARD;
bool remedy_acts(struct ctx *c, struct json *acts, const struct share_permit *p, int64_t call) NODISCARD;
/* What became of the permit after an objection, in words; "" for nothing. */
bool remedy_words(struct ctx *c, int64_t call, struct str *out) NODISCARD;

/* ---- pages ---- */
bool exchange_permit_suspend(struct ctx *c);
bool exchange_permit_settle(struct ctx *c);
extern const struct field exchange_hold_fields[], exchange_settle_fields[];

#endif
