#include "engines/feel/feel_lex.h"

#include "core/base/buf.h"

static uint32_t at(struct str text, size_t pos, size_t *next)
{
    *next = pos;
    return pos < text.len ? utf8_next(text, next) : 0;
}

static bool blank_point(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x1680 || c == 0x180e ||
           (c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000 || c == 0xfeff;
}

static bool start_point(uint32_t c)
{
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?';
    return !blank_point(c) && c != 0xd7 && c != 0xf7 && (c >= 0xc0 || c == 0xaa || c == 0xb5 || c == 0xba);
}

static bool part_point(uint32_t c)
{
    return start_point(c) || (c >= '0' && c <= '9') || c == 0xb7;
}

bool feel_lex_is_part(struct str text, size_t pos)
{
    size_t next;
    return part_point(at(text, pos, &next));
}

bool feel_lex_is_start(struct str text, size_t pos)
{
    size_t next;
    return start_point(at(text, pos, &next));
}

bool feel_lex_is_blank(struct str text, size_t pos)
{
    size_t next;
    return blank_point(at(text, pos, &next));
}

size_t feel_lex_blank(struct str text, size_t pos)
{
    size_t next;
    for (;;) {
        while (blank_point(at(text, pos, &next)))
            pos = next;
        struct str rest = str_slice(text, pos, text.len);
        if (str_starts(rest, STR("//"))) {
            size_t end = str_find_char(rest, '\n');
            pos = end == SIZE_MAX ? text.len : pos + end + 1;
        } else if (str_starts(rest, STR("/*"))) {
            size_t end = str_find(str_slice(rest, 2, rest.len), STR("*/"));
            if (end == SIZE_MAX) return pos;
            pos += 2 + end + 2;
        } else {
            return pos;
        }
    }
}

size_t feel_lex_match(struct str text, size_t pos, struct str name)
{
    size_t i = 0, next;
    while (i < name.len) {
        if (name.ptr[i] == ' ') {
            next = feel_lex_blank(text, pos);
            if (next == pos) return 0;
            pos = next;
            i++;
        } else {
            if (pos >= text.len || text.ptr[pos] != name.ptr[i]) return 0;
            pos++, i++;
        }
    }
    /* "income" does not stand at the beginning of "incomes" */
    size_t last = name.len;
    while (last > 0 && ((unsigned char)name.ptr[last - 1] & 0xc0) == 0x80)
        last--;
    if (last > 0 && feel_lex_is_part(name, last - 1) && feel_lex_is_part(text, pos)) return 0;
    return name.len ? pos : 0;
}

struct str feel_lex_fold(struct arena *a, struct str name)
{
    struct buf out = buf_new(a, name.len + 1);
    size_t pos = 0, next;
    bool gap = false;
    while (pos < name.len) {
        if (blank_point(at(name, pos, &next))) {
            gap = out.len > 0;
        } else {
            if (gap) buf_add_char(&out, ' ');
            gap = false;
            buf_add(&out, str_slice(name, pos, next));
        }
        pos = next;
    }
    return buf_str(&out);
}

void feel_lex_place(struct str text, size_t pos, uint32_t *line, uint32_t *column)
{
    size_t start = 0;
    *line = 1;
    for (size_t i = 0; i < pos && i < text.len; i++)
        if (text.ptr[i] == '\n') ++*line, start = i + 1;
    *column = (uint32_t)utf8_count(str_slice(text, start, pos)) + 1;
}

/* \uXXXX, \UXXXXXX; a pair of surrogates is one code point. */
static bool read_hex(struct str text, size_t *pos, size_t digits, uint32_t *out)
{
    uint32_t n = 0;
    if (text.len - *pos < digits) return false;
    for (size_t i = 0; i < digits; i++) {
        char c = text.ptr[*pos + i];
        uint32_t d = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                     : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                     : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                            : 16;
        if (d > 15) return false;
        n = n * 16 + d;
    }
    *pos += digits;
    *out = n;
    return true;
}

static void add_point(struct buf *out, uint32_t c)
{
    char bytes[4];
    buf_add(out, str_n(bytes, utf8_put(bytes, c)));
}

static bool read_escape(struct str text, size_t *pos, struct buf *out)
{
    static const char from[] = "\"\\ntr'", to[] = "\"\\\n\t\r'";
    uint32_t c, low;
    if (*pos >= text.len) return false;
    char kind = text.ptr[(*pos)++];
    for (size_t i = 0; i < sizeof from - 1; i++)
        if (kind == from[i]) return buf_add_char(out, to[i]), true;
    if (kind != 'u' && kind != 'U')
        return buf_add_char(out, '\\'), buf_add_char(out, kind), true; /* a pattern's own */
    if (!read_hex(text, pos, kind == 'u' ? 4 : 6, &c)) return false;
    if (c >= 0xd800 && c < 0xdc00 && str_starts(str_slice(text, *pos, text.len), STR("\\u"))) {
        size_t second = *pos + 2;
        if (!read_hex(text, &second, 4, &low) || low < 0xdc00 || low > 0xdfff) return false;
        *pos = second;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return false;
    add_point(out, c);
    return true;
}

static struct feel_token lex_string(struct arena *a, struct str text, size_t from)
{
    struct buf out = buf_new(a, 16);
    size_t pos = from + 1;
    while (pos < text.len && text.ptr[pos] != '"') {
        if (text.ptr[pos] != '\\') {
            buf_add_char(&out, text.ptr[pos++]);
        } else {
            pos++;
            if (!read_escape(text, &pos, &out)) pos = text.len;
        }
    }
    if (pos >= text.len)
        return (struct feel_token){FEEL_TOKEN_WRONG, from, text.len, str_slice(text, from, from + 1)};
    return (struct feel_token){FEEL_TOKEN_STRING, from, pos + 1, buf_str(&out)};
}

static bool digit(struct str text, size_t pos)
{
    return pos < text.len && text.ptr[pos] >= '0' && text.ptr[pos] <= '9';
}

static size_t number_end(struct str text, size_t pos)
{
    while (digit(text, pos))
        pos++;
    if (pos < text.len && text.ptr[pos] == '.' && digit(text, pos + 1))
        for (pos++; digit(text, pos); pos++) {
        }
    if (pos < text.len && (text.ptr[pos] == 'e' || text.ptr[pos] == 'E')) {
        size_t exponent = pos + 1;
        if (exponent < text.len && (text.ptr[exponent] == '+' || text.ptr[exponent] == '-')) exponent++;
        if (digit(text, exponent))
            for (pos = exponent; digit(text, pos); pos++) {
            }
    }
    return pos;
}

struct feel_token feel_lex(struct arena *a, struct str text, size_t pos)
{
    static const char *const signs[] = {"..", "**", "!=", "<=", ">=", "->", "(", ")", "[", "]", "{", "}",
                                        ",",  ":",  ".",  "+",  "-",  "*",  "/", "=", "<", ">", "@"};
    size_t from = feel_lex_blank(text, pos), to = from, next;
    struct str rest = str_slice(text, from, text.len);
    if (!rest.len) return (struct feel_token){FEEL_TOKEN_END, from, from, STR_EMPTY};
    if (rest.ptr[0] == '"') return lex_string(a, text, from);
    if (digit(text, from) || (rest.ptr[0] == '.' && digit(text, from + 1))) {
        to = number_end(text, from);
        return (struct feel_token){FEEL_TOKEN_NUMBER, from, to, str_slice(text, from, to)};
    }
    if (feel_lex_is_start(text, from)) {
        for (uint32_t c = at(text, to, &next); part_point(c); c = at(text, to, &next))
            to = next;
        return (struct feel_token){FEEL_TOKEN_NAME, from, to, str_slice(text, from, to)};
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(rest, str_c(signs[i]))) {
            to = from + str_c(signs[i]).len;
            return (struct feel_token){FEEL_TOKEN_SIGN, from, to, str_slice(text, from, to)};
        }
    at(text, from, &next);
    return (struct feel_token){FEEL_TOKEN_WRONG, from, text.len, str_slice(text, from, next)};
}
