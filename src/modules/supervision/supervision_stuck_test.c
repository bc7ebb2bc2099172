/* What supervision promises of cases that cannot go on: those who may mend it are told once for each cause,
 * and who supervises sees them all. */
#include "core/jobs/jobs.h"
#include "modules/cases/cases_decided_test.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_internal.h"

static bool round_of_the_job(struct ctx *c)
{
    return supervision_round(c, NULL);
}

static void look(void)
{
    testapp_advance(2 * MS_MINUTE);
    testapp_write(app, round_of_the_job, NULL);
    testapp_jobs(app);
}

struct seen {
    int64_t id;
    int standing, ended, level;
};

static bool read_seen(struct ctx *c)
{
    struct seen *s = ctx_arg(c);
    struct finding *rows;
    size_t count;
    if (!finding_of_case(c, s->id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq_c(rows[i].kind, "stuck")) continue;
        *(rows[i].ended ? &s->ended : &s->standing) += 1;
        if (!rows[i].ended) s->level = rows[i].level;
    }
    return true;
}

static struct seen seen(int64_t id)
{
    struct seen s = {.id = id};
    testapp_read(app, read_seen, &s);
    return s;
}

static size_t messages(struct client *c)
{
    return json_get(client_json(c, client_get(c, "/office/supervision/messages")), "messages")->count;
}

static bool find_day(struct ctx *c)
{
    int32_t *day = ctx_arg(c);
    *day = workday_add(orgs_calendar(c), date_of(c->now), 4);
    return true;
}

static void who_may_mend_what_cannot_go_on_is_told_once(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  other = officer_json("human-resources.review"), supervisor = officer_json("supervisor");
    publish_decision("grade", table("\"study\"", "string", 2),
                     "[{\"name\":\"t\",\"inputs\":{\"purpose\":\"study\"},\"expected\":2}]", "");
    publish("one-review", GRADED(DECIDED_BY("grade", GIVEN)));
    int64_t id = receive(&desk, "accept");
    size_t before = messages(&review), elsewhere = messages(&other);
    look();
    look();
    assert_int_equal(seen(id).standing, 1);
    assert_int_equal(seen(id).level, SUPERVISE_YELLOW);
    assert_int_equal(messages(&review), before + 1);
    assert_int_equal(messages(&other), elsewhere);
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "决策未能作出，办件停滞"));
    const struct json *page = client_json(&supervisor, client_get(&supervisor, "/office/workers"));
    assert_true(json_true_of(page, "all"));
    const struct json *row = json_at(json_get(page, "stuck"), 0);
    assert_true(json_is(json_get(row, "retry"), JSON_NULL)); /* who looks mends nothing */
    assert_true(json_text_of(row, "department").len > 0);
    page = client_json(&other, client_get(&other, "/office/workers"));
    assert_false(json_true_of(page, "all") || json_true_of(page, "has_stuck"));
    int32_t day = 0;
    testapp_read(app, find_day, &day);
    testapp_set_now(date_start(day) + 10 * MS_HOUR);
    look();
    supervisor = officer_json("supervisor");
    assert_int_equal(seen(id).level, SUPERVISE_RED);
    assert_true(
        answer_has(client_get(&supervisor, "/office/supervision/messages"), "决策未能作出，办件停滞"));
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/findings?kind=stuck"), "grade") ||
                answer_has(client_get(&supervisor, "/office/supervision/findings?kind=stuck"), "Grading"));
    publish_decision("grade", table("\"travel\"", "string", 2), TRAVELS, "");
    review = officer_json("public-security.review");
    assert_int_equal(client_post(&review, "/office/stuck", "model=grade").status, 200);
    testapp_jobs(app);
    look();
    assert_int_equal(seen(id).standing, 0);
}

/* ---- jobs that were given up ---- */

struct broken {
    int64_t id;
    const char *state;
};

static bool swap_state(struct ctx *c)
{
    struct broken *b = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT state FROM case_file WHERE id = $1", DB_I(b->id)) ||
        !db_exec(&c->tx, "UPDATE case_file SET state = $2 WHERE id = $1", DB_I(b->id), DB_C(b->state)))
        return false;
    b->state = str_z(app->arena, str_dup(app->arena, db_str(&r, 0, 0)));
    return true;
}

static bool add_count(struct ctx *c)
{
    const struct broken *b = ctx_arg(c);
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "case", b->id);
    return job_add(c, "case.recount_one", str_fmt(c->arena, "%lld", (long long)b->id), payload, c->now);
}

static bool retry_parked(struct ctx *c)
{
    struct job_row *rows;
    size_t count;
    return jobs_list(c, STR("parked"), 0, 1, &rows, &count) && count == 1 && job_retry(c, rows[0].id);
}

static void until_it_is_parked(void)
{
    for (int i = 0; i < 8; i++) {
        testapp_jobs(app);
        testapp_advance(MS_HOUR);
    }
}

static size_t told_of_a_job(const char *login)
{
    struct client c = officer_json(login);
    size_t count = 0;
    JSON_EACH(m, json_get(client_json(&c, client_get(&c, "/office/supervision/messages")), "messages"))
    {
        count += str_eq_c(json_text_of(m, "what"), "后台任务已搁置，办件停滞");
    }
    return count;
}

static struct str parked_figure(void)
{
    struct client admin = officer_json("sysadmin");
    JSON_EACH(f, json_get(client_json(&admin, client_get(&admin, "/office")), "figures"))
    {
        if (str_eq_c(json_text_of(f, "href"), "/office/jobs?status=parked")) return json_text_of(f, "count");
    }
    return STR_EMPTY;
}

static void who_runs_the_program_and_who_has_the_case_are_told_of_a_job_given_up(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1");
    struct broken b = {.id = receive(&desk, "accept"), .state = "{"};
    testapp_write(app, swap_state, &b);
    testapp_write(app, add_count, &b);
    testapp_jobs(app);
    look();
    assert_int_equal(told_of_a_job("public-security.review"), 0); /* it is tried again by itself */
    assert_int_equal(parked_figure().len, 0);
    until_it_is_parked();
    look();
    look();
    assert_int_equal(told_of_a_job("public-security.review"), 1);
    assert_int_equal(told_of_a_job("sysadmin"), 1);
    assert_int_equal(told_of_a_job("human-resources.review"), 0);
    assert_true(str_eq_c(parked_figure(), "1"));
    struct client admin = officer_json("sysadmin");
    struct answer page = client_get(&admin, "/office/supervision/messages");
    assert_true(answer_has(page, "/office/jobs?status=parked"));
    assert_int_equal(json_text_of(json_at(json_get(client_json(&admin, page), "messages"), 0), "case_no").len,
                     0);
    /* In vain: nothing new. */
    testapp_write(app, retry_parked, NULL);
    until_it_is_parked();
    look();
    assert_int_equal(told_of_a_job("public-security.review"), 1);
    assert_int_equal(told_of_a_job("sysadmin"), 1);
    /* Mended. */
    testapp_write(app, swap_state, &b);
    struct client review = officer_json("public-security.review");
    const struct json *of = client_json(&review, client_getf(&review, "/office/cases/%lld", (long long)b.id));
    assert_true(json_true_of(of, "has_halted"));
    assert_true(str_eq_c(json_text_of(json_at(json_get(of, "halted"), 0), "job"), "重新计算一个办件的期限"));
    testapp_write(app, retry_parked, NULL);
    testapp_jobs(app);
    look();
    assert_int_equal(told_of_a_job("public-security.review"), 0);
    assert_int_equal(told_of_a_job("sysadmin"), 0);
    assert_int_equal(parked_figure().len, 0);
    of = client_json(&review, client_getf(&review, "/office/cases/%lld", (long long)b.id));
    assert_false(json_true_of(of, "has_halted"));
    const struct json *record = json_get(of, "timeline");
    assert_true(str_eq_c(json_text_of(json_at(record, record->count - 1), "title"), "后台任务已完成"));
}

/* As a version left it that told nobody. */
static bool park_unseen(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE job SET status = 'parked', wake = NULL WHERE kind = 'case.recount_one'");
}

static bool add_search(struct ctx *c)
{
    return job_add(c, "case.find_halted", STR_EMPTY, json_object(c->arena), c->now);
}

static void of_a_job_given_up_before_anybody_was_told_one_hears_once(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1");
    struct broken b = {.id = receive(&desk, "accept")};
    testapp_write(app, add_count, &b);
    testapp_write(app, park_unseen, NULL);
    look();
    assert_int_equal(told_of_a_job("sysadmin"), 0);
    for (int time = 0; time < 2; time++) {
        testapp_write(app, add_search, NULL);
        testapp_jobs(app);
        look();
        assert_int_equal(told_of_a_job("public-security.review"), 1);
        assert_int_equal(told_of_a_job("sysadmin"), 1);
    }
    testapp_write(app, retry_parked, NULL);
    testapp_jobs(app);
    look();
    assert_int_equal(told_of_a_job("public-security.review"), 0);
    assert_int_equal(told_of_a_job("sysadmin"), 0);
}

static void a_job_given_up_outlasts_the_decision(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), decide = officer_json("public-security.decide");
    publish("one-review", SHORT);
    struct broken b = {.id = receive(&desk, "accept"), .state = "{"};
    assert_int_equal(act(&decide, b.id, "grant", "note_grant=x"), 200);
    testapp_jobs(app);
    testapp_write(app, swap_state, &b);
    testapp_write(app, add_count, &b);
    until_it_is_parked();
    testapp_write(app, swap_state, &b);
    look();
    assert_int_equal(told_of_a_job("sysadmin"), 1);
    assert_int_equal(told_of_a_job("supervisor"), 0);
    int32_t day = 0;
    testapp_read(app, find_day, &day);
    testapp_set_now(date_start(day) + 10 * MS_HOUR);
    look();
    assert_int_equal(told_of_a_job("supervisor"), 1);
    testapp_write(app, retry_parked, NULL);
    testapp_jobs(app);
    look();
    assert_int_equal(told_of_a_job("supervisor"), 0);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_all, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(who_may_mend_what_cannot_go_on_is_told_once),
        PROMISE(who_runs_the_program_and_who_has_the_case_are_told_of_a_job_given_up),
        PROMISE(of_a_job_given_up_before_anybody_was_told_one_hears_once),
        PROMISE(a_job_given_up_outlasts_the_decision)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
