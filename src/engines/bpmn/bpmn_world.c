#include "engines/bpmn/bpmn_internal.h"

/* Instances of one definition against each other on a clock that does not wait. Everything happens in the
 * order in which it was asked for; what falls due at the same instant keeps that order too. */

enum { INSTANCES_MAX = 1000, ROUNDS_MAX = 100000 };

struct due {
    int64_t at, order;
    int instance;
    struct bpmn_event event;
    bool taken;
};
struct bpmn_world {
    struct arena *arena;
    const struct bpmn *b;
    int64_t now, order;
    bpmn_work work;
    void *data;
    struct bpmn_state *states;
    int count, room;
    struct due *dues;
    size_t due_count, due_room;
};

struct bpmn_world *bpmn_world_new(struct arena *a, const struct bpmn *b, int64_t now, bpmn_work work,
                                  void *data)
{
    struct bpmn_world *w = ARENA_NEW(a, struct bpmn_world);

    *w = (struct bpmn_world){.arena = a, .b = b, .now = now, .work = work, .data = data};
    return w;
}

static void plan(struct bpmn_world *w, int64_t at, int instance, const struct bpmn_event *event)
{
    if (w->due_count == w->due_room) {
        size_t room = w->due_room * 2 + 16;
        struct due *more = ARENA_ARRAY(w->arena, room, struct due);

        if (w->due_count) memcpy(more, w->dues, w->due_count * sizeof(*more));
        w->dues = more;
        w->due_room = room;
    }
    w->dues[w->due_count++] = (struct due){at, w->order++, instance, *event, false};
}

static void plan_timer(struct bpmn_world *w, int instance, const struct bpmn_command *c)
{
    struct bpmn_event event = {.kind = BPMN_TIMER, .token = c->token, .index = c->index, .node = -1};
    int64_t at, days;

    bpmn_timer_at(c, w->now, &at, &days);
    plan(w, at + days * INT64_C(86400000), instance, &event); /* every day is a working day here */
}

/* To the first instance that waits, else to what it starts. */
static void post(struct bpmn_world *w, int from, const struct bpmn_command *c)
{
    struct bpmn_event event = {.kind = BPMN_MESSAGE, .name = c->name, .variables = c->variables, .node = -1};
    int node;

    for (int i = 0; i < w->count; i++)
        if (i != from && w->states[i].status == BPMN_RUNNING &&
            bpmn_waits_for(w->b, &w->states[i], false, c->name)) {
            plan(w, w->now, i, &event);
            return;
        }
    node = bpmn_starts_on(w->b, -1, false, c->name);
    if (node >= 0) {
        event.kind = BPMN_START;
        event.node = node;
        plan(w, w->now, -1, &event);
    }
}

static void broadcast(struct bpmn_world *w, int from, const struct bpmn_command *c)
{
    struct bpmn_event event = {.kind = BPMN_SIGNAL, .name = c->name, .variables = c->variables, .node = -1};

    for (int i = 0; i < w->count; i++)
        if (i != from && w->states[i].status == BPMN_RUNNING) plan(w, w->now, i, &event);
    event.kind = BPMN_START;
    for (int n = bpmn_starts_on(w->b, -1, true, c->name); n >= 0;
         n = bpmn_starts_on(w->b, n, true, c->name)) {
        event.node = n;
        plan(w, w->now, -1, &event);
    }
}

static void do_work(struct bpmn_world *w, int instance, const struct bpmn_command *c)
{
    struct bpmn_event event = {.kind = BPMN_FINISH, .token = c->token, .node = -1};
    struct str error = STR_EMPTY;
    int64_t delay = 0;

    if (!w->work || !w->work(w->data, w->arena, c, &w->states[instance], &event.variables, &delay, &error))
        return;
    if (error.len) {
        event.kind = BPMN_RAISE;
        event.name = error;
    }
    plan(w, w->now + delay, instance, &event);
}

static void carry_out(struct bpmn_world *w, int instance, const struct bpmn_commands *commands)
{
    for (size_t i = 0; i < commands->count; i++) {
        const struct bpmn_command *c = &commands->list[i];

        if (c->kind <= BPMN_DO_CALL)
            do_work(w, instance, c);
        else if (c->kind == BPMN_SET_TIMER)
            plan_timer(w, instance, c);
        else if (c->kind == BPMN_THROW_MESSAGE)
            post(w, instance, c);
        else if (c->kind == BPMN_THROW_SIGNAL)
            broadcast(w, instance, c);
    }
}

static bool apply(struct bpmn_world *w, int instance, const struct bpmn_event *event, struct err *e)
{
    struct bpmn_commands commands;
    struct bpmn_state next;
    struct bpmn_event now = *event;

    now.now = w->now;
    if (!bpmn_step(w->arena, w->b, &w->states[instance], &now, &next, &commands, e)) return false;
    w->states[instance] = next;
    carry_out(w, instance, &commands);
    return true;
}

static int begin(struct bpmn_world *w, int node, const struct json *variables, struct err *e)
{
    struct bpmn_event event = {.kind = BPMN_START, .node = node, .variables = variables};

    if (w->count == w->room) {
        int room = w->room * 2 + 8;
        struct bpmn_state *more;

        if (w->count >= INSTANCES_MAX) {
            err_conflict(e, "bpmn.endless", "Too many cases at once.");
            return -1;
        }
        more = ARENA_ARRAY(w->arena, (size_t)room, struct bpmn_state);
        if (w->count) memcpy(more, w->states, (size_t)w->count * sizeof(*more));
        w->states = more;
        w->room = room;
    }
    w->states[w->count++] = bpmn_new();
    return apply(w, w->count - 1, &event, e) ? w->count - 1 : -1;
}

int bpmn_world_start(struct bpmn_world *w, int node, const struct json *variables, struct err *e)
{
    return begin(w, node, variables, e);
}

bool bpmn_world_send(struct bpmn_world *w, int instance, const struct bpmn_event *event, struct err *e)
{
    return apply(w, instance, event, e);
}

static struct due *first_until(struct bpmn_world *w, int64_t until)
{
    struct due *first = NULL;

    for (size_t i = 0; i < w->due_count; i++) {
        struct due *d = &w->dues[i];

        if (!d->taken && d->at <= until &&
            (!first || d->at < first->at || (d->at == first->at && d->order < first->order)))
            first = d;
    }
    return first;
}

bool bpmn_world_run(struct bpmn_world *w, int64_t until, struct err *e)
{
    struct due *d;

    for (int rounds = 0; (d = first_until(w, until)) != NULL; rounds++) {
        struct bpmn_event event = d->event;
        int instance = d->instance;

        if (rounds > ROUNDS_MAX)
            return err_conflict(e, "bpmn.endless", "The flow goes round without an end.");
        d->taken = true;
        if (d->at > w->now) w->now = d->at;
        if (event.kind == BPMN_MESSAGE && !bpmn_waits_for(w->b, &w->states[instance], false, event.name))
            continue; /* it no longer waits */
        if (instance < 0) {
            if (begin(w, event.node, event.variables, e) < 0) return false;
        } else if (w->states[instance].status == BPMN_RUNNING && !apply(w, instance, &event, e))
            return false;
    }
    if (until > w->now) w->now = until;
    return true;
}

bool bpmn_world_settle(struct bpmn_world *w, struct err *e)
{
    return bpmn_world_run(w, w->now, e);
}

const struct bpmn_state *bpmn_world_state(const struct bpmn_world *w, int instance)
{
    return &w->states[instance];
}

int bpmn_world_count(const struct bpmn_world *w)
{
    return w->count;
}

int64_t bpmn_world_now(const struct bpmn_world *w)
{
    return w->now;
}
