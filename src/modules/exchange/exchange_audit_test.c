/* Rows of calls are compared with what is on record. */
#include "modules/exchange/exchange_app_test.h"

static bool audit(struct ctx *c)
{
    return evidence_audit(c, STR_EMPTY, ctx_arg(c));
}

/* Findings that name this row. */
static size_t found(struct world *w, int64_t id, const char *words)
{
    struct evidence_audit out;
    size_t count = 0;
    testapp_read(w->t, audit, &out);
    for (size_t i = 0; i < out.count && i < EVIDENCE_FINDINGS; i++)
        count += out.findings[i].arg == id && strstr(out.findings[i].msgid, words) != NULL;
    return count;
}

struct change {
    const char *sql;
    int64_t id;
};

static bool last_call(struct ctx *c)
{
    struct change *k = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT MAX(id) FROM exchange_call")) return false;
    k->id = db_int(&r, 0, 0);
    return true;
}

static bool change(struct ctx *c)
{
    const struct change *k = ctx_arg(c);
    return db_exec(&c->tx, k->sql, DB_I(k->id));
}

static void rows_of_calls_that_were_changed_removed_or_added_are_named(void **unused)
{
    static const char *const changed[] = {"UPDATE exchange_call SET fields = 'name' WHERE id = $1",
                                          "UPDATE exchange_call SET case_id = 0 WHERE id = $1",
                                          "UPDATE exchange_call SET result = 'exchange.case' WHERE id = $1"};
    static const char *const back[] = {
        "UPDATE exchange_call SET fields = 'name,mobile' WHERE id = $1",
        "UPDATE exchange_call SET case_id = (SELECT MAX(id) FROM case_file) WHERE id = $1",
        "UPDATE exchange_call SET result = 'ok' WHERE id = $1"};
    struct world w = exchange_world();
    struct change k = {0};
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 403);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    testapp_read(w.t, last_call, &k);
    assert_int_equal(found(&w, k.id, "call"), 0);
    for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        k.sql = changed[i];
        testapp_write(w.t, change, &k);
        assert_int_equal(found(&w, k.id, "something else"), 1);
        k.sql = back[i];
        testapp_write(w.t, change, &k);
        assert_int_equal(found(&w, k.id, "call"), 0);
    }
    struct change moved = {.sql = "UPDATE exchange_call SET id = id + 1 WHERE id = $1", .id = k.id};
    testapp_write(w.t, change, &moved);
    assert_int_equal(found(&w, k.id, "gone"), 1);
    assert_int_equal(found(&w, k.id + 1, "no record"), 1);
    testapp_close(w.t);
    (void)unused;
}

static void calls_of_every_way_fit_their_records(void **unused)
{
    struct world w = exchange_world();
    struct evidence_audit out;
    exchange_grant(&w, "&caseless=1");
    testapp_write(w.t, exchange_seed_case, &w);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    exchange_call(&w, exchange_query(&w, ZHOU, STR("none")));
    const struct signed_call nowhere = {.body = exchange_query(&w, LIN, STR_EMPTY), .path = "/exchange/none"};
    assert_int_equal(exchange_send(&w, &nowhere).status, 404);
    testapp_read(w.t, audit, &out);
    for (size_t i = 0; i < out.count && i < EVIDENCE_FINDINGS; i++)
        assert_null(strstr(out.findings[i].msgid, "call"));
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_calls_that_were_changed_removed_or_added_are_named),
        cmocka_unit_test(calls_of_every_way_fit_their_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
