#include "core/view/view.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct tally {
    size_t all, missing;
};

static bool is_translated(struct str msgid)
{
    struct str found = lang_text(&lang_zh_cn, msgid);
    return found.ptr != msgid.ptr;
}

static void count(void *arg, struct str msgid, const char *view)
{
    struct tally *t = arg;
    t->all++;
    if (is_translated(msgid)) return;
    t->missing++;
    print_message("%s: %.*s\n", view, STR_ARG(msgid));
}

static void every_sentence_of_every_page_has_a_translation(void **)
{
    struct arena *a = arena_new(64 << 20);
    struct err e = {0};
    struct views *v = views_new(a, VIEW_PAGE, view_sources, view_source_count, &e);
    if (!v) fail_msg("%s", e.arg);
    struct tally t = {0};
    views_msgids(v, count, &t);
    arena_drop(a);
    print_message("%zu sentences, %zu without translation\n", t.all, t.missing);
    assert_int_equal(t.missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_of_every_page_has_a_translation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
