/* What processes promise: who publishes, what is refused, which version a case runs under, and what officers
 * may do with its tasks. */
#include "modules/cases/cases.h"
#include "modules/cases/cases_operate_test.h"

static int64_t number_of(struct client *c, const char *code, const char *key)
{
    const struct json *list = client_json(c, client_get(c, "/office/processes"));
    JSON_EACH(p, json_get(list, "processes"))
    {
        int64_t n = 0;
        if (!str_eq_c(json_text_of(p, "code"), code)) continue;
        if (!str_to_i64(json_text_of(p, key), &n)) n = json_i64_of(p, key, -1);
        return n;
    }
    return -1;
}

/* ---- versions ---- */

static void who_wrote_a_version_does_not_publish_it(void **state)
{
    (void)state;
    struct client both = officer_json("flow.both"), checker = officer_json("flow.checker"),
                  desk = officer_json("desk1");
    int64_t id = process_id(&both, "one-review");
    assert_int_equal(upload(&both, id, model("one-review", SHORT)).status, 200);
    assert_int_equal(post(&checker, id, "/publish", ""), 409); /* a draft, not under review */
    assert_int_equal(post(&both, id, "", "go=review"), 200);
    assert_int_equal(post(&both, id, "/publish", ""), 403);
    assert_int_equal(client_get(&desk, "/office/processes").status, 403);
    assert_int_equal(number_of(&both, "one-review", "in_force"), 1);
    assert_int_equal(post(&checker, id, "/publish", ""), 200);
    assert_int_equal(number_of(&both, "one-review", "in_force"), 2);
    assert_int_equal(post(&checker, id, "/roll-back", "version=1"), 200);
    assert_int_equal(number_of(&both, "one-review", "in_force"), 3);
}

static void a_file_with_faults_is_not_taken_and_each_is_named(void **state)
{
    (void)state;
    struct client reads = officer_json("flow.writer"), writer = officer("flow.writer");
    writer.json = false;
    int64_t id = process_id(&reads, "one-review");
    struct answer a = upload(
        &writer, id, model("one-review", "<startEvent id='start'/>" REVIEW("review") WAY("start", "review")));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "review"));
    assert_true(answer_has(a, "以下问题使它还不能发布"));
    assert_int_equal(upload(&writer, id, STR("no document")).status, 422);
    assert_int_equal(upload(&writer, id, model("another", SHORT)).status, 422);
    assert_int_equal(upload(&writer, 0, model("one-review", SHORT)).status, 422);
    a = upload(&writer, 0, model("a-new-one", SHORT));
    assert_int_equal(a.status, 303);
    assert_int_equal(number_of(&reads, "one-review", "last"), 1);
    a = client_getf(&writer, "/office/processes/%lld", (long long)process_id(&reads, "site-visit"));
    assert_true(answer_has(a, "<svg") && answer_has(a, "现场勘查"));
}

#define EVENT(id, definition) "<startEvent id='" id "' name='来函'>" definition "</startEvent>"
#define BEHIND                RECEIVE END WAY("start", "receive") WAY("receive", "decide")

static void a_process_that_waits_for_an_event_is_no_beginning_of_an_application(void **state)
{
    static const char *const events[] = {
        "<messageEventDefinition messageRef='M'/>", "<signalEventDefinition signalRef='S'/>",
        "<timerEventDefinition><timeDate xsi:type='tFormalExpression'>2031-01-01</timeDate>"
        "</timerEventDefinition>",
        "<conditionalEventDefinition><condition xsi:type='tFormalExpression'>1 = 1</condition>"
        "</conditionalEventDefinition>"};
    (void)state;
    struct client reads = officer_json("flow.writer"), writer = officer("flow.writer");
    writer.json = false;
    int64_t id = process_id(&reads, "one-review");
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        struct str body = str_fmt(app->arena, EVENT("start", "%s") BEHIND, events[i]);
        writer.language = "zh-CN";
        struct answer a = upload(&writer, id, model("one-review", str_z(app->arena, body)));
        if (a.status != 422 || !answer_has(a, "“来函”要等到事件才开始，而申请不是事件"))
            fail_msg("row %d: %d %.*s", (int)i, a.status, STR_ARG(a.body));
        writer.language = "en";
        a = upload(&writer, id, model("one-review", str_z(app->arena, body)));
        assert_true(answer_has(a, "waits for an event, and an application is none"));
    }
    writer.language = "zh-CN";
    struct answer a =
        upload(&writer, id,
               model("one-review",
                     "<receiveTask id='wait' name='来函' instantiate='true' messageRef='M'/>" RECEIVE END WAY(
                         "wait", "receive") WAY("receive", "decide")));
    assert_true(a.status == 422 && answer_has(a, "“来函”要等到事件才开始，而申请不是事件"));
    a = upload(
        &writer, id,
        model("one-review", RECEIVE TASK("decide", "decider", "grant refuse", "") WAY("receive", "decide")));
    assert_true(a.status == 422 && answer_has(a, "“N”没有开始事件"));
    a = upload(&writer, id,
               model("one-review",
                     "<startEvent id='start'/>" RECEIVE
                     "<callActivity id='call' calledElement='other'/>" END WAY("start", "receive")
                         WAY("receive", "call")
                             WAY("call", "decide") "</process><process id='other' isExecutable='true'>" EVENT(
                                 "letter", "<messageEventDefinition messageRef='M'/>")
                                 REVIEW("review") "<endEvent id='over'/>" WAY("letter", "review")
                                     WAY("review", "over")));
    assert_true(a.status == 422 && answer_has(a, "“来函”要等到事件才开始，而调用不是事件"));
    /* Another beginning beside it is one. */
    a = upload(&writer, id,
               model("one-review", SHORT "<startEvent id='letter'><messageEventDefinition messageRef='M'/>"
                                         "</startEvent>" WAY("letter", "receive")));
    assert_int_equal(a.status / 100, 3);
}

/* ---- cases under a version ---- */

static void a_running_case_keeps_the_version_it_began_with(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t before = receive(&desk, "accept");
    publish("one-review", SHORT);
    int64_t after = receive(&desk, "accept");
    assert_int_equal(act(&review, before, "pass", ""), 200);
    assert_int_equal(act(&review, after, "pass", "") / 100, 4); /* nothing is the reviewer's there */
    assert_int_equal(act(&decide, after, "grant", "note_grant=x"), 200);
    assert_int_equal(act(&decide, before, "grant", "note_grant=x"), 200);
}

static int64_t task_of(const struct json *page, const char *name)
{
    JSON_EACH(t, json_get(page, "tasks"))
    {
        int64_t n = 0;
        struct str href = json_text_of(t, "href");
        size_t at = str_find(href, STR("task="));
        if (str_eq_c(json_text_of(t, "name"), name) && at != SIZE_MAX &&
            str_to_i64(str_slice(href, at + 5, href.len), &n))
            return n;
    }
    return 0;
}

static void steps_at_the_same_time_are_all_done_before_the_decision(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    char form[64];
    publish("one-review", PARALLEL);
    int64_t id = receive(&desk, "accept"), visit = task_of(page_of(&review, id, 0), "visit");
    assert_true(visit > 0);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x") / 100, 4);
    snprintf(form, sizeof form, "task=%lld", (long long)visit);
    assert_int_equal(act(&review, id, "pass", form), 200);
    assert_int_equal(act(&review, id, "pass", form) / 100, 4); /* done once */
    assert_int_equal(act(&decide, id, "grant", "note_grant=x") / 100, 4);
    assert_true(answer_has(client_get(&review, "/office/inbox"), "护照"));
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(task_of(page_of(&decide, id, 0), "visit"), 0);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
}

#define IN_ROW                                                                                               \
    "<startEvent id='start'/>" RECEIVE REVIEW("review") REVIEW("visit") END WAY("start", "receive")          \
        WAY("receive", "review") WAY("review", "visit") WAY("visit", "decide")

static bool is_missing(const struct json *doc, const char *text)
{
    JSON_EACH(r, json_get(doc, "cases"))
    {
        JSON_EACH(m, json_get(r, "missing"))
        {
            if (str_find(json_text_of(m, "text"), str_c(text)) != SIZE_MAX) return true;
        }
    }
    return false;
}

static void a_case_is_moved_only_where_the_other_version_has_its_steps(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  checker = officer_json("flow.checker");
    int64_t at_review = receive(&desk, "accept");
    publish("one-review", PARALLEL);
    publish("one-review", SHORT);
    publish("one-review", IN_ROW);
    int64_t id = process_id(&checker, "one-review");
    char path[64];
    snprintf(path, sizeof path, "/office/processes/%lld/move", (long long)id);
    const struct json *doc = client_json(&checker, client_post(&checker, path, "to=3&go=move"));
    const struct json *one = json_at(json_get(doc, "cases"), 0);
    assert_non_null(one);
    assert_true(is_missing(doc, "review"));
    assert_int_equal(act(&desk, at_review, "accept", "") / 100, 4);
    /* The other review beside its own was never begun. */
    doc = client_json(&checker, client_post(&checker, path, "to=2&go=move"));
    assert_true(is_missing(doc, " j "));
    doc = client_json(&checker, client_post(&checker, path, "to=4&go=move"));
    bool moved = false;
    JSON_EACH(r, json_get(doc, "cases"))
    {
        moved = moved || json_true_of(r, "moved");
    }
    assert_true(moved);
    assert_int_equal(act(&review, at_review, "pass", ""), 200);
    /* In the version it was moved to, the review alone does not lead on. */
    struct client decide = officer_json("public-security.decide");
    assert_int_equal(act(&decide, at_review, "grant", "note_grant=x") / 100, 4);
}

/* review and visit beside each other; "more" beside them, or behind the review. */
#define BESIDE(between)                                                                                      \
    "<startEvent id='start'/>" RECEIVE REVIEW("review") REVIEW("visit") REVIEW("more") END                   \
        "<parallelGateway id='f'/><parallelGateway id='j'/>" WAY("start", "receive") WAY("receive", "f")     \
            WAY("f", "review") WAY("f", "visit") WAY("visit", "j") WAY("more", "j") WAY("j", "decide")       \
                between

static void a_case_at_two_steps_of_one_branch_is_not_moved_there(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  checker = officer_json("flow.checker");
    char path[64];
    publish("one-review", BESIDE(WAY("f", "more") WAY("review", "j")));
    int64_t id = receive(&desk, "accept");
    publish("one-review", BESIDE(WAY("review", "more")));
    publish("one-review", "<startEvent id='start'/>" RECEIVE REVIEW("review") REVIEW("more") REVIEW("visit")
                              END WAY("start", "receive") WAY("receive", "review") WAY("review", "more")
                                  WAY("more", "visit") WAY("visit", "decide"));
    snprintf(path, sizeof path, "/office/processes/%lld/move", (long long)process_id(&checker, "one-review"));
    const struct json *doc = client_json(&checker, client_post(&checker, path, "to=3&go=move"));
    assert_true(
        is_missing(doc, "办件同时处于 review和more，该版本中不会同时处于这两处。j 会从同一分支到达两次"));
    checker.language = "en";
    doc = client_json(&checker, client_post(&checker, path, "to=3&go=move"));
    assert_true(is_missing(doc,
                           "The case stands at review and more at once, and no case of that version ever "
                           "does. j would be come to twice by one branch: it would wait in vain or lead "
                           "on twice."));
    doc = client_json(&checker, client_post(&checker, path, "to=4&go=move"));
    assert_true(is_missing(doc, "visit would be done twice."));
    assert_int_equal(act(&review, id, "pass", "") / 100, 2); /* it stayed where it was */
}

static bool has_field(const struct json *page, const char *path, const char *name)
{
    JSON_EACH(a, json_get(page, "acts"))
    {
        if (!str_ends(json_text_of(a, "action"), str_c(path))) continue;
        JSON_EACH(f, json_get(a, "fields"))
        {
            if (str_eq_c(json_text_of(f, "id"), name)) return true;
        }
    }
    return false;
}

static void what_was_sent_back_comes_straight_back_where_the_sender_says_so(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    publish("one-review", IN_ROW);
    for (int keep = 0; keep < 2; keep++) {
        int64_t id = receive(&desk, "accept");
        assert_int_equal(act(&review, id, "pass", ""), 200);
        assert_int_equal(act(&review, id, "pass", ""), 200);
        assert_true(has_field(page_of(&decide, id, 0), "/send-back", "keep"));
        assert_int_equal(
            act(&decide, id, "send-back",
                keep ? "target=review&keep=1&note_send-back=x" : "target=review&note_send-back=x"),
            200);
        assert_int_equal(act(&decide, id, "grant", "note_grant=x") / 100, 4);
        assert_int_equal(act(&review, id, "pass", ""), 200);
        assert_int_equal(act(&review, id, "pass", "") / 100, keep ? 4 : 2); /* the visit */
        assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
    }
}

static bool add_supervisors(struct ctx *c)
{
    int64_t id;
    return people_add_officer(c, STR("area.here"), STR("辛"), STR("steward|supervisor"), 0, STR("780101"),
                              STR("none"), &id) &&
           people_add_officer(c, STR("area.there"), STR("壬"), STR("steward|supervisor"), 0, STR("780102"),
                              STR("none"), &id);
}

static void a_supervisor_moves_the_cases_of_their_own_area(void **state)
{
    (void)state;
    testapp_write(app, add_supervisors, NULL);
    struct client desk = officer_json("desk1"), here = officer_json("area.here"),
                  there = officer_json("area.there");
    char path[64];
    (void)receive(&desk, "accept");
    publish("one-review", PARALLEL);
    snprintf(path, sizeof path, "/office/processes/%lld/move", (long long)process_id(&here, "one-review"));
    struct answer a = client_post(&there, path, "to=2&go=move");
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_int_equal(json_get(client_json(&there, a), "cases")->count, 0);
    a = client_post(&here, path, "to=2&go=move");
    assert_int_equal(a.status, 200);
    assert_true(json_get(client_json(&here, a), "cases")->count > 0);
}

/* "visit" has become "look", "review" is gone and done by it too; what the department said and what was
 * filled in is read under the new name. */
#define VISIT                                                                                                \
    "<startEvent id='start'/>" RECEIVE REVIEW("visit") END WAY("start", "receive") WAY("receive", "visit")   \
        WAY("visit", "decide")
#define LOOK                                                                                                 \
    "<startEvent id='start'/>" RECEIVE REVIEW("look") END WAY("start", "receive") WAY("receive", "look")     \
        WAY("look", "decide")

static const struct json *case_in(const struct json *doc, const char *place)
{
    JSON_EACH(r, json_get(doc, "cases"))
    {
        JSON_EACH(p, json_get(r, "places"))
        {
            if (str_eq_c(json_text_of(p, "id"), place)) return r;
        }
    }
    return NULL;
}

/* As the version of then calls it, which the one of now does not have. */
static bool names_what_it_went_back_to(struct client *c, int64_t id, const char *step)
{
    JSON_EACH(e, json_get(page_of(c, id, 0), "timeline"))
    {
        JSON_EACH(t, json_get(e, "told"))
        {
            if (str_eq_c(json_text_of(t, "value"), step)) return true;
        }
    }
    return false;
}

static bool move_is_on_record(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT detail FROM evidence WHERE act = 'case.moved' AND object = $1",
                  DB_I(*(int64_t *)ctx_arg(c))))
        return false;
    assert_true(r.rows > 0 && str_find(db_str(&r, 0, 0), STR("\"visit\":\"look\"")) != SIZE_MAX);
    return true;
}

static void a_case_goes_on_at_the_step_that_is_said_to_be_its_own(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  checker = officer_json("flow.checker"), decide = officer_json("public-security.decide");
    publish("one-review", VISIT);
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "send-back", "target=visit&note_send-back=x"), 200);
    publish("one-review", LOOK);
    char path[64];
    snprintf(path, sizeof path, "/office/processes/%lld/move", (long long)process_id(&checker, "one-review"));
    const struct json *doc = client_json(&checker, client_post(&checker, path, "to=3&go=look"));
    const struct json *row = json_at(json_get(doc, "places"), 0), *mine = case_in(doc, "visit");
    assert_non_null(mine);
    assert_true(json_true_of(mine, "has_missing"));
    bool look = false, other = false;
    JSON_EACH(o, json_get(row, "options"))
    {
        look = look || str_eq_c(json_text_of(o, "value"), "look");
        other = other || str_eq_c(json_text_of(o, "value"), "receive") ||
                str_eq_c(json_text_of(o, "value"), "decided");
    }
    assert_true(look && !other); /* a step that receives is no place for an accepted case, nor is a gateway */
    /* Not said of each: nothing moves. Not said rightly: nothing moves either. */
    assert_int_equal(client_post(&checker, path, "to=3&go=move&places=visit").status, 422);
    doc = client_json(&checker, client_post(&checker, path, "to=3&go=move&places=visit&place.visit=-"));
    assert_false(json_true_of(case_in(doc, "visit"), "moved"));
    doc = client_json(&checker, client_post(&checker, path, "to=3&go=move&places=visit&place.visit=receive"));
    assert_false(json_true_of(case_in(doc, "visit"), "moved"));
    doc = client_json(&checker, client_post(&checker, path, "to=3&go=look&places=visit=look"));
    assert_false(json_true_of(case_in(doc, "visit"), "has_missing"));
    doc = client_json(&checker, client_post(&checker, path, "to=3&go=move&places=visit&place.visit=look"));
    assert_true(json_true_of(case_in(doc, "visit"), "moved"));
    testapp_read(app, move_is_on_record, &id);
    assert_true(names_what_it_went_back_to(&review, id, "visit"));
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
}

static bool make_older(struct ctx *c)
{
    return db_exec(
        &c->tx, "UPDATE case_file SET process = '', process_version = 0, state = $2 WHERE id = $1",
        DB_I(*(int64_t *)ctx_arg(c)),
        DB_C("{\"status\":\"accepted\",\"step\":\"review\",\"resume\":null,\"furthest\":\"review\","
             "\"returns\":0,\"corrections\":0,\"accepted\":true,\"extension\":\"none\",\"result\":"
             "\"open\"}"));
}

static bool names_its_process(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT process, process_version FROM case_file WHERE id = $1",
                  DB_I(*(int64_t *)ctx_arg(c))))
        return false;
    assert_true(str_eq_c(db_str(&r, 0, 0), "one-review"));
    assert_int_equal(db_int(&r, 0, 1), 1);
    return true;
}

static void a_case_of_before_there_were_processes_goes_on_under_the_first_version(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t id = receive(&desk, "accept");
    testapp_write(app, make_older, &id);
    publish("one-review", SHORT);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    testapp_read(app, names_its_process, &id);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
}

/* ---- operations ---- */

static void who_takes_a_task_up_has_it_until_it_is_transferred(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  second = officer_json("second.review");
    int64_t id = receive(&desk, "accept");
    assert_true(offers(&review, id, "open"));
    assert_int_equal(operate(&review, id, "open", task_form(&review, id, "")), 200);
    assert_false(offers(&review, id, "open"));
    assert_int_equal(act(&second, id, "pass", ""), 403);
    assert_int_equal(operate(&second, id, "transfer", task_form(&second, id, to("third.review", "reason=x"))),
                     403);
    assert_int_equal(operate(&review, id, "transfer", task_form(&review, id, to("desk1", "reason=x"))), 422);
    assert_int_equal(operate(&review, id, "transfer", task_form(&review, id, to("second.review", ""))), 422);
    assert_int_equal(
        operate(&review, id, "transfer", task_form(&review, id, to("second.review", "reason=x"))), 200);
    assert_int_equal(act(&review, id, "pass", ""), 403);
    assert_int_equal(operate(&review, id, "urge", task_form(&review, id, "reason=x")), 200);
    assert_int_equal(act(&second, id, "pass", ""), 200);
    assert_true(answer_has(client_getf(&review, "/office/cases/%lld", (long long)id), "转办"));
}

static void what_was_passed_on_is_recalled_while_nobody_has_taken_it_up(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_true(offers(&review, id, "recall"));
    assert_int_equal(operate(&review, id, "recall", "reason=x"), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(operate(&decide, id, "open", task_form(&decide, id, "")), 200);
    assert_int_equal(operate(&review, id, "recall", "reason=x"), 409);
    assert_false(offers(&decide, id, "recall"));
}

static struct answer recall(struct client *c, int64_t id)
{
    char path[64];
    snprintf(path, sizeof path, "/office/cases/%lld/tasks/recall", (long long)id);
    return client_post(c, path, "reason=x");
}

/* Whose turn it is has it before them, whether as a page or as data: it is not taken away under their hands.
 * Who passed it on looks as often as they like, as do others who have nothing to do there. */
static void what_a_colleague_has_opened_is_not_taken_back(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  second = officer_json("second.review"), supervisor = officer_json("supervisor"),
                  decide = officer_json("public-security.decide");
    for (int html = 0; html < 2; html++) {
        int64_t id = receive(&desk, "accept");
        decide.json = !html;
        assert_int_equal(client_getf(&decide, "/office/cases/%lld", (long long)id).status, 200);
        assert_int_equal(act(&review, id, "pass", ""), 200);
        for (int i = 0; i < 2; i++)
            assert_true(page_of(&review, id, 0) && page_of(&second, id, 0) && page_of(&supervisor, id, 0));
        assert_true(offers(&review, id, "recall"));
        assert_int_equal(recall(&review, id).status, 200);
        assert_int_equal(act(&review, id, "pass", ""), 200);
        assert_true(offers(&review, id, "recall"));
        assert_int_equal(client_getf(&decide, "/office/cases/%lld", (long long)id).status, 200);
        assert_false(offers(&review, id, "recall"));
        struct answer a = recall(&review, id);
        assert_int_equal(a.status, 409);
        assert_true(answer_has(a, "已有同事打开"));
        a = client_getf(&review, "/office/cases/%lld/tasks/recall", (long long)id);
        assert_int_equal(a.status, 409);
        assert_true(answer_has(a, "已有同事打开"));
        /* Sent back and passed on once more, it lies there anew. */
        decide.json = true;
        assert_int_equal(act(&decide, id, "send-back", "note_send-back=x"), 200);
        assert_int_equal(act(&review, id, "pass", ""), 200);
        assert_true(offers(&review, id, "recall"));
    }
}

/* A branch that runs beside it is not what came of it. */
static void what_a_colleague_does_beside_it_does_not_count_as_opened(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    publish("one-review",
            "<startEvent id='start'/>" RECEIVE REVIEW("first") REVIEW("visit")
                TASK("second", "decider", "pass",
                     "") "<parallelGateway id='f'/><parallelGateway id='j'/>" END WAY("start", "receive")
                    WAY("receive", "f") WAY("f", "first") WAY("f", "visit") WAY("first", "second")
                        WAY("second", "j") WAY("visit", "j") WAY("j", "decide"));
    struct client beside = officer_json("second.review");
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_true(page_of(&beside, id, 0) != NULL); /* has the visit, and nothing of what was passed on */
    assert_true(offers(&review, id, "recall"));
    assert_true(page_of(&decide, id, 0) != NULL);
    assert_false(offers(&review, id, "recall"));
}

static void nothing_is_decided_while_a_document_is_owed_or_the_case_is_held_up(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t id = receive(&desk, "receive");
    assert_int_equal(
        operate(&desk, id, "defer", task_form(&desk, id, "what=photo&until=2099-01-01&reason=x")), 200);
    assert_int_equal(act(&desk, id, "accept", ""), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 409);
    assert_int_equal(operate(&review, id, "suspend", "reason=x"), 403);
    assert_int_equal(operate(&decide, id, "suspend", "reason=x"), 200);
    assert_int_equal(operate(&review, id, "supply", "what=photo"), 409);
    assert_int_equal(operate(&decide, id, "resume", ""), 200);
    assert_int_equal(operate(&desk, id, "supply", "what=photo"), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
}

static void one_more_signs_before_the_holder(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  second = officer_json("second.review"), decide = officer_json("public-security.decide");
    int64_t id = receive(&desk, "accept");
    assert_int_equal(operate(&review, id, "add_sign",
                             task_form(&review, id, to("second.review", "after=before&reason=x"))),
                     200);
    assert_int_equal(act(&review, id, "pass", ""), 403);
    assert_int_equal(act(&second, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x") / 100, 4);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
}

static void a_promise_is_verified_after_the_decision(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t id = receive(&desk, "accept");
    assert_int_equal(
        operate(&review, id, "commitment", task_form(&review, id, "what=shop&until=2099-01-01&reason=x")),
        200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
    testapp_jobs(app);
    assert_true(str_eq_c(status_of(&review, id), "准予"));
    assert_true(offers(&review, id, "verify"));
    assert_int_equal(operate(&review, id, "verify", "what=shop&kept=no&reason=x"), 200);
    assert_false(offers(&review, id, "verify"));
    struct client one = client_new(app);
    client_as_person(&one, "13900000101");
    assert_true(answer_has(client_get(&one, "/me/messages"), "承诺不属实"));
}

/* ---- the record ---- */

/* The same step under another name. */
#define VISIT_ANEW                                                                                           \
    "<startEvent id='start'/>" RECEIVE                                                                       \
    "<userTask id='visit' name='anew' t:candidateGroups='reviewer' t:acts='pass send_back'/>" END WAY(       \
        "start", "receive") WAY("receive", "visit") WAY("visit", "decide")

/* What the record tells under that label in the n-th entry of that title; "" where it is silent. */
static struct str told(struct client *c, int64_t id, const char *title, int n, const char *label)
{
    JSON_EACH(e, json_get(page_of(c, id, 0), "timeline"))
    {
        if (!str_eq_c(json_text_of(e, "title"), title) || n-- > 0) continue;
        JSON_EACH(t, json_get(e, "told"))
        {
            if (str_eq_c(json_text_of(t, "label"), label)) return json_text_of(t, "value");
        }
        return STR_EMPTY;
    }
    fail_msg("no entry %s", title);
    return STR_EMPTY;
}

static void assert_told(struct client *c, int64_t id, const char *title, int n, const char *label,
                        const char *value)
{
    struct str is = told(c, id, title, n, label);
    if (!str_eq_c(is, value)) fail_msg("%s %d, %s: %.*s", title, n, label, STR_ARG(is));
}

/* As entries of before versions were kept stand in the record. */
static bool forget_versions(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE case_event SET version = 0 WHERE case_id = $1",
                   DB_I(*(int64_t *)ctx_arg(c)));
}

static bool forget_moves(struct ctx *c)
{
    return forget_versions(c) &&
           db_exec(&c->tx, "UPDATE case_event SET detail = NULL WHERE case_id = $1 AND act = 'moved'",
                   DB_I(*(int64_t *)ctx_arg(c)));
}

static void the_record_names_a_step_as_it_was_called_then(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  checker = officer_json("flow.checker"), decide = officer_json("public-security.decide");
    char path[64];
    publish("one-review", VISIT);
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "send-back", "target=visit&note_send-back=x"), 200);
    publish("one-review", VISIT_ANEW);
    snprintf(path, sizeof path, "/office/processes/%lld/move", (long long)process_id(&checker, "one-review"));
    assert_int_equal(client_post(&checker, path, "to=3&go=move").status, 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    review.language = "en";
    for (int kept = 1; kept >= 0; kept--) {
        assert_told(&review, id, "Accepted", 0, "Step", "receive");
        assert_told(&review, id, "Reviewed and passed on", 0, "Step", "visit");
        assert_told(&review, id, "Sent back to an earlier step", 0, "Step", "decide");
        assert_told(&review, id, "Sent back to an earlier step", 0, "Back to", "visit");
        assert_told(&review, id, "Reviewed and passed on", 1, "Step", "anew");
        /* The move tells it of what stands before and behind it. */
        testapp_write(app, forget_versions, &id);
    }
    /* Nobody knows any more: each step is named all the same. */
    testapp_write(app, forget_moves, &id);
    assert_told(&review, id, "Reviewed and passed on", 0, "Step", "anew");
    assert_told(&review, id, "Sent back to an earlier step", 0, "Back to", "anew");
}

static bool visit_is_known_as_look(struct ctx *c)
{
    struct case_watch w;
    bool look = false;
    if (!case_watch_load(c, *(int64_t *)ctx_arg(c), &w)) return false;
    for (size_t i = 0; i < w.event_count; i++) {
        assert_false(str_eq_c(w.events[i].step, "visit"));
        look = look || (str_eq_c(w.events[i].step, "look") && str_eq_c(w.events[i].act, "pass"));
    }
    assert_true(look);
    return true;
}

/* Else it would say that the step was left out. */
static void supervision_finds_what_was_done_under_the_name_it_has_now(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  checker = officer_json("flow.checker");
    char path[64];
    publish("one-review", VISIT);
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "pass", ""), 200);
    publish("one-review", LOOK);
    snprintf(path, sizeof path, "/office/processes/%lld/move", (long long)process_id(&checker, "one-review"));
    assert_int_equal(client_post(&checker, path, "to=3&go=move&places=visit&place.visit=look").status, 200);
    testapp_read(app, visit_is_known_as_look, &id);
    review.language = "en";
    assert_told(&review, id, "Reviewed and passed on", 0, "Step", "visit");
    assert_told(&review, id, "Moved to another version of its process", 0, "Version", "2 → 3");
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_all, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(who_wrote_a_version_does_not_publish_it),
        PROMISE(a_file_with_faults_is_not_taken_and_each_is_named),
        PROMISE(a_process_that_waits_for_an_event_is_no_beginning_of_an_application),
        PROMISE(a_running_case_keeps_the_version_it_began_with),
        PROMISE(steps_at_the_same_time_are_all_done_before_the_decision),
        PROMISE(a_case_is_moved_only_where_the_other_version_has_its_steps),
        PROMISE(a_case_at_two_steps_of_one_branch_is_not_moved_there),
        PROMISE(what_was_sent_back_comes_straight_back_where_the_sender_says_so),
        PROMISE(a_supervisor_moves_the_cases_of_their_own_area),
        PROMISE(a_case_goes_on_at_the_step_that_is_said_to_be_its_own),
        PROMISE(the_record_names_a_step_as_it_was_called_then),
        PROMISE(supervision_finds_what_was_done_under_the_name_it_has_now),
        PROMISE(a_case_of_before_there_were_processes_goes_on_under_the_first_version),
        PROMISE(who_takes_a_task_up_has_it_until_it_is_transferred),
        PROMISE(what_was_passed_on_is_recalled_while_nobody_has_taken_it_up),
        PROMISE(what_a_colleague_has_opened_is_not_taken_back),
        PROMISE(what_a_colleague_does_beside_it_does_not_count_as_opened),
        PROMISE(nothing_is_decided_while_a_document_is_owed_or_the_case_is_held_up),
        PROMISE(one_more_signs_before_the_holder),
        PROMISE(a_promise_is_verified_after_the_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
