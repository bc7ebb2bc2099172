#include "engines/forms/forms_internal.h"

bool form_refuse(struct err *e, const char *msgid, struct str where)
{
    if (e->kind == ERR_NONE) {
        err_invalid(e, "form.schema", msgid);
        err_arg(e, where);
    }
    return false;
}

static bool among(struct str name, const char *const *list)
{
    for (; *list; list++)
        if (str_eq_c(name, *list)) return true;
    return false;
}

const struct form_field *form_field_find(const struct form *f, struct str name)
{
    for (size_t i = 0; i < f->field_count; i++)
        if (str_eq(f->fields[i].name, name)) return &f->fields[i];
    return NULL;
}

const struct form_field *form_field_above(const struct form *f, struct str name)
{
    struct str head;
    str_cut(name, '.', &head);
    return form_field_find(f, head);
}

/* ---- keywords of a property ---- */

/* Hints beside the keywords of the draft. */
static const char *const property_hints[] = {"x-en",           "x-labels", "x-help",  "x-why",  "x-source",
                                             "x-source-where", "x-max",    "x-when",  "x-rows", "x-accept",
                                             "x-max-mb",       "x-count",  "x-least", NULL};
static const char *const form_hints[] = {"x-en", "x-pages", NULL};

static bool known_keywords(const struct json *object, const char *const *hints, struct err *e)
{
    JSON_EACH(k, object)
    if (!among(k->key, hints) && !str_eq_c(k->key, "default") && !schema_knows(k->key))
        return form_refuse(e, "The form uses the keyword %{arg}, which is not known here.", k->key);
    return true;
}

static bool parse_type(struct form_field *f, struct err *e)
{
    static const char *const names[] = {"string", "integer", "number", "boolean", "array"};
    struct str type = json_text_of(f->schema, "type");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_c(type, names[i])) {
            f->type = (enum form_type)i;
            return true;
        }
    return form_refuse(e, "The type of %{arg} is not known here.", f->name);
}

static bool parse_length(const struct form_field *f, const char *keyword, size_t otherwise, size_t *out,
                         struct err *e)
{
    const struct json *v = json_get(f->schema, keyword);
    *out = otherwise;
    if (!v) return true;
    int64_t n = json_is(v, JSON_NUMBER) ? json_i64(v, -1) : -1;
    if (n < 0 || n > 100000)
        return form_refuse(e, "A limit of %{arg} is not a number that can be used.", f->name);
    *out = (size_t)n;
    return true;
}

static bool parse_enum(struct form_field *f, struct err *e)
{
    f->choices = json_get(f->schema, "enum");
    if (!f->choices) return true;
    if (f->type != FORM_STRING || !json_is(f->choices, JSON_ARRAY) || f->choices->count == 0)
        return form_refuse(e, "The choices of %{arg} cannot be used.", f->name);
    const struct json *labels = json_get(f->schema, "x-labels");
    JSON_EACH(choice, f->choices)
    if (!json_is(choice, JSON_STRING) || choice->text.len == 0 ||
        json_text(json_at(json_get_str(labels, choice->text), 0)).len == 0)
        return form_refuse(e, "The choices of %{arg} cannot be used.", f->name);
    return true;
}

static struct form *parse_fields(struct arena *a, const struct json *schema, bool rows, struct err *e);

/* Several choices: an array whose items are different words of an enum. */
static bool parse_several(struct form_field *f, struct err *e)
{
    const struct json *items = json_get(f->schema, "items"), *labels = json_get(f->schema, "x-labels");
    f->type = FORM_SEVERAL;
    f->several = json_get(items, "enum");
    bool usable =
        json_is(f->several, JSON_ARRAY) && f->several->count && json_true_of(f->schema, "uniqueItems");
    JSON_EACH(choice, f->several)
    usable = usable && json_is(choice, JSON_STRING) && choice->text.len &&
             str_find_char(choice->text, '.') == SIZE_MAX &&
             json_text(json_at(json_get_str(labels, choice->text), 0)).len;
    return usable || form_refuse(e, "The choices of %{arg} cannot be used.", f->name);
}

/* A group: an array whose items are objects of plain fields. */
static bool parse_group(struct arena *a, struct form_field *f, struct err *e)
{
    const struct json *items = json_get(f->schema, "items");
    size_t least = 0;
    if (str_eq_c(json_text_of(items, "type"), "string")) return parse_several(f, e);
    if (!str_eq_c(json_text_of(items, "type"), "object"))
        return form_refuse(e, "The group %{arg} needs items that are objects.", f->name);
    f->rows = parse_fields(a, items, true, e);
    if (!f->rows || !parse_length(f, "maxItems", FORM_ROWS_MAX, &f->rows_max, e) ||
        !parse_length(f, "minItems", 0, &least, e))
        return false;
    if (f->rows_max < 1 || f->rows_max > FORM_ROWS_MAX || least > f->rows_max)
        return form_refuse(e, "A limit of %{arg} is not a number that can be used.", f->name);
    return true;
}

static bool parse_number_hint(const struct form_field *f, const char *hint, int64_t most, int64_t otherwise,
                              int64_t *out, struct err *e)
{
    const struct json *v = json_get(f->schema, hint);
    *out = v ? json_is(v, JSON_NUMBER) ? json_i64(v, 0) : 0 : otherwise;
    return (*out >= 1 && *out <= most) ||
           form_refuse(e, "A limit of %{arg} is not a number that can be used.", f->name);
}

/* Kinds, size and number of the files that a property holds. */
static bool parse_file(struct form_field *f, struct err *e)
{
    static const char *const kinds[] = {"image/jpeg", "image/png", "application/pdf", NULL};
    static const char *const hints[] = {"x-accept", "x-max-mb", "x-count", "x-least"};
    const struct json *accept = json_get(f->schema, "x-accept");
    int64_t most_mb, count, least;
    if (!f->format || strcmp(f->format->name, "file") != 0) {
        for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
            if (json_get(f->schema, hints[i]))
                return form_refuse(e, "%{arg} tells about files without being a file.", f->name);
        return true;
    }
    if (accept && (!json_is(accept, JSON_ARRAY) || !accept->count))
        return form_refuse(e, "The kinds of file of %{arg} are not known here.", f->name);
    JSON_EACH(kind, accept)
    if (!among(json_text(kind), kinds))
        return form_refuse(e, "The kinds of file of %{arg} are not known here.", f->name);
    if (!parse_number_hint(f, "x-max-mb", FORM_FILE_MB, FORM_FILE_MB, &most_mb, e) ||
        !parse_number_hint(f, "x-count", FORM_FILES_MAX, 1, &count, e) ||
        !parse_number_hint(f, "x-least", count, 1, &least, e))
        return false;
    f->files_max = (size_t)count;
    f->files_least = json_get(f->schema, "x-least") ? (size_t)least : 0;
    return true;
}

static bool parse_property(struct arena *a, struct form_field *f, struct err *e)
{
    const struct json *s = f->schema;
    if (!json_is(s, JSON_OBJECT)) return form_refuse(e, "The property %{arg} is not an object.", f->name);
    if (!known_keywords(s, property_hints, e) || !parse_type(f, e) || !parse_enum(f, e)) return false;
    if (json_text_of(s, "title").len == 0)
        return form_refuse(e, "The property %{arg} has no title.", f->name);
    const struct json *format = json_get(s, "format");
    if (format) {
        f->format = form_format_find(json_text(format));
        if (!f->format || f->type != FORM_STRING || f->choices)
            return form_refuse(e, "The format of %{arg} is not known here.", f->name);
    }
    if (!parse_file(f, e)) return false;
    if (!parse_length(f, "maxLength", SIZE_MAX, &f->max_length, e)) return false;
    f->several_lines = f->type == FORM_STRING && !f->format && !f->choices &&
                       (json_get(s, "x-rows") || (f->max_length > 200 && f->max_length != SIZE_MAX));
    if (f->max_length == SIZE_MAX) f->max_length = f->several_lines ? 4000 : 200;
    f->read_only = json_true_of(s, "readOnly");
    f->bounded = json_get(s, "x-max") != NULL;
    f->fixed = json_get(s, "const");
    if (f->read_only && !json_get(s, "x-source"))
        return form_refuse(e, "The property %{arg} is read-only without a source.", f->name);
    f->pattern = json_get(s, "pattern") != NULL;
    return f->type != FORM_GROUP || parse_group(a, f, e);
}

/* ---- the whole ---- */

static bool parse_required(struct form *form, const struct json *list, struct err *e)
{
    if (list && !json_is(list, JSON_ARRAY))
        return form_refuse(e, "The list of required fields is not a list.", STR_EMPTY);
    JSON_EACH(name, list)
    {
        struct form_field *f = (struct form_field *)form_field_find(form, json_text(name));
        if (!f) return form_refuse(e, "The form requires %{arg}, which does not exist.", json_text(name));
        f->required = true;
    }
    return true;
}

static bool parse_pages(struct arena *a, struct form *form, const struct json *pages, struct err *e)
{
    if (!json_is(pages, JSON_ARRAY) || pages->count == 0 || pages->count > FORM_PAGES_MAX)
        return form_refuse(e, "The form needs between one and thirty pages.", STR_EMPTY);
    form->pages = ARENA_ARRAY(a, pages->count, struct form_page_def);
    JSON_EACH(page, pages)
    {
        size_t index = form->page_count;
        struct form_page_def *p = &form->pages[index];
        const struct json *fields = json_get(page, "fields");
        *p = (struct form_page_def){.id = json_text_of(page, "id"), .schema = page};
        if (p->id.len == 0 || json_text_of(page, "title").len == 0 || !json_is(fields, JSON_ARRAY) ||
            fields->count == 0 || form_page_find(form, p->id) != SIZE_MAX)
            return form_refuse(e, "The page %{arg} needs an id of its own, a title and fields.", p->id);
        form->page_count++;
        p->fields = ARENA_ARRAY(a, fields->count, const struct form_field *);
        JSON_EACH(name, fields)
        {
            struct form_field *f = (struct form_field *)form_field_find(form, json_text(name));
            if (!f) return form_refuse(e, "A page shows %{arg}, which does not exist.", json_text(name));
            if (f->page != SIZE_MAX) return form_refuse(e, "The field %{arg} stands on two pages.", f->name);
            f->page = index;
            p->fields[p->count++] = f;
        }
    }
    for (size_t i = 0; i < form->field_count; i++)
        if (form->fields[i].page == SIZE_MAX)
            return form_refuse(e, "The field %{arg} is on no page.", form->fields[i].name);
    return true;
}

/* Names travel in errors of limited length, and a dot parts a group from its row. */
static bool name_ok(struct str name, bool in_row)
{
    return name.len && name.len < (in_row ? ERR_TEXT_MAX / 2 - 4 : ERR_TEXT_MAX) &&
           str_find_char(name, '.') == SIZE_MAX;
}

/* The fields of a form, or of one row of a group. */
static struct form *parse_fields(struct arena *a, const struct json *schema, bool rows, struct err *e)
{
    const struct json *properties = json_get(schema, "properties");
    if (!str_eq_c(json_text_of(schema, "type"), "object") || !json_is(properties, JSON_OBJECT) ||
        properties->count == 0 || properties->count > FORM_FIELDS_MAX) {
        form_refuse(e, "A form is an object with between one and two hundred properties.", STR_EMPTY);
        return NULL;
    }
    struct form *form = ARENA_NEW(a, struct form);
    *form = (struct form){.schema = schema, .fields = ARENA_ARRAY(a, properties->count, struct form_field)};
    if (!known_keywords(schema, form_hints, e)) return NULL;
    JSON_EACH(p, properties)
    {
        struct form_field *f = &form->fields[form->field_count++];
        *f = (struct form_field){.name = p->key, .schema = p, .page = SIZE_MAX};
        bool nested = str_eq_c(json_text_of(p, "type"), "array");
        if (!name_ok(p->key, rows || nested)) {
            form_refuse(e, "The property %{arg} has a name that cannot be used.", p->key);
            return NULL;
        }
        if (rows && (nested || json_get(p, "x-source") || json_get(p, "x-max"))) {
            form_refuse(e, "A row holds plain fields without sources: %{arg}", p->key);
            return NULL;
        }
        if (!parse_property(a, f, e)) return NULL;
    }
    return form_conditions(a, form, e) && parse_required(form, json_get(schema, "required"), e) ? form : NULL;
}

/* Each field judges by its part of the whole, so that references inside the schema hold. */
static bool find_rules(struct arena *a, struct form *form, const struct json *standard,
                       const struct schema *whole, struct err *e)
{
    form->standard = standard;
    form->rule = schema_part(a, whole, standard);
    for (size_t i = 0; i < form->field_count; i++) {
        struct form_field *f = &form->fields[i];
        const struct json *property = json_get_str(json_get(standard, "properties"), f->name);
        f->rule = schema_part(a, whole, property);
        if (!f->rule) return form_refuse(e, "The property %{arg} is not an object.", f->name);
        if (f->rows && !find_rules(a, (struct form *)f->rows, json_get(property, "items"), whole, e))
            return false;
    }
    return true;
}

static bool compile(struct arena *a, struct form *form, struct err *e)
{
    struct err wrong = {0};
    const struct json *standard = form_standard(a, form);
    const struct schema *whole = schema_compile(a, standard, NULL, &wrong);
    if (!whole) return form_refuse(e, wrong.msgid, str_c(wrong.arg));
    return find_rules(a, form, standard, whole, e);
}

struct form *form_parse(struct arena *a, const struct json *schema, struct err *e)
{
    struct form *form = parse_fields(a, schema, false, e);
    return form && parse_pages(a, form, json_get(schema, "x-pages"), e) && compile(a, form, e) ? form : NULL;
}
