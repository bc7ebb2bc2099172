/* What supervision promises of the answer about acceptance: it is measured by the day the person is told. */
#include "modules/cases/cases_received_test.h"
#include "modules/supervision/supervision_internal.h"
#include "modules/supervision/supervision_rules.h"

/* ---- the service ---- */

struct said {
    int64_t item;
    int accept_days; /* 0: says nothing */
};

static bool say(struct ctx *c)
{
    const struct said *s = ctx_arg(c);
    const struct item *i = catalogue_by_id(c, s->item);
    struct json *flow = (struct json *)json_get(item_service(i, false), "flow");
    if (s->accept_days) json_set_i64(app->arena, flow, "accept_days", s->accept_days);
    return true;
}

static int64_t received_where_it_says(struct said s)
{
    struct client desk = officer_json("desk1");
    s.item = item_id(&desk, "%E5%8A%9E%E6%8A%A4%E7%85%A7");
    testapp_read(app, say, &s);
    return receive(&desk, "receive");
}

/* ---- what supervision goes by ---- */

struct limits {
    int64_t id;
    bool upside_down; /* as in a process whose department accepts, and whose desk comes after that */
    struct str at_desk;
    int receive, later;
};

static bool look_up(struct ctx *c)
{
    struct limits *l = ctx_arg(c);
    struct case_watch w;
    struct supervise_facts f;
    if (!case_watch_load(c, l->id, &w)) return false;
    for (size_t i = 0; i < w.step_count; i++)
        if (l->upside_down) {
            w.steps[i].desk = !w.steps[i].desk;
            if (w.steps[i].desk) l->at_desk = w.steps[i].id;
        }
    if (!supervision_facts(c, &w, &f)) return false;
    assert_false(f.sent_is_accepted);
    for (size_t i = 0; i < f.step_count; i++)
        if (str_eq(f.steps[i].id, l->at_desk)) l->later = f.steps[i].limit;
    for (size_t i = 0; i < f.step_count; i++)
        if (str_eq_c(f.steps[i].id, "receive")) l->receive = f.steps[i].limit;
    return true;
}

static int limit_of_receiving(struct said s)
{
    struct limits l = {.id = received_where_it_says(s), .receive = -1};
    testapp_read(app, look_up, &l);
    return l.receive;
}

/* ---- tests ---- */

static void the_limit_is_what_the_service_promises_within_the_law(void **state)
{
    (void)state;
    assert_int_equal(limit_of_receiving((struct said){0}), 0);
    assert_int_equal(limit_of_receiving((struct said){.accept_days = 2}), 2);
    assert_int_equal(limit_of_receiving((struct said){.accept_days = 60}), 0);
    assert_int_equal(limit_of_receiving((struct said){.accept_days = -3}), 0);
}

static void it_is_that_of_the_step_that_accepts_and_of_no_other_at_the_desk(void **state)
{
    (void)state;
    struct limits l = {.id = received_where_it_says((struct said){.accept_days = 2}),
                       .upside_down = true,
                       .receive = -1,
                       .later = -1};
    testapp_read(app, look_up, &l);
    assert_int_equal(l.receive, 2);
    assert_int_equal(l.later, 0);
}

static bool both_rules(struct ctx *c)
{
    struct rule_row *rows, *soon = NULL, *over = NULL;
    size_t count;
    if (!rules_store_all(c, c->arena, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (str_eq_c(rows[i].rule.id, "receipt-soon")) soon = &rows[i];
        if (str_eq_c(rows[i].rule.id, "receipt-over")) over = &rows[i];
    }
    assert_true(soon && over && soon->active);
    assert_int_equal(soon->rule.limit, over->rule.limit);
    assert_int_equal(soon->rule.limit, 5); /* 行政许可法 art. 32 */
    return true;
}

static void it_is_warned_of_by_the_same_days_as_it_is_late(void **state)
{
    (void)state;
    testapp_read(app, both_rules, NULL);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(the_limit_is_what_the_service_promises_within_the_law),
        PROMISE(it_is_that_of_the_step_that_accepts_and_of_no_other_at_the_desk),
        PROMISE(it_is_warned_of_by_the_same_days_as_it_is_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
