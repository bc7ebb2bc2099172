/* Decisions beside the limit of the machine.
 *
 *   decision-bench table                 200 rules over 10 inputs: the engine, and a C function written for
 * this table alone decision-bench print                 the same table and its inputs as JSON, for other
 * programs decision-bench graph MODEL NAME JSON one decision of a model, with everything that it needs
 *   decision-bench match                 1,000,000 firms against 200 policies of five conditions, in one pass
 *
 * Prints `RESULT nanoseconds-each count checksum`, by processor time of one thread. */
#include <time.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "engines/dmn/dmn.h"

enum { RULES = 200, INPUTS = 10, ROWS = 2000, FIRMS = 1000000, CONDITIONS = 5 };

static int64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The same numbers in every run. */
static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* A rule asks each input to lie from low (included) to high (not), in cents; none asks nothing. */
struct cell {
    int low, high;
    bool any;
};
struct table {
    struct cell cells[RULES][INPUTS];
    int rows[ROWS][INPUTS];
};

/* Ranges as offices write them: steps of an income, an area, a number of years; a fifth of the cells says
 * nothing. Rows follow some rule three times of four, so that the one found lies anywhere in the table. */
static void make_table(struct table *t, size_t inputs)
{
    uint32_t seed = 7;
    for (size_t r = 0; r < RULES; r++)
        for (size_t i = 0; i < INPUTS; i++) {
            int low = (int)(next(&seed) % 60) * 5000;
            t->cells[r][i] = (struct cell){low, low + 150000 + (int)(next(&seed) % 8) * 5000,
                                           next(&seed) % 5 == 0 || i >= inputs};
        }
    for (size_t n = 0; n < ROWS; n++) {
        size_t rule = next(&seed) % RULES;
        bool follow = next(&seed) % 4 != 0;
        for (size_t i = 0; i < INPUTS; i++) {
            const struct cell *c = &t->cells[rule][i];
            t->rows[n][i] = follow ? c->low + (int)(next(&seed) % (uint32_t)(c->high - c->low))
                                   : (int)(next(&seed) % 450000);
        }
    }
}

static struct str money(struct arena *a, int cents)
{
    return str_fmt(a, "%d.%02d", cents / 100, cents % 100);
}

static struct str cell_text(struct arena *a, const struct cell *c)
{
    if (c->any) return STR("-");
    return str_fmt(a, "[%.*s..%.*s)", STR_ARG(money(a, c->low)), STR_ARG(money(a, c->high)));
}

static struct str table_xml(struct arena *a, const struct table *t, size_t inputs, const char *policy)
{
    struct buf x = buf_new(a, 1 << 20);
    buf_add_c(&x, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" namespace=\"bench\" "
                  "name=\"bench\" id=\"bench\">");
    for (size_t i = 0; i < inputs; i++)
        buf_fmt(
            &x,
            "<inputData id=\"i%zu\" name=\"x%zu\"><variable name=\"x%zu\" typeRef=\"number\"/></inputData>",
            i, i, i);
    buf_add_c(&x, "<decision id=\"d\" name=\"d\"><variable name=\"d\"/>");
    for (size_t i = 0; i < inputs; i++)
        buf_fmt(&x, "<informationRequirement><requiredInput href=\"#i%zu\"/></informationRequirement>", i);
    buf_fmt(&x, "<decisionTable hitPolicy=\"%s\">", policy);
    for (size_t i = 0; i < inputs; i++)
        buf_fmt(&x, "<input><inputExpression><text>x%zu</text></inputExpression></input>", i);
    buf_add_c(&x, "<output/>");
    for (size_t r = 0; r < RULES; r++) {
        buf_add_c(&x, "<rule>");
        for (size_t i = 0; i < inputs; i++)
            buf_fmt(&x, "<inputEntry><text>%.*s</text></inputEntry>", STR_ARG(cell_text(a, &t->cells[r][i])));
        buf_fmt(&x, "<outputEntry><text>%zu</text></outputEntry></rule>", r + 1);
    }
    buf_add_c(&x, "</decisionTable></decision></definitions>");
    return buf_str(&x);
}

static struct dmn_model *load(struct arena *a, struct str name, struct str xml)
{
    struct feel_notes notes = {0};
    struct err e = {0};
    struct dmn_source source = {name, xml};
    struct dmn_model *m = dmn_load(a, &source, 1, &notes, &e);
    if (!m || notes.errors) {
        fprintf(stderr, "the model does not load: %s %s\n", e.msgid ? e.msgid : "",
                notes.first ? notes.first->msgid : "");
        exit(1);
    }
    return m;
}

static void result(int64_t elapsed, size_t count, uint64_t checksum)
{
    printf("RESULT %.1f %zu %llu\n", (double)elapsed / (double)count, count, (unsigned long long)checksum);
}

/* ---- the table, both ways ---- */

struct limits {
    struct decimal low[RULES][INPUTS], high[RULES][INPUTS];
    bool any[RULES][INPUTS];
};

static int first_by_hand(const struct limits *l, const struct decimal *v)
{
    for (int r = 0; r < RULES; r++) {
        int i = 0;
        while (i < INPUTS && (l->any[r][i] || (decimal_compare(v[i], l->low[r][i]) >= 0 &&
                                               decimal_compare(v[i], l->high[r][i]) < 0)))
            i++;
        if (i == INPUTS) return r + 1;
    }
    return 0;
}

static struct decimal amount(struct arena *a, int cents)
{
    struct decimal d;
    if (!decimal_parse(money(a, cents), &d)) exit(1);
    return d;
}

static int by_table(void)
{
    struct arena *a = arena_new(256 << 20), *turn = arena_new(64 << 20);
    struct table *t = ARENA_NEW(a, struct table);
    struct limits *l = ARENA_NEW(a, struct limits);
    make_table(t, INPUTS);
    const struct dmn_model *m = load(a, STR("bench"), table_xml(a, t, INPUTS, "FIRST"));
    const struct dmn_element *d = dmn_find(m, DMN_DECISION, STR("d"));
    struct decimal *values = ARENA_ARRAY(a, ROWS * INPUTS, struct decimal);
    struct feel_value *contexts = ARENA_ARRAY(a, ROWS, struct feel_value);
    for (size_t r = 0; r < RULES; r++)
        for (size_t i = 0; i < INPUTS; i++) {
            l->low[r][i] = amount(a, t->cells[r][i].low);
            l->high[r][i] = amount(a, t->cells[r][i].high);
            l->any[r][i] = t->cells[r][i].any;
        }
    for (size_t n = 0; n < ROWS; n++) {
        struct feel_entry *entries;
        contexts[n] = feel_context(a, INPUTS, &entries);
        for (size_t i = 0; i < INPUTS; i++) {
            values[n * INPUTS + i] = amount(a, t->rows[n][i]);
            entries[i] = (struct feel_entry){str_fmt(a, "x%zu", i), feel_number(values[n * INPUTS + i])};
        }
    }
    enum { TURNS = 20 };
    uint64_t sum = 0, sum_hand = 0;
    int64_t start = nanoseconds();
    for (size_t k = 0; k < TURNS; k++)
        for (size_t n = 0; n < ROWS; n++)
            sum_hand += (uint64_t)first_by_hand(l, values + n * INPUTS);
    result(nanoseconds() - start, (size_t)TURNS * ROWS, sum_hand);
    start = nanoseconds();
    for (size_t k = 0; k < TURNS; k++)
        for (size_t n = 0; n < ROWS; n++) {
            struct feel_run r = feel_run_new(turn, 0);
            struct dmn_result out = dmn_evaluate(&r, m, d, contexts[n].context);
            int64_t rule = 0;
            if (out.value.kind == FEEL_NUMBER && !feel_to_i64(out.value, &rule)) return 1;
            sum += (uint64_t)rule;
            arena_reset(turn);
        }
    result(nanoseconds() - start, (size_t)TURNS * ROWS, sum);
    arena_drop(turn);
    arena_drop(a);
    return sum == sum_hand ? 0 : 1;
}

static int print_table(void)
{
    struct arena *a = arena_new(256 << 20);
    struct table *t = ARENA_NEW(a, struct table);
    make_table(t, INPUTS);
    fputs("{\"rules\":[", stdout);
    for (size_t r = 0; r < RULES; r++)
        for (size_t i = 0; i < INPUTS; i++)
            printf("%s\"%.*s\"%s", i ? "," : (r ? ",[" : "["), STR_ARG(cell_text(a, &t->cells[r][i])),
                   i == INPUTS - 1 ? "]" : "");
    fputs("],\"rows\":[", stdout);
    for (size_t n = 0; n < ROWS; n++)
        for (size_t i = 0; i < INPUTS; i++)
            printf("%s%.*s%s", i ? "," : (n ? ",[" : "["), STR_ARG(money(a, t->rows[n][i])),
                   i == INPUTS - 1 ? "]" : "");
    fputs("]}\n", stdout);
    arena_drop(a);
    return 0;
}

/* ---- a graph ---- */

static int by_graph(const char *path, const char *name, const char *input)
{
    struct arena *a = arena_new(256 << 20), *turn = arena_new(64 << 20);
    struct err e = {0};
    struct str xml, json;
    if (!file_read(a, path, DMN_SOURCE_MAX, &xml, &e) || !file_read(a, input, DMN_SOURCE_MAX, &json, &e))
        return 1;
    const struct dmn_model *m = load(a, str_c(path), xml);
    const struct dmn_element *d = dmn_find(m, DMN_DECISION, str_c(name));
    struct feel_value given = feel_from_json(a, json_parse(a, json, JSON_STRICT, &e));
    if (!d || given.kind != FEEL_CONTEXT) return 1;
    size_t count = 0;
    int64_t start = nanoseconds(), elapsed;
    struct str value = STR_EMPTY;
    do {
        for (int i = 0; i < 100; i++, count++) {
            arena_reset(turn);
            struct feel_run r = feel_run_new(turn, 0);
            struct feel_value v = dmn_evaluate(&r, m, d, given.context).value;
            if (!value.len) value = str_dup(a, json_to_str(turn, feel_to_json(turn, v)));
        }
        elapsed = nanoseconds() - start;
    } while (elapsed < 1000000000);
    result(elapsed, count, 0);
    printf("VALUE %.*s\n", STR_ARG(value));
    arena_drop(turn);
    arena_drop(a);
    return 0;
}

/* ---- who is entitled? ---- */

static int by_match(void)
{
    struct arena *a = arena_new(256 << 20), *turn = arena_new(64 << 20);
    struct table *t = ARENA_NEW(a, struct table);
    make_table(t, CONDITIONS);
    const struct dmn_model *m = load(a, STR("bench"), table_xml(a, t, CONDITIONS, "RULE ORDER"));
    const struct dmn_table *policies = dmn_table_of(m, dmn_find(m, DMN_DECISION, STR("d")));
    uint64_t bits[(RULES + 63) / 64], sum = 0;
    uint32_t seed = 11;
    if (!policies) return 1;
    struct feel_run r = feel_run_new(turn, 0);
    r.steps = UINT64_MAX;
    int64_t start = nanoseconds();
    for (size_t n = 0; n < FIRMS; n++) {
        struct feel_value values[CONDITIONS];
        for (size_t i = 0; i < CONDITIONS; i++) {
            struct decimal cents = decimal_of((int64_t)(next(&seed) % 450000)), d;
            if (!decimal_divide(cents, decimal_of(100), &d)) return 1;
            values[i] = feel_number(d);
        }
        sum += dmn_table_match(&r, policies, values, bits, sizeof bits / sizeof *bits);
    }
    result(nanoseconds() - start, FIRMS, sum);
    arena_drop(turn);
    arena_drop(a);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "table") == 0) return by_table();
    if (argc == 2 && strcmp(argv[1], "print") == 0) return print_table();
    if (argc == 2 && strcmp(argv[1], "match") == 0) return by_match();
    if (argc == 5 && strcmp(argv[1], "graph") == 0) return by_graph(argv[2], argv[3], argv[4]);
    fputs("decision-bench table | print | match | graph MODEL NAME INPUT.json\n", stderr);
    return 2;
}
