/* What one field for several services promises: it asks what all of them take, and a clash is told. */
#include "modules/bundles/bundles_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static struct json *parsed(const char *text)
{
    struct err e = {0};
    struct json *j = json_parse(arena, str_c(text), JSON_STRICT, &e);
    if (!j) fail_msg("%s", e.detail);
    return j;
}

/* The field both became; *told: the clashes, as JSON. */
static const char *together(const char *one, const char *other, const char **told)
{
    struct merging m = {arena, json_array(arena), STR("m.field")};
    struct json *there = parsed(one);
    merge_field(&m, there, parsed(other));
    *told = str_z(arena, json_to_str(arena, m.clashes));
    return str_z(arena, json_to_str(arena, there));
}

#define GROUP(cells, required)                                                                               \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{" cells "},\"required\":[" required  \
    "]}}"
#define TEXT(key) "\"" key "\":{\"type\":\"string\"}"

static void cells_of_one_name_are_asked_once_and_others_beside_them(void **state)
{
    const char *told;
    (void)state;
    assert_string_equal(together(GROUP(TEXT("name") "," TEXT("size"), "\"name\""),
                                 GROUP(TEXT("name") "," TEXT("weight"), "\"name\",\"weight\""), &told),
                        GROUP(TEXT("name") "," TEXT("size") "," TEXT("weight"), "\"name\",\"weight\""));
    assert_string_equal(told, "[]");
}

static void a_cell_of_another_kind_is_a_clash_and_the_first_stays(void **state)
{
    const char *told;
    (void)state;
    assert_string_equal(
        together(GROUP(TEXT("size"), ""), GROUP("\"size\":{\"type\":\"integer\"}", ""), &told),
        GROUP(TEXT("size"), ""));
    assert_string_equal(told, "[\"m.field.size\"]");
    together(GROUP(TEXT("size"), ""), "{\"type\":\"string\"}", &told);
    assert_string_equal(told, "[\"m.field\"]");
}

static void choices_are_those_of_both(void **state)
{
    const char *told;
    (void)state;
    assert_string_equal(together("{\"type\":\"string\",\"enum\":[\"a\",\"b\",\"c\"]}",
                                 "{\"type\":\"string\",\"enum\":[\"c\",\"b\"]}", &told),
                        "{\"type\":\"string\",\"enum\":[\"b\",\"c\"]}");
    assert_string_equal(told, "[]");
    together("{\"type\":\"string\",\"enum\":[\"a\"]}", "{\"type\":\"string\",\"enum\":[\"b\"]}", &told);
    assert_string_equal(told, "[\"m.field\"]");
}

static void of_bounds_the_narrower_one_holds(void **state)
{
    const char *told;
    (void)state;
    assert_string_equal(together("{\"type\":\"string\",\"maxLength\":20}",
                                 "{\"type\":\"string\",\"maxLength\":9,\"minLength\":2}", &told),
                        "{\"type\":\"string\",\"maxLength\":9,\"minLength\":2}");
    assert_string_equal(told, "[]");
    together("{\"type\":\"string\",\"maxLength\":3}", "{\"type\":\"string\",\"minLength\":5}", &told);
    assert_string_equal(told, "[\"m.field\"]");
}

static int begin(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    arena_drop(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_one_name_are_asked_once_and_others_beside_them),
        cmocka_unit_test(a_cell_of_another_kind_is_a_clash_and_the_first_stays),
        cmocka_unit_test(choices_are_those_of_both),
        cmocka_unit_test(of_bounds_the_narrower_one_holds),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
