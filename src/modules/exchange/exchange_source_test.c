/* Resources that are no registers: a provider's service, its tables, rows it delivers; and providers that
 * fail. */
#include "modules/exchange/exchange_app_test.h"
#include "modules/exchange/exchange_elsewhere.h"
#include "modules/exchange/exchange_setup.h"

#include "testing/peer.h"

#include <sqlite3.h>
#include <unistd.h>

struct provider {
    const char *behaviour;
    char seen[2048];
    int count;
};

/* What a service of a provider does, well or badly. */
static bool provide(int s, const struct peer_question *q, void *arg)
{
    struct provider *p = arg;
    static const char good[] = "{\"found\":true,\"data\":{\"edu_level\":\"本科\",\"school\":\"示范大学\"}}";
    static char much[RECORD_MAX + 1];
    p->count++;
    snprintf(p->seen, sizeof p->seen, "%s\n%.*s", q->head, STR_ARG(q->body));
    if (strcmp(p->behaviour, "sleep") == 0) peer_wait(s, 3000);
    if (strcmp(p->behaviour, "cut") == 0)
        peer_write(s, STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"found\""));
    if (strcmp(p->behaviour, "no json") == 0) return peer_say(s, 200, "text/html", STR("<html>"));
    if (strcmp(p->behaviour, "no answer") == 0)
        return peer_say(s, 200, "application/json", STR("{\"data\":{}}"));
    if (strcmp(p->behaviour, "wrong type") == 0)
        return peer_say(s, 200, "application/json",
                        STR("{\"found\":true,\"data\":{\"edu_level\":[1],\"school\":\"x\"}}"));
    if (strcmp(p->behaviour, "too long") == 0)
        return peer_say(s, 200, "application/json",
                        STR("{\"found\":true,\"data\":{\"edu_level\":\"012345678901234567890\"}}"));
    if (strcmp(p->behaviour, "unknown item") == 0)
        return peer_say(s, 200, "application/json",
                        STR("{\"found\":true,\"data\":{\"edu_level\":\"x\",\"income\":1}}"));
    if (strcmp(p->behaviour, "too large") == 0) {
        memset(much, ' ', sizeof much);
        return peer_say(s, 200, "application/json", str_n(much, sizeof much));
    }
    if (strcmp(p->behaviour, "error") == 0) return peer_say(s, 500, "text/plain", STR("oops"));
    if (strcmp(p->behaviour, "nobody") == 0)
        return peer_say(s, 200, "application/json", STR("{\"found\":false}"));
    if (strcmp(p->behaviour, "404") == 0) return peer_say(s, 404, "text/plain", STR(""));
    if (strcmp(p->behaviour, "several") == 0)
        return peer_say(
            s, 200, "application/json",
            STR("{\"found\":true,\"data\":[{\"edu_level\":\"本科\",\"school\":\"甲\"},"
                "{\"edu_level\":\"硕士\",\"school\":\"乙\"},{\"edu_level\":\"博士\",\"school\":\"丙\"}]}"));
    if (strcmp(p->behaviour, "data first") == 0)
        return peer_say(s, 200, "application/json",
                        STR("{\"data\":{\"edu_level\":\"本科\",\"school\":\"甲\"},\"found\":true}"));
    if (strcmp(p->behaviour, "no data") == 0)
        return peer_say(s, 200, "application/json", STR("{\"found\":true}"));
    if (strcmp(p->behaviour, "none of several") == 0)
        return peer_say(s, 200, "application/json", STR("{\"found\":true,\"data\":[]}"));
    return strcmp(p->behaviour, "good") == 0 && peer_say(s, 200, "application/json", str_c(good));
}

#define HTTP_FORM                                                                                            \
    "kind=http&code=education&place=edu&path=%2Fask&key=id&timeout=400&secret=s3cret&items=level%20%3D%20"   \
    "edu_level%0Aschool%20%3D%20school"
#define PERMIT "&fields=level&fields=school"

static struct world with_service(struct peer **peer, struct provider *p, const char *behaviour)
{
    struct world w = exchange_world();
    *p = (struct provider){.behaviour = behaviour};
    *peer = peer_open(provide, p);
    exchange_set_place(&w, "edu", peer_address(*peer));
    exchange_connect(&w, HTTP_FORM, PERMIT);
    return w;
}

static struct answer ask(struct world *w, const char *number)
{
    const char *body =
        str_z(w->t->arena, str_fmt(w->t->arena,
                                   "{\"operator\":\"zhang-3\",\"mode\":\"query\",\"purpose\":\"apply\","
                                   "\"number\":\"%s\",\"fields\":[\"level\",\"school\"],"
                                   "\"case\":\"%.*s\"}",
                                   number, STR_ARG(w->case_no)));
    const struct signed_call s = {.body = body, .path = "/exchange/education"};
    return exchange_send(w, &s);
}

struct counted {
    int64_t calls;
    const char *result;
};

static bool count_calls(struct ctx *c)
{
    struct counted *n = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM exchange_call WHERE result = $1", DB_C(n->result)))
        return false;
    n->calls = db_int(&r, 0, 0);
    return true;
}

static int64_t on_record(struct world *w, const char *result)
{
    struct counted n = {.result = result};
    testapp_read(w->t, count_calls, &n);
    return n.calls;
}

static const struct json *good_answer(struct world *w)
{
    struct client c = client_new(w->t);
    const struct json *doc = exchange_ok(&c, ask(w, LIN));
    assert_true(json_true_of(doc, "found"));
    assert_true(str_eq_c(json_text(json_path(doc, "data.level")), "本科"));
    assert_true(str_eq_c(json_text(json_path(doc, "data.school")), "示范大学"));
    return doc;
}

static void a_service_of_the_provider_is_asked_with_its_secret_for_the_items_alone(void **unused)
{
    struct peer *peer;
    struct provider p;
    struct world w = with_service(&peer, &p, "good");
    good_answer(&w);
    assert_non_null(strstr(p.seen, "POST /ask HTTP/1.1"));
    assert_non_null(strstr(p.seen, "authorization: Bearer s3cret\r\n"));
    assert_non_null(strstr(p.seen, "{\"id\":\"" LIN "\",\"items\":[\"edu_level\",\"school\"]}"));
    assert_int_equal(on_record(&w, "ok"), 1);
    assert_int_equal(p.count, 1);
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void who_the_provider_does_not_know_is_not_found(void **unused)
{
    static const char *const words[] = {"nobody", "404"};
    struct peer *peer;
    struct provider p;
    struct world w = with_service(&peer, &p, "good");
    struct client c = client_new(w.t);
    for (size_t i = 0; i < 2; i++) {
        p.behaviour = words[i];
        const struct json *doc = exchange_ok(&c, ask(&w, LIN));
        assert_false(json_true_of(doc, "found"));
        assert_null(json_get(doc, "data"));
    }
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void a_broken_answer_of_a_provider_is_refused_whole_and_on_record(void **unused)
{
    static const char *const broken[] = {"cut",      "no json",      "no answer", "wrong type",
                                         "too long", "unknown item", "too large", "error"};
    struct peer *peer;
    struct provider p;
    struct world w = with_service(&peer, &p, "good");
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        p.behaviour = broken[i];
        struct answer a = ask(&w, LIN);
        assert_int_equal(a.status, 503);
        assert_string_equal(exchange_code(&w, a), "exchange.provider");
        assert_false(answer_has(a, "level"));
        p.behaviour = "good"; /* none in a row: the breaker stays closed */
        good_answer(&w);
    }
    assert_int_equal(on_record(&w, "exchange.provider"), sizeof broken / sizeof broken[0]);
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void a_provider_that_sleeps_is_left_alone_and_tried_by_one_call_later(void **unused)
{
    struct peer *peer;
    struct provider p;
    struct world w = with_service(&peer, &p, "sleep");
    for (int i = 0; i < BREAKER_FAILURES; i++)
        assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider");
    assert_int_equal(p.count, BREAKER_FAILURES);
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.sleeping");
    assert_int_equal(p.count, BREAKER_FAILURES);
    testapp_advance(BREAKER_MS + 1);
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider"); /* half open: one tries */
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.sleeping");
    assert_int_equal(p.count, BREAKER_FAILURES + 1);
    p.behaviour = "good";
    testapp_advance(BREAKER_MS + 1);
    good_answer(&w);
    good_answer(&w);
    assert_int_equal(on_record(&w, "exchange.sleeping"), 2);
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void a_provider_that_is_gone_was_asked_nothing_and_one_that_closed_is_asked_again(void **unused)
{
    struct peer *peer;
    struct provider p;
    struct world w = with_service(&peer, &p, "good");
    good_answer(&w);
    peer_close(peer);
    struct answer a = ask(&w, LIN);
    assert_string_equal(exchange_code(&w, a), "exchange.provider");
    assert_int_equal(p.count, 1);
    testapp_close(w.t);
    (void)unused;
}

static void one_call_tries_a_sleeping_provider_and_a_crowd_is_told_to_wait(void **unused)
{
    struct breaker b = {.until = 1};
    struct err e = {0};
    assert_true(breaker_enter(&b, 10, &e));
    assert_false(breaker_enter(&b, 10, &e));
    assert_string_equal(e.code, "exchange.sleeping");
    breaker_leave(&b, 10, true);
    for (int i = 0; i < SOURCE_WAITING_MAX; i++)
        assert_true(breaker_enter(&b, 10, &e));
    err_clear(&e);
    assert_false(breaker_enter(&b, 10, &e));
    assert_string_equal(e.code, "exchange.crowded");
    breaker_leave(&b, 10, true);
    assert_true(breaker_enter(&b, 10, &e));
    (void)unused;
}

/* ---- tables ---- */

#define TABLE_FORM                                                                                           \
    "kind=table&code=education&place=edu&path=degree&key=person&timeout=2000&items=level%20%3D%20lvl%"       \
    "0Aschool"

static void make_table(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

static struct world with_table(char path[200], const char *sql)
{
    struct world w = exchange_world();
    char address[220];
    snprintf(path, 200, "%s/provider.db", w.t->var);
    snprintf(address, sizeof address, "sqlite:%s", path);
    make_table(path, sql);
    exchange_set_place(&w, "edu", address);
    exchange_connect(&w, TABLE_FORM, PERMIT);
    return w;
}

#define DEGREES "CREATE TABLE degree (person TEXT, lvl TEXT, school TEXT, secret TEXT);"

static void a_table_is_asked_by_its_key_and_never_written(void **unused)
{
    char path[200];
    struct world w = with_table(path, DEGREES "INSERT INTO degree VALUES ('" LIN "','本科','示范大学','x');");
    const struct json *doc = good_answer(&w);
    assert_null(json_path(doc, "data.secret"));
    struct client c = client_new(w.t);
    make_table(path, "DELETE FROM degree");
    assert_false(json_true_of(exchange_ok(&c, ask(&w, LIN)), "found"));
    testapp_close(w.t);
    (void)unused;
}

static void two_rows_a_wrong_type_or_a_missing_column_are_no_answer(void **unused)
{
    static const char *const broken[] = {
        "INSERT INTO degree VALUES ('" LIN "','a','b','x'), ('" LIN "','c','d','x')",
        "DELETE FROM degree; INSERT INTO degree VALUES ('" LIN "',x'00ff','b','x')",
        "DELETE FROM degree; INSERT INTO degree VALUES ('" LIN "','012345678901234567890','b','x')",
        "DROP TABLE degree; CREATE TABLE degree (person TEXT, school TEXT)"};
    char path[200];
    struct world w = with_table(path, DEGREES);
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        make_table(path, broken[i]);
        assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider");
    }
    testapp_close(w.t);
    (void)unused;
}

static void a_table_that_takes_too_long_is_ended(void **unused)
{
    char path[200];
    struct world w =
        with_table(path, "CREATE VIEW degree AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                         "FROM n) SELECT CAST(i AS TEXT) AS person, '' AS lvl, '' AS school FROM n");
    int64_t before = time_monotonic_us();
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider");
    assert_true(time_monotonic_us() - before < 15000000);
    testapp_close(w.t);
    (void)unused;
}

static void what_stands_in_sql_is_a_plain_name_of_a_place_the_operator_named(void **unused)
{
    static const char *const wrong[][2] = {
        {"kind=table&code=e&place=edu&path=degree%3B%20DROP&key=p&timeout=500", "path"},
        {"kind=table&code=e&place=edu&path=degree&key=p%22&timeout=500", "key"},
        {"kind=table&code=e&place=other&path=degree&key=p&timeout=500", "place"},
        {"kind=http&code=e&place=edu&path=%2Fx&key=p&timeout=500", "place"},
        {"kind=table&code=E%20e&place=edu&path=degree&key=p&timeout=500", "code"},
        {"kind=table&code=population&place=edu&path=degree&key=p&timeout=500", "code"},
        {"kind=file&code=e&key=p&timeout=500&limit=2", "limit"},
        {"kind=table&code=e&place=edu&path=degree&key=p&timeout=500&limit=51", "limit"},
        {"kind=table&code=e&place=edu&path=degree&key=p&timeout=500&items=nothing%20%3D%20x", "items"},
        {"kind=table&code=e&place=edu&path=degree&key=p&timeout=500&items=level%20%3D%20x%22", "items"}};
    struct world w = exchange_world();
    struct client steward = exchange_officer(w.t, "education.data");
    int64_t entry = exchange_entry_named(&w.steward, EXCHANGE_EDUCATION);
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/source", (long long)entry);
    exchange_set_place(&w, "edu", "sqlite:/nowhere");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct answer a = client_post(&steward, path, wrong[i][0]);
        assert_int_equal(a.status, 422);
        const struct json *fields = json_path(client_json(&steward, a), "error.fields");
        assert_true(str_eq_c(json_text_of(json_at(fields, 0), "field"), wrong[i][1]));
    }
    assert_int_equal(client_post(&w.other, path, wrong[0][0]).status, 404);
    testapp_close(w.t);
    (void)unused;
}

static bool make_degrees(struct ctx *c)
{
    return db_exec(&c->tx, "CREATE TABLE degree (person TEXT, lvl TEXT, school TEXT, listed INTEGER)") &&
           db_exec(&c->tx, "INSERT INTO degree VALUES ($1, '本科', '示范大学', 1)", DB_C(LIN));
}

static bool drop_degrees(struct ctx *c)
{
    return db_exec(&c->tx, "DROP TABLE degree");
}

/* In the database of the test itself: PostgreSQL where the tests run on it. */
static void a_table_of_either_engine_is_asked_and_one_that_is_gone_is_no_answer(void **unused)
{
    struct world w = exchange_world();
    testapp_write(w.t, make_degrees, NULL);
    exchange_set_place(&w, "edu", w.t->db_url);
    exchange_connect(&w, TABLE_FORM, PERMIT);
    good_answer(&w);
    good_answer(&w); /* over the connection that was kept */
    testapp_write(w.t, drop_degrees, NULL);
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider");
    testapp_close(w.t);
    (void)unused;
}

/* ---- several records of one number ---- */

static const char *records_of(struct world *w)
{
    struct client c = client_new(w->t);
    const struct json *doc = exchange_ok(&c, ask(w, LIN));
    assert_null(json_get(doc, "data"));
    return str_z(w->t->arena, str_fmt(w->t->arena, "%.*s %.*s",
                                      STR_ARG(json_to_str(w->t->arena, json_get(doc, "records"))),
                                      STR_ARG(json_to_str(w->t->arena, json_get(doc, "more")))));
}

static bool add_degrees(struct ctx *c)
{
    return make_degrees(c) &&
           db_exec(&c->tx, "INSERT INTO degree VALUES ($1, '硕士', '另一所', 0)", DB_C(LIN)) &&
           db_exec(&c->tx, "INSERT INTO degree VALUES ($1, '博士', '第三所', 0)", DB_C(LIN));
}

static bool one_degree(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM degree WHERE listed = 0");
}

/* In the database of the test itself: PostgreSQL where the tests run on it. */
static void a_table_answers_several_records_up_to_the_limit_and_says_where_there_are_more(void **unused)
{
    struct world w = exchange_world();
    testapp_write(w.t, add_degrees, NULL);
    exchange_set_place(&w, "edu", w.t->db_url);
    exchange_connect(&w, TABLE_FORM "&limit=2", PERMIT "&masks=school%3Dall");
    assert_string_equal(
        records_of(&w),
        "[{\"level\":\"博士\",\"school\":\"***\"},{\"level\":\"本科\",\"school\":\"***\"}] true");
    exchange_calls_fit(&w);
    testapp_write(w.t, one_degree, NULL);
    assert_string_equal(records_of(&w), "[{\"level\":\"本科\",\"school\":\"***\"}] false");
    testapp_write(w.t, drop_degrees, NULL);
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider");
    testapp_close(w.t);
    (void)unused;
}

static void the_filter_looks_at_each_record_before_the_limit_counts(void **unused)
{
    struct world w = exchange_world();
    testapp_write(w.t, add_degrees, NULL);
    exchange_set_place(&w, "edu", w.t->db_url);
    exchange_connect(&w, TABLE_FORM "&limit=2",
                     PERMIT "&filter=level%20in%20%E6%9C%AC%E7%A7%91%2C%20%E7%A1%95%E5%A3%AB");
    assert_string_equal(
        records_of(&w),
        "[{\"level\":\"本科\",\"school\":\"示范大学\"},{\"level\":\"硕士\",\"school\":\"另一所\"}] false");
    testapp_close(w.t);
    w = exchange_world();
    testapp_write(w.t, add_degrees, NULL);
    exchange_set_place(&w, "edu", w.t->db_url);
    exchange_connect(&w, TABLE_FORM "&limit=2", PERMIT "&filter=level%20%3D%20none");
    struct client c = client_new(w.t);
    assert_false(json_true_of(exchange_ok(&c, ask(&w, LIN)), "found"));
    assert_int_equal(on_record(&w, "exchange.filtered"), 1);
    testapp_close(w.t);
    (void)unused;
}

static struct answer check(struct world *w, const char *facts)
{
    const struct signed_call s = {
        .body =
            str_z(w->t->arena, str_fmt(w->t->arena,
                                       "{\"operator\":\"zhang-3\",\"mode\":\"check\",\"purpose\":\"apply\","
                                       "\"number\":\"" LIN "\",\"facts\":{%s},\"case\":\"%.*s\"}",
                                       facts, STR_ARG(w->case_no))),
        .path = "/exchange/education"};
    return exchange_send(w, &s);
}

static bool checked(struct world *w, const char *facts)
{
    struct client c = client_new(w->t);
    return json_true_of(exchange_ok(&c, check(w, facts)), "match");
}

static bool add_too_many(struct ctx *c)
{
    if (!make_degrees(c)) return false;
    for (int i = 0; i < RECORDS_MAX; i++)
        if (!db_exec(&c->tx, "INSERT INTO degree VALUES ($1, '硕士', $2, 0)", DB_C(LIN),
                     DB_S(str_fmt(c->arena, "school %02d", i))))
            return false;
    return true;
}

/* In the database of the test itself: PostgreSQL where the tests run on it. */
static void nobody_is_told_no_where_not_all_records_were_read(void **unused)
{
    struct world w = exchange_world();
    testapp_write(w.t, add_too_many, NULL);
    exchange_set_place(&w, "edu", w.t->db_url);
    exchange_connect(&w, TABLE_FORM "&limit=2", PERMIT);
    assert_true(checked(&w, "\"level\":\"硕士\",\"school\":\"school 30\""));
    assert_string_equal(exchange_code(&w, check(&w, "\"level\":\"博士\"")), "exchange.provider");
    testapp_close(w.t);
    w = exchange_world();
    testapp_write(w.t, add_too_many, NULL);
    exchange_set_place(&w, "edu", w.t->db_url);
    exchange_connect(&w, TABLE_FORM "&limit=2", PERMIT "&filter=level%20%3D%20none");
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider");
    assert_string_equal(exchange_code(&w, check(&w, "\"level\":\"硕士\"")), "exchange.provider");
    assert_int_equal(on_record(&w, "exchange.filtered"), 0);
    assert_int_equal(on_record(&w, "exchange.provider"), 2);
    testapp_close(w.t);
    w = exchange_world();
    testapp_write(w.t, add_too_many, NULL);
    exchange_set_place(&w, "edu", w.t->db_url);
    exchange_connect(&w, TABLE_FORM "&limit=2", PERMIT "&filter=school%20%3D%20school%2007");
    assert_string_equal(records_of(&w), "[{\"level\":\"硕士\",\"school\":\"school 07\"}] true");
    testapp_close(w.t);
    (void)unused;
}

static void a_service_may_list_records_and_a_check_asks_facts_of_one_of_them(void **unused)
{
    struct peer *peer;
    struct provider p = {.behaviour = "several"};
    struct world w = exchange_world();
    peer = peer_open(provide, &p);
    exchange_set_place(&w, "edu", peer_address(peer));
    exchange_connect(&w, HTTP_FORM "&limit=2", PERMIT);
    assert_string_equal(
        records_of(&w),
        "[{\"level\":\"本科\",\"school\":\"甲\"},{\"level\":\"硕士\",\"school\":\"乙\"}] true");
    assert_true(checked(&w, "\"level\":\"硕士\",\"school\":\"乙\""));
    assert_true(checked(&w, "\"level\":\"博士\",\"school\":\"丙\"")); /* the limit is of what leaves */
    assert_false(checked(&w, "\"level\":\"硕士\",\"school\":\"甲\""));
    p.behaviour = "good"; /* one is a list of one */
    assert_string_equal(records_of(&w), "[{\"level\":\"本科\",\"school\":\"示范大学\"}] false");
    p.behaviour = "data first"; /* wherever it stands in the answer */
    assert_string_equal(records_of(&w), "[{\"level\":\"本科\",\"school\":\"甲\"}] false");
    p.behaviour = "no data";
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider");
    struct client c = client_new(w.t);
    p.behaviour = "none of several";
    assert_false(json_true_of(exchange_ok(&c, ask(&w, LIN)), "found"));
    p.behaviour = "wrong type";
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider");
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void a_list_where_a_number_has_one_record_is_no_answer(void **unused)
{
    struct peer *peer;
    struct provider p;
    struct world w = with_service(&peer, &p, "several");
    assert_string_equal(exchange_code(&w, ask(&w, LIN)), "exchange.provider");
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void the_record_that_is_meant_has_what_the_form_says(void **unused)
{
    struct arena *a = arena_new(1 << 20);
    struct err e = {0};
    const struct json *list = json_parse(
                          a,
                          STR("[{\"kind\":\"a\",\"n\":1},{\"kind\":\"b\",\"n\":2},{\"kind\":\"b\",\"n\":3}]"),
                          JSON_STRICT, &e),
                      *cut = json_parse(a, STR("[{\"kind\":\"a\",\"n\":1},true]"), JSON_STRICT, &e),
                      *is_a = json_parse(a, STR("{\"kind\":\"a\"}"), JSON_STRICT, &e),
                      *is_b = json_parse(a, STR("{\"kind\":\"b\"}"), JSON_STRICT, &e),
                      *is_c = json_parse(a, STR("{\"kind\":\"c\"}"), JSON_STRICT, &e);
    const struct json *kinds = json_parse(a, STR("[{\"n\":1,\"open\":true},{\"n\":\"2\",\"open\":false}]"),
                                          JSON_STRICT, &e),
                      *is_1 = json_parse(a, STR("{\"n\":1}"), JSON_STRICT, &e),
                      *is_2 = json_parse(a, STR("{\"n\":2}"), JSON_STRICT, &e),
                      *is_closed = json_parse(a, STR("{\"open\":false}"), JSON_STRICT, &e),
                      *is_word = json_parse(a, STR("{\"open\":\"x\"}"), JSON_STRICT, &e);
    bool several;
    assert_ptr_equal(elsewhere_record(kinds, is_1, &several), kinds->first);
    assert_ptr_equal(elsewhere_record(kinds, is_2, &several),
                     kinds->last); /* its digits, as columns have it */
    assert_ptr_equal(elsewhere_record(kinds, is_closed, &several), kinds->last);
    assert_null(elsewhere_record(kinds, is_word, &several));
    assert_false(several);
    assert_ptr_equal(elsewhere_record(list, is_a, &several), list->first);
    assert_false(several);
    assert_null(elsewhere_record(list, is_b, &several));
    assert_true(several);
    assert_null(elsewhere_record(list, is_c, &several));
    assert_false(several);
    assert_null(elsewhere_record(list, NULL, &several));
    assert_true(several);
    assert_null(
        elsewhere_record(cut, is_a, &several)); /* another one may lie among those that were not read */
    assert_true(several);
    assert_ptr_equal(elsewhere_record(list->first, NULL, &several), list->first);
    arena_drop(a);
    (void)unused;
}

/* ---- filters ---- */

static void a_row_the_filter_does_not_let_through_is_not_found_and_on_record(void **unused)
{
    char path[200];
    struct world w = exchange_world();
    char address[220];
    snprintf(path, sizeof path, "%s/provider.db", w.t->var);
    snprintf(address, sizeof address, "sqlite:%s", path);
    make_table(path, DEGREES "INSERT INTO degree VALUES ('" LIN "','本科','示范大学','x');");
    exchange_set_place(&w, "edu", address);
    exchange_connect(&w, TABLE_FORM,
                     PERMIT "&filter=level%20in%20%E6%9C%AC%E7%A7%91%2C%20%E4%B8%93%E7%A7%91");
    struct client c = client_new(w.t);
    good_answer(&w);
    make_table(path, "UPDATE degree SET lvl = '硕士'");
    assert_false(json_true_of(exchange_ok(&c, ask(&w, LIN)), "found"));
    assert_int_equal(on_record(&w, "exchange.filtered"), 1);
    testapp_close(w.t);
    (void)unused;
}

struct filtered {
    const char *lines, *record;
    bool passes;
};

static bool try_filters(struct ctx *c)
{
    static const struct filtered cases[] = {
        {"level = 本科", "{\"level\":\"本科\"}", true},
        {"level = 本科", "{\"level\":\"专科\"}", false},
        {"level = 本科", "{}", false},
        {"level = 本科\nschool prefix 示范", "{\"level\":\"本科\",\"school\":\"示范大学\"}", true},
        {"level = 本科\nschool prefix 示范", "{\"level\":\"本科\",\"school\":\"其他\"}", false},
        {"level in 本科, 专科", "{\"level\":\"专科\"}", true},
        {"level in 本科, 专科", "{\"level\":\"本科, 专科\"}", false},
        {"", "{}", true}};
    const struct json *items =
        json_parse(c->arena, STR("[{\"id\":\"level\"},{\"id\":\"school\"}]"), JSON_STRICT, c->err);
    struct str text;
    const struct row_filter *f;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct json *record = json_parse(c->arena, str_c(cases[i].record), JSON_STRICT, c->err);
        assert_true(filter_parse(c, str_c(cases[i].lines), items, &text));
        assert_true(filter_read(c->arena, text, &f, c->err));
        assert_int_equal(!f || filter_passes(f, record), cases[i].passes);
        assert_true(str_eq_c(filter_lines(c, text), cases[i].lines));
    }
    static const char *const wrong[] = {"income = 1", "level", "level is x", "level =", "level like x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(filter_parse(c, str_c(wrong[i]), items, &text));
        err_clear(c->err);
    }
    return true;
}

static void a_filter_is_equal_one_of_or_a_beginning_and_names_items_of_the_entry(void **unused)
{
    struct testapp *t = testapp_open(false);
    testapp_read(t, try_filters, NULL);
    testapp_close(t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_of_the_provider_is_asked_with_its_secret_for_the_items_alone),
        cmocka_unit_test(who_the_provider_does_not_know_is_not_found),
        cmocka_unit_test(a_broken_answer_of_a_provider_is_refused_whole_and_on_record),
        cmocka_unit_test(a_provider_that_sleeps_is_left_alone_and_tried_by_one_call_later),
        cmocka_unit_test(a_provider_that_is_gone_was_asked_nothing_and_one_that_closed_is_asked_again),
        cmocka_unit_test(one_call_tries_a_sleeping_provider_and_a_crowd_is_told_to_wait),
        cmocka_unit_test(a_table_is_asked_by_its_key_and_never_written),
        cmocka_unit_test(two_rows_a_wrong_type_or_a_missing_column_are_no_answer),
        cmocka_unit_test(a_table_that_takes_too_long_is_ended),
        cmocka_unit_test(a_table_of_either_engine_is_asked_and_one_that_is_gone_is_no_answer),
        cmocka_unit_test(a_table_answers_several_records_up_to_the_limit_and_says_where_there_are_more),
        cmocka_unit_test(the_filter_looks_at_each_record_before_the_limit_counts),
        cmocka_unit_test(a_service_may_list_records_and_a_check_asks_facts_of_one_of_them),
        cmocka_unit_test(nobody_is_told_no_where_not_all_records_were_read),
        cmocka_unit_test(a_list_where_a_number_has_one_record_is_no_answer),
        cmocka_unit_test(the_record_that_is_meant_has_what_the_form_says),
        cmocka_unit_test(what_stands_in_sql_is_a_plain_name_of_a_place_the_operator_named),
        cmocka_unit_test(a_row_the_filter_does_not_let_through_is_not_found_and_on_record),
        cmocka_unit_test(a_filter_is_equal_one_of_or_a_beginning_and_names_items_of_the_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
