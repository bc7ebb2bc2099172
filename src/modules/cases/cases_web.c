#include "modules/cases/cases_internal.h"

static const struct permission permissions[] = {
    {"case.receive", "Receive, accept and hand back applications at the desk", "desk"},
    {"case.review", "Review cases of the department", "reviewer"},
    {"case.decide", "Decide cases of the department", "decider"},
    {"case.work", "Open cases", "desk|reviewer|decider|supervisor"},
    {"case.supervise", "See all cases of the area and their lights", "supervisor"},
};

static const char *const needs[] = {"evidence", "orgs", "people", "registry", "notices", "catalogue", "bookings", "licences", NULL};

const struct module cases_module = {
    .name = "cases",
    .needs = needs,
    PERMISSIONS(permissions),
};
