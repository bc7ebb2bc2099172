/* What a person sees of calls about them, and that forms go the same way. */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"

#define MOBILE "13900000101" /* 林晓禾 */

static struct client person(struct world *w, const char *mobile)
{
    struct client c = client_new(w->t);
    client_as_person(&c, mobile);
    return c;
}

static const struct json *calls_of(struct client *c)
{
    return json_get(exchange_ok(c, client_get(c, "/me/exchange")), "calls");
}

static int64_t number_after(struct world *, struct answer a, const char *mark)
{
    size_t at = str_find(a.body, str_c(mark));
    int64_t id = 0;
    assert_true(at != SIZE_MAX);
    for (at += strlen(mark); at < a.body.len && a.body.ptr[at] >= '0' && a.body.ptr[at] <= '9'; at++)
        id = id * 10 + a.body.ptr[at] - '0';
    return id;
}

/* The person's own draft for a passport. */
static int64_t drafted(struct world *w, struct client *me)
{
    char path[80];
    int64_t item =
        number_after(w, client_get(me, "/search/suggest?q=%E5%8A%9E%E6%8A%A4%E7%85%A7"), "/items/");
    snprintf(path, sizeof path, "/items/%lld/apply", (long long)item);
    assert_int_equal(client_post(me, path, "kind=first&who=self&official=no").status / 100, 2);
    return number_after(w, client_get(me, "/me/cases"), "/apply/");
}

static void a_form_asks_once_a_sitting_and_the_person_sees_it(void **unused)
{
    struct world w = exchange_world();
    struct client me = person(&w, MOBILE), other = person(&w, "13900000102");
    assert_int_equal(calls_of(&me)->count, 0);
    int64_t draft = drafted(&w, &me);
    struct answer form = client_getf(&me, "/apply/%lld/summary", (long long)draft);
    assert_true(answer_has(form, "LIN XIAOHE") || answer_has(form, "林晓禾"));
    size_t first = calls_of(&me)->count;
    assert_true(first >= 1);
    client_getf(&me, "/apply/%lld/summary", (long long)draft);
    assert_int_equal(calls_of(&me)->count, first);
    const struct json *call = json_at(calls_of(&me), 0);
    assert_true(json_true_of(call, "own"));
    assert_true(json_text_of(call, "service").len > 0);
    assert_true(json_text_of(call, "fields").len > 0 || str_eq_c(json_text_of(call, "result"), "已答复：是"));
    assert_true(str_starts(json_text_of(call, "case_href"), STR("/apply/")));
    testapp_advance(SAME_CALL_MS + 1000);
    me = person(&w, MOBILE);
    client_getf(&me, "/apply/%lld/summary", (long long)draft);
    assert_true(calls_of(&me)->count > first);
    exchange_calls_fit(&w);
    assert_int_equal(calls_of(&other)->count, 0);
    testapp_close(w.t);
    (void)unused;
}

/* A page of the case for one actor, put on record. */
struct opened {
    const struct world *w;
    struct actor who;
    const char *form;
    int64_t case_id;
};

static bool open_form(struct ctx *c)
{
    struct opened *o = ctx_arg(c);
    const struct exchange_state *s = server_state(c->server, "exchange");
    const struct json *form = json_parse(c->arena, str_c(o->form), JSON_STRICT, c->err);
    struct exchange_case about;
    bool found;
    if (!s->find_case(c, o->w->case_no, &about, &found) || !found) return false;
    o->case_id = about.id;
    c->actor = o->who;
    if (!c->actor.account) c->actor.subject = about.applicant;
    c->calls = NULL;
    return form && exchange_prefill(c, &about, form) && call_record(c);
}

struct own_calls {
    int64_t case_id;
    size_t count;
};

static bool count_own(struct ctx *c)
{
    struct own_calls *o = ctx_arg(c);
    struct db_rows r;
    bool ok =
        db_query(&c->tx, &r,
                 "SELECT k.id FROM exchange_call k JOIN evidence e ON e.object = k.id AND e.object_kind = "
                 "'exchange_call' WHERE k.own = 1 AND k.case_id = $1",
                 DB_I(o->case_id));
    o->count = ok ? r.rows : 0;
    return ok;
}

/* How many calls of this installation about the case there are afterwards. */
static size_t opened_by(struct world *w, int64_t account, const char *form)
{
    struct opened o = {.w = w, .form = form};
    o.who = account ? (struct actor){.kind = ACTOR_OFFICER, .account = account}
                    : (struct actor){.kind = ACTOR_PERSON, .level = 2};
    testapp_write(w->t, open_form, &o);
    struct own_calls own = {.case_id = o.case_id};
    testapp_read(w->t, count_own, &own);
    return own.count;
}

static void another_officer_or_more_fields_are_another_call(void **unused)
{
    static const char name[] = "{\"properties\":{\"a\":{\"x-source\":\"person.name\"}}}",
                      both[] = "{\"properties\":{\"a\":{\"x-source\":\"person.name\"},"
                               "\"b\":{\"x-source\":\"person.address\"}}}";
    struct world w = exchange_world();
    testapp_write(w.t, exchange_seed_case, &w);
    assert_int_equal(opened_by(&w, 0, name), 1);
    assert_int_equal(opened_by(&w, 0, name), 1); /* the same page again */
    assert_int_equal(opened_by(&w, 7, name), 2);
    assert_int_equal(opened_by(&w, 8, name), 3);
    assert_int_equal(opened_by(&w, 7, name), 3);
    assert_int_equal(opened_by(&w, 7, both), 4);
    assert_int_equal(opened_by(&w, 7, name), 4); /* less than before */
    exchange_calls_fit(&w);
    testapp_close(w.t);
    (void)unused;
}

static void a_permit_that_ended_fills_in_nothing(void **unused)
{
    struct world w = exchange_world();
    struct client me = person(&w, MOBILE);
    const struct json *permits = json_get(
        exchange_ok(&w.provider, client_get(&w.provider, "/office/exchange/permits?f=granted")), "permits");
    assert_int_equal(permits->count, 1); /* of this installation */
    assert_int_equal(
        exchange_act_on(&w.provider, json_i64_of(json_at(permits, 0), "id", 0), "end", "words=over"), 200);
    int64_t draft = drafted(&w, &me);
    struct answer form = client_getf(&me, "/apply/%lld/summary", (long long)draft);
    assert_int_equal(form.status, 200);
    assert_false(answer_has(form, "LIN XIAOHE"));
    JSON_EACH(call, calls_of(&me))
    {
        assert_false(str_eq_c(json_text_of(call, "what"), "人口基础信息核验"));
    }
    testapp_close(w.t);
    (void)unused;
}

static void a_person_sees_who_asked_for_which_case_and_objects(void **unused)
{
    struct world w = exchange_world();
    struct client me = person(&w, MOBILE), other = person(&w, "13900000102");
    char path[100];
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY));
    const struct json *list = calls_of(&me), *refused = json_at(list, 0), *call = json_at(list, 1);
    assert_int_equal(list->count, 2);
    assert_true(json_true_of(refused, "refused"));
    assert_true(str_eq_c(json_text_of(call, "who"), "示范区烟草专卖局"));
    assert_true(str_starts(json_text_of(call, "case_href"), STR("/cases/")));
    snprintf(path, sizeof path, "/me/exchange/%s/object", str_z(w.t->arena, json_text_of(call, "id")));
    assert_int_equal(client_post(&other, path, "").status, 404);
    assert_int_equal(client_post(&me, path, "").status, 200); /* one tap */
    assert_int_equal(client_post(&me, path, "").status, 200); /* twice is once */
    assert_true(answer_has(client_get(&me, "/me/exchange"), "12月7日"));

    const struct json *open = json_get(
        exchange_ok(&w.provider, client_get(&w.provider, "/office/exchange/objections")), "objections");
    assert_int_equal(open->count, 1);
    assert_int_equal(
        json_get(exchange_ok(&w.other, client_get(&w.other, "/office/exchange/objections")), "objections")
            ->count,
        0);
    const char *one = str_z(w.t->arena, json_text_of(json_at(open, 0), "href"));
    assert_int_equal(client_get(&w.other, one).status, 404);
    snprintf(path, sizeof path, "%s/answer", one);
    assert_int_equal(client_post(&w.provider, path, "outcome=explained&answer=no").status, 422);
    assert_int_equal(client_post(&w.provider, path, "outcome=explained&answer=the+case+needs+it").status,
                     200);
    assert_int_equal(client_post(&w.provider, path, "outcome=explained&answer=the+case+needs+it").status,
                     409);
    assert_true(answer_has(client_get(&me, "/me/exchange"), "the case needs it"));
    assert_true(answer_has(client_get(&me, "/me/messages"), "the case needs it"));
    me.json = false;
    assert_true(answer_has(client_get(&me, "/me/exchange"), "示范区烟草专卖局"));
    testapp_close(w.t);
    (void)unused;
}

static void a_call_of_data_that_are_not_here_is_listed_and_told_nothing(void **unused)
{
    struct world w = exchange_world();
    struct client me = person(&w, MOBILE), other = person(&w, "13900000102");
    char path[100];
    exchange_grant(&w, "&caseless=1");
    const struct signed_call s = {.body = exchange_query(&w, LIN, STR_EMPTY), .path = "/exchange/no-such"};
    struct answer a = exchange_send(&w, &s);
    assert_int_equal(a.status, 404);
    assert_false(answer_has(a, "林晓禾"));
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    const struct json *list = calls_of(&me), *nowhere = json_at(list, 1);
    assert_int_equal(list->count, 2);
    assert_int_equal(calls_of(&other)->count, 0);
    assert_true(json_true_of(nowhere, "refused"));
    assert_true(str_eq_c(json_text_of(nowhere, "who"), "示范区烟草专卖局"));
    assert_true(json_text_of(nowhere, "what").len > 0);
    assert_int_equal(client_get(&me, str_z(w.t->arena, json_text_of(nowhere, "proof"))).status / 100, 2);
    me.json = false;
    assert_false(answer_has(client_get(&me, "/me/exchange"), "no-such"));
    me.json = true;
    snprintf(path, sizeof path, "/me/exchange/%s/object", str_z(w.t->arena, json_text_of(nowhere, "id")));
    assert_int_equal(client_post(&other, path, "").status, 404);
    assert_int_equal(client_post(&me, path, "words=why").status, 200);
    const struct json *open = json_get(
        exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/objections")), "objections");
    assert_int_equal(open->count, 1); /* who asked answers */
    testapp_close(w.t);
    (void)unused;
}

/* A call that 林晓禾 objects to; gives the address of the objection for officers. */
static const char *objected(struct world *w, struct client *me)
{
    char path[100];
    exchange_grant(w, "");
    testapp_write(w->t, exchange_seed_case, w);
    assert_int_equal(exchange_call(w, exchange_query(w, LIN, w->case_no)).status, 200);
    const struct json *call = json_at(calls_of(me), 0);
    snprintf(path, sizeof path, "/me/exchange/%s/object", str_z(w->t->arena, json_text_of(call, "id")));
    assert_int_equal(client_post(me, path, "words=why").status, 200);
    const struct json *open = json_get(
        exchange_ok(&w->provider, client_get(&w->provider, "/office/exchange/objections")), "objections");
    return str_z(w->t->arena, json_text_of(json_at(open, 0), "href"));
}

static int act_on(struct client *c, const char *one, const char *act, const char *form)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", one, act);
    return client_post(c, path, form).status;
}

static void an_upheld_objection_stops_the_permit_and_everybody_is_told(void **unused)
{
    struct world w = exchange_world();
    struct client me = person(&w, MOBILE), manager = exchange_officer(w.t, "data1");
    const char *one = objected(&w, &me), *call = strrchr(one, '/') + 1;
    char form[200];
    assert_int_equal(client_get(&w.steward, one).status, 404); /* whose calls it is about, before an answer */
    assert_int_equal(act_on(&w.provider, one, "answer", "outcome=upheld&answer=it+was+wrong"), 422);
    snprintf(form, sizeof form, "call=%s&why=stop+it+now", call);
    assert_int_equal(exchange_act_on(&w.provider, w.permit, "suspend", form), 409); /* not upheld yet */
    assert_int_equal(
        act_on(&w.provider, one, "answer", "outcome=upheld&answer=it+was+wrong&told=no+need+for+it"), 200);
    assert_true(answer_has(client_get(&me, "/me/messages"), "it was wrong"));

    struct answer seen = client_get(&w.steward, one); /* the department that asked */
    assert_int_equal(seen.status, 200);
    assert_true(answer_has(seen, "no need for it"));
    assert_false(answer_has(seen, "it was wrong")); /* what the person was told is not for them */
    assert_true(answer_has(client_get(&w.steward, "/office/exchange/objections?f=ours"), call));
    assert_int_equal(act_on(&w.other, one, "note", "done=nothing+at+all"), 404);
    assert_int_equal(act_on(&w.steward, one, "note", "done=told+our+people"), 200);
    assert_int_equal(act_on(&w.steward, one, "note", "done=told+our+people"), 409);
    assert_true(answer_has(client_get(&w.provider, one), "told our people"));

    assert_int_equal(exchange_act_on(&w.steward, w.permit, "suspend", form), 403); /* only the provider */
    assert_int_equal(exchange_act_on(&w.provider, w.permit, "suspend", form), 200);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 403);
    assert_true(answer_has(client_get(&me, "/me/messages"), "已暂停"));
    assert_int_equal(exchange_act_on(&w.provider, w.permit, "settle", "outcome=lifted&words=all+well"), 403);
    assert_int_equal(exchange_act_on(&w.other, w.permit, "settle", "outcome=lifted&words=all+well"), 404);
    assert_int_equal(exchange_act_on(&manager, w.permit, "settle", "outcome=ended&words=not+needed"), 200);
    assert_int_equal(exchange_act_on(&manager, w.permit, "settle", "outcome=ended&words=not+needed"), 409);
    assert_true(answer_has(client_get(&me, "/me/messages"), "已终止"));
    assert_true(answer_has(client_get(&me, "/me/exchange"), "not needed"));
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 403);
    testapp_close(w.t);
    (void)unused;
}

static void a_suspended_permit_goes_on_once_a_second_person_says_so(void **unused)
{
    struct world w = exchange_world();
    struct client manager = exchange_officer(w.t, "data1");
    exchange_grant(&w, "");
    testapp_write(w.t, exchange_seed_case, &w);
    assert_int_equal(exchange_act_on(&w.provider, w.permit, "suspend", "why=looking+into+it"), 200);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 403);
    assert_int_equal(exchange_act_on(&w.provider, w.permit, "suspend", "why=looking+into+it"), 409);
    assert_int_equal(exchange_act_on(&manager, w.permit, "settle", "outcome=lifted&words=nothing+found"),
                     200);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    testapp_close(w.t);
    (void)unused;
}

static void the_supervisor_sees_objections_whose_clock_has_run_out(void **unused)
{
    static const char overdue[] = "/office/exchange/objections?f=overdue";
    struct world w = exchange_world();
    struct client me = person(&w, MOBILE), supervisor = exchange_officer(w.t, "supervisor");
    const char *one = objected(&w, &me);
    assert_int_equal(
        json_get(exchange_ok(&supervisor, client_get(&supervisor, overdue)), "objections")->count, 0);
    testapp_advance(20 * MS_DAY);
    supervisor = exchange_officer(w.t, "supervisor");
    const struct json *list =
        json_get(exchange_ok(&supervisor, client_get(&supervisor, overdue)), "objections");
    assert_int_equal(list->count, 1);
    assert_true(str_eq_c(json_text(json_path(json_at(list, 0), "light.color")), "red"));
    assert_true(answer_has(client_get(&supervisor, "/office"), "objections?f=overdue"));
    assert_int_equal(act_on(&supervisor, one, "answer", "outcome=explained&answer=it+is+fine"), 403);
    testapp_close(w.t);
    (void)unused;
}

static bool number_in_the_clear(struct ctx *c)
{
    struct db_rows r;
    bool *found = ctx_arg(c);
    if (!db_query(
            &c->tx, &r,
            "SELECT COUNT(*) FROM exchange_call k JOIN evidence e ON e.object = k.id WHERE e.detail LIKE "
            "'%780101%' OR k.fields LIKE '%780101%' OR k.operator LIKE '%780101%'"))
        return false;
    *found = db_int(&r, 0, 0) > 0;
    return true;
}

static void no_number_of_anybody_stands_in_the_record(void **unused)
{
    struct world w = exchange_world();
    bool found = true;
    exchange_grant(&w, "&caseless=1");
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    testapp_read(w.t, number_in_the_clear, &found);
    assert_false(found);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_asks_once_a_sitting_and_the_person_sees_it),
        cmocka_unit_test(another_officer_or_more_fields_are_another_call),
        cmocka_unit_test(a_permit_that_ended_fills_in_nothing),
        cmocka_unit_test(a_person_sees_who_asked_for_which_case_and_objects),
        cmocka_unit_test(a_call_of_data_that_are_not_here_is_listed_and_told_nothing),
        cmocka_unit_test(an_upheld_objection_stops_the_permit_and_everybody_is_told),
        cmocka_unit_test(a_suspended_permit_goes_on_once_a_second_person_says_so),
        cmocka_unit_test(the_supervisor_sees_objections_whose_clock_has_run_out),
        cmocka_unit_test(no_number_of_anybody_stands_in_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
