/* A person finds the calls about them, however what they are found by is kept. */
#include "core/db/runs.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_app_test.h"

enum { MANY = RUNS_FRESH + 900, EVERY = 7 };

static struct str lin(struct ctx *c)
{
    return exchange_subject_index(c, STR(LIN));
}

static struct str zhou(struct ctx *c)
{
    return exchange_subject_index(c, STR(ZHOU));
}

/* Calls 1 to MANY; every EVERY-th is about the one, the rest about the other. */
static bool add_many(struct ctx *c)
{
    for (int64_t call = 1; call <= MANY; call++)
        if (!about_store_add(c, call % EVERY ? zhou(c) : lin(c), call)) return false;
    return true;
}

static bool count_runs(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM run")) return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static bool next_down(struct ctx *, int64_t call, void *arg, bool *enough)
{
    int64_t *last = arg;
    if (call <= MANY) {
        assert_int_equal(call % EVERY, 0);
        assert_true(*last == 0 || call == *last - EVERY);
        *last = call;
    }
    *enough = false;
    return true;
}

static bool look(struct ctx *c)
{
    const struct about_query all = {.index = lin(c), .before = INT64_MAX},
                             some = {.index = lin(c), .from = 70, .before = 700, .limit = 3};
    int64_t *ids, last = 0;
    size_t count;
    if (!about_store_each(c, &all, next_down, &last) || !about_store_find(c, &some, &ids, &count))
        return false;
    assert_int_equal(last, EVERY);
    assert_int_equal(count, 3);
    assert_int_equal(ids[0], 693);
    assert_int_equal(ids[2], 679);
    return true;
}

static void calls_are_found_before_and_after_they_are_sorted(void **unused)
{
    struct world w = exchange_world();
    int64_t runs = -1;
    testapp_write(w.t, add_many, NULL);
    testapp_read(w.t, look, NULL);
    testapp_read(w.t, count_runs, &runs);
    assert_int_equal(runs, 0);
    testapp_jobs(w.t);
    testapp_read(w.t, count_runs, &runs);
    assert_int_equal(runs, 1);
    testapp_read(w.t, look, NULL);
    testapp_close(w.t);
    (void)unused;
}

/* ---- calls from before there were runs ---- */

static bool as_before(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE exchange_call SET in_runs = 0") &&
           db_exec(&c->tx, "DELETE FROM run_fresh");
}

static bool forget(struct ctx *c)
{
    return about_store_forget(c, lin(c));
}

static size_t shown(struct world *w)
{
    struct client me = client_new(w->t);
    client_as_person(&me, "13900000101");
    return json_get(exchange_ok(&me, client_get(&me, "/me/exchange")), "calls")->count;
}

static void call(struct world *w)
{
    assert_int_equal(exchange_call(w, exchange_query(w, LIN, w->case_no)).status, 200);
}

static void calls_from_before_there_were_runs_stand_beside_newer_ones(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    call(&w);
    call(&w);
    assert_int_equal(shown(&w), 2);
    testapp_write(w.t, as_before, NULL);
    assert_int_equal(shown(&w), 2);
    call(&w);
    assert_int_equal(shown(&w), 3);
    testapp_write(w.t, forget, NULL);
    assert_int_equal(shown(&w), 0);
    testapp_close(w.t);
    (void)unused;
}

/* ---- in one transaction ---- */

static bool call_and_forget(struct ctx *c)
{
    const struct call_row r = {.id = ctx_id(c),
                               .at = c->now,
                               .operator_id = STR("zhang-3"),
                               .mode = STR("query"),
                               .purpose = STR("apply"),
                               .subject_index = lin(c),
                               .fields = STR("name"),
                               .result = STR("ok"),
                               .scheme = STR_EMPTY};
    return call_store_add(c, &r) && about_store_forget(c, lin(c));
}

static bool count_left(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT (SELECT COUNT(*) FROM exchange_call WHERE subject_index = $1) + (SELECT COUNT(*) FROM "
            "run_fresh)",
            DB_B(lin(c))))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void who_is_erased_in_the_transaction_of_a_call_is_erased_from_it(void **unused)
{
    struct world w = exchange_world();
    int64_t left = -1;
    testapp_write(w.t, call_and_forget, NULL);
    testapp_read(w.t, count_left, &left);
    assert_int_equal(left, 0);
    testapp_close(w.t);
    (void)unused;
}

/* ---- what somebody changes of what calls are found by ---- */

static bool take_pairs_away(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM run_fresh");
}

static bool hide_from_both(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE exchange_call SET in_runs = 1") &&
           db_exec(&c->tx, "DELETE FROM run_fresh");
}

static bool call_it_neither(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE exchange_call SET in_runs = 2") &&
           db_exec(&c->tx, "DELETE FROM run_fresh");
}

static bool add_a_pair(struct ctx *c)
{
    return about_store_add(c, zhou(c), 12345);
}

/* How many findings of the audit have those words. */
static size_t found(struct world *w, const char *words)
{
    struct evidence_audit out;
    size_t n = 0;
    testapp_read(w->t, exchange_audited, &out);
    for (size_t i = 0; i < out.count && i < EVIDENCE_FINDINGS; i++)
        n += strstr(out.findings[i].msgid, words) != NULL;
    return n;
}

static void the_audit_names_calls_that_their_person_would_not_find(void **unused)
{
    static handler *const changes[] = {take_pairs_away, hide_from_both, call_it_neither};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct world w = exchange_world();
        exchange_grant(&w, "");
        testapp_write(w.t, exchange_seed_case, &w);
        call(&w);
        call(&w);
        assert_int_equal(found(&w, "whom"), 0);
        testapp_write(w.t, changes[i], NULL);
        assert_true(found(&w, "not found by whom") >= 2);
        testapp_close(w.t);
    }
    struct world w = exchange_world();
    testapp_write(w.t, add_a_pair, NULL);
    assert_int_equal(found(&w, "other calls are found"), 1);
    testapp_close(w.t);
    (void)unused;
}

/* ---- built anew ---- */

static bool rebuild(struct ctx *c)
{
    return exchange_rebuild_calls(c, ctx_arg(c));
}

static bool sort_some(struct ctx *c)
{
    return exchange_sort_some(c, ctx_arg(c));
}

static bool break_a_part(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE run_fresh SET pairs = $1", DB_B(STR("not whole")));
}

static bool leave_a_part_without_its_run(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM run_fresh") &&
           db_exec(&c->tx, "INSERT INTO run_part (run, low, pairs) VALUES (7, $1, $2)", DB_B(STR("a")),
                   DB_B(STR("a")));
}

static void what_was_lost_is_built_anew_from_the_rows_of_calls(void **unused)
{
    static handler *const changes[] = {
        take_pairs_away, hide_from_both, call_it_neither, break_a_part, leave_a_part_without_its_run,
        add_a_pair};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct world w = exchange_world();
        struct exchange_rebuilt made;
        bool more = true;
        exchange_grant(&w, "");
        testapp_write(w.t, exchange_seed_case, &w);
        call(&w);
        call(&w);
        testapp_write(w.t, changes[i], NULL);
        testapp_write(w.t, rebuild, &made);
        assert_true(made.calls >= 2 && made.forgotten == 0);
        while (more)
            testapp_write(w.t, sort_some, &more);
        assert_int_equal(found(&w, "whom"), 0);
        assert_int_equal(shown(&w), 2);
        call(&w);
        assert_int_equal(shown(&w), 3);
        testapp_close(w.t);
    }
    (void)unused;
}

/* Rows of calls, as the database of an installation may hold very many. */
static bool add_rows(struct ctx *c)
{
    for (int64_t call = 1; call <= MANY; call++) {
        const struct call_row r = {.id = call,
                                   .at = call,
                                   .operator_id = STR("zhang-3"),
                                   .mode = STR("query"),
                                   .purpose = STR("apply"),
                                   .subject_index = call % EVERY ? zhou(c) : lin(c),
                                   .fields = STR("name"),
                                   .result = STR("ok"),
                                   .scheme = STR_EMPTY};
        if (!call_store_add(c, &r)) return false;
    }
    return true;
}

static void many_are_built_anew_and_sorted(void **unused)
{
    struct world w = exchange_world();
    struct exchange_rebuilt made;
    int64_t runs = -1;
    bool more = true;
    testapp_write(w.t, add_rows, NULL);
    testapp_write(w.t, take_pairs_away, NULL);
    testapp_write(w.t, rebuild, &made);
    assert_true(made.calls >= MANY);
    testapp_read(w.t, look, NULL);
    while (more)
        testapp_write(w.t, sort_some, &more);
    testapp_read(w.t, count_runs, &runs);
    assert_int_equal(runs, 1);
    testapp_read(w.t, look, NULL);
    testapp_close(w.t);
    (void)unused;
}

/* Somebody is erased while the calls about them are not found: by their account, and one from before they had
 * one. The same number comes back later. */
struct erased {
    struct world *w;
    int64_t subject, left;
};

static bool add_about(struct ctx *c, int64_t subject)
{
    const struct call_row r = {.id = ctx_id(c),
                               .at = c->now,
                               .operator_id = STR("zhang-3"),
                               .mode = STR("query"),
                               .purpose = STR("apply"),
                               .subject = subject,
                               .subject_index = zhou(c),
                               .fields = STR("name"),
                               .result = STR("ok"),
                               .scheme = STR_EMPTY};
    return call_store_add(c, &r);
}

static bool erase_unfound(struct ctx *c)
{
    struct erased *e = ctx_arg(c);
    e->subject = ctx_id(c);
    return add_about(c, e->subject) && add_about(c, 0) &&
           evidence_add(c, "person.erase", "person", e->subject, e->subject, NULL);
}

static bool come_back(struct ctx *c)
{
    return take_pairs_away(c) && add_about(c, ctx_id(c));
}

static bool count_about(struct ctx *c)
{
    struct erased *e = ctx_arg(c);
    const struct about_query all = {.index = zhou(c), .before = INT64_MAX, .limit = 100};
    struct db_rows r;
    int64_t *ids;
    size_t count;
    if (!about_store_find(c, &all, &ids, &count) ||
        !db_query(&c->tx, &r, "SELECT COUNT(*) FROM exchange_call WHERE subject_index = $1", DB_B(zhou(c))))
        return false;
    assert_int_equal(db_int(&r, 0, 0), count);
    e->left = (int64_t)count;
    return true;
}

static void calls_about_who_was_erased_do_not_come_back(void **unused)
{
    struct world w = exchange_world();
    struct erased e = {.w = &w};
    struct exchange_rebuilt made;
    testapp_read(w.t, count_about, &e);
    assert_int_equal(e.left, 0);
    testapp_write(w.t, erase_unfound, &e);
    testapp_write(w.t, come_back, &e);
    testapp_write(w.t, rebuild, &made);
    assert_int_equal(made.forgotten, 2);
    testapp_read(w.t, count_about, &e);
    assert_int_equal(e.left, 1);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_found_before_and_after_they_are_sorted),
        cmocka_unit_test(calls_from_before_there_were_runs_stand_beside_newer_ones),
        cmocka_unit_test(who_is_erased_in_the_transaction_of_a_call_is_erased_from_it),
        cmocka_unit_test(the_audit_names_calls_that_their_person_would_not_find),
        cmocka_unit_test(what_was_lost_is_built_anew_from_the_rows_of_calls),
        cmocka_unit_test(many_are_built_anew_and_sorted),
        cmocka_unit_test(calls_about_who_was_erased_do_not_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
