/* Appointments at the hall (预约): a person takes a place of a kind of window, at a day and time of its
 * hours. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/desk/desk_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

static int32_t last_day(struct ctx *c)
{
    return workday_add(orgs_calendar(c), date_of(c->now), DAYS_AHEAD);
}

static const struct item *service(struct ctx *c)
{
    const struct item *item = catalogue_item(c, ctx_path(c, "id"));
    if (!item) err_missing(c->err, "item", "We cannot find this service.");
    return item;
}

/* The kinds of window that take appointments for that service. */
static bool kinds_for(struct ctx *c, const struct item *item, struct desk_group **rows, size_t *count)
{
    size_t all;
    *count = 0;
    if (!desk_groups(c, rows, &all)) return false;
    for (size_t i = 0; i < all; i++)
        if (desk_group_bookable(&(*rows)[i], item->unit)) (*rows)[(*count)++] = (*rows)[i];
    return true;
}

static const struct desk_group *kind_of(const struct desk_group *rows, size_t count, struct str letter)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].letter, letter)) return &rows[i];
    return NULL;
}

/* ---- the page: a kind of window, a day, a time ---- */

struct choosing {
    struct ctx *c;
    const struct desk_group *kind;
    struct desk_appointment *taken; /* per day and slot; place holds the count */
    size_t taken_count;
    struct desk_slot slots[SLOTS_MAX];
    size_t slot_count;
};

static int64_t left_of(const struct choosing *k, int32_t day, const struct desk_slot *slot)
{
    int64_t left = k->kind->places;
    if (date_start(day) + slot->from * MS_MINUTE <= k->c->now) return 0;
    for (size_t i = 0; i < k->taken_count; i++)
        if (k->taken[i].day == day && str_eq(k->taken[i].slot, slot->text)) left -= k->taken[i].place;
    return left > 0 ? left : 0;
}

static int64_t left_on(const struct choosing *k, int32_t day)
{
    int64_t left = 0;
    for (size_t i = 0; i < k->slot_count; i++)
        left += left_of(k, day, &k->slots[i]);
    return left;
}

static struct str left_text(struct ctx *c, int64_t left)
{
    return left ? tr_arg(c->lang, c->arena, "%{arg} left", str_fmt(c->arena, "%lld", (long long)left))
                : ctx_tr(c, "Full");
}

static void add_kinds(struct ctx *c, struct json *doc, const struct desk_group *rows, size_t count,
                      const struct desk_group *chosen)
{
    struct json *list = json_set_array(c->arena, doc, "kinds");
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", rows[i].name);
        json_set_str(c->arena, o, "hours", rows[i].hours);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?group=%.*s", STR_ARG(rows[i].letter)));
        json_set_bool(c->arena, o, "current", &rows[i] == chosen);
    }
    json_set_bool(c->arena, doc, "several", count > 1);
    json_set_bool(c->arena, doc, "bookable", count > 0);
}

static void add_days(struct choosing *k, struct json *doc, int32_t chosen)
{
    struct ctx *c = k->c;
    struct json *days = json_set_array(c->arena, doc, "days");
    const struct workcalendar *calendar = orgs_calendar(c);
    for (int32_t d = workday_on_or_after(calendar, date_of(c->now)); d <= last_day(c);
         d = workday_next(calendar, d)) {
        struct json *o = json_add_object(c->arena, days);
        int64_t left = left_on(k, d);
        json_set_str(c->arena, o, "label", date_words_weekday(c->lang, c->arena, d, date_of(c->now)));
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "?group=%.*s&day=%.*s", STR_ARG(k->kind->letter),
                             STR_ARG(date_format(c->arena, d))));
        json_set_str(c->arena, o, "left", left_text(c, left));
        json_set_bool(c->arena, o, "free", left > 0);
        json_set_bool(c->arena, o, "current", d == chosen);
    }
}

static void add_slots(struct choosing *k, struct json *doc, int32_t day)
{
    struct ctx *c = k->c;
    struct json *list = json_set_array(c->arena, doc, "slots");
    struct str date = date_format(c->arena, day);
    for (size_t i = 0; i < k->slot_count; i++) {
        int64_t left = left_of(k, day, &k->slots[i]);
        if (!left) continue;
        struct json *s = json_add_object(c->arena, list);
        json_set_str(c->arena, s, "value",
                     str_fmt(c->arena, "%.*s %.*s %.*s", STR_ARG(k->kind->letter), STR_ARG(date),
                             STR_ARG(k->slots[i].text)));
        json_set_str(c->arena, s, "id", str_fmt(c->arena, "s%zu", i));
        json_set_str(c->arena, s, "label", k->slots[i].text);
        json_set_str(c->arena, s, "left", left_text(c, left));
    }
    json_set_bool(c->arena, doc, "has_slots", list->count > 0);
    json_set_str(c->arena, doc, "day_label", date_words_weekday(c->lang, c->arena, day, date_of(c->now)));
}

/* The day that was asked for, else the first one with a free place. */
static int32_t day_of(const struct choosing *k, struct str asked)
{
    const struct workcalendar *calendar = orgs_calendar(k->c);
    int32_t first = workday_on_or_after(calendar, date_of(k->c->now)), last = last_day(k->c), day;
    if (date_parse(asked, &day) && day >= first && day <= last && workday_is(calendar, day)) return day;
    for (day = first; day <= last; day = workday_next(calendar, day))
        if (left_on(k, day)) return day;
    return first;
}

/* What a form that came back had chosen: "A 2026-11-24 09:00-09:30". */
static void asked_for(struct ctx *c, struct str *letter, struct str *day)
{
    struct str rest = str_cut(ctx_param(c, STR("slot")), ' ', letter);
    str_cut(rest, ' ', day);
    if (!letter->len) *letter = ctx_param(c, STR("group"));
    if (!day->len) *day = ctx_param(c, STR("day"));
}

bool desk_appoint_page(struct ctx *c)
{
    const struct item *item = service(c);
    struct json *doc = ctx_doc(c);
    struct choosing k = {.c = c};
    struct desk_group *kinds;
    struct str letter, day;
    size_t count;
    if (!item || !kinds_for(c, item, &kinds, &count)) return false;
    asked_for(c, &letter, &day);
    k.kind = kind_of(kinds, count, letter);
    if (!k.kind && count) k.kind = &kinds[0];
    add_kinds(c, doc, kinds, count, k.kind);
    json_set_str(c->arena, doc, "item_name", c->lang == &lang_en && item->en.len ? item->en : item->name);
    json_set_bool(c->arena, doc, "item_zh", c->lang == &lang_en && !item->en.len);
    json_set_str(c->arena, doc, "item_href", item_href(c->arena, item));
    json_set(doc, "error",
             c->failed && c->failed->field_count
                 ? json_string(c->arena, ctx_tr(c, c->failed->fields[0].msgid))
                 : json_null(c->arena));
    if (!k.kind) return true;
    if (!desk_appointment_counts(c, k.kind->letter, date_of(c->now), last_day(c), &k.taken, &k.taken_count))
        return false;
    k.slot_count = desk_slots(c->arena, k.kind, k.slots);
    int32_t chosen = day_of(&k, day);
    add_days(&k, doc, chosen);
    add_slots(&k, doc, chosen);
    return true;
}

/* ---- taking a place ---- */

/* Only what the page offers: a working day not too far ahead, a slot that has not begun. */
static bool read_slot(struct ctx *c, const struct desk_group *kinds, size_t count, struct desk_appointment *a,
                      int64_t *places)
{
    struct desk_slot slots[SLOTS_MAX];
    struct str letter, date, rest = str_cut(in_text(c, "slot"), ' ', &letter),
                             slot = str_cut(rest, ' ', &date);
    const struct desk_group *kind = kind_of(kinds, count, letter);
    bool known = kind && date_parse(date, &a->day) && a->day >= date_of(c->now) && a->day <= last_day(c) &&
                 workday_is(orgs_calendar(c), a->day);
    size_t n = known ? desk_slots(c->arena, kind, slots) : 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(slot, slots[i].text) && desk_slot_begins(a->day, slot) > c->now) {
            a->slot = slots[i].text;
            a->letter = kind->letter;
            *places = kind->places;
            return true;
        }
    return err_at(c->err, STR("slot"), "Please choose one of the times.", STR_EMPTY);
}

/* Nobody fills the hall's day alone, or is at two windows at once. */
static bool check_others(struct ctx *c, const struct desk_appointment *a)
{
    struct desk_appointment *mine;
    size_t count, open = 0;
    if (!desk_appointments_of(c, a->subject, &mine, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        open += mine[i].ticket == 0;
        if (mine[i].day == a->day &&
            desk_slot_begins(a->day, a->slot) < desk_slot_ends(a->day, mine[i].slot) &&
            desk_slot_begins(a->day, mine[i].slot) < desk_slot_ends(a->day, a->slot))
            return err_at(c->err, STR("slot"), "You have another appointment at that time.", STR_EMPTY);
    }
    return open < APPOINTMENTS_EACH ||
           err_at(c->err, STR("slot"), "You have three appointments already. Please cancel one first.",
                  STR_EMPTY);
}

static bool record(struct ctx *c, const char *act, const struct desk_appointment *a)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "group", a->letter);
    json_set_str(c->arena, detail, "slot",
                 str_fmt(c->arena, "%.*s %.*s", STR_ARG(date_format(c->arena, a->day)), STR_ARG(a->slot)));
    json_set_id(c->arena, detail, "item", a->item);
    return evidence_add(c, act, "appointment", a->id, a->subject, detail);
}

bool desk_appoint(struct ctx *c)
{
    const struct item *item = service(c);
    struct desk_appointment a = {.subject = c->actor.subject};
    struct desk_group *kinds;
    int64_t places;
    size_t count;
    bool done;
    if (!item || !kinds_for(c, item, &kinds, &count) || !read_slot(c, kinds, count, &a, &places) ||
        !check_others(c, &a))
        return false;
    a.item = item->id;
    if (!desk_appointment_add(c, &a, places, &done)) return false;
    if (!done)
        return err_at(c->err, STR("slot"), "This time has just been taken. Please choose another.",
                      STR_EMPTY);
    ctx_notice(c,
               "Your appointment is made. Say your name at the entrance, and you will get a number at once.");
    return record(c, "desk.appoint", &a) && ctx_redirect(c, "/me/appointments");
}

/* ---- mine ---- */

bool desk_add_mine(struct ctx *c, struct json *doc, int64_t subject, const char *base, bool today)
{
    struct json *list = json_set_array(c->arena, doc, "appointments");
    struct desk_appointment *rows;
    struct desk_group *kinds;
    size_t count, kind_count;
    if (!desk_appointments_of(c, subject, &rows, &count) || !desk_groups(c, &kinds, &kind_count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (today && (rows[i].day != date_of(c->now) || rows[i].ticket)) continue;
        const struct item *item = catalogue_by_id(c, rows[i].item);
        const struct desk_group *kind = kind_of(kinds, kind_count, rows[i].letter);
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "day", date_words_weekday(c->lang, c->arena, rows[i].day, date_of(c->now)));
        json_set_str(c->arena, o, "slot", rows[i].slot);
        json_set_str(c->arena, o, "kind", kind ? kind->name : STR_EMPTY);
        json_set_str(c->arena, o, "item_name", item ? item->name : STR_EMPTY);
        json_set_bool(c->arena, o, "open", rows[i].ticket == 0);
        json_set_str(c->arena, o, "action", str_fmt(c->arena, "%s/%lld", base, (long long)rows[i].id));
    }
    json_set_bool(c->arena, doc, "has_appointments", list->count > 0);
    return true;
}

bool desk_my_appointments(struct ctx *c)
{
    return desk_add_mine(c, ctx_doc(c), c->actor.subject, "/me/appointments", false);
}

bool desk_appointment_scope(struct ctx *c)
{
    struct desk_appointment a;
    return ctx_path_id(c, "id", &c->row) && desk_appointment_load(c, c->row, &a);
}

bool desk_appointment_cancel(struct ctx *c)
{
    struct desk_appointment a;
    bool done;
    if (!desk_appointment_load(c, c->row, &a) || !desk_appointment_drop(c, c->row, &done)) return false;
    if (!done)
        return err_conflict(c->err, "desk.arrived",
                            "You are here already: your number has been given for this appointment.");
    ctx_notice(c, "The appointment is cancelled.");
    return record(c, "desk.appoint_cancel", &a) && ctx_redirect(c, "/me/appointments");
}

/* ---- arriving ---- */

bool desk_arrive(struct ctx *c, int64_t id, int64_t *ticket)
{
    struct desk_appointment a;
    struct desk_ticket t = {.letter = STR(DESK_APPOINTED)};
    bool done;
    if (!desk_appointment_load(c, id, &a)) return false;
    *ticket = a.ticket;
    if (a.ticket) return true;
    if (a.day != date_of(c->now))
        return err_conflict(c->err, "desk.day", "This appointment is on another day.");
    t.waits_for = a.letter;
    /* Too early: from its time on. Too late: as everybody. */
    if (c->now < desk_slot_ends(a.day, a.slot)) t.turn = desk_slot_begins(a.day, a.slot);
    if (!desk_issue_for(c, &t) || !desk_appointment_arrived(c, a.id, t.id, &done)) return false;
    if (!done) return err_conflict(c->err, "desk.arrived", "Somebody else has just done this.");
    *ticket = t.id;
    return true;
}

bool desk_appointment_arrive(struct ctx *c)
{
    int64_t ticket;
    return desk_arrive(c, c->row, &ticket) && ctx_redirect(c, "/office/queue/%lld", (long long)ticket);
}
