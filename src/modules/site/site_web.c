#include "modules/site/site_internal.h"

void site_cards(struct ctx *c, const struct item_list *found, struct str query)
{
    struct json *list = json_set_array(c->arena, ctx_doc(c), "items");
    for (size_t i = 0; i < found->count; i++)
        item_card(c, list, found->items[i], query);
    json_set_bool(c->arena, ctx_doc(c), "has_items", list->count > 0);
}

void site_pager(struct ctx *c, struct str next)
{
    if (!next.len) {
        json_set(ctx_doc(c), "pager", json_null(c->arena));
        return;
    }
    struct json *pager = json_set_object(c->arena, ctx_doc(c), "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set_str(c->arena, pager, "next", next);
}

void site_crumb(struct ctx *c, const char *name, const char *href)
{
    struct json *o = json_add_object(c->arena, (struct json *)json_get(ctx_doc(c), "crumbs"));
    json_set_str(c->arena, o, "name", ctx_tr(c, name));
    json_set_c(c->arena, o, "href", href);
    json_set_bool(c->arena, o, "own_words", true);
}

/* ---- statements ---- */

static bool statement(struct ctx *c)
{
    json_set_array(c->arena, ctx_doc(c), "crumbs");
    return true;
}

static bool about(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct catalogue_counts n = catalogue_counts(c);
    struct str place = orgs_division_name(c, orgs_place(c));
    if (place.len)
        json_set_str(c->arena, doc, "operator", str_cat(c->arena, place, STR("人民政府")));
    else
        json_set(doc, "operator", json_null(c->arena));
    json_set_str(c->arena, doc, "total", count_text(c->arena, n.items));
    json_set_str(c->arena, doc, "department_total", count_text(c->arena, n.departments));
    return statement(c);
}

static bool elder(struct ctx *c)
{
    struct arena *a = c->arena;
    static const char *const often[] = {"BI-0003", "BI-0002", "BI-0010", "BI-0001"};
    struct json *list = json_set_array(a, ctx_doc(c), "items");
    for (size_t i = 0; i < sizeof often / sizeof often[0]; i++) {
        const struct item *it = catalogue_of_base(c, str_c(often[i]));
        if (it && (it->audience & FOR_PERSON)) item_card(c, list, it, STR_EMPTY);
    }
    json_set_bool(a, ctx_doc(c), "has_items", list->count > 0);
    return statement(c);
}

static bool help(struct ctx *c)
{
    return ctx_redirect(c, "/elder");
}

static const struct route routes[] = {
    GET("/", ALLOW(PUBLIC), SCOPE(NO_ROW), site_home, "site/home", .flags = ROUTE_CACHED,
        .summary = "Home: themes, departments and what is due for me"),
    GET("/search", ALLOW(PUBLIC), SCOPE(NO_ROW), site_search, "site/results", .in = site_search_fields,
        .flags = ROUTE_CACHED, .summary = "Services found by words as people say them"),
    GET("/search/suggest", ALLOW(PUBLIC), SCOPE(NO_ROW), site_suggest, NULL, .in = site_suggest_fields,
        .flags = ROUTE_CACHED, .summary = "Suggestions while typing"),
    GET("/people", ALLOW(PUBLIC), SCOPE(NO_ROW), site_people, "site/door", .flags = ROUTE_CACHED,
        .summary = "Themes for people"),
    GET("/organisations", ALLOW(PUBLIC), SCOPE(NO_ROW), site_organisations, "site/door",
        .flags = ROUTE_CACHED, .summary = "Themes for businesses and organisations"),
    GET("/themes/{list}/{code}", ALLOW(PUBLIC), SCOPE(NO_ROW), site_theme, "site/theme",
        .in = site_page_fields, .flags = ROUTE_CACHED, .summary = "Services of a theme"),
    GET("/departments", ALLOW(PUBLIC), SCOPE(NO_ROW), site_departments, "site/departments",
        .flags = ROUTE_CACHED, .summary = "Departments with the number of their services"),
    GET("/departments/{id}", ALLOW(PUBLIC), SCOPE(NO_ROW), site_department, "site/department",
        .in = site_page_fields, .flags = ROUTE_CACHED, .summary = "A department and its services"),
    GET("/places", ALLOW(PUBLIC), SCOPE(NO_ROW), site_places, "site/places", .in = site_places_fields,
        .flags = ROUTE_CACHED, .summary = "Places that have services here; one may be chosen with ?place="),
    GET("/about", ALLOW(PUBLIC), SCOPE(NO_ROW), about, "site/about", .flags = ROUTE_CACHED,
        .summary = "Who runs this site"),
    GET("/accessibility", ALLOW(PUBLIC), SCOPE(NO_ROW), statement, "site/accessibility",
        .flags = ROUTE_CACHED, .summary = "Accessibility statement"),
    GET("/privacy", ALLOW(PUBLIC), SCOPE(NO_ROW), statement, "site/privacy", .flags = ROUTE_CACHED,
        .summary = "Privacy statement"),
    GET("/elder", ALLOW(PUBLIC), SCOPE(NO_ROW), elder, "site/elder", .flags = ROUTE_CACHED,
        .summary = "Help for older people"),
    GET("/office/jobs", ALLOW("jobs.manage"), SCOPE(NO_ROW), site_jobs, "site/jobs", .in = site_jobs_fields,
        .summary = "Jobs that wait, run or were parked"),
    POST("/office/jobs/{id}/retry", ALLOW("jobs.manage"), SCOPE(NO_ROW), site_job_retry, NULL,
         .summary = "Try a job again now"),
    GET("/help", ALLOW(PUBLIC), SCOPE(NO_ROW), help, NULL, .flags = ROUTE_HTML_ONLY,
        .summary = "The same under the address people type"),
};

static const char *const needs[] = {"evidence", "orgs",    "catalogue", "people", "licences",
                                    "cases",    "bundles", "desk",      NULL};

static const struct permission permissions[] = {
    {"jobs.manage", "See jobs and try them again", "system_admin"},
};

static bool start(struct ctx *c)
{
    people_add_part(c->server, &site_jobs_part);
    return true;
}

const struct module site_module = {
    .name = "site",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    .start = start,
};
