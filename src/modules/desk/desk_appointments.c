/* Appointments at the hall (预约): a window's time for any service. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/desk/desk_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

/* Half hours of the office's day, without that of lunch. */
static const char *const slots[] = {"09:00-09:30", "09:30-10:00", "10:00-10:30", "10:30-11:00",
                                    "11:00-11:30", "11:30-12:00", "14:00-14:30", "14:30-15:00",
                                    "15:00-15:30", "15:30-16:00", "16:00-16:30"};
enum { SLOTS = sizeof slots / sizeof slots[0] };

static int64_t begins(int32_t day, const char *slot)
{
    return date_start(day) + ((slot[0] - '0') * 10 + slot[1] - '0') * MS_HOUR +
           ((slot[3] - '0') * 10 + slot[4] - '0') * MS_MINUTE;
}

static int32_t last_day(struct ctx *c)
{
    return workday_add(orgs_calendar(c), date_of(c->now), DAYS_AHEAD);
}

static int64_t taken(const struct desk_appointment *rows, size_t count, int32_t day, const char *slot)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].day == day && str_eq_c(rows[i].slot, slot)) return rows[i].place;
    return 0;
}

static const struct item *service(struct ctx *c)
{
    const struct item *item = catalogue_item(c, ctx_path(c, "id"));
    if (!item) err_missing(c->err, "item", "We cannot find this service.");
    return item;
}

static void add_day(struct ctx *c, struct json *days, int32_t day, const struct desk_appointment *rows,
                    size_t count, int64_t places)
{
    struct json *o = json_add_object(c->arena, days);
    struct json *list = json_set_array(c->arena, o, "slots");
    json_set_str(c->arena, o, "label", date_words_weekday(c->lang, c->arena, day, date_of(c->now)));
    for (int i = 0; i < SLOTS; i++) {
        int64_t left = places - taken(rows, count, day, slots[i]);
        if (begins(day, slots[i]) <= c->now) continue;
        struct json *s = json_add_object(c->arena, list);
        struct str date = date_format(c->arena, day);
        json_set_str(c->arena, s, "value", str_fmt(c->arena, "%.*s %s", STR_ARG(date), slots[i]));
        json_set_str(c->arena, s, "id", str_fmt(c->arena, "s%.*s-%.5s", STR_ARG(date), slots[i]));
        json_set_c(c->arena, s, "label", slots[i]);
        json_set_bool(c->arena, s, "free", left > 0);
    }
    json_set_bool(c->arena, o, "has_slots", list->count > 0);
}

bool desk_appoint_page(struct ctx *c)
{
    const struct item *item = service(c);
    struct json *doc = ctx_doc(c), *days = json_set_array(c->arena, doc, "days");
    struct desk_appointment *rows;
    size_t count;
    int64_t places;
    if (!item || !orgs_number(c, "desk.places", &places) ||
        !desk_appointment_counts(c, date_of(c->now), last_day(c), &rows, &count))
        return false;
    for (int32_t d = workday_on_or_after(orgs_calendar(c), date_of(c->now)); d <= last_day(c);
         d = workday_next(orgs_calendar(c), d))
        add_day(c, days, d, rows, count, places);
    json_set_str(c->arena, doc, "item_name", c->lang == &lang_en && item->en.len ? item->en : item->name);
    json_set_str(c->arena, doc, "item_href", item_href(c->arena, item));
    json_set(doc, "error",
             c->failed && c->failed->field_count
                 ? json_string(c->arena, ctx_tr(c, c->failed->fields[0].msgid))
                 : json_null(c->arena));
    return true;
}

/* Only what the page offers: a working day not too far ahead, a slot that has not begun. */
static bool read_slot(struct ctx *c, struct desk_appointment *a)
{
    struct str date, slot = str_cut(in_text(c, "slot"), ' ', &date);
    bool known = date_parse(date, &a->day) && a->day >= date_of(c->now) && a->day <= last_day(c) &&
                 workday_is(orgs_calendar(c), a->day);
    for (int i = 0; known && i < SLOTS; i++)
        if (str_eq_c(slot, slots[i]) && begins(a->day, slots[i]) > c->now) {
            a->slot = str_c(slots[i]);
            return true;
        }
    return err_at(c->err, STR("slot"), "Please choose one of the times.", STR_EMPTY);
}

bool desk_appoint(struct ctx *c)
{
    const struct item *item = service(c);
    struct desk_appointment a = {.subject = c->actor.subject}, *mine;
    int64_t places;
    size_t count;
    bool done;
    if (!item || !read_slot(c, &a) || !orgs_number(c, "desk.places", &places) ||
        !desk_appointments_of(c, a.subject, &mine, &count))
        return false;
    /* Nobody fills the hall's day alone. */
    if (count >= 3)
        return err_at(c->err, STR("slot"), "You have three appointments already. Please cancel one first.",
                      STR_EMPTY);
    a.item = item->id;
    if (!desk_appointment_add(c, &a, places, &done)) return false;
    if (!done)
        return err_at(c->err, STR("slot"), "This time has just been taken. Please choose another.",
                      STR_EMPTY);
    ctx_notice(c,
               "Your appointment is made. Say your name at the entrance, and you will get a number at once.");
    return evidence_add(c, "desk.appoint", "appointment", a.id, a.subject, NULL) &&
           ctx_redirect(c, "/me/appointments");
}

bool desk_my_appointments(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "appointments");
    struct desk_appointment *rows;
    size_t count;
    if (!desk_appointments_of(c, c->actor.subject, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct item *item = catalogue_by_id(c, rows[i].item);
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "day", date_words_weekday(c->lang, c->arena, rows[i].day, date_of(c->now)));
        json_set_str(c->arena, o, "slot", rows[i].slot);
        json_set_str(c->arena, o, "item_name", item ? item->name : STR_EMPTY);
        json_set_bool(c->arena, o, "open", rows[i].ticket == 0);
        json_set_str(c->arena, o, "action",
                     str_fmt(c->arena, "/me/appointments/%lld/cancel", (long long)rows[i].id));
    }
    json_set_bool(c->arena, doc, "has_appointments", count > 0);
    return true;
}

bool desk_appointment_scope(struct ctx *c)
{
    struct desk_appointment a;
    return ctx_path_id(c, "id", &c->row) && desk_appointment_load(c, c->row, &a);
}

bool desk_appointment_cancel(struct ctx *c)
{
    ctx_notice(c, "The appointment is cancelled.");
    return desk_appointment_drop(c, c->row) &&
           evidence_add(c, "desk.appoint_cancel", "appointment", c->row, c->actor.subject, NULL) &&
           ctx_redirect(c, "/me/appointments");
}

bool desk_appointment_arrive(struct ctx *c)
{
    struct desk_appointment a;
    struct desk_ticket t;
    bool done;
    if (!desk_appointment_load(c, c->row, &a)) return false;
    if (a.day != date_of(c->now))
        return err_conflict(c->err, "desk.day", "This appointment is on another day.");
    if (a.ticket) return ctx_redirect(c, "/office/queue/%lld", (long long)a.ticket);
    if (!desk_issue(c, STR(DESK_APPOINTED), &t) || !desk_appointment_arrived(c, a.id, t.id, &done))
        return false;
    if (!done) return err_conflict(c->err, "desk.arrived", "Somebody else has just done this.");
    return ctx_redirect(c, "/office/queue/%lld", (long long)t.id);
}
