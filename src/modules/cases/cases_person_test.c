/* What the applicant is promised after sending: to follow, correct, withdraw, and to know until when. */
#include "modules/cases/cases_walk_test.h"

/* ---- following ---- */

static bool clock_has_rows(struct client *officer_of_it, int64_t id)
{
    struct answer a = client_getf(officer_of_it, "/office/cases/%lld", (long long)id);
    return json_true(json_get(client_json(officer_of_it, a), "has_intervals"));
}

static void a_case_says_who_has_it_and_until_when_from_receipt_to_licence(void **state)
{
    struct client lin = person(LIN), desk = officer("desk1"), review = officer("public-security.review"),
                  decide = officer("public-security.decide");
    (void)state;
    int64_t id = sent_case(&lin, "BI-0001", false);
    const struct json *doc = case_document(&lin, id);
    assert_true(str_eq_c(json_text_of(doc, "status"), "submitted"));
    assert_true(json_text_of(doc, "next_text").len > 0 && json_text_of(doc, "withdraw").len > 0);
    assert_false(clock_has_rows(&desk, id));
    testapp_advance(MS_MINUTE);
    assert_int_equal(act(&desk, id, "accept", ""), 200);
    assert_true(clock_has_rows(&review, id));
    doc = case_document(&lin, id);
    assert_true(str_find(json_text_of(doc, "due_text"), STR("个工作日后到期（")) != SIZE_MAX);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=%E5%87%86%E4%BA%88"), 200);
    testapp_jobs(app);
    doc = case_document(&lin, id);
    assert_true(str_eq_c(json_text_of(doc, "tone"), "good"));
    assert_true(str_eq_c(json_text_of(json_get(doc, "decision"), "text"), "准予"));
    assert_true(str_starts(json_text_of(json_get(doc, "licence"), "href"), STR("/licences/")));
    assert_int_equal(json_text_of(doc, "withdraw").len, 0);
    const struct json *receipt = client_json(&lin, client_getf(&lin, "/cases/%lld/receipt", (long long)id));
    assert_true(str_eq_c(json_text_of(receipt, "headline"), "申请已提交"));
    JSON_EACH(e, json_get(doc, "timeline"))
    {
        assert_true(str_eq_c(json_text_of(e, "state"), "done"));
    }
}

static void a_rated_case_asks_for_no_rating(void **state)
{
    struct client lin = person(LIN), desk = officer("desk1"), review = officer("public-security.review"),
                  decide = officer("public-security.decide");
    char path[64];
    (void)state;
    int64_t id = sent_case(&lin, "BI-0001", false);
    snprintf(path, sizeof path, "/cases/%lld/rate", (long long)id);
    assert_false(answer_has(client_getf(&lin, "/cases/%lld", (long long)id), path));
    act(&desk, id, "accept", "");
    act(&review, id, "pass", "");
    act(&decide, id, "grant", "note_grant=%E5%87%86%E4%BA%88");
    testapp_jobs(app);
    assert_true(answer_has(client_getf(&lin, "/cases/%lld", (long long)id), path));
    assert_int_equal(client_post(&lin, path, "level=1").status, 200);
    assert_false(answer_has(client_getf(&lin, "/cases/%lld", (long long)id), path));
}

/* What officers write to each other is not for the applicant. */
static void words_among_officers_stay_among_officers(void **state)
{
    struct client lin = person(LIN), desk = officer("desk1"), review = officer("public-security.review"),
                  decide = officer("public-security.decide");
    (void)state;
    int64_t id = sent_case(&lin, "BI-0001", false);
    assert_int_equal(act(&desk, id, "accept", ""), 200);
    assert_int_equal(act(&review, id, "pass", "note_pass=INTERNALONE"), 200);
    act(&decide, id, "send-back", "note_send-back=INTERNALTWO");
    struct answer a = client_getf(&lin, "/cases/%lld", (long long)id);
    assert_false(answer_has(a, "INTERNALONE") || answer_has(a, "INTERNALTWO"));
}

static void a_withdrawn_case_is_over(void **state)
{
    struct client lin = person(LIN), desk = officer("desk1");
    char path[64];
    (void)state;
    int64_t id = sent_case(&lin, "BI-0001", false);
    snprintf(path, sizeof path, "/cases/%lld/withdraw", (long long)id);
    assert_int_equal(client_post(&lin, path, "").status, 200);
    assert_true(str_eq_c(json_text_of(case_document(&lin, id), "status"), "withdrawn"));
    assert_int_equal(client_post(&lin, path, "").status, 409);
    assert_int_equal(act(&desk, id, "accept", "") / 100, 4);
}

/* ---- correction ---- */

static void a_correction_is_supplied_at_once_and_only_once(void **state)
{
    struct client lin = person(LIN), desk = officer("desk1"), other = person(SAVER);
    char path[64];
    (void)state;
    int64_t id = sent_case(&lin, "BI-0001", false);
    snprintf(path, sizeof path, "/cases/%lld/correction", (long long)id);
    assert_int_equal(client_get(&lin, path).status, 409);
    assert_int_equal(
        act(&desk, id, "correct",
            "target_1=material%3Aphoto&reason_1=blurred&target_2=field%3Adestination&reason_2=which"),
        200);
    assert_int_equal(client_get(&other, path).status, 404);
    const struct json *doc = client_json(&lin, client_get(&lin, path));
    assert_int_equal(json_get(doc, "points")->count, 2);
    assert_true(answer_has(client_get(&lin, path), "blurred") && json_text_of(doc, "until").len > 0);
    struct answer a = client_post(&lin, path, "p2=Iceland");
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "\"p1\""));
    assert_int_equal(
        client_upload(&lin, path, "p2=Iceland", "p1", "face.jpg", STR("MZ not a picture")).status, 422);
    assert_true(str_eq_c(json_text_of(case_document(&lin, id), "status"), "correction"));
    assert_int_equal(client_upload(&lin, path, "p2=Iceland", "p1", "face.png", picture()).status, 200);
    a = client_getf(&lin, "/cases/%lld", (long long)id);
    assert_true(answer_has(a, "Iceland") && answer_has(a, "\"submitted\""));
    assert_true(answer_has(client_get(&lin, "/me/messages"), "补正的内容已收到"));
    assert_int_equal(client_upload(&lin, path, "p2=Greenland", "p1", "face.png", picture()).status, 409);
    assert_int_equal(act(&desk, id, "correct", "target_1=material%3Aphoto&reason_1=again"), 409);
}

/* ---- following without an account ---- */

static void a_number_and_its_code_show_the_status_and_nothing_of_the_person(void **state)
{
    struct client lin = person(LIN), anyone = client_new(app);
    char form[128];
    (void)state;
    int64_t id = sent_case(&lin, "BI-0001", false);
    const struct json *receipt = client_json(&lin, client_getf(&lin, "/cases/%lld/receipt", (long long)id));
    struct str no = json_text_of(receipt, "case_no"), code = json_text_of(receipt, "track_code");
    assert_int_equal(no.len, 22);
    snprintf(form, sizeof form, "case_no=%.*s&track_code=%.*s", STR_ARG(no), STR_ARG(code));
    struct answer a = client_post(&anyone, "/track", form);
    assert_int_equal(a.status, 200);
    assert_true(str_eq_c(json_text_of(json_get(client_json(&anyone, a), "found"), "status"), "submitted"));
    assert_false(answer_has(a, "林") || answer_has(a, "7801011994") || answer_has(a, LIN));
    anyone.json = false;
    assert_int_equal(client_get(&anyone, "/track").status, 200);
    assert_true(answer_has(client_post(&anyone, "/track", form), "now-state"));
}

static void three_wrong_codes_and_no_more_is_told(void **state)
{
    struct client lin = person(LIN), anyone = client_new(app);
    char wrong[128], right[128];
    (void)state;
    int64_t id = sent_case(&lin, "BI-0001", false);
    const struct json *receipt = client_json(&lin, client_getf(&lin, "/cases/%lld/receipt", (long long)id));
    struct str no = json_text_of(receipt, "case_no"), code = json_text_of(receipt, "track_code");
    snprintf(wrong, sizeof wrong, "case_no=%.*s&track_code=ZZZZ-ZZZZ", STR_ARG(no));
    snprintf(right, sizeof right, "case_no=%.*s&track_code=%.*s", STR_ARG(no), STR_ARG(code));
    for (int i = 0; i < 3; i++)
        assert_int_equal(client_post(&anyone, "/track", wrong).status, 422);
    assert_int_equal(client_post(&anyone, "/track", wrong).status, 429);
    anyone.peer = "192.0.2.99";
    assert_int_equal(client_post(&anyone, "/track", right).status, 429);
}

/* ---- until when ---- */

static const char calendar[] =
    "2027-01-01\toff\t元旦\n2027-02-04\toff\t春节\n2027-02-05\toff\t春节\n2027-02-06\toff\t春节\n2027-02-"
    "07\toff\t春节\n2027-02-08\toff\t春节\n"
    "2027-02-09\toff\t春节\n2027-02-10\toff\t春节\n2027-02-11\toff\t春节\n2027-02-14\twork\t春节\n";

static bool import_calendar(struct ctx *c)
{
    return orgs_import_calendar(c, str_c(calendar), json_object(c->arena));
}

static bool pick_case(struct ctx *c)
{
    struct case_file *f = ctx_arg(c);
    return case_load(c, f->id, f);
}

static struct case_file load(int64_t id)
{
    struct err e = {0};
    struct case_file f = {.id = id};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    if (!server_read(app->server, &system, pick_case, &f, &e)) fail_msg("%s %s", e.code, e.detail);
    return f;
}

struct listed_limit {
    int64_t item;
    struct limit limit;
};

static bool limit_of_item(struct ctx *c)
{
    struct listed_limit *l = ctx_arg(c);
    const struct item *i = catalogue_by_id(c, l->item);
    l->limit = i->promised.unit != LIMIT_NONE ? i->promised : i->statutory;
    return true;
}

static int32_t working_days_from(int32_t day, int count, const char *const *off, size_t off_count,
                                 const char *const *on, size_t on_count)
{
    while (count > 0) {
        day++;
        int32_t other;
        bool working = date_weekday(day) < 5;
        for (size_t i = 0; i < off_count; i++)
            if (date_parse(str_c(off[i]), &other) && other == day) working = false;
        for (size_t i = 0; i < on_count; i++)
            if (date_parse(str_c(on[i]), &other) && other == day) working = true;
        count -= working;
    }
    return day;
}

static const char *const off[] = {"2027-01-01", "2027-02-04", "2027-02-05", "2027-02-06", "2027-02-07",
                                  "2027-02-08", "2027-02-09", "2027-02-10", "2027-02-11"};
static const char *const on[] = {"2027-02-14"};

static int64_t accepted_on(const char *day, struct client *lin)
{
    struct client desk;
    int32_t date;
    assert_true(date_parse(str_c(day), &date));
    testapp_set_now(date_start(date) + 10 * MS_HOUR);
    *lin = person(LIN);
    desk = officer("desk1");
    int64_t id = sent_case(lin, "BI-0001", false);
    assert_int_equal(act(&desk, id, "accept", ""), 200);
    return id;
}

static int days_allowed(void)
{
    struct err e = {0};
    struct listed_limit l = {.item = item_of("BI-0001")};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, limit_of_item, &l, &e));
    assert_int_equal(l.limit.unit, LIMIT_WORKDAYS);
    return l.limit.count;
}

static void know_2027(void)
{
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    if (!server_write(app->server, &system, import_calendar, NULL, &e)) fail_msg("%s %s", e.code, e.detail);
    struct testapp *t = app;
    testapp_jobs(t);
}

static void holidays_and_make_up_days_are_counted_across_new_year_and_spring_festival(void **state)
{
    static const char *const days[] = {"2026-12-30", "2027-02-02"};
    int32_t from;
    (void)state;
    know_2027();
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        struct client lin;
        int64_t id = accepted_on(days[i], &lin);
        assert_true(date_parse(str_c(days[i]), &from));
        int32_t expected = working_days_from(from, days_allowed(), off, sizeof off / sizeof off[0], on,
                                             sizeof on / sizeof on[0]);
        assert_int_equal(date_of(load(id).due), expected);
        struct civil d = date_to_civil(expected);
        char shown[40];
        snprintf(shown, sizeof shown, "%d月%d日", d.month, d.day);
        assert_true(answer_has(client_getf(&lin, "/cases/%lld", (long long)id), shown));
    }
}

static void a_pause_moves_the_date_by_the_working_days_it_took(void **state)
{
    struct client lin, review;
    int32_t from;
    (void)state;
    int64_t id = accepted_on("2027-03-01", &lin);
    testapp_advance(
        MS_DAY); /* the day of acceptance itself is not counted, so a pause on it takes nothing out */
    lin = person(LIN);
    review = officer("public-security.review");
    assert_true(date_parse(STR("2027-03-01"), &from));
    int64_t before = load(id).due;
    assert_int_equal(date_of(before), working_days_from(from, days_allowed(), NULL, 0, NULL, 0));
    assert_int_equal(act(&review, id, "special", "kind=hearing&note_special=x"), 200);
    assert_true(answer_has(client_getf(&lin, "/cases/%lld", (long long)id), "暂停"));
    testapp_advance(7 * MS_DAY);
    review = officer("public-security.review");
    assert_int_equal(act(&review, id, "special-end", "note_special-end=x"), 200);
    assert_int_equal(date_of(load(id).due), working_days_from(date_of(before), 5, NULL, 0, NULL, 0));
}

/* ---- a new version ---- */

/* The same service again, as its next version. */
static bool publish_again(struct ctx *c)
{
    const struct asked *a = ctx_arg(c);
    ctx_changed(c, "catalogue");
    return db_exec(&c->tx,
                   "INSERT INTO item_version (item_id, version, status, name, type, audience, themes, base, "
                   "base_hash, person_hash, organisation_hash, doc, made_by, made_at, reviewed_by, "
                   "published_at, note) SELECT item_id, version + 1, 'published', name, type, audience, "
                   "themes, base, base_hash, person_hash, organisation_hash, doc, made_by, made_at, "
                   "reviewed_by, published_at, note FROM item_version WHERE item_id = $1 AND status = "
                   "'published'",
                   DB_I(a->id)) &&
           db_exec(&c->tx,
                   "UPDATE item_version SET status = 'superseded' WHERE item_id = $1 AND version = (SELECT "
                   "version FROM item WHERE id = $1)",
                   DB_I(a->id)) &&
           db_exec(&c->tx, "UPDATE item SET version = version + 1 WHERE id = $1", DB_I(a->id));
}

static void a_service_that_changed_meanwhile_asks_again_and_loses_nothing(void **state)
{
    struct err e = {0};
    struct client lin = person("13900000113");
    struct walk w = {.c = &lin}, again = {.c = &lin};
    struct asked a = {.id = item_of("BI-0001")};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    (void)state;
    assert_true(start(&w, a.id, false) && fill_in(&w));
    int64_t sent = sent_case(&lin, "BI-0002", false);
    if (!server_write(app->server, &system, publish_again, &a, &e)) fail_msg("%s %s", e.code, e.detail);
    struct answer refused = post_submit(&lin, w.id);
    assert_int_equal(refused.status, 409);
    assert_true(answer_has(refused, "case.item_changed"));
    lin.json = false;
    assert_true(answer_has(post_submit(&lin, w.id), "/apply\""));
    lin.json = true;
    assert_true(start(&again, a.id, false));
    assert_true(again.id == w.id);
    assert_true(str_ends(again.at, STR("/summary")));
    assert_true(send_it(&again));
    assert_int_equal(client_getf(&lin, "/cases/%lld", (long long)sent).status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_says_who_has_it_and_until_when_from_receipt_to_licence),
        cmocka_unit_test(a_rated_case_asks_for_no_rating),
        cmocka_unit_test(words_among_officers_stay_among_officers),
        cmocka_unit_test(a_withdrawn_case_is_over),
        cmocka_unit_test(a_correction_is_supplied_at_once_and_only_once),
        cmocka_unit_test(a_number_and_its_code_show_the_status_and_nothing_of_the_person),
        cmocka_unit_test(three_wrong_codes_and_no_more_is_told),
        cmocka_unit_test(a_service_that_changed_meanwhile_asks_again_and_loses_nothing),
        cmocka_unit_test(holidays_and_make_up_days_are_counted_across_new_year_and_spring_festival),
        cmocka_unit_test(a_pause_moves_the_date_by_the_working_days_it_took),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
