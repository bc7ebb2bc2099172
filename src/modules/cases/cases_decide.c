#include "modules/cases/cases_decide.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_web.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

/* ---- one answer ---- */

static const struct bpmn_token *waits(const struct case_work *w, int64_t token)
{
    const struct bpmn_token *t = bpmn_find(&w->state.process, token);
    bool asks = t && t->phase == BPMN_WAITING && course_decision_at(w->course, t->node).len > 0;
    return asks && !course_ended(&w->state) && w->state.status != COURSE_DECIDED ? t : NULL;
}

static bool given_to(struct ctx *c, struct case_work *w, int64_t token, const struct json **given)
{
    struct course_event event = {.now = c->now};
    case_add_known(c, w, &event);
    const struct bpmn_event about = {
        .token = token, .now = c->now, .known = event.known, .known_count = event.known_count};
    *given = bpmn_given(c->arena, course_model(w->course), &w->state.process, &about, c->err);
    return *given != NULL;
}

/* Would the process go on with it? What it cannot go on with must not undo the act that led here. */
static bool leads_on(struct ctx *c, struct case_work *w, const struct course_event *ruled)
{
    struct course_event event = *ruled;
    struct course_state next;
    struct course_commands commands;
    struct err e = {0};
    event.now = c->now;
    case_add_known(c, w, &event);
    return course_next(c->arena, w->course, &w->state, &event, &next, &commands, &e);
}

/* Once for each cause: asked again in vain it is nothing new. */
static bool stuck_is_known(struct ctx *c, const struct case_stuck *s, bool *known)
{
    struct case_stuck *rows;
    size_t count;
    *known = false;
    if (!stuck_store_of_case(c, s->case_id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        *known = *known || (rows[i].token == s->token && str_eq(rows[i].trouble, s->trouble));
    return true;
}

static bool keep_stuck(struct ctx *c, const struct case_work *w, const struct bpmn_token *t,
                       const struct decision_on_way *d)
{
    const struct bpmn *model = course_model(w->course);
    struct json *detail = json_object(c->arena);
    struct str name = bpmn_node_name(model, t->node);
    const struct case_stuck s = {.id = ctx_id(c),
                                 .case_id = w->file.id,
                                 .token = t->id,
                                 .unit = w->file.unit,
                                 .case_no = w->file.case_no,
                                 .model = course_decision_at(w->course, t->node),
                                 .step = name.len ? name : bpmn_node_id(model, t->node),
                                 .step_en = bpmn_node_note(model, t->node, "en"),
                                 .trouble = str_c(decision_trouble_names[d->trouble]),
                                 .said = d->said};
    bool told;
    json_set_str(c->arena, detail, "model", s.model);
    json_set_str(c->arena, detail, "trouble", s.trouble);
    struct str in_record = STR_EMPTY;
    if (!stuck_is_known(c, &s, &told)) return false;
    if (!told) {
        struct json *record = json_copy(c->arena, detail);
        json_set_str(c->arena, record, "said", s.said);
        in_record = json_to_str(c->arena, record);
    }
    return stuck_store_keep(c, &s) &&
           (told || case_store_add_event(c, w->file.id, w->process_version, "stuck",
                                         bpmn_node_id(model, t->node), STR_EMPTY, in_record)) &&
           evidence_add(c, "case.stuck", "case", w->file.id, w->file.applicant, detail);
}

static struct str in_words(struct ctx *c, const struct decision_on_way *d, bool english)
{
    const struct decision_version *v = &d->version;
    struct str name = english && v->en.len ? v->en : v->name,
               result = decision_result_words(c, d->result.answer);
    return str_fmt(c->arena, "%.*s (%d): %.*s", STR_ARG(name), v->version, STR_ARG(result));
}

static bool go_on(struct ctx *c, struct case_work *w, const struct bpmn_token *t, struct decision_on_way *d)
{
    const struct bpmn *model = course_model(w->course);
    struct json *results = json_object(c->arena);
    struct case_act act = {
        .event = {.kind = COURSE_RULED, .role = COURSE_SYSTEM, .token = t->id, .variables = results}};
    json_set(results, "result", json_copy(c->arena, d->result.answer));
    if (!leads_on(c, w, &act.event)) {
        d->trouble = DECISION_NO_WAY;
        d->said = d->version.code;
        return keep_stuck(c, w, t, d);
    }
    json_set_str(c->arena, d->result.said, "step", bpmn_node_name(model, t->node));
    json_set_str(c->arena, d->result.said, "step_en", bpmn_node_note(model, t->node, "en"));
    act.note = case_two_languages(c, in_words(c, d, false), in_words(c, d, true));
    return stuck_store_drop(c, w->file.id, t->id) &&
           decision_keep(c, &d->version, &d->result, w->file.id, w->file.applicant) && case_move(c, w, &act);
}

static bool decide(struct ctx *c, struct case_work *w, const struct bpmn_token *t)
{
    struct decision_about about = {0};
    struct decision_on_way d = {.trouble = DECISION_ENDLESS, .said = course_decision_at(w->course, t->node)};
    if (w->decided++ >= DECISIONS_IN_A_ROW) return keep_stuck(c, w, t, &d);
    if (!case_about_rule(c, w, &about) || !given_to(c, w, t->id, &about.given) ||
        !decision_ask_on_way(c, course_decision_at(w->course, t->node), date_of(c->now), &about, &d))
        return false;
    return d.trouble == DECISION_FINE ? go_on(c, w, t, &d) : keep_stuck(c, w, t, &d);
}

/* A model acts as the program, whoever moved the case. */
static bool decide_as_program(struct ctx *c, struct case_work *w, const struct bpmn_token *t)
{
    struct actor person = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    bool ok = decide(c, w, t);
    c->actor = person;
    return ok;
}

/* Rows of what the case no longer waits for: withdrawn, called off, moved. */
static bool tidy(struct ctx *c, const struct case_work *w)
{
    struct case_stuck *rows;
    size_t count;
    if (!stuck_store_of_case(c, w->file.id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!waits(w, rows[i].token) && !stuck_store_drop(c, w->file.id, rows[i].token)) return false;
    return true;
}

bool case_decide(struct ctx *c, struct case_work *w, const struct course_commands *done)
{
    if (!course_asks_decisions(w->course)) return true;
    for (size_t i = 0; i < done->count; i++) {
        const struct course_command *k = &done->list[i];
        const struct bpmn_token *t = k->kind == COURSE_ASK_DECISION ? waits(w, k->process->token) : NULL;
        if (t && !decide_as_program(c, w, t)) return false;
    }
    return tidy(c, w);
}

/* ---- again ---- */

static bool again(struct ctx *c, int64_t case_id, int64_t token, bool *gone)
{
    struct case_work w;
    struct actor person = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    bool ok = case_work_load(c, case_id, &w);
    c->actor = person;
    if (!ok) return false;
    const struct bpmn_token *t = waits(&w, token);
    *gone = !t;
    if (!t) return stuck_store_drop(c, case_id, token);
    if (w.state.process.suspended) return err_conflict(c->err, "bpmn.suspended", "This case is suspended.");
    return decide_as_program(c, &w, t);
}

bool case_run_decide(struct ctx *c, const struct json *payload)
{
    struct case_stuck s;
    bool found, gone;
    if (!stuck_store_find(c, json_i64_of(payload, "stuck", 0), &s, &found)) return false;
    if (!found || again(c, s.case_id, s.token, &gone)) return true;
    if (c->err->kind != ERR_CONFLICT) return false;
    err_clear(c->err); /* held up: whoever lets it go on asks again */
    return true;
}

static bool back(struct ctx *c, const char *notice)
{
    ctx_notice(c, notice);
    return ctx_redirect(c, "/office/workers");
}

bool stuck_again(struct ctx *c)
{
    struct case_stuck s, now;
    int64_t id;
    bool found, gone;
    if (!ctx_path_id(c, "id", &id) || !stuck_store_find(c, id, &s, &found)) return false;
    if (!found || !c->actor.unit || s.unit != c->actor.unit)
        return err_missing(c->err, "case.stuck", "No decision waits here any more.");
    if (!again(c, s.case_id, s.token, &gone) || !stuck_store_find(c, id, &now, &found)) return false;
    return back(c, found ? "The decision could still not be made. The reason is listed."
                         : "The decision was made; the case goes on.");
}

const struct field stuck_all_fields[] = {
    {"model", FIELD_LINE, "Decision model", .required = true, .max = 80},
    {0},
};

/* As many at a time as one write bears; the next job goes on behind them. Those that came since ask by
 * themselves. */
static bool add_round(struct ctx *c, int64_t unit, struct str model, int64_t after, int64_t asked)
{
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "unit", unit);
    json_set_str(c->arena, payload, "model", model);
    json_set_id(c->arena, payload, "after", after);
    json_set_i64(c->arena, payload, "asked", asked);
    return job_add(c, "case.decide_all",
                   str_fmt(c->arena, "%lld:%.*s:%lld:%lld", (long long)unit, STR_ARG(model), (long long)asked,
                           (long long)after),
                   payload, c->now);
}

bool case_run_decide_all(struct ctx *c, const struct json *payload)
{
    struct case_stuck *rows;
    size_t count;
    int64_t unit = json_i64_of(payload, "unit", 0), asked = json_i64_of(payload, "asked", 0);
    struct str model = json_text_of(payload, "model");
    if (!stuck_store_list(c, unit, model, json_i64_of(payload, "after", 0), STUCK_AGAIN_AT_ONCE, &rows,
                          &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct json *one = json_object(c->arena);
        if (rows[i].since > asked) return true;
        json_set_id(c->arena, one, "stuck", rows[i].id);
        if (!job_add(c, "case.decide",
                     str_fmt(c->arena, "%lld:%lld", (long long)rows[i].id, (long long)asked), one, c->now))
            return false;
    }
    return count < STUCK_AGAIN_AT_ONCE || add_round(c, unit, model, rows[count - 1].id, asked);
}

bool stuck_all_again(struct ctx *c)
{
    return add_round(c, c->actor.unit ? c->actor.unit : -1, in_text(c, "model"), 0, c->now) &&
           back(c, "All cases that wait for this decision model ask it again.");
}

/* ---- what is shown ---- */

static enum decision_trouble trouble_of(struct str word)
{
    int t = DECISION_TROUBLES;
    while (--t > 0 && !str_eq_c(word, decision_trouble_names[t])) {
    }
    return (enum decision_trouble)t;
}

struct str stuck_words(struct ctx *c, struct str trouble, struct str said)
{
    return decision_trouble_text(c, trouble_of(trouble), said);
}

static void show(struct ctx *c, struct json *list, const struct case_stuck *s, bool may)
{
    struct json *o = json_add_object(c->arena, list);
    bool english = c->lang == &lang_en && s->step_en.len;
    json_set_id(c->arena, o, "id", s->id);
    json_set_str(c->arena, o, "case_no", s->case_no);
    json_set(o, "href",
             ctx_may(c, "case.work")
                 ? json_string(c->arena, str_fmt(c->arena, "/office/cases/%lld", (long long)s->case_id))
                 : json_null(c->arena));
    const struct unit *u = orgs_unit(c, s->unit);
    json_set_str(c->arena, o, "department", u ? u->name : STR_EMPTY);
    json_set_str(c->arena, o, "model", s->model);
    json_set_str(c->arena, o, "step", english ? s->step_en : s->step);
    json_set_bool(c->arena, o, "step_zh", !english);
    json_set_str(c->arena, o, "text", stuck_words(c, s->trouble, s->said));
    json_set_str(c->arena, o, "since", time_format(c->arena, s->since));
    json_set_i64(c->arena, o, "tries", s->tries);
    json_set(o, "retry",
             may && s->unit == c->actor.unit
                 ? json_string(c->arena, str_fmt(c->arena, "/office/stuck/%lld", (long long)s->id))
                 : json_null(c->arena));
}

bool case_show_stuck(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct json *list = json_set_array(c->arena, doc, "stuck");
    struct case_stuck *rows;
    size_t count = 0;
    if (course_asks_decisions(w->course) && !stuck_store_of_case(c, w->file.id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        show(c, list, &rows[i], ctx_may(c, "case.ask_again"));
    json_set_bool(c->arena, doc, "has_stuck", count > 0);
    return true;
}

static void add_model(struct ctx *c, struct json *models, struct str code)
{
    JSON_EACH(m, models)
    {
        if (str_eq(json_text_of(m, "model"), code)) return;
    }
    json_set_str(c->arena, json_add_object(c->arena, models), "model", code);
}

bool case_list_stuck(struct ctx *c, struct json *doc, int64_t unit, int64_t after, int64_t *next)
{
    struct json *list = json_set_array(c->arena, doc, "stuck");
    struct case_stuck *rows;
    size_t count;
    *next = 0;
    if (!stuck_store_list(c, unit, STR_EMPTY, after, STUCK_PAGE + 1, &rows, &count)) return false;
    struct json *models = json_set_array(c->arena, doc, "stuck_models");
    for (size_t i = 0; i < count && i < STUCK_PAGE; i++) {
        show(c, list, &rows[i], ctx_may(c, "case.ask_again"));
        if (ctx_may(c, "case.ask_again")) add_model(c, models, rows[i].model);
    }
    if (count > STUCK_PAGE) *next = rows[STUCK_PAGE - 1].id;
    json_set_bool(c->arena, doc, "has_stuck", list->count > 0);
    return true;
}
