/* What a call of another process promises: it stands in the case as its own tree, ends with it, and is looked
 * at before it is published. */
#include "modules/cases/cases_models_test.h"

#define CALLER(attributes)                                                                                   \
    "<startEvent id='start'/>" RECEIVE "<callActivity id='c' name='the call' calledElement='called-check' "  \
    "xmlns:m='http://camunda.org/schema/1.0/bpmn' " attributes                                               \
    "><extensionElements><m:out source='outcome' target='checked'/></extensionElements></callActivity>" END  \
        WAY("start", "receive") WAY("receive", "c") WAY("c", "decide")
#define CHECK(step)                                                                                          \
    "<startEvent id='s'/>" TASK(step, "reviewer", "pass agree disagree send_back",                           \
                                "") "<endEvent id='e'/>" WAY("s", step) WAY(step, "e")
#define SERVED                                                                                               \
    "<startEvent id='s'/><serviceTask id='ask' name='ask' t:topic='x.y'/><endEvent id='e'/>" WAY("s", "ask") \
        WAY("ask", "e")

static struct str part(const char *body)
{
    return str_fmt(app->arena,
                   "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
                   "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:tongban:process' "
                   "id='d' targetNamespace='t'><process id='called-check' name='现场核查' t:en='Site check' "
                   "t:part='true' isExecutable='true'>%s</process></definitions>",
                   body);
}

static void publish_part(const char *body, bool fresh)
{
    struct client writer = officer_json("flow.writer"), checker = officer_json("flow.checker");
    struct answer a = upload(&writer, fresh ? 0 : process_id(&writer, "called-check"), part(body));
    if (a.status != 200) fail_msg("%.*s", STR_ARG(a.body));
    int64_t id = process_id(&writer, "called-check");
    assert_int_equal(post(&writer, id, "", "go=review"), 200);
    assert_int_equal(post(&checker, id, "/publish", ""), 200);
}

static const struct json *page_of(struct client *c, int64_t id)
{
    return client_json(c, client_getf(c, "/office/cases/%lld", (long long)id));
}

static struct str state_of(const struct json *page, size_t call, size_t step)
{
    const struct json *one = json_at(json_get(page, "called"), call);
    return json_text_of(json_at(json_get(one, "timeline"), step), "state");
}

static void a_called_process_stands_in_the_case_as_its_own_tree(void **state)
{
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    struct client who = person("13900000101");
    (void)state;
    publish_part(CHECK("look"), true);
    publish("one-review", CALLER(""));
    int64_t id = receive(&desk, "accept");
    const struct json *page = page_of(&review, id), *called = json_at(json_get(page, "called"), 0);
    assert_true(json_true_of(page, "has_called") && json_true_of(called, "running"));
    assert_true(str_eq_c(json_text_of(called, "name"), "现场核查"));
    assert_true(str_eq_c(json_text_of(called, "version"), "1"));
    assert_true(str_eq_c(json_text_of(called, "by"), "the call"));
    assert_true(str_eq_c(state_of(page, 0, 0), "now"));
    struct answer mine = client_getf(&who, "/cases/%lld", (long long)id);
    assert_int_equal(mine.status, 200);
    assert_true(answer_has(mine, "decide"));
    /* A new version of what is called, while this call runs. */
    publish_part(CHECK("visit"), false);
    assert_int_equal(act(&review, id, "agree", "note_agree=x"), 200);
    page = page_of(&decide, id);
    assert_false(json_true_of(json_at(json_get(page, "called"), 0), "running"));
    assert_true(str_eq_c(state_of(page, 0, 0), "done"));
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
    int64_t next = receive(&desk, "accept");
    page = page_of(&review, next);
    assert_true(str_eq_c(json_text_of(json_at(json_get(page, "called"), 0), "version"), "2"));
}

/* A whole process, called: its decider grants. */
static void publish_whole(void)
{
    struct client writer = officer_json("flow.writer"), checker = officer_json("flow.checker");
    struct str whole = model("called-check", SHORT);
    struct answer a = upload(&writer, 0, whole);
    if (a.status != 200) fail_msg("%.*s", STR_ARG(a.body));
    int64_t id = process_id(&writer, "called-check");
    assert_int_equal(post(&writer, id, "", "go=review"), 200);
    assert_int_equal(post(&checker, id, "/publish", ""), 200);
}

static size_t done_entries(struct client *c, int64_t id)
{
    size_t n = 0;
    JSON_EACH(e, json_get(client_json(c, client_getf(c, "/cases/%lld", (long long)id)), "timeline"))
    {
        n += str_eq_c(json_text_of(e, "state"), "done");
    }
    return n;
}

static void what_is_granted_in_a_called_process_decides_nothing(void **state)
{
    struct client desk = officer_json("desk1"), decide = officer_json("public-security.decide"),
                  who = person("13900000101");
    (void)state;
    who.json = true;
    publish_whole();
    publish("one-review", CALLER(""));
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&desk, id, "pass", ""), 200);
    size_t before = done_entries(&who, id);
    assert_int_equal(act(&decide, id, "grant", "note_grant=WITHIN"), 200);
    assert_int_equal(done_entries(&who, id), before);
    assert_int_equal(act(&decide, id, "grant", "note_grant=IN-THE-END"), 200);
    struct answer page = client_getf(&who, "/cases/%lld", (long long)id);
    assert_true(answer_has(page, "IN-THE-END"));
    assert_false(answer_has(page, "WITHIN"));
}

static void a_case_is_moved_while_what_it_called_runs(void **state)
{
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  checker = officer_json("flow.checker");
    (void)state;
    publish_part(CHECK("look"), true);
    publish("one-review", CALLER(""));
    int64_t id = receive(&desk, "accept");
    publish("one-review", CALLER("t:en='The call'"));
    assert_int_equal(post(&checker, process_id(&checker, "one-review"), "/move", "to=3&go=move"), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_true(str_eq_c(state_of(page_of(&review, id), 0, 0), "done"));
}

static void what_is_called_must_be_there_and_lead_nowhere_back(void **state)
{
    struct client writer = officer_json("flow.writer"), checker = officer_json("flow.checker");
    (void)state;
    int64_t id = process_id(&writer, "one-review");
    struct answer a = upload(&writer, id, model("one-review", CALLER("")));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "没有现行版本"));
    publish_part(CHECK("look"), true);
    a = upload(&writer, id,
               model("one-review", CALLER("m:calledElementBinding='version' m:calledElementVersion='7'")));
    assert_true(answer_has(a, "没有该编号的已发布版本"));
    publish("one-review", CALLER("m:calledElementBinding='version' m:calledElementVersion='1'"));
    int64_t called = process_id(&writer, "called-check");
    a = upload(&writer, called,
               part("<startEvent id='s'/><callActivity id='back' name='back' calledElement='one-review'/>"
                    "<endEvent id='e'/>" WAY("s", "back") WAY("back", "e")));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "形成循环"));
    (void)checker;
}

#define MAPPED(inside)                                                                                       \
    "<startEvent id='start'/>" RECEIVE "<callActivity id='c' name='the call' calledElement='called-check'>"  \
    "<extensionElements>" inside "</extensionElements></callActivity>" END WAY("start", "receive")           \
        WAY("receive", "c") WAY("c", "decide")

/* "" when it is taken. */
static struct str fault_of_call(const char *body)
{
    struct client writer = officer_json("flow.writer");
    struct answer a = upload(&writer, process_id(&writer, "one-review"), model("one-review", body));
    if (a.status == 200) return STR_EMPTY;
    assert_int_equal(a.status, 422);
    return a.body;
}

static void assert_faulty(const char *body, const char *why, const char *about)
{
    struct str said = fault_of_call(body);
    if (str_find(said, str_c(why)) == SIZE_MAX || str_find(said, str_c(about)) == SIZE_MAX)
        fail_msg("%s: %.*s", about, STR_ARG(said));
}

static void what_is_mapped_is_there_on_both_sides(void **state)
{
    (void)state;
    publish_part("<startEvent id='s'/>" TASK("look", "reviewer", "pass agree disagree send_back", "") TASK(
                     "again", "reviewer", "pass agree disagree send_back",
                     "") "<exclusiveGateway id='x' "
                         "default='x-e'/><endEvent id='e'/>" WAY("s", "look") WAY("look", "x") WAY("x", "e")
                             WAY("again", "e") "<sequenceFlow id='x-again' sourceRef='x' targetRef='again'>"
                                               "<conditionExpression xsi:type='tFormalExpression'>size &gt; "
                                               "100</conditionExpression>"
                                               "</sequenceFlow>",
                 true);
    assert_int_equal(fault_of_call(MAPPED("<t:in sourceExpression='answers.area * 2' target='size'/>"
                                          "<t:in source='outcome' target='size'/>"
                                          "<t:out source='outcome' target='checked'/>"
                                          "<t:out source='size' target='found'/>"
                                          "<t:out variables='all'/>"))
                         .len,
                     0);
    assert_faulty(MAPPED("<t:in source='nothing' target='size'/>"), "本流程里没有", "nothing");
    assert_faulty(MAPPED("<t:in source='outcome' target='siz'/>"), "被调用的流程没有用到", "siz");
    assert_faulty(MAPPED("<t:out source='sizes' target='found'/>"), "被调用的流程里没有", "sizes");
    assert_faulty(MAPPED("<t:out source='size' target='answers'/>"), "属于办件本身", "answers");
    assert_faulty(MAPPED("<t:out source='size'/>"), "两边都要有名称", "size");
    assert_faulty(MAPPED("<t:in target='size'/>"), "两边都要有名称", "size");
}

static void the_table_of_a_call_is_a_plain_form_too(void **state)
{
    struct client writer = officer_json("flow.writer");
    char path[64];
    (void)state;
    publish_part(CHECK("look"), true);
    int64_t id = process_id(&writer, "one-review");
    assert_int_equal(upload(&writer, id, model("one-review", CALLER(""))).status, 200);
    snprintf(path, sizeof path, "/office/processes/%lld/edit", (long long)id);
    const struct json *doc = client_json(&writer, client_get(&writer, path)),
                      *call = json_at(json_get(doc, "calls"), 0);
    assert_true(str_eq_c(json_text_of(call, "called"), "called-check"));
    const struct json *back = json_at(json_get(json_at(json_get(call, "sides"), 1), "rows"), 0);
    assert_true(str_eq_c(json_text_of(back, "from"), "outcome") &&
                str_eq_c(json_text_of(back, "to"), "checked"));
    struct str xml = json_text_of(json_at(json_get(doc, "model_fields"), 0), "value");
    struct str form = str_fmt(app->arena,
                              "from=2026-01-01&go=save&xml=%.*s&map.c=1&map.c.out.0.from=outcome&"
                              "map.c.out.0.to=looked_at&map.c.out.1.from=%%3D+outcome+%%3D+%%22pass%%22&"
                              "map.c.out.1.to=sound&map.c.in.0.from=*&map.c.in.0.to=",
                              STR_ARG(url_encode(app->arena, xml)));
    snprintf(path, sizeof path, "/office/processes/%lld", (long long)id);
    assert_int_equal(client_post(&writer, path, str_z(app->arena, form)).status, 200);
    snprintf(path, sizeof path, "/office/processes/%lld/edit", (long long)id);
    doc = client_json(&writer, client_get(&writer, path));
    assert_int_equal(json_get(doc, "faults")->count, 0);
    xml = json_text_of(json_at(json_get(doc, "model_fields"), 0), "value");
    static const char *const parts[] = {"variables=\"all\"", "target=\"looked_at\"",
                                        "sourceExpression=\"outcome = &quot;pass&quot;\""};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (str_find(xml, str_c(parts[i])) == SIZE_MAX) fail_msg("%s: %.*s", parts[i], STR_ARG(xml));
    assert_true(str_find(xml, STR("\"checked\"")) == SIZE_MAX);
}

static void what_is_only_called_is_no_process_of_a_service(void **state)
{
    struct client writer = officer_json("flow.writer");
    (void)state;
    struct answer a = upload(&writer, 0, part("<startEvent id='s'/>" END WAY("s", "decide")));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "仅供调用的流程不受理、不作决定"));
}

static void with_the_case_its_called_services_are_called_off(void **state)
{
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  who = person("13900000101");
    char path[64];
    (void)state;
    publish_part(SERVED, true);
    publish("one-review", CALLER(""));
    int64_t id = receive(&desk, "accept");
    assert_int_equal(json_get(page_of(&review, id), "services")->count, 1);
    snprintf(path, sizeof path, "/cases/%lld/withdraw", (long long)id);
    assert_int_equal(client_post(&who, path, "").status, 200);
    const struct json *page = page_of(&review, id);
    assert_int_equal(json_get(page, "services")->count, 0);
    assert_int_equal(json_get(page, "called")->count, 0);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_all, close_app)
int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_called_process_stands_in_the_case_as_its_own_tree),
        PROMISE(what_is_granted_in_a_called_process_decides_nothing),
        PROMISE(a_case_is_moved_while_what_it_called_runs),
        PROMISE(what_is_called_must_be_there_and_lead_nowhere_back),
        PROMISE(what_is_mapped_is_there_on_both_sides),
        PROMISE(the_table_of_a_call_is_a_plain_form_too),
        PROMISE(what_is_only_called_is_no_process_of_a_service),
        PROMISE(with_the_case_its_called_services_are_called_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
