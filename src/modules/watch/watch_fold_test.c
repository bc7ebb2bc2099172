/* Whoever leaves out who asked is looked at all the same. */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"
#include "modules/watch/watch_internal.h"

static bool forget_who_asked(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE exchange_call SET operator = ''");
}

static bool follow_instead(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE exchange_call SET operator = '', mode = 'subscribe'");
}

static bool fold(struct ctx *c)
{
    return watch_fold(c, NULL);
}

static size_t alarms_after(bool (*change)(struct ctx *c))
{
    struct world w = exchange_world();
    exchange_grant(&w, "&caseless=1");
    struct client supervisor = exchange_officer(w.t, "supervisor");
    assert_int_equal(
        client_post(&supervisor, "/office/exchange/alarm-rules", "kind=no_case&enabled=1&number=2&span=1")
            .status,
        200);
    for (int i = 0; i < 3; i++)
        assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    testapp_write(w.t, change, NULL);
    testapp_advance(2 * MS_MINUTE);
    testapp_write(w.t, fold, NULL);
    supervisor = exchange_officer(w.t, "supervisor");
    const struct json *doc =
        exchange_ok(&supervisor, client_get(&supervisor, "/office/exchange/alarms?f=open"));
    size_t count = json_get(doc, "alarms")->count;
    testapp_close(w.t);
    return count;
}

static void a_system_that_names_nobody_stands_for_itself(void **unused)
{
    (void)unused;
    assert_true(alarms_after(forget_who_asked) > 0);
}

static void changes_that_are_sent_are_no_looks(void **unused)
{
    (void)unused;
    assert_int_equal(alarms_after(follow_instead), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_system_that_names_nobody_stands_for_itself),
        cmocka_unit_test(changes_that_are_sent_are_no_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
