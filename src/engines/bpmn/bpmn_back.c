#include "engines/bpmn/bpmn_internal.h"

/* Going back in the flow: 退回 and 撤回. What a step has led to is what cannot be reached from the beginning
 * of its scope without passing it; that alone is taken away, so that other branches keep what they have. */

static bool is_step(const struct bpmn_node *n)
{
    return n->kind == BPMN_USER_TASK || n->kind == BPMN_MANUAL_TASK;
}

/* The token of the task that one who signs besides belongs to; NULL: it is the task itself. */
static struct bpmn_token *signs_for(struct bpmn_run *r, const struct bpmn_token *t)
{
    struct bpmn_token *host = t->host ? bpmn_token(r, t->host) : NULL;

    return host && host->phase == BPMN_HELD ? host : NULL;
}

/* ---- the past ---- */
void bpmn_note_past(struct bpmn_run *r, const struct bpmn_token *t, struct str who)
{
    struct bpmn_state *s = r->s;
    struct bpmn_past now = {.scope = t->turn > 0 ? bpmn_token(r, t->parent)->parent : t->parent,
                            .node = t->node,
                            .order = s->next,
                            .who = who};

    if (t->delegate.len && str_eq(t->delegate, who)) {
        now.holder = t->holder;
        now.from = t->from;
        now.until = t->until;
    }
    if (!is_step(bpmn_node_of(r, t)) || signs_for(r, t)) return;
    for (size_t i = 0; i < s->past_count; i++)
        if (s->past[i].scope == now.scope && s->past[i].node == now.node) {
            s->past[i] = now;
            return;
        }
    if (s->past_count == s->past_room) {
        size_t room = s->past_room * 2 + 8;
        struct bpmn_past *more = ARENA_ARRAY(r->arena, room, struct bpmn_past);

        if (s->past_count) memcpy(more, s->past, s->past_count * sizeof(*more));
        s->past = more;
        s->past_room = room;
    }
    s->past[s->past_count++] = now;
}

static const struct bpmn_past *past_of(const struct bpmn_run *r, int64_t scope, int node)
{
    for (size_t i = 0; i < r->s->past_count; i++)
        if (r->s->past[i].scope == scope && r->s->past[i].node == node) return &r->s->past[i];
    return NULL;
}

/* ---- what can be reached ---- */
struct bpmn_reach bpmn_reach_new(struct arena *a, const struct bpmn *b)
{
    return (struct bpmn_reach){.seen = ARENA_ARRAY(a, (size_t)b->node_count, bool),
                               .stack = ARENA_ARRAY(a, (size_t)b->node_count + 1, int)};
}

void bpmn_reach_from(struct bpmn_reach *w, int node)
{
    if (w->seen[node]) return;
    w->seen[node] = true;
    w->stack[w->depth++] = node;
}

void bpmn_reach_on(const struct bpmn *b, struct bpmn_reach *w, int without)
{
    while (w->depth) {
        int at = w->stack[--w->depth];
        const struct bpmn_node *n = &b->nodes[at];

        if (at == without) continue;
        for (size_t i = 0; i < n->out_count; i++)
            bpmn_reach_from(w, b->flows[n->out[i]].to);
        for (size_t i = 0; i < n->boundary_count; i++)
            bpmn_reach_from(w, n->boundaries[i]);
        if (n->link >= 0) bpmn_reach_from(w, n->link);
    }
}

/* From the beginning of the scope, not through `node`. */
static const bool *reached_without(struct bpmn_run *r, int node)
{
    struct bpmn_reach w = bpmn_reach_new(r->arena, r->b);
    const struct bpmn_node *scope = &r->b->nodes[r->b->nodes[node].parent];

    for (size_t i = 0; i < scope->child_count; i++) {
        const struct bpmn_node *c = &r->b->nodes[scope->children[i]];

        if (!c->in_count && c->attached < 0 &&
            !(c->kind == BPMN_CATCH_EVENT && c->trigger_count && c->triggers[0].kind == TRIGGER_LINK))
            bpmn_reach_from(&w, scope->children[i]);
    }
    bpmn_reach_on(r->b, &w, node);
    return w.seen;
}

static bool leads_to(struct bpmn_run *r, int from, int to)
{
    struct bpmn_reach w = bpmn_reach_new(r->arena, r->b);

    bpmn_reach_from(&w, from);
    bpmn_reach_on(r->b, &w, -1);
    return w.seen[to];
}

/* A token that gathers still stands where it came from. */
static int place(const struct bpmn_run *r, const struct bpmn_token *t)
{
    return t->phase == BPMN_GATHERING && t->flow >= 0 ? r->b->flows[t->flow].from : t->node;
}

static bool stands_in(const struct bpmn_token *t, int64_t scope)
{
    return t->parent == scope && t->phase != BPMN_GONE && t->phase != BPMN_ARMED && t->phase != BPMN_DONE;
}

/* ---- 退回 ---- */
/* The token that stands in the scope of the target, around the one that is sent back. */
static struct bpmn_token *standing_in(struct bpmn_run *r, struct bpmn_token *t, int level)
{
    while (t) {
        const struct bpmn_token *around = bpmn_token(r, t->parent);

        if (around && around->phase == BPMN_SCOPE && around->node == level) return t;
        t = t->closed ? NULL : bpmn_token(r, t->parent);
    }
    return NULL;
}

/* The step finished last among those that lead here. */
static int step_before(struct bpmn_run *r, const struct bpmn_token *t)
{
    const struct bpmn_past *last = NULL;

    for (size_t i = 0; i < r->s->past_count; i++) {
        const struct bpmn_past *p = &r->s->past[i];

        if (p->scope == t->parent && p->node != t->node && (!last || p->order > last->order) &&
            leads_to(r, p->node, t->node))
            last = p;
    }
    return last ? last->node : -1;
}

/* A merge behind the target that also waits for other branches: they have come through it already and will
 * not come again. */
static bool merged_between(struct bpmn_run *r, int target, int node, const bool *elsewhere)
{
    for (int g = 0; g < r->b->node_count; g++) {
        const struct bpmn_node *n = &r->b->nodes[g];
        bool waits = (n->kind == BPMN_PARALLEL || n->kind == BPMN_COMPLEX) && n->in_count > 1;

        if (waits && elsewhere[g] && leads_to(r, target, g) && leads_to(r, g, node)) return true;
    }
    return false;
}

static void go_back(struct bpmn_run *r, int64_t from, int64_t scope, int target, bool keep)
{
    const bool *elsewhere = reached_without(r, target);
    int node = bpmn_token(r, from)->node;

    /* Into one of several branches that are through: it comes straight back to who sent it. */
    if (elsewhere[node] && merged_between(r, target, node, elsewhere)) keep = true;

    for (size_t i = 0; !keep && i < r->s->count; i++) {
        const struct bpmn_token *t = &r->s->tokens[i];

        if (stands_in(t, scope) && (!elsewhere[place(r, t)] || place(r, t) == target)) bpmn_remove(r, t->id);
    }
    bpmn_remove(r, from);
    bpmn_arrive(r, target, scope, -1);
    if (keep) r->s->tokens[r->s->count - 1].back = node;
}

void bpmn_send_back(struct bpmn_run *r, const struct bpmn_event *event)
{
    struct bpmn_token *t = bpmn_token(r, event->token);
    int target = event->node;
    int64_t scope;

    if (!t || t->phase != BPMN_WAITING || !is_step(bpmn_node_of(r, t))) {
        bpmn_fail(r, "bpmn.token", "Nothing is to be done in %{arg} now.", t ? t->node : -1);
        return;
    }
    if (!bpmn_may_act(r, t, event->who)) return;
    if (signs_for(r, t)) t = signs_for(r, t);
    if (target < 0) {
        struct bpmn_token *outer = t->turn > 0 ? bpmn_token(r, t->parent) : t;

        target = step_before(r, outer);
    }
    t = target >= 0 && target < r->b->node_count ? standing_in(r, t, r->b->nodes[target].parent) : NULL;
    scope = t ? t->parent : 0;
    if (!t || !past_of(r, scope, target) || t->node == target || !leads_to(r, target, t->node)) {
        bpmn_fail(r, "bpmn.target", "The case cannot be sent back there.", -1);
        return;
    }
    bpmn_tell(r, event, bpmn_token(r, event->token))->target = r->b->nodes[target].id;
    go_back(r, t->id, scope, target, event->keep);
}

/* ---- 撤回 ---- */
static const struct bpmn_past *last_of(const struct bpmn_run *r, struct str who, int node)
{
    const struct bpmn_past *last = NULL;

    for (size_t i = 0; i < r->s->past_count; i++) {
        const struct bpmn_past *p = &r->s->past[i];

        if (str_eq(p->who, who) && (node < 0 || p->node == node) && (!last || p->order > last->order))
            last = p;
    }
    return last;
}

static bool newest(const struct bpmn_run *r, const struct bpmn_past *p)
{
    for (size_t i = 0; i < r->s->past_count; i++)
        if (r->s->past[i].order > p->order) return false;
    return true;
}

/* What came of it may be taken back while it lies unread in an inbox or waits for others; tasks for several,
 * and those of a part of the process, while none of them was touched. */
static bool untouched(const struct bpmn_run *r, const struct bpmn_token *t)
{
    bool around = t->phase == BPMN_LOOPING || t->phase == BPMN_SCOPE;

    for (size_t i = 0; around && i < r->s->count; i++) {
        const struct bpmn_token *in = &r->s->tokens[i];

        if (in->parent == t->id && (in->phase == BPMN_DONE || (stands_in(in, t->id) && !untouched(r, in))))
            return false;
    }
    return around || t->phase == BPMN_GATHERING ||
           (t->phase == BPMN_WAITING && is_step(bpmn_node_of(r, t)) && !t->opened);
}

/* To who had it: a delegate has it no longer than was agreed. */
static void give_back(struct bpmn_token *t, const struct bpmn_past *was)
{
    t->holder = was->holder.len ? was->holder : was->who;
    if (!was->holder.len) return;
    t->delegate = was->who;
    t->from = was->from;
    t->until = was->until;
}

void bpmn_withdraw(struct bpmn_run *r, const struct bpmn_event *event)
{
    const struct bpmn_past *p = event->who.len ? last_of(r, event->who, event->node) : NULL;
    const bool *elsewhere;
    struct bpmn_past was;
    bool any = false;

    /* What several have signed is not one person's to take back. */
    if (!p || !newest(r, p) || r->b->nodes[p->node].loop) {
        bpmn_fail(r, "bpmn.target", "There is nothing that could be withdrawn.", -1);
        return;
    }
    was = *p;
    elsewhere = reached_without(r, was.node);
    for (size_t i = 0; i < r->s->count; i++) {
        const struct bpmn_token *t = &r->s->tokens[i];

        if (!stands_in(t, was.scope) || t->id < was.order) continue;
        any = true;
        if (!untouched(r, t) || elsewhere[place(r, t)]) {
            bpmn_fail(r, "bpmn.opened", "%{arg} has already been taken up; it cannot be withdrawn any more.",
                      t->node);
            return;
        }
    }
    if (!any) {
        bpmn_fail(r, "bpmn.target", "There is nothing that could be withdrawn.", -1);
        return;
    }
    for (size_t i = 0; i < r->s->count; i++)
        if (stands_in(&r->s->tokens[i], was.scope) && r->s->tokens[i].id >= was.order)
            bpmn_remove(r, r->s->tokens[i].id);
    bpmn_tell(r, event, NULL)->target = r->b->nodes[was.node].id;
    bpmn_arrive(r, was.node, was.scope, -1);
    give_back(&r->s->tokens[r->s->count - 1], &was);
}
