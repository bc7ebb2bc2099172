/* The calendar: which days are worked, and counting them. */
#include "engines/workclock/workclock.h"

const struct office_hours office_hours_default = {9 * 60, 17 * 60};

static const struct workday_exception *exception_of(const struct workcalendar *c, int32_t date)
{
    size_t from = 0, to = c->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (c->exceptions[middle].date == date) return &c->exceptions[middle];
        if (c->exceptions[middle].date < date)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

bool workday_provisional(const struct workcalendar *c, int32_t date)
{
    int year = date_to_civil(date).year;
    return year < c->first_year || year > c->last_year;
}

bool workday_is(const struct workcalendar *c, int32_t date)
{
    const struct workday_exception *x = exception_of(c, date);
    return x ? x->working : date_weekday(date) < 5;
}

int32_t workday_on_or_after(const struct workcalendar *c, int32_t date)
{
    while (!workday_is(c, date))
        date++;
    return date;
}

int32_t workday_next(const struct workcalendar *c, int32_t date)
{
    return workday_on_or_after(c, date + 1);
}

int32_t workday_add(const struct workcalendar *c, int32_t date, int n)
{
    for (; n > 0; n--)
        date = workday_next(c, date);
    for (; n < 0; n++)
        do
            date--;
        while (!workday_is(c, date));
    return date;
}

int workday_between(const struct workcalendar *c, int32_t from, int32_t to)
{
    int n = 0;
    for (int32_t d = from; d < to; d++)
        n += workday_is(c, d + 1);
    for (int32_t d = to; d < from; d++)
        n -= workday_is(c, d + 1);
    return n;
}

int32_t workday_received(const struct workcalendar *c, struct office_hours h, int64_t at)
{
    int32_t date = date_of(at);
    if (!workday_is(c, date) || at > date_start(date) + h.close_minute * MS_MINUTE) date++;
    return workday_on_or_after(c, date);
}
