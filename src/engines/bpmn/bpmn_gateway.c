#include "engines/bpmn/bpmn_internal.h"

/* Gateways (10.5, 13.4). */

enum { FLOWS_MAX = 64 }; /* into a complex gateway that are told apart */

/* By the first flow whose condition holds (13.4.2). */
static void exclusive(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    int chosen = -1;

    for (size_t i = 0; i < n->out_count && chosen < 0; i++) {
        const struct bpmn_flow *f = &r->b->flows[n->out[i]];

        if (n->out[i] != n->default_flow && (!f->condition || bpmn_true(r, f->condition, id)))
            chosen = n->out[i];
    }
    if (chosen < 0) chosen = n->default_flow;
    t = bpmn_token(r, id);
    if (chosen >= 0)
        bpmn_arrive(r, r->b->flows[chosen].to, t->parent, chosen);
    else if (n->out_count)
        bpmn_fail(r, "bpmn.no_flow", "No way out of %{arg}: none of its conditions holds.", t->node);
    bpmn_remove(r, id);
}

/* By every flow whose condition holds, else by the default one (13.4.3). */
static void split(struct bpmn_run *r, int node, int64_t parent, int64_t from, bool only_conditional)
{
    const struct bpmn_node *n = &r->b->nodes[node];
    bool taken = false;

    for (size_t i = 0; i < n->out_count; i++) {
        const struct bpmn_flow *f = &r->b->flows[n->out[i]];

        if (n->out[i] == n->default_flow || (only_conditional && !f->condition)) continue;
        if (f->condition && !bpmn_true(r, f->condition, from)) continue;
        bpmn_arrive(r, f->to, parent, n->out[i]);
        taken = true;
    }
    if (taken || only_conditional || !n->out_count) return;
    if (n->default_flow >= 0)
        bpmn_arrive(r, r->b->flows[n->default_flow].to, parent, n->default_flow);
    else
        bpmn_fail(r, "bpmn.no_flow", "No way out of %{arg}: none of its conditions holds.", node);
}

/* ---- tokens that have gathered at a gateway ---- */
static bool gathers(const struct bpmn_token *t, int node, int64_t parent)
{
    return t->phase == BPMN_GATHERING && t->node == node && t->parent == parent;
}

static bool filled(const struct bpmn_run *r, int node, int64_t parent, int flow)
{
    for (size_t i = 0; i < r->s->count; i++)
        if (gathers(&r->s->tokens[i], node, parent) && r->s->tokens[i].flow == flow) return true;
    return false;
}

static size_t gathered(const struct bpmn_run *r, int node, int64_t parent)
{
    size_t n = 0;

    for (size_t i = 0; i < r->s->count; i++)
        n += gathers(&r->s->tokens[i], node, parent);
    return n;
}

/* One token of each flow that has one and is not among `except`; the flows are marked. */
static uint64_t consume(struct bpmn_run *r, int node, int64_t parent, uint64_t except)
{
    const struct bpmn_node *n = &r->b->nodes[node];
    uint64_t mask = 0;

    for (size_t k = 0; k < n->in_count; k++)
        for (size_t i = 0; !(except >> (k % FLOWS_MAX) & 1) && i < r->s->count; i++)
            if (gathers(&r->s->tokens[i], node, parent) && r->s->tokens[i].flow == n->in[k]) {
                bpmn_drop(r, r->s->tokens[i].id);
                mask |= UINT64_C(1) << (k % FLOWS_MAX);
                break;
            }
    return mask;
}

static void parallel(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    int64_t parent = t->parent;
    int node = t->node;

    t->phase = BPMN_GATHERING;
    for (size_t i = 0; i < n->in_count; i++)
        if (!filled(r, node, parent, n->in[i])) return;
    if (n->in_count)
        consume(r, node, parent, 0);
    else
        bpmn_drop(r, id);
    for (size_t i = 0; i < n->out_count; i++)
        bpmn_arrive(r, r->b->flows[n->out[i]].to, parent, n->out[i]);
}

/* ---- can a token still come? (13.4.3, table 13.3) ---- */
enum { REACHES_EMPTY = 1, REACHES_FILLED = 2 };

static void walk_back(const struct bpmn *b, int gateway, int from, unsigned char *marks, unsigned char mark,
                      int *stack)
{
    int depth = 0;

    if (from == gateway || (marks[from] & mark)) return;
    marks[from] |= mark;
    stack[depth++] = from;
    while (depth) {
        const struct bpmn_node *n = &b->nodes[stack[--depth]];
        int self = stack[depth];

        for (size_t i = 0; i < n->in_count; i++) {
            int before = b->flows[n->in[i]].from;

            if (before != gateway && !(marks[before] & mark)) {
                marks[before] |= mark;
                stack[depth++] = before;
            }
        }
        if (n->attached >= 0 && !(marks[n->attached] & mark)) {
            marks[n->attached] |= mark;
            stack[depth++] = n->attached;
        }
        if (n->kind == BPMN_CATCH_EVENT && !n->in_count)
            for (int i = 0; i < b->node_count; i++)
                if (b->nodes[i].link == self && !(marks[i] & mark)) {
                    marks[i] |= mark;
                    stack[depth++] = i;
                }
    }
}

static bool is_live(const struct bpmn_token *t)
{
    return t->phase != BPMN_GONE && t->phase != BPMN_ARMED && t->phase != BPMN_DONE;
}

static bool can_come(struct bpmn_run *r, int node, int64_t parent, uint64_t already)
{
    const struct bpmn_node *n = &r->b->nodes[node];
    unsigned char *marks = arena_alloc(r->arena, (size_t)r->b->node_count);
    int *stack = ARENA_ARRAY(r->arena, (size_t)r->b->node_count + 1, int);

    for (size_t k = 0; k < n->in_count; k++) {
        bool has = (already >> (k % FLOWS_MAX) & 1) || filled(r, node, parent, n->in[k]);

        walk_back(r->b, node, r->b->flows[n->in[k]].from, marks, has ? REACHES_FILLED : REACHES_EMPTY, stack);
    }
    for (size_t i = 0; i < r->s->count; i++) {
        const struct bpmn_token *t = &r->s->tokens[i];

        if (is_live(t) && t->parent == parent && t->node != node && marks[t->node] == REACHES_EMPTY)
            return true;
    }
    return false;
}

/* ---- the complex gateway (13.4.5) ---- */
static const struct bpmn_token *resetting(const struct bpmn_run *r, int node, int64_t parent)
{
    for (size_t i = 0; i < r->s->count; i++) {
        const struct bpmn_token *t = &r->s->tokens[i];

        if (t->phase == BPMN_RESETTING && t->node == node && t->parent == parent) return t;
    }
    return NULL;
}

static void with_waiting(struct bpmn_run *r, int node, int64_t parent, bool for_start)
{
    struct feel_entry extra[] = {{STR("waitingForStart"), feel_boolean(for_start)}};

    r->extra = extra;
    r->extra_count = 1;
    split(r, node, parent, parent, !for_start);
    r->extra_count = 0;
}

static bool activate(struct bpmn_run *r, int node, int64_t parent)
{
    struct feel_entry extra[] = {{STR("activationCount"), feel_integer((int64_t)gathered(r, node, parent))}};
    bool fires;
    uint64_t mask;

    if (resetting(r, node, parent)) return false;
    r->extra = extra;
    r->extra_count = 1;
    fires = bpmn_true(r, r->b->nodes[node].condition, parent);
    r->extra_count = 0;
    if (!fires) return false;
    mask = consume(r, node, parent, 0);
    bpmn_add(r, node, parent, BPMN_RESETTING)->seen = mask;
    with_waiting(r, node, parent, true);
    return true;
}

static bool reset(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    int node = t->node;
    int64_t parent = t->parent;

    if (can_come(r, node, parent, t->seen)) return false;
    consume(r, node, parent, t->seen);
    bpmn_drop(r, id);
    with_waiting(r, node, parent, false);
    return true;
}

/* ---- */
void bpmn_enter_gateway(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);

    switch (n->kind) {
    case BPMN_EXCLUSIVE:
        exclusive(r, id);
        break;
    case BPMN_PARALLEL:
        parallel(r, id);
        break;
    case BPMN_EVENT_BASED:
        bpmn_choose(r, id);
        break;
    default:
        if (n->in_count > 1) {
            t->phase = BPMN_GATHERING;
            if (n->condition) activate(r, t->node, t->parent);
        } else {
            split(r, t->node, t->parent, id, false);
            bpmn_drop(r, id);
        }
    }
}

bool bpmn_merge(struct bpmn_run *r)
{
    for (size_t i = 0; i < r->s->count; i++) {
        const struct bpmn_token *t = &r->s->tokens[i];
        const struct bpmn_node *n = bpmn_node_of(r, t);
        int node = t->node;
        int64_t parent = t->parent;

        if (t->phase == BPMN_RESETTING && reset(r, t->id)) return true;
        if (t->phase != BPMN_GATHERING || (n->kind != BPMN_INCLUSIVE && n->kind != BPMN_COMPLEX)) continue;
        if (n->condition) {
            if (activate(r, node, parent)) return true;
        } else if (!can_come(r, node, parent, 0)) {
            consume(r, node, parent, 0);
            split(r, node, parent, parent, false);
            return true;
        }
    }
    return false;
}
