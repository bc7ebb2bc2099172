/* Times and dates.
 *
 * Instants are milliseconds since 1970-01-01T00:00Z in int64_t and are passed in, never asked for, except
 * at the edge (time_now). Civil dates are days since 1970-01-01 in the proleptic Gregorian calendar. The
 * platform's civil time is Asia/Shanghai, UTC+8 without daylight saving (since 1991; display only before). */
#ifndef TB_TIME_H
#define TB_TIME_H

#include "core/base/str.h"

#define MS_SECOND    INT64_C(1000)
#define MS_MINUTE    INT64_C(60000)
#define MS_HOUR      INT64_C(3600000)
#define MS_DAY       INT64_C(86400000)
#define MS_UTC_PLUS8 (8 * MS_HOUR)

struct civil {
    int year, month, day; /* 1-based month and day */
    int hour, minute, second;
};

int64_t time_now(void);          /* wall clock, ms UTC */
int64_t time_monotonic_us(void); /* for measuring only */

int32_t date_from_civil(int year, int month, int day);
struct civil date_to_civil(int32_t date);
bool date_valid(int year, int month, int day);
/* 0 = Monday … 6 = Sunday. */
int date_weekday(int32_t date);
/* Civil date in Shanghai of an instant, and the instant at which that date begins there. */
int32_t date_of(int64_t ms);
int64_t date_start(int32_t date);
struct civil time_civil(int64_t ms); /* in Shanghai */

/* "2026-11-21"; whole string, real dates only, years 1000–9999. */
bool date_parse(struct str s, int32_t *out);
struct str date_format(struct arena *a, int32_t date);
/* "2026-11-21 09:30" in Shanghai. */
struct str time_format(struct arena *a, int64_t ms);
/* RFC 3339 in UTC with milliseconds. */
struct str time_rfc3339(struct arena *a, int64_t ms);

#endif
