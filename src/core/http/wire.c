#include "core/http/wire.h"

enum { BEFORE_MAX = 8, CHUNK_WORDS_MAX = 4096, CHUNK_SIZE_DIGITS = 8 };

static bool is_token_char(unsigned char ch)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    return (ch >= '0' && ch <= '9') || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z') ||
           (ch && memchr(others, ch, sizeof others - 1));
}

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_token_char((unsigned char)s.ptr[i])) return false;
    return s.len > 0;
}

/* Some peers end a request with an empty line too many (RFC 9112 §2.2). */
static size_t empty_lines(struct str bytes)
{
    size_t at = 0;
    while (at < BEFORE_MAX && at + 1 < bytes.len && bytes.ptr[at] == '\r' && bytes.ptr[at + 1] == '\n')
        at += 2;
    return at;
}

enum wire_found wire_measure(struct str bytes, size_t looked, size_t *len)
{
    size_t begin = empty_lines(bytes), from = looked > 3 ? looked - 3 : 0;
    if (from < begin) from = begin;
    size_t end = str_find(str_slice(bytes, from, bytes.len), STR("\r\n\r\n"));
    *len = end == SIZE_MAX ? bytes.len : from + end + 4;
    if (end != SIZE_MAX && *len - begin <= WIRE_HEAD_MAX) return WIRE_WHOLE;
    /* What is too large is told by the part that is. */
    size_t line = str_find_char(str_slice(bytes, begin, bytes.len), '\n');
    if (line == 0 || (line != SIZE_MAX && bytes.ptr[begin + line - 1] != '\r')) return WIRE_BAD;
    if ((line == SIZE_MAX ? bytes.len - begin : line) > WIRE_TARGET_MAX + 16) return WIRE_LONG_TARGET;
    return *len - begin > WIRE_HEAD_MAX ? WIRE_LARGE : WIRE_MORE;
}

/* Cuts a line off that ends with CR LF; NULs take the place of the CR. false: no such end, or a control
 * character in it other than a tab. */
static bool cut_line(struct str *rest, struct str *line)
{
    size_t end = str_find_char(*rest, '\n');
    if (end == SIZE_MAX || end == 0 || rest->ptr[end - 1] != '\r') return false;
    *line = str_n(rest->ptr, end - 1);
    ((char *)(uintptr_t)rest->ptr)[end - 1] = '\0';
    *rest = str_slice(*rest, end + 1, rest->len);
    for (size_t i = 0; i < line->len; i++) {
        unsigned char ch = (unsigned char)line->ptr[i];
        if ((ch < 0x20 && ch != '\t') || ch == 0x7f) return false;
    }
    return true;
}

static void end_here(struct str s)
{
    ((char *)(uintptr_t)s.ptr)[s.len] = '\0';
}

/* http://host/path → /path (RFC 9112 §3.2.2). A host is followed by a path, or by nothing. */
static struct str without_host(struct str target)
{
    size_t at = str_eq_nocase(str_slice(target, 0, 7), STR("http://"))    ? 7
                : str_eq_nocase(str_slice(target, 0, 8), STR("https://")) ? 8
                                                                          : 0;
    if (!at) return target;
    struct str rest = str_slice(target, at, target.len);
    size_t end = 0;
    while (end < rest.len && !memchr("/?#", rest.ptr[end], 3))
        end++;
    return end < rest.len ? str_slice(rest, end, rest.len) : str_slice(target, at - 1, at);
}

static enum wire_found read_request_line(struct str line, struct wire_head *out)
{
    struct str version;
    version = str_cut(str_cut(line, ' ', &out->method), ' ', &out->target);
    if (!is_token(out->method) || !out->target.len || str_find_char(out->target, '\t') != SIZE_MAX)
        return WIRE_BAD;
    if (!str_starts(version, STR("HTTP/")) || version.len != 8 || version.ptr[6] != '.' ||
        version.ptr[5] < '0' || version.ptr[5] > '9' || version.ptr[7] < '0' || version.ptr[7] > '9')
        return WIRE_BAD;
    if (version.ptr[5] != '1') return WIRE_VERSION;
    out->is_1_0 = version.ptr[7] == '0';
    end_here(out->method);
    end_here(out->target);
    out->target = without_host(out->target);
    if (out->target.len >= WIRE_TARGET_MAX) return WIRE_LONG_TARGET;
    return out->target.ptr[0] == '/' ? WIRE_WHOLE : WIRE_BAD;
}

/* Is the word one of a list with commas? */
static bool says(struct str list, struct str word)
{
    struct str one;
    while (list.len) {
        list = str_cut(list, ',', &one);
        if (str_eq_nocase(str_trim(one), word)) return true;
    }
    return false;
}

static enum wire_found read_length(struct str value, struct wire_head *out)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < '0' || value.ptr[i] > '9') return WIRE_BAD;
    if (out->sized || !str_to_u64(value, &out->length)) return WIRE_BAD;
    out->sized = true;
    return WIRE_WHOLE;
}

struct framing {
    bool close, keep;
    unsigned hosts;
};

/* Headers that say how the message is read; the others are for whoever asks for them. */
static enum wire_found read_framing(const struct wire_header *h, struct wire_head *out, struct framing *f)
{
    struct str n = h->name, v = h->value;
    switch (n.len) {
    case 4:
        f->hosts += str_eq_nocase(n, STR("Host"));
        break;
    case 6:
        if (str_eq_nocase(n, STR("Expect"))) out->expects = str_eq_nocase(v, STR("100-continue"));
        break;
    case 10:
        if (!str_eq_nocase(n, STR("Connection"))) break;
        f->close |= says(v, STR("close"));
        f->keep |= says(v, STR("keep-alive"));
        break;
    case 14:
        if (str_eq_nocase(n, STR("Content-Length"))) return read_length(v, out);
        break;
    case 17:
        if (!str_eq_nocase(n, STR("Transfer-Encoding"))) break;
        if (out->chunked || out->is_1_0) return WIRE_BAD;
        if (!str_eq_nocase(v, STR("chunked"))) return WIRE_CODING;
        out->chunked = true;
        break;
    default:
        break;
    }
    return WIRE_WHOLE;
}

static bool read_header(struct str line, struct wire_header *h)
{
    size_t colon = str_find_char(line, ':');
    if (colon == SIZE_MAX) return false;
    h->name = str_slice(line, 0, colon);
    h->value = str_trim(str_slice(line, colon + 1, line.len));
    if (!is_token(h->name)) return false; /* also a folded line: it begins with white space */
    end_here(h->name);
    if (!h->value.len) h->value = STR_EMPTY; /* nothing is written behind the line of an empty one */
    if (h->value.len) end_here(h->value);
    return true;
}

enum wire_found wire_parse(char *bytes, size_t len, struct wire_head *out)
{
    struct str rest = str_n(bytes, len), line;
    struct framing f = {0};
    out->keep_alive = out->chunked = out->sized = out->expects = false;
    out->length = 0;
    out->count = 0;
    out->bytes = bytes;
    out->size = len;
    rest = str_slice(rest, empty_lines(rest), len);
    if (!cut_line(&rest, &line)) return WIRE_BAD;
    enum wire_found found = read_request_line(line, out);
    while (found == WIRE_WHOLE && cut_line(&rest, &line)) {
        if (!line.len) {
            bool one_host = f.hosts == 1 || (out->is_1_0 && !f.hosts);
            out->expects &= !out->is_1_0; /* RFC 9110 §10.1.1 */
            out->keep_alive = !f.close && (!out->is_1_0 || f.keep);
            return rest.len || !one_host || (out->sized && out->chunked) ? WIRE_BAD : WIRE_WHOLE;
        }
        if (out->count == WIRE_HEADERS_MAX) return WIRE_LARGE;
        struct wire_header *h = &out->headers[out->count++];
        if (!read_header(line, h)) return WIRE_BAD;
        found = read_framing(h, out, &f);
    }
    return found == WIRE_WHOLE ? WIRE_BAD : found;
}

static struct str moved(struct str s, const char *from, const char *to)
{
    return s.len ? str_n(to + (s.ptr - from), s.len) : s;
}

size_t wire_size(const struct wire_head *h)
{
    return offsetof(struct wire_head, headers) + h->count * sizeof h->headers[0];
}

void wire_copy(struct wire_head *copy, const struct wire_head *h, const char *bytes)
{
    memcpy(copy, h, wire_size(h));
    copy->bytes = bytes;
    copy->method = moved(h->method, h->bytes, bytes);
    copy->target = moved(h->target, h->bytes, bytes);
    for (size_t i = 0; i < h->count; i++) {
        copy->headers[i].name = moved(h->headers[i].name, h->bytes, bytes);
        copy->headers[i].value = moved(h->headers[i].value, h->bytes, bytes);
    }
}

const struct str *wire_find(const struct wire_head *h, const char *name)
{
    struct str wanted = str_c(name);
    for (size_t i = 0; i < h->count; i++)
        if (h->headers[i].name.len == wanted.len && str_eq_nocase(h->headers[i].name, wanted))
            return &h->headers[i].value;
    return NULL;
}

struct str wire_last(const struct wire_head *h, const char *name)
{
    struct str wanted = str_c(name);
    for (size_t i = h->count; i-- > 0;)
        if (str_eq_nocase(h->headers[i].name, wanted)) return h->headers[i].value;
    return STR_EMPTY;
}

struct str wire_value(const struct wire_head *h, const char *name)
{
    const struct str *found = wire_find(h, name);
    return found ? *found : STR_EMPTY;
}

/* ---- chunks ---- */

enum {
    AT_SIZE,
    AT_BLANK,
    AT_EXTENSION,
    AT_SIZE_LF,
    AT_DATA,
    AT_DATA_CR,
    AT_DATA_LF,
    AT_TRAILER,
    AT_TRAILER_LINE,
    AT_TRAILER_LF,
    AT_LAST_LF
};

static int hex_of(char ch)
{
    if (ch >= '0' && ch <= '9') return ch - '0';
    char low = (char)(ch | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static enum wire_found next_place(struct wire_chunks *w, bool right, unsigned place)
{
    w->at = place;
    return right ? WIRE_MORE : WIRE_BAD;
}

/* The end of a size line: a chunk, or the last of them, of no bytes. */
static enum wire_found begin_chunk(struct wire_chunks *w, bool right)
{
    w->read = 0;
    return next_place(w, right, w->left ? AT_DATA : AT_TRAILER);
}

/* Behind the digits: blanks, then an extension or the end of the line. */
static enum wire_found end_size(struct wire_chunks *w, char ch)
{
    if (ch == ' ' || ch == '\t') return next_place(w, ++w->read <= CHUNK_WORDS_MAX, AT_BLANK);
    return next_place(w, ch == ';' || ch == '\r', ch == ';' ? AT_EXTENSION : AT_SIZE_LF);
}

static enum wire_found read_size(struct wire_chunks *w, char ch)
{
    int digit = hex_of(ch);
    if (digit >= 0) {
        w->left = w->left * 16 + (unsigned)digit;
        return ++w->read <= CHUNK_SIZE_DIGITS ? WIRE_MORE : WIRE_BAD;
    }
    return w->read ? end_size(w, ch) : WIRE_BAD;
}

/* One character outside of the content. */
static enum wire_found step(struct wire_chunks *w, char ch)
{
    switch (w->at) {
    case AT_SIZE:
        return read_size(w, ch);
    case AT_BLANK:
        return end_size(w, ch);
    case AT_EXTENSION:
        if (ch == '\r') return next_place(w, true, AT_SIZE_LF);
        return ch != '\n' && ++w->read <= CHUNK_WORDS_MAX ? WIRE_MORE : WIRE_BAD;
    case AT_SIZE_LF:
        return begin_chunk(w, ch == '\n');
    case AT_DATA_CR:
        return next_place(w, ch == '\r', AT_DATA_LF);
    case AT_DATA_LF:
        w->read = 0;
        return next_place(w, ch == '\n', AT_SIZE);
    case AT_TRAILER:
        if (ch == '\r') return next_place(w, true, AT_LAST_LF);
        w->at = AT_TRAILER_LINE;
        return ch != '\n' && ++w->read <= CHUNK_WORDS_MAX ? WIRE_MORE : WIRE_BAD;
    case AT_TRAILER_LINE:
        if (ch == '\r') return next_place(w, true, AT_TRAILER_LF);
        return ch != '\n' && ++w->read <= CHUNK_WORDS_MAX ? WIRE_MORE : WIRE_BAD;
    case AT_TRAILER_LF:
        return next_place(w, ch == '\n', AT_TRAILER);
    case AT_LAST_LF:
        return ch == '\n' ? WIRE_WHOLE : WIRE_BAD;
    default:
        return WIRE_BAD;
    }
}

enum wire_found wire_chunk(struct wire_chunks *w, struct str bytes, size_t *used, struct str *piece)
{
    *piece = STR_EMPTY;
    for (*used = 0; *used < bytes.len;) {
        if (w->at == AT_DATA) {
            size_t here = bytes.len - *used;
            if (here > w->left) here = (size_t)w->left;
            *piece = str_n(bytes.ptr + *used, here);
            *used += here;
            w->left -= here;
            if (!w->left) w->at = AT_DATA_CR;
            return WIRE_MORE;
        }
        enum wire_found found = step(w, bytes.ptr[(*used)++]);
        if (found != WIRE_MORE) return found;
    }
    return WIRE_MORE;
}
