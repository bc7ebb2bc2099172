#include "engines/decimal/decimal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct decimal number(const char *z)
{
    struct decimal d;
    assert_true(decimal_parse(str_c(z), &d));
    return d;
}

static void is(struct decimal d, const char *z)
{
    struct arena *a = arena_new(1 << 16);
    struct str text = decimal_text(a, d);
    if (!str_eq_c(text, z)) fail_msg("%.*s instead of %s", STR_ARG(text), z);
    arena_drop(a);
}

/* Expected values: Python's decimal module, 34 digits. */
static void real_functions_are_right_to_the_last_of_34_digits(void **)
{
    static const struct {
        bool (*f)(struct decimal, struct decimal *);
        const char *of, *result;
    } one[] = {
        {decimal_exp, "0", "1"},
        {decimal_exp, "1", "2.718281828459045235360287471352662"},
        {decimal_exp, "-0.1", "0.9048374180359595731642490594464366"},
        {decimal_exp, "33.3", "289738526663661.3426027596095212637"},
        {decimal_exp, "3000", "7.646200989054704889310727660502434E+1302"},
        {decimal_log, "1", "0"},
        {decimal_log, "10", "2.302585092994045684017991454684364"},
        {decimal_log, "1.000000000000000000000000000000001", "9.999999999999999999999999999999995E-34"},
        {decimal_log, "0.3", "-1.203972804325935992622746217761839"},
        {decimal_log, "7E+100", "232.2044194484598817069044982118796"},
    };
    for (size_t i = 0; i < sizeof one / sizeof one[0]; i++) {
        struct decimal d;
        assert_true(one[i].f(number(one[i].of), &d));
        is(d, one[i].result);
    }
}

static void powers_with_fractions_are_right_too(void **)
{
    static const char *const powers[][3] = {
        {"2", "0.5", "1.414213562373095048801688724209698"},
        {"1.1", "1000.5", "2.590487498791232081744554486080755E+41"},
        {"10", "-0.3", "0.5011872336272722850015541868849458"},
        {"1.0001", "200001.5", "484753008.8890083008343154313937061"},
        {"0.5", "1.25", "0.4204482076268572715155627381166074"},
    };
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++) {
        struct decimal d;
        assert_true(decimal_power(number(powers[i][0]), number(powers[i][1]), &d));
        is(d, powers[i][2]);
    }
}

static void what_has_no_finite_result_is_refused_and_what_vanishes_is_zero(void **)
{
    struct decimal d;
    assert_false(decimal_exp(number("15000"), &d));
    assert_false(decimal_exp(number("1E30"), &d));
    assert_true(decimal_exp(number("-1E30"), &d));
    is(d, "0");
    assert_false(decimal_log(number("0"), &d));
    assert_false(decimal_log(number("-1"), &d));
    assert_false(decimal_power(number("-8"), number("0.5"), &d));
    assert_false(decimal_power(number("0"), number("-0.5"), &d));
    assert_false(decimal_power(number("10"), number("1E9"), &d));
    assert_true(decimal_power(number("10"), number("-1E9"), &d));
    is(d, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_functions_are_right_to_the_last_of_34_digits),
        cmocka_unit_test(powers_with_fractions_are_right_too),
        cmocka_unit_test(what_has_no_finite_result_is_refused_and_what_vanishes_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
