#include "engines/bpmn/bpmn_internal.h"

/* Events that are waited for (10.4.2, 10.4.4, 13.5): armed, matched, fired. */

bool bpmn_is_compensation_start(const struct bpmn_node *n)
{
    return n->trigger_count && n->triggers[0].kind == TRIGGER_COMPENSATION;
}

/* ---- timers ---- */
static struct str time_text(struct bpmn_run *r, const struct bpmn_trigger *tr, int64_t from)
{
    return tr->literal ? tr->code
           : tr->expr  ? str_trim(feel_text(r->arena, bpmn_eval(r, tr->expr, from)))
                       : STR_EMPTY;
}

static bool is_count(struct str s)
{
    int64_t n;

    return str_to_i64(s, &n) && n >= 0;
}

static void command_timer(struct bpmn_run *r, int64_t id, size_t index, enum bpmn_timer kind, struct str text)
{
    struct bpmn_command *c = bpmn_command(r, BPMN_SET_TIMER, bpmn_token(r, id));

    c->index = (int)index;
    c->timer = kind;
    c->text = text;
}

/* A repeating timer is set anew for each of its firings; a start it may name holds for the first one. */
static void set_timer(struct bpmn_run *r, int64_t id, size_t index, bool first)
{
    const struct bpmn_trigger *tr = &bpmn_node_of(r, bpmn_token(r, id))->triggers[index];
    struct str text = time_text(r, tr, id), start, period;
    int64_t count;

    if (tr->working_days && (is_count(text) || bpmn_is_duration(text)))
        command_timer(r, id, index, BPMN_WORKING_DAYS, text);
    else if (bpmn_is_cycle(text, &count, &start, &period)) {
        if (first) bpmn_token(r, id)->started = count > INT32_MAX ? -1 : (int)count;
        if (first && start.len)
            command_timer(r, id, index, BPMN_DATE, start);
        else
            command_timer(r, id, index, BPMN_DURATION, period);
    } else if (bpmn_is_duration(text))
        command_timer(r, id, index, BPMN_DURATION, text);
    else if (bpmn_is_date(text))
        command_timer(r, id, index, BPMN_DATE, text);
    else
        bpmn_fail(r, "bpmn.expression", "The timer of %{arg} gives no time.", bpmn_token(r, id)->node);
}

void bpmn_arm(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_node *n = bpmn_node_of(r, bpmn_token(r, id));

    for (size_t i = 0; i < n->trigger_count && !r->failed; i++) {
        if (n->triggers[i].kind == TRIGGER_TIMER) set_timer(r, id, i, true);
        if (n->triggers[i].kind == TRIGGER_CONDITION) r->changed = true;
    }
}

void bpmn_arm_boundaries(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    int64_t parent = t->parent;

    for (size_t i = 0; i < n->boundary_count; i++) {
        struct bpmn_token *armed;

        if (bpmn_is_compensation_start(&r->b->nodes[n->boundaries[i]])) continue;
        armed = bpmn_add(r, n->boundaries[i], parent, BPMN_ARMED);
        armed->host = id;
        bpmn_arm(r, armed->id);
    }
}

void bpmn_enter_catch(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);

    if (!n->trigger_count || n->triggers[0].kind == TRIGGER_LINK) {
        bpmn_leave(r, id);
        return;
    }
    t->phase = BPMN_WAITING;
    bpmn_arm(r, id);
}

void bpmn_choose(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    int64_t parent = t->parent;

    t->phase = BPMN_CHOOSING;
    for (size_t i = 0; i < n->out_count; i++) {
        t = bpmn_add(r, r->b->flows[n->out[i]].to, parent, BPMN_ARMED);
        t->host = id;
        t->flow = n->out[i];
        bpmn_arm(r, t->id);
    }
}

/* ---- firing ---- */
static void fire_boundary(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    bool interrupting = bpmn_node_of(r, t)->interrupting;
    int64_t host = t->host, next = bpmn_add(r, t->node, t->parent, BPMN_ARRIVED)->id;

    if (interrupting) bpmn_remove(r, host);
    bpmn_leave(r, next);
}

static void fire_choice(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    int64_t gateway = t->host, next = bpmn_add(r, t->node, t->parent, BPMN_ARRIVED)->id;

    bpmn_remove(r, gateway);
    if (bpmn_node_of(r, bpmn_token(r, next))->kind == BPMN_RECEIVE_TASK)
        bpmn_complete(r, next);
    else
        bpmn_leave(r, next);
}

static void fire_event_sub_process(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    int64_t scope = t->parent;
    int start = t->node;

    if (bpmn_node_of(r, t)->interrupting) bpmn_clear(r, scope, true);
    bpmn_start_event_sub_process(r, start, scope, 0);
}

static void take(struct bpmn_run *r, const struct bpmn_node *n, int64_t scope, const struct json *variables)
{
    if (!n->output_count) bpmn_assign_all(r, scope, variables);
    for (size_t i = 0; i < n->output_count; i++) {
        const struct bpmn_map *m = &n->outputs[i];
        const struct json *value = json_get_str(variables, m->from);

        /* The payload of a message is often one value without a name of its own. */
        if (!value && variables && variables->type == JSON_OBJECT && variables->count == 1)
            value = variables->first;
        if (m->transform) value = feel_to_json(r->arena, bpmn_eval(r, m->transform, scope));
        if (value) bpmn_assign(r, scope, m->to, value);
    }
}

void bpmn_fire(struct bpmn_run *r, int64_t id, size_t index, const struct json *variables)
{
    struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);

    take(r, n, t->turn > 0 ? id : t->parent, variables);
    t = bpmn_token(r, id);
    if (n->parallel && n->trigger_count > 1) {
        uint64_t all = (UINT64_C(1) << n->trigger_count) - 1;

        t->seen |= UINT64_C(1) << index;
        if ((t->seen & all) != all) return;
        t->seen &= ~all;
    }
    if (t->phase == BPMN_WAITING && n->kind == BPMN_RECEIVE_TASK)
        bpmn_complete(r, id);
    else if (t->phase == BPMN_WAITING)
        bpmn_leave(r, id);
    else if (n->kind == BPMN_BOUNDARY_EVENT)
        fire_boundary(r, id);
    else if (t->host)
        fire_choice(r, id);
    else
        fire_event_sub_process(r, id);
}

/* ---- what happens ---- */
static bool listens(const struct bpmn_token *t)
{
    return t->phase == BPMN_WAITING || t->phase == BPMN_ARMED;
}

/* The index of the trigger that matches; -1: none. */
static int match(const struct bpmn_node *n, enum trigger_kind kind, struct str ref)
{
    if (n->kind == BPMN_RECEIVE_TASK && kind == TRIGGER_MESSAGE &&
        str_eq(n->message.len ? n->message : n->id, ref))
        return 0;
    for (size_t i = 0; i < n->trigger_count; i++)
        if (n->triggers[i].kind == kind && str_eq(n->triggers[i].ref.len ? n->triggers[i].ref : n->id, ref))
            return (int)i;
    return -1;
}

bool bpmn_deliver(struct bpmn_run *r, enum trigger_kind kind, struct str ref, int64_t only,
                  const struct json *variables)
{
    size_t count = r->s->count; /* who begins to listen because of this does not hear it */
    bool any = false;

    for (size_t i = 0; i < count && r->s->status == BPMN_RUNNING; i++) {
        const struct bpmn_token *t = &r->s->tokens[i];
        int index = listens(t) && (!only || t->id == only) ? match(bpmn_node_of(r, t), kind, ref) : -1;

        if (index < 0) continue;
        bpmn_fire(r, t->id, (size_t)index, variables);
        any = true;
        if (kind == TRIGGER_MESSAGE) return true; /* a message has one receiver, a signal all */
    }
    return any;
}

bool bpmn_waits_for(const struct bpmn *b, const struct bpmn_state *s, bool signal, struct str id)
{
    for (size_t i = 0; i < s->count; i++)
        if (listens(&s->tokens[i]) &&
            match(&b->nodes[s->tokens[i].node], signal ? TRIGGER_SIGNAL : TRIGGER_MESSAGE, id) >= 0)
            return true;
    return false;
}

/* ---- signals from elsewhere ---- */
static struct str known_as(const struct bpmn_node *n, const struct bpmn_trigger *t)
{
    return t->code.len ? t->code : t->ref.len ? t->ref : n->id;
}

static bool throws(const struct bpmn_node *n)
{
    return n->kind == BPMN_THROW_EVENT || n->kind == BPMN_END_EVENT;
}

static struct str signal_at(const struct bpmn_node *n, size_t index)
{
    for (size_t i = 0; i < n->trigger_count; i++)
        if (n->triggers[i].kind == TRIGGER_SIGNAL && !index--) return known_as(n, &n->triggers[i]);
    return STR_EMPTY;
}

struct str bpmn_node_waits_for(const struct bpmn *b, int node, size_t index)
{
    const struct bpmn_node *n = &b->nodes[node];

    return throws(n) ? STR_EMPTY : signal_at(n, index);
}

/* An activity that is done by several may send one after each (10.2.8, behavior). */
struct str bpmn_node_sends(const struct bpmn *b, int node, size_t index)
{
    const struct bpmn_node *n = &b->nodes[node];
    const struct bpmn_loop *l = n->loop;

    if (throws(n)) return signal_at(n, index);
    if (!l) return STR_EMPTY;
    if (l->event && l->event->kind == TRIGGER_SIGNAL && !index--) return known_as(n, l->event);
    for (size_t i = 0; i < l->case_count; i++)
        if (l->case_events[i] && l->case_events[i]->kind == TRIGGER_SIGNAL && !index--)
            return known_as(n, l->case_events[i]);
    return STR_EMPTY;
}

size_t bpmn_listeners(struct arena *a, const struct bpmn *b, const struct bpmn_state *s,
                      struct bpmn_listener **list)
{
    size_t count = 0, room = 0;

    for (size_t i = 0; i < s->count; i++)
        room += b->nodes[s->tokens[i].node].trigger_count;
    *list = ARENA_ARRAY(a, room + 1, struct bpmn_listener);
    for (size_t i = 0; i < s->count; i++) {
        const struct bpmn_token *t = &s->tokens[i];
        struct str signal;

        for (size_t k = 0; listens(t) && (signal = bpmn_node_waits_for(b, t->node, k)).len; k++) {
            bool again = false;

            for (size_t j = count; !again && j > 0 && (*list)[j - 1].token == t->id; j--)
                again = str_eq((*list)[j - 1].signal, signal);
            if (!again) (*list)[count++] = (struct bpmn_listener){t->id, signal, t->node};
        }
    }
    return count;
}

struct str bpmn_heard_as(const struct bpmn *b, const struct bpmn_state *s, int64_t token, struct str signal)
{
    const struct bpmn_token *t = bpmn_find(s, token);
    const struct bpmn_node *n = t && listens(t) ? &b->nodes[t->node] : NULL;

    for (size_t i = 0; n && i < n->trigger_count; i++)
        if (n->triggers[i].kind == TRIGGER_SIGNAL && str_eq(known_as(n, &n->triggers[i]), signal))
            return n->triggers[i].ref.len ? n->triggers[i].ref : n->id;
    return STR_EMPTY;
}

enum { HELD = 32 }; /* bits above: the condition held when it was last looked at */

/* A condition fires when it becomes true (10.4.5): true when one did. */
bool bpmn_conditions(struct bpmn_run *r)
{
    for (size_t i = 0; i < r->s->count && !r->failed; i++) {
        struct bpmn_token *t = &r->s->tokens[i];
        const struct bpmn_node *n = bpmn_node_of(r, t);

        for (size_t k = 0; listens(t) && k < n->trigger_count && k < HELD; k++) {
            uint64_t bit = UINT64_C(1) << (HELD + k);
            bool holds;

            if (n->triggers[k].kind != TRIGGER_CONDITION || !n->triggers[k].expr) continue;
            holds = bpmn_true(r, n->triggers[k].expr, t->id);
            if (holds && !(t->seen & bit)) {
                t->seen |= bit;
                bpmn_fire(r, t->id, k, NULL);
                return true;
            }
            if (!holds) t->seen &= ~bit;
        }
    }
    return false;
}

static bool repeats(struct bpmn_token *t)
{
    if (t->started < 0) return true;
    if (t->started > 0) t->started--;
    return t->started > 0;
}

void bpmn_timer_fired(struct bpmn_run *r, int64_t id, int index)
{
    struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = t ? bpmn_node_of(r, t) : NULL;

    if (!t || !listens(t) || index < 0 || (size_t)index >= n->trigger_count ||
        n->triggers[index].kind != TRIGGER_TIMER)
        return; /* what it was for is over */
    bpmn_fire(r, id, (size_t)index, NULL);
    t = bpmn_token(r, id);
    if (!t || t->phase != BPMN_ARMED) return;
    if (repeats(t))
        set_timer(r, id, (size_t)index, false);
    else if (n->trigger_count == 1)
        bpmn_drop(r, id); /* it will not happen again */
}
