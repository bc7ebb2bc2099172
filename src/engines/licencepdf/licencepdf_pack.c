/* Makes cairo's PDF small. The subset of a CJK font keeps an entry for each of tens of thousands of shared
 * subroutines; such a table of rising offsets hardly deflates as it stands, but does so to almost nothing
 * once each byte is written as the difference to the one before it in its column (PDF 1.4 §3.3.3, predictor
 * 12). Only embedded font programs are written anew; text, glyphs and everything else stay as they were. */
#include "engines/licencepdf/licencepdf_internal.h"

#include "core/base/arena.h"
#include "core/base/buf.h"

#include <stdlib.h>
#include <zlib.h>

enum { OBJECTS_MAX = 4096, ENTRY = 20, FONT_MAX = 2 << 20, SCRATCH = 64 << 20, UP = 2 };

struct object {
    size_t number, from, to, moved;
};

struct file {
    struct arena *arena;
    struct str bytes;
    size_t table; /* where the cross-reference table begins */
    struct object *objects;
    size_t count, size; /* of objects; /Size of the table */
};

static bool number_at(struct str s, size_t at, size_t digits, size_t *out)
{
    int64_t n;
    if (at + digits > s.len || !str_to_i64(str_slice(s, at, at + digits), &n) || n < 0) return false;
    *out = (size_t)n;
    return true;
}

/* A decimal number that ends at the first other character. */
static bool number_before(struct str s, size_t at, size_t *out, size_t *end)
{
    for (*end = at; *end < s.len && s.ptr[*end] >= '0' && s.ptr[*end] <= '9';)
        ++*end;
    return *end > at && *end - at < 16 && number_at(s, at, *end - at, out);
}

static int by_place(const void *a, const void *b)
{
    const struct object *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static size_t find_last(struct str s, struct str what)
{
    for (size_t at = s.len < what.len ? 0 : s.len - what.len + 1; at-- > 0;)
        if (memcmp(s.ptr + at, what.ptr, what.len) == 0) return at;
    return SIZE_MAX;
}

/* One table from 0, as cairo writes it. */
static bool read_table(struct file *f)
{
    size_t start = find_last(f->bytes, STR("startxref\n")), at, end;
    if (start == SIZE_MAX || !number_before(f->bytes, start + 10, &f->table, &end) || f->table >= start ||
        !str_starts(str_slice(f->bytes, f->table, start), STR("xref\n0 ")) ||
        !number_before(f->bytes, f->table + 7, &f->size, &at) || f->size < 2 || f->size > OBJECTS_MAX ||
        at + 1 + f->size * ENTRY > start)
        return false;
    f->objects = ARENA_ARRAY(f->arena, f->size, struct object);
    for (size_t i = 1; i < f->size; i++) {
        struct object *o = &f->objects[f->count++];
        o->number = i;
        if (!number_at(f->bytes, at + 1 + i * ENTRY, 10, &o->from) || o->from >= f->table ||
            f->bytes.ptr[at + 1 + i * ENTRY + 17] != 'n')
            return false;
    }
    qsort(f->objects, f->count, sizeof *f->objects, by_place);
    for (size_t i = 0; i < f->count; i++)
        f->objects[i].to = i + 1 < f->count ? f->objects[i + 1].from : f->table;
    return true;
}

static bool inflate_all(struct arena *a, struct str packed, struct str *out)
{
    for (uLong room = 1 << 17; room <= FONT_MAX; room *= 2) {
        uLong len = room;
        char *bytes = arena_array(a, room, 1);
        int rc = uncompress((Bytef *)bytes, &len, (const Bytef *)packed.ptr, packed.len);
        if (rc == Z_OK) {
            *out = str_n(bytes, len);
            return true;
        }
        if (rc != Z_BUF_ERROR) return false;
    }
    return false;
}

static struct str predicted(struct arena *a, struct str plain, size_t columns)
{
    size_t rows = (plain.len + columns - 1) / columns;
    struct buf b = buf_new(a, rows * (columns + 1));
    for (size_t i = 0; i < plain.len; i++) {
        if (i % columns == 0) buf_add_char(&b, UP);
        buf_add_char(&b, (char)(plain.ptr[i] - (i >= columns ? plain.ptr[i - columns] : 0)));
    }
    return buf_str(&b);
}

static bool deflate_all(struct arena *a, struct str plain, struct str *out)
{
    uLong len = compressBound(plain.len);
    char *bytes = arena_array(a, len, 1);
    if (compress2((Bytef *)bytes, &len, (const Bytef *)plain.ptr, plain.len, 9) != Z_OK) return false;
    *out = str_n(bytes, len);
    return true;
}

/* Writes the object with its font program packed anew; false where it is none or would not become smaller.
 * Offsets take two bytes or three. */
static bool write_font(struct arena *a, const struct file *f, const struct object *o, struct buf *out)
{
    struct str text = str_slice(f->bytes, o->from, o->to), plain, best = STR_EMPTY;
    size_t head = str_find(text, STR(">>\nstream\n")), tail = find_last(text, STR("\nendstream"));
    if (head == SIZE_MAX || tail == SIZE_MAX || head + 10 > tail) return false;
    struct str dict = str_slice(text, 0, head), packed = str_slice(text, head + 10, tail);
    bool cff = str_find(dict, STR("/Subtype /CIDFontType0C")) != SIZE_MAX;
    if (!cff || !inflate_all(a, packed, &plain)) return false;
    size_t columns = 0;
    for (size_t i = 2; i <= 3; i++) {
        struct str one;
        if (!deflate_all(a, predicted(a, plain, i), &one)) return false;
        if (columns && one.len >= best.len) continue;
        best = one;
        columns = i;
    }
    if (best.len >= packed.len) return false;
    buf_fmt(out,
            "%zu 0 obj\n<< /Length %zu\n   /Filter /FlateDecode\n   /DecodeParms << /Predictor 12 /Columns "
            "%zu >>\n   /Subtype /CIDFontType0C\n>>\nstream\n",
            o->number, best.len, columns);
    buf_add(out, best);
    buf_add_c(out, "\nendstream\nendobj\n");
    return true;
}

struct str licencepdf_pack(struct arena *a, struct str drawn)
{
    struct file f = {.arena = a, .bytes = drawn};
    size_t trailer;
    if (!read_table(&f) || !f.count) return drawn;
    struct buf out = buf_new(a, drawn.len);
    buf_add(&out, str_slice(drawn, 0, f.objects[0].from));
    size_t *places = ARENA_ARRAY(a, f.size, size_t);
    for (size_t i = 0; i < f.count; i++) {
        const struct object *o = &f.objects[i];
        places[o->number] = out.len;
        struct arena *scratch = arena_new(SCRATCH);
        if (!scratch) return drawn;
        bool packed = write_font(scratch, &f, o, &out);
        arena_drop(scratch);
        if (!packed) buf_add(&out, str_slice(drawn, o->from, o->to));
    }
    size_t table = out.len, start = find_last(drawn, STR("startxref\n"));
    trailer = find_last(str_slice(drawn, 0, start), STR("trailer\n"));
    if (trailer == SIZE_MAX || trailer < f.table) return drawn;
    buf_fmt(&out, "xref\n0 %zu\n0000000000 65535 f \n", f.size);
    for (size_t i = 1; i < f.size; i++)
        buf_fmt(&out, "%010zu 00000 n \n", places[i]);
    buf_add(&out, str_slice(drawn, trailer, start));
    buf_fmt(&out, "startxref\n%zu\n%%%%EOF\n", table);
    return buf_str(&out);
}
