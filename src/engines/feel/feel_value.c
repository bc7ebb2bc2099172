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

static struct feel_value equal_contexts(const struct feel_context *a, const struct feel_context *b)
{
    struct feel_value result = feel_boolean(a->count == b->count);
    for (size_t i = 0; result.kind == FEEL_BOOLEAN && result.boolean && i < a->count; i++) {
        const struct feel_entry *other = feel_find(b, a->entries[i].key);
        result = other ? all(result, feel_equal(a->entries[i].value, other->value)) : feel_boolean(false);
    }
    return result;
}

static struct feel_value equal_lists(const struct feel_list *a, const struct feel_list *b)
{
    struct feel_value result = feel_boolean(a->count == b->count);
    for (size_t i = 0; result.kind == FEEL_BOOLEAN && result.boolean && i < a->count; i++)
        result = all(result, feel_equal(a->items[i], b->items[i]));
    return result;
}

struct feel_value feel_equal(struct feel_value a, struct feel_value b)
{
    int order;
    if (a.kind == FEEL_NULL || b.kind == FEEL_NULL) return feel_boolean(a.kind == b.kind);
    if (a.kind != b.kind) return FEEL_NOTHING;
    switch (a.kind) {
    case FEEL_BOOLEAN:
        return feel_boolean(a.boolean == b.boolean);
    case FEEL_NUMBER:
        return feel_boolean(decimal_compare(a.number, b.number) == 0);
    case FEEL_STRING:
        return feel_boolean(str_eq(a.string, b.string));
    case FEEL_LIST:
        return equal_lists(a.list, b.list);
    case FEEL_CONTEXT:
        return equal_contexts(a.context, b.context);
    case FEEL_RANGE:
        return all(feel_boolean(a.range->comparison == b.range->comparison &&
                                a.range->low_closed == b.range->low_closed &&
                                a.range->high_closed == b.range->high_closed),
                   all(feel_equal(a.range->low, b.range->low), feel_equal(a.range->high, b.range->high)));
    case FEEL_FUNCTION:
        return feel_boolean(a.function == b.function ||
                            (a.function->builtin && a.function->builtin == b.function->builtin));
    default:
        return feel_boolean(feel_temporal_order(a, b, &order) ? order == 0 : false);
    }
}

bool feel_same(struct feel_value a, struct feel_value b)
{
    struct feel_value equal = feel_equal(a, b);
    return equal.kind == FEEL_BOOLEAN && equal.boolean;
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
