#include "core/view/view.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *arena;

static int make(void **)
{
    arena = arena_new(64 << 20);
    return arena ? 0 : -1;
}

static int drop(void **)
{
    arena_drop(arena);
    return 0;
}

enum { MANY = 8 };

/* Pairs of name and text, ended by NULL; the first one is rendered. */
static struct views *compile(struct err *e, const char *const *pairs)
{
    struct view_source *sources = ARENA_ARRAY(arena, MANY, struct view_source);
    size_t n = 0;
    for (; pairs[n * 2]; n++)
        sources[n] = (struct view_source){pairs[n * 2], pairs[n * 2 + 1], strlen(pairs[n * 2 + 1])};
    return views_new(arena, VIEW_PAGE, sources, n, e);
}

static const char *render_all(const struct lang *l, const char *doc, const char *const *pairs)
{
    struct err e = {0};
    struct views *v = compile(&e, pairs);
    if (!v) fail_msg("refused: %s", e.arg);
    struct json *j = json_parse(arena, str_c(doc), JSON_STRICT, &e);
    assert_non_null(j);
    struct buf out = buf_new(arena, 64);
    if (!views_render(v, str_c(pairs[0]), j, l, &out, &e)) fail_msg("not rendered: %s", e.detail);
    return out.ptr;
}
#define render(doc, ...)       render_all(&lang_en, doc, (const char *const[]){"page", __VA_ARGS__, NULL})
#define assert_page(want, ...) assert_string_equal(render(__VA_ARGS__), want)

static const char *refusal_of(const char *const *pairs)
{
    struct err *e = ARENA_NEW(arena, struct err);
    if (compile(e, pairs)) fail_msg("accepted: %s", pairs[1]);
    assert_int_equal(e->kind, ERR_INVALID);
    assert_string_equal(e->code, "view");
    return e->arg;
}
#define assert_refused(why, ...)                                                                             \
    assert_string_equal(refusal_of((const char *const[]){"page", __VA_ARGS__, NULL}), why)

static void text_and_quoted_attributes_are_escaped(void **)
{
    const char *doc = "{\"x\":\"<b>\\\"&'\",\"n\":12.50,\"t\":true,\"z\":null,\"o\":{}}";
    assert_page("<p title=\"&lt;b&gt;&quot;&amp;&#39;\" "
                "lang='&lt;b&gt;&quot;&amp;&#39;'>&lt;b&gt;&quot;&amp;&#39;</p>",
                doc, "<p title=\"{{x}}\" lang='{{ x }}'>{{x}}</p>");
    assert_page("<title>&lt;b&gt;&quot;&amp;&#39;</title>12.50 true ", doc,
                "<title>{{x}}</title>{{n}} {{t}} {{z}}{{o}}{{none}}");
    assert_page("<textarea>\n&lt;b&gt;&quot;&amp;&#39;</textarea >a < b 12.50", doc,
                "<textarea>\n{{x}}</textarea >a < b {{n}}");
    assert_page("<p data-on=\"12.50\" aria-hidden='x'>", doc, "<p data-on=\"{{n}}\" aria-hidden='x'>");
}

static void tags_where_nothing_can_be_escaped_are_refused_with_name_and_line(void **)
{
    assert_refused("page:1: raw output of x", "{{{x}}}");
    assert_refused("page:1: raw output of x", "{{& x}}");
    assert_refused("page:2: a tag in script or style x", "<script type=\"x\">\nlet a = {{x}};</script>");
    assert_refused("page:1: a tag in script or style x", "<STYLE>p{color:{{x}}}</STYLE>");
    assert_refused("page:3: a tag in an unquoted attribute x", "<p>\n\n<a class={{x}}>");
    assert_refused("page:1: a tag in an unquoted attribute x", "<a class=b{{x}}>");
    assert_refused("page:1: a tag in an attribute that cannot be escaped x", "<a onclick=\"f({{x}})\">");
    assert_refused("page:1: a tag in an attribute that cannot be escaped x", "<a OnClick = '{{x}}'>");
    assert_refused("page:1: a tag in an attribute that cannot be escaped x", "<p style=\"color:{{x}}\">");
    assert_refused("page:1: a tag in an attribute that cannot be escaped x", "<iframe srcdoc=\"{{x}}\">");
    assert_refused("page:1: a tag inside markup x", "<p {{x}}>");
    assert_refused("page:1: a tag inside markup x", "<{{x}}>");
    assert_refused("page:1: a tag inside markup x", "<p class{{x}}=\"a\">");
    assert_refused("page:1: a tag in a comment x", "<!-- {{x}} -->");
    assert_refused("page:1: a tag in script or style", "<script>{{_ x}}</script>");
    assert_refused("page:1: a tag inside markup", "<{{#x}}b{{/x}}>");
    assert_refused("page:1: a name put together from pieces", "<a {{#x}}on{{/x}}click=\"y\">");
    assert_refused("page:1: a name put together from pieces", "<scr{{#x}}ipt{{/x}}>");
    assert_refused("page:1: a name put together from pieces", "<a {{#x}}onclick {{/x}}=\"y\">");
}

static void what_is_not_a_template_is_refused_with_name_and_line(void **)
{
    assert_refused("page:2: never closed: x", "\n{{#x}}");
    assert_refused("page:1: nothing is open that ends with x", "{{/x}}");
    assert_refused("page:1: another tag is open: x", "{{#x}}{{#y}}{{/y}}{{/z}}");
    assert_refused("page:3: a tag without end", "\n\n{{x");
    assert_refused("page:1: a tag without name", "{{}}");
    assert_refused("page:1: delimiters not understood: a", "{{=a=}}");
    assert_refused("page:1: not complete HTML at the end", "<p");
    assert_refused("page:1: not complete HTML at the end", "<script>");
    assert_refused("page:1: HTML begun or ended inside x", "<p class=\"{{#x}}\"{{/x}}>");
    assert_refused("page:1: HTML begun or ended inside x", "{{#x}}<script>{{/x}}");
    assert_refused("page:1: HTML begun or ended inside x", "<div{{#x}}><script {{/x}}>");
    assert_refused("page:1: not complete HTML in block b", "{{<layout}}{{$b}}<p{{/b}}{{/layout}}", "layout",
                   "{{$b}}{{/b}}");
    assert_refused("page:1: only blocks may stand in a parent", "{{<layout}}text{{/layout}}", "layout", "");
    assert_refused("page:1: only blocks may stand in a parent", "{{<layout}}{{x}}{{/layout}}", "layout", "");
}

static void a_missing_view_is_refused(void **)
{
    assert_refused("page:2: there is no view rows", "<p>\n{{>rows}}");
    assert_refused("page:1: there is no view layout", "{{<layout}}{{/layout}}");
    assert_refused("page:1: a partial inside markup: x", "<p class=\"{{>x}}\">", "x", "");
    struct err e = {0};
    struct views *v = compile(&e, (const char *const[]){"page", "x", NULL});
    struct buf out = buf_new(arena, 64);
    assert_false(views_render(v, STR("pag"), NULL, &lang_en, &out, &e));
    assert_int_equal(e.kind, ERR_MISSING);
    assert_true(views_has(v, STR("page")));
    assert_false(views_has(v, STR("pages")));
}

static void sections_may_choose_attributes_and_parts_of_values(void **)
{
    const char *page = "<input{{#req}} required{{/req}} {{#err}}aria-invalid=\"true\"{{/err}} "
                       "class=\"i{{#err}} bad{{/err}}\">";
    assert_page("<input required  class=\"i\">", "{\"req\":true}", page);
    assert_page("<input aria-invalid=\"true\" class=\"i bad\">", "{\"err\":\"x\"}", page);
    assert_page("<option selected>0</option>", "{\"n\":0}", "<option{{#n}} selected{{/n}}>{{n}}</option>");
}

static void a_url_that_a_value_begins_is_relative_or_of_an_allowed_scheme(void **)
{
    const char *page = "<a href=\"{{u}}\">";
    assert_page("<a href=\"/items?a=1&amp;b=%20\">", "{\"u\":\"/items?a=1&b=%20\"}", page);
    assert_page("<a href=\"https://example.org/\">", "{\"u\":\"https://example.org/\"}", page);
    assert_page("<a href=\"MAILTO:a@example.org\">", "{\"u\":\"MAILTO:a@example.org\"}", page);
    assert_page("<a href=\"tel:12345\">", "{\"u\":\"tel:12345\"}", page);
    assert_page("<a href=\"\">", "{}", page);
    assert_page("<a href=\"items/a:b\">", "{\"u\":\"items/a:b\"}", page);
    assert_page("<a href=\"#\">", "{\"u\":\"javascript:alert(1)\"}", page);
    assert_page("<a href=\"#\">", "{\"u\":\" \\u0001JaVa\\tScript\\n:alert(1)\"}", page);
    assert_page("<a href=\"#\">", "{\"u\":\"data:text/html,x\"}", page);
    assert_page("<a href=\"#\">", "{\"u\":\"httpss:x\"}", page);
    assert_page("<a href=\"#\">", "{\"u\":\"x&colon;:\"}", page);
    assert_page("<form action='#'><img src=\"#\"><button formaction=\"#\">", "{\"u\":\"vbscript:x\"}",
                "<form action='{{u}}'><img src=\"{{u}}\"><button formaction=\"{{u}}\">");
    /* Two harmless halves do not make a harmful whole. */
    assert_page("<a href=\"#\">", "{\"a\":\"java\",\"b\":\"script:x\"}", "<a href=\"{{a}}{{b}}\">");
    assert_page("<a href=\"#\">", "{\"b\":\"javascript:x\"}", "<a href=\"{{#a}}/x{{/a}}{{b}}\">");
}

static void a_value_inside_a_url_is_one_part_of_it(void **)
{
    assert_page("<a href=\"/items/a%20b%3Fc/%22%E4%B8%AD\">", "{\"u\":\"a b?c/\\\"中\"}",
                "<a href=\"/items/{{u}}\">");
    assert_page("<a href=\"/s?q=a%26b%3D%2F%27&amp;p=1%2B1\">", "{\"u\":\"a&b=/'\",\"p\":\"1+1\"}",
                "<a href=\"/s?q={{u}}&amp;p={{p}}\">");
    assert_page("<a href=\"tel:+86\">", "{\"u\":\"+86\"}", "<a href=\"tel:{{u}}\">");
    assert_page("<a href=\"/s?q=%3F&amp;p=2\">", "{\"q\":\"?\"}",
                "<a href=\"/s{{#q}}?q={{q}}{{/q}}&amp;p=2\">");
    assert_page("<a href=\"data:,x\" data-x=\"javascript:1\">1", "{\"x\":\"javascript:1\",\"n\":1}",
                "<a href=\"data:,x\" data-x=\"{{x}}\">{{n}}");
}

static void sentences_are_translated_with_escaped_parameters(void **)
{
    static const struct lang_entry entries[] = {
        {{"Search", 6}, {"搜索", 6}},
        {{"%{n} of %{who.name} & more", 26}, {"%{who.name}的%{n}项 & 更多", 30}},
    };
    static const uint16_t from[] = {0, 2};
    static const struct lang some = {"zh-CN", entries, 2, from, 1};
    const char *const page[] = {"page",
                                "<input placeholder=\"{{_ Search}}\">{{_ %{n} of %{who.name}\n   & more "
                                "}}|{{_ Hello %{n}}}|{{_ 100%{ }}",
                                NULL};
    const char *doc = "{\"n\":3,\"who\":{\"name\":\"<A>\"}}";
    assert_string_equal(render_all(&some, doc, page),
                        "<input placeholder=\"搜索\">&lt;A&gt;的3项 &amp; 更多|Hello 3|100%{");
    assert_string_equal(render_all(&lang_en, doc, page),
                        "<input placeholder=\"Search\">3 of &lt;A&gt; &amp; more|Hello 3|100%{");
    assert_string_equal(render_all(&lang_zh_cn, "{}", (const char *const[]){"page", "{{_ zzz %{a}!}}", NULL}),
                        "zzz !");
    assert_refused("page:1: a translation in a URL", "<a href=\"{{_ x}}\">");
    assert_refused("page:1: a tag without name", "{{_ }}");
}

static void collect(void *arg, struct str msgid, const char *view)
{
    struct buf *b = arg;
    buf_fmt(b, "%s: %.*s\n", view, STR_ARG(msgid));
}

static void every_sentence_of_the_set_is_listed(void **)
{
    struct err e = {0};
    struct views *v =
        compile(&e, (const char *const[]){"b", "{{#x}}{{_ Two\n words}}{{/x}}", "a", "{{_ One}}", NULL});
    assert_non_null(v);
    struct buf b = buf_new(arena, 64);
    views_msgids(v, collect, &b);
    assert_string_equal(b.ptr, "a: One\nb: Two words\n");
}

static void pages_fill_the_blocks_of_their_layout(void **)
{
    assert_page("<title>A &amp; B</title>\n<body class=\"wide\">\n  <p>one</p>\n  <p>two</p>\n</body>\n",
                "{\"t\":\"A & B\",\"list\":[\"one\",\"two\"]}",
                "{{<layout}}\n{{$title}}{{t}}{{/title}}\n{{$class}}wide{{/class}}\n{{$content}}\n  "
                "{{#list}}\n  {{>row}}\n  {{/list}}\n{{/content}}\n{{/layout}}\n",
                "layout",
                "<title>{{$title}}none{{/title}}</title>\n<body class=\"{{$class}}narrow{{/class}}\">\n    "
                "{{$content}}\n    {{/content}}\n</body>\n",
                "row", "  <p>{{.}}</p>\n");
    assert_page("<body class=\"narrow\">", "{}", "{{<layout}}{{/layout}}", "layout",
                "<body class=\"{{$class}}narrow{{/class}}\">");
    assert_page("<body title='it&#39;s &#39;'>", "{\"x\":\"'\"}",
                "{{<layout}}{{$t}}{{_ it's}} {{x}}{{/t}}{{/layout}}", "layout",
                "<body title='{{$t}}{{/t}}'>");
    assert_refused("page:1: a block in a URL u", "<a href=\"{{$u}}{{/u}}\">");
}

static void a_block_in_an_attribute_or_a_title_cannot_end_it(void **)
{
    static const char why[] = "page:1: markup in a block that stands in an attribute or a title: b";
    static const char *const contents[] = {
        "{{<layout}}{{$b}}a\" onclick=\"x{{/b}}{{/layout}}",
        "{{<layout}}{{$b}}a' onclick={{x}}{{/b}}{{/layout}}",
        "{{<layout}}{{$b}}</title><p title=\"{{x}}\"></p>{{/b}}{{/layout}}",
        "{{<layout}}{{$b}}{{>part}}{{/b}}{{/layout}}",
        "{{<layout}}{{$b}}{{$inner}}{{/inner}}{{/b}}{{/layout}}",
    };
    static const char *const layouts[] = {"<body class=\"{{$b}}{{/b}}\">", "<body class='{{$b}}{{/b}}'>",
                                          "<title>{{$b}}{{/b}}</title>"};
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
        for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++)
            assert_refused(why, contents[i], "layout", layouts[k], "part", "<p title=\"x\">");
}

static void a_comment_ends_where_a_browser_ends_it(void **)
{
    assert_page("<!-- a --!>1", "{\"x\":1}", "<!-- a --!>{{x}}");
    assert_refused("page:1: a tag in script or style x", "<!-- a --!><script> -->{{x}}</script>");
    assert_refused("page:1: a tag in a comment x", "<!-- a --!->{{x}}-->");
}

static void an_empty_text_prints_nothing(void **)
{
    struct err e = {0};
    struct views *v = compile(&e, (const char *const[]){"page", "[{{x}}]<a href=\"{{x}}\">{{_ %{x}}}", NULL});
    assert_non_null(v);
    struct json *doc = json_object(arena);
    json_set_str(arena, doc, "x", STR_EMPTY);
    struct buf out = buf_new(arena, 64);
    assert_true(views_render(v, STR("page"), doc, &lang_en, &out, &e));
    assert_string_equal(out.ptr, "[]<a href=\"\">");
}

static void lines_with_only_a_tag_vanish(void **)
{
    assert_page(
        "<ul>\n  <li>1</li>\n  <li>2</li>\n</ul>\n", "{\"l\":[1,2]}",
        "<ul>\n  {{! rows }}\n  {{#l}}\n  <li>{{.}}</li>\n  {{/l}}\n  {{^l}}\n  none\n  {{/l}}\n</ul>\n");
    assert_page("<pre>\na\nb\n</pre>", "{}", "<pre>\n    {{>p}}\n</pre>", "p", "a\nb\n");
}

static void recursion_without_end_is_a_fault_and_not_a_crash(void **)
{
    struct err e = {0};
    struct views *v = compile(&e, (const char *const[]){"page", "x{{>page}}", NULL});
    assert_non_null(v);
    struct buf out = buf_new(arena, 64);
    assert_false(views_render(v, STR("page"), NULL, &lang_en, &out, &e));
    assert_int_equal(e.kind, ERR_FAULT);
    struct err e2 = {0};
    v = compile(&e2, (const char *const[]){"page", "{{<l}}{{$a}}[{{$a}}own{{/a}}]{{/a}}{{/l}}", "l",
                                           "{{$a}}{{/a}}", NULL});
    assert_non_null(v);
    out.len = 0;
    assert_true(views_render(v, STR("page"), NULL, &lang_en, &out, &e2));
    assert_string_equal(out.ptr, "[own]");
}

static void the_views_of_the_program_compile(void **)
{
    struct err e = {0};
    if (!views_new(arena, VIEW_PAGE, view_sources, view_source_count, &e)) fail_msg("%s", e.arg);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_and_quoted_attributes_are_escaped),
        TEST(tags_where_nothing_can_be_escaped_are_refused_with_name_and_line),
        TEST(what_is_not_a_template_is_refused_with_name_and_line),
        TEST(a_missing_view_is_refused),
        TEST(sections_may_choose_attributes_and_parts_of_values),
        TEST(a_url_that_a_value_begins_is_relative_or_of_an_allowed_scheme),
        TEST(a_value_inside_a_url_is_one_part_of_it),
        TEST(sentences_are_translated_with_escaped_parameters),
        TEST(every_sentence_of_the_set_is_listed),
        TEST(pages_fill_the_blocks_of_their_layout),
        TEST(a_block_in_an_attribute_or_a_title_cannot_end_it),
        TEST(a_comment_ends_where_a_browser_ends_it),
        TEST(an_empty_text_prints_nothing),
        TEST(lines_with_only_a_tag_vanish),
        TEST(recursion_without_end_is_a_fault_and_not_a_crash),
        TEST(the_views_of_the_program_compile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
