/* What guides, the directory and the editors' pages promise. */
#include "app/cli.h"
#include "modules/catalogue/catalogue_edit_test.h"
#include "modules/catalogue/catalogue_internal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIST_HEAD "item_code\ttask_type\tdept\tdept_code\tmain_item\tname\n"

static bool add_officer(struct ctx *c, const char *login, const char *roles, const char *area)
{
    struct account a = {.kind = ACTOR_OFFICER,
                        .login = str_c(login),
                        .roles = str_c(roles),
                        .area = str_c(area),
                        .label = str_c(login),
                        .active = true,
                        .level = 2};
    return account_create(c, &a, STR("none"));
}

static bool seed(struct ctx *c)
{
    struct json *report = json_object(c->arena);
    json_set_c(c->arena, report, "division", "780101");
    return orgs_import_divisions(c, STR("780000\t示范省\t\n780100\t示范市\t780000\n780101\t示范区\t780100\n"),
                                 json_object(c->arena)) &&
           orgs_set_place(c, STR("780101")) &&
           catalogue_import_shipped(c, TB_SOURCE_ROOT "/data", json_object(c->arena)) &&
           catalogue_import_laws(
               c, STR("护照法(2006-04-29)"),
               STR("# 护照法\n## 第二章\n第四条 甲。\n第五条 由本人<b>申请</b>。\n第六条 十五日内签发。\n"),
               STR("行政法"), json_object(c->arena)) &&
           catalogue_import_items(c,
                                  STR(LIST_HEAD
                                      "P-1\t1\t区公安分局\t\t\t普通护照签发\n"
                                      "X-1\t1\t区行政审批局\t\t\t谁也没有核定过的事项审批\n"
                                      "S-1\t20\t区<b>局</b>\t\t\t<script>alert(1)</script>成绩\"查询\n"
                                      "T-1\t1\t区烟草专卖局\t\t\t烟草专卖零售许可证核发\n"),
                                  report) &&
           add_officer(c, "writer", "editor", "") && add_officer(c, "checker", "steward", "") &&
           add_officer(c, "both", "editor|steward", "") &&
           add_officer(c, "elsewhere", "editor|steward", "790000") && add_officer(c, "clerk", "desk", "");
}

static struct testapp *opened(void)
{
    struct testapp *t = testapp_open(false);
    testapp_write(t, seed, NULL);
    return t;
}

struct wanted {
    const char *code;
    int64_t id;
    int version;
};

static bool find(struct ctx *c)
{
    struct wanted *w = ctx_arg(c);
    const struct item *i = catalogue_item(c, str_c(w->code));
    w->id = i ? i->id : 0;
    w->version = i ? i->version : 0;
    return true;
}

static int64_t id_of(struct testapp *t, const char *code)
{
    struct wanted w = {.code = code};
    testapp_read(t, find, &w);
    assert_true(w.id > 0);
    return w.id;
}

/* ---- guides ---- */

static void a_guide_says_what_is_known_and_opens_the_article(void **state)
{
    struct testapp *t = opened();
    struct client json = person(t, false), html = person(t, true);
    int64_t id = id_of(t, "P-1");
    (void)state;
    const struct json *doc = client_json(&json, client_getf(&json, "/items/%lld", (long long)id));
    assert_true(str_eq_c(json_text(json_path(doc, "limit.statutory")), "15日"));
    assert_true(str_eq_c(json_text_of(doc, "for_whom"), "个人"));
    const struct json *laws = json_path(doc, "laws.list"), *fifth = json_at(laws, 1);
    assert_true(str_eq_c(json_text_of(fifth, "article"), "第五条"));
    assert_true(str_eq_c(json_text_of(fifth, "text"), "由本人<b>申请</b>。"));
    size_t held = 0;
    JSON_EACH(m, json_path(doc, "materials.list"))
    {
        held += json_true_of(m, "held");
    }
    assert_true(held >= 2);
    struct answer page = client_getf(&html, "/items/%lld", (long long)id);
    assert_int_equal(page.status, 200);
    assert_true(answer_has(page, "免提交"));
    assert_false(answer_has(page, "<b>申请</b>"));
    struct str address;
    str_cut(json_text_of(fifth, "href"), '#', &address);
    struct answer law = client_get(&html, str_z(t->arena, address));
    assert_int_equal(law.status, 200);
    assert_true(answer_has(law, "id=\"a2\""));
    assert_true(answer_has(law, "普通护照签发"));
    testapp_close(t);
}

static void an_item_nobody_verified_says_so_and_invents_nothing(void **state)
{
    struct testapp *t = opened();
    struct client json = person(t, false), html = person(t, true);
    int64_t id = id_of(t, "X-1");
    (void)state;
    const struct json *doc = client_json(&json, client_getf(&json, "/items/%lld", (long long)id));
    static const char *const open[] = {"fee", "materials", "conditions", "laws", "desk", "result", "visits"};
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        assert_true(json_is(json_get(doc, open[i]), JSON_NULL));
    assert_true(json_is(json_path(doc, "limit.promised"), JSON_NULL));
    assert_true(json_is(json_path(doc, "limit.statutory"), JSON_NULL));
    struct answer page = client_getf(&html, "/items/%lld", (long long)id);
    assert_true(answer_has(page, "未核定"));
    assert_true(answer_has(page, "/apply"));
    testapp_close(t);
}

static void hostile_names_stay_text_everywhere(void **state)
{
    struct testapp *t = opened();
    struct client html = person(t, true);
    int64_t id = id_of(t, "S-1");
    (void)state;
    static const char *const pages[] = {"/search?q=%E6%88%90%E7%BB%A9", "/directory", "/departments", "/",
                                        "/search?q=%3Cscript%3Ealert(2)%3C%2Fscript%3E"};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct answer a = client_get(&html, pages[i]);
        assert_int_equal(a.status, 200);
        assert_false(answer_has(a, "<script>alert"));
        assert_false(answer_has(a, "<b>局</b>"));
    }
    struct answer guide = client_getf(&html, "/items/%lld", (long long)id);
    assert_true(answer_has(guide, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_false(answer_has(guide, "<script>alert"));
    testapp_close(t);
}

static void what_is_not_published_is_not_found(void **state)
{
    struct testapp *t = opened();
    struct client html = person(t, true);
    (void)state;
    assert_int_equal(client_get(&html, "/items/1").status, 404);
    assert_int_equal(client_get(&html, "/items/abc").status, 404);
    assert_int_equal(client_get(&html, "/laws/1").status, 404);
    testapp_close(t);
}

static size_t chinese_outside_marked(struct str body)
{
    /* Text between tags, leaving out elements marked lang="zh-CN". */
    size_t found = 0, at = 0;
    int marked = 0;
    bool in_tag = false;
    for (size_t i = 0; i < body.len; i++) {
        if (body.ptr[i] == '<') {
            struct str rest = str_slice(body, i, body.len), tag;
            str_cut(rest, '>', &tag);
            bool closing = tag.len > 1 && tag.ptr[1] == '/',
                 one = str_starts(tag, STR("<svg")) || str_starts(tag, STR("<use")) ||
                       str_starts(tag, STR("<input")) || str_starts(tag, STR("<meta")) ||
                       str_starts(tag, STR("<link")) || str_starts(tag, STR("<!"));
            if (marked && closing && !str_starts(tag, STR("</svg")))
                marked--;
            else if (marked && !one && !closing)
                marked++;
            else if (!marked && str_find(tag, STR("lang=\"zh-CN\"")) != SIZE_MAX &&
                     !str_starts(tag, STR("<html")))
                marked = 1;
            in_tag = true;
        } else if (body.ptr[i] == '>') {
            in_tag = false;
        } else if (!in_tag && !marked && (unsigned char)body.ptr[i] >= 0xE4 &&
                   (unsigned char)body.ptr[i] <= 0xE9) {
            if (!found || i > at + 60)
                print_message("%.*s\n", (int)(body.len - i < 30 ? body.len - i : 30), body.ptr + i);
            at = i;
            found++;
        }
    }
    return found;
}

static void in_english_everything_the_program_says_is_english(void **state)
{
    struct testapp *t = opened();
    struct client html = person(t, true);
    html.language = "en";
    (void)state;
    struct answer guide = client_getf(&html, "/items/%lld", (long long)id_of(t, "P-1"));
    assert_true(answer_has(guide, "Issue of an ordinary passport"));
    assert_true(answer_has(guide, "Who can apply"));
    size_t title = str_find(guide.body, STR("</head>"));
    /* The name of the place stands in sentences of the frame. */
    assert_true(chinese_outside_marked(str_slice(guide.body, title, guide.body.len)) <=
                2 * utf8_count(STR("示范区")));
    testapp_close(t);
}

static bool compare_limits(struct ctx *c)
{
    const struct limit week = {LIMIT_WORKDAYS, 7}, twenty = {LIMIT_DAYS, 20}, hours = {LIMIT_HOURS, 4},
                       at_once = {LIMIT_WORKDAYS, 0}, unknown = {LIMIT_NONE, 0};
    return str_eq_c(limit_incomparable(c, week, twenty), "自然日与工作日，不可比") &&
           str_eq_c(limit_incomparable(c, hours, twenty), "计量单位不同，不可比") &&
           !limit_compression(c, week, twenty).len && !limit_incomparable(c, at_once, twenty).len &&
           !limit_incomparable(c, week, week).len && !limit_incomparable(c, week, unknown).len &&
           !limit_incomparable(c, unknown, week).len;
}

static void natural_and_working_days_are_said_not_to_be_comparable(void **state)
{
    struct testapp *t = opened();
    (void)state;
    testapp_read(t, compare_limits, NULL);
    testapp_close(t);
}

static void the_directory_shows_both_limits_and_how_much_shorter_the_promise_is(void **state)
{
    struct testapp *t = opened();
    struct client json = person(t, false);
    (void)state;
    const struct json *doc = client_json(&json, client_get(&json, "/directory"));
    bool seen = false;
    JSON_EACH(i, json_get(doc, "items"))
    {
        if (!str_eq_c(json_text_of(i, "code"), "T-1")) continue;
        seen = true;
        assert_true(str_eq_c(json_text_of(i, "statutory"), "20个工作日"));
        assert_true(str_eq_c(json_text_of(i, "promised"), "10个工作日"));
        assert_true(str_eq_c(json_text_of(i, "compressed"), "50%"));
    }
    assert_true(seen);
    assert_int_equal(client_json(&json, client_get(&json, "/directory?type=20&dq=&dept="))->count > 0, 1);
    testapp_close(t);
}

/* ---- editing ---- */

#define LIMITS "statutory_value=20&statutory_unit=working_day&promised_value=5&promised_unit=working_day"

static void what_one_writes_another_publishes(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer"), checker = officer(t, "checker"), both = officer(t, "both"),
                  anyone = client_new(t);
    int64_t id = id_of(t, "X-1");
    (void)state;
    assert_int_equal(save(&writer, id,
                          LIMITS
                          "&conditions=%E4%B8%80%0A%E4%BA%8C&basis=%E3%80%8A%E6%8A%A4%E7%85%A7%E6%B3%95%E3%"
                          "80%8B%E7%AC%AC%E4%BA%94%E6%9D%A1&m1_name=%E8%A1%A8&m1_need=required&go=review")
                         .status,
                     200);
    /* Not before it is published. */
    const struct json *before = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(json_is(json_path(before, "limit.promised"), JSON_NULL));
    assert_int_equal(act(&writer, id, "publish", "").status, 403);
    const struct json *review =
        client_json(&checker, client_getf(&checker, "/office/catalogue/%lld/review", (long long)id));
    assert_true(json_get(review, "changes")->count >= 5);
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    const struct json *after = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(str_eq_c(json_text_of(after, "name"), "事项甲"));
    assert_true(str_eq_c(json_text(json_path(after, "limit.promised")), "5个工作日"));
    assert_int_equal(json_path(after, "conditions.list")->count, 2);
    assert_int_equal(json_path(after, "materials.list")->count, 1);
    assert_true(
        str_eq_c(json_text_of(json_at(json_path(after, "laws.list"), 0), "text"), "由本人<b>申请</b>。"));
    /* Nobody publishes their own, whatever roles they have. */
    assert_int_equal(save(&both, id, "go=review").status, 200);
    assert_int_equal(act(&both, id, "publish", "").status, 403);
    assert_int_equal(act(&both, id, "return", "why=x").status, 403);
    testapp_close(t);
}

struct reimport {
    int64_t kept, changed, same, line;
};

static bool import_again(struct ctx *c)
{
    struct reimport *r = ctx_arg(c);
    struct json *report = json_object(c->arena);
    json_set_c(c->arena, report, "division", "780101");
    if (!catalogue_import_items(c,
                                STR(LIST_HEAD "P-1\t1\t区公安分局\t\t\t普通护照换发\n"
                                              "X-1\t1\t区行政审批局\t\t\t谁也没有核定过的事项审批\n"
                                              "T-1\t1\t区烟草专卖局\t\t\t烟草专卖零售许可证核发\n"),
                                report))
        return false;
    *r = (struct reimport){json_i64_of(report, "kept", -1), json_i64_of(report, "changed", -1),
                           json_i64_of(report, "same", -1),
                           json_i64_of(json_at(json_get(report, "kept_lines"), 0), "line", -1)};
    return true;
}

static void a_list_does_not_undo_what_editors_published(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer"), checker = officer(t, "checker"), anyone = client_new(t);
    int64_t id = id_of(t, "X-1"), open = id_of(t, "T-1");
    struct reimport r = {0};
    (void)state;
    assert_int_equal(save(&writer, id, LIMITS "&go=review").status, 200);
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    assert_int_equal(save(&writer, open, LIMITS).status, 200); /* a draft in hand */
    testapp_write(t, import_again, &r);
    assert_int_equal(r.kept, 1);
    assert_int_equal(r.line, 3);
    assert_int_equal(r.changed, 1);
    assert_int_equal(r.same, 1);
    const struct json *guide = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(str_eq_c(json_text_of(guide, "name"), "事项甲"));
    assert_true(str_eq_c(json_text(json_path(guide, "limit.promised")), "5个工作日"));
    /* What editors cancelled does not come back either. */
    char form[512];
    snprintf(form, sizeof form, "revision=%.*s&name=x&state=cancelled&kind=promised&go=review",
             STR_ARG(revision(&writer, id)));
    assert_int_equal(client_post(&writer,
                                 str_z(t->arena, str_fmt(t->arena, "/office/catalogue/%lld", (long long)id)),
                                 form)
                         .status,
                     200);
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    testapp_write(t, import_again, &r);
    assert_int_equal(r.kept, 1);
    assert_int_equal(client_getf(&anyone, "/items/%lld", (long long)id).status, 404);
    testapp_close(t);
}

static void whoever_wrote_a_draft_at_any_time_does_not_publish_it(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer"), checker = officer(t, "checker"), both = officer(t, "both");
    int64_t id = id_of(t, "X-1");
    (void)state;
    assert_int_equal(save(&both, id, LIMITS).status, 200);
    assert_int_equal(save(&writer, id, LIMITS "&go=review").status, 200);
    assert_int_equal(act(&both, id, "publish", "").status, 403);
    const struct json *review =
        client_json(&both, client_getf(&both, "/office/catalogue/%lld/review", (long long)id));
    assert_int_equal(json_get(review, "acts")->count, 0);
    /* Returned and mended by the other: still their own draft. */
    assert_int_equal(act(&checker, id, "return", "why=x").status, 200);
    assert_int_equal(save(&writer, id, LIMITS "&go=review").status, 200);
    assert_int_equal(act(&both, id, "publish", "").status, 403);
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    /* The next version is another draft. */
    assert_int_equal(save(&writer, id, LIMITS "&go=review").status, 200);
    assert_int_equal(act(&both, id, "publish", "").status, 200);
    testapp_close(t);
}

static bool old_version(struct ctx *c)
{
    const struct wanted *w = ctx_arg(c);
    const struct item *first, *second;
    if (!catalogue_version(c, w->id, 1, &first) || !catalogue_version(c, w->id, 2, &second)) return false;
    assert_true(str_eq_c(first->name, "谁也没有核定过的事项审批"));
    assert_int_equal(first->promised.unit, LIMIT_NONE);
    assert_int_equal(second->promised.count, 5);
    return true;
}

static void the_version_a_case_was_accepted_under_stays(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer"), checker = officer(t, "checker");
    struct wanted w = {.code = "X-1", .id = id_of(t, "X-1")};
    (void)state;
    assert_int_equal(save(&writer, w.id, LIMITS "&go=review").status, 200);
    assert_int_equal(act(&checker, w.id, "publish", "").status, 200);
    testapp_read(t, old_version, &w);
    testapp_close(t);
}

static void a_promise_longer_than_the_law_is_refused_at_its_field(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer");
    int64_t id = id_of(t, "X-1");
    (void)state;
    struct answer a =
        save(&writer, id,
             "statutory_value=10&statutory_unit=working_day&promised_value=11&promised_unit=working_day");
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "promised_value"));
    assert_int_equal(
        save(&writer, id,
             "statutory_value=10&statutory_unit=working_day&promised_value=1&promised_unit=month")
            .status,
        422);
    writer.json = false;
    struct client json = officer(t, "writer");
    struct str r = revision(&json, id);
    char path[64], form[512];
    snprintf(path, sizeof path, "/office/catalogue/%lld", (long long)id);
    snprintf(form, sizeof form,
             "revision=%.*s&name=Kept+as+typed&state=active&kind=on_the_spot&promised_value=3&promised_unit="
             "working_day",
             STR_ARG(r));
    a = client_post(&writer, path, form);
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "Kept as typed"));
    assert_true(answer_has(a, "即办件的承诺时限最长为一个工作日。"));
    testapp_close(t);
}

/* The shipped promise of the passport is 5 working days, the law's limit 15 days: across a long holiday that
 * could be later. */
static void limits_that_did_not_change_do_not_stop_other_edits(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer");
    int64_t id = id_of(t, "P-1");
    (void)state;
    assert_int_equal(
        save(&writer, id, "statutory_value=15&statutory_unit=day&promised_value=5&promised_unit=working_day")
            .status,
        200);
    assert_int_equal(
        save(&writer, id, "statutory_value=15&statutory_unit=day&promised_value=11&promised_unit=working_day")
            .status,
        422);
    testapp_close(t);
}

static void two_editors_do_not_overwrite_each_other(void **state)
{
    struct testapp *t = opened();
    struct client one = officer(t, "writer"), two = officer(t, "both");
    int64_t id = id_of(t, "X-1");
    char path[64], form[256];
    (void)state;
    snprintf(path, sizeof path, "/office/catalogue/%lld", (long long)id);
    snprintf(form, sizeof form, "revision=%.*s&name=Two&state=active&kind=promised",
             STR_ARG(revision(&two, id)));
    assert_int_equal(save(&one, id, LIMITS).status, 200);
    assert_int_equal(client_post(&two, path, form).status, 409);
    testapp_close(t);
}

static void a_returned_draft_can_be_mended_and_one_under_review_cannot(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer"), checker = officer(t, "checker");
    int64_t id = id_of(t, "X-1");
    (void)state;
    assert_int_equal(save(&writer, id, LIMITS "&go=review").status, 200);
    assert_int_equal(save(&writer, id, LIMITS).status, 409);
    assert_int_equal(act(&checker, id, "return", "").status, 422);
    assert_int_equal(act(&checker, id, "return", "why=%E4%BE%9D%E6%8D%AE").status, 200);
    assert_int_equal(act(&checker, id, "publish", "").status, 409);
    assert_true(answer_has(client_getf(&writer, "/office/catalogue/%lld", (long long)id), "依据"));
    assert_int_equal(save(&writer, id, LIMITS "&go=review").status, 200);
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    testapp_close(t);
}

static void publish_state(struct testapp *t, int64_t id, const char *state)
{
    struct client writer = officer(t, "writer"), checker = officer(t, "checker");
    char path[64], form[256];
    snprintf(path, sizeof path, "/office/catalogue/%lld", (long long)id);
    snprintf(form, sizeof form, "revision=%.*s&name=S&state=%s&kind=promised&go=review",
             STR_ARG(revision(&writer, id)), state);
    assert_int_equal(client_post(&writer, path, form).status, 200);
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
}

static void a_paused_item_is_shown_without_a_way_in_and_a_cancelled_one_is_gone(void **state)
{
    struct testapp *t = opened();
    struct client anyone = client_new(t);
    int64_t id = id_of(t, "X-1");
    (void)state;
    publish_state(t, id, "paused");
    const struct json *doc = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(json_is(json_get(doc, "apply"), JSON_NULL));
    assert_true(json_true_of(doc, "paused"));
    publish_state(t, id, "cancelled");
    assert_int_equal(client_getf(&anyone, "/items/%lld", (long long)id).status, 404);
    publish_state(t, id, "active");
    doc = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(json_is(json_get(doc, "apply"), JSON_OBJECT));
    struct client writer = officer(t, "writer"); /* may neither apply nor receive */
    doc = client_json(&writer, client_getf(&writer, "/items/%lld", (long long)id));
    assert_true(json_is(json_get(doc, "apply"), JSON_NULL));
    assert_true(json_is(json_get(doc, "desk_href"), JSON_NULL));
    assert_false(json_true_of(doc, "closed"));
    testapp_close(t);
}

static void editors_see_their_own_area_and_nobody_else_sees_drafts(void **state)
{
    struct testapp *t = opened();
    struct client elsewhere = officer(t, "elsewhere"), clerk = officer(t, "clerk"),
                  writer = officer(t, "writer"), anyone = client_new(t);
    int64_t id = id_of(t, "X-1");
    (void)state;
    assert_int_equal(client_getf(&elsewhere, "/office/catalogue/%lld", (long long)id).status, 404);
    assert_int_equal(act(&elsewhere, id, "publish", "").status, 404);
    assert_int_equal(client_get(&clerk, "/office/catalogue").status, 403);
    assert_int_equal(client_get(&anyone, "/office/catalogue").status, 401);
    assert_int_equal(save(&writer, id, LIMITS).status, 200);
    assert_int_equal(
        json_get(client_json(&writer, client_get(&writer, "/office/catalogue?s=draft")), "items")->count, 1);
    assert_int_equal(
        json_get(client_json(&elsewhere, client_get(&elsewhere, "/office/catalogue?s=draft")), "items")
            ->count,
        0);
    assert_true(
        json_get(client_json(&writer, client_get(&writer, "/office/catalogue?q=X-1")), "items")->count == 1);
    testapp_close(t);
}

/* ---- a new service ---- */

#define NEW                                                                                                  \
    "name=%E4%B8%B4%E6%97%B6%E5%8D%A0%E7%94%A8%E7%BB%BF%E5%9C%B0%E5%AE%A1%E6%89%B9&code=N-1&type=01&"        \
    "audience=both&division=780101&department="

static bool find_unit(struct ctx *c)
{
    int64_t *id = ctx_arg(c);
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(units[i]->name, "区行政审批局")) *id = units[i]->id;
    return true;
}

static struct answer begin(struct client *c, const char *form, int64_t unit)
{
    return client_post(c, "/office/catalogue/new",
                       str_z(c->app->arena, str_fmt(c->app->arena, "%s%lld", form, (long long)unit)));
}

static int64_t drafted(struct client *c)
{
    const struct json *list = json_get(client_json(c, client_get(c, "/office/catalogue?s=draft")), "items");
    return list->count ? json_i64_of(json_at(list, 0), "id", 0) : 0;
}

static void a_new_service_is_a_draft_until_another_has_published_it(void **state)
{
    struct testapp *t = opened();
    struct client both = officer(t, "both"), checker = officer(t, "checker"), anyone = client_new(t);
    int64_t unit = 0;
    (void)state;
    testapp_read(t, find_unit, &unit);
    assert_int_equal(begin(&both, NEW, unit).status, 200);
    int64_t id = drafted(&both);
    assert_true(id > 0);
    assert_int_equal(client_getf(&anyone, "/items/%lld", (long long)id).status, 404);
    assert_int_equal(
        save(&both, id, "promised_value=9&promised_unit=day&statutory_value=3&statutory_unit=day").status,
        422);
    assert_int_equal(save(&both, id, LIMITS "&go=review").status, 200);
    assert_int_equal(act(&both, id, "publish", "").status, 403);
    const struct json *review =
        client_json(&checker, client_getf(&checker, "/office/catalogue/%lld/review", (long long)id));
    assert_true(json_true_of(review, "fresh"));
    assert_true(json_get(review, "changes")->count >= 8);
    assert_int_equal(client_getf(&anyone, "/items/%lld", (long long)id).status, 404);
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    assert_int_equal(id_of(t, "N-1"), id);
    const struct json *guide = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(str_eq_c(json_text_of(guide, "name"), "事项甲"));
    assert_int_equal(
        json_get(client_json(&checker, client_get(&checker, "/office/catalogue?q=N-1")), "items")->count, 1);
    testapp_close(t);
}

static struct answer mend(struct client *c, int64_t id, const char *form, int64_t unit)
{
    struct arena *a = c->app->arena;
    struct answer page = client_getf(c, "/office/catalogue/%lld/basics", (long long)id);
    struct str r = page.status == 200 ? json_text_of(client_json(c, page), "revision") : STR("x");
    return client_post(c, str_z(a, str_fmt(a, "/office/catalogue/%lld/basics", (long long)id)),
                       str_z(a, str_fmt(a, "revision=%.*s&%s%lld", STR_ARG(r), form, (long long)unit)));
}

static void what_a_new_service_was_begun_with_can_be_mended_until_it_is_published(void **state)
{
    static const char other[] = "name=a+service&code=N-9&type=20&audience=person&division=780101&department=";
    struct testapp *t = opened();
    struct client both = officer(t, "both"), checker = officer(t, "checker"), anyone = client_new(t);
    int64_t unit = 0;
    (void)state;
    testapp_read(t, find_unit, &unit);
    assert_int_equal(begin(&both, NEW, unit).status, 200);
    int64_t id = drafted(&both);
    assert_int_equal(mend(&checker, id, other, unit).status, 403);
    assert_int_equal(
        mend(&both, id, "name=a&code=X-1&type=20&audience=person&division=780101&department=", unit).status,
        422); /* another's code */
    assert_int_equal(
        client_post(&both, str_z(t->arena, str_fmt(t->arena, "/office/catalogue/%lld/basics", (long long)id)),
                    str_z(t->arena, str_fmt(t->arena, "revision=old&%s%lld", other, (long long)unit)))
            .status,
        409);
    assert_int_equal(mend(&both, id, other, unit).status, 200);
    assert_int_equal(save(&both, id, LIMITS "&go=review").status, 200);
    assert_int_equal(mend(&both, id, other, unit).status, 409); /* under review */
    assert_int_equal(act(&checker, id, "publish", "").status, 200);
    assert_int_equal(id_of(t, "N-9"), id);
    const struct json *guide = client_json(&anyone, client_getf(&anyone, "/items/%lld", (long long)id));
    assert_true(str_eq_c(json_text_of(guide, "name"), "事项甲"));
    assert_int_equal(save(&both, id, LIMITS).status, 200);
    assert_int_equal(mend(&both, id, NEW, unit).status, 409); /* published */
    testapp_close(t);
}

static void a_new_service_has_a_code_of_its_own_and_a_place_within_the_area(void **state)
{
    struct testapp *t = opened();
    struct client writer = officer(t, "writer"), elsewhere = officer(t, "elsewhere"),
                  checker = officer(t, "checker");
    int64_t unit = 0;
    (void)state;
    testapp_read(t, find_unit, &unit);
    assert_int_equal(client_get(&checker, "/office/catalogue/new").status, 403);
    assert_int_equal(begin(&checker, NEW, unit).status, 403);
    assert_int_equal(begin(&elsewhere, NEW, unit).status, 422);
    assert_int_equal(begin(&writer, NEW, 1).status, 422);
    assert_int_equal(
        begin(&writer, "name=a&code=N-2&type=01&audience=person&division=780100&department=", unit).status,
        422); /* wider than the department's own */
    assert_int_equal(
        begin(&writer, "name=a&code=N-2&type=01&audience=person&division=999999&department=", unit).status,
        422);
    assert_int_equal(
        begin(&writer, "name=a&code=N%202&type=01&audience=person&division=780101&department=", unit).status,
        422);
    writer.json = false;
    struct answer taken =
        begin(&writer, "name=kept+words&code=X-1&type=01&audience=person&division=780101&department=", unit);
    assert_int_equal(taken.status, 422);
    assert_true(answer_has(taken, "kept words"));
    writer.json = true;
    assert_int_equal(drafted(&writer), 0);
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guide_says_what_is_known_and_opens_the_article),
        cmocka_unit_test(an_item_nobody_verified_says_so_and_invents_nothing),
        cmocka_unit_test(hostile_names_stay_text_everywhere),
        cmocka_unit_test(what_is_not_published_is_not_found),
        cmocka_unit_test(in_english_everything_the_program_says_is_english),
        cmocka_unit_test(the_directory_shows_both_limits_and_how_much_shorter_the_promise_is),
        cmocka_unit_test(natural_and_working_days_are_said_not_to_be_comparable),
        cmocka_unit_test(whoever_wrote_a_draft_at_any_time_does_not_publish_it),
        cmocka_unit_test(what_one_writes_another_publishes),
        cmocka_unit_test(a_list_does_not_undo_what_editors_published),
        cmocka_unit_test(the_version_a_case_was_accepted_under_stays),
        cmocka_unit_test(a_promise_longer_than_the_law_is_refused_at_its_field),
        cmocka_unit_test(limits_that_did_not_change_do_not_stop_other_edits),
        cmocka_unit_test(two_editors_do_not_overwrite_each_other),
        cmocka_unit_test(a_returned_draft_can_be_mended_and_one_under_review_cannot),
        cmocka_unit_test(a_paused_item_is_shown_without_a_way_in_and_a_cancelled_one_is_gone),
        cmocka_unit_test(a_new_service_is_a_draft_until_another_has_published_it),
        cmocka_unit_test(what_a_new_service_was_begun_with_can_be_mended_until_it_is_published),
        cmocka_unit_test(a_new_service_has_a_code_of_its_own_and_a_place_within_the_area),
        cmocka_unit_test(editors_see_their_own_area_and_nobody_else_sees_drafts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
