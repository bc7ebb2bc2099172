/* What is kept of a person stands where it was put: answers of a batch, records of a register, rows of a
 * provider. */
#include "modules/exchange/exchange_app_test.h"
#include "modules/exchange/exchange_feed.h"

#define BATCH                                                                                                \
    "{\"operator\":\"zhang-3\",\"mode\":\"query\",\"purpose\":\"apply\",\"fields\":[\"name\"],"              \
    "\"subjects\":[{\"number\":\"" LIN "\"},{\"number\":\"" ZHOU "\"}]}"
#define TERMS "&caseless=1&modes=query&modes=batch"

static int64_t answered_batch(struct world *w)
{
    struct client c = client_new(w->t);
    const struct signed_call s = {.body = BATCH, .path = "/exchange/population/batch"};
    int64_t batch = json_i64_of(exchange_ok(&c, exchange_send(w, &s)), "batch", 0);
    testapp_jobs(w->t);
    return batch;
}

static struct answer fetched(struct world *w, int64_t batch)
{
    char path[80];
    snprintf(path, sizeof path, "/exchange/batches/%lld", (long long)batch);
    const struct signed_call s = {.body = "{\"from\":0}", .path = path};
    return exchange_send(w, &s);
}

static const struct json *result(struct world *w, struct answer a, size_t n)
{
    struct client c = client_new(w->t);
    return json_at(json_get(exchange_ok(&c, a), "results"), n);
}

/* Two rows change what they hold in that column. */
struct swap {
    const char *table, *column, *rows;
};

static bool swap(struct ctx *c)
{
    const struct swap *s = ctx_arg(c);
    struct db_rows r;
    const char *all = str_z(c->arena,
                            str_fmt(c->arena, "SELECT %s FROM %s WHERE %s", s->column, s->table, s->rows)),
               *set = str_z(c->arena, str_fmt(c->arena, "UPDATE %s SET %s = $1 WHERE %s = $2", s->table,
                                              s->column, s->column));
    if (!db_query(&c->tx, &r, all)) return false;
    assert_int_equal(r.rows, 2);
    struct str first = str_dup(c->arena, db_str(&r, 0, 0)), second = str_dup(c->arena, db_str(&r, 1, 0));
    return db_exec(&c->tx, set, DB_B(STR("meanwhile")), DB_B(first)) &&
           db_exec(&c->tx, set, DB_B(first), DB_B(second)) &&
           db_exec(&c->tx, set, DB_B(second), DB_B(STR("meanwhile")));
}

static size_t found_in_batches(struct world *w)
{
    struct evidence_audit out;
    size_t count = 0;
    testapp_read(w->t, exchange_audited, &out);
    for (size_t i = 0; i < out.count && i < EVIDENCE_FINDINGS; i++)
        count += strstr(out.findings[i].msgid, "An answer of a batch") != NULL;
    return count;
}

static void answers_that_changed_places_are_not_given_and_the_audit_finds_them(void **unused)
{
    static const char *const columns[] = {"answer", "question"};
    struct world w = exchange_world();
    exchange_grant(&w, TERMS);
    int64_t batch = answered_batch(&w);
    for (size_t i = 0; i < 2; i++) {
        struct swap s = {"exchange_batch_line", columns[i], "n < 2"};
        assert_true(answer_has(fetched(&w, batch), "林晓禾"));
        assert_int_equal(found_in_batches(&w), 0);
        testapp_write(w.t, swap, &s);
        struct answer a = fetched(&w, batch);
        assert_int_equal(a.status, 500);
        assert_false(answer_has(a, "林晓禾"));
        assert_int_equal(found_in_batches(&w), 2);
        testapp_write(w.t, swap, &s);
    }
    testapp_close(w.t);
    (void)unused;
}

static bool take_other_call(struct ctx *c)
{
    (void)ctx_arg(c);
    return db_exec(&c->tx,
                   "UPDATE exchange_batch_line SET call = (SELECT MAX(o.call) FROM exchange_batch_line o)");
}

/* Each call says which answer it gave. */
static void an_answer_is_the_one_whose_leaf_its_call_has(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, TERMS);
    (void)answered_batch(&w);
    assert_int_equal(found_in_batches(&w), 0);
    testapp_write(w.t, take_other_call, NULL);
    assert_int_equal(found_in_batches(&w), 1);
    testapp_close(w.t);
    (void)unused;
}

static bool erase_lin(struct ctx *c)
{
    int64_t lin;
    return people_find(c, SUBJECT_PERSON, STR(LIN), &lin) && subject_erase(ctx_keys(c), &c->tx, lin) &&
           evidence_add(c, "person.erase", "person", lin, lin, NULL);
}

static void a_persons_line_of_a_batch_goes_with_them(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, TERMS);
    int64_t batch = answered_batch(&w);
    testapp_write(w.t, erase_lin, NULL);
    struct answer a = fetched(&w, batch);
    assert_true(str_eq_c(json_text_of(result(&w, a, 0), "error"), "exchange.erased"));
    assert_non_null(json_get(result(&w, a, 1), "answer"));
    assert_false(answer_has(a, "林晓禾") || answer_has(a, LIN));
    assert_int_equal(found_in_batches(&w), 0);
    /* One that waited still is passed over. */
    const struct signed_call s = {.body = BATCH, .path = "/exchange/population/batch"};
    struct client c = client_new(w.t);
    batch = json_i64_of(exchange_ok(&c, exchange_send(&w, &s)), "batch", 0);
    testapp_write(w.t, erase_lin, NULL);
    testapp_jobs(w.t);
    a = fetched(&w, batch);
    assert_true(str_eq_c(json_text_of(result(&w, a, 0), "error"), "exchange.erased"));
    assert_non_null(json_get(result(&w, a, 1), "answer"));
    testapp_close(w.t);
    (void)unused;
}

static bool file_lin_elsewhere(struct ctx *c)
{
    (void)ctx_arg(c);
    struct str lin = blind_index(ctx_keys(c), c->arena, "registry:code", STR(LIN)),
               zhou = blind_index(ctx_keys(c), c->arena, "registry:code", STR(ZHOU));
    const char *set = "UPDATE registry_record SET code_index = $1 WHERE code_index = $2";
    return db_exec(&c->tx, set, DB_B(STR("meanwhile")), DB_B(lin)) &&
           db_exec(&c->tx, set, DB_B(lin), DB_B(zhou)) &&
           db_exec(&c->tx, set, DB_B(zhou), DB_B(STR("meanwhile")));
}

static void a_record_that_is_filed_under_another_number_is_not_given(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, TERMS);
    struct answer a = exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY));
    assert_true(answer_has(a, "林晓禾"));
    testapp_write(w.t, file_lin_elsewhere, NULL);
    a = exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY));
    assert_int_equal(a.status, 503);
    assert_string_equal(exchange_code(&w, a), "exchange.provider");
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_that_changed_places_are_not_given_and_the_audit_finds_them),
        cmocka_unit_test(an_answer_is_the_one_whose_leaf_its_call_has),
        cmocka_unit_test(a_persons_line_of_a_batch_goes_with_them),
        cmocka_unit_test(a_record_that_is_filed_under_another_number_is_not_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
