/* Reading and writing the lexical forms. */
#include "core/base/buf.h"
#include "engines/feel/feel_calendar.h"
#include "engines/feel/feel_temporal.h"
#include "engines/feel/feel_zone.h"

struct reader {
    struct str text;
    size_t at;
};

static bool end(const struct reader *r)
{
    return r->at == r->text.len;
}

static bool is_digit(const struct reader *r)
{
    return !end(r) && r->text.ptr[r->at] >= '0' && r->text.ptr[r->at] <= '9';
}

static bool take(struct reader *r, char c)
{
    if (end(r) || r->text.ptr[r->at] != c) return false;
    r->at++;
    return true;
}

/* Exactly two digits, at most max. */
static bool two(struct reader *r, int max, uint8_t *out)
{
    int n = 0;
    for (int i = 0; i < 2; i++) {
        if (!is_digit(r)) return false;
        n = n * 10 + (r->text.ptr[r->at++] - '0');
    }
    *out = (uint8_t)n;
    return n <= max;
}

/* Digits behind the point; those beyond nanoseconds are cut off. */
static size_t fraction(struct reader *r, uint32_t *nano)
{
    size_t count = 0;
    uint32_t unit = 100000000;
    for (*nano = 0; is_digit(r); count++, unit /= 10)
        *nano += unit * (uint32_t)(r->text.ptr[r->at++] - '0');
    return count;
}

/* A year has four digits, or up to nine that do not begin with 0. */
static bool date(struct reader *r, struct feel_moment *m)
{
    bool minus = take(r, '-');
    size_t from = r->at;
    int64_t year = 0;
    while (is_digit(r) && r->at - from < 10)
        year = year * 10 + (r->text.ptr[r->at++] - '0');
    size_t count = r->at - from;
    if (count < 4 || count > 9 || (count > 4 && r->text.ptr[from] == '0')) return false;
    m->year = (int32_t)(minus ? -year : year);
    return take(r, '-') && two(r, 12, &m->month) && take(r, '-') && two(r, 31, &m->day) &&
           feel_date_exists(m->year, m->month, m->day);
}

static bool offset(struct reader *r, struct feel_moment *m)
{
    uint8_t hours, minutes, seconds = 0;
    bool minus = take(r, '-');
    if (!minus && !take(r, '+')) return false;
    if (!two(r, 18, &hours) || !take(r, ':') || !two(r, 59, &minutes)) return false;
    if (take(r, ':') && !two(r, 59, &seconds)) return false;
    int32_t all = hours * 3600 + minutes * 60 + seconds;
    m->zone_kind = FEEL_ZONE_OFFSET;
    m->offset = minus ? -all : all;
    return all <= FEEL_OFFSET_MAX;
}

static bool zone(struct feel_run *run, struct reader *r, struct feel_moment *m)
{
    if (end(r)) return true;
    if (take(r, 'Z') || take(r, 'z')) {
        m->zone_kind = FEEL_ZONE_OFFSET;
        return true;
    }
    if (!take(r, '@')) return offset(r, m);
    m->zone_kind = FEEL_ZONE_NAMED;
    m->zone = feel_zone_find(run, str_slice(r->text, r->at, r->text.len));
    r->at = r->text.len;
    return m->zone;
}

/* 24:00:00 is the midnight that ends the day; *next_day tells. */
static bool time_of_day(struct feel_run *run, struct reader *r, struct feel_moment *m, bool *next_day)
{
    if (!two(r, 24, &m->hour) || !take(r, ':') || !two(r, 59, &m->minute) || !take(r, ':') ||
        !two(r, 59, &m->second))
        return false;
    if (take(r, '.') && !fraction(r, &m->nano)) return false;
    *next_day = m->hour == 24;
    if (*next_day && (m->minute || m->second || m->nano)) return false;
    m->hour %= 24;
    return zone(run, r, m) && end(r);
}

bool feel_date_read(struct feel_run *r, struct str text, struct feel_value *out)
{
    struct reader in = {.text = text};
    struct feel_moment m = {0};
    if (!date(&in, &m) || !end(&in)) return false;
    *out = feel_moment_value(r->arena, FEEL_DATE, m);
    return true;
}

bool feel_time_read(struct feel_run *r, struct str text, struct feel_value *out)
{
    struct reader in = {.text = text};
    struct feel_moment m = {0};
    bool next_day;
    if (!time_of_day(r, &in, &m, &next_day)) return false;
    *out = feel_moment_value(r->arena, FEEL_TIME, m);
    return true;
}

bool feel_date_time_read(struct feel_run *r, struct str text, struct feel_value *out)
{
    struct reader in = {.text = text};
    struct feel_moment m = {0};
    bool next_day;
    if (!date(&in, &m) || !take(&in, 'T') || !time_of_day(r, &in, &m, &next_day)) return false;
    if (next_day && !feel_days_set(&m, feel_days_of(m.year, m.month, m.day) + 1)) return false;
    *out = feel_moment_value(r->arena, FEEL_DATE_TIME, m);
    return true;
}

/* ---- durations ---- */
enum { COMPONENT_DIGITS_MAX = 15 };

/* "12M" where `units` holds M: sets *unit to its index. Units must rise from call to call. */
static bool component(struct reader *r, const char *units, size_t *unit, int64_t *n, uint32_t *nano)
{
    size_t from = r->at;
    for (*n = 0; is_digit(r) && r->at - from <= COMPONENT_DIGITS_MAX;)
        *n = *n * 10 + (r->text.ptr[r->at++] - '0');
    if (r->at == from || r->at - from > COMPONENT_DIGITS_MAX) return false;
    *nano = 0;
    bool point = take(r, '.');
    if (point) fraction(r, nano);
    if (end(r) || !r->text.ptr[r->at]) return false;
    const char *found = strchr(units, r->text.ptr[r->at]);
    if (!found || (size_t)(found - units) < *unit || (point && *found != 'S')) return false;
    r->at++;
    *unit = (size_t)(found - units) + 1;
    return true;
}

static bool months(struct reader *r, int64_t *out)
{
    static const int64_t of[] = {12, 1};
    size_t unit = 0, from = r->at;
    int64_t n;
    uint32_t nano;
    for (*out = 0; !end(r);) {
        if (!component(r, "YM", &unit, &n, &nano)) return false;
        *out += n * of[unit - 1];
    }
    return r->at > from;
}

static bool nanos(struct reader *r, __int128 *out)
{
    static const int64_t of[] = {3600, 60, 1};
    size_t unit = 0, from = r->at;
    int64_t n;
    uint32_t nano;
    *out = 0;
    if (is_digit(r)) {
        if (!component(r, "D", &unit, &n, &nano)) return false;
        *out = (__int128)n * FEEL_DAY_SECONDS * FEEL_NANOS;
    }
    if (end(r)) return r->at > from;
    if (!take(r, 'T') || end(r)) return false;
    for (unit = 0; !end(r);) {
        if (!component(r, "HMS", &unit, &n, &nano)) return false;
        *out += (__int128)n * of[unit - 1] * FEEL_NANOS + nano;
    }
    return true;
}

bool feel_duration_read(struct feel_run *r, struct str text, struct feel_value *out)
{
    (void)r;
    struct reader in = {.text = text};
    bool minus = take(&in, '-');
    if (!take(&in, 'P')) return false;
    struct reader again = in;
    struct feel_value v = {.kind = FEEL_MONTHS};
    if (!months(&in, &v.months)) {
        v.kind = FEEL_DAYS;
        if (!nanos(&again, &v.nanos)) return false;
    }
    return minus ? feel_temporal_negate(v, out) : (*out = v, true);
}

bool feel_temporal_read(struct feel_run *r, struct str text, struct feel_value *out)
{
    return feel_date_read(r, text, out) || feel_time_read(r, text, out) ||
           feel_date_time_read(r, text, out) || feel_duration_read(r, text, out);
}

/* ---- writing ---- */
static void write_fraction(struct buf *b, uint32_t nano)
{
    if (!nano) return;
    int digits = 9;
    for (; nano % 10 == 0; nano /= 10)
        digits--;
    buf_fmt(b, ".%0*u", digits, nano);
}

static void write_date(struct buf *b, const struct feel_moment *m)
{
    buf_fmt(b, "%s%04d-%02u-%02u", m->year < 0 ? "-" : "", abs(m->year), m->month, m->day);
}

static void write_time(struct buf *b, const struct feel_moment *m)
{
    buf_fmt(b, "%02u:%02u:%02u", m->hour, m->minute, m->second);
    write_fraction(b, m->nano);
    if (m->zone_kind == FEEL_ZONE_NAMED) {
        buf_add_char(b, '@');
        buf_add(b, feel_zone_name(m->zone));
    } else if (m->zone_kind == FEEL_ZONE_OFFSET && !m->offset) {
        buf_add_char(b, 'Z');
    } else if (m->zone_kind == FEEL_ZONE_OFFSET) {
        int32_t off = abs(m->offset);
        buf_fmt(b, "%c%02d:%02d", m->offset < 0 ? '-' : '+', off / 3600, off / 60 % 60);
        if (off % 60) buf_fmt(b, ":%02d", off % 60);
    }
}

static void write_part(struct buf *b, int64_t n, char unit)
{
    if (!n) return;
    buf_add_i64(b, n);
    buf_add_char(b, unit);
}

static void write_days(struct buf *b, __int128 n)
{
    if (!n) {
        buf_add_c(b, "PT0S");
        return;
    }
    buf_add_c(b, n < 0 ? "-P" : "P");
    if (n < 0) n = -n;
    __int128 seconds = n / FEEL_NANOS;
    uint32_t nano = (uint32_t)(n % FEEL_NANOS);
    int64_t of_day = (int64_t)(seconds % FEEL_DAY_SECONDS);
    write_part(b, (int64_t)(seconds / FEEL_DAY_SECONDS), 'D');
    if (of_day || nano) buf_add_char(b, 'T');
    write_part(b, of_day / 3600, 'H');
    write_part(b, of_day / 60 % 60, 'M');
    if (of_day % 60 || nano) {
        buf_add_i64(b, of_day % 60);
        write_fraction(b, nano);
        buf_add_char(b, 'S');
    }
}

static void write_months(struct buf *b, int64_t n)
{
    if (!n) {
        buf_add_c(b, "P0M");
        return;
    }
    buf_add_c(b, n < 0 ? "-P" : "P");
    if (n < 0) n = -n;
    write_part(b, n / 12, 'Y');
    write_part(b, n % 12, 'M');
}

struct str feel_temporal_text(struct arena *a, struct feel_value v)
{
    struct buf b = buf_new(a, 48);
    switch (v.kind) {
    case FEEL_DATE:
        write_date(&b, v.moment);
        break;
    case FEEL_TIME:
        write_time(&b, v.moment);
        break;
    case FEEL_DATE_TIME:
        write_date(&b, v.moment);
        buf_add_char(&b, 'T');
        write_time(&b, v.moment);
        break;
    case FEEL_DAYS:
        write_days(&b, v.nanos);
        break;
    case FEEL_MONTHS:
        write_months(&b, v.months);
        break;
    default:
        break;
    }
    return buf_str(&b);
}
