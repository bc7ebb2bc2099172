/* Calls are counted, and what looks wrong raises an alarm that its reader never sees. */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"
#include "modules/people/people.h"
#include "modules/registry/registry.h"
#include "modules/watch/watch_internal.h"

#define OTHER "780101197905020035" /* has no household of their own in this test */

static struct client supervisor, manager;

static bool fold(struct ctx *c)
{
    return watch_fold(c, NULL);
}

static void folded(struct world *w)
{
    testapp_advance(2 * MS_MINUTE);
    testapp_write(w->t, fold, NULL);
    supervisor = exchange_officer(w->t, "supervisor");
    manager = exchange_officer(w->t, "data1");
}

static const struct json *alarms(struct client *c, const char *kind)
{
    const struct json *list =
        json_get(exchange_ok(c, client_get(c, "/office/exchange/alarms?f=open")), "alarms");
    JSON_EACH(a, list)
    {
        if (str_eq_c(json_text_of(a, "kind"), kind)) return a;
    }
    return NULL;
}

static const char *href(struct world *w, const struct json *alarm)
{
    return str_z(w->t->arena, json_text_of(alarm, "href"));
}

static void set_rule(const char *form)
{
    assert_int_equal(client_post(&supervisor, "/office/exchange/alarm-rules", form).status, 200);
}

static void the_board_counts_what_was_asked_and_why_it_was_refused(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    for (int i = 0; i < 3; i++)
        assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 403);
    folded(&w);
    const struct json *doc =
        exchange_ok(&manager, client_get(&manager, "/office/exchange/usage?by=consumer"));
    assert_true(str_eq_c(json_text_of(doc, "answered"), "3"));
    assert_true(str_eq_c(json_text_of(doc, "refused"), "1"));
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "refusals"), 0), "reason"), "没有办件"));
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "rows"), 0), "name"), "示范区烟草专卖局"));
    folded(&w); /* nothing is counted twice */
    doc = exchange_ok(&manager, client_get(&manager, "/office/exchange/usage?period=year&by=resource"));
    assert_true(str_eq_c(json_text_of(doc, "calls"), "4"));
    struct client market = exchange_officer(w.t, "market.data");
    doc = exchange_ok(&market, client_get(&market, "/office/exchange/usage"));
    assert_true(str_eq_c(json_text_of(doc, "calls"), "0")); /* a steward sees their own department */
    testapp_close(w.t);
    (void)unused;
}

/* One answer in ten takes long; the refusal is over at once. */
static bool set_times(struct ctx *c)
{
    return db_exec(&c->tx,
                   "UPDATE exchange_call SET took_us = CASE WHEN result = 'ok' THEN 2000 ELSE 5 END") &&
           db_exec(&c->tx, "UPDATE exchange_call SET took_us = 900000 WHERE id = (SELECT MAX(id) FROM "
                           "exchange_call WHERE result = 'ok')");
}

static void the_board_tells_how_long_answers_took_by_department_and_day(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    for (int i = 0; i < 10; i++)
        assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 403);
    testapp_write(w.t, set_times, NULL);
    folded(&w);
    static const char *const by[] = {"provider", "consumer"}, *const names[] = {"示范区公安局",
                                                                                "示范区烟草专卖局"};
    for (int i = 0; i < 2; i++) {
        const struct json *doc = exchange_ok(
                              &manager,
                              client_getf(&manager, "/office/exchange/usage?period=month&by=%s", by[i])),
                          *row = json_at(json_get(doc, "rows"), 0), *day = json_at(json_get(doc, "took"), 0);
        assert_true(str_starts(json_text_of(row, "name"), str_c(names[i])));
        assert_true(str_eq_c(json_text_of(row, "median"), "1.98 ms")); /* told to a sixteenth */
        assert_true(str_eq_c(json_text_of(row, "p95"), "885 ms"));
        assert_int_equal(json_get(doc, "took")->count, 1);
        assert_true(str_eq_c(json_text_of(day, "when"), "2026-11-23"));
        assert_true(str_eq_c(json_text_of(day, "calls"), "10"));
        assert_true(str_eq_c(json_text_of(day, "median"), "1.98 ms"));
        assert_true(str_eq_c(json_text_of(day, "p95"), "885 ms"));
    }
    struct answer file = client_get(&manager, "/office/exchange/usage/table.csv?period=year&by=consumer");
    assert_true(answer_has(file, "示范区烟草专卖局\",10,1,\"1.984\",\"884.736\"") ||
                answer_has(file, "示范区烟草专卖局,10,1,1.984,884.736"));
    assert_true(answer_has(file, "\n2026-11-23,10,\"1.984\",\"884.736\"") ||
                answer_has(file, "\n2026-11-23,10,1.984,884.736"));
    file = client_get(&manager, "/office/exchange/usage/table.csv?period=day&by=consumer");
    assert_true(answer_has(file, "今天和昨天"));
    struct client market = exchange_officer(w.t, "market.data"); /* of neither department */
    const struct json *doc = exchange_ok(&market, client_get(&market, "/office/exchange/usage?period=month"));
    assert_int_equal(json_get(doc, "took")->count, 0);
    testapp_close(w.t);
    (void)unused;
}

static bool sweep_and_count(struct ctx *c)
{
    struct db_rows r;
    int64_t *left = ctx_arg(c);
    if (!watch_sweep(c, NULL) || !db_query(&c->tx, &r, "SELECT bucket FROM watch_took")) return false;
    *left = (int64_t)r.rows;
    return true;
}

static void durations_are_kept_for_the_board_and_no_longer(void **unused)
{
    struct world w = exchange_world();
    int64_t left = 0;
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    testapp_write(w.t, set_times, NULL);
    folded(&w);
    testapp_advance((int64_t)53 * 7 * MS_DAY);
    testapp_write(w.t, sweep_and_count, &left);
    assert_int_equal(left, 1);
    testapp_advance(40 * MS_DAY);
    testapp_write(w.t, sweep_and_count, &left);
    assert_int_equal(left, 0);
    testapp_close(w.t);
    (void)unused;
}

static void what_a_filter_kept_back_is_counted_alike(void **unused)
{
    const struct exchange_past ok = {.took_us = 5, .result = STR("ok")},
                               kept = {.took_us = 5, .result = STR("exchange.filtered")};
    assert_true(took_answered(&ok));
    assert_false(took_answered(&kept));
    (void)unused;
}

static void durations_fall_into_buckets_without_a_gap(void **unused)
{
    int64_t last = -1;
    for (int64_t us = 0; us < 5000000; us += 1 + us / 100) {
        int64_t bucket = took_bucket(us);
        assert_true(bucket == last || bucket == last + 1);
        last = bucket;
    }
    (void)unused;
}

static void a_file_names_who_took_it_and_runs_nothing(void **unused)
{
    struct world w = exchange_world();
    folded(&w);
    struct answer a = client_get(&manager, "/office/exchange/usage/table.csv");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "何松 data1"));
    assert_true(str_ends(str_trim(a.body), STR("09:02")));
    struct people_table t = {.text = buf_new(w.t->arena, 64)};
    people_table_cell(&t, STR("=HYPERLINK(\"x\")"));
    people_table_number(&t, -5);
    assert_true(str_eq_c(buf_str(&t.text), "\"'=HYPERLINK(\"\"x\"\")\",-5"));
    testapp_close(w.t);
    (void)unused;
}

static void many_calls_without_a_case_raise_one_alarm_a_day(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "&caseless=1");
    folded(&w);
    set_rule("kind=no_case&enabled=1&number=4&span=1");
    set_rule("kind=curious&enabled=1&number=3&span=7");
    for (int i = 0; i < 3; i++)
        assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    folded(&w);
    assert_null(alarms(&manager, "无办件查询"));
    assert_non_null(alarms(&manager, "疑似窥探")); /* three times about the same person */
    assert_int_equal(exchange_call(&w, exchange_query(&w, ZHOU, STR_EMPTY)).status, 200);
    assert_int_equal(exchange_call(&w, exchange_query(&w, ZHOU, STR_EMPTY)).status, 200);
    folded(&w);
    const struct json *alarm = alarms(&manager, "无办件查询");
    assert_non_null(alarm);
    assert_true(str_eq_c(json_text_of(alarm, "operator"), "zhang-3"));
    assert_true(str_ends(json_text_of(alarm, "seen"), STR("5")));
    testapp_close(w.t);
    (void)unused;
}

static void an_alarm_has_an_owner_who_closes_it_with_a_reason(void **unused)
{
    struct world w = exchange_world();
    char path[120];
    exchange_grant(&w, "&caseless=1");
    folded(&w);
    set_rule("kind=no_case&enabled=1&number=1&span=1");
    exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY));
    folded(&w);
    const char *one = href(&w, alarms(&manager, "无办件查询"));
    assert_int_equal(client_get(&w.steward, "/office/exchange/alarms").status, 403);
    assert_int_equal(client_get(&w.steward, one).status, 403);
    snprintf(path, sizeof path, "%s/close", one);
    assert_int_equal(client_post(&manager, path, "outcome=lawful&words=they+explained").status, 409);
    snprintf(path, sizeof path, "%s/take", one);
    assert_int_equal(client_post(&manager, path, "").status, 200);
    snprintf(path, sizeof path, "%s/close", one);
    assert_int_equal(client_post(&supervisor, path, "outcome=lawful&words=they+explained").status, 409);
    assert_int_equal(client_post(&manager, path, "outcome=lawful&words=no").status, 422);
    assert_int_equal(client_post(&manager, path, "outcome=lawful&words=they+explained").status, 200);
    assert_true(answer_has(client_get(&supervisor, one), "they explained"));
    assert_true(answer_has(client_get(&supervisor, "/office/exchange/alarms?f=closed"), "zhang-3"));
    testapp_close(w.t);
    (void)unused;
}

static const struct json *calls_at(struct client *c, const char *path)
{
    return json_get(exchange_ok(c, client_get(c, path)), "calls");
}

static void an_alarm_lists_the_calls_that_raised_it_with_masked_numbers(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "&caseless=1");
    testapp_write(w.t, exchange_seed_case, &w);
    folded(&w);
    set_rule("kind=no_case&enabled=1&number=2&span=1");
    exchange_call(&w, exchange_query(&w, LIN, w.case_no)); /* within a case: not one of them */
    for (int i = 0; i < 2; i++)
        assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    folded(&w);
    const char *one = href(&w, alarms(&manager, "无办件查询"));
    const struct json *list = calls_at(&manager, one), *call = json_at(list, 0);
    assert_int_equal(list->count, 2);
    assert_true(str_eq_c(json_text_of(call, "operator"), "zhang-3"));
    assert_true(json_true_of(call, "caseless"));
    assert_true(str_find(json_text_of(call, "about"), STR("***")) != SIZE_MAX);
    assert_false(answer_has(client_get(&manager, one), LIN));
    const char *call_page = str_z(w.t->arena, json_text_of(call, "href"));
    assert_true(answer_has(client_get(&manager, call_page), "zhang-3"));
    struct client me = client_new(w.t);
    client_as_person(&me, "13900000101");
    assert_int_equal(json_get(exchange_ok(&me, client_get(&me, "/me/access")), "looks")->count > 0,
                     true); /* it is on record */
    manager.json = false;
    assert_true(answer_has(client_get(&manager, one), "class=\"office marked"));
    assert_false(answer_has(client_get(&manager, "/office/exchange/usage"), "class=\"office marked"));
    testapp_close(w.t);
    (void)unused;
}

static void departments_see_the_calls_of_their_data_and_of_their_systems(void **unused)
{
    static const char provided[] = "/office/exchange/calls?f=provided",
                      asked[] = "/office/exchange/calls?f=asked";
    struct world w = exchange_world();
    char path[160];
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    for (int i = 0; i < 31; i++)
        assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 403);
    folded(&w);
    assert_int_equal(calls_at(&w.provider, provided)->count, 30);
    assert_int_equal(calls_at(&w.steward, provided)->count, 0);
    assert_int_equal(calls_at(&w.provider, asked)->count, 0);
    const struct json *doc = exchange_ok(&w.steward, client_get(&w.steward, asked));
    assert_int_equal(json_get(doc, "calls")->count, 30);
    snprintf(path, sizeof path, "/office/exchange/calls%s",
             str_z(w.t->arena, json_text(json_path(doc, "pager.next"))));
    assert_int_equal(calls_at(&w.steward, path)->count, 2);
    assert_int_equal(calls_at(&w.steward, "/office/exchange/calls?f=asked&outcome=refused")->count, 1);
    assert_int_equal(calls_at(&w.steward, "/office/exchange/calls?f=asked&day=2026-11-20")->count, 0);
    assert_int_equal(calls_at(&w.provider, "/office/exchange/calls?f=provided&day=2026-11-23")->count, 30);
    assert_int_equal(calls_at(&manager, "/office/exchange/calls")->count, 30);
    assert_int_equal(calls_at(&w.other, "/office/exchange/calls?f=all")->count,
                     0); /* a steward sees their own */
    const char *one = str_z(w.t->arena, json_text_of(json_at(json_get(doc, "calls"), 0), "href"));
    assert_int_equal(client_get(&w.steward, one).status, 200);
    assert_int_equal(client_get(&w.other, one).status, 404);
    testapp_close(w.t);
    (void)unused;
}

static void asking_about_many_people_within_the_minutes_raises_an_alarm(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "&caseless=1");
    folded(&w);
    set_rule("kind=bulk&enabled=1&number=2&span=10");
    exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY));
    exchange_call(&w, exchange_query(&w, ZHOU, STR_EMPTY));
    folded(&w);
    testapp_advance(20 * MS_MINUTE);
    exchange_call(&w, exchange_query(&w, OTHER, STR_EMPTY)); /* the third one, but long after */
    folded(&w);
    assert_null(alarms(&manager, "批量查询"));
    exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY));
    exchange_call(&w, exchange_query(&w, ZHOU, STR_EMPTY));
    folded(&w);
    assert_non_null(alarms(&manager, "批量查询"));
    testapp_close(w.t);
    (void)unused;
}

static void calls_outside_of_the_hours_of_the_calendar_raise_an_alarm(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    folded(&w);
    set_rule("kind=off_hours&enabled=1&number=2");
    for (int i = 0; i < 3; i++)
        exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    folded(&w);
    assert_null(alarms(&manager, "非工作时间查询"));
    testapp_advance(11 * MS_HOUR);
    exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    folded(&w);
    assert_null(alarms(&manager, "非工作时间查询"));
    exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    folded(&w);
    assert_non_null(alarms(&manager, "非工作时间查询"));
    testapp_close(w.t);
    (void)unused;
}

static void who_watches_persons_alone_sees_their_alarms(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    folded(&w);
    assert_int_equal(client_get(&manager, "/office/exchange/watched").status, 403);
    assert_int_equal(
        client_post(&supervisor, "/office/exchange/watched", "number=" LIN "&kind=protected&note=L").status,
        200);
    assert_false(answer_has(client_get(&supervisor, "/office/exchange/watched"), LIN));
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status,
                     200); /* within a case, too */
    folded(&w);
    const struct json *alarm = alarms(&supervisor, "重点关注人员");
    assert_non_null(alarm);
    assert_null(alarms(&manager, "重点关注人员"));
    assert_int_equal(client_get(&manager, href(&w, alarm)).status, 404);
    assert_true(answer_has(client_get(&supervisor, "/office"), "/office/exchange/alarms"));
    testapp_close(w.t);
    (void)unused;
}

static int64_t tobacco(struct world *w)
{
    struct client c = exchange_officer(w->t, "supervisor");
    const struct json *fields =
        json_get(exchange_ok(&c, client_get(&c, "/office/exchange/watched")), "fields");
    int64_t unit = 0;
    JSON_EACH(f, fields)
    {
        JSON_EACH(o, json_get(f, "options"))
        {
            if (str_eq_c(json_text_of(o, "label"), "示范区烟草专卖局")) unit = json_i64_of(o, "value", 0);
        }
    }
    return unit;
}

static void staff_are_not_looked_up_by_their_own_department(void **unused)
{
    struct world w = exchange_world();
    char form[160];
    exchange_grant(&w, "&caseless=1");
    folded(&w);
    struct client c = exchange_officer(w.t, "supervisor");
    int64_t unit = tobacco(&w);
    assert_true(unit > 0);
    assert_int_equal(client_post(&c, "/office/exchange/watched", "number=" ZHOU "&kind=staff&note=Z").status,
                     422);
    snprintf(form, sizeof form, "number=" ZHOU "&kind=staff&note=Z&unit=%lld", (long long)unit);
    assert_int_equal(client_post(&c, "/office/exchange/watched", form).status, 200);
    exchange_call(&w, exchange_query(&w, ZHOU, STR_EMPTY));
    folded(&w);
    assert_non_null(alarms(&manager, "疑似窥探"));
    testapp_close(w.t);
    (void)unused;
}

static bool married(struct ctx *c)
{
    const struct json *lin;
    struct json *other = json_object(c->arena);
    if (!registry_record(c, STR("population"), STR(LIN), NULL, &lin)) return false;
    json_set_c(c->arena, other, "id_number", OTHER);
    json_set_str(c->arena, other, "household_no", json_text_of(lin, "household_no"));
    return registry_put(c, STR("population"), STR(OTHER), other);
}

static void who_lives_with_staff_is_found_and_leaves_the_list_with_them(void **unused)
{
    struct world w = exchange_world();
    char form[160];
    exchange_grant(&w, "&caseless=1");
    testapp_write(w.t, married, NULL);
    folded(&w);
    snprintf(form, sizeof form, "number=" LIN "&kind=staff&note=L&operator=zhang-3&unit=%lld",
             (long long)tobacco(&w));
    assert_int_equal(client_post(&supervisor, "/office/exchange/watched", form).status, 200);
    testapp_jobs(w.t);
    const struct json *list =
        json_get(exchange_ok(&supervisor, client_get(&supervisor, "/office/exchange/watched")), "persons");
    assert_int_equal(list->count, 2);
    exchange_call(&w, exchange_query(&w, OTHER, STR_EMPTY));
    folded(&w);
    assert_non_null(alarms(&manager, "疑似窥探"));
    snprintf(form, sizeof form, "id=%.*s", STR_ARG(json_text_of(json_at(list, 1), "id")));
    assert_int_equal(client_post(&supervisor, "/office/exchange/watched/drop", form).status, 200);
    list = json_get(exchange_ok(&supervisor, client_get(&supervisor, "/office/exchange/watched")), "persons");
    assert_int_equal(list->count, 0);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_board_counts_what_was_asked_and_why_it_was_refused),
        cmocka_unit_test(the_board_tells_how_long_answers_took_by_department_and_day),
        cmocka_unit_test(durations_are_kept_for_the_board_and_no_longer),
        cmocka_unit_test(what_a_filter_kept_back_is_counted_alike),
        cmocka_unit_test(durations_fall_into_buckets_without_a_gap),
        cmocka_unit_test(a_file_names_who_took_it_and_runs_nothing),
        cmocka_unit_test(many_calls_without_a_case_raise_one_alarm_a_day),
        cmocka_unit_test(an_alarm_has_an_owner_who_closes_it_with_a_reason),
        cmocka_unit_test(an_alarm_lists_the_calls_that_raised_it_with_masked_numbers),
        cmocka_unit_test(departments_see_the_calls_of_their_data_and_of_their_systems),
        cmocka_unit_test(asking_about_many_people_within_the_minutes_raises_an_alarm),
        cmocka_unit_test(calls_outside_of_the_hours_of_the_calendar_raise_an_alarm),
        cmocka_unit_test(who_watches_persons_alone_sees_their_alarms),
        cmocka_unit_test(staff_are_not_looked_up_by_their_own_department),
        cmocka_unit_test(who_lives_with_staff_is_found_and_leaves_the_list_with_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
