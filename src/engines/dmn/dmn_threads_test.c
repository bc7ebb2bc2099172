#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>

#include "engines/dmn/dmn.h"

/* A little of everything that a run could write to: a table, a function that keeps its frame, a zone, a
 * pattern. */
static const char model[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='t' name='t' id='t'>"
    "<inputData id='i' name='n'><variable name='n' typeRef='number'/></inputData>"
    "<businessKnowledgeModel id='b' name='times'><encapsulatedLogic><formalParameter name='x'/>"
    "<literalExpression><text>for k in 1..3 return function() k * "
    "x</text></literalExpression></encapsulatedLogic>"
    "</businessKnowledgeModel>"
    "<decision id='t1' name='band'><informationRequirement><requiredInput "
    "href='#i'/></informationRequirement>"
    "<decisionTable "
    "hitPolicy='FIRST'><input><inputExpression><text>n</text></inputExpression></input><output/>"
    "<rule><inputEntry><text>[0..100)</text></inputEntry><outputEntry><text>\"low\"</text></outputEntry></"
    "rule>"
    "<rule><inputEntry><text>? >= 100 and modulo(?, 2) = "
    "0</text></inputEntry><outputEntry><text>\"even\"</text>"
    "</outputEntry></rule>"
    "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>\"odd\"</text></outputEntry></rule>"
    "</decisionTable></decision>"
    "<decision id='d' name='answer'><informationRequirement><requiredInput "
    "href='#i'/></informationRequirement>"
    "<informationRequirement><requiredDecision href='#t1'/></informationRequirement>"
    "<knowledgeRequirement><requiredKnowledge href='#b'/></knowledgeRequirement>"
    "<literalExpression><text>band + string(times(n)[3]()) + "
    "string(@\"2024-01-01T00:00:00@Asia/Shanghai\".month) + "
    "replace(band, \"[a-m]\", \"*\")</text></literalExpression></decision></definitions>";

enum { THREADS = 4, TURNS = 400 };

struct worker {
    const struct dmn_model *model;
    bool good;
};

static bool turn(struct arena *a, const struct dmn_model *m, int64_t n)
{
    const struct dmn_element *d = dmn_find(m, DMN_DECISION, STR("answer"));
    struct feel_run r = feel_run_new(a, 0);
    struct feel_entry *entries;
    struct feel_value given = feel_context(a, 1, &entries);
    entries[0] = (struct feel_entry){STR("n"), feel_integer(n)};
    struct feel_value v = dmn_evaluate(&r, m, d, given.context).value;
    const char *band = n < 100      ? "low"
                       : n % 2 == 0 ? "even"
                                    : "odd",
               *hidden = n < 100      ? "*ow"
                         : n % 2 == 0 ? "*v*n"
                                      : "o**";
    return v.kind == FEEL_STRING &&
           str_eq(v.string, str_fmt(a, "%s%lld1%s", band, (long long)(3 * n), hidden));
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct arena *a = arena_new(8 << 20);
    w->good = true;
    for (int64_t n = 0; n < TURNS && w->good; n++) {
        w->good = turn(a, w->model, n);
        arena_reset(a);
    }
    arena_drop(a);
    return NULL;
}

static void one_model_answers_many_threads(void **state)
{
    struct arena *a = arena_new(8 << 20);
    struct feel_notes notes = {0};
    struct err e = {0};
    const struct dmn_source source = {STR("t"), STR(model)};
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    const struct dmn_model *m = dmn_load(a, &source, 1, &notes, &e);
    assert_non_null(m);
    assert_int_equal(notes.errors, 0);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.model = m};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(workers[i].good);
    }
    arena_drop(a);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_model_answers_many_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
