/* What the opinion of another department promises: who sees the case, what they may do there, until when. */
#include "modules/cases/cases_models_test.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_internal.h"

static bool add_department(struct ctx *c)
{
    struct account police;
    struct str hash;
    int64_t id;
    if (!account_by_login(c, ACTOR_OFFICER, STR("public-security.review"), &police, &hash)) return false;
    struct unit u = {.kind = STR("test-fire"),
                     .name = STR("示范区消防试验队"),
                     .division = orgs_unit(c, police.unit)->division};
    return orgs_save_unit(c, &u) &&
           people_add_officer(c, STR("fire.review"), STR("戊"), STR("reviewer"), u.id, STR_EMPTY, STR("none"),
                              &id) &&
           people_add_officer(c, STR("fire.decide"), STR("己"), STR("reviewer|decider"), u.id, STR_EMPTY,
                              STR("none"), &id);
}

static int open_departments(void **state)
{
    open_all(state);
    testapp_write(app, add_department, NULL);
    return 0;
}

#define OPINION "t:department='test-fire' t:limit='5'"
#define CONSULTED                                                                                            \
    "<startEvent id='start'/>" RECEIVE REVIEW("review")                                                      \
        TASK("fire", "reviewer", "agree disagree opinion",                                                   \
             OPINION) "<parallelGateway id='f'/><parallelGateway id='j'/>" END WAY("start", "receive")       \
            WAY("receive", "f") WAY("f", "review") WAY("f", "fire") WAY("review", "j") WAY("fire", "j")      \
                WAY("j", "decide")

static int64_t consulted(struct client *desk)
{
    publish("one-review", CONSULTED);
    return receive(desk, "accept");
}

static const struct json *page_of(struct client *c, int64_t id)
{
    return client_json(c, client_getf(c, "/office/cases/%lld", (long long)id));
}

static bool offers(struct client *c, int64_t id, const char *path)
{
    JSON_EACH(a, json_get(page_of(c, id), "acts"))
    {
        if (str_ends(json_text_of(a, "action"), str_c(path))) return true;
    }
    return false;
}

static void who_is_asked_sees_this_case_and_gives_an_opinion(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), fire = officer_json("fire.review"),
                  review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t other = receive(&desk, "accept"), id = consulted(&desk);
    assert_int_equal(client_getf(&fire, "/office/cases/%lld", (long long)other).status, 404);
    struct answer inbox = client_get(&fire, "/office/inbox");
    assert_true(answer_has(inbox, "征求你部门的意见"));
    assert_int_equal(json_get(client_json(&fire, inbox), "cases")->count, 1);
    assert_true(offers(&fire, id, "/opinion") && offers(&fire, id, "/disagree"));
    assert_false(offers(&fire, id, "/pass") || offers(&fire, id, "/special"));
    assert_false(offers(&review, id, "/opinion"));
    assert_true(answer_has(client_get(&review, "/office/asked"), "示范区消防试验队"));
    assert_int_equal(act(&fire, id, "opinion", ""), 422);
    assert_int_equal(act(&fire, id, "opinion", "note_opinion=two+exits"), 200);
    assert_int_equal(act(&fire, id, "opinion", "note_opinion=again") / 100, 4);
    assert_false(answer_has(client_get(&fire, "/office/inbox"), "征求你部门的意见"));
    assert_int_equal(client_getf(&fire, "/office/cases/%lld", (long long)id).status, 200); /* it was theirs */
    struct answer page = client_getf(&review, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(page, "two exits") && answer_has(page, "提出了意见"));
    assert_false(answer_has(client_get(&review, "/office/asked"), "示范区消防试验队"));
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
}

struct recorded {
    int64_t id;
    const char *act, *step;
};

static bool is_recorded(struct ctx *c)
{
    const struct recorded *k = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT step FROM case_event WHERE case_id = $1 AND act = $2", DB_I(k->id),
                  DB_C(k->act)))
        return false;
    assert_int_equal(r.rows, 1);
    assert_string_equal(str_z(app->arena, db_str(&r, 0, 0)), k->step);
    return true;
}

static void of_two_steps_that_wait_the_one_that_was_done_is_recorded(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), fire = officer_json("fire.review"),
                  review = officer_json("public-security.review");
    int64_t id = consulted(&desk);
    assert_int_equal(act(&fire, id, "agree", ""), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    testapp_read(app, is_recorded, &(struct recorded){id, "agree", "fire"});
    testapp_read(app, is_recorded, &(struct recorded){id, "pass", "review"});
    id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&fire, id, "disagree", "note_disagree=x"), 200);
    testapp_read(app, is_recorded, &(struct recorded){id, "disagree", "fire"});
}

static void who_is_asked_does_nothing_else(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), fire = officer_json("fire.decide"),
                  review = officer_json("public-security.review");
    int64_t id = consulted(&desk);
    static const char *const acts[][2] = {
        {"pass", ""},
        {"send-back", "note_send-back=x"},
        {"special", "note_special=x&days=3&kind=hearing"},
        {"extend", "note_extend=x"},
        {"grant", "note_grant=x"},
        {"refuse", "note_refuse=x"},
        {"tasks/suspend", "reason=x"},
        {"tasks/recall", "reason=x"},
        {"tasks/supply", "what=x"},
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (act(&fire, id, acts[i][0], acts[i][1]) / 100 != 4) fail_msg("%s", acts[i][0]);
    /* nor the owner in their place */
    assert_int_equal(act(&review, id, "agree", "") / 100, 4);
    /* while the owner's case rests or asks for more time, it is the owner's to answer */
    assert_int_equal(act(&review, id, "extend", "note_extend=x"), 200);
    assert_int_equal(act(&fire, id, "extension", "answer=grant&note_extension=x") / 100, 4);
    assert_int_equal(act(&fire, id, "agree", ""), 200);
}

static void an_opinion_that_is_no_longer_wanted_opens_nothing(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), fire = officer_json("fire.review"), one = client_new(app);
    int64_t id = consulted(&desk);
    char path[64];
    client_as_person(&one, "13900000101");
    snprintf(path, sizeof path, "/cases/%lld/withdraw", (long long)id);
    assert_int_equal(client_post(&one, path, "").status, 200);
    assert_int_equal(client_getf(&fire, "/office/cases/%lld", (long long)id).status, 404);
}

static bool look_at_all(struct ctx *c)
{
    return supervision_round(c, NULL);
}

static void an_opinion_in_words_is_a_step_done(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), fire = officer_json("fire.review"),
                  review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t id = consulted(&desk);
    assert_int_equal(act(&fire, id, "opinion", "note_opinion=two+exits"), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
    testapp_write(app, look_at_all, NULL);
    const char *found = "/office/supervision/findings";
    assert_int_equal(json_get(client_json(&review, client_get(&review, found)), "findings")->count, 0);
}

static void an_opinion_has_a_time_of_its_own(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), fire = officer_json("fire.review"),
                  review = officer_json("public-security.review");
    int64_t id = consulted(&desk);
    const struct json *asked = json_at(json_get(page_of(&review, id), "asked"), 0);
    assert_true(json_text_of(asked, "when").len > 0);
    testapp_advance(20 * MS_DAY);
    fire = officer_json("fire.review");
    review = officer_json("public-security.review");
    const struct json *row =
        json_at(json_get(client_json(&fire, client_get(&fire, "/office/inbox")), "cases"), 0);
    assert_true(str_eq_c(json_text_of(json_get(row, "light"), "color"), "red"));
    asked = json_at(json_get(page_of(&review, id), "asked"), 0);
    assert_true(str_eq_c(json_text_of(json_get(asked, "light"), "color"), "red"));
    assert_true(answer_has(client_get(&fire, "/office/inbox?f=red"), "护照"));
    /* Supervision finds it late for the department that was asked, and for no other. */
    testapp_write(app, look_at_all, NULL);
    const char *late = "/office/supervision/findings?kind=opinion_over";
    const struct json *found = json_get(client_json(&fire, client_get(&fire, late)), "findings");
    assert_int_equal(found->count, 1);
    assert_true(str_eq_c(json_text_of(json_get(json_at(found, 0), "light"), "color"), "red"));
    assert_int_equal(json_get(client_json(&review, client_get(&review, late)), "findings")->count, 0);
    /* The owner is late with its own step, and with no other. */
    const char *steps = "/office/supervision/findings?kind=step_over";
    found = json_get(client_json(&review, client_get(&review, steps)), "findings");
    assert_int_equal(found->count, 1);
}

#define ASK(id, days)                                                                                        \
    TASK(id, "reviewer", "agree disagree opinion", "t:department='test-fire' t:limit='" days "'")
#define ASKED_TWICE                                                                                          \
    "<startEvent id='start'/>" RECEIVE ASK("long", "40")                                                     \
        ASK("short", "2") "<parallelGateway id='f'/><parallelGateway id='j'/>" END WAY("start", "receive")   \
            WAY("receive", "f") WAY("f", "long") WAY("f", "short") WAY("long", "j") WAY("short", "j")        \
                WAY("j", "decide")

static void of_two_opinions_of_one_department_the_one_due_first_gives_the_light(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), fire;
    publish("one-review", ASKED_TWICE);
    receive(&desk, "accept");
    testapp_advance(7 * MS_DAY);
    fire = officer_json("fire.review");
    const struct json *row =
        json_at(json_get(client_json(&fire, client_get(&fire, "/office/inbox")), "cases"), 0);
    assert_true(str_eq_c(json_text_of(json_get(row, "light"), "color"), "red"));
}

static size_t late_opinions(struct client *c)
{
    testapp_write(app, look_at_all, NULL);
    const char *late = "/office/supervision/findings?kind=opinion_over";
    return json_get(client_json(c, client_get(c, late)), "findings")->count;
}

static const char *color_of(const struct json *row)
{
    return str_z(app->arena, json_text_of(json_get(row, "light"), "color"));
}

static const struct json *first_of(struct client *c, const char *path, const char *list)
{
    return json_at(json_get(client_json(c, client_get(c, path)), list), 0);
}

/* On the case, in the list of what the department has asked for, in the inbox of who is asked. */
static void shows_everywhere(struct client *review, struct client *fire, int64_t id, const char *color)
{
    assert_string_equal(color_of(json_at(json_get(page_of(review, id), "asked"), 0)), color);
    assert_string_equal(color_of(first_of(review, "/office/asked", "asked")), color);
    assert_string_equal(color_of(first_of(fire, "/office/inbox", "cases")), color);
}

static void the_time_of_an_opinion_rests_with_the_case(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), fire, review = officer_json("public-security.review");
    int64_t id = consulted(&desk);
    testapp_advance(MS_DAY);
    review = officer_json("public-security.review");
    assert_int_equal(act(&review, id, "special", "note_special=x&days=9&kind=hearing"), 200);
    testapp_advance(20 * MS_DAY);
    fire = officer_json("fire.review");
    review = officer_json("public-security.review");
    assert_int_equal(act(&fire, id, "agree", "") / 100, 4);
    assert_int_equal(late_opinions(&fire), 0);
    shows_everywhere(&review, &fire, id, "paused");
    assert_int_equal(act(&review, id, "special-end", ""), 200);
    const struct json *asked = json_at(json_get(page_of(&review, id), "asked"), 0);
    assert_false(str_eq_c(json_text_of(json_get(asked, "light"), "color"), "red"));
    assert_int_equal(late_opinions(&fire), 0);
    testapp_advance(20 * MS_DAY);
    fire = officer_json("fire.review");
    review = officer_json("public-security.review");
    shows_everywhere(&review, &fire, id, "red");
    assert_int_equal(late_opinions(&fire), 1);
}

static void the_applicant_sees_every_step_that_is_open(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), one = client_new(app);
    int64_t id = consulted(&desk);
    client_as_person(&one, "13900000101");
    one.json = true;
    size_t now = 0;
    bool fire = false;
    JSON_EACH(e, json_get(client_json(&one, client_getf(&one, "/cases/%lld", (long long)id)), "timeline"))
    {
        if (!str_eq_c(json_text_of(e, "state"), "now")) continue;
        now++;
        fire = fire || str_eq_c(json_text_of(e, "who"), "示范区消防试验队");
    }
    assert_int_equal(now, 2);
    assert_true(fire);
}

#define FORM_WAY                                                                                             \
    "<startEvent id='start'/>" RECEIVE REVIEW(                                                               \
        "visit") "<exclusiveGateway id='x' default='x-decide'/>"                                             \
                 "<sequenceFlow id='x-visit' sourceRef='x' targetRef='visit'><conditionExpression "          \
                 "xsi:type='tFormalExpression'>answers.purpose = \"travel\" and situation.kind = \"first\""  \
                 "</conditionExpression></sequenceFlow>" WAY("x", "decide") END WAY("start", "receive")      \
                     WAY("receive", "x") WAY("visit", "decide")

static bool state_has_no_answers(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT state FROM case_file WHERE id = $1", DB_I(*(int64_t *)ctx_arg(c))))
        return false;
    assert_int_equal(str_find(db_str(&r, 0, 0), STR("travel")), SIZE_MAX);
    return true;
}

static void answers_of_the_form_choose_the_way_and_are_not_in_the_state(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    publish("one-review", FORM_WAY);
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "pass", ""), 200); /* it went to the visit */
    testapp_read(app, state_has_no_answers, &id);
}

static void a_department_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1");
    publish("one-review", "<startEvent id='start'/>" RECEIVE TASK("ask", "reviewer", "agree disagree",
                                                                  "t:department='nowhere'")
                              END WAY("start", "receive") WAY("receive", "ask") WAY("ask", "decide"));
    int64_t id = receive(&desk, "receive");
    struct answer a = client_post(
        &desk, str_z(app->arena, str_fmt(app->arena, "/office/cases/%lld/accept", (long long)id)), "");
    assert_int_equal(a.status, 409);
    assert_true(answer_has(a, "nowhere"));
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_departments, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(who_is_asked_sees_this_case_and_gives_an_opinion),
        PROMISE(of_two_steps_that_wait_the_one_that_was_done_is_recorded),
        PROMISE(who_is_asked_does_nothing_else),
        PROMISE(an_opinion_that_is_no_longer_wanted_opens_nothing),
        PROMISE(an_opinion_in_words_is_a_step_done),
        PROMISE(an_opinion_has_a_time_of_its_own),
        PROMISE(of_two_opinions_of_one_department_the_one_due_first_gives_the_light),
        PROMISE(the_time_of_an_opinion_rests_with_the_case),
        PROMISE(the_applicant_sees_every_step_that_is_open),
        PROMISE(answers_of_the_form_choose_the_way_and_are_not_in_the_state),
        PROMISE(a_department_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
