/* Opening hours of a kind of window, cut into slots. */
#include "modules/desk/desk_internal.h"

static bool minute_of(struct str clock, int *minute)
{
    int64_t hour, rest;
    if (clock.len != 5 || clock.ptr[2] != ':' || !str_to_i64(str_slice(clock, 0, 2), &hour) ||
        !str_to_i64(str_slice(clock, 3, 5), &rest))
        return false;
    *minute = (int)(hour * 60 + rest);
    return hour >= 0 && hour < 24 && rest >= 0 && rest < 60;
}

static bool range_of(struct str text, int *from, int *until)
{
    struct str begin, end = str_cut(text, '-', &begin);
    return minute_of(begin, from) && minute_of(end, until) && *from < *until;
}

bool desk_hours_valid(struct str hours)
{
    int from, until, before = 0;
    while (hours.len) {
        struct str one;
        hours = str_cut(hours, ' ', &one);
        if (!one.len) continue;
        if (!range_of(one, &from, &until) || from < before) return false;
        before = until;
    }
    return true;
}

size_t desk_slots(struct arena *a, const struct desk_group *g, struct desk_slot *out)
{
    size_t count = 0;
    int from, until;
    struct str hours = g->hours;
    while (hours.len && g->minutes > 0) {
        struct str one;
        hours = str_cut(hours, ' ', &one);
        if (!range_of(one, &from, &until)) continue;
        for (; from + g->minutes <= until && count < SLOTS_MAX; from += (int)g->minutes) {
            int end = from + (int)g->minutes;
            out[count++] = (struct desk_slot){
                .from = from,
                .until = end,
                .text = str_fmt(a, "%02d:%02d-%02d:%02d", from / 60, from % 60, end / 60, end % 60)};
        }
    }
    return count;
}

int64_t desk_slot_begins(int32_t day, struct str slot)
{
    int from, until;
    return range_of(slot, &from, &until) ? date_start(day) + from * MS_MINUTE : 0;
}

int64_t desk_slot_ends(int32_t day, struct str slot)
{
    int from, until;
    return range_of(slot, &from, &until) ? date_start(day) + until * MS_MINUTE : 0;
}

static bool names_unit(struct str units, int64_t unit)
{
    int64_t id;
    struct str one;
    while (units.len) {
        units = str_cut(units, '|', &one);
        if (str_to_i64(one, &id) && id == unit) return true;
    }
    return false;
}

bool desk_group_takes(const struct desk_group *g, int64_t unit)
{
    return !g->units.len || names_unit(g->units, unit);
}

bool desk_group_bookable(const struct desk_group *g, int64_t unit)
{
    return !g->ended && g->places > 0 && g->hours.len && desk_group_takes(g, unit);
}
