/* What the ways to a service promise. */
#include "app/cli.h"
#include "core/jobs/jobs.h"
#include "modules/catalogue/catalogue.h"
#include "modules/orgs/orgs.h"

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool seed(struct ctx *c)
{
    struct unit u = {.kind = STR("public-security"), .name = STR("示范区公安局"), .division = STR("780101")},
                v = {.kind = STR("tobacco"), .name = STR("示范区烟草专卖局"), .division = STR("780101")};
    struct account a = {.kind = ACTOR_OFFICER,
                        .login = STR("operator"),
                        .roles = STR("system_admin"),
                        .label = STR("operator"),
                        .active = true,
                        .level = 2},
                   b = {.kind = ACTOR_OFFICER,
                        .login = STR("clerk"),
                        .roles = STR("desk"),
                        .label = STR("clerk"),
                        .active = true,
                        .level = 2};
    return orgs_import_divisions(c, STR("780000\t示范省\t\n780100\t示范市\t780000\n780101\t示范区\t780100\n"),
                                 json_object(c->arena)) &&
           orgs_set_place(c, STR("780101")) && orgs_save_unit(c, &u) && orgs_save_unit(c, &v) &&
           account_create(c, &a, STR("none")) && account_create(c, &b, STR("none")) &&
           catalogue_import_shipped(c, TB_SOURCE_ROOT "/data", json_object(c->arena));
}

static bool fill(struct ctx *c)
{
    return catalogue_fill_demo(c);
}

static void write_ok(struct testapp *t, handler *fn)
{
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    if (!server_write(t->server, &system, fn, NULL, &e))
        fail_msg("%s %s (%s:%d)", e.code, e.detail[0] ? e.detail : e.arg, e.file, e.line);
}

static struct testapp *opened(void)
{
    struct testapp *t = testapp_open(false);
    write_ok(t, seed);
    write_ok(t, fill);
    return t;
}

static struct client browser(struct testapp *t)
{
    struct client c = client_new(t);
    c.json = false;
    return c;
}

static int64_t number(struct str text)
{
    int64_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != ',') n = n * 10 + (text.ptr[i] - '0');
    return n;
}

static void the_numbers_on_the_home_page_are_those_of_the_directory(void **state)
{
    struct testapp *t = opened();
    struct client c = client_new(t);
    (void)state;
    const struct json *home = client_json(&c, client_get(&c, "/")),
                      *directory = client_json(&c, client_get(&c, "/directory"));
    int64_t total = number(json_text_of(home, "total")), in_departments = 0;
    assert_true(total > 5);
    assert_int_equal(number(json_text_of(directory, "total")), total);
    JSON_EACH(d, json_get(home, "departments"))
    {
        const struct json *page = client_json(&c, client_get(&c, str_z(t->arena, json_text_of(d, "href"))));
        assert_int_equal(number(json_text_of(page, "total")), number(json_text_of(d, "count")));
        in_departments += number(json_text_of(d, "count"));
    }
    assert_int_equal(in_departments, total);
    JSON_EACH(theme, json_get(home, "themes_person"))
    {
        const struct json *page =
            client_json(&c, client_get(&c, str_z(t->arena, json_text_of(theme, "href"))));
        assert_int_equal(number(json_text_of(page, "total")), number(json_text_of(theme, "count")));
        assert_true(json_get(page, "items")->count > 0);
    }
    testapp_close(t);
}

static void a_list_is_paged_without_loss_or_doubles(void **state)
{
    struct testapp *t = opened();
    struct client c = client_new(t);
    const char *next = "/search";
    int64_t seen = 0, total = 0, last = 0;
    (void)state;
    while (next) {
        const struct json *page = client_json(&c, client_get(&c, next));
        total = number(json_text_of(page, "total"));
        JSON_EACH(i, json_get(page, "items"))
        {
            assert_true(json_i64_of(i, "id", 0) > last);
            last = json_i64_of(i, "id", 0);
            seen++;
        }
        struct str to = json_text(json_path(page, "pager.next"));
        next = to.len ? str_z(t->arena, to) : NULL;
    }
    assert_int_equal(seen, total);
    testapp_close(t);
}

static void words_of_people_lead_to_the_service(void **state)
{
    struct testapp *t = opened();
    struct client c = client_new(t), html = browser(t);
    (void)state;
    const struct json *doc = client_json(&c, client_get(&c, "/search/suggest?q=%E5%8A%9E%E6%8A%A4%E7%85%A7"));
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "items"), 0), "name"), "普通护照签发"));
    struct answer found = client_get(&html, "/search?q=%E5%8D%96%E7%83%9F");
    assert_true(answer_has(found, "烟草专卖零售许可证"));
    assert_true(answer_has(found, "也叫："));
    doc = client_json(&c, client_get(&c, "/search?q=%E6%8A%A4%E7%85%A7&who=organisation"));
    JSON_EACH(i, json_get(doc, "items"))
    {
        assert_false(str_eq_c(json_text_of(i, "for_whom"), "个人"));
    }
    assert_int_equal(client_get(&c, "/search?who=nobody").status, 422);
    testapp_close(t);
}

static void a_search_that_finds_nothing_names_the_desk_and_the_hotline(void **state)
{
    struct testapp *t = opened();
    struct client c = browser(t);
    (void)state;
    struct answer a = client_get(&c, "/search?q=zzzzzz");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "/departments"));
    assert_true(answer_has(a, "tel:12345"));
    assert_true(answer_has(a, "没有找到"));
    testapp_close(t);
}

static void every_page_stands_in_both_languages(void **state)
{
    static const char *const pages[] = {"/",           "/people",   "/organisations", "/departments",
                                        "/about",      "/privacy",  "/accessibility", "/elder",
                                        "/search?q=a", "/directory"};
    struct testapp *t = opened();
    struct client zh = browser(t), en = browser(t);
    en.language = "en";
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct answer a = client_get(&zh, pages[i]), b = client_get(&en, pages[i]);
        assert_int_equal(a.status, 200);
        assert_int_equal(b.status, 200);
        assert_true(answer_has(a, "lang=\"zh-CN\""));
        assert_true(answer_has(b, "<html lang=\"en\""));
        assert_true(answer_has(a, "示范省"));
    }
    testapp_close(t);
}

static void a_wrong_address_says_so_in_words_and_leads_on(void **state)
{
    struct testapp *t = opened();
    struct client c = browser(t);
    (void)state;
    struct answer a = client_get(&c, "/themes/person/nothing");
    assert_int_equal(a.status, 404);
    assert_true(answer_has(a, "没有找到"));
    assert_true(answer_has(a, "href=\"/\""));
    assert_int_equal(client_get(&c, "/departments/77").status, 404);
    a = client_get(&c, "/help");
    assert_int_equal(a.status, 303);
    assert_true(str_eq_c(a.location, "/elder"));
    testapp_close(t);
}

/* A second place with one service of its own. */
static bool add_neighbour(struct ctx *c)
{
    struct json *report = json_object(c->arena);
    json_set_c(c->arena, report, "division", "780102");
    return orgs_import_divisions(c, STR("780102\t柳溪县\t780100\n"), json_object(c->arena)) &&
           catalogue_import_items(c,
                                  STR("item_code\ttask_type\tdept\tdept_code\tmain_item\tname\n"
                                      "LX-1\t1\t柳溪县公安局\t1\t\t护照换发补发\n"),
                                  report);
}

static int64_t total_of(struct client *c, const char *path)
{
    return number(json_text_of(client_json(c, client_get(c, path)), "total"));
}

static void a_chosen_place_shows_its_own_services_and_all_come_back(void **)
{
    struct testapp *t = opened();
    struct client c = client_new(t), other = client_new(t);
    write_ok(t, add_neighbour);
    int64_t all = total_of(&c, "/directory"), home = total_of(&c, "/");
    assert_int_equal(all, home);
    assert_true(all > 20);
    assert_int_equal(total_of(&c, "/?place=780102"), 1); /* from here on by its cookie */
    assert_int_equal(total_of(&c, "/directory"), 1);
    assert_int_equal(total_of(&c, "/search?q=%E6%8A%A4%E7%85%A7"), 1);
    c.json = other.json = false;
    c.language = other.language = "en";
    assert_true(answer_has(client_get(&c, "/search?q=%E6%8A%A4%E7%85%A7"), "</span> service found<"));
    assert_true(answer_has(client_get(&other, "/search?q=%E5%8A%9E"), "</span> services found<"));
    c.json = other.json = true;
    c.language = other.language = "zh-CN";
    const struct json *departments = client_json(&c, client_get(&c, "/departments"));
    assert_int_equal(json_get(departments, "departments")->count, 1);
    const struct json *themes = json_get(client_json(&c, client_get(&c, "/people")), "themes");
    JSON_EACH(theme, themes)
    {
        assert_true(str_eq_c(json_text_of(theme, "count"), "1"));
    }
    assert_int_equal(total_of(&c, "/?place=780101"), all - 1);
    assert_int_equal(total_of(&c, "/?place=780100"), all); /* the city has both counties */
    assert_int_equal(total_of(&c, "/?place=999999"), all); /* no such place: no choice */
    assert_int_equal(total_of(&c, "/?place=780102"), 1);
    assert_int_equal(total_of(&c, "/?place=all"), all);
    assert_int_equal(total_of(&c, "/directory"), all);
    assert_int_equal(total_of(&other, "/directory"), all);
    testapp_close(t);
}

static void an_officers_lists_do_not_follow_a_visitors_choice(void **)
{
    struct testapp *t = opened();
    struct client c = client_new(t);
    write_ok(t, add_neighbour);
    int64_t all = total_of(&c, "/directory");
    assert_int_equal(total_of(&c, "/?place=780102"), 1);
    client_as_officer(&c, "clerk");
    assert_int_equal(total_of(&c, "/directory"), all);
    testapp_close(t);
}

static void jobs_are_the_operators_business(void **state)
{
    struct testapp *t = opened();
    struct client operator= browser(t), clerk = browser(t);
    (void)state;
    client_as_officer(&operator, "operator");
    client_as_officer(&clerk, "clerk");
    assert_int_equal(client_get(&operator, "/office/jobs").status, 200);
    assert_int_equal(client_get(&clerk, "/office/jobs").status, 403);
    assert_int_equal(client_post(&operator, "/office/jobs/5/retry", "").status, 404);
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_numbers_on_the_home_page_are_those_of_the_directory),
        cmocka_unit_test(a_list_is_paged_without_loss_or_doubles),
        cmocka_unit_test(words_of_people_lead_to_the_service),
        cmocka_unit_test(a_search_that_finds_nothing_names_the_desk_and_the_hotline),
        cmocka_unit_test(every_page_stands_in_both_languages),
        cmocka_unit_test(a_wrong_address_says_so_in_words_and_leads_on),
        cmocka_unit_test(a_chosen_place_shows_its_own_services_and_all_come_back),
        cmocka_unit_test(an_officers_lists_do_not_follow_a_visitors_choice),
        cmocka_unit_test(jobs_are_the_operators_business),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
