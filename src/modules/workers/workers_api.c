/* What systems do with tasks: fetch and lock, complete, fail, raise an error, keep longer, let go; messages.
 */
#include "modules/workers/workers_internal.h"

#include "core/auth/auth.h"
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"

#include <stdlib.h>
#include <string.h>

static bool bad(struct ctx *c, const char *msgid)
{
    return err_invalid(c->err, "workers.request", msgid);
}

/* An object; nothing is one without members. */
static bool body_of(struct ctx *c, const struct json **body)
{
    *body =
        c->req->body.len ? json_parse(c->arena, c->req->body, JSON_STRICT, c->err) : json_object(c->arena);
    if (!*body) err_clear(c->err);
    return json_is(*body, JSON_OBJECT) || bad(c, "The body has to be an object of JSON.");
}

static bool done(struct ctx *c)
{
    (void)ctx_file(c, STR_EMPTY, "", STR_EMPTY);
    c->out.status = 204;
    return true;
}

static bool send(struct ctx *c, const struct json *doc)
{
    return ctx_file(c, json_to_str(c->arena, doc), "application/json", STR_EMPTY);
}

static bool worker_id(struct ctx *c, const struct json *body, struct str *id)
{
    *id = json_text_of(body, "workerId");
    return (id->len && id->len <= WORKER_MAX) || bad(c, "Please say in workerId who works.");
}

static bool duration(struct ctx *c, const struct json *body, const char *name, int64_t *ms)
{
    *ms = json_i64_of(body, name, 0);
    return (*ms > 0 && *ms <= LOCK_MAX) ||
           bad(c, "How long the task is locked has to be a number of milliseconds, of at most seven days.");
}

/* ---- fetching ---- */

struct fetch {
    const struct exchange_who *who;
    const struct json *body;
    struct str worker;
    int64_t most;
    bool by_priority, newest_first;
    struct candidate {
        struct external_task task;
        const struct json *topic;
        int64_t lock_ms;
    } * list;
    size_t count;
};

static bool may_take(struct ctx *c, const struct exchange_who *who, struct str topic)
{
    bool has;
    if (!topic_store_has(c, who->code, topic, &has)) return false;
    if (has) return true;
    err_set(c->err, ERR_DENIED, "workers.topic", "The topic %{arg} has not been given to this system.");
    err_arg(c->err, str_slice(topic, 0, 60));
    return false;
}

static struct str one_of(const struct json *topic, const char *single, const char *many)
{
    const struct json *list = json_get(topic, many);
    struct str text = json_text_of(topic, single);
    return text.len                                        ? text
           : json_is(list, JSON_ARRAY) && list->count == 1 ? json_text(list->first)
                                                           : STR_EMPTY;
}

/* What narrows down by things that are not here would narrow down wrongly where it is passed over. */
static bool understood(struct ctx *c, const struct json *topic)
{
    const struct json *keys = json_get(topic, "processDefinitionKeyIn"),
                      *ids = json_get(topic, "processDefinitionIdIn"),
                      *values = json_get(topic, "processVariables"), *tenants = json_get(topic, "tenantIdIn");
    bool many = (json_is(keys, JSON_ARRAY) && keys->count > 1) ||
                (json_is(ids, JSON_ARRAY) && ids->count > 0) ||
                (json_is(values, JSON_OBJECT) && values->count > 0) ||
                (json_is(tenants, JSON_ARRAY) && tenants->count > 0) ||
                json_text_of(topic, "processDefinitionId").len ||
                json_text_of(topic, "processDefinitionVersionTag").len;
    return !many || bad(c, "Tasks are chosen by topic, businessKey and processDefinitionKey alone.");
}

static bool add_topic(struct ctx *c, struct fetch *f, const struct json *topic)
{
    struct external_task *rows;
    size_t count;
    int64_t ms;
    struct task_query q = {.unit = f->who->unit,
                           .topic = json_text_of(topic, "topicName"),
                           .case_no = json_text_of(topic, "businessKey"),
                           .process = one_of(topic, "processDefinitionKey", "processDefinitionKeyIn"),
                           .by_priority = f->by_priority,
                           .newest_first = f->newest_first,
                           .limit = f->most};
    if (!q.topic.len || q.topic.len > TOPIC_MAX) return bad(c, "Each topic needs its topicName.");
    if (!duration(c, topic, "lockDuration", &ms) || !understood(c, topic) || !may_take(c, f->who, q.topic) ||
        !task_store_free(c, &q, &rows, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        f->list[f->count++] = (struct candidate){rows[i], topic, ms};
    return true;
}

static int by_age(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->task.id < y->task.id ? -1 : x->task.id > y->task.id;
}

static int by_youth(const void *a, const void *b)
{
    return by_age(b, a);
}

static int by_priority(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->task.priority != y->task.priority) return x->task.priority > y->task.priority ? -1 : 1;
    return by_age(a, b);
}

static bool read_fetch(struct ctx *c, struct fetch *f)
{
    const struct json *topics = json_get(f->body, "topics"), *sorting = json_get(f->body, "sorting");
    f->most = json_i64_of(f->body, "maxTasks", 0);
    f->by_priority = json_true_of(f->body, "usePriority");
    f->newest_first = json_is(sorting, JSON_ARRAY) && sorting->first &&
                      str_eq_c(json_text_of(sorting->first, "sortBy"), "createTime") &&
                      str_eq_c(json_text_of(sorting->first, "sortOrder"), "desc");
    if (!worker_id(c, f->body, &f->worker)) return false;
    if (f->most < 1) return bad(c, "Please say in maxTasks how many tasks are wanted, at least one.");
    if (f->most > TASKS_A_FETCH) f->most = TASKS_A_FETCH;
    if (!json_is(topics, JSON_ARRAY) || topics->count > TOPICS_A_FETCH)
        return bad(c, "Please say in topics which tasks are wanted, at most fifty topics.");
    f->list = ARENA_ARRAY(c->arena, topics->count * (size_t)f->most + 1, struct candidate);
    JSON_EACH(topic, topics)
    {
        if (!add_topic(c, f, topic)) return false;
    }
    qsort(f->list, f->count, sizeof *f->list,
          f->by_priority    ? by_priority
          : f->newest_first ? by_youth
                            : by_age);
    return true;
}

/* Locked, on record, and with what the model hands over. */
static bool take(struct ctx *c, const struct fetch *f, struct candidate *k, struct json *list, bool *taken)
{
    struct external_task *t = &k->task;
    struct str text;
    t->system = f->who->code;
    t->worker = f->worker;
    t->lock_until = c->now + k->lock_ms;
    if (!task_store_lock(c, t, taken)) return false;
    if (!*taken) return true;
    if (!format_task(c, list, t) || !task_open(c, t, "variables", t->variables, &text)) return false;
    const struct json *values =
        text.len ? json_parse(c->arena, text, JSON_STRICT, c->err) : json_object(c->arena);
    if (!values) return err_fault(c->err, "stored variables of a task are no JSON");
    json_set(list->last, "variables", format_variables(c->arena, values, json_get(k->topic, "variables")));
    return worker_evidence(c, "worker.fetch", f->who, t);
}

bool workers_fetch(struct ctx *c)
{
    struct exchange_who who;
    struct fetch f = {.who = &who};
    struct json *list = json_array(c->arena);
    if (!worker_enters(c, &who) || !body_of(c, &f.body) || !read_fetch(c, &f)) return false;
    for (size_t i = 0; i < f.count && (int64_t)list->count < f.most; i++) {
        bool taken;
        if (!take(c, &f, &f.list[i], list, &taken)) return false;
    }
    int64_t wait = json_i64_of(f.body, "asyncResponseTimeout", 0);
    if (!list->count && wait > 0) ctx_wait(c, wait < WAIT_MAX ? wait : WAIT_MAX);
    return send(c, list);
}

/* ---- one task ---- */

static bool no_task(struct ctx *c)
{
    err_set(c->err, ERR_MISSING, "workers.task", "There is no task %{arg} for this system.");
    err_arg(c->err, str_slice(ctx_path(c, "id"), 0, 40));
    return false;
}

static bool find(struct ctx *c, const struct exchange_who *who, struct external_task *t)
{
    int64_t id;
    bool found, has;
    if (!str_to_i64(ctx_path(c, "id"), &id)) return no_task(c);
    if (!task_store_find(c, id, t, &found)) return false;
    if (!found || t->unit != who->unit) return no_task(c);
    return topic_store_has(c, who->code, t->topic, &has) && (has || no_task(c));
}

static bool not_locked(struct ctx *c, const struct external_task *t)
{
    err_set(c->err, ERR_INVALID, "workers.lock", "The task is locked by another worker, or by none: %{arg}");
    err_arg(c->err, t->worker.len ? str_slice(t->worker, 0, 60) : STR("-"));
    return false;
}

/* The task of the path, which this worker has locked last; its time may be over as long as no other one has
 * it. */
static bool mine(struct ctx *c, struct exchange_who *who, const struct json **body, struct external_task *t)
{
    struct str worker;
    if (!worker_enters(c, who) || !body_of(c, body) || !worker_id(c, *body, &worker) || !find(c, who, t))
        return false;
    return (str_eq(t->worker, worker) && str_eq(t->system, who->code)) || not_locked(c, t);
}

bool workers_complete(struct ctx *c)
{
    struct exchange_who who;
    struct external_task t;
    const struct json *body;
    struct json *values;
    return mine(c, &who, &body, &t) && format_read(c->arena, json_get(body, "variables"), &values, c->err) &&
           task_store_end(c, t.id) && case_service_done(c, t.case_id, t.token, who.name, values) &&
           worker_evidence(c, "worker.complete", &who, &t) && done(c);
}

static bool keep_words(struct ctx *c, struct external_task *t, struct str message, struct str details)
{
    return task_seal(c, t, "message",
                     str_slice(message, 0, message.len < MESSAGE_MAX ? message.len : MESSAGE_MAX),
                     &t->message) &&
           task_seal(c, t, "details",
                     str_slice(details, 0, details.len < DETAILS_MAX ? details.len : DETAILS_MAX),
                     &t->details);
}

bool workers_failure(struct ctx *c)
{
    struct exchange_who who;
    struct external_task t;
    const struct json *body;
    if (!mine(c, &who, &body, &t)) return false;
    int64_t retries = json_i64_of(body, "retries", 0), pause = json_i64_of(body, "retryTimeout", 0);
    if (retries < 0 || pause < 0 || pause > LOCK_MAX)
        return bad(c, "retries and retryTimeout are numbers, not below nought.");
    t.retries = retries < RETRIES_MAX ? retries : RETRIES_MAX;
    t.failed++;
    t.worker = t.system = STR_EMPTY;
    t.lock_until = pause ? c->now + pause : 0;
    c->stirs = t.retries > 0;
    return (t.retries || worker_given_up(c, &t)) &&
           keep_words(c, &t, json_text_of(body, "errorMessage"), json_text_of(body, "errorDetails")) &&
           task_store_save(c, &t) && worker_evidence(c, "worker.failure", &who, &t) && done(c);
}

/* Where no event of the process takes the error, people have to look: it becomes an incident. */
bool workers_error(struct ctx *c)
{
    struct exchange_who who;
    struct external_task t;
    const struct json *body;
    struct json *values;
    bool caught;
    if (!mine(c, &who, &body, &t)) return false;
    struct str code = json_text_of(body, "errorCode"), message = json_text_of(body, "errorMessage");
    if (!code.len || code.len > TOPIC_MAX) return bad(c, "Please name the error in errorCode.");
    if (!format_read(c->arena, json_get(body, "variables"), &values, c->err) ||
        !case_service_error(c, t.case_id, t.token, who.name, code,
                            str_slice(message, 0, message.len < MESSAGE_MAX ? message.len : MESSAGE_MAX),
                            values, &caught))
        return false;
    if (caught) return task_store_end(c, t.id) && worker_evidence(c, "worker.error", &who, &t) && done(c);
    t.failed++;
    t.worker = t.system = STR_EMPTY;
    t.lock_until = 0;
    return worker_given_up(c, &t) &&
           keep_words(c, &t,
                      str_fmt(c->arena, "%.*s %.*s · %.*s",
                              STR_ARG(ctx_tr(c, "No event of the process takes the error")), STR_ARG(code),
                              STR_ARG(message)),
                      STR_EMPTY) &&
           task_store_save(c, &t) && worker_evidence(c, "worker.error", &who, &t) && done(c);
}

static bool lock_until(struct ctx *c, const struct exchange_who *who, struct external_task *t, int64_t until)
{
    t->lock_until = until;
    return task_store_save(c, t) && worker_evidence(c, "worker.extend", who, t) && done(c);
}

bool workers_extend(struct ctx *c)
{
    struct exchange_who who;
    struct external_task t;
    const struct json *body;
    int64_t ms;
    if (!mine(c, &who, &body, &t) || !duration(c, body, "newDuration", &ms)) return false;
    return t.lock_until <= c->now ? not_locked(c, &t) : lock_until(c, &who, &t, c->now + ms);
}

bool workers_lock(struct ctx *c)
{
    struct exchange_who who;
    struct external_task t;
    const struct json *body;
    struct str worker;
    int64_t ms;
    if (!worker_enters(c, &who) || !body_of(c, &body) || !worker_id(c, body, &worker) || !find(c, &who, &t) ||
        !duration(c, body, "lockDuration", &ms))
        return false;
    bool held = t.lock_until > c->now && t.worker.len;
    if (held && !(str_eq(t.worker, worker) && str_eq(t.system, who.code))) return not_locked(c, &t);
    t.worker = worker;
    t.system = who.code;
    return lock_until(c, &who, &t, c->now + ms);
}

bool workers_unlock(struct ctx *c)
{
    struct exchange_who who;
    struct external_task t;
    if (!worker_enters(c, &who) || !find(c, &who, &t)) return false;
    if (t.system.len && !str_eq(t.system, who.code)) return not_locked(c, &t);
    t.worker = t.system = STR_EMPTY;
    t.lock_until = 0;
    c->stirs = true;
    return task_store_save(c, &t) && worker_evidence(c, "worker.unlock", &who, &t) && done(c);
}

/* ---- messages ---- */

/* The right to send one is the topic "message:NAME". */
bool workers_message(struct ctx *c)
{
    struct exchange_who who;
    const struct json *body;
    struct json *values;
    if (!worker_enters(c, &who) || !body_of(c, &body)) return false;
    struct str name = json_text_of(body, "messageName"), case_no = json_text_of(body, "businessKey");
    if (!name.len || name.len > TOPIC_MAX || !case_no.len)
        return bad(c,
                   "Please say in messageName what comes, and in businessKey to the case of which number.");
    if (!may_take(c, &who, str_cat(c->arena, STR("message:"), name)) ||
        !format_read(c->arena, json_get(body, "processVariables"), &values, c->err))
        return false;
    if (case_message(c, case_no, name, who.unit, who.name, values)) {
        struct json *detail = json_object(c->arena);
        json_set_str(c->arena, detail, "system", who.code);
        json_set_str(c->arena, detail, "topic", name);
        return evidence_add(c, "worker.message", "exchange_system", who.id, 0, detail) && done(c);
    }
    /* Who may send it learns no more than that nobody waits. */
    bool nobody = c->err->kind == ERR_MISSING || strcmp(c->err->code, "course.nobody_waits") == 0;
    if (!nobody) return false;
    err_clear(c->err);
    return err_invalid(c->err, "workers.mismatch", "No case of this number waits for that message.");
}

/* ---- signals ---- */

/* The id that tasks carry: of a case, or of one place in it (CASE:TOKEN). */
static bool execution_of(struct ctx *c, struct str text, int64_t *case_id, int64_t *token)
{
    struct str first, rest = str_cut(text, ':', &first);
    *token = 0;
    return (str_to_i64(first, case_id) && *case_id > 0 &&
            (!rest.len || (str_to_i64(rest, token) && *token > 0))) ||
           err_conflict(c->err, "workers.execution", "Nothing waits there for that signal.");
}

/* Who may send it learns no more than that nothing waits there. */
static bool signal_one(struct ctx *c, const struct exchange_who *who, struct str execution, struct str name,
                       const struct json *values)
{
    int64_t case_id, token;
    if (!execution_of(c, execution, &case_id, &token)) return false;
    if (case_signal_one(c, case_id, token, name, who->unit, who->name, values)) return true;
    if (c->err->kind != ERR_MISSING && strcmp(c->err->code, "course.nobody_waits") != 0) return false;
    err_clear(c->err);
    return err_conflict(c->err, "workers.execution", "Nothing waits there for that signal.");
}

/* The right to send one is the topic "signal:NAME"; whom it reaches is said by the events that wait. */
bool workers_signal(struct ctx *c)
{
    struct exchange_who who;
    const struct json *body;
    struct json *values, *detail = json_object(c->arena);
    int64_t number = 0;
    if (!worker_enters(c, &who) || !body_of(c, &body)) return false;
    struct str name = json_text_of(body, "name"), execution = json_text_of(body, "executionId");
    if (!name.len || name.len > TOPIC_MAX) return bad(c, "Please say in name which signal is sent.");
    if (json_text_of(body, "tenantId").len || json_true_of(body, "withoutTenantId"))
        return bad(c, "There are no tenants here: please leave tenantId and withoutTenantId out.");
    if (!may_take(c, &who, str_cat(c->arena, STR("signal:"), name)) ||
        !auth_limit(c, "workers.signal", who.code, SIGNALS_A_MINUTE, MS_MINUTE) ||
        !format_read(c->arena, json_get(body, "variables"), &values, c->err))
        return false;
    if (execution.len ? !signal_one(c, &who, execution, name, values)
                      : !case_signal(c, name, who.unit, who.name, values, &number))
        return false;
    json_set_str(c->arena, detail, "system", who.code);
    json_set_str(c->arena, detail, "topic", name);
    if (number) json_set_id(c->arena, detail, "number", number);
    return evidence_add(c, "worker.signal", "exchange_system", who.id, 0, detail) && done(c);
}
