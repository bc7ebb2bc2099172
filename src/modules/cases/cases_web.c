#include "modules/cases/cases_web.h"

static const struct permission permissions[] = {
    {"case.receive", "Receive, accept and hand back applications at the desk", "desk"},
    {"case.review", "Review cases of the department", "reviewer"},
    {"case.decide", "Decide cases of the department", "decider"},
    {"case.work", "Open the pages of cases", "desk|reviewer|decider|supervisor"},
    {"case.supervise", "See all cases of the area and their lights", "supervisor"},
};

#define OFFICE_ACT(path, permission, act, fields, words)                                                     \
    POST("/office/cases/{id}/" path, ALLOW(permission), SCOPE(case_office_scope), act, "cases/office_case",  \
         .in = fields, .again = office_case, .flags = ROUTE_UPLOAD, .summary = words)

static const struct field asked_fields[] = {
    {"for", FIELD_LINE, "person, or organisation", .max = 20},
    {0},
};
const struct field case_start_fields[] = {
    {"situations", FIELD_JSON, "Answers to the questions of the situation"}, {0}};
const struct field case_form_fields[] = {
    {"values", FIELD_JSON, "Values of the page's fields"},
    {"go", FIELD_LINE, "next, or later", .max = 10},
    {0},
};
const struct field case_files_fields[] = {
    {"remove", FIELD_ID, "A file to remove"},
    {"defer", FIELD_LIST, "Documents to hand in later"},
    {"go", FIELD_LINE, "next, or stay", .max = 10},
    {0},
};
const struct field case_booking_fields[] = {{"slot", FIELD_LINE, "Day and time", .required = true, .max = 40},
                                            {0}};
const struct field case_submit_fields[] = {
    {"once", FIELD_LINE, "The draft's id: sending twice makes one case", .required = true, .max = 30},
    {"declare", FIELD_BOOL, "Declaration"},
    {0},
};
static const struct field correction_fields[] = {{"values", FIELD_JSON, "Values of the points"}, {0}};
static const struct field mine_fields[] = {{"before", FIELD_ID, "Cases before this one"}, {0}};
static const struct field track_fields[] = {
    {"case_no", FIELD_LINE, "Reference number", .required = true, .max = 40},
    {"track_code", FIELD_LINE, "Tracking code", .required = true, .max = 20},
    {0},
};

static const struct route routes[] = {
    /* ---- applicant ---- */
    GET("/items/{id}/form", ALLOW(PUBLIC), SCOPE(NO_ROW), item_form, "cases/item_form", .in = asked_fields,
        .flags = ROUTE_CACHED, .summary = "What the form asks, with its JSON Schema"),
    GET("/items/{id}/apply", ALLOW(PERSON), SCOPE(NO_ROW), apply_start, "cases/apply_start",
        .in = case_start_fields, .summary = "The questions of the situation"),
    POST("/items/{id}/apply", ALLOW(PERSON), SCOPE(NO_ROW), apply_start_save, "cases/apply_start",
         .in = case_start_fields, .again = apply_start,
         .summary = "Opens a draft, or the one there is, with the answers"),
    GET("/apply/{id}", ALLOW(PERSON), SCOPE(apply_scope), apply_tasks, "cases/apply_tasks",
        .summary = "What a draft still needs"),
    GET("/apply/{id}/form/{page}", ALLOW(PERSON), SCOPE(apply_scope), apply_form, "cases/apply_page",
        .summary = "A page of the form, filled in with what is known"),
    POST("/apply/{id}/form/{page}", ALLOW(PERSON), SCOPE(apply_scope), apply_form_save, "cases/apply_page",
         .in = case_form_fields, .prepare = apply_form_check, .again = apply_form,
         .flags = ROUTE_UPLOAD | ROUTE_FILES,
         .summary = "Saves a page of the form; files under the names of their fields"),
    GET("/apply/{id}/materials", ALLOW(PERSON), SCOPE(apply_scope), apply_files, "cases/apply_materials",
        .summary = "Documents: what is there, what is to be uploaded"),
    POST("/apply/{id}/materials", ALLOW(PERSON), SCOPE(apply_scope), apply_files_save,
         "cases/apply_materials", .in = case_files_fields, .prepare = apply_files_check, .again = apply_files,
         .flags = ROUTE_UPLOAD, .summary = "Uploads files as material:<id>, removes one, puts documents off"),
    GET("/apply/{id}/files/{file}", ALLOW(PERSON), SCOPE(apply_scope), apply_file, NULL,
        .summary = "A file of the applicant's own"),
    GET("/apply/{id}/booking", ALLOW(PERSON), SCOPE(apply_scope), apply_booking, "cases/apply_booking",
        .summary = "Free times for an appointment"),
    POST("/apply/{id}/booking", ALLOW(PERSON), SCOPE(apply_scope), apply_booking_save, "cases/apply_booking",
         .in = case_booking_fields, .again = apply_booking, .summary = "Books an appointment"),
    GET("/apply/{id}/summary", ALLOW(PERSON), SCOPE(apply_scope), apply_summary, "cases/apply_summary",
        .summary = "Everything once more, and what is missing"),
    POST("/apply/{id}/submit", ALLOW(PERSON), SCOPE(apply_scope), apply_submit, "cases/apply_summary",
         .in = case_submit_fields, .again = apply_summary, .summary = "Sends the application"),
    POST("/apply/{id}/discard", ALLOW(PERSON), SCOPE(apply_scope), apply_discard, NULL,
         .summary = "Throws a draft away"),
    GET("/cases/{id}/receipt", ALLOW(PERSON), SCOPE(apply_scope), apply_receipt, "cases/receipt",
        .summary = "Reference number and what happens next"),
    GET("/cases/{id}/proof", ALLOW(PERSON), SCOPE(apply_scope), apply_proof, NULL,
        .summary = "Proofs that the acts of a case stand in the log"),
    GET("/cases/{id}", ALLOW(PERSON), SCOPE(apply_scope), apply_case, "cases/case",
        .summary = "A case of the person's own, with its timeline"),
    POST("/cases/{id}/withdraw", ALLOW(PERSON), SCOPE(apply_scope), apply_withdraw, NULL,
         .summary = "Withdraws an application"),
    GET("/cases/{id}/correction", ALLOW(PERSON), SCOPE(apply_scope), apply_correction, "cases/correction",
        .summary = "What has to be corrected"),
    POST("/cases/{id}/correction", ALLOW(PERSON), SCOPE(apply_scope), apply_correction_save,
         "cases/correction", .in = correction_fields, .prepare = apply_correction_check,
         .again = apply_correction, .flags = ROUTE_UPLOAD,
         .summary = "Supplies everything that was asked for, as p1, p2 …"),
    GET("/cases/{id}/steps/{task}", ALLOW(PERSON), SCOPE(apply_scope), apply_step, "cases/my_step",
        .summary = "The form of a step that is the applicant's"),
    POST("/cases/{id}/steps/{task}", ALLOW(PERSON), SCOPE(apply_scope), apply_step_save, "cases/my_step",
         .in = case_form_fields, .prepare = step_files_check, .again = apply_step,
         .flags = ROUTE_UPLOAD | ROUTE_FILES,
         .summary = "Fills it in, and does the step; files under the names of their fields"),
    GET("/me/cases", ALLOW(PERSON), SCOPE(NO_ROW), apply_mine, "cases/my_cases", .in = mine_fields,
        .summary = "My drafts and applications, newest first"),
    GET("/track", ALLOW(PUBLIC), SCOPE(NO_ROW), apply_track, "cases/track", .flags = ROUTE_HTML_ONLY,
        .summary = "The form for following a case"),
    POST("/track", ALLOW(PUBLIC), SCOPE(NO_ROW), apply_track_find, "cases/track", .in = track_fields,
         .prepare = apply_track_limit, .again = apply_track, .flags = ROUTE_READS | ROUTE_LIMITED,
         .summary = "Status of a case by reference number and tracking code"),
    /* officers: inbox and case */
    GET("/office/inbox", ALLOW("case.work"), SCOPE(NO_ROW), office_inbox, "cases/inbox", .in = inbox_fields,
        .flags = ROUTE_PERSONAL, .summary = "Cases that wait for me, by the clock"),
    GET("/office/find", ALLOW("case.work"), SCOPE(NO_ROW), office_find_form, "cases/find",
        .summary = "The form for finding a case"),
    POST("/office/find", ALLOW("case.work"), SCOPE(NO_ROW), office_find, "cases/find",
         .in = office_find_fields, .prepare = office_find_limit, .again = office_find_form,
         .flags = ROUTE_READS | ROUTE_PERSONAL,
         .summary = "A case by its number, or the cases of whom a number names"),
    GET("/office/cases/{id}", ALLOW("case.work"), SCOPE(case_office_scope), office_case, "cases/office_case",
        .in = case_fields, .flags = ROUTE_PERSONAL, .summary = "One case on one screen"),
    POST("/office/cases/{id}/reveal", ALLOW("case.work"), SCOPE(case_office_scope), office_case_reveal,
         "cases/office_case", .flags = ROUTE_READS, .summary = "The same with full numbers; recorded"),
    GET("/office/cases/{id}/files/{file}", ALLOW("case.work"), SCOPE(case_office_scope), office_file, NULL,
        .summary = "A document of a case"),
    OFFICE_ACT("accept", "case.receive", act_accept, act_fields, "Accept: the clock starts"),
    OFFICE_ACT("correct", "case.receive", act_correct, correct_fields,
               "Ask once for everything that is to be corrected"),
    OFFICE_ACT("reject", "case.receive", act_reject, act_fields, "Do not accept"),
    OFFICE_ACT("pass", "case.work", act_pass, act_fields, "Pass on to the next step"),
    OFFICE_ACT("send-back", "case.work", act_send_back, act_fields, "Send back to an earlier step"),
    OFFICE_ACT("special", "case.work", act_special, act_fields,
               "Begin a special procedure: the clock pauses"),
    OFFICE_ACT("special-end", "case.work", act_special_end, act_fields, "End the special procedure"),
    OFFICE_ACT("extend", "case.work", act_extend, act_fields, "Ask for an extension"),
    OFFICE_ACT("extension", "case.decide", act_extension_answer, extension_fields,
               "Approve an extension or not"),
    OFFICE_ACT("grant", "case.decide", act_grant, act_fields, "Grant"),
    OFFICE_ACT("refuse", "case.decide", act_refuse, act_fields, "Refuse"),
    OFFICE_ACT("agree", "case.work", act_agree, act_fields, "Agree, as one of several who sign"),
    OFFICE_ACT("disagree", "case.work", act_disagree, act_fields, "Do not agree, as one of several who sign"),
    OFFICE_ACT("opinion", "case.work", act_opinion, act_fields,
               "Give the opinion of a department that was asked"),
    GET("/office/cases/{id}/tasks/{operation}", ALLOW("case.work"), SCOPE(case_office_scope),
        office_operation, "cases/operation", .in = case_fields, .flags = ROUTE_PERSONAL,
        .summary = "The form of an operation on a task"),
    POST("/office/cases/{id}/tasks/{operation}", ALLOW("case.work"), SCOPE(case_office_scope), act_operate,
         "cases/operation", .in = operate_fields, .again = office_operation,
         .summary = "open, transfer, delegate, add_sign, drop_sign, urge, defer, supply, commitment, verify, "
                    "recall, suspend, resume"),
    GET("/office/cases/{id}/steps/{task}", ALLOW("case.work"), SCOPE(case_office_scope), office_step,
        "cases/step_form", .flags = ROUTE_PERSONAL, .summary = "The form of a step"),
    POST("/office/cases/{id}/steps/{task}", ALLOW("case.work"), SCOPE(case_office_scope), office_step_save,
         "cases/step_form", .in = case_form_fields, .prepare = step_files_check, .again = office_step,
         .flags = ROUTE_UPLOAD | ROUTE_FILES,
         .summary = "Keeps what was filled in at a step, before it is done; files under the names of their "
                    "fields"),
    /* officers: desk and board */
    GET("/office/desk", ALLOW("case.receive"), SCOPE(NO_ROW), desk_page, "cases/desk", .in = desk_fields,
        .flags = ROUTE_PERSONAL, .summary = "The service desk"),
    POST("/office/desk", ALLOW("case.receive"), SCOPE(NO_ROW), desk_find, "cases/desk",
         .in = desk_find_fields, .prepare = people_desk_limit, .again = desk_page,
         .summary = "Find a person or organisation by the number and name they give; opens it to this clerk"),
    GET("/office/desk/receive", ALLOW("case.receive"), SCOPE(NO_ROW), desk_receive_page, "cases/desk_receive",
        .flags = ROUTE_PERSONAL, .summary = "Check and receive an application"),
    POST("/office/desk/receive", ALLOW("case.receive"), SCOPE(NO_ROW), desk_receive, "cases/desk_receive",
         .in = desk_receive_fields, .prepare = desk_receive_check, .again = desk_receive_page,
         .flags = ROUTE_UPLOAD,
         .summary = "Receive an application for any department, with scans as material:<id>"),
    GET("/office/cases/{id}/receipt", ALLOW("case.receive"), SCOPE(case_office_scope), desk_receipt,
        "cases/desk_receipt", .flags = ROUTE_PERSONAL, .summary = "The receipt or notice to print"),
    GET("/office/asked", ALLOW("case.work"), SCOPE(NO_ROW), office_asked, "cases/asked",
        .in = opinions_fields, .flags = ROUTE_PERSONAL,
        .summary = "Opinions the department has asked other departments for, the longest overdue first"),
    GET("/office/board", ALLOW("case.work"), SCOPE(NO_ROW), office_board, "cases/board",
        .summary = "Lights by department"),
};

static const char *const needs[] = {"evidence",  "exchange",  "orgs",     "people",   "registry",
                                    "notices",   "catalogue", "bookings", "licences", "decisions",
                                    "processes", "forms",     NULL};

const struct module cases_module = {
    .name = "cases",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    .jobs = case_jobs,
    .job_count = CASE_JOBS,
    .start = cases_start,
    .stop = cases_stop,
};
