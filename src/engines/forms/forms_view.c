#include "engines/forms/forms_internal.h"

/* Words of the controls themselves come in pairs, like those of the schema. */
static const char *const word_choose[] = {"请选择", "Please choose"}; /* no translation */
static const char *const word_yes[] = {"是", "Yes"};
static const char *const word_no[] = {"否", "No"};

/* [中文, English] in the language wanted; Chinese where there is no English. */
static struct str pair_text(const struct json *pair, bool english)
{
    struct str en = json_text(json_at(pair, 1));
    return english && en.len ? en : json_text(json_at(pair, 0));
}

static struct str titled(const struct json *schema, const char *english_key, bool english)
{
    struct str en = json_text_of(schema, english_key);
    return english && en.len ? en : json_text_of(schema, "title");
}

static void set_text(struct arena *a, struct json *object, const char *key, struct str text)
{
    if (text.len) json_set_str(a, object, key, text);
}

static bool still_of_register(const struct form_field *f, const struct form_answers *in)
{
    const struct json *prefilled = form_prefilled(f, in);
    return prefilled && form_same(prefilled, form_value(f, in));
}

static bool set_source(struct arena *a, struct json *object, const struct form_field *f,
                       const struct form_answers *in, bool english)
{
    if (!still_of_register(f, in)) return false;
    const struct json *entry = json_get_str(in->prefill, f->name);
    struct str zh = json_text_of(entry, "source"), en = json_text_of(entry, "source_en");
    struct str name = english && en.len ? en : zh;
    if (name.len) json_set_str(a, json_set_object(a, object, "source"), "name", name);
    return true;
}

/* How many files it wants, beside what the form says itself. */
static struct str files_hint(struct arena *a, const struct form_field *f, struct str help, bool english)
{
    if (f->files_least < 2) return help;
    struct str many = str_fmt(a, english ? "At least %zu files." : "至少上传 %zu 份。", f->files_least);
    return help.len ? str_fmt(a, "%.*s %.*s", STR_ARG(help), STR_ARG(many)) : many;
}

/* What the field is, and why nothing stands in it that its source would have said. */
static struct str hint_of(struct arena *a, const struct form_field *f, const struct form_answers *in,
                          bool english)
{
    struct str help = files_hint(a, f, pair_text(json_get(f->schema, "x-help"), english), english),
               why = json_text_of(json_get_str(in->prefill, f->name), english ? "why_en" : "why");
    if (!why.len || !help.len) return why.len ? why : help;
    return str_fmt(a, "%.*s %.*s", STR_ARG(why), STR_ARG(help));
}

size_t form_field_page(const struct form *form, struct str property)
{
    const struct form_field *f = form_field_above(form, property);
    return f ? f->page : SIZE_MAX;
}

struct str form_field_title(const struct form *form, struct str property, bool english)
{
    const struct form_field *f = form_field_above(form, property);
    struct str group, rest = str_cut(property, '.', &group), row, cell = str_cut(rest, '.', &row);
    const struct form_field *inner = f && f->rows && cell.len ? form_field_find(f->rows, cell) : NULL;
    if (inner) f = inner;
    return f ? titled(f->schema, "x-en", english) : STR_EMPTY;
}

bool form_field_depends(const struct form *form, struct str property)
{
    const struct form_field *f = form_field_find(form, property);
    return f && f->shown;
}

/* ---- pages ---- */

size_t form_page_count(const struct form *f)
{
    return f->page_count;
}

size_t form_page_find(const struct form *f, struct str id)
{
    for (size_t i = 0; i < f->page_count; i++)
        if (str_eq(f->pages[i].id, id)) return i;
    return SIZE_MAX;
}

struct str form_page_id(const struct form *f, size_t page)
{
    return page < f->page_count ? f->pages[page].id : STR_EMPTY;
}

bool form_page_visible(const struct form *f, size_t page, const struct form_answers *in)
{
    if (page >= f->page_count) return false;
    for (size_t i = 0; i < f->pages[page].count; i++)
        if (form_visible(f->pages[page].fields[i], in)) return true;
    return false;
}

size_t form_page_next(const struct form *f, size_t page, const struct form_answers *in)
{
    /* SIZE_MAX + 1 is 0: the first page. */
    for (size_t i = page + 1; i < f->page_count; i++)
        if (form_page_visible(f, i, in)) return i;
    return SIZE_MAX;
}

size_t form_page_previous(const struct form *f, size_t page, const struct form_answers *in)
{
    for (size_t i = page < f->page_count ? page : f->page_count; i > 0; i--)
        if (form_page_visible(f, i - 1, in)) return i - 1;
    return SIZE_MAX;
}

static struct json *page_head(struct arena *a, const struct form *f, size_t page, bool english)
{
    struct json *out = json_object(a);
    json_set_str(a, out, "id", f->pages[page].id);
    json_set_i64(a, out, "index", (int64_t)page);
    json_set_str(a, out, "title", titled(f->pages[page].schema, "en", english));
    return out;
}

struct json *form_pages(struct arena *a, const struct form *f, const struct form_answers *in, bool english)
{
    struct json *list = json_array(a);
    for (size_t i = form_page_next(f, SIZE_MAX, in); i != SIZE_MAX; i = form_page_next(f, i, in)) {
        struct json *page = json_add(list, page_head(a, f, i, english));
        json_set_bool(a, page, "complete", form_page_complete(a, f, i, in));
    }
    return list;
}

const struct json *form_schema(const struct form *f)
{
    return f->standard;
}

struct json *form_sources(struct arena *a, const struct form *form)
{
    struct json *list = json_array(a);
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        const struct json *where = json_get(f->schema, "x-source-where");
        struct str source = json_text_of(f->schema, "x-source"), max = json_text_of(f->schema, "x-max");
        if (!source.len && !max.len) continue;
        struct json *row = json_add_object(a, list);
        json_set_str(a, row, "property", f->name);
        set_text(a, row, "source", source);
        set_text(a, row, "max", max);
        if (where) json_set(row, "where", json_copy(a, where));
    }
    return list;
}

static void add_files(struct arena *a, struct json *list, const struct form *form, struct str before)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        if (f->rows) add_files(a, list, f->rows, f->name);
        if (!f->files_max) continue;
        struct json *o = json_add_object(a, list);
        const struct json *accept = json_get(f->schema, "x-accept");
        json_set_str(a, o, "name",
                     before.len ? str_fmt(a, "%.*s.%.*s", STR_ARG(before), STR_ARG(f->name)) : f->name);
        json_set_i64(a, o, "max_mb", json_i64_of(f->schema, "x-max-mb", FORM_FILE_MB));
        json_set_i64(a, o, "count", (int64_t)f->files_max);
        if (f->files_least) json_set_i64(a, o, "least", (int64_t)f->files_least);
        if (accept) json_set(o, "accept", json_copy(a, accept));
    }
}

struct json *form_files(struct arena *a, const struct form *form)
{
    struct json *list = json_array(a);
    add_files(a, list, form, STR_EMPTY);
    return list;
}

/* ---- one field ---- */

enum { RADIOS_MAX = 6 };

static const char *control(const struct form_field *f)
{
    if (f->type == FORM_BOOLEAN) return "checkbox";
    if (f->type == FORM_GROUP) return "group";
    if (f->type == FORM_SEVERAL) return "checkboxes";
    if (f->choices) return f->choices->count <= RADIOS_MAX ? "radios" : "select";
    if (f->several_lines) return "textarea";
    /* Numbers are typed as text: a browser throws away what is no number, and with it what the person wrote.
     */
    return f->format ? f->format->type : "text";
}

static bool is_input(const char *type)
{
    static const char *const inputs[] = {"text", "tel", "email"};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        if (str_eq(str_c(type), str_c(inputs[i]))) return true;
    return false;
}

/* WCAG 2.2, 1.3.5: the purpose of a field about the person is told to the browser. */
static struct str autocomplete(const struct form_field *f)
{
    static const char *const purposes[][2] = {
        {"person.name", "name"},      {"account.name", "name"},  {"person.address", "address-line1"},
        {"person.birth", "bday"},     {"account.mobile", "tel"}, {"account.email", "email"},
        {"org.name", "organization"},
    };
    struct str source = json_text_of(f->schema, "x-source");
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
        if (str_eq_c(source, purposes[i][0])) return str_c(purposes[i][1]);
    return str_c(f->format && f->format->autocomplete ? f->format->autocomplete : "");
}

static void add_option(struct arena *a, struct json *options, struct str value, struct str label,
                       bool checked)
{
    struct json *option = json_add_object(a, options);
    json_set_str(a, option, "value", value);
    json_set_str(a, option, "label", label);
    json_set_bool(a, option, "checked", checked);
}

static void add_options(struct arena *a, struct json *out, const struct form_field *f, struct str value,
                        bool locked, bool english)
{
    struct json *options = json_set_array(a, out, "options");
    const struct json *labels = json_get(f->schema, "x-labels");
    if (f->choices->count > RADIOS_MAX && !locked)
        add_option(a, options, STR_EMPTY, str_c(word_choose[english]), value.len == 0);
    JSON_EACH(choice, f->choices)
    {
        bool chosen = str_eq(choice->text, value);
        /* Radios and lists know no read-only state: the one choice stands alone. */
        if (chosen || !locked)
            add_option(a, options, choice->text, pair_text(json_get_str(labels, choice->text), english),
                       chosen);
    }
}

/* Each is a control of its own. */
static void add_several(struct arena *a, struct json *out, const struct form_field *f, struct str name,
                        const struct json *value, bool english)
{
    struct json *options = json_set_array(a, out, "options");
    JSON_EACH(choice, f->several)
    {
        add_option(a, options, choice->text,
                   pair_text(json_get_str(json_get(f->schema, "x-labels"), choice->text), english),
                   form_has_choice(value, choice->text));
        json_set_str(a, options->last, "sent_as",
                     str_fmt(a, "%.*s.%.*s", STR_ARG(name), STR_ARG(choice->text)));
    }
}

/* A choice that is made looks the same wherever it is shown: {"value", "label"}. */
static void set_chosen(struct arena *a, struct json *out, const struct form_field *f, struct str value,
                       bool english)
{
    if (!f->choices || !value.len) return;
    struct str label = pair_text(json_get_str(json_get(f->schema, "x-labels"), value), english);
    struct json *chosen = json_set_object(a, out, "chosen");
    json_set_str(a, chosen, "value", value);
    json_set_str(a, chosen, "label", label.len ? label : value);
}

static void add_field(struct arena *a, struct json *fields, const struct form_field *f, struct str name,
                      const struct form_answers *in, const struct json *errors, bool english);

/* "Household member 2" */
static struct str row_title(struct arena *a, const struct form_field *f, size_t index, bool english)
{
    struct str one = titled(f->rows->schema, "x-en", english);
    if (!one.len) one = titled(f->schema, "x-en", english);
    return str_fmt(a, "%.*s %zu", STR_ARG(one), index + 1);
}

/* At least one row is shown: left blank, it is none. */
static void add_rows(struct arena *a, struct json *out, const struct form_field *f, const struct json *value,
                     const struct form_answers *in, const struct json *errors, bool english)
{
    static const struct json blank = {.type = JSON_OBJECT};
    struct json *rows = json_set_array(a, out, "rows");
    const struct json *row = json_is(value, JSON_ARRAY) && value->first ? value->first : &blank;
    size_t index = 0;
    for (; row && index < FORM_ROWS_MAX; row = row->next, index++) {
        struct form_answers inside = {.values = row, .situations = in->situations};
        struct json *one = json_add_object(a, rows), *fields = json_set_array(a, one, "fields");
        json_set_i64(a, one, "position", (int64_t)index + 1);
        json_set_str(a, one, "title", row_title(a, f, index, english));
        json_set_str(a, one, "remove", str_fmt(a, "remove:%.*s:%zu", STR_ARG(f->name), index));
        for (size_t k = 0; k < f->rows->field_count; k++) {
            const struct form_field *cell = &f->rows->fields[k];
            if (form_visible(cell, &inside))
                add_field(a, fields, cell,
                          str_fmt(a, "%.*s.%zu.%.*s", STR_ARG(f->name), index, STR_ARG(cell->name)), &inside,
                          errors, english);
        }
    }
    json_set_i64(a, out, "count", (int64_t)index);
    if (index < f->rows_max) json_set_str(a, out, "add", str_fmt(a, "add:%.*s", STR_ARG(f->name)));
}

/* The attributes of a control that takes files. */
static void set_file_rules(struct arena *a, struct json *out, const struct form_field *f)
{
    struct buf accept = buf_new(a, 64);
    JSON_EACH(kind, json_get(f->schema, "x-accept"))
    {
        if (accept.len) buf_add_char(&accept, ',');
        buf_add(&accept, kind->text);
    }
    json_set_str(a, out, "accept",
                 accept.len ? buf_str(&accept) : STR("image/jpeg,image/png,application/pdf"));
    json_set_i64(a, out, "max_mb", json_i64_of(f->schema, "x-max-mb", FORM_FILE_MB));
    json_set_bool(a, out, "multiple", f->files_max > 1);
    json_set_i64(a, out, "files_max", (int64_t)f->files_max);
}

static void add_field(struct arena *a, struct json *fields, const struct form_field *f, struct str name,
                      const struct form_answers *in, const struct json *errors, bool english)
{
    struct json *out = json_add_object(a, fields);
    const struct json *value = form_value(f, in);
    const char *type = control(f);
    bool locked = form_locked(f, in);
    json_set_str(a, out, "id", name);
    json_set_str(a, out, "name", name);
    json_set_str(a, out, "label", titled(f->schema, "x-en", english));
    if (english && json_text_of(f->schema, "x-en").len == 0) json_set_bool(a, out, "label_zh", true);
    set_text(a, out, "hint", hint_of(a, f, in, english));
    set_text(a, out, "why", pair_text(json_get(f->schema, "x-why"), english));
    json_set_c(a, out, "type", type);
    json_set_bool(a, out, type, true);
    json_set_bool(a, json_set_object(a, out, "kind"), is_input(type) ? "input" : type, true);
    if (f->type == FORM_BOOLEAN)
        json_set_bool(a, out, "value", json_true(value));
    else
        json_set_str(a, out, "value", form_text(value));
    set_text(a, out, "error", json_text(json_get_str(errors, name)));
    json_set_bool(a, out, "required", form_required(f, in));
    json_set_bool(a, out, "readonly", locked);
    set_source(a, out, f, in, english);
    if (f->choices) add_options(a, out, f, form_text(value), locked, english);
    if (f->several) add_several(a, out, f, name, value, english);
    set_chosen(a, out, f, form_text(value), english);
    if (f->rows) add_rows(a, out, f, value, in, errors, english);
    if (f->files_max) set_file_rules(a, out, f);
    bool number = f->type == FORM_INTEGER || f->type == FORM_NUMBER;
    set_text(a, out, "inputmode",
             str_c(number                              ? (f->type == FORM_INTEGER ? "numeric" : "decimal")
                   : f->format && f->format->inputmode ? f->format->inputmode
                                                       : ""));
    set_text(a, out, "width", str_c(number ? "10" : f->format && f->format->width ? f->format->width : ""));
    set_text(a, out, "autocomplete", autocomplete(f));
    /* Not where spaces and other spellings are taken and mended. */
    if (f->type == FORM_STRING && !f->choices && !f->format && !f->pattern)
        json_set_i64(a, out, "maxlength", (int64_t)f->max_length);
    if (f->several_lines) json_set_i64(a, out, "rows", json_i64_of(f->schema, "x-rows", 4));
}

struct json *form_page(struct arena *a, const struct form *form, size_t page, const struct form_answers *in,
                       const struct json *errors, bool english)
{
    if (page >= form->page_count) return json_object(a);
    struct json *out = page_head(a, form, page, english), *fields = json_set_array(a, out, "fields");
    const struct form_page_def *p = &form->pages[page];
    bool prefilled = false;
    for (size_t i = 0; i < p->count; i++) {
        if (!form_visible(p->fields[i], in)) continue;
        add_field(a, fields, p->fields[i], p->fields[i]->name, in, errors, english);
        prefilled = prefilled || still_of_register(p->fields[i], in);
    }
    json_set_bool(a, out, "has_prefilled", prefilled);
    int64_t position = 0, count = 0;
    for (size_t i = form_page_next(form, SIZE_MAX, in); i != SIZE_MAX; i = form_page_next(form, i, in)) {
        count++;
        if (i <= page) position = count;
    }
    json_set_i64(a, out, "position", position);
    json_set_i64(a, out, "count", count);
    return out;
}

/* ---- summary ---- */

static struct str shown_value(const struct form_field *f, const struct json *value, bool english)
{
    if (f->type == FORM_BOOLEAN)
        return value ? str_c((json_true(value) ? word_yes : word_no)[english]) : STR_EMPTY;
    struct str text = form_text(value);
    struct str label = pair_text(json_get_str(json_get(f->schema, "x-labels"), text), english);
    return label.len ? label : text;
}

static struct str shown_several(struct arena *a, const struct form_field *f, const struct json *value,
                                bool english)
{
    struct buf b = buf_new(a, 64);
    JSON_EACH(one, json_is(value, JSON_ARRAY) ? value : NULL)
    {
        struct str label = pair_text(json_get_str(json_get(f->schema, "x-labels"), one->text), english);
        if (b.len) buf_add_c(&b, english ? ", " : "\xE3\x80\x81");
        buf_add(&b, label.len ? label : one->text);
    }
    return buf_str(&b);
}

/* One value as a row of the summary; a group gives a row for each cell. */
static void add_summary(struct arena *a, struct json *rows, const struct form_field *f, struct str id,
                        struct str before, const struct form_answers *in, bool english)
{
    const struct json *value = form_visible(f, in) ? form_value(f, in) : NULL;
    size_t index = 0;
    if (f->rows) {
        JSON_EACH(row, json_is(value, JSON_ARRAY) ? value : NULL)
        {
            struct form_answers inside = {.values = row, .situations = in->situations};
            for (size_t k = 0; k < f->rows->field_count; k++) {
                const struct form_field *cell = &f->rows->fields[k];
                add_summary(a, rows, cell,
                            str_fmt(a, "%.*s.%zu.%.*s", STR_ARG(id), index, STR_ARG(cell->name)),
                            row_title(a, f, index, english), &inside, english);
            }
            index++;
        }
        return;
    }
    struct str shown = !value       ? STR_EMPTY
                       : f->several ? shown_several(a, f, value, english)
                                    : shown_value(f, value, english);
    if (!shown.len) return;
    struct json *row = json_add_object(a, rows);
    struct str label = titled(f->schema, "x-en", english);
    json_set_str(a, row, "id", id);
    json_set_str(a, row, "label",
                 before.len ? str_fmt(a, english ? "%.*s: %.*s" : "%.*s\xEF\xBC\x9A%.*s", STR_ARG(before),
                                      STR_ARG(label))
                            : label);
    json_set_str(a, row, "value", shown);
    if (f->files_max) json_set_bool(a, row, "file", true);
    set_chosen(a, row, f, form_text(value), english);
    set_source(a, row, f, in, english);
}

struct json *form_summary(struct arena *a, const struct form *form, const struct form_answers *in,
                          bool english)
{
    struct json *pages = json_array(a);
    for (size_t i = form_page_next(form, SIZE_MAX, in); i != SIZE_MAX; i = form_page_next(form, i, in)) {
        struct json *page = json_add(pages, page_head(a, form, i, english)),
                    *rows = json_set_array(a, page, "rows");
        for (size_t k = 0; k < form->pages[i].count; k++) {
            const struct form_field *f = form->pages[i].fields[k];
            add_summary(a, rows, f, f->name, STR_EMPTY, in, english);
        }
    }
    return pages;
}
