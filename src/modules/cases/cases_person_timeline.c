/* What happened, who has it now, what comes next and until when. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"
#include "modules/orgs/orgs.h"

/* Ids begin with the milliseconds since 2024-01-01 at which they were made (core/base/id.h). */
#define ID_EPOCH INT64_C(1704067200000)

int64_t person_draft_until(const struct case_work *w)
{
    return (w->file.id >> 22) + ID_EPOCH + DRAFT_DAYS * MS_DAY;
}

/* ---- sentences ---- */

const char *person_tone(const struct case_file *f)
{
    if (str_eq_c(f->status, "correction") || str_eq_c(f->status, "draft")) return "waits";
    if (str_eq_c(f->status, "rejected") || str_eq_c(f->result, "refused")) return "bad";
    return str_eq_c(f->result, "granted") ? "good" : "open";
}

struct str person_next_text(struct ctx *c, const struct case_file *f)
{
    static const struct {
        const char *status, *result, *msgid;
    } texts[] = {
        {"draft", "", "Not sent yet. You can go on where you stopped."},
        {"submitted", "",
         "%{arg} checks whether everything is there and tells you whether it is accepted. You need do "
         "nothing."},
        {"correction", "", "Something has to be corrected. After that the work goes on."},
        {"accepted", "", "%{arg} is working on it. You need do nothing."},
        {"reviewing", "", "%{arg} is examining it. You need do nothing."},
        {"special_procedure", "",
         "A special procedure is under way at %{arg}; meanwhile the clock is paused. You need do nothing."},
        {"rejected", "", "It was not accepted. The reasons are given below; you can apply again."},
        {"withdrawn", "", "You have withdrawn it. You can apply again at any time."},
        {"closed", "never_corrected",
         "What was asked for did not arrive in time, so the case was closed. You can apply again."},
        {"", "granted", "It has been granted. You need do nothing."},
        {"", "refused", "It has been refused. The reasons are given below."},
    };
    if (str_eq_c(f->role, "applicant") && !f->closed)
        return ctx_tr(c, "Something is asked of you. Fill it in, then the work goes on.");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool status = !texts[i].status[0] || str_eq_c(f->status, texts[i].status),
             result = !texts[i].result[0] || str_eq_c(f->result, texts[i].result);
        if (status && result) return tr_arg(c->lang, c->arena, texts[i].msgid, apply_unit_name(c, f->unit));
    }
    return STR_EMPTY;
}

/* ---- entries ---- */

static struct json *add_entry(struct ctx *c, struct json *list, const char *state, struct str title,
                              struct str who, struct str text, bool text_zh)
{
    struct json *e = json_add_object(c->arena, list);
    json_set_c(c->arena, e, "state", state);
    json_set_bool(c->arena, json_set_object(c->arena, e, "at"), state, true);
    json_set_str(c->arena, e, "title", title);
    json_set(e, "when", json_null(c->arena));
    json_set(e, "datetime", json_null(c->arena));
    json_set(e, "who", who.len ? json_string(c->arena, who) : json_null(c->arena));
    json_set(e, "text", text.len ? json_string(c->arena, text) : json_null(c->arena));
    json_set_bool(c->arena, e, "text_zh", text_zh);
    return e;
}

static struct str officer(struct ctx *c, const struct case_event *e)
{
    struct account a;
    struct str unit = apply_unit_name(c, e->unit);
    if (!account_load(c, e->account, &a)) {
        if (c->err->kind == ERR_MISSING) err_clear(c->err);
        return unit;
    }
    return str_fmt(c->arena, "%.*s · %.*s", STR_ARG(unit), STR_ARG(a.label));
}

static struct str who_of(struct ctx *c, const struct case_event *e)
{
    switch (e->actor) {
    case ACTOR_PERSON:
        return e->account == c->actor.account ? ctx_actor_name(c) : STR_EMPTY;
    case ACTOR_OFFICER:
        return officer(c, e);
    default:
        return STR_EMPTY;
    }
}

/* What officers say among themselves (sending back, asking for an extension) is theirs; the outcome is shown
 * when it is there. */
static bool is_shown(struct str act, bool *note)
{
    static const struct {
        const char *act;
        bool note;
    } shown[] = {{"submit", false},
                 {"accept", false},
                 {"correct", false},
                 {"reject", true},
                 {"special_procedure", true},
                 {"special_begin", true},
                 {"special_end", false},
                 {"extension_granted", true},
                 {"grant", false},
                 {"refuse", false},
                 {"correction_supplied", false},
                 {"rule_answered", false},
                 {"rule_refused", false},
                 {"delivered", false},
                 {"withdraw", false}};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        if (!str_eq_c(act, shown[i].act)) continue;
        *note = shown[i].note;
        return true;
    }
    return false;
}

/* Granted or refused within what the process calls: no decision about the case. */
static bool decides_nothing(struct ctx *c, const struct case_work *w, const struct case_event *e)
{
    return (str_eq_c(e->act, "grant") || str_eq_c(e->act, "refuse")) &&
           case_step_called(case_course_then(c, w, e), e->step);
}

static bool add_past(struct ctx *c, struct json *list, const struct case_work *w)
{
    struct case_event *events;
    size_t count;
    if (!case_events(c, w, &events, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        bool note;
        if (!is_shown(events[i].act, &note) || decides_nothing(c, w, &events[i])) continue;
        struct str who = who_of(c, &events[i]);
        if (c->err->kind != ERR_NONE) return false;
        struct json *e = add_entry(c, list, "done", words_act(c, events[i].act), who,
                                   note ? events[i].note : STR_EMPTY, !events[i].note_translated);
        json_set_str(c->arena, e, "when", words_time(c, events[i].at));
        json_set_str(c->arena, e, "datetime", time_rfc3339(c->arena, events[i].at));
    }
    return true;
}

/* ---- now and next ---- */

static struct str has_it(struct ctx *c, const struct case_work *w, enum course_role role)
{
    if (role == COURSE_APPLICANT) return ctx_tr(c, "You");
    return role == COURSE_DESK ? ctx_tr(c, "Service desk") : apply_unit_name(c, w->file.unit);
}

/* The step of a system, by the name its node has; the applicant need not know the system. */
static void add_services(struct ctx *c, struct json *list, const struct case_work *w)
{
    const struct bpmn *model = course_model(w->course);
    for (size_t i = 0; i < w->state.process.count; i++) {
        const struct bpmn_token *t = &w->state.process.tokens[i];
        if (t->phase != BPMN_WAITING || bpmn_node_kind(model, t->node) != BPMN_SERVICE_TASK) continue;
        struct str name = bpmn_node_name(model, t->node), en = bpmn_node_note(model, t->node, "en");
        struct json *e = add_entry(c, list, "now", c->lang == &lang_en && en.len ? en : name,
                                   apply_unit_name(c, w->file.unit), STR_EMPTY, false);
        json_set_str(c->arena, e, "when", ctx_tr(c, "now"));
        json_set_str(c->arena, e, "datetime", date_format(c->arena, date_of(c->now)));
    }
}

/* What was sent before there was this clock has no day stored until it is counted. */
static struct str answer_text(struct ctx *c, const struct case_work *w)
{
    const struct limit limit = {LIMIT_WORKDAYS, case_accept_days(w->service)};
    return w->state.status == COURSE_SUBMITTED
               ? tr_arg(c->lang, c->arena, "You are told by %{arg} whether it is accepted.",
                        words_day(c, w->file.due ? w->file.due : case_answer_until(c, w)))
               : tr_arg(c->lang, c->arena,
                        "Within %{arg} after you have supplied it you are told whether it is accepted.",
                        words_limit(c, limit));
}

static struct str decision_text(struct ctx *c, const struct case_work *w)
{
    struct limit limit = w->item->promised.unit != LIMIT_NONE ? w->item->promised : w->item->statutory;
    if (case_clock_rests(w)) return ctx_tr(c, "The clock is paused");
    if (w->state.accepted && w->file.due)
        return tr_arg(c->lang, c->arena, "At the latest on %{arg}", words_day(c, w->file.due));
    struct str words = words_limit(c, limit);
    return words.len && limit.count ? tr_arg(c->lang, c->arena, "Within %{arg} after acceptance", words)
                                    : STR_EMPTY;
}

static struct str step_text(struct ctx *c, const struct case_work *w, const struct course_step *s)
{
    if ((s->acts & 1u << COURSE_ACCEPT) && !w->state.accepted) return answer_text(c, w);
    return s->role == COURSE_DECIDER ? decision_text(c, w) : STR_EMPTY;
}

/* Every step that is open, once for each department that has it. */
static void add_open(struct ctx *c, struct json *list, const struct case_work *w)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(w->course, &w->state, tasks);
    for (size_t i = 0; i < count; i++) {
        const struct course_step *s = course_step_at(w->course, tasks[i].step);
        int64_t unit = case_task_unit(w, &tasks[i]);
        bool shown = false;
        for (size_t k = 0; k < i; k++)
            shown = shown || (tasks[k].step == tasks[i].step && case_task_unit(w, &tasks[k]) == unit);
        if (shown) continue;
        struct str who = s->department.len ? apply_unit_name(c, unit) : has_it(c, w, s->role);
        struct json *e =
            add_entry(c, list, "now", words_step(c, w->course, s->id), who, step_text(c, w, s), false);
        json_set_str(c->arena, e, "when", ctx_tr(c, "now"));
        json_set_str(c->arena, e, "datetime", date_format(c->arena, date_of(c->now)));
    }
}

static bool add_present(struct ctx *c, struct json *list, const struct case_work *w, int at)
{
    const struct course_step *s = course_step_at(w->course, at);
    int64_t until;
    if (w->state.status == COURSE_CORRECTION) {
        if (!case_correction_until(c, w->file.id, &until)) return false;
        add_entry(c, list, "now", ctx_tr(c, "Correction needed"), ctx_tr(c, "You"),
                  tr_arg(c->lang, c->arena, "Until %{arg}", words_day(c, until)), false);
        if (s)
            add_entry(c, list, "next", words_step(c, w->course, s->id), has_it(c, w, s->role),
                      step_text(c, w, s), false);
    } else if (w->state.status == COURSE_SPECIAL_PROCEDURE) {
        add_entry(c, list, "now", ctx_tr(c, "Special procedure"), apply_unit_name(c, w->file.unit),
                  ctx_tr(c, "The clock is paused"), false);
    } else {
        add_open(c, list, w);
        add_services(c, list, w);
    }
    return true;
}

static bool is_open(const struct case_work *w, int step)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(w->course, &w->state, tasks);
    for (size_t i = 0; i < count; i++)
        if (tasks[i].step == step) return true;
    return false;
}

/* Which department will be asked is said once it is. */
static struct str who_will(struct ctx *c, const struct case_work *w, const struct course_step *s)
{
    return s->department.len ? ctx_tr(c, "Another department") : has_it(c, w, s->role);
}

/* Behind the step where it stands, or behind what called the process where it stands. */
static bool lies_ahead(const struct case_work *w, int at, int step)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    if (at < (int)course_step_count(w->course) || !course_tasks(w->course, &w->state, tasks))
        return step > at;
    return course_step_at(w->course, step)->node > course_outermost(w->course, &w->state, tasks[0].token);
}

static void add_future(struct ctx *c, struct json *list, const struct case_work *w, int at)
{
    for (size_t i = 0; i < course_step_count(w->course); i++) {
        const struct course_step *s = course_step_at(w->course, (int)i);
        if (lies_ahead(w, at, (int)i) && !is_open(w, (int)i))
            add_entry(c, list, "next", words_step(c, w->course, s->id), who_will(c, w, s), step_text(c, w, s),
                      false);
    }
    bool licence = json_is(json_get(w->service, "licence"), JSON_OBJECT);
    add_entry(c, list, "next", ctx_tr(c, licence ? "Electronic licence in your account" : "Result"),
              STR_EMPTY, STR_EMPTY, false);
}

bool person_timeline(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct json *list = json_set_array(c->arena, doc, "timeline");
    int at = course_step_now(w->course, &w->state);
    if (!add_past(c, list, w)) return false;
    if (course_ended(&w->state) || w->state.status == COURSE_DECIDED) return true;
    if (!add_present(c, list, w, at)) return false;
    add_future(c, list, w, at);
    return true;
}
