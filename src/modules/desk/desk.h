/* One window (一窗综办): tickets and calls, appointments at the hall, papers handed over to departments,
 * results handed out or sent, and the self-service kiosk. */
#ifndef TB_DESK_H
#define TB_DESK_H

#include "core/http/route.h"

extern const struct module desk_module;

/* For everybody: "desks" with "has_desks" (kinds of window that take the services of that department, 0: any;
 * with their hours, windows and departments), "desk_place", "desk_address": as in
 * tests/views/site.departments.json. */
bool desk_public(struct ctx *c, struct json *doc, int64_t unit) NODISCARD;

#endif
