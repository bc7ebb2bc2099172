/* The clock of a case: working days, what is due when, and the lights.
 *
 * Pure: no clock and no calendar of its own. A clock is an append-only list of events (start, pause, resume,
 * extend, stop); everything else is computed from it, so that a calendar that arrives later simply gives a
 * new answer.
 *
 * How time is counted:
 * - The day on which the clock starts is not counted (民法典 art. 201). What comes in after office hours or
 * on a day off counts as coming in on the next working day.
 * - A working day is used up at its closing time, if the clock runs then. So a pause takes out as many days
 * as it covers closings, and what is due in N working days is due at the close of the N-th working day; N = 0
 * means the day of the start itself.
 *   Where it rests at the close of that day: the first one at whose close it runs.
 * - Limits in natural days, months or years end at the close of their last day, moved to the next working day
 * when it is a day off (art. 203); a month without that day ends on its last (art. 202). Pauses move them by
 * the closings covered.
 * - Limits in hours run from the instant itself, around the clock; pauses move them exactly.
 * - Working days are those of the law's licences: statutory holidays excluded (行政许可法 art. 82). */
#ifndef TB_WORKCLOCK_H
#define TB_WORKCLOCK_H

#include "core/base/err.h"
#include "core/base/time.h"

/* ---- calendar ---- */
struct workday_exception {
    int32_t date;
    bool working; /* true: a make-up day (调休) on a weekend; false: a day off */
};
/* Borrowed arrays; exceptions sorted by date, one a date. Outside first_year…last_year the weekday rule alone
 * (Monday to Friday) holds and answers are provisional. An empty calendar has first_year > last_year. */
struct workcalendar {
    int first_year, last_year;
    const struct workday_exception *exceptions;
    size_t count;
};
struct office_hours {
    int open_minute, close_minute; /* of the day in Shanghai, 0 ≤ open < close ≤ 1440 */
};
extern const struct office_hours office_hours_default; /* 9:00 to 17:00 */

bool workday_is(const struct workcalendar *c, int32_t date);
bool workday_provisional(const struct workcalendar *c, int32_t date);
/* The first working day on or after / after `date`. */
int32_t workday_on_or_after(const struct workcalendar *c, int32_t date);
int32_t workday_next(const struct workcalendar *c, int32_t date);
/* The n-th working day after `date` (n ≥ 0; 0 gives date itself), or before it for n < 0. */
int32_t workday_add(const struct workcalendar *c, int32_t date, int n);
/* Working days in (from, to]; negative when to < from. */
int workday_between(const struct workcalendar *c, int32_t from, int32_t to);
/* The working day on which something received at `at` counts as received. */
int32_t workday_received(const struct workcalendar *c, struct office_hours h, int64_t at);

/* ---- limits ---- */
enum limit_unit { LIMIT_NONE, LIMIT_WORKDAYS, LIMIT_DAYS, LIMIT_HOURS, LIMIT_MONTHS, LIMIT_YEARS };
enum { LIMIT_COUNT_MAX = 3660 };
struct limit {
    enum limit_unit unit; /* LIMIT_NONE: not known, or none */
    int count;            /* 0…LIMIT_COUNT_MAX */
};
/* "workdays", "days", "hours", "months", "years"; LIMIT_NONE for anything else. */
enum limit_unit limit_unit_of(struct str name);
const char *limit_unit_name(enum limit_unit unit);
/* Can `promised` never end after `statutory`? True where either is not known. Different units are
 * compared by their shortest and longest possible span. */
bool limit_within(struct limit promised, struct limit statutory);

/* ---- clock ---- */
enum clock_event_kind { CLOCK_START, CLOCK_PAUSE, CLOCK_RESUME, CLOCK_EXTEND, CLOCK_STOP };
struct clock_event {
    enum clock_event_kind kind;
    int64_t at; /* ms UTC, not before the event before it */
    int count; /* CLOCK_EXTEND: 1…LIMIT_COUNT_MAX, in the limit's unit, where that is working days or hours;
                  else natural days */
};
enum clock_phase { CLOCK_UNSTARTED, CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_STOPPED };

/* May `next` follow? CONFLICT "clock.order" (time before the last event), "clock.unstarted", "clock.started",
 * "clock.paused", "clock.running", "clock.stopped"; INVALID "clock.extension". */
bool workclock_may(const struct clock_event *events, size_t count, struct clock_event next,
                   struct err *e) NODISCARD;
enum clock_phase workclock_phase(const struct clock_event *events, size_t count);

enum clock_light { LIGHT_GREEN, LIGHT_YELLOW, LIGHT_RED, LIGHT_DONE, LIGHT_PAUSED };
const char *clock_light_name(enum clock_light light); /* "green" … */

/* Thresholds are data. Yellow from the closing time yellow_days working days before the due day (1: from the
 * close of the working day before), for limits in hours from yellow_hours before; red red_days working days
 * before, 0 only when overdue. */
struct clock_thresholds {
    int yellow_days, yellow_hours, red_days;
};
enum { CLOCK_YELLOW_DAYS = 1, CLOCK_YELLOW_HOURS = 1, CLOCK_RED_DAYS = 0 };
extern const struct clock_thresholds clock_thresholds_default; /* these three */

struct clock_terms {
    struct limit statutory, promised;
    struct office_hours hours;
    struct clock_thresholds thresholds;
    const struct workcalendar *calendar;
};

struct clock_due {
    bool set;                  /* false: no limit, or not started */
    int64_t due;               /* ms UTC; while paused: as if it resumed now */
    int64_t yellow_at, red_at; /* from when on it is so */
    int left;         /* closings (or natural days, or begun hours) left until due; negative when overdue */
    bool overdue;     /* now, or when it was stopped */
    bool provisional; /* a day counted lies outside the known years */
    enum clock_light light;
};

struct clock_state {
    enum clock_phase phase;
    int32_t day0;       /* the day that is not counted */
    int elapsed;        /* working days used up, up to now or the stop */
    int64_t running_ms; /* time running, pauses excluded */
    int extended;       /* sum of extensions */
    struct clock_due promised, statutory;
    enum clock_light light; /* the worse of the two */
};

/* The state at `now` (ms UTC). Events must have passed workclock_may one by one; those after `now` are not
 * yet seen. */
struct clock_state workclock_state(const struct clock_event *events, size_t count,
                                   const struct clock_terms *terms, int64_t now);
/* What is shown of a due instant that was stored at the last event of a clock that runs; 0: no limit. */
enum clock_light workclock_shown(int64_t yellow_at, int64_t red_at, int64_t now);
/* The clock of a part that begins at `from`, is over at `until` (0: not yet) and rests while the whole does.
 * max ≥ 3; returns how many. */
size_t workclock_part(const struct clock_event *whole, size_t count, int64_t from, int64_t until,
                      struct clock_event *out, size_t max);
/* The clock of several that count as one: it begins with the first of them, rests while one that is open
 * rests, and stops with the last. What follows in it, in order, when they stand so; returns how many. */
size_t workclock_together(enum clock_phase phase, bool begun, bool rests, bool done,
                          enum clock_event_kind out[3]);
/* When a limit that starts at `start` ends, without pauses. */
int64_t workclock_due(const struct workcalendar *c, struct office_hours h, int64_t start, struct limit limit,
                      bool *provisional);

#endif
