#include "engines/bpmn/bpmn_rules.h"

/* Expressions (8.4.5): formal where a process runs, not empty, FEEL, of the right type. */

#define RULE(predicate)                                                                                      \
    static bool predicate(__attribute__((unused)) const struct bpmn_checks *c, const struct bpmn_el *el)

/* Formal by its type in the document, or because the schema knows no other there. */
static bool is_formal(const struct bpmn_el *el)
{
    return str_ends(bpmn_attr(el, ":type"), STR("tFormalExpression")) || (el->is & IS_FORMAL) ||
           el->parent->tag == TAG_COMPLEX_BEHAVIOR;
}

static bool is_literal_time(const struct bpmn_el *el)
{
    int64_t n;
    struct str a, b;

    return el->parent->tag == TAG_TIMER_TRIGGER &&
           (bpmn_is_date(el->text) || bpmn_is_duration(el->text) || bpmn_is_cycle(el->text, &n, &a, &b) ||
            str_to_i64(el->text, &n));
}

/* A condition that reads as an expression all the same is taken as one: designers leave the type out there.
 */
RULE(natural_language)
{
    if (!bpmn_is_executable(el) || is_formal(el)) return false;
    return el->tag != TAG_CONDITION_EXPRESSION || !bpmn_expr(c->exprs, el->text);
}
RULE(empty)
{
    return is_formal(el) && !el->text.len && !el->first;
}
RULE(no_feel)
{
    return bpmn_is_executable(el) && el->text.len && is_formal(el) && el->tag != TAG_TO &&
           !is_literal_time(el) && !bpmn_expr(c->exprs, el->text);
}
RULE(other_language)
{
    struct str language = bpmn_attr(el, "language");

    return bpmn_is_executable(el) && language.len && !(c->d->options && c->d->options->expression) &&
           str_find(str_lower(c->arena, language), STR("feel")) == SIZE_MAX;
}
RULE(not_boolean)
{
    const struct bpmn_expr *x = el->text.len && bpmn_is_executable(el) ? bpmn_expr(c->exprs, el->text) : NULL;

    return x && !bpmn_may_be_boolean(c->arena, x);
}
RULE(behavior_not_boolean)
{
    return el->parent->tag == TAG_COMPLEX_BEHAVIOR && not_boolean(c, el);
}
RULE(script_is_no_feel)
{
    struct str format = bpmn_attr(el->parent, "scriptFormat");

    if (!format.len && c->d->options) format = c->d->options->script_format;
    if (format.len && str_find(str_lower(c->arena, format), STR("feel")) == SIZE_MAX) return false;
    return bpmn_is_executable(el) && !bpmn_expr(c->exprs, el->text);
}

RULE(pass_is_no_feel)
{
    for (size_t i = 0; bpmn_is_executable(el) && i < el->pass_count; i++) {
        const struct bpmn_pass *p = &el->passes[i];
        struct str text = p->expression.len || el->tag != TAG_RULE_TASK || p->out ? p->expression : p->from;

        if (text.len && !bpmn_expr(c->exprs, text)) return true;
    }
    return false;
}

static const struct bpmn_rule rules[] = {
    {"expression.formal", "8.4.5", "An executable process needs a formal expression here.", 12, 0,
     IS_EXPRESSION, TAG_UNKNOWN, false, natural_language},
    {"expression.empty", "8.4.5", "A formal expression is empty.", 13, 0, IS_EXPRESSION | IS_FORMAL,
     TAG_UNKNOWN, false, empty},
    {"expression.feel", "8.4.5", "An expression is no FEEL.", 0, 0, IS_EXPRESSION, TAG_UNKNOWN, false,
     no_feel},
    {"transformation.feel", "8.4.5", "A transformation is no FEEL.", 0, 0, 0, TAG_TRANSFORMATION, false,
     no_feel},
    {"expression.language", "8.4.5", "An expression is in another language than FEEL.", 0, 0,
     IS_EXPRESSION | IS_FORMAL, TAG_UNKNOWN, false, other_language},
    {"completion-condition.boolean", "10.3.8", "A completion condition is neither true nor false.", 71, 0, 0,
     TAG_COMPLETION_CONDITION, false, not_boolean},
    {"complex-behavior.boolean", "10.3.8", "The condition of a complex behavior is neither true nor false.",
     72, 0, 0, TAG_CONDITION, false, behavior_not_boolean},
    {"condition.boolean", "8.4.13", "A condition is neither true nor false.", 0, 0, 0,
     TAG_CONDITION_EXPRESSION, false, not_boolean},
    {"loop-condition.boolean", "10.3.8", "A loop condition is neither true nor false.", 0, 0, 0,
     TAG_LOOP_CONDITION, false, not_boolean},
    {"activation-condition.boolean", "10.5.5", "An activation condition is neither true nor false.", 0, 0, 0,
     TAG_ACTIVATION_CONDITION, false, not_boolean},
    {"script.feel", "10.3.3", "A script is no FEEL.", 0, 0, 0, TAG_SCRIPT, false, script_is_no_feel},
    {"call.feel", "10.3.6", "What a call gives or takes is no FEEL.", 0, 0, 0, TAG_CALL_ACTIVITY, false,
     pass_is_no_feel},
    {"rule.feel", "10.3.3", "What a business rule is given is no FEEL.", 0, 0, 0, TAG_RULE_TASK, false,
     pass_is_no_feel},
};
const struct bpmn_rules bpmn_rules_expression = {rules, sizeof(rules) / sizeof(rules[0])};
