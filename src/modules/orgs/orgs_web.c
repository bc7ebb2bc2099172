#include "core/base/time.h"
#include "core/jobs/jobs.h"
#include "modules/orgs/orgs_internal.h"

/* The place in the head of every page, the chosen one or that of the installation: its name and what it lies
 * in, widest first. */
static bool frame(struct ctx *c, struct json *page)
{
    enum { DEPTH = 4 };
    struct arena *a = c->arena;
    const struct orgs_snapshot *s = orgs_snapshot(c);
    const struct division *chain[DEPTH], *d;
    struct str chosen = orgs_chosen(c);
    d = orgs_division(s, chosen.len ? chosen : s->place);
    size_t depth = 0;
    for (; d && depth < DEPTH; d = d->parent.len ? orgs_division(s, d->parent) : NULL)
        chain[depth++] = d;
    struct json *place = json_set_object(a, page, "place"), *path = json_set_array(a, place, "path");
    json_set_str(a, place, "name", depth ? chain[0]->name : ctx_tr(c, "this place"));
    json_set_bool(a, place, "chosen", chosen.len > 0);
    if (c->actor.kind == ACTOR_OFFICER || !s->division_count)
        json_set(place, "href", json_null(a));
    else
        json_set_c(a, place, "href", "/places");
    while (depth > 1) {
        struct json *o = json_add_object(a, path);
        json_set_str(a, o, "name", chain[--depth]->name);
        json_set(o, "href", json_null(a));
    }
    return true;
}

static const struct route routes[] = {
    GET("/office/settings", ALLOW("settings.read"), SCOPE(NO_ROW), orgs_settings_page, "orgs/settings",
        .summary = "Clocks and limits of this installation"),
    POST("/office/settings", ALLOW("settings.change"), SCOPE(NO_ROW), orgs_settings_save, "orgs/settings",
         .in = orgs_setting_fields, .again = orgs_settings_page,
         .summary = "Changes one of them, at once or from a day on"),
    POST("/office/settings/drop", ALLOW("settings.change"), SCOPE(NO_ROW), orgs_settings_drop,
         "orgs/settings", .in = orgs_setting_drop_fields, .again = orgs_settings_page,
         .summary = "Takes back a change whose day has not come"),
};

static const struct permission permissions[] = {
    {"settings.read", "See clocks and limits of this installation",
     "system_admin|supervisor|data_manager|audit_admin"},
    {"settings.change", "Change clocks and limits of this installation", "system_admin"},
};

static const char *const needs[] = {"evidence", NULL};

static const struct job_kind jobs[] = {
    {"orgs.settings", "Let settings begin to hold on their day", .run = orgs_settings_begin,
     .every_ms = MS_MINUTE},
};

const struct module orgs_module = {
    .name = "orgs",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    .settings = orgs_settings,
    .setting_count = sizeof orgs_settings / sizeof orgs_settings[0],
    .start = orgs_start,
    .refresh = orgs_refresh,
    .stop = orgs_stop,
    .frame = frame,
};
