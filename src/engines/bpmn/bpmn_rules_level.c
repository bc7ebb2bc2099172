#include "engines/bpmn/bpmn_rules.h"

/* Processes and sub-processes as a whole, and how activities stand in them (10.2, 10.3). */

#define RULE(predicate)                                                                                      \
    static bool predicate(__attribute__((unused)) const struct bpmn_checks *c, const struct bpmn_el *el)

static bool instantiates(const struct bpmn_el *el)
{
    return (el->tag == TAG_RECEIVE_TASK || el->tag == TAG_EVENT_BASED) &&
           bpmn_attr_is(el, "instantiate", "true");
}

static bool has_start(const struct bpmn_el *level)
{
    BPMN_CHILDREN(x, level)
    {
        if (x->tag == TAG_START_EVENT || instantiates(x)) return true;
    }
    return false;
}

/* ---- start and end ---- */
RULE(end_without_start)
{
    return bpmn_child(el, TAG_END_EVENT) && !has_start(el);
}
RULE(start_without_end)
{
    return bpmn_child(el, TAG_START_EVENT) && !bpmn_child(el, TAG_END_EVENT);
}
/* Nodes that stand outside the normal flow. */
static bool stands_aside(const struct bpmn_checks *, const struct bpmn_el *el)
{
    return bpmn_is_event_sub_process(el) || bpmn_is_compensation(el) || el->tag == TAG_BOUNDARY_EVENT;
}
RULE(unreached)
{
    if (!(el->parent->is & IS_LEVEL) || el->in_count || stands_aside(c, el) || el->tag == TAG_START_EVENT ||
        instantiates(el) || (el->tag == TAG_CATCH_EVENT && bpmn_is_link(c, el)))
        return false;
    return bpmn_child(el->parent, TAG_START_EVENT) != NULL;
}
RULE(without_way_out)
{
    if (!(el->parent->is & IS_LEVEL) || el->out_count || bpmn_is_event_sub_process(el) ||
        bpmn_is_compensation(el) || el->tag == TAG_END_EVENT ||
        (el->tag == TAG_THROW_EVENT && bpmn_is_link(c, el)))
        return false;
    if (el->tag == TAG_BOUNDARY_EVENT && (bpmn_trigger_bits(c, el) & TRIGGER_BIT(TAG_COMPENSATE_TRIGGER)))
        return false;
    return bpmn_child(el->parent, TAG_END_EVENT) != NULL;
}

/* ---- process ---- */
RULE(public_and_executable)
{
    return bpmn_attr_is(el, "isExecutable", "true") &&
           bpmn_attr_is(el, "processType", "Public"); /* no translation */
}
RULE(choreography_in_process)
{
    const struct bpmn_el *level = bpmn_around(el, IS_LEVEL);

    return level && level->tag == TAG_PROCESS;
}
RULE(choreography_in_sub_process)
{
    const struct bpmn_el *level = bpmn_around(el, IS_LEVEL);

    return level && level->tag != TAG_PROCESS && level->tag != TAG_AD_HOC;
}
RULE(choreography_in_ad_hoc)
{
    const struct bpmn_el *level = bpmn_around(el, IS_LEVEL);

    return level && level->tag == TAG_AD_HOC;
}

/* ---- activities ---- */
static bool below_one(const struct bpmn_el *el, const char *name)
{
    int64_t n;

    return bpmn_has(el, name) && (!str_to_i64(bpmn_attr(el, name), &n) || n < 1);
}
RULE(starts_with_nothing)
{
    return below_one(el, "startQuantity");
}
RULE(completes_with_nothing)
{
    return below_one(el, "completionQuantity");
}
RULE(loops_twice)
{
    return bpmn_child(el, TAG_STANDARD_LOOP) && bpmn_child(el, TAG_MULTI_INSTANCE);
}
RULE(maximum_below_zero)
{
    int64_t n;

    return bpmn_has(el, "loopMaximum") && (!str_to_i64(bpmn_attr(el, "loopMaximum"), &n) || n < 0);
}
RULE(unknown_size)
{
    return bpmn_is_executable(el) && !bpmn_child(el, TAG_LOOP_CARDINALITY) && !bpmn_child(el, TAG_LOOP_INPUT);
}
RULE(instantiating_task_is_entered)
{
    return bpmn_attr_is(el, "instantiate", "true") && el->in_count;
}

/* ---- sub-processes ---- */
RULE(not_one_start)
{
    return bpmn_is_event_sub_process(el) && bpmn_children(el, TAG_START_EVENT) != 1;
}
RULE(ad_hoc_has_start_or_end)
{
    return bpmn_child(el, TAG_START_EVENT) || bpmn_child(el, TAG_END_EVENT);
}

/* A URI, or one of the words of the standard ("##Compensate"). */
RULE(method_is_no_uri)
{
    struct str s = bpmn_attr(el, "method");
    size_t i = 0;

    if (!s.len || str_starts(s, STR("##"))) return false;
    for (; i < s.len; i++) {
        char ch = s.ptr[i];
        bool escape = ch == '%' && i + 2 < s.len && memchr("0123456789abcdefABCDEF", s.ptr[i + 1], 22) &&
                      memchr("0123456789abcdefABCDEF", s.ptr[i + 2], 22);

        if ((unsigned char)ch <= ' ' || (ch == '%' && !escape) || memchr("\"<>\\^`{|}", ch, 9)) return true;
    }
    return false;
}

static const struct bpmn_rule rules[] = {
    {"process.public-executable", "10.2", "A public process is marked as executable.", 35, 0, 0, TAG_PROCESS,
     false, public_and_executable},
    {"process.choreography", "10.2", "A process holds an activity of a choreography.", 36, 0, IS_CHOREOGRAPHY,
     TAG_UNKNOWN, false, choreography_in_process},
    {"sub-process.choreography", "10.3.5", "A sub-process holds an activity of a choreography.", 56, 0,
     IS_CHOREOGRAPHY, TAG_UNKNOWN, false, choreography_in_sub_process},
    {"ad-hoc.choreography", "10.3.5", "An ad-hoc sub-process holds an activity of a choreography.", 62, 0,
     IS_CHOREOGRAPHY, TAG_UNKNOWN, false, choreography_in_ad_hoc},
    {"level.start", "10.4.2", "There is an end event but nothing to start with.", 97, 0, IS_LEVEL,
     TAG_UNKNOWN, false, end_without_start},
    {"level.end", "10.4.3", "There is a start event but no end event.", 105, 0, IS_LEVEL, TAG_UNKNOWN, false,
     start_without_end},
    {"node.incoming", "10.4.2", "Nothing leads here, though there is a start event.", 150, 0, IS_FLOW_NODE,
     TAG_UNKNOWN, false, unreached},
    {"node.outgoing", "10.4.3", "Nothing leads on from here, though there is an end event.", 151, 0,
     IS_FLOW_NODE, TAG_UNKNOWN, false, without_way_out},
    {"activity.start-quantity", "10.3.1", "startQuantity is below one.", 37, 0, IS_ACTIVITY, TAG_UNKNOWN,
     false, starts_with_nothing},
    {"activity.completion-quantity", "10.3.1", "completionQuantity is below one.", 0, 0, IS_ACTIVITY,
     TAG_UNKNOWN, false, completes_with_nothing},
    {"activity.loops", "10.3.8", "An activity is both a loop and multi-instance.", 54, 55, IS_ACTIVITY,
     TAG_UNKNOWN, false, loops_twice},
    {"loop.maximum", "10.3.8", "loopMaximum is no number of turns.", 0, 0, 0, TAG_STANDARD_LOOP, false,
     maximum_below_zero},
    {"multi-instance.size", "10.3.8",
     "Neither a cardinality nor a collection says how many instances there are.", 0, 0, 0, TAG_MULTI_INSTANCE,
     false, unknown_size},
    {"receive-task.instantiating", "10.3.3", "A receive task that starts the process has a way in.", 49, 0, 0,
     TAG_RECEIVE_TASK, false, instantiating_task_is_entered},
    {"event-sub-process.start", "10.3.5", "An event sub-process has not exactly one start event.", 58, 0,
     IS_SUB_PROCESS, TAG_UNKNOWN, false, not_one_start},
    {"ad-hoc.start-end", "10.3.5", "An ad-hoc sub-process has a start or end event.", 62, 0, 0, TAG_AD_HOC,
     false, ad_hoc_has_start_or_end},
    {"transaction.method", "10.3.5", "The method of a transaction is no URI.", 60, 0, 0, TAG_TRANSACTION,
     false, method_is_no_uri},
};
const struct bpmn_rules bpmn_rules_level = {rules, sizeof(rules) / sizeof(rules[0])};
