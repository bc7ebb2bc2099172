/* A network that breaks where the test says: a TCP proxy on 127.0.0.1 in front of one port.
 *
 * Connections are relayed one after another by a thread of its own. What was ordered holds for the next
 * `times` connections; then all is whole again. */
#ifndef TB_TESTING_PROXY_H
#define TB_TESTING_PROXY_H

#include <stdbool.h>
#include <stddef.h>

struct proxy;

enum proxy_cut {
    PROXY_WHOLE,
    PROXY_REFUSE, /* closed as soon as it is taken */
    PROXY_UP,     /* cut once that many bytes went to the server: the rest never arrives */
    PROXY_DOWN,   /* the server's answer arrives here whole, and that many bytes of it go on */
};

/* Aborts the test where it cannot start. */
struct proxy *proxy_open(int port);
void proxy_close(struct proxy *p);
int proxy_port(const struct proxy *p);
void proxy_order(struct proxy *p, enum proxy_cut cut, size_t after, int times);
/* In the next connection the first occurrence of one text is replaced by another of the same length, on the
 * way up or down; both must stay while the proxy runs. NULL: nothing. */
void proxy_alter(struct proxy *p, bool up, const char *from, const char *to);
/* Bytes of the last whole connection, in each direction; connections taken so far. */
size_t proxy_up(struct proxy *p);
size_t proxy_down(struct proxy *p);
int proxy_count(struct proxy *p);
/* The last request, whole: replays send it again with proxy_send. At most PROXY_KEPT bytes. */
enum { PROXY_KEPT = 64 << 10 };
size_t proxy_last(struct proxy *p, char *out);
/* Sends bytes to the server by a connection of its own and reads what it answers. */
size_t proxy_send(struct proxy *p, const char *bytes, size_t len, char *out, size_t max);

#endif
