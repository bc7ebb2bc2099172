#include "modules/exchange/exchange_app_test.h"

static void a_request_takes_three_people(void **unused)
{
    struct world w = exchange_world();
    struct client review = exchange_officer(w.t, "tobacco.review");
    int64_t id = exchange_asked(&w, "");
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes"),
                     409); /* not before the own office */
    assert_int_equal(exchange_act_on(&w.steward, id, "office", "agree=yes"), 403);
    assert_int_equal(exchange_act_on(&review, id, "office", "agree=yes"), 403);
    assert_int_equal(exchange_act_on(&w.office, id, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&w.steward, id, "decide", "agree=yes"), 403); /* not the provider */
    assert_int_equal(exchange_act_on(&w.other, id, "decide", "agree=yes"), 404);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=no&words=late"), 409);
    testapp_close(w.t);
    (void)unused;
}

struct alone {
    int64_t permit;
    bool office, provider;
    struct err wrong;
};

/* One account that holds every right, in both departments. */
static bool decide_alone(struct ctx *c)
{
    struct alone *a = ctx_arg(c);
    struct share_permit p;
    struct err *own = c->err;
    if (!permit_load(c, a->permit, &p)) return false;
    c->actor.account = p.asked_by;
    c->actor.unit = p.unit;
    c->err = &a->wrong;
    a->office = !permit_office(c, &p, true, STR_EMPTY) && strcmp(a->wrong.code, "exchange.four_eyes") == 0;
    err_clear(&a->wrong);
    p.state = STR("provider");
    c->actor.unit = p.provider;
    a->provider = !permit_decide(c, &p, true, STR_EMPTY) && strcmp(a->wrong.code, "exchange.four_eyes") == 0;
    c->err = own;
    return true;
}

static void who_asked_decides_nothing_whatever_their_rights(void **unused)
{
    struct world w = exchange_world();
    struct alone a = {.permit = exchange_asked(&w, "")};
    testapp_write(w.t, decide_alone, &a);
    assert_true(a.office);
    assert_true(a.provider);
    testapp_close(w.t);
    (void)unused;
}

static void a_refusal_gives_its_reason(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "");
    exchange_act_on(&w.office, id, "office", "agree=yes");
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=no"), 422);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=no&words=too+much"), 200);
    const struct json *doc =
        exchange_ok(&w.steward, client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id));
    assert_true(str_eq_c(json_text_of(doc, "state"), "refused"));
    assert_true(
        answer_has(client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id), "too much"));
    testapp_close(w.t);
    (void)unused;
}

static void each_step_has_its_clock_in_working_days(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "");
    struct answer a = client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id);
    assert_true(answer_has(a, "2026-11-25")); /* asked on a Monday: two working days */
    exchange_act_on(&w.office, id, "office", "agree=yes");
    a = client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id);
    assert_true(answer_has(a, "2026-12-07")); /* conditional: ten */
    testapp_advance(15 * 86400000LL);
    w.provider = exchange_officer(w.t, "public-security.data");
    const struct json *doc = exchange_ok(&w.provider, client_get(&w.provider, "/office/exchange/permits"));
    assert_true(str_eq_c(json_text(json_path(json_at(json_get(doc, "permits"), 0), "light.color")), "red"));
    testapp_close(w.t);
    (void)unused;
}

static void what_is_asked_for_must_be_shared_and_bounded(void **unused)
{
    static const char *const wrong[] = {"fields=secret", "until=2020-01-01", "networks=all", "system=1"};
    struct world w = exchange_world();
    char path[120], form[600];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)w.entry);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(form, sizeof form,
                 "%s&purpose=apply&basis=law&modes=check&services=*&rate=1&daily=1%s%s%s%lld", wrong[i],
                 strstr(wrong[i], "fields") ? "" : "&fields=name",
                 strstr(wrong[i], "until") ? "" : "&until=2027-01-01",
                 strstr(wrong[i], "system") ? "&x=" : "&system=", (long long)w.system);
        assert_int_equal(client_post(&w.steward, path, form).status, 422);
    }
    testapp_close(w.t);
    (void)unused;
}

static int bounded(struct world *w, const char *bounds)
{
    char path[120], form[600];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)w->entry);
    snprintf(form, sizeof form,
             "system=%lld&purpose=apply&basis=law&modes=query&rate=1&daily=1&until=2027-01-01&fields=name&"
             "fields=mobile%s%s",
             (long long)w->system, strstr(bounds, "services") ? "" : "&services=*", bounds);
    return client_post(&w->steward, path, form).status;
}

static void masks_and_services_that_say_nothing_are_refused(void **unused)
{
    static const char *const wrong[] = {"&masks=mobile%3Aphone", /* a colon */
                                        "&masks=moblie%3Dphone",
                                        "&masks=nonsense%3Dall",
                                        "&masks=address%3Dall", /* not asked for */
                                        "&masks=mobile%3Dfone",
                                        "&masks=mobile%3D",
                                        "&masks=%3Dphone",
                                        "&masks=mobile%EF%BC%9Dphone", /* a wide sign */
                                        "&masks=mobile%3Dphone%3Bname%3Dname",
                                        "&masks=mobile%3Dphone,mobile%3Dall",
                                        "&services=BI-9999",
                                        "&services=*,BI-0001",
                                        "&services=BI-0001,*",
                                        "&services=,"};
    struct world w = exchange_world();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (bounded(&w, wrong[i]) != 422) fail_msg("%s", wrong[i]);
    testapp_close(w.t);
    (void)unused;
}

static void masks_are_kept_in_their_normal_form(void **unused)
{
    struct world w = exchange_world();
    int64_t id =
        exchange_asked(&w, "&fields=name&fields=mobile&masks=+mobile+%3D+phone%EF%BC%8Cname%3Dname+,");
    assert_true(answer_has(client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id),
                           "\"mobile=phone,name=name\""));
    testapp_close(w.t);
    (void)unused;
}

static bool spoil(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE share_permit SET masks = 'mobile:phone' WHERE id = $1",
                   DB_I(*(const int64_t *)ctx_arg(c)));
}

static void masks_are_looked_at_again_when_it_is_decided(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "");
    testapp_write(w.t, spoil, &id);
    assert_int_equal(exchange_act_on(&w.office, id, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes"), 422);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=no&words=masks"), 200);
    testapp_close(w.t);
    (void)unused;
}

static void a_key_is_shown_once_and_kept_sealed(void **unused)
{
    struct world w = exchange_world();
    struct answer a = client_get(&w.steward, "/office/exchange/systems");
    assert_false(answer_has(a, str_z(w.t->arena, str_hex(w.t->arena, w.key.ptr, w.key.len))));
    assert_int_equal(
        client_post(&w.steward, "/office/exchange/systems", "code=tobacco-licensing&name=x").status, 422);
    assert_int_equal(client_post(&w.steward, "/office/exchange/systems", "code=Not+Good&name=x").status, 422);
    char path[80];
    snprintf(path, sizeof path, "/office/exchange/systems/%lld/key", (long long)w.system);
    assert_int_equal(client_post(&w.other, path, "").status, 404);
    exchange_grant(&w, "&caseless=1");
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    exchange_ok(&w.steward, client_post(&w.steward, path, ""));
    assert_string_equal(exchange_code(&w, exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY))),
                        "exchange.signature");
    testapp_close(w.t);
    (void)unused;
}

static void networks_are_addresses_or_ranges(void **unused)
{
    (void)unused;
    assert_true(networks_sound(STR("10.1.2.3, 10.2.0.0/16")));
    assert_false(networks_sound(STR("10.1.2")));
    assert_false(networks_sound(STR("10.1.2.3.4")));
    assert_false(networks_sound(STR("10.1.2.300")));
    assert_false(networks_sound(STR("10.1.2.3/33")));
    assert_true(networks_hold(STR_EMPTY, STR("192.0.2.1")));
    assert_true(networks_hold(STR("10.1.2.3, 10.2.0.0/16"), STR("10.2.99.1")));
    assert_false(networks_hold(STR("10.1.2.3, 10.2.0.0/16"), STR("10.3.0.1")));
}

static void every_system_of_a_department_is_listed_and_can_be_chosen(void **unused)
{
    struct world w = exchange_world();
    char form[80];
    for (int i = 0; i < SYSTEMS_PAGE + 4; i++) {
        snprintf(form, sizeof form, "code=many-%d&name=Many%d", i, i);
        assert_int_equal(client_post(&w.steward, "/office/exchange/systems", form).status, 200);
    }
    struct json *names = json_array(w.t->arena);
    const struct json *doc = exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/systems"));
    JSON_EACH(s, json_get(doc, "systems"))
    {
        json_add(names, json_string(w.t->arena, json_text_of(s, "code")));
    }
    assert_int_equal(names->count, SYSTEMS_PAGE);
    const char *next = str_z(w.t->arena, json_text(json_path(doc, "pager.next")));
    doc = exchange_ok(&w.steward, client_getf(&w.steward, "/office/exchange/systems%s", next));
    assert_int_equal(json_get(doc, "systems")->count, 5);
    assert_true(json_is(json_get(doc, "pager"), JSON_NULL));
    JSON_EACH(s, json_get(doc, "systems"))
    {
        JSON_EACH(n, names)
        {
            assert_false(str_eq(n->text, json_text_of(s, "code")));
        }
    }
    struct answer a = client_getf(&w.steward, "/office/exchange/entries/%lld/request", (long long)w.entry);
    assert_true(answer_has(a, "Many0\"") && answer_has(a, "Many33\""));
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_takes_three_people),
        cmocka_unit_test(who_asked_decides_nothing_whatever_their_rights),
        cmocka_unit_test(a_refusal_gives_its_reason),
        cmocka_unit_test(each_step_has_its_clock_in_working_days),
        cmocka_unit_test(what_is_asked_for_must_be_shared_and_bounded),
        cmocka_unit_test(masks_and_services_that_say_nothing_are_refused),
        cmocka_unit_test(masks_are_kept_in_their_normal_form),
        cmocka_unit_test(masks_are_looked_at_again_when_it_is_decided),
        cmocka_unit_test(a_key_is_shown_once_and_kept_sealed),
        cmocka_unit_test(networks_are_addresses_or_ranges),
        cmocka_unit_test(every_system_of_a_department_is_listed_and_can_be_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
