#include "modules/notices/notices_internal.h"
#include "modules/people/people.h"

#include "core/crypto/keyring.h"
#include "core/jobs/jobs.h"
#include "testing/testapp.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A sentence of this module that has parameters and a translation. */
#define SENTENCE "[Government services of %{place}] %{text}"
#define SECRET   "只有本人能看的内容"

static const struct actor program = {.kind = ACTOR_SYSTEM};

struct people {
    int64_t first, second;
    const char *href;
    bool fail;
    int64_t count;
};

static bool add_person(struct ctx *c, const char *number, const char *mobile, int64_t *id)
{
    struct subject s = {.kind = SUBJECT_PERSON,
                        .name = STR("林晓禾"),
                        .code = str_c(number),
                        .mobile = str_c(mobile),
                        .address = STR_EMPTY,
                        .level = 1};
    int64_t account;
    return people_ensure(c, &s, id) && people_add_account(c, *id, str_c(mobile), STR("-"), &account);
}

static bool add_people(struct ctx *c)
{
    struct people *p = ctx_arg(c);
    return add_person(c, "780101199001010017", "13900000001", &p->first) &&
           add_person(c, "780101199001010025", "13900000002", &p->second);
}

static bool send_first(struct ctx *c)
{
    struct people *p = ctx_arg(c);
    struct json *params = json_object(c->arena);
    json_set_c(c->arena, params, "place", "示范区");
    json_set_c(c->arena, params, "text", SECRET);
    if (!notice_send(c, p->first, SENTENCE, params, str_c(p->href ? p->href : "/cases/12"))) return false;
    return !p->fail || err_conflict(c->err, "test.failed", "This field is required.");
}

static bool count_texts(struct ctx *c)
{
    struct people *p = ctx_arg(c);
    struct outbox_text *list;
    size_t count;
    if (!notices_store_texts(c, 0, 100, &list, &count)) return false;
    p->count = (int64_t)count;
    return true;
}

static struct testapp *open_with_people(struct people *p)
{
    struct testapp *t = testapp_open(false);
    *p = (struct people){0};
    testapp_write(t, add_people, p);
    return t;
}

static const struct json *messages_of(struct testapp *t, const char *mobile, const char *language)
{
    struct client c = client_new(t);
    c.language = language;
    client_as_person(&c, mobile);
    struct answer a = client_get(&c, "/me/messages");
    assert_int_equal(a.status, 200);
    return client_json(&c, a);
}

static void a_message_is_read_in_the_readers_language(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    testapp_write(t, send_first, &p);
    const struct json *zh = json_at(json_get(messages_of(t, "13900000001", "zh-CN"), "messages"), 0);
    assert_true(str_eq_c(json_text_of(zh, "title"), "【示范区政务服务】" SECRET));
    const struct json *en = json_at(json_get(messages_of(t, "13900000001", "en"), "messages"), 0);
    assert_true(str_eq_c(json_text_of(en, "title"), "[Government services of 示范区] " SECRET));
    assert_int_equal(json_get(messages_of(t, "13900000002", "zh-CN"), "messages")->count, 0);
    testapp_close(t);
}

static bool is_nowhere_in_clear(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT params FROM inbox_message UNION ALL SELECT text FROM outbox UNION ALL SELECT "
                  "recipient FROM outbox"))
        return false;
    assert_int_equal(r.rows, 3);
    for (size_t i = 0; i < r.rows; i++) {
        assert_true(str_find(db_str(&r, i, 0), STR(SECRET)) == SIZE_MAX);
        assert_true(str_find(db_str(&r, i, 0), STR("13900000001")) == SIZE_MAX);
    }
    return true;
}

static void what_it_says_is_sealed_in_the_database(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    testapp_write(t, send_first, &p);
    testapp_jobs(t);
    testapp_read(t, is_nowhere_in_clear, NULL);
    testapp_close(t);
}

static void opening_marks_it_read_and_leads_on_looking_does_not(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    testapp_write(t, send_first, &p);
    testapp_write(t, send_first, &p);
    const struct json *doc = messages_of(t, "13900000001", "zh-CN");
    doc = messages_of(t, "13900000001", "zh-CN");
    assert_int_equal(json_i64_of(doc, "unread", -1), 2);
    struct client c = client_new(t);
    client_as_person(&c, "13900000001");
    struct str action = json_text_of(json_at(json_get(doc, "messages"), 0), "action");
    struct answer a = client_post(&c, str_z(t->arena, action), "");
    assert_true(str_eq_c(a.location, "/cases/12"));
    assert_int_equal(json_i64_of(messages_of(t, "13900000001", "zh-CN"), "unread", -1), 1);
    c.json = false;
    assert_true(answer_has(client_get(&c, "/me/messages"), "message-new"));
    assert_int_equal(client_post(&c, "/me/messages/read", "").status, 303);
    assert_int_equal(json_i64_of(messages_of(t, "13900000001", "zh-CN"), "unread", -1), 0);
    testapp_close(t);
}

static void nobody_reads_or_marks_the_message_of_another(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    testapp_write(t, send_first, &p);
    struct str action =
        json_text_of(json_at(json_get(messages_of(t, "13900000001", "zh-CN"), "messages"), 0), "action");
    struct client other = client_new(t), anyone = client_new(t);
    client_as_person(&other, "13900000002");
    assert_int_equal(client_post(&other, str_z(t->arena, action), "").status, 404);
    assert_int_equal(client_post(&other, "/me/messages/read", "").status, 200);
    assert_int_equal(client_post(&anyone, str_z(t->arena, action), "").status, 401);
    assert_int_equal(json_i64_of(messages_of(t, "13900000001", "zh-CN"), "unread", -1), 1);
    testapp_close(t);
}

static void many_messages_come_in_pages_and_none_is_left_out(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    for (int i = 0; i < MESSAGES_PAGE + 3; i++)
        testapp_write(t, send_first, &p);
    struct client c = client_new(t);
    client_as_person(&c, "13900000001");
    const struct json *first = client_json(&c, client_get(&c, "/me/messages"));
    assert_int_equal(json_get(first, "messages")->count, MESSAGES_PAGE);
    struct str next = json_text(json_path(first, "pager.next"));
    const struct json *second = client_json(&c, client_getf(&c, "/me/messages%.*s", STR_ARG(next)));
    assert_int_equal(json_get(second, "messages")->count, 3);
    assert_true(json_is(json_get(second, "pager"), JSON_NULL));
    testapp_close(t);
}

static void an_act_that_did_not_happen_tells_nobody(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    struct err e = {0};
    p.fail = true;
    assert_false(server_write(t->server, &program, send_first, &p, &e));
    testapp_jobs(t);
    testapp_read(t, count_texts, &p);
    assert_int_equal(p.count, 0);
    assert_int_equal(json_get(messages_of(t, "13900000001", "zh-CN"), "messages")->count, 0);
    testapp_close(t);
}

static void a_message_leads_to_this_site_only(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    const char *const away[] = {"https://example.org/", "//example.org/", "cases/12"};
    for (size_t i = 0; i < sizeof away / sizeof away[0]; i++) {
        struct err e = {0};
        p.href = away[i];
        assert_false(server_write(t->server, &program, send_first, &p, &e));
    }
    testapp_close(t);
}

static bool erase_first(struct ctx *c)
{
    return subject_erase(ctx_keys(c), &c->tx, ((struct people *)ctx_arg(c))->first);
}

static void nothing_is_sent_to_who_was_erased(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    testapp_write(t, send_first, &p);
    testapp_jobs(t);
    testapp_write(t, send_first, &p);
    testapp_write(t, erase_first, &p);
    testapp_jobs(t);
    testapp_read(t, count_texts, &p);
    assert_int_equal(p.count, 0); /* nor can what was sent be read any more */
    testapp_close(t);
}

/* ---- providers ---- */

struct counting_provider {
    struct notice_provider base;
    int calls, failures;
    int64_t keys[8];
    char to[32], text[256];
};

static bool count_send(const struct notice_provider *p, struct arena *, const struct notice_parcel *parcel,
                       struct err *e)
{
    struct counting_provider *k = (struct counting_provider *)p;
    k->keys[k->calls++] = parcel->key;
    snprintf(k->to, sizeof k->to, "%.*s", STR_ARG(parcel->to));
    snprintf(k->text, sizeof k->text, "%.*s", STR_ARG(parcel->text));
    return k->calls > k->failures || err_fault(e, "the line is down");
}

static void set_provider(struct testapp *t, const char *channel, const struct notice_provider *p)
{
    struct err e = {0};
    assert_true(notices_set_provider(t->server, channel, p, &e));
}

static void a_text_is_tried_again_under_the_same_key_until_it_is_out(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    struct counting_provider k = {.base = {.name = "counting", .send = count_send}, .failures = 2};
    set_provider(t, "sms", &k.base);
    testapp_write(t, send_first, &p);
    for (int i = 0; i < 4; i++) {
        testapp_jobs(t);
        testapp_advance(MS_MINUTE);
    }
    assert_int_equal(k.calls, 3);
    assert_true(k.keys[0] == k.keys[1] && k.keys[1] == k.keys[2]);
    assert_string_equal(k.to, "13900000001");
    assert_non_null(strstr(k.text, SECRET));
    testapp_close(t);
}

static bool send_code(struct ctx *c)
{
    struct json *params = json_object(c->arena);
    json_set_c(c->arena, params, "text", "204817");
    json_set_c(c->arena, params, "place", "");
    return notice_text(c, STR("13900000009"), SENTENCE, params);
}

static void a_code_goes_to_a_mobile_that_is_nobodys_yet(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    struct counting_provider k = {.base = {.name = "counting", .send = count_send}};
    set_provider(t, "sms", &k.base);
    testapp_write(t, send_code, NULL);
    testapp_jobs(t);
    assert_int_equal(k.calls, 1);
    assert_string_equal(k.to, "13900000009");
    assert_non_null(strstr(k.text, "204817"));
    testapp_close(t);
}

struct gateway {
    int listener, port, status;
    char seen[2048];
};

static void *answer_once(void *arg)
{
    struct gateway *g = arg;
    int s = accept(g->listener, NULL, NULL);
    size_t have = 0;
    for (ssize_t n;
         have < sizeof g->seen - 1 && (n = recv(s, g->seen + have, sizeof g->seen - 1 - have, 0)) > 0;) {
        have += (size_t)n;
        g->seen[have] = 0;
        if (strstr(g->seen, "\r\n\r\n") && strchr(strstr(g->seen, "\r\n\r\n"), '}')) break;
    }
    char reply[128];
    int len = snprintf(reply, sizeof reply,
                       "HTTP/1.1 %d Answer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", g->status);
    assert_int_equal(send(s, reply, (size_t)len, 0), len);
    close(s);
    return NULL;
}

static bool send_through(struct testapp *t, int status, char *seen, size_t size)
{
    struct gateway g = {.listener = socket(AF_INET, SOCK_STREAM, 0), .status = status};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    pthread_t thread;
    char address[64];
    struct err e = {0};
    assert_int_equal(bind(g.listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(g.listener, 1), 0);
    assert_int_equal(getsockname(g.listener, (struct sockaddr *)&at, &len), 0);
    assert_int_equal(pthread_create(&thread, NULL, answer_once, &g), 0);
    snprintf(address, sizeof address, "http://127.0.0.1:%d/send", ntohs(at.sin_port));
    struct notice_provider p = notice_provider_http(address, "sms-token-1");
    bool ok = p.send(&p, t->arena,
                     &(struct notice_parcel){"sms", STR("13900000001"), STR(""), STR("您的验证码"), 77}, &e);
    pthread_join(thread, NULL);
    close(g.listener);
    snprintf(seen, size, "%s", g.seen);
    return ok;
}

static void the_http_provider_posts_json_and_takes_only_a_good_answer(void **)
{
    struct testapp *t = testapp_open(false);
    char seen[2048];
    assert_true(send_through(t, 202, seen, sizeof seen));
    assert_int_equal(strncmp(seen, "POST /send ", 11), 0);
    assert_non_null(strstr(seen, "application/json"));
    assert_non_null(strstr(seen, "authorization: Bearer sms-token-1\r\n"));
    assert_non_null(
        strstr(seen, "\"channel\":\"sms\",\"to\":\"13900000001\",\"text\":\"您的验证码\",\"key\":\"77\""));
    assert_false(send_through(t, 503, seen, sizeof seen));
    testapp_close(t);
}

static bool sweep_now(struct ctx *c)
{
    return job_add(c, "notices.sweep", STR_EMPTY, NULL, c->now);
}

static void texts_are_gone_after_a_month(void **)
{
    struct people p;
    struct testapp *t = open_with_people(&p);
    testapp_write(t, send_first, &p);
    testapp_jobs(t);
    testapp_read(t, count_texts, &p);
    assert_int_equal(p.count, 1);
    testapp_advance(OUTBOX_KEPT - MS_HOUR);
    testapp_write(t, sweep_now, NULL);
    testapp_jobs(t);
    testapp_read(t, count_texts, &p);
    assert_int_equal(p.count, 1);
    testapp_advance(2 * MS_HOUR);
    testapp_write(t, sweep_now, NULL);
    testapp_jobs(t);
    testapp_read(t, count_texts, &p);
    assert_int_equal(p.count, 0);
    testapp_close(t);
}

/* ---- the demonstration ---- */

static bool add_admins(struct ctx *c)
{
    struct account admin = {.kind = ACTOR_OFFICER,
                            .login = STR("test-admin"),
                            .roles = STR("system_admin"),
                            .area = STR_EMPTY,
                            .active = true};
    struct account desk = {.kind = ACTOR_OFFICER,
                           .login = STR("test-desk"),
                           .roles = STR("desk"),
                           .area = STR_EMPTY,
                           .active = true};
    return account_create(c, &admin, STR("-")) && account_create(c, &desk, STR("-"));
}

static void the_outbox_can_be_read_in_a_demonstration_only(void **)
{
    for (int demo = 0; demo < 2; demo++) {
        struct testapp *t = testapp_open(demo);
        struct client anyone = client_new(t), admin = client_new(t), desk = client_new(t);
        testapp_write(t, add_admins, NULL);
        testapp_write(t, send_code, NULL);
        client_as_officer(&admin, "test-admin");
        client_as_officer(&desk, "test-desk");
        struct answer open = client_get(&anyone, "/demo/outbox"),
                      office = client_get(&admin, "/office/outbox");
        assert_int_equal(open.status, demo ? 200 : 404);
        assert_int_equal(office.status, demo ? 200 : 404);
        assert_int_equal(client_get(&desk, "/office/outbox").status, 403);
        if (demo) {
            anyone.json = admin.json = false;
            open = client_get(&anyone, "/demo/outbox");
            assert_true(answer_has(open, "204817") && answer_has(open, "139****0009") &&
                        !answer_has(open, "13900000009") && answer_has(open, "演示"));
            assert_true(answer_has(client_get(&admin, "/office/outbox"), "204817"));
        }
        testapp_close(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_read_in_the_readers_language),
        cmocka_unit_test(what_it_says_is_sealed_in_the_database),
        cmocka_unit_test(opening_marks_it_read_and_leads_on_looking_does_not),
        cmocka_unit_test(nobody_reads_or_marks_the_message_of_another),
        cmocka_unit_test(many_messages_come_in_pages_and_none_is_left_out),
        cmocka_unit_test(an_act_that_did_not_happen_tells_nobody),
        cmocka_unit_test(a_message_leads_to_this_site_only),
        cmocka_unit_test(nothing_is_sent_to_who_was_erased),
        cmocka_unit_test(a_text_is_tried_again_under_the_same_key_until_it_is_out),
        cmocka_unit_test(a_code_goes_to_a_mobile_that_is_nobodys_yet),
        cmocka_unit_test(the_http_provider_posts_json_and_takes_only_a_good_answer),
        cmocka_unit_test(texts_are_gone_after_a_month),
        cmocka_unit_test(the_outbox_can_be_read_in_a_demonstration_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
