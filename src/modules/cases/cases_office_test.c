#include "app/cli.h"
#include "engines/identifiers/identifiers.h"
#include "modules/cases/cases_internal.h"
#include "modules/cases/cases_received_test.h"
#include "modules/licences/licences.h"

#define PERSON_CODE "78010119940318002X"

/* The clerk was told name and number; of what the registers know the form shows no more than it needs. */
static void the_form_of_reception_masks_what_registers_say(void **state)
{
    struct client desk = client_new(app);
    char path[160];
    (void)state;
    client_as_officer(&desk, "desk1");
    desk.json = true;
    snprintf(path, sizeof path, "/office/desk/receive?person=%lld&item=%lld", (long long)subject_of(&desk),
             (long long)item_id(&desk, "%E5%8A%9E%E6%8A%A4%E7%85%A7"));
    struct answer a = client_get(&desk, path);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "林晓禾"));
    assert_false(answer_has(a, "78010119940318002X"));
    assert_false(answer_has(a, "1994-03-18"));
}

static void a_walk_in_is_received_reviewed_and_decided_and_the_licence_follows(void **state)
{
    struct client desk = officer("desk1"), review = officer("public-security.review"),
                  decide = officer("public-security.decide");
    (void)state;
    int64_t id = receive(&desk, "accept");
    assert_true(str_eq_c(status_of(&review, id), "已受理"));
    assert_int_equal(client_getf(&desk, "/office/cases/%lld/receipt", (long long)id).status, 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", ""), 422);
    assert_int_equal(act(&decide, id, "grant", "note_grant=%E5%87%86%E4%BA%88"), 200);
    testapp_jobs(app);
    assert_true(str_eq_c(status_of(&decide, id), "准予"));
    struct client person = client_new(app);
    client_as_person(&person, "13900000101");
    assert_true(answer_has(client_get(&person, "/me/licences"), "普通护照"));
    assert_true(answer_has(client_get(&person, "/me/messages"), "护照"));
}

static void a_case_cannot_be_decided_by_the_desk(void **state)
{
    struct client desk = officer("desk1");
    (void)state;
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&desk, id, "grant", "note_grant=x"), 403);
    assert_int_equal(act(&desk, id, "refuse", "note_refuse=x"), 403);
    assert_int_equal(act(&desk, id, "pass", ""), 403);
}

static void a_reviewer_cannot_decide_nor_decide_before_the_review(void **state)
{
    struct client desk = officer("desk1"), review = officer("public-security.review"),
                  decide = officer("public-security.decide");
    (void)state;
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "grant", "note_grant=x"), 403);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x") / 100, 4);
}

static void an_officer_of_another_department_finds_nothing(void **state)
{
    struct client desk = officer("desk1"), other = officer("tobacco.review");
    (void)state;
    int64_t id = receive(&desk, "accept");
    assert_int_equal(client_getf(&other, "/office/cases/%lld", (long long)id).status, 404);
    assert_int_equal(act(&other, id, "pass", ""), 404);
    assert_false(answer_has(client_get(&other, "/office/inbox"), "普通护照"));
}

static void a_case_is_found_by_its_number_or_the_persons_within_the_scope(void **state)
{
    struct client desk = officer("desk1"), review = officer("public-security.review"),
                  other = officer("tobacco.review"), auditor = officer("auditor");
    (void)state;
    int64_t id = receive(&desk, "accept");
    char by_number[80], here[80];
    struct answer a = client_getf(&desk, "/office/cases/%lld", (long long)id);
    struct str number = json_text_of(client_json(&desk, a), "case_no");
    assert_int_equal(number.len, IDENT_CASE_NO);
    snprintf(by_number, sizeof by_number, "q=%.*s", STR_ARG(number));
    snprintf(here, sizeof here, "/office/cases/%lld", (long long)id);
    desk.json = review.json = other.json = true;
    a = client_post(&review, "/office/find", by_number);
    assert_true(str_eq_c(json_text_of(client_json(&review, a), "location"), here));
    a = client_post(&other, "/office/find", by_number);
    assert_false(json_true_of(client_json(&other, a), "has_cases"));
    assert_true(json_true_of(client_json(&other, a), "understood"));

    a = client_post(&review, "/office/find", "q=" PERSON_CODE);
    assert_true(answer_has(a, here));
    a = client_post(&other, "/office/find", "q=" PERSON_CODE);
    assert_false(answer_has(a, here));
    assert_true(answer_has(client_get(&auditor, "/office/audit?act=data.read"), "data.read"));

    a = client_post(&desk, "/office/find", "q=" PERSON_CODE); /* by number alone the desk learns nothing */
    assert_false(answer_has(a, here));
    assert_true(json_true_of(client_json(&desk, a), "at_desk"));

    a = client_post(&review, "/office/find", "q=passport");
    assert_false(json_true_of(client_json(&review, a), "understood"));
    /* nothing is searched for by an address */
    assert_false(answer_has(client_get(&review, "/office/find?q=" PERSON_CODE), here));
}

static void correction_is_asked_once_with_everything_listed(void **state)
{
    struct client desk = officer("desk1");
    (void)state;
    int64_t id = receive(&desk, "receive");
    assert_int_equal(act(&desk, id, "correct", "target_1=material%3Aphoto&reason_1="), 422);
    assert_int_equal(
        act(&desk, id, "correct",
            "target_1=material%3Aphoto&reason_1=blurred&target_2=field%3Apurpose&reason_2=which"),
        200);
    assert_true(str_eq_c(status_of(&desk, id), "需要补正"));
    assert_int_equal(act(&desk, id, "correct", "target_1=material%3Aphoto&reason_1=again"), 409);
}

static void a_special_procedure_pauses_the_clock_and_nothing_is_decided_meanwhile(void **state)
{
    struct client desk = officer("desk1"), review = officer("public-security.review"),
                  decide = officer("public-security.decide");
    (void)state;
    int64_t id = receive(&desk, "accept");
    struct answer before = client_getf(&review, "/office/cases/%lld", (long long)id);
    assert_int_equal(act(&review, id, "special", "kind=hearing&days=10&note_special=x"), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x") / 100, 4);
    struct answer paused = client_getf(&review, "/office/cases/%lld", (long long)id);
    assert_true(str_eq_c(json_text(json_path(client_json(&review, paused), "light.color")), "paused"));
    testapp_advance(7 * MS_DAY);
    review = officer("public-security.review"); /* sessions of officers end when idle */
    assert_int_equal(act(&review, id, "special-end", ""), 200);
    struct answer after = client_getf(&review, "/office/cases/%lld", (long long)id);
    /* five working days after Monday the 23rd; the pause took out the closings of that week, the day of
     * acceptance stays uncounted */
    assert_true(answer_has(before, "5个工作日后到期（11月30日，暂定）"));
    assert_true(answer_has(after, "4个工作日后到期（12月4日，暂定）"));
}

static void what_is_not_done_in_time_turns_yellow_then_red_and_stands_first(void **state)
{
    struct client desk = officer("desk1"), review = officer("public-security.review");
    (void)state;
    int64_t id = receive(&desk, "accept");
    testapp_advance(20 * MS_DAY);
    review = officer("public-security.review"); /* sessions of officers end when idle */
    struct answer a = client_getf(&review, "/office/cases/%lld", (long long)id);
    assert_true(str_eq_c(json_text(json_path(client_json(&review, a), "light.color")), "red"));
    a = client_get(&review, "/office/inbox?f=red");
    assert_int_equal(json_get(client_json(&review, a), "cases")->count, 1);
    struct client supervisor = officer("supervisor");
    assert_true(answer_has(client_get(&supervisor, "/office/board"), "\"red\":\"1\""));
}

static const struct json *first_department(struct answer a)
{
    struct client reader = officer("supervisor");
    return json_get(client_json(&reader, a), "departments")->first;
}

static void the_board_shows_the_share_decided_in_time_by_week_and_forgets_older_ones(void **state)
{
    struct client supervisor;
    (void)state;
    for (int i = 0; i < 3; i++) { /* decided in time, in two weeks; and late, in the second of them */
        struct client desk = officer("desk1");
        int64_t id = receive(&desk, "accept");
        if (i == 2) testapp_advance(20 * MS_DAY);
        struct client review = officer("public-security.review"), decide = officer("public-security.decide");
        assert_int_equal(act(&review, id, "pass", "note_pass=x"), 200);
        assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
        testapp_jobs(app);
        supervisor = officer("supervisor");
        const struct json *d = first_department(client_get(&supervisor, "/office/board"));
        static const char *const shares[] = {"100.0%", "100.0%", "66.6%"};
        static const char *const lines[] = {NULL, NULL, "90,2 110,22"};
        assert_true(str_eq_c(json_text_of(d, "in_time_share"), shares[i]));
        if (lines[i])
            assert_true(str_eq_c(json_text(json_path(d, "trend.points")), lines[i]));
        else
            assert_int_equal(json_get(d, "trend")->type, JSON_NULL);
    }
    struct client desk = officer("desk1");
    int64_t id = receive(&desk, "accept");
    struct client lin = person("13900000101");
    char path[64];
    snprintf(path, sizeof path, "/cases/%lld/withdraw", (long long)id);
    assert_int_equal(client_post(&lin, path, "").status, 200); /* which is no decision */
    const struct json *same = first_department(client_get(&supervisor, "/office/board"));
    assert_true(str_eq_c(json_text_of(same, "in_time_share"), "66.6%"));
    testapp_advance(11 * 7 * MS_DAY); /* the first two are too long ago */
    supervisor = officer("supervisor");
    const struct json *d = first_department(client_get(&supervisor, "/office/board"));
    assert_true(str_eq_c(json_text_of(d, "in_time_share"), "0.0%"));
    testapp_advance(2 * 7 * MS_DAY);
    supervisor = officer("supervisor");
    assert_true(answer_has(client_get(&supervisor, "/office/board"), "\"departments\":[]"));
}

static void an_extension_is_asked_by_the_reviewer_and_approved_by_the_decider_once(void **state)
{
    struct client desk = officer("desk1"), review = officer("public-security.review"),
                  decide = officer("public-security.decide");
    (void)state;
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "extend", "note_extend=more"), 200);
    assert_int_equal(act(&review, id, "extension", "answer=grant"), 403);
    assert_int_equal(act(&decide, id, "extension", "answer=grant&note_extension=ok"), 200);
    assert_int_equal(act(&review, id, "extend", "note_extend=again"), 409);
}

static void a_denied_extension_gives_the_case_back_to_its_reviewer(void **state)
{
    struct client desk = officer("desk1"), review = officer("public-security.review"),
                  decide = officer("public-security.decide");
    (void)state;
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "extend", "note_extend=more"), 200);
    assert_true(answer_has(client_get(&decide, "/office/inbox"), "普通护照"));
    assert_int_equal(act(&decide, id, "extension", "answer=deny&note_extension=no"), 200);
    assert_true(answer_has(client_get(&review, "/office/inbox"), "普通护照"));
    assert_false(answer_has(client_get(&decide, "/office/inbox"), "普通护照"));
    assert_int_equal(act(&review, id, "pass", ""), 200);
}

static void the_person_is_told_of_an_extension_with_its_reason(void **state)
{
    struct client desk = officer("desk1"), review = officer("public-security.review"),
                  decide = officer("public-security.decide"), person = client_new(app);
    (void)state;
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "extend", "note_extend=more"), 200);
    assert_int_equal(act(&decide, id, "extension", "answer=grant&note_extension=archive+abroad"), 200);
    client_as_person(&person, "13900000101");
    assert_true(answer_has(client_get(&person, "/me/messages"), "archive abroad"));
}

static void a_form_of_the_desk_sent_twice_makes_one_case(void **state)
{
    struct client desk = officer("desk1");
    (void)state;
    int64_t first = receive(&desk, "accept");
    once--;
    assert_int_equal(receive(&desk, "accept"), first);
}

static void a_correction_names_only_what_the_application_asks_for(void **state)
{
    struct client desk = officer("desk1");
    (void)state;
    int64_t id = receive(&desk, "receive");
    assert_int_equal(act(&desk, id, "correct", "target_1=material%3Aold-passport&reason_1=x"), 422);
    assert_int_equal(act(&desk, id, "correct", "target_1=anything&reason_1=x"), 422);
    assert_int_equal(act(&desk, id, "correct", "target_1=material%3Aphoto&reason_1=x"), 200);
}

static void silence_accepts_from_the_day_of_receipt(void **state)
{
    struct client desk = officer("desk1");
    (void)state;
    int64_t id = receive(&desk, "receive");
    testapp_advance(9 * MS_DAY);
    testapp_jobs(app);
    struct client again = officer("desk1");
    assert_true(str_eq_c(status_of(&again, id), "已受理"));
    assert_true(answer_has(client_getf(&again, "/office/cases/%lld", (long long)id), "逾期未告知，视为受理"));
}

static void every_opening_of_a_case_is_on_record_before_it_is_shown(void **state)
{
    struct client desk = officer("desk1"), review = officer("public-security.review"),
                  auditor = officer("auditor");
    (void)state;
    int64_t id = receive(&desk, "accept");
    assert_int_equal(client_getf(&review, "/office/cases/%lld", (long long)id).status, 200);
    assert_true(answer_has(client_get(&auditor, "/office/audit?act=data.read"), "data.read"));
}

static int reads_on_record(struct client *auditor)
{
    struct str rest = client_get(auditor, "/office/audit?act=data.read").body;
    int n = 0;
    for (size_t at; (at = str_find(rest, STR("data.read"))) != SIZE_MAX; n++)
        rest = str_slice(rest, at + 9, rest.len);
    return n;
}

static void a_case_shown_again_beside_a_wrong_entry_is_on_record(void **state)
{
    struct client desk = officer("desk1"), auditor = officer("auditor");
    static char form[9100] = "note_accept=";
    (void)state;
    int64_t id = receive(&desk, "accept");
    memset(form + strlen(form), 'x', 9000);
    int before = reads_on_record(&auditor);
    assert_int_equal(act(&desk, id, "accept", form), 422); /* as JSON only the error leaves */
    assert_int_equal(reads_on_record(&auditor), before);
    desk.json = false;
    char path[100];
    snprintf(path, sizeof path, "/office/cases/%lld/accept", (long long)id);
    struct answer a = client_post(&desk, path, form);
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "林晓禾"));
    assert_true(reads_on_record(&auditor) > before);
}

static void pages_of_officers_speak_the_persons_language(void **state)
{
    struct client desk = officer("desk1");
    (void)state;
    int64_t id = receive(&desk, "accept");
    desk.json = false;
    desk.language = "en";
    struct answer a = client_getf(&desk, "/office/cases/%lld", (long long)id);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "Decision and history"));
    assert_int_equal(client_get(&desk, "/office/desk").status, 200);
    assert_int_equal(client_get(&desk, "/office/inbox").status, 200);
    assert_int_equal(client_get(&desk, "/office/board").status, 200);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_walk_in_is_received_reviewed_and_decided_and_the_licence_follows),
        PROMISE(the_form_of_reception_masks_what_registers_say),
        PROMISE(a_case_cannot_be_decided_by_the_desk),
        PROMISE(a_reviewer_cannot_decide_nor_decide_before_the_review),
        PROMISE(an_officer_of_another_department_finds_nothing),
        PROMISE(a_case_is_found_by_its_number_or_the_persons_within_the_scope),
        PROMISE(correction_is_asked_once_with_everything_listed),
        PROMISE(a_special_procedure_pauses_the_clock_and_nothing_is_decided_meanwhile),
        PROMISE(what_is_not_done_in_time_turns_yellow_then_red_and_stands_first),
        PROMISE(the_board_shows_the_share_decided_in_time_by_week_and_forgets_older_ones),
        PROMISE(an_extension_is_asked_by_the_reviewer_and_approved_by_the_decider_once),
        PROMISE(a_denied_extension_gives_the_case_back_to_its_reviewer),
        PROMISE(the_person_is_told_of_an_extension_with_its_reason),
        PROMISE(a_form_of_the_desk_sent_twice_makes_one_case),
        PROMISE(a_correction_names_only_what_the_application_asks_for),
        PROMISE(silence_accepts_from_the_day_of_receipt),
        PROMISE(every_opening_of_a_case_is_on_record_before_it_is_shown),
        PROMISE(a_case_shown_again_beside_a_wrong_entry_is_on_record),
        PROMISE(pages_of_officers_speak_the_persons_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
