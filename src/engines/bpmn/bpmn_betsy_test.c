#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>

#include "core/base/file.h"
#include "engines/bpmn/bpmn_betsy.h"

/* The suites lie beside the source tree; without them there is nothing to compare with. */
#define SUITES TB_SOURCE_ROOT "/../shared/suites/"
static const char *suites(void)
{
    const char *at = getenv("TONGBAN_SHARED");
    static char path[512];

    snprintf(path, sizeof(path), "%s%s", at ? at : "", at ? "/suites/" : SUITES);
    return path;
}

struct tally {
    int passed, failed;
};

static struct str text_of(struct arena *a, const char *folder, const char *name)
{
    struct str out = STR_EMPTY;
    struct err e = {0};

    if (!file_read(a, str_z(a, str_fmt(a, "%s/%s", folder, name)), 8 << 20, &out, &e)) return STR_EMPTY;
    return out;
}

static void one(struct arena *a, const char *folder, struct tally *t)
{
    struct err e = {0};
    const struct json *about = json_parse(a, text_of(a, folder, "cases.json"), JSON_STRICT, &e);
    const struct json *cases = json_get(about, "cases"), *models = json_get(about, "models");
    struct str xml = text_of(a, folder, str_z(a, json_text_of(about, "file")));

    JSON_EACH(c, cases)
    {
        struct betsy_verdict v = betsy_run(a, xml, about, c);

        if (betsy_is_doubtful(about)) continue;
        if (!v.passed) print_message("%s: %.*s\n", folder, STR_ARG(v.got));
        t->passed += v.passed;
        t->failed += !v.passed;
    }
    JSON_EACH(m, models)
    {
        struct betsy_verdict v = betsy_refuse(a, text_of(a, folder, str_z(a, json_text_of(m, "file"))),
                                              json_text_of(about, "constraint"));

        t->passed += v.passed;
        t->failed += !v.passed;
    }
}

static struct tally run(const char *suite)
{
    char root[1024];
    struct tally t = {0};
    DIR *dir;

    snprintf(root, sizeof(root), "%s%s", suites(), suite);
    dir = opendir(root);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        struct arena *a;

        if (d->d_name[0] == '.') continue;
        a = arena_new(128 << 20);
        one(a, str_z(a, str_fmt(a, "%s/%s", root, d->d_name)), &t);
        arena_drop(a);
    }
    if (dir) closedir(dir);
    return t;
}

static void every_executable_process_of_the_suite_does_what_it_is_to_do(void **)
{
    struct tally t = run("betsy");

    if (!t.passed && !t.failed) {
        print_message("skipped: the suite is not there\n");
        skip();
    }
    assert_int_equal(t.failed, 0);
    print_message("%d cases\n", t.passed);
}

static void models_that_break_a_rule_are_refused_for_that_rule(void **)
{
    struct tally t = run("betsy-constraints");

    if (!t.passed && !t.failed) {
        print_message("skipped: the suite is not there\n");
        skip();
    }
    assert_true(t.passed * 100 >= (t.passed + t.failed) * 85);
    print_message("%d of %d\n", t.passed, t.passed + t.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_executable_process_of_the_suite_does_what_it_is_to_do),
        cmocka_unit_test(models_that_break_a_rule_are_refused_for_that_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
