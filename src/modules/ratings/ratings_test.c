#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/ratings/ratings_internal.h"

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Cases of the first person at the first department, one of another person there, one at the other
 * department. */
enum { CASE_DONE = 9001, CASE_OPEN, CASE_OTHER_PERSON, CASE_OTHER_UNIT, CASE_AS_AGENT };

static const struct actor program = {.kind = ACTOR_SYSTEM};

struct world {
    int64_t one, two, unit, other_unit;
};

static bool add_person(struct ctx *c, const char *number, const char *mobile, int64_t *id)
{
    struct subject s = {.kind = SUBJECT_PERSON,
                        .name = STR("林晓禾"),
                        .code = str_c(number),
                        .mobile = str_c(mobile),
                        .address = STR_EMPTY,
                        .level = 2};
    int64_t account;
    return people_ensure(c, &s, id) && people_add_account(c, *id, str_c(mobile), STR("-"), &account);
}

static bool add_unit(struct ctx *c, const char *name, const char *division, int64_t *id)
{
    struct unit u = {.kind = STR("tobacco"),
                     .name = str_c(name),
                     .division = str_c(division),
                     .en = STR_EMPTY,
                     .uscc = STR_EMPTY,
                     .phone = STR_EMPTY,
                     .address = STR_EMPTY,
                     .hours = STR_EMPTY};
    bool ok = orgs_save_unit(c, &u);
    *id = u.id;
    return ok;
}

static bool add_officer(struct ctx *c, const char *login, const char *role, int64_t unit)
{
    struct account a = {.kind = ACTOR_OFFICER,
                        .unit = unit,
                        .login = str_c(login),
                        .roles = str_c(role),
                        .area = STR("780101"),
                        .label = str_c(login),
                        .active = true};
    return account_create(c, &a, STR("-"));
}

static bool add_case(struct ctx *c, int64_t id, int64_t item, int64_t unit, int64_t applicant, int64_t agent,
                     bool done)
{
    return db_exec(&c->tx,
                   "INSERT INTO case_file (id, case_no, track_code, item, item_version, item_name, unit_id, "
                   "division, applicant, organisation, agent, channel, status, step, "
                   "role, state, situations, created, submitted, received, accepted, due, due_order, "
                   "yellow_at, red_at, paused, provisional, closed, result) "
                   "VALUES ($1, $2, 'T', $3, 1, '烟草专卖零售许可证核发', $4, '780101', $5, 0, $6, 'web', "
                   "$7, '', '', '{}', '{}', $8, $8, $8, $8, 0, 0, 0, 0, 0, 0, $9, $10)",
                   DB_I(id), DB_S(str_fmt(c->arena, "78010120261102%04lld", (long long)id)), DB_I(item),
                   DB_I(unit), DB_I(applicant), DB_I(agent), DB_C(done ? "closed" : "review"), DB_I(c->now),
                   DB_I(done ? c->now : 0), DB_C(done ? "granted" : ""));
}

static bool add_mandate(struct ctx *c, int64_t principal, int64_t agent, int64_t unit)
{
    return db_exec(&c->tx,
                   "INSERT INTO mandate (id, principal, agent, scope, valid_from, valid_to, revoked, "
                   "created) VALUES ($1, $2, $3, $4, $5, 0, 0, $5)",
                   DB_I(ctx_id(c)), DB_I(principal), DB_I(agent),
                   DB_S(str_fmt(c->arena, "%lld", (long long)unit)), DB_I(c->now - 1));
}

static bool build(struct ctx *c)
{
    struct world *w = ctx_arg(c);
    return add_person(c, "780101199001010017", "13900000001", &w->one) &&
           add_person(c, "780101199001010025", "13900000002", &w->two) &&
           add_unit(c, "示范区烟草专卖局", "780101", &w->unit) &&
           add_unit(c, "示范区卫生健康局", "780101", &w->other_unit) &&
           add_officer(c, "reviewer", "reviewer", w->unit) &&
           add_officer(c, "stranger", "reviewer", w->other_unit) &&
           add_officer(c, "supervisor", "supervisor", w->unit) &&
           add_officer(c, "second", "supervisor", w->unit) && add_officer(c, "desk", "desk", w->unit) &&
           add_case(c, CASE_DONE, 71, w->unit, w->one, 0, true) &&
           add_case(c, CASE_OPEN, 71, w->unit, w->one, 0, false) &&
           add_case(c, CASE_OTHER_PERSON, 71, w->unit, w->two, 0, true) &&
           add_case(c, CASE_OTHER_UNIT, 72, w->other_unit, w->one, 0, true) &&
           add_case(c, CASE_AS_AGENT, 72, w->other_unit, w->two, w->one, true) &&
           add_mandate(c, w->two, w->one, w->other_unit);
}

static struct testapp *open_world(struct world *w)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    if (!server_write(t->server, &program, build, w, &e)) fail_msg("%s %s", e.code, e.detail);
    return t;
}

static struct client person(struct testapp *t, const char *mobile)
{
    struct client c = client_new(t);
    client_as_person(&c, mobile);
    return c;
}

static struct client officer(struct testapp *t, const char *login)
{
    struct client c = client_new(t);
    client_as_officer(&c, login);
    return c;
}

static int rate(struct testapp *t, const char *mobile, int64_t case_id, const char *form)
{
    struct client c = person(t, mobile);
    return client_post(&c, str_z(t->arena, str_fmt(t->arena, "/cases/%lld/rate", (long long)case_id)), form)
        .status;
}

static const struct json *listed(struct testapp *t, const char *login, const char *filter)
{
    struct client c = officer(t, login);
    struct answer a = client_getf(&c, "/office/ratings?f=%s", filter);
    assert_int_equal(a.status, 200);
    return json_get(client_json(&c, a), "ratings");
}

static const char *first_rating(struct testapp *t, const char *login)
{
    const struct json *r = json_at(listed(t, login, "all"), 0);
    assert_non_null(r);
    return str_z(t->arena, json_text_of(r, "href"));
}

static int act(struct testapp *t, const char *login, const char *rating, const char *what, const char *form)
{
    struct client c = officer(t, login);
    return client_post(&c, str_z(t->arena, str_fmt(t->arena, "%s/%s", rating, what)), form).status;
}

static const struct json *public_sums(struct testapp *t)
{
    struct client c = client_new(t);
    testapp_advance(MS_MINUTE); /* beyond what is kept for signed-out pages */
    return client_json(&c, client_get(&c, "/ratings"));
}

#define SAID      "text=%E8%AE%A9%E6%88%91%E8%B7%91%E4%BA%86%E4%B8%A4%E6%AC%A1"
#define SAID_TEXT "让我跑了两次"

/* ---- giving ---- */

static void a_case_is_rated_once_by_its_own_applicant(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    assert_int_equal(rate(t, "13900000001", CASE_DONE, "level=2&good=fast&good=clear"), 200);
    assert_int_equal(rate(t, "13900000001", CASE_DONE, "level=1"), 409);
    assert_int_equal(rate(t, "13900000001", CASE_OTHER_PERSON, "level=1"), 404);
    assert_int_equal(rate(t, "13900000001", CASE_AS_AGENT, "level=1"), 200); /* as agent */
    assert_int_equal(rate(t, "13900000002", CASE_AS_AGENT, "level=1"),
                     409); /* one rating a case, whoever gave it */
    const struct json *sums = public_sums(t);
    assert_true(str_eq_c(json_text_of(sums, "total"), "2"));
    testapp_close(t);
}

static bool end_mandates(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE mandate SET revoked = $1", DB_I(c->now));
}

static bool move_mandates(struct ctx *c)
{
    const struct world *w = ctx_arg(c);
    return db_exec(&c->tx, "UPDATE mandate SET scope = $1",
                   DB_S(str_fmt(c->arena, "%lld", (long long)w->unit)));
}

static void an_agent_without_a_mandate_for_the_department_cannot_rate(void **state)
{
    static handler *const changes[] = {end_mandates, move_mandates};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        struct testapp *t = open_world(&w);
        struct err e = {0};
        struct client agent = person(t, "13900000001");
        assert_int_equal(client_getf(&agent, "/cases/%d/rate", CASE_AS_AGENT).status, 200);
        assert_true(server_write(t->server, &program, changes[i], &w, &e));
        assert_int_equal(client_getf(&agent, "/cases/%d/rate", CASE_AS_AGENT).status, 404);
        assert_int_equal(rate(t, "13900000001", CASE_AS_AGENT, "level=1"), 404);
        assert_int_equal(rate(t, "13900000002", CASE_AS_AGENT, "level=1"), 200);
        testapp_close(t);
    }
}

static void officers_and_strangers_cannot_rate(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct client reviewer = officer(t, "reviewer"), anyone = client_new(t);
    assert_int_equal(client_post(&reviewer, "/cases/9001/rate", "level=1").status, 403);
    assert_int_equal(client_post(&anyone, "/cases/9001/rate", "level=1").status, 401);
    assert_int_equal(client_get(&anyone, "/cases/9001/rate").status, 401);
    testapp_close(t);
}

static void a_case_without_a_result_cannot_be_rated(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct client c = person(t, "13900000001");
    assert_int_equal(client_get(&c, "/cases/9002/rate").status, 409);
    assert_int_equal(rate(t, "13900000001", CASE_OPEN, "level=1"), 409);
    testapp_close(t);
}

static void nobody_rates_by_saying_nothing(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct client c = person(t, "13900000001");
    const struct json *form = client_json(&c, client_get(&c, "/cases/9001/rate"));
    JSON_EACH(level, json_get(form, "levels"))
    {
        assert_false(json_true_of(level, "checked"));
    }
    assert_int_equal(rate(t, "13900000001", CASE_DONE, ""), 422);
    testapp_advance(400 * MS_DAY);
    testapp_jobs(t);
    assert_false(json_true_of(public_sums(t), "has_ratings"));
    testapp_close(t);
}

static void a_wrong_rating_is_told_and_nothing_typed_is_lost(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    const char *const wrong[] = {"level=6",          "level=0",
                                 "level=good",       "level=1&good=unheard-of",
                                 "level=1&bad=slow", "level=5&good=fast"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(rate(t, "13900000001", CASE_DONE, wrong[i]), 422);
    struct client c = person(t, "13900000001");
    c.json = false;
    struct answer a = client_post(&c, "/cases/9001/rate", "good=easy&" SAID);
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, SAID_TEXT));
    assert_true(answer_has(a, "value=\"easy\" checked"));
    assert_int_equal(client_post(&c, "/cases/9001/rate", "level=3&good=easy&bad=slow&" SAID).status, 303);
    testapp_close(t);
}

static bool said_is_sealed(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT said FROM rating")) return false;
    assert_int_equal(r.rows, 1);
    assert_true(db_str(&r, 0, 0).len > 0);
    assert_true(str_find(db_str(&r, 0, 0), STR(SAID_TEXT)) == SIZE_MAX);
    return true;
}

static void what_was_said_is_sealed(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct err e = {0};
    assert_int_equal(rate(t, "13900000001", CASE_DONE, "level=3&" SAID), 200);
    assert_true(server_read(t->server, &program, said_is_sealed, NULL, &e));
    testapp_close(t);
}

/* ---- putting right ---- */

static void only_a_bad_rating_opens_a_rectification_with_its_own_clock(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    rate(t, "13900000001", CASE_DONE, "level=3");
    assert_int_equal(listed(t, "reviewer", "open")->count, 0);
    rate(t, "13900000002", CASE_OTHER_PERSON, "level=4&bad=unclear");
    const struct json *list = listed(t, "reviewer", "open");
    assert_int_equal(list->count, 1);
    assert_true(str_eq_c(json_text(json_path(json_at(list, 0), "light.color")), "green"));
    /* Monday 23 November; fifteen working days later it is Monday 14 December. */
    assert_true(answer_has((struct answer){.body = json_text_of(json_at(list, 0), "due_text")}, "12月14日"));
    testapp_set_now(date_start(date_from_civil(2026, 12, 14)) + 10 * MS_HOUR);
    assert_true(
        str_eq_c(json_text(json_path(json_at(listed(t, "reviewer", "open"), 0), "light.color")), "yellow"));
    testapp_set_now(date_start(date_from_civil(2026, 12, 15)) + 10 * MS_HOUR);
    assert_true(
        str_eq_c(json_text(json_path(json_at(listed(t, "reviewer", "open"), 0), "light.color")), "red"));
    testapp_close(t);
}

#define FINDING    "finding=%E6%83%85%E5%86%B5%E5%B7%B2%E7%BB%8F%E6%A0%B8%E5%AE%9E"
#define MEASURE    "measure=%E4%B8%80%E6%AC%A1%E6%80%A7%E4%B9%A6%E9%9D%A2%E5%91%8A%E7%9F%A5"
#define REPLY      "reply=%E5%B7%B2%E5%90%91%E6%82%A8%E8%87%B4%E6%AD%89&callback=accepted"
#define REPLY_TEXT "已向您致歉"

static void it_is_verified_then_measures_then_answered_in_that_order(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    rate(t, "13900000001", CASE_DONE, "level=5&bad=visits&" SAID);
    const char *r = first_rating(t, "reviewer");
    assert_int_equal(act(t, "reviewer", r, "measure", MEASURE), 409);
    assert_int_equal(act(t, "reviewer", r, "close", REPLY), 409);
    assert_int_equal(act(t, "reviewer", r, "verify", ""), 422);
    assert_int_equal(act(t, "reviewer", r, "verify", FINDING), 200);
    assert_int_equal(act(t, "reviewer", r, "verify", FINDING), 409);
    assert_int_equal(act(t, "reviewer", r, "measure", MEASURE), 200);
    assert_int_equal(act(t, "reviewer", r, "close", "reply=%E5%B7%B2%E5%90%91%E6%82%A8%E8%87%B4%E6%AD%89"),
                     422); /* the call-back must be noted */
    assert_int_equal(act(t, "reviewer", r, "close", REPLY), 200);
    assert_int_equal(listed(t, "reviewer", "open")->count, 0);
    assert_int_equal(listed(t, "reviewer", "done")->count, 1);
    testapp_close(t);
}

static void the_rater_gets_the_answer_as_a_message(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    rate(t, "13900000001", CASE_DONE, "level=5");
    const char *r = first_rating(t, "reviewer");
    act(t, "reviewer", r, "verify", FINDING);
    act(t, "reviewer", r, "measure", MEASURE);
    act(t, "reviewer", r, "close", REPLY);
    struct client c = person(t, "13900000001");
    const struct json *m = json_at(json_get(client_json(&c, client_get(&c, "/me/messages")), "messages"), 0);
    assert_true(str_find(json_text_of(m, "title"), STR(REPLY_TEXT)) != SIZE_MAX);
    assert_true(str_eq_c(json_text_of(m, "href"), "/cases/9001"));
    testapp_close(t);
}

static void an_answer_is_published_only_when_the_officer_says_so_and_never_with_names(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    rate(t, "13900000001", CASE_DONE, "level=5&" SAID);
    rate(t, "13900000002", CASE_OTHER_PERSON, "level=5&" SAID);
    const struct json *list = listed(t, "reviewer", "open");
    for (size_t i = 0; i < 2; i++) {
        const char *r = str_z(t->arena, json_text_of(json_at(list, i), "href"));
        act(t, "reviewer", r, "verify", FINDING);
        act(t, "reviewer", r, "measure", MEASURE);
        act(t, "reviewer", r, "close", i ? REPLY "&publish=1" : REPLY);
    }
    const struct json *sums = public_sums(t);
    assert_int_equal(json_get(sums, "replies")->count, 1);
    assert_true(str_eq_c(json_text_of(json_at(json_get(sums, "replies"), 0), "reply"), REPLY_TEXT));
    assert_true(str_eq_c(json_text_of(sums, "rectified_share"), "100%"));
    struct client c = client_new(t);
    c.json = false;
    struct answer a = client_get(&c, "/ratings");
    assert_true(answer_has(a, SAID_TEXT));
    assert_false(answer_has(a, "林晓禾") || answer_has(a, "13900000002") || answer_has(a, "78010120261102"));
    testapp_close(t);
}

static void a_department_sees_its_own_ratings_and_supervisors_those_of_the_area(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    rate(t, "13900000001", CASE_DONE, "level=5");
    const char *r = first_rating(t, "reviewer");
    assert_int_equal(listed(t, "stranger", "all")->count, 0);
    struct client stranger = officer(t, "stranger"), desk = officer(t, "desk"), anyone = client_new(t),
                  self = person(t, "13900000001");
    assert_int_equal(client_get(&stranger, r).status, 404);
    assert_int_equal(act(t, "stranger", r, "verify", FINDING), 404);
    assert_int_equal(client_get(&desk, r).status, 403);
    assert_int_equal(client_get(&anyone, r).status, 401);
    assert_int_equal(client_get(&self, r).status, 403);
    rate(t, "13900000001", CASE_OTHER_UNIT, "level=5");
    assert_int_equal(listed(t, "supervisor", "all")->count, 2);
    testapp_close(t);
}

static void reading_what_was_said_is_recorded_for_the_rater(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    rate(t, "13900000001", CASE_DONE, "level=5&" SAID);
    const char *r = first_rating(t, "reviewer");
    struct client c = officer(t, "reviewer");
    assert_true(str_eq_c(json_text(json_path(client_json(&c, client_get(&c, r)), "rating.said")), SAID_TEXT));
    struct client self = person(t, "13900000001");
    const struct json *looks = json_get(client_json(&self, client_get(&self, "/me/access")), "looks");
    assert_int_equal(looks->count, 1);
    assert_true(str_eq_c(json_text_of(json_at(looks, 0), "who"), "示范区烟草专卖局"));
    testapp_close(t);
}

/* ---- leaving out a mistaken one ---- */

#define WHY    "why=%E6%98%8E%E6%98%BE%E5%B1%9E%E4%BA%8E%E8%AF%AF%E8%AF%84"
#define ANSWER "answer=%E7%BB%8F%E5%A4%8D%E6%A0%B8%E5%B1%9E%E8%AF%AF%E8%AF%84"

static void leaving_out_needs_a_reason_and_a_second_person(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    rate(t, "13900000001", CASE_DONE, "level=5");
    const char *r = first_rating(t, "reviewer");
    assert_int_equal(act(t, "supervisor", r, "exclusion", "agree=yes&" ANSWER), 409); /* nobody asked */
    assert_int_equal(act(t, "supervisor", r, "exclude", ""), 422);
    assert_int_equal(act(t, "supervisor", r, "exclude", WHY), 200);
    assert_true(str_eq_c(json_text_of(public_sums(t), "bad"), "1")); /* until then it counts */
    assert_int_equal(act(t, "supervisor", r, "exclusion", "agree=yes&" ANSWER), 403);
    assert_int_equal(act(t, "reviewer", r, "exclusion", "agree=yes&" ANSWER), 403);
    assert_int_equal(act(t, "second", r, "exclusion", "agree=yes&" ANSWER), 200);
    assert_int_equal(act(t, "second", r, "exclusion", "agree=no&" ANSWER), 409);
    assert_false(json_true_of(public_sums(t), "has_ratings"));
    assert_int_equal(listed(t, "reviewer", "open")->count, 0);
    struct client c = person(t, "13900000001");
    assert_int_equal(json_get(client_json(&c, client_get(&c, "/me/messages")), "messages")->count, 1);
    testapp_close(t);
}

static void what_is_kept_goes_on_counting(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    rate(t, "13900000001", CASE_DONE, "level=5");
    const char *r = first_rating(t, "reviewer");
    assert_int_equal(act(t, "reviewer", r, "exclude", WHY), 200);
    assert_int_equal(act(t, "second", r, "exclusion", "agree=no&" ANSWER), 200);
    assert_true(str_eq_c(json_text_of(public_sums(t), "bad"), "1"));
    assert_int_equal(listed(t, "reviewer", "open")->count, 1);
    assert_int_equal(act(t, "reviewer", r, "exclude", WHY), 409); /* not again and again */
    testapp_close(t);
}

/* ---- sums ---- */

struct sums {
    int64_t item, count, satisfied, fives;
};

static bool read_sum(struct ctx *c)
{
    struct sums *s = ctx_arg(c);
    struct json *sum = rating_sum(c, s->item);
    if (!sum) return false;
    s->count = json_i64_of(sum, "count", -1);
    s->satisfied = json_i64_of(sum, "satisfied", -1);
    s->fives = json_i64_of(json_at(json_get(sum, "levels"), 4), "count", -1);
    return true;
}

static void sums_are_right_by_item_and_by_department(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct err e = {0};
    rate(t, "13900000001", CASE_DONE, "level=1");
    rate(t, "13900000002", CASE_OTHER_PERSON, "level=5");
    rate(t, "13900000001", CASE_OTHER_UNIT, "level=3");
    struct sums of_item = {.item = 71}, all = {0}, none = {.item = 999};
    assert_true(server_read(t->server, &program, read_sum, &of_item, &e) &&
                server_read(t->server, &program, read_sum, &all, &e) &&
                server_read(t->server, &program, read_sum, &none, &e));
    assert_int_equal(of_item.count, 2);
    assert_int_equal(of_item.satisfied, 1);
    assert_int_equal(of_item.fives, 1);
    assert_int_equal(all.count, 3);
    assert_int_equal(none.count, 0);
    const struct json *sums = public_sums(t);
    assert_int_equal(json_get(sums, "departments")->count, 2);
    struct client c = client_new(t);
    const struct json *department =
        client_json(&c, client_getf(&c, "/ratings?department=%lld", (long long)w.unit));
    assert_true(str_eq_c(json_text_of(department, "total"), "2"));
    assert_int_equal(json_get(department, "items")->count, 1);
    assert_int_equal(client_get(&c, "/ratings?department=12345").status, 404);
    testapp_close(t);
}

static void every_page_is_drawn_in_both_languages(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    const char *const languages[] = {"zh-CN", "en"};
    rate(t, "13900000002", CASE_OTHER_PERSON, "level=5&bad=slow&" SAID);
    const char *r = first_rating(t, "reviewer");
    for (size_t i = 0; i < 2; i++) {
        struct client anyone = client_new(t), self = person(t, "13900000001"),
                      reviewer = officer(t, "reviewer");
        struct client *const all[] = {&anyone, &self, &reviewer};
        for (size_t k = 0; k < 3; k++)
            all[k]->json = false, all[k]->language = languages[i];
        assert_int_equal(client_get(&anyone, "/ratings").status, 200);
        assert_int_equal(client_get(&self, "/cases/9001/rate").status, 200);
        assert_int_equal(client_get(&reviewer, "/office/ratings").status, 200);
        assert_true(answer_has(client_get(&reviewer, r), SAID_TEXT));
    }
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_rated_once_by_its_own_applicant),
        cmocka_unit_test(an_agent_without_a_mandate_for_the_department_cannot_rate),
        cmocka_unit_test(officers_and_strangers_cannot_rate),
        cmocka_unit_test(a_case_without_a_result_cannot_be_rated),
        cmocka_unit_test(nobody_rates_by_saying_nothing),
        cmocka_unit_test(a_wrong_rating_is_told_and_nothing_typed_is_lost),
        cmocka_unit_test(what_was_said_is_sealed),
        cmocka_unit_test(only_a_bad_rating_opens_a_rectification_with_its_own_clock),
        cmocka_unit_test(it_is_verified_then_measures_then_answered_in_that_order),
        cmocka_unit_test(the_rater_gets_the_answer_as_a_message),
        cmocka_unit_test(an_answer_is_published_only_when_the_officer_says_so_and_never_with_names),
        cmocka_unit_test(a_department_sees_its_own_ratings_and_supervisors_those_of_the_area),
        cmocka_unit_test(reading_what_was_said_is_recorded_for_the_rater),
        cmocka_unit_test(leaving_out_needs_a_reason_and_a_second_person),
        cmocka_unit_test(what_is_kept_goes_on_counting),
        cmocka_unit_test(sums_are_right_by_item_and_by_department),
        cmocka_unit_test(every_page_is_drawn_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
