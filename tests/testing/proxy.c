#include "testing/proxy.h"

#include "core/base/arena.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct proxy {
    int listener, port, upstream;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    bool stopping, busy;
    enum proxy_cut cut;
    size_t after;
    int times, count;
    const char *from, *to;
    bool alter_up;
    size_t up, down, kept;
    char last[PROXY_KEPT];
};

static int dial(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0) return fd;
    close(fd);
    return -1;
}

static bool send_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

struct order {
    enum proxy_cut cut;
    size_t after;
    const char *from, *to;
    bool alter_up;
};

static void alter(const struct order *o, bool up, char *bytes, size_t len)
{
    size_t n = o->from ? strlen(o->from) : 0;
    char *at = n && o->alter_up == up ? memmem(bytes, len, o->from, n) : NULL;
    if (at) memcpy(at, o->to, n);
}

/* One direction's bytes that are there now. False: this side is done. */
static bool step(struct proxy *p, const struct order *o, int from, int to, bool up, size_t *sofar)
{
    char bytes[16384];
    ssize_t n = recv(from, bytes, sizeof bytes, 0);
    if (n <= 0) return false;
    alter(o, up, bytes, (size_t)n);
    size_t pass = (size_t)n;
    enum proxy_cut mine = up ? PROXY_UP : PROXY_DOWN;
    bool cuts = o->cut == mine && *sofar + pass >= o->after;
    if (cuts) pass = o->after > *sofar ? o->after - *sofar : 0;
    if (up && *sofar + pass <= sizeof p->last) memcpy(p->last + *sofar, bytes, pass);
    *sofar += pass;
    return send_all(to, bytes, pass) && !cuts;
}

static void relay(struct proxy *p, const struct order *o, int client)
{
    size_t up = 0, down = 0;
    int server = o->cut == PROXY_REFUSE || (o->cut == PROXY_UP && !o->after) ? -1 : dial(p->upstream);
    bool on = server >= 0;
    struct pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    while (on && poll(both, 2, 30000) > 0) {
        if (both[0].revents) on = step(p, o, client, server, true, &up);
        if (on && both[1].revents) on = step(p, o, server, client, false, &down);
    }
    if (server >= 0) close(server);
    pthread_mutex_lock(&p->lock);
    p->up = up;
    p->down = down;
    p->kept = up <= sizeof p->last ? up : 0;
    pthread_mutex_unlock(&p->lock);
}

static struct order take_order(struct proxy *p)
{
    pthread_mutex_lock(&p->lock);
    struct order o = {.cut = p->times > 0 ? p->cut : PROXY_WHOLE,
                      .after = p->after,
                      .from = p->from,
                      .to = p->to,
                      .alter_up = p->alter_up};
    if (p->times > 0) p->times--;
    p->from = NULL;
    p->count++;
    p->busy = true;
    pthread_mutex_unlock(&p->lock);
    return o;
}

static void *serve(void *arg)
{
    struct proxy *p = arg;
    for (;;) {
        int client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0) return NULL;
        const struct order o = take_order(p);
        relay(p, &o, client);
        close(client);
        pthread_mutex_lock(&p->lock);
        p->busy = false;
        pthread_cond_broadcast(&p->idle);
        pthread_mutex_unlock(&p->lock);
    }
}

struct proxy *proxy_open(int port)
{
    struct proxy *p = mem_alloc(1, sizeof *p);
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    assert_non_null(p);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->upstream = port;
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(p->listener >= 0 && bind(p->listener, (struct sockaddr *)&at, sizeof at) == 0 &&
                listen(p->listener, 16) == 0 && getsockname(p->listener, (struct sockaddr *)&at, &len) == 0);
    p->port = ntohs(at.sin_port);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->idle, NULL);
    assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
    return p;
}

void proxy_close(struct proxy *p)
{
    shutdown(p->listener, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->listener);
    pthread_cond_destroy(&p->idle);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

int proxy_port(const struct proxy *p)
{
    return p->port;
}

void proxy_order(struct proxy *p, enum proxy_cut cut, size_t after, int times)
{
    pthread_mutex_lock(&p->lock);
    p->cut = cut;
    p->after = after;
    p->times = times;
    pthread_mutex_unlock(&p->lock);
}

void proxy_alter(struct proxy *p, bool up, const char *from, const char *to)
{
    pthread_mutex_lock(&p->lock);
    p->from = from;
    p->to = to;
    p->alter_up = up;
    pthread_mutex_unlock(&p->lock);
}

/* What the last connection was is known when it has ended. */
static size_t settled(struct proxy *p, const size_t *what)
{
    pthread_mutex_lock(&p->lock);
    while (p->busy)
        pthread_cond_wait(&p->idle, &p->lock);
    size_t n = *what;
    pthread_mutex_unlock(&p->lock);
    return n;
}

size_t proxy_up(struct proxy *p)
{
    return settled(p, &p->up);
}

size_t proxy_down(struct proxy *p)
{
    return settled(p, &p->down);
}

int proxy_count(struct proxy *p)
{
    pthread_mutex_lock(&p->lock);
    int n = p->count;
    pthread_mutex_unlock(&p->lock);
    return n;
}

size_t proxy_last(struct proxy *p, char *out)
{
    size_t n = settled(p, &p->kept);
    memcpy(out, p->last, n);
    return n;
}

size_t proxy_send(struct proxy *p, const char *bytes, size_t len, char *out, size_t max)
{
    int fd = dial(p->upstream);
    size_t sofar = 0;
    assert_true(fd >= 0 && send_all(fd, bytes, len) && shutdown(fd, SHUT_WR) == 0);
    for (ssize_t n; sofar < max && (n = recv(fd, out + sofar, max - sofar, 0)) > 0;)
        sofar += (size_t)n;
    close(fd);
    return sofar;
}
