/* What decisions by rule promise: who publishes, what blocks it, which version counts, what is kept and said.
 */
#include "core/base/time.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions_internal.h"
#include "modules/people/people.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DEMO_ONE  "13900000103" /* 陈若溪: an employer pays her pension insurance */
#define DEMO_TWO  "13900000109" /* 唐德福: not insured at all */
#define DEMO_NEED "13900000105" /* 何秋云: disability certificate, minimum allowance */

static struct testapp *app;

static bool add_officers(struct ctx *c)
{
    int64_t id;
    return people_add_officer(c, STR("rule.writer"), STR("甲"), STR("editor"), 0, STR_EMPTY, STR("none"),
                              &id) &&
           people_add_officer(c, STR("rule.checker"), STR("乙"), STR("steward"), 0, STR_EMPTY, STR("none"),
                              &id) &&
           people_add_officer(c, STR("rule.both"), STR("丙"), STR("editor|steward"), 0, STR_EMPTY,
                              STR("none"), &id);
}

static int open_app(void **state)
{
    (void)state;
    app = testapp_open(true);
    testapp_write(app, add_officers, NULL);
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

/* ---- officers ---- */

static struct client officer(const char *login)
{
    struct client c = client_new(app);
    client_as_officer(&c, login);
    c.json = true;
    return c;
}

static struct client person(const char *mobile)
{
    struct client c = client_new(app);
    client_as_person(&c, mobile);
    c.json = true;
    return c;
}

/* ---- models ---- */

static const char head_of_model[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"d\" name=\"m\" "
    "namespace=\"urn:t\"><inputData id=\"i\" name=\"n\"><variable id=\"iv\" name=\"n\" "
    "typeRef=\"number\"/></inputData><decision id=\"x\" name=\"answer\"><variable id=\"xv\" "
    "name=\"answer\"/><informationRequirement id=\"r\"><requiredInput href=\"#i\"/></informationRequirement>"
    "<decisionTable id=\"t\" hitPolicy=\"FIRST\"><input id=\"c\"><inputExpression id=\"e\" "
    "typeRef=\"number\"><text>n</text></inputExpression></input><output id=\"o\" name=\"outcome\" "
    "typeRef=\"string\"/><output id=\"p\" name=\"reason\" typeRef=\"string\"/><annotation name=\"basis\"/>";
static const char tail_of_model[] = "</decisionTable></decision></definitions>";

/* A table that grants from `limit` on; `more` stands in the first condition. */
static struct str model_xml(int limit, const char *more)
{
    return str_fmt(
        app->arena,
        "%s<rule id=\"r1\"><inputEntry id=\"a1\"><text>&gt;= %d%s</text></inputEntry><outputEntry "
        "id=\"b1\"><text>\"grant\"</text></outputEntry><outputEntry "
        "id=\"c1\"><text>\"enough\"</text></outputEntry><annotationEntry><text>《社会保险法》第十条"
        "</text></annotationEntry></rule><rule id=\"r2\"><inputEntry "
        "id=\"a2\"><text>-</text></inputEntry><outputEntry "
        "id=\"b2\"><text>\"refuse\"</text></outputEntry><outputEntry "
        "id=\"c2\"><text>\"too few\"</text></outputEntry><annotationEntry><text>《社会保险法》第二十"
        "条</text></annotationEntry></rule>%s",
        head_of_model, limit, more, tail_of_model);
}

struct draft {
    const char *from, *tests, *refuse_law;
    struct str xml;
};

static const char good_tests[] =
    "[{\"name\":\"ten\",\"inputs\":{\"n\":10},\"expected\":{\"outcome\":\"grant\"}}]";

static struct str form_of(struct client *c, int64_t model, const struct draft *d, const char *go)
{
    const struct json *page = client_json(c, client_getf(c, "/office/decisions/%lld", (long long)model));
    struct str revision = json_text_of(page, "revision");
    struct arena *a = app->arena;
    const char *refuse = d->refuse_law ? d->refuse_law : "";
    return str_fmt(
        a,
        "revision=%.*s&go=%s&name=N&en=N&law=%%E7%%A4%%BE&article=x&from=%s&decision=answer&xml=%.*s&inputs="
        "%.*s&tests=%.*s&refuse_law=%s&refuse_article=%s",
        STR_ARG(revision), go, d->from, STR_ARG(url_encode(a, d->xml)),
        STR_ARG(url_encode(a, STR("[{\"name\":\"n\",\"en\":\"N\"}]"))),
        STR_ARG(url_encode(a, str_c(d->tests))), refuse, refuse);
}

static struct answer save(struct client *c, int64_t model, const struct draft *d, const char *go)
{
    char path[64];
    snprintf(path, sizeof path, "/office/decisions/%lld", (long long)model);
    return client_post(c, path, str_z(app->arena, form_of(c, model, d, go)));
}

static int64_t model_of(struct client *c, const char *code)
{
    const struct json *list = client_json(c, client_get(c, "/office/decisions"));
    JSON_EACH(m, json_get(list, "models"))
    {
        if (str_eq_c(json_text_of(m, "code"), code)) return json_i64_of(m, "id", 0);
    }
    return 0;
}

static int64_t begin(struct client *writer, const char *code)
{
    struct answer a = client_post(
        writer, "/office/decisions/new",
        str_z(app->arena, str_fmt(app->arena, "name=N&code=%s&purpose=answer&subject=person", code)));
    assert_int_equal(a.status, 200);
    int64_t id = model_of(writer, code);
    assert_true(id > 0);
    return id;
}

static struct answer act(struct client *c, int64_t model, const char *what, const char *form)
{
    char path[96];
    snprintf(path, sizeof path, "/office/decisions/%lld/%s", (long long)model, what);
    return client_post(c, path, form);
}

static const struct json *evaluate(struct client *c, int64_t model, const char *form)
{
    char path[96];
    snprintf(path, sizeof path, "/decisions/%lld/evaluate", (long long)model);
    struct answer a = client_post(c, path, form);
    assert_int_equal(a.status, 200);
    return client_json(c, a);
}

static bool outcome_is(const struct json *doc, const char *outcome)
{
    return str_eq_c(json_text(json_path(doc, "result.outcome")), outcome);
}

static int64_t evidence_count;

static bool count_acts(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT count(*) FROM evidence WHERE act = $1", DB_C(ctx_arg(c)))) return false;
    evidence_count = db_int(&r, 0, 0);
    return true;
}

static int64_t acts_of(const char *act_name)
{
    testapp_read(app, count_acts, (void *)(uintptr_t)act_name);
    return evidence_count;
}

/* ---- publishing ---- */

static void who_wrote_a_version_cannot_publish_it(void **state)
{
    struct client both = officer("rule.both"), checker = officer("rule.checker"),
                  writer = officer("rule.writer"), desk = officer("desk1");
    struct draft d = {.from = "2026-01-01", .tests = good_tests, .xml = model_xml(10, "")};
    (void)state;
    int64_t id = begin(&both, "four-eyes");
    assert_int_equal(save(&both, id, &d, "review").status, 200);
    assert_int_equal(act(&both, id, "publish", "").status, 403);
    assert_int_equal(act(&writer, id, "publish", "").status, 403);
    assert_int_equal(act(&desk, id, "publish", "").status, 403);
    int64_t published = acts_of("decision.publish");
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    assert_int_equal(act(&checker, id, "publish", "").status, 409);
    assert_int_equal(acts_of("decision.publish"), published + 1);
    assert_int_equal(client_get(&desk, "/office/decisions").status, 403);
}

static void a_failing_case_keeps_a_version_from_being_published(void **state)
{
    struct client writer = officer("rule.writer"), checker = officer("rule.checker");
    struct draft d = {.from = "2026-01-01", .tests = good_tests, .xml = model_xml(11, "")};
    (void)state;
    int64_t id = begin(&writer, "failing");
    assert_int_equal(save(&writer, id, &d, "review").status, 200);
    struct answer refused = act(&checker, id, "publish", "");
    assert_int_equal(refused.status, 409);
    const struct json *review =
        client_json(&checker, client_getf(&checker, "/office/decisions/%lld/review", (long long)id));
    assert_false(json_true_of(review, "sound"));
    assert_false(json_true_of(json_at(json_get(review, "cases"), 0), "passed"));
    assert_true(json_get(review, "faults")->count > 0);
    assert_int_equal(act(&checker, id, "return", "why=again").status, 200);
    /* Without a case, and with an expression that is none, neither. */
    d = (struct draft){.from = "2026-01-01", .tests = "[]", .xml = model_xml(10, "")};
    assert_int_equal(save(&writer, id, &d, "review").status, 200);
    assert_int_equal(act(&checker, id, "publish", "").status, 409);
    assert_int_equal(act(&checker, id, "return", "why=again").status, 200);
    d = (struct draft){.from = "2026-01-01", .tests = good_tests, .xml = model_xml(10, " and ((")};
    assert_int_equal(save(&writer, id, &d, "review").status, 200);
    assert_int_equal(act(&checker, id, "publish", "").status, 409);
}

static void what_is_no_model_is_told_and_nothing_breaks(void **state)
{
    struct client writer = officer("rule.writer");
    struct draft d = {.from = "2026-01-01", .tests = good_tests, .xml = STR("<a><b></a>")};
    (void)state;
    int64_t id = begin(&writer, "broken");
    assert_int_equal(save(&writer, id, &d, "save").status, 200);
    const struct json *page =
        client_json(&writer, client_getf(&writer, "/office/decisions/%lld", (long long)id));
    assert_true(json_get(page, "faults")->count > 0);
    d.xml = STR("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>");
    assert_int_equal(save(&writer, id, &d, "save").status, 200);
    struct answer a = client_getf(&writer, "/office/decisions/%lld/review", (long long)id);
    assert_int_equal(a.status, 200);
    assert_false(answer_has(a, "root:"));
    d = (struct draft){.from = "2026-01-01", .tests = "{}", .xml = model_xml(10, "")};
    assert_int_equal(save(&writer, id, &d, "save").status, 422);
}

static void the_version_in_force_on_the_day_is_asked(void **state)
{
    struct client writer = officer("rule.writer"), checker = officer("rule.checker");
    struct draft first = {.from = "2026-01-01", .tests = good_tests, .xml = model_xml(10, "")},
                 second = {.from = "2026-12-01", .tests = good_tests, .xml = model_xml(5, "")};
    (void)state;
    int64_t id = begin(&writer, "by-day");
    assert_int_equal(save(&writer, id, &first, "review").status, 200);
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    assert_int_equal(save(&writer, id, &second, "review").status, 200);
    /* While a new version waits the old one goes on. */
    assert_true(outcome_is(evaluate(&checker, id, "inputs=%7B%22n%22:10%7D"), "grant"));
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    assert_true(outcome_is(evaluate(&checker, id, "inputs=%7B%22n%22:7%7D"), "refuse"));
    assert_true(outcome_is(evaluate(&checker, id, "inputs=%7B%22n%22:7%7D&day=2026-12-01"), "grant"));
    assert_true(outcome_is(evaluate(&checker, id, "inputs=%7B%22n%22:7%7D&day=2026-11-30"), "refuse"));
    char path[64];
    snprintf(path, sizeof path, "/decisions/%lld/evaluate", (long long)id);
    assert_int_equal(client_post(&checker, path, "inputs=%7B%7D&day=2025-12-31").status, 404);
    struct client anyone = client_new(app);
    anyone.json = true;
    assert_int_equal(client_post(&anyone, path, "inputs=%7B%7D").status, 401);
    assert_int_equal(client_getf(&anyone, "/decisions/%lld?version=1", (long long)id).status, 200);
    assert_int_equal(client_getf(&anyone, "/decisions/%lld?version=9", (long long)id).status, 404);
}

static void a_batch_answers_every_row_and_no_more_than_a_thousand(void **state)
{
    struct client checker = officer("rule.checker");
    int64_t id = model_of(&checker, "by-day");
    struct buf rows = buf_new(app->arena, 20000);
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "/decisions/%lld/evaluate-batch", (long long)id);
    for (int i = 0; i < 1001; i++)
        buf_fmt(&rows, "%s{\"n\":%d}", i ? "," : "[", i % 20);
    buf_add_c(&rows, "]");
    struct str all = buf_str(&rows);
    assert_int_equal(
        client_post(&checker, path,
                    str_z(app->arena, str_fmt(app->arena, "rows=%.*s", STR_ARG(url_encode(app->arena, all)))))
            .status,
        422);
    struct answer a = client_post(&checker, path, "rows=[%7B%22n%22:3%7D,%7B%22n%22:12%7D]");
    assert_int_equal(a.status, 200);
    const struct json *results = json_get(client_json(&checker, a), "results");
    assert_int_equal(results->count, 2);
    assert_true(outcome_is(json_at(results, 0), "refuse") && outcome_is(json_at(results, 1), "grant"));
}

static void a_refusal_by_rule_needs_its_own_basis_and_the_publishers_yes(void **state)
{
    struct client writer = officer("rule.writer"), checker = officer("rule.checker");
    struct draft d = {.from = "2026-01-01", .tests = good_tests, .xml = model_xml(10, "")};
    (void)state;
    int64_t id = begin(&writer, "refusing");
    assert_int_equal(save(&writer, id, &d, "review").status, 200);
    assert_int_equal(act(&checker, id, "publish", "may_refuse=1").status, 422);
    assert_int_equal(act(&checker, id, "return", "why=basis").status, 200);
    d.refuse_law = "L";
    assert_int_equal(save(&writer, id, &d, "review").status, 200);
    assert_int_equal(act(&checker, id, "publish", "may_refuse=1").status, 200);
    const struct json *one = client_json(&checker, client_getf(&checker, "/decisions/%lld", (long long)id));
    assert_true(json_true_of(one, "may_refuse"));
}

/* ---- in cases ---- */

struct sent {
    const char *base, *mobile;
    int64_t id, applicant;
};

static bool send_case(struct ctx *c)
{
    struct sent *s = ctx_arg(c);
    struct case_seed seed = {.item = catalogue_of_base(c, str_c(s->base)), .channel = "web"};
    struct account a;
    struct str hash;
    if (!account_by_login(c, ACTOR_PERSON, str_c(s->mobile), &a, &hash)) return false;
    c->actor = (struct actor){
        .kind = ACTOR_PERSON, .account = a.id, .subject = a.subject, .level = a.level, .name = a.label};
    seed.applicant = s->applicant = a.subject;
    return case_seed(c, &seed, &s->id);
}

static const struct json *case_page(struct client *c, int64_t id)
{
    return client_json(c, client_getf(c, "/cases/%lld", (long long)id));
}

static void a_rule_grants_in_the_moment_it_is_sent_and_the_person_reads_why(void **state)
{
    struct sent s = {.base = "BI-0002", .mobile = DEMO_TWO};
    struct client tang = person(DEMO_TWO), stranger = person(DEMO_ONE);
    (void)state;
    testapp_write(app, send_case, &s);
    const struct json *doc = case_page(&tang, s.id), *why = json_at(json_get(doc, "why"), 0);
    assert_true(str_eq_c(json_text_of(doc, "result"), "granted"));
    assert_true(str_eq_c(json_text_of(why, "outcome"), "grant"));
    const struct json *rule = json_at(json_get(why, "rules"), 0);
    assert_int_equal(json_i64_of(rule, "number", 0), 2);
    assert_true(json_get(rule, "conditions")->count >= 3);
    assert_true(str_find(json_text_of(json_at(json_get(rule, "articles"), 0), "text"), STR("社会保险法")) !=
                SIZE_MAX);
    bool register_named = false;
    JSON_EACH(k, json_get(rule, "conditions"))
    {
        register_named = register_named || str_eq_c(json_text_of(k, "source"), "人口基础信息");
    }
    assert_true(register_named);
    assert_int_equal(client_getf(&stranger, "/cases/%lld", (long long)s.id).status, 404);
}

static void a_refusal_by_rule_gives_its_reason_and_the_way_to_appeal(void **state)
{
    struct sent s = {.base = "BI-0003", .mobile = DEMO_ONE};
    struct client chen = person(DEMO_ONE), reviewer = officer("human-resources.review");
    (void)state;
    testapp_write(app, send_case, &s);
    const struct json *doc = case_page(&chen, s.id), *why = json_at(json_get(doc, "why"), 0);
    assert_true(str_eq_c(json_text_of(doc, "result"), "refused"));
    assert_true(str_eq_c(json_text_of(why, "outcome"), "refuse"));
    assert_true(str_find(json_text_of(why, "remedy"), STR("六十日")) != SIZE_MAX);
    assert_true(str_find(json_text_of(why, "remedy"), STR("六个月")) != SIZE_MAX);
    assert_true(str_find(json_text_of(why, "basis"), STR("第十条")) != SIZE_MAX);
    assert_true(json_text(json_path(doc, "decision.text")).len > 20);
    chen.json = false;
    assert_true(answer_has(client_getf(&chen, "/cases/%lld", (long long)s.id), "行政复议"));
    struct answer office = client_getf(&reviewer, "/office/cases/%lld", (long long)s.id);
    assert_int_equal(office.status, 200);
    assert_true(json_get(client_json(&reviewer, office), "why")->count == 1);
}

static void what_a_rule_leaves_to_a_person_stands_in_their_inbox_with_its_advice(void **state)
{
    struct sent s = {.base = "BI-0003", .mobile = DEMO_TWO};
    struct client reviewer = officer("human-resources.review");
    (void)state;
    testapp_write(app, send_case, &s);
    const struct json *doc =
        client_json(&reviewer, client_getf(&reviewer, "/office/cases/%lld", (long long)s.id));
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "why"), 0), "outcome"), "person"));
    assert_true(json_get(doc, "acts")->count > 0);
}

struct kept {
    int64_t case_id, subject;
    bool plain;
};

static bool read_kept(struct ctx *c)
{
    struct kept *k = ctx_arg(c);
    struct made_row *rows;
    size_t count;
    if (!decisions_store_made(c, k->case_id, k->subject, &rows, &count)) return false;
    assert_int_equal(count, 1);
    k->plain = str_find(rows[0].said, STR("facts")) != SIZE_MAX;
    return true;
}

static void what_was_decided_is_kept_sealed_under_its_version(void **state)
{
    struct sent s = {.base = "BI-0012", .mobile = "13900000106"};
    struct kept k;
    (void)state;
    testapp_write(app, send_case, &s);
    k.case_id = s.id;
    k.subject = s.applicant;
    testapp_read(app, read_kept, &k);
    assert_false(k.plain);
    struct client xu = person("13900000106");
    const struct json *why = json_at(json_get(case_page(&xu, s.id), "why"), 0);
    assert_int_equal(json_i64_of(why, "model_version", 0), 1);
    assert_true(json_get(why, "facts")->count == 5);
}

/* ---- before applying ---- */

struct place {
    const char *base;
    int64_t id;
};

static bool find_item(struct ctx *c)
{
    struct place *p = ctx_arg(c);
    const struct item *i = catalogue_of_base(c, str_c(p->base));
    p->id = i ? i->id : 0;
    return true;
}

static int64_t item_of(const char *base)
{
    struct place p = {.base = base};
    testapp_read(app, find_item, &p);
    assert_true(p.id > 0);
    return p.id;
}

static void the_guide_tells_who_may_apply_and_keeps_nothing(void **state)
{
    struct client he = person(DEMO_NEED), anyone = client_new(app);
    int64_t id = item_of("BI-0010");
    (void)state;
    const struct json *doc = client_json(&he, client_getf(&he, "/items/%lld", (long long)id)),
                      *check = json_get(doc, "check");
    assert_true(json_true_of(check, "fits"));
    assert_int_equal(json_get(json_at(json_get(check, "why"), 0), "reasons")->count, 2);
    anyone.json = true;
    doc = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_false(json_true_of(json_get(doc, "check"), "known"));
    char path[64];
    snprintf(path, sizeof path, "/items/%lld/check", (long long)id);
    struct answer a = client_post(&anyone, path, "q1=%E6%9C%89%E6%95%88&q2=%E5%9B%9B%E7%BA%A7");
    assert_int_equal(a.status, 200);
    assert_false(json_true_of(client_json(&anyone, a), "fits"));
    a = client_post(&anyone, path, "q1=%E6%9C%89%E6%95%88&q2=%E4%B8%80%E7%BA%A7");
    assert_true(json_true_of(client_json(&anyone, a), "fits"));
    anyone.json = false;
    assert_true(answer_has(client_getf(&anyone, "/items/%lld/check", (long long)id), "<form"));
    assert_int_equal(client_getf(&anyone, "/items/%lld/check", (long long)item_of("BI-0001")).status, 404);
}

static void a_fee_nobody_verified_says_so(void **state)
{
    struct client anyone = client_new(app);
    int64_t id = item_of("BI-0004");
    (void)state;
    anyone.json = false;
    struct answer guide = client_getf(&anyone, "/items/%lld", (long long)id);
    assert_int_equal(guide.status, 200);
    assert_true(answer_has(guide, "未核定"));
    assert_true(answer_has(guide, "费用怎样计算"));
}

/* ---- who is entitled ---- */

static void benefits_that_fit_stand_on_ones_own_page(void **state)
{
    struct client he = person(DEMO_NEED), chen = person(DEMO_ONE), declared = person("13900000112");
    (void)state;
    const struct json *doc = client_json(&he, client_get(&he, "/me"));
    assert_true(json_true_of(doc, "has_benefits"));
    assert_int_equal(json_get(doc, "benefits")->count, 3);
    doc = client_json(&chen, client_get(&chen, "/me"));
    assert_false(json_true_of(doc, "has_benefits"));
    doc = client_json(&declared, client_get(&declared, "/me"));
    assert_false(json_true_of(doc, "has_benefits"));
    assert_true(json_true_of(doc, "benefits_need_level"));
}

static void who_looks_for_those_entitled_says_what_for_and_is_recorded(void **state)
{
    struct client supervisor = officer("supervisor"), desk = officer("desk1");
    int64_t model = model_of(&supervisor, "person-benefits");
    char form[96];
    (void)state;
    assert_int_equal(client_get(&desk, "/office/entitled").status, 403);
    snprintf(form, sizeof form, "model=%lld", (long long)model);
    assert_int_equal(client_post(&supervisor, "/office/entitled", form).status, 422);
    int64_t looks = acts_of("decision.match"), reads = acts_of("data.read");
    snprintf(form, sizeof form, "model=%lld&purpose=tell", (long long)model);
    struct answer a = client_post(&supervisor, "/office/entitled", form);
    assert_int_equal(a.status, 200);
    const struct json *doc = client_json(&supervisor, a);
    assert_true(json_i64_of(doc, "entitled", 0) > 1);
    assert_true(json_i64_of(doc, "total", 0) > json_i64_of(doc, "entitled", 0));
    bool he = false, whole = false;
    JSON_EACH(row, json_get(doc, "rows"))
    {
        he = he || str_eq_c(json_text_of(row, "name"), "何秋云");
        whole = whole || str_find_char(json_text_of(row, "code"), '*') == SIZE_MAX;
    }
    assert_true(he && !whole);
    assert_int_equal(acts_of("decision.match"), looks + 1);
    assert_true(acts_of("data.read") > reads);
    model = model_of(&supervisor, "firm-benefits");
    snprintf(form, sizeof form, "model=%lld&purpose=estimate", (long long)model);
    a = client_post(&supervisor, "/office/entitled", form);
    assert_true(json_i64_of(client_json(&supervisor, a), "entitled", 0) >= 1);
}

static void published_rules_can_be_read_by_everybody(void **state)
{
    struct client anyone = client_new(app);
    struct client supervisor = officer("supervisor");
    int64_t model = model_of(&supervisor, "pension-enrolment");
    (void)state;
    assert_true(answer_has(client_get(&anyone, "/decisions"), "城乡居民养老保险参保核查"));
    struct answer a = client_getf(&anyone, "/decisions/%lld", (long long)model);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "职工基本养老保险"));
    assert_true(answer_has(a, "《社会保险法》第十条"));
    assert_int_equal(client_get(&anyone, "/decisions/1").status, 404);
}

/* The last one: it puts another version in force. */
static void a_refusal_that_nobody_allowed_is_left_to_a_person(void **state)
{
    struct client writer = officer("rule.writer"), checker = officer("rule.checker");
    struct draft d = {.from = "2026-11-23", .tests = good_tests, .xml = model_xml(10, "")};
    struct sent s = {.base = "BI-0003", .mobile = "13900000113"};
    (void)state;
    int64_t id = model_of(&writer, "pension-enrolment");
    assert_int_equal(save(&writer, id, &d, "review").status, 200);
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    assert_true(outcome_is(evaluate(&checker, id, "inputs=%7B%7D"), "refuse"));
    testapp_write(app, send_case, &s);
    struct client luo = person("13900000113");
    const struct json *doc = case_page(&luo, s.id), *why = json_at(json_get(doc, "why"), 0);
    assert_true(str_eq_c(json_text_of(why, "outcome"), "person"));
    assert_int_equal(json_i64_of(why, "model_version", 0), 2);
    assert_int_equal(json_text_of(doc, "result").len, 0);
    assert_false(json_is(json_get(why, "remedy"), JSON_STRING));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_wrote_a_version_cannot_publish_it),
        cmocka_unit_test(a_failing_case_keeps_a_version_from_being_published),
        cmocka_unit_test(what_is_no_model_is_told_and_nothing_breaks),
        cmocka_unit_test(the_version_in_force_on_the_day_is_asked),
        cmocka_unit_test(a_batch_answers_every_row_and_no_more_than_a_thousand),
        cmocka_unit_test(a_refusal_by_rule_needs_its_own_basis_and_the_publishers_yes),
        cmocka_unit_test(a_rule_grants_in_the_moment_it_is_sent_and_the_person_reads_why),
        cmocka_unit_test(a_refusal_by_rule_gives_its_reason_and_the_way_to_appeal),
        cmocka_unit_test(what_a_rule_leaves_to_a_person_stands_in_their_inbox_with_its_advice),
        cmocka_unit_test(what_was_decided_is_kept_sealed_under_its_version),
        cmocka_unit_test(the_guide_tells_who_may_apply_and_keeps_nothing),
        cmocka_unit_test(a_fee_nobody_verified_says_so),
        cmocka_unit_test(benefits_that_fit_stand_on_ones_own_page),
        cmocka_unit_test(who_looks_for_those_entitled_says_what_for_and_is_recorded),
        cmocka_unit_test(published_rules_can_be_read_by_everybody),
        cmocka_unit_test(a_refusal_that_nobody_allowed_is_left_to_a_person),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
