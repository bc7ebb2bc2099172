/* A mark over every page of whatever PDF was handed in, the bytes of which stay what they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/blob/pdf_internal.h"

enum { SIDE = 40, PLACES = 40 };

static struct arena *a;
static struct image_mask mask;

/* ---- files as programs make them ---- */

struct writer {
    struct buf b;
    size_t places[PLACES];
    int count;
};

static struct writer begin(const char *version)
{
    struct writer w = {.b = buf_new(a, 4096), .count = 1};
    buf_fmt(&w.b, "%%PDF-%s\n", version);
    return w;
}

static void object(struct writer *w, int number, const char *text)
{
    w->places[number] = w->b.len;
    if (number >= w->count) w->count = number + 1;
    buf_fmt(&w->b, "%d 0 obj\n%s\nendobj\n", number, text);
}

static struct str with_table(struct writer *w, const char *trailer)
{
    size_t at = w->b.len;
    buf_fmt(&w->b, "xref\n0 %d\n0000000000 65535 f \n", w->count);
    for (int i = 1; i < w->count; i++)
        buf_fmt(&w->b, "%010zu 00000 n \n", w->places[i]);
    buf_fmt(&w->b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n", w->count, trailer, at);
    return buf_str(&w->b);
}

static struct str packed(const char *text)
{
    uLongf len = compressBound((uLong)strlen(text));
    uint8_t *to = arena_alloc(a, len);
    assert_int_equal(compress(to, &len, (const Bytef *)text, (uLong)strlen(text)), Z_OK);
    return str_n(to, len);
}

/* Objects 1 to 3 in an object stream (4), the cross-reference section a stream (5). */
static struct str with_streams(void)
{
    static const char texts[] = "1 0 2 30 3 70 "
                                "<</Type/Catalog/Pages 2 0 R>> "
                                "<</Type/Pages/Kids[3 0 R]/Count 1    >> "
                                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>";
    struct writer w = begin("1.7");
    struct str data = packed(texts);
    size_t four = w.b.len;
    buf_fmt(&w.b, "4 0 obj\n<</Type/ObjStm/N 3/First 14/Filter/FlateDecode/Length %zu>>stream\n", data.len);
    buf_add(&w.b, data);
    buf_add_c(&w.b, "\nendstream\nendobj\n");
    size_t five = w.b.len;
    const uint8_t entries[6][4] = {{0},
                                   {2, 0, 4, 0},
                                   {2, 0, 4, 1},
                                   {2, 0, 4, 2},
                                   {1, (uint8_t)(four >> 8), (uint8_t)four, 0},
                                   {1, (uint8_t)(five >> 8), (uint8_t)five, 0}};
    buf_fmt(&w.b, "5 0 obj\n<</Type/XRef/W[1 2 1]/Size 6/Root 1 0 R/Length %zu>>stream\n", sizeof entries);
    buf_add(&w.b, str_n(entries, sizeof entries));
    buf_fmt(&w.b, "\nendstream\nendobj\nstartxref\n%zu\n%%%%EOF\n", five);
    return buf_str(&w.b);
}

/* Three pages at two depths; boxes inherited; annotations none, in place, and elsewhere. */
static struct str with_pages(void)
{
    struct writer w = begin("1.4");
    object(&w, 1, "<< /Type /Catalog /Pages 2 0 R >>");
    object(&w, 2, "<</Type/Pages/Kids[3 0 R 6 0 R 3 0 R]/Count 3/MediaBox [0 0 200 100]>>");
    object(&w, 3, "<</Type/Page/Parent 2 0 R/CropBox[50 10 150 90]>>");
    object(&w, 4, "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]>>");
    object(&w, 5, "[4 0 R]");
    object(&w, 6, "<</Type/Pages/Parent 2 0 R/Kids[7 0 R 8 0 R]/Count 2>>");
    object(&w, 7, "<</Type/Page/Parent 6 0 R/Annots[4 0 R]/Note(a \\) b >> /Annots)>>");
    object(&w, 8, "<</Type/Page/Parent 6 0 R/Annots 5 0 R/MediaBox[0 0 1 2] >>");
    return with_table(&w, "");
}

/* ---- what became of them ---- */

static const char *stamped(struct str file, struct str *out)
{
    struct err e = {0};
    return pdf_stamp(a, file, &mask, STR("朱溪 zhu.xi 😀"), out, &e) ? "fine" : e.code;
}

/* Is the last annotation of that page the mark? */
static bool page_marked(struct pdf *p, int64_t number)
{
    struct str page = pdf_text(p, number), list = pdf_get(p, page, "Annots"), one, last = STR_EMPTY;
    size_t pos = 1;
    while (list.len && pdf_value(p, list, &pos, &one))
        last = one;
    struct str mark = pdf_resolve(p, last);
    struct str form = pdf_resolve(p, pdf_get(p, pdf_get(p, mark, "AP"), "N"));
    return pdf_is_name(pdf_get(p, mark, "Subtype"), "Stamp") &&
           pdf_is_name(pdf_get(p, form, "Subtype"), "Form") &&
           str_find(mark, STR("<FEFF67316EAA0020007A00680075")) != SIZE_MAX;
}

static void marked(struct str file, const int64_t *pages, size_t count)
{
    struct str out;
    struct pdf p;
    assert_string_equal(stamped(file, &out), "fine");
    assert_true(out.len > file.len && str_starts(out, file));
    assert_true(pdf_read(&p, out));
    assert_true(p.sound);
    for (size_t i = 0; i < count; i++)
        if (!page_marked(&p, pages[i])) fail_msg("page %lld has no mark", (long long)pages[i]);
    pdf_drop(&p);
}

static void every_page_is_marked_and_the_bytes_stay(void **state)
{
    static const int64_t pages[] = {3, 7, 8}, one[] = {3};
    struct str out, again;
    (void)state;
    marked(with_pages(), pages, 3);
    marked(with_streams(), one, 1);
    assert_string_equal(stamped(with_pages(), &out), "fine");
    assert_true(str_find(out, STR("[50.000 10.000 150.000 90.000]")) != SIZE_MAX); /* what is seen of it */
    assert_true(str_find(out, STR("[4 0 R\n")) != SIZE_MAX); /* what stood on the page still does */
    assert_string_equal(stamped(out, &again), "fine");       /* a copy of a copy names both */
    assert_true(str_starts(again, out));
    assert_true(str_starts(str_slice(out, with_pages().len, out.len), STR("\n%tongban-reader 朱溪 zhu.xi")));
}

static void the_version_that_counts_is_the_last_one(void **state)
{
    static const int64_t pages[] = {3};
    (void)state;
    struct writer w = begin("1.4");
    object(&w, 1, "<</Type/Catalog/Pages 2 0 R>>");
    object(&w, 2, "<</Type/Pages/Kids[4 0 R]>>");
    object(&w, 3, "<</Type/Page>>");
    object(&w, 2, "<</Type/Pages/Kids[3 0 R]>>");
    marked(with_table(&w, ""), pages, 1);
}

static const struct {
    const char *why, *pages, *kid, *trailer;
} odd[] = {
    {"no such page", "<</Type/Pages/Kids[9 0 R]>>", "<</Type/Page>>", ""},
    {"a page that is no dictionary", "<</Type/Pages/Kids[3 0 R]>>", "(page)", ""},
    {"kids that are no list", "<</Type/Pages/Kids/None>>", "<</Type/Page>>", ""},
    {"kids in place", "<</Type/Pages/Kids[<</Type/Page>>]>>", "<</Type/Page>>", ""},
    {"locked", "<</Type/Pages/Kids[3 0 R]>>", "<</Type/Page>>", "/Encrypt 3 0 R"},
    {"not closed", "<</Type/Pages/Kids[3 0 R]", "<</Type/Page", ""},
};

static void what_cannot_be_marked_is_said(void **state)
{
    struct str out;
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct writer w = begin("1.4");
        object(&w, 1, "<</Type/Catalog/Pages 2 0 R>>");
        object(&w, 2, odd[i].pages);
        object(&w, 3, odd[i].kid);
        if (strcmp(stamped(with_table(&w, odd[i].trailer), &out), "pdf.mark") != 0)
            fail_msg("%s", odd[i].why);
    }
    assert_string_equal(stamped(STR("%PDF-1.4\n"), &out), "pdf.mark");
    assert_string_equal(stamped(STR(""), &out), "pdf.mark");
}

static void trees_of_pages_without_an_end_have_one(void **state)
{
    enum { DEEP = 5000 };
    static const int64_t pages[] = {4};
    struct str out;
    (void)state;
    struct writer w = begin("1.4");
    object(&w, 1, "<</Type/Catalog/Pages 2 0 R>>");
    object(&w, 2, "<</Type/Pages/Kids[3 0 R 4 0 R]>>");
    object(&w, 3, "<</Type/Pages/Kids[2 0 R 3 0 R]>>");
    object(&w, 4, "<</Type/Page>>");
    marked(with_table(&w, ""), pages, 1);
    struct buf b = buf_new(a, 1 << 19);
    buf_add_c(&b, "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    for (int i = 2; i < DEEP; i++)
        buf_fmt(&b, "%d 0 obj\n<</Kids[%d 0 R]>>\nendobj\n", i, i + 1);
    buf_add_c(&b, "trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n");
    assert_string_equal(stamped(buf_str(&b), &out), "pdf.mark");
}

/* Where no section is where the file says it is, readers look for the objects: so do they for the mark. */
static void a_file_whose_table_is_lost_is_marked_all_the_same(void **state)
{
    struct str file = with_pages(), out;
    struct pdf p;
    (void)state;
    size_t at = str_find(file, STR("startxref"));
    file = str_cat(a, str_slice(file, 0, at), STR("startxref\n7\n%%EOF\n"));
    assert_string_equal(stamped(file, &out), "fine");
    assert_true(pdf_read(&p, out));
    assert_true(page_marked(&p, 3) && page_marked(&p, 7) && page_marked(&p, 8));
    pdf_drop(&p);
}

static void object_streams_that_are_bombs_end_the_work(void **state)
{
    enum { LARGE = 80 << 20 };
    struct str out;
    (void)state;
    uint8_t *zeros = calloc(1, LARGE);
    uLongf len = compressBound(LARGE);
    uint8_t *to = malloc(len);
    assert_true(zeros && to && compress(to, &len, zeros, LARGE) == Z_OK);
    struct buf b = buf_new(a, len * 4);
    buf_add_c(&b, "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    for (int i = 0; i < 3; i++) {
        buf_fmt(&b, "%d 0 obj\n<</Type/ObjStm/N 9/First 0/Filter/FlateDecode/Length %lu>>stream\n", 3 + i,
                (unsigned long)len);
        buf_add(&b, str_n(to, len));
        buf_add_c(&b, "\nendstream\nendobj\n");
    }
    buf_add_c(&b, "trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n");
    assert_string_equal(stamped(buf_str(&b), &out), "pdf.mark");
    free(zeros);
    free(to);
}

/* What others make of it: poppler counts the pages, draws them, and complains of nothing. */
static void readers_of_others_see_the_mark(void **state)
{
    const struct str files[] = {with_pages(), with_streams()};
    (void)state;
    if (system("command -v pdftoppm >/dev/null 2>&1") != 0) {
        printf("skipped: poppler is not there\n");
        skip();
    }
    for (size_t i = 0; i < 2; i++) {
        char folder[] = "/tmp/tongban-stamp-XXXXXX", command[400];
        struct str out, before, after, complaints;
        struct err e = {0};
        assert_non_null(mkdtemp(folder));
        assert_string_equal(stamped(files[i], &out), "fine");
        assert_true(file_write(str_z(a, str_fmt(a, "%s/a.pdf", folder)), files[i], 0600, &e));
        assert_true(file_write(str_z(a, str_fmt(a, "%s/b.pdf", folder)), out, 0600, &e));
        snprintf(
            command, sizeof command,
            "cd %s && for f in a b; do pdftoppm -r 36 -l 1 -gray $f.pdf $f 2>>$f.txt && mv $f-*.pgm $f.pgm; "
            "done",
            folder);
        assert_int_equal(system(command), 0);
        assert_true(file_read(a, str_z(a, str_fmt(a, "%s/a.pgm", folder)), 1 << 20, &before, &e));
        assert_true(file_read(a, str_z(a, str_fmt(a, "%s/b.pgm", folder)), 1 << 20, &after, &e));
        assert_true(file_read(a, str_z(a, str_fmt(a, "%s/b.txt", folder)), 1 << 20, &complaints, &e));
        assert_int_equal(complaints.len, 0);
        assert_int_equal(before.len, after.len);
        assert_false(str_eq(before, after));
        snprintf(command, sizeof command, "rm -r %s", folder);
        assert_int_equal(system(command), 0);
    }
}

static int start(void **state)
{
    static uint8_t alpha[SIDE * SIDE];
    (void)state;
    for (size_t i = 0; i < sizeof alpha; i++)
        alpha[i] = i % SIDE > SIDE / 4 ? 255 : 0;
    mask = (struct image_mask){.w = SIDE, .h = SIDE, .alpha = alpha};
    a = arena_new(128 << 20);
    return a ? 0 : 1;
}

static int stop(void **state)
{
    (void)state;
    arena_drop(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_is_marked_and_the_bytes_stay),
        cmocka_unit_test(the_version_that_counts_is_the_last_one),
        cmocka_unit_test(what_cannot_be_marked_is_said),
        cmocka_unit_test(trees_of_pages_without_an_end_have_one),
        cmocka_unit_test(a_file_whose_table_is_lost_is_marked_all_the_same),
        cmocka_unit_test(object_streams_that_are_bombs_end_the_work),
        cmocka_unit_test(readers_of_others_see_the_mark),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
