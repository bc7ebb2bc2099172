/* Until an application is accepted its clock is that of the answer about it (行政许可法 art. 32): 5 working
 * days from receipt, or what the service says; due date and light stand wherever those of cases stand. */
#include "core/jobs/jobs.h"
#include "modules/cases/cases_received_test.h"
#include "modules/cases/cases_scope.h"
#include "modules/orgs/orgs.h"

#define LIN "13900000101"

/* Two days off behind the New Year, and a Saturday that is worked. */
static const char new_year[] =
    "2027-01-01\toff\t元旦\n2027-01-04\toff\t虚构的假日\n2027-01-09\twork\t虚构的补班\n";

static int64_t at(const char *day, int hour)
{
    int32_t d;
    assert_true(date_parse(str_c(day), &d));
    return date_start(d) + hour * MS_HOUR;
}

static bool import_days(struct ctx *c)
{
    return orgs_import_calendar(c, str_c(ctx_arg(c)), json_object(c->arena));
}

/* A day on which lists say when something is due, and a minute of it in which nothing is told apart. */
static void on(const char *day, int hour)
{
    testapp_set_now(at(day, hour));
}

struct kept {
    int64_t id, due, yellow_at, red_at, paused, accepted, waiting, waiting_due;
};

static bool look_up(struct ctx *c)
{
    struct kept *k = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT due, yellow_at, red_at, paused, accepted FROM case_file WHERE id = $1",
                  DB_I(k->id)))
        return false;
    int64_t *const into[] = {&k->due, &k->yellow_at, &k->red_at, &k->paused, &k->accepted};
    for (size_t i = 0; i < sizeof into / sizeof into[0]; i++)
        *into[i] = db_int(&r, 0, i);
    if (!db_query(&c->tx, &r, "SELECT due_order FROM case_waiting WHERE case_id = $1", DB_I(k->id)))
        return false;
    k->waiting = (int64_t)r.rows;
    k->waiting_due = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

static struct kept kept(int64_t id)
{
    struct kept k = {.id = id};
    testapp_read(app, look_up, &k);
    return k;
}

static const struct json *in_inbox(struct client *c, const char *filter, int64_t id)
{
    const struct json *doc = client_json(c, client_getf(c, "/office/inbox%s", filter));
    JSON_EACH(row, json_get(doc, "cases"))
    {
        if (json_i64_of(row, "id", 0) == id) return row;
    }
    return NULL;
}

static struct str light_of(const struct json *row)
{
    return json_text(json_path(row, "light.color"));
}

static const struct json *of_person(int64_t id)
{
    struct client lin = client_new(app);
    client_as_person(&lin, LIN);
    lin.json = true;
    return client_json(&lin, client_getf(&lin, "/cases/%lld", (long long)id));
}

static bool timeline_says(const struct json *doc, const char *state, const char *text)
{
    JSON_EACH(e, json_get(doc, "timeline"))
    {
        if (str_eq_c(json_text_of(e, "state"), state) &&
            str_find(json_text_of(e, "text"), str_c(text)) != SIZE_MAX)
            return true;
    }
    return false;
}

/* Received on the day before: the fifth to the eighth and the Saturday count. */
static void the_answer_is_due_in_five_working_days_across_a_holiday(void **state)
{
    (void)state;
    testapp_write(app, import_days, (void *)new_year);
    on("2026-12-31", 10);
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "receive");
    struct kept k = kept(id);
    assert_true(k.due == at("2027-01-09", 17) && k.waiting_due == k.due && k.accepted == 0);
    assert_true(k.yellow_at == at("2027-01-08", 17) && k.red_at == k.due + 1);
    const struct json *row = in_inbox(&desk, "", id);
    assert_true(str_eq_c(light_of(row), "green"));
    assert_true(str_find(json_text_of(row, "due_text"), STR("5个工作日后到期（")) != SIZE_MAX);
    const struct json *page = client_json(&desk, client_getf(&desk, "/office/cases/%lld", (long long)id));
    assert_true(str_eq_c(light_of(page), "green"));
    assert_true(str_find(json_text_of(page, "due_text"), STR("1月9日")) != SIZE_MAX);
    const struct json *mine = of_person(id);
    assert_true(timeline_says(mine, "now", "1月9日") && timeline_says(mine, "now", "告诉您是否受理"));
    assert_true(str_starts(json_text_of(mine, "due_text"), STR("受理答复：5个工作日后到期")));
}

static void its_light_turns_in_every_list_and_filters_find_it(void **state)
{
    (void)state;
    on("2026-11-23", 10);
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "receive");
    assert_true(in_inbox(&desk, "?f=green", id) && !in_inbox(&desk, "?f=yellow", id));
    struct kept k = kept(id);
    testapp_set_now(k.yellow_at);
    desk = officer_json("desk1");
    assert_true(str_eq_c(light_of(in_inbox(&desk, "?f=yellow", id)), "yellow"));
    assert_true(!in_inbox(&desk, "?f=green", id) && !in_inbox(&desk, "?f=red", id));
    testapp_set_now(k.red_at);
    desk = officer_json("desk1");
    assert_true(str_eq_c(light_of(in_inbox(&desk, "?f=red", id)), "red"));
    assert_true(!in_inbox(&desk, "?f=yellow", id));
    struct client supervisor = officer_json("supervisor");
    const struct json *board = client_json(&supervisor, client_get(&supervisor, "/office/board"));
    bool worst = false;
    JSON_EACH(row, json_get(board, "worst"))
    {
        worst = worst || json_i64_of(row, "id", 0) == id;
    }
    assert_true(worst);
}

static bool forget_due(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE case_file SET due = 0, yellow_at = 0, red_at = 0 WHERE id = $1",
                   DB_I(*(int64_t *)ctx_arg(c)));
}

/* As it is stored when the program is upgraded, until the clocks are counted. */
static void what_was_sent_before_there_was_this_clock_has_its_day_too(void **state)
{
    (void)state;
    on("2026-11-23", 10);
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "receive");
    testapp_write(app, forget_due, &id);
    const struct json *mine = of_person(id);
    assert_true(timeline_says(mine, "now", "11月30日") && !timeline_says(mine, "now", "1月1日"));
}

static void the_desk_sees_first_what_is_due_first(void **state)
{
    (void)state;
    on("2026-11-24", 10);
    struct client desk = officer_json("desk1");
    int64_t late = receive(&desk, "receive");
    on("2026-11-23", 10);
    desk = officer_json("desk1");
    int64_t early = receive(&desk, "receive");
    const struct json *doc = client_json(&desk, client_get(&desk, "/office/inbox"));
    int place = 0, of_early = 0, of_late = 0;
    JSON_EACH(row, json_get(doc, "cases"))
    {
        place++;
        if (json_i64_of(row, "id", 0) == early) of_early = place;
        if (json_i64_of(row, "id", 0) == late) of_late = place;
    }
    assert_true(of_early > 0 && of_early < of_late);
}

static void while_the_applicant_corrects_nothing_runs_and_then_it_runs_anew(void **state)
{
    (void)state;
    on("2026-11-23", 10);
    struct client desk = officer_json("desk1"), lin = person(LIN);
    int64_t id = receive(&desk, "receive");
    on("2026-11-26", 10);
    desk = officer_json("desk1");
    assert_int_equal(act(&desk, id, "correct", "target_1=material%3Aphoto&reason_1=blurred"), 200);
    struct kept k = kept(id);
    assert_true(k.due == 0 && k.paused == 1 && k.waiting == 0);
    assert_true(str_eq_c(
        light_of(client_json(&desk, client_getf(&desk, "/office/cases/%lld", (long long)id))), "paused"));
    const struct json *mine = of_person(id);
    assert_true(timeline_says(mine, "now", "12月17日")); /* 15 working days */
    assert_true(timeline_says(mine, "next", "您补正后5个工作日内告诉您是否受理"));
    assert_true(json_is(json_get(mine, "due_text"), JSON_NULL));
    on("2026-12-07", 10);
    testapp_jobs(app); /* what would have rung without the correction */
    lin = person(LIN);
    char path[64];
    snprintf(path, sizeof path, "/cases/%lld/correction", (long long)id);
    assert_int_equal(client_upload(&lin, path, "", "p1", "face.png", picture()).status, 200);
    k = kept(id);
    assert_true(k.due == at("2026-12-14", 17) && k.paused == 0 && k.waiting_due == k.due && !k.accepted);
    assert_true(timeline_says(of_person(id), "now", "12月14日"));
}

static void acceptance_ends_it_and_begins_the_clock_of_the_decision(void **state)
{
    (void)state;
    on("2026-11-23", 10);
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "receive");
    int64_t answer = kept(id).due;
    on("2026-11-25", 10);
    desk = officer_json("desk1");
    assert_int_equal(act(&desk, id, "accept", ""), 200);
    struct kept k = kept(id);
    assert_true(k.accepted == testapp_now() && k.due > 0 && k.due != answer);
    assert_true(!str_starts(json_text_of(of_person(id), "due_text"), STR("受理答复")));
    int64_t refused = receive(&desk, "receive");
    assert_int_equal(act(&desk, refused, "reject", "note_reject=elsewhere"), 200);
    k = kept(refused);
    assert_true(k.due == 0 && k.waiting == 0);
}

static bool the_minute(struct ctx *c)
{
    return job_add(c, "case.recount", STR_EMPTY, json_object(c->arena), c->now);
}

static void time_for_jobs(void)
{
    testapp_write(app, the_minute, NULL);
    testapp_jobs(app);
    testapp_advance(ORGS_CLOCK_SETTLES_MS);
    testapp_jobs(app);
}

/* A day off that is announced meanwhile: nothing is accepted by silence on the day that was due before. */
static void silence_accepts_on_the_day_the_calendar_of_then_gives(void **state)
{
    (void)state;
    on("2026-11-23", 10);
    time_for_jobs();
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "receive"), received = testapp_now();
    assert_true(kept(id).due == at("2026-11-30", 17));
    testapp_write(app, import_days, (void *)"2026-11-27\toff\t虚构的假日\n");
    time_for_jobs();
    assert_true(kept(id).due == at("2026-12-01", 17));
    testapp_set_now(at("2026-11-30", 17) + MS_MINUTE);
    testapp_jobs(app);
    assert_true(kept(id).accepted == 0);
    testapp_write(app, import_days, (void *)"2026-11-28\twork\t虚构的补班\n");
    testapp_set_now(at("2026-11-30", 18));
    time_for_jobs();
    assert_true(kept(id).accepted == received); /* due at 17:00 again, which is over */
    assert_true(kept(id).due > 0);
}

static void silence_accepts_not_a_moment_early(void **state)
{
    (void)state;
    on("2026-11-23", 10);
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "receive"), received = testapp_now();
    struct kept k = kept(id);
    testapp_set_now(k.due - 1);
    testapp_jobs(app);
    assert_true(kept(id).accepted == 0);
    testapp_set_now(k.due);
    testapp_jobs(app);
    assert_true(kept(id).accepted == received);
}

/* Rings while a system still has the case, in a process where one is asked before it is received. */
static bool rings_where_nobody_can_accept(struct ctx *c)
{
    struct case_work w;
    struct json *payload = json_object(c->arena);
    int64_t id = *(int64_t *)ctx_arg(c);
    if (!db_exec(&c->tx, "DELETE FROM job WHERE kind = 'case.timer'") || !case_work_load(c, id, &w))
        return false;
    w.state.process.count = 0;
    json_set_id(c->arena, payload, "case", id);
    json_set_c(c->arena, payload, "timer", "notice");
    return case_clock_rings(c, &w, payload);
}

static void silence_that_finds_nobody_who_accepts_speaks_later(void **state)
{
    (void)state;
    on("2026-11-23", 10);
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "receive"), received = testapp_now();
    testapp_set_now(kept(id).due + MS_MINUTE);
    testapp_write(app, rings_where_nobody_can_accept, &id);
    testapp_jobs(app);
    assert_true(kept(id).accepted == 0);
    testapp_advance(MS_HOUR);
    testapp_jobs(app);
    assert_true(kept(id).accepted == received);
}

/* ---- what the service says ---- */

static bool answers_in_two(struct ctx *c)
{
    const struct item *i = catalogue_by_id(c, *(int64_t *)ctx_arg(c));
    json_set_i64(app->arena, (struct json *)json_get(item_service(i, false), "flow"), "accept_days", 2);
    return true;
}

static void a_service_may_promise_the_answer_sooner(void **state)
{
    (void)state;
    on("2026-11-23", 10);
    struct client desk = officer_json("desk1");
    int64_t item = item_id(&desk, "%E5%8A%9E%E6%8A%A4%E7%85%A7"), before = receive(&desk, "receive");
    testapp_read(app, answers_in_two, &item);
    int64_t id = receive(&desk, "receive");
    assert_true(kept(before).due == at("2026-11-30", 17) && kept(id).due == at("2026-11-25", 17));
    testapp_set_now(at("2026-11-25", 17));
    testapp_jobs(app);
    assert_true(kept(id).accepted > 0);
}

static void no_number_of_days_and_none_beyond_the_law_leaves_those_of_the_law(void **state)
{
    (void)state;
    static const struct {
        const char *service;
        int days;
    } services[] = {{"{\"flow\":{\"accept_days\":3}}", 3},
                    {"{\"flow\":{\"accept_days\":0}}", COURSE_NOTICE_WORKDAYS},
                    {"{\"flow\":{\"accept_days\":-1}}", COURSE_NOTICE_WORKDAYS},
                    {"{\"flow\":{\"accept_days\":6}}", COURSE_NOTICE_WORKDAYS},
                    {"{\"flow\":{\"accept_days\":60}}", COURSE_NOTICE_WORKDAYS},
                    {"{\"flow\":{\"accept_days\":900}}", COURSE_NOTICE_WORKDAYS},
                    {"{\"flow\":{\"accept_days\":\"soon\"}}", COURSE_NOTICE_WORKDAYS},
                    {"{\"flow\":{}}", COURSE_NOTICE_WORKDAYS},
                    {"{}", COURSE_NOTICE_WORKDAYS}};
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        struct err e = {0};
        const struct json *service = json_parse(app->arena, str_c(services[i].service), JSON_STRICT, &e);
        assert_int_equal(case_accept_days(service), services[i].days);
    }
    assert_int_equal(COURSE_NOTICE_WORKDAYS, 5);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(the_answer_is_due_in_five_working_days_across_a_holiday),
        PROMISE(its_light_turns_in_every_list_and_filters_find_it),
        PROMISE(what_was_sent_before_there_was_this_clock_has_its_day_too),
        PROMISE(the_desk_sees_first_what_is_due_first),
        PROMISE(while_the_applicant_corrects_nothing_runs_and_then_it_runs_anew),
        PROMISE(acceptance_ends_it_and_begins_the_clock_of_the_decision),
        PROMISE(silence_accepts_on_the_day_the_calendar_of_then_gives),
        PROMISE(silence_accepts_not_a_moment_early),
        PROMISE(silence_that_finds_nobody_who_accepts_speaks_later),
        PROMISE(a_service_may_promise_the_answer_sooner),
        PROMISE(no_number_of_days_and_none_beyond_the_law_leaves_those_of_the_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
