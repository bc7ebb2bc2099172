#include <png.h>

#include "core/base/arena.h"
#include "core/blob/image_internal.h"

enum { CHUNK_BYTES_MAX = 64 << 10 };

struct source {
    struct str rest;
};

static void on_read(png_structp p, png_bytep to, size_t len)
{
    struct source *s = png_get_io_ptr(p);
    if (len > s->rest.len) png_error(p, "short");
    memcpy(to, s->rest.ptr, len);
    s->rest = str_slice(s->rest, len, s->rest.len);
}

static void on_error(png_structp p, png_const_charp text)
{
    (void)text;
    png_longjmp(p, 1);
}

static void on_warning(png_structp p, png_const_charp text)
{
    (void)p;
    (void)text;
}

/* Everything becomes 8-bit RGB over white: what was transparent hides nothing. */
static void to_rgb(png_structp p, png_infop info)
{
    png_color_16 white = {.red = 255, .green = 255, .blue = 255, .gray = 255};
    png_set_expand(p);
    png_set_scale_16(p);
    png_set_gray_to_rgb(p);
    if (png_get_color_type(p, info) & PNG_COLOR_MASK_ALPHA || png_get_valid(p, info, PNG_INFO_tRNS))
        png_set_background(p, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
}

/* Memory that must survive the library's jumps. */
struct held {
    uint8_t *pixels;
    png_bytep *rows;
};

static enum image_fault read_rows(png_structp p, png_infop info, unsigned max_side, struct image_sink *s,
                                  struct held *h)
{
    unsigned w = png_get_image_width(p, info), height = png_get_image_height(p, info);
    if ((uint64_t)w * height > IMAGE_PIXELS_MAX) return IMAGE_PIXELS;
    to_rgb(p, info);
    int passes = png_set_interlace_handling(p);
    png_read_update_info(p, info);
    size_t stride = png_get_rowbytes(p, info);
    if (stride != (size_t)w * CHANNELS) return IMAGE_BROKEN;
    enum image_fault f = sink_begin(s, w, height, max_side);
    if (f != IMAGE_FINE) return f;
    /* Interlaced pictures need all rows at once. */
    size_t kept = passes > 1 ? height : 1;
    h->pixels = mem_alloc(kept, stride);
    h->rows = mem_alloc(kept, sizeof *h->rows);
    if (!h->pixels || !h->rows) return IMAGE_MEMORY;
    for (size_t y = 0; y < kept; y++)
        h->rows[y] = h->pixels + y * stride;
    if (passes > 1) png_read_image(p, h->rows);
    for (unsigned y = 0; y < height; y++) {
        if (passes == 1) png_read_row(p, h->pixels, NULL);
        sink_row(s, h->rows[passes > 1 ? y : 0]);
    }
    png_read_end(p, NULL); /* the rest must be there too */
    return IMAGE_FINE;
}

/* Nothing that must be given back lives in this frame: a jump leaves its variables undefined. */
__attribute__((noinline)) static enum image_fault guarded(png_structp p, png_infop info, unsigned max_side,
                                                          struct image_sink *s, struct held *h)
{
    if (setjmp(png_jmpbuf(p)) != 0) return IMAGE_BROKEN;
    png_read_info(p, info);
    return read_rows(p, info, max_side, s, h);
}

enum image_fault png_decode(struct str content, unsigned max_side, struct image_sink *s)
{
    struct source source = {content};
    struct held held = {0};
    png_structp p = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    png_infop info = p ? png_create_info_struct(p) : NULL;
    enum image_fault f = IMAGE_MEMORY;
    if (info) {
        png_set_user_limits(p, IMAGE_SIDE_MAX, IMAGE_SIDE_MAX);
        /* Only what makes the picture is read, the rest is passed over piece by piece: for a text or a
         * profile the library would take, and clear, as many bytes as the file claims, whatever the limit. */
        png_set_keep_unknown_chunks(p, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
        png_set_chunk_malloc_max(p, CHUNK_BYTES_MAX);
        png_set_read_fn(p, &source, on_read);
        f = guarded(p, info, max_side, s, &held);
    }
    png_destroy_read_struct(&p, &info, NULL);
    mem_free(held.pixels);
    mem_free(held.rows);
    return f;
}

static void on_write(png_structp p, png_bytep from, size_t len)
{
    out_add(png_get_io_ptr(p), from, len);
}

static void on_flush(png_structp p)
{
    (void)p;
}

bool png_encode(const struct image_sink *s, struct image_out *o)
{
    png_structp p = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    png_infop info = p ? png_create_info_struct(p) : NULL;
    volatile bool ok = false;
    if (info && setjmp(png_jmpbuf(p)) == 0) {
        png_set_write_fn(p, o, on_write, on_flush);
        png_set_IHDR(p, info, s->out_w, s->out_h, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        png_write_info(p, info);
        for (unsigned y = 0; y < s->out_h; y++)
            png_write_row(p, s->pixels + (size_t)y * s->out_w * CHANNELS);
        png_write_end(p, NULL);
        ok = true;
    }
    png_destroy_write_struct(&p, &info);
    return ok && !o->failed;
}
