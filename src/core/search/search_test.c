#include "core/search/search.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *const names[] = {
    "普通护照签发",
    "烟草专卖零售许可证新办",
    "烟草专卖零售许可证延续",
    "残疾人两项补贴",
    "婚姻登记",
    "居住证办理",
    "城乡居民养老保险参保登记",
    "道路旅客运输经营许可",
    "道路货物运输经营许可",
    "A2类驾驶证换领",
    "公共场所卫生许可",
    "企业名称登记",
};
enum { NAMES = sizeof names / sizeof names[0] };

static struct search_index *build(void)
{
    struct search_builder *b = search_begin();
    for (uint32_t i = 0; i < NAMES; i++) {
        assert_int_equal(search_doc(b), i);
        assert_true(search_text(b, str_c(names[i]), 30));
    }
    assert_true(search_synonym(b, STR("卖烟"), STR("烟草零售 烟草专卖")));
    assert_true(search_synonym(b, STR("结婚"), STR("婚姻登记")));
    assert_true(search_synonym(b, STR("结婚证"), STR("婚姻")));
    assert_true(search_synonym(b, STR("，。"), STR("护照")));
    struct search_index *ix = search_finish(b);
    assert_non_null(ix);
    return ix;
}

static bool odd_only(const void *, uint32_t doc)
{
    return doc % 2 == 1;
}

static void first_is(const struct search_index *ix, const char *query, const char *name)
{
    struct arena *a = arena_new(4 << 20);
    struct search_hit *hits;
    size_t n = search_run(ix, a, str_c(query), 3, NULL, NULL, &hits);
    if (!name)
        assert_int_equal(n, 0);
    else if (!n || strcmp(names[hits[0].doc], name) != 0)
        fail_msg("\"%s\" found %s first", query, n ? names[hits[0].doc] : "nothing");
    arena_drop(a);
}

static void people_find_what_they_mean(void **)
{
    struct search_index *ix = build();
    first_is(ix, "办护照", "普通护照签发");
    first_is(ix, "护招签发", "普通护照签发");
    first_is(ix, "请问怎么办理居住证呢？", "居住证办理");
    first_is(ix, "道路货运许可", "道路货物运输经营许可");
    first_is(ix, "照", "普通护照签发");
    first_is(ix, "开小卖部卖烟", "烟草专卖零售许可证新办");
    first_is(ix, "结婚", "婚姻登记");
    first_is(ix, "我要领结婚证", "婚姻登记");
    first_is(ix, "ａ２类 驾驶证", "A2类驾驶证换领");
    first_is(ix, "a2", "A2类驾驶证换领");
    first_is(ix, "怎么", NULL);
    first_is(ix, "", NULL);
    first_is(ix, " ，。!?", NULL);
    first_is(ix, "zzz", NULL);
    first_is(ix, "\xff\xfe护\x80照", "普通护照签发");
    search_drop(ix);
}

static void the_filter_decides_before_the_limit_and_ties_go_by_number(void **)
{
    struct search_index *ix = build();
    struct arena *a = arena_new(4 << 20);
    struct search_hit *hits;
    size_t n = search_run(ix, a, STR("许可"), 2, odd_only, NULL, &hits);
    assert_int_equal(n, 2);
    assert_int_equal(hits[0].doc % 2 + hits[1].doc % 2, 2);
    n = search_run(ix, a, STR("道路"), 100, NULL, NULL, &hits);
    assert_int_equal(n, 2);
    assert_true(hits[0].score == hits[1].score);
    assert_int_equal(hits[0].doc, 7);
    assert_int_equal(hits[1].doc, 8);
    assert_int_equal(search_run(ix, a, STR("道路"), 0, NULL, NULL, &hits), 0);
    n = search_run(ix, a, STR("烟草许可登记"), NAMES, NULL, NULL, &hits);
    for (size_t i = 1; i < n; i++)
        assert_true(hits[i - 1].score >= hits[i].score);
    arena_drop(a);
    search_drop(ix);
}

static void weight_and_length_decide_among_equals(void **)
{
    struct search_builder *b = search_begin();
    const char *const texts[] = {"市民卡挂失及补办等其他各类便民服务", "市民卡挂失", "便民服务"};
    for (int i = 0; i < 3; i++) {
        search_doc(b);
        assert_true(search_text(b, str_c(texts[i]), 30));
        assert_true(search_text(b, i == 2 ? STR("挂失") : STR("服务"), 2));
    }
    struct search_index *ix = search_finish(b);
    struct arena *a = arena_new(4 << 20);
    struct search_hit *hits;
    assert_int_equal(search_run(ix, a, STR("挂失"), 9, NULL, NULL, &hits), 3);
    assert_int_equal(hits[0].doc, 1);
    assert_int_equal(hits[1].doc, 0);
    assert_int_equal(hits[2].doc, 2);
    arena_drop(a);
    search_drop(ix);
}

static void an_empty_index_finds_nothing(void **)
{
    struct search_builder *b = search_begin();
    assert_false(search_text(b, STR("x"), 1));
    struct search_index *ix = search_finish(b);
    assert_non_null(ix);
    first_is(ix, "护照", NULL);
    assert_true(search_memory(ix) > 0);
    search_drop(ix);
    b = search_begin();
    search_doc(b);
    search_doc(b);
    assert_true(search_text(b, STR("护照"), 300));
    ix = search_finish(b);
    struct arena *a = arena_new(4 << 20);
    struct search_hit *hits;
    assert_int_equal(search_run(ix, a, STR("护照"), 5, NULL, NULL, &hits), 1);
    assert_int_equal(hits[0].doc, 1);
    arena_drop(a);
    search_drop(ix);
}

static void many_documents_are_counted_right_across_blocks(void **)
{
    enum { MANY = 40000 };
    struct search_builder *b = search_begin();
    for (int i = 0; i < MANY; i++) {
        search_doc(b);
        assert_true(search_text(b, i % 1000 == 999 ? STR("登记护照") : STR("登记"), 30));
    }
    assert_true(search_synonym(b, STR("出国"), STR("护照 签证")));
    struct search_index *ix = search_finish(b);
    struct arena *a = arena_new(4 << 20);
    struct search_hit *hits;
    const char *const queries[] = {"护照", "护照登记", "出国"};
    for (int k = 0; k < 3; k++) {
        assert_int_equal(search_run(ix, a, str_c(queries[k]), 40, NULL, NULL, &hits), 40);
        for (uint32_t i = 0; i < 40; i++)
            assert_int_equal(hits[i].doc, i * 1000 + 999);
    }
    arena_drop(a);
    search_drop(ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_find_what_they_mean),
        cmocka_unit_test(the_filter_decides_before_the_limit_and_ties_go_by_number),
        cmocka_unit_test(weight_and_length_decide_among_equals),
        cmocka_unit_test(an_empty_index_finds_nothing),
        cmocka_unit_test(many_documents_are_counted_right_across_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
