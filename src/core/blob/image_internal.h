/* Between the decoders, the scaler and the encoders of pictures; not for others. */
#ifndef TB_IMAGE_INTERNAL_H
#define TB_IMAGE_INTERNAL_H

#include "core/blob/blob.h"

enum { IMAGE_PIXELS_MAX = 40 * 1000 * 1000, IMAGE_SIDE_MAX = 65535, CHANNELS = 3 };

/* Rows of 8-bit RGB come in from the top; what comes out is the picture made smaller by averaging. */
struct image_sink {
    unsigned in_w, in_h, out_w, out_h;
    unsigned row; /* rows taken so far */
    uint32_t *sums, *counts;
    uint8_t *pixels; /* out_w × out_h × 3 */
};

enum image_fault { IMAGE_FINE, IMAGE_BROKEN, IMAGE_PIXELS, IMAGE_MEMORY };

/* Sets the sizes and takes memory; to be ended by sink_end also when it fails. */
enum image_fault sink_begin(struct image_sink *s, unsigned w, unsigned h, unsigned max_side);
void sink_row(struct image_sink *s, const uint8_t *rgb);
void sink_end(struct image_sink *s);
/* Turns the finished picture as EXIF's orientation 2…8 asks. false without memory. */
bool sink_turn(struct image_sink *s, int orientation);

/* A growing output outside of any arena: foreign libraries write into it. */
struct image_out {
    uint8_t *bytes;
    size_t len, cap;
    bool failed;
};
void out_add(struct image_out *o, const void *p, size_t len);

enum image_fault jpeg_decode(struct str content, unsigned max_side, struct image_sink *s);
enum image_fault png_decode(struct str content, unsigned max_side, struct image_sink *s);
bool jpeg_encode(const struct image_sink *s, struct image_out *o);
bool png_encode(const struct image_sink *s, struct image_out *o);

#endif
