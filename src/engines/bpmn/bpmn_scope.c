#include "engines/bpmn/bpmn_internal.h"

/* Processes, sub-processes and called processes: what starts in them and when they are over. */

enum { ROOT = 1 };

int bpmn_part(const struct bpmn *b, const struct bpmn_token *t)
{
    const struct bpmn_node *n = &b->nodes[t->node];

    return n->kind != BPMN_CALL ? t->node : t->into >= 0 ? t->into : n->called;
}

static int start_of(const struct bpmn *b, int scope)
{
    const struct bpmn_node *n = &b->nodes[scope];

    for (size_t i = 0; i < n->child_count; i++)
        if (b->nodes[n->children[i]].kind == BPMN_START_EVENT) return n->children[i];
    return -1;
}

void bpmn_arm_event_sub_processes(struct bpmn_run *r, int64_t scope)
{
    const struct bpmn_node *n = &r->b->nodes[bpmn_part(r->b, bpmn_token(r, scope))];

    for (size_t i = 0; i < n->child_count; i++) {
        int start =
            r->b->nodes[n->children[i]].kind == BPMN_EVENT_SUB_PROCESS ? start_of(r->b, n->children[i]) : -1;

        if (start >= 0 && !bpmn_is_compensation_start(&r->b->nodes[start]))
            bpmn_arm(r, bpmn_add(r, start, scope, BPMN_ARMED)->id);
    }
}

void bpmn_start_event_sub_process(struct bpmn_run *r, int start, int64_t scope, int64_t host)
{
    struct bpmn_token *t = bpmn_add(r, r->b->nodes[start].parent, scope, BPMN_SCOPE);
    int64_t inside = t->id;

    t->host = host;
    bpmn_arm_event_sub_processes(r, inside);
    bpmn_leave(r, bpmn_add(r, start, inside, BPMN_ARRIVED)->id);
}

/* The activities of an ad-hoc sub-process that may begin by themselves. */
static bool begins_ad_hoc(const struct bpmn_node *n)
{
    return n->kind >= BPMN_TASK && n->kind <= BPMN_CALL && n->kind != BPMN_EVENT_SUB_PROCESS &&
           !n->in_count && !n->for_compensation;
}

/* The next ones, from where it stopped: all of them, or one where they go in order. */
static bool go_on_ad_hoc(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_node *n = bpmn_node_of(r, bpmn_token(r, id));
    bool any = false;

    for (int i = bpmn_token(r, id)->started; i < (int)n->child_count; i++) {
        bpmn_token(r, id)->started = i + 1;
        if (!begins_ad_hoc(&r->b->nodes[n->children[i]])) continue;
        bpmn_arrive(r, n->children[i], id, -1);
        any = true;
        if (n->in_order) break;
    }
    return any;
}

bool bpmn_begins(const struct bpmn *b, int node)
{
    const struct bpmn_node *n = &b->nodes[node];

    return !n->in_count && !n->for_compensation && n->attached < 0 && n->kind != BPMN_EVENT_SUB_PROCESS &&
           n->kind != BPMN_START_EVENT &&
           !(n->kind == BPMN_CATCH_EVENT && n->trigger_count && n->triggers[0].kind == TRIGGER_LINK);
}

int bpmn_begins_on_event(const struct bpmn *b, int process)
{
    const struct bpmn_node *n = &b->nodes[process];
    int start = -1, other = -1;

    for (size_t i = 0; i < n->child_count; i++) {
        const struct bpmn_node *c = &b->nodes[n->children[i]];

        if (c->kind == BPMN_START_EVENT && !c->trigger_count) return -1;
        if (c->kind == BPMN_START_EVENT && start < 0) start = n->children[i];
    }
    for (size_t i = 0; start < 0 && i < n->child_count; i++) {
        const struct bpmn_node *c = &b->nodes[n->children[i]];

        if (!bpmn_begins(b, n->children[i])) continue;
        if (!c->instantiates) return -1;
        if (other < 0) other = n->children[i];
    }
    return start >= 0 ? start : other;
}

/* Only of an executable process have the expressions been looked at. */
bool bpmn_may_run(struct bpmn_run *r, int node)
{
    const struct bpmn_node *n = &r->b->nodes[node];

    if (n->kind == BPMN_PROCESS && !n->executable)
        bpmn_fail(r, "bpmn.start", "%{arg} is not marked as executable.", node);
    return !r->failed;
}

/* At its start event without a trigger; where it has no start event, at everything nothing leads to (10.2.2).
 */
void bpmn_start_scope(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    int node = bpmn_part(r->b, t);
    const struct bpmn_node *n = &r->b->nodes[node];
    bool any = false, others = false;

    if (!bpmn_may_run(r, node)) return;
    bpmn_arm_event_sub_processes(r, id);
    if (n->kind == BPMN_AD_HOC) {
        go_on_ad_hoc(r, id);
        return;
    }
    for (size_t i = 0; i < n->child_count; i++) {
        const struct bpmn_node *c = &r->b->nodes[n->children[i]];

        if (c->kind != BPMN_START_EVENT) continue;
        others |= c->trigger_count > 0;
        if (c->trigger_count || any) continue;
        any = true;
        bpmn_arrive(r, n->children[i], id, -1);
    }
    if (!any && others) {
        bpmn_fail(r, "bpmn.start", "%{arg} starts on an event only.", node);
        return;
    }
    for (size_t i = 0; !any && i < n->child_count; i++)
        if (bpmn_begins(r->b, n->children[i])) bpmn_arrive(r, n->children[i], id, -1);
}

/* Behind a parallel event-based gateway that instantiates, the other events are awaited too (10.5.6). */
void bpmn_start_others(struct bpmn_run *r, int64_t scope, int node)
{
    const struct bpmn_node *n = &r->b->nodes[node];

    for (size_t i = 0; i < n->in_count; i++) {
        const struct bpmn_node *g = &r->b->nodes[r->b->flows[n->in[i]].from];

        for (size_t k = 0; g->instantiates && g->gateway_parallel && k < g->out_count; k++)
            if (r->b->flows[g->out[k]].to != node)
                bpmn_arrive(r, r->b->flows[g->out[k]].to, scope, g->out[k]);
    }
}

/* ---- the end ---- */
static bool ad_hoc_over(struct bpmn_run *r, int64_t scope)
{
    const struct bpmn_node *n = bpmn_node_of(r, bpmn_token(r, scope));

    return !n->condition || bpmn_true(r, n->condition, scope);
}

/* After each activity of an ad-hoc sub-process its completion condition is asked (13.3.5). */
void bpmn_child_done(struct bpmn_run *r, int64_t scope)
{
    struct bpmn_token *t = bpmn_token(r, scope);
    const struct bpmn_node *n = t ? bpmn_node_of(r, t) : NULL;

    if (!n || n->kind != BPMN_AD_HOC || !n->condition || !ad_hoc_over(r, scope)) return;
    bpmn_token(r, scope)->started = (int)n->child_count;
    if (n->ends_remaining) bpmn_clear(r, scope, true);
}

static void end_instance(struct bpmn_run *r)
{
    bpmn_clear(r, ROOT, false);
    bpmn_drop(r, ROOT);
    r->s->status = BPMN_COMPLETED;
    bpmn_command(r, BPMN_END, NULL)->status = BPMN_COMPLETED;
}

static size_t index_of(const struct bpmn_state *s, int64_t id)
{
    const struct bpmn_token *t = bpmn_find(s, id);

    return t ? (size_t)(t - s->tokens) : s->count;
}

static bool close_scope(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);

    if (bpmn_node_of(r, t)->kind == BPMN_AD_HOC) {
        if (go_on_ad_hoc(r, id)) return true;
        if (!ad_hoc_over(r, id)) return false; /* its condition does not hold: more may be chosen */
    }
    if (id == ROOT && bpmn_has_promises(r)) return false;
    for (size_t i = 0; i < r->s->count; i++)
        if (r->s->tokens[i].phase == BPMN_ARMED && r->s->tokens[i].parent == id)
            bpmn_remove(r, r->s->tokens[i].id);
    if (id == ROOT)
        end_instance(r);
    else
        bpmn_complete(r, id);
    return true;
}

bool bpmn_finish_scope(struct bpmn_run *r)
{
    struct bpmn_state *s = r->s;
    bool *alive = ARENA_ARRAY(r->arena, s->count + 1, bool);

    for (size_t i = 0; i < s->count; i++) {
        const struct bpmn_token *t = &s->tokens[i];

        if (t->phase != BPMN_GONE && t->phase != BPMN_ARMED && t->phase != BPMN_DONE && t->parent)
            alive[index_of(s, t->parent)] = true;
    }
    for (size_t i = s->count; i-- > 0;)
        if (s->tokens[i].phase == BPMN_SCOPE && !alive[i] && close_scope(r, s->tokens[i].id)) return true;
    return false;
}
