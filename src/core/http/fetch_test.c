#include "core/http/fetch.h"

#include "testing/peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

enum { QUICK_MS = 300, LARGE = 200000 };

struct asked {
    struct arena *arena;
    struct err e;
    struct fetch_answer answer;
};

static struct asked open_asked(void)
{
    return (struct asked){.arena = arena_new(4 << 20)};
}

static bool ask_with(struct asked *x, struct fetcher *f, struct peer *p, const char *path, struct fetch what)
{
    what.url = str_z(x->arena, str_fmt(x->arena, "%s%s", peer_address(p), path));
    if (!what.max) what.max = LARGE;
    x->e = (struct err){0};
    return fetch(f, x->arena, &what, &x->answer, &x->e);
}

static void refused(struct asked *x, bool ok, enum fetch_failure how, const char *code)
{
    assert_false(ok);
    assert_int_equal(x->answer.failure, how);
    assert_string_equal(x->e.code, code);
    assert_int_equal(x->e.kind, ERR_BUSY);
}

static bool misbehave(int s, const struct peer_question *q, void *)
{
    static char much[LARGE];
    memset(much, 'x', sizeof much);
    if (strstr(q->head, " /echo ")) return peer_say(s, 200, "text/plain", q->body);
    if (strstr(q->head, " /head ")) return peer_say(s, 200, "text/plain", str_c(q->head));
    if (strstr(q->head, " /much ")) return peer_say(s, 200, "text/plain", str_n(much, sizeof much));
    if (strstr(q->head, " /gone ")) return peer_say(s, 302, "text/plain", STR("elsewhere"));
    if (strstr(q->head, " /endless ")) {
        peer_write(s, STR("HTTP/1.1 200 OK\r\n\r\n"));
        peer_write(s, str_n(much, sizeof much));
    }
    if (strstr(q->head, " /cut ")) peer_write(s, STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
    if (strstr(q->head, " /garbage ")) peer_write(s, STR("\x16\x03\x01garbage\r\n\r\n"));
    if (strstr(q->head, " /sleep ")) peer_wait(s, 5000);
    if (strstr(q->head, " /drip ")) {
        peer_write(s, STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
        for (int i = 0; i < 20; i++) {
            peer_write(s, STR("."));
            peer_wait(s, 50);
        }
    }
    if (strstr(q->head, " /signed "))
        peer_write(s, STR("HTTP/1.1 203 OK\r\nX-Signature: abc \r\nx-signature: second\r\nContent-Length: "
                          "0\r\n\r\n"));
    return strstr(q->head, " /signed ") != NULL;
}

static void a_question_carries_method_headers_and_body_and_brings_a_whole_answer(void **)
{
    struct asked x = open_asked();
    struct peer *p = peer_open(misbehave, NULL);
    struct fetch_header sent[] = {{"X-Time", STR("17")}, {"Content-Type", STR("application/json")}};
    struct fetch_header wanted[] = {{.name = "X-Signature"}, {.name = "X-Absent"}};
    assert_true(ask_with(&x, NULL, p, "/echo", (struct fetch){.body = STR("{\"a\":1}")}));
    assert_int_equal(x.answer.status, 200);
    assert_true(str_eq_c(x.answer.body, "{\"a\":1}"));
    assert_true(
        ask_with(&x, NULL, p, "/head",
                 (struct fetch){.method = "PUT", .headers = sent, .header_count = 2, .body = STR("b")}));
    assert_true(str_starts(x.answer.body, STR("PUT /head HTTP/1.1\r\n")));
    assert_true(str_find(x.answer.body, STR("\r\nX-Time: 17\r\n")) != SIZE_MAX);
    assert_true(str_find(x.answer.body, STR("\r\nContent-Type: application/json\r\n")) != SIZE_MAX);
    x.answer.headers = wanted;
    x.answer.header_count = 2;
    assert_true(ask_with(&x, NULL, p, "/signed", (struct fetch){0}));
    assert_int_equal(x.answer.status, 203);
    assert_int_equal(x.answer.body.len, 0);
    assert_true(str_eq_c(wanted[0].value, "abc"));
    assert_int_equal(wanted[1].value.len, 0);
    peer_close(p);
    arena_drop(x.arena);
}

static void a_redirect_is_an_answer_and_is_not_followed(void **)
{
    struct asked x = open_asked();
    struct peer *p = peer_open(misbehave, NULL);
    assert_true(ask_with(&x, NULL, p, "/gone", (struct fetch){0}));
    assert_int_equal(x.answer.status, 302);
    assert_int_equal(peer_questions(p), 1);
    peer_close(p);
    arena_drop(x.arena);
}

static void a_server_that_sleeps_or_drips_is_left_in_time(void **)
{
    struct asked x = open_asked();
    struct peer *p = peer_open(misbehave, NULL);
    refused(&x, ask_with(&x, NULL, p, "/sleep", (struct fetch){.total_ms = QUICK_MS}), FETCH_TIMEOUT,
            "fetch.timeout");
    refused(&x, ask_with(&x, NULL, p, "/drip", (struct fetch){.total_ms = QUICK_MS}), FETCH_TIMEOUT,
            "fetch.timeout");
    peer_close(p);
    arena_drop(x.arena);
}

static void an_answer_is_never_longer_than_allowed(void **)
{
    struct asked x = open_asked();
    struct peer *p = peer_open(misbehave, NULL);
    assert_true(ask_with(&x, NULL, p, "/much", (struct fetch){.max = LARGE}));
    assert_int_equal(x.answer.body.len, LARGE);
    refused(&x, ask_with(&x, NULL, p, "/much", (struct fetch){.max = LARGE - 1}), FETCH_LARGE, "fetch.large");
    refused(&x, ask_with(&x, NULL, p, "/endless", (struct fetch){.max = LARGE - 1}), FETCH_LARGE,
            "fetch.large");
    peer_close(p);
    arena_drop(x.arena);
}

static void a_cut_answer_or_garbage_is_no_answer(void **)
{
    struct asked x = open_asked();
    struct peer *p = peer_open(misbehave, NULL);
    refused(&x, ask_with(&x, NULL, p, "/cut", (struct fetch){0}), FETCH_BROKEN, "fetch.broken");
    refused(&x, ask_with(&x, NULL, p, "/garbage", (struct fetch){0}), FETCH_BROKEN, "fetch.broken");
    refused(&x, ask_with(&x, NULL, p, "/nothing", (struct fetch){0}), FETCH_BROKEN, "fetch.broken");
    peer_close(p);
    arena_drop(x.arena);
}

static void where_nobody_listens_nothing_has_left(void **)
{
    struct asked x = open_asked();
    struct peer *p = peer_open(misbehave, NULL);
    const char *address = str_z(x.arena, str_c(peer_address(p)));
    peer_close(p);
    struct fetch what = {.url = address, .max = LARGE};
    refused(&x, fetch(NULL, x.arena, &what, &x.answer, &x.e), FETCH_CONNECT, "fetch.connect");
    arena_drop(x.arena);
}

static void other_schemes_and_lines_within_headers_are_refused(void **)
{
    static const char *const bad[] = {"file:///etc/passwd", "ftp://localhost/", "localhost", "http://a\r\nb"};
    struct asked x = open_asked();
    struct peer *p = peer_open(misbehave, NULL);
    struct fetch_header split = {"X-Name", STR("a\r\nX-Other: b")};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct fetch what = {.url = bad[i], .max = LARGE};
        x.e = (struct err){0};
        assert_false(fetch(NULL, x.arena, &what, &x.answer, &x.e));
        assert_string_equal(x.e.code, "fetch.address");
    }
    assert_false(ask_with(&x, NULL, p, "/echo", (struct fetch){.headers = &split, .header_count = 1}));
    assert_int_equal(peer_questions(p), 0);
    peer_close(p);
    arena_drop(x.arena);
}

static void a_connection_is_kept_unless_a_question_must_leave_once(void **)
{
    struct asked x = open_asked();
    struct peer *p = peer_open(misbehave, NULL);
    struct fetcher *f = fetcher_new();
    for (int i = 0; i < 3; i++)
        assert_true(ask_with(&x, f, p, "/echo", (struct fetch){.body = STR("a")}));
    assert_int_equal(peer_connections(p), 1);
    assert_true(ask_with(&x, f, p, "/echo", (struct fetch){.body = STR("a"), .once = true}));
    assert_int_equal(peer_connections(p), 2);
    assert_int_equal(peer_questions(p), 4);
    fetcher_drop(f);
    peer_close(p);
    arena_drop(x.arena);
}

static void an_arena_that_is_full_ends_the_answer_cleanly(void **)
{
    struct asked x = open_asked();
    struct peer *p = peer_open(misbehave, NULL);
    jmp_buf guard;
    for (size_t n = 0; n < 12; n++) {
        struct fetch what = {.url = str_z(x.arena, str_fmt(x.arena, "%s/much", peer_address(p))),
                             .max = LARGE};
        x.e = (struct err){0};
        arena_fail_after(x.arena, n);
        arena_guard(x.arena, &guard);
        if (setjmp(guard) == 0 && !fetch(NULL, x.arena, &what, &x.answer, &x.e))
            assert_int_equal(x.e.kind, ERR_FAULT);
        arena_guard(x.arena, NULL);
        arena_fail_after(x.arena, SIZE_MAX);
    }
    peer_close(p);
    arena_drop(x.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_carries_method_headers_and_body_and_brings_a_whole_answer),
        cmocka_unit_test(a_redirect_is_an_answer_and_is_not_followed),
        cmocka_unit_test(a_server_that_sleeps_or_drips_is_left_in_time),
        cmocka_unit_test(an_answer_is_never_longer_than_allowed),
        cmocka_unit_test(a_cut_answer_or_garbage_is_no_answer),
        cmocka_unit_test(where_nobody_listens_nothing_has_left),
        cmocka_unit_test(other_schemes_and_lines_within_headers_are_refused),
        cmocka_unit_test(a_connection_is_kept_unless_a_question_must_leave_once),
        cmocka_unit_test(an_arena_that_is_full_ends_the_answer_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
