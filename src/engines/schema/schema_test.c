#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/schema/schema.h"

struct desk {
    struct arena *arena;
    struct err err;
    struct schema_faults faults;
};

static int set_up(void **state)
{
    struct desk *d = mem_alloc(1, sizeof *d);
    d->arena = arena_new(64 << 20);
    *state = d;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *d = *state;
    arena_drop(d->arena);
    mem_free(d);
    return 0;
}

static const struct json *json(struct desk *d, const char *text)
{
    char *copy = arena_alloc(d->arena, strlen(text) + 1);
    for (size_t i = 0; text[i]; i++)
        copy[i] = text[i] == '\'' ? '"' : text[i];
    struct err e = {0};
    const struct json *j = json_parse(d->arena, str_c(copy), JSON_STRICT, &e);
    if (!j) print_error("%s: %s\n", e.arg, copy);
    assert_non_null(j);
    return j;
}

static const struct json *neighbour(void *arg, struct str uri)
{
    struct desk *d = arg;
    return str_eq_c(uri, "https://example.com/person") ? json(d, "{'required':['name']}") : NULL;
}

static bool own_even(struct arena *a, struct str s)
{
    (void)a;
    return s.len % 2 == 0;
}
static const struct schema_format own[] = {{"even", own_even, "Even, please."}};

static struct schema *compile(struct desk *d, const char *schema)
{
    const struct schema_options o = {
        .document = neighbour, .arg = d, .base = STR_EMPTY, .formats = true, .own = own, .own_count = 1};
    err_clear(&d->err);
    return schema_compile(d->arena, json(d, schema), &o, &d->err);
}

static bool holds(struct desk *d, const char *schema, const char *instance)
{
    bool valid = false;
    struct schema *s = compile(d, schema);
    if (!s) print_error("%s: %s\n", d->err.msgid, d->err.arg);
    assert_non_null(s);
    assert_true(schema_judge(d->arena, s, json(d, instance), &d->faults, &valid, &d->err));
    assert_int_equal(valid, d->faults.count == 0);
    bool quick = !valid;
    assert_true(schema_judge(d->arena, s, json(d, instance), NULL, &quick, &d->err));
    assert_int_equal(valid, quick);
    return valid;
}

static void assert_refused(struct desk *d, const char *schema)
{
    assert_null(compile(d, schema));
    assert_int_equal(d->err.kind, ERR_INVALID);
    assert_string_equal(d->err.code, "schema.compile");
}

static void assert_fault(struct desk *d, const char *instance, const char *schema, const char *arg)
{
    assert_int_equal(d->faults.count, 1);
    const struct schema_fault *f = d->faults.first;
    assert_true(str_eq_c(f->instance, instance));
    assert_true(str_eq_c(f->schema, schema));
    assert_true(str_eq_c(f->arg, arg));
}

static void numbers_count_by_value_whatever_their_notation(void **state)
{
    struct desk *d = *state;
    assert_true(holds(d, "{'type':'integer'}", "1.0"));
    assert_true(holds(d, "{'type':'integer'}", "1e300"));
    assert_false(holds(d, "{'type':'integer'}", "1e-1"));
    assert_true(holds(d, "{'const':100}", "1.00e2"));
    assert_true(holds(d, "{'const':0}", "-0.0e9"));
    assert_true(holds(d, "{'maximum':9007199254740993}", "9007199254740993"));
    assert_false(holds(d, "{'maximum':9007199254740992}", "9007199254740993"));
    assert_false(holds(d, "{'minimum':-0.1}", "-0.10000000000000000001"));
    assert_true(holds(d, "{'exclusiveMaximum':1e400}", "1e399"));
    assert_false(holds(d, "{'uniqueItems':true}", "[1,{'a':1.0,'b':2},{'b':2.0,'a':1}]"));
    assert_true(holds(d, "{'maxLength':2e0}", "'\xE6\x94\xBF\xE5\x8A\xA1'"));
    assert_false(holds(d, "{'maxLength':0.1e1}", "'\xE6\x94\xBF\xE5\x8A\xA1'"));
}

static void a_multiple_is_one_exactly(void **state)
{
    struct desk *d = *state;
    assert_true(holds(d, "{'multipleOf':0.01}", "19.99"));
    assert_false(holds(d, "{'multipleOf':0.01}", "19.991"));
    assert_true(holds(d, "{'multipleOf':3e-2}", "1e308") == false);
    assert_true(holds(d, "{'multipleOf':0.5}", "1e308"));
    assert_true(holds(d, "{'multipleOf':1e-8}", "12391239123"));
    assert_true(holds(d, "{'multipleOf':123456789012345678901}", "123456789012345678901000"));
    assert_false(holds(d, "{'multipleOf':123456789012345678901}", "123456789012345678902000"));
    assert_true(holds(d, "{'multipleOf':123456789012345678901e3}", "-246913578024691357802e3"));
    assert_false(holds(d, "{'multipleOf':10}", "5"));
    assert_true(holds(d, "{'multipleOf':7}", "0"));
}

/* Against arithmetic of the machine, where that is exact. */
static void multiples_agree_with_whole_numbers(void **state)
{
    struct desk *d = *state;
    uint64_t seed = 20261129;
    for (int i = 0; i < 2000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        long long n = (long long)(seed >> 20) % 1000000, m = 1 + (long long)(seed >> 50) % 97;
        /* The same two numbers with a long tail run through the long division. */
        struct str tail = STR("000000000000000000000000000001");
        struct str schema = str_fmt(d->arena, "{'multipleOf':%lld%.*s}", m, STR_ARG(tail));
        struct str number = str_fmt(d->arena, "%lld%.*s", m * n, STR_ARG(tail));
        struct str plain = str_fmt(d->arena, "{'multipleOf':%lld}", m);
        assert_int_equal(holds(d, str_z(d->arena, plain), str_z(d->arena, str_fmt(d->arena, "%lld", n))),
                         n % m == 0);
        assert_int_equal(holds(d, str_z(d->arena, schema), str_z(d->arena, number)), m * n == m);
        if (i % 100 == 0) arena_reset(d->arena);
    }
}

static void patterns_mean_what_ecma_262_says(void **state)
{
    struct desk *d = *state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } rows[] = {
        {"^\\\\d+$", "0129", true},
        {"^\\\\d+$", "\xEF\xBC\x91", false}, /* a full-width digit is none */
        {"^\\\\w$", "\xC3\xA9", false},
        {"^\\\\s$", "\xE3\x80\x80", true},
        {"^[^\\\\S]$", "\xE3\x80\x80", true},
        {"^.$", "\xE2\x80\xA8", false},
        {"^a$", "a\\n", false},
        {"^\\\\p{Script=Han}{2,4}$", "\xE9\x80\x9A\xE5\x8A\x9E", true},
        {"^\\\\p{Script=Han}{2,4}$", "Tongban", false},
        {"^\\\\p{Letter}+$",
         "\xE9\x80\x9A"
         "a",
         true},
        {"^\\\\u901A$", "\xE9\x80\x9A", true},
        {"^\\\\u{20BB7}$", "\xF0\xA0\xAE\xB7", true},
        {"^\\\\uD842\\\\uDFB7$", "\xF0\xA0\xAE\xB7", true},
        {"^.$", "\xF0\xA0\xAE\xB7", true},
        {"(?<year>\\\\d{4})-\\\\k<year>", "2026-2026", true},
        {"^(?!x)[a-z]+$", "xa", false},
        {"^[]", "a", false},
        {"^[^]$", "a", true},
        {"\\\\cA", "\\u0001", true},
        {"^\\\\v$", "\\u000b", true},
        {"^\\\\v$", "\\n", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct str schema = str_fmt(d->arena, "{'pattern':'%s'}", rows[i].pattern);
        struct str text = str_fmt(d->arena, "'%s'", rows[i].text);
        if (holds(d, str_z(d->arena, schema), str_z(d->arena, text)) != rows[i].matches)
            fail_msg("%s on %s", rows[i].pattern, rows[i].text);
    }
}

static void what_only_pcre_knows_is_refused(void **state)
{
    struct desk *d = *state;
    static const char *const patterns[] = {
        "(*UTF)a",   "a++",      "\\\\Aa",         "a\\\\Z",    "(?i)a",
        "(?>a)",     "\\\\Qa",   "[[:alpha:]]",    "(?#x)",     "\\\\h",
        "{1}",       "(?P<a>b)", "a{2,1}",         "[b-a]",     "(",
        ")",         "[",        "\\\\p{Nothing}", "\\\\1",     "(?<a>b)(?<a>c)",
        "\\\\uD842", "^*",       "(?=a)*",         "a**",       "\\\\p{Script=}",
        "\\\\k<a>",  "(?R)",     "\\\\g1",         "a{1,99999}"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct str schema = str_fmt(d->arena, "{'pattern':'%s'}", patterns[i]);
        if (compile(d, str_z(d->arena, schema))) fail_msg("%s is taken", patterns[i]);
    }
}

static void a_pattern_that_runs_wild_is_an_error_not_a_verdict(void **state)
{
    struct desk *d = *state;
    bool valid;
    struct schema *s = compile(d, "{'pattern':'^(a+)+$'}");
    assert_non_null(s);
    const struct json *text = json(d, "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'");
    assert_false(schema_judge(d->arena, s, text, NULL, &valid, &d->err));
    assert_string_equal(d->err.code, "schema.limit");
}

static void a_circle_of_references_ends(void **state)
{
    struct desk *d = *state;
    bool valid;
    struct schema *s =
        compile(d, "{'$ref':'#/$defs/a','$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}}}");
    assert_non_null(s);
    assert_false(schema_judge(d->arena, s, json(d, "1"), NULL, &valid, &d->err));
    assert_string_equal(d->err.code, "schema.limit");
}

static void a_fault_says_where_and_by_which_keyword(void **state)
{
    struct desk *d = *state;
    const char *schema = "{'$id':'https://example.com/s','properties':{'a/b':{'items':{'$ref':'#/$defs/n'}}},"
                         "'$defs':{'n':{'maximum':3}},'required':['c'],'additionalProperties':false}";
    assert_false(holds(d, schema, "{'c':1,'a/b':[1,9]}") && true);
    assert_int_equal(d->faults.count, 2);
    assert_false(holds(d,
                       "{'$id':'https://example.com/s','properties':{'a/b':{'items':{'$ref':'#/$defs/n'}}},"
                       "'$defs':{'n':{'maximum':3}}}",
                       "{'a/b':[1,9]}"));
    assert_fault(d, "/a~1b/1", "https://example.com/s#/$defs/n/maximum", "3");
    assert_string_equal(d->faults.first->keyword, "maximum");
    assert_false(holds(d, "{'required':['name','age']}", "{'name':1}"));
    assert_fault(d, "", "#/required", "age");
}

static void a_branch_that_fails_tells_no_fault_of_its_own(void **state)
{
    struct desk *d = *state;
    assert_false(holds(d, "{'anyOf':[{'minimum':5},{'type':'string'}]}", "1"));
    assert_fault(d, "", "#/anyOf", "");
    assert_true(holds(d, "{'if':{'minimum':5},'then':{'multipleOf':2}}", "1"));
}

static void documents_of_others_and_the_draft_itself_are_found(void **state)
{
    struct desk *d = *state;
    assert_true(holds(d, "{'$ref':'https://example.com/person'}", "{'name':1}"));
    assert_false(holds(d, "{'$ref':'https://example.com/person'}", "{}"));
    assert_true(holds(d, "{'$ref':'https://json-schema.org/draft/2020-12/schema'}", "{'minLength':1}"));
    assert_false(holds(d, "{'$ref':'https://json-schema.org/draft/2020-12/schema'}", "{'minLength':-1}"));
    assert_refused(d, "{'$ref':'https://example.com/nobody'}");
    assert_refused(d, "{'$ref':'#/$defs/nobody'}");
    assert_refused(d, "{'$ref':'#nobody'}");
}

static void keywords_of_the_wrong_shape_are_refused(void **state)
{
    struct desk *d = *state;
    static const char *const schemas[] = {
        "3",
        "{'type':'text'}",
        "{'type':[]}",
        "{'minLength':-1}",
        "{'minLength':1.5}",
        "{'multipleOf':0}",
        "{'required':[1]}",
        "{'properties':[]}",
        "{'items':[{}]}",
        "{'allOf':[]}",
        "{'pattern':3}",
        "{'$id':'a#b'}",
        "{'$anchor':'1a'}",
        "{'allOf':[{'$anchor':'a'},{'$anchor':'a'}]}",
        "{'dependentRequired':{'a':'b'}}",
        "{'$schema':'https://example.com/nothing'}",
        "{'$schema':'http://json-schema.org/draft-07/schema#'}",
    };
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++)
        assert_refused(d, schemas[i]);
}

static void a_schema_is_checked_against_its_dialect(void **state)
{
    struct desk *d = *state;
    bool valid = true;
    const struct json *wrong = json(d, "{'properties':{'a':{'maxLength':'long'}}}");
    assert_true(schema_check(d->arena, wrong, NULL, &d->faults, &valid, &d->err));
    assert_false(valid);
    assert_true(str_eq_c(d->faults.first->instance, "/properties/a/maxLength"));
    assert_true(schema_check(d->arena, json(d, "{'properties':{'a':{'maxLength':3}}}"), NULL, &d->faults,
                             &valid, &d->err));
    assert_true(valid);
}

static void formats_are_asserted_on_wish_only(void **state)
{
    struct desk *d = *state;
    bool valid = false;
    const struct json *text = json(d, "'2026-02-30'");
    assert_false(holds(d, "{'format':'date'}", "'2026-02-30'"));
    struct schema *s = schema_compile(d->arena, json(d, "{'format':'date'}"), NULL, &d->err);
    assert_true(schema_judge(d->arena, s, text, NULL, &valid, &d->err));
    assert_true(valid);
    assert_false(holds(d, "{'format':'even'}", "'abc'"));
    assert_string_equal(d->faults.first->msgid, "Even, please.");
    assert_true(holds(d, "{'format':'of nobody'}", "'abc'"));
}

static void unevaluated_sees_through_what_holds(void **state)
{
    struct desk *d = *state;
    const char *s =
        "{'anyOf':[{'properties':{'a':{'type':'integer'}},'required':['a']},{'properties':{'b':true}}],"
        "'unevaluatedProperties':false}";
    assert_true(holds(d, s, "{'a':1,'b':2}"));
    assert_false(holds(d, s, "{'a':'x','c':1}"));
    assert_false(holds(d, s, "{'a':1,'c':2}"));
    assert_true(holds(d, "{'contains':{'type':'string'},'unevaluatedItems':{'type':'integer'}}", "['a',1]"));
    assert_false(
        holds(d, "{'contains':{'type':'string'},'unevaluatedItems':{'type':'integer'}}", "['a',null]"));
}

static void many_members_and_items_are_marked_too(void **state)
{
    struct desk *d = *state;
    struct buf b = buf_new(d->arena, 4096);
    buf_add_c(&b, "[");
    for (int i = 0; i < 200; i++)
        buf_fmt(&b, "%d,", i);
    buf_add_c(&b, "'x']");
    assert_false(holds(d, "{'allOf':[{'contains':{'type':'integer'}}],'unevaluatedItems':false}",
                       str_z(d->arena, buf_str(&b))));
    assert_fault(d, "/200", "#/unevaluatedItems", "");
}

static void faults_end_at_a_hundred(void **state)
{
    struct desk *d = *state;
    struct buf b = buf_new(d->arena, 4096);
    buf_add_c(&b, "[0");
    for (int i = 0; i < 300; i++)
        buf_add_c(&b, ",0");
    buf_add_c(&b, "]");
    assert_false(holds(d, "{'items':{'minimum':1}}", str_z(d->arena, buf_str(&b))));
    assert_int_equal(d->faults.count, SCHEMA_FAULTS_MAX);
    assert_true(d->faults.more);
}

/* Whatever allocation fails, the guard is the only way out. */
static void exhausted_memory_leaves_by_the_guard(void **state)
{
    struct desk *d = *state;
    const struct json *schema =
        json(d, "{'properties':{'a':{'pattern':'^[a-z]+$'}},'unevaluatedProperties':false,"
                "'$ref':'https://json-schema.org/draft/2020-12/schema'}");
    const struct json *instance = json(d, "{'a':'abc','minLength':3}");
    bool done = false;
    for (size_t n = 0; !done; n += n < 200 ? 1 : 97) {
        struct arena *a = arena_new(64 << 20);
        struct err e = {0};
        bool valid;
        jmp_buf env;
        if (setjmp(env) == 0) {
            arena_guard(a, &env);
            arena_fail_after(a, n);
            struct schema *s = schema_compile(a, schema, NULL, &e);
            done = s && schema_judge(a, s, instance, NULL, &valid, &e);
        }
        arena_drop(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_count_by_value_whatever_their_notation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_multiple_is_one_exactly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(multiples_agree_with_whole_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(patterns_mean_what_ecma_262_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_only_pcre_knows_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pattern_that_runs_wild_is_an_error_not_a_verdict, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_circle_of_references_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fault_says_where_and_by_which_keyword, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_branch_that_fails_tells_no_fault_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(documents_of_others_and_the_draft_itself_are_found, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(keywords_of_the_wrong_shape_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_schema_is_checked_against_its_dialect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(formats_are_asserted_on_wish_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unevaluated_sees_through_what_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_members_and_items_are_marked_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faults_end_at_a_hundred, set_up, tear_down),
        cmocka_unit_test_setup_teardown(exhausted_memory_leaves_by_the_guard, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
