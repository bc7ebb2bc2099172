/* What tasks of systems promise: who may take them, that they are done once, that nothing is lost. */
#include "modules/workers/workers_app_test.h"

static bool stands_with_decider(int64_t id)
{
    struct client decide = officer_json("public-security.decide");
    JSON_EACH(
        a, json_get(client_json(&decide, client_getf(&decide, "/office/cases/%lld", (long long)id)), "acts"))
    {
        if (str_ends(json_text_of(a, "action"), STR("/grant"))) return true;
    }
    return false;
}

/* ---- promises ---- */

static void a_system_takes_a_task_with_what_the_model_gives_and_completes_it_once(void **state)
{
    (void)state;
    int64_t id = begun(WITH(GIVES));
    const struct json *t = fetch("police-checks", FETCH("w1", ""), 1), *values = json_get(t, "variables");
    assert_true(str_eq_c(json_text_of(t, "topicName"), "arrears"));
    assert_true(str_eq_c(json_text_of(t, "processDefinitionKey"), "one-review"));
    assert_true(str_ends(json_text_of(t, "lockExpirationTime"), STR("+0000")));
    assert_true(str_eq_c(json_text_of(json_get(values, "purpose"), "value"), "travel"));
    assert_true(str_eq_c(json_text_of(json_get(values, "purpose"), "type"), "String"));
    assert_true(str_eq(json_text_of(json_get(values, "case_no"), "value"), json_text_of(t, "businessKey")));
    assert_true(json_text_of(json_get(values, "code"), "value").len == 18);
    assert_int_equal(values->count, 3);
    (void)fetch("police-checks", FETCH("w2", ""), 0); /* locked */
    assert_false(stands_with_decider(id));
    assert_refused(on_task(t, "complete", "{\"workerId\":\"w2\"}"), 400, "RestException");
    assert_int_equal(
        on_task(t, "complete",
                "{\"workerId\":\"w1\",\"variables\":{\"arrears\":{\"value\":0,\"type\":\"integer\"}}}")
            .status,
        204);
    assert_refused(on_task(t, "complete", "{\"workerId\":\"w1\"}"), 404, "RestException");
    assert_true(stands_with_decider(id));
}

#define SEEN                                                                                                 \
    "<startEvent id='start'/>" RECEIVE TASK("visit", "reviewer", "pass", "t:form='photos'")                  \
        SERVICE("t:gives='steps.visit.photo steps.visit.seen'") END WAY("start", "receive")                  \
            WAY("receive", "visit") WAY("visit", "check") WAY("check", "decide")

static struct answer file_of(const char *system, const struct json *task, const char *what, const char *name)
{
    return ask(system, PASSWORD, METHOD_GET,
               str_z(app->arena, str_fmt(app->arena, "/engine-rest/execution/%.*s/localVariables/%s/data",
                                         STR_ARG(json_text_of(task, what)), name)),
               "");
}

static void a_system_gets_the_files_it_was_handed_while_it_has_the_task(void **state)
{
    (void)state;
    struct client review = officer_json("public-security.review");
    form_begin("photos", "integer");
    form_add("photos", "into=page:page-1&label=Photo&en=Photo&kind=file&required=1");
    form_change("photos", "at=photo&title=Photo&en=Photo&kind=file&required=1&accept=photo&max_mb=1&count=2");
    form_publish("photos");
    int64_t id = begun(SEEN);
    const char *path = step_form_path(&review, id);
    assert_int_equal(client_upload(&review, path, "area=1&seen=x", "photo", "a.png", picture()).status, 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    const struct json *t = fetch("police-checks", FETCH("w1", ""), 1),
                      *photo = json_get(json_get(t, "variables"), "visit.photo");
    assert_true(str_eq_c(json_text_of(photo, "type"), "File"));
    assert_true(str_eq_c(json_text_of(json_get(photo, "valueInfo"), "filename"), "a.png"));
    assert_true(str_eq_c(json_text_of(json_get(photo, "valueInfo"), "mimetype"), "image/png"));
    struct answer a = file_of("police-checks", t, "processInstanceId", "visit.photo");
    assert_int_equal(a.status, 200);
    assert_int_equal(file_sniff(a.body), FILE_PNG);
    assert_int_equal(file_of("police-checks", t, "executionId", "visit.photo").status, 200);
    assert_refused(file_of("police-checks", t, "executionId", "visit.seen"), 404, "RestException");
    assert_refused(file_of("market-checks", t, "executionId", "visit.photo"), 404, "RestException");
    assert_int_equal(on_task(t, "complete", "{\"workerId\":\"w1\"}").status, 204);
    assert_refused(file_of("police-checks", t, "executionId", "visit.photo"), 404, "RestException");
}

static void nobody_takes_what_is_not_for_them(void **state)
{
    (void)state;
    (void)begun(WITH(""));
    assert_refused(
        ask("police-checks", "wrong", METHOD_POST, "/engine-rest/external-task/fetchAndLock", FETCH("w", "")),
        401, "AuthenticationException");
    assert_refused(
        ask("nobody", PASSWORD, METHOD_POST, "/engine-rest/external-task/fetchAndLock", FETCH("w", "")), 401,
        "AuthenticationException");
    (void)fetch("market-checks", FETCH("w", ""),
                0); /* it has the topic; the model means another department */
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_refused(post_as("market-checks",
                           str_z(app->arena, str_fmt(app->arena, "/external-task/%.*s/unlock",
                                                     STR_ARG(json_text_of(t, "id")))),
                           ""),
                   404, "RestException");
    assert_refused(post_as("police-checks", "/external-task/fetchAndLock",
                           "{\"workerId\":\"w\",\"maxTasks\":1,\"topics\":[{\"topicName\":\"other\","
                           "\"lockDuration\":1000}]}"),
                   403, "AuthorizationException");
    assert_refused(post_as("police-checks", "/external-task/fetchAndLock", "{\"maxTasks\":1,\"topics\":[]}"),
                   400, "InvalidRequestException");
    assert_refused(post_as("police-checks", "/external-task/fetchAndLock", "nonsense"), 400,
                   "InvalidRequestException");
}

static void the_department_the_model_names_takes_it(void **state)
{
    (void)state;
    (void)begun(WITH("t:department='market'"));
    (void)fetch("police-checks", FETCH("w", ""), 0);
    (void)fetch("market-checks", FETCH("w", ""), 1);
}

static void a_lock_that_ended_lets_another_worker_fetch(void **state)
{
    (void)state;
    (void)begun(WITH(""));
    const struct json *t = fetch("police-checks", FETCH("w1", ""), 1);
    testapp_advance(30000);
    assert_int_equal(on_task(t, "extendLock", "{\"workerId\":\"w1\",\"newDuration\":60000}").status, 204);
    testapp_advance(59000);
    (void)fetch("police-checks", FETCH("w2", ""), 0);
    testapp_advance(2000);
    assert_refused(on_task(t, "extendLock", "{\"workerId\":\"w1\",\"newDuration\":60000}"), 400,
                   "RestException");
    (void)fetch("police-checks", FETCH("w2", ""), 1);
    assert_int_equal(on_task(t, "unlock", "{}").status, 204);
    assert_int_equal(on_task(t, "lock", "{\"workerId\":\"w2\",\"lockDuration\":60000}").status, 204);
    assert_refused(on_task(t, "complete", "{\"workerId\":\"w1\"}"), 400, "RestException");
    assert_int_equal(on_task(t, "complete", "{\"workerId\":\"w2\"}").status, 204);
}

static void failures_are_tried_again_until_people_have_to_look(void **state)
{
    (void)state;
    struct client steward = officer_json("police.steward"), review = officer_json("public-security.review");
    int64_t id = begun(WITH(""));
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(on_task(t, "failure",
                             "{\"workerId\":\"w\",\"errorMessage\":\"no "
                             "line\",\"errorDetails\":\"trace\",\"retries\":1,\"retryTimeout\":60000}")
                         .status,
                     204);
    (void)fetch("police-checks", FETCH("w", ""), 0);
    testapp_advance(61000);
    t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(json_i64_of(t, "retries", -1), 1);
    assert_true(str_eq_c(json_text_of(t, "errorMessage"), "no line"));
    assert_true(
        answer_has(ask("police-checks", PASSWORD, METHOD_GET,
                       str_z(app->arena, str_fmt(app->arena, "/engine-rest/external-task/%.*s/errorDetails",
                                                 STR_ARG(json_text_of(t, "id")))),
                       ""),
                   "trace"));
    assert_int_equal(
        on_task(t, "failure", "{\"workerId\":\"w\",\"errorMessage\":\"gone\",\"retries\":0}").status, 204);
    testapp_advance(61000);
    (void)fetch("police-checks", FETCH("w", ""), 0);
    const struct json *page = client_json(&steward, client_get(&steward, "/office/workers"));
    const struct json *incident = json_at(json_get(page, "incidents"), 0);
    assert_true(str_eq_c(json_text_of(incident, "message"), "gone"));
    assert_true(answer_has(client_getf(&review, "/office/cases/%lld", (long long)id), "gone"));
    struct client market = officer_json("market.review");
    assert_int_equal(client_post(&market, str_z(app->arena, json_text_of(incident, "retry")), "").status,
                     404);
    assert_int_equal(client_post(&steward, str_z(app->arena, json_text_of(incident, "retry")), "").status,
                     200);
    t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(on_task(t, "complete", "{\"workerId\":\"w\"}").status, 204);
    assert_true(stands_with_decider(id));
}

static bool count_reads(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT count(*) FROM evidence WHERE act = $1 AND detail LIKE '%/office/workers\"%'",
                  DB_C("data.read")))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void who_reads_what_a_program_said_of_a_case_is_on_record(void **state)
{
    (void)state;
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct client steward = officer_json("police.steward");
    struct err e = {0};
    int64_t before = 0, after = 0;
    (void)begun(WITH(""));
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(client_get(&steward, "/office/workers").status, 200);
    assert_true(server_read(app->server, &system, count_reads, &before, &e));
    assert_int_equal(
        on_task(t, "failure", "{\"workerId\":\"w\",\"errorMessage\":\"gone\",\"retries\":0}").status, 204);
    assert_int_equal(client_get(&steward, "/office/workers").status, 200);
    assert_true(server_read(app->server, &system, count_reads, &after, &e));
    assert_int_equal(before, 0);
    assert_int_equal(after, 1);
}

static void a_system_is_given_its_topics_and_password_by_its_department(void **state)
{
    (void)state;
    struct client steward = officer_json("police.steward"), review = officer_json("public-security.review");
    (void)begun(WITH(""));
    assert_int_equal(client_post(&review, "/office/workers/topics", "system=police-checks&topic=x").status,
                     403);
    assert_int_equal(client_post(&steward, "/office/workers/topics", "system=market-checks&topic=x").status,
                     422);
    assert_int_equal(
        client_post(&steward, "/office/workers/topics/end", "system=police-checks&topic=arrears").status,
        200);
    assert_refused(post_as("police-checks", "/external-task/fetchAndLock", FETCH("w", "")), 403,
                   "AuthorizationException");
    assert_int_equal(
        client_post(&steward, "/office/workers/topics", "system=police-checks&topic=arrears").status, 200);
    const struct json *page =
        client_json(&steward, client_post(&steward, "/office/workers/password", "system=police-checks"));
    const char *password = str_z(app->arena, json_text_of(page, "password"));
    assert_refused(post_as("police-checks", "/external-task/fetchAndLock", FETCH("w", "")), 401,
                   "AuthenticationException");
    assert_int_equal(
        ask("police-checks", password, METHOD_POST, "/engine-rest/external-task/fetchAndLock", FETCH("w", ""))
            .status,
        200);
    assert_int_equal(client_post(&steward, "/office/workers/password/end", "system=police-checks").status,
                     200);
    assert_refused(ask("police-checks", password, METHOD_POST, "/engine-rest/external-task/fetchAndLock",
                       FETCH("w", "")),
                   401, "AuthenticationException");
}

static struct answer pay(const char *system, struct str case_no)
{
    return post_as(
        system, "/message",
        str_z(app->arena,
              str_fmt(app->arena, "{\"messageName\":\"paid\",\"businessKey\":\"%.*s\"}", STR_ARG(case_no))));
}

#define WAITS(more)                                                                                          \
    "<startEvent id='start'/>" RECEIVE SERVICE(more) "<receiveTask id='wait' messageRef='M'/>" END WAY(      \
        "start", "receive") WAY("receive", "check") WAY("check", "wait") WAY("wait", "decide")

static void a_message_is_taken_only_from_departments_of_the_case(void **state)
{
    (void)state;
    int64_t id = begun(WAITS(""));
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    struct str no = json_text_of(t, "businessKey");
    assert_int_equal(on_task(t, "complete", "{\"workerId\":\"w\"}").status, 204);
    struct answer none = pay("market-checks", STR("nothing")), other = pay("market-checks", no);
    assert_refused(other, 400, "RestException");
    assert_true(str_eq(other.body, none.body));
    assert_false(stands_with_decider(id));
    assert_int_equal(pay("police-checks", no).status, 204);
    assert_true(stands_with_decider(id));
}

static void a_department_that_the_process_names_sends_its_message(void **state)
{
    (void)state;
    int64_t id = begun(WAITS("t:department='market'"));
    const struct json *t = fetch("market-checks", FETCH("w", ""), 1);
    struct str no = json_text_of(t, "businessKey");
    struct str path = str_fmt(app->arena, "/external-task/%.*s/complete", STR_ARG(json_text_of(t, "id")));
    assert_int_equal(post_as("market-checks", str_z(app->arena, path), "{\"workerId\":\"w\"}").status, 204);
    assert_int_equal(pay("market-checks", no).status, 204);
    assert_true(stands_with_decider(id));
}

static void an_error_goes_where_the_process_takes_it_or_becomes_an_incident(void **state)
{
    (void)state;
    struct client review = officer_json("public-security.review");
    int64_t id = begun(WITH(""));
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(
        on_task(t, "bpmnError", "{\"workerId\":\"w\",\"errorCode\":\"NO_RECORD\",\"errorMessage\":\"none\"}")
            .status,
        204);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    /* and then the message, to the case of that number */
    struct str no = json_text_of(t, "businessKey");
    assert_refused(
        post_as("police-checks", "/message", "{\"messageName\":\"paid\",\"businessKey\":\"nothing\"}"), 400,
        "RestException");
    assert_refused(
        post_as("police-checks", "/message", "{\"messageName\":\"other\",\"businessKey\":\"nothing\"}"), 403,
        "AuthorizationException");
    assert_int_equal(pay("police-checks", no).status, 204);
    assert_true(stands_with_decider(id));

    struct client desk = officer_json("desk1");
    id = receive(&desk, "accept");
    t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(on_task(t, "bpmnError", "{\"workerId\":\"w\",\"errorCode\":\"UNHEARD\"}").status, 204);
    assert_true(answer_has(client_getf(&review, "/office/cases/%lld", (long long)id), "UNHEARD"));
    (void)fetch("police-checks", FETCH("w", ""), 0);
}

#define SENDS                                                                                                \
    "<startEvent id='start'/>" RECEIVE SERVICE("") "<sendTask id='send' messageRef='M' t:to='case' "         \
                                                   "t:case='partner'/>" END WAY("start", "receive")          \
                                                       WAY("receive", "check") WAY("check", "send")          \
                                                           WAY("send", "decide")

static void a_case_sends_a_message_to_another_one_of_the_applicant(void **state)
{
    (void)state;
    struct client review = officer_json("public-security.review");
    int64_t waits = begun(WITH(""));
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    struct str no = json_text_of(t, "businessKey");
    assert_int_equal(on_task(t, "bpmnError", "{\"workerId\":\"w\",\"errorCode\":\"NO_RECORD\"}").status, 204);
    assert_int_equal(act(&review, waits, "pass", ""), 200);
    int64_t sends = begun(SENDS);
    t = fetch("police-checks", FETCH("w", ""), 1);
    struct str body = str_fmt(
        app->arena, "{\"workerId\":\"w\",\"variables\":{\"partner\":{\"value\":\"%.*s\"}}}", STR_ARG(no));
    assert_int_equal(on_task(t, "complete", str_z(app->arena, body)).status, 204);
    assert_true(stands_with_decider(sends));
    assert_false(stands_with_decider(waits));
    testapp_jobs(app);
    assert_true(stands_with_decider(waits));
}

static void a_message_that_never_arrives_stands_on_the_case_that_sent_it(void **state)
{
    (void)state;
    int64_t sends = begun(SENDS);
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(
        on_task(t, "complete", "{\"workerId\":\"w\",\"variables\":{\"partner\":{\"value\":\"nothing\"}}}")
            .status,
        204);
    for (int i = 0; i < 8; i++) {
        testapp_jobs(app);
        testapp_advance(MS_HOUR);
    }
    struct client review = officer_json("public-security.review");
    const struct json *page =
        client_json(&review, client_getf(&review, "/office/cases/%lld", (long long)sends));
    assert_true(json_true_of(page, "has_halted"));
}

static void nobody_works_for_a_case_that_is_held_up_or_withdrawn(void **state)
{
    (void)state;
    struct client decide = officer_json("public-security.decide"), one = client_new(app);
    int64_t id = begun(WITH(""));
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(act(&decide, id, "tasks/suspend", "reason=x"), 200);
    assert_refused(on_task(t, "complete", "{\"workerId\":\"w\"}"), 500,
                   "SuspendedEntityInteractionException");
    testapp_advance(61000);
    (void)fetch("police-checks", FETCH("w", ""), 0);
    assert_int_equal(act(&decide, id, "tasks/resume", ""), 200);
    t = fetch("police-checks", FETCH("w", ""), 1);
    client_as_person(&one, "13900000101");
    char path[64];
    snprintf(path, sizeof path, "/cases/%lld/withdraw", (long long)id);
    assert_int_equal(client_post(&one, path, "").status, 200);
    assert_refused(on_task(t, "complete", "{\"workerId\":\"w\"}"), 404, "RestException");
}

static void a_result_never_decides(void **state)
{
    (void)state;
    int64_t id = begun(WITH(""));
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_refused(
        on_task(t, "complete", "{\"workerId\":\"w\",\"variables\":{\"outcome\":{\"value\":\"grant\"}}}"), 400,
        "InvalidRequestException");
    assert_refused(on_task(t, "complete",
                           "{\"workerId\":\"w\",\"variables\":{\"f\":{\"value\":\"x\",\"type\":\"File\"}}}"),
                   400, "InvalidRequestException");
    assert_int_equal(on_task(t, "complete", "{\"workerId\":\"w\"}").status,
                     204); /* nothing was lost by that */
    assert_true(stands_with_decider(id));
}

static void systems_look_at_their_own_tasks(void **state)
{
    (void)state;
    (void)begun(WITH(""));
    struct answer a = ask("police-checks", PASSWORD, METHOD_GET,
                          "/engine-rest/external-task/count?topicName=arrears&notLocked=true", "");
    assert_int_equal(json_i64_of(parsed(a), "count", -1), 1);
    a = ask("market-checks", PASSWORD, METHOD_GET, "/engine-rest/external-task/count", "");
    assert_int_equal(json_i64_of(parsed(a), "count", -1), 0);
    a = ask("police-checks", PASSWORD, METHOD_GET, "/engine-rest/external-task", "");
    const struct json *t = parsed(a)->first;
    a = ask("police-checks", PASSWORD, METHOD_GET,
            str_z(app->arena,
                  str_fmt(app->arena, "/engine-rest/external-task/%.*s", STR_ARG(json_text_of(t, "id")))),
            "");
    assert_int_equal(a.status, 200);
    assert_refused(ask("police-checks", PASSWORD, METHOD_GET, "/engine-rest/external-task/17", ""), 404,
                   "RestException");
}

static bool nothing_in_the_clear(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT variables, message FROM external_task")) return false;
    for (size_t i = 0; i < r.rows; i++)
        assert_true(str_find(db_str(&r, i, 0), STR("78010119940318002X")) == SIZE_MAX &&
                    str_find(db_str(&r, i, 1), STR("secret")) == SIZE_MAX);
    assert_int_equal(r.rows, 1);
    return true;
}

static void what_is_handed_over_is_sealed(void **state)
{
    (void)state;
    (void)begun(WITH(GIVES));
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(
        on_task(t, "failure", "{\"workerId\":\"w\",\"errorMessage\":\"secret\",\"retries\":3}").status, 204);
    testapp_read(app, nothing_in_the_clear, NULL);
}

/* Whatever file of the database holds it: on PostgreSQL the columns are asked. */
static bool no_answer_in_the_clear(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT state, situations FROM case_file")) return false;
    for (size_t i = 0; i < r.rows; i++)
        assert_true(str_find(db_str(&r, i, 0), STR("SECRET-OF-A-PERSON")) == SIZE_MAX &&
                    str_find(db_str(&r, i, 1), STR("SECRET-OF-A-PERSON")) == SIZE_MAX);
    return true;
}

static void assert_no_file_has(const char *text)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    if (!str_starts(str_c(app->db_url), STR("sqlite:"))) return;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct str content;
        struct err e = {0};
        const char *path =
            str_z(app->arena, str_fmt(app->arena, "%s%s", app->db_url + strlen("sqlite:"), ends[i]));
        if (!file_read(app->arena, path, 256 << 20, &content, &e)) {
            assert_true(i > 0); /* a log that is empty is not there */
            continue;
        }
        assert_true(str_find(content, str_c(text)) == SIZE_MAX);
    }
}

static void what_a_system_answers_is_sealed_and_shown_to_its_department_alone(void **state)
{
    (void)state;
    int64_t id = begun("<startEvent id='start'/>" RECEIVE SERVICE("") REVIEW(
        "review") "<exclusiveGateway id='x' "
                  "default='x-review'/>" END WAY("start", "receive") WAY("receive", "check") WAY("check", "x")
                           WAY("x", "review") "<sequenceFlow id='x-decide' sourceRef='x' targetRef='decide'>"
                                              "<conditionExpression xsi:type='tFormalExpression'>string "
                                              "length(arrears) > 15</conditionExpression></sequenceFlow>" WAY(
                                                  "review", "decide"));
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(
        on_task(t, "complete",
                "{\"workerId\":\"w\",\"variables\":{\"arrears\":{\"value\":\"SECRET-OF-A-PERSON\"}}}")
            .status,
        204);
    assert_true(stands_with_decider(id)); /* the condition has read it */
    struct client decide = officer_json("public-security.decide"), desk = officer_json("desk1"),
                  who = person("13900000101");
    const struct json *page = client_json(&decide, client_getf(&decide, "/office/cases/%lld", (long long)id));
    assert_true(str_eq_c(json_text_of(json_at(json_get(page, "brought"), 0), "value"), "SECRET-OF-A-PERSON"));
    assert_false(answer_has(client_getf(&desk, "/office/cases/%lld", (long long)id), "SECRET-OF-A-PERSON"));
    assert_false(answer_has(client_getf(&who, "/cases/%lld", (long long)id), "SECRET-OF-A-PERSON"));
    testapp_read(app, no_answer_in_the_clear, NULL);
    assert_no_file_has("SECRET-OF-A-PERSON");
    struct client decide_again = officer_json("public-security.decide");
    assert_int_equal(act(&decide_again, id, "send-back", "note_send-back=x"),
                     200); /* it is read and kept anew */
    testapp_read(app, no_answer_in_the_clear, NULL);
    assert_no_file_has("SECRET-OF-A-PERSON");
}

/* As it was kept before values were sealed, and was found by the migration. */
static bool keep_in_the_open(struct ctx *c)
{
    const int64_t *id = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT state FROM case_file WHERE id = $1", DB_I(*id))) return false;
    struct json *state = json_parse(c->arena, db_str(&r, 0, 0), JSON_STRICT, c->err);
    JSON_EACH(v, json_get(json_get(state, "process"), "variables"))
    {
        if (str_eq_c(json_text_of(v, "name"), "arrears"))
            json_set_c(c->arena, (struct json *)v, "value", "SECRET-OF-A-PERSON");
    }
    return db_exec(&c->tx, "UPDATE case_file SET state = $2, variables = NULL WHERE id = $1", DB_I(*id),
                   DB_S(json_to_str(c->arena, state))) &&
           db_exec(&c->tx, "INSERT INTO case_unsealed (case_id) VALUES ($1)", DB_I(*id)) &&
           job_add(c, "case.seal_old", STR_EMPTY, json_object(c->arena), c->now);
}

static bool none_is_left(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT case_id FROM case_unsealed")) return false;
    assert_int_equal(r.rows, 0);
    return no_answer_in_the_clear(c);
}

static void what_was_kept_in_the_open_once_is_sealed_without_a_move(void **state)
{
    (void)state;
    int64_t id = begun("<startEvent id='start'/>" RECEIVE SERVICE("") END WAY("start", "receive")
                           WAY("receive", "check") "<sequenceFlow id='check-decide' sourceRef='check' "
                                                   "targetRef='decide' name='arrears'/>");
    const struct json *t = fetch("police-checks", FETCH("w", ""), 1);
    assert_int_equal(
        on_task(t, "complete",
                "{\"workerId\":\"w\",\"variables\":{\"arrears\":{\"value\":\"SECRET-OF-A-PERSON\"}}}")
            .status,
        204);
    testapp_write(app, keep_in_the_open, &id);
    testapp_jobs(app);
    testapp_read(app, none_is_left, NULL);
    struct client decide = officer_json("public-security.decide");
    const struct json *page = client_json(&decide, client_getf(&decide, "/office/cases/%lld", (long long)id));
    assert_true(str_eq_c(json_text_of(json_at(json_get(page, "brought"), 0), "value"), "SECRET-OF-A-PERSON"));
}

static void a_fetch_waits_until_its_time_is_over(void **state)
{
    (void)state;
    (void)begun("<startEvent id='start'/>" RECEIVE END WAY("start", "receive") WAY("receive", "decide"));
    int64_t before = time_monotonic_us();
    (void)fetch("police-checks",
                "{\"workerId\":\"w\",\"maxTasks\":1,\"asyncResponseTimeout\":400,\"topics\":[{\"topicName\":"
                "\"arrears\",\"lockDuration\":1000}]}",
                0);
    int64_t took = time_monotonic_us() - before;
    assert_true(took >= 390000 && took < 5000000);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_workers, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_system_takes_a_task_with_what_the_model_gives_and_completes_it_once),
        PROMISE(a_system_gets_the_files_it_was_handed_while_it_has_the_task),
        PROMISE(nobody_takes_what_is_not_for_them),
        PROMISE(the_department_the_model_names_takes_it),
        PROMISE(a_lock_that_ended_lets_another_worker_fetch),
        PROMISE(failures_are_tried_again_until_people_have_to_look),
        PROMISE(a_system_is_given_its_topics_and_password_by_its_department),
        PROMISE(an_error_goes_where_the_process_takes_it_or_becomes_an_incident),
        PROMISE(who_reads_what_a_program_said_of_a_case_is_on_record),
        PROMISE(a_message_is_taken_only_from_departments_of_the_case),
        PROMISE(a_department_that_the_process_names_sends_its_message),
        PROMISE(a_case_sends_a_message_to_another_one_of_the_applicant),
        PROMISE(a_message_that_never_arrives_stands_on_the_case_that_sent_it),
        PROMISE(nobody_works_for_a_case_that_is_held_up_or_withdrawn),
        PROMISE(a_result_never_decides),
        PROMISE(systems_look_at_their_own_tasks),
        PROMISE(what_is_handed_over_is_sealed),
        PROMISE(what_a_system_answers_is_sealed_and_shown_to_its_department_alone),
        PROMISE(what_was_kept_in_the_open_once_is_sealed_without_a_move),
        PROMISE(a_fetch_waits_until_its_time_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
