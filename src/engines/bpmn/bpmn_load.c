#include "engines/bpmn/bpmn_internal.h"

/* From the tree to numbers: nodes and flows in arrays, references resolved, expressions compiled. What is
 * read here has passed the checks; what they do not cover is met by leaving the part out. */

static const struct {
    enum bpmn_tag tag;
    enum bpmn_kind kind;
} kinds[] = {
    {TAG_PROCESS, BPMN_PROCESS},
    {TAG_START_EVENT, BPMN_START_EVENT},
    {TAG_CATCH_EVENT, BPMN_CATCH_EVENT},
    {TAG_THROW_EVENT, BPMN_THROW_EVENT},
    {TAG_END_EVENT, BPMN_END_EVENT},
    {TAG_BOUNDARY_EVENT, BPMN_BOUNDARY_EVENT},
    {TAG_TASK, BPMN_TASK},
    {TAG_USER_TASK, BPMN_USER_TASK},
    {TAG_MANUAL_TASK, BPMN_MANUAL_TASK},
    {TAG_SERVICE_TASK, BPMN_SERVICE_TASK},
    {TAG_SCRIPT_TASK, BPMN_SCRIPT_TASK},
    {TAG_RULE_TASK, BPMN_RULE_TASK},
    {TAG_SEND_TASK, BPMN_SEND_TASK},
    {TAG_RECEIVE_TASK, BPMN_RECEIVE_TASK},
    {TAG_SUB_PROCESS, BPMN_SUB_PROCESS},
    {TAG_TRANSACTION, BPMN_TRANSACTION},
    {TAG_AD_HOC, BPMN_AD_HOC},
    {TAG_CALL_ACTIVITY, BPMN_CALL},
    {TAG_EXCLUSIVE, BPMN_EXCLUSIVE},
    {TAG_PARALLEL, BPMN_PARALLEL},
    {TAG_INCLUSIVE, BPMN_INCLUSIVE},
    {TAG_EVENT_BASED, BPMN_EVENT_BASED},
    {TAG_COMPLEX, BPMN_COMPLEX},
    /* Called by a call activity; done as the task they are. */
    {TAG_GLOBAL_TASK, BPMN_TASK},
    {TAG_GLOBAL_USER_TASK, BPMN_USER_TASK},
    {TAG_GLOBAL_MANUAL_TASK, BPMN_MANUAL_TASK},
    {TAG_GLOBAL_SCRIPT_TASK, BPMN_SCRIPT_TASK},
    {TAG_GLOBAL_RULE_TASK, BPMN_RULE_TASK},
};

static bool kind_of(const struct bpmn_el *el, enum bpmn_kind *out)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].tag == el->tag) {
            *out = kinds[i].kind;
            if (*out == BPMN_SUB_PROCESS && bpmn_attr_is(el, "triggeredByEvent", "true"))
                *out = BPMN_EVENT_SUB_PROCESS;
            return true;
        }
    return false;
}

static int64_t number_of(const struct bpmn_el *el, const char *name, int64_t otherwise)
{
    int64_t n;

    return str_to_i64(bpmn_attr(el, name), &n) ? n : otherwise;
}

static int node_of(const struct bpmn_el *el)
{
    return el ? el->node : -1;
}

/* ---- first pass: which nodes and flows there are ---- */
static void number(const struct bpmn_doc *d, struct bpmn *b)
{
    enum bpmn_kind kind;

    BPMN_ALL(el, d)
    {
        if (kind_of(el, &kind)) el->node = b->node_count++;
        if (el->tag == TAG_SEQUENCE_FLOW) b->flow_count++;
    }
}

/* A state names nodes and flows by their ids. One that has none is named by its number; no id begins with
 * this sign. */
static struct str name_of(struct arena *a, struct str id, int number)
{
    return id.len ? id : str_fmt(a, "#%d", number);
}

static void fill(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x, struct bpmn *b)
{
    BPMN_ALL(el, d)
    {
        struct bpmn_node *n;
        const struct bpmn_el *around;

        if (el->node < 0) continue;
        n = &b->nodes[el->node];
        kind_of(el, &n->kind);
        n->id = name_of(a, el->id, el->node);
        n->name = bpmn_attr(el, "name");
        around = bpmn_around(el, IS_LEVEL);
        n->parent = node_of(around);
        n->default_flow = n->attached = n->handler = n->called = n->link = -1;
        n->start_quantity = number_of(el, "startQuantity", 1);
        n->completion_quantity = number_of(el, "completionQuantity", 1);
        n->for_compensation = bpmn_attr_is(el, "isForCompensation", "true");
        n->instantiates = bpmn_attr_is(el, "instantiate", "true");
        n->gateway_parallel = bpmn_attr_is(el, "eventGatewayType", "Parallel"); /* no translation */
        n->executable = bpmn_attr_is(el, "isExecutable", "true");
        n->whole = bpmn_attr_is(el, ":whole", "true");
        n->attrs = el->attrs;
        n->attr_count = el->attr_count;
        n->in_order = bpmn_attr_is(el, "ordering", "Sequential"); /* no translation */
        n->ends_remaining = !bpmn_attr_is(el, "cancelRemainingInstances", "false");
        n->parallel = bpmn_attr_is(el, "parallelMultiple", "true");
        n->interrupting =
            !bpmn_attr_is(el, "cancelActivity", "false") && !bpmn_attr_is(el, "isInterrupting", "false");
        if (el->is & IS_EVENT) bpmn_compile_event(a, d, x, el, n);
        if (el->is & (IS_ACTIVITY | IS_CALLABLE)) bpmn_compile_activity(a, d, x, el, n);
        if (el->tag == TAG_COMPLEX || el->tag == TAG_AD_HOC) {
            const struct bpmn_el *c =
                bpmn_child(el, el->tag == TAG_COMPLEX ? TAG_ACTIVATION_CONDITION : TAG_COMPLETION_CONDITION);

            n->condition = c ? bpmn_expr(x, c->text) : NULL;
        }
    }
    for (int i = 0; i < b->node_count; i++) {
        int top = i;

        while (b->nodes[top].parent >= 0)
            top = b->nodes[top].parent;
        b->nodes[i].process = top;
    }
}

static void flows(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x, struct bpmn *b)
{
    int count = 0;

    BPMN_ALL(el, d)
    {
        const struct bpmn_el *condition;
        struct bpmn_flow *f;
        int from = node_of(bpmn_ref(d, el, "sourceRef")), to = node_of(bpmn_ref(d, el, "targetRef"));

        if (el->tag != TAG_SEQUENCE_FLOW || from < 0 || to < 0) continue;
        f = &b->flows[count];
        condition = bpmn_child(el, TAG_CONDITION_EXPRESSION);
        *f = (struct bpmn_flow){
            .id = name_of(a, el->id, count++), .name = bpmn_attr(el, "name"), .from = from, .to = to};
        if (condition && condition->text.len) f->condition = bpmn_expr(x, condition->text);
    }
    b->flow_count = count;
}

/* Lists of numbers per node: counted, given room, filled. */
static void link_flows(struct arena *a, struct bpmn *b)
{
    for (int i = 0; i < b->flow_count; i++) {
        b->nodes[b->flows[i].from].out_count++;
        b->nodes[b->flows[i].to].in_count++;
    }
    for (int i = 0; i < b->node_count; i++) {
        struct bpmn_node *n = &b->nodes[i];

        n->in = ARENA_ARRAY(a, n->in_count + 1, int);
        n->out = ARENA_ARRAY(a, n->out_count + 1, int);
        n->in_count = n->out_count = 0;
        if (n->parent >= 0) b->nodes[n->parent].child_count++;
        if (n->attached >= 0) b->nodes[n->attached].boundary_count++;
    }
    for (int i = 0; i < b->flow_count; i++) {
        struct bpmn_node *from = &b->nodes[b->flows[i].from], *to = &b->nodes[b->flows[i].to];

        from->out[from->out_count++] = i;
        to->in[to->in_count++] = i;
    }
    for (int i = 0; i < b->node_count; i++) {
        struct bpmn_node *n = &b->nodes[i];

        n->children = ARENA_ARRAY(a, n->child_count + 1, int);
        n->boundaries = ARENA_ARRAY(a, n->boundary_count + 1, int);
        n->child_count = n->boundary_count = 0;
    }
    for (int i = 0; i < b->node_count; i++) {
        struct bpmn_node *n = &b->nodes[i];

        if (n->parent >= 0) {
            struct bpmn_node *p = &b->nodes[n->parent];

            p->children[p->child_count++] = i;
        }
        if (n->attached >= 0) {
            struct bpmn_node *h = &b->nodes[n->attached];

            h->boundaries[h->boundary_count++] = i;
        }
    }
}

static void defaults(const struct bpmn_doc *d, struct bpmn *b)
{
    BPMN_ALL(el, d)
    {
        struct str ref = bpmn_attr(el, "default");
        struct bpmn_node *n;

        if (el->node < 0 || !ref.len) continue;
        n = &b->nodes[el->node];
        for (size_t i = 0; i < n->out_count; i++)
            if (str_eq(b->flows[n->out[i]].id, ref)) n->default_flow = n->out[i];
    }
}

/* A compensation boundary event and its handler are joined by an association (10.6). */
static void handlers(const struct bpmn_doc *d, struct bpmn *b)
{
    BPMN_ALL(el, d)
    {
        const struct bpmn_el *from, *to;

        if (el->tag != TAG_ASSOCIATION) continue;
        from = bpmn_ref(d, el, "sourceRef");
        to = bpmn_ref(d, el, "targetRef");
        if (from && to && from->tag == TAG_BOUNDARY_EVENT && to->node >= 0 &&
            b->nodes[to->node].for_compensation && b->nodes[from->node].attached >= 0)
            b->nodes[b->nodes[from->node].attached].handler = to->node;
    }
}

/* An inner lane is more precise than the one around it: the last one in the document wins. */
static void lanes(const struct bpmn_doc *d, struct bpmn *b)
{
    BPMN_ALL(el, d)
    {
        const struct bpmn_el *node;
        struct str name;

        if (el->tag != TAG_FLOW_NODE_REF || el->parent->tag != TAG_LANE) continue;
        node = bpmn_by_id(d, el->text);
        name = bpmn_attr(el->parent, "name");
        if (!name.len) name = el->parent->id;
        if (node && node->node >= 0 && !b->nodes[node->node].role.len) b->nodes[node->node].role = name;
    }
}

static void message_flows(const struct bpmn_doc *d, struct bpmn *b)
{
    BPMN_ALL(el, d)
    {
        const struct bpmn_el *from;

        if (el->tag != TAG_MESSAGE_FLOW) continue;
        from = bpmn_ref(d, el, "sourceRef");
        if (from && from->node >= 0) b->nodes[from->node].target = bpmn_ref_text(el, "targetRef");
    }
}

static struct str link_name(const struct bpmn_el *trigger)
{
    return bpmn_attr(trigger, "name");
}

/* The other end of a link: named by target or source, else of the same name in the same level (10.4.5). */
static int link_end(const struct bpmn_doc *d, const struct bpmn_el *throws)
{
    const struct bpmn_el *mine[TRIGGERS_MAX];
    size_t n = bpmn_triggers(d, throws, mine, TRIGGERS_MAX);
    struct bpmn_el *level = throws->parent;

    for (size_t i = 0; i < n; i++) {
        const struct bpmn_el *target = bpmn_ref(d, mine[i], "target");

        if (mine[i]->tag != TAG_LINK_TRIGGER) continue;
        if (target && target->parent) return target->parent->node;
        BPMN_CHILDREN(c, level)
        {
            const struct bpmn_el *other = c->tag == TAG_CATCH_EVENT ? bpmn_child(c, TAG_LINK_TRIGGER) : NULL;

            if (other && (str_eq(bpmn_ref_text(other, "source"), mine[i]->id) ||
                          (link_name(other).len && str_eq(link_name(other), link_name(mine[i])))))
                return c->node;
        }
    }
    return -1;
}

static void links(const struct bpmn_doc *d, struct bpmn *b)
{
    BPMN_ALL(el, d)
    {
        if (el->node >= 0 && el->tag == TAG_THROW_EVENT) b->nodes[el->node].link = link_end(d, el);
    }
}

static int by_node_id(const void *x, const void *y, void *nodes)
{
    const struct bpmn_node *n = nodes;
    int order = str_cmp(n[*(const int *)x].id, n[*(const int *)y].id);

    return order ? order : *(const int *)x - *(const int *)y;
}

void bpmn_index(struct arena *a, struct bpmn *b)
{
    int *list = ARENA_ARRAY(a, (size_t)b->node_count + 1, int);

    for (int i = 0; i < b->node_count; i++)
        list[i] = i;
    qsort_r(list, (size_t)b->node_count, sizeof(*list), by_node_id, b->nodes);
    b->by_id = list;
}

struct bpmn *bpmn_compile(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x)
{
    struct bpmn *b = ARENA_NEW(a, struct bpmn);

    number(d, b);
    b->nodes = ARENA_ARRAY(a, (size_t)b->node_count + 1, struct bpmn_node);
    b->flows = ARENA_ARRAY(a, (size_t)b->flow_count + 1, struct bpmn_flow);
    fill(a, d, x, b);
    flows(a, d, x, b);
    link_flows(a, b);
    defaults(d, b);
    handlers(d, b);
    lanes(d, b);
    message_flows(d, b);
    links(d, b);
    bpmn_index(a, b);
    return b;
}

struct bpmn *bpmn_load(struct arena *a, struct str xml, const struct bpmn_options *options,
                       struct bpmn_findings *findings, struct err *e)
{
    struct bpmn_doc *d = bpmn_xml_read(a, xml, e);
    struct bpmn_exprs x = bpmn_exprs_new(a, options);

    findings->count = 0;
    if (!d) return NULL;
    d->options = options;
    bpmn_check(a, d, &x, findings);
    if (findings->count) {
        err_invalid(e, "bpmn.model", "The model breaks rules of BPMN: %{arg}.");
        err_arg(e, str_fmt(a, "%s (%.*s)", findings->list[0].rule, STR_ARG(findings->list[0].element)));
        return NULL;
    }
    return bpmn_compile(a, d, &x);
}

/* ---- asking ---- */
int bpmn_node(const struct bpmn *b, struct str id)
{
    int low = 0, high = b->node_count;

    while (low < high) {
        int mid = low + (high - low) / 2;

        if (str_cmp(b->nodes[b->by_id[mid]].id, id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < b->node_count && id.len && str_eq(b->nodes[b->by_id[low]].id, id) ? b->by_id[low] : -1;
}

int bpmn_node_count(const struct bpmn *b)
{
    return b->node_count;
}

enum bpmn_kind bpmn_node_kind(const struct bpmn *b, int node)
{
    return b->nodes[node].kind;
}

struct str bpmn_node_id(const struct bpmn *b, int node)
{
    return b->nodes[node].id;
}

struct str bpmn_node_name(const struct bpmn *b, int node)
{
    return b->nodes[node].name;
}

struct str bpmn_node_role(const struct bpmn *b, int node)
{
    return b->nodes[node].role;
}

int bpmn_node_parent(const struct bpmn *b, int node)
{
    return b->nodes[node].parent;
}

struct str bpmn_node_note(const struct bpmn *b, int node, const char *name)
{
    const struct bpmn_node *n = &b->nodes[node];

    for (size_t i = 0; i < n->attr_count; i++) {
        struct str key = n->attrs[i].name;

        if (key.len > 1 && key.ptr[0] == ':' && str_eq_c(str_slice(key, 1, key.len), name))
            return n->attrs[i].value;
    }
    return STR_EMPTY;
}

int bpmn_node_host(const struct bpmn *b, int node)
{
    return b->nodes[node].attached;
}

bool bpmn_node_catches_error(const struct bpmn *b, int node, struct str *code)
{
    const struct bpmn_node *n = &b->nodes[node];

    for (size_t i = 0; n->kind == BPMN_BOUNDARY_EVENT && i < n->trigger_count; i++) {
        if (n->triggers[i].kind != TRIGGER_ERROR) continue;
        *code = n->triggers[i].code;
        return true;
    }
    return false;
}

struct str bpmn_node_topic(const struct bpmn *b, int node)
{
    return b->nodes[node].topic;
}

int bpmn_node_called(const struct bpmn *b, int node)
{
    return b->nodes[node].called;
}

bool bpmn_runs_script(const struct bpmn *b, int node)
{
    return b->nodes[node].script != NULL;
}

bool bpmn_node_about_message(const struct bpmn *b, int node)
{
    const struct bpmn_node *n = &b->nodes[node];

    for (size_t i = 0; i < n->trigger_count; i++)
        if (n->triggers[i].kind == TRIGGER_MESSAGE) return true;
    return n->kind == BPMN_RECEIVE_TASK || n->kind == BPMN_SEND_TASK;
}

struct str bpmn_message_named(const struct bpmn *b, struct str name)
{
    for (int i = 0; i < b->node_count; i++) {
        const struct bpmn_node *n = &b->nodes[i];

        if (n->kind == BPMN_RECEIVE_TASK && n->message.len &&
            (str_eq(n->message, name) || str_eq(n->message_name, name)))
            return n->message;
        for (size_t k = 0; k < n->trigger_count; k++)
            if (n->triggers[k].kind == TRIGGER_MESSAGE && n->triggers[k].ref.len &&
                (str_eq(n->triggers[k].ref, name) || str_eq(n->triggers[k].code, name)))
                return n->triggers[k].ref;
    }
    return STR_EMPTY;
}

bool bpmn_edge(const struct bpmn *b, int index, struct bpmn_edge *out)
{
    const struct bpmn_flow *f = index >= 0 && index < b->flow_count ? &b->flows[index] : NULL;

    if (!f) return false;
    *out = (struct bpmn_edge){.id = f->id,
                              .name = f->name,
                              .from = f->from,
                              .to = f->to,
                              .conditional = f->condition,
                              .standard = b->nodes[f->from].default_flow == index};
    return true;
}

int bpmn_process(const struct bpmn *b, size_t index)
{
    for (int i = 0; i < b->node_count; i++)
        if (b->nodes[i].kind == BPMN_PROCESS && index-- == 0) return i;
    return -1;
}

bool bpmn_executable(const struct bpmn *b, int process)
{
    return b->nodes[process].executable;
}

static bool is_behind_instantiating_gateway(const struct bpmn *b, const struct bpmn_node *n)
{
    for (size_t i = 0; i < n->in_count; i++)
        if (b->nodes[b->flows[n->in[i]].from].instantiates) return true;
    return false;
}

bool bpmn_instantiates(const struct bpmn *b, int node)
{
    const struct bpmn_node *n = &b->nodes[node];

    if (n->parent < 0 || b->nodes[n->parent].kind != BPMN_PROCESS) return false;
    if (n->kind == BPMN_CATCH_EVENT || n->kind == BPMN_RECEIVE_TASK)
        return n->instantiates || is_behind_instantiating_gateway(b, n);
    return n->kind == BPMN_START_EVENT;
}

static bool starts(const struct bpmn *b, int node, bool signal, struct str id)
{
    const struct bpmn_node *n = &b->nodes[node];
    enum trigger_kind kind = signal ? TRIGGER_SIGNAL : TRIGGER_MESSAGE;

    if (!bpmn_instantiates(b, node)) return false;
    if (n->kind == BPMN_RECEIVE_TASK) return !signal && str_eq(n->message, id);
    for (size_t i = 0; i < n->trigger_count; i++)
        if (n->triggers[i].kind == kind && str_eq(n->triggers[i].ref, id)) return true;
    return false;
}

int bpmn_starts_on(const struct bpmn *b, int after, bool signal, struct str id)
{
    for (int i = after + 1; i < b->node_count; i++)
        if (starts(b, i, signal, id)) return i;
    return -1;
}

static const char *const kind_names[] = {"process",
                                         "start event",
                                         "catching event",
                                         "throwing event",
                                         "end event",
                                         "boundary event",
                                         "task",
                                         "user task",
                                         "manual task",
                                         "service task",
                                         "script task",
                                         "rule task",
                                         "send task",
                                         "receive task",
                                         "sub-process",
                                         "event sub-process",
                                         "transaction",
                                         "ad-hoc sub-process",
                                         "call activity",
                                         "exclusive gateway",
                                         "parallel gateway",
                                         "inclusive gateway",
                                         "event-based gateway",
                                         "complex gateway"};

const char *bpmn_kind_name(enum bpmn_kind kind)
{
    return kind < BPMN_KIND_COUNT ? kind_names[kind] : "";
}
