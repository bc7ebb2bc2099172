#include "app/simulate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* The days off of 2026 and the days worked instead, as the State Council published them. */
static const char days_2026[] =
    "2026-01-01\toff\tA\n2026-01-02\toff\tA\n2026-01-03\toff\tA\n2026-01-04\twork\tA\n2026-02-14\twork\tB\n"
    "2026-02-15\toff\tB\n2026-02-16\toff\tB\n2026-02-17\toff\tB\n2026-02-18\toff\tB\n2026-02-19\toff\tB\n"
    "2026-02-20\toff\tB\n2026-02-21\toff\tB\n2026-02-22\toff\tB\n2026-02-23\toff\tB\n2026-02-28\twork\tB\n"
    "2026-04-04\toff\tC\n2026-04-05\toff\tC\n2026-04-06\toff\tC\n2026-05-01\toff\tD\n2026-05-02\toff\tD\n"
    "2026-05-03\toff\tD\n2026-05-04\toff\tD\n2026-05-05\toff\tD\n2026-05-09\twork\tD\n2026-06-19\toff\tE\n"
    "2026-06-20\toff\tE\n2026-06-21\toff\tE\n2026-09-20\twork\tF\n2026-09-25\toff\tG\n2026-09-26\toff\tG\n"
    "2026-09-27\toff\tG\n2026-10-01\toff\tF\n2026-10-02\toff\tF\n2026-10-03\toff\tF\n2026-10-04\toff\tF\n"
    "2026-10-05\toff\tF\n2026-10-06\toff\tF\n2026-10-07\toff\tF\n2026-10-10\twork\tF\n";

static struct sim_calendar calendar;

static int read_calendar(void **state)
{
    struct err e = {0};
    (void)state;
    return sim_calendar_read(&calendar, str_c(days_2026), &e) ? 0 : 1;
}

static void twenty_thousand_cases_of_a_year_are_counted_as_the_oracle_counts_them(void **state)
{
    struct sim_result r;
    int64_t late = 0, yellow = 0, paused = 0, extended = 0, broken = 0, opinions = 0, together = 0;
    sim_year(&calendar, 2026, 1, 20000, NULL, NULL, &r);
    printf("%lld looks, %lld and %lld mismatches, first %llu\n", (long long)r.looks,
           (long long)r.clock_mismatches, (long long)r.finding_mismatches, (unsigned long long)r.first_wrong);
    assert_int_equal(r.clock_mismatches, 0);
    assert_int_equal(r.finding_mismatches, 0);
    for (int i = 0; i < 12; i++) {
        assert_true(r.months[i].cases > 500);
        late += r.months[i].late;
        yellow += r.months[i].yellow;
        paused += r.months[i].paused;
        extended += r.months[i].extended;
        broken += r.months[i].broken;
        opinions += r.months[i].opinions_late;
        together += r.months[i].together_late;
        assert_true(r.months[i].opinions > 100 && r.months[i].together > 50);
    }
    assert_true(late > 100 && yellow > 100 && paused > 500 && extended > 200 && broken > 100);
    assert_true(opinions > 100 && together > 100);
    (void)state;
}

/* The engine with one holiday less, beside the oracle that knows it: the comparison is able to fail. */
static void a_clock_that_forgets_a_day_off_is_noticed(void **state)
{
    static struct sim_calendar other;
    struct sim_result r;
    other = calendar;
    for (size_t i = 0; i < other.engine.count; i++)
        if (other.exceptions[i].date == date_from_civil(2026, 2, 18)) other.exceptions[i].working = true;
    other.engine.exceptions = other.exceptions;
    sim_year(&other, 2026, 1, 2000, NULL, NULL, &r);
    assert_true(r.clock_mismatches > 0);
    assert_true(r.finding_mismatches > 0);
    (void)state;
}

static void a_calendar_with_a_wrong_line_is_refused(void **state)
{
    static const char *const wrong[] = {"2026-02-30\toff\tX\n", "2026-01-01\tmaybe\tX\n",
                                        "yesterday\toff\tX\n"};
    static struct sim_calendar c;
    for (size_t i = 0; i < 3; i++) {
        struct err e = {0};
        assert_false(sim_calendar_read(&c, str_c(wrong[i]), &e));
        assert_int_equal(e.kind, ERR_INVALID);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_thousand_cases_of_a_year_are_counted_as_the_oracle_counts_them),
        cmocka_unit_test(a_clock_that_forgets_a_day_off_is_noticed),
        cmocka_unit_test(a_calendar_with_a_wrong_line_is_refused),
    };
    return cmocka_run_group_tests(tests, read_calendar, NULL);
}
