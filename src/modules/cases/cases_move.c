/* One event through the course; its commands are carried out in the same transaction. */
#include "core/http/server.h"
#include "modules/bookings/bookings.h"
#include "modules/cases/cases_decide.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_signals.h"
#include "modules/cases/cases_steps.h"
#include "modules/evidence/evidence.h"
#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"

static bool issues_licence(const struct case_work *w)
{
    return json_is(json_get(w->service, "licence"), JSON_OBJECT);
}

bool case_needs_level(const struct case_work *w)
{
    return issues_licence(w) || json_i64_of(w->service, "requires_level", 1) > 1;
}

/* ---- commands ---- */

static bool tell_about(struct ctx *c, const struct case_work *w, const struct case_act *act,
                       struct str reason_en, const char *msgid)
{
    struct json *params = json_object(c->arena);
    bool translated;
    json_set_str(c->arena, params, "reason", case_speak(c, act->note, &translated));
    json_set_str(c->arena, params, "days", str_fmt(c->arena, "%d", act->count));
    json_set_str(c->arena, params, "item", w->file.item_name);
    if (reason_en.len) json_set_str(c->arena, params, "reason_en", reason_en);
    if (w->item && w->item->en.len) json_set_str(c->arena, params, "item_en", w->item->en);
    json_set_str(c->arena, params, "case_no", w->file.case_no);
    if (act->event.until)
        json_set_str(c->arena, params, "until", date_format(c->arena, date_of(act->event.until - 1)));
    struct str href = str_fmt(c->arena, "/cases/%lld", (long long)w->file.id);
    if (w->file.agent && w->file.agent != w->file.applicant &&
        !notice_send(c, w->file.agent, msgid, params, href))
        return false;
    return w->organisation && w->file.agent ? true : notice_send(c, w->file.applicant, msgid, params, href);
}

bool case_tell(struct ctx *c, const struct case_work *w, const struct case_act *act, const char *msgid)
{
    return tell_about(c, w, act, STR_EMPTY, msgid);
}

static bool add_points(struct ctx *c, struct case_work *w, const struct case_act *act)
{
    for (size_t i = 0; i < act->point_count; i++) {
        struct str sealed;
        act->points[i].n = (int)i + 1;
        if (!case_seal(c, w, "point", act->points[i].reason, &sealed) ||
            !case_store_add_point(c, w->file.id, &act->points[i], sealed))
            return false;
    }
    return true;
}

static bool deliver_later(struct ctx *c, const struct case_work *w)
{
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "case", w->file.id);
    return job_add(c, "case.deliver", str_fmt(c->arena, "%lld", (long long)w->file.id), payload, c->now);
}

/* A timer of the model: working days by the office's calendar. */
static bool wait_for(struct ctx *c, const struct case_work *w, const struct bpmn_command *k)
{
    int64_t at, days;
    bool provisional;
    bpmn_timer_at(k, c->now, &at, &days);
    if (days > 0)
        at = workclock_due(orgs_calendar(c), office_hours_default, c->now,
                           (struct limit){.unit = LIMIT_WORKDAYS, .count = days > 3650 ? 3650 : (int)days},
                           &provisional);
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "case", w->file.id);
    json_set_i64(c->arena, payload, "token", k->token);
    json_set_i64(c->arena, payload, "index", k->index);
    return job_add(c, "case.process_timer",
                   str_fmt(c->arena, "%lld:%lld:%d:%lld", (long long)w->file.id, (long long)k->token,
                           k->index, (long long)at),
                   payload, at);
}

/* The model's own words go to the applicant. */
static bool inform(struct ctx *c, const struct case_work *w, const struct bpmn_command *k)
{
    struct case_act act = {.note = k->text};
    return case_tell(c, w, &act, "About your application %{case_no} (%{item}): %{reason}");
}

static bool carry_out(struct ctx *c, struct case_work *w, const struct case_act *act,
                      const struct course_command *k)
{
    switch (k->kind) {
    case COURSE_CLOCK_START:
        w->file.accepted = k->from_receipt ? w->received : c->now;
        return case_clock_add(c, w, CLOCK_START, w->file.accepted, 0, STR_EMPTY);
    case COURSE_CLOCK_PAUSE:
        return case_clock_add(c, w, CLOCK_PAUSE, c->now, 0, act->note);
    case COURSE_CLOCK_RESUME:
        return case_clock_add(c, w, CLOCK_RESUME, c->now, 0, act->note);
    case COURSE_CLOCK_STOP:
        return case_clock_add(c, w, CLOCK_STOP, c->now, 0, STR_EMPTY);
    case COURSE_CLOCK_EXTEND:
        return case_clock_add(c, w, CLOCK_EXTEND, c->now, act->count, act->note) &&
               case_tell(c, w, act,
                         "The time for your application %{case_no} (%{item}) was extended by %{days} working "
                         "days. Reason: %{reason}");
    case COURSE_SET_TIMER:
        return case_clock_timer(c, w, k->timer);
    case COURSE_ASK_CORRECTION:
        return add_points(c, w, act) &&
               case_tell(c, w, act,
                         "Your application %{case_no} (%{item}) needs a correction. Everything is listed.");
    case COURSE_RUN_RULE:
        return case_run_rule(c, w);
    case COURSE_ISSUE_LICENCE:
        return !issues_licence(w) || case_issue_licence(c, w);
    case COURSE_CLOSE:
        w->file.closed = c->now;
        return true;
    case COURSE_WAIT:
        return wait_for(c, w, k->process);
    case COURSE_INFORM:
        return inform(c, w, k->process);
    case COURSE_BROKEN:
        return case_tell(
            c, w, act,
            "What was promised in your application %{case_no} (%{item}) was found not to be kept. "
            "The office looks at its decision again.");
    case COURSE_SEND:
        return case_send_message(c, w, k->process);
    case COURSE_SERVE:
        return case_ask_service(c, w, k->process);
    case COURSE_CALL_OFF:
        return case_call_off(c, w, k->process->token);
    default:
        return true; /* what an operation was is told by its record; signals go out behind it */
    }
}

/* ---- what the person is told when the status changes; steps inside the office stand in the timeline ---- */

static const char *news(enum course_status before, const struct course_state *now)
{
    if (before == now->status) return NULL;
    switch (now->status) {
    case COURSE_SUBMITTED:
        return before == COURSE_CORRECTION ? "What was missing for your application %{case_no} (%{item}) has "
                                             "arrived. The office goes on "
                                             "with it."
                                           : "Your application %{case_no} (%{item}) has been received.";
    case COURSE_ACCEPTED:
        return "Your application %{case_no} (%{item}) has been accepted. The clock is running.";
    case COURSE_REJECTED:
        return "Your application %{case_no} (%{item}) was not accepted. The reasons are given.";
    case COURSE_SPECIAL_PROCEDURE:
        return "A special procedure has begun for your application %{case_no} (%{item}); it is expected to "
               "take %{days} working days. The clock is paused.";
    case COURSE_REVIEWING:
        return before == COURSE_SPECIAL_PROCEDURE ? "The special procedure for your application %{case_no} "
                                                    "(%{item}) has ended. The clock is running."
                                                  : NULL;
    case COURSE_DECIDED:
    case COURSE_CLOSED:
        if (before == COURSE_DECIDED) return NULL;
        if (now->result == COURSE_NEVER_CORRECTED)
            return "Your application %{case_no} (%{item}) was closed because what was asked for did not "
                   "arrive in time. You may apply again.";
        return now->result == COURSE_GRANTED ? "Your application %{case_no} (%{item}) has been granted."
               : now->result == COURSE_REFUSED
                   ? "Your application %{case_no} (%{item}) has been refused. The reasons are given."
                   : NULL;
    case COURSE_WITHDRAWN:
        return "You have withdrawn your application %{case_no} (%{item}).";
    default:
        return NULL;
    }
}

/* Steps that are the applicant's now and were not before. */
static bool tell_steps(struct ctx *c, const struct case_work *w, const struct course_state *before)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(w->course, &w->state, tasks);
    for (size_t i = 0; i < count; i++) {
        const struct course_step *s = course_step_at(w->course, tasks[i].step);
        const struct case_act about = {.note = s->name.len ? s->name : s->id};
        if (s->role != COURSE_APPLICANT || bpmn_find(&before->process, tasks[i].token)) continue;
        if (!tell_about(c, w, &about, s->name_en,
                        "Your application %{case_no} (%{item}) waits for you: please fill in “%{reason}”."))
            return false;
    }
    return true;
}

int64_t case_task_unit(const struct case_work *w, const struct course_task *t)
{
    if (!course_step_at(w->course, t->step)->department.len) return w->file.unit;
    for (size_t i = 0; i < w->asked_count; i++)
        if (w->asked[i].token == t->token) return w->asked[i].unit;
    return 0; /* nobody's */
}

/* The desk works for all departments; review and decision are a department's own. */
static bool has_role_for(const struct ctx *c, enum course_role role, int64_t unit)
{
    bool own = role != COURSE_REVIEWER && role != COURSE_DECIDER;
    return case_has_role(c, role) && (own || c->actor.unit == unit);
}

bool case_is_theirs(const struct ctx *c, const struct case_work *w, const struct course_task *t)
{
    return has_role_for(c, course_step_at(w->course, t->step)->role, case_task_unit(w, t));
}

/* Of the case as a whole, and not of one task of it: only for those who own it. */
static bool is_of_case(const struct course_event *e)
{
    return e->kind != COURSE_DO && (e->kind != COURSE_OPERATE || !e->token);
}

/* The task it is about: the one that is named, else the first that is theirs. NULL: none of theirs. */
static const struct course_task *task_for(const struct ctx *c, const struct case_work *w,
                                          const struct course_event *e,
                                          struct course_task tasks[COURSE_TASKS_MAX])
{
    size_t count = w->course ? course_tasks(w->course, &w->state, tasks) : 0;
    /* Who is let off may sign later: what waits then is another task of the same step. */
    const struct bpmn_token *off = e->kind == COURSE_OPERATE && e->operation == BPMN_DROP_SIGN
                                       ? bpmn_find(&w->state.process, e->token)
                                       : NULL;
    for (size_t i = 0; i < count; i++) {
        bool meant = is_of_case(e) ? case_task_unit(w, &tasks[i]) == w->file.unit
                     : off         ? tasks[i].about->node == off->node
                                   : !e->token || tasks[i].token == e->token;
        if (meant && case_is_theirs(c, w, &tasks[i])) return &tasks[i];
    }
    return NULL;
}

enum course_role case_role_for(const struct ctx *c, const struct case_work *w, const struct course_event *e)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    bool answer = e->kind == COURSE_EXTENSION_GRANTED || e->kind == COURSE_EXTENSION_DENIED,
         anybody = is_of_case(e) || (e->kind == COURSE_OPERATE && e->operation == BPMN_URGE);
    if (e->role != COURSE_NOBODY) return case_has_role(c, e->role) ? e->role : COURSE_NOBODY;
    if (answer) return has_role_for(c, COURSE_DECIDER, w->file.unit) ? COURSE_DECIDER : COURSE_NOBODY;
    const struct course_task *t = task_for(c, w, e, tasks);
    if (t) return course_step_at(w->course, t->step)->role;
    if (case_has_role(c, COURSE_SYSTEM)) return COURSE_SYSTEM;
    for (int r = COURSE_DESK; anybody && r <= COURSE_DECIDER; r++)
        if (has_role_for(c, (enum course_role)r, w->file.unit)) return (enum course_role)r;
    return COURSE_NOBODY;
}

/* Who sees a case only because an opinion is asked does nothing to it as a whole. */
static bool may_operate(struct ctx *c, const struct course_event *e)
{
    return e->kind != COURSE_OPERATE || e->role != COURSE_NOBODY ||
           err_denied(c->err, "course.role", "This step belongs to another role.");
}

struct str case_who(const struct ctx *c)
{
    return c->actor.account ? str_fmt(c->arena, "%lld", (long long)c->actor.account) : STR_EMPTY;
}

/* Whose identity nobody confirmed gets no licence and no prior data. */
static bool identity_confirmed(struct ctx *c, const struct case_work *w, const struct course_event *e)
{
    struct subject s;
    bool granting = (e->kind == COURSE_DO && e->act == COURSE_GRANT) || e->kind == COURSE_RULE_ANSWERED;
    if (!granting || !case_needs_level(w) || w->organisation) return true;
    if (!people_subject(c, w->file.applicant, &s)) return false;
    return s.level >= 2 || err_conflict(c->err, "case.level",
                                        "The applicant's identity has not been confirmed yet. Confirm it at "
                                        "the desk before granting.");
}

/* One row for a role of a department: due as what is due first there. */
static void wait_due_first(struct case_waiting *list, size_t *count, const struct case_waiting *one)
{
    size_t k = 0;
    while (k < *count && (list[k].role != one->role || list[k].unit != one->unit))
        k++;
    if (k == *count) {
        list[(*count)++] = *one;
        return;
    }
    if (!one->due || (list[k].due && list[k].due <= one->due)) return;
    struct str step = list[k].step;
    list[k] = *one;
    list[k].step = step;
}

/* What was promised is verified by the department also when nothing else waits there: the case is over, with
 * the applicant or another department, or waits for a time or a system. */
static void wait_for_duties(struct ctx *c, const struct case_work *w, struct case_waiting *list,
                            size_t *count)
{
    if (!w->duty_count) return;
    for (size_t i = 0; i < *count; i++)
        if (list[i].unit == w->file.unit && list[i].role != COURSE_APPLICANT) return;
    struct case_waiting one = {.role = COURSE_REVIEWER, .unit = w->file.unit};
    case_duty_waiting(c, w, &one);
    wait_due_first(list, count, &one);
}

/* In whose inboxes it stands: those of the roles of its tasks, of the decider while an extension waits for
 * an answer; of nobody, unless something is owed, at the end and while the applicant has it. */
static bool place_case(struct ctx *c, struct case_work *w)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    struct case_waiting list[COURSE_TASKS_MAX + 1];
    bool with_office = !w->file.closed && w->state.status != COURSE_CORRECTION &&
                       w->state.status != COURSE_DECIDED && w->state.status != COURSE_DRAFT;
    size_t count = with_office ? course_tasks(w->course, &w->state, tasks) : 0, kept = 0;
    bool asked = w->state.extension == COURSE_EXTENSION_ASKED,
         held = w->state.status == COURSE_SPECIAL_PROCEDURE;
    for (size_t i = 0; i < count; i++) {
        const struct course_step *step = course_step_at(w->course, tasks[i].step);
        struct case_waiting one = {step->role, step->id, w->file.unit, w->file.due, w->yellow_at,
                                   w->red_at,  ""};
        if (step->department.len)
            case_asked_waiting(w, tasks[i].token, &one);
        else
            case_duty_waiting(c, w, &one);
        if (!step->department.len && asked) one.role = COURSE_DECIDER;
        wait_due_first(list, &kept, &one);
    }
    w->file.step = kept && !held ? list[0].step : STR_EMPTY;
    w->file.role = kept && !held ? str_c(course_role_name(list[0].role)) : STR_EMPTY;
    wait_for_duties(c, w, list, &kept);
    if (!case_store_wait(c, w, list, kept)) return false;
    w->placed = kept > 0;
    return true;
}

/* Time that has run out cannot be lengthened any more. */
static bool extension_in_time(struct ctx *c, const struct case_work *w, const struct course_event *e)
{
    if (e->kind != COURSE_DO || e->act != COURSE_EXTEND || !w->file.due || c->now <= w->file.due) return true;
    return err_conflict(c->err, "case.late", "The time is already over; it can no longer be extended.");
}

/* The step of that task; of the case as a whole (0), the first that waits. NULL: the task is no person's. */
static const struct course_step *step_of(const struct case_work *w, const struct course_state *before,
                                         int64_t token)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = token ? course_tasks(w->course, before, tasks) : 0;
    for (size_t i = 0; i < count; i++)
        if (tasks[i].token == token) return course_step_at(w->course, tasks[i].step);
    return token ? NULL : course_step_at(w->course, course_step_now(w->course, before));
}

bool case_move(struct ctx *c, struct case_work *w, const struct case_act *act)
{
    struct course_event event = act->event;
    struct course_commands commands;
    struct course_state before = w->state;
    struct course_task tasks[COURSE_TASKS_MAX];
    event.role = case_role_for(c, w, &act->event);
    event.who = case_who(c);
    event.now = c->now;
    if (act->event.kind == COURSE_DO && !event.token) {
        const struct course_task *t = task_for(c, w, &event, tasks);
        event.token = t ? t->token : 0;
    }
    const struct course_step *from = step_of(w, &before, event.token);
    case_add_known(c, w, &event);
    if (!case_step_is_filled(c, w, &event) || !may_operate(c, &event) || !identity_confirmed(c, w, &event) ||
        !extension_in_time(c, w, &event) ||
        !course_next(c->arena, w->course, &before, &event, &w->state, &commands, c->err))
        return false;
    w->file.status = str_c(course_status_name(w->state.status));
    if (w->state.result != COURSE_OPEN) w->file.result = str_c(course_result_name(w->state.result));
    if (act->event.kind == COURSE_CORRECTION_SUPPLIED) w->received = c->now;
    bool decides = act->note_is_opinion && !(from && case_step_called(w->course, from->id));
    if (decides && !case_seal(c, w, "opinion", act->note, &w->sealed_opinion)) return false;
    for (size_t i = 0; i < commands.count; i++)
        if (!carry_out(c, w, act, &commands.list[i])) return false;
    if (!case_write_state(c, w) || !case_settle_asked(c, w, &event) || !case_hold_services(c, w, &before) ||
        !case_keep(c, w) || !case_record(c, w, act, &before, from ? from->id : STR_EMPTY, &commands) ||
        !case_send_signals(c, w, &commands))
        return false;
    if (w->state.status == COURSE_DECIDED && before.status != COURSE_DECIDED && !deliver_later(c, w))
        return false;
    const char *msgid = news(before.status, &w->state);
    if ((msgid && !case_tell(c, w, act, msgid)) || !tell_steps(c, w, &before)) return false;
    if (!case_step_files_tidy(c, w) || !case_decide(c, w, &commands)) return false;
    /* Whoever sends it knows of it. */
    return before.status == COURSE_DRAFT || case_tell_follower(c, w);
}

bool case_keep(struct ctx *c, struct case_work *w)
{
    case_clock_store(c, w);
    return case_keep_duties(c, w) && case_keep_listening(c, w) && place_case(c, w) && case_store_save(c, w);
}

/* ---- by the applicant ---- */

bool case_supply_correction(struct ctx *c, struct case_work *w)
{
    const struct case_act act = {.event = {.kind = COURSE_CORRECTION_SUPPLIED, .role = COURSE_APPLICANT}};
    struct case_point *points;
    struct json *checked;
    size_t count;
    if (!case_points(c, w, &points, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!points[i].done_at)
            err_at(c->err, str_fmt(c->arena, "p%d", points[i].n), "Please answer this point.", STR_EMPTY);
    if (c->err->kind != ERR_NONE) return false;
    if (w->form) {
        if (!form_check(c->arena, w->form, &w->answers, &checked, c->err)) return false;
        w->answers.values = checked;
    }
    return case_seal(c, w, "answers", json_to_str(c->arena, w->answers.values), &w->sealed_answers) &&
           case_move(c, w, &act);
}

bool case_withdraw(struct ctx *c, struct case_work *w)
{
    const struct case_act act = {.event = {.kind = COURSE_WITHDRAW, .role = COURSE_APPLICANT}};
    bool ahead;
    /* Its place is for others again. */
    return case_move(c, w, &act) && booking_ahead(c, w->file.id, &ahead) &&
           (!ahead || booking_cancel(c, w->file.id));
}
