/* Whatever bytes arrive: the reader of JSON never crashes, and what it accepts survives writing and reading.
 */
#include "core/json/json.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool promise)
{
    if (!promise) abort();
}

static void check(struct arena *a, const struct json *value)
{
    struct err e = {0};
    struct str once = json_to_str(a, value);
    must(utf8_valid(once));
    must(str_find_char(once, '<') == SIZE_MAX && str_find_char(once, '&') == SIZE_MAX);
    const struct json *again = json_parse(a, once, JSON_STRICT, &e);
    must(again && str_eq(once, json_to_str(a, again)));
    must(str_eq(once, json_to_str(a, json_copy(a, value))));
    struct buf canonical = buf_new(a, once.len), twice = buf_new(a, once.len);
    json_write_canonical(&canonical, value);
    again = json_parse(a, buf_str(&canonical), JSON_STRICT, &e);
    must(again != NULL);
    json_write_canonical(&twice, again);
    must(str_eq(buf_str(&canonical), buf_str(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(16 << 20);
    struct str text = str_n(data, size);
    struct err e = {0};
    jmp_buf env;
    if (a && setjmp(env) == 0) {
        arena_guard(a, &env);
        const struct json *value = json_parse(a, text, JSON_STRICT, &e);
        if (value) check(a, value);
        must((value != NULL) == (e.kind == ERR_NONE));
        struct err other = {0};
        const struct json *kept = json_parse(a, text, JSON_KEEP_DUPLICATES, &other);
        must(!value || kept);
        if (kept) json_to_str(a, kept);
    }
    arena_drop(a);
    return 0;
}
