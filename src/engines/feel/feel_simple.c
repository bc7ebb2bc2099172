/* Which unary tests can be read as intervals of constants. */
#include "engines/feel/feel_node.h"

static bool is_ordered(enum feel_kind kind)
{
    return kind == FEEL_NUMBER || kind == FEEL_STRING || kind == FEEL_DATE || kind == FEEL_DAYS ||
           kind == FEEL_MONTHS;
}

/* A null test, and ends that are null by mistake, are left to the evaluator. */
static bool of_value(struct feel_value v, struct feel_interval *out)
{
    if (v.kind == FEEL_RANGE) {
        const struct feel_range *r = v.range;
        if (!r->comparison && (r->low.kind == FEEL_NULL || r->high.kind == FEEL_NULL)) return false;
        *out = (struct feel_interval){r->low, r->high, r->low_closed, r->high_closed};
        if (r->low.kind == FEEL_NULL) return is_ordered(r->high.kind);
        return is_ordered(r->low.kind) && (r->high.kind == FEEL_NULL || r->high.kind == r->low.kind);
    }
    *out = (struct feel_interval){v, v, true, true};
    return is_ordered(v.kind) || v.kind == FEEL_BOOLEAN;
}

static bool of_test(const struct feel_node *n, struct feel_interval *out)
{
    struct feel_value v;
    if (n->op == FEEL_OP_TEST_VALUE) return feel_constant(n->operand.a, &v) && of_value(v, out);
    if (n->op != FEEL_OP_TEST_COMPARE || !feel_constant(n->compare.right, &v)) return false;
    switch (n->compare.op) {
    case FEEL_OP_EQUAL:
        *out = (struct feel_interval){v, v, true, true};
        return is_ordered(v.kind) || v.kind == FEEL_BOOLEAN;
    case FEEL_OP_LESS:
        *out = (struct feel_interval){FEEL_NOTHING, v, false, false};
        break;
    case FEEL_OP_LESS_EQUAL:
        *out = (struct feel_interval){FEEL_NOTHING, v, false, true};
        break;
    case FEEL_OP_GREATER:
        *out = (struct feel_interval){v, FEEL_NOTHING, false, false};
        break;
    case FEEL_OP_GREATER_EQUAL:
        *out = (struct feel_interval){v, FEEL_NOTHING, true, false};
        break;
    default:
        return false;
    }
    return is_ordered(v.kind);
}

static enum feel_kind kind_of(const struct feel_interval *i)
{
    return i->low.kind != FEEL_NULL ? i->low.kind : i->high.kind;
}

bool feel_simple_test(struct arena *a, const struct feel_node *tests, struct feel_simple_test *out)
{
    *out = (struct feel_simple_test){0};
    if (tests->op == FEEL_OP_TEST_ANY) return out->any = true;
    if (tests->op == FEEL_OP_TEST_NOT) {
        out->negated = true;
        tests = tests->operand.a;
    }
    bool many = tests->op == FEEL_OP_TEST_ONE_OF;
    size_t count = many ? tests->list.count : 1;
    struct feel_interval *alternatives = ARENA_ARRAY(a, count, struct feel_interval);
    for (size_t i = 0; i < count; i++) {
        if (!of_test(many ? tests->list.items[i] : tests, &alternatives[i])) return false;
        if (kind_of(&alternatives[i]) != kind_of(&alternatives[0])) return false;
    }
    out->count = count;
    out->alternatives = alternatives;
    return true;
}
