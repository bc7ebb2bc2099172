#include "engines/flow/flow_internal.h"

/* One transition in the making. */
struct move {
    const struct flow *flow;
    const struct flow_event *event;
    struct flow_state s;
    struct flow_commands out;
    struct err *err;
};

typedef bool move_fn(struct move *m);

static bool refuse(struct move *m, const char *code, const char *msgid)
{
    return err_conflict(m->err, code, msgid);
}

static bool not_now(struct move *m)
{
    return refuse(m, "flow.act", "This cannot be done at the present step.");
}

static struct flow_command *command(struct move *m, enum flow_command_kind kind)
{
    struct flow_command *c = &m->out.list[m->out.count++];
    *c = (struct flow_command){.kind = kind, .step = -1};
    return c;
}

static void enter(struct move *m, int step)
{
    m->s.step = step;
    m->s.resume = -1;
    if (step > m->s.furthest) m->s.furthest = step;
    struct flow_command *c = command(m, FLOW_ENTER_STEP);
    c->step = step;
    c->role = m->flow->steps[step].role;
}

static void set_timer(struct move *m, enum flow_timer timer)
{
    command(m, FLOW_SET_TIMER)->timer = timer;
}

static void finish(struct move *m, enum flow_status status, enum flow_result result)
{
    m->s.status = status;
    m->s.step = m->s.resume = -1;
    m->s.result = result;
    command(m, FLOW_CLOSE)->result = result;
}

unsigned flow_acts_in(const struct flow *f, int step, bool accepted)
{
    const struct flow_step *s = flow_step_at(f, step);
    if (!s) return 0;
    if (!accepted) return s->acts & FLOW_RECEIVING;
    unsigned acts = s->acts & ~FLOW_RECEIVING;
    bool onward = (s->acts & FLOW_BIT(FLOW_ACCEPT)) && step + 1 < f->count;
    return onward ? acts | FLOW_BIT(FLOW_PASS) : acts;
}

/* ---- acts ---- */

static bool accept_case(struct move *m, bool from_receipt)
{
    int step = m->s.step;
    m->s.accepted = true;
    m->s.status = FLOW_ACCEPTED;
    command(m, FLOW_CLOCK_START)->from_receipt = from_receipt;
    enter(m, step + 1 < m->flow->count ? step + 1 : step);
    return true;
}

static bool do_accept(struct move *m)
{
    return accept_case(m, false);
}

static bool do_correct(struct move *m)
{
    if (m->s.corrections > 0)
        return refuse(m, "flow.corrected",
                      "A correction has been asked for already. The law allows this only once.");
    m->s.corrections++;
    m->s.status = FLOW_CORRECTION;
    m->s.resume = m->s.step;
    m->s.step = -1;
    command(m, FLOW_ASK_CORRECTION);
    set_timer(m, FLOW_TIMER_CORRECTION);
    return true;
}

static bool do_reject(struct move *m)
{
    finish(m, FLOW_REJECTED, FLOW_NOT_ACCEPTED);
    return true;
}

static bool do_pass(struct move *m)
{
    m->s.status = FLOW_REVIEWING;
    enter(m, m->s.step + 1);
    return true;
}

static bool do_send_back(struct move *m)
{
    struct str target = m->event->target;
    int step = target.len ? flow_step_find(m->flow, target) : m->s.step - 1;
    if (step < 0 || step >= m->s.step)
        return refuse(m, "flow.target", "It can only be sent back to an earlier step.");
    if (m->s.returns < INT32_MAX - 1) m->s.returns++;
    m->s.status = FLOW_REVIEWING;
    enter(m, step);
    return true;
}

static bool do_special(struct move *m)
{
    m->s.status = FLOW_SPECIAL_PROCEDURE;
    m->s.resume = m->s.step;
    m->s.step = -1;
    command(m, FLOW_CLOCK_PAUSE);
    return true;
}

static bool do_extend(struct move *m)
{
    if (m->s.extension == FLOW_EXTENDED)
        return refuse(m, "flow.extended", "The time has been extended once already.");
    if (m->s.extension == FLOW_EXTENSION_ASKED)
        return refuse(m, "flow.extension", "The extension has been asked for and waits for approval.");
    m->s.extension = FLOW_EXTENSION_ASKED;
    command(m, FLOW_ASK_EXTENSION)->role = FLOW_DECIDER;
    return true;
}

static bool decide(struct move *m, enum flow_result result)
{
    m->s.status = FLOW_DECIDED;
    m->s.result = result;
    m->s.step = -1;
    command(m, FLOW_CLOCK_STOP);
    if (result == FLOW_GRANTED) command(m, FLOW_ISSUE_LICENCE);
    return true;
}

static bool do_grant(struct move *m)
{
    return decide(m, FLOW_GRANTED);
}

static bool do_refuse(struct move *m)
{
    return decide(m, FLOW_REFUSED);
}

static move_fn *const act_moves[FLOW_ACT_COUNT] = {
    [FLOW_ACCEPT] = do_accept, [FLOW_CORRECT] = do_correct,     [FLOW_REJECT] = do_reject,
    [FLOW_PASS] = do_pass,     [FLOW_SEND_BACK] = do_send_back, [FLOW_SPECIAL] = do_special,
    [FLOW_EXTEND] = do_extend, [FLOW_GRANT] = do_grant,         [FLOW_REFUSE] = do_refuse,
};

static bool is_role(struct move *m, enum flow_role role)
{
    if (m->event->role == role) return true;
    return err_denied(m->err, "flow.role", "This step belongs to another role.");
}

static bool act_in_step(struct move *m, enum flow_act act)
{
    if (m->s.status == FLOW_SPECIAL_PROCEDURE)
        return refuse(m, "flow.paused", "A special procedure is under way. Record its end first.");
    const struct flow_step *step = flow_step_at(m->flow, m->s.step);
    if (!step || (unsigned)act >= FLOW_ACT_COUNT) return not_now(m);
    if (!(flow_acts_in(m->flow, m->s.step, m->s.accepted) & FLOW_BIT(act))) {
        if (FLOW_BIT(act) & step->acts & FLOW_RECEIVING)
            return refuse(m, "flow.accepted", "The application has been accepted already.");
        if (FLOW_BIT(act) & step->acts)
            return refuse(m, "flow.unaccepted", "The application has to be accepted first.");
        return not_now(m);
    }
    return is_role(m, step->role) && act_moves[act](m);
}

/* ---- events ---- */

static bool on_submit(struct move *m)
{
    if (m->s.status != FLOW_DRAFT) return not_now(m);
    if (!is_role(m, FLOW_APPLICANT)) return false;
    if (m->flow->rule.len) {
        /* A rule answers complete applications only, so that receiving it is accepting it. */
        m->s.status = FLOW_ACCEPTED;
        m->s.accepted = true;
        command(m, FLOW_CLOCK_START)->from_receipt = true;
        command(m, FLOW_RUN_RULE)->rule = m->flow->rule;
        return true;
    }
    m->s.status = FLOW_SUBMITTED;
    enter(m, 0);
    set_timer(m, FLOW_TIMER_NOTICE);
    return true;
}

static bool on_act(struct move *m)
{
    return act_in_step(m, m->event->act);
}

static bool on_special_begin(struct move *m)
{
    return act_in_step(m, FLOW_SPECIAL);
}

static bool on_special_end(struct move *m)
{
    if (m->s.status != FLOW_SPECIAL_PROCEDURE)
        return refuse(m, "flow.not_paused", "No special procedure is under way.");
    if (!is_role(m, m->flow->steps[m->s.resume].role)) return false;
    m->s.status = FLOW_REVIEWING;
    command(m, FLOW_CLOCK_RESUME);
    enter(m, m->s.resume);
    return true;
}

static bool on_timer(struct move *m)
{
    /* Silence within the time for telling what is missing counts as acceptance from the day of receipt
     * (行政许可法 art. 32). */
    if (m->event->timer == FLOW_TIMER_NOTICE && m->s.status == FLOW_SUBMITTED) return accept_case(m, true);
    if (m->event->timer == FLOW_TIMER_CORRECTION && m->s.status == FLOW_CORRECTION)
        finish(m, FLOW_CLOSED, FLOW_NEVER_CORRECTED);
    return true;
}

static bool on_correction_supplied(struct move *m)
{
    if (m->s.status != FLOW_CORRECTION) return not_now(m);
    if (!is_role(m, FLOW_APPLICANT)) return false;
    m->s.status = FLOW_SUBMITTED;
    enter(m, m->s.resume);
    set_timer(m, FLOW_TIMER_NOTICE);
    return true;
}

static bool answer_extension(struct move *m, enum flow_extension answer)
{
    if (m->s.extension == FLOW_EXTENDED)
        return refuse(m, "flow.extended", "The time has been extended once already.");
    if (m->s.extension != FLOW_EXTENSION_ASKED)
        return refuse(m, "flow.extension", "Nobody has asked for an extension.");
    if (m->s.status == FLOW_DECIDED) return not_now(m);
    if (!is_role(m, FLOW_DECIDER)) return false;
    m->s.extension = answer;
    if (answer == FLOW_EXTENDED) command(m, FLOW_CLOCK_EXTEND);
    return true;
}

static bool on_extension_granted(struct move *m)
{
    return answer_extension(m, FLOW_EXTENDED);
}

static bool on_extension_denied(struct move *m)
{
    return answer_extension(m, FLOW_NOT_EXTENDED);
}

static bool with_rule(const struct move *m)
{
    return m->flow->rule.len && m->s.status == FLOW_ACCEPTED && m->s.step < 0;
}

static bool by_rule(struct move *m, enum flow_result result)
{
    if (!with_rule(m)) return not_now(m);
    if (!is_role(m, FLOW_SYSTEM)) return false;
    decide(m, result);
    finish(m, FLOW_CLOSED, result);
    return true;
}

static bool on_rule_answered(struct move *m)
{
    return by_rule(m, FLOW_GRANTED);
}

static bool on_rule_refused(struct move *m)
{
    return by_rule(m, FLOW_REFUSED);
}

static bool on_rule_unable(struct move *m)
{
    if (!with_rule(m)) return not_now(m);
    if (!is_role(m, FLOW_SYSTEM)) return false;
    enter(m, m->flow->count > 1 ? 1 : 0);
    return true;
}

static bool on_delivered(struct move *m)
{
    if (m->s.status != FLOW_DECIDED) return not_now(m);
    if (m->event->role != FLOW_DESK && !is_role(m, FLOW_SYSTEM)) return false;
    finish(m, FLOW_CLOSED, m->s.result);
    return true;
}

static bool on_withdraw(struct move *m)
{
    if (m->s.status == FLOW_DRAFT || m->s.status == FLOW_DECIDED) return not_now(m);
    if (!is_role(m, FLOW_APPLICANT)) return false;
    if (m->s.accepted) command(m, FLOW_CLOCK_STOP);
    finish(m, FLOW_WITHDRAWN, FLOW_TAKEN_BACK);
    return true;
}

static move_fn *const event_moves[FLOW_EVENT_COUNT] = {
    [FLOW_SUBMIT] = on_submit,
    [FLOW_DO] = on_act,
    [FLOW_TIMER] = on_timer,
    [FLOW_CORRECTION_SUPPLIED] = on_correction_supplied,
    [FLOW_SPECIAL_BEGIN] = on_special_begin,
    [FLOW_SPECIAL_END] = on_special_end,
    [FLOW_EXTENSION_GRANTED] = on_extension_granted,
    [FLOW_EXTENSION_DENIED] = on_extension_denied,
    [FLOW_RULE_ANSWERED] = on_rule_answered,
    [FLOW_RULE_REFUSED] = on_rule_refused,
    [FLOW_RULE_UNABLE] = on_rule_unable,
    [FLOW_DELIVERED] = on_delivered,
    [FLOW_WITHDRAW] = on_withdraw,
};

bool flow_next(const struct flow *f, const struct flow_state *state, const struct flow_event *event,
               struct flow_state *next, struct flow_commands *commands, struct err *e)
{
    struct move m = {.flow = f, .event = event, .s = *state, .err = e};
    if ((unsigned)event->kind >= FLOW_EVENT_COUNT) return not_now(&m);
    if (flow_ended(state) && event->kind != FLOW_TIMER)
        return refuse(&m, "flow.ended", "This application is finished. Nothing more can be done with it.");
    if (!event_moves[event->kind](&m)) return false;
    *next = m.s;
    *commands = m.out;
    return true;
}

/* ---- what may be done now ---- */

int flow_targets(const struct flow *f, const struct flow_state *s)
{
    bool can = s->status != FLOW_SPECIAL_PROCEDURE &&
               (flow_acts_in(f, s->step, s->accepted) & FLOW_BIT(FLOW_SEND_BACK));
    return can && s->step > 0 ? s->step : 0;
}

size_t flow_acts(const struct flow *f, const struct flow_state *s, struct flow_choice out[FLOW_CHOICES_MAX])
{
    /* Asking the machine itself keeps the list and the rules one. */
    static const struct flow_choice by_event[] = {
        {FLOW_SUBMIT, FLOW_ACT_COUNT, FLOW_APPLICANT},
        {FLOW_CORRECTION_SUPPLIED, FLOW_ACT_COUNT, FLOW_APPLICANT},
        {FLOW_SPECIAL_END, FLOW_ACT_COUNT, FLOW_NOBODY},
        {FLOW_EXTENSION_GRANTED, FLOW_ACT_COUNT, FLOW_DECIDER},
        {FLOW_EXTENSION_DENIED, FLOW_ACT_COUNT, FLOW_DECIDER},
        {FLOW_DELIVERED, FLOW_ACT_COUNT, FLOW_DESK},
        {FLOW_WITHDRAW, FLOW_ACT_COUNT, FLOW_APPLICANT},
    };
    enum { EVENTS = sizeof by_event / sizeof *by_event };
    const struct flow_step *step = flow_step_at(f, s->step >= 0 ? s->step : s->resume);
    enum flow_role role = step ? step->role : FLOW_NOBODY;
    struct flow_state next;
    struct flow_commands commands;
    size_t n = 0;
    for (size_t i = 0; i < (size_t)FLOW_ACT_COUNT + EVENTS; i++) {
        struct flow_choice c = i < FLOW_ACT_COUNT ? (struct flow_choice){FLOW_DO, (enum flow_act)i, role}
                                                  : by_event[i - FLOW_ACT_COUNT];
        if (c.kind == FLOW_SPECIAL_END) c.role = role;
        struct err e;
        err_clear(&e);
        if (flow_next(f, s, &(struct flow_event){.kind = c.kind, .act = c.act, .role = c.role}, &next,
                      &commands, &e))
            out[n++] = c;
    }
    return n;
}
