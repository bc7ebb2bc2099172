#include "modules/cases/cases_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new(1 << 26);
    return arena ? 0 : 1;
}

static int drop_arena(void **state)
{
    (void)state;
    arena_drop(arena);
    return 0;
}

/* A shipped process as supervision follows it. */
static struct case_watch shipped(const char *code)
{
    static char bytes[1 << 17];
    struct bpmn_findings *findings = ARENA_NEW(arena, struct bpmn_findings);
    struct course_faults faults = {.count = 0};
    struct err e = {0};
    struct case_watch w = {.step_count = 0};
    char path[512];
    snprintf(path, sizeof path, "%s/data/processes/%s.bpmn", TB_SOURCE_ROOT, code);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    const struct course *course = course_load(arena, str_dup(arena, str_n(bytes, n)), findings, &faults, &e);
    assert_non_null(course);
    case_watch_course(arena, course, &w);
    return w;
}

static int index_of(const struct case_watch *w, const char *id)
{
    for (size_t i = 0; i < w->step_count; i++)
        if (str_eq_c(w->steps[i].id, id)) return (int)i;
    fail_msg("no step %s", id);
    return -1;
}

static bool needs(const struct case_watch *w, const char *step, const char *before)
{
    return w->steps[index_of(w, step)].needs >> index_of(w, before) & 1;
}

static void a_step_needs_all_before_it_in_a_line(void **state)
{
    struct case_watch w = shipped("two-reviews");
    assert_int_equal(w.step_count, 4);
    assert_true(needs(&w, "decide", "receive") && needs(&w, "decide", "review"));
    assert_true(needs(&w, "decide", "second-review") && needs(&w, "second-review", "review"));
    assert_int_equal(w.steps[index_of(&w, "receive")].needs, 0);
    assert_true(w.steps[index_of(&w, "receive")].desk);
    assert_false(w.steps[index_of(&w, "decide")].desk);
    for (size_t i = 0; i < w.step_count; i++)
        assert_true(w.steps[i].accepts == str_eq_c(w.steps[i].id, "receive"));
    for (size_t i = 0; i < w.step_count; i++)
        assert_true(w.steps[i].always);
    (void)state;
}

static void branches_do_not_need_each_other_and_what_joins_them_needs_both(void **state)
{
    struct case_watch w = shipped("site-visit");
    assert_false(needs(&w, "review", "visit") || needs(&w, "visit", "review"));
    assert_true(needs(&w, "decide", "visit") && needs(&w, "decide", "review"));
    assert_true(needs(&w, "visit", "receive"));
    assert_true(w.steps[index_of(&w, "visit")].always);
    (void)state;
}

static void a_rule_that_may_answer_first_changes_nothing_for_those_who_decide_otherwise(void **state)
{
    struct case_watch w = shipped("rule-first");
    assert_int_equal(w.step_count, 2);
    assert_true(needs(&w, "decide", "review"));
    assert_true(w.steps[index_of(&w, "review")].always);
    (void)state;
}

static void those_who_sign_are_needed(void **state)
{
    struct case_watch w = shipped("countersign");
    assert_true(needs(&w, "decide", "sign"));
    (void)state;
}

static void what_another_department_does_is_not_done_here(void **state)
{
    struct case_watch w = shipped("joint-check");
    assert_true(w.steps[index_of(&w, "funds")].elsewhere);
    assert_false(w.steps[index_of(&w, "review")].elsewhere || w.steps[index_of(&w, "receive")].elsewhere);
    assert_true(needs(&w, "decide", "funds"));
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_needs_all_before_it_in_a_line),
        cmocka_unit_test(branches_do_not_need_each_other_and_what_joins_them_needs_both),
        cmocka_unit_test(a_rule_that_may_answer_first_changes_nothing_for_those_who_decide_otherwise),
        cmocka_unit_test(those_who_sign_are_needed),
        cmocka_unit_test(what_another_department_does_is_not_done_here),
    };
    return cmocka_run_group_tests(tests, open_arena, drop_arena);
}
