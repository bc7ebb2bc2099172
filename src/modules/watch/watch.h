/* Watching over the exchange of data (监测): how much it is used, and what looks wrong.
 *
 * A job counts calls into sums by hour and day, about a minute behind; boards read sums alone, so that they
 * cost the same for any number of calls. The same pass compares what operators ask with the rules
 * (watch_rule) and raises alarms, which have an owner, a clock and a reason when they are closed. Nobody
 * whose calls raised one is told. */
#ifndef TB_WATCH_H
#define TB_WATCH_H

#include "core/http/route.h"

extern const struct module watch_module;

/* Calls of a resource since that day that reached its provider, and how many of them it failed. */
bool watch_reached(struct ctx *c, int64_t resource, int32_t since, int64_t *asked, int64_t *failed) NODISCARD;
bool watch_used(struct ctx *c, int64_t resource, int64_t unit, int64_t *calls) NODISCARD;

/* Permissions: "watch.usage" (data_steward: own department; data_manager, supervisor), "watch.alarms"
 * (data_manager, supervisor), "watch.rules" and "watch.persons" (supervisor). */

#endif
