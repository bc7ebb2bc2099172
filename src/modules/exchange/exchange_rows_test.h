/* What tests of delivered rows share: a system of the education office that delivers, and signed posts. */
#ifndef TB_EXCHANGE_ROWS_TEST_H
#define TB_EXCHANGE_ROWS_TEST_H

#include "modules/exchange/exchange_app_test.h"
#include "modules/exchange/exchange_feed.h"

#define FILE_FORM "kind=file&code=education&key=id_number&timeout=1000"
#define FIELDS    "&fields=level&fields=school"

/* A system of the education office, to deliver with. */
static inline struct str provider_key(struct world *w)
{
    const struct json *doc = exchange_ok(&w->provider, client_post(&w->provider, "/office/exchange/systems",
                                                                   "code=education-db&name=Education"));
    struct str key;
    assert_true(str_unhex(w->t->arena, json_text_of(doc, "key"), &key));
    return key;
}

struct delivered {
    struct world w;
    struct str key;
};

static inline struct delivered open_rows(const char *permit)
{
    struct delivered d = {.w = exchange_world()};
    exchange_connect(&d.w, FILE_FORM, permit);
    d.key = provider_key(&d.w);
    return d;
}

#define ROW(guid, op, number, level)                                                                         \
    "{\"guid\":\"" guid "\",\"op\":\"" op "\",\"number\":\"" number "\",\"data\":{\"id_number\":\"" number   \
    "\",\"level\":\"" level "\",\"school\":\"示范大学\"}}"

static inline struct answer deliver_as(struct delivered *d, const char *batch, const char *rows,
                                       const char *digest, int64_t count)
{
    struct arena *a = d->w.t->arena;
    struct err e = {0};
    const struct json *list = json_parse(a, str_c(rows), JSON_STRICT, &e);
    struct str body = str_fmt(a, "{\"batch\":\"%s\",\"count\":%lld,\"digest\":\"%s\",\"rows\":%s}", batch,
                              (long long)(count < 0 ? (int64_t)list->count : count),
                              digest ? digest : str_z(a, rows_digest(a, list)), rows);
    const struct signed_call s = {
        .body = str_z(a, body), .path = "/exchange/education/rows", .system = "education-db", .key = d->key};
    return exchange_send(&d->w, &s);
}

static inline const struct json *deliver(struct delivered *d, const char *batch, const char *rows)
{
    struct client c = client_new(d->w.t);
    return exchange_ok(&c, deliver_as(d, batch, rows, NULL, -1));
}

static inline struct answer post(struct world *w, const char *path, const char *format, const char *more)
{
    struct arena *a = w->t->arena;
    const struct signed_call s = {.body = str_z(a, str_fmt(a, "%s%s}", format, more)), .path = path};
    return exchange_send(w, &s);
}

#endif
