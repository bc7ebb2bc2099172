/* What is found in cases, who is told, and the board. */
#include "modules/supervision/supervision_app_test.h"

static void a_case_is_warned_of_then_red_and_everybody_who_should_know_is_told(void **state)
{
    int64_t id = a_case();
    act(id, "desk1", "accept");
    look();
    struct found f = found_in(id);
    assert_true(f.watched);
    assert_int_equal(f.count, 0);
    for (int i = 0; i < 40 && !of_kind(&f, "case_soon"); i++) {
        days_pass(1);
        look();
        f = found_in(id);
    }
    assert_non_null(of_kind(&f, "case_soon"));
    assert_null(of_kind(&f, "case_over"));
    assert_non_null(of_kind(&f, "step_over")); /* nobody reviewed it for five days */
    struct client review = browser(REVIEW);
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "Soon due"));
    days_pass(4);
    look();
    f = found_in(id);
    assert_non_null(of_kind(&f, "case_over"));
    assert_int_equal(of_kind(&f, "case_over")->level, SUPERVISE_RED);
    assert_true(of_kind(&f, "case_soon")->ended > 0);
    struct client decide = browser(DECIDE), supervisor = browser("supervisor"),
                  other = browser("public-security.review");
    assert_true(answer_has(client_get(&decide, "/office/supervision/messages"), "Over its time"));
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/messages"), "Over its time"));
    assert_false(answer_has(client_get(&other, "/office/supervision/messages"), "Over its time"));
    assert_true(answer_has(client_get(&supervisor, "/office"), "Messages of supervision"));
    struct answer list = client_get(&supervisor, "/office/supervision/findings?level=red&s=now");
    assert_true(answer_has(list, "Over its time"));
    assert_false(answer_has(client_get(&other, "/office/supervision/findings"), "Over its time"));
    assert_int_equal(
        client_getf(&other, "/office/supervision/findings/%lld", (long long)of_kind(&f, "case_over")->id)
            .status,
        404);
    (void)state;
}

static void what_was_late_stays_late_and_an_ended_case_is_forgotten(void **state)
{
    int64_t id = a_case();
    act(id, "desk1", "accept");
    days_pass(60);
    look();
    act(id, REVIEW, "pass");
    act(id, DECIDE, "grant");
    look();
    look(); /* handed over meanwhile */
    struct found f = found_in(id);
    assert_false(f.watched);
    assert_non_null(of_kind(&f, "case_over"));
    assert_int_equal(of_kind(&f, "case_over")->ended, 0);
    /* Without an act nothing looks at it again, however much time passes and whatever stands in its records.
     */
    size_t before = f.count;
    struct forged point = {.id = id, .material = "no-such-paper"};
    testapp_write(app, forge_point, &point);
    days_pass(5);
    look();
    f = found_in(id);
    assert_int_equal(f.count, before);
    (void)state;
}

static void a_case_in_time_leaves_nothing(void **state)
{
    int64_t id = a_case();
    act(id, "desk1", "accept");
    look();
    act(id, REVIEW, "pass");
    act(id, DECIDE, "grant");
    look();
    struct found f = found_in(id);
    assert_int_equal(f.count, 0);
    assert_false(f.watched);
    (void)state;
}

static void deciding_at_the_desk_or_without_acceptance_is_a_red_card(void **state)
{
    int64_t id = a_case();
    struct forged f = {.id = id, .act = "grant", .step = "receive"};
    testapp_write(app, forge_act, &f);
    look();
    struct found found = found_in(id);
    assert_non_null(of_kind(&found, "desk"));
    assert_non_null(of_kind(&found, "unaccepted"));
    assert_int_equal(of_kind(&found, "desk")->level, SUPERVISE_RED);
    assert_true(of_kind(&found, "desk")->account > 0);
    (void)state;
}

static void skipping_a_step_is_found(void **state)
{
    int64_t id = a_case();
    act(id, "desk1", "accept");
    struct forged f = {.id = id, .act = "grant", .step = "decide"};
    testapp_write(app, forge_act, &f);
    look();
    struct found found = found_in(id);
    assert_non_null(of_kind(&found, "step_missing"));
    assert_string_equal(str_z(app->arena, of_kind(&found, "step_missing")->place), "review");
    assert_null(of_kind(&found, "unaccepted"));
    /* People read what the step is called. */
    struct client supervisor = officer("supervisor");
    supervisor.json = true;
    const struct json *list = json_get(
        client_json(&supervisor, client_get(&supervisor, "/office/supervision/findings?kind=step_missing")),
        "findings");
    assert_string_equal(str_z(app->arena, json_text_of(json_at(list, 0), "place")), "审查");
    assert_true(json_true_of(json_at(list, 0), "place_named"));
    (void)state;
}

static void a_document_beside_the_list_is_found(void **state)
{
    int64_t id = a_case();
    struct forged point = {.id = id, .material = "no-such-paper"};
    testapp_write(app, forge_point, &point);
    look();
    struct found found = found_in(id);
    assert_non_null(of_kind(&found, "unlisted"));
    (void)state;
}

struct charge {
    int64_t id, fen;
    bool refused, free;
};

static bool charge_it(struct ctx *c)
{
    struct charge *k = ctx_arg(c);
    const struct item *item = catalogue_of_base(c, STR(BASE));
    k->free = json_true_of(item->doc, "free");
    if (supervision_charge(c, k->id, k->fen)) return true;
    k->refused = c->err->kind == ERR_CONFLICT;
    err_clear(c->err);
    return true;
}

static void a_charge_is_noted_once_and_compared_with_the_fee_of_the_service(void **state)
{
    struct charge k = {.id = a_case(), .fen = 2000}, again = {.id = k.id, .fen = 3000}, same = k;
    look();
    testapp_write(app, charge_it, &k);
    assert_false(k.refused);
    testapp_write(app, charge_it, &again);
    assert_true(again.refused);
    testapp_write(app, charge_it, &same);
    assert_false(same.refused);
    look();
    struct found f = found_in(k.id);
    assert_int_equal(of_kind(&f, "fee") != NULL, k.free);
    (void)state;
}

static void the_board_counts_by_department_and_gives_a_table(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser("public-security.review"),
                  desk = browser("desk1"), auditor = browser("auditor");
    int64_t case_id;
    a_red_card(&case_id);
    struct answer a = client_get(&supervisor, "/office/supervision");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "Decided at the desk") && answer_has(a, "<svg class=\"share\""));
    a = client_get(&supervisor, "/office/supervision/board.csv");
    assert_true(answer_has(a, ",Red card,") && answer_has(a, "民政"));
    a = client_get(&review, "/office/supervision/board.csv");
    assert_false(answer_has(a, "民政"));
    assert_int_equal(client_get(&desk, "/office/supervision").status, 403);
    assert_int_equal(client_get(&auditor, "/office/supervision").status, 403);
    (void)state;
}

static void looking_twice_finds_the_same_once(void **state)
{
    int64_t case_id;
    a_red_card(&case_id);
    struct found before = found_in(case_id);
    for (int i = 0; i < 3; i++) {
        struct forged f = {.id = case_id, .act = "note", .step = "receive"};
        testapp_write(app, forge_act, &f);
        look();
    }
    assert_int_equal(found_in(case_id).count, before.count);
    (void)state;
}

static void hundreds_of_acts_at_once_are_all_seen(void **state)
{
    int64_t ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = a_case();
    for (int n = 0; n < 450; n++) {
        struct forged f = {.id = ids[n % 2], .act = "note", .step = "receive"};
        testapp_write(app, forge_act, &f);
    }
    struct forged last = {.id = ids[2], .act = "grant", .step = "receive"};
    testapp_write(app, forge_act, &last);
    look();
    struct found f = found_in(ids[2]);
    assert_non_null(of_kind(&f, "desk"));
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_case_is_warned_of_then_red_and_everybody_who_should_know_is_told),
        PROMISE(what_was_late_stays_late_and_an_ended_case_is_forgotten),
        PROMISE(a_case_in_time_leaves_nothing),
        PROMISE(deciding_at_the_desk_or_without_acceptance_is_a_red_card),
        PROMISE(skipping_a_step_is_found),
        PROMISE(a_document_beside_the_list_is_found),
        PROMISE(a_charge_is_noted_once_and_compared_with_the_fee_of_the_service),
        PROMISE(the_board_counts_by_department_and_gives_a_table),
        PROMISE(looking_twice_finds_the_same_once),
        PROMISE(hundreds_of_acts_at_once_are_all_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
