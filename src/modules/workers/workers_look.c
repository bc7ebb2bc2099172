/* Tasks as systems see them: of their department and their topics. */
#include "modules/workers/workers_internal.h"

#include "core/http/server.h"

const struct field workers_list_fields[] = {
    {"externalTaskId", FIELD_LINE, "Of this id", .max = 30},
    {"processInstanceId", FIELD_LINE, "Of this case", .max = 30},
    {"topicName", FIELD_LINE, "Of this topic", .max = TOPIC_MAX},
    {"workerId", FIELD_LINE, "Locked by this worker", .max = WORKER_MAX},
    {"locked", FIELD_BOOL, .label = "Locked now"},
    {"notLocked", FIELD_BOOL, .label = "Not locked now"},
    {"withRetriesLeft", FIELD_BOOL, .label = "To be tried again"},
    {"noRetriesLeft", FIELD_BOOL, .label = "Not to be tried again"},
    {"firstResult", FIELD_INT, "Behind so many", .min = 0, .max = 1000000},
    {"maxResults", FIELD_INT, "At most so many", .min = 1, .max = 1000},
    {0},
};

static bool filter_of(struct ctx *c, struct exchange_who *who, struct task_filter *f)
{
    if (!worker_enters(c, who)) return false;
    *f = (struct task_filter){.unit = who->unit,
                              .system = who->code,
                              .topic = in_text(c, "topicName"),
                              .worker = in_text(c, "workerId"),
                              .locked = in_true(c, "locked")      ? 1
                                        : in_true(c, "notLocked") ? -1
                                                                  : 0,
                              .retries = in_true(c, "withRetriesLeft") ? 1
                                         : in_true(c, "noRetriesLeft") ? -1
                                                                       : 0,
                              .first = in_i64(c, "firstResult", 0),
                              .limit = in_i64(c, "maxResults", 1000)};
    /* What is no number of ours is nothing's. */
    if (in_has(c, "externalTaskId") && !str_to_i64(in_text(c, "externalTaskId"), &f->id)) f->id = -1;
    if (in_has(c, "processInstanceId") && !str_to_i64(in_text(c, "processInstanceId"), &f->case_id))
        f->case_id = -1;
    return true;
}

static bool send(struct ctx *c, const struct json *doc)
{
    return ctx_file(c, json_to_str(c->arena, doc), "application/json", STR_EMPTY);
}

bool workers_list(struct ctx *c)
{
    struct exchange_who who;
    struct task_filter f;
    struct external_task *rows;
    size_t count;
    struct json *list = json_array(c->arena);
    if (!filter_of(c, &who, &f) || !task_store_list(c, &f, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!format_task(c, list, &rows[i])) return false;
    return send(c, list);
}

bool workers_count(struct ctx *c)
{
    struct exchange_who who;
    struct task_filter f;
    int64_t count;
    struct json *doc = json_object(c->arena);
    if (!filter_of(c, &who, &f) || !task_store_count(c, &f, &count)) return false;
    json_set_i64(c->arena, doc, "count", count);
    return send(c, doc);
}

static bool find_one(struct ctx *c, struct external_task *t)
{
    struct exchange_who who;
    struct task_filter f;
    struct external_task *rows;
    size_t count = 0;
    if (!filter_of(c, &who, &f)) return false;
    if (str_to_i64(ctx_path(c, "id"), &f.id) && !task_store_list(c, &f, &rows, &count)) return false;
    if (count) {
        *t = rows[0];
        return true;
    }
    err_set(c->err, ERR_MISSING, "workers.task", "There is no task %{arg} for this system.");
    err_arg(c->err, str_slice(ctx_path(c, "id"), 0, 40));
    return false;
}

bool workers_one(struct ctx *c)
{
    struct external_task t;
    struct json *list = json_array(c->arena);
    return find_one(c, &t) && format_task(c, list, &t) && send(c, list->first);
}

bool workers_details(struct ctx *c)
{
    struct external_task t;
    struct str details;
    if (!find_one(c, &t) || !task_open(c, &t, "details", t.details, &details)) return false;
    (void)ctx_file(c, details, "text/plain", STR_EMPTY);
    if (!details.len) c->out.status = 204;
    return true;
}

static bool no_file(struct ctx *c)
{
    err_set(c->err, ERR_MISSING, "workers.file",
            "No task that this system has locked was handed a file %{arg}.");
    err_arg(c->err, str_slice(ctx_path(c, "name"), 0, 60));
    return false;
}

/* "case" or "case:token"; of several tasks of one case, the first that was handed such a file. */
bool workers_file(struct ctx *c)
{
    struct exchange_who who;
    struct external_task *rows;
    size_t count;
    int64_t only = 0;
    struct str instance, token = str_cut(ctx_path(c, "execution"), ':', &instance), text, content, type;
    if (!worker_enters(c, &who)) return false;
    struct task_filter f = {.unit = who.unit, .system = who.code, .locked = 1, .limit = TASKS_A_FETCH};
    if (!str_to_i64(instance, &f.case_id) || f.case_id <= 0 || (token.len && !str_to_i64(token, &only)))
        return no_file(c);
    if (!task_store_list(c, &f, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct external_task *t = &rows[i];
        if (!str_eq(t->system, who.code) || (only && t->token != only)) continue;
        if (!task_open(c, t, "variables", t->variables, &text)) return false;
        const struct json *all = text.len ? json_parse(c->arena, text, JSON_STRICT, c->err) : NULL;
        if (text.len && !all) return false;
        const struct json *file = json_get(json_get_str(all, ctx_path(c, "name")), CASE_FILE);
        if (!file) continue;
        ctx_reads(c, t->applicant, STR("document"), t->case_id);
        return case_service_file(c, t->case_id, json_i64_of(file, "id", 0), &content, &type) &&
               ctx_file(c, content, str_z(c->arena, type), json_text_of(file, "name"));
    }
    return no_file(c);
}
