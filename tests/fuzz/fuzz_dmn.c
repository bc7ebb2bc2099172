/* Whatever claims to be a decision model: it loads or is refused with a sentence; what loads can be checked
 * and evaluated within a small budget, twice with the same outcome; its tables match the same rules either
 * way. */
#include "engines/dmn/dmn.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 20000, DEPTH = 60, BYTES = 64 << 20, WORDS = 16 };

static void must(bool promise)
{
    if (!promise) abort();
}

static struct feel_run small_run(struct arena *a)
{
    struct feel_run r = feel_run_new(a, INT64_C(1764412800000));
    r.steps = STEPS;
    r.depth = DEPTH;
    return r;
}

/* The same values for whatever inputs there are. */
static const struct feel_context *inputs(struct arena *a, const struct dmn_model *m)
{
    size_t n = dmn_count(m, DMN_INPUT);
    struct feel_entry *entries;
    struct feel_value v = feel_context(a, n, &entries);
    const struct feel_value values[] = {feel_integer(7), feel_string(STR("a")), feel_boolean(true),
                                        FEEL_NOTHING};
    for (size_t i = 0; i < n; i++)
        entries[i] = (struct feel_entry){dmn_at(m, DMN_INPUT, i)->name, values[i % 4]};
    return v.context;
}

static void decide(struct arena *a, const struct dmn_model *m, const struct dmn_element *d)
{
    struct feel_run one = small_run(a), two = small_run(a);
    const struct feel_context *in = inputs(a, m);
    struct dmn_result first = dmn_evaluate(&one, m, d, in), again = dmn_evaluate(&two, m, d, in);
    must(one.steps == two.steps && one.stopped == two.stopped);
    must(str_eq(feel_text(a, first.value), feel_text(a, again.value)));
    json_to_str(a, feel_to_json(a, first.value));
    for (const struct dmn_hit *h = first.hits; h; h = h->next)
        must(h->rule > 0);
}

static void match(struct arena *a, const struct dmn_table *t)
{
    struct feel_run r = small_run(a);
    uint64_t bits[WORDS], found = 0;
    struct feel_value *values = ARENA_ARRAY(a, dmn_table_inputs(t) + 1, struct feel_value);
    for (size_t i = 0; i < dmn_table_inputs(t); i++)
        values[i] = i % 2 ? feel_string(STR("a")) : feel_integer(7);
    size_t count = dmn_table_match(&r, t, values, bits, WORDS);
    for (size_t w = 0; w < WORDS; w++)
        found += (uint64_t)__builtin_popcountll(bits[w]);
    must(dmn_table_rules(t) > 64 * WORDS || found == count);
}

static void use(struct arena *a, const struct dmn_model *m)
{
    struct feel_notes notes = {0};
    struct feel_run r = small_run(a);
    dmn_check(a, m, &notes);
    for (size_t i = 0; i < dmn_count(m, DMN_DECISION) && i < 20; i++) {
        const struct dmn_element *d = dmn_at(m, DMN_DECISION, i);
        dmn_inputs_of(a, m, d, NULL, 0);
        decide(a, m, d);
        if (dmn_table_of(m, d)) match(a, dmn_table_of(m, d));
    }
    for (size_t i = 0; i < dmn_count(m, DMN_SERVICE) && i < 5; i++)
        dmn_call(&r, m, dmn_at(m, DMN_SERVICE, i), inputs(a, m));
    for (size_t i = 0; i < dmn_count(m, DMN_KNOWLEDGE) && i < 5; i++)
        dmn_invoke(&r, m, dmn_at(m, DMN_KNOWLEDGE, i), inputs(a, m));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(BYTES);
    struct dmn_source source = {STR("fuzz.dmn"), str_n(data, size)};
    struct feel_notes notes = {0};
    struct err e = {0};
    jmp_buf env;
    if (a && setjmp(env) == 0) {
        arena_guard(a, &env);
        const struct dmn_model *m = dmn_load(a, &source, 1, &notes, &e);
        must(m || e.msgid);
        if (m) use(a, m);
    }
    arena_drop(a);
    return 0;
}
