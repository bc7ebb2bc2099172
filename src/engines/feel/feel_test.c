#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/feel/feel.h"
#include "engines/feel/feel_build.h"

/* ---- one expression and what it gives ---- */

struct bench {
    struct arena *arena;
    struct feel_notes *notes; /* of compiling */
    struct feel_unit *unit;
    struct feel_scope *scope;
    struct feel_run run;
    struct feel_frame *frame;
};

static struct bench opened(void)
{
    struct bench b = {.arena = arena_new(64 << 20)};
    b.notes = ARENA_NEW(b.arena, struct feel_notes);
    b.unit = feel_unit_new(b.arena, b.notes);
    b.scope = feel_scope_new(b.unit, NULL);
    b.run = feel_run_new(b.arena, INT64_C(1732600800000));
    return b;
}

/* Names that the expression sees, with values written as FEEL themselves. */
static void given(struct bench *b, const char *name, const char *value)
{
    struct feel_scope *empty = feel_scope_new(b->unit, NULL);
    struct feel_value v = feel_eval(&b->run, feel_parse(b->unit, empty, str_c(value)), NULL);
    struct feel_value *slots = ARENA_ARRAY(b->arena, feel_scope_size(b->scope) + 1, struct feel_value);
    if (b->frame) memcpy(slots, b->frame->slots, feel_scope_size(b->scope) * sizeof *slots);
    slots[feel_scope_add(b->scope, str_c(name), NULL)] = v;
    b->frame = ARENA_NEW(b->arena, struct feel_frame);
    b->frame->slots = slots;
}

static const char *gives(struct bench *b, const char *expression)
{
    struct feel_value v = feel_eval(&b->run, feel_parse(b->unit, b->scope, str_c(expression)), b->frame);
    return str_z(b->arena, feel_literal(b->arena, v));
}

struct row {
    const char *expression, *value;
};

static void all_give(struct bench *b, const struct row *rows)
{
    for (; rows->expression; rows++) {
        const char *got = gives(b, rows->expression);
        if (strcmp(got, rows->value) != 0)
            fail_msg("%s gives %s, not %s", rows->expression, got, rows->value);
    }
}

static void numbers_have_thirty_four_digits(void **state)
{
    static const struct row rows[] = {
        {"0.1 + 0.2", "0.3"},
        {"1 / 3", "0.3333333333333333333333333333333333"},
        {"1E3", "1000"},
        {".5 + 1", "1.5"},
        {"-2 ** 2", "4"},
        {"2 ** 3 ** 2", "64"},
        {"10 / 0", "null"},
        {"1.50", "1.5"},
        {"modulo(-12, 5)", "3"},
        {"decimal(2.5, 0)", "2"},
        {"round half up(-2.5, 0)", "-3"},
        {"round half down(2.5, 0)", "2"},
        {"round half down(2.51, 0)", "3"},
        {"round up(1.121, 2)", "1.13"},
        {"floor(-1.56, 1)", "-1.6"},
        {"sqrt(16)", "4"},
        {"2 + \"2\"", "null"},
        {"number(\"1 000,5\", \" \", \",\")", "1000.5"},
        {0},
    };
    struct bench b = opened();
    all_give(&b, rows);
    arena_drop(b.arena);
    (void)state;
}

static void names_may_have_blanks_and_signs(void **state)
{
    static const struct row rows[] = {
        {"monthly income * 2", "6000"},
        {"monthly  income - debt-free", "2990"},
        {"{foo+bar: 1, x: foo+bar + 1}.x", "2"},
        {"家庭 人口 + 1", "4"},
        {"applicant.home address", "\"北京\""},
        {"for the year in [1, 2] return the year + 1", "[2, 3]"},
        {"unheard of", "null"},
        {0},
    };
    struct bench b = opened();
    given(&b, "monthly income", "3000");
    given(&b, "debt-free", "10");
    given(&b, "家庭 人口", "3");
    given(&b, "applicant", "{home address: \"北京\"}");
    all_give(&b, rows);
    arena_drop(b.arena);
    (void)state;
}

static void truth_has_three_values(void **state)
{
    static const struct row rows[] = {
        {"true and null", "null"},
        {"false and null", "false"},
        {"true or null", "true"},
        {"false or null", "null"},
        {"not(null)", "null"},
        {"1 = \"1\"", "null"},
        {"null = null", "true"},
        {"1 = null", "false"},
        {"1 < \"2\"", "null"},
        {"3 between 1 and 5", "true"},
        {"null between 1 and 5", "null"},
        {"\"a\" and true", "null"},
        {"all([true, null])", "null"},
        {"any([null, true])", "true"},
        {"all([])", "true"},
        {0},
    };
    struct bench b = opened();
    all_give(&b, rows);
    arena_drop(b.arena);
    (void)state;
}

static void tests_ask_of_equality_membership_and_ranges(void **state)
{
    static const struct row rows[] = {
        {"5 in (1, 5, 7)", "true"},
        {"5 in [1..5)", "false"},
        {"5 in ]5..7]", "false"},
        {"5 in > 4", "true"},
        {"5 in (< 3, > 4)", "true"},
        {"[1,2] in [[1,2],[3]]", "true"},
        {"5 in (1..9)", "true"},
        {"1 in [2, 3, 1]", "true"},
        {"5 in [[1..3], [5..6]]", "true"},
        {"[1..5].start included", "true"},
        {"(< 5).end", "5"},
        {"range(\"[1..3)\") = [1..3)", "true"},
        {"5 in (2 + 3) * 1", "true"},
        {"5 in (..5]", "true"},
        {"5 in ([1, 5])[2]", "true"},
        {"includes([1..10], 5)", "true"},
        {"before(1, [2..3])", "true"},
        {"meets([1..5], [5..8])", "true"},
        {0},
    };
    struct bench b = opened();
    all_give(&b, rows);
    arena_drop(b.arena);
    (void)state;
}

static void lists_are_filtered_by_position_or_by_what_is_true_of_them(void **state)
{
    static const struct row rows[] = {
        {"[1, 2, 3][2]", "2"},
        {"[1, 2, 3][-1]", "3"},
        {"[1, 2, 3][4]", "null"},
        {"[1, 2, 3][item > 1]", "[2, 3]"},
        {"people[age > 30].name", "[\"李\"]"},
        {"people[name = \"张\"].age[1]", "20"},
        {"100[1]", "100"},
        {"[{x: 1, limit: 5}, {x: 9, limit: 5}][x > limit]", "[{x: 9, limit: 5}]"},
        {"[[1], [2, [3]]].x", "[[null], [null, [null]]]"},
        {"for i in 1..3 return i * i", "[1, 4, 9]"},
        {"for i in 3..1 return i", "[3, 2, 1]"},
        {"for i in 1..2, j in 1..i return i * 10 + j", "[11, 21, 22]"},
        {"for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"},
        {"some x in [1, 2] satisfies x > 1", "true"},
        {"every x in [] satisfies false", "true"},
        {"sort([3, 1, 2], function(a, b) a < b)", "[1, 2, 3]"},
        {"distinct values([1, \"1\", 1])", "[1, \"1\"]"},
        {"list replace([1, 2, 3], function(i, n) i > 1, 0)", "[1, 0, 0]"},
        {"mode([6, 3, 9, 6, 6, 9, 9])", "[6, 9]"},
        {"flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]"},
        {0},
    };
    struct bench b = opened();
    given(&b, "people", "[{name: \"张\", age: 20}, {name: \"李\", age: 40}]");
    all_give(&b, rows);
    arena_drop(b.arena);
    (void)state;
}

static void functions_keep_what_they_saw(void **state)
{
    static const struct row rows[] = {
        {"{add: function(n) function(m) n + m, two: add(2), r: two(40)}.r", "42"},
        {"(for i in [1, 2] return function() i)[1]()", "1"},
        {"{f: function(a: number) a, r: f(\"x\")}.r", "null"},
        {"substring(start position: 2, string: \"政务服务\")", "\"务服务\""},
        {"string length(\"😀a\")", "2"},
        {"substring(\"foobar\", -2, 1)", "\"a\""},
        {"{mod: modulo}.mod(5, 3)", "2"},
        {"function(a) external {java: {class: \"x\"}}", "null"},
        {0},
    };
    struct bench b = opened();
    all_give(&b, rows);
    arena_drop(b.arena);
    (void)state;
}

static void a_text_that_is_wrong_says_where(void **state)
{
    struct bench b = opened();
    feel_unit_at(b.unit, STR("fee"));
    struct feel_node *n = feel_parse(b.unit, b.scope, STR("1 +\n  * 2"));
    assert_true(feel_is_broken(n));
    assert_int_equal(b.notes->errors, 1);
    assert_int_equal(b.notes->first->line, 2);
    assert_int_equal(b.notes->first->column, 3);
    assert_true(str_eq_c(b.notes->first->where, "fee"));
    assert_int_equal(feel_eval(&b.run, n, NULL).kind, FEEL_NULL);
    arena_drop(b.arena);
    (void)state;
}

static void a_hostile_expression_is_stopped(void **state)
{
    struct bench b = opened();
    b.run.steps = 100000;
    assert_string_equal(gives(&b, "count(for i in 1..1000000000 return i)"), "null");
    assert_true(b.run.stopped);
    b.run = feel_run_new(b.arena, 0);
    given(&b, "f", "function(g, n) g(g, n + 1)");
    assert_string_equal(gives(&b, "f(f, 1)"), "null");
    assert_true(b.run.stopped);
    struct buf deep = buf_new(b.arena, 4096);
    for (int i = 0; i < 3000; i++)
        buf_add_char(&deep, '(');
    assert_true(feel_is_broken(feel_parse(b.unit, b.scope, buf_str(&deep))));
    deep.len = 0; /* each level must be read once: twice each would take days */
    for (int i = 0; i < 100; i++)
        buf_add_c(&deep, "a in (");
    assert_true(feel_is_broken(feel_parse(b.unit, b.scope, buf_str(&deep))));
    arena_drop(b.arena);
    (void)state;
}

static void names_without_end_are_not_kept(void **state)
{
    struct bench b = opened();
    for (int i = 0; i < 50000; i++)
        feel_unit_knows(b.unit, str_fmt(b.arena, "name number %d", i));
    assert_int_equal(b.notes->errors, 1);
    arena_drop(b.arena);
    (void)state;
}

static void a_unary_test_reads_as_intervals(void **state)
{
    struct bench b = opened();
    struct feel_simple_test t;
    assert_true(feel_simple_test(b.arena, feel_parse_tests(b.unit, b.scope, STR("-")), &t) && t.any);
    assert_true(feel_simple_test(b.arena, feel_parse_tests(b.unit, b.scope, STR("not([1..5), > 9)")), &t));
    assert_true(t.negated && t.count == 2 && t.alternatives[0].low_closed && !t.alternatives[0].high_closed);
    assert_false(feel_simple_test(b.arena, feel_parse_tests(b.unit, b.scope, STR("? > 5 and ? < 9")), &t));
    struct feel_node *n = feel_parse_tests(b.unit, b.scope, STR("? > 5 and ? < 9"));
    assert_true(feel_test(&b.run, n, NULL, feel_integer(6)).boolean);
    n = feel_parse_tests(b.unit, b.scope, STR("\"a\", \"b\""));
    assert_true(feel_test(&b.run, n, NULL, feel_string(STR("b"))).boolean);
    n = feel_parse_tests(b.unit, b.scope, STR("not(\"a\", \"b\")"));
    assert_false(feel_test(&b.run, n, NULL, feel_string(STR("b"))).boolean);
    arena_drop(b.arena);
    (void)state;
}

static void values_become_json_and_come_back(void **state)
{
    struct bench b = opened();
    struct err e = {0};
    struct json *j = json_parse(
        b.arena, STR("{\"名\":[1.50,true,null,\"x\"],\"k\":{\"n\":12345678901234567890}}"), JSON_STRICT, &e);
    struct feel_value v = feel_from_json(b.arena, j);
    assert_string_equal(str_z(b.arena, json_to_str(b.arena, feel_to_json(b.arena, v))),
                        "{\"名\":[1.5,true,null,\"x\"],\"k\":{\"n\":12345678901234567890}}");
    arena_drop(b.arena);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_thirty_four_digits),
        cmocka_unit_test(names_may_have_blanks_and_signs),
        cmocka_unit_test(truth_has_three_values),
        cmocka_unit_test(tests_ask_of_equality_membership_and_ranges),
        cmocka_unit_test(lists_are_filtered_by_position_or_by_what_is_true_of_them),
        cmocka_unit_test(functions_keep_what_they_saw),
        cmocka_unit_test(a_text_that_is_wrong_says_where),
        cmocka_unit_test(a_hostile_expression_is_stopped),
        cmocka_unit_test(names_without_end_are_not_kept),
        cmocka_unit_test(a_unary_test_reads_as_intervals),
        cmocka_unit_test(values_become_json_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
