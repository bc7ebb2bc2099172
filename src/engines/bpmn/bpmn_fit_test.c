/* What an instance needs another definition to have: one test for each kind of lack, and for what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "testing/process.h"

#define START          "<startEvent id=\"s\"/>"
#define END            "<endEvent id=\"e\"/>"
#define USER(id)       "<userTask id=\"" id "\"/>"
#define FLOW(from, to) "<sequenceFlow id=\"" from "-" to "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define ROW(middle)    START USER("a") middle END FLOW("s", "a") FLOW("a", "m") FLOW("m", "e")
#define MESSAGES       "<message id=\"m1\" name=\"one\"/><message id=\"m2\" name=\"two\"/>"
#define WHEN(text)                                                                                           \
    "<conditionExpression xsi:type=\"tFormalExpression\">" text "</conditionExpression></sequenceFlow>"
/* a, then by a condition to b or to the end */
#define ASKS(before, text)                                                                                   \
    START before USER("a") "<exclusiveGateway id=\"x\" default=\"x-e\"/>" USER("b") END FLOW("a", "x")       \
        FLOW("x", "e") FLOW("b", "e") "<sequenceFlow id=\"x-b\" sourceRef=\"x\" targetRef=\"b\">" WHEN(text)
#define PLAIN(text)         ASKS("", text) FLOW("s", "a")
#define BROUGHT(task, text) ASKS(task, text) FLOW("s", "k") FLOW("k", "a")

static struct process *started(const char *body)
{
    struct process *p = process_of(MESSAGES, body);

    process_start(p, NULL);
    return p;
}

static struct bpmn_lacks fits(struct process *p, const char *body)
{
    struct bpmn_lacks lacks;
    struct process *to = process_of(MESSAGES, body);

    bpmn_fits(p->arena, p->b, &p->state, to->b, NULL, &lacks);
    for (size_t i = 0; i < lacks.count; i++) { /* they live as long as p */
        lacks.list[i].id = str_dup(p->arena, lacks.list[i].id);
        lacks.list[i].what = str_dup(p->arena, lacks.list[i].what);
        lacks.list[i].name = str_dup(p->arena, lacks.list[i].name);
    }
    process_free(to);
    return lacks;
}

static void has(const struct bpmn_lacks *l, enum bpmn_lack_kind kind, const char *about)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->list[i].kind == kind && (str_eq_c(l->list[i].id, about) || str_eq_c(l->list[i].what, about) ||
                                        str_eq_c(l->list[i].name, about)))
            return;
    fail_msg("nothing of kind %d about %s is said to be missing, of %zu", (int)kind, about, l->count);
}

static void lacks(struct process *p, const char *to, enum bpmn_lack_kind kind, const char *about)
{
    struct bpmn_lacks l = fits(p, to);

    has(&l, kind, about);
    process_free(p);
}

static void lacks_nothing(struct process *p, const char *to)
{
    struct bpmn_lacks l = fits(p, to);

    for (size_t i = 0; i < l.count; i++)
        print_error("kind %d: %.*s %.*s\n", (int)l.list[i].kind, STR_ARG(l.list[i].id),
                    STR_ARG(l.list[i].what));
    assert_int_equal(l.count, 0);
    process_free(p);
}

static struct process *in_the_middle(const char *body)
{
    struct process *p = started(body);

    process_finish(p, "a", NULL);
    return p;
}

static void a_place_that_is_not_there_is_named(void **)
{
    lacks(in_the_middle(ROW(USER("m"))), START USER("a") END FLOW("s", "a") FLOW("a", "e"), BPMN_LACK_NODE,
          "m");
    lacks(in_the_middle(ROW(USER("m"))), ROW("<manualTask id=\"m\"/>"), BPMN_LACK_KIND, "m");
    lacks_nothing(in_the_middle(ROW(USER("m"))), ROW(USER("m") USER("n") FLOW("m", "n") FLOW("n", "e")));
}

#define INSIDE                                                                                               \
    START USER("a") "<subProcess id=\"u\"><startEvent id=\"ps\"/>" USER("m") "<endEvent id=\"pe\"/>" FLOW(   \
        "ps", "m") FLOW("m", "pe") "</subProcess>" END FLOW("s", "a") FLOW("a", "u") FLOW("u", "e")

static void a_place_in_another_part_is_named(void **)
{
    lacks(in_the_middle(ROW(USER("m"))), INSIDE, BPMN_LACK_SCOPE, "m");
    lacks_nothing(in_the_middle(INSIDE), INSIDE);
}

static void a_step_it_may_come_back_to_is_named(void **)
{
    lacks(in_the_middle(ROW(USER("m"))), START USER("m") END FLOW("s", "m") FLOW("m", "e"), BPMN_LACK_PAST,
          "a");
}

#define STEPS(last)                                                                                          \
    START USER("a") USER("m") last END FLOW("s", "a") FLOW("a", "m") FLOW("m", "c") FLOW("c", "e")

static void where_it_goes_on_after_a_return_is_named(void **)
{
    struct process *p = in_the_middle(STEPS(USER("c")));
    struct bpmn_event back = process_event(p, BPMN_SEND_BACK, NULL);

    process_finish(p, "m", NULL);
    back.token = process_token(p, "c", 0);
    back.node = bpmn_node(p->b, STR("a"));
    back.keep = true;
    process_do(p, back);
    lacks(p, STEPS("<manualTask id=\"c\"/>"), BPMN_LACK_BACK, "c");
}

#define BRANCHES(more)                                                                                       \
    START "<parallelGateway id=\"f\"/><parallelGateway id=\"j\"/>" USER("a") USER("b") END FLOW("s", "f")    \
        FLOW("f", "a") FLOW("f", "b") FLOW("b", "j") FLOW("j", "e") more

static void a_way_by_which_a_branch_was_counted_is_named(void **)
{
    lacks(in_the_middle(BRANCHES(FLOW("a", "j"))),
          BRANCHES("<sequenceFlow id=\"other\" sourceRef=\"a\" targetRef=\"j\"/>"), BPMN_LACK_FLOW, "a-j");
    lacks_nothing(in_the_middle(BRANCHES(FLOW("a", "j"))), BRANCHES(FLOW("a", "j")));
}

#define ONE_AFTER_ANOTHER                                                                                    \
    START USER("a") USER("m") USER("d") END FLOW("s", "a") FLOW("a", "m") FLOW("m", "d") FLOW("d", "e")
/* a, then m and n beside each other, then d. */
#define FORKED(split, join, rest)                                                                            \
    START USER("a") split join USER("m") USER("n") USER("d") END FLOW("s", "a") FLOW("a", "f")               \
        FLOW("f", "m") FLOW("f", "n") FLOW("m", "j") FLOW("n", "j") FLOW("j", "d") rest
#define AND(id) "<parallelGateway id=\"" id "\"/>"
#define COUNTS(text)                                                                                         \
    "<complexGateway id=\"j\"><activationCondition xsi:type=\"tFormalExpression\">" text                     \
    "</activationCondition></complexGateway>"
#define ON FLOW("d", "e")
#define AGAIN                                                                                                \
    "<exclusiveGateway id=\"x\" default=\"x-e\"/>" FLOW("d", "x")                                            \
        FLOW("x", "e") "<sequenceFlow id=\"x-b\" sourceRef=\"x\" targetRef=\"a\">" WHEN("1 = 2")

static void a_branch_that_was_never_begun_is_named_where_it_is_waited_for(void **)
{
    lacks(in_the_middle(ONE_AFTER_ANOTHER), FORKED(AND("f"), AND("j"), ON), BPMN_LACK_JOIN, "j");
    /* What only a round through the join would bring comes too late. */
    lacks(in_the_middle(ONE_AFTER_ANOTHER), FORKED(AND("f"), AND("j"), AGAIN), BPMN_LACK_JOIN, "j");
    lacks(in_the_middle(ONE_AFTER_ANOTHER), FORKED(AND("f"), COUNTS("activationCount = 2"), ON),
          BPMN_LACK_JOIN, "j");
}

static struct process *done(struct process *p, const char *step)
{
    process_finish(p, step, NULL);
    return p;
}

static void a_branch_that_can_still_come_is_no_lack(void **)
{
    lacks_nothing(started(ONE_AFTER_ANOTHER), FORKED(AND("f"), AND("j"), AGAIN));
    lacks_nothing(done(in_the_middle(ONE_AFTER_ANOTHER), "m"), FORKED(AND("f"), AND("j"), ON));
    lacks_nothing(in_the_middle(FORKED(AND("f"), AND("j"), ON)), FORKED(AND("f"), AND("j"), AGAIN));
    /* One has come, and waits. */
    lacks_nothing(done(in_the_middle(FORKED(AND("f"), AND("j"), ON)), "m"),
                  FORKED(AND("f"), AND("j"), AGAIN));
    /* These do not wait for what nobody brings. */
    lacks_nothing(in_the_middle(ONE_AFTER_ANOTHER),
                  FORKED("<inclusiveGateway id=\"f\"/>", "<inclusiveGateway id=\"j\"/>", ON));
    lacks_nothing(in_the_middle(ONE_AFTER_ANOTHER), FORKED(AND("f"), COUNTS("activationCount = 1"), ON));
}

/* Who moves from one into the same loses nothing that was not lost already. */
static void a_case_that_waits_in_vain_already_moves(void **)
{
    const char *vain = FORKED("<exclusiveGateway id=\"f\" default=\"f-n\"/>", AND("j"), ON);

    lacks_nothing(done(in_the_middle(vain), "m"), vain);
}

/* In a sub-process the tokens of that turn count, and of no other. */
#define PART(inside)                                                                                         \
    START USER("a") "<subProcess id=\"u\"><startEvent id=\"ps\"/>" inside                                    \
                    "<endEvent id=\"pe\"/></subProcess>" END FLOW("s", "a") FLOW("a", "u") FLOW("u", "e")

static void a_branch_of_a_part_is_named_too(void **)
{
    lacks(in_the_middle(PART(USER("m") FLOW("ps", "m") FLOW("m", "pe"))),
          PART(AND("f") AND("j") USER("m") USER("n") FLOW("ps", "f") FLOW("f", "m") FLOW("f", "n")
                   FLOW("m", "j") FLOW("n", "j") FLOW("j", "pe")),
          BPMN_LACK_JOIN, "j");
}

#define CATCH(what) ROW("<intermediateCatchEvent id=\"m\">" what "</intermediateCatchEvent>")
#define TIMER(text)                                                                                          \
    "<timerEventDefinition><timeDuration xsi:type=\"tFormalExpression\">" text                               \
    "</timeDuration></timerEventDefinition>"
#define MESSAGE(id) "<messageEventDefinition messageRef=\"" id "\"/>"
#define LATE(what)                                                                                           \
    ROW(USER("m") "<boundaryEvent id=\"t\" attachedToRef=\"m\">" what "</boundaryEvent>" USER("l")           \
            FLOW("t", "l") FLOW("l", "e"))

static void a_running_timer_that_nothing_waits_for_is_named(void **)
{
    lacks(in_the_middle(CATCH(TIMER("PT1H"))), CATCH(MESSAGE("m1")), BPMN_LACK_TIMER, "m");
    lacks(in_the_middle(LATE(TIMER("PT1H"))), LATE(MESSAGE("m1")), BPMN_LACK_TIMER, "t");
    lacks(in_the_middle(LATE(TIMER("PT1H"))), ROW(USER("m")), BPMN_LACK_NODE, "t");
    lacks_nothing(in_the_middle(LATE(TIMER("PT1H"))), LATE(TIMER("PT2H")));
}

static void an_event_that_is_waited_for_is_named(void **)
{
    lacks(in_the_middle(CATCH(MESSAGE("m1"))), CATCH(MESSAGE("m2")), BPMN_LACK_EVENT, "m");
    lacks_nothing(in_the_middle(CATCH(MESSAGE("m1"))), CATCH(MESSAGE("m1")));
}

#define SEVERAL(how, n)                                                                                      \
    ROW("<userTask id=\"m\"><multiInstanceLoopCharacteristics " how "><loopCardinality "                     \
        "xsi:type=\"tFormalExpression\">" n                                                                  \
        "</loopCardinality></multiInstanceLoopCharacteristics></userTask>")

static void turns_that_are_counted_otherwise_are_named(void **)
{
    lacks(in_the_middle(SEVERAL("", "3")), ROW(USER("m")), BPMN_LACK_LOOP, "m");
    lacks(in_the_middle(SEVERAL("", "3")), SEVERAL("isSequential=\"true\"", "3"), BPMN_LACK_LOOP, "m");
    lacks(in_the_middle(ROW(USER("m"))), SEVERAL("", "3"), BPMN_LACK_LOOP, "m");
    lacks_nothing(in_the_middle(SEVERAL("", "3")), SEVERAL("", "2"));
}

#define SERVICE(topic) ROW("<serviceTask id=\"m\" xmlns:t=\"urn:t\" t:topic=\"" topic "\"/>")
#define ASKED(whom)    ROW("<userTask id=\"m\" xmlns:t=\"urn:t\" t:department=\"" whom "\"/>")

static void a_task_that_a_system_has_is_named(void **)
{
    lacks(in_the_middle(SERVICE("tax")), SERVICE("fire"), BPMN_LACK_TASK, "m");
    lacks_nothing(in_the_middle(SERVICE("tax")), SERVICE("tax"));
}

static void a_department_that_was_asked_is_named(void **)
{
    lacks(in_the_middle(ASKED("fire")), ASKED("tax"), BPMN_LACK_ASKED, "m");
    lacks_nothing(in_the_middle(ASKED("fire")), ASKED("fire"));
}

#define RULE(model) ROW("<businessRuleTask id=\"m\" xmlns:t=\"urn:t\" t:decisionRef=\"" model "\"/>")

static void a_decision_that_was_asked_for_is_named(void **)
{
    lacks(in_the_middle(RULE("grade")), RULE("risk"), BPMN_LACK_RULE, "m");
    lacks_nothing(in_the_middle(RULE("grade")), RULE("grade"));
    lacks_nothing(started(RULE("grade")), RULE("risk"));
}

#define WHOLE ROW("<userTask id=\"m\" xmlns:t=\"urn:t\" t:whole=\"true\"/>")

static void what_is_owed_is_named_where_nothing_waits_for_it(void **)
{
    for (int whole = 0; whole < 2; whole++) {
        struct process *p = started(WHOLE);
        struct bpmn_event owe = process_event(p, BPMN_OWE, NULL);

        owe.token = process_token(p, "a", 0);
        owe.name = STR("plan");
        owe.until = INT64_MAX;
        process_do(p, owe);
        if (whole)
            lacks_nothing(p, WHOLE);
        else
            lacks(p, ROW(USER("m")), BPMN_LACK_OWED, "plan");
    }
}

#define CHECK "<serviceTask id=\"k\"/>"
#define SCRIPT(name)                                                                                         \
    "<scriptTask id=\"k\" scriptFormat=\"feel\" xmlns:t=\"urn:t\" t:resultVariable=\"" name                  \
    "\"><script>1</script></scriptTask>"

static void data_that_a_later_condition_reads_is_named(void **)
{
    struct process *p;

    /* What brings it was to come before the place where the case stands. */
    lacks(started(PLAIN("true")), BROUGHT(CHECK, "risk &gt; 3"), BPMN_LACK_DATA, "risk");
    lacks(started(PLAIN("true")), PLAIN("steps.visit.area &gt; 3"), BPMN_LACK_DATA, "steps.visit.area");
    lacks(started(PLAIN("true")), PLAIN("some x in list satisfies x &gt; 3"), BPMN_LACK_DATA, "list");
    /* It is there; or what brings it is still ahead; or nothing of before had it either. */
    p = process_of(MESSAGES, PLAIN("true"));
    process_start(p, "{\"risk\": 4}");
    lacks_nothing(p, BROUGHT(CHECK, "risk &gt; 3"));
    lacks_nothing(started(ROW(USER("m"))),
                  START USER("a") CHECK "<exclusiveGateway id=\"x\" default=\"x-e\"/>" USER("m")
                      END FLOW("s", "a") FLOW("a", "k") FLOW("k", "x") FLOW("x", "e")
                          FLOW("m", "e") "<sequenceFlow id=\"x-m\" sourceRef=\"x\" targetRef=\"m\">" WHEN(
                              "risk &gt; 3"));
    lacks_nothing(started(PLAIN("risk &gt; 3")), PLAIN("risk &gt; 5"));
    lacks_nothing(started(PLAIN("true")), PLAIN("some x in [1, 2] satisfies x &gt; 3"));
}

/* A condition that the case has passed asks nothing of it. */
static void data_that_was_read_before_is_not_asked_for(void **)
{
    struct process *p = started(PLAIN("true"));

    process_finish(p, "a", NULL);
    lacks_nothing(p, PLAIN("risk &gt; 3"));
}

/* ---- steps that are others now ---- */

static struct bpmn_state transferred(struct process *p, const struct bpmn *to,
                                     const struct bpmn_places *places)
{
    struct bpmn_state out = bpmn_new();

    if (!bpmn_transfer(p->arena, p->b, &p->state, to, places, &out, &p->e)) fail_msg("%s", p->e.detail);
    return out;
}

static struct str text_of(struct arena *a, const struct bpmn *b, const struct bpmn_state *s)
{
    return json_to_str(a, bpmn_state_write(a, b, s));
}

/* As it was done before steps could be said to be others: written by the old names, read by the new ones. */
static struct str through_json(struct process *p, const struct bpmn *to)
{
    struct bpmn_state plain = p->state, read;

    plain.tokens = ARENA_ARRAY(p->arena, plain.count + 1, struct bpmn_token);
    for (size_t i = 0; i < plain.count; i++) {
        plain.tokens[i] = p->state.tokens[i];
        if (plain.tokens[i].phase != BPMN_GATHERING && plain.tokens[i].phase != BPMN_RESETTING)
            plain.tokens[i].flow = -1;
    }
    if (!bpmn_state_read(p->arena, to, bpmn_state_write(p->arena, p->b, &plain), &read, &p->e))
        fail_msg("%s", p->e.detail);
    return text_of(p->arena, to, &read);
}

/* Every shape of this file, after none, one and two of its steps: every node said to be itself, and nothing
 * said, give the lacks and the state of today. */
static void every_node_said_to_be_itself_changes_nothing(void **)
{
    static const char *const bodies[] = {ROW(USER("m")),
                                         INSIDE,
                                         STEPS(USER("c")),
                                         BRANCHES(FLOW("a", "j")),
                                         CATCH(TIMER("PT1H")),
                                         CATCH(MESSAGE("m1")),
                                         LATE(TIMER("PT1H")),
                                         SEVERAL("", "3"),
                                         SEVERAL("isSequential=\"true\"", "3"),
                                         SERVICE("tax"),
                                         ASKED("fire"),
                                         WHOLE,
                                         PLAIN("risk &gt; 3")};
    enum { BODIES = sizeof bodies / sizeof bodies[0] };

    for (size_t i = 0; i < BODIES; i++)
        for (size_t k = 0; k < BODIES; k++)
            for (int done = 0; done < 2; done++) {
                struct process *p = started(bodies[i]), *to = process_of(MESSAGES, bodies[k]);
                struct bpmn_places same = {NULL, (size_t)bpmn_node_count(p->b)};
                struct bpmn_place *list = ARENA_ARRAY(p->arena, same.count + 1, struct bpmn_place);
                struct bpmn_lacks plain, said;

                if (done && bpmn_node(p->b, STR("risk")) < 0 && i != BODIES - 1) process_finish(p, "a", NULL);
                for (size_t n = 0; n < same.count; n++)
                    list[n] = (struct bpmn_place){bpmn_node_id(p->b, (int)n), bpmn_node_id(p->b, (int)n)};
                same.list = list;
                bpmn_fits(p->arena, p->b, &p->state, to->b, NULL, &plain);
                bpmn_fits(p->arena, p->b, &p->state, to->b, &same, &said);
                assert_int_equal(plain.count, said.count);
                for (size_t n = 0; n < plain.count; n++)
                    assert_true(plain.list[n].kind == said.list[n].kind &&
                                str_eq(plain.list[n].id, said.list[n].id));
                if (!plain.count) {
                    const struct bpmn_state a = transferred(p, to->b, NULL), b = transferred(p, to->b, &same);
                    struct str before = through_json(p, to->b);

                    assert_true(str_eq(text_of(p->arena, to->b, &a), before));
                    assert_true(str_eq(text_of(p->arena, to->b, &b), before));
                }
                process_free(to);
                process_free(p);
            }
}

#define RENAMED                                                                                              \
    START USER("a2") "<userTask id=\"k\"/>"                                                                  \
                     "<boundaryEvent id=\"t2\" attachedToRef=\"k\">" TIMER("PT1H") "</boundaryEvent>" USER(  \
                         "l") END FLOW("s", "a2") FLOW("a2", "k") FLOW("k", "e") FLOW("t2", "l")             \
                         FLOW("l", "e")

static void a_step_that_is_another_now_takes_what_hangs_on_it_along(void **)
{
    static const struct bpmn_place list[] = {
        {{"m", 1}, {"k", 1}}, {{"t", 1}, {"t2", 2}}, {{"a", 1}, {"a2", 2}}};
    struct process *p = in_the_middle(LATE(TIMER("PT1H"))), *to = process_of(MESSAGES, RENAMED);
    struct bpmn_lacks l;

    for (size_t said = 0; said <= 3; said++) {
        const struct bpmn_places places = {list, said};
        struct bpmn_state out;

        bpmn_fits(p->arena, p->b, &p->state, to->b, &places, &l);
        assert_true((said == 3) == (l.count == 0));
        assert_true(bpmn_transfer(p->arena, p->b, &p->state, to->b, &places, &out, &p->e) == (said == 3));
    }
    const struct bpmn_places places = {list, 3};
    struct bpmn_state out = transferred(p, to->b, &places);
    assert_int_equal(out.count, p->state.count);
    for (size_t i = 0; i < out.count; i++)
        assert_true(out.tokens[i].id == p->state.tokens[i].id); /* what runs for them goes on */
    assert_true(str_eq_c(bpmn_node_id(to->b, out.past[0].node), "a2"));
    to->state = out; /* and it goes on there */
    process_timer(to, "t2");
    assert_string_equal(process_waiting(to), "l");
    process_free(to);
    process_free(p);
}

static void what_cannot_take_a_place_is_not_offered(void **)
{
    static const struct {
        const char *from, *to;
        bool may;
    } rows[] = {
        {ROW(USER("m")), ROW(USER("m")), true},    {ROW(USER("m")), ROW("<manualTask id=\"m\"/>"), false},
        {ROW(USER("m")), INSIDE, false},           {SERVICE("tax"), SERVICE("fire"), false},
        {ASKED("fire"), ASKED("tax"), false},      {SEVERAL("", "3"), SEVERAL("", "2"), true},
        {SEVERAL("", "3"), ROW(USER("m")), false}, {CATCH(MESSAGE("m1")), CATCH(MESSAGE("m2")), false}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct process *p = started(rows[i].from), *to = process_of(MESSAGES, rows[i].to);

        if (bpmn_takes_place(p->arena, p->b, bpmn_node(p->b, STR("m")), to->b, bpmn_node(to->b, STR("m")),
                             NULL) != rows[i].may)
            fail_msg("row %d", (int)i);
        process_free(to);
        process_free(p);
    }
}

/* A branch that waits at the join was counted by its way: the only one between the two is that way now. */
static void a_branch_is_counted_by_the_way_from_where_it_is_now(void **)
{
    struct process *p = in_the_middle(BRANCHES(FLOW("a", "j"))),
                   *to = process_of(MESSAGES,
                                    START "<parallelGateway id=\"f\"/><parallelGateway id=\"j\"/>" USER("a2")
                                        USER("b") END FLOW("s", "f") FLOW("f", "a2") FLOW("f", "b")
                                            FLOW("b", "j") FLOW("j", "e") FLOW("a2", "j"));
    static const struct bpmn_place list[] = {{{"a", 1}, {"a2", 2}}};
    const struct bpmn_places places = {list, 1};
    struct bpmn_lacks l;

    bpmn_fits(p->arena, p->b, &p->state, to->b, &places, &l);
    assert_int_equal(l.count, 0);
    to->state = transferred(p, to->b, &places);
    process_finish(to, "b", NULL);
    assert_string_equal(process_status(to), "completed");
    process_free(to);
    process_free(p);
}

/* a and b are done beside each other: said to be one step, what follows would be done twice. */
static void two_steps_the_case_stands_at_do_not_become_one(void **)
{
    static const struct bpmn_place list[] = {{{"a", 1}, {"b", 1}}};
    const struct bpmn_places places = {list, 1};
    struct process *p = started(BRANCHES(FLOW("a", "j"))), *several = in_the_middle(SEVERAL("", "3")),
                   *to = process_of(MESSAGES, START USER("b") END FLOW("s", "b") FLOW("b", "e"));
    static const struct bpmn_place turns[] = {{{"m", 1}, {"n", 1}}};
    const struct bpmn_places renamed = {turns, 1};
    struct process *other = process_of(
        MESSAGES, START USER("a") "<userTask id=\"n\"><multiInstanceLoopCharacteristics><loopCardinality "
                                  "xsi:type=\"tFormalExpression\">3</loopCardinality>"
                                  "</multiInstanceLoopCharacteristics></userTask>" END FLOW("s", "a")
                                      FLOW("a", "n") FLOW("n", "e"));
    struct bpmn_lacks l;

    bpmn_fits(p->arena, p->b, &p->state, to->b, &places, &l);
    has(&l, BPMN_LACK_ONE, "a");
    assert_int_equal(l.count, 1);
    bpmn_fits(several->arena, several->b, &several->state, other->b, &renamed, &l);
    assert_int_equal(l.count, 0);
    process_free(other);
    process_free(to);
    process_free(several);
    process_free(p);
}

#define OF(role) ROW("<userTask id=\"m\" xmlns:t=\"urn:t\" t:candidateGroups=\"" role "\"/>")

/* Who has it and who may act for them, there. */
static struct bpmn_token *held_there(struct process *p, struct process *to)
{
    to->state = transferred(p, to->b, NULL);
    for (size_t i = 0; i < to->state.count; i++)
        if (str_eq_c(bpmn_node_id(to->b, to->state.tokens[i].node), "m")) return &to->state.tokens[i];
    fail_msg("it does not stand there");
    return NULL;
}

static void who_has_a_task_has_it_no_longer_where_it_is_another_role_s(void **)
{
    struct process *p = in_the_middle(OF("reviewer")), *same = process_of(MESSAGES, OF("reviewer")),
                   *other = process_of(MESSAGES, OF("decider"));
    struct bpmn_event give = process_event(p, BPMN_DELEGATE, NULL);
    const struct bpmn_token *t;

    give.token = process_token(p, "m", 0);
    give.who = STR("li");
    give.to = STR("wu");
    give.from = p->now;
    give.until = p->now + 1000;
    process_do(p, give);
    t = held_there(p, same);
    assert_true(str_eq_c(t->holder, "li") && str_eq_c(t->delegate, "wu"));
    t = held_there(p, other);
    assert_true(!t->holder.len && !t->delegate.len && !t->until && !t->opened);
    other->who = "zhao";
    process_finish(other, "m", NULL);
    assert_string_equal(process_status(other), "completed");
    process_free(other);
    process_free(same);
    process_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_that_is_not_there_is_named),
        cmocka_unit_test(a_place_in_another_part_is_named),
        cmocka_unit_test(a_step_it_may_come_back_to_is_named),
        cmocka_unit_test(where_it_goes_on_after_a_return_is_named),
        cmocka_unit_test(a_way_by_which_a_branch_was_counted_is_named),
        cmocka_unit_test(a_branch_that_was_never_begun_is_named_where_it_is_waited_for),
        cmocka_unit_test(a_branch_that_can_still_come_is_no_lack),
        cmocka_unit_test(a_case_that_waits_in_vain_already_moves),
        cmocka_unit_test(a_branch_of_a_part_is_named_too),
        cmocka_unit_test(a_running_timer_that_nothing_waits_for_is_named),
        cmocka_unit_test(an_event_that_is_waited_for_is_named),
        cmocka_unit_test(turns_that_are_counted_otherwise_are_named),
        cmocka_unit_test(a_task_that_a_system_has_is_named),
        cmocka_unit_test(a_department_that_was_asked_is_named),
        cmocka_unit_test(a_decision_that_was_asked_for_is_named),
        cmocka_unit_test(what_is_owed_is_named_where_nothing_waits_for_it),
        cmocka_unit_test(data_that_a_later_condition_reads_is_named),
        cmocka_unit_test(data_that_was_read_before_is_not_asked_for),
        cmocka_unit_test(every_node_said_to_be_itself_changes_nothing),
        cmocka_unit_test(a_step_that_is_another_now_takes_what_hangs_on_it_along),
        cmocka_unit_test(what_cannot_take_a_place_is_not_offered),
        cmocka_unit_test(a_branch_is_counted_by_the_way_from_where_it_is_now),
        cmocka_unit_test(two_steps_the_case_stands_at_do_not_become_one),
        cmocka_unit_test(who_has_a_task_has_it_no_longer_where_it_is_another_role_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
