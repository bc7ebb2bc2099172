#include "modules/nodes/nodes_app_test.h"

#define TERMS "&callers_case=1&daily=100000&rate=100000"

static void a_system_asks_the_register_of_another_node_for_its_own_case(void **unused)
{
    struct pair *p = pair_open(TERMS);
    struct answer a = pair_ask(p, "call-1");
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_true(answer_has(a, "林晓禾"));
    assert_true(answer_has(a, "\"masked\":[\"mobile\"]"));
    assert_string_equal(str_z(p->hub->arena, pair_header(a, "X-Road-Id")), "call-1");
    assert_string_equal(str_z(p->hub->arena, pair_header(a, "X-Road-Client")), p->client);
    assert_true(pair_header(a, "X-Road-Request-Hash").len > 0);
    struct tally t = pair_tally(p, "call-1");
    assert_int_equal(t.asked, 1);
    assert_int_equal(t.outcomes, 1);
    assert_int_equal(t.served, 1);
    assert_int_equal(t.calls, 1);
    assert_int_equal(t.used, 1);
    assert_string_equal(t.state, "ok");
    pair_close(p);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_system_asks_the_register_of_another_node_for_its_own_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
