/* Changes that a permit follows through a filter of rows: what leaves it, what enters it, what it never let
 * through. */
#include "modules/exchange/exchange_rows_test.h"

#include "testing/testdb.h"

#define FOLLOW FIELDS "&modes=subscribe&filter=level%20%3D%20degree"

static struct delivered followed(const char *permit)
{
    struct delivered d = open_rows(permit);
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "degree") "]");
    return d;
}

/* "I a-1, D a-2": what the page behind that place says; "": it tells nothing. */
static const char *told(struct delivered *d, const char *more)
{
    struct client c = client_new(d->w.t);
    const struct json *doc = exchange_ok(&c, post(&d->w, "/exchange/education/changes",
                                                  "{\"purpose\":\"apply\",\"fields\":[\"level\"]", more));
    struct buf b = buf_new(d->w.t->arena, 64);
    JSON_EACH(change, json_get(doc, "changes"))
    {
        bool gone = str_eq_c(json_text_of(change, "op"), "D");
        assert_int_equal(json_get(change, "data") == NULL, gone);
        buf_fmt(&b, "%s%.*s %.*s", b.len ? ", " : "", STR_ARG(json_text_of(change, "op")),
                STR_ARG(json_text_of(change, "guid")));
    }
    return str_z(d->w.t->arena, buf_str(&b));
}

static void what_the_filter_never_let_through_is_told_of_in_no_way(void **unused)
{
    struct delivered d = open_rows(FOLLOW);
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "school") "]");
    assert_string_equal(told(&d, ""), "");
    deliver(&d, "2", "[{\"guid\":\"a-1\",\"op\":\"D\"}]");
    assert_string_equal(told(&d, ",\"after\":1"), "");
    assert_string_equal(told(&d, ",\"after\":0"), "");
    testapp_close(d.w.t);
    (void)unused;
}

static void a_row_that_leaves_the_filter_is_gone_and_one_that_enters_is_new(void **unused)
{
    struct delivered d = followed(FOLLOW);
    assert_string_equal(told(&d, ",\"after\":0"), "I a-1");
    deliver(&d, "2", "[" ROW("a-1", "U", LIN, "school") "]");
    assert_string_equal(told(&d, ",\"after\":1"), "D a-1");
    assert_string_equal(told(&d, ",\"after\":1"), "D a-1"); /* the answer was lost: again, the same */
    deliver(&d, "3", "[{\"guid\":\"a-1\",\"op\":\"D\"}]");
    assert_string_equal(told(&d, ",\"after\":1"), "D a-1"); /* and still, when it has changed since */
    assert_string_equal(told(&d, ",\"after\":2"), "");      /* it was gone already */
    deliver(&d, "4", "[" ROW("a-1", "I", LIN, "degree") "]");
    assert_string_equal(told(&d, ",\"after\":3"), "I a-1");
    deliver(&d, "5", "[" ROW("a-1", "U", LIN, "school") "]");
    deliver(&d, "6", "[" ROW("a-1", "U", LIN, "degree") "]");
    assert_string_equal(told(&d, ",\"after\":4"), "U a-1"); /* only the last state comes */
    deliver(&d, "7", "[" ROW("a-1", "U", LIN, "school") "]");
    deliver(&d, "8", "[{\"guid\":\"a-1\",\"op\":\"D\"}]");
    assert_string_equal(told(&d, ",\"after\":6"), "D a-1");
    exchange_calls_fit(&d.w);
    testapp_close(d.w.t);
    (void)unused;
}

static void a_row_that_enters_the_filter_is_new_however_it_changed(void **unused)
{
    struct delivered d = open_rows(FOLLOW);
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "school") "]");
    assert_string_equal(told(&d, ",\"after\":0"), "");
    deliver(&d, "2", "[" ROW("a-1", "U", LIN, "degree") "]");
    assert_string_equal(told(&d, ",\"after\":1"), "I a-1");
    assert_string_equal(told(&d, ",\"after\":1"), "I a-1");
    deliver(&d, "3", "[" ROW("a-1", "U", LIN, "school") "]");
    deliver(&d, "4", "[" ROW("a-1", "U", LIN, "degree") "]");
    assert_string_equal(told(&d, ",\"after\":1"), "I a-1");
    assert_string_equal(told(&d, ",\"after\":2"), "U a-1");
    testapp_close(d.w.t);
    (void)unused;
}

static bool forget_shown(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM exchange_shown") &&
           db_exec(&c->tx, "UPDATE exchange_cursor SET shown = 0");
}

static void who_followed_before_goes_on_from_the_cursor_and_reads_what_leaves(void **unused)
{
    struct delivered d = followed(FOLLOW "&caseless=1");
    deliver(&d, "2",
            "[" ROW("a-2", "I", ZHOU, "degree") "," ROW("a-3", "I", "780101199001010011", "school") "]");
    assert_string_equal(told(&d, ",\"after\":0"), "I a-1, I a-2");
    assert_string_equal(told(&d, ",\"after\":3"), ""); /* acknowledged */
    testapp_write(d.w.t, forget_shown, NULL);          /* as an earlier version left it */
    assert_string_equal(told(&d, ""), "");
    deliver(&d, "3", "[" ROW("a-2", "U", ZHOU, "school") ",{\"guid\":\"a-3\",\"op\":\"D\"}]");
    assert_string_equal(told(&d, ""), "D a-2");
    assert_string_equal(told(&d, ""), "D a-2"); /* not acknowledged */
    assert_string_equal(told(&d, ",\"after\":5"), "");
    testapp_close(d.w.t);
    (void)unused;
}

/* ---- many rows, of a permit of before ---- */

enum { MANY = SHOWN_STEP + 100 };

static struct delivered many(void)
{
    struct delivered d = open_rows(FOLLOW "&caseless=1");
    struct buf b = buf_new(d.w.t->arena, 1 << 16);
    for (int i = 1; i <= MANY; i++)
        buf_fmt(&b, "%s{\"guid\":\"a-%d\",\"op\":\"I\",\"number\":\"n-%d\",\"data\":{\"level\":\"%s\"}}",
                i > 1 ? "," : "[", i, i, i % 500 ? "school" : "degree");
    buf_add_c(&b, "]");
    deliver(&d, "1", str_z(d.w.t->arena, buf_str(&b)));
    return d;
}

static bool acknowledged_before(struct ctx *c)
{
    return forget_shown(c) &&
           db_exec(&c->tx, "UPDATE exchange_cursor SET acked = $1", DB_I(*(const int64_t *)ctx_arg(c)));
}

struct looked {
    int64_t shown, rows;
};

static bool load_looked(struct ctx *c)
{
    struct looked *out = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT shown, (SELECT COUNT(*) FROM exchange_shown) FROM exchange_cursor"))
        return false;
    *out = (struct looked){db_int(&r, 0, 0), db_int(&r, 0, 1)};
    return true;
}

static struct looked looked(struct delivered *d)
{
    struct looked l;
    testapp_read(d->w.t, load_looked, &l);
    return l;
}

static bool take_a_part(struct ctx *c)
{
    return exchange_shown_take(c, NULL);
}

static void what_was_told_before_is_taken_in_by_parts_and_goes_on_where_it_was(void **unused)
{
    struct delivered d = many();
    assert_string_equal(told(&d, ",\"after\":0,\"limit\":1"), "");
    testapp_write(d.w.t, acknowledged_before, &(int64_t){MANY});
    assert_string_equal(told(&d, ""), ""); /* one write's part */
    struct looked l = looked(&d);
    assert_int_equal(l.shown, -SHOWN_STEP);
    assert_int_equal(l.rows, 2);
    testapp_write(d.w.t, take_a_part, NULL); /* and nothing of that is left but what is stored */
    assert_int_equal(looked(&d).shown, -MANY);
    testapp_jobs(d.w.t);
    assert_string_equal(told(&d, ""), "");
    assert_int_equal(looked(&d).shown, 1);
    deliver(&d, "2", "[{\"guid\":\"a-1000\",\"op\":\"D\"},{\"guid\":\"a-1001\",\"op\":\"D\"}]");
    assert_string_equal(told(&d, ""), "D a-1000");
    testapp_close(d.w.t);
    (void)unused;
}

static void who_leaps_ahead_is_not_taken_to_have_been_told(void **unused)
{
    struct delivered d = many();
    assert_string_equal(told(&d, ",\"after\":0,\"limit\":1"), "");
    testapp_write(d.w.t, acknowledged_before, &(int64_t){450});
    assert_string_equal(told(&d, ",\"after\":9223372036854775807"), "");
    assert_int_equal(looked(&d).shown, 1);
    assert_int_equal(looked(&d).rows, 1); /* a-500: of the page that may have been told last */
    testapp_close(d.w.t);
    (void)unused;
}

/* ---- clearing away ---- */

static bool look_at_plans(struct ctx *c)
{
    for (size_t i = 0; i < SHOWN_SWEEPS; i++) {
        struct db_rows r;
        struct str sql = str_fmt(c->arena, "EXPLAIN QUERY PLAN %s", shown_sweep_statements[i]);
        if (!db_query(&c->tx, &r, str_z(c->arena, sql), DB_I(0))) return false;
        for (size_t k = 0; k < r.rows; k++)
            if (str_starts(db_str(&r, k, 3), STR("SCAN"))) fail_msg("%.*s", STR_ARG(db_str(&r, k, 3)));
    }
    return true;
}

static void what_is_cleared_away_is_found_by_indexes(void **unused)
{
    if (testdb_is_postgres()) skip(); /* EXPLAIN QUERY PLAN is of SQLite */
    struct testapp *t = testapp_open(false);
    testapp_read(t, look_at_plans, NULL);
    testapp_close(t);
    (void)unused;
}

static bool sweep(struct ctx *c)
{
    return exchange_sweep(c, NULL);
}

static bool row_is_long_gone(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE exchange_row SET op = 'D', changed = 0 WHERE guid = 'a-1'");
}

static bool permit_is_over(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE share_permit SET valid_until = 1");
}

static void what_a_permit_was_told_goes_with_the_row_and_with_the_permit(void **unused)
{
    struct delivered d = followed(FOLLOW "&caseless=1");
    deliver(&d, "2", "[" ROW("a-2", "I", ZHOU, "degree") "]");
    assert_string_equal(told(&d, ",\"after\":0"), "I a-1, I a-2");
    testapp_write(d.w.t, sweep, NULL);
    assert_int_equal(looked(&d).rows, 2);
    testapp_write(d.w.t, row_is_long_gone, NULL);
    testapp_write(d.w.t, sweep, NULL);
    assert_int_equal(looked(&d).rows, 1);
    testapp_write(d.w.t, permit_is_over, NULL);
    testapp_write(d.w.t, sweep, NULL);
    assert_int_equal(looked(&d).rows, 0);
    testapp_close(d.w.t);
    (void)unused;
}

/* The number of its case in the first change. */
static struct str case_told(struct delivered *d)
{
    struct client c = client_new(d->w.t);
    const struct json *doc =
        exchange_ok(&c, post(&d->w, "/exchange/education/changes",
                             "{\"purpose\":\"apply\",\"fields\":[\"level\"]", ",\"after\":0"));
    assert_int_equal(json_get(doc, "changes")->count, 1);
    return json_text_of(json_at(json_get(doc, "changes"), 0), "case");
}

static void the_number_of_a_case_of_another_department_is_told_to_who_named_its_service(void **unused)
{
    struct delivered d = followed(FIELDS "&modes=subscribe");
    assert_int_equal(case_told(&d).len, 0); /* for every service: of the police, and not named */
    testapp_close(d.w.t);
    d = followed(FIELDS "&modes=subscribe&services=BI-0001");
    assert_true(str_eq(case_told(&d), d.w.case_no));
    testapp_close(d.w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_filter_never_let_through_is_told_of_in_no_way),
        cmocka_unit_test(a_row_that_leaves_the_filter_is_gone_and_one_that_enters_is_new),
        cmocka_unit_test(a_row_that_enters_the_filter_is_new_however_it_changed),
        cmocka_unit_test(who_followed_before_goes_on_from_the_cursor_and_reads_what_leaves),
        cmocka_unit_test(what_was_told_before_is_taken_in_by_parts_and_goes_on_where_it_was),
        cmocka_unit_test(who_leaps_ahead_is_not_taken_to_have_been_told),
        cmocka_unit_test(what_is_cleared_away_is_found_by_indexes),
        cmocka_unit_test(what_a_permit_was_told_goes_with_the_row_and_with_the_permit),
        cmocka_unit_test(the_number_of_a_case_of_another_department_is_told_to_who_named_its_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
