#include "engines/bpmn/bpmn_internal.h"

/* What is still open in a case, beside its tasks: owed materials (容缺受理), promises to be verified later
 * (告知承诺). While something is owed, a task marked `whole` is not finished;
 * while a promise is open, the case does not end. What is settled leaves the state; the record is the
 * command. */

static struct bpmn_duty *duty(struct bpmn_run *r, enum bpmn_duty_kind kind, struct str name)
{
    for (size_t i = 0; i < r->s->duty_count; i++) {
        struct bpmn_duty *d = &r->s->duties[i];

        if (d->kind == kind && str_eq(d->name, name)) return d;
    }
    return NULL;
}

static bool any(const struct bpmn_run *r, enum bpmn_duty_kind kind)
{
    for (size_t i = 0; i < r->s->duty_count; i++)
        if (r->s->duties[i].kind == kind) return true;
    return false;
}

static void add(struct bpmn_run *r, const struct bpmn_event *event, enum bpmn_duty_kind kind)
{
    struct bpmn_state *s = r->s;

    if (s->duty_count == s->duty_room) {
        size_t room = s->duty_room * 2 + 4;
        struct bpmn_duty *more = ARENA_ARRAY(r->arena, room, struct bpmn_duty);

        if (s->duty_count) memcpy(more, s->duties, s->duty_count * sizeof(*more));
        s->duties = more;
        s->duty_room = room;
    }
    s->duties[s->duty_count++] = (struct bpmn_duty){kind, event->name, event->who, event->until};
}

static void settle(struct bpmn_run *r, const struct bpmn_duty *d)
{
    size_t at = (size_t)(d - r->s->duties);

    for (; at + 1 < r->s->duty_count; at++)
        r->s->duties[at] = r->s->duties[at + 1];
    r->s->duty_count--;
}

/* A task that waits, something named, a time that lies ahead. */
static const struct bpmn_token *begun(struct bpmn_run *r, const struct bpmn_event *event)
{
    const struct bpmn_token *t = bpmn_token(r, event->token);
    enum bpmn_kind kind = t ? bpmn_node_of(r, t)->kind : BPMN_PROCESS;

    if (!t || t->phase != BPMN_WAITING || (kind != BPMN_USER_TASK && kind != BPMN_MANUAL_TASK))
        bpmn_fail(r, "bpmn.token", "Nothing is to be done in %{arg} now.", t ? t->node : -1);
    else if (!event->name.len || event->until <= r->now)
        bpmn_fail(r, "bpmn.target", "Say in %{arg} what it is about, and until when.", t->node);
    return r->failed ? NULL : t;
}

static void at_task(struct bpmn_run *r, const struct bpmn_event *event, enum bpmn_duty_kind kind)
{
    const struct bpmn_token *t = begun(r, event);

    if (!t || !bpmn_may_act(r, t, event->who)) return;
    if (duty(r, kind, event->name)) {
        bpmn_fail(r, "bpmn.target", "That has been noted already in %{arg}.", t->node);
        return;
    }
    add(r, event, kind);
    bpmn_tell(r, event, t);
}

static void owe(struct bpmn_run *r, const struct bpmn_event *event)
{
    at_task(r, event, BPMN_OWED);
}

static void promise(struct bpmn_run *r, const struct bpmn_event *event)
{
    at_task(r, event, BPMN_PROMISED);
}

static const struct bpmn_duty *open_one(struct bpmn_run *r, const struct bpmn_event *event,
                                        enum bpmn_duty_kind kind)
{
    const struct bpmn_duty *d = duty(r, kind, event->name);

    if (!d) bpmn_fail(r, "bpmn.target", "Nothing of that kind is open in this case.", -1);
    return d;
}

static void supply(struct bpmn_run *r, const struct bpmn_event *event)
{
    const struct bpmn_duty *d = open_one(r, event, BPMN_OWED);

    if (!d) return;
    settle(r, d);
    bpmn_tell(r, event, NULL);
}

/* Kept, or broken: then an escalation looks for who deals with it, in the model or outside. */
static void verify(struct bpmn_run *r, const struct bpmn_event *event)
{
    const struct bpmn_duty *d = open_one(r, event, BPMN_PROMISED);
    struct bpmn_command *c;

    if (!d) return;
    settle(r, d);
    bpmn_tell(r, event, NULL);
    if (event->keep || bpmn_raise_in_case(r, TRIGGER_ESCALATION, STR("promise_broken"))) return;
    c = bpmn_command(r, BPMN_TELL_ESCALATION, NULL);
    c->name = STR("promise_broken");
    c->text = event->name;
}

/* ---- what others ask ---- */
bool bpmn_is_whole(struct bpmn_run *r, const struct bpmn_token *t)
{
    if (!bpmn_node_of(r, t)->whole || !any(r, BPMN_OWED)) return true;
    bpmn_fail(r, "bpmn.owed", "%{arg} cannot be finished while materials are owed.", t->node);
    return false;
}

bool bpmn_has_promises(const struct bpmn_run *r)
{
    return any(r, BPMN_PROMISED);
}

static void (*const duties[BPMN_EVENT_COUNT])(struct bpmn_run *r, const struct bpmn_event *event) = {
    [BPMN_OWE] = owe,
    [BPMN_SUPPLY] = supply,
    [BPMN_PROMISE] = promise,
    [BPMN_VERIFY] = verify,
};

void bpmn_mind(struct bpmn_run *r, const struct bpmn_event *event)
{
    duties[event->kind](r, event);
}
