/* What the desk takes of documents: scans, papers kept, originals seen. */
#include "app/cli.h"
#include "core/crypto/keyring.h"
#include "modules/cases/cases_app_test.h"
#include "modules/cases/cases_internal.h"

static int64_t once = 100;

static struct client desk(void)
{
    struct client c = client_new(app);
    client_as_officer(&c, "desk1");
    return c;
}

static int64_t item_id(struct client *c)
{
    const struct json *doc = client_json(c, client_get(c, "/search/suggest?q=%E5%8A%9E%E6%8A%A4%E7%85%A7"));
    struct str href = json_text_of(json_at(json_get(doc, "items"), 0), "href");
    int64_t id = 0;
    assert_true(str_to_i64(str_slice(href, strlen("/items/"), href.len), &id));
    return id;
}

/* 林晓禾 of the demonstration. */
static int64_t person_id(struct client *c)
{
    int64_t id = 0;
    struct str where = json_text_of(client_json(c, client_post(c, "/office/desk",
                                                               "id_number=78010119940318002X&purpose=apply&"
                                                               "name=%E6%9E%97%E6%99%93%E7%A6%BE")),
                                    "location");
    size_t at = str_find(where, STR("person="));
    assert_true(at != SIZE_MAX && str_to_i64(str_slice(where, at + 7, where.len), &id));
    return id;
}

/* A passport; `more` says what lies on the desk. */
static const char *form_with(struct client *c, const char *more)
{
    static char form[1024];
    snprintf(form, sizeof form,
             "person=%lld&item=%lld&once=%lld&go=accept&kind=first&who=self&official=no&purpose=travel&"
             "delivery=pickup&declaration=1&birth_place=Demo&pinyin=LIN+XIAOHE&mobile=13900000101%s",
             (long long)person_id(c), (long long)item_id(c), (long long)++once, more);
    return form;
}

static int64_t id_of(struct client *c, struct answer a)
{
    int64_t id = 0;
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    struct str where = json_text_of(client_json(c, a), "location");
    str_cut(str_slice(where, strlen("/office/cases/"), where.len), '/', &where);
    assert_true(str_to_i64(where, &id));
    return id;
}

static const struct json *photo_of(struct client *c, int64_t id)
{
    const struct json *doc = client_json(c, client_getf(c, "/office/cases/%lld", (long long)id));
    JSON_EACH(m, json_get(doc, "materials"))
    {
        if (str_find(json_text_of(m, "name"), STR("照")) != SIZE_MAX) return m;
    }
    fail_msg("no photo in the case");
    return NULL;
}

/* ---- promises ---- */

static void a_scan_taken_at_the_desk_stands_in_the_case_and_on_the_receipt(void **state)
{
    struct client c = desk();
    (void)state;
    struct answer a = client_upload(&c, "/office/desk/receive", form_with(&c, ""), "material:photo",
                                    "../scan 1.png", picture());
    int64_t id = id_of(&c, a);
    const struct json *m = photo_of(&c, id);
    assert_true(str_find(json_text_of(m, "text"), STR("scan 1.png")) != SIZE_MAX);
    struct answer file = client_get(&c, str_z(app->arena, json_text_of(m, "href")));
    assert_int_equal(file.status, 200);
    assert_true(str_eq_c(file.type, "image/png"));
    const struct json *receipt =
        client_json(&c, client_getf(&c, "/office/cases/%lld/receipt", (long long)id));
    bool found = false;
    JSON_EACH(row, json_get(receipt, "materials"))
    {
        found = found || str_eq_c(json_text_of(row, "how"), "电子");
    }
    assert_true(found);
}

static void what_is_no_scan_is_refused_and_no_case_is_made(void **state)
{
    struct client c = desk();
    (void)state;
    const char *form = form_with(&c, "");
    c.json = false;
    struct answer a = client_upload(&c, "/office/desk/receive", form, "material:photo", "scan.png",
                                    STR("#!/bin/sh\nexit 0\n"));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "请重新选择扫描件") && answer_has(a, "LIN XIAOHE"));
    a = client_upload(&c, "/office/desk/receive", form, "material:nothing", "scan.png", picture());
    assert_int_equal(a.status, 404);
    /* The same number of the form: nothing was made before. */
    c.json = true;
    assert_true(id_of(&c, client_upload(&c, "/office/desk/receive", form, "material:photo", "scan.png",
                                        picture())) > 0);
}

static void an_original_seen_and_a_paper_kept_are_told_apart_with_their_number(void **state)
{
    struct client c = desk();
    (void)state;
    int64_t seen =
                id_of(&c, client_post(&c, "/office/desk/receive", form_with(&c, "&m-photo=seen&n-photo=2"))),
            kept =
                id_of(&c, client_post(&c, "/office/desk/receive", form_with(&c, "&m-photo=has&n-photo=3")));
    assert_true(
        str_starts(json_text_of(photo_of(&c, seen), "text"), STR("窗口已核原件并退还（2份） · 丁安 · ")));
    assert_true(str_starts(json_text_of(photo_of(&c, kept), "text"), STR("窗口已收纸质件（3份） · 丁安 · ")));
    assert_true(
        answer_has(client_getf(&c, "/office/cases/%lld/receipt", (long long)kept), "\"copies\":\"3\""));
    assert_true(answer_has(client_getf(&c, "/office/cases/%lld/receipt", (long long)seen), "核验原件"));
}

static void a_number_of_copies_is_a_number(void **state)
{
    static const char *const wrong[] = {"0", "100", "-1", "x", "1.5"};
    struct client c = desk();
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char more[64];
        snprintf(more, sizeof more, "&m-photo=has&n-photo=%s", wrong[i]);
        assert_int_equal(client_post(&c, "/office/desk/receive", form_with(&c, more)).status, 422);
    }
}

static void what_is_neither_scanned_nor_seen_is_missing(void **state)
{
    struct client c = desk();
    (void)state;
    assert_int_equal(client_post(&c, "/office/desk/receive", form_with(&c, "")).status, 422);
    assert_int_equal(client_post(&c, "/office/desk/receive", form_with(&c, "&m-photo=missing")).status, 422);
}

static void the_desk_comes_from_a_guide_to_the_form_of_its_service(void **state)
{
    struct client c = officer("desk1");
    char wanted[80];
    (void)state;
    int64_t item = item_id(&c), person = person_id(&c);
    const struct json *guide = client_json(&c, client_getf(&c, "/items/%lld", (long long)item));
    assert_true(json_is(json_get(guide, "apply"), JSON_NULL));
    const char *href = str_z(app->arena, json_text_of(guide, "desk_href"));
    const struct json *desk = client_json(&c, client_get(&c, href));
    assert_int_equal(json_get(desk, "items")->count > 0, true);
    struct answer a =
        client_post(&c, "/office/desk",
                    str_z(app->arena, str_fmt(app->arena,
                                              "id_number=78010119940318002X&purpose=apply&item=%lld&"
                                              "name=%%E6%%9E%%97%%E6%%99%%93%%E7%%A6%%BE",
                                              (long long)item)));
    snprintf(wanted, sizeof wanted, "/office/desk/receive?person=%lld&item=%lld", (long long)person,
             (long long)item);
    assert_true(str_eq_c(json_text_of(client_json(&c, a), "location"), wanted));
    const struct json *event = client_json(&c, client_get(&c, "/bundles/restaurant"));
    assert_true(json_is(json_get(event, "apply"), JSON_NULL));
    assert_true(str_starts(json_text_of(event, "desk_href"), STR("/office/desk?q=")));
}

static bool count_rows(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT (SELECT COUNT(*) FROM exchange_call) * 1000 + (SELECT COUNT(*) FROM case_file)"))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static const struct json *field_of(const struct json *page, const char *name)
{
    JSON_EACH(f, json_get(page, "fields"))
    {
        if (str_eq_c(json_text_of(f, "name"), name)) return f;
    }
    return NULL;
}

static struct str encoded(struct str text)
{
    struct buf b = buf_new(app->arena, text.len + 64);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '+' || text.ptr[i] == '/' || text.ptr[i] == '=')
            buf_fmt(&b, "%%%02X", text.ptr[i]);
        else
            buf_add_char(&b, text.ptr[i]);
    return buf_str(&b);
}

/* Loss of a passport that is to be posted: two more questions. What the page asks registers it asks once. */
static void questions_come_and_go_at_the_desk_while_it_is_filled_in(void **state)
{
    struct client c = desk();
    int64_t before = 0, after = 0;
    (void)state;
    c.json = true;
    long long person = person_id(&c), item = item_id(&c);
    const struct json *page =
        client_json(&c, client_getf(&c, "/office/desk/receive?person=%lld&item=%lld", person, item));
    struct str decides = json_text_of(page, "decides"),
               known = json_text_of(field_of(page, "known"), "value");
    assert_true(str_find(decides, STR("delivery")) != SIZE_MAX && str_find(decides, STR("kind")) != SIZE_MAX);
    assert_null(field_of(page, "delivery_address"));
    assert_null(field_of(page, "lost_statement"));
    assert_true(known.len > 0);
    assert_true(str_find(known, STR("78010119940318002X")) == SIZE_MAX);
    testapp_read(app, count_rows, &before);
    struct str body = str_fmt(
        app->arena, "form.row=look&person=%lld&item=%lld&once=%.*s&delivery=deliver&kind=lost&known=%.*s",
        person, item, STR_ARG(json_text_of(page, "once")), STR_ARG(encoded(known)));
    struct answer a = client_post(&c, "/office/desk/receive", str_z(app->arena, body));
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    const struct json *now = client_json(&c, a);
    assert_non_null(field_of(now, "lost_statement"));
    assert_non_null(field_of(now, "delivery_address"));
    assert_true(json_text_of(field_of(now, "delivery_address"), "value").len > 0); /* the register's */
    testapp_read(app, count_rows, &after);
    assert_int_equal(before, after); /* no register was asked, no case begun */
    /* Who has no scripts is asked when the form comes back. */
    a = client_post(
        &c, "/office/desk/receive",
        str_z(app->arena,
              str_fmt(app->arena, "person=%lld&item=%lld&once=%.*s&go=accept&delivery=deliver&kind=lost",
                      person, item, STR_ARG(json_text_of(page, "once")))));
    assert_int_equal(a.status, 422);
    assert_int_equal(client_post(&c, "/office/desk/receive",
                                 str_z(app->arena, str_fmt(app->arena, "person=%lld&item=%lld&once=%lld",
                                                           person, item, (long long)++once)))
                         .status,
                     422); /* nothing was chosen to be done */
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(the_desk_comes_from_a_guide_to_the_form_of_its_service),
        PROMISE(questions_come_and_go_at_the_desk_while_it_is_filled_in),
        PROMISE(a_scan_taken_at_the_desk_stands_in_the_case_and_on_the_receipt),
        PROMISE(what_is_no_scan_is_refused_and_no_case_is_made),
        PROMISE(an_original_seen_and_a_paper_kept_are_told_apart_with_their_number),
        PROMISE(a_number_of_copies_is_a_number),
        PROMISE(what_is_neither_scanned_nor_seen_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
