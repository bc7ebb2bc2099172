#include "engines/licencepdf/licencepdf_internal.h"

#include "core/base/arena.h"
#include "engines/licencepdf/libpango.h"
#include "engines/qr/qr.h"

#define SERIF "Noto Serif CJK SC, Source Han Serif SC, serif"
#define SANS  "Noto Sans CJK SC, Source Han Sans SC, sans-serif"

enum { TEXT_MAX = 1000 }; /* bytes of one text outside the rows */

/* Points; A4. */
static const double page_w = 595.28, page_h = 841.89, margin = 34, text_left = 74, text_right = 521.28;

struct output {
    uint8_t *bytes;
    size_t len, cap;
};

struct canvas {
    cairo_t *cr;
    struct arena *arena;
    const struct licence_face *face;
};

static cairo_status_t on_write(void *arg, const unsigned char *data, unsigned len)
{
    struct output *o = arg;
    if (len > o->cap - o->len) {
        size_t cap = o->cap ? o->cap * 2 : 1 << 16;
        while (cap - o->len < len)
            cap *= 2;
        uint8_t *bytes = mem_resize(o->bytes, cap, 1);
        if (!bytes) return CAIRO_STATUS_NO_MEMORY;
        o->bytes = bytes;
        o->cap = cap;
    }
    memcpy(o->bytes + o->len, data, len);
    o->len += len;
    return CAIRO_STATUS_SUCCESS;
}

static void red(cairo_t *cr)
{
    libcairo->set_source_rgb(cr, 0.72, 0.11, 0.11);
}

static void ink(cairo_t *cr)
{
    libcairo->set_source_rgb(cr, 0.13, 0.13, 0.15);
}

static void grey(cairo_t *cr)
{
    libcairo->set_source_rgb(cr, 0.42, 0.42, 0.45);
}

struct style {
    const char *family;
    double size, width; /* width 0: no wrapping */
    PangoAlignment align;
    bool bold;
    double spacing; /* between letters */
};

/* A layout to be given back with object_unref. */
static PangoLayout *layout_of(cairo_t *cr, struct str text, const struct style *s)
{
    PangoLayout *l = libpango->cairo_create_layout(cr);
    PangoFontDescription *font = libpango->font_description_from_string(s->family);
    libpango->font_description_set_absolute_size(font, s->size * PANGO_SCALE);
    libpango->font_description_set_weight(font, s->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    libpango->layout_set_font_description(l, font);
    libpango->font_description_free(font);
    if (s->spacing > 0) {
        PangoAttrList *list = libpango->attr_list_new();
        libpango->attr_list_insert(list, libpango->attr_letter_spacing_new((int)(s->spacing * PANGO_SCALE)));
        libpango->layout_set_attributes(l, list);
        libpango->attr_list_unref(list);
    }
    if (s->width > 0) {
        libpango->layout_set_width(l, (int)(s->width * PANGO_SCALE));
        libpango->layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    }
    libpango->layout_set_alignment(l, s->align);
    libpango->layout_set_text(l, text.ptr, (int)text.len);
    return l;
}

/* Returns the height drawn. */
static double write_text(cairo_t *cr, double x, double y, struct str text, const struct style *s)
{
    PangoLayout *l = layout_of(cr, text, s);
    int h;
    libpango->layout_get_size(l, NULL, &h);
    libcairo->move_to(cr, x, y);
    libpango->cairo_show_layout(cr, l);
    libpango->object_unref(l);
    return (double)h / PANGO_SCALE;
}

static double height_of(cairo_t *cr, struct str text, const struct style *s)
{
    PangoLayout *l = layout_of(cr, text, s);
    int h;
    libpango->layout_get_size(l, NULL, &h);
    libpango->object_unref(l);
    return (double)h / PANGO_SCALE;
}

static void box(cairo_t *cr, double inset, double width)
{
    libcairo->set_line_width(cr, width);
    libcairo->rectangle(cr, inset, inset, page_w - 2 * inset, page_h - 2 * inset);
    libcairo->stroke(cr);
}

/* A meander of two squares in each corner, plain geometry. */
static void corner(cairo_t *cr, double x, double y, double dx, double dy)
{
    static const double steps[][2] = {{0, 26}, {0, 0}, {26, 0}, {26, 18}, {8, 18}, {8, 8}, {18, 8}};
    libcairo->set_line_width(cr, 1.4);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        double px = x + dx * steps[i][0], py = y + dy * steps[i][1];
        if (i)
            libcairo->line_to(cr, px, py);
        else
            libcairo->move_to(cr, px, py);
    }
    libcairo->stroke(cr);
}

static void draw_frame(cairo_t *cr)
{
    libcairo->set_source_rgb(cr, 0.996, 0.992, 0.976);
    libcairo->paint(cr);
    red(cr);
    box(cr, margin - 8, 3.2);
    box(cr, margin, 0.8);
    double far_x = page_w - margin - 7, far_y = page_h - margin - 7, near = margin + 7;
    corner(cr, near, near, 1, 1);
    corner(cr, far_x, near, -1, 1);
    corner(cr, near, far_y, 1, -1);
    corner(cr, far_x, far_y, -1, -1);
}

struct mark {
    struct str text;
    double size, across, down; /* from one to the next */
    double colour[3];
};

static void draw_mark(const struct canvas *c, const struct mark *m)
{
    const struct style s = {.family = SERIF, .size = m->size, .bold = true, .align = PANGO_ALIGN_LEFT};
    libcairo->save(c->cr);
    libcairo->rectangle(c->cr, margin + 1, margin + 1, page_w - 2 * margin - 2, page_h - 2 * margin - 2);
    libcairo->clip(c->cr);
    for (int row = 0; 170 + row * m->down < page_h; row++)
        for (int column = 0; column * m->across < page_w; column++) {
            libcairo->save(c->cr);
            libcairo->translate(c->cr, 40 + column * m->across + (row % 2) * 60, 170 + row * m->down);
            libcairo->rotate(c->cr, -G_PI / 6);
            libcairo->set_source_rgb(c->cr, m->colour[0], m->colour[1], m->colour[2]);
            write_text(c->cr, 0, 0, m->text, &s);
            libcairo->restore(c->cr);
        }
    libcairo->restore(c->cr);
}

/* Over what is written, so that no part can be cut out without it; under the QR code, which must be read. */
static void draw_reader(const struct canvas *c)
{
    const struct mark m = {
        .text = c->face->reader, .size = 13, .across = 330, .down = 105, .colour = {0.72, 0.74, 0.80}};
    const struct style line = {
        .family = SANS, .size = 8.5, .bold = true, .align = PANGO_ALIGN_CENTER, .width = page_w - 2 * margin};
    draw_mark(c, &m);
    ink(c->cr);
    write_text(c->cr, margin, page_h - 25,
               str_fmt(c->arena, "查阅副本，不作证照使用 · 查阅人 %.*s", STR_ARG(c->face->reader)), &line);
}

static const struct mark demo_mark = {.text = {"演示 · 无效", sizeof "演示 · 无效" - 1},
                                      .size = 30,
                                      .across = 200,
                                      .down = 130,
                                      .colour = {0.90, 0.89, 0.88}};

static double draw_title(const struct canvas *c)
{
    struct style s = {.family = SERIF,
                      .size = 34,
                      .bold = true,
                      .align = PANGO_ALIGN_CENTER,
                      .width = text_right - text_left,
                      .spacing = 3};
    size_t letters = utf8_count(c->face->type_name);
    if (letters > 11) s.size = 25;
    if (letters > 16) s.size = 20;
    red(c->cr);
    double y = 96;
    y += write_text(c->cr, text_left, y, c->face->type_name, &s) + 8;
    const struct style small = {.family = SANS,
                                .size = 11,
                                .align = PANGO_ALIGN_CENTER,
                                .width = text_right - text_left,
                                .spacing = 1};
    grey(c->cr);
    y += write_text(c->cr, text_left, y, c->face->demo ? STR("（电子证照 · 演示）") : STR("（电子证照）"),
                    &small) +
         14;
    ink(c->cr);
    struct str number = str_fmt(c->arena, "证照编号：%.*s", STR_ARG(c->face->number));
    const struct style right = {
        .family = SANS, .size = 11, .align = PANGO_ALIGN_RIGHT, .width = text_right - text_left};
    y += write_text(c->cr, text_left, y, number, &right) + 10;
    return y;
}

/* Rows of title and value between hair lines; smaller letters when they would not fit above `bottom`. */
static void draw_rows(const struct canvas *c, double top, double bottom)
{
    const double title_w = 112, gap = 14;
    struct style title = {.family = SANS, .align = PANGO_ALIGN_LEFT, .width = title_w},
                 value = {.family = SERIF,
                          .align = PANGO_ALIGN_LEFT,
                          .width = text_right - text_left - title_w - gap};
    double sizes[] = {14, 12, 10.5, 9, 7.5, 6}, padding = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        title.size = sizes[i] * 0.86;
        value.size = sizes[i];
        padding = sizes[i] * 0.62;
        double sum = 0;
        for (size_t r = 0; r < c->face->row_count; r++) {
            double t = height_of(c->cr, c->face->rows[r].title, &title),
                   v = height_of(c->cr, utf8_head(c->face->rows[r].value, LICENCE_VALUE_MAX), &value);
            sum += (t > v ? t : v) + 2 * padding;
        }
        if (sum <= bottom - top) break;
    }
    libcairo->save(c->cr);
    libcairo->rectangle(c->cr, 0, 0, page_w, bottom);
    libcairo->clip(c->cr);
    double y = top;
    for (size_t r = 0; r < c->face->row_count; r++) {
        const struct licence_row *row = &c->face->rows[r];
        libcairo->set_source_rgba(c->cr, 0.72, 0.11, 0.11, 0.35);
        libcairo->set_line_width(c->cr, 0.5);
        libcairo->move_to(c->cr, text_left, y);
        libcairo->line_to(c->cr, text_right, y);
        libcairo->stroke(c->cr);
        grey(c->cr);
        double t = write_text(c->cr, text_left, y + padding * 1.15, row->title, &title);
        ink(c->cr);
        double v = write_text(c->cr, text_left + title_w + gap, y + padding,
                              utf8_head(row->value, LICENCE_VALUE_MAX), &value);
        y += (t > v ? t : v) + 2 * padding;
    }
    libcairo->restore(c->cr);
}

static struct str chinese_date(struct arena *a, struct str iso)
{
    if (iso.len != 10) return iso;
    int64_t month = 0, day = 0;
    if (!str_to_i64(str_slice(iso, 5, 7), &month) || !str_to_i64(str_slice(iso, 8, 10), &day)) return iso;
    return str_fmt(a, "%.*s年%d月%d日", 4, iso.ptr, (int)month, (int)day);
}

static void draw_seal(const struct canvas *c, double x, double y)
{
    const double radius = 56;
    cairo_t *cr = c->cr;
    size_t letters = utf8_count(c->face->issuer_name), index = 0;
    if (letters == 0) return;
    libcairo->save(cr);
    libcairo->set_source_rgba(cr, 0.82, 0.07, 0.07, 0.86);
    libcairo->set_line_width(cr, 2.6);
    libcairo->new_path(cr);
    libcairo->arc(cr, x, y, radius, 0, 2 * G_PI);
    libcairo->stroke(cr);
    libcairo->set_line_width(cr, 0.7);
    libcairo->arc(cr, x, y, radius - 4.5, 0, 2 * G_PI);
    libcairo->stroke(cr);
    /* The name along the upper arc, at most 280 degrees. */
    double step = letters > 1 ? 280.0 / (double)(letters - 1) : 0;
    if (step > 26) step = 26;
    double size = letters > 16   ? 8.5
                  : letters > 12 ? 10.5
                                 : 13,
           start = -90 - step * (double)(letters - 1) / 2;
    const struct style s = {.family = SERIF, .size = size, .bold = true, .align = PANGO_ALIGN_LEFT};
    for (size_t pos = 0; pos < c->face->issuer_name.len; index++) {
        size_t from = pos;
        utf8_next(c->face->issuer_name, &pos);
        PangoLayout *l = layout_of(cr, str_slice(c->face->issuer_name, from, pos), &s);
        int w, h;
        libpango->layout_get_size(l, &w, &h);
        libcairo->save(cr);
        libcairo->translate(cr, x, y);
        libcairo->rotate(cr, (start + step * (double)index + 90) * G_PI / 180);
        libcairo->move_to(cr, -(double)w / PANGO_SCALE / 2, -radius + 7);
        libpango->cairo_show_layout(cr, l);
        libcairo->restore(cr);
        libpango->object_unref(l);
    }
    const struct style middle = {.family = SERIF,
                                 .size = c->face->demo ? 19 : 13,
                                 .bold = true,
                                 .align = PANGO_ALIGN_CENTER,
                                 .width = 80},
                       below = {.family = SANS, .size = 8, .align = PANGO_ALIGN_CENTER, .width = 80};
    write_text(cr, x - 40, y - (c->face->demo ? 14 : 9), c->face->demo ? STR("演示") : STR("电子证照"),
               &middle);
    write_text(cr, x - 40, y + 19, STR("电子证照专用"), &below);
    libcairo->restore(cr);
}

static void draw_qr(const struct canvas *c, const struct qr *q, double x, double y, double side)
{
    double module = side / (q->size + 2 * QR_QUIET);
    libcairo->set_source_rgb(c->cr, 1, 1, 1);
    libcairo->rectangle(c->cr, x, y, side, side);
    libcairo->fill(c->cr);
    libcairo->set_source_rgb(c->cr, 0, 0, 0);
    for (unsigned row = 0; row < q->size; row++)
        for (unsigned column = 0; column < q->size;) {
            unsigned from = column;
            while (column < q->size && q->dark[row * q->size + column])
                column++;
            if (column > from)
                libcairo->rectangle(c->cr, x + (from + QR_QUIET) * module, y + (row + QR_QUIET) * module,
                                    (column - from) * module, module);
            else
                column++;
        }
    libcairo->fill(c->cr);
}

static void draw_foot(const struct canvas *c, const struct qr *q)
{
    const struct licence_face *f = c->face;
    const struct style s = {.family = SANS, .size = 12, .align = PANGO_ALIGN_LEFT, .width = 250},
                       tiny = {.family = SANS,
                               .size = 7.5,
                               .align = PANGO_ALIGN_LEFT,
                               .width = text_right - text_left};
    const double top = 640, column = 268;
    struct str issued = chinese_date(c->arena, f->issued), from = chinese_date(c->arena, f->valid_from),
               to = f->valid_to.len ? chinese_date(c->arena, f->valid_to) : STR("长期");
    draw_qr(c, q, text_left, top - 6, 108);
    grey(c->cr);
    write_text(c->cr, text_left + 4, top + 104, STR("扫码核验真伪与当前状态"), &tiny);
    ink(c->cr);
    double y = top - 22;
    y += write_text(c->cr, column, y, str_fmt(c->arena, "有效期：%.*s 至 %.*s", STR_ARG(from), STR_ARG(to)),
                    &s) +
         14;
    y += write_text(c->cr, column, y, str_fmt(c->arena, "发证机关：%.*s", STR_ARG(f->issuer_name)), &s) + 10;
    write_text(c->cr, column, y, str_fmt(c->arena, "发证日期：%.*s", STR_ARG(issued)), &s);
    /* Over the end of name and date, as a seal is set. */
    draw_seal(c, 458, top + 54);
    grey(c->cr);
    y = write_text(c->cr, text_left, 766, str_fmt(c->arena, "电子证照标识 %.*s", STR_ARG(f->licence_id)),
                   &tiny);
    write_text(c->cr, text_left, 766 + y + 1,
               f->reader.len ? STR("本页不含签名清单；真伪与当前状态以扫码结果为准。")
               : f->demo ? STR("本证照为演示数据，不具法律效力；内嵌签名清单可离线核验。")
                         : STR("内嵌签名清单，可离线核验；当前状态以扫码结果为准。"),
               &tiny);
}

static void draw_page(const struct canvas *c, const struct qr *q)
{
    draw_frame(c->cr);
    if (c->face->demo) draw_mark(c, &demo_mark);
    double y = draw_title(c);
    draw_rows(c, y + 4, 604);
    if (c->face->reader.len) draw_reader(c);
    draw_foot(c, q);
    libcairo->show_page(c->cr);
}

bool licencepdf_draw(struct arena *a, const struct licence_face *face, struct str *pdf, struct err *e)
{
    struct output o = {0};
    struct qr q;
    if (face->row_count > LICENCE_ROWS_MAX)
        return err_invalid(e, "licence.rows", "A licence has too many fields for one page.");
    if (face->type_name.len > TEXT_MAX || face->number.len > TEXT_MAX || face->licence_id.len > TEXT_MAX ||
        face->issuer_name.len > TEXT_MAX || face->issued.len > TEXT_MAX || face->valid_from.len > TEXT_MAX ||
        face->valid_to.len > TEXT_MAX || face->reader.len > TEXT_MAX)
        return err_invalid(e, "licence.text", "A text on the licence is too long.");
    if (!qr_encode(a, face->verify_url, &q))
        return err_invalid(e, "licence.url", "The address for verifying does not fit a QR code.");
    if (!libpango_load(e)) return false;
    /* Texts are made in an arena of their own, whose end cannot jump across cairo's frames. */
    const char *title = str_z(a, face->type_name),
               *created = str_z(a, str_fmt(a, "%.*sT00:00:00", STR_ARG(face->issued)));
    struct arena *texts = arena_new(1 << 20);
    if (!texts) return err_fault(e, "memory");
    cairo_surface_t *surface = libcairo->pdf_surface_create_for_stream(on_write, &o, page_w, page_h);
    libcairo->pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4);
    libcairo->pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    libcairo->pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Tongban");
    libcairo->pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
    struct canvas c = {libcairo->create(surface), texts, face};
    draw_page(&c, &q);
    cairo_status_t status = libcairo->status(c.cr);
    libcairo->destroy(c.cr);
    libcairo->surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS) status = libcairo->surface_status(surface);
    libcairo->surface_destroy(surface);
    arena_drop(texts);
    char *copy = status == CAIRO_STATUS_SUCCESS ? arena_try(a, o.len + 1) : NULL;
    if (copy) memcpy(copy, o.bytes, o.len);
    mem_free(o.bytes);
    if (!copy) return err_fault(e, "licence page: %s", libcairo->status_to_string(status));
    *pdf = licencepdf_pack(a, str_n(copy, o.len));
    return true;
}

/* Fontconfig and cairo keep caches for the life of a thread in a way the leak checker does not see through.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TB_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define TB_ASAN 1
#endif
#ifdef TB_ASAN
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n";
}
#endif
