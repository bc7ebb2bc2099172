#include "engines/bpmn/bpmn_internal.h"

/* Tokens, variables, commands of a step. Tokens stand in the order of their ids; those that go are marked and
 * swept out when the step is over, so that indices hold while it runs. */

enum { ROOT = 1 };

struct bpmn_state bpmn_new(void)
{
    return (struct bpmn_state){.status = BPMN_NEW, .next = ROOT, .process = -1};
}

const struct bpmn_token *bpmn_find(const struct bpmn_state *s, int64_t id)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (s->tokens[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->count && s->tokens[low].id == id && s->tokens[low].phase != BPMN_GONE ? &s->tokens[low]
                                                                                          : NULL;
}

struct bpmn_token *bpmn_token(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_find(r->s, id);

    return t ? &r->s->tokens[t - r->s->tokens] : NULL;
}

const struct bpmn_node *bpmn_node_of(const struct bpmn_run *r, const struct bpmn_token *t)
{
    return &r->b->nodes[t->node];
}

void bpmn_fail(struct bpmn_run *r, const char *code, const char *msgid, int node)
{
    if (r->failed) return;
    r->failed = true;
    err_conflict(r->e, code, msgid);
    if (node >= 0) err_arg(r->e, r->b->nodes[node].name.len ? r->b->nodes[node].name : r->b->nodes[node].id);
}

struct bpmn_token *bpmn_add(struct bpmn_run *r, int node, int64_t parent, enum bpmn_phase phase)
{
    struct bpmn_state *s = r->s;
    struct bpmn_token *t;

    if (s->count == s->room) {
        size_t room = s->room * 2 + 16;
        struct bpmn_token *more = ARENA_ARRAY(r->arena, room, struct bpmn_token);

        if (s->count) memcpy(more, s->tokens, s->count * sizeof(*more));
        s->tokens = more;
        s->room = room;
    }
    if (s->count >= BPMN_TOKENS_MAX)
        bpmn_fail(r, "bpmn.endless", "Too many things happen at once in %{arg}.", node);
    t = &s->tokens[s->count++];
    *t = (struct bpmn_token){.id = s->next++,
                             .parent = parent,
                             .node = node,
                             .phase = phase,
                             .flow = -1,
                             .back = -1,
                             .into = -1,
                             .activity = -1,
                             .holder = STR_EMPTY,
                             .delegate = STR_EMPTY};
    return t;
}

void bpmn_push(struct bpmn_run *r, struct queue *q, int64_t id)
{
    if (q->first == q->count) q->first = q->count = 0;
    if (q->count == q->room) {
        size_t room = q->room * 2 + 32;
        int64_t *more = ARENA_ARRAY(r->arena, room, int64_t);

        if (q->count) memcpy(more, q->ids, q->count * sizeof(*more));
        q->ids = more;
        q->room = room;
    }
    q->ids[q->count++] = id;
}

struct bpmn_command *bpmn_command(struct bpmn_run *r, enum bpmn_command_kind kind, const struct bpmn_token *t)
{
    struct bpmn_commands *c = r->out;
    struct bpmn_command *added;

    if (c->count == c->room) {
        size_t room = c->room * 2 + 8;
        struct bpmn_command *more = ARENA_ARRAY(r->arena, room, struct bpmn_command);

        if (c->count) memcpy(more, c->list, c->count * sizeof(*more));
        c->list = more;
        c->room = room;
    }
    added = &c->list[c->count++];
    *added = (struct bpmn_command){.kind = kind,
                                   .token = t ? t->id : 0,
                                   .node = t ? t->node : -1,
                                   .name = STR_EMPTY,
                                   .text = STR_EMPTY,
                                   .role = t ? r->b->nodes[t->node].role : STR_EMPTY,
                                   .who = t ? t->holder : STR_EMPTY,
                                   .target = STR_EMPTY};
    return added;
}

struct bpmn_command *bpmn_tell(struct bpmn_run *r, const struct bpmn_event *event, const struct bpmn_token *t)
{
    struct bpmn_command *c = bpmn_command(r, BPMN_TELL, t);

    c->name = str_c(bpmn_event_name(event->kind));
    c->who = event->who;
    c->text = event->name;
    c->from = event->from;
    c->until = event->until;
    c->after = event->after;
    c->keep = event->keep;
    return c;
}

/* ---- going ---- */
static bool has_timer(const struct bpmn_node *n)
{
    for (size_t i = 0; i < n->trigger_count; i++)
        if (n->triggers[i].kind == TRIGGER_TIMER) return true;
    return false;
}

/* Has the caller been asked for something that is now moot? */
static bool has_work_out(const struct bpmn_run *r, const struct bpmn_token *t)
{
    const struct bpmn_node *n = bpmn_node_of(r, t);

    if (t->phase == BPMN_CALLING) return true;
    if (t->phase == BPMN_WAITING && n->kind >= BPMN_USER_TASK && n->kind <= BPMN_RULE_TASK) return true;
    return (t->phase == BPMN_WAITING || t->phase == BPMN_ARMED) && has_timer(n);
}

void bpmn_forget(struct bpmn_run *r, int64_t scope)
{
    struct bpmn_state *s = r->s;
    size_t kept = 0, past = 0;

    for (size_t i = 0; i < s->variable_count; i++)
        if (s->variables[i].scope != scope) s->variables[kept++] = s->variables[i];
    s->variable_count = kept;
    for (size_t i = 0; i < s->past_count; i++)
        if (s->past[i].scope != scope) s->past[past++] = s->past[i];
    s->past_count = past;
}

void bpmn_drop(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);

    if (t) t->phase = BPMN_GONE;
    bpmn_forget(r, id);
}

void bpmn_remove(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);

    if (!t) return;
    if (has_work_out(r, t)) bpmn_command(r, BPMN_CANCEL, t);
    bpmn_drop(r, id);
    for (size_t i = 0; i < r->s->count; i++)
        if (r->s->tokens[i].phase != BPMN_GONE &&
            (r->s->tokens[i].parent == id || r->s->tokens[i].host == id))
            bpmn_remove(r, r->s->tokens[i].id);
}

void bpmn_clear(struct bpmn_run *r, int64_t scope, bool keep)
{
    for (size_t i = 0; i < r->s->count; i++) {
        const struct bpmn_token *t = &r->s->tokens[i];

        if (t->phase != BPMN_GONE && t->parent == scope && !(keep && t->phase == BPMN_DONE))
            bpmn_remove(r, t->id);
    }
}

/* ---- variables ---- */
static int64_t outward(const struct bpmn_state *s, int64_t id)
{
    const struct bpmn_token *t = bpmn_find(s, id);

    return t && !t->closed ? t->parent : 0;
}

static struct bpmn_variable *own(const struct bpmn_state *s, int64_t scope, struct str name)
{
    for (size_t i = 0; i < s->variable_count; i++)
        if (s->variables[i].scope == scope && str_eq(s->variables[i].name, name)) return &s->variables[i];
    return NULL;
}

const struct json *bpmn_get(const struct bpmn_state *s, int64_t from, struct str name)
{
    for (int64_t at = from ? from : ROOT; at; at = outward(s, at)) {
        const struct bpmn_variable *v = own(s, at, name);

        if (v) return v->value;
    }
    return NULL;
}

/* A state must be readable again: its JSON may be nested 64 deep, of which it takes a few itself. */
enum { VALUE_DEPTH = 50 };

static bool too_deep(const struct json *v, int left)
{
    if (left < 0) return true;
    JSON_EACH(c, v)
    {
        if (too_deep(c, left - 1)) return true;
    }
    return false;
}

void bpmn_set(struct bpmn_run *r, int64_t scope, struct str name, const struct json *value)
{
    struct bpmn_state *s = r->s;
    struct bpmn_variable *v = own(s, scope, name);

    if (!r->failed && too_deep(value, VALUE_DEPTH)) {
        bpmn_fail(r, "bpmn.expression", "The value of %{arg} is nested too deeply.", -1);
        err_arg(r->e, name);
        return;
    }
    r->changed = true;
    if (v) {
        v->value = value;
        return;
    }
    if (s->variable_count == s->variable_room) {
        size_t room = s->variable_room * 2 + 8;
        struct bpmn_variable *more = ARENA_ARRAY(r->arena, room, struct bpmn_variable);

        if (s->variable_count) memcpy(more, s->variables, s->variable_count * sizeof(*more));
        s->variables = more;
        s->variable_room = room;
    }
    s->variables[s->variable_count++] = (struct bpmn_variable){scope, name, value};
}

/* Turns of a multi-instance activity keep what is new to themselves until they are done. */
static int64_t home(const struct bpmn_run *r, int64_t from)
{
    for (int64_t at = from; at; at = outward(r->s, at)) {
        const struct bpmn_token *t = bpmn_find(r->s, at);

        if (t && (t->phase == BPMN_SCOPE || t->phase == BPMN_DONE ||
                  (t->turn > 0 && bpmn_node_of(r, t)->loop->multi)))
            return at;
    }
    return ROOT;
}

void bpmn_assign(struct bpmn_run *r, int64_t from, struct str name, const struct json *value)
{
    for (int64_t at = from ? from : ROOT; at; at = outward(r->s, at))
        if (own(r->s, at, name)) {
            bpmn_set(r, at, name, value);
            return;
        }
    bpmn_set(r, home(r, from), name, value);
}

void bpmn_assign_all(struct bpmn_run *r, int64_t from, const struct json *object)
{
    if (!json_is(object, JSON_OBJECT)) return;
    JSON_EACH(v, object)
    {
        bpmn_assign(r, from, v->key, v);
    }
}
