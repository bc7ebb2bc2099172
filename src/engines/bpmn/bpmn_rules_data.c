#include "engines/bpmn/bpmn_rules.h"

/* Data: items, inputs and outputs, associations (8.4.10, 10.3.1, 10.4.1, 10.5.7). */

#define RULE(predicate)                                                                                      \
    static bool predicate(__attribute__((unused)) const struct bpmn_checks *c, const struct bpmn_el *el)

static bool is_true(const struct bpmn_el *el, const char *name)
{
    return bpmn_attr_is(el, name, "true");
}

RULE(collection_differs)
{
    const struct bpmn_el *item = bpmn_ref(c->d, el, "itemSubjectRef");

    return item && item->tag == TAG_ITEM_DEFINITION &&
           is_true(el, "isCollection") != is_true(item, "isCollection");
}

/* ---- input and output sets ---- */
static bool listed(const struct bpmn_checks *c, const struct bpmn_el *set, enum bpmn_tag tag,
                   const struct bpmn_el *el)
{
    BPMN_CHILDREN(r, set)
    {
        if (r->tag == tag && bpmn_by_id(c->d, r->text) == el) return true;
    }
    return false;
}
static bool in_a_set(const struct bpmn_checks *c, const struct bpmn_el *el, enum bpmn_tag set,
                     enum bpmn_tag refs)
{
    BPMN_CHILDREN(s, el->parent)
    {
        if (s->tag == set && listed(c, s, refs, el)) return true;
    }
    return false;
}
RULE(input_in_no_set)
{
    return !in_a_set(c, el, TAG_INPUT_SET, TAG_DATA_INPUT_REFS);
}
RULE(output_in_no_set)
{
    return !in_a_set(c, el, TAG_OUTPUT_SET, TAG_DATA_OUTPUT_REFS);
}
/* What is optional, or taken while it runs, is one of the set. */
static bool stray(const struct bpmn_checks *c, const struct bpmn_el *set, enum bpmn_tag some,
                  enum bpmn_tag all)
{
    BPMN_CHILDREN(r, set)
    {
        if (r->tag == some && !listed(c, set, all, bpmn_by_id(c->d, r->text))) return true;
    }
    return false;
}
RULE(optional_input_stray)
{
    return stray(c, el, TAG_OPTIONAL_INPUT_REFS, TAG_DATA_INPUT_REFS);
}
RULE(while_input_stray)
{
    return stray(c, el, TAG_WHILE_INPUT_REFS, TAG_DATA_INPUT_REFS);
}
RULE(optional_output_stray)
{
    return stray(c, el, TAG_OPTIONAL_OUTPUT_REFS, TAG_DATA_OUTPUT_REFS);
}
RULE(while_output_stray)
{
    return stray(c, el, TAG_WHILE_OUTPUT_REFS, TAG_DATA_OUTPUT_REFS);
}
static bool one_way(const struct bpmn_checks *c, const struct bpmn_el *el, enum bpmn_tag there,
                    enum bpmn_tag back)
{
    BPMN_CHILDREN(r, el)
    {
        const struct bpmn_el *other = r->tag == there ? bpmn_by_id(c->d, r->text) : NULL;

        if (other && !listed(c, other, back, el)) return true;
    }
    return false;
}
RULE(sets_one_way)
{
    return el->tag == TAG_INPUT_SET ? one_way(c, el, TAG_OUTPUT_SET_REFS, TAG_INPUT_SET_REFS)
                                    : one_way(c, el, TAG_INPUT_SET_REFS, TAG_OUTPUT_SET_REFS);
}
RULE(sub_process_has_io)
{
    return bpmn_child(el, TAG_IO) != NULL;
}

/* ---- associations ---- */
static const struct bpmn_el *end(const struct bpmn_checks *c, const struct bpmn_el *el, enum bpmn_tag side)
{
    const struct bpmn_el *ref = bpmn_child(el, side);

    return ref ? bpmn_by_id(c->d, ref->text) : NULL;
}
RULE(items_differ)
{
    const struct bpmn_el *from = end(c, el, TAG_SOURCE_REF), *to = end(c, el, TAG_TARGET_REF);

    return !bpmn_child(el, TAG_TRANSFORMATION) && from && to &&
           bpmn_items_differ(bpmn_item(c, from), bpmn_item(c, to));
}
RULE(several_sources)
{
    return !bpmn_child(el, TAG_TRANSFORMATION) && bpmn_children(el, TAG_SOURCE_REF) > 1;
}
static bool belongs_to_process(const struct bpmn_el *el, enum bpmn_tag tag)
{
    return el && el->tag == tag && el->parent->parent && el->parent->parent->tag == TAG_PROCESS;
}
RULE(process_output_is_source)
{
    return el->tag == TAG_INPUT_ASSOCIATION &&
           belongs_to_process(end(c, el, TAG_SOURCE_REF), TAG_DATA_OUTPUT);
}
RULE(process_input_is_target)
{
    return el->tag == TAG_OUTPUT_ASSOCIATION &&
           belongs_to_process(end(c, el, TAG_TARGET_REF), TAG_DATA_INPUT);
}
RULE(property_elsewhere)
{
    return !(el->parent->is & (IS_PROCESS | IS_ACTIVITY | IS_EVENT));
}

/* "Object [state]" (10.3.1). */
RULE(name_without_state)
{
    const struct bpmn_el *object = bpmn_ref(c->d, el, "dataObjectRef"),
                         *state = bpmn_child(el, TAG_DATA_STATE);
    struct str wanted;

    if (!object || !state) return false;
    wanted = str_fmt(c->arena, "%.*s [%.*s]", STR_ARG(bpmn_attr(object, "name")),
                     STR_ARG(bpmn_attr(state, "name")));
    return !str_eq(bpmn_attr(el, "name"), wanted);
}

/* ---- multi-instance ---- */
RULE(loop_input_unknown)
{
    const struct bpmn_el *in = bpmn_ref(c->d, el, "loopDataInputRef");
    const struct bpmn_el *io = bpmn_child(el->parent, TAG_IO);

    if (!bpmn_child(el, TAG_LOOP_INPUT)) return false;
    if (el->parent->is & IS_SUB_PROCESS) return !in || !(in->is & IS_DATA);
    return !in || in->tag != TAG_DATA_INPUT || in->parent != io;
}
RULE(loop_output_unknown)
{
    const struct bpmn_el *out = bpmn_ref(c->d, el, "loopDataOutputRef");
    const struct bpmn_el *io = bpmn_child(el->parent, TAG_IO);

    if (!bpmn_child(el, TAG_LOOP_OUTPUT)) return false;
    if (el->parent->is & IS_SUB_PROCESS) return !out || !(out->is & IS_DATA);
    return !out || out->tag != TAG_DATA_OUTPUT || out->parent != io;
}
static bool collection_and_item(const struct bpmn_checks *c, const struct bpmn_el *el, const char *all,
                                enum bpmn_tag one)
{
    const struct bpmn_el *collection = bpmn_item(c, bpmn_ref(c->d, el, all));
    const struct bpmn_el *item = bpmn_child(el, one) ? bpmn_item(c, bpmn_child(el, one)) : NULL;

    return !collection || !item ||
           (is_true(collection, "isCollection") && !is_true(item, "isCollection") &&
            str_eq(bpmn_attr(collection, "structureRef"), bpmn_attr(item, "structureRef")));
}
RULE(loop_output_differs)
{
    return !collection_and_item(c, el, "loopDataOutputRef", TAG_OUTPUT_ITEM);
}
RULE(loop_input_differs)
{
    return !collection_and_item(c, el, "loopDataInputRef", TAG_INPUT_ITEM);
}

/* ---- data of events ---- */
static bool carries(const struct bpmn_el *t)
{
    return t->tag == TAG_MESSAGE_TRIGGER || t->tag == TAG_SIGNAL_TRIGGER || t->tag == TAG_ERROR_TRIGGER ||
           t->tag == TAG_ESCALATION_TRIGGER;
}
static enum bpmn_tag side_of(const struct bpmn_el *event)
{
    return event->is & IS_CATCH ? TAG_DATA_OUTPUT : TAG_DATA_INPUT;
}
RULE(event_lacks_data)
{
    const struct bpmn_el *list[TRIGGERS_MAX];
    size_t n = bpmn_triggers(c->d, el, list, TRIGGERS_MAX), carrying = 0;
    size_t data = bpmn_children(el, side_of(el));

    for (size_t i = 0; i < n; i++)
        carrying += carries(list[i]);
    return data && carrying > 1 && data < carrying;
}
/* The data of the event and the triggers are paired in their order (10.4.1). */
RULE(event_data_differs)
{
    static const char *const about[] = {"messageRef", "signalRef", "errorRef", "escalationRef"};
    const struct bpmn_el *list[TRIGGERS_MAX];
    size_t n = bpmn_triggers(c->d, el, list, TRIGGERS_MAX), i = 0;

    BPMN_CHILDREN(data, el)
    {
        const struct bpmn_el *held = NULL;

        if (data->tag != side_of(el)) continue;
        while (i < n && !carries(list[i]))
            i++;
        if (i == n) return false;
        for (size_t k = 0; k < sizeof(about) / sizeof(about[0]) && !held; k++)
            held = bpmn_ref(c->d, list[i], about[k]);
        if (held && bpmn_items_differ(bpmn_item(c, held), bpmn_item(c, data))) return true;
        i++;
    }
    return false;
}

static const struct bpmn_rule rules[] = {
    {"data-object.collection", "8.4.10", "isCollection is not what the item definition says.", 20, 0, 0,
     TAG_DATA_OBJECT, false, collection_differs},
    {"data-input.collection", "8.4.10", "isCollection is not what the item definition says.", 20, 81, 0,
     TAG_DATA_INPUT, false, collection_differs},
    {"data-output.collection", "8.4.10", "isCollection is not what the item definition says.", 20, 0, 0,
     TAG_DATA_OUTPUT, false, collection_differs},
    {"data-input.set", "10.4.1", "A data input is in no input set.", 84, 0, 0, TAG_DATA_INPUT, false,
     input_in_no_set},
    {"data-output.set", "10.4.1", "A data output is in no output set.", 88, 0, 0, TAG_DATA_OUTPUT, false,
     output_in_no_set},
    {"input-set.optional", "10.4.1", "An optional input is none of its set.", 85, 0, 0, TAG_INPUT_SET, false,
     optional_input_stray},
    {"input-set.while-executing", "10.4.1", "An input taken while executing is none of its set.", 0, 0, 0,
     TAG_INPUT_SET, false, while_input_stray},
    {"output-set.optional", "10.4.1", "An optional output is none of its set.", 89, 0, 0, TAG_OUTPUT_SET,
     false, optional_output_stray},
    {"output-set.while-executing", "10.4.1", "An output given while executing is none of its set.", 0, 0, 0,
     TAG_OUTPUT_SET, false, while_output_stray},
    {"sets.both-ways", "10.4.1", "An input set and an output set do not name each other.", 87, 0, IS_SET,
     TAG_UNKNOWN, false, sets_one_way},
    {"sub-process.io", "10.3.5", "A sub-process has an input/output specification.", 79, 0, IS_SUB_PROCESS,
     TAG_UNKNOWN, false, sub_process_has_io},
    {"association.items", "10.4.2", "Source and target of a data association hold different items.", 91, 0,
     IS_ASSOCIATION, TAG_UNKNOWN, false, items_differ},
    {"association.sources", "10.4.2", "A data association without transformation has several sources.", 92, 0,
     IS_ASSOCIATION, TAG_UNKNOWN, false, several_sources},
    {"association.process-output", "10.4.1", "An output of the process is read as a source.", 82, 0,
     IS_ASSOCIATION, TAG_UNKNOWN, false, process_output_is_source},
    {"association.process-input", "10.4.1", "An input of the process is written as a target.", 0, 0,
     IS_ASSOCIATION, TAG_UNKNOWN, false, process_input_is_target},
    {"property.place", "10.4.1", "A property stands outside process, activity and event.", 78, 0, 0,
     TAG_PROPERTY, false, property_elsewhere},
    {"data-object-reference.name", "10.4.1",
     "A reference to a data object with a state is not named “object [state]”.", 76, 0, 0,
     TAG_DATA_OBJECT_REF, false, name_without_state},
    {"multi-instance.input", "10.3.8", "The loop input is no data input of the activity.", 68, 0, 0,
     TAG_MULTI_INSTANCE, false, loop_input_unknown},
    {"multi-instance.output", "10.3.8", "The loop output is no data output of the activity.", 0, 0, 0,
     TAG_MULTI_INSTANCE, false, loop_output_unknown},
    {"multi-instance.output-item", "10.3.8", "The loop output is no collection of its item.", 69, 0, 0,
     TAG_MULTI_INSTANCE, false, loop_output_differs},
    {"multi-instance.input-item", "10.3.8", "The loop input is no collection of its item.", 0, 0, 0,
     TAG_MULTI_INSTANCE, false, loop_input_differs},
    {"event.data", "10.5.1", "An event has less data than triggers that carry some.", 93, 0, IS_EVENT,
     TAG_UNKNOWN, false, event_lacks_data},
    {"event.data-item", "10.5.1", "The data of an event and its trigger hold different items.", 94, 0,
     IS_EVENT, TAG_UNKNOWN, false, event_data_differs},
};
const struct bpmn_rules bpmn_rules_data = {rules, sizeof(rules) / sizeof(rules[0])};
