/* What the two halves of runs.h share: questions (runs.c) and upkeep (runs_keep.c). */
#ifndef TB_RUNS_INTERNAL_H
#define TB_RUNS_INTERNAL_H

#include "core/db/runs.h"

/* As stored in run.state. */
#define RUN_STANDS "stands"
#define RUN_MADE   "made" /* being made of others */
#define RUN_GONE   "gone" /* being cleared away */

enum { RUNS_LOT = 256 }; /* fresh rows read at once */

/* The pairs of stored bytes; FAULT where they are not whole, or there are none. */
bool runs_read(struct db_tx *tx, struct str bytes, struct runs_pair **pairs, size_t *count) NODISCARD;
struct str runs_bytes(struct arena *a, const struct runs_pair *pairs, size_t count);
int runs_compare(const void *a, const void *b);

#endif
