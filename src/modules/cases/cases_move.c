/* One event through the flow; its commands are carried out in the same transaction. */
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
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

/* ---- the clock ---- */

static bool add_clock(struct ctx *c, struct case_work *w, enum clock_event_kind kind, int64_t at, int count,
                      struct str note)
{
    struct clock_event e = {.kind = kind, .at = at, .count = count};
    struct str sealed;
    if (w->clock_count == CLOCK_EVENTS_MAX)
        return err_conflict(c->err, "clock.full", "The clock of this case cannot take more changes.");
    if (!workclock_may(w->clock, w->clock_count, e, c->err) || !case_seal(c, w, "clock", note, &sealed))
        return false;
    if (!case_store_add_clock(c, w->file.id, (int)w->clock_count + 1, &e, sealed)) return false;
    w->clock[w->clock_count++] = e;
    return true;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return !a ? b : !b ? a : a < b ? a : b;
}

/* Stored for lists: when the light changes, and until when; all derived from the clock's events. */
void case_set_due(struct ctx *c, struct case_work *w)
{
    struct clock_state s = case_clock_state(c, w);
    const struct clock_due *d = s.promised.set ? &s.promised : &s.statutory;
    w->file.due = d->set ? d->due : 0;
    w->yellow_at = d->set ? d->yellow_at : 0;
    w->red_at = d->set ? d->red_at : 0;
    if (s.promised.set && s.statutory.set) {
        w->yellow_at = earlier(w->yellow_at, s.statutory.yellow_at);
        w->red_at = earlier(w->red_at, s.statutory.red_at);
    }
    w->paused = s.phase == CLOCK_PAUSED;
    w->provisional = d->set && d->provisional;
}

/* ---- commands ---- */

static bool set_timer(struct ctx *c, struct case_work *w, enum flow_timer timer)
{
    static const struct {
        const char *word;
        int days;
    } timers[FLOW_TIMER_COUNT] = {{"notice", NOTICE_WORKDAYS}, {"correction", CORRECTION_WORKDAYS}};
    const struct limit limit = {.unit = LIMIT_WORKDAYS, .count = timers[timer].days};
    bool provisional;
    int64_t at = workclock_due(orgs_calendar(c), office_hours_default, c->now, limit, &provisional);
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "case", w->file.id);
    json_set_c(c->arena, payload, "timer", timers[timer].word);
    json_set_i64(c->arena, payload, "round", w->state.corrections);
    return job_add(
        c, "case.timer",
        str_fmt(c->arena, "%lld:%s:%d", (long long)w->file.id, timers[timer].word, w->state.corrections),
        payload, at);
}

static bool tell(struct ctx *c, const struct case_work *w, const struct case_act *act, const char *msgid)
{
    struct json *params = json_object(c->arena);
    bool translated;
    json_set_str(c->arena, params, "reason", case_speak(c, act->note, &translated));
    json_set_str(c->arena, params, "days", str_fmt(c->arena, "%d", act->count));
    json_set_str(c->arena, params, "item", w->file.item_name);
    json_set_str(c->arena, params, "case_no", w->file.case_no);
    struct str href = str_fmt(c->arena, "/cases/%lld", (long long)w->file.id);
    if (w->file.agent && w->file.agent != w->file.applicant &&
        !notice_send(c, w->file.agent, msgid, params, href))
        return false;
    return w->organisation && w->file.agent ? true : notice_send(c, w->file.applicant, msgid, params, href);
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

static bool carry_out(struct ctx *c, struct case_work *w, const struct case_act *act,
                      const struct flow_command *k)
{
    switch (k->kind) {
    case FLOW_ENTER_STEP: {
        const struct flow_step *step = flow_step_at(w->flow, k->step);
        w->file.step = step ? step->id : STR_EMPTY;
        w->file.role = str_c(flow_role_name(k->role));
        return true;
    }
    case FLOW_CLOCK_START:
        w->file.accepted = k->from_receipt ? w->received : c->now;
        return add_clock(c, w, CLOCK_START, w->file.accepted, 0, STR_EMPTY);
    case FLOW_CLOCK_PAUSE:
        return add_clock(c, w, CLOCK_PAUSE, c->now, 0, act->note);
    case FLOW_CLOCK_RESUME:
        return add_clock(c, w, CLOCK_RESUME, c->now, 0, act->note);
    case FLOW_CLOCK_STOP:
        return add_clock(c, w, CLOCK_STOP, c->now, 0, STR_EMPTY);
    case FLOW_CLOCK_EXTEND:
        return add_clock(c, w, CLOCK_EXTEND, c->now, act->count, act->note) &&
               tell(c, w, act,
                    "The time for your application %{case_no} (%{item}) was extended by %{days} working "
                    "days. Reason: %{reason}");
    case FLOW_SET_TIMER:
        return set_timer(c, w, k->timer);
    case FLOW_ASK_CORRECTION:
        return add_points(c, w, act) &&
               tell(c, w, act,
                    "Your application %{case_no} (%{item}) needs a correction. Everything is listed.");
    case FLOW_ASK_EXTENSION:
        return true; /* the decider has it until they answered: place_case */
    case FLOW_RUN_RULE:
        return case_run_rule(c, w);
    case FLOW_ISSUE_LICENCE:
        return !issues_licence(w) || case_issue_licence(c, w);
    case FLOW_CLOSE:
        w->file.closed = c->now;
        w->file.step = w->file.role = STR_EMPTY;
        return true;
    default:
        return true;
    }
}

/* ---- what the person is told when the status changes ---- */

static const char *news(enum flow_status before, const struct flow_state *now)
{
    if (before == now->status) return NULL;
    switch (now->status) {
    case FLOW_SUBMITTED:
        return before == FLOW_CORRECTION ? NULL : "Your application %{case_no} (%{item}) has been received.";
    case FLOW_ACCEPTED:
        return "Your application %{case_no} (%{item}) has been accepted. The clock is running.";
    case FLOW_REJECTED:
        return "Your application %{case_no} (%{item}) was not accepted. The reasons are given.";
    case FLOW_SPECIAL_PROCEDURE:
        return "A special procedure has begun for your application %{case_no} (%{item}); it is expected to "
               "take %{days} working days. The clock is paused.";
    case FLOW_REVIEWING:
        return before == FLOW_SPECIAL_PROCEDURE ? "The special procedure for your application %{case_no} "
                                                  "(%{item}) has ended. The clock is running."
                                                : NULL;
    case FLOW_DECIDED:
    case FLOW_CLOSED:
        if (before == FLOW_DECIDED) return NULL;
        if (now->result == FLOW_NEVER_CORRECTED)
            return "Your application %{case_no} (%{item}) was closed because what was asked for did not "
                   "arrive in time. You may apply again.";
        return now->result == FLOW_GRANTED ? "Your application %{case_no} (%{item}) has been granted."
               : now->result == FLOW_REFUSED
                   ? "Your application %{case_no} (%{item}) has been refused. The reasons are given."
                   : NULL;
    case FLOW_WITHDRAWN:
        return "You have withdrawn your application %{case_no} (%{item}).";
    default:
        return NULL;
    }
}

static enum flow_role role_for(const struct ctx *c, const struct case_work *w, const struct flow_event *e)
{
    if (e->role != FLOW_NOBODY) return case_has_role(c, e->role) ? e->role : FLOW_NOBODY;
    const struct flow_step *step =
        flow_step_at(w->flow, w->state.step >= 0 ? w->state.step : w->state.resume);
    if (e->kind == FLOW_EXTENSION_GRANTED || e->kind == FLOW_EXTENSION_DENIED)
        return case_has_role(c, FLOW_DECIDER) ? FLOW_DECIDER : FLOW_NOBODY;
    if (step && case_has_role(c, step->role)) return step->role;
    if (case_has_role(c, FLOW_SYSTEM)) return FLOW_SYSTEM;
    for (int r = FLOW_DESK; r <= FLOW_DECIDER; r++)
        if (case_has_role(c, (enum flow_role)r)) return (enum flow_role)r;
    return FLOW_NOBODY;
}

static const char *act_word(const struct flow_event *e)
{
    if (e->kind == FLOW_TIMER)
        return e->timer == FLOW_TIMER_CORRECTION ? "never_corrected" : "accepted_by_time";
    return e->kind == FLOW_DO ? flow_act_name(e->act) : flow_event_name(e->kind);
}

static bool record(struct ctx *c, const struct case_work *w, const struct case_act *act, struct str step)
{
    struct str sealed;
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "status", w->file.status);
    json_set_i64(c->arena, detail, "item_version", w->file.item_version);
    const char *name = str_z(c->arena, str_fmt(c->arena, "case.%s", act_word(&act->event)));
    return case_seal(c, w, "note", act->note, &sealed) &&
           case_store_add_event(c, w->file.id, act_word(&act->event), step, sealed) &&
           evidence_add(c, name, "case", w->file.id, w->file.applicant, detail);
}

/* Whose identity nobody confirmed gets no licence and no prior data. */
static bool identity_confirmed(struct ctx *c, const struct case_work *w, const struct flow_event *e)
{
    struct subject s;
    bool granting = (e->kind == FLOW_DO && e->act == FLOW_GRANT) || e->kind == FLOW_RULE_ANSWERED;
    if (!granting || !case_needs_level(w) || w->organisation) return true;
    if (!people_subject(c, w->file.applicant, &s)) return false;
    return s.level >= 2 || err_conflict(c->err, "case.level",
                                        "The applicant's identity has not been confirmed yet. Confirm it at "
                                        "the desk before granting.");
}

/* Whose inbox it stands in: that of its step, of the decider while an extension waits for an answer, of
 * nobody at the end. */
static void place_case(struct case_work *w)
{
    const struct flow_step *step = w->file.closed ? NULL : flow_step_at(w->flow, w->state.step);
    w->file.step = step ? step->id : STR_EMPTY;
    w->file.role =
        !step ? STR_EMPTY
              : str_c(flow_role_name(w->state.extension == FLOW_EXTENSION_ASKED ? FLOW_DECIDER : step->role));
}

/* Time that has run out cannot be lengthened any more. */
static bool extension_in_time(struct ctx *c, const struct case_work *w, const struct flow_event *e)
{
    if (e->kind != FLOW_DO || e->act != FLOW_EXTEND || !w->file.due || c->now <= w->file.due) return true;
    return err_conflict(c->err, "case.late", "The time is already over; it can no longer be extended.");
}

bool case_move(struct ctx *c, struct case_work *w, const struct case_act *act)
{
    struct flow_event event = act->event;
    struct flow_commands commands;
    struct flow_state before = w->state;
    const struct flow_step *from = flow_step_at(w->flow, before.step);
    event.role = role_for(c, w, &act->event);
    if (!identity_confirmed(c, w, &event) || !extension_in_time(c, w, &event) ||
        !flow_next(w->flow, &before, &event, &w->state, &commands, c->err))
        return false;
    w->file.status = str_c(flow_status_name(w->state.status));
    if (w->state.result != FLOW_OPEN) w->file.result = str_c(flow_result_name(w->state.result));
    if (act->event.kind == FLOW_CORRECTION_SUPPLIED) w->received = c->now;
    if (act->note_is_opinion && !case_seal(c, w, "opinion", act->note, &w->sealed_opinion)) return false;
    for (size_t i = 0; i < commands.count; i++)
        if (!carry_out(c, w, act, &commands.list[i])) return false;
    place_case(w);
    case_set_due(c, w);
    w->state_text = json_to_str(c->arena, flow_state_write(c->arena, w->flow, &w->state));
    if (!case_store_save(c, w) || !record(c, w, act, from ? from->id : STR_EMPTY)) return false;
    if (w->state.status == FLOW_DECIDED && before.status != FLOW_DECIDED && !deliver_later(c, w))
        return false;
    const char *msgid = news(before.status, &w->state);
    return !msgid || tell(c, w, act, msgid);
}

/* ---- by the applicant ---- */

bool case_supply_correction(struct ctx *c, struct case_work *w)
{
    const struct case_act act = {.event = {.kind = FLOW_CORRECTION_SUPPLIED, .role = FLOW_APPLICANT}};
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
    const struct case_act act = {.event = {.kind = FLOW_WITHDRAW, .role = FLOW_APPLICANT}};
    return case_move(c, w, &act);
}
