#include "core/base/time.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/watch/watch_internal.h"

#define ROOT  "/office/exchange"
#define ALARM ROOT "/alarms/{id}"

static const struct route routes[] = {
    GET(ROOT "/usage", ALLOW("watch.usage"), SCOPE(NO_ROW), watch_usage, "watch/usage",
        .in = watch_usage_fields,
        .summary = "How much data is used, by time, department, data and reason of refusal"),
    GET(ROOT "/usage/table.csv", ALLOW("watch.usage"), SCOPE(NO_ROW), watch_usage_file, NULL,
        .in = watch_usage_fields, .summary = "The same as a table file that names who took it"),
    GET(ROOT "/calls", ALLOW("watch.calls"), SCOPE(NO_ROW), watch_calls, "watch/calls",
        .in = watch_calls_fields, .flags = ROUTE_PERSONAL,
        .summary = "Calls of data one by one: of what a department keeps, and by its systems"),
    GET(ROOT "/calls/{id}", ALLOW("watch.calls"), SCOPE(watch_call_scope), watch_call, "watch/call",
        .flags = ROUTE_PERSONAL, .summary = "A call of data: who asked what, why, and what came of it"),
    GET(ROOT "/alarms", ALLOW("watch.alarms"), SCOPE(NO_ROW), watch_alarms, "watch/alarms",
        .in = watch_alarms_fields, .flags = ROUTE_PERSONAL,
        .summary = "Alarms about calls of data, newest first"),
    GET(ALARM, ALLOW("watch.alarms"), SCOPE(watch_alarm_scope), watch_alarm, "watch/alarm",
        .in = watch_alarm_fields, .flags = ROUTE_PERSONAL, .summary = "An alarm and what raised it"),
    POST(ALARM "/take", ALLOW("watch.alarms"), SCOPE(watch_alarm_scope), watch_alarm_take, "watch/alarm",
         .again = watch_alarm, .summary = "Takes an alarm to look into it"),
    POST(ALARM "/close", ALLOW("watch.alarms"), SCOPE(watch_alarm_scope), watch_alarm_close, "watch/alarm",
         .in = watch_close_fields, .again = watch_alarm,
         .summary = "Closes an alarm with its outcome and reason"),
    GET(ROOT "/alarm-rules", ALLOW("watch.rules"), SCOPE(NO_ROW), watch_rules, "watch/rules",
        .summary = "What raises an alarm"),
    POST(ROOT "/alarm-rules", ALLOW("watch.rules"), SCOPE(NO_ROW), watch_rule_save, "watch/rules",
         .in = watch_rule_fields, .again = watch_rules, .summary = "Changes the numbers of a rule"),
    GET(ROOT "/watched", ALLOW("watch.persons"), SCOPE(NO_ROW), watch_persons, "watch/persons",
        .in = watch_persons_fields, .flags = ROUTE_PERSONAL,
        .summary = "Persons whose data is looked at twice"),
    POST(ROOT "/watched", ALLOW("watch.persons"), SCOPE(NO_ROW), watch_person_add, "watch/persons",
         .in = watch_person_fields, .again = watch_persons, .summary = "Puts a person on that list"),
    POST(ROOT "/watched/drop", ALLOW("watch.persons"), SCOPE(NO_ROW), watch_person_drop, "watch/persons",
         .in = watch_drop_fields, .again = watch_persons, .summary = "Takes a person off that list"),
};

static const struct job_kind jobs[] = {
    {"watch.fold", "Count calls of data for boards and alarms", .run = watch_fold, .every_ms = MS_MINUTE},
    {"watch.more", "Count further calls of data for boards and alarms", .run = watch_fold},
    {"watch.household", "Find the household of a watched person", .prepare = watch_read_household,
     .run = watch_add_household},
    {"watch.sweep", "Clear away old counts of calls", .run = watch_sweep, .every_ms = MS_DAY},
};

static const struct permission permissions[] = {
    {"watch.usage", "See how much data is used", "data_steward|data_manager|supervisor"},
    {"watch.calls", "See calls of data one by one", "data_steward|data_manager|supervisor"},
    {"watch.alarms", "See alarms about calls of data and close them", "data_manager|supervisor"},
    {"watch.rules", "Set what raises an alarm", "supervisor"},
    {"watch.persons", "Keep the list of watched persons", "supervisor"},
};

static const char *const needs[] = {"evidence", "exchange", "orgs", "people", "registry", NULL};

bool watch_erase(struct ctx *c, int64_t subject)
{
    struct subject s;
    if (!people_subject(c, subject, &s)) return false;
    struct str index = exchange_subject_index(c, s.code);
    return !s.code.len ||
           (watch_store_forget(c, index) && alarm_store_forget(c, index) && watched_store_forget(c, index));
}

static const struct people_part part = {
    .name = "watch", .office_home = watch_office_home, .erase = watch_erase};

static bool start(struct ctx *c)
{
    people_add_part(c->server, &part);
    return true;
}

static const struct setting settings[] = {
    {"watch.alarm_workdays", "An alarm about calls of data is closed within", "working days", 1,
     LIMIT_COUNT_MAX, .otherwise = 3},
};

const struct module watch_module = {
    .name = "watch",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    SETTINGS(settings),
    .start = start,
};
