#include "engines/forms/forms_internal.h"
#include "engines/identifiers/identifiers.h"

/* ---- values in force ---- */

static bool has_content(const struct json *v)
{
    return v && !json_is(v, JSON_NULL) && !(json_is(v, JSON_STRING) && v->text.len == 0);
}

const struct json *form_prefilled(const struct form_field *f, const struct form_answers *in)
{
    const struct json *v = json_get(json_get_str(in->prefill, f->name), "value");
    return has_content(v) ? v : NULL;
}

bool form_locked(const struct form_field *f, const struct form_answers *in)
{
    return f->read_only && form_prefilled(f, in);
}

const struct json *form_value(const struct form_field *f, const struct form_answers *in)
{
    const struct json *prefilled = form_prefilled(f, in);
    if (f->read_only && prefilled) return prefilled;
    const struct json *given = json_get_str(in->values, f->name);
    if (given) return given;
    return prefilled ? prefilled : json_get(f->schema, "default");
}

struct str form_text(const struct json *value)
{
    return json_is(value, JSON_STRING) || json_is(value, JSON_NUMBER) ? value->text : STR_EMPTY;
}

bool form_same(const struct json *x, const struct json *y)
{
    if (!x || !y) return x == y;
    if (json_is(x, JSON_BOOL) || json_is(y, JSON_BOOL)) return x->type == y->type && x->boolean == y->boolean;
    int64_t m, n;
    bool number = json_is(x, JSON_NUMBER) || json_is(y, JSON_NUMBER);
    if (number && form_decimal(form_text(x), &m) && form_decimal(form_text(y), &n)) return m == n;
    return str_eq(form_text(x), form_text(y));
}

bool form_visible(const struct form_field *f, const struct form_answers *in)
{
    if (f->read_only && !f->required && !form_prefilled(f, in)) return false;
    const struct form_condition *c = &f->when;
    if (!c->set) return true;
    if (c->field && !form_visible(c->field, in)) return false;
    const struct json *actual =
        c->field ? form_value(c->field, in) : json_get_str(in->situations, c->situation);
    if (!actual) return false;
    if (!c->many) return form_same(actual, c->values);
    JSON_EACH(value, c->values)
    if (form_same(actual, value)) return true;
    return false;
}

bool form_field_visible(const struct form *form, struct str property, const struct form_answers *in)
{
    const struct form_field *f = form_field_find(form, property);
    return f && form_visible(f, in);
}

const struct json *form_field_value(const struct form *form, struct str property,
                                    const struct form_answers *in)
{
    const struct form_field *f = form_field_find(form, property);
    return f ? form_value(f, in) : NULL;
}

/* ---- assertions ---- */

static bool fault(const struct form_field *f, const char *msgid, struct str arg, struct err *e)
{
    return err_at(e, f->name, msgid, arg);
}

static struct str count_text(struct arena *a, size_t n)
{
    return str_fmt(a, "%zu", n);
}

/* The bound of a register (x-max), besides the schema's own. */
static bool check_register_bound(struct arena *a, const struct form_field *f, int64_t micro,
                                 const struct form_answers *in, struct err *e)
{
    struct str max = form_text(json_get(json_get_str(in->prefill, f->name), "max"));
    int64_t most = 0;
    if (!f->bounded || !form_decimal(max, &most) || micro <= most) return true;
    return fault(f, "This may be at most %{arg}.", max, e);
}

static bool check_number(struct arena *a, const struct form_field *f, struct str text,
                         const struct form_answers *in, struct json **out, struct err *e)
{
    struct str half;
    if (!form_normalise(a, text, FORM_CODE, &half))
        return fault(f, "This text contains characters that cannot be used.", STR_EMPTY, e);
    struct buf digits = buf_new(a, half.len);
    for (size_t i = 0; i < half.len; i++)
        if (half.ptr[i] != ',' && half.ptr[i] != ' ') buf_add_char(&digits, half.ptr[i]);
    struct str plain = buf_str(&digits);
    int64_t micro = 0;
    bool whole = f->type == SCHEMA_INTEGER;
    if (!form_decimal(plain, &micro) || (whole && micro % 1000000))
        return fault(f, whole ? "Please enter a whole number." : "Please enter a number.", STR_EMPTY, e);
    if (f->minimum.set && micro < f->minimum.micro)
        return fault(f, "The number must be %{arg} or more.", f->minimum.text, e);
    if (f->maximum.set && micro > f->maximum.micro)
        return fault(f, "The number must be %{arg} or less.", f->maximum.text, e);
    if (!check_register_bound(a, f, micro, in, e)) return false;
    *out = json_number(a, micro / 1000000);
    if (micro % 1000000) {
        int64_t size = micro < 0 ? -micro : micro;
        struct str shown = str_fmt(a, "%s%lld.%06lld", micro < 0 ? "-" : "", (long long)(size / 1000000),
                                   (long long)(size % 1000000));
        while (str_ends(shown, STR("0")))
            shown.len--;
        (*out)->text = shown;
    }
    return true;
}

static bool check_choice(struct arena *a, const struct form_field *f, struct str text, struct json **out,
                         struct err *e)
{
    JSON_EACH(choice, f->choices)
    if (str_eq(choice->text, text)) {
        *out = json_string(a, choice->text);
        return true;
    }
    return fault(f, "Please choose one of the options.", STR_EMPTY, e);
}

/* Numbers of documents are typed in small letters and with spaces too: what matches after mending that is
 * taken. */
static bool match_pattern(struct arena *a, const struct form_field *f, struct str *text)
{
    if (regexec(f->pattern, str_z(a, *text), 0, NULL, 0) == 0) return true;
    char *room = arena_alloc(a, text->len + 1);
    struct str normal;
    if (!ident_normalise(*text, room, text->len, &normal) ||
        regexec(f->pattern, str_z(a, normal), 0, NULL, 0) != 0)
        return false;
    *text = normal;
    return true;
}

static bool check_string(struct arena *a, const struct form_field *f, struct str raw,
                         const struct form_answers *in, struct json **out, struct err *e)
{
    if (f->choices) return check_choice(a, f, raw, out, e);
    /* Before anything is copied: four bytes a character and room for spaces around. */
    if (raw.len > f->max_length * 4 + 1024)
        return fault(f, "Please enter at most %{arg} characters.", count_text(a, f->max_length), e);
    struct str text;
    enum form_text_mode mode = f->format || f->pattern ? FORM_CODE
                               : f->several_lines      ? FORM_BLOCK
                                                       : FORM_LINE;
    if (!form_normalise(a, raw, mode, &text))
        return fault(f, "This text contains characters that cannot be used.", STR_EMPTY, e);
    if (text.len == 0) return !f->required || fault(f, "This field is required.", STR_EMPTY, e);
    if (f->format) {
        struct str normal = text;
        const char *wrong = f->format->check(a, text, &normal);
        if (wrong) return fault(f, wrong, STR_EMPTY, e);
        text = normal;
    }
    if (f->pattern && !match_pattern(a, f, &text))
        return fault(f, "This does not have the expected form. Please look for a typing error.", STR_EMPTY,
                     e);
    size_t length = utf8_count(text);
    if (length > f->max_length)
        return fault(f, "Please enter at most %{arg} characters.", count_text(a, f->max_length), e);
    if (length < f->min_length)
        return fault(f, "Please enter at least %{arg} characters.", count_text(a, f->min_length), e);
    int64_t micro = 0;
    if (f->bounded && form_decimal(text, &micro) && !check_register_bound(a, f, micro, in, e)) return false;
    *out = json_string(a, text);
    if (f->fixed && !form_same(*out, f->fixed))
        return fault(f, "This does not have the expected form. Please look for a typing error.", STR_EMPTY,
                     e);
    return true;
}

static bool is_ticked(const struct json *value)
{
    static const char *const yes[] = {"1", "true", "on", "yes"};
    if (json_is(value, JSON_BOOL)) return value->boolean;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (str_eq_c(json_text(value), yes[i])) return true;
    return false;
}

bool form_check_value(struct arena *a, const struct form_field *f, const struct json *value,
                      const struct form_answers *in, struct json **out, struct err *e)
{
    *out = NULL;
    if (f->type == SCHEMA_BOOLEAN) {
        bool ticked = is_ticked(value);
        if (f->fixed && json_true(f->fixed) && !ticked && f->required)
            return fault(f, "Please tick this to go on.", STR_EMPTY, e);
        *out = json_boolean(a, ticked);
        return true;
    }
    /* What a register says is not for the person to mend. */
    if (form_locked(f, in)) {
        *out = json_copy(a, value);
        return true;
    }
    if (!has_content(value)) {
        if (!f->required) return true;
        return fault(f, f->choices ? "Please choose one of the options." : "This field is required.",
                     STR_EMPTY, e);
    }
    if (!json_is(value, JSON_STRING) && !json_is(value, JSON_NUMBER))
        return fault(f, "This value has the wrong type.", STR_EMPTY, e);
    if (f->type == SCHEMA_STRING) return check_string(a, f, form_text(value), in, out, e);
    return check_number(a, f, form_text(value), in, out, e);
}

/* ---- a page and the whole ---- */

/* Keys are borrowed: they are the schema's. */
static void put(struct json *object, const struct form_field *f, struct arena *a, struct json *value)
{
    json_set(object, str_z(a, f->name), value);
}

bool form_check(struct arena *a, const struct form *form, const struct form_answers *in, struct json **out,
                struct err *e)
{
    size_t before = e->field_count;
    *out = json_object(a);
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        struct json *value = NULL;
        if (!form_visible(f, in) || !form_check_value(a, f, form_value(f, in), in, &value, e)) continue;
        if (value) put(*out, f, a, value);
    }
    return e->field_count == before && e->kind == ERR_NONE;
}

bool form_page_complete(struct arena *a, const struct form *form, size_t page, const struct form_answers *in)
{
    if (page >= form->page_count) return false;
    struct err *e = ARENA_NEW(a, struct err);
    for (size_t i = 0; i < form->pages[page].count; i++) {
        const struct form_field *f = form->pages[page].fields[i];
        struct json *value;
        if (form_visible(f, in) && !form_check_value(a, f, form_value(f, in), in, &value, e)) return false;
    }
    return true;
}

bool form_read_page(struct arena *a, const struct form *form, size_t page, form_get *get, void *arg,
                    const struct form_answers *in, struct json **out, struct err *e)
{
    *out = in->values ? json_copy(a, in->values) : json_object(a);
    if (page >= form->page_count) return err_missing(e, "form.page", "There is no such page of this form.");
    const struct form_page_def *p = &form->pages[page];
    const struct form_field **read = ARENA_ARRAY(a, p->count, const struct form_field *);
    size_t count = 0, before = e->field_count;

    /* What was typed comes first, since it decides which other fields of the page are asked at all. */
    struct json *typed = in->values ? json_copy(a, in->values) : json_object(a);
    for (size_t i = 0; i < p->count; i++) {
        const struct form_field *f = p->fields[i];
        if (form_locked(f, in)) continue;
        struct str raw = get(arg, f->name);
        bool seen = form_visible(f, in);
        if (raw.len == 0 && (!seen || (!raw.ptr && f->type != SCHEMA_BOOLEAN))) continue;
        struct json *text = json_string(a, raw.len ? str_dup(a, raw) : STR_EMPTY);
        put(typed, f, a, f->type == SCHEMA_BOOLEAN ? json_boolean(a, is_ticked(text)) : text);
        read[count++] = f;
    }

    struct form_answers now = {typed, in->prefill, in->situations};
    for (size_t i = 0; i < p->count; i++) {
        const struct form_field *f = p->fields[i];
        struct json *value = NULL;
        if (form_locked(f, in) || !form_visible(f, &now)) continue;
        if (!form_check_value(a, f, form_value(f, &now), &now, &value, e)) continue;
        for (size_t r = 0; r < count; r++)
            if (read[r] == f) put(*out, f, a, value ? value : json_string(a, STR_EMPTY));
    }
    if (e->field_count == before && e->kind == ERR_NONE) return true;
    *out = typed;
    return false;
}
