/* The appointments of one day, for those who receive the people. */
#include "core/http/server.h"
#include "modules/bookings/bookings_internal.h"
#include "modules/catalogue/catalogue.h"
#include "modules/orgs/orgs.h"

/* Codes are pairs of digits; trailing "00" pairs mean the whole of the level above. */
static struct str area_prefix(struct str area)
{
    while (area.len >= 2 && str_ends(area, STR("00")))
        area.len -= 2;
    return area;
}

static void add_booking(struct ctx *c, struct json *list, const struct booking *b)
{
    const struct item *item = catalogue_by_id(c, b->item);
    const struct unit *unit = orgs_unit(c, b->unit);
    struct json *o = json_add_object(c->arena, list);
    struct str from;
    str_cut(b->slot, '-', &from);
    json_set_id(c->arena, o, "case", b->case_id);
    json_set_str(c->arena, o, "slot", b->slot);
    json_set_str(c->arena, o, "time", from);
    json_set_str(c->arena, o, "item_name", item ? item->name : STR_EMPTY);
    json_set_str(c->arena, o, "department", unit ? unit->name : STR_EMPTY);
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/cases/%lld", (long long)b->case_id));
}

static void add_days(struct ctx *c, struct json *doc, int32_t day)
{
    const struct workcalendar *calendar = orgs_calendar(c);
    const struct {
        const char *key;
        int32_t day;
    } links[] = {{"previous_day", workday_add(calendar, day, -1)},
                 {"next_day", workday_add(calendar, day, 1)}};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        struct json *o = json_set_object(c->arena, doc, links[i].key);
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "?day=%.*s", STR_ARG(date_format(c->arena, links[i].day))));
        json_set_str(c->arena, o, "label", booking_day_label(c, links[i].day));
    }
}

bool bookings_day_page(struct ctx *c)
{
    struct booking_view view = {
        .unit = c->actor.unit, .area = area_prefix(c->actor.area), .area_wide = ctx_may(c, "booking.area")};
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "bookings");
    struct booking *rows;
    size_t count;
    int32_t day = date_of(c->now);
    if (in_has(c, "day") && !date_parse(in_text(c, "day"), &day))
        return err_at(c->err, STR("day"), "Please enter a real date, such as 2026-11-21.", STR_EMPTY);
    if (!bookings_store_day(c, &view, day, in_text(c, "slot"), in_i64(c, "after", 0), &rows, &count))
        return false;
    for (size_t i = 0; i < count && i < BOOKINGS_PAGE; i++)
        add_booking(c, list, &rows[i]);
    const struct unit *unit = orgs_unit(c, c->actor.unit);
    json_set_str(c->arena, doc, "scope",
                 view.area_wide ? orgs_division_name(c, c->actor.area)
                 : unit         ? unit->name
                                : STR_EMPTY);
    json_set_str(c->arena, doc, "day", date_format(c->arena, day));
    json_set_str(c->arena, doc, "day_label", booking_day_label(c, day));
    json_set_bool(c->arena, doc, "has_bookings", count > 0);
    add_days(c, doc, day);
    json_set(doc, "pager", json_null(c->arena));
    if (count > BOOKINGS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        const struct booking *last = &rows[BOOKINGS_PAGE - 1];
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?day=%.*s&slot=%.*s&after=%lld", STR_ARG(date_format(c->arena, day)),
                             STR_ARG(url_encode(c->arena, last->slot)), (long long)last->case_id));
    }
    return true;
}

static const struct field day_fields[] = {
    {"day", FIELD_DATE, .label = "Day"},
    {"slot", FIELD_LINE, "Behind this time", .max = 11},
    {"after", FIELD_ID, .label = "and this case"},
    {0},
};

static const struct route routes[] = {
    GET("/office/bookings", ALLOW("booking.read"), SCOPE(NO_ROW), bookings_day_page,
        "bookings/bookings_office", .in = day_fields, .flags = ROUTE_PERSONAL,
        .summary = "Appointments of one day: of the department, or of the desk's area"),
};

static const struct permission permissions[] = {
    {"booking.read", "See the appointments of a day", "desk|reviewer|decider"},
    {"booking.area", "See the appointments of all departments of the area", "desk"},
};

static const char *const needs[] = {"catalogue", "evidence", "orgs", NULL};

const struct module bookings_module = {
    .name = "bookings",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
};
