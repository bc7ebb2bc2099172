/* The inbox among many cases. TB_MANY_CASES=1000000 prints how long its pages take. */
#include "modules/cases/cases_app_test.h"
#include "modules/cases/cases_scope.h"

#include "testing/testdb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static int64_t many = 1200;

static void in_server(handler *work, bool writes)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct err e = {0};
    if (!(writes ? server_write(app->server, &system, work, NULL, &e)
                 : server_read(app->server, &system, work, NULL, &e)))
        fail_msg("%s %s", e.code, e.detail);
}

static struct account account_of(struct ctx *c, const char *login)
{
    struct account a;
    struct str hash;
    assert_true(account_by_login(c, ACTOR_OFFICER, str_c(login), &a, &hash));
    return a;
}

/* Of ten, one is overdue, one soon due, one paused, one without a limit; half are the reviewer's. */
static bool fill(struct ctx *c)
{
    struct account reviewer = account_of(c, "public-security.review");
    struct db_rows person;
    return db_query(&c->tx, &person, "SELECT subject FROM account WHERE subject > 0 ORDER BY id LIMIT 1") &&
           db_exec(
               &c->tx,
               "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < $1) "
               "INSERT INTO case_file (id, case_no, track_code, item, item_version, item_name, unit_id, "
               "division, applicant, organisation, agent, channel, status, step, role, state, "
               "situations, created, submitted, received, accepted, due, due_order, yellow_at, red_at, "
               "paused, provisional, closed, result) "
               "SELECT n, 'N' || CAST(n AS TEXT), 'T', 71, 1, '普通护照签发', $5, CAST($6 AS TEXT), $7, 0, "
               "0, 'web', 'review', '', CASE WHEN n % 20 < 10 THEN 'reviewer' ELSE 'decider' END, '{}', "
               "'{}', $2, $2, $2, $2, red, CASE WHEN red = 0 THEN $8 ELSE red END, "
               "CASE n % 10 WHEN 0 THEN red - $3 WHEN 1 THEN $2 - $4 WHEN 3 THEN 0 ELSE red - $3 END, "
               "red, CASE n % 10 WHEN 2 THEN 1 ELSE 0 END, 0, 0, '' FROM "
               "(SELECT n, CASE n % 10 WHEN 0 THEN $2 - $3 + n WHEN 1 THEN $2 + $4 + n % 3600000 WHEN 3 "
               "THEN 0 ELSE $2 + 9 * $3 + n END AS red FROM s) AS made",
               DB_I(many), DB_I(c->now), DB_I(MS_DAY), DB_I(MS_HOUR), DB_I(reviewer.unit),
               DB_S(reviewer.area.len ? reviewer.area : STR("780101")), DB_I(db_int(&person, 0, 0)),
               DB_I(CASE_NEVER_DUE)) &&
           db_exec(&c->tx, "INSERT INTO case_waiting (case_id, role, step, unit_id, division, due_order, "
                           "yellow_at, red_at, paused) SELECT id, role, 'review', unit_id, division, "
                           "due_order, yellow_at, red_at, paused FROM case_file WHERE case_no LIKE 'N%'");
}

static int64_t shown_on_all_pages(struct client *c, const char *first)
{
    int64_t shown = 0, pages = 0, *seen = calloc((size_t)many + 1, sizeof *seen);
    struct str path = str_c(first);
    while (path.len) {
        struct answer a = client_getf(c, "%.*s", STR_ARG(path));
        assert_int_equal(a.status, 200);
        const struct json *doc = client_json(c, a);
        JSON_EACH(row, json_get(doc, "cases"))
        {
            int64_t n;
            struct str no = json_text_of(row, "case_no");
            if (!str_starts(no, STR("N"))) continue;
            assert_true(str_to_i64(str_slice(no, 1, no.len), &n));
            if (seen[n]++) fail_msg("%s shows %lld twice", first, (long long)n);
            shown++;
        }
        path = json_text(json_path(doc, "pager.next"));
        assert_true(++pages < many);
    }
    free(seen);
    return shown;
}

static int64_t count_on_chip(struct client *c, size_t i)
{
    const struct json *doc = client_json(c, client_get(c, "/office/inbox"));
    struct str text = json_text_of(json_at(json_get(doc, "filters"), i), "count");
    int64_t n = -1;
    if (str_eq_c(text, "999+")) return INBOX_COUNT_MAX + 1;
    assert_true(str_to_i64(text, &n));
    return n;
}

static void every_page_of_every_filter_shows_each_waiting_case_once(void **state)
{
    (void)state;
    struct client review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t before_review[6], before_decide[6], tenth = many / 20;
    for (size_t i = 0; i < 6; i++) {
        before_review[i] = count_on_chip(&review, i);
        before_decide[i] = count_on_chip(&decide, i);
    }
    in_server(fill, true);
    static const char *const paths[] = {"/office/inbox",          "/office/inbox?f=red",
                                        "/office/inbox?f=yellow", "/office/inbox?f=green",
                                        "/office/inbox?f=paused", "/office/inbox?f=decide"};
    const int64_t reviewed[] = {10 * tenth, tenth, tenth, 7 * tenth, tenth, 0};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(shown_on_all_pages(&review, paths[i]), reviewed[i]);
        assert_int_equal(count_on_chip(&review, i), before_review[i] + reviewed[i]);
        assert_int_equal(shown_on_all_pages(&decide, paths[i]), i == 5 ? 10 * tenth : reviewed[i]);
        assert_int_equal(count_on_chip(&decide, i), before_decide[i] + (i == 5 ? 10 * tenth : reviewed[i]));
    }
}

static void what_was_searched_for_goes_along_with_filters(void **state)
{
    (void)state;
    struct client review = officer_json("public-security.review");
    in_server(fill, true);
    struct answer a = client_get(&review, "/office/inbox?q=N4&f=green");
    const struct json *doc = client_json(&review, a);
    assert_int_equal(json_get(doc, "cases")->count, 1);
    assert_true(
        str_eq_c(json_text_of(json_at(json_get(doc, "filters"), 1), "href"), "/office/inbox?f=red&q=N4"));
    const struct json *page = client_json(&review, client_get(&review, "/office/inbox?f=green"));
    assert_true(str_starts(json_text(json_path(page, "pager.next")), STR("/office/inbox?f=green&due=")));
}

/* ---- plans and times ---- */

static struct actor officer_of_all_roles(struct ctx *c)
{
    struct account a = account_of(c, "public-security.review");
    struct actor actor = {.kind = ACTOR_OFFICER, .account = a.id, .unit = a.unit, .area = STR("780101")};
    server_permit(c->server, &actor, STR("desk|reviewer|decider"));
    return actor;
}

static bool look_at_plans(struct ctx *c)
{
    c->actor = officer_of_all_roles(c);
    for (int f = 0; f < INBOX_FILTERS; f++)
        for (int page = 0; page < 2; page++) {
            const struct inbox_query q = {
                .filter = (enum inbox_filter)f, .after_order = page ? c->now : 0, .after_id = page};
            const struct db_val *params;
            size_t count;
            struct db_rows r;
            struct str sql = case_inbox_statement(c, &q, &params, &count);
            sql = str_fmt(c->arena, "EXPLAIN QUERY PLAN %.*s", STR_ARG(sql));
            if (!db_query_n(&c->tx, &r, str_z(c->arena, sql), params, count)) return false;
            int sorts = 0;
            for (size_t i = 0; i < r.rows; i++) {
                struct str step = db_str(&r, i, 3);
                if (str_starts(step, STR("SCAN case_")))
                    fail_msg("filter %d reads everything: %.*s", f, STR_ARG(step));
                if (str_starts(step, STR("SEARCH case_waiting")) &&
                    str_find(step, STR("case_waiting_")) == SIZE_MAX)
                    fail_msg("filter %d has no index: %.*s", f, STR_ARG(step));
                /* Sorted are but the few that the parts give. */
                sorts += str_starts(step, STR("USE TEMP"));
                if (getenv("TB_MANY_CASES")) printf("plan %d.%d %.*s\n", f, page, STR_ARG(step));
            }
            assert_true(sorts <= 1);
        }
    return true;
}

static void the_inbox_walks_indexes(void **state)
{
    (void)state;
    if (testdb_is_postgres()) skip(); /* EXPLAIN QUERY PLAN is of SQLite */
    in_server(fill, true);
    in_server(look_at_plans, false);
}

static bool look_at_the_board(struct ctx *c)
{
    struct db_rows r;
    struct str sql = str_fmt(c->arena, "EXPLAIN QUERY PLAN %s", case_decided_statement);
    if (!db_query(&c->tx, &r, str_z(c->arena, sql), DB_I(c->now - 7 * MS_DAY), DB_S(STR("780101")), DB_I(1),
                  DB_I(0), DB_I(7 * MS_DAY), DB_I(c->now)))
        return false;
    assert_true(str_find(db_str(&r, 0, 3), STR("COVERING INDEX case_file_ended")) != SIZE_MAX);
    return true;
}

static void the_board_reads_what_was_decided_lately_in_an_index_alone(void **state)
{
    (void)state;
    if (testdb_is_postgres()) skip(); /* EXPLAIN QUERY PLAN is of SQLite */
    in_server(look_at_the_board, false);
}

static double milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* whatever else the machine does */
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool count_anew(struct ctx *c)
{
    return !testdb_is_postgres() ||
           (db_exec(&c->tx, "ANALYZE case_file") && db_exec(&c->tx, "ANALYZE case_waiting"));
}

static void times_are_printed_when_asked_for(void **state)
{
    (void)state;
    if (!getenv("TB_MANY_CASES")) skip();
    assert_true(str_to_i64(str_c(getenv("TB_MANY_CASES")), &many));
    in_server(fill, true);
    in_server(count_anew, true);
    struct err e = {0};
    assert_true(db_checkpoint(server_db(app->server), &e));
    struct client c = officer_json("public-security.review");
    static const char *const paths[] = {
        "/office/inbox",          "/office/inbox?f=red",    "/office/inbox?f=yellow", "/office/inbox?f=green",
        "/office/inbox?f=paused", "/office/inbox?f=decide", "/office/inbox?q=N4"};
    for (size_t i = 0; i < 7; i++) {
        client_get(&c, paths[i]);
        double start = milliseconds();
        for (int k = 0; k < 10; k++)
            client_get(&c, paths[i]);
        printf("%lld cases, %s: %.1f ms\n", (long long)many, paths[i], (milliseconds() - start) / 10);
    }
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(every_page_of_every_filter_shows_each_waiting_case_once),
        PROMISE(what_was_searched_for_goes_along_with_filters),
        PROMISE(the_inbox_walks_indexes),
        PROMISE(the_board_reads_what_was_decided_lately_in_an_index_alone),
        PROMISE(times_are_printed_when_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
