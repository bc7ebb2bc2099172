/* What operations on tasks promise: who may be named, who has the task then, and what the record says. */
#include "core/base/time.h"
#include "core/jobs/jobs.h"
#include "modules/cases/cases_operate_test.h"
#include "modules/cases/cases_web.h"

/* ---- what the history says ---- */

/* The last entry of that title: the value beside the label; "" where it has none. */
static struct str told(struct client *c, int64_t id, const char *title, const char *label)
{
    struct str found = STR("no such entry");
    JSON_EACH(e, json_get(page_of(c, id, 0), "timeline"))
    {
        if (!str_eq_c(json_text_of(e, "title"), title)) continue;
        found = STR_EMPTY;
        JSON_EACH(one, json_get(e, "told"))
        {
            if (str_eq_c(json_text_of(one, "label"), label)) found = json_text_of(one, "value");
        }
    }
    return found;
}

#define assert_told(c, id, title, label, expected)                                                           \
    assert_string_equal(str_z(app->arena, told(c, id, title, label)), expected)

struct leaf {
    int64_t id;
    const char *act;
    struct str detail;
};

static bool read_leaf(struct ctx *c)
{
    struct leaf *l = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT detail FROM evidence WHERE object_kind = 'case' AND object = $1 AND act = $2 ORDER "
                  "BY id DESC LIMIT 1",
                  DB_I(l->id), DB_C(l->act)))
        return false;
    l->detail = r.rows ? str_dup(app->arena, db_str(&r, 0, 0)) : STR_EMPTY;
    return true;
}

static const struct json *leaf_of(int64_t id, const char *act)
{
    struct leaf l = {.id = id, .act = act};
    struct err e = {0};
    testapp_read(app, read_leaf, &l);
    const struct json *doc = json_parse(app->arena, l.detail, JSON_STRICT, &e);
    if (!doc) fail_msg("no evidence of %s", act);
    return doc;
}

static struct str day(int from_now)
{
    return date_format(app->arena, date_of(testapp_now()) + from_now);
}

/* ---- promises ---- */

static void a_delegation_has_days_in_the_record_and_holds_on_these_days_alone(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  second = officer_json("second.review");
    int64_t id = receive(&desk, "accept");
    const char *form = str_z(app->arena, str_fmt(app->arena, "%s&from=%.*s&until=%.*s&reason=x",
                                                 to("second.review", ""), STR_ARG(day(1)), STR_ARG(day(3))));
    assert_int_equal(operate(&review, id, "delegate", task_form(&review, id, form)), 200);
    assert_told(&review, id, "委托办理", "交给", "丁");
    assert_true(told(&review, id, "委托办理", "开始日期").len > 0);
    assert_true(told(&review, id, "委托办理", "截止日期").len > 0);
    const struct json *leaf = leaf_of(id, "case.delegate");
    assert_true(str_eq(json_text_of(leaf, "from"), day(1)));
    assert_true(str_eq(json_text_of(leaf, "until"), day(3)));
    assert_true(json_text_of(leaf, "to").len > 0);
    assert_int_equal(act(&second, id, "pass", ""), 403); /* not yet */
    testapp_advance(MS_DAY);
    second = officer_json("second.review");
    assert_int_equal(act(&second, id, "pass", ""), 200);
}

static void who_signs_before_or_after_and_who_is_let_off_is_in_the_record(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  second = officer_json("second.review");
    int64_t id = receive(&desk, "accept");
    assert_int_equal(operate(&review, id, "open", task_form(&review, id, "")), 200);
    assert_int_equal(
        operate(&review, id, "add_sign", task_form(&review, id, to("second.review", "after=after&reason=x"))),
        200);
    assert_told(&review, id, "加签", "交给", "丁");
    assert_told(&review, id, "加签", "签署次序", "在承办人之后");
    assert_true(str_eq_c(json_text_of(leaf_of(id, "case.add_sign"), "signs"), "after"));
    const struct json *page =
        client_json(&review, client_getf(&review, "/office/cases/%lld/tasks/drop_sign?%s", (long long)id,
                                         task_form(&review, id, "")));
    struct str whom =
        json_text_of(json_at(json_get(json_at(json_get(page, "fields"), 1), "options"), 0), "value");
    assert_int_equal(
        operate(&review, id, "drop_sign",
                task_form(&review, id,
                          str_z(app->arena, str_fmt(app->arena, "what=%.*s&reason=x", STR_ARG(whom))))),
        200);
    assert_told(&review, id, "减签", "减签人员", "丁");
    assert_int_equal(operate(&review, id, "add_sign",
                             task_form(&review, id, to("second.review", "after=before&reason=x"))),
                     200);
    assert_told(&review, id, "加签", "签署次序", "在承办人之前");
    assert_false(offers(&second, id, "drop_sign")); /* nobody lets themselves off */
    assert_true(offers(&review, id, "drop_sign"));
    assert_int_equal(act(&second, id, "pass", ""), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
}

static void where_a_case_was_sent_back_to_is_in_the_record(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    publish("one-review",
            "<startEvent id='start'/>" RECEIVE REVIEW("review") REVIEW("visit") END WAY("start", "receive")
                WAY("receive", "review") WAY("review", "visit") WAY("visit", "decide"));
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "send-back", "target=review&keep=1&note_send-back=x"), 200);
    assert_told(&decide, id, "退回此前环节", "退回到", "review");
    assert_told(&decide, id, "退回此前环节", "中间环节", "不再重办，办完直接返回");
    assert_true(json_true_of(leaf_of(id, "case.send_back"), "keep"));
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "send-back", "note_send-back=x"), 200);
    assert_told(&decide, id, "退回此前环节", "退回到", "review"); /* the one done last: nobody named one */
    assert_told(&decide, id, "退回此前环节", "中间环节", "重新办理");
}

static void until_when_a_document_is_owed_is_in_the_record(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), applicant = person("13900000101");
    int64_t id = receive(&desk, "receive");
    const char *form =
        str_z(app->arena, str_fmt(app->arena, "what=photo&until=%.*s&reason=x", STR_ARG(day(9))));
    assert_int_equal(operate(&desk, id, "defer", task_form(&desk, id, form)), 200);
    assert_true(told(&desk, id, "容缺受理", "截止日期").len > 0);
    assert_true(str_eq(json_text_of(leaf_of(id, "case.defer"), "until"), day(9)));
    assert_true(str_eq_c(json_text_of(leaf_of(id, "case.defer"), "what"), "")); /* words are no evidence */
    assert_false(answer_has(client_getf(&applicant, "/cases/%lld", (long long)id), "\"told\""));
}

/* ---- whom it is given to ---- */

static const struct json *form_of(struct client *c, int64_t id, const char *what, const char *more)
{
    return client_json(
        c, client_getf(c, "/office/cases/%lld/tasks/%s?%s", (long long)id, what, task_form(c, id, more)));
}

/* Whom the list offers beside "please choose"; -1: there is no list. */
static int listed(const struct json *form)
{
    JSON_EACH(f, json_get(form, "fields"))
    {
        if (str_eq_c(json_text_of(f, "id"), "to")) return (int)json_get(f, "options")->count - 1;
    }
    return -1;
}

struct crowd {
    int64_t unit;
    int from, many;
};

static bool add_crowd(struct ctx *c)
{
    const struct crowd *k = ctx_arg(c);
    for (int i = k->from; i < k->from + k->many; i++) {
        int64_t id;
        struct str login = str_fmt(c->arena, "crowd.%d", i), name = str_fmt(c->arena, "众%03d", i);
        if (!people_add_officer(c, login, name, STR("reviewer"), k->unit, STR_EMPTY, STR("none"), &id))
            return false;
    }
    return true;
}

static void a_colleague_is_chosen_from_a_list_or_found_by_name_among_many(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    struct crowd crowd = {.unit = 0};
    int64_t id = receive(&desk, "accept");
    testapp_write(app, unit_of_reviewer, &crowd.unit);
    int before = listed(form_of(&review, id, "transfer", ""));
    assert_true(before >= 1);
    crowd.many = COLLEAGUES_MAX - before;
    testapp_write(app, add_crowd, &crowd);
    assert_int_equal(listed(form_of(&review, id, "transfer", "")), COLLEAGUES_MAX);
    assert_true(json_is(json_get(form_of(&review, id, "transfer", ""), "finder"), JSON_NULL));
    crowd.from = crowd.many;
    crowd.many = 60;
    testapp_write(app, add_crowd, &crowd);
    const struct json *many = form_of(&review, id, "transfer", "");
    assert_int_equal(listed(many), -1);
    assert_true(json_is(json_get(many, "finder"), JSON_OBJECT));
    assert_int_equal(listed(form_of(&review, id, "transfer", "name=%E4%BC%97010")), 1);
    assert_int_equal(listed(form_of(&review, id, "transfer", "name=%E4%BC%97")), COLLEAGUES_MAX);
    assert_int_equal(listed(form_of(&review, id, "transfer", "name=nobody")), -1);
    assert_int_equal(operate(&review, id, "transfer", task_form(&review, id, to("crowd.7", "reason=x"))),
                     200);
    struct client seven = officer_json("crowd.7");
    assert_int_equal(act(&seven, id, "pass", ""), 200);
}

static void nobody_is_given_a_task_who_may_not_do_it(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    int64_t id = receive(&desk, "accept");
    static const char *const others[] = {"desk1", "public-security.decide", "tobacco.review",
                                         "public-security.review"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        for (int k = 0; k < 2; k++)
            assert_int_equal(operate(&review, id, k ? "add_sign" : "transfer",
                                     task_form(&review, id, to(others[i], "after=before&reason=x"))),
                             422);
    assert_int_equal(operate(&review, id, "transfer", task_form(&review, id, "to=7&reason=x")), 422);
    assert_int_equal(operate(&review, id, "transfer", task_form(&review, id, "to=second.review&reason=x")),
                     422);
}

/* Is it offered at the only task? */
static bool can_urge(struct client *c, int64_t id)
{
    return json_is(json_get(json_at(json_get(page_of(c, id, 0), "tasks"), 0), "urge"), JSON_STRING);
}

static void an_urged_task_says_so_and_nobody_urges_their_own(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide"), second = officer_json("second.review");
    int64_t id = receive(&desk, "accept");
    assert_int_equal(operate(&review, id, "open", task_form(&review, id, "")), 200);
    const char *task = task_form(&review, id, "reason=hurry");
    assert_false(can_urge(&review, id));
    assert_true(can_urge(&decide, id));
    assert_true(can_urge(&second, id));
    assert_int_equal(operate(&review, id, "urge", task), 409);
    assert_int_equal(operate(&decide, id, "urge", task), 200);
    assert_int_equal(operate(&decide, id, "urge", task), 200);
    const struct json *last = json_get(page_of(&review, id, 0), "timeline");
    last = json_at(last, last->count - 1);
    assert_true(str_ends(json_text_of(last, "who"), STR(" · 毛川"))); /* officers read who it was */
    assert_true(str_eq_c(json_text_of(json_at(json_get(page_of(&review, id, 0), "tasks"), 0), "urged"), "2"));
}

struct kept {
    int64_t id;
    bool open; /* the name is there for everybody who reads the row */
};

static bool read_state(struct ctx *c)
{
    struct kept *k = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT state FROM case_file WHERE id = $1", DB_I(k->id))) return false;
    k->open = str_find(db_str(&r, 0, 0), STR("photo")) != SIZE_MAX;
    return true;
}

static bool name_is_open(int64_t id)
{
    struct kept k = {.id = id};
    testapp_read(app, read_state, &k);
    return k.open;
}

/* As it was stored before. */
static bool unseal(struct ctx *c)
{
    struct kept *k = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT state FROM case_file WHERE id = $1", DB_I(k->id))) return false;
    struct json *state = json_parse(c->arena, db_str(&r, 0, 0), JSON_STRICT, c->err),
                *duty = (struct json *)json_at(json_path(state, "process.duties"), 0), *now;
    now = json_object(c->arena);
    json_set(now, "kind", json_copy(c->arena, json_get(duty, "kind")));
    json_set_c(c->arena, now, "name", "photo");
    json_set(now, "who", json_copy(c->arena, json_get(duty, "who")));
    json_set(now, "until", json_copy(c->arena, json_get(duty, "until")));
    struct json *list = json_set_array(c->arena, (struct json *)json_get(state, "process"), "duties");
    json_add(list, now);
    return db_exec(&c->tx, "UPDATE case_file SET state = $2, variables = NULL WHERE id = $1", DB_I(k->id),
                   DB_S(json_to_str(c->arena, state))) &&
           db_exec(&c->tx, "INSERT INTO case_unsealed (case_id) VALUES ($1)", DB_I(k->id)) &&
           job_add(c, "case.seal_old", STR_EMPTY, json_object(c->arena), c->now);
}

static void what_is_owed_is_named_to_nobody_who_has_not_the_key(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1");
    int64_t id = receive(&desk, "receive");
    struct kept k = {.id = id};
    assert_int_equal(
        operate(&desk, id, "defer", task_form(&desk, id, "what=photo&until=2099-01-01&reason=x")), 200);
    assert_false(name_is_open(id));
    assert_true(answer_has(client_getf(&desk, "/office/cases/%lld", (long long)id), "photo"));
    testapp_write(app, unseal, &k);
    assert_true(name_is_open(id));
    testapp_jobs(app);
    assert_false(name_is_open(id));
    assert_int_equal(act(&desk, id, "accept", ""), 200);
    assert_int_equal(operate(&desk, id, "supply", "what=photo"), 200);
}

/* Two of the department sign. */
#define TWO_SIGN                                                                                             \
    "<startEvent id='start'/>" RECEIVE "<userTask id='sign' t:candidateGroups='reviewer' t:acts='agree "     \
    "disagree'><multiInstanceLoopCharacteristics><loopCardinality xsi:type='tFormalExpression'>2"            \
    "</loopCardinality></multiInstanceLoopCharacteristics></userTask>" END WAY("start", "receive")           \
        WAY("receive", "sign") WAY("sign", "decide")

static void who_has_signed_is_not_asked_again(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  second = officer_json("second.review"), third = officer_json("third.review");
    publish("one-review", TWO_SIGN);
    int64_t id = receive(&desk, "accept");
    assert_true(json_true_of(page_of(&review, id, 0), "has_acts"));
    assert_int_equal(act(&review, id, "agree", ""), 200);
    const struct json *page = page_of(&review, id, 0);
    assert_true(json_true_of(page, "signed") && !json_true_of(page, "has_acts"));
    assert_false(offers(&review, id, "open"));
    assert_int_equal(act(&review, id, "agree", "") / 100, 4);
    page = page_of(&second, id, 0);
    assert_true(!json_true_of(page, "signed") && json_true_of(page, "has_acts"));
    /* Nor is the other signature theirs to be given. */
    assert_int_equal(
        operate(&second, id, "transfer", task_form(&second, id, to("public-security.review", "reason=x"))),
        422);
    assert_int_equal(operate(&second, id, "transfer", task_form(&second, id, to("third.review", "reason=x"))),
                     200);
    assert_int_equal(act(&third, id, "disagree", "note_disagree=x"), 200);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_all, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_delegation_has_days_in_the_record_and_holds_on_these_days_alone),
        PROMISE(who_signs_before_or_after_and_who_is_let_off_is_in_the_record),
        PROMISE(where_a_case_was_sent_back_to_is_in_the_record),
        PROMISE(until_when_a_document_is_owed_is_in_the_record),
        PROMISE(a_colleague_is_chosen_from_a_list_or_found_by_name_among_many),
        PROMISE(nobody_is_given_a_task_who_may_not_do_it),
        PROMISE(what_is_owed_is_named_to_nobody_who_has_not_the_key),
        PROMISE(who_has_signed_is_not_asked_again),
        PROMISE(an_urged_task_says_so_and_nobody_urges_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
