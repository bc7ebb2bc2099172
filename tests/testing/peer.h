/* Another server, for tests of what asks one: it listens on this machine and answers as the test says, also
 * badly. Each connection has a thread; a connection stays open for further questions while answers go well.
 */
#ifndef TB_TESTING_PEER_H
#define TB_TESTING_PEER_H

#include "core/base/str.h"

struct peer;

struct peer_question {
    const char *head; /* request line and headers, to the empty line; NUL-terminated */
    struct str body;
    int number; /* of this server, from 1 */
};

/* Writes to the socket what it likes; false ends the connection. Runs on another thread. */
typedef bool peer_answer(int socket, const struct peer_question *q, void *arg);

struct peer *peer_open(peer_answer *answer, void *arg);
void peer_close(struct peer *p);                /* ends waiting connections as well */
const char *peer_address(const struct peer *p); /* "http://127.0.0.1:…", without a slash at its end */
int peer_questions(const struct peer *p);
int peer_connections(const struct peer *p);

/* A whole answer with its length; true. */
bool peer_say(int socket, int status, const char *type, struct str body);
void peer_write(int socket, struct str bytes);
/* Waits until the other side has gone or that time is over. */
void peer_wait(int socket, int ms);

#endif
