/* What decision models on the way of a case promise: the version in force is asked, the result leads on, the
 * record says which rule spoke; what cannot answer waits, is told in one sentence, and is asked again. */
#include "core/base/time.h"
#include "modules/cases/cases_decide.h"
#include "modules/cases/cases_decided_test.h"

/* Grades, counts, and grades again: a round nobody ends. */
#define ROUND(script)                                                                                        \
    "<startEvent id='start'/>" RECEIVE DECIDED_BY(                                                           \
        "grade", GIVEN) script "<exclusiveGateway id='x' default='x-grade'/>" END WAY("start", "receive")    \
        WAY("receive", "grade") WAY(                                                                         \
            "x",                                                                                             \
            "grade") "<sequenceFlow id='x-decide' sourceRef='x' targetRef='decide'><conditionExpression "    \
                     "xsi:type='tFormalExpression'>level &gt; 9</conditionExpression></sequenceFlow>"
#define COUNT                                                                                                \
    "<scriptTask id='count' scriptFormat='FEEL' t:resultVariable='n'><script>1</script></scriptTask>" WAY(   \
        "grade", "count") WAY("count", "x")
static const struct json *page_of(struct client *c, int64_t id)
{
    return client_json(c, client_getf(c, "/office/cases/%lld", (long long)id));
}

static const struct json *incident_of(int64_t id)
{
    struct client review = officer_json("public-security.review");
    const struct json *page = client_json(&review, client_get(&review, "/office/workers"));
    struct str href = str_fmt(app->arena, "/office/cases/%lld", (long long)id);
    JSON_EACH(s, json_get(page, "stuck"))
    {
        if (str_eq(json_text_of(s, "href"), href)) return s;
    }
    return NULL;
}

static int ask_again(const struct json *incident)
{
    struct client review = officer_json("public-security.review");
    return client_post(&review, str_z(app->arena, json_text_of(incident, "retry")), "").status;
}

static int times_in_record(struct client *c, int64_t id)
{
    int n = 0;
    JSON_EACH(e, json_get(page_of(c, id), "timeline"))
    {
        n += str_eq_c(json_text_of(e, "title"), "有一项决策未能作出");
    }
    return n;
}

static void a_decision_leads_the_case_and_says_which_rule_spoke(void **state)
{
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide"), who = person("13900000101");
    (void)state;
    publish_decision("grade", table("\"travel\"", "string", 2), TRAVELS, "");
    publish("one-review", GRADED(DECIDED_BY("grade", GIVEN)));
    int64_t id = receive(&desk, "accept");
    const struct json *page = page_of(&review, id), *why = json_at(json_get(page, "why"), 0);
    assert_int_equal(act(&review, id, "pass", ""), 200); /* level 2: the review comes first */
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
    assert_true(json_true_of(page, "has_why"));
    assert_int_equal(json_i64_of(why, "model_version", 0), 1);
    assert_int_equal(json_i64_of(json_at(json_get(why, "rules"), 0), "number", 0), 1);
    assert_true(str_eq_c(json_text_of(why, "purpose"), "way"));
    assert_false(json_true_of(why, "decided"));
    assert_true(answer_has(client_getf(&who, "/cases/%lld", (long long)id), "护照法"));
    assert_false(json_true_of(page, "has_stuck"));
}

static void the_version_in_force_at_that_moment_is_asked(void **state)
{
    struct client desk = officer_json("desk1"), decide = officer_json("public-security.decide");
    (void)state;
    publish_decision("grade", table("\"travel\"", "string", 1),
                     "[{\"name\":\"t\",\"inputs\":{\"purpose\":\"travel\"},\"expected\":1}]", "");
    int64_t id = receive(&desk, "accept");
    const struct json *why = json_at(json_get(page_of(&decide, id), "why"), 0);
    assert_int_equal(json_i64_of(why, "model_version", 0), 2);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200); /* level 1: no review */
}

static void a_decision_without_a_result_waits_and_goes_on_when_it_is_mended(void **state)
{
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  other = officer_json("human-resources.review");
    (void)state;
    publish_decision("grade", table("\"study\"", "string", 2),
                     "[{\"name\":\"t\",\"inputs\":{\"purpose\":\"study\"},\"expected\":2}]", "");
    int64_t id = receive(&desk, "accept"), second = receive(&desk, "accept");
    const struct json *incident = incident_of(id), *page = page_of(&review, id);
    assert_non_null(incident);
    assert_true(answer_has(client_get(&review, "/office/workers"), "没有给出结果"));
    assert_true(json_true_of(page, "has_stuck"));
    assert_int_equal(json_i64_of(incident, "tries", 0), 1);
    assert_int_not_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(client_post(&other, str_z(app->arena, json_text_of(incident, "retry")), "").status, 404);
    assert_int_equal(ask_again(incident), 200); /* nothing is mended yet */
    assert_int_equal(json_i64_of(incident_of(id), "tries", 0), 2);
    assert_int_equal(times_in_record(&review, id), 1); /* nor is it told again */
    assert_true(answer_has(client_get(&review, "/office"), "/office/workers"));
    publish_decision("grade", table("\"travel\"", "string", 2), TRAVELS, "");
    assert_int_equal(ask_again(incident), 200);
    assert_null(incident_of(id));
    assert_false(json_true_of(page_of(&review, id), "has_stuck"));
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(client_post(&review, "/office/stuck", "model=grade").status, 200);
    testapp_jobs(app);
    assert_null(incident_of(second));
    assert_int_equal(ask_again(incident), 404);
    assert_false(answer_has(client_get(&review, "/office"), "/office/workers"));
}

enum { MANY = 2 * STUCK_AGAIN_AT_ONCE + 7 };

/* Rows of what nobody waits for any more. */
static bool add_many(struct ctx *c)
{
    const struct case_stuck *like = ctx_arg(c);
    struct case_stuck s = *like;
    for (int i = 0; i < MANY; i++) {
        s.id = ctx_id(c);
        s.token = 1000 + i;
        if (!stuck_store_keep(c, &s)) return false;
    }
    return true;
}

static bool count_many(struct ctx *c)
{
    return stuck_store_count(c, *(int64_t *)ctx_arg(c), ctx_arg(c));
}

static void all_that_wait_for_a_model_ask_again_however_many(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    int64_t unit = 0, id = receive(&desk, "accept");
    testapp_write(app, unit_of_reviewer, &unit);
    struct case_stuck like = {.case_id = id,
                              .unit = unit,
                              .case_no = STR("x"),
                              .model = STR("grade"),
                              .step = STR("x"),
                              .trouble = STR("none"),
                              .said = STR("x")};
    testapp_write(app, add_many, &like);
    int64_t count = unit;
    testapp_read(app, count_many, &count);
    assert_int_equal(count, MANY);
    assert_int_equal(client_post(&review, "/office/stuck", "model=grade").status, 200);
    for (int i = 0; i < 10; i++)
        testapp_jobs(app);
    count = unit;
    testapp_read(app, count_many, &count);
    assert_int_equal(count, 0);
}

static void a_value_of_another_type_is_told_with_its_name(void **state)
{
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    (void)state;
    publish_decision("grade", table(">= 3", "number", 2),
                     "[{\"name\":\"t\",\"inputs\":{\"purpose\":4},\"expected\":2}]", "");
    int64_t id = receive(&desk, "accept");
    struct str text = json_text_of(incident_of(id), "text");
    assert_true(str_find(text, STR("purpose")) != SIZE_MAX && str_find(text, STR("类型")) != SIZE_MAX);
    publish_decision("grade", table("\"travel\"", "string", 2), TRAVELS, "");
    assert_int_equal(ask_again(incident_of(id)), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
}

static void what_is_no_longer_wanted_waits_for_nothing(void **state)
{
    struct client desk = officer_json("desk1"), who = person("13900000101");
    (void)state;
    publish_decision("grade", table("\"study\"", "string", 2),
                     "[{\"name\":\"t\",\"inputs\":{\"purpose\":\"study\"},\"expected\":2}]", "");
    int64_t id = receive(&desk, "accept");
    char path[64];
    assert_non_null(incident_of(id));
    snprintf(path, sizeof path, "/cases/%lld/withdraw", (long long)id);
    assert_int_equal(client_post(&who, path, "").status, 200);
    assert_null(incident_of(id));
}

static void a_decision_that_is_not_in_force_is_told_and_asked_when_it_is(void **state)
{
    struct client desk = officer_json("desk1");
    int64_t before = testapp_now();
    (void)state;
    publish_decision("grade", table("\"travel\"", "string", 2), TRAVELS, "2026-11-30");
    testapp_set_now(before + 20 * MS_DAY);
    desk = officer_json("desk1");
    int64_t id = receive(&desk, "accept");
    const struct json *incident = incident_of(id);
    assert_non_null(incident);
    assert_true(str_find(json_text_of(incident, "text"), STR("grade")) != SIZE_MAX);
    publish_decision("grade", table("\"travel\"", "string", 2), TRAVELS, "");
    assert_int_equal(ask_again(incident), 200);
    assert_null(incident_of(id));
    testapp_set_now(before);
}

static void a_process_may_only_name_a_decision_that_is_published(void **state)
{
    struct client writer = officer_json("flow.writer");
    (void)state;
    int64_t id = process_id(&writer, "one-review");
    struct answer a = upload(&writer, id, model("one-review", GRADED(DECIDED_BY("no-such", GIVEN))));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "no-such"));
    a = upload(&writer, id,
               model("one-review", GRADED(DECIDED_BY("grade", "<t:in source='1' target='weight'/>"))));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "weight"));
    assert_true(
        answer_has(client_getf(&writer, "/office/decisions/%lld", (long long)decision_id(&writer, "grade")),
                   "one-review"));
}

static void a_try_run_asks_the_real_decision(void **state)
{
    struct client writer = officer_json("flow.writer");
    (void)state;
    int64_t id = process_id(&writer, "one-review");
    struct answer a = client_getf(
        &writer, "/office/processes/%lld/try?way=send:p&add=do:3:accept&a_purpose=travel", (long long)id);
    assert_true(answer_has(a, "Grade"));
    const struct json *page = client_json(&writer, a), *tasks = json_get(page, "tasks");
    assert_true(str_eq_c(json_text_of(json_at(tasks, 0), "title"), "review"));
    a = client_getf(&writer, "/office/processes/%lld/try?way=send:p&add=do:3:accept&a_purpose=play",
                    (long long)id);
    assert_true(answer_has(a, "没有给出结果"));
}

static void a_way_from_a_model_back_to_it_is_refused_and_a_round_nobody_ends_waits(void **state)
{
    struct client writer = officer_json("flow.writer"), desk = officer_json("desk1");
    (void)state;
    int64_t id = process_id(&writer, "one-review");
    struct answer a = upload(&writer, id, model("one-review", ROUND(WAY("grade", "x"))));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "反复询问决策模型 grade"));
    publish("one-review", ROUND(COUNT));
    int64_t one = receive(&desk, "accept");
    assert_true(str_find(json_text_of(incident_of(one), "text"), STR("反复询问")) != SIZE_MAX);
    assert_int_equal(ask_again(incident_of(one)), 200);
    assert_true(str_find(json_text_of(incident_of(one), "text"), STR("反复询问")) != SIZE_MAX);
    writer = officer_json("flow.writer");
    a = client_getf(&writer, "/office/processes/%lld/try?way=send:p&add=do:3:accept&a_purpose=travel",
                    (long long)id);
    assert_true(answer_has(a, "反复询问"));
}

#define CALLED(name, code)                                                                                   \
    GRADED("<businessRuleTask id='grade' name='" name "' t:decisionRef='" code                               \
           "' t:resultVariable='level'><extensionElements>" GIVEN "</extensionElements></businessRuleTask>")

static int move_to(struct client *c, int version)
{
    char path[64], form[32];
    snprintf(path, sizeof path, "/office/processes/%lld/move", (long long)process_id(c, "one-review"));
    snprintf(form, sizeof form, "to=%d&go=move", version);
    return client_post(c, path, form).status;
}

static void what_waits_moves_only_to_where_the_same_decision_is_asked(void **state)
{
    struct client desk = officer_json("desk1"), checker = officer_json("flow.checker");
    int newest = 1;
    (void)state;
    publish_decision("grade", table("\"study\"", "string", 2),
                     "[{\"name\":\"t\",\"inputs\":{\"purpose\":\"study\"},\"expected\":2}]", "");
    publish_decision("rate", table("\"travel\"", "string", 2), TRAVELS, "");
    publish("one-review", CALLED("Grading", "grade"));
    int64_t id = receive(&desk, "accept");
    assert_non_null(incident_of(id));
    publish("one-review", CALLED("Rating", "rate"));
    publish("one-review", CALLED("Weighing", "grade"));
    while (move_to(&checker, newest + 1) == 200)
        newest++;
    /* It passed by the other one, and is where its own is asked again. */
    assert_true(str_eq_c(json_text_of(incident_of(id), "step"), "Weighing"));
    assert_true(str_eq_c(json_text_of(incident_of(id), "model"), "grade"));
    assert_int_equal(move_to(&checker, newest - 1), 200);
    assert_true(str_eq_c(json_text_of(incident_of(id), "step"), "Weighing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decision_leads_the_case_and_says_which_rule_spoke),
        cmocka_unit_test(the_version_in_force_at_that_moment_is_asked),
        cmocka_unit_test(a_decision_without_a_result_waits_and_goes_on_when_it_is_mended),
        cmocka_unit_test(all_that_wait_for_a_model_ask_again_however_many),
        cmocka_unit_test(a_value_of_another_type_is_told_with_its_name),
        cmocka_unit_test(what_is_no_longer_wanted_waits_for_nothing),
        cmocka_unit_test(a_decision_that_is_not_in_force_is_told_and_asked_when_it_is),
        cmocka_unit_test(a_process_may_only_name_a_decision_that_is_published),
        cmocka_unit_test(a_try_run_asks_the_real_decision),
        cmocka_unit_test(a_way_from_a_model_back_to_it_is_refused_and_a_round_nobody_ends_waits),
        cmocka_unit_test(what_waits_moves_only_to_where_the_same_decision_is_asked),
    };
    return cmocka_run_group_tests(tests, open_all, close_app);
}
