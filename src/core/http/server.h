/* The assembled program: modules, database, writer, keys, views. The only thing that is shared by all
 * requests. */
#ifndef TB_SERVER_H
#define TB_SERVER_H

#include "core/blob/blob.h"
#include "core/crypto/keyring.h"
#include "core/db/writer.h"
#include "core/http/route.h"
#include "core/view/view.h"

struct server_options {
    const char *db_url;
    const char *var_dir;         /* keys, blobs */
    const char *public_url;      /* "https://…" or NULL: as asked; Secure cookies when https */
    const char *address;         /* "127.0.0.1" */
    int port;                    /* 0: any free one */
    const char *trusted_proxies; /* comma-separated addresses whose X-Forwarded-For counts */
    const char *metrics_token;   /* bearer token that opens /metrics from anywhere, or NULL */
    int threads;                 /* HTTP threads, 0 = cores */
    bool demo;
    bool require_second_factor; /* of officers */
    int desk_looks;             /* people one clerk may look up an hour; 0: the default */
    int keep_years;     /* files of what was decided are kept that long after their end; 0: for good */
    const char *places; /* file with names and addresses of databases and services of providers, or NULL */
    const char *vfs;
    enum db_durability durability;
    int64_t (*clock)(void); /* NULL: the wall clock; tests pass their own */
    /* NULL, or what looks at every answer before it becomes bytes: a document, or a file of that type. */
    void (*looks)(const struct route *r, int status, const struct json *doc, struct str type);
};

/* Opens database (migrating it), keys, blobs, views; starts modules and the writer. NULL with err. Dropped by
 * server_close. */
struct server *server_open(const struct server_options *o, const struct module *const *modules, size_t count,
                           struct err *e) NODISCARD;
void server_close(struct server *s);
/* Listens until server_quit (signal-safe). The port in use is written to *port before it waits. */
bool server_listen(struct server *s, int *port, struct err *e) NODISCARD;
void server_wait(struct server *s);
void server_quit(struct server *s);

/* ---- for modules ---- */
void *server_state(const struct server *s, const char *module);
void server_set_state(struct server *s, const char *module, void *state);
/* State of the parts of core ("auth"), kept apart from that of modules. `name` must outlive the server. */
void *server_part(const struct server *s, const char *name);
void server_set_part(struct server *s, const char *name, void *state);
struct keyring *server_keys(const struct server *s);
struct db *server_db(const struct server *s);
struct writer *server_writer(const struct server *s);
const struct server_options *server_options(const struct server *s);
/* Where people reach this program, as it is printed: the public address, else the one it listens on; without
 * a slash at its end. */
struct str server_address(const struct server *s, struct arena *a);
int64_t server_now(const struct server *s);
/* Is it one of the actor's permissions? Unknown names are refused at boot, not here. */
bool ctx_may(const struct ctx *c, const char *permission);
/* Is there this page (its path as in the table of routes), and is it for the actor? */
bool ctx_may_open(const struct ctx *c, const char *path);
size_t server_modules(const struct server *s, const struct module *const **list);
/* Sets the actor's permission bits from role names separated by '|'. */
void server_permit(const struct server *s, struct actor *actor, struct str roles);
/* What must be durable before an answer that shows personal data leaves: called inside a write with ctx.reads
 * and ctx.calls, each that was given (at most RECORDERS_MAX), at start. One that returns true with ctx.err
 * set has recorded, and the error is the answer. */
enum { RECORDERS_MAX = 4 };
void server_on_reads(struct server *s, bool (*record)(struct ctx *c));
/* Called when the record of answers with ctx.calls is durable, before any of them leaves: with those of one
 * group, on a thread of the writer, outside of any transaction. May replace the bytes of an answer that is a
 * file; where it sets ctx.err, the error leaves instead. Memory: arena_try of each ctx. Set once, at start.
 */
void server_on_recorded(struct server *s,
                        void (*recorded)(struct server *s, struct ctx *const *list, size_t count));
/* May the session's account still act for the one it chose? Called for every request of a session with
 * acting_for, before scopes and handlers; clears acting_for where it may not, or refuses; set once at start.
 */
void server_on_acting(struct server *s, bool (*check)(struct ctx *c));

/* Runs fn in a read or write transaction outside HTTP (commands, jobs, start-up, tests) as `actor`. */
bool server_read(struct server *s, const struct actor *actor, handler *fn, void *arg,
                 struct err *e) NODISCARD;
bool server_write(struct server *s, const struct actor *actor, handler *fn, void *arg,
                  struct err *e) NODISCARD;
/* The same in the lane behind interactive writes. */
bool server_write_job(struct server *s, const struct actor *actor, handler *fn, void *arg,
                      struct err *e) NODISCARD;
void *ctx_arg(const struct ctx *c);

/* ---- one request without sockets ---- */
struct answer {
    int status;
    struct str type, body, location, set_cookie[6];
    size_t cookie_count;
    struct str filename;
    struct params headers; /* of ctx_header */
};
/* Fills `out` in the arena; waits for the writer where needed. The request's parsed parts (path, query,
 * cookies, form or body) are filled by the caller through request_from. */
void server_handle(struct server *s, struct arena *a, struct request *r, struct answer *out);

#endif
