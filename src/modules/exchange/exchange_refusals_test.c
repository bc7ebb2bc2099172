/* Each refusal the documentation promises, by its name: its code, its status, one sentence that says what to
 * do next in the language of whoever asks, nothing of the data. */
#include "modules/exchange/exchange_app_test.h"

static struct world opened(const char *more)
{
    struct world w = exchange_world();
    exchange_grant(&w, more);
    testapp_write(w.t, exchange_seed_case, &w);
    return w;
}

struct told {
    int status;
    const char *code, *zh, *en;
};

static void tells_in(struct world *w, const struct signed_call *s, const struct told *t, const char *language,
                     const char *sentence)
{
    struct request *r = exchange_signed(w, s);
    struct answer a = {0};
    struct client c = client_new(w->t);
    r->accept_language = str_c(language);
    server_handle(w->t->server, w->t->arena, r, &a);
    const struct json *doc = client_json(&c, a);
    assert_int_equal(a.status, t->status);
    assert_string_equal(str_z(w->t->arena, json_text(json_path(doc, "error.code"))), t->code);
    assert_string_equal(str_z(w->t->arena, json_text(json_path(doc, "error.message"))), sentence);
    assert_false(answer_has(a, "林晓禾"));
    assert_false(answer_has(a, LIN));
}

static void tells(struct world *w, const struct signed_call *s, const struct told *t)
{
    tells_in(w, s, t, "zh-CN", t->zh);
    tells_in(w, s, t, "en", t->en);
}

static void asked(struct world *w, const char *body, const struct told *t)
{
    const struct signed_call s = {.body = body};
    tells(w, &s, t);
}

/* ---- before anything of the question is looked at ---- */

static void a_wrong_key_is_refused(void **unused)
{
    struct world w = opened("");
    const struct signed_call s = {.body = exchange_query(&w, LIN, w.case_no),
                                  .key = STR("another key of thirty-two bytes.")};
    const struct told t = {
        403, "exchange.signature", "签名与该系统的有效密钥不符，请核对系统页面上的密钥和参加签名的五行内容。",
        "The signature fits no key of this system that is in force: check the key on the page of "
        "the system and the five lines that are signed."};
    tells(&w, &s, &t);
    testapp_close(w.t);
    (void)unused;
}

static void an_old_time_is_refused(void **unused)
{
    struct world w = opened("");
    const struct signed_call s = {.body = exchange_query(&w, LIN, w.case_no),
                                  .time = testapp_now() - CALL_WINDOW_MS - 1000};
    const struct told t = {403, "exchange.time", "签名时间与平台时间相差过大，请校准时钟后重新签名。",
                           "The signed time is too far from ours: set the clock right and sign anew."};
    tells(&w, &s, &t);
    testapp_close(w.t);
    (void)unused;
}

static void a_replayed_nonce_is_refused(void **unused)
{
    struct world w = opened("");
    const struct signed_call s = {.body = exchange_query(&w, LIN, w.case_no), .nonce = "a-nonce-of-a-call-1"};
    const struct told t = {403, "exchange.replay", "该请求已提交过，请更换随机数后重新签名。",
                           "This call has been made before: sign it anew with another nonce."};
    assert_int_equal(exchange_send(&w, &s).status, 200);
    tells(&w, &s, &t);
    testapp_close(w.t);
    (void)unused;
}

static bool rows_of_calls(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM exchange_call")) return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void replays_are_on_record_and_no_more_than_so_many_a_minute(void **unused)
{
    enum { MOST = 30 };
    struct world w = opened("");
    const struct signed_call s = {.body = exchange_query(&w, LIN, w.case_no),
                                  .nonce = "a-nonce-that-comes-again"};
    int64_t before = 0, rows = 0;
    testapp_read(w.t, rows_of_calls, &before);
    assert_int_equal(exchange_send(&w, &s).status, 200);
    for (int i = 0; i < MOST + 10; i++)
        assert_int_equal(exchange_send(&w, &s).status, i < MOST ? 403 : 429);
    testapp_read(w.t, rows_of_calls, &rows);
    assert_int_equal(rows, before + 1 + MOST);
    assert_int_equal(exchange_call(&w, s.body).status, 200); /* what is signed anew is not held up */
    testapp_close(w.t);
    (void)unused;
}

static void an_altered_body_is_refused(void **unused)
{
    struct world w = opened("");
    const struct signed_call s = {.body = exchange_query(&w, ZHOU, w.case_no),
                                  .sent = exchange_query(&w, LIN, w.case_no)};
    const struct told t = {
        403, "exchange.body", "请求内容与签名不符，请原样发送签名时的内容。",
        "The body is not the one that was signed: send it byte for byte as it was signed."};
    tells(&w, &s, &t);
    testapp_close(w.t);
    (void)unused;
}

/* ---- the case ---- */

static void a_call_without_a_case_is_refused(void **unused)
{
    struct world w = opened("");
    const struct told t = {
        403, "exchange.no_case", "该调用没有对应的办件，请填写此人在办办件的编号。",
        "This call names no case that there is: give the number of a live case of that person."};
    asked(&w, exchange_query(&w, LIN, STR_EMPTY), &t);
    asked(&w, exchange_query(&w, LIN, STR("780101202601010001")), &t);
    testapp_close(w.t);
    (void)unused;
}

static void the_case_of_another_person_is_refused(void **unused)
{
    struct world w = opened("");
    const struct told t = {403, "exchange.case_subject", "该办件不属于此人，请填写此人在办办件的编号。",
                           "This case is not of that person: give the number of a live case of theirs."};
    asked(&w, exchange_query(&w, ZHOU, w.case_no), &t);
    testapp_close(w.t);
    (void)unused;
}

static bool close_case(struct ctx *c)
{
    struct world *w = ctx_arg(c);
    return db_exec(&c->tx, "UPDATE case_file SET closed = $2, result = 'withdrawn' WHERE id = $1",
                   DB_I(w->case_id), DB_I(c->now));
}

static void a_closed_case_is_refused(void **unused)
{
    struct world w = opened("");
    const struct told t = {403, "exchange.case_closed", "该办件已办结，请填写尚在办理的办件编号。",
                           "This case is decided or closed: give the number of one that is still open."};
    testapp_write(w.t, close_case, &w);
    asked(&w, exchange_query(&w, LIN, w.case_no), &t);
    testapp_close(w.t);
    (void)unused;
}

/* ---- the permit ---- */

static void an_expired_permit_is_refused(void **unused)
{
    struct world w = opened("&until=2026-11-30");
    const struct told t = {403, "exchange.expired", "授权不在有效期内，请重新申请，或待生效后再调用。",
                           "The permit is not in force today: ask for a new one, or wait until it begins."};
    testapp_advance(9 * MS_DAY);
    asked(&w, exchange_query(&w, LIN, w.case_no), &t);
    testapp_close(w.t);
    (void)unused;
}

static void a_call_over_the_quota_of_the_day_is_refused(void **unused)
{
    struct world w = opened("&daily=1");
    const struct told t = {
        403, "exchange.quota", "该授权今日的调用次数已用完，请明日再试，或向提供方申请增加。",
        "The calls of this permit for today are used up: ask again tomorrow, or ask the provider "
        "for more."};
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    asked(&w, exchange_query(&w, LIN, w.case_no), &t);
    testapp_close(w.t);
    (void)unused;
}

static void a_call_over_the_rate_of_the_minute_is_refused(void **unused)
{
    struct world w = opened("&rate=1");
    const struct told t = {
        403, "exchange.rate", "该授权本分钟的调用次数已用完，请于下一分钟再试。",
        "The calls of this permit for this minute are used up: ask again in the next one."};
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    asked(&w, exchange_query(&w, LIN, w.case_no), &t);
    testapp_close(w.t);
    (void)unused;
}

static void an_unlisted_field_is_refused(void **unused)
{
    struct world w = opened("&fields=mobile");
    const struct told t = {
        403, "exchange.field", "授权不包括该信息项（name），请去掉该项，或申请增加该项。",
        "The permit does not name this item of data (name): leave it out, or ask for a permit that "
        "names it."};
    asked(&w, exchange_query(&w, LIN, w.case_no), &t);
    testapp_close(w.t);
    (void)unused;
}

static void an_address_the_permit_does_not_name_is_refused(void **unused)
{
    struct world w = opened("&networks=10.9.0.0%2F16");
    const struct told t = {
        403, "exchange.network", "授权不包括该网络地址，请从授权的地址调用，或申请增加该地址。",
        "The permit does not name this address: call from one it names, or ask for a permit that "
        "names it."};
    asked(&w, exchange_query(&w, LIN, w.case_no), &t);
    testapp_close(w.t);
    (void)unused;
}

static void a_system_without_a_permit_is_refused(void **unused)
{
    struct world w = exchange_world();
    const struct told t = {403, "exchange.permit", "该系统没有此项数据的授权，请在目录页面申请使用。",
                           "This system has no permit for this data: ask for one on the page of the entry."};
    asked(&w, exchange_query(&w, LIN, STR_EMPTY), &t);
    testapp_close(w.t);
    (void)unused;
}

/* ---- the provider ---- */

static bool damage(struct ctx *c)
{
    return db_exec(&c->tx,
                   "UPDATE registry_record SET data = substr(data, 1, 20) WHERE resource = 'population'");
}

static void a_broken_answer_of_the_provider_is_not_given_on(void **unused)
{
    struct world w = opened("");
    const struct told t = {
        503, "exchange.provider", "提供方返回的结果无法使用，已记录在案，请稍后再试或告知提供方。",
        "The provider gave an answer that cannot be used, which is on record: ask again later, or "
        "tell the provider."};
    testapp_write(w.t, damage, NULL);
    asked(&w, exchange_query(&w, LIN, w.case_no), &t);
    testapp_close(w.t);
    (void)unused;
}

static void a_sleeping_provider_is_left_alone(void **unused)
{
    struct world w = opened("");
    const char *body = exchange_query(&w, LIN, w.case_no);
    const struct told t = {503, "exchange.sleeping", "提供方暂时没有应答，请半分钟后再试。",
                           "The provider does not answer at the moment: ask again in half a minute."};
    testapp_write(w.t, damage, NULL);
    for (int i = 0; i < BREAKER_FAILURES; i++)
        assert_string_equal(exchange_code(&w, exchange_call(&w, body)), "exchange.provider");
    asked(&w, body, &t);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_key_is_refused),
        cmocka_unit_test(an_old_time_is_refused),
        cmocka_unit_test(a_replayed_nonce_is_refused),
        cmocka_unit_test(replays_are_on_record_and_no_more_than_so_many_a_minute),
        cmocka_unit_test(an_altered_body_is_refused),
        cmocka_unit_test(a_call_without_a_case_is_refused),
        cmocka_unit_test(the_case_of_another_person_is_refused),
        cmocka_unit_test(a_closed_case_is_refused),
        cmocka_unit_test(an_expired_permit_is_refused),
        cmocka_unit_test(a_call_over_the_quota_of_the_day_is_refused),
        cmocka_unit_test(a_call_over_the_rate_of_the_minute_is_refused),
        cmocka_unit_test(an_unlisted_field_is_refused),
        cmocka_unit_test(an_address_the_permit_does_not_name_is_refused),
        cmocka_unit_test(a_system_without_a_permit_is_refused),
        cmocka_unit_test(a_broken_answer_of_the_provider_is_not_given_on),
        cmocka_unit_test(a_sleeping_provider_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
