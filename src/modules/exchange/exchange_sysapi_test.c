/* The header convention of the national platform as a server: what it opens, and each refusal by itself. */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"
#include "modules/exchange/exchange_gjzwfwpt.h"
#include "modules/orgs/orgs.h"

struct question {
    const char *body, *rid, *sid, *path, *sign, *rtime;
    struct str secret;
    int64_t time;
};

static struct str secret; /* of "tobacco-licensing" */

static const char *value_of(const void *source, const char *name)
{
    const struct gj_head *h = source;
    const struct {
        const char *name;
        struct str value;
    } parts[] = {{"gjzwfwpt_rid", h->rid},
                 {"gjzwfwpt_sid", h->sid},
                 {"gjzwfwpt_rtime", h->rtime},
                 {"gjzwfwpt_sign", h->sign}};
    for (size_t i = 0; i < 4; i++)
        if (strcmp(name, parts[i].name) == 0) return parts[i].value.len ? parts[i].value.ptr : NULL;
    return NULL;
}

static struct str or_else(struct arena *a, const char *given, struct str usual)
{
    return str_dup(a, given ? str_c(given) : usual);
}

static struct answer ask(struct world *w, const struct question *q)
{
    struct arena *a = w->t->arena;
    struct request *r = ARENA_NEW(a, struct request);
    struct gj_head *h = ARENA_NEW(a, struct gj_head);
    struct answer out = {0};
    h->rid = or_else(a, q->rid, STR("tobacco-licensing"));
    h->sid = or_else(a, q->sid, STR("population"));
    h->rtime = or_else(a, q->rtime, str_fmt(a, "%lld", (long long)(q->time ? q->time : testapp_now())));
    h->sign = or_else(a, q->sign, gj_sign(a, h, q->secret.len ? q->secret : secret));
    r->method = METHOD_POST;
    r->path = str_fmt(a, "/sysapi/%s", q->path ? q->path : "population");
    r->content_type = STR("application/json;charset=utf-8");
    r->accept = STR("*/*");
    r->body = str_c(q->body);
    r->peer = r->direct = STR("10.1.2.3");
    r->other = value_of;
    r->source = h;
    server_handle(w->t->server, a, r, &out);
    testapp_advance(1); /* the next question has a time of its own */
    return out;
}

static const struct json *reply(struct world *w, struct answer a)
{
    struct client c = client_new(w->t);
    assert_true(str_starts(a.type, STR("application/json")));
    return client_json(&c, a);
}

static void refused(struct world *w, const struct question *q, const char *code)
{
    struct answer a = ask(w, q);
    const struct json *doc = reply(w, a);
    assert_int_equal(a.status, 200);
    assert_true(str_eq_c(json_text_of(doc, "code"), "300"));
    assert_true(json_text_of(doc, "message").len > 0);
    assert_true(str_eq_c(json_text(json_path(doc, "data.error")), code));
    assert_false(answer_has(a, "林晓禾"));
}

static struct str new_secret(struct world *w)
{
    char path[90];
    snprintf(path, sizeof path, "/office/exchange/systems/%lld/secrets", (long long)w->system);
    struct str key = json_text_of(exchange_ok(&w->steward, client_post(&w->steward, path, "")), "key");
    assert_int_equal(key.len, 64);
    return key;
}

static struct world opened(const char *more)
{
    struct world w = exchange_world();
    exchange_grant(&w, more);
    testapp_write(w.t, exchange_seed_case, &w);
    secret = new_secret(&w);
    return w;
}

static struct question good(struct world *w)
{
    return (struct question){.body = exchange_query(w, LIN, w->case_no)};
}

/* Computed by another program: base64 of HMAC-SHA256 over sid ‖ rid ‖ rtime. */
static void the_sign_is_the_one_other_programs_compute(void **unused)
{
    struct arena *a = arena_new(1 << 20);
    const struct str key = STR("0123456789abcdef0123456789abcdef");
    struct gj_head h = {.rid = STR("tobacco-licensing"),
                        .sid = STR("population"),
                        .rtime = STR("1795395600000")},
                   tiny = {.rid = STR("r"), .sid = STR("s"), .rtime = STR("0000000000001")};
    assert_true(str_eq_c(gj_sign(a, &h, key), "djUvM5jtCfgKjNRh+deqsmyW+nMPbvHu9drEZ2jJf34="));
    assert_true(str_eq_c(gj_sign(a, &tiny, key), "4HmkHM7wStfb7S9C26gUlipPHpDeTzl1jSxlrsMj/zE="));
    h.sign = STR("djUvM5jtCfgKjNRh+deqsmyW+nMPbvHu9drEZ2jJf34=");
    assert_true(gj_fits(a, &h, mac_key_sha256(a, key)));
    h.sid = STR("population2");
    assert_false(gj_fits(a, &h, mac_key_sha256(a, key)));
    arena_drop(a);
    (void)unused;
}

static void a_question_of_the_convention_goes_the_way_of_every_call(void **unused)
{
    struct world w = opened("&compat=1");
    const struct question q = good(&w);
    struct answer a = ask(&w, &q);
    const struct json *doc = reply(&w, a);
    assert_int_equal(a.status, 200);
    assert_true(str_eq_c(json_text_of(doc, "code"), "200"));
    assert_true(str_eq_c(json_text(json_path(doc, "data.data.name")), "林晓禾"));
    assert_true(str_find_char(json_text(json_path(doc, "data.data.mobile")), '*') != SIZE_MAX);
    assert_true(str_eq_c(json_text(json_path(doc, "data.provenance.resource")), "population"));
    testapp_close(w.t);
    (void)unused;
}

static void a_permit_that_wants_the_operator_named_is_not_for_the_system_itself(void **unused)
{
    struct world w = opened("&compat=1&operators=*");
    const struct question named = good(&w),
                          none = {.body = str_z(
                                      w.t->arena,
                                      str_fmt(w.t->arena,
                                              "{\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN
                                              "\",\"case\":\"%.*s\",\"fields\":[\"name\"]}",
                                              STR_ARG(w.case_no)))};
    refused(&w, &none, "exchange.operator");
    assert_true(str_eq_c(json_text_of(reply(&w, ask(&w, &named)), "code"), "200"));
    testapp_close(w.t);
    (void)unused;
}

static void a_permit_that_does_not_say_so_lets_nothing_unsigned_in(void **unused)
{
    struct world w = opened("");
    const struct question q = good(&w);
    refused(&w, &q, "exchange.convention");
    const struct signed_call whole = {.body = q.body};
    assert_int_equal(exchange_send(&w, &whole).status, 200);
    testapp_close(w.t);
    (void)unused;
}

static void a_head_that_is_not_true_is_refused(void **unused)
{
    struct world w = opened("&compat=1");
    struct question wrong = good(&w), unknown = good(&w), own = good(&w), garbled = good(&w),
                    empty = good(&w), bad_time = good(&w), elsewhere = good(&w), other_key = good(&w);
    wrong.secret = STR("another");
    unknown.rid = "nobody";
    own.rid = "platform";
    garbled.sign = "%%%";
    empty.sign = "";
    bad_time.rtime = "17953956000000"; /* a digit more: sid and rid could borrow from it */
    elsewhere.path = "marriage";
    other_key.secret = str_hex(w.t->arena, w.key.ptr, w.key.len); /* of the other way of signing */
    const struct question *const all[] = {&wrong, &unknown,  &own,       &garbled,
                                          &empty, &bad_time, &elsewhere, &other_key};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        refused(&w, all[i], "exchange.signature");
    assert_true(answer_has(ask(&w, &wrong), "直接拼接")); /* no five lines are signed here */
    testapp_close(w.t);
    (void)unused;
}

static void an_unknown_sid_is_told_to_who_has_shown_its_key(void **unused)
{
    struct world w = opened("&compat=1");
    struct question q = good(&w);
    q.sid = q.path = "nothing";
    refused(&w, &q, "exchange.resource");
    testapp_close(w.t);
    (void)unused;
}

static bool narrow(struct ctx *c)
{
    ctx_changed(c, "exchange");
    return orgs_save_setting(c, "exchange.gjzwfwpt_window", STR("60")) &&
           orgs_save_setting(c, "exchange.gjzwfwpt_codes",
                             STR("exchange.time=api-001, exchange.replay=api-002"));
}

static void the_window_and_the_codes_are_settings(void **unused)
{
    struct world w = opened("&compat=1");
    struct question early = good(&w), late = good(&w);
    early.time = testapp_now() - 4 * MS_MINUTE;
    assert_true(str_eq_c(json_text_of(reply(&w, ask(&w, &early)), "code"), "200"));
    early.time = testapp_now() - 5 * MS_MINUTE - 1;
    refused(&w, &early, "exchange.time");
    late.time = testapp_now() + 5 * MS_MINUTE + 1;
    refused(&w, &late, "exchange.time");
    testapp_write(w.t, narrow, NULL);
    /* another process tells it the same way */
    early.time = testapp_now() - 61 * MS_SECOND;
    exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/systems"));
    const struct json *doc = reply(&w, ask(&w, &early));
    assert_true(str_eq_c(json_text_of(doc, "code"), "api-001"));
    testapp_close(w.t);
    (void)unused;
}

static void rid_sid_and_time_are_taken_once(void **unused)
{
    struct world w = opened("&compat=1");
    struct question q = good(&w), altered = good(&w);
    q.time = altered.time = testapp_now();
    altered.body = exchange_query(&w, ZHOU, w.case_no); /* the head is true, the body somebody else's */
    assert_true(str_eq_c(json_text_of(reply(&w, ask(&w, &q)), "code"), "200"));
    refused(&w, &q, "exchange.replay");
    refused(&w, &altered, "exchange.replay");
    testapp_advance(4 * MS_MINUTE);
    testapp_jobs(w.t);
    refused(&w, &q, "exchange.replay");
    testapp_close(w.t);
    (void)unused;
}

struct found {
    const char *way;
    int64_t calls;
};

static bool look(struct ctx *c)
{
    struct found *f = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM exchange_call WHERE signed = $1", DB_C(f->way)))
        return false;
    f->calls = db_int(&r, 0, 0);
    return true;
}

static void the_record_says_by_what_a_call_was_signed(void **unused)
{
    struct world w = opened("&compat=1");
    const struct question q = good(&w);
    const struct signed_call whole = {.body = q.body};
    ask(&w, &q);
    exchange_send(&w, &whole);
    static const char *const ways[] = {GJ_SCHEME, "TB-HMAC-SM3", "TB-SM2"};
    static const int64_t wanted[] = {1, 1, 0};
    for (size_t i = 0; i < 3; i++) {
        struct found f = {.way = ways[i]};
        testapp_read(w.t, look, &f);
        assert_int_equal(f.calls, wanted[i]);
    }
    testapp_close(w.t);
    (void)unused;
}

static void an_ended_secret_is_refused_at_once_and_two_overlap(void **unused)
{
    struct world w = opened("&compat=1");
    struct question q = good(&w), next = good(&w);
    next.secret = new_secret(&w);
    assert_true(str_eq_c(json_text_of(reply(&w, ask(&w, &q)), "code"), "200"));
    assert_true(str_eq_c(json_text_of(reply(&w, ask(&w, &next)), "code"), "200"));
    const struct json *page = exchange_ok(
        &w.steward, client_getf(&w.steward, "/office/exchange/systems/%lld", (long long)w.system));
    char path[90], form[60];
    snprintf(path, sizeof path, "/office/exchange/systems/%lld/secrets", (long long)w.system);
    assert_int_equal(client_post(&w.steward, path, "").status, 409);
    snprintf(path, sizeof path, "/office/exchange/systems/%lld/keys/end", (long long)w.system);
    const struct json *last = json_get(page, "acts")->last; /* the older of the two */
    struct str key = json_text(json_path(json_at(json_get(last, "fields"), 0), "value"));
    snprintf(form, sizeof form, "key=%.*s", STR_ARG(key));
    exchange_ok(&w.steward, client_post(&w.steward, path, form));
    refused(&w, &q, "exchange.signature");
    assert_true(str_eq_c(json_text_of(reply(&w, ask(&w, &next)), "code"), "200"));
    testapp_close(w.t);
    (void)unused;
}

static void what_is_wrong_in_the_body_is_said_in_the_words_of_the_convention(void **unused)
{
    struct world w = opened("&compat=1");
    const struct question q = {.body = "{\"mode\":\"query\"}"}, none = {.body = "no json"};
    struct answer a = ask(&w, &q);
    assert_int_equal(a.status, 422);
    assert_true(str_eq_c(json_text_of(reply(&w, a), "code"), "300"));
    assert_true(answer_has(a, "\"purpose\""));
    assert_true(str_eq_c(json_text_of(reply(&w, ask(&w, &none)), "code"), "300"));
    testapp_close(w.t);
    (void)unused;
}

static void an_answer_is_read_for_what_it_is(void **unused)
{
    struct arena *a = arena_new(1 << 20);
    const struct json *data;
    struct str why;
    assert_true(gj_read(a, STR("{\"code\":200,\"message\":\"ok\",\"data\":{\"a\":1}}"), &data, &why));
    assert_int_equal(json_i64_of(data, "a", 0), 1);
    assert_true(gj_read(a, STR("{\"code\":\"200\",\"message\":\"ok\"}"), &data, &why));
    assert_true(json_is(data, JSON_NULL));
    assert_true(gj_read(a, gj_reply(a, STR("200"), STR("a\"b"), STR("[]")), &data, &why));
    assert_true(json_is(data, JSON_ARRAY));
    assert_false(gj_read(a, STR("{\"code\":\"res-007\",\"message\":\"gone\",\"data\":{}}"), &data, &why));
    assert_true(str_eq_c(why, "code res-007"));
    static const char *const broken[] = {
        "", "null", "[]", "{}", "{\"code\":null}", "{\"code\":[200]}", "{\"code\":200"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        assert_false(gj_read(a, str_c(broken[i]), &data, &why));
    arena_drop(a);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sign_is_the_one_other_programs_compute),
        cmocka_unit_test(a_question_of_the_convention_goes_the_way_of_every_call),
        cmocka_unit_test(a_permit_that_wants_the_operator_named_is_not_for_the_system_itself),
        cmocka_unit_test(a_permit_that_does_not_say_so_lets_nothing_unsigned_in),
        cmocka_unit_test(a_head_that_is_not_true_is_refused),
        cmocka_unit_test(an_unknown_sid_is_told_to_who_has_shown_its_key),
        cmocka_unit_test(the_window_and_the_codes_are_settings),
        cmocka_unit_test(rid_sid_and_time_are_taken_once),
        cmocka_unit_test(the_record_says_by_what_a_call_was_signed),
        cmocka_unit_test(an_ended_secret_is_refused_at_once_and_two_overlap),
        cmocka_unit_test(what_is_wrong_in_the_body_is_said_in_the_words_of_the_convention),
        cmocka_unit_test(an_answer_is_read_for_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
