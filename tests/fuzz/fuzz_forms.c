/* Whatever form is written and whatever is answered: it is refused or understood, never half; nothing is kept
 * that was not checked, and no answer replaces what a register says. Byte 0x1f stands between the form
 * (empty: the one below), the answers as a browser sends them, and {"values", "prefill", "situations"}. */
#include "core/http/request.h"
#include "engines/forms/forms.h"
#include "engines/schema/schema.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char usual[] =
    "{\"type\":\"object\",\"title\":\"F\",\"required\":[\"name\",\"id\",\"kind\",\"agree\",\"sum\"],"
    "\"properties\":{"
    "\"name\":{\"type\":\"string\",\"title\":\"N\",\"readOnly\":true,\"x-source\":\"population.name\","
    "\"maxLength\":20},"
    "\"id\":{\"type\":\"string\",\"title\":\"I\",\"format\":\"id-number\"},"
    "\"kind\":{\"type\":\"string\",\"title\":\"K\",\"enum\":[\"a\",\"b\"],\"x-labels\":{\"a\":[\"A\",\"A\"],"
    "\"b\":"
    "[\"B\",\"B\"]}},"
    "\"when\":{\"type\":\"string\",\"title\":\"W\",\"format\":\"date\",\"x-when\":{\"field\":\"kind\","
    "\"equals\":\"b\"}},"
    "\"phone\":{\"type\":\"string\",\"title\":\"P\",\"format\":\"mobile\"},"
    "\"scan\":{\"type\":\"string\",\"title\":\"S\",\"format\":\"file\",\"x-count\":2,\"x-max-mb\":5,"
    "\"x-accept\":[\"application/pdf\"]},"
    "\"mail\":{\"type\":\"string\",\"title\":\"M\",\"format\":\"email\"},"
    "\"code\":{\"type\":\"string\",\"title\":\"C\",\"pattern\":\"^[A-Z]{2}[0-9]{1,6}$\"},"
    "\"sum\":{\"type\":\"number\",\"title\":\"S\",\"minimum\":0,\"maximum\":100000.5,\"x-max\":\"fund."
    "balance\"},"
    "\"count\":{\"type\":\"integer\",\"title\":\"C\",\"default\":2,\"x-when\":{\"situation\":\"s\",\"in\":["
    "\"x\",\"y\"]}},"
    "\"text\":{\"type\":\"string\",\"title\":\"T\",\"x-rows\":4,\"minLength\":2},"
    "\"kin\":{\"type\":\"array\",\"title\":\"K\",\"maxItems\":3,\"items\":{\"type\":\"object\","
    "\"properties\":{"
    "\"who\":{\"type\":\"string\",\"title\":\"W\"},\"age\":{\"type\":\"integer\",\"title\":\"A\",\"maximum\":"
    "150}},"
    "\"required\":[\"who\"]}},"
    "\"agree\":{\"type\":\"boolean\",\"title\":\"A\",\"const\":true}},"
    "\"dependentRequired\":{\"mail\":[\"phone\"]},\"if\":{\"properties\":{\"count\":{\"minimum\":3}},"
    "\"required\":[\"count\"]},"
    "\"then\":{\"required\":[\"text\"]},\"else\":{\"properties\":{\"code\":false}},"
    "\"x-pages\":[{\"id\":\"one\",\"title\":\"1\",\"fields\":[\"name\",\"id\",\"kind\",\"when\"]},"
    "{\"id\":\"two\",\"title\":\"2\",\"fields\":[\"phone\",\"scan\",\"mail\",\"code\",\"sum\",\"count\","
    "\"text\","
    "\"kin\","
    "\"agree\"]}]}";

static void must(bool promise)
{
    if (!promise) abort();
}

static struct str answer(void *arg, struct str name)
{
    return params_get(arg, name);
}

static bool is_text(const struct json *value)
{
    return json_is(value, JSON_STRING);
}

/* What is kept: of visible properties alone, text that can be shown; the register's word where it is locked.
 */
static void check_kept(struct arena *a, const struct form *f, const struct json *schema,
                       const struct form_answers *in, const struct json *out)
{
    JSON_EACH(value, out)
    {
        const struct json *property = json_get_str(json_get(schema, "properties"), value->key);
        const struct json *said = json_get(json_get_str(in->prefill, value->key), "value");
        must(property && form_field_visible(f, value->key, in));
        bool locked = json_true_of(property, "readOnly") && said && !json_is(said, JSON_NULL) &&
                      !(is_text(said) && !said->text.len);
        if (str_eq_c(json_text_of(property, "type"), "array")) {
            must(json_is(value, JSON_ARRAY) && value->count);
            JSON_EACH(row, value)
            must(json_is(row, JSON_OBJECT) && row->count);
            continue;
        }
        if (str_eq_c(json_text_of(property, "type"), "boolean"))
            must(json_is(value, JSON_BOOL));
        else if (locked)
            must(str_eq(json_to_str(a, value), json_to_str(a, said)));
        else
            must(is_text(value) || json_is(value, JSON_NUMBER));
        for (size_t i = 0; !locked && is_text(value) && i < value->text.len; i++)
            must((unsigned char)value->text.ptr[i] >= ' ' || value->text.ptr[i] == '\n');
    }
    JSON_EACH(name, json_get(schema, "required"))
    must(!form_field_visible(f, json_text(name), in) || json_get_str(out, json_text(name)));
}

/* What passes here passes wherever the schema for programs is used; a register's word is not the person's. */
static void check_standard(struct arena *a, const struct form *f, const struct form_answers *in,
                           const struct json *out)
{
    struct err e = {0};
    bool valid = false;
    const struct schema *s = schema_compile(a, form_schema(f), NULL, &e);
    must(s != NULL);
    if (!in->prefill && schema_judge(a, s, out, NULL, &valid, &e)) must(valid);
}

static void show(struct arena *a, const struct form *f, const struct form_answers *in)
{
    size_t pages = form_page_count(f), seen = 0;
    must(pages > 0 && pages <= FORM_PAGES_MAX);
    for (size_t p = form_page_next(f, SIZE_MAX, in); p != SIZE_MAX; p = form_page_next(f, p, in)) {
        must(p < pages && ++seen <= pages && form_page_visible(f, p, in));
        must(form_page_find(f, form_page_id(f, p)) == p);
        must(utf8_valid(json_to_str(a, form_page(a, f, p, in, NULL, seen & 1))));
        form_page_complete(a, f, p, in);
    }
    must(form_pages(a, f, in, true)->count == seen);
    must(utf8_valid(json_to_str(a, form_summary(a, f, in, false))));
}

/* All pages, one after the other, as far as they are right. */
static const struct json *fill_in(struct arena *a, const struct form *f, struct params *typed,
                                  struct form_answers in)
{
    for (size_t p = 0; p < form_page_count(f); p++) {
        struct json *out = NULL;
        struct err e = {0};
        if (form_row_act(a, f, p, answer, typed, &in, &out)) must(utf8_valid(json_to_str(a, out)));
        bool right = form_read_page(a, f, p, answer, typed, &in, &out, &e);
        must(out && right == (e.kind == ERR_NONE) && (right || e.kind == ERR_INVALID));
        must(utf8_valid(json_to_str(a, out)));
        if (right) in.values = out;
    }
    return in.values;
}

static void check(struct arena *a, const struct json *schema, struct params *typed, struct form_answers in)
{
    struct err e = {0};
    const struct form *f = form_parse(a, schema, &e);
    must(f || (e.kind == ERR_INVALID && !strcmp(e.code, "form.schema")));
    if (!f) return;
    must(form_sources(a, f) != NULL);
    show(a, f, &in);
    struct json *out, *again;
    if (form_check(a, f, &in, &out, &e)) {
        check_kept(a, f, schema, &in, out);
        check_standard(a, f, &in, out);
    } else {
        must(e.kind == ERR_INVALID);
    }
    in.values = fill_in(a, f, typed, in);
    show(a, f, &in);
    e = (struct err){0};
    if (!form_check(a, f, &in, &out, &e)) return;
    check_kept(a, f, schema, &in, out);
    check_standard(a, f, &in, out);
    /* What passed once is in its normal form: it passes again and stays what it is. */
    struct json *values = in.values ? json_copy(a, in.values) : json_object(a);
    JSON_EACH(value, out)
    json_set(values, str_z(a, value->key), json_copy(a, value));
    in.values = values;
    must(form_check(a, f, &in, &again, &e));
    must(str_eq(json_to_str(a, out), json_to_str(a, again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(32 << 20);
    jmp_buf env;
    if (a && setjmp(env) == 0) {
        struct err e = {0};
        struct params typed = {0};
        struct str form, answers, known;
        arena_guard(a, &env);
        known = str_cut(str_n(data, size), 0x1f, &form);
        known = str_cut(known, 0x1f, &answers);
        const struct json *schema = json_parse(a, form.len ? form : str_c(usual), JSON_STRICT, &e);
        const struct json *all = known.len ? json_parse(a, known, JSON_STRICT, &e) : NULL;
        struct form_answers in = {json_get(all, "values"), json_get(all, "prefill"),
                                  json_get(all, "situations")};
        if (!json_is(in.values, JSON_OBJECT)) in.values = NULL;
        if (schema && params_parse_form(&typed, a, answers, &e)) check(a, schema, &typed, in);
    }
    arena_drop(a);
    return 0;
}
