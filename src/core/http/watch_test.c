/* Two programs on one database: what one changes the other sees, and neither makes an id of the other. */
#include "core/base/time.h"
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
    ctx_changed(c, "counting");
    return true;
}

static bool change_and_fail(struct ctx *c)
{
    ctx_changed(c, "counting");
    return err_conflict(c->err, "test.failed", "This field is required.");
}

static bool change_nothing(struct ctx *c)
{
    (void)c;
    return true;
}

static bool answer_change(struct ctx *c)
{
    ctx_changed(c, "counting");
    json_set_bool(c->arena, ctx_doc(c), "changed", true);
    return true;
}

static const struct route routes[] = {
    POST("/change", ALLOW(PUBLIC), SCOPE(NO_ROW), answer_change, NULL),
};
static const struct module counting = {.name = "counting", ROUTES(routes), .refresh = count_refresh};
/* What rests on the first, and what has nothing to do with it. */
static _Atomic int renewed_above, renewed_beside;

static bool count_above(struct ctx *c)
{
    (void)c;
    renewed_above++;
    return true;
}

static bool count_beside(struct ctx *c)
{
    (void)c;
    renewed_beside++;
    return true;
}

static const char *const between_needs[] = {"counting", NULL}, *const above_needs[] = {"between", NULL};
static const struct module between = {.name = "between", .needs = between_needs};
static const struct module above = {.name = "above", .needs = above_needs, .refresh = count_above};
static const struct module beside = {.name = "beside", .refresh = count_beside};
static _Atomic bool broken;

static bool renew_unless_broken(struct ctx *c)
{
    return !broken || err_fault(c->err, "a model that this program cannot read");
}

static const struct module fragile = {.name = "fragile", .refresh = renew_unless_broken};
static const struct module *const MODULES[] = {&counting, &between, &above, &fragile, &beside};
enum { MODULE_COUNT = sizeof MODULES / sizeof MODULES[0] };

static struct testserver *one;
static struct server *two;

static int open_both(void **state)
{
    struct err e = {0};
    (void)state;
    one = testserver_open(MODULES, MODULE_COUNT);
    struct server_options o = *server_options(one->server);
    two = server_open(&o, MODULES, MODULE_COUNT, &e);
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

static bool change_above(struct ctx *c)
{
    ctx_changed(c, "above");
    return true;
}

static void what_does_not_rest_on_a_change_is_not_read_anew(void **state)
{
    struct err e = {0};
    (void)state;
    int below = renewed, over = renewed_above, other = renewed_beside;
    assert_true(testserver_write(one, change, NULL, &e));
    assert_int_equal(renewed, below + 1);
    assert_int_equal(renewed_above, over + 1);
    assert_true(catches_up(two));
    assert_int_equal(renewed, below + 2);
    assert_int_equal(renewed_above, over + 2);
    assert_true(testserver_write(one, change_above, NULL, &e));
    assert_int_equal(renewed, below + 2);
    assert_int_equal(renewed_above, over + 3);
    assert_true(catches_up(two));
    assert_int_equal(renewed_beside, other);
}

static bool change_fragile(struct ctx *c)
{
    ctx_changed(c, "fragile");
    return true;
}

static bool change_beside(struct ctx *c)
{
    ctx_changed(c, "beside");
    return true;
}

static void one_that_cannot_be_renewed_holds_up_no_other(void **state)
{
    struct err e = {0};
    bool did;
    (void)state;
    broken = true;
    assert_false(testserver_write(one, change_fragile, NULL, &e));
    int beside_before = renewed_beside, below = renewed;
    err_clear(&e);
    assert_true(testserver_write(one, change_beside, NULL, &e));
    assert_int_equal(renewed_beside, beside_before + 1);
    assert_int_equal(renewed, below);
    assert_false(server_catch_up(one->server, &did, &e)); /* the log says so */
    assert_false(server_catch_up(two, &did, &e));
    broken = false;
    err_clear(&e);
    assert_true(server_catch_up(one->server, &did, &e) && did);
    assert_true(server_catch_up(two, &did, &e) && did);
    assert_false(catches_up(one->server));
    assert_false(catches_up(two));
}

/* It counts all changes in one number. */
static bool change_as_before_there_were_parts(struct ctx *c)
{
    return db_exec(&c->tx,
                   "INSERT INTO snapshot_version (id, version) VALUES (1, 1) ON CONFLICT (id) DO UPDATE "
                   "SET version = snapshot_version.version + 1");
}

static void a_change_of_an_older_program_renews_everything(void **state)
{
    struct err e = {0};
    (void)state;
    int other = renewed_beside;
    assert_true(testserver_write(one, change_as_before_there_were_parts, NULL, &e));
    assert_true(catches_up(two));
    assert_int_equal(renewed_beside, other + 1);
    assert_false(catches_up(two));
    assert_true(catches_up(one->server));
    assert_false(catches_up(one->server));
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

static int64_t fresh_id(struct server *s)
{
    return id_next(&s->ids, server_now(s));
}

static void programs_on_one_database_never_make_the_same_id(void **state)
{
    struct err e = {0};
    (void)state;
    assert_int_not_equal(one->server->ids.node, two->ids.node);
    assert_int_not_equal(fresh_id(one->server), fresh_id(two));
    uint32_t was = two->ids.node;
    struct server_options o = *server_options(two);
    server_close(two); /* nor does one that begins at the very moment at which another ended */
    two = server_open(&o, MODULES, MODULE_COUNT, &e);
    if (!two) fail_msg("%s %s", e.code, e.detail);
    assert_int_not_equal(two->ids.node, was);
    assert_int_not_equal(two->ids.node, one->server->ids.node);
}

/* As when the number's time ran out and others took theirs, that one among them. */
static bool lose_number(struct ctx *c)
{
    struct db_number all[2];
    bool kept;
    return db_number_keep(&c->tx, one->server->number, c->now + MS_MINUTE, &kept) &&
           db_number_keep(&c->tx, two->number, 0, &kept) &&
           db_number_take(&c->tx, 2, c->now, c->now + MS_MINUTE, &all[0]);
}

static void a_program_that_stood_still_too_long_takes_another_number(void **state)
{
    struct err e = {0};
    (void)state;
    uint32_t was = two->ids.node;
    assert_true(ids_keep(two, &e));
    assert_int_equal(two->ids.node, was);
    if (!testserver_write(one, lose_number, NULL, &e)) fail_msg("%s %s", e.code, e.detail);
    assert_true(ids_keep(two, &e));
    assert_int_not_equal(two->ids.node, was);
    assert_int_not_equal(two->ids.node, one->server->ids.node);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_both, close_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_change_of_another_program_is_seen_once),
        PROMISE(what_does_not_rest_on_a_change_is_not_read_anew),
        PROMISE(one_that_cannot_be_renewed_holds_up_no_other),
        PROMISE(a_change_of_an_older_program_renews_everything),
        PROMISE(ones_own_change_is_not_taken_for_that_of_another),
        PROMISE(what_did_not_happen_or_changed_nothing_wakes_nobody),
        PROMISE(a_change_by_a_request_counts_as_well),
        PROMISE(a_program_that_serves_sees_it_by_itself),
        PROMISE(programs_on_one_database_never_make_the_same_id),
        PROMISE(a_program_that_stood_still_too_long_takes_another_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
