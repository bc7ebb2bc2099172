/* The mark that names a reader, as a small picture to be laid over a larger one again and again (水印).
 *
 * The same text gives the same bytes with the same fonts and libraries. Some milliseconds; not on the
 * writer's thread.
 *
 * uses: licencepdf
 */
#ifndef TB_WATERMARK_H
#define TB_WATERMARK_H

#include "core/base/err.h"
#include "core/base/str.h"

enum { WATERMARK_TEXT_MAX = 400 }; /* bytes */

struct watermark {
    unsigned w, h;
    const uint8_t *alpha; /* rows from the top, w bytes each; 255: the letters */
};

/* Slanted, with room around it. INVALID "watermark.text" for an empty or too long text, FAULT when cairo
 * fails. */
bool watermark_draw(struct arena *a, struct str text, struct watermark *out, struct err *e) NODISCARD;

#endif
