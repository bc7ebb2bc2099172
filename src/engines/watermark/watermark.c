#include "engines/watermark/watermark.h"

#include "core/base/arena.h"
#include "engines/licencepdf/libpango.h"

#include <math.h>

#define FAMILY "Noto Sans CJK SC, Source Han Sans SC, sans-serif"

enum { SIZE = 18, ROOM = 36, SIDE_MAX = 4096 };
static const double slant = G_PI / 9;

static PangoLayout *layout_of(cairo_t *cr, struct str text)
{
    PangoLayout *l = libpango->cairo_create_layout(cr);
    PangoFontDescription *font = libpango->font_description_from_string(FAMILY);
    libpango->font_description_set_absolute_size(font, SIZE * PANGO_SCALE);
    libpango->font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    libpango->layout_set_font_description(l, font);
    libpango->font_description_free(font);
    libpango->layout_set_text(l, text.ptr, (int)text.len);
    return l;
}

/* cairo wants rows of whole words: widths here are multiples of four. */
static cairo_surface_t *surface_on(uint8_t *bytes, unsigned w, unsigned h)
{
    return libcairo->image_surface_create_for_data(bytes, CAIRO_FORMAT_A8, (int)w, (int)h, (int)w);
}

static bool measure(struct str text, double *w, double *h)
{
    uint8_t bytes[16] = {0};
    cairo_surface_t *s = surface_on(bytes, 4, 4);
    cairo_t *cr = libcairo->create(s);
    PangoLayout *l = layout_of(cr, text);
    int width, height;
    libpango->layout_get_size(l, &width, &height);
    libpango->object_unref(l);
    bool ok = libcairo->status(cr) == CAIRO_STATUS_SUCCESS;
    libcairo->destroy(cr);
    libcairo->surface_destroy(s);
    *w = (double)width / PANGO_SCALE;
    *h = (double)height / PANGO_SCALE;
    return ok;
}

static bool draw_on(uint8_t *bytes, unsigned w, unsigned h, struct str text, double down)
{
    cairo_surface_t *s = surface_on(bytes, w, h);
    cairo_t *cr = libcairo->create(s);
    PangoLayout *l = layout_of(cr, text);
    libcairo->translate(cr, ROOM / 2.0, ROOM / 2.0 + down);
    libcairo->rotate(cr, -slant);
    libcairo->set_source_rgba(cr, 0, 0, 0, 1);
    libcairo->move_to(cr, 0, 0);
    libpango->cairo_show_layout(cr, l);
    libpango->object_unref(l);
    bool ok = libcairo->status(cr) == CAIRO_STATUS_SUCCESS;
    libcairo->destroy(cr);
    libcairo->surface_finish(s);
    libcairo->surface_destroy(s);
    return ok;
}

bool watermark_draw(struct arena *a, struct str text, struct watermark *out, struct err *e)
{
    double text_w, text_h;
    if (!text.len || text.len > WATERMARK_TEXT_MAX)
        return err_invalid(e, "watermark.text", "The mark of the reader is empty or too long.");
    if (!libpango_load(e)) return false;
    if (!measure(text, &text_w, &text_h)) return err_fault(e, "the mark of the reader");
    double down = text_w * sin(slant);
    unsigned w = ((unsigned)(text_w * cos(slant) + text_h * sin(slant)) + ROOM + 3) & ~3u,
             h = (unsigned)(down + text_h * cos(slant)) + ROOM;
    if (w > SIDE_MAX || h > SIDE_MAX) return err_fault(e, "the mark of the reader is too large");
    uint8_t *bytes = arena_try(a, (size_t)w * h);
    if (!bytes) return err_fault(e, "memory");
    memset(bytes, 0, (size_t)w * h);
    if (!draw_on(bytes, w, h, text, down)) return err_fault(e, "the mark of the reader");
    *out = (struct watermark){.w = w, .h = h, .alpha = bytes};
    return true;
}
