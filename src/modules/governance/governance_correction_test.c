/* Corrections: answered by the provider within a clock, and told to everybody who was given the datum. */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"
#include "modules/governance/governance_correction.h"

static char path[200];

static const char *correct_path(const struct world *w)
{
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/correct", (long long)w->entry);
    return path;
}

static const struct json *listed(struct client *c, const char *f)
{
    snprintf(path, sizeof path, "/office/exchange/corrections?f=%s", f);
    return json_get(exchange_ok(c, client_get(c, path)), "corrections");
}

static const char *first(struct world *w, struct client *c, const char *f)
{
    const struct json *one = json_at(listed(c, f), 0);
    assert_non_null(one);
    return str_z(w->t->arena, json_text_of(one, "href"));
}

static int act(struct client *c, const char *href, const char *name, const char *form)
{
    snprintf(path, sizeof path, "%s/%s", href, name);
    return client_post(c, path, form).status;
}

static void the_provider_corrects_and_who_was_given_it_is_told(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    assert_int_equal(
        client_post(&w.other, correct_path(&w), "number=" LIN "&item=nothing&words=it+is+wrong").status, 422);
    assert_int_equal(
        client_post(&w.other, correct_path(&w), "number=" LIN "&item=address&words=she+moved+to+8").status,
        200);
    assert_int_equal(listed(&w.steward, "told")->count, 0);
    const char *href = first(&w, &w.provider, "open");
    assert_true(answer_has(client_get(&w.provider, href), LIN));
    assert_int_equal(client_get(&w.steward, href).status, 404); /* not told yet */
    assert_int_equal(act(&w.other, href, "take", ""), 403);
    assert_int_equal(act(&w.provider, href, "answer", "outcome=corrected&answer=it+is+8+now"), 409);
    assert_int_equal(act(&w.provider, href, "take", ""), 200);
    assert_int_equal(act(&w.provider, href, "answer", "outcome=corrected&answer=no"), 422);
    assert_int_equal(act(&w.provider, href, "answer", "outcome=corrected&answer=it+is+8+now"), 200);
    assert_int_equal(listed(&w.steward, "told")->count, 1);
    assert_true(answer_has(client_get(&w.steward, href), "it is 8 now"));
    assert_int_equal(act(&w.steward, href, "note", ""), 200);
    assert_int_equal(act(&w.steward, href, "note", ""), 409);
    struct client me = client_new(w.t);
    client_as_person(&me, "13900000101");
    assert_true(answer_has(client_get(&me, "/me/messages"), "it is 8 now"));
    testapp_close(w.t);
    (void)unused;
}

static void a_person_says_what_is_wrong_about_them_and_is_answered_in_time(void **unused)
{
    struct world w = exchange_world();
    struct client me = client_new(w.t), other = client_new(w.t);
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    client_as_person(&me, "13900000101");
    client_as_person(&other, "13900000102");
    const struct json *call =
        json_at(json_get(exchange_ok(&me, client_get(&me, "/me/exchange")), "calls"), 0);
    const char *mine = str_z(
        w.t->arena, str_fmt(w.t->arena, "/me/exchange/%.*s/correct", STR_ARG(json_text_of(call, "id"))));
    assert_int_equal(client_get(&other, mine).status, 404);
    assert_int_equal(client_post(&other, mine, "item=name&words=not+mine").status, 404);
    assert_int_equal(client_post(&me, mine, "item=name&words=it+is+written+otherwise").status, 200);
    assert_int_equal(
        json_get(exchange_ok(&other, client_get(&other, "/me/corrections")), "corrections")->count, 0);
    struct answer list = client_get(&me, "/me/corrections");
    assert_true(answer_has(list, "12月7日")); /* ten working days */
    const char *href = first(&w, &w.provider, "open");
    assert_int_equal(act(&w.provider, href, "take", ""), 200);
    testapp_advance(15 * MS_DAY);
    w.provider = exchange_officer(w.t, "public-security.data");
    const struct json *one = json_at(listed(&w.provider, "checking"), 0);
    assert_true(str_eq_c(json_text(json_path(one, "light.color")), "red"));
    assert_int_equal(act(&w.provider, href, "answer", "outcome=refused&answer=the+card+says+so"), 200);
    me = client_new(w.t);
    client_as_person(&me, "13900000101");
    assert_true(answer_has(client_get(&me, "/me/corrections"), "the card says so"));
    w.steward = exchange_officer(w.t, "tobacco.data");
    assert_int_equal(listed(&w.steward, "told")->count, 0); /* nothing changed, nobody is told */
    testapp_close(w.t);
    (void)unused;
}

static bool in_the_clear(struct ctx *c)
{
    struct db_rows r;
    bool *found = ctx_arg(c);
    if (!db_query(&c->tx, &r, "SELECT number, words FROM data_correction")) return false;
    *found = r.rows == 0;
    for (size_t i = 0; i < r.rows; i++)
        *found |= str_find(db_str(&r, i, 0), STR(LIN)) != SIZE_MAX ||
                  str_find(db_str(&r, i, 1), STR("moved")) != SIZE_MAX;
    return true;
}

static void words_and_numbers_of_corrections_are_sealed(void **unused)
{
    struct world w = exchange_world();
    bool found = true;
    assert_int_equal(
        client_post(&w.other, correct_path(&w), "number=" LIN "&item=address&words=she+moved+to+8").status,
        200);
    testapp_read(w.t, in_the_clear, &found);
    assert_false(found);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_provider_corrects_and_who_was_given_it_is_told),
        cmocka_unit_test(a_person_says_what_is_wrong_about_them_and_is_answered_in_time),
        cmocka_unit_test(words_and_numbers_of_corrections_are_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
