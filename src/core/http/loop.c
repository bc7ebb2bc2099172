#include "core/http/loop.h"

#include "core/base/arena.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "core/http/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 256,
    ACCEPTS_AT_ONCE = 64,
    BACKLOG = 1024,
    SWEEP_US = 500000,
    SWEEP_MS = 500,
    CLOSING_MS = 20,
    PATIENCE_US = 5000000,
    LOOPS_MAX = 64,
};

/* ---- connections ---- */

static void free_conn(struct http_conn *c)
{
    struct http_loop *l = c->loop;
    conn_drop(c);
    if (c->previous)
        c->previous->next = c->next;
    else
        l->conns = c->next;
    if (c->next) c->next->previous = c->previous;
    close(c->fd);
    peers_leave(l->all->peers, c->address);
    l->all->connections--;
    l->held--;
    mem_free(c);
}

/* After everything that may have ended it. */
static void settle(struct http_conn *c)
{
    if (c->state == CONN_GONE && !c->queued) free_conn(c);
}

void loop_later(struct http_conn *c)
{
    c->queued = true;
    c->later = c->loop->more;
    c->loop->more = c;
}

/* Its own from here on. */
static void take_conn(struct http_loop *l, struct http_conn *c)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    c->since_us = c->heard_us = l->now_us;
    c->next = l->conns;
    if (c->next) c->next->previous = c;
    l->conns = c;
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0) free_conn(c);
}

/* Takes the socket over; NULL: it is one too many. */
static struct http_conn *new_conn(struct http_loops *all, int fd, const struct sockaddr_in *from)
{
    const struct http_options *o = &all->options;
    uint32_t address = from->sin_addr.s_addr;
    unsigned have = atomic_fetch_add(&all->connections, 1);
    bool in = have < o->connections_max && peers_enter(all->peers, address, o->address_max);
    struct http_conn *c = in ? mem_alloc(1, sizeof *c) : NULL;
    int on = 1;
    if (!c) {
        if (in) peers_leave(all->peers, address);
        all->connections--;
        close(fd);
        return NULL;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    inet_ntop(AF_INET, &from->sin_addr, c->peer, sizeof c->peer);
    c->fd = fd;
    c->address = address;
    return c;
}

static void wake(const struct http_loop *l)
{
    uint64_t one = 1;
    if (write(l->wake, &one, sizeof one) < 0 && errno != EAGAIN) log_event(LOG_LEVEL_WARN, "http.wake", NULL);
}

/* The system wakes one and the same thread again and again: who has fewest gets it. */
static void place_conn(struct http_loop *own, struct http_conn *c)
{
    struct http_loop *to = own;
    for (unsigned i = 0; i < own->all->count; i++)
        if (own->all->loops[i].held < to->held) to = &own->all->loops[i];
    c->loop = to;
    to->held++;
    if (to == own) {
        take_conn(own, c);
        return;
    }
    pthread_mutex_lock(&to->lock);
    bool asleep = !to->arrived;
    c->later = to->arrived;
    to->arrived = c;
    if (asleep) wake(to);
    pthread_mutex_unlock(&to->lock);
}

static void hear(struct http_loop *l, bool wanted)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = NULL};
    if (l->hears != wanted &&
        epoll_ctl(l->epoll, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, l->all->listener, &ev) == 0)
        l->hears = wanted;
}

static void accept_some(struct http_loop *l)
{
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        struct sockaddr_in from = {0};
        socklen_t size = sizeof from;
        int fd = accept4(l->all->listener, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            struct http_conn *c = new_conn(l->all, fd, &from);
            if (c) place_conn(l, c);
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED) continue;
        /* Out of descriptors or memory: whoever waits is let in once some have left. */
        if (errno != EAGAIN && errno != EWOULDBLOCK) hear(l, false);
        return;
    }
}

/* ---- one turn ---- */

static void on_event(struct http_conn *c, uint32_t events)
{
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) c->readable = true;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) c->hung_up = true;
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) conn_flush(c);
    if (!c->queued) conn_run(c); /* its turn comes: it stands in the list once */
    settle(c);
}

/* What other threads have given it. */
static void take_given(struct http_loop *l)
{
    const struct http_app *app = &l->all->app;
    pthread_mutex_lock(&l->lock);
    struct http_conn *list = l->resumed, *arrived = l->arrived;
    l->resumed = l->arrived = NULL;
    pthread_mutex_unlock(&l->lock);
    for (struct http_conn *c = arrived, *next; c; c = next) {
        next = c->later;
        take_conn(l, c);
    }
    for (struct http_conn *c = list, *next; c; c = next) {
        next = c->later;
        app->again(app->arg, c);
        conn_run(c);
        settle(c);
    }
}

static void take_queued(struct http_loop *l)
{
    struct http_conn *list = l->more;
    l->more = NULL;
    for (struct http_conn *c = list, *next; c; c = next) {
        next = c->later;
        c->queued = false;
        conn_run(c);
        settle(c);
    }
}

static void sweep(struct http_loop *l)
{
    if (l->now_us - l->swept_us < SWEEP_US) return;
    l->swept_us = l->now_us;
    hear(l, !l->all->closing);
    for (struct http_conn *c = l->conns, *next; c; c = next) {
        next = c->next;
        conn_expire(c, l->now_us);
        settle(c);
    }
}

static void stop_conns(struct http_loop *l)
{
    bool patient = l->now_us - l->all->closing_us < PATIENCE_US;
    hear(l, false);
    for (struct http_conn *c = l->conns, *next; c; c = next) {
        next = c->next;
        conn_stop(c, patient);
        settle(c);
    }
}

static void look_at_clock(struct http_loop *l)
{
    l->now_us = time_monotonic_us();
    if (l->now_us / 1000000 == l->date_second) return;
    l->date_second = l->now_us / 1000000;
    time_t now = (time_t)(time_now() / MS_SECOND);
    struct tm t;
    gmtime_r(&now, &t);
    strftime(l->date, sizeof l->date, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &t);
}

static int patience(const struct http_loop *l)
{
    if (l->more) return 0;
    if (l->all->closing) return CLOSING_MS;
    return l->conns || !l->hears ? SWEEP_MS : -1;
}

static void *turn(void *arg)
{
    struct http_loop *l = arg;
    const struct http_app *app = &l->all->app;
    struct epoll_event events[EVENTS];
    uint64_t told;
    look_at_clock(l);
    hear(l, true);
    while (!l->all->closing || l->conns) {
        if (app->rests) app->rests(app->arg);
        int n = epoll_wait(l->epoll, events, EVENTS, patience(l));
        look_at_clock(l);
        for (int i = 0; i < n; i++) {
            if (!events[i].data.ptr)
                accept_some(l);
            else if (events[i].data.ptr != l)
                on_event(events[i].data.ptr, events[i].events);
            else if (read(l->wake, &told, sizeof told) < 0 && errno != EAGAIN)
                log_event(LOG_LEVEL_WARN, "http.wake", NULL);
        }
        take_given(l);
        take_queued(l);
        sweep(l);
        if (l->all->closing) stop_conns(l);
    }
    if (app->rests) app->rests(app->arg);
    return NULL;
}

/* One lock and at most one wake-up for all of a loop that stand in a row. */
void http_again(struct http_conn *list)
{
    while (list) {
        struct http_loop *l = list->loop;
        pthread_mutex_lock(&l->lock);
        bool asleep = !l->resumed;
        while (list && list->loop == l) {
            struct http_conn *c = list;
            list = c->later;
            c->later = l->resumed;
            l->resumed = c;
        }
        if (asleep) wake(l); /* under the lock: once it is free the loop may come to its end */
        pthread_mutex_unlock(&l->lock);
    }
}

/* ---- beginning and end ---- */

static bool open_listener(struct http_loops *all, int *port, struct err *e)
{
    struct sockaddr_in at = all->options.at;
    socklen_t size = sizeof at;
    int on = 1;
    all->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (all->listener < 0) return err_fault(e, "no socket: %s", strerror(errno));
    setsockopt(all->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(all->listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(all->listener, BACKLOG) != 0 ||
        getsockname(all->listener, (struct sockaddr *)&at, &size) != 0)
        return err_fault(e, "cannot listen on port %d: %s", ntohs(all->options.at.sin_port), strerror(errno));
    *port = ntohs(at.sin_port);
    return true;
}

static bool start_loop(struct http_loop *l, struct err *e)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = l};
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    l->runs = l->epoll >= 0 && l->wake >= 0 && epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->wake, &ev) == 0 &&
              pthread_create(&l->thread, NULL, turn, l) == 0;
    return l->runs || err_fault(e, "no thread to listen: %s", strerror(errno));
}

/* A descriptor each, and some for everything else: as many of them as the system lets us have. */
static void ask_for_descriptors(unsigned connections)
{
    enum { OTHERS = 512 };
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= connections + OTHERS) return;
    r.rlim_cur = r.rlim_max < connections + OTHERS ? r.rlim_max : connections + OTHERS;
    if (setrlimit(RLIMIT_NOFILE, &r) != 0) log_event(LOG_LEVEL_WARN, "http.descriptors", NULL);
}

struct http_loops *http_listen(const struct http_options *o, const struct http_app *app, int *port,
                               struct err *e)
{
    struct http_loops *all = mem_alloc(1, sizeof *all);
    unsigned threads = o->threads < 1 ? 1 : o->threads > LOOPS_MAX ? LOOPS_MAX : o->threads;
    if (all)
        *all = (struct http_loops){.app = *app,
                                   .options = *o,
                                   .listener = -1,
                                   .peers = peers_new(),
                                   .loops = mem_alloc(threads, sizeof *all->loops)};
    bool ok = all && all->peers && all->loops;
    ask_for_descriptors(o->connections_max);
    if (!ok) err_fault(e, "not enough memory to listen");
    for (unsigned i = 0; ok && i < threads; i++) {
        struct http_loop *l = &all->loops[all->count++];
        l->all = all;
        l->epoll = l->wake = -1;
        pthread_mutex_init(&l->lock, NULL);
    }
    ok = ok && open_listener(all, port, e);
    for (unsigned i = 0; ok && i < threads; i++)
        ok = start_loop(&all->loops[i], e);
    if (ok) return all;
    http_close(all);
    return NULL;
}

/* None of the loops runs any more. */
static void end_loop(struct http_loop *l)
{
    take_given(l); /* who was accepted last */
    while (l->conns)
        free_conn(l->conns);
    if (l->epoll >= 0) close(l->epoll);
    if (l->wake >= 0) close(l->wake);
    pthread_mutex_destroy(&l->lock);
}

void http_close(struct http_loops *all)
{
    if (!all) return;
    all->closing_us = time_monotonic_us();
    all->closing = true;
    for (unsigned i = 0; i < all->count; i++)
        if (all->loops[i].runs) wake(&all->loops[i]);
    for (unsigned i = 0; i < all->count; i++)
        if (all->loops[i].runs) pthread_join(all->loops[i].thread, NULL);
    for (unsigned i = 0; i < all->count; i++)
        end_loop(&all->loops[i]);
    if (all->listener >= 0) close(all->listener);
    peers_drop(all->peers);
    mem_free(all->loops);
    mem_free(all);
}
