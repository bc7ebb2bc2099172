/* The module: what cases ask of it, who may come in, the record. */
#include "modules/workers/workers_internal.h"

#include "core/auth/auth.h"
#include "core/base/log.h"
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"

enum { STRANGERS_A_MINUTE = 30 }; /* of one address */

/* ---- sealing ---- */

static struct field_place place_of(const struct external_task *t, const char *column)
{
    return (struct field_place){
        .table = "external_task", .column = column, .row = t->id, .subject = t->applicant};
}

bool task_seal(struct ctx *c, const struct external_task *t, const char *column, struct str plain,
               struct str *sealed)
{
    struct field_place at = place_of(t, column);
    *sealed = STR_EMPTY;
    return !plain.len || field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

bool task_open(struct ctx *c, const struct external_task *t, const char *column, struct str sealed,
               struct str *plain)
{
    struct field_place at = place_of(t, column);
    *plain = STR_EMPTY;
    return !sealed.len || field_open(ctx_keys(c), &c->tx, &at, sealed, plain);
}

/* ---- what cases ask ---- */

static bool ask(struct ctx *c, const struct case_service *s)
{
    struct external_task t = {.id = ctx_id(c),
                              .case_id = s->case_id,
                              .token = s->token,
                              .unit = s->taker,
                              .owner = s->unit,
                              .applicant = s->applicant,
                              .priority = s->priority,
                              .created = c->now,
                              .version = s->version,
                              .topic = s->topic,
                              .case_no = s->case_no,
                              .activity = s->activity,
                              .process = s->process};
    c->stirs = true;
    return task_seal(c, &t, "variables", json_to_str(c->arena, s->variables), &t.variables) &&
           task_store_add(c, &t);
}

static bool hold(struct ctx *c, int64_t case_id, bool held)
{
    c->stirs = true;
    return task_store_hold(c, case_id, held);
}

static const char *state_of(const struct ctx *c, const struct external_task *t)
{
    if (!t->retries) return "A system could not do it";
    if (t->held) return "Rests with the case";
    return t->lock_until > c->now && t->worker.len ? "A system works on it" : "Waits for a system";
}

static bool show(struct ctx *c, int64_t case_id, struct json *list)
{
    struct external_task *rows;
    size_t count;
    bool may = ctx_may(c, "worker.retry");
    if (!task_store_of_case(c, case_id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        struct str message;
        if (!task_open(c, &rows[i], "message", rows[i].message, &message)) return false;
        json_set_str(c->arena, o, "activity", rows[i].activity);
        json_set_str(c->arena, o, "topic", rows[i].topic);
        json_set_str(c->arena, o, "state", ctx_tr(c, state_of(c, &rows[i])));
        json_set_bool(c->arena, o, "incident", !rows[i].retries);
        json_set(o, "message", message.len ? json_string(c->arena, message) : json_null(c->arena));
        json_set(o, "retry",
                 may && !rows[i].retries && (rows[i].owner == c->actor.unit || rows[i].unit == c->actor.unit)
                     ? json_string(c->arena, str_fmt(c->arena, "/office/workers/tasks/%lld/retry",
                                                     (long long)rows[i].id))
                     : json_null(c->arena));
    }
    return true;
}

static bool incidents(struct ctx *c, int64_t case_id, struct case_watch_stuck **list, size_t *count)
{
    struct external_task *rows;
    size_t tasks;
    *count = 0;
    if (!task_store_of_case(c, case_id, &rows, &tasks)) return false;
    *list = ARENA_ARRAY(c->arena, tasks + 1, struct case_watch_stuck);
    for (size_t i = 0; i < tasks; i++)
        if (!rows[i].retries)
            (*list)[(*count)++] = (struct case_watch_stuck){.id = rows[i].id,
                                                            .since = rows[i].given_up,
                                                            .mender = rows[i].unit,
                                                            .step = rows[i].activity,
                                                            .why = rows[i].topic};
    return true;
}

static const struct case_services services = {
    .ask = ask, .drop = task_store_drop, .hold = hold, .show = show, .incidents = incidents};

/* ---- who comes in ---- */

/* "Basic" over CODE:PASSWORD, or "Bearer CODE.PASSWORD". */
static bool credentials(struct ctx *c, struct str *code, struct str *password)
{
    struct str header = c->req->authorization, scheme, text;
    header = str_trim(str_cut(header, ' ', &scheme));
    if (str_eq_c(str_lower(c->arena, scheme), "bearer")) {
        *password = str_cut(header, '.', code);
        return true;
    }
    if (!str_eq_c(str_lower(c->arena, scheme), "basic") || !str_unbase64(c->arena, header, &text))
        return false;
    *password = str_cut(text, ':', code);
    return true;
}

static bool fits(struct ctx *c, struct str code, struct str password, bool *ok)
{
    uint8_t given[SM3_SIZE];
    struct str kept;
    *ok = false;
    if (!access_store_digest(c, code, &kept)) return false;
    sm3(password, given);
    *ok = kept.len == SM3_SIZE && password.len && crypto_equal(kept.ptr, given, SM3_SIZE);
    return true;
}

static bool stranger(struct ctx *c, struct str code)
{
    if (!auth_limit(c, "workers.refused", c->req->peer, STRANGERS_A_MINUTE, MS_MINUTE)) return false;
    log_event(LOG_LEVEL_WARN, "workers.refused", "system", str_z(c->arena, str_slice(code, 0, 40)), NULL);
    ctx_header(c, "WWW-Authenticate", STR("Basic realm=\"tasks\""));
    return err_denied(c->err, "workers.sign_in",
                      "Name and password do not fit a system of this installation.");
}

bool worker_enters(struct ctx *c, struct exchange_who *who)
{
    struct str code = STR_EMPTY, password = STR_EMPTY;
    bool ok = false;
    if (credentials(c, &code, &password) && exchange_who_named(c, code, who) && !fits(c, code, password, &ok))
        return false;
    if (!ok) return stranger(c, code);
    c->actor = (struct actor){.kind = ACTOR_SYSTEM, .unit = who->unit};
    return true;
}

/* ---- the record ---- */

bool worker_evidence(struct ctx *c, const char *act, const struct exchange_who *who,
                     const struct external_task *t)
{
    struct json *detail = json_object(c->arena);
    if (who) json_set_str(c->arena, detail, "system", who->code);
    json_set_str(c->arena, detail, "topic", t->topic);
    return evidence_add(c, act, "case", t->case_id, t->applicant, detail);
}

bool worker_given_up(struct ctx *c, struct external_task *t)
{
    t->retries = 0;
    t->given_up = c->now;
    return case_service_given_up(c, t->case_id, t->activity);
}

bool worker_retry(struct ctx *c, struct external_task *t)
{
    t->retries = NO_RETRIES_SAID;
    t->given_up = 0;
    t->system = t->worker = STR_EMPTY;
    t->lock_until = 0;
    c->stirs = true;
    return task_store_save(c, t) && case_service_again(c, t->case_id, t->activity) &&
           worker_evidence(c, "worker.retry", NULL, t);
}

static bool record_access(struct ctx *c, const char *act, struct str system, struct str topic)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "system", system);
    if (topic.len) json_set_str(c->arena, detail, "topic", topic);
    return evidence_add(c, act, "exchange_system", 0, 0, detail);
}

bool workers_give_topic(struct ctx *c, struct str system, struct str topic)
{
    c->stirs = true;
    return topic_store_add(c, system, topic) && record_access(c, "worker.grant", system, topic);
}

bool workers_take_topic(struct ctx *c, struct str system, struct str topic)
{
    bool was;
    if (!topic_store_remove(c, system, topic, &was)) return false;
    return !was || record_access(c, "worker.revoke", system, topic);
}

bool workers_set_password(struct ctx *c, struct str system, struct str password)
{
    uint8_t digest[SM3_SIZE];
    sm3(password, digest);
    return access_store_set(c, system, str_n(digest, SM3_SIZE)) &&
           record_access(c, "worker.password", system, STR_EMPTY);
}

bool workers_drop_password(struct ctx *c, struct str system)
{
    return access_store_end(c, system) && record_access(c, "worker.password_end", system, STR_EMPTY);
}

/* ---- the module ---- */

static bool start(struct ctx *c)
{
    case_set_services(c->server, &services);
    people_add_part(c->server, &workers_part);
    return true;
}

#define TASKS "/engine-rest/external-task"
#define API(path, handle, ...)                                                                               \
    POST(TASKS path, ALLOW(PUBLIC), SCOPE(NO_ROW), handle, NULL, .flags = ROUTE_PROGRAM,                     \
         .refusal = format_refusal, .refusal_status = format_status, __VA_ARGS__)
#define LOOK(path, handle, ...)                                                                              \
    GET(TASKS path, ALLOW(PUBLIC), SCOPE(NO_ROW), handle, NULL, .in = workers_list_fields,                   \
        .flags = ROUTE_PROGRAM, .refusal = format_refusal, .refusal_status = format_status, __VA_ARGS__)

static const struct route routes[] = {
    API("/fetchAndLock", workers_fetch,
        .summary = "A system takes tasks of its topics and locks them; waits where told to"),
    API("/{id}/complete", workers_complete, .summary = "A system has done a task"),
    API("/{id}/failure", workers_failure,
        .summary = "A system could not do a task, and how often it may be tried again"),
    API("/{id}/bpmnError", workers_error, .summary = "A system reports an error that the process knows"),
    API("/{id}/extendLock", workers_extend, .summary = "A system keeps a task longer"),
    API("/{id}/lock", workers_lock, .summary = "A system locks one task"),
    API("/{id}/unlock", workers_unlock, .summary = "A system lets a task go"),
    LOOK("", workers_list, .summary = "Tasks of the system's topics"),
    LOOK("/count", workers_count, .summary = "How many there are"),
    LOOK("/{id}", workers_one, .summary = "One task"),
    LOOK("/{id}/errorDetails", workers_details, .summary = "What was said of its last failure"),
    GET("/engine-rest/execution/{execution}/localVariables/{name}/data", ALLOW(PUBLIC), SCOPE(NO_ROW),
        workers_file, NULL, .flags = ROUTE_PROGRAM, .refusal = format_refusal,
        .refusal_status = format_status,
        .summary = "A file that a task was handed, for the system that has locked it"),
    POST("/engine-rest/message", ALLOW(PUBLIC), SCOPE(NO_ROW), workers_message, NULL, .flags = ROUTE_PROGRAM,
         .refusal = format_refusal, .refusal_status = format_status,
         .summary = "A system sends a message to the case of a number"),
    POST("/engine-rest/signal", ALLOW(PUBLIC), SCOPE(NO_ROW), workers_signal, NULL, .flags = ROUTE_PROGRAM,
         .refusal = format_refusal, .refusal_status = format_status,
         .summary = "A system sends a signal to the cases that wait for one of its department, or to one"),
    GET("/office/workers", ALLOW("worker.read"), SCOPE(NO_ROW), workers_page, "workers/page",
        .in = workers_page_fields, .flags = ROUTE_PERSONAL,
        .summary = "Tasks of systems: incidents, what waits, who may take what"),
    POST("/office/workers/tasks/{id}/retry", ALLOW("worker.retry"), SCOPE(NO_ROW), workers_retry,
         "workers/page", .again = workers_page, .summary = "A task that failed is tried again"),
    POST("/office/workers/topics", ALLOW("worker.grant"), SCOPE(NO_ROW), workers_grant, "workers/page",
         .in = workers_grant_fields, .again = workers_page,
         .summary = "Gives a system of the department a topic"),
    POST("/office/workers/topics/end", ALLOW("worker.grant"), SCOPE(NO_ROW), workers_revoke, "workers/page",
         .in = workers_grant_fields, .again = workers_page, .summary = "Takes a topic away"),
    POST("/office/workers/password", ALLOW("worker.grant"), SCOPE(NO_ROW), workers_password, "workers/page",
         .in = workers_system_fields, .again = workers_page,
         .summary = "Gives a system of the department a new password, shown once"),
    POST("/office/workers/password/end", ALLOW("worker.grant"), SCOPE(NO_ROW), workers_end_password,
         "workers/page", .in = workers_system_fields, .again = workers_page,
         .summary = "Takes the password of a system away"),
};

static const struct permission permissions[] = {
    {"worker.read", "See tasks of systems", "data_steward|reviewer|decider|supervisor"},
    {"worker.retry", "Let tasks that failed be tried again", "data_steward|reviewer|decider"},
    {"worker.grant", "Give systems of the department topics and passwords", "data_steward"},
};

static const char *const needs[] = {"evidence", "orgs", "people", "exchange", "cases", NULL};

const struct module workers_module = {
    .name = "workers",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    .start = start,
};
