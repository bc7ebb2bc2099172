/* Private to the module: 撤回 while nobody has opened what was passed on. */
#ifndef TB_CASES_LOOKED_H
#define TB_CASES_LOOKED_H

#include "modules/cases/cases_internal.h"

/* What the actor did last that finished a step: the act's id; 0: nothing. */
bool looked_store_done(struct ctx *c, int64_t case_id, int64_t account, int64_t *event) NODISCARD;
/* `then`: how the case would stand when the actor has taken back the step they finished. *opened: a step of
 * what would be called back that a colleague who may do it has looked at since (as evidence has it); NULL:
 * none. The actor's own looks, and those of others, do not count. */
bool case_opened_by_others(struct ctx *c, const struct case_work *w, const struct course_state *then,
                           const struct course_step **opened) NODISCARD;

#endif
