#include "modules/catalogue/catalogue_internal.h"

static const char *const needs[] = {"evidence", "orgs", NULL};

static const struct route routes[] = {
    GET("/items/{id}", ALLOW(PUBLIC), SCOPE(NO_ROW), guide_page, "catalogue/guide", .flags = ROUTE_CACHED, .summary = "The guide of a service"),
    GET("/laws/{id}", ALLOW(PUBLIC), SCOPE(NO_ROW), law_page, "catalogue/law", .flags = ROUTE_CACHED, .summary = "A law with its articles and the services that rest on it"),
    GET("/directory", ALLOW(PUBLIC), SCOPE(NO_ROW), directory_page, "catalogue/directory", .in = directory_fields, .flags = ROUTE_CACHED,
        .summary = "All services with the time set by law and the promised time"),
};

const struct module catalogue_module = {
    .name = "catalogue",
    .needs = needs,
    ROUTES(routes),
    .start = catalogue_start,
    .refresh = catalogue_refresh,
    .stop = catalogue_stop,
};
