#include "core/i18n/i18n.h"

#include "core/base/arena.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct lang_entry entries[] = {
    {{"Zoo", 3}, {"动物园", 9}},
    {{"Apply", 5}, {"办理", 6}},
    {{"Search", 6}, {"搜索", 6}},
    {{"Applying", 8}, {"正在办理", 12}},
    {{"A %{arg} and %{arg}", 19}, {"%{arg}、%{arg}", 15}},
};
static const uint16_t from[] = {0, 5};
static const struct lang some = {"zh-CN", entries, 5, from, 1};

static void every_sentence_is_found_and_an_unknown_one_is_itself(void **)
{
    for (size_t i = 0; i < some.count; i++)
        assert_true(str_eq(lang_text(&some, entries[i].msgid), entries[i].msgstr));
    assert_true(str_eq_c(tr(&some, "Appl"), "Appl"));
    assert_true(str_eq_c(tr(&some, ""), ""));
    assert_true(str_eq_c(tr(&some, "zzz"), "zzz"));
    assert_true(str_eq_c(tr(&lang_en, "Apply"), "Apply"));
}

static void every_sentence_of_the_program_is_found_among_few(void **)
{
    assert_true(lang_zh_cn.count > 0);
    assert_true(lang_zh_cn.from[lang_zh_cn.buckets] == lang_zh_cn.count);
    for (size_t i = 0; i < lang_zh_cn.count; i++) {
        const struct lang_entry *e = &lang_zh_cn.entries[i];
        assert_ptr_equal(lang_text(&lang_zh_cn, e->msgid).ptr, e->msgstr.ptr);
    }
    for (size_t i = 0; i < lang_zh_cn.buckets; i++)
        assert_true(lang_zh_cn.from[i + 1] - lang_zh_cn.from[i] <= 12);
}

static void the_argument_is_put_in_and_never_read_again(void **)
{
    struct arena *a = arena_new(1 << 16);
    assert_true(str_eq_c(tr_arg(&some, a, "A %{arg} and %{arg}", STR("%{arg}!")), "%{arg}!、%{arg}!"));
    assert_true(str_eq_c(tr_arg(&lang_en, a, "At most %{arg} bytes.", STR("5")), "At most 5 bytes."));
    assert_true(str_eq_c(tr_arg(&lang_en, a, "None", STR("5")), "None"));
    arena_drop(a);
}

static void wants(const char *header, const struct lang *expected)
{
    const struct lang *got = lang_accept(str_c(header));
    if (got != expected) fail_msg("\"%s\" was served %s", header, got->tag);
}

static void the_language_is_the_one_the_header_weighs_highest(void **)
{
    wants("", &lang_zh_cn);
    wants("en", &lang_en);
    wants("zh-CN,zh;q=0.9,en;q=0.8", &lang_zh_cn);
    wants("en-GB, en;q=0.7, zh-CN;q=0.6", &lang_en);
    wants("en;q=0.3, zh;q=0.4", &lang_zh_cn);
    wants("fr, de;q=0.9, en;q=0.1", &lang_en);
    wants("fr", &lang_zh_cn);
    wants("ZH-hant-TW", &lang_zh_cn);
    wants("EN-us ; q=1.000 , zh ;q=0.999", &lang_en);
    wants("en,zh", &lang_en);
    wants("zh,en", &lang_zh_cn);
    wants("zh;q=0, *", &lang_en);
    wants("en;q=0, *;q=0.1", &lang_zh_cn);
    wants("*", &lang_zh_cn);
    wants("*, en;q=0.5", &lang_zh_cn);
    wants("*;q=0", &lang_zh_cn);
    wants("english", &lang_zh_cn);
}

static void malformed_elements_are_passed_over(void **)
{
    wants("en;q=2, zh;q=0.1", &lang_zh_cn);
    wants("en;q=0.1234, zh;q=0.001", &lang_zh_cn);
    wants(";;;,,,=,en;q=,en;x", &lang_zh_cn);
    wants(",,en,", &lang_en);
    wants("en;q=1.1", &lang_zh_cn);
}

static void languages_are_found_by_tag(void **)
{
    assert_ptr_equal(lang_find(STR("zh-cn")), &lang_zh_cn);
    assert_ptr_equal(lang_find(STR("en")), &lang_en);
    assert_null(lang_find(STR("fr")));
    assert_null(lang_find(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_is_found_and_an_unknown_one_is_itself),
        cmocka_unit_test(every_sentence_of_the_program_is_found_among_few),
        cmocka_unit_test(the_argument_is_put_in_and_never_read_again),
        cmocka_unit_test(the_language_is_the_one_the_header_weighs_highest),
        cmocka_unit_test(malformed_elements_are_passed_over),
        cmocka_unit_test(languages_are_found_by_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
