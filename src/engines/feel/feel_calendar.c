#include "engines/feel/feel_calendar.h"

#include "engines/feel/feel_zone.h"

/* 1972-12-31T00:00, see the header. */
enum { REFERENCE_DAYS = 1095 };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static bool leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int feel_month_days(int64_t year, int month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && leap(year));
}

/* Years begin in March, so that the leap day is the last of the year. */
int64_t feel_days_of(int64_t year, int month, int64_t day)
{
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400), in_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719468;
}

bool feel_days_set(struct feel_moment *m, int64_t days)
{
    int64_t z = days + 719468, era = floor_div(z, 146097), day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t year = year_of_era + era * 400 + (month >= 10);
    if (year < -FEEL_YEAR_MAX || year > FEEL_YEAR_MAX) return false;
    m->year = (int32_t)year;
    m->month = (uint8_t)(month < 10 ? month + 3 : month - 9);
    m->day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1);
    return true;
}

bool feel_date_exists(int64_t year, int64_t month, int64_t day)
{
    return year >= -FEEL_YEAR_MAX && year <= FEEL_YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
           day <= feel_month_days(year, (int)month);
}

static int64_t days(const struct feel_moment *m)
{
    return feel_days_of(m->year, m->month, m->day);
}

static int weekday(int64_t d)
{
    int64_t since_monday = (d + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(since_monday < 0 ? since_monday + 8 : since_monday + 1);
}

int feel_weekday(const struct feel_moment *m)
{
    return weekday(days(m));
}

int feel_day_of_year(const struct feel_moment *m)
{
    return (int)(days(m) - feel_days_of(m->year, 1, 1)) + 1;
}

static int64_t first_week(int64_t year)
{
    int64_t fourth = feel_days_of(year, 1, 4);
    return fourth - weekday(fourth) + 1;
}

int feel_week_of_year(const struct feel_moment *m)
{
    int64_t d = days(m), start = first_week(m->year);
    if (d < start)
        start = first_week((int64_t)m->year - 1);
    else if (d >= first_week((int64_t)m->year + 1))
        start = first_week((int64_t)m->year + 1);
    return (int)((d - start) / 7) + 1;
}

bool feel_moment_is_local(const struct feel_moment *m)
{
    return m->zone_kind == FEEL_ZONE_NONE;
}

static int64_t day_seconds(const struct feel_moment *m)
{
    return m->hour * 3600 + m->minute * 60 + m->second;
}

int32_t feel_moment_offset(enum feel_kind kind, const struct feel_moment *m)
{
    if (m->zone_kind == FEEL_ZONE_OFFSET) return m->offset;
    if (m->zone_kind == FEEL_ZONE_NONE) return 0;
    int64_t date = kind == FEEL_TIME ? REFERENCE_DAYS : days(m);
    return feel_zone_offset_local(m->zone, date * FEEL_DAY_SECONDS + day_seconds(m));
}

int64_t feel_moment_seconds(enum feel_kind kind, const struct feel_moment *m)
{
    int64_t date = kind == FEEL_TIME ? 0 : days(m);
    return date * FEEL_DAY_SECONDS + day_seconds(m) - feel_moment_offset(kind, m);
}

bool feel_moment_set(struct feel_moment *m, __int128 nanos)
{
    __int128 seconds = nanos / FEEL_NANOS;
    int64_t rest = (int64_t)(nanos % FEEL_NANOS);
    if (rest < 0) {
        rest += FEEL_NANOS;
        seconds--;
    }
    const __int128 limit = (__int128)(FEEL_YEAR_MAX + INT64_C(1)) * 366 * FEEL_DAY_SECONDS;
    if (seconds > limit || seconds < -limit) return false;
    int64_t utc = (int64_t)seconds;
    int64_t offset = m->zone_kind == FEEL_ZONE_NAMED    ? feel_zone_offset(m->zone, utc)
                     : m->zone_kind == FEEL_ZONE_OFFSET ? m->offset
                                                        : 0;
    int64_t local = utc + offset, date = floor_div(local, FEEL_DAY_SECONDS);
    int64_t of_day = local - date * FEEL_DAY_SECONDS;
    m->hour = (uint8_t)(of_day / 3600);
    m->minute = (uint8_t)(of_day / 60 % 60);
    m->second = (uint8_t)(of_day % 60);
    m->nano = (uint32_t)rest;
    return feel_days_set(m, date);
}

bool feel_moment_months(struct feel_moment *m, int64_t months)
{
    int64_t all;
    if (__builtin_add_overflow((int64_t)m->year * 12 + m->month - 1, months, &all)) return false;
    int64_t year = floor_div(all, 12);
    if (year < -FEEL_YEAR_MAX || year > FEEL_YEAR_MAX) return false;
    m->year = (int32_t)year;
    m->month = (uint8_t)(all - year * 12 + 1);
    int last = feel_month_days(year, m->month);
    if (m->day > last) m->day = (uint8_t)last;
    return true;
}

struct feel_value feel_moment_value(struct arena *a, enum feel_kind kind, struct feel_moment m)
{
    struct feel_moment *kept = ARENA_NEW(a, struct feel_moment);
    *kept = m;
    return (struct feel_value){.kind = kind, .moment = kept};
}
