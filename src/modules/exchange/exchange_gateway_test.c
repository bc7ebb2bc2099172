/* Each refusal by itself, and that nothing leaves that is not on record. */
#include "modules/exchange/exchange_app_test.h"

static struct world opened(const char *more)
{
    struct world w = exchange_world();
    exchange_grant(&w, more);
    testapp_write(w.t, exchange_seed_case, &w);
    return w;
}

struct counted {
    int64_t calls, evidence;
    const char *result;
};

static bool count_calls(struct ctx *c)
{
    struct counted *n = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM exchange_call WHERE ($1 = '' OR result = $1) AND permit <> 0",
                  DB_C(n->result ? n->result : "")))
        return false;
    n->calls = db_int(&r, 0, 0);
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM evidence WHERE act = 'exchange.call'")) return false;
    n->evidence = db_int(&r, 0, 0);
    return true;
}

static struct counted on_record(struct world *w, const char *result)
{
    struct counted n = {.result = result};
    testapp_read(w->t, count_calls, &n);
    return n;
}

static void refused(struct world *w, struct answer a, const char *code)
{
    assert_string_equal(exchange_code(w, a), code);
    assert_false(answer_has(a, "林晓禾"));
}

static void a_call_for_a_live_case_is_answered_masked_and_with_its_source(void **unused)
{
    struct world w = opened("");
    struct answer a = exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    struct client c = client_new(w.t);
    const struct json *doc = exchange_ok(&c, a);
    assert_true(str_eq_c(json_text(json_path(doc, "data.name")), "林晓禾"));
    assert_true(str_find_char(json_text(json_path(doc, "data.mobile")), '*') != SIZE_MAX);
    assert_null(json_path(doc, "data.address"));
    assert_true(str_starts(json_text(json_path(doc, "provenance.department")), STR("示范区公安局")));
    assert_true(str_eq_c(json_text(json_path(doc, "provenance.operator")), "zhang-3")); /* names its reader */
    assert_int_equal(on_record(&w, "ok").calls, 1);
    assert_true(on_record(&w, "ok").evidence >= 1);
    testapp_close(w.t);
    (void)unused;
}

static bool count_named(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM evidence WHERE act = 'exchange.call' AND detail LIKE $1",
                  DB_C("%\"operator\":\"zhang-3\"%")))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void the_evidence_of_a_call_names_who_asked(void **unused)
{
    struct world w = opened("");
    int64_t named;
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status,
                     403); /* refused ones, too */
    testapp_read(w.t, count_named, &named);
    assert_int_equal(named, 2);
    testapp_close(w.t);
    (void)unused;
}

static void a_check_says_yes_or_no_and_nothing_else(void **unused)
{
    struct world w = opened("&caseless=1");
    struct client c = client_new(w.t);
    static const char *const bodies[][2] = {
        {"{\"operator\":\"zhang-3\",\"mode\":\"check\",\"purpose\":\"apply\",\"number\":\"" LIN
         "\",\"facts\":{\"name\":\"林晓禾\"}}",
         "yes"},
        {"{\"operator\":\"zhang-3\",\"mode\":\"check\",\"purpose\":\"apply\",\"number\":\"" LIN
         "\",\"facts\":{\"name\":\"别人\"}}",
         "no"},
        {"{\"operator\":\"zhang-3\",\"mode\":\"check\",\"purpose\":\"apply\",\"number\":"
         "\"780101190001010000\",\"facts\":{\"name\":"
         "\"x\"}}",
         "no"}};
    for (size_t i = 0; i < 3; i++) {
        const struct json *doc = exchange_ok(&c, exchange_call(&w, bodies[i][0]));
        assert_int_equal(json_true_of(doc, "match"), strcmp(bodies[i][1], "yes") == 0);
        assert_null(json_get(doc, "data"));
    }
    testapp_close(w.t);
    (void)unused;
}

static void without_a_case_nothing_is_answered(void **unused)
{
    struct world w = opened("");
    refused(&w, exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)), "exchange.no_case");
    refused(&w, exchange_call(&w, exchange_query(&w, LIN, STR("780101202601010001"))), "exchange.no_case");
    assert_int_equal(on_record(&w, "exchange.no_case").calls, 2);
    testapp_close(w.t);
    (void)unused;
}

static void the_case_of_another_person_opens_nothing(void **unused)
{
    struct world w = opened("");
    refused(&w, exchange_call(&w, exchange_query(&w, ZHOU, w.case_no)), "exchange.case_subject");
    refused(&w, exchange_call(&w, exchange_query(&w, "780101190001010000", w.case_no)),
            "exchange.case_subject");
    testapp_close(w.t);
    (void)unused;
}

static bool close_case(struct ctx *c)
{
    struct world *w = ctx_arg(c);
    return db_exec(&c->tx, "UPDATE case_file SET closed = $2, result = 'withdrawn' WHERE id = $1",
                   DB_I(w->case_id), DB_I(c->now));
}

static void a_closed_case_opens_nothing(void **unused)
{
    struct world w = opened("");
    testapp_write(w.t, close_case, &w);
    refused(&w, exchange_call(&w, exchange_query(&w, LIN, w.case_no)), "exchange.case_closed");
    testapp_close(w.t);
    (void)unused;
}

static void the_permit_is_for_its_service_alone(void **unused)
{
    struct world w = exchange_world();
    char path[120], form[400];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)w.entry);
    snprintf(form, sizeof form,
             "system=%lld&purpose=apply&basis=law&modes=query&fields=name&fields=mobile&services=BI-0010&"
             "operators=*&"
             "rate=9&daily=9&"
             "until=2027-01-01",
             (long long)w.system);
    exchange_ok(&w.steward, client_post(&w.steward, path, form));
    const struct json *doc = exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/permits"));
    int64_t id = json_i64_of(json_at(json_get(doc, "permits"), 0), "id", 0);
    exchange_act_on(&w.office, id, "office", "agree=yes");
    exchange_act_on(&w.provider, id, "decide", "agree=yes");
    testapp_write(w.t, exchange_seed_case, &w);
    refused(&w, exchange_call(&w, exchange_query(&w, LIN, w.case_no)), "exchange.case_item");
    testapp_close(w.t);
    (void)unused;
}

static void an_expired_or_ended_permit_is_refused(void **unused)
{
    struct world w = opened("&until=2026-11-30");
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    testapp_advance(9 * 86400000LL);
    refused(&w, exchange_call(&w, exchange_query(&w, LIN, w.case_no)), "exchange.expired");
    w.provider = exchange_officer(w.t, "public-security.data");
    assert_int_equal(exchange_act_on(&w.provider, w.permit, "end", "words=over"), 200);
    refused(&w, exchange_call(&w, exchange_query(&w, LIN, w.case_no)), "exchange.permit");
    testapp_close(w.t);
    (void)unused;
}

static void over_quota_and_over_rate_are_refused(void **unused)
{
    struct world w = opened("&rate=2&daily=3");
    const char *body = exchange_query(&w, LIN, w.case_no);
    assert_int_equal(exchange_call(&w, body).status, 200);
    assert_int_equal(exchange_call(&w, body).status, 200);
    refused(&w, exchange_call(&w, body), "exchange.rate");
    testapp_advance(60000);
    assert_int_equal(exchange_call(&w, body).status, 200);
    refused(&w, exchange_call(&w, body), "exchange.quota");
    assert_int_equal(on_record(&w, "exchange.quota").calls, 1);
    testapp_advance(86400000);
    assert_int_equal(exchange_call(&w, body).status, 200);
    testapp_close(w.t);
    (void)unused;
}

static void who_asks_must_be_named(void **unused)
{
    struct world w = opened("&caseless=1");
    struct answer a = exchange_call(&w, "{\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN
                                        "\",\"fields\":[\"name\"]}");
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "operator"));
    assert_false(answer_has(a, "林晓禾"));
    testapp_close(w.t);
    (void)unused;
}

static bool count_nowhere(struct ctx *c)
{
    struct counted *n = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM exchange_call WHERE result = 'exchange.resource'"))
        return false;
    n->calls = db_int(&r, 0, 0);
    return true;
}

static void asking_for_what_there_is_not_is_on_record(void **unused)
{
    struct world w = opened("");
    static const char *const paths[] = {"/exchange/nothing", "/exchange/nothing/rows",
                                        "/exchange/nothing/changes", "/exchange/nothing/batch"};
    static const char *const bodies[] = {
        NULL,
        "{\"batch\":\"b\",\"count\":1,\"digest\":\"0000000000000000000000000000000000000000000000000000000000"
        "000000\",\"rows\":[]}",
        "{\"purpose\":\"apply\",\"fields\":[\"name\"]}",
        "{\"mode\":\"query\",\"purpose\":\"apply\",\"operator\":\"z\",\"subjects\":[]}"};
    struct counted n = {0};
    int64_t before = on_record(&w, NULL).evidence;
    for (size_t i = 0; i < 4; i++) {
        const struct signed_call s = {.path = paths[i],
                                      .body = bodies[i] ? bodies[i] : exchange_query(&w, LIN, w.case_no)};
        refused(&w, exchange_send(&w, &s), "exchange.resource");
    }
    testapp_read(w.t, count_nowhere, &n);
    assert_int_equal(n.calls, 4);
    assert_int_equal(on_record(&w, NULL).evidence, before + 4);
    testapp_close(w.t);
    (void)unused;
}

static void a_rate_holds_where_the_day_has_no_bound(void **unused)
{
    struct world w = opened("&rate=1&daily=10000000");
    const char *body = exchange_query(&w, LIN, w.case_no);
    assert_int_equal(exchange_call(&w, body).status, 200);
    refused(&w, exchange_call(&w, body), "exchange.rate");
    testapp_close(w.t);
    (void)unused;
}

static void the_permit_that_covers_a_call_is_found_behind_older_ones(void **unused)
{
    struct world w = opened("&until=2026-11-30&modes=query");
    int64_t old = w.permit;
    testapp_advance(9 * 86400000LL);
    w.steward = exchange_officer(w.t, "tobacco.data");
    w.office = exchange_officer(w.t, "tobacco.decide");
    w.provider = exchange_officer(w.t, "public-security.data");
    exchange_grant(&w, "&modes=check&fields=name");
    /* the old one is over, the other has another way of asking: it is the closer */
    refused(&w, exchange_call(&w, exchange_query(&w, LIN, w.case_no)), "exchange.mode");
    exchange_grant(&w, "&modes=query&fields=name");
    refused(&w, exchange_call(&w, exchange_query(&w, LIN, w.case_no)), "exchange.field");
    exchange_grant(&w, "");
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    const struct json *doc =
        exchange_ok(&w.steward, client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)old));
    assert_true(str_eq_c(json_text_of(doc, "state"), "expired"));
    doc = exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/permits?f=granted"));
    assert_int_equal(json_get(doc, "permits")->count, 3);
    testapp_close(w.t);
    (void)unused;
}

static bool spoil_the_masks(struct ctx *c)
{
    const struct world *w = ctx_arg(c);
    ctx_changed(c, "exchange");
    return db_exec(&c->tx, "UPDATE share_permit SET masks = 'mobile:phone' WHERE id = $1", DB_I(w->permit));
}

static void masks_that_cannot_be_read_hide_everything(void **unused)
{
    struct world w = opened("");
    struct client c = client_new(w.t);
    testapp_write(w.t, spoil_the_masks, &w);
    const struct json *doc = exchange_ok(&c, exchange_call(&w, exchange_query(&w, LIN, w.case_no)));
    assert_true(str_eq_c(json_text(json_path(doc, "data.name")), "***"));
    assert_true(str_eq_c(json_text(json_path(doc, "data.mobile")), "***"));
    testapp_close(w.t);
    (void)unused;
}

static void what_a_permit_masks_is_not_found_by_checks(void **unused)
{
    static const char asked[] = "{\"operator\":\"zhang-3\",\"mode\":\"check\",\"purpose\":\"apply\","
                                "\"number\":\"" LIN "\",\"facts\":{\"name\":\"林晓禾\",\"mobile\":\"%s\"}}";
    struct world w = opened("&caseless=1");
    struct client c = client_new(w.t);
    const char *right = str_z(w.t->arena, str_fmt(w.t->arena, asked, "13900000101")),
               *wrong = str_z(w.t->arena, str_fmt(w.t->arena, asked, "13900000102"));
    refused(&w, exchange_call(&w, right), "exchange.masked"); /* neither yes nor no */
    refused(&w, exchange_call(&w, wrong), "exchange.masked");
    exchange_grant(&w, "&caseless=1&modes=check&fields=name&fields=mobile"); /* for checks, without a mask */
    assert_true(json_true_of(exchange_ok(&c, exchange_call(&w, right)), "match"));
    assert_false(json_true_of(exchange_ok(&c, exchange_call(&w, wrong)), "match"));
    exchange_calls_fit(&w);
    testapp_close(w.t);
    (void)unused;
}

static void an_item_the_permit_does_not_name_is_refused(void **unused)
{
    struct world w = opened("&caseless=1");
    refused(&w,
            exchange_call(
                &w, "{\"operator\":\"zhang-3\",\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN
                    "\",\"fields\":[\"name\",\"birth\"]}"),
            "exchange.field");
    refused(&w,
            exchange_call(
                &w, "{\"operator\":\"zhang-3\",\"mode\":\"check\",\"purpose\":\"apply\",\"number\":\"" LIN
                    "\",\"facts\":{\"birth\":\"1994-03-18\"}}"),
            "exchange.field");
    testapp_close(w.t);
    (void)unused;
}

static void purpose_mode_and_address_are_bound(void **unused)
{
    struct world w = opened("&modes=query&networks=10.1.0.0%2F16");
    const char *body = exchange_query(&w, LIN, w.case_no);
    const struct signed_call elsewhere = {.body = body, .peer = "10.2.0.1"};
    refused(&w, exchange_send(&w, &elsewhere), "exchange.network");
    refused(
        &w,
        exchange_call(
            &w, "{\"operator\":\"zhang-3\",\"mode\":\"check\",\"purpose\":\"apply\",\"number\":\"" LIN "\"}"),
        "exchange.mode");
    refused(&w,
            exchange_call(
                &w, "{\"operator\":\"zhang-3\",\"mode\":\"query\",\"purpose\":\"supervise\",\"number\":\"" LIN
                    "\",\"fields\":[\"name\"]}"),
            "exchange.purpose");
    assert_int_equal(exchange_call(&w, body).status, 200);
    testapp_close(w.t);
    (void)unused;
}

/* A query for the name in the case of the world, asked by that operator. */
static struct answer asked_by(struct world *w, const char *operator_id)
{
    return exchange_call(
        w, str_z(w->t->arena, str_fmt(w->t->arena,
                                      "{\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN
                                      "\",\"fields\":[\"name\"],\"operator\":\"%s\",\"case\":\"%.*s\"}",
                                      operator_id, STR_ARG(w->case_no))));
}

static void who_asks_at_the_system_is_bound(void **unused)
{
    static const char *const other[] = {"zhang-3", "zhang-45", "window", "*", "tobacco-licensing"};
    struct world w = opened("&operators=zhang-4,li-4,window-*");
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        refused(&w, asked_by(&w, other[i]), "exchange.operator");
    assert_int_equal(on_record(&w, "exchange.operator").calls, 5);
    assert_int_equal(on_record(&w, "exchange.operator").evidence, 5);
    assert_int_equal(asked_by(&w, "li-4").status, 200);
    assert_int_equal(asked_by(&w, "zhang-4").status, 200);
    assert_int_equal(asked_by(&w, "window-07").status, 200);
    exchange_calls_fit(&w);
    testapp_close(w.t);
    (void)unused;
}

static void a_permit_for_anyone_is_not_for_the_system_itself(void **unused)
{
    struct world w = opened("&operators=*");
    assert_int_equal(asked_by(&w, "zhang-3").status, 200);
    refused(&w, asked_by(&w, "tobacco-licensing"), "exchange.operator");
    exchange_grant(&w, "&operators=tobacco-licensing");
    assert_int_equal(asked_by(&w, "tobacco-licensing").status, 200);
    testapp_close(w.t);
    (void)unused;
}

static bool damage(struct ctx *c)
{
    return db_exec(&c->tx,
                   "UPDATE registry_record SET data = substr(data, 1, 20) WHERE resource = 'population'");
}

static void a_provider_that_fails_is_left_alone_for_a_while(void **unused)
{
    struct world w = opened("&caseless=1");
    const char *body = exchange_query(&w, LIN, STR_EMPTY);
    testapp_write(w.t, damage, NULL);
    for (int i = 0; i < BREAKER_FAILURES; i++)
        refused(&w, exchange_call(&w, body), "exchange.provider");
    refused(&w, exchange_call(&w, body), "exchange.sleeping");
    testapp_advance(BREAKER_MS + 1);
    refused(&w, exchange_call(&w, body), "exchange.provider"); /* one try */
    refused(&w, exchange_call(&w, body), "exchange.sleeping");
    assert_int_equal(on_record(&w, "exchange.sleeping").calls, 2);
    testapp_close(w.t);
    (void)unused;
}

static bool break_the_record(struct ctx *c)
{
    return db_exec(&c->tx, "DROP TABLE exchange_use");
}

static void what_cannot_be_recorded_is_not_answered(void **unused)
{
    struct world w = opened("");
    testapp_write(w.t, break_the_record, NULL);
    struct answer a = exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    assert_int_equal(a.status, 500);
    assert_false(answer_has(a, "林晓禾"));
    testapp_close(w.t);
    (void)unused;
}

static bool count_untimed(struct ctx *c)
{
    int64_t *n = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*), COUNT(CASE WHEN took_us < 1 THEN 1 END) FROM exchange_call "
                  "WHERE permit <> 0"))
        return false;
    n[0] = db_int(&r, 0, 0);
    n[1] = db_int(&r, 0, 1);
    return true;
}

static void every_call_says_how_long_it_took(void **unused)
{
    struct world w = opened("");
    int64_t n[2];
    exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY));
    testapp_read(w.t, count_untimed, n);
    assert_int_equal(n[0], 2);
    assert_int_equal(n[1], 0);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_for_a_live_case_is_answered_masked_and_with_its_source),
        cmocka_unit_test(the_evidence_of_a_call_names_who_asked),
        cmocka_unit_test(a_check_says_yes_or_no_and_nothing_else),
        cmocka_unit_test(without_a_case_nothing_is_answered),
        cmocka_unit_test(the_case_of_another_person_opens_nothing),
        cmocka_unit_test(a_closed_case_opens_nothing),
        cmocka_unit_test(the_permit_is_for_its_service_alone),
        cmocka_unit_test(an_expired_or_ended_permit_is_refused),
        cmocka_unit_test(over_quota_and_over_rate_are_refused),
        cmocka_unit_test(who_asks_must_be_named),
        cmocka_unit_test(asking_for_what_there_is_not_is_on_record),
        cmocka_unit_test(a_rate_holds_where_the_day_has_no_bound),
        cmocka_unit_test(the_permit_that_covers_a_call_is_found_behind_older_ones),
        cmocka_unit_test(masks_that_cannot_be_read_hide_everything),
        cmocka_unit_test(what_a_permit_masks_is_not_found_by_checks),
        cmocka_unit_test(an_item_the_permit_does_not_name_is_refused),
        cmocka_unit_test(purpose_mode_and_address_are_bound),
        cmocka_unit_test(who_asks_at_the_system_is_bound),
        cmocka_unit_test(a_permit_for_anyone_is_not_for_the_system_itself),
        cmocka_unit_test(a_provider_that_fails_is_left_alone_for_a_while),
        cmocka_unit_test(what_cannot_be_recorded_is_not_answered),
        cmocka_unit_test(every_call_says_how_long_it_took),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
