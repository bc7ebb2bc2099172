#include "engines/feel/feel_node.h"
#include "engines/feel/feel_temporal.h"

struct feel_value feel_boolean(bool b)
{
    return (struct feel_value){.kind = FEEL_BOOLEAN, .boolean = b};
}

struct feel_value feel_integer(int64_t n)
{
    return feel_number(decimal_of(n));
}

struct feel_value feel_number(struct decimal n)
{
    return (struct feel_value){.kind = FEEL_NUMBER, .number = n};
}

struct feel_value feel_string(struct str s)
{
    return (struct feel_value){.kind = FEEL_STRING, .string = s};
}

struct feel_value feel_list(struct arena *a, size_t count, struct feel_value **items)
{
    struct feel_list *list = ARENA_NEW(a, struct feel_list);
    list->count = count;
    list->items = *items = count ? ARENA_ARRAY(a, count, struct feel_value) : NULL;
    return (struct feel_value){.kind = FEEL_LIST, .list = list};
}

struct feel_value feel_context(struct arena *a, size_t count, struct feel_entry **entries)
{
    struct feel_context *context = ARENA_NEW(a, struct feel_context);
    context->count = count;
    context->entries = *entries = count ? ARENA_ARRAY(a, count, struct feel_entry) : NULL;
    return (struct feel_value){.kind = FEEL_CONTEXT, .context = context};
}

const struct feel_entry *feel_find(const struct feel_context *c, struct str key)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->entries[i].key, key)) return &c->entries[i];
    return NULL;
}

struct feel_value feel_get(const struct feel_context *c, struct str key)
{
    const struct feel_entry *e = feel_find(c, key);
    return e ? e->value : FEEL_NOTHING;
}

bool feel_to_i64(struct feel_value v, int64_t *out)
{
    return v.kind == FEEL_NUMBER && decimal_to_i64(v.number, out);
}

struct feel_value feel_list_of(struct arena *a, struct feel_value v)
{
    struct feel_value *items;
    if (v.kind == FEEL_LIST) return v;
    struct feel_value list = feel_list(a, v.kind == FEEL_NULL ? 0 : 1, &items);
    if (v.kind != FEEL_NULL) items[0] = v;
    return list;
}

static bool is_temporal(enum feel_kind kind)
{
    return kind >= FEEL_DATE && kind <= FEEL_MONTHS;
}

bool feel_order(struct feel_value a, struct feel_value b, int *order)
{
    if (a.kind != b.kind) return false;
    switch (a.kind) {
    case FEEL_NUMBER:
        *order = decimal_compare(a.number, b.number);
        return true;
    case FEEL_STRING:
        *order = str_cmp(a.string, b.string);
        return true; /* UTF-8 keeps the order of code points */
    default:
        return is_temporal(a.kind) && feel_temporal_order(a, b, order);
    }
}

static struct feel_value all(struct feel_value so_far, struct feel_value next)
{
    if (so_far.kind == FEEL_BOOLEAN && !so_far.boolean) return so_far;
    if (next.kind == FEEL_BOOLEAN && !next.boolean) return next;
    return so_far.kind == FEEL_NULL ? so_far : next;
}

/* What a comparison may still cost. Values share their parts, so that few of them can look like very many. */
struct effort {
    unsigned depth;
    uint64_t steps;
};
enum { EQUAL_STEPS = 10000000 };

static struct feel_value equal(struct feel_value a, struct feel_value b, struct effort *e);

static struct feel_value equal_contexts(const struct feel_context *a, const struct feel_context *b,
                                        struct effort *e)
{
    struct feel_value result = feel_boolean(a->count == b->count);
    for (size_t i = 0; result.kind == FEEL_BOOLEAN && result.boolean && i < a->count; i++) {
        const struct feel_entry *other = feel_find(b, a->entries[i].key);
        result = other ? all(result, equal(a->entries[i].value, other->value, e)) : feel_boolean(false);
    }
    return result;
}

static struct feel_value equal_lists(const struct feel_list *a, const struct feel_list *b, struct effort *e)
{
    struct feel_value result = feel_boolean(a->count == b->count);
    for (size_t i = 0; result.kind == FEEL_BOOLEAN && result.boolean && i < a->count; i++)
        result = all(result, equal(a->items[i], b->items[i], e));
    return result;
}

static struct feel_value equal_ranges(const struct feel_range *a, const struct feel_range *b,
                                      struct effort *e)
{
    return all(feel_boolean(a->comparison == b->comparison && a->low_closed == b->low_closed &&
                            a->high_closed == b->high_closed),
               all(equal(a->low, b->low, e), equal(a->high, b->high, e)));
}

static bool equal_functions(const struct feel_function *a, const struct feel_function *b)
{
    return a == b || (a->builtin && a->builtin == b->builtin);
}

static struct feel_value equal_kinds(struct feel_value a, struct feel_value b, struct effort *e)
{
    int order;
    switch (a.kind) {
    case FEEL_BOOLEAN:
        return feel_boolean(a.boolean == b.boolean);
    case FEEL_NUMBER:
        return feel_boolean(decimal_compare(a.number, b.number) == 0);
    case FEEL_STRING:
        return feel_boolean(str_eq(a.string, b.string));
    case FEEL_LIST:
        return equal_lists(a.list, b.list, e);
    case FEEL_CONTEXT:
        return equal_contexts(a.context, b.context, e);
    case FEEL_RANGE:
        return equal_ranges(a.range, b.range, e);
    case FEEL_FUNCTION:
        return feel_boolean(equal_functions(a.function, b.function));
    default:
        return feel_boolean(feel_temporal_order(a, b, &order) ? order == 0 : false);
    }
}

static struct feel_value equal(struct feel_value a, struct feel_value b, struct effort *e)
{
    if (a.kind == FEEL_NULL || b.kind == FEEL_NULL) return feel_boolean(a.kind == b.kind);
    if (a.kind != b.kind || !e->depth || !e->steps) return FEEL_NOTHING;
    e->depth--;
    e->steps--;
    struct feel_value result = equal_kinds(a, b, e);
    e->depth++;
    return result;
}

struct feel_value feel_equal(struct feel_value a, struct feel_value b)
{
    struct effort e = {.depth = FEEL_VALUE_DEPTH, .steps = EQUAL_STEPS};
    return equal(a, b, &e);
}

bool feel_same(struct feel_value a, struct feel_value b)
{
    struct feel_value yes = feel_equal(a, b);
    return yes.kind == FEEL_BOOLEAN && yes.boolean;
}

struct feel_value feel_in_range(struct feel_value v, const struct feel_range *range)
{
    int order;
    if (v.kind == FEEL_NULL ||
        (!range->comparison && (range->low.kind == FEEL_NULL || range->high.kind == FEEL_NULL)))
        return FEEL_NOTHING;
    if (range->low.kind != FEEL_NULL) {
        if (!feel_order(v, range->low, &order)) return FEEL_NOTHING;
        if (order < 0 || (order == 0 && !range->low_closed)) return feel_boolean(false);
    }
    if (range->high.kind != FEEL_NULL) {
        if (!feel_order(v, range->high, &order)) return FEEL_NOTHING;
        if (order > 0 || (order == 0 && !range->high_closed)) return feel_boolean(false);
    }
    return feel_boolean(true);
}

/* Among many, what cannot be compared is simply not the one. */
struct feel_value feel_in_value(struct feel_value v, struct feel_value test)
{
    if (test.kind == FEEL_RANGE && v.kind != FEEL_RANGE) return feel_in_range(v, test.range);
    if (test.kind != FEEL_LIST) return feel_equal(v, test);
    for (size_t i = 0; i < test.list->count; i++) {
        struct feel_value one = test.list->items[i];
        struct feel_value in =
            one.kind == FEEL_RANGE && v.kind != FEEL_RANGE ? feel_in_range(v, one.range) : feel_equal(v, one);
        if (in.kind == FEEL_BOOLEAN && in.boolean) return in;
    }
    return feel_boolean(v.kind == FEEL_LIST && feel_same(v, test));
}
