/* What the clock ends, at times that a test of whole requests would have to wait for. */
#include "core/base/arena.h"
#include "core/http/conn.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

static const int64_t SECOND = 1000000;

struct slow {
    struct http_conn conn;
    int peer;
};

/* A connection whose answer left at second 0 and whose peer has taken `taken` bytes of the `sent`. */
static struct slow answering(size_t sent, size_t taken)
{
    static char bytes[1 << 16];
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct slow s = {.conn = {.fd = ends[0], .state = CONN_ANSWERING, .sent = sent}, .peer = ends[1]};
    s.conn.waiting = (int)(sent - taken);
    assert_true(sent < sizeof bytes);
    assert_int_equal(send(ends[0], bytes, sent, 0), sent);
    assert_int_equal(recv(ends[1], bytes, taken, MSG_WAITALL), taken);
    return s;
}

/* Once a second the peer takes so many bytes; at which second is it given up? */
static int64_t given_up_at(struct slow *s, size_t a_second, int64_t until)
{
    char bytes[4096];
    for (int64_t at = 1; at <= until; at++) {
        if (a_second) {
            assert_int_equal(send(s->conn.fd, bytes, a_second, 0), a_second);
            s->conn.sent += a_second;
            assert_int_equal(recv(s->peer, bytes, a_second, MSG_WAITALL), a_second);
            s->conn.heard_us = at * SECOND;
        }
        conn_expire(&s->conn, at * SECOND);
        if (s->conn.state == CONN_GONE) return at;
    }
    return 0;
}

static void close_both(const struct slow *s)
{
    close(s->conn.fd);
    close(s->peer);
}

static void who_takes_nothing_is_given_up_soon(void **)
{
    struct slow s = answering(20000, 0);
    /* What the system counts as waiting is not what was said here: the first look finds that out. */
    assert_in_range(given_up_at(&s, 0, 100), 16, 17);
    close_both(&s);
}

static void who_takes_a_byte_now_and_then_does_not_hold_an_answer_for_days(void **)
{
    struct slow s = answering(20000, 1000);
    assert_in_range(given_up_at(&s, 1, 1000), 61, 70);
    close_both(&s);
}

static void who_has_a_slow_line_gets_all(void **)
{
    struct slow s = answering(20000, 0);
    assert_int_equal(given_up_at(&s, 600, 1000), 0);
    close_both(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_takes_nothing_is_given_up_soon),
        cmocka_unit_test(who_takes_a_byte_now_and_then_does_not_hold_an_answer_for_days),
        cmocka_unit_test(who_has_a_slow_line_gets_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
