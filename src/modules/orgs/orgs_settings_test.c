/* Clocks and limits are set by the administrator of the system alone, within bounds, and on record. */
#include "core/base/time.h"
#include "modules/orgs/orgs_internal.h"
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

static void a_clock_is_set_by_the_administrator_alone_and_holds_from_then_on(void **)
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

static void what_is_out_of_bounds_or_unknown_changes_nothing(void **)
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

static const struct json *listed(struct client *c, const char *name)
{
    struct answer a = client_get(c, "/office/settings");
    assert_int_equal(a.status, 200);
    JSON_EACH(s, json_get(client_json(c, a), "settings"))
    {
        if (str_eq_c(json_text_of(s, "name"), name)) return s;
    }
    fail_msg("%s is not listed", name);
    return NULL;
}

static bool set(struct client *c, const char *form)
{
    char all[160];
    snprintf(all, sizeof all, "name=exchange.answer_workdays&%s", form);
    return client_post(c, "/office/settings", all).status == 200;
}

static bool begin(struct ctx *c)
{
    return orgs_settings_begin(c, NULL);
}

static int64_t begun;

static bool count_begun(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM evidence WHERE act = 'setting.begin'")) return false;
    begun = db_int(&r, 0, 0);
    return true;
}

static struct client administrator(struct testapp *t)
{
    struct client admin = client_new(t);
    client_as_officer(&admin, "sysadmin");
    return admin;
}

static void a_change_holds_from_its_day_on(void **)
{
    struct testapp *t = testapp_open(true);
    struct client admin = administrator(t);
    assert_true(set(&admin, "value=7&from=2026-12-01"));
    assert_true(set(&admin, "value=5&from=2027-01-01"));
    assert_int_equal(now_set(t), 10);
    const struct json *s = listed(&admin, "exchange.answer_workdays"), *coming = json_get(s, "coming");
    assert_true(str_eq_c(json_text_of(s, "now"), "10"));
    assert_int_equal(coming->count, 2);
    assert_true(str_eq_c(json_text_of(json_at(coming, 0), "from"), "2026-12-01"));
    assert_true(str_eq_c(json_text_of(json_at(coming, 1), "value"), "5"));
    testapp_advance(8 * 86400000LL - 9 * 3600000LL - 1); /* the last moment of 30 November */
    assert_int_equal(now_set(t), 10);
    testapp_advance(1);
    assert_int_equal(now_set(t), 7); /* whether or not the job has run */
    testapp_write(t, begin, NULL);
    assert_int_equal(now_set(t), 7);
    admin = administrator(t);
    assert_int_equal(json_get(listed(&admin, "exchange.answer_workdays"), "coming")->count, 1);
    assert_true(set(&admin, "value=9")); /* at once, over what began today */
    assert_int_equal(now_set(t), 9);
    testapp_advance(60 * 86400000LL);
    assert_int_equal(now_set(t), 5);
    testapp_write(t, begin, NULL);
    admin = administrator(t);
    assert_int_equal(json_get(listed(&admin, "exchange.answer_workdays"), "coming")->count, 0);
    testapp_read(t, count_begun, NULL);
    assert_int_equal(begun, 2); /* each of the two that began is told in the audit */
    testapp_close(t);
}

static void a_coming_change_is_taken_back_and_its_day_must_be_to_come(void **)
{
    struct testapp *t = testapp_open(true);
    struct client admin = administrator(t), supervisor = client_new(t);
    client_as_officer(&supervisor, "supervisor");
    const char *drop = "name=exchange.answer_workdays&from=2026-12-01";
    static const char *const wrong[] = {"value=7&from=2026-11-22", "value=7&from=2040-01-01",
                                        "value=7&from=soon", "value=0&from=2026-12-01"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(set(&admin, wrong[i]));
    assert_int_equal(client_post(&admin, "/office/settings/drop", drop).status, 404);
    assert_true(set(&admin, "value=7&from=2026-12-01"));
    assert_true(set(&admin, "value=8&from=2026-12-01")); /* one a day */
    assert_int_equal(json_get(listed(&admin, "exchange.answer_workdays"), "coming")->count, 1);
    assert_int_equal(client_post(&supervisor, "/office/settings/drop", drop).status, 403);
    assert_int_equal(client_post(&admin, "/office/settings/drop", drop).status, 200);
    testapp_advance(30 * 86400000LL);
    assert_int_equal(now_set(t), 10);
    testapp_close(t);
}

static struct clock_terms terms;

static bool read_terms(struct ctx *c)
{
    terms = orgs_clock_terms(c, (struct limit){LIMIT_NONE, 0}, (struct limit){LIMIT_NONE, 0});
    return true;
}

static struct clock_thresholds lights(struct testapp *t)
{
    testapp_read(t, read_terms, NULL);
    return terms.thresholds;
}

static void the_lights_of_every_clock_turn_where_the_administrator_says(void **state)
{
    struct testapp *t = testapp_open(true);
    struct client admin = administrator(t);
    struct clock_thresholds l = lights(t);
    assert_int_equal(l.yellow_days, 1);
    assert_int_equal(l.yellow_hours, 1);
    assert_int_equal(l.red_days, 0);
    assert_int_equal(client_post(&admin, "/office/settings", "name=lights.yellow_workdays&value=31").status,
                     422);
    assert_int_equal(client_post(&admin, "/office/settings", "name=lights.yellow_workdays&value=4").status,
                     200);
    assert_int_equal(client_post(&admin, "/office/settings", "name=lights.yellow_hours&value=6").status, 200);
    assert_int_equal(client_post(&admin, "/office/settings", "name=lights.red_workdays&value=2").status, 200);
    l = lights(t);
    assert_int_equal(l.yellow_days, 4);
    assert_int_equal(l.yellow_hours, 6);
    assert_int_equal(l.red_days, 2);
    assert_int_equal(
        client_post(&admin, "/office/settings", "name=lights.red_workdays&value=0&from=2026-12-01").status,
        200);
    assert_int_equal(lights(t).red_days, 2);
    testapp_advance(8 * 86400000LL);
    testapp_write(t, begin, NULL);
    assert_int_equal(lights(t).red_days, 0);
    testapp_close(t);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_is_set_by_the_administrator_alone_and_holds_from_then_on),
        cmocka_unit_test(a_change_holds_from_its_day_on),
        cmocka_unit_test(a_coming_change_is_taken_back_and_its_day_must_be_to_come),
        cmocka_unit_test(the_lights_of_every_clock_turn_where_the_administrator_says),
        cmocka_unit_test(what_is_out_of_bounds_or_unknown_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
