/* One window (一窗综办): tickets and calls, appointments at the hall, papers handed over to departments,
 * results handed out or sent, and the self-service kiosk. */
#ifndef TB_DESK_H
#define TB_DESK_H

#include "core/http/route.h"

extern const struct module desk_module;

#endif
