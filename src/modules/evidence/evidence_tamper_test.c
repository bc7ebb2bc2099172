/* A few hundred tamperings of a small log; `./dev soak log` makes 10,000 of one that real calls made. */
#include "testing/tampering.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { STEPS = 24, PER_STEP = 13, WAITING = 5, OWNER = 77, EACH = 120 };

static const struct actor program = {.kind = ACTOR_SYSTEM};

struct world {
    struct testapp *app;
    struct tampered_log log;
};

static bool add_acts(struct ctx *c)
{
    const int *count = ctx_arg(c);
    for (int i = 0; i < *count; i++) {
        struct json *detail = json_object(c->arena);
        json_set_i64(c->arena, detail, "step", i);
        if (!evidence_add(c, i % 2 ? "case.accept" : "licence.issue", "case", 9000 + i, 501, detail))
            return false;
    }
    return true;
}

static void act(struct testapp *t, int count)
{
    struct err e = {0};
    testapp_advance(1500);
    if (!server_write(t->server, &program, add_acts, &count, &e)) fail_msg("%s %s", e.code, e.detail);
}

static void open_world(struct world *w)
{
    struct err e = {0};
    *w = (struct world){.app = testapp_open(false)};
    w->log = (struct tampered_log){
        .server = w->app->server, .arena = w->app->arena, .seed = UINT64_C(88172645463325252)};
    for (int i = 0; i < STEPS; i++) {
        act(w->app, PER_STEP);
        if (!evidence_order(w->app->server, OWNER, &e)) fail_msg("%s %s", e.code, e.detail);
        tampered_log_keep(&w->log);
    }
    act(w->app, WAITING);
    testapp_advance(60000); /* nobody orders any more */
    tampered_log_ready(&w->log, TAMPERINGS * EACH);
}

static void every_change_is_found(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    struct str saved = tampered_log_saved(&w.log);
    int found = 0;
    assert_int_equal(tampered_log_audit(&w.log, saved).count, 0);
    for (int k = 0; k < TAMPERINGS; k++)
        for (int i = 0; i < EACH; i++)
            found += tampered_log_try(&w.log, k, saved).count > 0;
    assert_int_equal(found, TAMPERINGS * EACH);
    assert_int_equal(w.log.seen_count, TAMPERINGS * EACH + 1); /* each of them another log */
    assert_int_equal(tampered_log_audit(&w.log, saved).count, 0);
    testapp_close(w.app);
}

/* What the test above finds it finds for the right reason: who has the keys deceives an audit without memory.
 */
static void only_a_head_kept_elsewhere_tells_a_fork_made_with_the_keys(void **state)
{
    struct world w;
    int64_t deceived = 0;
    (void)state;
    open_world(&w);
    for (int i = 0; i < 20; i++) {
        deceived += tampered_log_try(&w.log, TAMPER_FORK, STR_EMPTY).count == 0;
        assert_true(tampered_log_try(&w.log, TAMPER_FORK, tampered_log_saved(&w.log)).count > 0);
    }
    assert_int_equal(deceived, 20);
    assert_true(tampered_log_audit(&w.log, w.log.past[3].heads[MERKLE_SM3]).count == 0);
    testapp_close(w.app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_is_found),
        cmocka_unit_test(only_a_head_kept_elsewhere_tells_a_fork_made_with_the_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
