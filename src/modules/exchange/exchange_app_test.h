/* What the tests of the module share: officers, a system with its key, a permit, a case, a signed call. */
#ifndef TB_EXCHANGE_APP_TEST_H
#define TB_EXCHANGE_APP_TEST_H

#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/exchange/exchange_call.h"
#include "modules/people/people.h"

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIN  "78010119940318002X"
#define ZHOU "780101198607090013"

struct world {
    struct testapp *t;
    struct client steward, office, provider,
        other;      /* of tobacco, its decider; of public security; of the market */
    struct str key; /* of the system "tobacco-licensing" */
    int64_t entry, system, permit, case_id;
    struct str case_no;
};

static inline struct client exchange_officer(struct testapp *t, const char *login)
{
    struct client c = client_new(t);
    client_as_officer(&c, login);
    return c;
}

static inline const struct json *exchange_ok(struct client *c, struct answer a)
{
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    return client_json(c, a);
}

static inline bool exchange_seed_case(struct ctx *c)
{
    struct world *w = ctx_arg(c);
    const struct item **found;
    struct case_file f;
    int64_t person;
    if (!people_find(c, SUBJECT_PERSON, STR(LIN), &person) || !catalogue_search(c, STR("办护照"), 1, &found))
        return false;
    c->actor = (struct actor){.kind = ACTOR_PERSON, .subject = person, .level = 2};
    const struct case_seed seed = {.item = found[0], .applicant = person, .channel = "desk"};
    if (!case_seed(c, &seed, &w->case_id) || !case_load(c, w->case_id, &f)) return false;
    w->case_no = str_dup(w->t->arena, f.case_no);
    return true;
}

static inline int64_t exchange_entry_named(struct client *c, const char *encoded)
{
    const struct json *doc = exchange_ok(c, client_getf(c, "/office/exchange?q=%s", encoded));
    int64_t id = json_i64_of(json_at(json_get(doc, "entries"), 0), "id", 0);
    assert_true(id > 0);
    return id;
}

/* A request of the tobacco office for the population base; more: "&name=value". Unless it says who may ask,
 * anyone and the system itself. */
static inline int64_t exchange_asked(struct world *w, const char *more)
{
    char path[120], form[900];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)w->entry);
    snprintf(form, sizeof form, "system=%lld&purpose=apply&basis=law%s%s%s%s%s%s%s%s", (long long)w->system,
             strstr(more, "services=") ? "" : "&services=*",
             strstr(more, "operators=") ? "" : "&operators=*%2Ctobacco-licensing",
             strstr(more, "fields=") ? "" : "&fields=name&fields=address&fields=mobile&masks=mobile%3Dphone",
             strstr(more, "modes=") ? "" : "&modes=check&modes=query",
             strstr(more, "until=") ? "" : "&until=2027-11-23", strstr(more, "rate=") ? "" : "&rate=100",
             strstr(more, "daily=") ? "" : "&daily=1000", more);
    exchange_ok(&w->steward, client_post(&w->steward, path, form));
    const struct json *doc =
        exchange_ok(&w->steward, client_get(&w->steward, "/office/exchange/permits?f=open"));
    return json_i64_of(json_at(json_get(doc, "permits"), 0), "id", 0);
}

static inline int exchange_act_on(struct client *c, int64_t permit, const char *act, const char *form)
{
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/permits/%lld/%s", (long long)permit, act);
    return client_post(c, path, form).status;
}

static inline struct world exchange_world(void)
{
    struct world w = {.t = testapp_open(true)};
    w.steward = exchange_officer(w.t, "tobacco.data");
    w.office = exchange_officer(w.t, "tobacco.decide");
    w.provider = exchange_officer(w.t, "public-security.data");
    w.other = exchange_officer(w.t, "market.data");
    w.entry = exchange_entry_named(&w.steward, "%E4%BA%BA%E5%8F%A3");
    const struct json *doc = exchange_ok(&w.steward, client_post(&w.steward, "/office/exchange/systems",
                                                                 "code=tobacco-licensing&name=Licensing"));
    struct str hex = json_text_of(doc, "key");
    assert_int_equal(hex.len, 64);
    assert_true(str_unhex(w.t->arena, hex, &w.key));
    w.system = json_i64_of(json_at(json_get(doc, "systems"), 0), "id", 0);
    return w;
}

static inline void exchange_grant(struct world *w, const char *more)
{
    w->permit = exchange_asked(w, more);
    assert_int_equal(exchange_act_on(&w->office, w->permit, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&w->provider, w->permit, "decide", "agree=yes"), 200);
}

struct signed_call {
    const char *body, *system, *nonce, *peer;
    const char *sent; /* the body that arrives, where it is another */
    struct str key;
    const struct sm2_key *private; /* signs by TB-SM2 in place of the secret key */
    const char *scheme;            /* what the header calls it, where that is something else */
    const char *target;            /* what is signed, where that is something else */
    const char *path;              /* where it is sent; NULL: /exchange/population */
    const char *query;             /* sent with the path */
    int64_t time;
};

/* Hex of the signature over said. */
static inline struct str exchange_signature(struct world *w, const struct signed_call *s, struct str said)
{
    struct arena *a = w->t->arena;
    uint8_t mac[SM3_SIZE];
    struct str der;
    struct err e = {0};
    if (s->private) {
        assert_true(sm2_sign(a, s->private, said, &der, &e));
        return str_hex(a, der.ptr, der.len);
    }
    hmac_sm3(s->key.len ? s->key : w->key, said, mac);
    return str_hex(a, mac, SM3_SIZE);
}

static inline struct request *exchange_signed(struct world *w, const struct signed_call *s)
{
    struct arena *a = w->t->arena;
    struct request *r = ARENA_NEW(a, struct request);
    uint8_t digest[SM3_SIZE];
    static int counter;
    struct str nonce = s->nonce ? str_c(s->nonce) : str_fmt(a, "nonce-%012d", ++counter);
    int64_t time = s->time ? s->time : testapp_now();
    sm3(str_c(s->body), digest);
    struct str hex = str_hex(a, digest, SM3_SIZE);
    const char *path = s->path ? s->path : "/exchange/population";
    struct str said =
        str_fmt(a, "POST\n%s%s%s\n%.*s\n%.*s\n%lld", s->target ? s->target : path, s->query ? "?" : "",
                s->query ? s->query : "", STR_ARG(hex), STR_ARG(nonce), (long long)time);
    r->raw_query = str_c(s->query ? s->query : "");
    r->method = METHOD_POST;
    r->path = str_c(path);
    r->content_type = r->accept = STR("application/json");
    r->body = str_c(s->sent ? s->sent : s->body);
    r->peer = r->direct = str_c(s->peer ? s->peer : "10.1.2.3");
    struct str signature = exchange_signature(w, s, said);
    r->authorization = str_fmt(a, "%s system=%s,time=%lld,nonce=%.*s,digest=%.*s,signature=%.*s",
                               s->scheme    ? s->scheme
                               : s->private ? "TB-SM2"
                                            : "TB-HMAC-SM3",
                               s->system ? s->system : "tobacco-licensing", (long long)time, STR_ARG(nonce),
                               STR_ARG(hex), STR_ARG(signature));
    return r;
}

static inline struct answer exchange_send(struct world *w, const struct signed_call *s)
{
    struct answer out = {0};
    server_handle(w->t->server, w->t->arena, exchange_signed(w, s), &out);
    return out;
}

static inline struct answer exchange_call(struct world *w, const char *body)
{
    const struct signed_call s = {.body = body};
    return exchange_send(w, &s);
}

/* A query for name and mobile about that number and case; "" leaves the case out. */
static inline const char *exchange_query(struct world *w, const char *number, struct str case_no)
{
    return str_z(
        w->t->arena,
        str_fmt(
            w->t->arena,
            "{\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"%s\",\"fields\":[\"name\",\"mobile\"],"
            "\"operator\":\"zhang-3\"%s%.*s%s}",
            number, case_no.len ? ",\"case\":\"" : "", STR_ARG(case_no), case_no.len ? "\"" : ""));
}

static inline const char *exchange_code(struct world *w, struct answer a)
{
    struct client c = client_new(w->t);
    return str_z(w->t->arena, json_text(json_path(client_json(&c, a), "error.code")));
}

static inline bool exchange_audited(struct ctx *c)
{
    return evidence_audit(c, STR_EMPTY, ctx_arg(c));
}

/* The audit finds no row of a call that differs from its record. */
static inline void exchange_calls_fit(struct world *w)
{
    struct evidence_audit out;
    testapp_read(w->t, exchange_audited, &out);
    for (size_t i = 0; i < out.count && i < EVIDENCE_FINDINGS; i++)
        assert_null(strstr(out.findings[i].msgid, "call"));
}

/* Rows of 谁查看了我的数据 of whoever has that mobile, asked by a department whose name begins so; each can
 * be objected to with one tap. */
static inline size_t exchange_seen(struct world *w, const char *mobile, const char *who,
                                   const struct json **first)
{
    struct client me = client_new(w->t);
    size_t count = 0;
    client_as_person(&me, mobile);
    const struct json *doc = exchange_ok(&me, client_get(&me, "/me/exchange"));
    JSON_EACH(call, json_get(doc, "calls"))
    {
        if (!str_starts(json_text_of(call, "who"), str_c(who))) continue;
        assert_true(json_true_of(call, "may_object"));
        assert_true(str_starts(json_text_of(call, "action"), STR("/me/exchange/")));
        if (!count++ && first) *first = call;
    }
    return count;
}

/* ---- versions of an entry ---- */

static inline int exchange_entry_act(struct client *c, int64_t entry, const char *what, const char *form)
{
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/%s", (long long)entry, what);
    return client_post(c, path, form).status;
}

/* The next version of its entry, as the provider's steward hands it in. */
static inline void exchange_hand_in(struct world *w, const char *form)
{
    assert_int_equal(exchange_entry_act(&w->provider, w->entry, "edit", form), 200);
    assert_int_equal(exchange_entry_act(&w->provider, w->entry, "submit", ""), 200);
}

static inline void exchange_publish(struct world *w, const char *form)
{
    struct client manager = exchange_officer(w->t, "data1");
    exchange_hand_in(w, form);
    assert_int_equal(exchange_entry_act(&manager, w->entry, "agree", ""), 200);
}

/* ---- resources that are no registers: the entry 学历 of the education office ---- */
#define EXCHANGE_EDUCATION "%E5%AD%A6%E5%8E%86"
/* Its next version as a form, to be followed by items and how it is shared. */
#define EXCHANGE_DEGREES                                                                                     \
    "code=204001%2F000001&name=Degrees&class=theme&format=database&open=no&cycle=daily&level=3&items="

static inline void exchange_set_place(struct world *w, const char *name, const char *address)
{
    struct err e = {0};
    assert_true(exchange_add_place(w->t->server, str_c(name), str_c(address), STR("*"), &e));
}

/* Sets it up with four eyes, gets a permit for it, and has a live case. */
static inline void exchange_connect(struct world *w, const char *form, const char *permit)
{
    struct client steward = exchange_officer(w->t, "education.data"),
                  manager = exchange_officer(w->t, "data1");
    char path[120];
    w->provider = steward;
    w->entry = exchange_entry_named(&w->steward, EXCHANGE_EDUCATION);
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/source", (long long)w->entry);
    exchange_ok(&steward, client_post(&steward, path, form));
    assert_int_equal(
        client_post(&steward, str_z(w->t->arena, str_fmt(w->t->arena, "%s/agree", path)), "").status, 403);
    exchange_ok(&manager,
                client_post(&manager, str_z(w->t->arena, str_fmt(w->t->arena, "%s/agree", path)), ""));
    exchange_grant(w, permit);
    testapp_write(w->t, exchange_seed_case, w);
}

#endif
