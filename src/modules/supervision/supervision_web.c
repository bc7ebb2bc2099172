#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/people/people.h"
#include "modules/supervision/supervision_rules.h"

static const struct field finding_fields[] = {
    {"level", FIELD_CHOICE, "Level", .choices = "warning|yellow|red"},
    {"kind", FIELD_CHOICE, "Kind",
     .choices =
         "case_soon|case_over|step_soon|step_over|step_order|step_missing|fee|asked_twice|unlisted|"
         "unaccepted|"
         "desk|one_person|"
         "opinion_soon|opinion_over|event_soon|event_over|owed_soon|owed_over|promise_soon|promise_over|"
         "stuck|incident|halted"},
    {"s", FIELD_CHOICE, "Only what stands now, or all", .choices = "now|all"},
    {"unit", FIELD_ID, .label = "Department"},
    {"before", FIELD_ID, .label = "Warnings before this one"},
    {0},
};
static const struct field issue_fields[] = {
    {"words", FIELD_TEXT, "What the department is to do", .required = true, .min = 5, .max = WORDS_MAX},
    {"until", FIELD_DATE, "Working day by which it is answered", .required = true},
    {"unit", FIELD_ID, .label = "Department, where several have the case"},
    {0},
};
static const struct field answer_fields[] = {
    {"from", FIELD_CHOICE, "The page to go back to: the order, or its case", .choices = "case"},
    {"words", FIELD_TEXT, "Words", .required = true, .min = 2, .max = WORDS_MAX},
    {0},
};
static const struct field accept_fields[] = {
    {"remark", FIELD_TEXT, "Words", .required = true, .min = 2, .max = WORDS_MAX},
    {0},
};
static const struct field reason_fields[] = {
    {"reason", FIELD_TEXT, "Reason", .required = true, .min = 2, .max = WORDS_MAX},
    {0},
};
static const struct field order_fields[] = {
    {"f", FIELD_CHOICE, "Open ones, or all", .choices = "open|all"},
    {"unit", FIELD_INT, "Department", .max = INT64_MAX},
    {"due", FIELD_INT, "Day of the last order before", .max = INT64_MAX},
    {"after", FIELD_ID, .label = "The last order before"},
    {0},
};
static const struct field read_fields[] = {{"upto", FIELD_ID, "Messages up to this one", .required = true},
                                           {0}};

#define ONE   "supervision/finding"
#define ORDER "supervision/order"

static const struct route routes[] = {
    GET("/office/supervision", ALLOW("supervision.read"), SCOPE(NO_ROW), supervision_board,
        "supervision/board", .summary = "Lights, warnings and orders by department"),
    GET("/office/supervision/board.csv", ALLOW("supervision.read"), SCOPE(NO_ROW), supervision_board_csv,
        NULL, .summary = "The board as a table for spreadsheets"),
    GET("/office/supervision/findings", ALLOW("supervision.read"), SCOPE(NO_ROW), supervision_findings,
        "supervision/findings", .in = finding_fields, .flags = ROUTE_PERSONAL,
        .summary = "Warnings, newest first"),
    GET("/office/supervision/findings/{id}", ALLOW("supervision.read"), SCOPE(supervision_finding_scope),
        supervision_finding, ONE, .flags = ROUTE_PERSONAL, .summary = "One warning"),
    POST("/office/supervision/findings/{id}/order", ALLOW("supervision.order"),
         SCOPE(supervision_finding_scope), supervision_order_issue, ONE, .in = issue_fields,
         .again = supervision_finding, .summary = "Issues an order to the department"),
    POST("/office/supervision/findings/{id}/excuse", ALLOW("supervision.order"),
         SCOPE(supervision_finding_scope), supervision_finding_excuse, ONE, .in = reason_fields,
         .again = supervision_finding, .summary = "Sets a warning aside, with the reason"),
    GET("/office/supervision/cases/{id}/order", ALLOW("supervision.order"), SCOPE(case_office_scope),
        supervision_case_form, "cases/operation", .flags = ROUTE_PERSONAL,
        .summary = "The form of an order about a case"),
    POST("/office/supervision/cases/{id}/order", ALLOW("supervision.order"), SCOPE(case_office_scope),
         supervision_case_order, "cases/operation", .in = issue_fields, .again = supervision_case_form,
         .summary = "Issues an order about a case to a department that has it"),
    GET("/office/supervision/orders", ALLOW("supervision.read"), SCOPE(NO_ROW), supervision_orders,
        "supervision/orders", .in = order_fields, .flags = ROUTE_PERSONAL,
        .summary = "Orders: open ones by their day"),
    GET("/office/supervision/orders/{id}", ALLOW("supervision.read"), SCOPE(supervision_order_scope),
        supervision_order, ORDER, .flags = ROUTE_PERSONAL, .summary = "One order with its answers"),
    POST("/office/supervision/orders/{id}/answer", ALLOW("supervision.answer"),
         SCOPE(supervision_order_scope), supervision_order_answer, ORDER, .in = answer_fields,
         .again = supervision_order, .summary = "Answers an order for the department"),
    POST("/office/supervision/orders/{id}/accept", ALLOW("supervision.order"), SCOPE(supervision_order_scope),
         supervision_order_accept, ORDER, .in = accept_fields, .again = supervision_order,
         .summary = "Accepts the answer and closes the order"),
    POST("/office/supervision/orders/{id}/send-back", ALLOW("supervision.order"),
         SCOPE(supervision_order_scope), supervision_order_send_back, ORDER, .in = reason_fields,
         .again = supervision_order, .summary = "Sends the answer back"),
    GET("/office/supervision/messages", ALLOW("supervision.messages"), SCOPE(NO_ROW), supervision_messages,
        "supervision/messages", .flags = ROUTE_PERSONAL,
        .summary = "Messages about warnings and orders that nobody has read yet"),
    POST("/office/supervision/messages", ALLOW("supervision.messages"), SCOPE(NO_ROW),
         supervision_messages_read, NULL, .in = read_fields, .summary = "Marks messages as read"),
    GET("/office/supervision/rules", ALLOW("supervision.read"), SCOPE(NO_ROW), supervision_rules_page,
        "supervision/rules", .in = supervision_rules_fields,
        .summary = "The rules, or those that have ended"),
    POST("/office/supervision/rules", ALLOW("supervision.rules"), SCOPE(NO_ROW), supervision_rule_change,
         "supervision/rules", .in = supervision_rule_fields, .again = supervision_rules_page,
         .summary = "A new version of a rule: level, days, who is told, in force or not"),
    GET("/office/supervision/rules/new", ALLOW("supervision.rules"), SCOPE(NO_ROW), supervision_rule_new,
        "supervision/rule_new", .in = supervision_rule_new_fields,
        .summary = "The form that adds a rule, or a copy of one"),
    POST("/office/supervision/rules/new", ALLOW("supervision.rules"), SCOPE(NO_ROW), supervision_rule_add,
         "supervision/rule_new", .in = supervision_rule_add_fields, .again = supervision_rule_new,
         .summary = "Adds a rule, for everywhere or for a division, department, type of item, or item"),
    POST("/office/supervision/rules/end", ALLOW("supervision.rules"), SCOPE(NO_ROW), supervision_rule_end,
         "supervision/rules", .in = supervision_rule_end_fields, .again = supervision_rules_page,
         .summary = "Ends a rule; it is kept for the record"),
};

static const struct permission permissions[] = {
    {"supervision.read", "See warnings and orders of the department", "reviewer|decider|supervisor"},
    {"supervision.messages", "Read messages about warnings and orders",
     "reviewer|decider|supervisor|data_steward|system_admin"},
    {"supervision.steward", "Be told of tasks that systems of the department gave up", "data_steward"},
    {"supervision.operator", "Be told of jobs about cases that were given up", "system_admin"},
    {"supervision.answer", "Answer orders to the department", "reviewer|decider"},
    {"supervision.order", "See the warnings of the area, issue orders, judge answers", "supervisor"},
    {"supervision.rules", "Change the rules of supervision", "supervisor"},
};

static const struct job_kind jobs[] = {
    {"supervision.round", "Look at cases and judge their lights", .run = supervision_round,
     .every_ms = MS_MINUTE},
    {"supervision.more", "Look at further cases and judge their lights", .run = supervision_round},
};

static const char *const needs[] = {"cases", "catalogue", "evidence", "orgs", "people", NULL};

static const struct people_part part = {.name = "supervision", .office_home = supervision_office_home};

static bool start(struct ctx *c)
{
    people_add_part(c->server, &part);
    case_set_orders(c->server, supervision_case_orders);
    return supervision_rules_start(c);
}

const struct module supervision_module = {
    .name = "supervision",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    .start = start,
    .refresh = supervision_rules_refresh,
    .stop = supervision_rules_stop,
};
