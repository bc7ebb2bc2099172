/* References: RFC 3986 §5.2, and the pointers of RFC 6901 in fragments. */
#include "engines/schema/schema_internal.h"

struct parts {
    struct str scheme, authority, path, query;
    bool has_scheme, has_authority, has_query;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t scheme_length(struct str s)
{
    if (!s.len || !is_letter(s.ptr[0])) return 0;
    for (size_t i = 1; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == ':') return i;
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return 0;
    }
    return 0;
}

static struct parts split(struct str s)
{
    struct parts p = {.scheme = STR_EMPTY, .authority = STR_EMPTY, .path = STR_EMPTY, .query = STR_EMPTY};
    size_t n = scheme_length(s);
    if (n) {
        p.has_scheme = true;
        p.scheme = str_slice(s, 0, n);
        s = str_slice(s, n + 1, s.len);
    }
    size_t question = str_find_char(s, '?');
    if (question != SIZE_MAX) {
        p.has_query = true;
        p.query = str_slice(s, question + 1, s.len);
        s = str_slice(s, 0, question);
    }
    if (str_starts(s, STR("//"))) {
        p.has_authority = true;
        s = str_slice(s, 2, s.len);
        size_t slash = str_find_char(s, '/');
        if (slash == SIZE_MAX) slash = s.len;
        p.authority = str_slice(s, 0, slash);
        s = str_slice(s, slash, s.len);
    }
    p.path = s;
    return p;
}

/* §5.2.4 */
static struct str without_dots(struct arena *a, struct str path)
{
    struct buf b = buf_new(a, path.len);
    for (size_t i = 0; i < path.len;) {
        size_t end = i + 1;
        while (end < path.len && path.ptr[end] != '/')
            end++;
        struct str segment = str_slice(path, i, end);
        bool up = str_eq_c(segment, "/.."), here = str_eq_c(segment, "/.");
        if (up)
            while (b.len && b.ptr[--b.len] != '/')
                continue;
        if ((up || here) && end == path.len)
            buf_add_char(&b, '/');
        else if (!up && !here)
            buf_add(&b, segment);
        i = end;
    }
    return buf_str(&b);
}

static struct str merged(struct arena *a, const struct parts *base, struct str path)
{
    if (base->has_authority && !base->path.len) return str_cat(a, STR("/"), path);
    size_t end = base->path.len;
    while (end && base->path.ptr[end - 1] != '/')
        end--;
    return str_cat(a, str_slice(base->path, 0, end), path);
}

struct str schema_uri_resolve(struct arena *a, struct str base, struct str reference)
{
    struct str fragment = STR_EMPTY, plain;
    size_t mark = str_find_char(reference, '#');
    bool has_fragment = mark != SIZE_MAX;
    if (has_fragment) fragment = str_slice(reference, mark + 1, reference.len);
    plain = has_fragment ? str_slice(reference, 0, mark) : reference;
    struct parts r = split(plain), b = split(base), t = r;
    if (!plain.len) {
        t = b;
    } else if (!r.has_scheme) {
        t.has_scheme = b.has_scheme;
        t.scheme = b.scheme;
        if (!r.has_authority) {
            t.has_authority = b.has_authority;
            t.authority = b.authority;
            if (!r.path.len) {
                t.path = b.path;
                if (!r.has_query) {
                    t.has_query = b.has_query;
                    t.query = b.query;
                }
            } else if (r.path.ptr[0] != '/') {
                t.path = merged(a, &b, r.path);
            }
        }
    }
    if (t.path.len && t.path.ptr[0] == '/') t.path = without_dots(a, t.path);
    struct buf out = buf_new(a, base.len + reference.len + 4);
    if (t.has_scheme) {
        buf_add(&out, str_lower(a, t.scheme));
        buf_add_char(&out, ':');
    }
    if (t.has_authority) {
        buf_add_c(&out, "//");
        buf_add(&out, t.authority);
    }
    buf_add(&out, t.path);
    if (t.has_query) {
        buf_add_char(&out, '?');
        buf_add(&out, t.query);
    }
    if (has_fragment) {
        buf_add_char(&out, '#');
        buf_add(&out, fragment);
    }
    return buf_str(&out);
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool schema_uri_cut(struct arena *a, struct str uri, struct str *address, struct str *fragment)
{
    size_t mark = str_find_char(uri, '#');
    *fragment = STR_EMPTY;
    *address = mark == SIZE_MAX ? uri : str_slice(uri, 0, mark);
    if (mark == SIZE_MAX) return true;
    struct buf b = buf_new(a, uri.len - mark);
    for (size_t i = mark + 1; i < uri.len; i++) {
        if (uri.ptr[i] != '%') {
            buf_add_char(&b, uri.ptr[i]);
            continue;
        }
        if (uri.len - i < 3 || hex(uri.ptr[i + 1]) < 0 || hex(uri.ptr[i + 2]) < 0) return false;
        buf_add_char(&b, (char)(hex(uri.ptr[i + 1]) * 16 + hex(uri.ptr[i + 2])));
        i += 2;
    }
    *fragment = buf_str(&b);
    return true;
}

void schema_pointer_add(struct buf *b, struct str name)
{
    buf_add_char(b, '/');
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c == '~' || c == '/')
            buf_add_c(b, c == '~' ? "~0" : "~1");
        else
            buf_add_char(b, c);
    }
}
