/* What follows from a decision or from time passing: licences, timers, delivery, clean-up. */
#include "core/http/server.h"
#include "modules/bookings/bookings.h"
#include "modules/cases/cases_decide.h"
#include "modules/cases/cases_halted.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_signals.h"
#include "modules/licences/licences.h"
#include "modules/orgs/orgs.h"

/* ---- licences ---- */

/* One source of a face: form.x, situation.x (its label), department.name, department.division. */
static struct str face_value(struct ctx *c, const struct case_work *w, const struct json *rows,
                             struct str source)
{
    struct str what, name = str_cut(source, '.', &what);
    if (str_eq_c(what, "department")) {
        const struct unit *u = orgs_unit(c, w->file.unit);
        if (!u) return STR_EMPTY;
        return str_eq_c(name, "division") ? orgs_division_path(c, u->division) : u->name;
    }
    if (str_eq_c(what, "situation")) {
        struct str chosen = json_text(json_get_str(w->answers.situations, name));
        JSON_EACH(s, json_get(w->service, "situations"))
        {
            if (!str_eq(json_text_of(s, "id"), name)) continue;
            JSON_EACH(o, json_get(s, "options"))
            {
                if (str_eq(json_text_of(o, "value"), chosen)) return json_text_of(o, "label");
            }
        }
        return STR_EMPTY;
    }
    JSON_EACH(page, rows)
    {
        JSON_EACH(row, json_get(page, "rows"))
        {
            if (str_eq(json_text_of(row, "id"), name)) return json_text_of(row, "value");
        }
    }
    return STR_EMPTY;
}

/* An element that nothing is known of is left out: a licence states what it says, not what it does not. */
static struct json *face_of(struct ctx *c, const struct case_work *w, const struct json *licence)
{
    struct json *face = json_array(c->arena);
    const struct json *rows = w->form ? form_summary(c->arena, w->form, &w->answers, false) : NULL;
    JSON_EACH(f, json_get(licence, "face"))
    {
        struct str sources = json_text_of(f, "from"), one, value = STR_EMPTY;
        while (sources.len && !value.len) {
            sources = str_cut(sources, '|', &one);
            value = face_value(c, w, rows, one);
        }
        if (!value.len) continue;
        struct json *o = json_add_object(c->arena, face);
        json_set_str(c->arena, o, "name", json_text_of(f, "id"));
        json_set_str(c->arena, o, "title", json_text_of(f, "title"));
        json_set_str(c->arena, o, "value", value);
    }
    return face;
}

bool case_issue_licence(struct ctx *c, struct case_work *w)
{
    const struct json *type = json_get(w->service, "licence");
    int64_t licence;
    struct licence_spec spec = {.type = type,
                                .issuer = w->file.unit,
                                .holder = w->file.applicant,
                                .case_id = w->file.id,
                                .case_no = w->file.case_no,
                                .item_code = w->item->code,
                                .item_name = w->item->name,
                                .face = face_of(c, w, type),
                                .valid_from = date_of(c->now)};
    return licence_draft(c, &spec, &licence);
}

/* ---- jobs ---- */

static bool load_for_job(struct ctx *c, const struct json *payload, struct case_work *w, bool *gone)
{
    *gone = false;
    if (case_work_load(c, json_i64_of(payload, "case", 0), w)) return true;
    *gone = c->err->kind == ERR_MISSING;
    if (*gone) err_clear(c->err);
    return *gone;
}

static bool run_timer(struct ctx *c, const struct json *payload)
{
    struct case_work w;
    bool gone;
    return load_for_job(c, payload, &w, &gone) && (gone || case_clock_rings(c, &w, payload));
}

/* A timer of the model. One that runs out while the case is held up rings when it goes on again. */
static bool run_process_timer(struct ctx *c, const struct json *payload)
{
    struct case_work w;
    bool gone;
    const struct case_act act = {.event = {.kind = COURSE_PROCESS_TIMER,
                                           .role = COURSE_SYSTEM,
                                           .token = json_i64_of(payload, "token", 0),
                                           .index = (int)json_i64_of(payload, "index", 0)}};
    if (!load_for_job(c, payload, &w, &gone)) return false;
    if (gone || course_ended(&w.state) || !bpmn_find(&w.state.process, act.event.token)) return true;
    if (!w.state.process.suspended) return case_move(c, &w, &act);
    return job_add(c, "case.process_timer",
                   str_fmt(c->arena, "%lld:%lld:%d:%lld", (long long)w.file.id, (long long)act.event.token,
                           act.event.index, (long long)c->now),
                   payload, c->now + MS_HOUR);
}

/* The result of an electronic matter is handed over when it is there: in the person's account. */
static bool run_deliver(struct ctx *c, const struct json *payload)
{
    struct case_work w;
    bool gone;
    const struct case_act act = {.event = {.kind = COURSE_DELIVERED, .role = COURSE_SYSTEM}};
    if (!load_for_job(c, payload, &w, &gone)) return false;
    return gone || w.state.status != COURSE_DECIDED || case_move(c, &w, &act);
}

/* When the calendar of a year arrives or is corrected, or a threshold of the lights is changed, what is
 * stored of running clocks is counted anew. */
static bool run_recount(struct ctx *c, const struct json *payload)
{
    bool changed;
    (void)payload;
    /* Under a name of its own since there is a clock before acceptance: what is older is counted once more.
     */
    if (!orgs_clock_changed(c, "cases.clocks", &changed)) return false;
    return !changed ||
           job_add(c, "case.recount_part", STR_EMPTY, json_object(c->arena), c->now + ORGS_CLOCK_SETTLES_MS);
}

static bool recount(struct ctx *c, int64_t id)
{
    struct case_work w;
    return case_work_load(c, id, &w) && case_asked_recount(c, &w) && case_clock_recount(c, &w);
}

/* A case that cannot be counted holds up none behind it: it gets a job of its own, which an operator sees. */
static bool recount_apart(struct ctx *c, int64_t id)
{
    struct json *one = json_object(c->arena);
    if (!db_savepoint(&c->tx)) return false;
    if (recount(c, id)) return db_release(&c->tx);
    err_clear(c->err);
    json_set_id(c->arena, one, "case", id);
    return db_rollback_to(&c->tx) &&
           job_add(c, "case.recount_one", str_fmt(c->arena, "%lld", (long long)id), one, c->now);
}

static bool run_recount_one(struct ctx *c, const struct json *payload)
{
    if (recount(c, json_i64_of(payload, "case", 0))) return true;
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}

static bool run_recount_part(struct ctx *c, const struct json *payload)
{
    int64_t *ids;
    size_t count;
    if (!case_store_on_the_clock(c, json_i64_of(payload, "after", 0), &ids, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!recount_apart(c, ids[i])) return false;
    if (!count) return true;
    struct json *next = json_object(c->arena);
    json_set_id(c->arena, next, "after", ids[count - 1]);
    return job_add(c, "case.recount_part", STR_EMPTY, next, c->now);
}

static bool run_expire(struct ctx *c, const struct json *payload)
{
    int64_t *ids;
    size_t count;
    (void)payload;
    if (!case_store_old_drafts(c, c->now - DRAFT_DAYS * MS_DAY, &ids, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct case_work w;
        if (!case_work_load(c, ids[i], &w) || !draft_discard(c, &w)) return false;
    }
    return true;
}

const struct job_kind case_jobs[CASE_JOBS] = {
    {"case.timer", "Watch the time limit of a case", .run = run_timer, .parks = case_job_parks},
    {"case.process_timer", "Let a time set by a process run out", .run = run_process_timer,
     .parks = case_job_parks},
    {"case.deliver", "Tell the applicant the result", .run = run_deliver, .parks = case_job_parks},
    {"case.message", "Take a message to a waiting case", .run = case_run_message, .parks = case_job_parks},
    {"case.signal", "Find the cases that wait for a signal", .run = case_run_signal},
    {"case.hear", "Take a signal to a waiting case", .run = case_run_hear, .parks = case_job_parks},
    {"case.decide", "Ask a decision model for a case", .run = case_run_decide},
    {"case.decide_all", "Ask a decision model for all cases that wait for it", .run = case_run_decide_all},
    {"case.recount", "See whether the calendar changed, for cases", .run = run_recount,
     .every_ms = MS_MINUTE},
    {"case.recount_part", "Count time limits anew after a change of the calendar", .run = run_recount_part},
    {"case.recount_one", "Count the time limits of one case anew", .run = run_recount_one,
     .parks = case_job_parks},
    {"case.find_halted", "Find jobs of cases that were given up", .run = case_find_halted,
     .every_ms = MS_DAY},
    {"case.seal_old", "Seal contents of older cases", .run = case_seal_old, .every_ms = MS_MINUTE},
    {"case.expire_drafts", "Throw away old drafts", .run = run_expire, .every_ms = MS_DAY},
};
