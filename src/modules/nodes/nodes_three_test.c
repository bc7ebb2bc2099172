/* A third installation, of another province: once it stands in the directory it exchanges with the others,
 * the hub there or not, until the directory expires. */
#include "modules/nodes/nodes_app_test.h"

#define TERMS "&callers_case=1&daily=100000&rate=100000"
#define THEIR "11110101000000129N" /* a department of theirs, by their own code */

struct three {
    struct pair *p;
    struct testapp *third;
    struct proxy *net; /* in front of the third */
    const char *service, *dept_list;
};

static bool rename_department(struct ctx *c)
{
    ctx_changed(c, "orgs");
    return db_exec(&c->tx, "UPDATE org_unit SET uscc = $1 WHERE kind = 'public-security'", DB_C(THEIR));
}

static bool be_third(struct ctx *c)
{
    struct three *t = ctx_arg(c);
    const struct nodes_identity me = {.code = STR("other-province"),
                                      .url = str_fmt(c->arena, "http://127.0.0.1:%d", proxy_port(t->net)),
                                      .members = STR(THEIR)};
    return nodes_be(c, &me);
}

static bool let_department_in(struct ctx *c)
{
    const struct three *t = ctx_arg(c);
    const struct unit *own = orgs_unit_of_kind(c, STR("public-security"), orgs_place(c));
    return own && nodes_let_in(c, str_c(t->p->client), own->id);
}

static bool permit_department(struct ctx *c)
{
    const struct three *t = ctx_arg(c);
    return exchange_permit_outside(c, str_c(t->p->client), STR("population"), STR("name"),
                                   c->now + 30 * MS_DAY, (const int64_t[2]){0});
}

static void give(struct three *t, struct testapp *to)
{
    struct text_for f = {.arena = t->p->w.t->arena, .text = pair_directory_now(t->p)};
    testapp_write(to, pair_take, &f);
}

static struct three three_open(void)
{
    struct err e = {0};
    int port = 0;
    struct three t = {.p = pair_open(TERMS), .third = testapp_open(true)};
    struct arena *a = t.p->w.t->arena;
    assert_true(server_listen(t.third->server, &port, &e));
    t.net = proxy_open(port);
    t.service = "DEMO/GOV/" THEIR "/data/population";
    const char *end = strrchr(t.p->client, '/');
    t.dept_list = str_z(a, str_fmt(a, "%.*s/data/listMethods", (int)(end - t.p->client), t.p->client));
    struct text_for f = {.arena = a};
    testapp_write(t.third, rename_department, NULL);
    testapp_write(t.third, be_third, &t);
    testapp_write(t.third, pair_enrolment, &f);
    testapp_write(t.p->hub, pair_admit, &f);
    f.text = t.p->anchor;
    testapp_write(t.third, pair_join, &f);
    assert_true(str_eq(f.more, t.p->fingerprint));
    give(&t, t.third);
    testapp_write(t.third, let_department_in, &t);
    testapp_write(t.third, permit_department, &t);
    return t;
}

static void three_close(struct three *t)
{
    proxy_close(t->net);
    testapp_close(t->third);
    pair_close(t->p);
}

static struct answer ask_third(struct three *t, const char *id)
{
    struct arena *a = t->p->w.t->arena;
    const char *body =
        str_z(a, str_fmt(a,
                         "{\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN
                         "\",\"operator\":\"zhang-3\",\"case\":\"%.*s\",\"fields\":[\"name\"]}",
                         STR_ARG(t->p->w.case_no)));
    const struct node_call k = {.id = id, .path = str_z(a, str_fmt(a, "/r1/%s", t->service)), .body = body};
    return pair_send(t->p, &k);
}

struct listing {
    const struct three *t;
    bool ok;
    char code[60];
};

/* What the department offers, asked by the third. */
static bool list_department(struct ctx *c)
{
    struct listing *l = ctx_arg(c);
    struct node_reply r = {0};
    const struct node_question q = {.client = STR("DEMO/GOV/" THEIR "/platform"),
                                    .service = str_c(l->t->dept_list),
                                    .id = str_fmt(c->arena, "list-%lld", (long long)ctx_id(c)),
                                    .content = json_object(c->arena)};
    l->ok = nodes_ask(c, &q, &r) && str_eq_c(r.result, "ok");
    snprintf(l->code, sizeof l->code, "%s", l->ok ? "" : c->err->code);
    err_clear(c->err);
    return true;
}

static bool retire(struct ctx *c)
{
    struct signer s;
    bool found;
    ctx_changed(c, "nodes");
    return keyring_find_signer(ctx_keys(c), STR("directory"), &s, &found, c->err) && found &&
           orgs_save_setting(c, "nodes.anchor", cert_to_pem(c->arena, s.cert)) &&
           orgs_save_setting(c, "nodes.hub", STR_EMPTY);
}

static void stop_hub(struct three *t)
{
    testapp_write(t->p->hub, retire, NULL); /* it signs no more, and nobody reaches it */
    proxy_order(t->p->net, PROXY_REFUSE, 0, 1 << 20);
}

static void until_its_directory_names_the_third_nobody_asks_it(void **unused)
{
    struct three t = three_open();
    struct answer a = ask_third(&t, "early");
    assert_true(a.status >= 400 && answer_has(a, "nodes.service"));
    assert_int_equal(pair_tally(t.p, "early").asked, 0);
    give(&t, t.p->w.t);
    assert_int_equal(ask_third(&t, "then").status, 200);
    three_close(&t);
    (void)unused;
}

static void
a_third_node_and_the_department_exchange_without_the_hub_until_the_directory_expires(void **unused)
{
    struct three t = three_open();
    struct listing l = {.t = &t};
    give(&t, t.p->w.t);
    stop_hub(&t);
    testapp_advance(70 * MS_HOUR);
    struct answer a = ask_third(&t, "alone");
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_true(answer_has(a, "林晓禾"));
    assert_string_equal(pair_tally(t.p, "alone").state, "ok");
    testapp_read(t.third, list_department, &l); /* and the other way */
    assert_true(l.ok);
    /* A cut between the two has no second effect, as with the hub. */
    proxy_order(t.net, PROXY_DOWN, 10, 1);
    assert_int_equal(ask_third(&t, "cut").status, 200);
    testapp_advance(3 * MS_HOUR);
    a = ask_third(&t, "late");
    assert_true(a.status >= 400 && answer_has(a, "nodes.expired"));
    assert_int_equal(pair_tally(t.p, "late").asked, 0);
    testapp_read(t.third, list_department, &l);
    assert_false(l.ok);
    assert_string_equal(l.code, "nodes.expired");
    three_close(&t);
    (void)unused;
}

/* ---- a node that speaks for a system of another one ---- */

struct posing {
    struct arena *arena;
    const char *kind, *id;
    struct str client, service, content, body;
};

static bool sign_as_third(struct ctx *c)
{
    static int counter;
    struct posing *m = ctx_arg(c);
    struct signer key;
    struct json *o = json_object(c->arena);
    json_set_c(c->arena, o, "id", m->id);
    json_set_str(c->arena, o, "nonce", str_fmt(c->arena, "nonce-of-the-third-%d", ++counter));
    json_set_i64(c->arena, o, "time", testapp_now());
    json_set_c(c->arena, o, "from", "other-province");
    json_set_c(c->arena, o, "to", "hub");
    json_set_str(c->arena, o, "client", m->client);
    json_set_str(c->arena, o, "service", m->service);
    json_set_str(c->arena, o, "digest", text_digest(c->arena, m->content));
    json_set_str(c->arena, o, "content", m->content);
    if (!nodes_signer(c, &key) ||
        !envelope_seal(c->arena, m->kind, json_to_str(c->arena, o), key.key, &m->body, c->err))
        return false;
    m->body = str_dup(m->arena, m->body);
    return true;
}

static struct answer pose(struct three *t, const struct posing *as)
{
    struct posing m = *as;
    struct request *r = ARENA_NEW(m.arena, struct request);
    struct answer a = {0};
    testapp_read(t->third, sign_as_third, &m);
    r->method = METHOD_POST;
    r->path = str_fmt(m.arena, "/nodes/%s", m.kind);
    r->content_type = r->accept = STR("application/json");
    r->body = m.body;
    r->peer = r->direct = STR("10.9.9.9");
    server_handle(t->p->hub->server, m.arena, r, &a);
    return a;
}

/* What the hub signed in answer. */
static const struct json *said(struct three *t, struct answer a)
{
    struct arena *arena = t->p->w.t->arena;
    struct envelope v;
    struct err wrong = {0};
    assert_int_equal(a.status, 200);
    assert_true(envelope_open(arena, a.body, &v, &wrong));
    return json_parse(arena, v.text, JSON_STRICT, &wrong);
}

/* As the department's node signed it last. */
static const struct json *last_message(struct three *t)
{
    struct arena *arena = t->p->w.t->arena;
    char *kept = arena_alloc(arena, PROXY_KEPT);
    struct str request = str_n(kept, proxy_last(t->p->net, kept));
    struct envelope v;
    struct err wrong = {0};
    size_t body = str_find(request, STR("\r\n\r\n"));
    assert_true(body != SIZE_MAX &&
                envelope_open(arena, str_slice(request, body + 4, request.len), &v, &wrong));
    return json_parse(arena, v.text, JSON_STRICT, &wrong);
}

struct left {
    const char *id;
    int64_t rows, records; /* of the third, at the hub */
};

static bool count_left(struct ctx *c)
{
    struct left *l = ctx_arg(c);
    l->rows = pair_one(c, "SELECT COUNT(*) FROM node_served WHERE node = $1", STR("other-province"));
    l->records = pair_acts(c, "node.foreign", l->id);
    return true;
}

static struct left left_at_hub(struct three *t, const char *id)
{
    struct left l = {.id = id};
    testapp_read(t->p->hub, count_left, &l);
    return l;
}

static void must_be_refused(struct three *t, const struct posing *m)
{
    const struct json *answer = said(t, pose(t, m));
    assert_true(str_eq_c(json_text_of(answer, "result"), "nodes.client"));
    assert_int_equal(json_text_of(answer, "content").len, 0);
    assert_int_equal(left_at_hub(t, m->id).rows, 0);
    assert_int_equal(left_at_hub(t, m->id).records, 1);
}

static void a_node_gets_nothing_of_another_nodes_call_and_leaves_nothing_under_its_name(void **unused)
{
    struct three t = three_open();
    give(&t, t.p->w.t);
    assert_int_equal(pair_ask(t.p, "theirs").status, 200);
    const struct json *first = last_message(&t);
    struct posing m = {.arena = t.p->w.t->arena,
                       .kind = "call",
                       .id = "theirs",
                       .client = str_c(t.p->client),
                       .service = json_text_of(first, "service"),
                       .content = json_text_of(first, "content")};
    must_be_refused(&t, &m);
    m.id = "later";
    must_be_refused(&t, &m);
    assert_int_equal(pair_ask(t.p, "later").status, 200);
    /* Nor is it told what became of a call. */
    m.kind = "receipt";
    m.id = "theirs";
    struct answer a = pose(&t, &m);
    assert_int_equal(a.status, 403);
    assert_true(answer_has(a, "nodes.client") && !answer_has(a, "signature"));
    assert_int_equal(left_at_hub(&t, "theirs").records, 2);
    three_close(&t);
    (void)unused;
}

static bool leave_poison(struct ctx *c)
{
    const struct three *t = ctx_arg(c);
    const struct served_row r = {.id = ctx_id(c),
                                 .node = STR("other-province"),
                                 .client = str_c(t->p->client),
                                 .call = STR("used"),
                                 .service = str_c(t->p->service),
                                 .result = STR("nodes.client")};
    return served_store_add(c, &r);
}

/* As earlier versions kept it. */
static void an_id_that_another_node_used_is_free_for_its_own_node(void **unused)
{
    struct three t = three_open();
    testapp_write(t.p->hub, leave_poison, &t);
    struct answer a = pair_ask(t.p, "used");
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_string_equal(pair_tally(t.p, "used").state, "ok");
    three_close(&t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(until_its_directory_names_the_third_nobody_asks_it),
        cmocka_unit_test(
            a_third_node_and_the_department_exchange_without_the_hub_until_the_directory_expires),
        cmocka_unit_test(a_node_gets_nothing_of_another_nodes_call_and_leaves_nothing_under_its_name),
        cmocka_unit_test(an_id_that_another_node_used_is_free_for_its_own_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
