#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/time.h"
#include "engines/licencepdf/licencepdf.h"
#include "engines/manifest/manifest.h"

static struct arena *a;
static struct err e;

static const struct licence_row rows[] = {
    {STR("企业（字号）名称"), STR("演示区通办便民商店")},
    {STR("经营者"), STR("张演示")},
    {STR("经营场所"), STR("演示市演示区通办路1号")},
    {STR("许可范围"), STR("卷烟、雪茄烟零售")},
    {STR("供货单位"), STR("演示市烟草公司")},
};

static struct licence_face face(void)
{
    return (struct licence_face){
        .type_name = STR("烟草专卖零售许可证"),
        .number = STR("演 5116022026000001"),
        .licence_id = STR("1.2.156.3005.2.11310000Q000000269001.11310000Q000000269.202600000001.001.3"),
        .issuer_name = STR("演示市烟草专卖局"),
        .issued = STR("2026-11-21"),
        .valid_from = STR("2026-11-21"),
        .valid_to = STR("2031-11-20"),
        .verify_url = STR("https://tongban.example/verify/7F3C0000000000000000000000000001"),
        .rows = rows,
        .row_count = 5,
        .demo = true,
    };
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new((size_t)512 << 20);
    return crypto_start(&e) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_drop(a);
    return 0;
}

static struct str draw(const struct licence_face *f)
{
    struct str pdf;
    if (!licencepdf_draw(a, f, &pdf, &e)) fail_msg("%s %s", e.code, e.detail);
    return pdf;
}

static void the_same_licence_gives_the_same_bytes(void **state)
{
    (void)state;
    struct licence_face f = face();
    struct str first = draw(&f);
    assert_true(str_starts(first, STR("%PDF-1.4")));
    assert_true(str_eq(first, draw(&f)));
    f.demo = false;
    assert_false(str_eq(first, draw(&f)));
    f.valid_to = STR_EMPTY;
    assert_true(draw(&f).len > 10000);
}

static void too_much_is_refused_and_long_text_fits(void **state)
{
    (void)state;
    struct licence_face f = face();
    struct str pdf;
    struct err x = {0};
    f.row_count = LICENCE_ROWS_MAX + 1;
    assert_false(licencepdf_draw(a, &f, &pdf, &x));
    assert_string_equal(x.code, "licence.rows");
    struct licence_row many[LICENCE_ROWS_MAX];
    char *text = arena_alloc(a, 3000);
    for (int i = 0; i < 1000; i++)
        memcpy(text + i * 3, "长", 3);
    for (int i = 0; i < LICENCE_ROWS_MAX; i++)
        many[i] = (struct licence_row){STR("很长的字段名称很长的字段名称"), str_n(text, i % 5 ? 60 : 3000)};
    f = face();
    f.rows = many;
    f.row_count = LICENCE_ROWS_MAX;
    draw(&f);
    x = (struct err){0};
    f.verify_url = STR_EMPTY;
    assert_false(licencepdf_draw(a, &f, &pdf, &x));
}

static void a_page_is_small_enough_to_be_sent_by_message(void **state)
{
    (void)state;
    struct licence_face f = face();
    size_t len = draw(&f).len;
    if (len > 60 << 10) fail_msg("%zu bytes", len);
}

/* Other people's program must find what we attached, and read the page. */
static void poppler_finds_the_manifest(void **state)
{
    (void)state;
    static char folder[] = "/tmp/licencepdf-XXXXXX";
    const struct cert_subject subject = {STR("演示"), STR("演示"), STR("11310000Q000000269")};
    int64_t now = INT64_C(1795000000000);
    struct sm2_key *key = sm2_generate(a, &e);
    struct cert *cert =
        cert_make(a, &subject, sm2_public(key), NULL, key, true, now - MS_DAY, now + MS_DAY, &e);
    struct licence_face f = face();
    struct str drawn = draw(&f), json, pdf, found;
    struct manifest_facts facts = {
        .type_name = f.type_name, .issuer_uscc = subject.serial, .holder_name = STR("张演示"), .face = drawn};
    assert_true(manifest_make(a, &facts, key, cert, now, &json, &e));
    if (!manifest_attach(a, drawn, json, &pdf, &e)) fail_msg("%s", e.detail);
    struct manifest_report r;
    assert_true(manifest_verify_pdf(a, pdf, cert, &r, &e));
    assert_true(r.authentic);
    assert_int_equal(r.face, FACE_INTACT);
    if (access("/usr/bin/pdfdetach", X_OK) != 0) skip();
    assert_non_null(mkdtemp(folder));
    const char *path = str_z(a, str_fmt(a, "%s/licence.pdf", folder));
    assert_true(file_write(path, pdf, 0600, &e));
    assert_int_equal(system(str_z(a, str_fmt(a,
                                             "cd %s && pdfdetach -list licence.pdf >list.txt 2>errors.txt && "
                                             "pdfdetach -saveall licence.pdf 2>>errors.txt"
                                             " && pdftotext licence.pdf text.txt 2>>errors.txt",
                                             folder))),
                     0);
    assert_true(file_read(a, str_z(a, str_fmt(a, "%s/tongban-manifest.json", folder)), 1 << 20, &found, &e));
    assert_true(str_eq(found, json));
    assert_true(file_read(a, str_z(a, str_fmt(a, "%s/errors.txt", folder)), 1 << 20, &found, &e));
    assert_int_equal(found.len, 0);
    assert_true(file_read(a, str_z(a, str_fmt(a, "%s/text.txt", folder)), 1 << 20, &found, &e));
    assert_true(str_find(found, STR("烟草专卖零售许可证")) != SIZE_MAX);
    assert_int_equal(system(str_z(a, str_fmt(a, "rm -rf %s", folder))), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_licence_gives_the_same_bytes),
        cmocka_unit_test(too_much_is_refused_and_long_text_fits),
        cmocka_unit_test(a_page_is_small_enough_to_be_sent_by_message),
        cmocka_unit_test(poppler_finds_the_manifest),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
