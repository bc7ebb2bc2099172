#include "modules/exchange/exchange_internal.h"
#include "modules/orgs/orgs.h"

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ENTRY                                                                                                \
    "code=301001%2F000777&name=%E7%83%9F%E8%8D%89%E8%AE%B8%E5%8F%AF&class=department&format=database&"       \
    "sharing=conditional&reason=by%20case&open=no&cycle=daily&level=3&items=number%7Cnumber%7CC(20)%7C"      \
    "conditional"

static struct client officer(struct testapp *t, const char *login)
{
    struct client c = client_new(t);
    client_as_officer(&c, login);
    return c;
}

static const struct json *list_of(struct client *c, const char *query)
{
    struct answer a = client_getf(c, "/office/exchange%s", query);
    assert_int_equal(a.status, 200);
    return json_get(client_json(c, a), "entries");
}

static int64_t drafted(struct client *steward)
{
    struct answer a = client_post(steward, "/office/exchange/new", ENTRY);
    if (a.status / 100 != 2) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    const struct json *rows = list_of(steward, "?f=all&q=301001%2F000777");
    assert_int_equal(rows->count, 1);
    return json_i64_of(json_at(rows, 0), "id", 0);
}

static int act(struct client *c, int64_t id, const char *what)
{
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/%s", (long long)id, what);
    return client_post(c, path, "").status;
}

static const char *state(struct client *c, int64_t id)
{
    const struct json *doc = client_json(c, client_getf(c, "/office/exchange/entries/%lld", (long long)id));
    return str_z(c->app->arena, json_text_of(doc, "state"));
}

static void an_entry_is_published_by_somebody_who_did_not_hand_it_in(void **unused)
{
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data"), manager = officer(t, "data1");
    int64_t id = drafted(&steward);
    assert_int_equal(act(&manager, id, "agree"), 409); /* nobody handed it in */
    assert_int_equal(act(&steward, id, "submit"), 200);
    assert_int_equal(act(&steward, id, "agree"), 403);
    assert_int_equal(act(&manager, id, "agree"), 200);
    assert_string_equal(state(&steward, id), "published");
    assert_int_equal(act(&manager, id, "agree"), 409);
    testapp_close(t);
    (void)unused;
}

struct both {
    int64_t id;
    bool refused;
};

/* One account that may do both. */
static bool agree_with_oneself(struct ctx *c)
{
    struct both *b = ctx_arg(c);
    struct data_entry e;
    struct err wrong = {0}, *own = c->err;
    c->actor.account = 77;
    if (!entry_load(c, b->id, &e) || !entry_submit(c, &e)) return false;
    c->err = &wrong;
    b->refused = !entry_agree(c, &e) && strcmp(wrong.code, "exchange.four_eyes") == 0;
    c->err = own;
    return true;
}

static void nobody_publishes_what_they_handed_in(void **unused)
{
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data");
    struct both b = {drafted(&steward), false};
    testapp_write(t, agree_with_oneself, &b);
    assert_true(b.refused);
    testapp_close(t);
    (void)unused;
}

static void every_version_stays_and_the_published_one_holds_until_the_next(void **unused)
{
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data"), manager = officer(t, "data1");
    int64_t id = drafted(&steward);
    char path[120];
    act(&steward, id, "submit");
    act(&manager, id, "agree");
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/edit", (long long)id);
    assert_int_equal(client_get(&steward, path).status, 200);
    assert_int_equal(client_post(&steward, path, ENTRY "%0Aname%7Cname%7CC(100)%7Cconditional").status, 200);
    struct client other = officer(t, "market.data");
    const struct json *doc =
        client_json(&other, client_getf(&other, "/office/exchange/entries/%lld", (long long)id));
    assert_int_equal(json_get(doc, "items")->count, 1); /* a draft is nobody else's */
    assert_int_equal(act(&steward, id, "submit"), 200);
    assert_int_equal(client_post(&steward, path, ENTRY).status, 409); /* it waits: no change */
    assert_int_equal(act(&manager, id, "agree"), 200);
    doc = client_json(&other, client_getf(&other, "/office/exchange/entries/%lld", (long long)id));
    assert_int_equal(json_get(doc, "items")->count, 2);
    assert_int_equal(json_get(doc, "versions")->count, 2);
    testapp_close(t);
    (void)unused;
}

static void withdrawing_takes_two_as_well(void **unused)
{
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data"), manager = officer(t, "data1");
    int64_t id = drafted(&steward);
    act(&steward, id, "submit");
    act(&manager, id, "agree");
    assert_int_equal(act(&steward, id, "withdraw"), 200);
    assert_string_equal(state(&steward, id), "published");
    assert_int_equal(act(&manager, id, "return"), 200);
    assert_int_equal(act(&steward, id, "withdraw"), 200);
    assert_int_equal(act(&manager, id, "agree"), 200);
    assert_string_equal(state(&steward, id), "withdrawn");
    assert_int_equal(list_of(&steward, "?q=301001%2F000777")->count, 0);
    assert_int_equal(list_of(&steward, "?f=withdrawn&q=301001%2F000777")->count, 1);
    testapp_close(t);
    (void)unused;
}

static void only_the_department_that_provides_data_describes_it(void **unused)
{
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data"), other = officer(t, "market.data"),
                  reviewer = officer(t, "tobacco.review");
    int64_t id = drafted(&steward);
    assert_int_equal(client_getf(&other, "/office/exchange/entries/%lld", (long long)id).status, 404);
    assert_int_equal(act(&other, id, "submit"), 404);
    assert_int_equal(list_of(&other, "?f=all&q=301001%2F000777")->count, 0);
    assert_int_equal(client_get(&reviewer, "/office/exchange").status, 403);
    struct answer a = client_get(&other, "/office/exchange?q=%E4%BA%BA%E5%8F%A3");
    int64_t population = json_i64_of(json_at(json_get(client_json(&other, a), "entries"), 0), "id", 0);
    assert_true(population > 0);
    assert_int_equal(act(&other, population, "withdraw"), 403);
    testapp_close(t);
    (void)unused;
}

static void what_is_not_shared_says_by_which_law(void **unused)
{
    static const char *const wrong[][2] = {{"sharing=none&reason=", "reason"},
                                           {"sharing=conditional&reason=", "reason"},
                                           {"sharing=free&items=x", "items"},
                                           {"sharing=free&code=12%2F3", "code"},
                                           {"sharing=free&register=none", "register"}};
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char form[600];
        snprintf(form, sizeof form, "%s&%s%s&name=n&class=base&format=api&open=no&cycle=daily&level=1",
                 wrong[i][0], strstr(wrong[i][0], "code=") ? "" : "code=301001%2F000778&",
                 strstr(wrong[i][0], "items=") ? "" : "items=a%7Cb%7CC(1)%7Cfree");
        struct answer a = client_post(&steward, "/office/exchange/new", form);
        assert_int_equal(a.status, 422);
        const struct json *fields = json_path(client_json(&steward, a), "error.fields");
        assert_true(str_eq_c(json_text_of(json_at(fields, 0), "field"), wrong[i][1]));
    }
    testapp_close(t);
    (void)unused;
}

static void a_register_answers_for_one_entry_alone(void **unused)
{
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data"), manager = officer(t, "data1");
    assert_int_equal(client_post(&steward, "/office/exchange/new", ENTRY "&register=population").status, 200);
    int64_t id = json_i64_of(json_at(list_of(&steward, "?f=all&q=301001%2F000777"), 0), "id", 0);
    act(&steward, id, "submit");
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/agree", (long long)id);
    struct answer a = client_post(&manager, path, "");
    assert_int_equal(a.status, 409);
    assert_true(
        str_eq_c(json_text(json_path(client_json(&manager, a), "error.code")), "exchange.one_source"));
    testapp_close(t);
    (void)unused;
}

static void the_shipped_catalogue_names_provider_and_register(void **unused)
{
    static const char *const words[] = {"%E4%BA%BA%E5%8F%A3%E5%9F%BA%E7%A1%80",
                                        "%E5%A9%9A%E5%A7%BB",
                                        "%E4%B8%8D%E5%8A%A8%E4%BA%A7",
                                        "%E5%AD%A6%E5%8E%86",
                                        "%E4%BF%A1%E7%94%A8",
                                        "%E8%A1%8C%E6%94%BF%E5%8C%BA%E5%88%92"};
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data");
    assert_int_equal(list_of(&steward, "")->count, 15);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char query[100];
        snprintf(query, sizeof query, "?q=%s", words[i]);
        const struct json *rows = list_of(&steward, query);
        assert_int_equal(rows->count, 1);
        assert_true(json_text_of(json_at(rows, 0), "department").len > 0);
    }
    assert_int_equal(list_of(&steward, "?sharing=free")->count, 2);
    struct client manager = officer(t, "data1");
    manager.json = false;
    const struct json *first = json_at(list_of(&steward, "?q=%E4%BA%BA%E5%8F%A3"), 0);
    struct answer page = client_get(&manager, str_z(t->arena, json_text_of(first, "href")));
    assert_int_equal(page.status, 200);
    assert_true(answer_has(page, "示范区公安局"));
    testapp_close(t);
    (void)unused;
}

struct import {
    const char *summary, *of_register;
    struct arena *arena;
    const struct json *report;
};

/* Four entries of the tobacco department, as a file has them. */
static bool import_four(struct ctx *c)
{
    struct import *im = ctx_arg(c);
    struct json *file = json_object(c->arena), *entries = json_set_array(c->arena, file, "entries"), *item;
    for (int i = 0; i < 4; i++) {
        static const char *const texts[][2] = {
            {"unit", "tobacco"},    {"name", "烟草许可"}, {"class", "department"},
            {"format", "database"}, {"sharing", "free"},  {"reason", ""},
            {"open", "no"},         {"cycle", "daily"},   {"en", "Tobacco permit"}};
        struct json *e = json_add_object(c->arena, entries);
        json_set_str(c->arena, e, "code", str_fmt(c->arena, "301001/00080%d", i));
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
            json_set_c(c->arena, e, texts[k][0], texts[k][1]);
        json_set_c(c->arena, e, "summary", im->summary);
        json_set_i64(c->arena, e, "level", 2);
        if (im->of_register) json_set_c(c->arena, e, "register", im->of_register);
        item = json_add_object(c->arena, json_set_array(c->arena, e, "items"));
        json_set_c(c->arena, item, "id", "number");
        json_set_c(c->arena, item, "name", "编号");
        json_set_c(c->arena, item, "type", "C(32)");
        json_set_c(c->arena, item, "sharing", "free");
    }
    struct json *report = json_object(c->arena);
    if (!exchange_import(c, file, report)) return false;
    im->report = json_copy(im->arena, report);
    return true;
}

static void importing_again_leaves_the_work_of_officers_as_it_is(void **unused)
{
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data"), manager = officer(t, "data1");
    struct import im = {.summary = "first", .arena = t->arena};
    testapp_write(t, import_four, &im);
    assert_int_equal(json_i64_of(im.report, "new", 0), 4);
    const struct json *rows = list_of(&steward, "?q=301001%2F00080");
    assert_int_equal(rows->count, 4);
    int64_t ids[4];
    for (size_t i = 0; i < 4; i++)
        ids[i] = json_i64_of(json_at(rows, i), "id", 0);
    for (int i = 0; i < 2; i++) { /* both drafted, the first one published as well */
        char path[120], form[400];
        snprintf(path, sizeof path, "/office/exchange/entries/%lld/edit", (long long)ids[i]);
        snprintf(form, sizeof form,
                 "code=301001%%2F00080%d&name=mine&class=department&format=database&sharing=free&open=no&"
                 "cycle=daily&level=3&items=number%%7Cnumber%%7CC(20)%%7Cfree",
                 i);
        assert_int_equal(client_post(&steward, path, form).status, 200);
    }
    assert_int_equal(act(&steward, ids[0], "submit"), 200);
    assert_int_equal(act(&manager, ids[0], "agree"), 200);
    assert_int_equal(act(&steward, ids[2], "withdraw"), 200);
    assert_int_equal(act(&manager, ids[2], "agree"), 200);

    im.summary = "second";
    testapp_write(t, import_four, &im);
    assert_int_equal(json_i64_of(im.report, "kept", 0), 3);
    assert_int_equal(json_i64_of(im.report, "changed", 0), 1);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(json_i64_of(json_at(json_get(im.report, "kept_lines"), i), "line", 0), i + 1);
    im.of_register = "population"; /* has its entry: one line is refused, and the others are read */
    testapp_write(t, import_four, &im);
    assert_int_equal(json_i64_of(im.report, "read", 0), 4);
    assert_int_equal(json_i64_of(im.report, "refused", 0), 1);
    assert_string_equal(state(&steward, ids[0]), "published");
    assert_string_equal(state(&steward, ids[2]), "withdrawn");
    assert_int_equal(list_of(&steward, "?f=all&q=mine")->count, 1);
    assert_int_equal(act(&steward, ids[1], "submit"), 200); /* the draft is still there */
    testapp_close(t);
    (void)unused;
}

static bool make(struct ctx *c)
{
    const struct exchange_made m = {1, 100, 10};
    return exchange_make(c, &m);
}

static const struct json *entry_page(struct client *c, int64_t id, const char *more)
{
    struct answer a = client_getf(c, "/office/exchange/entries/%lld%s", (long long)id, more);
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    return client_json(c, a);
}

#define MORE                                                                                                 \
    "&domain=trade&format_type=PostgreSQL&licence=1&contact=028-1234&system=licensing&network=government&"   \
    "mode=copy&scene=supervision&services=BI-0001,%20BI-0002%EF%BC%8CBI-0003&related=101001%2F000001,"       \
    "999001%2F000009"

static void an_entry_tells_the_core_metadata_of_the_guideline(void **unused)
{
    static const char *const members[][2] = {{"code", "301001/000777"},
                                             {"class", "department"},
                                             {"format", "database"},
                                             {"sharing", "conditional"},
                                             {"format_type", "PostgreSQL"},
                                             {"contact", "028-1234"},
                                             {"domain", "trade"},
                                             {"network", "government"},
                                             {"system", "licensing"},
                                             {"mode", "copy"},
                                             {"scene", "supervision"},
                                             {"services", "BI-0001,BI-0002,BI-0003"},
                                             {"open", "no"},
                                             {"cycle", "daily"},
                                             {"related", "101001/000001,999001/000009"}};
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data"), manager = officer(t, "data1");
    assert_int_equal(client_post(&steward, "/office/exchange/new", ENTRY MORE).status, 200);
    int64_t id = json_i64_of(json_at(list_of(&steward, "?f=all&q=301001%2F000777"), 0), "id", 0);
    act(&steward, id, "submit");
    act(&manager, id, "agree");
    const struct json *page = entry_page(&steward, id, ""), *entry = json_get(page, "entry");
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (!str_eq_c(json_text_of(entry, members[i][0]), members[i][1])) fail_msg("%s", members[i][0]);
    assert_true(json_true_of(entry, "licence"));
    assert_int_equal(json_text_of(entry, "provider_code").len, 18);
    assert_true(str_eq_c(json_text_of(page, "published"), "2026-11-23"));
    const struct json *related = json_get(page, "related");
    assert_true(str_starts(json_text_of(json_at(related, 0), "href"), STR("/office/exchange/entries/")));
    assert_true(json_is(json_get(json_at(related, 1), "href"), JSON_NULL)); /* of another place */
    assert_int_equal(list_of(&steward, "?class=department&q=301001")->count, 1);
    assert_int_equal(list_of(&steward, "?class=base&q=301001")->count, 0);
    assert_int_equal(list_of(&steward, "?class=base")->count, 6);
    assert_int_equal(list_of(&steward, "?open=conditional")->count, 2);
    assert_int_equal(list_of(&steward, "?open=free&class=theme")->count, 0);
    testapp_close(t);
    (void)unused;
}

static void what_is_open_on_terms_or_kept_back_says_why(void **unused)
{
    static const char *const wrong[][2] = {{"&sharing=none&reason=law", "refusal"},
                                           {"&sharing=free&open=conditional", "open_condition"},
                                           {"&sharing=free&related=12%2F3", "related"},
                                           {"&sharing=free&related=name", "related"}};
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char form[400];
        snprintf(
            form, sizeof form,
            "code=301001%%2F000778&name=n&class=base&format=api&cycle=daily&level=1&items=a%%7Cb%%7CC(1)%%"
            "7Cfree%s%s",
            wrong[i][0], strstr(wrong[i][0], "open=") ? "" : "&open=no");
        struct answer a = client_post(&steward, "/office/exchange/new", form);
        assert_int_equal(a.status, 422);
        const struct json *fields = json_path(client_json(&steward, a), "error.fields");
        assert_true(str_eq_c(json_text_of(json_at(fields, 0), "field"), wrong[i][1]));
    }
    testapp_close(t);
    (void)unused;
}

static void an_old_version_can_be_read_with_what_changed(void **unused)
{
    struct testapp *t = testapp_open(true);
    struct client steward = officer(t, "tobacco.data"), manager = officer(t, "data1"),
                  other = officer(t, "market.data");
    int64_t id = drafted(&steward);
    char path[120];
    assert_int_equal(client_getf(&steward, "/office/exchange/entries/%lld/versions/1", (long long)id).status,
                     404); /* not yet published */
    act(&steward, id, "submit");
    act(&manager, id, "agree");
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/edit", (long long)id);
    assert_int_equal(client_post(&steward, path,
                                 "code=301001%2F000777&name=Permits&class=department&format=database&"
                                 "sharing=conditional&reason=by%20case&open=no&cycle=weekly&level=3&"
                                 "items=name%7Cname%7CC(100)%7Cfree")
                         .status,
                     200);
    const struct json *changes = json_get(entry_page(&steward, id, ""), "changes");
    assert_int_equal(changes->count, 4); /* name, cycle, an item gone, an item new */
    act(&steward, id, "submit");
    act(&manager, id, "agree");
    const struct json *second = entry_page(&other, id, "/versions/2"),
                      *first = entry_page(&other, id, "/versions/1");
    changes = json_get(second, "changes");
    assert_int_equal(changes->count, 4);
    assert_true(str_eq_c(json_text_of(json_at(changes, 0), "before"), "烟草许可"));
    assert_true(str_eq_c(json_text_of(json_at(changes, 0), "after"), "Permits"));
    assert_true(json_text_of(json_at(changes, 2), "after").len == 0); /* the item "number" */
    assert_true(json_text_of(json_at(changes, 3), "before").len == 0);
    assert_true(str_eq_c(json_text(json_path(first, "entry.name")), "烟草许可"));
    assert_int_equal(json_get(first, "changes")->count, 0);
    assert_true(json_is(json_get(second, "next_href"), JSON_NULL));
    assert_true(str_ends(json_text_of(first, "next_href"), STR("/versions/2")));
    assert_int_equal(client_getf(&other, "/office/exchange/entries/%lld/versions/3", (long long)id).status,
                     404);
    assert_int_equal(client_getf(&other, "/office/exchange/entries/%lld/versions/x", (long long)id).status,
                     404);
    other.json = false;
    assert_true(answer_has(client_getf(&other, "/office/exchange/entries/%lld/versions/2", (long long)id),
                           "烟草许可"));
    testapp_close(t);
    (void)unused;
}

static void paging_leaves_no_entry_out(void **unused)
{
    struct testapp *t = testapp_open(true);
    testapp_write(t, make, NULL);
    testapp_write(t, make, NULL); /* once more changes nothing */
    struct client steward = officer(t, "tobacco.data");
    const char *at = "/office/exchange?f=published";
    size_t seen = 0;
    struct str last = STR_EMPTY;
    for (int pages = 0; at && pages < 10; pages++) {
        const struct json *doc = client_json(&steward, client_get(&steward, at));
        JSON_EACH(e, json_get(doc, "entries"))
        {
            assert_true(str_cmp(last, json_text_of(e, "code")) < 0);
            last = json_text_of(e, "code");
            seen++;
        }
        struct str next = json_text(json_path(doc, "pager.next"));
        at = next.len ? str_z(t->arena, str_cat(t->arena, STR("/office/exchange"), next)) : NULL;
    }
    assert_int_equal(seen, 115);
    assert_int_equal(list_of(&steward, "?q=%E6%BC%94%E7%A4%BA77")->count, 1);
    testapp_close(t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_published_by_somebody_who_did_not_hand_it_in),
        cmocka_unit_test(nobody_publishes_what_they_handed_in),
        cmocka_unit_test(every_version_stays_and_the_published_one_holds_until_the_next),
        cmocka_unit_test(withdrawing_takes_two_as_well),
        cmocka_unit_test(only_the_department_that_provides_data_describes_it),
        cmocka_unit_test(what_is_not_shared_says_by_which_law),
        cmocka_unit_test(a_register_answers_for_one_entry_alone),
        cmocka_unit_test(the_shipped_catalogue_names_provider_and_register),
        cmocka_unit_test(importing_again_leaves_the_work_of_officers_as_it_is),
        cmocka_unit_test(an_entry_tells_the_core_metadata_of_the_guideline),
        cmocka_unit_test(what_is_open_on_terms_or_kept_back_says_why),
        cmocka_unit_test(an_old_version_can_be_read_with_what_changed),
        cmocka_unit_test(paging_leaves_no_entry_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
