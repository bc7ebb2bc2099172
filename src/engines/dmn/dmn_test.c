#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/dmn/dmn_desk_test.h"

/* ---- loading ---- */

static void refused(struct desk *d, struct str xml, const char *msgid)
{
    assert_null(try_load(d, xml));
    assert_int_equal(d->err.kind, ERR_INVALID);
    assert_string_equal(d->err.msgid, msgid);
}

static void a_document_that_is_no_model_is_refused(void **state)
{
    struct desk *d = *state;
    refused(d, STR("<definitions"), "The document is not well-formed XML (%{arg}).");
    refused(d, STR(""), "The document is not well-formed XML (%{arg}).");
    refused(d, STR("<definitions/>"), "The document is of no kind that is known here (%{arg}).");
    refused(d, STR("<definitions xmlns='urn:x'/>"),
            "The document is of no kind that is known here (%{arg}).");
    refused(d, STR("<a xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"),
            "The document holds no definitions (%{arg}).");
    refused(d, STR("\xFF\xFE<"), "The document is not in UTF-8 (%{arg}).");
}

static void document_types_and_entities_are_refused(void **state)
{
    struct desk *d = *state;
    const char *msgid = "The document has a document type, which is not read here (%{arg}).";
    refused(d, STR("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"), msgid);
    refused(d, STR("<?xml version='1.0'?>\n<!-- <a> -->\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"),
            msgid);
    refused(d, document(d->arena, "m", "<decision name='d'><description>&x;</description></decision>"),
            "The document is not well-formed XML (%{arg}).");
}

static void nesting_without_end_is_refused(void **state)
{
    struct desk *d = *state;
    struct buf b = buf_new(d->arena, 4096);
    for (int i = 0; i < 230; i++)
        buf_add_c(&b, "<decision name='d'>");
    for (int i = 0; i < 230; i++)
        buf_add_c(&b, "</decision>");
    refused(d, document(d->arena, "m", str_z(d->arena, buf_str(&b))),
            "The document is nested too deeply (%{arg}).");
}

static void a_reference_to_nothing_is_refused(void **state)
{
    struct desk *d = *state;
    refused(d,
            document(d->arena, "m",
                     "<decision name='d' id='d'><informationRequirement><requiredInput "
                     "href='#x'/></informationRequirement></decision>"),
            "The model refers to %{arg}, which is not there.");
    assert_string_equal(d->err.arg, "#x");
}

static void decisions_that_need_each_other_are_refused(void **state)
{
    struct desk *d = *state;
    refused(d,
            document(d->arena, "m",
                     "<decision name='a' id='a'><informationRequirement><requiredDecision "
                     "href='#b'/></informationRequirement></decision>"
                     "<decision name='b' id='b'><informationRequirement><requiredDecision "
                     "href='#a'/></informationRequirement></decision>"
                     "<decision name='c' id='c'/>"),
            "The decision %{arg} needs itself.");
}

static void every_version_of_the_notation_is_read(void **state)
{
    static const char *const namespaces[] = {
        "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "http://www.omg.org/spec/DMN/20180521/MODEL/", "http://www.omg.org/spec/DMN/20151101/dmn.xsd"};
    struct desk *d = *state;
    for (size_t i = 0; i < sizeof namespaces / sizeof namespaces[0]; i++) {
        assert_non_null(try_load(d, str_fmt(d->arena,
                                            "<x:definitions xmlns:x='%s' namespace='urn:m' name='m'>"
                                            "<x:decision name='d'><x:literalExpression><x:text>1 + "
                                            "1</x:text></x:literalExpression></x:decision></x:definitions>",
                                            namespaces[i])));
        decides(d, "d", "{}", "2");
    }
}

/* Memory may end anywhere: nothing of the XML library may stay behind (the leak checker watches). */
static void memory_that_ends_while_loading_leaves_nothing_behind(void **state)
{
    struct desk *d = *state;
    struct str xml = document(
        d->arena, "m",
        "<itemDefinition name='t'><typeRef>number</typeRef><allowedValues><text>&gt; "
        "0</text></allowedValues></itemDefinition>"
        "<inputData name='a' id='a'><variable name='a' typeRef='t'/></inputData>"
        "<decision name='d'><informationRequirement><requiredInput href='#a'/></informationRequirement>"
        "<decisionTable><input><inputExpression><text>a</text></inputExpression></input><output/>"
        "<rule><inputEntry><text>[1..5]</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable></decision>");
    struct dmn_source source = {STR("m"), xml};
    bool loaded = false;
    for (size_t n = 0; !loaded; n++) {
        struct arena *a = arena_new(1 << 20);
        struct feel_notes notes = {0};
        struct err e = {0};
        jmp_buf env;
        if (setjmp(env) == 0) {
            arena_guard(a, &env);
            arena_fail_after(a, n);
            loaded = dmn_load(a, &source, 1, &notes, &e);
            assert_true(loaded);
        }
        arena_drop(a);
    }
}

/* ---- boxed expressions ---- */

static void a_context_sees_its_earlier_entries_and_may_have_a_result(void **state)
{
    struct desk *d = *state;
    load(d, DECISION("all", "<context><contextEntry><variable name='net pay'/>" LITERAL(
                                "100") "</contextEntry>"
                                       "<contextEntry><variable name='b'/>" LITERAL(
                                           "net pay * 2") "</contextEntry></context>")
                DECISION("one", "<context><contextEntry><variable name='a'/>" LITERAL(
                                    "100") "</contextEntry>"
                                           "<contextEntry>" LITERAL("a + 1") "</contextEntry></context>"));
    decides(d, "all", "{}", "{net pay: 100, b: 200}");
    decides(d, "one", "{}", "101");
}

static void lists_and_relations_hold_expressions(void **state)
{
    struct desk *d = *state;
    load(d, DECISION("l", "<list>" LITERAL("1") LITERAL("`x`") "</list>")
                DECISION("r", "<relation><column name='a'/><column name='b'/><row>" LITERAL("1")
                                  LITERAL("2") "</row><row>" LITERAL("3") LITERAL("a") "</row></relation>"));
    decides(d, "l", "{}", "[1, `x`]");
    decides(d, "r", "{}", "[{a: 1, b: 2}, {a: 3, b: null}]"); /* cells do not see each other */
}

static void conditions_loops_and_filters_can_be_boxed(void **state)
{
    struct desk *d = *state;
    load(d,
         DECISION("if", "<conditional><if>" LITERAL("1 &gt; 2") "</if><then>" LITERAL(
                            "1") "</then><else>" LITERAL("2") "</else></conditional>")
             DECISION("for", "<for iteratorVariable='x'><in>" LITERAL("[1, 2]") "</in><return>" LITERAL(
                                 "x + count(partial)") "</return></for>")
                 DECISION("some", "<some iteratorVariable='x'><in>" LITERAL(
                                      "[1, 2]") "</in><satisfies>" LITERAL("x = 2") "</satisfies></some>")
                     DECISION("every",
                              "<every iteratorVariable='x'><in>" LITERAL("[1, 2]") "</in><satisfies>" LITERAL(
                                  "x = 2") "</satisfies></every>")
                         DECISION("filter", "<filter><in>" LITERAL("[1, 2, 3]") "</in><match>" LITERAL(
                                                "item &gt; 1") "</match></filter>")
                             DECISION("position", "<filter><in>" LITERAL("[1, 2, 3]") "</in><match>" LITERAL(
                                                      "2") "</match></filter>"));
    decides(d, "if", "{}", "2");
    decides(d, "for", "{}", "[1, 3]");
    decides(d, "some", "{}", "true");
    decides(d, "every", "{}", "false");
    decides(d, "filter", "{}", "[2, 3]");
    decides(d, "position", "{}", "null");
}

static void functions_are_defined_and_invoked_by_name(void **state)
{
    struct desk *d = *state;
    load(d,
         "<businessKnowledgeModel name='fee' id='fee'><variable name='fee'/><encapsulatedLogic>"
         "<formalParameter name='base' typeRef='number'/><formalParameter name='days' "
         "typeRef='number'/>" LITERAL("base * days") "</encapsulatedLogic></businessKnowledgeModel>" DECISION(
             "call",
             NEEDS_KNOWLEDGE("fee") "<invocation>" LITERAL("fee") "<binding><parameter name='days'/>" LITERAL(
                 "3") "</binding><binding><parameter name='base'/>" LITERAL("7") "</binding></invocation>")
             DECISION("wrong", NEEDS_KNOWLEDGE("fee") LITERAL("fee(`x`, 2)"))
                 DECISION("unknown", LITERAL("fee(1, 2)")) DECISION(
                     "own", "<context><contextEntry><variable name='f'/><functionDefinition><formalParameter "
                            "name='x'/>" LITERAL("x + 1") "</functionDefinition></"
                                                          "contextEntry><contextEntry>" LITERAL(
                                                              "f(f(1))") "</contextEntry></context>"));
    decides(d, "call", "{}", "21");
    decides(d, "wrong", "{}", "null");
    decides(d, "unknown", "{}", "null"); /* what is not required is not seen */
    decides(d, "own", "{}", "3");
}

static void knowledge_may_call_itself_but_not_forever(void **state)
{
    struct desk *d = *state;
    load(d, "<businessKnowledgeModel name='f' id='f'><encapsulatedLogic><formalParameter "
            "name='n'/>" LITERAL(
                "if n &lt;= 1 then 1 else n * f(n - 1)") "</encapsulatedLogic></"
                                                         "businessKnowledgeModel"
                                                         ">" DECISION("ten",
                                                                      NEEDS_KNOWLEDGE("f") LITERAL("f(10)"))
                                                             DECISION("endless", NEEDS_KNOWLEDGE("f")
                                                                                     LITERAL("f("
                                                                                             "1000000)")));
    decides(d, "ten", "{}", "3628800");
    decides(d, "endless", "{}", "null");
    assert_true(d->run.stopped);
}

static void external_functions_and_other_languages_are_refused_with_a_note(void **state)
{
    struct desk *d = *state;
    const char *msgid = "%{arg} is in a language that is not carried out here; only FEEL is.";
    load(d, "<businessKnowledgeModel name='j' id='j'><encapsulatedLogic "
            "kind='Java'><context/></encapsulatedLogic>"
            "</businessKnowledgeModel>" DECISION("d", NEEDS_KNOWLEDGE("j") LITERAL("j()")));
    says(&d->notes, msgid);
    decides(d, "d", "{}", "null");
    says(&d->run.notes, msgid);
    load(d, DECISION(
                "d",
                "<literalExpression expressionLanguage='urn:javascript'><text>1</text></literalExpression>"));
    says(&d->notes, msgid);
    decides(d, "d", "{}", "null");
}

static void a_wrong_text_makes_its_decision_null_and_leaves_a_note(void **state)
{
    struct desk *d = *state;
    load(d, DECISION("bad", LITERAL("1 +")) DECISION("good", LITERAL("1")));
    assert_int_equal(d->notes.errors, 1);
    assert_true(str_eq_c(d->notes.first->where, "bad"));
    decides(d, "bad", "{}", "null");
    decides(d, "good", "{}", "1");
}

/* ---- types ---- */

static void values_are_held_to_their_types(void **state)
{
    struct desk *d = *state;
    load(d,
         "<itemDefinition name='grade'><typeRef>string</typeRef><allowedValues><text>`A`, "
         "`B`</text></allowedValues></itemDefinition>"
         "<itemDefinition name='grades' isCollection='true'><typeRef>grade</typeRef></itemDefinition>"
         "<itemDefinition name='person'><itemComponent name='full "
         "name'><typeRef>string</typeRef></itemComponent>"
         "<itemComponent name='born'><typeRef>date</typeRef></itemComponent></itemDefinition>"
         "<itemDefinition name='few'><typeRef>grades</typeRef></itemDefinition>" INPUT("g", "grade") INPUT(
             "gs", "grades") INPUT("p", "person") DECISION("one", NEEDS("g") LITERAL("g"))
             DECISION("many", NEEDS("gs") LITERAL("count(gs)")) DECISION(
                 "who",
                 NEEDS("p") LITERAL(
                     "p.full name + string(p.born.year)")) "<decision name='typed'><variable name='typed' "
                                                           "typeRef='number'/>" LITERAL("`x`") "</decision>");
    decides(d, "one", "{`g`: `A`}", "`A`");
    decides(d, "one", "{`g`: `C`}", "null");
    decides(d, "many", "{`gs`: [`A`, `B`]}", "2");
    decides(d, "many", "{`gs`: `A`}", "1");
    decides(d, "many", "{`gs`: [`A`, `C`]}", "null");
    decides(d, "who", "{`p`: {`full name`: `Li`, `born`: `1990-05-06`}}", "`Li1990`");
    decides(d, "who", "{`p`: {`full name`: `Li`, `born`: `x`}}", "null");
    decides(d, "typed", "{}", "null");
}

static void a_type_made_of_itself_is_not_followed(void **state)
{
    struct desk *d = *state;
    load(d, "<itemDefinition name='a'><typeRef>b</typeRef></itemDefinition>"
            "<itemDefinition name='b'><typeRef>a</typeRef></itemDefinition>"
            "<itemDefinition name='tree'><itemComponent name='children' isCollection='true'>"
            "<typeRef>tree</typeRef></itemComponent></itemDefinition>" INPUT("x", "a") INPUT("t", "tree")
                DECISION("d", NEEDS("x") NEEDS("t") LITERAL("[x, count(t.children)]")));
    says(&d->notes, "The type %{arg} is made of itself; its content is not checked.");
    decides(d, "d", "{`x`: 1, `t`: {`children`: [{`children`: []}]}}", "[1, 1]");
}

static void a_type_that_is_not_there_is_said(void **state)
{
    struct desk *d = *state;
    load(d, INPUT("x", "nowhere") DECISION("d", NEEDS("x") LITERAL("x")));
    says(&d->notes, "There is no type %{arg}.");
    decides(d, "d", "{`x`: 1}", "1");
}

/* ---- running ---- */

static void a_decision_sees_what_it_requires_and_nothing_else(void **state)
{
    struct desk *d = *state;
    load(d, INPUT("a", "number") INPUT("b", "number") DECISION("x", NEEDS("a") LITERAL("a * 2"))
                DECISION("y", NEEDS_DECISION("x") NEEDS("b") LITERAL("x + b"))
                    DECISION("z", NEEDS_DECISION("y") LITERAL("a")));
    decides(d, "y", "{`a`: 1, `b`: 5}", "7");
    assert_int_equal(d->last.decisions->count, 2);
    decides(d, "z", "{`a`: 1, `b`: 5}", "null");
    decides(d, "y", "{`a`: 1, `b`: 5, `x`: 100}", "7"); /* a decision cannot be given */
    decides(d, "y", "{}", "null");
}

static void the_inputs_of_a_decision_are_found_however_far(void **state)
{
    struct desk *d = *state;
    load(d, INPUT("a", "number") INPUT("b", "number") INPUT("c", "number") DECISION(
                "x", NEEDS("a") LITERAL("a")) DECISION("y", NEEDS_DECISION("x") NEEDS("b") LITERAL("x + b")));
    const struct dmn_element *out[4];
    const struct dmn_element *y = dmn_find(d->model, DMN_DECISION, STR("y"));
    assert_int_equal(dmn_inputs_of(d->arena, d->model, y, out, 4), 2);
    assert_int_equal(dmn_inputs_of(d->arena, d->model, y, out, 1), 2);
    assert_int_equal(dmn_count(d->model, DMN_INPUT), 3);
    assert_true(str_eq_c(dmn_at(d->model, DMN_INPUT, 1)->name, "b"));
    assert_null(dmn_at(d->model, DMN_INPUT, 3));
}

static const char service_model[] = INPUT("rate", "number") DECISION("base", LITERAL("100"))
    DECISION("inner", NEEDS_DECISION("base") NEEDS("rate") LITERAL("base * rate")) DECISION(
        "outer",
        NEEDS_DECISION("inner") LITERAL(
            "inner + 1")) "<decisionService name='svc' id='svc'><variable name='svc'/><outputDecision "
                          "href='#outer'/>"
                          "<encapsulatedDecision href='#inner'/><inputDecision href='#base'/><inputData "
                          "href='#rate'/></decisionService>"
                          "<decisionService name='both' id='both'><outputDecision "
                          "href='#outer'/><outputDecision href='#inner'/>"
                          "<inputData href='#rate'/></decisionService>" DECISION(
                              "use", NEEDS_KNOWLEDGE("svc") LITERAL("svc(3, 10)"))
                              DECISION("named", NEEDS_KNOWLEDGE("svc") LITERAL("svc(base: 10, rate: 4)"))
                                  DECISION("two", NEEDS_KNOWLEDGE("both") LITERAL("both(2).inner"))
                                      DECISION("wrong", NEEDS_KNOWLEDGE("svc") LITERAL("svc(`x`, 10)"));

static void a_service_takes_input_data_before_input_decisions(void **state)
{
    struct desk *d = *state;
    load(d, service_model);
    decides(d, "use", "{`rate`: 99}", "31"); /* what stands outside has no influence */
    decides(d, "named", "{}", "41");
    decides(d, "two", "{}", "200");
    decides(d, "wrong", "{}", "null");
    const struct dmn_element *svc = dmn_find(d->model, DMN_SERVICE, STR("svc"));
    assert_text(d, dmn_call(&d->run, d->model, svc, given(d, "{`rate`: 2, `base`: 5}")).value, "11");
    const struct dmn_element *both = dmn_find(d->model, DMN_SERVICE, STR("both"));
    assert_text(d, dmn_call(&d->run, d->model, both, given(d, "{`rate`: 2}")).value,
                "{outer: 201, inner: 200}");
}

static void imports(struct desk *d, const char *main_body, const char *second, const char *third)
{
    struct dmn_source sources[] = {{STR("main.dmn"), document(d->arena, "main", main_body)},
                                   {STR("second.dmn"), document(d->arena, "second", second)},
                                   {STR("third.dmn"), document(d->arena, "third", third)}};
    d->model = dmn_load(d->arena, sources, 3, &d->notes, &d->err);
    if (!d->model) print_error("%s %s\n", d->err.msgid, d->err.arg);
    assert_non_null(d->model);
}

static void an_imported_model_is_seen_by_the_name_of_its_import(void **state)
{
    struct desk *d = *state;
    imports(
        d,
        "<import name='lib' namespace='urn:second' importType='x'/>"
        "<inputData name='p' id='p'><variable name='p' typeRef='lib.pair'/></inputData>"
        "<decision name='d'><informationRequirement><requiredDecision "
        "href='urn:second#base'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#p'/></informationRequirement>"
        "<knowledgeRequirement><requiredKnowledge href='urn:second#twice'/></knowledgeRequirement>" LITERAL(
            "lib.twice(lib.base rate) + p.a") "</decision>",
        "<itemDefinition name='pair'><itemComponent "
        "name='a'><typeRef>number</typeRef></itemComponent></itemDefinition>" INPUT(
            "rate", "number") "<decision name='base rate' id='base'>" NEEDS("rate")
            LITERAL("rate + 1") "</decision>"
                                "<businessKnowledgeModel name='twice' "
                                "id='twice'><encapsulatedLogic><formalParameter name='x'/>" LITERAL(
                                    "x * 2") "</encapsulatedLogic></businessKnowledgeModel>",
        "");
    decides(d, "d", "{`lib`: {`rate`: 4}, `p`: {`a`: 7}}", "17");
    decides(d, "d", "{`urn:second#rate`: 4, `p`: {`a`: 7}}", "17");
    decides(d, "d", "{`lib`: {`rate`: 4}, `p`: {`b`: 7}}", "null");
}

static void one_model_imported_twice_stands_on_the_input_of_each(void **state)
{
    struct desk *d = *state;
    imports(
        d,
        "<import name='left' namespace='urn:second'/><import name='right' namespace='urn:third'/>"
        "<decision name='d'><informationRequirement><requiredDecision "
        "href='urn:second#s'/></informationRequirement>"
        "<informationRequirement><requiredDecision href='urn:third#t'/></informationRequirement>" LITERAL(
            "[left.s, right.t]") "</decision>",
        "<import name='in' namespace='urn:third'/><decision name='s' id='s'><informationRequirement>"
        "<requiredDecision href='urn:third#t'/></informationRequirement>" LITERAL("in.t * 10") "</decision>",
        INPUT("x", "number") "<decision name='t' id='t'>" NEEDS("x") LITERAL("x") "</decision>");
    decides(d, "d", "{`left`: {`in`: {`x`: 1}}, `right`: {`x`: 2}}", "[10, 2]");
}

static void an_import_without_a_name_mixes_in_what_it_holds(void **state)
{
    struct desk *d = *state;
    imports(d,
            "<import name='' namespace='urn:second'/>"
            "<decision name='d'><informationRequirement><requiredDecision "
            "href='urn:second#s'/></informationRequirement>" LITERAL("s + 1") "</decision>",
            INPUT("x", "number") DECISION("s", NEEDS("x") LITERAL("x")), "");
    decides(d, "d", "{`x`: 1}", "2");
}

static void a_hostile_model_runs_out_of_steps(void **state)
{
    struct desk *d = *state;
    load(d, DECISION("d", LITERAL("sum(for a in 1..100000, b in 1..100000 return a)")));
    d->run.steps = 100000;
    decides(d, "d", "{}", "null");
    assert_true(d->run.stopped);
}

static void texts_become_dates_where_the_type_says_so(void **state)
{
    struct desk *d = *state;
    struct feel_value v;
    assert_true(dmn_read_value(&d->run, FEEL_DATE, STR("2024-02-29"), &v));
    assert_text(d, v, "@`2024-02-29`");
    assert_false(dmn_read_value(&d->run, FEEL_DATE, STR("2023-02-29"), &v));
    assert_false(dmn_read_value(&d->run, FEEL_DATE, STR("2024-01-01\") + (\""), &v));
    assert_true(dmn_read_value(&d->run, FEEL_MONTHS, STR("P1Y2M"), &v));
    assert_false(dmn_read_value(&d->run, FEEL_DAYS, STR("P1Y2M"), &v));
    load(d, INPUT("when", "date and time") INPUT("plain", "string")
                DECISION("d", NEEDS("when") NEEDS("plain") LITERAL("[when.hour, plain]")));
    decides(d, "d", "{`when`: `2024-01-01T08:30:00`, `plain`: `2024-01-01`}", "[8, `2024-01-01`]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_document_that_is_no_model_is_refused, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(document_types_and_entities_are_refused, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(nesting_without_end_is_refused, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_reference_to_nothing_is_refused, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(decisions_that_need_each_other_are_refused, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(every_version_of_the_notation_is_read, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(memory_that_ends_while_loading_leaves_nothing_behind, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(a_context_sees_its_earlier_entries_and_may_have_a_result, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(lists_and_relations_hold_expressions, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(conditions_loops_and_filters_can_be_boxed, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(functions_are_defined_and_invoked_by_name, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(knowledge_may_call_itself_but_not_forever, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(external_functions_and_other_languages_are_refused_with_a_note,
                                        open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_wrong_text_makes_its_decision_null_and_leaves_a_note, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(values_are_held_to_their_types, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_type_made_of_itself_is_not_followed, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_type_that_is_not_there_is_said, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_decision_sees_what_it_requires_and_nothing_else, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(the_inputs_of_a_decision_are_found_however_far, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(a_service_takes_input_data_before_input_decisions, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(an_imported_model_is_seen_by_the_name_of_its_import, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(one_model_imported_twice_stands_on_the_input_of_each, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(an_import_without_a_name_mixes_in_what_it_holds, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(a_hostile_model_runs_out_of_steps, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(texts_become_dates_where_the_type_says_so, open_desk, close_desk),
    };
    return cmocka_run_group_tests_name("dmn", tests, NULL, NULL);
}
