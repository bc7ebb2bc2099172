#include "engines/bpmn/bpmn_internal.h"

/* Activities: entering, the work given out, results, completion (13.3). */

enum { CALLS_MAX = 64 };

/* ---- data ---- */
static const struct json *mapped(struct bpmn_run *r, const struct bpmn_map *m, int64_t from)
{
    if (m->transform) return feel_to_json(r->arena, bpmn_eval(r, m->transform, from));
    return bpmn_get(r->s, from, m->from);
}

/* A node of a list belongs to it: what goes into another is copied. */
static void put(struct bpmn_run *r, struct json *object, struct str name, const struct json *value)
{
    if (value) json_set(object, str_z(r->arena, name), json_copy(r->arena, value));
}

const struct json *bpmn_inputs(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_node *n = bpmn_node_of(r, bpmn_token(r, id));
    struct json *o;

    if (!n->input_count) return NULL;
    o = json_object(r->arena);
    for (size_t i = 0; i < n->input_count; i++)
        put(r, o, n->inputs[i].to, mapped(r, &n->inputs[i], id));
    return o;
}

const struct json *bpmn_given(struct arena *a, const struct bpmn *b, const struct bpmn_state *s,
                              const struct bpmn_event *about, struct err *e)
{
    struct bpmn_state seen = *s;
    struct bpmn_run r = {.arena = a,
                         .b = b,
                         .s = &seen,
                         .e = e,
                         .now = about->now,
                         .known = about->known,
                         .known_count = about->known_count};
    const struct json *given = bpmn_inputs(&r, about->token);

    return r.failed ? NULL : given ? given : json_object(a);
}

static bool is_mapped(const struct bpmn_node *n, struct str name)
{
    for (size_t i = 0; i < n->output_count; i++)
        if (str_eq(n->outputs[i].from, name)) return true;
    return false;
}

/* Results become variables, under the names that output associations give them where there are some. A called
 * process gives back what is mapped and nothing else. */
void bpmn_take_outputs(struct bpmn_run *r, int64_t id, const struct json *results)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    int64_t to = t->turn > 0 ? id : t->parent;
    bool own = t->turn > 0 && n->loop->multi; /* one turn does not write over another */

    JSON_EACH(v, t->phase != BPMN_CALLING && json_is(results, JSON_OBJECT) ? results : NULL)
    {
        if (is_mapped(n, v->key)) continue;
        if (own)
            bpmn_set(r, id, v->key, v);
        else
            bpmn_assign(r, id, v->key, v);
    }
    for (size_t i = 0; t->closed && n->takes_all && i < r->s->variable_count; i++) {
        const struct bpmn_variable v = r->s->variables[i];

        if (v.scope == id) bpmn_assign(r, to, v.name, v.value);
    }
    for (size_t i = 0; i < n->output_count; i++) {
        const struct bpmn_map *m = &n->outputs[i];
        const struct json *value = json_get_str(results, m->from);

        if (m->transform || (!value && bpmn_token(r, id)->closed)) value = mapped(r, m, id);
        if (value) bpmn_assign(r, to, m->to, value);
    }
}

/* ---- the work ---- */
static void give_out(struct bpmn_run *r, int64_t id, enum bpmn_command_kind kind)
{
    const struct json *inputs = bpmn_inputs(r, id);
    struct bpmn_token *t = bpmn_token(r, id);
    struct bpmn_command *c;

    t->phase = BPMN_WAITING;
    c = bpmn_command(r, kind, t);
    c->name = bpmn_node_of(r, t)->topic;
    c->variables = inputs;
}

static void script(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_node *n = bpmn_node_of(r, bpmn_token(r, id));
    struct feel_value v;
    struct bpmn_command *c;

    if (!n->script) {
        give_out(r, id, BPMN_DO_SCRIPT);
        c = &r->out->list[r->out->count - 1];
        c->name = n->script_format;
        c->text = n->script_text;
        return;
    }
    v = bpmn_eval(r, n->script, id);
    if (n->result.len)
        bpmn_assign(r, id, n->result, feel_to_json(r->arena, v));
    else if (v.kind == FEEL_CONTEXT)
        bpmn_assign_all(r, id, feel_to_json(r->arena, v));
    bpmn_complete(r, id);
}

static void send(struct bpmn_run *r, int64_t id)
{
    const struct json *inputs = bpmn_inputs(r, id);
    const struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    struct bpmn_command *c = bpmn_command(r, BPMN_THROW_MESSAGE, t);

    c->name = n->message;
    c->text = n->message_name;
    c->target = n->target;
    c->variables = inputs;
    bpmn_complete(r, id);
}

static void wait_for_message(struct bpmn_run *r, int64_t id)
{
    bpmn_token(r, id)->phase = BPMN_WAITING;
}

static void scope(struct bpmn_run *r, int64_t id)
{
    bpmn_token(r, id)->phase = BPMN_SCOPE;
    bpmn_start_scope(r, id);
}

static int calls_around(const struct bpmn_run *r, const struct bpmn_token *t)
{
    int n = 0;

    for (; t; t = bpmn_find(r->s, t->parent))
        n += t->closed;
    return n;
}

static enum bpmn_command_kind work_of(enum bpmn_kind kind)
{
    static const enum bpmn_command_kind work[BPMN_KIND_COUNT] = {[BPMN_USER_TASK] = BPMN_DO_USER,
                                                                 [BPMN_MANUAL_TASK] = BPMN_DO_MANUAL,
                                                                 [BPMN_SERVICE_TASK] = BPMN_DO_SERVICE,
                                                                 [BPMN_SCRIPT_TASK] = BPMN_DO_SCRIPT,
                                                                 [BPMN_RULE_TASK] = BPMN_DO_RULE};

    return work[kind];
}

/* What it is given, or, where nothing is mapped, a copy of everything that is seen from here. */
static void hand_in(struct bpmn_run *r, int64_t id, const struct json *inputs)
{
    size_t count = r->s->variable_count;

    bool all = !inputs || bpmn_node_of(r, bpmn_token(r, id))->gives_all;

    for (size_t i = 0; all && i < count; i++) {
        struct str name = r->s->variables[i].name;
        const struct json *value = bpmn_get(r->s, bpmn_token(r, id)->parent, name);

        if (value) bpmn_set(r, id, name, value);
    }
    JSON_EACH(v, inputs)
    {
        bpmn_set(r, id, v->key, v);
    }
}

/* Of another document the version that is in force now; the call keeps it until it ends. */
static int called_by(const struct bpmn_run *r, const struct bpmn_node *n)
{
    if (n->called >= 0) return n->called;
    for (size_t i = 0; i < n->version_count; i++)
        if (n->versions[i].from <= r->now) return n->versions[i].node;
    return -1;
}

static void call(struct bpmn_run *r, int64_t id)
{
    const struct json *inputs = bpmn_inputs(r, id);
    struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    int into = called_by(r, n);
    const struct bpmn_node *called = into >= 0 ? &r->b->nodes[into] : NULL;
    struct bpmn_command *c;

    if (!called && n->version_count) {
        bpmn_fail(r, "bpmn.call", "The process that %{arg} calls is not in force yet.", t->node);
        return;
    }
    if (called && called->kind == BPMN_PROCESS) {
        if (calls_around(r, t) >= CALLS_MAX) {
            bpmn_fail(r, "bpmn.endless", "%{arg} calls itself without an end.", t->node);
            return;
        }
        hand_in(r, id, inputs);
        t = bpmn_token(r, id);
        t->phase = BPMN_SCOPE;
        t->closed = true;
        t->into = n->called >= 0 ? -1 : into;
        bpmn_start_scope(r, id);
        return;
    }
    if (called && called->kind == BPMN_TASK) {
        bpmn_complete(r, id);
        return;
    }
    t->phase = BPMN_CALLING;
    c = bpmn_command(r, called ? work_of(called->kind) : BPMN_DO_CALL, t);
    c->name = called ? called->topic : n->topic;
    c->text = called ? called->script_text : STR_EMPTY;
    if (called && called->role.len) c->role = called->role;
    c->variables = inputs;
}

void bpmn_give_out(struct bpmn_run *r, int64_t id)
{
    give_out(r, id, work_of(bpmn_node_of(r, bpmn_token(r, id))->kind));
}

void bpmn_begin(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_node *n = bpmn_node_of(r, bpmn_token(r, id));

    switch (n->kind) {
    case BPMN_USER_TASK:
    case BPMN_MANUAL_TASK:
    case BPMN_SERVICE_TASK:
    case BPMN_RULE_TASK:
        give_out(r, id, work_of(n->kind));
        break;
    case BPMN_SCRIPT_TASK:
        script(r, id);
        break;
    case BPMN_SEND_TASK:
        send(r, id);
        break;
    case BPMN_RECEIVE_TASK:
        wait_for_message(r, id);
        break;
    case BPMN_SUB_PROCESS:
    case BPMN_TRANSACTION:
    case BPMN_AD_HOC:
        scope(r, id);
        break;
    case BPMN_CALL:
        call(r, id);
        break;
    default:
        bpmn_complete(r, id);
    }
}

/* ---- entering ---- */
/* startQuantity tokens make one (13.3.1): false while some are missing. */
static bool enough(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);
    int64_t needed = bpmn_node_of(r, t)->start_quantity, there = 0;

    if (needed <= 1) return true;
    t->phase = BPMN_GATHERING;
    for (size_t i = 0; i < r->s->count; i++) {
        const struct bpmn_token *o = &r->s->tokens[i];

        there += o->phase == BPMN_GATHERING && o->node == t->node && o->parent == t->parent;
    }
    if (there < needed) return false;
    for (size_t i = 0; i < r->s->count && needed > 1; i++) {
        const struct bpmn_token *o = &r->s->tokens[i];

        if (o->phase == BPMN_GATHERING && o->node == t->node && o->parent == t->parent && o->id != id) {
            bpmn_drop(r, o->id);
            needed--;
        }
    }
    return true;
}

void bpmn_enter_activity(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_node *n = bpmn_node_of(r, bpmn_token(r, id));

    if (!enough(r, id)) return;
    bpmn_arm_boundaries(r, id);
    if (n->loop)
        bpmn_enter_loop(r, id);
    else
        bpmn_begin(r, id);
}

/* ---- completion ---- */
static void disarm(struct bpmn_run *r, int64_t id)
{
    for (size_t i = 0; i < r->s->count; i++)
        if (r->s->tokens[i].phase == BPMN_ARMED && r->s->tokens[i].host == id)
            bpmn_remove(r, r->s->tokens[i].id);
}

/* The token is dropped, or stays behind as something that can be undone. */
static void retire(struct bpmn_run *r, int64_t id, int64_t parent)
{
    if (bpmn_remember(r, id, parent)) return;
    bpmn_clear(r, id, false);
    bpmn_drop(r, id);
}

void bpmn_finish_activity(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    int64_t parent = t->parent;
    int node = t->node;

    disarm(r, id);
    if (t->back >= 0)
        bpmn_arrive(r, t->back, parent, -1);
    else
        bpmn_pass_on(r, node, parent, id, n->completion_quantity);
    if (n->loop)
        bpmn_remove(r, id); /* its turns are remembered one by one */
    else
        retire(r, id, parent);
    bpmn_child_done(r, parent);
}

void bpmn_complete(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n;
    const struct bpmn_token *host;

    if (!t) return;
    n = bpmn_node_of(r, t);
    host = t->host ? bpmn_token(r, t->host) : NULL;
    if (n->kind == BPMN_CALL && t->closed) bpmn_take_outputs(r, id, NULL);
    if (t->turn > 0)
        bpmn_turn_done(r, id);
    else if (host && host->phase == BPMN_COMPENSATING) {
        int64_t by = t->host, undone = n->kind == BPMN_EVENT_SUB_PROCESS ? t->parent : 0;

        bpmn_remove(r, id);
        bpmn_compensated(r, by, undone);
    } else if (n->kind == BPMN_EVENT_SUB_PROCESS)
        bpmn_remove(r, id);
    else
        bpmn_finish_activity(r, id);
}
