/* The built-in functions over dates, times and durations (DMN 1.5, 10.3.4.1 and 10.3.4.7). */
#include "engines/feel/feel_calendar.h"
#include "engines/feel/feel_temporal.h"
#include "engines/feel/feel_zone.h"

static struct feel_value fail(struct feel_call *c, const char *msgid, struct str arg)
{
    return feel_fail(c->run, c->at, msgid, arg);
}

static struct feel_value unfit(struct feel_call *c)
{
    return fail(c, "A parameter is not of the kind that the function takes.", STR_EMPTY);
}

static bool has_date(struct feel_value v)
{
    return v.kind == FEEL_DATE || v.kind == FEEL_DATE_TIME;
}

static struct feel_moment date_part(const struct feel_moment *m)
{
    return (struct feel_moment){.year = m->year, .month = m->month, .day = m->day};
}

static struct feel_moment joined(const struct feel_moment *date, struct feel_moment time)
{
    time.year = date->year;
    time.month = date->month;
    time.day = date->day;
    return time;
}

static struct feel_value moment(struct feel_call *c, enum feel_kind kind, struct feel_moment m)
{
    return feel_moment_value(c->run->arena, kind, m);
}

/* ---- conversion ---- */
static struct feel_value date_from(struct feel_call *c)
{
    struct feel_value v = c->args[0], out;
    if (has_date(v)) return moment(c, FEEL_DATE, date_part(v.moment));
    if (v.kind != FEEL_STRING) return unfit(c);
    if (!feel_date_read(c->run, v.string, &out)) return fail(c, "This is no date: %{arg}", v.string);
    return out;
}

static bool read_date(const struct feel_value *args, struct feel_moment *m)
{
    int64_t year, month, day;
    if (!feel_to_i64(args[0], &year) || !feel_to_i64(args[1], &month) || !feel_to_i64(args[2], &day) ||
        !feel_date_exists(year, month, day))
        return false;
    m->year = (int32_t)year;
    m->month = (uint8_t)month;
    m->day = (uint8_t)day;
    return true;
}

static struct feel_value date_of_parts(struct feel_call *c)
{
    struct feel_moment m = {0};
    if (!read_date(c->args, &m)) return fail(c, "There is no such date.", STR_EMPTY);
    return moment(c, FEEL_DATE, m);
}

static struct feel_value date_time_from(struct feel_call *c)
{
    struct feel_value v = c->args[0], out;
    if (has_date(v)) return moment(c, FEEL_DATE_TIME, *v.moment);
    if (v.kind != FEEL_STRING) return unfit(c);
    if (feel_date_time_read(c->run, v.string, &out)) return out;
    if (feel_date_read(c->run, v.string, &out)) return moment(c, FEEL_DATE_TIME, *out.moment);
    return fail(c, "This is no date and time: %{arg}", v.string);
}

static struct feel_value date_time_joined(struct feel_call *c)
{
    struct feel_value date = c->args[0], time = c->args[1];
    if (!has_date(date) || time.kind != FEEL_TIME) return unfit(c);
    return moment(c, FEEL_DATE_TIME, joined(date.moment, *time.moment));
}

/* Hour and minute are whole, a second may have a fraction, which is kept to the nanosecond. */
static bool read_time(const struct feel_value *args, struct feel_moment *m)
{
    int64_t hour, minute, second, nano;
    struct decimal whole, rest;
    if (!feel_to_i64(args[0], &hour) || !feel_to_i64(args[1], &minute) || args[2].kind != FEEL_NUMBER)
        return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
    if (!decimal_round(args[2].number, 0, DECIMAL_FLOOR, &whole) || !decimal_to_i64(whole, &second) ||
        second < 0 || second > 59)
        return false;
    if (!decimal_subtract(args[2].number, whole, &rest) ||
        !decimal_multiply(rest, decimal_of(FEEL_NANOS), &rest) ||
        !decimal_round(rest, 0, DECIMAL_DOWN, &rest) || !decimal_to_i64(rest, &nano))
        return false;
    m->hour = (uint8_t)hour;
    m->minute = (uint8_t)minute;
    m->second = (uint8_t)second;
    m->nano = (uint32_t)nano;
    return true;
}

static bool read_offset(struct feel_value v, struct feel_moment *m)
{
    const __int128 limit = (__int128)FEEL_OFFSET_MAX * FEEL_NANOS;
    if (v.nanos > limit || v.nanos < -limit || v.nanos % FEEL_NANOS) return false;
    m->zone_kind = FEEL_ZONE_OFFSET;
    m->offset = (int32_t)(v.nanos / FEEL_NANOS);
    return true;
}

/* False with *failed set when the value is no zone; null is no zone at all. */
static bool read_zone(struct feel_call *c, struct feel_value v, struct feel_moment *m,
                      struct feel_value *failed)
{
    switch (v.kind) {
    case FEEL_NULL:
        return true;
    case FEEL_DAYS:
        if (read_offset(v, m)) return true;
        *failed =
            fail(c, "An offset from UTC has whole seconds and lies between -18 and +18 hours.", STR_EMPTY);
        return false;
    case FEEL_STRING:
        m->zone_kind = FEEL_ZONE_NAMED;
        m->zone = feel_zone_find(c->run, v.string);
        if (m->zone) return true;
        *failed = fail(c, "There is no time zone %{arg}.", v.string);
        return false;
    default:
        *failed = unfit(c);
        return false;
    }
}

static struct feel_value date_time_of_parts(struct feel_call *c)
{
    struct feel_moment m = {0};
    if (!read_date(c->args, &m)) return fail(c, "There is no such date.", STR_EMPTY);
    if (!read_time(c->args + 3, &m)) return fail(c, "There is no such time of day.", STR_EMPTY);
    return moment(c, FEEL_DATE_TIME, m);
}

static struct feel_value date_time_of_parts_in(struct feel_call *c)
{
    struct feel_moment m = {0};
    struct feel_value failed;
    if (!read_date(c->args, &m)) return fail(c, "There is no such date.", STR_EMPTY);
    if (!read_time(c->args + 3, &m)) return fail(c, "There is no such time of day.", STR_EMPTY);
    if (!read_zone(c, c->args[6], &m, &failed)) return failed;
    return moment(c, FEEL_DATE_TIME, m);
}

static struct feel_value time_from(struct feel_call *c)
{
    struct feel_value v = c->args[0], out;
    struct feel_moment m = {.zone_kind = FEEL_ZONE_OFFSET};
    switch (v.kind) {
    case FEEL_TIME:
        return v;
    case FEEL_DATE:
        return moment(c, FEEL_TIME, m); /* midnight in UTC */
    case FEEL_DATE_TIME:
        m = *v.moment;
        m.year = 0;
        m.month = m.day = 0;
        return moment(c, FEEL_TIME, m);
    case FEEL_STRING:
        if (feel_time_read(c->run, v.string, &out)) return out;
        return fail(c, "This is no time of day: %{arg}", v.string);
    default:
        return unfit(c);
    }
}

static struct feel_value time_of_parts(struct feel_call *c)
{
    struct feel_moment m = {0};
    struct feel_value failed, offset = c->args[3];
    if (offset.kind != FEEL_NULL && offset.kind != FEEL_DAYS) return unfit(c);
    if (!read_time(c->args, &m)) return fail(c, "There is no such time of day.", STR_EMPTY);
    if (!read_zone(c, offset, &m, &failed)) return failed;
    return moment(c, FEEL_TIME, m);
}

static struct feel_value duration_from(struct feel_call *c)
{
    struct feel_value v = c->args[0], out;
    if (v.kind != FEEL_STRING) return unfit(c);
    if (!feel_duration_read(c->run, v.string, &out)) return fail(c, "This is no duration: %{arg}", v.string);
    return out;
}

/* Whole months between two days of the calendar; the time of day does not count. */
static struct feel_value months_between(struct feel_call *c)
{
    if (!has_date(c->args[0]) || !has_date(c->args[1])) return unfit(c);
    const struct feel_moment *from = c->args[0].moment, *to = c->args[1].moment;
    int64_t months = ((int64_t)to->year - from->year) * 12 + to->month - from->month;
    if (months > 0 && to->day < from->day)
        months--;
    else if (months < 0 && to->day > from->day)
        months++;
    return (struct feel_value){.kind = FEEL_MONTHS, .months = months};
}

/* ---- the hour of the run ---- */
static struct feel_value now(struct feel_call *c)
{
    struct feel_moment m = {.zone_kind = FEEL_ZONE_OFFSET, .offset = c->run->offset};
    if (!feel_moment_set(&m, (__int128)c->run->now * 1000000))
        return fail(c, "The date lies outside the years that can be counted.", STR_EMPTY);
    return moment(c, FEEL_DATE_TIME, m);
}

static struct feel_value today(struct feel_call *c)
{
    struct feel_value v = now(c);
    return v.kind == FEEL_NULL ? v : moment(c, FEEL_DATE, date_part(v.moment));
}

/* ---- calendar ---- */
static struct feel_value day_of_year(struct feel_call *c)
{
    if (!has_date(c->args[0])) return unfit(c);
    return feel_integer(feel_day_of_year(c->args[0].moment));
}

static struct feel_value day_of_week(struct feel_call *c)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday", /* no translation */
                                        "Friday", "Saturday", "Sunday"};               /* no translation */
    if (!has_date(c->args[0])) return unfit(c);
    return feel_string(str_c(names[feel_weekday(c->args[0].moment) - 1]));
}

static struct feel_value month_of_year(struct feel_call *c)
{
    static const char *const names[] = {"January", "February", "March", /* no translation */
                                        "April",   "May",      "June",
                                        "July",    "August",   "September", /* no translation */
                                        "October", "November", "December"}; /* no translation */
    if (!has_date(c->args[0])) return unfit(c);
    return feel_string(str_c(names[c->args[0].moment->month - 1]));
}

static struct feel_value week_of_year(struct feel_call *c)
{
    if (!has_date(c->args[0])) return unfit(c);
    return feel_integer(feel_week_of_year(c->args[0].moment));
}

const struct feel_builtin feel_builtins_time[] = {
    {"date", "from", date_from},
    {"date", "year,month,day", date_of_parts},
    {"date and time", "from", date_time_from},
    {"date and time", "date,time", date_time_joined},
    {"date and time", "year,month,day,hour,minute,second", date_time_of_parts},
    {"date and time", "year,month,day,hour,minute,second,offset", date_time_of_parts_in},
    {"date and time", "year,month,day,hour,minute,second,timezone", date_time_of_parts_in},
    {"time", "from", time_from},
    {"time", "hour,minute,second,offset?", time_of_parts},
    {"duration", "from", duration_from},
    {"years and months duration", "from,to", months_between},
    {"now", "", now},
    {"today", "", today},
    {"day of year", "date", day_of_year},
    {"day of week", "date", day_of_week},
    {"month of year", "date", month_of_year},
    {"week of year", "date", week_of_year},
    {NULL, NULL, NULL},
};
