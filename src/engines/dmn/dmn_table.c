/* Decision tables (DMN 1.5, clause 8): compiled, and evaluated by hit policy. */
#include "engines/dmn/dmn_internal.h"

static const struct {
    const char *name;
    enum dmn_policy policy;
} policies[] = {
    {"UNIQUE", DMN_UNIQUE},
    {"FIRST", DMN_FIRST},
    {"PRIORITY", DMN_PRIORITY},
    {"ANY", DMN_ANY},
    {"COLLECT", DMN_COLLECT},
    {"RULE ORDER", DMN_RULE_ORDER},
    {"OUTPUT ORDER", DMN_OUTPUT_ORDER},
    {"", DMN_UNIQUE},
};

static const struct {
    const char *name;
    enum dmn_aggregation aggregation;
} aggregations[] = {
    {"", DMN_LIST}, {"SUM", DMN_SUM}, {"COUNT", DMN_COUNT}, {"MIN", DMN_MIN}, {"MAX", DMN_MAX},
};

/* ---- compiling ---- */

struct making {
    struct dmn_place at;
    struct feel_scope *scope;
    struct dmn_table *table;
    struct arena *arena;
    struct feel_unit *unit;
};

static struct dmn_place inside(const struct making *m, struct str part)
{
    struct dmn_place at = m->at;
    at.where = dmn_where(m->arena, at.where, part);
    return at;
}

/* "#3": the third rule. */
static struct dmn_place in_rule(const struct making *m, size_t rule, struct str part)
{
    return inside(m, part.len ? str_fmt(m->arena, "#%zu › %.*s", rule + 1, STR_ARG(part))
                              : str_fmt(m->arena, "#%zu", rule + 1));
}

static void read_policy(struct making *m, const struct dmn_xml *x)
{
    struct str policy = dmn_xml_attribute(x, "hitPolicy"), aggregation = dmn_xml_attribute(x, "aggregation");
    size_t p = 0, g = 0;
    while (p < sizeof policies / sizeof policies[0] && !str_eq_c(policy, policies[p].name))
        p++;
    while (g < sizeof aggregations / sizeof aggregations[0] && !str_eq_c(aggregation, aggregations[g].name))
        g++;
    if (p == sizeof policies / sizeof policies[0])
        dmn_note(m->at.doc, FEEL_ERROR, m->at.where, "There is no hit policy %{arg}.", policy);
    else
        m->table->policy = policies[p].policy;
    if (g == sizeof aggregations / sizeof aggregations[0])
        dmn_note(m->at.doc, FEEL_ERROR, m->at.where, "There is no aggregation %{arg}.", aggregation);
    else if (m->table->policy == DMN_COLLECT)
        m->table->aggregation = aggregations[g].aggregation;
}

static struct feel_node *tests(struct making *m, struct dmn_place at, const struct dmn_xml *x)
{
    struct str text;
    if (!dmn_feel_text(at, x, &text)) return dmn_expression(at, m->scope, x);
    feel_unit_at(m->unit, at.where);
    return feel_parse_tests(m->unit, m->scope, text.len ? text : STR("-"));
}

static struct feel_node *allowed(struct making *m, struct dmn_place at, const struct dmn_xml *clause,
                                 const char *element, struct str *text)
{
    const struct dmn_xml *x = dmn_xml_child(clause, element);
    if (!x || !dmn_feel_text(at, x, text) || !text->len) return NULL;
    feel_unit_at(m->unit, at.where);
    return feel_parse_tests(m->unit, m->scope, *text);
}

static struct feel_node *text_or_null(struct making *m, struct dmn_place at, const struct dmn_xml *x)
{
    struct str text;
    if (!x) return feel_make_constant(m->unit, FEEL_NOTHING);
    if (!dmn_feel_text(at, x, &text)) {
        dmn_note(at.doc, FEEL_ERROR, at.where,
                 "%{arg} is in a language that is not carried out here; only FEEL is.", at.where);
        return feel_make_constant(m->unit, FEEL_NOTHING);
    }
    feel_unit_at(m->unit, at.where);
    return text.len && !str_eq_c(text, "-") ? feel_parse(m->unit, m->scope, text)
                                            : feel_make_constant(m->unit, FEEL_NOTHING);
}

static void read_input(struct making *m, const struct dmn_xml *x, struct dmn_column *c)
{
    const struct dmn_xml *input = dmn_xml_child(x, "inputExpression");
    struct str text = input ? dmn_xml_text_of(input, "text") : STR_EMPTY, ignored;
    struct dmn_place at = inside(m, text);
    c->text = text;
    if (!text.len)
        dmn_note(at.doc, FEEL_ERROR, at.where, "A column of the table does not say what it looks at.",
                 STR_EMPTY);
    c->input = text_or_null(m, at, input);
    c->tests = ARENA_ARRAY(m->arena, m->table->rule_count + 1, struct feel_node *);
    c->allowed = allowed(m, at, x, "inputValues", &ignored);
    if (!input) return;
    c->type = dmn_type_of(at.doc, dmn_xml_attribute(input, "typeRef"), at.where);
    if (c->type) c->input = feel_make_conform(m->unit, c->input, c->type, text);
    for (size_t i = 0; i < at.part->need_count; i++)
        if (str_eq(at.part->needs[i].to->pub.name, text) && at.part->needs[i].to->pub.type)
            c->type = at.part->needs[i].to->pub.type;
}

/* The allowed values of an output in their order, as a list: "best first" of the policies P and O. */
static struct feel_node *order_of(struct making *m, struct dmn_place at, struct str text)
{
    struct arena *a = m->arena;
    if (!text.len) return NULL;
    feel_unit_at(m->unit, at.where);
    return feel_parse(m->unit, m->scope, str_fmt(a, "[%.*s]", STR_ARG(text)));
}

static struct str default_type(const struct dmn_xml *table, const struct dmn_part *part)
{
    struct str ref = dmn_xml_attribute(table, "typeRef");
    const struct dmn_xml *variable = dmn_xml_child(part->node, "variable");
    return ref.len || !variable ? ref : dmn_xml_attribute(variable, "typeRef");
}

static void read_output(struct making *m, const struct dmn_xml *table, const struct dmn_xml *x,
                        struct dmn_output *o)
{
    struct str text = STR_EMPTY, ref = dmn_xml_attribute(x, "typeRef");
    bool by_order = m->table->policy == DMN_PRIORITY || m->table->policy == DMN_OUTPUT_ORDER;
    o->name = dmn_xml_attribute(x, "name");
    struct dmn_place at = inside(m, o->name);
    o->type = dmn_type_of(at.doc, ref, at.where);
    o->allowed = allowed(m, at, x, "outputValues", &text);
    if (!ref.len && m->table->output_count == 1) ref = default_type(table, m->at.part);
    if (!text.len && by_order) text = dmn_type_values(at.doc, ref);
    if (by_order) o->order = order_of(m, at, text);
    o->entries = ARENA_ARRAY(m->arena, m->table->rule_count + 1, struct feel_node *);
    const struct dmn_xml *otherwise = dmn_xml_child(x, "defaultOutputEntry");
    o->otherwise = text_or_null(m, at, otherwise);
    if (otherwise) {
        m->table->has_otherwise = true;
        if (o->type) o->otherwise = feel_make_conform(m->unit, o->otherwise, o->type, at.where);
    }
}

static void wrong_count(const struct making *m, size_t rule, const char *msgid)
{
    dmn_note(m->at.doc, FEEL_ERROR, in_rule(m, rule, STR_EMPTY).where, msgid, STR_EMPTY);
}

static void read_inputs_of_rule(struct making *m, const struct dmn_xml *x, size_t rule)
{
    struct dmn_table *t = m->table;
    size_t c = 0;
    DMN_XML_EACH(entry, x, "inputEntry")
    {
        if (c == t->column_count) break;
        t->entry_texts[rule * t->column_count + c] = dmn_xml_text_of(entry, "text");
        t->columns[c].tests[rule] = tests(m, in_rule(m, rule, t->columns[c].text), entry);
        c++;
    }
    if (dmn_xml_count(x, "inputEntry") != t->column_count)
        wrong_count(m, rule, "The rule has another number of conditions than the table has inputs.");
    for (; c < t->column_count; c++)
        t->columns[c].tests[rule] = feel_make_constant(m->unit, feel_boolean(false));
}

static void read_outputs_of_rule(struct making *m, const struct dmn_xml *x, size_t rule)
{
    struct dmn_table *t = m->table;
    size_t o = 0;
    DMN_XML_EACH(entry, x, "outputEntry")
    {
        if (o == t->output_count) break;
        struct dmn_place at = in_rule(m, rule, t->outputs[o].name);
        struct feel_node *n = text_or_null(m, at, entry);
        const struct feel_type *type = t->outputs[o].type;
        t->outputs[o++].entries[rule] = type ? feel_make_conform(m->unit, n, type, at.where) : n;
    }
    if (dmn_xml_count(x, "outputEntry") != t->output_count)
        wrong_count(m, rule, "The rule has another number of results than the table has outputs.");
    for (; o < t->output_count; o++)
        t->outputs[o].entries[rule] = feel_make_constant(m->unit, FEEL_NOTHING);
}

static void read_rule(struct making *m, const struct dmn_xml *x, size_t rule)
{
    struct dmn_table *t = m->table;
    size_t n = 0;
    t->rule_ids[rule] = dmn_xml_attribute(x, "id");
    read_inputs_of_rule(m, x, rule);
    read_outputs_of_rule(m, x, rule);
    DMN_XML_EACH(annotation, x, "annotationEntry")
    {
        if (n == t->annotation_count) break;
        t->annotations[rule * t->annotation_count + n++] = dmn_xml_text_of(annotation, "text");
    }
}

/* Enough annotation columns for the rule that has most, named or not. */
static size_t annotations_of(const struct dmn_xml *x)
{
    size_t n = dmn_xml_count(x, "annotation");
    DMN_XML_EACH(rule, x, "rule")
    {
        size_t here = dmn_xml_count(rule, "annotationEntry");
        if (here > n && n == 0) n = here;
    }
    return n;
}

static void make_room(struct making *m, const struct dmn_xml *x)
{
    struct dmn_table *t = m->table;
    struct arena *a = m->arena;
    t->column_count = dmn_xml_count(x, "input");
    t->output_count = dmn_xml_count(x, "output");
    t->rule_count = dmn_xml_count(x, "rule");
    t->annotation_count = annotations_of(x);
    t->columns = ARENA_ARRAY(a, t->column_count + 1, struct dmn_column);
    t->column_texts = ARENA_ARRAY(a, t->column_count + 1, struct str);
    t->outputs = ARENA_ARRAY(a, t->output_count + 1, struct dmn_output);
    t->rule_ids = ARENA_ARRAY(a, t->rule_count + 1, struct str);
    t->entry_texts = arena_array(a, t->rule_count + 1, (t->column_count + 1) * sizeof(struct str));
    t->annotations = arena_array(a, t->rule_count + 1, (t->annotation_count + 1) * sizeof(struct str));
    t->annotation_names = ARENA_ARRAY(a, t->annotation_count + 1, struct feel_field);
}

static bool over_inputs(const struct dmn_part *p)
{
    for (size_t i = 0; i < p->need_count; i++)
        if (p->needs[i].to->pub.kind != DMN_INPUT) return false;
    return p->pub.kind == DMN_DECISION;
}

/* The table as it is asked without a run of its decision: its entries must then see nothing but their input.
 * Those that are evaluated are compiled again where no name is known. */
static const struct dmn_table *alone(struct making *m)
{
    if (!over_inputs(m->at.part)) return NULL;
    struct feel_notes *wrong = ARENA_NEW(m->arena, struct feel_notes);
    struct dmn_table *t = ARENA_NEW(m->arena, struct dmn_table);
    *t = *m->table;
    t->columns = ARENA_ARRAY(m->arena, t->column_count + 1, struct dmn_column);
    struct feel_unit *unit = feel_unit_new(m->arena, wrong);
    struct feel_scope *empty = feel_scope_new(unit, NULL);
    for (size_t c = 0; c < t->column_count; c++) {
        struct dmn_column *column = &t->columns[c];
        *column = m->table->columns[c];
        column->tests = ARENA_ARRAY(m->arena, t->rule_count + 1, struct feel_node *);
        for (size_t r = 0; r < t->rule_count; r++) {
            if (!(column->index.open_at_null[r / 64] >> (r % 64) & 1)) {
                column->tests[r] = m->table->columns[c].tests[r];
                continue;
            }
            column->tests[r] = feel_parse_tests(unit, empty, t->entry_texts[r * t->column_count + c]);
            if (wrong->count) return NULL;
        }
    }
    return t;
}

struct feel_node *dmn_table_node(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct arena *a = at.doc->model->arena;
    struct dmn_table *t = ARENA_NEW(a, struct dmn_table);
    struct making m = {at, s, t, a, at.doc->unit};
    size_t n = 0;
    t->doc = at.doc;
    t->owner = at.part->pub.name;
    t->node = x;
    read_policy(&m, x);
    make_room(&m, x);
    DMN_XML_EACH(input, x, "input")
    {
        read_input(&m, input, &t->columns[n]);
        t->column_texts[n] = t->columns[n].text;
        n++;
    }
    n = 0;
    DMN_XML_EACH(output, x, "output") read_output(&m, x, output, &t->outputs[n++]);
    n = 0;
    DMN_XML_EACH(annotation, x, "annotation")
    t->annotation_names[n++] = (struct feel_field){.name = dmn_xml_attribute(annotation, "name")};
    n = 0;
    DMN_XML_EACH(rule, x, "rule") read_rule(&m, rule, n++);
    dmn_index_make(a, t);
    t->next = at.doc->model->tables;
    at.doc->model->tables = t;
    if (!t->output_count) dmn_note(at.doc, FEEL_ERROR, at.where, "The table has no output.", STR_EMPTY);
    if (x == dmn_expression_in(at.part->node)) at.part->table = alone(&m);
    return feel_make_host(at.doc->unit, dmn_table_eval, t);
}

/* ---- evaluating ---- */

struct turn {
    struct feel_run *run;
    const struct dmn_table *table;
    const struct feel_frame *frame;
    struct feel_value *values; /* of the columns */
    uint64_t *bits;
    size_t hit_count;
    size_t *hits; /* rules, from 0, in the order of the result */
};

static bool read_values(struct turn *t)
{
    const struct dmn_table *x = t->table;
    for (size_t c = 0; c < x->column_count; c++) {
        struct feel_value v = t->values[c] = feel_eval(t->run, x->columns[c].input, t->frame);
        if (!x->columns[c].allowed || v.kind == FEEL_NULL) continue;
        struct feel_value fits = feel_test(t->run, x->columns[c].allowed, t->frame, v);
        if (fits.kind == FEEL_BOOLEAN && fits.boolean) continue;
        feel_fail(t->run, x->columns[c].allowed,
                  "The value of %{arg} is not one that the table provides for.", x->columns[c].text);
        return false;
    }
    return true;
}

static void tell(struct turn *t, size_t rule)
{
    struct dmn_trace *trace = t->run->host;
    const struct dmn_table *x = t->table;
    if (!trace || trace->count == DMN_HITS_MAX) return;
    struct dmn_hit *h = ARENA_NEW(t->run->arena, struct dmn_hit);
    *h = (struct dmn_hit){.decision = x->owner,
                          .rule = rule + 1,
                          .rule_id = x->rule_ids[rule],
                          .input_count = x->column_count,
                          .input_texts = x->column_texts,
                          .input_values = t->values,
                          .entry_texts = x->entry_texts + rule * x->column_count,
                          .annotation_count = x->annotation_count,
                          .annotation_names = x->annotation_names,
                          .annotations = x->annotations + rule * x->annotation_count};
    if (trace->last)
        trace->last->next = h;
    else
        trace->first = h;
    trace->last = h;
    trace->count++;
}

/* The value of one output of one rule; null where it is not one of those the table names. */
static struct feel_value output_of(struct turn *t, size_t output, size_t rule)
{
    const struct dmn_output *o = &t->table->outputs[output];
    struct feel_value v = feel_eval(t->run, o->entries[rule], t->frame);
    if (!o->allowed || v.kind == FEEL_NULL) return v;
    struct feel_value fits = feel_test(t->run, o->allowed, t->frame, v);
    if (fits.kind == FEEL_BOOLEAN && fits.boolean) return v;
    return feel_fail(t->run, o->entries[rule], "The result of a rule is not one that the table provides for.",
                     STR_EMPTY);
}

typedef struct feel_value picker(struct turn *t, size_t output, size_t rule);

static struct feel_value otherwise_of(struct turn *t, size_t output, size_t)
{
    return feel_eval(t->run, t->table->outputs[output].otherwise, t->frame);
}

/* One value, or a context of the outputs' names where there are several. */
static struct feel_value joined(struct turn *t, picker *pick, size_t rule)
{
    const struct dmn_table *x = t->table;
    struct feel_entry *entries;
    if (x->output_count == 1) return pick(t, 0, rule);
    struct feel_value v = feel_context(t->run->arena, x->output_count, &entries);
    for (size_t o = 0; o < x->output_count; o++)
        entries[o] = (struct feel_entry){x->outputs[o].name, pick(t, o, rule)};
    return v;
}

static struct feel_value result_of(struct turn *t, size_t rule)
{
    tell(t, rule);
    return joined(t, output_of, rule);
}

static struct feel_value unique(struct turn *t)
{
    if (t->hit_count == 1) return result_of(t, t->hits[0]);
    return feel_fail(t->run, NULL, "More than one rule of %{arg} matches, where only one may.",
                     t->table->owner);
}

static struct feel_value first(struct turn *t)
{
    return result_of(t, t->hits[0]);
}

static struct feel_value any(struct turn *t)
{
    struct feel_value v = result_of(t, t->hits[0]);
    for (size_t i = 1; i < t->hit_count; i++)
        if (!feel_same(v, result_of(t, t->hits[i])))
            return feel_fail(t->run, NULL, "Rules of %{arg} match that give different results.",
                             t->table->owner);
    return v;
}

static struct feel_value all(struct turn *t)
{
    struct feel_value *items, v = feel_list(t->run->arena, t->hit_count, &items);
    for (size_t i = 0; i < t->hit_count; i++)
        items[i] = result_of(t, t->hits[i]);
    return v;
}

/* ---- order of outputs ---- */

/* Place of a value among the output's values; behind all where it is none of them. */
static size_t rank_of(struct feel_value order, struct feel_value v)
{
    size_t n = order.kind == FEEL_LIST ? order.list->count : 0;
    for (size_t i = 0; i < n; i++) {
        struct feel_value same = feel_equal(order.list->items[i], v);
        if (same.kind == FEEL_BOOLEAN && same.boolean) return i;
    }
    return n;
}

struct ranked {
    size_t rule, count;
    const size_t *ranks; /* one an output */
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    for (size_t i = 0; i < x->count; i++)
        if (x->ranks[i] != y->ranks[i]) return x->ranks[i] < y->ranks[i] ? -1 : 1;
    return x->rule < y->rule ? -1 : 1;
}

static void sort_hits(struct turn *t)
{
    const struct dmn_table *x = t->table;
    struct ranked *list = ARENA_ARRAY(t->run->arena, t->hit_count, struct ranked);
    struct feel_value *orders = ARENA_ARRAY(t->run->arena, x->output_count + 1, struct feel_value);
    for (size_t o = 0; o < x->output_count; o++)
        if (x->outputs[o].order) orders[o] = feel_eval(t->run, x->outputs[o].order, t->frame);
    for (size_t i = 0; i < t->hit_count; i++) {
        size_t *ranks = ARENA_ARRAY(t->run->arena, x->output_count + 1, size_t);
        for (size_t o = 0; o < x->output_count; o++)
            if (x->outputs[o].order) ranks[o] = rank_of(orders[o], output_of(t, o, t->hits[i]));
        list[i] = (struct ranked){t->hits[i], x->output_count, ranks};
    }
    qsort(list, t->hit_count, sizeof *list, by_rank);
    for (size_t i = 0; i < t->hit_count; i++)
        t->hits[i] = list[i].rule;
}

static struct feel_value priority(struct turn *t)
{
    sort_hits(t);
    return first(t);
}

static struct feel_value output_order(struct turn *t)
{
    sort_hits(t);
    return all(t);
}

/* ---- aggregation ---- */

static struct feel_value not_a_number(struct turn *t)
{
    return feel_fail(t->run, NULL, "The results of %{arg} cannot be aggregated.", t->table->owner);
}

static struct feel_value sum(struct turn *t, const struct feel_value *v)
{
    struct decimal total = decimal_of(0);
    for (size_t i = 0; i < t->hit_count; i++)
        if (v[i].kind != FEEL_NUMBER || !decimal_add(total, v[i].number, &total)) return not_a_number(t);
    return feel_number(total);
}

static struct feel_value extreme(struct turn *t, const struct feel_value *v)
{
    bool least = t->table->aggregation == DMN_MIN;
    struct feel_value best = v[0];
    int order;
    for (size_t i = 1; i < t->hit_count; i++) {
        if (!feel_order(v[i], best, &order)) return not_a_number(t);
        if (least ? order < 0 : order > 0) best = v[i];
    }
    return best;
}

static struct feel_value aggregate_of(struct turn *t, size_t output, size_t)
{
    if (t->table->aggregation == DMN_COUNT) return feel_integer((int64_t)t->hit_count);
    struct feel_value *v = ARENA_ARRAY(t->run->arena, t->hit_count, struct feel_value);
    for (size_t i = 0; i < t->hit_count; i++)
        v[i] = output_of(t, output, t->hits[i]);
    return t->table->aggregation == DMN_SUM ? sum(t, v) : extreme(t, v);
}

static struct feel_value collect(struct turn *t)
{
    if (t->table->aggregation == DMN_LIST) return all(t);
    for (size_t i = 0; i < t->hit_count; i++)
        tell(t, t->hits[i]);
    return joined(t, aggregate_of, 0);
}

static struct feel_value (*const by_policy[DMN_POLICY_COUNT])(struct turn *t) = {
    [DMN_UNIQUE] = unique,   [DMN_FIRST] = first,    [DMN_PRIORITY] = priority,         [DMN_ANY] = any,
    [DMN_COLLECT] = collect, [DMN_RULE_ORDER] = all, [DMN_OUTPUT_ORDER] = output_order,
};

/* No rule matches: the default; else nothing, which for a collection is a list of none. */
static struct feel_value no_hit(struct turn *t)
{
    const struct dmn_table *x = t->table;
    struct feel_value *none;
    if (x->has_otherwise) return joined(t, otherwise_of, 0);
    if (x->policy != DMN_COLLECT) return FEEL_NOTHING;
    if (x->aggregation == DMN_LIST) return feel_list(t->run->arena, 0, &none);
    return x->aggregation == DMN_COUNT ? feel_integer(0) : FEEL_NOTHING;
}

static void list_hits(struct turn *t)
{
    size_t n = 0;
    for (size_t w = 0; w < t->table->words; w++)
        for (uint64_t left = t->bits[w]; left && n < t->hit_count; left &= left - 1)
            t->hits[n++] = w * 64 + (size_t)__builtin_ctzll(left);
}

enum { FEW_WORDS = 16, FEW_HITS = 8 };

struct feel_value dmn_table_eval(struct feel_run *r, const void *data, const struct feel_frame *f)
{
    const struct dmn_table *x = data;
    uint64_t bits[FEW_WORDS];
    size_t hits[FEW_HITS];
    struct turn t = {.run = r, .table = x, .frame = f, .bits = bits, .hits = hits};
    if (!dmn_step(r, 1 + x->column_count)) return FEEL_NOTHING;
    t.values = ARENA_ARRAY(r->arena, x->column_count + 1, struct feel_value);
    if (x->words > FEW_WORDS) t.bits = ARENA_ARRAY(r->arena, x->words, uint64_t);
    if (!read_values(&t)) return FEEL_NOTHING;
    bool first_only = x->policy == DMN_FIRST;
    t.hit_count = dmn_index_match(r, x, t.values, f, first_only, t.bits);
    if (r->stopped) return FEEL_NOTHING;
    if (first_only && t.hit_count) t.hit_count = 1;
    if (!t.hit_count) return no_hit(&t);
    if (t.hit_count > FEW_HITS) t.hits = ARENA_ARRAY(r->arena, t.hit_count, size_t);
    list_hits(&t);
    return by_policy[x->policy](&t);
}

/* ---- tables that are read the other way round ---- */

size_t dmn_table_inputs(const struct dmn_table *t)
{
    return t->column_count;
}

struct str dmn_table_input(const struct dmn_table *t, size_t column)
{
    return t->column_texts[column];
}

size_t dmn_table_rules(const struct dmn_table *t)
{
    return t->rule_count;
}
