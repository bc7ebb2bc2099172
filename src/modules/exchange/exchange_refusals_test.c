/* Each refusal the documentation promises, by its name: its code, its status, one sentence that says what to
 * do next in the language of whoever asks, nothing of the data. */
#include "modules/exchange/exchange_app_test.h"
#include "modules/orgs/orgs.h"

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

/* ---- how many are recorded one by one ---- */

enum { MOST = 30 }; /* the setting's default */

static int64_t rows_now(struct world *w)
{
    int64_t rows = 0;
    testapp_read(w->t, rows_of_calls, &rows);
    return rows;
}

static void replays_are_on_record_and_no_more_than_so_many_a_minute(void **unused)
{
    struct world w = opened("");
    const struct signed_call s = {.body = exchange_query(&w, LIN, w.case_no),
                                  .nonce = "a-nonce-that-comes-again"};
    int64_t before = rows_now(&w);
    assert_int_equal(exchange_send(&w, &s).status, 200);
    for (int i = 0; i < MOST + 10; i++)
        assert_int_equal(exchange_send(&w, &s).status, i < MOST ? 403 : 429);
    assert_int_equal(rows_now(&w), before + 1 + MOST);
    assert_int_equal(exchange_call(&w, s.body).status, 200); /* what is signed anew is not held up */
    testapp_close(w.t);
    (void)unused;
}

struct sums {
    int64_t count;
    struct str detail;
    struct arena *arena;
};

static bool find_sums(struct ctx *c)
{
    struct sums *out = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT detail FROM evidence WHERE act = 'exchange.refusals' ORDER BY id"))
        return false;
    out->count = (int64_t)r.rows;
    out->detail = r.rows ? str_dup(out->arena, db_str(&r, r.rows - 1, 0)) : STR_EMPTY;
    return true;
}

static struct sums sums_of(struct world *w)
{
    struct sums s = {.arena = w->t->arena};
    testapp_read(w->t, find_sums, &s);
    return s;
}

static bool says(struct sums s, const char *name, const char *text)
{
    struct err e = {0};
    const struct json *said = json_parse(s.arena, s.detail, JSON_STRICT, &e);
    return str_eq_c(json_text(json_get(said, name)), text);
}

static bool sweep(struct ctx *c)
{
    return exchange_sweep(c, NULL);
}

static void pass_minutes(struct world *w, int minutes)
{
    for (int i = 0; i < minutes; i++) {
        testapp_advance(MS_MINUTE);
        testapp_write(w->t, sweep, NULL);
    }
}

/* Refusals by whatever reason are one sum: a system with a key cannot fill the record with them. */
static void refusals_beyond_the_limit_are_counted_by_reason_and_summed_up_in_one_record(void **unused)
{
    enum { NO_CASE = 20, OTHERS = 40, NOWHERE = 5 };
    struct world w = opened("&rate=3&daily=1000");
    const char *sound = exchange_query(&w, LIN, w.case_no), *no_case = exchange_query(&w, LIN, STR_EMPTY),
               *others = exchange_query(&w, ZHOU, w.case_no);
    const struct signed_call nowhere = {.body = sound, .path = "/exchange/there-is-none"};
    int64_t before = rows_now(&w);
    for (int i = 0; i < NO_CASE; i++)
        assert_int_equal(exchange_call(&w, no_case).status, 403);
    for (int i = 0; i < OTHERS; i++)
        assert_int_equal(exchange_call(&w, others).status, NO_CASE + i < MOST ? 403 : 429);
    for (int i = 0; i < NOWHERE; i++)
        assert_int_equal(exchange_send(&w, &nowhere).status, 429);
    for (int i = 0; i < 4; i++) /* what is allowed is answered all the same */
        assert_int_equal(exchange_call(&w, sound).status, i < 3 ? 200 : 429);
    assert_int_equal(rows_now(&w), before + MOST + 3);
    const struct told t = {
        429, "limit", "该系统本分钟内被拒绝的调用过多，请先排除被拒绝的原因，下一分钟再试。",
        "Too many calls of this system were refused within this minute: mend what they are "
        "refused for, and ask again in the next one."};
    asked(&w, others, &t);
    assert_int_equal(sums_of(&w).count, 0);
    pass_minutes(&w, 4);
    struct sums s = sums_of(&w);
    assert_int_equal(s.count, 1);
    assert_true(says(s, "caller", "tobacco-licensing"));
    assert_true(says(s, "reasons", "exchange.case_subject 32, exchange.rate 1, exchange.resource 5"));
    pass_minutes(&w, 2);
    assert_int_equal(sums_of(&w).count, 1);
    assert_int_equal(exchange_call(&w, no_case).status, 403); /* another minute, recorded again */
    assert_int_equal(rows_now(&w), before + MOST + 4);
    testapp_close(w.t);
    (void)unused;
}

static bool few(struct ctx *c)
{
    ctx_changed(c, "exchange");
    return orgs_save_setting(c, "exchange.refusals_a_minute", STR("2"));
}

static void the_steward_sees_what_a_system_is_refused_for_too_often(void **unused)
{
    struct world w = opened("");
    const char *no_case = exchange_query(&w, LIN, STR_EMPTY);
    testapp_write(w.t, few, NULL);
    struct answer home = client_get(&w.steward, "/office");
    assert_false(answer_has(home, "频繁被拒绝的系统"));
    for (int i = 0; i < 5; i++)
        assert_int_equal(exchange_call(&w, no_case).status, i < 2 ? 403 : 429);
    const struct json *doc = exchange_ok(
        &w.steward, client_getf(&w.steward, "/office/exchange/systems/%lld", (long long)w.system));
    const struct json *first = json_at(json_get(doc, "refused"), 0);
    assert_true(str_eq_c(json_text_of(first, "count"), "3"));
    assert_false(str_starts(json_text_of(first, "why"), STR("exchange."))); /* in words */
    assert_true(answer_has(client_get(&w.steward, "/office"), "频繁被拒绝的系统"));
    assert_false(answer_has(client_get(&w.provider, "/office"), "频繁被拒绝的系统"));
    testapp_advance(MS_DAY + 2 * MS_MINUTE);
    assert_false(answer_has(client_get(&w.steward, "/office"), "频繁被拒绝的系统"));
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

static void an_operator_the_permit_does_not_name_is_refused(void **unused)
{
    struct world w = opened("&operators=li-4");
    const struct told t = {
        403, "exchange.operator",
        "授权不包括该系统的操作人（zhang-3），请由授权写明的人调用，或申请增加该操作人。",
        "The permit does not name whoever asks at the system (zhang-3): let somebody ask whom it names, or "
        "ask for a permit that names them."};
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
        cmocka_unit_test(refusals_beyond_the_limit_are_counted_by_reason_and_summed_up_in_one_record),
        cmocka_unit_test(the_steward_sees_what_a_system_is_refused_for_too_often),
        cmocka_unit_test(an_altered_body_is_refused),
        cmocka_unit_test(a_call_without_a_case_is_refused),
        cmocka_unit_test(the_case_of_another_person_is_refused),
        cmocka_unit_test(a_closed_case_is_refused),
        cmocka_unit_test(an_expired_permit_is_refused),
        cmocka_unit_test(a_call_over_the_quota_of_the_day_is_refused),
        cmocka_unit_test(a_call_over_the_rate_of_the_minute_is_refused),
        cmocka_unit_test(an_unlisted_field_is_refused),
        cmocka_unit_test(an_address_the_permit_does_not_name_is_refused),
        cmocka_unit_test(an_operator_the_permit_does_not_name_is_refused),
        cmocka_unit_test(a_system_without_a_permit_is_refused),
        cmocka_unit_test(a_broken_answer_of_the_provider_is_not_given_on),
        cmocka_unit_test(a_sleeping_provider_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
