/* The second count: every day of a case is written down one after the other. Slow on purpose, and without a
 * call into the clock that it judges. */
#include "app/simulate.h"

#include <string.h>

/* ---- days, by their number since 2000-01-01 ---- */

#define EPOCH_DAYS INT64_C(10957) /* from 1970-01-01 to 2000-01-01 */
#define DAY_MS     INT64_C(86400000)
#define CLOSES     (17 * INT64_C(3600000) - 8 * INT64_C(3600000)) /* 17:00 in Shanghai, from midnight UTC */

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 1 && leap ? 29 : lengths[month];
}

static int day_number(int year, int month, int day)
{
    int n = day - 1;
    for (int y = SIM_FIRST_YEAR; y < year; y++)
        for (int m = 0; m < 12; m++)
            n += month_length(y, m);
    for (int m = 0; m < month; m++)
        n += month_length(year, m);
    return n;
}

static int day_of(int64_t at)
{
    return (int)((at + 8 * INT64_C(3600000)) / DAY_MS - EPOCH_DAYS);
}

static int64_t closing(int day)
{
    return (day + EPOCH_DAYS) * DAY_MS + CLOSES;
}

static bool works(const struct sim_calendar *c, int day)
{
    return c->works[day] == '1';
}

/* ---- the list of days ---- */

static bool read_date(struct str s, int *year, int *month, int *day)
{
    int digits[8], n = 0;
    for (size_t i = 0; i < s.len && n < 8; i++)
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9') digits[n++] = s.ptr[i] - '0';
    if (n != 8 || s.len != 10) return false;
    *year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    *month = digits[4] * 10 + digits[5] - 1;
    *day = digits[6] * 10 + digits[7];
    return *year >= SIM_FIRST_YEAR && *year <= SIM_LAST_YEAR && *month >= 0 && *month < 12 && *day >= 1 &&
           *day <= month_length(*year, *month);
}

static bool read_line(struct sim_calendar *c, struct str line)
{
    struct str date, kind, rest = str_cut(line, '\t', &date);
    int year, month, day;
    int32_t parsed;
    str_cut(rest, '\t', &kind);
    bool work = str_eq_c(kind, "work");
    if (!read_date(date, &year, &month, &day) || !date_parse(date, &parsed) ||
        (!work && !str_eq_c(kind, "off")) || c->engine.count == SIM_EXCEPTIONS_MAX)
        return false;
    size_t at = c->engine.count++;
    for (; at > 0 && c->exceptions[at - 1].date > parsed; at--)
        c->exceptions[at] = c->exceptions[at - 1];
    c->exceptions[at] = (struct workday_exception){.date = parsed, .working = work};
    c->works[day_number(year, month, day)] = work ? '1' : '0';
    return true;
}

bool sim_calendar_read(struct sim_calendar *c, struct str tsv, struct err *e)
{
    memset(c, 0, sizeof *c);
    for (int d = 0; d < SIM_DAYS; d++) /* 2000-01-01 was a Saturday */
        c->works[d] = (d + 5) % 7 < 5 ? '1' : '0';
    while (tsv.len) {
        struct str line;
        tsv = str_cut(tsv, '\n', &line);
        if (str_trim(line).len && !read_line(c, line))
            return err_invalid(e, "calendar",
                               "A line of the calendar is not a date, off or work, and a name.");
    }
    c->engine.exceptions = c->exceptions;
    c->engine.first_year = 1;
    if (c->engine.count) {
        c->engine.first_year = date_to_civil(c->exceptions[0].date).year;
        c->engine.last_year = date_to_civil(c->exceptions[c->engine.count - 1].date).year;
    }
    return true;
}

/* ---- one clock, as it is known at `now` ---- */

struct rest {
    int64_t from, until;
    bool open; /* until is `now`, and that instant still belongs to it */
};
enum { RESTS_MAX = SIM_CLOCK_MAX + SIM_SIBLINGS_MAX * SIM_SIBLING_CLOCK_MAX };
struct story {
    const struct sim_calendar *calendar;
    int64_t start, now, stop; /* stop 0: it runs */
    int first;                /* the day that is not counted */
    int extended;
    struct rest rests[RESTS_MAX];
    size_t rest_count;
    bool resting;
};

static void count_from(struct story *s)
{
    s->first = day_of(s->start);
    if (!works(s->calendar, s->first) || s->start > closing(s->first)) s->first++;
    while (!works(s->calendar, s->first))
        s->first++;
}

static void tell(struct story *s, const struct clock_event *events, size_t count)
{
    for (size_t i = 0; i < count && events[i].at <= s->now; i++) {
        const struct clock_event *e = &events[i];
        if (e->kind == CLOCK_START) s->start = e->at;
        if (e->kind == CLOCK_EXTEND) s->extended += e->count;
        if (e->kind == CLOCK_STOP) s->stop = e->at;
        if (e->kind == CLOCK_PAUSE)
            s->rests[s->rest_count++] = (struct rest){.from = e->at, .until = s->now, .open = true};
        if ((e->kind == CLOCK_RESUME || e->kind == CLOCK_STOP) && s->rest_count &&
            s->rests[s->rest_count - 1].open)
            s->rests[s->rest_count - 1] =
                (struct rest){.from = s->rests[s->rest_count - 1].from, .until = e->at};
    }
    s->resting = s->rest_count && s->rests[s->rest_count - 1].open;
    count_from(s);
}

static bool rests_at(const struct story *s, int64_t t)
{
    for (size_t i = 0; i < s->rest_count; i++)
        if (t >= s->rests[i].from && (t < s->rests[i].until || (s->rests[i].open && t == s->rests[i].until)))
            return true;
    return false;
}

static bool used(const struct story *s, int day)
{
    return works(s->calendar, day) && !rests_at(s, closing(day));
}

/* ---- when it is due ---- */

/* Days of the calendar from the first day to the same day so many months later. */
static int month_span(int day, int months)
{
    int year = SIM_FIRST_YEAR, month = 0, of_month = day;
    while (of_month >= month_length(year, month)) {
        of_month -= month_length(year, month);
        if (++month == 12) {
            month = 0;
            year++;
        }
    }
    int span = -of_month;
    for (int i = 0; i < months; i++) {
        span += month_length(year, month);
        if (++month == 12) {
            month = 0;
            year++;
        }
    }
    int longest = month_length(year, month) - 1;
    return span + (of_month < longest ? of_month : longest);
}

static int64_t due_after_hours(const struct story *s, int hours)
{
    /* The time that is left is spent stretch by stretch. */
    int64_t at = s->start, left = hours * INT64_C(3600000);
    for (size_t i = 0; i < s->rest_count && at + left > s->rests[i].from; i++) {
        left -= s->rests[i].from - at;
        at = s->rests[i].until;
    }
    return at + left;
}

static int due_day(const struct story *s, struct limit l)
{
    int day = s->first, need = l.count + s->extended;
    if (l.unit == LIMIT_WORKDAYS) {
        if (need == 0 && rests_at(s, closing(day))) need = 1;
        while (need > 0)
            if (used(s, ++day)) need--;
        return day;
    }
    if (l.unit == LIMIT_MONTHS) need = month_span(day, l.count) + s->extended;
    if (l.unit == LIMIT_YEARS) need = month_span(day, 12 * l.count) + s->extended;
    while (need > 0)
        if (!rests_at(s, closing(++day))) need--;
    while (!works(s->calendar, day) || rests_at(s, closing(day)))
        day++;
    return day;
}

static int64_t when_due(const struct story *s, struct limit l)
{
    return l.unit == LIMIT_HOURS ? due_after_hours(s, l.count + s->extended) : closing(due_day(s, l));
}

/* The closing time of the n-th working day after (before) the day of that closing. */
static int64_t moved(const struct story *s, int64_t at, int n, enum limit_unit unit)
{
    if (unit == LIMIT_HOURS) return at + n * INT64_C(3600000);
    int day = day_of(at), step = n < 0 ? -1 : 1;
    while (n != 0) {
        day += step;
        if (works(s->calendar, day)) n -= step;
    }
    return closing(day);
}

static int how_many_left(const struct story *s, struct limit l, int64_t due, int64_t at)
{
    int left = 0;
    if (l.unit == LIMIT_HOURS) {
        int64_t ms = due - at;
        return ms > 0 ? (int)((ms + 3599999) / 3600000) : -(int)(-ms / 3600000);
    }
    if (l.unit != LIMIT_WORKDAYS) return day_of(due) - day_of(at);
    for (int d = s->first + 1; closing(d) <= due; d++)
        left += closing(d) > at && used(s, d);
    for (int d = day_of(due) + 1; closing(d) <= at; d++)
        left -= used(s, d);
    return left;
}

static enum clock_light light_of(const struct story *s, struct limit l, struct sim_due *d)
{
    int64_t at = s->stop ? s->stop : s->now;
    *d = (struct sim_due){.set = l.unit != LIMIT_NONE};
    if (d->set) {
        d->due = when_due(s, l);
        d->left = how_many_left(s, l, d->due, at);
        d->overdue = at > d->due;
    }
    if (s->stop) return LIGHT_DONE;
    if (s->resting) return LIGHT_PAUSED;
    if (d->overdue) return LIGHT_RED;
    if (d->set && s->now >= moved(s, d->due, -1, l.unit)) return LIGHT_YELLOW;
    return LIGHT_GREEN;
}

/* ---- opinions and life events ---- */

static void tell_opinion(struct story *s, const struct sim_case *c, const struct sim_opinion *o)
{
    tell(s, c->clock, c->clock_count);
    bool answered = o->answered && o->answered <= s->now;
    size_t kept = 0;
    for (size_t i = 0; i < s->rest_count; i++) {
        struct rest r = s->rests[i];
        if (!r.open && r.until <= o->asked) continue;
        if (answered && r.from > o->answered) continue;
        if (r.from < o->asked) r.from = o->asked;
        s->rests[kept++] = r;
    }
    s->rest_count = kept;
    s->extended = 0;
    s->start = o->asked;
    s->stop = answered ? o->answered : 0;
    s->resting = s->resting && !answered;
    count_from(s);
}

/* From the first that began to the last that ended, without the time in which one of them rested. False: it
 * has not begun. */
static bool tell_together(struct story *s, const struct sim_case *c)
{
    bool all_ended = true, begun = false;
    int64_t last = 0;
    for (size_t i = 0; i <= c->sibling_count; i++) {
        const struct clock_event *clock = i ? c->siblings[i - 1].clock : c->clock;
        struct story one = {.calendar = s->calendar, .now = s->now};
        if (clock[0].at > s->now) {
            all_ended = false;
            continue;
        }
        tell(&one, clock, i ? c->siblings[i - 1].clock_count : c->clock_count);
        if (!begun || one.start < s->start) s->start = one.start;
        begun = true;
        for (size_t k = 0; k < one.rest_count; k++)
            s->rests[s->rest_count++] = one.rests[k];
        s->resting = s->resting || one.resting;
        all_ended = all_ended && one.stop;
        if (one.stop > last) last = one.stop;
    }
    if (!begun) return false;
    s->stop = all_ended ? last : 0;
    count_from(s);
    return true;
}

static void tell_promises(const struct sim_calendar *calendar, const struct sim_case *c, int64_t now,
                          struct sim_truth *out)
{
    struct sim_due due;
    for (size_t i = 0; i < c->opinion_count; i++) {
        struct story s = {.calendar = calendar, .now = now};
        if (c->opinions[i].asked > now) continue;
        tell_opinion(&s, c, &c->opinions[i]);
        out->opinions[i] = light_of(&s, (struct limit){LIMIT_WORKDAYS, c->opinions[i].days}, &due);
    }
    struct story s = {.calendar = calendar, .now = now};
    if (c->together_days && tell_together(&s, c))
        out->together = light_of(&s, (struct limit){LIMIT_WORKDAYS, c->together_days}, &due);
}

void sim_oracle(const struct sim_calendar *calendar, const struct sim_case *c, int64_t now,
                struct sim_truth *out)
{
    struct story s = {.calendar = calendar, .now = now};
    *out = (struct sim_truth){.phase = CLOCK_UNSTARTED, .light = LIGHT_GREEN, .together = LIGHT_GREEN};
    tell_promises(calendar, c, now, out);
    if (now < c->clock[0].at) return;
    tell(&s, c->clock, c->clock_count);
    enum clock_light promised = light_of(&s, c->promised, &out->promised),
                     statutory = light_of(&s, c->statutory, &out->statutory);
    out->light = promised > statutory ? promised : statutory;
    out->phase = s.stop ? CLOCK_STOPPED : s.resting ? CLOCK_PAUSED : CLOCK_RUNNING;
    int64_t until = s.stop ? s.stop : now;
    for (int d = s.first + 1; closing(d) <= until; d++)
        out->elapsed += used(&s, d);
}

/* ---- what the rules should say of time ---- */

static uint32_t of_clock(const struct story *s, struct limit l, int soon_days, unsigned bit)
{
    if (l.unit == LIMIT_NONE) return 0;
    int64_t due = when_due(s, l), end = s->stop ? s->stop : s->now;
    bool running = !s->stop && !s->resting;
    bool soon = running && s->now <= due && s->now >= moved(s, due, -soon_days, l.unit);
    return (uint32_t)soon << bit | (uint32_t)(end > due) << (bit + 1);
}

static uint32_t of_span(const struct sim_calendar *calendar, const struct sim_case *c, size_t n, int64_t now)
{
    const struct supervise_span *span = &c->spans[n];
    struct story s = {.calendar = calendar, .now = now};
    struct clock_event own[SIM_CLOCK_MAX + 2];
    size_t count = 0;
    if (now < span->from) return 0;
    own[count++] = (struct clock_event){.kind = CLOCK_START, .at = span->from};
    for (size_t i = 0; i < c->clock_count; i++) {
        struct clock_event e = c->clock[i];
        if (e.kind != CLOCK_PAUSE && e.kind != CLOCK_RESUME) continue;
        if (span->until && e.at > span->until) continue;
        bool resumes_before = false;
        for (size_t j = i + 1; e.kind == CLOCK_PAUSE && j < c->clock_count; j++)
            resumes_before |= c->clock[j].kind == CLOCK_RESUME && c->clock[j].at < span->from;
        if (e.at < span->from && (e.kind == CLOCK_RESUME || resumes_before)) continue;
        if (e.at < span->from) e.at = span->from;
        own[count++] = e;
    }
    if (span->until) own[count++] = (struct clock_event){.kind = CLOCK_STOP, .at = span->until};
    tell(&s, own, count);
    return of_clock(&s, (struct limit){LIMIT_WORKDAYS, SIM_STEP_LIMIT}, SIM_STEP_SOON_DAYS,
                    2 + 2 * (unsigned)span->step);
}

uint32_t sim_oracle_findings(const struct sim_calendar *calendar, const struct sim_case *c, int64_t now)
{
    uint32_t bits = 0;
    if (now >= c->clock[0].at) {
        struct story s = {.calendar = calendar, .now = now};
        tell(&s, c->clock, c->clock_count);
        bits = of_clock(&s, c->promised.unit == LIMIT_NONE ? c->statutory : c->promised, SIM_SOON_DAYS, 0);
    }
    for (size_t i = 0; i < c->span_count; i++)
        bits |= of_span(calendar, c, i, now);
    for (size_t i = 0; i < c->opinion_count; i++) {
        struct story s = {.calendar = calendar, .now = now};
        if (c->opinions[i].asked > now) continue;
        tell_opinion(&s, c, &c->opinions[i]);
        bits |= of_clock(&s, (struct limit){LIMIT_WORKDAYS, c->opinions[i].days}, SIM_SOON_DAYS,
                         SIM_OPINION_BIT + 2 * (unsigned)i);
    }
    struct story s = {.calendar = calendar, .now = now};
    if (c->together_days && tell_together(&s, c)) {
        /* A case that was answered is judged by when it was, whatever the others do. */
        if (c->stop && c->stop <= now) s.stop = c->stop;
        bits |=
            of_clock(&s, (struct limit){LIMIT_WORKDAYS, c->together_days}, SIM_SOON_DAYS, SIM_TOGETHER_BIT);
    }
    return bits;
}
