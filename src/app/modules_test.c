#include "app/cli.h"
#include "core/i18n/i18n.h"
#include "core/jobs/jobs.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int wordless(const char *what, const char *name, const char *msgid)
{
    if (msgid && *msgid && !str_eq_c(tr(&lang_zh_cn, msgid), msgid)) return 0;
    print_error("%s %s has no words%s\n", what, name, msgid && *msgid ? " in Chinese" : "");
    return 1;
}

static void every_kind_of_job_says_what_it_does_in_both_languages(void **state)
{
    int missing = 0;
    (void)state;
    for (size_t m = 0; m < module_count; m++)
        for (size_t i = 0; i < modules[m]->job_count; i++)
            missing += wordless("job", modules[m]->jobs[i].name, modules[m]->jobs[i].title);
    assert_int_equal(missing, 0);
}

static void every_permission_has_a_title_in_both_languages(void **state)
{
    int missing = 0;
    (void)state;
    for (size_t m = 0; m < module_count; m++)
        for (size_t i = 0; i < modules[m]->permission_count; i++)
            missing +=
                wordless("permission", modules[m]->permissions[i].name, modules[m]->permissions[i].title);
    assert_int_equal(missing, 0);
}

static void every_setting_is_named_with_its_unit_in_both_languages(void **state)
{
    int missing = 0;
    (void)state;
    for (size_t m = 0; m < module_count; m++)
        for (size_t i = 0; i < modules[m]->setting_count; i++) {
            const struct setting *s = &modules[m]->settings[i];
            missing += wordless("setting", s->name, s->label) + wordless("unit of", s->name, s->unit);
        }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_job_says_what_it_does_in_both_languages),
        cmocka_unit_test(every_permission_has_a_title_in_both_languages),
        cmocka_unit_test(every_setting_is_named_with_its_unit_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
