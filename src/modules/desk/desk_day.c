/* The desk's list of a day: who comes when, to which kind of window. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/desk/desk_internal.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

/* Where a window leads takes some kinds only, the list is of those. */
static bool groups_of(struct ctx *c, struct desk_day *q)
{
    struct str window = ctx_param(c, STR("window"));
    q->groups = ctx_param(c, STR("group"));
    if (q->groups.len || !window.len) return true;
    if (!desk_window_takes(c, window, &q->groups)) return false;
    /* A window for all who have an appointment takes them whatever for. */
    if (desk_letters_have(q->groups, STR(DESK_APPOINTED))) q->groups = STR_EMPTY;
    return true;
}

static struct str state_of(struct ctx *c, const struct desk_appointment *a)
{
    if (a->ticket) return ctx_tr(c, "Here");
    if (c->now > desk_slot_ends(a->day, a->slot)) return ctx_tr(c, "Did not come");
    return ctx_tr(c, "Not here yet");
}

static bool add_row(struct ctx *c, struct json *list, const struct desk_appointment *a)
{
    struct json *o = json_add_object(c->arena, list);
    const struct item *item = catalogue_by_id(c, a->item);
    struct subject who;
    if (!people_subject(c, a->subject, &who)) return false;
    bool today = a->day == date_of(c->now);
    json_set_str(c->arena, o, "slot", a->slot);
    json_set_str(c->arena, o, "group", a->letter);
    json_set_str(c->arena, o, "place", str_fmt(c->arena, "%lld", (long long)a->place));
    json_set_str(c->arena, o, "name", people_mask_name(c->arena, who.name));
    json_set_str(c->arena, o, "item_name", item ? item->name : STR_EMPTY);
    json_set_str(c->arena, o, "state", state_of(c, a));
    json_set_bool(c->arena, o, "may_arrive", today && !a->ticket);
    json_set_str(c->arena, o, "action",
                 str_fmt(c->arena, "/office/appointments/%lld/arrive", (long long)a->id));
    json_set(o, "ticket",
             a->ticket ? json_string(c->arena, str_fmt(c->arena, "/office/queue/%lld", (long long)a->ticket))
                       : json_null(c->arena));
    return true;
}

bool desk_add_day(struct ctx *c, struct json *doc, const struct desk_day *q, struct desk_appointment *last,
                  bool *more)
{
    struct json *list = json_set_array(c->arena, doc, "appointments");
    struct desk_appointment *rows;
    size_t count;
    if (!desk_appointments_on(c, q, &rows, &count)) return false;
    *more = count > DESK_PAGE;
    for (size_t i = 0; i < count && i < DESK_PAGE; i++) {
        if (!add_row(c, list, &rows[i])) return false;
        *last = rows[i];
    }
    json_set_bool(c->arena, doc, "has_appointments", count > 0);
    return true;
}

static void add_link(struct ctx *c, struct json *doc, const char *key, int32_t day, struct str group)
{
    struct json *o = json_set_object(c->arena, doc, key);
    json_set_str(c->arena, o, "href",
                 str_fmt(c->arena, "?day=%.*s&group=%.*s", STR_ARG(date_format(c->arena, day)),
                         STR_ARG(url_encode(c->arena, group))));
    json_set_str(c->arena, o, "label", date_words_weekday(c->lang, c->arena, day, date_of(c->now)));
}

/* The kinds of window, with the places of the day. */
static bool add_kinds(struct ctx *c, struct json *doc, const struct desk_day *q)
{
    struct json *list = json_set_array(c->arena, doc, "kinds");
    struct desk_group *rows;
    struct desk_slot slots[SLOTS_MAX];
    size_t count;
    if (!desk_groups(c, &rows, &count)) return false;
    bool open = workday_is(orgs_calendar(c), q->day);
    for (size_t i = 0; i < count; i++) {
        struct desk_appointment *taken;
        size_t taken_count;
        int64_t all = 0;
        if (!rows[i].places || rows[i].ended) continue;
        if (!desk_appointment_counts(c, rows[i].letter, q->day, q->day, &taken, &taken_count)) return false;
        for (size_t k = 0; k < taken_count; k++)
            all += taken[k].place;
        int64_t places = open ? (int64_t)desk_slots(c->arena, &rows[i], slots) * rows[i].places : 0;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "letter", rows[i].letter);
        json_set_str(c->arena, o, "name", rows[i].name);
        json_set_str(c->arena, o, "hours", rows[i].hours);
        json_set_str(c->arena, o, "taken",
                     str_fmt(c->arena, "%lld / %lld", (long long)all, (long long)places));
        json_set_bool(c->arena, o, "chosen", str_eq(rows[i].letter, q->groups));
    }
    json_set_bool(c->arena, doc, "closed", !open);
    return true;
}

bool desk_day_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct desk_day q = {.day = date_of(c->now)};
    struct desk_appointment last;
    const struct workcalendar *calendar = orgs_calendar(c);
    bool more;
    if (in_has(c, "day") && !date_parse(in_text(c, "day"), &q.day))
        return err_at(c->err, STR("day"), "Please enter a real date, such as 2026-11-21.", STR_EMPTY);
    if (!groups_of(c, &q)) return false;
    /* Behind "09:00-09:30|A|2". */
    struct str rest = str_cut(in_text(c, "after"), '|', &q.slot), place = str_cut(rest, '|', &q.letter);
    if (!str_to_i64(place, &q.place)) q.place = 0;
    if (!desk_add_day(c, doc, &q, &last, &more) || !add_kinds(c, doc, &q)) return false;
    json_set_str(c->arena, doc, "day", date_format(c->arena, q.day));
    json_set_str(c->arena, doc, "day_label", date_words_weekday(c->lang, c->arena, q.day, date_of(c->now)));
    add_link(c, doc, "previous_day", workday_add(calendar, q.day, -1), q.groups);
    add_link(c, doc, "next_day", workday_next(calendar, q.day), q.groups);
    json_set(doc, "pager", json_null(c->arena));
    if (!more) return true;
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set_str(c->arena, pager, "next",
                 str_fmt(c->arena, "?day=%.*s&group=%.*s&after=%.*s%%7C%.*s%%7C%lld",
                         STR_ARG(date_format(c->arena, q.day)), STR_ARG(url_encode(c->arena, q.groups)),
                         STR_ARG(url_encode(c->arena, last.slot)), STR_ARG(last.letter),
                         (long long)last.place));
    return true;
}
