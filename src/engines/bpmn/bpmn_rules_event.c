#include "engines/bpmn/bpmn_rules.h"

/* Events: where they stand and which triggers they may have (10.4). */

#define RULE(predicate)                                                                                      \
    static bool predicate(__attribute__((unused)) const struct bpmn_checks *c, const struct bpmn_el *el)

enum {
    MESSAGE = TRIGGER_BIT(TAG_MESSAGE_TRIGGER),
    TIMER = TRIGGER_BIT(TAG_TIMER_TRIGGER),
    SIGNAL = TRIGGER_BIT(TAG_SIGNAL_TRIGGER),
    ERROR = TRIGGER_BIT(TAG_ERROR_TRIGGER),
    ESCALATION = TRIGGER_BIT(TAG_ESCALATION_TRIGGER),
    TERMINATE = TRIGGER_BIT(TAG_TERMINATE_TRIGGER),
    CONDITION = TRIGGER_BIT(TAG_CONDITIONAL_TRIGGER),
    COMPENSATE = TRIGGER_BIT(TAG_COMPENSATE_TRIGGER),
    LINK = TRIGGER_BIT(TAG_LINK_TRIGGER),
    CANCEL = TRIGGER_BIT(TAG_CANCEL_TRIGGER)
};

static bool has_other(const struct bpmn_checks *c, const struct bpmn_el *el, unsigned allowed)
{
    return (bpmn_trigger_bits(c, el) & ~allowed) != 0;
}

static bool has(const struct bpmn_checks *c, const struct bpmn_el *el, unsigned bits)
{
    return (bpmn_trigger_bits(c, el) & bits) != 0;
}

/* ---- start events ---- */
RULE(start_is_entered)
{
    return el->in_count > 0;
}
RULE(start_leads_nowhere)
{
    return !el->out_count || (c->lists_flows && !bpmn_child(el, TAG_OUTGOING));
}
RULE(start_of_process)
{
    return el->parent->tag == TAG_PROCESS && has_other(c, el, MESSAGE | TIMER | CONDITION | SIGNAL);
}
RULE(start_of_sub_process)
{
    return (el->parent->is & IS_SUB_PROCESS) && !bpmn_is_event_sub_process(el->parent) &&
           bpmn_trigger_bits(c, el);
}
RULE(start_of_event_sub_process)
{
    unsigned bits = bpmn_trigger_bits(c, el);
    unsigned allowed = MESSAGE | TIMER | ESCALATION | CONDITION | SIGNAL;

    if (!bpmn_attr_is(el, "isInterrupting", "false")) allowed |= ERROR | COMPENSATE;
    return bpmn_is_event_sub_process(el->parent) && (!bits || (bits & ~allowed));
}
RULE(event_sub_process_without_trigger)
{
    return bpmn_is_event_sub_process(el->parent) && !bpmn_trigger_bits(c, el);
}
RULE(compensation_start_outside)
{
    return !bpmn_is_event_sub_process(el->parent) && has(c, el, COMPENSATE);
}

/* ---- end events ---- */
RULE(end_leads_on)
{
    return el->out_count > 0;
}
RULE(end_unreached)
{
    return !el->in_count || (c->lists_flows && !bpmn_child(el, TAG_INCOMING));
}
RULE(end_trigger)
{
    return has_other(c, el, MESSAGE | ERROR | ESCALATION | CANCEL | COMPENSATE | SIGNAL | TERMINATE);
}
RULE(cancel_outside_transaction)
{
    const struct bpmn_el *p = el->parent;

    if (!has(c, el, CANCEL)) return false;
    while (p && p->tag != TAG_TRANSACTION)
        p = p->parent;
    return !p;
}

/* ---- boundary events ---- */
RULE(boundary_trigger)
{
    unsigned bits = bpmn_trigger_bits(c, el);
    unsigned allowed = MESSAGE | TIMER | ESCALATION | CONDITION | SIGNAL;

    if (!bpmn_attr_is(el, "cancelActivity", "false")) allowed |= ERROR | CANCEL | COMPENSATE;
    return !bits || (bits & ~allowed);
}
RULE(boundary_without_trigger)
{
    return !bpmn_trigger_bits(c, el);
}
RULE(cancel_boundary_elsewhere)
{
    const struct bpmn_el *at = bpmn_ref(c->d, el, "attachedToRef");

    return has(c, el, CANCEL) && at && at->tag != TAG_TRANSACTION;
}
RULE(boundary_is_entered)
{
    return el->in_count > 0;
}
RULE(compensation_boundary_leads_on)
{
    return has(c, el, COMPENSATE) && el->out_count;
}
/* What an association joins to it; NULL: nothing that runs. */
static const struct bpmn_el *handler(const struct bpmn_checks *c, const struct bpmn_el *el)
{
    BPMN_ALL(a, c->d)
    {
        const struct bpmn_el *to;

        if (a->tag != TAG_ASSOCIATION || bpmn_ref(c->d, a, "sourceRef") != el) continue;
        to = bpmn_ref(c->d, a, "targetRef");
        if (to && (to->is & IS_ACTIVITY)) return to;
    }
    return NULL;
}
RULE(compensation_without_handler)
{
    return has(c, el, COMPENSATE) && !handler(c, el);
}
RULE(handler_unmarked)
{
    const struct bpmn_el *to = has(c, el, COMPENSATE) ? handler(c, el) : NULL;

    return to && !bpmn_is_compensation(to);
}

/* ---- intermediate events ---- */
RULE(intermediate_unreached)
{
    return !el->in_count && !(el->tag == TAG_CATCH_EVENT && bpmn_is_link(c, el));
}
RULE(catch_trigger)
{
    unsigned bits = bpmn_trigger_bits(c, el);

    return !bits || (bits & ~(unsigned)(MESSAGE | TIMER | CONDITION | LINK | SIGNAL));
}
RULE(compensation_is_caught)
{
    return has(c, el, COMPENSATE);
}
RULE(throw_trigger)
{
    return has_other(c, el, MESSAGE | ESCALATION | COMPENSATE | LINK | SIGNAL);
}
RULE(link_is_passed)
{
    return bpmn_is_link(c, el) &&
           ((el->tag == TAG_CATCH_EVENT && el->in_count) || (el->tag == TAG_THROW_EVENT && el->out_count));
}

static const struct bpmn_rule rules[] = {
    {"start-event.incoming", "10.4.2", "A start event has a way in.", 96, 0, 0, TAG_START_EVENT, false,
     start_is_entered},
    {"start-event.outgoing", "10.4.2", "A start event has no way out.", 101, 0, 0, TAG_START_EVENT, false,
     start_leads_nowhere},
    {"start-event.trigger", "10.4.2", "A process cannot start on this trigger.", 98, 0, 0, TAG_START_EVENT,
     false, start_of_process},
    {"start-event.sub-process", "10.4.2", "The start event of a sub-process has a trigger.", 100, 0, 0,
     TAG_START_EVENT, false, start_of_sub_process},
    {"start-event.event-sub-process", "10.4.2", "An event sub-process cannot start like this.", 59, 0, 0,
     TAG_START_EVENT, false, start_of_event_sub_process},
    {"start-event.no-trigger", "10.4.2", "The start event of an event sub-process has no trigger.", 129, 0, 0,
     TAG_START_EVENT, false, event_sub_process_without_trigger},
    {"start-event.compensation", "10.4.5", "A start on compensation stands outside an event sub-process.",
     121, 0, 0, TAG_START_EVENT, false, compensation_start_outside},
    {"end-event.outgoing", "10.4.3", "An end event has a way out.", 104, 0, 0, TAG_END_EVENT, false,
     end_leads_on},
    {"end-event.incoming", "10.4.3", "An end event has no way in.", 107, 0, 0, TAG_END_EVENT, false,
     end_unreached},
    {"end-event.trigger", "10.4.3", "An end event cannot throw this.", 146, 0, 0, TAG_END_EVENT, false,
     end_trigger},
    {"end-event.cancel", "10.4.3", "A cancel end event stands outside a transaction.", 0, 0, 0, TAG_END_EVENT,
     false, cancel_outside_transaction},
    {"boundary-event.trigger", "10.4.4", "A boundary event cannot wait for this.", 110, 147, 0,
     TAG_BOUNDARY_EVENT, false, boundary_trigger},
    {"boundary-event.no-trigger", "10.4.4", "A boundary event has no trigger.", 130, 0, 0, TAG_BOUNDARY_EVENT,
     false, boundary_without_trigger},
    {"boundary-event.cancel", "10.4.4", "A cancel boundary event is not attached to a transaction.", 111, 0,
     0, TAG_BOUNDARY_EVENT, false, cancel_boundary_elsewhere},
    {"boundary-event.incoming", "10.4.4", "A boundary event has a way in.", 112, 0, 0, TAG_BOUNDARY_EVENT,
     false, boundary_is_entered},
    {"boundary-event.compensation-flow", "10.4.4", "A compensation boundary event has a way out.", 114, 0, 0,
     TAG_BOUNDARY_EVENT, false, compensation_boundary_leads_on},
    {"boundary-event.handler", "10.6.1", "No activity is joined to a compensation boundary event.", 143, 0, 0,
     TAG_BOUNDARY_EVENT, false, compensation_without_handler},
    {"boundary-event.handler-mark", "10.6.1", "The activity that compensates is not marked for it.", 144, 0,
     0, TAG_BOUNDARY_EVENT, false, handler_unmarked},
    {"catch-event.incoming", "10.4.4", "An intermediate event has no way in.", 115, 0, 0, TAG_CATCH_EVENT,
     false, intermediate_unreached},
    {"throw-event.incoming", "10.4.4", "An intermediate event has no way in.", 115, 0, 0, TAG_THROW_EVENT,
     false, intermediate_unreached},
    {"catch-event.trigger", "10.4.4", "An intermediate event cannot wait for this.", 148, 0, 0,
     TAG_CATCH_EVENT, false, catch_trigger},
    {"catch-event.compensation", "10.4.5", "A catching event in the flow has a compensation trigger.", 122, 0,
     0, TAG_CATCH_EVENT, false, compensation_is_caught},
    {"throw-event.trigger", "10.4.4", "An intermediate event cannot throw this.", 149, 0, 0, TAG_THROW_EVENT,
     false, throw_trigger},
    {"link-event.flow", "10.4.4", "A link is entered or left by a sequence flow on the wrong side.", 117, 0,
     IS_CATCH | IS_THROW, TAG_UNKNOWN, false, link_is_passed},
};
const struct bpmn_rules bpmn_rules_event = {rules, sizeof(rules) / sizeof(rules[0])};
