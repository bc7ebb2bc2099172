#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/nodes/nodes_internal.h"

#define PAGE "nodes/nodes"
#define ROAD "/r1/{instance}/{class}/{member}/{subsystem}/{service}"
#define ASK  "/exchange/{instance}/{class}/{member}/{subsystem}/{service}"
#define META(name)                                                                                           \
    GET("/r1/{instance}/{class}/{member}/{subsystem}/" name, ALLOW(PUBLIC), SCOPE(NO_ROW), road_answer,      \
        NULL, .in = road_meta_fields, .prepare = road_meta_prepare,                                          \
        .summary = "What a subsystem offers, here or at another node (" name " of X-Road)")
#define SAYS_ASK "A system of this node, signed with its key, asks a service of another node"

static const struct route routes[] = {
    GET("/nodes/directory", ALLOW(PUBLIC), SCOPE(NO_ROW), nodes_send_directory, NULL,
        .summary = "The directory of members, as its hub signed it"),
    GET("/nodes/anchor", ALLOW(PUBLIC), SCOPE(NO_ROW), nodes_send_anchor, NULL,
        .summary = "The file by which a node knows its hub"),
    POST("/nodes/call", ALLOW(PUBLIC), SCOPE(NO_ROW), nodes_send, NULL, .prepare = nodes_serve,
         .flags = ROUTE_READS,
         .summary = "A call of another node, signed with its key; the answer is signed as well"),
    POST("/nodes/receipt", ALLOW(PUBLIC), SCOPE(NO_ROW), nodes_send, NULL, .prepare = nodes_receipt,
         .flags = ROUTE_READS, .summary = "What became of a call of another node, without its data"),
    POST(ASK, ALLOW(PUBLIC), SCOPE(NO_ROW), road_answer, NULL, .in = road_fields, .prepare = road_prepare,
         .flags = ROUTE_READS, .summary = SAYS_ASK),
    POST(ASK "/{version}", ALLOW(PUBLIC), SCOPE(NO_ROW), road_answer, NULL, .in = road_fields,
         .prepare = road_prepare, .flags = ROUTE_READS, .summary = SAYS_ASK),
    POST(ROAD, ALLOW(PUBLIC), SCOPE(NO_ROW), road_answer, NULL, .in = road_fields, .prepare = road_prepare,
         .flags = ROUTE_READS, .summary = SAYS_ASK ", as users of X-Road know it"),
    POST(ROAD "/{version}", ALLOW(PUBLIC), SCOPE(NO_ROW), road_answer, NULL, .in = road_fields,
         .prepare = road_prepare, .flags = ROUTE_READS, .summary = SAYS_ASK ", as users of X-Road know it"),
    META("listMethods"),
    META("allowedMethods"),
    META("getOpenAPI"),
    GET("/office/nodes", ALLOW("nodes.read"), SCOPE(NO_ROW), nodes_page, PAGE, .in = nodes_page_fields,
        .summary = "The directory of members and how it stands with the other nodes"),
    GET("/office/nodes/calls", ALLOW("nodes.read"), SCOPE(NO_ROW), nodes_calls_page, "nodes/calls",
        .in = nodes_calls_fields,
        .summary = "Calls between nodes, newest first; a steward sees those of the department"),
    POST("/office/nodes/enrol", ALLOW("nodes.manage"), SCOPE(NO_ROW), nodes_enrol_act, PAGE,
         .in = nodes_enrol_fields, .again = nodes_page, .flags = ROUTE_UPLOAD,
         .summary = "Asks that a node enter the directory, with the file it made"),
    POST("/office/nodes/remove", ALLOW("nodes.manage"), SCOPE(NO_ROW), nodes_remove_act, PAGE,
         .in = nodes_remove_fields, .again = nodes_page, .summary = "Asks that a node leave the directory"),
    POST("/office/nodes/decide", ALLOW("nodes.manage"), SCOPE(NO_ROW), nodes_decide_act, PAGE,
         .in = nodes_decide_fields, .again = nodes_page,
         .summary = "A second administrator agrees to a change of the directory or not"),
    POST("/office/nodes/systems", ALLOW("nodes.let_in"), SCOPE(NO_ROW), nodes_let_in_act, PAGE,
         .in = nodes_client_fields, .again = nodes_page,
         .summary = "Registers a system of another node, for which the department will ask permits"),
};

static const struct job_kind jobs[] = {
    {"nodes.pull", "Fetch the directory of members", .prepare = nodes_pull, .run = nodes_pull_run,
     .every_ms = MS_MINUTE},
    {"nodes.renew", "Issue the directory of members anew before it expires", .run = hub_renew,
     .every_ms = 10 * MS_MINUTE},
    {"nodes.settle", "Ask about calls whose end nobody knows", .prepare = nodes_settle,
     .run = nodes_settle_run, .every_ms = MS_MINUTE},
    {"nodes.witness", "Have the heads of logs witnessed by other nodes", .prepare = nodes_witness,
     .run = nodes_witness_run, .every_ms = MS_MINUTE},
};

static const struct permission permissions[] = {
    {"nodes.read", "See the directory of members and calls between nodes",
     "system_admin|data_manager|data_steward|supervisor|audit_admin"},
    {"nodes.calls", "See calls of all departments between nodes",
     "system_admin|data_manager|supervisor|audit_admin"},
    {"nodes.manage", "Change the directory of members, four eyes", "system_admin"},
    {"nodes.let_in", "Register systems of other nodes for the department", "data_steward"},
};

static const char *const needs[] = {"evidence", "exchange", "orgs", "people", NULL};

static bool check_facts(struct ctx *c, struct str text)
{
    return exchange_check_facts(c, text, "service");
}

static const struct setting settings[] = {
    {"nodes.directory_hours", "A directory of members holds for", "hours", 1, 24 * 365, .otherwise = 72},
    {"nodes.facts", "Services of other nodes the page of a case shows",
     "list of service, item, name, fields and labels, as JSON", 0, 8000, .text = true, .check = check_facts},
};

const struct module nodes_module = {
    .name = "nodes",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    SETTINGS(settings),
    .start = nodes_start,
    .refresh = nodes_refresh,
    .stop = nodes_stop,
};
