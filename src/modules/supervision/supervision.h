/* Supervision (电子监察): rules over every case, lights, warnings, and orders (督办) to departments. */
#ifndef TB_SUPERVISION_H
#define TB_SUPERVISION_H

#include "core/http/route.h"

extern const struct module supervision_module;

/* What was charged for a case, in fen: kept once, and looked at with the next round. CONFLICT
 * "supervision.charged" when another amount was noted before. */
bool supervision_charge(struct ctx *c, int64_t case_id, int64_t fen) NODISCARD;

#endif
