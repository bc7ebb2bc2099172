/* What a bundle promises: from the guide to the package of results. */
#include "core/jobs/jobs.h"
#include "modules/bundles/bundles_walk_test.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/supervision/supervision_internal.h"

#define RESTAURANT "form=single&premises=rent&drain=yes&sign=yes"

static const struct json *member(const struct json *doc, const char *name)
{
    JSON_EACH(m, json_get(doc, "members"))
    {
        if (str_starts(json_text_of(m, "name"), str_c(name))) return m;
    }
    fail_msg("no member %s", name);
    return NULL;
}

static int64_t case_of(const struct json *doc, const char *name)
{
    return json_i64_of(member(doc, name), "case", 0);
}

/* ---- promises ---- */

static void the_guide_counts_truly_what_falls_away(void **state)
{
    struct client c = client_new(app);
    (void)state;
    c.json = true;
    struct answer a = client_get(&c, "/bundles/restaurant?premises=rent&drain=yes&sign=no");
    assert_int_equal(a.status, 200);
    const struct json *doc = client_json(&c, a);
    /* 个体户 2 + 食品 5 + 消防 3 + 排水 2; left: lease, floor plan, two sets of rules, equipment, drains */
    assert_int_equal(json_i64_of(doc, "documents_before", 0), 12);
    assert_int_equal(json_i64_of(doc, "documents_after", 0), 6);
    assert_int_equal(json_i64_of(doc, "produced", 0), 1);
    assert_int_equal(json_i64_of(doc, "from_state", 0), 1);
    /* 1 + 10 + 5 + 8 one by one; the longest way is 1 + 10 */
    assert_string_equal(str_z(app->arena, json_text_of(doc, "time_before")), "24个工作日");
    assert_string_equal(str_z(app->arena, json_text_of(doc, "time_after")), "11个工作日");
    assert_true(json_i64_of(doc, "fields_after", 99) < json_i64_of(doc, "fields_before", 0));
    a = client_get(&c, "/bundles/restaurant?drain=no&sign=yes");
    assert_int_equal(json_i64_of(client_json(&c, a), "forms_before", 0), 4);
}

static void plain_words_find_it(void **state)
{
    struct client c = client_new(app);
    (void)state;
    c.json = true;
    static const char *const queries[][2] = {
        {"/search?q=%E5%BC%80%E9%A5%AD%E5%BA%97", "/bundles/restaurant"},
        {"/search?q=%E5%AD%A9%E5%AD%90%E5%87%BA%E7%94%9F", "/bundles/newborn"},
        {"/search/suggest?q=%E5%BC%80%E5%85%AC%E5%8F%B8", "/bundles/company"},
        {"/", "/bundles/restaurant"}};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
        assert_true(answer_has(client_get(&c, queries[i][0]), queries[i][1]));
    assert_false(answer_has(client_get(&c, "/search?q=%E6%8A%A4%E7%85%A7"), "/bundles/"));
}

static void what_two_members_ask_is_asked_once(void **state)
{
    struct client c = person_json(LIN);
    struct str at;
    size_t shop = 0, mobile = 0, uscc = 0, pages = 0;
    (void)state;
    int64_t id = begun(&c, "restaurant", RESTAURANT, &at);
    for (; pages < 20 && str_find(at, STR("/form/")) != SIZE_MAX; pages++) {
        JSON_EACH(f, json_get(client_json(&c, client_get(&c, str_z(app->arena, at))), "fields"))
        {
            struct str title = json_text_of(f, "label");
            shop += str_eq_c(title, "名称") || str_eq_c(title, "字号名称");
            mobile += str_find(title, STR("手机")) != SIZE_MAX;
            uscc += str_find(title, STR("统一社会信用代码")) != SIZE_MAX;
        }
        at = fill_one(&c, at);
    }
    assert_int_equal(shop, 1);
    assert_int_equal(mobile, 1);
    assert_int_equal(uscc, 0);
    /* The floor plan is wanted by two and listed once; the business licence comes on the way. */
    size_t plans = 0;
    struct answer a = client_getf(&c, "/me/bundles/%lld/materials", (long long)id);
    JSON_EACH(m, json_get(client_json(&c, a), "materials"))
    {
        plans += str_find(json_text_of(m, "label"), STR("平面布局图")) != SIZE_MAX;
        assert_true(str_find(json_text_of(m, "label"), STR("营业执照")) == SIZE_MAX);
    }
    assert_int_equal(plans, 1);
    assert_int_equal(client_post(&c, z("/me/bundles/%lld/discard", (long long)id), "").status / 100, 2);
}

static void one_sending_opens_what_can_begin_and_keeps_the_rest_waiting(void **state)
{
    struct client c = person_json(LIN);
    (void)state;
    int64_t id = sent(&c, "restaurant", RESTAURANT);
    const struct json *doc = progress(&c, id);
    assert_string_equal(str_z(app->arena, json_text_of(member(doc, "个体"), "status")), "submitted");
    assert_string_equal(str_z(app->arena, json_text_of(member(doc, "设置大型"), "status")), "submitted");
    assert_string_equal(str_z(app->arena, json_text_of(member(doc, "食品"), "status")), "waiting");
    assert_string_equal(str_z(app->arena, json_text_of(member(doc, "城镇污水"), "status")), "waiting");
    struct str number = json_text_of(doc, "number");
    assert_int_equal(number.len, json_text_of(member(doc, "个体"), "case_no").len);
    /* Sent twice it is one. */
    assert_int_equal(send_bundle(&c, id).status / 100, 2);
    assert_true(str_eq(json_text_of(progress(&c, id), "number"), number));
    assert_int_equal(client_post(&c, z("/me/bundles/%lld/withdraw", (long long)id), "").status / 100, 2);
    doc = progress(&c, id);
    JSON_EACH(m, json_get(doc, "members"))
    {
        assert_string_equal(str_z(app->arena, json_text_of(m, "result")), "withdrawn");
    }
    struct client desk = officer_json("desk1");
    assert_int_equal(client_post(&desk, z("/office/bundles/%lld/hand-over", (long long)id),
                                 "how=courier&carrier=EMS&parcel=E781")
                         .status,
                     409); /* there is nothing */
}

/* By post, back again, then to the applicant against their card, once. */
static void hand_it_over(struct client *c, int64_t id)
{
    struct client desk = officer_json("desk1"), food = officer_json("market.review");
    const char *over = z("/office/bundles/%lld/hand-over", (long long)id),
               *delivery = z("/office/bundles/%lld/delivery", (long long)id),
               *person_form = "how=person&name=%E6%9E%97%E6%99%93%E7%A6%BE&number=",
               *stranger = z("how=person&name=%s&number=780101198607090013", "%E5%91%A8%E5%BB%BA%E5%B9%B3"),
               *misnamed = z("%s780101198607090013&letter=1", person_form),
               *own = z("%s78010119940318002X", person_form);
    assert_int_equal(client_post(&food, over, own).status, 403);
    assert_int_equal(client_post(&desk, over, "how=courier&carrier=EMS").status, 422);
    assert_int_equal(client_post(&desk, over, "how=courier&carrier=EMS&parcel=E780").status / 100, 2);
    assert_true(json_text_of(progress(c, id), "handed").len > 0);
    assert_true(answer_has(client_get(c, "/me/messages"), "E780"));
    assert_int_equal(client_post(&desk, over, own).status, 409); /* it is on its way */
    assert_int_equal(client_post(&desk, delivery, "n=1&state=returned").status / 100, 2);
    assert_int_equal(client_post(&desk, delivery, "n=1&state=delivered").status, 409);
    assert_false(json_text_of(progress(c, id), "handed").len > 0);
    assert_int_equal(client_post(&desk, over, stranger).status, 422); /* no letter */
    assert_int_equal(client_post(&desk, over, misnamed).status, 422); /* the number is another's */
    assert_int_equal(client_post(&desk, over, own).status / 100, 2);
    assert_int_equal(client_post(&desk, over, own).status, 409);
    struct answer receipt = client_getf(&desk, "/office/bundles/%lld/receipt?n=2", (long long)id);
    assert_int_equal(receipt.status, 200);
    assert_true(answer_has(receipt, "食品经营许可证"));
    assert_false(answer_has(receipt, "78010119940318002X")); /* masked */
    assert_int_equal(client_getf(&desk, "/office/bundles/%lld/receipt?n=3", (long long)id).status, 404);
    desk.json = false;
    assert_int_equal(client_getf(&desk, "/office/bundles/%lld", (long long)id).status, 200);
    assert_int_equal(client_getf(&desk, "/office/bundles/%lld/receipt?n=1", (long long)id).status, 200);
}

static void what_was_granted_opens_what_waited_for_it(void **state)
{
    struct client c = person_json(LIN);
    (void)state;
    int64_t id = sent(&c, "restaurant", RESTAURANT);
    decide(case_of(progress(&c, id), "个体"), "market", "grant", "note_grant=%E5%87%86");
    time_for_jobs();
    const struct json *doc = progress(&c, id);
    int64_t food = case_of(doc, "食品");
    assert_string_equal(str_z(app->arena, json_text_of(member(doc, "食品"), "status")), "submitted");
    /* Its number came from the licence before, and nobody was asked for it. */
    struct client review = officer_json("market.review");
    struct answer a = client_getf(&review, "/office/cases/%lld", (long long)food);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(client_getf(&c, "/cases/%lld", (long long)food), "92780101"));
    /* Officers see the siblings' names and how they stand. */
    assert_true(answer_has(a, "公众聚集场所"));
    decide(food, "market", "grant", "note_grant=%E5%87%86");
    decide(case_of(doc, "公众"), "fire-rescue", "grant", "note_grant=%E5%87%86");
    decide(case_of(doc, "城镇污水"), "housing", "grant", "note_grant=%E5%87%86");
    decide(case_of(doc, "设置大型"), "urban-management", "grant", "note_grant=%E5%87%86");
    time_for_jobs();
    doc = progress(&c, id);
    assert_string_equal(str_z(app->arena, json_text_of(doc, "status")), "done");
    a = client_getf(&c, "/me/bundles/%lld/package.zip", (long long)id);
    assert_int_equal(a.status, 200);
    assert_true(str_starts(a.body, STR("PK")));
    assert_true(answer_has(a, "食品经营许可证"));
    assert_true(a.body.len > 20000);
    hand_it_over(&c, id);
}

/* ---- agents ---- */

/* 林晓禾 for another, before all departments (0) or one; her session acts under it. */
static int64_t give_mandate(struct client *from, struct client *lin, int64_t unit)
{
    const char *scope = unit ? z("%lld", (long long)unit) : "";
    struct answer a =
        client_post(from, "/me/mandates",
                    z("name=%%E6%%9E%%97%%E6%%99%%93%%E7%%A6%%BE&id_number=78010119940318002X&scope=%s&"
                      "from=2026-11-23&until=",
                      scope));
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    const struct json *given = json_get(client_json(from, client_get(from, "/me/mandates")), "given");
    int64_t id = json_i64_of(given->first, "id", 0);
    assert_int_equal(client_post(lin, "/me/acting", z("mandate=m:%lld", (long long)id)).status, 200);
    return id;
}

static void revoke(struct client *from, int64_t mandate)
{
    assert_int_equal(client_post(from, z("/me/mandates/%lld/revoke", (long long)mandate), "").status, 200);
}

static bool find_unit(struct ctx *c)
{
    struct json *i = ctx_arg(c);
    const struct unit *u = orgs_unit_of_kind(c, json_text_of(i, "kind"), orgs_place(c));
    json_set_id(app->arena, i, "id", u ? u->id : 0);
    return u != NULL;
}

static int64_t unit_of(const char *kind)
{
    struct json *i = json_object(app->arena);
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct err e = {0};
    json_set_c(app->arena, i, "kind", kind);
    assert_true(server_read(app->server, &system, find_unit, i, &e));
    return json_i64_of(i, "id", 0);
}

/* Page and package say the same. */
static bool results_are_shown(struct client *c, int64_t id)
{
    struct answer a = client_getf(c, "/me/bundles/%lld/package.zip", (long long)id);
    const struct json *result = json_get(progress(c, id), "results")->first;
    assert_int_equal(a.status, 200);
    assert_non_null(result);
    assert_true(json_true_of(result, "granted"));
    bool page = json_text_of(result, "licence_no").len > 0;
    assert_true(page == (json_text_of(result, "licence_href").len > 0));
    assert_true(page == (json_text_of(result, "opinion").len > 0));
    assert_true(page == answer_has(a, ".pdf"));
    assert_true(page == answer_has(a, "PROPRIETORYES"));
    return page;
}

static void results_are_for_who_acts_before_that_department_now(void **state)
{
    struct client zhou = person_json(SHOP), lin = person_json(LIN);
    (void)state;
    int64_t mandate = give_mandate(&zhou, &lin, 0), id = sent(&lin, "restaurant", RESTAURANT);
    decide(case_of(progress(&lin, id), "个体"), "market", "grant", "note_grant=PROPRIETORYES");
    time_for_jobs();
    assert_true(results_are_shown(&zhou, id) && results_are_shown(&lin, id));
    revoke(&zhou, mandate);
    assert_false(results_are_shown(&lin, id));
    mandate = give_mandate(&zhou, &lin, unit_of("tax"));
    assert_false(results_are_shown(&lin, id));
    revoke(&zhou, mandate);
    mandate = give_mandate(&zhou, &lin, unit_of("market"));
    assert_true(results_are_shown(&lin, id));
    revoke(&zhou, mandate);
}

/* What was granted before the rest was withdrawn is handed over, to an agent only while the mandate lasts. */
static void a_package_of_what_was_granted_goes_to_whom_may_have_it_today(void **state)
{
    struct client zhou = person_json(SHOP), lin = person_json(LIN), desk = officer_json("desk1");
    (void)state;
    int64_t mandate = give_mandate(&zhou, &lin, 0), id = sent(&lin, "restaurant", RESTAURANT);
    const char *over = z("/office/bundles/%lld/hand-over", (long long)id),
               *agent = "how=person&name=%E6%9E%97%E6%99%93%E7%A6%BE&number=78010119940318002X";
    decide(case_of(progress(&lin, id), "个体"), "market", "grant", "note_grant=%E5%87%86");
    time_for_jobs();
    assert_int_equal(client_post(&desk, over, agent).status, 409); /* the rest is open */
    assert_int_equal(client_post(&lin, z("/me/bundles/%lld/withdraw", (long long)id), "").status / 100, 2);
    revoke(&zhou, mandate);
    assert_int_equal(client_post(&desk, over, agent).status, 422);
    mandate = give_mandate(&zhou, &lin, unit_of("tax"));
    assert_int_equal(client_post(&desk, over, agent).status, 422);
    revoke(&zhou, mandate);
    mandate = give_mandate(&zhou, &lin, unit_of("market"));
    assert_int_equal(client_post(&desk, over, agent).status / 100, 2);
    revoke(&zhou, mandate);
    assert_true(answer_has(client_getf(&desk, "/office/bundles/%lld/receipt?n=1", (long long)id), "林"));
}

static void a_refused_member_says_what_cannot_begin_and_what_goes_on(void **state)
{
    struct client c = person_json(LIN);
    (void)state;
    int64_t id = sent(&c, "restaurant", RESTAURANT);
    decide(case_of(progress(&c, id), "个体"), "market", "refuse", "note_refuse=%E4%B8%8D%E7%AC%A6%E5%90%88");
    time_for_jobs();
    const struct json *doc = progress(&c, id);
    assert_string_equal(str_z(app->arena, json_text_of(member(doc, "食品"), "status")), "blocked");
    assert_true(str_find(json_text_of(member(doc, "食品"), "text"), STR("个体工商户")) != SIZE_MAX);
    assert_true(str_find(json_text_of(member(doc, "个体"), "text"), STR("设置大型户外广告")) != SIZE_MAX);
    assert_string_equal(str_z(app->arena, json_text_of(doc, "status")), "sent");
}

static void what_all_members_ask_is_supplied_at_once_or_not_at_all(void **state)
{
    struct client c = person_json(LIN), desk = officer_json("desk1"), stranger = person_json(SAVER);
    (void)state;
    int64_t id = sent(&c, "restaurant", RESTAURANT);
    int64_t register_case = case_of(progress(&c, id), "个体"), sign = case_of(progress(&c, id), "设置大型");
    const char *page = z("/me/bundles/%lld/corrections", (long long)id);
    assert_int_equal(client_get(&c, page).status, 409); /* nothing is asked */
    assert_int_equal(
        act(&desk, register_case, "correct", "target_1=field%3Ascope&reason_1=%E8%AF%B7%E5%86%99%E6%B8%85") /
            100,
        2);
    assert_int_equal(
        act(&desk, sign, "correct", "target_1=field%3Asize&reason_1=%E8%AF%B7%E5%86%99%E6%B8%85") / 100, 2);
    assert_int_equal(json_get(progress(&c, id), "requests")->count, 2);
    const struct json *requests = json_get(client_json(&c, client_get(&c, page)), "requests");
    assert_int_equal(requests->count, 2);
    struct buf form = buf_new(app->arena, 256);
    struct walk w = {.c = &c};
    struct str last = STR_EMPTY;
    JSON_EACH(r, requests)
    {
        last = json_text_of(json_get(json_at(json_get(r, "points"), 0), "field"), "name");
        if (r == json_at(requests, 0)) add_pair(&w, &form, last, STR("热菜、凉菜"));
    }
    struct answer a = client_post(&c, page, str_z(app->arena, buf_str(&form)));
    assert_int_equal(a.status, 422); /* one of two: none is taken */
    assert_true(answer_has(a, str_z(app->arena, last)));
    assert_int_equal(json_get(progress(&c, id), "requests")->count, 2);
    assert_int_equal(client_get(&stranger, page).status, 404);
    add_pair(&w, &form, last, STR("长3米、高1米"));
    a = client_post(&c, page, str_z(app->arena, buf_str(&form)));
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    assert_int_equal(json_get(progress(&c, id), "requests")->count, 0);
    struct client urban = officer_json("urban-management.review");
    assert_true(answer_has(client_getf(&urban, "/office/cases/%lld", (long long)sign), "长3米、高1米"));
    assert_int_equal(client_post(&c, page, str_z(app->arena, buf_str(&form))).status, 409);
}

/* An agent with a mandate for one department supplies what that one asks, and reads nothing of the others. */
static void an_agent_of_one_department_supplies_what_it_asks(void **state)
{
    struct client zhou = person_json(SHOP), lin = person_json(LIN), desk = officer_json("desk1");
    (void)state;
    int64_t mandate = give_mandate(&zhou, &lin, 0), id = sent(&lin, "restaurant", RESTAURANT);
    int64_t register_case = case_of(progress(&lin, id), "个体"),
            sign = case_of(progress(&lin, id), "设置大型");
    const char *page = z("/me/bundles/%lld/corrections", (long long)id);
    assert_int_equal(act(&desk, register_case, "correct", "target_1=field%3Ascope&reason_1=ONE") / 100, 2);
    assert_int_equal(act(&desk, sign, "correct", "target_1=field%3Asize&reason_1=OTHER") / 100, 2);
    revoke(&zhou, mandate);
    mandate = give_mandate(&zhou, &lin, unit_of("tax")); /* nobody asks there */
    assert_int_equal(json_get(progress(&lin, id), "requests")->count, 0);
    assert_int_equal(client_get(&lin, page).status, 403);
    revoke(&zhou, mandate);
    mandate = give_mandate(&zhou, &lin, unit_of("market"));
    assert_int_equal(json_get(progress(&lin, id), "requests")->count, 1);
    struct answer a = client_get(&lin, page);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "ONE"));
    assert_false(answer_has(a, "OTHER"));
    const struct json *requests = json_get(client_json(&lin, a), "requests");
    assert_int_equal(requests->count, 1);
    struct buf form = buf_new(app->arena, 128);
    struct walk w = {.c = &lin};
    add_pair(&w, &form,
             json_text_of(json_get(json_at(json_get(requests->first, "points"), 0), "field"), "name"),
             STR("热菜、凉菜"));
    a = client_post(&lin, page, str_z(app->arena, buf_str(&form)));
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    assert_int_equal(json_get(progress(&lin, id), "requests")->count, 0);
    assert_int_equal(json_get(progress(&zhou, id), "requests")->count, 1); /* the other is theirs still */
    revoke(&zhou, mandate);
}

static void a_department_sees_only_what_its_own_service_asks(void **state)
{
    struct client c = person_json(LIN), urban = officer_json("urban-management.review");
    (void)state;
    int64_t id = sent(&c, "restaurant", RESTAURANT);
    int64_t sign = case_of(progress(&c, id), "设置大型"), shop = case_of(progress(&c, id), "个体");
    struct answer a = client_getf(&urban, "/office/cases/%lld", (long long)sign);
    assert_int_equal(a.status, 200);
    assert_false(answer_has(a, "经营范围"));
    assert_int_equal(client_getf(&urban, "/office/cases/%lld", (long long)shop).status, 404);
    a = client_getf(&urban, "/office/bundles/%lld", (long long)id);
    assert_int_equal(a.status, 200);
    assert_false(answer_has(a, "虚构内容"));
    struct client other = officer_json("health.review");
    assert_int_equal(client_getf(&other, "/office/bundles/%lld", (long long)id).status, 404);
    struct client stranger = person_json(SAVER);
    assert_int_equal(client_getf(&stranger, "/me/bundles/%lld", (long long)id).status, 404);
}

static bool look_at_all(struct ctx *c)
{
    return supervision_round(c, NULL);
}

static void the_common_promise_has_one_clock(void **state)
{
    struct client c = person_json(LIN), desk = officer_json("desk1"), boss = officer_json("supervisor");
    (void)state;
    int64_t id = sent(&c, "restaurant", RESTAURANT);
    const struct json *doc = progress(&c, id);
    assert_true(!json_text_of(doc, "due_text").len);
    assert_int_equal(act(&desk, case_of(doc, "个体"), "accept", "") / 100, 2);
    doc = progress(&c, id);
    assert_true(json_text_of(doc, "due_text").len > 0);
    assert_string_equal(str_z(app->arena, json_text_of(doc, "light")), "green");
    testapp_advance(20 * MS_DAY);
    c = person_json(LIN); /* sessions are over by then */
    boss = officer_json("supervisor");
    assert_string_equal(str_z(app->arena, json_text_of(progress(&c, id), "light")), "red");
    testapp_jobs(app);
    assert_true(answer_has(client_get(&boss, "/office/bundles"), "\"color\":\"red\""));
    /* Supervision finds the services that were open when it was due, for their departments. */
    testapp_write(app, look_at_all, NULL);
    struct answer found = client_get(&boss, "/office/supervision/findings?kind=event_over");
    assert_int_equal(found.status, 200);
    if (!answer_has(found, str_z(app->arena, json_text_of(progress(&c, id), "number"))))
        fail_msg("%.*s", STR_ARG(found.body));
}

static void the_other_shipped_ones_go_the_whole_way_too(void **state)
{
    struct client c = person_json(LIN);
    (void)state;
    static const char *const all[][2] = {{"newborn", "card=yes&refund=yes"},
                                         {"company", "staff=yes&invoice=yes"}};
    for (size_t i = 0; i < 2; i++) {
        int64_t id = sent(&c, all[i][0], all[i][1]);
        assert_true(json_get(progress(&c, id), "members")->count == 5);
    }
}

static bool count_reads(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT count(*) FROM evidence WHERE act = $1 AND detail LIKE '%\"bundle\"%'",
                  DB_C("data.read")))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static int64_t reads_on_record(void)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct err e = {0};
    int64_t n = 0;
    assert_true(server_read(app->server, &system, count_reads, &n, &e));
    return n;
}

static void the_desk_receives_one_for_somebody_who_is_there(void **state)
{
    struct client desk = officer_json("desk1"), other = officer_json("desk2");
    struct walk w = {.c = &desk};
    (void)state;
    struct answer a = client_post(&desk, "/office/desk/bundles/newborn", "person=1&card=yes&refund=no");
    assert_int_equal(a.status / 100, 4);
    struct str at, id = found_at_desk(&desk);
    a = client_post(&desk, "/office/desk/bundles/newborn",
                    str_z(app->arena, str_fmt(app->arena, "person=%.*s&card=yes&refund=no", STR_ARG(id))));
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    int64_t file = json_i64_of(client_json(&desk, a), "id", 0);
    at = json_text_of(client_json(&desk, a), "location");
    assert_int_equal(client_get(&other, str_z(app->arena, at)).status, 404);
    int64_t reads = reads_on_record();
    assert_int_equal(client_get(&desk, str_z(app->arena, at)).status, 200);
    assert_int_equal(client_get(&desk, z("/office/desk/bundle/%lld/materials", (long long)file)).status, 200);
    assert_int_equal(reads_on_record(), reads + 2);
    for (int i = 0; i < 12 && str_find(at, STR("/form/")) != SIZE_MAX; i++)
        at = fill_one(&desk, at);
    a = client_get(&desk, z("/office/desk/bundle/%lld/materials", (long long)file));
    struct buf paper = buf_new(app->arena, 128);
    JSON_EACH(m, json_get(client_json(&desk, a), "materials"))
    {
        add_pair(&w, &paper, STR("paper"), json_text_of(m, "material"));
    }
    a = client_post(&desk, z("/office/desk/bundle/%lld/materials", (long long)file),
                    str_z(app->arena, buf_str(&paper)));
    assert_int_equal(a.status / 100, 2);
    a = client_post(&desk, z("/office/desk/bundle/%lld/submit", (long long)file),
                    z("once=%lld", (long long)file));
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    struct client lin = person_json(LIN);
    assert_string_equal(str_z(app->arena, json_text_of(progress(&lin, file), "status")), "sent");
}

static const char whole_form[] =
    "name=%E6%94%B9%E5%90%8D&en=Renamed&on=1&m.birth.on=1&m.birth.place=1&m.household.on=1&m.household.place="
    "2&m.household.after.birth=1&m.vaccine.on=1&"
    "m.vaccine.place=3&m.card.place=4&m.card.after.household=1&m.refund.on=1&m.refund.place=5";

static void two_people_publish_a_version(void **state)
{
    struct client editor = officer_json("editor"), boss = officer_json("supervisor"),
                  anyone = client_new(app);
    (void)state;
    const char *path = "/office/bundle-versions/newborn";
    struct answer a = client_get(&editor, path);
    assert_int_equal(a.status, 200);
    assert_int_equal(json_get(client_json(&editor, a), "faults")->count, 0);
    a = client_post(&editor, path, whole_form);
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    assert_int_equal(client_post(&editor, "/office/bundle-versions/newborn/send", "").status / 100, 2);
    anyone.json = true;
    assert_false(answer_has(client_get(&anyone, "/bundles/newborn"), "改名"));
    assert_int_equal(client_post(&editor, "/office/bundle-versions/newborn/review", "go=publish").status,
                     403);
    a = client_post(&boss, "/office/bundle-versions/newborn/review", "go=publish");
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    a = client_get(&anyone, "/bundles/newborn?refund=yes");
    assert_true(answer_has(a, "改名"));
    assert_int_equal(json_i64_of(client_json(&anyone, a), "forms_before", 0), 4); /* the card was taken out */
}

static bool parcels_before_and_after(struct ctx *c)
{
    int64_t *counts = ctx_arg(c), lin;
    if (!people_find(c, SUBJECT_PERSON, STR("78010119940318002X"), &lin)) return false;
    for (int i = 0; i < 2; i++) {
        struct db_rows r;
        if (!db_query(&c->tx, &r,
                      "SELECT count(*) FROM bundle_handover h JOIN bundle_file f ON f.id = h.file WHERE "
                      "f.applicant = $1 AND h.parcel <> ''",
                      DB_I(lin)))
            return false;
        counts[i] = db_int(&r, 0, 0);
        if (!i && !bundle_store_erase(c, lin)) return false;
    }
    return true;
}

static void no_parcel_leads_to_who_was_erased(void **state)
{
    int64_t counts[2];
    (void)state;
    testapp_write(app, parcels_before_and_after, counts);
    assert_true(counts[0] > 0);
    assert_int_equal(counts[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_guide_counts_truly_what_falls_away),
        cmocka_unit_test(plain_words_find_it),
        cmocka_unit_test(what_two_members_ask_is_asked_once),
        cmocka_unit_test(one_sending_opens_what_can_begin_and_keeps_the_rest_waiting),
        cmocka_unit_test(what_was_granted_opens_what_waited_for_it),
        cmocka_unit_test(results_are_for_who_acts_before_that_department_now),
        cmocka_unit_test(a_package_of_what_was_granted_goes_to_whom_may_have_it_today),
        cmocka_unit_test(a_refused_member_says_what_cannot_begin_and_what_goes_on),
        cmocka_unit_test(what_all_members_ask_is_supplied_at_once_or_not_at_all),
        cmocka_unit_test(an_agent_of_one_department_supplies_what_it_asks),
        cmocka_unit_test(a_department_sees_only_what_its_own_service_asks),
        cmocka_unit_test(the_common_promise_has_one_clock),
        cmocka_unit_test(the_other_shipped_ones_go_the_whole_way_too),
        cmocka_unit_test(the_desk_receives_one_for_somebody_who_is_there),
        cmocka_unit_test(two_people_publish_a_version),
        cmocka_unit_test(no_parcel_leads_to_who_was_erased),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
