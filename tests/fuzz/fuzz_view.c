/* Whatever templates arrive: compiling and rendering never crash, and no value of a page gets out as markup.
 * The first byte chooses the mode; byte 0x1f stands between the page and two more templates, "a" and "b". */
#include "core/view/view.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lists hold one element: what a loop in a loop costs is the author's affair. */
static const char document[] =
    "{\"x\":\"<zz \\\"'&>\",\"y\":{\"x\":\"javascript:<zz\",\"z\":[{\"x\":\"'<zz=\"}]},\"l\":[\"\\\"<zz\"],"
    "\"t\":true,\"f\":false,\"e\":[],\"n\":12.5,\"u\":null}";

static void count(void *arg, struct str msgid, const char *view)
{
    *(size_t *)arg += msgid.len + (view != NULL);
}

static void render(struct arena *a, enum view_mode mode, const struct view_source *sources,
                   const struct lang *l)
{
    struct err e = {0};
    struct views *v = views_new(a, mode, sources, 3, &e);
    if (!v) return;
    size_t total = 0;
    views_msgids(v, count, &total);
    const struct json *doc = json_parse(a, str_c(document), JSON_STRICT, &e);
    struct buf out = buf_new(a, 256);
    if (!views_render(v, STR("page"), doc, l, &out, &e) || mode == VIEW_PLAIN) return;
    for (size_t i = 0; i < 3; i++)
        if (str_find(str_n(sources[i].text, sources[i].len), STR("zz")) != SIZE_MAX) return;
    if (str_find(buf_str(&out), STR("<zz")) != SIZE_MAX) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    struct arena *a = arena_new(16 << 20);
    jmp_buf env;
    if (a && setjmp(env) == 0) {
        arena_guard(a, &env);
        struct view_source sources[3] = {{"page", "", 0}, {"a", "", 0}, {"b", "", 0}};
        struct str rest = str_n(data + 1, size - 1), part;
        for (size_t i = 0; i < 3; i++) {
            rest = str_cut(rest, 0x1f, &part);
            if (part.len) sources[i] = (struct view_source){sources[i].name, part.ptr, part.len};
        }
        render(a, data[0] & 1 ? VIEW_PAGE : VIEW_PLAIN, sources, data[0] & 2 ? &lang_zh_cn : &lang_en);
    }
    arena_drop(a);
    return 0;
}
