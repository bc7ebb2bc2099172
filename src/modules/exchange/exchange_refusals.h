/* Private to the module: how many refusals of one caller are recorded one by one.
 *
 * Whoever has a key, or one signed request, can have themself refused as often as they like. So many a minute
 * (setting exchange.refusals_a_minute) are rows and evidence of their own; those beyond are answered 429, are
 * counted by reason in the write that refuses them, and become one piece of evidence when the minute has
 * passed. A caller is a system of a department by its code, or another node by its own. */
#ifndef TB_EXCHANGE_REFUSALS_H
#define TB_EXCHANGE_REFUSALS_H

#include "modules/exchange/exchange_call.h"
#include "modules/people/people.h"

enum { REFUSALS_MAX = 10000 /* of the setting */, REFUSALS_SHOWN = 20, REFUSALS_KEPT_DAYS = 30 };

struct refusals {
    struct str caller, result;
    int64_t minute, count;
};

/* ---- exchange_refusals_store.c ---- */
/* *fits: it is one of the `most` that are recorded, and was counted as such. */
bool refusals_store_one(struct ctx *c, struct str caller, int64_t minute, int64_t most, bool *fits) NODISCARD;
bool refusals_store_more(struct ctx *c, const struct refusals *r) NODISCARD;
/* Of minutes before that, not yet recorded, those of one caller and minute beside each other. */
bool refusals_store_due(struct ctx *c, int64_t before, struct refusals **rows, size_t *count) NODISCARD;
bool refusals_store_recorded(struct ctx *c, const struct refusals *r) NODISCARD;
bool refusals_store_sweep(struct ctx *c, int64_t before) NODISCARD;
/* Newest first, at most REFUSALS_SHOWN. */
bool refusals_store_list(struct ctx *c, struct str caller, struct refusals **rows, size_t *count) NODISCARD;
/* Systems of that department with some since that minute, and the last one of them by id. */
bool refusals_store_systems(struct ctx *c, int64_t unit, int64_t since, int64_t *count,
                            int64_t *system) NODISCARD;

/* ---- exchange_refusals.c ---- */
/* Evidence of the minutes that have passed; drops what is old. */
bool refusals_sum(struct ctx *c) NODISCARD;
/* {when, why, count} of that system. */
bool refusals_show(struct ctx *c, struct str caller, struct json *list) NODISCARD;
/* What /office shows of it. */
extern const struct people_part exchange_refusals_part;

#endif
