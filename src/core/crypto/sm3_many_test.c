/* Many at once are what each is alone. */
#include "core/base/arena.h"
#include "core/crypto/sm3_many.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { MANY = 50 };

static struct arena *a;

static int begin(void **state)
{
    struct err e = {0};
    (void)state;
    a = arena_new(4 << 20);
    return a && crypto_start(&e) ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    arena_drop(a);
    return 0;
}

/* Lengths about every edge of the padding, and far apart in one lot. */
static void fill(struct str list[MANY], size_t round)
{
    static const size_t lengths[] = {0,  1,  31, 32,  33,  54,  55,  56,   57,
                                     63, 64, 65, 119, 120, 128, 200, 1000, 4097};
    for (size_t i = 0; i < MANY; i++) {
        size_t len = lengths[(i * 7 + round) % (sizeof lengths / sizeof lengths[0])];
        char *bytes = arena_array(a, len + 1, 1);
        crypto_random(bytes, len);
        list[i] = str_n(bytes, len);
    }
}

static void many_digests_are_those_of_each(void **state)
{
    struct str list[MANY];
    uint8_t out[MANY][SM3_SIZE], one[SM3_SIZE];
    (void)state;
    for (size_t count = 0; count <= MANY; count++) {
        fill(list, count);
        sm3_many(list, count, out);
        for (size_t i = 0; i < count; i++) {
            sm3(list[i], one);
            assert_memory_equal(out[i], one, SM3_SIZE);
        }
    }
}

static void many_macs_are_those_of_each(void **state)
{
    struct str list[MANY], keys[MANY];
    struct sm3_pads pads;
    uint8_t out[MANY][SM3_SIZE], one[SM3_SIZE];
    (void)state;
    for (size_t count = 0; count <= MANY; count += 7) {
        fill(list, count);
        fill(keys, count + 3);
        for (size_t i = 0; i < MANY; i++)
            keys[i] = str_slice(keys[i], 0, 64);
        hmac_sm3_keys(keys, list, count, out);
        for (size_t i = 0; i < count; i++) {
            hmac_sm3(keys[i], list[i], one);
            assert_memory_equal(out[i], one, SM3_SIZE);
        }
        sm3_pads_make(keys[1], &pads);
        hmac_sm3_pads(&pads, list, count, out);
        for (size_t i = 0; i < count; i++) {
            hmac_sm3(keys[1], list[i], one);
            assert_memory_equal(out[i], one, SM3_SIZE);
        }
    }
}

/* GB/T 32905 appendix A. */
static void the_examples_of_the_standard_stand(void **state)
{
    (void)state;
    char long_one[65];
    for (size_t i = 0; i < 64; i += 4)
        memcpy(long_one + i, "abcd", 5);
    const struct str list[] = {STR("abc"), str_c(long_one)};
    uint8_t out[2][SM3_SIZE];
    sm3_many(list, 2, out);
    assert_true(str_eq_c(str_hex(a, out[0], SM3_SIZE),
                         "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
    assert_true(str_eq_c(str_hex(a, out[1], SM3_SIZE),
                         "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_digests_are_those_of_each),
        cmocka_unit_test(many_macs_are_those_of_each),
        cmocka_unit_test(the_examples_of_the_standard_stand),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
