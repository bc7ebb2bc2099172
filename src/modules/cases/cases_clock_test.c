/* What is stored of running clocks follows the calendar that arrives and the thresholds that are set. */
#include "core/jobs/jobs.h"
#include "modules/cases/cases_models_test.h"
#include "modules/orgs/orgs.h"

static const char year_2026[] = "2026-10-01\toff\t国庆节\n";
static const char year_2027[] =
    "2027-01-01\toff\t元旦\n2027-01-04\toff\t虚构的假日\n2027-01-05\toff\t虚构的假日\n";

struct stored {
    int64_t id;
    int64_t due, yellow_at, red_at, provisional;      /* of the case */
    int64_t waiting_due, waiting_yellow, waiting_red; /* of the inbox it stands in */
    int64_t asked_due, asked_yellow;                  /* of the opinion that is open; 0 without */
};

static bool import_days(struct ctx *c)
{
    return orgs_import_calendar(c, str_c(ctx_arg(c)), json_object(c->arena));
}

static bool look_up(struct ctx *c)
{
    struct stored *s = ctx_arg(c);
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT f.due, f.yellow_at, f.red_at, f.provisional, w.due_order, w.yellow_at, w.red_at FROM "
            "case_file AS f JOIN case_waiting AS w ON w.case_id = f.id AND w.unit_id = f.unit_id WHERE "
            "f.id = $1",
            DB_I(s->id)))
        return false;
    assert_int_equal(r.rows, 1);
    int64_t *const into[] = {&s->due,         &s->yellow_at,      &s->red_at,     &s->provisional,
                             &s->waiting_due, &s->waiting_yellow, &s->waiting_red};
    for (size_t i = 0; i < sizeof into / sizeof into[0]; i++)
        *into[i] = db_int(&r, 0, i);
    if (!db_query(&c->tx, &r, "SELECT due, yellow_at FROM case_asked WHERE case_id = $1 AND state = 'open'",
                  DB_I(s->id)))
        return false;
    s->asked_due = r.rows ? db_int(&r, 0, 0) : 0;
    s->asked_yellow = r.rows ? db_int(&r, 0, 1) : 0;
    return true;
}

static struct stored stored(int64_t id)
{
    struct stored s = {.id = id};
    testapp_read(app, look_up, &s);
    assert_true(s.waiting_due == s.due && s.waiting_yellow == s.yellow_at && s.waiting_red == s.red_at);
    return s;
}

static void know(const char *days)
{
    testapp_write(app, import_days, (void *)days);
}

static bool the_minute(struct ctx *c)
{
    return job_add(c, "case.recount", STR_EMPTY, json_object(c->arena), c->now);
}

/* As long as a change may take to reach what is stored. */
static void time_for_jobs(void)
{
    testapp_write(app, the_minute, NULL);
    testapp_jobs(app);
    testapp_advance(ORGS_CLOCK_SETTLES_MS);
    testapp_jobs(app);
}

static void set_light(const char *name, int value)
{
    struct client admin = officer("sysadmin");
    char form[80];
    snprintf(form, sizeof form, "name=lights.%s&value=%d", name, value);
    assert_int_equal(client_post(&admin, "/office/settings", form).status, 200);
}

static int32_t working_day(const struct workcalendar *calendar, int64_t from, int days)
{
    return workday_add(calendar, date_of(from), days);
}

static bool marked(int64_t id)
{
    struct client review = officer_json("public-security.review");
    return answer_has(client_getf(&review, "/office/cases/%lld", (long long)id), "暂定");
}

static void dates_counted_without_a_calendar_are_counted_anew_when_it_arrives(void **state)
{
    (void)state;
    int32_t day;
    know(year_2026);
    assert_true(date_parse(STR("2026-12-30"), &day));
    testapp_set_now(date_start(day) + 10 * MS_HOUR);
    time_for_jobs();
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "accept");
    struct stored before = stored(id);
    assert_int_equal(before.provisional, 1);
    assert_true(marked(id));
    time_for_jobs();
    assert_int_equal(stored(id).due, before.due); /* nothing is known yet that was not known before */
    know(year_2027);
    time_for_jobs();
    struct stored after = stored(id);
    assert_int_equal(after.provisional, 0);
    assert_false(marked(id));
    static const struct workday_exception off[] = {{20819, false}, {20822, false}, {20823, false}};
    static const struct workcalendar both = {2026, 2027, off, 3};
    int32_t first;
    assert_true(date_parse(STR("2027-01-01"), &first));
    assert_int_equal(off[0].date, first);
    int counted = workday_between(&(struct workcalendar){1, 0, NULL, 0}, day, date_of(before.due));
    assert_int_equal(date_of(after.due), working_day(&both, date_start(day), counted));
    assert_int_equal(date_of(after.yellow_at), workday_add(&both, date_of(after.due), -1));
    assert_true(after.red_at == after.due + 1);
}

struct broken {
    int64_t id;
    const char *state;
};

static bool set_state(struct ctx *c)
{
    struct broken *b = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT state FROM case_file WHERE id = $1", DB_I(b->id)) ||
        !db_exec(&c->tx, "UPDATE case_file SET state = $2 WHERE id = $1", DB_I(b->id), DB_C(b->state)))
        return false;
    b->state = str_z(app->arena, str_dup(app->arena, db_str(&r, 0, 0)));
    return true;
}

static bool see_its_job(struct ctx *c)
{
    struct job_row *rows;
    size_t count;
    if (!jobs_list(c, STR_EMPTY, 0, 50, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(rows[i].kind, "case.recount_one")) ++*(int *)ctx_arg(c);
    return true;
}

static void a_case_that_cannot_be_read_holds_up_no_other(void **state)
{
    (void)state;
    int32_t day;
    int seen = 0;
    know(year_2026);
    assert_true(date_parse(STR("2026-12-30"), &day));
    testapp_set_now(date_start(day) + 10 * MS_HOUR);
    time_for_jobs();
    struct client desk = officer_json("desk1");
    struct broken b = {.id = receive(&desk, "accept"), .state = "{"};
    int64_t behind = receive(&desk, "accept");
    testapp_write(app, set_state, &b);
    know(year_2027);
    time_for_jobs();
    assert_int_equal(stored(behind).provisional, 0);
    assert_int_equal(stored(b.id).provisional, 1);
    testapp_read(app, see_its_job, &seen);
    assert_int_equal(seen, 1);
    testapp_write(app, set_state, &b); /* somebody has mended it */
    testapp_advance(MS_HOUR);
    testapp_jobs(app);
    assert_int_equal(stored(b.id).provisional, 0);
}

static void a_correction_of_a_known_year_reaches_running_cases_too(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "accept");
    struct stored before = stored(id);
    assert_int_equal(before.provisional, 0);
    char days[64];
    struct civil d = date_to_civil(date_of(before.due));
    snprintf(days, sizeof days, "%04d-%02d-%02d\toff\t虚构的假日\n", d.year, d.month, d.day);
    know(days);
    time_for_jobs();
    assert_true(stored(id).due > before.due);
}

static void lights_of_running_cases_follow_the_thresholds(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "accept");
    struct stored before = stored(id);
    set_light("yellow_workdays", 3);
    set_light("red_workdays", 2);
    time_for_jobs();
    struct stored after = stored(id);
    assert_int_equal(after.due, before.due);
    assert_true(after.yellow_at < before.yellow_at && after.red_at < before.red_at);
    assert_true(after.yellow_at < after.red_at && after.red_at < after.due);
    testapp_set_now(after.yellow_at + 1);
    struct client review = officer_json("public-security.review");
    assert_true(answer_has(client_get(&review, "/office/inbox?f=yellow"), "护照"));
    testapp_set_now(after.red_at + 1);
    review = officer_json("public-security.review");
    assert_true(answer_has(client_get(&review, "/office/inbox?f=red"), "护照"));
    set_light("yellow_workdays", CLOCK_YELLOW_DAYS);
    set_light("red_workdays", CLOCK_RED_DAYS);
    time_for_jobs();
    struct stored back = stored(id);
    assert_true(back.yellow_at == before.yellow_at && back.red_at == before.red_at);
}

static bool add_department(struct ctx *c)
{
    struct account police;
    struct str hash;
    if (!account_by_login(c, ACTOR_OFFICER, STR("public-security.review"), &police, &hash)) return false;
    struct unit u = {.kind = STR("test-fire"),
                     .name = STR("示范区消防试验队"),
                     .division = orgs_unit(c, police.unit)->division};
    return orgs_save_unit(c, &u);
}

#define CONSULTED                                                                                            \
    "<startEvent id='start'/>" RECEIVE REVIEW("review") TASK(                                                \
        "fire", "reviewer", "agree disagree opinion",                                                        \
        "t:department='test-fire' t:limit='5'") "<parallelGateway id='f'/><parallelGateway id='j'/>" END     \
        WAY("start", "receive") WAY("receive", "f") WAY("f", "review") WAY("f", "fire") WAY("review", "j")   \
            WAY("fire", "j") WAY("j", "decide")

static void the_time_of_an_opinion_follows_as_well(void **state)
{
    (void)state;
    testapp_write(app, add_department, NULL);
    publish("one-review", CONSULTED);
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "accept");
    struct stored before = stored(id);
    assert_true(before.asked_due > 0);
    set_light("yellow_workdays", 3);
    time_for_jobs();
    struct stored after = stored(id);
    assert_int_equal(after.asked_due, before.asked_due);
    assert_true(after.asked_yellow < before.asked_yellow);
}

int main(void)
{
    const struct CMUnitTest tests[] =
        {
            cmocka_unit_test(dates_counted_without_a_calendar_are_counted_anew_when_it_arrives),
            cmocka_unit_test(a_correction_of_a_known_year_reaches_running_cases_too),
            cmocka_unit_test(lights_of_running_cases_follow_the_thresholds),
            cmocka_unit_test(the_time_of_an_opinion_follows_as_well),
        },
                            broken_one[] = {
                                cmocka_unit_test(a_case_that_cannot_be_read_holds_up_no_other),
                            };
    return cmocka_run_group_tests(tests, open_all, close_app) +
           cmocka_run_group_tests(broken_one, open_all, close_app);
}
