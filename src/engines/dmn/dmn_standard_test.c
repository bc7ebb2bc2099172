/* What the standard says of models, clause by clause: small models and what their decisions are, as FEEL
 * writes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "engines/dmn/dmn.h"

#define NAMED(element, name, type, inside)                                                                   \
    "<" element " id='" name "' name='" name "'><variable name='" name "' typeRef='" type "'/>" inside       \
    "</" element ">"
#define TEXT(text)        "<literalExpression><text>" text "</text></literalExpression>"
#define INPUT(name, type) NAMED("inputData", name, type, "")
#define REQUIRES(kind, what, href)                                                                           \
    "<" kind "Requirement><required" what " href='" href "'/></" kind "Requirement>"
#define ON_INPUT(href)                     REQUIRES("information", "Input", href)
#define ON_DECISION(href)                  REQUIRES("information", "Decision", href)
#define KNOWS(href)                        REQUIRES("knowledge", "Knowledge", href)
#define DECISION(name, type, needs, logic) NAMED("decision", name, type, needs logic)
#define IMPORT(name, ns)                   "<import name='" name "' namespace='" ns "' importType='urn:dmn'/>"
#define ITEM(name, collection, type, limit)                                                                  \
    "<itemDefinition name='" name "' isCollection='" collection "'><typeRef>" type "</typeRef>" limit        \
    "</itemDefinition>"
#define ALLOWED(text)    "<allowedValues><text>" text "</text></allowedValues>"
#define CONSTRAINT(text) "<typeConstraint><text>" text "</text></typeConstraint>"

struct row {
    const char *decision, *value;
};

struct document {
    const char *name;
    const char *const *parts; /* ended by NULL */
};

static struct dmn_source source_of(struct arena *a, const struct document *d)
{
    struct buf xml = buf_new(a, 4096);
    buf_fmt(&xml,
            "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:%s' name='%s'>",
            d->name, d->name);
    for (const char *const *part = d->parts; *part; part++)
        buf_add_c(&xml, *part);
    buf_add_c(&xml, "</definitions>");
    return (struct dmn_source){.name = str_c(d->name), .xml = buf_str(&xml)};
}

/* The first is the model, the others what it may import. */
static void all_decide(const struct document *documents, size_t count, const char *inputs,
                       const struct row *rows)
{
    struct arena *a = arena_new(64 << 20);
    struct feel_notes notes = {0};
    struct dmn_source sources[3];
    struct err e = {0};
    for (size_t i = 0; i < count; i++)
        sources[i] = source_of(a, &documents[i]);
    const struct dmn_model *m = dmn_load(a, sources, count, &notes, &e);
    if (!m) fail_msg("%s %s", e.msgid, e.arg);
    for (; rows->decision; rows++) {
        struct feel_run r = feel_run_new(a, INT64_C(1732600800000));
        const struct dmn_element *d = dmn_find(m, DMN_DECISION, str_c(rows->decision));
        if (!d) fail_msg("there is no decision %s", rows->decision);
        const struct feel_context *given = dmn_inputs(&r, m, json_parse(a, str_c(inputs), JSON_STRICT, &e));
        const char *got = str_z(a, feel_literal(a, dmn_evaluate(&r, m, d, given).value));
        if (strcmp(got, rows->value) != 0) fail_msg("%s is %s, not %s", rows->decision, got, rows->value);
    }
    arena_drop(a);
}

/* ---- 7.3.2, 7.3.3: item definitions ---- */

static void a_type_holds_its_values_to_their_limits_at_every_level(void **state)
{
    static const char *const parts[] = {
        ITEM("colour", "false", "string", ALLOWED("\"red\",\"green\"")),
        ITEM("colours", "true", "colour", ""),
        ITEM("matrix", "true", "colours", ""),
        ITEM("small", "true", "number", ALLOWED("[0..10]")),
        ITEM("few", "true", "number", CONSTRAINT("count(?) &lt;= 2")),
        ITEM("anything", "true", "Any", CONSTRAINT("count(?) &lt;= 2")),
        ITEM("narrow", "false", "colour", ALLOWED("\"red\"")),
        DECISION("a1", "colour", "", TEXT("\"blue\"")),
        DECISION("a2", "colours", "", TEXT("\"red\"")),
        DECISION("a3", "matrix", "", TEXT("[[\"red\"], [\"green\"]]")),
        DECISION("a4", "matrix", "", TEXT("[[\"red\"], [\"blue\"]]")),
        DECISION("a5", "matrix", "", TEXT("[\"red\", \"green\"]")),
        DECISION("b1", "small", "", TEXT("[1, 11]")),
        DECISION("b2", "few", "", TEXT("[1, 2]")),
        DECISION("b3", "few", "", TEXT("[1, 2, 3]")),
        DECISION("b4", "anything", "", TEXT("[1, 2, 3]")),
        DECISION("c1", "narrow", "", TEXT("\"green\"")),
        DECISION("c2", "narrow", "", TEXT("\"red\"")),
        DECISION("d1", "boolean", "", TEXT("[\"red\"] instance of colours")),
        DECISION("d2", "boolean", "", TEXT("\"blue\" instance of colour")),
        NULL,
    };
    static const struct row rows[] = {
        {"a1", "null"},   {"a2", "[\"red\"]"},
        {"a4", "null"},   {"a3", "[[\"red\"], [\"green\"]]"},
        {"b1", "null"},   {"a5", "[[\"red\", \"green\"]]"},
        {"b2", "[1, 2]"}, {"b3", "null"},
        {"b4", "null"},   {"c1", "null"},
        {"d1", "true"},   {"c2", "\"red\""},
        {"d2", "false"},  {0},
    };
    all_decide(&(struct document){"types", parts}, 1, "{}", rows);
    (void)state;
}

/* ---- 6.3.5, 10.4: knowledge and services are functions ---- */

static void services_and_knowledge_are_called_by_position_and_by_name(void **state)
{
    static const char *const parts[] = {
        INPUT("x", "number"),
        DECISION("pre", "number", "", TEXT("100")),
        DECISION("sum", "number", ON_INPUT("#x") ON_DECISION("#pre"), TEXT("x + pre")),
        "<decisionService id='s' name='s'><variable name='s'/><outputDecision href='#sum'/>",
        "<inputDecision href='#pre'/><inputData href='#x'/></decisionService>",
        "<businessKnowledgeModel id='fac' name='fac'><variable name='fac'/><encapsulatedLogic>",
        "<formalParameter name='n' typeRef='number'/>",
        TEXT("if n = 0 then 1 else n * fac(n - 1)"),
        "</encapsulatedLogic>",
        KNOWS("#fac"),
        "</businessKnowledgeModel>",
        DECISION("a1", "Any", KNOWS("#s"), TEXT("s(1, 2)")),
        DECISION("a2", "Any", KNOWS("#s"), TEXT("s(pre: 2, x: [1])")),
        DECISION("a3", "Any", KNOWS("#s"), TEXT("s(1)")),
        DECISION("a4", "Any", KNOWS("#s"), TEXT("s(\"a\", 2)")),
        DECISION("a5", "Any", KNOWS("#s"), TEXT("s instance of function&lt;number, number>->number")),
        DECISION("b1", "Any", KNOWS("#fac"), TEXT("fac(20)")),
        DECISION("b2", "Any", KNOWS("#fac"), TEXT("fac(-1)")),
        DECISION("b3", "Any", KNOWS("#fac"), TEXT("(function(f, v) f(v))(fac, 3)")),
        DECISION(
            "b4", "Any", KNOWS("#fac"),
            "<invocation>" TEXT("fac") "<binding><parameter name='m'/>" TEXT("3") "</binding></invocation>"),
        NULL,
    };
    static const struct row rows[] = {
        {"a1", "3"},    {"a2", "3"},
        {"a3", "null"}, {"a4", "null"},
        {"a5", "true"}, {"b1", "2432902008176640000"},
        {"b2", "null"}, {"b3", "6"},
        {"b4", "null"}, {0},
    };
    all_decide(&(struct document){"calls", parts}, 1, "{\"x\": 5}", rows);
    (void)state;
}

/* ---- 6.3.3: imports ---- */

static void the_same_model_imported_twice_stands_on_its_own_input(void **state)
{
    static const char *const top[] = {
        IMPORT("left", "urn:middle"),
        IMPORT("lib", "urn:base"),
        INPUT("who", "string"),
        DECISION("both", "string", ON_DECISION("urn:middle#greeted") ON_DECISION("urn:base#greeting"),
                 TEXT("left.greeted + lib.greeting")),
        DECISION("greeting", "string", ON_DECISION("urn:base#greeting"), TEXT("\"own \" + lib.greeting")),
        DECISION("named", "lib.short", "", TEXT("\"abcdef\"")),
        NULL,
    };
    static const char *const middle[] = {
        IMPORT("base", "urn:base"),
        DECISION("greeted", "string", ON_DECISION("urn:base#greeting"), TEXT("base.greeting")),
        NULL,
    };
    static const char *const base[] = {
        ITEM("short", "false", "string", ALLOWED("string length(?) &lt; 5")),
        INPUT("who", "string"),
        DECISION("greeting", "string", ON_INPUT("#who"), TEXT("\"to \" + who + \".\"")),
        NULL,
    };
    static const struct document documents[] = {{"top", top}, {"middle", middle}, {"base", base}};
    static const struct row rows[] = {
        {"both", "\"to A.to B.\""},
        {"greeting", "\"own to B.\""},
        {"named", "null"},
        {0},
    };
    all_decide(documents, 3,
               "{\"left\": {\"base\": {\"who\": \"A\"}}, \"lib\": {\"who\": \"B\"}, \"who\": \"C\"}", rows);
    (void)state;
}

/* ---- 8.2.8: hit policies ---- */

#define TABLE(name, policy, output, rules)                                                                   \
    DECISION(name, "Any", ON_INPUT("#x"),                                                                    \
             "<decisionTable hitPolicy='" policy                                                             \
             "'><input><inputExpression><text>x</text></inputExpression>"                                    \
             "</input>" output rules "</decisionTable>")
#define RULE(test, output)                                                                                   \
    "<rule><inputEntry><text>" test "</text></inputEntry><outputEntry><text>" output                         \
    "</text></outputEntry></rule>"
#define PLAIN        "<output/>"
#define ORDERED      "<output><outputValues><text>\"b\",\"a\"</text></outputValues></output>"
#define WITH_DEFAULT "<output><defaultOutputEntry><text>7</text></defaultOutputEntry></output>"

static void hit_policies_know_null_and_default(void **state)
{
    static const char *const parts[] = {
        INPUT("x", "number"),
        TABLE("two", "UNIQUE", PLAIN, RULE("-", "1") RULE("5", "1")),
        TABLE("any", "ANY", PLAIN, RULE("-", "1") RULE("-", "2")),
        TABLE("any null", "ANY", PLAIN, RULE("-", "null") RULE("-", "1")),
        TABLE("priority", "PRIORITY", ORDERED, RULE("-", "\"a\"") RULE("-", "\"b\"")),
        TABLE("order", "OUTPUT ORDER", ORDERED, RULE("-", "\"a\"") RULE("-", "\"b\"")),
        TABLE("rules", "RULE ORDER", PLAIN, RULE("-", "1") RULE("-", "null")),
        TABLE("sum", "COLLECT' aggregation='SUM", PLAIN, RULE("-", "1") RULE("-", "null")),
        TABLE("none", "COLLECT", PLAIN, RULE("9", "1")),
        TABLE("otherwise", "UNIQUE", WITH_DEFAULT, RULE("9", "1")),
        TABLE("empty", "UNIQUE", PLAIN, ""),
        TABLE("unforeseen", "UNIQUE", ORDERED, RULE("-", "\"c\"")),
        NULL,
    };
    static const struct row rows[] = {
        {"two", "null"},
        {"any", "null"},
        {"any null", "null"},
        {"priority", "\"b\""},
        {"order", "[\"b\", \"a\"]"},
        {"rules", "[1, null]"},
        {"sum", "null"},
        {"none", "[]"},
        {"otherwise", "7"},
        {"empty", "null"},
        {"unforeseen", "null"},
        {0},
    };
    all_decide(&(struct document){"tables", parts}, 1, "{\"x\": 5}", rows);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_type_holds_its_values_to_their_limits_at_every_level),
        cmocka_unit_test(services_and_knowledge_are_called_by_position_and_by_name),
        cmocka_unit_test(the_same_model_imported_twice_stands_on_its_own_input),
        cmocka_unit_test(hit_policies_know_null_and_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
