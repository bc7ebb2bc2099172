#include "modules/orgs/orgs_internal.h"

const struct module orgs_module = {
    .name = "orgs",
    .start = orgs_start,
    .refresh = orgs_refresh,
    .stop = orgs_stop,
};
