/* Quality of data: rules are data, runs go by pages, scores have a history. */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"
#include "modules/governance/governance_quality.h"
#include "modules/registry/registry.h"

static char path[160];

static const char *at(const struct world *w, const char *rest)
{
    snprintf(path, sizeof path, "/office/exchange/quality/%lld%s", (long long)w->entry, rest);
    return path;
}

static const struct json *shown(struct world *w, struct client *c)
{
    return exchange_ok(c, client_get(c, at(w, "")));
}

static const struct json *rule_of(const struct json *doc, const char *text)
{
    JSON_EACH(r, json_get(doc, "rules"))
    {
        if (str_eq_c(json_text_of(r, "text"), text)) return r;
    }
    fail_msg("no rule %s", text);
    return NULL;
}

static void checked(struct world *w, const char *form)
{
    assert_int_equal(client_post(&w->provider, at(w, "/check"), form).status, 200);
    testapp_jobs(w->t);
}

static bool spoil(struct ctx *c)
{
    struct json *record = json_object(c->arena);
    json_set_c(c->arena, record, "id_number", "780101199001010000");
    json_set_c(c->arena, record, "name", "");
    json_set_c(c->arena, record, "sex", "其他");
    return registry_put(c, STR("population"), STR("780101199001010000"), record);
}

static void the_steward_sets_rules_and_a_run_scores_them(void **unused)
{
    struct world w = exchange_world();
    assert_int_equal(client_post(&w.other, at(&w, "/begin"), "").status, 403);
    assert_int_equal(client_post(&w.provider, at(&w, "/begin"), "").status, 200);
    assert_int_equal(
        client_post(&w.provider, at(&w, "/rules"), "kind=list&item=sex&param=%E7%94%B7%7C%E5%A5%B3").status,
        200);
    testapp_write(w.t, spoil, NULL);
    checked(&w, "whole=1");
    const struct json *doc = shown(&w, &w.provider);
    assert_true(json_true_of(doc, "scored"));
    assert_int_equal(json_i64_of(doc, "records", 0), 15);
    const struct json *format = rule_of(doc, "公民身份号码 · 符合格式: 公民身份号码");
    assert_int_equal(json_i64_of(format, "checked", 0), 15);
    assert_int_equal(json_i64_of(format, "failed", 0), 1);
    assert_int_equal(json_i64_of(rule_of(doc, "性别 · 取值在清单内: 男|女"), "failed", 0), 1);
    assert_int_equal(json_i64_of(rule_of(doc, "姓名 · 不得为空"), "failed", 0), 1);
    /* Which record fails is for who has to mend it. */
    assert_true(answer_has(client_get(&w.provider, at(&w, "")), "780101199001010000"));
    assert_false(answer_has(client_get(&w.steward, at(&w, "")), "780101199001010000"));
    testapp_close(w.t);
    (void)unused;
}

static void scores_have_a_history_and_only_the_last_run_is_kept(void **unused)
{
    struct world w = exchange_world();
    assert_int_equal(client_post(&w.provider, at(&w, "/begin"), "").status, 200);
    checked(&w, "whole=1");
    testapp_write(w.t, spoil, NULL);
    testapp_advance(MS_HOUR);
    w.provider = exchange_officer(w.t, "public-security.data");
    checked(&w, "whole=1");
    const struct json *doc = shown(&w, &w.provider), *history = json_get(doc, "history");
    assert_int_equal(history->count, 2);
    assert_true(str_eq_c(json_text_of(json_at(history, 0), "overall"), "100.0"));
    assert_false(str_eq_c(json_text_of(json_at(history, 1), "overall"), "100.0"));
    const struct json *board =
        exchange_ok(&w.provider, client_get(&w.provider, "/office/exchange/quality?f=all"));
    assert_int_equal(json_get(board, "entries")->count, 1);
    assert_true(
        answer_has(client_get(&w.provider, "/office/exchange/quality/table.csv?f=all"), "人口基础信息核验"));
    testapp_close(w.t);
    (void)unused;
}

static bool fill(struct ctx *c)
{
    for (int i = 0; i < 450; i++) {
        struct json *record = json_object(c->arena);
        struct str number = str_fmt(c->arena, "7801011990%07d", i);
        json_set_str(c->arena, record, "id_number", number);
        json_set_c(c->arena, record, "mobile", i % 2 ? "13900009999" : "13900008888");
        if (!registry_put(c, STR("population"), number, record)) return false;
    }
    return true;
}

static void a_whole_run_goes_on_over_pages_and_finds_what_comes_twice(void **unused)
{
    struct world w = exchange_world();
    testapp_write(w.t, fill, NULL);
    assert_int_equal(client_post(&w.provider, at(&w, "/rules"), "kind=unique&item=mobile").status, 200);
    checked(&w, "whole=1");
    const struct json *doc = shown(&w, &w.provider), *rule = rule_of(doc, "本人登记的手机号码 · 不得重复");
    assert_int_equal(json_i64_of(doc, "records", 0), 464);
    assert_int_equal(json_i64_of(rule, "failed", 0), 448);
    checked(&w, ""); /* a sample of so few is all of them, each once */
    assert_true(json_i64_of(shown(&w, &w.provider), "records", 0) > 400);
    assert_true(json_i64_of(shown(&w, &w.provider), "records", 0) <= 464);
    testapp_close(w.t);
    (void)unused;
}

static void rules_that_say_nothing_are_refused(void **unused)
{
    static const char *const wrong[] = {"kind=format&item=name&param=nothing",
                                        "kind=range&item=name&param=9..1",
                                        "kind=list&item=sex",
                                        "kind=fresh&item=birth&param=soon",
                                        "kind=same&item=name&param=none.name",
                                        "kind=required&item=nothing",
                                        "kind=reachable&item=name",
                                        "kind=other&item=name"};
    struct world w = exchange_world();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(client_post(&w.provider, at(&w, "/rules"), wrong[i]).status, 422);
    testapp_close(w.t);
    (void)unused;
}

struct verdict_case {
    const char *kind, *param, *type, *value;
    enum quality_verdict wanted;
};

static bool judge(struct ctx *c)
{
    static const struct verdict_case cases[] = {{"type", "", "D", "2026-02-30", QUALITY_FAILS},
                                                {"type", "", "D", "2026-02-28", QUALITY_HOLDS},
                                                {"type", "", "C(2)", "张三丰", QUALITY_FAILS},
                                                {"type", "", "N(12,2)", "12.50", QUALITY_HOLDS},
                                                {"type", "", "N(12,2)", "12.5x", QUALITY_FAILS},
                                                {"range", "0..100", "N(4)", "100.001", QUALITY_FAILS},
                                                {"range", "-1..1", "N(4)", "-0.5", QUALITY_HOLDS},
                                                {"fresh", "31", "C(7)", "2026-10", QUALITY_HOLDS},
                                                {"fresh", "31", "C(7)", "2026-09", QUALITY_FAILS},
                                                {"format", "month", "C(7)", "2026-13", QUALITY_FAILS},
                                                {"format", "uscc", "C(18)", "1", QUALITY_FAILS},
                                                {"format", "mobile", "C(20)", "13900000101", QUALITY_HOLDS},
                                                {"required", "", "C(20)", "", QUALITY_FAILS},
                                                {"list", "a|b", "C(20)", "", QUALITY_NOTHING},
                                                {"same", "population.name", "C(9)", "周建平", QUALITY_FAILS}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json *items = json_array(c->arena), *key = json_add_object(c->arena, items),
                    *item = json_add_object(c->arena, items), *record = json_object(c->arena);
        const struct quality_rule r = {
            .kind = str_c(cases[i].kind), .item = STR("x"), .param = str_c(cases[i].param)};
        enum quality_verdict verdict;
        json_set_c(c->arena, key, "id", "id_number");
        json_set_c(c->arena, item, "id", "x");
        json_set_c(c->arena, item, "type", cases[i].type);
        json_set_c(c->arena, record, "id_number", LIN);
        json_set_c(c->arena, record, "x", cases[i].value);
        if (!quality_check(c, &r, items, record, &verdict)) return false;
        if (verdict != cases[i].wanted) fail_msg("%s %s %s", cases[i].kind, cases[i].param, cases[i].value);
    }
    return true;
}

static void each_kind_of_rule_judges_one_record(void **unused)
{
    struct world w = exchange_world();
    testapp_read(w.t, judge, NULL);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_steward_sets_rules_and_a_run_scores_them),
        cmocka_unit_test(scores_have_a_history_and_only_the_last_run_is_kept),
        cmocka_unit_test(a_whole_run_goes_on_over_pages_and_finds_what_comes_twice),
        cmocka_unit_test(rules_that_say_nothing_are_refused),
        cmocka_unit_test(each_kind_of_rule_judges_one_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
