#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/time.h"
#include "engines/manifest/manifest.h"
#include "engines/manifest/manifest_first_test.h"

#include <zlib.h>

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
        assert_true(str_eq_c(r.altered[0].name, changes[i][2]));
        assert_true(r.altered[0].harm == ENTRY_CHANGED && !r.altered[0].metadata);
        assert_string_equal(r.msgid, "A field was changed after the licence was issued.");
    }
}

/* ---- each element of the document, changed alone ---- */

static struct json *member(struct json *document, const char *path)
{
    struct json *m = (struct json *)(uintptr_t)json_path(document, path);
    assert_non_null(m);
    return m;
}

/* Another value of the same kind. */
static void change(struct json *m)
{
    if (m->type == JSON_STRING)
        m->text = str_cat(a, m->text, STR("x"));
    else if (m->type == JSON_NUMBER)
        m->text = str_cat(a, STR("1"), m->text);
    else if (m->type == JSON_BOOL)
        m->boolean = !m->boolean;
    else
        *m = (struct json){.type = JSON_STRING, .text = STR("2051-11-17"), .key = m->key, .next = m->next};
}

static struct json *document_of(struct str json)
{
    struct err x = {0};
    struct json *d = json_parse(a, json, JSON_STRICT, &x);
    assert_non_null(d);
    return d;
}

static struct str text_of(const struct json *document)
{
    struct buf b = buf_new(a, 4096);
    json_write_canonical(&b, document);
    return buf_str(&b);
}

static void assert_named(const struct manifest_report *r, const char *path, enum manifest_harm harm)
{
    if (r->authentic || r->altered_count != 1 || !str_eq_c(r->altered[0].name, path) ||
        r->altered[0].harm != harm || !r->altered[0].metadata)
        fail_msg("%s: %zu named, the first %.*s", path, r->altered_count,
                 STR_ARG(r->altered_count ? r->altered[0].name : STR_EMPTY));
}

static const char *const metadata[] = {"licence_id",  "type.code",   "type.name",        "number",
                                       "version",     "issued",      "valid_from",       "valid_to",
                                       "issuer.name", "issuer.uscc", "holder.code_type", "item.code",
                                       "item.name",   "demo",        "signed_at"};
enum { METADATA = sizeof metadata / sizeof metadata[0] };

static void every_element_that_was_changed_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < METADATA; i++) {
        struct json *d = document_of(made);
        change(member(d, metadata[i]));
        struct manifest_report r = verify(text_of(d));
        assert_named(&r, metadata[i], ENTRY_CHANGED);
        assert_true(r.signature_ok && !r.fields_changed &&
                    r.altered[0].title.len); /* the rest still stands */
        assert_string_equal(r.msgid, "A field was changed after the licence was issued.");
    }
    /* What the signature needs itself cannot be proven then, but is named all the same. */
    struct manifest_report r = verify(replaced(made, "\"certificate\":\"MI", "\"certificate\":\"MJ"));
    assert_named(&r, "certificate", ENTRY_CHANGED);
    assert_false(r.signature_ok);
}

static void every_element_that_was_left_out_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < METADATA; i++) {
        struct json *d = document_of(made);
        member(d, metadata[i])->key = STR("zz");
        struct manifest_report r = verify(text_of(d));
        assert_false(r.authentic);
        assert_true(r.signature_ok);
        assert_int_equal(r.altered_count, 2);
        assert_true(r.altered[0].harm == ENTRY_MISSING && str_eq_c(r.altered[0].name, metadata[i]));
        assert_true(r.altered[1].harm == ENTRY_ADDED);
    }
}

static void what_was_added_is_named(void **state)
{
    (void)state;
    static const char *const added[][3] = {
        {"\"format\":", "\"extra\":1,\"format\":", "extra"},
        {"\"format\":", "\"type.code\":\"1\",\"format\":", "type.code"}, /* looks like a path */
        {"\"type\":{", "\"type\":{\"extra\":{},", "type.extra"},
        {"\"signature\":{", "\"signature\":{\"extra\":0,", "signature.extra"}};
    for (size_t i = 0; i < sizeof added / sizeof added[0]; i++) {
        struct manifest_report r = verify(replaced(made, added[i][0], added[i][1]));
        assert_named(&r, added[i][2], ENTRY_ADDED);
        assert_true(r.signature_ok);
    }
}

static void a_changed_digest_or_signature_is_no_licence(void **state)
{
    (void)state;
    struct json *d = document_of(made);
    change(member(d, "digests.number"));
    struct manifest_report r = verify(text_of(d));
    assert_named(&r, "number", ENTRY_CHANGED);
    assert_false(r.signature_ok);
    assert_string_equal(r.msgid, "The signature does not fit: it, or a digest under it, was changed.");
    d = document_of(made);
    change(member(d, "signature.value"));
    r = verify(text_of(d));
    assert_true(!r.authentic && !r.signature_ok && r.altered_count == 0);
    /* A forger who makes the digest fit his value breaks the signature. */
    struct manifest_facts f = facts();
    struct str other;
    f.valid_to = STR("2051-11-17");
    assert_true(manifest_make(a, &f, key, cert, now, &other, &e));
    d = document_of(made);
    change(member(d, "valid_to"));
    member(d, "valid_to")->text = f.valid_to;
    member(d, "digests")->key = STR("old");
    json_set(d, "digests", json_copy(a, json_get(document_of(other), "digests")));
    r = verify(text_of(d));
    assert_true(!r.authentic && !r.signature_ok);
    /* Nor does a licence of the second version pass as one of the first. */
    r = verify(replaced(made, "tongban-licence/2", "tongban-licence/1"));
    assert_true(!r.authentic && !r.signature_ok);
}

static void an_unlimited_licence_gets_no_end(void **state)
{
    (void)state;
    struct manifest_facts f = facts();
    struct str json;
    f.valid_to = STR_EMPTY;
    assert_true(manifest_make(a, &f, key, cert, now, &json, &e));
    assert_true(verify(json).authentic);
    struct manifest_report r = verify(replaced(json, "\"valid_to\":null", "\"valid_to\":\"null\""));
    assert_named(&r, "valid_to", ENTRY_CHANGED);
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

static void assert_field(struct str json, const char *name, enum manifest_harm harm)
{
    struct manifest_report r = verify(json);
    assert_true(!r.authentic && r.fields_changed && r.signature_ok);
    assert_string_equal(r.msgid, "The list of fields was changed.");
    assert_int_equal(r.altered_count, 1);
    assert_true(str_eq_c(r.altered[0].name, name) && r.altered[0].harm == harm && !r.altered[0].metadata);
}

static void a_missing_or_added_field_is_named(void **state)
{
    (void)state;
    assert_field(without_field(made, "卷烟零售"), "business_scope", ENTRY_MISSING);
    assert_field(
        replaced(made, "\"fields\":[", "\"fields\":[{\"name\":\"x\",\"title\":\"x\",\"digest\":\"00\"},"),
        "x", ENTRY_ADDED);
    assert_field(replaced(made, "经营范围", "禁止范围"), "business_scope", ENTRY_CHANGED);
    assert_field(replaced(made, "\"fields\":[", "\"fields\":[7,"), "", ENTRY_CHANGED);
    struct json *d = document_of(made), *list = member(d, "fields");
    json_add(list, json_copy(a, json_at(list, 2)));
    assert_field(text_of(d), "business_scope", ENTRY_ADDED);
    /* The order of the entries counts, too. */
    d = document_of(made);
    list = member(d, "fields");
    struct json *moved = json_copy(a, json_at(list, 0));
    *list->first = *list->first->next;
    json_add(list, moved);
    list->count--;
    assert_true(verify(text_of(d)).fields_changed);
    assert_int_equal(verify(text_of(d)).altered_count, 0);
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
    /* What it is called stays under the signature. */
    assert_field(replaced(shown, "持证主体代码", "持证主体假码"), "holder_code", ENTRY_CHANGED);
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
        "{\"format\":\"tongban-licence/3\",\"fields\":[]}",
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
    assert_false(verify(STR("{\"format\":\"tongban-licence/1\",\"fields\":[]}")).authentic);
    struct manifest_report r = verify(STR("{\"format\":\"tongban-licence/2\",\"fields\":[]}"));
    assert_false(r.authentic);
    assert_int_equal(r.altered_count, METADATA + 2); /* with page and certificate */
    /* However much was added, the report ends. */
    struct json *d = document_of(made);
    for (int i = 0; i < 200; i++) {
        json_add(member(d, "fields"), json_number(a, i));
        json_set(member(d, "type"), str_z(a, str_fmt(a, "t%d", i)), json_null(a));
    }
    json_set(d, "fields", json_array(a));
    assert_int_equal(verify(text_of(d)).altered_count, 200 + 4);
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

static const char drawn[] = FIRST_PAGE;

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

static void every_element_changed_in_a_pdf_is_named(void **state)
{
    (void)state;
    struct str pdf = attached(), json, face, changed;
    struct manifest_report r;
    bool intact;
    assert_true(manifest_extract(a, pdf, &json, &face, &intact) && intact);
    for (size_t i = 0; i < METADATA; i++) {
        struct json *d = document_of(json);
        change(member(d, metadata[i]));
        assert_true(manifest_attach(a, face, text_of(d), &changed, &e));
        assert_true(manifest_verify_pdf(a, changed, ca, &r, &e));
        assert_named(&r, metadata[i], ENTRY_CHANGED);
        assert_int_equal(r.face, FACE_INTACT);
    }
    struct json *d = document_of(json);
    change(member(d, "face.sm3"));
    assert_true(manifest_attach(a, face, text_of(d), &changed, &e));
    assert_true(manifest_verify_pdf(a, changed, ca, &r, &e));
    assert_named(&r, "face", ENTRY_CHANGED);
    assert_int_equal(r.face, FACE_ALTERED);
}

/* ---- licences of the first version ---- */

static const struct cert *first_authority(void)
{
    const struct cert *c = cert_from_pem(a, STR(FIRST_AUTHORITY), &e);
    assert_non_null(c);
    return c;
}

static struct manifest_report verify_first(struct str json)
{
    struct manifest_report r;
    struct err x = {0};
    if (!manifest_verify(a, json, first_authority(), &r, &x)) fail_msg("%s", x.code);
    return r;
}

static void licences_of_the_first_version_stay_authentic(void **state)
{
    (void)state;
    struct manifest_report r = verify_first(STR(FIRST_MANIFEST));
    assert_true(r.authentic && str_eq_c(manifest_value(r.document, "business_scope"), "卷烟零售"));
    struct str pdf, shown, names[] = {STR("business_scope")};
    assert_true(manifest_attach(a, STR(FIRST_PAGE), STR(FIRST_MANIFEST), &pdf, &e));
    assert_true(manifest_verify_pdf(a, pdf, first_authority(), &r, &e));
    assert_true(r.authentic && r.face == FACE_INTACT);
    assert_true(manifest_disclose(a, STR(FIRST_MANIFEST), names, 1, &shown, &e));
    r = verify_first(shown);
    assert_true(r.authentic && r.withheld_count == 3);
}

static void changes_in_the_first_version_are_found_as_ever(void **state)
{
    (void)state;
    struct manifest_report r = verify_first(replaced(STR(FIRST_MANIFEST), "卷烟零售", "卷烟批发"));
    assert_true(!r.authentic && r.signature_ok && r.altered_count == 1);
    assert_true(str_eq_c(r.altered[0].name, "business_scope"));
    for (size_t i = 0; i < METADATA; i++) {
        struct json *d = document_of(STR(FIRST_MANIFEST));
        change(member(d, metadata[i]));
        r = verify_first(text_of(d));
        assert_true(!r.authentic && !r.signature_ok && r.altered_count == 0 && !r.fields_changed);
    }
    r = verify_first(without_field(STR(FIRST_MANIFEST), "卷烟零售"));
    assert_true(!r.authentic && r.fields_changed);
    r = verify_first(replaced(STR(FIRST_MANIFEST), "tongban-licence/1", "tongban-licence/2"));
    assert_false(r.authentic);
}

static void any_changed_byte_of_a_pdf_is_noticed(void **state)
{
    (void)state;
    struct str pdf = attached();
    struct arena *own = arena_new((size_t)16 << 20);
    for (size_t i = 0; i < pdf.len; i++) {
        struct str copy = str_dup(own, pdf);
        struct manifest_report r;
        struct err x = {0};
        ((char *)(uintptr_t)copy.ptr)[i] ^= 1;
        if (manifest_verify_pdf(own, copy, ca, &r, &x) && r.authentic) fail_msg("byte %zu", i);
        arena_reset(own);
    }
    arena_drop(own);
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

/* As other programs write it: another page, streams in their own order, the manifest packed or in the open.
 */
static struct str saved_again(struct str json, bool packed, const char *eol)
{
    struct buf out = buf_new(a, json.len + 1024);
    uLong len = compressBound(json.len);
    char *bytes = arena_array(a, len, 1);
    assert_int_equal(compress2((Bytef *)bytes, &len, (const Bytef *)json.ptr, json.len, 9), Z_OK);
    buf_fmt(&out, "%%PDF-1.7%s1 0 obj%s<</Length 9>>%sstream%sq 0 0 m Q%sendstream%sendobj%s", eol, eol, eol,
            eol, eol, eol, eol);
    buf_fmt(&out, "7 0 obj%s<</Type/EmbeddedFile%s>>%sstream%s", eol, packed ? "/Filter/FlateDecode" : "",
            eol, eol);
    buf_add(&out, packed ? str_n(bytes, len) : json);
    buf_fmt(&out, "%sendstream%sendobj%s%%%%EOF%s", eol, eol, eol, eol);
    return buf_str(&out);
}

static void a_manifest_is_found_in_a_pdf_that_was_saved_again(void **state)
{
    (void)state;
    static const struct {
        bool packed;
        const char *eol;
    } ways[] = {{false, "\n"}, {false, "\r\n"}, {true, "\n"}, {true, "\r\n"}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct manifest_report r;
        assert_true(manifest_verify_pdf(a, saved_again(made, ways[i].packed, ways[i].eol), ca, &r, &e));
        assert_true(r.data_authentic);
        assert_int_equal(r.face, FACE_RESAVED);
        assert_false(r.authentic); /* the page may say something else */
        assert_true(strstr(r.msgid, "saved the file again"));
        struct str changed = replaced(made, "烟草专卖零售许可证\"", "烟草专卖批发许可证\"");
        assert_true(manifest_verify_pdf(a, saved_again(changed, ways[i].packed, ways[i].eol), ca, &r, &e));
        assert_false(r.data_authentic);
        assert_string_equal(str_z(a, r.altered[0].name), "type.name");
    }
}

/* What unpacks to far more than any manifest costs a bounded time, and hides none that stands before it. */
static void packed_streams_without_end_are_left(void **state)
{
    (void)state;
    struct str empty = str_n(arena_array(a, MANIFEST_BYTES_MAX, 2), (size_t)MANIFEST_BYTES_MAX * 2);
    memset((char *)(uintptr_t)empty.ptr, '{', empty.len);
    struct str bomb = saved_again(empty, true, "\n");
    struct buf many = buf_new(a, bomb.len * 2000);
    for (int i = 0; i < 2000; i++)
        buf_add(&many, bomb);
    struct manifest_report r;
    struct err x = {0};
    int64_t begun = time_monotonic_us();
    assert_false(manifest_verify_pdf(a, buf_str(&many), ca, &r, &x));
    assert_string_equal(x.code, "manifest.none");
    assert_true(time_monotonic_us() - begun < 5000000);
    x = (struct err){0};
    assert_true(
        manifest_verify_pdf(a, str_cat(a, saved_again(made, true, "\n"), buf_str(&many)), ca, &r, &x));
    assert_true(r.data_authentic);
}

static void hostile_pdfs_hold_no_manifest(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
    } files[] = {{"", "manifest.none"},
                 {"%PDF-1.4", "manifest.none"},
                 {"\n%tongban-manifest/1 ", "manifest.none"},
                 {"\n%tongban-manifest/1 1 2\n", "manifest.none"},
                 {"\n%tongban-manifest/1 -1 5\nstream\n{}{}{}", "manifest.none"},
                 {"\n%tongban-manifest/1 0 99999\nstream\n{}", "manifest.none"},
                 {"\n%tongban-manifest/1 99999999999999999999 2\nstream\n{}", "manifest.none"},
                 {"\n%tongban-manifest/1 0 2\nstream\n[]", "manifest.unreadable"},
                 {"stream", "manifest.none"},
                 {"stream\r", "manifest.none"},
                 {"stream\n{", "manifest.none"},
                 {"stream\n\x78\x9c", "manifest.none"},
                 {"stream\n{\"format\":\"tongban-licence/2\"", "manifest.unreadable"}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct manifest_report r;
        struct err x = {0};
        assert_false(manifest_verify_pdf(a, str_c(files[i].text), ca, &r, &x));
        assert_string_equal(x.code, files[i].code);
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
        cmocka_unit_test(every_element_that_was_changed_is_named),
        cmocka_unit_test(every_element_that_was_left_out_is_named),
        cmocka_unit_test(what_was_added_is_named),
        cmocka_unit_test(a_changed_digest_or_signature_is_no_licence),
        cmocka_unit_test(an_unlimited_licence_gets_no_end),
        cmocka_unit_test(a_missing_or_added_field_is_named),
        cmocka_unit_test(withheld_values_leave_the_rest_verifiable),
        cmocka_unit_test(equal_values_have_different_digests),
        cmocka_unit_test(only_the_trusted_chain_counts),
        cmocka_unit_test(rubbish_is_no_manifest),
        cmocka_unit_test(field_names_are_checked_when_making),
        cmocka_unit_test(a_pdf_carries_its_manifest_and_its_face),
        cmocka_unit_test(every_element_changed_in_a_pdf_is_named),
        cmocka_unit_test(licences_of_the_first_version_stay_authentic),
        cmocka_unit_test(changes_in_the_first_version_are_found_as_ever),
        cmocka_unit_test(any_changed_byte_of_a_pdf_is_noticed),
        cmocka_unit_test(nothing_can_be_drawn_over_a_pdf_afterwards),
        cmocka_unit_test(values_that_look_like_the_mark_do_no_harm),
        cmocka_unit_test(a_manifest_is_found_in_a_pdf_that_was_saved_again),
        cmocka_unit_test(packed_streams_without_end_are_left),
        cmocka_unit_test(hostile_pdfs_hold_no_manifest),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
