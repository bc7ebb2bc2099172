#include "engines/forms/forms_internal.h"
#include "engines/identifiers/identifiers.h"

/* ---- values in force ---- */

bool form_has_content(const struct json *v)
{
    return v && !json_is(v, JSON_NULL) && !(json_is(v, JSON_STRING) && v->text.len == 0);
}

const struct json *form_prefilled(const struct form_field *f, const struct form_answers *in)
{
    const struct json *v = json_get(json_get_str(in->prefill, f->name), "value");
    return form_has_content(v) ? v : NULL;
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

/* ---- what the schema says ---- */

static bool fault(struct str at, const char *msgid, struct str arg, struct err *e)
{
    return err_at(e, at, msgid, arg);
}

/* The draft's keywords in the words of a form; those not named here have their own. */
static const struct {
    const char *keyword;
    int type; /* enum form_type, -1: any */
    const char *msgid;
} sentences[] = {
    {"type", FORM_INTEGER, "Please enter a whole number."},
    {"type", FORM_NUMBER, "Please enter a number."},
    {"type", -1, "This value has the wrong type."},
    {"minimum", -1, "The number must be %{arg} or more."},
    {"maximum", -1, "The number must be %{arg} or less."},
    {"maxLength", -1, "Please enter at most %{arg} characters."},
    {"minLength", -1, "Please enter at least %{arg} characters."},
    {"pattern", -1, "This does not have the expected form. Please look for a typing error."},
    {"const", FORM_BOOLEAN, "Please tick this to go on."},
    {"const", -1, "This does not have the expected form. Please look for a typing error."},
    {"minItems", FORM_SEVERAL, "Please choose at least %{arg}."},
    {"maxItems", FORM_SEVERAL, "Please choose at most %{arg}."},
    {"enum", -1, "Please choose one of the options."},
};

static const char *sentence_of(const struct schema_fault *w, enum form_type type)
{
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if ((sentences[i].type < 0 || sentences[i].type == (int)type) &&
            strcmp(sentences[i].keyword, w->keyword) == 0)
            return sentences[i].msgid;
    return w->msgid;
}

/* "/0/name" below the field: ".0.name". */
static struct str dotted(struct arena *a, struct str at, struct str pointer)
{
    struct buf b = buf_new(a, at.len + pointer.len);
    buf_add(&b, at);
    for (size_t i = 0; i < pointer.len; i++)
        buf_add_char(&b, pointer.ptr[i] == '/' && b.len ? '.' : pointer.ptr[i]);
    struct str name = buf_str(&b);
    return name.len && name.ptr[0] == '/' ? str_slice(name, 1, name.len) : name;
}

/* Has it, or something inside it, its fault already? */
static bool told(const struct err *e, struct str name)
{
    for (size_t i = 0; i < e->field_count; i++) {
        struct str field = str_c(e->fields[i].field);
        if (str_starts(field, name) && (field.len == name.len || field.ptr[name.len] == '.')) return true;
    }
    return false;
}

bool form_judge(struct arena *a, const struct form_field *f, struct str at, const struct json *value,
                struct err *e)
{
    struct schema_faults faults;
    bool valid;
    struct err limit = {0};
    if (!schema_judge(a, f->rule, value, &faults, &valid, &limit))
        return fault(at, limit.msgid, STR_EMPTY, e);
    for (const struct schema_fault *w = faults.first; w; w = w->next) {
        /* Rows are judged one by one, by the names they have on the page. */
        if (f->rows && w->instance.len) continue;
        return fault(at, sentence_of(w, f->type), w->arg, e);
    }
    return true;
}

static bool is_missing(const struct schema_fault *w)
{
    return strcmp(w->keyword, "required") == 0 || strcmp(w->keyword, "dependentRequired") == 0;
}

/* A missing member is told at the member, a fault of the whole at the first field. */
static struct str place_of(struct arena *a, const struct form *form, const struct schema_fault *w)
{
    struct str at = dotted(a, STR_EMPTY, w->instance);
    if (is_missing(w)) at = at.len ? str_fmt(a, "%.*s.%.*s", STR_ARG(at), STR_ARG(w->arg)) : w->arg;
    return at.len ? at : form->fields[0].name;
}

bool form_judge_whole(struct arena *a, const struct form *form, struct str prefix, const struct json *values,
                      size_t page, const struct form_answers *in, struct err *e)
{
    struct schema_faults faults;
    bool valid, ok = true;
    struct err limit = {0};
    if (!schema_judge(a, form->rule, values, &faults, &valid, &limit))
        return fault(str_cat(a, prefix, form->fields[0].name), limit.msgid, STR_EMPTY, e);
    for (const struct schema_fault *w = faults.first; w; w = w->next) {
        struct str place = place_of(a, form, w), at = str_cat(a, prefix, place);
        const struct form_field *f = form_field_above(form, place);
        /* What a register says is not for the person to mend; rows have been judged; what has its fault has
         * it. */
        if (!f || form_locked(f, in) || (page != SIZE_MAX && f->page != page) || told(e, at)) continue;
        if (str_find_char(place, '.') != SIZE_MAX || (is_missing(w) && !form_visible(f, in))) continue;
        ok = is_missing(w) ? fault(at, "This field is required.", STR_EMPTY, e)
                           : fault(at, sentence_of(w, f->type), w->arg, e);
    }
    return ok;
}

/* ---- normal forms ---- */

/* The bound of a register (x-max), besides the schema's own. */
static bool check_register_bound(const struct form_field *f, struct str at, int64_t micro,
                                 const struct form_answers *in, struct err *e)
{
    struct str max = form_text(json_get(json_get_str(in->prefill, f->name), "max"));
    int64_t most = 0;
    if (!f->bounded || !form_decimal(max, &most) || micro <= most) return true;
    return fault(at, "This may be at most %{arg}.", max, e);
}

struct str form_plain_number(struct arena *a, struct str text)
{
    struct str half;
    if (!form_normalise(a, text, FORM_CODE, &half)) return text;
    struct buf digits = buf_new(a, half.len);
    for (size_t i = 0; i < half.len; i++)
        if (half.ptr[i] != ',' && half.ptr[i] != ' ') buf_add_char(&digits, half.ptr[i]);
    return buf_str(&digits);
}

static bool check_number(struct arena *a, const struct form_field *f, struct str at, struct str text,
                         const struct form_answers *in, struct json **out, struct err *e)
{
    struct str half;
    if (!form_normalise(a, text, FORM_CODE, &half))
        return fault(at, "This text contains characters that cannot be used.", STR_EMPTY, e);
    int64_t micro = 0;
    bool whole = f->type == FORM_INTEGER;
    if (!form_decimal(form_plain_number(a, half), &micro) || (whole && micro % 1000000))
        return fault(at, whole ? "Please enter a whole number." : "Please enter a number.", STR_EMPTY, e);
    *out = json_number(a, micro / 1000000);
    if (micro % 1000000) {
        int64_t size = micro < 0 ? -micro : micro;
        struct str shown = str_fmt(a, "%s%lld.%06lld", micro < 0 ? "-" : "", (long long)(size / 1000000),
                                   (long long)(size % 1000000));
        while (str_ends(shown, STR("0")))
            shown.len--;
        (*out)->text = shown;
    }
    return form_judge(a, f, at, *out, e) && check_register_bound(f, at, micro, in, e);
}

/* Numbers of documents are typed in small letters and with spaces too: what fits after mending that is taken.
 */
static bool judge_text(struct arena *a, const struct form_field *f, struct str at, struct str text,
                       struct json **out, struct err *e)
{
    struct err ignored = {0};
    struct str normal;
    *out = json_string(a, text);
    if (f->pattern && !form_judge(a, f, at, *out, &ignored)) {
        char *room = arena_alloc(a, text.len + 1);
        struct json *mended = json_string(a, STR_EMPTY);
        err_clear(&ignored);
        if (ident_normalise(text, room, text.len, &normal)) {
            mended->text = normal;
            if (form_judge(a, f, at, mended, &ignored)) *out = mended;
        }
    }
    return form_judge(a, f, at, *out, e);
}

static size_t count_words(struct str text)
{
    size_t n = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == ' ';
    return n;
}

static bool check_string(struct arena *a, const struct form_field *f, struct str at, struct str raw,
                         const struct form_answers *in, struct json **out, struct err *e)
{
    if (f->choices) {
        *out = json_string(a, raw);
        return form_judge(a, f, at, *out, e);
    }
    /* Before anything is copied: four bytes a character and room for spaces around. */
    if (raw.len > f->max_length * 4 + 1024)
        return fault(at, "Please enter at most %{arg} characters.", str_fmt(a, "%zu", f->max_length), e);
    struct str text;
    enum form_text_mode mode = f->format || f->pattern ? FORM_CODE
                               : f->several_lines      ? FORM_BLOCK
                                                       : FORM_LINE;
    if (!form_normalise(a, raw, mode, &text))
        return fault(at, "This text contains characters that cannot be used.", STR_EMPTY, e);
    if (text.len == 0) return !form_required(f, in) || fault(at, "This field is required.", STR_EMPTY, e);
    if (f->format) {
        struct str normal = text;
        const char *wrong = f->format->check(a, text, &normal);
        if (wrong) return fault(at, wrong, STR_EMPTY, e);
        text = normal;
    }
    if (f->files_max && count_words(text) < f->files_least)
        return fault(at, "There must be at least %{arg} files.", str_fmt(a, "%zu", f->files_least), e);
    if (f->files_max && count_words(text) > f->files_max)
        return fault(at, "There may be at most %{arg} files.", str_fmt(a, "%zu", f->files_max), e);
    int64_t micro = 0;
    if (!judge_text(a, f, at, text, out, e)) return false;
    return !f->bounded || !form_decimal(text, &micro) || check_register_bound(f, at, micro, in, e);
}

bool form_ticked(const struct json *value)
{
    static const char *const yes[] = {"1", "true", "on", "yes"};
    if (json_is(value, JSON_BOOL)) return value->boolean;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (str_eq_c(json_text(value), yes[i])) return true;
    return false;
}

/* A tick that must be set and need not be there is left out while it is not set. */
static bool check_tick(struct arena *a, const struct form_field *f, struct str at, bool ticked,
                       const struct form_answers *in, struct json **out, struct err *e)
{
    struct err wrong = {0};
    *out = json_boolean(a, ticked);
    if (form_judge(a, f, at, *out, &wrong)) return true;
    if (!ticked && !form_required(f, in)) {
        *out = NULL;
        return true;
    }
    return form_judge(a, f, at, *out, e);
}

static bool check_several(struct arena *a, const struct form_field *f, struct str at,
                          const struct json *value, const struct form_answers *in, struct json **out,
                          struct err *e)
{
    if (!form_has_content(value) || (json_is(value, JSON_ARRAY) && !value->count))
        return !form_required(f, in) || fault(at, "Please choose at least one.", STR_EMPTY, e);
    *out = json_copy(a, value);
    return form_judge(a, f, at, *out, e);
}

bool form_check_value(struct arena *a, const struct form_field *f, struct str at, const struct json *value,
                      const struct form_answers *in, struct json **out, struct err *e)
{
    *out = NULL;
    if (f->type == FORM_BOOLEAN) return check_tick(a, f, at, form_ticked(value), in, out, e);
    /* What a register says is not for the person to mend. */
    if (form_locked(f, in)) {
        *out = json_copy(a, value);
        return true;
    }
    if (f->type == FORM_GROUP) return form_check_rows(a, f, at, value, in, out, e);
    if (f->type == FORM_SEVERAL) return check_several(a, f, at, value, in, out, e);
    if (!form_has_content(value)) {
        if (!form_required(f, in)) return true;
        return fault(at, f->choices ? "Please choose one of the options." : "This field is required.",
                     STR_EMPTY, e);
    }
    if (!json_is(value, JSON_STRING) && !json_is(value, JSON_NUMBER))
        return fault(at, "This value has the wrong type.", STR_EMPTY, e);
    if (f->type == FORM_STRING) return check_string(a, f, at, form_text(value), in, out, e);
    return check_number(a, f, at, form_text(value), in, out, e);
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
        if (!form_visible(f, in) || !form_check_value(a, f, f->name, form_value(f, in), in, &value, e))
            continue;
        if (value) put(*out, f, a, value);
    }
    form_judge_whole(a, form, STR_EMPTY, *out, SIZE_MAX, in, e);
    return e->field_count == before && e->kind == ERR_NONE;
}

/* All that is visible and has content, for what the schema says of fields together. */
static struct json *in_force(struct arena *a, const struct form *form, const struct form_answers *in)
{
    struct json *all = json_object(a);
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        struct err ignored = {0};
        struct json *value = NULL;
        if (form_visible(f, in) && form_check_value(a, f, f->name, form_value(f, in), in, &value, &ignored) &&
            value)
            put(all, f, a, value);
    }
    return all;
}

bool form_page_complete(struct arena *a, const struct form *form, size_t page, const struct form_answers *in)
{
    if (page >= form->page_count) return false;
    struct err *e = ARENA_NEW(a, struct err);
    for (size_t i = 0; i < form->pages[page].count; i++) {
        const struct form_field *f = form->pages[page].fields[i];
        struct json *value;
        if (form_visible(f, in) && !form_check_value(a, f, f->name, form_value(f, in), in, &value, e))
            return false;
    }
    return form_judge_whole(a, form, STR_EMPTY, in_force(a, form, in), page, in, e);
}

/* What was typed comes first, since it decides which other fields of the page are asked at all. `read` gets
 * the fields for which something was sent. */
static struct json *read_typed(struct arena *a, const struct form_page_def *p, form_get *get, void *arg,
                               const struct form_answers *in, const struct form_field **read, size_t *count)
{
    struct json *typed = in->values ? json_copy(a, in->values) : json_object(a);
    *count = 0;
    for (size_t i = 0; i < p->count; i++) {
        const struct form_field *f = p->fields[i];
        if (form_locked(f, in)) continue;
        if (f->type == FORM_GROUP) {
            struct json *rows = form_read_rows(a, f, get, arg);
            if (!rows) continue;
            put(typed, f, a, rows);
            read[(*count)++] = f;
            continue;
        }
        bool seen = form_visible(f, in);
        if (f->type == FORM_SEVERAL) {
            struct json *ticked = form_read_several(a, f, get, arg);
            if (!ticked->count && !seen) continue;
            put(typed, f, a, ticked);
            read[(*count)++] = f;
            continue;
        }
        struct str raw = get(arg, f->name);
        if (raw.len == 0 && (!seen || (!raw.ptr && f->type != FORM_BOOLEAN))) continue;
        struct json *text = json_string(a, raw.len ? str_dup(a, raw) : STR_EMPTY);
        if (form_is_number(f)) text->text = form_plain_number(a, text->text);
        put(typed, f, a, f->type == FORM_BOOLEAN ? json_boolean(a, form_ticked(text)) : text);
        read[(*count)++] = f;
    }
    return typed;
}

bool form_row_act(struct arena *a, const struct form *form, size_t page, form_get *get, void *arg,
                  const struct form_answers *in, struct json **out)
{
    if (page >= form->page_count) return false;
    const struct form_page_def *p = &form->pages[page];
    const struct form_field **read = ARENA_ARRAY(a, p->count, const struct form_field *);
    size_t count;
    *out = read_typed(a, p, get, arg, in, read, &count);
    return form_act_on_rows(a, form, page, get, arg, *out);
}

bool form_read_page(struct arena *a, const struct form *form, size_t page, form_get *get, void *arg,
                    const struct form_answers *in, struct json **out, struct err *e)
{
    *out = in->values ? json_copy(a, in->values) : json_object(a);
    if (page >= form->page_count) return err_missing(e, "form.page", "There is no such page of this form.");
    const struct form_page_def *p = &form->pages[page];
    const struct form_field **read = ARENA_ARRAY(a, p->count, const struct form_field *);
    size_t count = 0, before = e->field_count;
    struct json *typed = read_typed(a, p, get, arg, in, read, &count);
    struct form_answers now = {typed, in->prefill, in->situations};
    for (size_t i = 0; i < p->count; i++) {
        const struct form_field *f = p->fields[i];
        struct json *value = NULL;
        if (form_locked(f, in) || !form_visible(f, &now)) continue;
        if (!form_check_value(a, f, f->name, form_value(f, &now), &now, &value, e)) continue;
        for (size_t r = 0; r < count; r++)
            if (read[r] == f) put(*out, f, a, value ? value : json_string(a, STR_EMPTY));
    }
    form_judge_whole(a, form, STR_EMPTY, in_force(a, form, &now), page, &now, e);
    if (e->field_count == before && e->kind == ERR_NONE) return true;
    *out = typed;
    return false;
}
