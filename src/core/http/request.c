#include "core/http/request.h"

#include "core/base/buf.h"

struct str params_get(const struct params *p, struct str name)
{
    for (const struct param *at = p->first; at; at = at->next)
        if (str_eq(at->name, name)) return at->value;
    return STR_EMPTY;
}

bool params_has(const struct params *p, struct str name)
{
    for (const struct param *at = p->first; at; at = at->next)
        if (str_eq(at->name, name)) return true;
    return false;
}

void params_add(struct params *p, struct arena *a, struct str name, struct str value)
{
    struct param *added = ARENA_NEW(a, struct param);
    added->name = name;
    added->value = value;
    if (p->last)
        p->last->next = added;
    else
        p->first = added;
    p->last = added;
    p->count++;
}

static int hex_digit(char ch)
{
    if (ch >= '0' && ch <= '9') return ch - '0';
    if (ch >= 'a' && ch <= 'f') return ch - 'a' + 10;
    if (ch >= 'A' && ch <= 'F') return ch - 'A' + 10;
    return -1;
}

/* The byte of an escape at s[i], -1 where there is none. */
static int escape_at(struct str s, size_t i)
{
    if (s.ptr[i] != '%' || s.len - i < 3) return -1;
    int high = hex_digit(s.ptr[i + 1]), low = hex_digit(s.ptr[i + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool is_text(struct str s)
{
    return utf8_valid(s) && str_find_char(s, '\0') == SIZE_MAX;
}

/* An escape that is none stands for itself (WHATWG URL §1.3). */
static struct str form_decode(struct arena *a, struct str s)
{
    if (str_find_char(s, '%') == SIZE_MAX && str_find_char(s, '+') == SIZE_MAX) return s;
    char *out = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        int byte = escape_at(s, i);
        if (byte >= 0) i += 2;
        out[n++] = byte >= 0 ? (char)byte : s.ptr[i] == '+' ? ' ' : s.ptr[i];
    }
    return str_n(out, n);
}

bool params_parse_form(struct params *p, struct arena *a, struct str text, struct err *e)
{
    while (text.len) {
        struct str pair, name;
        text = str_cut(text, '&', &pair);
        if (pair.len == 0) continue;
        struct str value = str_cut(pair, '=', &name);
        name = form_decode(a, name);
        value = form_decode(a, value);
        if (!is_text(name) || !is_text(value))
            return err_invalid(e, "request.encoding", "This text contains characters that cannot be used.");
        if (p->count >= PARAMS_MAX)
            return err_invalid(e, "request.encoding", "The form has too many fields.");
        params_add(p, a, name, value);
    }
    return true;
}

/* RFC 9110 §5.6.2. */
static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.ptr[i];
        if (ch <= 0x20 || ch >= 0x7F || strchr("()<>@,;:\\\"/[]?={}", ch)) return false;
    }
    return s.len > 0;
}

struct str request_header(const struct request *r, const char *name)
{
    const char *value = r->other ? r->other(r->source, name) : NULL;
    return value ? str_c(value) : STR_EMPTY;
}

/* Quotes may surround a cookie's value and are part of the header, not of the value. */
static bool cookie_value(struct str *s)
{
    if (s->len >= 2 && s->ptr[0] == '"' && s->ptr[s->len - 1] == '"') *s = str_slice(*s, 1, s->len - 1);
    for (size_t i = 0; i < s->len; i++) {
        unsigned char ch = (unsigned char)s->ptr[i];
        if (ch < 0x20 || ch >= 0x7F || ch == '"' || ch == '\\') return false;
    }
    return true;
}

bool params_parse_cookies(struct params *p, struct arena *a, struct str header)
{
    bool whole = true;
    while (header.len) {
        struct str pair, name;
        header = str_cut(header, ';', &pair);
        pair = str_trim(pair);
        if (pair.len == 0) continue;
        bool named = str_find_char(pair, '=') != SIZE_MAX;
        struct str value = str_trim(str_cut(pair, '=', &name));
        name = str_trim(name);
        if (named && is_token(name) && cookie_value(&value) && p->count < COOKIES_MAX)
            params_add(p, a, name, value);
        else
            whole = false;
    }
    return whole;
}

static bool is_dots(const char *segment, size_t len)
{
    return (len == 1 && segment[0] == '.') || (len == 2 && segment[0] == '.' && segment[1] == '.');
}

bool path_decode(struct arena *a, struct str raw, struct str *out)
{
    if (raw.len == 0 || raw.ptr[0] != '/') return false;
    char *path = arena_alloc(a, raw.len + 1);
    size_t n = 0, segment = 1;
    for (size_t i = 0; i < raw.len; i++) {
        int byte = (unsigned char)raw.ptr[i];
        if (byte == '/') {
            if (n && is_dots(path + segment, n - segment)) return false;
            segment = n + 1;
        } else if (byte == '%') {
            byte = escape_at(raw, i);
            if (byte < 0 || byte == '/') return false;
            i += 2;
        }
        if (byte < 0x20 || byte == 0x7F || byte == '\\') return false;
        path[n++] = (char)byte;
    }
    if (is_dots(path + segment, n - segment)) return false;
    *out = str_n(path, n);
    return utf8_valid(*out);
}

struct str url_encode(struct arena *a, struct str s)
{
    static const char digits[] = "0123456789ABCDEF";
    struct buf out = buf_new(a, s.len);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.ptr[i];
        bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
                     ch == '-' || ch == '.' || ch == '_' || ch == '~';
        if (plain) {
            buf_add_char(&out, (char)ch);
        } else {
            buf_add_char(&out, '%');
            buf_add_char(&out, digits[ch >> 4]);
            buf_add_char(&out, digits[ch & 15]);
        }
    }
    return buf_str(&out);
}
