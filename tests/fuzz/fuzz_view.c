/* Whatever templates arrive: compiling and rendering never crash, and no value of a page gets out as markup.
 * The first byte chooses the mode; byte 0x1f stands between the page and two more templates, "a" and "b". */
#include "core/view/view_internal.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A byte that no UTF-8 text of a template holds: what holds it in the output came from a value. */
#define M "\xFF"
/* Each character that means something in HTML stands before a mark of its own: it must not come out as it is,
 * whatever the template puts around the value. */
static const char hostile[] = "q<" M "\"" M "'" M ">" M "&" M;

/* Lists hold one element: what a loop in a loop costs is the author's affair. */
static const char document[] =
    "{\"x\":\"@\",\"y\":{\"x\":\"java\\nscript:@\",\"z\":[{\"x\":\"@=\"}]},\"l\":[\"@\"],"
    "\"t\":true,\"f\":false,\"e\":[],\"n\":12.5,\"u\":null}";

static void must(bool promise)
{
    if (!promise) abort();
}

static void count(void *arg, struct str msgid, const char *view)
{
    *(size_t *)arg += msgid.len + (view != NULL);
}

/* The document with a hostile text for every @. JSON is UTF-8: the marks come in afterwards. */
static void make_hostile(struct arena *a, struct json *value)
{
    if (value->type == JSON_STRING) {
        struct buf text = buf_new(a, 64);
        for (size_t i = 0; i < value->text.len; i++) {
            if (value->text.ptr[i] == '@')
                buf_add_c(&text, hostile);
            else
                buf_add_char(&text, value->text.ptr[i]);
        }
        value->text = buf_str(&text);
    }
    if (value->type == JSON_ARRAY || value->type == JSON_OBJECT)
        for (struct json *item = value->first; item; item = item->next)
            make_hostile(a, item);
}

static bool marked(struct str s)
{
    return str_find(s, STR(M)) != SIZE_MAX;
}

/* As a browser reads the scheme: without blanks before it and line breaks inside it. */
static bool is_script(struct arena *a, struct str url)
{
    struct buf plain = buf_new(a, url.len);
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] > ' ') buf_add_char(&plain, url.ptr[i]);
    struct str s = buf_str(&plain), scheme = STR("javascript:");
    return s.len >= scheme.len && str_eq_nocase(str_slice(s, 0, scheme.len), scheme);
}

/* Reads the page as it came out, without knowing where a template began or ended. */
static void check_places(struct arena *a, struct str out)
{
    struct html_place place = {0};
    size_t url = SIZE_MAX;
    for (size_t i = 0; i < out.len; i++) {
        enum escape escape;
        if (out.ptr[i] == M[0]) must(html_escape_at(&place, &escape) == NULL);
        switch (html_step(&place, out.ptr[i])) {
        case HTML_URL_BEGINS:
            url = i + 1;
            break;
        case HTML_URL_ENDS:
            must(!is_script(a, str_slice(out, url, i)) || !marked(str_slice(out, url, i)));
            break;
        default:
            break;
        }
    }
    must(place.state == HTML_TEXT);
}

static void render(struct arena *a, enum view_mode mode, const struct view_source *sources,
                   const struct lang *l)
{
    static const char *const markup[] = {"<" M, "\"" M, "'" M, ">" M, "&" M, NULL};
    struct err e = {0};
    struct views *v = views_new(a, mode, sources, 3, &e);
    must(v || e.kind == ERR_INVALID);
    if (!v) return;
    size_t total = 0;
    views_msgids(v, count, &total);
    struct json *doc = json_parse(a, str_c(document), JSON_STRICT, &e);
    must(doc != NULL);
    make_hostile(a, doc);
    struct buf out = buf_new(a, 256);
    if (!views_render(v, STR("page"), doc, l, &out, &e)) {
        must(e.kind == ERR_FAULT);
        return;
    }
    for (size_t i = 0; i < 3; i++)
        if (marked(str_n(sources[i].text, sources[i].len))) return;
    if (mode == VIEW_PLAIN) return;
    for (size_t i = 0; markup[i]; i++)
        must(str_find(buf_str(&out), str_c(markup[i])) == SIZE_MAX);
    check_places(a, buf_str(&out));
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
