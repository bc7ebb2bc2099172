#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/forms/forms.h"
#include "testing/files.h"

/* A form with one of everything. */
static const char passport[] =
    "{'type':'object','properties':{"
    "'name':{'type':'string','title':'姓名','x-en':'Name','maxLength':50,'x-source':'person.name','readOnly':"
    "true},"
    "'id_number':{'type':'string','title':'公民身份号码','x-en':'Identity number','format':'id-number',"
    "'x-source':'person.id_number','readOnly':true},"
    "'grade':{'type':'string','title':'等级','x-en':'Grade','maxLength':10,'x-source':'disability.grade','"
    "readOnly':true},"
    "'staff':{'type':'integer','title':'人数','x-en':'Staff','minimum':1,'maximum':999},"
    "'amount':{'type':'string','title':'金额','x-en':'Amount','format':'money','x-source':'fund.rest','x-max'"
    ":'fund.rest'},"
    "'number':{'type':'string','title':'护照','x-en':'Passport','maxLength':9,'pattern':'^[A-Z][A-Z0-9][0-9]{"
    "7}$',"
    "'x-when':{'situation':'kind','in':['renew','lost']}},"
    "'mobile':{'type':'string','title':'手机','x-en':'Mobile','format':'mobile','x-source':'account.mobile',"
    "'x-help':['办理进度','Progress'],'x-why':['通知','To tell you']},"
    "'delivery':{'type':'string','title':'领取','x-en':'Receive','enum':['pickup','deliver'],"
    "'x-labels':{'pickup':['窗口','Desk'],'deliver':['邮寄','Post']}},"
    "'address':{'type':'string','title':'地址','x-en':'Address','maxLength':20,'x-source':'person.address',"
    "'x-when':{'field':'delivery','equals':'deliver'}},"
    "'floor':{'type':'string','title':'楼层','maxLength':20,'x-when':{'field':'address','equals':'高楼'}},"
    "'note':{'type':'string','title':'备注','x-en':'Note','maxLength':300},"
    "'declaration':{'type':'boolean','title':'承诺','x-en':'I declare','const':true}},"
    "'required':['name','id_number','staff','number','mobile','delivery','address','declaration'],"
    "'x-pages':[{'id':'who','title':'申请人','en':'Applicant','fields':['name','id_number','grade']},"
    "{'id':'what','title':'内容','en':'Content','fields':['staff','amount','number']},"
    "{'id':'how','title':'领取','en':'Delivery','fields':['mobile','delivery','address','floor','note']},"
    "{'id':'end','title':'承诺','en':'Declaration','fields':['declaration']}]}";

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
    struct err e;
    err_clear(&e);
    struct json *value = json_parse(a, str_c(copy), JSON_STRICT, &e);
    if (!value) print_error("%s: %s\n", e.arg, copy);
    assert_non_null(value);
    return value;
}

static struct desk begin(const char *schema)
{
    struct desk d = {.arena = arena_new(8 << 20)};
    d.form = form_parse(d.arena, json(d.arena, schema), &d.err);
    if (!d.form) print_error("%s: %s\n", d.err.msgid, d.err.arg);
    assert_non_null(d.form);
    d.in.prefill = json(
        d.arena,
        "{'name':{'value':'林小禾','source':'人口基础信息','source_en':'Population base'},"
        "'id_number':{'value':'78010119900101001X','source':'人口基础信息','source_en':'Population base'},"
        "'address':{'value':'示范路1号','source':'人口基础信息','source_en':'Population base'},"
        "'amount':{'value':'1200.00','max':'1200.00','source':'公积金'},"
        "'mobile':{'value':'13912340001','source':'本人账号信息'}}");
    d.in.situations = json(d.arena, "{'kind':'first'}");
    return d;
}

static struct str sent(void *arg, struct str name)
{
    const struct desk *d = arg;
    const struct json *v = json_get_str(d->sent, name);
    return v ? v->text : (struct str){NULL, 0};
}

static bool reads(struct desk *d, const char *page, const char *client)
{
    err_clear(&d->err);
    d->sent = json(d->arena, client);
    return form_read_page(d->arena, d->form, form_page_find(d->form, str_c(page)), sent, d, &d->in, &d->out,
                          &d->err);
}

static const char *fault_at(const struct desk *d, const char *field)
{
    for (size_t i = 0; i < d->err.field_count; i++)
        if (str_eq_c(str_c(d->err.fields[i].field), field)) return d->err.fields[i].msgid;
    return "";
}

static void assert_out(const struct desk *d, const char *field, const char *value)
{
    const struct json *v = json_get(d->out, field);
    assert_non_null(v);
    if (!str_eq_c(v->text, value)) print_error("%s is %.*s\n", field, STR_ARG(v->text));
    assert_true(str_eq_c(v->text, value));
}

static const struct json *row(const struct json *list, const char *id)
{
    JSON_EACH(f, list)
    if (str_eq_c(json_text_of(f, "id"), id)) return f;
    return NULL;
}

/* ---- parsing ---- */

static void a_form_that_is_not_understood_is_refused(void **)
{
#define PAGE(fields) ",'x-pages':[{'id':'p','title':'页','fields':[" fields "]}]}"
#define ONE(more)    "{'type':'object','properties':{'x':{'title':'字段'," more "}}" PAGE("'x'")
    static const char *const wrong[] = {
        "{'type':'array'}",
        ONE("'type':'object'"),
        ONE("'type':'string','format':'ipv4'"),
        ONE("'type':'string','x-wehn':{}"),
        ONE("'type':'string','pattern':'(*UTF)a'"),
        ONE("'type':'string','pattern':'a++'"),
        ONE("'type':'string','minLength':'2'"),
        ONE("'type':'string','if':3"),
        ONE("'type':'array'"),
        ONE("'type':'array','items':{'type':'string'}"),
        ONE("'type':'array','maxItems':51,'items':{'type':'object','properties':{'y':{'type':'string','title'"
            ":'字段'}}}"),
        ONE("'type':'array','items':{'type':'object','properties':{'y':{'type':'string','title':'字段','x-"
            "source':'a.b'}}}"),
        ONE("'type':'array','items':{'type':'object','properties':{'y.z':{'type':'string','title':'字段'}}}"),
        ONE("'type':'string','pattern':'[a'"),
        ONE("'type':'string','enum':['a']"),
        ONE("'type':'string','maxLength':-1"),
        ONE("'type':'integer','minimum':'1'"),
        ONE("'type':'string','readOnly':true"),
        ONE("'type':'string','x-when':{'field':'y','equals':'1'}"),
        ONE("'type':'string','x-when':{'field':'x','equals':'1'}"),
        ONE("'type':'string','x-when':{'situation':'s'}"),
        ONE("'type':'string','x-when':{'situation':'s','equals':'a','in':['b']}"),
        "{'type':'object','properties':{'x':{'type':'string'}}" PAGE("'x'"),
        "{'type':'object','properties':{'x':{'type':'string','title':'字段'}}" PAGE("'x','x'"),
        "{'type':'object','properties':{'x':{'type':'string','title':'字段'}}" PAGE("'x','y'"),
        "{'type':'object','properties':{'x':{'type':'string','title':'字段'}},'required':['y']" PAGE("'x'"),
        "{'type':'object','properties':{'x':{'type':'string','title':'一'},'y':{'type':'string','title':'二'}"
        "}" PAGE("'x'"),
        "{'type':'object','properties':{'x':{'type':'boolean','title':'一'},'y':{'type':'string','title':'二'"
        ","
        "'x-when':{'field':'x','equals':'true'}}}" PAGE("'x','y'"),
        "{'type':'object','properties':{'x':{'type':'string','title':'一','x-when':{'field':'y','equals':'1'}"
        "},"
        "'y':{'type':'string','title':'二','x-when':{'field':'x','equals':'1'}}}" PAGE("'x','y'"),
    };
    struct arena *a = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err e;
        err_clear(&e);
        if (form_parse(a, json(a, wrong[i]), &e)) fail_msg("taken: %s", wrong[i]);
        assert_string_equal(e.code, "form.schema");
    }
    arena_drop(a);
}

static void understand(struct arena *a, const char *name, const struct json *service)
{
    struct err e = {0};
    const struct form *f = form_parse(a, json_get(service, "form"), &e);
    if (!f) fail_msg("%s: %s %s", name, e.msgid, e.arg);
    struct form_answers nothing = {NULL, NULL, NULL};
    struct json *out;
    for (size_t p = 0; p < form_page_count(f); p++)
        assert_non_null(form_page(a, f, p, &nothing, NULL, p % 2));
    assert_false(form_check(a, f, &nothing, &out, &e)); /* there is a declaration in each */
}

static void every_form_of_the_catalogue_is_understood(void **state)
{
    (void)state;
    assert_true(testing_each_service(understand) >= 26);
}

/* ---- what is asked ---- */

static void conditions_decide_what_is_asked(void **)
{
    struct desk d = begin(passport);
    assert_false(form_field_visible(d.form, STR("number"), &d.in));
    d.in.situations = json(d.arena, "{'kind':'lost'}");
    assert_true(form_field_visible(d.form, STR("number"), &d.in));
    assert_false(form_field_visible(d.form, STR("address"), &d.in));
    d.in.values = json(d.arena, "{'delivery':'deliver'}");
    assert_true(form_field_visible(d.form, STR("address"), &d.in));
    assert_false(form_field_visible(d.form, STR("unknown"), &d.in));
    arena_drop(d.arena);
}

static void a_condition_on_a_hidden_field_does_not_hold(void **)
{
    struct desk d = begin(passport);
    d.in.values = json(d.arena, "{'delivery':'deliver','address':'高楼'}");
    assert_true(form_field_visible(d.form, STR("floor"), &d.in));
    d.in.values = json(d.arena, "{'delivery':'pickup','address':'高楼'}");
    assert_false(form_field_visible(d.form, STR("floor"), &d.in));
    arena_drop(d.arena);
}

static void a_read_only_field_without_a_register_is_asked_only_if_required(void **)
{
    struct desk d = begin(passport);
    assert_false(form_field_visible(d.form, STR("grade"), &d.in));
    d.in.prefill = NULL;
    assert_true(form_field_visible(d.form, STR("name"), &d.in));
    struct json *page = form_page(d.arena, d.form, 0, &d.in, NULL, false);
    assert_false(json_true_of(row(json_get(page, "fields"), "name"), "readonly"));
    assert_false(reads(&d, "who", "{}"));
    assert_int_equal(d.err.field_count, 2);
    assert_true(reads(&d, "who", "{'name':' 王　五 ','id_number':'７８０１０１ 19900101 001X'}"));
    assert_out(&d, "name", "王 五");
    assert_out(&d, "id_number", "78010119900101001X");
    arena_drop(d.arena);
}

/* ---- reading ---- */

static void a_client_cannot_change_what_the_register_says(void **)
{
    struct desk d = begin(passport);
    assert_true(reads(&d, "who", "{'name':'别人','id_number':'0'}"));
    assert_null(json_get(d.out, "name"));
    d.in.values = json(d.arena, "{'name':'别人','staff':3,'delivery':'pickup','declaration':true}");
    err_clear(&d.err);
    assert_true(form_check(d.arena, d.form, &d.in, &d.out, &d.err));
    assert_out(&d, "name", "林小禾");
    arena_drop(d.arena);
}

static void all_faults_of_a_page_are_told_at_once(void **)
{
    struct desk d = begin(passport);
    d.in.situations = json(d.arena, "{'kind':'renew'}");
    assert_false(reads(&d, "what", "{'staff':'1000','amount':'1200.01','number':'123'}"));
    assert_int_equal(d.err.kind, ERR_INVALID);
    assert_int_equal(d.err.field_count, 3);
    assert_string_equal(fault_at(&d, "staff"), "The number must be %{arg} or less.");
    assert_string_equal(fault_at(&d, "amount"), "This may be at most %{arg}.");
    assert_string_equal(fault_at(&d, "number"),
                        "This does not have the expected form. Please look for a typing error.");
    assert_out(&d, "staff", "1000"); /* what was typed is shown again */
    arena_drop(d.arena);
}

static void what_is_typed_is_put_into_its_normal_form(void **)
{
    struct desk d = begin(passport);
    d.in.situations = json(d.arena, "{'kind':'renew'}");
    assert_true(reads(&d, "what", "{'staff':'１,０ ','amount':'￥1,000','number':'ｅ7 8000001'}"));
    assert_out(&d, "staff", "10");
    assert_int_equal(json_get(d.out, "staff")->type, JSON_NUMBER);
    assert_out(&d, "amount", "1000.00");
    assert_out(&d, "number", "E78000001");
    assert_true(reads(&d, "how",
                      "{'mobile':'+86 139-1234-0002','delivery':'pickup','note':'　第１行，\\r\\n　B２　'}"));
    assert_out(&d, "mobile", "13912340002");
    assert_out(&d, "note", "第1行，\n B2");
    arena_drop(d.arena);
}

static void formats_are_checked(void **)
{
    static const struct {
        const char *format, *typed, *kept; /* NULL: refused */
    } cases[] = {
        {"date", "2026-02-28", "2026-02-28"},
        {"date", "2026年2月8日", "2026-02-08"},
        {"date", "20260208", "2026-02-08"},
        {"date", "2026/2/8", "2026-02-08"},
        {"date", "2026-02-29", NULL},
        {"date", "2026-123", NULL},
        {"date", "20261-2", NULL},
        {"date", "2026-02-", NULL},
        {"date", "yesterday", NULL},
        {"money", "1200.5", "1200.50"},
        {"money", "0.001", NULL},
        {"money", "-1", NULL},
        {"money", "12 元", "12.00"},
        {"money", "1e3", NULL},
        {"email", "a.b@example.com", "a.b@example.com"},
        {"email", "a@b", NULL},
        {"email", "a@@example.com", NULL},
        {"email", "a b@example.com", NULL},
        {"email", "a@-example.com", NULL},
        {"email", "a@example.com.", NULL},
        {"postcode", "６３８０００", "638000"},
        {"postcode", "63800", NULL},
        {"division", "780101", "780101"},
        {"division", "7801011", NULL},
        {"bank-card", "6222 0212 3456 7895", NULL},
        {"bank-card", "4111 1111 1111 1111", "4111111111111111"},
        {"mobile", "12345678901", NULL},
        {"uscc", "91", NULL},
        {"id-number", "78010119900101001", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *a = arena_new(1 << 20);
        struct str schema = str_fmt(
            a,
            "{'type':'object','properties':{'x':{'type':'string','title':'字段','format':'%s'}}" PAGE("'x'"),
            cases[i].format);
        struct desk d = begin(str_z(a, schema));
        bool ok = reads(&d, "p", str_z(a, str_fmt(a, "{'x':'%s'}", cases[i].typed)));
        if (ok != (cases[i].kept != NULL)) fail_msg("%s %s", cases[i].format, cases[i].typed);
        if (ok)
            assert_out(&d, "x", cases[i].kept);
        else
            assert_true(fault_at(&d, "x")[0] != '\0');
        arena_drop(d.arena);
        arena_drop(a);
    }
}

static void text_that_is_no_text_is_refused(void **)
{
    struct desk d = begin(passport);
    static const char *const wrong[] = {"a\\u0000b", "a\\u0007", "\\u202eabc", "\\ufffe"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(
            reads(&d, "how",
                  str_z(d.arena, str_fmt(d.arena, "{'delivery':'pickup','mobile':'13912340001','note':'%s'}",
                                         wrong[i]))));
        assert_string_equal(fault_at(&d, "note"), "This text contains characters that cannot be used.");
    }
    struct json *broken = json_object(d.arena);
    json_set_str(d.arena, broken, "note", STR("\xff\xfe"));
    d.sent = broken;
    err_clear(&d.err);
    assert_false(form_read_page(d.arena, d.form, 2, sent, &d, &d.in, &d.out, &d.err));
    assert_string_equal(fault_at(&d, "note"), "This text contains characters that cannot be used.");
    arena_drop(d.arena);
}

static void lengths_count_characters_not_bytes(void **)
{
    struct desk d = begin(passport);
    const char *twenty = "一二三四五六七八九十一二三四五六七八九十";
    struct arena *a = d.arena;
    assert_true(
        reads(&d, "how",
              str_z(a, str_fmt(a, "{'mobile':'13912340001','delivery':'deliver','address':'%s'}", twenty))));
    d.in.values = json(a, "{'delivery':'deliver'}");
    assert_false(reads(
        &d, "how",
        str_z(a, str_fmt(a, "{'mobile':'13912340001','delivery':'deliver','address':'%s一'}", twenty))));
    assert_string_equal(fault_at(&d, "address"), "Please enter at most %{arg} characters.");
    char *huge = arena_alloc(a, 200001);
    memset(huge, 'a', 200000);
    assert_false(reads(&d, "how", str_z(a, str_fmt(a, "{'delivery':'deliver','address':'%s'}", huge))));
    assert_string_equal(fault_at(&d, "address"), "Please enter at most %{arg} characters.");
    arena_drop(a);
}

static void what_this_page_reveals_is_asked_next(void **)
{
    struct desk d = begin(passport);
    d.in.prefill = NULL;
    assert_false(reads(&d, "how", "{'mobile':'13912340001','delivery':'deliver'}"));
    assert_int_equal(d.err.field_count, 1);
    assert_string_equal(fault_at(&d, "address"), "This field is required.");
    d.in.values = d.out;
    assert_non_null(row(json_get(form_page(d.arena, d.form, 2, &d.in, NULL, false), "fields"), "address"));
    arena_drop(d.arena);

    d = begin(
        passport); /* with a registered address nothing more is asked, even where absence arrives as "" */
    assert_true(reads(&d, "how", "{'mobile':'13912340001','delivery':'deliver','address':''}"));
    assert_true(reads(&d, "how", "{'mobile':'13912340001','delivery':'deliver'}"));
    arena_drop(d.arena);
}

static void an_emptied_field_is_not_filled_in_again(void **)
{
    struct desk d = begin(passport);
    assert_true(reads(&d, "what", "{'staff':'2','amount':''}"));
    d.in.values = d.out;
    assert_true(str_eq_c(json_text(form_field_value(d.form, STR("amount"), &d.in)), ""));
    arena_drop(d.arena);
}

static void choices_and_ticks_cannot_be_made_up(void **)
{
    struct desk d = begin(passport);
    assert_false(reads(&d, "how", "{'mobile':'13912340001','delivery':'pigeon'}"));
    assert_string_equal(fault_at(&d, "delivery"), "Please choose one of the options.");
    assert_false(reads(&d, "how", "{'mobile':'13912340001'}"));
    assert_string_equal(fault_at(&d, "delivery"), "Please choose one of the options.");
    assert_false(reads(&d, "end", "{}"));
    assert_string_equal(fault_at(&d, "declaration"), "Please tick this to go on.");
    assert_true(reads(&d, "end", "{'declaration':'1'}"));
    assert_true(json_true_of(d.out, "declaration"));
    err_clear(&d.err);
    assert_false(form_read_page(d.arena, d.form, 9, sent, &d, &d.in, &d.out, &d.err));
    assert_int_equal(d.err.kind, ERR_MISSING);
    arena_drop(d.arena);
}

/* ---- the whole ---- */

static void values_of_hidden_fields_are_not_sent(void **)
{
    struct desk d = begin(passport);
    d.in.values =
        json(d.arena, "{'staff':3,'number':'E78000001','delivery':'pickup','address':'高楼','floor':'9',"
                      "'declaration':true,'invented':'x'}");
    assert_true(form_check(d.arena, d.form, &d.in, &d.out, &d.err));
    assert_null(json_get(d.out, "number"));
    assert_null(json_get(d.out, "address"));
    assert_null(json_get(d.out, "floor"));
    assert_null(json_get(d.out, "invented"));
    assert_null(json_get(d.out, "note"));
    assert_out(&d, "staff", "3");
    assert_out(&d, "mobile", "13912340001");
    arena_drop(d.arena);
}

static void nothing_unchecked_is_sent(void **)
{
    struct desk d = begin(passport);
    d.in.values = json(d.arena, "{'staff':0,'delivery':['pickup'],'amount':'999999','note':{}}");
    assert_false(form_check(d.arena, d.form, &d.in, &d.out, &d.err));
    assert_int_equal(d.err.field_count, 5);
    assert_string_equal(fault_at(&d, "delivery"), "This value has the wrong type.");
    assert_string_equal(fault_at(&d, "amount"), "This may be at most %{arg}.");
    assert_int_equal(form_field_page(d.form, STR("amount")), 1);
    assert_true(form_field_page(d.form, STR("unknown")) == SIZE_MAX);
    assert_true(str_eq_c(form_field_title(d.form, STR("amount"), true), "Amount"));
    assert_true(
        str_eq_c(form_field_title(d.form, STR("floor"), true), "楼层")); /* no English: better than nothing */
    arena_drop(d.arena);
}

/* ---- showing ---- */

static void a_page_says_what_a_template_needs(void **)
{
    struct desk d = begin(passport);
    d.in.values = json(d.arena, "{'delivery':'deliver'}");
    struct json *errors = json(d.arena, "{'note':'太长'}");
    const struct json *page = form_page(d.arena, d.form, 2, &d.in, errors, true),
                      *fields = json_get(page, "fields");
    assert_true(str_eq_c(json_text_of(page, "title"), "Delivery"));
    assert_int_equal(json_i64_of(page, "position", 0), 3);
    assert_int_equal(json_i64_of(page, "count", 0), 4);
    assert_true(json_true_of(page, "has_prefilled"));
    assert_int_equal(fields->count, 4);
    const struct json *mobile = row(fields, "mobile"), *delivery = row(fields, "delivery"),
                      *note = row(fields, "note");
    assert_true(json_true_of(mobile, "tel"));
    assert_true(json_true(json_path(mobile, "kind.input")));
    assert_true(str_eq_c(json_text_of(mobile, "value"), "13912340001"));
    assert_true(str_eq_c(json_text_of(mobile, "autocomplete"), "tel"));
    assert_true(str_eq_c(json_text_of(mobile, "why"), "To tell you"));
    assert_true(str_eq_c(json_text(json_path(mobile, "source.name")), "本人账号信息"));
    assert_true(json_true(json_path(delivery, "kind.radios")));
    assert_true(json_true_of(json_at(json_get(delivery, "options"), 1), "checked"));
    assert_true(str_eq_c(json_text_of(json_at(json_get(delivery, "options"), 1), "label"), "Post"));
    assert_true(json_true_of(note, "textarea"));
    assert_int_equal(json_i64_of(note, "maxlength", 0), 300);
    assert_true(str_eq_c(json_text_of(note, "error"), "太长"));
    assert_false(json_true_of(note, "required"));
    arena_drop(d.arena);
}

static void a_source_is_named_only_while_the_value_is_its_own(void **)
{
    struct desk d = begin(passport);
    d.in.values = json(d.arena, "{'mobile':'13912340009'}");
    const struct json *page = form_page(d.arena, d.form, 2, &d.in, NULL, false);
    assert_null(json_get(row(json_get(page, "fields"), "mobile"), "source"));
    arena_drop(d.arena);
}

static void the_task_list_tells_what_is_done(void **)
{
    struct desk d = begin(passport);
    const struct json *list = form_pages(d.arena, d.form, &d.in, false);
    assert_int_equal(list->count, 4);
    assert_true(json_true_of(json_at(list, 0), "complete"));
    assert_false(json_true_of(json_at(list, 1), "complete"));
    d.in.values = json(d.arena, "{'staff':3}");
    assert_true(form_page_complete(d.arena, d.form, 1, &d.in));
    arena_drop(d.arena);
}

static void a_page_without_questions_is_skipped(void **)
{
    struct desk d =
        begin("{'type':'object','properties':{'a':{'type':'string','title':'一'},"
              "'b':{'type':'string','title':'二','x-when':{'situation':'kind','equals':'more'}},"
              "'c':{'type':'string','title':'三'}},'x-pages':[{'id':'1','title':'页','fields':['a']},"
              "{'id':'2','title':'页','fields':['b']},{'id':'3','title':'页','fields':['c']}]}");
    assert_int_equal(form_page_next(d.form, SIZE_MAX, &d.in), 0);
    assert_int_equal(form_page_next(d.form, 0, &d.in), 2);
    assert_int_equal(form_page_previous(d.form, 2, &d.in), 0);
    assert_true(form_page_next(d.form, 2, &d.in) == SIZE_MAX);
    assert_true(form_page_previous(d.form, 0, &d.in) == SIZE_MAX);
    d.in.situations = json(d.arena, "{'kind':'more'}");
    assert_int_equal(form_page_next(d.form, 0, &d.in), 1);
    arena_drop(d.arena);
}

static void a_summary_is_in_words(void **)
{
    struct desk d = begin(passport);
    d.in.values = json(d.arena, "{'delivery':'deliver','staff':3,'declaration':true}");
    const struct json *pages = form_summary(d.arena, d.form, &d.in, false);
    assert_int_equal(pages->count, 4);
    const struct json *how = json_get(json_at(pages, 2), "rows");
    assert_true(str_eq_c(json_text_of(row(how, "delivery"), "value"), "邮寄"));
    assert_null(row(how, "note"));
    assert_true(
        str_eq_c(json_text(json_path(row(json_get(json_at(pages, 0), "rows"), "name"), "source.name")),
                 "人口基础信息"));
    assert_true(
        str_eq_c(json_text_of(row(json_get(json_at(pages, 3), "rows"), "declaration"), "value"), "是"));
    pages = form_summary(d.arena, d.form, &d.in, true);
    assert_true(
        str_eq_c(json_text_of(row(json_get(json_at(pages, 2), "rows"), "delivery"), "value"), "Post"));
    arena_drop(d.arena);
}

static void a_choice_looks_the_same_in_the_form_and_in_the_summary(void **)
{
    struct desk d = begin(passport);
    d.in.values = json(d.arena, "{'delivery':'deliver','staff':3,'declaration':true}");
    const struct json *rows = json_get(json_at(form_summary(d.arena, d.form, &d.in, false), 2), "rows"),
                      *fields = json_get(form_page(d.arena, d.form, 2, &d.in, NULL, false), "fields"),
                      *told = json_get(row(rows, "delivery"), "chosen");
    assert_true(str_eq_c(json_text_of(told, "value"), "deliver"));
    assert_true(str_eq_c(json_text_of(told, "label"), "邮寄"));
    const struct json *asked = json_get(row(fields, "delivery"), "chosen");
    assert_non_null(asked);
    assert_true(str_eq(json_to_str(d.arena, told), json_to_str(d.arena, asked)));
    d.in.values = json(d.arena, "{}");
    fields = json_get(form_page(d.arena, d.form, 2, &d.in, NULL, false), "fields");
    assert_null(json_get(row(fields, "delivery"), "chosen"));
    arena_drop(d.arena);
}

static void a_form_tells_which_sources_it_needs(void **)
{
    struct desk d = begin(passport);
    const struct json *list = form_sources(d.arena, d.form);
    assert_int_equal(list->count, 6);
    assert_true(str_eq_c(json_text_of(json_at(list, 3), "max"), "fund.rest"));
    arena_drop(d.arena);
}

static const char papers[] =
    "{'type':'object','properties':{'scan':{'type':'string','title':'扫描件','format':'file','x-count':2,"
    "'x-max-mb':5,'x-accept':['application/pdf']},'rows':{'type':'array','title':'条目','items':{'type':"
    "'object','properties':{'photo':{'type':'string','title':'照片','format':'file'}},'required':['photo']}}}"
    ","
    "'required':['scan'],'x-pages':[{'id':'1','title':'页','fields':['scan','rows']}]}";

static void files_are_named_by_number_and_counted(void **)
{
    struct desk d = begin(papers);
    assert_false(reads(&d, "1", "{'scan':''}"));
    assert_string_equal(fault_at(&d, "scan"), "This field is required.");
    assert_false(reads(&d, "1", "{'scan':'7 8 9'}"));
    assert_string_equal(fault_at(&d, "scan"), "There may be at most %{arg} files.");
    assert_false(reads(&d, "1", "{'scan':'../secret'}"));
    assert_string_equal(fault_at(&d, "scan"), "Please choose a file.");
    assert_true(reads(&d, "1", "{'scan':' 7  8 ','rows.rows':'1','rows.0.photo':'12'}"));
    assert_out(&d, "scan", "7 8");
    const struct json *files = form_files(d.arena, d.form), *field;
    assert_int_equal(files->count, 2);
    assert_true(str_eq_c(json_text_of(json_at(files, 1), "name"), "rows.photo"));
    field = row(json_get(form_page(d.arena, d.form, 0, &d.in, NULL, false), "fields"), "scan");
    assert_true(json_true(json_path(field, "kind.file")));
    assert_true(json_true_of(field, "multiple"));
    assert_true(str_eq_c(json_text_of(field, "accept"), "application/pdf"));
    arena_drop(d.arena);
}

static void a_field_may_want_several_files(void **)
{
    struct desk d =
        begin("{'type':'object','properties':{'scan':{'type':'string','title':'照片','format':'file',"
              "'x-count':3,'x-least':2}},'x-pages':[{'id':'1','title':'页','fields':['scan']}]}");
    assert_false(reads(&d, "1", "{'scan':'7'}"));
    assert_string_equal(fault_at(&d, "scan"), "There must be at least %{arg} files.");
    assert_true(reads(&d, "1", "{'scan':'7 8'}"));
    assert_true(reads(&d, "1", "{'scan':''}")); /* nobody must give any */
    const struct json *field =
        row(json_get(form_page(d.arena, d.form, 0, &d.in, NULL, true), "fields"), "scan");
    assert_string_equal(str_z(d.arena, json_text_of(field, "hint")), "At least 2 files.");
    assert_int_equal(json_i64_of(json_at(form_files(d.arena, d.form), 0), "least", 0), 2);
    /* Programs read the same in the draft's words. */
    assert_string_equal(str_z(d.arena, json_text(json_path(form_schema(d.form), "properties.scan.pattern"))),
                        "^[^ ]+( [^ ]+){1,2}$");
    arena_drop(d.arena);
}

static void what_a_file_may_be_is_understood_or_refused(void **)
{
    static const char *const wrong[] = {
        "'format':'file','x-accept':['text/html']",
        "'format':'file','x-accept':[]",
        "'format':'file','x-max-mb':11",
        "'format':'file','x-count':0",
        "'format':'file','x-count':2,'x-least':3",
        "'x-least':2",
        "'x-count':2",
        "'format':'date','x-accept':['image/png']",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct arena *a = arena_new(1 << 20);
        struct err e = {0};
        const char *text =
            str_z(a, str_fmt(a,
                             "{'type':'object','properties':{'f':{'type':'string','title':'文',%s}},"
                             "'x-pages':[{'id':'1','title':'页','fields':['f']}]}",
                             wrong[i]));
        assert_null(form_parse(a, json(a, text), &e));
        assert_string_equal(e.code, "form.schema");
        arena_drop(a);
    }
}

static const char toolbox[] =
    "{'type':'object','properties':{"
    "'tools':{'type':'array','title':'工具','x-en':'Tools','uniqueItems':true,'maxItems':2,"
    "'items':{'type':'string','enum':['saw','rope','pump']},"
    "'x-labels':{'saw':['锯','Saw'],'rope':['绳','Rope'],'pump':['泵','Pump']}},"
    "'power':{'type':'string','title':'功率','maxLength':20,'x-when':{'field':'tools','equals':'pump'}}},"
    "'required':['tools','power'],'x-pages':[{'id':'1','title':'页','fields':['tools','power']}]}";

static void several_choices_are_an_array_of_different_words(void **)
{
    struct desk d = begin(toolbox);
    assert_false(reads(&d, "1", "{'x':'1'}"));
    assert_string_equal(fault_at(&d, "tools"), "Please choose at least one.");
    assert_false(reads(&d, "1", "{'tools.saw':'1','tools.rope':'1','tools.pump':'1','power':'5'}"));
    assert_string_equal(fault_at(&d, "tools"), "Please choose at most %{arg}.");
    assert_false(reads(&d, "1", "{'tools.pump':'1'}")); /* then its power is asked */
    assert_string_equal(fault_at(&d, "power"), "This field is required.");
    assert_true(reads(&d, "1", "{'tools.rope':'1','tools.saw':'1'}"));
    const struct json *tools = json_get(d.out, "tools");
    assert_int_equal(tools->count, 2);
    assert_true(str_eq_c(tools->first->text, "saw")); /* in the order of the form */
    d.in.values = d.out;
    const struct json *field =
        row(json_get(form_page(d.arena, d.form, 0, &d.in, NULL, true), "fields"), "tools");
    assert_true(json_true(json_path(field, "kind.checkboxes")));
    const struct json *rope = json_at(json_get(field, "options"), 1);
    assert_true(json_true_of(rope, "checked"));
    assert_true(str_eq_c(json_text_of(rope, "sent_as"), "tools.rope"));
    const struct json *summary = form_summary(d.arena, d.form, &d.in, true);
    assert_true(
        str_eq_c(json_text_of(json_at(json_get(json_at(summary, 0), "rows"), 0), "value"), "Saw, Rope"));
    assert_true(str_eq_c(form_get_json(d.arena, d.out, STR("tools.rope")), "1"));
    assert_int_equal(form_get_json(d.arena, d.out, STR("tools.pump")).len, 0);
    struct json *whole;
    d.in.values = json(d.arena, "{'tools':['saw','knife']}");
    assert_false(form_check(d.arena, d.form, &d.in, &whole, &d.err)); /* no choice of the form */
    arena_drop(d.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_that_is_not_understood_is_refused),
        cmocka_unit_test(every_form_of_the_catalogue_is_understood),
        cmocka_unit_test(conditions_decide_what_is_asked),
        cmocka_unit_test(a_condition_on_a_hidden_field_does_not_hold),
        cmocka_unit_test(a_read_only_field_without_a_register_is_asked_only_if_required),
        cmocka_unit_test(a_client_cannot_change_what_the_register_says),
        cmocka_unit_test(all_faults_of_a_page_are_told_at_once),
        cmocka_unit_test(what_is_typed_is_put_into_its_normal_form),
        cmocka_unit_test(formats_are_checked),
        cmocka_unit_test(text_that_is_no_text_is_refused),
        cmocka_unit_test(lengths_count_characters_not_bytes),
        cmocka_unit_test(what_this_page_reveals_is_asked_next),
        cmocka_unit_test(an_emptied_field_is_not_filled_in_again),
        cmocka_unit_test(choices_and_ticks_cannot_be_made_up),
        cmocka_unit_test(values_of_hidden_fields_are_not_sent),
        cmocka_unit_test(nothing_unchecked_is_sent),
        cmocka_unit_test(a_page_says_what_a_template_needs),
        cmocka_unit_test(a_source_is_named_only_while_the_value_is_its_own),
        cmocka_unit_test(the_task_list_tells_what_is_done),
        cmocka_unit_test(a_page_without_questions_is_skipped),
        cmocka_unit_test(a_summary_is_in_words),
        cmocka_unit_test(a_choice_looks_the_same_in_the_form_and_in_the_summary),
        cmocka_unit_test(a_form_tells_which_sources_it_needs),
        cmocka_unit_test(files_are_named_by_number_and_counted),
        cmocka_unit_test(a_field_may_want_several_files),
        cmocka_unit_test(what_a_file_may_be_is_understood_or_refused),
        cmocka_unit_test(several_choices_are_an_array_of_different_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
