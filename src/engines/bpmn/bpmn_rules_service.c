#include "engines/bpmn/bpmn_rules.h"

/* Services: operations, messages and what is called (8.5.3, 10.3.3, 10.3.6). */

#define RULE(predicate)                                                                                      \
    static bool predicate(__attribute__((unused)) const struct bpmn_checks *c, const struct bpmn_el *el)

static size_t sets(const struct bpmn_el *el, enum bpmn_tag tag)
{
    const struct bpmn_el *io = bpmn_child(el, TAG_IO);

    return io ? bpmn_children(io, tag) : 0;
}

static const struct bpmn_el *data(const struct bpmn_el *el, enum bpmn_tag tag)
{
    const struct bpmn_el *io = bpmn_child(el, TAG_IO);

    return io ? bpmn_child(io, tag) : NULL;
}

/* What a message carries against what a task holds: a task that says nothing about it does not fit either. */
static bool misfits(const struct bpmn_checks *c, const struct bpmn_el *message, const struct bpmn_el *held)
{
    const struct bpmn_el *carried = message ? bpmn_item(c, message) : NULL,
                         *item = held ? bpmn_item(c, held) : NULL;

    if (!carried || !held) return false;
    return !item || bpmn_items_differ(carried, item);
}

/* ---- service tasks ---- */
static const struct bpmn_el *operation(const struct bpmn_checks *c, const struct bpmn_el *el)
{
    const struct bpmn_el *op = bpmn_ref(c->d, el, "operationRef");

    return op && op->tag == TAG_OPERATION ? op : NULL;
}
RULE(service_input_sets)
{
    return operation(c, el) && sets(el, TAG_INPUT_SET) != 1;
}
RULE(service_output_sets)
{
    return operation(c, el) && sets(el, TAG_OUTPUT_SET) > 1;
}
RULE(service_input)
{
    const struct bpmn_el *op = operation(c, el);

    return op && misfits(c, bpmn_ref(c->d, op, "inMessageRef"), data(el, TAG_DATA_INPUT));
}
RULE(service_output)
{
    const struct bpmn_el *op = operation(c, el);

    return op && misfits(c, bpmn_ref(c->d, op, "outMessageRef"), data(el, TAG_DATA_OUTPUT));
}

/* ---- send and receive ---- */
static const struct bpmn_el *message(const struct bpmn_checks *c, const struct bpmn_el *el)
{
    const struct bpmn_el *m = bpmn_ref(c->d, el, "messageRef");

    return m && m->tag == TAG_MESSAGE ? m : NULL;
}
RULE(send_sets)
{
    return message(c, el) && sets(el, TAG_INPUT_SET) > 1;
}
RULE(send_inputs)
{
    const struct bpmn_el *io = bpmn_child(el, TAG_IO);

    return message(c, el) && io && bpmn_children(io, TAG_DATA_INPUT) > 1;
}
RULE(send_item)
{
    return misfits(c, message(c, el), data(el, TAG_DATA_INPUT));
}
RULE(receive_sets)
{
    return message(c, el) && sets(el, TAG_OUTPUT_SET) > 1;
}
RULE(receive_outputs)
{
    const struct bpmn_el *io = bpmn_child(el, TAG_IO);

    return message(c, el) && io && bpmn_children(io, TAG_DATA_OUTPUT) > 1;
}
RULE(receive_item)
{
    return misfits(c, message(c, el), data(el, TAG_DATA_OUTPUT));
}

/* ---- call activities ---- */
/* Inputs, or outputs, of both in their order: as many, and the same items. */
static bool matches(const struct bpmn_checks *c, const struct bpmn_el *x, const struct bpmn_el *y,
                    enum bpmn_tag tag)
{
    const struct bpmn_el *a = x ? bpmn_child(x, tag) : NULL, *b = y ? bpmn_child(y, tag) : NULL;

    while (a || b) {
        if (!a || !b || bpmn_items_differ(bpmn_item(c, a), bpmn_item(c, b))) return false;
        do
            a = a->next;
        while (a && a->tag != tag);
        do
            b = b->next;
        while (b && b->tag != tag);
    }
    return true;
}
RULE(call_differs)
{
    const struct bpmn_el *called = bpmn_ref(c->d, el, "calledElement");
    const struct bpmn_el *mine = bpmn_child(el, TAG_IO), *theirs;

    if (!called || !(called->is & IS_CALLABLE)) return false;
    theirs = bpmn_child(called, TAG_IO);
    return !matches(c, mine, theirs, TAG_DATA_INPUT) || !matches(c, mine, theirs, TAG_DATA_OUTPUT);
}
RULE(service_unbound)
{
    return bpmn_child(el, TAG_SUPPORTED_INTERFACE_REF) && !bpmn_child(el, TAG_IO_BINDING);
}
RULE(binding_differs)
{
    const struct bpmn_el *op = operation(c, el);

    return op && (misfits(c, bpmn_ref(c->d, op, "inMessageRef"), bpmn_ref(c->d, el, "inputDataRef")) ||
                  misfits(c, bpmn_ref(c->d, op, "outMessageRef"), bpmn_ref(c->d, el, "outputDataRef")));
}

/* ---- resources ---- */
RULE(role_assigned_twice)
{
    return bpmn_child(el, TAG_RESOURCE_ASSIGNMENT) &&
           (bpmn_child(el, TAG_RESOURCE_REF) || bpmn_child(el, TAG_RESOURCE_BINDING));
}
RULE(role_bound_to_nothing)
{
    return bpmn_child(el, TAG_RESOURCE_BINDING) && !bpmn_child(el, TAG_RESOURCE_REF);
}

#define ROLE_RULES(tag)                                                                                      \
    {"resource-role.assignment",                                                                             \
     "10.3.2",                                                                                               \
     "A role is assigned by an expression and by a resource.",                                               \
     39,                                                                                                     \
     0,                                                                                                      \
     0,                                                                                                      \
     tag,                                                                                                    \
     false,                                                                                                  \
     role_assigned_twice},                                                                                   \
    {                                                                                                        \
        "resource-role.binding", "10.3.2", "A role binds parameters but names no resource.", 40, 0, 0, tag,  \
            false, role_bound_to_nothing                                                                     \
    }

static const struct bpmn_rule rules[] = {
    {"service-task.input-set", "10.3.3", "A service task with an operation has not exactly one input set.",
     42, 0, 0, TAG_SERVICE_TASK, true, service_input_sets},
    {"service-task.output-set", "10.3.3", "A service task with an operation has several output sets.", 43, 0,
     0, TAG_SERVICE_TASK, false, service_output_sets},
    {"service-task.input", "10.3.3", "The data input of a service task does not fit its operation.", 0, 0, 0,
     TAG_SERVICE_TASK, false, service_input},
    {"service-task.output", "10.3.3", "The data output of a service task does not fit its operation.", 45, 0,
     0, TAG_SERVICE_TASK, false, service_output},
    {"send-task.sets", "10.3.3", "A send task with a message has several input sets.", 46, 0, 0,
     TAG_SEND_TASK, false, send_sets},
    {"send-task.inputs", "10.3.3", "A send task with a message has several data inputs.", 0, 0, 0,
     TAG_SEND_TASK, false, send_inputs},
    {"send-task.item", "10.3.3", "The data input of a send task does not fit its message.", 48, 0, 0,
     TAG_SEND_TASK, false, send_item},
    {"receive-task.sets", "10.3.3", "A receive task with a message has several output sets.", 0, 0, 0,
     TAG_RECEIVE_TASK, false, receive_sets},
    {"receive-task.outputs", "10.3.3", "A receive task with a message has several data outputs.", 51, 0, 0,
     TAG_RECEIVE_TASK, false, receive_outputs},
    {"receive-task.item", "10.3.3", "The data output of a receive task does not fit its message.", 52, 0, 0,
     TAG_RECEIVE_TASK, false, receive_item},
    {"call-activity.io", "10.3.6", "A call activity and what it calls have different inputs or outputs.", 63,
     0, 0, TAG_CALL_ACTIVITY, false, call_differs},
    {"callable.binding", "8.5.3", "What is offered as a service has no input/output binding.", 64, 0,
     IS_CALLABLE, TAG_UNKNOWN, false, service_unbound},
    {"binding.operation", "8.5.3", "An input/output binding does not fit its operation.", 65, 0, 0,
     TAG_IO_BINDING, false, binding_differs},
    ROLE_RULES(TAG_RESOURCE_ROLE),
    ROLE_RULES(TAG_PERFORMER),
    ROLE_RULES(TAG_HUMAN_PERFORMER),
    ROLE_RULES(TAG_POTENTIAL_OWNER),
};
const struct bpmn_rules bpmn_rules_service = {rules, sizeof(rules) / sizeof(rules[0])};
