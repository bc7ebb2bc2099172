#include "engines/bpmn/bpmn_internal.h"

/* What people do with tasks beside doing them: operations the standard lacks. Each has its rule and its right
 * here, and leaves a record: the command BPMN_TELL names the operation, who did it, to whom, and why. */

static bool is_task(const struct bpmn_run *r, const struct bpmn_token *t)
{
    const struct bpmn_node *n = t ? bpmn_node_of(r, t) : NULL;

    return n && (n->kind == BPMN_USER_TASK || n->kind == BPMN_MANUAL_TASK);
}

/* The task that waits for its people; NULL with an error. */
static struct bpmn_token *task(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);

    if (is_task(r, t) && t->phase == BPMN_WAITING) return t;
    bpmn_fail(r, "bpmn.token", "Nothing is to be done in %{arg} now.", t ? t->node : -1);
    return NULL;
}

static struct bpmn_command *tell(struct bpmn_run *r, const struct bpmn_event *event,
                                 const struct bpmn_token *t)
{
    struct bpmn_command *c = bpmn_tell(r, event, t);

    c->target = event->to;
    return c;
}

/* ---- rights ---- */
static bool denied(struct bpmn_run *r, int node)
{
    if (r->failed) return false;
    r->failed = true;
    err_denied(r->e, "bpmn.right", "%{arg} is in the hands of somebody else.");
    err_arg(r->e, r->b->nodes[node].name.len ? r->b->nodes[node].name : r->b->nodes[node].id);
    return false;
}

bool bpmn_may_act(struct bpmn_run *r, const struct bpmn_token *t, struct str who)
{
    bool delegate = t->delegate.len && str_eq(t->delegate, who) && t->from <= r->now && r->now < t->until;

    return !t->holder.len || str_eq(t->holder, who) || delegate || denied(r, t->node);
}

/* Some things are the holder's own. */
static bool holds(struct bpmn_run *r, const struct bpmn_token *t, struct str who)
{
    return !t->holder.len || str_eq(t->holder, who) || denied(r, t->node);
}

static bool names_another(struct bpmn_run *r, const struct bpmn_event *event, const struct bpmn_token *t)
{
    if (event->to.len && !str_eq(event->to, t->holder)) return true;
    bpmn_fail(r, "bpmn.target", "Another person must be named for %{arg}.", t->node);
    return false;
}

/* ---- who has it ---- */
static void open_task(struct bpmn_run *r, const struct bpmn_event *event)
{
    struct bpmn_token *t = task(r, event->token);

    if (!t || !bpmn_may_act(r, t, event->who) || !bpmn_may_sign(r, t, event->who, true)) return;
    if (!t->holder.len) t->holder = event->who;
    t->opened = true;
    tell(r, event, t);
}

static void hand_over(struct bpmn_run *r, const struct bpmn_event *event)
{
    struct bpmn_token *t = task(r, event->token);

    if (!t || !holds(r, t, event->who) || !names_another(r, event, t) ||
        !bpmn_may_sign(r, t, event->to, false))
        return;
    t->holder = event->to;
    t->delegate = STR_EMPTY;
    t->from = t->until = 0;
    t->opened = false;
    tell(r, event, t);
}

static void delegate(struct bpmn_run *r, const struct bpmn_event *event)
{
    struct bpmn_token *t = task(r, event->token);

    if (!t || !holds(r, t, event->who) || !names_another(r, event, t) ||
        !bpmn_may_sign(r, t, event->to, false))
        return;
    if (event->until <= event->from || event->until <= r->now) {
        bpmn_fail(r, "bpmn.target", "The time in which another may act for %{arg} must lie ahead.", t->node);
        return;
    }
    if (!t->holder.len) t->holder = event->who;
    t->delegate = event->to;
    t->from = event->from;
    t->until = event->until;
    tell(r, event, t);
}

static void urge(struct bpmn_run *r, const struct bpmn_event *event)
{
    struct bpmn_token *t = task(r, event->token);

    if (!t) return;
    if (t->holder.len && str_eq(t->holder, event->who)) {
        bpmn_fail(r, "bpmn.target", "Nobody urges a task of their own: %{arg}.", t->node);
        return;
    }
    t->urged++;
    tell(r, event, t);
}

/* ---- signers ---- */
static struct bpmn_token *signer_of(struct bpmn_run *r, int64_t task, bool after)
{
    for (size_t i = 0; i < r->s->count; i++) {
        struct bpmn_token *t = &r->s->tokens[i];

        if ((t->phase == BPMN_HELD || t->phase == BPMN_WAITING) && t->host == task && t->after == after)
            return t;
    }
    return NULL;
}

/* Those who sign before, the holder, those who sign after: who comes next is asked. False when all have
 * signed. */
static bool ask_next(struct bpmn_run *r, int64_t id)
{
    struct bpmn_token *t = bpmn_token(r, id);
    const struct bpmn_token *before = signer_of(r, id, false), *after = signer_of(r, id, true);
    int64_t next = before ? before->id : !t->completed ? id : after ? after->id : 0;

    if (!next) return false;
    t->phase = BPMN_HELD;
    if (bpmn_token(r, next)->phase != BPMN_WAITING) bpmn_give_out(r, next);
    return true;
}

static bool is_signer(const struct bpmn_run *r, const struct bpmn_token *t)
{
    const struct bpmn_token *host = t->host ? bpmn_find(r->s, t->host) : NULL;

    return host && host->phase == BPMN_HELD;
}

bool bpmn_signed(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_token *t = bpmn_token(r, id);
    int64_t whole = id;

    if (!is_task(r, t)) return false;
    if (is_signer(r, t)) {
        whole = t->host;
        bpmn_drop(r, id);
    } else {
        bpmn_token(r, id)->completed = 1;
    }
    if (ask_next(r, whole)) return true;
    if (whole == id) return false;
    bpmn_complete(r, whole);
    return true;
}

static void add_signer(struct bpmn_run *r, const struct bpmn_event *event, struct bpmn_token *t)
{
    int64_t id = t->id, parent = t->parent;
    int node = t->node;
    struct bpmn_token *s;

    if (is_signer(r, t)) {
        bpmn_fail(r, "bpmn.target", "Who signs for another cannot ask further people to sign: %{arg}.", node);
        return;
    }
    s = bpmn_add(r, node, parent, BPMN_HELD);
    s->host = id;
    s->after = event->after;
    s->holder = event->to;
    tell(r, event, s);
    if (event->after) return;
    bpmn_command(r, BPMN_CANCEL, bpmn_token(r, id)); /* comes back when they have signed */
    ask_next(r, id);
}

static void add_sign(struct bpmn_run *r, const struct bpmn_event *event)
{
    struct bpmn_token *t = task(r, event->token);

    if (!t || !bpmn_may_act(r, t, event->who) || !names_another(r, event, t) ||
        !bpmn_may_sign(r, t, event->to, false))
        return;
    if (!t->turn) {
        add_signer(r, event, t);
        return;
    }
    tell(r, event, t);
    if (!bpmn_add_turn(r, t->parent, event->to))
        bpmn_fail(r, "bpmn.target", "Nobody can be added to %{arg}.", bpmn_token(r, event->token)->node);
}

/* A loop keeps at least one who has signed or is to. */
static void drop_turn(struct bpmn_run *r, const struct bpmn_event *event, struct bpmn_token *t)
{
    int64_t loop = t->parent, id = t->id;
    int node = t->node, open = 0;

    for (size_t i = 0; i < r->s->count; i++)
        open += r->s->tokens[i].phase != BPMN_GONE && r->s->tokens[i].parent == loop;
    if (bpmn_token(r, loop)->total <= 1 || (open == 1 && !bpmn_token(r, loop)->completed)) {
        bpmn_fail(r, "bpmn.target", "Somebody has to sign %{arg}.", node);
        return;
    }
    tell(r, event, t)->target = t->holder;
    bpmn_remove(r, id);
    bpmn_token(r, loop)->total--;
    bpmn_look_at_loop(r, loop);
}

static void drop_sign(struct bpmn_run *r, const struct bpmn_event *event)
{
    struct bpmn_token *t = bpmn_token(r, event->token);
    const struct bpmn_token *host = t && t->host ? bpmn_token(r, t->host) : NULL;
    int64_t whole;

    if (!is_task(r, t) || !((host && host->node == t->node) || (t->turn > 0 && t->phase == BPMN_WAITING))) {
        bpmn_fail(r, "bpmn.token", "Nobody was asked to sign %{arg} besides.", t ? t->node : -1);
        return;
    }
    if (t->turn > 0) {
        drop_turn(r, event, t);
        return;
    }
    whole = t->host;
    if (!holds(r, bpmn_token(r, whole), event->who)) return;
    tell(r, event, t)->target = t->holder;
    bpmn_remove(r, t->id);
    /* Whose own turn it still is goes on; else the next one is asked, or all have signed. */
    if (bpmn_token(r, whole)->phase == BPMN_HELD && !ask_next(r, whole)) bpmn_complete(r, whole);
}

/* ---- the instance ---- */
static void suspend(struct bpmn_run *r, const struct bpmn_event *event)
{
    r->s->suspended = true;
    tell(r, event, NULL);
}

static void resume(struct bpmn_run *r, const struct bpmn_event *event)
{
    if (!r->s->suspended) {
        bpmn_fail(r, "bpmn.suspended", "This case is not suspended.", -1);
        return;
    }
    r->s->suspended = false;
    tell(r, event, NULL);
}

static void (*const operations[BPMN_EVENT_COUNT])(struct bpmn_run *r, const struct bpmn_event *event) = {
    [BPMN_SEND_BACK] = bpmn_send_back, [BPMN_WITHDRAW] = bpmn_withdraw,
    [BPMN_OPEN] = open_task,           [BPMN_ADD_SIGN] = add_sign,
    [BPMN_DROP_SIGN] = drop_sign,      [BPMN_HAND_OVER] = hand_over,
    [BPMN_DELEGATE] = delegate,        [BPMN_URGE] = urge,
    [BPMN_SUSPEND] = suspend,          [BPMN_RESUME] = resume,
};

void bpmn_operate(struct bpmn_run *r, const struct bpmn_event *event)
{
    operations[event->kind](r, event);
}
