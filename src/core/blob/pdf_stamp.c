/* A mark over every page of a PDF, as an incremental update (ISO 32000-1, 7.5.6): one picture of the mark,
 * one form that lays it over a page of a certain size again and again, one annotation a page. */
#include <zlib.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/blob/pdf_internal.h"

#include <math.h>
#include <string.h>

enum {
    PAGES_MAX = 20000,
    DEPTH_MAX = 64,
    BOXES_MAX = 64, /* sizes of pages with a form of their own; further ones share the last */
    TILES_MAX = 400,
    WORDS_MAX = 400,
    SHADE = 0x60,    /* of the letters: seen on white and on black */
    STRENGTH = 80,   /* of 255: how much of it */
    PAGE_BYTES = 700 /* guessed, of what a page adds */
};
static const double side_most = 14400; /* ISO 32000-1, annex C */

struct box {
    double x0, y0, x1, y1;
};
static const struct box letter = {0, 0, 612, 792};

struct page {
    int64_t number;
    struct box box;
    size_t form;
};

struct stamp {
    struct pdf pdf;
    struct arena *arena;
    struct page *pages;
    size_t count, cap;
    uint8_t *seen; /* by number of object */
    struct box forms[BOXES_MAX];
    size_t form_count;
    struct buf out;
    int64_t first;  /* number of the first new object */
    size_t *places; /* where the new ones begin, then the pages */
    struct err *e;
};

static bool unmarkable(struct err *e)
{
    return err_invalid(
        e, "pdf.mark",
        "Your name cannot be laid over this PDF, so that no copy of it is given out. Please ask "
        "for the document in another file.");
}

/* ---- the pages ---- */

static bool number_of(struct str value, double *out)
{
    bool minus = value.len && value.ptr[0] == '-', point = false;
    double n = 0, unit = 1;
    for (size_t i = minus || (value.len && value.ptr[0] == '+'); i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            unit *= point ? 0.1 : 1;
            n = point ? n + (c - '0') * unit : n * 10 + (c - '0');
        } else {
            return false;
        }
    }
    *out = fmin(n, side_most) * (minus ? -1 : 1);
    return value.len > 0;
}

/* The rectangle of the key, where the dictionary has a sound one. */
static void take_box(struct stamp *s, struct str dictionary, const char *key, struct box *out)
{
    struct str array = pdf_resolve(&s->pdf, pdf_get(&s->pdf, dictionary, key)), one;
    double n[4];
    size_t pos = 1;
    if (!array.len || array.ptr[0] != '[') return;
    for (int i = 0; i < 4; i++)
        if (!pdf_value(&s->pdf, array, &pos, &one) || !number_of(pdf_resolve(&s->pdf, one), &n[i])) return;
    const struct box b = {fmin(n[0], n[2]), fmin(n[1], n[3]), fmax(n[0], n[2]), fmax(n[1], n[3])};
    if (b.x1 - b.x0 >= 1 && b.y1 - b.y0 >= 1) *out = b;
}

static struct box seen_part(struct box media, struct box crop)
{
    const struct box b = {fmax(media.x0, crop.x0), fmax(media.y0, crop.y0), fmin(media.x1, crop.x1),
                          fmin(media.y1, crop.y1)};
    return b.x1 - b.x0 >= 1 && b.y1 - b.y0 >= 1 ? b : media;
}

static bool same_box(struct box a, struct box b)
{
    return a.x0 == b.x0 && a.y0 == b.y0 && a.x1 == b.x1 && a.y1 == b.y1;
}

static size_t form_for(struct stamp *s, struct box b)
{
    for (size_t i = 0; i < s->form_count; i++)
        if (same_box(s->forms[i], b)) return i;
    if (s->form_count == BOXES_MAX) return BOXES_MAX - 1;
    s->forms[s->form_count] = b;
    return s->form_count++;
}

static bool add_page(struct stamp *s, int64_t number, struct box b)
{
    if (s->count == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        struct page *more = s->count < PAGES_MAX ? ARENA_ARRAY(s->arena, cap, struct page) : NULL;
        if (!more) return unmarkable(s->e);
        if (s->count) memcpy(more, s->pages, s->count * sizeof *more);
        s->pages = more;
        s->cap = cap;
    }
    s->pages[s->count++] = (struct page){.number = number, .box = b, .form = form_for(s, b)};
    return true;
}

struct level {
    struct box media, crop;
    bool cropped;
};

/* Each node once, however often it is named. */
static bool walk(struct stamp *s, int64_t number, struct level l, int depth)
{
    struct pdf *p = &s->pdf;
    struct str node = pdf_text(p, number), one;
    if (!str_starts(node, STR("<<")) || depth > DEPTH_MAX) return unmarkable(s->e);
    if (s->seen[number]) return true;
    s->seen[number] = 1;
    take_box(s, node, "MediaBox", &l.media);
    struct box crop = l.cropped ? l.crop : l.media;
    take_box(s, node, "CropBox", &crop);
    l.cropped = l.cropped || pdf_get(p, node, "CropBox").len > 0;
    l.crop = crop;
    struct str kids = pdf_resolve(p, pdf_get(p, node, "Kids")); /* no translation */
    if (!kids.len) return add_page(s, number, seen_part(l.media, l.crop));
    size_t pos = 1;
    int64_t kid;
    if (kids.ptr[0] != '[') return unmarkable(s->e);
    while (pdf_value(p, kids, &pos, &one)) {
        if (str_eq_c(one, "null")) continue;
        if (!pdf_reference(one, &kid) || !walk(s, kid, l, depth + 1)) return unmarkable(s->e);
    }
    return p->work > 0 || unmarkable(s->e);
}

static bool find_pages(struct stamp *s)
{
    struct pdf *p = &s->pdf;
    struct str catalog = pdf_resolve(p, pdf_get(p, p->trailer, "Root")); /* no translation */
    int64_t root;
    if (p->locked || !p->objects || !pdf_reference(pdf_get(p, catalog, "Pages"), &root))
        return unmarkable(s->e);
    return walk(s, root, (struct level){.media = letter}, 0);
}

/* ---- what is written ---- */

static void begin_object(struct stamp *s, int64_t number, int generation, size_t place)
{
    s->places[place] = s->out.len;
    buf_fmt(&s->out, "%lld %d obj\n", (long long)number, generation);
}

static bool add_stream(struct stamp *s, const char *head, const uint8_t *bytes, size_t len)
{
    uLongf packed = compressBound((uLong)len);
    uint8_t *to = arena_try(s->arena, packed);
    if (!to || compress2(to, &packed, bytes, (uLong)len, Z_BEST_SPEED) != Z_OK)
        return err_fault(s->e, "not enough memory for a mark");
    buf_fmt(&s->out, "<<%s/Filter/FlateDecode/Length %lu>>stream\n", head, (unsigned long)packed);
    buf_add(&s->out, str_n(to, packed));
    buf_add_c(&s->out, "\nendstream\nendobj\n");
    return true;
}

/* The letters: a grey picture of one shade, and how much of it is seen. */
static bool add_picture(struct stamp *s, const struct image_mask *m)
{
    size_t len = (size_t)m->w * m->h;
    uint8_t *bytes = arena_try(s->arena, len);
    if (!bytes) return err_fault(s->e, "not enough memory for a mark");
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(m->alpha[i] * STRENGTH / 255);
    struct str size = str_fmt(s->arena,
                              "/Type/XObject/Subtype/Image/Width %u/Height %u/ColorSpace/DeviceGray"
                              "/BitsPerComponent 8",
                              m->w, m->h);
    begin_object(s, s->first, 0, 0);
    if (!add_stream(s, str_z(s->arena, size), bytes, len)) return false;
    memset(bytes, SHADE, len);
    begin_object(s, s->first + 1, 0, 1);
    return add_stream(
        s, str_z(s->arena, str_fmt(s->arena, "%.*s/SMask %lld 0 R", STR_ARG(size), (long long)s->first)),
        bytes, len);
}

/* As large as it was drawn on common pages; smaller on small ones, larger on posters. Rows are shifted. */
static bool add_form(struct stamp *s, size_t i, const struct image_mask *m)
{
    const struct box b = s->forms[i];
    double w = b.x1 - b.x0, h = b.y1 - b.y0, scale = fmin(1, 0.9 * w / m->w);
    struct buf text = buf_new(s->arena, 4096);
    scale = fmax(scale, sqrt(4 * w * h / TILES_MAX / ((double)m->w * m->h)));
    double tw = m->w * scale, th = m->h * scale;
    for (int row = 0; b.y0 + row * th < b.y1; row++) {
        double left = b.x0 - (row % 2) * tw / 2;
        for (int column = 0; left + column * tw < b.x1; column++)
            buf_fmt(&text, "q %.3f 0 0 %.3f %.3f %.3f cm /M Do Q\n", tw, th, left + column * tw,
                    b.y0 + row * th);
    }
    struct str content = buf_str(&text);
    begin_object(s, s->first + 2 + (int64_t)i, 0, 2 + i);
    struct str head = str_fmt(s->arena,
                              "/Type/XObject/Subtype/Form/BBox[%.3f %.3f %.3f %.3f]"
                              "/Resources<</XObject<</M %lld 0 R>>>>",
                              b.x0, b.y0, b.x1, b.y1, (long long)s->first + 1);
    return add_stream(s, str_z(s->arena, head), (const uint8_t *)content.ptr, content.len);
}

/* UTF-16 with its mark, in hex: what everybody reads. */
static struct str in_hex(struct arena *a, struct str words)
{
    struct buf b = buf_new(a, words.len * 4 + 8);
    buf_add_c(&b, "<FEFF");
    for (size_t pos = 0; pos < words.len && pos < WORDS_MAX;) {
        uint32_t c = utf8_next(words, &pos);
        if (c >= 0x10000)
            buf_fmt(&b, "%04X%04X", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF));
        else
            buf_fmt(&b, "%04X", c);
    }
    buf_add_char(&b, '>');
    return buf_str(&b);
}

static int64_t annotation_of(const struct stamp *s, size_t i)
{
    return s->first + 2 + (int64_t)s->form_count + (int64_t)i;
}

/* F: printed, locked, not to be changed (12.5.3). */
static void add_annotation(struct stamp *s, size_t i, struct str words)
{
    const struct page *g = &s->pages[i];
    begin_object(s, annotation_of(s, i), 0, 2 + s->form_count + i);
    buf_fmt(&s->out,
            "<</Type/Annot/Subtype/Stamp/NM(tongban-reader)/F 708/Rect[%.3f %.3f %.3f %.3f]/P %lld %d R"
            "/AP<</N %lld 0 R>>/Contents",
            g->box.x0, g->box.y0, g->box.x1, g->box.y1, (long long)g->number,
            s->pdf.objects[g->number].generation, (long long)s->first + 2 + (long long)g->form);
    buf_add(&s->out, words);
    buf_add_c(&s->out, ">>\nendobj\n");
}

/* The page's dictionary as it is, with one annotation more, which lies over the others. */
static void add_changed(struct stamp *s, size_t i)
{
    struct pdf *p = &s->pdf;
    const struct page *g = &s->pages[i];
    struct str node = pdf_text(p, g->number);
    struct str had = pdf_get(p, node, "Annots"); /* no translation */
    struct str all = pdf_resolve(p, had);
    bool array = all.len >= 2 && all.ptr[0] == '[';
    size_t from = had.len ? (size_t)(had.ptr - node.ptr) : 2, to = had.len ? from + had.len : 2;
    begin_object(s, g->number, p->objects[g->number].generation, 2 + s->form_count + s->count + i);
    buf_add(&s->out, str_slice(node, 0, from));
    if (!had.len) buf_add_c(&s->out, "/Annots");
    buf_add_char(&s->out, '[');
    if (array) buf_add(&s->out, str_slice(all, 1, all.len - 1));
    buf_fmt(&s->out, "\n%lld 0 R]", (long long)annotation_of(s, i));
    buf_add(&s->out, str_slice(node, to, node.len));
    buf_add_c(&s->out, "\nendobj\n");
}

/* ---- the cross-reference section ---- */

static size_t added(const struct stamp *s)
{
    return 2 + s->form_count + s->count;
}

static void add_entry_of(struct stamp *s, const char *key)
{
    struct str value = pdf_get(&s->pdf, s->pdf.trailer, key);
    if (value.len) buf_fmt(&s->out, "/%s %.*s", key, STR_ARG(value));
}

static void add_trailer_entries(struct stamp *s, int64_t size)
{
    buf_fmt(&s->out, "/Size %lld", (long long)size);
    if (s->pdf.sound) buf_fmt(&s->out, "/Prev %zu", s->pdf.section);
    add_entry_of(s, "Root"); /* no translation */
    add_entry_of(s, "Info"); /* no translation */
    add_entry_of(s, "ID");
}

/* Where the last section is not where the file says, readers look for the objects themselves; as before. */
static void add_table(struct stamp *s)
{
    size_t at = s->out.len, n = added(s);
    buf_fmt(&s->out, "xref\n%lld %zu\n", (long long)s->first, n);
    for (size_t i = 0; i < n; i++)
        buf_fmt(&s->out, "%010zu 00000 n \n", s->places[i]);
    for (size_t i = 0; i < s->count; i++)
        buf_fmt(&s->out, "%lld 1\n%010zu %05d n \n", (long long)s->pages[i].number, s->places[n + i],
                s->pdf.objects[s->pages[i].number].generation);
    buf_add_c(&s->out, "trailer\n<<");
    add_trailer_entries(s, s->first + (int64_t)n);
    buf_fmt(&s->out, ">>\nstartxref\n%zu\n%%%%EOF\n", s->pdf.sound ? at : 0);
}

static void add_place(struct buf *b, size_t at, int generation)
{
    const uint8_t entry[] = {1,           (uint8_t)(at >> 24),        (uint8_t)(at >> 16), (uint8_t)(at >> 8),
                             (uint8_t)at, (uint8_t)(generation >> 8), (uint8_t)generation};
    buf_add(b, str_n(entry, sizeof entry));
}

static void add_section_stream(struct stamp *s)
{
    size_t at = s->out.len, n = added(s);
    int64_t own = s->first + (int64_t)n;
    struct buf data = buf_new(s->arena, (n + s->count + 1) * 7);
    buf_fmt(&s->out, "%lld 0 obj\n<</Type/XRef/W[1 4 2]/Index[%lld %zu", (long long)own, (long long)s->first,
            n + 1);
    for (size_t i = 0; i < n; i++)
        add_place(&data, s->places[i], 0);
    add_place(&data, at, 0);
    for (size_t i = 0; i < s->count; i++) {
        buf_fmt(&s->out, " %lld 1", (long long)s->pages[i].number);
        add_place(&data, s->places[n + i], s->pdf.objects[s->pages[i].number].generation);
    }
    buf_add_char(&s->out, ']');
    add_trailer_entries(s, own + 1);
    buf_fmt(&s->out, "/Length %zu>>stream\n", data.len);
    buf_add(&s->out, buf_str(&data));
    buf_fmt(&s->out, "\nendstream\nendobj\nstartxref\n%zu\n%%%%EOF\n", at);
}

static bool write_all(struct stamp *s, const struct image_mask *m, struct str words)
{
    struct str text = in_hex(s->arena, words);
    s->first = (int64_t)s->pdf.count + 1;
    s->places = ARENA_ARRAY(s->arena, added(s) + s->count, size_t);
    if (!add_picture(s, m)) return false;
    for (size_t i = 0; i < s->form_count; i++)
        if (!add_form(s, i, m)) return false;
    for (size_t i = 0; i < s->count; i++)
        add_annotation(s, i, text);
    for (size_t i = 0; i < s->count; i++)
        add_changed(s, i);
    if (s->pdf.sound && !s->pdf.table)
        add_section_stream(s);
    else
        add_table(s);
    return s->pdf.work > 0 || unmarkable(s->e);
}

bool pdf_stamp(struct arena *a, struct str content, const struct image_mask *mask, struct str words,
               struct str *out, struct err *e)
{
    struct stamp s = {.arena = a, .e = e};
    bool ok = pdf_read(&s.pdf, content) || err_fault(e, "not enough memory for a PDF");
    s.seen = ok ? mem_alloc(s.pdf.count, 1) : NULL;
    ok = ok && (s.seen || err_fault(e, "not enough memory for a PDF"));
    ok = ok && find_pages(&s);
    if (ok) {
        s.out = buf_new(a, content.len + s.count * PAGE_BYTES + (size_t)mask->w * mask->h / 4 + words.len);
        buf_add(&s.out, content);
        buf_fmt(&s.out, "\n%%tongban-reader %.*s\n", STR_ARG(words));
        ok = !s.count || write_all(&s, mask, words);
    }
    if (ok) *out = buf_str(&s.out);
    mem_free(s.seen);
    pdf_drop(&s.pdf);
    return ok;
}
