/* Asking another server by HTTP: one question, one whole answer or one clear failure.
 *
 * Redirects are not followed, names of servers are verified, and only http:// and https:// are spoken
 * (HTTP/1.1, RFC 9112). The answer lies in the arena of the caller and is never longer than it allowed. It
 * waits: call it on the pool, in a job or in a command, never where events are served. Times in milliseconds.
 */
#ifndef TB_FETCH_H
#define TB_FETCH_H

#include "core/base/arena.h"
#include "core/base/err.h"

/* Connections that stay open between questions; may be used by several threads. */
struct fetcher;

struct fetch_header {
    const char *name;
    struct str value; /* of an answer: empty when it is absent; the first where it stands twice */
};

struct fetch {
    const char *method; /* NULL: GET, or POST where there is a body */
    const char *url;
    const struct fetch_header *headers;
    size_t header_count;
    struct str body;
    int connect_ms, total_ms; /* 0: 5 s and 20 s; total holds from the first step to the last byte */
    size_t max;               /* bytes of the answer's body */
    bool once;           /* a connection of its own: a kept one that turns out to be closed is asked anew,
                            and the other side may have read the question already */
    const char *ca_file; /* PEM; NULL: the authorities of the machine */
    const char *cert_file, *key_file; /* PEM of the client; NULL: none */
};

enum fetch_failure {
    FETCH_ANSWERED, /* whatever the status */
    FETCH_CONNECT,  /* nothing of the question has left: asking again has no second effect */
    FETCH_TIMEOUT,
    FETCH_LARGE,
    FETCH_BROKEN /* cut, or no HTTP */
};

struct fetch_answer {
    enum fetch_failure failure;
    int status;
    struct str body;
    struct fetch_header *headers; /* wanted ones: names set by the caller, values filled in */
    size_t header_count;
};

struct fetcher *fetcher_new(void); /* NULL when memory is exhausted */
void fetcher_drop(struct fetcher *f);
/* false: out->failure says which, err is BUSY "fetch.connect", ".timeout", ".large" or ".broken" with the
 * reason in its detail; INVALID "fetch.address" for what is no address. f may be NULL: nothing is kept. */
bool fetch(struct fetcher *f, struct arena *a, const struct fetch *what, struct fetch_answer *out,
           struct err *e) NODISCARD;

#endif
