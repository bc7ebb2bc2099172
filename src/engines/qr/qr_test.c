#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/arena.h"
#include "engines/qr/qr.h"

static void a_code_has_its_three_eyes(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    struct qr q;
    assert_true(qr_encode(a, STR("https://example.gov.cn/verify/1"), &q));
    assert_true(q.size >= 21 && (q.size - 17) % 4 == 0);
    const unsigned corners[3][2] = {{0, 0}, {q.size - 7, 0}, {0, q.size - 7}};
    for (int i = 0; i < 3; i++)
        for (unsigned y = 0; y < 7; y++)
            for (unsigned x = 0; x < 7; x++) {
                bool ring = x == 0 || x == 6 || y == 0 || y == 6, core = x >= 2 && x <= 4 && y >= 2 && y <= 4;
                assert_int_equal(q.dark[(corners[i][1] + y) * q.size + corners[i][0] + x], ring || core);
            }
    arena_drop(a);
}

static void svg_is_safe_and_stable(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    struct str s = qr_svg(a, STR("\"><script>alert(1)</script>"));
    assert_true(str_starts(s, STR("<svg ")) && str_ends(s, STR("</svg>")));
    assert_true(str_find(s, STR("script")) == SIZE_MAX);
    assert_true(str_eq(s, qr_svg(a, STR("\"><script>alert(1)</script>"))));
    assert_int_equal(qr_svg(a, STR("")).len, 0);
    assert_int_equal(qr_svg(a, STR("a\0b")).len, 0);
    char *big = arena_alloc(a, 2000);
    memset(big, 'x', 2000);
    assert_int_equal(qr_svg(a, str_n(big, 2000)).len, 0);
    assert_true(qr_svg(a, str_n(big, 1000)).len > 0);
    arena_drop(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_has_its_three_eyes),
        cmocka_unit_test(svg_is_safe_and_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
