#include "core/base/file.h"
#include "core/base/time.h"
#include "engines/identifiers/identifiers.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/registry/registry.h"
#include "testing/testapp.h"
#include "testing/testdb.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PASSWORD "moonlit-harbour-42"
#define TYPED    "password=" PASSWORD "&agree=1"

/* ---- the one program all tests speak to, and what it texted last ---- */

static struct testapp *app;
static struct str texted_to, texted;
static struct str texted_code;

static bool catch_text(struct ctx *c, struct str mobile, const char *msgid, const struct json *params)
{
    (void)c;
    texted_to = str_dup(app->arena, mobile);
    texted = str_dup(app->arena, str_c(msgid));
    texted_code = str_dup(app->arena, json_text_of(params, "code"));
    return true;
}

static int open_app(void **state)
{
    (void)state;
    app = testapp_open(true);
    people_set_messenger(app->server, &(struct people_messenger){.text = catch_text});
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

/* ---- helpers ---- */

/* A number nobody else here has. */
static const char *new_number(void)
{
    static int serial = 100;
    char digits[19];
    snprintf(digits, sizeof digits, "78010119900101%03d", serial++);
    digits[17] = ident_mod11_2(digits);
    digits[18] = '\0';
    return str_z(app->arena, str_c(digits));
}

static const char *new_mobile(void)
{
    static int serial = 5000;
    return str_z(app->arena, str_fmt(app->arena, "1390001%04d", serial++));
}

/* Each from an address of its own, so that limits of one test do not reach another. */
static struct client new_client(void)
{
    static int serial = 1;
    struct client c = client_new(app);
    c.peer = str_z(app->arena, str_fmt(app->arena, "198.51.100.%d", serial++));
    return c;
}

static const char *form(const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return str_z(app->arena, str_c(text));
}

static struct str code_asked(struct answer a, struct client *c)
{
    struct str token, at = json_text_of(client_json(c, a), "location");
    str_cut(str_slice(at, str_find(at, STR("t=")) + 2, at.len), '&', &token);
    return token;
}

static struct str ask_code(struct client *c, const char *mobile)
{
    struct answer a = client_post(c, "/register", form("mobile=%s", mobile));
    if (a.status != 201) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    return code_asked(a, c);
}

static struct answer confirm(struct client *c, struct str token, struct str code, const char *name, const char *number)
{
    struct str encoded = url_encode(app->arena, str_c(name));
    return client_post(c, "/register/confirm", form("t=%.*s&code=%.*s&name=%.*s&id_number=%s&" TYPED, STR_ARG(token), STR_ARG(code), STR_ARG(encoded), number));
}

static struct answer join(struct client *c, const char *mobile, const char *name, const char *number)
{
    struct str token = ask_code(c, mobile);
    return confirm(c, token, texted_code, name, number);
}

static int64_t level_of(struct client *c)
{
    return json_i64_of(client_json(c, client_get(c, "/me")), "level", -1);
}

static const char *cookie(const struct client *c, const char *name)
{
    for (size_t i = 0; i < sizeof c->cookies / sizeof c->cookies[0]; i++)
        if (strcmp(c->cookies[i][0], name) == 0) return c->cookies[i][1];
    return "";
}

static struct answer post_sign_in(struct client *c, const char *account, const char *password, const char *next)
{
    return client_post(c, "/sign-in", form("account=%s&password=%s&next=%s", account, password, str_z(app->arena, url_encode(app->arena, str_c(next)))));
}

/* ---- work inside the program ---- */

struct inside {
    struct actor actor;
    const char *number, *name;
    int64_t id, principal, unit;
    bool yes, any;
    size_t reads;
    const struct json *schema;
    struct json *filled;
    struct subject subject;
    struct err err;
};

static bool find(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    return people_find(c, i->number[17] && strlen(i->number) == 18 && i->number[0] == '9' ? SUBJECT_ORGANISATION : SUBJECT_PERSON, str_c(i->number), &i->id);
}

static int64_t subject_of(const char *number)
{
    struct inside i = {.number = number};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, find, &i, &i.err));
    return i.id;
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

static bool ask_acting(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    i->any = people_may_act_for(c, i->principal);
    i->yes = people_may_act_before(c, i->principal, i->unit);
    return c->err->kind == ERR_NONE;
}

static bool may_before(const char *agent, int level, int64_t principal, int64_t unit, bool *any)
{
    struct inside i = {.principal = principal, .unit = unit, .actor = {.kind = ACTOR_PERSON, .subject = subject_of(agent), .level = level}};
    if (!server_read(app->server, &i.actor, ask_acting, &i, &i.err)) fail_msg("%s %s", i.err.code, i.err.detail);
    *any = i.any;
    return i.yes;
}

static bool pick_unit(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    const struct unit *u = orgs_unit_of_kind(c, str_c(i->name), orgs_place(c));
    i->id = u ? u->id : 0;
    return u != NULL;
}

static int64_t unit_of(const char *kind)
{
    struct inside i = {.name = kind};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, pick_unit, &i, &i.err));
    return i.id;
}

#define LIN    "78010119940318002X" /* 林晓禾, known, has an account */
#define ZHOU   "780101198607090013" /* 周建平, runs SHOP */
#define WU     "780101197905020035" /* 吴启明, legal representative of FREIGHT */
#define YU     "780101198505200162" /* 余清和, known, no account, 13900000115 */
#define SHOP    "92780101QD0000031M"
#define FREIGHT "91780101QD00000153"
#define LIN_MOBILE  "13900000101"
#define ZHOU_MOBILE "13900000102"
#define WU_MOBILE   "13900000104"

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
    struct str record = str_fmt(app->arena, "{\"resources\":[{\"id\":\"population\",\"name\":\"人口基础信息\",\"en\":\"Population base\",\"key\":\"id_number\",\"many\":false}],"
                                            "\"records\":{\"population\":[{\"id_number\":\"%s\",\"name\":\"顾南星\",\"mobile\":\"%s\"}]}}", number, mobile);
    struct err e = {0};
    const struct json *file = json_parse(app->arena, record, JSON_STRICT, &e);
    assert_non_null(file);
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_write(app->server, &system, import_records, (void *)file, &e));
    assert_int_equal(join(&c, other, "顾南星", number).status, 201);
    assert_int_equal(level_of(&c), 1);
    struct answer a = client_post(&c, "/me/level", form("name=%s&id_number=%s", "%E9%A1%BE%E5%8D%97%E6%98%9F", number));
    assert_int_equal(a.status, 422);
    assert_int_equal(level_of(&c), 1);
    /* With the mobile of the base it is another matter. */
    a = client_post(&c, "/me/profile", form("mobile=%s&address=", mobile));
    struct str token = code_asked(a, &c);
    assert_true(str_eq_c(texted_to, mobile));
    assert_int_equal(client_post(&c, "/me/mobile", form("t=%.*s&code=%.*s", STR_ARG(token), STR_ARG(texted_code))).status, 200);
    assert_int_equal(client_post(&c, "/me/level", form("name=%s&id_number=%s", "%E9%A1%BE%E5%8D%97%E6%98%9F", number)).status, 200);
    assert_int_equal(level_of(&c), 2);
    (void)state;
}

static void a_code_can_be_tried_five_times(void **state)
{
    struct client c = new_client();
    const char *number = new_number();
    struct str token = ask_code(&c, new_mobile()), right = texted_code;
    struct str wrong = str_eq_c(right, "000000") ? STR("111111") : STR("000000");
    for (int i = 0; i < 5; i++) assert_int_equal(confirm(&c, token, wrong, "沈一白", number).status, 422);
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
    struct answer a = client_post(&c, "/register/confirm", form("t=%.*s&code=%.*s&name=Shen+Yibai&id_number=%s&password=" PASSWORD, STR_ARG(token), STR_ARG(texted_code), number));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "agree"));
    a = client_post(&c, "/register/confirm", form("t=%.*s&code=%.*s&name=Shen+Yibai&id_number=780101199001011111&" TYPED, STR_ARG(token), STR_ARG(texted_code)));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "id_number"));
    /* Neither spent an attempt: five are left. */
    for (int i = 0; i < 4; i++) assert_int_equal(confirm(&c, token, STR("x"), "沈一白", number).status, 422);
    assert_int_equal(confirm(&c, token, texted_code, "沈一白", number).status, 201);
    (void)state;
}

static void a_mobile_gets_five_codes_an_hour(void **state)
{
    struct client c = new_client();
    const char *mobile = new_mobile();
    for (int i = 0; i < 5; i++) ask_code(&c, mobile);
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
    static const char *const bad[] = {"https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", "/%0d%0aSet-Cookie:a", "/a b", "\\\\evil"};
    const char *mobile;
    struct client c = joined(&mobile);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct client d = new_client();
        struct answer a = post_sign_in(&d, mobile, PASSWORD, bad[i]);
        struct str to = json_text_of(client_json(&d, a), "location");
        if (!str_eq_c(to, "/me") && !str_starts(to, STR("/%"))) fail_msg("%s leads to %.*s", bad[i], STR_ARG(to));
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
    for (int i = 0; i < 5; i++) assert_int_equal(post_sign_in(&c, mobile, "wrong-wrong-wrong", "").status, 422);
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

static void who_is_not_signed_in_is_led_to_the_right_door(void **state)
{
    struct client c = new_client();
    c.json = false;
    struct answer a = client_get(&c, "/office/officers");
    assert_int_equal(a.status, 303);
    a = client_get(&c, str_z(app->arena, a.location));
    assert_true(str_starts(a.location, STR("/office/sign-in?next=")));
    assert_int_equal(client_get(&c, str_z(app->arena, a.location)).status, 200);
    (void)state;
}

static void a_new_password_ends_all_other_sessions(void **state)
{
    const char *mobile;
    struct client c = joined(&mobile), other = new_client();
    assert_int_equal(post_sign_in(&other, mobile, PASSWORD, "").status, 200);
    assert_int_equal(client_post(&c, "/me/password", "old_password=not-this-one-1&password=quiet-river-77").status, 422);
    assert_int_equal(client_post(&c, "/me/password", "old_password=" PASSWORD "&password=quiet-river-77").status, 200);
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
                      STR("{\"properties\":{\"name\":{\"x-source\":\"person.name\"},\"mobile\":{\"x-source\":\"account.mobile\"},"
                          "\"rent\":{\"x-source\":\"housing_fund.withdrawable\",\"x-max\":\"housing_fund.withdrawable\"},\"free\":{\"type\":\"string\"}}}"),
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
    struct json *declared = filled_for("780101199011250041", 1); /* the same number, a session that only declared */
    assert_null(json_get(declared, "name"));
    assert_null(json_get(declared, "rent"));
    assert_true(str_eq_c(json_text(json_path(declared, "mobile.value")), "13900000103"));
    (void)state;
}

/* ---- acting for others ---- */

static void a_legal_representative_acts_for_the_firm_and_nobody_else_does(void **state)
{
    struct client zhou = new_client(), lin = new_client();
    client_as_person(&zhou, ZHOU_MOBILE);
    client_as_person(&lin, LIN_MOBILE);
    assert_true(answer_has(client_get(&zhou, "/me/acting"), "r:" SHOP));
    assert_false(answer_has(client_get(&lin, "/me/acting"), SHOP));
    assert_int_equal(client_post(&zhou, "/me/acting", "mandate=r:" SHOP).status, 200);
    zhou.json = false;
    assert_true(answer_has(client_get(&zhou, "/me"), "示范区晨光便利店"));
    assert_int_equal(client_post(&lin, "/me/acting", "mandate=r:" SHOP).status, 403);
    assert_int_equal(client_post(&lin, "/me/acting", "mandate=r:nothing").status, 403);
    assert_int_equal(client_post(&lin, "/me/acting", "mandate=m:1").status, 403);
    (void)state;
}

/* Otherwise the number of a legal representative would be the key to the firm. */
static void who_only_declared_acts_for_no_firm(void **state)
{
    bool any;
    assert_true(may_before(ZHOU, 2, subject_of(SHOP), unit_of("tobacco"), &any));
    assert_false(may_before(ZHOU, 1, subject_of(SHOP), unit_of("tobacco"), &any));
    assert_false(any);
    (void)state;
}

static struct client wu_for_the_firm(void)
{
    struct client wu = new_client();
    client_as_person(&wu, WU_MOBILE);
    assert_int_equal(client_post(&wu, "/me/acting", "mandate=r:" FREIGHT).status, 200);
    return wu;
}

static void give(struct client *c, int64_t unit, const char *until)
{
    struct answer a = client_post(c, "/me/mandates", form("name=%%E6%%9E%%97%%E6%%99%%93%%E7%%A6%%BE&id_number=" LIN "&scope=%s&from=%s&until=%s", unit ? form("%lld", (long long)unit) : "",
                                                          str_z(app->arena, date_format(app->arena, date_of(testapp_now()))), until));
    if (a.status != 201) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
}

static void a_mandate_holds_for_its_department_and_its_time(void **state)
{
    bool any;
    int64_t transport = unit_of("transport"), tobacco = unit_of("tobacco"), firm = subject_of(FREIGHT);
    struct client wu = wu_for_the_firm();
    assert_false(may_before(LIN, 2, firm, transport, &any));
    give(&wu, transport, str_z(app->arena, date_format(app->arena, date_of(testapp_now()) + 1)));
    assert_true(may_before(LIN, 2, firm, transport, &any));
    assert_false(may_before(LIN, 2, firm, tobacco, &any));
    assert_true(any);
    assert_false(may_before(LIN, 1, firm, transport, &any));
    testapp_advance(2 * MS_DAY);
    assert_false(may_before(LIN, 2, firm, transport, &any));
    assert_false(any);
    (void)state;
}

static int64_t first_mandate(struct client *c, const char *list)
{
    return json_i64_of(json_get(client_json(c, client_get(c, "/me/mandates")), list)->first, "id", 0);
}

static void a_revoked_mandate_no_longer_holds_and_only_its_giver_revokes(void **state)
{
    bool any;
    struct client wu = wu_for_the_firm(), lin = new_client(), zhou = new_client();
    client_as_person(&lin, LIN_MOBILE);
    client_as_person(&zhou, ZHOU_MOBILE);
    give(&wu, unit_of("transport"), "");
    int64_t id = first_mandate(&wu, "given"), firm = subject_of(FREIGHT);
    assert_int_equal(client_post(&lin, "/me/acting", form("mandate=m:%lld", (long long)id)).status, 200);
    assert_int_equal(client_post(&zhou, "/me/acting", form("mandate=m:%lld", (long long)id)).status, 403);
    assert_int_equal(client_post(&zhou, form("/me/mandates/%lld/revoke", (long long)id), "").status, 404);
    /* The agent stands for the firm now, but neither revokes nor passes on. */
    assert_int_equal(client_post(&lin, form("/me/mandates/%lld/revoke", (long long)id), "").status, 403);
    assert_int_equal(client_post(&lin, "/me/mandates", "name=%E5%91%A8%E5%BB%BA%E5%B9%B3&id_number=" ZHOU "&scope=&from=2026-11-23").status, 403);
    assert_true(may_before(LIN, 2, firm, unit_of("transport"), &any));
    assert_int_equal(client_post(&wu, form("/me/mandates/%lld/revoke", (long long)id), "").status, 200);
    assert_false(may_before(LIN, 2, firm, unit_of("transport"), &any));
    assert_int_equal(client_post(&lin, "/me/acting", form("mandate=m:%lld", (long long)id)).status, 403);
    (void)state;
}

static void a_mandate_needs_name_and_number_that_belong_together_and_masks_them(void **state)
{
    struct client zhou = new_client();
    client_as_person(&zhou, ZHOU_MOBILE);
    struct answer a = client_post(&zhou, "/me/mandates", "name=%E5%88%AB%E4%BA%BA&id_number=" LIN "&scope=&from=2026-11-23");
    assert_int_equal(a.status, 422);
    assert_int_equal(client_post(&zhou, "/me/mandates", "name=%E5%91%A8%E5%BB%BA%E5%B9%B3&id_number=" ZHOU "&scope=&from=2026-11-23").status, 422);
    give(&zhou, 0, "");
    a = client_get(&zhou, "/me/mandates");
    assert_false(answer_has(a, LIN));
    assert_false(answer_has(a, "林晓禾"));
    assert_true(answer_has(a, "林"));
    (void)state;
}

/* ---- officers ---- */

static void administrators_are_three_people_and_handle_nothing(void **state)
{
    static const char *const refused[] = {"system_admin|security_admin", "system_admin|audit_admin", "security_admin|audit_admin", "system_admin|desk",
                                          "security_admin|reviewer",     "audit_admin|decider",      "desk|decider",               "system_admin|security_admin|audit_admin"};
    static const char *const fine[] = {"desk", "reviewer|decider", "system_admin", "audit_admin|supervisor", "editor|steward"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) assert_non_null(people_roles_conflict(app->arena, str_c(refused[i])));
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) assert_null(people_roles_conflict(app->arena, str_c(fine[i])));
    (void)state;
}

static int64_t officer_id(struct client *admin, const char *login)
{
    const struct json *list = json_get(client_json(admin, client_getf(admin, "/office/officers?q=%s", login)), "officers");
    JSON_EACH(o, list)
    {
        if (str_eq_c(json_text_of(o, "account"), login)) return json_i64_of(o, "id", 0);
    }
    fail_msg("no officer %s", login);
    return 0;
}

static void the_security_administrator_keeps_officers_and_nobody_else_does(void **state)
{
    struct client admin = new_client(), desk = new_client(), person = new_client(), fresh = new_client();
    client_as_officer(&admin, "secadmin");
    client_as_officer(&desk, "desk1");
    client_as_person(&person, LIN_MOBILE);
    assert_int_equal(client_get(&desk, "/office/officers").status, 403);
    assert_int_equal(client_get(&person, "/office/officers").status, 403);
    struct answer a = client_post(&admin, "/office/officers/new", "name=%E6%96%B0%E4%BA%BA&account=newcomer&roles=desk&roles=decider&department=&area=&password=harbour-lights-2031");
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "roles"));
    a = client_post(&admin, "/office/officers/new", "name=%E6%96%B0%E4%BA%BA&account=newcomer&roles=reviewer&roles=decider&department=&area=7801&password=harbour-lights-2031");
    if (a.status != 201) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    int64_t id = officer_id(&admin, "newcomer");
    a = client_post(&fresh, "/office/sign-in", "account=newcomer&password=harbour-lights-2031");
    assert_int_equal(a.status, 200);
    assert_int_equal(client_get(&fresh, "/office").status, 200);
    assert_int_equal(client_post(&admin, form("/office/officers/%lld", (long long)id), "name=%E6%96%B0%E4%BA%BA&roles=security_admin&roles=desk").status, 422);
    assert_int_equal(client_post(&admin, form("/office/officers/%lld/disable", (long long)id), "").status, 200);
    assert_int_equal(client_get(&fresh, "/office").status, 401);
    assert_int_equal(client_post(&fresh, "/office/sign-in", "account=newcomer&password=harbour-lights-2031").status, 403);
    (void)state;
}

static void nobody_changes_their_own_officer_account(void **state)
{
    struct client admin = new_client();
    client_as_officer(&admin, "secadmin");
    int64_t own = officer_id(&admin, "secadmin");
    assert_int_equal(client_post(&admin, form("/office/officers/%lld", (long long)own), "name=%E7%94%B0%E8%B6%8A&roles=steward").status, 403);
    assert_int_equal(client_post(&admin, form("/office/officers/%lld/disable", (long long)own), "").status, 403);
    assert_int_equal(client_post(&admin, form("/office/officers/%lld/password", (long long)own), "password=harbour-lights-2031").status, 403);
    assert_int_equal(client_get(&admin, "/office/officers/1").status, 404);
    (void)state;
}

static void accounts_of_people_are_not_among_officers(void **state)
{
    struct client admin = new_client(), person = new_client();
    client_as_officer(&admin, "secadmin");
    client_as_person(&person, LIN_MOBILE);
    assert_false(answer_has(client_get(&admin, "/office/officers?q=139"), LIN_MOBILE));
    (void)state;
}

/* ---- at the desk ---- */

static struct answer at_the_desk(const char *name, const char *number, const char *mobile, const char *more)
{
    struct client desk = new_client();
    client_as_officer(&desk, "desk1");
    return client_post(&desk, "/office/desk/verify-person",
                       form("name=%s&id_number=%s&mobile=%s%s", str_z(app->arena, url_encode(app->arena, str_c(name))), number, mobile, more));
}

static void the_desk_raises_who_stands_there(void **state)
{
    const char *mobile = new_mobile(), *number = new_number();
    struct client c = new_client();
    assert_int_equal(join(&c, mobile, "沈一白", number).status, 201);
    assert_int_equal(at_the_desk("沈一白", number, mobile, "").status, 422); /* the card was not seen */
    assert_int_equal(at_the_desk("沈一白", number, mobile, "&seen=1").status, 200);
    assert_int_equal(level_of(&c), 2);
    struct client reviewer = new_client();
    client_as_officer(&reviewer, "tobacco.review");
    assert_int_equal(client_post(&reviewer, "/office/desk/verify-person", form("name=a&id_number=%s&mobile=%s&seen=1", number, mobile)).status, 403);
    (void)state;
}

static void who_took_anothers_number_loses_it_at_the_desk(void **state)
{
    const char *number = new_number(), *mobile = new_mobile();
    struct client thief = new_client(), owner = new_client();
    assert_int_equal(join(&thief, new_mobile(), "沈一白", number).status, 201);
    assert_int_equal(at_the_desk("沈一白", number, mobile, "&seen=1").status, 200);
    assert_int_equal(client_get(&thief, "/me").status, 401);
    assert_int_equal(join(&thief, new_mobile(), "沈一白", number).status, 409); /* only the mobile that the desk wrote down */
    assert_int_equal(join(&owner, mobile, "沈一白", number).status, 201);
    assert_int_equal(level_of(&owner), 2);
    (void)state;
}

static void a_lost_account_is_opened_anew_after_a_visit(void **state)
{
    const char *number = new_number(), *mobile = new_mobile();
    struct client c = new_client(), again = new_client();
    assert_int_equal(join(&c, mobile, "沈一白", number).status, 201);
    assert_int_equal(at_the_desk("沈一白", number, mobile, "&seen=1&reset=1").status, 200);
    assert_int_equal(client_get(&c, "/me").status, 401);
    assert_int_equal(join(&again, mobile, "沈一白", number).status, 201);
    assert_int_equal(level_of(&again), 2);
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
    assert_false(server_read(app->server, &system, load, &i, &i.err));
    assert_int_equal(i.err.kind, ERR_MISSING);
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
    static const char *const admins[] = {"/office", "/office/officers", "/office/officers/new", "/office/officers/roles", "/office/password"};
    static const char *const anyones[] = {"/register", "/sign-in", "/office/sign-in"};
    struct client lin = new_client(), admin = new_client(), nobody = new_client(), desk = new_client();
    client_as_person(&lin, LIN_MOBILE);
    client_as_officer(&admin, "secadmin");
    client_as_officer(&desk, "desk1");
    for (int k = 0; k < 2; k++) {
        lin.json = admin.json = nobody.json = desk.json = false;
        lin.language = admin.language = nobody.language = desk.language = k ? "en" : "zh-CN";
        for (size_t i = 0; i < 5; i++) assert_int_equal(client_get(&lin, theirs[i]).status, 200);
        for (size_t i = 0; i < 5; i++) assert_int_equal(client_get(&admin, admins[i]).status, 200);
        for (size_t i = 0; i < 3; i++) assert_int_equal(client_get(&nobody, anyones[i]).status, 200);
        assert_int_equal(client_get(&desk, "/office/desk/verify-person").status, 200);
    }
    (void)state;
}

static void a_wrong_form_comes_back_with_what_was_typed_but_no_secret(void **state)
{
    struct client c = new_client();
    struct str token = ask_code(&c, new_mobile());
    c.json = false;
    struct answer a = client_post(&c, "/register/confirm", form("t=%.*s&code=1&name=Shen+Yibai&id_number=7801&password=" PASSWORD "&agree=1", STR_ARG(token)));
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
        cmocka_unit_test(a_mobile_with_an_account_is_told_so_by_text_only),
        cmocka_unit_test(a_sign_in_makes_a_new_session_and_ends_the_old_one),
        cmocka_unit_test(after_a_sign_in_one_goes_on_only_within_this_site),
        cmocka_unit_test(wrong_passwords_make_the_account_rest_and_say_how_long),
        cmocka_unit_test(who_is_not_signed_in_is_led_to_the_right_door),
        cmocka_unit_test(a_new_password_ends_all_other_sessions),
        cmocka_unit_test(who_only_declared_is_shown_nothing_that_registers_know),
        cmocka_unit_test(a_legal_representative_acts_for_the_firm_and_nobody_else_does),
        cmocka_unit_test(who_only_declared_acts_for_no_firm),
        cmocka_unit_test(a_mandate_holds_for_its_department_and_its_time),
        cmocka_unit_test(a_revoked_mandate_no_longer_holds_and_only_its_giver_revokes),
        cmocka_unit_test(a_mandate_needs_name_and_number_that_belong_together_and_masks_them),
        cmocka_unit_test(administrators_are_three_people_and_handle_nothing),
        cmocka_unit_test(the_security_administrator_keeps_officers_and_nobody_else_does),
        cmocka_unit_test(nobody_changes_their_own_officer_account),
        cmocka_unit_test(accounts_of_people_are_not_among_officers),
        cmocka_unit_test(the_desk_raises_who_stands_there),
        cmocka_unit_test(who_took_anothers_number_loses_it_at_the_desk),
        cmocka_unit_test(a_lost_account_is_opened_anew_after_a_visit),
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
