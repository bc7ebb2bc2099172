#include "engines/forms/forms_internal.h"

static bool refuse(struct err *e, const char *msgid, struct str where)
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

/* ---- patterns ---- */

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* JSON Schema wants ECMA-262 expressions. Taken are those that mean the same as POSIX extended ones, with few
 * enough repetitions that compiling them stays cheap; anything else is refused rather than understood
 * differently. */
static bool pattern_is_common(struct str p)
{
    if (p.len == 0 || p.len > 200) return false;
    bool in_class = false;
    int64_t repetitions = 1;
    for (size_t i = 0; i < p.len; i++) {
        char c = p.ptr[i], next = i + 1 < p.len ? p.ptr[i + 1] : '\0';
        if (c < ' ' || c > '~') return false;
        if (in_class) {
            if (c == '\\' || c == '[') return false;
            if (c == ']') in_class = false;
        } else if (c == '[') {
            in_class = true;
            if (next == ']' || (next == '^' && i + 2 < p.len && p.ptr[i + 2] == ']')) return false;
        } else if (c == '\\') {
            if (next == '\0' || is_alnum(next)) return false;
            i++;
        } else if (c == '{') {
            size_t end = str_find_char(str_slice(p, i, p.len), '}');
            if (end == SIZE_MAX) return false;
            struct str low, high = str_cut(str_slice(p, i + 1, i + end), ',', &low);
            int64_t most = 0;
            if (!str_to_i64(high.len ? high : low, &most) || most < 1 || most > 255) return false;
            repetitions *= most;
            if (repetitions > 10000) return false;
        }
        if (!in_class && (c == '*' || c == '+' || c == '?' || c == '}' || c == '(') && next == '?')
            return false;
    }
    return !in_class;
}

static void free_pattern(void *pattern)
{
    regfree(pattern);
}

static bool compile_pattern(struct arena *a, struct form_field *f, struct str text, struct err *e)
{
    if (!pattern_is_common(text))
        return refuse(e, "The pattern of %{arg} is not one that can be used.", f->name);
    regex_t *re = ARENA_NEW(a, regex_t);
    if (regcomp(re, str_z(a, text), REG_EXTENDED | REG_NOSUB) != 0)
        return refuse(e, "The pattern of %{arg} is not one that can be used.", f->name);
    arena_on_drop(a, free_pattern, re);
    f->pattern = re;
    return true;
}

/* ---- keywords of a property ---- */

static const char *const property_keywords[] = {
    "type",    "title",     "description",    "$comment", "default", "examples", "enum", "const",    "format",
    "pattern", "minLength", "maxLength",      "minimum",  "maximum", "readOnly", "x-en", "x-labels", "x-help",
    "x-why",   "x-source",  "x-source-where", "x-max",    "x-when",  "x-rows",   NULL};
static const char *const form_keywords[] = {"$schema",     "$id",     "$comment",   "title",
                                            "description", "type",    "properties", "required",
                                            "x-en",        "x-pages", NULL};

static bool known_keywords(const struct json *object, const char *const *known, struct err *e)
{
    JSON_EACH(k, object)
    if (!among(k->key, known))
        return refuse(e, "The form uses the keyword %{arg}, which is not known here.", k->key);
    return true;
}

static bool parse_type(struct form_field *f, struct err *e)
{
    static const char *const names[] = {"string", "integer", "number", "boolean"};
    struct str type = json_text_of(f->schema, "type");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_c(type, names[i])) {
            f->type = (enum schema_type)i;
            return true;
        }
    return refuse(e, "The type of %{arg} is not known here.", f->name);
}

static bool parse_length(const struct form_field *f, const char *keyword, size_t otherwise, size_t *out,
                         struct err *e)
{
    const struct json *v = json_get(f->schema, keyword);
    *out = otherwise;
    if (!v) return true;
    int64_t n = json_is(v, JSON_NUMBER) ? json_i64(v, -1) : -1;
    if (n < 0 || n > 100000) return refuse(e, "A limit of %{arg} is not a number that can be used.", f->name);
    *out = (size_t)n;
    return true;
}

static bool parse_bound(const struct form_field *f, const char *keyword, struct form_bound *out,
                        struct err *e)
{
    const struct json *v = json_get(f->schema, keyword);
    if (!v) return true;
    if (!json_is(v, JSON_NUMBER) || !form_decimal(v->text, &out->micro))
        return refuse(e, "A limit of %{arg} is not a number that can be used.", f->name);
    out->set = true;
    out->text = v->text;
    return true;
}

static bool parse_enum(struct form_field *f, struct err *e)
{
    f->choices = json_get(f->schema, "enum");
    if (!f->choices) return true;
    if (f->type != SCHEMA_STRING || !json_is(f->choices, JSON_ARRAY) || f->choices->count == 0)
        return refuse(e, "The choices of %{arg} cannot be used.", f->name);
    const struct json *labels = json_get(f->schema, "x-labels");
    JSON_EACH(choice, f->choices)
    if (!json_is(choice, JSON_STRING) || choice->text.len == 0 ||
        json_text(json_at(json_get_str(labels, choice->text), 0)).len == 0)
        return refuse(e, "The choices of %{arg} cannot be used.", f->name);
    return true;
}

static bool parse_property(struct arena *a, struct form_field *f, struct err *e)
{
    const struct json *s = f->schema;
    if (!json_is(s, JSON_OBJECT)) return refuse(e, "The property %{arg} is not an object.", f->name);
    if (!known_keywords(s, property_keywords, e) || !parse_type(f, e) || !parse_enum(f, e)) return false;
    if (json_text_of(s, "title").len == 0) return refuse(e, "The property %{arg} has no title.", f->name);
    const struct json *format = json_get(s, "format");
    if (format) {
        f->format = form_format_find(json_text(format));
        if (!f->format || f->type != SCHEMA_STRING || f->choices)
            return refuse(e, "The format of %{arg} is not known here.", f->name);
    }
    if (!parse_bound(f, "minimum", &f->minimum, e) || !parse_bound(f, "maximum", &f->maximum, e) ||
        !parse_length(f, "minLength", 0, &f->min_length, e) ||
        !parse_length(f, "maxLength", SIZE_MAX, &f->max_length, e))
        return false;
    f->several_lines = f->type == SCHEMA_STRING && !f->format && !f->choices &&
                       (json_get(s, "x-rows") || (f->max_length > 200 && f->max_length != SIZE_MAX));
    if (f->max_length == SIZE_MAX) f->max_length = f->several_lines ? 4000 : 200;
    f->read_only = json_true_of(s, "readOnly");
    f->bounded = json_get(s, "x-max") != NULL;
    f->fixed = json_get(s, "const");
    if (f->read_only && !json_get(s, "x-source"))
        return refuse(e, "The property %{arg} is read-only without a source.", f->name);
    const struct json *pattern = json_get(s, "pattern");
    return !pattern || compile_pattern(a, f, json_text(pattern), e);
}

/* ---- conditions ---- */

static bool value_possible(const struct form_field *f, const struct json *value)
{
    if (f->type == SCHEMA_BOOLEAN) return json_is(value, JSON_BOOL);
    if (f->type == SCHEMA_INTEGER || f->type == SCHEMA_NUMBER) return json_is(value, JSON_NUMBER);
    if (!json_is(value, JSON_STRING)) return false;
    if (!f->choices) return true;
    JSON_EACH(choice, f->choices)
    if (str_eq(choice->text, value->text)) return true;
    return false;
}

static bool parse_condition(const struct form *form, struct form_field *f, struct err *e)
{
    const struct json *when = json_get(f->schema, "x-when");
    if (!when) return true;
    const struct json *field = json_get(when, "field"), *situation = json_get(when, "situation");
    const struct json *equals = json_get(when, "equals"), *in = json_get(when, "in");
    struct form_condition *c = &f->when;
    *c = (struct form_condition){
        .set = true, .many = in != NULL, .values = in ? in : equals, .situation = json_text(situation)};
    if (!json_is(when, JSON_OBJECT) || when->count != 2 || !field == !situation || !equals == !in ||
        (in && (!json_is(in, JSON_ARRAY) || in->count == 0)) || (situation && c->situation.len == 0))
        return refuse(e, "The condition of %{arg} is not one that can be used.", f->name);
    if (!field) return true;
    c->field = form_field_find(form, json_text(field));
    if (!c->field) return refuse(e, "The condition of %{arg} names a field that does not exist.", f->name);
    if (equals && !value_possible(c->field, equals))
        return refuse(e, "The condition of %{arg} names a value that its field cannot have.", f->name);
    JSON_EACH(value, in)
    if (!value_possible(c->field, value))
        return refuse(e, "The condition of %{arg} names a value that its field cannot have.", f->name);
    return true;
}

static bool conditions_end(const struct form *form, struct err *e)
{
    for (size_t i = 0; i < form->field_count; i++) {
        size_t steps = 0;
        for (const struct form_field *f = &form->fields[i]; f; f = f->when.field)
            if (++steps > form->field_count)
                return refuse(e, "The condition of %{arg} depends on itself.", form->fields[i].name);
    }
    return true;
}

/* ---- the whole ---- */

static bool parse_required(struct form *form, const struct json *list, struct err *e)
{
    if (list && !json_is(list, JSON_ARRAY))
        return refuse(e, "The list of required fields is not a list.", STR_EMPTY);
    JSON_EACH(name, list)
    {
        struct form_field *f = (struct form_field *)form_field_find(form, json_text(name));
        if (!f) return refuse(e, "The form requires %{arg}, which does not exist.", json_text(name));
        f->required = true;
    }
    return true;
}

static bool parse_pages(struct arena *a, struct form *form, const struct json *pages, struct err *e)
{
    if (!json_is(pages, JSON_ARRAY) || pages->count == 0 || pages->count > FORM_PAGES_MAX)
        return refuse(e, "The form needs between one and thirty pages.", STR_EMPTY);
    form->pages = ARENA_ARRAY(a, pages->count, struct form_page_def);
    JSON_EACH(page, pages)
    {
        size_t index = form->page_count;
        struct form_page_def *p = &form->pages[index];
        const struct json *fields = json_get(page, "fields");
        *p = (struct form_page_def){.id = json_text_of(page, "id"), .schema = page};
        if (p->id.len == 0 || json_text_of(page, "title").len == 0 || !json_is(fields, JSON_ARRAY) ||
            fields->count == 0 || form_page_find(form, p->id) != SIZE_MAX)
            return refuse(e, "The page %{arg} needs an id of its own, a title and fields.", p->id);
        form->page_count++;
        p->fields = ARENA_ARRAY(a, fields->count, const struct form_field *);
        JSON_EACH(name, fields)
        {
            struct form_field *f = (struct form_field *)form_field_find(form, json_text(name));
            if (!f) return refuse(e, "A page shows %{arg}, which does not exist.", json_text(name));
            if (f->page != SIZE_MAX) return refuse(e, "The field %{arg} stands on two pages.", f->name);
            f->page = index;
            p->fields[p->count++] = f;
        }
    }
    for (size_t i = 0; i < form->field_count; i++)
        if (form->fields[i].page == SIZE_MAX)
            return refuse(e, "The field %{arg} is on no page.", form->fields[i].name);
    return true;
}

struct form *form_parse(struct arena *a, const struct json *schema, struct err *e)
{
    const struct json *properties = json_get(schema, "properties");
    if (!str_eq_c(json_text_of(schema, "type"), "object") || !json_is(properties, JSON_OBJECT) ||
        properties->count == 0 || properties->count > FORM_FIELDS_MAX) {
        refuse(e, "A form is an object with between one and two hundred properties.", STR_EMPTY);
        return NULL;
    }
    struct form *form = ARENA_NEW(a, struct form);
    *form = (struct form){.schema = schema, .fields = ARENA_ARRAY(a, properties->count, struct form_field)};
    if (!known_keywords(schema, form_keywords, e)) return NULL;
    JSON_EACH(p, properties)
    {
        struct form_field *f = &form->fields[form->field_count++];
        *f = (struct form_field){.name = p->key, .schema = p, .page = SIZE_MAX};
        /* Names travel in errors of limited length. */
        if (p->key.len == 0 || p->key.len >= ERR_TEXT_MAX) {
            refuse(e, "The property %{arg} has a name that cannot be used.", p->key);
            return NULL;
        }
        if (!parse_property(a, f, e)) return NULL;
    }
    for (size_t i = 0; i < form->field_count; i++)
        if (!parse_condition(form, &form->fields[i], e)) return NULL;
    if (!conditions_end(form, e) || !parse_required(form, json_get(schema, "required"), e) ||
        !parse_pages(a, form, json_get(schema, "x-pages"), e))
        return NULL;
    return form;
}
