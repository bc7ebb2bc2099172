/* The whole program over a fresh database, without sockets: requests as a browser or an app would make them,
 * a clock the test holds in its hand. Works on SQLite, and on PostgreSQL where TB_TEST_PG is set (testdb.h).
 */
#ifndef TB_TESTAPP_H
#define TB_TESTAPP_H

#include "core/auth/auth.h"
#include "core/http/server.h"

struct testapp {
    struct server *server;
    struct arena *arena;
    char var[128];
    const char *db_url;
    struct db *db; /* keeps the test database; the server has its own handle */
};

/* Aborts the test where it cannot start. `demo`: with the shipped catalogue and the fictional people,
 * officers and registers. */
struct testapp *testapp_open(bool demo);
void testapp_close(struct testapp *t);

/* The clock all test servers share: 2026-11-23 (a Monday) 09:00 in Shanghai at first; testapp_open sets it
 * back. */
int64_t testapp_now(void);
void testapp_advance(int64_t ms);
void testapp_set_now(int64_t ms);

/* A browser: keeps cookies, follows nothing, sends the token of its session with every POST. */
struct client {
    struct testapp *app;
    bool json;            /* asks for JSON; otherwise for HTML */
    const char *language; /* Accept-Language */
    const char *peer;
    bool without_token; /* as a forged request would come */
    char cookies[8][2][160];
};
struct client client_new(struct testapp *t);
/* Opens a session for that officer's login or person's mobile without a password. */
void client_as_officer(struct client *c, const char *login);
void client_as_person(struct client *c, const char *mobile);

/* Answers live in the app's arena. */
struct answer client_get(struct client *c, const char *path);
/* form: "a=1&b=%E5%8A%9E" */
struct answer client_post(struct client *c, const char *path, const char *form);
/* The same with a format for path and values. */
struct answer client_getf(struct client *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A multipart body with one file beside the form fields. */
struct answer client_upload(struct client *c, const char *path, const char *form, const char *field,
                            const char *filename, struct str content);
/* The answer's document; fails the test when it is no JSON. */
const struct json *client_json(struct client *c, struct answer a);
bool answer_has(struct answer a, const char *text);
/* As the system; fails the test with what went wrong. */
void testapp_write(struct testapp *t, handler *fn, void *arg);
void testapp_read(struct testapp *t, handler *fn, void *arg);
/* Runs jobs until none is due. */
void testapp_jobs(struct testapp *t);

#endif
