/* Rows of calls are compared with what is on record. */
#include "modules/exchange/exchange_app_test.h"

/* Findings that name this row. */
static size_t found(struct world *w, int64_t id, const char *words)
{
    struct evidence_audit out;
    size_t count = 0;
    testapp_read(w->t, exchange_audited, &out);
    for (size_t i = 0; i < out.count && i < EVIDENCE_FINDINGS; i++)
        count += out.findings[i].arg == id && strstr(out.findings[i].msgid, words) != NULL;
    return count;
}

/* One column of a row, set and set back. */
struct change {
    const char *column, *value; /* value: as SQL has it */
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
    return db_exec(&c->tx,
                   str_z(c->arena, str_fmt(c->arena, "UPDATE exchange_call SET %s = %s WHERE id = $1",
                                           k->column, k->value)),
                   DB_I(k->id));
}

/* The column as the call before the last has it. */
static bool change_back(struct ctx *c)
{
    const struct change *k = ctx_arg(c);
    return db_exec(&c->tx,
                   str_z(c->arena, str_fmt(c->arena,
                                           "UPDATE exchange_call SET %s = (SELECT o.%s FROM exchange_call o "
                                           "WHERE o.id < $1 AND o.result = 'ok' ORDER BY o.id DESC LIMIT 1) "
                                           "WHERE id = $1",
                                           k->column, k->column)),
                   DB_I(k->id));
}

/* The last of three calls, the first of which is like it. */
static int64_t called(struct world *w)
{
    struct change k = {0};
    exchange_grant(w, "");
    testapp_write(w->t, exchange_seed_case, w);
    assert_int_equal(exchange_call(w, exchange_query(w, LIN, w->case_no)).status, 200);
    assert_int_equal(exchange_call(w, exchange_query(w, LIN, STR_EMPTY)).status, 403);
    assert_int_equal(exchange_call(w, exchange_query(w, LIN, w->case_no)).status, 200);
    testapp_read(w->t, last_call, &k);
    assert_int_equal(found(w, k.id, "call"), 0);
    return k.id;
}

static void rows_of_calls_that_were_changed_removed_or_added_are_named(void **unused)
{
    static const struct change changed[] = {
        {.column = "fields", .value = "'name'"},
        {.column = "case_id", .value = "0"},
        {.column = "result", .value = "'exchange.case'"},
        {.column = "mode", .value = "'check'"},
        {.column = "purpose", .value = "'supervise'"},
        {.column = "operator", .value = "'li-4'"},
        {.column = "operator", .value = "''"},
        {.column = "unit", .value = "unit + 1"},
        {.column = "item", .value = "item + 1"},
        {.column = "item", .value = "0"},
        {.column = "subject", .value = "subject + 1"},
        {.column = "answer", .value = "0"},
        {.column = "signed", .value = "'TB-SM2'"},
        {.column = "own", .value = "1"},
        {.column = "system", .value = "system + 1"},
        {.column = "permit", .value = "permit + 1"},
        {.column = "resource", .value = "resource + 1"},
    };
    struct world w = exchange_world();
    int64_t id = called(&w);
    for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        struct change k = changed[i];
        k.id = id;
        testapp_write(w.t, change, &k);
        if (found(&w, id, "something else") != 1) fail_msg("%s = %s is not found", k.column, k.value);
        testapp_write(w.t, change_back, &k);
        assert_int_equal(found(&w, id, "call"), 0);
    }
    struct change moved = {.column = "id", .value = "id + 1", .id = id};
    testapp_write(w.t, change, &moved);
    assert_int_equal(found(&w, id, "gone"), 1);
    assert_int_equal(found(&w, id + 1, "no record"), 1);
    testapp_close(w.t);
    (void)unused;
}

static bool file_under(struct ctx *c, int64_t id, struct str index)
{
    return db_exec(&c->tx, "UPDATE exchange_call SET subject_index = $2 WHERE id = $1", DB_I(id),
                   DB_B(index));
}

static bool file_under_zhou(struct ctx *c)
{
    return file_under(c, *(int64_t *)ctx_arg(c), exchange_subject_index(c, STR(ZHOU)));
}

static bool file_under_nobody(struct ctx *c)
{
    return file_under(c, *(int64_t *)ctx_arg(c), STR_EMPTY);
}

static bool erase_subject(struct ctx *c)
{
    int64_t lin;
    return people_find(c, SUBJECT_PERSON, STR(LIN), &lin) && lin &&
           evidence_add(c, "person.erase", "person", lin, lin, NULL);
}

static void whom_a_call_is_filed_under_is_compared_until_they_are_erased(void **unused)
{
    struct world w = exchange_world();
    int64_t id = called(&w);
    testapp_write(w.t, file_under_zhou, &id);
    assert_int_equal(found(&w, id, "something else"), 1);
    testapp_write(w.t, file_under_nobody, &id);
    assert_int_equal(found(&w, id, "something else"), 1);
    testapp_write(w.t, erase_subject, NULL);
    assert_int_equal(found(&w, id, "call"), 0);
    testapp_close(w.t);
    (void)unused;
}

/* The record as it was before it held as much. */
static bool make_old(struct ctx *c)
{
    static const char *const kept[] = {"system", "resource", "permit", "case",
                                       "mode",   "purpose",  "fields", "result"};
    struct db_rows r;
    struct json *old = json_object(c->arena);
    if (!db_query(&c->tx, &r, "SELECT id, detail FROM evidence WHERE act = 'exchange.call' AND object = $1",
                  DB_I(*(int64_t *)ctx_arg(c))))
        return false;
    const struct json *said = json_parse(c->arena, db_str(&r, 0, 1), JSON_STRICT, c->err);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        json_set_str(c->arena, old, kept[i], json_text_of(said, kept[i]));
    return db_exec(&c->tx, "UPDATE evidence SET detail = $2 WHERE id = $1", DB_I(db_int(&r, 0, 0)),
                   DB_S(json_to_str(c->arena, old)));
}

static void records_from_before_they_held_as_much_are_not_asked_for_it(void **unused)
{
    struct world w = exchange_world();
    int64_t id = called(&w);
    testapp_write(w.t, make_old, &id);
    assert_int_equal(found(&w, id, "call"), 0);
    testapp_close(w.t);
    (void)unused;
}

static void calls_of_every_way_fit_their_records(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "&caseless=1");
    testapp_write(w.t, exchange_seed_case, &w);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    exchange_call(&w, exchange_query(&w, ZHOU, STR("none")));
    const struct signed_call nowhere = {.body = exchange_query(&w, LIN, STR_EMPTY), .path = "/exchange/none"};
    assert_int_equal(exchange_send(&w, &nowhere).status, 404);
    exchange_calls_fit(&w);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_calls_that_were_changed_removed_or_added_are_named),
        cmocka_unit_test(whom_a_call_is_filed_under_is_compared_until_they_are_erased),
        cmocka_unit_test(records_from_before_they_held_as_much_are_not_asked_for_it),
        cmocka_unit_test(calls_of_every_way_fit_their_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
