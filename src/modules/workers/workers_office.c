/* The page of officers: incidents with a button, what waits by topic, which system may take what. */
#include "modules/workers/workers_internal.h"

#include "core/base/time.h"
#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "modules/orgs/orgs.h"

enum { PASSWORD_BYTES = 32 };

const struct field workers_page_fields[] = {
    {"before", FIELD_ID, .label = "Incidents before this one"},
    {"stuck_after", FIELD_ID, .label = "Decisions that could not be made, behind this one"},
    {0},
};

const struct field workers_grant_fields[] = {
    {"system", FIELD_LINE, "System", .required = true, .max = 40},
    {"topic", FIELD_LINE, "Topic", .required = true, .max = TOPIC_MAX},
    {0},
};

const struct field workers_system_fields[] = {
    {"system", FIELD_LINE, "System", .required = true, .max = 40},
    {0},
};

/* ---- what is shown ---- */

/* Whose tasks the page shows: those of the actor's department; of all (0) where they supervise the whole
 * place. */
static int64_t shown_unit(struct ctx *c)
{
    struct str area = c->actor.area;
    while (area.len >= 2 && str_ends(area, STR("00")))
        area.len -= 2;
    if (ctx_may(c, "case.supervise") && str_starts(orgs_place(c), area)) return 0;
    return c->actor.unit ? c->actor.unit : -1;
}

static bool add_incident(struct ctx *c, struct json *list, const struct external_task *t, bool may)
{
    struct json *o = json_add_object(c->arena, list);
    struct str message;
    if (!task_open(c, t, "message", t->message, &message)) return false;
    if (message.len) ctx_reads(c, t->applicant, STR("case"), t->case_id); /* programs write names into it */
    json_set_id(c->arena, o, "id", t->id);
    json_set_str(c->arena, o, "case_no", t->case_no);
    json_set(o, "href",
             (t->owner == c->actor.unit || !shown_unit(c)) && ctx_may(c, "case.work")
                 ? json_string(c->arena, str_fmt(c->arena, "/office/cases/%lld", (long long)t->case_id))
                 : json_null(c->arena));
    json_set_str(c->arena, o, "topic", t->topic);
    json_set_str(c->arena, o, "department", exchange_unit_name(c, t->unit));
    json_set(o, "message", message.len ? json_string(c->arena, message) : json_null(c->arena));
    json_set_str(c->arena, o, "since", time_format(c->arena, t->created));
    json_set_i64(c->arena, o, "failed", t->failed);
    json_set(
        o, "retry",
        may ? json_string(c->arena, str_fmt(c->arena, "/office/workers/tasks/%lld/retry", (long long)t->id))
            : json_null(c->arena));
    return true;
}

static bool add_incidents(struct ctx *c, struct json *doc)
{
    struct external_task *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, doc, "incidents");
    if (!task_store_incidents(c, shown_unit(c), in_i64(c, "before", 0), &rows, &count)) return false;
    for (size_t i = 0; i < count && i < TASKS_PAGE; i++)
        if (!add_incident(c, list, &rows[i], ctx_may(c, "worker.retry"))) return false;
    json_set_bool(c->arena, doc, "has_incidents", list->count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > TASKS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?before=%lld", (long long)rows[TASKS_PAGE - 1].id));
    }
    return true;
}

/* Decision models that could not answer: the same people mend them. */
static bool add_stuck(struct ctx *c, struct json *doc)
{
    int64_t next;
    if (!case_list_stuck(c, doc, shown_unit(c), in_i64(c, "stuck_after", 0), &next)) return false;
    json_set(doc, "stuck_next",
             next ? json_string(c->arena, str_fmt(c->arena, "?stuck_after=%lld", (long long)next))
                  : json_null(c->arena));
    return true;
}

static bool add_figures(struct ctx *c, struct json *doc)
{
    struct topic_figures *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, doc, "topics");
    if (!task_store_figures(c, c->actor.unit, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "topic", rows[i].topic);
        json_set_i64(c->arena, o, "waiting", rows[i].waiting);
        json_set_i64(c->arena, o, "locked", rows[i].locked);
        json_set_i64(c->arena, o, "incidents", rows[i].incidents);
        json_set_str(c->arena, o, "oldest", time_format(c->arena, rows[i].oldest));
    }
    json_set_bool(c->arena, doc, "has_topics", count > 0);
    return true;
}

static bool add_systems(struct ctx *c, struct json *doc)
{
    struct exchange_own_system *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, doc, "systems");
    if (!exchange_systems_of(c, c->actor.unit ? c->actor.unit : -1, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list), *topics;
        struct str *named, digest;
        size_t given;
        if (!topic_store_list(c, rows[i].code, &named, &given) ||
            !access_store_digest(c, rows[i].code, &digest))
            return false;
        json_set_str(c->arena, o, "name", rows[i].name);
        json_set_str(c->arena, o, "code", rows[i].code);
        json_set_bool(c->arena, o, "has_password", digest.len > 0);
        topics = json_set_array(c->arena, o, "topics");
        for (size_t k = 0; k < given; k++) {
            struct json *t = json_add_object(c->arena, topics);
            json_set_str(c->arena, t, "topic", named[k]);
            json_set_str(c->arena, t, "system", rows[i].code);
        }
        json_set_bool(c->arena, o, "has_topics", given > 0);
    }
    json_set_bool(c->arena, doc, "has_systems", count > 0);
    return true;
}

/* One of three on the page, so each has an id of its own; what points at a mistake finds the one that was
 * sent. */
static bool choose_system(struct ctx *c, struct json *fields, const char *action)
{
    struct exchange_own_system *rows;
    size_t count;
    struct json *f = exchange_field(c, fields, "system", "System", "select", STR_EMPTY, true);
    if (!str_eq_c(c->req->path, action))
        json_set_str(c->arena, f, "id", str_fmt(c->arena, "system-%s", strrchr(action, '/') + 1));
    if (!exchange_systems_of(c, c->actor.unit ? c->actor.unit : -1, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        ctx_option(c, f, rows[i].code, rows[i].name);
    return true;
}

static const char GIVE[] = "/office/workers/topics", RENEW[] = "/office/workers/password",
                  TAKE_AWAY[] = "/office/workers/password/end";

static bool add_acts(struct ctx *c, struct json *doc)
{
    struct json *acts = json_set_array(c->arena, doc, "acts"), *fields, *f;
    json_set_bool(c->arena, doc, "may_grant", ctx_may(c, "worker.grant"));
    if (!ctx_may(c, "worker.grant") || !json_true_of(doc, "has_systems")) return true;
    fields =
        exchange_act(c, acts, str_c(GIVE), "Give a topic", "main",
                     "The system may take the tasks of this topic that processes mean for your department.");
    if (!choose_system(c, fields, GIVE)) return false;
    f = exchange_field(c, fields, "topic", "Topic", "text", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "As the process names it. message:NAME lets it send the message of that name, "
                           "signal:NAME the signal."));
    fields = exchange_act(c, acts, str_c(RENEW), "New password", "quiet",
                          "It is shown once, on the next page, and takes the place of the one there is.");
    if (!choose_system(c, fields, RENEW)) return false;
    fields =
        exchange_act(c, acts, str_c(TAKE_AWAY), "Take the password away", "quiet",
                     "The system can take no more tasks; what it has locked is free when that time is over.");
    return choose_system(c, fields, TAKE_AWAY);
}

static bool page(struct ctx *c, struct str password)
{
    struct json *doc = ctx_doc(c);
    json_set_bool(c->arena, doc, "all", !shown_unit(c));
    json_set(doc, "password", password.len ? json_string(c->arena, password) : json_null(c->arena));
    return add_incidents(c, doc) && add_stuck(c, doc) && add_figures(c, doc) && add_systems(c, doc) &&
           add_acts(c, doc);
}

bool workers_page(struct ctx *c)
{
    return page(c, STR_EMPTY);
}

/* ---- acts ---- */

static bool back(struct ctx *c, bool ok, const char *notice)
{
    if (!ok) return false;
    ctx_notice(c, notice);
    return ctx_redirect(c, "/office/workers");
}

bool workers_retry(struct ctx *c)
{
    struct external_task t;
    int64_t id;
    bool found;
    if (!ctx_path_id(c, "id", &id) || !task_store_find(c, id, &t, &found)) return false;
    if (!found || !c->actor.unit || (t.unit != c->actor.unit && t.owner != c->actor.unit))
        return err_missing(c->err, "workers.none", "There is no such task any more.");
    if (t.retries) return back(c, true, "The task is being tried already.");
    return back(c, worker_retry(c, &t), "The task will be tried again.");
}

static bool own_system(struct ctx *c, struct str *code)
{
    struct exchange_who who;
    *code = in_text(c, "system");
    return (c->actor.unit && exchange_who_named(c, *code, &who) && who.unit == c->actor.unit) ||
           err_at(c->err, STR("system"), "Your department has no such system.", STR_EMPTY);
}

bool workers_grant(struct ctx *c)
{
    struct str system;
    return own_system(c, &system) && back(c, workers_give_topic(c, system, in_text(c, "topic")), "Recorded.");
}

bool workers_revoke(struct ctx *c)
{
    struct str system;
    return own_system(c, &system) && back(c, workers_take_topic(c, system, in_text(c, "topic")), "Recorded.");
}

bool workers_password(struct ctx *c)
{
    struct str system;
    uint8_t bytes[PASSWORD_BYTES];
    if (!own_system(c, &system)) return false;
    crypto_random(bytes, sizeof bytes);
    struct str password = str_hex(c->arena, bytes, sizeof bytes);
    return workers_set_password(c, system, password) && page(c, password);
}

bool workers_end_password(struct ctx *c)
{
    struct str system;
    return own_system(c, &system) && back(c, workers_drop_password(c, system), "Recorded.");
}

/* ---- /office ---- */

static bool office_home(struct ctx *c, struct json *doc)
{
    int64_t count;
    if (!ctx_may(c, "worker.retry") || !c->actor.unit) return true;
    if (!task_store_count_incidents(c, c->actor.unit, &count)) return false;
    if (!count) return true;
    struct json *f = json_add_object(c->arena, (struct json *)json_get(doc, "figures"));
    json_set_str(c->arena, f, "label", ctx_tr(c, "Tasks that systems gave up"));
    json_set_c(c->arena, f, "href", "/office/workers");
    json_set_str(c->arena, f, "count",
                 count > INCIDENTS_COUNTED ? str_fmt(c->arena, "%d+", INCIDENTS_COUNTED)
                                           : str_fmt(c->arena, "%lld", (long long)count));
    json_set_c(c->arena, f, "color", "red");
    return true;
}

const struct people_part workers_part = {.name = "workers", .office_home = office_home};
