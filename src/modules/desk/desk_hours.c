/* When a kind of window is open, for whom, and how many have an appointment there at a time: kept by
 * administrators. */
#include "core/http/server.h"
#include "modules/desk/desk_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

static bool group_of(struct ctx *c, struct desk_group *out)
{
    struct desk_group *rows;
    size_t count;
    if (!desk_groups(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].letter, ctx_path(c, "letter")) && !str_eq_c(rows[i].letter, DESK_APPOINTED)) {
            *out = rows[i];
            return true;
        }
    return err_missing(c->err, "desk.group", "There is no such group.");
}

static void field(struct ctx *c, struct json *fields, const char *name, const char *label, struct str value,
                  const char *hint, const char *width)
{
    struct json *f = desk_field(c, fields, name, label, "input", true);
    if (!c->failed) json_set_str(c->arena, f, "value", value);
    json_set_str(c->arena, f, "hint", ctx_tr(c, hint));
    json_set_c(c->arena, f, "width", width);
    json_set_c(c->arena, f, "autocomplete", "off");
}

static struct str number(struct ctx *c, int64_t n)
{
    return str_fmt(c->arena, "%lld", (long long)n);
}

/* Departments of this place. */
static void add_units(struct ctx *c, struct json *doc, const struct desk_group *g)
{
    struct json *list = json_set_array(c->arena, doc, "units");
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(units[i]->division, desk_hall(c))) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_id(c->arena, o, "id", units[i]->id);
        json_set_str(c->arena, o, "name", units[i]->name);
        json_set_bool(c->arena, o, "checked", g->units.len && desk_group_takes(g, units[i]->id));
    }
    json_set_bool(c->arena, doc, "has_units", list->count > 0);
}

bool desk_times_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    struct desk_slot slots[SLOTS_MAX];
    struct desk_group g;
    if (!group_of(c, &g)) return false;
    field(c, fields, "hours", "Opening hours", g.hours, "Such as 09:00-12:00 14:00-16:30", "20");
    field(c, fields, "minutes", "Length of an appointment, in minutes", number(c, g.minutes), "From 5 to 240",
          "3");
    field(c, fields, "places", "Appointments at the same time", number(c, g.places),
          "As many windows as receive them; 0: no appointments", "3");
    json_set_str(c->arena, doc, "letter", g.letter);
    json_set_str(c->arena, doc, "name", g.name);
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, "/office/windows/groups/%.*s", STR_ARG(g.letter)));
    size_t a_day = desk_slots(c->arena, &g, slots);
    json_set_str(c->arena, doc, "a_day", number(c, (int64_t)a_day * g.places));
    add_units(c, doc, &g);
    return true;
}

static struct str chosen_units(struct ctx *c)
{
    struct buf b = buf_new(c->arena, 64);
    JSON_EACH(one, json_get(c->in, "units"))
    {
        int64_t id;
        const struct unit *u = str_to_i64(json_text(one), &id) ? orgs_unit(c, id) : NULL;
        if (u && str_eq(u->division, desk_hall(c))) buf_fmt(&b, "%s%lld", b.len ? "|" : "", (long long)id);
    }
    return buf_str(&b);
}

/* One space between, as it is stored. */
static struct str plain_hours(struct ctx *c, struct str hours)
{
    struct buf b = buf_new(c->arena, 64);
    while (hours.len) {
        struct str one;
        hours = str_cut(hours, ' ', &one);
        if (one.len) buf_fmt(&b, "%s%.*s", b.len ? " " : "", STR_ARG(one));
    }
    return buf_str(&b);
}

bool desk_times_save(struct ctx *c)
{
    struct json *detail = json_object(c->arena);
    struct desk_slot slots[SLOTS_MAX];
    struct desk_group g;
    if (!group_of(c, &g)) return false;
    g.hours = plain_hours(c, in_text(c, "hours"));
    g.minutes = in_i64(c, "minutes", 0);
    g.places = in_i64(c, "places", 0);
    g.units = chosen_units(c);
    if (!desk_hours_valid(g.hours))
        return err_at(c->err, STR("hours"), "Please write it as 09:00-12:00 14:00-16:30, in order.",
                      STR_EMPTY);
    if (g.places && !desk_slots(c->arena, &g, slots))
        return err_at(c->err, STR("minutes"), "No appointment of this length fits into the hours.",
                      STR_EMPTY);
    json_set_str(c->arena, detail, "group", g.letter);
    json_set_str(c->arena, detail, "hours", g.hours);
    json_set_i64(c->arena, detail, "minutes", g.minutes);
    json_set_i64(c->arena, detail, "places", g.places);
    ctx_notice(c, "Saved. Appointments made before stay as they are.");
    return desk_group_save_times(c, &g) && evidence_add(c, "desk.hours", "hall", 0, 0, detail) &&
           ctx_redirect(c, "/office/windows");
}
