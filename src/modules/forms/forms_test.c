/* What forms promise: who publishes, what is refused, what the builder does, what a trial tells. */
#include "modules/people/people.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct testapp *app;

static bool add_officers(struct ctx *c)
{
    int64_t id;
    return people_add_officer(c, STR("form.writer"), STR("甲"), STR("editor"), 0, STR_EMPTY, STR("none"),
                              &id) &&
           people_add_officer(c, STR("form.checker"), STR("乙"), STR("steward"), 0, STR_EMPTY, STR("none"),
                              &id) &&
           people_add_officer(c, STR("form.both"), STR("丙"), STR("editor|steward"), 0, STR_EMPTY,
                              STR("none"), &id);
}

static int open_all(void **state)
{
    (void)state;
    app = testapp_open(true);
    testapp_write(app, add_officers, NULL);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

/* A second after the one before: of many sessions of one account the newest stay. */
static struct client as(const char *login, bool json)
{
    struct client c = client_new(app);
    testapp_advance(1000);
    c.json = json;
    client_as_officer(&c, login);
    return c;
}

/* ---- steps ---- */

static int64_t begin(struct client *c, const char *code)
{
    char form[200];
    snprintf(form, sizeof form, "name=%%E8%%A1%%A8&en=Sheet&code=%s", code);
    struct answer a = client_post(c, "/office/forms/new", form);
    assert_int_equal(a.status, 200);
    return json_i64_of(client_json(c, a), "id", 0);
}

static struct answer post(struct client *c, int64_t id, const char *what, const char *form)
{
    char path[128];
    snprintf(path, sizeof path, "/office/forms/%lld/%s", (long long)id, what);
    return client_post(c, path, form);
}

static const struct json *page(struct client *c, int64_t id)
{
    return client_json(c, client_getf(c, "/office/forms/%lld", (long long)id));
}

static const struct json *schema(struct client *c, int64_t id)
{
    struct err e = {0};
    struct answer a = client_getf(c, "/office/forms/%lld/schema", (long long)id);
    assert_int_equal(a.status, 200);
    const struct json *s = json_parse(app->arena, a.body, JSON_STRICT, &e);
    assert_non_null(s);
    return s;
}

static struct str names_on(const struct json *s, size_t at)
{
    struct str all = STR_EMPTY;
    JSON_EACH(f, json_get(json_at(json_get(s, "x-pages"), at), "fields"))
    {
        all = str_fmt(app->arena, "%.*s%s%.*s", STR_ARG(all), all.len ? " " : "", STR_ARG(json_text(f)));
    }
    return all;
}

/* A form of one question, published. */
static int64_t published(const char *code)
{
    struct client writer = as("form.writer", true), checker = as("form.checker", true);
    int64_t id = begin(&writer, code);
    assert_int_equal(post(&writer, id, "add", "into=page:page-1&label=%E4%B8%80&en=One&kind=text").status,
                     200);
    assert_int_equal(post(&writer, id, "review", "from=2026-01-01").status, 200);
    assert_int_equal(post(&checker, id, "publish", "").status, 200);
    return id;
}

/* ---- four eyes ---- */

static void who_wrote_a_form_cannot_publish_it(void **state)
{
    (void)state;
    struct client both = as("form.both", true), writer = as("form.writer", true),
                  checker = as("form.checker", true);
    int64_t id = begin(&both, "four-eyes");
    assert_int_equal(post(&both, id, "add", "into=page:page-1&label=%E4%B8%80&kind=text").status, 200);
    assert_int_equal(post(&both, id, "review", "from=2026-01-01").status, 200);
    assert_int_equal(post(&both, id, "publish", "").status, 403);
    assert_int_equal(post(&both, id, "return", "why=x").status, 403);
    assert_int_equal(post(&writer, id, "publish", "").status, 403);
    assert_int_equal(post(&writer, id, "add", "into=page:page-1&label=%E4%BA%8C&kind=text").status, 409);
    assert_int_equal(post(&checker, id, "publish", "").status, 200);
    assert_int_equal(post(&checker, id, "publish", "").status, 409);
}

static void a_form_that_is_not_sound_is_not_sent_to_review(void **state)
{
    (void)state;
    struct client writer = as("form.writer", true);
    int64_t id = begin(&writer, "unsound");
    assert_int_equal(post(&writer, id, "review", "from=2026-01-01").status, 409);
    assert_true(json_get(page(&writer, id), "faults")->count > 0);
}

static void a_published_version_never_changes(void **state)
{
    (void)state;
    struct client writer = as("form.writer", true), checker = as("form.checker", true);
    int64_t id = published("never-changes");
    assert_int_equal(post(&writer, id, "add", "into=page:page-1&label=%E4%BA%8C&en=Two&kind=date").status,
                     200);
    struct answer a = client_getf(&writer, "/office/forms/%lld/schema?version=1", (long long)id);
    assert_false(answer_has(a, "two"));
    assert_int_equal(json_i64_of(page(&writer, id), "number", 0), 2);
    /* Going back waits until the draft is settled. */
    assert_int_equal(post(&checker, id, "roll-back", "version=1").status, 409);
    assert_int_equal(post(&writer, id, "review", "from=2026-01-01").status, 200);
    assert_int_equal(post(&checker, id, "publish", "").status, 200);
    assert_int_equal(post(&checker, id, "roll-back", "version=1").status, 200);
    assert_int_equal(json_i64_of(page(&writer, id), "number", 0), 3);
    assert_true(str_eq_c(names_on(schema(&writer, id), 0), "one"));
}

static void two_editors_cannot_overwrite_each_other(void **state)
{
    (void)state;
    struct client one = as("form.writer", true), two = as("form.both", true);
    int64_t id = begin(&one, "two-editors");
    struct str seen = json_text_of(page(&two, id), "revision");
    assert_int_equal(post(&one, id, "add", "into=page:page-1&label=%E4%B8%80&kind=text").status, 200);
    assert_int_equal(
        post(&two, id, "add",
             str_z(app->arena,
                   str_fmt(app->arena, "into=page:page-1&label=x&kind=text&revision=%.*s", STR_ARG(seen))))
            .status,
        409);
}

/* ---- the builder ---- */

static void fields_are_added_moved_and_deleted(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "moves");
    post(&w, id, "add", "into=page:page-1&label=%E7%94%B2&en=A&kind=text&required=1");
    post(&w, id, "add", "into=page:page-1&label=%E4%B9%99&en=B&kind=integer");
    post(&w, id, "add", "into=page&label=%E5%8F%A6%E9%A1%B5&en=More");
    post(&w, id, "add", "into=page:page-2&label=%E4%B8%99&en=C&kind=mobile");
    const struct json *s = schema(&w, id);
    assert_true(str_eq_c(names_on(s, 0), "a b"));
    assert_true(str_eq_c(json_text(json_at(json_get(s, "required"), 0)), "a"));
    assert_int_equal(post(&w, id, "change", "go=up:b").status, 200);
    assert_true(str_eq_c(names_on(schema(&w, id), 0), "b a"));
    /* Over the end of a page it goes on to the next one. */
    assert_int_equal(post(&w, id, "change", "go=down:a").status, 200);
    s = schema(&w, id);
    assert_true(str_eq_c(names_on(s, 0), "b"));
    assert_true(str_eq_c(names_on(s, 1), "a c"));
    assert_int_equal(post(&w, id, "change", "go=page-drop:page-2").status, 409);
    assert_int_equal(post(&w, id, "change", "go=page-up:page-2").status, 200);
    assert_true(str_eq_c(names_on(schema(&w, id), 0), "a c"));
    assert_int_equal(post(&w, id, "change", "go=drop:a").status, 200);
    s = schema(&w, id);
    assert_null(json_get(json_get(s, "properties"), "a"));
    assert_int_equal(json_get(s, "required")->count, 0);
    assert_int_equal(post(&w, id, "change", "go=drop:a").status, 404);
}

static void a_group_has_fields_of_its_own(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "group");
    post(&w, id, "add", "into=page:page-1&label=%E7%89%A9%E8%B5%84&en=Goods&kind=group");
    assert_int_equal(
        post(&w, id, "add", "into=group:goods&label=%E5%90%8D&en=Name&kind=text&required=1").status, 200);
    post(&w, id, "add", "into=group:goods&label=%E6%95%B0&en=Count&kind=integer");
    assert_int_equal(post(&w, id, "add", "into=group:goods&label=x&kind=group").status, 422);
    assert_int_equal(post(&w, id, "change", "go=up:goods.count").status, 200);
    const struct json *cells = json_path(schema(&w, id), "properties.goods.items.properties");
    assert_true(str_eq_c(cells->first->key, "count"));
    assert_int_equal(
        post(&w, id, "field", "at=goods&title=%E7%89%A9&single=%E4%B8%80%E9%A1%B9&rows_least=1&rows_most=5")
            .status,
        200);
    const struct json *goods = json_path(schema(&w, id), "properties.goods");
    assert_int_equal(json_i64_of(goods, "maxItems", 0), 5);
    assert_true(str_eq_c(json_text(json_path(goods, "items.title")), "一项"));
}

static void choices_keep_their_values_when_their_words_change(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "choices");
    post(&w, id, "add", "into=page:page-1&label=%E7%BA%A7&en=Level&kind=choice");
    assert_int_equal(post(&w, id, "field", "at=level&title=L&kind=choice&choices=one").status, 422);
    assert_int_equal(post(&w, id, "field",
                          "at=level&title=L&kind=choice&choices=%E5%8E%BF+%7C+County%0A%E9%95%87+%7C+Town")
                         .status,
                     200);
    const struct json *level = json_path(schema(&w, id), "properties.level");
    assert_true(str_eq_c(json_text(json_at(json_get(level, "enum"), 0)), "county"));
    assert_int_equal(
        post(&w, id, "field",
             "at=level&title=L&kind=choice&choices=%E9%95%87+%7C+Township%0A%E5%8E%BF%0A%E6%9D%91")
            .status,
        200);
    level = json_path(schema(&w, id), "properties.level");
    assert_true(str_eq_c(json_text(json_at(json_get(level, "enum"), 0)), "town"));
    assert_true(str_eq_c(json_text(json_at(json_get(level, "enum"), 1)), "county"));
    assert_true(str_eq_c(json_text(json_at(json_get(level, "enum"), 2)), "option_1"));
}

static bool says_when(const struct json *s, const char *wanted)
{
    struct str all = json_to_str(app->arena, json_get(s, "allOf"));
    if (str_eq_c(all, wanted)) return true;
    print_error("%.*s\n", STR_ARG(all));
    return false;
}

static void a_field_is_shown_by_an_answer_and_stays_while_asked(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "shown");
    post(&w, id, "add", "into=page:page-1&label=%E6%98%AF&en=Urgent&kind=tick");
    post(&w, id, "add", "into=page:page-1&label=%E5%9B%A0&en=Reason&kind=lines&required=1");
    assert_int_equal(
        post(&w, id, "field", "at=reason&title=R&kind=lines&required=1&when=urgent%3Dtrue&chars=500").status,
        200);
    const struct json *reason = json_path(schema(&w, id), "properties.reason");
    assert_true(says_when(schema(&w, id), "[{\"if\":{\"properties\":{\"urgent\":{\"const\":true}},"
                                          "\"required\":[\"urgent\"]},\"then\":{\"required\":[\"reason\"]},"
                                          "\"else\":{\"properties\":{\"reason\":false}}}]"));
    assert_int_equal(json_i64_of(reason, "maxLength", 0), 500);
    assert_int_equal(post(&w, id, "change", "go=drop:urgent").status, 409);
    /* Under another name the condition still asks it. */
    assert_int_equal(post(&w, id, "field", "at=urgent&title=U&kind=tick&name=haste").status, 200);
    assert_true(says_when(schema(&w, id), "[{\"if\":{\"properties\":{\"haste\":{\"const\":true}},"
                                          "\"required\":[\"haste\"]},\"then\":{\"required\":[\"reason\"]},"
                                          "\"else\":{\"properties\":{\"reason\":false}}}]"));
    assert_int_equal(json_get(page(&w, id), "faults")->count, 0);
    /* What decides stays of a kind that can. */
    assert_int_equal(post(&w, id, "field", "at=haste&title=U&kind=text").status, 422);
    assert_int_equal(post(&w, id, "field", "at=reason&title=R&kind=lines&required=1&chars=500").status, 200);
    assert_null(json_get(schema(&w, id), "allOf"));
    assert_true(str_eq_c(json_text(json_at(json_get(schema(&w, id), "required"), 0)), "reason"));
}

/* People, level (county, town) and cost decide whether the plan is asked for. */
static int64_t with_questions(struct client *w, const char *code)
{
    int64_t id = begin(w, code);
    post(w, id, "add", "into=page:page-1&label=%E4%BA%BA&en=People&kind=integer");
    post(w, id, "add", "into=page:page-1&label=%E7%BA%A7&en=Level&kind=choice");
    post(w, id, "field", "at=level&title=L&kind=choice&choices=%E5%8E%BF+%7C+County%0A%E9%95%87+%7C+Town");
    post(w, id, "add", "into=page:page-1&label=%E9%92%B1&en=Cost&kind=money");
    post(w, id, "add", "into=page:page-1&label=%E6%A1%88&en=Plan&kind=text&required=1");
    return id;
}
#define PLAN "at=plan&title=P&en=Plan&kind=text&required=1&chars=50"

#define LARGE "&when.people.how=least&when.people.a=100"
#define DEAR  "&when.cost2.how=least&when.cost2.a=5"
#define TOWN  "&when=level%3Dtown"
#define IF(asked)                                                                                            \
    "[{\"if\":" asked ",\"then\":{\"required\":[\"plan\"]},\"else\":{\"properties\":{\"plan\":false}}}]"
#define IS_LARGE "{\"properties\":{\"people\":{\"minimum\":100}},\"required\":[\"people\"]}"
#define IS_TOWN  "{\"properties\":{\"level\":{\"const\":\"town\"}},\"required\":[\"level\"]}"
#define IS_DEAR  "{\"properties\":{\"cost2\":{\"minimum\":5}},\"required\":[\"cost2\"]}"

static void several_questions_count_as_one_within_a_condition(void **state)
{
    (void)state;
    struct client w = as("form.writer", true), html = as("form.writer", false);
    int64_t id = with_questions(&w, "nested");
    post(&w, id, "add", "into=page:page-1&label=%E4%BB%B7&en=Cost2&kind=integer");
    /* A and (B or C) */
    assert_int_equal(
        post(&w, id, "field", PLAN LARGE TOWN DEAR "&when_how=all&when_group=level&when_group=cost2").status,
        200);
    assert_true(
        says_when(schema(&w, id), IF("{\"allOf\":[" IS_LARGE ",{\"anyOf\":[" IS_TOWN "," IS_DEAR "]}]}")));
    assert_int_equal(json_get(page(&w, id), "faults")->count, 0);
    assert_true(answer_has(client_getf(&html, "/office/forms/%lld", (long long)id),
                           "人 ≥ 100 且 (L = 镇 或 价 ≥ 5)"));
    const struct json *of =
        client_json(&w, client_getf(&w, "/office/forms/%lld/field?at=plan", (long long)id));
    struct str shown = json_to_str(app->arena, of);
    assert_true(str_find(shown, STR("\"foreign\":false")) != SIZE_MAX);
    assert_true(str_find(shown, STR("\"foreign\":true")) == SIZE_MAX);
    /* Saved as it is shown, it stays. */
    assert_int_equal(
        post(&w, id, "field", PLAN LARGE TOWN DEAR "&when_how=all&when_group=level&when_group=cost2").status,
        200);
    assert_true(
        says_when(schema(&w, id), IF("{\"allOf\":[" IS_LARGE ",{\"anyOf\":[" IS_TOWN "," IS_DEAR "]}]}")));
    /* What it asks inside the group is neither dropped nor called otherwise unseen. */
    assert_int_equal(post(&w, id, "change", "go=drop:cost2").status, 409);
    assert_int_equal(post(&w, id, "field", "at=cost2&title=C&kind=integer&name=price").status, 200);
    assert_true(str_find(json_to_str(app->arena, json_get(schema(&w, id), "allOf")),
                         STR("{\"price\":{\"minimum\":5}}")) != SIZE_MAX);
    assert_int_equal(post(&w, id, "field", "at=price&title=C&kind=integer&name=cost2").status, 200);
    /* The other way round: A or (B and C). */
    assert_int_equal(
        post(&w, id, "field", PLAN LARGE TOWN DEAR "&when_how=any&when_group=people&when_group=level").status,
        200);
    assert_true(
        says_when(schema(&w, id), IF("{\"anyOf\":[{\"allOf\":[" IS_LARGE "," IS_TOWN "]}," IS_DEAR "]}")));
    /* One alone is no group, and a group alone is the condition. */
    assert_int_equal(post(&w, id, "field", PLAN LARGE TOWN "&when_how=all&when_group=level").status, 200);
    assert_true(says_when(schema(&w, id), IF("{\"allOf\":[" IS_LARGE "," IS_TOWN "]}")));
    assert_int_equal(
        post(&w, id, "field", PLAN LARGE TOWN "&when_how=all&when_group=level&when_group=people").status,
        200);
    assert_true(says_when(schema(&w, id), IF("{\"anyOf\":[" IS_LARGE "," IS_TOWN "]}")));
}

#define TEST_OF(field, value) "{\"field\":\"" field "\",\"equals\":\"" value "\"}"
#define DEEPER                                                                                               \
    "{\"any\":[{\"all\":[" TEST_OF("k", "a") "," TEST_OF("l", "a") "]},{\"all\":[" TEST_OF(                  \
        "k", "b") "," TEST_OF("m", "a") "]}]}"

static void conditions_with_more_than_one_group_stay_while_they_are_left_alone(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "deeper");
    char path[128];
    snprintf(path, sizeof path, "/office/forms/%lld/import", (long long)id);
#define CHOICE(name)                                                                                         \
    "\"" name "\":{\"type\":\"string\",\"title\":\"" name                                                    \
    "\",\"enum\":[\"a\",\"b\"],\"x-labels\":{\"a\":[\"A\"],\"b\":[\"B\"]}},"
    struct answer a = client_upload(
        &w, path, "", "file", "a.json",
        STR("{\"type\":\"object\",\"properties\":{" CHOICE("k") CHOICE("l") CHOICE(
            "m") "\"x\":{\"type\":\"string\",\"title\":\"X\",\"x-when\":" DEEPER "}},"
                 "\"x-pages\":[{\"id\":\"p\",\"title\":\"P\",\"fields\":[\"k\",\"l\",\"m\",\"x\"]}]}"));
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    const struct json *of = client_json(&w, client_getf(&w, "/office/forms/%lld/field?at=x", (long long)id));
    assert_true(str_find(json_to_str(app->arena, of), STR("\"foreign\":true")) != SIZE_MAX);
    assert_int_equal(
        post(&w, id, "field",
             "at=x&title=XX&kind=text&when=k%3Da&when=l%3Da&when=m%3Da&when_how=any&when_group=k&"
             "when_group=l")
            .status,
        200);
    struct str kept = json_to_str(app->arena, json_path(schema(&w, id), "properties.x.x-when"));
    assert_string_equal(str_z(app->arena, kept), DEEPER);
    assert_int_equal(post(&w, id, "field", "at=x&title=XX&kind=text&when=k%3Db").status, 200);
    assert_null(json_path(schema(&w, id), "properties.x.x-when.any"));
}

#define FOREIGN                                                                                              \
    "[{\"if\":{\"properties\":{\"kind\":{\"not\":{\"const\":\"a\"}}},\"required\":[\"kind\"]},\"then\":{"    \
    "\"required\":[\"x\"]},\"else\":{\"properties\":{\"x\":false}}}]"
#define MIXED "{\"all\":[{\"situation\":\"s\",\"equals\":\"v\"},{\"field\":\"kind\",\"equals\":\"a\"}]}"

static void conditions_put_in_other_words_stay_while_they_are_left_alone(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "foreign");
    char path[128];
    snprintf(path, sizeof path, "/office/forms/%lld/import", (long long)id);
    struct answer a = client_upload(
        &w, path, "", "file", "a.json",
        STR("{\"type\":\"object\",\"properties\":{\"kind\":{\"type\":\"string\",\"title\":\"K\",\"enum\":["
            "\"a\",\"b\"],\"x-labels\":{\"a\":[\"A\"],\"b\":[\"B\"]}},\"x\":{\"type\":\"string\",\"title\":"
            "\"X\"},"
            "\"y\":{\"type\":\"string\",\"title\":\"Y\",\"x-when\":" MIXED "}},\"allOf\":" FOREIGN
            ",\"x-pages\":[{\"id\":\"p\",\"title\":\"P\",\"fields\":[\"kind\",\"x\",\"y\"]}]}"));
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_int_equal(post(&w, id, "field", "at=x&title=XX&kind=text&required=1").status, 200);
    assert_true(says_when(schema(&w, id), FOREIGN));
    assert_int_equal(json_get(schema(&w, id), "required")->count, 0);
    assert_int_equal(post(&w, id, "field", "at=y&title=YY&kind=text&when=kind%3Da").status, 200);
    struct str kept = json_to_str(app->arena, json_path(schema(&w, id), "properties.y.x-when"));
    assert_string_equal(str_z(app->arena, kept), MIXED);
    /* Who chooses another one gets that. */
    assert_int_equal(post(&w, id, "field", "at=y&title=YY&kind=text&when=kind%3Db").status, 200);
    assert_null(json_path(schema(&w, id), "properties.y.x-when.all"));
}

static void conditions_are_on_numbers_and_on_several_questions(void **state)
{
    (void)state;
    struct client w = as("form.writer", true), html = as("form.writer", false);
    int64_t id = with_questions(&w, "numbers");
    assert_int_equal(
        post(&w, id, "field", PLAN "&when.people.how=between&when.people.a=5&when.people.b=9").status, 200);
    assert_true(says_when(
        schema(&w, id),
        "[{\"if\":{\"properties\":{\"people\":{\"minimum\":5,\"maximum\":9}},\"required\":[\"people\"]},"
        "\"then\":{\"required\":[\"plan\"]},\"else\":{\"properties\":{\"plan\":false}}}]"));
    assert_int_equal(json_get(schema(&w, id), "required")->count, 0);
    assert_true(answer_has(client_getf(&html, "/office/forms/%lld", (long long)id), "人 = 5–9"));
    struct answer a = client_getf(&html, "/office/forms/%lld/field?at=plan", (long long)id);
    assert_true(answer_has(a, "<option value=\"between\" selected>"));
    assert_true(answer_has(a, "name=\"when.people.b\" value=\"9\""));
    /* Two questions, of which one is enough. */
    assert_int_equal(
        post(&w, id, "field", PLAN "&when.people.how=above&when.people.a=100&when=level%3Dtown&when_how=any")
            .status,
        200);
    assert_true(says_when(
        schema(&w, id),
        "[{\"if\":{\"anyOf\":[{\"properties\":{\"people\":{\"exclusiveMinimum\":100}},\"required\":"
        "[\"people\"]},{\"properties\":{\"level\":{\"const\":\"town\"}},\"required\":[\"level\"]}]},"
        "\"then\":{\"required\":[\"plan\"]},\"else\":{\"properties\":{\"plan\":false}}}]"));
    assert_int_equal(json_get(page(&w, id), "faults")->count, 0);
    a = client_getf(&html, "/office/forms/%lld", (long long)id);
    assert_true(answer_has(a, "人 &gt; 100 或 L = 镇"));
    /* What it asks for cannot be taken away unseen. */
    assert_int_equal(
        post(&w, id, "field",
             "at=level&title=L&en=L&kind=choice&choices=%E5%8E%BF+%7C+County%0A%E6%9D%91+%7C+Village")
            .status,
        200);
    assert_int_equal(json_get(page(&w, id), "faults")->count, 1);
    assert_int_equal(post(&w, id, "change", "go=drop:people").status, 409);
    assert_int_equal(post(&w, id, "change", "go=drop:plan").status, 200);
    assert_null(json_get(schema(&w, id), "allOf"));
    assert_int_equal(post(&w, id, "change", "go=drop:people").status, 200);
}

static void a_condition_on_money_stays_a_hint(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = with_questions(&w, "money-when");
    assert_int_equal(post(&w, id, "field", PLAN "&when.cost.how=least&when.cost.a=5000").status, 200);
    const struct json *s = schema(&w, id);
    assert_int_equal(json_i64_of(json_path(s, "properties.plan.x-when"), "minimum", 0), 5000);
    assert_null(json_get(s, "allOf"));
    assert_int_equal(json_get(page(&w, id), "faults")->count, 0);
}

static void a_condition_that_says_nothing_is_refused_at_its_number(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = with_questions(&w, "bad-when");
    static const char *const wrong[] = {
        "&when.people.how=least",
        "&when.people.how=least&when.people.a=many",
        "&when.people.how=least&when.people.a=1.5",
        "&when.people.how=between&when.people.a=9&when.people.b=5",
        "&when.people.how=between&when.people.a=9",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct answer a = post(&w, id, "field", str_z(app->arena, str_fmt(app->arena, PLAN "%s", wrong[i])));
        assert_int_equal(a.status, 422);
        assert_true(answer_has(a, "when.people.a"));
    }
    assert_null(json_get(schema(&w, id), "allOf"));
}

static void a_question_may_want_several_files(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "files");
    post(&w, id, "add", "into=page:page-1&label=%E7%85%A7&en=Photos&kind=file&required=1");
    assert_int_equal(
        post(&w, id, "field", "at=photos&title=P&kind=file&accept=photo&files_least=3&count=2").status, 422);
    assert_int_equal(
        post(&w, id, "field", "at=photos&title=P&kind=file&required=1&accept=photo&files_least=2&count=5")
            .status,
        200);
    const struct json *photos = json_path(schema(&w, id), "properties.photos");
    assert_int_equal(json_i64_of(photos, "x-least", 0), 2);
    assert_int_equal(json_i64_of(photos, "x-count", 0), 5);
    assert_int_equal(json_get(page(&w, id), "faults")->count, 0);
}

static void another_kind_keeps_what_is_said_of_the_field(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "kinds");
    static const char *const kinds[] = {"text",     "lines", "tick",     "integer",   "number",
                                        "money",    "date",  "uscc",     "mobile",    "id-number",
                                        "division", "email", "postcode", "bank-card", "file"};
    post(&w, id, "add", "into=page:page-1&label=%E5%80%BC&en=Value&kind=text&required=1");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char form[200];
        snprintf(form, sizeof form, "at=value&title=T&help=H&kind=%s&required=1&accept=photo", kinds[i]);
        assert_int_equal(post(&w, id, "field", form).status, 200);
        assert_int_equal(post(&w, id, "field", form).status, 200);
        const struct json *now = page(&w, id), *value = json_path(schema(&w, id), "properties.value");
        assert_int_equal(json_get(now, "faults")->count, 0);
        assert_true(str_eq_c(json_text(json_at(json_get(value, "x-help"), 0)), "H"));
    }
}

static void bounds_of_numbers_are_numbers(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "bounds");
    post(&w, id, "add", "into=page:page-1&label=%E9%87%8F&en=Weight&kind=number");
    assert_int_equal(post(&w, id, "field", "at=weight&title=W&kind=number&least=0.5&most=2").status, 200);
    assert_int_equal(post(&w, id, "field", "at=weight&title=W&kind=number&least=3&most=2").status, 422);
    assert_int_equal(post(&w, id, "field", "at=weight&title=W&kind=number&least=much").status, 422);
    assert_true(str_eq_c(json_get(json_path(schema(&w, id), "properties.weight"), "minimum")->text, "0.5"));
}

static void a_field_is_filled_in_from_what_the_catalogue_of_data_has(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "source");
    post(&w, id, "add", "into=page:page-1&label=%E5%90%8D&en=Name&kind=text");
    struct answer a = client_getf(&w, "/office/forms/%lld/field?at=name", (long long)id);
    assert_true(answer_has(a, "population.name"));
    assert_int_equal(
        post(&w, id, "field", "at=name&title=N&kind=text&source=population.name&locked=1").status, 200);
    const struct json *name = json_path(schema(&w, id), "properties.name");
    assert_true(json_true_of(name, "readOnly"));
}

static void a_form_and_its_pages_get_other_names_and_go_back_with_a_reason(void **state)
{
    (void)state;
    struct client w = as("form.writer", true), checker = as("form.checker", true);
    int64_t id = begin(&w, "names");
    post(&w, id, "add", "into=page:page-1&label=%E4%B8%80&en=One&kind=text");
    assert_int_equal(client_getf(&w, "/office/forms/%lld/page?at=page-1", (long long)id).status, 200);
    assert_int_equal(post(&w, id, "page", "at=page-1&title=%E7%AC%AC%E4%B8%80%E9%A1%B5&en=First").status,
                     200);
    assert_int_equal(post(&w, id, "settings", "name=%E6%96%B0%E8%A1%A8&en=New").status, 200);
    const struct json *first = json_at(json_get(schema(&w, id), "x-pages"), 0);
    assert_true(str_eq_c(json_text_of(first, "title"), "第一页"));
    assert_int_equal(post(&w, id, "review", "from=2026-01-01").status, 200);
    assert_int_equal(post(&checker, id, "return", "why=").status, 422);
    assert_int_equal(post(&checker, id, "return", "why=shorter").status, 200);
    assert_int_equal(post(&checker, id, "publish", "").status, 409);
}

/* ---- documents ---- */

static void a_document_is_taken_or_every_fault_is_told(void **state)
{
    (void)state;
    struct client w = as("form.writer", false), j = as("form.writer", true);
    int64_t id = begin(&j, "document");
    char path[64];
    snprintf(path, sizeof path, "/office/forms/%lld/import", (long long)id);
    struct answer a = client_upload(
        &w, path, "", "file", "a.json",
        STR("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"title\":\"A\",\"formatt\":1},"
            "\"b\":{\"type\":\"strings\",\"title\":\"B\"},\"g\":{\"type\":\"array\",\"title\":\"G\","
            "\"items\":{\"type\":\"object\",\"properties\":{\"c\":{\"type\":\"string\"}}}}},"
            "\"required\":[\"z\"]}"));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "formatt"));
    assert_true(answer_has(a, "<span class=\"code\">b</span>"));
    assert_true(answer_has(a, "<span class=\"code\">g.c</span>"));
    a = client_upload(&w, path, "", "file", "a.json", STR("{\"type\":\"object\","));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "1:"));
    a = client_upload(&w, path, "", "file", "a.json",
                      STR("{\"type\":\"object\",\"title\":\"T\",\"properties\":{\"a\":{\"type\":\"string\","
                          "\"title\":\"A\",\"pattern\":\"^[A-Z]+$\"}},\"required\":[\"a\"]}"));
    assert_int_equal(a.status, 303);
    const struct json *s = schema(&j, id);
    assert_true(str_eq_c(names_on(s, 0), "a"));
    /* What the builder does not show stays. */
    assert_int_equal(post(&j, id, "field", "at=a&title=AA&kind=text&required=1").status, 200);
    assert_true(str_eq_c(json_text(json_path(schema(&j, id), "properties.a.pattern")), "^[A-Z]+$"));
}

/* ---- trial ---- */

static void a_trial_tells_what_a_person_would_be_told_and_keeps_nothing(void **state)
{
    (void)state;
    struct client w = as("form.writer", true);
    int64_t id = begin(&w, "trial");
    post(&w, id, "add", "into=page:page-1&label=%E5%90%8D&en=Name&kind=text&required=1");
    post(&w, id, "field", "at=name&title=N&kind=text&required=1&source=population.name&locked=1");
    post(&w, id, "add", "into=page:page-1&label=%E6%95%B0&en=Count&kind=integer&required=1");
    const struct json *t = client_json(&w, post(&w, id, "try", "go=check&try.name=x&try.count=many"));
    assert_false(json_true_of(t, "accepted"));
    assert_int_equal(json_get(t, "wrong")->count, 1);
    t = client_json(&w, post(&w, id, "try", "go=check&try.name=x&try.count=3"));
    assert_true(json_true_of(t, "accepted"));
    /* A simulated person is one of the demonstration, whose number no register of the real world holds. */
    t = client_json(&w, client_getf(&w, "/office/forms/%lld/try", (long long)id));
    const struct json *people = json_get(json_at(json_get(t, "people"), 0), "options");
    assert_true(people->count > 1);
    struct str number = json_text_of(json_at(people, 1), "value");
    assert_true(str_starts(number, STR("78")));
    t = client_json(&w,
                    client_getf(&w, "/office/forms/%lld/try?person=%.*s", (long long)id, STR_ARG(number)));
    const struct json *first =
        json_at(json_get(json_at(json_get(json_get(t, "preview"), "pages"), 0), "fields"), 0);
    assert_true(json_text_of(first, "value").len > 0);
    assert_true(json_text_of(first, "source").len > 0);
}

static void officers_without_the_right_see_no_forms(void **state)
{
    (void)state;
    struct client desk = as("desk1", true), checker = as("form.checker", true);
    assert_int_equal(client_get(&desk, "/office/forms").status, 403);
    assert_int_equal(client_get(&checker, "/office/forms").status, 200);
    assert_int_equal(client_get(&checker, "/office/forms/new").status, 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_wrote_a_form_cannot_publish_it),
        cmocka_unit_test(a_form_that_is_not_sound_is_not_sent_to_review),
        cmocka_unit_test(a_published_version_never_changes),
        cmocka_unit_test(two_editors_cannot_overwrite_each_other),
        cmocka_unit_test(fields_are_added_moved_and_deleted),
        cmocka_unit_test(a_group_has_fields_of_its_own),
        cmocka_unit_test(choices_keep_their_values_when_their_words_change),
        cmocka_unit_test(a_field_is_shown_by_an_answer_and_stays_while_asked),
        cmocka_unit_test(conditions_put_in_other_words_stay_while_they_are_left_alone),
        cmocka_unit_test(several_questions_count_as_one_within_a_condition),
        cmocka_unit_test(conditions_with_more_than_one_group_stay_while_they_are_left_alone),
        cmocka_unit_test(conditions_are_on_numbers_and_on_several_questions),
        cmocka_unit_test(a_condition_on_money_stays_a_hint),
        cmocka_unit_test(a_condition_that_says_nothing_is_refused_at_its_number),
        cmocka_unit_test(a_question_may_want_several_files),
        cmocka_unit_test(another_kind_keeps_what_is_said_of_the_field),
        cmocka_unit_test(bounds_of_numbers_are_numbers),
        cmocka_unit_test(a_field_is_filled_in_from_what_the_catalogue_of_data_has),
        cmocka_unit_test(a_form_and_its_pages_get_other_names_and_go_back_with_a_reason),
        cmocka_unit_test(a_document_is_taken_or_every_fault_is_told),
        cmocka_unit_test(a_trial_tells_what_a_person_would_be_told_and_keeps_nothing),
        cmocka_unit_test(officers_without_the_right_see_no_forms),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
