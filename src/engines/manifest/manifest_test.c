#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/time.h"
#include "engines/manifest/manifest.h"

static struct arena *a;
static struct err e;
static struct sm2_key *ca_key, *key;
static struct cert *ca, *cert;
static const int64_t now = INT64_C(1795000000000);
#define USCC "11310000Q000000269"
static struct str made;

static const struct manifest_field fields[] = {
    {STR("business_scope"), STR("经营范围"), STR("卷烟零售")},
    {STR("address"), STR("经营场所"), STR("演示区通办路1号")},
};

static struct manifest_facts facts(void)
{
    return (struct manifest_facts){
        .licence_id = STR("1.2.156.3005.2." USCC "001." USCC ".202600000001.001.3"),
        .type_code = STR(USCC "001"),
        .type_name = STR("烟草专卖零售许可证"),
        .number = STR("演2026-0001"),
        .version = STR("001"),
        .issued = STR("2026-11-18"),
        .valid_from = STR("2026-11-18"),
        .valid_to = STR("2031-11-17"),
        .issuer_name = STR("演示市烟草专卖局"),
        .issuer_uscc = STR(USCC),
        .holder_name = STR("张演示"),
        .holder_code_type = STR("111"),
        .holder_code = STR("780101190001010010"),
        .item_code = STR("item-1"),
        .item_name = STR("烟草专卖零售许可证核发"),
        .demo = true,
        .fields = fields,
        .field_count = 2,
    };
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new((size_t)512 << 20);
    if (!crypto_start(&e) || !(ca_key = sm2_generate(a, &e)) || !(key = sm2_generate(a, &e))) return -1;
    const struct cert_subject cs = {STR("演示根"), STR("演示"), STR_EMPTY},
                              is = {STR("演示市烟草专卖局"), STR("演示市"), STR(USCC)};
    ca = cert_make(a, &cs, sm2_public(ca_key), NULL, ca_key, true, now - MS_DAY, now + 3650 * MS_DAY, &e);
    cert = cert_make(a, &is, sm2_public(key), ca, ca_key, false, now - MS_DAY, now + 365 * MS_DAY, &e);
    const struct manifest_facts f = facts();
    return ca && cert && manifest_make(a, &f, key, cert, now, &made, &e) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_drop(a);
    return 0;
}

static struct manifest_report verify(struct str json)
{
    struct manifest_report r;
    struct err x = {0};
    if (!manifest_verify(a, json, ca, &r, &x)) fail_msg("%s", x.code);
    return r;
}

static struct str replaced(struct str text, const char *from, const char *to)
{
    size_t at = str_find(text, str_c(from));
    assert_true(at != SIZE_MAX);
    return str_cat(a, str_cat(a, str_slice(text, 0, at), str_c(to)),
                   str_slice(text, at + strlen(from), text.len));
}

static void a_licence_is_authentic_as_issued(void **state)
{
    (void)state;
    struct manifest_report r = verify(made);
    assert_true(r.authentic && r.signature_ok && r.certificate_ok && r.issuer_ok);
    assert_int_equal(r.altered_count + r.withheld_count, 0);
    assert_int_equal(r.signed_at, now);
    assert_true(str_eq_c(manifest_value(r.document, "holder_name"), "张演示"));
    assert_true(str_eq_c(manifest_value(r.document, "business_scope"), "卷烟零售"));
    assert_true(str_eq_c(json_text(json_path(r.document, "type.name")), "烟草专卖零售许可证"));
    assert_true(str_eq_c(r.signer.serial, USCC));
}

static void the_field_that_was_changed_is_named(void **state)
{
    (void)state;
    static const char *const changes[][3] = {{"卷烟零售", "卷烟批发", "business_scope"},
                                             {"张演示", "李演示", "holder_name"},
                                             {"780101190001010010", "780101190001010011", "holder_code"},
                                             {"演示区通办路1号", "演示区通办路2号", "address"}};
    for (size_t i = 0; i < 4; i++) {
        struct manifest_report r = verify(replaced(made, changes[i][0], changes[i][1]));
        assert_false(r.authentic);
        assert_true(r.signature_ok); /* the rest still stands */
        assert_int_equal(r.altered_count, 1);
        assert_true(str_eq_c(r.altered[0], changes[i][2]));
        assert_string_equal(r.msgid, "A field was changed after the licence was issued.");
    }
}

static void changed_metadata_breaks_the_signature(void **state)
{
    (void)state;
    static const char *const changes[][2] = {{"2031-11-17", "2051-11-17"},
                                             {"演2026-0001", "演2026-0002"},
                                             {"\"demo\":true", "\"demo\":false"},
                                             {"演示市烟草专卖局", "演示市公安局"},
                                             {"\"version\":\"001\"", "\"version\":\"002\""},
                                             {"\"format\":", "\"extra\":1,\"format\":"}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct manifest_report r = verify(replaced(made, changes[i][0], changes[i][1]));
        assert_false(r.authentic);
        assert_false(r.signature_ok);
        assert_int_equal(r.altered_count, 0);
        assert_false(r.fields_changed);
    }
}

/* Removes the field object that holds `word`. */
static struct str without_field(struct str text, const char *word)
{
    size_t at = str_find(text, str_c(word)), from = at, to = at;
    while (text.ptr[from] != '{')
        from--;
    while (text.ptr[to] != '}')
        to++;
    to += text.ptr[to + 1] == ',' ? 2 : 1;
    return str_cat(a, str_slice(text, 0, from), str_slice(text, to, text.len));
}

static void a_missing_or_added_field_is_noticed(void **state)
{
    (void)state;
    struct manifest_report r = verify(without_field(made, "卷烟零售"));
    assert_false(r.authentic);
    assert_true(r.fields_changed);
    assert_string_equal(r.msgid, "The list of fields was changed.");
    r = verify(
        replaced(made, "\"fields\":[", "\"fields\":[{\"name\":\"x\",\"title\":\"x\",\"digest\":\"00\"},"));
    assert_true(r.fields_changed);
    r = verify(replaced(made, "经营范围", "禁止范围"));
    assert_true(r.fields_changed && !r.authentic);
    r = verify(replaced(made, "\"fields\":[", "\"fields\":[7,"));
    assert_false(r.authentic);
}

static void withheld_values_leave_the_rest_verifiable(void **state)
{
    (void)state;
    struct str shown, names[] = {STR("business_scope"), STR("holder_name")};
    assert_true(manifest_disclose(a, made, names, 2, &shown, &e));
    assert_true(str_find(shown, STR("780101190001010010")) == SIZE_MAX);
    struct manifest_report r = verify(shown);
    assert_true(r.authentic);
    assert_int_equal(r.withheld_count, 2);
    assert_true(str_eq_c(r.withheld[0], "holder_code"));
    assert_true(str_eq_c(manifest_value(r.document, "holder_name"), "张演示"));
    assert_int_equal(manifest_value(r.document, "holder_code").len, 0);
    /* Who guesses the value cannot put it back without the salt. */
    r = verify(replaced(shown, "\"name\":\"holder_code\"",
                        "\"name\":\"holder_code\",\"salt\":\"00112233445566778899aabbccddeeff\",\"value\":"
                        "\"780101190001010010\""));
    assert_int_equal(r.altered_count, 1);
    /* A value of another type is no value. */
    r = verify(replaced(made, "\"value\":\"卷烟零售\"", "\"value\":null"));
    assert_int_equal(r.altered_count, 1);
}

static void equal_values_have_different_digests(void **state)
{
    (void)state;
    struct str again;
    const struct manifest_facts f = facts();
    assert_true(manifest_make(a, &f, key, cert, now, &again, &e));
    const struct json *x = json_at(json_get(verify(made).document, "fields"), 0);
    const struct json *y = json_at(json_get(verify(again).document, "fields"), 0);
    assert_false(str_eq(json_text_of(x, "digest"), json_text_of(y, "digest")));
}

static void only_the_trusted_chain_counts(void **state)
{
    (void)state;
    struct manifest_report r;
    struct sm2_key *xk = sm2_generate(a, &e);
    const struct cert_subject cs = {STR("演示根"), STR("演示"), STR_EMPTY},
                              is = {STR("x"), STR("x"), STR(USCC)},
                              other = {STR("x"), STR("x"), STR("12440000Q000000344")};
    struct cert *fake_ca =
        cert_make(a, &cs, sm2_public(xk), NULL, xk, true, now - MS_DAY, now + 99 * MS_DAY, &e);
    assert_true(manifest_verify(a, made, fake_ca, &r, &e));
    assert_true(r.signature_ok && !r.certificate_ok && !r.authentic);
    assert_true(manifest_verify(a, made, cert, &r, &e)); /* the issuer's own certificate is enough */
    assert_true(r.authentic);
    assert_true(manifest_verify(a, made, NULL, &r, &e));
    assert_false(r.authentic);
    /* A forger signs everything anew with a certificate of his own making. */
    struct cert *forged =
        cert_make(a, &is, sm2_public(xk), fake_ca, xk, false, now - MS_DAY, now + MS_DAY, &e);
    struct str json;
    const struct manifest_facts f = facts();
    assert_true(manifest_make(a, &f, xk, forged, now, &json, &e));
    r = verify(json);
    assert_true(r.signature_ok && !r.certificate_ok && !r.authentic);
    /* Another issuer of the same CA signs in this one's name. */
    struct cert *stranger =
        cert_make(a, &other, sm2_public(xk), ca, ca_key, false, now - MS_DAY, now + MS_DAY, &e);
    assert_true(manifest_make(a, &f, xk, stranger, now, &json, &e));
    r = verify(json);
    assert_true(r.signature_ok && r.certificate_ok && !r.issuer_ok && !r.authentic);
    /* Signed outside the certificate's time. */
    assert_true(manifest_make(a, &f, key, cert, now + 366 * MS_DAY, &json, &e));
    assert_false(verify(json).certificate_ok);
}

static void rubbish_is_no_manifest(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"format\":\"tongban-licence/2\",\"fields\":[]}",
        "{\"format\":\"tongban-licence/1\",\"fields\":{}}",
        "{\"format\":\"tongban-licence/1\",\"fields\":[],\"n\":1.5}",
        "{\"format\":\"tongban-licence/1\",\"fields\":[],\"n\\u0000\":1}",
        "{\"format\":\"tongban-licence/1\",\"format\":\"tongban-licence/1\",\"fields\":[]}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct manifest_report r;
        struct err x = {0};
        assert_false(manifest_verify(a, str_c(texts[i]), ca, &r, &x));
        assert_string_equal(x.code, "manifest.unreadable");
    }
    struct manifest_report r = verify(STR("{\"format\":\"tongban-licence/1\",\"fields\":[]}"));
    assert_false(r.authentic);
    for (size_t cut = 0; cut < made.len; cut += 97) {
        struct err x = {0};
        assert_false(manifest_verify(a, str_slice(made, 0, cut), ca, &r, &x));
    }
}

static void field_names_are_checked_when_making(void **state)
{
    (void)state;
    const struct manifest_field bad[] = {{STR("holder_name"), STR("x"), STR("x")}},
                                odd[] = {{STR("A b"), STR("x"), STR("x")}};
    struct manifest_facts f = facts();
    struct str json;
    struct err x = {0};
    f.fields = bad;
    f.field_count = 1;
    assert_false(manifest_make(a, &f, key, cert, now, &json, &x));
    assert_string_equal(x.code, "manifest.field");
    x = (struct err){0};
    f.fields = odd;
    assert_false(manifest_make(a, &f, key, cert, now, &json, &x));
}

/* ---- inside a PDF ---- */

static const char drawn[] = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type "
                            "/Pages /Kids [] /Count 0 >>\nendobj\n"
                            "xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n"
                            "trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n110\n%%EOF\n";

static struct str attached(void)
{
    struct manifest_facts f = facts();
    struct str json, pdf;
    f.face = str_c(drawn);
    assert_true(manifest_make(a, &f, key, cert, now, &json, &e));
    assert_true(manifest_attach(a, f.face, json, &pdf, &e));
    return pdf;
}

static void a_pdf_carries_its_manifest_and_its_face(void **state)
{
    (void)state;
    struct str pdf = attached();
    struct manifest_report r;
    assert_true(manifest_verify_pdf(a, pdf, ca, &r, &e));
    assert_true(r.authentic);
    assert_int_equal(r.face, FACE_INTACT);
    assert_true(str_find(pdf, STR("/EmbeddedFiles")) != SIZE_MAX);
}

static void any_changed_byte_of_a_pdf_is_noticed(void **state)
{
    (void)state;
    struct str pdf = attached();
    for (size_t i = 0; i < pdf.len; i++) {
        struct str copy = str_dup(a, pdf);
        struct manifest_report r;
        struct err x = {0};
        ((char *)(uintptr_t)copy.ptr)[i] ^= 1;
        if (manifest_verify_pdf(a, copy, ca, &r, &x) && r.authentic) fail_msg("byte %zu", i);
    }
}

static void nothing_can_be_drawn_over_a_pdf_afterwards(void **state)
{
    (void)state;
    struct str pdf = attached();
    struct manifest_report r;
    assert_true(manifest_verify_pdf(a, str_cat(a, pdf, STR("1 0 obj\n<<>>\nendobj\n%%EOF\n")), ca, &r, &e));
    assert_int_equal(r.face, FACE_ALTERED);
    assert_false(r.authentic);
    assert_string_equal(r.msgid, "The page was changed after the licence was issued.");
    /* Another page with this manifest pasted in. */
    struct str json, face, pasted;
    bool intact;
    assert_true(manifest_extract(a, pdf, &json, &face, &intact) && intact);
    assert_true(manifest_attach(a, replaced(face, "/Count 0", "/Count 1"), json, &pasted, &e));
    assert_true(manifest_verify_pdf(a, pasted, ca, &r, &e));
    assert_int_equal(r.face, FACE_ALTERED);
}

/* A name that looks like the mark cannot hide the real manifest. */
static void values_that_look_like_the_mark_do_no_harm(void **state)
{
    (void)state;
    const struct manifest_field tricky[] = {
        {STR("shop"), STR("字号"), STR("\n%tongban-manifest/1 0 2\nstream\n{}")}};
    struct manifest_facts f = facts();
    struct manifest_report r;
    struct str json, pdf;
    f.fields = tricky;
    f.field_count = 1;
    f.face = str_c(drawn);
    assert_true(manifest_make(a, &f, key, cert, now, &json, &e));
    assert_true(manifest_attach(a, f.face, json, &pdf, &e));
    assert_true(manifest_verify_pdf(a, pdf, ca, &r, &e));
    assert_true(r.authentic);
    struct err x = {0};
    assert_false(manifest_attach(a, pdf, json, &pdf, &x)); /* not twice */
}

static void hostile_pdfs_hold_no_manifest(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "%PDF-1.4",
                                        "\n%tongban-manifest/1 ",
                                        "\n%tongban-manifest/1 1 2\n",
                                        "\n%tongban-manifest/1 -1 5\nstream\n{}{}{}",
                                        "\n%tongban-manifest/1 0 99999\nstream\n{}",
                                        "\n%tongban-manifest/1 99999999999999999999 2\nstream\n{}",
                                        "\n%tongban-manifest/1 0 2\nstream\n[]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct manifest_report r;
        struct err x = {0};
        assert_false(manifest_verify_pdf(a, str_c(texts[i]), ca, &r, &x));
        assert_string_equal(x.code, "manifest.unreadable");
    }
    struct str pdf;
    struct err x = {0};
    assert_false(manifest_attach(a, STR("%PDF-1.4 trailer << /Root 1 0 R /Size 0 >> startxref 0"), STR("{}"),
                                 &pdf, &x));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_licence_is_authentic_as_issued),
        cmocka_unit_test(the_field_that_was_changed_is_named),
        cmocka_unit_test(changed_metadata_breaks_the_signature),
        cmocka_unit_test(a_missing_or_added_field_is_noticed),
        cmocka_unit_test(withheld_values_leave_the_rest_verifiable),
        cmocka_unit_test(equal_values_have_different_digests),
        cmocka_unit_test(only_the_trusted_chain_counts),
        cmocka_unit_test(rubbish_is_no_manifest),
        cmocka_unit_test(field_names_are_checked_when_making),
        cmocka_unit_test(a_pdf_carries_its_manifest_and_its_face),
        cmocka_unit_test(any_changed_byte_of_a_pdf_is_noticed),
        cmocka_unit_test(nothing_can_be_drawn_over_a_pdf_afterwards),
        cmocka_unit_test(values_that_look_like_the_mark_do_no_harm),
        cmocka_unit_test(hostile_pdfs_hold_no_manifest),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
