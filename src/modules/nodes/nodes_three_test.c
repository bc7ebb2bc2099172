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
                                   c->now + 30 * MS_DAY);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(until_its_directory_names_the_third_nobody_asks_it),
        cmocka_unit_test(
            a_third_node_and_the_department_exchange_without_the_hub_until_the_directory_expires),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
