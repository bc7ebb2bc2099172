#include "engines/bpmn/bpmn_internal.h"

/* Compensation and transactions (10.6, 13.5.5): completed activities that can be undone stay behind as tokens
 * in BPMN_DONE; what throws a compensation undoes them one after the other, the last first, and waits. */

static int compensation_start(const struct bpmn *b, int scope)
{
    const struct bpmn_node *n = &b->nodes[scope];

    for (size_t i = 0; i < n->child_count; i++) {
        const struct bpmn_node *e = &b->nodes[n->children[i]];

        if (e->kind != BPMN_EVENT_SUB_PROCESS) continue;
        for (size_t k = 0; k < e->child_count; k++) {
            const struct bpmn_node *s = &b->nodes[e->children[k]];

            if (s->kind == BPMN_START_EVENT && bpmn_is_compensation_start(s)) return e->children[k];
        }
    }
    return -1;
}

static bool has_done(const struct bpmn_run *r, int64_t scope)
{
    for (size_t i = 0; i < r->s->count; i++)
        if (r->s->tokens[i].phase == BPMN_DONE && r->s->tokens[i].parent == scope) return true;
    return false;
}

bool bpmn_remember(struct bpmn_run *r, int64_t id, int64_t parent)
{
    struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    bool inside = t->phase == BPMN_SCOPE && n->kind != BPMN_CALL &&
                  (has_done(r, id) || compensation_start(r->b, t->node) >= 0);

    if (n->handler < 0 && !inside) return false;
    if (n->handler >= 0) bpmn_clear(r, id, false);
    t = bpmn_token(r, id);
    t->phase = BPMN_DONE;
    t->parent = parent;
    t->host = 0;
    t->turn = 0;
    t->seq = r->s->next++;
    return true;
}

/* Is it one to undo for this scope and activity? Inside a finished sub-process with a handler of its own,
 * that handler decides. */
static bool concerns(const struct bpmn_run *r, const struct bpmn_token *t, int64_t scope, int activity)
{
    bool named = activity < 0 || t->node == activity;
    const struct bpmn_token *p = t;

    while (p->parent != scope) {
        p = bpmn_find(r->s, p->parent);
        if (!p || p->phase != BPMN_DONE || compensation_start(r->b, p->node) >= 0) return false;
        named |= p->node == activity;
    }
    return named;
}

static bool can_be_undone(const struct bpmn_run *r, const struct bpmn_token *t)
{
    return bpmn_node_of(r, t)->handler >= 0 || compensation_start(r->b, t->node) >= 0;
}

static const struct bpmn_token *last_done(const struct bpmn_run *r, int64_t scope, int activity)
{
    const struct bpmn_token *last = NULL;

    for (size_t i = 0; i < r->s->count; i++) {
        const struct bpmn_token *t = &r->s->tokens[i];

        if (t->phase == BPMN_DONE && can_be_undone(r, t) && concerns(r, t, scope, activity) &&
            (!last || t->seq > last->seq))
            last = t;
    }
    return last;
}

static void transaction_cancelled(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    int64_t outer = t->turn > 0 ? t->parent : id;

    for (size_t i = 0; i < r->s->count; i++) {
        const struct bpmn_token *b = &r->s->tokens[i];

        if (b->phase == BPMN_ARMED && b->host == outer && bpmn_node_of(r, b)->trigger_count &&
            bpmn_node_of(r, b)->triggers[0].kind == TRIGGER_CANCEL) {
            bpmn_fire(r, b->id, 0, NULL);
            return;
        }
    }
    bpmn_remove(r, outer);
}

static void undo_next(struct bpmn_run *r, int64_t by)
{
    const struct bpmn_token *thrower = bpmn_token(r, by);
    const struct bpmn_token *done = last_done(r, thrower->seq, thrower->activity);
    const struct bpmn_node *n;
    struct bpmn_token *t;
    int64_t id, parent;

    if (!done) {
        if (bpmn_node_of(r, thrower)->kind == BPMN_TRANSACTION)
            transaction_cancelled(r, by);
        else {
            bpmn_token(r, by)->phase = BPMN_ARRIVED;
            bpmn_thrown(r, by);
        }
        return;
    }
    n = bpmn_node_of(r, done);
    if (n->handler < 0) {
        bpmn_start_event_sub_process(r, compensation_start(r->b, done->node), done->id, by);
        return;
    }
    parent = done->parent;
    bpmn_remove(r, done->id);
    t = bpmn_add(r, n->handler, parent, BPMN_ARRIVED);
    t->host = by;
    id = t->id;
    bpmn_push(r, &r->arrivals, id);
}

void bpmn_compensate(struct bpmn_run *r, int64_t by, int64_t scope, int activity)
{
    struct bpmn_token *t = bpmn_token(r, by);
    const struct bpmn_token *around = bpmn_find(r->s, scope);

    /* An event sub-process undoes what the sub-process around it has done. */
    while (around && r->b->nodes[around->node].kind == BPMN_EVENT_SUB_PROCESS) {
        scope = around->parent;
        around = bpmn_find(r->s, scope);
    }
    t->phase = BPMN_COMPENSATING;
    t->seq = scope;
    t->activity = activity;
    undo_next(r, by);
}

void bpmn_compensated(struct bpmn_run *r, int64_t by, int64_t undone)
{
    const struct bpmn_token *t;

    if (undone) bpmn_remove(r, undone);
    t = bpmn_token(r, by);
    if (t && t->phase == BPMN_COMPENSATING) undo_next(r, by);
}

void bpmn_cancel_transaction(struct bpmn_run *r, int64_t from)
{
    int64_t at = bpmn_token(r, from)->parent;
    const struct bpmn_token *t = bpmn_token(r, at);

    while (t && bpmn_node_of(r, t)->kind != BPMN_TRANSACTION) {
        at = t->parent;
        t = bpmn_token(r, at);
    }
    if (!t) {
        bpmn_fail(r, "bpmn.token", "Cancelling is possible inside a transaction only.",
                  bpmn_token(r, from)->node);
        return;
    }
    bpmn_clear(r, at, true);
    bpmn_compensate(r, at, at, -1);
}
