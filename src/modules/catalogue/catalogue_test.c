#include "app/cli.h"
#include "modules/catalogue/catalogue_import.h"

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool read_text(struct arena *a, const char *path, struct str *out)
{
    struct err e = {0};
    return cli_read_file(a, path, 32 << 20, out, &e);
}

static const char *shared(struct arena *a, const char *name)
{
    const char *root = getenv("TB_SHARED");
    return str_z(a, root ? str_fmt(a, "%s/%s", root, name)
                         : str_fmt(a, "%s/../shared/%s", TB_SOURCE_ROOT, name));
}

struct import_call {
    struct str tsv;
    int64_t read, fresh, refused, same;
};

static bool import_shipped(struct ctx *c)
{
    return orgs_set_place(c, STR("780101")) &&
           catalogue_import_shipped(c, TB_SOURCE_ROOT "/data", json_object(c->arena));
}

static bool import_list(struct ctx *c)
{
    struct import_call *call = ctx_arg(c);
    struct json *report = json_object(c->arena);
    json_set_c(c->arena, report, "division", "511602");
    if (!catalogue_import_items(c, call->tsv, report)) return false;
    call->read = json_i64_of(report, "read", -1);
    call->fresh = json_i64_of(report, "new", -1);
    call->refused = json_i64_of(report, "refused", -1);
    call->same = json_i64_of(report, "same", -1);
    return true;
}

struct quality {
    const struct json *queries;
    bool shipped_only;
    int asked, right, first;
};

static bool wanted(const struct json *query, struct str name)
{
    JSON_EACH(w, json_get(query, "want"))
    {
        if (str_eq(w->text, name)) return true;
    }
    return false;
}

/* The same when lists are imported: a closing bracket that only tells the level does not make another
 * service. */
static bool wanted_plainly(struct arena *a, const struct json *query, struct str name)
{
    struct str plain = catalogue_plain_name(a, name);
    JSON_EACH(w, json_get(query, "want"))
    {
        if (str_eq(catalogue_plain_name(a, w->text), plain)) return true;
    }
    return false;
}

/* An own item of the shipped catalogue answers also under the names lists give it, as the import matches
 * them. */
static bool answers(struct ctx *c, const struct quality *q, const struct json *query, const struct item *i)
{
    if (!q->shipped_only) return wanted(query, i->name);
    if (wanted_plainly(c->arena, query, i->name)) return true;
    JSON_EACH(alias, json_get(i->doc, "aliases"))
    {
        if (wanted_plainly(c->arena, query, alias->text)) return true;
    }
    return false;
}

static bool ask_all(struct ctx *c)
{
    struct quality *q = ctx_arg(c);
    JSON_EACH(query, q->queries)
    {
        const struct item **list;
        if (q->shipped_only && !json_true_of(query, "shipped")) continue;
        size_t count = catalogue_search(c, json_text_of(query, "q"), 3, &list), at = 0;
        while (at < count && !answers(c, q, query, list[at]))
            at++;
        q->asked++;
        q->right += at < count;
        q->first += at == 0 && count > 0;
        if (at == count)
            print_message("not among the first three: %.*s\n", STR_ARG(json_text_of(query, "q")));
    }
    return true;
}

/* false, and the program closed, where the list is not there. */
static bool import_real_list(struct testapp *t, struct import_call *call)
{
    if (!read_text(t->arena, shared(t->arena, "data/items-guangan.tsv"), &call->tsv)) {
        testapp_close(t);
        return false;
    }
    testapp_write(t, import_shipped, NULL);
    testapp_write(t, import_list, call);
    return true;
}

static void nine_of_ten_queries_find_their_item_over_the_real_list(void **state)
{
    struct testapp *t = testapp_open(false);
    struct import_call call = {0};
    struct str text;
    struct err e = {0};
    (void)state;
    if (!import_real_list(t, &call)) skip();
    assert_int_equal(call.read, 1135);
    assert_int_equal(call.fresh, 1135);
    assert_int_equal(call.refused, 0);
    testapp_write(t, import_list, &call);
    assert_int_equal(call.same, 1135);
    assert_true(read_text(t->arena, TB_SOURCE_ROOT "/data/catalogue/queries.json", &text));
    struct quality q = {.queries = json_parse(t->arena, text, JSON_STRICT, &e)};
    testapp_read(t, ask_all, &q);
    print_message("%d queries: right among the first three %d, first %d\n", q.asked, q.right, q.first);
    assert_int_equal(q.asked, 100);
    assert_true(q.right >= 90);
    testapp_close(t);
}

static bool add_units(struct ctx *c)
{
    struct str text;
    if (!read_text(c->arena, TB_SOURCE_ROOT "/data/catalogue/departments.json", &text)) return false;
    struct json *list = json_parse(c->arena, text, JSON_STRICT, c->err);
    JSON_EACH(d, list)
    {
        struct unit u = {
            .kind = json_text_of(d, "kind"), .name = json_text_of(d, "name"), .division = STR("780101")};
        if (!orgs_save_unit(c, &u)) return false;
    }
    return list != NULL;
}

static bool fill(struct ctx *c)
{
    return catalogue_fill_demo(c);
}

struct seen {
    size_t items, online, own_form, on_the_spot, verified_limit;
    bool frozen_differs;
};

static bool look(struct ctx *c)
{
    struct seen *s = ctx_arg(c);
    const struct snapshot *snapshot = catalogue_snapshot(c);
    s->items = snapshot->count;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct item *it = catalogue_by_id(c, snapshot->items[i].item.id);
        assert_non_null(it);
        assert_ptr_equal(catalogue_item(c, it->code) != NULL, true);
        s->online += it->apply_online;
        s->on_the_spot += it->on_the_spot;
        s->verified_limit += it->statutory.unit != LIMIT_NONE;
    }
    return true;
}

struct reach {
    size_t items, online;
};

/* Of the imported list alone. */
static bool reach_online(struct ctx *c)
{
    struct reach *r = ctx_arg(c);
    const struct snapshot *snapshot = catalogue_snapshot(c);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct item *it = &snapshot->items[i].item;
        if (!str_eq_c(it->division, "511602")) continue;
        struct service_code code;
        bool person = it->form_person && item_code(c, it, false, 0, &code);
        bool organisation = it->form_organisation && item_code(c, it, true, 0, &code);
        r->items++;
        r->online += it->apply_online && person == ((it->audience & FOR_PERSON) != 0) &&
                     organisation == ((it->audience & FOR_ORGANISATION) != 0);
    }
    return true;
}

static void every_item_of_the_real_list_can_be_applied_for_online_by_everyone_it_names(void **state)
{
    struct testapp *t = testapp_open(false);
    struct import_call call = {0};
    struct reach r = {0};
    (void)state;
    if (!import_real_list(t, &call)) skip();
    testapp_read(t, reach_online, &r);
    print_message("%zu of %zu items can be applied for online\n", r.online, r.items);
    assert_int_equal(r.items, 1135);
    assert_int_equal(r.online, r.items);
    testapp_close(t);
}

struct shipped {
    int64_t read, fresh, changed, same;
};

static bool import_counted(struct ctx *c)
{
    struct shipped *s = ctx_arg(c);
    struct json *report = json_object(c->arena);
    if (!catalogue_import_shipped(c, TB_SOURCE_ROOT "/data", report)) return false;
    *s = (struct shipped){json_i64_of(report, "read", -1), json_i64_of(report, "new", -1),
                          json_i64_of(report, "changed", -1), json_i64_of(report, "same", -1)};
    return true;
}

static bool as_it_was_before(struct ctx *c)
{
    enum catalogue_saved how;
    return catalogue_store_text(c, "base", STR("BI-0001"), STR("{\"name\":\"x\"}"), &how);
}

static void the_shipped_catalogue_tells_what_changed(void **state)
{
    struct testapp *t = testapp_open(false);
    struct shipped s = {0};
    (void)state;
    testapp_write(t, import_counted, &s);
    assert_true(s.read > 100);
    assert_int_equal(s.fresh, s.read);
    testapp_write(t, as_it_was_before, NULL);
    testapp_write(t, import_counted, &s);
    assert_int_equal(s.changed, 1);
    assert_int_equal(s.same, s.read - 1);
    assert_int_equal(s.fresh, 0);
    testapp_close(t);
}

static void a_strangers_clone_has_a_catalogue_of_its_own(void **state)
{
    struct testapp *t = testapp_open(false);
    struct seen s = {0};
    struct str text;
    struct err e = {0};
    (void)state;
    testapp_write(t, import_shipped, NULL);
    testapp_write(t, add_units, NULL);
    testapp_write(t, fill, NULL);
    testapp_read(t, look, &s);
    assert_true(s.items >= 100);
    assert_int_equal(s.online, s.items);
    assert_true(s.on_the_spot >= 1);
    assert_true(s.verified_limit >= 100);
    assert_true(read_text(t->arena, TB_SOURCE_ROOT "/data/catalogue/queries.json", &text));
    struct quality q = {.queries = json_parse(t->arena, text, JSON_STRICT, &e), .shipped_only = true};
    testapp_read(t, ask_all, &q);
    print_message("%zu own items; %d queries: right among the first three %d, first %d\n", s.items, q.asked,
                  q.right, q.first);
    assert_true(q.right * 10 >= q.asked * 9);
    testapp_close(t);
}

static void a_faulty_line_is_refused_with_its_number_and_the_rest_is_taken(void **state)
{
    struct testapp *t = testapp_open(false);
    struct import_call call = {.tsv = STR("item_code\ttask_type\tdept\tdept_code\tmain_item\tname\n"
                                          "A-1\t1\t区烟草专卖局\t\t\t烟草专卖零售许可证核发\n"
                                          "A-1\t1\t区烟草专卖局\t\t\t重复\n"
                                          "A-2\t3\t区烟草专卖局\t\t\t行政强制\n"
                                          "\t1\t区烟草专卖局\t\t\t无编码\n"
                                          "A-3\t1\t\t\t\t无部门\n"
                                          "A-4\t1\t区烟草专卖局\t\t\t\xff\xfe\n"
                                          "A-5\t20\t区民政局\t\t\t结婚登记\n")};
    (void)state;
    testapp_write(t, import_shipped, NULL);
    testapp_write(t, import_list, &call);
    assert_int_equal(call.read, 7);
    assert_int_equal(call.fresh, 2);
    assert_int_equal(call.refused, 5);
    testapp_close(t);
}

static bool read_imported(struct ctx *c)
{
    const struct item *a = catalogue_item(c, STR("M-1")), *b = catalogue_item(c, STR("M-3"));
    assert_non_null(a);
    assert_non_null(b);
    assert_true(str_eq_c(json_text_of(a->doc, "implementing_code"), "115116020087781832511A0138600000"));
    assert_true(str_eq_c(json_text_of(a->doc, "single_sign_on"), "yes"));
    assert_true(str_eq_c(json_text_of(a->doc, "body_nature"), "authorised"));
    assert_true(str_eq_c(json_text_of(a->doc, "effective_from"), "2026-07-01"));
    const struct json *depth = json_get(a->doc, "online_depth");
    assert_int_equal(depth->count, 2);
    assert_true(str_eq_c(json_text(json_at(depth, 1)), "5"));
    assert_true(json_get(a->doc, "unheard_of") == NULL);
    assert_true(json_get(b->doc, "implementing_code") == NULL);
    return true;
}

static void further_columns_of_a_list_are_elements_of_its_items(void **state)
{
    struct testapp *t = testapp_open(false);
    struct import_call call = {
        .tsv = STR("item_code\ttask_type\tdept\tdept_code\tmain_item\tname\timplementing_code\tunheard_of\t"
                   "single_sign_on\tbody_nature\tonline_depth\teffective_from\n"
                   "M-1\t1\t区教育局\t\t\t教师资格认定\t115116020087781832511A0138600000\tx\t1\t2\t2, 5\t"
                   "2026-07-01\n"
                   "M-2\t1\t区教育局\t\t\t甲\t\t\t2\n"
                   "M-3\t1\t区教育局\t\t\t乙\n"
                   "M-4\t1\t区教育局\t\t\t丙\t\t\t\t\t8\n"
                   "M-5\t1\t区教育局\t\t\t丁\t\t\t\t\t\tsoon\n")};
    (void)state;
    testapp_write(t, import_shipped, NULL);
    testapp_write(t, import_list, &call);
    assert_int_equal(call.fresh, 2);
    assert_int_equal(call.refused, 3);
    testapp_read(t, read_imported, NULL);
    testapp_write(t, import_list, &call);
    assert_int_equal(call.same, 2);
    testapp_close(t);
}

static void brackets_that_tell_the_level_go_and_those_that_tell_the_variant_stay(void **state)
{
    struct arena *a = arena_new(1 << 20);
    (void)state;
    assert_true(str_eq_c(catalogue_plain_name(a, STR("发票验（交）旧（县级行使）")), "发票验(交)旧"));
    assert_true(
        str_eq_c(catalogue_plain_name(a, STR("烟草专卖零售许可证（注销）")), "烟草专卖零售许可证(注销)"));
    assert_true(str_eq_c(catalogue_plain_name(a, STR("企业投资项目备案（技术改造）（市级/县级）")),
                         "企业投资项目备案(技术改造)"));
    arena_drop(a);
}

static bool import_law(struct ctx *c)
{
    struct law law;
    struct article article;
    bool found;
    if (!catalogue_import_laws(
            c, STR("护照法(2006-04-29)"),
            STR("# 中华人民共和国护照法\n## 第一章\n第一条　为了规范。\n\n第二条 护照是证件。\n第二款。\n"),
            STR("行政法"), json_object(c->arena)))
        return false;
    if (!laws_find(c, STR("中华人民共和国护照法"), &law) ||
        !laws_article(c, law.id, STR("第二条"), &article, &found))
        return false;
    assert_true(found);
    assert_true(str_eq_c(article.text, "护照是证件。\n第二款。"));
    return true;
}

static bool import_point(struct ctx *c, const char *folder, const char *text, int64_t *fresh)
{
    struct json *report = json_object(c->arena);
    if (!catalogue_import_laws(c, STR("示范决定(1982-02-27)"), str_c(text), str_c(folder), report))
        return false;
    *fresh = json_i64_of(report, "new", 0);
    return true;
}

static bool import_decisions(struct ctx *c)
{
    static const char points[] =
        "# 示范决定\n1982年2月27日\n<!-- INFO END -->\n为了示范。\n一、甲。\n续。\n## 十二、乙\n丙。\n";
    struct law law;
    struct article article, *all;
    int64_t fresh;
    size_t count;
    bool found;
    if (!import_point(c, "行政法规", points, &fresh) || !laws_find(c, STR("示范决定"), &law) ||
        !laws_article(c, law.id, STR("一"), &article, &found))
        return false;
    assert_true(found && str_eq_c(article.text, "甲。\n续。"));
    if (!laws_article(c, law.id, STR("十二"), &article, &found)) return false;
    assert_true(found && str_eq_c(article.text, "乙\n丙。"));
    /* The same title and date in another folder is another text: neither takes the other's place. */
    if (!import_point(c, "经济法", "# 示范决定\n<!-- INFO END -->\n全部内容。\n", &fresh)) return false;
    assert_int_equal(fresh, 1);
    if (!laws_load(c, law.id, &law, &all, &count)) return false;
    assert_int_equal(count, 3);
    return true;
}

static void decisions_without_articles_are_kept_by_point_or_whole_and_by_folder(void **state)
{
    struct testapp *t = testapp_open(false);
    (void)state;
    testapp_write(t, import_decisions, NULL);
    testapp_close(t);
}

static void an_article_is_found_by_its_number(void **state)
{
    struct testapp *t = testapp_open(false);
    (void)state;
    testapp_write(t, import_law, NULL);
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nine_of_ten_queries_find_their_item_over_the_real_list),
        cmocka_unit_test(every_item_of_the_real_list_can_be_applied_for_online_by_everyone_it_names),
        cmocka_unit_test(the_shipped_catalogue_tells_what_changed),
        cmocka_unit_test(a_strangers_clone_has_a_catalogue_of_its_own),
        cmocka_unit_test(a_faulty_line_is_refused_with_its_number_and_the_rest_is_taken),
        cmocka_unit_test(further_columns_of_a_list_are_elements_of_its_items),
        cmocka_unit_test(brackets_that_tell_the_level_go_and_those_that_tell_the_variant_stay),
        cmocka_unit_test(an_article_is_found_by_its_number),
        cmocka_unit_test(decisions_without_articles_are_kept_by_point_or_whole_and_by_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
