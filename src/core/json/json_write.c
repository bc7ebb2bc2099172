#include "core/json/json.h"

/* 1: always escaped; 2: escaped only where the text must be safe inside HTML; 3: may begin U+2028 or U+2029.
 */
static const unsigned char special[256] = {
    [0x00 ... 0x1f] = 1, ['"'] = 1, ['\\'] = 1, ['<'] = 2, ['>'] = 2, ['&'] = 2, [0xe2] = 3,
};

static void write_unit(struct buf *out, unsigned unit)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\',          'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15],
                    hex[unit & 15]};
    buf_add(out, str_n(text, sizeof text));
}

static void write_escape(struct buf *out, unsigned char c)
{
    char two[2] = {'\\', 0};
    switch (c) {
    case '"':
    case '\\':
        two[1] = (char)c;
        break;
    case '\b':
        two[1] = 'b';
        break;
    case '\f':
        two[1] = 'f';
        break;
    case '\n':
        two[1] = 'n';
        break;
    case '\r':
        two[1] = 'r';
        break;
    case '\t':
        two[1] = 't';
        break;
    default:
        write_unit(out, c);
        return;
    }
    buf_add(out, str_n(two, 2));
}

/* Where the first character stands that may need an escape. */
static size_t plain_length(struct str s, size_t from)
{
    while (from < s.len && special[(unsigned char)s.ptr[from]] == 0)
        from++;
    return from;
}

/* In one piece, as nearly all texts are. */
static void write_plain(struct buf *out, struct str s)
{
    char *p = buf_room(out, s.len + 2);
    p[0] = '"';
    if (s.len) memcpy(p + 1, s.ptr, s.len);
    p[s.len + 1] = '"';
    out->len += s.len + 2;
}

static void write_text(struct buf *out, struct str s, bool html_safe)
{
    size_t from = 0, i = plain_length(s, 0);
    if (i == s.len) {
        write_plain(out, s);
        return;
    }
    buf_add_char(out, '"');
    for (; i < s.len; i = plain_length(s, i + 1)) {
        unsigned char c = (unsigned char)s.ptr[i], kind = special[c];
        if (kind > 1 && !html_safe) continue;
        bool separator = kind == 3 && i + 2 < s.len && (unsigned char)s.ptr[i + 1] == 0x80 &&
                         ((unsigned char)s.ptr[i + 2] & 0xfe) == 0xa8;
        if (kind == 3 && !separator) continue;
        buf_add(out, str_n(s.ptr + from, i - from));
        if (separator) {
            write_unit(out, (unsigned char)s.ptr[i + 2] == 0xa8 ? 0x2028 : 0x2029);
            i += 2;
        } else {
            write_escape(out, c);
        }
        from = i + 1;
    }
    if (from < s.len) buf_add(out, str_n(s.ptr + from, s.len - from));
    buf_add_char(out, '"');
}

void json_write_string(struct buf *out, struct str s)
{
    write_text(out, s, true);
}

static void write_value(struct buf *out, const struct json *value, bool canonical);

static void write_member(struct buf *out, const struct json *m, bool canonical)
{
    write_text(out, m->key, !canonical);
    buf_add_char(out, ':');
    write_value(out, m, canonical);
}

/* The next UTF-16 code unit pair of a name as one sortable number: RFC 8785 §3.2.3 orders by code units, in
 * which U+10000 and above (D800…DFFF) come before U+E000…U+FFFF. */
static uint32_t utf16_weight(uint32_t code_point)
{
    if (code_point >= 0x10000) return 0xd800 + (code_point - 0x10000);
    if (code_point >= 0xe000) return 0xd800 + 0x100000 + code_point;
    return code_point;
}

static int compare_names(struct str x, struct str y)
{
    size_t i = 0, j = 0;
    while (i < x.len && j < y.len) {
        uint32_t a = utf16_weight(utf8_next(x, &i)), b = utf16_weight(utf8_next(y, &j));
        if (a != b) return a < b ? -1 : 1;
    }
    return (i < x.len) - (j < y.len);
}

static int compare_members(const void *x, const void *y)
{
    const struct json *const *a = x, *const *b = y;
    return compare_names((*a)->key, (*b)->key);
}

static void write_sorted(struct buf *out, const struct json *object)
{
    const struct json **list = ARENA_ARRAY(out->arena, object->count, const struct json *);
    size_t n = 0;
    for (const struct json *m = object->first; m; m = m->next)
        list[n++] = m;
    if (n > 1) qsort(list, n, sizeof *list, compare_members);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add_char(out, ',');
        write_member(out, list[i], true);
    }
}

static void write_children(struct buf *out, const struct json *parent, bool canonical)
{
    if (parent->type == JSON_OBJECT && canonical) {
        write_sorted(out, parent);
        return;
    }
    for (const struct json *m = parent->first; m; m = m->next) {
        if (m != parent->first) buf_add_char(out, ',');
        if (parent->type == JSON_OBJECT)
            write_member(out, m, canonical);
        else
            write_value(out, m, canonical);
    }
}

static void write_value(struct buf *out, const struct json *value, bool canonical)
{
    switch (value->type) {
    case JSON_NULL:
        buf_add(out, STR("null"));
        break;
    case JSON_BOOL:
        buf_add(out, value->boolean ? STR("true") : STR("false"));
        break;
    case JSON_NUMBER:
        buf_add(out, canonical && str_eq(value->text, STR("-0")) ? STR("0") : value->text);
        break;
    case JSON_STRING:
        write_text(out, value->text, !canonical);
        break;
    case JSON_ARRAY:
        buf_add_char(out, '[');
        write_children(out, value, canonical);
        buf_add_char(out, ']');
        break;
    case JSON_OBJECT:
        buf_add_char(out, '{');
        write_children(out, value, canonical);
        buf_add_char(out, '}');
        break;
    }
}

void json_write(struct buf *out, const struct json *value)
{
    write_value(out, value, false);
}

struct str json_to_str(struct arena *a, const struct json *value)
{
    struct buf out = buf_new(a, 256);
    json_write(&out, value);
    return buf_str(&out);
}

void json_write_canonical(struct buf *out, const struct json *value)
{
    write_value(out, value, true);
}
