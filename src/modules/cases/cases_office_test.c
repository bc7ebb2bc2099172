#include "app/cli.h"
#include "modules/cases/cases_internal.h"
#include "modules/licences/licences.h"

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* 林晓禾 of the demonstration comes to the desk for a passport. */
static int64_t item_id(struct client *c, const char *query)
{
    const struct json *doc = client_json(c, client_getf(c, "/search/suggest?q=%s", query));
    const struct json *first = json_at(json_get(doc, "items"), 0);
    struct str href = json_text_of(first, "href");
    int64_t id = 0;
    assert_true(str_to_i64(str_slice(href, strlen("/items/"), href.len), &id));
    return id;
}

static struct testapp *app;
static int open_app(void **state)
{
    (void)state;
    app = testapp_open(true);
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

static void look(void **state)
{
    struct client desk = client_new(app);
    (void)state;
    client_as_officer(&desk, "desk1");
    print_message("%lld\n", (long long)item_id(&desk, "%E5%8A%9E%E6%8A%A4%E7%85%A7"));
    struct answer a = client_get(&desk, "/office/desk");
    print_message("%d %.*s\n", a.status, STR_ARG(a.body));
    a = client_get(&desk, "/office/inbox");
    print_message("%d %.*s\n", a.status, STR_ARG(a.body));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(look, open_app, close_app),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
