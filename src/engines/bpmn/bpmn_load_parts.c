#include "engines/bpmn/bpmn_internal.h"

/* Event definitions, loops, data and work of the nodes. */

size_t bpmn_triggers(const struct bpmn_doc *d, const struct bpmn_el *event, const struct bpmn_el **out,
                     size_t max)
{
    size_t n = 0;

    for (const struct bpmn_el *c = event->first; c && n < max; c = c->next) {
        const struct bpmn_el *t = c->tag == TAG_TRIGGER_REF ? bpmn_by_id(d, c->text) : c;

        if (t && (t->is & IS_TRIGGER)) out[n++] = t;
    }
    return n;
}

static const struct {
    enum bpmn_tag tag;
    enum trigger_kind kind;
    const char *ref;  /* attribute that names what it is about */
    const char *code; /* of that */
} triggers[] = {
    {TAG_MESSAGE_TRIGGER, TRIGGER_MESSAGE, "messageRef", "name"},
    {TAG_TIMER_TRIGGER, TRIGGER_TIMER, NULL, NULL},
    {TAG_SIGNAL_TRIGGER, TRIGGER_SIGNAL, "signalRef", "name"},
    {TAG_ERROR_TRIGGER, TRIGGER_ERROR, "errorRef", "errorCode"},
    {TAG_ESCALATION_TRIGGER, TRIGGER_ESCALATION, "escalationRef", "escalationCode"},
    {TAG_TERMINATE_TRIGGER, TRIGGER_TERMINATE, NULL, NULL},
    {TAG_CONDITIONAL_TRIGGER, TRIGGER_CONDITION, NULL, NULL},
    {TAG_COMPENSATE_TRIGGER, TRIGGER_COMPENSATION, "activityRef", NULL},
    {TAG_LINK_TRIGGER, TRIGGER_LINK, NULL, NULL},
    {TAG_CANCEL_TRIGGER, TRIGGER_CANCEL, NULL, NULL},
};

static void timer(struct bpmn_exprs *x, const struct bpmn_el *el, struct bpmn_trigger *t)
{
    static const struct {
        enum bpmn_tag tag;
        enum timer_form form;
    } forms[] = {
        {TAG_TIME_DATE, TIMER_DATE}, {TAG_TIME_DURATION, TIMER_DURATION}, {TAG_TIME_CYCLE, TIMER_CYCLE}};
    int64_t n;
    struct str a, b;

    t->working_days = bpmn_attr_is(el, ":workingDays", "true");
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const struct bpmn_el *c = bpmn_child(el, forms[i].tag);

        if (!c) continue;
        t->form = forms[i].form;
        t->literal = bpmn_is_date(c->text) || bpmn_is_duration(c->text) || bpmn_is_cycle(c->text, &n, &a, &b);
        t->code = c->text;
        if (!t->literal) t->expr = bpmn_expr(x, c->text);
    }
}

const struct bpmn_trigger *bpmn_compile_trigger(struct arena *a, const struct bpmn_doc *d,
                                                struct bpmn_exprs *x, const struct bpmn_el *el)
{
    struct bpmn_trigger *t = ARENA_NEW(a, struct bpmn_trigger);
    const struct bpmn_el *c;

    t->node = -1;
    for (size_t i = 0; i < sizeof(triggers) / sizeof(triggers[0]); i++) {
        const struct bpmn_el *about;

        if (triggers[i].tag != el->tag) continue;
        t->kind = triggers[i].kind;
        about = triggers[i].ref ? bpmn_ref(d, el, triggers[i].ref) : NULL;
        if (about) {
            t->ref = about->id;
            t->node = about->node;
            t->code = triggers[i].code ? bpmn_attr(about, triggers[i].code) : STR_EMPTY;
        }
    }
    if (t->kind == TRIGGER_TIMER) timer(x, el, t);
    c = bpmn_child(el, TAG_CONDITION);
    if (t->kind == TRIGGER_CONDITION && c) t->expr = bpmn_expr(x, c->text);
    t->wait = !bpmn_attr_is(el, "waitForCompletion", "false");
    return t;
}

/* ---- data ---- */
struct str bpmn_variable(const struct bpmn_doc *d, const struct bpmn_el *el)
{
    const struct bpmn_el *object;
    struct str name;

    if (!el) return STR_EMPTY;
    object = el->tag == TAG_DATA_OBJECT_REF  ? bpmn_ref(d, el, "dataObjectRef")
             : el->tag == TAG_DATA_STORE_REF ? bpmn_ref(d, el, "dataStoreRef")
                                             : el;
    if (!object) object = el;
    name = bpmn_attr(object, "name");
    return name.len ? name : object->id;
}

static struct str name_of_ref(const struct bpmn_doc *d, struct str ref)
{
    const struct bpmn_el *el = bpmn_by_id(d, ref);

    return el ? bpmn_variable(d, el) : ref;
}

static size_t maps(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x, const struct bpmn_el *el,
                   enum bpmn_tag tag, const struct bpmn_map **out)
{
    size_t n = 0, room = 0;
    struct bpmn_map *list;

    BPMN_CHILDREN(c, el)
    {
        if (c->tag == tag) room += 1 + bpmn_children(c, TAG_ASSIGNMENT);
    }
    list = ARENA_ARRAY(a, room + 1, struct bpmn_map);
    BPMN_CHILDREN(c, el)
    {
        const struct bpmn_el *transform = bpmn_child(c, TAG_TRANSFORMATION);
        struct str from = name_of_ref(d, bpmn_ref_text(c, "sourceRef"));
        struct str to = name_of_ref(d, bpmn_ref_text(c, "targetRef"));

        if (c->tag != tag) continue;
        if (!bpmn_children(c, TAG_ASSIGNMENT))
            list[n++] = (struct bpmn_map){
                .from = from, .to = to, .transform = transform ? bpmn_expr(x, transform->text) : NULL};
        BPMN_CHILDREN(as, c)
        {
            const struct bpmn_el *f = bpmn_child(as, TAG_FROM), *t = bpmn_child(as, TAG_TO);

            if (as->tag == TAG_ASSIGNMENT && f && t)
                list[n++] = (struct bpmn_map){
                    .from = from, .to = name_of_ref(d, t->text), .transform = bpmn_expr(x, f->text)};
        }
    }
    *out = list;
    return n;
}

void bpmn_compile_event(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x,
                        const struct bpmn_el *el, struct bpmn_node *n)
{
    const struct bpmn_el *list[TRIGGERS_MAX], *attached = bpmn_ref(d, el, "attachedToRef");
    size_t count = bpmn_triggers(d, el, list, TRIGGERS_MAX);
    struct bpmn_trigger *t = ARENA_ARRAY(a, count + 1, struct bpmn_trigger);

    for (size_t i = 0; i < count; i++)
        t[i] = *bpmn_compile_trigger(a, d, x, list[i]);
    n->triggers = t;
    n->trigger_count = count;
    if (el->tag == TAG_BOUNDARY_EVENT && attached) n->attached = attached->node;
    n->input_count = maps(a, d, x, el, TAG_INPUT_ASSOCIATION, &n->inputs);
    n->output_count = maps(a, d, x, el, TAG_OUTPUT_ASSOCIATION, &n->outputs);
}

/* ---- loops ---- */
static const struct bpmn_trigger *behavior_event(struct arena *a, const struct bpmn_doc *d,
                                                 struct bpmn_exprs *x, const struct bpmn_el *el)
{
    return el ? bpmn_compile_trigger(a, d, x, el) : NULL;
}

static void behavior(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x,
                     const struct bpmn_el *el, struct bpmn_loop *l)
{
    size_t count = bpmn_children(el, TAG_COMPLEX_BEHAVIOR);

    l->behavior = bpmn_attr_is(el, "behavior", "One")       ? BEHAVIOR_ONE     /* no translation */
                  : bpmn_attr_is(el, "behavior", "None")    ? BEHAVIOR_NONE    /* no translation */
                  : bpmn_attr_is(el, "behavior", "Complex") ? BEHAVIOR_COMPLEX /* no translation */
                                                            : BEHAVIOR_ALL;
    l->event = behavior_event(
        a, d, x,
        bpmn_ref(d, el, l->behavior == BEHAVIOR_ONE ? "oneBehaviorEventRef" : "noneBehaviorEventRef"));
    l->cases = ARENA_ARRAY(a, count + 1, const struct bpmn_expr *);
    l->case_events = ARENA_ARRAY(a, count + 1, const struct bpmn_trigger *);
    BPMN_CHILDREN(c, el)
    {
        const struct bpmn_el *condition, *event, *found[1];

        if (c->tag != TAG_COMPLEX_BEHAVIOR) continue;
        condition = bpmn_child(c, TAG_CONDITION);
        event = bpmn_child(c, TAG_BEHAVIOR_EVENT);
        l->cases[l->case_count] = condition ? bpmn_expr(x, condition->text) : NULL;
        l->case_events[l->case_count++] =
            event && bpmn_triggers(d, event, found, 1) ? behavior_event(a, d, x, found[0]) : NULL;
    }
}

static const struct bpmn_expr *expr_of(struct bpmn_exprs *x, const struct bpmn_el *el, enum bpmn_tag tag)
{
    const struct bpmn_el *c = bpmn_child(el, tag);

    return c && c->text.len ? bpmn_expr(x, c->text) : NULL;
}

static const struct bpmn_loop *loop_of(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x,
                                       const struct bpmn_el *el)
{
    const struct bpmn_el *standard = bpmn_child(el, TAG_STANDARD_LOOP),
                         *multi = bpmn_child(el, TAG_MULTI_INSTANCE);
    struct bpmn_loop *l;

    if (!standard && !multi) return NULL;
    l = ARENA_NEW(a, struct bpmn_loop);
    l->maximum = -1;
    if (standard) {
        l->test_before = bpmn_attr_is(standard, "testBefore", "true");
        str_to_i64(bpmn_attr(standard, "loopMaximum"), &l->maximum);
        l->condition = expr_of(x, standard, TAG_LOOP_CONDITION);
        return l;
    }
    l->multi = true;
    l->sequential = bpmn_attr_is(multi, "isSequential", "true");
    l->cardinality = expr_of(x, multi, TAG_LOOP_CARDINALITY);
    l->completion = expr_of(x, multi, TAG_COMPLETION_CONDITION);
    l->input = name_of_ref(d, bpmn_ref_text(multi, "loopDataInputRef"));
    l->output = name_of_ref(d, bpmn_ref_text(multi, "loopDataOutputRef"));
    l->item = bpmn_variable(d, bpmn_child(multi, TAG_INPUT_ITEM));
    l->output_item = bpmn_variable(d, bpmn_child(multi, TAG_OUTPUT_ITEM));
    behavior(a, d, x, multi, l);
    return l;
}

/* ---- work ---- */
static void script(struct bpmn_exprs *x, const struct bpmn_el *el, struct bpmn_node *n)
{
    const struct bpmn_el *s = bpmn_child(el, TAG_SCRIPT);
    struct str standing = x->options ? x->options->script_format : STR_EMPTY;

    if (!s) return;
    n->script_text = s->text;
    n->script_format = bpmn_attr(el, "scriptFormat");
    if (!n->script_format.len) n->script_format = bpmn_attr(el, "scriptLanguage");
    if (!n->script_format.len) n->script_format = standing;
    if (!n->script_format.len || str_find(n->script_format, STR("feel")) != SIZE_MAX ||
        str_find(n->script_format, STR("FEEL")) != SIZE_MAX)
        n->script = bpmn_expr(x, s->text);
}

/* A resource the task names says more than the lane it stands in. */
static void role(const struct bpmn_doc *d, const struct bpmn_el *el, struct bpmn_node *n)
{
    BPMN_CHILDREN(c, el)
    {
        const struct bpmn_el *resource;

        if (c->tag != TAG_PERFORMER && c->tag != TAG_HUMAN_PERFORMER && c->tag != TAG_POTENTIAL_OWNER &&
            c->tag != TAG_RESOURCE_ROLE)
            continue;
        resource = bpmn_ref(d, c, "resourceRef");
        if (resource) n->role = bpmn_variable(d, resource);
    }
    if (!n->role.len) n->role = bpmn_attr(el, ":candidateGroups");
}

/* The short form of calls and rules, behind the associations of the standard. What a rule is given by name
 * may be a part of something ("answers.area"), so that it is read as an expression too. */
static void passes(struct arena *a, struct bpmn_exprs *x, const struct bpmn_el *el, bool out,
                   const struct bpmn_map **maps_of, size_t *count, bool *all)
{
    struct bpmn_map *list = ARENA_ARRAY(a, *count + el->pass_count + 1, struct bpmn_map);

    if (*count) memcpy(list, *maps_of, *count * sizeof(*list));
    for (size_t i = 0; i < el->pass_count; i++) {
        const struct bpmn_pass *p = &el->passes[i];
        struct str text = p->expression.len || el->tag != TAG_RULE_TASK || out ? p->expression : p->from;

        if (p->out != out) continue;
        *all |= p->all;
        if (!p->to.len || (!p->from.len && !p->expression.len)) continue;
        list[(*count)++] = (struct bpmn_map){
            .from = p->from, .to = p->to, .transform = text.len ? bpmn_expr(x, text) : NULL};
    }
    *maps_of = list;
}

void bpmn_compile_activity(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x,
                           const struct bpmn_el *el, struct bpmn_node *n)
{
    static const char *const topics[] = {":topic", "operationRef", ":decisionRef", "calledElement",
                                         "implementation"};
    const struct bpmn_el *message = bpmn_ref(d, el, "messageRef"), *called = bpmn_ref(d, el, "calledElement");

    n->loop = loop_of(a, d, x, el);
    n->input_count = maps(a, d, x, el, TAG_INPUT_ASSOCIATION, &n->inputs);
    n->output_count = maps(a, d, x, el, TAG_OUTPUT_ASSOCIATION, &n->outputs);
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]) && !n->topic.len; i++)
        n->topic = bpmn_attr(el, topics[i]);
    n->result = bpmn_attr(el, ":resultVariable");
    n->called = called ? called->node : -1;
    if (el->pass_count) {
        passes(a, x, el, false, &n->inputs, &n->input_count, &n->gives_all);
        passes(a, x, el, true, &n->outputs, &n->output_count, &n->takes_all);
    }
    if (message) {
        n->message = message->id;
        n->message_name = bpmn_attr(message, "name");
    }
    if (el->tag == TAG_SCRIPT_TASK || el->tag == TAG_GLOBAL_SCRIPT_TASK) script(x, el, n);
    role(d, el, n);
}
