#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/course/course.h"
#include "testing/files.h"

/* Steps in a row: "id role acts…; id role acts…". The last one decides. */
#define THREE_STEPS                                                                                          \
    "receive desk accept correct reject;"                                                                    \
    "review reviewer pass send_back special_procedure extension;"                                            \
    "decide decider grant refuse send_back"
#define PROMISED    THREE_STEPS
#define ON_THE_SPOT "!" THREE_STEPS /* a rule is asked first; what it cannot answer goes to the review */

/* A case under test: the state and what the last event asked for. */
struct trial {
    struct arena *arena;
    struct course *course;
    struct course_state s;
    struct course_commands done;
    struct err err;
};

#define GATE(id, ends)                                                                                       \
    "<exclusiveGateway id='" id "' default='" id "-else'/>"                                                  \
    "<sequenceFlow id='" id "-yes' sourceRef='" id "' targetRef='" ends                                      \
    "1'><conditionExpression xsi:type='tFormalExpression'>outcome = \"grant\"</conditionExpression>"         \
    "</sequenceFlow><endEvent id='" ends "1' t:result='granted'/><endEvent id='" ends                        \
    "2' t:result='refused'/>"

static struct str flow(struct arena *a, struct str from, struct str to)
{
    return str_fmt(a, "<sequenceFlow id='%.*s-%.*s' sourceRef='%.*s' targetRef='%.*s'/>", STR_ARG(from),
                   STR_ARG(to), STR_ARG(from), STR_ARG(to));
}

static struct str document(struct arena *a, struct str body)
{
    return str_fmt(a,
                   "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
                   "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:tongban:process' "
                   "id='d' targetNamespace='t'><process id='p' isExecutable='true'>%.*s</process>"
                   "</definitions>",
                   STR_ARG(body));
}

static struct str model(struct arena *a, const char *definition)
{
    struct str rest = str_c(definition), one, from = STR("start"), body = STR("<startEvent id='start'/>");
    bool rule = *definition == '!';
    if (rule) {
        rest = str_slice(rest, 1, rest.len);
        body =
            str_cat(a, body,
                    STR("<businessRuleTask id='rule' t:decisionRef='answer'/>" GATE(
                        "asked", "r") "<sequenceFlow id='asked-no' sourceRef='asked' targetRef='r2'>"
                                      "<conditionExpression xsi:type='tFormalExpression'>outcome = \"refuse\""
                                      "</conditionExpression></sequenceFlow>"
                                      "<sequenceFlow id='asked-else' sourceRef='asked' targetRef='review'/>"
                                      "<sequenceFlow id='start-rule' sourceRef='start' targetRef='rule'/>"
                                      "<sequenceFlow id='rule-asked' sourceRef='rule' targetRef='asked'/>"));
        str_cut(rest, ';', &one);
        rest = str_slice(rest, one.len + 1, rest.len); /* nobody receives: it is accepted already */
        from = STR_EMPTY;
    }
    while (rest.len) {
        struct str id, role, acts;
        rest = str_cut(rest, ';', &one);
        acts = str_cut(one, ' ', &id);
        acts = str_cut(acts, ' ', &role);
        body = str_cat(a, body,
                       str_fmt(a, "<userTask id='%.*s' t:candidateGroups='%.*s' t:acts='%.*s'/>", STR_ARG(id),
                               STR_ARG(role), STR_ARG(acts)));
        if (from.len) body = str_cat(a, body, flow(a, from, id));
        from = id;
    }
    body = str_cat(a, body, flow(a, from, STR("decided")));
    body = str_cat(
        a, body,
        STR(GATE("decided", "e") "<sequenceFlow id='decided-else' sourceRef='decided' targetRef='e2'/>"));
    return document(a, body);
}

static struct course *load(struct arena *a, struct str xml, struct course_faults *faults, struct err *e)
{
    struct bpmn_findings *findings = ARENA_NEW(a, struct bpmn_findings);
    err_clear(e);
    struct course *f = course_load(a, xml, findings, faults, e);
    for (size_t i = 0; i < findings->count; i++)
        print_message("%s %.*s\n", findings->list[i].rule, STR_ARG(findings->list[i].element));
    return f;
}

static struct course *parse(struct arena *a, const char *text, struct err *e)
{
    struct course_faults *faults = ARENA_NEW(a, struct course_faults);
    return load(a, model(a, text), faults, e);
}

static struct trial begin(const char *definition)
{
    struct trial t = {.arena = arena_new(64 << 20), .s = course_start()};
    t.course = parse(t.arena, definition, &t.err);
    if (!t.course) fail_msg("%s: %s %s", t.err.code, t.err.msgid, t.err.arg);
    return t;
}

/* Not by memory: padding is nobody's promise. */
static void assert_same_state(struct trial *t, const struct course_state *x, const struct course_state *y)
{
    struct str one = json_to_str(t->arena, course_state_write(t->arena, t->course, x));
    struct str other = json_to_str(t->arena, course_state_write(t->arena, t->course, y));
    assert_true(str_eq(one, other));
}

static bool happens(struct trial *t, struct course_event event)
{
    err_clear(&t->err);
    return course_next(t->arena, t->course, &t->s, &event, &t->s, &t->done, &t->err);
}

static bool act(struct trial *t, enum course_role role, enum course_act what)
{
    return happens(t, (struct course_event){.kind = COURSE_DO, .act = what, .role = role});
}

static bool event(struct trial *t, enum course_role role, enum course_event_kind kind)
{
    return happens(t, (struct course_event){.kind = kind, .role = role});
}

static bool timer(struct trial *t, enum course_timer which)
{
    return happens(t, (struct course_event){.kind = COURSE_TIMER, .role = COURSE_SYSTEM, .timer = which});
}

static size_t commands_of(const struct trial *t, enum course_command_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < t->done.count; i++)
        n += t->done.list[i].kind == kind;
    return n;
}

static void assert_code(const struct trial *t, const char *code)
{
    assert_non_null(t->err.code);
    assert_string_equal(t->err.code, code);
}

static struct trial begin_accepted(void)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_true(act(&t, COURSE_DESK, COURSE_ACCEPT));
    return t;
}

static void a_case_goes_from_receipt_to_the_licence(void **)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_int_equal(t.s.status, COURSE_SUBMITTED);
    assert_int_equal(course_step_now(t.course, &t.s), 0);
    assert_int_equal(commands_of(&t, COURSE_CLOCK_START), 0);
    assert_true(act(&t, COURSE_DESK, COURSE_ACCEPT));
    assert_int_equal(t.s.status, COURSE_ACCEPTED);
    assert_int_equal(commands_of(&t, COURSE_CLOCK_START), 1);
    assert_false(t.done.list[0].from_receipt);
    assert_int_equal(course_step_now(t.course, &t.s), course_step_find(t.course, STR("review")));
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    assert_int_equal(t.s.status, COURSE_REVIEWING);
    assert_true(act(&t, COURSE_DECIDER, COURSE_GRANT));
    assert_int_equal(t.s.status, COURSE_DECIDED);
    assert_int_equal(t.s.result, COURSE_GRANTED);
    assert_int_equal(commands_of(&t, COURSE_CLOCK_STOP), 1);
    assert_int_equal(commands_of(&t, COURSE_ISSUE_LICENCE), 1);
    assert_true(event(&t, COURSE_SYSTEM, COURSE_DELIVERED));
    assert_int_equal(t.s.status, COURSE_CLOSED);
    assert_int_equal(t.done.list[0].result, COURSE_GRANTED);
    arena_drop(t.arena);
}

static void a_refusal_issues_no_licence(void **)
{
    struct trial t = begin_accepted();
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    assert_true(act(&t, COURSE_DECIDER, COURSE_REFUSE));
    assert_int_equal(t.s.result, COURSE_REFUSED);
    assert_int_equal(commands_of(&t, COURSE_ISSUE_LICENCE), 0);
    arena_drop(t.arena);
}

static void desk_can_never_decide(void **)
{
    struct arena *a = arena_new(1 << 20);
    struct err e;
    static const char *const roles[] = {"desk", "reviewer"}, *const acts[] = {"grant", "refuse"};
    for (size_t r = 0; r < 2; r++)
        for (size_t k = 0; k < 2; k++) {
            struct str text =
                str_fmt(a, "one desk accept;two %s %s pass;last decider grant refuse", roles[r], acts[k]);
            assert_null(parse(a, str_z(a, text), &e));
            assert_string_equal(e.code, "course.model");
            assert_string_equal(e.arg, "two");
        }
    arena_drop(a);

    struct trial t = begin_accepted();
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    for (int role = 0; role < COURSE_ROLE_COUNT; role++) {
        if (role == COURSE_DECIDER) continue;
        assert_false(act(&t, (enum course_role)role, COURSE_GRANT));
        assert_code(&t, "course.role");
        assert_int_equal(t.err.kind, ERR_DENIED);
        assert_false(act(&t, (enum course_role)role, COURSE_REFUSE));
    }
    arena_drop(t.arena);
}

static void correction_is_asked_once(void **)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_true(act(&t, COURSE_DESK, COURSE_CORRECT));
    assert_int_equal(t.s.status, COURSE_CORRECTION);
    assert_int_equal(commands_of(&t, COURSE_ASK_CORRECTION), 1);
    assert_false(act(&t, COURSE_DESK, COURSE_ACCEPT)); /* it lies with the applicant */
    assert_false(event(&t, COURSE_DESK, COURSE_CORRECTION_SUPPLIED));
    assert_true(event(&t, COURSE_APPLICANT, COURSE_CORRECTION_SUPPLIED));
    assert_int_equal(t.s.status, COURSE_SUBMITTED);
    assert_int_equal(course_step_now(t.course, &t.s), 0);
    assert_false(act(&t, COURSE_DESK, COURSE_CORRECT));
    assert_code(&t, "course.corrected");
    assert_true(act(&t, COURSE_DESK, COURSE_ACCEPT));
    arena_drop(t.arena);
}

static void correction_is_not_asked_after_acceptance(void **)
{
    struct trial t = begin_accepted();
    assert_true(act(&t, COURSE_REVIEWER, COURSE_SEND_BACK)); /* the desk has it again */
    assert_false(act(&t, COURSE_DESK, COURSE_CORRECT));
    assert_code(&t, "course.accepted");
    assert_false(act(&t, COURSE_DESK, COURSE_ACCEPT)); /* the clock would start twice */
    assert_false(act(&t, COURSE_DESK, COURSE_REJECT));
    assert_true(act(&t, COURSE_DESK, COURSE_PASS));
    assert_int_equal(commands_of(&t, COURSE_CLOCK_START), 0);
    arena_drop(t.arena);
}

static void silence_after_receipt_accepts(void **)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_int_equal(t.done.list[0].kind, COURSE_SET_TIMER);
    assert_int_equal(t.done.list[0].timer, COURSE_TIMER_NOTICE);
    assert_true(timer(&t, COURSE_TIMER_NOTICE));
    assert_int_equal(t.s.status, COURSE_ACCEPTED);
    assert_int_equal(t.done.list[0].kind, COURSE_CLOCK_START);
    assert_true(t.done.list[0].from_receipt);
    arena_drop(t.arena);
}

static void a_late_timer_changes_nothing(void **)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_true(act(&t, COURSE_DESK, COURSE_CORRECT));
    assert_true(timer(&t, COURSE_TIMER_NOTICE)); /* the notice was given in time */
    assert_int_equal(t.s.status, COURSE_CORRECTION);
    assert_int_equal(t.done.count, 0);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_CORRECTION_SUPPLIED));
    assert_true(timer(&t, COURSE_TIMER_CORRECTION));
    assert_int_equal(t.s.status, COURSE_SUBMITTED);
    assert_true(act(&t, COURSE_DESK, COURSE_REJECT));
    assert_true(timer(&t, COURSE_TIMER_NOTICE));
    assert_int_equal(t.s.status, COURSE_REJECTED);
    assert_int_equal(t.done.count, 0);
    arena_drop(t.arena);
}

static void what_is_never_corrected_is_closed(void **)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_true(act(&t, COURSE_DESK, COURSE_CORRECT));
    assert_true(timer(&t, COURSE_TIMER_CORRECTION));
    assert_int_equal(t.s.status, COURSE_CLOSED);
    assert_int_equal(t.s.result, COURSE_NEVER_CORRECTED);
    arena_drop(t.arena);
}

static void what_is_paused_cannot_be_decided(void **)
{
    struct trial t = begin("receive desk accept;decide decider grant refuse special_procedure");
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_true(act(&t, COURSE_DESK, COURSE_ACCEPT));
    assert_true(act(&t, COURSE_DECIDER, COURSE_SPECIAL));
    assert_int_equal(t.s.status, COURSE_SPECIAL_PROCEDURE);
    assert_int_equal(commands_of(&t, COURSE_CLOCK_PAUSE), 1);
    assert_false(act(&t, COURSE_DECIDER, COURSE_GRANT));
    assert_code(&t, "course.paused");
    assert_false(act(&t, COURSE_DECIDER, COURSE_REFUSE));
    assert_false(act(&t, COURSE_DECIDER, COURSE_SPECIAL));
    assert_false(event(&t, COURSE_DESK, COURSE_SPECIAL_END));
    assert_true(event(&t, COURSE_DECIDER, COURSE_SPECIAL_END));
    assert_int_equal(commands_of(&t, COURSE_CLOCK_RESUME), 1);
    assert_true(act(&t, COURSE_DECIDER, COURSE_GRANT));
    arena_drop(t.arena);
}

static void the_clock_pauses_only_after_acceptance(void **)
{
    struct trial t = begin("receive decider accept special_procedure extension;decide decider grant refuse");
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_false(act(&t, COURSE_DECIDER, COURSE_SPECIAL));
    assert_code(&t, "course.unaccepted");
    assert_false(act(&t, COURSE_DECIDER, COURSE_EXTEND));
    assert_false(act(&t, COURSE_DECIDER, COURSE_GRANT));
    assert_true(act(&t, COURSE_DECIDER, COURSE_ACCEPT));
    assert_int_equal(course_step_now(t.course, &t.s), 1);
    arena_drop(t.arena);
}

static void time_is_extended_once_and_by_a_decider(void **)
{
    struct trial t = begin_accepted();
    assert_false(event(&t, COURSE_DECIDER, COURSE_EXTENSION_GRANTED)); /* nobody asked */
    assert_true(act(&t, COURSE_REVIEWER, COURSE_EXTEND));
    assert_int_equal(commands_of(&t, COURSE_CLOCK_EXTEND), 0);
    assert_false(act(&t, COURSE_REVIEWER, COURSE_EXTEND));
    assert_false(event(&t, COURSE_REVIEWER, COURSE_EXTENSION_GRANTED));
    assert_code(&t, "course.role");
    assert_true(event(&t, COURSE_DECIDER, COURSE_EXTENSION_DENIED));
    assert_true(act(&t, COURSE_REVIEWER, COURSE_EXTEND));
    assert_true(event(&t, COURSE_DECIDER, COURSE_EXTENSION_GRANTED));
    assert_int_equal(commands_of(&t, COURSE_CLOCK_EXTEND), 1);
    assert_false(act(&t, COURSE_REVIEWER, COURSE_EXTEND));
    assert_code(&t, "course.extended");
    assert_false(event(&t, COURSE_DECIDER, COURSE_EXTENSION_GRANTED));
    arena_drop(t.arena);
}

static void sending_back_loses_nothing(void **)
{
    struct trial t = begin_accepted();
    assert_true(act(&t, COURSE_REVIEWER, COURSE_EXTEND));
    assert_true(event(&t, COURSE_DECIDER, COURSE_EXTENSION_GRANTED));
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    int targets[COURSE_STEPS_MAX];
    assert_int_equal(course_targets(t.arena, t.course, &t.s, 0, targets), 2);
    assert_int_equal(targets[0], 1);
    assert_true(act(&t, COURSE_DECIDER, COURSE_SEND_BACK));
    assert_int_equal(course_step_now(t.course, &t.s), 1);
    assert_int_equal(t.s.returns, 1);
    assert_true(t.s.accepted);
    assert_int_equal(t.s.extension, COURSE_EXTENDED);
    assert_int_equal(t.done.count, 1); /* the record; the clock goes on */
    assert_int_equal(t.done.list[0].kind, COURSE_NOTE);
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    struct course_event named = {
        .kind = COURSE_DO, .act = COURSE_SEND_BACK, .role = COURSE_DECIDER, .target = STR("receive")};
    assert_true(happens(&t, named));
    assert_int_equal(course_step_now(t.course, &t.s), 0);
    assert_true(act(&t, COURSE_DESK, COURSE_PASS));
    named.role = COURSE_REVIEWER;
    named.target = STR("decide");
    assert_false(happens(&t, named));
    assert_code(&t, "bpmn.target");
    named.target = STR("nowhere");
    assert_false(happens(&t, named));
    arena_drop(t.arena);
}

static void a_rule_answers_at_once(void **)
{
    struct trial t = begin(ON_THE_SPOT);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_int_equal(t.s.status, COURSE_ACCEPTED);
    assert_int_equal(t.done.list[0].kind, COURSE_CLOCK_START);
    assert_int_equal(t.done.list[1].kind, COURSE_RUN_RULE);
    assert_false(event(&t, COURSE_APPLICANT, COURSE_RULE_ANSWERED));
    assert_true(event(&t, COURSE_SYSTEM, COURSE_RULE_ANSWERED));
    assert_int_equal(t.s.status, COURSE_CLOSED);
    assert_int_equal(commands_of(&t, COURSE_CLOCK_STOP), 1);
    assert_int_equal(commands_of(&t, COURSE_CLOSE), 1);
    assert_false(event(&t, COURSE_SYSTEM, COURSE_RULE_ANSWERED));
    arena_drop(t.arena);
}

static void a_rule_refuses_at_once_and_issues_nothing(void **)
{
    struct trial t = begin(ON_THE_SPOT);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_false(event(&t, COURSE_APPLICANT, COURSE_RULE_REFUSED));
    assert_false(event(&t, COURSE_DECIDER, COURSE_RULE_REFUSED));
    assert_true(event(&t, COURSE_SYSTEM, COURSE_RULE_REFUSED));
    assert_int_equal(t.s.status, COURSE_CLOSED);
    assert_int_equal(t.s.result, COURSE_REFUSED);
    assert_int_equal(commands_of(&t, COURSE_CLOCK_STOP), 1);
    assert_int_equal(commands_of(&t, COURSE_ISSUE_LICENCE), 0);
    assert_false(event(&t, COURSE_SYSTEM, COURSE_RULE_REFUSED));
    arena_drop(t.arena);
}

static void what_a_rule_cannot_answer_goes_to_a_person(void **)
{
    struct trial t = begin(ON_THE_SPOT);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_true(event(&t, COURSE_SYSTEM, COURSE_RULE_UNABLE));
    assert_int_equal(course_step_now(t.course, &t.s), course_step_find(t.course, STR("review")));
    assert_false(event(&t, COURSE_SYSTEM, COURSE_RULE_ANSWERED)); /* too late */
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    assert_true(act(&t, COURSE_DECIDER, COURSE_REFUSE));
    arena_drop(t.arena);
}

static void the_applicant_can_withdraw_until_it_is_decided(void **)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_false(event(&t, COURSE_DESK, COURSE_WITHDRAW));
    assert_true(event(&t, COURSE_APPLICANT, COURSE_WITHDRAW));
    assert_int_equal(t.s.status, COURSE_WITHDRAWN);
    assert_int_equal(commands_of(&t, COURSE_CLOCK_STOP), 0); /* it never ran */
    arena_drop(t.arena);

    t = begin_accepted();
    assert_true(act(&t, COURSE_REVIEWER, COURSE_SPECIAL));
    assert_true(event(&t, COURSE_APPLICANT, COURSE_WITHDRAW));
    assert_int_equal(commands_of(&t, COURSE_CLOCK_STOP), 1);
    arena_drop(t.arena);

    t = begin_accepted();
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    assert_true(act(&t, COURSE_DECIDER, COURSE_GRANT));
    assert_false(event(&t, COURSE_APPLICANT, COURSE_WITHDRAW));
    arena_drop(t.arena);
}

static void models_that_lead_nowhere_are_refused(void **)
{
    static const char *const wrong[] = {
        "a desk accept",                                             /* nobody decides */
        "a decider grant refuse",                                    /* nobody accepts */
        "a desk accept;b decider grant",                             /* nobody could refuse */
        "a desk accept;b cook pass;c decider grant refuse",          /* nobody's role */
        "a desk accept;b decider fly;c decider grant refuse",        /* no act */
        "a desk accept;b decider grant refuse pass",                 /* decided by passing on */
        "a decider accept grant refuse",                             /* decided by accepting */
        "a desk accept;b decider grant refuse correct",              /* corrected when it is accepted */
        "a desk accept;b reviewer send_back;c decider grant refuse", /* does not lead on */
        "a desk ;b decider grant refuse",                            /* nothing to do */
    };
    struct arena *a = arena_new(16 << 20);
    struct err e;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (parse(a, wrong[i], &e)) fail_msg("%s", wrong[i]);
        assert_string_equal(e.code, "course.model");
    }
    arena_drop(a);
}

static void a_model_decides_nothing_behind_the_back_of_who_decides(void **)
{
    static const struct {
        const char *body, *msgid;
    } wrong[] = {
        /* time decides */
        {"<startEvent id='s'/><userTask id='a' t:candidateGroups='desk' t:acts='accept'/>"
         "<userTask id='b' t:candidateGroups='decider' t:acts='grant refuse'/>"
         "<boundaryEvent id='t' attachedToRef='b'><timerEventDefinition><timeDuration "
         "xsi:type='tFormalExpression'>P1D</timeDuration></timerEventDefinition></boundaryEvent>"
         "<endEvent id='e' t:result='granted'/><endEvent id='f' t:result='granted'/>"
         "<sequenceFlow id='1' sourceRef='s' targetRef='a'/><sequenceFlow id='2' sourceRef='a' "
         "targetRef='b'/>"
         "<sequenceFlow id='3' sourceRef='b' targetRef='e'/><sequenceFlow id='4' sourceRef='t' "
         "targetRef='f'/>",
         "The end %{arg} can be reached without a decision."},
        /* an end that says nothing */
        {"<startEvent id='s'/><userTask id='a' t:candidateGroups='desk' t:acts='accept'/>"
         "<userTask id='b' t:candidateGroups='decider' t:acts='grant refuse'/><endEvent id='e'/>"
         "<sequenceFlow id='1' sourceRef='s' targetRef='a'/><sequenceFlow id='2' sourceRef='a' "
         "targetRef='b'/>"
         "<sequenceFlow id='3' sourceRef='b' targetRef='e'/>",
         "The end %{arg} does not say how the case is decided."},
        /* work that nobody can take */
        {"<startEvent id='s'/><userTask id='a' t:candidateGroups='desk' t:acts='accept'/>"
         "<serviceTask id='x'/>"
         "<userTask id='b' t:candidateGroups='decider' t:acts='grant refuse'/>"
         "<endEvent id='e' t:result='granted'/>"
         "<sequenceFlow id='1' sourceRef='s' targetRef='a'/><sequenceFlow id='2' sourceRef='a' "
         "targetRef='x'/>"
         "<sequenceFlow id='3' sourceRef='x' targetRef='b'/><sequenceFlow id='4' sourceRef='b' "
         "targetRef='e'/>",
         "The service %{arg} names no topic (of at most 80 bytes) by which a system takes it."},
    };
    struct arena *a = arena_new(16 << 20);
    struct err e;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct course_faults *faults = ARENA_NEW(a, struct course_faults);
        assert_null(load(a, document(a, str_c(wrong[i].body)), faults, &e));
        assert_string_equal(faults->list[0].msgid, wrong[i].msgid);
    }
    arena_drop(a);
}

static void granting_never_leads_to_a_refusal(void **)
{
    struct trial t = begin(PROMISED);
    struct str xml = model(t.arena, PROMISED);
    size_t at = str_find(xml, STR("outcome = \"grant\""));
    struct str turned = str_fmt(t.arena, "%.*soutcome = \"refuse\"%.*s", (int)at, xml.ptr,
                                (int)(xml.len - at - 17), xml.ptr + at + 17);
    struct course_faults *faults = ARENA_NEW(t.arena, struct course_faults);
    t.course = load(t.arena, turned, faults, &t.err);
    assert_non_null(t.course);
    assert_true(event(&t, COURSE_APPLICANT, COURSE_SUBMIT));
    assert_true(act(&t, COURSE_DESK, COURSE_ACCEPT));
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    assert_false(act(&t, COURSE_DECIDER, COURSE_GRANT));
    assert_code(&t, "course.undecided");
    arena_drop(t.arena);
}

static void a_state_survives_being_written(void **)
{
    struct trial t = begin_accepted();
    assert_true(act(&t, COURSE_REVIEWER, COURSE_SPECIAL));
    struct json *json = course_state_write(t.arena, t.course, &t.s);
    struct course_state back;
    assert_true(course_state_read(t.arena, t.course, json, &back, &t.err));
    assert_same_state(&t, &back, &t.s);
    json_set_c(t.arena, json, "result", "elsewhere");
    assert_false(course_state_read(t.arena, t.course, json, &back, &t.err));
    assert_int_equal(t.err.kind, ERR_FAULT);
    arena_drop(t.arena);
}

/* ---- states of before there were processes ---- */

static struct trial older(const char *definition, const char *text)
{
    struct trial t = begin(definition);
    const struct json *json = json_parse(t.arena, str_c(text), JSON_STRICT, &t.err);
    assert_non_null(json);
    if (!course_state_read(t.arena, t.course, json, &t.s, &t.err)) fail_msg("%s", t.err.detail);
    return t;
}

#define OLDER(status, step, resume, furthest)                                                                \
    "{\"status\":\"" status "\",\"step\":" step ",\"resume\":" resume ",\"furthest\":" furthest              \
    ",\"returns\":1,\"corrections\":0,\"accepted\":true,\"extension\":\"none\",\"result\":\"open\"}"

static void a_case_of_before_goes_on_where_it_stood(void **)
{
    struct trial t = older(PROMISED, OLDER("reviewing", "\"review\"", "null", "\"decide\""));
    assert_int_equal(course_step_now(t.course, &t.s), 1);
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    assert_true(act(&t, COURSE_DECIDER, COURSE_GRANT));
    assert_int_equal(t.s.status, COURSE_DECIDED);
    arena_drop(t.arena);

    t = older(PROMISED, OLDER("special_procedure", "null", "\"review\"", "\"review\""));
    assert_false(act(&t, COURSE_REVIEWER, COURSE_PASS));
    assert_true(event(&t, COURSE_REVIEWER, COURSE_SPECIAL_END));
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS));
    arena_drop(t.arena);

    t = older(ON_THE_SPOT, OLDER("reviewing", "\"decide\"", "null", "\"decide\""));
    assert_true(act(&t, COURSE_DECIDER, COURSE_REFUSE));
    arena_drop(t.arena);

    t = older(ON_THE_SPOT, OLDER("reviewing", "\"receive\"", "null", "\"decide\""));
    assert_true(act(&t, COURSE_REVIEWER, COURSE_PASS)); /* the desk has no step here: the first one */
    arena_drop(t.arena);

    t = older(PROMISED, OLDER("closed", "null", "null", "\"decide\""));
    assert_true(course_ended(&t.s));
    arena_drop(t.arena);
}

/* ---- random histories ---- */

static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

enum clock { UNSTARTED, RUNNING, PAUSED, STOPPED };

static void follow_clock(enum clock *clock, const struct course_commands *c)
{
    for (size_t i = 0; i < c->count; i++)
        switch (c->list[i].kind) {
        case COURSE_CLOCK_START:
            assert_int_equal(*clock, UNSTARTED);
            *clock = RUNNING;
            break;
        case COURSE_CLOCK_PAUSE:
            assert_int_equal(*clock, RUNNING);
            *clock = PAUSED;
            break;
        case COURSE_CLOCK_RESUME:
            assert_int_equal(*clock, PAUSED);
            *clock = RUNNING;
            break;
        case COURSE_CLOCK_STOP:
            assert_true(*clock == RUNNING || *clock == PAUSED);
            *clock = STOPPED;
            break;
        case COURSE_CLOCK_EXTEND:
            assert_true(*clock == RUNNING || *clock == PAUSED);
            break;
        default:
            break;
        }
}

static void assert_listed_is_what_works(struct trial *t)
{
    struct course_choice list[COURSE_CHOICES_MAX];
    size_t n = course_acts(t->arena, t->course, &t->s, 0, list);
    for (int a = 0; a < COURSE_ACT_COUNT; a++)
        for (int role = 0; role < COURSE_ROLE_COUNT; role++) {
            bool listed = false;
            for (size_t i = 0; i < n; i++)
                listed = listed ||
                         (list[i].kind == COURSE_DO && (int)list[i].act == a && (int)list[i].role == role);
            struct course_state s;
            struct course_commands c;
            struct course_event ev = {
                .kind = COURSE_DO, .act = (enum course_act)a, .role = (enum course_role)role};
            err_clear(&t->err);
            assert_int_equal(course_next(t->arena, t->course, &t->s, &ev, &s, &c, &t->err), listed);
        }
}

static void any_history_keeps_the_promises(void **)
{
    static const char *const definitions[] = {PROMISED, ON_THE_SPOT};
    static const char *const targets[] = {"", "", "receive", "review", "decide", "nowhere"};
    static const char *const people[] = {"", "7", "8"};
    uint64_t seed = 0x9E3779B97F4A7C15u;
    size_t decided = 0, paused = 0;
    for (int round = 0; round < 1000; round++) {
        struct trial t = begin(definitions[round % 2]);
        enum clock clock = UNSTARTED;
        int corrections = 0, extensions = 0, closings = 0;
        for (int i = 0; i < 60; i++) {
            struct course_event ev = {.kind =
                                          (enum course_event_kind)(random_next(&seed) % COURSE_EVENT_COUNT),
                                      .act = (enum course_act)(random_next(&seed) % COURSE_ACT_COUNT),
                                      .role = (enum course_role)(random_next(&seed) % COURSE_ROLE_COUNT),
                                      .timer = (enum course_timer)(random_next(&seed) % COURSE_TIMER_COUNT),
                                      .target = str_c(targets[random_next(&seed) % 6])};
            struct course_choice list[COURSE_CHOICES_MAX];
            size_t possible = course_acts(t.arena, t.course, &t.s, 0, list);
            /* Half of the events make sense, or histories would seldom leave the desk. */
            if (possible && random_next(&seed) % 2) {
                struct course_choice c = list[random_next(&seed) % possible];
                ev.kind = c.kind, ev.act = c.act, ev.role = c.role;
            }
            ev.operation = (enum bpmn_event_kind)(BPMN_WITHDRAW + random_next(&seed) % 15);
            ev.token = 1 + (int64_t)(random_next(&seed) % 12);
            ev.who = str_c(people[random_next(&seed) % 3]);
            ev.to = str_c(people[random_next(&seed) % 3]);
            ev.until = (int64_t)(random_next(&seed) % 2);
            ev.name = STR("x");
            if (possible && list[0].token && ev.kind != COURSE_PROCESS_TIMER) ev.token = 0;
            if (ev.kind == COURSE_WITHDRAW && random_next(&seed) % 8) ev.kind = COURSE_DO;
            bool ended = course_ended(&t.s);
            struct course_state before = t.s;
            if (!happens(&t, ev)) {
                assert_same_state(&t, &before, &t.s);
                assert_non_null(t.err.msgid);
                continue;
            }
            if (ended) {
                assert_true(ev.kind == COURSE_TIMER || ev.kind == COURSE_PROCESS_TIMER);
                assert_int_equal(t.done.count, 0);
            }
            assert_true((unsigned)t.s.status < COURSE_STATUS_COUNT);
            follow_clock(&clock, &t.done);
            corrections += (int)commands_of(&t, COURSE_ASK_CORRECTION);
            extensions += (int)commands_of(&t, COURSE_CLOCK_EXTEND);
            closings += (int)commands_of(&t, COURSE_CLOSE);
            assert_true(corrections <= 1 && extensions <= 1);
            assert_int_equal(closings, course_ended(&t.s));
            assert_int_equal(clock == PAUSED, t.s.status == COURSE_SPECIAL_PROCEDURE);
            assert_int_equal(clock != UNSTARTED, t.s.accepted);
            if (t.s.status == COURSE_DECIDED && before.status != COURSE_DECIDED) {
                assert_int_equal(ev.role, COURSE_DECIDER);
                assert_int_equal(clock, STOPPED);
                decided++;
            }
            paused += t.s.status == COURSE_SPECIAL_PROCEDURE;
            if (round % 20 == 0) assert_listed_is_what_works(&t);
        }
        arena_drop(t.arena);
    }
    assert_true(decided > 50 && paused > 50); /* the histories went far enough to mean something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_goes_from_receipt_to_the_licence),
        cmocka_unit_test(a_refusal_issues_no_licence),
        cmocka_unit_test(desk_can_never_decide),
        cmocka_unit_test(correction_is_asked_once),
        cmocka_unit_test(correction_is_not_asked_after_acceptance),
        cmocka_unit_test(silence_after_receipt_accepts),
        cmocka_unit_test(a_late_timer_changes_nothing),
        cmocka_unit_test(what_is_never_corrected_is_closed),
        cmocka_unit_test(what_is_paused_cannot_be_decided),
        cmocka_unit_test(the_clock_pauses_only_after_acceptance),
        cmocka_unit_test(time_is_extended_once_and_by_a_decider),
        cmocka_unit_test(sending_back_loses_nothing),
        cmocka_unit_test(a_rule_answers_at_once),
        cmocka_unit_test(a_rule_refuses_at_once_and_issues_nothing),
        cmocka_unit_test(what_a_rule_cannot_answer_goes_to_a_person),
        cmocka_unit_test(the_applicant_can_withdraw_until_it_is_decided),
        cmocka_unit_test(models_that_lead_nowhere_are_refused),
        cmocka_unit_test(a_model_decides_nothing_behind_the_back_of_who_decides),
        cmocka_unit_test(granting_never_leads_to_a_refusal),
        cmocka_unit_test(a_case_of_before_goes_on_where_it_stood),
        cmocka_unit_test(a_state_survives_being_written),
        cmocka_unit_test(any_history_keeps_the_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
