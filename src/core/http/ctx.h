/* One request: one actor, one arena, one transaction, one error, one document.
 *
 * The dispatcher opens and closes all five; a handler reads `in`, works through stores on `tx`, builds `doc`
 * or names an outcome, and returns true, or false with `err` set. It never frees, never commits, never
 * chooses a status. A handler of a writing route may run twice. */
#ifndef TB_CTX_H
#define TB_CTX_H

#include "core/auth/actor.h"
#include "core/db/db.h"
#include "core/http/request.h"
#include "core/i18n/i18n.h"
#include "core/json/json.h"

struct server;
struct route;
struct shared;
struct noted; /* of the module that has it recorded (server_on_reads) */

enum outcome_kind { OUTCOME_DOCUMENT, OUTCOME_REDIRECT, OUTCOME_FILE };

struct outcome {
    enum outcome_kind kind;
    struct str location;              /* REDIRECT: a path of this site */
    struct str bytes, type, filename; /* FILE; an empty filename shows it inline */
    int status;                       /* of a FILE that tells in its own words what went wrong; 0: 200 */
    bool created;                     /* JSON face answers 201 */
};

struct ctx {
    struct arena *arena;
    struct err *err;
    struct db_tx tx;
    struct actor actor;
    const struct request *req;
    const struct route *route;
    struct server *server;
    const struct lang *lang;
    int64_t now;
    bool html, elder;
    struct str place; /* code of the place a visitor chose: digits, or "" */

    struct json *in;  /* checked input */
    struct json *doc; /* what the answer says */
    struct outcome out;
    struct params headers;    /* of ctx_header */
    struct json *prepared;    /* what the route's prepare step found; kept when the write runs again */
    int64_t row;              /* the {id} of the route, once its scope let it through */
    struct json *reads;       /* whose data this answer shows: made durable before it leaves (ctx_reads) */
    struct noted *calls;      /* what else must be durable before the answer leaves, a refusal as well */
    struct str set_session;   /* token to set, or "-" to clear */
    const struct err *failed; /* while a form is built again: what was wrong with it */
    bool jobs_added;          /* wake the workers after the commit */
    bool stirs;               /* there is something for requests that wait (ctx_wait) */
    bool waits;
    int64_t wait_until_us; /* on the monotonic clock; 0: has not begun to wait */
    void *arg;             /* of server_read and server_write */
    struct {
        void (*ask)(struct ctx *c, void *arg);
        void *arg;
        bool done;
    } outside;         /* of ctx_outside */
    struct str notice; /* msgid shown once on the next page */
    bool notice_warns; /* it tells of something that did not happen */
    uint64_t changed;  /* modules of whose snapshots something changed, by bit (ctx_changed) */
    bool more_follows; /* of a change in parts: this program looks at it once the last one is done */
    struct {
        const struct shared *of;
        void *data;
    } held[4]; /* of ctx_shared */
    struct {
        const void *kind;
        int64_t id;
        const void *row;
    } known[8]; /* of ctx_know */
    unsigned known_turn;
};

/* ---- input ---- */
struct str in_text(const struct ctx *c, const char *name);
int64_t in_i64(const struct ctx *c, const char *name, int64_t otherwise);
bool in_true(const struct ctx *c, const char *name);
bool in_has(const struct ctx *c, const char *name);
/* A raw form or query value, for forms whose fields are data; "" when absent. */
struct str ctx_param(const struct ctx *c, struct str name);
/* The uploaded file of that field, NULL when there is none. */
const struct upload *ctx_upload(const struct ctx *c, struct str field);
/* A segment of the path: "id" of "/cases/{id}". */
struct str ctx_path(const struct ctx *c, const char *name);
bool ctx_path_id(struct ctx *c, const char *name,
                 int64_t *id) NODISCARD; /* MISSING "page" when it is no id */

/* ---- outcome ---- */
/* 303 to a path of this site (format as printf). Returns true. */
bool ctx_redirect(struct ctx *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool ctx_created(struct ctx *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool ctx_file(struct ctx *c, struct str bytes, const char *type, struct str filename);
/* A header of the answer, whatever comes of it: a name and visible ASCII, both made elsewhere than here.
 * Lines that are no such text are left out. */
void ctx_header(struct ctx *c, const char *name, struct str value);
/* The document, made on first use. */
struct json *ctx_doc(struct ctx *c);

/* ---- forms ----
 * Describes one input of a form page for the partial "field": {id, name, label, type, kind, value, error}.
 * type: text tel email number password date textarea select radios checkbox checkboxes file hidden. While a
 * form is built again the value is what was sent (never for secrets) and error says what was wrong. Stands
 * under `key` of `parent`, or is added where parent is an array. */
struct json *ctx_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                       const char *type, struct str value);
/* {value, label, checked} of a choice; label is shown as it is. */
void ctx_option(struct ctx *c, struct json *field, struct str value, struct str label);
/* Something of what this module keeps in memory has changed: once the write is done, its snapshots and those
 * of modules that need it are renewed before it is answered (module.refresh). */
void ctx_changed(struct ctx *c, const char *module);
/* A sentence for the top of the next page (msgid): what was done, or what could not be. */
void ctx_notice(struct ctx *c, const char *msgid);
void ctx_warning(struct ctx *c, const char *msgid);

/* ---- words ---- */
struct str ctx_tr(const struct ctx *c, const char *msgid);

/* ---- identity ---- */
int64_t ctx_id(struct ctx *c);
/* The name of who acts, and of whom they act for; empty where there is none. */
struct str ctx_actor_name(struct ctx *c);
struct str ctx_acting_name(struct ctx *c);
struct keyring *ctx_keys(const struct ctx *c);
struct blob_store *ctx_blobs(const struct ctx *c);

/* ---- waiting for others ----
 * In the handler of a route that reads: ends this run. `ask` runs on threads kept for that, without a
 * transaction, and may wait for seconds; of the ctx it uses arena, now and server, and leaves in *arg what it
 * found, failures as well. Then the handler runs once more, where ctx_outside_found gives arg. Returns false
 * without an error: whoever sees false asks ctx_goes_outside before it speaks of one. */
bool ctx_outside(struct ctx *c, void (*ask)(struct ctx *c, void *arg), void *arg);
void *ctx_outside_found(const struct ctx *c); /* NULL in the first run */
bool ctx_goes_outside(const struct ctx *c);

/* In a handler that writes and had nothing to write: the answer waits up to so many ms from the first time
 * on, and the handler runs once more when a write that set `stirs` stands, and every second. What this run
 * made is the answer when the time is over. */
void ctx_wait(struct ctx *c, int64_t ms);

/* ---- snapshots ----
 * What is shared under s, held until the request ends. Asked again it is the same, so that one page does not
 * mix two states; the writer starts anew. */
void *ctx_shared(struct ctx *c, struct shared *s);
void ctx_forget_shared(struct ctx *c); /* and opened keys and known rows: another transaction begins */
/* What goes over very much, a part at a time: empties c->arena and forgets what was kept there. */
void ctx_next_part(struct ctx *c);

/* ---- rows this transaction has read ----
 * A store may keep what it has just read, so that scope, handler and neighbours need not read it again, and
 * forgets it with every change. kind: the address of something of the store's own. */
const void *ctx_known(const struct ctx *c, const void *kind, int64_t id);    /* NULL: not known */
void ctx_know(struct ctx *c, const void *kind, int64_t id, const void *row); /* NULL: no longer known */

/* Names a subject whose data this answer shows. The answer waits until the record is durable. */
void ctx_reads(struct ctx *c, int64_t subject, struct str what, int64_t object);

#endif
