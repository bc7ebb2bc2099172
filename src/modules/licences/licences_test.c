/* What licences promise: from the grant to the verdict of a stranger, online and offline. */
#include "core/base/file.h"
#include "core/jobs/jobs.h"
#include "engines/identifiers/identifiers.h"
#include "engines/manifest/manifest_first_test.h"
#include "modules/licences/licences_internal.h"
#include "modules/people/people.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#define HOLDER "13900000101" /* p01 林晓禾 */
#define OTHER  "13900000102"
#define NAME   "林晓禾"

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};

static const char *const passport =
    "{\"name\":\"普通护照\",\"en\":\"Ordinary "
    "passport\",\"serial\":\"001\",\"validity\":{\"value\":10,\"unit\":\"year\"},"
    "\"validity_rule\":{\"by\":\"age\",\"of\":\"form.birth\",\"cases\":[{\"under\":16,\"value\":5,\"unit\":"
    "\"year\"}],\"else\":{\"value\":10,\"unit\":\"year\"}},"
    "\"one_per_holder\":true,\"number\":{\"prefix\":\"E78\",\"digits\":6}}";
static const char *const passport_face =
    "[{\"name\":\"holder\",\"title\":\"姓名\",\"value\":\"林晓禾\"},{\"name\":\"birth\",\"title\":"
    "\"出生日期\",\"value\":\"1994-03-18\"},"
    "{\"name\":\"authority\",\"title\":\"签发机关\",\"value\":\"示范区公安局出入境管理大队\"}]";
static const char *const shop = "{\"name\":\"营业执照\",\"serial\":\"003\",\"validity\":\"long_term\","
                                "\"validity_rule\":null,\"one_per_holder\":false,"
                                "\"number\":{\"rule\":\"uscc\",\"prefix\":\"92780101\",\"digits\":8}}";
static const char *const shop_face =
    "[{\"name\":\"business_name\",\"title\":\"名称\",\"value\":\"示范区晨光便利店\"},{\"name\":\"holder\","
    "\"title\":\"经营者\",\"value\":\"林晓禾\"}]";

/* ---- granting in a test ---- */

struct grant {
    const char *type, *face, *kind;
    int64_t case_id, licence;
    int32_t from;
    struct licence_record row;
};

static const struct json *parse(struct ctx *c, const char *text)
{
    struct json *j = json_parse(c->arena, str_c(text), JSON_STRICT, c->err);
    assert_non_null(j);
    return j;
}

static int64_t subject_of(struct ctx *c, const char *mobile)
{
    struct account account;
    struct str hash;
    assert_true(account_by_login(c, ACTOR_PERSON, str_c(mobile), &account, &hash));
    return account.subject;
}

static bool grant_now(struct ctx *c)
{
    struct grant *g = ctx_arg(c);
    const struct unit *unit = orgs_unit_of_kind(c, str_c(g->kind), STR("780101"));
    assert_non_null(unit);
    struct licence_spec spec = {.type = parse(c, g->type),
                                .issuer = unit->id,
                                .holder = subject_of(c, HOLDER),
                                .case_id = g->case_id,
                                .item_code = STR("BI-0001"),
                                .item_name = STR("普通护照签发"),
                                .face = parse(c, g->face),
                                .valid_from = g->from ? g->from : date_of(c->now)};
    return licence_draft(c, &spec, &g->licence);
}

static void write_as_system(struct testapp *t, handler *fn, void *arg)
{
    struct err e = {0};
    if (!server_write(t->server, &SYSTEM, fn, arg, &e))
        fail_msg("%s %s (%s:%d)", e.code, e.detail, e.file, e.line);
}

static int64_t grant(struct testapp *t, struct grant *g)
{
    write_as_system(t, grant_now, g);
    testapp_jobs(t);
    return g->licence;
}

static int64_t grant_passport(struct testapp *t)
{
    struct grant g = {.type = passport, .face = passport_face, .kind = "public-security"};
    return grant(t, &g);
}

static int64_t grant_shop(struct testapp *t)
{
    struct grant g = {.type = shop, .face = shop_face, .kind = "public-security"};
    return grant(t, &g);
}

struct look {
    int64_t id;
    struct arena *arena;
    struct licence_record row;
    struct licence_finding finding;
    struct str url, json, pdf;
    size_t events;
};

static bool look_now(struct ctx *c)
{
    struct look *l = ctx_arg(c);
    struct licence_event *events;
    bool found;
    assert_true(licences_store_load(c, l->id, &l->row, &found));
    assert_true(found);
    assert_true(licences_examine(c, &l->row, &l->finding));
    assert_true(licences_store_events(c, l->id, &events, &l->events));
    l->row.licence_id = str_dup(l->arena, l->row.licence_id);
    l->row.number = str_dup(l->arena, l->row.number);
    l->row.status = str_dup(l->arena, l->row.status);
    l->finding.status = str_dup(l->arena, l->finding.status);
    struct str url = licences_verify_url(c, l->row.licence_id);
    l->url = str_dup(l->arena, str_slice(url, str_find(url, STR("/verify/")), url.len));
    if (!l->row.manifest.len || str_eq_c(l->finding.status, "altered")) return true;
    assert_true(licences_manifest(c, &l->row, &l->json));
    l->json = str_dup(l->arena, l->json);
    return true;
}

static struct look look_at(struct testapp *t, int64_t id)
{
    struct err e = {0};
    struct look l = {.id = id, .arena = t->arena};
    if (!server_read(t->server, &SYSTEM, look_now, &l, &e)) fail_msg("%s %s", e.code, e.detail);
    return l;
}

static struct client holder(struct testapp *t)
{
    struct client c = client_new(t);
    client_as_person(&c, HOLDER);
    return c;
}

static struct client decider(struct testapp *t)
{
    struct client c = client_new(t);
    client_as_officer(&c, "public-security.decide");
    return c;
}

/* The verdict a stranger gets who scanned the code. */
static struct str verdict(struct testapp *t, const struct look *l)
{
    struct client anyone = client_new(t);
    return json_text_of(client_json(&anyone, client_get(&anyone, str_z(t->arena, l->url))), "status");
}

static void act(struct testapp *t, int64_t id, const char *op, int expected)
{
    struct client c = decider(t);
    const char *path = str_z(t->arena, str_fmt(t->arena, "/office/licences/%lld/%s", (long long)id, op));
    const char *form =
        str_z(t->arena, str_fmt(t->arena, "%s_reason=%%E7%%90%%86%%E7%%94%%B1&%s_document=X-2026-1", op, op));
    struct answer a = client_post(&c, path, form);
    if (a.status != expected) fail_msg("%s: %d %.*s", op, a.status, STR_ARG(a.body));
}

/* ---- issuing ---- */

static void a_grant_becomes_a_signed_licence_that_anyone_can_verify(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    int64_t id = grant_passport(t);
    struct look l = look_at(t, id);
    struct ident_licence parts;
    assert_string_equal(str_z(t->arena, l.row.status), "valid");
    assert_int_equal(ident_licence_parse(l.row.licence_id, &parts), IDENT_OK);
    assert_string_equal(str_z(t->arena, l.row.number), "E78000001");
    assert_int_equal(l.row.valid_to, date_from_civil(2036, 11, 22));
    assert_int_equal(l.events, 1);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "valid");
    struct client c = client_new(t);
    struct answer a = client_post(&c, "/verify", "code=e78-000001&holder=%E6%9E%97%E6%99%93%20%E7%A6%BE");
    assert_true(str_eq(json_text_of(client_json(&c, a), "location"), l.url));
    a = client_post(&c, "/verify", "code=E78000001&holder=%E6%9E%97%E6%99%93");
    assert_string_equal(str_z(t->arena, json_text_of(client_json(&c, a), "location")), "/verify/none");
    testapp_close(t);
}

static void a_draft_is_issued_once_and_unsigned_it_does_not_exist_for_others(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct grant g = {.type = passport, .face = passport_face, .kind = "public-security", .case_id = 4711},
                 again = g;
    write_as_system(t, grant_now, &g);
    write_as_system(t, grant_now, &again);
    assert_int_equal(g.licence, again.licence);
    struct look l = look_at(t, g.licence);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "not_found");
    testapp_jobs(t);
    testapp_jobs(t);
    l = look_at(t, g.licence);
    assert_int_equal(l.events, 1);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "valid");
    testapp_close(t);
}

static void the_term_follows_the_age_and_never_ends_a_day_late(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    struct err e = {0};
    const struct json *type = json_parse(a, str_c(passport), JSON_STRICT, &e);
    const struct json *child =
        json_parse(a, STR("[{\"name\":\"birth\",\"value\":\"2010年11月24日\"}]"), JSON_STRICT, &e);
    int32_t day = date_from_civil(2026, 11, 23);
    assert_int_equal(licences_valid_to(type, child, STR_EMPTY, day), date_from_civil(2031, 11, 22));
    assert_int_equal(licences_valid_to(type, child, STR_EMPTY, day + 1),
                     date_from_civil(2036, 11, 23)); /* sixteen that day */
    assert_int_equal(licences_valid_to(type, NULL, STR("78010119940318002X"), day),
                     date_from_civil(2036, 11, 22));
    assert_int_equal(licences_valid_to(type, NULL, STR_EMPTY, date_from_civil(2028, 2, 29)),
                     date_from_civil(2038, 2, 28));
    assert_int_equal(licences_valid_to(json_parse(a, str_c(shop), JSON_STRICT, &e), NULL, STR_EMPTY, day), 0);
    arena_drop(a);
}

static void numbers_follow_the_rule_and_end_with_their_series(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    struct err e = {0};
    const struct json *plain = json_get(json_parse(a, str_c(passport), JSON_STRICT, &e), "number");
    const struct json *uscc = json_get(json_parse(a, str_c(shop), JSON_STRICT, &e), "number");
    assert_string_equal(str_z(a, licences_number(a, plain, 999999)), "E78999999");
    assert_int_equal(licences_number(a, plain, 1000000).len, 0);
    for (int i = 1; i < 300; i++)
        assert_int_equal(ident_organisation(licences_number(a, uscc, i), NULL), IDENT_OK);
    struct unit none = {.id = 123456789, .uscc = STR_EMPTY};
    struct str code = licences_issuer_code(a, &none);
    assert_int_equal(ident_organisation(code, NULL), IDENT_OK);
    assert_true(licences_is_fictional(code));
    assert_true(str_eq(code, licences_issuer_code(a, &none)));
    arena_drop(a);
}

static void a_renewal_ends_the_old_licence_in_the_same_moment(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    int64_t first = grant_passport(t), second = grant_passport(t);
    struct look old = look_at(t, first), young = look_at(t, second);
    assert_string_equal(str_z(t->arena, verdict(t, &old)), "superseded");
    assert_string_equal(str_z(t->arena, verdict(t, &young)), "valid");
    assert_int_equal(young.row.supersedes, first);
    int64_t shop1 = grant_shop(t), shop2 = grant_shop(t);
    struct look s1 = look_at(t, shop1), s2 = look_at(t, shop2);
    assert_string_equal(str_z(t->arena, verdict(t, &s1)), "valid");
    assert_string_equal(str_z(t->arena, verdict(t, &s2)), "valid");
    testapp_close(t);
}

/* ---- status ---- */

static void every_change_of_status_is_seen_at_once(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    int64_t id = grant_passport(t);
    struct look l = look_at(t, id);
    act(t, id, "release", 409);
    act(t, id, "suspend", 200);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "suspended");
    act(t, id, "suspend", 409);
    act(t, id, "release", 200);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "valid");
    act(t, id, "revoke", 200);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "revoked");
    act(t, id, "release", 409);
    act(t, id, "cancel", 409);
    assert_int_equal(look_at(t, id).events, 4);
    static const char *const ends[][2] = {{"cancel", "cancelled"}, {"forfeit", "forfeited"}};
    for (int i = 0; i < 2; i++) {
        struct look s = look_at(t, grant_shop(t));
        act(t, s.id, ends[i][0], 200);
        assert_string_equal(str_z(t->arena, verdict(t, &s)), ends[i][1]);
    }
    struct client c = holder(t);
    struct answer a = client_getf(&c, "/licences/%lld", (long long)id);
    assert_true(answer_has(a, "理由"));
    assert_true(answer_has(a, "X-2026-1"));
    testapp_close(t);
}

static void a_licence_expires_by_the_clock_alone(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    int64_t id = grant_passport(t);
    struct look l = look_at(t, id);
    testapp_set_now(date_start(date_from_civil(2036, 11, 22)) + MS_DAY - 1);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "valid");
    testapp_advance(1);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "expired");
    act(t, id, "suspend", 409);
    act(t, id, "cancel", 200);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "cancelled");
    testapp_close(t);
}

static void a_licence_whose_time_has_not_begun_is_nowhere_called_valid(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct grant g = {
        .type = shop, .face = shop_face, .kind = "public-security", .from = date_of(testapp_now()) + 1};
    int64_t id = grant(t, &g);
    struct look l = look_at(t, id);
    struct client c = holder(t), office = decider(t);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "not_yet");
    struct answer card = client_get(&c, "/me/licences"),
                  page = client_getf(&c, "/licences/%lld", (long long)id);
    assert_true(answer_has(card, "尚未生效") && answer_has(page, "尚未生效"));
    assert_true(answer_has(client_get(&office, "/office/licences?status=not_yet"), "尚未生效"));
    assert_int_equal(
        json_get(client_json(&office, client_get(&office, "/office/licences?status=valid")), "licences")
            ->count,
        0);
    testapp_advance(MS_DAY);
    assert_string_equal(str_z(t->arena, verdict(t, &l)), "valid");
    testapp_close(t);
}

static void only_the_issuing_department_changes_a_licence(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    int64_t id = grant_passport(t);
    struct client stranger = client_new(t), reviewer = client_new(t);
    client_as_officer(&stranger, "medical-security.decide");
    client_as_officer(&reviewer, "public-security.review");
    const char *suspend = str_z(t->arena, str_fmt(t->arena, "/office/licences/%lld/suspend", (long long)id));
    assert_int_equal(client_getf(&stranger, "/office/licences/%lld", (long long)id).status, 404);
    assert_int_equal(client_post(&stranger, suspend, "suspend_reason=abc&suspend_document=1").status, 404);
    assert_int_equal(
        json_get(client_json(&stranger, client_get(&stranger, "/office/licences")), "licences")->count, 0);
    assert_int_equal(client_getf(&reviewer, "/office/licences/%lld", (long long)id).status, 200);
    assert_int_equal(client_post(&reviewer, suspend, "suspend_reason=abc&suspend_document=1").status, 403);
    struct client own = decider(t);
    assert_int_equal(client_post(&own, suspend, "suspend_reason=&suspend_document=1").status, 422);
    const struct json *list = json_get(
        client_json(&own, client_get(&own, "/office/licences?q=e78000001&status=valid")), "licences");
    assert_int_equal(list->count, 1);
    assert_int_equal(
        json_get(client_json(&own, client_get(&own, "/office/licences?status=suspended")), "licences")->count,
        0);
    testapp_close(t);
}

static void nobody_else_sees_that_a_licence_exists(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    int64_t id = grant_passport(t);
    struct client c = client_new(t);
    client_as_person(&c, OTHER);
    static const char *const ends[] = {"", "/pdf", "/manifest.json", "/qr.svg"};
    for (int i = 0; i < 4; i++)
        assert_int_equal(client_getf(&c, "/licences/%lld%s", (long long)id, ends[i]).status, 404);
    assert_int_equal(json_get(client_json(&c, client_get(&c, "/me/licences")), "licences")->count, 0);
    struct client own = holder(t);
    for (int i = 0; i < 4; i++)
        assert_int_equal(client_getf(&own, "/licences/%lld%s", (long long)id, ends[i]).status, 200);
    assert_int_equal(json_get(client_json(&own, client_get(&own, "/me/licences")), "licences")->count, 1);
    testapp_close(t);
}

/* HOLDER has given OTHER a mandate for one department. */
static bool give_mandate(struct ctx *c)
{
    const char *kind = ctx_arg(c);
    const struct unit *unit = orgs_unit_of_kind(c, str_c(kind), STR("780101"));
    assert_non_null(unit);
    return db_exec(&c->tx, "DELETE FROM mandate") &&
           db_exec(
               &c->tx,
               "INSERT INTO mandate (id, principal, agent, scope, valid_from, valid_to, revoked, created) "
               "VALUES (77, $1, $2, $3, $4, 0, 0, $4)",
               DB_I(subject_of(c, HOLDER)), DB_I(subject_of(c, OTHER)),
               DB_S(str_fmt(c->arena, "%lld", (long long)unit->id)), DB_I(c->now - 1));
}

static size_t listed(struct client *c, const char *path)
{
    return json_get(client_json(c, client_get(c, path)), "licences")->count;
}

static void an_agent_sees_licences_of_the_mandates_department_only(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "/pdf", "/manifest.json", "/qr.svg"};
    struct testapp *t = testapp_open(true);
    int64_t id = grant_passport(t);
    struct client c = client_new(t);
    client_as_person(&c, OTHER);
    write_as_system(t, give_mandate, (void *)"public-security");
    assert_int_equal(client_post(&c, "/me/acting", "mandate=m:77").status, 200);
    for (int i = 0; i < 4; i++)
        assert_int_equal(client_getf(&c, "/licences/%lld%s", (long long)id, ends[i]).status, 200);
    assert_int_equal(listed(&c, "/me/licences"), 1);
    assert_int_equal(listed(&c, "/me"), 1);
    write_as_system(t, give_mandate, (void *)"tobacco");
    for (int i = 0; i < 4; i++)
        assert_int_equal(client_getf(&c, "/licences/%lld%s", (long long)id, ends[i]).status, 404);
    assert_int_equal(listed(&c, "/me/licences"), 0);
    assert_int_equal(listed(&c, "/me"), 0);
    testapp_close(t);
}

static void a_long_list_is_paged_within_the_mandate(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct client c = client_new(t);
    client_as_person(&c, OTHER);
    for (int i = 0; i < LICENCE_PAGE + 3; i++) {
        struct grant g = {.type = shop, .face = shop_face, .kind = i % 2 ? "tobacco" : "public-security"};
        write_as_system(t, grant_now, &g);
    }
    write_as_system(t, give_mandate, (void *)"tobacco");
    assert_int_equal(client_post(&c, "/me/acting", "mandate=m:77").status, 200);
    assert_int_equal(listed(&c, "/me/licences"), (LICENCE_PAGE + 3) / 2);
    testapp_close(t);
}

/* ---- verification ---- */

static void the_public_page_shows_no_name_and_no_full_number(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct look l = look_at(t, grant_passport(t));
    struct client c = client_new(t);
    for (int html = 0; html < 2; html++) {
        c.json = !html;
        struct answer a = client_get(&c, str_z(t->arena, l.url));
        assert_int_equal(a.status, 200);
        assert_true(answer_has(a, "林**"));
        assert_true(answer_has(a, "普通护照"));
        assert_false(answer_has(a, NAME));
        assert_false(answer_has(a, "E78000001"));
        assert_false(answer_has(a, "78010119940318002X"));
        assert_false(answer_has(a, "1994"));
    }
    struct str wrong = str_fmt(t->arena, "/verify/%.*s?c=AAAAAAAAAAAA", STR_ARG(l.row.licence_id));
    c.json = true;
    assert_string_equal(
        str_z(t->arena, json_text_of(client_json(&c, client_get(&c, str_z(t->arena, wrong))), "status")),
        "not_found");
    testapp_close(t);
}

static void attempts_to_verify_are_limited(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct client c = client_new(t);
    int refused = 0;
    for (int i = 0; i < 31; i++) {
        c.peer = str_z(t->arena, str_fmt(t->arena, "198.51.100.%d", i)); /* one number from many addresses */
        refused += client_post(&c, "/verify", "code=E78000001&holder=x").status == 429;
    }
    assert_int_equal(refused, 11);
    refused = 0;
    c.peer = "203.0.113.7";
    for (int i = 0; i < 31; i++) {
        const char *form =
            str_z(t->arena, str_fmt(t->arena, "code=N%d&holder=x", i)); /* many numbers from one address */
        refused += client_post(&c, "/verify", form).status == 429;
    }
    assert_int_equal(refused, 1);
    testapp_close(t);
}

static const char *const alterations[] = {
    "UPDATE licence SET valid_to = valid_to + 365", "UPDATE licence SET status = 'suspended'",
    "UPDATE licence SET number = 'E78000009'",      "UPDATE licence SET manifest_digest = 'x'",
    "UPDATE licence SET issuer = issuer + 1",       "UPDATE licence SET holder = holder + 1",
};

static bool alter(struct ctx *c)
{
    return db_exec(&c->tx, *(const char *const *)ctx_arg(c));
}

static void an_altered_record_is_shown_as_altered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof alterations / sizeof alterations[0]; i++) {
        struct testapp *t = testapp_open(true);
        struct look l = look_at(t, grant_passport(t));
        write_as_system(t, alter, (void *)(uintptr_t)&alterations[i]);
        if (!str_eq_c(verdict(t, &l), "altered")) fail_msg("not noticed: %s", alterations[i]);
        testapp_close(t);
    }
}

/* ---- files ---- */

static struct str with_changed_byte(struct arena *a, struct str text, size_t at)
{
    char *z = arena_array(a, text.len + 1, 1);
    memcpy(z, text.ptr, text.len);
    z[at] = z[at] == '9' ? '8' : '9';
    return str_n(z, text.len);
}

static const struct json *verify_file(struct testapp *t, const char *name, struct str content)
{
    struct client c = client_new(t);
    static int calls;
    c.peer = str_z(t->arena, str_fmt(t->arena, "198.51.100.%d", ++calls));
    return client_json(&c, client_upload(&c, "/verify/file", "", "file", name, content));
}

/* What an officer takes out is no original, and says whose copy it is. */
static void an_officer_takes_a_copy_that_names_them_and_the_holder_the_original(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct look l = look_at(t, grant_passport(t));
    struct client own = holder(t), officer = client_new(t);
    client_as_officer(&officer, "public-security.review");
    struct str original = client_getf(&own, "/licences/%lld/pdf", (long long)l.id).body;
    struct answer copy = client_getf(&officer, "/office/licences/%lld/pdf", (long long)l.id);
    assert_int_equal(copy.status, 200);
    assert_true(str_starts(copy.body, STR("%PDF-")));
    assert_true(str_find(copy.body, STR("tongban-manifest")) == SIZE_MAX);
    assert_true(str_find(original, STR("tongban-reader")) == SIZE_MAX);
    size_t at = str_find(copy.body, STR("%tongban-reader "));
    assert_true(at != SIZE_MAX);
    assert_true(str_find(str_slice(copy.body, at, copy.body.len), STR("public-security.review")) != SIZE_MAX);
    assert_string_equal(str_z(t->arena, json_text_of(verify_file(t, "copy.pdf", copy.body), "status")),
                        "not_found");
    /* The signed data stay as they were signed; the name says whose copy it is. */
    struct answer data = client_getf(&officer, "/office/licences/%lld/manifest.json", (long long)l.id);
    assert_string_equal(str_z(t->arena, json_text_of(verify_file(t, "a.json", data.body), "status")),
                        "valid");
    assert_true(str_find(data.filename, STR("public-security.review")) != SIZE_MAX);
    testapp_close(t);
}

static void a_changed_byte_in_a_file_names_the_entry(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct look l = look_at(t, grant_passport(t));
    struct client own = holder(t);
    struct str pdf = client_getf(&own, "/licences/%lld/pdf", (long long)l.id).body,
               json = client_getf(&own, "/licences/%lld/manifest.json", (long long)l.id).body;
    assert_true(str_starts(pdf, STR("%PDF-")));
    assert_true(str_find(pdf, json) != SIZE_MAX);
    assert_string_equal(str_z(t->arena, json_text_of(verify_file(t, "a.json", json), "status")), "valid");
    assert_string_equal(str_z(t->arena, json_text_of(verify_file(t, "a.pdf", pdf), "status")), "valid");
    struct str forged = with_changed_byte(t->arena, json, str_find(json, STR("1994-03-18")) + 3);
    const struct json *doc = verify_file(t, "b.json", forged);
    assert_string_equal(str_z(t->arena, json_text_of(doc, "status")), "altered");
    JSON_EACH(f, json_get(doc, "face"))
    {
        assert_int_equal(json_true_of(f, "altered"), str_eq_c(json_text_of(f, "label"), "出生日期"));
    }
    doc = verify_file(t, "b.pdf", with_changed_byte(t->arena, pdf, 400));
    assert_string_equal(str_z(t->arena, json_text_of(doc, "status")), "altered");
    assert_string_equal(str_z(t->arena, json_text_of(verify_file(t, "c.txt", STR("no licence")), "status")),
                        "not_found");
    struct client reader = client_new(t);
    reader.json = false;
    assert_true(
        answer_has(client_upload(&reader, "/verify/file", "", "other", "a.txt", STR("a")), "没有选择文件"));
    act(t, l.id, "suspend", 200);
    assert_string_equal(str_z(t->arena, json_text_of(verify_file(t, "a.pdf", pdf), "status")), "suspended");
    testapp_close(t);
}

/* What stands in it is signed; what its page shows is not. */
static void a_file_saved_again_vouches_for_its_data_alone(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct look l = look_at(t, grant_passport(t));
    struct client own = holder(t);
    struct str json = client_getf(&own, "/licences/%lld/manifest.json", (long long)l.id).body,
               again =
                   str_fmt(t->arena, "%%PDF-1.7\n7 0 obj\n<<>>\nstream\n%.*s\nendstream\nendobj\n%%%%EOF\n",
                           STR_ARG(json));
    const struct json *doc = verify_file(t, "a.pdf", again);
    assert_string_equal(str_z(t->arena, json_text_of(doc, "status")), "resaved");
    assert_int_equal(json_get(doc, "altered")->count, 0);
    JSON_EACH(check, json_get(doc, "checks"))
    {
        bool page = str_eq_c(json_text_of(check, "name"), "文件中的版面");
        assert_string_equal(str_z(t->arena, json_text_of(check, "result")), page ? "unknown" : "match");
    }
    act(t, l.id, "suspend", 200);
    assert_string_equal(str_z(t->arena, json_text_of(verify_file(t, "a.pdf", again), "status")), "suspended");
    doc = verify_file(t, "b.pdf", STR("%PDF-1.7\n%%EOF\n"));
    assert_string_equal(str_z(t->arena, json_text_of(doc, "status")), "not_found");
    assert_string_equal(str_z(t->arena, json_text_of(doc, "verdict")), "这个文件里没有签名数据");
    testapp_close(t);
}

/* As somebody with an editor would do it: the text alone, nothing made to fit. */
static struct str rewritten(struct testapp *t, struct str text, struct str from, const char *to)
{
    size_t at = str_find(text, from);
    assert_true(at != SIZE_MAX);
    return str_cat(t->arena, str_cat(t->arena, str_slice(text, 0, at), str_c(to)),
                   str_slice(text, at + from.len, text.len));
}

static void what_was_changed_beside_the_face_is_named_in_both_languages(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct look l = look_at(t, grant_passport(t));
    struct client own = holder(t), reader = client_new(t);
    struct str json = client_getf(&own, "/licences/%lld/manifest.json", (long long)l.id).body;
    const struct {
        const char *path, *from, *to, *zh, *en;
    } changes[] = {{"number", "\"number\":\"E78", "\"number\":\"E79", "编号", "Number"},
                   {"type.name", "\"普通护照\"", "\"公务护照\"", "类型", "Type"},
                   {"valid_to", "\"valid_to\":\"20", "\"valid_to\":\"21", "有效期至", "Valid until"},
                   {"issued", "\"issued\":\"20", "\"issued\":\"19", "颁发日期", "Issued on"},
                   {"demo", "\"demo\":true", "\"demo\":false", "演示", "Demonstration"}};
    reader.peer = "198.51.100.200";
    reader.json = true;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct str forged = rewritten(t, json, str_c(changes[i].from), changes[i].to);
        const struct json *doc = verify_file(t, "a.json", forged), *named = json_get(doc, "altered");
        assert_string_equal(str_z(t->arena, json_text_of(doc, "status")), "altered");
        assert_int_equal(named->count, 1);
        assert_string_equal(str_z(t->arena, json_text_of(named->first, "name")), changes[i].path);
        assert_string_equal(str_z(t->arena, json_text_of(named->first, "label")), changes[i].zh);
        assert_string_equal(str_z(t->arena, json_text_of(named->first, "harm")), "changed");
        reader.language = "en";
        doc = client_json(&reader, client_upload(&reader, "/verify/file", "", "file", "a.json", forged));
        assert_string_equal(str_z(t->arena, json_text_of(json_get(doc, "altered")->first, "label")),
                            changes[i].en);
    }
    testapp_close(t);
}

static const char *save(struct testapp *t, const char *name, struct str content)
{
    struct err e = {0};
    const char *path = str_z(t->arena, str_fmt(t->arena, "%s/%s", t->var, name));
    assert_true(file_write(path, content, 0600, &e));
    return path;
}

/* Of another curve; its key was thrown away. */
#define P256_CERTIFICATE                                                                                     \
    "-----BEGIN CERTIFICATE-----\n"                                                                          \
    "MIIBbzCCARWgAwIBAgIUeFfCEaZPX8OTpAh6TUHp9oPjeHQwCgYIKoZIzj0EAwIw\n"                                     \
    "DDEKMAgGA1UEAwwBcDAgFw0yNjExMjIwMTI5MjNaGA8yMTI2MTAyOTAxMjkyM1ow\n"                                     \
    "DDEKMAgGA1UEAwwBcDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDbNWT8gu5GH\n"                                     \
    "BfMYi57fbfjTLhXSZAigDTLNGLeYOZGcBvuzeRfwMdtzXFIaiUlxRJH5oIUSxR4h\n"                                     \
    "5h4OccR9ZrejUzBRMB0GA1UdDgQWBBT4tLBwCVp1a/HX36dVoQlFPOnlETAfBgNV\n"                                     \
    "HSMEGDAWgBT4tLBwCVp1a/HX36dVoQlFPOnlETAPBgNVHRMBAf8EBTADAQH/MAoG\n"                                     \
    "CCqGSM49BAMCA0gAMEUCIQC59QZT5TDMcDPw7eY1K0NuQKJIHvca1i0FEtJ4nfO/\n"                                     \
    "MwIgWU5FdqZvYqldwI1wECn0k4b3ch6Q9tVjR/vLb+NjIrU=\n"                                                     \
    "-----END CERTIFICATE-----\n"

static void a_file_is_verified_offline_with_the_certificate_alone(void **state)
{
    (void)state;
    struct testapp *t = testapp_open(true);
    struct look l = look_at(t, grant_passport(t));
    struct client own = holder(t), anyone = client_new(t);
    struct str pdf = client_getf(&own, "/licences/%lld/pdf", (long long)l.id).body,
               json = client_getf(&own, "/licences/%lld/manifest.json", (long long)l.id).body;
    struct str pem = client_get(&anyone, "/verify/certificates").body;
    const char *bundle = save(t, "all.pem", pem);
    size_t second = str_find(str_slice(pem, 10, pem.len), STR("-----BEGIN")) + 10;
    const char *issuer = save(t, "issuer.pem", str_slice(pem, second, pem.len));
    const char *as_json = save(t, "a.json", json), *as_pdf = save(t, "a.pdf", pdf);
    assert_int_equal(licence_verify_file(as_json, bundle, false), 0);
    assert_int_equal(licence_verify_file(as_json, issuer, true), 0);
    assert_int_equal(licence_verify_file(as_pdf, bundle, false), 0);
    assert_int_equal(licence_verify_file(as_pdf, NULL, false), 1);
    const char *forged =
        save(t, "b.json", with_changed_byte(t->arena, json, str_find(json, STR("1994-03-18"))));
    assert_int_equal(licence_verify_file(forged, bundle, false), 1);
    assert_int_equal(licence_verify_file(save(t, "c.json", STR("{}")), bundle, false), 2);
    assert_int_equal(licence_verify_file("/nowhere/at/all", bundle, false), 2);
    assert_int_equal(licence_verify_file(as_json, as_json, false), 2);
    assert_int_equal(licence_verify_file(as_json, save(t, "p256.pem", STR(P256_CERTIFICATE)), false), 2);
    /* What was issued in the first version of the format stays authentic. */
    const char *authority = save(t, "first.pem", STR(FIRST_AUTHORITY));
    assert_int_equal(licence_verify_file(save(t, "first.json", STR(FIRST_MANIFEST)), authority, false), 0);
    struct str first;
    struct err e = {0};
    assert_true(manifest_attach(t->arena, STR(FIRST_PAGE), STR(FIRST_MANIFEST), &first, &e));
    assert_int_equal(licence_verify_file(save(t, "first.pdf", first), authority, true), 0);
    assert_int_equal(licence_verify_file(as_json, authority, false), 1);
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grant_becomes_a_signed_licence_that_anyone_can_verify),
        cmocka_unit_test(a_draft_is_issued_once_and_unsigned_it_does_not_exist_for_others),
        cmocka_unit_test(the_term_follows_the_age_and_never_ends_a_day_late),
        cmocka_unit_test(numbers_follow_the_rule_and_end_with_their_series),
        cmocka_unit_test(a_renewal_ends_the_old_licence_in_the_same_moment),
        cmocka_unit_test(every_change_of_status_is_seen_at_once),
        cmocka_unit_test(a_licence_expires_by_the_clock_alone),
        cmocka_unit_test(a_licence_whose_time_has_not_begun_is_nowhere_called_valid),
        cmocka_unit_test(only_the_issuing_department_changes_a_licence),
        cmocka_unit_test(an_agent_sees_licences_of_the_mandates_department_only),
        cmocka_unit_test(a_long_list_is_paged_within_the_mandate),
        cmocka_unit_test(nobody_else_sees_that_a_licence_exists),
        cmocka_unit_test(the_public_page_shows_no_name_and_no_full_number),
        cmocka_unit_test(attempts_to_verify_are_limited),
        cmocka_unit_test(an_altered_record_is_shown_as_altered),
        cmocka_unit_test(an_officer_takes_a_copy_that_names_them_and_the_holder_the_original),
        cmocka_unit_test(a_changed_byte_in_a_file_names_the_entry),
        cmocka_unit_test(a_file_saved_again_vouches_for_its_data_alone),
        cmocka_unit_test(what_was_changed_beside_the_face_is_named_in_both_languages),
        cmocka_unit_test(a_file_is_verified_offline_with_the_certificate_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
