/* What supervision promises of cases that cannot go on: those who may mend it are told once for each cause,
 * and who supervises sees them all. */
#include "modules/cases/cases_decided_test.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_internal.h"

static bool round_of_the_job(struct ctx *c)
{
    return supervision_round(c, NULL);
}

static void look(void)
{
    testapp_advance(2 * MS_MINUTE);
    testapp_write(app, round_of_the_job, NULL);
    testapp_jobs(app);
}

struct seen {
    int64_t id;
    int standing, ended, level;
};

static bool read_seen(struct ctx *c)
{
    struct seen *s = ctx_arg(c);
    struct finding *rows;
    size_t count;
    if (!finding_of_case(c, s->id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq_c(rows[i].kind, "stuck")) continue;
        *(rows[i].ended ? &s->ended : &s->standing) += 1;
        if (!rows[i].ended) s->level = rows[i].level;
    }
    return true;
}

static struct seen seen(int64_t id)
{
    struct seen s = {.id = id};
    testapp_read(app, read_seen, &s);
    return s;
}

static size_t messages(struct client *c)
{
    return json_get(client_json(c, client_get(c, "/office/supervision/messages")), "messages")->count;
}

static bool find_day(struct ctx *c)
{
    int32_t *day = ctx_arg(c);
    *day = workday_add(orgs_calendar(c), date_of(c->now), 4);
    return true;
}

static void who_may_mend_what_cannot_go_on_is_told_once(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  other = officer_json("human-resources.review"), supervisor = officer_json("supervisor");
    publish_decision("grade", table("\"study\"", "string", 2),
                     "[{\"name\":\"t\",\"inputs\":{\"purpose\":\"study\"},\"expected\":2}]", "");
    publish("one-review", GRADED(DECIDED_BY("grade", GIVEN)));
    int64_t id = receive(&desk, "accept");
    size_t before = messages(&review), elsewhere = messages(&other);
    look();
    look();
    assert_int_equal(seen(id).standing, 1);
    assert_int_equal(seen(id).level, SUPERVISE_YELLOW);
    assert_int_equal(messages(&review), before + 1);
    assert_int_equal(messages(&other), elsewhere);
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "决策未能作出，办件停滞"));
    const struct json *page = client_json(&supervisor, client_get(&supervisor, "/office/workers"));
    assert_true(json_true_of(page, "all"));
    const struct json *row = json_at(json_get(page, "stuck"), 0);
    assert_true(json_is(json_get(row, "retry"), JSON_NULL)); /* who looks mends nothing */
    assert_true(json_text_of(row, "department").len > 0);
    page = client_json(&other, client_get(&other, "/office/workers"));
    assert_false(json_true_of(page, "all") || json_true_of(page, "has_stuck"));
    int32_t day = 0;
    testapp_read(app, find_day, &day);
    testapp_set_now(date_start(day) + 10 * MS_HOUR);
    look();
    supervisor = officer_json("supervisor");
    assert_int_equal(seen(id).level, SUPERVISE_RED);
    assert_true(
        answer_has(client_get(&supervisor, "/office/supervision/messages"), "决策未能作出，办件停滞"));
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/findings?kind=stuck"), "grade") ||
                answer_has(client_get(&supervisor, "/office/supervision/findings?kind=stuck"), "Grading"));
    publish_decision("grade", table("\"travel\"", "string", 2), TRAVELS, "");
    review = officer_json("public-security.review");
    assert_int_equal(client_post(&review, "/office/stuck", "model=grade").status, 200);
    testapp_jobs(app);
    look();
    assert_int_equal(seen(id).standing, 0);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_all, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {PROMISE(who_may_mend_what_cannot_go_on_is_told_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
