/* Private to the module: where the data of a resource that is no register of this installation come from.
 *
 * Kinds: "table" (a table of a SQLite file or of PostgreSQL, read only), "http" (a service of the provider),
 * "gjzwfwpt" and
 * "gjgxjhpt" (services by the header conventions of the national platforms), "file" (rows the provider
 * delivers and this installation keeps, exchange_rows.h). Places are names the operator gave to databases and
 * services; nobody else says where this program reads. A source is part of the snapshot. What a provider
 * answers is held against the items of the entry and taken whole or not at all: BUSY "exchange.provider" with
 * the reason in its detail. Kinds that wait are never asked where events are served. Times in milliseconds.
 */
#ifndef TB_EXCHANGE_SOURCE_H
#define TB_EXCHANGE_SOURCE_H

#include "core/http/fetch.h"
#include "modules/exchange/exchange_internal.h"

#include <stdatomic.h>

enum {
    SOURCE_TIMEOUT = 3000,
    SOURCE_TIMEOUT_MAX = 10000,
    SOURCE_WAITING_MAX = 8, /* calls of one provider that wait at a time */
    RECORD_MAX = 64 << 10,  /* bytes of one record, or of all of one number together */
    RECORDS_MAX = 50,       /* of one number, that are read; how many leave is a limit of the resource */
    BREAKER_FAILURES = 5,
    BREAKER_MS = 30 * 1000
};

/* A provider that failed several times in a row is left alone for a while; then one call tries it. */
struct breaker {
    int64_t resource;
    _Atomic int failures, waiting;
    _Atomic int64_t until; /* 0: it answers */
    _Atomic bool tried;    /* one call is out to see whether it is awake */
    struct breaker *next;
};
bool breaker_sleeps(const struct breaker *b, int64_t now);
bool breaker_refuses(struct err *e); /* BUSY "exchange.sleeping" */
/* BUSY "exchange.sleeping", "exchange.crowded"; after true comes breaker_leave. */
bool breaker_enter(struct breaker *b, int64_t now, struct err *e) NODISCARD;
void breaker_leave(struct breaker *b, int64_t now, bool answered);

struct source_item {
    struct str id, from, type; /* of the entry; column or member; as in the entry: "C(18)" */
};

struct source_kind;
struct source {
    const struct source_kind *kind;
    int64_t entry, resource;
    const char *place;         /* an address; NULL: no place of that name is set up here */
    struct str path;           /* table ("name" or "schema.name"), or path under the address */
    struct str key;            /* column, or member of the question, that holds the number */
    struct str secret;         /* for services; "": none */
    struct str rid, sid;       /* of the header conventions */
    const struct json *ticket; /* of the older one: {path, sid, secret, until, cipher, text}; NULL: none */
    struct source_item *items;
    size_t item_count;
    int timeout_ms;
    int limit; /* records of one number that an answer has at most; 1: the number has one, and two are a fault
                */
};
/* Of a source with a limit above 1 a record is an array of records, as many as were read; `true` behind them
 * says that there are more. */

/* What is used to ask; one for the program. */
struct pg_pool;
struct convention;
struct sources {
    struct fetcher *fetcher;
    struct convention *convention;
    struct pg_pool *pg;
    struct place *places;
};
struct place {
    struct str name, owner; /* owner: as of exchange_add_place */
    const char *address;
    struct place *next;
};

struct source_kind {
    const char *code, *label;
    bool waits;
    /* Schemes of its places, ended by NULL; NULL: it has none. */
    const char *const *schemes;
    /* The one record of that number as the provider has it, by ids of items; NULL: there is none. false with
     * err: what went wrong stands in its detail, without texts of the provider, which may name the person.
     * *retry: nothing was asked yet, once more does no harm. Of a kind that waits. */
    bool (*ask)(const struct sources *all, const struct source *s, struct arena *a, struct str number,
                const struct json **record, bool *retry, struct err *e);
};
extern const struct source_kind source_kinds[]; /* ended by an empty one */
const struct source_kind *source_kind_of(struct str code);

/* ---- exchange_source_store.c ---- */
struct exchange_snapshot;
/* Gives the resources of the snapshot, which are in order of ids, their sources, and permits their filters.
 */
bool source_store_load(struct ctx *c, const struct sources *all, struct exchange_snapshot *into) NODISCARD;
/* What is set up for an entry, and what waits to be. */
struct source_setup {
    int64_t entry, author, decided_by, changed;
    struct str code;                /* of the resource */
    const struct json *doc, *draft; /* {code, kind, place, path, key, rid, sid, ticket, items, timeout};
                                       NULL: none */
    bool has_secret;
};
bool source_store_find(struct ctx *c, int64_t entry, struct source_setup *out, bool *found) NODISCARD;
/* What holds for other entries whose resource is not closed. */
bool source_store_others(struct ctx *c, int64_t entry, struct source_setup **rows, size_t *count) NODISCARD;
/* secret: of the draft; NULL leaves the one there is. */
bool source_store_draft(struct ctx *c, const struct source_setup *s, const struct str *secret) NODISCARD;
/* The draft is what holds; or it is dropped. */
bool source_store_settle(struct ctx *c, const struct source_setup *s, bool agree) NODISCARD;
/* The source as it is in the snapshot, from the row: for writes that come before the next snapshot. */
bool source_store_read(struct ctx *c, int64_t resource, const struct source **out) NODISCARD;

/* ---- exchange_source.c ---- */
bool sources_open(struct sources *all, struct err *e) NODISCARD;
void sources_close(struct sources *all);
/* Those of the operator's file. INVALID "exchange.places" with the number of the line. */
bool places_read(struct ctx *c) NODISCARD;
const struct place *source_place(const struct sources *all, struct str name);
/* Is it one of that department? */
bool place_is_of(struct ctx *c, const struct place *p, int64_t unit);
/* From the published description of it and the items of the entry; arena of the snapshot. NULL: of no use. */
struct source *source_read(struct arena *a, const struct sources *all, const struct json *doc,
                           const struct json *items, struct str secret);
/* May stand in SQL as a name: letters, digits and _, at most 63, not beginning with a digit; with `dots` also
 * several of them. */
bool source_name_sound(struct str name, bool dots);
/* Is the value one of an item of that type? *out: as it is kept. */
bool source_value(struct arena *a, struct str type, const struct json *given, struct json **out);
/* Holds a record against the items: only known ones, each of its type, in all at most RECORD_MAX bytes. */
bool source_accept(struct arena *a, const struct source *s, const struct json *given,
                   const struct json **record, struct err *e) NODISCARD;
/* Asks a kind that waits, through the breaker, again at once where nothing had been asked. */
bool source_ask(const struct sources *all, const struct source *s, struct breaker *b, struct arena *a,
                struct str number, int64_t now, const struct json **record, struct err *e) NODISCARD;

/* What was asked before, for who may not wait where the call is made. */
struct source_given {
    bool ok;
    const struct json *record;
    struct err err;
};
struct call;
/* Of a call: from what waits outside, or from rows kept here. */
bool source_provide(struct ctx *c, struct call *k, const struct json **record) NODISCARD;

/* ---- exchange_source_http.c, exchange_sqlite_store.c, exchange_postgres_store.c ---- */
bool source_http(const struct sources *all, const struct source *s, struct arena *a, struct str number,
                 const struct json **record, bool *retry, struct err *e);
bool source_gjzwfwpt(const struct sources *all, const struct source *s, struct arena *a, struct str number,
                     const struct json **record, bool *retry, struct err *e);
bool source_gjgxjhpt(const struct sources *all, const struct source *s, struct arena *a, struct str number,
                     const struct json **record, bool *retry, struct err *e);
struct convention *convention_new(void);
void convention_drop(struct convention *c);
bool source_table(const struct sources *all, const struct source *s, struct arena *a, struct str number,
                  const struct json **record, bool *retry, struct err *e);
bool source_sqlite(const struct source *s, const char *path, struct arena *a, struct str number,
                   const struct json **record, struct err *e) NODISCARD;
struct pg_pool *pg_pool_new(void);
void pg_pool_drop(struct pg_pool *p);
bool source_postgres(struct pg_pool *p, const struct source *s, struct arena *a, struct str number,
                     const struct json **record, bool *retry, struct err *e) NODISCARD;
/* SELECT of the items by the key, names quoted; the parameter is $1; one row more at most than are taken. */
struct str source_sql(struct arena *a, const struct source *s);
/* What is wrong with an answer; always false. */
bool source_broken(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
