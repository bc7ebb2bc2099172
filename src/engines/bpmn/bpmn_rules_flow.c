#include "engines/bpmn/bpmn_rules.h"

/* Sequence flows, message flows and gateways (7.6, 8.4.13, 9.4, 10.5). */

#define RULE(predicate)                                                                                      \
    static bool predicate(__attribute__((unused)) const struct bpmn_checks *c, const struct bpmn_el *el)

static const struct bpmn_el *source(const struct bpmn_checks *c, const struct bpmn_el *flow)
{
    return bpmn_ref(c->d, flow, "sourceRef");
}

static const struct bpmn_el *target(const struct bpmn_checks *c, const struct bpmn_el *flow)
{
    return bpmn_ref(c->d, flow, "targetRef");
}

static bool is(const struct bpmn_el *el, unsigned classes)
{
    return el && (el->is & classes);
}

/* ---- ends of flows ---- */
RULE(artifact_is_target)
{
    return is(target(c, el), IS_ARTIFACT);
}
RULE(artifact_is_source)
{
    return is(source(c, el), IS_ARTIFACT);
}
RULE(event_sub_process_is_source)
{
    return source(c, el) && bpmn_is_event_sub_process(source(c, el));
}
RULE(event_sub_process_is_target)
{
    return target(c, el) && bpmn_is_event_sub_process(target(c, el));
}
RULE(compensation_activity_in_flow)
{
    return (source(c, el) && bpmn_is_compensation(source(c, el))) ||
           (target(c, el) && bpmn_is_compensation(target(c, el)));
}
RULE(not_immediate)
{
    return bpmn_is_executable(el) && bpmn_attr_is(el, "isImmediate", "false");
}
RULE(only_flow_is_conditional)
{
    return el->out_count == 1 && bpmn_child(el->out[0], TAG_CONDITION_EXPRESSION);
}
RULE(leaves_its_level)
{
    const struct bpmn_el *from = source(c, el), *to = target(c, el);

    return is(from, IS_FLOW_NODE) && is(to, IS_FLOW_NODE) && from->parent != to->parent;
}
RULE(default_is_elsewhere)
{
    const struct bpmn_el *flow = bpmn_ref(c->d, el, "default");

    return flow && flow->tag == TAG_SEQUENCE_FLOW && source(c, flow) != el;
}

/* ---- message flows ---- */
RULE(message_flow_inside_a_pool)
{
    const struct bpmn_el *from = bpmn_pool(c, source(c, el)), *to = bpmn_pool(c, target(c, el));

    return from && from == to;
}
RULE(start_sends)
{
    return is(source(c, el), IS_CATCH) && source(c, el)->tag == TAG_START_EVENT;
}
RULE(end_receives)
{
    return is(target(c, el), IS_THROW) && target(c, el)->tag == TAG_END_EVENT;
}
RULE(wrong_way_through_intermediate)
{
    const struct bpmn_el *from = source(c, el), *to = target(c, el);

    return (from && (from->tag == TAG_CATCH_EVENT || from->tag == TAG_BOUNDARY_EVENT)) ||
           (to && to->tag == TAG_THROW_EVENT);
}

/* ---- gateways ---- */
RULE(converging_splits)
{
    return bpmn_attr_is(el, "gatewayDirection", "Converging") && el->out_count > 1; /* no translation */
}
RULE(diverging_merges)
{
    return bpmn_attr_is(el, "gatewayDirection", "Diverging") && el->in_count > 1; /* no translation */
}
RULE(mixed_is_not)
{
    return bpmn_attr_is(el, "gatewayDirection", "Mixed") && /* no translation */
           (el->in_count < 2 || el->out_count < 2);
}
RULE(gateway_without_purpose)
{
    return el->in_count < 2 && el->out_count < 2;
}
RULE(no_choice)
{
    return el->out_count < 2;
}
RULE(condition_behind_events)
{
    const struct bpmn_el *from = source(c, el);

    return from && from->tag == TAG_EVENT_BASED && bpmn_child(el, TAG_CONDITION_EXPRESSION);
}
static bool may_be_chosen(const struct bpmn_checks *c, const struct bpmn_el *el)
{
    unsigned allowed = TRIGGER_BIT(TAG_MESSAGE_TRIGGER) | TRIGGER_BIT(TAG_SIGNAL_TRIGGER) |
                       TRIGGER_BIT(TAG_TIMER_TRIGGER) | TRIGGER_BIT(TAG_CONDITIONAL_TRIGGER);
    unsigned bits = el->tag == TAG_CATCH_EVENT ? bpmn_trigger_bits(c, el) : 0;

    return el->tag == TAG_RECEIVE_TASK || (el->tag == TAG_CATCH_EVENT && bits && !(bits & ~allowed));
}
RULE(leads_to_what_cannot_happen)
{
    for (size_t i = 0; i < el->out_count; i++) {
        const struct bpmn_el *to = target(c, el->out[i]);

        if (to && !may_be_chosen(c, to)) return true;
    }
    return false;
}
RULE(tasks_and_messages_mixed)
{
    bool task = false, message = false;

    for (size_t i = 0; i < el->out_count; i++) {
        const struct bpmn_el *to = target(c, el->out[i]);

        task |= to && to->tag == TAG_RECEIVE_TASK;
        message |=
            to && to->tag == TAG_CATCH_EVENT && (bpmn_trigger_bits(c, to) & TRIGGER_BIT(TAG_MESSAGE_TRIGGER));
    }
    return task && message;
}
RULE(choice_can_be_interrupted)
{
    for (size_t i = 0; i < el->out_count; i++) {
        const struct bpmn_el *to = target(c, el->out[i]);

        if (!to || to->tag != TAG_RECEIVE_TASK) continue;
        BPMN_CHILDREN(b, to->parent)
        {
            if (b->tag == TAG_BOUNDARY_EVENT && bpmn_ref(c->d, b, "attachedToRef") == to) return true;
        }
    }
    return false;
}
RULE(choice_reached_otherwise)
{
    for (size_t i = 0; i < el->out_count; i++) {
        const struct bpmn_el *to = target(c, el->out[i]);

        if (to && to->in_count > 1) return true;
    }
    return false;
}
RULE(instantiating_gateway_is_entered)
{
    return bpmn_attr_is(el, "instantiate", "true") && el->in_count;
}

static const struct bpmn_rule rules[] = {
    {"sequence-flow.artifact-target", "7.6.1", "A sequence flow leads to an artifact.", 6, 0, 0,
     TAG_SEQUENCE_FLOW, false, artifact_is_target},
    {"sequence-flow.artifact-source", "7.6.1", "A sequence flow comes from an artifact.", 7, 0, 0,
     TAG_SEQUENCE_FLOW, false, artifact_is_source},
    {"message-flow.artifact-target", "7.6.2", "A message flow leads to an artifact.", 8, 0, 0,
     TAG_MESSAGE_FLOW, false, artifact_is_target},
    {"message-flow.artifact-source", "7.6.2", "A message flow comes from an artifact.", 9, 0, 0,
     TAG_MESSAGE_FLOW, false, artifact_is_source},
    {"sequence-flow.event-sub-process-source", "10.3.5",
     "An event sub-process has an outgoing sequence flow.", 21, 0, 0, TAG_SEQUENCE_FLOW, false,
     event_sub_process_is_source},
    {"sequence-flow.event-sub-process-target", "10.3.5",
     "An event sub-process has an incoming sequence flow.", 22, 0, 0, TAG_SEQUENCE_FLOW, false,
     event_sub_process_is_target},
    {"sequence-flow.compensation-activity", "10.6.1", "A compensation activity stands in the sequence flow.",
     0, 0, 0, TAG_SEQUENCE_FLOW, false, compensation_activity_in_flow},
    {"sequence-flow.immediate", "8.4.13", "In an executable process every sequence flow is immediate.", 24, 0,
     0, TAG_SEQUENCE_FLOW, false, not_immediate},
    {"activity.only-conditional", "8.4.13", "The only way out of an activity has a condition.", 25, 0,
     IS_ACTIVITY, TAG_UNKNOWN, false, only_flow_is_conditional},
    {"sequence-flow.level", "7.6.1", "A sequence flow leaves its process or sub-process.", 28, 152, 0,
     TAG_SEQUENCE_FLOW, false, leaves_its_level},
    {"default.own", "8.4.13", "The default flow does not begin here.", 0, 0, IS_ACTIVITY | IS_GATEWAY,
     TAG_UNKNOWN, false, default_is_elsewhere},
    {"message-flow.pools", "9.4", "A message flow does not lead from one pool to another.", 31, 0, 0,
     TAG_MESSAGE_FLOW, false, message_flow_inside_a_pool},
    {"message-flow.from-start", "10.4.2", "A message flow comes from a start event.", 102, 0, 0,
     TAG_MESSAGE_FLOW, false, start_sends},
    {"message-flow.to-end", "10.4.3", "A message flow leads to an end event.", 0, 0, 0, TAG_MESSAGE_FLOW,
     false, end_receives},
    {"message-flow.intermediate", "10.4.4",
     "A catching event sends a message, or a throwing one receives it.", 119, 0, 0, TAG_MESSAGE_FLOW, false,
     wrong_way_through_intermediate},
    {"gateway.converging", "8.4.9", "A converging gateway has several ways out.", 17, 0, IS_GATEWAY,
     TAG_UNKNOWN, false, converging_splits},
    {"gateway.diverging", "8.4.9", "A diverging gateway has several ways in.", 18, 0, IS_GATEWAY, TAG_UNKNOWN,
     false, diverging_merges},
    {"gateway.mixed", "8.4.9", "A mixed gateway has not several ways in and several ways out.", 0, 0,
     IS_GATEWAY, TAG_UNKNOWN, false, mixed_is_not},
    {"gateway.purpose", "10.5.1", "A gateway has neither several ways in nor several ways out.", 135, 0,
     IS_GATEWAY, TAG_UNKNOWN, false, gateway_without_purpose},
    {"event-gateway.outgoing", "10.5.6", "An event-based gateway has fewer than two ways out.", 136, 0, 0,
     TAG_EVENT_BASED, false, no_choice},
    {"event-gateway.condition", "10.5.6", "A way out of an event-based gateway has a condition.", 137, 0, 0,
     TAG_SEQUENCE_FLOW, false, condition_behind_events},
    {"event-gateway.target", "10.5.6", "An event-based gateway leads to something that cannot be waited for.",
     138, 0, 0, TAG_EVENT_BASED, false, leads_to_what_cannot_happen},
    {"event-gateway.mixed", "10.5.6", "An event-based gateway leads to receive tasks and to message events.",
     0, 0, 0, TAG_EVENT_BASED, false, tasks_and_messages_mixed},
    {"event-gateway.boundary", "10.5.6", "A receive task behind an event-based gateway has a boundary event.",
     140, 0, 0, TAG_EVENT_BASED, false, choice_can_be_interrupted},
    {"event-gateway.other-way", "10.5.6", "What an event-based gateway leads to has a second way in.", 141, 0,
     0, TAG_EVENT_BASED, false, choice_reached_otherwise},
    {"event-gateway.instantiating", "10.5.6", "An event-based gateway that starts the process has a way in.",
     0, 0, 0, TAG_EVENT_BASED, false, instantiating_gateway_is_entered},
};
const struct bpmn_rules bpmn_rules_flow = {rules, sizeof(rules) / sizeof(rules[0])};
