/* Registers of this installation that have several records of one number answer as tables and services do. */
#include "modules/exchange/exchange_app_test.h"
#include "modules/registry/registry.h"

#define FIELDS "\"fields\":[\"exam\",\"session\"]"
#define EXAM   "%E8%80%83%E8%AF%95" /* 考试 */

enum { MORE_THAN_ARE_READ = 51 };

static bool set_limit(struct ctx *c)
{
    struct json *file = json_object(c->arena), *report = json_object(c->arena),
                *exam = json_copy(c->arena, registry_resource(c, STR("exam")));
    json_set_i64(c->arena, exam, "limit", MORE_THAN_ARE_READ - 1);
    json_add(json_set_array(c->arena, file, "resources"), exam);
    return registry_import(c, file, report) && json_i64_of(report, "new", 0) == 1;
}

/* The register of exams of the education office, as an installation from before has it, under a permit;
 * `more` of its request. */
static struct world open_unlimited(const char *more)
{
    struct world w = exchange_world();
    w.provider = exchange_officer(w.t, "education.data");
    w.entry = exchange_entry_named(&w.steward, EXAM);
    exchange_grant(
        &w,
        str_z(w.t->arena, str_fmt(w.t->arena, "&fields=exam&fields=session&masks=session%%3Dall%s", more)));
    testapp_write(w.t, exchange_seed_case, &w);
    return w;
}

static struct world open_exams(const char *more)
{
    struct world w = open_unlimited(more);
    testapp_write(w.t, set_limit, NULL);
    return w;
}

struct exams {
    int from, count;
};

static bool add_exams(struct ctx *c)
{
    const struct exams *e = ctx_arg(c);
    for (int i = e->from; i < e->from + e->count; i++) {
        struct json *record = json_object(c->arena);
        json_set_str(c->arena, record, "id_number", STR(LIN));
        json_set_str(c->arena, record, "exam", str_fmt(c->arena, "exam-%02d", i));
        json_set_str(c->arena, record, "session", STR("2026"));
        if (!registry_put(c, STR("exam"), STR(LIN), record)) return false;
    }
    return true;
}

static void give_exams(struct world *w, int from, int count)
{
    struct exams e = {from, count};
    testapp_write(w->t, add_exams, &e);
}

static struct answer asked(struct world *w, const char *mode, const char *what)
{
    struct arena *a = w->t->arena;
    const struct signed_call s = {
        .path = "/exchange/exam",
        .body = str_z(a, str_fmt(a,
                                 "{\"mode\":\"%s\",\"purpose\":\"apply\",\"number\":\"" LIN
                                 "\",%s,\"operator\":\"zhang-3\",\"case\":\"%.*s\"}",
                                 mode, what, STR_ARG(w->case_no)))};
    return exchange_send(w, &s);
}

static struct answer queried(struct world *w)
{
    return asked(w, "query", FIELDS);
}

static struct answer checked(struct world *w, const char *exam)
{
    return asked(w, "check", str_z(w->t->arena, str_fmt(w->t->arena, "\"facts\":{\"exam\":\"%s\"}", exam)));
}

static void several_records_leave_masked_and_a_check_looks_at_all(void **unused)
{
    struct world w = open_exams("");
    struct client c = client_new(w.t);
    assert_false(json_true_of(exchange_ok(&c, queried(&w)), "found"));
    give_exams(&w, 1, 3);
    const struct json *doc = exchange_ok(&c, queried(&w)), *list = json_get(doc, "records");
    assert_int_equal(list->count, 3);
    assert_true(str_eq_c(json_text_of(json_at(list, 0), "exam"), "exam-01"));
    assert_true(str_eq_c(json_text_of(json_at(list, 2), "exam"), "exam-03"));
    assert_true(str_eq_c(json_text_of(json_at(list, 2), "session"), "***"));
    assert_false(json_true_of(doc, "more"));
    assert_true(json_true_of(exchange_ok(&c, checked(&w, "exam-03")), "match"));
    assert_false(json_true_of(exchange_ok(&c, checked(&w, "exam-04")), "match"));
    exchange_calls_fit(&w);
    testapp_close(w.t);
    (void)unused;
}

static void no_is_not_said_where_records_stayed_unread(void **unused)
{
    struct world w = open_exams("");
    struct client c = client_new(w.t);
    give_exams(&w, 1, MORE_THAN_ARE_READ);
    const struct json *doc = exchange_ok(&c, queried(&w));
    assert_int_equal(json_get(doc, "records")->count, MORE_THAN_ARE_READ - 1);
    assert_true(json_true_of(doc, "more"));
    assert_true(json_true_of(exchange_ok(&c, checked(&w, "exam-50")), "match"));
    assert_string_equal(exchange_code(&w, checked(&w, "exam-51")), "exchange.provider");
    testapp_close(w.t);
    (void)unused;
}

static void the_filter_looks_at_each_of_a_register(void **unused)
{
    struct world w = open_exams("&filter=exam%20in%20exam-02%2C%20exam-03");
    struct client c = client_new(w.t);
    give_exams(&w, 1, 3);
    const struct json *list = json_get(exchange_ok(&c, queried(&w)), "records");
    assert_int_equal(list->count, 2);
    assert_true(str_eq_c(json_text_of(json_at(list, 0), "exam"), "exam-02"));
    assert_false(json_true_of(exchange_ok(&c, checked(&w, "exam-01")), "match"));
    testapp_close(w.t);
    (void)unused;
}

/* Systems that ask such a register read `data`: they go on doing so. */
static void without_a_limit_the_oldest_record_is_the_answer(void **unused)
{
    struct world w = open_unlimited("");
    struct client c = client_new(w.t);
    for (int i = 1; i <= 2; i++) {
        give_exams(&w, i, 1);
        const struct json *doc = exchange_ok(&c, queried(&w));
        assert_null(json_get(doc, "records"));
        assert_true(str_eq_c(json_text(json_path(doc, "data.exam")), "exam-01"));
    }
    assert_true(json_true_of(exchange_ok(&c, checked(&w, "exam-01")), "match"));
    assert_false(json_true_of(exchange_ok(&c, checked(&w, "exam-02")), "match"));
    testapp_close(w.t);
    (void)unused;
}

static bool read_oldest(struct ctx *c)
{
    const struct json *few, *all, *again;
    if (!registry_oldest(c, STR("exam"), STR(LIN), 3, &few) ||
        !registry_records(c, STR("exam"), STR(LIN), NULL, &all) ||
        !registry_oldest(c, STR("exam"), STR(LIN), 3, &again))
        return false;
    assert_int_equal(few->count, 3);
    assert_true(str_eq_c(json_text_of(few->first, "exam"), "exam-01"));
    assert_true(str_eq_c(json_text_of(few->last, "exam"), "exam-03"));
    assert_int_equal(all->count, MORE_THAN_ARE_READ);
    assert_ptr_equal(again, all);
    return true;
}

static void no_more_records_are_read_than_the_answer_needs(void **unused)
{
    struct world w = open_unlimited("");
    give_exams(&w, 1, MORE_THAN_ARE_READ);
    testapp_read(w.t, read_oldest, NULL);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_records_leave_masked_and_a_check_looks_at_all),
        cmocka_unit_test(no_is_not_said_where_records_stayed_unread),
        cmocka_unit_test(the_filter_looks_at_each_of_a_register),
        cmocka_unit_test(without_a_limit_the_oldest_record_is_the_answer),
        cmocka_unit_test(no_more_records_are_read_than_the_answer_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
