#include "core/json/json.h"

enum { DEPTH_MAX = 64, FEW_MEMBERS = 12, NODES_FIRST = 8, NODES_MOST = 512 };

/* The reader works on its own copy of the text, which becomes the home of all strings: escapes only ever
 * shrink, so they are resolved in place. Zero bytes behind the end stop every scan. */
struct reader {
    struct arena *arena;
    char *begin, *at, *end;
    struct json *nodes; /* prepared nodes: one allocation for many values */
    size_t nodes_left, nodes_next;
    bool keep_duplicates;
    const char *why;
};

static bool refuse(struct reader *r, char *at, const char *why)
{
    r->at = at;
    r->why = why;
    return false;
}

static struct json *node_new(struct reader *r)
{
    if (r->nodes_left == 0) {
        r->nodes = ARENA_ARRAY(r->arena, r->nodes_next, struct json);
        r->nodes_left = r->nodes_next;
        if (r->nodes_next < NODES_MOST) r->nodes_next *= 2;
    }
    r->nodes_left--;
    return r->nodes++;
}

static inline void skip_space(struct reader *r)
{
    char *p = r->at;
    while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
        p++;
    r->at = p;
}

/* ---- strings ---- */

/* Quote, backslash, control characters and everything beyond ASCII. */
static inline bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static inline uint64_t zero_bytes(uint64_t v)
{
    return (v - UINT64_C(0x0101010101010101)) & ~v & UINT64_C(0x8080808080808080);
}

static char *skip_plain(char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t v;
        memcpy(&v, p, 8);
        uint64_t stop = (v & UINT64_C(0x8080808080808080)) | zero_bytes(v ^ UINT64_C(0x2222222222222222)) |
                        zero_bytes(v ^ UINT64_C(0x5c5c5c5c5c5c5c5c)) |
                        ((v - UINT64_C(0x2020202020202020)) & ~v & UINT64_C(0x8080808080808080));
        if (stop) break;
        p += 8;
    }
    while (is_plain((unsigned char)*p))
        p++;
    return p;
}

static inline bool is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Bytes of the well-formed sequence at p (RFC 3629 §4), 0 where it is malformed. */
static inline size_t sequence_length(const unsigned char *p)
{
    unsigned char a = p[0];
    if (a >= 0xe1 && a <= 0xef) {
        if (a == 0xed && p[1] > 0x9f) return 0;
        return is_tail(p[1]) && is_tail(p[2]) ? 3 : 0;
    }
    if (a >= 0xc2 && a <= 0xdf) return is_tail(p[1]) ? 2 : 0;
    if (a == 0xe0) return p[1] >= 0xa0 && p[1] <= 0xbf && is_tail(p[2]) ? 3 : 0;
    if (a < 0xf0 || a > 0xf4) return 0;
    if (!is_tail(p[1]) || (a == 0xf0 && p[1] < 0x90) || (a == 0xf4 && p[1] > 0x8f)) return 0;
    return is_tail(p[2]) && is_tail(p[3]) ? 4 : 0;
}

static int hex_digit(unsigned char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool read_hex4(const char *p, uint32_t *out)
{
    uint32_t n = 0;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit((unsigned char)p[i]);
        if (d < 0) return false;
        n = n << 4 | (uint32_t)d;
    }
    *out = n;
    return true;
}

/* `*from` stands on the backslash; moves it behind the escape and writes what it means at `*to`. */
static bool read_escape(struct reader *r, char **from, char **to)
{
    char *p = *from;
    char c = p[1], plain = 0;
    switch (c) {
    case '"':
    case '\\':
    case '/':
        plain = c;
        break;
    case 'b':
        plain = '\b';
        break;
    case 'f':
        plain = '\f';
        break;
    case 'n':
        plain = '\n';
        break;
    case 'r':
        plain = '\r';
        break;
    case 't':
        plain = '\t';
        break;
    case 'u':
        break;
    default:
        return refuse(r, p, "unknown escape");
    }
    if (plain) {
        *(*to)++ = plain;
        *from = p + 2;
        return true;
    }
    uint32_t unit;
    if (!read_hex4(p + 2, &unit)) return refuse(r, p, "four hexadecimal digits expected");
    *from = p + 6;
    if (unit >= 0xd800 && unit <= 0xdfff) {
        uint32_t low;
        if (unit > 0xdbff || p[6] != '\\' || p[7] != 'u' || !read_hex4(p + 8, &low) || low < 0xdc00 ||
            low > 0xdfff)
            return refuse(r, p, "half of a surrogate pair");
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        *from = p + 12;
    }
    *to += utf8_put(*to, unit);
    return true;
}

/* r->at stands behind the opening quote. */
static bool read_string(struct reader *r, struct str *out)
{
    char *begin = r->at, *p = begin, *w = begin;
    for (;;) {
        char *run = p;
        p = skip_plain(p, r->end);
        unsigned char c = (unsigned char)*p;
        while (c >= 0x80) {
            size_t n = sequence_length((const unsigned char *)p);
            if (n == 0) return refuse(r, p, "not UTF-8");
            p += n;
            c = (unsigned char)*p;
        }
        if (w != run) memmove(w, run, (size_t)(p - run));
        w += p - run;
        if (c == '"') break;
        if (c == '\\') {
            if (!read_escape(r, &p, &w)) return false;
        } else if (c < 0x20) {
            return refuse(r, p, p >= r->end ? "string without end" : "control character in a string");
        }
    }
    *out = str_n(begin, (size_t)(w - begin));
    r->at = p + 1;
    return true;
}

/* ---- numbers and words ---- */

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool read_number(struct reader *r, struct json *into)
{
    char *p = r->at;
    if (*p == '-') p++;
    if (*p == '0') {
        p++;
    } else {
        if (!is_digit(*p)) return refuse(r, p, "digit expected");
        while (is_digit(*p))
            p++;
    }
    if (*p == '.') {
        p++;
        if (!is_digit(*p)) return refuse(r, p, "digit expected");
        while (is_digit(*p))
            p++;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        if (*p == '+' || *p == '-') p++;
        if (!is_digit(*p)) return refuse(r, p, "digit expected");
        while (is_digit(*p))
            p++;
    }
    into->type = JSON_NUMBER;
    into->text = str_n(r->at, (size_t)(p - r->at));
    r->at = p;
    return true;
}

static bool read_word(struct reader *r, const char *word, size_t len)
{
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return refuse(r, r->at, "value expected");
    r->at += len;
    return true;
}

/* ---- duplicate names ---- */

/* Stable, so that equal names stay in the order of the text. */
static void sort_members(struct json **list, struct json **spare, size_t n)
{
    if (n < 2) return;
    size_t half = n / 2;
    sort_members(list, spare, half);
    sort_members(list + half, spare, n - half);
    memcpy(spare, list, half * sizeof *list);
    size_t i = 0, j = half, k = 0;
    while (i < half && j < n)
        list[k++] = str_cmp(spare[i]->key, list[j]->key) <= 0 ? spare[i++] : list[j++];
    while (i < half)
        list[k++] = spare[i++];
}

/* The values of one name change places, so that the last one in the text is the first one found. */
static void reverse_values(struct json **same, size_t n)
{
    for (size_t i = 0, j = n - 1; i < j; i++, j--) {
        struct json x = *same[i], y = *same[j];
        *same[i] = y;
        *same[j] = x;
        same[i]->key = x.key; /* equal, but each as it stands in its place of the text */
        same[j]->key = y.key;
        same[i]->next = x.next;
        same[j]->next = y.next;
    }
}

static bool check_names(struct reader *r, struct json *object)
{
    if (object->count < 2) return true;
    struct json *few[FEW_MEMBERS], *few_spare[FEW_MEMBERS], **list = few, **spare = few_spare;
    bool many = object->count > FEW_MEMBERS;
    if (!many) {
        bool twice = false;
        for (struct json *m = object->first; m && !twice; m = m->next)
            for (const struct json *o = object->first; o != m && !twice; o = o->next)
                twice = o->key.len == m->key.len && memcmp(o->key.ptr, m->key.ptr, o->key.len) == 0;
        if (!twice) return true;
    } else {
        list = ARENA_ARRAY(r->arena, object->count, struct json *);
        spare = ARENA_ARRAY(r->arena, object->count / 2 + 1, struct json *);
    }
    size_t n = 0;
    for (struct json *m = object->first; m; m = m->next)
        list[n++] = m;
    sort_members(list, spare, n);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && str_eq(list[i]->key, list[j]->key); j++)
            continue;
        if (j - i < 2) continue;
        if (!r->keep_duplicates)
            return refuse(r, r->begin + (list[i + 1]->key.ptr - r->begin), "name used twice");
        reverse_values(list + i, j - i);
    }
    return true;
}

/* ---- values ---- */

static bool read_value(struct reader *r, struct json *into, int depth);

static inline void append(struct json *parent, struct json *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
}

static bool read_array(struct reader *r, struct json *into, int depth)
{
    into->type = JSON_ARRAY;
    r->at++;
    skip_space(r);
    if (*r->at == ']') {
        r->at++;
        return true;
    }
    for (;;) {
        struct json *child = node_new(r);
        if (!read_value(r, child, depth + 1)) return false;
        append(into, child);
        skip_space(r);
        char c = *r->at;
        if (c != ',' && c != ']') return refuse(r, r->at, "',' or ']' expected");
        r->at++;
        if (c == ']') return true;
        skip_space(r);
    }
}

static bool read_object(struct reader *r, struct json *into, int depth)
{
    bool perhaps_twice = false; /* a name whose mark was there before */
    into->type = JSON_OBJECT;
    r->at++;
    skip_space(r);
    if (*r->at == '}') {
        r->at++;
        return true;
    }
    for (;;) {
        if (*r->at != '"') return refuse(r, r->at, "name expected");
        r->at++;
        struct str key;
        if (!read_string(r, &key)) return false;
        skip_space(r);
        if (*r->at != ':') return refuse(r, r->at, "':' expected");
        r->at++;
        skip_space(r);
        struct json *child = node_new(r);
        child->key = key;
        child->mark = json_mark(key);
        if (!read_value(r, child, depth + 1)) return false;
        append(into, child);
        perhaps_twice = perhaps_twice || (into->names & json_mark_bit(child->mark));
        into->names |= json_mark_bit(child->mark);
        skip_space(r);
        char c = *r->at;
        if (c != ',' && c != '}') return refuse(r, r->at, "',' or '}' expected");
        r->at++;
        if (c == '}') return !perhaps_twice || check_names(r, into);
        skip_space(r);
    }
}

/* r->at stands on the first character of the value. */
static bool read_value(struct reader *r, struct json *into, int depth)
{
    char c = *r->at;
    if ((c == '[' || c == '{') && depth >= DEPTH_MAX) return refuse(r, r->at, "nested too deeply");
    switch (c) {
    case '{':
        return read_object(r, into, depth);
    case '[':
        return read_array(r, into, depth);
    case '"':
        r->at++;
        into->type = JSON_STRING;
        return read_string(r, &into->text);
    case 't':
        into->type = JSON_BOOL;
        into->boolean = true;
        return read_word(r, "true", 4);
    case 'f':
        into->type = JSON_BOOL;
        return read_word(r, "false", 5);
    case 'n':
        into->type = JSON_NULL;
        return read_word(r, "null", 4);
    default:
        break;
    }
    if (c == '-' || is_digit(c)) return read_number(r, into);
    return refuse(r, r->at, r->at >= r->end ? "text ends too early" : "value expected");
}

static void explain(const struct reader *r, struct str text, struct err *e)
{
    size_t offset = (size_t)(r->at - r->begin), line = 1, line_at = 0;
    if (offset > text.len) offset = text.len;
    for (size_t i = 0; i < offset; i++) {
        if (text.ptr[i] != '\n') continue;
        line++;
        line_at = i + 1;
    }
    char arg[ERR_TEXT_MAX];
    int n = snprintf(arg, sizeof arg, "%s (%zu:%zu)", r->why, line, offset - line_at + 1);
    err_invalid(e, "json", "This is not valid JSON: %{arg}");
    err_arg(e, str_n(arg, n < (int)sizeof arg ? (size_t)n : sizeof arg - 1));
}

struct json *json_parse(struct arena *a, struct str text, int flags, struct err *e)
{
    char *copy = arena_alloc(a, text.len + 16);
    if (text.len) memcpy(copy, text.ptr, text.len);
    struct reader r = {.arena = a,
                       .begin = copy,
                       .at = copy,
                       .end = copy + text.len,
                       .nodes_next = NODES_FIRST,
                       .keep_duplicates = (flags & JSON_KEEP_DUPLICATES) != 0};
    skip_space(&r);
    struct json *root = node_new(&r);
    bool ok = read_value(&r, root, 0);
    if (ok) {
        skip_space(&r);
        if (r.at != r.end) ok = refuse(&r, r.at, "text after the value");
    }
    if (r.nodes_left) arena_give_back(a, r.nodes, r.nodes_left * sizeof *r.nodes);
    if (ok) return root;
    explain(&r, text, e);
    return NULL;
}
