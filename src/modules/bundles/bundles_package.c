/* One package of results: every licence and the decisions in words, as one file (ZIP, APPNOTE 6.3.10, members
 * stored as they are: PDFs are packed already). */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/bundles/bundles_apply.h"

#include <zlib.h>

enum { PARTS_MAX = BUNDLE_MEMBERS_MAX + 1, UTF8_NAMES = 0x0800, VERSION_NEEDED = 20, DOS_DAY = 0x21 };

struct part {
    struct str name, content;
    uint32_t crc;
    size_t at;
};

static void put16(struct buf *b, unsigned n)
{
    buf_add_char(b, (char)(n & 0xff));
    buf_add_char(b, (char)(n >> 8 & 0xff));
}

static void put32(struct buf *b, uint32_t n)
{
    put16(b, n & 0xffff);
    put16(b, n >> 16);
}

/* What local header and central directory have in common. Days are left at the format's first one: when a
 * licence was issued stands in it. */
static void put_common(struct buf *b, const struct part *p)
{
    put16(b, VERSION_NEEDED);
    put16(b, UTF8_NAMES);
    put16(b, 0);
    put16(b, 0);
    put16(b, DOS_DAY);
    put32(b, p->crc);
    put32(b, (uint32_t)p->content.len);
    put32(b, (uint32_t)p->content.len);
    put16(b, (unsigned)p->name.len);
    put16(b, 0);
}

static struct str zip(struct arena *a, struct part *parts, size_t count)
{
    size_t total = 1024;
    for (size_t i = 0; i < count; i++)
        total += parts[i].content.len + 2 * parts[i].name.len + 128;
    struct buf b = buf_new(a, total);
    for (size_t i = 0; i < count; i++) {
        struct part *p = &parts[i];
        p->at = b.len;
        p->crc = (uint32_t)crc32(0, (const Bytef *)p->content.ptr, (uInt)p->content.len);
        put32(&b, 0x04034b50);
        put_common(&b, p);
        buf_add(&b, p->name);
        buf_add(&b, p->content);
    }
    size_t directory = b.len;
    for (size_t i = 0; i < count; i++) {
        put32(&b, 0x02014b50);
        put16(&b, VERSION_NEEDED);
        put_common(&b, &parts[i]);
        put16(&b, 0);
        put16(&b, 0);
        put16(&b, 0);
        put32(&b, 0);
        put32(&b, (uint32_t)parts[i].at);
        buf_add(&b, parts[i].name);
    }
    size_t end = b.len;
    put32(&b, 0x06054b50);
    put32(&b, 0);
    put16(&b, (unsigned)count);
    put16(&b, (unsigned)count);
    put32(&b, (uint32_t)(end - directory));
    put32(&b, (uint32_t)directory);
    put16(&b, 0);
    return buf_str(&b);
}

static void say(struct buf *b, struct str label, struct str value)
{
    if (value.len) buf_fmt(b, "%.*s: %.*s\r\n", STR_ARG(label), STR_ARG(value));
}

/* A name no file system refuses. */
static struct str file_name(struct ctx *c, size_t n, struct str item, struct str number)
{
    struct buf b = buf_new(c->arena, 128);
    buf_fmt(&b, "%02zu ", n);
    for (size_t i = 0; i < item.len; i++)
        buf_add_char(&b, strchr("/\\:*?\"<>|", item.ptr[i]) ? '-' : item.ptr[i]);
    buf_fmt(&b, " %.*s.pdf", STR_ARG(number));
    return buf_str(&b);
}

static bool add_row(struct ctx *c, const struct bundle_file *f, const struct bundle_row *r,
                    struct part *parts, size_t *count, struct buf *words)
{
    struct case_view v;
    struct licence l;
    struct str pdf;
    bool found, theirs = bundle_results_theirs(c, f, r->unit);
    if (c->err->kind != ERR_NONE) return false;
    say(words, r->item_name, bundle_member_text(c, r));
    say(words, ctx_tr(c, "Department"), bundle_unit_name(c, r->unit));
    say(words, ctx_tr(c, "Reference number"), r->case_no);
    if (r->case_id && theirs) {
        if (!case_view(c, r->case_id, &v, NULL, NULL) || !licence_of_case(c, r->case_id, &l, &found))
            return false;
        say(words, ctx_tr(c, "Decision"), v.opinion);
        if (found && bundle_licence_there(&l)) {
            say(words, l.type_name, l.number);
            if (!licence_document(c, l.id, &pdf)) return false;
            struct part p = {.name = file_name(c, *count + 1, l.type_name, l.number), .content = pdf};
            parts[(*count)++] = p;
        }
    }
    buf_add_c(words, "\r\n");
    return true;
}

/* In a prepare step: files are read outside of the writer. */
bool bundles_package_make(struct ctx *c)
{
    struct bundle_file f;
    struct bundle_row *rows;
    struct part parts[PARTS_MAX];
    size_t count, n = 0;
    int64_t id;
    bool found;
    if (!ctx_path_id(c, "id", &id) || !bundle_scope(c) || !bundle_store_find(c, id, &f, &found) ||
        !bundle_store_members(c, id, &rows, &count))
        return false;
    if (str_eq_c(f.status, "draft"))
        return err_conflict(c->err, "bundle.open", "Not everything has been answered yet.");
    struct buf words = buf_new(c->arena, 4096);
    buf_add_c(&words, "\xef\xbb\xbf");
    say(&words, f.name, f.number);
    say(&words, ctx_tr(c, "As of"), time_words_full(c->lang, c->arena, c->now));
    buf_add_c(&words, "\r\n");
    for (size_t i = 0; i < count && n + 1 < PARTS_MAX; i++)
        if (!add_row(c, &f, &rows[i], parts, &n, &words)) return false;
    parts[n++] = (struct part){.name = c->lang == &lang_en ? STR("decisions.txt") : STR("决定.txt"),
                               .content = buf_str(&words)};
    c->prepared = json_string(c->arena, zip(c->arena, parts, n));
    return true;
}

bool bundles_package(struct ctx *c)
{
    struct bundle_file f;
    bool found;
    if (!bundle_store_find(c, c->row, &f, &found)) return false;
    return ctx_file(c, json_text(c->prepared), "application/zip",
                    str_fmt(c->arena, "%.*s.zip", STR_ARG(f.number)));
}
