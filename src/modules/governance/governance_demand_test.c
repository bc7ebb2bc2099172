/* Demands: stated, matched with the catalogue, confirmed by the provider or found not to exist, used, rated.
 */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"
#include "modules/governance/governance_demand.h"

static char path[200], form[300];

static const char *stated(struct world *w, const char *name)
{
    snprintf(form, sizeof form, "name=%s&service=licence&basis=the+law&cycle=realtime", name);
    exchange_ok(&w->steward, client_post(&w->steward, "/office/exchange/demands-new", form));
    const struct json *list = json_get(
        exchange_ok(&w->steward, client_get(&w->steward, "/office/exchange/demands?f=own")), "demands");
    return str_z(w->t->arena, json_text_of(json_at(list, 0), "href"));
}

static int act(struct client *c, const char *href, const char *name, const char *with)
{
    snprintf(path, sizeof path, "%s/%s", href, name);
    return client_post(c, path, with).status;
}

static int64_t stage(struct client *c, const char *href)
{
    int64_t n = 0;
    JSON_EACH(s, json_get(exchange_ok(c, client_get(c, href)), "stages"))
    {
        if (json_true_of(s, "done")) n = json_i64_of(s, "n", 0);
    }
    return n;
}

static bool fold(struct ctx *c)
{
    struct db_rows r;
    int64_t today = date_of(c->now);
    /* What the counting of calls leaves, which is tested where it lives. */
    return db_query(
               &c->tx, &r,
               "SELECT k.resource, k.unit, k.system FROM exchange_call k WHERE k.result = 'ok' LIMIT 1") &&
           db_exec(&c->tx,
                   "INSERT INTO watch_day (at, unit, provider, resource, system, result, calls) VALUES ($1, "
                   "$2, 1, $3, "
                   "$4, 'ok', 1)",
                   DB_I(today), DB_I(db_int(&r, 0, 1)), DB_I(db_int(&r, 0, 0)), DB_I(db_int(&r, 0, 2)));
}

static void a_demand_finds_its_source_and_is_used_and_rated(void **unused)
{
    struct world w = exchange_world();
    const char *href =
        stated(&w, "%E4%BA%BA%E5%8F%A3%E5%9F%BA%E7%A1%80%E4%BF%A1%E6%81%AF"); /* 人口基础信息 */
    struct answer page = client_get(&w.steward, href);
    assert_true(answer_has(page, "人口基础信息核验"));
    assert_int_equal(stage(&w.steward, href), 1);
    snprintf(form, sizeof form, "entry=%lld", (long long)w.entry);
    assert_int_equal(act(&w.other, href, "propose", form), 403);
    assert_int_equal(act(&w.steward, href, "propose", "entry=0"), 422);
    assert_int_equal(act(&w.steward, href, "propose", form), 200);
    assert_int_equal(act(&w.other, href, "confirm", ""), 403);
    assert_int_equal(act(&w.provider, href, "confirm", "code=102001%2F000001"),
                     422); /* of another department */
    assert_int_equal(act(&w.provider, href, "confirm", ""), 200);
    assert_int_equal(stage(&w.steward, href), 4); /* its resource is open already */
    assert_int_equal(act(&w.steward, href, "evaluate", "rating=5"), 409);
    exchange_grant(&w, "&caseless=1");
    assert_int_equal(stage(&w.steward, href), 5);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    testapp_write(w.t, fold, NULL);
    assert_int_equal(stage(&w.steward, href), 6);
    assert_int_equal(act(&w.other, href, "evaluate", "rating=5"), 403);
    assert_int_equal(act(&w.steward, href, "evaluate", "rating=4&words=good"), 200);
    assert_int_equal(stage(&w.steward, href), 7);
    assert_true(answer_has(client_get(&w.other, "/office/exchange/demands?f=confirmed"), "人口基础信息"));
    testapp_close(w.t);
    (void)unused;
}

static void what_there_is_not_goes_on_the_negative_list_with_its_law(void **unused)
{
    struct world w = exchange_world();
    const char *href = stated(&w, "Nothing+like+that");
    struct client manager = exchange_officer(w.t, "data1");
    const struct json *acts = json_get(exchange_ok(&manager, client_get(&manager, href)), "acts");
    int64_t unit = 0;
    JSON_EACH(f, json_get(json_at(acts, 0), "fields"))
    {
        JSON_EACH(o, json_get(f, "options"))
        {
            if (str_eq_c(json_text_of(o, "label"), "示范区市场监督管理局")) unit = json_i64_of(o, "value", 0);
        }
    }
    snprintf(form, sizeof form, "entry=0&provider=%lld", (long long)unit);
    assert_int_equal(act(&manager, href, "propose", form), 200);
    assert_int_equal(act(&w.other, href, "confirm", ""), 422); /* without an entry there is no source */
    assert_int_equal(act(&w.other, href, "refuse", "reason=it+is+not+kept&law="), 422);
    assert_int_equal(act(&w.other, href, "refuse", "reason=it+is+not+kept&law=Article+1"), 200);
    assert_int_equal(act(&w.other, href, "confirm", ""), 409);
    assert_int_equal(act(&w.steward, href, "withdraw", ""), 409);
    assert_true(answer_has(client_get(&w.steward, "/office/exchange/demands?f=absent"), "Article 1"));
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_demand_finds_its_source_and_is_used_and_rated),
        cmocka_unit_test(what_there_is_not_goes_on_the_negative_list_with_its_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
