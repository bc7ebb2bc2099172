#include "engines/bpmn/bpmn_internal.h"

/* The order of a step: conditions that have become true, then tokens that have arrived, then events that are
 * thrown, then merges, then scopes that are empty. Throwing waits until everything that moves has come to
 * rest, so that who is about to listen does listen; merging waits until nothing that moves can still come. */

static void note_flow(struct bpmn_run *r, int flow)
{
    struct bpmn_commands *out = r->out;

    if (out->flow_count == out->flow_room) {
        size_t room = out->flow_room * 2 + 8;
        int *more = ARENA_ARRAY(r->arena, room, int);

        if (out->flow_count) memcpy(more, out->flows, out->flow_count * sizeof(*more));
        out->flows = more;
        out->flow_room = room;
    }
    out->flows[out->flow_count++] = flow;
}

void bpmn_arrive(struct bpmn_run *r, int node, int64_t parent, int flow)
{
    if (flow >= 0) note_flow(r, flow);
    struct bpmn_token *t = bpmn_add(r, node, parent, BPMN_ARRIVED);

    t->flow = flow;
    bpmn_push(r, &r->arrivals, t->id);
}

static void enter_start(struct bpmn_run *r, int64_t id)
{
    bpmn_leave(r, id);
}

static void (*const enter[BPMN_KIND_COUNT])(struct bpmn_run *r, int64_t id) = {
    [BPMN_START_EVENT] = enter_start,          [BPMN_BOUNDARY_EVENT] = enter_start,
    [BPMN_CATCH_EVENT] = bpmn_enter_catch,     [BPMN_THROW_EVENT] = bpmn_enter_throw,
    [BPMN_END_EVENT] = bpmn_enter_throw,       [BPMN_TASK] = bpmn_enter_activity,
    [BPMN_USER_TASK] = bpmn_enter_activity,    [BPMN_MANUAL_TASK] = bpmn_enter_activity,
    [BPMN_SERVICE_TASK] = bpmn_enter_activity, [BPMN_SCRIPT_TASK] = bpmn_enter_activity,
    [BPMN_RULE_TASK] = bpmn_enter_activity,    [BPMN_SEND_TASK] = bpmn_enter_activity,
    [BPMN_RECEIVE_TASK] = bpmn_enter_activity, [BPMN_SUB_PROCESS] = bpmn_enter_activity,
    [BPMN_TRANSACTION] = bpmn_enter_activity,  [BPMN_AD_HOC] = bpmn_enter_activity,
    [BPMN_CALL] = bpmn_enter_activity,         [BPMN_EXCLUSIVE] = bpmn_enter_gateway,
    [BPMN_PARALLEL] = bpmn_enter_gateway,      [BPMN_INCLUSIVE] = bpmn_enter_gateway,
    [BPMN_EVENT_BASED] = bpmn_enter_gateway,   [BPMN_COMPLEX] = bpmn_enter_gateway,
};

static bool next_of(struct queue *q, int64_t *id)
{
    if (q->first == q->count) return false;
    *id = q->ids[q->first++];
    return true;
}

static void arrival(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);

    if (!t || t->phase != BPMN_ARRIVED) return;
    if (t->turn > 0)
        bpmn_begin(r, id);
    else if (enter[bpmn_node_of(r, t)->kind])
        enter[bpmn_node_of(r, t)->kind](r, id);
    else
        bpmn_remove(r, id);
}

void bpmn_settle(struct bpmn_run *r)
{
    int64_t id;

    while (!r->failed && r->s->status == BPMN_RUNNING) {
        if (++r->moves > BPMN_MOVES_MAX) {
            bpmn_fail(r, "bpmn.endless", "The flow goes round without an end.", -1);
            return;
        }
        if (r->changed) {
            r->changed = false;
            if (bpmn_conditions(r)) r->changed = true;
        } else if (next_of(&r->arrivals, &id))
            arrival(r, id);
        else if (next_of(&r->throws, &id))
            bpmn_throw(r, id);
        else if (!bpmn_merge(r) && !bpmn_finish_scope(r))
            return;
    }
}

void bpmn_pass_on(struct bpmn_run *r, int node, int64_t parent, int64_t from, int64_t quantity)
{
    const struct bpmn_node *n = &r->b->nodes[node];
    bool conditional = false, taken = false;

    for (size_t i = 0; i < n->out_count; i++) {
        const struct bpmn_flow *f = &r->b->flows[n->out[i]];
        bool take = !f->condition;

        if (n->out[i] == n->default_flow) continue;
        if (f->condition) {
            conditional = true;
            take = bpmn_true(r, f->condition, from);
            taken |= take;
        }
        for (int64_t q = 0; take && q < quantity && !r->failed; q++)
            bpmn_arrive(r, f->to, parent, n->out[i]);
    }
    if (n->default_flow >= 0 && !taken)
        for (int64_t q = 0; q < quantity && !r->failed; q++)
            bpmn_arrive(r, r->b->flows[n->default_flow].to, parent, n->default_flow);
    else if (conditional && !taken && n->default_flow < 0) {
        bool any = false;

        for (size_t i = 0; i < n->out_count; i++)
            any |= !r->b->flows[n->out[i]].condition;
        if (!any) bpmn_fail(r, "bpmn.no_flow", "No way out of %{arg}: none of its conditions holds.", node);
    }
}

void bpmn_leave(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);

    if (!t) return;
    bpmn_pass_on(r, t->node, t->parent, id, 1);
    bpmn_remove(r, id);
}

void bpmn_end_by_error(struct bpmn_run *r, struct str code)
{
    struct bpmn_command *c;
    int64_t root = r->s->count ? r->s->tokens[0].id : 0;

    bpmn_remove(r, root);
    for (size_t i = 0; i < r->s->count; i++)
        bpmn_remove(r, r->s->tokens[i].id);
    r->s->status = BPMN_ENDED_BY_ERROR;
    r->s->code = code;
    c = bpmn_command(r, BPMN_END, NULL);
    c->status = BPMN_ENDED_BY_ERROR;
    c->name = code;
}
