/* What signals of departments' systems promise: who may send which, whom they reach, what they bring, and
 * what is on record of them. */
#include "modules/cases/cases_operate_test.h"
#include "modules/workers/workers_app_test.h"

#define SIGNAL "<signalEventDefinition signalRef='S'/>"
/* Heard at the edge of `look`; what the signal says of the level leads to a visit, or to the decision. */
#define HEARS(of)                                                                                            \
    "<startEvent id='start'/>" RECEIVE REVIEW("look") REVIEW(                                                \
        "visit") "<boundaryEvent id='edge' attachedToRef='look' " of ">" SIGNAL                              \
                 "</boundaryEvent><exclusiveGateway id='x' default='x-visit'/>" END WAY("start", "receive")  \
                     WAY("receive", "look") WAY("look", "decide") WAY("edge", "x") WAY("x", "visit")         \
                         WAY("visit", "decide") "<sequenceFlow id='x-decide' sourceRef='x' "                 \
                                                "targetRef='decide'><conditionExpression "                   \
                                                "xsi:type='tFormalExpression'>level = "                      \
                                                "5</conditionExpression></sequenceFlow>"

static bool give_signals(struct ctx *c)
{
    return workers_give_topic(c, STR("police-checks"), STR("signal:high-water")) &&
           workers_give_topic(c, STR("market-checks"), STR("signal:high-water"));
}

static int open_signals(void **state)
{
    open_workers(state);
    testapp_write(app, give_signals, NULL);
    return 0;
}

static struct answer signals(const char *system, const char *body)
{
    return post_as(system, "/signal", body);
}

/* To one case alone, with more members of the body. */
static struct answer signals_one(const char *system, int64_t id, const char *more)
{
    return signals(
        system, str_z(app->arena, str_fmt(app->arena, "{\"name\":\"high-water\",\"executionId\":\"%lld\"%s}",
                                          (long long)id, more)));
}

static int64_t waiting(const char *body)
{
    struct client desk = officer_json("desk1");
    publish("one-review", body);
    return receive(&desk, "accept");
}

static bool is_at(int64_t id, const char *step)
{
    struct client review = officer_json("public-security.review");
    JSON_EACH(t, json_get(page_of(&review, id, 0), "tasks"))
    {
        if (str_eq_c(json_text_of(t, "name"), step)) return true;
    }
    return false;
}

struct counted {
    const char *act;
    int64_t count;
};

static bool count_acts(struct ctx *c)
{
    struct counted *k = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT count(*) FROM evidence WHERE act = $1", DB_C(k->act))) return false;
    k->count = db_int(&r, 0, 0);
    return true;
}

static int64_t acts(const char *act)
{
    struct counted k = {.act = act};
    testapp_read(app, count_acts, &k);
    return k.count;
}

#define HIGH "{\"name\":\"high-water\"}"

static void a_signal_reaches_the_cases_that_wait_for_one_of_its_department(void **state)
{
    (void)state;
    int64_t own = waiting(HEARS("t:department='owner'")), foreign = waiting(HEARS("t:department='market'"));
    assert_int_equal(signals("police-checks", HIGH).status, 204);
    assert_true(is_at(own, "look")); /* it comes behind the commit */
    testapp_jobs(app);
    assert_true(is_at(own, "visit") && is_at(foreign, "look"));
    assert_int_equal(acts("worker.signal"), 1);
    assert_int_equal(acts("case.signal"), 1);
    struct client review = officer_json("public-security.review");
    assert_true(answer_has(client_getf(&review, "/office/cases/%lld", (long long)own), "公安核查系统"));
    assert_int_equal(signals("police-checks", HIGH).status, 204); /* nobody waits: nothing is learnt */
    testapp_jobs(app);
    assert_true(is_at(own, "visit") && is_at(foreign, "look"));
    assert_int_equal(acts("case.signal"), 1);
    assert_int_equal(signals("market-checks", HIGH).status, 204);
    testapp_jobs(app);
    assert_true(is_at(foreign, "visit"));
}

static void a_case_that_was_moved_hears_whom_the_new_version_names(void **state)
{
    (void)state;
    struct client checker = officer_json("flow.checker");
    int64_t id = waiting(HEARS("t:department='owner'"));
    publish("one-review", HEARS("t:department='market'"));
    assert_int_equal(post(&checker, process_id(&checker, "one-review"), "/move", "to=3&go=move"), 200);
    testapp_jobs(app);
    assert_int_equal(signals("police-checks", HIGH).status, 204);
    testapp_jobs(app);
    assert_true(is_at(id, "look"));
    assert_int_equal(signals("market-checks", HIGH).status, 204);
    testapp_jobs(app);
    assert_true(is_at(id, "visit"));
}

static void a_system_sends_only_signals_it_was_given(void **state)
{
    (void)state;
    int64_t id = waiting(HEARS("t:department='owner'"));
    assert_refused(signals("police-checks", "{\"name\":\"low-water\"}"), 403, "AuthorizationException");
    assert_refused(ask("police-checks", "wrong", METHOD_POST, "/engine-rest/signal", HIGH), 401,
                   "AuthenticationException");
    assert_refused(signals("police-checks", "{}"), 400, "InvalidRequestException");
    assert_refused(signals("police-checks", "high-water"), 400, "InvalidRequestException");
    struct answer a = signals("police-checks", "{\"name\":\"high-water\",\"tenantId\":\"t\"}");
    assert_refused(a, 400, "InvalidRequestException");
    assert_true(answer_has(a, "tenantId"));
    assert_refused(signals("police-checks", "{\"name\":\"high-water\",\"withoutTenantId\":true}"), 400,
                   "InvalidRequestException");
    assert_refused(
        signals("police-checks", "{\"name\":\"high-water\",\"variables\":{\"outcome\":{\"value\":\"x\"}}}"),
        400, "InvalidRequestException");
    assert_refused(signals("police-checks", "{\"name\":\"high-water\",\"variables\":{\"level\":5}}"), 400,
                   "InvalidRequestException");
    testapp_jobs(app);
    assert_true(is_at(id, "look"));
    assert_int_equal(acts("worker.signal"), 0);
}

static void no_system_floods_cases_with_signals(void **state)
{
    (void)state;
    for (int i = 0; i < SIGNALS_A_MINUTE; i++)
        assert_int_equal(signals("police-checks", HIGH).status, 204);
    assert_refused(signals("police-checks", HIGH), 429, "RestException");
    assert_int_equal(signals("market-checks", HIGH).status, 204);
}

#define LEVEL ",\"variables\":{\"level\":{\"value\":5,\"type\":\"Integer\"},\"other\":{\"value\":\"z\"}}"

#define AT_A_TASK                                                                                            \
    "<startEvent id='start'/>" RECEIVE SERVICE("")                                                           \
        REVIEW("visit") "<boundaryEvent id='edge' attachedToRef='check' t:department='owner'>" SIGNAL        \
                        "</boundaryEvent>" END WAY("start", "receive") WAY("receive", "check")               \
                            WAY("check", "decide") WAY("edge", "visit") WAY("visit", "decide")

static void by_the_execution_of_a_task_it_goes_to_the_edge_of_that_task(void **state)
{
    (void)state;
    int64_t id = waiting(AT_A_TASK);
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    struct str at = json_text_of(t, "executionId");
    struct str body = str_fmt(app->arena, "{\"name\":\"high-water\",\"executionId\":\"%.*s\"}", STR_ARG(at));
    assert_true(str_find(at, STR(":")) != SIZE_MAX);
    assert_int_equal(signals("police-checks", str_z(app->arena, body)).status, 204);
    assert_true(is_at(id, "visit"));
}

static void to_one_case_it_goes_at_once_and_says_whether_it_waits(void **state)
{
    (void)state;
    struct client decide = officer_json("public-security.decide");
    int64_t first = waiting(HEARS("t:department='owner'"));
    struct client desk = officer_json("desk1");
    int64_t second = receive(&desk, "accept"), third = receive(&desk, "accept");
    assert_refused(signals_one("market-checks", first, ""), 500, "RestException");
    assert_refused(signals_one("police-checks", 12345, ""), 500, "RestException");
    assert_refused(signals("police-checks", "{\"name\":\"high-water\",\"executionId\":\"nonsense\"}"), 500,
                   "RestException");
    assert_refused(
        signals("police-checks",
                str_z(app->arena, str_fmt(app->arena, "{\"name\":\"high-water\",\"executionId\":\"%lld:99\"}",
                                          (long long)first))),
        500, "RestException");
    assert_int_equal(signals_one("police-checks", first, LEVEL).status, 204);
    assert_true(is_at(first, "decide") && is_at(second, "look"));
    assert_int_equal(signals_one("police-checks", second, "").status, 204);
    assert_true(is_at(second, "visit"));
    assert_refused(signals_one("police-checks", second, ""), 500, "RestException");
    assert_int_equal(operate(&decide, third, "suspend", "reason=x"), 200);
    assert_refused(signals_one("police-checks", third, ""), 500, "SuspendedEntityInteractionException");
    assert_int_equal(acts("worker.signal"), 2);
}

static bool find_value(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT COUNT(*) FROM job WHERE kind IN ('case.signal', 'case.hear') AND payload LIKE '%level%'"))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void what_it_brings_waits_sealed_and_goes_where_the_model_names_it(void **state)
{
    (void)state;
    int64_t open = 0;
    struct client desk = officer_json("desk1");
    int64_t first = waiting(HEARS("t:department='owner'")), second = receive(&desk, "accept");
    assert_int_equal(signals("police-checks", "{\"name\":\"high-water\"" LEVEL "}").status, 204);
    testapp_read(app, find_value, &open);
    assert_int_equal(open, 0);
    testapp_jobs(app);
    assert_true(is_at(first, "decide") && is_at(second, "decide"));
    struct client review = officer_json("public-security.review");
    struct answer page = client_getf(&review, "/office/cases/%lld", (long long)first);
    assert_true(answer_has(page, "\"level\""));
    assert_false(answer_has(page, "\"other\""));
}

/* Who names no department may be sent a signal by systems of the one that owns the case, as service tasks are
 * done by them; but somebody has to send it. */
static void a_model_waits_for_systems_where_it_names_their_department(void **state)
{
    (void)state;
    struct client writer = officer_json("flow.writer");
    int64_t id = process_id(&writer, "one-review");
    struct answer a = upload(&writer, id, model("one-review", HEARS("")));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "都不会发出"));
    assert_int_equal(upload(&writer, id, model("one-review", HEARS("t:department='owner'"))).status, 200);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_signals, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_signal_reaches_the_cases_that_wait_for_one_of_its_department),
        PROMISE(a_case_that_was_moved_hears_whom_the_new_version_names),
        PROMISE(a_system_sends_only_signals_it_was_given),
        PROMISE(no_system_floods_cases_with_signals),
        PROMISE(by_the_execution_of_a_task_it_goes_to_the_edge_of_that_task),
        PROMISE(to_one_case_it_goes_at_once_and_says_whether_it_waits),
        PROMISE(what_it_brings_waits_sealed_and_goes_where_the_model_names_it),
        PROMISE(a_model_waits_for_systems_where_it_names_their_department),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
