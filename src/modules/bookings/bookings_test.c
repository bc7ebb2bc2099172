#include "modules/bookings/bookings_internal.h"
#include "modules/orgs/orgs.h"

#include "testing/testapp.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { PASSPORT = 7001 };

static const char SETTING[] = "{\"slots\":[\"09:00-09:30\",\"10:00-10:30\"],\"capacity\":2,\"days_ahead\":7}";

static const struct json *setting_of(struct ctx *c)
{
    struct json *s = json_parse(c->arena, str_c(SETTING), JSON_STRICT, c->err);
    assert_non_null(s);
    return s;
}

struct call {
    int64_t case_id;
    const char *slot;
    struct arena *keep;
    struct json *days;
    struct str found;
};

static bool take(struct ctx *c)
{
    struct call *k = ctx_arg(c);
    return booking_take(c, k->case_id, PASSPORT, setting_of(c), str_c(k->slot));
}

static bool cancel(struct ctx *c)
{
    return booking_cancel(c, ((struct call *)ctx_arg(c))->case_id);
}

static bool offer(struct ctx *c)
{
    struct call *k = ctx_arg(c);
    struct json *out;
    if (!booking_offer(c, PASSPORT, setting_of(c), &out)) return false;
    k->days = json_copy(k->keep, json_get(out, "days"));
    return true;
}

static bool find(struct ctx *c)
{
    struct call *k = ctx_arg(c);
    struct str slot;
    if (!booking_of_case(c, k->case_id, &slot)) return false;
    k->found = str_dup(k->keep, slot);
    return true;
}

static const struct actor nobody = {.kind = ACTOR_SYSTEM};

static bool try_take(struct testapp *t, int64_t case_id, const char *slot, struct err *e)
{
    struct call k = {.case_id = case_id, .slot = slot};
    err_clear(e);
    return server_write(t->server, &nobody, take, &k, e);
}

static void take_ok(struct testapp *t, int64_t case_id, const char *slot)
{
    struct err e = {0};
    if (!try_take(t, case_id, slot, &e)) fail_msg("%s %s", e.code, e.detail);
}

static void assert_slot(struct testapp *t, int64_t case_id, const char *slot)
{
    struct err e = {0};
    struct call k = {.case_id = case_id, .keep = t->arena};
    assert_true(server_read(t->server, &nobody, find, &k, &e));
    assert_true(str_eq_c(k.found, slot));
}

static const struct json *offered_days(struct testapp *t)
{
    struct err e = {0};
    struct call k = {.keep = t->arena};
    assert_true(server_read(t->server, &nobody, offer, &k, &e));
    return k.days;
}

static const struct json *offered_slot(const struct json *days, const char *value)
{
    JSON_EACH(d, days)
    {
        JSON_EACH(s, json_get(d, "slots"))
        {
            if (str_eq_c(json_text_of(s, "value"), value)) return s;
        }
    }
    return NULL;
}

static void the_last_place_goes_to_one_of_two_people(void **)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    take_ok(t, 1, "2026-11-24 09:00-09:30");
    take_ok(t, 2, "2026-11-24 09:00-09:30");
    assert_false(try_take(t, 3, "2026-11-24 09:00-09:30", &e));
    assert_string_equal(e.code, "booking.full");
    assert_slot(t, 3, "");
    assert_false(json_true_of(offered_slot(offered_days(t), "2026-11-24 09:00-09:30"), "free"));
    testapp_close(t);
}

struct race {
    struct testapp *app;
    int64_t case_id;
    bool won;
};

static void *race_for_it(void *arg)
{
    struct race *r = arg;
    struct err e = {0};
    r->won = try_take(r->app, r->case_id, "2026-11-24 10:00-10:30", &e);
    return NULL;
}

static void many_at_once_never_take_more_than_there_is(void **)
{
    enum { RUNNERS = 8 };
    struct testapp *t = testapp_open(false);
    struct race races[RUNNERS];
    pthread_t threads[RUNNERS];
    int won = 0;
    for (int i = 0; i < RUNNERS; i++) {
        races[i] = (struct race){t, 100 + i, false};
        assert_int_equal(pthread_create(&threads[i], NULL, race_for_it, &races[i]), 0);
    }
    for (int i = 0; i < RUNNERS; i++) {
        pthread_join(threads[i], NULL);
        won += races[i].won;
    }
    assert_int_equal(won, 2);
    testapp_close(t);
}

static bool same_seat_twice(struct ctx *c)
{
    struct booking b = {.case_id = 1,
                        .item = PASSPORT,
                        .day = date_of(c->now) + 1,
                        .slot = STR("09:00-09:30"),
                        .seat = 0,
                        .division = STR_EMPTY};
    bool first, second;
    if (!bookings_store_add(c, &b, &first)) return false;
    b.case_id = 2;
    if (!bookings_store_add(c, &b, &second)) return false;
    assert_true(first);
    assert_false(second);
    return true;
}

/* Another process has its own writer: the table itself must refuse. */
static void one_seat_is_given_once_by_the_database_itself(void **)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    assert_true(server_write(t->server, &nobody, same_seat_twice, NULL, &e));
    testapp_close(t);
}

static void who_moves_to_a_full_time_keeps_the_earlier_place(void **)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    take_ok(t, 1, "2026-11-24 09:00-09:30");
    take_ok(t, 2, "2026-11-24 09:00-09:30");
    take_ok(t, 3, "2026-11-24 10:00-10:30");
    assert_false(try_take(t, 3, "2026-11-24 09:00-09:30", &e));
    assert_slot(t, 3, "2026-11-24 10:00-10:30");
    testapp_close(t);
}

static void a_case_has_one_place_and_moving_frees_the_other(void **)
{
    struct testapp *t = testapp_open(false);
    take_ok(t, 1, "2026-11-24 09:00-09:30");
    take_ok(t, 1, "2026-11-25 10:00-10:30");
    assert_slot(t, 1, "2026-11-25 10:00-10:30");
    assert_int_equal(json_i64_of(offered_slot(offered_days(t), "2026-11-24 09:00-09:30"), "left", -1), 2);
    assert_int_equal(json_i64_of(offered_slot(offered_days(t), "2026-11-25 10:00-10:30"), "left", -1), 1);
    testapp_close(t);
}

static void a_cancelled_place_is_free_again(void **)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    struct call k = {.case_id = 1};
    take_ok(t, 1, "2026-11-24 09:00-09:30");
    assert_true(server_write(t->server, &nobody, cancel, &k, &e));
    assert_true(server_write(t->server, &nobody, cancel, &k, &e)); /* nothing to give back: no error */
    assert_slot(t, 1, "");
    take_ok(t, 2, "2026-11-24 09:00-09:30");
    take_ok(t, 3, "2026-11-24 09:00-09:30");
    testapp_close(t);
}

static bool wednesday_off(struct ctx *c)
{
    struct json *report = json_object(c->arena);
    return orgs_import_calendar(c, STR("2026-11-25\toff\tholiday\n2026-11-28\twork\tmake-up day\n"), report);
}

static void days_off_are_not_offered_and_makeup_days_are(void **)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    assert_true(server_write(t->server, &nobody, wednesday_off, NULL, &e));
    const struct json *days = offered_days(t);
    assert_non_null(offered_slot(days, "2026-11-24 09:00-09:30"));
    assert_null(offered_slot(days, "2026-11-25 09:00-09:30"));     /* a day off by the calendar */
    assert_non_null(offered_slot(days, "2026-11-28 09:00-09:30")); /* a Saturday made up */
    assert_null(offered_slot(days, "2026-11-29 09:00-09:30"));     /* a Sunday */
    assert_false(try_take(t, 1, "2026-11-25 09:00-09:30", &e));
    assert_string_equal(e.fields[0].field, "slot");
    testapp_close(t);
}

static void times_that_have_begun_are_not_offered(void **)
{
    struct testapp *t = testapp_open(false); /* Monday 09:00 */
    struct err e = {0};
    const struct json *days = offered_days(t);
    assert_null(offered_slot(days, "2026-11-23 09:00-09:30"));
    assert_non_null(offered_slot(days, "2026-11-23 10:00-10:30"));
    assert_false(try_take(t, 1, "2026-11-23 09:00-09:30", &e));
    testapp_advance(MS_HOUR);
    assert_null(offered_slot(offered_days(t), "2026-11-23 10:00-10:30"));
    testapp_close(t);
}

static void what_is_no_offered_time_is_refused(void **)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    const char *const wrong[] = {"",
                                 "tomorrow",
                                 "2026-11-24",
                                 "2026-11-24 08:00-08:30",
                                 "2026-13-24 09:00-09:30",
                                 "2026-12-24 09:00-09:30",
                                 "2026-11-20 09:00-09:30",
                                 "2026-11-24 09:00-09:30 "};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(try_take(t, 1, wrong[i], &e));
        assert_int_equal(e.kind, ERR_INVALID);
    }
    testapp_close(t);
}

/* ---- the page of the day ---- */

static int64_t units[2];

static bool add_officers_and_bookings(struct ctx *c)
{
    struct unit police = {
        .kind = STR("public-security"), .name = STR("示范区公安局"), .division = STR("780101")};
    struct unit elsewhere = {
        .kind = STR("public-security"), .name = STR("邻区公安局"), .division = STR("780199")};
    struct unit *const both[] = {&police, &elsewhere};
    for (int i = 0; i < 2; i++) {
        both[i]->en = both[i]->uscc = both[i]->phone = both[i]->address = both[i]->hours = STR_EMPTY;
        if (!orgs_save_unit(c, both[i])) return false;
        units[i] = both[i]->id;
        struct booking b = {.case_id = 11 + i,
                            .item = PASSPORT + i,
                            .day = date_of(c->now) + 1,
                            .slot = STR("09:00-09:30"),
                            .unit = units[i],
                            .division = both[i]->division};
        bool done;
        if (!bookings_store_add(c, &b, &done)) return false;
    }
    struct account reviewer = {.kind = ACTOR_OFFICER,
                               .unit = units[0],
                               .login = STR("reviewer"),
                               .roles = STR("reviewer"),
                               .area = STR("780101"),
                               .active = true};
    struct account stranger = {.kind = ACTOR_OFFICER,
                               .unit = units[1],
                               .login = STR("stranger"),
                               .roles = STR("reviewer"),
                               .area = STR("780199"),
                               .active = true};
    struct account desk = {.kind = ACTOR_OFFICER,
                           .unit = units[1],
                           .login = STR("desk"),
                           .roles = STR("desk"),
                           .area = STR("780101"),
                           .active = true};
    return account_create(c, &reviewer, STR("-")) && account_create(c, &stranger, STR("-")) &&
           account_create(c, &desk, STR("-"));
}

static bool sees(struct testapp *t, const char *login, const char *case_id)
{
    struct client c = client_new(t);
    client_as_officer(&c, login);
    struct answer a = client_get(&c, "/office/bookings?day=2026-11-24");
    assert_int_equal(a.status, 200);
    const struct json *doc = client_json(&c, a);
    JSON_EACH(b, json_get(doc, "bookings"))
    {
        if (str_eq_c(json_text_of(b, "case"), case_id)) return true;
    }
    return false;
}

static void officers_see_their_departments_day_and_the_desk_its_area(void **)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    assert_true(server_write(t->server, &nobody, add_officers_and_bookings, NULL, &e));
    assert_true(sees(t, "reviewer", "11"));
    assert_false(sees(t, "reviewer", "12"));
    assert_true(sees(t, "stranger", "12"));
    assert_false(sees(t, "stranger", "11"));
    assert_true(sees(t, "desk", "11"));
    assert_false(sees(t, "desk", "12"));
    struct client anyone = client_new(t);
    assert_int_equal(client_get(&anyone, "/office/bookings").status, 401);
    testapp_close(t);
}

static void the_page_of_the_day_is_drawn_and_a_wrong_day_is_told(void **)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    assert_true(server_write(t->server, &nobody, add_officers_and_bookings, NULL, &e));
    struct client c = client_new(t);
    client_as_officer(&c, "reviewer");
    c.json = false;
    struct answer a = client_get(&c, "/office/bookings?day=2026-11-24");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "11月24日 星期二"));
    assert_true(answer_has(a, "/office/cases/11"));
    assert_int_equal(client_get(&c, "/office/bookings?day=2026-02-30").status, 422);
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_place_goes_to_one_of_two_people),
        cmocka_unit_test(many_at_once_never_take_more_than_there_is),
        cmocka_unit_test(one_seat_is_given_once_by_the_database_itself),
        cmocka_unit_test(who_moves_to_a_full_time_keeps_the_earlier_place),
        cmocka_unit_test(a_case_has_one_place_and_moving_frees_the_other),
        cmocka_unit_test(a_cancelled_place_is_free_again),
        cmocka_unit_test(days_off_are_not_offered_and_makeup_days_are),
        cmocka_unit_test(times_that_have_begun_are_not_offered),
        cmocka_unit_test(what_is_no_offered_time_is_refused),
        cmocka_unit_test(officers_see_their_departments_day_and_the_desk_its_area),
        cmocka_unit_test(the_page_of_the_day_is_drawn_and_a_wrong_day_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
