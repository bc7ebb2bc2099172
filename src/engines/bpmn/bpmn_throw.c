#include "engines/bpmn/bpmn_internal.h"

/* Events that are thrown (10.4.3, 10.4.6): messages and signals go out, errors and escalations look for who
 * catches them from the inside out. */

enum { ROOT = 1 };

void bpmn_enter_throw(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);

    if (n->kind == BPMN_END_EVENT && t->parent == ROOT) r->out->end = t->node;
    if (n->trigger_count && n->triggers[0].kind != TRIGGER_LINK)
        bpmn_push(r, &r->throws, id);
    else
        bpmn_thrown(r, id);
}

void bpmn_thrown(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n;

    if (!t) return;
    n = bpmn_node_of(r, t);
    if (n->link >= 0) bpmn_arrive(r, n->link, t->parent, -1);
    if (n->kind == BPMN_END_EVENT || n->link >= 0)
        bpmn_remove(r, id);
    else
        bpmn_leave(r, id);
}

/* ---- errors and escalations (13.5.1) ---- */
static int catches(const struct bpmn_run *r, const struct bpmn_token *t, enum trigger_kind kind,
                   struct str code, bool any)
{
    const struct bpmn_node *n = bpmn_node_of(r, t);

    for (size_t i = 0; i < n->trigger_count; i++)
        if (n->triggers[i].kind == kind &&
            (any ? !n->triggers[i].code.len : n->triggers[i].code.len && str_eq(n->triggers[i].code, code)))
            return (int)i;
    return -1;
}

/* Among what is armed at one level; who names the code goes before who takes everything. */
static bool caught_at(struct bpmn_run *r, int64_t host, int64_t scope, enum trigger_kind kind,
                      struct str code, const struct json *variables)
{
    for (int any = 0; any < 2; any++)
        for (size_t i = 0; i < r->s->count; i++) {
            const struct bpmn_token *t = &r->s->tokens[i];
            bool here = t->phase == BPMN_ARMED && t->host == host && (host || t->parent == scope);
            int index = here ? catches(r, t, kind, code, any) : -1;

            if (index < 0) continue;
            bpmn_fire(r, t->id, (size_t)index, variables);
            return true;
        }
    return false;
}

bool bpmn_raise(struct bpmn_run *r, int64_t from, enum trigger_kind kind, struct str code,
                const struct json *variables)
{
    int64_t at = from;

    while (at) {
        const struct bpmn_token *t = bpmn_token(r, at);
        const struct bpmn_token *around;
        int64_t parent = t ? t->parent : 0;

        if (caught_at(r, at, 0, kind, code, variables)) return true;
        around = bpmn_token(r, parent);
        if (around && around->phase != BPMN_LOOPING && caught_at(r, 0, parent, kind, code, variables))
            return true;
        at = parent;
    }
    return false;
}

bool bpmn_raise_in_case(struct bpmn_run *r, enum trigger_kind kind, struct str code)
{
    return caught_at(r, 0, ROOT, kind, code, NULL);
}

/* ---- one trigger ---- */
static void message(struct bpmn_run *r, int64_t from, const struct bpmn_trigger *t)
{
    const struct json *inputs = bpmn_inputs(r, from);
    const struct bpmn_token *token = bpmn_token(r, from);
    struct bpmn_command *c = bpmn_command(r, BPMN_THROW_MESSAGE, token);

    c->name = t->ref.len ? t->ref : bpmn_node_of(r, token)->id;
    c->text = t->code;
    c->target = bpmn_node_of(r, token)->target;
    c->variables = inputs;
}

static void signal(struct bpmn_run *r, int64_t from, const struct bpmn_trigger *t)
{
    const struct json *inputs = bpmn_inputs(r, from);
    struct bpmn_command *c = bpmn_command(r, BPMN_THROW_SIGNAL, bpmn_token(r, from));

    c->name = t->ref.len ? t->ref : bpmn_node_of(r, bpmn_token(r, from))->id;
    c->text = t->code;
    c->variables = inputs;
    bpmn_deliver(r, TRIGGER_SIGNAL, c->name, 0, inputs);
}

static void error(struct bpmn_run *r, int64_t from, const struct bpmn_trigger *t)
{
    if (!bpmn_raise(r, from, TRIGGER_ERROR, t->code, bpmn_inputs(r, from))) bpmn_end_by_error(r, t->code);
}

static void escalation(struct bpmn_run *r, int64_t from, const struct bpmn_trigger *t)
{
    const struct json *inputs = bpmn_inputs(r, from);

    if (!bpmn_raise(r, from, TRIGGER_ESCALATION, t->code, inputs)) {
        struct bpmn_command *c = bpmn_command(r, BPMN_TELL_ESCALATION, bpmn_token(r, from));

        c->name = t->code;
        c->variables = inputs;
    }
}

/* Ends what runs in the same process or sub-process (10.4.3, 13.5.6). */
static void terminate(struct bpmn_run *r, int64_t from, const struct bpmn_trigger *)
{
    int64_t scope = bpmn_token(r, from)->parent;

    bpmn_clear(r, scope, true);
    if (scope != ROOT) return;
    bpmn_clear(r, ROOT, false);
    bpmn_drop(r, ROOT);
    r->s->status = BPMN_TERMINATED;
    bpmn_command(r, BPMN_END, NULL)->status = BPMN_TERMINATED;
}

static void cancel(struct bpmn_run *r, int64_t from, const struct bpmn_trigger *)
{
    bpmn_cancel_transaction(r, from);
}

static void (*const throwing[TRIGGER_COUNT])(struct bpmn_run *r, int64_t from,
                                             const struct bpmn_trigger *t) = {
    [TRIGGER_MESSAGE] = message,       [TRIGGER_SIGNAL] = signal,       [TRIGGER_ERROR] = error,
    [TRIGGER_ESCALATION] = escalation, [TRIGGER_TERMINATE] = terminate, [TRIGGER_CANCEL] = cancel,
};

void bpmn_throw_trigger(struct bpmn_run *r, int64_t from, const struct bpmn_trigger *t)
{
    if (throwing[t->kind]) throwing[t->kind](r, from, t);
}

/* Compensation comes last: it may take long, and the token waits for it. */
void bpmn_throw(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n;
    const struct bpmn_trigger *undo = NULL;

    if (!t || t->phase != BPMN_ARRIVED) return;
    n = bpmn_node_of(r, t);
    for (size_t i = 0; i < n->trigger_count && !r->failed; i++) {
        if (n->triggers[i].kind == TRIGGER_COMPENSATION)
            undo = &n->triggers[i];
        else
            bpmn_throw_trigger(r, id, &n->triggers[i]);
        t = bpmn_token(r, id);
        if (!t || t->phase != BPMN_ARRIVED || r->s->status != BPMN_RUNNING)
            return; /* what it threw has interrupted it */
    }
    if (undo)
        bpmn_compensate(r, id, bpmn_token(r, id)->parent, undo->node);
    else
        bpmn_thrown(r, id);
}
