#include "modules/nodes/nodes_app_test.h"

#include <unistd.h>

#define TERMS "&callers_case=1&daily=100000&rate=100000"

static void a_system_asks_the_register_of_another_node_for_its_own_case(void **unused)
{
    struct pair *p = pair_open(TERMS);
    struct answer a = pair_ask(p, "call-1");
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_true(answer_has(a, "林晓禾"));
    assert_true(answer_has(a, "\"masked\":[\"mobile\"]"));
    assert_string_equal(str_z(p->hub->arena, pair_header(a, "X-Road-Id")), "call-1");
    assert_string_equal(str_z(p->hub->arena, pair_header(a, "X-Road-Client")), p->client);
    assert_true(pair_header(a, "X-Road-Request-Hash").len > 0);
    struct tally t = pair_tally(p, "call-1");
    assert_int_equal(t.asked, 1);
    assert_int_equal(t.outcomes, 1);
    assert_int_equal(t.served, 1);
    assert_int_equal(t.calls, 1);
    assert_int_equal(t.used, 1);
    assert_string_equal(t.state, "ok");
    pair_close(p);
    (void)unused;
}

static const char *call_name(struct pair *p, const char *prefix, size_t n)
{
    return str_z(p->w.t->arena, str_fmt(p->w.t->arena, "%s-%zu", prefix, n));
}

static const char *code_in(struct pair *p, struct answer a)
{
    return str_z(p->w.t->arena, pair_header(a, "X-Road-Error"));
}

static void must_refuse(struct pair *p, struct answer a, const char *code)
{
    assert_true(a.status >= 400);
    assert_string_equal(code_in(p, a), code);
    assert_false(answer_has(a, "林晓禾"));
}

/* ---- a network that is cut ---- */

/* One effect at most; and whoever was told something finds it in both logs. */
static void nothing_twice_nothing_unlogged(struct pair *p, struct answer a, const char *id,
                                           int64_t calls_before)
{
    struct tally t = pair_tally(p, id);
    assert_true(t.served <= 1);
    assert_true(t.calls - calls_before <= 1);
    assert_int_equal(t.calls, t.used);
    assert_true(t.asked >= 1);
    assert_int_equal(t.asked, t.outcomes);
    assert_int_equal(t.calls - calls_before, t.served);
    if (a.status == 200) {
        assert_int_equal(t.served, 1);
        assert_string_equal(t.state, "ok");
    } else {
        assert_string_equal(t.state, "unknown");
        assert_false(answer_has(a, "林晓禾"));
    }
}

/* The first attempt is cut and the second is not; then both are cut, and the system asks again under the id.
 */
static void cut_at(struct pair *p, enum proxy_cut cut, size_t after, const char *prefix)
{
    struct tally before = pair_tally(p, "none");
    const char *once = call_name(p, str_z(p->w.t->arena, str_fmt(p->w.t->arena, "%s-once", prefix)), after),
               *twice = call_name(p, str_z(p->w.t->arena, str_fmt(p->w.t->arena, "%s-twice", prefix)), after);
    proxy_order(p->net, cut, after, 1);
    struct answer a = pair_ask(p, once);
    if (a.status != 200) fail_msg("%s at %zu: %.*s", prefix, after, STR_ARG(a.body));
    nothing_twice_nothing_unlogged(p, a, once, before.calls);
    proxy_order(p->net, cut, after, 2);
    a = pair_ask(p, twice);
    assert_int_equal(a.status, 503);
    nothing_twice_nothing_unlogged(p, a, twice, before.calls + 1);
    a = pair_ask(p, twice);
    assert_int_equal(a.status, 200);
    nothing_twice_nothing_unlogged(p, a, twice, before.calls + 1);
}

static void a_cut_anywhere_has_no_second_effect_and_leaves_no_answer_unlogged(void **unused)
{
    enum { STRIDE = 23, EDGE = 2 };
    struct pair *p = pair_open(TERMS);
    int positions = 0;
    assert_int_equal(pair_ask(p, "measured").status, 200);
    size_t up = proxy_up(p->net), down = proxy_down(p->net);
    print_message("%zu bytes up, %zu down\n", up, down);
    assert_true(up > 500 && down > 500);
    cut_at(p, PROXY_REFUSE, 0, "connect");
    positions++;
    for (size_t n = 0; n <= up; n += n < EDGE || n + STRIDE >= up ? 1 : STRIDE, positions++)
        cut_at(p, PROXY_UP, n, "request");
    for (size_t n = 0; n < down; n += n < EDGE || n + STRIDE >= down ? 1 : STRIDE, positions++)
        cut_at(p, PROXY_DOWN, n, "answer");
    print_message("cut at %d positions of %zu + %zu bytes\n", positions, up, down);
    pair_close(p);
    (void)unused;
}

/* Jobs run by workers of the listening programs as well. */
static struct tally settled(struct pair *p, const char *id, const char *state)
{
    struct tally t = pair_tally(p, id);
    for (int i = 0; i < 200 && strcmp(t.state, state) != 0; i++) {
        testapp_jobs(p->w.t);
        usleep(50000);
        t = pair_tally(p, id);
    }
    return t;
}

/* As that one, of a node that is in no directory. */
static bool add_older_calls(struct ctx *c)
{
    struct db_rows at;
    struct asked_row r;
    int64_t id;
    bool found;
    if (!db_query(&c->tx, &at, "SELECT id FROM node_asked WHERE call = 'while'") ||
        !asked_store_load(c, db_int(&at, 0, 0), &r, &found))
        return false;
    r.node = STR("node-that-left");
    for (r.id = 1; r.id <= 2 * SETTLE_BATCH; r.id++) {
        r.call = str_fmt(c->arena, "older-%d", (int)r.id);
        if (!asked_store_begin(c, &r, &id)) return false;
    }
    return db_exec(&c->tx, "UPDATE node_asked SET state = 'unknown' WHERE id <= $1", DB_I(2 * SETTLE_BATCH));
}

static void a_hub_that_is_down_is_told_and_the_call_comes_to_its_end_later(void **unused)
{
    struct pair *p = pair_open(TERMS);
    assert_int_equal(pair_ask(p, "before").status, 200);
    proxy_order(p->net, PROXY_REFUSE, 0, 1000);
    must_refuse(p, pair_ask(p, "while"), "nodes.no_answer");
    struct tally t = pair_tally(p, "while");
    assert_string_equal(t.state, "unknown");
    assert_int_equal(t.served, 0);
    /* Once it can no longer arrive, the other node's word is final; older calls, to a node that is no longer
     * there, are not waited for. */
    testapp_write(p->w.t, add_older_calls, NULL);
    proxy_order(p->net, PROXY_WHOLE, 0, 0);
    testapp_advance(2 * NODES_WINDOW + MS_MINUTE);
    t = settled(p, "while", "never");
    assert_string_equal(t.state, "never");
    /* One that was answered into the void is found out as well. */
    proxy_order(p->net, PROXY_DOWN, 0, 2);
    must_refuse(p, pair_ask(p, "void"), "nodes.no_answer");
    testapp_advance(2 * NODES_WINDOW + MS_MINUTE);
    t = settled(p, "void", "answered");
    assert_string_equal(t.state, "answered");
    assert_string_equal(t.result, "ok");
    assert_int_equal(t.served, 1);
    assert_string_equal(pair_tally(p, "older-1").state, "unknown");
    testapp_advance(MS_DAY);
    assert_string_equal(settled(p, "older-1", "left").state, "left");
    pair_close(p);
    (void)unused;
}

/* ---- what is not as it was signed ---- */

static void an_altered_call_is_not_served(void **unused)
{
    struct pair *p = pair_open(TERMS);
    proxy_alter(p->net, true, "\\\"id\\\":\\\"altered\\\"", "\\\"id\\\":\\\"changed\\\"");
    must_refuse(p, pair_ask(p, "altered"), "nodes.answer");
    struct tally t = pair_tally(p, "altered");
    assert_int_equal(t.served, 0);
    assert_int_equal(pair_tally(p, "changed").served, 0);
    assert_string_equal(t.state, "unknown");
    pair_close(p);
    (void)unused;
}

static void an_altered_answer_is_not_given_on(void **unused)
{
    struct pair *p = pair_open(TERMS);
    proxy_alter(p->net, false, "林晓禾", "林晓木");
    must_refuse(p, pair_ask(p, "forged"), "nodes.answer");
    struct tally t = pair_tally(p, "forged");
    assert_int_equal(t.served, 1);
    assert_string_equal(t.state, "unknown");
    struct answer a = pair_ask(p, "forged"); /* asked again, the same answer */
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "林晓禾"));
    assert_int_equal(pair_tally(p, "forged").calls, 1);
    pair_close(p);
    (void)unused;
}

static void a_replayed_call_is_refused_and_counts_nothing(void **unused)
{
    struct pair *p = pair_open(TERMS);
    char *request = arena_alloc(p->w.t->arena, PROXY_KEPT), *answer = arena_alloc(p->w.t->arena, PROXY_KEPT);
    assert_int_equal(pair_ask(p, "replayed").status, 200);
    size_t n = proxy_last(p->net, request);
    size_t got = proxy_send(p->net, request, n, answer, PROXY_KEPT);
    assert_true(str_find(str_n(answer, got), STR("nodes.replay")) != SIZE_MAX);
    assert_true(str_find(str_n(answer, got), STR("林晓禾")) == SIZE_MAX);
    struct tally t = pair_tally(p, "replayed");
    assert_int_equal(t.calls, 1);
    assert_int_equal(t.used, 1);
    assert_int_equal(t.served, 2); /* the refusal is on record as well */
    testapp_advance(NODES_WINDOW + MS_SECOND);
    got = proxy_send(p->net, request, n, answer, PROXY_KEPT);
    assert_true(str_find(str_n(answer, got), STR("nodes.time")) != SIZE_MAX);
    pair_close(p);
    (void)unused;
}

/* Whoever holds a message of the last minutes cannot fill the record with it. */
static void replays_are_on_record_and_no_more_than_so_many_a_minute(void **unused)
{
    enum { SENT = 40, MOST = 30 };
    struct pair *p = pair_open(TERMS);
    char *request = arena_alloc(p->w.t->arena, PROXY_KEPT), *answer = arena_alloc(p->w.t->arena, PROXY_KEPT);
    const struct node_call k = {.id = "twice", .body = pair_body(p), .nonce = "nonce-that-comes-again"};
    assert_int_equal(pair_send(p, &k).status, 200);
    size_t n = proxy_last(p->net, request), got = 0;
    for (size_t i = 0; i < SENT; i++)
        got = proxy_send(p->net, request, n, answer, PROXY_KEPT);
    assert_true(str_find(str_n(answer, got), STR("\"limit\"")) != SIZE_MAX);
    assert_int_equal(pair_tally(p, "twice").served, 1 + MOST);
    /* The same for a system of this node. */
    for (size_t i = 0; i < MOST; i++)
        must_refuse(p, pair_send(p, &k), "exchange.replay");
    must_refuse(p, pair_send(p, &k), "limit");
    struct tally t = pair_tally(p, "twice");
    assert_int_equal(t.refused, MOST);
    assert_string_equal(t.state, "ok"); /* of the call itself nothing is taken back */
    assert_int_equal(t.asked, 1);
    assert_int_equal(t.calls, 1);
    pair_close(p);
    (void)unused;
}

static void a_replayed_question_for_a_receipt_is_told_nothing(void **unused)
{
    struct pair *p = pair_open(TERMS);
    char *request = arena_alloc(p->w.t->arena, PROXY_KEPT), *answer = arena_alloc(p->w.t->arena, PROXY_KEPT);
    proxy_order(p->net, PROXY_DOWN, 0, 2);
    must_refuse(p, pair_ask(p, "void"), "nodes.no_answer");
    testapp_advance(2 * NODES_WINDOW + MS_MINUTE);
    assert_string_equal(settled(p, "void", "answered").state, "answered");
    size_t n = proxy_last(p->net, request);
    assert_true(str_find(str_n(request, n), STR("/nodes/receipt")) != SIZE_MAX);
    size_t got = proxy_send(p->net, request, n, answer, PROXY_KEPT);
    assert_true(str_find(str_n(answer, got), STR("nodes.replay")) != SIZE_MAX);
    assert_true(str_find(str_n(answer, got), STR("\"signature\"")) == SIZE_MAX);
    pair_close(p);
    (void)unused;
}

static bool take_other_key(struct ctx *c)
{
    return nodes_be(c,
                    &(struct nodes_identity){.code = STR("tobacco-node"), .url = STR("http://127.0.0.1:1")});
}

/* The signer "node" of another installation: the directory does not name it. */
static void a_node_with_another_key_is_not_served(void **unused)
{
    struct pair *p = pair_open(TERMS);
    struct testapp *thief = testapp_open(true);
    struct text_for f = {.arena = p->w.t->arena};
    testapp_write(thief, take_other_key, NULL);
    testapp_write(thief, pair_enrolment, &f);
    struct enrolment e;
    struct err wrong = {0};
    assert_true(enrolment_read(p->w.t->arena, f.text, &e, &wrong));
    struct envelope v;
    struct sm2_key *key = sm2_generate(p->w.t->arena, &wrong);
    struct str body = STR_EMPTY;
    struct json *o = json_object(p->w.t->arena);
    json_set_c(p->w.t->arena, o, "id", "stolen");
    json_set_c(p->w.t->arena, o, "from", "tobacco-node");
    json_set_c(p->w.t->arena, o, "to", "hub");
    json_set_c(p->w.t->arena, o, "client", p->client);
    json_set_i64(p->w.t->arena, o, "time", testapp_now());
    json_set_c(p->w.t->arena, o, "nonce", "0123456789abcdef");
    assert_true(key &&
                envelope_seal(p->w.t->arena, "call", json_to_str(p->w.t->arena, o), key, &body, &wrong) &&
                envelope_open(p->w.t->arena, body, &v, &wrong));
    struct request *r = ARENA_NEW(p->w.t->arena, struct request);
    struct answer a = {0};
    r->method = METHOD_POST;
    r->path = STR("/nodes/call");
    r->content_type = r->accept = STR("application/json");
    r->body = body;
    r->peer = r->direct = STR("10.9.9.9");
    server_handle(p->hub->server, p->w.t->arena, r, &a);
    assert_int_equal(a.status, 403);
    assert_true(answer_has(a, "nodes.signature"));
    assert_int_equal(pair_tally(p, "stolen").served, 0);
    testapp_close(thief);
    pair_close(p);
    (void)unused;
}

/* ---- the directory ---- */

static bool sign_again(struct ctx *c)
{
    (void)ctx_arg(c);
    return hub_sign(c);
}

static void take_fails(struct pair *p, struct str directory, const char *code)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct text_for f = {.text = directory};
    struct err e = {0};
    assert_false(server_write(p->w.t->server, &system, pair_take, &f, &e));
    assert_string_equal(e.code, code);
}

static void a_directory_is_never_rolled_back(void **unused)
{
    struct pair *p = pair_open(TERMS);
    struct str old = pair_directory_now(p);
    testapp_write(p->hub, sign_again, NULL);
    pair_give_directory(p);
    take_fails(p, old, "nodes.rolled_back");
    /* One that the hub did not sign. */
    struct str forged = str_dup(p->w.t->arena, pair_directory_now(p));
    char *at = (char *)forged.ptr + str_find(forged, STR("tobacco-node"));
    *at = 'T';
    take_fails(p, forged, "nodes.signature");
    assert_int_equal(pair_ask(p, "after").status, 200);
    pair_close(p);
    (void)unused;
}

/* It makes no directory any more, and serves as a node like any other. */
static bool retire_hub(struct ctx *c)
{
    struct signer s;
    bool found;
    ctx_changed(c, "nodes");
    return keyring_find_signer(ctx_keys(c), STR("directory"), &s, &found, c->err) && found &&
           orgs_save_setting(c, "nodes.anchor", cert_to_pem(c->arena, s.cert)) &&
           orgs_save_setting(c, "nodes.hub", STR_EMPTY);
}

static void without_the_hub_nodes_go_on_until_the_directory_expires(void **unused)
{
    struct pair *p = pair_open(TERMS);
    testapp_write(p->hub, retire_hub, NULL);
    testapp_advance(60 * MS_HOUR);
    assert_int_equal(pair_ask(p, "late").status, 200);
    testapp_advance(13 * MS_HOUR);
    must_refuse(p, pair_ask(p, "too-late"), "nodes.expired");
    assert_int_equal(pair_tally(p, "too-late").asked, 0);
    pair_close(p);
    (void)unused;
}

/* Of the directory that calls go by. */
static bool number_known(struct ctx *c)
{
    int64_t *number = ctx_arg(c);
    const struct nodes_known *k = nodes_now(c);
    *number = k->dir ? k->dir->number : 0;
    return true;
}

static void the_hub_renews_the_directory_and_nodes_fetch_it(void **unused)
{
    struct pair *p = pair_open(TERMS);
    int64_t number = 0;
    testapp_advance(30 * MS_HOUR);
    for (int i = 0; i < 200 && number < 3; i++) {
        testapp_jobs(p->hub);
        testapp_advance(MS_MINUTE);
        testapp_jobs(p->w.t);
        testapp_read(p->w.t, number_known, &number);
        usleep(20000);
    }
    assert_true(number >= 3);
    testapp_advance(60 * MS_HOUR);
    struct answer a = pair_ask(p, "renewed");
    if (a.status != 200) fail_msg("%.*s", STR_ARG(a.body));
    pair_close(p);
    (void)unused;
}

static bool remove_node(struct ctx *c)
{
    return entry_store_remove(c, STR("tobacco-node")) && hub_sign(c);
}

static void a_member_that_was_removed_is_not_served(void **unused)
{
    struct pair *p = pair_open(TERMS);
    assert_int_equal(pair_ask(p, "member").status, 200);
    testapp_write(p->hub, remove_node, NULL);
    must_refuse(p, pair_ask(p, "gone"),
                "nodes.answer"); /* it has not heard of it, and the hub knows its key no more */
    assert_int_equal(pair_tally(p, "gone").served, 0);
    pair_give_directory(p);
    must_refuse(p, pair_ask(p, "knows"), "nodes.member");
    assert_int_equal(pair_tally(p, "knows").asked, 0);
    pair_close(p);
    (void)unused;
}

/* ---- permits ---- */

static void without_a_permit_the_other_node_refuses_on_record(void **unused)
{
    struct pair *p = pair_open(NULL);
    must_refuse(p, pair_ask(p, "unpermitted"), "exchange.permit");
    struct tally t = pair_tally(p, "unpermitted");
    assert_int_equal(t.served, 1);
    assert_string_equal(t.state, "refused");
    pair_close(p);
    (void)unused;
}

static void who_asks_at_the_other_node_is_bound_by_the_permit(void **unused)
{
    struct pair *p = pair_open(TERMS "&operators=li-4,applicant");
    must_refuse(p, pair_ask(p, "somebody"), "exchange.operator");
    pair_close(p);
    (void)unused;
}

static void a_case_of_the_caller_counts_only_where_the_permit_says_so(void **unused)
{
    struct pair *p = pair_open("&daily=100");
    must_refuse(p, pair_ask(p, "own-case"), "exchange.case_elsewhere");
    pair_close(p);
    (void)unused;
}

static void a_case_is_asserted_only_where_it_is_live_and_of_that_person(void **unused)
{
    struct pair *p = pair_open(TERMS);
    struct node_call k = {.id = "zhou", .body = exchange_query(&p->w, ZHOU, p->w.case_no)};
    must_refuse(p, pair_send(p, &k), "exchange.case_subject");
    k.id = "none";
    k.body = exchange_query(&p->w, LIN, STR("780101209901010001"));
    must_refuse(p, pair_send(p, &k), "exchange.no_case");
    assert_int_equal(pair_tally(p, "zhou").asked, 0);
    k.id = "caseless";
    k.body = exchange_query(&p->w, LIN, STR_EMPTY);
    must_refuse(p, pair_send(p, &k), "exchange.no_case");
    assert_int_equal(pair_tally(p, "caseless").served, 1);
    pair_close(p);
    (void)unused;
}

/* Whoever has a key but no permit learns nothing of people and cases that is not on record. */
static void what_a_refusal_tells_of_a_case_is_on_record_and_told_once(void **unused)
{
    struct pair *p = pair_open(NULL);
    const char *nowhere = "/exchange/DEMO/GOV/X/data/y", *zhou = exchange_query(&p->w, ZHOU, p->w.case_no);
    struct node_call k = {.id = "guess", .body = zhou, .nonce = "nonce-of-a-guess-1"};
    must_refuse(p, pair_send(p, &k), "exchange.case_subject");
    struct tally t = pair_tally(p, "guess");
    assert_int_equal(t.refused, 1);
    assert_string_equal(t.state, "refused");
    assert_string_equal(t.result, "exchange.case_subject");
    must_refuse(p, pair_send(p, &k), "exchange.replay");
    assert_int_equal(pair_tally(p, "guess").refused, 2); /* that it came again, as well */
    k = (struct node_call){.id = "guess", .body = exchange_query(&p->w, LIN, STR("780101209901010001"))};
    must_refuse(p, pair_send(p, &k), "nodes.id_reused");
    assert_int_equal(pair_tally(p, "guess").refused, 3);
    /* Of a service that is not there no case is looked up. */
    k = (struct node_call){.id = "nowhere", .path = nowhere, .body = zhou};
    struct answer a = pair_send(p, &k);
    assert_true(a.status >= 400 && answer_has(a, "nodes.service"));
    assert_int_equal(pair_tally(p, "nowhere").refused, 1);
    pair_close(p);
    (void)unused;
}

static void guessing_at_cases_is_slowed_down(void **unused)
{
    struct pair *p = pair_open(NULL);
    struct node_call k = {.body = exchange_query(&p->w, ZHOU, p->w.case_no)};
    for (size_t i = 0; i < 30; i++)
        must_refuse(p, pair_send(p, &k), "exchange.case_subject");
    struct answer a = pair_send(p, &k);
    assert_int_equal(a.status, 503);
    must_refuse(p, a, "limit");
    pair_close(p);
    (void)unused;
}

static void the_quota_counts_a_call_once(void **unused)
{
    struct pair *p = pair_open("&callers_case=1&daily=2&rate=100");
    proxy_order(p->net, PROXY_DOWN, 10, 1);
    assert_int_equal(pair_ask(p, "first").status, 200);
    assert_int_equal(pair_ask(p, "first").status, 200); /* a repeat */
    assert_int_equal(pair_ask(p, "second").status, 200);
    must_refuse(p, pair_ask(p, "third"), "exchange.quota");
    assert_int_equal(pair_tally(p, "third").used, 2);
    /* What passed is no outcome to keep: the same call is answered when it may be. */
    testapp_advance(MS_DAY);
    assert_int_equal(pair_ask(p, "third").status, 200);
    assert_int_equal(pair_ask(p, "third").status, 200);
    struct tally t = pair_tally(p, "third");
    assert_string_equal(t.state, "ok");
    assert_int_equal(t.used, 3);
    assert_int_equal(t.again, 1);
    pair_close(p);
    (void)unused;
}

static const char *state_of_permits, *state_of_resources;

static bool set_states(struct ctx *c)
{
    ctx_changed(c, "exchange");
    return db_exec(&c->tx, "UPDATE share_permit SET state = $1", DB_C(state_of_permits)) &&
           db_exec(&c->tx, "UPDATE data_resource SET state = $1", DB_C(state_of_resources));
}

static void now_it_is(struct pair *p, const char *permit, const char *resource)
{
    state_of_permits = permit;
    state_of_resources = resource;
    testapp_write(p->hub, set_states, NULL);
}

/* Nor has what was answered been refused, afterwards. */
static void an_answer_is_given_again_only_while_the_call_may_be_made(void **unused)
{
    struct pair *p = pair_open(TERMS);
    assert_int_equal(pair_ask(p, "kept").status, 200);
    now_it_is(p, "ended", "open");
    must_refuse(p, pair_ask(p, "kept"), "exchange.permit");
    now_it_is(p, "granted", "suspended");
    must_refuse(p, pair_ask(p, "kept"), "exchange.suspended");
    struct tally t = pair_tally(p, "kept");
    assert_int_equal(t.served, 1);
    assert_int_equal(t.again, 2);
    assert_int_equal(t.calls, 3); /* what was refused is on record as a call, too */
    assert_int_equal(t.used, 1);
    assert_string_equal(t.state, "ok");
    now_it_is(p, "granted", "open");
    assert_int_equal(pair_ask(p, "kept").status, 200);
    t = pair_tally(p, "kept");
    assert_int_equal(t.calls, 3);
    assert_int_equal(t.used, 1);
    exchange_calls_fit(&p->w);
    exchange_calls_fit(&(struct world){.t = p->hub});
    pair_close(p);
    (void)unused;
}

static void another_question_under_the_same_id_is_refused(void **unused)
{
    struct pair *p = pair_open(TERMS);
    struct node_call k = {.id = "one", .body = exchange_query(&p->w, ZHOU, STR_EMPTY)};
    assert_int_equal(pair_ask(p, "one").status, 200);
    must_refuse(p, pair_send(p, &k), "nodes.id_reused");
    assert_int_equal(pair_tally(p, "one").asked, 1);
    pair_close(p);
    (void)unused;
}

/* ---- metaservices ---- */

static struct answer meta(struct pair *p, const char *name)
{
    size_t cut = strlen(p->service) - strlen("population");
    const struct node_call k = {
        .get = true,
        .path = str_z(p->w.t->arena, str_fmt(p->w.t->arena, "/r1/%.*s%s", (int)cut, p->service, name))};
    return pair_send(p, &k);
}

static void a_system_learns_what_another_node_offers_and_what_it_may(void **unused)
{
    struct pair *p = pair_open(NULL);
    struct answer a = meta(p, "listMethods");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "\"service_code\":\"population\""));
    assert_true(answer_has(a, "\"xroad_instance\":\"DEMO\""));
    assert_false(answer_has(meta(p, "allowedMethods"), "population"));
    pair_grant(p, TERMS);
    assert_true(answer_has(meta(p, "allowedMethods"), "\"service_code\":\"population\""));
    a = meta(p, "getOpenAPI?serviceCode=population");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "\"openapi\":\"3.0.3\"") && answer_has(a, "id_number"));
    must_refuse(p, meta(p, "getOpenAPI?serviceCode=nothing"), "nodes.service");
    pair_close(p);
    (void)unused;
}

/* Of this node and of another: signed with a nonce that is good once, and what is refused is on record. */
static void a_question_what_there_is_is_taken_once_like_a_call(void **unused)
{
    struct pair *p = pair_open(NULL);
    struct arena *a = p->w.t->arena;
    const char *member = strrchr(p->client, '/');
    struct str own = str_n(p->client, (size_t)(member - p->client));
    const char *paths[] = {str_z(a, str_fmt(a, "/r1/%.*s/data/listMethods", STR_ARG(own))),
                           str_z(a, str_fmt(a, "/r1/%.*s/data/getOpenAPI?serviceCode=nothing", STR_ARG(own))),
                           str_z(a, str_fmt(a, "/r1/%.*slistMethods",
                                            (int)(strlen(p->service) - strlen("population")), p->service))};
    for (size_t i = 0; i < 3; i++) {
        const struct node_call k = {.get = true,
                                    .path = paths[i],
                                    .id = call_name(p, "meta", i),
                                    .nonce = call_name(p, "nonce-of-a-meta", i)};
        struct answer first = pair_send(p, &k), again = pair_send(p, &k);
        if (i == 1)
            must_refuse(p, first, "nodes.service");
        else
            assert_int_equal(first.status, 200);
        must_refuse(p, again, "exchange.replay");
        assert_false(answer_has(again, "service_code"));
    }
    assert_int_equal(pair_tally(p, "meta-0").refused, 1);
    assert_int_equal(pair_tally(p, "meta-1").refused, 2);
    assert_int_equal(pair_tally(p, "meta-2").refused, 1);
    pair_close(p);
    (void)unused;
}

static size_t calls_seen(struct testapp *t, const char *login, const char *which)
{
    struct client c = exchange_officer(t, login);
    return json_get(exchange_ok(&c, client_getf(&c, "/office/nodes/calls?f=%s", which)), "calls")->count;
}

static void a_department_sees_its_own_calls_between_nodes_and_overseers_all(void **unused)
{
    static const char *const all[] = {"supervisor", "data1", "sysadmin", "auditor"};
    struct pair *p = pair_open(TERMS);
    assert_int_equal(pair_ask(p, "mine").status, 200);
    const struct node_call refused = {.id = "refused",
                                      .body = exchange_query(&p->w, LIN, STR("780101200001010001"))};
    must_refuse(p, pair_send(p, &refused), "exchange.no_case");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(calls_seen(p->w.t, all[i], "sent"), 2);
        assert_int_equal(calls_seen(p->hub, all[i], "served"), 1);
    }
    assert_int_equal(calls_seen(p->w.t, "tobacco.data", "sent"), 2);
    assert_int_equal(calls_seen(p->w.t, "market.data", "sent"), 0);
    assert_int_equal(calls_seen(p->hub, "public-security.data", "served"), 1);
    assert_int_equal(calls_seen(p->hub, "market.data", "served"), 0);
    pair_close(p);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_system_asks_the_register_of_another_node_for_its_own_case),
        cmocka_unit_test(a_cut_anywhere_has_no_second_effect_and_leaves_no_answer_unlogged),
        cmocka_unit_test(a_hub_that_is_down_is_told_and_the_call_comes_to_its_end_later),
        cmocka_unit_test(an_altered_call_is_not_served),
        cmocka_unit_test(an_altered_answer_is_not_given_on),
        cmocka_unit_test(a_replayed_call_is_refused_and_counts_nothing),
        cmocka_unit_test(replays_are_on_record_and_no_more_than_so_many_a_minute),
        cmocka_unit_test(a_replayed_question_for_a_receipt_is_told_nothing),
        cmocka_unit_test(a_node_with_another_key_is_not_served),
        cmocka_unit_test(a_directory_is_never_rolled_back),
        cmocka_unit_test(without_the_hub_nodes_go_on_until_the_directory_expires),
        cmocka_unit_test(the_hub_renews_the_directory_and_nodes_fetch_it),
        cmocka_unit_test(a_member_that_was_removed_is_not_served),
        cmocka_unit_test(without_a_permit_the_other_node_refuses_on_record),
        cmocka_unit_test(who_asks_at_the_other_node_is_bound_by_the_permit),
        cmocka_unit_test(a_case_of_the_caller_counts_only_where_the_permit_says_so),
        cmocka_unit_test(a_case_is_asserted_only_where_it_is_live_and_of_that_person),
        cmocka_unit_test(what_a_refusal_tells_of_a_case_is_on_record_and_told_once),
        cmocka_unit_test(guessing_at_cases_is_slowed_down),
        cmocka_unit_test(the_quota_counts_a_call_once),
        cmocka_unit_test(an_answer_is_given_again_only_while_the_call_may_be_made),
        cmocka_unit_test(another_question_under_the_same_id_is_refused),
        cmocka_unit_test(a_system_learns_what_another_node_offers_and_what_it_may),
        cmocka_unit_test(a_question_what_there_is_is_taken_once_like_a_call),
        cmocka_unit_test(a_department_sees_its_own_calls_between_nodes_and_overseers_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
