#include "modules/evidence/evidence.h"
#include "modules/registry/registry_internal.h"
#include "testing/testdb.h"
#include "testing/testserver.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct module *const MODULES[] = {&evidence_module, &registry_module};

static const char FILE_TEXT[] =
    "{\"resources\":[{\"id\":\"population\",\"name\":\"人口\",\"en\":\"Population\",\"key\":\"id_number\","
    "\"many\":false},"
    "{\"id\":\"person\",\"alias_of\":\"population\"},{\"id\":\"org\",\"name\":\"法人\",\"en\":\"Firms\","
    "\"key\":\"uscc\",\"many\":false},"
    "{\"id\":\"exam\",\"name\":\"成绩\",\"en\":\"Exams\",\"key\":\"id_number\",\"many\":true}],"
    "\"records\":{\"population\":[{\"id_number\":\"1\",\"name\":\"甲\"}],\"org\":[{\"uscc\":\"F\",\"name\":"
    "\"店\",\"legal_representative_id_number\":\"1\"}],"
    "\"exam\":[{\"id_number\":\"1\",\"exam\":\"a\",\"total\":\"90\"},{\"id_number\":\"1\",\"exam\":\"b\","
    "\"total\":\"80\"},{\"name\":\"nobody\"}],"
    "\"unknown\":[{\"id_number\":\"1\"}]}}";

static int make(void **state)
{
    *state = testserver_open(MODULES, 2);
    return 0;
}

static int drop(void **state)
{
    testserver_close(*state);
    return 0;
}

static void run(void **state, handler *fn, void *arg)
{
    struct err e = {0};
    if (!testserver_write(*state, fn, arg, &e)) fail_msg("%s %s", e.code, e.detail);
}

static bool import(struct ctx *c)
{
    int64_t *counts = ctx_arg(c);
    struct json *report = json_object(c->arena),
                *file = json_parse(c->arena, str_c(FILE_TEXT), JSON_STRICT, c->err);
    if (!file || !registry_import(c, file, report)) return false;
    counts[0] = json_i64_of(report, "new", -1);
    counts[1] = json_i64_of(report, "refused", -1);
    return true;
}

static void imported(void **state)
{
    int64_t counts[2];
    run(state, import, counts);
}

static void importing_again_changes_nothing_and_refusals_are_counted(void **state)
{
    int64_t first[2], second[2];
    run(state, import, first);
    run(state, import, second);
    assert_int_equal(first[0], 8);
    assert_int_equal(first[1], 2);
    assert_int_equal(second[0], 0);
}

static bool ask(struct ctx *c)
{
    const struct json *r;
    struct json *where = json_object(c->arena);
    json_set_c(c->arena, where, "exam", "b");
    assert_true(registry_record(c, STR("person"), STR("1"), NULL, &r));
    assert_true(str_eq_c(json_text_of(r, "name"), "甲"));
    assert_true(registry_record(c, STR("exam"), STR("1"), where, &r));
    assert_true(str_eq_c(json_text_of(r, "total"), "80"));
    assert_true(registry_record(c, STR("exam"), STR("2"), NULL, &r));
    assert_null(r);
    assert_true(registry_record(c, STR("nothing"), STR("1"), NULL, &r));
    assert_null(r);
    return true;
}

static void records_are_found_by_number_alias_and_members(void **state)
{
    imported(state);
    run(state, ask, NULL);
}

static bool match(struct ctx *c)
{
    bool yes;
    assert_true(registry_matches_population(c, STR("甲"), STR("1"), &yes) && yes);
    assert_true(registry_matches_population(c, STR("乙"), STR("1"), &yes) && !yes);
    assert_true(registry_matches_population(c, STR("甲"), STR("2"), &yes) && !yes);
    assert_true(registry_matches_population(c, STR(""), STR("1"), &yes) && !yes);
    return true;
}

static void the_base_matches_name_and_number_together_only(void **state)
{
    imported(state);
    run(state, match, NULL);
}

static bool put(struct ctx *c)
{
    const struct json *r;
    struct json *list, *fresh = json_object(c->arena);
    assert_true(registry_represented(c, STR("1"), &list));
    assert_int_equal(list->count, 1);
    json_set_c(c->arena, fresh, "uscc", "F");
    json_set_c(c->arena, fresh, "legal_representative_id_number", "2");
    assert_true(registry_put(c, STR("org"), STR("F"), fresh));
    assert_true(registry_record(c, STR("org"), STR("F"), NULL, &r));
    assert_null(json_get(r, "name"));
    assert_true(registry_represented(c, STR("1"), &list));
    assert_int_equal(list->count, 0);
    assert_true(registry_represented(c, STR("2"), &list));
    assert_int_equal(list->count, 1);
    assert_true(registry_put(c, STR("exam"), STR("1"), fresh));
    assert_true(registry_record(c, STR("exam"), STR("1"), NULL, &r));
    assert_true(str_eq_c(json_text_of(r, "exam"), "a"));
    return true;
}

static void a_firm_has_one_record_and_its_new_representative_replaces_the_old(void **state)
{
    imported(state);
    run(state, put, NULL);
}

/* Without its index a pass over one register would read and sort all of them for every page. */
static bool look_at_the_plan(struct ctx *c)
{
    struct db_rows r;
    struct str sql = str_fmt(c->arena, "EXPLAIN QUERY PLAN %s", registry_scan_statement);
    if (!db_query(&c->tx, &r, str_z(c->arena, sql), DB_C("population"), DB_I(0), DB_I(10))) return false;
    assert_int_equal(r.rows, 1); /* one walk, and no sorting behind it */
    if (str_find(db_str(&r, 0, 3), STR("USING INDEX registry_record_scan (resource=? AND id>?)")) == SIZE_MAX)
        fail_msg("%.*s", STR_ARG(db_str(&r, 0, 3)));
    return true;
}

static void a_pass_over_a_register_walks_its_index(void **state)
{
    if (testdb_is_postgres()) skip(); /* EXPLAIN QUERY PLAN is of SQLite */
    imported(state);
    run(state, look_at_the_plan, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(importing_again_changes_nothing_and_refusals_are_counted, make, drop),
        cmocka_unit_test_setup_teardown(records_are_found_by_number_alias_and_members, make, drop),
        cmocka_unit_test_setup_teardown(the_base_matches_name_and_number_together_only, make, drop),
        cmocka_unit_test_setup_teardown(a_firm_has_one_record_and_its_new_representative_replaces_the_old,
                                        make, drop),
        cmocka_unit_test_setup_teardown(a_pass_over_a_register_walks_its_index, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
