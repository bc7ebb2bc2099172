/* What a form asks for by the words of JSON Schema itself: conditions, groups, every keyword. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "engines/forms/forms.h"
#include "engines/schema/schema.h"

#define PAGE(fields) ",'x-pages':[{'id':'p','title':'页','fields':[" fields "]}]}"

struct desk {
    struct arena *arena;
    struct form *form;
    struct form_answers in;
    struct json *out;
    const struct json *sent;
    struct err err;
};

static struct json *json(struct arena *a, const char *text)
{
    char *copy = arena_alloc(a, strlen(text) + 1);
    for (size_t i = 0; text[i]; i++)
        copy[i] = text[i] == '\'' ? '"' : text[i];
    struct err e = {0};
    struct json *value = json_parse(a, str_c(copy), JSON_STRICT, &e);
    if (!value) print_error("%s: %s\n", e.arg, copy);
    assert_non_null(value);
    return value;
}

static struct desk begin(const char *schema)
{
    struct desk d = {.arena = arena_new(16 << 20)};
    d.form = form_parse(d.arena, json(d.arena, schema), &d.err);
    if (!d.form) print_error("%s: %s\n", d.err.msgid, d.err.arg);
    assert_non_null(d.form);
    return d;
}

/* As a browser sends it: names and texts. */
static struct str sent(void *arg, struct str name)
{
    const struct desk *d = arg;
    const struct json *v = json_get_str(d->sent, name);
    return v ? v->text : (struct str){NULL, 0};
}

/* As an app sends it. */
static struct str sent_as_json(void *arg, struct str name)
{
    const struct desk *d = arg;
    return form_get_json(d->arena, d->sent, name);
}

static bool reads_by(struct desk *d, form_get *get, const char *client)
{
    err_clear(&d->err);
    d->sent = json(d->arena, client);
    return form_read_page(d->arena, d->form, 0, get, d, &d->in, &d->out, &d->err);
}

static bool reads(struct desk *d, const char *client)
{
    return reads_by(d, sent, client);
}

static const char *fault_at(const struct desk *d, const char *field)
{
    for (size_t i = 0; i < d->err.field_count; i++)
        if (str_eq_c(str_c(d->err.fields[i].field), field)) return d->err.fields[i].msgid;
    return "";
}

/* By the schema that programs get. */
static bool valid(struct desk *d, const struct json *values)
{
    struct err e = {0};
    bool ok = false;
    struct schema *s = schema_compile(d->arena, form_schema(d->form), NULL, &e);
    assert_non_null(s);
    assert_true(schema_judge(d->arena, s, values, NULL, &ok, &e));
    return ok;
}

static const struct json *row(const struct json *list, const char *id)
{
    JSON_EACH(f, list)
    if (str_eq_c(json_text_of(f, "id"), id)) return f;
    return NULL;
}

/* ---- conditions ---- */

static const char shop[] =
    "{'type':'object','properties':{"
    "'kind':{'type':'string','title':'类型','enum':['food','other'],'x-labels':{'food':['餐饮','Food'],"
    "'other':['其他','Other']}},"
    "'seats':{'type':'integer','title':'座位','minimum':0},"
    "'kitchen':{'type':'string','title':'厨房','maxLength':20},"
    "'exit':{'type':'string','title':'出口','maxLength':20},"
    "'agent':{'type':'string','title':'代理人','maxLength':20},"
    "'agent_phone':{'type':'string','title':'代理人手机','format':'mobile'}},"
    "'required':['kind'],'dependentRequired':{'agent':['agent_phone']},"
    "'allOf':[{'if':{'properties':{'kind':{'const':'food'}},'required':['kind']},"
    "'then':{'required':['kitchen']},'else':{'properties':{'kitchen':false}}},"
    "{'if':{'properties':{'seats':{'minimum':50}},'required':['seats']},"
    "'then':{'required':['exit'],'properties':{'exit':{'minLength':2}}},'else':{'properties':{'exit':false}}}"
    ","
    "{'if':{'properties':{'kind':{'const':'other'},'seats':{'maximum':3}},'required':['kind','seats']},"
    "'then':{'properties':{'agent':{'maxLength':3}}}}]" PAGE(
        "'kind','seats','kitchen','exit','agent','agent_phone'");

static void conditions_of_the_schema_hide_and_require(void **)
{
    struct desk d = begin(shop);
    d.in.values = json(d.arena, "{'kind':'other','seats':10}");
    assert_false(form_field_visible(d.form, STR("kitchen"), &d.in));
    assert_false(form_field_visible(d.form, STR("exit"), &d.in));
    d.in.values = json(d.arena, "{'kind':'food','seats':50}");
    assert_true(form_field_visible(d.form, STR("kitchen"), &d.in));
    assert_true(form_field_visible(d.form, STR("exit"), &d.in));
    const struct json *fields = json_get(form_page(d.arena, d.form, 0, &d.in, NULL, false), "fields");
    assert_true(json_true_of(row(fields, "kitchen"), "required"));
    assert_false(json_true_of(row(fields, "agent"), "required"));
    assert_false(reads(&d, "{'kind':'food','seats':'60','kitchen':'','exit':'X'}"));
    assert_string_equal(fault_at(&d, "kitchen"), "This field is required.");
    assert_string_equal(fault_at(&d, "exit"), "Please enter at least %{arg} characters.");
    d.in.values = NULL;
    assert_true(reads(&d, "{'kind':'other','seats':'6','kitchen':'gone'}"));
    d.in.values = d.out;
    assert_true(form_check(d.arena, d.form, &d.in, &d.out, &d.err));
    assert_null(json_get(d.out, "kitchen"));
    arena_drop(d.arena);
}

static void a_field_that_another_one_needs_is_asked_for(void **)
{
    struct desk d = begin(shop);
    assert_false(reads(&d, "{'kind':'other','agent':'张三'}"));
    assert_int_equal(d.err.field_count, 1);
    assert_string_equal(fault_at(&d, "agent_phone"), "This field is required.");
    assert_true(reads(&d, "{'kind':'other','agent':'张三','agent_phone':'13912340001'}"));
    assert_true(reads(&d, "{'kind':'other'}"));
    arena_drop(d.arena);
}

static void what_a_branch_asks_of_a_field_is_told_at_the_field(void **)
{
    struct desk d = begin(shop);
    assert_false(reads(&d, "{'kind':'other','seats':'3','agent':'长长的名字','agent_phone':'13912340001'}"));
    assert_int_equal(d.err.field_count, 1);
    assert_string_equal(fault_at(&d, "agent"), "Please enter at most %{arg} characters.");
    arena_drop(d.arena);
}

static void the_schema_for_programs_says_what_x_when_says(void **)
{
    struct desk d =
        begin("{'type':'object','properties':{'how':{'type':'string','title':'方式','enum':['desk','post'],'"
              "x-labels':{'desk':["
              "'窗口','Desk'],'post':['邮寄','Post']}},'where':{'type':'string','title':'地址','x-when':{'"
              "field':'how','in':['post']}"
              "},'lost':{'type':'string','title':'遗失','x-when':{'situation':'why','equals':'lost'}}},"
              "'required':['how','where','lost']" PAGE("'how','where','lost'"));
    assert_true(valid(&d, json(d.arena, "{'how':'desk'}")));
    assert_false(valid(&d, json(d.arena, "{'how':'desk','where':'x'}")));
    assert_false(valid(&d, json(d.arena, "{'how':'post'}")));
    assert_true(valid(&d, json(d.arena, "{'how':'post','where':'x'}")));
    assert_false(valid(&d, json(d.arena, "{}")));
    d.in.values = json(d.arena, "{'how':'post'}");
    d.in.situations = json(d.arena, "{'why':'lost'}");
    assert_false(form_check(d.arena, d.form, &d.in, &d.out, &d.err));
    assert_string_equal(fault_at(&d, "where"), "This field is required.");
    assert_string_equal(fault_at(&d, "lost"), "This field is required.");
    arena_drop(d.arena);
}

/* Numbers, several choices, a tick and money; what follows is asked by one, all or any of them. */
#define BIG_FIELDS                                                                                            \
    "{'type':'object','properties':{'people':{'type':'integer','title':'人数'},"                            \
    "'area':{'type':'number','title':'面积'},"                                                              \
    "'kinds':{'type':'array','title':'类','uniqueItems':true,'items':{'type':'string','enum':['a','b','c']}" \
    ","                                                                                                       \
    "'x-labels':{'a':['甲'],'b':['乙'],'c':['丙']}},"                                                      \
    "'urgent':{'type':'boolean','title':'急'},"                                                              \
    "'cost':{'type':'string','title':'金额','format':'money'},"
static const char big[] = BIG_FIELDS
    "'between':{'type':'string','title':'一','maxLength':9},'every':{'type':'string','title':'二','maxLength'"
    ":9},"
    "'either':{'type':'string','title':'三','maxLength':9,'x-when':{'any':[{'field':'people','"
    "exclusiveMinimum':"
    "100},"
    "{'field':'kinds','in':['b','c']},{'field':'urgent','equals':true}]}},"
    "'nested':{'type':'string','title':'五','maxLength':9,'x-when':{'all':[{'field':'people','minimum':5},"
    "{'any':[{'field':'area','maximum':2.4},{'field':'urgent','equals':true}]}]}},"
    "'deep':{'type':'string','title':'六','maxLength':9},"
    "'dear':{'type':'string','title':'四','maxLength':9,'x-when':{'field':'cost','minimum':5000}}},"
    "'required':['either','nested','dear'],'allOf':["
    "{'if':{'anyOf':[{'properties':{'urgent':{'const':true}},'required':['urgent']},{'allOf':["
    "{'properties':{'people':{'maximum':5}},'required':['people']},"
    "{'properties':{'kinds':{'contains':{'const':'a'}}},'required':['kinds']}]}]},"
    "'then':{'required':['deep']},'else':{'properties':{'deep':false}}},"
    "{'if':{'properties':{'people':{'minimum':5,'maximum':9}},'required':['people']},'then':{'required':['"
    "between']},"
    "'else':{'properties':{'between':false}}},"
    "{'if':{'allOf':[{'properties':{'area':{'exclusiveMaximum':2.5}},'required':['area']},"
    "{'properties':{'kinds':{'contains':{'const':'a'}}},'required':['kinds']}]},"
    "'else':{'properties':{'every':false}}}]" PAGE(
        "'people','area','kinds','urgent','cost','between','every','either','nested','deep','dear'");

static bool shows(struct desk *d, const char *values, const char *field)
{
    d->in.values = json(d->arena, values);
    return form_field_visible(d->form, str_c(field), &d->in);
}

static void conditions_ask_numbers_and_several_questions_at_once(void **)
{
    struct desk d = begin(big);
    assert_false(shows(&d, "{'people':4}", "between"));
    assert_true(shows(&d, "{'people':5}", "between"));
    assert_true(shows(&d, "{'people':'9'}", "between"));
    assert_false(shows(&d, "{'people':10}", "between"));
    assert_false(shows(&d, "{}", "between"));
    assert_true(shows(&d, "{'area':2.4,'kinds':['b','a']}", "every"));
    assert_false(shows(&d, "{'area':2.5,'kinds':['a']}", "every"));
    assert_false(shows(&d, "{'area':1}", "every"));
    assert_false(shows(&d, "{'kinds':['a'],'area':''}", "every"));
    assert_false(shows(&d, "{'people':100}", "either"));
    assert_true(shows(&d, "{'people':101}", "either"));
    assert_true(shows(&d, "{'kinds':['c']}", "either"));
    assert_true(shows(&d, "{'people':1,'urgent':true}", "either"));
    assert_false(shows(&d, "{'kinds':['a'],'urgent':false}", "either"));
    assert_false(shows(&d, "{'people':9}", "nested"));
    assert_false(shows(&d, "{'people':4,'urgent':true}", "nested"));
    assert_true(shows(&d, "{'people':5,'urgent':true}", "nested"));
    assert_true(shows(&d, "{'people':5,'area':2}", "nested"));
    assert_true(shows(&d, "{'urgent':true}", "deep"));
    assert_true(shows(&d, "{'people':5,'kinds':['a']}", "deep"));
    assert_false(shows(&d, "{'people':6,'kinds':['a']}", "deep"));
    assert_false(shows(&d, "{'people':5}", "deep"));
    assert_false(shows(&d, "{'cost':'4999.99'}", "dear"));
    assert_true(shows(&d, "{'cost':'5000.00'}", "dear"));
    arena_drop(d.arena);
}

static void what_is_typed_in_full_width_is_compared_as_a_number(void **)
{
    struct desk d = begin(big);
    assert_false(reads(&d, "{'people':'７','between':''}"));
    assert_string_equal(fault_at(&d, "between"), "This field is required.");
    assert_true(reads(&d, "{'people':'1,000','either':'x'}"));
    arena_drop(d.arena);
}

/* Every way to answer the questions, against the schema that programs get. */
static void what_is_shown_is_what_the_schema_allows(void **)
{
    static const char *const people[] = {"", "'people':4,", "'people':5,", "'people':9,", "'people':101,"},
                             *const area[] = {"", "'area':2.4,", "'area':2.5,"},
                             *const kinds[] = {"", "'kinds':['a'],", "'kinds':['b'],", "'kinds':['a','c'],"},
                             *const urgent[] = {"", "'urgent':true,", "'urgent':false,"},
                             *const fields[] = {"between", "every", "either", "nested", "deep"};
    enum { FIELDS = sizeof fields / sizeof fields[0] };
    size_t shown = 0;
    for (size_t i = 0; i < 5 * 3 * 4 * 3; i++) {
        struct desk d = begin(big);
        for (size_t f = 0; f < FIELDS; f++) {
            struct buf b = buf_new(d.arena, 200);
            buf_fmt(&b, "{%s%s%s%s", people[i % 5], area[i / 5 % 3], kinds[i / 15 % 4], urgent[i / 60]);
            buf_add_c(&b, "'-':0");
            const char *questions = str_z(d.arena, str_fmt(d.arena, "%.*s}", STR_ARG(buf_str(&b))));
            bool seen = shows(&d, questions, fields[f]);
            struct json *given = json(d.arena, questions), *kept;
            /* The others that are shown are answered, so that this one alone can be wrong. */
            for (size_t k = 0; k < FIELDS; k++)
                if (k != f && shows(&d, questions, fields[k]))
                    json_set_str(d.arena, given, fields[k], STR("x"));
            bool without = valid(&d, given);
            json_set_str(d.arena, given, fields[f], STR("x"));
            assert_int_equal(valid(&d, given), seen);
            assert_int_equal(without, !(seen && f != 1)); /* "every" may stay empty */
            d.in.values = given;
            err_clear(&d.err);
            assert_true(form_check(d.arena, d.form, &d.in, &kept, &d.err));
            assert_int_equal(json_get(kept, fields[f]) != NULL, seen);
            shown += seen;
        }
        arena_drop(d.arena);
    }
    assert_true(shown > 50);
}

static void the_page_says_which_answers_change_it(void **)
{
    struct desk d = begin(big);
    assert_string_equal(str_z(d.arena, form_decides(d.arena, d.form, 0)), "people area kinds urgent cost");
    struct json *typed;
    d.sent = json(d.arena, "{'form.row':'look','people':'7'}");
    assert_true(form_row_act(d.arena, d.form, 0, sent, &d, &d.in, &typed));
    d.in.values = typed;
    assert_non_null(row(json_get(form_page(d.arena, d.form, 0, &d.in, NULL, false), "fields"), "between"));
    arena_drop(d.arena);
}

static void a_condition_is_read_as_it_was_written(void **)
{
    static const char *const whens[] = {
        "{'field':'people','minimum':5,'maximum':9}",
        "{'all':[{'field':'people','exclusiveMinimum':3},{'field':'urgent','equals':true}]}",
        "{'any':[{'field':'kinds','in':['a','b']},{'field':'area','maximum':2.5}]}",
        "{'all':[{'field':'people','minimum':5},{'any':[{'field':'area','maximum':2.5},{'field':'urgent',"
        "'equals':true}]}]}",
        "{'any':[{'all':[{'field':'people','minimum':5},{'field':'urgent','equals':true}]},{'field':'area',"
        "'maximum':2.5}]}",
    };
    struct desk d = begin(big);
    const struct json *properties = json_get(form_schema(d.form), "properties");
    for (size_t i = 0; i < sizeof whens / sizeof whens[0]; i++) {
        struct json *when = json(d.arena, whens[i]), *schema = json_object(d.arena);
        struct json *asked = form_when_if(d.arena, properties, when);
        assert_non_null(asked);
        json_add(json_set_array(d.arena, schema, "allOf"),
                 form_when_entry(d.arena, asked, STR("every"), i == 1));
        assert_string_equal(str_z(d.arena, json_to_str(d.arena, form_when_of(d.arena, schema, STR("every")))),
                            str_z(d.arena, json_to_str(d.arena, when)));
        assert_int_equal(json_get(form_when_found(schema, STR("every")), "then") != NULL, i == 1);
        assert_null(form_when_of(d.arena, schema, STR("either")));
    }
    assert_null(form_when_if(d.arena, properties, json(d.arena, "{'field':'cost','minimum':1}")));
    arena_drop(d.arena);
}

static void a_condition_of_numbers_asks_numbers(void **)
{
    static const char *const wrong[] = {
        "{'field':'kinds','minimum':1}",
        "{'field':'people','minimum':'1'}",
        "{'all':[]}",
        "{'all':[{'any':[]},{'field':'people','equals':1}]}",
        "{'all':[{'any':[{'all':[{'field':'people','equals':1}]}]},{'field':'people','equals':1}]}",
        "{'all':[{'any':[{'field':'nobody','equals':1}]},{'field':'people','equals':1}]}",
        "{'all':[{'field':'people','equals':1}],'any':[]}",
        "{'any':[{'field':'nobody','equals':1}]}",
        "{'field':'people','minimum':1,'equals':1}",
        "{'situation':'x','minimum':1}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct arena *a = arena_new(1 << 20);
        struct err e = {0};
        const char *text = str_z(a, str_fmt(a,
                                            BIG_FIELDS "'y':{'type':'string','title':'问','x-when':%s}}" PAGE(
                                                "'people','area','kinds','urgent','cost','y'"),
                                            wrong[i]));
        if (form_parse(a, json(a, text), &e)) fail_msg("%s is taken", wrong[i]);
        assert_string_equal(e.code, "form.schema");
        arena_drop(a);
    }
}

static void conditions_that_turn_in_a_circle_are_refused(void **)
{
    struct arena *a = arena_new(1 << 20);
    struct err e = {0};
    assert_null(form_parse(a,
                           json(a, "{'type':'object','properties':{'x':{'type':'string','title':'一'},'y':{'"
                                   "type':'string','title':'二'}},"
                                   "'allOf':[{'if':{'required':['x'],'properties':{'x':{'const':'1'}}},'else'"
                                   ":{'properties':{'y':false}}},"
                                   "{'if':{'required':['y'],'properties':{'y':{'const':'1'}}},'else':{'"
                                   "properties':{'x':false}}}]" PAGE("'x','y'")),
                           &e));
    assert_string_equal(e.msgid, "The condition of %{arg} depends on itself.");
    arena_drop(a);
}

/* ---- groups ---- */

static const char household[] =
    "{'type':'object','properties':{'members':{'type':'array','title':'家庭成员','x-en':'Household','"
    "minItems':1,"
    "'maxItems':3,'items':{'type':'object','title':'成员','x-en':'Member','properties':{"
    "'name':{'type':'string','title':'姓名','x-en':'Name','maxLength':10},"
    "'id':{'type':'string','title':'公民身份号码','x-en':'Identity number','format':'id-number'},"
    "'work':{'type':'boolean','title':'在业','x-en':'Works'},"
    "'pay':{'type':'number','title':'月收入','x-en':'Pay','minimum':0,'x-when':{'field':'work','equals':true}"
    "}},"
    "'required':['name','pay']}},'note':{'type':'string','title':'备注'}},'required':['members']" PAGE(
        "'members','note'");

static void rows_are_added_and_removed_with_everything_typed(void **)
{
    struct desk d = begin(household);
    d.sent = json(d.arena,
                  "{'members.rows':'2','members.0.name':'甲','members.1.name':'乙','members.1.id':'wrong',"
                  "'note':'n','form.row':'add:members'}");
    assert_true(form_row_act(d.arena, d.form, 0, sent, &d, &d.in, &d.out));
    const struct json *rows = json_get(d.out, "members");
    assert_int_equal(rows->count, 3);
    assert_true(str_eq_c(json_text_of(json_at(rows, 1), "id"), "wrong"));
    assert_true(str_eq_c(json_text_of(d.out, "note"), "n"));
    d.in.values = d.out;
    const struct json *group =
        row(json_get(form_page(d.arena, d.form, 0, &d.in, NULL, true), "fields"), "members");
    assert_null(json_get(group, "add")); /* three are the most */
    assert_int_equal(json_i64_of(group, "count", 0), 3);
    assert_true(str_eq_c(json_text_of(json_at(json_get(group, "rows"), 1), "title"), "Member 2"));

    d.in.values = NULL;
    d.sent = json(
        d.arena,
        "{'members.rows':'2','members.0.name':'甲','members.1.name':'乙','form.row':'remove:members:0'}");
    assert_true(form_row_act(d.arena, d.form, 0, sent, &d, &d.in, &d.out));
    assert_int_equal(json_get(d.out, "members")->count, 1);
    assert_true(str_eq_c(json_text_of(json_at(json_get(d.out, "members"), 0), "name"), "乙"));
    static const char *const no_acts[] = {
        "", "add:note", "add:nobody", "remove:members:x", "remove:members:-1", "drop:members:0"};
    for (size_t i = 0; i < sizeof no_acts / sizeof no_acts[0]; i++) {
        d.sent = json(d.arena,
                      str_z(d.arena, str_fmt(d.arena, "{'members.rows':'1','form.row':'%s'}", no_acts[i])));
        assert_false(form_row_act(d.arena, d.form, 0, sent, &d, &d.in, &d.out));
    }
    arena_drop(d.arena);
}

static void rows_are_checked_cell_by_cell(void **)
{
    struct desk d = begin(household);
    assert_false(reads(&d,
                       "{'members.rows':'3','members.0.name':'甲','members.1.id':'78','members.1.work':'1',"
                       "'members.1.pay':'-1'}"));
    assert_int_equal(d.err.field_count, 3);
    assert_string_equal(fault_at(&d, "members.1.name"), "This field is required.");
    assert_string_equal(fault_at(&d, "members.1.pay"), "The number must be %{arg} or more.");
    assert_true(fault_at(&d, "members.1.id")[0] != '\0');
    assert_int_equal(form_field_page(d.form, STR("members.1.pay")), 0);
    assert_true(str_eq_c(form_field_title(d.form, STR("members.1.pay"), true), "Pay"));
    arena_drop(d.arena);
}

static void blank_rows_are_none_and_values_are_put_in_order(void **)
{
    struct desk d = begin(household);
    assert_false(reads(&d, "{'members.rows':'2'}"));
    assert_string_equal(fault_at(&d, "members"), "Please add at least one entry.");
    assert_true(reads(
        &d, "{'members.rows':'3','members.2.name':'　乙','members.2.work':'1','members.2.pay':'１,200.50'}"));
    const struct json *rows = json_get(d.out, "members");
    assert_int_equal(rows->count, 1);
    assert_true(str_eq_c(json_text_of(rows->first, "name"), "乙"));
    assert_true(str_eq_c(json_get(rows->first, "pay")->text, "1200.5"));
    assert_true(json_true_of(rows->first, "work"));
    d.in.values = d.out;
    assert_true(form_check(d.arena, d.form, &d.in, &d.out, &d.err));
    assert_true(valid(&d, d.out));
    const struct json *told = json_get(json_at(form_summary(d.arena, d.form, &d.in, true), 0), "rows");
    assert_true(str_eq_c(json_text_of(row(told, "members.0.pay"), "label"), "Member 1: Pay"));
    assert_true(str_eq_c(json_text_of(row(told, "members.0.work"), "value"), "Yes"));
    arena_drop(d.arena);
}

static void an_app_sends_rows_as_they_are(void **)
{
    struct desk d = begin(household);
    assert_true(reads_by(&d, sent_as_json, "{'members':[{'name':'甲','work':true,'pay':3},{'name':'乙'}]}"));
    assert_int_equal(json_get(d.out, "members")->count, 2);
    assert_false(reads_by(&d, sent_as_json, "{'members':[{'name':'甲','work':true}]}"));
    assert_string_equal(fault_at(&d, "members.0.pay"), "This field is required.");
    d.in.values = json(d.arena, "{'members':[1,{'name':'甲'}]}");
    assert_false(form_check(d.arena, d.form, &d.in, &d.out, &d.err));
    d.in.values = json(d.arena, "{'members':[{'name':'1'},{'name':'2'},{'name':'3'},{'name':'4'}]}");
    err_clear(&d.err);
    assert_false(form_check(d.arena, d.form, &d.in, &d.out, &d.err));
    assert_string_equal(fault_at(&d, "members"), "There may be at most %{arg} entries.");
    arena_drop(d.arena);
}

/* ---- every keyword ---- */

static void every_keyword_a_form_can_say_is_enforced(void **)
{
    static const struct {
        const char *property, *good, *bad, *sentence;
    } rows[] = {
        {"'type':'string','maxLength':3", "abc", "abcd", "Please enter at most %{arg} characters."},
        {"'type':'string','minLength':2", "ab", "a", "Please enter at least %{arg} characters."},
        {"'type':'string','pattern':'^\\\\p{Script=Han}+$'", "政务", "gov",
         "This does not have the expected form. Please look for a typing error."},
        {"'type':'string','enum':['a','b'],'x-labels':{'a':['甲','A'],'b':['乙','B']}", "a", "c",
         "Please choose one of the options."},
        {"'type':'string','not':{'enum':['no']}", "yes", "no", "This has a form that is not allowed."},
        {"'type':'string','anyOf':[{'minLength':5},{'pattern':'^x'}]", "x1", "y1",
         "This fits none of the forms allowed."},
        {"'type':'string','const':'ok'", "ok", "ko",
         "This does not have the expected form. Please look for a typing error."},
        {"'type':'integer'", "12", "1.5", "Please enter a whole number."},
        {"'type':'integer','minimum':3", "3", "2", "The number must be %{arg} or more."},
        {"'type':'integer','maximum':3", "3", "4", "The number must be %{arg} or less."},
        {"'type':'number','exclusiveMinimum':0", "0.1", "0", "This must be more than %{arg}."},
        {"'type':'number','exclusiveMaximum':1", "0.9", "1", "This must be less than %{arg}."},
        {"'type':'number','multipleOf':0.05", "1.15", "1.16", "This must be a multiple of %{arg}."},
        {"'type':'number'", "1", "one", "Please enter a number."},
        {"'type':'boolean','const':true", "1", "", "Please tick this to go on."},
        {"'type':'string','format':'id-number'", "78010119900101001X", "780101199001010010", NULL},
        {"'type':'string','format':'uscc'", "91780100MA0000015C", "91780100MA00000010", NULL},
        {"'type':'string','format':'mobile'", "13912340001", "12345", NULL},
        {"'type':'string','format':'date'", "2026-02-28", "2026-02-30", NULL},
        {"'type':'string','format':'division'", "780101", "7801", NULL},
        {"'type':'string','format':'email'", "a@example.com", "a@", NULL},
        {"'type':'string','format':'postcode'", "638000", "63800x", NULL},
        {"'type':'string','format':'bank-card'", "4111111111111111", "4111111111111112", NULL},
        {"'type':'string','format':'money'", "12.50", "12.505", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new(1 << 20);
        struct desk d = begin(str_z(
            a,
            str_fmt(a, "{'type':'object','properties':{'x':{'title':'字段',%s}},'required':['x']" PAGE("'x'"),
                    rows[i].property)));
        if (!reads(&d, str_z(a, str_fmt(a, "{'x':'%s'}", rows[i].good))))
            fail_msg("%s: %s is refused: %s", rows[i].property, rows[i].good, fault_at(&d, "x"));
        assert_true(valid(&d, d.out));
        if (reads(&d, str_z(a, str_fmt(a, "{'x':'%s'}", rows[i].bad))))
            fail_msg("%s: %s is taken", rows[i].property, rows[i].bad);
        assert_int_equal(d.err.field_count, 1);
        assert_string_not_equal(fault_at(&d, "x"), "");
        if (rows[i].sentence) assert_string_equal(fault_at(&d, "x"), rows[i].sentence);
        arena_drop(d.arena);
        arena_drop(a);
    }
}

static void garbage_gets_a_sentence_at_its_field_or_is_put_right(void **)
{
    static const char *const kinds[] = {
        "'type':'string'",
        "'type':'string','x-rows':4,'maxLength':50",
        "'type':'string','pattern':'^[A-Z]{2}[0-9]+$'",
        "'type':'string','enum':['a'],'x-labels':{'a':['甲','A']}",
        "'type':'integer','minimum':0,'maximum':9",
        "'type':'number'",
        "'type':'boolean','const':true",
        "'type':'string','format':'id-number'",
        "'type':'string','format':'uscc'",
        "'type':'string','format':'mobile'",
        "'type':'string','format':'date'",
        "'type':'string','format':'division'",
        "'type':'string','format':'email'",
        "'type':'string','format':'postcode'",
        "'type':'string','format':'bank-card'",
        "'type':'string','format':'money'",
    };
    static const char *const garbage[] = {
        "",         " ",        "0",       "-0",         "1e999",  "NaN",      "99999999999999999999999",
        "<script>", "' OR 1=1", "\\u0000", "\\u202e",    "🀄🀄🀄",    "政务服务", "[object]",
        "{}",       "null",     "true",    "2026-13-45", "%s%n",   "a\\nb",    "　",
        "\\ufffe",  "../..",    "AA1",     "0x10",       "１２３", "-5",       "1.",
        "9,9,9"};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t g = 0; g < sizeof garbage / sizeof garbage[0]; g++) {
            struct arena *a = arena_new(1 << 20);
            struct desk d =
                begin(str_z(a, str_fmt(a,
                                       "{'type':'object','properties':{'x':{'title':'字段',%s},'y':{'type':"
                                       "'string','title':'别的'}},'required':['x']" PAGE("'x','y'"),
                                       kinds[k])));
            struct json *client = json_object(a);
            struct err e = {0};
            const struct json *read = json_parse(a, str_fmt(a, "[\"%s\"]", garbage[g]), JSON_STRICT, &e);
            json_set_str(a, client, "x", json_text(json_at(read, 0)));
            json_set_str(a, client, "y", STR_EMPTY);
            d.sent = client;
            bool taken = form_read_page(d.arena, d.form, 0, sent, &d, &d.in, &d.out, &d.err);
            if (taken && !valid(&d, d.out)) {
                /* "" of the field left empty is no value */
                struct json *kept;
                d.in.values = d.out;
                assert_true(form_check(d.arena, d.form, &d.in, &kept, &d.err));
                if (!valid(&d, kept)) fail_msg("%s keeps %s", kinds[k], garbage[g]);
            }
            if (!taken && (d.err.field_count != 1 || !fault_at(&d, "x")[0]))
                fail_msg("%s says nothing of %s", kinds[k], garbage[g]);
            arena_drop(d.arena);
            arena_drop(a);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_of_the_schema_hide_and_require),
        cmocka_unit_test(a_field_that_another_one_needs_is_asked_for),
        cmocka_unit_test(what_a_branch_asks_of_a_field_is_told_at_the_field),
        cmocka_unit_test(the_schema_for_programs_says_what_x_when_says),
        cmocka_unit_test(conditions_ask_numbers_and_several_questions_at_once),
        cmocka_unit_test(what_is_typed_in_full_width_is_compared_as_a_number),
        cmocka_unit_test(what_is_shown_is_what_the_schema_allows),
        cmocka_unit_test(the_page_says_which_answers_change_it),
        cmocka_unit_test(a_condition_is_read_as_it_was_written),
        cmocka_unit_test(a_condition_of_numbers_asks_numbers),
        cmocka_unit_test(conditions_that_turn_in_a_circle_are_refused),
        cmocka_unit_test(rows_are_added_and_removed_with_everything_typed),
        cmocka_unit_test(rows_are_checked_cell_by_cell),
        cmocka_unit_test(blank_rows_are_none_and_values_are_put_in_order),
        cmocka_unit_test(an_app_sends_rows_as_they_are),
        cmocka_unit_test(every_keyword_a_form_can_say_is_enforced),
        cmocka_unit_test(garbage_gets_a_sentence_at_its_field_or_is_put_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
