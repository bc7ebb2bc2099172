#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/arena.h"
#include "engines/workclock/workclock.h"

/* The State Council's published arrangement for 2026: days off on weekdays, and weekends worked. */
static const struct {
    int month, day;
    bool working;
} published_2026[] = {
    {1, 1, false},  {1, 2, false},  {1, 4, true},   {2, 14, true},  {2, 16, false},
    {2, 17, false}, {2, 18, false}, {2, 19, false}, {2, 20, false}, {2, 23, false},
    {2, 28, true},  {4, 6, false},  {5, 1, false},  {5, 4, false},  {5, 5, false},
    {5, 9, true},   {6, 19, false}, {9, 20, true},  {9, 25, false}, {10, 1, false},
    {10, 2, false}, {10, 5, false}, {10, 6, false}, {10, 7, false}, {10, 10, true},
};
enum { PUBLISHED = sizeof published_2026 / sizeof published_2026[0] };
static struct workday_exception exceptions[PUBLISHED];
/* 2025's remaining weeks have no exceptions after 11 October, so both years count as known here. */
static const struct workcalendar calendar = {2025, 2026, exceptions, PUBLISHED};

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLISHED; i++)
        exceptions[i] = (struct workday_exception){
            date_from_civil(2026, published_2026[i].month, published_2026[i].day), published_2026[i].working};
    return 0;
}

static int64_t at(int year, int month, int day, int hour, int minute)
{
    return date_start(date_from_civil(year, month, day)) + hour * MS_HOUR + minute * MS_MINUTE;
}

static struct clock_terms terms(enum limit_unit unit, int count)
{
    return (struct clock_terms){.promised = {unit, count},
                                .hours = office_hours_default,
                                .thresholds = clock_thresholds_default,
                                .calendar = &calendar};
}

static int64_t due(enum limit_unit unit, int count, int64_t start)
{
    return workclock_due(&calendar, office_hours_default, start, (struct limit){unit, count}, NULL);
}

static void assert_time(int64_t got, int64_t wanted)
{
    if (got != wanted) {
        struct arena *a = arena_new(8192);
        struct str g = time_format(a, got), w = time_format(a, wanted);
        print_error("got %.*s, wanted %.*s\n", STR_ARG(g), STR_ARG(w));
        arena_drop(a);
    }
    assert_int_equal(got, wanted);
}

static void days_off_and_make_up_days_come_from_the_calendar(void **state)
{
    (void)state;
    assert_false(workday_is(&calendar, date_from_civil(2026, 1, 1)));
    assert_true(workday_is(&calendar, date_from_civil(2026, 1, 4)));  /* a Sunday worked */
    assert_true(workday_is(&calendar, date_from_civil(2026, 2, 14))); /* a Saturday worked */
    assert_false(workday_is(&calendar, date_from_civil(2026, 2, 15)));
    assert_false(workday_is(&calendar, date_from_civil(2026, 2, 23)));
    assert_true(workday_is(&calendar, date_from_civil(2026, 2, 24)));
    int worked = workday_between(&calendar, date_from_civil(2025, 12, 31), date_from_civil(2026, 12, 31));
    /* 261 weekdays of 2026, less 19 days off on weekdays, plus 6 make-up days. */
    assert_int_equal(worked, 261 - 19 + 6);
}

static void counting_forth_and_back_agree(void **state)
{
    (void)state;
    int32_t day = workday_on_or_after(&calendar, date_from_civil(2026, 1, 1));
    for (int n = 1; n < 200; n++) {
        int32_t later = workday_add(&calendar, day, n);
        assert_int_equal(workday_add(&calendar, later, -n), day);
        assert_int_equal(workday_between(&calendar, day, later), n);
        assert_int_equal(workday_between(&calendar, later, day), -n);
    }
}

static void day_of_receipt_is_not_counted(void **state)
{
    (void)state;
    /* Monday 9 March 2026, an ordinary week. */
    assert_time(due(LIMIT_WORKDAYS, 1, at(2026, 3, 9, 10, 0)), at(2026, 3, 10, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 5, at(2026, 3, 9, 10, 0)), at(2026, 3, 16, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 0, at(2026, 3, 9, 10, 0)), at(2026, 3, 9, 17, 0));
}

static void receipt_outside_office_hours_counts_from_the_next_working_day(void **state)
{
    (void)state;
    assert_time(due(LIMIT_WORKDAYS, 1, at(2026, 3, 9, 17, 0)), at(2026, 3, 10, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 1, at(2026, 3, 9, 17, 1)), at(2026, 3, 11, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 1, at(2026, 3, 7, 11, 0)), at(2026, 3, 10, 17, 0)); /* a Saturday */
    assert_time(due(LIMIT_WORKDAYS, 0, at(2026, 3, 7, 11, 0)), at(2026, 3, 9, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 1, at(2026, 3, 9, 0, 5)), at(2026, 3, 10, 17, 0));
}

static void new_year_2026_is_left_out(void **state)
{
    (void)state;
    /* Wednesday 31 December 2025; 1–3 January off, Sunday the 4th worked. */
    assert_time(due(LIMIT_WORKDAYS, 1, at(2025, 12, 31, 9, 30)), at(2026, 1, 4, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 3, at(2025, 12, 31, 9, 30)), at(2026, 1, 6, 17, 0));
}

static void spring_festival_2026_is_left_out_and_make_up_saturdays_count(void **state)
{
    (void)state;
    /* Friday 13 February: Saturday 14 is worked, then nothing until Tuesday 24, and Saturday 28 is worked. */
    int64_t friday = at(2026, 2, 13, 14, 0);
    assert_time(due(LIMIT_WORKDAYS, 1, friday), at(2026, 2, 14, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 2, friday), at(2026, 2, 24, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 6, friday), at(2026, 2, 28, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 7, friday), at(2026, 3, 2, 17, 0));
    assert_time(due(LIMIT_WORKDAYS, 20, friday), at(2026, 3, 19, 17, 0));
}

static void natural_limits_end_on_a_working_day(void **state)
{
    (void)state;
    assert_time(due(LIMIT_DAYS, 10, at(2026, 3, 9, 10, 0)), at(2026, 3, 19, 17, 0));
    /* 10 + 7 days is within the festival. */
    assert_time(due(LIMIT_DAYS, 7, at(2026, 2, 10, 10, 0)), at(2026, 2, 24, 17, 0));
    /* 30 January + 1 month: February has no 30th; the 28th is a make-up Saturday. */
    assert_time(due(LIMIT_MONTHS, 1, at(2026, 1, 30, 10, 0)), at(2026, 2, 28, 17, 0));
    assert_time(due(LIMIT_MONTHS, 13, at(2025, 11, 3, 10, 0)), at(2026, 12, 3, 17, 0));
    /* 29 February 2028 + 1 year; 28 February 2029 is a Wednesday. */
    assert_time(due(LIMIT_YEARS, 1, at(2028, 2, 29, 10, 0)), at(2029, 2, 28, 17, 0));
}

/* Found by the simulated year: the end was pushed by a millisecond a turn. */
static void a_pause_in_the_last_moment_of_a_limit_in_hours_is_counted_at_once(void **state)
{
    int64_t start = at(2026, 3, 2, 10, 0), pause = start + 4 * MS_HOUR - 1, now = pause + 30 * MS_DAY;
    const struct clock_event events[] = {{CLOCK_START, start, 0}, {CLOCK_PAUSE, pause, 0}};
    struct clock_terms t = terms(LIMIT_HOURS, 4);
    struct clock_state s = workclock_state(events, 2, &t, now);
    assert_true((s.promised.set ? s.promised.due : s.statutory.due) == now + 1);
    (void)state;
}

static void limits_in_hours_run_around_the_clock(void **state)
{
    (void)state;
    assert_time(due(LIMIT_HOURS, 48, at(2026, 2, 14, 10, 30)), at(2026, 2, 16, 10, 30));
    const struct clock_event events[] = {{CLOCK_START, at(2026, 3, 9, 10, 0), 0},
                                         {CLOCK_PAUSE, at(2026, 3, 9, 12, 0), 0},
                                         {CLOCK_RESUME, at(2026, 3, 9, 15, 30), 0}};
    struct clock_terms t = terms(LIMIT_HOURS, 4);
    struct clock_state s = workclock_state(events, 3, &t, at(2026, 3, 9, 16, 0));
    assert_time(s.promised.due, at(2026, 3, 9, 17, 30));
    assert_int_equal(s.promised.left, 2);
    assert_int_equal(s.running_ms, 2 * MS_HOUR + 30 * MS_MINUTE);
    assert_int_equal(s.light, LIGHT_GREEN);
    assert_int_equal(workclock_state(events, 3, &t, at(2026, 3, 9, 16, 30)).light, LIGHT_YELLOW);
    assert_int_equal(workclock_state(events, 3, &t, at(2026, 3, 9, 17, 31)).light, LIGHT_RED);
}

static void lights_follow_the_thresholds(void **state)
{
    (void)state;
    const struct clock_event start = {CLOCK_START, at(2026, 3, 9, 10, 0), 0}; /* due Friday 13, 17:00 */
    struct clock_terms t = terms(LIMIT_WORKDAYS, 4);
    struct clock_state s = workclock_state(&start, 1, &t, at(2026, 3, 9, 10, 0));
    assert_int_equal(s.light, LIGHT_GREEN);
    assert_int_equal(s.promised.left, 4);
    assert_int_equal(workclock_state(&start, 1, &t, at(2026, 3, 12, 16, 59)).light, LIGHT_GREEN);
    s = workclock_state(&start, 1, &t, at(2026, 3, 12, 17, 0));
    assert_int_equal(s.light, LIGHT_YELLOW);
    assert_int_equal(s.promised.left, 1);
    assert_int_equal(s.elapsed, 3);
    s = workclock_state(&start, 1, &t, at(2026, 3, 13, 17, 0));
    assert_int_equal(s.light, LIGHT_YELLOW);
    assert_int_equal(s.promised.left, 0);
    assert_false(s.promised.overdue);
    s = workclock_state(&start, 1, &t, at(2026, 3, 16, 17, 1));
    assert_int_equal(s.light, LIGHT_RED);
    assert_int_equal(s.promised.left, -1);
    assert_true(s.promised.overdue);
    t.thresholds = (struct clock_thresholds){.yellow_days = 3, .red_days = 1};
    assert_int_equal(workclock_state(&start, 1, &t, at(2026, 3, 10, 17, 0)).light, LIGHT_YELLOW);
    assert_int_equal(workclock_state(&start, 1, &t, at(2026, 3, 12, 17, 1)).light, LIGHT_RED);
}

static void pause_over_a_holiday_takes_out_only_working_days(void **state)
{
    (void)state;
    /* Started Tuesday 10 February, due in 5: 11, 12, 13, 14, 24. Paused Thursday 12 at noon, resumed
     * Wednesday 25 at ten: closings of 12, 13, 14 and 24 are covered, so 11, 25, 26, 27, 28 count. */
    const struct clock_event events[] = {{CLOCK_START, at(2026, 2, 10, 10, 0), 0},
                                         {CLOCK_PAUSE, at(2026, 2, 12, 12, 0), 0},
                                         {CLOCK_RESUME, at(2026, 2, 25, 10, 0), 0}};
    struct clock_terms t = terms(LIMIT_WORKDAYS, 5);
    assert_time(workclock_state(events, 1, &t, events[0].at).promised.due, at(2026, 2, 24, 17, 0));
    struct clock_state paused = workclock_state(events, 3, &t, at(2026, 2, 24, 18, 0));
    assert_int_equal(paused.phase, CLOCK_PAUSED);
    assert_int_equal(paused.light, LIGHT_PAUSED);
    assert_int_equal(paused.elapsed, 1);
    assert_int_equal(paused.promised.left, 4);
    assert_time(paused.promised.due, at(2026, 2, 28, 17, 0));
    struct clock_state s = workclock_state(events, 3, &t, at(2026, 2, 26, 18, 0));
    assert_time(s.promised.due, at(2026, 2, 28, 17, 0));
    assert_int_equal(s.elapsed, 3);
    assert_int_equal(s.promised.left, 2);
    assert_int_equal(s.running_ms, (2 * 24 + 2) * MS_HOUR + (24 + 8) * MS_HOUR);
}

static void pause_within_one_day_costs_nothing(void **state)
{
    (void)state;
    const struct clock_event events[] = {{CLOCK_START, at(2026, 3, 9, 10, 0), 0},
                                         {CLOCK_PAUSE, at(2026, 3, 10, 10, 0), 0},
                                         {CLOCK_RESUME, at(2026, 3, 10, 16, 0), 0}};
    struct clock_terms t = terms(LIMIT_WORKDAYS, 2);
    assert_time(workclock_state(events, 3, &t, at(2026, 3, 10, 16, 30)).promised.due, at(2026, 3, 11, 17, 0));
}

static void what_is_due_at_once_rests_like_everything_else(void **state)
{
    const struct clock_event events[] = {{CLOCK_START, at(2026, 3, 9, 10, 0), 0},
                                         {CLOCK_PAUSE, at(2026, 3, 9, 12, 0), 0},
                                         {CLOCK_RESUME, at(2026, 3, 12, 9, 30), 0}};
    struct clock_terms t = terms(LIMIT_WORKDAYS, 0);
    (void)state;
    assert_true(workclock_state(events, 1, &t, events[0].at).promised.due == at(2026, 3, 9, 17, 0));
    struct clock_state s = workclock_state(events, 3, &t, at(2026, 3, 11, 18, 0));
    assert_false(s.promised.overdue);
    assert_int_equal(s.light, LIGHT_PAUSED);
    s = workclock_state(events, 3, &t, events[2].at);
    assert_true(s.promised.due == at(2026, 3, 12, 17, 0));
    /* A pause after it was due moves nothing. */
    const struct clock_event late[] = {{CLOCK_START, at(2026, 3, 9, 10, 0), 0},
                                       {CLOCK_PAUSE, at(2026, 3, 9, 17, 30), 0}};
    s = workclock_state(late, 2, &t, at(2026, 3, 11, 18, 0));
    assert_true(s.promised.overdue && s.promised.due == at(2026, 3, 9, 17, 0));
}

/* The month ends on a day off; the working day it is moved to falls into a rest. */
static void the_day_an_end_is_moved_to_may_be_one_of_rest(void **state)
{
    const struct clock_event events[] = {{CLOCK_START, at(2026, 1, 16, 10, 0), 0},
                                         {CLOCK_PAUSE, at(2026, 2, 23, 12, 0), 0},
                                         {CLOCK_RESUME, at(2026, 2, 26, 9, 30), 0}};
    struct clock_terms t = terms(LIMIT_MONTHS, 1);
    (void)state;
    assert_time(workclock_state(events, 1, &t, events[0].at).promised.due, at(2026, 2, 24, 17, 0));
    assert_time(workclock_state(events, 3, &t, events[2].at).promised.due, at(2026, 2, 26, 17, 0));
}

static void a_part_rests_with_the_whole(void **state)
{
    const struct clock_event whole[] = {{CLOCK_START, 10, 0},  {CLOCK_PAUSE, 20, 0}, {CLOCK_RESUME, 30, 0},
                                        {CLOCK_EXTEND, 35, 5}, {CLOCK_PAUSE, 40, 0}, {CLOCK_RESUME, 50, 0},
                                        {CLOCK_STOP, 60, 0}};
    struct clock_event out[8];
    (void)state;
    /* Begun in a rest; what was over before does not count. */
    assert_int_equal(workclock_part(whole, 7, 25, 0, out, 8), 5);
    assert_true(out[0].kind == CLOCK_START && out[0].at == 25 && out[1].kind == CLOCK_PAUSE &&
                out[1].at == 25);
    assert_true(out[2].kind == CLOCK_RESUME && out[2].at == 30);
    assert_int_equal(workclock_part(whole, 7, 32, 45, out, 8), 3);
    assert_true(out[1].kind == CLOCK_PAUSE && out[1].at == 40 && out[2].kind == CLOCK_STOP &&
                out[2].at == 45);
    assert_int_equal(workclock_part(whole, 2, 32, 0, out, 8), 2);
    assert_true(out[1].kind == CLOCK_PAUSE && out[1].at == 32);
    assert_int_equal(workclock_part(whole, 7, 30, 0, out, 8), 3);
}

static void several_together_rest_while_one_of_them_does_and_end_with_the_last(void **state)
{
    enum clock_event_kind out[3];
    (void)state;
    assert_int_equal(workclock_together(CLOCK_UNSTARTED, false, false, false, out), 0);
    assert_int_equal(workclock_together(CLOCK_UNSTARTED, true, true, false, out), 2);
    assert_true(out[0] == CLOCK_START && out[1] == CLOCK_PAUSE);
    assert_int_equal(workclock_together(CLOCK_RUNNING, true, false, false, out), 0);
    assert_int_equal(workclock_together(CLOCK_PAUSED, true, true, false, out), 0);
    assert_int_equal(workclock_together(CLOCK_PAUSED, true, false, true, out), 2);
    assert_true(out[0] == CLOCK_RESUME && out[1] == CLOCK_STOP);
    assert_int_equal(workclock_together(CLOCK_STOPPED, true, true, true, out), 0);
}

static void pauses_move_natural_limits_too(void **state)
{
    (void)state;
    const struct clock_event events[] = {{CLOCK_START, at(2026, 3, 9, 10, 0), 0},
                                         {CLOCK_PAUSE, at(2026, 3, 10, 10, 0), 0},
                                         {CLOCK_RESUME, at(2026, 3, 13, 10, 0), 0}};
    struct clock_terms t = terms(LIMIT_DAYS, 10);
    assert_time(workclock_state(events, 3, &t, at(2026, 3, 13, 16, 30)).promised.due, at(2026, 3, 23, 17, 0));
    t = terms(LIMIT_MONTHS, 1);
    assert_time(workclock_state(events, 3, &t, at(2026, 3, 13, 16, 30)).promised.due, at(2026, 4, 13, 17, 0));
}

static void extension_adds_its_days(void **state)
{
    (void)state;
    const struct clock_event events[] = {{CLOCK_START, at(2026, 2, 3, 10, 0), 0},
                                         {CLOCK_EXTEND, at(2026, 2, 5, 10, 0), 10}};
    struct clock_terms t = terms(LIMIT_WORKDAYS, 3);
    assert_time(workclock_state(events, 2, &t, at(2026, 2, 4, 0, 0)).promised.due, at(2026, 2, 6, 17, 0));
    struct clock_state s = workclock_state(events, 2, &t, at(2026, 2, 5, 11, 0));
    assert_int_equal(s.extended, 10);
    assert_time(s.promised.due, at(2026, 2, 27, 17, 0));
}

static void both_limits_are_watched(void **state)
{
    (void)state;
    const struct clock_event start = {CLOCK_START, at(2026, 3, 9, 10, 0), 0};
    struct clock_terms t = terms(LIMIT_WORKDAYS, 2);
    t.statutory = (struct limit){LIMIT_WORKDAYS, 20};
    struct clock_state s = workclock_state(&start, 1, &t, at(2026, 3, 12, 10, 0));
    assert_true(s.promised.overdue);
    assert_false(s.statutory.overdue);
    assert_int_equal(s.statutory.light, LIGHT_GREEN);
    assert_int_equal(s.light, LIGHT_RED);
    assert_time(s.statutory.due, at(2026, 4, 7, 17, 0)); /* 6 April 2026 is a day off */
    t.promised.unit = LIMIT_NONE;
    s = workclock_state(&start, 1, &t, at(2026, 3, 12, 10, 0));
    assert_false(s.promised.set);
    assert_int_equal(s.light, LIGHT_GREEN);
}

static void stopping_freezes_the_outcome(void **state)
{
    (void)state;
    struct clock_event events[] = {{CLOCK_START, at(2026, 3, 9, 10, 0), 0},
                                   {CLOCK_STOP, at(2026, 3, 11, 10, 0), 0}};
    struct clock_terms t = terms(LIMIT_WORKDAYS, 2);
    struct clock_state s = workclock_state(events, 2, &t, at(2027, 1, 1, 0, 0));
    assert_int_equal(s.light, LIGHT_DONE);
    assert_int_equal(s.elapsed, 1);
    assert_false(s.promised.overdue);
    events[1].at = at(2026, 3, 11, 17, 1);
    s = workclock_state(events, 2, &t, at(2027, 1, 1, 0, 0));
    assert_true(s.promised.overdue);
    assert_int_equal(s.light, LIGHT_DONE);
    /* Withdrawn while paused: nothing runs for ever. */
    const struct clock_event withdrawn[] = {{CLOCK_START, at(2026, 3, 9, 10, 0), 0},
                                            {CLOCK_PAUSE, at(2026, 3, 10, 10, 0), 0},
                                            {CLOCK_STOP, at(2026, 3, 12, 10, 0), 0}};
    s = workclock_state(withdrawn, 3, &t, at(2026, 3, 20, 0, 0));
    assert_int_equal(s.phase, CLOCK_STOPPED);
    assert_int_equal(s.elapsed, 0);
    assert_false(s.promised.overdue);
}

static void past_the_last_known_year_is_provisional_and_changes_with_the_calendar(void **state)
{
    (void)state;
    bool provisional = false;
    int64_t start = at(2026, 12, 30, 10, 0);
    workclock_due(&calendar, office_hours_default, start, (struct limit){LIMIT_WORKDAYS, 1}, &provisional);
    assert_false(provisional);
    int64_t guess = workclock_due(&calendar, office_hours_default, start, (struct limit){LIMIT_WORKDAYS, 2},
                                  &provisional);
    assert_true(provisional);
    assert_time(guess, at(2027, 1, 1, 17, 0)); /* a Friday by the weekday rule alone */
    /* A calendar for 2027 in which 1 January is off: the same clock gives another day, no longer provisional.
     */
    struct workday_exception more[PUBLISHED + 1];
    memcpy(more, exceptions, sizeof exceptions);
    more[PUBLISHED] = (struct workday_exception){date_from_civil(2027, 1, 1), false};
    const struct workcalendar later = {2025, 2027, more, PUBLISHED + 1};
    int64_t known =
        workclock_due(&later, office_hours_default, start, (struct limit){LIMIT_WORKDAYS, 2}, &provisional);
    assert_false(provisional);
    assert_time(known, at(2027, 1, 4, 17, 0));
}

static void events_come_in_order(void **state)
{
    (void)state;
    struct err e = {0};
    struct clock_event log[4] = {
        {CLOCK_START, 1000, 0}, {CLOCK_PAUSE, 2000, 0}, {CLOCK_RESUME, 3000, 0}, {CLOCK_STOP, 4000, 0}};
    static const struct {
        size_t after;
        struct clock_event next;
        const char *code;
    } refused[] = {
        {0, {CLOCK_PAUSE, 1, 0}, "clock.unstarted"},    {1, {CLOCK_START, 1500, 0}, "clock.started"},
        {1, {CLOCK_RESUME, 1500, 0}, "clock.running"},  {2, {CLOCK_PAUSE, 2500, 0}, "clock.paused"},
        {3, {CLOCK_PAUSE, 2999, 0}, "clock.order"},     {4, {CLOCK_RESUME, 5000, 0}, "clock.stopped"},
        {1, {CLOCK_EXTEND, 1500, 0}, "clock.extension"}};
    for (size_t i = 0; i < 4; i++)
        assert_true(workclock_may(log, i, log[i], &e));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        err_clear(&e);
        assert_false(workclock_may(log, refused[i].after, refused[i].next, &e));
        assert_string_equal(e.code, refused[i].code);
    }
}

static void promised_never_exceeds_statutory(void **state)
{
    (void)state;
    const struct limit w20 = {LIMIT_WORKDAYS, 20};
    assert_true(limit_within((struct limit){LIMIT_WORKDAYS, 5}, w20));
    assert_false(limit_within((struct limit){LIMIT_WORKDAYS, 21}, w20));
    assert_true(limit_within((struct limit){LIMIT_DAYS, 20}, w20));
    assert_false(limit_within(w20, (struct limit){LIMIT_DAYS, 20}));
    assert_true(limit_within((struct limit){LIMIT_WORKDAYS, 5}, (struct limit){LIMIT_DAYS, 20}));
    assert_true(limit_within((struct limit){LIMIT_NONE, 0}, w20));
    assert_int_equal(limit_unit_of(STR("workdays")), LIMIT_WORKDAYS);
    assert_int_equal(limit_unit_of(STR("moons")), LIMIT_NONE);
    assert_string_equal(limit_unit_name(LIMIT_MONTHS), "months");
    assert_string_equal(clock_light_name(LIGHT_PAUSED), "paused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_off_and_make_up_days_come_from_the_calendar),
        cmocka_unit_test(counting_forth_and_back_agree),
        cmocka_unit_test(day_of_receipt_is_not_counted),
        cmocka_unit_test(receipt_outside_office_hours_counts_from_the_next_working_day),
        cmocka_unit_test(new_year_2026_is_left_out),
        cmocka_unit_test(spring_festival_2026_is_left_out_and_make_up_saturdays_count),
        cmocka_unit_test(natural_limits_end_on_a_working_day),
        cmocka_unit_test(a_pause_in_the_last_moment_of_a_limit_in_hours_is_counted_at_once),
        cmocka_unit_test(limits_in_hours_run_around_the_clock),
        cmocka_unit_test(lights_follow_the_thresholds),
        cmocka_unit_test(pause_over_a_holiday_takes_out_only_working_days),
        cmocka_unit_test(pause_within_one_day_costs_nothing),
        cmocka_unit_test(what_is_due_at_once_rests_like_everything_else),
        cmocka_unit_test(the_day_an_end_is_moved_to_may_be_one_of_rest),
        cmocka_unit_test(a_part_rests_with_the_whole),
        cmocka_unit_test(several_together_rest_while_one_of_them_does_and_end_with_the_last),
        cmocka_unit_test(pauses_move_natural_limits_too),
        cmocka_unit_test(extension_adds_its_days),
        cmocka_unit_test(both_limits_are_watched),
        cmocka_unit_test(stopping_freezes_the_outcome),
        cmocka_unit_test(past_the_last_known_year_is_provisional_and_changes_with_the_calendar),
        cmocka_unit_test(events_come_in_order),
        cmocka_unit_test(promised_never_exceeds_statutory),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
