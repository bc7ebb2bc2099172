/* Sends prepared requests, each once, over keep-alive connections: submit_load PORT CONNECTIONS FILE
 * [ANSWERS]
 *
 * A line of FILE: cookie TAB path TAB form body; or, for a call of the exchange, the value of Authorization
 * in the cookie's place and a body of JSON. ANSWERS gets `status location` for each line, in its order. Ends
 * with RESULT requests/s, p50 and p99 in ms, how many were not answered with a redirect (a call: with 200),
 * how many were sent, and of calls how many answers stand under one signature, in the mean. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MAX = 256 << 10, CONNECTIONS_MAX = 1024 };

struct request {
    char *text;
    size_t len;
    double took_ms;
    int status, wanted;
    unsigned long together; /* answers under the signature of this one; 0: it has none */
    char location[120];
};

struct connection {
    int fd;
    struct request *now;
    size_t sent, got;
    double begun;
    char answer[ANSWER_MAX + 1];
};

static struct request *requests;
static size_t count, next, done;

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void load(const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0, room = 0;
    if (!f) die(path);
    for (ssize_t n; (n = getline(&line, &cap, f)) > 0;) {
        char *save = NULL, *cookie = strtok_r(line, "\t\n", &save), *at = strtok_r(NULL, "\t\n", &save),
             *body = strtok_r(NULL, "\t\n", &save);
        if (!cookie || !at || !body) continue;
        if (count == room) {
            room = room ? room * 2 : 1024;
            if (!(requests = realloc(requests, room * sizeof *requests))) die("memory");
        }
        struct request *r = &requests[count++];
        memset(r, 0, sizeof *r);
        int call = strncmp(cookie, "TB-", 3) == 0;
        r->wanted = call ? 200 : 303;
        int len = asprintf(
            &r->text,
            "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s: %s\r\n%sContent-Type: %s\r\n"
            "Content-Length: %zu\r\n\r\n%s",
            at, call ? "Authorization" : "Cookie", cookie, call ? "Accept: application/json\r\n" : "",
            call ? "application/json" : "application/x-www-form-urlencoded", strlen(body), body);
        if (len < 0) die("memory");
        r->len = (size_t)len;
    }
    free(line);
    fclose(f);
}

static void open_one(struct connection *c, int port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void begin(struct connection *c)
{
    c->now = next < count ? &requests[next++] : NULL;
    c->got = c->sent = 0;
    if (!c->now) return;
    c->begun = now_ms();
    /* A request is small: the socket takes it whole. */
    if (write(c->fd, c->now->text, c->now->len) != (ssize_t)c->now->len) die("write");
}

/* Is the whole answer there? */
static int whole(struct connection *c)
{
    c->answer[c->got] = 0;
    char *end = strstr(c->answer, "\r\n\r\n");
    if (!end) return 0;
    size_t head = (size_t)(end - c->answer) + 4, body = 0;
    char *length = strcasestr(c->answer, "\r\nContent-Length:");
    if (length && length < end) body = strtoul(length + 17, NULL, 10);
    if (c->got < head + body) return 0;
    struct request *r = c->now;
    r->status = (int)strtol(c->answer + 9, NULL, 10);
    char *location = strcasestr(c->answer, "\r\nLocation: ");
    if (location && location < end) sscanf(location + 12, "%119[^\r]", r->location);
    char *proof = r->wanted == 200 ? strstr(end, ",\"proof\":") : NULL,
         *size = proof ? strstr(proof, "\"size\":") : NULL;
    if (size) r->together = strtoul(size + 7, NULL, 10);
    return 1;
}

static void hear(struct connection *c, int port, int epoll)
{
    ssize_t n = read(c->fd, c->answer + c->got, ANSWER_MAX - c->got);
    if (n <= 0) { /* closed: the request counts as wrong, the next goes over a new connection */
        close(c->fd);
        open_one(c, port);
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e);
    } else {
        c->got += (size_t)n;
        if (!whole(c)) return;
    }
    if (c->now) {
        c->now->took_ms = now_ms() - c->begun;
        done++;
    }
    begin(c);
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(double ms, const char *answers)
{
    double *times = calloc(count + 1, sizeof *times);
    size_t wrong = 0;
    double signatures = 0;
    FILE *f = answers ? fopen(answers, "w") : NULL;
    for (size_t i = 0; i < count; i++) {
        times[i] = requests[i].took_ms;
        wrong += requests[i].status != requests[i].wanted;
        if (requests[i].together) signatures += 1.0 / (double)requests[i].together;
        if (f) fprintf(f, "%d %s\n", requests[i].status, requests[i].location);
    }
    if (f) fclose(f);
    qsort(times, count, sizeof *times, by_time);
    printf("RESULT %.1f %.3f %.3f %zu %zu %.1f\n", (double)count * 1e3 / ms, times[count / 2],
           times[count * 99 / 100], wrong, count, signatures > 0 ? (double)count / signatures : 0);
    free(times);
}

int main(int argc, char **argv)
{
    int port = argc > 3 ? (int)strtol(argv[1], NULL, 10) : 0,
        connections = argc > 3 ? (int)strtol(argv[2], NULL, 10) : 0;
    if (port <= 0 || connections < 1 || connections > CONNECTIONS_MAX) {
        fputs("submit_load PORT CONNECTIONS FILE [ANSWERS]\n", stderr);
        return 2;
    }
    load(argv[3]);
    struct connection *list = calloc((size_t)connections, sizeof *list);
    int epoll = epoll_create1(0);
    if (!list || epoll < 0 || !count) die("start");
    double begun = now_ms();
    for (int i = 0; i < connections; i++) {
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &list[i]};
        open_one(&list[i], port);
        epoll_ctl(epoll, EPOLL_CTL_ADD, list[i].fd, &e);
        begin(&list[i]);
    }
    while (done < count) {
        struct epoll_event events[64];
        int n = epoll_wait(epoll, events, 64, 30000);
        if (n == 0) die("no answer for 30 s");
        for (int i = 0; i < n; i++)
            hear(events[i].data.ptr, port, epoll);
    }
    report(now_ms() - begun, argc > 4 ? argv[4] : NULL);
    return 0;
}
