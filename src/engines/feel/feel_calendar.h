/* The proleptic Gregorian calendar with astronomical years, and moments on the line of time.
 *
 * Private to the engine. Days count from 1970-01-01, seconds from its midnight UTC; every year that a
 * moment can have fits. A moment without zone is placed as if it were UTC. */
#ifndef TB_FEEL_CALENDAR_H
#define TB_FEEL_CALENDAR_H

#include "engines/feel/feel.h"

enum { FEEL_YEAR_MAX = 999999999, FEEL_OFFSET_MAX = 18 * 3600, FEEL_DAY_SECONDS = 86400 };
#define FEEL_NANOS INT64_C(1000000000)

int feel_month_days(int64_t year, int month);
/* 1 ≤ month ≤ 12; the day may lie outside the month. */
int64_t feel_days_of(int64_t year, int month, int64_t day);
/* Sets year, month and day; false when the year lies outside the range. */
bool feel_days_set(struct feel_moment *m, int64_t days);
/* Is there such a date? */
bool feel_date_exists(int64_t year, int64_t month, int64_t day);
/* 1 = Monday … 7 = Sunday. */
int feel_weekday(const struct feel_moment *m);
int feel_day_of_year(const struct feel_moment *m);
/* ISO 8601: week 1 has the first Thursday. */
int feel_week_of_year(const struct feel_moment *m);

bool feel_moment_is_local(const struct feel_moment *m);
/* A time of day has no date to find the offset of a named zone with: 1972-12-31 is taken, the reference date
 * of XPath functions 3.1, clause 9.6. */
int32_t feel_moment_offset(enum feel_kind kind, const struct feel_moment *m);
/* Seconds on the line of time; of a time of day: on the day itself. */
int64_t feel_moment_seconds(enum feel_kind kind, const struct feel_moment *m);
/* Sets date and time of day to the instant, as seen in the moment's own zone. */
bool feel_moment_set(struct feel_moment *m, __int128 nanos);
/* Moves by months; a day that the month does not have becomes its last. */
bool feel_moment_months(struct feel_moment *m, int64_t months);

struct feel_value feel_moment_value(struct arena *a, enum feel_kind kind, struct feel_moment m);

#endif
