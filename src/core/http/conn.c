#include "core/http/conn.h"

#include "core/base/arena.h"
#include "core/base/time.h"
#include "core/crypto/crypto.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum {
    IDLE_US = 15000000,
    ANSWER_US = 60000000, /* an answer may take that long at any pace, then at least so many bytes a second */
    ANSWER_LEAST = 500,
    HEAD_US = 30000000,
    BODY_US = 60000000,
    BODY_IDLE_US = 10000000,
    DRAIN_US = 60000000,
    DRAIN_IDLE_US = 3000000,
    DRAIN_MAX = 32 << 20, /* of what is read over so that the answer is not lost */
    ANSWERS_MAX = 4,      /* of one connection before others have their turn */
    TURN_MAX = 1 << 20,   /* bytes of one connection before others have their turn */
};

/* Reasons (RFC 9110 §15), and what a peer is told whom nobody else answers. */
static const struct status {
    int number;
    const char *reason, *text;
} statuses[] = {
    {200, "OK", NULL},
    {201, "Created", NULL},
    {202, "Accepted", NULL},
    {204, "No Content", NULL},
    {303, "See Other", NULL},
    {304, "Not Modified", NULL},
    {400, "Bad Request", "This address or request cannot be read. 无法识别的地址或请求。\n"},
    {401, "Unauthorized", NULL},
    {403, "Forbidden", NULL},
    {404, "Not Found", NULL},
    {405, "Method Not Allowed", "Please use GET or POST. 请使用 GET 或 POST 请求。\n"},
    {408, "Request Timeout",
     "Your request took too long to arrive. Please try again. 请求传输超时，请重试。\n"},
    {409, "Conflict", NULL},
    {410, "Gone", NULL},
    {413, "Content Too Large", NULL},
    {414, "URI Too Long", "This address is too long. 地址过长。\n"},
    {422, "Unprocessable Content", NULL},
    {429, "Too Many Requests", NULL},
    {431, "Request Header Fields Too Large",
     "The headers of this request are too large. Deleting the cookies of this site may help. "
     "请求头过大，清除本站的浏览器 Cookie 后可重试。\n"},
    {500, "Internal Server Error",
     "Something went wrong here. Please try again in a moment. 系统出现故障，请稍后重试。\n"},
    {501, "Not Implemented", "This way of sending is not known here. 不支持这种传输编码。\n"},
    {503, "Service Unavailable",
     "The service is restarting. Please try again in a moment. 服务正在重启，请稍后重试。\n"},
    {505, "HTTP Version Not Supported", "Please use HTTP/1.1. 请使用 HTTP/1.1。\n"},
};

static const struct status *status_of(int number)
{
    static const struct status other = {0, "Other", NULL};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].number == number) return &statuses[i];
    return &other;
}

struct str http_status_line(char out[HTTP_STATUS_LINE_MAX], int status)
{
    int n = snprintf(out, HTTP_STATUS_LINE_MAX, "HTTP/1.1 %d %s\r\n", status, status_of(status)->reason);
    return str_n(out, n > 0 && n < HTTP_STATUS_LINE_MAX ? (size_t)n : 0);
}

/* ---- what the app asks ---- */

void *http_own(const struct http_conn *c)
{
    return c->own;
}

void http_set_own(struct http_conn *c, void *own)
{
    c->own = own;
}

const char *http_peer(const struct http_conn *c)
{
    return c->peer;
}

struct http_conn **http_later(struct http_conn *c)
{
    return &c->later;
}

/* ---- answers ---- */

void conn_gone(struct http_conn *c)
{
    c->state = CONN_GONE;
}

static void end_call(struct http_conn *c)
{
    const struct http_app *app = &c->loop->all->app;
    ready_drop(c->ready);
    c->ready = NULL;
    if (!c->called) return;
    c->called = false;
    app->ended(app->arg, c);
    c->own = NULL;
}

/* What a peer still sends would make the system take the answer back, were the connection closed at once. */
static void drain(struct http_conn *c)
{
    c->state = CONN_DRAINING;
    c->since_us = c->heard_us = c->loop->now_us;
    shutdown(c->fd, SHUT_WR);
}

static void answered(struct http_conn *c)
{
    end_call(c);
    if (c->closes) {
        drain(c);
        return;
    }
    c->state = CONN_HEAD;
    c->answers++;
    c->since_us = c->heard_us = c->loop->now_us;
}

static size_t written(struct http_conn *c, size_t n)
{
    size_t left = 0;
    for (size_t i = 0; i < 3; i++) {
        size_t part = n < c->out[i].iov_len ? n : c->out[i].iov_len;
        c->out[i].iov_base = (char *)c->out[i].iov_base + part;
        c->out[i].iov_len -= part;
        n -= part;
        left += c->out[i].iov_len;
    }
    return left;
}

void conn_flush(struct http_conn *c)
{
    while (c->state == CONN_ANSWERING) {
        struct msghdr m = {.msg_iov = c->out, .msg_iovlen = 3};
        ssize_t n = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (n < 0) {
            conn_gone(c);
            return;
        }
        c->heard_us = c->loop->now_us;
        c->sent += (size_t)n;
        if (!written(c, (size_t)n)) answered(c);
    }
}

static struct iovec piece(struct str s)
{
    return (struct iovec){(void *)(uintptr_t)s.ptr, s.len};
}

static void send_answer(struct http_conn *c, struct str head, struct str body)
{
    const char *connection = "";
    c->closes |= c->unread || c->loop->all->closing;
    if (c->closes)
        connection = "Connection: close\r\n";
    else if (c->is_1_0)
        connection = "Connection: keep-alive\r\n";
    int n = snprintf(c->tail, sizeof c->tail, "%s%s\r\n", c->loop->date, connection);
    c->out[0] = piece(head);
    c->out[1] = piece(str_n(c->tail, (size_t)n));
    c->out[2] = piece(body);
    c->state = CONN_ANSWERING;
    c->since_us = c->heard_us = c->loop->now_us;
    c->sent = 0;
    conn_flush(c);
}

void http_answer(struct http_conn *c, struct str head, struct str body)
{
    send_answer(c, head, body);
}

void http_answer_ready(struct http_conn *c, struct http_ready *r, bool head_only)
{
    c->ready = ready_keep(r);
    send_answer(c, r->head, head_only ? STR_EMPTY : r->body);
}

void http_hold(struct http_conn *c)
{
    c->state = CONN_ASKED;
}

void http_refuse(struct http_conn *c, int number)
{
    char head[256];
    const struct status *s = status_of(number);
    struct str text = str_c(s->text ? s->text : s->reason);
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: "
                     "nosniff\r\n%sContent-Length: %zu\r\n",
                     number, s->reason, number == 405 ? "Allow: GET, HEAD, POST\r\n" : "", text.len);
    struct http_ready *r =
        n > 0 && (size_t)n < sizeof head ? ready_new(str_n(head, (size_t)n), text, false) : NULL;
    c->closes = true;
    if (r)
        http_answer_ready(c, r, c->head_only);
    else
        conn_gone(c);
    ready_drop(r);
}

/* ---- requests ---- */

static void whole(struct http_conn *c)
{
    const struct http_app *app = &c->loop->all->app;
    c->unread = false;
    c->state = CONN_ASKED;
    app->whole(app->arg, c);
}

static void body(struct http_conn *c, struct str bytes)
{
    const struct http_app *app = &c->loop->all->app;
    if (bytes.len) app->body(app->arg, c, bytes);
}

static int status_for(enum wire_found found)
{
    switch (found) {
    case WIRE_LONG_TARGET:
        return 414;
    case WIRE_LARGE:
        return 431;
    case WIRE_CODING:
        return 501;
    case WIRE_VERSION:
        return 505;
    default:
        return 400;
    }
}

static void begin(struct http_conn *c, struct wire_head *h, bool more)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const struct http_app *app = &c->loop->all->app;
    c->closes = !h->keep_alive;
    c->is_1_0 = h->is_1_0;
    c->head_only = str_eq_c(h->method, "HEAD");
    c->left = h->length;
    c->chunked = h->chunked;
    c->unread = h->chunked || h->length;
    c->chunks = (struct wire_chunks){0};
    c->since_us = c->heard_us = c->loop->now_us;
    c->state = CONN_BODY;
    c->called = true;
    bool expects = h->expects;
    app->begin(app->arg, c, h);
    if (c->state != CONN_BODY) return;
    if (!c->unread)
        whole(c);
    else if (expects && !more && send(c->fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        conn_gone(c);
}

/* Each of these says how many of the bytes it took; 0: they are not enough. */
static size_t take_head(struct http_conn *c, char *bytes, size_t n)
{
    struct wire_head h;
    size_t len;
    enum wire_found found = wire_measure(str_n(bytes, n), c->looked, &len);
    if (found == WIRE_MORE) {
        c->looked = n;
        return 0;
    }
    c->looked = 0;
    if (found == WIRE_WHOLE) found = wire_parse(bytes, len, &h);
    if (found != WIRE_WHOLE) {
        http_refuse(c, status_for(found));
        return n;
    }
    if (c->loop->all->closing)
        http_refuse(c, 503);
    else
        begin(c, &h, n > len);
    return len;
}

static size_t take_sized(struct http_conn *c, struct str bytes)
{
    size_t n = bytes.len < c->left ? bytes.len : (size_t)c->left;
    c->left -= n;
    body(c, str_slice(bytes, 0, n));
    if (!c->left) whole(c);
    return n;
}

static size_t take_chunked(struct http_conn *c, struct str bytes)
{
    size_t at = 0, used;
    struct str content;
    while (at < bytes.len) {
        enum wire_found found = wire_chunk(&c->chunks, str_slice(bytes, at, bytes.len), &used, &content);
        at += used;
        if (found == WIRE_BAD) {
            http_refuse(c, 400);
            return at;
        }
        body(c, content);
        if (found == WIRE_WHOLE) {
            whole(c);
            return at;
        }
    }
    return at;
}

static bool takes(const struct http_conn *c)
{
    return c->state == CONN_HEAD || c->state == CONN_BODY || c->state == CONN_DRAINING;
}

static bool had_its_turn(const struct http_conn *c)
{
    return c->state == CONN_HEAD && c->answers >= ANSWERS_MAX;
}

static size_t take(struct http_conn *c, char *bytes, size_t n)
{
    size_t at = 0, used = 1;
    while (at < n && used && takes(c) && !had_its_turn(c)) {
        if (c->state == CONN_HEAD) {
            used = take_head(c, bytes + at, n - at);
        } else if (c->state == CONN_BODY) {
            c->heard_us = c->loop->now_us;
            used = c->chunked ? take_chunked(c, str_n(bytes + at, n - at))
                              : take_sized(c, str_n(bytes + at, n - at));
        } else {
            used = n - at;
            c->drained += used;
            if (!c->waiting)
                c->heard_us =
                    c->loop->now_us; /* what it sends is no reason to wait for what it does not take */
            if (c->drained > DRAIN_MAX) conn_gone(c);
        }
        at += used;
    }
    return at;
}

/* ---- bytes ---- */

/* Requests hold passwords: nothing of them stays behind. */
static void forget_kept(struct http_conn *c)
{
    if (!c->kept) return;
    crypto_wipe(c->kept, c->kept_cap);
    mem_free(c->kept);
    c->kept = NULL;
    c->kept_len = c->kept_cap = 0;
}

/* Bytes that are in no memory of this connection, or in what it keeps. */
static void keep(struct http_conn *c, const char *bytes, size_t n)
{
    char *room = c->kept;
    if (n > c->kept_cap && !(room = mem_alloc(n, 1))) {
        forget_kept(c);
        if (c->state == CONN_ASKED)
            c->closes = true; /* others hold the request: it ends with its answer */
        else
            conn_gone(c);
        return;
    }
    memmove(room, bytes, n);
    if (room == c->kept) {
        if (c->kept_len > n) crypto_wipe(room + n, c->kept_len - n);
    } else {
        forget_kept(c);
        c->kept = room;
        c->kept_cap = n;
    }
    c->kept_len = n;
    c->fresh = !takes(c) || had_its_turn(c);
}

static void take_kept(struct http_conn *c)
{
    size_t n = c->kept_len, used = take(c, c->kept, n);
    if (used < n)
        keep(c, c->kept + used, n - used);
    else
        forget_kept(c);
}

/* How many came. */
static size_t take_more(struct http_conn *c)
{
    char *scratch = c->loop->scratch;
    size_t before = c->kept_len;
    if (before > SCRATCH - READ_AT_ONCE) { /* a head is refused before it is so long */
        conn_gone(c);
        return 0;
    }
    /* What comes behind a request is kept until that is answered: not much of it. */
    size_t room = c->state == CONN_HEAD ? READ_FOR_HEAD : READ_AT_ONCE;
    ssize_t n = recv(c->fd, scratch + before, room, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) return 0;
    if (n <= 0) {
        c->readable = false;
        if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) conn_gone(c);
        return 0;
    }
    if ((size_t)n < room && !c->hung_up) c->readable = false;
    if (before) memcpy(scratch, c->kept, before);
    size_t all = before + (size_t)n, used = take(c, scratch, all);
    if (used < all)
        keep(c, scratch + used, all - used);
    else
        forget_kept(c);
    crypto_wipe(scratch, all);
    return (size_t)n;
}

void conn_run(struct http_conn *c)
{
    size_t came = 0;
    c->answers = 0;
    while (takes(c)) {
        if (had_its_turn(c) && (c->readable || (c->kept_len && c->fresh))) {
            loop_later(c);
            return;
        }
        if (c->kept_len && c->fresh) {
            c->fresh = false;
            take_kept(c);
            continue;
        }
        if (!c->readable) return;
        if (came >= TURN_MAX) {
            loop_later(c);
            return;
        }
        came += take_more(c);
    }
}

/* ---- the end ---- */

/* A slow peer takes what the system holds for it long before there is room for more. */
static void look_at_queue(struct http_conn *c, int64_t now_us)
{
    int waiting = 0;
    if (ioctl(c->fd, SIOCOUTQ, &waiting) != 0 || waiting == c->waiting) return;
    c->waiting = waiting;
    c->heard_us = now_us;
}

/* Who takes a byte now and then would hold the memory of an answer for days. */
static bool crawls(const struct http_conn *c, int64_t since)
{
    int64_t taken = (int64_t)c->sent - c->waiting;
    return since > ANSWER_US && taken < (since - ANSWER_US) / 1000000 * ANSWER_LEAST;
}

void conn_expire(struct http_conn *c, int64_t now_us)
{
    if (c->state == CONN_ANSWERING || c->state == CONN_DRAINING) look_at_queue(c, now_us);
    int64_t since = now_us - c->since_us, silent = now_us - c->heard_us;
    switch (c->state) {
    case CONN_HEAD:
        if (c->kept_len ? since > HEAD_US : since > IDLE_US) {
            if (c->kept_len)
                http_refuse(c, 408);
            else
                conn_gone(c);
        }
        break;
    case CONN_BODY:
        if (since > BODY_US || silent > BODY_IDLE_US) http_refuse(c, 408);
        break;
    case CONN_ANSWERING:
        if (silent > IDLE_US || crawls(c, since)) conn_gone(c);
        break;
    case CONN_DRAINING:
        if ((!c->waiting && since > DRAIN_US) || silent > DRAIN_IDLE_US) conn_gone(c);
        break;
    case CONN_ASKED:
    case CONN_GONE:
        break;
    }
}

void conn_stop(struct http_conn *c, bool patient)
{
    if (c->state == CONN_BODY)
        http_refuse(c, 503);
    else if (c->state == CONN_HEAD || c->state == CONN_DRAINING || (c->state == CONN_ANSWERING && !patient))
        conn_gone(c);
}

void conn_drop(struct http_conn *c)
{
    end_call(c);
    forget_kept(c);
}
