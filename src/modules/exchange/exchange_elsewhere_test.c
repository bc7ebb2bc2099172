/* Forms, documents and officers are served by resources that lie elsewhere, and no provider holds a page up.
 */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"
#include "modules/exchange/exchange_elsewhere.h"
#include "modules/orgs/orgs.h"

#include "testing/peer.h"

#define MOBILE "13900000101" /* 林晓禾 */
#define SHOP   "BI-0006"     /* 个体工商户设立登记: asks how far the proprietor went to school */

struct provider {
    const char *behaviour; /* "good", "several", "none", "bad", "slow" */
};

static bool serve(int s, const struct peer_question *, void *arg)
{
    const struct provider *p = arg;
    if (strcmp(p->behaviour, "slow") == 0) {
        peer_wait(s, 8000);
        return false;
    }
    if (strcmp(p->behaviour, "bad") == 0) return peer_say(s, 500, "text/plain", STR(""));
    if (strcmp(p->behaviour, "none") == 0)
        return peer_say(s, 200, "application/json", STR("{\"found\":false}"));
    if (strcmp(p->behaviour, "several") == 0)
        return peer_say(
            s, 200, "application/json",
            STR("{\"found\":true,\"data\":[{\"edu\":\"本科\"},{\"edu\":\"硕士\"},{\"edu\":\"博士\"}]}"));
    return peer_say(s, 200, "application/json", STR("{\"found\":true,\"data\":{\"edu\":\"本科\"}}"));
}

struct scene {
    struct provider at;
    struct peer *peer;
    struct world w;
    struct client me, market, office;
    int64_t draft;
};

#define fmt(s, path, id) str_z((s)->w.t->arena, str_fmt((s)->w.t->arena, path, (long long)(id)))

/* The service of the education office is the source of its entry. */
static void connect_source(struct scene *s)
{
    struct client steward = exchange_officer(s->w.t, "education.data"),
                  manager = exchange_officer(s->w.t, "data1");
    exchange_set_place(&s->w, "edu", peer_address(s->peer));
    s->w.provider = steward;
    s->w.entry = exchange_entry_named(&s->w.steward, EXCHANGE_EDUCATION);
    exchange_ok(&steward, client_post(&steward, fmt(s, "/office/exchange/entries/%lld/source", s->w.entry),
                                      "kind=http&code=education&place=edu&path=%2Fask&key=id&timeout=3000&"
                                      "items=level%20%3D%20edu&limit=2"));
    exchange_ok(&manager,
                client_post(&manager, fmt(s, "/office/exchange/entries/%lld/source/agree", s->w.entry), ""));
}

static int64_t forms_system(struct scene *s)
{
    const struct json *fields = json_get(
        exchange_ok(&s->market,
                    client_get(&s->market, fmt(s, "/office/exchange/entries/%lld/request", s->w.entry))),
        "fields");
    int64_t id = 0;
    JSON_EACH(f, fields)
    {
        if (str_eq_c(json_text_of(f, "name"), "system"))
            id = json_i64_of(json_get(f, "options")->last, "value", 0);
    }
    assert_true(id > 0);
    return id;
}

static int ask_permit(struct scene *s, const char *more)
{
    char form[400];
    snprintf(form, sizeof form, "system=%lld&purpose=apply&basis=law&until=2027-11-23&rate=100%s%s%s%s",
             (long long)forms_system(s), strstr(more, "fields=") ? "" : "&fields=level",
             strstr(more, "daily=") ? "" : "&daily=1000", strstr(more, "operators=") ? "" : "&operators=*",
             more);
    return client_post(&s->market, fmt(s, "/office/exchange/entries/%lld/request", s->w.entry), form).status;
}

/* The market office asks for it, for the form of its service. */
static void get_permit_with(struct scene *s, const char *more)
{
    assert_int_equal(ask_permit(s, more), 200);
    const struct json *doc =
        exchange_ok(&s->market, client_get(&s->market, "/office/exchange/permits?f=open"));
    s->w.permit = json_i64_of(json_at(json_get(doc, "permits"), 0), "id", 0);
    assert_int_equal(exchange_act_on(&s->office, s->w.permit, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&s->w.provider, s->w.permit, "decide", "agree=yes"), 200);
}

static void get_permit(struct scene *s)
{
    get_permit_with(s, "&modes=check&modes=query&services=" SHOP);
}

static int64_t number_after(struct answer a, const char *mark)
{
    size_t at = str_find(a.body, str_c(mark));
    int64_t id = 0;
    assert_true(at != SIZE_MAX);
    for (at += strlen(mark); at < a.body.len && a.body.ptr[at] >= '0' && a.body.ptr[at] <= '9'; at++)
        id = id * 10 + a.body.ptr[at] - '0';
    return id;
}

static void sign_in(struct scene *s)
{
    s->me = client_new(s->w.t);
    client_as_person(&s->me, MOBILE);
}

static void begin_draft(struct scene *s)
{
    sign_in(s);
    int64_t item = number_after(
        client_get(&s->me,
                   "/search/suggest?q=%E4%B8%AA%E4%BD%93%E5%B7%A5%E5%95%86%E6%88%B7%E8%AE%BE%E7%AB%8B"),
        "/items/");
    assert_int_equal(
        client_post(&s->me, fmt(s, "/items/%lld/apply", item), "form=single&named=yes&premises=own&permit=no")
                .status /
            100,
        2);
    s->draft = number_after(client_get(&s->me, "/me/cases"), "/apply/");
}

static void open_scene(struct scene *s, const char *behaviour)
{
    *s = (struct scene){.at = {behaviour}};
    s->peer = peer_open(serve, &s->at);
    s->w = exchange_world();
    s->market = exchange_officer(s->w.t, "market.data");
    s->office = exchange_officer(s->w.t, "market.decide");
    connect_source(s);
}

static void close_scene(struct scene *s)
{
    testapp_close(s->w.t);
    peer_close(s->peer);
}

static const struct json *field_named(struct scene *s, const char *name)
{
    const struct json *doc =
        exchange_ok(&s->me, client_get(&s->me, fmt(s, "/apply/%lld/form/applicant", s->draft)));
    JSON_EACH(f, json_get(doc, "fields"))
    {
        if (str_eq_c(json_text_of(f, "name"), name)) return f;
    }
    fail();
    return NULL;
}

static const struct json *field(struct scene *s)
{
    return field_named(s, "education");
}

static const struct json *calls(struct scene *s)
{
    return json_get(exchange_ok(&s->me, client_get(&s->me, "/me/exchange")), "calls");
}

/* Calls of this entry that the person sees. */
static int seen(struct scene *s)
{
    int count = 0;
    JSON_EACH(call, calls(s))
    {
        count += str_eq_c(json_text_of(call, "what"), "学历信息");
    }
    return count;
}

static void a_form_is_filled_by_a_service_of_another_department_and_the_person_sees_the_call(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    get_permit(&s);
    begin_draft(&s);
    const struct json *f = field(&s);
    assert_true(str_eq_c(json_text_of(f, "value"), "本科"));
    assert_true(str_find(json_to_str(s.w.t->arena, json_get(f, "source")), STR("学历信息")) != SIZE_MAX);
    assert_int_equal(peer_questions(s.peer), 1);
    assert_int_equal(seen(&s), 1);
    field(&s); /* within a sitting nothing is asked again */
    assert_int_equal(peer_questions(s.peer), 1);
    assert_int_equal(seen(&s), 1);
    testapp_advance(SAME_CALL_MS + 1000);
    sign_in(&s);
    assert_true(str_eq_c(json_text_of(field(&s), "value"), "本科"));
    assert_int_equal(peer_questions(s.peer), 2);
    assert_int_equal(seen(&s), 2);
    exchange_calls_fit(&s.w);
    close_scene(&s);
    (void)unused;
}

static bool lose_records(struct ctx *c)
{
    return db_exec(&c->tx, "ALTER TABLE exchange_call RENAME COLUMN took_us TO lost");
}

static bool find_records(struct ctx *c)
{
    return db_exec(&c->tx, "ALTER TABLE exchange_call RENAME COLUMN lost TO took_us");
}

static void what_a_provider_said_is_shown_only_with_its_call_on_record(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    get_permit(&s);
    begin_draft(&s);
    testapp_write(s.w.t, lose_records, NULL);
    struct answer a = client_get(&s.me, fmt(&s, "/apply/%lld/form/applicant", s.draft));
    assert_false(answer_has(a, "本科"));
    assert_int_equal(peer_questions(s.peer), 1);
    testapp_write(s.w.t, find_records, NULL);
    assert_true(str_eq_c(json_text_of(field(&s), "value"), "本科"));
    assert_int_equal(seen(&s), 1);
    field(&s);
    assert_int_equal(seen(&s), 1);
    close_scene(&s);
    (void)unused;
}

static void without_a_permit_nothing_is_asked_and_the_person_fills_it_in(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    begin_draft(&s);
    assert_int_equal(json_text_of(field(&s), "value").len, 0);
    assert_int_equal(peer_questions(s.peer), 0);
    get_permit(&s);
    assert_true(str_eq_c(json_text_of(field(&s), "value"), "本科"));
    assert_int_equal(exchange_act_on(&s.w.provider, s.w.permit, "end", "words=it+is+over"), 200);
    assert_int_equal(json_text_of(field(&s), "value").len,
                     0); /* what was told is not shown any more, either */
    close_scene(&s);
    (void)unused;
}

static bool count_filtered(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM exchange_call WHERE result = 'exchange.filtered' AND answer = 0"))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static int64_t filtered(struct world *w)
{
    int64_t count = 0;
    testapp_read(w->t, count_filtered, &count);
    return count;
}

#define ONLY_MASTERS "&modes=check&modes=query&services=" SHOP "&filter=level%20%3D%20%E7%A1%95%E5%A3%AB"

static void what_the_filter_keeps_from_a_form_is_on_record_as_that(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    get_permit_with(&s, ONLY_MASTERS);
    begin_draft(&s);
    assert_false(str_eq_c(json_text_of(field(&s), "value"), "本科"));
    assert_int_equal(peer_questions(s.peer), 1);
    assert_int_equal(filtered(&s.w), 1);
    field(&s); /* what came of it stands for a sitting, as of a call that found something */
    assert_int_equal(peer_questions(s.peer), 1);
    assert_int_equal(filtered(&s.w), 1);
    exchange_calls_fit(&s.w);
    close_scene(&s);
    (void)unused;
}

static void a_provider_that_fails_or_hangs_does_not_hold_up_the_form_and_it_says_why(void **unused)
{
    struct scene s;
    open_scene(&s, "slow");
    get_permit(&s);
    begin_draft(&s);
    int64_t before = time_monotonic_us();
    const struct json *f = field(&s);
    assert_true(time_monotonic_us() - before < (int64_t)(ELSEWHERE_WAIT_MS + 1500) * 1000);
    assert_int_equal(json_text_of(f, "value").len, 0);
    assert_true(str_find(json_text_of(f, "hint"), STR("请您自行填写")) != SIZE_MAX);
    before = time_monotonic_us();
    field(&s); /* the failure is remembered for a while */
    assert_true(time_monotonic_us() - before < 1000000);
    assert_true(json_true_of(json_at(calls(&s), 0), "refused")); /* that it was asked is on record */
    s.at.behaviour = "bad";
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        testapp_advance(ELSEWHERE_FAILED_MS + 1000);
        sign_in(&s);
        field(&s);
    }
    int asked = peer_questions(s.peer);
    f = field(&s);
    assert_int_equal(peer_questions(s.peer), asked); /* it sleeps */
    assert_true(str_find(json_text_of(f, "hint"), STR("请您自行填写")) != SIZE_MAX);
    s.at.behaviour = "good";
    testapp_advance(ELSEWHERE_FAILED_MS + BREAKER_MS);
    sign_in(&s);
    assert_true(str_eq_c(json_text_of(field(&s), "value"), "本科"));
    close_scene(&s);
    (void)unused;
}

static void what_is_shared_no_more_fills_no_form_though_it_was_kept(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    get_permit(&s);
    begin_draft(&s);
    assert_true(str_eq_c(json_text_of(field(&s), "value"), "本科"));
    exchange_publish(&s.w, EXCHANGE_DEGREES "level%7Clevel%7CC(20)%7Cnone&sharing=conditional&reason=x");
    const struct json *f = field(&s);
    assert_int_equal(json_text_of(f, "value").len, 0);
    assert_true(str_find(json_to_str(s.w.t->arena, f), STR("提供部门已不再共享")) != SIZE_MAX);
    assert_int_equal(peer_questions(s.peer), 1);
    close_scene(&s);
    (void)unused;
}

static void a_permit_for_forms_names_its_services_and_works_within_a_case_alone(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    assert_int_equal(ask_permit(&s, "&modes=query&services=*"), 422);
    assert_int_equal(ask_permit(&s, "&modes=query&services=" SHOP "&caseless=1"), 422);
    assert_int_equal(ask_permit(&s, "&modes=query&modes=subscribe&services=" SHOP), 422);
    close_scene(&s);
    (void)unused;
}

static bool show_facts(struct ctx *c)
{
    return orgs_save_setting(c, "exchange.facts",
                             STR("[{\"resource\":\"education\",\"item\":\"*\",\"name\":\"学历\",\"fields\":"
                                 "[\"level\"],\"labels\":[\"层次\"]}]"));
}

static void which_of_several_records_is_meant_the_person_says(void **unused)
{
    struct scene s;
    open_scene(&s, "several");
    get_permit(&s);
    begin_draft(&s);
    const struct json *f = field(&s);
    assert_int_equal(json_text_of(f, "value").len, 0);
    assert_true(str_find(json_text_of(f, "hint"), STR("保管部门有您的多条记录")) != SIZE_MAX);
    assert_int_equal(seen(&s), 1);
    exchange_calls_fit(&s.w);
    close_scene(&s);
    open_scene(&s, "several");
    get_permit_with(&s, "&modes=query&services=" SHOP "&filter=level%20%3D%20%E7%A1%95%E5%A3%AB");
    begin_draft(&s);
    assert_true(str_eq_c(json_text_of(field(&s), "value"), "硕士")); /* the filter leaves one */
    close_scene(&s);
    (void)unused;
}

static void an_officer_sees_several_records_one_by_one(void **unused)
{
    struct scene s;
    open_scene(&s, "several");
    get_permit_with(&s, "&modes=query&services=BI-0001&operators=public-security.decide");
    testapp_write(s.w.t, exchange_seed_case, &s.w);
    testapp_write(s.w.t, show_facts, NULL);
    struct client named = exchange_officer(s.w.t, "public-security.decide");
    struct answer a = client_get(&named, fmt(&s, "/office/cases/%lld", s.w.case_id));
    assert_true(answer_has(a, "（1）层次：本科 （2）层次：硕士 另有更多记录，未予显示。"));
    assert_true(answer_has(a, fmt(&s, "授权 %lld", s.w.permit)));
    close_scene(&s);
    (void)unused;
}

static void a_form_is_filled_for_whom_the_permit_names(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    assert_int_equal(ask_permit(&s, "&modes=query&services=" SHOP "&operators=applicant,nobody"), 422);
    get_permit_with(&s, "&modes=query&services=" SHOP "&operators=market.review");
    begin_draft(&s);
    assert_int_equal(json_text_of(field(&s), "value").len, 0);
    assert_int_equal(peer_questions(s.peer), 0);
    get_permit_with(&s, "&modes=query&services=" SHOP "&operators=applicant");
    assert_true(str_eq_c(json_text_of(field(&s), "value"), "本科"));
    close_scene(&s);
    (void)unused;
}

static void an_officer_sees_what_the_permit_lets_them_ask(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    get_permit_with(&s, "&modes=query&services=BI-0001&operators=applicant,public-security.decide");
    testapp_write(s.w.t, exchange_seed_case, &s.w);
    testapp_write(s.w.t, show_facts, NULL);
    struct client other = exchange_officer(s.w.t, "public-security.review"),
                  named = exchange_officer(s.w.t, "public-security.decide");
    const char *page = fmt(&s, "/office/cases/%lld", s.w.case_id);
    assert_false(answer_has(client_get(&other, page), "层次：本科"));
    assert_int_equal(peer_questions(s.peer), 0);
    assert_true(answer_has(client_get(&named, page), "层次：本科"));
    assert_false(answer_has(client_get(&other, page), "层次：本科"));
    exchange_calls_fit(&s.w);
    close_scene(&s);
    (void)unused;
}

/* ---- documents: as a page that reads, made twice ---- */

struct holding {
    struct scene *s;
    bool held, waits;
};

static bool holds(struct ctx *c)
{
    struct holding *h = ctx_arg(c);
    static const struct request page = {.method = METHOD_GET};
    struct exchange_case about = {.id = h->s->draft, .live = true, .base = STR(SHOP), .item_code = STR("x")};
    if (!people_find(c, SUBJECT_PERSON, STR(LIN), &about.applicant)) return false;
    c->req = &page;
    c->actor = (struct actor){.kind = ACTOR_PERSON, .subject = about.applicant, .level = 2};
    if (!exchange_holds(c, &about, STR(LIN), STR("education"), NULL, &h->held)) return false;
    h->waits = ctx_goes_outside(c);
    if (h->waits) c->outside.ask(c, c->outside.arg);
    c->calls = NULL;
    return true;
}

struct checking {
    struct scene *s;
    struct exchange_checked k;
};

static bool checked_then(struct ctx *c)
{
    struct checking *k = ctx_arg(c);
    return exchange_checked(c, k->s->draft, STR("education"), &k->k);
}

/* When it was asked, under which permit, and what came of it: for whoever reviews the case. */
static void assert_checked(struct scene *s, bool found)
{
    struct checking k = {.s = s};
    testapp_read(s->w.t, checked_then, &k);
    assert_true(k.k.asked && k.k.at > 0);
    assert_int_equal(k.k.found, found);
    assert_int_equal(k.k.permit, s->w.permit);
}

static void a_document_falls_away_where_a_service_holds_its_record(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    get_permit(&s);
    begin_draft(&s);
    struct holding h = {.s = &s};
    testapp_read(s.w.t, holds, &h);
    assert_true(h.waits && !h.held);
    testapp_read(s.w.t, holds, &h);
    assert_true(!h.waits && h.held);
    assert_checked(&s, true);
    close_scene(&s);
    open_scene(&s, "none");
    get_permit(&s);
    begin_draft(&s);
    h = (struct holding){.s = &s};
    testapp_read(s.w.t, holds, &h);
    testapp_read(s.w.t, holds, &h);
    assert_true(!h.waits && !h.held);
    assert_checked(&s, false);
    close_scene(&s);
    (void)unused;
}

/* ---- officers ---- */

static void an_officer_sees_the_fact_beside_the_form_with_its_source_and_it_stays(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    assert_int_equal(ask_permit(&s, "&modes=query&services=BI-0001"), 200);
    const struct json *doc = exchange_ok(&s.market, client_get(&s.market, "/office/exchange/permits?f=open"));
    int64_t permit = json_i64_of(json_at(json_get(doc, "permits"), 0), "id", 0);
    assert_int_equal(exchange_act_on(&s.office, permit, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&s.w.provider, permit, "decide", "agree=yes"), 200);
    testapp_write(s.w.t, exchange_seed_case, &s.w);
    testapp_write(s.w.t, show_facts, NULL);
    struct client officer = exchange_officer(s.w.t, "public-security.review");
    const char *page = fmt(&s, "/office/cases/%lld", s.w.case_id);
    struct answer a = client_get(&officer, page);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "层次：本科"));
    assert_true(answer_has(a, "学历信息"));
    sign_in(&s);
    const struct json *asked = NULL; /* not "your own application" */
    JSON_EACH(call, calls(&s))
    {
        if (str_eq_c(json_text_of(call, "what"), "学历信息")) asked = call;
    }
    assert_true(asked && str_starts(json_text_of(asked, "who"), STR("示范区公安局")));
    assert_true(json_text_of(asked, "fields").len > 0 && json_text_of(asked, "service").len > 0);
    s.at.behaviour = "none"; /* what was found for the case stays */
    testapp_advance(2 * MS_HOUR);
    officer = exchange_officer(s.w.t, "public-security.review");
    assert_true(answer_has(client_get(&officer, page), "层次：本科"));
    assert_int_equal(peer_questions(s.peer), 1);
    exchange_calls_fit(&s.w);
    close_scene(&s);
    (void)unused;
}

static const struct json *call_seen(struct scene *s, const char *what, int at)
{
    JSON_EACH(call, calls(s))
    {
        if (str_eq_c(json_text_of(call, "what"), what) && at-- == 0) return call;
    }
    return NULL;
}

/* Looks of officers at what another department said, as the person reads of them. */
static int looks_at_it(struct scene *s)
{
    int count = 0;
    JSON_EACH(look, json_get(exchange_ok(&s->me, client_get(&s->me, "/me/access")), "looks"))
    {
        count += str_starts(json_text_of(look, "what"), STR("其他部门提供的信息：学历信息"));
    }
    return count;
}

static bool count_kept(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM evidence e JOIN exchange_call k ON k.id = e.object WHERE e.act = "
                  "'exchange.kept'"))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void each_look_at_what_is_kept_is_on_record_and_the_call_says_that_it_is(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    assert_int_equal(ask_permit(&s, "&modes=query&services=BI-0001&daily=1"), 200);
    const struct json *doc = exchange_ok(&s.market, client_get(&s.market, "/office/exchange/permits?f=open"));
    int64_t permit = json_i64_of(json_at(json_get(doc, "permits"), 0), "id", 0);
    assert_int_equal(exchange_act_on(&s.office, permit, "office", "agree=yes"), 200);
    assert_int_equal(exchange_act_on(&s.w.provider, permit, "decide", "agree=yes"), 200);
    testapp_write(s.w.t, exchange_seed_case, &s.w);
    testapp_write(s.w.t, show_facts, NULL);
    const char *page = fmt(&s, "/office/cases/%lld", s.w.case_id);
    struct client first = exchange_officer(s.w.t, "public-security.review"),
                  second = exchange_officer(s.w.t, "public-security.decide");
    assert_true(answer_has(client_get(&first, page), "层次：本科"));
    sign_in(&s);
    assert_int_equal(seen(&s), 1);
    assert_int_equal(looks_at_it(&s), 1);
    assert_true(json_text_of(call_seen(&s, "学历信息", 0), "kept").len > 0);
    testapp_advance(1000);
    assert_true(
        answer_has(client_get(&first, page), "层次：本科")); /* the same sitting: one call, two looks */
    assert_int_equal(seen(&s), 1);
    assert_int_equal(looks_at_it(&s), 2);
    assert_true(answer_has(client_get(&second, page), "层次：本科")); /* somebody else: a call of theirs */
    assert_int_equal(seen(&s), 2);
    assert_int_equal(looks_at_it(&s), 3);
    assert_int_equal(peer_questions(s.peer), 1); /* of which the provider knows nothing */
    testapp_advance(SAME_CALL_MS + 1000);
    first = exchange_officer(s.w.t, "public-security.review");
    sign_in(&s);
    assert_true(answer_has(client_get(&first, page), "层次：本科"));
    assert_int_equal(seen(&s), 3);
    assert_int_equal(looks_at_it(&s), 4);
    int64_t kept = 0; /* the one call that asked says that its answer stays */
    testapp_read(s.w.t, count_kept, &kept);
    assert_int_equal(kept, 1);
    close_scene(&s);
    (void)unused;
}

static void an_officers_look_at_what_the_filter_kept_back_is_on_record_as_that(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    get_permit_with(&s, "&modes=query&services=BI-0001&filter=level%20%3D%20%E7%A1%95%E5%A3%AB");
    testapp_write(s.w.t, exchange_seed_case, &s.w);
    testapp_write(s.w.t, show_facts, NULL);
    const char *page = fmt(&s, "/office/cases/%lld", s.w.case_id);
    struct client first = exchange_officer(s.w.t, "public-security.review"),
                  second = exchange_officer(s.w.t, "public-security.decide");
    assert_true(answer_has(client_get(&first, page), "没有此申请人的记录"));
    assert_int_equal(filtered(&s.w), 1);
    assert_true(answer_has(client_get(&second, page), "没有此申请人的记录"));
    assert_int_equal(peer_questions(s.peer), 1);
    assert_int_equal(filtered(&s.w), 2);
    exchange_calls_fit(&s.w);
    close_scene(&s);
    (void)unused;
}

/* ---- registers of this installation ---- */

/* The platform's own permit for the population base gives way to one of the market office. */
static void narrow_population(struct scene *s, const char *more)
{
    s->w.provider = exchange_officer(s->w.t, "public-security.data");
    s->w.entry = exchange_entry_named(&s->w.steward, "%E4%BA%BA%E5%8F%A3");
    const struct json *list = json_get(
        exchange_ok(&s->w.provider, client_get(&s->w.provider, "/office/exchange/permits?f=granted")),
        "permits");
    JSON_EACH(p, list)
    {
        assert_int_equal(
            exchange_act_on(&s->w.provider, json_i64_of(p, "id", 0), "end", "words=another+one+follows"),
            200);
    }
    get_permit_with(
        s, str_z(s->w.t->arena,
                 str_fmt(s->w.t->arena,
                         "&fields=name&fields=id_number&fields=address&services=" SHOP ",BI-0001%s", more)));
}

static void a_register_fills_a_form_as_far_as_the_permit_lets_it(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    narrow_population(&s, "&modes=query&filter=division%20prefix%2099");
    begin_draft(&s);
    assert_int_equal(json_text_of(field_named(&s, "home_address"), "value").len, 0);
    assert_int_equal(filtered(&s.w), 1);
    assert_int_equal(json_text_of(field_named(&s, "home_address"), "value").len, 0);
    assert_int_equal(filtered(&s.w), 1);
    narrow_population(&s, "&modes=query&masks=address%3Dall");
    assert_int_equal(json_text_of(field_named(&s, "home_address"), "value").len, 0);
    assert_true(str_eq_c(json_text_of(field_named(&s, "name"), "value"), "林晓禾"));
    narrow_population(&s, "&modes=query&filter=division%20prefix%2078");
    assert_true(json_text_of(field_named(&s, "home_address"), "value").len > 0);
    assert_int_equal(filtered(&s.w), 1);
    exchange_calls_fit(&s.w);
    close_scene(&s);
    (void)unused;
}

struct requested {
    int64_t entry;
    struct share_permit last; /* its texts are those of the state alone */
    char state[20];
};

static bool platform_last(struct ctx *c, struct requested *q)
{
    bool found;
    if (!permit_store_platform(c, q->entry, exchange_platform(c), &q->last, &found) || !found) return false;
    snprintf(q->state, sizeof q->state, "%s", str_z(c->arena, q->last.state));
    q->last.state = str_c(q->state);
    return true;
}

/* As the importing of an entry asks for it, where nobody asked before. */
static bool platform_asks_anew(struct ctx *c)
{
    struct requested *q = ctx_arg(c);
    struct data_entry e;
    bool found;
    ctx_changed(c, "exchange");
    return db_exec(&c->tx, "DELETE FROM share_permit WHERE entry = $1", DB_I(q->entry)) &&
           entry_store_load(c, q->entry, &e, &found) && permit_platform(c, &e) && permit_platform(c, &e) &&
           platform_last(c, q);
}

static bool platform_asks_again(struct ctx *c)
{
    struct requested *q = ctx_arg(c);
    struct data_entry e;
    bool found;
    return entry_store_load(c, q->entry, &e, &found) && permit_platform(c, &e) && platform_last(c, q);
}

static bool narrow_the_permit(struct ctx *c)
{
    struct requested *q = ctx_arg(c);
    return db_exec(&c->tx, "UPDATE share_permit SET fields = 'name' WHERE id = $1", DB_I(q->last.id));
}

static void what_the_platform_asks_for_its_forms_waits_for_the_provider(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    struct client provider = exchange_officer(s.w.t, "public-security.data");
    struct requested q = {.entry = exchange_entry_named(&s.w.steward, "%E4%BA%BA%E5%8F%A3")};
    testapp_write(s.w.t, platform_asks_anew, &q);
    assert_true(str_eq_c(q.last.state, "provider") && q.last.asked_at && q.last.due && !q.last.decided_at);
    begin_draft(&s);
    assert_int_equal(json_text_of(field_named(&s, "name"), "value").len, 0);
    const struct json *list =
        json_get(exchange_ok(&provider, client_get(&provider, "/office/exchange/permits?f=open")), "permits");
    assert_int_equal(list->count, 1);
    assert_int_equal(exchange_act_on(&s.w.steward, q.last.id, "decide", "agree=yes"), 404);
    assert_int_equal(exchange_act_on(&provider, q.last.id, "decide", "agree=yes"), 200);
    assert_true(str_eq_c(json_text_of(field_named(&s, "name"), "value"), "林晓禾"));
    close_scene(&s);
    (void)unused;
}

static void an_import_asks_once_and_again_only_for_more_items(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    struct client provider = exchange_officer(s.w.t, "public-security.data");
    struct requested q = {.entry = exchange_entry_named(&s.w.steward, "%E4%BA%BA%E5%8F%A3")};
    testapp_write(s.w.t, platform_asks_again, &q);
    assert_true(str_eq_c(q.last.state, "granted") && q.last.decided_by); /* by somebody, not by itself */
    int64_t granted = q.last.id;
    testapp_write(s.w.t, narrow_the_permit, &q);
    testapp_write(s.w.t, platform_asks_again, &q);
    assert_true(q.last.id != granted && str_eq_c(q.last.state, "provider"));
    assert_int_equal(exchange_act_on(&provider, q.last.id, "decide", "agree=no&words=name+alone"), 200);
    int64_t refused = q.last.id;
    testapp_write(s.w.t, platform_asks_again, &q);
    assert_true(q.last.id == refused && str_eq_c(q.last.state, "refused"));
    close_scene(&s);
    (void)unused;
}

struct held {
    const struct world *w;
    bool held;
};

static bool look_whether_held(struct ctx *c)
{
    struct held *h = ctx_arg(c);
    struct exchange_case about = {.id = h->w->case_id, .item_code = STR("BI-0001"), .live = true};
    return people_find(c, SUBJECT_PERSON, STR(LIN), &about.applicant) &&
           exchange_holds(c, &about, STR(LIN), STR("population"), NULL, &h->held) && call_record(c);
}

static void a_document_is_held_only_where_the_permit_lets_the_row_through(void **unused)
{
    struct scene s;
    open_scene(&s, "good");
    struct held h = {.w = &s.w};
    testapp_write(s.w.t, exchange_seed_case, &s.w);
    narrow_population(&s, "&modes=check&filter=division%20prefix%2099");
    testapp_write(s.w.t, look_whether_held, &h);
    assert_false(h.held);
    assert_int_equal(filtered(&s.w), 1);
    narrow_population(&s, "&modes=check&filter=division%20prefix%2078");
    testapp_advance(SAME_CALL_MS + 1000);
    testapp_write(s.w.t, look_whether_held, &h);
    assert_true(h.held);
    assert_int_equal(filtered(&s.w), 1);
    close_scene(&s);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_filled_by_a_service_of_another_department_and_the_person_sees_the_call),
        cmocka_unit_test(what_a_provider_said_is_shown_only_with_its_call_on_record),
        cmocka_unit_test(without_a_permit_nothing_is_asked_and_the_person_fills_it_in),
        cmocka_unit_test(what_the_filter_keeps_from_a_form_is_on_record_as_that),
        cmocka_unit_test(a_provider_that_fails_or_hangs_does_not_hold_up_the_form_and_it_says_why),
        cmocka_unit_test(what_is_shared_no_more_fills_no_form_though_it_was_kept),
        cmocka_unit_test(a_permit_for_forms_names_its_services_and_works_within_a_case_alone),
        cmocka_unit_test(which_of_several_records_is_meant_the_person_says),
        cmocka_unit_test(an_officer_sees_several_records_one_by_one),
        cmocka_unit_test(a_form_is_filled_for_whom_the_permit_names),
        cmocka_unit_test(an_officer_sees_what_the_permit_lets_them_ask),
        cmocka_unit_test(a_document_falls_away_where_a_service_holds_its_record),
        cmocka_unit_test(an_officer_sees_the_fact_beside_the_form_with_its_source_and_it_stays),
        cmocka_unit_test(an_officers_look_at_what_the_filter_kept_back_is_on_record_as_that),
        cmocka_unit_test(a_register_fills_a_form_as_far_as_the_permit_lets_it),
        cmocka_unit_test(a_document_is_held_only_where_the_permit_lets_the_row_through),
        cmocka_unit_test(what_the_platform_asks_for_its_forms_waits_for_the_provider),
        cmocka_unit_test(an_import_asks_once_and_again_only_for_more_items),
        cmocka_unit_test(each_look_at_what_is_kept_is_on_record_and_the_call_says_that_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
