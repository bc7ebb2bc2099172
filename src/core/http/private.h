/* What the parts of core/http share with each other and nobody else. */
#ifndef TB_HTTP_PRIVATE_H
#define TB_HTTP_PRIVATE_H

#include "core/auth/auth.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "core/http/ready.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"

#include <pthread.h>

enum { MODULES_MAX = 64, ROLES_MAX = 64, BODY_MAX = 256 << 10, UPLOAD_MAX = 12 << 20 };

/* Permissions of a route, resolved at boot: a bit number, or one of these. */
enum { PERM_PUBLIC = -1, PERM_SIGNED_IN = -2, PERM_PERSON = -3, PERM_OFFICER = -4 };

struct route_entry {
    const struct route *route;
    const struct module *module;
    int permission;
    bool personal;        /* ROUTE_PERSONAL, its own or that of the page with the same view */
    struct str *segments; /* "{name}" for a parameter */
    size_t segment_count;
};

enum { SEGMENTS_MAX = 12 };

/* Those of one number of segments, in the order of the tables; few words each, since every request passes
 * over them. */
struct route_depth {
    struct route_first {
        struct str first;
        const struct route_entry *entry;
    } * list;
    size_t count;
};

struct router {
    struct route_entry *entries;
    size_t count;
    struct route_depth depths[SEGMENTS_MAX + 1];
    const struct route_entry **pages; /* with GET, sorted by path */
    size_t page_count;
};

struct role {
    struct str name;
    uint64_t permissions[PERMISSIONS_MAX / 64];
};

struct work_pool;
struct page_cache;

struct metrics {
    _Atomic uint64_t requests, errors_client, errors_server, cached, reads_us, writes_us;
};

struct server {
    struct server_options options;
    struct arena *arena;
    struct db *db;
    struct writer *writer;
    struct keyring *keys;
    struct blob_store *blobs;
    struct views *views;
    struct job_workers *jobs;
    struct work_pool *pool, *outside; /* the second: threads that wait for other servers, from first use on */
    pthread_mutex_t outside_lock;
    struct page_cache *cache;
    struct waiting_room *waiting;
    const struct module *const *modules;
    size_t module_count;
    void *states[MODULES_MAX];
    struct {
        const char *name;
        void *state;
    } parts[8]; /* state of core parts, by name */
    struct router router;
    const char *permission_names[PERMISSIONS_MAX];
    size_t permission_count;
    struct role roles[ROLES_MAX];
    size_t role_count;
    bool (*record_reads[RECORDERS_MAX])(struct ctx *c);
    void (*recorded)(struct server *s, struct ctx *const *list, size_t count);
    bool (*check_acting)(struct ctx *c);
    struct id_maker ids;
    struct db_number number; /* in these ids */
    pthread_mutex_t refresh_lock;
    pthread_mutex_t written_lock;
    struct exchange *written;         /* the writer is done with them; they go on when their group is told */
    struct snapshot_part *snapshots;  /* by module */
    _Atomic bool snapshots_behind;    /* one could not be renewed */
    int64_t snapshot_parts;           /* changes of parts among the next */
    _Atomic int64_t snapshot_version; /* of what the snapshots were made from */
    struct snapshot_watch *watch;
    struct metrics metrics;
    struct front *front;
    _Atomic(struct openapi_text *) openapi; /* made when it is first asked for */
    int quit_pipe[2];
    int64_t started_us;
};

/* ---- router.c ---- */
bool router_build(struct server *s, struct err *e) NODISCARD;
/* The entry for method and path with its parameters; NULL with *other_method when only the method does not
 * fit. */
const struct route_entry *router_find(const struct server *s, struct arena *a, enum method method,
                                      struct str path, struct params *found, bool *other_method);
/* Bit number or PERM_…; -100 when unknown. */
/* The page with just this path in the tables; NULL when there is none. */
const struct route_entry *router_page(const struct server *s, const char *path);
int permission_number(const struct server *s, const char *name);
bool permission_held(const struct ctx *c, int number);

/* ---- snapshots.c ---- */
bool snapshots_open(struct server *s, struct err *e) NODISCARD;
bool snapshots_note(struct ctx *c) NODISCARD; /* inside the transaction of what ctx_changed told of */

/* ---- ids.c: this program's number among those on the database, taken for ten minutes and kept by the watch
 * ---- */
bool ids_start(struct server *s, struct err *e) NODISCARD;
bool ids_keep(struct server *s, struct err *e) NODISCARD;
void ids_stop(struct server *s);

/* ---- pool.c: threads for slow work before a write, and others for waiting ---- */
struct pool_task {
    void (*run)(struct pool_task *t);
    void *submitter;
    struct pool_task *next;
};
struct work_pool *pool_start(int threads);
bool pool_submit(struct work_pool *p, struct pool_task *t); /* false when full */
void pool_stop(struct work_pool *p);

/* ---- exchange.c: one request through its stages ---- */
enum step { STEP_REPLY, STEP_POOL, STEP_OUTSIDE, STEP_WRITE, STEP_WAIT };
enum stage {
    STAGE_OPEN,
    STAGE_PREPARED,
    STAGE_ASKED,
    STAGE_WRITTEN,
    STAGE_WAITING,
    STAGE_REFRESHED,
    STAGE_RECORDED,
    STAGE_DONE
};

struct exchange {
    struct server *server;
    struct arena *arena;
    struct request *request;
    const struct route_entry *entry;
    struct ctx ctx;
    const struct err *failed; /* what the answer is about; NULL where nothing went wrong */
    struct answer answer;
    struct write_task write;
    struct pool_task pool;
    enum stage stage;
    bool tx_open, ok, exhausted, cacheable;
    bool permitted, in_scope; /* what was found out about who asks, last time it was asked */
    bool unknown;             /* nobody has looked yet who asks: a good token of a session went straight on */
    bool rendered;            /* the answer waited for its record once */
    bool handled;             /* the route's handler was asked */
    bool refreshed;           /* the pool renewed the snapshots */
    bool too_large;           /* the body passed the limit of its route */
    bool waited_out;          /* the time it may wait is over */
    bool no_room;             /* bodies under way take all the memory they may */
    int64_t begun_us;
    /* Called on a foreign thread when the next step of these may run: a list by `next`, all of one kind. */
    void (*resume)(struct exchange *list);
    struct exchange *next;
    void *owner;
    struct err err; /* the last: most of it is room that nobody reads before it is written */
};

/* All zeros, with nothing wrong; exchange_init makes it one of `r`. */
struct exchange *exchange_new(struct arena *a);
void exchange_init(struct exchange *x, struct server *s, struct arena *a, struct request *r);
/* Goes as far as it can on the calling thread; after STEP_POOL or STEP_WRITE submit with exchange_submit and
 * call again once resumed. */
enum step exchange_run(struct exchange *x);
/* Hands the exchange to a pool or the writer; false: refused, and exchange_run now gives the refusal. */
bool exchange_submit(struct exchange *x, enum step step);
/* What the writer has told so far goes on: the end of a group. `arg`: the server. */
void exchange_release(void *arg);
/* Have permission and scope been passed? Only then may a page of this route come back with an error. Needs a
 * transaction. */
bool exchange_allowed(struct exchange *x);
/* Where the session does what it owes, if that is why it was refused; else NULL. */
const char *exchange_owed_page(const struct exchange *x, const struct err *e);

/* Six digits. */
bool is_place_code(struct str s);

/* ---- reply.c: documents, errors and outcomes become bytes ---- */
void reply_make(struct exchange *x);
/* Header values that never depend on the answer. */
extern const char *const reply_headers[][2];
int reply_status(const struct err *e, const struct actor *actor);

/* ---- ctx.c ---- */
void ctx_init(struct ctx *c, struct server *s, struct arena *a, struct err *e);
bool server_refresh(struct server *s, struct err *e) NODISCARD;

/* ---- wait.c: requests that wait until there is something for them ---- */
struct waiting_room *waiting_open(void);
bool waiting_add(struct waiting_room *w, struct exchange *x); /* false: full, or closing */
void waiting_stir(struct waiting_room *w);
/* All go on, with what they have; nobody is let in any more. */
void waiting_close(struct waiting_room *w);
void waiting_drop(struct waiting_room *w);

/* ---- watch.c: changes of other programs on the same database ---- */
bool watch_start(struct server *s, struct err *e) NODISCARD;
void watch_stop(struct server *s);
/* Renews the snapshots where another program changed what they are made from. */
bool server_catch_up(struct server *s, bool *renewed, struct err *e) NODISCARD;

/* ---- cache.c: answers to people who are not signed in ---- */
struct page_cache *cache_new(size_t max_bytes);
void cache_drop(struct page_cache *c);
/* One more hold of the answer of that key; NULL when there is none (any more). */
struct http_ready *cache_get(struct page_cache *c, struct str key, int64_t now_us);
/* Takes over one hold of r. `generation` is the cache's from before the answer was computed. */
void cache_put(struct page_cache *c, struct str key, struct http_ready *r, size_t bytes, int64_t until_us,
               uint64_t generation);
void cache_clear(struct page_cache *c);
uint64_t cache_generation(struct page_cache *c);

/* ---- front.c: requests from their connections to the exchange ---- */
bool front_start(struct server *s, int *port, struct err *e) NODISCARD;
void front_stop(struct server *s);

#endif
