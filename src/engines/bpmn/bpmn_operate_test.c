#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "testing/process.h"

#define START          "<startEvent id=\"s\"/>"
#define END            "<endEvent id=\"e\"/>"
#define USER(id)       "<userTask id=\"" id "\"/>"
#define FLOW(from, to) "<sequenceFlow id=\"" from "-" to "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"

#define THREE                                                                                                \
    START USER("a") USER("b") USER("c") END FLOW("s", "a") FLOW("a", "b") FLOW("b", "c") FLOW("c", "e")
#define BRANCHES                                                                                             \
    START USER("a") "<parallelGateway id=\"f\"/><parallelGateway id=\"j\"/>" USER("b1") USER("b2")           \
        USER("c1") USER("d") END FLOW("s", "a") FLOW("a", "f") FLOW("f", "b1") FLOW("f", "c1")               \
            FLOW("b1", "b2") FLOW("b2", "j") FLOW("c1", "j") FLOW("j", "d") FLOW("d", "e")

static struct process *started(const char *body)
{
    struct process *p = process_of("", body);

    process_start(p, NULL);
    return p;
}

static struct bpmn_event on(struct process *p, enum bpmn_event_kind kind, const char *node)
{
    struct bpmn_event event = process_event(p, kind, NULL);

    event.token = process_token(p, node, 0);
    return event;
}

static struct bpmn_event back_to(struct process *p, const char *from, const char *to)
{
    struct bpmn_event event = on(p, BPMN_SEND_BACK, from);

    event.node = to ? bpmn_node(p->b, str_c(to)) : -1;
    return event;
}

static void as(struct process *p, const char *who)
{
    p->who = who;
}

/* ---- 退回 ---- */
static void a_case_goes_back_to_the_step_before(void **)
{
    struct process *p = started(THREE);

    process_finish(p, "a", NULL);
    process_finish(p, "b", NULL);
    process_do(p, back_to(p, "c", NULL));
    assert_string_equal(process_waiting(p), "b");
    assert_string_equal(process_commands(p), "tell:c cancel:c do_user:b");
    process_finish(p, "b", NULL);
    assert_string_equal(process_waiting(p), "c");
    process_free(p);
}

static void a_case_goes_back_to_any_earlier_step_and_runs_the_middle_again(void **)
{
    struct process *p = started(THREE);

    process_finish(p, "a", NULL);
    process_finish(p, "b", NULL);
    process_do(p, back_to(p, "c", "a"));
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void a_case_can_return_straight_to_who_sent_it_back(void **)
{
    struct process *p = started(THREE);
    struct bpmn_event back;

    process_finish(p, "a", NULL);
    process_finish(p, "b", NULL);
    back = back_to(p, "c", "a");
    back.keep = true;
    process_do(p, back);
    assert_string_equal(process_waiting(p), "a");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "c");
    process_free(p);
}

static void a_case_cannot_be_sent_forward_or_to_a_step_never_done(void **)
{
    struct process *p = started(THREE);

    process_not(p, back_to(p, "a", NULL), "bpmn.target");
    process_not(p, back_to(p, "a", "b"), "bpmn.target");
    process_not(p, back_to(p, "a", "a"), "bpmn.target");
    process_free(p);
}

static void sending_back_in_one_branch_leaves_the_other_alone(void **)
{
    struct process *p = started(BRANCHES);

    process_finish(p, "a", NULL);
    process_finish(p, "c1", NULL);
    process_finish(p, "b1", NULL);
    process_do(p, back_to(p, "b2", "b1"));
    assert_string_equal(process_waiting(p), "j b1");
    process_finish(p, "b1", NULL);
    process_finish(p, "b2", NULL);
    assert_string_equal(process_waiting(p), "d");
    process_free(p);
}

static void what_is_sent_back_into_one_branch_returns_to_who_sent_it(void **)
{
    struct process *p = started(BRANCHES);

    process_finish(p, "a", NULL);
    process_finish(p, "c1", NULL);
    process_finish(p, "b1", NULL);
    process_finish(p, "b2", NULL);
    process_do(p, back_to(p, "d", "b2"));
    assert_string_equal(process_waiting(p), "b2");
    process_finish(p, "b2", NULL);
    assert_string_equal(process_waiting(p), "d");
    process_free(p);
}

static void sending_back_before_the_split_calls_every_branch_back(void **)
{
    struct process *p = started(BRANCHES);

    process_finish(p, "a", NULL);
    process_finish(p, "c1", NULL);
    process_do(p, back_to(p, "b1", "a"));
    assert_string_equal(process_waiting(p), "a");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b1 c1");
    process_free(p);
}

/* ---- 撤回 ---- */
static void a_step_is_withdrawn_while_nobody_has_opened_what_came_after(void **)
{
    struct process *p = started(THREE);

    as(p, "li");
    process_finish(p, "a", NULL);
    process_do(p, process_event(p, BPMN_WITHDRAW, NULL));
    assert_string_equal(process_waiting(p), "a");
    process_finish(p, "a", NULL);
    as(p, "wang");
    process_not(p, process_event(p, BPMN_WITHDRAW, NULL), "bpmn.target");
    process_do(p, on(p, BPMN_OPEN, "b"));
    as(p, "li");
    process_not(p, process_event(p, BPMN_WITHDRAW, NULL), "bpmn.opened");
    process_free(p);
}

#define SIGNED_BY(how)                                                                                       \
    START USER("a") "<userTask id=\"b\"><multiInstanceLoopCharacteristics" how "><loopCardinality "          \
                    "xsi:type=\"tFormalExpression\">2</loopCardinality>"                                     \
                    "</multiInstanceLoopCharacteristics></userTask>" USER("c") END FLOW("s", "a")            \
                        FLOW("a", "b") FLOW("b", "c") FLOW("c", "e")
#define IN_A_PART                                                                                            \
    START USER("a") "<subProcess id=\"part\"><startEvent id=\"ps\"/>" USER("b") USER("b2") FLOW("ps", "b")   \
        FLOW("b", "b2") "<endEvent id=\"pe\"/>" FLOW("b2", "pe") "</subProcess>" USER("c")                   \
            END FLOW("s", "a") FLOW("a", "part") FLOW("part", "c") FLOW("c", "e")

static void what_several_are_to_sign_is_withdrawn_while_nobody_has_touched_it(void **)
{
    static const char *const bodies[] = {SIGNED_BY(""), SIGNED_BY(" isSequential=\"true\""), IN_A_PART};

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct process *p = started(bodies[i]);

        as(p, "li");
        process_finish(p, "a", NULL);
        process_do(p, process_event(p, BPMN_WITHDRAW, NULL));
        assert_string_equal(process_waiting(p), "a");
        process_finish(p, "a", NULL);
        as(p, "wang");
        process_do(p, on(p, BPMN_OPEN, "b"));
        as(p, "li");
        process_not(p, process_event(p, BPMN_WITHDRAW, NULL), "bpmn.opened");
        as(p, "wang");
        process_finish(p, "b", NULL);
        as(p, "li");
        process_not(p, process_event(p, BPMN_WITHDRAW, NULL), "bpmn.target");
        process_free(p);
    }
}

static void what_a_delegate_takes_back_is_the_holders_again(void **)
{
    struct process *p = started(THREE);
    struct bpmn_event delegate;

    as(p, "li");
    process_do(p, on(p, BPMN_OPEN, "a"));
    delegate = on(p, BPMN_DELEGATE, "a");
    delegate.to = STR("wang");
    delegate.from = delegate.now;
    delegate.until = delegate.now + 1000;
    process_do(p, delegate);
    as(p, "wang");
    process_finish(p, "a", NULL);
    process_do(p, process_event(p, BPMN_WITHDRAW, NULL));
    const struct bpmn_token *a = bpmn_find(&p->state, process_token(p, "a", 0));
    assert_true(str_eq_c(a->holder, "li"));
    assert_true(str_eq_c(a->delegate, "wang"));
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void what_several_have_signed_is_not_withdrawn_by_one_of_them(void **)
{
    struct process *p = started(SIGNED_BY(""));

    process_finish(p, "a", NULL);
    as(p, "li");
    process_finish(p, "b", NULL);
    as(p, "wang");
    process_finish(p, "b", NULL);
    assert_string_equal(process_waiting(p), "c");
    process_not(p, process_event(p, BPMN_WITHDRAW, NULL), "bpmn.target");
    process_free(p);
}

static void a_step_others_have_built_on_is_not_withdrawn(void **)
{
    struct process *p = started(BRANCHES);

    as(p, "li");
    process_finish(p, "a", NULL);
    as(p, "wang");
    process_finish(p, "c1", NULL);
    as(p, "li");
    process_not(p, process_event(p, BPMN_WITHDRAW, NULL), "bpmn.target");
    process_finish(p, "b1", NULL);
    process_do(p, process_event(p, BPMN_WITHDRAW, NULL));
    assert_string_equal(process_waiting(p), "j b1");
    process_finish(p, "b1", NULL);
    process_finish(p, "b2", NULL); /* the join took the work of both */
    process_not(p, process_event(p, BPMN_WITHDRAW, NULL), "bpmn.opened");
    process_free(p);
}

/* ---- who has it ---- */
static void who_holds_a_task_does_it(void **)
{
    struct process *p = started(THREE);

    as(p, "li");
    process_do(p, on(p, BPMN_OPEN, "a"));
    as(p, "wang");
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.right");
    assert_int_equal(p->e.kind, ERR_DENIED);
    as(p, "li");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void a_task_handed_over_is_the_other_ones(void **)
{
    struct process *p = started(THREE);
    struct bpmn_event over;

    as(p, "li");
    process_do(p, on(p, BPMN_OPEN, "a"));
    over = on(p, BPMN_HAND_OVER, "a");
    process_not(p, over, "bpmn.target");
    over.to = STR("wang");
    process_do(p, over);
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.right");
    as(p, "wang");
    process_finish(p, "a", NULL);
    process_free(p);
}

static void a_delegate_acts_in_the_agreed_time_only_and_does_not_pass_it_on(void **)
{
    struct process *p = started(THREE);
    struct bpmn_event give, over;

    as(p, "li");
    p->now = 1000;
    give = on(p, BPMN_DELEGATE, "a");
    give.to = STR("wang");
    give.from = 2000;
    give.until = 500;
    process_not(p, give, "bpmn.target");
    give.until = 3000;
    process_do(p, give);
    as(p, "wang");
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.right");
    p->now = 3000;
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.right");
    p->now = 2000;
    over = on(p, BPMN_HAND_OVER, "a");
    over.to = STR("zhao");
    process_not(p, over, "bpmn.right");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void a_task_is_urged_by_others_and_counted(void **)
{
    struct process *p = started(THREE);

    as(p, "li");
    process_do(p, on(p, BPMN_OPEN, "a"));
    process_not(p, on(p, BPMN_URGE, "a"), "bpmn.target");
    as(p, "zhou");
    process_do(p, on(p, BPMN_URGE, "a"));
    process_do(p, on(p, BPMN_URGE, "a"));
    assert_int_equal(bpmn_find(&p->state, process_token(p, "a", 0))->urged, 2);
    assert_string_equal(process_commands(p), "tell:a");
    process_free(p);
}

/* ---- 加签, 减签 ---- */
static struct bpmn_event signer(struct process *p, const char *to, bool after)
{
    struct bpmn_event event = on(p, BPMN_ADD_SIGN, "a");

    event.to = str_c(to);
    event.after = after;
    return event;
}

static void who_signs_before_is_asked_first(void **)
{
    struct process *p = started(THREE);

    as(p, "li");
    process_do(p, on(p, BPMN_OPEN, "a"));
    process_do(p, signer(p, "wang", false));
    assert_string_equal(process_commands(p), "tell:a cancel:a do_user:a");
    assert_true(str_eq_c(p->commands.list[2].who, "wang"));
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.right"); /* it is not yet li's turn */
    as(p, "wang");
    process_finish(p, "a", "{\"opinion\": \"fine\"}");
    assert_string_equal(process_commands(p), "do_user:a");
    assert_string_equal(process_get(p, "opinion"), "\"fine\"");
    as(p, "li");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void who_signs_after_is_asked_when_the_holder_is_done(void **)
{
    struct process *p = started(THREE);

    as(p, "li");
    process_do(p, on(p, BPMN_OPEN, "a"));
    process_do(p, signer(p, "wang", true));
    process_do(p, signer(p, "zhao", true));
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "a");
    as(p, "wang");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "a");
    as(p, "zhao");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void who_was_asked_besides_can_be_let_off(void **)
{
    struct process *p = started(THREE);

    as(p, "li");
    process_do(p, on(p, BPMN_OPEN, "a"));
    process_not(p, on(p, BPMN_DROP_SIGN, "a"), "bpmn.token");
    process_do(p, signer(p, "wang", false));
    as(p, "wang");
    process_not(p, on(p, BPMN_DROP_SIGN, "a"), "bpmn.right");
    as(p, "li");
    process_do(p, on(p, BPMN_DROP_SIGN, "a"));
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

/* The number of the task at "a" that is not the first of them. */
static struct bpmn_event later_signer(struct process *p)
{
    struct bpmn_event e = on(p, BPMN_DROP_SIGN, "a");
    for (size_t i = 0; i < p->state.count; i++)
        if (p->state.tokens[i].host) e.token = p->state.tokens[i].id;
    return e;
}

static void who_was_to_sign_after_can_be_let_off_before_and_when_the_holder_is_done(void **)
{
    for (int done = 0; done < 2; done++) {
        struct process *p = started(THREE);

        as(p, "li");
        process_do(p, on(p, BPMN_OPEN, "a"));
        process_do(p, signer(p, "wang", true));
        if (done) process_finish(p, "a", NULL);
        assert_string_equal(process_waiting(p), "a");
        process_do(p, later_signer(p));
        if (!done) process_finish(p, "a", NULL);
        assert_string_equal(process_waiting(p), "b");
        process_free(p);
    }
}

#define TOGETHER(completion)                                                                                 \
    START "<userTask id=\"a\"><multiInstanceLoopCharacteristics><loopCardinality "                           \
          "xsi:type=\"tFormalExpression\">2</loopCardinality>" completion                                    \
          "</multiInstanceLoopCharacteristics></userTask>" USER("b") END FLOW("s", "a") FLOW("a", "b")       \
              FLOW("b", "e")

static void one_more_signs_beside_the_others(void **)
{
    struct process *p = started(TOGETHER(""));

    process_do(p, signer(p, "zhao", false));
    assert_string_equal(process_waiting(p), "a a a");
    process_finish(p, "a", NULL);
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "a");
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.right");
    as(p, "zhao");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void so_many_signatures_are_of_so_many_people(void **)
{
    struct process *p = started(TOGETHER(""));

    as(p, "li");
    process_finish(p, "a", NULL);
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.signed");
    process_not(p, on(p, BPMN_OPEN, "a"), "bpmn.signed"); /* would keep the others from it */
    assert_string_equal(process_waiting(p), "a");
    as(p, "wang");
    static const enum bpmn_event_kind names[] = {BPMN_HAND_OVER, BPMN_DELEGATE, BPMN_ADD_SIGN};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct bpmn_event event = on(p, names[i], "a");
        event.to = STR("li");
        event.until = INT64_MAX;
        process_not(p, event, "bpmn.signed");
    }
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void whom_a_delegate_signed_for_has_signed(void **)
{
    struct process *p = started(TOGETHER(""));

    as(p, "li");
    process_do(p, on(p, BPMN_OPEN, "a"));
    struct bpmn_event event = on(p, BPMN_DELEGATE, "a");
    event.to = STR("wang");
    event.from = 0;
    event.until = INT64_MAX;
    process_do(p, event);
    as(p, "wang");
    process_finish(p, "a", NULL);
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.signed");
    as(p, "li");
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.signed");
    as(p, "zhao");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void one_fewer_signs_but_never_nobody(void **)
{
    struct process *p = started(TOGETHER(""));

    process_do(p, on(p, BPMN_DROP_SIGN, "a"));
    process_not(p, on(p, BPMN_DROP_SIGN, "a"), "bpmn.target");
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void the_last_one_let_off_completes_what_the_others_signed(void **)
{
    struct process *p = started(TOGETHER(""));

    process_finish(p, "a", NULL);
    process_do(p, on(p, BPMN_DROP_SIGN, "a"));
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void any_one_of_them_is_enough_where_the_model_says_so(void **)
{
    struct process *p = started(TOGETHER("<completionCondition xsi:type=\"tFormalExpression\">"
                                         "numberOfCompletedInstances >= 1</completionCondition>"));

    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

/* ---- 挂起, 恢复 ---- */
static void a_suspended_case_stands_still_until_it_is_resumed(void **)
{
    struct process *p = started(THREE);

    process_not(p, process_event(p, BPMN_RESUME, NULL), "bpmn.suspended");
    process_do(p, process_event(p, BPMN_SUSPEND, NULL));
    process_not(p, on(p, BPMN_FINISH, "a"), "bpmn.suspended");
    process_not(p, process_event(p, BPMN_SUSPEND, NULL), "bpmn.suspended");
    process_do(p, process_event(p, BPMN_RESUME, NULL));
    process_finish(p, "a", NULL);
    assert_string_equal(process_waiting(p), "b");
    process_free(p);
}

static void a_case_is_stopped_even_while_it_is_suspended(void **)
{
    struct process *p = started(THREE);

    process_do(p, process_event(p, BPMN_SUSPEND, NULL));
    process_do(p, process_event(p, BPMN_STOP, NULL));
    assert_string_equal(process_status(p), "terminated");
    process_free(p);
}

/* ---- 容缺受理, 告知承诺 ---- */
static struct bpmn_event about(struct process *p, enum bpmn_event_kind kind, const char *node,
                               const char *what)
{
    struct bpmn_event event = process_event(p, kind, NULL);

    if (node) event.token = process_token(p, node, 0);
    event.name = str_c(what);
    event.until = p->now + 1000;
    return event;
}

static void a_decision_waits_for_what_is_owed(void **)
{
    struct process *p = started(START USER("a") "<userTask id=\"b\" t:whole=\"true\"/>" END FLOW("s", "a")
                                    FLOW("a", "b") FLOW("b", "e"));
    struct bpmn_event late = about(p, BPMN_OWE, "a", "map");

    late.until = 0;
    process_not(p, late, "bpmn.target");
    process_do(p, about(p, BPMN_OWE, "a", "map"));
    process_not(p, about(p, BPMN_OWE, "a", "map"), "bpmn.target");
    assert_int_equal(p->commands.list[0].until, 1000);
    process_finish(p, "a", NULL);
    process_not(p, on(p, BPMN_FINISH, "b"), "bpmn.owed");
    process_not(p, about(p, BPMN_SUPPLY, NULL, "plan"), "bpmn.target");
    process_do(p, about(p, BPMN_SUPPLY, NULL, "map"));
    process_finish(p, "b", NULL);
    assert_string_equal(process_status(p), "completed");
    process_free(p);
}

static void a_case_stays_open_until_its_promise_is_verified(void **)
{
    struct process *p = started(THREE);
    struct bpmn_event kept;

    process_do(p, about(p, BPMN_PROMISE, "a", "no debts"));
    process_finish(p, "a", NULL);
    process_finish(p, "b", NULL);
    process_finish(p, "c", NULL);
    assert_string_equal(process_status(p), "running");
    kept = about(p, BPMN_VERIFY, NULL, "no debts");
    kept.keep = true;
    process_do(p, kept);
    assert_string_equal(process_commands(p), "tell end");
    assert_string_equal(process_status(p), "completed");
    process_free(p);
}

static void a_broken_promise_goes_to_who_deals_with_it(void **)
{
    struct process *p = process_of(
        "<escalation id=\"x\" escalationCode=\"promise_broken\"/>", THREE
        "<subProcess id=\"ev\" triggeredByEvent=\"true\"><startEvent id=\"es\" isInterrupting=\"false\">"
        "<escalationEventDefinition escalationRef=\"x\"/></startEvent>" USER(
            "revoke") "<endEvent id=\"ee\"/>" FLOW("es", "revoke") FLOW("revoke", "ee") "</subProcess>");

    process_start(p, NULL);
    process_do(p, about(p, BPMN_PROMISE, "a", "no debts"));
    process_do(p, about(p, BPMN_VERIFY, NULL, "no debts"));
    assert_string_equal(process_waiting(p), "a revoke");
    process_free(p);

    p = started(THREE);
    process_do(p, about(p, BPMN_PROMISE, "a", "no debts"));
    process_do(p, about(p, BPMN_VERIFY, NULL, "no debts"));
    assert_string_equal(process_commands(p), "tell tell_escalation");
    process_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_goes_back_to_the_step_before),
        cmocka_unit_test(a_case_goes_back_to_any_earlier_step_and_runs_the_middle_again),
        cmocka_unit_test(a_case_can_return_straight_to_who_sent_it_back),
        cmocka_unit_test(a_case_cannot_be_sent_forward_or_to_a_step_never_done),
        cmocka_unit_test(sending_back_in_one_branch_leaves_the_other_alone),
        cmocka_unit_test(what_is_sent_back_into_one_branch_returns_to_who_sent_it),
        cmocka_unit_test(sending_back_before_the_split_calls_every_branch_back),
        cmocka_unit_test(a_step_is_withdrawn_while_nobody_has_opened_what_came_after),
        cmocka_unit_test(what_several_are_to_sign_is_withdrawn_while_nobody_has_touched_it),
        cmocka_unit_test(what_a_delegate_takes_back_is_the_holders_again),
        cmocka_unit_test(what_several_have_signed_is_not_withdrawn_by_one_of_them),
        cmocka_unit_test(a_step_others_have_built_on_is_not_withdrawn),
        cmocka_unit_test(who_holds_a_task_does_it),
        cmocka_unit_test(a_task_handed_over_is_the_other_ones),
        cmocka_unit_test(a_delegate_acts_in_the_agreed_time_only_and_does_not_pass_it_on),
        cmocka_unit_test(a_task_is_urged_by_others_and_counted),
        cmocka_unit_test(who_signs_before_is_asked_first),
        cmocka_unit_test(who_signs_after_is_asked_when_the_holder_is_done),
        cmocka_unit_test(who_was_asked_besides_can_be_let_off),
        cmocka_unit_test(who_was_to_sign_after_can_be_let_off_before_and_when_the_holder_is_done),
        cmocka_unit_test(one_more_signs_beside_the_others),
        cmocka_unit_test(so_many_signatures_are_of_so_many_people),
        cmocka_unit_test(whom_a_delegate_signed_for_has_signed),
        cmocka_unit_test(one_fewer_signs_but_never_nobody),
        cmocka_unit_test(the_last_one_let_off_completes_what_the_others_signed),
        cmocka_unit_test(any_one_of_them_is_enough_where_the_model_says_so),
        cmocka_unit_test(a_decision_waits_for_what_is_owed),
        cmocka_unit_test(a_case_stays_open_until_its_promise_is_verified),
        cmocka_unit_test(a_broken_promise_goes_to_who_deals_with_it),
        cmocka_unit_test(a_suspended_case_stands_still_until_it_is_resumed),
        cmocka_unit_test(a_case_is_stopped_even_while_it_is_suspended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
