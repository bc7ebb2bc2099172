/* What loop.c (threads, sockets, deadlines) and conn.c (the bytes of one connection) share. Private to both.
 * A connection belongs to the thread of its loop; only `later` is handed over, under the loop's lock. */
#ifndef TB_CONN_H
#define TB_CONN_H

#include "core/http/loop.h"

#include <pthread.h>
#include <sys/uio.h>

enum { READ_AT_ONCE = 64 << 10, READ_FOR_HEAD = 20 << 10, SCRATCH = READ_AT_ONCE + WIRE_HEAD_MAX + 4096 };

struct peers; /* how many connections each address has */
struct peers *peers_new(void);
void peers_drop(struct peers *p);
/* false: it has `max` already (0: no limit), or there is no memory. */
bool peers_enter(struct peers *p, uint32_t address, unsigned max);
void peers_leave(struct peers *p, uint32_t address);

enum conn_state {
    CONN_HEAD,      /* waits for a request, or is in the middle of its head */
    CONN_BODY,      /* in the middle of a body */
    CONN_ASKED,     /* the app has the request */
    CONN_ANSWERING, /* the answer leaves */
    CONN_DRAINING,  /* the answer has left and the connection ends; what still comes is read over */
    CONN_GONE,      /* to be freed where its loop next can */
};

struct http_conn {
    struct http_loop *loop;
    struct http_conn *previous, *next; /* of its loop */
    struct http_conn *later;           /* in a list of its loop */
    int fd;
    enum conn_state state;
    bool readable, hung_up; /* the socket may have more; the peer says no more */
    bool fresh;             /* what is kept was not looked at yet */
    bool called;            /* `begin` was, and `ended` not yet */
    bool closes, unread;    /* no further request; some of this one's body was not read */
    bool chunked, is_1_0, head_only;
    bool queued;      /* among those that go on after the others */
    unsigned answers; /* in this turn */
    int64_t since_us, heard_us;
    int waiting;   /* bytes of the answer that the system has and the peer has not, when last looked */
    uint64_t sent; /* bytes of the answer that the system has or had */
    uint64_t left, drained; /* bytes of the body to come; bytes read over */
    struct wire_chunks chunks;
    void *own;
    char *kept; /* bytes that arrived and were not taken */
    size_t kept_len, kept_cap, looked;
    struct iovec out[3];
    struct http_ready *ready;
    uint32_t address;
    char tail[96], peer[INET_ADDRSTRLEN];
};

struct http_loop {
    struct http_loops *all;
    pthread_t thread;
    bool runs;
    int epoll, wake;
    int64_t now_us, swept_us;
    struct http_conn *conns, *more;
    _Atomic unsigned held; /* connections */
    pthread_mutex_t lock;
    struct http_conn *resumed, *arrived; /* by other threads: to go on, and accepted for this loop */
    bool hears;                          /* the listening socket */
    int64_t date_second;
    char date[48];
    char scratch[SCRATCH];
};

struct http_loops {
    struct http_app app;
    struct http_options options;
    struct peers *peers;
    int listener;
    _Atomic unsigned connections;
    _Atomic bool closing;
    int64_t closing_us;
    unsigned count;
    struct http_loop *loops;
};

/* Reads and takes what it can. */
void conn_run(struct http_conn *c);
/* The socket takes more of the answer. */
void conn_flush(struct http_conn *c);
void conn_gone(struct http_conn *c);
/* Ends what a peer did not finish, with a word where one is due. */
void conn_expire(struct http_conn *c, int64_t now_us);
/* The program stops. */
void conn_stop(struct http_conn *c, bool patient);

/* Before its memory goes. */
void conn_drop(struct http_conn *c);

/* loop.c: the connection goes on after the others had their turn. */
void loop_later(struct http_conn *c);

#endif
