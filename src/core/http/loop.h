/* Connections: they bring requests, one after the other, and take answers. One thread a loop, each with an
 * epoll of its own; who accepts a connection gives it to the loop that has fewest, and there it stays.
 *
 * A request comes in by the calls of struct http_app, all on the thread of its loop:
 *
 *   begin ── body … body ── whole ──────────── http_answer… ── ended
 *     └─ http_answer… (the rest of       └─ (later) http_again ── again ── http_answer… ── ended
 *         the request is read over)
 *
 * What arrives behind a request waits until that is answered. Nobody is read from, or written to, without
 * end: deadlines for heads, bodies and answers, a limit of connections, of all and of one address.
 * What no app can answer (unreadable, too long, too slow) is told here in both languages. */
#ifndef TB_LOOP_H
#define TB_LOOP_H

#include "core/base/err.h"
#include "core/http/ready.h"
#include "core/http/wire.h"

#include <netinet/in.h>

struct http_conn;
struct http_loops;

struct http_app {
    void *arg;
    /* The head is read, and valid until this returns. Answers, or returns and is told of the body. */
    void (*begin)(void *arg, struct http_conn *c, struct wire_head *h);
    void (*body)(void *arg, struct http_conn *c, struct str piece);
    /* Nothing of the request is left to come. Answers now, or after http_again. */
    void (*whole)(void *arg, struct http_conn *c);
    void (*again)(void *arg, struct http_conn *c);
    /* The answer has left, or its connection is gone: what was kept for it may go. Called once for each
     * begin.
     */
    void (*ended)(void *arg, struct http_conn *c);
    /* A loop has told all there was, and waits for more. NULL: not told. */
    void (*rests)(void *arg);
};

struct http_options {
    struct sockaddr_in at;
    unsigned threads;
    unsigned connections_max, address_max; /* of one address; 0: as many as of all */
};

/* *port: where it listens. The app and what it points to stay until http_close. */
struct http_loops *http_listen(const struct http_options *o, const struct http_app *app, int *port,
                               struct err *e) NODISCARD;
/* Lets nobody in any more, tells whoever is sending to come again, and returns when what is under way has its
 * answer; whoever does not take it is cut off after five seconds. */
void http_close(struct http_loops *l);

/* What the app keeps for the request under way, NULL at its beginning. */
void *http_own(const struct http_conn *c);
void http_set_own(struct http_conn *c, void *own);
/* The address at the other end. */
const char *http_peer(const struct http_conn *c);

/* Both must stay until `ended`. `head`: as in struct http_ready. */
void http_answer(struct http_conn *c, struct str head, struct str body);
void http_answer_ready(struct http_conn *c, struct http_ready *r, bool head_only);
/* Before the whole is there: the app has what it needs, and answers now or after http_again. The rest is read
 * over, and the connection closed behind the answer. */
void http_hold(struct http_conn *c);
/* A sentence in both languages, as text; the connection is closed behind it. */
void http_refuse(struct http_conn *c, int status);

/* From any thread: `again` is called for each soon. A list by http_later. */
void http_again(struct http_conn *list);
struct http_conn **http_later(struct http_conn *c);

/* "HTTP/1.1 404 Not Found\r\n" */
enum { HTTP_STATUS_LINE_MAX = 64 };
struct str http_status_line(char out[HTTP_STATUS_LINE_MAX], int status);

#endif
