/* What officers owe before they may work. */
#include "modules/people/people_shared_test.h"

#define GIVEN "paper-lantern-river-8"
#define OWN   "quiet-orchard-rain-31"

/* An account as the security administrator makes it in the browser. */
static int64_t make_officer(const char *login)
{
    struct client admin = new_client();
    client_as_officer(&admin, "secadmin");
    admin.json = true;
    struct answer a = client_post(&admin, "/office/officers/new",
                                  form("name=%%E9%%83%%91%%E6%%96%%B0&account=%s&roles=desk&password=" GIVEN
                                       "&department=&area=",
                                       login));
    if (a.status != 201) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    struct str at = json_text_of(client_json(&admin, a), "location");
    int64_t id;
    assert_true(str_to_i64(str_slice(at, strlen("/office/officers/"), at.len), &id));
    return id;
}

static struct answer sign_in(struct client *c, const char *login, const char *password)
{
    return client_post(c, "/office/sign-in", form("account=%s&password=%s", login, password));
}

static struct answer change(struct client *c, const char *from, const char *to)
{
    return client_post(c, "/office/password", form("old_password=%s&password=%s", from, to));
}

static void assert_leads(struct answer a, const char *page)
{
    if (a.status != 303 || !str_eq_c(a.location, page)) fail_msg("%d %.*s", a.status, STR_ARG(a.location));
}

static void a_given_password_opens_nothing_but_the_page_that_changes_it(void **state)
{
    static const char *const others[] = {"/office", "/office/desk", "/office/inbox", "/", "/verify", "/me"};
    struct client c = new_client();
    make_officer("zheng.first");
    c.json = false;
    assert_int_equal(sign_in(&c, "zheng.first", GIVEN).status, 303);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_leads(client_get(&c, others[i]), "/office/password");
    assert_leads(client_post(&c, "/office/desk", "id_number=78010119940318002X"), "/office/password");
    struct answer page = client_get(&c, "/office/password");
    assert_int_equal(page.status, 200);
    assert_false(answer_has(page, "href=\"/office/desk\""));
    c.json = true;
    struct answer a = client_get(&c, "/office/desk");
    const struct json *error = json_get(client_json(&c, a), "error");
    assert_int_equal(a.status, 403);
    assert_true(str_eq_c(json_text_of(error, "code"), "auth.owes_password"));
    assert_true(str_eq_c(json_text_of(error, "location"), "/office/password"));
    assert_int_equal(client_post(&c, "/office/desk", "id_number=78010119940318002X").status, 403);
    assert_int_equal(client_get(&c, "/api/session").status, 200);
    (void)state;
}

static void an_own_password_ends_that_and_the_given_one_is_not_own(void **state)
{
    struct client c = new_client();
    make_officer("zheng.second");
    sign_in(&c, "zheng.second", GIVEN);
    assert_int_equal(change(&c, GIVEN, GIVEN).status, 422);
    assert_int_equal(client_get(&c, "/office").status, 403);
    assert_int_equal(change(&c, GIVEN, OWN).status, 200);
    assert_int_equal(client_get(&c, "/office").status, 200);
    struct client again = new_client();
    assert_int_equal(sign_in(&again, "zheng.second", OWN).status, 200);
    assert_int_equal(client_get(&again, "/office").status, 200);
    (void)state;
}

static void a_password_set_by_the_administrator_is_a_given_one_again(void **state)
{
    struct client c = new_client(), admin = new_client();
    int64_t id = make_officer("zheng.third");
    sign_in(&c, "zheng.third", GIVEN);
    change(&c, GIVEN, OWN);
    client_as_officer(&admin, "secadmin");
    char path[80];
    snprintf(path, sizeof path, "/office/officers/%lld/password", (long long)id);
    assert_int_equal(client_post(&admin, path, "password=another-given-lantern-5").status, 200);
    assert_int_equal(client_get(&c, "/office").status, 401);
    sign_in(&c, "zheng.third", "another-given-lantern-5");
    assert_int_equal(client_get(&c, "/office").status, 403);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_given_password_opens_nothing_but_the_page_that_changes_it),
        cmocka_unit_test(an_own_password_ends_that_and_the_given_one_is_not_own),
        cmocka_unit_test(a_password_set_by_the_administrator_is_a_given_one_again),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
