#include "core/http/request.h"

/* Parts are cut out of the body where they lie; nothing but names with escapes is copied. */

enum { PART_HEAD_MAX = 8 << 10, BOUNDARY_MAX = 70 };

struct part {
    struct str name, filename, content;
    bool disposition, named, file;
};

static bool broken(struct err *e)
{
    return err_invalid(e, "request.multipart", "The form did not arrive whole. Please send it again.");
}

/* RFC 2046 §5.1.1: the characters of a boundary. */
static bool boundary_ok(struct str s)
{
    if (s.len == 0 || s.len > BOUNDARY_MAX || s.ptr[s.len - 1] == ' ') return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.ptr[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (!letter && (ch == 0 || !strchr("'()+_,-./:=? ", ch))) return false;
    }
    return true;
}

/* Takes the next `; name=value` of a header's value. A quoted value may hold \" (RFC 9110 §5.6.4); any other
 * backslash stands for itself, since old browsers send whole paths of Windows. 1: taken, 0: no more, -1:
 * malformed. */
static int next_parameter(struct arena *a, struct str *rest, struct str *name, struct str *value)
{
    struct str s = str_trim(*rest);
    if (s.len == 0) return 0;
    if (s.ptr[0] != ';') return -1;
    s = str_trim(str_slice(s, 1, s.len));
    if (s.len == 0) { /* a trailing semicolon */
        *rest = s;
        return 0;
    }
    size_t equals = str_find_char(s, '=');
    if (equals == SIZE_MAX) return -1;
    *name = str_trim(str_slice(s, 0, equals));
    s = str_slice(s, equals + 1, s.len);
    if (s.len == 0 || s.ptr[0] != '"') {
        size_t end = str_find_char(s, ';');
        if (end == SIZE_MAX) end = s.len;
        *value = str_trim(str_slice(s, 0, end));
        *rest = str_slice(s, end, s.len);
        return name->len ? 1 : -1;
    }
    char *out = arena_alloc(a, s.len);
    size_t n = 0, i = 1;
    for (; i < s.len && s.ptr[i] != '"'; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len && s.ptr[i + 1] == '"') i++;
        out[n++] = s.ptr[i];
    }
    if (i == s.len) return -1;
    *value = str_n(out, n);
    *rest = str_slice(s, i + 1, s.len);
    return name->len ? 1 : -1;
}

/* Browsers write CR, LF and the quote as %0D, %0A and %22 (WHATWG HTML, multipart/form-data encoding
 * algorithm). */
static struct str unescape_name(struct arena *a, struct str s)
{
    if (str_find_char(s, '%') == SIZE_MAX) return s;
    char *out = arena_alloc(a, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        struct str three = str_slice(s, i, i + 3);
        char ch = s.ptr[i];
        if (str_eq_c(three, "%22")) ch = '"';
        if (str_eq_nocase(three, STR("%0d"))) ch = '\r';
        if (str_eq_nocase(three, STR("%0a"))) ch = '\n';
        if (ch != s.ptr[i]) i += 2;
        out[n++] = ch;
    }
    return str_n(out, n);
}

static bool is_text(struct str s)
{
    return utf8_valid(s) && str_find_char(s, '\0') == SIZE_MAX;
}

static bool read_disposition(struct arena *a, struct str value, struct part *p)
{
    size_t end = str_find_char(value, ';');
    if (p->disposition || end == SIZE_MAX ||
        !str_eq_nocase(str_trim(str_slice(value, 0, end)), STR("form-data")))
        return false;
    p->disposition = true;
    struct str rest = str_slice(value, end, value.len), name, text;
    int more;
    while ((more = next_parameter(a, &rest, &name, &text)) > 0) {
        if (str_eq_nocase(name, STR("name"))) {
            if (p->named) return false;
            p->named = true;
            p->name = unescape_name(a, text);
        } else if (str_eq_nocase(name, STR("filename"))) {
            if (p->file) return false;
            p->file = true;
            p->filename = unescape_name(a, text);
        } /* filename* must not be sent (RFC 7578 §4.2) and is not looked at */
    }
    return more == 0 && p->named && p->name.len && is_text(p->name) && is_text(p->filename);
}

static bool read_head(struct arena *a, struct str head, struct part *p)
{
    while (head.len) {
        size_t end = str_find(head, STR("\r\n"));
        struct str line = str_slice(head, 0, end == SIZE_MAX ? head.len : end), name;
        head = end == SIZE_MAX ? STR_EMPTY : str_slice(head, end + 2, head.len);
        if (str_find_char(line, ':') == SIZE_MAX || str_find_char(line, '\0') != SIZE_MAX) return false;
        struct str value = str_trim(str_cut(line, ':', &name));
        if (str_eq_nocase(name, STR("content-disposition")) && !read_disposition(a, value, p)) return false;
        /* RFC 7578 §4.7: no encoding but the plain ones. */
        if (str_eq_nocase(name, STR("content-transfer-encoding")) && !str_eq_nocase(value, STR("binary")) &&
            !str_eq_nocase(value, STR("8bit")) && !str_eq_nocase(value, STR("7bit")))
            return false;
    }
    return p->disposition;
}

/* What follows a delimiter: *last, or the line's end. false: neither. */
static bool after_delimiter(struct str *s, bool *last)
{
    *last = str_starts(*s, STR("--"));
    if (*last) return true;
    size_t i = 0;
    while (i < s->len && (s->ptr[i] == ' ' || s->ptr[i] == '\t'))
        i++;
    *s = str_slice(*s, i, s->len);
    if (!str_starts(*s, STR("\r\n"))) return false;
    *s = str_slice(*s, 2, s->len);
    return true;
}

static bool cut_part(struct arena *a, struct str *body, struct str delimiter, struct part *p)
{
    if (str_starts(*body, STR("\r\n"))) return false; /* no header at all: no name */
    size_t end = str_find(str_slice(*body, 0, PART_HEAD_MAX), STR("\r\n\r\n"));
    if (end == SIZE_MAX) return false;
    struct str head = str_slice(*body, 0, end);
    /* The blank line's first CRLF may also be the delimiter's, where the content is empty. */
    struct str rest = str_slice(*body, end + 4, body->len);
    size_t stop;
    if (str_starts(rest, str_slice(delimiter, 2, delimiter.len))) {
        p->content = STR_EMPTY;
        *body = str_slice(rest, delimiter.len - 2, rest.len);
        return read_head(a, head, p);
    }
    const char *found = rest.len ? memmem(rest.ptr, rest.len, delimiter.ptr, delimiter.len) : NULL;
    if (!found) return false;
    stop = (size_t)(found - rest.ptr);
    p->content = str_slice(rest, 0, stop);
    *body = str_slice(rest, stop + delimiter.len, rest.len);
    return read_head(a, head, p);
}

static bool find_boundary(struct arena *a, struct str content_type, struct str *boundary)
{
    size_t end = str_find_char(content_type, ';');
    if (end == SIZE_MAX ||
        !str_eq_nocase(str_trim(str_slice(content_type, 0, end)), STR("multipart/form-data")))
        return false;
    struct str rest = str_slice(content_type, end, content_type.len), name, value;
    bool found = false;
    int more;
    while ((more = next_parameter(a, &rest, &name, &value)) > 0) {
        if (!str_eq_nocase(name, STR("boundary"))) continue;
        if (found) return false;
        found = true;
        *boundary = value;
    }
    return more == 0 && found && boundary_ok(*boundary);
}

bool request_parse_multipart(struct request *r, struct arena *a, struct str body, struct err *e)
{
    struct str boundary = STR_EMPTY;
    if (!find_boundary(a, r->content_type, &boundary)) return broken(e);
    struct str delimiter = str_cat(a, STR("\r\n--"), boundary);
    struct str first = str_slice(delimiter, 2, delimiter.len);
    if (str_starts(body, STR("\r\n"))) body = str_slice(body, 2, body.len);
    if (!str_starts(body, first)) return broken(e);
    body = str_slice(body, first.len, body.len);

    struct upload **tail = &r->uploads;
    while (*tail)
        tail = &(*tail)->next;
    size_t files = 0;
    for (;;) {
        bool last;
        if (!after_delimiter(&body, &last)) return broken(e);
        if (last) break;
        struct part p = {0};
        p.filename = STR_EMPTY;
        if (!cut_part(a, &body, delimiter, &p)) return broken(e);
        if (!p.file) {
            if (!is_text(p.content))
                return err_invalid(e, "request.multipart",
                                   "This text contains characters that cannot be used.");
            if (r->form.count >= PARAMS_MAX)
                return err_invalid(e, "request.multipart", "The form has too many fields.");
            params_add(&r->form, a, p.name, p.content);
        } else if (p.filename.len || p.content.len) {
            if (++files > UPLOADS_MAX)
                return err_invalid(e, "request.multipart", "The form has too many files.");
            struct upload *u = ARENA_NEW(a, struct upload);
            u->field = p.name;
            u->filename = p.filename;
            u->content = p.content;
            *tail = u;
            tail = &u->next;
        }
    }
    r->form.uploads = r->uploads;
    return true;
}
