/* Whoever watches over calls sees those that left for another node as well. */
#include "modules/nodes/nodes_app_test.h"
#include "modules/watch/watch_internal.h"

#define TERMS "&callers_case=1&daily=100000&rate=100000"
#define OPEN  "&caseless=1&daily=100000&rate=100000"

static struct client supervisor, manager, steward;

static bool fold(struct ctx *c)
{
    return watch_fold(c, NULL);
}

static void folded(struct pair *p)
{
    testapp_advance(2 * MS_MINUTE);
    testapp_write(p->w.t, fold, NULL);
    supervisor = exchange_officer(p->w.t, "supervisor");
    manager = exchange_officer(p->w.t, "data1");
    steward = exchange_officer(p->w.t, "tobacco.data");
}

static const struct json *row_named(const struct json *doc, const char *name)
{
    JSON_EACH(r, json_get(doc, "rows"))
    {
        if (str_eq_c(json_text_of(r, "name"), name)) return r;
    }
    return NULL;
}

static const struct json *alarm(struct client *c, const char *kind)
{
    const struct json *list =
        json_get(exchange_ok(c, client_get(c, "/office/exchange/alarms?f=open")), "alarms");
    JSON_EACH(a, list)
    {
        if (str_eq_c(json_text_of(a, "kind"), kind)) return a;
    }
    return NULL;
}

static void the_board_counts_calls_to_another_node_by_consumer_and_node(void **unused)
{
    struct pair *p = pair_open(TERMS);
    const struct node_call guess = {.id = "guess", .body = exchange_query(&p->w, ZHOU, p->w.case_no)};
    for (int i = 0; i < 3; i++)
        assert_int_equal(pair_ask(p, NULL).status, 200);
    assert_int_equal(pair_ask(p, "again").status, 200);
    assert_int_equal(pair_ask(p, "again").status, 200); /* the same call */
    assert_int_equal(pair_send(p, &guess).status, 403);
    folded(p);
    folded(p); /* nothing is counted twice */
    static const char *const names[][2] = {{"provider", "节点 hub"}, {"consumer", "示范区烟草专卖局"}};
    for (int i = 0; i < 2; i++) {
        const struct json *row = row_named(
            exchange_ok(&manager, client_getf(&manager, "/office/exchange/usage?by=%s", names[i][0])),
            names[i][1]);
        assert_non_null(row);
        assert_true(str_eq_c(json_text_of(row, "calls"), "5"));
        assert_true(str_eq_c(json_text_of(row, "refused"), "1"));
        assert_false(str_eq_c(json_text_of(row, "median"), "–"));
    }
    const struct json *doc =
        exchange_ok(&manager, client_get(&manager, "/office/exchange/usage?by=resource"));
    struct str data = json_text_of(json_at(json_get(doc, "rows"), 0), "name");
    assert_true(str_starts(data, STR("示范区公安局")) && str_ends(data, STR(" · 人口基础信息核验")));
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "refusals"), 0), "reason"), "办件不属于本人"));
    pair_close(p);
    (void)unused;
}

static void a_node_that_does_not_answer_stands_among_the_reasons(void **unused)
{
    struct pair *p = pair_open(TERMS);
    proxy_order(p->net, PROXY_REFUSE, 0, 1000);
    assert_int_equal(pair_ask(p, "lost").status, 503);
    folded(p);
    const struct json *doc = exchange_ok(&manager, client_get(&manager, "/office/exchange/usage"));
    assert_true(str_eq_c(json_text_of(doc, "refused"), "1"));
    assert_false(str_starts(json_text_of(json_at(json_get(doc, "refusals"), 0), "reason"), STR("nodes.")));
    pair_close(p);
    (void)unused;
}

static void calls_that_left_stand_among_those_of_a_department_one_by_one(void **unused)
{
    struct pair *p = pair_open(TERMS);
    exchange_grant(&p->w, "");
    assert_int_equal(exchange_call(&p->w, exchange_query(&p->w, LIN, p->w.case_no)).status, 200);
    assert_int_equal(pair_ask(p, NULL).status, 200);
    folded(p);
    const struct json *doc = exchange_ok(&steward, client_get(&steward, "/office/exchange/calls?f=asked")),
                      *far = json_at(json_get(doc, "calls"), 0);
    assert_int_equal(json_get(doc, "calls")->count, 2);
    assert_true(str_eq_c(json_text_of(far, "abroad"), "hub"));
    assert_true(str_eq_c(json_text_of(far, "operator"), "zhang-3"));
    assert_true(str_eq(json_text_of(far, "case_no"), p->w.case_no));
    const char *href = str_z(p->w.t->arena, json_text_of(far, "href"));
    exchange_ok(&steward, client_get(&steward, href));
    struct client other = exchange_officer(p->w.t, "market.data");
    assert_int_equal(client_get(&other, href).status, 404);
    doc = exchange_ok(&other, client_get(&other, "/office/exchange/calls?f=asked"));
    assert_int_equal(json_get(doc, "calls")->count, 0);
    doc = exchange_ok(&manager, client_get(&manager, "/office/exchange/calls?f=all&outcome=refused"));
    assert_int_equal(json_get(doc, "calls")->count, 0);
    pair_close(p);
    (void)unused;
}

/* ---- what raises an alarm ---- */

static struct answer about(struct pair *p, const char *number, struct str case_no)
{
    const struct node_call k = {.body = exchange_query(&p->w, number, case_no)};
    return pair_send(p, &k);
}

static void rule(const char *form)
{
    assert_int_equal(client_post(&supervisor, "/office/exchange/alarm-rules", form).status, 200);
}

static void who_looks_abroad_without_a_case_raises_the_same_alarms(void **unused)
{
    struct pair *p = pair_open(OPEN);
    folded(p);
    rule("kind=no_case&enabled=1&number=3&span=1");
    rule("kind=bulk&enabled=1&number=1&span=10");
    for (int i = 0; i < 3; i++)
        assert_int_equal(about(p, LIN, STR_EMPTY).status, 200);
    assert_int_equal(about(p, ZHOU, STR_EMPTY).status, 200);
    folded(p);
    static const char *const kinds[] = {"无办件查询", "疑似窥探", "批量查询"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct json *a = alarm(&manager, kinds[i]);
        if (!a) print_message("%s\n", kinds[i]);
        assert_non_null(a);
        assert_true(str_eq_c(json_text_of(a, "operator"), "zhang-3"));
        const struct json *doc =
            exchange_ok(&manager, client_get(&manager, str_z(p->w.t->arena, json_text_of(a, "href"))));
        assert_int_equal(json_get(doc, "calls")->count, i == 1 ? 3 : 4);
        assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "calls"), 0), "abroad"), "hub"));
    }
    pair_close(p);
    (void)unused;
}

static void a_watched_person_is_watched_abroad_as_well(void **unused)
{
    struct pair *p = pair_open(TERMS);
    folded(p);
    assert_int_equal(
        client_post(&supervisor, "/office/exchange/watched", "number=" LIN "&kind=protected&note=somebody")
            .status,
        200);
    assert_int_equal(about(p, LIN, p->w.case_no).status, 200);
    folded(p);
    assert_non_null(alarm(&supervisor, "重点关注人员"));
    pair_close(p);
    (void)unused;
}

static void nights_count_abroad_as_well(void **unused)
{
    struct pair *p = pair_open(TERMS);
    testapp_advance(14 * MS_HOUR);
    for (int i = 0; i < 5; i++)
        assert_int_equal(about(p, LIN, p->w.case_no).status, 200);
    folded(p);
    assert_non_null(alarm(&manager, "非工作时间查询"));
    pair_close(p);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_board_counts_calls_to_another_node_by_consumer_and_node),
        cmocka_unit_test(a_node_that_does_not_answer_stands_among_the_reasons),
        cmocka_unit_test(calls_that_left_stand_among_those_of_a_department_one_by_one),
        cmocka_unit_test(who_looks_abroad_without_a_case_raises_the_same_alarms),
        cmocka_unit_test(a_watched_person_is_watched_abroad_as_well),
        cmocka_unit_test(nights_count_abroad_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
