#include "core/json/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int make(void **state)
{
    *state = arena_new(256 << 20);
    return *state ? 0 : -1;
}

static int drop(void **state)
{
    arena_drop(*state);
    return 0;
}

static struct json *must(struct arena *a, struct str text)
{
    struct err e = {0};
    struct json *j = json_parse(a, text, JSON_STRICT, &e);
    if (!j) fail_msg("refused: %s", e.arg);
    return j;
}

static void must_refuse(struct arena *a, struct str text, const char *arg)
{
    struct err e = {0};
    assert_null(json_parse(a, text, JSON_STRICT, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    assert_string_equal(e.code, "json");
    assert_string_equal(e.arg, arg);
}

static void numbers_keep_their_text(void **state)
{
    struct json *j = must(*state, STR("[12345678901234567890123, -0, 1.50, 1E400, 78010119800101123]"));
    assert_true(str_eq_c(json_at(j, 0)->text, "12345678901234567890123"));
    assert_true(str_eq_c(json_at(j, 2)->text, "1.50"));
    assert_true(str_eq_c(json_at(j, 3)->text, "1E400"));
    assert_int_equal(json_i64(json_at(j, 4), -1), 78010119800101123);
    assert_int_equal(json_i64(json_at(j, 0), -1), -1);
    assert_null(json_at(j, 5));
    assert_string_equal(json_to_str(*state, j).ptr,
                        "[12345678901234567890123,-0,1.50,1E400,78010119800101123]");
}

static void strings_hold_every_code_point_and_the_zero(void **state)
{
    struct json *j = must(*state, STR("\"a\\u0000b\\ud83d\\ude00\\u4e2d中\\/\\n\""));
    struct str want = STR("a\0b😀中中/\n");
    assert_true(str_eq(json_text(j), want));
    assert_string_equal(json_to_str(*state, j).ptr, "\"a\\u0000b😀中中/\\n\"");
}

static void malformed_text_is_refused_with_its_place(void **state)
{
    must_refuse(*state, STR("{\n \"a\": tru}"), "value expected (2:7)");
    must_refuse(*state, STR("\"\\ud800\""), "half of a surrogate pair (1:2)");
    must_refuse(*state, STR("\"\xed\xa0\x80\""), "not UTF-8 (1:2)");
    must_refuse(*state, STR("\"\xc0\xaf\""), "not UTF-8 (1:2)");
    must_refuse(*state, STR("\"\xe4\xb8"), "not UTF-8 (1:2)");
    must_refuse(*state, STR("\"ab"), "string without end (1:4)");
    must_refuse(*state, STR("\"a\0b\""), "control character in a string (1:3)");
    must_refuse(*state, STR("1\0"), "text after the value (1:2)");
    must_refuse(*state, STR("[1] x"), "text after the value (1:5)");
    must_refuse(*state, STR(""), "text ends too early (1:1)");
    must_refuse(*state, STR("\xef\xbb\xbf{}"), "value expected (1:1)");
    must_refuse(*state, STR("01"), "text after the value (1:2)");
}

static void a_name_used_twice_is_refused(void **state)
{
    must_refuse(*state, STR("{\"a\":1,\"b\":2,\"a\":3}"), "name used twice (1:15)");
    must_refuse(*state, STR("{\"a\\n\":1,\"b\":2,\"\\u0061\\n\":3}"), "name used twice (1:17)");
    struct buf big = buf_new(*state, 1 << 16);
    buf_add_char(&big, '{');
    for (int i = 0; i < 5000; i++)
        buf_fmt(&big, "\"k%d\":%d,", i * 7919 % 5000, i);
    struct str text = str_fmt(*state, "%.*s\"last\":1}", STR_ARG(buf_str(&big)));
    assert_int_equal(must(*state, text)->count, 5001);
    struct err e = {0};
    text = str_fmt(*state, "%.*s\"k17\":1}", STR_ARG(buf_str(&big)));
    assert_null(json_parse(*state, text, JSON_STRICT, &e));
}

static void the_last_of_kept_duplicates_is_found_first(void **state)
{
    struct err e = {0};
    struct json *j = json_parse(*state, STR("{\"a\":1,\"b\":{\"x\":1},\"a\":[2],\"b\":3,\"a\":\"4\"}"),
                                JSON_KEEP_DUPLICATES, &e);
    assert_non_null(j);
    assert_int_equal(j->count, 5);
    assert_int_equal(json_i64_of(j, "a", 0), 4);
    assert_int_equal(json_i64_of(j, "b", 0), 3);
    assert_string_equal(json_to_str(*state, j).ptr,
                        "{\"a\":\"4\",\"b\":3,\"a\":[2],\"b\":{\"x\":1},\"a\":1}");
}

static void nesting_ends_at_64(void **state)
{
    char text[130];
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    must(*state, str_n(text + 1, 128));
    must_refuse(*state, str_n(text, 130), "nested too deeply (1:65)");
}

static void finders_answer_absent_for_everything_that_is_not_there(void **state)
{
    struct json *j = must(*state, STR("{\"a\":{\"b\":{\"c\":\"x\"}},\"n\":\"17\",\"t\":true,\"one\":1}"));
    assert_true(str_eq_c(json_text(json_path(j, "a.b.c")), "x"));
    assert_null(json_path(j, "a.x.c"));
    assert_null(json_path(NULL, "a"));
    assert_null(json_get(json_get(j, "n"), "x"));
    assert_int_equal(json_text_of(j, "t").len, 0);
    assert_int_equal(json_i64_of(j, "n", 0), 17);
    assert_int_equal(json_i64_of(j, "t", 5), 5);
    assert_true(json_true_of(j, "t"));
    assert_false(json_true_of(j, "one"));
    assert_false(json_true(NULL));
}

static void a_key_set_twice_is_replaced(void **state)
{
    struct json *o = json_object(*state);
    json_set_i64(*state, o, "a", 1);
    json_set_c(*state, o, "b", "x");
    json_set_id(*state, o, "c", 9007199254740993);
    json_set_bool(*state, o, "a", true);
    json_set_object(*state, o, "c");
    json_add_object(*state, json_set_array(*state, o, "d"));
    json_set_str(*state, o, "b", STR("y"));
    assert_int_equal(o->count, 4);
    assert_string_equal(json_to_str(*state, o).ptr, "{\"a\":true,\"b\":\"y\",\"c\":{},\"d\":[{}]}");
    json_set_id(*state, o, "d", 9007199254740993);
    json_set(o, "e", json_null(*state));
    assert_string_equal(json_to_str(*state, o).ptr,
                        "{\"a\":true,\"b\":\"y\",\"c\":{},\"d\":\"9007199254740993\",\"e\":null}");
}

static void a_copy_does_not_lean_on_the_first_arena(void **state)
{
    struct arena *other = arena_new(1 << 20);
    struct json *j = must(other, STR("{\"name\":[\"中文\",{\"\":null}],\"n\":-1.5e3,\"t\":false}"));
    struct json *copy = json_copy(*state, j);
    arena_drop(other);
    assert_string_equal(json_to_str(*state, copy).ptr,
                        "{\"name\":[\"中文\",{\"\":null}],\"n\":-1.5e3,\"t\":false}");
}

static void written_text_is_safe_inside_html(void **state)
{
    struct json *o = json_object(*state);
    json_set(o, "</script>", json_string(*state, STR("<!--&\xe2\x80\xa8\xe2\x80\xa9“\xe2\x80")));
    assert_string_equal(json_to_str(*state, o).ptr,
                        "{\"\\u003c/script\\u003e\":\"\\u003c!--\\u0026\\u2028\\u2029“\xe2\x80\"}");
}

static void the_canonical_form_sorts_by_utf16_and_escapes_no_more_than_needed(void **state)
{
    /* The example of RFC 8785 §3.2.3, with U+FB33 behind the surrogates. */
    struct json *j = must(
        *state, STR("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,"
                    "\"\\u0080\":6,\"\\u00f6\":[-0,\"<\\/&\\u001F\\t\\u2028\"],\"\":{\"b\":1,\"a\":2}}"));
    struct buf out = buf_new(*state, 64);
    json_write_canonical(&out, j);
    assert_string_equal(
        out.ptr,
        "{\"\":{\"a\":2,\"b\":1},\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"ö\":[0,\"</&\\u001f\\t\xe2\x80\xa8\"],"
        "\"€\":1,\"😀\":5,\"\xef\xac\xb3\":3}");
}

static void reading_is_fast_and_linear(void **state)
{
    struct buf b = buf_new(*state, 1 << 20);
    buf_add_char(&b, '{');
    for (int i = 0; i < 100000; i++)
        buf_fmt(&b, "\"name-%d\":\"值\",", i);
    buf_add_c(&b, "\"end\":[");
    for (int i = 0; i < 100000; i++)
        buf_add_c(&b, "[],");
    buf_add_c(&b, "0]}");
    assert_int_equal(must(*state, buf_str(&b))->count, 100001);
}

static void an_exhausted_arena_leaves_by_the_guard(void **state)
{
    struct arena *small = arena_new(8192);
    jmp_buf env;
    volatile bool left = false;
    struct str text = str_fmt(*state, "[\"%*s\",1,2,3,4,5,6]", 4000, "");
    if (setjmp(env) == 0) {
        arena_guard(small, &env);
        for (;;)
            must(small, text);
    } else {
        left = true;
    }
    assert_true(left);
    arena_drop(small);
}

static void a_member_is_found_by_the_name_it_has_now(void **state)
{
    struct arena *a = *state;
    struct json *o = json_object(a), *other = json_object(a);
    for (int i = 0; i < 200; i++)
        json_set_i64(a, o, str_z(a, str_fmt(a, "n%d", i)), i);
    json_put_first(o, "first", json_null(a));
    for (int i = 0; i < 200; i++)
        assert_int_equal(json_i64_of(o, str_z(a, str_fmt(a, "n%d", i)), -1), i);
    assert_int_equal(o->count, 201);
    json_rename(o, (struct json *)json_get(o, "n7"), STR("seven"));
    assert_null(json_get(o, "n7"));
    assert_int_equal(json_i64_of(o, "seven", -1), 7);
    json_set_i64(a, o, "seven", 77);
    assert_int_equal(o->count, 201);
    json_take_children(other, o);
    const struct json *copy = json_copy(a, other);
    assert_int_equal(json_i64_of(other, "seven", -1), 77);
    assert_int_equal(json_i64_of(copy, "seven", -1), 77);
    assert_int_equal(json_i64_of(must(a, json_to_str(a, copy)), "n199", -1), 199);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_keep_their_text, make, drop),
        cmocka_unit_test_setup_teardown(strings_hold_every_code_point_and_the_zero, make, drop),
        cmocka_unit_test_setup_teardown(malformed_text_is_refused_with_its_place, make, drop),
        cmocka_unit_test_setup_teardown(a_name_used_twice_is_refused, make, drop),
        cmocka_unit_test_setup_teardown(a_member_is_found_by_the_name_it_has_now, make, drop),
        cmocka_unit_test_setup_teardown(the_last_of_kept_duplicates_is_found_first, make, drop),
        cmocka_unit_test_setup_teardown(nesting_ends_at_64, make, drop),
        cmocka_unit_test_setup_teardown(finders_answer_absent_for_everything_that_is_not_there, make, drop),
        cmocka_unit_test_setup_teardown(a_key_set_twice_is_replaced, make, drop),
        cmocka_unit_test_setup_teardown(a_copy_does_not_lean_on_the_first_arena, make, drop),
        cmocka_unit_test_setup_teardown(written_text_is_safe_inside_html, make, drop),
        cmocka_unit_test_setup_teardown(the_canonical_form_sorts_by_utf16_and_escapes_no_more_than_needed,
                                        make, drop),
        cmocka_unit_test_setup_teardown(reading_is_fast_and_linear, make, drop),
        cmocka_unit_test_setup_teardown(an_exhausted_arena_leaves_by_the_guard, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
