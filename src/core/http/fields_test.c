#include "core/http/field.h"
#include "core/http/request.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int make(void **state)
{
    *state = arena_new(4 << 20);
    return *state ? 0 : -1;
}

static int drop(void **state)
{
    arena_drop(*state);
    return 0;
}

static bool even_length(struct arena *a, struct str in, struct str *out, const char **why)
{
    *out = str_lower(a, in);
    *why = "Odd.";
    return in.len % 2 == 0;
}

static const struct field EVERY[] = {
    {"line", FIELD_LINE, "Line", .min = 2, .max = 5},
    {"text", FIELD_TEXT, .label = "Text"},
    {"secret", FIELD_SECRET, "Secret", .max = 20},
    {"int", FIELD_INT, "Int", .min = 1, .max = 10},
    {"any", FIELD_INT, .label = "Any"},
    {"least", FIELD_INT, "Least", .min = 5, .max = 0},
    {"id", FIELD_ID, .label = "Id"},
    {"date", FIELD_DATE, .label = "Date"},
    {"bool", FIELD_BOOL, .label = "Bool"},
    {"choice", FIELD_CHOICE, "Choice", .choices = "red|green"},
    {"list", FIELD_LIST, "List", .max = 3},
    {"picks", FIELD_LIST, "Picks", .choices = "a|b", .max = 3},
    {"file", FIELD_FILE, "File", .max = 2048},
    {"json", FIELD_JSON, .label = "Json"},
    {"check", FIELD_LINE, "Check", .check = even_length},
    {0},
};

static bool read_form(void **state, const struct field *table, const char *text, struct str *out,
                      struct err *e)
{
    struct params p = {0};
    *e = (struct err){0};
    assert_true(params_parse_form(&p, *state, str_c(text), e));
    struct json *object = json_object(*state);
    bool ok = fields_read(table, &p, NULL, *state, object, e);
    *out = json_to_str(*state, object);
    return ok;
}

static bool read_body(void **state, const struct field *table, const char *text, struct str *out,
                      struct err *e)
{
    *e = (struct err){0};
    struct json *body = json_parse(*state, str_c(text), JSON_STRICT, e);
    assert_non_null(body);
    struct json *object = json_object(*state);
    bool ok = fields_read(table, NULL, body, *state, object, e);
    *out = json_to_str(*state, object);
    return ok;
}

struct row {
    const char *in, *out; /* out: the object, or the sentence of the first fault */
};

static void run(void **state, const struct row *rows, size_t count,
                bool (*reader)(void **, const struct field *, const char *, struct str *, struct err *))
{
    for (size_t i = 0; i < count; i++) {
        struct str out;
        struct err e;
        bool ok = reader(state, EVERY, rows[i].in, &out, &e);
        struct str got = ok ? out : str_c(e.fields[0].msgid);
        if (!str_eq_c(got, rows[i].out))
            fail_msg("%s gave %.*s instead of %s", rows[i].in, STR_ARG(got), rows[i].out);
        if (!ok) {
            assert_int_equal(e.kind, ERR_INVALID);
            assert_string_equal(e.code, "input");
        }
    }
}

#define NOTHING "{\"bool\":false}"
#define CHARS   "This text contains characters that cannot be used."
#define TYPE    "This value has the wrong type."
#define TWICE   "This field was sent twice."
#define DATE    "Please enter a real date, such as 2026-11-21."

static void form_values_are_checked_by_their_type(void **state)
{
    static const struct row rows[] = {
        {"", NOTHING},
        {"unknown=1", NOTHING},
        {"line=%E3%80%80ab+%09&line2=x", "{\"line\":\"ab\",\"bool\":false}"},
        {"line=++", NOTHING},
        {"line=a%E2%80%8Bb", "{\"line\":\"ab\",\"bool\":false}"},
        {"line=a", "Please enter at least %{arg} characters."},
        {"line=%E5%BC%A0%E4%B8%89%E6%9D%8E%E5%9B%9B%E7%8E%8B", "{\"line\":\"张三李四王\",\"bool\":false}"},
        {"line=abcdef", "Please enter at most %{arg} characters."},
        {"line=a%0Ab", CHARS},
        {"line=a%7Fb", CHARS},
        {"line=a%C2%85b", CHARS},
        {"line=a%E2%80%AEb", CHARS},
        {"line=a%EF%BF%BEb", CHARS},
        {"line=ab&line=ab", TWICE},
        {"text=+a%0D%0Ab%0Dc%09d%0A", "{\"text\":\"a\\nb\\nc d\",\"bool\":false}"},
        {"text=a%1Bb", CHARS},
        {"secret=+p+", "{\"secret\":\" p \",\"bool\":false}"},
        {"secret=a%0A", CHARS},
        {"secret=123456789012345678901", "Please enter at most %{arg} characters."},
        {"int=10", "{\"int\":10,\"bool\":false}"},
        {"int=+7+", "{\"int\":7,\"bool\":false}"},
        {"int=11", "Please enter a whole number from %{arg}."},
        {"int=0", "Please enter a whole number from %{arg}."},
        {"int=1.0", "Please enter a whole number from %{arg}."},
        {"int=0x1", "Please enter a whole number from %{arg}."},
        {"any=-9223372036854775808", "{\"any\":-9223372036854775808,\"bool\":false}"},
        {"any=9223372036854775808", "Please enter a whole number."},
        {"least=4", "Please enter a whole number, %{arg} or more."},
        {"least=5", "{\"least\":5,\"bool\":false}"},
        {"id=9223372036854775807", "{\"id\":\"9223372036854775807\",\"bool\":false}"},
        {"id=0", "This reference is not valid."},
        {"id=-1", "This reference is not valid."},
        {"id=01", "This reference is not valid."},
        {"id=9223372036854775808", "This reference is not valid."},
        {"date=2028-02-29", "{\"date\":\"2028-02-29\",\"bool\":false}"},
        {"date=2026-02-29", DATE},
        {"date=2026-2-9", DATE},
        {"date=2026-11-21T00:00", DATE},
        {"bool=on", "{\"bool\":true}"},
        {"bool=0", NOTHING},
        {"bool=maybe", "Please choose one of the options."},
        {"bool=1&bool=1", TWICE},
        {"choice=green", "{\"bool\":false,\"choice\":\"green\"}"},
        {"choice=", NOTHING},
        {"choice=gree", "Please choose one of the options."},
        {"choice=red%7Cgreen", "Please choose one of the options."},
        {"list=a&list=&list=b", "{\"bool\":false,\"list\":[\"a\",\"b\"]}"},
        {"list=a&list=b&list=c&list=d", "Please give at most %{arg} values."},
        {"picks=a&picks=b", "{\"bool\":false,\"picks\":[\"a\",\"b\"]}"},
        {"picks=c", "Please choose one of the options."},
        {"file=x", NOTHING},
        {"json=[1.50]", "{\"bool\":false,\"json\":[1.50]}"},
        {"json=[1", "This is not valid JSON: %{arg}"},
        {"check=ABCD", "{\"bool\":false,\"check\":\"abcd\"}"},
        {"check=ABC", "Odd."},
    };
    run(state, rows, sizeof rows / sizeof *rows, read_form);
}

static void json_members_must_have_the_type_of_their_field(void **state)
{
    static const struct row rows[] = {
        {"{}", NOTHING},
        {"{\"unknown\":{\"deep\":[1]},\"line\":null}", NOTHING},
        {"{\"line\":\" ab \"}", "{\"line\":\"ab\",\"bool\":false}"},
        {"{\"line\":12}", TYPE},
        {"{\"line\":[\"ab\"]}", TYPE},
        {"{\"line\":\"a\\u0000b\"}", CHARS},
        {"{\"secret\":\"a\\u0000b\"}", CHARS},
        {"{\"secret\":true}", TYPE},
        {"{\"int\":3}", "{\"int\":3,\"bool\":false}"},
        {"{\"int\":\"3\"}", TYPE},
        {"{\"int\":3.5}", "Please enter a whole number from %{arg}."},
        {"{\"any\":1e3}", "Please enter a whole number."},
        {"{\"id\":\"12\"}", "{\"id\":\"12\",\"bool\":false}"},
        {"{\"id\":12}", "{\"id\":\"12\",\"bool\":false}"},
        {"{\"id\":12.5}", "This reference is not valid."},
        {"{\"id\":{}}", TYPE},
        {"{\"date\":20261121}", TYPE},
        {"{\"bool\":true}", "{\"bool\":true}"},
        {"{\"bool\":\"true\"}", TYPE},
        {"{\"choice\":[]}", TYPE},
        {"{\"list\":[\"a\",\"b\"]}", "{\"bool\":false,\"list\":[\"a\",\"b\"]}"},
        {"{\"list\":\"a\"}", TYPE},
        {"{\"list\":[\"a\",1]}", TYPE},
        {"{\"file\":\"x\"}", TYPE},
        {"{\"json\":{\"a\":[1,{\"b\":null}]},\"check\":\"AB\"}",
         "{\"bool\":false,\"json\":{\"a\":[1,{\"b\":null}]},\"check\":\"ab\"}"},
    };
    run(state, rows, sizeof rows / sizeof *rows, read_body);
}

static void every_wrong_field_is_named(void **state)
{
    static const struct field table[] = {
        {"name", FIELD_LINE, "Name", .required = true},
        {"agree", FIELD_BOOL, "Agree", .required = true},
        {"age", FIELD_INT, "Age", .required = true},
        {"id", FIELD_ID, "Id", .required = true},
        {"day", FIELD_DATE, "Day", .required = true},
        {"one", FIELD_CHOICE, "One", .required = true, .choices = "a"},
        {"many", FIELD_LIST, "Many", .required = true},
        {"scan", FIELD_FILE, "Scan", .required = true},
        {"data", FIELD_JSON, "Data", .required = true},
        {"code", FIELD_SECRET, "Code", .required = true},
        {0},
    };
    struct str out;
    struct err e;
    assert_false(read_form(state, table, "name=+&agree=no&many=", &out, &e));
    assert_int_equal(e.field_count, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_string_equal(e.fields[i].field, table[i].name);
        assert_string_equal(e.fields[i].msgid, "This field is required.");
    }
    assert_false(read_form(state, EVERY, "int=99&line=abcdef", &out, &e));
    assert_string_equal(e.fields[0].arg, "5");
    assert_string_equal(e.fields[1].arg, "1 – 10");
}

static void path_and_body_must_not_say_the_same_name(void **state)
{
    struct err e = {0};
    struct params p = {0};
    params_add(&p, *state, STR("id"), STR("5"));
    struct json *body = json_parse(*state, STR("{\"id\":\"6\"}"), JSON_STRICT, &e);
    assert_non_null(body);
    assert_false(fields_read(EVERY, &p, body, *state, json_object(*state), &e));
    assert_string_equal(e.fields[0].msgid, TWICE);
    struct err f = {0};
    body = json_parse(*state, STR("[]"), JSON_STRICT, &f);
    assert_false(fields_read(EVERY, &p, body, *state, json_object(*state), &f));
    assert_int_equal(f.kind, ERR_INVALID);
}

static struct str file_name(void **state, struct str sent)
{
    struct upload other = {.field = STR("other"), .filename = STR("o"), .content = STR("o")};
    struct upload u = {.field = STR("file"), .filename = sent, .content = STR("content")};
    other.next = &u;
    struct params p = {.uploads = &other};
    struct err e = {0};
    struct json *out = json_object(*state);
    assert_true(fields_read(EVERY, &p, NULL, *state, out, &e));
    const struct json *file = json_get(out, "file");
    assert_int_equal(json_i64_of(file, "size", 0), 7);
    assert_int_equal(json_i64_of(file, "index", 0), 1);
    return json_text_of(file, "name");
}

static void file_name_is_only_a_name(void **state)
{
    static const char *const table[][2] = {
        {"照片.jpg", "照片.jpg"},
        {"C:\\Users\\a\\b.pdf", "b.pdf"},
        {"../../etc/passwd", "passwd"},
        {"..", "file"},
        {"/", "file"},
        {".htaccess", "htaccess"},
        {"a\r\nb\".txt. ", "ab.txt"},
        {"a\xE2\x80\xAEgpj.exe", "agpj.exe"},
        {"a<b>|c?.txt", "abc.txt"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct str got = file_name(state, str_c(table[i][0]));
        if (!str_eq_c(got, table[i][1])) fail_msg("%.*s instead of %s", STR_ARG(got), table[i][1]);
    }
    char longest[400];
    memset(longest, 'x', sizeof longest);
    memcpy(longest + 396, ".pdf", 4);
    struct str got = file_name(state, str_n(longest, 400));
    assert_int_equal(got.len, 100);
    assert_true(str_ends(got, STR(".pdf")));
}

static void file_twice_empty_or_too_large_is_refused(void **state)
{
    static char large[2049];
    struct upload two[2] = {{.field = STR("file"), .filename = STR("a"), .content = STR("x")},
                            {.field = STR("file"), .filename = STR("b"), .content = STR("y")}};
    two[0].next = &two[1];
    struct params p = {.uploads = two};
    struct err e = {0};
    assert_false(fields_read(EVERY, &p, NULL, *state, json_object(*state), &e));
    assert_string_equal(e.fields[0].msgid, TWICE);
    err_clear(&e);
    two[0].next = NULL;
    two[0].content = STR_EMPTY;
    assert_false(fields_read(EVERY, &p, NULL, *state, json_object(*state), &e));
    assert_string_equal(e.fields[0].msgid, "This file is empty.");
    err_clear(&e);
    two[0].content = str_n(large, sizeof large);
    assert_false(fields_read(EVERY, &p, NULL, *state, json_object(*state), &e));
    assert_string_equal(e.fields[0].arg, "2 KB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(form_values_are_checked_by_their_type, make, drop),
        cmocka_unit_test_setup_teardown(json_members_must_have_the_type_of_their_field, make, drop),
        cmocka_unit_test_setup_teardown(every_wrong_field_is_named, make, drop),
        cmocka_unit_test_setup_teardown(path_and_body_must_not_say_the_same_name, make, drop),
        cmocka_unit_test_setup_teardown(file_name_is_only_a_name, make, drop),
        cmocka_unit_test_setup_teardown(file_twice_empty_or_too_large_is_refused, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
