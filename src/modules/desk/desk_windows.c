/* Groups of numbers and the windows that take them, kept by administrators. */
#include "core/http/server.h"
#include "modules/desk/desk_internal.h"
#include "modules/evidence/evidence.h"

static void add_groups(struct ctx *c, struct json *doc, const struct desk_group *rows, size_t count)
{
    struct json *list = json_set_array(c->arena, doc, "groups");
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "letter", rows[i].letter);
        json_set_str(c->arena, o, "zh_name", rows[i].zh);
        json_set_str(c->arena, o, "en_name", rows[i].en);
        json_set_str(c->arena, o, "waiting", str_fmt(c->arena, "%lld", (long long)rows[i].waiting));
        json_set_bool(c->arena, o, "used", !rows[i].ended);
        bool appointed = str_eq_c(rows[i].letter, DESK_APPOINTED);
        json_set_bool(c->arena, o, "may_end", !appointed);
        json_set(o, "times",
                 appointed ? json_null(c->arena)
                           : json_string(c->arena, str_fmt(c->arena, "/office/windows/groups/%.*s",
                                                           STR_ARG(rows[i].letter))));
        json_set_bool(c->arena, o, "bookable", !rows[i].ended && rows[i].places > 0 && rows[i].hours.len);
        json_set_str(c->arena, o, "hours", rows[i].hours);
        json_set_str(c->arena, o, "minutes", str_fmt(c->arena, "%lld", (long long)rows[i].minutes));
        json_set_str(c->arena, o, "places", str_fmt(c->arena, "%lld", (long long)rows[i].places));
    }
}

bool desk_letters_have(struct str letters, struct str letter)
{
    struct str one;
    while (letters.len) {
        letters = str_cut(letters, '|', &one);
        if (str_eq(one, letter)) return true;
    }
    return false;
}

/* A window and what it may take. */
static void add_window(struct ctx *c, struct json *list, const struct desk_window *w, size_t number,
                       const struct desk_group *groups, size_t count)
{
    struct json *o = json_add_object(c->arena, list), *options = json_set_array(c->arena, o, "options");
    json_set_str(c->arena, o, "number", str_fmt(c->arena, "%zu", number));
    json_set_str(c->arena, o, "window", w->name);
    for (size_t i = 0; i < count; i++) {
        if (groups[i].ended) continue;
        struct json *g = json_add_object(c->arena, options);
        json_set_str(c->arena, g, "letter", groups[i].letter);
        json_set_str(c->arena, g, "name", groups[i].name);
        json_set_bool(c->arena, g, "checked", desk_letters_have(w->groups, groups[i].letter));
    }
}

bool desk_windows_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "windows");
    const struct desk_window none = {0};
    struct desk_group *groups;
    struct desk_window *windows;
    size_t group_count, count;
    if (!desk_groups(c, &groups, &group_count) || !desk_windows(c, &windows, &count)) return false;
    add_groups(c, doc, groups, group_count);
    for (size_t i = 0; i < count; i++)
        add_window(c, list, &windows[i], i + 1, groups, group_count);
    json_set_bool(c->arena, doc, "has_windows", count > 0);
    add_window(c, json_set_array(c->arena, doc, "fresh"), &none, 0, groups, group_count);
    json_set_bool(c->arena, doc, "may_add_group", group_count < GROUPS_MAX);
    json_set_bool(c->arena, doc, "may_add_window", count < WINDOWS_MAX);
    return true;
}

static bool record(struct ctx *c, const char *act, const char *what, struct str value)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, what, value);
    return evidence_add(c, act, "hall", 0, 0, detail) && ctx_redirect(c, "/office/windows");
}

/* A letter stands on tickets and is called by voice: one capital. */
static bool is_letter(struct str s)
{
    return s.len == 1 && s.ptr[0] >= 'A' && s.ptr[0] <= 'Z';
}

bool desk_windows_group(struct ctx *c)
{
    struct desk_group g = {.letter = in_text(c, "letter"),
                           .zh = in_text(c, "name"),
                           .en = in_text(c, "en"),
                           .ended = !in_true(c, "used")};
    struct desk_group *rows;
    size_t count;
    bool known = false;
    if (!is_letter(g.letter))
        return err_at(c->err, STR("letter"), "Please give one capital letter.", STR_EMPTY);
    if (!desk_groups(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        known = known || str_eq(rows[i].letter, g.letter);
    if (!known && count >= GROUPS_MAX)
        return err_conflict(c->err, "desk.groups", "There are as many groups as a hall can have.");
    if (str_eq_c(g.letter, DESK_APPOINTED)) g.ended = false; /* arrivals with an appointment need it */
    return desk_group_save(c, &g) && record(c, "desk.group", "group", g.letter);
}

bool desk_windows_save(struct ctx *c)
{
    struct desk_window w = {.name = in_text(c, "window")}, *windows;
    struct desk_group *groups;
    struct buf b = buf_new(c->arena, 32);
    size_t group_count, count;
    bool known = false;
    if (!desk_groups(c, &groups, &group_count) || !desk_windows(c, &windows, &count)) return false;
    JSON_EACH(letter, json_get(c->in, "takes"))
    {
        for (size_t i = 0; i < group_count; i++)
            if (str_eq(groups[i].letter, json_text(letter)))
                buf_fmt(&b, "%s%.*s", b.len ? "|" : "", STR_ARG(groups[i].letter));
    }
    for (size_t i = 0; i < count; i++)
        known = known || str_eq(windows[i].name, w.name);
    if (!known && count >= WINDOWS_MAX)
        return err_conflict(c->err, "desk.windows", "There are as many windows as a hall can have.");
    w.groups = buf_str(&b);
    return desk_window_save(c, &w) && record(c, "desk.window", "window", w.name);
}

bool desk_windows_drop(struct ctx *c)
{
    return desk_window_drop(c, in_text(c, "window")) &&
           record(c, "desk.window_drop", "window", in_text(c, "window"));
}
