#include "core/base/time.h"

#include <time.h>

int64_t time_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t time_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Days from civil and back: eras of 400 years counted from 1 March, so that the leap day ends a year. */
int32_t date_from_civil(int year, int month, int day)
{
    int y = year - (month <= 2);
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil date_to_civil(int32_t date)
{
    int z = date + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (struct civil){
        .year = yoe + era * 400 + (month <= 2), .month = month, .day = doy - (153 * mp + 2) / 5 + 1};
}

bool date_valid(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + (month == 2 && leap);
}

int date_weekday(int32_t date)
{
    return (int)(((int64_t)date + 3) % 7 + 7) % 7;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int32_t date_of(int64_t ms)
{
    return (int32_t)floor_div(ms + MS_UTC_PLUS8, MS_DAY);
}

int64_t date_start(int32_t date)
{
    return (int64_t)date * MS_DAY - MS_UTC_PLUS8;
}

struct civil time_civil(int64_t ms)
{
    struct civil c = date_to_civil(date_of(ms));
    int64_t of_day = ms - date_start(date_of(ms));
    c.hour = (int)(of_day / MS_HOUR);
    c.minute = (int)(of_day / MS_MINUTE % 60);
    c.second = (int)(of_day / MS_SECOND % 60);
    return c;
}

bool date_parse(struct str s, int32_t *out)
{
    uint64_t y, m, d;
    if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-') return false;
    if (!str_to_u64(str_slice(s, 0, 4), &y) || !str_to_u64(str_slice(s, 5, 7), &m) ||
        !str_to_u64(str_slice(s, 8, 10), &d))
        return false;
    if (!date_valid((int)y, (int)m, (int)d)) return false;
    *out = date_from_civil((int)y, (int)m, (int)d);
    return true;
}

struct str date_format(struct arena *a, int32_t date)
{
    struct civil c = date_to_civil(date);
    return str_fmt(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

struct str time_format(struct arena *a, int64_t ms)
{
    struct civil c = time_civil(ms);
    return str_fmt(a, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

struct str time_rfc3339(struct arena *a, int64_t ms)
{
    struct civil c = time_civil(ms - MS_UTC_PLUS8);
    int milli = (int)(ms - floor_div(ms, 1000) * 1000);
    return str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour, c.minute,
                   c.second, milli);
}
