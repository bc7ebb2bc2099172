#include "engines/bpmn/bpmn_rules.h"

/* Event definitions: what they must name (10.4.5). */

#define RULE(predicate)                                                                                      \
    static bool predicate(__attribute__((unused)) const struct bpmn_checks *c, const struct bpmn_el *el)

static const struct bpmn_el *event_of(const struct bpmn_el *trigger)
{
    return trigger->parent->is & IS_EVENT ? trigger->parent : NULL;
}

RULE(escalation_without_code)
{
    const struct bpmn_el *event = event_of(el), *escalation = bpmn_ref(c->d, el, "escalationRef");

    return event && (event->is & IS_THROW) && (!escalation || !bpmn_attr(escalation, "escalationCode").len);
}

RULE(error_without_code)
{
    const struct bpmn_el *event = event_of(el), *error = bpmn_ref(c->d, el, "errorRef");

    return event && event->tag == TAG_END_EVENT && bpmn_is_executable(el) &&
           (!error || !bpmn_attr(error, "errorCode").len);
}

/* ---- messages and signals ---- */
RULE(message_unnamed)
{
    return event_of(el) && bpmn_is_executable(el) && !bpmn_ref_text(el, "messageRef").len;
}
RULE(message_without_operation)
{
    return event_of(el) && bpmn_is_executable(el) && !bpmn_ref_text(el, "operationRef").len;
}
RULE(signal_unnamed)
{
    return event_of(el) && bpmn_is_executable(el) && !bpmn_ref_text(el, "signalRef").len;
}

/* ---- links ---- */
/* The links of the other side in the same level. */
static bool has_namesake(const struct bpmn_el *el, enum bpmn_tag side)
{
    struct str name = bpmn_attr(el, "name");

    BPMN_CHILDREN(x, el->parent->parent)
    {
        const struct bpmn_el *other = x->tag == side ? bpmn_child(x, TAG_LINK_TRIGGER) : NULL;

        if (other && name.len && str_eq(bpmn_attr(other, "name"), name)) return true;
    }
    return false;
}
RULE(link_without_source)
{
    return el->parent->tag == TAG_CATCH_EVENT && !bpmn_ref_text(el, "source").len &&
           !has_namesake(el, TAG_THROW_EVENT);
}
RULE(link_without_target)
{
    return el->parent->tag == TAG_THROW_EVENT && !bpmn_ref_text(el, "target").len &&
           !has_namesake(el, TAG_CATCH_EVENT);
}
RULE(link_to_another)
{
    const struct bpmn_el *target = bpmn_ref(c->d, el, "target");

    if (el->parent->tag != TAG_THROW_EVENT || !bpmn_ref_text(el, "target").len) return false;
    if (!target || target->tag != TAG_LINK_TRIGGER || target->parent->parent != el->parent->parent)
        return true;
    BPMN_CHILDREN(s, target)
    {
        if (s->tag == TAG_LINK_SOURCE && bpmn_by_id(c->d, s->text) == el) return false;
    }
    return bpmn_child(target, TAG_LINK_SOURCE) != NULL;
}

/* ---- timers ---- */
/* A word of the model itself: a variable that an expression may read. */
static bool is_declared(const struct bpmn_checks *c, struct str name)
{
    BPMN_ALL(x, c->d)
    {
        if ((x->is & IS_DATA) && (str_eq(bpmn_attr(x, "name"), name) || str_eq(x->id, name))) return true;
    }
    return false;
}

/* One bare word is a slip rather than a variable, unless the model declares it or “=” says that it is FEEL.
 */
static bool is_expression(const struct bpmn_checks *c, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (memchr("=(.[\"+ $", text.ptr[i], 8)) return true;
    return is_declared(c, text);
}
RULE(no_date)
{
    return bpmn_is_executable(el) && el->text.len && !bpmn_is_date(el->text) && !is_expression(c, el->text);
}
RULE(no_duration)
{
    int64_t n;

    return bpmn_is_executable(el) && el->text.len && !bpmn_is_duration(el->text) &&
           !is_expression(c, el->text) &&
           !(bpmn_attr_is(el->parent, ":workingDays", "true") && str_to_i64(el->text, &n) && n >= 0);
}
RULE(no_cycle)
{
    int64_t count;
    struct str start, period;

    return bpmn_is_executable(el) && el->text.len && !bpmn_is_cycle(el->text, &count, &start, &period) &&
           !is_expression(c, el->text);
}
RULE(no_time)
{
    size_t times = bpmn_children(el, TAG_TIME_DATE) + bpmn_children(el, TAG_TIME_DURATION) +
                   bpmn_children(el, TAG_TIME_CYCLE);

    return event_of(el) && bpmn_is_executable(el) && times != 1;
}
RULE(no_condition)
{
    return event_of(el) && bpmn_is_executable(el) && !bpmn_child(el, TAG_CONDITION);
}

static const struct bpmn_rule rules[] = {
    {"escalation.code", "10.4.5", "An escalation that is thrown has no code.", 11, 0, 0,
     TAG_ESCALATION_TRIGGER, false, escalation_without_code},
    {"error.code", "10.4.5", "An error that is thrown has no code.", 0, 0, 0, TAG_ERROR_TRIGGER, true,
     error_without_code},
    {"message.named", "10.4.5", "A message event names no message.", 127, 0, 0, TAG_MESSAGE_TRIGGER, false,
     message_unnamed},
    {"message.operation", "10.4.5", "A message event names no operation.", 128, 0, 0, TAG_MESSAGE_TRIGGER,
     true, message_without_operation},
    {"signal.named", "10.4.5", "A signal event names no signal.", 0, 0, 0, TAG_SIGNAL_TRIGGER, false,
     signal_unnamed},
    {"link.source", "10.4.5", "A catching link names no source.", 124, 0, 0, TAG_LINK_TRIGGER, false,
     link_without_source},
    {"link.target", "10.4.5", "A throwing link names no target.", 125, 0, 0, TAG_LINK_TRIGGER, false,
     link_without_target},
    {"link.pair", "10.4.5", "A link leads to one that does not know it.", 118, 0, 0, TAG_LINK_TRIGGER, false,
     link_to_another},
    {"timer.date", "10.4.5", "timeDate is no date.", 132, 0, 0, TAG_TIME_DATE, false, no_date},
    {"timer.cycle", "10.4.5", "timeCycle is no repeating interval.", 133, 0, 0, TAG_TIME_CYCLE, false,
     no_cycle},
    {"timer.duration", "10.4.5", "timeDuration is no duration.", 0, 0, 0, TAG_TIME_DURATION, false,
     no_duration},
    {"timer.time", "10.4.5", "A timer does not name exactly one time.", 0, 0, 0, TAG_TIMER_TRIGGER, false,
     no_time},
    {"conditional.condition", "10.4.5", "A conditional event has no condition.", 0, 0, 0,
     TAG_CONDITIONAL_TRIGGER, false, no_condition},
};
const struct bpmn_rules bpmn_rules_trigger = {rules, sizeof(rules) / sizeof(rules[0])};
