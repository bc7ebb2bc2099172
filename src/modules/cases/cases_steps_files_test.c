/* What files of steps promise: they are taken like those of an application, stay with the round they were
 * given in, are opened by whom they concern, and are given back when nothing speaks of them. */
#include "core/base/file.h"
#include "modules/cases/cases_models_test.h"
#include "modules/cases/cases_steps_test.h"

#define VISIT                                                                                                \
    "<startEvent id='start'/>" RECEIVE TASK("visit", "reviewer", "pass send_back", "t:form='photos'")        \
        END WAY("start", "receive") WAY("receive", "visit") WAY("visit", "decide")
#define MINE                                                                                                 \
    "<startEvent id='start'/>" RECEIVE TASK("more", "applicant", "pass", "t:form='photos'")                  \
        END WAY("start", "receive") WAY("receive", "more") WAY("more", "decide")
#define SIGNED                                                                                               \
    "<startEvent id='start'/>" RECEIVE "<userTask id='sign' name='sign' t:candidateGroups='reviewer' "       \
    "t:acts='agree disagree send_back' t:form='photos'>"                                                     \
    "<multiInstanceLoopCharacteristics><loopCardinality "                                                    \
    "xsi:type='tFormalExpression'>2</loopCardinality>"                                                       \
    "</multiInstanceLoopCharacteristics></userTask>" END WAY("start", "receive") WAY("receive", "sign")      \
        WAY("sign", "decide")

/* Asks for one or two photos, and for an area. */
static int open_files(void **state)
{
    open_all(state);
    form_begin("photos", "integer");
    form_add("photos", "into=page:page-1&label=Photo&en=Photo&kind=file&required=1");
    form_change("photos", "at=photo&title=Photo&en=Photo&kind=file&required=1&accept=photo&max_mb=1&count=2");
    form_publish("photos");
    return 0;
}

static struct answer fill(struct client *c, const char *path, const char *form, const char *name)
{
    return client_upload(c, path, form, "photo", name, picture());
}

/* The numbers of the files that the page of a step keeps. */
static struct str kept(struct client *c, const char *path)
{
    const struct json *doc = client_json(c, client_get(c, path));
    JSON_EACH(page, json_get(doc, "pages"))
    {
        JSON_EACH(f, json_get(page, "fields"))
        {
            if (str_eq_c(json_text_of(f, "name"), "photo"))
                return str_dup(app->arena, json_text_of(json_get(f, "file_kept"), "ids"));
        }
    }
    return STR_EMPTY;
}

static int opens(struct client *c, const char *base, int64_t id, struct str number)
{
    return client_get(c, str_z(app->arena, str_fmt(app->arena, "%s/%lld/files/%.*s", base, (long long)id,
                                                   STR_ARG(number))))
        .status;
}

static void a_step_takes_files_like_an_application(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  html = officer("public-security.review"), other = officer_json("market.review"),
                  who = person("13900000101");
    publish("one-review", VISIT);
    int64_t id = receive(&desk, "accept");
    const char *path = step_form_path(&review, id);
    html.json = false;
    assert_true(answer_has(client_get(&html, path), "multipart/form-data"));
    assert_int_equal(client_post(&review, path, "area=1").status, 422); /* it is required */
    assert_int_equal(
        client_upload(&review, path, "area=1", "photo", "a.png", STR("no picture at all")).status, 422);
    assert_int_equal(client_upload(&review, path, "area=1", "area", "a.png", picture()).status, 404);
    assert_int_equal(fill(&desk, path, "area=1", "a.png").status, 403);
    assert_int_equal(act(&review, id, "pass", ""), 409);
    assert_int_equal(fill(&review, path, "area=1", "a.png").status, 200);
    struct str one = kept(&review, path);
    assert_true(one.len > 0);
    struct str two = str_fmt(app->arena, "area=1&photo=%.*s", STR_ARG(one));
    assert_int_equal(fill(&review, path, str_z(app->arena, two), "b.png").status, 200);
    two = str_fmt(app->arena, "area=1&photo=%.*s", STR_ARG(kept(&review, path)));
    assert_true(str_find_char(kept(&review, path), ' ') != SIZE_MAX);
    assert_int_equal(fill(&review, path, str_z(app->arena, two), "c.png").status, 422); /* at most two */
    assert_int_equal(client_post(&html, path, str_z(app->arena, two)).status, 303);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    struct answer page = client_getf(&review, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(page, "a.png") && answer_has(page, "b.png") && !answer_has(page, "c.png"));
    html.language = "en";
    assert_true(answer_has(client_getf(&html, "/office/cases/%lld", (long long)id), "/files/"));
    assert_int_equal(opens(&review, "/office/cases", id, one), 200);
    assert_int_equal(opens(&other, "/office/cases", id, one), 404);
    assert_int_equal(opens(&who, "/apply", id, one), 404); /* what the office filled in is the office's */
    /* In another case that number names nothing. */
    int64_t second = receive(&desk, "accept");
    path = step_form_path(&review, second);
    assert_int_equal(client_post(&review, path, str_z(app->arena, two)).status, 422);
}

static void sent_back_a_step_keeps_the_files_of_its_earlier_round(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    publish("one-review", VISIT);
    int64_t id = receive(&desk, "accept");
    const char *path = step_form_path(&review, id);
    assert_int_equal(fill(&review, path, "area=1", "a.png").status, 200);
    struct str first = kept(&review, path);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "send-back", "note_send-back=x&target=visit"), 200);
    path = step_form_path(&review, id);
    assert_true(str_eq(kept(&review, path), first)); /* it begins with what there was */
    struct str form =
        str_fmt(app->arena, "area=2&photo=%.*s&photo.drop.%.*s=1", STR_ARG(first), STR_ARG(first));
    assert_int_equal(fill(&review, path, str_z(app->arena, form), "b.png").status, 200);
    assert_false(str_eq(kept(&review, path), first));
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(opens(&decide, "/office/cases", id, first), 200);
    struct answer page = client_getf(&decide, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(page, "a.png") && answer_has(page, "b.png"));
}

static void each_of_several_signers_gives_files_of_their_own(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), one = officer_json("public-security.review"),
                  two = officer_json("second.review");
    publish("one-review", SIGNED);
    int64_t id = receive(&desk, "accept");
    const char *path = step_form_path(&one, id);
    assert_int_equal(fill(&one, path, "area=1", "a.png").status, 200);
    assert_int_equal(act(&one, id, "agree", ""), 200);
    path = step_form_path(&two, id);
    assert_int_equal(kept(&two, path).len, 0);
    assert_int_equal(client_post(&two, path, "area=2").status, 422);
    assert_int_equal(fill(&two, path, "area=2", "b.png").status, 200);
    assert_int_equal(act(&one, id, "agree", ""), 403); /* two signatures are of two people */
    assert_int_equal(act(&two, id, "agree", ""), 200);
    struct answer page = client_getf(&one, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(page, "a.png") && answer_has(page, "b.png"));
}

static void the_applicant_gives_files_at_a_step_of_theirs(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  who = person("13900000101"), other = person("13900000102");
    publish("one-review", MINE);
    int64_t id = receive(&desk, "accept");
    who.json = true;
    const char *path = my_step_path(&who, id);
    who.json = false;
    /* What is not right yet keeps its file, for whom it is. */
    struct answer a = fill(&who, path, "area=x", "mine.png");
    assert_true(answer_has(a, "mine.png") && answer_has(a, "govuk-error-message"));
    size_t at = str_find(a.body, STR("/files/"));
    assert_true(at != SIZE_MAX);
    struct str number;
    str_cut(str_slice(a.body, at + 7, a.body.len), '"', &number);
    number = str_dup(app->arena, number);
    assert_int_equal(opens(&who, "/apply", id, number), 200);
    assert_int_equal(opens(&review, "/office/cases", id, number), 404); /* not sent yet */
    assert_int_equal(opens(&other, "/apply", id, number), 404);
    struct str form = str_fmt(app->arena, "area=3&photo=%.*s", STR_ARG(number));
    assert_int_equal(client_post(&who, path, str_z(app->arena, form)).status, 303);
    assert_int_equal(opens(&who, "/apply", id, number), 200);
    assert_int_equal(opens(&review, "/office/cases", id, number), 200);
    assert_true(answer_has(client_getf(&who, "/cases/%lld", (long long)id), "mine.png"));
    who.language = "en";
    assert_true(answer_has(client_getf(&who, "/cases/%lld", (long long)id), "mine.png"));
}

static bool files_of_steps(struct ctx *c)
{
    struct db_rows r;
    return db_query(&c->tx, &r, "SELECT COUNT(*) FROM case_material WHERE material LIKE 'step:%'") &&
           (*(int64_t *)ctx_arg(c) = db_int(&r, 0, 0), true);
}

static void what_nothing_filled_in_names_is_given_back(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), who = person("13900000101");
    char path[64];
    int64_t count = 0;
    publish("one-review", MINE);
    int64_t id = receive(&desk, "accept");
    who.json = true;
    const char *fill_in = my_step_path(&who, id);
    who.json = false;
    fill(&who, fill_in, "area=x", "mine.png");
    testapp_read(app, files_of_steps, &count);
    assert_int_equal(count, 1);
    fill(&who, fill_in, "area=x", "other.png"); /* the first is not named any more, and still kept */
    snprintf(path, sizeof path, "/cases/%lld/withdraw", (long long)id);
    assert_int_equal(client_post(&who, path, "").status / 100, 3);
    testapp_read(app, files_of_steps, &count);
    assert_int_equal(count, 0);
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_files, close_app)
int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_step_takes_files_like_an_application),
        PROMISE(sent_back_a_step_keeps_the_files_of_its_earlier_round),
        PROMISE(each_of_several_signers_gives_files_of_their_own),
        PROMISE(the_applicant_gives_files_at_a_step_of_theirs),
        PROMISE(what_nothing_filled_in_names_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
