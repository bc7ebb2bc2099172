#include "core/auth/totp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SECRET STR("12345678901234567890")

/* RFC 6238 appendix B, the lines of SHA-1. */
static void values_are_those_of_rfc_6238(void **state)
{
    static const struct {
        int64_t seconds;
        uint32_t digits;
    } rows[] = {{59, 94287082},         {1111111109, 7081804},  {1111111111, 14050471},
                {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(totp_value(SECRET, rows[i].seconds / 30) % 100000000, rows[i].digits);
    (void)state;
}

/* RFC 4226 appendix D. */
static void values_are_those_of_rfc_4226(void **state)
{
    static const uint32_t rows[] = {755224, 287082, 359152, 969429, 338314,
                                    254676, 287922, 162583, 399871, 520489};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(totp_value(SECRET, (int64_t)i) % 1000000, rows[i]);
    (void)state;
}

static void a_code_holds_one_step_either_way_and_no_longer(void **state)
{
    const struct str code = STR("081804"); /* of step 37037036 */
    const int64_t at = INT64_C(37037036) * TOTP_STEP_MS;
    int64_t step = 0;
    assert_false(totp_match(SECRET, code, at - TOTP_STEP_MS - 1, 0, &step));
    assert_true(totp_match(SECRET, code, at - TOTP_STEP_MS, 0, &step));
    assert_true(totp_match(SECRET, code, at + 2 * TOTP_STEP_MS - 1, 0, &step));
    assert_int_equal(step, 37037036);
    assert_false(totp_match(SECRET, code, at + 2 * TOTP_STEP_MS, 0, &step));
    (void)state;
}

static void a_step_that_was_taken_is_not_taken_again(void **state)
{
    int64_t step = 0, at = INT64_C(37037036) * TOTP_STEP_MS;
    assert_true(totp_match(SECRET, STR("081804"), at, 37037035, &step));
    assert_false(totp_match(SECRET, STR("081804"), at, 37037036, &step));
    (void)state;
}

static void only_six_digits_are_a_code(void **state)
{
    int64_t step = 0, at = INT64_C(37037036) * TOTP_STEP_MS;
    assert_false(totp_match(SECRET, STR(""), at, 0, &step));
    assert_false(totp_match(SECRET, STR("81804"), at, 0, &step));
    assert_false(totp_match(SECRET, STR("0818040"), at, 0, &step));
    assert_false(totp_match(SECRET, STR("07081804"), at, 0, &step));
    (void)state;
}

/* RFC 4648 section 10 has no vector of whole fives but this one, said twice. */
static void keys_are_written_in_base_32(void **state)
{
    char text[TOTP_SECRET_TEXT];
    totp_base32(SECRET, text);
    assert_memory_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", sizeof text);
    totp_base32(STR("fooba"), text);
    assert_memory_equal(text, "MZXW6YTB", 8);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_rfc_6238),
        cmocka_unit_test(values_are_those_of_rfc_4226),
        cmocka_unit_test(a_code_holds_one_step_either_way_and_no_longer),
        cmocka_unit_test(a_step_that_was_taken_is_not_taken_again),
        cmocka_unit_test(only_six_digits_are_a_code),
        cmocka_unit_test(keys_are_written_in_base_32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
