/* What forms of steps promise: a step is not done before its form is filled in, conditions read what it says,
 * and nobody else reads it. */
#include "modules/cases/cases_steps_test.h"

#define VISIT_WITH(form)                                                                                     \
    "<startEvent id='start'/>" RECEIVE TASK("visit", "reviewer", "pass send_back", form) REVIEW(             \
        "again") "<exclusiveGateway id='x' "                                                                 \
                 "default='x-decide'/>" END WAY("start", "receive") WAY("receive", "visit")                  \
                     WAY("visit", "x") WAY("x", "decide")                                                    \
                         WAY("again",                                                                        \
                             "decide") "<sequenceFlow id='x-again' sourceRef='x' targetRef='again'>"         \
                                       "<conditionExpression xsi:type='tFormalExpression'>steps.visit.area " \
                                       "&gt; 200</conditionExpression></sequenceFlow>"
#define VISIT VISIT_WITH("t:form='visit-report'")

static int open_steps(void **state)
{
    open_all(state);
    form_begin("visit-report", "integer");
    form_publish("visit-report");
    return 0;
}

static const struct json *page_of(struct client *c, int64_t id)
{
    return client_json(c, client_getf(c, "/office/cases/%lld", (long long)id));
}

static bool offers(struct client *c, int64_t id, const char *path)
{
    JSON_EACH(a, json_get(page_of(c, id), "acts"))
    {
        if (str_ends(json_text_of(a, "action"), str_c(path))) return true;
    }
    return false;
}

static void a_step_is_done_when_its_form_is_filled_in(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide"), html = officer("public-security.review");
    html.json = false;
    publish("one-review", VISIT);
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "pass", ""), 409);
    const char *path = step_form_path(&review, id);
    struct answer a = client_get(&html, path);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "name=\"area\""));
    assert_int_equal(client_post(&review, path, "area=many").status, 422);
    assert_true(answer_has(client_post(&html, path, "area=many&seen=xyz"), "xyz"));
    assert_int_equal(client_post(&review, path, "seen=x").status, 422);
    assert_int_equal(act(&review, id, "pass", ""), 409);
    assert_int_equal(client_post(&desk, path, "area=1").status, 403);
    assert_int_equal(client_post(&review, path, "area=150&seen=KEPT-APART").status, 200);
    assert_true(json_true_of(json_get(page_of(&review, id), "step_form"), "filled"));
    assert_true(answer_has(client_getf(&review, "/office/cases/%lld", (long long)id), "KEPT-APART"));
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_true(offers(&decide, id, "/grant"));
    struct client who = person("13900000101");
    assert_false(answer_has(client_getf(&who, "/cases/%lld", (long long)id), "KEPT-APART"));
}

static void conditions_read_what_was_filled_in_last(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    publish("one-review",
            VISIT_WITH("xmlns:m='http://camunda.org/schema/1.0/bpmn' m:formKey='visit-report'"));
    int64_t id = receive(&desk, "accept");
    assert_int_equal(client_post(&review, step_form_path(&review, id), "area=201").status, 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_false(offers(&decide, id, "/grant"));
    assert_int_equal(act(&review, id, "send-back", "note_send-back=x&target=visit"), 200);
    assert_int_equal(act(&review, id, "pass", ""), 409); /* a new task, with a form of its own */
    struct answer a = client_get(&review, step_form_path(&review, id));
    assert_true(answer_has(a, "201")); /* it begins with what was said before */
    assert_int_equal(client_post(&review, step_form_path(&review, id), "area=200").status, 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_true(offers(&decide, id, "/grant"));
}

static bool sealed(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT filled FROM case_step_form")) return false;
    assert_int_equal(r.rows, 1);
    assert_true(str_find(db_str(&r, 0, 0), STR("KEPT-APART")) == SIZE_MAX && db_str(&r, 0, 0).len > 0);
    return db_query(&c->tx, &r, "SELECT state FROM case_file WHERE state LIKE '%KEPT-APART%'") && r.rows == 0;
}

static void what_is_filled_in_is_sealed(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    publish("one-review", VISIT);
    int64_t id = receive(&desk, "accept");
    assert_int_equal(client_post(&review, step_form_path(&review, id), "area=1&seen=KEPT-APART").status, 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    testapp_read(app, sealed, NULL);
}

#define APPLICANT                                                                                            \
    "<startEvent id='start'/>" RECEIVE TASK("more", "applicant", "pass",                                     \
                                            "t:form='visit-report' t:en='More facts'")                       \
        END WAY("start", "receive") WAY("receive", "more") WAY("more", "decide")

static void the_applicant_fills_in_a_step_of_theirs(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), decide = officer_json("public-security.decide"),
                  who = person("13900000101"), other = person("13900000102");
    publish("one-review", APPLICANT);
    int64_t id = receive(&desk, "accept");
    who.json = true;
    const char *path = my_step_path(&who, id);
    assert_non_null(path);
    assert_false(offers(&decide, id, "/grant"));
    assert_int_equal(client_get(&other, path).status, 404);
    assert_int_equal(client_get(&who, path).status, 200);
    assert_int_equal(client_post(&who, path, "seen=x").status, 422);
    assert_int_equal(client_post(&who, path, "area=12&seen=MY-OWN").status, 200);
    assert_int_equal(client_post(&who, path, "area=13").status / 100, 4); /* done is done */
    assert_true(offers(&decide, id, "/grant"));
    assert_true(answer_has(client_getf(&decide, "/office/cases/%lld", (long long)id), "MY-OWN"));
    assert_true(answer_has(client_getf(&who, "/cases/%lld", (long long)id), "MY-OWN"));
    /* They were told, by the name that the step has in their language. */
    assert_false(answer_has(client_get(&who, "/me/messages"), "More facts"));
    who.language = "en";
    assert_true(answer_has(client_get(&who, "/me/messages"), "please fill in “More facts”"));
    who.language = "zh-CN";
    const struct json *mine_all = client_json(&who, client_get(&who, "/me/data"));
    const struct json *step = json_at(json_get(json_at(json_get(mine_all, "cases"), 0), "steps"), 0);
    assert_true(str_eq_c(json_text_of(step, "step"), "more"));
    assert_true(str_eq_c(json_text_of(json_get(step, "answers"), "seen"), "MY-OWN"));
}

static void what_was_withdrawn_is_not_filled_in_any_more(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), who = person("13900000101");
    char path[64];
    publish("one-review", APPLICANT);
    int64_t id = receive(&desk, "accept");
    who.json = true;
    const char *fill = my_step_path(&who, id);
    assert_non_null(fill);
    snprintf(path, sizeof path, "/cases/%lld/withdraw", (long long)id);
    assert_int_equal(client_post(&who, path, "").status, 200);
    assert_null(my_step_path(&who, id));
    assert_int_equal(client_get(&who, fill).status / 100, 4);
    assert_int_equal(client_post(&who, fill, "area=12").status / 100, 4);
}

#define PARALLEL_ASKED                                                                                       \
    "<startEvent id='start'/>" RECEIVE TASK(                                                                 \
        "more", "applicant", "pass",                                                                         \
        "t:form='visit-report'") "<parallelGateway id='f'/>" END WAY("start", "receive") WAY("receive", "f") \
        WAY("f", "more") WAY("f", "decide") WAY("more", "decide")

static void what_was_decided_is_not_filled_in_any_more(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), who = person("13900000101"),
                  decide = officer_json("public-security.decide");
    publish("one-review", PARALLEL_ASKED);
    int64_t id = receive(&desk, "accept");
    who.json = true;
    const char *fill = my_step_path(&who, id);
    assert_non_null(fill);
    assert_int_equal(act(&decide, id, "refuse", "note_refuse=x"), 200);
    assert_null(my_step_path(&who, id));
    assert_int_equal(client_get(&who, fill).status / 100, 4);
    assert_int_equal(client_post(&who, fill, "area=12").status / 100, 4);
}

static void a_form_that_is_not_there_keeps_the_process_from_being_published(void **state)
{
    (void)state;
    struct client writer = officer_json("flow.writer");
    int64_t id = process_id(&writer, "one-review");
    struct answer a = upload(&writer, id, model("one-review", VISIT_WITH("t:form='nowhere'")));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "所用的表单没有现行版本"));
}

static void a_try_run_shows_what_the_step_asks(void **state)
{
    (void)state;
    struct client writer = officer_json("flow.writer");
    int64_t id = process_id(&writer, "one-review");
    publish("one-review", VISIT);
    const struct json *doc = client_json(
        &writer,
        client_getf(&writer, "/office/processes/%lld/try?way=send:p&add=do:2:accept&step_visit.area=300",
                    (long long)id));
    const struct json *task = json_at(json_get(doc, "tasks"), 0);
    for (int token = 3; !json_is(json_get(task, "form"), JSON_OBJECT) && token < 6; token++) {
        doc = client_json(&writer, client_getf(&writer,
                                               "/office/processes/%lld/try?way=send:p&add=do:%d:accept&"
                                               "step_visit.area=300",
                                               (long long)id, token));
        task = json_at(json_get(doc, "tasks"), 0);
    }
    assert_true(
        str_eq_c(json_text_of(json_at(json_get(json_get(task, "form"), "questions"), 0), "label"), "Area"));
    assert_int_equal(json_get(doc, "kept")->count, 1);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_steps, close_app)
int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_step_is_done_when_its_form_is_filled_in),
        PROMISE(conditions_read_what_was_filled_in_last),
        PROMISE(what_is_filled_in_is_sealed),
        PROMISE(the_applicant_fills_in_a_step_of_theirs),
        PROMISE(what_was_withdrawn_is_not_filled_in_any_more),
        PROMISE(what_was_decided_is_not_filled_in_any_more),
        PROMISE(a_form_that_is_not_there_keeps_the_process_from_being_published),
        PROMISE(a_try_run_shows_what_the_step_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
