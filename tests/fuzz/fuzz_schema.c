/* Whatever claims to be a schema, a document and a pattern: it is refused or compiled, and judged or given up
 * within its limits; the verdict is the same whether faults are wanted or not, and a fault stands where the
 * document has a value. Byte 0x1f stands between schema, document and pattern. */
#include "engines/schema/schema.h"

#include <setjmp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BYTES = 128 << 20, TEXT_MAX = 4096 };

static void must(bool promise)
{
    if (!promise) abort();
}

static void judge(struct arena *a, const struct json *schema, const struct json *document)
{
    const struct schema_options options = {.formats = true, .base = STR_EMPTY};
    struct err e = {0}, first = {0}, second = {0};
    struct schema_faults faults;
    bool valid = false, quick = false;
    struct schema *s = schema_compile(a, schema, &options, &e);
    must(s || e.kind == ERR_INVALID);
    if (!s) return;
    bool told = schema_judge(a, s, document, &faults, &valid, &first);
    bool judged = schema_judge(a, s, document, NULL, &quick, &second);
    must(told || first.kind == ERR_INVALID);
    /* The quick way may end before the work is used up. */
    if (told && judged) must(valid == quick);
    if (told) must(valid == (faults.count == 0));
    for (const struct schema_fault *f = told ? faults.first : NULL; f; f = f->next)
        must(f->value && f->msgid && (f->instance.len == 0 || f->instance.ptr[0] == '/'));
}

static void numbers(const struct json *x, const struct json *y)
{
    if (!json_is(x, JSON_NUMBER) || !json_is(y, JSON_NUMBER)) return;
    int order = schema_number_compare(x->text, y->text), back = schema_number_compare(y->text, x->text);
    must((order < 0) == (back > 0) && (order == 0) == schema_equal(x, y));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(BYTES);
    struct str all = str_n(data, size < TEXT_MAX ? size : TEXT_MAX), one, two, pattern;
    struct err e = {0};
    jmp_buf env;
    if (a && utf8_valid(all) && setjmp(env) == 0) {
        arena_guard(a, &env);
        pattern = str_cut(str_cut(all, '\x1f', &one), '\x1f', &two);
        const struct json *schema = json_parse(a, one, JSON_KEEP_DUPLICATES, &e);
        const struct json *document = schema ? json_parse(a, two, JSON_KEEP_DUPLICATES, &e) : NULL;
        if (document) {
            judge(a, schema, document);
            numbers(schema, document);
        }
        struct json *asked = json_object(a);
        json_set_str(a, asked, "pattern", pattern);
        judge(a, asked, document ? document : json_string(a, one));
    }
    arena_drop(a);
    return 0;
}
