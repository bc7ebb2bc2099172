#include "engines/feel/feel_node.h"
#include "engines/feel/feel_temporal.h"

struct feel_run feel_run_new(struct arena *a, int64_t now)
{
    return (struct feel_run){
        .arena = a, .now = now, .offset = 8 * 3600, .steps = FEEL_STEPS, .depth = FEEL_DEPTH};
}

struct feel_frame *feel_frame_new(struct feel_run *r, const struct feel_scope *s,
                                  const struct feel_frame *outer)
{
    struct feel_frame *f = ARENA_NEW(r->arena, struct feel_frame);
    f->outer = outer;
    f->slots = s->count ? ARENA_ARRAY(r->arena, s->count, struct feel_value) : NULL;
    return f;
}

struct feel_value feel_fail(struct feel_run *r, const struct feel_node *at, const char *msgid, struct str arg)
{
    struct str where = at ? at->where : STR_EMPTY;
    if (r->stopped) return FEEL_NOTHING; /* said already */
    feel_note(r->arena, &r->notes, FEEL_WARNING, where, at ? (int)at->line : 0, at ? (int)at->column : 0,
              msgid, arg);
    return FEEL_NOTHING;
}

struct feel_value feel_too_deep(struct feel_run *r, const struct feel_node *at)
{
    return feel_fail(r, at, "The value is nested too deeply.", STR_EMPTY);
}

bool feel_step(struct feel_run *r, const struct feel_node *at)
{
    if (r->stopped) return false;
    if (r->steps == 0 || r->depth == 0) {
        r->stopped = true;
        feel_note(r->arena, &r->notes, FEEL_ERROR, at->where, (int)at->line, (int)at->column,
                  "The calculation takes too long and was stopped.", STR_EMPTY);
        return false;
    }
    r->steps--;
    return true;
}

/* ---- names and paths ---- */

static const struct feel_frame *frame_at(const struct feel_frame *f, uint32_t depth)
{
    while (depth--)
        f = f->outer;
    return f;
}

static struct feel_value item_name(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    struct feel_value item = frame_at(f, n->name.depth)->slots[0];
    if (item.kind == FEEL_CONTEXT) {
        const struct feel_entry *e = feel_find(item.context, n->name.name);
        if (e) return e->value;
    }
    return n->name.otherwise ? feel_eval(r, n->name.otherwise, f) : FEEL_NOTHING;
}

static struct feel_value range_property(const struct feel_range *range, struct str name, bool *known)
{
    *known = true;
    if (str_eq_c(name, "start")) return range->low;
    if (str_eq_c(name, "end")) return range->high;
    if (str_eq_c(name, "start included")) return feel_boolean(range->low_closed);
    if (str_eq_c(name, "end included")) return feel_boolean(range->high_closed);
    *known = false;
    return FEEL_NOTHING;
}

static struct feel_value property(struct feel_run *r, const struct feel_node *at, struct feel_value of,
                                  struct str name, unsigned depth)
{
    struct feel_value v = FEEL_NOTHING;
    bool known = false;
    if (of.kind == FEEL_NULL) return v;
    if (!depth) return feel_too_deep(r, at);
    if (of.kind == FEEL_CONTEXT) {
        const struct feel_entry *e = feel_find(of.context, name);
        return e ? e->value : feel_fail(r, at, "There is no entry %{arg}.", name);
    }
    if (of.kind == FEEL_LIST) {
        struct feel_value *items;
        v = feel_list(r->arena, of.list->count, &items);
        for (size_t i = 0; i < of.list->count; i++)
            items[i] = property(r, at, of.list->items[i], name, depth - 1);
        return v;
    }
    if (of.kind == FEEL_RANGE) v = range_property(of.range, name, &known);
    if (known || feel_temporal_property(r, of, name, &v)) return v;
    return feel_fail(r, at, "There is no entry %{arg}.", name);
}

struct feel_value feel_property(struct feel_run *r, const struct feel_node *at, struct feel_value of,
                                struct str name)
{
    return property(r, at, of, name, FEEL_VALUE_DEPTH);
}

/* ---- operators ---- */

static struct feel_value arithmetic_numbers(struct feel_run *r, const struct feel_node *n, struct decimal a,
                                            struct decimal b)
{
    static bool (*const functions[])(struct decimal, struct decimal, struct decimal *) = {
        [FEEL_OP_ADD] = decimal_add,           [FEEL_OP_SUBTRACT] = decimal_subtract,
        [FEEL_OP_MULTIPLY] = decimal_multiply, [FEEL_OP_DIVIDE] = decimal_divide,
        [FEEL_OP_POWER] = decimal_power,
    };
    struct decimal out;
    return functions[n->op](a, b, &out) ? feel_number(out)
                                        : feel_fail(r, n, "The calculation has no result.", STR_EMPTY);
}

static bool arithmetic_temporal(struct feel_run *r, const struct feel_node *n, struct feel_value a,
                                struct feel_value b, struct feel_value *out)
{
    switch (n->op) {
    case FEEL_OP_ADD:
        return feel_temporal_add(r, n, a, b, out);
    case FEEL_OP_SUBTRACT:
        return feel_temporal_subtract(r, n, a, b, out);
    case FEEL_OP_MULTIPLY:
        return feel_temporal_multiply(r, n, a, b, out);
    case FEEL_OP_DIVIDE:
        return feel_temporal_divide(r, n, a, b, out);
    default:
        return false;
    }
}

struct feel_value feel_arithmetic(struct feel_run *r, const struct feel_node *n, struct feel_value a,
                                  struct feel_value b)
{
    struct feel_value out;
    if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER) return arithmetic_numbers(r, n, a.number, b.number);
    if (n->op == FEEL_OP_ADD && a.kind == FEEL_STRING && b.kind == FEEL_STRING)
        return feel_string(str_cat(r->arena, a.string, b.string));
    if (a.kind != FEEL_NULL && b.kind != FEEL_NULL && arithmetic_temporal(r, n, a, b, &out)) return out;
    return feel_fail(r, n, "These values cannot be calculated with each other.", STR_EMPTY);
}

static struct feel_value compare(struct feel_run *r, const struct feel_node *n, enum feel_op op,
                                 struct feel_value a, struct feel_value b)
{
    int order;
    if (op == FEEL_OP_EQUAL || op == FEEL_OP_NOT_EQUAL) {
        struct feel_value equal = feel_equal(a, b);
        if (equal.kind == FEEL_BOOLEAN && op == FEEL_OP_NOT_EQUAL) equal.boolean = !equal.boolean;
        return equal;
    }
    if (!feel_order(a, b, &order)) return feel_fail(r, n, "These values cannot be compared.", STR_EMPTY);
    switch (op) {
    case FEEL_OP_LESS:
        return feel_boolean(order < 0);
    case FEEL_OP_LESS_EQUAL:
        return feel_boolean(order <= 0);
    case FEEL_OP_GREATER:
        return feel_boolean(order > 0);
    default:
        return feel_boolean(order >= 0);
    }
}

/* Three-valued (10.3.2.5): what is no boolean counts as unknown. */
static struct feel_value logic(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    bool decisive = n->op == FEEL_OP_OR;
    struct feel_value a = feel_eval(r, n->operand.a, f);
    if (a.kind == FEEL_BOOLEAN && a.boolean == decisive) return a;
    struct feel_value b = feel_eval(r, n->operand.b, f);
    if (b.kind == FEEL_BOOLEAN && b.boolean == decisive) return b;
    return a.kind == FEEL_BOOLEAN && b.kind == FEEL_BOOLEAN ? feel_boolean(!decisive) : FEEL_NOTHING;
}

static struct feel_value between(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    int low, high;
    struct feel_value v = feel_eval(r, n->operand.a, f), from = feel_eval(r, n->operand.b, f),
                      to = feel_eval(r, n->operand.c, f);
    if (!feel_order(v, from, &low) || !feel_order(v, to, &high))
        return feel_fail(r, n, "These values cannot be compared.", STR_EMPTY);
    return feel_boolean(low >= 0 && high <= 0);
}

static struct feel_value negate(struct feel_run *r, const struct feel_node *n, struct feel_value v)
{
    struct feel_value out;
    if (v.kind == FEEL_NUMBER) return feel_number(decimal_negate(v.number));
    if (feel_temporal_negate(v, &out)) return out;
    return feel_fail(r, n, "Only numbers and durations have a negative.", STR_EMPTY);
}

/* ---- structures ---- */

struct feel_value feel_range(struct feel_run *r, const struct feel_node *at, struct feel_range range)
{
    int order;
    if (range.low.kind == FEEL_NULL && range.high.kind == FEEL_NULL)
        return feel_fail(r, at, "A range needs at least one end.", STR_EMPTY);
    if (range.low.kind == FEEL_NULL) range.low_closed = false;
    if (range.high.kind == FEEL_NULL) range.high_closed = false;
    struct feel_value any = range.low.kind == FEEL_NULL ? range.high : range.low;
    if (!feel_order(any, any, &order))
        return feel_fail(r, at, "The ends of a range must have an order.", STR_EMPTY);
    if (range.low.kind != FEEL_NULL && range.high.kind != FEEL_NULL &&
        !feel_order(range.low, range.high, &order))
        return feel_fail(r, at, "The ends of a range must be of one kind.", STR_EMPTY);
    struct feel_range *kept = ARENA_NEW(r->arena, struct feel_range);
    *kept = range;
    return (struct feel_value){.kind = FEEL_RANGE, .range = kept};
}

static struct feel_value comparison_range(struct feel_run *r, const struct feel_node *n, struct feel_value v)
{
    if (v.kind == FEEL_NULL) return feel_fail(r, n, "A range needs at least one end.", STR_EMPTY);
    switch (n->compare.op) {
    case FEEL_OP_EQUAL:
        return feel_range(r, n, (struct feel_range){v, v, true, true, true});
    case FEEL_OP_LESS:
        return feel_range(r, n, (struct feel_range){FEEL_NOTHING, v, false, false, true});
    case FEEL_OP_LESS_EQUAL:
        return feel_range(r, n, (struct feel_range){FEEL_NOTHING, v, false, true, true});
    case FEEL_OP_GREATER:
        return feel_range(r, n, (struct feel_range){v, FEEL_NOTHING, false, false, true});
    case FEEL_OP_GREATER_EQUAL:
        return feel_range(r, n, (struct feel_range){v, FEEL_NOTHING, true, false, true});
    default:
        return feel_fail(r, n, "Everything but one value is no range.", STR_EMPTY);
    }
}

static struct feel_value make_list(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    struct feel_value *items, list = feel_list(r->arena, n->list.count, &items);
    for (size_t i = 0; i < n->list.count; i++)
        items[i] = feel_eval(r, n->list.items[i], f);
    return list;
}

static struct feel_value make_context(struct feel_run *r, const struct feel_node *n,
                                      const struct feel_frame *f)
{
    struct feel_frame *inner = feel_frame_new(r, n->context.scope, f);
    for (size_t i = 0; i < n->context.count; i++) {
        inner->slots[i] = feel_eval(r, n->context.values[i], inner);
        if (n->context.types)
            inner->slots[i] = feel_conform_at(r, n, inner->slots[i], n->context.types[i], n->context.keys[i]);
    }
    if (n->context.result) return feel_eval(r, n->context.result, inner);
    struct feel_entry *entries;
    struct feel_value context = feel_context(r->arena, n->context.count, &entries);
    for (size_t i = 0; i < n->context.count; i++)
        entries[i] = (struct feel_entry){n->context.keys[i], inner->slots[i]};
    return context;
}

static struct feel_value make_function(struct feel_run *r, const struct feel_node *n,
                                       const struct feel_frame *f)
{
    struct feel_function *function = ARENA_NEW(r->arena, struct feel_function);
    function->param_count = n->function.count;
    function->params = n->function.params;
    function->result = n->function.result;
    function->body = n->function.body;
    function->scope = n->function.scope;
    function->frame = f;
    return (struct feel_value){.kind = FEEL_FUNCTION, .function = function};
}

static struct feel_value instance_of(struct feel_run *r, const struct feel_node *n,
                                     const struct feel_frame *f)
{
    struct feel_value v = feel_eval(r, n->type.value, f);
    if (v.kind == FEEL_NULL) return feel_boolean(n->type.type->kind == FEEL_T_NULL);
    return feel_boolean(n->type.type->kind != FEEL_T_NULL && feel_is(r, v, n->type.type));
}

/* ---- unary tests ---- */

static struct feel_value test_one_of(struct feel_run *r, const struct feel_node *n,
                                     const struct feel_frame *f, struct feel_value input)
{
    bool unsure = false;
    for (size_t i = 0; i < n->list.count; i++) {
        struct feel_value yes = feel_eval_test(r, n->list.items[i], f, input);
        if (yes.kind == FEEL_BOOLEAN && yes.boolean) return yes;
        unsure |= yes.kind != FEEL_BOOLEAN;
    }
    return unsure ? FEEL_NOTHING : feel_boolean(false);
}

struct feel_value feel_eval_test(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f,
                                 struct feel_value input)
{
    struct feel_value v;
    switch (n->op) {
    case FEEL_OP_TEST_ANY:
        return feel_boolean(true);
    case FEEL_OP_TEST_COMPARE:
        return compare(r, n, n->compare.op, input, feel_eval(r, n->compare.right, f));
    case FEEL_OP_TEST_TRUE:
        return feel_eval(r, n->operand.a, f);
    case FEEL_OP_TEST_VALUE:
        v = feel_eval(r, n->operand.a, f);
        if (v.kind == FEEL_BOOLEAN && input.kind != FEEL_BOOLEAN && n->operand.a->op != FEEL_OP_CONSTANT)
            return v;
        return feel_in_value(input, v);
    case FEEL_OP_TEST_ONE_OF:
        return test_one_of(r, n, f, input);
    case FEEL_OP_TEST_NOT:
        v = feel_eval_test(r, n->operand.a, f, input);
        return v.kind == FEEL_BOOLEAN ? feel_boolean(!v.boolean) : FEEL_NOTHING;
    default:
        return feel_eval(r, n, f);
    }
}

struct feel_value feel_test(struct feel_run *r, const struct feel_node *tests, const struct feel_frame *f,
                            struct feel_value input)
{
    struct feel_frame inner = {f, &input}, *kept = &inner;
    if (tests->op != FEEL_OP_TEST_ANY && tests->op != FEEL_OP_TEST_COMPARE) {
        kept = ARENA_NEW(r->arena, struct feel_frame); /* a function may keep it */
        kept->outer = f;
        kept->slots = ARENA_NEW(r->arena, struct feel_value);
        kept->slots[0] = input;
    }
    struct feel_value said = feel_eval_test(r, tests, kept, input);
    return said.kind == FEEL_BOOLEAN ? said : FEEL_NOTHING;
}

/* ---- the switch ---- */

static struct feel_value eval_if(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    struct feel_value yes = feel_eval(r, n->operand.a, f);
    return feel_eval(r, yes.kind == FEEL_BOOLEAN && yes.boolean ? n->operand.b : n->operand.c, f);
}

static struct feel_value eval_binary(struct feel_run *r, const struct feel_node *n,
                                     const struct feel_frame *f)
{
    struct feel_value a = feel_eval(r, n->operand.a, f), b = feel_eval(r, n->operand.b, f);
    return n->op <= FEEL_OP_POWER ? feel_arithmetic(r, n, a, b) : compare(r, n, n->op, a, b);
}

static struct feel_value eval_range(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    struct feel_value low = feel_eval(r, n->range.low, f), high = feel_eval(r, n->range.high, f);
    return feel_range(r, n, (struct feel_range){low, high, n->range.low_closed, n->range.high_closed, false});
}

static struct feel_value eval_node(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    switch (n->op) {
    case FEEL_OP_CONSTANT:
        return n->constant;
    case FEEL_OP_SLOT:
        return frame_at(f, n->name.depth)->slots[n->name.slot];
    case FEEL_OP_ITEM_NAME:
        return item_name(r, n, f);
    case FEEL_OP_UNKNOWN:
        return feel_fail(r, n, "Nothing is called %{arg} here.", n->name.name);
    case FEEL_OP_PATH:
        return feel_property(r, n, feel_eval(r, n->path.of, f), n->path.name);
    case FEEL_OP_FILTER:
        return feel_eval_filter(r, n, f);
    case FEEL_OP_LIST:
        return make_list(r, n, f);
    case FEEL_OP_CONTEXT:
        return make_context(r, n, f);
    case FEEL_OP_RANGE:
        return eval_range(r, n, f);
    case FEEL_OP_COMPARISON_RANGE:
        return comparison_range(r, n, feel_eval(r, n->compare.right, f));
    case FEEL_OP_NEGATE:
        return negate(r, n, feel_eval(r, n->operand.a, f));
    case FEEL_OP_AND:
    case FEEL_OP_OR:
        return logic(r, n, f);
    case FEEL_OP_BETWEEN:
        return between(r, n, f);
    case FEEL_OP_IN:
        return feel_eval_test(r, n->in.tests, f, feel_eval(r, n->in.value, f));
    case FEEL_OP_INSTANCE_OF:
        return instance_of(r, n, f);
    case FEEL_OP_IF:
        return eval_if(r, n, f);
    case FEEL_OP_FOR:
    case FEEL_OP_SOME:
    case FEEL_OP_EVERY:
        return feel_eval_loop(r, n, f);
    case FEEL_OP_FUNCTION:
        return make_function(r, n, f);
    case FEEL_OP_EXTERNAL:
        return feel_fail(r, n, "External functions are not carried out.", STR_EMPTY);
    case FEEL_OP_CALL:
        return feel_eval_call(r, n, f);
    case FEEL_OP_CONFORM:
        return feel_conform_at(r, n, feel_eval(r, n->type.value, f), n->type.type, n->type.what);
    case FEEL_OP_HOST:
        return n->host.eval(r, n->host.data, f);
    case FEEL_OP_BROKEN:
        return feel_fail(r, n, n->broken.msgid, n->broken.arg);
    default:
        return eval_binary(r, n, f);
    }
}

struct feel_value feel_eval(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    if (n->op == FEEL_OP_CONSTANT) return n->constant;
    if (n->op == FEEL_OP_SLOT) return frame_at(f, n->name.depth)->slots[n->name.slot];
    if (!feel_step(r, n)) return FEEL_NOTHING;
    r->depth--;
    struct feel_value v = eval_node(r, n, f);
    r->depth++;
    return r->stopped ? FEEL_NOTHING : v;
}
