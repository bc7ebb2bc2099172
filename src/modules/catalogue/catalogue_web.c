#include "modules/catalogue/catalogue_internal.h"

static const char *const needs[] = {"evidence", "orgs", NULL};

const struct module catalogue_module = {
    .name = "catalogue",
    .needs = needs,
    .start = catalogue_start,
    .refresh = catalogue_refresh,
    .stop = catalogue_stop,
};
