/* A process that calls one of another document: it runs inside the case, under the version of that day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/course/course.h"

struct trial {
    struct arena *arena;
    const struct course *course;
    struct course_state s;
    struct course_commands done;
    struct err err;
    int64_t now;
};

static const struct course *load_named(struct arena *a, const char *id, const char *process, const char *body,
                                       struct course_faults *faults)
{
    struct bpmn_findings *findings = ARENA_NEW(a, struct bpmn_findings);
    struct err e = {0};
    const struct course *f = course_load(
        a,
        str_fmt(a,
                "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
                "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:tongban:process' "
                "xmlns:c='http://camunda.org/schema/1.0/bpmn' id='d' targetNamespace='t'><message id='%s' "
                "name='paid'/><process id='p' isExecutable='true' %s>%s</process></definitions>",
                id, process, body),
        findings, faults, &e);
    for (size_t i = 0; i < findings->count; i++)
        print_message("%s %.*s\n", findings->list[i].rule, STR_ARG(findings->list[i].element));
    return f;
}

static const struct course *load(struct arena *a, const char *process, const char *body)
{
    struct course_faults *faults = ARENA_NEW(a, struct course_faults);
    const struct course *f = load_named(a, "M", process, body, faults);
    for (size_t i = 0; !f && i < faults->count; i++)
        print_message("%s %.*s\n", faults->list[i].msgid, STR_ARG(faults->list[i].element));
    assert_non_null(f);
    return f;
}

#define WAY(from, to) "<sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to "'/>"
#define TASK(id, role, acts, more)                                                                           \
    "<userTask id='" id "' t:candidateGroups='" role "' t:acts='" acts "' " more "/>"
#define DECIDED                                                                                              \
    TASK("decide", "decider", "grant refuse send_back", "")                                                  \
    "<exclusiveGateway id='g' default='g-no'/><endEvent id='yes' t:result='granted'/><endEvent id='no' "     \
    "t:result='refused'/>" WAY("decide", "g") WAY(                                                           \
        "g", "no") "<sequenceFlow id='g-yes' sourceRef='g' targetRef='yes'><conditionExpression "            \
                   "xsi:type='tFormalExpression'>outcome = \"grant\"</conditionExpression></sequenceFlow>"
#define CALLER(attributes, inside)                                                                           \
    "<startEvent id='start'/>" TASK("receive", "desk", "accept correct reject",                              \
                                    "") "<callActivity id='c' "                                              \
                                        "calledElement='check' " attributes ">" inside                       \
                                        "</callActivity>" DECIDED WAY("start", "receive")                    \
                                            WAY("receive", "c") WAY("c", "decide")
#define PART(step)                                                                                           \
    "<startEvent id='s'/>" TASK(step, "reviewer", "pass agree disagree send_back",                           \
                                "") "<endEvent id='e'/>" WAY("s", step) WAY(step, "e")

static bool go(struct trial *t, struct course_event event)
{
    struct json *json;
    err_clear(&t->err);
    event.now = t->now;
    if (!course_next(t->arena, t->course, &t->s, &event, &t->s, &t->done, &t->err)) return false;
    json = course_state_write(t->arena, t->course, &t->s); /* what is stored is all there is */
    return course_state_read(t->arena, t->course, json, &t->s, &t->err);
}

static bool act_at(struct trial *t, const char *step, enum course_act act)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(t->course, &t->s, tasks);
    for (size_t i = 0; i < count; i++) {
        const struct course_step *s = course_step_at(t->course, tasks[i].step);
        if (str_eq_c(s->id, step))
            return go(t, (struct course_event){
                             .kind = COURSE_DO, .act = act, .role = s->role, .token = tasks[i].token});
    }
    return false;
}

static bool stands_at(struct trial *t, const char *step)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(t->course, &t->s, tasks);
    return count == 1 && str_eq_c(course_step_at(t->course, tasks[0].step)->id, step);
}

static void link(struct trial *t, const struct course *f, const struct course_other *others, size_t count)
{
    t->course = course_link(t->arena, f, others, count);
}

static void begin(struct trial *t)
{
    t->s = course_start();
    assert_true(go(t, (struct course_event){.kind = COURSE_SUBMIT, .role = COURSE_APPLICANT}));
    assert_true(act_at(t, "receive", COURSE_ACCEPT));
}

static void it_runs_inside_the_case_and_comes_back(void **)
{
    struct trial t = {.arena = arena_new(64 << 20), .now = 1000};
    const struct course *f = load(t.arena, "", CALLER("", "")),
                        *check = load(t.arena, "t:part='true'", PART("look"));
    const struct course_other one = {STR("check"), 1, 0, check};
    struct course_call call;
    assert_int_equal(course_calls(f, &call, 1), 1);
    assert_true(str_eq_c(call.code, "check") && str_eq_c(call.element, "c") && call.version == 0);
    assert_true(course_is_part(check) && !course_is_part(f));
    link(&t, f, &one, 1);
    assert_int_equal(course_step_count(t.course), 2);
    begin(&t);
    assert_true(stands_at(&t, "check@1/look"));
    assert_int_equal(course_outermost(t.course, &t.s, t.s.process.tokens[t.s.process.count - 1].id),
                     bpmn_node(course_model(t.course), STR("c")));
    assert_true(act_at(&t, "check@1/look", COURSE_PASS));
    assert_true(stands_at(&t, "decide"));
    assert_true(act_at(&t, "decide", COURSE_GRANT));
    assert_int_equal(t.s.result, COURSE_GRANTED);
    arena_drop(t.arena);
}

static void the_version_is_that_of_the_hour_of_the_call_and_stays(void **)
{
    struct trial t = {.arena = arena_new(64 << 20), .now = 1000};
    const struct course *f = load(t.arena, "", CALLER("", "")),
                        *old = load(t.arena, "t:part='true'", PART("look")),
                        *new = load(t.arena, "t:part='true'", PART("visit"));
    const struct course_other two[] = {{STR("check"), 2, 5000, new}, {STR("check"), 1, 0, old}};
    link(&t, f, two, 2);
    begin(&t);
    assert_true(stands_at(&t, "check@1/look"));
    t.now = 6000; /* the new one is in force: what runs keeps the old one */
    assert_true(act_at(&t, "check@1/look", COURSE_PASS));
    assert_true(stands_at(&t, "decide"));
    assert_true(go(&t, (struct course_event){.kind = COURSE_DO,
                                             .act = COURSE_SEND_BACK,
                                             .role = COURSE_DECIDER,
                                             .target = STR("receive")}));
    assert_true(act_at(&t, "receive", COURSE_PASS));
    assert_true(stands_at(&t, "check@2/visit"));
    const struct course_other late = {STR("check"), 1, 9000, old};
    link(&t, f, &late, 1);
    t.s = course_start();
    assert_true(go(&t, (struct course_event){.kind = COURSE_SUBMIT, .role = COURSE_APPLICANT}));
    assert_false(act_at(&t, "receive", COURSE_ACCEPT));
    assert_string_equal(t.err.code, "bpmn.call");
    arena_drop(t.arena);
}

static void a_version_that_is_named_is_taken_whatever_the_day(void **)
{
    struct trial t = {.arena = arena_new(64 << 20), .now = 6000};
    const struct course *f = load(t.arena, "",
                                  CALLER("c:calledElementBinding='version' c:calledElementVersion='1'", "")),
                        *old = load(t.arena, "t:part='true'", PART("look")),
                        *new = load(t.arena, "t:part='true'", PART("visit"));
    const struct course_other two[] = {{STR("check"), 2, 5000, new}, {STR("check"), 1, 0, old}};
    link(&t, f, two, 2);
    begin(&t);
    assert_true(stands_at(&t, "check@1/look"));
    arena_drop(t.arena);
}

static void it_sees_what_is_handed_in_and_gives_back_what_is_mapped(void **)
{
    struct trial t = {.arena = arena_new(64 << 20), .now = 1000};
    const struct course *f = load(
        t.arena, "",
        CALLER("",
               "<extensionElements><c:in sourceExpression='1 + 1' target='two'/><c:out source='outcome' "
               "target='checked'/><c:out sourceExpression='two * 2' target='four'/></extensionElements>"));
    const struct course *check = load(t.arena, "t:part='true'", PART("look"));
    const struct course_other one = {STR("check"), 1, 0, check};
    const struct json *v;
    link(&t, f, &one, 1);
    begin(&t);
    assert_true(stands_at(&t, "check@1/look"));
    int64_t inside = t.s.process.tokens[t.s.process.count - 1].id;
    assert_int_equal(json_i64(bpmn_get(&t.s.process, inside, STR("two")), 0), 2);
    assert_null(bpmn_get(&t.s.process, inside, STR("outcome")));
    assert_true(act_at(&t, "check@1/look", COURSE_DISAGREE));
    v = bpmn_get(&t.s.process, 0, STR("checked"));
    assert_true(v && str_eq_c(json_text(v), "disagree"));
    assert_int_equal(json_i64(bpmn_get(&t.s.process, 0, STR("four")), 0), 4);
    assert_null(bpmn_get(&t.s.process, 0, STR("two")));
    assert_true(str_eq_c(json_text(bpmn_get(&t.s.process, 0, STR("outcome"))), "accept"));
    arena_drop(t.arena);
}

static void with_the_case_ends_what_it_has_called(void **)
{
    struct trial t = {.arena = arena_new(64 << 20), .now = 1000};
    const struct course *f = load(t.arena, "", CALLER("", "")),
                        *check = load(t.arena, "t:part='true'",
                                      "<startEvent id='s'/><serviceTask id='ask' t:topic='x'/><endEvent "
                                      "id='e'/>" WAY("s", "ask") WAY("ask", "e"));
    const struct course_other one = {STR("check"), 1, 0, check};
    bool off = false;
    link(&t, f, &one, 1);
    begin(&t);
    assert_int_equal(t.done.list[t.done.count - 1].kind, COURSE_SERVE);
    assert_true(course_asks_services(t.course));
    assert_true(go(&t, (struct course_event){.kind = COURSE_WITHDRAW, .role = COURSE_APPLICANT}));
    for (size_t i = 0; i < t.done.count; i++)
        off = off || t.done.list[i].kind == COURSE_CALL_OFF;
    assert_true(off);
    assert_int_equal(t.s.process.count, 0);
    arena_drop(t.arena);
}

/* A message has its own id in each document; its name is what counts. */
static void a_message_finds_who_waits_for_it_in_a_called_process(void **)
{
    struct trial t = {.arena = arena_new(64 << 20), .now = 1000};
    struct course_faults *faults = ARENA_NEW(t.arena, struct course_faults);
    const struct course *f = load(t.arena, "", CALLER("", "")),
                        *check = load_named(t.arena, "Other", "t:part='true'",
                                            "<startEvent id='s'/><receiveTask id='w' messageRef='Other'/>"
                                            "<endEvent id='e'/>" WAY("s", "w") WAY("w", "e"),
                                            faults);
    const struct course_other one = {STR("check"), 1, 0, check};
    assert_non_null(check);
    link(&t, f, &one, 1);
    begin(&t);
    assert_true(
        go(&t, (struct course_event){.kind = COURSE_MESSAGE, .role = COURSE_SYSTEM, .name = STR("paid")}));
    assert_true(stands_at(&t, "decide"));
    arena_drop(t.arena);
}

static void a_case_goes_on_under_another_version_while_a_called_process_runs(void **)
{
    struct trial t = {.arena = arena_new(64 << 20), .now = 1000};
    const struct course *f = load(t.arena, "", CALLER("", "")),
                        *check = load(t.arena, "t:part='true'", PART("look")),
                        *other = load(t.arena, "t:part='true'", PART("visit"));
    const struct course_other one[] = {{STR("check"), 1, 0, check}}, none[] = {{STR("check"), 2, 0, other}};
    struct bpmn_lacks lacks;
    link(&t, f, one, 1);
    begin(&t);
    const struct course *to = course_link(t.arena, f, one, 1), *without = course_link(t.arena, f, none, 1);
    course_lacks(t.arena, t.course, &t.s, to, NULL, NULL, NULL, &lacks);
    assert_int_equal(lacks.count, 0);
    assert_true(course_move(t.arena, t.course, &t.s, to, NULL, &t.s, &t.err));
    t.course = to;
    assert_true(act_at(&t, "check@1/look", COURSE_PASS));
    link(&t, f, one, 1);
    begin(&t);
    course_lacks(t.arena, t.course, &t.s, without, NULL, NULL, NULL, &lacks);
    bool named = false;
    for (size_t i = 0; i < lacks.count; i++)
        named = named || str_eq_c(lacks.list[i].id, "check@1/look");
    assert_true(named);
    arena_drop(t.arena);
}

static void what_a_called_decider_says_decides_nothing_for_the_caller(void **)
{
    struct trial t = {.arena = arena_new(64 << 20), .now = 1000};
    const struct course *f = load(t.arena, "", CALLER("", "")),
                        *whole = load(t.arena, "",
                                      "<startEvent id='s'/>" TASK("receive", "desk", "accept", "")
                                          DECIDED WAY("s", "receive") WAY("receive", "decide"));
    const struct course_other one = {STR("check"), 1, 0, whole};
    link(&t, f, &one, 1);
    begin(&t);
    assert_true(act_at(&t, "check@1/receive", COURSE_PASS)); /* received is received */
    assert_true(act_at(&t, "check@1/decide", COURSE_REFUSE));
    assert_int_equal(t.s.said, COURSE_OPEN);
    assert_int_equal(t.s.result, COURSE_OPEN);
    assert_true(stands_at(&t, "decide"));
    assert_true(act_at(&t, "decide", COURSE_GRANT));
    assert_int_equal(t.s.result, COURSE_GRANTED);
    arena_drop(t.arena);
}

static void assert_fault(struct arena *a, const char *process, const char *body, const char *msgid)
{
    struct course_faults *faults = ARENA_NEW(a, struct course_faults);
    bool found = false;
    assert_null(load_named(a, "M", process, body, faults));
    for (size_t i = 0; i < faults->count; i++)
        found = found || !strcmp(faults->list[i].msgid, msgid);
    if (!found) print_message("got: %s\n", faults->count ? faults->list[0].msgid : "nothing");
    assert_true(found);
}

static void a_call_that_could_not_be_taken_is_named_when_the_model_is_published(void **)
{
    struct arena *a = arena_new(64 << 20);
    assert_fault(a, "", CALLER("c:calledElementBinding='deployment'", ""),
                 "%{arg} can call the version in force (latest), or one by its number (version), and nothing "
                 "else.");
    assert_fault(a, "",
                 "<startEvent id='start'/><callActivity id='c' calledElement='check'/>" TASK(
                     "receive", "desk", "accept", "") DECIDED WAY("start", "c") WAY("c", "receive")
                     WAY("receive", "decide"),
                 "The process that %{arg} calls can be reached before the application is accepted.");
    assert_fault(
        a, "t:part='true'",
        "<startEvent id='s'/>" TASK("dd", "decider", "grant refuse", "") "<endEvent id='e'/>" WAY("s", "dd")
            WAY("dd", "e"),
        "A process that is only called receives and decides nothing, which %{arg} does not respect.");
    assert_fault(
        a, "t:part='true'",
        "<startEvent id='s'/>" TASK("dd", "reviewer", "pass", "") "<endEvent id='e' "
                                                                  "t:result='granted'/>" WAY("s", "dd")
                                                                      WAY("dd", "e"),
        "A process that is only called receives and decides nothing, which %{arg} does not respect.");
    arena_drop(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_runs_inside_the_case_and_comes_back),
        cmocka_unit_test(the_version_is_that_of_the_hour_of_the_call_and_stays),
        cmocka_unit_test(a_version_that_is_named_is_taken_whatever_the_day),
        cmocka_unit_test(it_sees_what_is_handed_in_and_gives_back_what_is_mapped),
        cmocka_unit_test(with_the_case_ends_what_it_has_called),
        cmocka_unit_test(a_message_finds_who_waits_for_it_in_a_called_process),
        cmocka_unit_test(a_case_goes_on_under_another_version_while_a_called_process_runs),
        cmocka_unit_test(what_a_called_decider_says_decides_nothing_for_the_caller),
        cmocka_unit_test(a_call_that_could_not_be_taken_is_named_when_the_model_is_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
