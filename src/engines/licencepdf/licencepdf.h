/* Draws the page of an electronic licence: A4 upright, red frame, title, fields, a round seal with the
 * issuer's name, a QR code, and the mark 演示 across everything that is not real. No emblem of the state is
 * drawn.
 *
 * The same face gives the same bytes (with the same fonts and libraries): nothing of the time of drawing goes
 * in. Fonts: Noto CJK where installed, else what fontconfig finds. Not to be called on the writer's thread
 * (some ten milliseconds).
 *
 * uses: qr
 */
#ifndef TB_LICENCEPDF_H
#define TB_LICENCEPDF_H

#include "core/base/err.h"
#include "core/base/str.h"

enum { LICENCE_ROWS_MAX = 24, LICENCE_VALUE_MAX = 600 };

struct licence_row {
    struct str title, value;
};

struct licence_face {
    struct str type_name; /* the title */
    struct str number;    /* as printed */
    struct str licence_id;
    struct str issuer_name;
    struct str issued;               /* "2026-11-21" */
    struct str valid_from, valid_to; /* valid_to empty: long-term */
    struct str verify_url;           /* what the QR code holds */
    const struct licence_row *rows; /* long values are wrapped, and cut after LICENCE_VALUE_MAX code points */
    size_t row_count;               /* rows beyond LICENCE_ROWS_MAX are not drawn: INVALID "licence.rows" */
    bool demo;
    struct str
        reader; /* not "": a copy for that reader, named across the page and at its foot; no original */
};

/* A PDF 1.4 file, ready for manifest_attach. INVALID "licence.text" for texts above 1000 bytes,
 * "licence.url"; FAULT when cairo fails. */
bool licencepdf_draw(struct arena *a, const struct licence_face *face, struct str *pdf,
                     struct err *e) NODISCARD;

#endif
