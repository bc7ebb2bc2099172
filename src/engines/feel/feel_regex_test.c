#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/feel/feel_regex.h"

static int setup(void **state)
{
    *state = arena_new(256 << 20);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    arena_drop(*state);
    return 0;
}

struct match {
    const char *input, *pattern, *flags;
    bool matches;
};

static void patterns_mean_what_xpath_says(void **state)
{
    static const struct match cases[] = {
        {"abracadabra", "bra", "", true},
        {"abracadabra", "^a.*a$", "", true},
        {"abracadabra", "^bra", "", false},
        {"", "", "", true},
        {"a", "^$", "", false},
        {"a\n", "a$", "", false}, /* the end is the end */
        {"a\nb", "^b$", "", false},
        {"a\nb", "^b$", "m", true},
        {"a\n", "a\n^$", "m", false}, /* no line begins behind the last newline */
        {"a\nb", "a.b", "", false},
        {"a\rb", "a.b", "", false},
        {"a\nb", "a.b", "s", true},
        {"HELLO", "hello", "i", true},
        {"HELLO", "hello", "", false},
        {"\xc3\x84rger", "\xc3\xa4rger", "i", true},
        {"helloworld", " hello[ ]world", "x", false},
        {"hello world", " hello[ ]world", "x", true},
        {"helloworld", "hello world", "x", true},
        {"hello world", "hello\\ sworld", "x", true},
        {"a.c", "a.c", "q", true},
        {"abc", "a.c", "q", false},
        {"A.C", "a.c", "qi", true},
        {"a\\Qc", "\\Q", "q", true},
        {"x", "[xyz-[x]]", "", false},
        {"y", "[xyz-[x]]", "", true},
        {"d", "[a-z-[aeiou]]", "", true},
        {"e", "[a-z-[aeiou]]", "", false},
        {"e", "[a-z-[a-z-[aeiou]]]", "", true},
        {"E", "[a-z-[aeiou]]", "i", false},
        {"-", "[a-]", "", true},
        {"-", "[-a]", "", true},
        {"-", "[^-a]", "", false},
        {"-", "[\\w-.]", "", true},
        {"^", "[a^]", "", true},
        {"]", "[\\]]", "", true},
        {"5", "\\d", "", true},
        {"\xd9\xa5", "^\\d$", "", true}, /* an Arabic digit */
        {"5", "\\D", "", false},
        {"\xe5\x8a\x9e", "^\\w$", "", true},
        {"_", "\\w", "", false}, /* punctuation */
        {"+", "\\w", "", true},  /* a symbol */
        {"_", "\\W", "", true},
        {"_", "[\\w]", "", false},
        {"\xc2\xa0", "\\s", "", false},
        {"\xc2\xa0", "\\S", "", true},
        {" ", "[\\S]", "", false},
        {"x:y-1.z", "^\\i\\c*$", "", true},
        {"-x", "^\\i\\c*$", "", false},
        {"1", "^\\I\\C?$", "", true},
        {"\xe5\x8a\x9e", "^\\p{Lo}$", "", true},
        {"a", "\\p{Lu}", "i", false},
        {"A", "[\\p{Lu}]", "i", true},
        {"a", "[^\\p{Lu}]", "i", true},
        {"A", "[^\\p{Lu}b]", "i", false},
        {"B", "[^\\p{Lu}b]", "i", false},
        {"a", "\\P{L}", "", false},
        {"a", "\\p{L}\\p{Mn}?\\p{Pf}*\\p{Zp}*\\p{Sk}*\\p{Cn}*", "", true},
        {"\xe5\x8a\x9e", "^\\p{IsCJKUnifiedIdeographs}$", "", true},
        {"a", "\\p{IsBasicLatin}", "", true},
        {"\xce\xb1", "\\p{IsGreek}", "", true},
        {"\xe2\x84\xaa", "k", "i", true}, /* the sign of kelvin */
        {"\xe2\x84\xaa", "\\p{IsBasicLatin}", "i", false},
        {"\xe2\x84\xaa", "[\\p{IsBasicLatin}x]", "i", false},
        {"\xe2\x84\xaa", "[^\\p{IsBasicLatin}x]", "i", true},
        {"a", "\\P{IsBasicLatin}", "", false},
        {"\xee\x80\x80", "\\p{IsPrivateUseArea}", "", true},
        {"a", "\\P{IsPrivateUseArea}", "", true},
        {"\xf0\x9f\x98\x80", "^.$", "", true},
        {"abab", "^(ab)\\1$", "", true},
        {"aba", "^(ab)\\1$", "", false},
        {"a", "^(?:(b)|a)\\1$", "", true}, /* a group that took no part is empty */
        {"a1", "^(a)(?:\\11)?1$", "", true},
        {"aaa", "^a{2,3}$", "", true},
        {"aaaa", "^a{2,3}$", "", false},
        {"aaaa", "^a{2,}$", "", true},
        {"aa", "^a{2}$", "", true},
        {"ab", "(a|)b", "", true},
        {"a#b", "a#b", "x", true},
        {"a$b", "a\\$b", "", true},
        {"aA", "^(?:a|b)A$", "", true},
        {"{", "\\{", "", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct match *m = &cases[i];
        const char *msgid = NULL;
        bool out = false;
        if (!feel_regex_matches(*state, str_c(m->input), str_c(m->pattern), str_c(m->flags), &out, &msgid))
            fail_msg("%s: %s", m->pattern, msgid);
        if (out != m->matches) fail_msg("\"%s\" and %s: %d", m->input, m->pattern, out);
    }
}

static void what_xpath_does_not_know_is_refused(void **state)
{
    static const char *const cases[] = {
        "a(",         "a)",          "(a",      "[a",
        "a]",         "a}",          "a{",      "a{,2}",
        "a{2,1}",     "a{99999}",    "a**",     "a++",
        "*a",         "(*UTF)a",     "(?=a)a",  "(?!a)a",
        "(?<n>a)",    "(?i)a",       "(?#c)a",  "a{1",
        "\\b",        "\\A",         "\\z",     "\\Q",
        "\\K",        "\\x41",       "\\u0041", "\\0",
        "\\1",        "(a\\1)",      "(a)\\2",  "[\\1]",
        "[z-a]",      "[]",          "[^]",     "[a-c-e]",
        "[[a]]",      "[a-\\d]",     "[a[b]",   "\\",
        "[\\",        "[[:alpha:]]", "\\p{Xx}", "\\p{IsNowhere}",
        "\\p{Cs}",    "\\p{L",       "\\pL",    "\\p{}",
        "[a-z-[b]c]", "\\-\\/",      "?",       "|*",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *msgid = NULL;
        bool out;
        if (feel_regex_matches(*state, STR("a"), str_c(cases[i]), STR_EMPTY, &out, &msgid))
            fail_msg("%s was accepted", cases[i]);
        assert_non_null(msgid);
    }
    const char *msgid = NULL;
    bool out;
    assert_false(feel_regex_matches(*state, STR("a"), STR("a"), STR("g"), &out, &msgid));
    assert_false(feel_regex_matches(*state, STR("\xff"), STR("a"), STR_EMPTY, &out, &msgid));
}

static void patterns_are_bounded_in_depth_and_groups(void **state)
{
    char pattern[4000];
    const char *msgid = NULL;
    bool out;
    memset(pattern, '(', sizeof pattern / 2);
    memset(pattern + sizeof pattern / 2, ')', sizeof pattern / 2);
    assert_false(
        feel_regex_matches(*state, STR("a"), str_n(pattern, sizeof pattern), STR_EMPTY, &out, &msgid));
    for (size_t i = 0; i < sizeof pattern; i += 2)
        memcpy(pattern + i, "()", 2);
    assert_false(
        feel_regex_matches(*state, STR("a"), str_n(pattern, sizeof pattern), STR_EMPTY, &out, &msgid));
    assert_false(feel_regex_matches(*state, STR("a"), STR("(((a{9999}){9999}){9999}){9999}"), STR_EMPTY, &out,
                                    &msgid));
}

static void hostile_patterns_are_stopped(void **state)
{
    static const char *const patterns[] = {
        "^(a+)+$", "a.*[bc]", "(a|a)*[bc]", "(.*)*[xy]", "(.*)(.*)(.*)(.*)(.*)[^a!][xy]", "a*a*a*a*[bc]"};
    enum { LEN = 50000 };
    char *text = arena_alloc(*state, LEN);
    memset(text, 'a', LEN);
    text[LEN - 1] = '!';
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const char *msgid = NULL;
        bool out;
        assert_false(
            feel_regex_matches(*state, str_n(text, LEN), str_c(patterns[i]), STR_EMPTY, &out, &msgid));
        assert_string_equal(msgid, "The pattern takes too much work on this text.");
    }
}

static void long_texts_are_searched_and_divided(void **state)
{
    enum { LEN = 1000000 };
    char *text = arena_alloc(*state, LEN);
    memset(text, 'a', LEN);
    for (size_t i = 99; i < LEN; i += 100)
        text[i] = ';';
    const char *msgid = NULL;
    bool out;
    struct str *pieces;
    size_t count;
    assert_true(feel_regex_matches(*state, str_n(text, LEN), STR("b"), STR_EMPTY, &out, &msgid));
    assert_false(out);
    assert_true(feel_regex_split(*state, str_n(text, LEN), STR(";"), &pieces, &count, &msgid));
    assert_int_equal(count, LEN / 100 + 1);
    assert_int_equal(pieces[0].len, 99);
}

static void matches_are_replaced(void **state)
{
    static const struct {
        const char *input, *pattern, *replacement, *flags, *result; /* NULL: refused */
    } cases[] = {
        {"abcd", "(ab)|(a)", "[1=$1][2=$2]", "", "[1=ab][2=]cd"},
        {"abc", ".^[d-z]*", "smix", "", "abc"},
        {"abracadabra", "bra", "*", "", "a*cada*"},
        {"abracadabra", "a.*?a", "*", "", "*c*bra"},
        {"abracadabra", "a(.)", "a$1$1", "", "abbraccaddabbra"},
        {"AAAA", "A+?", "b", "", "bbbb"},
        {"darted", "^(.*?)d(.*)$", "$1c$2", "", "carted"},
        {"0123456789", "(\\d{3})(\\d{3})(\\d{4})", "($1) $2-$3", "", "(012) 345-6789"},
        {"facetiously", "[iouy]", "[$0]", "", "facet[i][o][u]sl[y]"},
        {"abc", "(b)", "$12", "", "ab2c"},
        {"abc", "b", "$9", "", "ac"},
        {"abc", "b", "\\$\\\\", "", "a$\\c"},
        {"a.b", ".", "$1\\", "q", "a$1\\b"},
        {"\xe5\x8a\x9e\xe5\x8a\x9e", "\xe5\x8a\x9e", "\xe4\xba\x8b", "", "\xe4\xba\x8b\xe4\xba\x8b"},
        {"", "a", "b", "", ""},
        {"abc", "x*", "-", "", NULL},
        {"abc", "^", "-", "", NULL},
        {"abc", "b", "$", "", NULL},
        {"abc", "b", "$x", "", NULL},
        {"abc", "b", "\\", "", NULL},
        {"abc", "z", "\\n", "", NULL},
        {"abc", "(", "x", "", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *msgid = NULL;
        struct str out = STR_EMPTY;
        bool ok = feel_regex_replace(*state, str_c(cases[i].input), str_c(cases[i].pattern),
                                     str_c(cases[i].replacement), str_c(cases[i].flags), &out, &msgid);
        assert_int_equal(ok, cases[i].result != NULL);
        if (ok)
            assert_string_equal(str_z(*state, out), cases[i].result);
        else
            assert_non_null(msgid);
    }
}

static void texts_are_divided_at_matches(void **state)
{
    static const struct {
        const char *input, *pattern, *pieces; /* joined by | */
    } cases[] = {
        {"John Doe", "\\s", "John|Doe"},
        {"a;b;c;;", ";", "a|b|c||"},
        {";a", ";", "|a"},
        {"abc", ";", "abc"},
        {"", ";", ""},
        {"a1b22c", "\\d+", "a|b|c"},
    };
    struct str *pieces;
    size_t count;
    const char *msgid;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(feel_regex_split(*state, str_c(cases[i].input), str_c(cases[i].pattern), &pieces, &count,
                                     &msgid));
        struct str joined = pieces[0];
        for (size_t n = 1; n < count; n++)
            joined = str_cat(*state, str_cat(*state, joined, STR("|")), pieces[n]);
        assert_string_equal(str_z(*state, joined), cases[i].pieces);
    }
    assert_false(feel_regex_split(*state, STR("abc"), STR_EMPTY, &pieces, &count, &msgid));
}

static bool replaces(struct arena *a)
{
    struct str out;
    const char *msgid = NULL;
    bool ok = feel_regex_replace(a, STR("abc"), STR("([b-z-[q]])\\1?"), STR("<$1>"), STR("i"), &out, &msgid);
    assert_true(ok || msgid);
    return ok;
}

static bool replaces_within(struct arena *a, size_t allocations)
{
    jmp_buf guard;
    if (setjmp(guard) != 0) return false;
    arena_guard(a, &guard);
    arena_fail_after(a, allocations);
    return replaces(a);
}

static void exhausted_memory_is_a_clean_error(void **state)
{
    for (size_t n = 0;; n++) {
        struct arena *a = arena_new(64 << 20);
        assert_non_null(a);
        bool ok = replaces_within(a, n);
        arena_drop(a);
        if (ok) break;
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_mean_what_xpath_says),
        cmocka_unit_test(what_xpath_does_not_know_is_refused),
        cmocka_unit_test(patterns_are_bounded_in_depth_and_groups),
        cmocka_unit_test(hostile_patterns_are_stopped),
        cmocka_unit_test(long_texts_are_searched_and_divided),
        cmocka_unit_test(matches_are_replaced),
        cmocka_unit_test(texts_are_divided_at_matches),
        cmocka_unit_test(exhausted_memory_is_a_clean_error),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
