/* An installation from before: what the platform asks for its own forms was granted by nobody. */
#include "core/jobs/jobs.h"
#include "modules/exchange/exchange_app_test.h"
#include "modules/exchange/exchange_permit.h"

enum { AFTER_TEN_WORKDAYS = 15 };

struct old {
    struct world w;
    int64_t permit; /* of the platform for the population base */
    bool in_force;
    int64_t records;
    const char *act;
};

static bool make_old(struct ctx *c)
{
    struct old *o = ctx_arg(c);
    struct share_permit p;
    bool found;
    if (!permit_store_platform(c, o->w.entry, exchange_platform(c), &p, &found) || !found) return false;
    o->permit = p.id;
    ctx_changed(c, "exchange");
    return db_exec(&c->tx,
                   "UPDATE share_permit SET asked_by = 0, office_by = 0, decided_by = 0 WHERE id = $1",
                   DB_I(p.id));
}

static bool add_job(struct ctx *c)
{
    return job_add(c, "exchange.confirm", STR("exchange.confirm"), json_object(c->arena), c->now);
}

/* As the program does when it starts, and each hour. */
static void hour(struct old *o)
{
    testapp_write(o->w.t, add_job, NULL);
    testapp_jobs(o->w.t);
}

static struct old open_old(void)
{
    struct old o = {.w = exchange_world()};
    testapp_write(o.w.t, make_old, &o);
    hour(&o);
    return o;
}

static bool look(struct ctx *c)
{
    struct old *o = ctx_arg(c);
    o->in_force = exchange_permits_now(c, STR("platform"), STR("population"));
    return true;
}

static bool in_force(struct old *o)
{
    testapp_read(o->w.t, look, o);
    return o->in_force;
}

static bool count_records(struct ctx *c)
{
    struct old *o = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM evidence WHERE act = $1 AND object = $2 AND object_kind = "
                  "'share_permit'",
                  DB_S(str_c(o->act)), DB_I(o->permit)))
        return false;
    o->records = db_int(&r, 0, 0);
    return true;
}

static int64_t recorded(struct old *o, const char *act)
{
    o->act = act;
    testapp_read(o->w.t, count_records, o);
    return o->records;
}

static const struct json *page(struct old *o, int64_t permit)
{
    return exchange_ok(&o->w.provider,
                       client_getf(&o->w.provider, "/office/exchange/permits/%lld", (long long)permit));
}

static bool is_in_state(struct old *o, int64_t permit, const char *state)
{
    return str_eq_c(json_text_of(page(o, permit), "state"), state);
}

/* The only one that waits. */
static int64_t request_of(struct old *o)
{
    const struct json *list =
        json_get(exchange_ok(&o->w.provider, client_get(&o->w.provider, "/office/exchange/permits?f=open")),
                 "permits");
    assert_int_equal(list->count, 1);
    return json_i64_of(json_at(list, 0), "id", 0);
}

static size_t told(struct old *o, const char *kind)
{
    size_t count = 0;
    JSON_EACH(t,
              json_get(exchange_ok(&o->w.provider, client_get(&o->w.provider, "/office/exchange/told?f=all")),
                       "told"))
    {
        count += str_eq_c(json_text_of(t, "kind"), kind);
    }
    return count;
}

static void days_later(struct old *o, int days)
{
    testapp_advance(days * 86400000LL);
    hour(o);
    o->w.provider = exchange_officer(o->w.t, "public-security.data");
}

static void later(struct old *o)
{
    days_later(o, AFTER_TEN_WORKDAYS);
}

static void what_nobody_decided_is_put_before_its_provider_and_serves_meanwhile(void **unused)
{
    struct old o = open_old();
    int64_t request = request_of(&o);
    assert_true(in_force(&o));
    assert_int_equal(told(&o, "unconfirmed"), 1);
    struct answer a = client_getf(&o.w.provider, "/office/exchange/permits/%lld", (long long)o.permit);
    assert_true(answer_has(a, "12月7日")); /* in ten working days it is suspended */
    hour(&o);
    assert_int_equal(request_of(&o), request); /* once */
    assert_int_equal(exchange_act_on(&o.w.steward, request, "decide", "agree=yes"), 404);
    assert_int_equal(exchange_act_on(&o.w.provider, request, "decide", "agree=yes"), 200);
    assert_true(is_in_state(&o, request, "granted") && is_in_state(&o, o.permit, "ended"));
    assert_int_equal(recorded(&o, "exchange.permit_end"), 1);
    assert_true(in_force(&o));
    later(&o);
    assert_true(in_force(&o));
    testapp_close(o.w.t);
    (void)unused;
}

static void what_nobody_decides_in_time_is_suspended_until_somebody_does(void **unused)
{
    struct old o = open_old();
    int64_t request = request_of(&o);
    later(&o);
    assert_false(in_force(&o));
    assert_true(is_in_state(&o, o.permit, "suspended") && is_in_state(&o, request, "provider"));
    assert_int_equal(told(&o, "unanswered"), 1);
    assert_int_equal(recorded(&o, "exchange.permit_suspend"), 1);
    assert_int_equal(exchange_act_on(&o.w.provider, o.permit, "settle", "outcome=lifted&words=it+was+fine"),
                     409); /* that would be without a decision again */
    assert_int_equal(exchange_act_on(&o.w.provider, request, "decide", "agree=yes"), 200);
    assert_true(in_force(&o) && is_in_state(&o, o.permit, "ended"));
    testapp_close(o.w.t);
    (void)unused;
}

static void a_provider_that_refuses_ends_what_was_granted_alone(void **unused)
{
    struct old o = open_old();
    assert_int_equal(exchange_act_on(&o.w.provider, request_of(&o), "decide", "agree=no&words=not+needed"),
                     200);
    assert_false(in_force(&o));
    assert_true(is_in_state(&o, o.permit, "ended"));
    hour(&o);
    const struct json *open =
        exchange_ok(&o.w.provider, client_get(&o.w.provider, "/office/exchange/permits?f=open"));
    assert_int_equal(json_get(open, "permits")->count, 0);
    testapp_close(o.w.t);
    (void)unused;
}

static void what_its_provider_suspended_is_not_granted_by_the_back_door(void **unused)
{
    struct old o = open_old();
    struct client second = exchange_officer(o.w.t, "public-security.decide");
    int64_t request = request_of(&o);
    assert_int_equal(exchange_act_on(&o.w.provider, o.permit, "suspend", "why=an+objection+was+upheld"), 200);
    assert_int_equal(exchange_act_on(&o.w.provider, request, "decide", "agree=yes"), 409);
    assert_int_equal(exchange_act_on(&second, o.permit, "settle", "outcome=lifted&words=it+was+fine"), 200);
    assert_int_equal(exchange_act_on(&o.w.provider, request, "decide", "agree=yes"), 200);
    testapp_close(o.w.t);
    (void)unused;
}

/* Of a department, by whom nobody asked. */
static bool make_old_of_department(struct ctx *c)
{
    const struct old *o = ctx_arg(c);
    ctx_changed(c, "exchange");
    return db_exec(&c->tx,
                   "UPDATE share_permit SET asked_by = 0, office_by = 0, decided_by = 0 WHERE id = $1",
                   DB_I(o->w.permit));
}

static void where_a_department_asks_its_own_office_agrees_first(void **unused)
{
    struct old o = {.w = exchange_world()};
    exchange_grant(&o.w, "");
    hour(&o);
    o.permit = o.w.permit;
    const struct json *open =
        exchange_ok(&o.w.provider, client_get(&o.w.provider, "/office/exchange/permits?f=open"));
    assert_int_equal(json_get(open, "permits")->count, 0); /* three people decided on it */
    testapp_write(o.w.t, make_old_of_department, &o);
    hour(&o);
    int64_t request = request_of(&o);
    assert_int_equal(exchange_act_on(&o.w.provider, request, "decide", "agree=yes"), 409);
    assert_int_equal(exchange_act_on(&o.w.office, request, "office", "agree=yes"), 200);
    assert_true(is_in_state(&o, o.permit, "granted"));
    assert_int_equal(exchange_act_on(&o.w.provider, request, "decide", "agree=yes"), 200);
    assert_true(is_in_state(&o, o.permit, "ended") && is_in_state(&o, request, "granted"));
    testapp_write(o.w.t, exchange_seed_case, &o.w);
    assert_int_equal(exchange_call(&o.w, exchange_query(&o.w, LIN, o.w.case_no)).status, 200);
    testapp_close(o.w.t);
    (void)unused;
}

#define PDF                                                                                                  \
    "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] "       \
    "/Count 0 >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"

static void the_request_carries_the_files_of_the_permit(void **unused)
{
    struct old o = {.w = exchange_world()};
    char path[120], form[400];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)o.w.entry);
    snprintf(form, sizeof form,
             "system=%lld&purpose=apply&basis=law&services=*&operators=*&fields=name&modes=query&until=2027-"
             "11-23&rate=1&daily=1",
             (long long)o.w.system);
    exchange_ok(&o.w.steward, client_upload(&o.w.steward, path, form, "files", "basis.pdf", STR(PDF)));
    o.permit = o.w.permit = request_of(&o);
    assert_int_equal(exchange_act_on(&o.w.office, o.permit, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&o.w.provider, o.permit, "decide", "agree=yes"), 200);
    testapp_write(o.w.t, make_old_of_department, &o);
    hour(&o);
    const struct json *files = json_get(page(&o, request_of(&o)), "files");
    assert_int_equal(files->count, 1);
    const char *href = str_z(o.w.t->arena, json_text_of(files->first, "href"));
    assert_int_equal(client_get(&o.w.provider, href).status, 200);
    testapp_close(o.w.t);
    (void)unused;
}

/* Ten working days for the own office and the provider together. */
static void that_two_decide_and_one_asks_for_time_keeps_it_in_force_no_longer(void **unused)
{
    struct old o = {.w = exchange_world()};
    exchange_grant(&o.w, "");
    o.permit = o.w.permit;
    testapp_write(o.w.t, make_old_of_department, &o);
    hour(&o);
    int64_t request = request_of(&o);
    days_later(&o, AFTER_TEN_WORKDAYS - 3);
    o.w.office = exchange_officer(o.w.t, "tobacco.decide");
    assert_int_equal(exchange_act_on(&o.w.office, request, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&o.w.provider, request, "extend", "days=5&reason=holidays"), 409);
    assert_true(is_in_state(&o, o.permit, "granted"));
    days_later(&o, 3);
    assert_true(is_in_state(&o, o.permit, "suspended") && is_in_state(&o, request, "provider"));
    assert_int_equal(exchange_act_on(&o.w.provider, request, "decide", "agree=yes"), 200);
    testapp_close(o.w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_decided_is_put_before_its_provider_and_serves_meanwhile),
        cmocka_unit_test(what_nobody_decides_in_time_is_suspended_until_somebody_does),
        cmocka_unit_test(a_provider_that_refuses_ends_what_was_granted_alone),
        cmocka_unit_test(what_its_provider_suspended_is_not_granted_by_the_back_door),
        cmocka_unit_test(where_a_department_asks_its_own_office_agrees_first),
        cmocka_unit_test(the_request_carries_the_files_of_the_permit),
        cmocka_unit_test(that_two_decide_and_one_asks_for_time_keeps_it_in_force_no_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
