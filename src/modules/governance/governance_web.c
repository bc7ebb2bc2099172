#include "core/base/time.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/governance/governance_correction.h"
#include "modules/governance/governance_demand.h"
#include "modules/governance/governance_quality.h"
#include "modules/orgs/orgs.h"

#define ROOT    "/office/exchange"
#define QUALITY ROOT "/quality/{id}"
#define ONE     ROOT "/corrections/{id}"
#define CORRECT ROOT "/entries/{id}/correct"
#define DEMAND  ROOT "/demands/{id}"
#define MINE    "/me/exchange/{id}/correct"

static const struct route routes[] = {
    GET(ROOT "/quality", ALLOW("quality.read"), SCOPE(NO_ROW), quality_board, "governance/quality",
        .in = quality_board_fields, .summary = "Quality of data, worst first"),
    GET(ROOT "/quality/table.csv", ALLOW("quality.read"), SCOPE(NO_ROW), quality_board_file, NULL,
        .in = quality_board_fields, .summary = "The same as a table file that names who took it"),
    GET(QUALITY, ALLOW("quality.read"), SCOPE(quality_entry_scope), quality_entry, "governance/quality_entry",
        .flags = ROUTE_PERSONAL, .summary = "Quality of an entry: scores, history, rules"),
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
    GET(ROOT "/corrections", ALLOW("correction.read"), SCOPE(NO_ROW), correction_list,
        "governance/corrections", .in = correction_list_fields, .flags = ROUTE_PERSONAL,
        .summary = "Corrections the department makes, asked for or was told of"),
    GET(ONE, ALLOW("correction.read"), SCOPE(correction_scope), correction_page, "governance/correction",
        .flags = ROUTE_PERSONAL, .summary = "A correction and what became of it"),
    POST(ONE "/take", ALLOW("correction.answer"), SCOPE(correction_scope), correction_page_take,
         "governance/correction", .again = correction_page, .summary = "Takes a correction to check it"),
    POST(ONE "/answer", ALLOW("correction.answer"), SCOPE(correction_scope), correction_page_answer,
         "governance/correction", .in = correction_answer_fields, .again = correction_page,
         .summary = "Answers a correction; everybody who was given the datum is told"),
    POST(ONE "/note", ALLOW("correction.answer"), SCOPE(correction_scope), correction_page_note,
         "governance/correction", .again = correction_page,
         .summary = "A department says that its own copies are right"),
    GET(CORRECT, ALLOW("correction.ask"), SCOPE(quality_entry_scope), correction_form, "governance/correct",
        .flags = ROUTE_PERSONAL, .summary = "The form to say that a datum is wrong"),
    POST(CORRECT, ALLOW("correction.ask"), SCOPE(quality_entry_scope), correction_send, "governance/correct",
         .in = correction_form_fields, .again = correction_form, .summary = "Says that a datum is wrong"),
    GET(MINE, ALLOW(PERSON), SCOPE(correction_call_scope), correction_my_form, "governance/my_correct",
        .summary = "The form to say that data about me is wrong"),
    POST(MINE, ALLOW(PERSON), SCOPE(correction_call_scope), correction_my_send, "governance/my_correct",
         .in = correction_my_fields, .again = correction_my_form,
         .summary = "Says that data about me is wrong"),
    GET("/me/corrections", ALLOW(PERSON), SCOPE(NO_ROW), correction_mine, "governance/my_corrections",
        .in = correction_mine_fields, .summary = "What was said to be wrong about me, and the answers"),
    GET(ROOT "/demands", ALLOW("demand.read"), SCOPE(NO_ROW), demand_list, "governance/demands",
        .in = demand_list_fields,
        .summary = "What departments need of others; duties to share; the negative list"),
    GET(ROOT "/demands-new", ALLOW("demand.state"), SCOPE(NO_ROW), demand_new, "governance/demand_new",
        .summary = "The form to state what the department needs"),
    POST(ROOT "/demands-new", ALLOW("demand.state"), SCOPE(NO_ROW), demand_create, "governance/demand_new",
         .in = demand_new_fields, .again = demand_new, .summary = "States what the department needs"),
    GET(DEMAND, ALLOW("demand.read"), SCOPE(demand_scope), demand_page, "governance/demand",
        .summary = "A demand, the way it has gone and what may meet it"),
    POST(DEMAND "/propose", ALLOW("demand.match"), SCOPE(demand_scope), demand_page_propose,
         "governance/demand", .in = demand_propose_fields, .again = demand_page,
         .summary = "Puts a demand to a provider"),
    POST(DEMAND "/confirm", ALLOW("demand.answer"), SCOPE(demand_scope), demand_page_confirm,
         "governance/demand", .in = demand_confirm_fields, .again = demand_page,
         .summary = "The provider confirms the source"),
    POST(DEMAND "/refuse", ALLOW("demand.answer"), SCOPE(demand_scope), demand_page_refuse,
         "governance/demand", .in = demand_refuse_fields, .again = demand_page,
         .summary = "The provider says that there is no such data, or that it may not be shared"),
    POST(DEMAND "/evaluate", ALLOW("demand.state"), SCOPE(demand_scope), demand_page_evaluate,
         "governance/demand", .in = demand_evaluate_fields, .again = demand_page,
         .summary = "Says whether the data met the need"),
    POST(DEMAND "/withdraw", ALLOW("demand.state"), SCOPE(demand_scope), demand_page_withdraw,
         "governance/demand", .again = demand_page, .summary = "Withdraws a demand"),
};

static const struct job_kind jobs[] = {
    {"quality.plan", "Begin checks of quality that are due", .run = quality_planner,
     .every_ms = 10 * MS_MINUTE},
    {"quality.page", "Check the quality of data, one page", .prepare = quality_read_page,
     .run = quality_add_page},
};

static const struct permission permissions[] = {
    {"quality.read", "See the quality of data", "data_steward|data_manager|decider|supervisor"},
    {"quality.keep", "Keep the rules of quality of the department's data", "data_steward"},
    {"demand.read", "See what departments need of others", "data_steward|data_manager|decider|supervisor"},
    {"demand.state", "State what the department needs", "data_steward"},
    {"demand.match", "Put a demand to a provider", "data_steward|data_manager"},
    {"demand.answer", "Confirm the source of what others need", "data_steward"},
    {"correction.ask", "Say that a datum of another department is wrong",
     "data_steward|decider|reviewer|desk"},
    {"correction.read", "See corrections of data", "data_steward|data_manager|decider|reviewer|desk"},
    {"correction.answer", "Correct the department's data, note what others corrected", "data_steward"},
};

static const char *const needs[] = {"evidence", "exchange", "notices", "orgs",
                                    "people",   "registry", "watch",   NULL};

static bool start(struct ctx *c)
{
    people_add_part(c->server, &correction_part);
    return true;
}

static const struct setting settings[] = {
    {"exchange.demand_workdays", "A demand for data is answered within", "working days", 1, LIMIT_COUNT_MAX,
     .otherwise = 10},
    {"exchange.correction_workdays", "A request to correct data is answered within", "working days", 1,
     LIMIT_COUNT_MAX, 10, .unverified = true},
};

const struct module governance_module = {
    .name = "governance",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    SETTINGS(settings),
    .start = start,
};
