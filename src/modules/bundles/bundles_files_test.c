/* What a life event promises of files inside the forms of its services: each is uploaded once. */
#include "modules/bundles/bundles_own_test.h"

#define MEDICAL "%E8%AF%8A%E6%96%AD%E8%AF%81%E6%98%8E%E5%92%8C%E7%97%85%E5%8E%86%E8%B5%84%E6%96%99"

static const char FILES[] =
    "{\"code\":\"files\",\"name\":\"多件材料\",\"en\":\"Files\",\"applicant\":\"person\",\"situations\":[],"
    "\"members\":[{\"id\":\"a\",\"item\":\"FA\"},{\"id\":\"b\",\"item\":\"FB\"},{\"id\":\"m\",\"item\":\"BI-"
    "0099\"}],\"pages\":[]}";

static int open_files(void **state)
{
    static const char *const one[] = {"into=page:page-1&label=Where&en=Where&kind=text&required=1",
                                      "into=page:page-1&label=Photo&en=Photo&kind=file&required=1",
                                      "into=page:page-1&label=Goods&en=Goods&kind=group&required=1",
                                      "into=group:goods&label=Name&en=Name&kind=text&required=1",
                                      "into=group:goods&label=Picture&en=Picture&kind=file&required=1",
                                      NULL};
    static const char *const other[] = {"into=page:page-1&label=Photo&en=Photo&kind=file&required=1",
                                        "into=page:page-1&label=" MEDICAL "&en=Medical&kind=file&required=1",
                                        "into=page:page-1&label=Goods&en=Goods&kind=group&required=1",
                                        "into=group:goods&label=Name&en=Name&kind=text&required=1",
                                        "into=group:goods&label=Weight&en=Weight&kind=text&required=1",
                                        NULL};
    open_app(state);
    open_own();
    make_service("FA", "form-a", one);
    make_service("FB", "form-b", other);
    publish_bundle("files", FILES);
    return 0;
}

/* ---- what the cases of an application have ---- */

struct kept {
    int64_t bundle;
    int photo, picture, medical; /* files of the cases under those names */
    int named;                   /* of them, those that the answers of their own case name */
    struct str photo_blobs[4];
    struct str goods[3]; /* what each case is told of the group */
};

static bool look_at_cases(struct ctx *c)
{
    struct kept *k = ctx_arg(c);
    struct bundle_row *rows;
    size_t count;
    if (!bundle_store_members(c, k->bundle, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct case_work w;
        struct case_upload *list;
        size_t uploads;
        if (!case_work_load(c, rows[i].case_id, &w) ||
            !case_store_uploads(c, rows[i].case_id, &list, &uploads))
            return false;
        if (i < 3) k->goods[i] = json_to_str(app->arena, w.answers.values);
        for (size_t u = 0; u < uploads; u++) {
            struct str what = list[u].material;
            if (str_eq_c(what, "form:photo"))
                k->photo_blobs[k->photo++ % 4] = str_dup(app->arena, list[u].blob);
            k->picture += str_eq_c(what, "form:goods.picture");
            k->medical += str_eq_c(what, "medical") || str_eq_c(what, "form:medical");
            k->named += form_file_named(c, w.form, w.answers.values, list[u].id);
        }
    }
    return true;
}

static struct kept kept_of(int64_t bundle)
{
    struct kept k = {.bundle = bundle};
    testapp_read(app, look_at_cases, &k);
    return k;
}

static struct str control_like(struct client *c, struct str at, const char *label)
{
    JSON_EACH(f, json_get(client_json(c, client_get(c, str_z(app->arena, at))), "fields"))
    {
        if (str_eq_c(json_text_of(f, "label"), label)) return json_text_of(f, "name");
    }
    return STR_EMPTY;
}

static struct str send_file(struct client *c, struct str at, const char *form, const char *control)
{
    struct answer a = client_upload(c, str_z(app->arena, at), form, control, "a.png", picture());
    if (a.status / 100 != 2) fail_msg("%.*s %d %.*s", STR_ARG(at), a.status, STR_ARG(a.body));
    return json_text_of(client_json(c, a), "location");
}

/* The pages of the own services; what stands behind them. */
static struct str fill_in_own(struct client *c, struct str at)
{
    struct answer page = client_get(c, str_z(app->arena, at));
    assert_true(answer_has(page, "Photo"));
    assert_false(answer_has(page, "诊断证明和病历资料")); /* it is among the documents */
    assert_true(control_like(c, at, "Photo").len > 0);
    /* Both files, one after the other; what is not complete is kept and said. */
    send_file(c, at, "where=x&goods.rows=1&goods.0.name=bags&goods.0.weight=5&go=later", "photo");
    page = client_get(c, str_z(app->arena, at));
    struct str number = STR_EMPTY;
    JSON_EACH(f, json_get(client_json(c, page), "fields"))
    {
        if (str_eq_c(json_text_of(f, "name"), "photo")) number = json_text_of(f, "value");
    }
    assert_true(number.len > 0);
    struct answer own =
        client_getf(c, "%.*s/files/%.*s", (int)str_find(at, STR("/form")), at.ptr, STR_ARG(number));
    assert_int_equal(own.status, 200);
    return send_file(
        c, at,
        z("where=x&goods.rows=1&goods.0.name=bags&goods.0.weight=5&photo=%.*s&go=next", STR_ARG(number)),
        "goods.0.picture");
}

static int64_t filled_in(struct client *c)
{
    struct str at;
    int64_t id = begun(c, "files", "", &at);
    for (int i = 0; i < 30 && !str_ends(at, STR("/summary")); i++)
        at = str_ends(at, STR("/materials")) ? upload_each(c, at)
             : str_ends(at, STR("of_a"))     ? fill_in_own(c, at)
                                             : fill_one(c, at);
    assert_true(str_ends(at, STR("/summary")));
    return id;
}

static void a_file_of_several_forms_is_uploaded_once_and_each_has_it(void **state)
{
    (void)state;
    struct client c = person_json("13900000101");
    int64_t id = filled_in(&c);
    assert_true(answer_has(client_getf(&c, "/me/bundles/%lld/summary", (long long)id), "a.png"));
    struct answer a = send_bundle(&c, id);
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    struct kept k = kept_of(id);
    assert_int_equal(k.photo, 2);
    assert_true(str_eq(k.photo_blobs[0], k.photo_blobs[1]));
    assert_int_equal(k.picture, 1);
    assert_int_equal(k.medical, 2); /* a document of one service, inside the form of the other */
    assert_int_equal(k.named, 4);
}

static void a_group_of_several_services_asks_the_cells_of_each_and_tells_each_its_own(void **state)
{
    (void)state;
    struct client c = person_json("13900000102");
    int64_t id = filled_in(&c);
    struct answer a = send_bundle(&c, id);
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    struct kept k = kept_of(id);
    assert_true(str_find(k.goods[0], STR("bags")) != SIZE_MAX &&
                str_find(k.goods[1], STR("bags")) != SIZE_MAX);
    assert_true(str_find(k.goods[0], STR("picture")) != SIZE_MAX);
    assert_true(str_find(k.goods[1], STR("picture")) == SIZE_MAX);
    assert_true(str_find(k.goods[0], STR("weight")) == SIZE_MAX);
    assert_true(str_find(k.goods[1], STR("weight")) != SIZE_MAX);
}

static void nobody_names_a_file_of_another_application(void **state)
{
    (void)state;
    struct client one = person_json("13900000105"), two = person_json("13900000103");
    struct str at, mine;
    begun(&one, "files", "", &at);
    begun(&two, "files", "", &mine);
    while (!str_ends(at, STR("of_a")))
        at = fill_one(&one, at);
    send_file(&one, at, "where=x&goods.rows=1&goods.0.name=bags&goods.0.weight=5&go=later", "photo");
    struct str number = STR_EMPTY;
    JSON_EACH(f, json_get(client_json(&one, client_get(&one, str_z(app->arena, at))), "fields"))
    {
        if (str_eq_c(json_text_of(f, "name"), "photo")) number = json_text_of(f, "value");
    }
    assert_true(number.len > 0);
    while (!str_ends(mine, STR("of_a")))
        mine = fill_one(&two, mine);
    client_post(
        &two, str_z(app->arena, mine),
        z("where=x&goods.rows=1&goods.0.name=bags&goods.0.weight=5&photo=%.*s&go=later", STR_ARG(number)));
    JSON_EACH(f, json_get(client_json(&two, client_get(&two, str_z(app->arena, mine))), "fields"))
    {
        if (str_eq_c(json_text_of(f, "name"), "photo")) assert_int_equal(json_text_of(f, "value").len, 0);
    }
    assert_int_equal(
        client_getf(&two, "%.*s/files/%.*s", (int)str_find(mine, STR("/form")), mine.ptr, STR_ARG(number))
            .status,
        404);
}

/* Every page, with papers in place of files. */
static struct str fill_at_desk(struct client *desk, struct str at)
{
    if (str_ends(at, STR("of_a"))) {
        struct answer a = client_post(desk, str_z(app->arena, at),
                                      "where=x&goods.rows=1&goods.0.name=bags&goods.0.weight=5&photo.paper=1&"
                                      "goods.0.picture.paper=1&go=next");
        if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
        return json_text_of(client_json(desk, a), "location");
    }
    return fill_one(desk, at);
}

static bool count_papers(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM evidence WHERE act = 'bundle.paper'")) return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void a_page_that_is_only_looked_at_keeps_no_paper(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1");
    int64_t before = -1, after = -2;
    struct str at = json_text_of(
        good(&desk, "/office/desk/bundles/files", z("person=%.*s", STR_ARG(found_at_desk(&desk)))),
        "location");
    for (int i = 0; i < 12 && !str_ends(at, STR("of_a")); i++)
        at = fill_at_desk(&desk, at);
    assert_true(str_ends(at, STR("of_a")));
    testapp_read(app, count_papers, &before);
    for (int i = 0; i < 2; i++)
        assert_int_equal(client_post(&desk, str_z(app->arena, at),
                                     "where=x&goods.rows=1&goods.0.name=bags&photo.paper=1&form.row=look")
                             .status,
                         200);
    testapp_read(app, count_papers, &after);
    assert_int_equal(after, before);
}

static void paper_taken_at_the_desk_does_for_a_file_that_a_form_asks_for(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), lin = person_json("13900000101");
    struct walk w = {.c = &desk};
    struct buf paper = buf_new(app->arena, 128);
    const struct json *begun_at =
        good(&desk, "/office/desk/bundles/files", z("person=%.*s", STR_ARG(found_at_desk(&desk))));
    struct str at = json_text_of(begun_at, "location");
    int64_t id = json_i64_of(begun_at, "id", 0);
    for (int i = 0; i < 12 && str_find(at, STR("/form/")) != SIZE_MAX; i++)
        at = fill_at_desk(&desk, at);
    const char *page = z("/office/desk/bundle/%lld/materials", (long long)id);
    JSON_EACH(m, json_get(client_json(&desk, client_get(&desk, page)), "materials"))
    {
        add_pair(&w, &paper, STR("paper"), json_text_of(m, "material"));
    }
    good(&desk, page, str_z(app->arena, buf_str(&paper)));
    good(&desk, z("/office/desk/bundle/%lld/submit", (long long)id), z("once=%lld", (long long)id));
    struct kept k = kept_of(id);
    assert_int_equal(k.photo, 2);
    assert_int_equal(k.picture, 1);
    assert_int_equal(k.medical, 2);
    assert_int_equal(k.named, 4); /* three of the form, and the document that a form asks for */
    JSON_EACH(m, json_get(progress(&lin, id), "members"))
    {
        int64_t part = json_i64_of(m, "case", 0);
        struct answer a = client_getf(&lin, "/cases/%lld", (long long)part);
        assert_int_equal(a.status, 200);
        if (str_starts(json_text_of(m, "name"), STR("S-"))) assert_true(answer_has(a, "纸质材料已收"));
        a = client_getf(&desk, "/office/cases/%lld", (long long)part);
        assert_true(answer_has(a, "窗口已收纸质件（1份） · 丁安"));
    }
}

static void one_service_at_the_desk_takes_paper_for_its_form_too(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1");
    const char *form = z("person=%.*s&item=%lld&once=77&go=receive&where=x&goods.rows=1&goods.0.name=bags",
                         STR_ARG(found_at_desk(&desk)), (long long)item_of("FA"));
    assert_int_equal(client_post(&desk, "/office/desk/receive", form).status, 422);
    const struct json *doc =
        good(&desk, "/office/desk/receive", z("%s&photo.paper=1&goods.0.picture.paper=1", form));
    int64_t id = id_in(json_text_of(doc, "location"), "/office/cases/");
    struct answer a = client_getf(&desk, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(a, "Photo") && answer_has(a, "窗口已收纸质件（1份） · 丁安"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_several_forms_is_uploaded_once_and_each_has_it),
        cmocka_unit_test(a_group_of_several_services_asks_the_cells_of_each_and_tells_each_its_own),
        cmocka_unit_test(a_page_that_is_only_looked_at_keeps_no_paper),
        cmocka_unit_test(paper_taken_at_the_desk_does_for_a_file_that_a_form_asks_for),
        cmocka_unit_test(one_service_at_the_desk_takes_paper_for_its_form_too),
        cmocka_unit_test(nobody_names_a_file_of_another_application),
    };
    return cmocka_run_group_tests(tests, open_files, close_app);
}
