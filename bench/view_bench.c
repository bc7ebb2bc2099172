/* Rendering speed of core/view: a page of about 30 KB with a layout, a partial, sentences and a list. */
#include "core/view/view.h"

#include <time.h>

static int64_t processor_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const char layout[] =
    "<!DOCTYPE html>\n<html "
    "lang=\"{{lang}}\">\n<head><title>{{$title}}{{/title}}</title></head>\n<body>\n<nav>{{#me}}<a "
    "href=\"/me\">{{name}}</a>{{/me}}{{^me}}<a href=\"/sign-in\">{{_ Sign in}}</a>{{/me}}</nav>\n<main>\n"
    "{{$content}}\n{{/content}}\n</main>\n<footer>{{_ Hotline %{hotline}}}</footer>\n</body>\n</html>\n";
static const char page[] = "{{<layout}}\n{{$title}}{{_ Search}} · {{q}}{{/title}}\n{{$content}}\n<h1>{{_ "
                           "%{count} services for %{q}}}</h1>\n<ul>\n"
                           "{{#items}}\n{{>row}}\n{{/items}}\n</ul>\n{{^items}}\n<p>{{_ Nothing was "
                           "found.}}</p>\n{{/items}}\n{{/content}}\n{{/layout}}\n";
static const char row[] =
    "<li class=\"tb-item{{#online}} tb-item--online{{/online}}\">\n  <h2><a "
    "href=\"/items/{{code}}?q={{q}}\">{{name}}</a></h2>\n"
    "  <p class=\"tb-item__meta\"><span class=\"tb-item__department\">{{department.name}}</span> · {{_ "
    "Promised time}} {{days}}</p>\n"
    "  <p class=\"tb-item__audience\">{{#person}}{{_ For people}}{{/person}}{{^person}}{{_ For "
    "firms}}{{/person}}</p>\n"
    "</li>\n";

int main(void)
{
    struct arena *a = arena_new((size_t)64 << 20);
    const struct view_source sources[] = {
        {"layout", layout, sizeof layout - 1}, {"page", page, sizeof page - 1}, {"row", row, sizeof row - 1}};
    struct err e = {0};
    int64_t start = processor_us();
    struct views *v = views_new(a, VIEW_PAGE, sources, 3, &e);
    int64_t compiled = processor_us() - start;
    if (!v) {
        fprintf(stderr, "%s\n", e.arg);
        return 1;
    }
    struct json *doc = json_object(a);
    json_set_c(a, doc, "lang", "zh-CN");
    json_set_c(a, doc, "hotline", "12345");
    json_set_c(a, doc, "q", "养老保险");
    json_set_i64(a, doc, "count", 90);
    struct json *items = json_set_array(a, doc, "items");
    for (int i = 0; i < 90; i++) {
        struct json *item = json_add_object(a, items);
        json_set_str(a, item, "code", str_fmt(a, "11511600MB%05d", i));
        json_set_c(a, item, "name", "城乡居民基本养老保险参保登记 <\"变更\">");
        json_set_i64(a, item, "days", i % 20);
        json_set_bool(a, item, "online", i % 2);
        json_set_bool(a, item, "person", i % 3);
        json_set_c(a, json_set_object(a, item, "department"), "name", "人力资源和社会保障局");
    }
    enum { ROUNDS = 5000 };
    struct buf out = buf_new(a, 64 << 10);
    int64_t best = INT64_MAX, total = 0;
    for (int i = 0; i < ROUNDS; i += 50) {
        start = processor_us();
        for (int k = 0; k < 50; k++) {
            out.len = 0;
            if (!views_render(v, STR("page"), doc, &lang_zh_cn, &out, &e)) return 1;
        }
        int64_t took = processor_us() - start;
        total += took;
        if (took < best) best = took;
    }
    printf("view: %zu bytes, best %.1f us, mean %.1f us a page; compiled in %lld us\n", out.len,
           (double)best / 50, (double)total / ROUNDS, (long long)compiled);
    arena_drop(a);
    return 0;
}
