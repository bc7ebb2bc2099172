/* The program on a real socket: what a peer is told that cannot be served, and how the program stops. */
#include "core/base/time.h"
#include "core/http/ops.h"
#include "core/http/server.h"

#include "testing/testserver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static bool slow(struct ctx *c)
{
    usleep(300000);
    json_set_c(c->arena, ctx_doc(c), "state", "stored");
    return true;
}

static bool echo(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct str body = c->req->body;
    json_set_str(c->arena, doc, "body", body.len < 1000 ? body : str_fmt(c->arena, "%zu bytes", body.len));
    json_set_str(c->arena, doc, "other", request_header(c->req, "X-Other"));
    return true;
}

static bool large(struct ctx *c)
{
    static char bytes[4 << 20];
    memset(bytes, 'x', sizeof bytes);
    return ctx_file(c, str_n(bytes, sizeof bytes), "application/octet-stream", STR_EMPTY);
}

static bool later(struct ctx *c)
{
    (void)err_busy(c->err, "limit", "That was too often. Please wait a moment and try again.");
    c->err->retry_s = 37;
    return false;
}

static bool busy(struct ctx *c)
{
    return err_busy(c->err, "busy", "Very many people are here right now. Please try again in a moment.");
}

static const struct route routes[] = {
    GET("/later", ALLOW(PUBLIC), SCOPE(NO_ROW), later, NULL),
    GET("/busy", ALLOW(PUBLIC), SCOPE(NO_ROW), busy, NULL),
    POST("/echo", ALLOW(PUBLIC), SCOPE(NO_ROW), echo, NULL, .flags = ROUTE_READS),
    GET("/echo", ALLOW(PUBLIC), SCOPE(NO_ROW), echo, NULL),
    GET("/large", ALLOW(PUBLIC), SCOPE(NO_ROW), large, NULL),
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

/* Also far beyond what is ever read of a head at once. */
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
    /* Very many headers of no length are too many, too. */
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
    static const size_t sizes[] = {17000, 24000, 30000, 36000, 100000};
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

static void who_comes_too_often_is_told_when_to_come_again(void **state)
{
    (void)state;
    struct str known = ask("GET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), other;
    assert_true(str_starts(known, STR("HTTP/1.1 429")) && has(known, "\r\nRetry-After: 37\r\n"));
    other = ask("GET /busy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_true(str_starts(other, STR("HTTP/1.1 503")) && has(other, "\r\nRetry-After: 5\r\n"));
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

#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define JSON "Accept: application/json\r\n"

static size_t count_of(struct str text, const char *what)
{
    size_t count = 0, at;
    struct str needle = str_c(what);
    for (; (at = str_find(text, needle)) != SIZE_MAX; count++)
        text = str_slice(text, at + needle.len, text.len);
    return count;
}

static void requests_behind_one_another_are_answered_in_their_order(void **state)
{
    (void)state;
    struct str answer = ask("POST /echo HTTP/1.1\r\nHost: x\r\n" FORM JSON "Content-Length: 7\r\n\r\na=first"
                            "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                            "\r\n"
                            "POST /slow HTTP/1.1\r\nHost: x\r\n" JSON "Content-Length: 0\r\n\r\n"
                            "POST /echo HTTP/1.1\r\nHost: x\r\n" FORM JSON
                            "Transfer-Encoding: chunked\r\n\r\n3\r\na=s\r\n5\r\necond\r\n0\r\n\r\n"
                            "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(count_of(answer, "HTTP/1.1 200 OK\r\n"), 5); /* none behind the one that closes */
    size_t first = str_find(answer, STR("a=first")), stored = str_find(answer, STR("stored")),
           second = str_find(answer, STR("a=second"));
    assert_true(first < stored && stored < second && second != SIZE_MAX);
    assert_int_equal(count_of(answer, "Connection: close"), 1);
    assert_int_equal(count_of(answer, "Date: "), 5);
}

static void a_request_may_come_byte_by_byte(void **state)
{
    static const char request[] = "POST /echo HTTP/1.1\r\nHost: x\r\n" FORM JSON
                                  "X-Other: seen\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                                  "4\r\na=it\r\n0\r\n\r\n";
    (void)state;
    int fd = dial();
    for (size_t i = 0; i < sizeof request - 1; i++) {
        assert_int_equal(send(fd, request + i, 1, MSG_NOSIGNAL), 1);
        usleep(500);
    }
    struct str answer = hear(fd);
    assert_true(str_starts(answer, STR("HTTP/1.1 200")) && has(answer, "a=it") && has(answer, "seen"));
}

static void who_asks_whether_to_go_on_is_told_so(void **state)
{
    char first[200] = {0};
    (void)state;
    int fd = dial();
    say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\n" FORM JSON
            "Expect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n");
    assert_true(recv(fd, first, sizeof first - 1, 0) > 0);
    assert_string_equal(first, "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, "a=go");
    assert_true(has(hear(fd), "a=go"));
}

static void what_is_too_large_is_told_so_while_it_is_sent(void **state)
{
    static char piece[64 << 10];
    (void)state;
    int fd = dial();
    say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\n" FORM JSON "Content-Length: 3000000\r\n\r\n");
    memset(piece, 'a', sizeof piece);
    for (int i = 0; i < 45; i++)
        if (send(fd, piece, sizeof piece, MSG_NOSIGNAL) < 0) break;
    struct str answer = hear(fd);
    assert_true(str_starts(answer, STR("HTTP/1.1 413")) && has(answer, "Connection: close"));
    fd = dial();
    say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\n" FORM JSON "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 8; i++) {
        say(fd, "10000\r\n");
        assert_int_equal(send(fd, piece, sizeof piece, MSG_NOSIGNAL), sizeof piece);
        say(fd, "\r\n");
    }
    say(fd, "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    answer = hear(fd);
    assert_true(str_starts(answer, STR("HTTP/1.1 413")) && count_of(answer, "HTTP/1.1 200") == 1);
}

static void what_cannot_be_read_is_refused_in_both_languages(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct str answer = ask(bad[i]);
        assert_true(str_starts(answer, STR("HTTP/1.1 400")) && has(answer, "cannot be read") &&
                    has(answer, "无法识别"));
    }
    assert_true(str_starts(ask("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), STR("HTTP/1.1 505")));
    assert_true(str_starts(ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"),
                           STR("HTTP/1.1 501")));
}

static void an_answer_to_head_has_the_length_and_no_body(void **state)
{
    (void)state;
    struct str answer = ask("HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_true(str_starts(answer, STR("HTTP/1.1 200")) && has(answer, "Content-Length: 3\r\n"));
    assert_true(str_ends(answer, STR("\r\n\r\n")));
}

static void a_get_may_have_a_body_that_nobody_reads(void **state)
{
    (void)state;
    struct str answer = ask("GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                            "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), 2);
}

static void who_takes_a_large_answer_slowly_gets_all_of_it(void **state)
{
    static char piece[100 << 10];
    size_t have = 0;
    ssize_t n;
    (void)state;
    int fd = dial(), small = 128 << 10;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    say(fd, "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    usleep(300000);
    while ((n = recv(fd, piece, sizeof piece, 0)) > 0)
        have += (size_t)n;
    close(fd);
    assert_true(have > (4 << 20) && have < (4 << 20) + 2000);
}

static void one_address_has_no_more_connections_than_its_share(void **state)
{
    enum { MANY = 1030 };
    static int fd[MANY];
    char byte;
    size_t in = 0;
    struct rlimit r;
    (void)state;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur < 2 * MANY + 200)
        skip(); /* both ends are here, and the system does not give so many descriptors */
    for (int i = 0; i < MANY; i++)
        fd[i] = dial();
    usleep(300000);
    for (int i = 0; i < MANY; i++)
        in += recv(fd[i], &byte, 1, MSG_DONTWAIT) < 0;
    assert_int_equal(in, 1024);
    for (int i = 0; i < MANY; i++)
        close(fd[i]);
    usleep(300000);
    assert_true(str_starts(ask("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                           STR("HTTP/1.1 200"))); /* who has left makes room */
}

static void who_leaves_in_the_middle_harms_nobody(void **state)
{
    static const char *const begun[] = {
        "GET /heal",
        "POST /echo HTTP/1.1\r\nHost: x\r\n" FORM "Content-Length: 100\r\n\r\na=1",
        "POST /slow HTTP/1.1\r\nHost: x\r\n" JSON "Content-Length: 0\r\n\r\n",
        "GET /large HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    struct linger at_once = {1, 0};
    (void)state;
    for (int i = 0; i < 40; i++) {
        int fd = dial();
        say(fd, begun[i % 4]);
        if (i % 8 < 4) setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        usleep(2000);
        close(fd);
    }
    assert_true(str_starts(ask("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                           STR("HTTP/1.1 200")));
}

/* A megabyte and more at a time is read of it, and others have their turn all the same. */
static void who_sends_without_end_stops_nobody_else(void **state)
{
    static char piece[1 << 20];
    (void)state;
    int fd[3];
    for (int i = 0; i < 3; i++) {
        fd[i] = dial();
        say(fd[i], "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000000\r\n\r\n");
    }
    for (int i = 0; i < 90; i++) {
        send(fd[i % 3], piece, sizeof piece, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (i % 10) continue;
        assert_true(str_starts(ask("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                               STR("HTTP/1.1 200")));
    }
    int64_t begun = time_monotonic_us();
    close_front(state);
    assert_true(time_monotonic_us() - begun < 3000000);
    for (int i = 0; i < 3; i++)
        close(fd[i]);
}

static void who_asks_for_very_much_at_once_waits_his_turn(void **state)
{
    enum { MANY = 3000 };
    static const char one[] = "HEAD /api HTTP/1.1\r\nHost: x\r\nCookie: tb_notice=x\r\n\r\n";
    static char all[MANY * sizeof one];
    int fd[4];
    size_t len = 0;
    (void)state;
    for (int i = 0; i < MANY; i++, len += sizeof one - 1)
        memcpy(all + len, one, sizeof one - 1);
    for (int i = 0; i < 4; i++) {
        fd[i] = dial();
        send(fd[i], all, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    int64_t begun = time_monotonic_us();
    assert_true(str_starts(ask("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                           STR("HTTP/1.1 200")));
    assert_true(time_monotonic_us() - begun < 5000000);
    for (int i = 0; i < 4; i++)
        close(fd[i]);
}

static void what_old_and_bare_requests_get(void **state)
{
    (void)state;
    struct str answer = ask("HEAD /assets/none HTTP/1.1\r\nHost: x\r\n\r\n"
                            "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                            "HEAD /%zz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(count_of(answer, "HTTP/1.1 "), 3);
    assert_int_equal(count_of(answer, "Connection: keep-alive\r\n"), 1);
    assert_true(has(answer, "ok\n") && !has(answer, "Not found.") && !has(answer, "cannot be read"));
    assert_true(str_starts(ask("GET /healthz HTTP/1.1\nHost: x\n\n"), STR("HTTP/1.1 400")));
    answer = ask("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\n" FORM JSON "Content-Length: 3\r\n\r\na=b");
    assert_true(str_starts(answer, STR("HTTP/1.1 200")));
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
        PROMISE(who_comes_too_often_is_told_when_to_come_again),
        PROMISE(stopping_does_not_wait_for_a_stalled_body),
        PROMISE(requests_behind_one_another_are_answered_in_their_order),
        PROMISE(a_request_may_come_byte_by_byte),
        PROMISE(who_asks_whether_to_go_on_is_told_so),
        PROMISE(what_is_too_large_is_told_so_while_it_is_sent),
        PROMISE(what_cannot_be_read_is_refused_in_both_languages),
        PROMISE(an_answer_to_head_has_the_length_and_no_body),
        PROMISE(a_get_may_have_a_body_that_nobody_reads),
        PROMISE(who_takes_a_large_answer_slowly_gets_all_of_it),
        PROMISE(one_address_has_no_more_connections_than_its_share),
        PROMISE(who_leaves_in_the_middle_harms_nobody),
        PROMISE(who_sends_without_end_stops_nobody_else),
        PROMISE(who_asks_for_very_much_at_once_waits_his_turn),
        PROMISE(what_old_and_bare_requests_get),
        PROMISE(what_is_under_way_is_answered_before_the_program_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
