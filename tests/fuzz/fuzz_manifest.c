/* Whatever claims to be a licence, as JSON or as a PDF: verification answers and nothing unsigned is called
 * authentic; what was found in a PDF lies inside it; disclosing keeps the verdict's form. */
#include "engines/manifest/manifest_internal.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool promise)
{
    if (!promise) abort();
}

static void inside(struct str part, struct str whole)
{
    must(part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check(struct arena *a, struct str content)
{
    struct manifest_report r;
    struct err e = {0};
    struct str json, face, shown;
    bool intact;
    if (manifest_verify(a, content, NULL, &r, &e)) {
        must(!r.authentic && r.msgid);
        must(manifest_disclose(a, content, NULL, 0, &shown, &e));
        must(manifest_verify(a, shown, NULL, &r, &e) && r.altered_count <= MANIFEST_FAULTS_MAX);
    }
    if (manifest_extract(a, content, &json, &face, &intact)) {
        inside(json, content);
        inside(face, content);
    }
    if (manifest_find(a, content, &json)) must(json.len > 0 && json.len <= MANIFEST_BYTES_MAX);
    e = (struct err){0};
    if (manifest_verify_pdf(a, content, NULL, &r, &e)) must(!r.authentic);
    struct str attached;
    if (manifest_attach(a, content, STR("{}"), &attached, &e)) {
        must(manifest_extract(a, attached, &json, &face, &intact));
        must(intact && str_eq(face, content) && str_eq_c(json, "{}"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    struct arena *a = arena_new(64 << 20);
    struct err e = {0};
    jmp_buf env;
    if (!started) must(started = crypto_start(&e));
    if (a && setjmp(env) == 0) {
        arena_guard(a, &env);
        check(a, str_n(data, size));
    }
    arena_drop(a);
    return 0;
}
