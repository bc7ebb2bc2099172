#include "modules/catalogue/catalogue_internal.h"

static const char *const needs[] = {"evidence", "forms", "orgs", "processes", NULL};

static const struct route routes[] = {
    GET("/items/{id}", ALLOW(PUBLIC), SCOPE(NO_ROW), guide_page, "catalogue/guide", .flags = ROUTE_CACHED,
        .summary = "The guide of a service"),
    GET("/laws/{id}", ALLOW(PUBLIC), SCOPE(NO_ROW), law_page, "catalogue/law", .flags = ROUTE_CACHED,
        .summary = "A law with its articles and the services that rest on it"),
    GET("/directory", ALLOW(PUBLIC), SCOPE(NO_ROW), directory_page, "catalogue/directory",
        .in = directory_fields, .flags = ROUTE_CACHED,
        .summary = "All services with the time set by law and the promised time"),
    GET("/office/catalogue", ALLOW("catalogue.read"), SCOPE(NO_ROW), office_list, "catalogue/catalogue_list",
        .in = office_list_fields, .summary = "The directory for those who keep it"),
    GET("/office/catalogue/review", ALLOW("catalogue.read"), SCOPE(NO_ROW), office_review_list,
        "catalogue/catalogue_list", .in = office_list_fields, .summary = "Drafts that wait for review"),
    GET("/office/catalogue/new", ALLOW("catalogue.edit"), SCOPE(NO_ROW), office_new,
        "catalogue/catalogue_new", .summary = "The form that begins a new service"),
    POST("/office/catalogue/new", ALLOW("catalogue.edit"), SCOPE(NO_ROW), office_create,
         "catalogue/catalogue_new", .in = office_new_fields, .again = office_new,
         .summary = "Begin a new service as a draft"),
    GET("/office/catalogue/{id}", ALLOW("catalogue.read"), SCOPE(office_item_scope), office_edit,
        "catalogue/catalogue_edit", .summary = "A service with its draft and versions"),
    POST("/office/catalogue/{id}", ALLOW("catalogue.edit"), SCOPE(office_item_scope), office_save,
         "catalogue/catalogue_edit", .in = office_edit_fields, .again = office_edit,
         .summary = "Save the draft, or send it to review"),
    GET("/office/catalogue/{id}/basics", ALLOW("catalogue.edit"), SCOPE(office_item_scope), office_mend_page,
        "catalogue/catalogue_new",
        .summary = "Code, type, department and audience of a service nobody has seen"),
    POST("/office/catalogue/{id}/basics", ALLOW("catalogue.edit"), SCOPE(office_item_scope), office_mend,
         "catalogue/catalogue_new", .in = office_mend_fields, .again = office_mend_page,
         .summary = "Mend what a new service was begun with"),
    GET("/office/catalogue/{id}/review", ALLOW("catalogue.read"), SCOPE(office_item_scope), office_review,
        "catalogue/catalogue_review", .summary = "What a draft changes"),
    POST("/office/catalogue/{id}/publish", ALLOW("catalogue.publish"), SCOPE(office_item_scope),
         office_publish, "catalogue/catalogue_review", .again = office_review,
         .summary = "Publish a reviewed draft"),
    POST("/office/catalogue/{id}/return", ALLOW("catalogue.publish"), SCOPE(office_item_scope), office_return,
         "catalogue/catalogue_review", .in = office_return_fields, .again = office_review,
         .summary = "Return a draft to its author"),
};

static const struct permission permissions[] = {
    {"catalogue.read", "See the directory with drafts", "editor|steward|supervisor"},
    {"catalogue.edit", "Edit services", "editor"},
    {"catalogue.publish", "Review and publish services", "steward|supervisor"},
};

const struct module catalogue_module = {
    .name = "catalogue",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    .start = catalogue_start,
    .refresh = catalogue_refresh,
    .stop = catalogue_stop,
};
