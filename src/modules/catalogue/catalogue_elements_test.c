/* Elements of an implementation list and of its documents: unknown until somebody has verified them, written
 * by one officer, published by another. */
#include "app/cli.h"
#include "modules/catalogue/catalogue_edit_test.h"
#include "modules/catalogue/catalogue_internal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool add_officer(struct ctx *c, const char *login, const char *roles)
{
    struct account a = {.kind = ACTOR_OFFICER,
                        .login = str_c(login),
                        .roles = str_c(roles),
                        .label = str_c(login),
                        .active = true,
                        .level = 2};
    return account_create(c, &a, STR("none"));
}

static bool seed(struct ctx *c)
{
    struct json *report = json_object(c->arena);
    json_set_c(c->arena, report, "division", "780101");
    return orgs_import_divisions(c, STR("780000\t示范省\t\n780100\t示范市\t780000\n780101\t示范区\t780100\n"),
                                 json_object(c->arena)) &&
           orgs_set_place(c, STR("780101")) &&
           catalogue_import_shipped(c, TB_SOURCE_ROOT "/data", json_object(c->arena)) &&
           catalogue_import_items(c, STR("X-1\t1\t区行政审批局\t\t\t谁也没有核定过的事项审批\n"), report) &&
           add_officer(c, "writer", "editor") && add_officer(c, "checker", "steward");
}

static struct testapp *opened(void)
{
    struct testapp *t = testapp_open(false);
    testapp_write(t, seed, NULL);
    return t;
}

static bool find(struct ctx *c)
{
    int64_t *id = ctx_arg(c);
    *id = catalogue_item(c, STR("X-1"))->id;
    return true;
}

static int64_t the_item(struct testapp *t)
{
    int64_t id = 0;
    testapp_read(t, find, &id);
    return id;
}

static struct str element(const struct json *doc, const char *name)
{
    JSON_EACH(e, json_get(doc, "elements"))
    {
        if (str_eq_c(json_text_of(e, "name"), name)) return json_text_of(e, "value");
    }
    fail_msg("no element %s", name);
    return STR_EMPTY;
}

static void how_it_is_handled_is_verified_by_two_and_unknown_until_then(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer"), checker = officer(t, "checker"), anyone = client_new(t);
    int64_t id = the_item(t);
    (void)state;
    const struct json *doc = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(element(doc, "特别程序").len == 0 && element(doc, "实施主体性质").len == 0);
    assert_true(str_eq_c(element(doc, "进驻大厅"), "是")); /* the desk here receives it */
    assert_int_equal(save(&writer, id, "free=yes&fees=x").status, 422);
    assert_int_equal(save(&writer, id, "visits=10").status, 422);
    assert_int_equal(
        save(&writer, id,
             "free=no&fees=Copies%EF%BC%9A20%0APlates&fee_basis=%E3%80%8A%E6%8A%A4%E7%85%A7%E6%B3%95%E3%80%"
             "8B%E7%AC%AC%E4%BA%94%E6%9D%A1&steps=First%0ASecond&visits=1&place=Room+3&hours=9-17&"
             "body_nature=statutory&special_procedures=hearing&hall=no&pay_online=yes&go=review")
            .status,
        200);
    doc = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(element(doc, "特别程序").len == 0); /* not before it is published */
    struct answer review = client_getf(&checker, "/office/catalogue/%lld/review", (long long)id);
    assert_true(answer_has(review, "Room 3") && answer_has(review, "Second") &&
                answer_has(review, "hearing"));
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    doc = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(str_eq_c(element(doc, "特别程序"), "hearing"));
    assert_true(str_eq_c(element(doc, "实施主体性质"), "法定机关"));
    assert_true(str_eq_c(element(doc, "进驻大厅"), "否") && str_eq_c(element(doc, "网上支付"), "是"));
    assert_true(str_eq_c(element(doc, "收费项目"), "Copies20；Plates"));
    assert_true(str_eq_c(json_text(json_path(doc, "desk.place")), "Room 3"));
    assert_int_equal(json_path(doc, "steps.rules")->count, 2);
    testapp_close(t);
}

static bool knows(const struct json *doc, const char *key)
{
    JSON_EACH(e, json_get(doc, "elements"))
    {
        if (str_eq_c(json_text_of(e, "key"), key)) return json_text_of(e, "value").len > 0;
    }
    return false;
}

/* Codes are chosen of the lists of the standard, addresses are whole ones; what a list need not have is left
 * out until somebody knows it. */
static void elements_with_codes_and_addresses_reach_the_guide(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer"), checker = officer(t, "checker"), anyone = client_new(t),
                  page = person(t, true);
    int64_t id = the_item(t);
    (void)state;
    const struct json *doc = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(str_eq_c(element(doc, "办理形式"), "窗口办理、电脑端网上办理、移动端办理"));
    assert_true(str_eq_c(element(doc, "网上办理深度"), "互联网收件、互联网受理、互联网办理结果信息反馈"));
    assert_true(element(doc, "实施编码").len == 0 && element(doc, "业务办理项编码").len == 0);
    assert_true(element(doc, "审批结果样本").len == 0 && element(doc, "告知承诺").len == 0);
    assert_false(knows(doc, "yearly") || knows(doc, "on_site_reason"));
    size_t before = json_get(doc, "elements")->count;
    assert_int_equal(save(&writer, id, "handling_ways=8").status, 422);
    assert_int_equal(save(&writer, id, "online_address=zwfw.example.cn").status, 422);
    assert_int_equal(save(&writer, id, "effective_from=2026-02-30").status, 422);
    assert_int_equal(
        save(&writer, id,
             "handling_ways=1&handling_ways=4&exercise_level=3&exercise_level=4&commitment=yes&"
             "implementing_code=11510000Q0000002692310100001000&handling_code=X33&single_sign_on=no&"
             "online_address=https%3A%2F%2Fzwfw.example.cn%2Fa&on_site_reason=photo&yearly=each+June&"
             "result_sample=https%3A%2F%2Fzwfw.example.cn%2Fs.png&village=V&go=review")
            .status,
        200);
    struct answer review = client_getf(&checker, "/office/catalogue/%lld/review", (long long)id);
    assert_true(answer_has(review, "each June") && answer_has(review, "窗口办理、快递申请"));
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    doc = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(str_eq_c(element(doc, "办理形式"), "窗口办理、快递申请"));
    assert_true(str_eq_c(element(doc, "行使层级"), "市级、县（区）级"));
    assert_true(str_eq_c(element(doc, "单点登录"), "否"));
    assert_true(str_eq_c(element(doc, "业务办理项编码"), "X33"));
    assert_int_equal(json_get(doc, "elements")->count, before + 4); /* village, address, reason, yearly */
    assert_int_equal(json_get(doc, "after")->count, 2);
    assert_true(answer_has(client_getf(&page, "/items/%lld", (long long)id),
                           "href=\"https://zwfw.example.cn/s.png\""));
    /* The editor finds what was chosen. */
    struct answer again = client_getf(&writer, "/office/catalogue/%lld", (long long)id);
    assert_true(answer_has(again, "each June"));
    testapp_close(t);
}

static void documents_say_how_many_in_which_form_and_from_where(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer"), checker = officer(t, "checker"), anyone = client_new(t),
                  page = person(t, true);
    int64_t id = the_item(t);
    (void)state;
    assert_int_equal(save(&writer, id, "m1_name=A&m1_kind=copy&m1_originals=1").status, 422);
    assert_int_equal(save(&writer, id, "m1_name=A&m1_copies=0").status, 422);
    assert_int_equal(save(&writer, id, "m1_name=A&m1_basis=none").status, 422);
    assert_int_equal(
        save(&writer, id,
             "m1_name=A&m1_kind=both&m1_originals=1&m1_copies=2&m1_form=paper&m1_source=government&"
             "m1_issuer=Office&m2_name=B&m2_need=optional&go=review")
            .status,
        200);
    struct answer review = client_getf(&checker, "/office/catalogue/%lld/review", (long long)id);
    assert_true(answer_has(review, "原件1份、复印件2份 · 纸质 · 政府部门核发 · Office"));
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    const struct json *doc = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id)),
                      *list = json_path(doc, "materials.list"), *first = json_at(list, 0),
                      *second = json_at(list, 1);
    assert_true(str_eq_c(json_text_of(first, "count_text"), "原件1份、复印件2份"));
    assert_true(str_eq_c(json_text_of(first, "form"), "paper"));
    assert_int_equal(json_i64_of(first, "copies", 0), 2);
    assert_true(str_eq_c(json_text_of(first, "source_text"), "政府部门核发"));
    static const char *const open[] = {"form",       "form_text", "kind",  "copies",
                                       "count_text", "source",    "issuer"};
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        assert_true(json_is(json_get(second, open[i]), JSON_NULL));
    assert_true(answer_has(client_getf(&page, "/items/%lld", (long long)id), "份数未核定"));
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_it_is_handled_is_verified_by_two_and_unknown_until_then),
        cmocka_unit_test(elements_with_codes_and_addresses_reach_the_guide),
        cmocka_unit_test(documents_say_how_many_in_which_form_and_from_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
