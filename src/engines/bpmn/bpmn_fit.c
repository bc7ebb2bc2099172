/* What an instance has and another definition has no place for: tokens and what they count by, what they wait
 * for, what was done, what is owed, and what conditions further on will read. */
#include "engines/bpmn/bpmn_internal.h"

struct fit {
    struct arena *arena;
    const struct bpmn *from, *to;
    const struct bpmn_state *s;
    const struct bpmn_places *places;
    struct bpmn_lacks *out;
};

static void add_lack(struct fit *f, struct bpmn_lack lack)
{
    struct bpmn_lacks *l = f->out;
    for (size_t i = 0; i < l->count; i++)
        if (l->list[i].kind == lack.kind && str_eq(l->list[i].id, lack.id) &&
            str_eq(l->list[i].what, lack.what))
            return;
    if (l->count == l->room) {
        size_t room = l->room * 2 + 8;
        struct bpmn_lack *more = ARENA_ARRAY(f->arena, room, struct bpmn_lack);
        if (l->count) memcpy(more, l->list, l->count * sizeof *more);
        l->list = more;
        l->room = room;
    }
    l->list[l->count++] = lack;
}

static void add(struct fit *f, enum bpmn_lack_kind kind, struct str id, struct str name, struct str what,
                bool ahead)
{
    add_lack(f, (struct bpmn_lack){
                    .kind = kind, .ahead = ahead, .id = id, .name = name, .what = what, .other = STR_EMPTY});
}

static void lacks(struct fit *f, enum bpmn_lack_kind kind, int node)
{
    add(f, kind, f->from->nodes[node].id, f->from->nodes[node].name, STR_EMPTY, false);
}

/* ---- places ---- */

static struct str id_of(const struct bpmn *b, int node)
{
    return node >= 0 ? b->nodes[node].id : STR_EMPTY;
}

static struct str id_now(const struct bpmn_places *p, struct str id)
{
    for (size_t i = 0; p && i < p->count; i++)
        if (str_eq(p->list[i].from, id)) return p->list[i].to;
    return id;
}

int bpmn_node_now(const struct bpmn *from, int node, const struct bpmn *to, const struct bpmn_places *places)
{
    return node >= 0 ? bpmn_node(to, id_now(places, from->nodes[node].id)) : -1;
}

static int now(const struct fit *f, int node)
{
    return bpmn_node_now(f->from, node, f->to, f->places);
}

static bool same_around(const struct fit *f, int around, int there)
{
    return str_eq(id_now(f->places, id_of(f->from, around)), id_of(f->to, there));
}

/* The node that has its place, of its kind and in the same part; -1 says what is wrong with it. */
static int same_place(struct fit *f, int node)
{
    int there = now(f, node);
    const struct bpmn_node *is = &f->from->nodes[node], *will = there >= 0 ? &f->to->nodes[there] : NULL;
    if (!will)
        lacks(f, BPMN_LACK_NODE, node);
    else if (will->kind != is->kind)
        lacks(f, BPMN_LACK_KIND, node);
    else if (!same_around(f, is->parent, will->parent) ||
             (is->kind == BPMN_BOUNDARY_EVENT && !same_around(f, is->attached, will->attached)))
        lacks(f, BPMN_LACK_SCOPE, node);
    else
        return there;
    return -1;
}

static void need(struct fit *f, int node, enum bpmn_lack_kind kind)
{
    int there = now(f, node);
    if (node >= 0 && (there < 0 || f->to->nodes[there].kind != f->from->nodes[node].kind))
        lacks(f, kind, node);
}

static bool counts_by_flow(const struct bpmn_token *t)
{
    return t->phase == BPMN_GATHERING || t->phase == BPMN_RESETTING;
}

/* The way into `there` of the same id; or, where one of its ends is another now, the only one between them.
 */
static int flow_now(const struct fit *f, int flow, int there)
{
    const struct bpmn_flow *was = &f->from->flows[flow];
    const struct bpmn_node *n = &f->to->nodes[there];
    int source = now(f, was->from), only = -1, count = 0;
    for (size_t i = 0; i < n->in_count; i++) {
        const struct bpmn_flow *is = &f->to->flows[n->in[i]];
        if (str_eq(is->id, was->id)) return n->in[i];
        if (is->from != source) continue;
        only = n->in[i];
        count++;
    }
    bool renamed =
        !str_eq(id_of(f->to, source), id_of(f->from, was->from)) || !str_eq(n->id, id_of(f->from, was->to));
    return renamed && source >= 0 && count == 1 ? only : -1;
}

static void need_flow(struct fit *f, const struct bpmn_token *t, int there)
{
    if (t->flow < 0 || !counts_by_flow(t)) return;
    const struct bpmn_flow *flow = &f->from->flows[t->flow];
    if (flow_now(f, t->flow, there) < 0) add(f, BPMN_LACK_FLOW, flow->id, flow->name, STR_EMPTY, false);
}

/* ---- what it waits for ---- */

static bool same_trigger(const struct bpmn_trigger *a, const struct bpmn_trigger *b)
{
    return a->kind == b->kind && (str_eq(a->ref, b->ref) || (a->code.len && str_eq(a->code, b->code)));
}

static void need_events(struct fit *f, int node, int there)
{
    const struct bpmn_node *is = &f->from->nodes[node], *will = &f->to->nodes[there];
    for (size_t i = 0; i < is->trigger_count; i++) {
        const struct bpmn_trigger *t = &is->triggers[i];
        if (i < will->trigger_count && same_trigger(t, &will->triggers[i])) continue;
        add(f, t->kind == TRIGGER_TIMER ? BPMN_LACK_TIMER : BPMN_LACK_EVENT, is->id, is->name, t->code,
            false);
    }
    if (is->kind == BPMN_RECEIVE_TASK && !str_eq(is->message, will->message) &&
        !str_eq(is->message_name, will->message_name))
        add(f, BPMN_LACK_EVENT, is->id, is->name, is->message_name, false);
}

static bool waits(const struct bpmn_token *t)
{
    return t->phase == BPMN_WAITING || t->phase == BPMN_ARMED || t->phase == BPMN_HELD;
}

/* A task that a system has, or another department was asked to do. */
static void need_work(struct fit *f, int node, int there)
{
    const struct bpmn_node *is = &f->from->nodes[node], *will = &f->to->nodes[there];
    bool asked =
        str_eq(bpmn_node_note(f->from, node, "department"), bpmn_node_note(f->to, there, "department"));
    if (is->kind == BPMN_SERVICE_TASK && (!asked || !str_eq(is->topic, will->topic)))
        add(f, BPMN_LACK_TASK, is->id, is->name, is->topic, false);
    if (is->kind == BPMN_USER_TASK && !asked) lacks(f, BPMN_LACK_ASKED, node);
    if (is->kind == BPMN_RULE_TASK && !str_eq(is->topic, will->topic)) lacks(f, BPMN_LACK_RULE, node);
}

static bool same_loop(const struct bpmn_loop *a, const struct bpmn_loop *b)
{
    if (!a || !b) return a == b;
    return a->multi == b->multi && a->sequential == b->sequential && str_eq(a->input, b->input) &&
           str_eq(a->item, b->item) && str_eq(a->output, b->output) && str_eq(a->output_item, b->output_item);
}

static void need_token(struct fit *f, const struct bpmn_token *t)
{
    int there = same_place(f, t->node);
    need(f, t->back, BPMN_LACK_BACK);
    need(f, t->activity, BPMN_LACK_PAST);
    need(f, t->into, BPMN_LACK_NODE);
    if (there < 0) return;
    need_flow(f, t, there);
    if (waits(t)) {
        need_events(f, t->node, there);
        need_work(f, t->node, there);
    }
    /* Of what is finished nothing is counted any more. */
    if (t->phase != BPMN_DONE && t->phase != BPMN_ARMED &&
        !same_loop(f->from->nodes[t->node].loop, f->to->nodes[there].loop))
        lacks(f, BPMN_LACK_LOOP, t->node);
}

/* Turns of one step stay several; two steps that become one would have all that follows done twice. */
static bool becomes_one(const struct fit *f, const struct bpmn_token *a, const struct bpmn_token *b)
{
    int there = now(f, a->node);
    if (there < 0 || there != now(f, b->node) || a->node == b->node || a->parent != b->parent) return false;
    if (a->phase == BPMN_DONE || b->phase == BPMN_DONE) return false;
    bool gather = a->phase == BPMN_GATHERING && b->phase == BPMN_GATHERING && a->flow >= 0 && b->flow >= 0;
    return !gather || flow_now(f, a->flow, there) == flow_now(f, b->flow, there);
}

static void need_apart(struct fit *f)
{
    for (size_t i = 0; i < f->s->count; i++)
        for (size_t k = i + 1; k < f->s->count; k++) {
            const struct bpmn_token *a = &f->s->tokens[i], *b = &f->s->tokens[k];
            if (!becomes_one(f, a, b)) continue;
            bool moves = !str_eq(id_of(f->from, a->node), id_of(f->to, now(f, a->node)));
            lacks(f, BPMN_LACK_ONE, moves ? a->node : b->node);
        }
}

/* ---- what lies ahead ---- */

struct road {
    const struct bpmn *b;
    bool *passed;  /* the way out of it is ahead */
    bool *entered; /* … and so is what happens in it */
    int *queue;
    size_t first, count;
};

static void go(struct road *r, int node, bool enter)
{
    if (node < 0 || (r->passed[node] && (!enter || r->entered[node]))) return;
    r->passed[node] = true;
    r->entered[node] = r->entered[node] || enter;
    r->queue[r->count++] = node;
}

static void go_inside(struct road *r, const struct bpmn_node *n)
{
    for (size_t i = 0; i < n->child_count; i++) {
        const struct bpmn_node *child = &r->b->nodes[n->children[i]];
        if (n->kind == BPMN_AD_HOC || child->kind == BPMN_EVENT_SUB_PROCESS || !child->in_count)
            go(r, n->children[i], child->kind != BPMN_BOUNDARY_EVENT);
    }
}

static void go_on(struct road *r, int node)
{
    const struct bpmn_node *n = &r->b->nodes[node];
    for (size_t i = 0; i < n->out_count; i++)
        go(r, r->b->flows[n->out[i]].to, true);
    for (size_t i = 0; i < n->boundary_count; i++)
        go(r, n->boundaries[i], true);
    go(r, n->link, true);
    go(r, n->handler, true);
    go(r, n->parent, false);
    if (!r->entered[node]) return;
    go_inside(r, n);
    go(r, n->called, true);
    for (size_t i = 0; i < n->version_count; i++)
        go(r, n->versions[i].node, true);
}

/* From where the instance stands, in terms of `b`. */
static struct road road_of(struct fit *f, const struct bpmn *b)
{
    size_t room = (size_t)b->node_count * 2 + 1;
    struct road r = {.b = b,
                     .passed = ARENA_ARRAY(f->arena, room, bool),
                     .entered = ARENA_ARRAY(f->arena, room, bool),
                     .queue = ARENA_ARRAY(f->arena, room, int)};
    memset(r.passed, 0, room * sizeof *r.passed);
    memset(r.entered, 0, room * sizeof *r.entered);
    for (size_t i = 0; i < f->s->count; i++) {
        const struct bpmn_token *t = &f->s->tokens[i];
        if (t->phase == BPMN_DONE) continue;
        go(&r, b == f->from ? t->node : now(f, t->node), t->phase == BPMN_ARMED);
        if (t->back >= 0) go(&r, b == f->from ? t->back : now(f, t->back), true);
    }
    while (r.first < r.count)
        go_on(&r, r.queue[r.first++]);
    return r;
}

static bool waits_for_all(const struct road *r)
{
    for (int i = 0; i < r->b->node_count; i++)
        if (r->passed[i] && r->b->nodes[i].whole) return true;
    return false;
}

static void need_duties(struct fit *f, const struct road *is, const struct road *will)
{
    for (size_t i = 0; i < f->s->duty_count; i++)
        if (f->s->duties[i].kind == BPMN_OWED && waits_for_all(is) && !waits_for_all(will))
            add(f, BPMN_LACK_OWED, STR_EMPTY, f->s->duties[i].name, STR_EMPTY, false);
}

/* ---- what is read ahead ---- */

static bool sets(const struct bpmn_node *n, struct str name)
{
    bool outside = n->kind == BPMN_SERVICE_TASK || n->kind == BPMN_RECEIVE_TASK;
    for (size_t i = 0; i < n->trigger_count; i++)
        outside = outside || n->triggers[i].kind == TRIGGER_MESSAGE || n->triggers[i].kind == TRIGGER_SIGNAL;
    for (size_t i = 0; i < n->output_count; i++)
        if (str_eq(n->outputs[i].to, name)) return true;
    if (n->loop && (str_eq(n->loop->item, name) || str_eq(n->loop->output, name))) return true;
    return (outside && !n->output_count) || n->takes_all || str_eq(n->result, name);
}

static bool is_counter(struct str name)
{
    static const char *const names[] = {"loopCounter",
                                        "numberOfInstances",
                                        "numberOfActiveInstances",
                                        "numberOfCompletedInstances",
                                        "numberOfTerminatedInstances",
                                        "activationCount",
                                        "waitingForStart"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_eq_c(name, names[i])) return true;
    return false;
}

static bool is_there(const struct fit *f, const struct road *r, struct str name)
{
    if (is_counter(name)) return true;
    for (size_t i = 0; i < f->s->variable_count; i++)
        if (str_eq(f->s->variables[i].name, name)) return true;
    for (int i = 0; i < r->b->node_count; i++)
        if (r->passed[i] && sets(&r->b->nodes[i], name)) return true;
    return false;
}

static bool in_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* "some x in …": x is of the expression itself. */
static bool is_own(struct str text, size_t at)
{
    static const char *const words[] = {"for", "some", "every"};
    struct str before = str_trim(str_slice(text, 0, at));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_ends(before, str_c(words[i]))) return true;
    return false;
}

/* With its parts behind dots, from where it is read first: "steps.visit.area". */
static struct str path_at(struct str text, size_t at)
{
    size_t end = at;
    while (end < text.len && (in_word(text.ptr[end]) ||
                              (text.ptr[end] == '.' && end + 1 < text.len && in_word(text.ptr[end + 1]))))
        end++;
    return str_slice(text, at, end);
}

struct reading {
    struct fit *f;
    const struct road *road;
    const struct bpmn_lacks *known; /* what the instance did without already; NULL: it is being found out */
};

static void look_for(struct reading *r, struct str text, struct str name)
{
    for (size_t at = 0, found; at < text.len; at = found + name.len) {
        found = str_find(str_slice(text, at, text.len), name);
        if (found == SIZE_MAX) return;
        found += at;
        struct str path = path_at(text, found), rest;
        bool whole = (!found || !(in_word(text.ptr[found - 1]) || text.ptr[found - 1] == '.')) &&
                     (found + name.len == text.len || !in_word(text.ptr[found + name.len]));
        if (!whole) continue;
        if (is_own(text, found)) return;
        bool before = false;
        for (size_t i = 0; r->known && i < r->known->count; i++)
            before = before || str_eq(r->known->list[i].what, path);
        if (before) continue;
        str_cut(str_cut(path, '.', &rest), '.', &rest);
        int node = rest.len ? bpmn_node(r->road->b, rest) : -1;
        add(r->f, BPMN_LACK_DATA, STR_EMPTY, STR_EMPTY, path, node >= 0 && r->road->passed[node]);
    }
}

static void read_one(struct reading *r, const struct bpmn_expr *x)
{
    for (size_t i = 0; x && i < x->name_count; i++)
        if (!is_there(r->f, r->road, x->names[i])) look_for(r, x->text, x->names[i]);
}

static void read_node(struct reading *r, const struct bpmn_node *n, bool entered)
{
    const struct bpmn *b = r->road->b;
    for (size_t i = 0; i < n->out_count; i++)
        read_one(r, b->flows[n->out[i]].condition);
    if (n->loop) read_one(r, n->loop->completion);
    if (!entered) return;
    read_one(r, n->condition);
    read_one(r, n->script);
    for (size_t i = 0; i < n->trigger_count; i++)
        read_one(r, n->triggers[i].expr);
    if (!n->loop) return;
    read_one(r, n->loop->condition);
    read_one(r, n->loop->cardinality);
}

static void read_road(struct reading *r)
{
    for (int i = 0; i < r->road->b->node_count; i++)
        if (r->road->passed[i]) read_node(r, &r->road->b->nodes[i], r->road->entered[i]);
}

static void need_data(struct fit *f, const struct road *is, const struct road *will)
{
    struct bpmn_lacks before = {0};
    struct fit old = *f;
    old.out = &before;
    read_road(&(struct reading){&old, is, NULL});
    read_road(&(struct reading){f, will, &before});
}

bool bpmn_takes_place(struct arena *a, const struct bpmn *from, int node, const struct bpmn *to, int there,
                      const struct bpmn_places *places)
{
    struct bpmn_lacks lacks = {0};
    const struct bpmn_node *is = &from->nodes[node], *will = &to->nodes[there];
    struct fit f = {a, from, to, NULL, places, &lacks};
    if (is->kind != will->kind || !same_around(&f, is->parent, will->parent) ||
        (is->kind == BPMN_BOUNDARY_EVENT && !same_around(&f, is->attached, will->attached)))
        return false;
    need_events(&f, node, there);
    need_work(&f, node, there);
    return !lacks.count && same_loop(is->loop, will->loop);
}

/* ---- the same instance there ---- */

/* Who has a task that is another role's there could not do it, and would keep all others from it. Who has
 * signed has signed. */
static void let_go(const struct fit *f, struct bpmn_token *t, int was)
{
    if (str_eq(f->from->nodes[was].role, f->to->nodes[t->node].role)) return;
    t->holder = t->delegate = STR_EMPTY;
    t->from = t->until = 0;
    t->opened = false;
}

static bool transfer_token(const struct fit *f, struct bpmn_token *t)
{
    const struct bpmn_token was = *t;
    t->node = now(f, was.node);
    if (t->node >= 0) let_go(f, t, was.node);
    t->activity = now(f, was.activity);
    t->back = now(f, was.back);
    t->into = now(f, was.into);
    t->flow = t->node >= 0 && was.flow >= 0 && counts_by_flow(&was) ? flow_now(f, was.flow, t->node) : -1;
    return t->node >= 0 && (was.activity < 0 || t->activity >= 0) && (was.back < 0 || t->back >= 0) &&
           (was.into < 0 || t->into >= 0) && (was.flow < 0 || !counts_by_flow(&was) || t->flow >= 0);
}

/* Of steps that have become one the last time counts, as of any step. */
static bool transfer_past(const struct fit *f, struct bpmn_state *out)
{
    out->past_count = 0;
    for (size_t i = 0; i < f->s->past_count; i++) {
        struct bpmn_past p = f->s->past[i];
        size_t same = 0;
        p.node = now(f, p.node);
        if (p.node < 0) return false;
        while (same < out->past_count && (out->past[same].node != p.node || out->past[same].scope != p.scope))
            same++;
        if (same < out->past_count && out->past[same].order > p.order) continue;
        out->past[same] = p;
        out->past_count += same == out->past_count;
    }
    return true;
}

bool bpmn_transfer(struct arena *a, const struct bpmn *from, const struct bpmn_state *s,
                   const struct bpmn *to, const struct bpmn_places *places, struct bpmn_state *out,
                   struct err *e)
{
    const struct fit f = {a, from, to, s, places, NULL};
    struct bpmn_state moved = *s;
    moved.room = s->count;
    moved.past_room = s->past_count;
    moved.tokens = ARENA_ARRAY(a, s->count + 1, struct bpmn_token);
    moved.past = ARENA_ARRAY(a, s->past_count + 1, struct bpmn_past);
    moved.process = now(&f, s->process);
    bool ok = s->process < 0 || moved.process >= 0;
    for (size_t i = 0; i < s->count && ok; i++) {
        moved.tokens[i] = s->tokens[i];
        ok = transfer_token(&f, &moved.tokens[i]);
    }
    if (!ok || !transfer_past(&f, &moved))
        return err_fault(e, "bpmn: the other definition has no place for this instance");
    *out = moved;
    return true;
}

/* ---- what it would wait for in vain there ---- */

static bool waited_in_vain(const struct fit *f, int64_t scope, int there)
{
    for (int i = 0; i < f->from->node_count; i++)
        if (now(f, i) == there && bpmn_join_in_vain(f->arena, f->from, f->s, scope, i)) return true;
    return false;
}

/* What is done in an ad-hoc sub-process is begun by people, all the time. */
static bool goes_by_itself(const struct bpmn *b, const struct bpmn_token *scope)
{
    return scope->phase == BPMN_SCOPE && b->nodes[scope->node].kind != BPMN_AD_HOC;
}

static void need_joins(struct fit *f, const struct bpmn_state *moved)
{
    for (size_t k = 0; k < moved->count; k++) {
        const struct bpmn_token *scope = &moved->tokens[k];
        if (!goes_by_itself(f->to, scope)) continue;
        for (int i = 0; i < f->to->node_count; i++)
            if (bpmn_join_in_vain(f->arena, f->to, moved, scope->id, i) && !waited_in_vain(f, scope->id, i))
                add(f, BPMN_LACK_JOIN, f->to->nodes[i].id, f->to->nodes[i].name, STR_EMPTY, false);
    }
}

/* ---- what it would do twice there ---- */

/* Signers and handlers hang on another token and go nowhere themselves. */
static bool goes_on_in(const struct bpmn_token *t, int64_t scope)
{
    return t->parent == scope && !t->host && t->phase != BPMN_ARMED && t->phase != BPMN_DONE &&
           t->phase != BPMN_RESETTING;
}

/* Of what holds there, and of what held before: the case loses nothing that was not lost already. */
struct held {
    const struct bpmn_token *is, *will;
    const struct bpmn_together *before, *after;
};

/* The node that a case would come to twice from a and b; -1: none, or it would already. */
static int twice_from(const struct fit *f, const struct bpmn_state *moved, struct held *h, size_t a, size_t b)
{
    const struct bpmn_token *is = f->s->tokens, *will = moved->tokens;
    if (!h->after) h->after = bpmn_together(f->arena, f->to, bpmn_part(f->to, h->will));
    int there = bpmn_comes_twice(f->arena, h->after, &will[a], &will[b]);
    if (there < 0 || becomes_one(f, &is[a], &is[b])) return -1;
    if (!h->before) h->before = bpmn_together(f->arena, f->from, bpmn_part(f->from, h->is));
    return bpmn_comes_twice(f->arena, h->before, &is[a], &is[b]) >= 0 ? -1 : there;
}

struct twice {
    size_t a, b;
    int there;
};

static void add_twice(struct fit *f, const struct twice *t)
{
    const struct bpmn_token *is = f->s->tokens;
    add_lack(f, (struct bpmn_lack){.kind = BPMN_LACK_TWICE,
                                   .id = f->to->nodes[t->there].id,
                                   .name = f->to->nodes[t->there].name,
                                   .what = STR_EMPTY,
                                   .one = f->from->nodes[is[t->a].node].id,
                                   .other = f->from->nodes[is[t->b].node].id});
}

/* Each node once: the first two that come to it. */
static bool is_found(const struct twice *list, size_t count, int there)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].there == there) return true;
    return false;
}

/* What holds together is a table of all pairs of places: it is given back before the next case needs one. */
static void need_once_in(struct fit *f, const struct bpmn_state *moved, struct held *h)
{
    size_t count = 0;
    struct twice *found = ARENA_ARRAY(f->arena, (size_t)f->to->node_count + 1, struct twice);
    const struct arena_mark mark = arena_mark(f->arena);
    for (size_t a = 0; a < moved->count; a++)
        for (size_t b = a + 1; b < moved->count && goes_on_in(&moved->tokens[a], h->will->id); b++) {
            if (!goes_on_in(&moved->tokens[b], h->will->id)) continue;
            int there = twice_from(f, moved, h, a, b);
            if (there >= 0 && !is_found(found, count, there)) found[count++] = (struct twice){a, b, there};
        }
    arena_rewind(f->arena, &mark);
    for (size_t i = 0; i < count; i++)
        add_twice(f, &found[i]);
}

static void need_once(struct fit *f, const struct bpmn_state *moved)
{
    for (size_t k = 0; k < moved->count; k++) {
        struct held h = {.is = &f->s->tokens[k], .will = &moved->tokens[k], .after = NULL};
        if (goes_by_itself(f->to, h.will)) need_once_in(f, moved, &h);
    }
}

/* Where places are lacking, nobody knows yet from where it goes on. */
static void need_what_lies_ahead(struct fit *f)
{
    struct bpmn_state moved;
    struct err e = {0};
    if (!bpmn_transfer(f->arena, f->from, f->s, f->to, f->places, &moved, &e)) return;
    need_joins(f, &moved);
    need_once(f, &moved);
}

void bpmn_fits(struct arena *a, const struct bpmn *from, const struct bpmn_state *s, const struct bpmn *to,
               const struct bpmn_places *places, struct bpmn_lacks *out)
{
    struct fit f = {a, from, to, s, places, out};
    *out = (struct bpmn_lacks){0};
    if (s->process >= 0) same_place(&f, s->process);
    for (size_t i = 0; i < s->count; i++)
        need_token(&f, &s->tokens[i]);
    need_apart(&f);
    for (size_t i = 0; i < s->past_count; i++)
        need(&f, s->past[i].node, BPMN_LACK_PAST);
    const struct road is = road_of(&f, from), will = road_of(&f, to);
    need_duties(&f, &is, &will);
    need_data(&f, &is, &will);
    need_what_lies_ahead(&f);
}
