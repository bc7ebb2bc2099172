#include "modules/people/people_shared_test.h"
#include "modules/registry/registry.h"

static const char *cookie(const struct client *c, const char *name)
{
    for (size_t i = 0; i < sizeof c->cookies / sizeof c->cookies[0]; i++)
        if (strcmp(c->cookies[i][0], name) == 0) return c->cookies[i][1];
    return "";
}

static struct answer post_sign_in(struct client *c, const char *account, const char *password,
                                  const char *next)
{
    return client_post(c, "/sign-in",
                       form("account=%s&password=%s&next=%s", account, password,
                            str_z(app->arena, url_encode(app->arena, str_c(next)))));
}

static bool load(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    bool ok = people_subject(c, i->id, &i->subject);
    i->reads = c->reads ? c->reads->count : 0;
    if (ok) i->subject.name = str_dup(app->arena, i->subject.name);
    return ok;
}

static bool prefill(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    struct json *filled = registry_prefill(c, i->schema, i->id);
    if (filled) i->filled = json_copy(app->arena, filled);
    return filled != NULL;
}

/* ---- registration ---- */

static void who_the_base_knows_with_this_mobile_is_confirmed_at_once(void **state)
{
    struct client c = new_client();
    struct answer a = join(&c, "13900000115", "余清和", YU);
    assert_int_equal(a.status, 201);
    assert_true(str_eq_c(json_text_of(client_json(&c, a), "location"), "/me"));
    assert_int_equal(level_of(&c), 2);
    (void)state;
}

static void who_only_declared_stays_at_level_one(void **state)
{
    struct client c = new_client();
    struct answer a = join(&c, new_mobile(), "沈一白", new_number());
    assert_true(str_eq_c(json_text_of(client_json(&c, a), "location"), "/me/level"));
    assert_int_equal(level_of(&c), 1);
    (void)state;
}

static bool import_records(struct ctx *c)
{
    return registry_import(c, ctx_arg(c), json_object(c->arena));
}

/* Name and number of others are no secret: only the mobile of the base shows who is there. */
static void name_and_number_alone_raise_nobody(void **state)
{
    struct client c = new_client();
    const char *number = new_number(), *mobile = new_mobile(), *other = new_mobile();
    struct str record = str_fmt(
        app->arena,
        "{\"resources\":[{\"id\":\"population\",\"name\":\"人口基础信息\",\"en\":\"Population "
        "base\",\"key\":\"id_number\",\"many\":false}],"
        "\"records\":{\"population\":[{\"id_number\":\"%s\",\"name\":\"顾南星\",\"mobile\":\"%s\"}]}}",
        number, mobile);
    struct err e = {0};
    const struct json *file = json_parse(app->arena, record, JSON_STRICT, &e);
    assert_non_null(file);
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_write(app->server, &system, import_records, (void *)file, &e));
    assert_int_equal(join(&c, other, "顾南星", number).status, 201);
    assert_int_equal(level_of(&c), 1);
    struct answer a =
        client_post(&c, "/me/level", form("name=%s&id_number=%s", "%E9%A1%BE%E5%8D%97%E6%98%9F", number));
    assert_int_equal(a.status, 422);
    assert_int_equal(level_of(&c), 1);
    /* With the mobile of the base it is another matter. */
    a = client_post(&c, "/me/profile", form("mobile=%s&address=", mobile));
    struct str token = code_asked(a, &c);
    assert_true(str_eq_c(texted_to, mobile));
    assert_int_equal(
        client_post(&c, "/me/mobile", form("t=%.*s&code=%.*s", STR_ARG(token), STR_ARG(texted_code))).status,
        200);
    c.json = false;
    assert_true(answer_has(client_get(&c, "/me/level?next=%2Fitems%2F7%2Fapply"),
                           "name=\"next\" value=\"/items/7/apply\""));
    c.json = true;
    a = client_post(
        &c, "/me/level",
        form("name=%s&id_number=%s&next=%%2Fitems%%2F7%%2Fapply", "%E9%A1%BE%E5%8D%97%E6%98%9F", number));
    assert_int_equal(a.status, 200); /* back to where the way began */
    assert_true(str_eq_c(json_text_of(client_json(&c, a), "location"), "/items/7/apply"));
    assert_int_equal(level_of(&c), 2);
    (void)state;
}

static void a_code_can_be_tried_five_times(void **state)
{
    struct client c = new_client();
    const char *number = new_number();
    struct str token = ask_code(&c, new_mobile()), right = texted_code;
    struct str wrong = str_eq_c(right, "000000") ? STR("111111") : STR("000000");
    for (int i = 0; i < 5; i++)
        assert_int_equal(confirm(&c, token, wrong, "沈一白", number).status, 422);
    assert_int_equal(confirm(&c, token, right, "沈一白", number).status, 422);
    assert_int_equal(client_get(&c, "/me").status, 401);
    (void)state;
}

static void a_code_opens_one_account_within_ten_minutes(void **state)
{
    struct client c = new_client(), d = new_client();
    struct str token = ask_code(&c, new_mobile()), code = texted_code;
    testapp_advance(10 * MS_MINUTE);
    assert_int_equal(confirm(&c, token, code, "沈一白", new_number()).status, 422);
    token = ask_code(&c, new_mobile());
    code = texted_code;
    assert_int_equal(confirm(&c, token, code, "沈一白", new_number()).status, 201);
    assert_int_equal(confirm(&d, token, code, "沈一白", new_number()).status, 422);
    (void)state;
}

static void nobody_opens_an_account_without_consent_or_with_a_wrong_number(void **state)
{
    struct client c = new_client();
    struct str token = ask_code(&c, new_mobile());
    const char *number = new_number();
    struct answer a = client_post(&c, "/register/confirm",
                                  form("t=%.*s&code=%.*s&name=Shen+Yibai&id_number=%s&password=" PASSWORD,
                                       STR_ARG(token), STR_ARG(texted_code), number));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "agree"));
    a = client_post(&c, "/register/confirm",
                    form("t=%.*s&code=%.*s&name=Shen+Yibai&id_number=780101199001011111&" TYPED,
                         STR_ARG(token), STR_ARG(texted_code)));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "id_number"));
    /* Neither spent an attempt: five are left. */
    for (int i = 0; i < 4; i++)
        assert_int_equal(confirm(&c, token, STR("x"), "沈一白", number).status, 422);
    assert_int_equal(confirm(&c, token, texted_code, "沈一白", number).status, 201);
    (void)state;
}

static void a_mobile_gets_five_codes_an_hour(void **state)
{
    struct client c = new_client();
    const char *mobile = new_mobile();
    for (int i = 0; i < 5; i++)
        ask_code(&c, mobile);
    struct answer a = client_post(&c, "/register", form("mobile=%s", mobile));
    assert_int_equal(a.status, 429);
    assert_true(answer_has(a, "60"));
    c.json = false;
    a = client_post(&c, "/register", form("mobile=%s", mobile));
    assert_int_equal(a.status, 429);
    assert_true(answer_has(a, "60 分钟后再试"));
    c.json = true;
    ask_code(&c, new_mobile());
    testapp_advance(2 * MS_HOUR);
    ask_code(&c, mobile);
    (void)state;
}

static void a_number_has_one_account_and_a_second_is_shown_the_way_to_the_desk(void **state)
{
    struct client c = new_client(), d = new_client();
    const char *number = new_number();
    assert_int_equal(join(&c, new_mobile(), "欧阳青竹", number).status, 201);
    struct answer a = join(&d, new_mobile(), "欧阳青竹", number);
    assert_int_equal(a.status, 409);
    assert_true(answer_has(a, "服务窗口"));
    struct answer b = join(&d, new_mobile(), "别人", number);
    assert_int_equal(b.status, 409);
    assert_true(str_eq(a.body, b.body)); /* whether the name is right is not told */
    assert_false(answer_has(a, "欧阳"));
    assert_int_equal(client_get(&d, "/me").status, 401);
    (void)state;
}

static void a_code_that_has_run_out_is_told_of_as_a_warning(void **state)
{
    struct client c = new_client();
    c.json = false;
    assert_int_equal(client_get(&c, "/register/confirm?t=long-gone").status, 303);
    struct answer form = client_get(&c, "/register");
    assert_true(answer_has(form, "notice-warn") && answer_has(form, "验证码已失效"));
    assert_false(answer_has(client_get(&c, "/register"), "验证码已失效"));
    (void)state;
}

static void a_mobile_with_an_account_is_told_so_by_text_only(void **state)
{
    struct client c = new_client();
    struct str token = ask_code(&c, LIN_MOBILE);
    assert_int_equal(texted_code.len, 0);
    assert_true(str_starts(texted, STR("This mobile already has")));
    c.json = false;
    struct answer taken = client_getf(&c, "/register/confirm?t=%.*s", STR_ARG(token));
    assert_int_equal(taken.status, 200);
    assert_false(answer_has(taken, "已有政务"));
    (void)state;
}

/* ---- sign-in ---- */

static struct client joined(const char **mobile)
{
    struct client c = new_client();
    *mobile = new_mobile();
    assert_int_equal(join(&c, *mobile, "沈一白", new_number()).status, 201);
    return c;
}

static void a_sign_in_makes_a_new_session_and_ends_the_old_one(void **state)
{
    const char *mobile;
    struct client c = joined(&mobile), planted;
    planted = c;
    assert_int_equal(post_sign_in(&c, mobile, PASSWORD, "").status, 200);
    assert_string_not_equal(cookie(&c, "tb_session"), cookie(&planted, "tb_session"));
    assert_int_equal(client_get(&planted, "/me").status, 401);
    assert_int_equal(client_get(&c, "/me").status, 200);
    struct client left = c;
    assert_int_equal(client_post(&c, "/sign-out", "").status, 200);
    assert_int_equal(client_get(&left, "/me").status, 401);
    (void)state;
}

static void after_a_sign_in_one_goes_on_only_within_this_site(void **state)
{
    static const char *const bad[] = {"https://evil.example/",
                                      "//evil.example/",
                                      "/\\evil.example",
                                      "javascript:alert(1)",
                                      "evil",
                                      "/%0d%0aSet-Cookie:a",
                                      "/a b",
                                      "\\\\evil"};
    const char *mobile;
    struct client c = joined(&mobile);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct client d = new_client();
        struct answer a = post_sign_in(&d, mobile, PASSWORD, bad[i]);
        struct str to = json_text_of(client_json(&d, a), "location");
        if (!str_eq_c(to, "/me") && !str_starts(to, STR("/%")))
            fail_msg("%s leads to %.*s", bad[i], STR_ARG(to));
        assert_int_equal(str_find(to, STR("\r")), SIZE_MAX);
    }
    struct client d = new_client();
    struct answer a = post_sign_in(&d, mobile, PASSWORD, "/items/1/apply?x=1");
    assert_true(str_eq_c(json_text_of(client_json(&d, a), "location"), "/items/1/apply?x=1"));
    c.json = false;
    a = client_get(&c, "/sign-in?next=//evil.example/");
    assert_true(str_eq_c(a.location, "/me"));
    (void)state;
}

static void wrong_passwords_make_the_account_rest_and_say_how_long(void **state)
{
    const char *mobile;
    joined(&mobile);
    struct client c = new_client();
    for (int i = 0; i < 5; i++)
        assert_int_equal(post_sign_in(&c, mobile, "wrong-wrong-wrong", "").status, 422);
    struct answer a = post_sign_in(&c, mobile, PASSWORD, "");
    assert_int_equal(a.status, 429);
    c.json = false;
    a = post_sign_in(&c, mobile, PASSWORD, "");
    assert_int_equal(a.status, 429);
    assert_true(answer_has(a, "1 分钟后再试"));
    testapp_advance(MS_MINUTE);
    assert_int_equal(post_sign_in(&c, mobile, PASSWORD, "").status, 303);
    (void)state;
}

static void wrong_passwords_of_others_do_not_keep_the_owner_out(void **state)
{
    const char *mobile;
    joined(&mobile);
    struct client owner = new_client(), other = new_client();
    for (int i = 0; i < 5; i++)
        assert_int_equal(post_sign_in(&other, mobile, "wrong-wrong-wrong", "").status, 422);
    assert_int_equal(post_sign_in(&other, mobile, PASSWORD, "").status, 429);
    assert_int_equal(post_sign_in(&owner, mobile, PASSWORD, "").status, 200);
    (void)state;
}

static bool account_of(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    struct account a;
    struct str hash;
    if (!account_by_login(c, ACTOR_PERSON, str_c(i->number), &a, &hash)) return false;
    i->id = a.id;
    return true;
}

static struct str from_of(struct trace t)
{
    struct err e = {0};
    return json_text_of(json_parse(app->arena, t.detail, JSON_STRICT, &e), "from");
}

static void every_sign_in_leaves_evidence_also_a_refused_one_and_no_address(void **state)
{
    const char *mobile;
    joined(&mobile);
    struct inside i = {.number = mobile};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, account_of, &i, &i.err));
    struct client c = new_client(), elsewhere = new_client();
    int64_t unknown = trace_of("account.sign_in_failed", 0).count;
    assert_int_equal(post_sign_in(&c, mobile, "wrong-wrong-wrong", "").status, 422);
    assert_int_equal(post_sign_in(&c, new_mobile(), "wrong-wrong-wrong", "").status, 422);
    struct trace failed = trace_of("account.sign_in_failed", i.id);
    assert_int_equal(failed.count, 1);
    assert_int_equal(trace_of("account.sign_in_failed", 0).count, unknown + 1);
    assert_int_equal(str_find(failed.detail, str_c(c.peer)), SIZE_MAX);
    assert_int_equal(post_sign_in(&c, mobile, PASSWORD, "").status, 200);
    struct trace done = trace_of("account.sign_in", i.id);
    assert_int_equal(done.count, 1);
    assert_int_equal(trace_of("account.sign_in_failed", i.id).count, 1);
    /* One address has one mark, and another one has another. */
    assert_true(from_of(done).len >= 32 && str_eq(from_of(done), from_of(failed)));
    assert_int_equal(post_sign_in(&elsewhere, mobile, "wrong-wrong-wrong", "").status, 422);
    assert_false(str_eq(from_of(trace_of("account.sign_in_failed", i.id)), from_of(done)));
    for (int k = 0; k < 4; k++)
        post_sign_in(&elsewhere, mobile, "wrong-wrong-wrong", "");
    assert_int_equal(post_sign_in(&elsewhere, mobile, PASSWORD, "").status, 429);
    assert_true(str_find(trace_of("account.sign_in_failed", i.id).detail, STR("locked")) != SIZE_MAX);
    (void)state;
}

static void who_is_not_signed_in_is_led_to_the_right_door(void **state)
{
    struct client c = new_client();
    c.json = false;
    struct answer a = client_get(&c, "/office/officers");
    assert_int_equal(a.status, 303);
    assert_true(str_starts(a.location, STR("/office/sign-in?next=")));
    assert_int_equal(client_get(&c, str_z(app->arena, a.location)).status, 200);
    /* Also from the door for people. */
    a = client_get(&c, "/sign-in?next=%2Foffice%2Fofficers");
    assert_true(str_starts(a.location, STR("/office/sign-in?next=")));
    assert_int_equal(client_get(&c, str_z(app->arena, a.location)).status, 200);
    (void)state;
}

static void a_new_password_ends_all_other_sessions(void **state)
{
    const char *mobile;
    struct client c = joined(&mobile), other = new_client();
    assert_int_equal(post_sign_in(&other, mobile, PASSWORD, "").status, 200);
    assert_int_equal(
        client_post(&c, "/me/password", "old_password=not-this-one-1&password=quiet-river-77").status, 422);
    assert_int_equal(
        client_post(&c, "/me/password", "old_password=" PASSWORD "&password=quiet-river-77").status, 200);
    assert_int_equal(client_get(&c, "/me").status, 200);
    assert_int_equal(client_get(&other, "/me").status, 401);
    assert_int_equal(post_sign_in(&other, mobile, PASSWORD, "").status, 422);
    assert_int_equal(post_sign_in(&other, mobile, "quiet-river-77", "").status, 200);
    (void)state;
}

/* ---- what registers know ---- */

static const struct json *schema(void)
{
    struct err e = {0};
    return json_parse(app->arena,
                      STR("{\"properties\":{\"name\":{\"x-source\":\"person.name\"},\"mobile\":{\"x-source\":"
                          "\"account.mobile\"},"
                          "\"rent\":{\"x-source\":\"housing_fund.withdrawable\",\"x-max\":\"housing_fund."
                          "withdrawable\"},\"free\":{\"type\":\"string\"}}}"),
                      JSON_STRICT, &e);
}

static struct json *filled_for(const char *number, int session_level)
{
    struct inside i = {.schema = schema(), .id = subject_of(number)};
    i.actor = (struct actor){.kind = ACTOR_PERSON, .subject = i.id, .level = session_level};
    if (!server_read(app->server, &i.actor, prefill, &i, &i.err)) fail_msg("%s %s", i.err.code, i.err.detail);
    return i.filled;
}

static void who_only_declared_is_shown_nothing_that_registers_know(void **state)
{
    struct json *full = filled_for("780101199011250041", 2); /* 陈若溪 */
    assert_true(str_eq_c(json_text(json_path(full, "name.value")), "陈若溪"));
    assert_true(str_eq_c(json_text(json_path(full, "name.source")), "人口基础信息"));
    assert_true(str_eq_c(json_text(json_path(full, "name.source_en")), "Population base"));
    assert_non_null(json_path(full, "rent.value"));
    assert_non_null(json_path(full, "rent.max"));
    assert_null(json_get(full, "free"));
    struct json *declared =
        filled_for("780101199011250041", 1); /* the same number, a session that only declared */
    assert_null(json_get(declared, "name"));
    assert_null(json_get(declared, "rent"));
    assert_true(str_eq_c(json_text(json_path(declared, "mobile.value")), "13900000103"));
    (void)state;
}

/* ---- personal data ---- */

static void an_officers_look_at_a_person_is_recorded_and_ones_own_is_not(void **state)
{
    struct inside i = {.id = subject_of(LIN), .actor = {.kind = ACTOR_OFFICER, .account = 1}};
    assert_true(server_read(app->server, &i.actor, load, &i, &i.err));
    assert_int_equal(i.reads, 1);
    i.actor = (struct actor){.kind = ACTOR_PERSON, .subject = i.id, .level = 2};
    assert_true(server_read(app->server, &i.actor, load, &i, &i.err));
    assert_int_equal(i.reads, 0);
    (void)state;
}

static bool erase(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    return subject_erase(ctx_keys(c), &c->tx, i->id);
}

static void an_erased_subject_cannot_be_read_again(void **state)
{
    const char *number = new_number();
    struct client c = new_client();
    assert_int_equal(join(&c, new_mobile(), "沈一白", number).status, 201);
    struct inside i = {.id = subject_of(number)};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_write(app->server, &system, erase, &i, &i.err));
    assert_true(server_read(app->server, &system, load, &i, &i.err));
    assert_true(i.subject.erased);
    assert_int_equal(i.subject.code.len + i.subject.mobile.len, 0);
    (void)state;
}

static bool file_has(const char *path, const char *text)
{
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    static char bytes[64 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return memmem(bytes, n, text, strlen(text)) != NULL;
}

static void no_name_number_or_mobile_stands_in_the_database_file(void **state)
{
    static const char *const ends[] = {"", "-wal"};
    struct client c = new_client();
    const char *number = new_number(), *mobile = new_mobile();
    if (!str_starts(str_c(app->db_url), STR("sqlite:"))) skip();
    assert_int_equal(join(&c, mobile, "尉迟听雪", number).status, 201);
    for (size_t i = 0; i < 2; i++) {
        const char *path = form("%s%s", app->db_url + 7, ends[i]);
        assert_true(i == 1 || file_has(path, "SQLite format 3"));
        assert_false(file_has(path, number));
        assert_false(file_has(path, mobile));
        assert_false(file_has(path, "尉迟听雪"));
        assert_false(file_has(path, LIN));
        assert_false(file_has(path, "林晓禾"));
        assert_false(file_has(path, ZHOU));
    }
    (void)state;
}

static void everyone_gets_what_is_kept_about_them_as_a_file(void **state)
{
    struct client lin = new_client();
    client_as_person(&lin, LIN_MOBILE);
    struct answer a = client_get(&lin, "/me/data");
    assert_int_equal(a.status, 200);
    assert_true(str_eq_c(a.filename, "tongban-my-data.json"));
    const struct json *doc = client_json(&lin, a);
    assert_true(str_eq_c(json_text(json_path(doc, "person.name")), "林晓禾"));
    assert_true(str_eq_c(json_text(json_path(doc, "person.id_number")), LIN));
    (void)state;
}

static void names_and_numbers_are_masked(void **state)
{
    assert_true(str_eq_c(people_mask_name(app->arena, STR("林晓禾")), "林**"));
    struct str code = people_mask_code(app->arena, STR(LIN));
    assert_int_equal(str_find(code, STR("19940318")), SIZE_MAX);
    struct client lin = new_client();
    client_as_person(&lin, LIN_MOBILE);
    assert_false(answer_has(client_get(&lin, "/me/profile"), LIN));
    (void)state;
}

/* ---- pages ---- */

static void every_page_opens_in_both_languages(void **state)
{
    static const char *const theirs[] = {"/me", "/me/profile", "/me/level", "/me/acting", "/me/mandates"};
    static const char *const admins[] = {"/office", "/office/officers", "/office/officers/new",
                                         "/office/officers/roles", "/office/password"};
    static const char *const anyones[] = {"/register", "/sign-in", "/office/sign-in"};
    struct client lin = new_client(), admin = new_client(), nobody = new_client(), desk = new_client();
    client_as_person(&lin, LIN_MOBILE);
    client_as_officer(&admin, "secadmin");
    client_as_officer(&desk, "desk1");
    for (int k = 0; k < 2; k++) {
        lin.json = admin.json = nobody.json = desk.json = false;
        lin.language = admin.language = nobody.language = desk.language = k ? "en" : "zh-CN";
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(client_get(&lin, theirs[i]).status, 200);
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(client_get(&admin, admins[i]).status, 200);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(client_get(&nobody, anyones[i]).status, 200);
        assert_int_equal(client_get(&desk, "/office/desk/verify-person").status, 200);
    }
    (void)state;
}

static void a_wrong_form_comes_back_with_what_was_typed_but_no_secret(void **state)
{
    struct client c = new_client();
    struct str token = ask_code(&c, new_mobile());
    c.json = false;
    struct answer a = client_post(
        &c, "/register/confirm",
        form("t=%.*s&code=1&name=Shen+Yibai&id_number=7801&password=" PASSWORD "&agree=1", STR_ARG(token)));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "Shen Yibai"));
    assert_true(answer_has(a, str_z(app->arena, token)));
    assert_false(answer_has(a, PASSWORD));
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_the_base_knows_with_this_mobile_is_confirmed_at_once),
        cmocka_unit_test(who_only_declared_stays_at_level_one),
        cmocka_unit_test(name_and_number_alone_raise_nobody),
        cmocka_unit_test(a_code_can_be_tried_five_times),
        cmocka_unit_test(a_code_opens_one_account_within_ten_minutes),
        cmocka_unit_test(nobody_opens_an_account_without_consent_or_with_a_wrong_number),
        cmocka_unit_test(a_mobile_gets_five_codes_an_hour),
        cmocka_unit_test(a_number_has_one_account_and_a_second_is_shown_the_way_to_the_desk),
        cmocka_unit_test(a_code_that_has_run_out_is_told_of_as_a_warning),
        cmocka_unit_test(a_mobile_with_an_account_is_told_so_by_text_only),
        cmocka_unit_test(a_sign_in_makes_a_new_session_and_ends_the_old_one),
        cmocka_unit_test(after_a_sign_in_one_goes_on_only_within_this_site),
        cmocka_unit_test(wrong_passwords_make_the_account_rest_and_say_how_long),
        cmocka_unit_test(wrong_passwords_of_others_do_not_keep_the_owner_out),
        cmocka_unit_test(every_sign_in_leaves_evidence_also_a_refused_one_and_no_address),
        cmocka_unit_test(who_is_not_signed_in_is_led_to_the_right_door),
        cmocka_unit_test(a_new_password_ends_all_other_sessions),
        cmocka_unit_test(who_only_declared_is_shown_nothing_that_registers_know),
        cmocka_unit_test(an_officers_look_at_a_person_is_recorded_and_ones_own_is_not),
        cmocka_unit_test(an_erased_subject_cannot_be_read_again),
        cmocka_unit_test(no_name_number_or_mobile_stands_in_the_database_file),
        cmocka_unit_test(everyone_gets_what_is_kept_about_them_as_a_file),
        cmocka_unit_test(names_and_numbers_are_masked),
        cmocka_unit_test(every_page_opens_in_both_languages),
        cmocka_unit_test(a_wrong_form_comes_back_with_what_was_typed_but_no_secret),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
