#include "core/base/time.h"
#include "core/jobs/jobs.h"
#include "modules/exchange/exchange_person.h"
#include "modules/exchange/exchange_proof.h"
#include "modules/exchange/exchange_setup.h"

#define ENTRY      "exchange/entry"
#define EDIT       "exchange/entry_edit"
#define ONE        "/office/exchange/entries/{id}"
#define REQUEST    "exchange/request"
#define PERMIT     "/office/exchange/permits/{id}"
#define ONE_PERMIT "exchange/permit"
#define OBJECTION  "/office/exchange/objections/{id}"
#define SYSTEMS    "exchange/systems"
#define SYSTEM     "/office/exchange/systems/{id}"
#define ONE_SYSTEM "exchange/system"

static const struct route routes[] = {
    GET("/office/exchange", ALLOW("exchange.read"), SCOPE(NO_ROW), exchange_entries, "exchange/entries",
        .in = exchange_list_fields, .summary = "The catalogue of data, in order of codes"),
    GET("/office/exchange/new", ALLOW("exchange.catalogue"), SCOPE(NO_ROW), exchange_entry_new, EDIT,
        .summary = "The form for a new entry of the catalogue of data"),
    POST("/office/exchange/new", ALLOW("exchange.catalogue"), SCOPE(NO_ROW), exchange_entry_create, EDIT,
         .in = exchange_entry_fields, .again = exchange_entry_new,
         .summary = "Drafts a new entry of the catalogue of data"),
    GET(ONE, ALLOW("exchange.read"), SCOPE(exchange_entry_scope), exchange_entry, ENTRY,
        .summary = "An entry of the catalogue of data"),
    GET(ONE "/edit", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_edit, EDIT,
        .summary = "The form for the next version of an entry"),
    POST(ONE "/edit", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_save, EDIT,
         .in = exchange_entry_fields, .again = exchange_entry_edit,
         .summary = "Saves the draft of the next version of an entry"),
    POST(ONE "/submit", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_submit,
         ENTRY, .again = exchange_entry, .summary = "Hands a draft in for review"),
    POST(ONE "/discard", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_discard,
         ENTRY, .again = exchange_entry, .summary = "Discards a draft"),
    POST(ONE "/withdraw", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_withdraw,
         ENTRY, .again = exchange_entry, .summary = "Asks that an entry be withdrawn"),
    POST(ONE "/agree", ALLOW("exchange.publish"), SCOPE(exchange_entry_scope), exchange_entry_agree, ENTRY,
         .again = exchange_entry, .summary = "A second person publishes or withdraws an entry"),
    POST(ONE "/return", ALLOW("exchange.publish"), SCOPE(exchange_entry_scope), exchange_entry_return, ENTRY,
         .again = exchange_entry, .summary = "Sends an entry back to its steward"),
    GET(ONE "/source", ALLOW("exchange.read"), SCOPE(exchange_entry_scope), exchange_setup, "exchange/setup",
        .summary = "Where the data of an entry come from, and what was delivered"),
    POST(ONE "/source", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_setup_save,
         "exchange/setup", .in = exchange_setup_fields, .again = exchange_setup,
         .summary = "Hands in where the data of an entry come from"),
    POST(ONE "/source/agree", ALLOW("exchange.publish"), SCOPE(exchange_entry_scope), exchange_setup_agree,
         "exchange/setup", .again = exchange_setup, .summary = "A second person agrees to a source"),
    POST(ONE "/source/return", ALLOW("exchange.publish"), SCOPE(exchange_entry_scope), exchange_setup_return,
         "exchange/setup", .again = exchange_setup, .summary = "Sends a source back to its steward"),
    POST(ONE "/rows", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_file,
         "exchange/setup", .in = exchange_file_fields, .prepare = exchange_file_prepare,
         .again = exchange_setup, .flags = ROUTE_UPLOAD,
         .summary = "A file of rows that replaces what was delivered before"),
    GET(ONE "/request", ALLOW("exchange.request"), SCOPE(exchange_entry_scope), exchange_request, REQUEST,
        .summary = "The form to ask for this data"),
    POST(ONE "/request", ALLOW("exchange.request"), SCOPE(exchange_entry_scope), exchange_request_send,
         REQUEST, .in = exchange_request_fields, .again = exchange_request,
         .summary = "Asks for this data for a system of the department"),
    GET("/office/exchange/permits", ALLOW("exchange.permits"), SCOPE(NO_ROW), exchange_permits,
        "exchange/permits", .in = exchange_permits_fields,
        .summary = "Requests and permits the department asks for or decides"),
    GET(PERMIT, ALLOW("exchange.permits"), SCOPE(exchange_permit_scope), exchange_permit, ONE_PERMIT,
        .summary = "A request or permit with what it binds"),
    POST(PERMIT "/office", ALLOW("exchange.office"), SCOPE(exchange_permit_scope), exchange_permit_office,
         ONE_PERMIT, .in = exchange_decide_fields, .again = exchange_permit,
         .summary = "The own office agrees to a request or not"),
    POST(PERMIT "/decide", ALLOW("exchange.provide"), SCOPE(exchange_permit_scope), exchange_permit_decide,
         ONE_PERMIT, .in = exchange_decide_fields, .again = exchange_permit,
         .summary = "The provider grants a request or refuses it"),
    POST(PERMIT "/end", ALLOW("exchange.provide"), SCOPE(exchange_permit_scope), exchange_permit_end,
         ONE_PERMIT, .in = exchange_end_fields, .again = exchange_permit, .summary = "Ends a permit"),
    GET("/office/exchange/systems", ALLOW("exchange.request"), SCOPE(NO_ROW), exchange_systems, SYSTEMS,
        .summary = "Systems of the department that may ask"),
    POST("/office/exchange/systems", ALLOW("exchange.request"), SCOPE(NO_ROW), exchange_system_add, SYSTEMS,
         .in = exchange_system_fields, .again = exchange_systems,
         .summary = "Registers a system; its key is shown once"),
    GET(SYSTEM, ALLOW("exchange.request"), SCOPE(exchange_system_scope), exchange_system, ONE_SYSTEM,
        .summary = "A system with its keys and their fingerprints"),
    POST(SYSTEM "/key", ALLOW("exchange.request"), SCOPE(exchange_system_scope), exchange_system_key,
         ONE_SYSTEM, .again = exchange_system,
         .summary = "Gives a system a new secret key, which is shown once"),
    POST(SYSTEM "/key/end", ALLOW("exchange.request"), SCOPE(exchange_system_scope), exchange_system_drop_key,
         ONE_SYSTEM, .again = exchange_system, .summary = "Takes the secret key from a system at once"),
    POST(SYSTEM "/keys", ALLOW("exchange.request"), SCOPE(exchange_system_scope), exchange_system_public,
         ONE_SYSTEM, .in = exchange_public_fields, .again = exchange_system,
         .summary = "Adds an SM2 public key or certificate a system signs with; two may be in force"),
    POST(SYSTEM "/secrets", ALLOW("exchange.request"), SCOPE(exchange_system_scope), exchange_system_secret,
         ONE_SYSTEM, .again = exchange_system,
         .summary = "Adds a secret for the national header convention, which is shown once"),
    POST(SYSTEM "/keys/end", ALLOW("exchange.request"), SCOPE(exchange_system_scope), exchange_system_end,
         ONE_SYSTEM, .in = exchange_end_key_fields, .again = exchange_system,
         .summary = "Ends a key of a system at once"),
    GET("/office/exchange/objections", ALLOW("exchange.objections"), SCOPE(NO_ROW), exchange_objections,
        "exchange/objections", .in = exchange_objections_fields,
        .summary = "Objections of people to calls of the department's data, with their clock"),
    GET(OBJECTION, ALLOW("exchange.objections"), SCOPE(exchange_objection_scope), exchange_objection,
        "exchange/objection", .summary = "An objection and the call it is about"),
    POST(OBJECTION "/answer", ALLOW("exchange.provide"), SCOPE(exchange_objection_scope),
         exchange_objection_answer, "exchange/objection", .in = exchange_answer_fields,
         .again = exchange_objection, .summary = "Answers an objection; the person is told"),
    GET("/me/exchange", ALLOW(PERSON), SCOPE(NO_ROW), exchange_my_calls, "exchange/my_calls",
        .in = exchange_calls_fields,
        .summary = "Calls of data about me: by whom, for which service and case"),
    POST("/me/exchange/{id}/object", ALLOW(PERSON), SCOPE(exchange_my_call_scope), exchange_object,
         "exchange/my_calls", .in = exchange_object_fields, .again = exchange_my_calls,
         .summary = "Objects to a call"),
    GET("/me/exchange/{id}/proof", ALLOW(PERSON), SCOPE(exchange_my_call_scope), exchange_my_proof, NULL,
        .summary = "Proof that a call about me stands in the log"),
    GET("/exchange/certificates", ALLOW(PUBLIC), SCOPE(NO_ROW), exchange_certificates, NULL,
        .summary = "Certificates by which answers of the exchange are checked"),
    POST("/exchange/{resource}", ALLOW(PUBLIC), SCOPE(NO_ROW), exchange_gateway, NULL,
         .in = exchange_gateway_fields, .flags = ROUTE_READS | ROUTE_PROGRAM,
         .summary = "A system of a department checks or asks, signed with its key, under a permit"),
    POST("/sysapi/{resource}", ALLOW(PUBLIC), SCOPE(NO_ROW), exchange_sysapi, NULL,
         .in = exchange_gateway_fields, .flags = ROUTE_READS | ROUTE_PROGRAM,
         .refusal = exchange_sysapi_refusal,
         .summary = "The same by the header convention of the national platform, where the permit allows it"),
};

static const struct job_kind jobs[] = {
    {"exchange.sweep", NULL, exchange_sweep, .every_ms = MS_MINUTE},
};

static const struct permission permissions[] = {
    {"exchange.read", "See the catalogue of data", "data_steward|data_manager|decider|supervisor"},
    {"exchange.catalogue", "Describe the data of the department", "data_steward"},
    {"exchange.publish", "Publish and withdraw entries of the catalogue of data", "data_manager"},
    {"exchange.permits", "See requests for data and permits", "data_steward|data_manager|decider|supervisor"},
    {"exchange.request", "Ask for data of other departments, keep the keys of systems", "data_steward"},
    {"exchange.office", "Agree to what the department asks for", "decider"},
    {"exchange.objections", "See objections to calls of data", "data_steward|data_manager"},
    {"exchange.provide", "Decide who may use the department's data", "data_steward"},
};

static const char *const needs[] = {"catalogue", "evidence", "notices", "orgs", "people", "registry", NULL};

const struct module exchange_module = {
    .name = "exchange",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    .start = exchange_start,
    .refresh = exchange_refresh,
    .stop = exchange_stop,
};
