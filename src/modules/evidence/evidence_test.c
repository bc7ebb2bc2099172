#include "core/jobs/jobs.h"
#include "modules/evidence/evidence_internal.h"
#include "modules/orgs/orgs.h"

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { PERSON_ONE = 501, PERSON_TWO = 502, CASE_ONE = 9001 };

static const struct actor program = {.kind = ACTOR_SYSTEM};

struct world {
    int64_t unit, officer;
};

static bool build(struct ctx *c)
{
    struct world *w = ctx_arg(c);
    struct unit u = {.kind = STR("tobacco"),
                     .name = STR("示范区烟草专卖局"),
                     .division = STR("780101"),
                     .en = STR_EMPTY,
                     .uscc = STR_EMPTY,
                     .phone = STR_EMPTY,
                     .address = STR_EMPTY,
                     .hours = STR_EMPTY};
    if (!orgs_save_unit(c, &u)) return false;
    w->unit = u.id;
    struct account auditor = {.kind = ACTOR_OFFICER,
                              .login = STR("auditor"),
                              .roles = STR("audit_admin"),
                              .area = STR_EMPTY,
                              .label = STR("宋审计"),
                              .active = true};
    struct account admin = {.kind = ACTOR_OFFICER,
                            .login = STR("sysadmin"),
                            .roles = STR("system_admin"),
                            .area = STR_EMPTY,
                            .label = STR("钱系统"),
                            .active = true};
    struct account reviewer = {.kind = ACTOR_OFFICER,
                               .unit = u.id,
                               .login = STR("reviewer"),
                               .roles = STR("reviewer"),
                               .area = STR("780101"),
                               .label = STR("周明远"),
                               .active = true};
    struct account one = {.kind = ACTOR_PERSON,
                          .subject = PERSON_ONE,
                          .login = STR("13900000001"),
                          .roles = STR_EMPTY,
                          .area = STR_EMPTY,
                          .label = STR("林晓禾"),
                          .level = 2,
                          .active = true};
    struct account two = {.kind = ACTOR_PERSON,
                          .subject = PERSON_TWO,
                          .login = STR("13900000002"),
                          .roles = STR_EMPTY,
                          .area = STR_EMPTY,
                          .label = STR("陈某某"),
                          .level = 2,
                          .active = true};
    if (!account_create(c, &auditor, STR("-")) || !account_create(c, &admin, STR("-")) ||
        !account_create(c, &reviewer, STR("-")))
        return false;
    w->officer = reviewer.id;
    return account_create(c, &one, STR("-")) && account_create(c, &two, STR("-"));
}

static struct testapp *open_world(struct world *w)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    if (!server_write(t->server, &program, build, w, &e)) fail_msg("%s %s", e.code, e.detail);
    return t;
}

struct act {
    const char *name, *kind;
    int64_t object, subject;
};

static bool do_act(struct ctx *c)
{
    const struct act *a = ctx_arg(c);
    struct json *detail = json_object(c->arena);
    if (strcmp(a->name, "data.read") == 0) {
        json_set_c(c->arena, detail, "what", "case");
        json_set_c(c->arena, detail, "route", "/office/cases/{id}");
    }
    if (strcmp(a->name, "watch.rule") == 0) {
        json_set_c(c->arena, detail, "kind", "bulk");
        json_set_bool(c->arena, detail, "enabled", true);
    }
    return evidence_add(c, a->name, a->kind, a->object, a->subject, detail);
}

static void act_as(struct testapp *t, const struct actor *who, const char *name, int64_t object,
                   int64_t subject)
{
    struct act a = {name, "case", object, subject};
    struct err e = {0};
    testapp_advance(1);
    if (!server_write(t->server, who, do_act, &a, &e)) fail_msg("%s %s", e.code, e.detail);
}

static struct actor officer_of(const struct world *w)
{
    return (struct actor){.kind = ACTOR_OFFICER, .account = w->officer, .unit = w->unit};
}

static const struct json *entries(struct testapp *t, const char *query, const struct json **doc)
{
    struct client c = client_new(t);
    client_as_officer(&c, "auditor");
    struct answer a = client_getf(&c, "/office/audit%s", query);
    assert_int_equal(a.status, 200);
    *doc = client_json(&c, a);
    return json_get(*doc, "entries");
}

static size_t of_act(const struct json *list, const char *code)
{
    size_t n = 0;
    JSON_EACH(e, list)
    {
        n += str_eq_c(json_text_of(e, "act_code"), code);
    }
    return n;
}

static void every_act_is_shown_with_who_and_where_newest_first(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct actor officer = officer_of(&w);
    const struct json *doc;
    act_as(t, &officer, "case.accept", CASE_ONE, PERSON_ONE);
    act_as(t, &officer, "case.grant", CASE_ONE, PERSON_ONE);
    const struct json *list = entries(t, "", &doc);
    const struct json *newest = json_at(list, 0);
    assert_true(str_eq_c(json_text_of(newest, "act_code"), "case.grant"));
    assert_true(str_eq_c(json_text_of(newest, "act"), "作出决定：准予"));
    assert_true(str_eq_c(json_text_of(newest, "who"), "周明远"));
    assert_true(str_eq_c(json_text_of(newest, "department"), "示范区烟草专卖局"));
    assert_false(json_true_of(newest, "altered"));
    assert_true(str_eq_c(json_text_of(json_at(list, 1), "act_code"), "case.accept"));
    testapp_close(t);
}

static void acts_are_found_by_act_officer_object_and_day(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct actor officer = officer_of(&w);
    const struct json *doc;
    act_as(t, &officer, "case.accept", CASE_ONE, PERSON_ONE);
    act_as(t, &program, "case.timer", CASE_ONE + 1, PERSON_TWO);
    testapp_advance(3 * MS_DAY);
    act_as(t, &officer, "case.grant", CASE_ONE, PERSON_ONE);
    const struct json *list = entries(t, "?act=case.accept", &doc);
    assert_int_equal(list->count, 1);
    assert_true(json_true_of(doc, "last_month_only"));
    list = entries(t, "?who=reviewer", &doc);
    assert_int_equal(of_act(list, "case.accept") + of_act(list, "case.grant"), list->count);
    assert_int_equal(list->count, 2);
    list = entries(t, "?about=9001", &doc);
    assert_int_equal(list->count, 2);
    list = entries(t, "?day=2026-11-23&about=9001", &doc);
    assert_int_equal(list->count, 1);
    assert_int_equal(of_act(list, "case.accept"), 1);
    assert_int_equal(entries(t, "?who=nobody-of-that-name", &doc)->count, 0);
    testapp_advance(40 * MS_DAY);
    assert_int_equal(entries(t, "?act=case.accept", &doc)->count, 0);
    assert_int_equal(entries(t, "?act=case.accept&day=2026-11-23", &doc)->count, 1);
    testapp_close(t);
}

static void paging_leaves_no_act_out(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    const struct json *doc;
    for (int i = 0; i < EVIDENCE_PAGE + 7; i++)
        act_as(t, &program, "case.timer", CASE_ONE, PERSON_ONE);
    const struct json *list = entries(t, "?about=9001", &doc);
    assert_int_equal(list->count, EVIDENCE_PAGE);
    list = entries(t, str_z(t->arena, json_text(json_path(doc, "pager.next"))), &doc);
    assert_int_equal(list->count, 7);
    assert_true(json_is(json_get(doc, "pager"), JSON_NULL));
    testapp_close(t);
}

static bool tamper(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE evidence SET act = 'case.refuse' WHERE act = 'case.grant'");
}

static bool check_now(struct ctx *c)
{
    return job_add(c, "evidence.check", STR_EMPTY, NULL, c->now);
}

static void a_row_changed_in_the_database_is_shown_as_altered_and_found_by_the_check(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct actor officer = officer_of(&w);
    struct err e = {0};
    const struct json *doc;
    act_as(t, &officer, "case.grant", CASE_ONE, PERSON_ONE);
    assert_true(server_write(t->server, &program, check_now, NULL, &e));
    testapp_jobs(t);
    assert_int_equal(of_act(entries(t, "", &doc), "evidence.altered"), 0);
    assert_true(server_write(t->server, &program, tamper, NULL, &e));
    assert_true(json_true_of(json_at(entries(t, "?about=9001", &doc), 0), "altered"));
    assert_true(server_write(t->server, &program, check_now, NULL, &e));
    testapp_jobs(t);
    assert_int_equal(of_act(entries(t, "", &doc), "evidence.altered"), 1);
    struct client c = client_new(t);
    client_as_officer(&c, "auditor");
    c.json = false;
    assert_true(answer_has(client_get(&c, "/office/audit?about=9001"), "已被改动"));
    testapp_close(t);
}

static void only_the_audit_administrator_reads_the_record(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    const char *const others[] = {"sysadmin", "reviewer"};
    for (size_t i = 0; i < 2; i++) {
        struct client c = client_new(t);
        client_as_officer(&c, others[i]);
        assert_int_equal(client_get(&c, "/office/audit").status, 403);
    }
    struct client person = client_new(t), anyone = client_new(t);
    client_as_person(&person, "13900000001");
    assert_int_equal(client_get(&person, "/office/audit").status, 403);
    assert_int_equal(client_get(&anyone, "/office/audit").status, 401);
    assert_int_equal(client_get(&anyone, "/me/access").status, 401);
    testapp_close(t);
}

static const struct json *looks_at(struct testapp *t, const char *mobile)
{
    struct client c = client_new(t);
    client_as_person(&c, mobile);
    struct answer a = client_get(&c, "/me/access");
    assert_int_equal(a.status, 200);
    return json_get(client_json(&c, a), "looks");
}

static void acts_and_their_details_are_told_in_words(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct actor officer = officer_of(&w);
    const struct json *doc;
    act_as(t, &officer, "watch.rule", CASE_ONE, 0);
    const struct json *one = json_at(entries(t, "", &doc), 0);
    assert_true(str_eq_c(json_text_of(one, "act"), "修改告警规则"));
    assert_true(str_eq_c(json_text_of(one, "detail"), "批量查询 · 启用：是"));
    testapp_close(t);
}

static void a_person_sees_every_look_of_officers_at_their_own_data(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct actor officer = officer_of(&w), self = {.kind = ACTOR_PERSON, .subject = PERSON_ONE};
    act_as(t, &officer, "data.read", CASE_ONE, PERSON_ONE);
    act_as(t, &self, "data.read", CASE_ONE, PERSON_ONE);
    act_as(t, &officer, "case.accept", CASE_ONE, PERSON_ONE);
    const struct json *list = looks_at(t, "13900000001");
    assert_int_equal(list->count, 1);
    const struct json *look = json_at(list, 0);
    assert_true(str_eq_c(json_text_of(look, "who"), "示范区烟草专卖局"));
    assert_true(str_eq_c(json_text_of(look, "what"), "申请内容"));
    assert_true(str_eq_c(json_text_of(look, "why"), "办理申请"));
    assert_true(str_eq_c(json_text_of(look, "href"), "/cases/9001"));
    assert_int_equal(looks_at(t, "13900000002")->count, 0);
    testapp_close(t);
}

static void officers_are_named_by_department_to_the_person(void **)
{
    struct world w;
    struct testapp *t = open_world(&w);
    struct actor officer = officer_of(&w);
    act_as(t, &officer, "data.read", CASE_ONE, PERSON_ONE);
    struct client c = client_new(t);
    client_as_person(&c, "13900000001");
    c.json = false;
    struct answer a = client_get(&c, "/me/access");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "示范区烟草专卖局"));
    assert_false(answer_has(a, "周明远"));
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_act_is_shown_with_who_and_where_newest_first),
        cmocka_unit_test(acts_are_found_by_act_officer_object_and_day),
        cmocka_unit_test(paging_leaves_no_act_out),
        cmocka_unit_test(a_row_changed_in_the_database_is_shown_as_altered_and_found_by_the_check),
        cmocka_unit_test(only_the_audit_administrator_reads_the_record),
        cmocka_unit_test(acts_and_their_details_are_told_in_words),
        cmocka_unit_test(a_person_sees_every_look_of_officers_at_their_own_data),
        cmocka_unit_test(officers_are_named_by_department_to_the_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
