/* Order, arithmetic and properties of temporal values. */
#include "engines/feel/feel_temporal.h"

#include "engines/feel/feel_calendar.h"
#include "engines/feel/feel_zone.h"

/* Durations stay far inside what decimals hold exactly. */
#define NANOS_MAX  ((__int128)1000000000000000 * 1000000000000000)
#define MONTHS_MAX INT64_C(1000000000000000000)

static bool is_moment(struct feel_value v)
{
    return v.kind == FEEL_DATE || v.kind == FEEL_TIME || v.kind == FEEL_DATE_TIME;
}

static bool is_duration(struct feel_value v)
{
    return v.kind == FEEL_DAYS || v.kind == FEEL_MONTHS;
}

/* ---- order ---- */
static int sign(__int128 n)
{
    return (n > 0) - (n < 0);
}

/* Times of day and date-times are compared to the second: that is the resolution of their value in FEEL. */
bool feel_temporal_order(struct feel_value a, struct feel_value b, int *order)
{
    if (a.kind != b.kind) return false;
    if (a.kind == FEEL_DAYS)
        *order = sign(a.nanos - b.nanos);
    else if (a.kind == FEEL_MONTHS)
        *order = sign((__int128)a.months - b.months);
    else if (!is_moment(a) || feel_moment_is_local(a.moment) != feel_moment_is_local(b.moment))
        return false;
    else
        *order =
            sign((__int128)feel_moment_seconds(a.kind, a.moment) - feel_moment_seconds(b.kind, b.moment));
    return true;
}

static bool same_zone(const struct feel_moment *a, const struct feel_moment *b)
{
    if (a->zone_kind != b->zone_kind) return false;
    if (a->zone_kind == FEEL_ZONE_NAMED) return str_eq(feel_zone_name(a->zone), feel_zone_name(b->zone));
    return a->offset == b->offset;
}

bool feel_temporal_is(struct feel_value a, struct feel_value b)
{
    if (a.kind != b.kind) return false;
    if (a.kind == FEEL_DAYS) return a.nanos == b.nanos;
    if (a.kind == FEEL_MONTHS) return a.months == b.months;
    if (!is_moment(a)) return false;
    const struct feel_moment *x = a.moment, *y = b.moment;
    return x->year == y->year && x->month == y->month && x->day == y->day && x->hour == y->hour &&
           x->minute == y->minute && x->second == y->second && x->nano == y->nano && same_zone(x, y);
}

/* ---- arithmetic ---- */
static struct feel_value outside(struct feel_run *r, const struct feel_node *at)
{
    return feel_fail(r, at, "The date lies outside the years that can be counted.", STR_EMPTY);
}

static struct feel_value too_long(struct feel_run *r, const struct feel_node *at)
{
    return feel_fail(r, at, "The duration is too long to be counted.", STR_EMPTY);
}

static struct feel_value days_value(struct feel_run *r, const struct feel_node *at, __int128 nanos)
{
    if (nanos > NANOS_MAX || nanos < -NANOS_MAX) return too_long(r, at);
    return (struct feel_value){.kind = FEEL_DAYS, .nanos = nanos};
}

static struct feel_value months_value(struct feel_run *r, const struct feel_node *at, __int128 months)
{
    if (months > MONTHS_MAX || months < -MONTHS_MAX) return too_long(r, at);
    return (struct feel_value){.kind = FEEL_MONTHS, .months = (int64_t)months};
}

static __int128 instant(enum feel_kind kind, const struct feel_moment *m)
{
    return (__int128)feel_moment_seconds(kind, m) * FEEL_NANOS + m->nano;
}

static struct feel_value time_moved(struct feel_run *r, const struct feel_moment *m, __int128 by)
{
    const __int128 day = (__int128)FEEL_DAY_SECONDS * FEEL_NANOS;
    struct feel_moment on_day = {.year = 1970, .month = 1, .day = 1}, moved = *m;
    __int128 of_day = (__int128)(m->hour * 3600 + m->minute * 60 + m->second) * FEEL_NANOS + m->nano + by;
    of_day %= day;
    feel_moment_set(&on_day, of_day < 0 ? of_day + day : of_day);
    moved.hour = on_day.hour;
    moved.minute = on_day.minute;
    moved.second = on_day.second;
    moved.nano = on_day.nano;
    return feel_moment_value(r->arena, FEEL_TIME, moved);
}

/* Days and time move along the line of time, months along the calendar. A date moves from its midnight, and
 * the time of day is dropped again. */
static struct feel_value moved(struct feel_run *r, const struct feel_node *at, struct feel_value v,
                               struct feel_value by)
{
    if (v.kind == FEEL_TIME) return time_moved(r, v.moment, by.nanos);
    struct feel_moment m = *v.moment;
    bool ok = by.kind == FEEL_MONTHS ? feel_moment_months(&m, by.months)
                                     : feel_moment_set(&m, instant(v.kind, v.moment) + by.nanos);
    if (!ok) return outside(r, at);
    if (v.kind == FEEL_DATE) m.hour = m.minute = m.second = 0, m.nano = 0;
    return feel_moment_value(r->arena, v.kind, m);
}

static bool can_move(struct feel_value v, struct feel_value by)
{
    return is_moment(v) && is_duration(by) && !(v.kind == FEEL_TIME && by.kind == FEEL_MONTHS);
}

static bool sum(struct feel_run *r, const struct feel_node *at, struct feel_value a, struct feel_value b,
                struct feel_value *out)
{
    if (a.kind != b.kind || !is_duration(a)) return false;
    *out = a.kind == FEEL_DAYS ? days_value(r, at, a.nanos + b.nanos)
                               : months_value(r, at, (__int128)a.months + b.months);
    return true;
}

bool feel_temporal_add(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                       struct feel_value b, struct feel_value *out)
{
    if (can_move(a, b))
        *out = moved(r, at, a, b);
    else if (can_move(b, a))
        *out = moved(r, at, b, a);
    else
        return sum(r, at, a, b, out);
    return true;
}

/* A date beside a date and time stands for its midnight in UTC. */
static struct feel_value difference(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                                    struct feel_value b)
{
    bool a_local = feel_moment_is_local(a.moment) && (a.kind != FEEL_DATE || a.kind == b.kind);
    bool b_local = feel_moment_is_local(b.moment) && (b.kind != FEEL_DATE || a.kind == b.kind);
    if (a_local != b_local)
        return feel_fail(r, at, "One of the two has a time zone and the other has none.", STR_EMPTY);
    return days_value(r, at, instant(a.kind, a.moment) - instant(b.kind, b.moment));
}

bool feel_temporal_subtract(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                            struct feel_value b, struct feel_value *out)
{
    struct feel_value minus;
    if (feel_temporal_negate(b, &minus)) {
        if (can_move(a, b))
            *out = moved(r, at, a, minus);
        else
            return sum(r, at, a, minus, out);
        return true;
    }
    if (!is_moment(a) || !is_moment(b) || (a.kind == FEEL_TIME) != (b.kind == FEEL_TIME)) return false;
    *out = difference(r, at, a, b);
    return true;
}

bool feel_temporal_negate(struct feel_value v, struct feel_value *out)
{
    if (!is_duration(v)) return false;
    *out = v;
    if (v.kind == FEEL_DAYS)
        out->nanos = -v.nanos;
    else
        out->months = -v.months;
    return true;
}

/* ---- durations and numbers ---- */
#define SPLIT INT64_C(1000000000000000000)

/* Exact: a duration has at most 31 digits. */
static struct decimal to_decimal(__int128 n)
{
    struct decimal high = decimal_of((int64_t)(n / SPLIT)), low = decimal_of((int64_t)(n % SPLIT)), out;
    if (!decimal_multiply(high, decimal_of(SPLIT), &high) || !decimal_add(high, low, &out)) return low;
    return out;
}

/* The number is an integer of at most 31 digits. */
static bool from_decimal(struct decimal d, __int128 *out)
{
    struct decimal high, part, low;
    int64_t h, l;
    if (!decimal_divide(d, decimal_of(SPLIT), &high) || !decimal_round(high, 0, DECIMAL_DOWN, &high) ||
        !decimal_multiply(high, decimal_of(SPLIT), &part) || !decimal_subtract(d, part, &low))
        return false;
    if (!decimal_to_i64(high, &h) || !decimal_to_i64(low, &l)) return false;
    *out = (__int128)h * SPLIT + l;
    return true;
}

static struct decimal quantity(struct feel_value duration)
{
    return to_decimal(duration.kind == FEEL_DAYS ? duration.nanos : duration.months);
}

/* A part of a nanosecond is rounded, a part of a month is dropped. */
static struct feel_value duration_of(struct feel_run *r, const struct feel_node *at, enum feel_kind kind,
                                     struct decimal n)
{
    __int128 whole;
    enum decimal_rounding mode = kind == FEEL_DAYS ? DECIMAL_HALF_EVEN : DECIMAL_DOWN;
    if (decimal_compare(decimal_abs(n), to_decimal(NANOS_MAX)) > 0 || !decimal_round(n, 0, mode, &n) ||
        !from_decimal(n, &whole))
        return too_long(r, at);
    return kind == FEEL_DAYS ? days_value(r, at, whole) : months_value(r, at, whole);
}

bool feel_temporal_multiply(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                            struct feel_value b, struct feel_value *out)
{
    if (a.kind == FEEL_NUMBER) {
        struct feel_value number = a;
        a = b;
        b = number;
    }
    if (!is_duration(a) || b.kind != FEEL_NUMBER) return false;
    struct decimal n;
    *out = decimal_multiply(quantity(a), b.number, &n) ? duration_of(r, at, a.kind, n) : too_long(r, at);
    return true;
}

bool feel_temporal_divide(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                          struct feel_value b, struct feel_value *out)
{
    if (!is_duration(a) || (b.kind != FEEL_NUMBER && b.kind != a.kind)) return false;
    struct decimal by = b.kind == FEEL_NUMBER ? b.number : quantity(b), n;
    if (decimal_is_zero(by))
        *out = feel_fail(r, at, "Nothing can be divided by zero.", STR_EMPTY);
    else if (!decimal_divide(quantity(a), by, &n))
        *out = too_long(r, at);
    else
        *out = b.kind == FEEL_NUMBER ? duration_of(r, at, a.kind, n) : feel_number(n);
    return true;
}

/* ---- properties ---- */
static struct feel_value seconds_value(__int128 nanos)
{
    struct decimal n = to_decimal(nanos);
    return decimal_divide(n, decimal_of(FEEL_NANOS), &n) ? feel_number(n) : FEEL_NOTHING;
}

static struct feel_value whole(__int128 n)
{
    return feel_number(to_decimal(n));
}

typedef struct feel_value getter(enum feel_kind kind, struct feel_value v);

static struct feel_value get_year(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return feel_integer(v.moment->year);
}
static struct feel_value get_month(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return feel_integer(v.moment->month);
}
static struct feel_value get_day(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return feel_integer(v.moment->day);
}
static struct feel_value get_weekday(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return feel_integer(feel_weekday(v.moment));
}
static struct feel_value get_hour(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return feel_integer(v.moment->hour);
}
static struct feel_value get_minute(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return feel_integer(v.moment->minute);
}
static struct feel_value get_second(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return seconds_value(v.moment->second * (__int128)FEEL_NANOS + v.moment->nano);
}
static struct feel_value get_offset(enum feel_kind kind, struct feel_value v)
{
    if (feel_moment_is_local(v.moment)) return FEEL_NOTHING;
    __int128 offset = feel_moment_offset(kind, v.moment);
    return (struct feel_value){.kind = FEEL_DAYS, .nanos = offset * FEEL_NANOS};
}
static struct feel_value get_timezone(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return v.moment->zone_kind == FEEL_ZONE_NAMED ? feel_string(feel_zone_name(v.moment->zone))
                                                  : FEEL_NOTHING;
}
static struct feel_value get_moment_value(enum feel_kind kind, struct feel_value v)
{
    return seconds_value(instant(kind, v.moment));
}
static struct feel_value get_days(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return whole(v.nanos / FEEL_NANOS / FEEL_DAY_SECONDS);
}
static struct feel_value get_hours(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return whole(v.nanos / FEEL_NANOS / 3600 % 24);
}
static struct feel_value get_minutes(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return whole(v.nanos / FEEL_NANOS / 60 % 60);
}
static struct feel_value get_seconds(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return seconds_value(v.nanos % (60 * FEEL_NANOS));
}
static struct feel_value get_days_value(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return seconds_value(v.nanos);
}
static struct feel_value get_years(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return feel_integer(v.months / 12);
}
static struct feel_value get_months(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return feel_integer(v.months % 12);
}
static struct feel_value get_months_value(enum feel_kind kind, struct feel_value v)
{
    (void)kind;
    return feel_integer(v.months);
}

enum {
    OF_DATE = 1 << FEEL_DATE,
    OF_TIME = 1 << FEEL_TIME,
    OF_DATE_TIME = 1 << FEEL_DATE_TIME,
    OF_DAYS = 1 << FEEL_DAYS,
    OF_MONTHS = 1 << FEEL_MONTHS
};

static const struct {
    const char *name;
    unsigned kinds;
    getter *get;
} properties[] = {
    {"year", OF_DATE | OF_DATE_TIME, get_year},
    {"month", OF_DATE | OF_DATE_TIME, get_month},
    {"day", OF_DATE | OF_DATE_TIME, get_day},
    {"weekday", OF_DATE | OF_DATE_TIME, get_weekday},
    {"hour", OF_TIME | OF_DATE_TIME, get_hour},
    {"minute", OF_TIME | OF_DATE_TIME, get_minute},
    {"second", OF_TIME | OF_DATE_TIME, get_second},
    {"time offset", OF_TIME | OF_DATE_TIME, get_offset},
    {"timezone", OF_TIME | OF_DATE_TIME, get_timezone},
    {"value", OF_DATE | OF_TIME | OF_DATE_TIME, get_moment_value},
    {"days", OF_DAYS, get_days},
    {"hours", OF_DAYS, get_hours},
    {"minutes", OF_DAYS, get_minutes},
    {"seconds", OF_DAYS, get_seconds},
    {"value", OF_DAYS, get_days_value},
    {"years", OF_MONTHS, get_years},
    {"months", OF_MONTHS, get_months},
    {"value", OF_MONTHS, get_months_value},
};

bool feel_temporal_property(struct feel_run *r, struct feel_value v, struct str name, struct feel_value *out)
{
    (void)r;
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        if (!(properties[i].kinds & 1u << v.kind) || !str_eq_c(name, properties[i].name)) continue;
        *out = properties[i].get(v.kind, v);
        return true;
    }
    return false;
}
