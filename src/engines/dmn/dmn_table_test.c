#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/dmn/dmn_desk_test.h"

#define COLUMN(name) "<input><inputExpression><text>" name "</text></inputExpression></input>"
#define RULE1(a, out)                                                                                        \
    "<rule><inputEntry><text>" a "</text></inputEntry><outputEntry><text>" out "</text></outputEntry></"     \
    "rule>"
#define RULE2(a, b, out)                                                                                     \
    "<rule><inputEntry><text>" a "</text></inputEntry><inputEntry><text>" b                                  \
    "</text></inputEntry><outputEntry><text>" out "</text></outputEntry></rule>"
#define PAIR(a, out, other)                                                                                  \
    "<rule><inputEntry><text>" a "</text></inputEntry><outputEntry><text>" out                               \
    "</text></outputEntry><outputEntry><text>" other "</text></outputEntry></rule>"
#define TABLE(attributes, body)                                                                              \
    INPUT("n", "number")                                                                                     \
    INPUT("s", "string")                                                                                     \
    INPUT("b", "boolean")                                                                                    \
    DECISION("d", NEEDS("n") NEEDS("s") NEEDS("b") "<decisionTable " attributes ">" body "</decisionTable>")

/* Steps that overlap: 10 matches all, 3 the first two, 1 the first. */
#define STEPS   RULE1("&gt;= 1", "`low`") RULE1("&gt;= 3", "`middle`") RULE1("&gt;= 5", "`high`")
#define ORDERED "<output><outputValues><text>`high`, `middle`, `low`</text></outputValues></output>"
#define AMOUNTS RULE1("&gt;= 1", "10") RULE1("&gt;= 3", "30") RULE1("&gt;= 5", "20")

static void unique_gives_the_only_match_and_null_for_two(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("", COLUMN("n") "<output/>" RULE1("[1..5]", "`a`") RULE1("[5..9]", "`b`")));
    decides(d, "d", "{`n`: 1}", "`a`");
    decides(d, "d", "{`n`: 9}", "`b`");
    decides(d, "d", "{`n`: 10}", "null");
    decides(d, "d", "{`n`: 5}", "null");
    says(&d->run.notes, "More than one rule of %{arg} matches, where only one may.");
}

static void first_gives_the_rule_that_stands_first(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("hitPolicy='FIRST'", COLUMN("n") "<output/>" STEPS));
    decides(d, "d", "{`n`: 10}", "`low`");
    assert_int_equal(d->last.hits->rule, 1);
    assert_null(d->last.hits->next);
}

static void priority_gives_the_output_that_is_named_first(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("hitPolicy='PRIORITY'", COLUMN("n") ORDERED STEPS));
    decides(d, "d", "{`n`: 10}", "`high`");
    decides(d, "d", "{`n`: 3}", "`middle`");
    load(d, "<itemDefinition name='step'><typeRef>string</typeRef><allowedValues><text>`high`, `middle`, "
            "`low`</text></allowedValues></itemDefinition>" INPUT(
                "n", "number") "<decision name='d'><variable "
                               "name='d' "
                               "typeRef='step'/>" NEEDS("n") "<decisionTable "
                                                             "hitPolicy='PRIORITY'"
                                                             ">" COLUMN("n") "<outpu"
                                                                             "t/"
                                                                             ">" STEPS "</"
                                                                             "decisi"
                                                                             "onTabl"
                                                                             "e></"
                                                                             "decisi"
                                                                             "on>");
    decides(d, "d", "{`n`: 10}", "`high`");
}

static void any_gives_what_all_agree_on(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("hitPolicy='ANY'", COLUMN("n") "<output/>" RULE1("&gt; 1", "`x`") RULE1("&gt; 2", "`x`")
                                         RULE1("&gt; 3", "`y`")));
    decides(d, "d", "{`n`: 3}", "`x`");
    decides(d, "d", "{`n`: 4}", "null");
}

static void collections_keep_the_order_of_rules_or_of_outputs(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("hitPolicy='RULE ORDER'", COLUMN("n") "<output/>" STEPS));
    decides(d, "d", "{`n`: 10}", "[`low`, `middle`, `high`]");
    load(d, TABLE("hitPolicy='OUTPUT ORDER'", COLUMN("n") ORDERED STEPS));
    decides(d, "d", "{`n`: 10}", "[`high`, `middle`, `low`]");
    load(d, TABLE("hitPolicy='COLLECT'", COLUMN("n") "<output/>" STEPS));
    decides(d, "d", "{`n`: 3}", "[`low`, `middle`]");
    decides(d, "d", "{`n`: 0}", "[]");
}

static void collections_are_aggregated(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("hitPolicy='COLLECT' aggregation='SUM'", COLUMN("n") "<output/>" AMOUNTS));
    decides(d, "d", "{`n`: 10}", "60");
    load(d, TABLE("hitPolicy='COLLECT' aggregation='MIN'", COLUMN("n") "<output/>" AMOUNTS));
    decides(d, "d", "{`n`: 10}", "10");
    load(d, TABLE("hitPolicy='COLLECT' aggregation='MAX'", COLUMN("n") "<output/>" AMOUNTS));
    decides(d, "d", "{`n`: 10}", "30");
    load(d, TABLE("hitPolicy='COLLECT' aggregation='COUNT'", COLUMN("n") "<output/>" AMOUNTS));
    decides(d, "d", "{`n`: 3}", "2");
    decides(d, "d", "{`n`: 0}", "0");
    load(d, TABLE("hitPolicy='COLLECT' aggregation='SUM'", COLUMN("n") "<output/>" STEPS));
    decides(d, "d", "{`n`: 10}", "null");
}

static void several_outputs_make_a_context(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("hitPolicy='FIRST'", COLUMN("n") "<output name='is granted'/><output name='why'/>" PAIR(
                                           "&gt; 1", "true", "`big`") PAIR("-", "false", "`small`")));
    decides(d, "d", "{`n`: 2}", "{is granted: true, why: `big`}");
    decides(d, "d", "{`n`: 1}", "{is granted: false, why: `small`}");
}

static void a_default_stands_where_no_rule_matches(void **state)
{
    struct desk *d = *state;
    load(
        d,
        TABLE(
            "",
            COLUMN("n") "<output><defaultOutputEntry><text>`none`</text></defaultOutputEntry></output>" RULE1(
                "1", "`one`")));
    decides(d, "d", "{`n`: 1}", "`one`");
    decides(d, "d", "{`n`: 2}", "`none`");
    decides(d, "d", "{}", "`none`");
}

static void null_matches_a_dash_a_null_test_and_what_says_so_itself(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("hitPolicy='RULE ORDER'",
                  COLUMN("n") "<output/>" RULE1("-", "1") RULE1("null", "2") RULE1("&lt; 5", "3")
                      RULE1("? = null", "4") RULE1("not(5)", "5") RULE1("7", "6")));
    decides(d, "d", "{}", "[1, 2, 4, 5]");
    decides(d, "d", "{`n`: 7}", "[1, 5, 6]");
    decides(d, "d", "{`n`: 5}", "[1]");
}

static void entries_may_compare_with_other_inputs(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("hitPolicy='RULE ORDER'",
                  COLUMN("n") COLUMN("s") "<output/>" RULE2("&gt; string length(s)", "-", "1")
                      RULE2("[1..3], 7", "`a`, `b`", "2") RULE2("-", "starts with(?, `b`)", "3")));
    decides(d, "d", "{`n`: 7, `s`: `b`}", "[1, 2, 3]");
    decides(d, "d", "{`n`: 2, `s`: `abc`}", "null");
    decides(d, "d", "{`n`: 2, `s`: `b`}", "[1, 2, 3]");
    assert_null(dmn_table_of(d->model, dmn_find(d->model, DMN_DECISION, STR("d"))));
}

static void values_that_a_table_does_not_provide_for_make_it_null(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("", "<input><inputExpression><text>s</text></inputExpression><inputValues><text>`a`, "
                      "`b`</text></inputValues></input><output><outputValues><text>1, "
                      "2</text></outputValues></output>" RULE1("not(`b`)", "1") RULE1("`b`", "3")));
    decides(d, "d", "{`s`: `a`}", "1");
    decides(d, "d", "{`s`: `c`}", "null");
    says(&d->run.notes, "The value of %{arg} is not one that the table provides for.");
    decides(d, "d", "{`s`: `b`}", "null");
    says(&d->run.notes, "The result of a rule is not one that the table provides for.");
}

static void a_table_tells_which_rule_spoke_and_why(void **state)
{
    struct desk *d = *state;
    load(d,
         TABLE("", COLUMN("n") "<output/><annotation name='article'/><rule id='r1'><inputEntry><text>&gt;= "
                               "18</text></inputEntry><outputEntry><text>true</text></"
                               "outputEntry><annotationEntry><text>Article "
                               "7</text></annotationEntry></rule>"));
    decides(d, "d", "{`n`: 20}", "true");
    const struct dmn_hit *h = d->last.hits;
    assert_non_null(h);
    assert_true(str_eq_c(h->decision, "d") && str_eq_c(h->rule_id, "r1") && h->rule == 1);
    assert_true(str_eq_c(h->input_texts[0], "n") && str_eq_c(h->entry_texts[0], ">= 18"));
    assert_text(d, h->input_values[0], "20");
    assert_int_equal(h->annotation_count, 1);
    assert_true(str_eq_c(h->annotation_names[0].name, "article") && str_eq_c(h->annotations[0], "Article 7"));
}

static void rules_of_the_wrong_length_are_said(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("", COLUMN("n") "<output/>" RULE2(
                          "1", "2", "3") "<rule><inputEntry><text>1</text></inputEntry></rule>"));
    says(&d->notes, "The rule has another number of conditions than the table has inputs.");
    says(&d->notes, "The rule has another number of results than the table has outputs.");
    load(d, TABLE("hitPolicy='SOMETIMES'", COLUMN("n")));
    says(&d->notes, "There is no hit policy %{arg}.");
    says(&d->notes, "The table has no output.");
    decides(d, "d", "{`n`: 1}", "null");
}

/* ---- the index says what the entries say ---- */

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static struct str random_number_test(struct arena *a, uint32_t *seed)
{
    static const char *const forms[] = {"-",        "%d",     "[%d..%d]", "(%d..%d)",      "&lt; %d",
                                        "&gt;= %d", "%d, %d", "not(%d)",  "? * 2 &gt; %d", "not([%d..%d))"};
    const char *form = forms[next(seed) % 10];
    int x = (int)(next(seed) % 12), y = x + (int)(next(seed) % 5);
    struct buf b = buf_new(a, 32);
    int values[] = {x, y}, used = 0;
    for (const char *c = form; *c; c++)
        if (c[0] == '%')
            buf_add_i64(&b, values[used++]), c++;
        else
            buf_add_char(&b, *c);
    return buf_str(&b);
}

static struct str random_text_test(struct arena *, uint32_t *seed)
{
    static const char *const forms[] = {"-",        "`a`",        "`b`, `d`", "not(`c`)",
                                        "&gt; `b`", "[`a`..`c`)", "null",     "starts with(?, `c`)"};
    return str_c(forms[next(seed) % 8]);
}

/* The same as an expression over the input's name. */
static struct str alone(struct arena *a, const char *name, struct str test)
{
    size_t at = str_find_char(test, '?');
    if (str_eq_c(test, "-")) return STR("true");
    if (str_starts(test, STR("not")))
        return str_fmt(a, "not(%s in %.*s)", name, (int)test.len - 3, test.ptr + 3);
    if (at == SIZE_MAX) return str_fmt(a, "%s in (%.*s)", name, STR_ARG(test));
    return str_fmt(a, "%.*s%s%.*s", (int)at, test.ptr, name, (int)(test.len - at - 1), test.ptr + at + 1);
}

enum { RULES = 130, TURNS = 200 };

/* Rule by rule, each in a table of its own, against all at once. */
static void an_index_says_what_the_entries_say(void **state)
{
    struct desk *d = *state;
    uint32_t seed = 20;
    struct str numbers[RULES], texts[RULES];
    struct buf xml = buf_new(d->arena, 1 << 16), one = buf_new(d->arena, 1 << 16);
    buf_add_c(&xml, INPUT("n", "number") INPUT("s", "string") "<decision name='all'>" NEEDS("n") NEEDS(
                        "s") "<decisionTable hitPolicy='RULE ORDER'>" COLUMN("n") COLUMN("s") "<output/>");
    for (int r = 0; r < RULES; r++) {
        struct str n = numbers[r] = random_number_test(d->arena, &seed);
        struct str s = texts[r] = random_text_test(d->arena, &seed);
        struct str rule = str_fmt(d->arena,
                                  "<rule><inputEntry><text>%.*s</text></inputEntry><inputEntry><text>%.*s"
                                  "</text></inputEntry><outputEntry><text>%d</text></outputEntry></rule>",
                                  STR_ARG(n), STR_ARG(s), r);
        buf_add(&xml, rule);
        struct str n_alone = alone(d->arena, "n", n), s_alone = alone(d->arena, "s", s);
        buf_fmt(&one,
                "<decision name='r%d'>" NEEDS("n") NEEDS("s")
                    LITERAL("(if %.*s then 1 else 0) + (if %.*s then 1 else "
                            "0) = 2") "</decision>",
                r, STR_ARG(n_alone), STR_ARG(s_alone));
    }
    buf_add_c(&xml, "</decisionTable></decision>");
    buf_add(&xml, buf_str(&one));
    load(d, str_z(d->arena, buf_str(&xml)));
    const struct dmn_element *all = dmn_find(d->model, DMN_DECISION, STR("all"));
    const struct dmn_table *table = dmn_table_of(d->model, all);
    assert_non_null(table);
    struct arena *turn = arena_new(16 << 20);
    for (int i = 0; i < TURNS; i++, arena_reset(turn)) {
        d->run = feel_run_new(turn, 0);
        int half = (int)(next(&seed) % 30);
        static const char *const words[] = {"`a`", "`b`", "`bb`", "`c`", "`cc`", "`d`", "`e`", "null"};
        const char *text = words[next(&seed) % 8];
        struct str json = str_fmt(d->arena, "{`n`: %d.%d, `s`: %s}", half / 2, half % 2 * 5, text);
        const struct feel_context *in = given(d, str_z(d->arena, json));
        struct feel_value hits = dmn_evaluate(&d->run, d->model, all, in).value;
        struct feel_value values[] = {feel_get(in, STR("n")), feel_get(in, STR("s"))};
        uint64_t bits[3];
        size_t count = dmn_table_match(&d->run, table, values, bits, 3), found = 0;
        for (int r = 0; r < RULES; r++) {
            const struct dmn_element *e = dmn_find(d->model, DMN_DECISION, str_fmt(d->arena, "r%d", r));
            struct feel_value own = dmn_evaluate(&d->run, d->model, e, in).value;
            bool listed = false, matched = own.kind == FEEL_BOOLEAN && own.boolean;
            for (size_t h = 0; hits.kind == FEEL_LIST && h < hits.list->count; h++) {
                struct feel_value same = feel_equal(hits.list->items[h], feel_integer(r));
                listed = listed || same.boolean;
            }
            if (listed != matched)
                print_error("rule %d (%.*s | %.*s) at %.*s\n", r, STR_ARG(numbers[r]), STR_ARG(texts[r]),
                            STR_ARG(json));
            assert_int_equal(listed, matched);
            assert_int_equal(bits[r / 64] >> (r % 64) & 1, matched);
            found += matched;
        }
        assert_int_equal(count, found);
    }
    arena_drop(turn);
}

static void a_table_over_input_data_can_be_read_the_other_way_round(void **state)
{
    struct desk *d = *state;
    load(d, TABLE("hitPolicy='COLLECT'",
                  COLUMN("n") COLUMN("s") "<output/>" RULE2("&gt;= 10", "`tech`", "`a`")
                      RULE2("-", "not(`tech`)", "`b`") RULE2("? * 2 &lt; 10", "-", "`c`")));
    const struct dmn_table *t = dmn_table_of(d->model, dmn_find(d->model, DMN_DECISION, STR("d")));
    assert_non_null(t);
    assert_int_equal(dmn_table_inputs(t), 2);
    assert_int_equal(dmn_table_rules(t), 3);
    assert_true(str_eq_c(dmn_table_input(t, 1), "s"));
    uint64_t bits[2];
    struct feel_value firm[] = {feel_integer(12), feel_string(STR("tech"))};
    assert_int_equal(dmn_table_match(&d->run, t, firm, bits, 2), 1);
    assert_int_equal(bits[0], 1);
    assert_int_equal(bits[1], 0);
    struct feel_value shop[] = {feel_integer(2), feel_string(STR("food"))};
    assert_int_equal(dmn_table_match(&d->run, t, shop, bits, 2), 2);
    assert_int_equal(bits[0], 6);
}

/* ---- checking ---- */

static void check(struct desk *d, const char *body)
{
    load(d, body);
    dmn_check(d->arena, d->model, &d->notes);
}

static const struct feel_note *noted(struct desk *d, const char *msgid)
{
    for (const struct feel_note *n = d->notes.first; n; n = n->next)
        if (strcmp(n->msgid, msgid) == 0) return n;
    return NULL;
}

static void overlaps_and_gaps_are_found_and_shown(void **state)
{
    struct desk *d = *state;
    const char *overlap = "Two rules can match at once, where only one may: %{arg}.";
    const char *gap = "No rule matches, and there is no default, where %{arg}.";
    check(d,
          TABLE("", COLUMN("n") "<output/>" RULE1("&lt; 5", "1") RULE1("[4..9]", "2") RULE1("&gt; 10", "3")));
    assert_true(noted(d, overlap) && str_eq_c(noted(d, overlap)->arg, "#1, #2"));
    assert_true(noted(d, gap) && str_eq_c(noted(d, gap)->arg, "n: (9..10)"));
    check(d, TABLE("", COLUMN("n") COLUMN("b") "<output/>" RULE2("&lt; 5", "true", "1")
                           RULE2("&gt;= 5", "-", "2") RULE2("&lt; 5", "false", "3")));
    assert_null(noted(d, overlap));
    assert_null(noted(d, gap));
    check(d, TABLE("", COLUMN("n") COLUMN("b") "<output/>" RULE2("&lt; 5", "true", "1")
                           RULE2("&gt;= 5", "-", "2")));
    assert_true(noted(d, gap) && str_eq_c(noted(d, gap)->arg, "n: < 5; b: false"));
    check(d, TABLE("", "<input><inputExpression><text>s</text></inputExpression><inputValues><text>`a`, "
                       "`b`</text></inputValues></input><output/>" RULE1("`a`", "1") RULE1("`b`", "2")));
    assert_null(noted(d, gap));
    check(d, TABLE("", COLUMN("s") "<output/>" RULE1("`a`", "1")));
    assert_true(noted(d, gap) && str_eq_c(noted(d, gap)->arg, "s: …"));
}

static void rules_that_never_match_are_found(void **state)
{
    struct desk *d = *state;
    check(d, TABLE("hitPolicy='FIRST'", COLUMN("n") "<output/>" RULE1("[9..3]", "1") RULE1("-", "2")));
    const struct feel_note *n = noted(d, "Rule %{arg} can never match.");
    assert_true(n && str_eq_c(n->arg, "#1"));
}

static void what_is_odd_about_elements_is_said(void **state)
{
    struct desk *d = *state;
    check(d, "<import name='x' namespace='urn:x'/>" INPUT(
                 "unused", "number") "<decision name='d' id='i'/><decision "
                                     "name='d' id='i'><variable name='e'/>" LITERAL(
                                         "1") "</decision><decisionService name='s' id='s'/>");
    says(&d->notes, "The imported model %{arg} was not given.");
    says(&d->notes, "No decision uses this input.");
    says(&d->notes, "Two elements have the name %{arg}.");
    says(&d->notes, "Two elements have the id %{arg}.");
    says(&d->notes, "The decision has no logic and gives null.");
    says(&d->notes, "The service gives nothing.");
    says(&d->notes, "Its variable is called %{arg}; the name of the element counts.");
    check(d, TABLE("hitPolicy='PRIORITY'", COLUMN("n") "<output/>" RULE1("-", "1")));
    says(&d->notes, "The hit policy needs output values in their order, and there are none.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(unique_gives_the_only_match_and_null_for_two, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(first_gives_the_rule_that_stands_first, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(priority_gives_the_output_that_is_named_first, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(any_gives_what_all_agree_on, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(collections_keep_the_order_of_rules_or_of_outputs, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(collections_are_aggregated, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(several_outputs_make_a_context, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_default_stands_where_no_rule_matches, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(null_matches_a_dash_a_null_test_and_what_says_so_itself, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(entries_may_compare_with_other_inputs, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(values_that_a_table_does_not_provide_for_make_it_null, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(a_table_tells_which_rule_spoke_and_why, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(rules_of_the_wrong_length_are_said, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(an_index_says_what_the_entries_say, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_table_over_input_data_can_be_read_the_other_way_round, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(overlaps_and_gaps_are_found_and_shown, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(rules_that_never_match_are_found, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(what_is_odd_about_elements_is_said, open_desk, close_desk),
    };
    return cmocka_run_group_tests_name("dmn tables", tests, NULL, NULL);
}
