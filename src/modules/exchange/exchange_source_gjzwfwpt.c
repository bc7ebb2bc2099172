/* A service by the header convention of the national platform, or of the exchange platform before it.
 *
 * POST {<key>: number} with a head signed under the secret; {code, message, data}, where data is the record,
 * a list of at most one, or nothing. What is not an item of the entry is left where it is. The older platform
 * signs under a secret it hands out for a while, encrypted under the one that is known here; how it does that
 * is told by the parameters of the source (ticket), nothing of it is assumed. */
#include "core/base/time.h"
#include "modules/exchange/exchange_gjzwfwpt.h"
#include "modules/exchange/exchange_source.h"

#include <pthread.h>

#define OLD_PREFIX "gjgxjhpt_"

enum {
    CONNECT_MS = 2000,
    TICKET_MAX = 256,
    SPARE_MS = 5000
}; /* a ticket is renewed that long before its end */

struct ticket {
    int64_t resource, until;
    char secret[TICKET_MAX];
    size_t len;
    struct ticket *next;
};

struct convention {
    pthread_mutex_t lock;
    struct ticket *tickets;
    _Atomic int64_t last; /* no two heads of this program have one time */
};

struct convention *convention_new(void)
{
    struct convention *c = mem_alloc(1, sizeof *c);
    if (c) pthread_mutex_init(&c->lock, NULL);
    return c;
}

void convention_drop(struct convention *c)
{
    if (!c) return;
    while (c->tickets) {
        struct ticket *next = c->tickets->next;
        crypto_wipe(c->tickets, sizeof *c->tickets);
        mem_free(c->tickets);
        c->tickets = next;
    }
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

static int64_t next_time(struct convention *c)
{
    int64_t last = atomic_load(&c->last), now = time_now(), next;
    do {
        next = now > last ? now : last + 1;
    } while (!atomic_compare_exchange_weak(&c->last, &last, next));
    return next;
}

/* ---- one question ---- */

struct question {
    const char *prefix;
    struct str path, sid, secret, body;
};

static bool post(const struct sources *all, const struct source *s, struct arena *a, const struct question *q,
                 const struct json **data, bool *retry, struct err *e)
{
    struct fetch_header headers[2 + GJ_HEADERS] = {{"content-type", STR("application/json;charset=UTF-8")},
                                                   {"accept", STR("application/json")}};
    const struct gj_head who = {.rid = s->rid, .sid = q->sid};
    struct fetch what = {.url = str_z(a, str_fmt(a, "%s%.*s", s->place, STR_ARG(q->path))),
                         .headers = headers,
                         .header_count = 2 + GJ_HEADERS,
                         .body = q->body,
                         .connect_ms = CONNECT_MS < s->timeout_ms ? CONNECT_MS : s->timeout_ms,
                         .total_ms = s->timeout_ms,
                         .once = true, /* a head is taken once: nothing may send it again */
                         .max = RECORD_MAX};
    struct fetch_answer answer = {0};
    struct err wrong = {0};
    struct str why;
    gj_headers(a, q->prefix, &who, q->secret, next_time(all->convention), headers + 2);
    if (!fetch(all->fetcher, a, &what, &answer, &wrong)) {
        *retry = answer.failure == FETCH_CONNECT;
        return source_broken(e, "%s: %s", wrong.code, wrong.detail);
    }
    if (answer.status != 200) return source_broken(e, "status %d", answer.status);
    return gj_read(a, answer.body, data, &why) || source_broken(e, "%.*s", STR_ARG(why));
}

/* ---- tickets of the older platform ---- */

static struct str parameter(const struct source *s, const char *name)
{
    return json_text_of(s->ticket, name);
}

static bool read_ticket(const struct source *s, struct arena *a, const struct json *data, struct str *secret,
                        int64_t *until, struct err *e)
{
    struct str sealed = json_text(json_path(data, str_z(a, parameter(s, "secret")))), bytes;
    bool hex = str_eq_c(parameter(s, "text"), "hex");
    *until = json_i64(json_path(data, str_z(a, parameter(s, "until"))), 0);
    if (*until <= 0) return source_broken(e, "a ticket without its end");
    if (!sealed.len || !(hex ? str_unhex(a, sealed, &bytes) : str_unbase64(a, sealed, &bytes)) ||
        !aes_open(a, parameter(s, "cipher"), s->secret, bytes, secret) || !secret->len ||
        secret->len > TICKET_MAX)
        return source_broken(e, "a ticket that cannot be opened");
    return true;
}

static bool known_ticket(struct convention *c, const struct source *s, struct arena *a, struct str *secret)
{
    bool found = false;
    pthread_mutex_lock(&c->lock);
    for (struct ticket *t = c->tickets; t && !found; t = t->next) {
        found = t->resource == s->resource && t->until - SPARE_MS > time_now();
        if (found) *secret = str_dup(a, str_n(t->secret, t->len));
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

static void keep_ticket(struct convention *c, int64_t resource, struct str secret, int64_t until)
{
    pthread_mutex_lock(&c->lock);
    struct ticket *t = c->tickets;
    while (t && t->resource != resource)
        t = t->next;
    if (!t && (t = mem_alloc(1, sizeof *t))) {
        t->resource = resource;
        t->next = c->tickets;
        c->tickets = t;
    }
    if (t) {
        memcpy(t->secret, secret.ptr, secret.len);
        t->len = secret.len;
        t->until = until;
    }
    pthread_mutex_unlock(&c->lock);
}

static bool ticket(const struct sources *all, const struct source *s, struct arena *a, struct str *secret,
                   bool *retry, struct err *e)
{
    const struct json *data;
    int64_t until;
    if (known_ticket(all->convention, s, a, secret)) return true;
    const struct question q = {.prefix = OLD_PREFIX,
                               .path = parameter(s, "path"),
                               .sid = parameter(s, "sid"),
                               .secret = s->secret,
                               .body = STR("{}")};
    if (!post(all, s, a, &q, &data, retry, e) || !read_ticket(s, a, data, secret, &until, e)) return false;
    keep_ticket(all->convention, s->resource, *secret, until);
    return true;
}

/* ---- the record ---- */

static bool read_record(const struct source *s, struct arena *a, const struct json *data,
                        const struct json **record, struct err *e)
{
    if (json_is(data, JSON_ARRAY)) {
        if (data->count > 1) return source_broken(e, "%zu records of one number", (size_t)data->count);
        data = data->first;
    }
    if (!data || data->type == JSON_NULL || (json_is(data, JSON_OBJECT) && !data->count)) return true;
    struct json *out = json_object(a);
    for (size_t i = 0; i < s->item_count; i++) {
        const struct json *value = json_get_str(data, s->items[i].from);
        if (value) json_set(out, str_z(a, s->items[i].id), json_copy(a, value));
    }
    if (!out->count) return source_broken(e, "none of the items in what was found");
    *record = out;
    return true;
}

static bool ask(const char *prefix, const struct sources *all, const struct source *s, struct arena *a,
                struct str secret, struct str number, const struct json **record, bool *retry, struct err *e)
{
    const struct json *data;
    struct json *body = json_object(a);
    json_set_str(a, body, str_z(a, s->key), number);
    const struct question q = {
        .prefix = prefix, .path = s->path, .sid = s->sid, .secret = secret, .body = json_to_str(a, body)};
    return post(all, s, a, &q, &data, retry, e) && read_record(s, a, data, record, e);
}

bool source_gjzwfwpt(const struct sources *all, const struct source *s, struct arena *a, struct str number,
                     const struct json **record, bool *retry, struct err *e)
{
    *record = NULL;
    return ask(GJ_PREFIX, all, s, a, s->secret, number, record, retry, e);
}

bool source_gjgxjhpt(const struct sources *all, const struct source *s, struct arena *a, struct str number,
                     const struct json **record, bool *retry, struct err *e)
{
    struct str secret;
    *record = NULL;
    if (!ticket(all, s, a, &secret, retry, e)) return false;
    if (ask(OLD_PREFIX, all, s, a, secret, number, record, retry, e)) return true;
    keep_ticket(all->convention, s->resource, secret,
                0); /* it may have been taken back: a new one next time */
    return false;
}
