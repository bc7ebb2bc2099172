/* Clocks and limits are set by the administrator of the system alone, within bounds, and on record. */
#include "core/base/time.h"
#include "modules/orgs/orgs.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int64_t days;

static bool read_days(struct ctx *c)
{
    return orgs_number(c, "exchange.answer_workdays", &days);
}

static int64_t now_set(struct testapp *t)
{
    testapp_read(t, read_days, NULL);
    return days;
}

static bool forget_bounds(struct ctx *c)
{
    return orgs_save_setting(c, "exchange.answer_workdays", STR("-3"));
}

static bool read_unknown(struct ctx *c)
{
    int64_t n;
    bool known = orgs_number(c, "exchange.no_such", &n);
    err_clear(c->err);
    days = known ? 1 : -1;
    return true;
}

static void a_clock_is_set_by_the_administrator_alone_and_holds_from_then_on(void **state)
{
    struct testapp *t = testapp_open(true);
    struct client admin = client_new(t), supervisor = client_new(t), reviewer = client_new(t);
    client_as_officer(&admin, "sysadmin");
    client_as_officer(&supervisor, "supervisor");
    client_as_officer(&reviewer, "market.review");
    const char *set = "name=exchange.answer_workdays&value=7";
    assert_int_equal(now_set(t), 10);
    assert_int_equal(client_get(&reviewer, "/office/settings").status, 403);
    assert_int_equal(client_get(&supervisor, "/office/settings").status, 200);
    assert_int_equal(client_post(&supervisor, "/office/settings", set).status, 403);
    assert_int_equal(now_set(t), 10);
    assert_int_equal(client_post(&admin, "/office/settings", set).status, 200);
    assert_int_equal(now_set(t), 7);
    testapp_close(t);
}

static void what_is_out_of_bounds_or_unknown_changes_nothing(void **state)
{
    struct testapp *t = testapp_open(true);
    struct client admin = client_new(t);
    client_as_officer(&admin, "sysadmin");
    static const char *const wrong[] = {"0", "3661", "%E4%B8%83", "7.5", ""};
    char form[80];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(form, sizeof form, "name=exchange.answer_workdays&value=%s", wrong[i]);
        assert_int_equal(client_post(&admin, "/office/settings", form).status, 422);
    }
    assert_int_equal(client_post(&admin, "/office/settings", "name=place.division&value=110000").status, 404);
    assert_int_equal(now_set(t), 10);
    testapp_write(t, forget_bounds, NULL);
    assert_int_equal(now_set(t), 10);
    testapp_read(t, read_unknown, NULL);
    assert_int_equal(days, -1);
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_is_set_by_the_administrator_alone_and_holds_from_then_on),
        cmocka_unit_test(what_is_out_of_bounds_or_unknown_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
