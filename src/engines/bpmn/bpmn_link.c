#include "engines/bpmn/bpmn_internal.h"

/* Several documents in one definition, so that a call runs inside the instance like a sub-process: its
 * tokens, timers and compensation are those of the case, and end with it. */

struct linking {
    struct arena *arena;
    struct bpmn *all;
    const struct bpmn_other *others;
    size_t count;
    int *first; /* node of the first process of each, in `all` */
    /* Of the document that is being added. */
    int node, flow; /* where its own begin */
    struct str prefix;
};

int bpmn_node_binding(const struct bpmn *b, int node)
{
    struct str binding = bpmn_node_note(b, node, "calledElementBinding");
    int64_t version;

    if (!binding.len || str_eq_c(binding, "latest")) return 0;
    if (!str_eq_c(binding, "version") ||
        !str_to_i64(bpmn_node_note(b, node, "calledElementVersion"), &version) || version < 1 ||
        version > INT32_MAX)
        return -1;
    return (int)version;
}

static struct str named(const struct linking *l, struct str id)
{
    return str_fmt(l->arena, "%.*s/%.*s", STR_ARG(l->prefix), STR_ARG(id));
}

static int moved(int number, int by)
{
    return number < 0 ? number : number + by;
}

static int *moved_all(const struct linking *l, const int *list, size_t count, int by)
{
    int *out = ARENA_ARRAY(l->arena, count + 1, int);

    for (size_t i = 0; i < count; i++)
        out[i] = moved(list[i], by);
    return out;
}

/* Messages and signals are known by what they are called where that is already known, else apart. */
static struct str event_named(const struct linking *l, enum trigger_kind kind, struct str ref,
                              struct str name)
{
    if (!ref.len) return ref;
    for (int i = 0; name.len && i < l->node; i++) {
        const struct bpmn_node *n = &l->all->nodes[i];

        if (kind == TRIGGER_MESSAGE && n->message.len && str_eq(n->message_name, name)) return n->message;
        for (size_t k = 0; k < n->trigger_count; k++)
            if (n->triggers[k].kind == kind && n->triggers[k].ref.len && str_eq(n->triggers[k].code, name))
                return n->triggers[k].ref;
    }
    return named(l, ref);
}

static struct bpmn_trigger trigger(const struct linking *l, struct bpmn_trigger t)
{
    t.node = moved(t.node, l->node);
    if (t.kind == TRIGGER_MESSAGE || t.kind == TRIGGER_SIGNAL) t.ref = event_named(l, t.kind, t.ref, t.code);
    return t;
}

static const struct bpmn_trigger *trigger_at(const struct linking *l, const struct bpmn_trigger *t)
{
    struct bpmn_trigger *out;

    if (!t) return NULL;
    out = ARENA_NEW(l->arena, struct bpmn_trigger);
    *out = trigger(l, *t);
    return out;
}

static const struct bpmn_loop *loop(const struct linking *l, const struct bpmn_loop *from)
{
    struct bpmn_loop *out;

    if (!from) return NULL;
    out = ARENA_NEW(l->arena, struct bpmn_loop);
    *out = *from;
    out->event = trigger_at(l, from->event);
    out->case_events = ARENA_ARRAY(l->arena, from->case_count + 1, const struct bpmn_trigger *);
    for (size_t i = 0; i < from->case_count; i++)
        out->case_events[i] = trigger_at(l, from->case_events[i]);
    return out;
}

static void add_node(const struct linking *l, const struct bpmn_node *from, struct bpmn_node *n)
{
    struct bpmn_trigger *triggers = ARENA_ARRAY(l->arena, from->trigger_count + 1, struct bpmn_trigger);

    *n = *from;
    n->id = named(l, from->id);
    n->parent = moved(from->parent, l->node);
    n->process = moved(from->process, l->node);
    n->default_flow = moved(from->default_flow, l->flow);
    n->attached = moved(from->attached, l->node);
    n->link = moved(from->link, l->node);
    n->handler = moved(from->handler, l->node);
    n->called = moved(from->called, l->node);
    n->in = moved_all(l, from->in, from->in_count, l->flow);
    n->out = moved_all(l, from->out, from->out_count, l->flow);
    n->children = moved_all(l, from->children, from->child_count, l->node);
    n->boundaries = moved_all(l, from->boundaries, from->boundary_count, l->node);
    for (size_t i = 0; i < from->trigger_count; i++)
        triggers[i] = trigger(l, from->triggers[i]);
    n->triggers = triggers;
    n->loop = loop(l, from->loop);
    n->message = event_named(l, TRIGGER_MESSAGE, from->message, from->message_name);
}

static void add_document(struct linking *l, const struct bpmn *b)
{
    for (int i = 0; i < b->node_count; i++)
        add_node(l, &b->nodes[i], &l->all->nodes[l->node + i]);
    for (int i = 0; i < b->flow_count; i++) {
        struct bpmn_flow *f = &l->all->flows[l->flow + i];

        *f = b->flows[i];
        f->id = named(l, b->flows[i].id);
        f->from = moved(f->from, l->node);
        f->to = moved(f->to, l->node);
    }
    l->node += b->node_count;
    l->flow += b->flow_count;
}

/* A version that is named is taken whatever the day. */
static void find_versions(const struct linking *l, struct bpmn_node *n, int binding)
{
    struct bpmn_version *list = ARENA_ARRAY(l->arena, l->count + 1, struct bpmn_version);

    for (size_t i = 0; i < l->count; i++) {
        if (!str_eq(l->others[i].code, n->topic) || (binding && l->others[i].version != binding)) continue;
        list[n->version_count++] =
            (struct bpmn_version){binding ? INT64_MIN : l->others[i].from, l->first[i]};
    }
    n->versions = list;
}

struct bpmn *bpmn_link(struct arena *a, const struct bpmn *b, const struct bpmn_other *others, size_t count)
{
    struct bpmn *all = ARENA_NEW(a, struct bpmn);
    struct linking l = {.arena = a, .all = all, .others = others, .count = count};

    l.first = ARENA_ARRAY(a, count + 1, int);
    all->node_count = b->node_count;
    all->flow_count = b->flow_count;
    for (size_t i = 0; i < count; i++) {
        l.first[i] = moved(bpmn_process(others[i].model, 0), all->node_count);
        all->node_count += others[i].model->node_count;
        all->flow_count += others[i].model->flow_count;
    }
    all->nodes = ARENA_ARRAY(a, (size_t)all->node_count + 1, struct bpmn_node);
    all->flows = ARENA_ARRAY(a, (size_t)all->flow_count + 1, struct bpmn_flow);
    memcpy(all->nodes, b->nodes, (size_t)b->node_count * sizeof(*all->nodes));
    memcpy(all->flows, b->flows, (size_t)b->flow_count * sizeof(*all->flows));
    l.node = b->node_count;
    l.flow = b->flow_count;
    for (size_t i = 0; i < count; i++) {
        l.prefix = str_fmt(a, "%.*s@%d", STR_ARG(others[i].code), others[i].version);
        add_document(&l, others[i].model);
    }
    for (int i = 0; i < all->node_count; i++)
        if (all->nodes[i].kind == BPMN_CALL && all->nodes[i].called < 0)
            find_versions(&l, &all->nodes[i], bpmn_node_binding(all, i));
    bpmn_index(a, all);
    return all;
}
