#include "modules/exchange/exchange_app_test.h"

static void a_request_takes_three_people(void **unused)
{
    struct world w = exchange_world();
    struct client review = exchange_officer(w.t, "tobacco.review");
    int64_t id = exchange_asked(&w, "");
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes"),
                     409); /* not before the own office */
    assert_int_equal(exchange_act_on(&w.steward, id, "office", "agree=yes"), 403);
    assert_int_equal(exchange_act_on(&review, id, "office", "agree=yes"), 403);
    assert_int_equal(exchange_act_on(&w.office, id, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&w.steward, id, "decide", "agree=yes"), 403); /* not the provider */
    assert_int_equal(exchange_act_on(&w.other, id, "decide", "agree=yes"), 404);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=no&words=late"), 409);
    testapp_close(w.t);
    (void)unused;
}

struct alone {
    int64_t permit;
    bool office, provider;
    struct err wrong;
};

/* One account that holds every right, in both departments. */
static bool decide_alone(struct ctx *c)
{
    struct alone *a = ctx_arg(c);
    struct share_permit p;
    struct err *own = c->err;
    if (!permit_load(c, a->permit, &p)) return false;
    c->actor.account = p.asked_by;
    c->actor.unit = p.unit;
    c->err = &a->wrong;
    a->office = !permit_office(c, &p, true, STR_EMPTY) && strcmp(a->wrong.code, "exchange.four_eyes") == 0;
    err_clear(&a->wrong);
    p.state = STR("provider");
    c->actor.unit = p.provider;
    a->provider = !permit_decide(c, &p, true, STR_EMPTY) && strcmp(a->wrong.code, "exchange.four_eyes") == 0;
    c->err = own;
    return true;
}

static void who_asked_decides_nothing_whatever_their_rights(void **unused)
{
    struct world w = exchange_world();
    struct alone a = {.permit = exchange_asked(&w, "")};
    testapp_write(w.t, decide_alone, &a);
    assert_true(a.office);
    assert_true(a.provider);
    testapp_close(w.t);
    (void)unused;
}

static void a_refusal_gives_its_reason(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "");
    exchange_act_on(&w.office, id, "office", "agree=yes");
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=no"), 422);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=no&words=too+much"), 200);
    const struct json *doc =
        exchange_ok(&w.steward, client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id));
    assert_true(str_eq_c(json_text_of(doc, "state"), "refused"));
    assert_true(
        answer_has(client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id), "too much"));
    testapp_close(w.t);
    (void)unused;
}

#define PDF                                                                                                  \
    "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] "       \
    "/Count 0 "                                                                                              \
    ">>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"

static struct answer asked_with(struct world *w, const char *filename, struct str content)
{
    char path[120], form[400];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)w->entry);
    snprintf(form, sizeof form,
             "system=%lld&purpose=apply&basis=law&services=*&operators=*&fields=name&modes=query&until=2027-"
             "11-23&rate=1&"
             "daily=1",
             (long long)w->system);
    return client_upload(&w->steward, path, form, "files", filename, content);
}

static bool asked_on_record(struct ctx *c)
{
    struct db_rows r;
    bool *named = ctx_arg(c);
    if (!db_query(&c->tx, &r,
                  "SELECT e.detail, f.blob FROM evidence e JOIN share_permit_file f ON f.permit = e.object "
                  "WHERE e.act = 'exchange.permit_ask'"))
        return false;
    struct str detail = r.rows ? db_str(&r, 0, 0) : STR_EMPTY;
    *named = r.rows == 1 && str_find(detail, STR("职责规定.pdf")) != SIZE_MAX &&
             str_find(detail, db_str(&r, 0, 1)) != SIZE_MAX;
    return true;
}

static void the_record_of_a_request_names_its_files_and_their_digests(void **unused)
{
    struct world w = exchange_world();
    bool named = false;
    exchange_ok(&w.steward, asked_with(&w, "职责规定.pdf", STR(PDF)));
    testapp_read(w.t, asked_on_record, &named);
    assert_true(named);
    testapp_close(w.t);
    (void)unused;
}

static void a_request_carries_its_basis_as_a_file_for_both_sides(void **unused)
{
    struct world w = exchange_world();
    exchange_ok(&w.steward, asked_with(&w, "../职责规定.pdf", STR(PDF)));
    const struct json *doc =
        exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/permits?f=open"));
    const char *permit = str_z(w.t->arena, json_text_of(json_at(json_get(doc, "permits"), 0), "href"));
    doc = exchange_ok(&w.provider, client_get(&w.provider, permit));
    const struct json *file = json_at(json_get(doc, "files"), 0);
    const char *href = str_z(w.t->arena, json_text_of(file, "href"));
    assert_int_equal(json_get(doc, "files")->count, 1);
    assert_true(str_ends(json_text_of(file, "name"), STR("职责规定.pdf")));
    struct client *const sees[] = {&w.steward, &w.office, &w.provider};
    for (size_t i = 0; i < 3; i++) {
        struct answer a = client_get(sees[i], href);
        assert_int_equal(a.status, 200);
        assert_true(
            str_starts(a.body, STR(PDF "\n%tongban-reader "))); /* what was handed in, then who reads */
    }
    assert_int_equal(client_get(&w.other, href).status, 404);
    assert_int_equal(client_getf(&w.provider, "%s9", href).status, 404);
    testapp_close(w.t);
    (void)unused;
}

static void what_is_no_picture_or_sound_pdf_is_not_taken_with_a_request(void **unused)
{
    struct world w = exchange_world();
    const struct str wrong[] = {STR("MZ program"), STR("%PDF-1.4\nwithout an end"),
                                STR("%PDF-1.4\n1 0 obj\n<< /OpenAction << /S /JavaScript /JS (x) >> "
                                    ">>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")};
    for (size_t i = 0; i < 3; i++) {
        struct answer a = asked_with(&w, "basis.pdf", wrong[i]);
        assert_int_equal(a.status, 422);
        assert_true(answer_has(a, "\"files\""));
    }
    const struct json *doc =
        exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/permits?f=open"));
    assert_int_equal(json_get(doc, "permits")->count, 0);
    testapp_close(w.t);
    (void)unused;
}

static void each_step_has_its_clock_in_working_days(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "");
    struct answer a = client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id);
    assert_true(answer_has(a, "11月25日")); /* asked on a Monday: two working days */
    exchange_act_on(&w.office, id, "office", "agree=yes");
    a = client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id);
    assert_true(answer_has(a, "12月7日")); /* conditional: ten */
    testapp_advance(15 * 86400000LL);
    w.provider = exchange_officer(w.t, "public-security.data");
    const struct json *doc = exchange_ok(&w.provider, client_get(&w.provider, "/office/exchange/permits"));
    assert_true(str_eq_c(json_text(json_path(json_at(json_get(doc, "permits"), 0), "light.color")), "red"));
    testapp_close(w.t);
    (void)unused;
}

static void what_is_asked_for_must_be_shared_and_bounded(void **unused)
{
    static const char *const wrong[] = {"fields=secret", "until=2020-01-01", "networks=all", "system=1"};
    struct world w = exchange_world();
    char path[120], form[600];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)w.entry);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(form, sizeof form,
                 "%s&purpose=apply&basis=law&modes=check&services=*&operators=*&rate=1&daily=1%s%s%s%lld",
                 wrong[i], strstr(wrong[i], "fields") ? "" : "&fields=name",
                 strstr(wrong[i], "until") ? "" : "&until=2027-01-01",
                 strstr(wrong[i], "system") ? "&x=" : "&system=", (long long)w.system);
        assert_int_equal(client_post(&w.steward, path, form).status, 422);
    }
    testapp_close(w.t);
    (void)unused;
}

static int bounded(struct world *w, const char *bounds)
{
    char path[120], form[600];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)w->entry);
    snprintf(form, sizeof form,
             "system=%lld&purpose=apply&basis=law&modes=query&rate=1&daily=1&until=2027-01-01&fields=name&"
             "fields=mobile%s%s%s",
             (long long)w->system, strstr(bounds, "services") ? "" : "&services=*",
             strstr(bounds, "operators") ? "" : "&operators=*", bounds);
    return client_post(&w->steward, path, form).status;
}

static void bounds_that_say_nothing_are_refused(void **unused)
{
    static const char *const wrong[] = {"&masks=mobile%3Aphone", /* a colon */
                                        "&masks=moblie%3Dphone",
                                        "&masks=nonsense%3Dall",
                                        "&masks=address%3Dall", /* not asked for */
                                        "&masks=mobile%3Dfone",
                                        "&masks=mobile%3D",
                                        "&masks=%3Dphone",
                                        "&masks=mobile%EF%BC%9Dphone", /* a wide sign */
                                        "&masks=mobile%3Dphone%3Bname%3Dname",
                                        "&masks=mobile%3Dphone,mobile%3Dall",
                                        "&services=BI-9999",
                                        "&services=*,BI-0001",
                                        "&services=BI-0001,*",
                                        "&services=,",
                                        "&operators=",
                                        "&operators=,",
                                        "&operators=win*dow",
                                        "&operators=zhang-3,*dow"};
    struct world w = exchange_world();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (bounded(&w, wrong[i]) != 422) fail_msg("%s", wrong[i]);
    testapp_close(w.t);
    (void)unused;
}

static void masks_are_kept_in_their_normal_form(void **unused)
{
    struct world w = exchange_world();
    int64_t id =
        exchange_asked(&w, "&fields=name&fields=mobile&masks=+mobile+%3D+phone%EF%BC%8Cname%3Dname+,");
    struct answer a = client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id);
    assert_true(answer_has(a, "mobile: 电话号码") && answer_has(a, "name: 姓名"));
    testapp_close(w.t);
    (void)unused;
}

static void who_may_ask_is_shown_to_both_sides_and_the_provider_may_narrow_it(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "&operators=+*+%EF%BC%8Ctobacco-licensing,*");
    struct answer a = client_getf(&w.provider, "/office/exchange/permits/%lld", (long long)id);
    assert_true(answer_has(a, "不限，但须写明操作人 · 系统自身"));
    exchange_act_on(&w.office, id, "office", "agree=yes");
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes&operators=win*dow"), 422);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes&operators=zhang-3,window-*"), 200);
    a = client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id);
    assert_true(answer_has(a, "zhang-3 · window-*"));
    testapp_write(w.t, exchange_seed_case, &w);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, w.case_no)).status, 200);
    testapp_close(w.t);
    (void)unused;
}

static bool spoil(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE share_permit SET masks = 'mobile:phone' WHERE id = $1",
                   DB_I(*(const int64_t *)ctx_arg(c)));
}

static void masks_are_looked_at_again_when_it_is_decided(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "");
    testapp_write(w.t, spoil, &id);
    assert_int_equal(exchange_act_on(&w.office, id, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes"), 422);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=no&words=masks"), 200);
    testapp_close(w.t);
    (void)unused;
}

static void a_key_is_shown_once_and_kept_sealed(void **unused)
{
    struct world w = exchange_world();
    struct answer a = client_get(&w.steward, "/office/exchange/systems");
    assert_false(answer_has(a, str_z(w.t->arena, str_hex(w.t->arena, w.key.ptr, w.key.len))));
    assert_int_equal(
        client_post(&w.steward, "/office/exchange/systems", "code=tobacco-licensing&name=x").status, 422);
    assert_int_equal(client_post(&w.steward, "/office/exchange/systems", "code=Not+Good&name=x").status, 422);
    char path[80];
    snprintf(path, sizeof path, "/office/exchange/systems/%lld/key", (long long)w.system);
    assert_int_equal(client_post(&w.other, path, "").status, 404);
    exchange_grant(&w, "&caseless=1");
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    exchange_ok(&w.steward, client_post(&w.steward, path, "at_once=1"));
    assert_string_equal(exchange_code(&w, exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY))),
                        "exchange.signature");
    testapp_close(w.t);
    (void)unused;
}

static bool within(struct testapp *t, const char *networks, const char *address)
{
    struct networks n;
    struct str wrong;
    assert_true(networks_read(t->arena, str_c(networks), &n, &wrong));
    return networks_hold(&n, str_c(address));
}

static void networks_are_addresses_or_ranges_of_both_kinds(void **unused)
{
    static const char *const wrong[] = {"10.1.2",    "10.1.2.3.4",     "10.1.2.300", "10.1.2.3/33",
                                        "10.1.2.3/", "10.1.2.3/0",     "all",        "2001:db8::/129",
                                        "2001:db8",  "2001:db8::g",    "::1/0",      "fe80::1%eth0",
                                        "10.1.2.03", "10.1.2.3, x::1", "1::2::3"};
    static const struct {
        const char *networks, *address;
        bool within;
    } cases[] = {{"", "192.0.2.1", true},
                 {"", "2001:db8::1", true},
                 {"10.1.2.3, 10.2.0.0/16", "10.2.99.1", true},
                 {"10.1.2.3, 10.2.0.0/16", "10.3.0.1", false},
                 {"10.1.2.3", "10.1.2.4", false},
                 {"10.128.0.0/9", "10.127.255.255", false},
                 {"10.128.0.0/9", "10.255.0.1", true},
                 {"10.1.2.3/24", "10.1.2.77", true},
                 {"10.1.2.3", "::ffff:10.1.2.3", true}, /* one that came over IPv6 */
                 {"::ffff:10.1.0.0/112", "10.1.2.3", true},
                 {"2001:db8:1::/48", "2001:db8:1:ffff::9", true},
                 {"2001:db8:1::/48", "2001:db8:2::9", false},
                 {"2001:DB8::7", "2001:0db8:0:0::7", true},
                 {"2001:db8:1:8000::/49", "2001:db8:1:7fff::", false},
                 {"2001:db8:1:8000::/49", "2001:db8:1:9000::1", true},
                 {"10.0.0.0/8, 2001:db8::/32", "2001:db8::1", true},
                 {"10.0.0.0/8", "2001:db8::1", false},
                 {"::/1", "10.1.2.3", false},
                 {"10.0.0.0/8", "nonsense", false},
                 {"10.0.0.0/8", "", false}};
    struct testapp *t = testapp_open(false);
    struct networks n;
    struct str part;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (networks_read(t->arena, str_c(wrong[i]), &n, &part)) fail_msg("%s", wrong[i]);
        assert_true(part.len > 0);
        assert_false(networks_hold(&n, STR("10.1.2.3"))); /* what cannot be read lets nobody in */
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (within(t, cases[i].networks, cases[i].address) != cases[i].within)
            fail_msg("%s %s", cases[i].networks, cases[i].address);
    testapp_close(t);
    (void)unused;
}

static void a_permit_lets_in_the_networks_it_names_and_no_others(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "&caseless=1&networks=10.1.0.0%2F16,+2001%3Adb8%3A1%3A%3A%2F48");
    static const struct {
        const char *peer;
        int status;
    } calls[] = {{"10.1.2.3", 200}, {"10.2.0.1", 403}, {"2001:db8:1::5", 200}, {"2001:db8:2::5", 403}};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        const struct signed_call s = {.body = exchange_query(&w, LIN, STR_EMPTY), .peer = calls[i].peer};
        struct answer a = exchange_send(&w, &s);
        if (a.status != calls[i].status) fail_msg("%s %d", calls[i].peer, a.status);
    }
    testapp_close(w.t);
    (void)unused;
}

static void a_permit_begins_on_the_day_that_was_asked_for(void **unused)
{
    struct world w = exchange_world();
    char path[120];
    exchange_grant(&w, "&caseless=1&from=2026-11-25");
    const struct json *doc = exchange_ok(
        &w.steward, client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)w.permit));
    assert_true(str_eq_c(json_text_of(doc, "state"), "coming"));
    assert_string_equal(exchange_code(&w, exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY))),
                        "exchange.expired");
    testapp_advance(2 * 86400000LL);
    assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
    w.steward = exchange_officer(w.t, "tobacco.data");
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/request", (long long)w.entry);
    static const char *const wrong[] = {"from=2026-11-24", "from=2027-01-02", "from=soon"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char form[300];
        snprintf(form, sizeof form,
                 "system=%lld&purpose=apply&basis=law&modes=check&services=*&operators=*&rate=1&daily=1&"
                 "fields=name&until="
                 "2027-01-01&%s",
                 (long long)w.system, wrong[i]);
        struct answer a = client_post(&w.steward, path, form);
        assert_int_equal(a.status, 422);
        assert_true(
            str_eq_c(json_text_of(json_at(json_path(client_json(&w.steward, a), "error.fields"), 0), "field"),
                     "from"));
    }
    testapp_close(w.t);
    (void)unused;
}

static void the_time_to_answer_is_extended_once_with_a_reason(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "");
    assert_int_equal(exchange_act_on(&w.provider, id, "extend", "days=5&reason=soon"), 409);
    exchange_act_on(&w.office, id, "office", "agree=yes");
    assert_int_equal(exchange_act_on(&w.steward, id, "extend", "days=5&reason=soon"), 403);
    assert_int_equal(exchange_act_on(&w.other, id, "extend", "days=5&reason=soon"), 404);
    assert_int_equal(exchange_act_on(&w.provider, id, "extend", "days=11&reason=soon"), 422);
    assert_int_equal(exchange_act_on(&w.provider, id, "extend", "days=0&reason=soon"), 422);
    assert_int_equal(exchange_act_on(&w.provider, id, "extend", "days=5"), 422);
    assert_int_equal(exchange_act_on(&w.provider, id, "extend", "days=5&reason=other+register"), 200);
    struct answer a = client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)id);
    assert_true(answer_has(a, "12月14日")); /* five working days behind 7 December */
    assert_true(answer_has(a, "other register"));
    assert_int_equal(exchange_act_on(&w.provider, id, "extend", "days=5&reason=again"), 409);
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes"), 200);
    testapp_close(w.t);
    (void)unused;
}

static void nobody_extends_what_is_overdue_or_shared_freely(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "");
    exchange_act_on(&w.office, id, "office", "agree=yes");
    testapp_advance(20 * 86400000LL);
    w.provider = exchange_officer(w.t, "public-security.data");
    assert_int_equal(exchange_act_on(&w.provider, id, "extend", "days=5&reason=late"), 409);
    w.steward = exchange_officer(w.t, "tobacco.data");
    w.office = exchange_officer(w.t, "tobacco.decide");
    w.entry = exchange_entry_named(&w.steward, "%E6%B3%95%E4%BA%BA");
    id = exchange_asked(&w, "&fields=name");
    exchange_act_on(&w.office, id, "office", "agree=yes");
    w.other = exchange_officer(w.t, "market.data");
    assert_int_equal(exchange_act_on(&w.other, id, "extend", "days=1&reason=late"), 409);
    testapp_close(w.t);
    (void)unused;
}

static struct answer permit_page(struct client *c, int64_t id)
{
    return client_getf(c, "/office/exchange/permits/%lld", (long long)id);
}

static void the_provider_may_hide_more_or_less(void **unused)
{
    struct world w = exchange_world();
    int64_t id = exchange_asked(&w, "&fields=name&fields=mobile&masks=&masks=mobile%3Dphone");
    exchange_act_on(&w.office, id, "office", "agree=yes");
    assert_true(answer_has(permit_page(&w.provider, id), "\"mobile=all\"")); /* a choice */
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes&masks=address%3Dall"), 422);
    assert_int_equal(
        exchange_act_on(&w.provider, id, "decide", "agree=yes&masks=name%3Dname&masks=mobile%3Dall"), 200);
    assert_true(answer_has(permit_page(&w.steward, id), "mobile: 全部隐藏"));
    id = exchange_asked(&w, "&fields=name&fields=mobile&masks=mobile%3Dphone");
    exchange_act_on(&w.office, id, "office", "agree=yes");
    assert_int_equal(exchange_act_on(&w.provider, id, "decide", "agree=yes&masks=&masks="), 200);
    assert_false(answer_has(permit_page(&w.steward, id), "mobile: "));
    testapp_close(w.t);
    (void)unused;
}

static void every_system_of_a_department_is_listed_and_can_be_chosen(void **unused)
{
    struct world w = exchange_world();
    char form[80];
    for (int i = 0; i < SYSTEMS_PAGE + 4; i++) {
        snprintf(form, sizeof form, "code=many-%d&name=Many%d", i, i);
        assert_int_equal(client_post(&w.steward, "/office/exchange/systems", form).status, 200);
    }
    struct json *names = json_array(w.t->arena);
    const struct json *doc = exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/systems"));
    JSON_EACH(s, json_get(doc, "systems"))
    {
        json_add(names, json_string(w.t->arena, json_text_of(s, "code")));
    }
    assert_int_equal(names->count, SYSTEMS_PAGE);
    const char *next = str_z(w.t->arena, json_text(json_path(doc, "pager.next")));
    doc = exchange_ok(&w.steward, client_getf(&w.steward, "/office/exchange/systems%s", next));
    assert_int_equal(json_get(doc, "systems")->count, 5);
    assert_true(json_is(json_get(doc, "pager"), JSON_NULL));
    JSON_EACH(s, json_get(doc, "systems"))
    {
        JSON_EACH(n, names)
        {
            assert_false(str_eq(n->text, json_text_of(s, "code")));
        }
    }
    struct answer a = client_getf(&w.steward, "/office/exchange/entries/%lld/request", (long long)w.entry);
    assert_true(answer_has(a, "Many0\"") && answer_has(a, "Many33\""));
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_takes_three_people),
        cmocka_unit_test(who_asked_decides_nothing_whatever_their_rights),
        cmocka_unit_test(a_refusal_gives_its_reason),
        cmocka_unit_test(the_record_of_a_request_names_its_files_and_their_digests),
        cmocka_unit_test(a_request_carries_its_basis_as_a_file_for_both_sides),
        cmocka_unit_test(what_is_no_picture_or_sound_pdf_is_not_taken_with_a_request),
        cmocka_unit_test(each_step_has_its_clock_in_working_days),
        cmocka_unit_test(what_is_asked_for_must_be_shared_and_bounded),
        cmocka_unit_test(bounds_that_say_nothing_are_refused),
        cmocka_unit_test(masks_are_kept_in_their_normal_form),
        cmocka_unit_test(who_may_ask_is_shown_to_both_sides_and_the_provider_may_narrow_it),
        cmocka_unit_test(masks_are_looked_at_again_when_it_is_decided),
        cmocka_unit_test(a_key_is_shown_once_and_kept_sealed),
        cmocka_unit_test(networks_are_addresses_or_ranges_of_both_kinds),
        cmocka_unit_test(a_permit_lets_in_the_networks_it_names_and_no_others),
        cmocka_unit_test(a_permit_begins_on_the_day_that_was_asked_for),
        cmocka_unit_test(the_time_to_answer_is_extended_once_with_a_reason),
        cmocka_unit_test(nobody_extends_what_is_overdue_or_shared_freely),
        cmocka_unit_test(the_provider_may_hide_more_or_less),
        cmocka_unit_test(every_system_of_a_department_is_listed_and_can_be_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
