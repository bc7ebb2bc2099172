#include "engines/qr/qr.h"

#include <qrencode.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

bool qr_encode(struct arena *a, struct str text, struct qr *out)
{
    if (text.len == 0 || text.len > QR_TEXT_MAX || memchr(text.ptr, 0, text.len)) return false;
    const char *z = str_z(a, text);
    QRcode *code = QRcode_encodeString8bit(z, 0, QR_ECLEVEL_M);
    if (!code) return false;
    size_t width = (size_t)code->width;
    uint8_t *dark = arena_try(a, width * width);
    for (size_t i = 0; dark && i < width * width; i++)
        dark[i] = code->data[i] & 1;
    QRcode_free(code);
    *out = (struct qr){(unsigned)width, dark};
    return dark != NULL;
}

struct str qr_svg(struct arena *a, struct str text)
{
    struct qr q;
    if (!qr_encode(a, text, &q)) return STR_EMPTY;
    unsigned side = q.size + 2 * QR_QUIET;
    struct buf b = buf_new(a, 8192);
    buf_fmt(
        &b,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 %u %u\" aria-hidden=\"true\" "
        "focusable=\"false\""
        " shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%uv%uH0z\"/><path fill=\"#000\" d=\"",
        side, side, side, side);
    for (unsigned y = 0; y < q.size; y++)
        for (unsigned x = 0; x < q.size;) {
            unsigned from = x;
            while (x < q.size && q.dark[y * q.size + x])
                x++;
            if (x > from)
                buf_fmt(&b, "M%u %uh%uv1h-%uz", from + QR_QUIET, y + QR_QUIET, x - from, x - from);
            else
                x++;
        }
    buf_add_c(&b, "\"/></svg>");
    return buf_str(&b);
}
