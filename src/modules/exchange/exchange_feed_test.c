/* Rows that providers deliver, changes that consumers follow, batches. */
#include "modules/exchange/exchange_rows_test.h"
#include "modules/exchange/exchange_setup.h"

#include "core/jobs/jobs.h"
#include "testing/peer.h"

#include <sqlite3.h>

static struct answer ask(struct world *w)
{
    return post(w, "/exchange/education",
                "{\"operator\":\"zhang-3\",\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN
                "\",\"fields\":[\"level\"]",
                str_z(w->t->arena, str_fmt(w->t->arena, ",\"case\":\"%.*s\"", STR_ARG(w->case_no))));
}

static void counts_are(const struct json *report, int64_t inserted, int64_t updated, int64_t deleted,
                       int64_t same, int64_t refused)
{
    assert_int_equal(json_i64_of(report, "inserted", -1), inserted);
    assert_int_equal(json_i64_of(report, "updated", -1), updated);
    assert_int_equal(json_i64_of(report, "deleted", -1), deleted);
    assert_int_equal(json_i64_of(report, "same", -1), same);
    assert_int_equal(json_i64_of(report, "refused", -1), refused);
}

/* ---- rows ---- */

static void rows_are_delivered_once_however_often_they_are_sent(void **unused)
{
    struct delivered d = open_rows(FIELDS);
    struct client c = client_new(d.w.t);
    static const char first[] = "[" ROW("a-1", "I", LIN, "本科") "," ROW("a-2", "I", ZHOU, "专科") "]";
    counts_are(deliver(&d, "1", first), 2, 0, 0, 0, 0);
    assert_true(json_true_of(deliver(&d, "1", first), "again"));
    counts_are(deliver(&d, "2", first), 0, 0, 0, 2, 0);
    counts_are(deliver(&d, "3", "[" ROW("a-1", "U", LIN, "硕士") ",{\"guid\":\"a-2\",\"op\":\"D\"}]"), 0, 1,
               1, 0, 0);
    counts_are(deliver(&d, "4", "[{\"guid\":\"a-2\",\"op\":\"D\"}]"), 0, 0, 0, 1, 0);
    const struct json *doc = exchange_ok(&c, ask(&d.w));
    assert_true(str_eq_c(json_text(json_path(doc, "data.level")), "硕士"));
    struct answer a = deliver_as(&d, "1", "[" ROW("a-9", "I", ZHOU, "x") "]", NULL, -1);
    assert_string_equal(exchange_code(&d.w, a), "exchange.batch_changed");
    testapp_close(d.w.t);
    (void)unused;
}

static void a_batch_that_comes_again_with_another_datum_is_refused(void **unused)
{
    struct delivered d = open_rows(FIELDS);
    struct client c = client_new(d.w.t);
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "]");
    struct answer a = deliver_as(&d, "1", "[" ROW("a-1", "I", LIN, "硕士") "]", NULL, -1);
    assert_int_equal(a.status, 409);
    assert_string_equal(exchange_code(&d.w, a), "exchange.batch_changed");
    const struct json *doc = exchange_ok(&c, ask(&d.w));
    assert_true(str_eq_c(json_text(json_path(doc, "data.level")), "本科"));
    assert_true(json_true_of(deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "]"), "again"));
    testapp_close(d.w.t);
    (void)unused;
}

/* Digests on record, oldest first; "" where there is none. */
struct recorded {
    char digests[4][80];
    size_t count;
};

static bool read_recorded(struct ctx *c)
{
    struct recorded *out = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT detail FROM evidence WHERE act = 'exchange.deliver' ORDER BY id"))
        return false;
    for (out->count = 0; out->count < r.rows && out->count < 4; out->count++) {
        const struct json *said = json_parse(c->arena, db_str(&r, out->count, 0), JSON_STRICT, c->err);
        snprintf(out->digests[out->count], sizeof out->digests[0], "%.*s",
                 STR_ARG(json_text_of(said, "digest")));
    }
    return true;
}

static void the_record_of_a_delivery_binds_the_data_and_cannot_be_guessed_from(void **unused)
{
    static const char first[] = "[" ROW("a-1", "U", LIN, "本科") "]",
                      other[] = "[" ROW("a-1", "U", LIN, "硕士") "]";
    struct delivered d = open_rows(FIELDS);
    struct recorded seen = {0};
    struct err e = {0};
    deliver(&d, "1", first);
    deliver(&d, "2", other);
    deliver(&d, "3", first);
    testapp_read(d.w.t, read_recorded, &seen);
    assert_int_equal(seen.count, 3);
    assert_string_not_equal(seen.digests[0], seen.digests[1]);
    assert_string_equal(seen.digests[0], seen.digests[2]);
    struct str bare = rows_digest(d.w.t->arena, json_parse(d.w.t->arena, str_c(first), JSON_STRICT, &e));
    assert_string_not_equal(seen.digests[0], str_z(d.w.t->arena, bare));
    testapp_close(d.w.t);
    (void)unused;
}

static void the_digest_of_rows_is_the_one_that_the_manual_gives(void **unused)
{
    static const char rows[] =
        "[{\"guid\":\"a-1\",\"op\":\"I\",\"number\":\"78010119940318002X\",\"data\":{\"id_number\":"
        "\"78010119940318002X\",\"state\":\"已婚\"}}, {\"op\":\"D\", \"guid\":\"a-2\"}]";
    struct arena *a = arena_new(1 << 20);
    struct err e = {0};
    struct str digest = rows_digest(a, json_parse(a, str_c(rows), JSON_STRICT, &e));
    assert_string_equal(str_z(a, digest), "0a5d4f6f972552deeef76736729ddfbf2dec9df6913bf6e59c4f8ebb44e0bdb6");
    arena_drop(a);
    (void)unused;
}

static void a_second_row_of_a_number_is_refused_and_the_first_stays(void **unused)
{
    struct delivered d = open_rows(FIELDS);
    struct client c = client_new(d.w.t);
    char path[120];
    counts_are(deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "]"), 1, 0, 0, 0, 0);
    const struct json *report =
        deliver(&d, "2", "[" ROW("a-2", "I", LIN, "硕士") "," ROW("a-3", "I", ZHOU, "专科") "]");
    counts_are(report, 1, 0, 0, 0, 1);
    const struct json *refused = json_at(json_get(report, "refusals"), 0);
    assert_true(str_eq_c(json_text_of(refused, "guid"), "a-2"));
    assert_true(str_eq_c(json_text_of(refused, "reason"), "taken"));
    assert_true(json_text_of(refused, "message").len > 20);
    /* nor by changing the number of a row that there is */
    counts_are(deliver(&d, "3", "[" ROW("a-3", "U", LIN, "专科") "]"), 0, 0, 0, 0, 1);
    const struct json *doc = exchange_ok(&c, ask(&d.w));
    assert_true(str_eq_c(json_text(json_path(doc, "data.level")), "本科"));
    counts_are(deliver(&d, "4", "[{\"guid\":\"a-1\",\"op\":\"D\"}," ROW("a-2", "I", LIN, "硕士") "]"), 1, 0,
               1, 0, 0);
    doc = exchange_ok(&c, ask(&d.w));
    assert_true(str_eq_c(json_text(json_path(doc, "data.level")), "硕士"));
    /* a whole file replaces what systems delivered under names of their own */
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/rows", (long long)d.w.entry);
    exchange_ok(&d.w.provider, client_upload(&d.w.provider, path, "", "file", "a.csv",
                                             STR("id_number,level,school\n" LIN ",博士,x\n")));
    doc = exchange_ok(&c, ask(&d.w));
    assert_true(str_eq_c(json_text(json_path(doc, "data.level")), "博士"));
    testapp_close(d.w.t);
    (void)unused;
}

static bool import_source_anew(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM data_source") &&
           exchange_import_sources(c, json_parse(c->arena, str_c(ctx_arg(c)), JSON_STRICT, c->err));
}

#define IMPORTED(level)                                                                                      \
    "{\"sources\":[{\"entry\":\"204001/"                                                                     \
    "000001\",\"code\":\"education\",\"kind\":\"file\",\"key\":\"id_number\","                               \
    "\"rows\":[" ROW("a-1", "I", LIN, level) "]}]}"

static void a_source_that_is_imported_anew_has_the_rows_of_its_file(void **unused)
{
    struct delivered d = open_rows(FIELDS);
    struct client c = client_new(d.w.t);
    static char first[] = IMPORTED("本科"), second[] = IMPORTED("硕士");
    testapp_write(d.w.t, import_source_anew, first);
    testapp_write(d.w.t, import_source_anew, second);
    const struct json *doc = exchange_ok(&c, ask(&d.w));
    assert_true(str_eq_c(json_text(json_path(doc, "data.level")), "硕士"));
    testapp_close(d.w.t);
    (void)unused;
}

static void what_is_wrong_with_a_row_is_said_and_the_others_are_taken(void **unused)
{
    struct delivered d = open_rows(FIELDS);
    const struct json *report = deliver(
        &d, "1",
        "[" ROW("a-1", "I", LIN, "本科") "," ROW("", "I", ZHOU, "x") "," ROW(
            "a-3", "X", ZHOU,
            "x") ","
                 "{\"guid\":\"a-4\",\"op\":\"I\",\"number\":\"1\",\"data\":{\"income\":1}},"
                 "{\"guid\":\"a-5\",\"op\":\"I\",\"number\":\"1\",\"data\":{\"graduated\":\"yesterday\"}},"
                 "{\"guid\":\"a-6\",\"op\":\"I\",\"data\":{}}]");
    counts_are(report, 1, 0, 0, 0, 5);
    assert_int_equal(json_get(report, "refusals")->count, 5);
    assert_true(str_eq_c(json_text_of(json_at(json_get(report, "refusals"), 2), "reason"), "data"));
    testapp_close(d.w.t);
    (void)unused;
}

static bool refused_deliveries(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM exchange_call WHERE mode = 'rows' AND result IN ('input', "
                  "'exchange.not_provider')"))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void counts_and_digest_are_held_against_the_rows_and_only_the_provider_delivers(void **unused)
{
    struct delivered d = open_rows(FIELDS);
    static const char rows[] = "[" ROW("a-1", "I", LIN, "本科") "]";
    assert_int_equal(deliver_as(&d, "1", rows, NULL, 2).status, 422);
    assert_int_equal(
        deliver_as(&d, "1", rows, "0000000000000000000000000000000000000000000000000000000000000000", -1)
            .status,
        422);
    assert_string_equal(
        exchange_code(&d.w, post(&d.w, "/exchange/education/rows",
                                 "{\"batch\":\"1\",\"count\":1,\"digest\":\"00000000000000000000000000"
                                 "00000000000000000000000000000000000000\",\"rows\":[]",
                                 "")),
        "exchange.not_provider");
    int64_t count;
    testapp_read(d.w.t, refused_deliveries, &count);
    assert_int_equal(count, 3);
    testapp_close(d.w.t);
    (void)unused;
}

static void a_file_replaces_what_was_there_and_only_what_changed_is_a_change(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=query&modes=subscribe&caseless=1");
    struct client c = client_new(d.w.t);
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/rows", (long long)d.w.entry);
    static const char one[] =
        "id_number,level,school\r\n" LIN ",本科,\"示范, \"\"大\"\"学\"\r\n" ZHOU ",专科,x\r\n",
                      two[] = "id_number,level,school\n" LIN ",本科,\"示范, \"\"大\"\"学\"\n";
    exchange_ok(&d.w.provider, client_upload(&d.w.provider, path, "", "file", "a.csv", str_c(one)));
    const struct json *doc = exchange_ok(&c, ask(&d.w));
    assert_true(str_eq_c(json_text(json_path(doc, "data.level")), "本科"));
    exchange_ok(&d.w.provider, client_upload(&d.w.provider, path, "", "file", "b.csv", str_c(two)));
    doc = exchange_ok(&c, post(&d.w, "/exchange/education/changes",
                               "{\"purpose\":\"apply\",\"fields\":[\"level\",\"school\"]", ""));
    const struct json *changes = json_get(doc, "changes");
    assert_int_equal(changes->count, 2);
    assert_true(str_eq_c(json_text(json_path(json_at(changes, 0), "data.school")), "示范, \"大\"学"));
    assert_true(str_eq_c(json_text_of(json_at(changes, 1), "op"), "D"));
    assert_null(json_get(json_at(changes, 1), "data"));
    assert_int_equal(
        client_upload(&d.w.provider, path, "", "file", "c.csv", STR("id_number,level\n\"open")).status, 422);
    assert_int_equal(client_upload(&d.w.provider, path, "", "file", "d.csv", STR("name\nx\n")).status, 422);
    testapp_close(d.w.t);
    (void)unused;
}

/* ---- changes ---- */

static const struct json *changes_of(struct world *w, const char *more)
{
    struct client c = client_new(w->t);
    return exchange_ok(
        &c, post(w, "/exchange/education/changes", "{\"purpose\":\"apply\",\"fields\":[\"level\"]", more));
}

struct counted {
    int64_t calls;
};

static bool count_followed(struct ctx *c)
{
    struct counted *n = ctx_arg(c);
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT COUNT(*) FROM exchange_call WHERE mode = 'subscribe' AND result = 'ok' AND answer = 1"))
        return false;
    n->calls = db_int(&r, 0, 0);
    return true;
}

static int64_t followed(struct world *w)
{
    struct counted n = {0};
    testapp_read(w->t, count_followed, &n);
    return n.calls;
}

static void changes_are_only_of_people_with_a_live_case_and_each_is_on_record(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=subscribe&masks=level%3Dall");
    deliver(&d, "1", "[" ROW("a-1", "I", ZHOU, "专科") "," ROW("a-2", "I", LIN, "本科") "]");
    const struct json *doc = changes_of(&d.w, ""), *list = json_get(doc, "changes");
    assert_int_equal(list->count, 1);
    assert_true(str_eq_c(json_text_of(json_at(list, 0), "guid"), "a-2"));
    assert_int_equal(json_text_of(json_at(list, 0), "case").len, 0); /* of another department */
    assert_true(str_eq_c(json_text(json_path(json_at(list, 0), "data.level")), "***"));
    assert_null(json_path(json_at(list, 0), "data.school"));
    assert_int_equal(followed(&d.w), 1);
    const struct json *seen = NULL;
    assert_int_equal(exchange_seen(&d.w, "13900000101", "示范区烟草专卖局", &seen), 1);
    assert_true(str_eq_c(json_text_of(seen, "system"), "Licensing"));
    assert_true(json_text_of(seen, "fields").len > 0 && json_text_of(seen, "service").len > 0);
    assert_true(str_starts(json_text_of(seen, "case_href"), STR("/cases/")));
    assert_int_equal(exchange_seen(&d.w, "13900000102", "示范区烟草专卖局", NULL),
                     0); /* told nothing of them */
    testapp_close(d.w.t);
    (void)unused;
}

static void who_does_not_acknowledge_gets_the_same_again_and_goes_on_from_a_cursor(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=subscribe&caseless=1");
    deliver(&d, "1", "[" ROW("a-1", "I", ZHOU, "专科") "," ROW("a-2", "I", LIN, "本科") "]");
    const struct json *doc = changes_of(&d.w, ",\"limit\":1");
    assert_int_equal(json_get(doc, "changes")->count, 1);
    assert_true(json_true_of(doc, "more"));
    int64_t next = json_i64_of(doc, "next", 0);
    assert_true(str_eq_c(
        json_text_of(json_at(json_get(changes_of(&d.w, ",\"limit\":1"), "changes"), 0), "guid"), "a-1"));
    char after[60];
    snprintf(after, sizeof after, ",\"after\":%lld", (long long)next);
    doc = changes_of(&d.w, after);
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "changes"), 0), "guid"), "a-2"));
    assert_false(json_true_of(doc, "more"));
    snprintf(after, sizeof after, ",\"after\":%lld", (long long)json_i64_of(doc, "next", 0));
    assert_int_equal(json_get(changes_of(&d.w, after), "changes")->count, 0);
    assert_int_equal(json_get(changes_of(&d.w, ""), "changes")->count, 0); /* acknowledged stays so */
    deliver(&d, "2", "[" ROW("a-1", "U", ZHOU, "本科") "]");
    assert_int_equal(json_get(changes_of(&d.w, ""), "changes")->count, 1);
    exchange_calls_fit(&d.w);
    testapp_close(d.w.t);
    (void)unused;
}

static void following_is_refused_without_its_mode_over_the_quota_and_on_replay(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=query");
    struct answer a =
        post(&d.w, "/exchange/education/changes", "{\"purpose\":\"apply\",\"fields\":[\"level\"]", "");
    assert_string_equal(exchange_code(&d.w, a), "exchange.mode");
    testapp_close(d.w.t);
    d = open_rows(FIELDS "&modes=subscribe&caseless=1&daily=1");
    deliver(&d, "1", "[" ROW("a-1", "I", ZHOU, "专科") "," ROW("a-2", "I", LIN, "本科") "]");
    a = post(&d.w, "/exchange/education/changes", "{\"purpose\":\"apply\",\"fields\":[\"level\"]", "");
    assert_string_equal(exchange_code(&d.w, a), "exchange.quota");
    assert_false(answer_has(a, "专科"));
    assert_int_equal(followed(&d.w), 0);
    const struct signed_call s = {.body = "{\"purpose\":\"apply\",\"fields\":[\"level\"],\"limit\":1}",
                                  .path = "/exchange/education/changes",
                                  .nonce = "0123456789abcdef"};
    assert_int_equal(exchange_send(&d.w, &s).status, 200);
    assert_string_equal(exchange_code(&d.w, exchange_send(&d.w, &s)), "exchange.replay");
    testapp_close(d.w.t);
    (void)unused;
}

static void following_is_not_asked_for_where_no_rows_are_kept(void **unused)
{
    struct world w = exchange_world();
    char path[120], form[300];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)w.entry);
    snprintf(form, sizeof form,
             "system=%lld&purpose=apply&basis=law&services=*&operators=*&fields=name&modes=query&modes="
             "subscribe&until="
             "2027-11-23&rate=100&daily=1000",
             (long long)w.system);
    struct answer a = client_post(&w.steward, path, form);
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "订阅变更"));
    assert_false(answer_has(client_get(&w.steward, path), "subscribe"));
    testapp_close(w.t);
    (void)unused;
}

static void a_system_without_a_secret_key_is_told_so_where_changes_would_be_sent(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=subscribe&caseless=1");
    char path[120];
    exchange_set_place(&d.w, "tobacco", "http://127.0.0.1:9");
    snprintf(path, sizeof path, "/office/exchange/systems/%lld/key/end", (long long)d.w.system);
    exchange_ok(&d.w.steward, client_post(&d.w.steward, path, ""));
    snprintf(path, sizeof path, "/office/exchange/permits/%lld/follow", (long long)d.w.permit);
    struct answer a = client_post(&d.w.steward, path, "place=tobacco&path=%2Fin");
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "该系统没有密钥"));
    testapp_close(d.w.t);
    (void)unused;
}

struct consumer {
    int status, count;
    char seen[16384], body[16384];
};

static bool consume(int s, const struct peer_question *q, void *arg)
{
    struct consumer *c = arg;
    c->count++;
    snprintf(c->seen, sizeof c->seen, "%s\n%.*s", q->head, STR_ARG(q->body));
    snprintf(c->body, sizeof c->body, "%.*s", STR_ARG(q->body));
    return peer_say(s, c->status, "text/plain", STR(""));
}

/* Answer and head are the ones that were given. */
static void text_is_proven(struct world *w, struct str text)
{
    struct client c = client_new(w->t);
    struct answer given = client_get(&c, "/exchange/certificates");
    struct exchange_verdict v;
    struct err e = {0};
    if (!exchange_proof_verify(w->t->arena, text, given.body, &v, &e)) fail_msg("%s %s", e.code, e.arg);
    assert_true(v.stands && v.head_signed && v.known && v.vouched);
    struct str other = str_dup(w->t->arena, text);
    ((char *)other.ptr)[2] ^= 1;
    assert_true(!exchange_proof_verify(w->t->arena, other, given.body, &v, &e) || !v.stands);
}

static void changes_that_are_sent_carry_provenance_and_proof_and_are_the_same_when_sent_again(void **unused)
{
    struct consumer at = {.status = 500};
    struct peer *peer = peer_open(consume, &at);
    struct delivered d = open_rows(FIELDS "&modes=subscribe&caseless=1");
    char path[120], first[sizeof at.body];
    exchange_set_place(&d.w, "tobacco", peer_address(peer));
    snprintf(path, sizeof path, "/office/exchange/permits/%lld/follow", (long long)d.w.permit);
    exchange_ok(&d.w.steward, client_post(&d.w.steward, path, "place=tobacco&path=%2Fin"));
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "]");
    testapp_jobs(d.w.t);
    assert_int_equal(at.count, 1);
    text_is_proven(&d.w, str_c(at.body));
    assert_non_null(strstr(at.body, "\"provenance\":{\"department\":\""));
    snprintf(first, sizeof first, "%s", at.body);
    deliver(&d, "2", "[" ROW("a-1", "U", LIN, "硕士") "]"); /* meanwhile it changed */
    at.status = 200;
    testapp_advance(MS_MINUTE);
    testapp_jobs(d.w.t);
    assert_string_equal(first, at.count == 2 ? at.body : first);
    testapp_jobs(d.w.t);
    assert_int_equal(at.count, 3);
    assert_non_null(strstr(at.body, "硕士"));
    text_is_proven(&d.w, str_c(at.body));
    testapp_close(d.w.t);
    peer_close(peer);
    (void)unused;
}

static void changes_are_sent_only_where_the_system_itself_may_ask(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=subscribe&caseless=1&operators=*");
    char path[120];
    exchange_set_place(&d.w, "tobacco", "http://127.0.0.1:9");
    snprintf(path, sizeof path, "/office/exchange/permits/%lld/follow", (long long)d.w.permit);
    struct answer a = client_post(&d.w.steward, path, "place=tobacco&path=%2Fin");
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "此授权不允许系统自身调用"));
    struct signed_call s = {.body = "{\"purpose\":\"apply\",\"fields\":[\"level\"]}",
                            .path = "/exchange/education/changes"};
    assert_string_equal(exchange_code(&d.w, exchange_send(&d.w, &s)), "exchange.operator");
    s.body = "{\"purpose\":\"apply\",\"fields\":[\"level\"],\"operator\":\"zhang-3\"}";
    assert_int_equal(exchange_send(&d.w, &s).status, 200);
    testapp_close(d.w.t);
    (void)unused;
}

static void changes_are_sent_to_the_consumer_until_it_takes_them(void **unused)
{
    struct consumer at = {.status = 500};
    struct peer *peer = peer_open(consume, &at);
    struct delivered d = open_rows(FIELDS "&modes=subscribe&caseless=1");
    char path[120];
    exchange_set_place(&d.w, "tobacco", peer_address(peer));
    snprintf(path, sizeof path, "/office/exchange/permits/%lld/follow", (long long)d.w.permit);
    assert_int_equal(client_post(&d.w.other, path, "place=tobacco").status, 404);
    exchange_ok(&d.w.steward, client_post(&d.w.steward, path, "place=tobacco&path=%2Fin"));
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "]");
    testapp_jobs(d.w.t);
    assert_int_equal(at.count, 1);
    assert_int_equal(followed(&d.w), 1); /* on record before it left */
    at.status = 200;
    testapp_advance(MS_MINUTE);
    testapp_jobs(d.w.t);
    assert_int_equal(at.count, 2);
    assert_int_equal(followed(&d.w), 1); /* sent again is the same call */
    assert_non_null(strstr(at.seen, "POST /in HTTP/1.1"));
    assert_non_null(strstr(at.seen, "TB-HMAC-SM3 system=tobacco-licensing,"));
    assert_non_null(strstr(at.seen, "\"guid\":\"a-1\""));
    assert_non_null(strstr(at.seen, "本科"));
    testapp_jobs(d.w.t);
    assert_int_equal(at.count, 2);
    deliver(&d, "2", "[" ROW("a-2", "I", ZHOU, "专科") "]");
    testapp_jobs(d.w.t);
    assert_int_equal(at.count, 3);
    assert_null(strstr(at.seen, "a-1"));
    testapp_close(d.w.t);
    peer_close(peer);
    (void)unused;
}

static bool change_numbers(struct ctx *c)
{
    struct str meanwhile = STR("meanwhile"),
               lin = blind_index(ctx_keys(c), c->arena, "exchange:row", STR(LIN)),
               zhou = blind_index(ctx_keys(c), c->arena, "exchange:row", STR(ZHOU));
    const char *set = "UPDATE exchange_row SET number_index = $1 WHERE number_index = $2";
    return db_exec(&c->tx, set, DB_B(meanwhile), DB_B(lin)) && db_exec(&c->tx, set, DB_B(lin), DB_B(zhou)) &&
           db_exec(&c->tx, set, DB_B(zhou), DB_B(meanwhile));
}

static void a_row_that_is_filed_under_another_number_is_not_given(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=query&caseless=1");
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "," ROW("a-2", "I", ZHOU, "专科") "]");
    const struct signed_call s = {.body = "{\"operator\":\"zhang-3\",\"mode\":\"query\",\"purpose\":"
                                          "\"apply\",\"fields\":[\"level\"],\"number\":\"" LIN "\"}",
                                  .path = "/exchange/education"};
    assert_true(answer_has(exchange_send(&d.w, &s), "本科"));
    testapp_write(d.w.t, change_numbers, NULL);
    struct answer a = exchange_send(&d.w, &s);
    assert_string_equal(exchange_code(&d.w, a), "exchange.provider");
    assert_false(answer_has(a, "专科"));
    testapp_close(d.w.t);
    (void)unused;
}

/* ---- batches ---- */

static int64_t batch_number(struct world *w, const char *body)
{
    struct client c = client_new(w->t);
    const struct signed_call s = {.body = body, .path = "/exchange/education/batch"};
    return json_i64_of(exchange_ok(&c, exchange_send(w, &s)), "batch", 0);
}

static struct answer fetch_as(struct world *w, int64_t batch, const char *system, struct str key)
{
    char path[80];
    snprintf(path, sizeof path, "/exchange/batches/%lld", (long long)batch);
    const struct signed_call s = {.body = "{\"from\":0}", .path = path, .system = system, .key = key};
    return exchange_send(w, &s);
}

static void is_proven(struct world *w, struct answer a)
{
    assert_int_equal(a.status, 200);
    text_is_proven(w, a.body);
}

#define BATCH                                                                                                \
    "{\"operator\":\"zhang-3\",\"mode\":\"query\",\"purpose\":\"apply\",\"fields\":[\"level\"],"             \
    "\"subjects\":["

static bool sweep_now(struct ctx *c)
{
    return job_add(c, "exchange.sweep", STR_EMPTY, NULL, c->now);
}

static void a_batch_answers_each_of_its_questions_alone(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=query&modes=batch");
    struct client c = client_new(d.w.t);
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "," ROW("a-2", "I", ZHOU, "专科") "]");
    struct str body = str_fmt(d.w.t->arena,
                              BATCH "{\"number\":\"" LIN "\",\"case\":\"%.*s\"},{\"number\":\"" ZHOU
                                    "\",\"case\":\"%.*s\"},{\"number\":\"" ZHOU "\"}]}",
                              STR_ARG(d.w.case_no), STR_ARG(d.w.case_no));
    int64_t batch = batch_number(&d.w, str_z(d.w.t->arena, body));
    const struct json *doc = exchange_ok(&c, fetch_as(&d.w, batch, NULL, STR_EMPTY));
    assert_int_equal(json_i64_of(doc, "done", -1), 0);
    testapp_jobs(d.w.t);
    doc = exchange_ok(&c, fetch_as(&d.w, batch, NULL, STR_EMPTY));
    const struct json *results = json_get(doc, "results");
    assert_int_equal(json_i64_of(doc, "done", -1), 3);
    assert_int_equal(results->count, 3);
    assert_true(str_eq_c(json_text(json_path(json_at(results, 0), "answer.data.level")), "本科"));
    assert_true(str_eq_c(json_text_of(json_at(results, 1), "error"), "exchange.case_subject"));
    assert_true(str_eq_c(json_text_of(json_at(results, 2), "error"), "exchange.no_case"));
    const struct json *seen = NULL;
    assert_int_equal(exchange_seen(&d.w, "13900000101", "示范区烟草专卖局", &seen), 1);
    assert_false(json_true_of(seen, "refused"));
    assert_true(json_text_of(seen, "fields").len > 0 && json_text_of(seen, "service").len > 0);
    assert_int_equal(exchange_seen(&d.w, "13900000102", "示范区烟草专卖局", &seen),
                     2); /* what was refused, too */
    assert_true(json_true_of(seen, "refused"));
    assert_string_equal(exchange_code(&d.w, fetch_as(&d.w, batch, "education-db", d.key)), "exchange.batch");
    testapp_advance((BATCH_KEPT_DAYS + 1) * MS_DAY);
    testapp_write(d.w.t, sweep_now, NULL);
    testapp_jobs(d.w.t);
    assert_string_equal(exchange_code(&d.w, fetch_as(&d.w, batch, NULL, STR_EMPTY)), "exchange.batch");
    exchange_calls_fit(&d.w);
    testapp_close(d.w.t);
    (void)unused;
}

static void a_batch_counts_against_the_quota_question_by_question(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=query&modes=batch&caseless=1&daily=2");
    struct client c = client_new(d.w.t);
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "]");
    int64_t batch = batch_number(&d.w, BATCH "{\"number\":\"" LIN "\"},{\"number\":\"" LIN "\"}]}");
    testapp_jobs(d.w.t);
    testapp_advance(MS_DAY);
    const struct json *results = json_get(exchange_ok(&c, fetch_as(&d.w, batch, NULL, STR_EMPTY)), "results");
    assert_non_null(json_get(json_at(results, 0), "answer"));
    assert_true(str_eq_c(json_text_of(json_at(results, 1), "error"), "exchange.quota"));
    testapp_close(d.w.t);
    (void)unused;
}

static void a_batch_is_refused_as_a_whole_where_the_permit_does_not_allow_it(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=query");
    const struct signed_call s = {.body = BATCH "{\"number\":\"" LIN "\"}]}",
                                  .path = "/exchange/education/batch"};
    assert_string_equal(exchange_code(&d.w, exchange_send(&d.w, &s)), "exchange.mode");
    testapp_close(d.w.t);
    d = open_rows(FIELDS "&modes=check&modes=batch");
    assert_string_equal(exchange_code(&d.w, exchange_send(&d.w, &s)), "exchange.mode");
    const struct signed_call none = {.body = BATCH "]}", .path = "/exchange/education/batch"},
                             nobody = {.body = BATCH "{\"case\":\"1\"}]}",
                                       .path = "/exchange/education/batch"};
    assert_int_equal(exchange_send(&d.w, &none).status, 422);
    assert_int_equal(exchange_send(&d.w, &nobody).status, 422);
    testapp_close(d.w.t);
    (void)unused;
}

static bool serve_all(int s, const struct peer_question *, void *arg)
{
    const char *const *behaviour = arg;
    if (strcmp(*behaviour, "good") != 0) return peer_say(s, 500, "text/plain", STR(""));
    return peer_say(s, 200, "application/json",
                    STR("{\"found\":true,\"data\":{\"level\":\"本科\",\"school\":\"x\"}}"));
}

static void a_batch_waits_for_a_provider_that_sleeps_and_goes_on_where_it_was(void **unused)
{
    const char *behaviour = "bad";
    struct peer *peer = peer_open(serve_all, &behaviour);
    struct world w = exchange_world();
    struct client c = client_new(w.t);
    struct buf body = buf_new(w.t->arena, 2048);
    exchange_set_place(&w, "edu", peer_address(peer));
    exchange_connect(
        &w,
        "kind=http&code=education&place=edu&path=%2Fask&key=id&timeout=900&items=level%20%3D%20level%0A"
        "school%20%3D%20school",
        FIELDS "&modes=query&modes=batch&caseless=1");
    buf_add_c(&body, BATCH);
    for (int i = 0; i < 30; i++)
        buf_add_c(&body, i ? ",{\"number\":\"" LIN "\"}" : "{\"number\":\"" LIN "\"}");
    buf_add_c(&body, "]}");
    int64_t batch = batch_number(&w, str_z(w.t->arena, buf_str(&body)));
    testapp_jobs(w.t);
    const struct json *doc = exchange_ok(&c, fetch_as(&w, batch, NULL, STR_EMPTY));
    assert_int_equal(json_i64_of(doc, "done", -1), BREAKER_FAILURES);
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "results"), 0), "error"), "exchange.provider"));
    behaviour = "good";
    testapp_advance(BREAKER_MS + 1);
    testapp_jobs(w.t);
    doc = exchange_ok(&c, fetch_as(&w, batch, NULL, STR_EMPTY));
    assert_int_equal(json_i64_of(doc, "done", -1), 30);
    assert_true(
        str_eq_c(json_text(json_path(json_at(json_get(doc, "results"), 29), "answer.data.level")), "本科"));
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void pages_of_batches_and_changes_carry_their_proof(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=query&modes=batch&modes=subscribe&caseless=1");
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "," ROW("a-2", "I", ZHOU, "专科") "]");
    int64_t batch = batch_number(&d.w, BATCH "{\"number\":\"" LIN "\"},{\"number\":\"" ZHOU "\"}]}");
    testapp_jobs(d.w.t);
    is_proven(&d.w, fetch_as(&d.w, batch, NULL, STR_EMPTY));
    static const char ask_changes[] = "{\"purpose\":\"apply\",\"fields\":[\"level\"]";
    is_proven(&d.w, post(&d.w, "/exchange/education/changes", ask_changes, ""));
    is_proven(&d.w, post(&d.w, "/exchange/education/changes", ask_changes, ",\"after\":99")); /* none */
    testapp_close(d.w.t);
    (void)unused;
}

static void what_is_too_much_for_a_minute_waits_for_the_next_and_fetching_is_free(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=query&modes=batch&caseless=1&rate=2");
    struct client c = client_new(d.w.t);
    deliver(&d, "1", "[" ROW("a-1", "I", LIN, "本科") "," ROW("a-2", "I", ZHOU, "专科") "]");
    int64_t batch = batch_number(&d.w, BATCH "{\"number\":\"" LIN "\"},{\"number\":\"" ZHOU
                                             "\"},{\"number\":\"" LIN "\"}]}");
    testapp_jobs(d.w.t); /* handing in was the first call of this minute */
    const struct json *doc = exchange_ok(&c, fetch_as(&d.w, batch, NULL, STR_EMPTY));
    assert_int_equal(json_i64_of(doc, "done", -1), 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fetch_as(&d.w, batch, NULL, STR_EMPTY).status, 200);
    testapp_advance(MS_MINUTE);
    testapp_jobs(d.w.t);
    doc = exchange_ok(&c, fetch_as(&d.w, batch, NULL, STR_EMPTY));
    assert_int_equal(json_i64_of(doc, "done", -1), 3);
    JSON_EACH(r, json_get(doc, "results"))
    {
        assert_non_null(json_get(r, "answer"));
    }
    testapp_close(d.w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_delivered_once_however_often_they_are_sent),
        cmocka_unit_test(a_batch_that_comes_again_with_another_datum_is_refused),
        cmocka_unit_test(the_record_of_a_delivery_binds_the_data_and_cannot_be_guessed_from),
        cmocka_unit_test(the_digest_of_rows_is_the_one_that_the_manual_gives),
        cmocka_unit_test(a_second_row_of_a_number_is_refused_and_the_first_stays),
        cmocka_unit_test(a_source_that_is_imported_anew_has_the_rows_of_its_file),
        cmocka_unit_test(what_is_wrong_with_a_row_is_said_and_the_others_are_taken),
        cmocka_unit_test(counts_and_digest_are_held_against_the_rows_and_only_the_provider_delivers),
        cmocka_unit_test(a_file_replaces_what_was_there_and_only_what_changed_is_a_change),
        cmocka_unit_test(changes_are_only_of_people_with_a_live_case_and_each_is_on_record),
        cmocka_unit_test(who_does_not_acknowledge_gets_the_same_again_and_goes_on_from_a_cursor),
        cmocka_unit_test(following_is_refused_without_its_mode_over_the_quota_and_on_replay),
        cmocka_unit_test(following_is_not_asked_for_where_no_rows_are_kept),
        cmocka_unit_test(a_system_without_a_secret_key_is_told_so_where_changes_would_be_sent),
        cmocka_unit_test(changes_are_sent_only_where_the_system_itself_may_ask),
        cmocka_unit_test(changes_are_sent_to_the_consumer_until_it_takes_them),
        cmocka_unit_test(changes_that_are_sent_carry_provenance_and_proof_and_are_the_same_when_sent_again),
        cmocka_unit_test(a_row_that_is_filed_under_another_number_is_not_given),
        cmocka_unit_test(a_batch_answers_each_of_its_questions_alone),
        cmocka_unit_test(a_batch_counts_against_the_quota_question_by_question),
        cmocka_unit_test(a_batch_is_refused_as_a_whole_where_the_permit_does_not_allow_it),
        cmocka_unit_test(a_batch_waits_for_a_provider_that_sleeps_and_goes_on_where_it_was),
        cmocka_unit_test(pages_of_batches_and_changes_carry_their_proof),
        cmocka_unit_test(what_is_too_much_for_a_minute_waits_for_the_next_and_fetching_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
