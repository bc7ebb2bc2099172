#include "engines/course/course_internal.h"

/* One transition in the making. */
struct move {
    struct arena *arena;
    const struct course *f;
    const struct course_event *event;
    struct course_state s;
    struct course_commands out;
    struct err *err;
};

typedef bool move_fn(struct move *m);

static bool refuse(struct move *m, const char *code, const char *msgid)
{
    return err_conflict(m->err, code, msgid);
}

static bool not_now(struct move *m)
{
    return refuse(m, "course.act", "This cannot be done at the present step.");
}

static struct course_command *command(struct move *m, enum course_command_kind kind)
{
    struct course_commands *o = &m->out;
    if (o->count == o->room) {
        size_t room = o->room * 2 + 8;
        struct course_command *more = ARENA_ARRAY(m->arena, room, struct course_command);
        if (o->count) memcpy(more, o->list, o->count * sizeof *more);
        o->list = more;
        o->room = room;
    }
    o->list[o->count] = (struct course_command){.kind = kind};
    return &o->list[o->count++];
}

static void set_timer(struct move *m, enum course_timer timer)
{
    command(m, COURSE_SET_TIMER)->timer = timer;
}

static bool is_role(struct move *m, enum course_role role)
{
    if (m->event->role == role) return true;
    return err_denied(m->err, "course.role", "This step belongs to another role.");
}

static void finish(struct move *m, enum course_status status, enum course_result result)
{
    m->s.status = status;
    m->s.result = result;
    command(m, COURSE_CLOSE)->result = result;
}

/* ---- the process inside ---- */

struct json *course_outcome(struct arena *a, const char *outcome)
{
    struct json *o = json_object(a);
    json_set_c(a, o, "outcome", outcome);
    return o;
}

static bool is_foreign(const struct course *f, int node)
{
    return f->step_of[node] >= 0 && f->steps[f->step_of[node]].department.len > 0;
}

static bool is_service(const struct course *f, int node)
{
    return bpmn_node_kind(f->model, node) == BPMN_SERVICE_TASK;
}

static bool goes_to_a_case(const struct course *f, int node)
{
    return str_eq_c(bpmn_node_note(f->model, node, "to"), "case");
}

/* What the process asks for that the frame passes on. Tasks of people are read from the state. */
static enum course_command_kind passed_as(const struct course *f, const struct bpmn_command *c)
{
    switch (c->kind) {
    case BPMN_SET_TIMER:
        return COURSE_WAIT;
    case BPMN_THROW_MESSAGE:
        return goes_to_a_case(f, c->node) ? COURSE_SEND : COURSE_INFORM;
    case BPMN_THROW_SIGNAL: /* this case has heard it already */
        return str_eq_c(bpmn_node_note(f->model, c->node, "to"), "own") ? COURSE_COMMAND_COUNT
                                                                        : COURSE_BROADCAST;
    case BPMN_TELL:
        return COURSE_NOTE;
    case BPMN_TELL_ESCALATION: /* of its own escalations nobody outside the process has to hear */
        return str_eq_c(c->name, "promise_broken") ? COURSE_BROKEN : COURSE_COMMAND_COUNT;
    case BPMN_DO_RULE:
        return course_decision_at(f, c->node).len ? COURSE_ASK_DECISION : COURSE_RUN_RULE;
    case BPMN_DO_SERVICE:
        return COURSE_SERVE;
    case BPMN_CANCEL:
        return is_service(f, c->node) ? COURSE_CALL_OFF : COURSE_COMMAND_COUNT;
    default:
        return COURSE_COMMAND_COUNT;
    }
}

static void pass_on(struct move *m, const struct bpmn_commands *done)
{
    for (size_t i = 0; i < done->count; i++) {
        enum course_command_kind as = passed_as(m->f, &done->list[i]);
        if (as != COURSE_COMMAND_COUNT) command(m, as)->process = &done->list[i];
    }
}

static void add_flows(struct move *m, const struct bpmn_commands *done)
{
    struct course_commands *o = &m->out;
    if (!done->flow_count) return;
    int *all = ARENA_ARRAY(m->arena, o->flow_count + done->flow_count, int);
    if (o->flow_count) memcpy(all, o->flows, o->flow_count * sizeof *all);
    memcpy(all + o->flow_count, done->flows, done->flow_count * sizeof *all);
    o->flows = all;
    o->flow_count += done->flow_count;
}

static void decide(struct move *m, enum course_result result)
{
    m->s.status = COURSE_DECIDED;
    m->s.result = result;
    command(m, COURSE_CLOCK_STOP);
    if (result == COURSE_GRANTED) command(m, COURSE_ISSUE_LICENCE);
}

/* What comes after a decider has spoken leads to the end that was named. */
static bool follows(const struct move *m)
{
    return m->event->role == COURSE_SYSTEM && m->s.said != COURSE_OPEN;
}

/* Nobody but a decider and a rule decides: the model was checked for that, and it is asked again here. */
static bool may_decide(struct move *m)
{
    enum course_role role = m->event->role;
    bool by_rule = role == COURSE_SYSTEM &&
                   (m->event->kind == COURSE_RULE_ANSWERED || m->event->kind == COURSE_RULE_REFUSED);
    return by_rule || follows(m) || is_role(m, COURSE_DECIDER);
}

static enum course_result said_in(const struct bpmn_event *event)
{
    struct str outcome = json_text_of(event->variables, "outcome");
    return str_eq_c(outcome, "grant")    ? COURSE_GRANTED
           : str_eq_c(outcome, "refuse") ? COURSE_REFUSED
                                         : COURSE_OPEN;
}

/* One person's word, or a rule's, is what the case comes to; where several vote the model counts. */
static bool as_said(struct move *m, const struct bpmn_event *event, enum course_result result, bool vote)
{
    enum course_result said = follows(m) ? m->s.said : said_in(event);
    return said == result || (vote && said != COURSE_OPEN) ||
           refuse(m, "course.undecided",
                  "The process would end otherwise than was decided. Its model must be mended.");
}

static bool step(struct move *m, struct bpmn_event event)
{
    struct bpmn_commands done = {.end = -1};
    const struct bpmn_token *t = bpmn_find(&m->s.process, event.token);
    bool vote = t && t->turn > 0,
         called = t && m->f->step_of[t->node] >= m->f->own; /* what is said there is for the caller to hear */
    event.now = m->event->now;
    event.known = m->event->known;
    event.known_count = m->event->known_count;
    if (!event.who.len) event.who = m->event->who;
    if (!bpmn_step(m->arena, m->f->model, &m->s.process, &event, &m->s.process, &done, m->err)) return false;
    pass_on(m, &done);
    add_flows(m, &done);
    enum course_result result = course_result_of(m->f, done.end);
    if (result != COURSE_OPEN && m->s.status != COURSE_DECIDED) {
        if (!may_decide(m) || !as_said(m, &event, result, vote)) return false;
        decide(m, result);
    }
    bool goes_on = m->s.process.status == BPMN_RUNNING && m->s.status != COURSE_DECIDED;
    if (m->event->kind == COURSE_DO && !called) m->s.said = goes_on && !vote ? said_in(&event) : COURSE_OPEN;
    if (m->s.status == COURSE_DECIDED) m->s.said = COURSE_OPEN;
    bool over = m->s.process.status != BPMN_NEW && m->s.process.status != BPMN_RUNNING;
    bool ended = event.kind == BPMN_STOP || m->s.result != COURSE_OPEN;
    return !over || ended ||
           refuse(m, "course.undecided",
                  "The process would end without a decision. Its model must be mended.");
}

static bool stop(struct move *m)
{
    return m->s.process.status != BPMN_RUNNING || step(m, (struct bpmn_event){.kind = BPMN_STOP, .node = -1});
}

static bool hold(struct move *m, bool on)
{
    return step(m, (struct bpmn_event){.kind = on ? BPMN_SUSPEND : BPMN_RESUME, .node = -1});
}

/* ---- tasks ---- */

static bool is_task(const struct course *f, const struct bpmn_token *t)
{
    return t->phase == BPMN_WAITING && f->step_of[t->node] >= 0;
}

size_t course_tasks(const struct course *f, const struct course_state *s,
                    struct course_task out[COURSE_TASKS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < s->process.count && n < COURSE_TASKS_MAX; i++) {
        const struct bpmn_token *t = &s->process.tokens[i];
        if (is_task(f, t)) out[n++] = (struct course_task){t->id, f->step_of[t->node], t};
    }
    return n;
}

int course_step_now(const struct course *f, const struct course_state *s)
{
    for (size_t i = 0; i < s->process.count; i++)
        if (is_task(f, &s->process.tokens[i])) return f->step_of[s->process.tokens[i].node];
    return -1;
}

/* The task the event names, else the first of its role, else the first. */
static const struct bpmn_token *task_of(const struct move *m)
{
    const struct bpmn_state *s = &m->s.process;
    const struct bpmn_token *first = NULL;
    for (size_t i = 0; i < s->count; i++) {
        const struct bpmn_token *t = &s->tokens[i];
        if (!is_task(m->f, t) || (m->event->token && t->id != m->event->token)) continue;
        if (m->event->token || m->f->steps[m->f->step_of[t->node]].role == m->event->role) return t;
        if (!first) first = t;
    }
    return first;
}

unsigned course_acts_in(const struct course *f, int step, bool accepted)
{
    const struct course_step *s = course_step_at(f, step);
    if (!s) return 0;
    if (!accepted) return s->acts & COURSE_RECEIVING;
    unsigned acts = s->acts & ~COURSE_RECEIVING;
    return s->acts & COURSE_BIT(COURSE_ACCEPT) ? acts | COURSE_BIT(COURSE_PASS) : acts;
}

static bool is_held(const struct course_state *s)
{
    return s->status == COURSE_CORRECTION || s->status == COURSE_SPECIAL_PROCEDURE;
}

bool course_suspended(const struct course_state *s)
{
    return s->process.suspended && !is_held(s);
}

/* ---- acts ---- */

/* {step: what was said}, with what others have said before. */
static struct json *opinions_with(struct move *m, const struct bpmn_token *t, enum course_act act)
{
    const struct json *before = bpmn_get(&m->s.process, t->id, STR("opinions"));
    struct json *all = json_is(before, JSON_OBJECT) ? json_copy(m->arena, before) : json_object(m->arena);
    json_set_c(m->arena, all, str_z(m->arena, m->f->steps[m->f->step_of[t->node]].own_id),
               course_act_name(act));
    return all;
}

static bool go_on(struct move *m, const struct bpmn_token *t, enum course_act act, struct str who)
{
    struct json *results = course_outcome(m->arena, course_act_name(act));
    if (is_foreign(m->f, t->node)) json_set(results, "opinions", opinions_with(m, t, act));
    return step(m, (struct bpmn_event){
                       .kind = BPMN_FINISH, .node = -1, .token = t->id, .who = who, .variables = results});
}

static bool accept_case(struct move *m, const struct bpmn_token *t, bool from_receipt, struct str who)
{
    m->s.accepted = true;
    m->s.status = COURSE_ACCEPTED;
    command(m, COURSE_CLOCK_START)->from_receipt = from_receipt;
    return go_on(m, t, COURSE_ACCEPT, who);
}

static bool do_accept(struct move *m, const struct bpmn_token *t)
{
    return accept_case(m, t, false, m->event->who);
}

static bool do_correct(struct move *m, const struct bpmn_token *t)
{
    (void)t;
    if (m->s.corrections > 0)
        return refuse(m, "course.corrected",
                      "A correction has been asked for already. The law allows this only once.");
    m->s.corrections++;
    m->s.status = COURSE_CORRECTION;
    command(m, COURSE_ASK_CORRECTION);
    set_timer(m, COURSE_TIMER_CORRECTION);
    return hold(m, true);
}

static bool do_reject(struct move *m, const struct bpmn_token *t)
{
    (void)t;
    if (!stop(m)) return false;
    finish(m, COURSE_REJECTED, COURSE_NOT_ACCEPTED);
    return true;
}

/* Passing on, agreeing, and what decides: which way that leads is the model's. */
static bool do_onward(struct move *m, const struct bpmn_token *t)
{
    m->s.status = COURSE_REVIEWING;
    return go_on(m, t, m->event->act, m->event->who);
}

static bool do_send_back(struct move *m, const struct bpmn_token *t)
{
    const struct course_step *to = course_step_at(m->f, course_step_find(m->f, m->event->target));
    if (m->event->target.len && !to)
        return refuse(m, "bpmn.target", "It can only be sent back to an earlier step.");
    if (m->s.returns < INT32_MAX - 1) m->s.returns++;
    m->s.status = COURSE_REVIEWING;
    return step(
        m, (struct bpmn_event){
               .kind = BPMN_SEND_BACK, .token = t->id, .node = to ? to->node : -1, .keep = m->event->keep});
}

static bool do_special(struct move *m, const struct bpmn_token *t)
{
    (void)t;
    m->s.status = COURSE_SPECIAL_PROCEDURE;
    command(m, COURSE_CLOCK_PAUSE);
    return hold(m, true);
}

static bool do_extend(struct move *m, const struct bpmn_token *t)
{
    (void)t;
    if (m->s.extension == COURSE_EXTENDED)
        return refuse(m, "course.extended", "The time has been extended once already.");
    if (m->s.extension == COURSE_EXTENSION_ASKED)
        return refuse(m, "course.extension", "The extension has been asked for and waits for approval.");
    m->s.extension = COURSE_EXTENSION_ASKED;
    return true;
}

static bool (*const act_moves[COURSE_ACT_COUNT])(struct move *m, const struct bpmn_token *t) = {
    [COURSE_ACCEPT] = do_accept,       [COURSE_CORRECT] = do_correct, [COURSE_REJECT] = do_reject,
    [COURSE_PASS] = do_onward,         [COURSE_AGREE] = do_onward,    [COURSE_DISAGREE] = do_onward,
    [COURSE_SEND_BACK] = do_send_back, [COURSE_SPECIAL] = do_special, [COURSE_EXTEND] = do_extend,
    [COURSE_GRANT] = do_onward,        [COURSE_REFUSE] = do_onward,   [COURSE_OPINION] = do_onward,
};

static bool on_act(struct move *m)
{
    enum course_act act = m->event->act;
    const struct bpmn_token *t = task_of(m);
    if (m->s.status == COURSE_SPECIAL_PROCEDURE)
        return refuse(m, "course.paused", "A special procedure is under way. Record its end first.");
    if (m->s.status == COURSE_CORRECTION || m->s.status == COURSE_DECIDED || !t ||
        (unsigned)act >= COURSE_ACT_COUNT)
        return not_now(m);
    const struct course_step *s = &m->f->steps[m->f->step_of[t->node]];
    if (!(course_acts_in(m->f, m->f->step_of[t->node], m->s.accepted) & COURSE_BIT(act))) {
        if (COURSE_BIT(act) & s->acts & COURSE_RECEIVING)
            return refuse(m, "course.accepted", "The application has been accepted already.");
        if (COURSE_BIT(act) & s->acts)
            return refuse(m, "course.unaccepted", "The application has to be accepted first.");
        return not_now(m);
    }
    if (!is_role(m, s->role)) return false;
    return act_moves[act](m, t);
}

/* ---- events ---- */

static bool on_submit(struct move *m)
{
    if (m->s.status != COURSE_DRAFT) return not_now(m);
    if (!is_role(m, COURSE_APPLICANT)) return false;
    m->s.status = COURSE_SUBMITTED;
    size_t before = m->out.count;
    if (!step(m, (struct bpmn_event){
                     .kind = BPMN_START, .node = m->f->process, .variables = m->event->variables}))
        return false;
    bool rule = false;
    for (size_t i = before; i < m->out.count; i++)
        rule = rule || m->out.list[i].kind == COURSE_RUN_RULE;
    if (!rule) {
        set_timer(m, COURSE_TIMER_NOTICE);
        return true;
    }
    /* A rule answers complete applications only, so that receiving it is accepting it. */
    m->s.status = COURSE_ACCEPTED;
    m->s.accepted = true;
    struct course_command start = {.kind = COURSE_CLOCK_START, .from_receipt = true};
    command(m, COURSE_CLOCK_START);
    memmove(m->out.list + before + 1, m->out.list + before,
            (m->out.count - before - 1) * sizeof *m->out.list);
    m->out.list[before] = start;
    return true;
}

static bool on_special_end(struct move *m)
{
    const struct bpmn_token *t = task_of(m);
    if (m->s.status != COURSE_SPECIAL_PROCEDURE || !t)
        return refuse(m, "course.not_paused", "No special procedure is under way.");
    if (!is_role(m, m->f->steps[m->f->step_of[t->node]].role)) return false;
    m->s.status = COURSE_REVIEWING;
    command(m, COURSE_CLOCK_RESUME);
    return hold(m, false);
}

/* Silence within the time for telling what is missing counts as acceptance from the day of receipt
 * (行政许可法 art. 32), whoever has taken the task up. */
static bool accept_by_silence(struct move *m)
{
    for (size_t i = 0; i < m->s.process.count; i++) {
        const struct bpmn_token *t = &m->s.process.tokens[i];
        if (is_task(m->f, t) && (m->f->steps[m->f->step_of[t->node]].acts & COURSE_BIT(COURSE_ACCEPT)) &&
            (!m->s.process.suspended || hold(m, false)))
            return accept_case(m, t, true, t->holder);
    }
    return true;
}

static bool on_timer(struct move *m)
{
    if (m->event->timer == COURSE_TIMER_NOTICE && m->s.status == COURSE_SUBMITTED)
        return accept_by_silence(m);
    if (m->event->timer != COURSE_TIMER_CORRECTION || m->s.status != COURSE_CORRECTION) return true;
    if (!stop(m)) return false;
    finish(m, COURSE_CLOSED, COURSE_NEVER_CORRECTED);
    return true;
}

static bool on_correction_supplied(struct move *m)
{
    if (m->s.status != COURSE_CORRECTION) return not_now(m);
    if (!is_role(m, COURSE_APPLICANT)) return false;
    m->s.status = COURSE_SUBMITTED;
    set_timer(m, COURSE_TIMER_NOTICE);
    return hold(m, false);
}

static bool answer_extension(struct move *m, enum course_extension answer)
{
    if (m->s.extension == COURSE_EXTENDED)
        return refuse(m, "course.extended", "The time has been extended once already.");
    if (m->s.extension != COURSE_EXTENSION_ASKED)
        return refuse(m, "course.extension", "Nobody has asked for an extension.");
    if (m->s.status == COURSE_DECIDED) return not_now(m);
    if (!is_role(m, COURSE_DECIDER)) return false;
    m->s.extension = answer;
    if (answer == COURSE_EXTENDED) command(m, COURSE_CLOCK_EXTEND);
    return true;
}

static bool on_extension_granted(struct move *m)
{
    return answer_extension(m, COURSE_EXTENDED);
}

static bool on_extension_denied(struct move *m)
{
    return answer_extension(m, COURSE_NOT_EXTENDED);
}

static const struct bpmn_token *rule_of(const struct move *m)
{
    for (size_t i = 0; i < m->s.process.count; i++) {
        const struct bpmn_token *t = &m->s.process.tokens[i];
        if (t->phase == BPMN_WAITING && course_is_answer(m->f, t->node)) return t;
    }
    return NULL;
}

static bool by_rule(struct move *m, const char *outcome)
{
    const struct bpmn_token *t = rule_of(m);
    if (!t) return not_now(m);
    if (!is_role(m, COURSE_SYSTEM)) return false;
    return step(m, (struct bpmn_event){.kind = BPMN_FINISH,
                                       .node = -1,
                                       .token = t->id,
                                       .variables = course_outcome(m->arena, outcome)});
}

/* What a rule has decided is handed over at once. */
static bool close_by_rule(struct move *m, const char *outcome)
{
    if (!by_rule(m, outcome)) return false;
    if (m->s.status == COURSE_DECIDED) finish(m, COURSE_CLOSED, m->s.result);
    return true;
}

static bool on_rule_answered(struct move *m)
{
    return close_by_rule(m, "grant");
}

static bool on_rule_refused(struct move *m)
{
    return close_by_rule(m, "refuse");
}

static bool on_rule_unable(struct move *m)
{
    return by_rule(m, "person");
}

static bool on_delivered(struct move *m)
{
    if (m->s.status != COURSE_DECIDED) return not_now(m);
    if (m->event->role != COURSE_DESK && !is_role(m, COURSE_SYSTEM)) return false;
    finish(m, COURSE_CLOSED, m->s.result);
    return true;
}

static bool on_withdraw(struct move *m)
{
    if (m->s.status == COURSE_DRAFT || m->s.status == COURSE_DECIDED) return not_now(m);
    if (!is_role(m, COURSE_APPLICANT)) return false;
    if (m->s.accepted) command(m, COURSE_CLOCK_STOP);
    if (!stop(m)) return false;
    finish(m, COURSE_WITHDRAWN, COURSE_TAKEN_BACK);
    return true;
}

static bool on_process_timer(struct move *m)
{
    if (m->s.process.status != BPMN_RUNNING) return true;
    return step(m, (struct bpmn_event){
                       .kind = BPMN_TIMER, .node = -1, .token = m->event->token, .index = m->event->index});
}

/* ---- programs and messages ---- */

static bool takes_results(struct move *m)
{
    JSON_EACH(v, json_is(m->event->variables, JSON_OBJECT) ? m->event->variables : NULL)
    {
        if (!course_is_reserved(v->key)) continue;
        err_invalid(m->err, "course.name", "The variable %{arg} belongs to the case and cannot be set.");
        err_arg(m->err, v->key);
        return false;
    }
    return is_role(m, COURSE_SYSTEM);
}

static bool on_service(struct move *m, enum bpmn_event_kind kind)
{
    const struct bpmn_token *t = bpmn_find(&m->s.process, m->event->token);
    if (m->s.status == COURSE_DECIDED || !t || t->phase != BPMN_WAITING ||
        bpmn_node_kind(m->f->model, t->node) != BPMN_SERVICE_TASK)
        return refuse(m, "course.nobody_waits", "Nothing in this case waits for that.");
    return takes_results(m) && step(m, (struct bpmn_event){.kind = kind,
                                                           .node = -1,
                                                           .token = t->id,
                                                           .name = m->event->name,
                                                           .variables = m->event->variables});
}

static bool on_served(struct move *m)
{
    return on_service(m, BPMN_FINISH);
}

static bool on_service_error(struct move *m)
{
    return on_service(m, BPMN_RAISE);
}

/* Under the name that the task gives its result, whatever it came under. */
static bool on_ruled(struct move *m)
{
    const struct bpmn_token *t = bpmn_find(&m->s.process, m->event->token);
    const struct json *said = json_is(m->event->variables, JSON_OBJECT) ? m->event->variables->first : NULL;
    struct json *result = json_object(m->arena);
    if (m->s.status == COURSE_DECIDED || !t || t->phase != BPMN_WAITING || !said ||
        !course_decision_at(m->f, t->node).len)
        return refuse(m, "course.nobody_waits", "Nothing in this case waits for that.");
    json_set(result, str_z(m->arena, bpmn_node_note(m->f->model, t->node, "resultVariable")),
             json_copy(m->arena, said));
    return is_role(m, COURSE_SYSTEM) &&
           step(m, (struct bpmn_event){.kind = BPMN_FINISH, .node = -1, .token = t->id, .variables = result});
}

static bool on_message(struct move *m)
{
    struct str id = bpmn_message_named(m->f->model, m->event->name);
    if (m->s.status == COURSE_DECIDED || !id.len || !bpmn_waits_for(m->f->model, &m->s.process, false, id))
        return refuse(m, "course.nobody_waits", "Nothing in this case waits for that.");
    return takes_results(m) &&
           step(m, (struct bpmn_event){
                       .kind = BPMN_MESSAGE, .node = -1, .name = id, .variables = m->event->variables});
}

size_t course_listeners(struct arena *a, const struct course *f, const struct course_state *s,
                        struct bpmn_listener **list)
{
    bool over = s->status == COURSE_DRAFT || s->status == COURSE_DECIDED || course_ended(s);
    *list = NULL;
    return over ? 0 : bpmn_listeners(a, f->model, &s->process, list);
}

static bool on_signal(struct move *m)
{
    struct str id = bpmn_heard_as(m->f->model, &m->s.process, m->event->token, m->event->name);
    if (m->s.status == COURSE_DECIDED || !id.len)
        return refuse(m, "course.nobody_waits", "Nothing in this case waits for that.");
    return takes_results(m) && step(m, (struct bpmn_event){.kind = BPMN_SIGNAL,
                                                           .node = -1,
                                                           .token = m->event->token,
                                                           .name = id,
                                                           .variables = m->event->variables});
}

/* Held up by the law's own reasons it cannot be let go by anybody's wish, and the other way round. */
static bool on_operate(struct move *m)
{
    const struct course_event *e = m->event;
    bool verify = e->operation == BPMN_VERIFY,
         whole_case = e->operation == BPMN_SUSPEND || e->operation == BPMN_RESUME ||
                      e->operation == BPMN_WITHDRAW || e->operation == BPMN_SUPPLY || verify;
    const struct bpmn_token *t = bpmn_find(&m->s.process, e->token);
    int at = t ? m->f->step_of[t->node] : -1;
    if (e->operation < BPMN_WITHDRAW || (m->s.status == COURSE_DECIDED && !verify) || is_held(&m->s))
        return not_now(m);
    if (m->s.process.suspended && e->operation != BPMN_RESUME)
        return refuse(m, "bpmn.suspended", "This case is suspended.");
    if (!whole_case && at < 0) return not_now(m);
    if (!whole_case && m->f->steps[at].department.len &&
        (e->operation == BPMN_OWE || e->operation == BPMN_PROMISE))
        return not_now(m); /* that is the owner's to agree with the applicant */
    if (!whole_case && e->operation != BPMN_URGE && !is_role(m, m->f->steps[at].role)) return false;
    return step(m, (struct bpmn_event){.kind = e->operation,
                                       .node = -1,
                                       .token = whole_case ? 0 : e->token,
                                       .name = e->name,
                                       .to = e->to,
                                       .from = e->from,
                                       .until = e->until,
                                       .keep = e->keep,
                                       .after = e->after});
}

static move_fn *const event_moves[COURSE_EVENT_COUNT] = {
    [COURSE_SUBMIT] = on_submit,
    [COURSE_DO] = on_act,
    [COURSE_TIMER] = on_timer,
    [COURSE_CORRECTION_SUPPLIED] = on_correction_supplied,
    [COURSE_SPECIAL_END] = on_special_end,
    [COURSE_EXTENSION_GRANTED] = on_extension_granted,
    [COURSE_EXTENSION_DENIED] = on_extension_denied,
    [COURSE_RULE_ANSWERED] = on_rule_answered,
    [COURSE_RULE_REFUSED] = on_rule_refused,
    [COURSE_RULE_UNABLE] = on_rule_unable,
    [COURSE_DELIVERED] = on_delivered,
    [COURSE_WITHDRAW] = on_withdraw,
    [COURSE_PROCESS_TIMER] = on_process_timer,
    [COURSE_OPERATE] = on_operate,
    [COURSE_SERVED] = on_served,
    [COURSE_SERVICE_ERROR] = on_service_error,
    [COURSE_MESSAGE] = on_message,
    [COURSE_RULED] = on_ruled,
    [COURSE_SIGNAL] = on_signal,
};

bool course_next(struct arena *a, const struct course *f, const struct course_state *state,
                 const struct course_event *event, struct course_state *next,
                 struct course_commands *commands, struct err *e)
{
    struct move m = {.arena = a, .f = f, .event = event, .s = *state, .err = e};
    if ((unsigned)event->kind >= COURSE_EVENT_COUNT) return not_now(&m);
    bool late = event->kind == COURSE_TIMER || event->kind == COURSE_PROCESS_TIMER ||
                (event->kind == COURSE_OPERATE && event->operation == BPMN_VERIFY &&
                 state->process.status == BPMN_RUNNING);
    if (course_ended(state) && !late)
        return refuse(&m, "course.ended", "This application is finished. Nothing more can be done with it.");
    if (!event_moves[event->kind](&m)) return false;
    *next = m.s;
    *commands = m.out;
    return true;
}

/* ---- what may be done now ---- */

static bool would(struct arena *a, const struct course *f, const struct course_state *s,
                  const struct course_event *event)
{
    struct course_state next;
    struct course_commands commands;
    struct err e;
    err_clear(&e);
    return course_next(a, f, s, event, &next, &commands, &e);
}

static const struct bpmn_token *task_named(const struct course *f, const struct course_state *s,
                                           int64_t token)
{
    for (size_t i = 0; i < s->process.count; i++) {
        const struct bpmn_token *t = &s->process.tokens[i];
        if (is_task(f, t) && (!token || t->id == token)) return t;
    }
    return NULL;
}

size_t course_targets(struct arena *a, const struct course *f, const struct course_state *s, int64_t token,
                      int out[COURSE_STEPS_MAX])
{
    const struct bpmn_token *t = task_named(f, s, token);
    size_t n = 0;
    if (!t) return 0;
    const struct course_step *at = &f->steps[f->step_of[t->node]];
    for (int i = f->count; i-- > 0 && n < COURSE_STEPS_MAX;) {
        const struct course_event back = {.kind = COURSE_DO,
                                          .act = COURSE_SEND_BACK,
                                          .role = at->role,
                                          .token = t->id,
                                          .who = t->holder,
                                          .target = f->steps[i].id};
        if (would(a, f, s, &back)) out[n++] = i;
    }
    return n;
}

size_t course_acts(struct arena *a, const struct course *f, const struct course_state *s, int64_t token,
                   struct course_choice out[COURSE_CHOICES_MAX])
{
    /* Asking the machine itself keeps the list and the rules one. */
    static const struct {
        enum course_event_kind kind;
        enum course_role role; /* COURSE_NOBODY: that of the step */
    } by_event[] = {
        {COURSE_SUBMIT, COURSE_APPLICANT},         {COURSE_CORRECTION_SUPPLIED, COURSE_APPLICANT},
        {COURSE_SPECIAL_END, COURSE_NOBODY},       {COURSE_EXTENSION_GRANTED, COURSE_DECIDER},
        {COURSE_EXTENSION_DENIED, COURSE_DECIDER}, {COURSE_DELIVERED, COURSE_DESK},
        {COURSE_WITHDRAW, COURSE_APPLICANT},
    };
    enum { EVENTS = sizeof by_event / sizeof *by_event };
    const struct bpmn_token *t = task_named(f, s, token);
    enum course_role role = t ? f->steps[f->step_of[t->node]].role : COURSE_NOBODY;
    size_t n = 0;
    for (size_t i = 0; i < (size_t)COURSE_ACT_COUNT + EVENTS; i++) {
        bool act = i < COURSE_ACT_COUNT;
        struct course_event event = {.kind = act ? COURSE_DO : by_event[i - COURSE_ACT_COUNT].kind,
                                     .act = act ? (enum course_act)i : COURSE_ACT_COUNT,
                                     .role = act ? role : by_event[i - COURSE_ACT_COUNT].role,
                                     .token = t ? t->id : 0,
                                     .who = t ? t->holder : STR_EMPTY};
        if (event.role == COURSE_NOBODY) event.role = role;
        if (act && !t) continue;
        if (would(a, f, s, &event))
            out[n++] = (struct course_choice){event.kind, event.act, event.role, event.token};
    }
    return n;
}
