/* What a case may ask of others, and what they may do to it: other departments, programs, messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/course/course.h"
#include "engines/feel/feel.h"

struct trial {
    struct arena *arena;
    struct course *course;
    struct course_faults *faults;
    struct course_state s;
    struct course_commands done;
    struct err err;
    const struct feel_entry *known;
};

#define WAY(from, to) "<sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to "'/>"
#define WHEN(from, to, condition)                                                                            \
    "<sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to                                 \
    "'><conditionExpression xsi:type='tFormalExpression'>" condition "</conditionExpression></sequenceFlow>"
#define TASK(id, role, acts, more)                                                                           \
    "<userTask id='" id "' t:candidateGroups='" role "' t:acts='" acts "' " more "/>"
#define BEGIN                                                                                                \
    "<startEvent id='start'/>" TASK("receive", "desk", "accept correct reject", "") WAY("start", "receive")
#define DECIDE TASK("decide", "decider", "grant refuse send_back", "")
#define ENDS   "<endEvent id='yes' t:result='granted'/><endEvent id='no' t:result='refused'/>"
#define DECIDED                                                                                              \
    DECIDE "<exclusiveGateway id='g' default='g-no'/>" ENDS WAY("decide", "g")                               \
        WHEN("g", "yes", "outcome = \"grant\"") WAY("g", "no")
#define OPINION(more) TASK("fire", "reviewer", "agree disagree opinion", "t:department='fire-rescue' " more)

/* Review and an opinion at the same time; who disagreed is heard once more before the decision. */
#define CONSULTED                                                                                            \
    BEGIN "<parallelGateway id='f'/><parallelGateway id='j'/>" TASK("review", "reviewer", "pass", "")        \
        OPINION("t:limit='5'") "<exclusiveGateway id='x' default='x-decide'/>" TASK(                         \
            "again", "reviewer", "pass", "") DECIDED WAY("receive", "f") WAY("f", "review") WAY("f", "fire") \
            WAY("review", "j") WAY("fire", "j") WAY("j", "x")                                                \
                WHEN("x", "again", "opinions.fire = \"disagree\"") WAY("x", "decide") WAY("again", "decide")

#define SERVICE(id) "<serviceTask id='" id "' t:topic='tax.arrears'/>"
#define SERVED                                                                                               \
    BEGIN SERVICE("tax") "<boundaryEvent id='b' attachedToRef='tax'><errorEventDefinition errorRef='E'/>"    \
                         "</boundaryEvent>" TASK(                                                            \
                             "review", "reviewer", "pass",                                                   \
                             "") "<exclusiveGateway id='x' default='x-review'/>" DECIDED WAY("receive",      \
                                                                                             "tax")          \
                             WAY("tax", "x") WHEN("x", "decide", "arrears = 0") WAY("x", "review")           \
                                 WAY("b", "review") WAY("review", "decide")

static bool load(struct trial *t, const char *body)
{
    struct bpmn_findings *findings;
    if (!t->arena) t->arena = arena_new(64 << 20);
    findings = ARENA_NEW(t->arena, struct bpmn_findings);
    t->faults = ARENA_NEW(t->arena, struct course_faults);
    t->s = course_start();
    err_clear(&t->err);
    t->course = course_load(
        t->arena,
        str_fmt(t->arena,
                "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
                "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:tongban:process' "
                "id='d' targetNamespace='t'><error id='E' name='E' errorCode='NO_RECORD'/><message id='M' "
                "name='paid'/><signal id='S' name='go'/><process id='p' "
                "isExecutable='true'>%s</process></definitions>",
                body),
        findings, t->faults, &t->err);
    for (size_t i = 0; i < findings->count; i++)
        print_message("%s %.*s\n", findings->list[i].rule, STR_ARG(findings->list[i].element));
    return t->course != NULL;
}

static bool go(struct trial *t, struct course_event event)
{
    err_clear(&t->err);
    event.known = t->known;
    event.known_count = t->known ? 1 : 0;
    event.now = 1000;
    return course_next(t->arena, t->course, &t->s, &event, &t->s, &t->done, &t->err);
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
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(course_step_at(t->course, tasks[i].step)->id, step)) return true;
    return false;
}

static struct trial begin(const char *body)
{
    struct trial t = {0};
    if (!load(&t, body)) fail_msg("%s: %s (%s)", t.err.code, t.err.msgid ? t.err.msgid : "", t.err.arg);
    assert_true(go(&t, (struct course_event){.kind = COURSE_SUBMIT, .role = COURSE_APPLICANT}));
    if (!act_at(&t, "receive", COURSE_ACCEPT)) fail_msg("%s: %s", t.err.code, t.err.arg);
    return t;
}

static const struct course_command *asked(const struct trial *t, enum course_command_kind kind)
{
    for (size_t i = 0; i < t->done.count; i++)
        if (t->done.list[i].kind == kind) return &t->done.list[i];
    return NULL;
}

static void assert_fault(const char *body, const char *msgid)
{
    struct trial t = {0};
    assert_false(load(&t, body));
    assert_true(t.faults->count > 0);
    assert_string_equal(t.faults->list[0].msgid, msgid);
    arena_drop(t.arena);
}

static const struct json *parsed(struct trial *t, const char *text)
{
    return json_parse(t->arena, str_c(text), JSON_STRICT, &t->err);
}

/* ---- departments ---- */

static void another_department_gives_its_opinion_and_nothing_else(void **)
{
#define WITH(task) BEGIN task DECIDED WAY("receive", "fire") WAY("fire", "decide")
    assert_fault(WITH(TASK("fire", "reviewer", "pass agree", "t:department='fire-rescue'")),
                 "In the step %{arg} another department can only agree, disagree or give an opinion.");
    assert_fault(WITH(TASK("fire", "decider", "grant refuse", "t:department='fire-rescue'")),
                 "In the step %{arg} another department can only agree, disagree or give an opinion.");
    assert_fault(WITH(TASK("fire", "desk", "agree", "t:department='fire-rescue'")),
                 "The desk is not asked for its opinion, which the step %{arg} does not respect.");
    assert_fault(WITH(OPINION("t:limit='0'")),
                 "The limit of the step %{arg} is no number of working days from 1 to 250.");
    struct trial t = begin(CONSULTED);
    const struct course_step *s = course_step_at(t.course, course_step_find(t.course, STR("fire")));
    assert_true(str_eq_c(s->department, "fire-rescue"));
    assert_int_equal(s->limit, 5);
    assert_false(act_at(&t, "fire", COURSE_PASS));
    arena_drop(t.arena);
}

/* One date for one answer about acceptance, whatever is said of the step. */
static void a_step_of_the_office_has_working_days_of_its_own_where_it_does_not_accept(void **)
{
    struct trial t = begin(WITH(TASK("fire", "reviewer", "pass", "t:limit='3'")));
    assert_int_equal(course_step_at(t.course, course_step_find(t.course, STR("fire")))->limit, 3);
    assert_int_equal(course_step_at(t.course, course_step_find(t.course, STR("decide")))->limit, 0);
    assert_fault(WITH(TASK("fire", "reviewer", "pass", "t:limit='251'")),
                 "The limit of the step %{arg} is no number of working days from 1 to 250.");
    assert_fault(WITH(TASK("fire", "desk", "accept", "t:limit='3'")),
                 "How long the step %{arg} has is said by the law and the service, since it accepts: it has "
                 "no limit of its own.");
    assert_fault(WITH(TASK("fire", "applicant", "pass", "t:form='f' t:limit='3'")),
                 "Steps of the applicant have no limit, which the step %{arg} does not respect.");
    arena_drop(t.arena);
}

static void what_a_department_said_decides_the_way(void **)
{
    for (int disagree = 0; disagree < 2; disagree++) {
        struct trial t = begin(CONSULTED);
        assert_true(act_at(&t, "fire", disagree ? COURSE_DISAGREE : COURSE_OPINION));
        assert_true(act_at(&t, "review", COURSE_PASS));
        assert_true(stands_at(&t, disagree ? "again" : "decide"));
        arena_drop(t.arena);
    }
}

static void a_department_owes_and_promises_nothing_for_the_owner(void **)
{
    struct trial t = begin(CONSULTED);
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(t.course, &t.s, tasks);
    for (size_t i = 0; i < count; i++) {
        bool theirs = course_step_at(t.course, tasks[i].step)->department.len > 0;
        assert_int_equal(go(&t, (struct course_event){.kind = COURSE_OPERATE,
                                                      .operation = BPMN_OWE,
                                                      .role = COURSE_REVIEWER,
                                                      .token = tasks[i].token,
                                                      .name = STR("plan"),
                                                      .until = 5000}),
                         !theirs);
    }
    arena_drop(t.arena);
}

/* ---- services ---- */

static int64_t service_of(struct trial *t)
{
    const struct course_command *k = asked(t, COURSE_SERVE);
    assert_non_null(k);
    return k->process->token;
}

static bool served(struct trial *t, enum course_event_kind kind, int64_t token, const char *name,
                   const char *variables)
{
    return go(t, (struct course_event){.kind = kind,
                                       .role = COURSE_SYSTEM,
                                       .token = token,
                                       .name = str_c(name),
                                       .variables = parsed(t, variables)});
}

static void a_service_answers_and_the_case_goes_on(void **)
{
    struct trial t = begin(SERVED);
    int64_t token = service_of(&t);
    assert_true(str_eq_c(asked(&t, COURSE_SERVE)->process->name, "tax.arrears"));
    assert_false(served(&t, COURSE_SERVED, token, "", "{\"outcome\":\"grant\"}"));
    assert_string_equal(t.err.code, "course.name");
    assert_true(served(&t, COURSE_SERVED, token, "", "{\"arrears\":0}"));
    assert_true(stands_at(&t, "decide"));
    assert_false(served(&t, COURSE_SERVED, token, "", "{\"arrears\":5}"));
    assert_string_equal(t.err.code, "course.nobody_waits");
    arena_drop(t.arena);
}

static void an_error_goes_where_the_model_takes_it_and_nowhere_else(void **)
{
    struct trial t = begin(SERVED);
    int64_t token = service_of(&t);
    assert_false(served(&t, COURSE_SERVICE_ERROR, token, "OTHER", "{}"));
    assert_string_equal(t.err.code, "course.undecided");
    assert_true(served(&t, COURSE_SERVICE_ERROR, token, "NO_RECORD", "{}"));
    assert_true(stands_at(&t, "review"));
    arena_drop(t.arena);
}

static void a_service_is_called_off_when_the_applicant_withdraws(void **)
{
    struct trial t = begin(SERVED);
    int64_t token = service_of(&t);
    assert_true(go(&t, (struct course_event){.kind = COURSE_WITHDRAW, .role = COURSE_APPLICANT}));
    assert_non_null(asked(&t, COURSE_CALL_OFF));
    assert_int_equal(asked(&t, COURSE_CALL_OFF)->process->token, token);
    arena_drop(t.arena);
}

#define AFTERWARDS(script)                                                                                   \
    BEGIN DECIDE SERVICE("tax") "<scriptTask id='s'><script>" script "</script></scriptTask>"                \
                                "<exclusiveGateway id='g' default='g-no'/>" ENDS WAY("receive", "decide")    \
                                    WAY("decide", "tax") WAY("tax", "s") WAY("s", "g")                       \
                                        WHEN("g", "yes", "outcome = \"grant\"") WAY("g", "no")

static void what_comes_after_a_decision_leads_to_the_end_that_was_named(void **)
{
    struct trial t = begin(AFTERWARDS("{done: true}"));
    assert_true(act_at(&t, "decide", COURSE_GRANT));
    assert_int_equal(t.s.status, COURSE_REVIEWING);
    struct course_state back;
    assert_true(
        course_state_read(t.arena, t.course, course_state_write(t.arena, t.course, &t.s), &back, &t.err));
    assert_int_equal(back.said, COURSE_GRANTED);
    int64_t token = service_of(&t);
    t.s = back;
    assert_true(served(&t, COURSE_SERVED, token, "", "{}"));
    assert_int_equal(t.s.status, COURSE_DECIDED);
    assert_int_equal(t.s.result, COURSE_GRANTED);
    assert_non_null(asked(&t, COURSE_ISSUE_LICENCE));
    arena_drop(t.arena);

    t = begin(AFTERWARDS("{outcome: \"grant\"}"));
    assert_true(act_at(&t, "decide", COURSE_REFUSE));
    assert_false(served(&t, COURSE_SERVED, service_of(&t), "", "{}"));
    assert_string_equal(t.err.code, "course.undecided");
    arena_drop(t.arena);
}

/* ---- messages, answers, calls ---- */

static void a_message_lets_the_case_go_on(void **)
{
    struct trial t =
        begin(BEGIN "<receiveTask id='r' messageRef='M'/>" DECIDED WAY("receive", "r") WAY("r", "decide"));
    struct course_event event = {.kind = COURSE_MESSAGE, .role = COURSE_SYSTEM, .name = STR("refunded")};
    assert_false(go(&t, event));
    assert_string_equal(t.err.code, "course.nobody_waits");
    event.name = STR("paid");
    assert_true(go(&t, event));
    assert_true(stands_at(&t, "decide"));
    assert_false(go(&t, event));
    arena_drop(t.arena);
}

#define CATCH "<intermediateCatchEvent id='n'><signalEventDefinition signalRef='S'/></intermediateCatchEvent>"
#define THROW(to)                                                                                            \
    "<intermediateThrowEvent id='n' " to "><signalEventDefinition signalRef='S'/></intermediateThrowEvent>"
#define BETWEEN(node) BEGIN node DECIDED WAY("receive", "n") WAY("n", "decide")

static void a_signal_of_another_case_lets_this_one_go_on(void **)
{
    struct bpmn_listener *list;
    struct trial t = begin(BETWEEN(CATCH));
    assert_true(course_hears(t.course));
    assert_int_equal(course_listeners(t.arena, t.course, &t.s, &list), 1);
    assert_true(str_eq_c(list[0].signal, "go"));
    struct course_event e = {.kind = COURSE_SIGNAL, .role = COURSE_SYSTEM, .token = list[0].token};
    e.name = STR("another");
    assert_false(go(&t, e));
    assert_string_equal(t.err.code, "course.nobody_waits");
    e.name = STR("go");
    e.role = COURSE_REVIEWER;
    assert_false(go(&t, e));
    e.role = COURSE_SYSTEM;
    assert_true(go(&t, e));
    assert_true(stands_at(&t, "decide"));
    assert_int_equal(course_listeners(t.arena, t.course, &t.s, &list), 0);
    assert_false(go(&t, e));
    arena_drop(t.arena);
}

static void a_signal_goes_to_every_case_unless_it_is_its_own(void **)
{
    struct trial t = begin(BETWEEN(THROW("")));
    assert_non_null(asked(&t, COURSE_BROADCAST));
    assert_true(str_eq_c(asked(&t, COURSE_BROADCAST)->process->text, "go"));
    assert_true(course_sends(t.course, STR("go"), true) && !course_hears(t.course));
    arena_drop(t.arena);
    t = begin(BETWEEN(THROW("t:to='own'")));
    assert_null(asked(&t, COURSE_BROADCAST));
    assert_true(course_sends(t.course, STR("go"), false));
    assert_false(course_sends(t.course, STR("go"), true));
    arena_drop(t.arena);
}

static void conditions_read_the_answers_and_the_state_keeps_none(void **)
{
    struct feel_entry *entries, answers;
    struct trial t =
        begin(BEGIN "<exclusiveGateway id='x' default='x-decide'/>" TASK("visit", "reviewer", "pass", "")
                  DECIDED WAY("receive", "x") WHEN("x", "visit", "answers.area > 200") WAY("x", "decide")
                      WAY("visit", "decide"));
    assert_true(course_reads_answers(t.course));
    assert_true(stands_at(&t, "decide")); /* nothing is known: not more than 200 */
    answers.key = STR("answers");
    answers.value = feel_context(t.arena, 1, &entries);
    entries[0] = (struct feel_entry){STR("area"), feel_integer(201)};
    t.s = course_start();
    t.known = &answers;
    assert_true(go(&t, (struct course_event){.kind = COURSE_SUBMIT, .role = COURSE_APPLICANT}));
    assert_true(act_at(&t, "receive", COURSE_ACCEPT));
    assert_true(stands_at(&t, "visit"));
    struct str text = json_to_str(t.arena, course_state_write(t.arena, t.course, &t.s));
    assert_int_equal(str_find(text, STR("201")), SIZE_MAX);
    assert_int_equal(str_find(text, STR("answers")), SIZE_MAX);
    arena_drop(t.arena);
}

#define CALLING(element)                                                                                     \
    BEGIN "<callActivity id='c' calledElement='" element "'/>" DECIDED WAY("receive", "c")                   \
        WAY("c", "decide") "</process><process id='q' isExecutable='true'><startEvent id='qs'/>" TASK(       \
            "look", "reviewer", "pass", "") "<endEvent id='qe'/>" WAY("qs", "look") WAY("look", "qe")

static void a_process_of_the_file_is_called_and_comes_back(void **)
{
    struct trial t = begin(CALLING("q"));
    assert_true(stands_at(&t, "look"));
    assert_true(act_at(&t, "look", COURSE_PASS));
    assert_true(stands_at(&t, "decide"));
    arena_drop(t.arena);
    assert_fault(CALLING("elsewhere"),
                 "The course of a case is one process, the first of the file; nothing calls %{arg}.");
}

#define RULE(id, more)                                                                                       \
    "<businessRuleTask id='" id "' t:decisionRef='grade' " more "><extensionElements><t:in "                 \
    "source='answers.area' target='area'/><t:in sourceExpression='1 + 1' target='times'/>"                   \
    "</extensionElements></businessRuleTask>"
#define GRADED                                                                                               \
    BEGIN RULE("grade", "t:resultVariable='level'") "<exclusiveGateway id='x' default='x-decide'/>" TASK(    \
        "review", "reviewer", "pass", "") DECIDED WAY("receive", "grade") WAY("grade", "x")                  \
        WHEN("x", "review", "level.steps &gt; 1") WAY("x", "decide") WAY("review", "decide")

static bool rule(struct trial *t, int64_t token, const char *result)
{
    struct json *said = json_object(t->arena);
    json_set(said, "result", json_parse(t->arena, str_c(result), JSON_STRICT, &t->err));
    return go(t, (struct course_event){
                     .kind = COURSE_RULED, .role = COURSE_SYSTEM, .token = token, .variables = said});
}

static void a_decision_model_answers_into_a_variable_that_conditions_read(void **)
{
    struct trial t = begin(GRADED);
    const struct course_command *k = asked(&t, COURSE_ASK_DECISION);
    struct course_decision list[2];
    assert_non_null(k);
    assert_null(asked(&t, COURSE_RUN_RULE));
    assert_false(course_asks_rule(t.course));
    assert_true(course_asks_decisions(t.course));
    assert_int_equal(course_decisions(t.course, list, 2), 1);
    assert_true(str_eq_c(list[0].code, "grade") && str_eq_c(list[0].element, "grade"));
    struct course_state before = t.s;
    assert_true(rule(&t, k->process->token, "{\"steps\":2}"));
    assert_true(stands_at(&t, "review"));
    t.s = before;
    assert_true(rule(&t, k->process->token, "{\"steps\":1}"));
    assert_true(stands_at(&t, "decide"));
    assert_false(rule(&t, k->process->token, "{\"steps\":1}"));
    assert_string_equal(t.err.code, "course.nobody_waits");
    arena_drop(t.arena);
}

static void nobody_but_the_system_answers_for_a_decision_model(void **)
{
    struct trial t = begin(GRADED);
    struct json *said = json_object(t.arena);
    json_set_i64(t.arena, said, "result", 1);
    int64_t token = asked(&t, COURSE_ASK_DECISION)->process->token;
    assert_false(
        go(&t, (struct course_event){
                   .kind = COURSE_RULED, .role = COURSE_DECIDER, .token = token, .variables = said}));
    assert_string_equal(t.err.code, "course.role");
    assert_false(go(&t, (struct course_event){.kind = COURSE_RULE_ANSWERED, .role = COURSE_SYSTEM}));
    assert_false(
        go(&t, (struct course_event){
                   .kind = COURSE_SERVED, .role = COURSE_SYSTEM, .token = token, .variables = said}));
    arena_drop(t.arena);
}

/* What a decision is given is read again whenever it is asked: the state of then, the facts of then. */
static void what_a_decision_is_given_is_read_when_it_is_asked(void **)
{
    struct trial t = begin(GRADED);
    struct feel_entry *entries, known = {STR("answers"), feel_context(t.arena, 1, &entries)};
    int64_t token = asked(&t, COURSE_ASK_DECISION)->process->token;
    struct bpmn_event about = {.token = token, .now = 1000, .known = &known, .known_count = 1};
    entries[0] = (struct feel_entry){STR("area"), feel_number(decimal_of(90))};
    const struct json *given = bpmn_given(t.arena, course_model(t.course), &t.s.process, &about, &t.err);
    assert_int_equal(json_i64_of(given, "area", 0), 90);
    assert_int_equal(json_i64_of(given, "times", 0), 2);
    about.known_count = 0;
    given = bpmn_given(t.arena, course_model(t.course), &t.s.process, &about, &t.err);
    assert_true(json_is(json_get(given, "area"), JSON_NULL));
    arena_drop(t.arena);
}

static void work_that_nobody_does_is_named_when_the_model_is_published(void **)
{
#define ONE(node) BEGIN node DECIDED WAY("receive", "n") WAY("n", "decide")
    assert_fault(ONE("<callActivity id='n'/>"), "%{arg} does not say which process it calls.");
    assert_fault(ONE("<scriptTask id='n' scriptFormat='javascript'><script>1</script></scriptTask>"),
                 "The script %{arg} is not in FEEL.");
    assert_fault(ONE("<sendTask id='n' messageRef='M' t:to='minister'/>"),
                 "The message of %{arg} goes neither to the applicant nor to a case.");
    assert_fault(ONE("<sendTask id='n' messageRef='M' t:to='case'/>"),
                 "The message of %{arg} does not say where the number of the other case stands.");
    assert_fault(ONE("<intermediateThrowEvent id='n' t:to='applicant'><signalEventDefinition signalRef='S'/>"
                     "</intermediateThrowEvent>"),
                 "The signal of %{arg} goes to every case that waits for it, or to its own alone (own), and "
                 "nowhere else.");
    assert_fault(ONE("<businessRuleTask id='n'/>"),
                 "The rule %{arg} must name a decision model (decisionRef), or \"answer\" for the one that "
                 "answers the item.");
    assert_fault(ONE("<businessRuleTask id='n' t:decisionRef='grade'/>"),
                 "The rule %{arg} does not say which variable takes its result (resultVariable).");
    assert_fault(ONE("<businessRuleTask id='n' t:decisionRef='grade' t:resultVariable='outcome'/>"),
                 "The result of the rule %{arg} would take a name that belongs to the case.");
    assert_fault("<startEvent id='start'/>" RULE("n", "t:resultVariable='level'")
                     TASK("receive", "desk", "accept", "") DECIDED WAY("start", "n") WAY("n", "receive")
                         WAY("receive", "decide"),
                 "The decision that %{arg} asks can be reached before the application is accepted.");
    struct trial t = begin(ONE("<sendTask id='n' messageRef='M' t:to='case' t:case='answers.earlier'/>"));
    assert_non_null(asked(&t, COURSE_SEND));
    assert_null(asked(&t, COURSE_INFORM));
    arena_drop(t.arena);
}

/* The same with the opinion under another name. */
#define CONSULTED_ANEW                                                                                       \
    BEGIN "<parallelGateway id='f'/><parallelGateway id='j'/>" TASK("review", "reviewer", "pass", "")        \
        TASK("blaze", "reviewer", "agree disagree opinion",                                                  \
             "t:department='fire-rescue'") "<exclusiveGateway id='x' default='x-decide'/>" TASK("again",     \
                                                                                                "reviewer",  \
                                                                                                "pass", "")  \
            DECIDED WAY("receive", "f") WAY("f", "review") WAY("f", "blaze") WAY("review", "j")              \
                WAY("blaze", "j") WAY("j", "x") WHEN("x", "again", "opinions.blaze = \"disagree\"")          \
                    WAY("x", "decide") WAY("again", "decide")

static void what_was_said_is_read_at_the_step_that_it_is_now(void **state)
{
    (void)state;
    static const struct bpmn_place list[] = {{{"fire", 4}, {"blaze", 5}}};
    const struct bpmn_places places = {list, 1};
    struct trial t = begin(CONSULTED), to = {.arena = t.arena};
    struct bpmn_lacks lacks;
    assert_true(act_at(&t, "fire", COURSE_DISAGREE));
    assert_true(load(&to, CONSULTED_ANEW));
    course_lacks(t.arena, t.course, &t.s, to.course, NULL, NULL, NULL, &lacks);
    assert_true(lacks.count > 0);
    course_lacks(t.arena, t.course, &t.s, to.course, &places, NULL, NULL, &lacks);
    assert_int_equal(lacks.count, 0);
    assert_true(course_move(t.arena, t.course, &t.s, to.course, &places, &to.s, &to.err));
    assert_true(act_at(&to, "review", COURSE_PASS));
    assert_true(stands_at(&to, "again"));
    arena_drop(t.arena);
}

static void what_receives_is_no_place_for_what_was_accepted(void **state)
{
    (void)state;
    struct trial t = begin(CONSULTED), to = {.arena = t.arena};
    static const struct bpmn_place list[] = {{{"review", 6}, {"receive", 7}}};
    const struct bpmn_places places = {list, 1};
    struct bpmn_lacks lacks;
    assert_true(load(&to, CONSULTED));
    course_lacks(t.arena, t.course, &t.s, to.course, &places, NULL, NULL, &lacks);
    assert_int_equal(lacks.count,
                     2); /* and from before the fork it would come to what stands behind it again */
    assert_true(lacks.list[0].kind == BPMN_LACK_TWICE && lacks.list[1].kind == BPMN_LACK_KIND);
    arena_drop(t.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_department_gives_its_opinion_and_nothing_else),
        cmocka_unit_test(a_step_of_the_office_has_working_days_of_its_own_where_it_does_not_accept),
        cmocka_unit_test(what_a_department_said_decides_the_way),
        cmocka_unit_test(what_was_said_is_read_at_the_step_that_it_is_now),
        cmocka_unit_test(what_receives_is_no_place_for_what_was_accepted),
        cmocka_unit_test(a_department_owes_and_promises_nothing_for_the_owner),
        cmocka_unit_test(a_service_answers_and_the_case_goes_on),
        cmocka_unit_test(an_error_goes_where_the_model_takes_it_and_nowhere_else),
        cmocka_unit_test(a_service_is_called_off_when_the_applicant_withdraws),
        cmocka_unit_test(what_comes_after_a_decision_leads_to_the_end_that_was_named),
        cmocka_unit_test(a_message_lets_the_case_go_on),
        cmocka_unit_test(a_signal_of_another_case_lets_this_one_go_on),
        cmocka_unit_test(a_signal_goes_to_every_case_unless_it_is_its_own),
        cmocka_unit_test(conditions_read_the_answers_and_the_state_keeps_none),
        cmocka_unit_test(a_process_of_the_file_is_called_and_comes_back),
        cmocka_unit_test(a_decision_model_answers_into_a_variable_that_conditions_read),
        cmocka_unit_test(nobody_but_the_system_answers_for_a_decision_model),
        cmocka_unit_test(what_a_decision_is_given_is_read_when_it_is_asked),
        cmocka_unit_test(work_that_nobody_does_is_named_when_the_model_is_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
