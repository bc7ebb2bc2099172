/* A year of cases over the real clock, calendar and rules of supervision, beside a second count that knows
 * nothing of them.
 *
 * Every case is made from seed and number alone, so that a mismatch can be looked at again. It is looked at
 * on each of its days, just before and at what the clock says is due, and around each of its events. What the
 * clock, the lights and the rules say is compared with the oracle: it writes every day of a case down, one
 * after the other, from the same list of days off, and shares no code with the engine (its own weekday,
 * months, intervals and counting).
 *
 * No database, no time of day: what is printed, times excepted, is the same on every machine. */
#ifndef TB_SIMULATE_H
#define TB_SIMULATE_H

#include "engines/supervision/supervision.h"

/* ---- the calendar, read twice: for the engine, and as a plain row of days for the oracle ---- */
enum { SIM_FIRST_YEAR = 2000, SIM_LAST_YEAR = 2099, SIM_DAYS = 36525, SIM_EXCEPTIONS_MAX = 8192 };
struct sim_calendar {
    struct workcalendar engine;
    struct workday_exception exceptions[SIM_EXCEPTIONS_MAX];
    char works[SIM_DAYS]; /* from 2000-01-01: '1' a working day */
};
/* Lines date \t off|work \t name. INVALID "calendar". */
bool sim_calendar_read(struct sim_calendar *c, struct str tsv, struct err *e) NODISCARD;

/* ---- a case ---- */
enum {
    SIM_CLOCK_MAX = 12,
    SIM_EVENTS_MAX = 12,
    SIM_REQUESTS_MAX = 4,
    SIM_STEPS = 3,
    SIM_OPINIONS_MAX = 2,
    SIM_SIBLINGS_MAX = 3,
    SIM_SIBLING_CLOCK_MAX = 6
};
/* Another department is asked, and has so many working days. */
struct sim_opinion {
    int64_t asked, answered; /* answered 0: not yet */
    int days;
};
/* Another case of the same life event. */
struct sim_sibling {
    struct clock_event clock[SIM_SIBLING_CLOCK_MAX];
    size_t clock_count;
};
struct sim_case {
    uint64_t number;
    int month; /* of arrival, 0…11 */
    struct limit promised, statutory;
    struct clock_event clock[SIM_CLOCK_MAX];
    size_t clock_count;
    struct supervise_event events[SIM_EVENTS_MAX];
    size_t event_count;
    struct supervise_span spans[SIM_STEPS];
    size_t span_count;
    struct supervise_request requests[SIM_REQUESTS_MAX];
    size_t request_count;
    int64_t charged, fee, charged_at;
    struct sim_opinion opinions[SIM_OPINIONS_MAX];
    size_t opinion_count;
    struct sim_sibling siblings[SIM_SIBLINGS_MAX];
    size_t sibling_count;
    int together_days;     /* what the life event promises, in working days; 0: it is part of none */
    bool two_persons;      /* the rule that asks for two of them holds for it */
    uint32_t broken;       /* bits of enum supervise_kind: what was done wrong on purpose */
    int64_t arrival, stop; /* stop 0: still open */
};
extern const struct supervise_step sim_steps[SIM_STEPS];
void sim_case_make(const struct sim_calendar *calendar, int year, uint64_t seed, uint64_t number,
                   struct sim_case *out);

/* ---- the oracle ---- */
struct sim_due {
    bool set, overdue;
    int64_t due;
    int left;
};
struct sim_truth {
    enum clock_phase phase;
    enum clock_light light;
    int elapsed;
    struct sim_due promised, statutory;
    enum clock_light opinions[SIM_OPINIONS_MAX], together;
};
void sim_oracle(const struct sim_calendar *calendar, const struct sim_case *c, int64_t now,
                struct sim_truth *out);
/* The time findings of the rules of the simulation: bits 0 soon, 1 over, 2 + 2 n and 3 + 2 n the same of step
 * n, SIM_OPINION_BIT + 2 n of opinion n, SIM_TOGETHER_BIT of the common promise. */
enum { SIM_OPINION_BIT = 2 + 2 * SIM_STEPS, SIM_TOGETHER_BIT = SIM_OPINION_BIT + 2 * SIM_OPINIONS_MAX };
uint32_t sim_oracle_findings(const struct sim_calendar *calendar, const struct sim_case *c, int64_t now);

/* What the rules of the simulation say: thresholds that the oracle knows by these names. */
enum { SIM_SOON_DAYS = 2, SIM_STEP_LIMIT = 3, SIM_STEP_SOON_DAYS = 1 };

/* ---- what a program that stores due instants at each move would tell the rules (simulate_promise.c) ---- */
enum { SIM_MOVES_MAX = SIM_CLOCK_MAX + SIM_SIBLINGS_MAX * SIM_SIBLING_CLOCK_MAX + 2 * SIM_OPINIONS_MAX };
struct sim_promises {
    struct supervise_promise opinions[SIM_OPINIONS_MAX], together;
    size_t opinion_count;
    enum clock_light opinion_lights[SIM_OPINIONS_MAX], together_light; /* as the pages show them */
};
void sim_promises_at(const struct sim_case *c, const struct clock_terms *terms, int64_t now,
                     struct sim_promises *out);
/* The instants at which opinions or the life event move, in no order. */
size_t sim_moves(const struct sim_case *c, int64_t out[SIM_MOVES_MAX]);
extern const char sim_opinion_keys[SIM_OPINIONS_MAX][2];

/* ---- the year ---- */
struct sim_month {
    int64_t cases, green, yellow, late, open, paused, extended, elapsed, closed, warned, broken;
    int64_t opinions, opinions_late, together, together_late;
};
struct sim_result {
    struct sim_month months[12];
    int64_t cases, looks, clock_mismatches, finding_mismatches;
    uint64_t first_wrong; /* number of the first case that differs, where there is one */
};
/* progress may be NULL. */
void sim_year(const struct sim_calendar *calendar, int year, uint64_t seed, uint64_t cases,
              void (*progress)(void *arg, uint64_t done), void *arg, struct sim_result *out);

#endif
