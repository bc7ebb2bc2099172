#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/flow/flow.h"
#include "testing/files.h"

#define THREE_STEPS                                                                                          \
    "\"steps\":[{\"id\":\"receive\",\"name\":\"受理\",\"en\":\"Acceptance\",\"role\":\"desk\","            \
    "\"acts\":[\"accept\",\"correct\",\"reject\"]},"                                                         \
    "{\"id\":\"review\",\"name\":\"审查\",\"en\":\"Review\",\"role\":\"reviewer\","                        \
    "\"acts\":[\"pass\",\"send_back\",\"special_procedure\",\"extension\"]},"                                \
    "{\"id\":\"decide\",\"name\":\"决定\",\"en\":\"Decision\",\"role\":\"decider\","                       \
    "\"acts\":[\"grant\",\"refuse\",\"send_back\"]}]"
#define PROMISED    "{\"kind\":\"promised\",\"rule\":null," THREE_STEPS "}"
#define ON_THE_SPOT "{\"kind\":\"on_the_spot\",\"rule\":\"exam-result\"," THREE_STEPS "}"

/* A case under test: the state and what the last event asked for. */
struct trial {
    struct arena *arena;
    struct flow *flow;
    struct flow_state s;
    struct flow_commands done;
    struct err err;
};

static struct flow *parse(struct arena *a, const char *text, struct err *e)
{
    err_clear(e);
    struct json *json = json_parse(a, str_c(text), JSON_STRICT, e);
    assert_non_null(json);
    return flow_parse(a, json, e);
}

static struct trial begin(const char *definition)
{
    struct trial t = {.arena = arena_new(1 << 20), .s = flow_start()};
    t.flow = parse(t.arena, definition, &t.err);
    assert_non_null(t.flow);
    return t;
}

/* Not by memory: padding is nobody's promise. */
static void assert_same_state(struct trial *t, const struct flow_state *x, const struct flow_state *y)
{
    struct str one = json_to_str(t->arena, flow_state_write(t->arena, t->flow, x));
    struct str other = json_to_str(t->arena, flow_state_write(t->arena, t->flow, y));
    assert_true(str_eq(one, other));
}

static bool happens(struct trial *t, struct flow_event event)
{
    err_clear(&t->err);
    return flow_next(t->flow, &t->s, &event, &t->s, &t->done, &t->err);
}

static bool act(struct trial *t, enum flow_role role, enum flow_act what)
{
    return happens(t, (struct flow_event){.kind = FLOW_DO, .act = what, .role = role});
}

static bool event(struct trial *t, enum flow_role role, enum flow_event_kind kind)
{
    return happens(t, (struct flow_event){.kind = kind, .role = role});
}

static bool timer(struct trial *t, enum flow_timer which)
{
    return happens(t, (struct flow_event){.kind = FLOW_TIMER, .role = FLOW_SYSTEM, .timer = which});
}

static size_t commands_of(const struct trial *t, enum flow_command_kind kind)
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
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_true(act(&t, FLOW_DESK, FLOW_ACCEPT));
    return t;
}

static void a_case_goes_from_receipt_to_the_licence(void **state)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_int_equal(t.s.status, FLOW_SUBMITTED);
    assert_int_equal(t.done.list[0].kind, FLOW_ENTER_STEP);
    assert_int_equal(t.done.list[0].role, FLOW_DESK);
    assert_int_equal(commands_of(&t, FLOW_CLOCK_START), 0);
    assert_true(act(&t, FLOW_DESK, FLOW_ACCEPT));
    assert_int_equal(t.s.status, FLOW_ACCEPTED);
    assert_int_equal(commands_of(&t, FLOW_CLOCK_START), 1);
    assert_false(t.done.list[0].from_receipt);
    assert_int_equal(t.s.step, flow_step_find(t.flow, STR("review")));
    assert_true(act(&t, FLOW_REVIEWER, FLOW_PASS));
    assert_int_equal(t.s.status, FLOW_REVIEWING);
    assert_true(act(&t, FLOW_DECIDER, FLOW_GRANT));
    assert_int_equal(t.s.status, FLOW_DECIDED);
    assert_int_equal(t.s.result, FLOW_GRANTED);
    assert_int_equal(commands_of(&t, FLOW_CLOCK_STOP), 1);
    assert_int_equal(commands_of(&t, FLOW_ISSUE_LICENCE), 1);
    assert_true(event(&t, FLOW_SYSTEM, FLOW_DELIVERED));
    assert_int_equal(t.s.status, FLOW_CLOSED);
    assert_int_equal(t.done.list[0].result, FLOW_GRANTED);
    arena_drop(t.arena);
}

static void a_refusal_issues_no_licence(void **state)
{
    struct trial t = begin_accepted();
    assert_true(act(&t, FLOW_REVIEWER, FLOW_PASS));
    assert_true(act(&t, FLOW_DECIDER, FLOW_REFUSE));
    assert_int_equal(t.s.result, FLOW_REFUSED);
    assert_int_equal(commands_of(&t, FLOW_ISSUE_LICENCE), 0);
    arena_drop(t.arena);
}

static void desk_can_never_decide(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct err e;
    static const char *const roles[] = {"desk", "reviewer"}, *const acts[] = {"grant", "refuse"};
    for (size_t r = 0; r < 2; r++)
        for (size_t k = 0; k < 2; k++) {
            struct str text =
                str_fmt(a,
                        "{\"kind\":\"promised\",\"rule\":null,\"steps\":["
                        "{\"id\":\"one\",\"role\":\"desk\",\"acts\":[\"accept\"]},"
                        "{\"id\":\"two\",\"role\":\"%s\",\"acts\":[\"%s\",\"pass\"]},"
                        "{\"id\":\"last\",\"role\":\"decider\",\"acts\":[\"grant\",\"refuse\"]}]}",
                        roles[r], acts[k]);
            assert_null(parse(a, str_z(a, text), &e));
            assert_string_equal(e.code, "flow.definition");
            assert_string_equal(e.arg, "two");
        }
    arena_drop(a);

    struct trial t = begin_accepted();
    assert_true(act(&t, FLOW_REVIEWER, FLOW_PASS));
    for (int role = 0; role < FLOW_ROLE_COUNT; role++) {
        if (role == FLOW_DECIDER) continue;
        assert_false(act(&t, (enum flow_role)role, FLOW_GRANT));
        assert_code(&t, "flow.role");
        assert_int_equal(t.err.kind, ERR_DENIED);
        assert_false(act(&t, (enum flow_role)role, FLOW_REFUSE));
    }
    arena_drop(t.arena);
}

static void correction_is_asked_once(void **state)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_true(act(&t, FLOW_DESK, FLOW_CORRECT));
    assert_int_equal(t.s.status, FLOW_CORRECTION);
    assert_int_equal(commands_of(&t, FLOW_ASK_CORRECTION), 1);
    assert_false(act(&t, FLOW_DESK, FLOW_ACCEPT)); /* it lies with the applicant */
    assert_false(event(&t, FLOW_DESK, FLOW_CORRECTION_SUPPLIED));
    assert_true(event(&t, FLOW_APPLICANT, FLOW_CORRECTION_SUPPLIED));
    assert_int_equal(t.s.status, FLOW_SUBMITTED);
    assert_int_equal(t.s.step, 0);
    assert_false(act(&t, FLOW_DESK, FLOW_CORRECT));
    assert_code(&t, "flow.corrected");
    assert_true(act(&t, FLOW_DESK, FLOW_ACCEPT));
    arena_drop(t.arena);
}

static void correction_is_not_asked_after_acceptance(void **state)
{
    struct trial t = begin_accepted();
    assert_true(act(&t, FLOW_REVIEWER, FLOW_SEND_BACK)); /* the desk has it again */
    assert_false(act(&t, FLOW_DESK, FLOW_CORRECT));
    assert_code(&t, "flow.accepted");
    assert_false(act(&t, FLOW_DESK, FLOW_ACCEPT)); /* the clock would start twice */
    assert_false(act(&t, FLOW_DESK, FLOW_REJECT));
    assert_true(act(&t, FLOW_DESK, FLOW_PASS));
    assert_int_equal(commands_of(&t, FLOW_CLOCK_START), 0);
    arena_drop(t.arena);
}

static void silence_after_receipt_accepts(void **state)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_int_equal(t.done.list[1].kind, FLOW_SET_TIMER);
    assert_int_equal(t.done.list[1].timer, FLOW_TIMER_NOTICE);
    assert_true(timer(&t, FLOW_TIMER_NOTICE));
    assert_int_equal(t.s.status, FLOW_ACCEPTED);
    assert_int_equal(t.done.list[0].kind, FLOW_CLOCK_START);
    assert_true(t.done.list[0].from_receipt);
    arena_drop(t.arena);
}

static void a_late_timer_changes_nothing(void **state)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_true(act(&t, FLOW_DESK, FLOW_CORRECT));
    assert_true(timer(&t, FLOW_TIMER_NOTICE)); /* the notice was given in time */
    assert_int_equal(t.s.status, FLOW_CORRECTION);
    assert_int_equal(t.done.count, 0);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_CORRECTION_SUPPLIED));
    assert_true(timer(&t, FLOW_TIMER_CORRECTION));
    assert_int_equal(t.s.status, FLOW_SUBMITTED);
    assert_true(act(&t, FLOW_DESK, FLOW_REJECT));
    assert_true(timer(&t, FLOW_TIMER_NOTICE));
    assert_int_equal(t.s.status, FLOW_REJECTED);
    assert_int_equal(t.done.count, 0);
    arena_drop(t.arena);
}

static void what_is_never_corrected_is_closed(void **state)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_true(act(&t, FLOW_DESK, FLOW_CORRECT));
    assert_true(timer(&t, FLOW_TIMER_CORRECTION));
    assert_int_equal(t.s.status, FLOW_CLOSED);
    assert_int_equal(t.s.result, FLOW_NEVER_CORRECTED);
    arena_drop(t.arena);
}

static void what_is_paused_cannot_be_decided(void **state)
{
    struct trial t = begin(
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"receive\",\"role\":\"desk\",\"acts\":[\"accept\"]},"
        "{\"id\":\"decide\",\"role\":\"decider\",\"acts\":[\"grant\",\"refuse\",\"special_procedure\"]}]}");
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_true(act(&t, FLOW_DESK, FLOW_ACCEPT));
    assert_true(event(&t, FLOW_DECIDER, FLOW_SPECIAL_BEGIN));
    assert_int_equal(t.s.status, FLOW_SPECIAL_PROCEDURE);
    assert_int_equal(commands_of(&t, FLOW_CLOCK_PAUSE), 1);
    assert_false(act(&t, FLOW_DECIDER, FLOW_GRANT));
    assert_code(&t, "flow.paused");
    assert_false(act(&t, FLOW_DECIDER, FLOW_REFUSE));
    assert_false(act(&t, FLOW_DECIDER, FLOW_SPECIAL));
    assert_false(event(&t, FLOW_DESK, FLOW_SPECIAL_END));
    assert_true(event(&t, FLOW_DECIDER, FLOW_SPECIAL_END));
    assert_int_equal(commands_of(&t, FLOW_CLOCK_RESUME), 1);
    assert_true(act(&t, FLOW_DECIDER, FLOW_GRANT));
    arena_drop(t.arena);
}

static void the_clock_pauses_only_after_acceptance(void **state)
{
    struct trial t =
        begin("{\"kind\":\"promised\",\"steps\":[{\"id\":\"all\",\"role\":\"decider\","
              "\"acts\":[\"accept\",\"grant\",\"refuse\",\"special_procedure\",\"extension\"]}]}");
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_false(act(&t, FLOW_DECIDER, FLOW_SPECIAL));
    assert_code(&t, "flow.unaccepted");
    assert_false(act(&t, FLOW_DECIDER, FLOW_EXTEND));
    assert_false(act(&t, FLOW_DECIDER, FLOW_GRANT));
    assert_true(act(&t, FLOW_DECIDER, FLOW_ACCEPT));
    assert_int_equal(t.s.step, 0); /* who accepts decides here too */
    assert_true(act(&t, FLOW_DECIDER, FLOW_SPECIAL));
    arena_drop(t.arena);
}

static void time_is_extended_once_and_by_a_decider(void **state)
{
    struct trial t = begin_accepted();
    assert_false(event(&t, FLOW_DECIDER, FLOW_EXTENSION_GRANTED)); /* nobody asked */
    assert_true(act(&t, FLOW_REVIEWER, FLOW_EXTEND));
    assert_int_equal(commands_of(&t, FLOW_CLOCK_EXTEND), 0);
    assert_int_equal(t.done.list[0].role, FLOW_DECIDER);
    assert_false(act(&t, FLOW_REVIEWER, FLOW_EXTEND));
    assert_false(event(&t, FLOW_REVIEWER, FLOW_EXTENSION_GRANTED));
    assert_code(&t, "flow.role");
    assert_true(event(&t, FLOW_DECIDER, FLOW_EXTENSION_DENIED));
    assert_true(act(&t, FLOW_REVIEWER, FLOW_EXTEND));
    assert_true(event(&t, FLOW_DECIDER, FLOW_EXTENSION_GRANTED));
    assert_int_equal(commands_of(&t, FLOW_CLOCK_EXTEND), 1);
    assert_false(act(&t, FLOW_REVIEWER, FLOW_EXTEND));
    assert_code(&t, "flow.extended");
    assert_false(event(&t, FLOW_DECIDER, FLOW_EXTENSION_GRANTED));
    arena_drop(t.arena);
}

static void sending_back_loses_nothing(void **state)
{
    struct trial t = begin_accepted();
    assert_true(act(&t, FLOW_REVIEWER, FLOW_EXTEND));
    assert_true(event(&t, FLOW_DECIDER, FLOW_EXTENSION_GRANTED));
    assert_true(act(&t, FLOW_REVIEWER, FLOW_PASS));
    assert_int_equal(flow_targets(t.flow, &t.s), 2);
    assert_true(act(&t, FLOW_DECIDER, FLOW_SEND_BACK));
    assert_int_equal(t.s.step, 1);
    assert_int_equal(t.s.returns, 1);
    assert_true(t.s.accepted);
    assert_int_equal(t.s.extension, FLOW_EXTENDED);
    assert_int_equal(t.s.furthest, 2);
    assert_int_equal(t.done.count, 1); /* the clock goes on */
    assert_true(act(&t, FLOW_REVIEWER, FLOW_PASS));
    struct flow_event named = {
        .kind = FLOW_DO, .act = FLOW_SEND_BACK, .role = FLOW_DECIDER, .target = STR("receive")};
    assert_true(happens(&t, named));
    assert_int_equal(t.s.step, 0);
    assert_true(act(&t, FLOW_DESK, FLOW_PASS));
    named.role = FLOW_REVIEWER;
    named.target = STR("decide");
    assert_false(happens(&t, named));
    assert_code(&t, "flow.target");
    named.target = STR("nowhere");
    assert_false(happens(&t, named));
    arena_drop(t.arena);
}

static void a_rule_answers_at_once(void **state)
{
    struct trial t = begin(ON_THE_SPOT);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_int_equal(t.s.status, FLOW_ACCEPTED);
    assert_int_equal(t.done.list[0].kind, FLOW_CLOCK_START);
    assert_int_equal(t.done.list[1].kind, FLOW_RUN_RULE);
    assert_true(str_eq_c(t.done.list[1].rule, "exam-result"));
    assert_false(event(&t, FLOW_APPLICANT, FLOW_RULE_ANSWERED));
    assert_true(event(&t, FLOW_SYSTEM, FLOW_RULE_ANSWERED));
    assert_int_equal(t.s.status, FLOW_CLOSED);
    assert_int_equal(commands_of(&t, FLOW_CLOCK_STOP), 1);
    assert_int_equal(commands_of(&t, FLOW_CLOSE), 1);
    assert_false(event(&t, FLOW_SYSTEM, FLOW_RULE_ANSWERED));
    arena_drop(t.arena);
}

static void a_rule_refuses_at_once_and_issues_nothing(void **state)
{
    struct trial t = begin(ON_THE_SPOT);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_false(event(&t, FLOW_APPLICANT, FLOW_RULE_REFUSED));
    assert_false(event(&t, FLOW_DECIDER, FLOW_RULE_REFUSED));
    assert_true(event(&t, FLOW_SYSTEM, FLOW_RULE_REFUSED));
    assert_int_equal(t.s.status, FLOW_CLOSED);
    assert_int_equal(t.s.result, FLOW_REFUSED);
    assert_int_equal(commands_of(&t, FLOW_CLOCK_STOP), 1);
    assert_int_equal(commands_of(&t, FLOW_ISSUE_LICENCE), 0);
    assert_false(event(&t, FLOW_SYSTEM, FLOW_RULE_REFUSED));
    arena_drop(t.arena);
}

static void what_a_rule_cannot_answer_goes_to_a_person(void **state)
{
    struct trial t = begin(ON_THE_SPOT);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_true(event(&t, FLOW_SYSTEM, FLOW_RULE_UNABLE));
    assert_int_equal(t.s.step, 1);
    assert_false(event(&t, FLOW_SYSTEM, FLOW_RULE_ANSWERED)); /* too late */
    assert_true(act(&t, FLOW_REVIEWER, FLOW_PASS));
    assert_true(act(&t, FLOW_DECIDER, FLOW_REFUSE));
    arena_drop(t.arena);
}

static void the_applicant_can_withdraw_until_it_is_decided(void **state)
{
    struct trial t = begin(PROMISED);
    assert_true(event(&t, FLOW_APPLICANT, FLOW_SUBMIT));
    assert_false(event(&t, FLOW_DESK, FLOW_WITHDRAW));
    assert_true(event(&t, FLOW_APPLICANT, FLOW_WITHDRAW));
    assert_int_equal(t.s.status, FLOW_WITHDRAWN);
    assert_int_equal(commands_of(&t, FLOW_CLOCK_STOP), 0); /* it never ran */
    arena_drop(t.arena);

    t = begin_accepted();
    assert_true(act(&t, FLOW_REVIEWER, FLOW_SPECIAL));
    assert_true(event(&t, FLOW_APPLICANT, FLOW_WITHDRAW));
    assert_int_equal(commands_of(&t, FLOW_CLOCK_STOP), 1);
    arena_drop(t.arena);

    t = begin_accepted();
    assert_true(act(&t, FLOW_REVIEWER, FLOW_PASS));
    assert_true(act(&t, FLOW_DECIDER, FLOW_GRANT));
    assert_false(event(&t, FLOW_APPLICANT, FLOW_WITHDRAW));
    arena_drop(t.arena);
}

static void definitions_that_lead_nowhere_are_refused(void **state)
{
    static const char *const wrong[] = {
        "{\"kind\":\"promised\",\"steps\":[]}",
        "{\"kind\":\"other\"," THREE_STEPS "}",
        "{\"kind\":\"promised\",\"rule\":\"\"," THREE_STEPS "}",
        "{\"kind\":\"on_the_spot\",\"rule\":7," THREE_STEPS "}",
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"a\",\"role\":\"desk\",\"acts\":[\"accept\"]}]}",
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"a\",\"role\":\"decider\",\"acts\":[\"grant\",\"refuse\"]"
        "}]}",
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"a\",\"role\":\"decider\",\"acts\":[\"accept\",\"grant\"]"
        "}]}",
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"a\",\"role\":\"cook\",\"acts\":[\"accept\",\"grant\","
        "\"refuse\"]}]}",
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"a\",\"role\":\"decider\",\"acts\":[\"accept\",\"fly\"]}]"
        "}",
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"a\",\"role\":\"decider\","
        "\"acts\":[\"accept\",\"grant\",\"refuse\",\"pass\"]}]}",
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"a\",\"role\":\"desk\",\"acts\":[\"accept\"]},"
        "{\"id\":\"a\",\"role\":\"decider\",\"acts\":[\"grant\",\"refuse\"]}]}",
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"a\",\"role\":\"desk\",\"acts\":[\"accept\"]},"
        "{\"id\":\"b\",\"role\":\"decider\",\"acts\":[\"grant\",\"refuse\",\"correct\"]}]}",
        "{\"kind\":\"promised\",\"steps\":[{\"id\":\"a\",\"role\":\"desk\",\"acts\":[\"accept\"]},"
        "{\"id\":\"b\",\"role\":\"reviewer\",\"acts\":[\"send_back\"]},"
        "{\"id\":\"c\",\"role\":\"decider\",\"acts\":[\"grant\",\"refuse\"]}]}",
        "[]",
    };
    struct arena *a = arena_new(1 << 20);
    struct err e;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(parse(a, wrong[i], &e));
        assert_string_equal(e.code, "flow.definition");
    }
    arena_drop(a);
}

static void understand(struct arena *a, const char *name, const struct json *service)
{
    struct err e = {0};
    if (!flow_parse(a, json_get(service, "flow"), &e)) fail_msg("%s: %s %s", name, e.msgid, e.arg);
}

static void every_flow_of_the_catalogue_is_understood(void **state)
{
    (void)state;
    assert_true(testing_each_service(understand) >= 26);
}

static void a_state_survives_being_written(void **state)
{
    struct trial t = begin_accepted();
    assert_true(act(&t, FLOW_REVIEWER, FLOW_SPECIAL));
    struct json *json = flow_state_write(t.arena, t.flow, &t.s);
    struct flow_state back;
    assert_true(flow_state_read(t.flow, json, &back, &t.err));
    assert_same_state(&t, &back, &t.s);
    json_set_c(t.arena, json, "resume", "elsewhere");
    assert_false(flow_state_read(t.flow, json, &back, &t.err));
    assert_int_equal(t.err.kind, ERR_FAULT);
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

static void follow_clock(enum clock *clock, const struct flow_commands *c)
{
    for (size_t i = 0; i < c->count; i++)
        switch (c->list[i].kind) {
        case FLOW_CLOCK_START:
            assert_int_equal(*clock, UNSTARTED);
            *clock = RUNNING;
            break;
        case FLOW_CLOCK_PAUSE:
            assert_int_equal(*clock, RUNNING);
            *clock = PAUSED;
            break;
        case FLOW_CLOCK_RESUME:
            assert_int_equal(*clock, PAUSED);
            *clock = RUNNING;
            break;
        case FLOW_CLOCK_STOP:
            assert_true(*clock == RUNNING || *clock == PAUSED);
            *clock = STOPPED;
            break;
        case FLOW_CLOCK_EXTEND:
            assert_true(*clock == RUNNING || *clock == PAUSED);
            break;
        default:
            break;
        }
}

static void assert_listed_is_what_works(struct trial *t)
{
    struct flow_choice list[FLOW_CHOICES_MAX];
    size_t n = flow_acts(t->flow, &t->s, list);
    for (int a = 0; a < FLOW_ACT_COUNT; a++)
        for (int role = 0; role < FLOW_ROLE_COUNT; role++) {
            bool listed = false;
            for (size_t i = 0; i < n; i++)
                listed =
                    listed || (list[i].kind == FLOW_DO && (int)list[i].act == a && (int)list[i].role == role);
            struct flow_state s;
            struct flow_commands c;
            struct flow_event ev = {.kind = FLOW_DO, .act = (enum flow_act)a, .role = (enum flow_role)role};
            err_clear(&t->err);
            assert_int_equal(flow_next(t->flow, &t->s, &ev, &s, &c, &t->err), listed);
        }
}

static void any_history_keeps_the_promises(void **state)
{
    static const char *const definitions[] = {PROMISED, ON_THE_SPOT};
    static const char *const targets[] = {"", "", "receive", "review", "decide", "nowhere"};
    uint64_t seed = 0x9E3779B97F4A7C15u;
    size_t decided = 0, paused = 0;
    for (int round = 0; round < 2000; round++) {
        struct trial t = begin(definitions[round % 2]);
        enum clock clock = UNSTARTED;
        int corrections = 0, extensions = 0, closings = 0;
        for (int i = 0; i < 60; i++) {
            struct flow_event ev = {.kind = (enum flow_event_kind)(random_next(&seed) % FLOW_EVENT_COUNT),
                                    .act = (enum flow_act)(random_next(&seed) % FLOW_ACT_COUNT),
                                    .role = (enum flow_role)(random_next(&seed) % FLOW_ROLE_COUNT),
                                    .timer = (enum flow_timer)(random_next(&seed) % FLOW_TIMER_COUNT),
                                    .target = str_c(targets[random_next(&seed) % 6])};
            struct flow_choice list[FLOW_CHOICES_MAX];
            size_t possible = flow_acts(t.flow, &t.s, list);
            /* Half of the events make sense, or histories would seldom leave the desk. */
            if (possible && random_next(&seed) % 2) {
                struct flow_choice c = list[random_next(&seed) % possible];
                ev.kind = c.kind, ev.act = c.act, ev.role = c.role;
            }
            if (ev.kind == FLOW_WITHDRAW && random_next(&seed) % 8) ev.kind = FLOW_DO;
            bool ended = flow_ended(&t.s);
            struct flow_state before = t.s;
            if (!happens(&t, ev)) {
                assert_same_state(&t, &before, &t.s);
                assert_non_null(t.err.msgid);
                continue;
            }
            if (ended) {
                assert_int_equal(ev.kind, FLOW_TIMER);
                assert_int_equal(t.done.count, 0);
            }
            assert_true((unsigned)t.s.status < FLOW_STATUS_COUNT);
            assert_true(t.s.step >= -1 && t.s.step < 3);
            assert_true(t.s.furthest >= t.s.step);
            follow_clock(&clock, &t.done);
            corrections += (int)commands_of(&t, FLOW_ASK_CORRECTION);
            extensions += (int)commands_of(&t, FLOW_CLOCK_EXTEND);
            closings += (int)commands_of(&t, FLOW_CLOSE);
            assert_true(corrections <= 1 && extensions <= 1);
            assert_int_equal(closings, flow_ended(&t.s));
            assert_int_equal(clock == PAUSED, t.s.status == FLOW_SPECIAL_PROCEDURE);
            assert_int_equal(clock != UNSTARTED, t.s.accepted);
            if (t.s.status == FLOW_DECIDED && before.status != FLOW_DECIDED) {
                assert_int_equal(ev.role, FLOW_DECIDER);
                assert_int_equal(clock, STOPPED);
                decided++;
            }
            paused += t.s.status == FLOW_SPECIAL_PROCEDURE;
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
        cmocka_unit_test(definitions_that_lead_nowhere_are_refused),
        cmocka_unit_test(every_flow_of_the_catalogue_is_understood),
        cmocka_unit_test(a_state_survives_being_written),
        cmocka_unit_test(any_history_keeps_the_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
