#include "core/base/str.h"

#include "core/base/arena.h"

struct str str_n(const void *ptr, size_t len)
{
    return (struct str){ptr, len};
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_eq_c(struct str a, const char *z)
{
    return str_eq(a, str_c(z));
}

static char ascii_lower(char ch)
{
    return ch >= 'A' && ch <= 'Z' ? (char)(ch + ('a' - 'A')) : ch;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i])) return false;
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (order) return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq((struct str){s.ptr, prefix.len}, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq((struct str){s.ptr + (s.len - suffix.len), suffix.len}, suffix);
}

size_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0) return 0;
    if (s.len < needle.len) return SIZE_MAX;
    const char *hit = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

size_t str_find_char(struct str s, char ch)
{
    const char *hit = s.len ? memchr(s.ptr, ch, s.len) : NULL;
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

struct str str_slice(struct str s, size_t from, size_t to)
{
    if (to > s.len) to = s.len;
    if (from > to) from = to;
    return s.ptr ? (struct str){s.ptr + from, to - from} : STR_EMPTY;
}

static bool is_space(char ch)
{
    return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

struct str str_trim(struct str s)
{
    size_t from = 0, to = s.len;
    while (from < to && is_space(s.ptr[from]))
        from++;
    while (to > from && is_space(s.ptr[to - 1]))
        to--;
    return str_slice(s, from, to);
}

struct str str_cut(struct str s, char sep, struct str *head)
{
    size_t at = str_find_char(s, sep);
    if (at == SIZE_MAX) {
        *head = s;
        return STR_EMPTY;
    }
    *head = str_slice(s, 0, at);
    return str_slice(s, at + 1, s.len);
}

struct str str_dup(struct arena *a, struct str s)
{
    if (s.len == 0) return STR_EMPTY;
    char *copy = arena_bytes(a, s.len);
    memcpy(copy, s.ptr, s.len);
    return (struct str){copy, s.len};
}

const char *str_z(struct arena *a, struct str s)
{
    char *copy = arena_array(a, s.len + 1, 1);
    if (s.len) memcpy(copy, s.ptr, s.len);
    return copy;
}

struct str str_cat(struct arena *a, struct str x, struct str y)
{
    char *both = arena_array(a, x.len + y.len + 1, 1);
    if (x.len) memcpy(both, x.ptr, x.len);
    if (y.len) memcpy(both + x.len, y.ptr, y.len);
    return (struct str){both, x.len + y.len};
}

/* Most are short: formatted once, into memory of the stack. */
struct str str_fmt_args(struct arena *a, const char *format, va_list args)
{
    char near[160];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(near, sizeof near, format, args);
    char *text = arena_array(a, n < 0 ? 1 : (size_t)n + 1, 1);
    if (n > 0 && (size_t)n < sizeof near)
        memcpy(text, near, (size_t)n);
    else if (n > 0)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return (struct str){text, n < 0 ? 0 : (size_t)n};
}

struct str str_fmt(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = str_fmt_args(a, format, args);
    va_end(args);
    return text;
}

struct str str_lower(struct arena *a, struct str s)
{
    char *copy = arena_array(a, s.len + 1, 1);
    for (size_t i = 0; i < s.len; i++)
        copy[i] = ascii_lower(s.ptr[i]);
    return (struct str){copy, s.len};
}

bool str_to_u64(struct str s, uint64_t *out)
{
    uint64_t n = 0;
    if (s.len == 0) return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        if (__builtin_mul_overflow(n, 10u, &n) || __builtin_add_overflow(n, (uint64_t)(s.ptr[i] - '0'), &n))
            return false;
    }
    *out = n;
    return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
    bool negative = s.len && s.ptr[0] == '-';
    uint64_t n;
    if (!str_to_u64(negative ? str_slice(s, 1, s.len) : s, &n)) return false;
    if (n > (uint64_t)INT64_MAX + (negative ? 1 : 0)) return false;
    *out = negative ? (int64_t)(0 - n) : (int64_t)n;
    return true;
}

size_t str_put_i64(char out[20], int64_t n)
{
    char digits[20];
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    size_t at = sizeof digits, len = 0;
    do
        digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (n < 0) out[len++] = '-';
    memcpy(out + len, digits + at, sizeof digits - at);
    return len + sizeof digits - at;
}

struct str str_hex(struct arena *a, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *b = bytes;
    char *text = arena_array(a, len + 1, 2);
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[b[i] >> 4];
        text[2 * i + 1] = digits[b[i] & 15];
    }
    return (struct str){text, 2 * len};
}

static int hex_value(char ch)
{
    if (ch >= '0' && ch <= '9') return ch - '0';
    ch = ascii_lower(ch);
    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

bool str_unhex(struct arena *a, struct str hex, struct str *out)
{
    if (hex.len % 2) return false;
    char *bytes = arena_array(a, hex.len / 2 + 1, 1);
    for (size_t i = 0; i < hex.len; i += 2) {
        int high = hex_value(hex.ptr[i]), low = hex_value(hex.ptr[i + 1]);
        if (high < 0 || low < 0) return false;
        bytes[i / 2] = (char)(high * 16 + low);
    }
    *out = (struct str){bytes, hex.len / 2};
    return true;
}

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct str to_base64(struct arena *a, const char *digits, const void *bytes, size_t len)
{
    const unsigned char *b = bytes;
    char *text = arena_array(a, len / 3 + 2, 4);
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | b[i];
        for (have += 8; have >= 6; have -= 6)
            text[n++] = digits[bits >> (have - 6) & 63];
    }
    if (have) text[n++] = digits[bits << (6 - have) & 63];
    return (struct str){text, n};
}

static bool from_base64(struct arena *a, const char *digits, struct str text, struct str *out)
{
    char *bytes = arena_array(a, text.len + 1, 1);
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;
    if (text.len % 4 == 1) return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *at = text.ptr[i] ? strchr(digits, text.ptr[i]) : NULL;
        if (!at) return false;
        bits = bits << 6 | (uint32_t)(at - digits);
        have += 6;
        if (have >= 8) {
            have -= 8;
            bytes[n++] = (char)(bits >> have & 255);
        }
    }
    if (bits & ((1u << have) - 1)) return false; /* left-over bits must be zero: one text for one value */
    *out = (struct str){bytes, n};
    return true;
}

struct str str_base64url(struct arena *a, const void *bytes, size_t len)
{
    return to_base64(a, base64url, bytes, len);
}

bool str_unbase64url(struct arena *a, struct str text, struct str *out)
{
    return from_base64(a, base64url, text, out);
}

struct str str_base64(struct arena *a, const void *bytes, size_t len)
{
    struct str text = to_base64(a, base64, bytes, len), padding = STR("==");
    return str_cat(a, text, str_slice(padding, 0, (4 - text.len % 4) % 4));
}

bool str_unbase64(struct arena *a, struct str text, struct str *out)
{
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
        padding++;
    return text.len % 4 == 0 && from_base64(a, base64, str_slice(text, 0, text.len - padding), out);
}
