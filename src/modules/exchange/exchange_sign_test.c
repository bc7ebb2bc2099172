/* Who signed: each refusal by itself, for every way of signing; keys that come and go. */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"

static const char p256[] = /* of another curve */
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/qvM6eEGQxCNtpQ74fw5kxVR+VHN\n"
    "BnZTCvRathPHqM/WeK7mJ/R3H+umsr75FxjnReT2Xl9tfEdTveg/pBGAow==\n"
    "-----END PUBLIC KEY-----\n";

/* A world whose system signs in both ways; the loop of a test takes one after the other. */
struct signing {
    struct world w;
    const struct sm2_key *private;
    const char *body;
};

static struct err err;

static const char *encoded(struct testapp *t, struct str text)
{
    return str_z(t->arena, url_encode(t->arena, text));
}

static struct str public_pem(struct testapp *t, const struct sm2_key *key)
{
    struct str der;
    assert_true(sm2_pub_to_der(t->arena, sm2_public(key), &der));
    return str_fmt(t->arena, "-----BEGIN PUBLIC KEY-----\n%.*s\n-----END PUBLIC KEY-----\n",
                   STR_ARG(str_base64(t->arena, der.ptr, der.len)));
}

static struct answer act(struct client *c, int64_t system, const char *path, const char *name,
                         struct str value)
{
    char where[120];
    snprintf(where, sizeof where, "/office/exchange/systems/%lld/%s", (long long)system, path);
    return client_post(c, where,
                       str_z(c->app->arena, str_fmt(c->app->arena, "%s=%s", name, encoded(c->app, value))));
}

static void add_key(struct world *w, struct str pem)
{
    exchange_ok(&w->steward, act(&w->steward, w->system, "keys", "pem", pem));
}

static const struct json *page(struct world *w)
{
    return exchange_ok(&w->steward,
                       client_getf(&w->steward, "/office/exchange/systems/%lld", (long long)w->system));
}

/* The key of the first act that ends one. */
static struct str key_to_end(struct world *w)
{
    JSON_EACH(a, json_get(page(w), "acts"))
    {
        if (str_ends(json_text_of(a, "action"), STR("/keys/end")))
            return json_text(json_path(json_at(json_get(a, "fields"), 0), "value"));
    }
    fail_msg("no key to end");
    return STR_EMPTY;
}

static struct sm2_key *fresh_key(struct testapp *t)
{
    struct sm2_key *key = sm2_generate(t->arena, &err);
    assert_non_null(key);
    return key;
}

static struct signing opened(void)
{
    struct signing s = {.w = exchange_world()};
    exchange_grant(&s.w, "");
    testapp_write(s.w.t, exchange_seed_case, &s.w);
    s.private = fresh_key(s.w.t);
    add_key(&s.w, public_pem(s.w.t, s.private));
    s.body = exchange_query(&s.w, LIN, s.w.case_no);
    return s;
}

/* The two ways of signing: what is sent when nothing is wrong. */
static struct signed_call way(const struct signing *s, int which)
{
    return (struct signed_call){.body = s->body, .private = which ? s->private : NULL};
}

static void refused(struct signing *s, const struct signed_call *call, const char *code)
{
    struct answer a = exchange_send(&s->w, call);
    assert_string_equal(exchange_code(&s->w, a), code);
    assert_false(answer_has(a, "林晓禾"));
}

static void answered(struct signing *s, const struct signed_call *call)
{
    struct answer a = exchange_send(&s->w, call);
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_true(answer_has(a, "林晓禾"));
}

static bool count_calls(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM exchange_call WHERE permit <> 0 OR result = 'exchange.replay'"))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void each_way_of_signing_opens_and_a_wrong_key_does_not(void **unused)
{
    struct signing s = opened();
    int64_t calls;
    for (int i = 0; i < 2; i++) {
        struct signed_call wrong = way(&s, i), unknown = way(&s, i), own = way(&s, i), other = way(&s, i),
                           nameless = way(&s, i);
        wrong.key = STR("not the key of anybody!");
        if (i) wrong.private = fresh_key(s.w.t);
        unknown.system = "nobody";
        own.system = "platform";
        other.scheme = i ? "TB-HMAC-SM3" : "TB-SM2"; /* what fits the one key is nothing to the other */
        nameless.scheme = "TB-HMAC-SHA1";
        refused(&s, &wrong, "exchange.signature");
        refused(&s, &unknown, "exchange.signature");
        refused(&s, &own, "exchange.signature");
        refused(&s, &other, "exchange.signature");
        refused(&s, &nameless, "exchange.signature");
        testapp_read(s.w.t, count_calls, &calls);
        assert_int_equal(calls, i); /* strangers leave no row */
        const struct signed_call right = way(&s, i);
        answered(&s, &right);
    }
    testapp_close(s.w.t);
    (void)unused;
}

static void who_knocks_too_often_with_a_wrong_key_must_wait(void **unused)
{
    struct signing s = opened();
    for (int i = 0; i < 2; i++) {
        struct signed_call wrong = way(&s, i), right = way(&s, i);
        wrong.peer = right.peer = i ? "10.9.9.9" : "10.9.9.8";
        wrong.system = "nobody";
        for (int n = 0; n < 30; n++)
            refused(&s, &wrong, "exchange.signature");
        assert_int_equal(exchange_send(&s.w, &wrong).status, 429);
        answered(&s, &right); /* the key opens, also from there */
    }
    testapp_close(s.w.t);
    (void)unused;
}

static void an_old_or_early_time_is_refused(void **unused)
{
    struct signing s = opened();
    for (int i = 0; i < 2; i++) {
        struct signed_call old = way(&s, i), early = way(&s, i), late = way(&s, i);
        old.time = testapp_now() - CALL_WINDOW_MS - 1;
        early.time = testapp_now() + CALL_WINDOW_MS + 1;
        late.time = testapp_now() - CALL_WINDOW_MS;
        refused(&s, &old, "exchange.time");
        refused(&s, &early, "exchange.time");
        answered(&s, &late);
    }
    testapp_close(s.w.t);
    (void)unused;
}

static void a_nonce_is_taken_once_whichever_way_it_comes(void **unused)
{
    struct signing s = opened();
    struct signed_call call = way(&s, 0), same = way(&s, 1), thin = way(&s, 0);
    call.nonce = same.nonce = "0123456789abcdef";
    thin.nonce = "0123456789abcde";
    answered(&s, &call);
    refused(&s, &call, "exchange.replay");
    refused(&s, &same, "exchange.replay");
    testapp_jobs(s.w.t);
    refused(&s, &call, "exchange.replay"); /* the sweep leaves the young ones */
    refused(&s, &thin, "exchange.signature");
    testapp_close(s.w.t);
    (void)unused;
}

static bool count_taken(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM exchange_taken")) return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static bool sweep(struct ctx *c)
{
    return exchange_sweep(c, NULL);
}

static int64_t taken_after_sweep(struct signing *s)
{
    int64_t count = 0;
    testapp_write(s->w.t, sweep, NULL);
    testapp_read(s->w.t, count_taken, &count);
    return count;
}

static void a_nonce_is_kept_as_long_as_its_time_can_be_shown(void **unused)
{
    struct signing s = opened();
    struct signed_call call = way(&s, 0), anew = way(&s, 0);
    call.nonce = anew.nonce = "0123456789abcdef";
    call.time = testapp_now() - CALL_WINDOW_MS;
    anew.time = testapp_now();
    answered(&s, &call);
    answered(&s, &anew); /* signed again, with its own time: nobody repeats what he heard */
    assert_int_equal(taken_after_sweep(&s), 2);
    refused(&s, &call, "exchange.replay");
    refused(&s, &anew, "exchange.replay");
    testapp_advance(1);
    assert_int_equal(taken_after_sweep(&s), 1);
    refused(&s, &call, "exchange.time");
    testapp_advance(CALL_WINDOW_MS);
    assert_int_equal(taken_after_sweep(&s), 0);
    refused(&s, &anew, "exchange.time");
    testapp_close(s.w.t);
    (void)unused;
}

static void an_altered_body_path_or_query_is_refused(void **unused)
{
    struct signing s = opened();
    for (int i = 0; i < 2; i++) {
        struct signed_call body = way(&s, i), path = way(&s, i), query = way(&s, i);
        body.sent = exchange_query(&s.w, ZHOU, s.w.case_no);
        path.target = "/exchange/marriage";
        query.query = "a=1";
        refused(&s, &body, "exchange.body");
        refused(&s, &path, "exchange.signature");
        answered(&s, &query);
    }
    testapp_close(s.w.t);
    (void)unused;
}

static struct str new_secret(struct signing *s, const char *name, const char *value)
{
    struct str hex, key;
    hex = json_text_of(exchange_ok(&s->w.steward, act(&s->w.steward, s->w.system, "key", name, str_c(value))),
                       "key");
    assert_true(str_unhex(s->w.t->arena, hex, &key));
    return key;
}

static void sign_in_again(struct signing *s)
{
    s->w.steward = exchange_officer(s->w.t, "tobacco.data");
}

static void a_replaced_secret_is_accepted_until_its_day(void **unused)
{
    struct signing s = opened();
    struct signed_call old = way(&s, 0), next = way(&s, 0);
    next.key = new_secret(&s, "until", "2026-11-25");
    answered(&s, &old);
    answered(&s, &next);
    const struct json *key = json_at(json_get(page(&s.w), "keys"), 0);
    assert_true(str_eq_c(json_text_of(key, "way"), "TB-HMAC-SM3"));
    assert_true(str_eq_c(json_text_of(key, "until"), "2026-11-25"));
    testapp_advance(2 * 86400000LL + 14 * 3600000LL); /* 25 November, 23:00 */
    answered(&s, &old);
    testapp_advance(3600000LL);
    refused(&s, &old, "exchange.signature");
    answered(&s, &next);
    sign_in_again(&s);
    static const char *const wrong[] = {"2026-11-25", "2027-02-25", "never"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(act(&s.w.steward, s.w.system, "key", "until", str_c(wrong[i])).status, 422);
    answered(&s, &next); /* what was refused has replaced nothing */
    testapp_close(s.w.t);
    (void)unused;
}

static void of_secrets_two_are_accepted_and_the_old_one_can_be_ended_at_once(void **unused)
{
    struct signing s = opened();
    struct signed_call first = way(&s, 0), second = way(&s, 0), third = way(&s, 0), sm2 = way(&s, 1);
    second.key = new_secret(&s, "x", "1"); /* as long as the setting says: seven days */
    assert_true(str_eq_c(json_text_of(json_at(json_get(page(&s.w), "keys"), 0), "until"), "2026-11-30"));
    answered(&s, &first);
    third.key = new_secret(&s, "x", "1");
    refused(&s, &first, "exchange.signature");
    answered(&s, &second);
    answered(&s, &third);
    exchange_ok(&s.w.steward, act(&s.w.steward, s.w.system, "keys/end", "key", key_to_end(&s.w)));
    refused(&s, &second, "exchange.signature");
    answered(&s, &third);
    second.key = third.key;
    third.key = new_secret(&s, "x", "1");
    exchange_ok(&s.w.steward, act(&s.w.steward, s.w.system, "key/end", "x", STR("1"))); /* both */
    refused(&s, &second, "exchange.signature");
    refused(&s, &third, "exchange.signature");
    answered(&s, &sm2);
    testapp_close(s.w.t);
    (void)unused;
}

static void a_secret_key_taken_away_or_renewed_signs_nothing_more(void **unused)
{
    struct signing s = opened();
    struct signed_call hmac = way(&s, 0), sm2 = way(&s, 1);
    answered(&s, &hmac);
    struct str fresh = new_secret(&s, "at_once", "1");
    refused(&s, &hmac, "exchange.signature");
    hmac.key = fresh;
    answered(&s, &hmac);
    exchange_ok(&s.w.steward, act(&s.w.steward, s.w.system, "key/end", "x", STR("1")));
    refused(&s, &hmac, "exchange.signature");
    hmac.key = STR_EMPTY;
    refused(&s, &hmac, "exchange.signature");
    answered(&s, &sm2);
    assert_false(json_true_of(page(&s.w), "has_secret"));
    testapp_close(s.w.t);
    (void)unused;
}

static void two_public_keys_overlap_and_an_ended_one_is_refused_at_once(void **unused)
{
    struct signing s = opened();
    struct signed_call old = way(&s, 1), next = way(&s, 1), third = way(&s, 1);
    next.private = fresh_key(s.w.t);
    third.private = fresh_key(s.w.t);
    struct str ending = key_to_end(&s.w);
    add_key(&s.w, public_pem(s.w.t, next.private));
    answered(&s, &old);
    answered(&s, &next);
    assert_int_equal(act(&s.w.steward, s.w.system, "keys", "pem", public_pem(s.w.t, third.private)).status,
                     409);
    exchange_ok(&s.w.steward, act(&s.w.steward, s.w.system, "keys/end", "key", ending));
    refused(&s, &old, "exchange.signature");
    answered(&s, &next);
    assert_int_equal(act(&s.w.steward, s.w.system, "keys/end", "key", ending).status, 404);
    add_key(&s.w, public_pem(s.w.t, third.private));
    answered(&s, &third);
    assert_int_equal(json_get(page(&s.w), "keys")->count, 3); /* the ended one is still told */
    testapp_close(s.w.t);
    (void)unused;
}

static struct str certificate(struct testapp *t, const struct sm2_key *key, int64_t from, int64_t to)
{
    const struct cert_subject subject = {.common_name = STR("x"), .organisation = STR("x")};
    struct cert *cert = cert_make(t->arena, &subject, sm2_public(key), NULL, key, false, from, to, &err);
    assert_non_null(cert);
    return cert_to_pem(t->arena, cert);
}

static void a_certificate_signs_within_its_days(void **unused)
{
    struct signing s = opened();
    struct signed_call call = way(&s, 1);
    int64_t now = testapp_now();
    call.private = fresh_key(s.w.t);
    assert_int_equal(act(&s.w.steward, s.w.system, "keys", "pem",
                         certificate(s.w.t, call.private, now - 2 * MS_DAY, now - MS_DAY))
                         .status,
                     422);
    add_key(&s.w, certificate(s.w.t, call.private, now + MS_HOUR, now + 2 * MS_HOUR));
    refused(&s, &call, "exchange.signature");
    testapp_advance(MS_HOUR + MS_MINUTE);
    answered(&s, &call);
    testapp_advance(MS_HOUR);
    refused(&s, &call, "exchange.signature");
    testapp_close(s.w.t);
    (void)unused;
}

static void what_is_no_sm2_public_key_is_not_taken(void **unused)
{
    struct signing s = opened();
    struct str own = sm2_to_pem(s.w.t->arena, fresh_key(s.w.t));
    const struct str pems[] = {STR("abc"), str_c(p256), own, public_pem(s.w.t, s.private),
                               STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")};
    for (size_t i = 0; i < sizeof pems / sizeof pems[0]; i++)
        assert_int_equal(act(&s.w.steward, s.w.system, "keys", "pem", pems[i]).status, 422);
    testapp_close(s.w.t);
    (void)unused;
}

static void keys_are_the_business_of_the_own_department(void **unused)
{
    struct signing s = opened();
    struct str pem = public_pem(s.w.t, fresh_key(s.w.t)), key = key_to_end(&s.w);
    assert_int_equal(client_getf(&s.w.other, "/office/exchange/systems/%lld", (long long)s.w.system).status,
                     404);
    assert_int_equal(act(&s.w.other, s.w.system, "keys", "pem", pem).status, 404);
    assert_int_equal(act(&s.w.other, s.w.system, "keys/end", "key", key).status, 404);
    assert_int_equal(act(&s.w.other, s.w.system, "key", "x", STR("1")).status, 404);
    assert_int_equal(act(&s.w.other, s.w.system, "key/end", "x", STR("1")).status, 404);
    const struct signed_call call = way(&s, 1);
    answered(&s, &call);
    testapp_close(s.w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_of_signing_opens_and_a_wrong_key_does_not),
        cmocka_unit_test(who_knocks_too_often_with_a_wrong_key_must_wait),
        cmocka_unit_test(an_old_or_early_time_is_refused),
        cmocka_unit_test(a_nonce_is_taken_once_whichever_way_it_comes),
        cmocka_unit_test(a_nonce_is_kept_as_long_as_its_time_can_be_shown),
        cmocka_unit_test(an_altered_body_path_or_query_is_refused),
        cmocka_unit_test(a_secret_key_taken_away_or_renewed_signs_nothing_more),
        cmocka_unit_test(a_replaced_secret_is_accepted_until_its_day),
        cmocka_unit_test(of_secrets_two_are_accepted_and_the_old_one_can_be_ended_at_once),
        cmocka_unit_test(two_public_keys_overlap_and_an_ended_one_is_refused_at_once),
        cmocka_unit_test(a_certificate_signs_within_its_days),
        cmocka_unit_test(what_is_no_sm2_public_key_is_not_taken),
        cmocka_unit_test(keys_are_the_business_of_the_own_department),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
