/* Two tokens that would come to one place of another definition, where a run of it brings one: a join would
 * wait for ever with the second or lead on twice, a step would be done twice. Two places are held together in
 * some run when both lie behind one split, or when one is left for the next while the other is still held;
 * what is assumed about runs is never less than what they do, so that nothing is named that could be. */
#include "engines/bpmn/bpmn_internal.h"

enum { FOUND = 1, FOLLOWED };

/* Places: the nodes and sequence flows of one part. A token waits on a flow where a gateway counts it. */
struct bpmn_together {
    const struct bpmn *b;
    const struct bpmn_node *part;
    int *of_node, *of_flow;  /* place; -1: in another part */
    int *node, *flow, count; /* by place; -1: it is the other */
    unsigned char *pairs;
    bool more;
    struct bpmn_reach reach;
};

static bool is_join(const struct bpmn_node *n)
{
    return n->in_count > 1 &&
           (n->kind == BPMN_PARALLEL || n->kind == BPMN_INCLUSIVE || n->kind == BPMN_COMPLEX);
}

static unsigned char *pair_of(const struct bpmn_together *t, int x, int y)
{
    return &t->pairs[(size_t)x * (size_t)t->count + (size_t)y];
}

static void add_pair(struct bpmn_together *t, int x, int y)
{
    if (x < 0 || y < 0 || *pair_of(t, x, y)) return;
    *pair_of(t, x, y) = *pair_of(t, y, x) = FOUND;
    t->more = true;
}

/* ---- places ---- */

static void add_place(struct bpmn_together *t, int node, int flow)
{
    t->node[t->count] = node;
    t->flow[t->count] = flow;
    *(node >= 0 ? &t->of_node[node] : &t->of_flow[flow]) = t->count;
    t->count++;
}

static void add_places(struct arena *a, struct bpmn_together *t)
{
    const struct bpmn *b = t->b;
    size_t room = (size_t)b->node_count + (size_t)b->flow_count + 1;
    t->of_node = ARENA_ARRAY(a, (size_t)b->node_count + 1, int);
    t->of_flow = ARENA_ARRAY(a, (size_t)b->flow_count + 1, int);
    t->node = ARENA_ARRAY(a, room, int);
    t->flow = ARENA_ARRAY(a, room, int);
    for (int i = 0; i < b->node_count; i++)
        t->of_node[i] = -1;
    for (int i = 0; i < b->flow_count; i++)
        t->of_flow[i] = -1;
    for (size_t i = 0; i < t->part->child_count; i++)
        add_place(t, t->part->children[i], -1);
    for (int i = 0; i < b->flow_count; i++)
        if (t->of_node[b->flows[i].from] >= 0) add_place(t, -1, i);
}

/* ---- what begins together ---- */

static bool splits(const struct bpmn_node *n)
{
    if (n->kind == BPMN_EVENT_BASED) return n->instantiates && n->gateway_parallel;
    return n->kind != BPMN_EXCLUSIVE;
}

static bool rings_once(const struct bpmn_node *n)
{
    return n->trigger_count == 1 && n->triggers[0].kind == TRIGGER_TIMER &&
           n->triggers[0].form != TIMER_CYCLE;
}

static void begin_behind(struct bpmn_together *t, int node)
{
    const struct bpmn_node *n = &t->b->nodes[node];
    for (size_t i = 0; i < n->out_count; i++) {
        if (n->completion_quantity > 1) add_pair(t, t->of_flow[n->out[i]], t->of_flow[n->out[i]]);
        for (size_t k = i + 1; k < n->out_count && splits(n); k++)
            add_pair(t, t->of_flow[n->out[i]], t->of_flow[n->out[k]]);
    }
    for (size_t i = 0; i < n->boundary_count; i++) {
        const struct bpmn_node *event = &t->b->nodes[n->boundaries[i]];
        int place = t->of_node[n->boundaries[i]];
        if (event->interrupting) continue;
        add_pair(t, place, t->of_node[node]);
        if (!rings_once(event)) add_pair(t, place, place);
    }
}

/* Without a start event everything begins that nothing leads to. */
static void begin_all(struct bpmn_together *t)
{
    const struct bpmn_node *part = t->part;
    for (size_t i = 0; i < part->child_count; i++)
        if (t->b->nodes[part->children[i]].kind == BPMN_START_EVENT) return;
    for (size_t i = 0; i < part->child_count; i++)
        for (size_t k = i + 1; k < part->child_count; k++)
            if (bpmn_begins(t->b, part->children[i]) && bpmn_begins(t->b, part->children[k]))
                add_pair(t, t->of_node[part->children[i]], t->of_node[part->children[k]]);
}

/* ---- what is still held when another place is left ---- */

static int node_at(const struct bpmn_together *t, int place)
{
    return t->node[place] >= 0 ? t->node[place] : t->b->flows[t->flow[place]].to;
}

static bool leads_into(const struct bpmn_together *t, int place, int join)
{
    return t->flow[place] >= 0 && t->b->flows[t->flow[place]].to == join;
}

/* An inclusive gateway waits while a token may come by a way that has none, unless it may come by one that
 * has (table 13.3). */
static bool lets_pass(struct bpmn_together *t, int join, int held)
{
    const struct bpmn_node *n = &t->b->nodes[join];
    bool comes = false;
    memset(t->reach.seen, 0, (size_t)t->b->node_count * sizeof *t->reach.seen);
    bpmn_reach_from(&t->reach, node_at(t, held));
    bpmn_reach_on(t->b, &t->reach, join);
    for (size_t i = 0; i < n->in_count; i++) {
        if (!t->reach.seen[t->b->flows[n->in[i]].from]) continue;
        if (*pair_of(t, t->of_flow[n->in[i]], held)) return true;
        comes = true;
    }
    return !comes;
}

static bool fires_beside(struct bpmn_together *t, int join, int held)
{
    const struct bpmn_node *n = &t->b->nodes[join];
    if (leads_into(t, held, join) && !*pair_of(t, held, held)) return false;
    for (size_t i = 0; i < n->in_count && n->kind == BPMN_PARALLEL; i++)
        if (!*pair_of(t, t->of_flow[n->in[i]], held)) return false;
    return n->kind != BPMN_INCLUSIVE || leads_into(t, held, join) || lets_pass(t, join, held);
}

static void follow(struct bpmn_together *t, int left, int held)
{
    const struct bpmn *b = t->b;
    int node = node_at(t, left);
    const struct bpmn_node *n = &b->nodes[node];
    bool comes = t->flow[left] >= 0;
    if (comes && !is_join(n)) {
        add_pair(t, t->of_node[node], held);
        return;
    }
    if (comes && !fires_beside(t, node, held)) return;
    for (size_t i = 0; i < n->out_count; i++)
        add_pair(t, t->of_flow[n->out[i]], held);
    for (size_t i = 0; i < n->boundary_count; i++)
        add_pair(t, t->of_node[n->boundaries[i]], held);
    if (n->link >= 0) add_pair(t, t->of_node[n->link], held);
}

const struct bpmn_together *bpmn_together(struct arena *a, const struct bpmn *b, int part)
{
    struct bpmn_together *t = ARENA_NEW(a, struct bpmn_together);
    *t = (struct bpmn_together){.b = b, .part = &b->nodes[part], .reach = bpmn_reach_new(a, b)};
    add_places(a, t);
    t->pairs = ARENA_ARRAY(a, (size_t)t->count * (size_t)t->count + 1, unsigned char);
    for (size_t i = 0; i < t->part->child_count; i++)
        begin_behind(t, t->part->children[i]);
    begin_all(t);
    while (t->more) {
        t->more = false;
        for (int x = 0; x < t->count; x++)
            for (int y = 0; y < t->count; y++) {
                if (*pair_of(t, x, y) != FOUND) continue;
                *pair_of(t, x, y) = FOLLOWED;
                follow(t, x, y);
            }
    }
    return t;
}

/* ---- where two tokens come together ---- */

struct way {
    bool *flows, *nodes, *ends; /* `ends`: nodes it does not go through */
    int *order;
    size_t count;
};

static void enter(struct way *w, int node)
{
    if (w->nodes[node] || w->ends[node]) return;
    w->nodes[node] = true;
    w->order[w->count++] = node;
}

static struct way way_from(struct arena *a, const struct bpmn_together *t, int place, bool *ends)
{
    const struct bpmn *b = t->b;
    struct way w = {.flows = ARENA_ARRAY(a, (size_t)b->flow_count + 1, bool),
                    .nodes = ARENA_ARRAY(a, (size_t)b->node_count + 1, bool),
                    .ends = ends,
                    .order = ARENA_ARRAY(a, (size_t)b->node_count + 1, int)};
    if (t->flow[place] >= 0) w.flows[t->flow[place]] = true;
    enter(&w, node_at(t, place));
    for (size_t first = 0; first < w.count; first++) {
        const struct bpmn_node *n = &b->nodes[w.order[first]];
        for (size_t i = 0; i < n->out_count; i++) {
            w.flows[n->out[i]] = true;
            enter(&w, b->flows[n->out[i]].to);
        }
        for (size_t i = 0; i < n->boundary_count; i++)
            enter(&w, n->boundaries[i]);
        if (n->link >= 0) enter(&w, n->link);
    }
    return w;
}

/* Do both come there, each by ways of its own? Then one leaves. */
static bool unites(struct arena *a, const struct bpmn_together *t, int join, int one, int other)
{
    const struct bpmn_node *n = &t->b->nodes[join];
    bool *end = ARENA_ARRAY(a, (size_t)t->b->node_count + 1, bool), by_one = false, by_other = false;
    end[join] = true;
    const struct way x = way_from(a, t, one, end), y = way_from(a, t, other, end);
    for (size_t i = 0; i < n->in_count; i++) {
        if (x.flows[n->in[i]] && y.flows[n->in[i]]) return false;
        by_one = by_one || x.flows[n->in[i]];
        by_other = by_other || y.flows[n->in[i]];
    }
    return by_one && by_other;
}

/* Is it done twice where two tokens come? */
static bool does_something(const struct bpmn_node *n)
{
    bool passes = n->kind == BPMN_EXCLUSIVE || n->kind == BPMN_EVENT_BASED || n->kind == BPMN_PARALLEL ||
                  n->kind == BPMN_INCLUSIVE || n->kind == BPMN_COMPLEX || n->kind == BPMN_BOUNDARY_EVENT;
    return !passes && (n->kind != BPMN_END_EVENT || n->trigger_count);
}

static int meeting(struct arena *a, const struct bpmn_together *t, int one, int other)
{
    bool *ends = ARENA_ARRAY(a, (size_t)t->b->node_count + 1, bool);
    int found = -1;
    for (size_t i = 0; i < t->part->child_count; i++) {
        int node = t->part->children[i];
        ends[node] = is_join(&t->b->nodes[node]) && unites(a, t, node, one, other);
    }
    const struct way x = way_from(a, t, one, ends), y = way_from(a, t, other, ends);
    for (size_t i = 0; i < x.count; i++) {
        const struct bpmn_node *n = &t->b->nodes[x.order[i]];
        if (!y.nodes[x.order[i]]) continue;
        if (is_join(n)) return x.order[i];
        if (found < 0 && does_something(n)) found = x.order[i];
    }
    return found;
}

/* What was sent back stands for the step to which it returns. */
static int place_of(const struct bpmn_together *t, const struct bpmn_token *token)
{
    if (token->phase == BPMN_GATHERING && token->flow >= 0) return t->of_flow[token->flow];
    return t->of_node[token->back >= 0 ? token->back : token->node];
}

int bpmn_comes_twice(struct arena *a, const struct bpmn_together *t, const struct bpmn_token *one,
                     const struct bpmn_token *other)
{
    int x = place_of(t, one), y = place_of(t, other);
    return x < 0 || y < 0 || *pair_of(t, x, y) ? -1 : meeting(a, t, x, y);
}
