#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/id.h"
#include "core/base/late.h"
#include "core/base/str.h"
#include "core/base/terminal.h"
#include "core/base/time.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int make(void **state)
{
    *state = arena_new(1 << 20);
    return *state ? 0 : -1;
}

static int drop(void **state)
{
    arena_drop(*state);
    return 0;
}

static void arena_leaves_by_the_guard_when_the_cap_is_reached(void **state)
{
    jmp_buf env;
    if (setjmp(env) == 0) {
        arena_guard(*state, &env);
        for (;;)
            arena_alloc(*state, 1000);
    }
    arena_guard(*state, NULL);
    assert_true(arena_used(*state) <= 1 << 20);
    assert_null(arena_try(*state, 1 << 20));
}

static void count_one(void *arg)
{
    (*(int *)arg)++;
}

static void an_arena_goes_back_to_a_mark(void **state)
{
    struct arena *a = *state;
    int dropped = 0;
    char *kept = arena_alloc(a, 100);
    memset(kept, 'k', 100);
    arena_on_drop(a, count_one, &dropped);
    const struct arena_mark outer = arena_mark(a);
    const size_t used = arena_used(a);
    for (int i = 0; i < 100; i++) { /* a hundred times what the arena holds */
        memset(arena_alloc(a, 500000), i, 500000);
        arena_on_drop(a, count_one, &dropped);
        const struct arena_mark inner = arena_mark(a);
        memset(arena_alloc(a, 100000), i, 100000);
        arena_rewind(a, &inner);
        arena_rewind(a, &outer);
        assert_int_equal(arena_used(a), used);
        assert_int_equal(dropped, i + 1);
    }
    for (int i = 0; i < 100; i++)
        assert_int_equal(kept[i], 'k');
}

static void arena_array_refuses_overflow(void **state)
{
    jmp_buf env;
    volatile bool left = false;
    if (setjmp(env) == 0) {
        arena_guard(*state, &env);
        arena_array(*state, SIZE_MAX / 2, 16);
    } else {
        left = true;
    }
    arena_guard(*state, NULL);
    assert_true(left);
}

static void count_up(void *arg)
{
    ++*(int *)arg;
}

static void the_end_of_the_last_allocation_can_be_given_back_and_no_other(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    char *first = arena_alloc(a, 256);
    arena_give_back(a, first + 64, 192);
    char *second = arena_alloc(a, 16);
    assert_ptr_equal(second, first + 64);
    arena_give_back(a, first, 64); /* no longer the last */
    assert_ptr_equal(arena_alloc(a, 16), second + 16);
    size_t used = arena_used(a);
    char *third = arena_alloc(a, 64);
    memset(third, 1, 64);
    arena_give_back(a, third, 64);
    assert_int_equal(arena_used(a), used);
    third = arena_alloc(a, 64);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(third[i], 0);
    arena_drop(a);
}

static void arena_runs_cleanups_once(void **state)
{
    int ran = 0;
    arena_on_drop(*state, count_up, &ran);
    arena_reset(*state);
    arena_reset(*state);
    assert_int_equal(ran, 1);
}

static void numbers_stop_at_their_limits(void **state)
{
    int64_t n;
    (void)state;
    assert_true(str_to_i64(STR("-9223372036854775808"), &n) && n == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), &n) && n == INT64_MAX);
    assert_false(str_to_i64(STR("9223372036854775808"), &n));
    assert_false(str_to_i64(STR(""), &n));
    assert_false(str_to_i64(STR("-"), &n));
    assert_false(str_to_i64(STR("1 "), &n));
}

static void base64url_has_one_text_for_one_value(void **state)
{
    struct str back;
    for (size_t len = 0; len < 70; len++) {
        char bytes[70];
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)(i * 37 + len);
        struct str text = str_base64url(*state, bytes, len);
        assert_true(str_unbase64url(*state, text, &back));
        assert_true(str_eq(back, str_n(bytes, len)));
    }
    assert_false(str_unbase64url(*state, STR("AB"), &back) && back.len == 1 && back.ptr[0] == 1);
    assert_false(str_unbase64url(*state, STR("A"), &back));
    assert_false(str_unbase64url(*state, STR("A+BC"), &back));
}

static void utf8_refuses_what_rfc_3629_forbids(void **state)
{
    (void)state;
    assert_true(utf8_valid(STR("办护照 \xF0\xA0\xAE\xB7")));
    assert_false(utf8_valid(STR("\xC0\x80")));
    assert_false(utf8_valid(STR("\xED\xA0\x80")));
    assert_false(utf8_valid(STR("\xF4\x90\x80\x80")));
    assert_false(utf8_valid(STR("\xE5\x8A")));
    assert_int_equal(utf8_count(STR("办护照")), 3);
    assert_true(str_eq_c(utf8_head(STR("办护照"), 2), "办护"));
}

static void text_of_others_commands_no_terminal(void **state)
{
    static const char *const texts[][2] = {
        {"示范区烟草专卖局 é", "示范区烟草专卖局 é"},
        {"\x1b[2Ja\r\nb\tc\x7f", "?[2Ja??b?c?"},
        {"\xc2\x9b"
         "1m",
         "?1m"},
        {"\x9b"
         "1m\xff",
         "?1m?"},
        {"A\xe2\x80\xae"
         "B\xe2\x80\xa8"
         "C\xe2\x81\xa6",
         "A?B?C?"},
        {"\xef\xbf\xbd", "\xef\xbf\xbd"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char got[64] = {0};
        FILE *to = fmemopen(got, sizeof got, "w");
        assert_non_null(to);
        terminal_put(to, str_c(texts[i][0]));
        fclose(to);
        assert_string_equal(got, texts[i][1]);
    }
}

static void dates_go_there_and_back(void **state)
{
    for (int32_t d = -200000; d < 400000; d += 7) {
        struct civil c = date_to_civil(d);
        assert_int_equal(date_from_civil(c.year, c.month, c.day), d);
    }
    int32_t date;
    assert_false(date_parse(STR("2026-02-29"), &date));
    assert_true(date_parse(STR("2024-02-29"), &date));
    assert_true(str_eq_c(date_format(*state, date), "2024-02-29"));
    assert_int_equal(date_weekday(date_from_civil(2026, 11, 21)), 5);
    assert_true(str_eq_c(time_format(*state, date_start(date)), "2024-02-29 00:00"));
    assert_true(str_eq_c(time_rfc3339(*state, 0), "1970-01-01T00:00:00.000Z"));
}

static void ids_never_repeat_even_when_the_clock_steps_back(void **state)
{
    struct id_maker m = {.node = 5};
    int64_t last = 0;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        int64_t id = id_next(&m, INT64_C(1800000000000) - i);
        assert_true(id > last);
        last = id;
    }
}

static void first_error_wins_and_long_texts_are_cut_between_characters(void **state)
{
    struct err e = {0};
    (void)state;
    assert_false(err_missing(&e, "a", "First."));
    assert_false(err_invalid(&e, "b", "Second."));
    assert_int_equal(e.kind, ERR_MISSING);
    char text[300];
    for (size_t i = 0; i < sizeof text; i += 3)
        memcpy(text + i, "办", 3);
    err_arg(&e, str_n(text, sizeof text));
    assert_true(utf8_valid(str_c(e.arg)));
    err_clear(&e);
    for (int i = 0; i < 100; i++)
        assert_false(err_at(&e, STR("name"), "Too long.", STR_EMPTY));
    assert_int_equal(e.field_count, ERR_FIELDS_MAX);
}

static void a_library_is_loaded_when_it_is_needed_and_one_that_is_not_there_is_named(void **state)
{
    struct zlib {
        const char *(*version)(void);
        void (*nothing)(void);
    } calls = {0};
    const struct late_symbol symbols[] = {LATE_SYMBOL(zlib, version, zlibVersion),
                                          LATE_SYMBOL(zlib, nothing, no_function_of_this_name)};
    struct late l = {.library = "libz.so.1",
                     .symbols = symbols,
                     .count = 1,
                     .table = &calls,
                     .lock = PTHREAD_MUTEX_INITIALIZER};
    struct late other = l, absent = l;
    struct err e = {0};
    (void)state;
    assert_true(late_load(&l, &e) && late_load(&l, &e));
    assert_int_equal(calls.version()[0], '1');
    other.count = 2;
    assert_false(late_load(&other, &e));
    assert_non_null(strstr(e.detail, "no_function_of_this_name"));
    err_clear(&e);
    absent.library = "libnobody-has-it.so.1";
    assert_false(late_load(&absent, &e));
    assert_non_null(strstr(e.detail, "libnobody-has-it.so.1"));
    assert_int_equal(e.kind, ERR_FAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arena_leaves_by_the_guard_when_the_cap_is_reached, make, drop),
        cmocka_unit_test_setup_teardown(an_arena_goes_back_to_a_mark, make, drop),
        cmocka_unit_test_setup_teardown(arena_array_refuses_overflow, make, drop),
        cmocka_unit_test_setup_teardown(arena_runs_cleanups_once, make, drop),
        cmocka_unit_test(the_end_of_the_last_allocation_can_be_given_back_and_no_other),
        cmocka_unit_test(numbers_stop_at_their_limits),
        cmocka_unit_test_setup_teardown(base64url_has_one_text_for_one_value, make, drop),
        cmocka_unit_test(utf8_refuses_what_rfc_3629_forbids),
        cmocka_unit_test(text_of_others_commands_no_terminal),
        cmocka_unit_test_setup_teardown(dates_go_there_and_back, make, drop),
        cmocka_unit_test(ids_never_repeat_even_when_the_clock_steps_back),
        cmocka_unit_test(first_error_wins_and_long_texts_are_cut_between_characters),
        cmocka_unit_test(a_library_is_loaded_when_it_is_needed_and_one_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
