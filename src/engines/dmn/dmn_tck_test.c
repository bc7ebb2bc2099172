#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "engines/dmn/dmn_tck.h"
#include "testing/files.h"

#include <unistd.h>

struct heard {
    size_t count;
    char last[400];
};

static void hear(void *arg, const struct dmn_tck_failure *f)
{
    struct heard *h = arg;
    h->count++;
    snprintf(h->last, sizeof h->last, "%.*s|%.*s|%.*s|%.*s", STR_ARG(f->test), STR_ARG(f->node),
             STR_ARG(f->expected), STR_ARG(f->got));
}

static const char model[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:k' "
    "name='k'>"
    "<inputData name='n' id='n'><variable name='n' typeRef='number'/></inputData>"
    "<decision name='third' id='third'><informationRequirement><requiredInput "
    "href='#n'/></informationRequirement><literalExpression><text>n / "
    "3</text></literalExpression></decision>"
    "<decision name='all' id='all'><literalExpression><text>{a: [1, \"x\"], b: "
    "date(\"2024-01-01\")}</text></literalExpression></decision>"
    "<businessKnowledgeModel name='f' id='f'><encapsulatedLogic><formalParameter "
    "name='x'/><literalExpression><text>x + "
    "1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    "</definitions>";

#define CASES(body)                                                                                          \
    "<testCases xmlns='http://www.omg.org/spec/DMN/20160719/testcase' "                                      \
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "                                                 \
    "xmlns:xsd='http://www.w3.org/2001/XMLSchema'><modelName>k.dmn</modelName>" body "</testCases>"
#define NUMBER(name, value)                                                                                  \
    "<inputNode name='" name "'><value xsi:type='xsd:decimal'>" value "</value></inputNode>"
#define EXPECTED(name, body) "<resultNode name='" name "'><expected>" body "</expected></resultNode>"

static struct dmn_tck_count run(const char *cases, struct heard *h)
{
    struct arena *a = arena_new(1 << 20);
    struct err e = {0};
    struct dmn_tck_count count;
    char folder[] = "/tmp/dmn-kit-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *model_path = str_z(a, str_fmt(a, "%s/k.dmn", folder));
    const char *cases_path = str_z(a, str_fmt(a, "%s/k-test-01.xml", folder));
    assert_true(file_write(model_path, str_c(model), 0600, &e));
    assert_true(file_write(cases_path, str_c(cases), 0600, &e));
    *h = (struct heard){0};
    assert_true(dmn_tck_run(folder, 0, hear, h, &count, &e));
    unlink(model_path);
    unlink(cases_path);
    rmdir(folder);
    arena_drop(a);
    return count;
}

static void cases_that_hold_pass(void **)
{
    struct heard h;
    struct dmn_tck_count count = run(
        CASES("<testCase id='1'>" NUMBER("n", "1") EXPECTED(
            "third",
            "<value xsi:type='xsd:double'>0.333333333</value>") "</testCase>"
                                                                "<testCase id='2'>" EXPECTED(
                                                                    "all",
                                                                    "<component name='b'><value "
                                                                    "xsi:type='xsd:date'>2024-01-01</value></"
                                                                    "component>"
                                                                    "<component name='a'><list><item><value "
                                                                    "xsi:type='xsd:decimal'>1.0</value></"
                                                                    "item><item>"
                                                                    "<value "
                                                                    "xsi:type='xsd:string'>x</value></item></"
                                                                    "list></component>") "</testCase>"
                                                                                         "<testCase id='3' "
                                                                                         "type='bkm' "
                                                                                         "invocableName='f'"
                                                                                         ">" NUMBER("x", "4")
                                                                                             EXPECTED(
                                                                                                 "f",
                                                                                                 "<value"
                                                                                                 " xsi:"
                                                                                                 "type='"
                                                                                                 "xsd:"
                                                                                                 "decima"
                                                                                                 "l'>5</"
                                                                                                 "value"
                                                                                                 ">") "<"
                                                                                                      "/"
                                                                                                      "t"
                                                                                                      "e"
                                                                                                      "s"
                                                                                                      "t"
                                                                                                      "C"
                                                                                                      "a"
                                                                                                      "s"
                                                                                                      "e"
                                                                                                      ">"
                                                                                                      "<"
                                                                                                      "t"
                                                                                                      "e"
                                                                                                      "s"
                                                                                                      "t"
                                                                                                      "C"
                                                                                                      "a"
                                                                                                      "s"
                                                                                                      "e"
                                                                                                      " "
                                                                                                      "i"
                                                                                                      "d"
                                                                                                      "="
                                                                                                      "'"
                                                                                                      "4"
                                                                                                      "'"
                                                                                                      ">"
                                                                                                      "<"
                                                                                                      "r"
                                                                                                      "e"
                                                                                                      "s"
                                                                                                      "u"
                                                                                                      "l"
                                                                                                      "t"
                                                                                                      "N"
                                                                                                      "o"
                                                                                                      "d"
                                                                                                      "e"
                                                                                                      " "
                                                                                                      "n"
                                                                                                      "a"
                                                                                                      "m"
                                                                                                      "e"
                                                                                                      "="
                                                                                                      "'"
                                                                                                      "t"
                                                                                                      "h"
                                                                                                      "i"
                                                                                                      "r"
                                                                                                      "d"
                                                                                                      "'"
                                                                                                      " "
                                                                                                      "e"
                                                                                                      "r"
                                                                                                      "r"
                                                                                                      "o"
                                                                                                      "r"
                                                                                                      "R"
                                                                                                      "e"
                                                                                                      "s"
                                                                                                      "u"
                                                                                                      "l"
                                                                                                      "t"
                                                                                                      "="
                                                                                                      "'"
                                                                                                      "t"
                                                                                                      "r"
                                                                                                      "u"
                                                                                                      "e"
                                                                                                      "'"
                                                                                                      ">"
                                                                                                      "<"
                                                                                                      "e"
                                                                                                      "x"
                                                                                                      "p"
                                                                                                      "e"
                                                                                                      "c"
                                                                                                      "t"
                                                                                                      "e"
                                                                                                      "d"
                                                                                                      ">"
                                                                                                      "<"
                                                                                                      "v"
                                                                                                      "a"
                                                                                                      "l"
                                                                                                      "u"
                                                                                                      "e"
                                                                                                      " "
                                                                                                      "x"
                                                                                                      "s"
                                                                                                      "i"
                                                                                                      ":"
                                                                                                      "n"
                                                                                                      "i"
                                                                                                      "l"
                                                                                                      "="
                                                                                                      "'"
                                                                                                      "t"
                                                                                                      "r"
                                                                                                      "u"
                                                                                                      "e"
                                                                                                      "'"
                                                                                                      "/"
                                                                                                      ">"
                                                                                                      "<"
                                                                                                      "/"
                                                                                                      "e"
                                                                                                      "x"
                                                                                                      "p"
                                                                                                      "e"
                                                                                                      "c"
                                                                                                      "t"
                                                                                                      "e"
                                                                                                      "d"
                                                                                                      ">"
                                                                                                      "<"
                                                                                                      "/"
                                                                                                      "r"
                                                                                                      "e"
                                                                                                      "s"
                                                                                                      "u"
                                                                                                      "l"
                                                                                                      "t"
                                                                                                      "N"
                                                                                                      "o"
                                                                                                      "d"
                                                                                                      "e"
                                                                                                      ">"
                                                                                                      "<"
                                                                                                      "/"
                                                                                                      "t"
                                                                                                      "e"
                                                                                                      "s"
                                                                                                      "t"
                                                                                                      "C"
                                                                                                      "a"
                                                                                                      "s"
                                                                                                      "e"
                                                                                                      ">"),
        &h);
    assert_int_equal(count.passed, 4);
    assert_int_equal(count.failed, 0);
    assert_int_equal(h.count, 0);
}

static void cases_that_do_not_hold_are_told(void **)
{
    struct heard h;
    struct dmn_tck_count count =
        run(CASES("<testCase id='low'>" NUMBER("n", "1")
                      EXPECTED("third", "<value xsi:type='xsd:double'>0.3333</value>") "</testCase>"),
            &h);
    assert_int_equal(count.failed, 1);
    assert_string_equal(h.last, "low|third|0.3333|0.3333333333333333333333333333333333");
    count =
        run(CASES("<testCase id='a'>" EXPECTED(
                "all", "<component name='a'><value xsi:nil='true'/></component>") "</testCase><testCase "
                                                                                  "id='b'>" EXPECTED(
                                                                                      "none", "<value "
                                                                                              "xsi:nil='true'"
                                                                                              "/>") "</"
                                                                                                    "testCase"
                                                                                                    ">"),
            &h);
    assert_int_equal(count.failed, 2);
    assert_string_equal(h.last, "b|none|null|nothing of that name");
}

static void a_model_that_is_not_there_fails_all_its_cases(void **)
{
    struct heard h;
    struct dmn_tck_count count =
        run("<testCases xmlns='http://www.omg.org/spec/DMN/20160719/testcase'><modelName>x.dmn</modelName>"
            "<testCase id='1'/><testCase id='2'/></testCases>",
            &h);
    assert_int_equal(count.failed, 2);
    assert_int_equal(h.count, 1);
}

static void a_folder_that_is_not_there_is_an_error(void **)
{
    struct heard h = {0};
    struct dmn_tck_count count;
    struct err e = {0};
    assert_false(dmn_tck_run("/nowhere/at/all", 0, hear, &h, &count, &e));
    assert_int_equal(e.kind, ERR_MISSING);
}

static void print_failure(void *, const struct dmn_tck_failure *f)
{
    print_error("%.*s %.*s %.*s: expected %.*s, got %.*s\n", STR_ARG(f->file), STR_ARG(f->test),
                STR_ARG(f->node), STR_ARG(f->expected), STR_ARG(f->got));
}

/* The public part of the Technology Compatibility Kit, level 2 and level 3. */
static void the_compatibility_kit_passes(void **)
{
    struct arena *a = arena_new(1 << 20);
    const char *folder = testing_shared(a, "suites/dmn-tck");
    struct dmn_tck_count count = {0};
    struct err e = {0};
    if (!folder) {
        print_message("skipped: the compatibility kit is not here\n");
        arena_drop(a);
        skip();
    }
    assert_true(dmn_tck_run(folder, INT64_C(1764412800000), print_failure, NULL, &count, &e));
    print_message("compatibility kit: %zu passed, %zu failed\n", count.passed, count.failed);
    assert_true(count.passed > 2000);
    assert_int_equal(count.failed, 0);
    arena_drop(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_that_hold_pass),
        cmocka_unit_test(cases_that_do_not_hold_are_told),
        cmocka_unit_test(a_model_that_is_not_there_fails_all_its_cases),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
        cmocka_unit_test(the_compatibility_kit_passes),
    };
    return cmocka_run_group_tests_name("dmn kit", tests, NULL, NULL);
}
