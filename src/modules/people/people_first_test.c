/* What officers owe before they may work. */
#include "core/auth/totp.h"
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

/* ---- the second factor ---- */

static struct str unbase32(struct str text)
{
    struct buf b = buf_new(app->arena, 20);
    uint64_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < text.len; i++) {
        char ch = text.ptr[i];
        if (ch == ' ') continue;
        bits = bits << 5 | (uint64_t)(ch >= 'A' ? ch - 'A' : ch - '2' + 26);
        have += 5;
        if (have >= 8) {
            have -= 8;
            buf_add_char(&b, (char)(bits >> have & 0xFF));
        }
    }
    return buf_str(&b);
}

/* What the officer's phone shows now, or some steps from now. */
static const char *shown(struct str secret, int steps)
{
    return form("%06u", totp_value(secret, testapp_now() / TOTP_STEP_MS + steps) % 1000000);
}

static struct answer show(struct client *c, const char *code)
{
    return client_post(c, "/office/sign-in/code", form("code=%s", code));
}

/* An officer with a password of their own, signed in. */
static struct client officer(const char *login, int64_t *id)
{
    struct client c = new_client();
    *id = make_officer(login);
    sign_in(&c, login, GIVEN);
    assert_int_equal(change(&c, GIVEN, OWN).status, 200);
    return c;
}

static struct str set_up(struct client *c, const struct json **codes)
{
    assert_int_equal(client_post(c, "/office/second-factor/begin", "").status, 200);
    const struct json *doc = client_json(c, client_get(c, "/office/second-factor"));
    struct str secret = unbase32(json_text_of(doc, "secret"));
    assert_int_equal(secret.len, 20);
    struct answer a = client_post(c, "/office/second-factor", form("code=%s", shown(secret, 0)));
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    *codes = json_get(client_json(c, a), "codes");
    assert_int_equal((*codes)->count, 10);
    return secret;
}

static void with_a_second_factor_the_password_alone_opens_nothing(void **state)
{
    int64_t id;
    const struct json *codes;
    struct client c = officer("fang.one", &id), d = new_client();
    struct str secret = set_up(&c, &codes);
    assert_int_equal(client_get(&c, "/office").status, 200); /* who set it up goes on */
    d.json = false;
    assert_leads(sign_in(&d, "fang.one", OWN), "/office/sign-in/code");
    assert_leads(client_get(&d, "/office"), "/office/sign-in/code");
    assert_leads(client_get(&d, "/office/password"), "/office/sign-in/code");
    assert_leads(client_get(&d, "/office/second-factor"), "/office/sign-in/code");
    d.json = true;
    assert_int_equal(client_get(&d, "/office/inbox").status, 403);
    int64_t before = trace_of("account.sign_in", id).count;
    testapp_advance(MS_MINUTE);
    assert_int_equal(show(&d, shown(secret, 0)).status, 200);
    assert_int_equal(client_get(&d, "/office").status, 200);
    assert_int_equal(trace_of("account.sign_in", id).count, before + 1);
    assert_true(str_find(trace_of("account.sign_in", id).detail, STR("\"second\":\"code\"")) != SIZE_MAX);
    (void)state;
}

static void a_code_signs_in_once_only(void **state)
{
    int64_t id;
    const struct json *codes;
    struct client c = officer("fang.two", &id), d = new_client(), e = new_client();
    struct str secret = set_up(&c, &codes);
    sign_in(&d, "fang.two", OWN);
    sign_in(&e, "fang.two", OWN);
    assert_int_equal(show(&d, shown(secret, 0)).status, 422); /* it turned the factor on */
    testapp_advance(MS_MINUTE);
    const char *code = shown(secret, 0);
    assert_int_equal(show(&d, code).status, 200);
    assert_int_equal(show(&e, code).status, 422);
    (void)state;
}

static void a_recovery_code_signs_in_once_only(void **state)
{
    int64_t id;
    const struct json *codes;
    struct client c = officer("fang.three", &id), d = new_client(), e = new_client();
    set_up(&c, &codes);
    const char *code = str_z(app->arena, json_text(codes->first));
    sign_in(&d, "fang.three", OWN);
    assert_int_equal(show(&d, code).status, 200);
    sign_in(&e, "fang.three", OWN);
    assert_int_equal(show(&e, code).status, 422);
    assert_true(
        str_eq_c(json_text_of(client_json(&d, client_get(&d, "/office/second-factor")), "left"), "9"));
    (void)state;
}

static void codes_cannot_be_tried_without_end(void **state)
{
    int64_t id;
    const struct json *codes;
    struct client c = officer("fang.four", &id), d = new_client();
    struct str secret = set_up(&c, &codes);
    testapp_advance(MS_MINUTE);
    sign_in(&d, "fang.four", OWN);
    const char *wrong = strcmp(shown(secret, 0), "000000") == 0 ? "111111" : "000000";
    for (int i = 0; i < 5; i++)
        assert_int_equal(show(&d, wrong).status, 422);
    assert_int_equal(show(&d, shown(secret, 0)).status, 429);
    assert_int_equal(trace_of("account.sign_in_failed", id).count, 6);
    struct client e = new_client(); /* another address and the password again change nothing */
    sign_in(&e, "fang.four", OWN);
    assert_int_equal(show(&e, shown(secret, 0)).status, 429);
    testapp_advance(2 * MS_MINUTE);
    assert_int_equal(show(&e, shown(secret, 0)).status, 200);
    (void)state;
}

static void a_sign_in_that_waits_for_its_code_ends_after_ten_minutes(void **state)
{
    int64_t id;
    const struct json *codes;
    struct client c = officer("fang.five", &id), d = new_client();
    struct str secret = set_up(&c, &codes);
    sign_in(&d, "fang.five", OWN);
    testapp_advance(10 * MS_MINUTE);
    assert_int_equal(show(&d, shown(secret, 0)).status, 401);
    (void)state;
}

static void another_authenticator_needs_a_code_of_the_one_there_is(void **state)
{
    int64_t id;
    const struct json *codes;
    struct client c = officer("fang.six", &id);
    struct str secret = set_up(&c, &codes);
    assert_int_equal(client_post(&c, "/office/second-factor/begin", "").status, 409);
    assert_int_equal(client_post(&c, "/office/second-factor/change", "go=end&code=123").status, 422);
    testapp_advance(MS_MINUTE);
    assert_int_equal(
        client_post(&c, "/office/second-factor/change", form("go=end&code=%s", shown(secret, 0))).status,
        200);
    struct client d = new_client();
    sign_in(&d, "fang.six", OWN);
    assert_int_equal(client_get(&d, "/office").status, 200);
    (void)state;
}

static void a_reset_by_the_administrator_is_on_record_and_ends_sessions(void **state)
{
    int64_t id;
    const struct json *codes;
    struct client c = officer("fang.seven", &id), admin = new_client(), desk = new_client();
    set_up(&c, &codes);
    client_as_officer(&admin, "secadmin");
    client_as_officer(&desk, "desk1");
    const char *path = form("/office/officers/%lld/second-factor", (long long)id);
    assert_int_equal(client_post(&desk, path, "").status, 403);
    assert_int_equal(client_post(&admin, path, "").status, 200);
    assert_int_equal(trace_of("officer.factor_reset", id).count, 1);
    assert_int_equal(client_get(&c, "/office").status, 401);
    struct client d = new_client();
    sign_in(&d, "fang.seven", OWN);
    assert_int_equal(client_get(&d, "/office").status, 200);
    (void)state;
}

static bool kept(struct ctx *c)
{
    struct str secret = *(const struct str *)ctx_arg(c);
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT secret, fresh FROM second_factor ORDER BY account")) return false;
    for (size_t i = 0; i < rows.rows; i++)
        for (size_t k = 0; k < 2; k++)
            assert_true(str_find(db_str(&rows, i, k), secret) == SIZE_MAX);
    return rows.rows > 0;
}

static void the_secret_is_not_in_the_database(void **state)
{
    int64_t id;
    const struct json *codes;
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct err e = {0};
    struct client c = officer("fang.eight", &id);
    struct str secret = set_up(&c, &codes);
    assert_true(server_read(app->server, &system, kept, &secret, &e));
    struct answer a = client_get(&c, "/office/second-factor");
    assert_int_equal(json_text_of(client_json(&c, a), "secret").len, 0); /* nor shown again */
    assert_false(answer_has(client_get(&c, "/office/second-factor/qr.svg"), "<svg"));
    (void)state;
}

static void where_it_is_required_an_officer_without_sets_it_up_first(void **state)
{
    int64_t id;
    const struct json *codes;
    struct server_options *o = (struct server_options *)(uintptr_t)server_options(app->server);
    struct client c = officer("fang.nine", &id), person = new_client();
    client_as_person(&person, LIN_MOBILE);
    o->require_second_factor = true;
    c.json = false;
    assert_leads(client_get(&c, "/office"), "/office/second-factor");
    assert_int_equal(client_get(&c, "/office/second-factor").status, 200);
    assert_int_equal(client_get(&person, "/me").status, 200);
    c.json = true;
    struct str secret = set_up(&c, &codes);
    assert_int_equal(client_get(&c, "/office").status, 200);
    testapp_advance(MS_MINUTE);
    assert_int_equal(
        client_post(&c, "/office/second-factor/change", form("go=end&code=%s", shown(secret, 0))).status,
        403);
    o->require_second_factor = false;
    (void)state;
}

/* The rows of the audit about that account whose act is this one: who, and about what. */
static const struct json *audited(int64_t id, const char *act)
{
    struct client auditor = new_client();
    client_as_officer(&auditor, "auditor");
    struct answer a = client_getf(&auditor, "/office/audit?about=%lld", (long long)id);
    JSON_EACH(e, json_get(client_json(&auditor, a), "entries"))
    {
        if (str_eq_c(json_text_of(e, "act_code"), act)) return e;
    }
    fail_msg("no %s", act);
    return NULL;
}

static void the_audit_names_whose_sign_in_it_was_also_a_refused_one(void **state)
{
    int64_t id;
    struct client d = officer("fang.ten", &id);
    sign_in(&d, "fang.ten", "wrong-wrong-wrong");
    sign_in(&d, "fang.ten", OWN);
    const struct json *done = audited(id, "account.sign_in"),
                      *refused = audited(id, "account.sign_in_failed");
    assert_true(str_eq_c(json_text_of(done, "who"), "郑新"));
    assert_true(str_eq_c(json_text_of(done, "actor_kind"), "officer"));
    assert_true(str_eq_c(json_text_of(refused, "actor_kind"), "anyone"));
    assert_true(str_find(json_text_of(refused, "about"), STR("郑新")) != SIZE_MAX);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_given_password_opens_nothing_but_the_page_that_changes_it),
        cmocka_unit_test(an_own_password_ends_that_and_the_given_one_is_not_own),
        cmocka_unit_test(a_password_set_by_the_administrator_is_a_given_one_again),
        cmocka_unit_test(with_a_second_factor_the_password_alone_opens_nothing),
        cmocka_unit_test(a_code_signs_in_once_only),
        cmocka_unit_test(a_recovery_code_signs_in_once_only),
        cmocka_unit_test(codes_cannot_be_tried_without_end),
        cmocka_unit_test(a_sign_in_that_waits_for_its_code_ends_after_ten_minutes),
        cmocka_unit_test(another_authenticator_needs_a_code_of_the_one_there_is),
        cmocka_unit_test(a_reset_by_the_administrator_is_on_record_and_ends_sessions),
        cmocka_unit_test(the_secret_is_not_in_the_database),
        cmocka_unit_test(where_it_is_required_an_officer_without_sets_it_up_first),
        cmocka_unit_test(the_audit_names_whose_sign_in_it_was_also_a_refused_one),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
