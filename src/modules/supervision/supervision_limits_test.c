/* What supervision promises of the time of single steps: what the process gives a step counts before the days
 * of the rule. */
#include "modules/cases/cases_models_test.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_internal.h"

#define REVIEWED_WITHIN(days)                                                                                \
    "<startEvent id='start'/>" RECEIVE TASK("review", "reviewer", "pass", "t:limit='" days "'")              \
        END WAY("start", "receive") WAY("receive", "review") WAY("review", "decide")

static bool round_of_the_job(struct ctx *c)
{
    return supervision_round(c, NULL);
}

static bool to_the_day(struct ctx *c)
{
    int64_t *at = ctx_arg(c);
    *at = date_start(workday_add(orgs_calendar(c), date_of(c->now), (int)*at)) + 10 * MS_HOUR;
    return true;
}

/* Ten o'clock of the n-th working day from today. */
static void look_after(int days)
{
    int64_t at = days;
    testapp_read(app, to_the_day, &at);
    testapp_set_now(at);
    testapp_write(app, round_of_the_job, NULL);
    testapp_jobs(app);
}

struct late {
    int64_t id;
    const char *step;
    bool found;
};

static bool read_late(struct ctx *c)
{
    struct late *l = ctx_arg(c);
    struct finding *rows;
    size_t count;
    if (!finding_of_case(c, l->id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        l->found = l->found || (str_eq_c(rows[i].kind, "step_over") && str_eq_c(rows[i].place, l->step));
    return true;
}

static bool is_late(int64_t id, const char *step)
{
    struct late l = {id, step, false};
    testapp_read(app, read_late, &l);
    return l.found;
}

static void a_step_is_late_by_the_days_that_its_process_gives_it(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    publish("one-review", REVIEWED_WITHIN("2"));
    int64_t id = receive(&desk, "accept");
    look_after(2);
    assert_false(is_late(id, "review"));
    look_after(1);
    assert_true(is_late(id, "review"));
    review = officer_json("public-security.review");
    assert_int_equal(act(&review, id, "pass", ""), 200);
    look_after(4); /* the rule gives the others five */
    assert_false(is_late(id, "decide"));
    look_after(2);
    assert_true(is_late(id, "decide"));
}

static void a_step_may_have_more_days_than_the_rule_gives(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1");
    publish("one-review", REVIEWED_WITHIN("8"));
    int64_t id = receive(&desk, "accept");
    look_after(7);
    assert_false(is_late(id, "review"));
    look_after(2);
    assert_true(is_late(id, "review"));
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_all, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_step_is_late_by_the_days_that_its_process_gives_it),
        PROMISE(a_step_may_have_more_days_than_the_rule_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
