/* What the builder of life events promises: from nothing to one that people apply for, by forms alone. */
#include "modules/bundles/bundles_walk_test.h"

#define LIN  "13900000101"
#define PATH "/office/bundle-versions/my-shop"

static void ok(struct answer a)
{
    if (a.status / 100 != 2) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
}

static const struct json *look(struct client *c, const char *path)
{
    struct answer a = client_get(c, path);
    ok(a);
    return client_json(c, a);
}

static struct str option_like(const struct json *field, const char *prefix, const char *part)
{
    JSON_EACH(o, json_get(field, "options"))
    {
        if (str_starts(json_text_of(o, "value"), str_c(prefix)) &&
            str_find(json_text_of(o, "label"), str_c(part)) != SIZE_MAX)
            return json_text_of(o, "value");
    }
    return STR_EMPTY;
}

static const struct json *named(const struct json *list, const char *name)
{
    JSON_EACH(f, list)
    {
        if (str_eq_c(json_text_of(f, "name"), name)) return f;
    }
    return NULL;
}

/* A page's form as it stands: every control with what is chosen. */
static struct buf as_it_stands(const struct json *members, struct walk *w)
{
    struct buf form = buf_new(app->arena, 512);
    JSON_EACH(m, members)
    {
        struct str at = json_text_of(m, "at");
        add_pair(w, &form, str_cat(app->arena, at, STR(".on")), STR("1"));
        add_pair(w, &form, str_cat(app->arena, at, STR(".place")),
                 str_fmt(app->arena, "%lld", (long long)json_i64_of(m, "place", 0)));
    }
    return form;
}

/* Registration of a shop, food licence after it. */
static void add_two_services(struct client *editor)
{
    static const char *const services[] = {"BI-0006", "BI-0115"};
    for (size_t i = 0; i < 2; i++)
        ok(client_post(editor, PATH "/members", z("add=%s", services[i])));
    assert_int_equal(client_post(editor, PATH "/members", "add=BI-0006").status, 422); /* it is one already */
}

static void settle_services(struct client *editor)
{
    struct walk w = {.c = editor};
    const struct json *members = json_get(look(editor, PATH), "members");
    struct buf form = as_it_stands(members, &w);
    buf_add_c(&form, "&name=%E6%88%91%E7%9A%84%E5%BA%97&en=My+shop&on=1&promise=5&words=%E5%BC%80%E5%BA%97&m."
                     "s2.after.s1=1");
    JSON_EACH(s, json_get(json_at(members, 0), "settle"))
    {
        /* The first is asked, the others settled by their first answer that goes on. */
        bool first = s == json_at(json_get(json_at(members, 0), "settle"), 0);
        struct str value = first ? STR("ask") : option_like(s, "value:", "");
        add_pair(&w, &form, json_text_of(s, "at"), value);
    }
    ok(client_post(editor, PATH, str_z(app->arena, buf_str(&form))));
}

static void ask_a_question_of_its_own(struct client *editor)
{
    const struct json *questions = json_get(look(editor, PATH "/questions"), "questions");
    struct walk w = {.c = editor};
    struct buf form = buf_new(app->arena, 512);
    JSON_EACH(q, questions)
    {
        JSON_EACH(f, json_get(q, "fields"))
        {
            if (!json_true_of(q, "fresh"))
                add_pair(&w, &form, json_text_of(f, "name"), json_text_of(f, "value"));
        }
    }
    assert_int_equal(questions->count, 2); /* the one that the service asks, and room for one */
    add_pair(&w, &form, STR("qnew.question"), STR("卖吃的吗？"));
    add_pair(&w, &form, STR("qnew.answers"), STR("卖 | Yes"));
    assert_int_equal(client_post(editor, PATH "/questions", str_z(app->arena, buf_str(&form))).status, 422);
    add_pair(&w, &form, STR("x"), STR_EMPTY);
    struct str good = str_fmt(app->arena, "%.*s", STR_ARG(buf_str(&form)));
    size_t at = str_find(good, STR("qnew.answers"));
    struct buf whole = buf_new(app->arena, 512);
    buf_add(&whole, str_slice(good, 0, at));
    buf_add_c(&whole, "qnew.answers=%E5%8D%96+%7C+Yes%0A%E4%B8%8D%E5%8D%96+%7C+No");
    ok(client_post(editor, PATH "/questions", str_z(app->arena, buf_str(&whole))));
}

static void food_only_for_who_sells_it(struct client *editor)
{
    struct walk w = {.c = editor};
    const struct json *doc = look(editor, PATH), *members = json_get(doc, "members");
    struct buf form = as_it_stands(members, &w);
    buf_add_c(&form, "&name=%E6%88%91%E7%9A%84%E5%BA%97&en=My+shop&on=1&promise=5&words=%E5%BC%80%E5%BA%97&m."
                     "s2.after.s1=1");
    struct str when = STR_EMPTY;
    JSON_EACH(o, json_get(json_at(members, 1), "whens"))
    {
        if (str_find(json_text_of(o, "label"), STR("卖吃的吗？ 卖")) != SIZE_MAX)
            when = json_text_of(o, "value");
    }
    assert_true(when.len > 0);
    add_pair(&w, &form, STR("m.s2.when"), when);
    ok(client_post(editor, PATH, str_z(app->arena, buf_str(&form)))); /* what it did not send stays settled */
}

static void map_the_food_form(struct client *editor)
{
    const struct json *doc = look(editor, PATH "/form?member=s2"), *fields = json_get(doc, "fields");
    struct walk w = {.c = editor};
    struct buf form = buf_new(app->arena, 512);
    add_pair(&w, &form, STR("member"), STR("s2"));
    struct str same = option_like(named(fields, "f.shop_name"), "same:", "");
    JSON_EACH(o, json_get(named(fields, "f.shop_name"), "options"))
    {
        if (str_ends(json_text_of(o, "value"), STR("s1.business_name"))) same = json_text_of(o, "value");
    }
    struct str given = option_like(named(fields, "f.uscc"), "given:", ""),
               fixed = option_like(named(fields, "f.trade"), "fixed:", "");
    assert_true(same.len && given.len && fixed.len);
    add_pair(&w, &form, STR("f.shop_name"), same);
    add_pair(&w, &form, STR("f.uscc"), given);
    add_pair(&w, &form, STR("f.trade"), fixed);
    ok(client_post(editor, PATH "/form", str_z(app->arena, buf_str(&form))));
    JSON_EACH(o, json_get(named(json_get(look(editor, PATH "/form?member=s2"), "fields"), "f.shop_name"),
                          "options"))
    {
        assert_true(json_true_of(o, "chosen") == str_eq(json_text_of(o, "value"), same));
    }
}

static void put_it_on_pages(struct client *editor)
{
    ok(client_post(editor, PATH "/pages", "pnew.title=%E5%BA%97%E9%93%BA&pnew.en=The+shop"));
    const struct json *fields = json_get(look(editor, PATH "/pages"), "fields");
    const struct json *business = named(fields, "k.business_name");
    assert_non_null(business);
    struct str page = json_text_of(json_at(json_get(business, "options"), 0), "value");
    ok(client_post(
        editor, PATH "/pages",
        z("p.page1.title=%%E5%%BA%%97%%E9%%93%%BA&p.page1.en=The+shop&k.business_name=%.*s", STR_ARG(page))));
    business = named(json_get(look(editor, PATH "/pages"), "fields"), "k.business_name");
    assert_true(json_true_of(json_at(json_get(business, "options"), 0), "chosen"));
}

static void somebody_without_code_makes_one_and_people_apply_for_it(void **state)
{
    struct client editor = officer_json("editor"), boss = officer_json("supervisor"), lin = person_json(LIN);
    (void)state;
    assert_int_equal(
        client_post(&boss, "/office/bundle-versions/new", "name=x&en=x&code=x&applicant=person").status, 403);
    assert_int_equal(
        client_post(&editor, "/office/bundle-versions/new", "name=x&en=x&code=My+shop&applicant=person")
            .status,
        422);
    assert_int_equal(
        client_post(&editor, "/office/bundle-versions/new", "name=x&en=x&code=newborn&applicant=person")
            .status,
        422);
    ok(client_post(&editor, "/office/bundle-versions/new",
                   "name=%E6%88%91%E7%9A%84%E5%BA%97&en=My+shop&code=my-shop&applicant=person"));
    assert_true(json_get(look(&editor, PATH), "faults")->count > 0); /* no service yet */
    add_two_services(&editor);
    assert_true(json_get(look(&editor, PATH), "faults")->count > 0); /* questions not settled */
    settle_services(&editor);
    ask_a_question_of_its_own(&editor);
    food_only_for_who_sells_it(&editor);
    map_the_food_form(&editor);
    put_it_on_pages(&editor);
    const struct json *tried = look(&editor, PATH "/try?r.s1=refused");
    if (json_get(tried, "faults")->count)
        fail_msg("%.*s", STR_ARG(json_to_str(app->arena, json_get(tried, "faults"))));
    assert_int_equal(json_get(tried, "run")->count, 2);
    assert_true(json_true_of(json_at(json_get(tried, "run"), 1), "blocked"));
    assert_true(str_find(json_text_of(tried, "promise"), STR("5")) != SIZE_MAX); /* less than both together */
    assert_int_equal(client_get(&lin, "/bundles/my-shop").status, 404);          /* a draft */
    ok(client_post(&editor, PATH "/send", ""));
    assert_int_equal(client_post(&editor, PATH "/questions", "q.q1.question=").status,
                     409); /* under review */
    assert_int_equal(client_post(&editor, PATH "/review", "go=publish").status, 403);
    ok(client_post(&boss, PATH "/review", "go=publish"));
    const struct json *guide = look(&lin, "/bundles/my-shop");
    assert_int_equal(json_get(guide, "situations") ? json_get(guide, "situations")->count : 2, 2);
    int64_t file = sent(&lin, "my-shop", "form=single&q1=a1");
    assert_int_equal(json_get(progress(&lin, file), "members")->count, 2);
    assert_true(str_find(json_text_of(progress(&lin, file), "promise"), STR("5")) != SIZE_MAX);
}

static void who_does_not_sell_food_gets_one_service_less(void **state)
{
    struct client lin = person_json("13900000110");
    (void)state;
    int64_t file = sent(&lin, "my-shop", "form=single&q1=a2");
    assert_int_equal(json_get(progress(&lin, file), "members")->count, 1);
}

static void an_earlier_version_is_in_force_again(void **state)
{
    struct client editor = officer_json("editor"), boss = officer_json("supervisor"), lin = person_json(LIN);
    (void)state;
    ok(client_post(&editor, PATH "/members", "remove=s2"));
    assert_int_equal(client_post(&boss, PATH "/roll-back", "version=1").status, 409); /* a draft is open */
    ok(client_post(&editor, PATH "/send", ""));
    ok(client_post(&boss, PATH "/review", "go=publish"));
    assert_int_equal(json_get(look(&boss, PATH), "members")->count, 1);
    assert_int_equal(client_post(&editor, PATH "/roll-back", "version=1").status, 403);
    assert_int_equal(client_post(&boss, PATH "/roll-back", "version=9").status, 404);
    ok(client_post(&boss, PATH "/roll-back", "version=1"));
    const struct json *now = look(&boss, PATH);
    assert_int_equal(json_get(now, "members")->count, 2);
    assert_int_equal(json_i64_of(now, "version", 0), 3);
    assert_int_equal(client_get(&lin, "/bundles/my-shop?q1=a1").status, 200);
}

static void what_is_taken_out_leaves_nothing_behind(void **state)
{
    struct client editor = officer_json("editor");
    (void)state;
    ok(client_post(&editor, PATH "/members", "remove=s1"));
    const struct json *doc = look(&editor, PATH);
    assert_int_equal(json_get(doc, "members")->count, 1);
    JSON_EACH(f, json_get(doc, "faults"))
    {
        assert_true(str_find(json_text_of(f, "text"), STR("s1")) == SIZE_MAX);
    }
}

static void every_page_of_the_builder_is_drawn(void **state)
{
    static const char *const pages[] = {"",    "?find=%E8%AE%B8%E5%8F%AF", "/questions", "/form", "/pages",
                                        "/try"};
    struct client editor = officer("editor");
    (void)state;
    editor.json = false;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        assert_int_equal(client_get(&editor, z("/office/bundle-versions/restaurant%s", pages[i])).status,
                         200);
    assert_int_equal(client_get(&editor, "/office/bundle-versions/new").status, 200);
    assert_true(answer_has(client_get(&editor, "/office/bundle-versions/restaurant?find=%E8%AE%B8%E5%8F%AF"),
                           "name=\"add\""));
}

/* ---- two at once ---- */

#define TWICE    "/office/bundle-versions/twice"
#define QUESTION "%E9%97%AE"          /* 问 */
#define FIRST    "%E7%94%B2"          /* 甲 */
#define SECOND   "%E4%B9%99"          /* 乙 */
#define THIRD    "%E4%B8%99"          /* 丙 */
#define CHANGED  "%E6%94%B9%E8%BF%87" /* 改过 */

static const char *revision(struct client *c)
{
    return z("&revision=%.*s", STR_ARG(json_text_of(look(c, TWICE "/questions"), "revision")));
}

static void nobody_saves_over_what_another_has_changed(void **state)
{
    struct client editor = officer_json("editor"), other = officer("editor");
    (void)state;
    other.json = false;
    ok(client_post(&editor, "/office/bundle-versions/new", "name=x&en=x&code=twice&applicant=person"));
    const char *seen = revision(&editor);
    ok(client_post(&editor, TWICE "/questions",
                   z("qnew.question=%s&qnew.answers=%s%%0A%s%s", QUESTION, FIRST, SECOND, seen)));
    static const char *const forms[][2] = {{"", "name=" CHANGED "&en=x&on=1"},
                                           {"/questions", "qnew.question=" CHANGED "&qnew.answers=x"},
                                           {"/pages", "pnew.title=" CHANGED "&pnew.en=x"}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const char *path = z(TWICE "%s", forms[i][0]);
        struct answer a = client_post(&other, path, z("%s%s", forms[i][1], seen));
        assert_int_equal(a.status, 409);
        assert_true(answer_has(a, "改过")); /* what was typed stands there still */
        assert_false(answer_has(client_get(&other, path), "改过"));
    }
    assert_int_equal(client_post(&editor, TWICE "/members", z("add=BI-0012%s", seen)).status, 409);
    assert_int_equal(client_post(&editor, TWICE "/send", z("%s", seen + 1)).status, 409);
    ok(client_post(&editor, TWICE "/members", z("add=BI-0012%s", revision(&editor))));
}

static struct str value_of(struct client *c, const char *label)
{
    const struct json *questions = json_get(look(c, TWICE "/try"), "questions");
    JSON_EACH(o, json_get(json_at(questions, 0), "options"))
    {
        if (str_eq_c(json_text_of(o, "label"), label)) return json_text_of(o, "value");
    }
    return STR_EMPTY;
}

static void an_answer_that_moves_keeps_what_depends_on_it(void **state)
{
    struct client editor = officer_json("editor");
    (void)state;
    editor.language = "zh";
    struct str first = value_of(&editor, "甲"), second = value_of(&editor, "乙");
    assert_true(first.len && second.len);
    const char *form = "q.q1.question=" QUESTION "&q.q1.answers=";
    ok(client_post(&editor, TWICE "/questions", z("%s%s%%0A%s", form, THIRD, FIRST)));
    assert_true(str_eq(value_of(&editor, "甲"), first));
    assert_false(str_eq(value_of(&editor, "丙"), first) || str_eq(value_of(&editor, "丙"), second));
    /* One that is only worded anew stays what it was. */
    struct str third = value_of(&editor, "丙");
    ok(client_post(&editor, TWICE "/questions", z("%s%s%%0A%s", form, SECOND, FIRST)));
    assert_true(str_eq(value_of(&editor, "乙"), third));
}

/* ---- what is a fault ---- */

struct checked {
    const char *text, *says;
};

static bool check_one(struct ctx *c)
{
    const struct checked *k = ctx_arg(c);
    struct json *faults = json_array(c->arena),
                *doc = json_parse(c->arena, str_c(k->text), JSON_STRICT, c->err);
    c->lang = &lang_en;
    if (!doc || !bundle_check(c, doc, faults)) return false;
    size_t count = k->says ? 1 : 0;
    if (faults->count != count) fail_msg("%.*s", STR_ARG(json_to_str(c->arena, faults)));
    if (k->says) assert_true(str_starts(json_text_of(faults->first, "text"), str_c(k->says)));
    return true;
}

#define EXAM(questions, when, pages)                                                                         \
    "{\"name\":\"考\",\"en\":\"Exam\",\"applicant\":\"person\",\"situations\":[" questions                   \
    "],\"members\":[{\"id\":\"e\",\"item\":\"BI-0012\",\"after\":[],\"situations\":{},\"when\":" when        \
    "}],\"fields\":[],\"documents\":[],\"given\":{},\"fixed\":{},\"pages\":[" pages "]}"
#define TWO_ANSWERS                                                                                           \
    "{\"id\":\"q\",\"question\":\"问\",\"options\":[{\"value\":\"a1\",\"label\":\"甲\"},{\"value\":\"a2\"," \
    "\"label\":\"乙\"}]}"

static void what_nobody_could_fill_in_or_answer_is_a_fault(void **state)
{
    static const char untitled[] = EXAM("", "null", "{\"id\":\"p\",\"title\":\"\",\"fields\":[\"exam\"]}");
    static const struct checked all[] = {
        {EXAM("", "null", ""), NULL},
        {untitled, "The form cannot be put together"}, /* it asks no question */
        {EXAM(TWO_ANSWERS, "{\"situation\":\"q\",\"equals\":\"a2\"}", ""), NULL},
        {EXAM(TWO_ANSWERS, "{\"situation\":\"q\",\"equals\":\"a3\"}", ""), "A member depends on an answer"},
        {EXAM(TWO_ANSWERS, "{\"situation\":\"q\",\"in\":[\"a1\",\"a3\"]}", ""),
         "A member depends on an answer"},
        {EXAM(TWO_ANSWERS, "{\"situation\":\"r\",\"equals\":\"a1\"}", ""), "A member depends on a question"}};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        testapp_read(app, check_one, (void *)&all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(somebody_without_code_makes_one_and_people_apply_for_it),
        cmocka_unit_test(who_does_not_sell_food_gets_one_service_less),
        cmocka_unit_test(an_earlier_version_is_in_force_again),
        cmocka_unit_test(what_is_taken_out_leaves_nothing_behind),
        cmocka_unit_test(every_page_of_the_builder_is_drawn),
        cmocka_unit_test(nobody_saves_over_what_another_has_changed),
        cmocka_unit_test(an_answer_that_moves_keeps_what_depends_on_it),
        cmocka_unit_test(what_nobody_could_fill_in_or_answer_is_a_fault),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
