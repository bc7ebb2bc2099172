/* What tasks that systems gave up promise: those who can mend them are told, once for each, and no longer
 * when they are mended. */
#include "modules/workers/workers_app_test.h"

#define GIVEN_UP "{\"workerId\":\"w\",\"errorMessage\":\"gone\",\"retries\":0}"

static bool add_market_steward(struct ctx *c)
{
    struct account a;
    struct str hash;
    int64_t id;
    return account_by_login(c, ACTOR_OFFICER, STR("market.review"), &a, &hash) &&
           people_add_officer(c, STR("market.steward"), STR("辛"), STR("data_steward"), a.unit, STR_EMPTY,
                              STR("none"), &id);
}

static bool add_round(struct ctx *c)
{
    return job_add(c, "supervision.more", STR("more"), json_object(c->arena), c->now);
}

static void supervision_looks(void)
{
    testapp_advance(120000);
    testapp_write(app, add_round, NULL);
    testapp_jobs(app);
}

static size_t told(const char *login)
{
    struct client c = officer_json(login);
    size_t count = 0;
    JSON_EACH(m, json_get(client_json(&c, client_get(&c, "/office/supervision/messages")), "messages"))
    {
        count += str_eq_c(json_text_of(m, "what"), "系统未能完成任务，办件停滞");
    }
    return count;
}

/* What the first page says of it; "" where it says nothing. */
static struct str figure(const char *login)
{
    struct client c = officer_json(login);
    JSON_EACH(f, json_get(client_json(&c, client_get(&c, "/office")), "figures"))
    {
        if (!str_eq_c(json_text_of(f, "label"), "系统未能完成的任务")) continue;
        assert_true(str_eq_c(json_text_of(f, "href"), "/office/workers"));
        return json_text_of(f, "count");
    }
    return STR_EMPTY;
}

static void gives_up(const char *system)
{
    const struct json *t = fetch(system, FETCH("w", ""), 1);
    struct str path = str_fmt(app->arena, "/external-task/%.*s/failure", STR_ARG(json_text_of(t, "id")));
    assert_int_equal(post_as(system, str_z(app->arena, path), GIVEN_UP).status, 204);
}

static void has_it_tried_again(const char *login)
{
    struct client c = officer_json(login);
    const struct json *one =
        json_at(json_get(client_json(&c, client_get(&c, "/office/workers")), "incidents"), 0);
    assert_int_equal(client_post(&c, str_z(app->arena, json_text_of(one, "retry")), "").status, 200);
}

static void what_a_system_gave_up_is_told_once_to_those_who_can_mend_it(void **state)
{
    (void)state;
    int64_t id = begun(WITH(""));
    supervision_looks();
    assert_int_equal(told("public-security.review"), 0);
    assert_int_equal(figure("public-security.review").len, 0);
    gives_up("police-checks");
    supervision_looks();
    supervision_looks();
    assert_int_equal(told("public-security.review"), 1);
    assert_int_equal(told("public-security.decide"), 1);
    assert_int_equal(told("police.steward"), 1);
    assert_int_equal(told("market.review"), 0);
    assert_true(str_eq_c(figure("public-security.review"), "1"));
    assert_true(str_eq_c(figure("police.steward"), "1"));
    assert_int_equal(figure("market.review").len, 0);
    struct client review = officer_json("public-security.review"), supervisor = officer_json("supervisor");
    assert_true(answer_has(client_getf(&review, "/office/cases/%lld", (long long)id), "系统放弃了该步骤"));
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/findings?kind=incident"), "核查"));
    /* In vain within the minute: still the same incident. */
    has_it_tried_again("police.steward");
    gives_up("police-checks");
    supervision_looks();
    assert_int_equal(told("police.steward"), 1);
    assert_int_equal(told("public-security.review"), 1);
    /* Mended: nobody has to read it any more. */
    has_it_tried_again("police.steward");
    supervision_looks();
    assert_int_equal(told("police.steward"), 0);
    assert_int_equal(told("public-security.review"), 0);
    assert_int_equal(figure("police.steward").len, 0);
    /* It fails anew: a new incident. */
    gives_up("police-checks");
    supervision_looks();
    assert_int_equal(told("police.steward"), 1);
    const struct json *t = NULL;
    has_it_tried_again("public-security.review");
    t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(on_task(t, "complete", "{\"workerId\":\"w\"}").status, 204);
    supervision_looks();
    assert_int_equal(told("police.steward"), 0);
}

static void stewards_of_the_system_are_told_whoever_has_the_case(void **state)
{
    (void)state;
    testapp_write(app, add_market_steward, NULL);
    (void)begun(WITH("t:department='market'"));
    gives_up("market-checks");
    supervision_looks();
    assert_int_equal(told("market.steward"), 1);
    assert_int_equal(told("police.steward"), 0);
    assert_int_equal(told("public-security.review"), 1);
    assert_int_equal(told("market.review"), 0);
    struct client steward = officer_json("market.steward");
    assert_true(answer_has(client_get(&steward, "/office/supervision/messages"), "/office/workers"));
    assert_int_equal(client_get(&steward, "/office/supervision/findings").status, 403);
}

static bool count_findings(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT count(*) FROM supervision_finding WHERE kind = 'incident'"))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void a_step_that_is_called_otherwise_is_the_same_incident(void **state)
{
    (void)state;
    int64_t count = 0;
    struct client checker = officer_json("flow.checker");
    (void)begun("<startEvent id='start'/>" RECEIVE
                "<serviceTask id='check' name='核查' t:topic='arrears'/>" END WAY("start", "receive")
                    WAY("receive", "check") WAY("check", "decide"));
    gives_up("police-checks");
    supervision_looks();
    assert_int_equal(told("police.steward"), 1);
    publish("one-review",
            "<startEvent id='start'/>" RECEIVE
            "<serviceTask id='check' name='欠费/核查' t:topic='arrears'/>" END WAY("start", "receive")
                WAY("receive", "check") WAY("check", "decide"));
    assert_int_equal(post(&checker, process_id(&checker, "one-review"), "/move", "to=3&go=move"), 200);
    testapp_jobs(app);
    supervision_looks();
    supervision_looks();
    testapp_read(app, count_findings, &count);
    assert_int_equal(count, 1);
    assert_int_equal(told("police.steward"), 1);
    has_it_tried_again("police.steward");
    supervision_looks();
    assert_int_equal(told("police.steward"), 0);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_workers, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {PROMISE(what_a_system_gave_up_is_told_once_to_those_who_can_mend_it),
                                       PROMISE(stewards_of_the_system_are_told_whoever_has_the_case),
                                       PROMISE(a_step_that_is_called_otherwise_is_the_same_incident)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
