#include "engines/bpmn/bpmn_internal.h"

/* The times of timer events: ISO 8601 as BPMN 2.0 asks (clause 10.4.5, table 10.101). */

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS INT64_C(86400000)

static bool digits(struct str s, size_t *at, size_t count, int64_t *out)
{
    if (*at + count > s.len) return false;
    if (!str_to_i64(str_slice(s, *at, *at + count), out) || *out < 0) return false;
    *at += count;
    return true;
}

static bool sign(struct str s, size_t *at, char ch)
{
    if (*at >= s.len || s.ptr[*at] != ch) return false;
    ++*at;
    return true;
}

static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

static bool zone(struct str s, size_t *at, int64_t *offset)
{
    int64_t h, m, way = *at < s.len && s.ptr[*at] == '-' ? -1 : 1;

    *offset = 0;
    if (sign(s, at, 'Z')) return true;
    if (!sign(s, at, '+') && !sign(s, at, '-')) return false;
    if (!digits(s, at, 2, &h) || !sign(s, at, ':') || !digits(s, at, 2, &m) || h > 14 || m > 59) return false;
    *offset = way * (h * 60 + m);
    return true;
}

bool bpmn_date_ms(struct str s, int64_t *ms)
{
    static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t y, mo, d, h = 0, mi = 0, sec = 0, offset = 8 * 60; /* without a zone: civil time of China */
    size_t at = 0;

    if (!digits(s, &at, 4, &y) || !sign(s, &at, '-') || !digits(s, &at, 2, &mo) || !sign(s, &at, '-') ||
        !digits(s, &at, 2, &d) || mo < 1 || mo > 12 || d < 1 || d > month_days[mo - 1])
        return false;
    if (sign(s, &at, 'T')) {
        if (!digits(s, &at, 2, &h) || !sign(s, &at, ':') || !digits(s, &at, 2, &mi) || h > 24 || mi > 59)
            return false;
        if (sign(s, &at, ':') && (!digits(s, &at, 2, &sec) || sec > 59)) return false;
        if (sign(s, &at, '.'))
            while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
                at++;
    }
    if (at < s.len && !zone(s, &at, &offset)) return false;
    *ms = days_from_civil(y, mo, d) * DAY_MS + h * HOUR_MS + mi * MINUTE_MS + sec * SECOND_MS -
          offset * MINUTE_MS;
    return at == s.len;
}

bool bpmn_is_date(struct str s)
{
    int64_t ms;

    return bpmn_date_ms(s, &ms);
}

/* Units of a duration in the order in which they may stand; months count thirty days, years twelve of them.
 */
static const struct {
    bool time;
    char sign;
    int64_t ms;
} units[] = {{false, 'Y', 360 * DAY_MS}, {false, 'M', 30 * DAY_MS}, {false, 'W', 7 * DAY_MS},
             {false, 'D', DAY_MS},       {true, 'H', HOUR_MS},      {true, 'M', MINUTE_MS},
             {true, 'S', SECOND_MS}};

bool bpmn_duration_ms(struct str s, int64_t *ms)
{
    size_t at = 0, next = 0;
    bool time = false, any = false;
    int64_t total = 0;

    if (!sign(s, &at, 'P')) return false;
    while (at < s.len) {
        size_t start = at, unit;
        int64_t n;
        int64_t part;

        if (!time && sign(s, &at, 'T')) {
            time = true;
            if (at == s.len) return false;
            continue;
        }
        while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
            at++;
        if (at == s.len || !str_to_i64(str_slice(s, start, at), &n)) return false;
        if (s.ptr[at] == '.') { /* parts of a second are below what a clock here resolves */
            for (at++; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';)
                at++;
            if (at == s.len || s.ptr[at] != 'S') return false;
        }
        for (unit = next; unit < sizeof(units) / sizeof(units[0]); unit++)
            if (units[unit].time == time && units[unit].sign == s.ptr[at]) break;
        if (unit == sizeof(units) / sizeof(units[0]) || __builtin_mul_overflow(n, units[unit].ms, &part) ||
            __builtin_add_overflow(total, part, &total))
            return false;
        next = unit + 1;
        any = true;
        at++;
    }
    *ms = total;
    return any;
}

bool bpmn_is_duration(struct str s)
{
    int64_t ms;

    return bpmn_duration_ms(s, &ms);
}

bool bpmn_is_cycle(struct str s, int64_t *count, struct str *start, struct str *period)
{
    struct str head, rest = str_cut(s, '/', &head), second;

    *start = STR_EMPTY;
    if (!head.len || head.ptr[0] != 'R' || !rest.len) return false;
    *count = -1;
    if (head.len > 1 && (!str_to_i64(str_slice(head, 1, head.len), count) || *count < 0)) return false;
    *period = rest;
    if (bpmn_is_duration(rest)) return true;
    second = str_cut(rest, '/', start);
    *period = second;
    return bpmn_is_date(*start) && bpmn_is_duration(second);
}

void bpmn_timer_at(const struct bpmn_command *c, int64_t now, int64_t *at, int64_t *working_days)
{
    int64_t n = 0;

    *at = now;
    *working_days = 0;
    if (c->timer == BPMN_DATE)
        bpmn_date_ms(c->text, at);
    else if (c->timer == BPMN_WORKING_DAYS && str_to_i64(c->text, &n))
        *working_days = n;
    else if (bpmn_duration_ms(c->text, &n) && c->timer == BPMN_WORKING_DAYS)
        *working_days = n / DAY_MS;
    else if (n > 0)
        *at = now + n;
    if (*at < now) *at = now;
}
