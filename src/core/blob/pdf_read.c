#include <zlib.h>

#include "core/base/arena.h"
#include "core/blob/pdf_internal.h"

#include <string.h>

enum {
    WORK_MAX = 512 << 20,
    INFLATE_MAX = 64 << 20,
    TAIL = 2048,
    HEADER_BACK = 32, /* "524287 65535 " before the word obj, with room */
    NESTED_MAX = 256,
    FOLLOWED_MAX = 8,
    STREAM_END_SLACK = 16,
    FIRST_GUESS = 8, /* times as large as it is packed */
    SMALL = 256,
};

/* ---- characters ---- */

static bool is_space(char c)
{
    return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static bool is_regular(char c)
{
    return !is_space(c) && !strchr("()<>[]{}/%", c);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool spend(struct pdf *p, size_t bytes)
{
    if (bytes > p->work) {
        p->work = 0;
        return false;
    }
    p->work -= bytes;
    return true;
}

static size_t past_space(struct str t, size_t pos)
{
    while (pos < t.len && (is_space(t.ptr[pos]) || t.ptr[pos] == '%')) {
        if (t.ptr[pos] == '%')
            while (pos < t.len && t.ptr[pos] != '\n' && t.ptr[pos] != '\r')
                pos++;
        else
            pos++;
    }
    return pos;
}

static size_t past_regular(struct str t, size_t pos)
{
    while (pos < t.len && is_regular(t.ptr[pos]))
        pos++;
    return pos;
}

/* ---- tokens ---- */

enum token { TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_STRING, TOKEN_NAME, TOKEN_WORD };

/* Behind the bracket that ends the text string; 0: none does. */
static size_t past_string(struct str t, size_t pos)
{
    int open = 0;
    for (; pos < t.len; pos++) {
        char c = t.ptr[pos];
        if (c == '\\')
            pos++;
        else if (c == '(')
            open++;
        else if (c == ')' && --open == 0)
            return pos + 1;
    }
    return 0;
}

static size_t past_hex(struct str t, size_t pos)
{
    const char *end = memchr(t.ptr + pos, '>', t.len - pos);
    return end ? (size_t)(end - t.ptr) + 1 : 0;
}

/* *from: where it begins. *pos: behind it. */
static enum token next_token(struct pdf *p, struct str t, size_t *pos, size_t *from)
{
    size_t at = past_space(t, *pos), end;
    enum token kind = TOKEN_WORD;
    char c = at < t.len ? t.ptr[at] : 0, next = at + 1 < t.len ? t.ptr[at + 1] : 0;
    if (at >= t.len) return TOKEN_END;
    if (c == '[' || (c == '<' && next == '<')) {
        kind = TOKEN_OPEN;
        end = at + (c == '<') + 1;
    } else if (c == ']' || (c == '>' && next == '>')) {
        kind = TOKEN_CLOSE;
        end = at + (c == '>') + 1;
    } else if (c == '(' || c == '<') {
        kind = TOKEN_STRING;
        end = c == '(' ? past_string(t, at) : past_hex(t, at);
    } else if (c == '/') {
        kind = TOKEN_NAME;
        end = past_regular(t, at + 1);
    } else if (is_regular(c)) {
        end = past_regular(t, at);
    } else {
        end = 0;
    }
    if (!spend(p, (end > *pos ? end : t.len) - *pos) || !end) return TOKEN_END;
    *from = at;
    *pos = end;
    return kind;
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i])) return false;
    return s.len > 0;
}

/* Behind a number: does " 0 R" follow? */
static size_t past_reference(struct pdf *p, struct str t, size_t first, size_t end)
{
    size_t pos = end, from;
    if (!all_digits(str_slice(t, first, end))) return end;
    if (next_token(p, t, &pos, &from) != TOKEN_WORD || !all_digits(str_slice(t, from, pos))) return end;
    if (next_token(p, t, &pos, &from) != TOKEN_WORD || !str_eq_c(str_slice(t, from, pos), "R")) return end;
    return pos;
}

bool pdf_value(struct pdf *p, struct str text, size_t *pos, struct str *value)
{
    size_t at = *pos, from, begin;
    enum token k = next_token(p, text, &at, &begin);
    if (k == TOKEN_END || k == TOKEN_CLOSE) return false;
    if (k == TOKEN_WORD) at = past_reference(p, text, begin, at);
    for (int open = k == TOKEN_OPEN; open;) {
        k = next_token(p, text, &at, &from);
        if (k == TOKEN_END || open > NESTED_MAX) return false;
        open += (k == TOKEN_OPEN) - (k == TOKEN_CLOSE);
    }
    *pos = at;
    *value = str_slice(text, begin, at);
    return true;
}

static int hex_value(char c)
{
    return is_digit(c)            ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* A name may be written with #xx escapes. */
bool pdf_is_name(struct str value, const char *name)
{
    size_t at = 0, i = 1, len = strlen(name);
    if (!value.len || value.ptr[0] != '/') return false;
    for (; i < value.len && at < len; i++, at++) {
        char c = value.ptr[i];
        if (c == '#' && i + 2 < value.len && hex_value(value.ptr[i + 1]) >= 0 &&
            hex_value(value.ptr[i + 2]) >= 0) {
            c = (char)(hex_value(value.ptr[i + 1]) << 4 | hex_value(value.ptr[i + 2]));
            i += 2;
        }
        if (c != name[at]) return false;
    }
    return i == value.len && at == len;
}

struct str pdf_get(struct pdf *p, struct str dictionary, const char *key)
{
    size_t pos = 2, from;
    struct str value;
    if (!str_starts(dictionary, STR("<<"))) return STR_EMPTY;
    while (next_token(p, dictionary, &pos, &from) == TOKEN_NAME) {
        struct str name = str_slice(dictionary, from, pos);
        if (!pdf_value(p, dictionary, &pos, &value)) break;
        if (pdf_is_name(name, key)) return value;
    }
    return STR_EMPTY;
}

bool pdf_integer(struct str value, int64_t *out)
{
    return all_digits(value) && str_to_i64(value, out);
}

bool pdf_reference(struct str value, int64_t *number)
{
    size_t end = past_regular(value, 0);
    return value.len && value.ptr[value.len - 1] == 'R' && end < value.len &&
           pdf_integer(str_slice(value, 0, end), number);
}

struct str pdf_text(struct pdf *p, int64_t number)
{
    struct str value;
    size_t pos = 0;
    if (number < 0 || (uint64_t)number >= p->count || !p->objects[number].at) return STR_EMPTY;
    struct str text = str_n(p->objects[number].at, p->objects[number].reach);
    return pdf_value(p, text, &pos, &value) ? value : STR_EMPTY;
}

struct str pdf_resolve(struct pdf *p, struct str value)
{
    int64_t number;
    for (int i = 0; i < FOLLOWED_MAX; i++) {
        if (!pdf_reference(value, &number)) return value;
        value = pdf_text(p, number);
    }
    return STR_EMPTY;
}

/* ---- object streams ---- */

/* Into that much room; *whole: it had its place. NULL: broken, or no memory. */
static struct pdf_inflated *inflate_into(struct str packed, size_t room, size_t *len, bool *whole)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.ptr, .avail_in = (uInt)packed.len};
    struct pdf_inflated *made = mem_alloc(1, sizeof *made + room);
    if (!made || inflateInit(&z) != Z_OK) {
        mem_free(made);
        return NULL;
    }
    z.next_out = (Bytef *)made->bytes;
    z.avail_out = (uInt)room;
    int r = inflate(&z, Z_FINISH);
    *len = room - z.avail_out;
    *whole = r == Z_STREAM_END || z.avail_out > 0;
    inflateEnd(&z);
    if (r == Z_STREAM_END || r == Z_BUF_ERROR || r == Z_OK) return made;
    mem_free(made);
    return NULL;
}

static char *inflated(struct pdf *p, struct str packed, size_t *len)
{
    struct pdf_inflated *made = NULL;
    bool whole = false;
    for (size_t times = FIRST_GUESS; !whole; times *= FIRST_GUESS) {
        size_t room = packed.len < p->to_inflate / times ? packed.len * times + SMALL : p->to_inflate;
        mem_free(made);
        made = room ? inflate_into(packed, room, len, &whole) : NULL;
        if (!made) return NULL;
        if (whole || room >= p->to_inflate) {
            p->to_inflate -= room < p->to_inflate ? room : p->to_inflate;
            break;
        }
    }
    made->next = p->inflated;
    p->inflated = made;
    return made->bytes;
}

static bool is_flate_alone(struct pdf *p, struct str dictionary, bool *packed)
{
    struct str filter = pdf_resolve(p, pdf_get(p, dictionary, "Filter")), one; /* no translation */
    size_t pos = 1;
    *packed = filter.len > 0 && !str_eq_c(filter, "null");
    if (filter.len && filter.ptr[0] == '[') {
        bool any = pdf_value(p, filter, &pos, &one);
        struct str more;
        *packed = any;
        if (any && pdf_value(p, filter, &pos, &more)) return false;
        filter = any ? one : STR_EMPTY;
    }
    return !*packed || pdf_is_name(filter, "FlateDecode") || pdf_is_name(filter, "Fl");
}

static void place(struct pdf *p, int64_t number, struct pdf_object o)
{
    if (number > 0 && (uint64_t)number < p->count) p->objects[number] = o;
}

/* "7 0 8 55 …": number and place of each, then, from /First on, the objects themselves. */
static void open_stream(struct pdf *p, struct str dictionary, struct str data)
{
    int64_t first, n, number, offset;
    bool packed;
    if (!pdf_integer(pdf_resolve(p, pdf_get(p, dictionary, "First")), &first) ||
        !pdf_integer(pdf_resolve(p, pdf_get(p, dictionary, "N")), &n) ||
        !is_flate_alone(p, dictionary, &packed) || pdf_get(p, dictionary, "DecodeParms").len)
        return;
    struct str text = data;
    if (packed) {
        text.ptr = inflated(p, data, &text.len);
        if (!text.ptr) return;
    }
    size_t pos = 0, from;
    for (int64_t i = 0; i < n; i++) {
        if (next_token(p, text, &pos, &from) != TOKEN_WORD ||
            !pdf_integer(str_slice(text, from, pos), &number) ||
            next_token(p, text, &pos, &from) != TOKEN_WORD ||
            !pdf_integer(str_slice(text, from, pos), &offset))
            return;
        if (offset > (int64_t)text.len - first || first > (int64_t)text.len) continue;
        place(p, number,
              (struct pdf_object){.at = text.ptr + first + offset,
                                  .reach = (uint32_t)((int64_t)text.len - first - offset)});
    }
}

/* ---- from front to back ---- */

/* "12 0 obj": the numbers before the word at `word`. */
static bool header_before(struct str file, size_t word, int64_t *number, int64_t *generation)
{
    size_t least = word > HEADER_BACK ? word - HEADER_BACK : 0, i = word, end;
    while (i > least && is_space(file.ptr[i - 1]))
        i--;
    for (end = i; i > least && is_digit(file.ptr[i - 1]);)
        i--;
    if (i == word || !pdf_integer(str_slice(file, i, end), generation) || *generation > UINT16_MAX)
        return false;
    size_t between = i;
    while (i > least && is_space(file.ptr[i - 1]))
        i--;
    if (i == between) return false;
    for (end = i; i > least && is_digit(file.ptr[i - 1]);)
        i--;
    return pdf_integer(str_slice(file, i, end), number) && *number < PDF_OBJECTS_MAX;
}

/* The bytes of a stream whose dictionary ends at `at`, and where to go on. false: it is no stream. */
static bool stream_at(struct pdf *p, struct str dictionary, size_t at, struct str *data, size_t *behind)
{
    struct str file = p->file;
    int64_t length;
    size_t pos = past_space(file, at);
    if (!str_starts(str_slice(file, pos, pos + 6), STR("stream"))) return false;
    pos += 6;
    if (pos < file.len && file.ptr[pos] == '\r') pos++;
    if (pos < file.len && file.ptr[pos] == '\n') pos++;
    if (pdf_integer(pdf_get(p, dictionary, "Length"), &length) && length <= (int64_t)(file.len - pos)) {
        size_t end = pos + (size_t)length;
        size_t word = str_find(str_slice(file, end, end + STREAM_END_SLACK), STR("endstream"));
        if (word != SIZE_MAX) {
            *data = str_slice(file, pos, end);
            *behind = end + word;
            return true;
        }
    }
    const char *end = memmem(file.ptr + pos, file.len - pos, "endstream", 9);
    *behind = end ? (size_t)(end - file.ptr) : file.len;
    *data = str_slice(file, pos, *behind);
    return true;
}

static void keep_trailer(struct pdf *p, struct str dictionary)
{
    if (pdf_get(p, dictionary, "Encrypt").len) p->locked = true;
    if (pdf_get(p, dictionary, "Root").len) p->trailer = dictionary;
}

/* What stands behind the word obj at `at`; where to go on. */
static size_t take_object(struct pdf *p, int64_t number, int64_t generation, size_t at)
{
    struct str value, data;
    size_t pos = at, behind;
    if (!pdf_value(p, p->file, &pos, &value)) return at;
    place(p, number,
          (struct pdf_object){
              .at = value.ptr, .reach = (uint32_t)value.len, .generation = (uint16_t)generation});
    if (!str_starts(value, STR("<<")) || !stream_at(p, value, pos, &data, &behind)) return pos;
    struct str type = pdf_get(p, value, "Type");
    if (pdf_is_name(type, "ObjStm")) open_stream(p, value, data);
    if (pdf_is_name(type, "XRef")) keep_trailer(p, value);
    return behind;
}

static void read_all(struct pdf *p)
{
    struct str file = p->file, value;
    size_t pos = 0;
    while (pos < file.len && p->work) {
        int64_t number, generation;
        const char *obj = memmem(file.ptr + pos, file.len - pos, "obj", 3);
        size_t end = obj ? (size_t)(obj - file.ptr) : file.len;
        const char *word = memmem(file.ptr + pos, end - pos, "trailer", 7);
        if (word) {
            size_t at = (size_t)(word - file.ptr) + 7;
            if (pdf_value(p, file, &at, &value)) keep_trailer(p, value);
        }
        if (!obj) break;
        pos = end + 3;
        if (header_before(file, end, &number, &generation)) pos = take_object(p, number, generation, pos);
    }
}

/* ---- where the last section is ---- */

static void find_section(struct pdf *p)
{
    struct str file = p->file, value;
    size_t tail = file.len > TAIL ? file.len - TAIL : 0, at = SIZE_MAX, pos = 0, found;
    int64_t number, generation, where;
    while ((found = str_find(str_slice(file, tail + pos, file.len), STR("startxref"))) != SIZE_MAX)
        pos = (at = pos + found) + 9;
    if (at == SIZE_MAX) return;
    pos = tail + pos;
    if (!pdf_value(p, file, &pos, &value) || !pdf_integer(value, &where) || (size_t)where >= file.len) return;
    p->section = (size_t)where;
    pos = past_space(file, p->section);
    p->table = str_starts(str_slice(file, pos, file.len), STR("xref"));
    if (p->table) {
        const char *word = memmem(file.ptr + pos, file.len - pos, "trailer", 7);
        size_t behind = word ? (size_t)(word - file.ptr) + 7 : file.len;
        p->sound = pdf_value(p, file, &behind, &value) && pdf_get(p, value, "Root").len;
    } else {
        const char *word = memmem(file.ptr + pos, file.len - pos, "obj", 3);
        size_t behind = word ? (size_t)(word - file.ptr) : file.len;
        p->sound = word && behind - pos <= HEADER_BACK && header_before(file, behind, &number, &generation);
        behind += 3;
        p->sound = p->sound && pdf_value(p, file, &behind, &value) &&
                   pdf_is_name(pdf_get(p, value, "Type"), "XRef") && pdf_get(p, value, "Root").len;
    }
    if (p->sound) keep_trailer(p, value);
}

/* One more than the highest number that is named: of objects in the open, and by trailers. */
static size_t count_of(struct str file)
{
    int64_t number, generation, most = 0;
    for (size_t pos = 0; pos < file.len;) {
        const char *obj = memmem(file.ptr + pos, file.len - pos, "obj", 3);
        if (!obj) break;
        pos = (size_t)(obj - file.ptr) + 3;
        if (header_before(file, pos - 3, &number, &generation) && number > most) most = number;
    }
    for (size_t pos = 0; pos < file.len;) {
        const char *size = memmem(file.ptr + pos, file.len - pos, "/Size", 5);
        if (!size) break;
        pos = past_space(file, (size_t)(size - file.ptr) + 5);
        if (pdf_integer(str_slice(file, pos, past_regular(file, pos)), &number) && number > most &&
            number < PDF_OBJECTS_MAX)
            most = number;
    }
    return (size_t)most + 1;
}

bool pdf_read(struct pdf *p, struct str file)
{
    *p = (struct pdf){.file = file, .work = WORK_MAX, .to_inflate = INFLATE_MAX, .count = count_of(file)};
    if (file.len > UINT32_MAX) return true;
    p->objects = mem_alloc(p->count, sizeof *p->objects);
    if (!p->objects) return false;
    read_all(p);
    find_section(p);
    return true;
}

void pdf_drop(struct pdf *p)
{
    mem_free(p->objects);
    while (p->inflated) {
        struct pdf_inflated *next = p->inflated->next;
        mem_free(p->inflated);
        p->inflated = next;
    }
}
