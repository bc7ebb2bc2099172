/* Private to the module: permits in force on which nobody decided, or nobody but who asked.
 *
 * Earlier versions granted by themselves what the platform asks for its own forms, and what departments ask
 * for theirs. Each such permit is put before who would have to decide it as a request that takes its place
 * (share_permit.replaces): by the provider, and where a department asks by its own office first. It stays in
 * force until that request is decided; if nobody decides in time (exchange.answer_workdays from the day the
 * request is filed, for all who decide together, and never extended) it is suspended until somebody does.
 * Granted or refused, the permit whose place it takes is ended. */
#ifndef TB_EXCHANGE_CONFIRM_H
#define TB_EXCHANGE_CONFIRM_H

#include "modules/exchange/exchange_permit.h"

/* The job: files requests, suspends what was not decided in time. */
bool confirm_run(struct ctx *c, const struct json *payload) NODISCARD;
/* May it be granted? Not while the permit whose place it takes is suspended by somebody: CONFLICT
 * "exchange.state". */
bool confirm_may_grant(struct ctx *c, const struct share_permit *p) NODISCARD;
/* A request was granted or refused: the permit whose place it takes is ended. */
bool confirm_decided(struct ctx *c, const struct share_permit *p) NODISCARD;
/* "confirm": {text, href, label, waits} of the page of either of the two, or null. */
bool confirm_show(struct ctx *c, struct json *doc, const struct share_permit *p) NODISCARD;

#endif
