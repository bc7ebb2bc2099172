/* What the tests of the module share: a hub that has the population register, a node of the tobacco
 * department, a network between them that breaks where the test says, a case, a permit, a signed call. */
#ifndef TB_NODES_APP_TEST_H
#define TB_NODES_APP_TEST_H

#include "modules/exchange/exchange_app_test.h"
#include "modules/nodes/nodes_internal.h"

#include "testing/proxy.h"

struct pair {
    struct world w; /* the department's node; w.t */
    struct testapp *hub;
    struct proxy *net; /* in front of the hub */
    int dept_port;
    const char *service, *client;
    struct str anchor, fingerprint;
};

static inline bool pair_be_hub(struct ctx *c)
{
    struct pair *p = ctx_arg(c);
    const struct unit **units;
    size_t n = orgs_units(c, &units);
    struct buf members = buf_new(c->arena, 1024);
    for (size_t i = 0; i < n; i++) {
        if (!units[i]->uscc.len) continue;
        if (str_eq_c(units[i]->kind, "tobacco")) continue;
        if (members.len) buf_add_char(&members, ',');
        buf_add(&members, units[i]->uscc);
        if (str_eq_c(units[i]->kind, "public-security"))
            p->service = str_z(p->w.t->arena,
                               str_fmt(c->arena, "DEMO/GOV/%.*s/data/population", STR_ARG(units[i]->uscc)));
    }
    const struct nodes_identity me = {
        .code = STR("hub"),
        .url = str_fmt(c->arena, "http://127.0.0.1:%d", proxy_port(p->net)),
        .members = buf_str(&members),
        .instance = STR("DEMO"),
    };
    return nodes_be(c, &me);
}

static inline bool pair_be_dept(struct ctx *c)
{
    struct pair *p = ctx_arg(c);
    const struct unit **units;
    size_t n = orgs_units(c, &units);
    struct nodes_identity me = {.code = STR("tobacco-node"),
                                .url = str_fmt(c->arena, "http://127.0.0.1:%d", p->dept_port)};
    for (size_t i = 0; i < n; i++)
        if (str_eq_c(units[i]->kind, "tobacco")) me.members = units[i]->uscc;
    p->client =
        str_z(p->w.t->arena, str_fmt(c->arena, "DEMO/GOV/%.*s/tobacco-licensing", STR_ARG(me.members)));
    return nodes_be(c, &me);
}

struct text_for {
    struct arena *arena;
    struct str text, more;
};

static inline bool pair_enrolment(struct ctx *c)
{
    struct text_for *f = ctx_arg(c);
    bool ok = nodes_enrolment(c, &f->text);
    if (ok) f->text = str_dup(f->arena, f->text);
    return ok;
}

static inline bool pair_admit(struct ctx *c)
{
    return nodes_admit(c, ((struct text_for *)ctx_arg(c))->text);
}

static inline bool pair_anchor(struct ctx *c)
{
    struct text_for *f = ctx_arg(c);
    bool ok = nodes_anchor(c, &f->text);
    if (ok) f->text = str_dup(f->arena, f->text);
    return ok;
}

static inline bool pair_join(struct ctx *c)
{
    struct text_for *f = ctx_arg(c);
    bool ok = nodes_join(c, f->text, &f->more);
    if (ok) f->more = str_dup(f->arena, f->more);
    return ok;
}

static inline bool pair_directory(struct ctx *c)
{
    struct text_for *f = ctx_arg(c);
    bool ok = nodes_directory(c, &f->text);
    if (ok) f->text = str_dup(f->arena, f->text);
    return ok;
}

static inline bool pair_take(struct ctx *c)
{
    return nodes_take(c, ((struct text_for *)ctx_arg(c))->text);
}

static inline struct str pair_directory_now(struct pair *p)
{
    struct text_for f = {.arena = p->w.t->arena};
    testapp_read(p->hub, pair_directory, &f);
    return f.text;
}

static inline void pair_give_directory(struct pair *p)
{
    struct text_for f = {.arena = p->w.t->arena, .text = pair_directory_now(p)};
    testapp_write(p->w.t, pair_take, &f);
}

static inline bool pair_let_in(struct ctx *c)
{
    struct pair *p = ctx_arg(c);
    const struct unit *u = orgs_unit_of_kind(c, STR("tobacco"), orgs_place(c));
    return u && nodes_let_in(c, str_c(p->client), u->id);
}

/* Through the pages of the hub: asked for, agreed to, decided. */
static inline void pair_grant(struct pair *p, const char *more)
{
    struct world at_hub = {.t = p->hub};
    at_hub.steward = exchange_officer(p->hub, "tobacco.data");
    at_hub.office = exchange_officer(p->hub, "tobacco.decide");
    at_hub.provider = exchange_officer(p->hub, "public-security.data");
    at_hub.entry = exchange_entry_named(&at_hub.steward, "%E4%BA%BA%E5%8F%A3");
    const struct json *doc =
        exchange_ok(&at_hub.steward, client_get(&at_hub.steward, "/office/exchange/systems"));
    JSON_EACH(s, json_get(doc, "systems"))
    {
        if (str_eq_c(json_text_of(s, "code"), p->client)) at_hub.system = json_i64_of(s, "id", 0);
    }
    assert_true(at_hub.system > 0);
    exchange_grant(&at_hub, more);
}

static inline struct pair *pair_open(const char *terms)
{
    struct err e = {0};
    int port = 0;
    struct world w = exchange_world();
    struct pair *p = ARENA_NEW(w.t->arena, struct pair);
    p->w = w;
    p->hub = testapp_open(true);
    testapp_write(w.t, exchange_seed_case, &p->w);
    assert_true(server_listen(p->hub->server, &port, &e) && server_listen(w.t->server, &p->dept_port, &e));
    p->net = proxy_open(port);
    struct text_for f = {.arena = w.t->arena};
    testapp_write(p->hub, pair_be_hub, p);
    testapp_write(p->hub, pair_enrolment, &f);
    testapp_write(p->hub, pair_admit, &f);
    testapp_write(w.t, pair_be_dept, p);
    testapp_write(w.t, pair_enrolment, &f);
    testapp_write(p->hub, pair_admit, &f);
    testapp_write(p->hub, pair_anchor, &f);
    testapp_write(w.t, pair_join, &f);
    p->anchor = f.text;
    p->fingerprint = f.more;
    pair_give_directory(p);
    testapp_write(p->hub, pair_let_in, p);
    if (terms) pair_grant(p, terms);
    return p;
}

static inline void pair_close(struct pair *p)
{
    struct testapp *hub = p->hub, *dept = p->w.t;
    proxy_close(p->net);
    testapp_close(hub);
    testapp_close(dept);
}

/* ---- a call of the department's system to its own node ---- */

struct node_call {
    const char *path; /* NULL: the population service under /r1 */
    const char *id, *body, *client;
    const char *nonce; /* NULL: a fresh one */
    bool get;
};

static inline const char *pair_given(const void *source, const char *name)
{
    struct str value = params_get(source, str_c(name));
    return value.len ? value.ptr : NULL;
}

static inline struct answer pair_send(struct pair *p, const struct node_call *k)
{
    struct arena *a = p->w.t->arena;
    struct request *r = ARENA_NEW(a, struct request);
    struct answer out = {0};
    uint8_t digest[SM3_SIZE], mac[SM3_SIZE];
    static int counter;
    struct str nonce = str_fmt(a, "node-nonce-%08d", ++counter), raw;
    if (k->nonce) nonce = str_c(k->nonce);
    struct str path = k->path ? str_c(k->path) : str_fmt(a, "/r1/%s", p->service);
    const char *body = k->get ? "" : k->body;
    sm3(str_c(body), digest);
    struct str hex = str_hex(a, digest, SM3_SIZE);
    hmac_sm3(p->w.key,
             str_fmt(a, "%s\n%.*s\n%.*s\n%.*s\n%lld", k->get ? "GET" : "POST", STR_ARG(path), STR_ARG(hex),
                     STR_ARG(nonce), (long long)testapp_now()),
             mac);
    r->method = k->get ? METHOD_GET : METHOD_POST;
    r->raw_query = str_cut(path, '?', &raw);
    r->path = raw;
    struct err ignored = {0};
    assert_true(params_parse_form(&r->query, a, r->raw_query, &ignored));
    r->content_type = r->accept = STR("application/json");
    r->body = str_c(body);
    r->peer = r->direct = STR("10.1.2.3");
    r->authorization =
        str_fmt(a, "TB-HMAC-SM3 system=tobacco-licensing,time=%lld,nonce=%.*s,digest=%.*s,signature=%.*s",
                (long long)testapp_now(), STR_ARG(nonce), STR_ARG(hex), STR_ARG(str_hex(a, mac, SM3_SIZE)));
    static struct params headers;
    headers = (struct params){0};
    params_add(&headers, a, STR("X-Road-Client"), str_c(k->client ? k->client : p->client));
    if (k->id) params_add(&headers, a, STR("X-Road-Id"), str_c(k->id));
    r->other = pair_given;
    r->source = &headers;
    server_handle(p->w.t->server, a, r, &out);
    return out;
}

static inline struct str pair_header(struct answer a, const char *name)
{
    return params_get(&a.headers, str_c(name));
}

static inline const char *pair_body(struct pair *p)
{
    return exchange_query(&p->w, LIN, p->w.case_no);
}

static inline struct answer pair_ask(struct pair *p, const char *id)
{
    const struct node_call k = {.id = id, .body = pair_body(p)};
    return pair_send(p, &k);
}

/* ---- what both logs say of a call ---- */

struct tally {
    const char *id;
    int64_t asked, outcomes, served, again; /* rows of evidence */
    int64_t refused;                        /* of evidence, at the calling node */
    int64_t calls, used;                    /* of the exchange at the hub, whoever they are of */
    char state[20], result[60];             /* of the calling node's row */
};

static inline int64_t pair_one(struct ctx *c, const char *sql, struct str arg)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, sql, DB_S(arg))) return -1;
    return r.rows ? db_int(&r, 0, 0) : 0;
}

static inline int64_t pair_acts(struct ctx *c, const char *act, const char *id)
{
    struct db_rows r;
    int64_t n = 0;
    if (!db_query(&c->tx, &r, "SELECT detail FROM evidence WHERE act = $1 ORDER BY id", DB_C(act))) return -1;
    struct str needle = str_fmt(c->arena, "\"call\":\"%s\"", id);
    for (size_t i = 0; i < r.rows; i++)
        n += str_find(db_str(&r, i, 0), needle) != SIZE_MAX;
    return n;
}

static inline bool tally_dept(struct ctx *c)
{
    struct tally *t = ctx_arg(c);
    struct db_rows r;
    t->asked = pair_acts(c, "node.ask", t->id);
    t->refused = pair_acts(c, "node.refuse", t->id);
    t->outcomes = pair_acts(c, "node.outcome", t->id);
    if (!db_query(&c->tx, &r, "SELECT state, result FROM node_asked WHERE call = $1", DB_C(t->id)))
        return false;
    snprintf(t->state, sizeof t->state, "%s", r.rows ? str_z(c->arena, db_str(&r, 0, 0)) : "");
    snprintf(t->result, sizeof t->result, "%s", r.rows ? str_z(c->arena, db_str(&r, 0, 1)) : "");
    return true;
}

static inline bool tally_hub(struct ctx *c)
{
    struct tally *t = ctx_arg(c);
    t->served = pair_acts(c, "node.serve", t->id);
    t->again = pair_acts(c, "node.serve_again", t->id);
    t->calls = pair_one(c, "SELECT COUNT(*) FROM exchange_call WHERE result <> $1", STR("-"));
    t->used = pair_one(c, "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM exchange_use WHERE $1 <> ''",
                       STR("-"));
    return true;
}

static inline struct tally pair_tally(struct pair *p, const char *id)
{
    struct tally t = {.id = id};
    testapp_read(p->w.t, tally_dept, &t);
    testapp_read(p->hub, tally_hub, &t);
    return t;
}

#endif
