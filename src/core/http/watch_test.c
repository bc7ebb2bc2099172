/* Two programs on one database: what one changes the other sees. */
#include "core/http/private.h"
#include "core/http/server.h"

#include "testing/testdb.h"
#include "testing/testserver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#include <cmocka.h>

static _Atomic int renewed;

static bool count_refresh(struct ctx *c)
{
    (void)c;
    renewed++;
    return true;
}

static bool change(struct ctx *c)
{
    c->refresh = true;
    return true;
}

static bool change_and_fail(struct ctx *c)
{
    c->refresh = true;
    return err_conflict(c->err, "test.failed", "This field is required.");
}

static bool change_nothing(struct ctx *c)
{
    (void)c;
    return true;
}

static bool answer_change(struct ctx *c)
{
    c->refresh = true;
    json_set_bool(c->arena, ctx_doc(c), "changed", true);
    return true;
}

static const struct route routes[] = {
    POST("/change", ALLOW(PUBLIC), SCOPE(NO_ROW), answer_change, NULL),
};
static const struct module counting = {.name = "counting", ROUTES(routes), .refresh = count_refresh};
static const struct module *const MODULES[] = {&counting};

static struct testserver *one;
static struct server *two;

static int open_both(void **state)
{
    struct err e = {0};
    (void)state;
    one = testserver_open(MODULES, 1);
    struct server_options o = *server_options(one->server);
    two = server_open(&o, MODULES, 1, &e);
    if (!two) fail_msg("%s %s", e.code, e.detail);
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    server_close(two);
    testserver_close(one);
    return 0;
}

static bool catches_up(struct server *s)
{
    struct err e = {0};
    bool did;
    if (!server_catch_up(s, &did, &e)) fail_msg("%s %s", e.code, e.detail);
    return did;
}

static void a_change_of_another_program_is_seen_once(void **state)
{
    struct err e = {0};
    (void)state;
    assert_false(catches_up(two));
    assert_true(testserver_write(one, change, NULL, &e));
    assert_true(catches_up(two));
    assert_false(catches_up(two));
}

static void ones_own_change_is_not_taken_for_that_of_another(void **state)
{
    struct err e = {0};
    (void)state;
    assert_true(testserver_write(one, change, NULL, &e));
    assert_false(catches_up(one->server));
}

static void what_did_not_happen_or_changed_nothing_wakes_nobody(void **state)
{
    struct err e = {0};
    (void)state;
    assert_false(testserver_write(one, change_and_fail, NULL, &e));
    assert_true(testserver_write(one, change_nothing, NULL, &e));
    assert_false(catches_up(two));
}

static void a_change_by_a_request_counts_as_well(void **state)
{
    struct request r = {.method = METHOD_POST,
                        .path = STR("/change"),
                        .accept = STR("application/json"),
                        .content_type = STR("application/json"),
                        .body = STR("{}")};
    struct answer a = {0};
    (void)state;
    server_handle(one->server, one->arena, &r, &a);
    if (a.status >= 400) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_true(catches_up(two));
}

static void a_program_that_serves_sees_it_by_itself(void **state)
{
    struct err e = {0};
    int port, waited = 0;
    (void)state;
    assert_true(server_listen(two, &port, &e));
    int before = renewed;
    assert_true(testserver_write(one, change, NULL, &e)); /* renews its own: one */
    while (renewed < before + 2 && waited++ < 50)
        usleep(100000);
    assert_int_equal(renewed, before + 2);
    usleep(1500000);
    assert_int_equal(renewed, before + 2);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_both, close_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_change_of_another_program_is_seen_once),
        PROMISE(ones_own_change_is_not_taken_for_that_of_another),
        PROMISE(what_did_not_happen_or_changed_nothing_wakes_nobody),
        PROMISE(a_change_by_a_request_counts_as_well),
        PROMISE(a_program_that_serves_sees_it_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
