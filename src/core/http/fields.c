#include "core/http/field.h"

#include "core/base/time.h"
#include "core/http/request.h"

enum { LINE_MAX_DEFAULT = 200, TEXT_MAX_DEFAULT = 4000, LIST_MAX_DEFAULT = 100, NAME_LONGEST = 100 };

/* The raw values of one field, from wherever they came. */
struct values {
    struct str first;        /* from a form */
    const struct json *json; /* from a JSON body */
    size_t count;
};

/* What one field is read with. */
struct reading {
    const struct field *field;
    const struct params *params;
    struct values values;
    struct arena *arena;
    struct json *out;
    struct err *err;
};

static const char *const REQUIRED = "This field is required.";
static const char *const TWICE = "This field was sent twice.";
static const char *const CHARACTERS = "This text contains characters that cannot be used.";
static const char *const OPTION = "Please choose one of the options.";
static const char *const WRONG_TYPE = "This value has the wrong type.";

static void wrong(struct reading *r, const char *msgid, struct str arg)
{
    err_at(r->err, str_c(r->field->name), msgid, arg);
}

static void wrong_number(struct reading *r, const char *msgid, int64_t n)
{
    wrong(r, msgid, str_fmt(r->arena, "%lld", (long long)n));
}

/* ---- characters ---- */

/* White space that people paste: also the ideographic and the no-break space. */
static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x3000 || c == 0xA0 || c == 0xFEFF;
}

static struct str trim(struct str s)
{
    size_t from = 0, pos = 0, to;
    while (pos < s.len && is_space(utf8_next(s, &pos)))
        from = pos;
    to = from;
    for (pos = from; pos < s.len;)
        if (!is_space(utf8_next(s, &pos))) to = pos;
    return str_slice(s, from, to);
}

/* Control characters, and those that turn the direction of what stands around them: a name must look like
 * what it is. */
static bool is_forbidden(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return true;
    if (c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
        return true;
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

/* One kind of line end, no tabs, nothing without width; the rest must be allowed. */
static bool clean(struct arena *a, struct str s, bool lines, struct str *out)
{
    char *to = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t pos = 0; pos < s.len;) {
        size_t from = pos;
        uint32_t c = utf8_next(s, &pos);
        if (c == '\r' && lines) {
            if (pos < s.len && s.ptr[pos] == '\n') pos++;
            c = '\n';
        }
        if (c == '\t') c = ' ';
        if (c == ' ' || (c == '\n' && lines)) {
            to[n++] = (char)c;
            continue;
        }
        if (c == 0x200B || c == 0xFEFF) continue; /* invisible, and pasted along without knowing */
        if (is_forbidden(c)) return false;
        memcpy(to + n, s.ptr + from, pos - from);
        n += pos - from;
    }
    *out = str_n(to, n);
    return true;
}

static bool in_choices(const char *choices, struct str value)
{
    struct str rest = str_c(choices), one;
    while (rest.len) {
        rest = str_cut(rest, '|', &one);
        if (value.len && str_eq(one, value)) return true;
    }
    return false;
}

/* ---- values by type ---- */

/* Text of the field: from the form, or a JSON string. */
static bool raw_text(struct reading *r, struct str *text)
{
    *text = r->values.first;
    if (r->values.json) {
        if (!json_is(r->values.json, JSON_STRING)) {
            wrong(r, WRONG_TYPE, STR_EMPTY);
            return false;
        }
        *text = json_text(r->values.json);
    }
    if (utf8_valid(*text)) return true;
    wrong(r, CHARACTERS, STR_EMPTY);
    return false;
}

static bool checked(struct reading *r, struct str in, struct str *out)
{
    *out = in;
    const char *why = CHARACTERS;
    if (!r->field->check || r->field->check(r->arena, in, out, &why)) return true;
    wrong(r, why, STR_EMPTY);
    return false;
}

static void absent(struct reading *r)
{
    if (r->field->required) wrong(r, REQUIRED, STR_EMPTY);
}

static bool length_ok(struct reading *r, struct str s, int64_t least, int64_t most)
{
    int64_t length = (int64_t)utf8_count(s);
    if (length > most)
        wrong_number(r, "Please enter at most %{arg} characters.", most);
    else if (length < least)
        wrong_number(r, "Please enter at least %{arg} characters.", least);
    return length <= most && length >= least;
}

static void read_text(struct reading *r)
{
    const struct field *f = r->field;
    struct str text;
    if (!raw_text(r, &text)) return;
    if (f->type == FIELD_SECRET) {
        struct str same;
        if (!clean(r->arena, text, false, &same) || !str_eq(same, text)) {
            wrong(r, CHARACTERS, STR_EMPTY);
            return;
        }
    } else if (!clean(r->arena, trim(text), f->type == FIELD_TEXT, &text)) {
        wrong(r, CHARACTERS, STR_EMPTY);
        return;
    }
    if (text.len == 0) {
        absent(r);
        return;
    }
    int64_t most = f->max > 0 ? f->max : f->type == FIELD_TEXT ? TEXT_MAX_DEFAULT : LINE_MAX_DEFAULT;
    if (length_ok(r, text, f->min, most) && checked(r, text, &text))
        json_set_str(r->arena, r->out, f->name, text);
}

static bool in_range(const struct field *f, int64_t n)
{
    if (f->min == 0 && f->max == 0) return true;
    return n >= f->min && (f->max < f->min || n <= f->max);
}

static void not_in_range(struct reading *r)
{
    const struct field *f = r->field;
    if (f->min == 0 && f->max == 0)
        wrong(r, "Please enter a whole number.", STR_EMPTY);
    else if (f->max < f->min)
        wrong_number(r, "Please enter a whole number, %{arg} or more.", f->min);
    else
        wrong(r, "Please enter a whole number from %{arg}.",
              str_fmt(r->arena, "%lld – %lld", (long long)f->min, (long long)f->max));
}

static void read_int(struct reading *r)
{
    const struct json *j = r->values.json;
    struct str text = trim(r->values.first);
    if (j && !json_is(j, JSON_NUMBER)) {
        wrong(r, WRONG_TYPE, STR_EMPTY);
        return;
    }
    if (j) text = j->text;
    int64_t n;
    if (text.len == 0)
        absent(r);
    else if (!str_to_i64(text, &n) || !in_range(r->field, n))
        not_in_range(r);
    else
        json_set_i64(r->arena, r->out, r->field->name, n);
}

/* Ids are text in JSON, since they are longer than what a script's numbers hold; a number is taken too. */
static void read_id(struct reading *r)
{
    const struct json *j = r->values.json;
    struct str text = trim(r->values.first);
    if (j && !json_is(j, JSON_NUMBER) && !json_is(j, JSON_STRING)) {
        wrong(r, WRONG_TYPE, STR_EMPTY);
        return;
    }
    if (j) text = j->text;
    int64_t n;
    if (text.len == 0)
        absent(r);
    else if (text.ptr[0] < '1' || text.ptr[0] > '9' || !str_to_i64(text, &n))
        wrong(r, "This reference is not valid.", STR_EMPTY);
    else
        json_set_id(r->arena, r->out, r->field->name, n);
}

static void read_date(struct reading *r)
{
    struct str text;
    if (!raw_text(r, &text)) return;
    text = trim(text);
    int32_t date;
    if (text.len == 0)
        absent(r);
    else if (!date_parse(text, &date))
        wrong(r, "Please enter a real date, such as 2026-11-21.", STR_EMPTY);
    else if (checked(r, text, &text))
        json_set_str(r->arena, r->out, r->field->name, text);
}

static void read_bool(struct reading *r)
{
    const struct json *j = r->values.json;
    struct str text = r->values.first;
    bool yes = false, known = true;
    if (j && !json_is(j, JSON_BOOL)) {
        wrong(r, WRONG_TYPE, STR_EMPTY);
        return;
    }
    if (j)
        yes = json_true(j);
    else if (r->values.count) {
        yes = in_choices("1|true|on|yes", text);
        known = yes || text.len == 0 || in_choices("0|false|off|no", text);
    }
    if (!known)
        wrong(r, OPTION, STR_EMPTY);
    else if (!yes && r->field->required)
        wrong(r, REQUIRED, STR_EMPTY);
    else
        json_set_bool(r->arena, r->out, r->field->name, yes);
}

static void read_choice(struct reading *r)
{
    struct str text;
    if (!raw_text(r, &text)) return;
    if (text.len == 0)
        absent(r);
    else if (!in_choices(r->field->choices, text))
        wrong(r, OPTION, STR_EMPTY);
    else
        json_set_str(r->arena, r->out, r->field->name, text);
}

static bool add_to_list(struct reading *r, struct json *list, struct str text)
{
    if (!utf8_valid(text) || !clean(r->arena, trim(text), false, &text)) {
        wrong(r, CHARACTERS, STR_EMPTY);
        return false;
    }
    if (text.len == 0) return true; /* the empty row of a form */
    if (r->field->choices && !in_choices(r->field->choices, text)) {
        wrong(r, OPTION, STR_EMPTY);
        return false;
    }
    if (!length_ok(r, text, 0, LINE_MAX_DEFAULT) || !checked(r, text, &text)) return false;
    json_add(list, json_string(r->arena, text));
    return true;
}

static void read_list(struct reading *r)
{
    const struct field *f = r->field;
    struct json *list = json_array(r->arena);
    if (r->values.json) {
        if (!json_is(r->values.json, JSON_ARRAY)) {
            wrong(r, WRONG_TYPE, STR_EMPTY);
            return;
        }
        JSON_EACH(one, r->values.json)
        {
            if (!json_is(one, JSON_STRING)) {
                wrong(r, WRONG_TYPE, STR_EMPTY);
                return;
            }
            if (!add_to_list(r, list, json_text(one))) return;
        }
    } else {
        for (const struct param *p = r->params->first; p; p = p->next)
            if (str_eq_c(p->name, f->name) && !add_to_list(r, list, p->value)) return;
    }
    int64_t most = f->max > 0 ? f->max : LIST_MAX_DEFAULT;
    if (list->count == 0)
        absent(r);
    else if ((int64_t)list->count > most)
        wrong_number(r, "Please give at most %{arg} values.", most);
    else if ((int64_t)list->count < f->min)
        wrong_number(r, "Please give at least %{arg} values.", f->min);
    else
        json_set(r->out, f->name, list);
}

/* ---- files ---- */

static bool unsafe_in_name(uint32_t c)
{
    return is_forbidden(c) || c == 0xFFFD || (c < 0x80 && strchr("<>:\"/\\|?*%", (int)c));
}

/* The last part of whatever path was sent, without what a file system or a header could misread. */
static struct str safe_name(struct arena *a, struct str sent)
{
    size_t from = 0;
    for (size_t i = 0; i < sent.len; i++)
        if (sent.ptr[i] == '/' || sent.ptr[i] == '\\') from = i + 1;
    sent = trim(str_slice(sent, from, sent.len));
    char *to = arena_alloc(a, sent.len + 1);
    size_t n = 0;
    for (size_t pos = 0; pos < sent.len;) {
        size_t begin = pos;
        uint32_t c = utf8_next(sent, &pos);
        if (unsafe_in_name(c) || (c == '.' && n == 0)) continue;
        memcpy(to + n, sent.ptr + begin, pos - begin);
        n += pos - begin;
    }
    while (n && (to[n - 1] == '.' || to[n - 1] == ' '))
        n--;
    struct str name = str_n(to, n);
    if (utf8_count(name) > NAME_LONGEST) {
        size_t dot = n;
        for (size_t i = 0; i < n; i++)
            if (name.ptr[i] == '.') dot = i;
        struct str ending = str_slice(name, n - dot <= 10 ? dot : n, n);
        name = str_cat(a, utf8_head(name, NAME_LONGEST - utf8_count(ending)), ending);
    }
    return name.len ? name : STR("file");
}

static void read_file(struct reading *r)
{
    const struct field *f = r->field;
    const struct upload *found = NULL;
    int64_t index = 0, at = 0;
    for (const struct upload *u = r->params->uploads; u; u = u->next, index++) {
        if (!str_eq_c(u->field, f->name)) continue;
        if (found) {
            wrong(r, TWICE, STR_EMPTY);
            return;
        }
        found = u;
        at = index;
    }
    if (!found && r->values.json) {
        wrong(r, WRONG_TYPE, STR_EMPTY);
    } else if (!found) {
        absent(r);
    } else if (found->content.len == 0) {
        wrong(r, "This file is empty.", STR_EMPTY);
    } else if (f->max > 0 && (int64_t)found->content.len > f->max) {
        wrong(r, "Please choose a file of at most %{arg}.",
              f->max < 1 << 20 ? str_fmt(r->arena, "%lld KB", (long long)(f->max >> 10))
                               : str_fmt(r->arena, "%lld MB", (long long)(f->max >> 20)));
    } else {
        struct json *file = json_set_object(r->arena, r->out, f->name);
        json_set_str(r->arena, file, "name", safe_name(r->arena, found->filename));
        json_set_i64(r->arena, file, "size", (int64_t)found->content.len);
        json_set_i64(r->arena, file, "index", at);
    }
}

static void read_json(struct reading *r)
{
    if (r->values.json) {
        json_set(r->out, r->field->name, json_copy(r->arena, r->values.json));
        return;
    }
    struct str text = str_trim(r->values.first);
    if (text.len == 0) {
        absent(r);
        return;
    }
    struct err why = {0};
    struct json *value = json_parse(r->arena, text, JSON_STRICT, &why);
    if (value)
        json_set(r->out, r->field->name, value);
    else
        wrong(r, "This is not valid JSON: %{arg}", str_c(why.arg));
}

/* ---- the table ---- */

static struct values find_values(const struct field *f, const struct params *params, const struct json *body)
{
    struct values v = {.first = STR_EMPTY};
    for (const struct param *p = params->first; p; p = p->next)
        if (str_eq_c(p->name, f->name) && v.count++ == 0) v.first = p->value;
    v.json = json_is(body, JSON_OBJECT) ? json_get(body, f->name) : NULL;
    if (json_is(v.json, JSON_NULL)) v.json = NULL;
    if (v.json) v.count++;
    return v;
}

bool fields_read(const struct field *table, const struct params *params, const struct json *body,
                 struct arena *a, struct json *out, struct err *e)
{
    static const struct params none;
    if (!params) params = &none;
    if (body && !json_is(body, JSON_OBJECT))
        return err_invalid(e, "input", "The body must be a JSON object.");
    size_t faults = e->field_count;
    for (const struct field *f = table; f && f->type != FIELD_END; f++) {
        struct reading r = {f, params, find_values(f, params, body), a, out, e};
        if (r.values.count > 1 && (f->type != FIELD_LIST || r.values.json)) {
            wrong(&r, TWICE, STR_EMPTY);
            continue;
        }
        switch (f->type) {
        case FIELD_END:
            break;
        case FIELD_LINE:
        case FIELD_TEXT:
        case FIELD_SECRET:
            read_text(&r);
            break;
        case FIELD_INT:
            read_int(&r);
            break;
        case FIELD_ID:
            read_id(&r);
            break;
        case FIELD_DATE:
            read_date(&r);
            break;
        case FIELD_BOOL:
            read_bool(&r);
            break;
        case FIELD_CHOICE:
            read_choice(&r);
            break;
        case FIELD_LIST:
            read_list(&r);
            break;
        case FIELD_FILE:
            read_file(&r);
            break;
        case FIELD_JSON:
            read_json(&r);
            break;
        }
    }
    return e->field_count == faults && e->kind == ERR_NONE;
}
