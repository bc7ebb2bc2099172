#include "engines/workclock/workclock.h"

const struct clock_thresholds clock_thresholds_default = {
    .yellow_days = CLOCK_YELLOW_DAYS, .yellow_hours = CLOCK_YELLOW_HOURS, .red_days = CLOCK_RED_DAYS};

/* ---- limits ---- */

static const struct {
    enum limit_unit unit;
    const char *name;
    int shortest, longest; /* hours one of them can span; 5 working days fill a week, holidays come on top */
} units[] = {{LIMIT_WORKDAYS, "workdays", 24, 34},
             {LIMIT_DAYS, "days", 24, 24},
             {LIMIT_HOURS, "hours", 1, 1},
             {LIMIT_MONTHS, "months", 28 * 24, 31 * 24},
             {LIMIT_YEARS, "years", 365 * 24, 366 * 24}};
enum { HOLIDAY_HOURS = 12 * 24 }; /* the longest holiday with the weekends around it */

enum limit_unit limit_unit_of(struct str name)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (str_eq_c(name, units[i].name)) return units[i].unit;
    return LIMIT_NONE;
}

const char *limit_unit_name(enum limit_unit unit)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (units[i].unit == unit) return units[i].name;
    return "";
}

bool limit_within(struct limit promised, struct limit statutory)
{
    if (promised.unit == LIMIT_NONE || statutory.unit == LIMIT_NONE) return true;
    if (promised.unit == statutory.unit) return promised.count <= statutory.count;
    int64_t longest = 0, shortest = 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (units[i].unit == promised.unit) longest = (int64_t)units[i].longest * promised.count;
        if (units[i].unit == statutory.unit) shortest = (int64_t)units[i].shortest * statutory.count;
    }
    if (promised.unit == LIMIT_WORKDAYS && promised.count > 0) longest += HOLIDAY_HOURS;
    return longest <= shortest;
}

/* ---- events ---- */

enum clock_phase workclock_phase(const struct clock_event *events, size_t count)
{
    enum clock_phase phase = CLOCK_UNSTARTED;
    for (size_t i = 0; i < count; i++)
        switch (events[i].kind) {
        case CLOCK_START:
        case CLOCK_RESUME:
            phase = CLOCK_RUNNING;
            break;
        case CLOCK_PAUSE:
            phase = CLOCK_PAUSED;
            break;
        case CLOCK_STOP:
            phase = CLOCK_STOPPED;
            break;
        case CLOCK_EXTEND:
            break;
        }
    return phase;
}

bool workclock_may(const struct clock_event *events, size_t count, struct clock_event next, struct err *e)
{
    enum clock_phase phase = workclock_phase(events, count);
    if (count && next.at < events[count - 1].at)
        return err_conflict(e, "clock.order", "This happened before what is already recorded.");
    if (phase == CLOCK_STOPPED) return err_conflict(e, "clock.stopped", "The clock has already stopped.");
    if (next.kind == CLOCK_START)
        return phase == CLOCK_UNSTARTED || err_conflict(e, "clock.started", "The clock has already started.");
    if (phase == CLOCK_UNSTARTED) return err_conflict(e, "clock.unstarted", "The clock has not started yet.");
    if (next.kind == CLOCK_PAUSE && phase == CLOCK_PAUSED)
        return err_conflict(e, "clock.paused", "The clock is already paused.");
    if (next.kind == CLOCK_RESUME && phase == CLOCK_RUNNING)
        return err_conflict(e, "clock.running", "The clock is not paused.");
    if (next.kind == CLOCK_EXTEND && (next.count < 1 || next.count > LIMIT_COUNT_MAX))
        return err_invalid(e, "clock.extension", "The extension must be at least one day.");
    return true;
}

/* ---- counting ---- */

/* One look at a clock: the events seen at `now`, read once from front to back. */
struct look {
    const struct clock_event *events;
    size_t count;
    const struct clock_terms *terms;
    int64_t start, now, stop;
    bool stopped;
    int extended;
    int32_t day0;
};

static int64_t closing(const struct look *k, int32_t date)
{
    return date_start(date) + k->terms->hours.close_minute * MS_MINUTE;
}

/* Does the clock run at `t`? A pause that is still open is taken to end at `now`; a stop does not matter
 * here. */
static bool runs_at(const struct look *k, int64_t t)
{
    bool paused = false;
    for (size_t i = 0; i < k->count && k->events[i].at <= t; i++) {
        if (k->events[i].kind == CLOCK_PAUSE) paused = true;
        if (k->events[i].kind == CLOCK_RESUME || k->events[i].kind == CLOCK_STOP) paused = false;
    }
    bool still_paused = workclock_phase(k->events, k->count) == CLOCK_PAUSED;
    return !paused || (still_paused && t > k->now);
}

static int64_t paused_ms(const struct look *k, int64_t until)
{
    int64_t sum = 0, since = 0;
    bool paused = false;
    for (size_t i = 0; i < k->count && k->events[i].at <= until; i++) {
        if (k->events[i].kind == CLOCK_PAUSE) {
            since = k->events[i].at;
            paused = true;
        } else if (paused && (k->events[i].kind == CLOCK_RESUME || k->events[i].kind == CLOCK_STOP)) {
            sum += k->events[i].at - since;
            paused = false;
        }
    }
    return paused ? sum + until - since : sum;
}

static bool counts(const struct look *k, int32_t date)
{
    return workday_is(k->terms->calendar, date) && runs_at(k, closing(k, date));
}

/* What is due at once rests like everything else. */
static bool rests_on_day0(const struct look *k)
{
    return !runs_at(k, closing(k, k->day0));
}

static int32_t nth_counted_day(const struct look *k, int n)
{
    int32_t date = k->day0;
    n += n == 0 && rests_on_day0(k);
    while (n > 0)
        n -= counts(k, ++date);
    return date;
}

/* The same day `months` later, or the last of that month (art. 202). */
static int32_t month_add(int32_t date, int months)
{
    struct civil c = date_to_civil(date);
    int index = c.year * 12 + c.month - 1 + months, day = c.day;
    while (!date_valid(index / 12, index % 12 + 1, day))
        day--;
    return date_from_civil(index / 12, index % 12 + 1, day);
}

/* Moves a natural end by one day for every closing in (day0, end] at which the clock stood still. */
static int32_t moved_by_pauses(const struct look *k, int32_t end)
{
    for (int32_t d = k->day0 + 1; d <= end; d++)
        end += !runs_at(k, closing(k, d));
    return end;
}

static int32_t due_day(const struct look *k, struct limit l)
{
    const struct workcalendar *c = k->terms->calendar;
    int32_t end = k->day0;
    switch (l.unit) {
    case LIMIT_WORKDAYS:
        return nth_counted_day(k, l.count + k->extended);
    case LIMIT_MONTHS:
        end = month_add(end, l.count);
        break;
    case LIMIT_YEARS:
        end = month_add(end, l.count * 12);
        break;
    case LIMIT_DAYS:
        end += l.count;
        break;
    case LIMIT_NONE:
    case LIMIT_HOURS:
        break;
    }
    end = workday_on_or_after(c, moved_by_pauses(k, end + k->extended));
    while (!runs_at(k, closing(k, end))) /* the day it is moved to may be one of rest */
        end = workday_next(c, end);
    return end;
}

static bool days_provisional(const struct workcalendar *c, int32_t from, int32_t to)
{
    return workday_provisional(c, from) || workday_provisional(c, to);
}

static int days_ceiling(int64_t ms, int64_t unit)
{
    return (int)(ms > 0 ? (ms + unit - 1) / unit : ms / unit);
}

/* Closings of counted days in (now, due], or minus those since. */
static int workdays_left(const struct look *k, int32_t due, int64_t at)
{
    int left = 0;
    for (int32_t d = date_of(at) - 1; d <= due; d++)
        if (d > k->day0 && closing(k, d) > at) left += counts(k, d);
    for (int32_t d = due + 1; closing(k, d) <= at; d++)
        left -= counts(k, d);
    return left;
}

static enum clock_light light_of(const struct look *k, const struct clock_due *due)
{
    if (k->stopped) return LIGHT_DONE;
    if (workclock_phase(k->events, k->count) == CLOCK_PAUSED) return LIGHT_PAUSED;
    return due->set ? workclock_shown(due->yellow_at, due->red_at, k->now) : LIGHT_GREEN;
}

/* Each pause that begins before the end pushes it by its length. */
static int64_t hours_due(const struct look *k, int hours)
{
    int64_t due = k->start + hours * MS_HOUR, since = 0;
    bool paused = false;
    for (size_t i = 0; i < k->count; i++) {
        const struct clock_event *e = &k->events[i];
        if (e->kind == CLOCK_PAUSE) {
            if (e->at >= due) break;
            since = e->at;
            paused = true;
        } else if (paused && (e->kind == CLOCK_RESUME || e->kind == CLOCK_STOP)) {
            due += e->at - since;
            paused = false;
        }
    }
    return paused ? due + k->now - since : due;
}

static struct clock_due due_of(const struct look *k, struct limit limit)
{
    const struct clock_terms *t = k->terms;
    struct clock_due r = {.set = limit.unit != LIMIT_NONE};
    int64_t at = k->stopped ? k->stop : k->now;
    if (!r.set) {
        r.light = light_of(k, &r);
        return r;
    }
    if (limit.unit == LIMIT_HOURS) {
        r.due = hours_due(k, limit.count + k->extended);
        r.yellow_at = r.due - t->thresholds.yellow_hours * MS_HOUR;
        r.red_at = r.due + 1;
        r.left = days_ceiling(r.due - at, MS_HOUR);
    } else {
        int32_t day = due_day(k, limit);
        r.due = closing(k, day);
        r.yellow_at = closing(k, workday_add(t->calendar, day, -t->thresholds.yellow_days));
        r.red_at = closing(k, workday_add(t->calendar, day, -t->thresholds.red_days)) + 1;
        r.left = limit.unit == LIMIT_WORKDAYS ? workdays_left(k, day, at) : (int)(day - date_of(at));
        r.provisional = days_provisional(t->calendar, k->day0, day);
    }
    r.overdue = at > r.due;
    r.light = light_of(k, &r);
    return r;
}

struct clock_state workclock_state(const struct clock_event *events, size_t count,
                                   const struct clock_terms *terms, int64_t now)
{
    struct look k = {.events = events, .terms = terms, .now = now};
    while (k.count < count && events[k.count].at <= now)
        k.count++;
    struct clock_state s = {.phase = workclock_phase(events, k.count)};
    if (k.count == 0) return s;
    k.start = events[0].at;
    k.day0 = workday_received(terms->calendar, terms->hours, k.start);
    for (size_t i = 0; i < k.count; i++) {
        if (events[i].kind == CLOCK_EXTEND) k.extended += events[i].count;
        if (events[i].kind == CLOCK_STOP) {
            k.stopped = true;
            k.stop = events[i].at;
        }
    }
    int64_t until = k.stopped ? k.stop : now;
    s.day0 = k.day0;
    s.extended = k.extended;
    s.running_ms = until - k.start - paused_ms(&k, until);
    for (int32_t d = k.day0 + 1; closing(&k, d) <= until; d++)
        s.elapsed += counts(&k, d);
    s.promised = due_of(&k, terms->promised);
    s.statutory = due_of(&k, terms->statutory);
    s.light = s.promised.light > s.statutory.light ? s.promised.light : s.statutory.light;
    return s;
}

int64_t workclock_due(const struct workcalendar *c, struct office_hours h, int64_t start, struct limit limit,
                      bool *provisional)
{
    struct clock_event event = {.kind = CLOCK_START, .at = start};
    struct clock_terms terms = {.statutory = limit, .hours = h, .calendar = c};
    struct clock_state s = workclock_state(&event, 1, &terms, start);
    if (provisional) *provisional = s.statutory.provisional;
    return s.statutory.due;
}

enum clock_light workclock_shown(int64_t yellow_at, int64_t red_at, int64_t now)
{
    if (red_at && now >= red_at) return LIGHT_RED;
    return yellow_at && now >= yellow_at ? LIGHT_YELLOW : LIGHT_GREEN;
}

/* ---- clocks that follow others ---- */

struct part {
    struct clock_event *out;
    size_t count, max;
    bool rests;
};

static void rest_or_go_on(struct part *p, bool rests, int64_t at)
{
    if (rests == p->rests || p->count == p->max) return;
    p->rests = rests;
    p->out[p->count++] = (struct clock_event){.kind = rests ? CLOCK_PAUSE : CLOCK_RESUME, .at = at};
}

size_t workclock_part(const struct clock_event *whole, size_t count, int64_t from, int64_t until,
                      struct clock_event *out, size_t max)
{
    struct part p = {.out = out, .count = 1, .max = until ? max - 1 : max};
    bool before = false, begun = false;
    out[0] = (struct clock_event){.kind = CLOCK_START, .at = from};
    for (size_t i = 0; i < count && !(until && whole[i].at > until); i++) {
        if (whole[i].kind != CLOCK_PAUSE && whole[i].kind != CLOCK_RESUME) continue;
        if (whole[i].at <= from) {
            before = whole[i].kind == CLOCK_PAUSE;
            continue;
        }
        if (!begun) rest_or_go_on(&p, before, from);
        begun = true;
        rest_or_go_on(&p, whole[i].kind == CLOCK_PAUSE, whole[i].at);
    }
    if (!begun) rest_or_go_on(&p, before, from);
    if (until) out[p.count++] = (struct clock_event){.kind = CLOCK_STOP, .at = until};
    return p.count;
}

size_t workclock_together(enum clock_phase phase, bool begun, bool rests, bool done,
                          enum clock_event_kind out[3])
{
    size_t n = 0;
    if (phase == CLOCK_STOPPED || (phase == CLOCK_UNSTARTED && !begun)) return 0;
    if (phase == CLOCK_UNSTARTED) out[n++] = CLOCK_START;
    if (rests && phase != CLOCK_PAUSED) out[n++] = CLOCK_PAUSE;
    if (!rests && phase == CLOCK_PAUSED) out[n++] = CLOCK_RESUME;
    if (done) out[n++] = CLOCK_STOP;
    return n;
}

const char *clock_light_name(enum clock_light light)
{
    static const char *const names[] = {"green", "yellow", "red", "done", "paused"};
    return names[light];
}
