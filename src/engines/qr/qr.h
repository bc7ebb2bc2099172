/* QR codes (ISO/IEC 18004, level M) as modules and as SVG. Pure; results live in the arena. */
#ifndef TB_QR_H
#define TB_QR_H

#include "core/base/str.h"

enum { QR_QUIET = 4, QR_TEXT_MAX = 1024 };

struct qr {
    unsigned size;       /* modules a side, without the quiet zone */
    const uint8_t *dark; /* size × size, row by row, 1 = dark */
};

/* false for empty text, text longer than QR_TEXT_MAX or with a NUL. */
bool qr_encode(struct arena *a, struct str text, struct qr *out);
/* A whole <svg> element with its quiet zone, black on white, without size of its own (the page's stylesheet
 * gives it) and hidden from screen readers: the page says beside it what it leads to. Empty where qr_encode
 * fails. */
struct str qr_svg(struct arena *a, struct str text);

#endif
