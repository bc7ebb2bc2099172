/* Orders to departments, and warnings that are set aside. */
#include "modules/supervision/supervision_app_test.h"

static void an_order_goes_to_the_department_and_back_until_the_answer_is_accepted(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser(REVIEW),
                  other = browser("public-security.review");
    int64_t case_id, finding = a_red_card(&case_id);
    const char *base =
        str_z(app->arena, str_fmt(app->arena, "/office/supervision/findings/%lld", (long long)finding));
    char path[160];
    snprintf(path, sizeof path, "%s/order", base);
    assert_int_equal(client_post(&review, path, order_form("explain+this", 3)).status, 403);
    assert_int_equal(client_post(&supervisor, path, order_form("explain+this", 0)).status, 422);
    struct answer a = client_post(&supervisor, path, order_form("explain+this+please", 3));
    assert_int_equal(a.status, 303);
    assert_int_equal(client_post(&supervisor, path, order_form("explain+this+please", 3)).status, 409);
    struct str at = a.location;
    const char *order = str_z(app->arena, at);
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "An order was issued"));
    assert_int_equal(client_post(&review, "/office/supervision/messages", "upto=1").status, 303);
    assert_true(answer_has(client_get(&review, order), "explain this please"));
    assert_int_equal(client_get(&other, order).status, 404);
    snprintf(path, sizeof path, "%s/accept", order);
    assert_int_equal(client_post(&supervisor, path, "remark=fine").status, 409); /* not yet answered */
    assert_int_equal(client_post(&review, path, "remark=fine").status,
                     403); /* nobody judges their own answer */
    snprintf(path, sizeof path, "%s/answer", order);
    assert_int_equal(client_post(&supervisor, path, "words=done").status, 403);
    assert_int_equal(client_post(&review, path, "words=it+was+a+mistake").status, 303);
    assert_int_equal(client_post(&review, path, "words=twice").status, 409);
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/messages"), "An order was answered"));
    snprintf(path, sizeof path, "%s/send-back", order);
    assert_int_equal(client_post(&supervisor, path, "reason=whose+mistake").status, 303);
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "The answer was sent back"));
    snprintf(path, sizeof path, "%s/answer", order);
    assert_int_equal(client_post(&review, path, "words=mine").status, 303);
    snprintf(path, sizeof path, "%s/accept", order);
    assert_int_equal(client_post(&supervisor, path, "remark=fine").status, 303);
    a = client_get(&review, order);
    assert_true(answer_has(a, "Answer accepted") && answer_has(a, "whose mistake") && answer_has(a, "mine"));
    struct client auditor = browser("auditor");
    a = client_get(&auditor, "/office/audit");
    assert_true(answer_has(a, "supervision.accept") || answer_has(a, "accepted the answer"));
    (void)state;
}

static void a_supervisor_orders_on_the_page_of_a_case_and_the_department_answers_there(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser(REVIEW),
                  other = browser("public-security.review"), desk = browser("desk1");
    int64_t id = a_case();
    char path[96], page[96];
    act(id, "desk1", "accept");
    snprintf(path, sizeof path, "/office/supervision/cases/%lld/order", (long long)id);
    snprintf(page, sizeof page, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(client_get(&supervisor, page), path));
    assert_false(answer_has(client_get(&review, page), path));
    assert_true(answer_has(client_get(&supervisor, path), "name=\"until\""));
    assert_int_equal(client_post(&review, path, order_form("visit+the+shop", 2)).status, 403);
    assert_int_equal(client_post(&other, path, order_form("visit+the+shop", 2)).status / 100, 4);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 0)).status, 422);
    assert_int_equal(client_post(&supervisor, path, order_form("", 2)).status, 422);
    assert_int_equal(client_post(&supervisor, path, "words=visit+the+shop&until=2099-01-01").status, 422);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 2)).status, 303);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 2)).status, 409);
    struct answer a = client_get(&review, page);
    assert_true(answer_has(a, "visit the shop") && answer_has(a, "Ordered by a supervisor"));
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "An order was issued"));
    assert_false(answer_has(client_get(&desk, page), "/office/supervision/orders/"));
    size_t at = str_find(a.body, STR("/office/supervision/orders/")),
           end = str_find(str_slice(a.body, at, a.body.len), STR("\""));
    const char *order = str_z(app->arena, str_slice(a.body, at, at + end)),
               *answer = str_z(app->arena, str_fmt(app->arena, "%s/answer", order));
    a = client_post(&review, answer, "from=case&words=it+was+visited");
    assert_int_equal(a.status, 303);
    assert_true(str_ends(a.location, str_c(page)));
    a = client_get(&supervisor, page);
    assert_true(answer_has(a, "it was visited") && answer_has(a, "The order was answered"));
    struct client applicant = person("13900000105");
    applicant.json = false;
    applicant.language = "en";
    snprintf(page, sizeof page, "/cases/%lld", (long long)id);
    a = client_get(&applicant, page);
    assert_int_equal(a.status, 200);
    assert_false(answer_has(a, "visit the shop") || answer_has(a, "rdered") ||
                 answer_has(a, "it was visited"));
    (void)state;
}

/* Orders about a case that other supervisors issued, of earlier warnings. */
static bool forge_orders(struct ctx *c)
{
    const struct doing *d = ctx_arg(c);
    struct case_file f;
    if (!case_load(c, d->id, &f)) return false;
    for (int i = 0; i < d->value; i++) {
        struct order o = {.id = ctx_id(c),
                          .finding_id = ctx_id(c),
                          .case_id = f.id,
                          .case_no = f.case_no,
                          .item_name = f.item_name,
                          .unit = f.unit,
                          .division = f.division,
                          .applicant = f.applicant,
                          .issued = c->now,
                          .due = c->now + MS_DAY,
                          .days = 1,
                          .status = STR("open")};
        if (!order_add(c, &o) || !order_step_add(c, &o, "issue", STR("earlier"))) return false;
    }
    return true;
}

static void among_many_orders_none_is_issued_twice_and_each_can_be_answered(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser(REVIEW);
    int64_t id = a_case();
    struct doing many = {.id = id, .value = 12};
    char path[96];
    (void)state;
    act(id, "desk1", "accept");
    snprintf(path, sizeof path, "/office/supervision/cases/%lld/order", (long long)id);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 2)).status, 303);
    testapp_write(app, forge_orders, &many);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 2)).status, 409);
    struct answer a = client_getf(&review, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(a, "visit the shop"));
    assert_true(answer_has(a, "id=\"words-")); /* no two fields of a page have one name */
    assert_false(answer_has(a, "id=\"words\""));
    int forms = 0;
    for (size_t at; (at = str_find(a.body, STR("/answer\""))) != SIZE_MAX; forms++)
        a.body = str_slice(a.body, at + 1, a.body.len);
    assert_int_equal(forms, 13);
}

static void an_order_that_nobody_answers_turns_red(void **state)
{
    struct client supervisor = browser("supervisor");
    int64_t case_id, finding = a_red_card(&case_id);
    char path[160];
    snprintf(path, sizeof path, "/office/supervision/findings/%lld/order", (long long)finding);
    assert_int_equal(client_post(&supervisor, path, order_form("explain+this", 2)).status, 303);
    assert_false(answer_has(client_get(&supervisor, "/office/supervision/orders"), "light-red"));
    days_pass(3);
    supervisor = browser("supervisor");
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/orders"), "light-red"));
    (void)state;
}

static void a_warning_may_be_set_aside_with_a_reason_and_does_not_come_back(void **state)
{
    struct client supervisor = browser("supervisor");
    int64_t case_id, finding = a_red_card(&case_id);
    char path[160];
    snprintf(path, sizeof path, "/office/supervision/findings/%lld/excuse", (long long)finding);
    assert_int_equal(client_post(&supervisor, path, "reason=").status, 422);
    assert_int_equal(client_post(&supervisor, path, "reason=test+of+the+line").status, 303);
    struct forged f = {.id = case_id, .act = "note", .step = "receive"};
    testapp_write(app, forge_act, &f);
    look();
    struct found found = found_in(case_id);
    assert_true(of_kind(&found, "desk")->ended > 0);
    assert_true(of_kind(&found, "desk")->excused);
    snprintf(path, sizeof path, "/office/supervision/findings/%lld", (long long)finding);
    assert_true(answer_has(client_get(&supervisor, path), "test of the line"));
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(an_order_goes_to_the_department_and_back_until_the_answer_is_accepted),
        PROMISE(a_supervisor_orders_on_the_page_of_a_case_and_the_department_answers_there),
        PROMISE(among_many_orders_none_is_issued_twice_and_each_can_be_answered),
        PROMISE(an_order_that_nobody_answers_turns_red),
        PROMISE(a_warning_may_be_set_aside_with_a_reason_and_does_not_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
