/* What the standard says, clause by clause, beyond what feel_test.c holds: an expression and its value as
 * FEEL writes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/feel/feel.h"

struct row {
    const char *expression, *value;
};

static const char *value_of(struct arena *a, const char *expression, struct feel_notes *of_run)
{
    struct feel_notes notes = {0};
    struct feel_unit *u = feel_unit_new(a, &notes);
    struct feel_scope *s = feel_scope_new(u, NULL);
    struct feel_run r = feel_run_new(a, INT64_C(1732600800000));
    struct feel_frame *f = feel_frame_new(&r, s, NULL);
    struct feel_value v = feel_eval(&r, feel_parse(u, s, str_c(expression)), f);
    *of_run = r.notes;
    return str_z(a, feel_literal(a, v));
}

static void all_give(const struct row *rows)
{
    struct arena *a = arena_new(64 << 20);
    struct feel_notes notes;
    for (; rows->expression; rows++) {
        const char *got = value_of(a, rows->expression, &notes);
        if (strcmp(got, rows->value) != 0)
            fail_msg("%s gives %s, not %s", rows->expression, got, rows->value);
        arena_reset(a);
    }
    arena_drop(a);
}

/* Null, and a note that says why. */
static void all_fail(const char *const *expressions)
{
    struct arena *a = arena_new(64 << 20);
    struct feel_notes notes;
    for (; *expressions; expressions++) {
        const char *got = value_of(a, *expressions, &notes);
        if (strcmp(got, "null") != 0) fail_msg("%s gives %s, not null", *expressions, got);
        if (!notes.count) fail_msg("%s is null without a note", *expressions);
        arena_reset(a);
    }
    arena_drop(a);
}

/* ---- 10.3.1.2: the grammar ---- */

static void comments_stand_wherever_a_blank_may(void **state)
{
    static const struct row rows[] = {
        {"{/* key */ a /* b */: 1}", "{a: 1}"},
        {"{monthly income: 1, x: monthly /* y */ income}.x", "1"},
        {"for i /* k */ in [1] return i // all", "[1]"},
        {"if/**/true/**/then/**/1 else 2", "1"},
        {"date/* x */(\"2024-02-29\").day", "29"},
        {"(function(a /* n */: number) a)(1)", "1"},
        {"\"a /* b */\"", "\"a /* b */\""},
        {0},
    };
    all_give(rows);
    (void)state;
}

static void a_literal_that_is_none_is_null_and_said(void **state)
{
    static const char *const rows[] = {"@\"foo\"", "@\"2024-02-30\"", "\"\\uD83D\"", "\"\\u00zz\"", NULL};
    all_fail(rows);
    (void)state;
}

/* ---- 10.3.2.13: calls ---- */

static void parameters_are_found_by_name(void **state)
{
    static const struct row rows[] = {
        {"ceiling(n: 1.5)", "2"},
        {"floor(n: 1.55, scale: 1)", "1.5"},
        {"sort(list: [2, 1])", "[1, 2]"},
        {"{a: abs, r: a(n: -1)}.r", "1"},
        {"{part: substring, r: part(start position: 2, string: \"abc\")}.r", "\"bc\""},
        {0},
    };
    static const char *const wrong[] = {"abs(n: 1, n: 2)",
                                        "abs(x: 1)",
                                        "floor(1.5, null)",
                                        "{f: function(x) x, r: f(x: 1, x: 2)}.r",
                                        "{f: function(x) x, r: f(y: 1)}.r",
                                        "{a: abs, r: a(x: -1)}.r",
                                        NULL};
    all_give(rows);
    all_fail(wrong);
    (void)state;
}

/* ---- 10.3.2.9: types ---- */

static void a_function_has_the_type_of_its_parameters_and_its_body(void **state)
{
    static const struct row rows[] = {
        {"(function(a: number) a) instance of function<number>->number", "true"},
        {"(function(a: number) a + 1) instance of function<number>->number", "true"},
        {"(function(a: number) \"x\") instance of function<number>->number", "false"},
        {"(function(a: number) a > 1) instance of function<number>->boolean", "true"},
        {"(function(a: number) a) instance of function<string>->number", "false"},
        {"(function(a) a) instance of function<Any>->number", "false"},
        {"(function(a, b) a) instance of function<Any>->Any", "false"},
        {"(function() 1) instance of function<>->number", "true"},
        {"(function(a: context<x: number>) 1) instance of function<context<x: number, y: string>>->number",
         "true"},
        {"(function(a: context<x: number>) 1) instance of function<context<y: string>>->number", "false"},
        {"abs instance of function<number>->number", "true"},
        {"abs instance of function<string>->number", "false"},
        {"abs instance of function<days and time duration>->days and time duration", "true"},
        {"string length instance of function<string>->number", "true"},
        {"now instance of function<>->date and time", "true"},
        {"sort instance of function<list<Any>, function<Any, Any>->boolean>->list<Any>", "true"},
        {"(function(f: function<number>->number) f(-2))(abs)", "2"},
        {"abs = abs", "true"},
        {0},
    };
    all_give(rows);
    (void)state;
}

static void a_list_of_one_and_its_element_stand_for_each_other(void **state)
{
    static const struct row rows[] = {
        {"(function(a: number) a)([1])", "1"},
        {"(function(a: list<number>) a)(1)", "[1]"},
        {"(function(a: list<list<number>>) a)([1, 2])", "[[1, 2]]"},
        {"(function(a: list<number>) a)([[1, 2]])", "[1, 2]"},
        {"(function(a: date and time) a)(@\"2024-02-29\")", "@\"2024-02-29T00:00:00Z\""},
        {"abs([-1])", "1"},
        {"contains([\"abc\"], match: [\"b\"])", "null"},
        {"contains(string: [\"abc\"], match: [\"b\"])", "true"},
        {"count(5)", "1"},
        {0},
    };
    static const char *const wrong[] = {"(function(a: number) a)([1, 2])", "(function(a: number) a)([[1]])",
                                        "(function(a: list<number>) a)([\"a\"])", NULL};
    all_give(rows);
    all_fail(wrong);
    (void)state;
}

/* ---- values that are nested without end ---- */

#define DEEP "(for i in 1..100000 return if i = 1 then [] else [partial[-1]])[-1]"
#define WIDE "(for i in 1..60 return partial)[-1]"

static void a_value_nested_without_end_is_null_where_it_is_looked_into(void **state)
{
    static const char *const said[] = {"string(" DEEP ")", "flatten(" DEEP ")", NULL};
    static const struct row rows[] = {
        {"{a: " DEEP ", b: " DEEP ", e: a = b}.e", "null"},
        {"{a: " WIDE ", b: " WIDE ", e: a = b}.e", "null"},
        {"list contains([" DEEP "], " DEEP ")", "false"},
        {"count(" DEEP ")", "1"},
        {"count((" DEEP ").a)", "1"},
        {0},
    };
    all_fail(said);
    all_give(rows);
    (void)state;
}

/* ---- 10.3.4.3: strings ---- */

static void case_is_that_of_all_of_unicode(void **state)
{
    static const struct row rows[] = {
        {"upper case(\"straße ŉ ǆ ﬁ ı\")", "\"STRASSE ʼN Ǆ FI I\""},
        {"upper case(\"ა 𐐨 ӏ\")", "\"Ა 𐐀 Ӏ\""},
        {"lower case(\"İ Ა 𐐀 Ǆ ẞ\")", "\"i̇ ა 𐐨 ǆ ß\""},
        {"lower case(\"ΌΔΥΣΣΕΎΣ ΑΣ. Σ\")", "\"όδυσσεύς ας. σ\""},
        {"upper case(\"政务 1a\")", "\"政务 1A\""},
        {0},
    };
    all_give(rows);
    (void)state;
}

/* ---- 10.3.4.4, 10.3.4.8: lists ---- */

static void sorting_needs_to_be_told_what_comes_first(void **state)
{
    static const struct row rows[] = {
        {"sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"},
        {"sort([3, 1, 2], before)", "[1, 2, 3]"},
        {"sort([], function(x, y) null)", "[]"},
        {0},
    };
    static const char *const wrong[] = {"sort([3, 1, 2], function(x, y) 1)",
                                        "sort([3, 1, 2], function(x) true)", "sort([3, \"1\", 2])",
                                        "sort([1, null], function(x, y) x < y)", NULL};
    all_give(rows);
    all_fail(wrong);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_stand_wherever_a_blank_may),
        cmocka_unit_test(a_literal_that_is_none_is_null_and_said),
        cmocka_unit_test(parameters_are_found_by_name),
        cmocka_unit_test(a_function_has_the_type_of_its_parameters_and_its_body),
        cmocka_unit_test(a_list_of_one_and_its_element_stand_for_each_other),
        cmocka_unit_test(a_value_nested_without_end_is_null_where_it_is_looked_into),
        cmocka_unit_test(case_is_that_of_all_of_unicode),
        cmocka_unit_test(sorting_needs_to_be_told_what_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
