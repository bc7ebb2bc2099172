#include "modules/cases/cases_web.h"

static const struct permission permissions[] = {
    {"case.receive", "Receive, accept and hand back applications at the desk", "desk"},
    {"case.review", "Review cases of the department", "reviewer"},
    {"case.decide", "Decide cases of the department", "decider"},
    {"case.work", "Open cases", "desk|reviewer|decider|supervisor"},
    {"case.supervise", "See all cases of the area and their lights", "supervisor"},
};

#define OFFICE_ACT(path, permission, act, fields, words)                                                                              \
    POST("/office/cases/{id}/" path, ALLOW(permission), SCOPE(case_office_scope), act, "cases/office_case", .in = fields, .again = office_case, \
         .flags = ROUTE_UPLOAD, .summary = words)

static const struct route routes[] = {
    /* officers: inbox and case */
    GET("/office/inbox", ALLOW("case.work"), SCOPE(NO_ROW), office_inbox, "cases/inbox", .in = inbox_fields, .summary = "Cases that wait for me, by the clock"),
    GET("/office/cases/{id}", ALLOW("case.work"), SCOPE(case_office_scope), office_case, "cases/office_case", .summary = "One case on one screen"),
    POST("/office/cases/{id}/reveal", ALLOW("case.work"), SCOPE(case_office_scope), office_case_reveal, "cases/office_case", .flags = ROUTE_READS,
         .summary = "The same with full numbers; recorded"),
    GET("/office/cases/{id}/files/{file}", ALLOW("case.work"), SCOPE(case_office_scope), office_file, NULL, .summary = "A document of a case"),
    OFFICE_ACT("accept", "case.receive", act_accept, act_fields, "Accept: the clock starts"),
    OFFICE_ACT("correct", "case.receive", act_correct, correct_fields, "Ask once for everything that is to be corrected"),
    OFFICE_ACT("reject", "case.receive", act_reject, act_fields, "Do not accept"),
    OFFICE_ACT("pass", "case.work", act_pass, act_fields, "Pass on to the next step"),
    OFFICE_ACT("send-back", "case.work", act_send_back, act_fields, "Send back to an earlier step"),
    OFFICE_ACT("special", "case.work", act_special, act_fields, "Begin a special procedure: the clock pauses"),
    OFFICE_ACT("special-end", "case.work", act_special_end, act_fields, "End the special procedure"),
    OFFICE_ACT("extend", "case.work", act_extend, act_fields, "Ask for an extension"),
    OFFICE_ACT("extension", "case.decide", act_extension_answer, extension_fields, "Approve an extension or not"),
    OFFICE_ACT("grant", "case.decide", act_grant, act_fields, "Grant"),
    OFFICE_ACT("refuse", "case.decide", act_refuse, act_fields, "Refuse"),
    /* officers: desk and board */
    GET("/office/desk", ALLOW("case.receive"), SCOPE(NO_ROW), desk_page, "cases/desk", .in = desk_fields, .summary = "The service desk"),
    POST("/office/desk", ALLOW("case.receive"), SCOPE(NO_ROW), desk_find, "cases/desk", .in = desk_find_fields, .again = desk_page, .flags = ROUTE_READS,
         .summary = "Find a person or organisation by number"),
    POST("/office/desk/{person}/raise", ALLOW("case.receive"), SCOPE(NO_ROW), desk_raise, NULL, .summary = "Confirm an identity at the desk"),
    GET("/office/desk/receive", ALLOW("case.receive"), SCOPE(NO_ROW), desk_receive_page, "cases/desk_receive", .summary = "Check and receive an application"),
    POST("/office/desk/receive", ALLOW("case.receive"), SCOPE(NO_ROW), desk_receive, "cases/desk_receive", .in = desk_receive_fields, .again = desk_receive_page,
         .flags = ROUTE_UPLOAD, .summary = "Receive an application for any department"),
    GET("/office/cases/{id}/receipt", ALLOW("case.receive"), SCOPE(case_office_scope), desk_receipt, "cases/desk_receipt", .summary = "The receipt or notice to print"),
    GET("/office/board", ALLOW("case.work"), SCOPE(NO_ROW), office_board, "cases/board", .summary = "Lights by department"),
};

static const char *const needs[] = {"evidence", "orgs", "people", "registry", "notices", "catalogue", "bookings", "licences", NULL};

const struct module cases_module = {
    .name = "cases",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    .jobs = case_jobs,
    .job_count = CASE_JOBS,
    .start = cases_start,
};
