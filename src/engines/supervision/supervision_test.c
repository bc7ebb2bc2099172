#include "engines/supervision/supervision.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* 2026: New Year 1 to 3 January with 4 January a working Sunday, Spring Festival 15 to 23 February with
 * working Saturdays on the 14th and the 28th. */
static struct workday_exception days[16];
static struct workcalendar calendar = {.first_year = 2026, .last_year = 2026, .exceptions = days};
static size_t day_count;

static void day(int month, int d, bool working)
{
    days[day_count++] =
        (struct workday_exception){.date = date_from_civil(2026, month, d), .working = working};
    calendar.count = day_count;
}

static int make_calendar(void **state)
{
    (void)state;
    for (int d = 1; d <= 4; d++)
        day(1, d, d == 4);
    day(2, 14, true);
    for (int d = 15; d <= 23; d++)
        day(2, d, false);
    day(2, 28, true);
    return 0;
}

static int64_t at(int month, int d, int hour)
{
    return date_start(date_from_civil(2026, month, d)) + hour * MS_HOUR;
}

static const struct supervise_step steps[] = {
    {.id = {"receive", 7}, .desk = true, .accepts = true, .always = true},
    {.id = {"review", 6}, .always = true, .needs = 1},
    {.id = {"decide", 6}, .always = true, .needs = 3}};

static struct supervise_facts facts(void)
{
    return (struct supervise_facts){.terms = {.promised = {LIMIT_WORKDAYS, 5},
                                              .hours = {9 * 60, 17 * 60},
                                              .thresholds = {1, 1, 0},
                                              .calendar = &calendar},
                                    .steps = steps,
                                    .step_count = 3,
                                    .charged = -1,
                                    .fee = -1};
}

static const struct supervise_finding *of(const struct supervise_result *r, enum supervise_kind kind)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i].rule->kind == kind) return &r->list[i];
    return NULL;
}

static struct supervise_result look(struct supervise_rule rule, const struct supervise_facts *f, int64_t now)
{
    static struct supervise_rule kept[1];
    struct supervise_result r;
    kept[0] = rule;
    supervise(kept, 1, f, now, &r);
    return r;
}

/* ---- time ---- */

static const struct clock_event started[] = {{.kind = CLOCK_START}};

static void a_case_is_warned_of_then_late_and_stays_late(void **state)
{
    struct clock_event clock[2] = {started[0]};
    struct supervise_facts f = facts();
    struct supervise_rule soon = {.id = STR("s"), .kind = SUPERVISE_CASE_SOON, .threshold = 1};
    struct supervise_rule over = {.id = STR("o"), .kind = SUPERVISE_CASE_OVER, .level = SUPERVISE_RED};
    clock[0].at = at(2, 12, 10); /* Thursday: counted are 13, 14 (Saturday, working), 24, 25, 26 */
    f.clock = clock;
    f.clock_count = 1;
    struct supervise_result r = look(soon, &f, at(2, 20, 10));
    assert_int_equal(r.count, 0);
    assert_int_equal(r.next, at(2, 25, 17));
    r = look(soon, &f, at(2, 25, 17));
    assert_int_equal(of(&r, SUPERVISE_CASE_SOON)->at, at(2, 25, 17));
    assert_int_equal(r.next, at(2, 26, 17) + 1);
    assert_int_equal(look(soon, &f, at(2, 26, 17) + 1).count, 0);
    assert_int_equal(look(over, &f, at(2, 26, 17)).count, 0);
    assert_int_equal(look(over, &f, at(2, 26, 17)).next, at(2, 26, 17) + 1);
    r = look(over, &f, at(2, 26, 17) + 1);
    assert_int_equal(of(&r, SUPERVISE_CASE_OVER)->at, at(2, 26, 17));
    assert_int_equal(r.next, INT64_MAX);
    clock[1] = (struct clock_event){.kind = CLOCK_STOP, .at = at(2, 28, 12)};
    f.clock_count = 2;
    assert_int_equal(look(over, &f, at(6, 1, 0)).count, 1);
    clock[1].at = at(2, 26, 16);
    assert_int_equal(look(over, &f, at(6, 1, 0)).count, 0);
    (void)state;
}

static void a_threshold_beyond_the_limit_is_counted_in_working_days(void **state)
{
    struct clock_event clock[1] = {started[0]};
    struct supervise_facts f = facts();
    struct supervise_rule over = {.id = STR("o"), .kind = SUPERVISE_CASE_OVER, .threshold = 2};
    clock[0].at = at(2, 6, 10); /* due on Friday 13; 14 works, then the festival until 23 */
    f.clock = clock;
    f.clock_count = 1;
    assert_int_equal(look(over, &f, at(2, 13, 18)).next, at(2, 24, 17) + 1);
    assert_int_equal(look(over, &f, at(2, 24, 17)).count, 0);
    assert_int_equal(look(over, &f, at(2, 24, 18)).count, 1);
    (void)state;
}

static void a_resting_clock_gives_no_warning(void **state)
{
    struct clock_event clock[2] = {started[0], {.kind = CLOCK_PAUSE}};
    struct supervise_facts f = facts();
    struct supervise_rule soon = {.id = STR("s"), .kind = SUPERVISE_CASE_SOON, .threshold = 5};
    clock[0].at = at(3, 2, 10);
    clock[1].at = at(3, 3, 10);
    f.clock = clock;
    f.clock_count = 2;
    struct supervise_result r = look(soon, &f, at(3, 20, 10));
    assert_int_equal(r.count, 0);
    assert_int_equal(r.next, INT64_MAX);
    (void)state;
}

static void hours_are_counted_around_the_clock(void **state)
{
    struct clock_event clock[1] = {started[0]};
    struct supervise_facts f = facts();
    struct supervise_rule soon = {.id = STR("s"), .kind = SUPERVISE_CASE_SOON, .threshold = 2};
    f.terms.promised = (struct limit){LIMIT_HOURS, 24};
    clock[0].at = at(2, 14, 20);
    f.clock = clock;
    f.clock_count = 1;
    assert_int_equal(look(soon, &f, at(2, 15, 1)).next, at(2, 15, 18));
    assert_int_equal(look(soon, &f, at(2, 15, 19)).count, 1);
    (void)state;
}

static void a_step_is_late_by_its_own_limit_and_rests_with_the_case(void **state)
{
    const struct supervise_rule over = {.id = STR("o"),
                                        .kind = SUPERVISE_STEP_OVER,
                                        .level = SUPERVISE_YELLOW,
                                        .limit = 2,
                                        .role = SUPERVISE_OTHERS};
    struct supervise_facts f = facts();
    struct supervise_span spans[] = {{.step = 0, .from = at(3, 2, 10), .until = at(3, 20, 10)},
                                     {.step = 1, .from = at(3, 20, 10)}};
    struct clock_event clock[] = {{.kind = CLOCK_START, .at = at(3, 20, 10)},
                                  {.kind = CLOCK_PAUSE, .at = at(3, 23, 10)},
                                  {.kind = CLOCK_RESUME, .at = at(3, 24, 10)}};
    f.spans = spans;
    f.span_count = 2;
    f.clock = clock;
    f.clock_count = 1;
    struct supervise_result r = look(over, &f, at(3, 24, 17) + 1); /* Monday 23 and Tuesday 24 */
    assert_int_equal(r.count, 1); /* the desk's eighteen days are no matter of this rule */
    assert_string_equal(r.list[0].key.ptr, "review");
    f.clock_count = 3;
    assert_int_equal(look(over, &f, at(3, 24, 17) + 1).count, 0);
    assert_int_equal(look(over, &f, at(3, 25, 17) + 1).count, 1);
    const struct supervise_step own[] = {steps[0], {.id = STR("review"), .needs = 1, .limit = 9}, steps[2]};
    f.steps = own;
    assert_int_equal(look(over, &f, at(3, 25, 17) + 1).count, 0);
    const struct supervise_step asked[] = {
        steps[0], {.id = STR("review"), .needs = 1, .elsewhere = true}, steps[2]};
    f.steps = asked;
    assert_int_equal(look(over, &f, at(3, 25, 17) + 1).count, 0);
    (void)state;
}

/* The rules of receipt are about the answer, not about a counter: a desk that hands something over later has
 * the limit of any step. */
static void the_rules_of_receipt_speak_of_the_step_that_accepts(void **state)
{
    static const struct supervise_step swapped[] = {
        {.id = {"receive", 7}, .accepts = true, .always = true},
        {.id = {"hand-over", 9}, .desk = true, .always = true, .needs = 1}};
    const struct supervise_rule receipt = {.id = STR("receipt-over"),
                                           .kind = SUPERVISE_STEP_OVER,
                                           .level = SUPERVISE_YELLOW,
                                           .limit = 2,
                                           .role = SUPERVISE_ACCEPTING};
    struct supervise_rule office = receipt;
    office.role = SUPERVISE_OTHERS;
    struct supervise_span had = {.step = 0, .from = at(3, 2, 10)};
    struct supervise_facts f = facts();
    f.steps = swapped;
    f.step_count = 2;
    f.spans = &had;
    f.span_count = 1;
    struct supervise_result r = look(receipt, &f, at(3, 20, 10));
    assert_true(r.count == 1 && str_eq_c(r.list[0].key, "receive"));
    assert_int_equal(look(office, &f, at(3, 20, 10)).count, 0);
    had.step = 1;
    assert_int_equal(look(receipt, &f, at(3, 20, 10)).count, 0);
    assert_int_equal(look(office, &f, at(3, 20, 10)).count, 1);
    (void)state;
}

static void the_gravest_rule_speaks_alone(void **state)
{
    const struct supervise_rule rules[] = {
        {.id = STR("a"), .kind = SUPERVISE_CASE_SOON, .level = SUPERVISE_WARNING, .threshold = 3},
        {.id = STR("b"), .kind = SUPERVISE_CASE_SOON, .level = SUPERVISE_YELLOW, .threshold = 1}};
    struct clock_event clock[1] = {started[0]};
    struct supervise_facts f = facts();
    struct supervise_result r;
    clock[0].at = at(3, 2, 10); /* due on Monday 9 */
    f.clock = clock;
    f.clock_count = 1;
    supervise(rules, 2, &f, at(3, 4, 17), &r);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.list[0].rule->level, SUPERVISE_WARNING);
    supervise(rules, 2, &f, at(3, 6, 17), &r);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.list[0].rule->level, SUPERVISE_YELLOW);
    (void)state;
}

/* ---- steps ---- */

static void skipping_a_step_is_seen_when_it_happens_and_when_it_is_decided(void **state)
{
    const struct supervise_rule order = {.id = STR("o"), .kind = SUPERVISE_STEP_ORDER},
                                missing = {.id = STR("m"), .kind = SUPERVISE_STEP_MISSING};
    struct supervise_event events[] = {{.at = 1, .act = SUPERVISE_SENT, .step = -1},
                                       {.at = 2, .act = SUPERVISE_PASS, .step = 1, .account = 8},
                                       {.at = 3, .act = SUPERVISE_DECIDE, .step = 2, .account = 9}};
    struct supervise_facts f = facts();
    f.events = events;
    f.event_count = 3;
    struct supervise_result r = look(order, &f, 10);
    assert_int_equal(r.count, 1);
    assert_string_equal(r.list[0].key.ptr, "review");
    assert_int_equal(r.list[0].account, 8);
    r = look(missing, &f, 10);
    assert_int_equal(r.count, 1);
    assert_string_equal(r.list[0].key.ptr, "receive");
    f.event_count = 2;
    assert_int_equal(look(missing, &f, 10).count, 0);
    events[1] = (struct supervise_event){.at = 2, .act = SUPERVISE_LEAVE, .step = -1};
    assert_int_equal(look(missing, &f, 10).count, 0);
    (void)state;
}

static void what_was_done_before_a_move_is_not_judged_by_the_steps_of_after(void **state)
{
    const struct supervise_rule order = {.id = STR("o"), .kind = SUPERVISE_STEP_ORDER},
                                missing = {.id = STR("m"), .kind = SUPERVISE_STEP_MISSING},
                                unaccepted = {.id = STR("u"), .kind = SUPERVISE_UNACCEPTED};
    /* The steps of before had no desk. */
    struct supervise_event events[] = {{.at = 1, .act = SUPERVISE_SENT, .step = -1},
                                       {.at = 2, .act = SUPERVISE_MOVED, .step = 1},
                                       {.at = 3, .act = SUPERVISE_PASS, .step = 1, .account = 8},
                                       {.at = 4, .act = SUPERVISE_DECIDE, .step = 2, .account = 9}};
    const struct supervise_span expected[] = {{1, 1, 3}, {2, 3, 4}};
    struct supervise_span spans[8];
    struct supervise_facts f = facts();
    f.events = events;
    f.event_count = 4;
    assert_int_equal(look(order, &f, 10).count, 0);
    assert_int_equal(look(missing, &f, 10).count, 0);
    assert_int_equal(look(unaccepted, &f, 10).count, 0);
    assert_int_equal(supervise_spans(events, 4, f.steps, f.step_count, SUPERVISE_UNKNOWN, spans, 8), 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(spans[i].step == expected[i].step && spans[i].from == expected[i].from &&
                    spans[i].until == expected[i].until);
    /* What is left out after the move is found. */
    events[2].act = SUPERVISE_OTHER;
    assert_string_equal(look(missing, &f, 10).list[0].key.ptr, "review");
    events[1].step = -1; /* it stood at none: none is known */
    assert_int_equal(look(missing, &f, 10).count, 0);
    (void)state;
}

static void a_flow_in_one_line_gives_its_spans(void **state)
{
    const struct supervise_event events[] = {
        {.at = 1, .act = SUPERVISE_SENT, .step = -1},  {.at = 2, .act = SUPERVISE_OTHER, .step = 0},
        {.at = 5, .act = SUPERVISE_ACCEPT, .step = 0}, {.at = 7, .act = SUPERVISE_PASS, .step = 1},
        {.at = 8, .act = SUPERVISE_BACK, .step = 2},   {.at = 9, .act = SUPERVISE_ACCEPT, .step = 0},
        {.at = 11, .act = SUPERVISE_PASS, .step = 1},  {.at = 12, .act = SUPERVISE_DECIDE, .step = 2}};
    const struct supervise_span expected[] = {{0, 1, 5}, {1, 5, 7},  {2, 7, 8},
                                              {0, 8, 9}, {1, 9, 11}, {2, 11, 12}};
    struct supervise_span spans[8];
    assert_int_equal(supervise_spans(events, 8, steps, 3, SUPERVISE_UNKNOWN, spans, 8), 6);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(spans[i].step, expected[i].step);
        assert_int_equal(spans[i].from, expected[i].from);
        assert_int_equal(spans[i].until, expected[i].until);
    }
    assert_int_equal(supervise_spans(events, 3, steps, 3, 2, spans, 8), 2);
    assert_int_equal(spans[1].until, 0);
    (void)state;
}

static void branches_have_it_at_the_same_time_and_the_join_waits_for_both(void **state)
{
    const struct supervise_step visit[] = {
        {.id = STR("receive"), .desk = true, .accepts = true, .always = true},
        {.id = STR("review"), .always = true, .needs = 1},
        {.id = STR("visit"), .always = true, .needs = 1},
        {.id = STR("decide"), .always = true, .needs = 7}};
    const struct supervise_event events[] = {{.at = 1, .act = SUPERVISE_SENT, .step = -1},
                                             {.at = 2, .act = SUPERVISE_ACCEPT, .step = 0},
                                             {.at = 5, .act = SUPERVISE_PASS, .step = 2},
                                             {.at = 9, .act = SUPERVISE_PASS, .step = 1}};
    const struct supervise_span expected[] = {{0, 1, 2}, {1, 2, 9}, {2, 2, 5}, {3, 9, 0}};
    struct supervise_span spans[8];
    assert_int_equal(supervise_spans(events, 4, visit, 4, 8, spans, 8), 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(spans[i].step, expected[i].step);
        assert_int_equal(spans[i].from, expected[i].from);
        assert_int_equal(spans[i].until, expected[i].until);
    }
    (void)state;
}

static void those_who_sign_together_have_it_until_the_last_has_signed(void **state)
{
    const struct supervise_event events[] = {{.at = 1, .act = SUPERVISE_SENT, .step = -1},
                                             {.at = 2, .act = SUPERVISE_ACCEPT, .step = 0},
                                             {.at = 4, .act = SUPERVISE_VOTE, .step = 1},
                                             {.at = 6, .act = SUPERVISE_VOTE, .step = 1},
                                             {.at = 9, .act = SUPERVISE_DECIDE, .step = 2}};
    struct supervise_span spans[8];
    assert_int_equal(supervise_spans(events, 3, steps, 3, 2, spans, 8), 2); /* one has still to sign */
    assert_int_equal(spans[1].until, 0);
    assert_int_equal(supervise_spans(events, 4, steps, 3, 4, spans, 8), 3); /* the decider has it */
    assert_int_equal(spans[1].until, 6);
    assert_int_equal(spans[2].from, 6);
    assert_int_equal(supervise_spans(events, 5, steps, 3, SUPERVISE_UNKNOWN, spans, 8), 3);
    assert_int_equal(spans[1].until, 6);
    assert_int_equal(spans[2].until, 9);
    (void)state;
}

/* ---- fee, documents, bypass ---- */

static void a_fee_beside_the_list_is_seen_and_an_unknown_one_is_not_judged(void **state)
{
    const struct supervise_rule rule = {.id = STR("f"), .kind = SUPERVISE_FEE};
    struct supervise_facts f = facts();
    f.charged = 500;
    assert_int_equal(look(rule, &f, 1).count, 0);
    f.fee = 500;
    assert_int_equal(look(rule, &f, 1).count, 0);
    f.fee = 0;
    assert_int_equal(look(rule, &f, 1).count, 1);
    (void)state;
}

static void documents_asked_twice_held_or_beside_the_list_are_seen(void **state)
{
    const struct supervise_rule twice = {.id = STR("t"), .kind = SUPERVISE_ASKED_TWICE},
                                beside = {.id = STR("u"), .kind = SUPERVISE_UNLISTED};
    const struct supervise_request requests[] = {{.material = STR("id-card"), .listed = true},
                                                 {.material = STR("id-card"), .listed = true},
                                                 {.material = STR("licence"), .listed = true, .held = true},
                                                 {.material = STR("no-crime")}};
    struct supervise_facts f = facts();
    f.requests = requests;
    f.request_count = 1;
    assert_int_equal(look(twice, &f, 1).count, 0);
    f.request_count = 4;
    assert_int_equal(look(twice, &f, 1).count, 2);
    struct supervise_result r = look(beside, &f, 1);
    assert_int_equal(r.count, 1);
    assert_string_equal(r.list[0].key.ptr, "no-crime");
    (void)state;
}

static void deciding_around_the_rules_is_seen(void **state)
{
    const struct supervise_rule unaccepted = {.id = STR("a"), .kind = SUPERVISE_UNACCEPTED},
                                desk = {.id = STR("d"), .kind = SUPERVISE_DESK},
                                one = {.id = STR("e"), .kind = SUPERVISE_ONE_PERSON};
    struct supervise_event events[] = {{.at = 2, .act = SUPERVISE_ACCEPT, .step = 0, .account = 8},
                                       {.at = 3, .act = SUPERVISE_DECIDE, .step = 2, .account = 8}};
    struct supervise_facts f = facts();
    f.events = events;
    f.event_count = 2;
    assert_int_equal(look(unaccepted, &f, 9).count, 0);
    assert_int_equal(look(desk, &f, 9).count, 0);
    assert_int_equal(look(one, &f, 9).count, 1);
    events[1].account = 9;
    assert_int_equal(look(one, &f, 9).count, 0);
    events[1].account = 8;
    events[0].account = 0; /* accepted by silence: no person did */
    assert_int_equal(look(one, &f, 9).count, 0);
    events[0].account = 8;
    events[1].step = 0;
    assert_int_equal(look(desk, &f, 9).count, 1);
    events[0].act = SUPERVISE_OTHER;
    assert_int_equal(look(unaccepted, &f, 9).count, 1);
    f.sent_is_accepted = true;
    assert_int_equal(look(unaccepted, &f, 9).count, 0);
    (void)state;
}

static void words_of_kinds_and_levels_come_back(void **state)
{
    for (int k = 0; k < SUPERVISE_KIND_COUNT; k++)
        assert_int_equal(supervise_kind_of(str_c(supervise_kind_name((enum supervise_kind)k))), k);
    for (int l = 0; l < SUPERVISE_LEVEL_COUNT; l++)
        assert_int_equal(supervise_level_of(str_c(supervise_level_name((enum supervise_level)l))), l);
    assert_int_equal(supervise_kind_of(STR("love")), SUPERVISE_KIND_COUNT);
    assert_int_equal(supervise_level_of(STR("")), SUPERVISE_LEVEL_COUNT);
    (void)state;
}

/* ---- duties ---- */

static void what_is_owed_or_promised_is_seen_soon_and_over_and_no_more_when_it_is_there(void **state)
{
    const struct supervise_rule owed_soon = {.id = STR("os"), .kind = SUPERVISE_OWED_SOON, .threshold = 2},
                                owed_over = {.id = STR("oo"), .kind = SUPERVISE_OWED_OVER},
                                promise_over = {.id = STR("po"), .kind = SUPERVISE_PROMISE_OVER};
    struct supervise_promise duty = {.key = STR("1"), .due = at(3, 11, 23)};
    struct supervise_facts f = facts();
    f.owed = &duty;
    f.owed_count = 1;
    struct supervise_result r = look(owed_soon, &f, at(3, 6, 10)); /* a Friday; due on Wednesday */
    assert_int_equal(r.count, 0);
    assert_int_equal(date_of(r.next), date_of(at(3, 9, 10)));
    r = look(owed_soon, &f, at(3, 10, 10));
    assert_int_equal(r.count, 1);
    assert_int_equal(r.next, duty.due + 1);
    assert_int_equal(look(owed_soon, &f, at(3, 12, 10)).count, 0);
    assert_int_equal(look(owed_over, &f, at(3, 11, 10)).count, 0);
    assert_int_equal(look(owed_over, &f, at(3, 12, 10)).count, 1);
    assert_int_equal(look(promise_over, &f, at(3, 12, 10)).count, 0); /* nobody promised */
    f.promised = &duty;
    f.promised_count = 1;
    f.owed_count = 0;
    assert_int_equal(look(owed_over, &f, at(3, 12, 10)).count, 0);
    assert_int_equal(look(promise_over, &f, at(3, 12, 10)).count, 1);
    assert_true(supervise_kind_lights(SUPERVISE_PROMISE_OVER, true));
    assert_false(supervise_kind_lights(SUPERVISE_CASE_OVER, true));
    assert_false(supervise_kind_lights(SUPERVISE_OPINION_OVER, false));
    (void)state;
}

/* ---- opinions and life events ---- */

static const struct supervise_rule promise_rules[] = {
    {.id = {"op-soon", 7}, .kind = SUPERVISE_OPINION_SOON, .level = SUPERVISE_WARNING, .threshold = 1},
    {.id = {"op-over", 7}, .kind = SUPERVISE_OPINION_OVER, .level = SUPERVISE_YELLOW},
    {.id = {"op-late", 7}, .kind = SUPERVISE_OPINION_OVER, .level = SUPERVISE_RED, .threshold = 2},
    {.id = {"ev-over", 7}, .kind = SUPERVISE_EVENT_OVER, .level = SUPERVISE_RED}};

static void look_at_promises(const struct supervise_facts *f, int64_t now, struct supervise_result *r)
{
    supervise(promise_rules, sizeof promise_rules / sizeof promise_rules[0], f, now, r);
}

static void an_opinion_is_warned_of_then_late_for_the_department_that_was_asked(void **state)
{
    struct supervise_promise asked[] = {{.key = {"fire/3", 6}, .due = at(3, 11, 17), .unit = 7},
                                        {.key = {"none/4", 6}}};
    struct supervise_facts f = facts();
    struct supervise_result r;
    (void)state;
    f.opinions = asked;
    f.opinion_count = 2;
    look_at_promises(&f, at(3, 9, 10), &r);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.next, at(3, 10, 17)); /* a working day before */
    look_at_promises(&f, at(3, 11, 9), &r);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.list[0].unit, 7);
    assert_non_null(of(&r, SUPERVISE_OPINION_SOON));
    look_at_promises(&f, at(3, 12, 9), &r);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.list[0].rule->level, SUPERVISE_YELLOW);
    look_at_promises(&f, at(3, 16, 9), &r); /* two working days more */
    assert_int_equal(r.count, 1);
    assert_int_equal(r.list[0].rule->level, SUPERVISE_RED);
    assert_int_equal(r.list[0].unit, 7);
    asked[0].stopped = at(3, 11, 16); /* answered in time */
    look_at_promises(&f, at(3, 16, 9), &r);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.next, INT64_MAX);
    asked[0].stopped = at(3, 12, 10); /* what was late stays late */
    look_at_promises(&f, at(4, 16, 9), &r);
    assert_int_equal(r.count, 1);
}

static void a_life_event_is_late_with_those_that_were_open_when_it_was_due(void **state)
{
    struct supervise_promise event = {.key = {"No 7", 4}, .due = at(3, 11, 17)};
    struct supervise_facts f = facts();
    struct supervise_result r;
    (void)state;
    f.event = &event;
    look_at_promises(&f, at(3, 12, 9), &r);
    assert_non_null(of(&r, SUPERVISE_EVENT_OVER));
    event.stopped = at(3, 11, 12);
    look_at_promises(&f, at(3, 12, 9), &r);
    assert_null(of(&r, SUPERVISE_EVENT_OVER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_warned_of_then_late_and_stays_late),
        cmocka_unit_test(a_threshold_beyond_the_limit_is_counted_in_working_days),
        cmocka_unit_test(a_resting_clock_gives_no_warning),
        cmocka_unit_test(hours_are_counted_around_the_clock),
        cmocka_unit_test(a_step_is_late_by_its_own_limit_and_rests_with_the_case),
        cmocka_unit_test(the_rules_of_receipt_speak_of_the_step_that_accepts),
        cmocka_unit_test(the_gravest_rule_speaks_alone),
        cmocka_unit_test(skipping_a_step_is_seen_when_it_happens_and_when_it_is_decided),
        cmocka_unit_test(what_was_done_before_a_move_is_not_judged_by_the_steps_of_after),
        cmocka_unit_test(a_flow_in_one_line_gives_its_spans),
        cmocka_unit_test(branches_have_it_at_the_same_time_and_the_join_waits_for_both),
        cmocka_unit_test(those_who_sign_together_have_it_until_the_last_has_signed),
        cmocka_unit_test(a_fee_beside_the_list_is_seen_and_an_unknown_one_is_not_judged),
        cmocka_unit_test(documents_asked_twice_held_or_beside_the_list_are_seen),
        cmocka_unit_test(deciding_around_the_rules_is_seen),
        cmocka_unit_test(words_of_kinds_and_levels_come_back),
        cmocka_unit_test(what_is_owed_or_promised_is_seen_soon_and_over_and_no_more_when_it_is_there),
        cmocka_unit_test(an_opinion_is_warned_of_then_late_for_the_department_that_was_asked),
        cmocka_unit_test(a_life_event_is_late_with_those_that_were_open_when_it_was_due),
    };
    return cmocka_run_group_tests(tests, make_calendar, NULL);
}
