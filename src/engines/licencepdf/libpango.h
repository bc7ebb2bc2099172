/* The functions of cairo and pango that draw a page, loaded with the first one (core/base/late.h). Nothing of
 * `libcairo` and `libpango` may be called before libpango_load succeeded. */
#ifndef TB_LIBPANGO_H
#define TB_LIBPANGO_H

#include "core/base/err.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

struct libcairo {
    typeof(cairo_arc) *arc;
    typeof(cairo_clip) *clip;
    typeof(cairo_create) *create;
    typeof(cairo_destroy) *destroy;
    typeof(cairo_fill) *fill;
    typeof(cairo_image_surface_create_for_data) *image_surface_create_for_data;
    typeof(cairo_line_to) *line_to;
    typeof(cairo_move_to) *move_to;
    typeof(cairo_new_path) *new_path;
    typeof(cairo_paint) *paint;
    typeof(cairo_pdf_surface_create_for_stream) *pdf_surface_create_for_stream;
    typeof(cairo_pdf_surface_restrict_to_version) *pdf_surface_restrict_to_version;
    typeof(cairo_pdf_surface_set_metadata) *pdf_surface_set_metadata;
    typeof(cairo_rectangle) *rectangle;
    typeof(cairo_restore) *restore;
    typeof(cairo_rotate) *rotate;
    typeof(cairo_save) *save;
    typeof(cairo_set_line_width) *set_line_width;
    typeof(cairo_set_source_rgb) *set_source_rgb;
    typeof(cairo_set_source_rgba) *set_source_rgba;
    typeof(cairo_show_page) *show_page;
    typeof(cairo_status) *status;
    typeof(cairo_status_to_string) *status_to_string;
    typeof(cairo_stroke) *stroke;
    typeof(cairo_surface_destroy) *surface_destroy;
    typeof(cairo_surface_finish) *surface_finish;
    typeof(cairo_surface_status) *surface_status;
    typeof(cairo_translate) *translate;
};
struct libpango {
    typeof(g_object_unref) *object_unref;
    typeof(pango_attr_letter_spacing_new) *attr_letter_spacing_new;
    typeof(pango_attr_list_insert) *attr_list_insert;
    typeof(pango_attr_list_new) *attr_list_new;
    typeof(pango_attr_list_unref) *attr_list_unref;
    typeof(pango_cairo_create_layout) *cairo_create_layout;
    typeof(pango_cairo_show_layout) *cairo_show_layout;
    typeof(pango_font_description_free) *font_description_free;
    typeof(pango_font_description_from_string) *font_description_from_string;
    typeof(pango_font_description_set_absolute_size) *font_description_set_absolute_size;
    typeof(pango_font_description_set_weight) *font_description_set_weight;
    typeof(pango_layout_get_size) *layout_get_size;
    typeof(pango_layout_set_alignment) *layout_set_alignment;
    typeof(pango_layout_set_attributes) *layout_set_attributes;
    typeof(pango_layout_set_font_description) *layout_set_font_description;
    typeof(pango_layout_set_text) *layout_set_text;
    typeof(pango_layout_set_width) *layout_set_width;
    typeof(pango_layout_set_wrap) *layout_set_wrap;
};

extern const struct libcairo *const libcairo;
extern const struct libpango *const libpango;

bool libpango_load(struct err *e) NODISCARD;

#endif
