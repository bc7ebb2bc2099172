/* Private to the module: one row a place. UNIQUE(item, day, slot, seat) keeps two writers from taking the
 * same one. */
#ifndef TB_BOOKINGS_INTERNAL_H
#define TB_BOOKINGS_INTERNAL_H

#include "core/base/time.h"
#include "modules/bookings/bookings.h"

enum { BOOKINGS_PAGE = 100, SEATS_MAX = 1000, DAYS_AHEAD_MAX = 90 };

struct booking {
    int64_t case_id, item;
    int32_t day;
    struct str slot; /* "09:00-09:30" */
    int64_t seat, unit;
    struct str division;
};

struct slot_count {
    int32_t day;
    struct str slot;
    int64_t taken;
};

/* Whose appointments an officer may see: those of the unit, or (area_wide: the desk) of all units in the
 * area. */
struct booking_view {
    int64_t unit;
    struct str area;
    bool area_wide;
};

/* "2026-11-24 09:00-09:30" → day and "09:00-09:30". */
bool booking_parse(struct str text, int32_t *day, struct str *slot);
struct str booking_text(struct arena *a, int32_t day, struct str slot);
/* "11月24日 星期二" */
struct str booking_day_label(struct ctx *c, int32_t day);

bool bookings_store_counts(struct ctx *c, int64_t item, int32_t from, int32_t to, struct slot_count **list,
                           size_t *count) NODISCARD;
bool bookings_store_find(struct ctx *c, int64_t case_id, struct booking *out, bool *found) NODISCARD;
/* Which seats of that slot are gone, ascending. */
bool bookings_store_seats(struct ctx *c, const struct booking *b, struct db_rows *seats) NODISCARD;
/* *done is false when somebody has just taken that very seat. */
bool bookings_store_add(struct ctx *c, const struct booking *b, bool *done) NODISCARD;
bool bookings_store_remove(struct ctx *c, int64_t case_id, bool *removed) NODISCARD;
/* In order of slot and case, behind (slot, case_id); one more than a page. */
bool bookings_store_day(struct ctx *c, const struct booking_view *view, int32_t day, struct str slot,
                        int64_t case_id, struct booking **list, size_t *count) NODISCARD;

bool bookings_day_page(struct ctx *c);

#endif
