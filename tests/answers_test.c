/* docs/answers.txt beside the routes: each is there, and nothing else is. */
#include "app/cli.h"
#include "core/http/answers.h"

#include "testing/answers.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* What no C test gets, but a browser, another program or a long life of an installation: the document says
 * "object" there. */
static const char *const unseen[] = {
    /* a log of millions of acts */
    "GET /log/tile/{level}/{a}/{b}/{c}",
    "GET /log/tile/{level}/{a}/{b}/{c}/{d}",
    "GET /log/sm3/tile/{level}/{a}/{b}/{c}",
    "GET /log/sm3/tile/{level}/{a}/{b}/{c}/{d}",
    /* several nodes */
    "GET /nodes/anchor",
    "POST /exchange/{instance}/{class}/{member}/{subsystem}/{service}",
    "POST /exchange/{instance}/{class}/{member}/{subsystem}/{service}/{version}",
    "POST /r1/{instance}/{class}/{member}/{subsystem}/{service}/{version}",
    "POST /office/nodes/enrol",
    "POST /office/nodes/remove",
    "POST /office/nodes/decide",
    "POST /office/nodes/systems",
    /* life events at the desk */
    "GET /office/desk/bundles/{code}",
    "GET /office/desk/bundle/{id}/files/{file}",
    "GET /office/desk/bundle/{id}/summary",
    /* drafts that are given up, rules that are dropped, jobs that were parked */
    "POST /office/exchange/entries/{id}/discard",
    "POST /office/exchange/entries/{id}/source/return",
    "POST /office/exchange/quality/{id}/rules/drop",
    "POST /office/jobs/{id}/retry",
};

static const struct answer_shape *table(struct testapp *t)
{
    struct err e = {0};
    const struct answer_shape *s = answers_parse(t->arena, answers_text(), &e);
    if (!s) fail_msg("%s", e.detail);
    return s;
}

static const char *method_of(const struct route *r)
{
    return r->method == METHOD_GET ? "GET" : "POST";
}

static bool is_block_of(const struct answer_shape *s, const struct route *r)
{
    return str_eq_c(s->method, method_of(r)) && str_eq_c(s->path, r->path);
}

static bool is_unseen(const struct route *r)
{
    char name[200];
    snprintf(name, sizeof name, "%s %s", method_of(r), r->path);
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
        if (strcmp(unseen[i], name) == 0) return true;
    return false;
}

static void every_route_of_the_api_says_what_it_answers(void **state)
{
    struct testapp *t = testapp_open(false);
    const struct answer_shape *all = table(t);
    const struct module *const *list;
    size_t count = server_modules(t->server, &list), wrong = 0;
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < list[m]->route_count; i++) {
            const struct route *r = &list[m]->routes[i];
            const struct answer_shape *s = all;
            while (s && !is_block_of(s, r))
                s = s->next;
            bool own = (r->flags & ROUTE_HTML_ONLY) || (r->api && r->api->answer);
            if (s ? !is_unseen(r) && !own : is_unseen(r) || own) continue;
            print_message("%s %s: %s\n", method_of(r), r->path,
                          s ? "has a block that it should not have" : "has no block in docs/answers.txt");
            wrong++;
        }
    assert_int_equal(wrong, 0);
    testapp_close(t);
    (void)state;
}

static bool is_route(const struct module *const *list, size_t count, const struct answer_shape *s)
{
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < list[m]->route_count; i++)
            if (is_block_of(s, &list[m]->routes[i])) return true;
    return false;
}

static void every_block_is_of_a_route(void **state)
{
    struct testapp *t = testapp_open(false);
    const struct module *const *list;
    size_t count = server_modules(t->server, &list);
    for (const struct answer_shape *s = table(t); s; s = s->next)
        if (s->method.len && !is_route(list, count, s))
            fail_msg("there is no route %.*s %.*s", STR_ARG(s->method), STR_ARG(s->path));
    testapp_close(t);
    (void)state;
}

static void a_program_on_this_machine_reads_the_counters(void **state)
{
    struct testapp *t = testapp_open(false);
    struct client c = client_new(t);
    assert_true(client_get(&c, "/metrics").status != 200);
    c.peer = "127.0.0.1";
    assert_true(answer_has(client_get(&c, "/metrics"), "tongban_uptime_seconds"));
    testapp_close(t);
    (void)state;
}

static void what_does_not_fit_the_table_is_found(void **state)
{
    unsetenv("TB_ANSWERS"); /* what this test makes up was seen nowhere */
    unsetenv("TB_ANSWERS_LEARN");
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    const struct route route = {.method = METHOD_GET, .path = "/api/session"};
    const struct json *doc = json_parse(t->arena, STR("{\"level\":\"two\"}"), JSON_STRICT, &e);
    answers_look(&route, 200, doc, STR_EMPTY);
    assert_non_null(strstr(answers_fault(), "/api/session 200.level"));
    doc = json_parse(t->arena, STR("{\"level\":2,\"other\":true}"), JSON_STRICT, &e);
    answers_look(&route, 200, doc, STR_EMPTY);
    assert_non_null(strstr(answers_fault(), ".other"));
    answers_look(&route, 201, doc, STR_EMPTY);
    assert_non_null(strstr(answers_fault(), "201"));
    doc = json_parse(t->arena, STR("{\"level\":2}"), JSON_STRICT, &e);
    answers_look(&route, 200, doc, STR_EMPTY);
    assert_string_equal(answers_fault(), "");
    testapp_close(t);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_of_the_api_says_what_it_answers),
        cmocka_unit_test(every_block_is_of_a_route),
        cmocka_unit_test(a_program_on_this_machine_reads_the_counters),
        cmocka_unit_test(what_does_not_fit_the_table_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
