/* The shapes of the protocol (Camunda 7 REST API: external tasks): typed variables, tasks, times, errors. */
#include "modules/workers/workers_internal.h"

#include "core/http/server.h"

#include <string.h>

struct str format_time(struct arena *a, int64_t ms)
{
    struct str text = time_rfc3339(a, ms); /* …Z */
    return str_fmt(a, "%.*s+0000", STR_ARG(str_slice(text, 0, text.len - 1)));
}

/* ---- variables ---- */

static const char *number_type(const struct json *v)
{
    int64_t a = json_i64(v, INT64_MIN), b = json_i64(v, INT64_MAX);
    if (a != b) return "Double";
    return a >= INT32_MIN && a <= INT32_MAX ? "Integer" : "Long";
}

static const char *type_of(const struct json *v)
{
    switch (v->type) {
    case JSON_NULL:
        return "Null";
    case JSON_BOOL:
        return "Boolean";
    case JSON_NUMBER:
        return number_type(v);
    case JSON_STRING:
        return "String";
    default:
        return "Json";
    }
}

/* A file has no value here: it is asked for at …/execution/{id}/localVariables/{name}/data. */
static void add_file(struct arena *a, struct json *o, const struct json *file)
{
    json_set_c(a, o, "type", "File");
    json_set(o, "value", json_null(a));
    struct json *info = json_set_object(a, o, "valueInfo");
    json_set_str(a, info, "filename", json_text_of(file, "name"));
    json_set_str(a, info, "mimetype", json_text_of(file, "type"));
    json_set_str(a, info, "mimeType", json_text_of(file, "type"));
}

static bool is_named(const struct json *names, struct str name)
{
    if (!json_is(names, JSON_ARRAY)) return true;
    JSON_EACH(n, names)
    {
        if (str_eq(json_text(n), name)) return true;
    }
    return false;
}

struct json *format_variables(struct arena *a, const struct json *values, const struct json *names)
{
    struct json *out = json_object(a);
    JSON_EACH(v, json_is(values, JSON_OBJECT) ? values : NULL)
    {
        if (!is_named(names, v->key)) continue;
        struct json *o = json_set_object(a, out, str_z(a, v->key));
        const struct json *file = json_get(v, CASE_FILE);
        if (file) {
            add_file(a, o, file);
            continue;
        }
        bool whole = v->type == JSON_ARRAY || v->type == JSON_OBJECT;
        json_set_c(a, o, "type", type_of(v));
        json_set(o, "value", whole ? json_string(a, json_to_str(a, v)) : json_copy(a, v));
        json_set_object(a, o, "valueInfo");
    }
    return out;
}

static bool wrong(struct err *e, const char *msgid, struct str name)
{
    err_invalid(e, "workers.variable", msgid);
    err_arg(e, str_slice(name, 0, 60));
    return false;
}

static bool read_one(struct arena *a, const struct json *typed, struct json *out, struct err *e)
{
    static const char *const scalars[] = {"",        "null", "boolean", "string", "short",
                                          "integer", "long", "double",  "number", "date"};
    struct str type = str_lower(a, json_text_of(typed, "type"));
    const struct json *value = json_get(typed, "value");
    struct json *kept = value ? json_copy(a, value) : json_null(a);
    bool known = false;
    for (size_t i = 0; i < sizeof scalars / sizeof scalars[0]; i++)
        known = known || str_eq_c(type, scalars[i]);
    if (str_eq_c(type, "json") && json_is(value, JSON_STRING)) {
        kept = json_parse(a, json_text(value), JSON_STRICT, e);
        if (!kept) {
            err_clear(e);
            return wrong(e, "The value of the variable %{arg} is no JSON.", typed->key);
        }
    } else if (!known && !str_eq_c(type, "json")) {
        return wrong(e, "The type of the variable %{arg} is not taken here.", typed->key);
    }
    json_set(out, str_z(a, typed->key), kept);
    return true;
}

bool format_read(struct arena *a, const struct json *typed, struct json **out, struct err *e)
{
    *out = json_object(a);
    if (!typed || json_is(typed, JSON_NULL)) return true;
    if (!json_is(typed, JSON_OBJECT))
        return wrong(e, "Variables come as an object, not as %{arg}.", STR("?"));
    JSON_EACH(v, typed)
    {
        if (!json_is(v, JSON_OBJECT))
            return wrong(e, "The variable %{arg} has to be an object with its type and value.", v->key);
        if (!v->key.len || v->key.len > 100) return wrong(e, "A variable has no usable name: %{arg}", v->key);
        if (!read_one(a, v, *out, e)) return false;
    }
    return json_to_str(a, *out).len <= VALUES_MAX ||
           wrong(e, "The variables are too large together (%{arg}).", STR("64 KiB"));
}

/* ---- tasks ---- */

static void set_id(struct ctx *c, struct json *o, const char *key, int64_t id)
{
    json_set_id(c->arena, o, key, id);
}

static void text_or_null(struct ctx *c, struct json *o, const char *key, struct str text)
{
    json_set(o, key, text.len ? json_string(c->arena, text) : json_null(c->arena));
}

bool format_task(struct ctx *c, struct json *list, const struct external_task *t)
{
    struct json *o = json_add_object(c->arena, list);
    struct str message;
    bool locked = t->worker.len && t->lock_until;
    if (!task_open(c, t, "message", t->message, &message)) return false;
    json_set_str(c->arena, o, "activityId", t->activity);
    json_set_str(c->arena, o, "activityInstanceId",
                 str_fmt(c->arena, "%.*s:%lld", STR_ARG(t->activity), (long long)t->token));
    text_or_null(c, o, "errorMessage", message);
    json_set(o, "errorDetails", json_null(c->arena));
    json_set_str(c->arena, o, "executionId",
                 str_fmt(c->arena, "%lld:%lld", (long long)t->case_id, (long long)t->token));
    set_id(c, o, "id", t->id);
    text_or_null(c, o, "lockExpirationTime", locked ? format_time(c->arena, t->lock_until) : STR_EMPTY);
    json_set_str(c->arena, o, "createTime", format_time(c->arena, t->created));
    json_set_str(c->arena, o, "processDefinitionId",
                 str_fmt(c->arena, "%.*s:%d", STR_ARG(t->process), t->version));
    json_set_str(c->arena, o, "processDefinitionKey", t->process);
    json_set(o, "processDefinitionVersionTag", json_null(c->arena));
    set_id(c, o, "processInstanceId", t->case_id);
    json_set(o, "tenantId", json_null(c->arena));
    json_set(o, "retries",
             t->retries == NO_RETRIES_SAID ? json_null(c->arena) : json_number(c->arena, t->retries));
    json_set_bool(c->arena, o, "suspended", t->held);
    text_or_null(c, o, "workerId", locked ? t->worker : STR_EMPTY);
    json_set_i64(c->arena, o, "priority", t->priority);
    json_set_str(c->arena, o, "topicName", t->topic);
    json_set_str(c->arena, o, "businessKey", t->case_no);
    return true;
}

/* ---- refusals ---- */

/* Ours to theirs; what is not named is a request that cannot be read. */
static const struct {
    const char *code, *type;
    int status;
} refusals[] = {
    {"workers.sign_in", "AuthenticationException", 401},
    {"workers.topic", "AuthorizationException", 403},
    {"workers.task", "RestException", 404},
    {"workers.file", "RestException", 404},
    {"workers.execution", "RestException", 500},
    {"workers.lock", "RestException", 400},
    {"workers.mismatch", "RestException", 400},
    {"workers.variable", "InvalidRequestException", 400},
    {"workers.request", "InvalidRequestException", 400},
    {"course.name", "InvalidRequestException", 400},
    {"bpmn.suspended", "SuspendedEntityInteractionException", 500},
};

int format_status(const struct err *e, int ours)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (strcmp(e->code, refusals[i].code) == 0) return refusals[i].status;
    /* The process refused what follows: as theirs does when it cannot go on. */
    return e->kind == ERR_CONFLICT ? 500 : e->kind == ERR_INVALID && ours != 413 ? 400 : ours;
}

struct str format_refusal(struct ctx *c, const struct err *e, struct str message)
{
    const char *type = e->kind == ERR_CONFLICT                       ? "ProcessEngineException"
                       : e->kind == ERR_FAULT || e->kind == ERR_BUSY ? "RestException"
                                                                     : "InvalidRequestException";
    struct json *o = json_object(c->arena);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (strcmp(e->code, refusals[i].code) == 0) type = refusals[i].type;
    json_set_c(c->arena, o, "type", type);
    json_set_str(c->arena, o, "message", message);
    json_set(o, "code", json_null(c->arena));
    return json_to_str(c->arena, o);
}
