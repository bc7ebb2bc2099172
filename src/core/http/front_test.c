/* The program on a real socket: what a peer is told that cannot be served, and how the program stops. */
#include "core/base/time.h"
#include "core/http/ops.h"
#include "core/http/server.h"

#include "testing/testserver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static bool slow(struct ctx *c)
{
    usleep(300000);
    json_set_c(c->arena, ctx_doc(c), "state", "stored");
    return true;
}

static const struct route routes[] = {
    POST("/slow", ALLOW(PUBLIC), SCOPE(NO_ROW), slow, NULL),
};
static const struct module slow_module = {.name = "slow", ROUTES(routes)};
static const struct module *const MODULES[] = {&ops_module, &slow_module};

static struct testserver *t;
static int port;

static int open_front(void **state)
{
    struct err e = {0};
    (void)state;
    t = testserver_open(MODULES, 2);
    if (!server_listen(t->server, &port, &e)) fail_msg("%s %s", e.code, e.detail);
    return 0;
}

static int close_front(void **state)
{
    (void)state;
    if (t) testserver_close(t);
    t = NULL;
    return 0;
}

static int dial(void)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Everything until the peer closes. */
static struct str hear(int fd)
{
    static char heard[256 << 10];
    size_t have = 0;
    ssize_t n;
    while (have < sizeof heard && (n = recv(fd, heard + have, sizeof heard - have, 0)) > 0)
        have += (size_t)n;
    close(fd);
    return str_n(heard, have);
}

static struct str ask(const char *request)
{
    int fd = dial();
    say(fd, request);
    return hear(fd);
}

static bool has(struct str answer, const char *text)
{
    return str_find(answer, str_c(text)) != SIZE_MAX;
}

static void an_address_too_long_is_told_so_in_both_languages(void **state)
{
    static char request[12000] = "GET /";
    (void)state;
    memset(request + 5, 'a', 9000);
    memcpy(request + 9005, " HTTP/1.1\r\nHost: x\r\n\r\n", 23);
    struct str answer = ask(request);
    assert_true(str_starts(answer, STR("HTTP/1.1 414")));
    assert_true(has(answer, "too long") && has(answer, "地址过长"));
}

/* So long that the library refuses it before anybody sees it. */
static void an_address_beyond_the_memory_is_told_so_too(void **state)
{
    static char request[110000];
    static const size_t sizes[] = {31000, 33000, 40000, 100000};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int n = snprintf(request, sizeof request, "GET /");
        memset(request + n, 'a', sizes[i]);
        memcpy(request + (size_t)n + sizes[i], " HTTP/1.1\r\nHost: x\r\n\r\n", 23);
        struct str answer = ask(request);
        if (!str_starts(answer, STR("HTTP/1.1 414")) || !has(answer, "too long") || !has(answer, "地址过长"))
            fail_msg("%zu: %.*s", sizes[i], STR_ARG(str_slice(answer, 0, 300)));
    }
}

/* Others are told nothing that is not meant for them, whatever they are about: idle after questions of all
 * sizes, in the middle of an address, in the middle of headers. */
static void whose_request_is_too_large_is_found_among_many(void **state)
{
    static char large[60000], body[50000];
    int others[24];
    struct str answer;
    (void)state;
    memset(body, 'b', sizeof body - 1);
    for (size_t i = 0; i < 24; i++) {
        char begun[1200];
        others[i] = dial();
        snprintf(begun, sizeof begun, "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
                 strlen(body));
        say(others[i], begun);
        say(others[i], body);
        assert_true(recv(others[i], begun, sizeof begun, 0) > 0);
        usleep(20000);
        while (recv(others[i], begun, sizeof begun, MSG_DONTWAIT) > 0)
            continue;
        snprintf(begun, sizeof begun, "GET /healthz%s", i % 3 ? " HTTP/1.1\r\nHost: x\r\nX-Begun: " : "");
        if (i % 4) say(others[i], begun);
    }
    usleep(100000);
    for (size_t i = 0; i < 8; i++) {
        bool address = i % 2;
        int n =
            snprintf(large, sizeof large, address ? "GET /" : "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ");
        memset(large + n, 'a', 45000);
        memcpy(large + n + 45000, address ? " HTTP/1.1\r\n\r\n" : "\r\n\r\n", address ? 14 : 5);
        answer = ask(large);
        assert_true(str_starts(answer, address ? STR("HTTP/1.1 414") : STR("HTTP/1.1 431")));
        assert_true(has(answer, address ? "地址过长" : "请求头过大"));
    }
    /* Very many headers of no length use the memory up, too. */
    int n = snprintf(large, sizeof large, "GET /healthz HTTP/1.1\r\nHost: x\r\n");
    for (size_t i = 0; i < 2000; i++)
        n += snprintf(large + n, sizeof large - (size_t)n, "a:\r\n");
    snprintf(large + n, sizeof large - (size_t)n, "\r\n");
    answer = ask(large);
    assert_true(str_starts(answer, STR("HTTP/1.1 431")) && has(answer, "请求头过大"));
    for (size_t i = 0; i < 24; i++) { /* and go on as if nothing had been */
        char rest[200];
        snprintf(rest, sizeof rest, "%s%s\r\nConnection: close\r\n\r\n",
                 i % 4 ? "" : "GET /healthz HTTP/1.1\r\nHost: x",
                 i % 4 == 0 || i % 3 ? "" : " HTTP/1.1\r\nHost: x");
        say(others[i], rest);
        answer = hear(others[i]);
        if (!str_starts(answer, STR("HTTP/1.1 200"))) fail_msg("%zu: %.*s", i, STR_ARG(answer));
    }
}

static void other_methods_are_refused_in_both_languages(void **state)
{
    (void)state;
    struct str answer = ask("PUT /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    assert_true(str_starts(answer, STR("HTTP/1.1 405")));
    assert_true(has(answer, "Please use GET or POST.") && has(answer, "请使用"));
}

static void headers_too_large_are_told_so_in_both_languages(void **state)
{
    static char request[110000];
    static const size_t sizes[] = {17000, 24000, 30000, 36000,
                                   100000}; /* from 32 KiB on the library refuses */
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int n = snprintf(request, sizeof request, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ");
        memset(request + n, 'a', sizes[i]);
        memcpy(request + (size_t)n + sizes[i], "\r\n\r\n", 5);
        struct str answer = ask(request);
        assert_true(str_starts(answer, STR("HTTP/1.1 431")));
        assert_true(has(answer, "too large") && has(answer, "请求头过大"));
    }
}

static bool sees_metrics(const char *more)
{
    char request[512];
    snprintf(request, sizeof request, "GET /metrics HTTP/1.1\r\nHost: x\r\n%sConnection: close\r\n\r\n",
             more);
    struct str answer = ask(request);
    bool shown = has(answer, "tongban_requests_total");
    assert_true(str_starts(answer, shown ? STR("HTTP/1.1 200") : STR("HTTP/1.1 404")));
    return shown;
}

static void metrics_are_for_this_machine_and_not_for_its_proxy(void **state)
{
    (void)state;
    assert_true(sees_metrics(""));
    assert_false(sees_metrics("X-Forwarded-For: 192.0.2.7\r\n"));
    assert_false(sees_metrics("X-Forwarded-For: 127.0.0.1\r\n"));
    assert_false(sees_metrics("Forwarded: for=192.0.2.7\r\n"));
    assert_false(sees_metrics("X-Real-IP: 192.0.2.7\r\n"));
    assert_false(sees_metrics("Via: 1.1 proxy\r\n"));
    assert_false(sees_metrics("X-Forwarded-For: 192.0.2.7\r\nAuthorization: Bearer \r\n"));
}

static void cookies_of_others_bar_nobody(void **state)
{
    (void)state;
    struct str answer = ask("GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: a[]=1; nameless; =x; q=\"\\\"; "
                            "tb_lang=en\r\nConnection: close\r\n\r\n");
    assert_true(str_starts(answer, STR("HTTP/1.1 200")));
}

static void the_api_describes_itself_at_api(void **state)
{
    (void)state;
    struct str answer = ask("GET /api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_true(str_starts(answer, STR("HTTP/1.1 200")));
    assert_true(has(answer, "application/json") && has(answer, "\"openapi\":\"3.1"));
}

static void a_body_that_stalls_is_answered_before_the_line_is_cut(void **state)
{
    (void)state;
    int64_t begun = time_monotonic_us();
    struct str answer = ask("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: "
                            "application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na=1"),
               body;
    uint64_t length = 0;
    assert_true(str_starts(answer, STR("HTTP/1.1 408")));
    assert_true(time_monotonic_us() - begun < 14000000);
    size_t at = str_find(answer, STR("Content-Length: ")), end = str_find(answer, STR("\r\n\r\n"));
    assert_true(at != SIZE_MAX && end != SIZE_MAX);
    body = str_slice(answer, end + 4, answer.len);
    struct str rest = str_slice(answer, at + 16, answer.len), digits;
    str_cut(rest, '\r', &digits);
    assert_true(str_to_u64(digits, &length) && length == body.len);
}

static void stopping_does_not_wait_for_a_stalled_body(void **state)
{
    (void)state;
    int fd = dial(), idle = dial();
    say(fd, "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: "
            "application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na=1");
    say(idle, "GET /healthz HTT");
    usleep(200000);
    int64_t begun = time_monotonic_us();
    close_front(state);
    assert_true(time_monotonic_us() - begun < 2000000);
    assert_true(str_starts(hear(fd), STR("HTTP/1.1 503")));
    assert_int_equal(hear(idle).len, 0);
}

static void what_is_under_way_is_answered_before_the_program_stops(void **state)
{
    (void)state;
    int fd[5];
    for (int i = 0; i < 5; i++) {
        fd[i] = dial();
        say(fd[i], "POST /slow HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nContent-Length: 0\r\n\r\n");
    }
    usleep(800000);
    close_front(state);
    for (int i = 0; i < 5; i++) {
        struct str answer = hear(fd[i]);
        assert_true(str_starts(answer, STR("HTTP/1.1 200")) && has(answer, "stored"));
    }
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_front, close_front)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(an_address_too_long_is_told_so_in_both_languages),
        PROMISE(an_address_beyond_the_memory_is_told_so_too),
        PROMISE(whose_request_is_too_large_is_found_among_many),
        PROMISE(other_methods_are_refused_in_both_languages),
        PROMISE(headers_too_large_are_told_so_in_both_languages),
        PROMISE(metrics_are_for_this_machine_and_not_for_its_proxy),
        PROMISE(cookies_of_others_bar_nobody),
        PROMISE(the_api_describes_itself_at_api),
        PROMISE(a_body_that_stalls_is_answered_before_the_line_is_cut),
        PROMISE(stopping_does_not_wait_for_a_stalled_body),
        PROMISE(what_is_under_way_is_answered_before_the_program_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
