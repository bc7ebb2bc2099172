/* The index of a decision table: for each column the line of values is cut at the constants of its entries,
 * and every elementary part carries the set of rules that may match there. A value finds its part by binary
 * search; the sets of all columns are and-ed; what is no plain comparison is evaluated only for rules that
 * are left. */
#include "engines/dmn/dmn_internal.h"

enum { INDEX_BYTES_MAX = 2 << 20 }; /* of one column; beyond, its entries are evaluated one by one */

/* Kinds of which all values stand on one line. Times do not: some have a zone, some have none. */
static bool ordered(enum feel_kind k)
{
    return k == FEEL_NUMBER || k == FEEL_STRING || k == FEEL_BOOLEAN || k == FEEL_DATE || k == FEEL_DAYS ||
           k == FEEL_MONTHS;
}

static int order_of(struct feel_value a, struct feel_value b)
{
    int order = 0;
    switch (a.kind) {
    case FEEL_NUMBER:
        return decimal_compare(a.number, b.number);
    case FEEL_STRING:
        return str_cmp(a.string, b.string);
    case FEEL_BOOLEAN:
        return (int)a.boolean - (int)b.boolean;
    default:
        return feel_order(a, b, &order) ? order : 0;
    }
}

static int by_order(const void *a, const void *b)
{
    return order_of(*(const struct feel_value *)a, *(const struct feel_value *)b);
}

/* ---- making ---- */

struct entry {
    bool simple;
    struct feel_simple_test test;
};

static enum feel_kind kind_of(const struct feel_simple_test *t)
{
    enum feel_kind kind = FEEL_NULL;
    for (size_t i = 0; i < t->count; i++)
        for (int end = 0; end < 2; end++) {
            enum feel_kind k = end ? t->alternatives[i].high.kind : t->alternatives[i].low.kind;
            if (k == FEEL_NULL) continue;
            if (kind != FEEL_NULL && kind != k) return FEEL_NULL;
            kind = k;
        }
    return kind;
}

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

/* Sorted, each once. */
static size_t line_of(struct arena *a, const struct entry *entries, size_t rules, struct feel_value **out)
{
    size_t n = 0, kept = 0;
    for (size_t r = 0; r < rules; r++)
        n += entries[r].simple ? 2 * entries[r].test.count : 0;
    struct feel_value *v = ARENA_ARRAY(a, n + 1, struct feel_value);
    n = 0;
    for (size_t r = 0; r < rules; r++)
        for (size_t i = 0; entries[r].simple && i < entries[r].test.count; i++) {
            const struct feel_interval *x = &entries[r].test.alternatives[i];
            if (x->low.kind != FEEL_NULL) v[n++] = x->low;
            if (x->high.kind != FEEL_NULL) v[n++] = x->high;
        }
    *out = v;
    qsort(v, n, sizeof *v, by_order);
    for (size_t i = 0; i < n; i++)
        if (!kept || order_of(v[kept - 1], v[i]) != 0) v[kept++] = v[i];
    return kept;
}

size_t dmn_index_part(const struct dmn_index *x, struct feel_value v)
{
    size_t low = 0, high = x->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order =
            x->numbers ? decimal_compare(x->numbers[middle], v.number) : order_of(x->values[middle], v);
        if (order == 0) return 2 * middle + 1;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 2 * low;
}

void dmn_index_mark(const struct dmn_index *x, const struct feel_interval *i, bool *parts)
{
    size_t from = 0, to = 2 * x->count;
    if (i->low.kind != FEEL_NULL) {
        from = dmn_index_part(x, i->low);
        if (from % 2 && !i->low_closed) from++;
    }
    if (i->high.kind != FEEL_NULL) {
        to = dmn_index_part(x, i->high);
        if (to % 2 && !i->high_closed) to--;
    }
    for (size_t p = from; p <= to; p++)
        parts[p] = true;
}

static void mark_rule(struct dmn_index *x, size_t words, size_t rule, const struct feel_simple_test *t,
                      bool *parts)
{
    size_t count = 2 * x->count + 1;
    memset(parts, 0, count);
    for (size_t i = 0; i < t->count; i++)
        dmn_index_mark(x, &t->alternatives[i], parts);
    for (size_t p = 0; p < count; p++)
        if (t->any || parts[p] != t->negated) set_bit(x->parts + p * words, rule);
}

static enum feel_kind kind_of_column(const struct entry *entries, size_t rules)
{
    for (size_t r = 0; r < rules; r++)
        if (entries[r].simple && !entries[r].test.any) {
            enum feel_kind k = kind_of(&entries[r].test);
            if (ordered(k)) return k;
        }
    return FEEL_NULL;
}

static void make_column(struct arena *a, struct dmn_table *t, struct dmn_column *c)
{
    struct dmn_index *x = &c->index;
    struct entry *entries = ARENA_ARRAY(a, t->rule_count + 1, struct entry);
    x->any = ARENA_ARRAY(a, t->words, uint64_t);
    x->open = ARENA_ARRAY(a, t->words, uint64_t);
    x->open_at_null = ARENA_ARRAY(a, t->words, uint64_t);
    for (size_t r = 0; r < t->rule_count; r++)
        entries[r].simple = feel_simple_test(a, c->tests[r], &entries[r].test);
    enum feel_kind kind = kind_of_column(entries, t->rule_count);
    for (size_t r = 0; r < t->rule_count; r++)
        if (entries[r].simple && !entries[r].test.any && kind_of(&entries[r].test) != kind)
            entries[r].simple = false;
    x->count = kind == FEEL_NULL ? 0 : line_of(a, entries, t->rule_count, &x->values);
    bool fits = x->count && (2 * x->count + 1) * t->words * sizeof(uint64_t) <= INDEX_BYTES_MAX;
    x->kind = fits ? kind : FEEL_NULL;
    for (size_t r = 0; r < t->rule_count; r++) {
        bool any = entries[r].simple && entries[r].test.any;
        if (any) set_bit(x->any, r);
        if (!any && (!entries[r].simple || !fits)) set_bit(x->open, r);
        if (!any && (!entries[r].simple || !fits || entries[r].test.negated)) set_bit(x->open_at_null, r);
    }
    if (!fits) return;
    if (kind == FEEL_NUMBER) {
        x->numbers = ARENA_ARRAY(a, x->count, struct decimal);
        for (size_t i = 0; i < x->count; i++)
            x->numbers[i] = x->values[i].number;
    }
    x->parts = ARENA_ARRAY(a, (2 * x->count + 1) * t->words, uint64_t);
    bool *parts = ARENA_ARRAY(a, 2 * x->count + 1, bool);
    for (size_t r = 0; r < t->rule_count; r++) {
        if (bit(x->open, r))
            for (size_t p = 0; p <= 2 * x->count; p++)
                set_bit(x->parts + p * t->words, r);
        else
            mark_rule(x, t->words, r, &entries[r].test, parts);
    }
}

void dmn_index_make(struct arena *a, struct dmn_table *t)
{
    t->words = (t->rule_count + 63) / 64;
    for (size_t c = 0; c < t->column_count; c++)
        make_column(a, t, &t->columns[c]);
}

/* ---- asking ---- */

/* Narrows `bits` to what the column allows. True when entries of this column are left to be evaluated;
 * *open says which. */
static bool narrow(const struct dmn_table *t, const struct dmn_index *x, struct feel_value v, uint64_t *bits,
                   uint64_t *open, bool *empty)
{
    uint64_t left = 0, to_do = 0;
    if (v.kind != FEEL_NULL && v.kind == x->kind) {
        const uint64_t *part = x->parts + dmn_index_part(x, v) * t->words;
        for (size_t w = 0; w < t->words; w++) {
            left |= bits[w] &= part[w];
            to_do |= open[w] = bits[w] & x->open[w];
        }
    } else if (v.kind == FEEL_NULL) {
        for (size_t w = 0; w < t->words; w++) {
            left |= bits[w] &= x->any[w] | x->open_at_null[w];
            to_do |= open[w] = bits[w] & x->open_at_null[w];
        }
    } else {
        for (size_t w = 0; w < t->words; w++) {
            left |= bits[w];
            to_do |= open[w] = bits[w] & ~x->any[w];
        }
    }
    *empty = !left;
    return to_do;
}

static bool satisfied(struct feel_run *r, const struct feel_node *test, const struct feel_frame *f,
                      struct feel_value v)
{
    struct feel_value said = feel_test(r, test, f, v);
    return said.kind == FEEL_BOOLEAN && said.boolean;
}

/* Are the entries of this rule that are left to be evaluated satisfied? */
static bool holds(struct feel_run *r, const struct dmn_table *t, const struct feel_value *values,
                  const struct feel_frame *f, const uint64_t *open, size_t rule)
{
    for (size_t c = 0; c < t->column_count; c++)
        if (bit(open + c * t->words, rule) && !satisfied(r, t->columns[c].tests[rule], f, values[c]))
            return false;
    return true;
}

static void all_rules(const struct dmn_table *t, uint64_t *bits)
{
    for (size_t w = 0; w < t->words; w++)
        bits[w] = UINT64_MAX;
    if (t->rule_count % 64) bits[t->words - 1] = (UINT64_C(1) << (t->rule_count % 64)) - 1;
}

enum { ROOM = 256 }; /* words of `open` that need no allocation */

size_t dmn_index_match(struct feel_run *r, const struct dmn_table *t, const struct feel_value *values,
                       const struct feel_frame *f, bool first_only, uint64_t *bits)
{
    uint64_t room[ROOM], *open = room;
    size_t count = 0;
    bool to_do = false, empty = false;
    if (!t->words) return 0;
    if (t->column_count * t->words > ROOM) open = ARENA_ARRAY(r->arena, t->column_count * t->words, uint64_t);
    all_rules(t, bits);
    for (size_t c = 0; c < t->column_count && !empty; c++)
        to_do |= narrow(t, &t->columns[c].index, values[c], bits, open + c * t->words, &empty);
    if (empty) {
        memset(bits, 0, t->words * sizeof *bits);
        return 0;
    }
    for (size_t w = 0; w < t->words; w++) {
        for (uint64_t left = bits[w]; to_do && left; left &= left - 1) {
            size_t rule = w * 64 + (size_t)__builtin_ctzll(left);
            if (!holds(r, t, values, f, open, rule)) {
                bits[w] &= ~(UINT64_C(1) << (rule % 64));
            } else if (first_only) {
                memset(bits, 0, t->words * sizeof *bits);
                set_bit(bits, rule);
                return 1;
            }
        }
        count += (size_t)__builtin_popcountll(bits[w]);
    }
    return count;
}

size_t dmn_table_match(struct feel_run *r, const struct dmn_table *t, const struct feel_value *values,
                       uint64_t *bits, size_t words)
{
    static const struct feel_frame none;
    uint64_t room[ROOM], *own = bits;
    if (words < t->words) own = t->words <= ROOM ? room : ARENA_ARRAY(r->arena, t->words, uint64_t);
    for (size_t w = t->words; w < words; w++)
        bits[w] = 0;
    if (!dmn_step(r, 1 + t->column_count)) return 0;
    size_t count = dmn_index_match(r, t, values, &none, false, own);
    if (own != bits && words) memcpy(bits, own, words * sizeof *bits);
    return count;
}
