#include "core/view/view.h"
#include "testing/files.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool run_one(struct arena *a, const struct json *test)
{
    const struct json *partials = json_get(test, "partials");
    size_t count = 1;
    struct view_source *sources = ARENA_ARRAY(a, (partials ? partials->count : 0) + 1, struct view_source);
    struct str template = json_text_of(test, "template");
    sources[0] = (struct view_source){"", template.ptr, template.len};
    JSON_EACH(p, partials)
    sources[count++] = (struct view_source){str_z(a, p->key), p->text.ptr, p->text.len};
    struct err e = {0};
    struct views *v = views_new(a, VIEW_PLAIN, sources, count, &e);
    struct buf out = buf_new(a, 256);
    struct str expected = json_text_of(test, "expected");
    if (v && views_render(v, STR_EMPTY, json_get(test, "data"), NULL, &out, &e) &&
        str_eq(buf_str(&out), expected))
        return true;
    print_message("  template %.*s\n  expected %.*s\n  got      %s %s%s\n",
                  STR_ARG(json_to_str(a, json_get(test, "template"))),
                  STR_ARG(json_to_str(a, json_get(test, "expected"))),
                  json_to_str(a, json_string(a, buf_str(&out))).ptr, e.arg, e.detail);
    return false;
}

static void every_example_of_the_mustache_specification_renders_as_it_says(void **)
{
    struct arena *a = arena_new(64 << 20);
    const char *folder = testing_shared(a, "suites/mustache");
    if (!folder) {
        print_message("skipped: suites/mustache is not beside the source tree\n");
        arena_drop(a);
        skip();
    }
    size_t count, total = 0, wrong = 0;
    const char **names = testing_list(a, folder, ".json", &count);
    for (size_t i = 0; i < count; i++) {
        struct str text;
        struct err e = {0};
        assert_true(testing_read(a, str_z(a, str_fmt(a, "%s/%s", folder, names[i])), &text));
        struct json *file = json_parse(a, text, JSON_STRICT, &e);
        assert_non_null(file);
        JSON_EACH(test, json_get(file, "tests"))
        {
            total++;
            if (run_one(a, test)) continue;
            wrong++;
            print_message("wrong: %s: %.*s\n", names[i], STR_ARG(json_text_of(test, "name")));
        }
    }
    print_message("%zu examples\n", total);
    arena_drop(a);
    assert_int_equal(wrong, 0);
    assert_true(total > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_of_the_mustache_specification_renders_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
