/* What a demonstration promises to show from its first minute. */
#include "app/cli.h"
#include "core/base/time.h"
#include "modules/licences/licences.h"
#include "modules/ratings/ratings.h"
#include "modules/watch/watch_internal.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct testapp *app;

static int open_app(void **state)
{
    struct err e = {0};
    (void)state;
    app = testapp_open(true);
    if (!demo_cases(app->server, &e)) fail_msg("%s %s", e.code, e.detail);
    testapp_jobs(app);
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

struct count {
    const char *sql;
    int64_t n;
};

static bool count_rows(struct ctx *c)
{
    struct count *q = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, q->sql, DB_I(c->now))) return false;
    q->n = db_int(&r, 0, 0);
    return true;
}

/* Cases for which the condition holds; $1 is now. */
static int64_t cases(const char *where)
{
    char sql[300];
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct count q = {.sql = sql};
    snprintf(sql, sizeof sql, "SELECT count(*) FROM case_file WHERE $1 > 0 AND %s", where);
    if (!server_read(app->server, &system, count_rows, &q, &e)) fail_msg("%s %s", e.code, e.detail);
    return q.n;
}

/* Rows of a table for which the condition holds. */
static int64_t rows_of(const char *from)
{
    char sql[300];
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct count q = {.sql = sql};
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s AND $1 > 0", from);
    if (!server_read(app->server, &system, count_rows, &q, &e)) fail_msg("%s %s", e.code, e.detail);
    return q.n;
}

static bool fold(struct ctx *c)
{
    return watch_fold(c, NULL);
}

static void the_exchange_of_data_has_something_on_every_page(void **state)
{
    (void)state;
    assert_int_equal(rows_of("exchange_system WHERE code = 'demo-handling'"), 1);
    assert_int_equal(rows_of("share_permit WHERE state = 'granted' AND unit > 0"), 1);
    assert_int_equal(rows_of("share_permit WHERE state = 'granted' AND unit = 0"), 11);
    assert_int_equal(rows_of("share_permit WHERE state = 'granted' AND decided_by = 0"), 0);
    assert_int_equal(rows_of("data_demand WHERE state = 'proposed'"), 1);
    assert_int_equal(rows_of("exchange_objection WHERE state = 'open'"), 1);
    assert_int_equal(rows_of("data_correction WHERE state = 'open'"), 1);
    assert_int_equal(rows_of("exchange_call WHERE operator = 'SH-02' AND result = 'ok'"), 9);
    assert_int_equal(rows_of("exchange_call WHERE operator = 'SH-02' AND result <> 'ok'"), 1);
    testapp_advance(3 * MS_MINUTE);
    testapp_write(app, fold, NULL);
    assert_int_equal(rows_of("watch_alarm WHERE kind = 'off_hours' AND state = 'open'"), 1);
}

#define OPEN_CASE "closed = 0 AND accepted > 0 AND paused = 0 AND "

static void there_are_cases_in_every_state_and_of_every_light(void **state)
{
    static const char *const some[] = {"status = 'submitted'",
                                       "status = 'correction'",
                                       "status = 'accepted'",
                                       "step = 'review'",
                                       "step = 'decide'",
                                       "paused = 1",
                                       "result = 'granted'",
                                       "result = 'refused'",
                                       "result = 'rejected'",
                                       "result = 'withdrawn'",
                                       OPEN_CASE "red_at <= $1 AND red_at > 0",
                                       OPEN_CASE "yellow_at <= $1 AND red_at > $1",
                                       OPEN_CASE "yellow_at > $1"};
    (void)state;
    assert_in_range(cases("1 = 1"), 40, 60);
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++)
        if (!cases(some[i])) fail_msg("none with %s", some[i]);
    assert_int_equal(
        cases("status = 'draft' OR submitted = 0 OR submitted > $1 OR accepted > $1 OR closed > $1"), 0);
}

static void nothing_of_it_is_made_twice(void **state)
{
    struct err e = {0};
    int64_t before = cases("1 = 1");
    (void)state;
    assert_true(demo_cases(app->server, &e));
    assert_int_equal(cases("1 = 1"), before);
}

static bool look_at_licences(struct ctx *c)
{
    struct db_rows r;
    int64_t unsigned_yet;
    if (!licence_unsigned(c, &unsigned_yet)) return false;
    assert_int_equal(unsigned_yet, 0);
    if (!db_query(&c->tx, &r, "SELECT status, count(*) FROM licence GROUP BY status ORDER BY status"))
        return false;
    assert_int_equal(r.rows, 2);
    assert_true(str_eq_c(db_str(&r, 0, 0), "suspended"));
    assert_int_equal(db_int(&r, 0, 1), 1);
    assert_true(str_eq_c(db_str(&r, 1, 0), "valid"));
    assert_true(db_int(&r, 1, 1) >= 5);
    assert_true(json_i64_of(rating_sum(c, 0), "count", 0) >= 10);
    return true;
}

static void licences_are_signed_one_is_suspended_and_ratings_are_there(void **state)
{
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    (void)state;
    assert_true(server_read(app->server, &system, look_at_licences, NULL, &e));
}

/* Three small letters in a row: in Chinese the audit has words, not the program's keys. A word with digits in
 * it, or of eight letters up to f, is the mark of an address. */
static bool has_key(struct str s)
{
    enum { MARK = 8 };
    size_t run = 0, longest = 0, hex = 0, word = 0;
    bool digits = false;
    for (size_t i = 0; i <= s.len; i++) {
        char c = i < s.len ? s.ptr[i] : ' ';
        bool small = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
        run = small ? run + 1 : 0;
        longest = run > longest ? run : longest;
        digits |= digit;
        word += small || digit;
        hex += small && c <= 'f';
        if (small || digit) continue;
        if (longest >= 3 && !digits && !(word == MARK && hex == MARK)) return true;
        longest = hex = word = 0;
        digits = false;
    }
    return false;
}

static void the_audit_speaks_in_words(void **state)
{
    struct client auditor = client_new(app), mistaken = client_new(app);
    (void)state;
    client_post(&mistaken, "/office/sign-in", "account=desk1&password=not-this-one");
    client_as_officer(&auditor, "auditor");
    size_t seen = 0;
    struct str at = STR("/office/audit");
    while (at.len) {
        const struct json *doc = client_json(&auditor, client_get(&auditor, str_z(app->arena, at)));
        JSON_EACH(e, json_get(doc, "entries"))
        {
            struct str act = json_text_of(e, "act"), detail = json_text_of(e, "detail");
            bool named = str_eq_c(json_text_of(e, "object_kind"), "account");
            if (has_key(act) || has_key(detail) || (!named && has_key(json_text_of(e, "about"))))
                fail_msg("%.*s: %.*s, %.*s", STR_ARG(json_text_of(e, "act_code")), STR_ARG(act),
                         STR_ARG(detail));
            seen++;
        }
        at = json_text(json_path(doc, "pager.next"));
        if (at.len) at = str_cat(app->arena, STR("/office/audit"), at);
    }
    assert_true(seen > 100);
}

static void the_desk_and_the_person_see_them(void **state)
{
    struct client desk = client_new(app), zhou = client_new(app);
    (void)state;
    client_as_officer(&desk, "desk1");
    client_as_person(&zhou, "13900000102");
    desk.json = zhou.json = false;
    assert_true(answer_has(client_get(&desk, "/office"), "补领结婚证"));
    assert_true(answer_has(client_get(&zhou, "/me"), "烟花爆竹"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_cases_in_every_state_and_of_every_light),
        cmocka_unit_test(nothing_of_it_is_made_twice),
        cmocka_unit_test(licences_are_signed_one_is_suspended_and_ratings_are_there),
        cmocka_unit_test(the_audit_speaks_in_words),
        cmocka_unit_test(the_desk_and_the_person_see_them),
        cmocka_unit_test(the_exchange_of_data_has_something_on_every_page),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
