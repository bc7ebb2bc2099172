#include "core/json/json.h"
#include "testing/files.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A text that is accepted must survive writing and reading again; twice, since kept duplicates change places
 * each time. */
static bool survives(struct arena *a, const struct json *value)
{
    struct err e = {0};
    struct str once = json_to_str(a, value);
    struct json *again = json_parse(a, once, JSON_KEEP_DUPLICATES, &e);
    if (again) again = json_parse(a, json_to_str(a, again), JSON_KEEP_DUPLICATES, &e);
    return again && str_eq(once, json_to_str(a, again));
}

static void the_public_suite_of_texts_is_accepted_and_refused_as_it_says(void **)
{
    struct arena *a = arena_new(64 << 20);
    const char *folder = testing_shared(a, "suites/json/test_parsing");
    if (!folder) {
        print_message("skipped: suites/json is not beside the source tree\n");
        arena_drop(a);
        skip();
    }
    size_t count, wrong = 0, accepted = 0, refused = 0;
    const char **names = testing_list(a, folder, ".json", &count);
    for (size_t i = 0; i < count; i++) {
        struct arena *one = arena_new(64 << 20);
        struct str text;
        assert_true(testing_read(one, str_z(one, str_fmt(one, "%s/%s", folder, names[i])), &text));
        struct err e = {0};
        struct json *value = json_parse(one, text, JSON_KEEP_DUPLICATES, &e);
        if (value ? names[i][0] == 'n' || !survives(one, value)
                  : names[i][0] == 'y' || e.kind != ERR_INVALID) {
            print_message("wrong: %s %s\n", names[i], value ? "accepted" : e.arg);
            wrong++;
        }
        accepted += names[i][0] == 'y';
        refused += names[i][0] == 'n';
        arena_drop(one);
    }
    print_message("%zu texts: %zu to accept, %zu to refuse\n", count, accepted, refused);
    assert_true(accepted > 90 && refused > 180);
    assert_int_equal(wrong, 0);
    arena_drop(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_public_suite_of_texts_is_accepted_and_refused_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
