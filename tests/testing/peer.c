#include "testing/peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, QUESTION_MAX = 1 << 20 };

struct connection {
    struct peer *peer;
    int socket;
    pthread_t thread;
};

struct peer {
    peer_answer *answer;
    void *arg;
    int listener;
    char address[64];
    pthread_t thread;
    struct connection connections[CONNECTIONS_MAX];
    atomic_int count, questions;
};

static bool whole(char *bytes, size_t len, struct peer_question *q)
{
    const char *end = strstr(bytes, "\r\n\r\n"), *length = strcasestr(bytes, "\r\nContent-Length:");
    if (!end) return false;
    size_t head = (size_t)(end - bytes) + 4,
           body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    if (len < head + body) return false;
    q->body = str_n(bytes + head, body);
    bytes[head - 1] = '\0';
    q->head = bytes;
    return true;
}

static bool read_question(int s, char *bytes, struct peer_question *q)
{
    size_t len = 0;
    bytes[0] = '\0';
    for (ssize_t n; len < QUESTION_MAX - 1 && (n = recv(s, bytes + len, QUESTION_MAX - 1 - len, 0)) > 0;) {
        len += (size_t)n;
        bytes[len] = '\0';
        if (whole(bytes, len, q)) return true;
    }
    return false;
}

static void *serve_connection(void *arg)
{
    struct connection *c = arg;
    char *bytes = malloc(QUESTION_MAX);
    struct peer_question q = {0};
    bool more = bytes != NULL;
    while (more && read_question(c->socket, bytes, &q)) {
        q.number = atomic_fetch_add(&c->peer->questions, 1) + 1;
        more = c->peer->answer(c->socket, &q, c->peer->arg);
    }
    shutdown(c->socket, SHUT_RDWR);
    free(bytes);
    return NULL;
}

static void *serve(void *arg)
{
    struct peer *p = arg;
    for (int s; (s = accept(p->listener, NULL, NULL)) >= 0;) {
        int n = atomic_load(&p->count);
        if (n == CONNECTIONS_MAX) {
            close(s);
            continue;
        }
        p->connections[n] = (struct connection){.peer = p, .socket = s};
        if (pthread_create(&p->connections[n].thread, NULL, serve_connection, &p->connections[n]) != 0)
            abort();
        atomic_store(&p->count, n + 1);
    }
    return NULL;
}

struct peer *peer_open(peer_answer *answer, void *arg)
{
    struct peer *p = calloc(1, sizeof *p);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    if (!p || (p->listener = socket(AF_INET, SOCK_STREAM, 0)) < 0) abort();
    p->answer = answer;
    p->arg = arg;
    if (bind(p->listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(p->listener, 16) != 0 ||
        getsockname(p->listener, (struct sockaddr *)&at, &len) != 0 ||
        pthread_create(&p->thread, NULL, serve, p) != 0)
        abort();
    snprintf(p->address, sizeof p->address, "http://127.0.0.1:%d", ntohs(at.sin_port));
    return p;
}

void peer_close(struct peer *p)
{
    shutdown(p->listener, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->listener);
    for (int i = 0; i < p->count; i++) {
        shutdown(p->connections[i].socket, SHUT_RDWR);
        pthread_join(p->connections[i].thread, NULL);
        close(p->connections[i].socket);
    }
    free(p);
}

const char *peer_address(const struct peer *p)
{
    return p->address;
}

int peer_questions(const struct peer *p)
{
    return p->questions;
}

int peer_connections(const struct peer *p)
{
    return p->count;
}

void peer_write(int socket, struct str bytes)
{
    while (bytes.len) {
        ssize_t n = send(socket, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n <= 0) return;
        bytes = str_slice(bytes, (size_t)n, bytes.len);
    }
}

bool peer_say(int socket, int status, const char *type, struct str body)
{
    char head[256];
    int n =
        snprintf(head, sizeof head, "HTTP/1.1 %d Answer\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                 status, type, body.len);
    peer_write(socket, str_n(head, (size_t)n));
    peer_write(socket, body);
    return true;
}

void peer_wait(int socket, int ms)
{
    struct pollfd p = {.fd = socket, .events = POLLIN};
    (void)poll(&p, 1, ms);
}
