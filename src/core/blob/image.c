/* What a file is, and pictures made anew. */
#include "core/blob/image_internal.h"

#include "core/base/arena.h"

enum file_kind file_sniff(struct str content)
{
    if (str_starts(content, STR("\xFF\xD8\xFF"))) return FILE_JPEG;
    if (str_starts(content, STR("\x89PNG\r\n\x1A\n"))) return FILE_PNG;
    if (str_starts(content, STR("%PDF-"))) return FILE_PDF;
    return FILE_UNKNOWN;
}

const char *file_media_type(enum file_kind k)
{
    switch (k) {
    case FILE_JPEG:
        return "image/jpeg";
    case FILE_PNG:
        return "image/png";
    case FILE_PDF:
        return "application/pdf";
    case FILE_UNKNOWN:
        break;
    }
    return "application/octet-stream";
}

/* ---- scaling ---- */

enum image_fault sink_begin(struct image_sink *s, unsigned w, unsigned h, unsigned max_side)
{
    *s = (struct image_sink){.in_w = w, .in_h = h, .out_w = w, .out_h = h};
    if (w == 0 || h == 0) return IMAGE_BROKEN;
    if (w > IMAGE_SIDE_MAX || h > IMAGE_SIDE_MAX || (uint64_t)w * h > IMAGE_PIXELS_MAX) return IMAGE_PIXELS;
    unsigned longer = w > h ? w : h;
    if (max_side && longer > max_side) {
        s->out_w = (unsigned)((uint64_t)w * max_side / longer);
        s->out_h = (unsigned)((uint64_t)h * max_side / longer);
        if (s->out_w == 0) s->out_w = 1;
        if (s->out_h == 0) s->out_h = 1;
    }
    s->sums = mem_alloc(s->out_w, CHANNELS * sizeof *s->sums);
    s->counts = mem_alloc(s->out_w, sizeof *s->counts);
    s->pixels = mem_alloc((size_t)s->out_w * s->out_h, CHANNELS);
    return s->sums && s->counts && s->pixels ? IMAGE_FINE : IMAGE_MEMORY;
}

void sink_end(struct image_sink *s)
{
    mem_free(s->sums);
    mem_free(s->counts);
    mem_free(s->pixels);
    s->sums = s->counts = NULL;
    s->pixels = NULL;
}

static void flush_row(struct image_sink *s, unsigned out_row)
{
    uint8_t *to = s->pixels + (size_t)out_row * s->out_w * CHANNELS;
    for (unsigned x = 0; x < s->out_w; x++) {
        uint32_t n = s->counts[x] ? s->counts[x] : 1;
        for (int c = 0; c < CHANNELS; c++)
            to[x * CHANNELS + c] = (uint8_t)((s->sums[x * CHANNELS + c] + n / 2) / n);
    }
    memset(s->sums, 0, s->out_w * CHANNELS * sizeof *s->sums);
    memset(s->counts, 0, s->out_w * sizeof *s->counts);
}

void sink_row(struct image_sink *s, const uint8_t *rgb)
{
    if (s->row >= s->in_h) return;
    unsigned out_row = (unsigned)((uint64_t)s->row * s->out_h / s->in_h);
    if (s->out_w == s->in_w && s->out_h == s->in_h) {
        memcpy(s->pixels + (size_t)out_row * s->out_w * CHANNELS, rgb, (size_t)s->out_w * CHANNELS);
        s->row++;
        return;
    }
    for (unsigned x = 0; x < s->in_w; x++) {
        unsigned to = (unsigned)((uint64_t)x * s->out_w / s->in_w);
        for (int c = 0; c < CHANNELS; c++)
            s->sums[to * CHANNELS + c] += rgb[x * CHANNELS + c];
        s->counts[to]++;
    }
    s->row++;
    if (s->row == s->in_h || (uint64_t)s->row * s->out_h / s->in_h != out_row) flush_row(s, out_row);
}

bool sink_turn(struct image_sink *s, int orientation)
{
    if (orientation < 2 || orientation > 8) return true;
    unsigned w = s->out_w, h = s->out_h;
    bool swapped = orientation >= 5;
    unsigned new_w = swapped ? h : w, new_h = swapped ? w : h;
    uint8_t *turned = mem_alloc((size_t)w * h, CHANNELS);
    if (!turned) return false;
    for (unsigned y = 0; y < new_h; y++)
        for (unsigned x = 0; x < new_w; x++) {
            unsigned from_x = swapped ? y : x, from_y = swapped ? x : y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
                from_x = w - 1 - from_x;
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
                from_y = h - 1 - from_y;
            memcpy(turned + ((size_t)y * new_w + x) * CHANNELS,
                   s->pixels + ((size_t)from_y * w + from_x) * CHANNELS, CHANNELS);
        }
    mem_free(s->pixels);
    s->pixels = turned;
    s->out_w = new_w;
    s->out_h = new_h;
    return true;
}

void out_add(struct image_out *o, const void *p, size_t len)
{
    if (o->failed) return;
    if (len > o->cap - o->len) {
        size_t cap = o->cap ? o->cap * 2 : 1 << 16;
        while (cap - o->len < len)
            cap *= 2;
        uint8_t *bytes = mem_resize(o->bytes, cap, 1);
        if (!bytes) {
            o->failed = true;
            return;
        }
        o->bytes = bytes;
        o->cap = cap;
    }
    memcpy(o->bytes + o->len, p, len);
    o->len += len;
}

static bool tell(enum image_fault f, struct err *e)
{
    switch (f) {
    case IMAGE_FINE:
        return true;
    case IMAGE_BROKEN:
        return err_invalid(e, "file.broken", "The file is damaged or not complete.");
    case IMAGE_PIXELS:
        return err_invalid(e, "file.pixels", "The picture has too many pixels.");
    case IMAGE_MEMORY:
        break;
    }
    return err_fault(e, "no memory for a picture");
}

/* ---- a mark over the picture ---- */

enum { MARK_PART = 90, FULL = 255, UNIT = 256 }; /* of 255: how much of a pixel's way the mark goes */

/* In parts of UNIT: large pictures have large letters, and a small one still shows most of the mark. */
static unsigned scale_of(const struct image_sink *s, const struct image_mask *m)
{
    uint64_t scale = (uint64_t)s->out_w * UNIT * 2 / 3 / m->w;
    return scale < UNIT / 2 ? UNIT / 2 : scale > UNIT * 8 ? UNIT * 8 : (unsigned)scale;
}

static void stamp(const struct image_sink *s, const struct image_mask *m)
{
    unsigned scale = scale_of(s, m);
    for (unsigned y = 0; y < s->out_h; y++) {
        const uint8_t *row = m->alpha + (size_t)((uint64_t)y * UNIT / scale % m->h) * m->w;
        uint8_t *to = s->pixels + (size_t)y * s->out_w * CHANNELS;
        for (unsigned x = 0; x < s->out_w; x++, to += CHANNELS) {
            unsigned part = row[(uint64_t)x * UNIT / scale % m->w] * MARK_PART / FULL;
            bool light = to[0] + 2 * to[1] + to[2] > 2 * FULL;
            for (int c = 0; part && c < CHANNELS; c++)
                to[c] = (uint8_t)(light ? to[c] - to[c] * part / FULL : to[c] + (FULL - to[c]) * part / FULL);
        }
    }
}

/* mask NULL: none. */
static bool again(struct arena *a, enum file_kind kind, struct str content, unsigned max_side,
                  const struct image_mask *mask, struct str *out, struct err *e)
{
    struct image_sink s = {0};
    struct image_out o = {0};
    if (kind != FILE_JPEG && kind != FILE_PNG)
        return err_invalid(e, "file.type", "This kind of file is not accepted.");
    bool jpeg = kind == FILE_JPEG;
    bool ok = tell(jpeg ? jpeg_decode(content, max_side, &s) : png_decode(content, max_side, &s), e);
    if (ok && mask && mask->w && mask->h) stamp(&s, mask);
    if (ok && !(jpeg ? jpeg_encode(&s, &o) : png_encode(&s, &o))) ok = tell(IMAGE_MEMORY, e);
    sink_end(&s);
    /* No jump out of here: the arena may be full, and o must be given back. */
    char *copy = ok ? arena_try(a, o.len + 1) : NULL;
    if (ok && !copy) ok = tell(IMAGE_MEMORY, e);
    if (ok) {
        memcpy(copy, o.bytes, o.len);
        *out = str_n(copy, o.len);
    }
    mem_free(o.bytes);
    return ok;
}

bool image_reencode(struct arena *a, enum file_kind kind, struct str content, unsigned max_side,
                    struct str *out, struct err *e)
{
    return again(a, kind, content, max_side, NULL, out, e);
}

bool image_stamp(struct arena *a, enum file_kind kind, struct str content, const struct image_mask *mask,
                 struct str *out, struct err *e)
{
    return again(a, kind, content, 0, mask, out, e);
}
