#include "engines/licencepdf/libpango.h"

#include "core/base/late.h"

static struct calls {
    struct libcairo cairo;
    struct libpango pango;
} calls;
const struct libcairo *const libcairo = &calls.cairo;
const struct libpango *const libpango = &calls.pango;

static const struct late_symbol symbols[] = {
    LATE_SYMBOL(calls, cairo.arc, cairo_arc),
    LATE_SYMBOL(calls, cairo.clip, cairo_clip),
    LATE_SYMBOL(calls, cairo.create, cairo_create),
    LATE_SYMBOL(calls, cairo.destroy, cairo_destroy),
    LATE_SYMBOL(calls, cairo.fill, cairo_fill),
    LATE_SYMBOL(calls, cairo.image_surface_create_for_data, cairo_image_surface_create_for_data),
    LATE_SYMBOL(calls, cairo.line_to, cairo_line_to),
    LATE_SYMBOL(calls, cairo.move_to, cairo_move_to),
    LATE_SYMBOL(calls, cairo.new_path, cairo_new_path),
    LATE_SYMBOL(calls, cairo.paint, cairo_paint),
    LATE_SYMBOL(calls, cairo.pdf_surface_create_for_stream, cairo_pdf_surface_create_for_stream),
    LATE_SYMBOL(calls, cairo.pdf_surface_restrict_to_version, cairo_pdf_surface_restrict_to_version),
    LATE_SYMBOL(calls, cairo.pdf_surface_set_metadata, cairo_pdf_surface_set_metadata),
    LATE_SYMBOL(calls, cairo.rectangle, cairo_rectangle),
    LATE_SYMBOL(calls, cairo.restore, cairo_restore),
    LATE_SYMBOL(calls, cairo.rotate, cairo_rotate),
    LATE_SYMBOL(calls, cairo.save, cairo_save),
    LATE_SYMBOL(calls, cairo.set_line_width, cairo_set_line_width),
    LATE_SYMBOL(calls, cairo.set_source_rgb, cairo_set_source_rgb),
    LATE_SYMBOL(calls, cairo.set_source_rgba, cairo_set_source_rgba),
    LATE_SYMBOL(calls, cairo.show_page, cairo_show_page),
    LATE_SYMBOL(calls, cairo.status, cairo_status),
    LATE_SYMBOL(calls, cairo.status_to_string, cairo_status_to_string),
    LATE_SYMBOL(calls, cairo.stroke, cairo_stroke),
    LATE_SYMBOL(calls, cairo.surface_destroy, cairo_surface_destroy),
    LATE_SYMBOL(calls, cairo.surface_finish, cairo_surface_finish),
    LATE_SYMBOL(calls, cairo.surface_status, cairo_surface_status),
    LATE_SYMBOL(calls, cairo.translate, cairo_translate),
    LATE_SYMBOL(calls, pango.object_unref, g_object_unref),
    LATE_SYMBOL(calls, pango.attr_letter_spacing_new, pango_attr_letter_spacing_new),
    LATE_SYMBOL(calls, pango.attr_list_insert, pango_attr_list_insert),
    LATE_SYMBOL(calls, pango.attr_list_new, pango_attr_list_new),
    LATE_SYMBOL(calls, pango.attr_list_unref, pango_attr_list_unref),
    LATE_SYMBOL(calls, pango.cairo_create_layout, pango_cairo_create_layout),
    LATE_SYMBOL(calls, pango.cairo_show_layout, pango_cairo_show_layout),
    LATE_SYMBOL(calls, pango.font_description_free, pango_font_description_free),
    LATE_SYMBOL(calls, pango.font_description_from_string, pango_font_description_from_string),
    LATE_SYMBOL(calls, pango.font_description_set_absolute_size, pango_font_description_set_absolute_size),
    LATE_SYMBOL(calls, pango.font_description_set_weight, pango_font_description_set_weight),
    LATE_SYMBOL(calls, pango.layout_get_size, pango_layout_get_size),
    LATE_SYMBOL(calls, pango.layout_set_alignment, pango_layout_set_alignment),
    LATE_SYMBOL(calls, pango.layout_set_attributes, pango_layout_set_attributes),
    LATE_SYMBOL(calls, pango.layout_set_font_description, pango_layout_set_font_description),
    LATE_SYMBOL(calls, pango.layout_set_text, pango_layout_set_text),
    LATE_SYMBOL(calls, pango.layout_set_width, pango_layout_set_width),
    LATE_SYMBOL(calls, pango.layout_set_wrap, pango_layout_set_wrap),
};

bool libpango_load(struct err *e)
{
    /* It needs the others: their functions are found through it. */
    static struct late library = {.library = "libpangocairo-1.0.so.0",
                                  .symbols = symbols,
                                  .count = sizeof symbols / sizeof symbols[0],
                                  .table = &calls,
                                  .lock = PTHREAD_MUTEX_INITIALIZER};
    return late_load(&library, e);
}
