/* for, some, every, and filters. */
#include "engines/feel/feel_node.h"
#include "engines/feel/feel_temporal.h"

struct results {
    struct feel_value *items;
    size_t count, cap;
};

static void results_add(struct feel_run *r, struct results *list, struct feel_value v)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 16;
        struct feel_value *items = ARENA_ARRAY(r->arena, cap, struct feel_value);
        if (list->count) memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = v;
}

static struct feel_value as_list(struct feel_run *r, const struct results *list)
{
    struct feel_list *out = ARENA_NEW(r->arena, struct feel_list);
    out->count = list->count;
    out->items = list->items;
    return (struct feel_value){.kind = FEEL_LIST, .list = out};
}

struct loop {
    struct feel_run *run;
    const struct feel_node *node;
    const struct feel_frame *outer;
    struct feel_frame *frame;
    struct results results; /* for */
    bool unsure, ended;     /* some, every: the answer is there */
    bool failed;            /* there is no list to go through */
};

static void iterate(struct loop *l, size_t level);

static void one(struct loop *l, size_t level, struct feel_value v)
{
    l->frame->slots[level] = v;
    if (level + 1 < l->node->loop.count) {
        iterate(l, level + 1);
        return;
    }
    if (!feel_step(l->run, l->node)) {
        l->ended = true;
        return;
    }
    if (l->node->op == FEEL_OP_FOR) l->frame->slots[l->node->loop.count] = as_list(l->run, &l->results);
    struct feel_value result = feel_eval(l->run, l->node->loop.body, l->frame);
    if (l->node->op == FEEL_OP_FOR) {
        results_add(l->run, &l->results, result);
    } else if (result.kind != FEEL_BOOLEAN) {
        l->unsure = true;
    } else if (result.boolean == (l->node->op == FEEL_OP_SOME)) {
        l->ended = true;
    }
    if (l->node->loop.fresh) {
        struct feel_frame *next = feel_frame_new(l->run, l->node->loop.scope, l->outer);
        memcpy(next->slots, l->frame->slots, l->node->loop.scope->count * sizeof *next->slots);
        l->frame = next;
    }
}

/* Whole numbers and dates, up or down, both ends included. */
static bool iterate_between(struct loop *l, size_t level, struct feel_value from, struct feel_value to)
{
    int order;
    int64_t low, high;
    if (feel_to_i64(from, &low) && feel_to_i64(to, &high)) {
        for (int64_t i = low;; i += low <= high ? 1 : -1) {
            one(l, level, feel_integer(i));
            if (i == high || l->ended) return true;
        }
    }
    if (from.kind != FEEL_DATE || !feel_order(from, to, &order)) return false;
    struct feel_value day = {.kind = FEEL_DAYS,
                             .nanos = (order <= 0 ? 1 : -1) * (__int128)86400 * 1000000000};
    for (int there = order; !l->ended; feel_order(from, to, &there)) {
        one(l, level, from);
        if (there == 0 || from.kind == FEEL_NULL) break;
        if (!feel_temporal_add(l->run, l->node, from, day, &from) || from.kind != FEEL_DATE) break;
    }
    return true;
}

static bool iterate_range(struct loop *l, size_t level, const struct feel_range *range)
{
    int64_t low, high;
    if (!feel_to_i64(range->low, &low) || !feel_to_i64(range->high, &high))
        return range->low_closed && range->high_closed && iterate_between(l, level, range->low, range->high);
    if (!range->low_closed && low < INT64_MAX) low++;
    if (!range->high_closed && high > INT64_MIN) high--;
    return low <= high && iterate_between(l, level, feel_integer(low), feel_integer(high));
}

static void iterate(struct loop *l, size_t level)
{
    const struct feel_iterator *it = &l->node->loop.iterators[level];
    const struct feel_frame *f = level ? l->frame : l->outer;
    struct feel_value in = feel_eval(l->run, it->in, f);
    bool good = true;
    if (it->to) {
        good = iterate_between(l, level, in, feel_eval(l->run, it->to, f));
    } else if (in.kind == FEEL_RANGE) {
        good = iterate_range(l, level, in.range);
    } else if (in.kind == FEEL_LIST) {
        for (size_t i = 0; i < in.list->count && !l->ended; i++)
            one(l, level, in.list->items[i]);
    } else if (in.kind == FEEL_NULL) {
        good = false;
    } else {
        one(l, level, in);
    }
    if (!good) {
        feel_fail(l->run, l->node, "There is nothing to go through.", STR_EMPTY);
        l->failed = l->ended = true;
    }
}

struct feel_value feel_eval_loop(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    struct loop l = {.run = r, .node = n, .outer = f, .frame = feel_frame_new(r, n->loop.scope, f)};
    iterate(&l, 0);
    if (l.failed || r->stopped) return FEEL_NOTHING;
    if (n->op == FEEL_OP_FOR) return as_list(r, &l.results);
    bool decisive = n->op == FEEL_OP_SOME;
    if (l.ended) return feel_boolean(decisive);
    return l.unsure ? FEEL_NOTHING : feel_boolean(!decisive);
}

/* ---- filters ---- */

static struct feel_value by_position(const struct feel_node *n, struct feel_run *r,
                                     const struct feel_list *list, struct feel_value index)
{
    int64_t i;
    if (!feel_to_i64(index, &i)) return feel_fail(r, n, "A position in a list is a whole number.", STR_EMPTY);
    if (i < 0) i += (int64_t)list->count + 1;
    if (i < 1 || i > (int64_t)list->count)
        return feel_fail(r, n, "The list has no such position.", STR_EMPTY);
    return list->items[i - 1];
}

/* A position, or what is true of the item. The kind of the first result decides which. */
struct feel_value feel_eval_filter(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    struct feel_value in = feel_eval(r, n->filter.in, f), match;
    if (n->filter.match->op == FEEL_OP_CONSTANT && in.kind != FEEL_NULL &&
        n->filter.match->constant.kind == FEEL_NUMBER)
        return by_position(n, r, feel_list_of(r->arena, in).list, n->filter.match->constant);
    if (in.kind == FEEL_NULL) return feel_fail(r, n, "There is nothing to choose from.", STR_EMPTY);
    const struct feel_list *list = feel_list_of(r->arena, in).list;
    struct results kept = {0};
    struct feel_frame *frame = feel_frame_new(r, n->filter.scope, f);
    for (size_t i = 0; i < list->count; i++) {
        if (!feel_step(r, n)) return FEEL_NOTHING;
        frame->slots[0] = list->items[i];
        match = feel_eval(r, n->filter.match, frame);
        if (match.kind == FEEL_NUMBER) return by_position(n, r, list, match);
        if (match.kind != FEEL_BOOLEAN && match.kind != FEEL_NULL)
            return feel_fail(r, n, "A filter says true or false of each item, or gives a position.",
                             STR_EMPTY);
        if (match.kind == FEEL_BOOLEAN && match.boolean) results_add(r, &kept, list->items[i]);
        if (n->filter.fresh) frame = feel_frame_new(r, n->filter.scope, f);
    }
    if (!list->count) {
        frame->slots[0] = FEEL_NOTHING;
        match = feel_eval(r, n->filter.match, frame);
        if (match.kind == FEEL_NUMBER) return by_position(n, r, list, match);
    }
    return as_list(r, &kept);
}
