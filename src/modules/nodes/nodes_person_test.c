/* 谁查看了我的数据: a call that left for another node is one about the person like any other. */
#include "modules/exchange/exchange_person.h"
#include "modules/nodes/nodes_app_test.h"

#define TERMS  "&callers_case=1&daily=100000&rate=100000"
#define MOBILE "13900000101" /* 林晓禾 */

static struct client person(struct pair *p, const char *mobile)
{
    struct client c = client_new(p->w.t);
    client_as_person(&c, mobile);
    return c;
}

static const struct json *calls_of(struct client *c)
{
    return json_get(exchange_ok(c, client_get(c, "/me/exchange")), "calls");
}

static void a_call_to_another_node_stands_on_the_page_of_its_person(void **unused)
{
    struct pair *p = pair_open(TERMS);
    struct client me = person(p, MOBILE), other = person(p, "13900000102");
    exchange_grant(&p->w, "");
    assert_int_equal(exchange_call(&p->w, exchange_query(&p->w, LIN, p->w.case_no)).status, 200);
    assert_int_equal(pair_ask(p, "seen").status, 200);
    const struct json *list = calls_of(&me), *far = json_at(list, 0), *here = json_at(list, 1);
    assert_int_equal(list->count, 2); /* newest first, of both kinds */
    assert_int_equal(json_text_of(here, "abroad").len, 0);
    assert_true(str_eq_c(json_text_of(far, "abroad"), "hub"));
    assert_true(str_eq_c(json_text_of(far, "who"), "示范区烟草专卖局"));
    assert_true(str_eq_c(json_text_of(far, "what"), "人口基础信息核验"));
    assert_true(str_eq_c(json_text_of(far, "result"), "已答复"));
    assert_true(str_eq(json_text_of(far, "case_no"), p->w.case_no));
    assert_true(json_text_of(far, "service").len > 0 && json_text_of(far, "when").len > 0);
    assert_true(str_starts(json_text_of(far, "case_href"), STR("/cases/")));
    assert_int_equal(calls_of(&other)->count, 0);
    const char *proof = str_z(p->w.t->arena, json_text_of(far, "proof"));
    assert_int_equal(client_get(&other, proof).status, 404);
    assert_int_equal(client_get(&me, proof).status, 200);
    me.json = false;
    assert_true(answer_has(client_get(&me, "/me/exchange"), "hub"));
    pair_close(p);
    (void)unused;
}

static void what_was_refused_here_stands_there_as_well(void **unused)
{
    struct pair *p = pair_open(NULL);
    struct client zhou = person(p, "13900000102");
    const struct node_call k = {.id = "guess", .body = exchange_query(&p->w, ZHOU, p->w.case_no)};
    size_t before = calls_of(&zhou)->count;
    assert_int_equal(pair_send(p, &k).status, 403);
    const struct json *list = calls_of(&zhou);
    assert_int_equal(list->count, before + 1);
    assert_true(json_true_of(json_at(list, 0), "refused"));
    pair_close(p);
    (void)unused;
}

static void a_person_objects_to_it_and_the_department_that_asked_answers(void **unused)
{
    struct pair *p = pair_open(TERMS);
    struct client me = person(p, MOBILE), other = person(p, "13900000102");
    char path[120];
    assert_int_equal(pair_ask(p, "objected").status, 200);
    const char *object = str_z(p->w.t->arena, json_text_of(json_at(calls_of(&me), 0), "action"));
    assert_int_equal(client_post(&other, object, "").status, 404);
    assert_int_equal(client_post(&me, object, "").status, 200);
    const struct json *open = json_get(
        exchange_ok(&p->w.steward, client_get(&p->w.steward, "/office/exchange/objections")), "objections");
    assert_int_equal(open->count, 1);
    const char *one = str_z(p->w.t->arena, json_text_of(json_at(open, 0), "href"));
    assert_int_equal(client_get(&p->w.other, one).status, 404);
    snprintf(path, sizeof path, "%s/answer", one);
    assert_int_equal(client_post(&p->w.steward, path, "outcome=explained&answer=the+case+needs+it").status,
                     200);
    assert_true(answer_has(client_get(&me, "/me/exchange"), "the case needs it"));
    pair_close(p);
    (void)unused;
}

static void pages_of_both_kinds_lose_no_call(void **unused)
{
    enum { EACH = 18 };
    struct pair *p = pair_open(TERMS);
    struct client me = person(p, MOBILE);
    exchange_grant(&p->w, "&daily=100000&rate=100000");
    for (size_t i = 0; i < EACH; i++) {
        assert_int_equal(exchange_call(&p->w, exchange_query(&p->w, LIN, p->w.case_no)).status, 200);
        assert_int_equal(pair_ask(p, NULL).status, 200);
    }
    const struct json *doc = exchange_ok(&me, client_get(&me, "/me/exchange"));
    size_t first = json_get(doc, "calls")->count;
    doc = exchange_ok(&me, client_getf(&me, "/me/exchange%s",
                                       str_z(p->w.t->arena, json_text(json_path(doc, "pager.next")))));
    assert_int_equal(first + json_get(doc, "calls")->count, 2 * EACH);
    assert_true(json_is(json_get(doc, "pager"), JSON_NULL));
    pair_close(p);
    (void)unused;
}

static bool exported(struct ctx *c)
{
    bool *has = ctx_arg(c);
    int64_t lin;
    struct json *doc = json_object(c->arena);
    if (!people_find(c, SUBJECT_PERSON, STR(LIN), &lin) || !exchange_part.export(c, lin, doc)) return false;
    *has = json_get(doc, "calls")->count == 1 &&
           str_eq_c(json_text_of(json_at(json_get(doc, "calls"), 0), "abroad"), "hub");
    return true;
}

static void what_is_kept_about_a_person_names_it(void **unused)
{
    struct pair *p = pair_open(TERMS);
    bool has = false;
    assert_int_equal(pair_ask(p, "exported").status, 200);
    testapp_read(p->w.t, exported, &has);
    assert_true(has);
    pair_close(p);
    (void)unused;
}

/* ---- for a form ---- */

static bool let_platform_in(struct ctx *c)
{
    const struct unit *u = orgs_unit_of_kind(c, STR("tobacco"), orgs_place(c));
    struct str code = str_fmt(c->arena, "DEMO/GOV/%.*s/platform", STR_ARG(u->uscc));
    return nodes_let_in(c, code, u->id);
}

static bool permit_platform_there(struct ctx *c)
{
    const struct unit *u = orgs_unit_of_kind(c, STR("tobacco"), orgs_place(c));
    struct str code = str_fmt(c->arena, "DEMO/GOV/%.*s/platform", STR_ARG(u->uscc));
    return exchange_permit_outside(c, code, STR("population"), STR("name"), c->now + 30 * MS_DAY,
                                   (const int64_t[2]){0});
}

struct form_question {
    struct pair *p;
    int wait_ms;
    bool ok;
    struct str name;
};

static bool ask_for_form(struct ctx *c)
{
    struct form_question *f = ctx_arg(c);
    const struct unit *u = orgs_unit_of_kind(c, STR("tobacco"), orgs_place(c));
    struct json *fields = json_array(c->arena);
    const struct json *record = NULL;
    struct err wrong = {0}, *own = c->err;
    struct exchange_far_question q = {.service = str_c(f->p->service),
                                      .mode = STR("query"),
                                      .kind = STR("person"),
                                      .number = STR(LIN),
                                      .item = STR("BI-0001"),
                                      .fields = fields,
                                      .case_id = f->p->w.case_id,
                                      .unit = u->id,
                                      .wait_ms = f->wait_ms};
    json_add(fields, json_string(c->arena, STR("name")));
    if (!people_find(c, SUBJECT_PERSON, STR(LIN), &q.subject)) return false;
    c->err = &wrong;
    f->ok = nodes_far.ask(c, &q, &record);
    c->err = own;
    f->name = record ? str_dup(f->p->w.t->arena, json_text_of(record, "name")) : STR_EMPTY;
    return true;
}

static void a_form_asks_another_node_under_its_permit_and_the_person_sees_that(void **unused)
{
    struct pair *p = pair_open(NULL);
    struct client me = person(p, MOBILE);
    struct form_question f = {.p = p, .wait_ms = 2500};
    testapp_read(p->w.t, ask_for_form, &f);
    assert_false(f.ok); /* the other node knows no permit */
    testapp_write(p->hub, let_platform_in, p);
    testapp_write(p->hub, permit_platform_there, p);
    testapp_read(p->w.t, ask_for_form, &f);
    assert_true(f.ok && str_eq_c(f.name, "林晓禾"));
    assert_true(str_eq_c(json_text_of(json_at(calls_of(&me), 0), "abroad"), "hub"));
    pair_close(p);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_asks_another_node_under_its_permit_and_the_person_sees_that),
        cmocka_unit_test(a_call_to_another_node_stands_on_the_page_of_its_person),
        cmocka_unit_test(what_was_refused_here_stands_there_as_well),
        cmocka_unit_test(a_person_objects_to_it_and_the_department_that_asked_answers),
        cmocka_unit_test(pages_of_both_kinds_lose_no_call),
        cmocka_unit_test(what_is_kept_about_a_person_names_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
