/* The formats of Validation §7.3, and what is said where one is broken. Hosts and addresses of resources
 * stand in schema_format_uri.c. */
#include "engines/schema/schema_internal.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* `count` digits at *at; moves behind them. */
static bool digits(struct str s, size_t *at, size_t count, int *out)
{
    *out = 0;
    for (size_t i = 0; i < count; i++, (*at)++) {
        if (*at >= s.len || !is_digit(s.ptr[*at])) return false;
        *out = *out * 10 + (s.ptr[*at] - '0');
    }
    return true;
}

static bool sign(struct str s, size_t *at, const char *any)
{
    if (*at >= s.len || !strchr(any, s.ptr[*at])) return false;
    ++*at;
    return true;
}

/* ---- RFC 3339 ---- */

static bool full_date(struct str s, size_t *at)
{
    int year, month, day;
    return digits(s, at, 4, &year) && sign(s, at, "-") && digits(s, at, 2, &month) && sign(s, at, "-") &&
           digits(s, at, 2, &day) && month >= 1 && month <= 12 && day >= 1 &&
           day <= (month == 2 ? 28 + ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0)
                              : 30 + ((month + month / 8) & 1));
}

/* A second of 60 stands at the end of a day of UTC only. */
static bool full_time(struct str s, size_t *at)
{
    int hour, minute, second, offset = 0, hours, minutes;
    if (!digits(s, at, 2, &hour) || !sign(s, at, ":") || !digits(s, at, 2, &minute) || !sign(s, at, ":") ||
        !digits(s, at, 2, &second) || hour > 23 || minute > 59 || second > 60)
        return false;
    if (sign(s, at, ".")) {
        size_t from = *at;
        while (*at < s.len && is_digit(s.ptr[*at]))
            ++*at;
        if (*at == from) return false;
    }
    if (!sign(s, at, "zZ")) {
        bool negative = *at < s.len && s.ptr[*at] == '-';
        if (!sign(s, at, "+-") || !digits(s, at, 2, &hours) || !sign(s, at, ":") ||
            !digits(s, at, 2, &minutes) || hours > 23 || minutes > 59)
            return false;
        offset = (hours * 60 + minutes) * (negative ? -1 : 1);
    }
    return second < 60 || ((hour * 60 + minute - offset) % 1440 + 1440) % 1440 == 1439;
}

static bool check_date(struct arena *a, struct str s)
{
    size_t at = 0;
    (void)a;
    return full_date(s, &at) && at == s.len;
}

static bool check_time(struct arena *a, struct str s)
{
    size_t at = 0;
    (void)a;
    return full_time(s, &at) && at == s.len;
}

static bool check_date_time(struct arena *a, struct str s)
{
    size_t at = 0;
    (void)a;
    return full_date(s, &at) && sign(s, &at, "tT") && full_time(s, &at) && at == s.len;
}

/* RFC 3339 appendix A: units in their order without gaps, weeks alone. */
static bool units(struct str s, size_t *at, const char *order, size_t *count)
{
    size_t last = SIZE_MAX;
    while (*at < s.len && is_digit(s.ptr[*at])) {
        while (*at < s.len && is_digit(s.ptr[*at]))
            ++*at;
        const char *unit = *at < s.len && s.ptr[*at] ? strchr(order, s.ptr[*at]) : NULL;
        if (!unit) return false;
        size_t place = (size_t)(unit - order);
        if (last != SIZE_MAX && place != last + 1) return false;
        last = place;
        ++*at;
        ++*count;
    }
    return true;
}

static bool check_duration(struct arena *a, struct str s)
{
    size_t at = 0, days = 0, times = 0, weeks = 0;
    (void)a;
    if (!sign(s, &at, "P")) return false;
    if (s.len && s.ptr[s.len - 1] == 'W') return units(s, &at, "W", &weeks) && weeks == 1 && at == s.len;
    if (!units(s, &at, "YMD", &days)) return false;
    if (sign(s, &at, "T") && (!units(s, &at, "HMS", &times) || !times)) return false;
    return at == s.len && days + times > 0;
}

/* ---- hosts and mail ---- */

static bool check_ipv4(struct arena *a, struct str s)
{
    (void)a;
    return schema_format_ipv4(s);
}

static bool check_ipv6(struct arena *a, struct str s)
{
    (void)a;
    return schema_format_ipv6(s);
}

static bool check_hostname(struct arena *a, struct str s)
{
    (void)a;
    return schema_format_host(s);
}

static bool quoted_local(struct str local, bool international)
{
    if (local.len < 2 || local.ptr[local.len - 1] != '"') return false;
    for (size_t i = 1; i + 1 < local.len; i++) {
        unsigned char c = (unsigned char)local.ptr[i];
        if (c == '\\')
            c = (unsigned char)local.ptr[++i];
        else if (c == '"')
            return false;
        if (i + 1 >= local.len || c < ' ' || c == 0x7F || (c > 0x7F && !international)) return false;
    }
    return true;
}

static bool dotted_local(struct str local, bool international)
{
    for (size_t i = 0; i < local.len; i++) {
        unsigned char c = (unsigned char)local.ptr[i];
        bool dot = c == '.';
        if (dot && (i == 0 || i + 1 == local.len || local.ptr[i - 1] == '.')) return false;
        bool other = dot || is_digit((char)c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                     (c > 0x7F ? international : c && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
        if (!other) return false;
    }
    return local.len;
}

/* RFC 5321 §4.1.2, RFC 6531. */
static bool mailbox(struct arena *a, struct str s, bool international)
{
    size_t mark = SIZE_MAX;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '@') mark = i;
    if (mark == SIZE_MAX || mark > 64) return false;
    struct str local = str_slice(s, 0, mark), domain = str_slice(s, mark + 1, s.len);
    bool quoted = local.len && local.ptr[0] == '"';
    if (!(quoted ? quoted_local(local, international) : dotted_local(local, international))) return false;
    if (domain.len > 2 && domain.ptr[0] == '[' && domain.ptr[domain.len - 1] == ']') {
        struct str inner = str_slice(domain, 1, domain.len - 1);
        if (str_starts(inner, STR("IPv6:"))) return schema_format_ipv6(str_slice(inner, 5, inner.len));
        return schema_format_ipv4(inner);
    }
    return international ? schema_format_idn_host(a, domain) : schema_format_host(domain);
}

static bool check_email(struct arena *a, struct str s)
{
    return mailbox(a, s, false);
}

static bool check_idn_email(struct arena *a, struct str s)
{
    return mailbox(a, s, true);
}

/* ---- addresses, pointers, patterns ---- */

static bool check_uri(struct arena *a, struct str s)
{
    (void)a;
    return schema_format_uri(s, false, false);
}

static bool check_uri_reference(struct arena *a, struct str s)
{
    (void)a;
    return schema_format_uri(s, true, false);
}

static bool check_iri(struct arena *a, struct str s)
{
    (void)a;
    return schema_format_uri(s, false, true);
}

static bool check_iri_reference(struct arena *a, struct str s)
{
    (void)a;
    return schema_format_uri(s, true, true);
}

static bool check_uri_template(struct arena *a, struct str s)
{
    (void)a;
    return schema_format_uri_template(s);
}

/* RFC 4122: 8-4-4-4-12 */
static bool check_uuid(struct arena *a, struct str s)
{
    (void)a;
    if (s.len != 36) return false;
    for (size_t i = 0; i < s.len; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        char c = s.ptr[i], low = (char)(c | 0x20);
        if (hyphen ? c != '-' : !is_digit(c) && !(low >= 'a' && low <= 'f')) return false;
    }
    return true;
}

/* RFC 6901 */
static bool check_pointer(struct arena *a, struct str s)
{
    (void)a;
    if (s.len && s.ptr[0] != '/') return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '~' && (i + 1 == s.len || (s.ptr[i + 1] != '0' && s.ptr[i + 1] != '1'))) return false;
    return true;
}

static bool check_relative_pointer(struct arena *a, struct str s)
{
    size_t n = 0;
    while (n < s.len && is_digit(s.ptr[n]))
        n++;
    if (!n || (n > 1 && s.ptr[0] == '0')) return false;
    struct str rest = str_slice(s, n, s.len);
    return str_eq_c(rest, "#") || check_pointer(a, rest);
}

static bool check_regex(struct arena *a, struct str s)
{
    struct str ignored;
    return schema_pattern_translate(a, s, &ignored);
}

static const struct schema_format formats[] = {
    {"date-time", check_date_time,
     "This must be a date with time and zone, such as 2026-11-21T09:30:00+08:00."},
    {"date", check_date, "Please enter a real date, such as 2026-11-21."},
    {"time", check_time, "This must be a time with zone, such as 09:30:00+08:00."},
    {"duration", check_duration, "This must be a duration, such as P3D."},
    {"email", check_email, "Please enter an e-mail address, such as name@example.com."},
    {"idn-email", check_idn_email, "Please enter an e-mail address, such as name@example.com."},
    {"hostname", check_hostname, "This must be the name of a host."},
    {"idn-hostname", schema_format_idn_host, "This must be the name of a host."},
    {"ipv4", check_ipv4, "This must be an IPv4 address."},
    {"ipv6", check_ipv6, "This must be an IPv6 address."},
    {"uri", check_uri, "This must be an address, such as https://example.com/."},
    {"uri-reference", check_uri_reference, "This must be an address, such as https://example.com/."},
    {"iri", check_iri, "This must be an address, such as https://example.com/."},
    {"iri-reference", check_iri_reference, "This must be an address, such as https://example.com/."},
    {"uri-template", check_uri_template, "This must be the template of an address."},
    {"uuid", check_uuid, "This must be a UUID."},
    {"json-pointer", check_pointer, "This must be a JSON pointer."},
    {"relative-json-pointer", check_relative_pointer, "This must be a relative JSON pointer."},
    {"regex", check_regex, "This must be a regular expression."},
};

const struct schema_format *schema_format_find(struct str name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (str_eq_c(name, formats[i].name)) return &formats[i];
    return NULL;
}
