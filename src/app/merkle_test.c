#include "app/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static const char *suite_folder(void)
{
    static char path[4096];
    const char *shared = getenv("TB_SHARED");
    snprintf(path, sizeof path, "%s/suites/merkle", shared ? shared : TB_SOURCE_ROOT "/../shared");
    return access(path, R_OK) == 0 ? path : NULL;
}

static void every_case_of_the_suite_is_judged_as_it_says(void **state)
{
    struct suite_count n;
    (void)state;
    if (!suite_folder()) {
        puts("skipped: the suite of proofs is not there");
        skip();
    }
    assert_true(merkle_suite(suite_folder(), &n, stdout));
    printf("%d cases agree, %d do not\n", n.passed, n.failed);
    assert_int_equal(n.failed, 0);
    assert_true(n.passed > 100);
}

static void a_case_that_is_wrong_or_none_is_counted_as_failed(void **state)
{
    static const char *const texts[][2] = {
        {"a.json",
         "{\"leafIdx\":0,\"treeSize\":1,\"root\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\","
         "\"leafHash\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\",\"proof\":[],\"wantErr\":true}"},
        {"b.json", "{\"leafIdx\":-1}"},
        {"c.json", "no JSON"},
        {"d.json",
         "{\"leafIdx\":0,\"treeSize\":1,\"root\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\","
         "\"leafHash\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\",\"proof\":[],\"wantErr\":false}"},
    };
    char folder[] = "/tmp/tongban-merkle-XXXXXX", path[128];
    struct suite_count n;
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, texts[i][0]);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(texts[i][1], f);
        fclose(f);
    }
    assert_true(merkle_suite(folder, &n, stdout));
    assert_int_equal(n.failed, 3);
    assert_int_equal(n.passed, 1);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, texts[i][0]);
        unlink(path);
    }
    rmdir(folder);
    assert_false(merkle_suite("/nowhere/at/all", &n, stdout));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_of_the_suite_is_judged_as_it_says),
        cmocka_unit_test(a_case_that_is_wrong_or_none_is_counted_as_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
