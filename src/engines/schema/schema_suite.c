#include "engines/schema/schema_suite.h"

struct suite {
    const struct schema_options *options;
    void (*failed)(void *arg, const struct schema_suite_failure *f);
    void *arg;
    struct schema_suite_count *count;
};

static void one(const struct suite *s, struct arena *a, const struct schema *schema,
                const struct err *compiling, const struct json *group, const struct json *test)
{
    struct err e = {0};
    bool valid = false, expected = json_true_of(test, "valid");
    bool judged = schema && schema_judge(a, schema, json_get(test, "data"), NULL, &valid, &e);
    bool passed = judged && valid == expected;
    s->count->passed += passed;
    s->count->failed += !passed;
    if (passed) return;
    const struct err *why = schema ? &e : compiling;
    struct schema_suite_failure f = {.group = json_text_of(group, "description"),
                                     .test = json_text_of(test, "description"),
                                     .expected = expected,
                                     .msgid = judged ? NULL : why->msgid,
                                     .arg = str_c(why->arg)};
    s->failed(s->arg, &f);
}

static void run_group(const struct suite *s, struct arena *a, const struct json *group)
{
    struct err e = {0};
    struct schema *schema = schema_compile(a, json_get(group, "schema"), s->options, &e);
    JSON_EACH(test, json_get(group, "tests"))
    {
        one(s, a, schema, &e, group, test);
    }
}

static bool run_guarded(struct suite *s, struct arena *a, const struct json *group)
{
    jmp_buf env;
    if (setjmp(env) != 0) return false;
    arena_guard(a, &env);
    run_group(s, a, group);
    return true;
}

void schema_suite_run(const struct json *groups, const struct schema_options *options, size_t cap,
                      void (*failed)(void *arg, const struct schema_suite_failure *f), void *arg,
                      struct schema_suite_count *count)
{
    struct suite s = {.options = options, .failed = failed, .arg = arg, .count = count};
    struct arena *a = arena_new(cap);
    JSON_EACH(group, groups)
    {
        if (!a || !run_guarded(&s, a, group))
            count->failed += json_get(group, "tests") ? json_get(group, "tests")->count : 1;
        if (a) arena_reset(a);
    }
    if (a) arena_drop(a);
}
