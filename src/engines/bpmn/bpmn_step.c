#include "engines/bpmn/bpmn_internal.h"

/* One event: looked up, applied, and everything that follows from it until the instance is at rest. */

enum { ROOT = 1 };

static void copy(struct arena *a, const struct bpmn_state *from, struct bpmn_state *to)
{
    *to = *from;
    to->room = from->count + 16;
    to->tokens = ARENA_ARRAY(a, to->room, struct bpmn_token);
    if (from->count) memcpy(to->tokens, from->tokens, from->count * sizeof(*to->tokens));
    to->duty_room = from->duty_count + 4;
    to->duties = ARENA_ARRAY(a, to->duty_room, struct bpmn_duty);
    if (from->duty_count) memcpy(to->duties, from->duties, from->duty_count * sizeof(*to->duties));
    to->past_room = from->past_count + 4;
    to->past = ARENA_ARRAY(a, to->past_room, struct bpmn_past);
    if (from->past_count) memcpy(to->past, from->past, from->past_count * sizeof(*to->past));
    to->variable_room = from->variable_count + 8;
    to->variables = ARENA_ARRAY(a, to->variable_room, struct bpmn_variable);
    if (from->variable_count)
        memcpy(to->variables, from->variables, from->variable_count * sizeof(*to->variables));
}

static void sweep(struct bpmn_state *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->count; i++)
        if (s->tokens[i].phase != BPMN_GONE) s->tokens[kept++] = s->tokens[i];
    s->count = kept;
}

/* ---- beginning ---- */
/* With a start event named: a token leaves it as if it had happened; else the scope starts as one that is
 * entered. */
static void begin(struct bpmn_run *r, const struct bpmn_event *event)
{
    int node = event->node >= 0 ? event->node : bpmn_process(r->b, 0);
    const struct bpmn_node *n;
    struct bpmn_token *t;
    int64_t root, id;

    if (node < 0 || node >= r->b->node_count) {
        bpmn_fail(r, "bpmn.start", "There is no such process to start.", -1);
        return;
    }
    n = &r->b->nodes[node];
    r->s->process = n->process;
    r->s->status = BPMN_RUNNING;
    t = bpmn_add(r, n->process, 0, BPMN_SCOPE);
    root = t->id;
    JSON_EACH(v, json_is(event->variables, JSON_OBJECT) ? event->variables : NULL)
    {
        bpmn_set(r, root, v->key, v);
    }
    if (n->kind == BPMN_PROCESS) {
        bpmn_start_scope(r, root);
        return;
    }
    if (!bpmn_instantiates(r->b, node)) {
        bpmn_fail(r, "bpmn.start", "A process cannot be started at %{arg}.", node);
        return;
    }
    if (!bpmn_may_run(r, n->process)) return;
    bpmn_arm_event_sub_processes(r, root);
    t = bpmn_add(r, node, root, BPMN_ARRIVED);
    id = t->id;
    bpmn_start_others(r, root, node);
    if (n->kind == BPMN_RECEIVE_TASK)
        bpmn_complete(r, id);
    else
        bpmn_leave(r, id);
}

/* ---- the token an event is about ---- */
static struct bpmn_token *worker(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);
    enum bpmn_kind kind;

    if (!t) return NULL; /* interrupted in the meantime: late */
    kind = bpmn_node_of(r, t)->kind;
    if (t->phase == BPMN_CALLING ||
        (t->phase == BPMN_WAITING && kind >= BPMN_USER_TASK && kind <= BPMN_RULE_TASK))
        return t;
    bpmn_fail(r, "bpmn.token", "Nothing is to be done in %{arg} now.", t->node);
    return NULL;
}

static void finish(struct bpmn_run *r, const struct bpmn_event *event)
{
    struct bpmn_token *t = worker(r, event->token);

    if (!t) return;
    if (!bpmn_may_act(r, t, event->who) || !bpmn_may_sign(r, t, event->who, true) || !bpmn_is_whole(r, t))
        return;
    bpmn_note_past(r, t, event->who);
    bpmn_note_signer(r, t, event->who);
    if (!str_eq(t->holder, event->who)) bpmn_note_signer(r, t, t->holder); /* signed by a delegate */
    bpmn_take_outputs(r, t->id, event->variables);
    if (!bpmn_signed(r, event->token)) bpmn_complete(r, event->token);
}

static void raise(struct bpmn_run *r, const struct bpmn_event *event)
{
    if (!worker(r, event->token)) return;
    if (!bpmn_raise(r, event->token, TRIGGER_ERROR, event->name, event->variables))
        bpmn_end_by_error(r, event->name);
}

static void escalate(struct bpmn_run *r, const struct bpmn_event *event)
{
    const struct bpmn_token *t = worker(r, event->token);

    if (t && !bpmn_raise(r, event->token, TRIGGER_ESCALATION, event->name, event->variables))
        bpmn_command(r, BPMN_TELL_ESCALATION, bpmn_token(r, event->token))->name = event->name;
}

static void timer(struct bpmn_run *r, const struct bpmn_event *event)
{
    bpmn_timer_fired(r, event->token, event->index);
}

static void message(struct bpmn_run *r, const struct bpmn_event *event)
{
    if (!bpmn_deliver(r, TRIGGER_MESSAGE, event->name, event->token, event->variables))
        bpmn_fail(r, "bpmn.token", "Nothing in this case waits for that message.", -1);
}

static void signal(struct bpmn_run *r, const struct bpmn_event *event)
{
    bpmn_deliver(r, TRIGGER_SIGNAL, event->name, event->token, event->variables);
}

static void set(struct bpmn_run *r, const struct bpmn_event *event)
{
    bpmn_assign_all(r, event->token ? event->token : ROOT, event->variables);
}

static void ad_hoc(struct bpmn_run *r, const struct bpmn_event *event)
{
    const struct bpmn_token *t = bpmn_token(r, event->token);

    if (!t || t->phase != BPMN_SCOPE || bpmn_node_of(r, t)->kind != BPMN_AD_HOC || event->node < 0 ||
        event->node >= r->b->node_count || r->b->nodes[event->node].parent != t->node)
        bpmn_fail(r, "bpmn.token", "%{arg} is no step that may be chosen now.",
                  event->node >= 0 && event->node < r->b->node_count ? event->node : -1);
    else
        bpmn_arrive(r, event->node, event->token, -1);
}

static void stop(struct bpmn_run *r, const struct bpmn_event *)
{
    bpmn_clear(r, ROOT, false);
    bpmn_drop(r, ROOT);
    r->s->status = BPMN_TERMINATED;
    bpmn_command(r, BPMN_END, NULL)->status = BPMN_TERMINATED;
}

static const struct {
    const char *name;
    void (*apply)(struct bpmn_run *r, const struct bpmn_event *event);
} events[BPMN_EVENT_COUNT] = {
    [BPMN_START] = {"start", begin},
    [BPMN_FINISH] = {"finish", finish},
    [BPMN_RAISE] = {"raise", raise},
    [BPMN_ESCALATE] = {"escalate", escalate},
    [BPMN_TIMER] = {"timer", timer},
    [BPMN_MESSAGE] = {"message", message},
    [BPMN_SIGNAL] = {"signal", signal},
    [BPMN_SET] = {"set", set},
    [BPMN_AD_HOC_DO] = {"ad_hoc", ad_hoc},
    [BPMN_STOP] = {"stop", stop},
    [BPMN_SEND_BACK] = {"send_back", bpmn_operate},
    [BPMN_WITHDRAW] = {"withdraw", bpmn_operate},
    [BPMN_OPEN] = {"open", bpmn_operate},
    [BPMN_ADD_SIGN] = {"add_sign", bpmn_operate},
    [BPMN_DROP_SIGN] = {"drop_sign", bpmn_operate},
    [BPMN_HAND_OVER] = {"hand_over", bpmn_operate},
    [BPMN_DELEGATE] = {"delegate", bpmn_operate},
    [BPMN_URGE] = {"urge", bpmn_operate},
    [BPMN_OWE] = {"owe", bpmn_mind},
    [BPMN_SUPPLY] = {"supply", bpmn_mind},
    [BPMN_PROMISE] = {"promise", bpmn_mind},
    [BPMN_VERIFY] = {"verify", bpmn_mind},
    [BPMN_SUSPEND] = {"suspend", bpmn_operate},
    [BPMN_RESUME] = {"resume", bpmn_operate},
};

const char *bpmn_event_name(enum bpmn_event_kind kind)
{
    return kind < BPMN_EVENT_COUNT ? events[kind].name : "";
}

static bool may_happen(const struct bpmn_state *s, const struct bpmn_event *event, struct err *e)
{
    bool start = event->kind == BPMN_START;

    if (start && s->status != BPMN_NEW)
        return err_conflict(e, "bpmn.start", "This case has already been started.");
    if (!start && s->status == BPMN_NEW)
        return err_conflict(e, "bpmn.start", "This case has not been started.");
    if (!start && s->status != BPMN_RUNNING) return err_conflict(e, "bpmn.ended", "This case has ended.");
    if (s->suspended && event->kind != BPMN_RESUME && event->kind != BPMN_STOP)
        return err_conflict(e, "bpmn.suspended", "This case is suspended.");
    return true;
}

bool bpmn_step(struct arena *a, const struct bpmn *b, const struct bpmn_state *state,
               const struct bpmn_event *event, struct bpmn_state *next, struct bpmn_commands *commands,
               struct err *e)
{
    struct bpmn_state s;
    struct bpmn_commands out = {.end = -1};
    struct bpmn_run r = {.arena = a,
                         .b = b,
                         .s = &s,
                         .out = &out,
                         .e = e,
                         .now = event->now,
                         .known = event->known,
                         .known_count = event->known_count};

    if (!may_happen(state, event, e)) return false;
    copy(a, state, &s);
    events[event->kind].apply(&r, event);
    bpmn_settle(&r);
    if (r.failed) return false;
    sweep(&s);
    *next = s;
    *commands = out;
    return true;
}

static const char *const status_names[] = {"new", "running", "completed", "terminated", "ended_by_error"};

const char *bpmn_status_name(enum bpmn_status status)
{
    return status < BPMN_STATUS_COUNT ? status_names[status] : "";
}

static const char *const command_names[] = {
    "do_user",       "do_manual",    "do_service",      "do_script", "do_rule", "do_call", "set_timer",
    "throw_message", "throw_signal", "tell_escalation", "cancel",    "end",     "tell"};

const char *bpmn_command_name(enum bpmn_command_kind kind)
{
    return kind < BPMN_COMMAND_COUNT ? command_names[kind] : "";
}
