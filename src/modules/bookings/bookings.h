/* Appointments (预约): places per slot and day at a department, taken once per case. */
#ifndef TB_BOOKINGS_H
#define TB_BOOKINGS_H

#include "core/http/route.h"

extern const struct module bookings_module;

/* {days:[{date, slots:[{value:"2026-11-24 09:00-09:30", label, free}]}]} for an item's booking setting
 * ({slots, capacity, days_ahead, place}); working days only. */
bool booking_offer(struct ctx *c, int64_t item, const struct json *setting, struct json **out) NODISCARD;
/* Takes a place, replacing the case's earlier one. CONFLICT "booking.full". */
bool booking_take(struct ctx *c, int64_t case_id, int64_t item, const struct json *setting,
                  struct str slot) NODISCARD;
/* Is it offered, and is there a place left? What is free now may be taken before booking_take asks for it. */
bool booking_free(struct ctx *c, int64_t item, const struct json *setting, struct str slot,
                  bool *is_free) NODISCARD;
bool booking_of_case(struct ctx *c, int64_t case_id, struct str *slot) NODISCARD; /* "" when none */
/* May the case still move to another time? So it is until its own begins. */
bool booking_ahead(struct ctx *c, int64_t case_id, bool *ahead) NODISCARD;
bool booking_cancel(struct ctx *c, int64_t case_id) NODISCARD;

#endif
