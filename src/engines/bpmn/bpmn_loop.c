#include "engines/bpmn/bpmn_internal.h"

/* Standard loops and multi-instance activities (10.3.8, 13.3.6, 13.3.7). Around the turns stands a token in
 * BPMN_LOOPING; each turn is a token inside it. */

#define LOOP_COUNTER STR("loopCounter")

static const struct bpmn_loop *loop_of(struct bpmn_run *r, int64_t id)
{
    return bpmn_node_of(r, bpmn_token(r, id))->loop;
}

/* The collection the turns go through: a variable, or what an input association brings under that name. */
static const struct json *collection(struct bpmn_run *r, int64_t loop)
{
    const struct bpmn_token *t = bpmn_token(r, loop);
    const struct bpmn_node *n = bpmn_node_of(r, t);

    if (!n->loop->input.len) return NULL;
    for (size_t i = 0; i < n->input_count; i++)
        if (str_eq(n->inputs[i].to, n->loop->input))
            return n->inputs[i].transform ? feel_to_json(r->arena, bpmn_eval(r, n->inputs[i].transform, loop))
                                          : bpmn_get(r->s, loop, n->inputs[i].from);
    return bpmn_get(r->s, loop, n->loop->input);
}

static void start_turn(struct bpmn_run *r, int64_t loop, struct str holder)
{
    struct bpmn_token *l = bpmn_token(r, loop), *t;
    const struct bpmn_loop *how = bpmn_node_of(r, l)->loop;
    const struct json *items = collection(r, loop);
    int turn = ++l->started;
    int64_t id;

    t = bpmn_add(r, l->node, loop, BPMN_ARRIVED);
    id = t->id;
    t->turn = turn;
    t->holder = holder;
    t->besides = holder.len > 0;
    bpmn_set(r, id, LOOP_COUNTER, json_number(r->arena, turn));
    if (items && how->item.len && json_at(items, (size_t)turn - 1))
        bpmn_set(r, id, how->item, json_at(items, (size_t)turn - 1));
    bpmn_push(r, &r->arrivals, id);
}

static size_t open_turns(const struct bpmn_run *r, int64_t loop)
{
    size_t n = 0;

    for (size_t i = 0; i < r->s->count; i++)
        n += r->s->tokens[i].phase != BPMN_GONE && r->s->tokens[i].parent == loop;
    return n;
}

static void finish(struct bpmn_run *r, int64_t loop)
{
    const struct bpmn_token *t = bpmn_token(r, loop);
    const struct bpmn_node *n = bpmn_node_of(r, t);
    int64_t parent = t->parent;
    struct str name = n->loop->output;
    const struct json *collected = name.len ? bpmn_get(r->s, loop, name) : NULL;

    bpmn_clear(r, loop, false);
    if (collected) {
        for (size_t i = 0; i < n->output_count; i++)
            if (str_eq(n->outputs[i].from, name)) name = n->outputs[i].to;
        bpmn_assign(r, parent, name, collected);
    }
    bpmn_finish_activity(r, loop);
}

/* How many turns: cardinality, else the size of the collection. */
static bool size_of(struct bpmn_run *r, int64_t loop, int64_t *total)
{
    const struct bpmn_loop *how = loop_of(r, loop);
    const struct json *items;
    struct feel_value v;

    if (how->cardinality) {
        v = bpmn_eval(r, how->cardinality, loop);
        if (feel_to_i64(v, total) && *total >= 0 && *total <= BPMN_MOVES_MAX) return true;
    } else {
        items = collection(r, loop);
        if (json_is(items, JSON_ARRAY)) {
            *total = (int64_t)items->count;
            return true;
        }
    }
    bpmn_fail(r, "bpmn.expression", "How often %{arg} is to be done is no number.",
              bpmn_token(r, loop)->node);
    return false;
}

void bpmn_enter_loop(struct bpmn_run *r, int64_t id)
{
    const struct bpmn_loop *how = loop_of(r, id);
    int64_t total = 0;

    bpmn_token(r, id)->phase = BPMN_LOOPING;
    if (!how->multi) {
        if (how->test_before && how->condition && !bpmn_true(r, how->condition, id))
            finish(r, id);
        else
            start_turn(r, id, STR_EMPTY);
        return;
    }
    if (!size_of(r, id, &total)) return;
    bpmn_token(r, id)->total = (int)total;
    if (!total) finish(r, id);
    for (int64_t i = 0; i < (how->sequential && total ? 1 : total) && !r->failed; i++)
        start_turn(r, id, STR_EMPTY);
}

/* ---- after a turn ---- */
static struct json *with(struct arena *a, const struct json *list, size_t at, const struct json *value)
{
    struct json *out = json_array(a);
    size_t i = 0;

    JSON_EACH(v, list)
    {
        json_add(out, i == at && value ? json_copy(a, value) : json_copy(a, v));
        i++;
    }
    for (; i <= at; i++)
        json_add(out, i == at && value ? json_copy(a, value) : json_null(a));
    return out;
}

/* Results go into the output collection at the place of the turn; without one they go out as they are. */
static void collect(struct bpmn_run *r, int64_t loop, int64_t turn)
{
    const struct bpmn_loop *how = loop_of(r, loop);
    size_t at = (size_t)bpmn_token(r, turn)->turn - 1;

    if (how->output.len) {
        const struct json *so_far = bpmn_get(r->s, loop, how->output);
        const struct json *one = bpmn_get(r->s, turn, how->output_item.len ? how->output_item : how->output);

        if (!json_is(so_far, JSON_ARRAY) || !bpmn_token(r, loop)->completed) so_far = NULL;
        bpmn_set(r, loop, how->output, with(r->arena, so_far, at, one));
        return;
    }
    for (size_t i = 0; i < r->s->variable_count; i++) {
        struct bpmn_variable v = r->s->variables[i];

        if (v.scope == turn && !str_eq(v.name, LOOP_COUNTER) && !str_eq(v.name, how->item))
            bpmn_assign(r, bpmn_token(r, loop)->parent, v.name, v.value);
    }
}

static void tell(struct bpmn_run *r, int64_t loop, const struct bpmn_trigger *event)
{
    if (event) bpmn_throw_trigger(r, loop, event);
}

static void events(struct bpmn_run *r, int64_t loop)
{
    const struct bpmn_loop *how = loop_of(r, loop);

    if (how->behavior == BEHAVIOR_NONE ||
        (how->behavior == BEHAVIOR_ONE && bpmn_token(r, loop)->completed == 1))
        tell(r, loop, how->event);
    for (size_t i = 0; how->behavior == BEHAVIOR_COMPLEX && i < how->case_count && bpmn_token(r, loop); i++)
        if (how->cases[i] && bpmn_true(r, how->cases[i], loop)) tell(r, loop, how->case_events[i]);
}

static bool complete_already(struct bpmn_run *r, int64_t loop, int64_t active)
{
    const struct bpmn_token *t = bpmn_token(r, loop);
    const struct bpmn_loop *how = loop_of(r, loop);
    struct feel_entry extra[] = {
        {STR("numberOfInstances"), feel_integer(t->total)},
        {STR("numberOfActiveInstances"), feel_integer(active)},
        {STR("numberOfCompletedInstances"), feel_integer(t->completed)},
        {STR("numberOfTerminatedInstances"), feel_integer(t->started - t->completed - active)},
        /* as widely used engines call them */
        {STR("nrOfInstances"), feel_integer(t->total)},
        {STR("nrOfActiveInstances"), feel_integer(active)},
        {STR("nrOfCompletedInstances"), feel_integer(t->completed)},
    };
    bool yes;

    if (!how->completion) return false;
    r->extra = extra;
    r->extra_count = sizeof(extra) / sizeof(extra[0]);
    yes = bpmn_true(r, how->completion, loop);
    r->extra_count = 0;
    return yes;
}

/* Again, or over? */
void bpmn_look_at_loop(struct bpmn_run *r, int64_t loop)
{
    const struct bpmn_token *t = bpmn_token(r, loop);
    const struct bpmn_loop *how = loop_of(r, loop);
    size_t active = open_turns(r, loop);

    if (!how->multi) {
        bool more = (how->condition || how->maximum >= 0) &&
                    (how->maximum < 0 || t->started < how->maximum) &&
                    (!how->condition || bpmn_true(r, how->condition, loop));

        if (more)
            start_turn(r, loop, STR_EMPTY);
        else
            finish(r, loop);
        return;
    }
    if (t->completed && complete_already(r, loop, (int64_t)active)) {
        finish(r, loop);
        return;
    }
    if (active) return;
    if (how->sequential && t->started < t->total)
        start_turn(r, loop, STR_EMPTY);
    else
        finish(r, loop);
}

void bpmn_turn_done(struct bpmn_run *r, int64_t turn)
{
    int64_t loop = bpmn_token(r, turn)->parent, around = bpmn_token(r, loop)->parent;

    collect(r, loop, turn);
    bpmn_token(r, loop)->completed++;
    if (!bpmn_remember(r, turn, around)) {
        bpmn_clear(r, turn, false);
        bpmn_drop(r, turn);
    }
    events(r, loop);
    if (bpmn_token(r, loop)) bpmn_look_at_loop(r, loop);
}

/* The loop that counts who signs; NULL where it does not matter who it is. */
static const struct bpmn_token *counted(const struct bpmn *b, const struct bpmn_state *s,
                                        const struct bpmn_token *turn)
{
    const struct bpmn_loop *how = b->nodes[turn->node].loop;
    enum bpmn_kind kind = b->nodes[turn->node].kind;

    if (!turn->turn || !how || !how->multi || !how->cardinality) return NULL;
    return kind == BPMN_USER_TASK || kind == BPMN_MANUAL_TASK ? bpmn_find(s, turn->parent) : NULL;
}

bool bpmn_has_signed(const struct bpmn *b, const struct bpmn_state *s, int64_t task, struct str who)
{
    const struct bpmn_token *turn = bpmn_find(s, task), *loop = turn ? counted(b, s, turn) : NULL;

    if (!loop || !who.len) return false;
    for (struct str rest = loop->signers, one; rest.len;) {
        rest = str_cut(rest, '\n', &one);
        if (str_eq(one, who)) return true;
    }
    return false;
}

bool bpmn_may_sign(struct bpmn_run *r, const struct bpmn_token *turn, struct str who, bool actor)
{
    const struct bpmn_node *node = bpmn_node_of(r, turn);

    if (!bpmn_has_signed(r->b, r->s, turn->id, who)) return true;
    r->failed = true;
    err_denied(r->e, "bpmn.signed",
               actor ? "You have signed %{arg} already: each signature is somebody else's."
                     : "This person has signed %{arg} already: each signature is somebody else's.");
    err_arg(r->e, node->name.len ? node->name : node->id);
    return false;
}

void bpmn_note_signer(struct bpmn_run *r, const struct bpmn_token *turn, struct str who)
{
    const struct bpmn_token *counting = counted(r->b, r->s, turn);
    struct bpmn_token *loop = counting ? bpmn_token(r, counting->id) : NULL;

    if (loop && who.len)
        loop->signers = str_fmt(r->arena, "%.*s\n%.*s", STR_ARG(loop->signers), STR_ARG(who));
}

/* One more signs: a turn beside those that run, or behind them where they go one after the other. */
bool bpmn_add_turn(struct bpmn_run *r, int64_t loop, struct str holder)
{
    struct bpmn_token *t = bpmn_token(r, loop);
    const struct bpmn_loop *how = bpmn_node_of(r, t)->loop;

    if (!how || !how->multi || t->phase != BPMN_LOOPING) return false;
    t->total++;
    if (!how->sequential) start_turn(r, loop, holder);
    return true;
}
