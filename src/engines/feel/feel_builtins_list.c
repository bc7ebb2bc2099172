/* Functions over lists (DMN 1.5, 10.3.4.4 and 10.3.4.8). A single value stands for a list of one. */
#include "engines/feel/feel_node.h"
#include "engines/feel/feel_temporal.h"

static struct feel_value wrong(struct feel_call *c)
{
    return feel_fail(c->run, c->at, "A parameter is not of the kind that the function takes.", STR_EMPTY);
}

static const struct feel_list *list_arg(struct feel_call *c, size_t i)
{
    return c->args[i].kind == FEEL_NULL ? NULL : feel_list_of(c->run->arena, c->args[i]).list;
}

/* f(list) and f(a, b, …) are the same; NULL for f(null). */
static const struct feel_list *all_args(struct feel_call *c)
{
    if (c->count == 1) return list_arg(c, 0);
    struct feel_list *list = ARENA_NEW(c->run->arena, struct feel_list);
    list->count = c->count;
    list->items = ARENA_ARRAY(c->run->arena, c->count + 1, struct feel_value);
    memcpy(list->items, c->args, c->count * sizeof *list->items);
    return list;
}

/* ---- growing ---- */

struct growing {
    struct arena *arena;
    struct feel_value *items;
    size_t count, cap;
};

static void grow(struct growing *g, struct feel_value v)
{
    if (g->count == g->cap) {
        size_t cap = g->cap ? 2 * g->cap : 16;
        struct feel_value *items = ARENA_ARRAY(g->arena, cap, struct feel_value);
        if (g->count) memcpy(items, g->items, g->count * sizeof *items);
        g->items = items;
        g->cap = cap;
    }
    g->items[g->count++] = v;
}

static struct feel_value grown(struct growing *g)
{
    struct feel_list *list = ARENA_NEW(g->arena, struct feel_list);
    list->count = g->count;
    list->items = g->items;
    return (struct feel_value){.kind = FEEL_LIST, .list = list};
}

/* ---- membership ---- */

static struct feel_value fn_list_contains(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    if (!list) return wrong(c);
    for (size_t i = 0; i < list->count; i++)
        if (feel_same(list->items[i], c->args[1])) return feel_boolean(true);
    return feel_boolean(false);
}

static struct feel_value fn_index_of(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    struct growing out = {.arena = c->run->arena};
    if (!list) return wrong(c);
    for (size_t i = 0; i < list->count; i++)
        if (feel_same(list->items[i], c->args[1])) grow(&out, feel_integer((int64_t)i + 1));
    return grown(&out);
}

static bool has(const struct growing *g, struct feel_value v)
{
    for (size_t i = 0; i < g->count; i++)
        if (feel_same(g->items[i], v)) return true;
    return false;
}

static struct feel_value fn_distinct_values(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    struct growing out = {.arena = c->run->arena};
    if (!list) return wrong(c);
    for (size_t i = 0; i < list->count; i++) {
        if (!feel_step(c->run, c->at)) return FEEL_NOTHING;
        if (!has(&out, list->items[i])) grow(&out, list->items[i]);
    }
    return grown(&out);
}

/* ---- putting together ---- */

static struct feel_value join(struct feel_call *c, bool distinct)
{
    struct growing out = {.arena = c->run->arena};
    for (size_t i = 0; i < c->count; i++) {
        const struct feel_list *list = list_arg(c, i);
        if (!list) return wrong(c);
        for (size_t k = 0; k < list->count; k++)
            if (!distinct || !has(&out, list->items[k])) grow(&out, list->items[k]);
    }
    return grown(&out);
}

static struct feel_value fn_concatenate(struct feel_call *c)
{
    return join(c, false);
}

static struct feel_value fn_union(struct feel_call *c)
{
    return join(c, true);
}

static struct feel_value fn_append(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    struct growing out = {.arena = c->run->arena};
    if (!list) return wrong(c);
    for (size_t i = 0; i < list->count; i++)
        grow(&out, list->items[i]);
    for (size_t i = 1; i < c->count; i++)
        grow(&out, c->args[i]);
    return grown(&out);
}

static bool flatten(struct growing *out, const struct feel_list *list, unsigned depth)
{
    if (!depth) return false;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != FEEL_LIST)
            grow(out, list->items[i]);
        else if (!flatten(out, list->items[i].list, depth - 1))
            return false;
    }
    return true;
}

static struct feel_value fn_flatten(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    struct growing out = {.arena = c->run->arena};
    if (!list) return wrong(c);
    return flatten(&out, list, FEEL_VALUE_DEPTH) ? grown(&out) : feel_too_deep(c->run, c->at);
}

static struct feel_value fn_reverse(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    struct feel_value *items;
    if (!list) return wrong(c);
    struct feel_value out = feel_list(c->run->arena, list->count, &items);
    for (size_t i = 0; i < list->count; i++)
        items[i] = list->items[list->count - 1 - i];
    return out;
}

/* ---- by position: from 1, or from the end when negative; a fraction is cut off ---- */

static bool position(struct feel_value v, size_t count, size_t *out)
{
    int64_t n;
    struct decimal whole;
    if (v.kind != FEEL_NUMBER || !decimal_round(v.number, 0, DECIMAL_DOWN, &whole) ||
        !decimal_to_i64(whole, &n))
        return false;
    if (n < 0) n += (int64_t)count + 1;
    *out = (size_t)n - 1;
    return n >= 1 && n <= (int64_t)count;
}

static struct feel_value no_position(struct feel_call *c)
{
    return feel_fail(c->run, c->at, "The list has no such position.", STR_EMPTY);
}

static struct feel_value fn_sublist(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    int64_t length = 0;
    size_t from, count;
    struct feel_value *items;
    if (!list) return wrong(c);
    if (!position(c->args[1], list->count, &from)) return no_position(c);
    count = list->count - from;
    if (c->count > 2 && c->args[2].kind != FEEL_NULL) {
        if (!feel_to_i64(c->args[2], &length) || length < 1 || (uint64_t)length > count)
            return no_position(c);
        count = (size_t)length;
    }
    struct feel_value out = feel_list(c->run->arena, count, &items);
    if (count) memcpy(items, list->items + from, count * sizeof *items);
    return out;
}

static struct feel_value fn_insert_before(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    struct growing out = {.arena = c->run->arena};
    size_t at;
    if (!list) return wrong(c);
    if (!position(c->args[1], list->count, &at)) return no_position(c);
    for (size_t i = 0; i < list->count; i++) {
        if (i == at) grow(&out, c->args[2]);
        grow(&out, list->items[i]);
    }
    return grown(&out);
}

static struct feel_value fn_remove(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    struct growing out = {.arena = c->run->arena};
    size_t at;
    if (!list) return wrong(c);
    if (!position(c->args[1], list->count, &at)) return no_position(c);
    for (size_t i = 0; i < list->count; i++)
        if (i != at) grow(&out, list->items[i]);
    return grown(&out);
}

static struct feel_value fn_list_replace(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    struct feel_value *items;
    size_t at = SIZE_MAX;
    bool by_match = c->args[1].kind == FEEL_FUNCTION;
    if (!list) return wrong(c);
    if (!by_match && !position(c->args[1], list->count, &at)) return no_position(c);
    struct feel_value out = feel_list(c->run->arena, list->count, &items);
    for (size_t i = 0; i < list->count; i++) {
        struct feel_value pair[2] = {list->items[i], c->args[2]};
        struct feel_value yes = by_match ? feel_call(c->run, c->args[1], 2, pair) : feel_boolean(i == at);
        if (yes.kind != FEEL_BOOLEAN) return wrong(c);
        items[i] = yes.boolean ? c->args[2] : list->items[i];
    }
    return out;
}

/* ---- sums ---- */

static struct feel_value fn_count(struct feel_call *c)
{
    const struct feel_list *list = all_args(c);
    return list ? feel_integer((int64_t)list->count) : wrong(c);
}

static bool numbers(const struct feel_list *list)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (list->items[i].kind != FEEL_NUMBER) return false;
    return list && list->count;
}

static bool total(const struct feel_list *list, struct decimal *out)
{
    *out = decimal_of(0);
    for (size_t i = 0; i < list->count; i++)
        if (!decimal_add(*out, list->items[i].number, out)) return false;
    return true;
}

/* Durations of one kind are added up, too. */
static struct feel_value sum_of(struct feel_call *c, const struct feel_list *list)
{
    struct decimal n;
    if (numbers(list)) return total(list, &n) ? feel_number(n) : wrong(c);
    if (!list || !list->count) return wrong(c);
    struct feel_value sum = list->items[0];
    if (sum.kind != FEEL_DAYS && sum.kind != FEEL_MONTHS) return wrong(c);
    for (size_t i = 1; i < list->count; i++)
        if (list->items[i].kind != sum.kind || !feel_temporal_add(c->run, c->at, sum, list->items[i], &sum))
            return wrong(c);
    return sum;
}

static struct feel_value fn_sum(struct feel_call *c)
{
    return sum_of(c, all_args(c));
}

static struct feel_value fn_mean(struct feel_call *c)
{
    const struct feel_list *list = all_args(c);
    struct feel_value sum = sum_of(c, list), out, count;
    struct decimal n;
    if (sum.kind == FEEL_NULL) return sum;
    count = feel_integer((int64_t)list->count);
    if (sum.kind == FEEL_NUMBER)
        return decimal_divide(sum.number, count.number, &n) ? feel_number(n) : wrong(c);
    return feel_temporal_divide(c->run, c->at, sum, count, &out) ? out : wrong(c);
}

static struct feel_value fn_product(struct feel_call *c)
{
    const struct feel_list *list = all_args(c);
    struct decimal n = decimal_of(1);
    if (!numbers(list)) return wrong(c);
    for (size_t i = 0; i < list->count; i++)
        if (!decimal_multiply(n, list->items[i].number, &n)) return wrong(c);
    return feel_number(n);
}

static struct feel_value extreme(struct feel_call *c, int wanted)
{
    const struct feel_list *list = all_args(c);
    int order;
    if (!list || !list->count) return wrong(c);
    struct feel_value best = list->items[0];
    if (!feel_order(best, best, &order)) return wrong(c);
    for (size_t i = 1; i < list->count; i++) {
        if (!feel_order(list->items[i], best, &order)) return wrong(c);
        if (order * wanted > 0) best = list->items[i];
    }
    return best;
}

static struct feel_value fn_min(struct feel_call *c)
{
    return extreme(c, -1);
}

static struct feel_value fn_max(struct feel_call *c)
{
    return extreme(c, 1);
}

/* Three-valued like `and` and `or`. */
static struct feel_value quantify(struct feel_call *c, bool decisive)
{
    const struct feel_list *list = all_args(c);
    bool unsure = false;
    if (!list) return wrong(c);
    for (size_t i = 0; i < list->count; i++) {
        struct feel_value v = list->items[i];
        if (v.kind == FEEL_BOOLEAN && v.boolean == decisive) return v;
        unsure |= v.kind != FEEL_BOOLEAN;
    }
    return unsure ? wrong(c) : feel_boolean(!decisive);
}

static struct feel_value fn_all(struct feel_call *c)
{
    return quantify(c, false);
}

static struct feel_value fn_any(struct feel_call *c)
{
    return quantify(c, true);
}

/* ---- order ---- */

/* *sure becomes false where nothing says which of the two comes first. */
typedef bool (*precedes)(struct feel_call *c, struct feel_value a, struct feel_value b, bool *sure);

/* Merging from the bottom: stable, and n log n also for a function that contradicts itself. */
static struct feel_value *sorted(struct feel_call *c, const struct feel_list *list, precedes before,
                                 bool *sure)
{
    size_t n = list->count;
    struct feel_value *from = ARENA_ARRAY(c->run->arena, n + 1, struct feel_value),
                      *to = ARENA_ARRAY(c->run->arena, n + 1, struct feel_value);
    if (n) memcpy(from, list->items, n * sizeof *from);
    *sure = true;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t middle = low + width < n ? low + width : n, high = middle + width < n ? middle + width : n;
            size_t a = low, b = middle;
            for (size_t k = low; k < high; k++)
                to[k] =
                    b < high && (a >= middle || before(c, from[b], from[a], sure)) ? from[b++] : from[a++];
        }
        struct feel_value *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static bool by_function(struct feel_call *c, struct feel_value a, struct feel_value b, bool *sure)
{
    struct feel_value pair[2] = {a, b}, yes = feel_call(c->run, c->args[1], 2, pair);
    if (yes.kind != FEEL_BOOLEAN) return *sure = false;
    return yes.boolean;
}

static bool by_value(struct feel_call *c, struct feel_value a, struct feel_value b, bool *sure)
{
    int order;
    (void)c;
    if (!feel_order(a, b, &order)) return *sure = false;
    return order < 0;
}

static struct feel_value fn_sort(struct feel_call *c)
{
    const struct feel_list *list = list_arg(c, 0);
    bool sure;
    if (!list || (c->count > 1 && c->args[1].kind != FEEL_FUNCTION)) return wrong(c);
    struct feel_list *out = ARENA_NEW(c->run->arena, struct feel_list);
    out->count = list->count;
    out->items = sorted(c, list, c->count > 1 ? by_function : by_value, &sure);
    if (sure) return (struct feel_value){.kind = FEEL_LIST, .list = out};
    return feel_fail(c->run, c->at, "Nothing says which of two elements comes first.", STR_EMPTY);
}

static struct feel_value fn_median(struct feel_call *c)
{
    const struct feel_list *list = all_args(c);
    struct decimal n;
    bool sure;
    if (!numbers(list)) return wrong(c);
    struct feel_value *items = sorted(c, list, by_value, &sure);
    size_t middle = list->count / 2;
    if (list->count % 2) return items[middle];
    if (!decimal_add(items[middle - 1].number, items[middle].number, &n) ||
        !decimal_divide(n, decimal_of(2), &n))
        return wrong(c);
    return feel_number(n);
}

/* Of a sample: divided by one less than the count. */
static struct feel_value fn_stddev(struct feel_call *c)
{
    const struct feel_list *list = all_args(c);
    struct decimal mean, sum = decimal_of(0), d;
    if (!numbers(list) || list->count < 2) return wrong(c);
    if (!total(list, &mean) || !decimal_divide(mean, decimal_of((int64_t)list->count), &mean))
        return wrong(c);
    for (size_t i = 0; i < list->count; i++)
        if (!decimal_subtract(list->items[i].number, mean, &d) || !decimal_multiply(d, d, &d) ||
            !decimal_add(sum, d, &sum))
            return wrong(c);
    if (!decimal_divide(sum, decimal_of((int64_t)list->count - 1), &d) || !decimal_sqrt(d, &d))
        return wrong(c);
    return feel_number(d);
}

static struct feel_value fn_mode(struct feel_call *c)
{
    const struct feel_list *list = all_args(c);
    struct growing out = {.arena = c->run->arena};
    size_t most = 0;
    bool sure;
    if (!list || (list->count && !numbers(list))) return wrong(c);
    struct feel_value *items = sorted(c, list, by_value, &sure);
    for (size_t i = 0, end; i < list->count; i = end) {
        for (end = i + 1; end < list->count && feel_same(items[i], items[end]); end++) {
        }
        if (end - i > most) out.count = 0;
        if (end - i >= most) {
            most = end - i;
            grow(&out, items[i]);
        }
    }
    return grown(&out);
}

const struct feel_builtin feel_builtins_list[] = {
    {"list contains", "[list,[element", fn_list_contains},
    {"index of", "[list,[match", fn_index_of},
    {"distinct values", "[list", fn_distinct_values},
    {"concatenate", "[list*", fn_concatenate},
    {"union", "[list*", fn_union},
    {"append", "[list,[item*", fn_append},
    {"flatten", "[list", fn_flatten},
    {"reverse", "[list", fn_reverse},
    {"sublist", "[list,start position,length?", fn_sublist},
    {"insert before", "[list,position,[newItem", fn_insert_before},
    {"remove", "[list,position", fn_remove},
    {"list replace", "[list,position,[newItem", fn_list_replace},
    {"list replace", "[list,[match,[newItem", fn_list_replace},
    {"count", "[list", fn_count},
    {"count", "[c*", fn_count},
    {"sum", "[list", fn_sum},
    {"sum", "[n*", fn_sum},
    {"mean", "[list", fn_mean},
    {"mean", "[n*", fn_mean},
    {"product", "[list", fn_product},
    {"product", "[n*", fn_product},
    {"min", "[list", fn_min},
    {"min", "[c*", fn_min},
    {"max", "[list", fn_max},
    {"max", "[c*", fn_max},
    {"all", "[list", fn_all},
    {"all", "[b*", fn_all},
    {"any", "[list", fn_any},
    {"any", "[b*", fn_any},
    {"sort", "[list,precedes?", fn_sort},
    {"median", "[list", fn_median},
    {"median", "[n*", fn_median},
    {"stddev", "[list", fn_stddev},
    {"stddev", "[n*", fn_stddev},
    {"mode", "[list", fn_mode},
    {"mode", "[n*", fn_mode},
    {0},
};
