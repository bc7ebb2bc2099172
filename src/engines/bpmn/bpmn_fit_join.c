/* Does a gateway ahead wait for a branch that nothing brings any more? A way into it counts as brought where
 * a token has been counted by it, or one can come by it without passing the gateway first: what only a round
 * through the gateway brings comes too late. An inclusive gateway, and a complex one that has fired, go on by
 * themselves when nothing can come (table 13.3, 13.4.5) and never wait in vain. */
#include "engines/bpmn/bpmn_internal.h"

static bool stands_in(const struct bpmn_token *t, int64_t scope)
{
    return t->parent == scope && t->phase != BPMN_DONE && t->phase != BPMN_GONE;
}

static bool counted(const struct bpmn_state *s, int64_t scope, int join, int flow)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct bpmn_token *t = &s->tokens[i];
        if (stands_in(t, scope) && t->node == join && t->phase == BPMN_GATHERING && t->flow == flow)
            return true;
    }
    return false;
}

static bool has_fired(const struct bpmn_state *s, int64_t scope, int join)
{
    for (size_t i = 0; i < s->count; i++)
        if (stands_in(&s->tokens[i], scope) && s->tokens[i].node == join &&
            s->tokens[i].phase == BPMN_RESETTING)
            return true;
    return false;
}

static size_t ways_brought(struct arena *a, const struct bpmn *b, const struct bpmn_state *s, int64_t scope,
                           int join)
{
    struct bpmn_reach w = bpmn_reach_new(a, b);
    const struct bpmn_node *n = &b->nodes[join];
    size_t brought = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct bpmn_token *t = &s->tokens[i];
        if (!stands_in(t, scope) || t->node == join || b->nodes[t->node].parent != n->parent) continue;
        bpmn_reach_from(&w, t->node);
        if (t->back >= 0) bpmn_reach_from(&w, t->back);
    }
    bpmn_reach_on(b, &w, join);
    for (size_t i = 0; i < n->in_count; i++)
        brought += w.seen[b->flows[n->in[i]].from] || counted(s, scope, join, n->in[i]);
    return brought;
}

/* A complex gateway says itself how many it waits for. */
static bool enough(struct arena *a, const struct bpmn *b, const struct bpmn_state *s, int64_t scope, int join,
                   size_t most)
{
    struct bpmn_state now = *s;
    struct err e = {0};
    struct bpmn_run r = {.arena = a, .b = b, .s = &now, .e = &e};
    bool fires = false;
    for (size_t i = 1; i <= most && !fires; i++) {
        struct feel_entry extra[] = {{STR("activationCount"), feel_integer((int64_t)i)}};
        r.extra = extra;
        r.extra_count = 1;
        fires = bpmn_true(&r, b->nodes[join].condition, scope);
    }
    return fires;
}

bool bpmn_join_in_vain(struct arena *a, const struct bpmn *b, const struct bpmn_state *s, int64_t scope,
                       int join)
{
    const struct bpmn_node *n = &b->nodes[join];
    bool complex = n->kind == BPMN_COMPLEX && n->condition && !has_fired(s, scope, join);
    if (n->in_count < 2 || (n->kind != BPMN_PARALLEL && !complex)) return false;
    size_t brought = ways_brought(a, b, s, scope, join);
    if (!brought || brought == n->in_count) return false;
    return !complex || !enough(a, b, s, scope, join, brought);
}
