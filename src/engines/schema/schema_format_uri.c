/* Hosts (RFC 1123, RFC 5890), IP addresses, and the addresses of resources (RFC 3986, 3987, 6570) as formats.
 */
#include "engines/schema/schema_internal.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    char low = (char)(c | 0x20);
    return is_digit(c) || (low >= 'a' && low <= 'f');
}

static bool among(char c, const char *set)
{
    return c && strchr(set, c);
}

/* ---- IP ---- */

bool schema_format_ipv4(struct str s)
{
    size_t parts = 0;
    for (size_t i = 0; i <= s.len; parts++) {
        size_t from = i;
        int n = 0;
        while (i < s.len && is_digit(s.ptr[i]) && i - from < 3)
            n = n * 10 + (s.ptr[i++] - '0');
        bool leading_zero = i - from > 1 && s.ptr[from] == '0';
        if (i == from || n > 255 || leading_zero || (i < s.len && s.ptr[i] != '.')) return false;
        i++;
    }
    return parts == 4;
}

/* RFC 4291 §2.2 */
bool schema_format_ipv6(struct str s)
{
    size_t groups = 0, i = 0;
    bool gap = false;
    if (str_starts(s, STR("::"))) {
        gap = true;
        i = 2;
    }
    while (i < s.len) {
        size_t from = i;
        while (i < s.len && is_hex(s.ptr[i]))
            i++;
        if (i < s.len && s.ptr[i] == '.') {
            if (!schema_format_ipv4(str_slice(s, from, s.len))) return false;
            groups += 2;
            break;
        }
        if (i == from || i - from > 4) return false;
        groups++;
        if (i == s.len) break;
        if (s.ptr[i++] != ':' || i == s.len) return false;
        if (s.ptr[i] == ':') {
            if (gap) return false;
            gap = true;
            i++;
        }
    }
    return gap ? groups < 8 : groups == 8;
}

/* ---- hosts ---- */

static bool label_ok(struct str l)
{
    if (!l.len || l.len > 63 || l.ptr[0] == '-' || l.ptr[l.len - 1] == '-') return false;
    for (size_t i = 0; i < l.len; i++)
        if (!is_digit(l.ptr[i]) && !is_letter(l.ptr[i]) && l.ptr[i] != '-') return false;
    return true;
}

bool schema_format_host(struct str s)
{
    if (!s.len || s.len > 253) return false;
    for (size_t i = 0; i <= s.len;) {
        size_t end = i;
        while (end < s.len && s.ptr[end] != '.')
            end++;
        if (!label_ok(str_slice(s, i, end))) return false;
        i = end + 1;
    }
    return true;
}

/* RFC 5892: characters out of place, as far as they are told apart without tables of the whole of Unicode. */
static const uint32_t never[] = {0x302E, 0x302F, 0x3031, 0x3032, 0x3033,
                                 0x3034, 0x3035, 0x303B, 0x0640, 0x07FA};
static const uint32_t marks_first[] = {0x0300, 0x036F, 0x0483, 0x0489, 0x0591, 0x05BD, 0x064B, 0x065F,
                                       0x0900, 0x0903, 0x093A, 0x093C, 0x093E, 0x094F, 0x302A, 0x302F};
static const uint32_t viramas[] = {0x094D, 0x09CD, 0x0A4D, 0x0ACD, 0x0B4D, 0x0BCD, 0x0C4D, 0x0CCD,
                                   0x0D4D, 0x0DCA, 0x0E3A, 0x0F84, 0x1039, 0x103A, 0x17D2};

static bool in_list(const uint32_t *list, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == c) return true;
    return false;
}

static bool between(uint32_t c, uint32_t low, uint32_t high)
{
    return c >= low && c <= high;
}

static bool is_japanese(uint32_t c)
{
    return between(c, 0x3041, 0x3096) || (between(c, 0x30A1, 0x30FA)) || between(c, 0x30FC, 0x30FF) ||
           between(c, 0x3400, 0x9FFF) || c == 0x3005 || c == 0x3007;
}

static bool in_context(const uint32_t *l, size_t n, size_t i, bool japanese, bool arabic, bool persian)
{
    uint32_t c = l[i], before = i ? l[i - 1] : 0, after = i + 1 < n ? l[i + 1] : 0;
    if (c == 0x00B7) return before == 'l' && after == 'l';
    if (c == 0x0375) return between(after, 0x0370, 0x03FF);
    if (c == 0x05F3 || c == 0x05F4) return between(before, 0x0590, 0x05FF);
    if (c == 0x30FB) return japanese;
    if (c == 0x200C || c == 0x200D)
        return in_list(viramas, sizeof viramas / sizeof viramas[0], before) ||
               (c == 0x200C && between(before, 0x0620, 0x06FF) && between(after, 0x0620, 0x06FF));
    if (between(c, 0x0660, 0x0669)) return !persian;
    return !between(c, 0x06F0, 0x06F9) || !arabic;
}

static bool idn_label_ok(const uint32_t *l, size_t n)
{
    bool japanese = false, arabic = false, persian = false, ascii = true;
    if (!n || n > 63 || l[0] == '-' || l[n - 1] == '-') return false;
    for (size_t i = 0; i < n; i++) {
        japanese = japanese || is_japanese(l[i]);
        arabic = arabic || between(l[i], 0x0660, 0x0669);
        persian = persian || between(l[i], 0x06F0, 0x06F9);
        ascii = ascii && l[i] < 0x80;
    }
    for (size_t i = 0; i + 1 < sizeof marks_first / sizeof marks_first[0]; i += 2)
        if (between(l[0], marks_first[i], marks_first[i + 1])) return false;
    if (!ascii && n > 3 && l[2] == '-' && l[3] == '-') return false;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = l[i];
        if (c < 0x80 && !is_digit((char)c) && !is_letter((char)c) && c != '-') return false;
        if (between(c, 0x80, 0xB6) || in_list(never, sizeof never / sizeof never[0], c)) return false;
        if (!in_context(l, n, i, japanese, arabic, persian)) return false;
    }
    return true;
}

bool schema_format_idn_host(struct arena *a, struct str s)
{
    uint32_t *label = ARENA_ARRAY(a, s.len + 1, uint32_t);
    size_t n = 0;
    if (!s.len || s.len > 1024) return false;
    for (size_t pos = 0; pos < s.len;) {
        uint32_t c = utf8_next(s, &pos);
        bool dot = c == '.' || c == 0x3002 || c == 0xFF0E || c == 0xFF61;
        if (!dot) {
            label[n++] = c;
            continue;
        }
        if (!idn_label_ok(label, n)) return false;
        n = 0;
    }
    return idn_label_ok(label, n);
}

/* ---- addresses of resources ---- */

#define SUB_DELIMITERS "!$&'()*+,;="

/* pchar and what else the part may hold; percent signs begin two digits. */
static bool characters(struct str s, const char *also, bool international)
{
    for (size_t i = 0; i < s.len;) {
        char c = s.ptr[i];
        if (c == '%') {
            if (s.len - i < 3 || !is_hex(s.ptr[i + 1]) || !is_hex(s.ptr[i + 2])) return false;
            i += 3;
            continue;
        }
        if (c & 0x80) {
            uint32_t point = utf8_next(s, &i);
            if (!international || point < 0xA0 || (point & 0xFFFE) == 0xFFFE) return false;
            continue;
        }
        if (!is_digit(c) && !is_letter(c) && !among(c, "-._~" SUB_DELIMITERS) && !among(c, also))
            return false;
        i++;
    }
    return true;
}

static bool host_ok(struct str host, bool international)
{
    if (!host.len || host.ptr[0] != '[') return characters(host, "", international);
    if (host.ptr[host.len - 1] != ']') return false;
    struct str inner = str_slice(host, 1, host.len - 1);
    if (inner.len && (inner.ptr[0] | 0x20) == 'v') {
        size_t dot = str_find_char(inner, '.');
        if (dot == SIZE_MAX || dot < 2 || dot + 1 == inner.len) return false;
        for (size_t i = 1; i < dot; i++)
            if (!is_hex(inner.ptr[i])) return false;
        return characters(str_slice(inner, dot + 1, inner.len), ":", false) &&
               str_find_char(inner, '%') == SIZE_MAX;
    }
    return schema_format_ipv6(inner);
}

static bool authority_ok(struct str s, bool international)
{
    size_t mark = str_find_char(s, '@');
    if (mark != SIZE_MAX) {
        if (!characters(str_slice(s, 0, mark), ":", international)) return false;
        s = str_slice(s, mark + 1, s.len);
    }
    size_t host_end = s.len;
    while (host_end && is_digit(s.ptr[host_end - 1]))
        host_end--;
    bool port = host_end && s.ptr[host_end - 1] == ':';
    return host_ok(port ? str_slice(s, 0, host_end - 1) : s, international);
}

bool schema_format_uri(struct str s, bool relative, bool international)
{
    size_t scheme = 0;
    if (s.len && is_letter(s.ptr[0]))
        for (scheme = 1; scheme < s.len && (is_letter(s.ptr[scheme]) || is_digit(s.ptr[scheme]) ||
                                            among(s.ptr[scheme], "+-."));)
            scheme++;
    bool has_scheme = scheme && scheme < s.len && s.ptr[scheme] == ':';
    if (!has_scheme && !relative) return false;
    if (has_scheme) s = str_slice(s, scheme + 1, s.len);
    size_t mark = str_find_char(s, '#');
    if (mark != SIZE_MAX) {
        if (!characters(str_slice(s, mark + 1, s.len), ":@/?", international)) return false;
        s = str_slice(s, 0, mark);
    }
    mark = str_find_char(s, '?');
    if (mark != SIZE_MAX) {
        if (!characters(str_slice(s, mark + 1, s.len), ":@/?", international)) return false;
        s = str_slice(s, 0, mark);
    }
    if (str_starts(s, STR("//"))) {
        s = str_slice(s, 2, s.len);
        size_t slash = str_find_char(s, '/');
        if (slash == SIZE_MAX) slash = s.len;
        if (!authority_ok(str_slice(s, 0, slash), international)) return false;
        s = str_slice(s, slash, s.len);
    } else if (!has_scheme) {
        /* The first part of a relative path holds no colon. */
        size_t colon = str_find_char(s, ':'), slash = str_find_char(s, '/');
        if (colon != SIZE_MAX && (slash == SIZE_MAX || colon < slash)) return false;
    }
    return characters(s, ":@/", international);
}

/* One variable of an expression: name, then ":3" or "*". */
static bool template_variable(struct str v)
{
    size_t i = 0, digits = 0;
    while (i < v.len && (is_letter(v.ptr[i]) || is_digit(v.ptr[i]) || among(v.ptr[i], "_.%")))
        i++;
    if (!i || v.ptr[0] == '.' || v.ptr[i - 1] == '.') return false;
    if (i == v.len) return true;
    if (v.ptr[i] == '*') return i + 1 == v.len;
    if (v.ptr[i] != ':') return false;
    for (i++; i < v.len && is_digit(v.ptr[i]); i++)
        digits++;
    return i == v.len && digits >= 1 && digits <= 4;
}

static bool template_expression(struct str e)
{
    if (e.len && among(e.ptr[0], "+#./;?&")) e = str_slice(e, 1, e.len);
    do {
        struct str one;
        size_t comma = str_find_char(e, ',');
        one = str_slice(e, 0, comma);
        if (!template_variable(one)) return false;
        if (comma == SIZE_MAX) return true;
        e = str_slice(e, comma + 1, e.len);
    } while (true);
}

bool schema_format_uri_template(struct str s)
{
    for (size_t i = 0; i < s.len;) {
        char c = s.ptr[i];
        if (c == '{') {
            size_t end = str_find_char(str_slice(s, i, s.len), '}');
            if (end == SIZE_MAX || !template_expression(str_slice(s, i + 1, i + end))) return false;
            i += end + 1;
        } else if (c == '%') {
            if (s.len - i < 3 || !is_hex(s.ptr[i + 1]) || !is_hex(s.ptr[i + 2])) return false;
            i += 3;
        } else {
            if (!(c & 0x80) && (c <= ' ' || c == 0x7F || among(c, "\"'<>\\^`{|}"))) return false;
            i++;
        }
    }
    return true;
}
