#include "core/http/request.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int make(void **state)
{
    *state = arena_new(16 << 20);
    return *state ? 0 : -1;
}

static int drop(void **state)
{
    arena_drop(*state);
    return 0;
}

static void assert_str(struct str s, const char *expected)
{
    if (!str_eq_c(s, expected)) fail_msg("\"%.*s\" instead of \"%s\"", STR_ARG(s), expected);
}

/* ---- forms ---- */

static void form_fields_are_decoded_in_order(void **state)
{
    struct params p = {0};
    struct err e = {0};
    assert_true(params_parse_form(
        &p, *state, STR("a=1&b=%E5%BC%A0+%E4%B8%89&&a=2&empty=&bare&=x&half=%4&plus=%2B&eq=a=b"), &e));
    assert_int_equal(p.count, 9);
    assert_str(params_get(&p, STR("a")), "1");
    assert_str(p.first->next->next->value, "2");
    assert_str(params_get(&p, STR("b")), "张 三");
    assert_true(params_has(&p, STR("empty")) && params_has(&p, STR("bare")) && params_has(&p, STR("")));
    assert_false(params_has(&p, STR("absent")));
    assert_str(params_get(&p, STR("absent")), "");
    assert_str(params_get(&p, STR("half")), "%4");
    assert_str(params_get(&p, STR("plus")), "+");
    assert_str(params_get(&p, STR("eq")), "a=b");
}

static void form_with_nul_bad_utf8_or_too_many_fields_is_refused(void **state)
{
    static const char *const hostile[] = {"a=%00",       "%00=a",    "a=%FF", "a=%C0%80",
                                          "a=%ED%A0%80", "a=%E5%BC", "\xFF=1"};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct params p = {0};
        struct err e = {0};
        assert_false(params_parse_form(&p, *state, str_c(hostile[i]), &e));
        assert_int_equal(e.kind, ERR_INVALID);
        assert_string_equal(e.code, "request.encoding");
    }
    static char many[PARAMS_MAX * 4 + 4];
    for (size_t i = 0; i <= PARAMS_MAX; i++)
        memcpy(many + i * 4, "a=b&", 4);
    struct params p = {0};
    struct err e = {0};
    assert_true(params_parse_form(&p, *state, str_n(many, PARAMS_MAX * 4), &e));
    struct params q = {0};
    assert_false(params_parse_form(&q, *state, str_n(many, PARAMS_MAX * 4 + 4), &e));
    assert_string_equal(e.code, "request.encoding");
}

/* ---- cookies ---- */

static void cookies_are_read_and_malformed_ones_left_out(void **state)
{
    struct params p = {0};
    assert_true(params_parse_cookies(&p, *state, STR("session=abc; lang=\"zh-CN\";  elder=1;")));
    assert_str(params_get(&p, STR("session")), "abc");
    assert_str(params_get(&p, STR("lang")), "zh-CN");
    assert_int_equal(p.count, 3);
    struct params q = {0};
    assert_false(
        params_parse_cookies(&q, *state, STR("bare; a b=1; x=\x01; y=\xE5\xBC\xA0; =v; ok=1; q=a\"b")));
    assert_int_equal(q.count, 1);
    assert_str(params_get(&q, STR("ok")), "1");
}

static void cookies_beyond_the_limit_are_left_out(void **state)
{
    static char many[(COOKIES_MAX + 10) * 4];
    for (size_t i = 0; i < COOKIES_MAX + 10; i++)
        memcpy(many + i * 4, "a=b;", 4);
    struct params p = {0};
    assert_false(params_parse_cookies(&p, *state, str_n(many, sizeof many)));
    assert_int_equal(p.count, COOKIES_MAX);
}

/* ---- paths ---- */

static void path_is_decoded_once(void **state)
{
    static const char *const table[][2] = {
        {"/", "/"},
        {"/items/%E6%8A%A4%E7%85%A7", "/items/护照"},
        {"/a+b", "/a+b"},
        {"/a/", "/a/"},
        {"/%2541", "/%41"},
        {"/...", "/..."},
        {"/.well-known", "/.well-known"},
        {"/a..b", "/a..b"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct str out;
        assert_true(path_decode(*state, str_c(table[i][0]), &out));
        assert_str(out, table[i][1]);
    }
}

static void path_tricks_are_refused(void **state)
{
    static const char *const hostile[] = {
        "",          "items",
        "/..",       "/../etc/passwd",
        "/a/../b",   "/a/./b",
        "/.",        "/a/..",
        "/%2e%2e/b", "/%2E./b",
        "/a/%2e",    "/a%2fb",
        "/a%2Fb",    "/a\\b",
        "/a%5cb",    "/a%00b",
        "/%",        "/%4",
        "/%zz",      "/%ff",
        "/%c0%af",   "/a%0d%0aSet-Cookie:x",
        "/%7f",      "/\xFF",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct str out;
        if (path_decode(*state, str_c(hostile[i]), &out)) fail_msg("%s went through", hostile[i]);
    }
    struct str out;
    assert_false(path_decode(*state, str_n("/a\0b", 4), &out));
}

static void what_is_encoded_comes_back(void **state)
{
    struct str text = STR("办护照 a&b=c+%/?#~");
    struct str encoded = url_encode(*state, text);
    assert_str(url_encode(*state, STR("a b&c")), "a%20b%26c");
    assert_str(url_encode(*state, STR("")), "");
    struct params p = {0};
    struct err e = {0};
    assert_true(params_parse_form(&p, *state, str_cat(*state, STR("q="), encoded), &e));
    assert_true(str_eq(params_get(&p, STR("q")), text));
}

/* ---- multipart ---- */

#define CD "Content-Disposition: form-data; "

static bool parse(void **state, struct request *r, const char *type, struct str body)
{
    struct err e = {0};
    *r = (struct request){.content_type = str_c(type)};
    bool ok = request_parse_multipart(r, *state, body, &e);
    if (!ok) {
        assert_int_equal(e.kind, ERR_INVALID);
        assert_string_equal(e.code, "request.multipart");
    }
    return ok;
}

static void multipart_gives_fields_and_files(void **state)
{
    struct request r;
    assert_true(
        parse(state, &r, "multipart/form-data; boundary=\"X-y\"",
              STR("--X-y\r\n" CD "name=\"who\"\r\n\r\n张三\r\n"
                  "--X-y\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".pdf\"\r\n"
                  "Content-Type: application/pdf\r\n\r\n%PDF\r\n\0--X\r\n"
                  "--X-y  \r\n" CD "name=none; filename=\"\"\r\n\r\n\r\n"
                  "--X-y\r\n" CD "filename=\"C:\\dir\\b%22.txt\"; name=\"file\"\r\n\r\n--X-y\r\n" CD
                  "name=\"empty\"\r\n\r\n\r\n--X-y--\r\nepilogue")));
    assert_int_equal(r.form.count, 2);
    assert_str(params_get(&r.form, STR("who")), "张三");
    assert_true(params_has(&r.form, STR("empty")));
    struct upload *u = r.uploads;
    assert_non_null(u);
    assert_ptr_equal(r.form.uploads, u);
    assert_str(u->field, "file");
    assert_str(u->filename, "a \"b\".pdf");
    assert_true(str_eq(u->content, STR("%PDF\r\n\0--X")));
    assert_non_null(u->next);
    assert_str(u->next->filename, "C:\\dir\\b\".txt");
    assert_int_equal(u->next->content.len, 0);
    assert_null(u->next->next);
}

static void multipart_that_is_broken_is_refused(void **state)
{
    static const struct {
        const char *type, *body;
    } hostile[] = {
        {"multipart/form-data", "--b\r\n--b--"},
        {"multipart/form-data; boundary=", "----"},
        {"multipart/form-data; boundary=\"b", "--b--"},
        {"multipart/form-data; boundary=b; boundary=c", "--b--"},
        {"multipart/form-data; boundary=\"a\rb\"", "--a\rb--"},
        {"multipart/form-data; "
         "boundary=12345678901234567890123456789012345678901234567890123456789012345678901",
         "--b--"},
        {"multipart/mixed; boundary=b", "--b--"},
        {"application/json", "{}"},
        {"multipart/form-data; boundary=b", ""},
        {"multipart/form-data; boundary=b", "preamble\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b"},
        {"multipart/form-data; boundary=b", "--b\r\n"},
        {"multipart/form-data; boundary=b", "--bc\r\n" CD "name=a\r\n\r\nx\r\n--bc--"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=a\r\n\r\nx"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=a\r\n\r\nx\r\n--b"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=a\r\n\r\nx\r\n--bad\r\n"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=a\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "filename=a\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=\"\"\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=a; name=b\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=a\r\n" CD "name=b\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=\"a\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=\"\xFF\"\r\n\r\nx\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\n" CD "name=a\r\n\r\n\xFF\r\n--b--"},
        {"multipart/form-data; boundary=b",
         "--b\r\n" CD "name=a\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--b--"},
        {"multipart/form-data; boundary=b", "--b\r\nno colon\r\n" CD "name=a\r\n\r\nx\r\n--b--"},
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct request r;
        if (parse(state, &r, hostile[i].type, str_c(hostile[i].body))) fail_msg("number %zu went through", i);
    }
    struct request r;
    assert_false(
        parse(state, &r, "multipart/form-data; boundary=b", STR("--b\r\n" CD "name=a\r\n\r\nx\0\r\n--b--")));
}

static void multipart_heads_parts_and_files_are_limited(void **state)
{
    struct request r;
    size_t size = 4 << 20;
    char *body = arena_alloc(*state, size);
    int n = snprintf(body, size, "--b\r\n" CD "name=a\r\nX: ");
    memset(body + n, 'x', 10000);
    size_t len = (size_t)n + 10000;
    len += (size_t)snprintf(body + len, size - len, "\r\n\r\nx\r\n--b--");
    assert_false(parse(state, &r, "multipart/form-data; boundary=b", str_n(body, len)));
    for (int pass = 0; pass < 2; pass++) {
        len = 0;
        for (size_t i = 0; i <= (pass ? UPLOADS_MAX : PARAMS_MAX); i++)
            len += (size_t)snprintf(body + len, size - len, "--b\r\n" CD "name=a%s\r\n\r\nx\r\n",
                                    pass ? "; filename=f" : "");
        snprintf(body + len, size - len, "--b--");
        assert_false(parse(state, &r, "multipart/form-data; boundary=b", str_n(body, len + 5)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(form_fields_are_decoded_in_order, make, drop),
        cmocka_unit_test_setup_teardown(form_with_nul_bad_utf8_or_too_many_fields_is_refused, make, drop),
        cmocka_unit_test_setup_teardown(cookies_are_read_and_malformed_ones_left_out, make, drop),
        cmocka_unit_test_setup_teardown(cookies_beyond_the_limit_are_left_out, make, drop),
        cmocka_unit_test_setup_teardown(path_is_decoded_once, make, drop),
        cmocka_unit_test_setup_teardown(path_tricks_are_refused, make, drop),
        cmocka_unit_test_setup_teardown(what_is_encoded_comes_back, make, drop),
        cmocka_unit_test_setup_teardown(multipart_gives_fields_and_files, make, drop),
        cmocka_unit_test_setup_teardown(multipart_that_is_broken_is_refused, make, drop),
        cmocka_unit_test_setup_teardown(multipart_heads_parts_and_files_are_limited, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
