/* Ways of being reached: a mail address confirmed by its code, channels by choice, mail over a real socket.
 */
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

#define SENTENCE "[Government services of %{place}] %{text}"
#define MOBILE   "13900000001"
#define ADDRESS  "lin.xiaohe@example.cn"

static const struct actor program = {.kind = ACTOR_SYSTEM};

/* ---- a carrier that remembers ---- */

struct carrier {
    struct notice_provider base;
    int calls, failures;
    char channels[8][8], to[8][64], text[512], title[128];
};

static bool carry(const struct notice_provider *p, struct arena *a, const struct notice_parcel *parcel,
                  struct err *e)
{
    struct carrier *k = (struct carrier *)p;
    (void)a;
    assert_true(k->calls < 8);
    snprintf(k->channels[k->calls], sizeof k->channels[0], "%s", parcel->channel);
    snprintf(k->to[k->calls++], sizeof k->to[0], "%.*s", STR_ARG(parcel->to));
    snprintf(k->text, sizeof k->text, "%.*s", STR_ARG(parcel->text));
    snprintf(k->title, sizeof k->title, "%.*s", STR_ARG(parcel->title));
    return k->calls > k->failures || err_fault(e, "the line is down");
}

static struct testapp *t;
static struct carrier sms, mail;
static int64_t person;

static bool add_person(struct ctx *c)
{
    struct subject s = {.kind = SUBJECT_PERSON,
                        .name = STR("林晓禾"),
                        .code = STR("780101199001010017"),
                        .mobile = STR(MOBILE),
                        .address = STR_EMPTY,
                        .level = 1};
    int64_t account;
    return people_ensure(c, &s, &person) && people_add_account(c, person, STR(MOBILE), STR("-"), &account);
}

static bool send_message(struct ctx *c)
{
    struct json *params = json_object(c->arena);
    json_set_c(c->arena, params, "place", "示范区");
    json_set_c(c->arena, params, "text", "请补交材料");
    return notice_send(c, person, SENTENCE, params, STR("/cases/12"));
}

static void write_ok(handler *fn, void *arg)
{
    struct err e = {0};
    if (!server_write(t->server, &program, fn, arg, &e)) fail_msg("%s %s", e.code, e.detail);
}

static int open_app(void **state)
{
    struct err e = {0};
    (void)state;
    t = testapp_open(false);
    sms = mail = (struct carrier){.base = {.name = "test", .send = carry}};
    assert_true(notices_set_provider(t->server, "sms", &sms.base, &e) &&
                notices_set_provider(t->server, "mail", &mail.base, &e));
    assert_false(notices_set_provider(t->server, "pigeon", &mail.base, &e));
    write_ok(add_person, NULL);
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    testapp_close(t);
    return 0;
}

static struct client me(void)
{
    struct client c = client_new(t);
    client_as_person(&c, MOBILE);
    c.json = false;
    return c;
}

/* The six digits of the mail that was carried last. */
static const char *code(void)
{
    static char digits[7];
    for (const char *p = mail.text; *p; p++)
        if (strspn(p, "0123456789") == 6) {
            snprintf(digits, sizeof digits, "%.6s", p);
            return digits;
        }
    fail_msg("no code in: %s", mail.text);
    return NULL;
}

static void confirm(struct client *c)
{
    struct answer a = client_post(c, "/me/messages/mail", "address=Lin.Xiaohe@Example.CN");
    assert_int_equal(a.status, 303);
    testapp_jobs(t);
    char form[32];
    snprintf(form, sizeof form, "code=%s", code());
    assert_int_equal(client_post(c, "/me/messages/mail/confirm", form).status, 303);
}

static const struct json *settings(struct client *c)
{
    struct client app = *c;
    app.json = true;
    struct answer a = client_get(&app, "/me/messages/settings");
    assert_int_equal(a.status, 200);
    return client_json(&app, a);
}

/* ---- promises ---- */

static void who_never_chose_is_told_by_text_alone(void **state)
{
    (void)state;
    struct client c = me();
    assert_true(json_true_of(settings(&c), "sms") && !json_true_of(settings(&c), "mail"));
    write_ok(send_message, NULL);
    testapp_jobs(t);
    assert_int_equal(sms.calls, 1);
    assert_int_equal(mail.calls, 0);
}

static void an_address_counts_only_after_its_code_came_back(void **state)
{
    (void)state;
    struct client c = me();
    assert_int_equal(client_post(&c, "/me/messages/mail", "address=" ADDRESS).status, 303);
    testapp_jobs(t);
    assert_string_equal(mail.to[0], ADDRESS);
    write_ok(send_message, NULL);
    testapp_jobs(t);
    assert_int_equal(mail.calls, 1); /* the code alone */
    assert_int_equal(client_post(&c, "/me/messages/mail/confirm", "code=000000").status, 422);
    assert_false(json_true_of(settings(&c), "mail"));
    confirm(&c);
    assert_true(str_eq_c(json_text_of(settings(&c), "address"), "Lin.Xiaohe@example.cn"));
    write_ok(send_message, NULL);
    testapp_jobs(t);
    assert_int_equal(mail.calls, 3);
    assert_string_equal(mail.to[2], "Lin.Xiaohe@example.cn");
    assert_non_null(strstr(mail.text, "请补交材料"));
    assert_non_null(strstr(mail.title, "政务服务消息"));
}

static void guessing_the_code_ends_after_five_attempts(void **state)
{
    (void)state;
    struct client c = me();
    assert_int_equal(client_post(&c, "/me/messages/mail", "address=" ADDRESS).status, 303);
    testapp_jobs(t);
    const char *right = code();
    char form[32];
    snprintf(form, sizeof form, "code=%s", strcmp(right, "000000") == 0 ? "000001" : "000000");
    for (int i = 0; i < 5; i++)
        assert_int_equal(client_post(&c, "/me/messages/mail/confirm", form).status, 422);
    snprintf(form, sizeof form, "code=%s", right);
    assert_int_equal(client_post(&c, "/me/messages/mail/confirm", form).status, 422);
    assert_false(json_true_of(settings(&c), "mail"));
}

static void a_code_is_too_old_after_ten_minutes(void **state)
{
    (void)state;
    struct client c = me();
    char form[32];
    assert_int_equal(client_post(&c, "/me/messages/mail", "address=" ADDRESS).status, 303);
    testapp_jobs(t);
    snprintf(form, sizeof form, "code=%s", code());
    testapp_advance(10 * MS_MINUTE);
    assert_int_equal(client_post(&c, "/me/messages/mail/confirm", form).status, 422);
}

static void messages_go_where_the_person_chose(void **state)
{
    (void)state;
    struct client c = me();
    confirm(&c);
    int before = mail.calls;
    assert_int_equal(client_post(&c, "/me/messages/settings", "mail=1").status, 303);
    write_ok(send_message, NULL);
    testapp_jobs(t);
    assert_int_equal(sms.calls, 0);
    assert_int_equal(mail.calls, before + 1);
    assert_int_equal(client_post(&c, "/me/messages/settings", "").status, 303);
    write_ok(send_message, NULL);
    testapp_jobs(t);
    assert_int_equal(sms.calls, 0);
    assert_int_equal(mail.calls, before + 1);
    assert_int_equal(client_post(&c, "/me/messages/mail/remove", "").status, 303);
    assert_true(json_true_of(settings(&c), "sms") && !json_true_of(settings(&c), "mail"));
}

static void a_mail_that_fails_is_tried_again_and_the_text_is_not_sent_twice(void **state)
{
    (void)state;
    struct client c = me();
    confirm(&c);
    mail.calls = 0;
    mail.failures = 2;
    write_ok(send_message, NULL);
    for (int i = 0; i < 4; i++) {
        testapp_jobs(t);
        testapp_advance(MS_MINUTE);
    }
    assert_int_equal(mail.calls, 3);
    assert_int_equal(sms.calls, 1);
}

static bool read_choice(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT address FROM notice_choice WHERE subject = $1", DB_I(person)))
        return false;
    assert_int_equal(r.rows, 1);
    assert_true(str_find(db_str(&r, 0, 0), STR("example")) == SIZE_MAX);
    return true;
}

static bool erase(struct ctx *c)
{
    return subject_erase(ctx_keys(c), &c->tx, person);
}

static void the_address_is_sealed_and_goes_with_its_person(void **state)
{
    (void)state;
    struct client c = me();
    struct err e = {0};
    confirm(&c);
    assert_true(server_read(t->server, &program, read_choice, NULL, &e));
    assert_true(answer_has(client_get(&c, "/me/data"), "Lin.Xiaohe@example.cn"));
    mail.calls = 0;
    write_ok(send_message, NULL);
    write_ok(erase, NULL);
    testapp_jobs(t);
    assert_int_equal(mail.calls, 0);
}

static void only_addresses_are_taken_for_addresses(void **state)
{
    static const char *const wrong[] = {"lin",
                                        "lin@",
                                        "@example.cn",
                                        "lin@example",
                                        "lin@@example.cn",
                                        "lin%0D%0ABcc:x@example.cn",
                                        "lin@example.cn%3E",
                                        "lin%20x@example.cn",
                                        "lin@-x.cn",
                                        "lin@x..cn",
                                        ".lin@example.cn",
                                        "%E6%9E%97@example.cn",
                                        "lin@example.cn."};
    (void)state;
    struct client c = me();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char form[128];
        snprintf(form, sizeof form, "address=%s", wrong[i]);
        struct answer a = client_post(&c, "/me/messages/mail", form);
        if (a.status != 422) fail_msg("%s: %d", wrong[i], a.status);
    }
    testapp_jobs(t);
    assert_int_equal(mail.calls, 0);
}

static void codes_are_not_sent_without_end(void **state)
{
    (void)state;
    struct client c = me();
    for (int i = 0; i < 5; i++)
        assert_int_equal(client_post(&c, "/me/messages/mail", "address=" ADDRESS).status, 303);
    assert_true(client_post(&c, "/me/messages/mail", "address=" ADDRESS).status >= 400);
}

static void without_a_mail_service_no_address_is_asked_for(void **state)
{
    (void)state;
    struct err e = {0};
    struct client c = me();
    assert_true(notices_set_provider(t->server, "mail", NULL, &e));
    assert_true(answer_has(client_get(&c, "/me/messages/settings"), "本平台未开通邮件通知"));
    assert_int_equal(client_post(&c, "/me/messages/mail", "address=" ADDRESS).status, 409);
}

/* ---- over a socket ---- */

struct post_office {
    int listener;
    const char *refuse; /* the command it refuses, or NULL */
    char seen[8192];
};

static void say(int fd, const char *line)
{
    assert_int_equal(send(fd, line, strlen(line), MSG_NOSIGNAL), (ssize_t)strlen(line));
}

static void *serve_mail(void *arg)
{
    struct post_office *o = arg;
    int fd = accept(o->listener, NULL, NULL);
    FILE *in = fdopen(fd, "r");
    char line[1024];
    bool data = false;
    say(fd, "220 ready\r\n");
    while (in && fgets(line, sizeof line, in)) {
        size_t have = strlen(o->seen);
        snprintf(o->seen + have, sizeof o->seen - have, "%s", line);
        if (data) {
            data = strcmp(line, ".\r\n") != 0;
            if (!data) say(fd, "250 taken\r\n");
        } else if (o->refuse && strncmp(line, o->refuse, strlen(o->refuse)) == 0) {
            say(fd, "451 later\r\n");
        } else if (strncmp(line, "EHLO", 4) == 0) {
            say(fd, "250-post\r\n250 AUTH PLAIN\r\n");
        } else if (strncmp(line, "AUTH", 4) == 0) {
            say(fd, strchr(line + 5, ' ') ? "235 welcome\r\n" : "334 \r\n");
        } else if (strncmp(line, "DATA", 4) == 0) {
            data = true;
            say(fd, "354 go on\r\n");
        } else if (strncmp(line, "QUIT", 4) == 0) {
            say(fd, "221 bye\r\n");
            break;
        } else {
            say(fd, strchr(line, ' ') ? "250 fine\r\n" : "235 welcome\r\n");
        }
    }
    if (in) fclose(in);
    return NULL;
}

static bool mail_through(struct post_office *o, const char *scheme, struct err *e)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    pthread_t thread;
    char address[64];
    o->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(o->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(o->listener, 1), 0);
    assert_int_equal(getsockname(o->listener, (struct sockaddr *)&at, &len), 0);
    assert_int_equal(pthread_create(&thread, NULL, serve_mail, o), 0);
    snprintf(address, sizeof address, "%s://127.0.0.1:%d", scheme, ntohs(at.sin_port));
    struct notice_provider p =
        notice_provider_smtp(address, "no-reply@zw.example.cn", "sender", "geheime Lampe");
    struct notice_parcel parcel = {"mail", STR(ADDRESS),
                                   STR("示范区政务服务消息，这是一个很长很长很长很长很长的标题"),
                                   STR("您的验证码是204817"), 77};
    bool ok = p.send(&p, t->arena, &parcel, e);
    pthread_join(thread, NULL);
    close(o->listener);
    return ok;
}

static void a_mail_goes_out_by_smtp_with_sign_in(void **state)
{
    struct post_office o = {0};
    struct err e = {0};
    (void)state;
    if (!mail_through(&o, "smtp", &e)) fail_msg("%s\n%s", e.detail, o.seen);
    assert_non_null(strstr(o.seen, "MAIL FROM:<no-reply@zw.example.cn>"));
    assert_non_null(strstr(o.seen, "RCPT TO:<" ADDRESS ">"));
    assert_non_null(strstr(o.seen, "\r\nTo: <" ADDRESS ">\r\n"));
    assert_non_null(strstr(o.seen, "\r\nSubject: =?UTF-8?B?"));
    assert_non_null(strstr(o.seen, "\r\nMessage-ID: <77.tongban@zw.example.cn>\r\n"));
    assert_non_null(strstr(o.seen, "charset=utf-8"));
    assert_non_null(strstr(o.seen, "5oKo55qE6aqM6K+B56CB5pivMjA0ODE3")); /* 您的验证码是204817 */
    assert_non_null(strstr(o.seen, "AUTH PLAIN"));
    assert_null(strstr(o.seen, "您"));
}

static void what_the_mail_server_refuses_is_a_failure_that_names_nobody(void **state)
{
    struct post_office o = {.refuse = "RCPT"};
    struct err e = {0};
    (void)state;
    assert_false(mail_through(&o, "smtp", &e));
    assert_null(strstr(e.detail, "lin"));
    assert_null(strstr(e.detail, "204817"));
}

static void this_machine_is_known_from_others(void **state)
{
    (void)state;
    assert_true(notice_address_is_local("smtp://localhost:25") &&
                notice_address_is_local("http://127.0.0.1/x") && notice_address_is_local("smtp://[::1]"));
    assert_false(notice_address_is_local("smtp://localhost.example.cn") ||
                 notice_address_is_local("http://127.0.0.1.example.cn/") ||
                 notice_address_is_local("https://sms.example.cn/127.0.0.1"));
}

#define PROMISE(test) cmocka_unit_test_setup_teardown(test, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(who_never_chose_is_told_by_text_alone),
        PROMISE(an_address_counts_only_after_its_code_came_back),
        PROMISE(guessing_the_code_ends_after_five_attempts),
        PROMISE(a_code_is_too_old_after_ten_minutes),
        PROMISE(messages_go_where_the_person_chose),
        PROMISE(a_mail_that_fails_is_tried_again_and_the_text_is_not_sent_twice),
        PROMISE(the_address_is_sealed_and_goes_with_its_person),
        PROMISE(only_addresses_are_taken_for_addresses),
        PROMISE(codes_are_not_sent_without_end),
        PROMISE(without_a_mail_service_no_address_is_asked_for),
        PROMISE(a_mail_goes_out_by_smtp_with_sign_in),
        PROMISE(what_the_mail_server_refuses_is_a_failure_that_names_nobody),
        PROMISE(this_machine_is_known_from_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
