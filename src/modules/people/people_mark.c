/* Who reads: the mark on pages and files that officers take out of the program (水印). */
#include "core/auth/auth.h"
#include "core/base/time.h"
#include "core/blob/blob.h"
#include "engines/watermark/watermark.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

#include <string.h>

enum { MARK_LETTERS = 80 };

#define BYTE_ORDER_MARK "\xEF\xBB\xBF" /* spreadsheets read UTF-8 only with it */

bool people_mark(struct ctx *c, struct str *out)
{
    struct account a = {0};
    const struct unit *u = c->actor.unit ? orgs_unit(c, c->actor.unit) : NULL;
    if (c->actor.account && !account_load(c, c->actor.account, &a)) return false;
    struct str name = ctx_actor_name(c);
    *out = str_fmt(c->arena, "%.*s %.*s%s%.*s · %.*s", STR_ARG(name), STR_ARG(a.login), u ? " · " : "",
                   STR_ARG(u ? u->name : STR_EMPTY), STR_ARG(time_format(c->arena, c->now)));
    return true;
}

/* ---- files ---- */

/* "photo.jpg" → "photo_zhang.san_20261123-0900.jpg": which copy it is shows without opening it. */
static bool marked_name(struct ctx *c, struct str name, struct str *out)
{
    struct account a = {0};
    struct civil t = time_civil(c->now);
    size_t dot = name.len;
    if (c->actor.account && !account_load(c, c->actor.account, &a)) return false;
    while (dot > 0 && name.ptr[dot - 1] != '.')
        dot--;
    struct str stem = dot ? str_slice(name, 0, dot - 1) : name,
               end = dot ? str_slice(name, dot - 1, name.len) : STR_EMPTY;
    *out = str_fmt(c->arena, "%.*s_%.*s_%04d%02d%02d-%02d%02d%.*s", STR_ARG(stem), STR_ARG(a.login), t.year,
                   t.month, t.day, t.hour, t.minute, STR_ARG(end));
    return true;
}

static bool draw_mark(struct ctx *c, struct str mark, struct image_mask *out)
{
    struct watermark w;
    if (!watermark_draw(c->arena, utf8_head(mark, MARK_LETTERS), &w, c->err)) return false;
    *out = (struct image_mask){.w = w.w, .h = w.h, .alpha = w.alpha};
    return true;
}

static bool mark_pages(struct ctx *c, struct str *content, struct str mark)
{
    struct image_mask m;
    return draw_mark(c, mark, &m) && pdf_stamp(c->arena, *content, &m, mark, content, c->err);
}

static bool mark_over(struct ctx *c, enum file_kind kind, struct str *content, struct str mark)
{
    struct image_mask m;
    return draw_mark(c, mark, &m) && image_stamp(c->arena, kind, *content, &m, content, c->err);
}

bool people_send_file(struct ctx *c, struct str content, struct str type, struct str name)
{
    struct str mark;
    enum file_kind kind = file_sniff(content);
    if (c->actor.kind != ACTOR_OFFICER) return ctx_file(c, content, str_z(c->arena, type), name);
    if (!people_mark(c, &mark) || !marked_name(c, name, &name)) return false;
    if (kind == FILE_PDF && !mark_pages(c, &content, mark)) return false;
    if ((kind == FILE_JPEG || kind == FILE_PNG) && !mark_over(c, kind, &content, mark)) return false;
    return ctx_file(c, content, str_z(c->arena, type), name);
}

/* ---- tables as files ---- */

void people_table_cell(struct people_table *t, struct str value)
{
    bool quoted = false, runs = value.len && memchr("=+-@\t\r", value.ptr[0], 6) != NULL;
    int64_t number;
    if (runs && str_to_i64(value, &number)) runs = false;
    for (size_t i = 0; i < value.len && !quoted; i++)
        quoted = memchr(",\"\r\n", value.ptr[i], 4) != NULL;
    if (t->cells++) buf_add_char(&t->text, ',');
    if (quoted) buf_add_char(&t->text, '"');
    if (runs) buf_add_char(&t->text, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '"') buf_add_char(&t->text, '"');
        buf_add_char(&t->text, value.ptr[i]);
    }
    if (quoted) buf_add_char(&t->text, '"');
}

void people_table_number(struct people_table *t, int64_t value)
{
    char digits[20];
    people_table_cell(t, str_n(digits, str_put_i64(digits, value)));
}

void people_table_row(struct people_table *t)
{
    buf_add_c(&t->text, "\r\n");
    t->cells = 0;
}

static bool add_mark(struct ctx *c, struct people_table *t)
{
    struct str mark;
    if (!people_mark(c, &mark)) return false;
    people_table_cell(t, tr_arg(c->lang, c->arena, "Taken by %{arg}", mark));
    people_table_row(t);
    return true;
}

bool people_table_begin(struct ctx *c, struct people_table *t)
{
    *t = (struct people_table){.text = buf_new(c->arena, 4096)};
    buf_add_c(&t->text, BYTE_ORDER_MARK);
    return add_mark(c, t);
}

bool people_table_send(struct ctx *c, struct people_table *t, struct str filename)
{
    return add_mark(c, t) && ctx_file(c, buf_str(&t->text), "text/csv; charset=utf-8", filename);
}
