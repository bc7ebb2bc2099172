#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "core/base/arena.h"
#include "core/blob/image_internal.h"

enum { SCANS_MAX = 100, QUALITY = 88, OUT_PIECE = 1 << 15 };
static const long memory_max = 400L << 20; /* a progressive picture of 40 megapixels */

struct jump {
    struct jpeg_error_mgr base;
    jmp_buf env;
};

static void leave(j_common_ptr c)
{
    longjmp(((struct jump *)c->err)->env, 1);
}

/* A file that ends early or whose data is no picture is refused; other oddities of cameras are let pass. The
 * messages are told by their text, since jerror.h uses a banned function. */
static void on_message(j_common_ptr c, int level)
{
    static const char *const grave[] = {"Premature end", "Corrupt JPEG data: premature end",
                                        "Corrupt JPEG data: bad Huffman"};
    struct jpeg_error_mgr *m = c->err;
    if (level >= 0 || m->msg_code <= 0 || m->msg_code > m->last_jpeg_message) return;
    struct str text = str_c(m->jpeg_message_table[m->msg_code]);
    for (size_t i = 0; i < sizeof grave / sizeof grave[0]; i++)
        if (str_starts(text, str_c(grave[i]))) leave(c);
}

static void say_nothing(j_common_ptr c)
{
    (void)c;
}

/* Thousands of tiny scans cost minutes: enough is enough. */
static void on_progress(j_common_ptr c)
{
    if (c->is_decompressor && ((j_decompress_ptr)c)->input_scan_number > SCANS_MAX) leave(c);
}

static struct jpeg_error_mgr *errors(struct jump *j)
{
    struct jpeg_error_mgr *m = jpeg_std_error(&j->base);
    m->error_exit = leave;
    m->emit_message = on_message;
    m->output_message = say_nothing;
    return m;
}

/* ---- EXIF orientation (tag 0x0112 of the first directory); 1 where there is none ---- */

static unsigned number_at(struct str s, size_t at, size_t bytes, bool little)
{
    unsigned n = 0;
    if (at > s.len || bytes > s.len - at) return 0;
    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | (uint8_t)s.ptr[little ? at + bytes - 1 - i : at + i];
    return n;
}

static int orientation_of(j_decompress_ptr c)
{
    for (jpeg_saved_marker_ptr m = c->marker_list; m; m = m->next) {
        struct str all = str_n(m->data, m->data_length);
        if (m->marker != JPEG_APP0 + 1 || !str_starts(all, STR("Exif\0\0"))) continue;
        struct str t = str_slice(all, 6, all.len);
        bool little = str_starts(t, STR("II"));
        size_t directory = number_at(t, 4, 4, little);
        unsigned count = number_at(t, directory, 2, little);
        for (unsigned i = 0; i < count && i < 100; i++) {
            size_t entry = directory + 2 + (size_t)i * 12;
            if (number_at(t, entry, 2, little) == 0x0112) return (int)number_at(t, entry + 8, 2, little);
        }
    }
    return 1;
}

/* ---- decoding ---- */

static void cmyk_to_rgb(const uint8_t *in, uint8_t *out, unsigned w, bool inverted)
{
    for (unsigned x = 0; x < w; x++)
        for (int c = 0; c < 3; c++) {
            unsigned ink = in[x * 4 + c], black = in[x * 4 + 3];
            if (!inverted) {
                ink = 255 - ink;
                black = 255 - black;
            }
            out[x * 3 + c] = (uint8_t)(ink * black / 255);
        }
}

/* Lets the decoder itself halve what is far larger than wanted. */
static void choose_scale(j_decompress_ptr c, unsigned max_side)
{
    unsigned longer = c->image_width > c->image_height ? c->image_width : c->image_height;
    c->scale_num = 1;
    c->scale_denom = 1;
    while (max_side && c->scale_denom < 8 && longer / (c->scale_denom * 2) >= max_side)
        c->scale_denom *= 2;
}

enum image_fault jpeg_decode(struct str content, unsigned max_side, struct image_sink *s)
{
    struct jpeg_decompress_struct c = {0};
    struct jpeg_progress_mgr progress = {.progress_monitor = on_progress};
    struct jump j;
    uint8_t *volatile row = NULL;
    uint8_t *volatile rgb = NULL;
    volatile enum image_fault f = IMAGE_BROKEN;
    c.err = errors(&j);
    if (setjmp(j.env) == 0) {
        jpeg_create_decompress(&c);
        c.mem->max_memory_to_use = memory_max;
        c.progress = &progress;
        jpeg_save_markers(&c, JPEG_APP0 + 1, 0xFFFF);
        jpeg_mem_src(&c, (const unsigned char *)content.ptr, content.len);
        jpeg_read_header(&c, TRUE);
        bool cmyk = c.jpeg_color_space == JCS_CMYK || c.jpeg_color_space == JCS_YCCK,
             adobe = c.saw_Adobe_marker;
        if ((uint64_t)c.image_width * c.image_height > IMAGE_PIXELS_MAX) {
            f = IMAGE_PIXELS;
            leave((j_common_ptr)&c);
        }
        choose_scale(&c, max_side);
        c.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
        jpeg_start_decompress(&c);
        f = sink_begin(s, c.output_width, c.output_height, max_side);
        if (f != IMAGE_FINE) leave((j_common_ptr)&c);
        f = IMAGE_MEMORY;
        row = mem_alloc(c.output_width, 4);
        rgb = mem_alloc(c.output_width, CHANNELS);
        if (!row || !rgb) leave((j_common_ptr)&c);
        f = IMAGE_BROKEN;
        while (c.output_scanline < c.output_height) {
            JSAMPROW rows[1] = {cmyk ? row : rgb};
            if (jpeg_read_scanlines(&c, rows, 1) != 1) leave((j_common_ptr)&c);
            if (cmyk) cmyk_to_rgb(row, rgb, c.output_width, adobe);
            sink_row(s, rgb);
        }
        f = sink_turn(s, orientation_of(&c)) ? IMAGE_FINE : IMAGE_MEMORY;
    }
    jpeg_destroy_decompress(&c);
    mem_free(row);
    mem_free(rgb);
    return f;
}

/* ---- encoding ---- */

struct destination {
    struct jpeg_destination_mgr base;
    struct image_out *out;
    uint8_t piece[OUT_PIECE];
};

static void piece_begin(j_compress_ptr c)
{
    struct destination *d = (struct destination *)c->dest;
    d->base.next_output_byte = d->piece;
    d->base.free_in_buffer = OUT_PIECE;
}

static boolean piece_full(j_compress_ptr c)
{
    struct destination *d = (struct destination *)c->dest;
    out_add(d->out, d->piece, OUT_PIECE);
    piece_begin(c);
    return TRUE;
}

static void piece_last(j_compress_ptr c)
{
    struct destination *d = (struct destination *)c->dest;
    out_add(d->out, d->piece, OUT_PIECE - d->base.free_in_buffer);
}

bool jpeg_encode(const struct image_sink *s, struct image_out *o)
{
    struct jpeg_compress_struct c = {0};
    struct jump j;
    struct destination d = {.base = {.init_destination = piece_begin,
                                     .empty_output_buffer = piece_full,
                                     .term_destination = piece_last},
                            .out = o};
    volatile bool ok = false;
    c.err = errors(&j);
    if (setjmp(j.env) == 0) {
        jpeg_create_compress(&c);
        c.dest = &d.base;
        c.image_width = s->out_w;
        c.image_height = s->out_h;
        c.input_components = CHANNELS;
        c.in_color_space = JCS_RGB;
        jpeg_set_defaults(&c);
        jpeg_set_quality(&c, QUALITY, TRUE);
        jpeg_start_compress(&c, TRUE);
        while (c.next_scanline < c.image_height) {
            JSAMPROW rows[1] = {s->pixels + (size_t)c.next_scanline * s->out_w * CHANNELS};
            jpeg_write_scanlines(&c, rows, 1);
        }
        jpeg_finish_compress(&c);
        ok = true;
    }
    jpeg_destroy_compress(&c);
    return ok && !o->failed;
}
