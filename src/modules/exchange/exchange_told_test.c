/* Who has a permit is told what becomes of the data. */
#include "modules/exchange/exchange_app_test.h"

static const struct json *told(struct client *c, const char *query)
{
    return json_get(exchange_ok(c, client_getf(c, "/office/exchange/told%s", query)), "told");
}

static int act(struct client *c, int64_t entry, const char *what, const char *form)
{
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/%s", (long long)entry, what);
    return client_post(c, path, form).status;
}

static bool is_kind(const struct json *notice, const char *kind)
{
    return str_eq_c(json_text_of(notice, "kind"), kind);
}

/* The next version of the population base, with all the items of the permit. */
static void publish_again(struct world *w, struct client *manager)
{
    assert_int_equal(act(&w->provider, w->entry, "edit",
                         "code=101001%2F000001&name=People&class=base&format=database&sharing=conditional&"
                         "reason=x&open=no&cycle=daily&level=3&register=population&items=name%7Cname%7C"
                         "C(100)%7Cconditional%0Amobile%7Cmobile%7CC(20)%7Cconditional%0Aaddress%7C"
                         "address%7CC(200)%7Cconditional"),
                     200);
    assert_int_equal(act(&w->provider, w->entry, "submit", ""), 200);
    assert_int_equal(act(manager, w->entry, "agree", ""), 200);
}

static void holders_are_told_of_a_new_version_and_take_note(void **unused)
{
    struct world w = exchange_world();
    struct client manager = exchange_officer(w.t, "data1");
    char form[60];
    exchange_grant(&w, "");
    publish_again(&w, &manager);
    const struct json *list = told(&w.steward, "");
    assert_int_equal(list->count, 1);
    assert_true(is_kind(json_at(list, 0), "version"));
    assert_true(str_ends(json_text_of(json_at(list, 0), "href"), STR("/versions/2")));
    assert_int_equal(told(&w.other, "")->count, 0);    /* has no permit */
    assert_int_equal(told(&w.provider, "")->count, 0); /* did it */
    assert_true(answer_has(client_get(&w.steward, "/office"), "/office/exchange/told"));
    snprintf(form, sizeof form, "notice=%lld", (long long)json_i64_of(json_at(list, 0), "id", 0));
    assert_int_equal(client_post(&w.other, "/office/exchange/told", form).status, 404);
    assert_int_equal(client_post(&w.office, "/office/exchange/told", form).status, 403);
    assert_int_equal(client_post(&w.steward, "/office/exchange/told", form).status, 200);
    assert_int_equal(client_post(&w.steward, "/office/exchange/told", form).status, 404);
    assert_int_equal(told(&w.steward, "")->count, 0);
    assert_int_equal(told(&w.steward, "?f=all")->count, 1);
    testapp_close(w.t);
    (void)unused;
}

static void holders_are_told_of_a_withdrawal_and_others_are_not(void **unused)
{
    struct world w = exchange_world();
    struct client manager = exchange_officer(w.t, "data1");
    exchange_grant(&w, "");
    assert_int_equal(exchange_act_on(&w.provider, w.permit, "end", "words=over"), 200);
    const struct json *list = told(&w.steward, "");
    assert_int_equal(list->count, 1);
    assert_true(is_kind(json_at(list, 0), "ended"));
    assert_true(str_eq_c(json_text_of(json_at(list, 0), "words"), "over"));
    publish_again(&w, &manager); /* no permit is in force any more */
    assert_int_equal(told(&w.steward, "")->count, 1);
    (void)exchange_asked(&w, "&fields=name"); /* asking again */
    assert_int_equal(act(&w.provider, w.entry, "withdraw", ""), 200);
    assert_int_equal(act(&manager, w.entry, "agree", ""), 200);
    list = told(&w.steward, "");
    assert_int_equal(list->count, 2);
    assert_true(is_kind(json_at(list, 0), "withdrawn"));
    testapp_close(w.t);
    (void)unused;
}

static void what_is_suspended_answers_nothing_until_it_is_given_again(void **unused)
{
    struct world w = exchange_world();
    struct client manager = exchange_officer(w.t, "data1");
    exchange_grant(&w, "&caseless=1");
    const char *query = exchange_query(&w, LIN, STR_EMPTY);
    assert_int_equal(exchange_call(&w, query).status, 200);
    assert_int_equal(act(&w.other, w.entry, "suspend", "words=moving"), 403);
    assert_int_equal(act(&w.provider, w.entry, "suspend", "words="), 422);
    assert_int_equal(act(&w.provider, w.entry, "resume", ""), 409);
    assert_int_equal(act(&w.provider, w.entry, "suspend", "words=moving"), 200);
    struct answer a = exchange_call(&w, query);
    assert_int_equal(a.status, 503);
    assert_string_equal(exchange_code(&w, a), "exchange.suspended");
    assert_false(answer_has(a, "林晓禾"));
    const struct json *list = told(&w.steward, "");
    assert_true(is_kind(json_at(list, 0), "suspended"));
    assert_true(str_eq_c(json_text_of(json_at(list, 0), "words"), "moving"));
    publish_again(&w, &manager); /* which does not lift it */
    assert_int_equal(exchange_call(&w, query).status, 503);
    assert_int_equal(act(&w.provider, w.entry, "resume", ""), 200);
    assert_int_equal(exchange_call(&w, query).status, 200);
    assert_true(is_kind(json_at(told(&w.steward, ""), 0), "resumed"));
    testapp_close(w.t);
    (void)unused;
}

static void who_asks_is_told_that_the_answer_comes_later(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "");
    exchange_act_on(&w.office, id, "office", "agree=yes");
    assert_int_equal(exchange_act_on(&w.provider, id, "extend", "days=3&reason=holidays"), 200);
    const struct json *notice = json_at(told(&w.steward, ""), 0);
    assert_true(is_kind(notice, "extended"));
    assert_true(str_eq_c(json_text_of(notice, "words"), "holidays"));
    assert_true(str_starts(json_text_of(notice, "href"), STR("/office/exchange/permits/")));
    testapp_close(w.t);
    (void)unused;
}

static void paging_leaves_no_notice_out(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "");
    for (int i = 0; i < 17; i++) {
        assert_int_equal(act(&w.provider, w.entry, "suspend", "words=x"), 200);
        assert_int_equal(act(&w.provider, w.entry, "resume", ""), 200);
    }
    const struct json *doc = exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/told"));
    assert_int_equal(json_get(doc, "told")->count, 30);
    const char *next = str_z(w.t->arena, json_text(json_path(doc, "pager.next")));
    assert_int_equal(told(&w.steward, next)->count, 4);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holders_are_told_of_a_new_version_and_take_note),
        cmocka_unit_test(holders_are_told_of_a_withdrawal_and_others_are_not),
        cmocka_unit_test(what_is_suspended_answers_nothing_until_it_is_given_again),
        cmocka_unit_test(who_asks_is_told_that_the_answer_comes_later),
        cmocka_unit_test(paging_leaves_no_notice_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
