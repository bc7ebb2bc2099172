#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "testing/process.h"

#define FE             " xsi:type=\"tFormalExpression\""
#define START          "<startEvent id=\"s\"/>"
#define END            "<endEvent id=\"e\"/>"
#define USER(id)       "<userTask id=\"" id "\"/>"
#define FLOW(from, to) "<sequenceFlow id=\"" from "-" to "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define FLOW_IF(from, to, condition)                                                                         \
    "<sequenceFlow id=\"" from "-" to "\" sourceRef=\"" from "\" targetRef=\"" to "\">"                      \
    "<conditionExpression" FE ">" condition "</conditionExpression></sequenceFlow>"

/* ---- sequence ---- */
static void a_task_waits_until_it_is_done(void **)
{
    struct process *p = process_of("", START USER("a") END FLOW("s", "a") FLOW("a", "e"));

    process_start(p, NULL);
    assert_string_equal(process_waiting(p), "a");
    assert_string_equal(process_commands(p), "do_user:a");
    process_finish(p, "a", "{\"x\": 1}");
    assert_string_equal(process_status(p), "completed");
    assert_string_equal(process_commands(p), "end");
    process_free(p);
}

static void what_comes_late_changes_nothing(void **)
{
    struct process *p =
        process_of("", START USER("a") USER("b") END FLOW("s", "a") FLOW("a", "b") FLOW("b", "e"));
    struct bpmn_event twice;

    process_start(p, NULL);
    twice = process_event(p, BPMN_FINISH, NULL);
    twice.token = process_token(p, "a", 0);
    process_do(p, twice);
    process_do(p, twice);
    assert_string_equal(process_waiting(p), "b");
    assert_int_equal(p->commands.count, 0);
    process_finish(p, "b", NULL);
    process_not(p, twice, "bpmn.ended");
    process_free(p);
}

static void a_step_without_an_id_survives_its_state(void **)
{
    struct process *p =
        process_of("", START "<adHocSubProcess id=\"h\"><userTask/></adHocSubProcess>" END FLOW("s", "h")
                           FLOW("h", "e"));

    process_start(p, NULL); /* which reads the state back after the step */
    assert_string_equal(process_status(p), "running");
    process_free(p);
}

static void a_lane_is_the_role_of_its_tasks(void **)
{
    struct process *p = process_of(
        "",
        "<laneSet id=\"ls\"><lane id=\"l\" name=\"desk\"><flowNodeRef>a</flowNodeRef></lane></laneSet>" START
            USER("a") END FLOW("s", "a") FLOW("a", "e"));

    process_start(p, NULL);
    assert_int_equal(p->commands.count, 1);
    assert_true(str_eq_c(p->commands.list[0].role, "desk"));
    process_free(p);
}

static void a_loop_without_a_wait_is_refused_and_nothing_changes(void **)
{
    struct process *p = process_of("", START "<task id=\"a\"/><exclusiveGateway id=\"g\"/>"
                                             "<exclusiveGateway id=\"m\"/>" END FLOW("s", "m") FLOW("m", "a")
                                                 FLOW("a", "g") FLOW_IF("g", "e", "false") FLOW("g", "m"));

    process_not(p, process_event(p, BPMN_START, NULL), "bpmn.endless");
    assert_string_equal(process_status(p), "new");
    process_free(p);
}

static void a_process_that_is_only_drawn_does_not_run(void **)
{
    struct process *p = process_of(
        "<process id=\"q\"><startEvent id=\"qs\"/><endEvent id=\"qe\"/>" FLOW("qs", "qe") "</process>",
        START "<callActivity id=\"c\" calledElement=\"q\"/>" END FLOW("s", "c") FLOW("c", "e"));

    process_not(p, process_event(p, BPMN_START, "q"), "bpmn.start");
    process_not(p, process_event(p, BPMN_START, "qs"), "bpmn.start");
    process_not(p, process_event(p, BPMN_START, "p"), "bpmn.start");
    assert_string_equal(p->e.arg, "q");
    process_free(p);
}

/* ---- gateways ---- */
#define CHOICE                                                                                               \
    START "<exclusiveGateway id=\"g\"/>" USER("a") USER("b") END FLOW("s", "g")                              \
        FLOW_IF("g", "a", "n &lt; 3") FLOW_IF("g", "b", "n &gt; 5") FLOW("a", "e") FLOW("b", "e")

static void an_exclusive_gateway_goes_one_way(void **)
{
    struct process *p = process_of("", CHOICE);

    process_start(p, "{\"n\": 1}");
    assert_string_equal(process_waiting(p), "a");
    process_free(p);
}

static void a_gateway_no_condition_of_which_holds_refuses_the_step(void **)
{
    struct process *p = process_of("", CHOICE);
    struct bpmn_event start = process_event(p, BPMN_START, NULL);

    start.variables = json_parse(p->arena, STR("{\"n\": 4}"), 0, &p->e);
    process_not(p, start, "bpmn.no_flow");
    assert_string_equal(p->e.arg, "g");
    process_free(p);
}

static void a_parallel_join_waits_for_every_branch(void **)
{
    struct process *p =
        process_of("", START "<parallelGateway id=\"f\"/><parallelGateway id=\"j\"/>" USER("a") USER("b")
                           USER("c") END FLOW("s", "f") FLOW("f", "a") FLOW("f", "b") FLOW("a", "j")
                               FLOW("b", "j") FLOW("j", "c") FLOW("c", "e"));

    process_start(p, NULL);
    assert_string_equal(process_waiting(p), "a b");
    process_finish(p, "b", NULL);
    assert_string_equal(process_waiting(p), "a j");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "c");
    process_free(p);
}

/* The second token of an inclusive join may still be far away, behind a task and another gateway. */
static void an_inclusive_join_waits_for_what_can_still_come(void **)
{
    struct process *p = process_of(
        "", START "<inclusiveGateway id=\"f\" default=\"f-c\"/><inclusiveGateway id=\"j\"/>"
                  "<exclusiveGateway id=\"x\" default=\"x-e2\"/><endEvent id=\"e2\"/>" USER("a") USER("b")
                      USER("c") USER("d") END FLOW("s", "f") FLOW_IF("f", "a", "one") FLOW_IF("f", "b", "two")
                          FLOW("f", "c") FLOW("a", "j") FLOW("b", "x") FLOW_IF("x", "j", "join")
                              FLOW("x", "e2") FLOW("c", "j") FLOW("j", "d") FLOW("d", "e"));

    process_start(p, "{\"one\": true, \"two\": true, \"join\": false}");
    assert_string_equal(process_waiting(p), "a b");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b j");
    process_finish(p, "b", NULL); /* goes to its own end: nothing more can come */
    assert_string_equal(process_waiting(p), "d");
    process_free(p);
}

static void a_complex_gateway_fires_at_its_condition_and_swallows_the_rest(void **)
{
    struct process *p = process_of(
        "", START "<parallelGateway id=\"f\"/><complexGateway id=\"j\" gatewayDirection=\"Converging\">"
                  "<activationCondition" FE
                  ">activationCount >= 2</activationCondition></complexGateway>" USER("a") USER("b") USER("c")
                      USER("d") END FLOW("s", "f") FLOW("f", "a") FLOW("f", "b") FLOW("f", "c") FLOW("a", "j")
                          FLOW("b", "j") FLOW("c", "j") FLOW("j", "d") FLOW("d", "e"));

    process_start(p, NULL);
    process_finish(p, "a", NULL);
    process_finish(p, "c", NULL);
    assert_string_equal(process_waiting(p), "b d");
    process_finish(p, "d", NULL);
    assert_string_equal(process_status(p), "running");
    process_finish(p, "b", NULL);
    assert_string_equal(process_status(p), "completed");
    process_free(p);
}

static void the_first_event_behind_an_event_gateway_is_the_only_one(void **)
{
    struct process *p = process_of(
        "<message id=\"m\" name=\"answer\"/>", START
        "<eventBasedGateway id=\"g\"/><intermediateCatchEvent id=\"i\"><messageEventDefinition "
        "messageRef=\"m\"/></intermediateCatchEvent><intermediateCatchEvent id=\"t\"><timerEventDefinition>"
        "<timeDuration" FE ">P3D</timeDuration></timerEventDefinition></intermediateCatchEvent>" USER("a")
            USER("b") END FLOW("s", "g") FLOW("g", "i") FLOW("g", "t") FLOW("i", "a") FLOW("t", "b")
                FLOW("a", "e") FLOW("b", "e"));
    struct bpmn_event late;

    process_start(p, NULL);
    assert_string_equal(process_commands(p), "set_timer:t");
    late = process_event(p, BPMN_TIMER, NULL);
    late.token = process_token(p, "t", 0);
    process_message(p, "m", "{\"text\": \"yes\"}");
    assert_string_equal(process_waiting(p), "a");
    assert_string_equal(process_commands(p), "cancel:t do_user:a");
    assert_string_equal(process_get(p, "text"), "\"yes\"");
    process_do(p, late);
    assert_string_equal(process_waiting(p), "a");
    process_free(p);
}

#define EITHER(type)                                                                                         \
    "<eventBasedGateway id=\"g\" instantiate=\"true\" eventGatewayType=\"" type "\"/><receiveTask id=\"r\" " \
    "messageRef=\"m\"/><receiveTask id=\"q\" messageRef=\"n\"/>" USER("a") USER("b") END FLOW("g", "r")      \
        FLOW("g", "q") FLOW("r", "a") FLOW("q", "b") FLOW("a", "e") FLOW("b", "e")

static void a_process_may_begin_with_either_of_two_messages(void **)
{
    for (int both = 0; both < 2; both++) {
        struct process *p = process_of("<message id=\"m\"/><message id=\"n\"/>",
                                       both ? EITHER("Parallel") : EITHER("Exclusive"));

        assert_int_equal(bpmn_starts_on(p->b, -1, false, STR("n")), bpmn_node(p->b, STR("q")));
        process_not(p, process_event(p, BPMN_START, "a"), "bpmn.start");
        process_do(p, process_event(p, BPMN_START, "q"));
        assert_string_equal(process_waiting(p), both ? "r b" : "b");
        process_free(p);
    }
}

/* ---- events ---- */
#define BOUNDARY(rest)                                                                                       \
    START USER("a") "<boundaryEvent id=\"b\" attachedToRef=\"a\" " rest "</boundaryEvent>" USER("c") END     \
        "<endEvent id=\"e2\"/>" FLOW("s", "a") FLOW("a", "e") FLOW("b", "c") FLOW("c", "e2")

static void an_interrupting_timer_calls_the_task_back(void **)
{
    struct process *p =
        process_of("", BOUNDARY("><timerEventDefinition><timeDuration" FE ">PT1H</timeDuration>"
                                "</timerEventDefinition>"));

    process_start(p, NULL);
    assert_string_equal(process_commands(p), "set_timer:b do_user:a");
    process_timer(p, "b");
    assert_string_equal(process_waiting(p), "c");
    assert_string_equal(process_commands(p), "cancel:a cancel:b do_user:c");
    process_free(p);
}

static void a_repeating_timer_rings_as_often_as_it_says(void **)
{
    struct process *p = process_of("", BOUNDARY("cancelActivity=\"false\"><timerEventDefinition><timeCycle" FE
                                                ">R2/PT1H</timeCycle></timerEventDefinition>"));

    process_start(p, NULL);
    process_timer(p, "b");
    assert_string_equal(process_commands(p), "set_timer:b do_user:c");
    process_timer(p, "b");
    assert_string_equal(process_commands(p), "do_user:c");
    assert_string_equal(process_waiting(p), "a c c");
    process_free(p);
}

static void a_timer_may_count_working_days(void **)
{
    struct process *p =
        process_of("", BOUNDARY("><timerEventDefinition t:workingDays=\"true\"><timeDuration" FE
                                ">20</timeDuration></timerEventDefinition>"));

    process_start(p, NULL);
    assert_int_equal(p->commands.list[0].kind, BPMN_SET_TIMER);
    assert_int_equal(p->commands.list[0].timer, BPMN_WORKING_DAYS);
    assert_true(str_eq_c(p->commands.list[0].text, "20"));
    process_free(p);
}

static void a_timer_may_be_reckoned_from_the_case(void **)
{
    struct process *p = process_of("", BOUNDARY("><timerEventDefinition><timeDate" FE ">=due</timeDate>"
                                                "</timerEventDefinition>"));
    struct bpmn_event start = process_event(p, BPMN_START, NULL);

    process_not(p, start, "bpmn.expression");
    process_start(p, "{\"due\": \"2027-03-01T09:00:00\"}");
    assert_int_equal(p->commands.list[0].timer, BPMN_DATE);
    assert_true(str_eq_c(p->commands.list[0].text, "2027-03-01T09:00:00"));
    process_free(p);
}

static void an_error_is_caught_by_who_names_it_before_who_takes_all(void **)
{
    struct process *p = process_of(
        "<error id=\"E1\" errorCode=\"lost\"/>",
        START USER(
            "a") "<boundaryEvent id=\"any\" attachedToRef=\"a\"><errorEventDefinition/></boundaryEvent>"
                 "<boundaryEvent id=\"one\" attachedToRef=\"a\"><errorEventDefinition errorRef=\"E1\"/>"
                 "</boundaryEvent>" USER("b") USER("c") END FLOW("s", "a") FLOW("a", "e") FLOW("any", "b")
                     FLOW("one", "c") FLOW("b", "e") FLOW("c", "e"));
    struct bpmn_event raise;

    process_start(p, NULL);
    raise = process_event(p, BPMN_RAISE, NULL);
    raise.token = process_token(p, "a", 0);
    raise.name = STR("lost");
    process_do(p, raise);
    assert_string_equal(process_waiting(p), "c");
    process_free(p);
}

static void an_error_nobody_catches_ends_the_case(void **)
{
    struct process *p =
        process_of("", START "<parallelGateway id=\"f\"/>" USER("a") USER("b") END FLOW("s", "f")
                           FLOW("f", "a") FLOW("f", "b") FLOW("a", "e") FLOW("b", "e"));
    struct bpmn_event raise;

    process_start(p, NULL);
    raise = process_event(p, BPMN_RAISE, NULL);
    raise.token = process_token(p, "a", 0);
    raise.name = STR("boom");
    process_do(p, raise);
    assert_string_equal(process_status(p), "ended_by_error");
    assert_string_equal(process_commands(p), "cancel:a cancel:b end");
    assert_true(str_eq_c(p->state.code, "boom"));
    process_free(p);
}

static void a_condition_fires_when_it_becomes_true_and_once(void **)
{
    struct process *p =
        process_of("", BOUNDARY("cancelActivity=\"false\"><conditionalEventDefinition><condition" FE
                                ">n > 2</condition></conditionalEventDefinition>"));
    struct bpmn_event set;

    process_start(p, "{\"n\": 1}");
    set = process_event(p, BPMN_SET, NULL);
    set.variables = json_parse(p->arena, STR("{\"n\": 3}"), 0, &p->e);
    process_do(p, set);
    assert_string_equal(process_waiting(p), "a c");
    process_do(p, set);
    assert_string_equal(process_waiting(p), "a c");
    set.variables = json_parse(p->arena, STR("{\"n\": 0}"), 0, &p->e);
    process_do(p, set);
    set.variables = json_parse(p->arena, STR("{\"n\": 9}"), 0, &p->e);
    process_do(p, set);
    assert_string_equal(process_waiting(p), "a c c");
    process_free(p);
}

static void all_events_of_a_parallel_multiple_event_must_happen(void **)
{
    struct process *p =
        process_of("<message id=\"m\"/><message id=\"n\"/>",
                   START "<intermediateCatchEvent id=\"i\" parallelMultiple=\"true\">"
                         "<messageEventDefinition messageRef=\"m\"/><messageEventDefinition "
                         "messageRef=\"n\"/></intermediateCatchEvent>" END FLOW("s", "i") FLOW("i", "e"));

    process_start(p, NULL);
    process_message(p, "n", NULL);
    assert_string_equal(process_waiting(p), "i");
    process_message(p, "n", NULL);
    assert_string_equal(process_waiting(p), "i");
    process_message(p, "m", NULL);
    assert_string_equal(process_status(p), "completed");
    process_free(p);
}

static void a_terminate_end_ends_its_sub_process_only(void **)
{
    struct process *p = process_of(
        "",
        START "<subProcess id=\"sub\"><startEvent id=\"s1\"/><parallelGateway id=\"f\"/>" USER("a")
            USER("b") "<endEvent id=\"e1\"/><endEvent id=\"x\"><terminateEventDefinition/></endEvent>" FLOW(
                "s1", "f") FLOW("f", "a") FLOW("f", "b") FLOW("a", "e1")
                FLOW("b", "x") "</subProcess>" USER("c") END FLOW("s", "sub") FLOW("sub", "c")
                    FLOW("c", "e"));

    process_start(p, NULL);
    process_finish(p, "b", NULL);
    assert_string_equal(process_waiting(p), "c");
    process_free(p);
}

/* ---- loops ---- */
static void a_loop_goes_round_while_its_condition_holds(void **)
{
    struct process *p = process_of(
        "", START "<userTask id=\"a\"><standardLoopCharacteristics testBefore=\"true\"><loopCondition" FE
                  ">n &lt; 2</loopCondition></standardLoopCharacteristics></userTask>" END FLOW("s", "a")
                      FLOW("a", "e"));

    process_start(p, "{\"n\": 0}");
    process_finish(p, "a", "{\"n\": 1}");
    assert_string_equal(process_waiting(p), "a");
    process_finish(p, "a", "{\"n\": 2}");
    assert_string_equal(process_status(p), "completed");
    process_free(p);
}

#define SIGNED(attributes, completion)                                                                       \
    START "<userTask id=\"a\"><ioSpecification><dataInput id=\"people\"/><dataOutput id=\"votes\"/>"         \
          "<inputSet><dataInputRefs>people</dataInputRefs></inputSet><outputSet>"                            \
          "<dataOutputRefs>votes</dataOutputRefs></outputSet></ioSpecification>"                             \
          "<multiInstanceLoopCharacteristics " attributes "><loopDataInputRef>people</loopDataInputRef>"     \
          "<loopDataOutputRef>votes</loopDataOutputRef><inputDataItem id=\"person\"/>"                       \
          "<outputDataItem id=\"vote\"/>" completion                                                         \
          "</multiInstanceLoopCharacteristics></userTask>" USER("b") END FLOW("s", "a") FLOW("a", "b")       \
              FLOW("b", "e")

static void everybody_in_a_list_signs_and_the_votes_come_together(void **)
{
    struct process *p = process_of("", SIGNED("", ""));
    struct bpmn_event second;

    process_start(p, "{\"people\": [\"x\", \"y\", \"z\"], \"vote\": \"mine\"}");
    assert_string_equal(process_waiting(p), "a a a");
    second = process_event(p, BPMN_FINISH, NULL);
    second.token = process_token(p, "a", 1);
    second.variables = json_parse(p->arena, STR("{\"vote\": \"no\"}"), 0, &p->e);
    assert_true(str_eq_c(json_text(bpmn_get(&p->state, second.token, STR("person"))), "y"));
    process_do(p, second);
    process_finish(p, "a", "{\"vote\": \"yes\"}");
    process_finish(p, "a", "{\"vote\": \"yes\"}");
    assert_string_equal(process_waiting(p), "b");
    assert_string_equal(process_get(p, "votes"), "[\"yes\",\"no\",\"yes\"]");
    assert_string_equal(process_get(p, "vote"), "\"mine\"");
    process_free(p);
}

static void one_after_the_other_means_one_at_a_time(void **)
{
    struct process *p = process_of("", SIGNED("isSequential=\"true\"", ""));

    process_start(p, "{\"people\": [\"x\", \"y\"]}");
    assert_string_equal(process_waiting(p), "a");
    process_finish(p, "a", "{\"vote\": 1}");
    assert_string_equal(process_waiting(p), "a");
    process_finish(p, "a", "{\"vote\": 2}");
    assert_string_equal(process_get(p, "votes"), "[1,2]");
    process_free(p);
}

static void two_of_three_signatures_are_enough_where_the_model_says_so(void **)
{
    struct process *p = process_of(
        "", SIGNED("", "<completionCondition" FE ">count(votes[item = \"yes\"]) >= 2</completionCondition>"));

    process_start(p, "{\"people\": [\"x\", \"y\", \"z\"]}");
    process_finish(p, "a", "{\"vote\": \"yes\"}");
    assert_string_equal(process_waiting(p), "a a");
    process_finish(p, "a", "{\"vote\": \"yes\"}");
    assert_string_equal(process_waiting(p), "b");
    assert_string_equal(process_commands(p), "cancel:a do_user:b");
    process_free(p);
}

static void nobody_to_sign_is_signed_at_once(void **)
{
    struct process *p = process_of("", SIGNED("", ""));

    process_start(p, "{\"people\": []}");
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

/* ---- calls, scripts, data ---- */
static void a_called_process_sees_what_it_is_given_and_gives_back_what_is_mapped(void **)
{
    struct process *p = process_of(
        "<process id=\"q\" isExecutable=\"true\"><ioSpecification><dataInput id=\"in\" "
        "name=\"in\"/><dataOutput "
        "id=\"out\" name=\"out\"/><inputSet><dataInputRefs>in</dataInputRefs></inputSet><outputSet>"
        "<dataOutputRefs>out</dataOutputRefs></outputSet></ioSpecification><startEvent id=\"qs\"/>" USER(
            "qa") "<endEvent id=\"qe\"/>" FLOW("qs", "qa") FLOW("qa", "qe") "</process>",
        START
        "<dataObject id=\"given\"/><dataObjectReference id=\"rg\" dataObjectRef=\"given\"/>"
        "<dataObject id=\"got\"/><dataObjectReference id=\"ro\" dataObjectRef=\"got\"/>"
        "<callActivity id=\"c\" calledElement=\"q\"><ioSpecification><dataInput id=\"ci\" name=\"in\"/>"
        "<dataOutput id=\"co\" "
        "name=\"out\"/><inputSet><dataInputRefs>ci</dataInputRefs></inputSet><outputSet>"
        "<dataOutputRefs>co</dataOutputRefs></outputSet></ioSpecification><dataInputAssociation>"
        "<sourceRef>rg</sourceRef><targetRef>ci</targetRef></dataInputAssociation><dataOutputAssociation>"
        "<sourceRef>co</sourceRef><targetRef>ro</targetRef></dataOutputAssociation></callActivity>" USER("b")
            END FLOW("s", "c") FLOW("c", "b") FLOW("b", "e"));

    process_start(p, "{\"given\": 7, \"secret\": 1}");
    assert_string_equal(process_waiting(p), "qa");
    assert_null(bpmn_get(&p->state, process_token(p, "qa", 0), STR("secret")));
    assert_non_null(bpmn_get(&p->state, process_token(p, "qa", 0), STR("in")));
    process_finish(p, "qa", "{\"out\": 8, \"own\": 9}");
    assert_string_equal(process_waiting(p), "b");
    assert_string_equal(process_get(p, "got"), "8");
    assert_string_equal(process_get(p, "own"), "");
    process_free(p);
}

static void a_process_that_calls_itself_without_end_is_refused(void **)
{
    struct process *p = process_of("", START "<callActivity id=\"c\" calledElement=\"p\"/>" END FLOW("s", "c")
                                           FLOW("c", "e"));

    process_not(p, process_event(p, BPMN_START, NULL), "bpmn.endless");
    process_free(p);
}

static void a_script_in_feel_sets_variables(void **)
{
    struct process *p =
        process_of("", START "<scriptTask id=\"a\" scriptFormat=\"FEEL\"><script>{sum: x + 1, twice: "
                             "sum * 2}</script></scriptTask>" USER("b") END FLOW("s", "a") FLOW("a", "b")
                                 FLOW("b", "e"));

    process_start(p, "{\"x\": 4}");
    assert_string_equal(process_get(p, "sum"), "5");
    assert_string_equal(process_get(p, "twice"), "10");
    process_free(p);
}

static void a_value_too_deep_to_be_read_again_is_refused(void **)
{
    struct process *p = process_of("", START USER("a") END FLOW("s", "a") FLOW("a", "e"));
    struct bpmn_event start = process_event(p, BPMN_START, "p");
    struct json *outer = json_object(p->arena), *deep = json_set_array(p->arena, outer, "deep");

    for (int i = 0; i < 60; i++) {
        struct json *inner = json_array(p->arena);
        json_add(deep, inner);
        deep = inner;
    }
    start.variables = outer;
    process_not(p, start, "bpmn.expression");
    assert_string_equal(p->e.arg, "deep");
    process_free(p);
}

/* ---- compensation ---- */
#define UNDOABLE(id)                                                                                         \
    USER(id)                                                                                                 \
    "<boundaryEvent id=\"b" id "\" attachedToRef=\"" id "\"><compensateEventDefinition/></boundaryEvent>"    \
    "<userTask id=\"u" id "\" isForCompensation=\"true\"/><association id=\"as" id "\" sourceRef=\"b" id     \
    "\" targetRef=\"u" id "\"/>"

static void what_was_done_is_undone_in_reverse(void **)
{
    struct process *p =
        process_of("", START UNDOABLE("a")
                           UNDOABLE("b") "<intermediateThrowEvent id=\"t\"><compensateEventDefinition/>"
                                         "</intermediateThrowEvent>" USER("c") END FLOW("s", "a")
                                             FLOW("a", "b") FLOW("b", "t") FLOW("t", "c") FLOW("c", "e"));

    process_start(p, NULL);
    process_finish(p, "a", NULL);
    process_finish(p, "b", NULL);
    assert_string_equal(process_waiting(p), "ub");
    process_finish(p, "ub", NULL);
    assert_string_equal(process_waiting(p), "ua");
    process_finish(p, "ua", NULL);
    assert_string_equal(process_waiting(p), "c");
    process_free(p);
}

static void a_cancelled_transaction_undoes_and_leaves_by_its_boundary(void **)
{
    struct process *p = process_of(
        "", START "<transaction id=\"tx\"><startEvent id=\"s1\"/>" UNDOABLE("a")
                USER("b") "<endEvent id=\"e1\">"
                          "<cancelEventDefinition/></endEvent>" FLOW("s1", "a") FLOW("a", "b")
                              FLOW("b", "e1") "</transaction><boundaryEvent id=\"bc\" "
                                              "attachedToRef=\"tx\"><cancelEventDefinition/>"
                                              "</boundaryEvent>" USER("after") END
        "<endEvent id=\"e2\"/>" FLOW("s", "tx") FLOW("tx", "e") FLOW("bc", "after") FLOW("after", "e2"));

    process_start(p, NULL);
    process_finish(p, "a", NULL);
    process_finish(p, "b", NULL);
    assert_string_equal(process_waiting(p), "ua");
    process_finish(p, "ua", NULL);
    assert_string_equal(process_waiting(p), "after");
    process_finish(p, "after", NULL);
    assert_string_equal(process_status(p), "completed");
    process_free(p);
}

/* ---- ad hoc ---- */
static void an_ad_hoc_part_goes_on_until_its_condition_holds(void **)
{
    struct process *p =
        process_of("", START "<adHocSubProcess id=\"h\">" USER("a")
                           USER("b") "<completionCondition" FE
                                     ">enough</completionCondition></adHocSubProcess>" USER("c")
                                         END FLOW("s", "h") FLOW("h", "c") FLOW("c", "e"));
    struct bpmn_event again;

    process_start(p, "{\"enough\": false}");
    assert_string_equal(process_waiting(p), "a b");
    process_finish(p, "a", NULL);
    process_finish(p, "b", NULL);
    assert_string_equal(process_status(p), "running");
    again = process_event(p, BPMN_AD_HOC_DO, "a");
    for (size_t i = 0; i < p->state.count; i++)
        if (p->state.tokens[i].node == bpmn_node(p->b, STR("h"))) again.token = p->state.tokens[i].id;
    process_do(p, again);
    process_do(p, again);
    assert_string_equal(process_waiting(p), "a a");
    process_finish(p, "a", "{\"enough\": true}");
    assert_string_equal(process_waiting(p), "c");
    process_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_waits_until_it_is_done),
        cmocka_unit_test(what_comes_late_changes_nothing),
        cmocka_unit_test(a_step_without_an_id_survives_its_state),
        cmocka_unit_test(a_lane_is_the_role_of_its_tasks),
        cmocka_unit_test(a_loop_without_a_wait_is_refused_and_nothing_changes),
        cmocka_unit_test(a_process_that_is_only_drawn_does_not_run),
        cmocka_unit_test(an_exclusive_gateway_goes_one_way),
        cmocka_unit_test(a_gateway_no_condition_of_which_holds_refuses_the_step),
        cmocka_unit_test(a_parallel_join_waits_for_every_branch),
        cmocka_unit_test(an_inclusive_join_waits_for_what_can_still_come),
        cmocka_unit_test(a_complex_gateway_fires_at_its_condition_and_swallows_the_rest),
        cmocka_unit_test(the_first_event_behind_an_event_gateway_is_the_only_one),
        cmocka_unit_test(a_process_may_begin_with_either_of_two_messages),
        cmocka_unit_test(an_interrupting_timer_calls_the_task_back),
        cmocka_unit_test(a_repeating_timer_rings_as_often_as_it_says),
        cmocka_unit_test(a_timer_may_count_working_days),
        cmocka_unit_test(a_timer_may_be_reckoned_from_the_case),
        cmocka_unit_test(an_error_is_caught_by_who_names_it_before_who_takes_all),
        cmocka_unit_test(an_error_nobody_catches_ends_the_case),
        cmocka_unit_test(a_condition_fires_when_it_becomes_true_and_once),
        cmocka_unit_test(all_events_of_a_parallel_multiple_event_must_happen),
        cmocka_unit_test(a_terminate_end_ends_its_sub_process_only),
        cmocka_unit_test(a_loop_goes_round_while_its_condition_holds),
        cmocka_unit_test(everybody_in_a_list_signs_and_the_votes_come_together),
        cmocka_unit_test(one_after_the_other_means_one_at_a_time),
        cmocka_unit_test(two_of_three_signatures_are_enough_where_the_model_says_so),
        cmocka_unit_test(nobody_to_sign_is_signed_at_once),
        cmocka_unit_test(a_called_process_sees_what_it_is_given_and_gives_back_what_is_mapped),
        cmocka_unit_test(a_process_that_calls_itself_without_end_is_refused),
        cmocka_unit_test(a_script_in_feel_sets_variables),
        cmocka_unit_test(a_value_too_deep_to_be_read_again_is_refused),
        cmocka_unit_test(what_was_done_is_undone_in_reverse),
        cmocka_unit_test(a_cancelled_transaction_undoes_and_leaves_by_its_boundary),
        cmocka_unit_test(an_ad_hoc_part_goes_on_until_its_condition_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
