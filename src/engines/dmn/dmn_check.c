/* What is odd in a model that can be used. Tables are looked at through their index: two rules overlap where
 * they share an elementary part in every column, and a gap is a choice of parts that leaves no rule. */
#include "engines/dmn/dmn_internal.h"

enum { RULES_MAX = 1000, REPORTS_MAX = 20, GAP_STEPS = 100000, COLUMNS_MAX = 64 };

struct checking {
    struct arena *arena;
    struct feel_notes *notes;
};

static void warn(struct checking *c, struct str where, const char *msgid, struct str arg)
{
    feel_note(c->arena, c->notes, FEEL_WARNING, where, 0, 0, msgid, arg);
}

/* ---- elements ---- */

static int by_name(const void *a, const void *b)
{
    const struct dmn_part *x = *(struct dmn_part *const *)a, *y = *(struct dmn_part *const *)b;
    return str_cmp(x->pub.name, y->pub.name);
}

static void check_twice(struct checking *c, const struct dmn_doc *d)
{
    struct dmn_part **list = ARENA_ARRAY(c->arena, d->part_count + 1, struct dmn_part *);
    for (size_t i = 0; i < d->part_count; i++)
        list[i] = &d->parts[i];
    qsort(list, d->part_count, sizeof *list, by_name);
    for (size_t i = 1; i < d->part_count; i++) {
        if (str_eq(list[i]->pub.name, list[i - 1]->pub.name))
            warn(c, d->source, "Two elements have the name %{arg}.", list[i]->pub.name);
        if (d->by_id[i]->pub.id.len && str_eq(d->by_id[i]->pub.id, d->by_id[i - 1]->pub.id))
            warn(c, d->source, "Two elements have the id %{arg}.", d->by_id[i]->pub.id);
    }
}

static void check_part(struct checking *c, const struct dmn_part *p)
{
    const struct dmn_xml *variable = dmn_xml_child(p->node, "variable");
    struct str name = dmn_xml_attribute(variable, "name");
    if (name.len && !str_eq(name, p->pub.name))
        warn(c, p->pub.name, "Its variable is called %{arg}; the name of the element counts.", name);
    if (p->pub.kind == DMN_DECISION && !dmn_expression_in(p->node))
        warn(c, p->pub.name, "The decision has no logic and gives null.", STR_EMPTY);
    if (p->pub.kind == DMN_SERVICE && !p->output_count)
        warn(c, p->pub.name, "The service gives nothing.", STR_EMPTY);
}

static void check_used(struct checking *c, const struct dmn_doc *d)
{
    bool *used = ARENA_ARRAY(c->arena, d->part_count + 1, bool);
    for (size_t i = 0; i < d->part_count; i++) {
        const struct dmn_part *p = &d->parts[i];
        for (size_t n = 0; n < p->need_count; n++)
            if (p->needs[n].to->doc == d) used[p->needs[n].to->index] = true;
    }
    for (size_t i = 0; i < d->part_count; i++)
        if (d->parts[i].pub.kind == DMN_INPUT && !used[i])
            warn(c, d->parts[i].pub.name, "No decision uses this input.", STR_EMPTY);
}

static void check_imports(struct checking *c, const struct dmn_doc *d)
{
    for (size_t i = 0; i < d->import_count; i++)
        if (!d->imports[i].doc)
            warn(c, d->source, "The imported model %{arg} was not given.", d->imports[i].ns);
}

/* ---- tables ---- */

/* Where values of a column can lie: the parts that its allowed values touch. */
static bool *domain_of(struct checking *c, const struct dmn_column *column)
{
    const struct dmn_index *x = &column->index;
    const struct feel_node *allowed = column->allowed;
    struct feel_simple_test test;
    bool *parts = ARENA_ARRAY(c->arena, 2 * x->count + 1, bool);
    if (!allowed && column->type && column->type->kind != FEEL_T_LIST) allowed = column->type->allowed;
    bool limited = allowed && feel_simple_test(c->arena, allowed, &test) && !test.any && !test.negated;
    for (size_t i = 0; limited && i < test.count; i++) {
        const struct feel_interval *a = &test.alternatives[i];
        enum feel_kind kind = a->low.kind != FEEL_NULL ? a->low.kind : a->high.kind;
        if (kind == x->kind)
            dmn_index_mark(x, a, parts);
        else
            limited = false;
    }
    for (size_t p = 0; !limited && p <= 2 * x->count; p++)
        parts[p] = true;
    if (x->kind != FEEL_BOOLEAN) return parts;
    /* Before false, between false and true, and behind true there is nothing. */
    bool has_false = !x->values[0].boolean, has_true = x->values[x->count - 1].boolean;
    if (has_false) parts[0] = false;
    if (has_true) parts[2 * x->count] = false;
    if (has_false && has_true) parts[2] = false;
    return parts;
}

static bool bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

/* Narrows `with` to the rules that surely match some value of this column together with `rule`. */
static void share(const struct dmn_table *t, const struct dmn_index *x, const bool *domain, size_t rule,
                  uint64_t *with, uint64_t *room)
{
    memset(room, 0, t->words * sizeof *room);
    if (x->kind == FEEL_NULL)
        memcpy(room, x->any, t->words * sizeof *room);
    else
        for (size_t p = 0; p <= 2 * x->count; p++)
            for (size_t w = 0; domain[p] && bit(x->parts + p * t->words, rule) && w < t->words; w++)
                room[w] |= x->parts[p * t->words + w];
    for (size_t w = 0; w < t->words; w++)
        with[w] &= room[w] & ~x->open[w];
}

static bool is_open(const struct dmn_table *t, size_t rule)
{
    for (size_t c = 0; c < t->column_count; c++)
        if (bit(t->columns[c].index.open, rule)) return true;
    return false;
}

static void check_overlaps(struct checking *c, const struct dmn_table *t, bool *const *domains)
{
    uint64_t *with = ARENA_ARRAY(c->arena, t->words, uint64_t);
    uint64_t *room = ARENA_ARRAY(c->arena, t->words, uint64_t);
    size_t reports = 0;
    for (size_t r = 0; r < t->rule_count && reports < REPORTS_MAX; r++) {
        if (is_open(t, r)) continue;
        memset(with, 0xFF, t->words * sizeof *with);
        for (size_t i = 0; i < t->column_count; i++)
            share(t, &t->columns[i].index, domains[i], r, with, room);
        if (!bit(with, r)) {
            warn(c, t->owner, "Rule %{arg} can never match.", str_fmt(c->arena, "#%zu", r + 1));
            reports++;
        }
        for (size_t o = r + 1; t->policy == DMN_UNIQUE && o < t->rule_count; o++)
            if (bit(with, o)) {
                warn(c, t->owner, "Two rules can match at once, where only one may: %{arg}.",
                     str_fmt(c->arena, "#%zu, #%zu", r + 1, o + 1));
                reports++;
                break;
            }
    }
}

/* ---- gaps ---- */

struct search {
    struct checking *checking;
    const struct dmn_table *table;
    bool **parts; /* of each column, those to try */
    size_t steps;
    size_t chosen[COLUMNS_MAX]; /* the part of each column */
};

/* Of parts with the same rules one is enough: what the domain holds, without repetitions. */
static bool *distinct(struct checking *c, const struct dmn_table *t, const struct dmn_index *x,
                      const bool *domain)
{
    size_t bytes = t->words * sizeof(uint64_t);
    bool *kept = ARENA_ARRAY(c->arena, 2 * x->count + 1, bool);
    for (size_t p = 0; x->kind != FEEL_NULL && p <= 2 * x->count; p++) {
        kept[p] = domain[p];
        for (size_t o = 0; kept[p] && o < p; o++)
            if (kept[o] && memcmp(x->parts + o * t->words, x->parts + p * t->words, bytes) == 0)
                kept[p] = false;
    }
    return kept;
}

/* True when a gap was found: chosen[0 … *depth - 1] says where. */
static bool find_gap(struct search *s, size_t column, const uint64_t *bits, size_t *depth)
{
    const struct dmn_table *t = s->table;
    uint64_t left = 0;
    for (size_t w = 0; w < t->words; w++)
        left |= bits[w];
    *depth = column;
    if (!left) return true;
    if (column == t->column_count || s->steps == 0) return false;
    s->steps--;
    const struct dmn_index *x = &t->columns[column].index;
    if (x->kind == FEEL_NULL) {
        s->chosen[column] = SIZE_MAX;
        return find_gap(s, column + 1, bits, depth);
    }
    uint64_t *next = ARENA_ARRAY(s->checking->arena, t->words, uint64_t);
    for (size_t p = 0; p <= 2 * x->count; p++) {
        if (!s->parts[column][p]) continue;
        for (size_t w = 0; w < t->words; w++)
            next[w] = bits[w] & x->parts[p * t->words + w];
        s->chosen[column] = p;
        if (find_gap(s, column + 1, next, depth)) return true;
    }
    return false;
}

static void describe_part(struct buf *out, struct arena *a, const struct dmn_index *x, size_t part)
{
    struct str below = part > 1 ? feel_literal(a, x->values[part / 2 - 1]) : STR_EMPTY;
    struct str above = part / 2 < x->count ? feel_literal(a, x->values[part / 2]) : STR_EMPTY;
    if (part % 2)
        buf_add(out, above);
    else if (!below.len)
        buf_fmt(out, "< %.*s", STR_ARG(above));
    else if (!above.len)
        buf_fmt(out, "> %.*s", STR_ARG(below));
    else
        buf_fmt(out, "(%.*s..%.*s)", STR_ARG(below), STR_ARG(above));
}

/* A value of its own kind that no rule names: for texts, "another". */
static struct str describe(const struct search *s, size_t depth)
{
    struct arena *a = s->checking->arena;
    struct buf out = buf_new(a, 64);
    for (size_t c = 0; c < depth; c++) {
        const struct dmn_column *column = &s->table->columns[c];
        if (s->chosen[c] == SIZE_MAX) continue;
        if (out.len) buf_add_c(&out, "; ");
        buf_fmt(&out, "%.*s: ", STR_ARG(column->text));
        if (column->index.kind == FEEL_STRING && s->chosen[c] % 2 == 0)
            buf_add_c(&out, "…");
        else if (column->index.kind == FEEL_BOOLEAN && s->chosen[c] % 2 == 0)
            buf_add_c(&out, column->index.values[0].boolean ? "false" : "true");
        else
            describe_part(&out, a, &column->index, s->chosen[c]);
    }
    return buf_str(&out);
}

static void check_gaps(struct checking *c, const struct dmn_table *t, bool *const *domains)
{
    struct search s = {.checking = c, .table = t, .steps = GAP_STEPS};
    uint64_t *all = ARENA_ARRAY(c->arena, t->words, uint64_t);
    size_t depth;
    s.parts = ARENA_ARRAY(c->arena, t->column_count + 1, bool *);
    for (size_t i = 0; i < t->column_count; i++)
        s.parts[i] = distinct(c, t, &t->columns[i].index, domains[i]);
    for (size_t r = 0; r < t->rule_count; r++)
        all[r / 64] |= UINT64_C(1) << (r % 64);
    if (find_gap(&s, 0, all, &depth))
        warn(c, t->owner, "No rule matches, and there is no default, where %{arg}.", describe(&s, depth));
}

static void check_table(struct checking *c, const struct dmn_table *t)
{
    bool by_order = t->policy == DMN_PRIORITY || t->policy == DMN_OUTPUT_ORDER, ordered = false;
    bool single = t->policy != DMN_COLLECT && t->policy != DMN_RULE_ORDER && t->policy != DMN_OUTPUT_ORDER;
    for (size_t o = 0; o < t->output_count; o++)
        ordered = ordered || t->outputs[o].order;
    if (by_order && !ordered)
        warn(c, t->owner, "The hit policy needs output values in their order, and there are none.",
             STR_EMPTY);
    if (!t->rule_count || t->rule_count > RULES_MAX || t->column_count > COLUMNS_MAX) return;
    bool **domains = ARENA_ARRAY(c->arena, t->column_count + 1, bool *);
    for (size_t i = 0; i < t->column_count; i++)
        domains[i] = domain_of(c, &t->columns[i]);
    check_overlaps(c, t, domains);
    if (single && !t->has_otherwise) check_gaps(c, t, domains);
}

void dmn_check(struct arena *a, const struct dmn_model *m, struct feel_notes *notes)
{
    struct checking c = {a, notes};
    const struct dmn_doc *d = &m->docs[0];
    check_imports(&c, d);
    check_twice(&c, d);
    for (size_t i = 0; i < d->part_count; i++)
        check_part(&c, &d->parts[i]);
    check_used(&c, d);
    for (const struct dmn_table *t = m->tables; t; t = t->next)
        if (t->doc == d) check_table(&c, t);
}
