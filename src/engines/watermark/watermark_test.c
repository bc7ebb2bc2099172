#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/arena.h"
#include "engines/watermark/watermark.h"

static size_t inked(const struct watermark *m)
{
    size_t n = 0;
    for (size_t i = 0; i < (size_t)m->w * m->h; i++)
        n += m->alpha[i] > 127;
    return n;
}

static void another_reader_gives_another_mark_and_the_same_the_same(void **unused)
{
    struct arena *a = arena_new(8 << 20);
    struct err e = {0};
    struct watermark one, same, other;
    assert_true(watermark_draw(a, STR("张三 zhang.san · 示范区公安局 · 2026-11-23 09:00"), &one, &e));
    assert_true(watermark_draw(a, STR("张三 zhang.san · 示范区公安局 · 2026-11-23 09:00"), &same, &e));
    assert_true(watermark_draw(a, STR("李四 li.si · 示范区公安局 · 2026-11-23 09:00"), &other, &e));
    assert_true(inked(&one) > 1000 && inked(&one) < (size_t)one.w * one.h / 4);
    assert_true(one.w == same.w && one.h == same.h && memcmp(one.alpha, same.alpha, one.w * one.h) == 0);
    assert_true(one.w != other.w || one.h != other.h || memcmp(one.alpha, other.alpha, one.w * one.h) != 0);
    arena_drop(a);
    (void)unused;
}

static void a_mark_without_a_text_or_with_too_much_is_none(void **unused)
{
    struct arena *a = arena_new(8 << 20);
    struct err e = {0};
    struct watermark m;
    char much[WATERMARK_TEXT_MAX + 1];
    memset(much, 'x', sizeof much);
    assert_false(watermark_draw(a, STR_EMPTY, &m, &e));
    assert_true(e.kind == ERR_INVALID);
    err_clear(&e);
    assert_false(watermark_draw(a, str_n(much, sizeof much), &m, &e));
    arena_drop(a);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_reader_gives_another_mark_and_the_same_the_same),
        cmocka_unit_test(a_mark_without_a_text_or_with_too_much_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
