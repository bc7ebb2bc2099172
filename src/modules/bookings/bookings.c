#include "core/i18n/dates.h"
#include "modules/bookings/bookings_internal.h"
#include "modules/catalogue/catalogue.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

/* ---- words ---- */

static bool minute_of(struct str clock, int *minute)
{
    int64_t hour, rest;
    if (clock.len != 5 || clock.ptr[2] != ':' || !str_to_i64(str_slice(clock, 0, 2), &hour) ||
        !str_to_i64(str_slice(clock, 3, 5), &rest))
        return false;
    *minute = (int)(hour * 60 + rest);
    return hour >= 0 && hour < 24 && rest >= 0 && rest < 60;
}

bool booking_parse(struct str text, int32_t *day, struct str *slot)
{
    struct str date;
    *slot = str_cut(text, ' ', &date);
    return slot->len && date_parse(date, day);
}

struct str booking_text(struct arena *a, int32_t day, struct str slot)
{
    return str_fmt(a, "%.*s %.*s", STR_ARG(date_format(a, day)), STR_ARG(slot));
}

struct str booking_day_label(struct ctx *c, int32_t day)
{
    return date_words_weekday(c->lang, c->arena, day, date_of(c->now));
}

static struct str slot_label(struct arena *a, struct str slot)
{
    struct str from, to = str_cut(slot, '-', &from);
    return to.len ? str_fmt(a, "%.*s–%.*s", STR_ARG(from), STR_ARG(to)) : slot;
}

/* ---- what may be booked ---- */

struct rules {
    const struct json *slots;
    int64_t capacity;
    int32_t today, last;
};

static struct rules rules_of(const struct ctx *c, const struct json *setting)
{
    struct rules r = {.slots = json_get(setting, "slots"),
                      .capacity = json_i64_of(setting, "capacity", 0),
                      .today = date_of(c->now)};
    int64_t ahead = json_i64_of(setting, "days_ahead", 0);
    if (r.capacity < 0) r.capacity = 0;
    if (r.capacity > SEATS_MAX) r.capacity = SEATS_MAX;
    if (ahead < 0) ahead = 0;
    if (ahead > DAYS_AHEAD_MAX) ahead = DAYS_AHEAD_MAX;
    r.last = r.today + (int32_t)ahead;
    return r;
}

/* A slot can be taken until it begins. */
static bool still_ahead(const struct ctx *c, int32_t day, struct str slot)
{
    struct str from;
    int minute;
    str_cut(slot, '-', &from);
    return minute_of(from, &minute) && date_start(day) + minute * MS_MINUTE > c->now;
}

static bool offered(struct ctx *c, const struct rules *r, int32_t day, struct str slot)
{
    if (day < r->today || day > r->last || !workday_is(orgs_calendar(c), day) || !still_ahead(c, day, slot))
        return false;
    JSON_EACH(s, r->slots)
    {
        if (str_eq(s->text, slot)) return true;
    }
    return false;
}

static int64_t taken(const struct slot_count *counts, size_t count, int32_t day, struct str slot)
{
    for (size_t i = 0; i < count; i++)
        if (counts[i].day == day && str_eq(counts[i].slot, slot)) return counts[i].taken;
    return 0;
}

static void add_slot(struct ctx *c, struct json *slots, int32_t day, struct str slot, int64_t left)
{
    struct json *s = json_add_object(c->arena, slots);
    struct str value = booking_text(c->arena, day, slot), label = slot_label(c->arena, slot);
    json_set_str(c->arena, s, "id", value);
    json_set_str(c->arena, s, "value", value);
    json_set_str(c->arena, s, "label", label);
    json_set_str(c->arena, s, "time", label);
    json_set_bool(c->arena, s, "free", left > 0);
    json_set_i64(c->arena, s, "left", left > 0 ? left : 0);
    struct str number = str_fmt(c->arena, "%lld", (long long)left);
    if (left > 0) json_set_str(c->arena, s, "left_text", tr_arg(c->lang, c->arena, "%{arg} left", number));
}

bool booking_offer(struct ctx *c, int64_t item, const struct json *setting, struct json **out)
{
    struct rules r = rules_of(c, setting);
    struct slot_count *counts;
    size_t count;
    if (!bookings_store_counts(c, item, r.today, r.last, &counts, &count)) return false;
    *out = json_object(c->arena);
    struct json *days = json_set_array(c->arena, *out, "days");
    for (int32_t day = r.today; day <= r.last; day++) {
        if (!workday_is(orgs_calendar(c), day)) continue;
        struct json *slots = json_array(c->arena);
        JSON_EACH(s, r.slots)
        {
            if (still_ahead(c, day, s->text))
                add_slot(c, slots, day, s->text, r.capacity - taken(counts, count, day, s->text));
        }
        if (!slots->count) continue;
        struct json *d = json_add_object(c->arena, days);
        json_set_str(c->arena, d, "date", date_format(c->arena, day));
        json_set_str(c->arena, d, "label", booking_day_label(c, day));
        json_set(d, "slots", slots);
    }
    return true;
}

/* ---- taking and giving back ---- */

static bool record(struct ctx *c, const char *act, int64_t case_id, int64_t item, struct str slot)
{
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "item", item);
    json_set_str(c->arena, detail, "slot", slot);
    return evidence_add(c, act, "case", case_id, c->actor.acting_for ? c->actor.acting_for : c->actor.subject,
                        detail);
}

/* The lowest free seat. Another process may take it in the same moment: then the next. */
static bool take_seat(struct ctx *c, struct booking *b, int64_t capacity)
{
    struct db_rows seats;
    size_t known = 0;
    bool done = false;
    if (!bookings_store_seats(c, b, &seats)) return false;
    if ((int64_t)seats.rows < capacity)
        for (b->seat = 0; b->seat < capacity && !done; b->seat++) {
            while (known < seats.rows && db_int(&seats, known, 0) < b->seat)
                known++;
            if (known < seats.rows && db_int(&seats, known, 0) == b->seat) continue;
            if (!bookings_store_add(c, b, &done)) return false;
        }
    return done ||
           err_conflict(c->err, "booking.full", "This time has just been taken. Please choose another one.");
}

/* Whoever moves keeps the earlier place when the new one turns out to be full. */
static bool move(struct ctx *c, struct booking *b, int64_t capacity)
{
    bool removed;
    if (!db_savepoint(&c->tx)) return false;
    if (bookings_store_remove(c, b->case_id, &removed) && take_seat(c, b, capacity))
        return db_release(&c->tx);
    struct err why = *c->err;
    err_clear(c->err);
    if (!db_rollback_to(&c->tx)) return false;
    *c->err = why;
    return false;
}

bool booking_take(struct ctx *c, int64_t case_id, int64_t item, const struct json *setting, struct str text)
{
    struct rules r = rules_of(c, setting);
    struct booking b = {.case_id = case_id, .item = item}, before;
    bool had;
    if (!booking_parse(text, &b.day, &b.slot) || !offered(c, &r, b.day, b.slot))
        return err_at(c->err, STR("slot"), "Please choose one of the times offered.", STR_EMPTY);
    if (!bookings_store_find(c, case_id, &before, &had)) return false;
    if (had && before.item == item && before.day == b.day && str_eq(before.slot, b.slot)) return true;
    const struct item *what = catalogue_by_id(c, item);
    b.unit = what ? what->unit : 0;
    b.division = what ? what->division : STR_EMPTY;
    return move(c, &b, r.capacity) && record(c, had ? "booking.move" : "booking.take", case_id, item,
                                             booking_text(c->arena, b.day, b.slot));
}

bool booking_free(struct ctx *c, int64_t item, const struct json *setting, struct str text, bool *is_free)
{
    struct rules r = rules_of(c, setting);
    struct booking b = {.item = item};
    struct db_rows seats;
    *is_free = false;
    if (!booking_parse(text, &b.day, &b.slot) || !offered(c, &r, b.day, b.slot)) return true;
    if (!bookings_store_seats(c, &b, &seats)) return false;
    *is_free = (int64_t)seats.rows < r.capacity;
    return true;
}

bool booking_of_case(struct ctx *c, int64_t case_id, struct str *slot)
{
    struct booking b;
    bool found;
    *slot = STR_EMPTY;
    if (!bookings_store_find(c, case_id, &b, &found)) return false;
    if (found) *slot = booking_text(c->arena, b.day, b.slot);
    return true;
}

bool booking_ahead(struct ctx *c, int64_t case_id, bool *ahead)
{
    struct booking b;
    bool found;
    *ahead = false;
    if (!bookings_store_find(c, case_id, &b, &found)) return false;
    *ahead = found && still_ahead(c, b.day, b.slot);
    return true;
}

bool booking_cancel(struct ctx *c, int64_t case_id)
{
    struct booking b;
    bool found, removed;
    if (!bookings_store_find(c, case_id, &b, &found)) return false;
    if (!found) return true;
    return bookings_store_remove(c, case_id, &removed) &&
           record(c, "booking.cancel", case_id, b.item, booking_text(c->arena, b.day, b.slot));
}
