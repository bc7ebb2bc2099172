/* Where the desks are, when they are open and whose services they take: for everybody. */
#include "modules/desk/desk_internal.h"
#include "modules/orgs/orgs.h"

static const char *comma(const struct ctx *c)
{
    return c->lang == &lang_en ? ", " : "、";
}

/* "09:00-12:00 14:00-16:30" as people write it. */
static struct str hours_text(struct ctx *c, struct str hours)
{
    struct buf b = buf_new(c->arena, 64);
    while (hours.len) {
        struct str slot, from, until;
        hours = str_cut(hours, ' ', &slot);
        until = str_cut(slot, '-', &from);
        buf_fmt(&b, "%s%.*s–%.*s", b.len ? comma(c) : "", STR_ARG(from), STR_ARG(until));
    }
    return b.len ? tr_arg(c->lang, c->arena, "Working days, %{arg}", buf_str(&b)) : STR_EMPTY;
}

static struct str windows_text(struct ctx *c, const struct desk_window *windows, size_t count,
                               struct str letter)
{
    struct buf b = buf_new(c->arena, 64);
    for (size_t i = 0; i < count; i++)
        if (!windows[i].groups.len || desk_letters_have(windows[i].groups, letter))
            buf_fmt(&b, "%s%.*s", b.len ? comma(c) : "", STR_ARG(windows[i].name));
    return buf_str(&b);
}

static void add_takes(struct ctx *c, struct json *desk, const struct desk_group *g)
{
    struct json *list = json_set_array(c->arena, desk, "takes");
    const struct unit **units;
    size_t count = g->units.len ? orgs_units(c, &units) : 0;
    for (size_t i = 0; i < count; i++) {
        if (!desk_group_takes(g, units[i]->id)) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", units[i]->name);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/departments/%lld", (long long)units[i]->id));
    }
    json_set_bool(c->arena, desk, "takes_all", !g->units.len);
}

static void set_known(struct ctx *c, struct json *o, const char *key, struct str value)
{
    json_set(o, key, value.len ? json_string(c->arena, value) : json_null(c->arena));
}

bool desk_public(struct ctx *c, struct json *doc, int64_t unit)
{
    struct json *list = json_set_array(c->arena, doc, "desks");
    struct desk_group *groups;
    struct desk_window *windows;
    struct str address;
    size_t group_count, count;
    if (!desk_groups(c, &groups, &group_count) || !desk_windows(c, &windows, &count) ||
        !orgs_setting(c, "desk.address", &address))
        return false;
    for (size_t i = 0; i < group_count; i++) {
        const struct desk_group *g = &groups[i];
        /* Numbers of those with an appointment are called at the windows of the others. */
        if (g->ended || str_eq_c(g->letter, DESK_APPOINTED) || (unit && !desk_group_takes(g, unit))) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", g->name);
        set_known(c, o, "hours", hours_text(c, g->hours));
        set_known(c, o, "windows", windows_text(c, windows, count, g->letter));
        add_takes(c, o, g);
    }
    json_set_bool(c->arena, doc, "has_desks", list->count > 0);
    json_set_str(c->arena, doc, "desk_place", orgs_division_name(c, desk_hall(c)));
    set_known(c, doc, "desk_address", address);
    return true;
}
