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
enum { SIM_CLOCK_MAX = 12, SIM_EVENTS_MAX = 12, SIM_REQUESTS_MAX = 4, SIM_STEPS = 3 };
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
    bool four_eyes;
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
};
void sim_oracle(const struct sim_calendar *calendar, const struct sim_case *c, int64_t now,
                struct sim_truth *out);
/* The time findings of the rules of the simulation: bits 0 soon, 1 over, 2 + 2 n and 3 + 2 n the same of step
 * n. */
uint32_t sim_oracle_findings(const struct sim_calendar *calendar, const struct sim_case *c, int64_t now);

/* What the rules of the simulation say: thresholds that the oracle knows by these names. */
enum { SIM_SOON_DAYS = 2, SIM_STEP_LIMIT = 3, SIM_STEP_SOON_DAYS = 1 };

/* ---- the year ---- */
struct sim_month {
    int64_t cases, green, yellow, late, open, paused, extended, elapsed, closed, warned, broken;
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
