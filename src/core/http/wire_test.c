/* What is read of a request's bytes, and what is refused because two readers could read it differently. */
#include "core/http/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char bytes[64 << 10];
static struct wire_head head;

static enum wire_found read_head(const char *text)
{
    size_t len = strlen(text), measured;
    memcpy(bytes, text, len);
    enum wire_found found = wire_measure(str_n(bytes, len), 0, &measured);
    if (found != WIRE_WHOLE) return found;
    assert_true(measured <= len);
    return wire_parse(bytes, measured, &head);
}

static bool value_is(const char *name, const char *value)
{
    return str_eq_c(wire_value(&head, name), value);
}

static void a_plain_request_is_read(void **state)
{
    (void)state;
    assert_int_equal(
        read_head("GET /search?q=%E8%AF%81 HTTP/1.1\r\nHost: x\r\nAccept:text/html \r\nX-None:\r\n\r\n"),
        WIRE_WHOLE);
    assert_true(str_eq_c(head.method, "GET") && str_eq_c(head.target, "/search?q=%E8%AF%81"));
    assert_true(head.keep_alive && !head.chunked && !head.sized && !head.expects);
    assert_int_equal(head.count, 3);
    assert_true(value_is("accept", "text/html") && value_is("HOST", "x") && value_is("other", ""));
    assert_true(wire_find(&head, "x-none") && !wire_find(&head, "other"));
    assert_string_equal(wire_value(&head, "Accept").ptr, "text/html"); /* with an end for C */
}

static void a_copy_stands_without_what_it_was_copied_from(void **state)
{
    static char other[64 << 10];
    struct wire_head copy;
    (void)state;
    assert_int_equal(
        read_head("POST http://host/a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nEmpty:\r\n\r\n"),
        WIRE_WHOLE);
    memcpy(other, head.bytes, head.size);
    wire_copy(&copy, &head, other);
    memset(bytes, 'z', sizeof bytes);
    memset(&head, 'z', sizeof head);
    assert_true(str_eq_c(copy.method, "POST") && str_eq_c(copy.target, "/a?b") && copy.length == 3);
    assert_true(str_eq_c(wire_value(&copy, "host"), "x") && str_eq_c(wire_value(&copy, "empty"), ""));
}

static void an_absolute_target_is_its_path(void **state)
{
    (void)state;
    assert_int_equal(read_head("GET HTTPS://host:1/a//b?c HTTP/1.1\r\nHost: x\r\n\r\n"), WIRE_WHOLE);
    assert_true(str_eq_c(head.target, "/a//b?c"));
    assert_int_equal(read_head("GET http://host HTTP/1.1\r\nHost: x\r\n\r\n"), WIRE_WHOLE);
    assert_true(str_eq_c(head.target, "/"));
    assert_int_equal(read_head("GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\n\r\n"), WIRE_WHOLE);
    assert_true(value_is("X-A", "1") && str_eq_c(wire_last(&head, "X-A"), "2"));
}

static void who_closes_and_who_stays(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool stays;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: TE, Close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(read_head(cases[i].text), WIRE_WHOLE);
        assert_true(head.keep_alive == cases[i].stays);
    }
}

static void what_two_readers_could_read_differently_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nAccept: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\nB: c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: empty\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\tx HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET / http/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1\r\nHost: x\r\n\r\n",
        "GET http://x?a=/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://x#/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: x\r\n\r\n",
        " / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\n\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (read_head(bad[i]) != WIRE_BAD) fail_msg("was read: %s", bad[i]);
    assert_int_equal(read_head("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), WIRE_VERSION);
    assert_int_equal(read_head("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
                     WIRE_CODING);
}

static void a_nul_is_no_part_of_a_header(void **state)
{
    char text[] = "GET / HTTP/1.1\r\nHost: x\r\nA: b?c\r\n\r\n";
    size_t len = sizeof text - 1;
    (void)state;
    *strchr(text, '?') = '\0';
    assert_int_equal(wire_parse(text, len, &head), WIRE_BAD);
}

static void what_is_not_whole_is_waited_for(void **state)
{
    static const char text[] = "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\nrest";
    size_t len, whole = sizeof text - 1 - 4;
    (void)state;
    for (size_t n = 0; n < whole; n++) {
        assert_int_equal(wire_measure(str_n(text, n), n ? n - 1 : 0, &len), WIRE_MORE);
        if (n < whole - 1) continue;
        assert_int_equal(wire_measure(str_n(text, whole), n, &len), WIRE_WHOLE);
        assert_int_equal(len, whole);
    }
    assert_int_equal(wire_measure(str_n(text, sizeof text - 1), 0, &len), WIRE_WHOLE);
    assert_int_equal(len, whole);
}

static void what_is_too_long_is_told_by_the_part_that_is(void **state)
{
    static char text[40 << 10];
    size_t len;
    (void)state;
    memset(text, 'a', sizeof text);
    memcpy(text, "GET /", 5);
    assert_int_equal(wire_measure(str_n(text, 9000), 0, &len), WIRE_LONG_TARGET);
    memcpy(text + 8300, " HTTP/1.1\r\nHost: x\r\n\r\n", 23);
    assert_int_equal(wire_measure(str_n(text, 8322), 0, &len), WIRE_WHOLE);
    assert_int_equal(wire_parse(text, len, &head), WIRE_LONG_TARGET);
    int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: x\r\nX: ");
    memset(text + n, 'a', 17000);
    assert_int_equal(wire_measure(str_n(text, 16000), 0, &len), WIRE_MORE);
    assert_int_equal(wire_measure(str_n(text, 17000), 0, &len), WIRE_LARGE);
    n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < WIRE_HEADERS_MAX; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "A: b\r\n");
    snprintf(text + n, sizeof text - (size_t)n, "\r\n");
    assert_int_equal(read_head(text), WIRE_LARGE);
}

/* Everything at once, or byte by byte: the same content. */
static enum wire_found unchunk(const char *text, size_t step, char *out, size_t *rest)
{
    struct wire_chunks w = {0};
    size_t at = 0, len = strlen(text), used, have = 0;
    struct str piece;
    enum wire_found found = WIRE_MORE;
    out[0] = '\0';
    while (at < len && found == WIRE_MORE) {
        found = wire_chunk(&w, str_n(text + at, step < len - at ? step : len - at), &used, &piece);
        assert_true(used > 0);
        memcpy(out + have, piece.ptr, piece.len);
        have += piece.len;
        out[have] = '\0';
        at += used;
    }
    *rest = len - at;
    return found;
}

static void chunks_become_one_body(void **state)
{
    char out[100];
    size_t rest;
    (void)state;
    static const char text[] = "5\r\nhello\r\n00A;x=\"y\"\r\n, world!!!\r\n0\r\nTrailer: x\r\n\r\nGET";
    for (size_t step = 1; step <= sizeof text; step++) {
        assert_int_equal(unchunk(text, step, out, &rest), WIRE_WHOLE);
        assert_string_equal(out, "hello, world!!!");
        assert_int_equal(rest, 3);
    }
    static const char *const bad[] = {
        "\r\n",          "x\r\n", "-1\r\n",  "5\nhello",        "5\r\nhelloo\r\n", "5\r\nhello0\r\n",
        "123456789\r\n", "5 5\n", "0\r\n\n", "0\r\nA: b\n\r\n", ";\r\n",           "0 5\r\n",
        "0\r\n\rx"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (unchunk(bad[i], 100, out, &rest) != WIRE_BAD) fail_msg("was read: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_request_is_read),
        cmocka_unit_test(a_copy_stands_without_what_it_was_copied_from),
        cmocka_unit_test(an_absolute_target_is_its_path),
        cmocka_unit_test(who_closes_and_who_stays),
        cmocka_unit_test(what_two_readers_could_read_differently_is_refused),
        cmocka_unit_test(a_nul_is_no_part_of_a_header),
        cmocka_unit_test(what_is_not_whole_is_waited_for),
        cmocka_unit_test(what_is_too_long_is_told_by_the_part_that_is),
        cmocka_unit_test(chunks_become_one_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
