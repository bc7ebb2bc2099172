#include "core/base/time.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/governance/governance_quality.h"

#define ROOT    "/office/exchange"
#define QUALITY ROOT "/quality/{id}"

static const struct route routes[] = {
    GET(ROOT "/quality", ALLOW("quality.read"), SCOPE(NO_ROW), quality_board, "governance/quality",
        .in = quality_board_fields, .summary = "Quality of data, worst first"),
    GET(ROOT "/quality/table.csv", ALLOW("quality.read"), SCOPE(NO_ROW), quality_board_file, NULL,
        .in = quality_board_fields, .summary = "The same as a table file that names who took it"),
    GET(QUALITY, ALLOW("quality.read"), SCOPE(quality_entry_scope), quality_entry, "governance/quality_entry",
        .summary = "Quality of an entry: scores, history, rules"),
    POST(QUALITY "/rules", ALLOW("quality.keep"), SCOPE(quality_entry_scope), quality_rule_add,
         "governance/quality_entry", .in = quality_rule_fields, .again = quality_entry,
         .summary = "Adds a rule of quality"),
    POST(QUALITY "/rules/drop", ALLOW("quality.keep"), SCOPE(quality_entry_scope), quality_rule_drop,
         "governance/quality_entry", .in = quality_drop_fields, .again = quality_entry,
         .summary = "Takes a rule of quality away"),
    POST(QUALITY "/begin", ALLOW("quality.keep"), SCOPE(quality_entry_scope), quality_rules_begin,
         "governance/quality_entry", .again = quality_entry,
         .summary = "Takes the rules that follow from the description"),
    POST(QUALITY "/check", ALLOW("quality.keep"), SCOPE(quality_entry_scope), quality_check_now,
         "governance/quality_entry", .in = quality_now_fields, .again = quality_entry,
         .summary = "Checks the records of an entry now"),
};

static const struct job_kind jobs[] = {
    {"quality.plan", NULL, quality_planner, .every_ms = 10 * MS_MINUTE},
    {"quality.page", quality_read_page, quality_add_page},
};

static const struct permission permissions[] = {
    {"quality.read", "See the quality of data", "data_steward|data_manager|decider|supervisor"},
    {"quality.keep", "Keep the rules of quality of the department's data", "data_steward"},
};

static const char *const needs[] = {"evidence", "exchange", "orgs", "people", "registry", "watch", NULL};

const struct module governance_module = {
    .name = "governance",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
};
