/* What one field for several services promises: it asks what all of them take, and a clash is told. */
#include "core/http/server.h"
#include "modules/bundles/bundles_internal.h"
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

/* Two questions decide about a third, of which the bundle may settle one. */
static const struct form *composed(const char *list, const char *fixed, const struct json **field)
{
    static struct bundle_plan p;
    struct item item = {.name = STR("开店"), .en = STR("Shop")};
    struct err *e = ARENA_NEW(arena, struct err);
    struct ctx c = {.arena = arena, .err = e};
    struct json *schema =
        parsed("{\"type\":\"object\",\"properties\":{\"seats\":{\"type\":\"integer\",\"title\":\"座\"},"
               "\"kind\":{\"type\":\"string\",\"title\":\"类\",\"enum\":[\"hot\",\"cold\"],\"x-labels\":{"
               "\"hot\":[\"热\"],\"cold\":[\"冷\"]}},"
               "\"exit\":{\"type\":\"string\",\"title\":\"口\"}},\"required\":[\"seats\",\"kind\"]}");
    struct json *when = json_object(arena);
    json_set(when, list,
             parsed("[{\"field\":\"seats\",\"minimum\":50},{\"field\":\"kind\",\"equals\":\"hot\"}]"));
    json_add(
        json_set_array(arena, schema, "allOf"),
        form_when_entry(arena, form_when_if(arena, json_get(schema, "properties"), when), STR("exit"), true));
    p = (struct bundle_plan){.doc = parsed(fixed), .member_count = 1};
    p.members[0] = (struct bundle_member){
        .id = STR("food"), .item = &item, .schema = schema, .chosen = true, .situations = json_object(arena)};
    if (!bundle_compose(&c, &p)) fail_msg("%s: %s", e->msgid, e->arg);
    *field = json_get(json_get(p.schema, "properties"), "exit");
    return p.form;
}

static bool asked_with(const struct form *form, const char *values)
{
    struct form_answers in = {.values = parsed(values)};
    return form_field_visible(form, STR("exit"), &in);
}

static void conditions_of_a_member_hold_in_the_one_form(void **state)
{
    const struct json *field;
    (void)state;
    const struct form *f = composed("any", "{}", &field);
    assert_false(asked_with(f, "{\"seats\":49,\"kind\":\"cold\"}"));
    assert_true(asked_with(f, "{\"seats\":50,\"kind\":\"cold\"}"));
    assert_true(asked_with(f, "{\"seats\":1,\"kind\":\"hot\"}"));
    struct err e = {0};
    struct json *out;
    struct form_answers in = {.values = parsed("{\"seats\":50,\"kind\":\"cold\"}")};
    assert_false(form_check(arena, f, &in, &out, &e));
    assert_string_equal(e.fields[0].field, "exit");
}

static void what_the_bundle_settles_of_a_condition_is_not_asked(void **state)
{
    const struct json *field;
    (void)state;
    static const char hot[] = "{\"fixed\":{\"food.kind\":\"hot\"}}",
                      cold[] = "{\"fixed\":{\"food.kind\":\"cold\"}}";
    const struct form *f = composed("all", hot, &field);
    assert_false(asked_with(f, "{\"seats\":49}"));
    assert_true(asked_with(f, "{\"seats\":50}"));
    composed("all", cold, &field);
    assert_null(field);
    composed("any", hot, &field);
    assert_non_null(field);
    assert_null(json_get(field, "x-when"));
    f = composed("any", cold, &field);
    assert_false(asked_with(f, "{\"seats\":49}"));
    assert_true(asked_with(f, "{\"seats\":50}"));
}

/* The bundle asks another member's question of the same name first. */
static const struct json *with_another_kind(const char *own)
{
    static struct bundle_plan p;
    struct item item = {.name = STR("开店"), .en = STR("Shop")};
    struct err *e = ARENA_NEW(arena, struct err);
    struct ctx c = {.arena = arena, .err = e};
    p = (struct bundle_plan){.doc = parsed("{}"), .member_count = 2};
    p.members[0] = (struct bundle_member){
        .id = STR("fire"),
        .item = &item,
        .schema =
            parsed("{\"type\":\"object\",\"properties\":{\"kind\":{\"type\":\"string\",\"title\":\"别\"}}}"),
        .chosen = true,
        .situations = json_object(arena)};
    p.members[1] = (struct bundle_member){.id = STR("food"),
                                          .item = &item,
                                          .schema = parsed(own),
                                          .chosen = true,
                                          .situations = json_object(arena)};
    if (!bundle_compose(&c, &p)) fail_msg("%s: %s", e->msgid, e->arg);
    return p.schema;
}

#define OWN(condition)                                                                                       \
    "{\"type\":\"object\",\"properties\":{\"exit\":{\"type\":\"string\",\"title\":\"口\"},\"kind\":{"       \
    "\"type\":"                                                                                              \
    "\"string\",\"title\":\"类\",\"enum\":[\"hot\",\"cold\"],\"x-labels\":{\"hot\":[\"热\"],\"cold\":["    \
    "\"冷\"]}}},\"allOf\":[{\"if\":{\"properties\":{\"kind\":" condition                                     \
    "},\"required\":[\"kind\"]},\"then\":{\"required\":[\"exit\"]},\"else\":{\"properties\":{\"exit\":"      \
    "false}}}]}"

static void a_condition_asks_the_members_own_question_wherever_it_stands(void **state)
{
    (void)state;
    const struct json *s = with_another_kind(OWN("{\"const\":\"hot\"}"));
    const struct json *when = json_path(s, "properties.exit.x-when");
    assert_string_equal(str_z(arena, json_text_of(when, "field")), "food_kind");
}

static void a_condition_in_other_words_makes_nothing_obligatory_in_the_one_form(void **state)
{
    (void)state;
    const struct json *s = with_another_kind(OWN("{\"not\":{\"const\":\"hot\"}}"));
    assert_non_null(json_path(s, "properties.exit"));
    JSON_EACH(r, json_get(s, "required"))
    {
        assert_false(str_eq_c(json_text(r), "exit"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_asks_the_members_own_question_wherever_it_stands),
        cmocka_unit_test(a_condition_in_other_words_makes_nothing_obligatory_in_the_one_form),
        cmocka_unit_test(conditions_of_a_member_hold_in_the_one_form),
        cmocka_unit_test(what_the_bundle_settles_of_a_condition_is_not_asked),
        cmocka_unit_test(cells_of_one_name_are_asked_once_and_others_beside_them),
        cmocka_unit_test(a_cell_of_another_kind_is_a_clash_and_the_first_stays),
        cmocka_unit_test(choices_are_those_of_both),
        cmocka_unit_test(of_bounds_the_narrower_one_holds),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
