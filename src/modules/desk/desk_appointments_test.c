#include "modules/cases/cases_app_test.h"
#include "modules/desk/desk_internal.h"
#include "modules/orgs/orgs.h"

#include <pthread.h>
#include <stdio.h>

#define BASE "BI-0010"

static const char *const people[] = {"13900000105", "13900000101", "13900000110", "13900000113"};

static bool find_item(struct ctx *c)
{
    const struct item *item = catalogue_of_base(c, STR(BASE));
    *(struct item *)ctx_arg(c) = (struct item){.id = item->id, .unit = item->unit};
    return true;
}

static struct item the_item(void)
{
    struct item found;
    testapp_read(app, find_item, &found);
    return found;
}

static struct client page_of(const char *login)
{
    struct client c = officer(login);
    c.json = false;
    c.language = "en";
    return c;
}

/* "2026-11-24 09:00-09:30" of a group. */
static struct answer appoint(struct client *c, const char *group, const char *when)
{
    char path[80], form[80];
    snprintf(path, sizeof path, "/items/%lld/appointment", (long long)the_item().id);
    snprintf(form, sizeof form, "slot=%s+%s", group, when);
    for (char *p = form; *p; p++)
        if (*p == ' ') *p = '+';
    return client_post(c, path, form);
}

static const struct json *mine(struct client *c)
{
    return json_at(json_get(client_json(c, client_get(c, "/me/appointments")), "appointments"), 0);
}

static const char *action_of(const struct json *appointment, const char *act)
{
    return str_z(app->arena,
                 str_fmt(app->arena, "%.*s/%s", STR_ARG(json_text_of(appointment, "action")), act));
}

/* What the page of an officer says of the first one of a day. */
static const struct json *day_of(struct client *c, const char *query)
{
    c->json = true;
    const struct json *doc = client_json(c, client_getf(c, "/office/appointments?%s", query));
    c->json = false;
    return json_get(doc, "appointments");
}

static const char *arrive(struct client *desk)
{
    return str_z(app->arena, json_text_of(json_at(day_of(desk, "day="), 0), "action"));
}

static void a_place_of_a_window_is_taken_once_and_only_as_offered(void **state)
{
    struct client c[4];
    for (int i = 0; i < 4; i++)
        c[i] = person(people[i]);
    for (int i = 0; i < 3; i++)
        assert_int_equal(appoint(&c[i], "A", "2026-11-24 09:00-09:30").status, 200);
    assert_int_equal(appoint(&c[3], "A", "2026-11-24 09:00-09:30").status, 422); /* three places */
    assert_int_equal(appoint(&c[3], "A", "2026-11-22 09:00-09:30").status, 422); /* Sunday, past */
    assert_int_equal(appoint(&c[3], "A", "2026-11-24 03:00-03:30").status, 422); /* closed */
    assert_int_equal(appoint(&c[3], "A", "2026-11-24 12:00-12:30").status, 422); /* lunch */
    assert_int_equal(appoint(&c[3], "B", "2026-11-24 09:00-09:30").status, 422); /* takes none */
    assert_int_equal(appoint(&c[3], "A", "2026-11-24 09:30-10:00").status, 200);
    (void)state;
}

static void who_cancels_frees_the_place_and_nobody_cancels_for_others(void **state)
{
    struct client c[4];
    for (int i = 0; i < 4; i++)
        c[i] = person(people[i]);
    for (int i = 0; i < 3; i++)
        appoint(&c[i], "A", "2026-11-24 09:00-09:30");
    const char *cancel = action_of(mine(&c[1]), "cancel");
    assert_int_equal(client_post(&c[0], cancel, "").status, 404);
    assert_int_equal(client_post(&c[1], cancel, "").status, 200);
    assert_int_equal(appoint(&c[3], "A", "2026-11-24 09:00-09:30").status, 200);
    (void)state;
}

static void nobody_is_at_two_windows_at_once_or_fills_the_day(void **state)
{
    struct client p = person(people[0]), admin = page_of("sysadmin");
    const char *hours = "hours=09:00-12:00&minutes=20&places=2";
    assert_int_equal(client_get(&admin, "/office/windows/groups/B").status, 200);
    assert_int_equal(client_post(&admin, "/office/windows/groups/B", hours).status, 303);
    assert_int_equal(appoint(&p, "A", "2026-11-24 09:00-09:30").status, 200);
    assert_int_equal(appoint(&p, "B", "2026-11-24 09:20-09:40").status, 422); /* overlaps */
    assert_int_equal(appoint(&p, "B", "2026-11-24 09:40-10:00").status, 200);
    assert_int_equal(appoint(&p, "A", "2026-11-25 09:00-09:30").status, 200);
    assert_int_equal(appoint(&p, "A", "2026-11-26 09:00-09:30").status, 422); /* three are ahead */
    (void)state;
}

static void a_kind_of_window_has_its_hours_places_and_departments(void **state)
{
    struct client p = person(people[0]), admin = page_of("sysadmin"), desk = page_of("desk1");
    struct item item = the_item();
    char form[120], path[60];
    assert_int_equal(client_post(&desk, "/office/windows/groups/A", "hours=&minutes=20&places=1").status,
                     403);
    const char *const wrong[] = {
        "hours=9-12&minutes=20&places=1", "hours=14:00-15:00+09:00-10:00&minutes=20&places=1",
        "hours=09:00-09:30&minutes=60&places=1", "hours=09:00-12:00&minutes=1&places=1"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(client_post(&admin, "/office/windows/groups/A", wrong[i]).status, 422);
    assert_int_equal(
        client_post(&admin, "/office/windows/groups/C", "hours=09:00-12:00&minutes=20&places=1").status,
        404); /* numbers on arrival */
    snprintf(form, sizeof form, "hours=08:30-11:00&minutes=60&places=1&units=%lld", (long long)item.unit);
    assert_int_equal(client_post(&admin, "/office/windows/groups/A", form).status, 303);
    assert_int_equal(appoint(&p, "A", "2026-11-24 09:00-09:30").status, 422);
    assert_int_equal(appoint(&p, "A", "2026-11-24 08:30-09:30").status, 200);
    snprintf(path, sizeof path, "/items/%lld/appointment", (long long)item.id);
    const struct json *doc = client_json(&p, client_get(&p, path));
    assert_int_equal(json_get(doc, "kinds")->count, 1);
    assert_int_equal(
        client_post(&admin, "/office/windows/groups/A", "hours=08:30-11:00&minutes=60&places=1&units=999")
            .status,
        303); /* there is no such department: none chosen, so all */
    assert_true(json_true_of(client_json(&p, client_get(&p, path)), "bookable"));
    assert_int_equal(
        client_post(&admin, "/office/windows/groups/A", "hours=08:30-11:00&minutes=60&places=0").status, 303);
    assert_false(json_true_of(client_json(&p, client_get(&p, path)), "bookable"));
    (void)state;
}

static const struct json *public_desk(const char *path, const char *name)
{
    struct client anyone = client_new(app);
    anyone.json = true;
    testapp_advance(MS_MINUTE); /* what is sent again for a few seconds is not asked */
    const struct json *doc = client_json(&anyone, client_get(&anyone, path));
    JSON_EACH(desk, json_get(doc, "desks"))
    {
        if (str_eq_c(json_text_of(desk, "name"), name)) return desk;
    }
    return NULL;
}

struct other_unit {
    int64_t not, found;
};

static bool find_other(struct ctx *c)
{
    struct other_unit *o = ctx_arg(c);
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    for (size_t i = 0; i < count && !o->found; i++)
        if (units[i]->id != o->not ) o->found = units[i]->id;
    return true;
}

static void everybody_finds_the_desks_that_take_the_services_of_a_department(void **state)
{
    struct client admin = page_of("sysadmin");
    struct item item = the_item();
    char form[120], own[60];
    (void)state;
    snprintf(own, sizeof own, "/departments/%lld", (long long)item.unit);
    assert_int_equal(client_post(&admin, "/office/windows", "window=7&takes=A").status, 303);
    assert_int_equal(client_post(&admin, "/office/settings", "name=desk.address&value=Elm+Road+1").status,
                     303);
    snprintf(form, sizeof form, "hours=08:30-11:00+14:00-16:00&minutes=60&places=1&units=%lld",
             (long long)item.unit);
    assert_int_equal(client_post(&admin, "/office/windows/groups/A", form).status, 303);

    const struct json *desk = public_desk("/departments", "综合受理");
    assert_non_null(desk);
    assert_true(str_eq_c(json_text_of(desk, "hours"), "工作日 08:30–11:00、14:00–16:00"));
    assert_non_null(strstr(str_z(app->arena, json_text_of(desk, "windows")), "7"));
    assert_false(json_true_of(desk, "takes_all"));
    assert_int_equal(json_get(desk, "takes")->count, 1);
    assert_non_null(public_desk("/departments", "统一出件"));
    assert_null(public_desk("/departments", "预约办理")); /* a number, no window of its own */
    assert_non_null(public_desk(own, "综合受理"));

    struct client anyone = client_new(app);
    anyone.json = false;
    assert_true(answer_has(client_get(&anyone, own), "Elm Road 1"));

    struct other_unit other = {.not = item.unit};
    testapp_read(app, find_other, &other);
    snprintf(own, sizeof own, "/departments/%lld", (long long)other.found);
    assert_null(public_desk(own, "综合受理"));
    assert_non_null(public_desk(own, "统一出件"));
    assert_int_equal(
        client_post(&admin, "/office/windows/groups/B",
                    str_z(app->arena, str_fmt(app->arena, "hours=09:00-12:00&minutes=30&places=0&units=%lld",
                                              (long long)item.unit)))
            .status,
        303);
    assert_null(public_desk(own, "统一出件"));
    assert_true(answer_has(client_get(&anyone, own), "这里没有受理该部门事项的服务窗口"));
}

static bool day_off(struct ctx *c)
{
    return orgs_import_calendar(c, STR("2026-11-24\toff\tholiday\n"), json_object(c->arena));
}

static void on_a_holiday_nothing_is_offered(void **state)
{
    struct client p = person(people[0]), desk = page_of("desk1");
    assert_int_equal(appoint(&p, "A", "2026-11-25 09:00-09:30").status, 200);
    testapp_write(app, day_off, NULL);
    assert_int_equal(appoint(&p, "A", "2026-11-24 09:00-09:30").status, 422);
    assert_true(answer_has(client_get(&desk, "/office/appointments?day=2026-11-24"), "closed on this day"));
    (void)state;
}

/* ---- at the same moment ---- */

struct race {
    struct client c;
    int status;
};

static void *race_for_it(void *arg)
{
    struct race *r = arg;
    r->status = appoint(&r->c, "A", "2026-11-24 10:00-10:30").status;
    return NULL;
}

static bool add_one(struct ctx *c)
{
    int64_t *subject = ctx_arg(c);
    struct desk_appointment a = {
        .subject = *subject, .day = date_of(c->now) + 2, .slot = STR("10:00-10:30"), .letter = STR("A")};
    bool done;
    if (!desk_appointment_add(c, &a, 3, &done)) return false;
    *subject = done ? a.place : 0;
    return true;
}

static void *add_at_once(void *arg)
{
    struct err e = {0};
    const struct actor nobody = {.kind = ACTOR_SYSTEM};
    if (!server_write(app->server, &nobody, add_one, arg, &e)) *(int64_t *)arg = -1;
    return NULL;
}

static void eight_at_once_take_three_places_and_each_another(void **state)
{
    enum { RUNNERS = 8 };
    int64_t got[RUNNERS];
    pthread_t threads[RUNNERS];
    int won = 0, seen = 0;
    for (int i = 0; i < RUNNERS; i++) {
        got[i] = 1000 + i;
        assert_int_equal(pthread_create(&threads[i], NULL, add_at_once, &got[i]), 0);
    }
    for (int i = 0; i < RUNNERS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(got[i] >= 0 && got[i] <= 3);
        won += got[i] > 0;
        seen |= got[i] ? 1 << got[i] : 0;
    }
    assert_int_equal(won, 3);
    assert_int_equal(seen, 2 | 4 | 8);
    (void)state;
}

static void the_last_place_goes_to_one_of_two_who_send_together(void **state)
{
    struct race races[2];
    pthread_t threads[2];
    struct client first = person(people[0]), second = person(people[1]);
    assert_int_equal(appoint(&first, "A", "2026-11-24 10:00-10:30").status, 200);
    assert_int_equal(appoint(&second, "A", "2026-11-24 10:00-10:30").status, 200);
    for (int i = 0; i < 2; i++)
        races[i] = (struct race){.c = person(people[2 + i])};
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race_for_it, &races[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_true((races[0].status == 200) != (races[1].status == 200));
    assert_int_equal(races[0].status + races[1].status, 200 + 422);
    (void)state;
}

/* ---- the day ---- */

static void the_desk_sees_who_comes_when_masked_and_by_kind_of_window(void **state)
{
    struct client p = person(people[0]), q = person(people[1]), desk = page_of("desk1"),
                  admin = page_of("sysadmin"), review = page_of("civil-affairs.review");
    client_post(&admin, "/office/windows/groups/B", "hours=09:00-12:00&minutes=30&places=1");
    client_post(&admin, "/office/windows", "window=7&takes=B");
    appoint(&p, "A", "2026-11-24 09:30-10:00");
    appoint(&q, "B", "2026-11-24 09:00-09:30");
    assert_int_equal(client_get(&review, "/office/appointments").status, 403);
    const struct json *day = day_of(&desk, "day=2026-11-24");
    assert_int_equal(day->count, 2);
    assert_true(str_eq_c(json_text_of(json_at(day, 0), "slot"), "09:00-09:30"));
    assert_true(str_find(json_text_of(json_at(day, 0), "name"), STR("*")) != SIZE_MAX);
    assert_int_equal(day_of(&desk, "day=2026-11-24&group=A")->count, 1);
    assert_int_equal(day_of(&desk, "day=2026-11-24&window=7")->count, 1);
    assert_int_equal(day_of(&desk, "day=2026-11-25")->count, 0);
    assert_int_equal(client_get(&desk, "/office/appointments?day=2026-02-30").status, 422);
    (void)state;
}

static const char *called_at(struct client *c, const char *window)
{
    char form[40];
    testapp_advance(MS_SECOND);
    snprintf(form, sizeof form, "window=%s", window);
    client_post(c, "/office/queue/call", form);
    c->json = true;
    const struct json *ticket = json_get(client_json(c, client_get(c, "/office/queue")), "ticket");
    c->json = false;
    const char *number = str_z(app->arena, json_text_of(ticket, "number"));
    char path[80];
    snprintf(path, sizeof path, "%s/done", str_z(app->arena, json_text_of(ticket, "base")));
    client_post(c, path, "");
    return number;
}

/* From its time on an appointment goes first; too early waits like everybody; too late too; after two with an
 * appointment comes one without. */
static void whose_time_has_come_is_called_first_but_not_without_end(void **state)
{
    struct client c[4], desk = page_of("desk1");
    for (int i = 0; i < 4; i++)
        c[i] = person(people[i]);
    appoint(&c[0], "A", "2026-11-24 09:00-09:30");
    appoint(&c[1], "A", "2026-11-24 09:30-10:00");
    appoint(&c[2], "A", "2026-11-24 09:30-10:00");
    appoint(&c[3], "A", "2026-11-24 09:30-10:00");
    testapp_advance(MS_DAY); /* Tuesday 09:00 */
    desk = page_of("desk1");
    client_post(&desk, "/office/queue/take", "group=A"); /* A001 */
    testapp_advance(MS_MINUTE);
    client_post(&desk, "/office/queue/take", "group=A");                 /* A002 */
    testapp_advance(36 * MS_MINUTE);                                     /* 09:37: the first is late */
    desk = page_of("desk1");                                             /* sessions end before that */
    assert_int_equal(client_post(&desk, arrive(&desk), "").status, 303); /* C001, of 09:00: as everybody */
    for (int i = 1; i < 4; i++) {
        testapp_advance(MS_MINUTE);
        const struct json *rows = day_of(&desk, "day=");
        assert_int_equal(
            client_post(&desk, str_z(app->arena, json_text_of(json_at(rows, (size_t)i), "action")), "")
                .status,
            303);
    }
    assert_string_equal(called_at(&desk, "1"), "C002");
    assert_string_equal(called_at(&desk, "1"), "C003");
    assert_string_equal(called_at(&desk, "1"), "A001"); /* after two of them */
    assert_string_equal(called_at(&desk, "1"), "C004");
    assert_string_equal(called_at(&desk, "1"), "A002");
    assert_string_equal(called_at(&desk, "1"), "C001");
    (void)state;
}

static void who_comes_too_early_waits_like_everybody_until_the_time(void **state)
{
    struct client p = person(people[0]), desk = page_of("desk1");
    appoint(&p, "A", "2026-11-23 10:00-10:30");
    client_post(&desk, "/office/queue/take", "group=A"); /* A001, 09:00 */
    testapp_advance(MS_MINUTE);
    assert_int_equal(client_post(&desk, arrive(&desk), "").status, 303); /* C001, 09:01 */
    testapp_advance(MS_MINUTE);
    client_post(&desk, "/office/queue/take", "group=A"); /* A002 */
    assert_string_equal(called_at(&desk, "1"), "A001");
    testapp_advance(MS_HOUR);
    desk = page_of("desk1");
    p = person(people[0]);
    assert_string_equal(called_at(&desk, "1"), "C001");
    assert_string_equal(called_at(&desk, "1"), "A002");
    assert_int_equal(client_post(&p, action_of(mine(&p), "cancel"), "").status, 409); /* was here */
    (void)state;
}

static void a_window_for_appointments_alone_takes_them_of_every_kind(void **state)
{
    struct client p = person(people[0]), desk = page_of("desk1"), admin = page_of("sysadmin");
    client_post(&admin, "/office/windows", "window=9&takes=C");
    appoint(&p, "A", "2026-11-23 09:30-10:00");
    client_post(&desk, "/office/queue/take", "group=A");
    testapp_advance(31 * MS_MINUTE);
    desk = page_of("desk1");
    assert_int_equal(client_post(&desk, arrive(&desk), "").status, 303);
    assert_string_equal(called_at(&desk, "9"), "C001");
    client_post(&desk, "/office/queue/call", "window=9");
    assert_true(answer_has(client_get(&desk, "/office/queue"), "My window")); /* A001 is not for it */
    (void)state;
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_place_of_a_window_is_taken_once_and_only_as_offered),
        PROMISE(who_cancels_frees_the_place_and_nobody_cancels_for_others),
        PROMISE(nobody_is_at_two_windows_at_once_or_fills_the_day),
        PROMISE(a_kind_of_window_has_its_hours_places_and_departments),
        PROMISE(everybody_finds_the_desks_that_take_the_services_of_a_department),
        PROMISE(on_a_holiday_nothing_is_offered),
        PROMISE(eight_at_once_take_three_places_and_each_another),
        PROMISE(the_last_place_goes_to_one_of_two_who_send_together),
        PROMISE(the_desk_sees_who_comes_when_masked_and_by_kind_of_window),
        PROMISE(whose_time_has_come_is_called_first_but_not_without_end),
        PROMISE(who_comes_too_early_waits_like_everybody_until_the_time),
        PROMISE(a_window_for_appointments_alone_takes_them_of_every_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
