/* Rows of calls between nodes are compared with what is on record, on both sides. */
#include "modules/nodes/nodes_app_test.h"

#define TERMS "&callers_case=1&daily=100000&rate=100000"

/* One column of a row, set and set back. */
struct change {
    const char *table, *column, *value; /* value: as SQL has it; NULL: other bytes */
    int64_t id;
};

static bool last_row(struct ctx *c)
{
    struct change *k = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, str_z(c->arena, str_fmt(c->arena, "SELECT MAX(id) FROM %s", k->table))))
        return false;
    k->id = db_int(&r, 0, 0);
    return db_exec(&c->tx,
                   str_z(c->arena, str_fmt(c->arena, "CREATE TABLE saved AS SELECT * FROM %s", k->table)));
}

static bool change(struct ctx *c)
{
    const struct change *k = ctx_arg(c);
    const char *sql = str_z(c->arena, str_fmt(c->arena, "UPDATE %s SET %s = %s WHERE id = $1", k->table,
                                              k->column, k->value ? k->value : "$2"));
    return k->value ? db_exec(&c->tx, sql, DB_I(k->id)) : db_exec(&c->tx, sql, DB_I(k->id), DB_B(STR("no")));
}

static bool change_back(struct ctx *c)
{
    const struct change *k = ctx_arg(c);
    return db_exec(
        &c->tx,
        str_z(c->arena,
              str_fmt(c->arena, "UPDATE %s SET %s = (SELECT s.%s FROM saved s WHERE s.id = $1) WHERE id = $1",
                      k->table, k->column, k->column)),
        DB_I(k->id));
}

static size_t found(struct testapp *t, int64_t id, const char *words)
{
    struct evidence_audit out;
    size_t count = 0;
    testapp_read(t, exchange_audited, &out);
    for (size_t i = 0; i < out.count && i < EVIDENCE_FINDINGS; i++)
        count += out.findings[i].arg == id && strstr(out.findings[i].msgid, "between nodes") != NULL &&
                 strstr(out.findings[i].msgid, words) != NULL;
    return count;
}

static bool count_columns(struct ctx *c)
{
    struct change *k = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT * FROM saved")) return false;
    k->id = (int64_t)r.cols;
    return true;
}

static void every_column_is_compared(struct testapp *t, const char *table, const struct change *list,
                                     size_t count)
{
    struct change k = {.table = table}, columns = {0};
    testapp_write(t, last_row, &k);
    const int64_t id = k.id;
    testapp_read(t, count_columns, &columns);
    assert_int_equal(columns.id, count + 1); /* all but the id */
    assert_int_equal(found(t, id, ""), 0);
    for (size_t i = 0; i < count; i++) {
        k = list[i];
        k.table = table;
        k.id = id;
        testapp_write(t, change, &k);
        if (found(t, id, "something else") != 1) fail_msg("%s.%s is not compared", table, k.column);
        testapp_write(t, change_back, &k);
        assert_int_equal(found(t, id, ""), 0);
    }
    k = (struct change){.table = table, .column = "id", .value = "id + 1", .id = id};
    testapp_write(t, change, &k);
    assert_int_equal(found(t, id, "gone"), 1);
    assert_int_equal(found(t, id + 1, "no record"), 1);
}

static void rows_of_sent_and_served_calls_that_were_changed_or_moved_are_named(void **unused)
{
    static const struct change sent[] = {
        {.column = "client", .value = "'DEMO/GOV/x/y'"},
        {.column = "call", .value = "'other'"},
        {.column = "node", .value = "'other'"},
        {.column = "service", .value = "'DEMO/GOV/x/data/other'"},
        {.column = "content", .value = "'0'"},
        {.column = "purpose", .value = "'supervise'"},
        {.column = "item", .value = "'BI-0009'"},
        {.column = "case_no", .value = "'0'"},
        {.column = "subject", .value = "subject + 1"},
        {.column = "subject_index", .value = NULL},
        {.column = "state", .value = "'refused'"},
        {.column = "result", .value = "'exchange.permit'"},
        {.column = "answer", .value = "'0'"},
        {.column = "attempts", .value = "attempts + 1"},
        {.column = "at", .value = "at + 1"},
        {.column = "ended", .value = "ended + 1"},
        {.column = "unit", .value = "unit + 1"},
        {.column = "system", .value = "system + 1"},
        {.column = "operator", .value = "'li-4'"},
        {.column = "fields", .value = "'name'"},
        {.column = "mode", .value = "'check'"},
        {.column = "took_us", .value = "took_us + 1"},
        {.column = "party", .value = "party + 1"},
        {.column = "data", .value = "data + 1"},
    };
    static const struct change served[] = {
        {.column = "node", .value = "'other'"},    {.column = "client", .value = "'DEMO/GOV/x/y'"},
        {.column = "call", .value = "'other'"},    {.column = "service", .value = "'DEMO/GOV/x/data/other'"},
        {.column = "content", .value = "'0'"},     {.column = "result", .value = "'exchange.permit'"},
        {.column = "digest", .value = "'0'"},      {.column = "answer", .value = NULL},
        {.column = "times", .value = "times + 1"}, {.column = "at", .value = "at + 1"},
        {.column = "unit", .value = "unit + 1"},   {.column = "subject", .value = "subject + 1"},
    };
    struct pair *p = pair_open(TERMS);
    assert_int_equal(pair_ask(p, "call-1").status, 200);
    every_column_is_compared(p->w.t, "node_asked", sent, sizeof sent / sizeof sent[0]);
    every_column_is_compared(p->hub, "node_served", served, sizeof served / sizeof served[0]);
    pair_close(p);
    (void)unused;
}

static bool whole(struct testapp *t)
{
    struct evidence_audit out;
    testapp_read(t, exchange_audited, &out);
    for (size_t i = 0; i < out.count && i < EVIDENCE_FINDINGS; i++)
        print_message("%s %lld\n", out.findings[i].msgid, (long long)out.findings[i].arg);
    return out.count == 0;
}

static bool erase_lin(struct ctx *c)
{
    int64_t lin;
    return people_find(c, SUBJECT_PERSON, STR(LIN), &lin) && subject_erase(ctx_keys(c), &c->tx, lin) &&
           evidence_add(c, "person.erase", "person", lin, lin, NULL);
}

static void what_was_answered_about_a_person_goes_with_them(void **unused)
{
    struct pair *p = pair_open(TERMS);
    assert_int_equal(pair_ask(p, "call-1").status, 200);
    assert_true(answer_has(pair_ask(p, "call-1"), "林晓禾"));
    testapp_write(p->hub, erase_lin, NULL);
    struct answer a = pair_ask(p, "call-1");
    assert_string_equal(str_z(p->w.t->arena, pair_header(a, "X-Road-Error")), "nodes.forgotten");
    assert_false(answer_has(a, "林晓禾"));
    assert_true(whole(p->hub) && whole(p->w.t));
    pair_close(p);
    (void)unused;
}

static void calls_of_every_end_fit_their_records(void **unused)
{
    struct pair *p = pair_open(TERMS);
    assert_int_equal(pair_ask(p, "repeated").status, 200);
    assert_int_equal(pair_ask(p, "repeated").status, 200);
    const struct node_call no_case = {.id = "here",
                                      .body = exchange_query(&p->w, LIN, STR("780101200001010001"))},
                           other = {.id = "there",
                                    .body =
                                        str_z(p->w.t->arena,
                                              str_fmt(p->w.t->arena,
                                                      "{\"mode\":\"check\",\"purpose\":\"supervise\","
                                                      "\"number\":\"" LIN
                                                      "\",\"operator\":\"li-4\",\"case\":\"%.*s\",\"facts\":"
                                                      "{\"name\":\"林晓禾\"}}",
                                                      STR_ARG(p->w.case_no)))};
    assert_int_equal(pair_send(p, &no_case).status, 403); /* refused before it leaves, twice */
    assert_int_equal(pair_send(p, &no_case).status, 403);
    assert_true(pair_send(p, &other).status >= 400); /* refused by the other node */
    proxy_order(p->net, PROXY_DOWN, 0, 2);
    assert_int_equal(pair_ask(p, "cut").status, 503);
    assert_true(whole(p->w.t));
    assert_int_equal(pair_ask(p, "cut").status, 200);
    assert_true(whole(p->w.t));
    assert_true(whole(p->hub));
    pair_close(p);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_sent_and_served_calls_that_were_changed_or_moved_are_named),
        cmocka_unit_test(calls_of_every_end_fit_their_records),
        cmocka_unit_test(what_was_answered_about_a_person_goes_with_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
