/* What the text of an expression says of its type (10.3.2.13): enough to know the result of a function whose
 * result is not declared. */
#include "engines/feel/feel_node.h"

static const struct feel_type *of_value(struct feel_value v)
{
    static const char *const names[FEEL_KIND_COUNT] = {
        [FEEL_BOOLEAN] = "boolean",
        [FEEL_NUMBER] = "number",
        [FEEL_STRING] = "string",
        [FEEL_DATE] = "date",
        [FEEL_TIME] = "time",
        [FEEL_DATE_TIME] = "date and time",
        [FEEL_DAYS] = "days and time duration",
        [FEEL_MONTHS] = "years and months duration",
    };
    return names[v.kind] ? feel_type_named(str_c(names[v.kind])) : NULL;
}

/* A parameter without a type takes Any. */
static const struct feel_type *of_slot(const struct feel_node *n, const struct feel_scope *s)
{
    for (uint32_t i = 0; i < n->name.depth && s; i++)
        s = s->outer;
    if (!s || n->name.slot >= s->count) return NULL;
    const struct feel_type *t = s->names[n->name.slot].type;
    return t || n->name.depth ? t : feel_type_named(STR("Any"));
}

static const struct feel_type *common(const struct feel_type *a, const struct feel_type *b)
{
    return a && b && a->kind == b->kind && a->kind <= FEEL_T_MONTHS ? a : NULL;
}

static const struct feel_type *of_arithmetic(const struct feel_node *n, const struct feel_scope *s)
{
    const struct feel_type *t = common(feel_static_type(n->operand.a, s), feel_static_type(n->operand.b, s));
    bool known = t && (t->kind == FEEL_T_NUMBER || (t->kind == FEEL_T_STRING && n->op == FEEL_OP_ADD));
    return known ? t : NULL;
}

const struct feel_type *feel_static_type(const struct feel_node *n, const struct feel_scope *s)
{
    switch (n->op) {
    case FEEL_OP_CONSTANT:
        return of_value(n->constant);
    case FEEL_OP_SLOT:
        return of_slot(n, s);
    case FEEL_OP_CONFORM:
        return n->type.type;
    case FEEL_OP_NEGATE:
        return feel_static_type(n->operand.a, s);
    case FEEL_OP_ADD:
    case FEEL_OP_SUBTRACT:
    case FEEL_OP_MULTIPLY:
    case FEEL_OP_DIVIDE:
    case FEEL_OP_POWER:
        return of_arithmetic(n, s);
    case FEEL_OP_IF:
        return common(feel_static_type(n->operand.b, s), feel_static_type(n->operand.c, s));
    case FEEL_OP_EQUAL:
    case FEEL_OP_NOT_EQUAL:
    case FEEL_OP_LESS:
    case FEEL_OP_LESS_EQUAL:
    case FEEL_OP_GREATER:
    case FEEL_OP_GREATER_EQUAL:
    case FEEL_OP_AND:
    case FEEL_OP_OR:
    case FEEL_OP_BETWEEN:
    case FEEL_OP_IN:
    case FEEL_OP_INSTANCE_OF:
    case FEEL_OP_SOME:
    case FEEL_OP_EVERY:
        return feel_type_named(STR("boolean"));
    default:
        return NULL;
    }
}
