/* The header conventions of the national platforms as a client, against a server on this machine that checks
 * every head by itself. */
#include "modules/exchange/exchange_app_test.h"
#include "modules/exchange/exchange_gjzwfwpt.h"
#include "modules/exchange/exchange_setup.h"

#include "testing/peer.h"

#include <unistd.h>

#define APPKEY "0123456789abcdef"

struct platform {
    const char *prefix, *answer;
    char seen[2048], last[40];
    int status, tickets, wrong_heads, repeated;
    bool ticket_broken;
};

static struct str header_of(const char *head, const char *prefix, const char *name)
{
    char line[80];
    snprintf(line, sizeof line, "\n%s%s: ", prefix, name);
    const char *at = strcasestr(head, line);
    if (!at) return STR_EMPTY;
    at += strlen(line);
    return str_n(at, strcspn(at, "\r\n"));
}

/* "SECRET-OF-A-WHILE" under APPKEY by AES-128-ECB, as openssl enc gives it. */
#define TICKET "n2R/rFm+vk+iguuBF2+bPYcLSfzl/7kywHjqgOFMzks="

static bool serve(int socket, const struct peer_question *q, void *arg)
{
    struct platform *p = arg;
    struct arena *a = arena_new(1 << 20);
    struct gj_head h = {.rid = header_of(q->head, p->prefix, "rid"),
                        .sid = header_of(q->head, p->prefix, "sid"),
                        .rtime = header_of(q->head, p->prefix, "rtime"),
                        .sign = header_of(q->head, p->prefix, "sign")};
    bool ticket = strncmp(q->head, "POST /ticket ", 13) == 0, old = strcmp(p->prefix, "gjgxjhpt_") == 0;
    const struct str secret = old && !ticket ? STR("SECRET-OF-A-WHILE") : STR(APPKEY);
    p->wrong_heads += !str_eq(gj_sign(a, &h, secret), h.sign) || h.rtime.len != GJ_TIME_DIGITS;
    p->repeated += str_eq_c(h.rtime, p->last);
    snprintf(p->last, sizeof p->last, "%.*s", STR_ARG(h.rtime));
    p->tickets += ticket;
    snprintf(p->seen, sizeof p->seen, "%s\n%.*s", q->head, STR_ARG(q->body));
    arena_drop(a);
    if (ticket)
        return peer_say(socket, 200, "application/json",
                        p->ticket_broken
                            ? STR("{\"code\":\"200\",\"message\":\"\",\"data\":{\"secret\":\"AAAA\","
                                  "\"endtime\":\"4102444800000\"}}")
                            : STR("{\"code\":\"200\",\"message\":\"\",\"data\":{\"secret\":\"" TICKET
                                  "\",\"endtime\":\"4102444800000\"}}"));
    return peer_say(socket, p->status ? p->status : 200, "application/json", str_c(p->answer));
}

static struct world connected(struct peer **peer, struct platform *p, const char *form)
{
    struct world w = exchange_world();
    struct err e = {0};
    struct client steward = exchange_officer(w.t, "education.data"), manager = exchange_officer(w.t, "data1");
    char path[120];
    *peer = peer_open(serve, p);
    assert_true(exchange_add_place(w.t->server, STR("national"), str_c(peer_address(*peer)), STR("*"), &e));
    w.provider = steward;
    w.entry = exchange_entry_named(&w.steward, "%E5%AD%A6%E5%8E%86");
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/source", (long long)w.entry);
    exchange_ok(&steward, client_post(&steward, path, form));
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/source/agree", (long long)w.entry);
    exchange_ok(&manager, client_post(&manager, path, ""));
    exchange_grant(&w, "&fields=level&fields=school");
    testapp_write(w.t, exchange_seed_case, &w);
    return w;
}

#define COMMON                                                                                               \
    "code=education&place=national&path=%2Fsysapi%2Fedu&key=sfzh&timeout=2000&rid=R1&sid=S1&secret=" APPKEY  \
    "&items=level%20%3D%20edu_level%0Aschool%20%3D%20school"
#define NEW_FORM "kind=gjzwfwpt&" COMMON
#define OLD_FORM                                                                                             \
    "kind=gjgxjhpt&" COMMON "&ticket=path%3D%2Fticket%0Asid%3DT1%0Asecret%3Dsecret%0Auntil%3Dendtime%0A"     \
    "cipher%3Daes-128-ecb%0Atext%3Dbase64"

static struct answer question(struct world *w)
{
    const char *body =
        str_z(w->t->arena,
              str_fmt(w->t->arena,
                      "{\"operator\":\"zhang-3\",\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN
                      "\",\"fields\":[\"level\",\"school\"],\"case\":\"%.*s\"}",
                      STR_ARG(w->case_no)));
    const struct signed_call s = {.body = body, .path = "/exchange/education"};
    return exchange_send(w, &s);
}

static const char good[] = "{\"code\":200,\"message\":\"ok\",\"data\":{\"edu_level\":\"本科\",\"school\":"
                           "\"示范大学\",\"income\":\"9\"}}";

static void found(struct world *w)
{
    struct client c = client_new(w->t);
    const struct json *doc = exchange_ok(&c, question(w));
    assert_true(str_eq_c(json_text(json_path(doc, "data.level")), "本科"));
    assert_true(str_eq_c(json_text(json_path(doc, "data.school")), "示范大学"));
    assert_null(json_path(doc, "data.income"));
}

static void a_service_of_the_convention_is_asked_with_a_true_head(void **unused)
{
    struct peer *peer;
    struct platform p = {.prefix = "gjzwfwpt_", .answer = good};
    struct world w = connected(&peer, &p, NEW_FORM);
    found(&w);
    found(&w);
    assert_int_equal(p.wrong_heads, 0);
    assert_int_equal(p.repeated, 0);
    assert_non_null(strstr(p.seen, "POST /sysapi/edu HTTP/1.1"));
    assert_non_null(strstr(p.seen, "{\"sfzh\":\"" LIN "\"}"));
    assert_non_null(strcasestr(p.seen, "gjzwfwpt_rid: R1\r\n"));
    assert_non_null(strcasestr(p.seen, "gjzwfwpt_sid: S1\r\n"));
    assert_null(strstr(p.seen, APPKEY));
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void lists_of_one_and_nothing_are_read_and_other_answers_are_not(void **unused)
{
    struct peer *peer;
    struct platform p = {
        .prefix = "gjzwfwpt_",
        .answer = "{\"code\":\"200\",\"data\":[{\"edu_level\":\"本科\",\"school\":\"示范大学\"}]}"};
    struct world w = connected(&peer, &p, NEW_FORM);
    struct client c = client_new(w.t);
    found(&w);
    static const char *const nothing[] = {"{\"code\":\"200\",\"data\":null}",
                                          "{\"code\":\"200\",\"data\":[]}", "{\"code\":\"200\",\"data\":{}}",
                                          "{\"code\":\"200\"}"};
    for (size_t i = 0; i < 4; i++) {
        p.answer = nothing[i];
        const struct json *doc = exchange_ok(&c, question(&w));
        assert_false(json_true_of(doc, "found"));
    }
    static const char *const broken[] = {
        "{\"code\":\"300\",\"message\":\"no\",\"data\":{\"edu_level\":\"x\"}}",
        "{\"code\":\"200\",\"data\":[{},{}]}", "{\"code\":\"200\",\"data\":{\"other\":1}}", "<html>"};
    for (size_t i = 0; i < 4; i++) {
        p.answer = broken[i];
        assert_string_equal(exchange_code(&w, question(&w)), "exchange.provider");
    }
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

/* What stands in the log of the program while that question is asked. */
static struct str logged(struct world *w, const char *code)
{
    FILE *log = tmpfile();
    int before = dup(STDERR_FILENO);
    static char text[65536];
    assert_true(log && before >= 0 && dup2(fileno(log), STDERR_FILENO) >= 0);
    const char *got = exchange_code(w, question(w));
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(log);
    size_t n = fread(text, 1, sizeof text, log);
    fclose(log);
    assert_string_equal(got, code);
    return str_n(text, n);
}

static void what_a_provider_says_of_a_person_is_not_in_the_log(void **unused)
{
    struct peer *peer;
    struct platform p = {.prefix = "gjzwfwpt_",
                         .answer = "{\"code\":\"api-404\",\"message\":\"" LIN " 林晓禾 unknown\"}"};
    struct world w = connected(&peer, &p, NEW_FORM);
    struct str log = logged(&w, "exchange.provider");
    assert_true(str_find(log, STR("api-404")) != SIZE_MAX);
    assert_true(str_find(log, STR(LIN)) == SIZE_MAX);
    assert_true(str_find(log, STR("林晓禾")) == SIZE_MAX);
    static const char *const others[] = {"{\"code\":\"" LIN "\",\"message\":\"\"}",
                                         "{\"code\":200,\"data\":{\"" LIN "\":1}}"};
    for (size_t i = 0; i < 2; i++) {
        p.answer = others[i];
        log = logged(&w, "exchange.provider");
        assert_true(str_find(log, STR("exchange.provider")) != SIZE_MAX);
        assert_true(str_find(log, STR(LIN)) == SIZE_MAX);
    }
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void the_older_platform_gives_a_secret_for_a_while_first(void **unused)
{
    struct peer *peer;
    struct platform p = {.prefix = "gjgxjhpt_", .answer = good};
    struct world w = connected(&peer, &p, OLD_FORM);
    found(&w);
    found(&w);
    assert_int_equal(p.tickets, 1); /* it is kept until its end */
    assert_int_equal(p.wrong_heads, 0);
    p.status = 403;
    assert_string_equal(exchange_code(&w, question(&w)), "exchange.provider");
    p.status = 200;
    found(&w);
    assert_int_equal(p.tickets, 2); /* what was refused may have been taken back */
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void a_secret_that_does_not_open_asks_nothing(void **unused)
{
    struct peer *peer;
    struct platform p = {.prefix = "gjgxjhpt_", .answer = good, .ticket_broken = true};
    struct world w = connected(&peer, &p, OLD_FORM);
    assert_string_equal(exchange_code(&w, question(&w)), "exchange.provider");
    assert_null(strstr(p.seen, "POST /sysapi/edu"));
    testapp_close(w.t);
    peer_close(peer);
    (void)unused;
}

static void a_convention_is_set_up_whole_or_not_at_all(void **unused)
{
    struct world w = exchange_world();
    struct err e = {0};
    struct client steward = exchange_officer(w.t, "education.data");
    char path[120];
    assert_true(exchange_add_place(w.t->server, STR("national"), STR("http://127.0.0.1:9"), STR("*"), &e));
    w.entry = exchange_entry_named(&w.steward, "%E5%AD%A6%E5%8E%86");
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/source", (long long)w.entry);
    static const char *const forms[] = {
        "kind=gjzwfwpt&code=e&place=national&path=%2Fx&key=p&timeout=500&sid=S",
        "kind=gjzwfwpt&code=e&place=national&path=%2Fx&key=p&timeout=500&rid=R",
        "kind=gjzwfwpt&code=e&place=national&path=..&key=p&timeout=500&rid=R&sid=S",
        "kind=gjgxjhpt&code=e&place=national&path=%2Fx&key=p&timeout=500&rid=R&sid=S",
        "kind=gjgxjhpt&code=e&place=national&path=%2Fx&key=p&timeout=500&rid=R&sid=S&ticket=path%3D%2Ft%"
        "0Asid%3DT%0A"
        "secret%3Ds%0Auntil%3Du%0Acipher%3Ddes"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        assert_int_equal(client_post(&steward, path, forms[i]).status, 422);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_of_the_convention_is_asked_with_a_true_head),
        cmocka_unit_test(lists_of_one_and_nothing_are_read_and_other_answers_are_not),
        cmocka_unit_test(what_a_provider_says_of_a_person_is_not_in_the_log),
        cmocka_unit_test(the_older_platform_gives_a_secret_for_a_while_first),
        cmocka_unit_test(a_secret_that_does_not_open_asks_nothing),
        cmocka_unit_test(a_convention_is_set_up_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
