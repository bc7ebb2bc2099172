/* The page of one field: from its property to controls, and back. What the page does not know of a property
 * stays in it. */
#include "core/http/server.h"
#include "modules/forms/forms_internal.h"

const struct field forms_field_fields[] = {
    {"at", FIELD_LINE, "Field", true, .max = 100},
    {"revision", FIELD_LINE, "Revision", .max = 40},
    {"kind", FIELD_CHOICE, "Kind of answer", .choices = FORM_KINDS},
    {"title", FIELD_LINE, "Question or label", true, .max = LABEL_MAX},
    {"en", FIELD_LINE, "The same in English", .max = LABEL_MAX},
    {"help", FIELD_LINE, "Help below it", .max = 300},
    {"help_en", FIELD_LINE, "Help in English", .max = 300},
    {"required", FIELD_BOOL, .label = "Must be answered"},
    {"choices", FIELD_TEXT, "Choices", .max = 8000},
    {"least", FIELD_LINE, "Least", .max = 20},
    {"most", FIELD_LINE, "Most", .max = 20},
    {"chars", FIELD_INT, "Longest answer, in characters", .min = 1, .max = 4000},
    {"rows_least", FIELD_INT, "At least so many entries", .min = 0, .max = 50},
    {"rows_most", FIELD_INT, "At most so many entries", .min = 1, .max = 50},
    {"single", FIELD_LINE, "One entry is called", .max = 60},
    {"single_en", FIELD_LINE, "One entry is called, in English", .max = 60},
    {"accept", FIELD_LIST, "Kinds of file", .max = 2, .choices = "photo|pdf"},
    {"max_mb", FIELD_INT, "Largest file, in MB", .min = 1, .max = 10},
    {"files_least", FIELD_INT, "At least so many files", .min = 1, .max = 10},
    {"count", FIELD_INT, "At most so many files", .min = 1, .max = 10},
    {"must", FIELD_BOOL, .label = "Must be ticked to go on"},
    {"when", FIELD_LIST, "Show it only when", .max = 60},
    {"when_how", FIELD_CHOICE, "Where several questions decide", .choices = "all|any"},
    {"when_group", FIELD_LIST, "Questions that count as one", .max = 60},
    {"source", FIELD_LINE, "Filled in from", .max = 120},
    {"locked", FIELD_BOOL, .label = "The person cannot change what the register says"},
    {"why", FIELD_LINE, "Why this is asked", .max = 300},
    {"why_en", FIELD_LINE, "Why this is asked, in English", .max = 300},
    {"name", FIELD_LINE, "Name in the data", .max = 40},
    {0},
};

static bool is_kind(const struct json *property, const char *kind)
{
    return strcmp(kind_of(property)->id, kind) == 0;
}

static bool is_number(const struct json *property)
{
    return is_kind(property, "integer") || is_kind(property, "number");
}

/* ---- to controls ---- */

static struct json *section(struct ctx *c, struct json *sections, const char *id, const char *heading)
{
    struct json *s = json_add_object(c->arena, sections);
    json_set_c(c->arena, s, "id", id);
    json_set_str(c->arena, s, "heading", ctx_tr(c, heading));
    json_set(s, "numbers", json_null(c->arena));
    json_set(s, "after", json_null(c->arena));
    json_set_bool(c->arena, s, "foreign", false);
    return json_set_array(c->arena, s, "fields");
}

static struct json *tick(struct ctx *c, struct json *fields, const char *name, const char *label, bool on)
{
    struct json *f = forms_control(c, fields, "checkbox", name, label, STR_EMPTY, true, NULL);
    json_set_bool(c->arena, f, "value", c->failed ? ctx_param(c, str_c(name)).len > 0 : on);
    return f;
}

static struct json *short_one(struct ctx *c, struct json *fields, const char *name, const char *label,
                              struct str value)
{
    struct json *f = forms_control(c, fields, "input", name, label, value, false, NULL);
    json_set_c(c->arena, f, "width", "5");
    json_set_c(c->arena, f, "inputmode", "numeric");
    return f;
}

static struct str number_text(struct ctx *c, const struct json *property, const char *key, int64_t otherwise)
{
    const struct json *v = json_get(property, key);
    if (json_is(v, JSON_NUMBER)) return v->text;
    return otherwise ? str_fmt(c->arena, "%lld", (long long)otherwise) : STR_EMPTY;
}

static struct str pair(const struct json *property, const char *key, size_t which)
{
    return json_text(json_at(json_get(property, key), which));
}

static struct str choices_text(struct ctx *c, const struct json *property)
{
    struct buf b = buf_new(c->arena, 256);
    JSON_EACH(value, kind_values(property))
    {
        const struct json *labels = json_get_str(json_get(property, "x-labels"), json_text(value));
        struct str en = json_text(json_at(labels, 1));
        if (b.len) buf_add_char(&b, '\n');
        buf_add(&b, json_text(json_at(labels, 0)));
        if (en.len) buf_fmt(&b, " | %.*s", STR_ARG(en));
    }
    return buf_str(&b);
}

static void file_section(struct ctx *c, struct json *fields, const struct json *property)
{
    const struct json *accept = json_get(property, "x-accept");
    bool pdf = !accept || tree_index(accept, STR("application/pdf")) != SIZE_MAX,
         photo = !accept || tree_index(accept, STR("image/jpeg")) != SIZE_MAX;
    struct json *f = forms_control(c, fields, "checkboxes", "accept", "Kinds of file", STR_EMPTY, true, NULL);
    json_set_array(c->arena, f, "options");
    const struct {
        const char *value, *label;
        bool on;
    } kinds[] = {{"photo", "Photo (JPEG, PNG)", photo}, {"pdf", "PDF", pdf}};
    for (size_t i = 0; i < 2; i++) {
        ctx_option(c, f, str_c(kinds[i].value), ctx_tr(c, kinds[i].label));
        struct json *o = ((struct json *)json_get(f, "options"))->last;
        json_set_bool(c->arena, o, "checked", kinds[i].on);
        json_set(o, "note", json_null(c->arena));
    }
    short_one(c, fields, "max_mb", "Largest file, in MB", number_text(c, property, "x-max-mb", 5));
    short_one(c, fields, "files_least", "At least so many files", number_text(c, property, "x-least", 1));
    short_one(c, fields, "count", "At most so many files", number_text(c, property, "x-count", 1));
}

/* What this kind of answer has of its own; false where it has nothing. */
static bool kind_section(struct ctx *c, struct json *sections, const struct json *property)
{
    const char *heading = "What may be answered";
    if (is_kind(property, "choice") || is_kind(property, "several")) {
        struct json *fields = section(c, sections, "answer", heading);
        forms_control(c, fields, "textarea", "choices", "Choices", choices_text(c, property), true,
                      "One a line; behind a bar the English word: 沙袋 | Sandbags");
        if (is_kind(property, "several")) {
            short_one(c, fields, "rows_least", "At least so many", number_text(c, property, "minItems", 0));
            short_one(c, fields, "rows_most", "At most so many", number_text(c, property, "maxItems", 0));
        }
    } else if (is_number(property)) {
        struct json *fields = section(c, sections, "answer", heading);
        short_one(c, fields, "least", "Least", number_text(c, property, "minimum", 0));
        short_one(c, fields, "most", "Most", number_text(c, property, "maximum", 0));
    } else if (is_kind(property, "text") || is_kind(property, "lines")) {
        short_one(c, section(c, sections, "answer", heading), "chars", "Longest answer, in characters",
                  number_text(c, property, "maxLength", is_kind(property, "lines") ? 1000 : 200));
    } else if (is_kind(property, "tick")) {
        tick(c, section(c, sections, "answer", heading), "must", "Must be ticked to go on",
             json_true_of(property, "const"));
    } else if (is_kind(property, "file")) {
        file_section(c, section(c, sections, "answer", heading), property);
    } else if (is_kind(property, "group")) {
        const struct json *items = json_get(property, "items");
        struct json *fields = section(c, sections, "answer", "Entries of the group");
        forms_control(c, fields, "input", "single", "One entry is called", json_text_of(items, "title"),
                      false, "For the heading of each entry: 物资 1, 物资 2 …");
        forms_control(c, fields, "input", "single_en", "One entry is called, in English",
                      json_text_of(items, "x-en"), false, NULL);
        short_one(c, fields, "rows_least", "At least so many entries",
                  number_text(c, property, "minItems", 0));
        short_one(c, fields, "rows_most", "At most so many entries",
                  number_text(c, property, "maxItems", 20));
    } else {
        return false;
    }
    return true;
}

static void source_section(struct ctx *c, struct json *sections, const struct json *property,
                           const struct json *sources)
{
    struct json *fields = section(c, sections, "source", "Filled in from what the state knows");
    struct str source = json_text_of(property, "x-source");
    bool listed = !source.len;
    struct json *f =
        forms_control(c, fields, "select", "source", "Filled in from", source, false,
                      "Asked at the register when a person opens the form, and marked with its source.");
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "The person answers"));
    JSON_EACH(s, sources)
    {
        ctx_option(c, f, json_text_of(s, "value"), json_text_of(s, "label"));
        listed = listed || str_eq(json_text_of(s, "value"), source);
    }
    if (!listed) ctx_option(c, f, source, source);
    tick(c, fields, "locked", "The person cannot change what the register says",
         json_true_of(property, "readOnly"));
}

void field_fields(struct ctx *c, struct json *schema, const struct place *at, const struct json *sources,
                  struct json *doc)
{
    const struct json *p = at->property;
    struct json *sections = json_set_array(c->arena, doc, "sections"), *fields, *f;
    (void)schema;
    fields = section(c, sections, "asked", "What is asked");
    forms_control(c, fields, "input", "title", "Question or label", json_text_of(p, "title"), true, NULL);
    forms_control(c, fields, "input", "en", "The same in English", json_text_of(p, "x-en"), false, NULL);
    if (!is_kind(p, "group")) {
        f = forms_control(c, fields, "select", "kind", "Kind of answer", str_c(kind_of(p)->id), true, NULL);
        kind_options(c, f, false, !at->group.len);
    }
    tick(c, fields, "required", "Must be answered", build_required(at));
    forms_control(c, fields, "input", "help", "Help below it", pair(p, "x-help", 0), false, NULL);
    forms_control(c, fields, "input", "help_en", "Help in English", pair(p, "x-help", 1), false, NULL);
    kind_section(c, sections, p);
    if (when_offers(at)) {
        section(c, sections, "when", "When it is shown");
        when_section(c, sections->last, at);
    }
    if (!at->group.len && !is_kind(p, "group") && !is_kind(p, "several") && !is_kind(p, "file"))
        source_section(c, sections, p, sources);
    fields = section(c, sections, "more", "Further settings");
    forms_control(c, fields, "input", "why", "Why this is asked", pair(p, "x-why", 0), false,
                  "Shown where sensitive data is asked for.");
    forms_control(c, fields, "input", "why_en", "Why this is asked, in English", pair(p, "x-why", 1), false,
                  NULL);
    forms_control(c, fields, "input", "name", "Name in the data", at->name, true,
                  "For programs: small letters, digits and _.");
}

/* ---- and back ---- */

static void set_or_drop(struct ctx *c, struct json *p, const char *key, struct str text)
{
    if (text.len)
        json_set_str(c->arena, p, key, text);
    else
        tree_drop(p, str_c(key));
}

static void set_pair(struct ctx *c, struct json *p, const char *key, const char *zh, const char *en)
{
    struct str first = in_text(c, zh), second = in_text(c, en);
    if (!first.len && !second.len) {
        tree_drop(p, str_c(key));
        return;
    }
    struct json *list = json_set_array(c->arena, p, key);
    json_add(list, json_string(c->arena, first.len ? first : second));
    if (second.len) json_add(list, json_string(c->arena, second));
}

static void set_count(struct ctx *c, struct json *p, const char *key, const char *input, int64_t usual)
{
    int64_t n = in_i64(c, input, usual);
    if (n == usual)
        tree_drop(p, str_c(key));
    else
        json_set_i64(c->arena, p, key, n);
}

/* The value of a choice stays while its Chinese label does. */
static struct str value_of(struct ctx *c, const struct json *property, const struct json *taken,
                           struct str zh, struct str en)
{
    JSON_EACH(l, json_get(property, "x-labels"))
    {
        if (str_eq(json_text(json_at(l, 0)), zh) && !json_get_str(taken, l->key)) return l->key;
    }
    struct buf b = buf_new(c->arena, 24);
    for (size_t i = 0; i < en.len && b.len < 24; i++) {
        char ch = en.ptr[i];
        if (ch >= 'A' && ch <= 'Z') ch = (char)(ch - 'A' + 'a');
        bool letter = ch >= 'a' && ch <= 'z', digit = ch >= '0' && ch <= '9';
        if (letter || digit) buf_add_char(&b, ch);
        if (!letter && !digit && b.len && buf_str(&b).ptr[b.len - 1] != '_') buf_add_char(&b, '_');
    }
    struct str base = b.len ? buf_str(&b) : STR("option"), value = b.len ? base : STR("option_1");
    for (int n = 2; json_get_str(taken, value) || json_get_str(json_get(property, "x-labels"), value); n++)
        value = str_fmt(c->arena, "%.*s_%d", STR_ARG(base), n);
    return value;
}

static void read_choices(struct ctx *c, struct json *p)
{
    struct json *values = json_array(c->arena), *labels = json_object(c->arena);
    struct str rest = in_text(c, "choices"), line, zh, en;
    while (rest.len) {
        rest = str_cut(rest, '\n', &line);
        if (!str_trim(line).len) continue;
        size_t bar = str_find(line, STR("|")), wide = str_find(line, STR("｜"));
        size_t at = bar != SIZE_MAX ? bar : wide, skip = bar != SIZE_MAX ? 1 : strlen("｜");
        zh = str_trim(at == SIZE_MAX ? line : str_slice(line, 0, at));
        en = at == SIZE_MAX ? STR_EMPTY : str_trim(str_slice(line, at + skip, line.len));
        if (!zh.len) zh = en;
        if (values->count == CHOICES_MAX) {
            err_at(c->err, STR("choices"), "There may be at most %{arg} choices.",
                   str_fmt(c->arena, "%d", CHOICES_MAX));
            return;
        }
        struct str value = value_of(c, p, labels, zh, en);
        struct json *pair_of = json_set_array(c->arena, labels, str_z(c->arena, value));
        json_add(values, json_string(c->arena, value));
        json_add(pair_of, json_string(c->arena, zh));
        if (en.len) json_add(pair_of, json_string(c->arena, en));
    }
    if (values->count < 2) err_at(c->err, STR("choices"), "Please give at least two choices.", STR_EMPTY);
    json_set(is_kind(p, "several") ? tree_get(p, "items") : p, "enum", values);
    json_set(p, "x-labels", labels);
    if (!is_kind(p, "several")) return;
    int64_t least = in_i64(c, "rows_least", 0), most = in_i64(c, "rows_most", 0);
    set_count(c, p, "minItems", "rows_least", 0);
    set_count(c, p, "maxItems", "rows_most", 0);
    if (most && least > most)
        err_at(c->err, STR("rows_most"), "The greatest value is below the least.", STR_EMPTY);
}

static struct json *read_bound(struct ctx *c, struct json *p, const char *key, const char *input, bool whole)
{
    struct err wrong = {0};
    struct str text = in_text(c, input);
    tree_drop(p, str_c(key));
    if (!text.len) return NULL;
    struct json *n = json_parse(c->arena, text, JSON_STRICT, &wrong);
    bool fraction = str_find_char(text, '.') != SIZE_MAX || str_find_char(text, 'e') != SIZE_MAX ||
                    str_find_char(text, 'E') != SIZE_MAX;
    if (!json_is(n, JSON_NUMBER) || text.len > 15 || (whole && fraction)) {
        err_at(c->err, str_c(input), whole ? "Please enter a whole number." : "Please enter a number.",
               STR_EMPTY);
        return NULL;
    }
    return json_set(p, key, n);
}

double amount_of(const struct json *n)
{
    char text[24] = {0};
    memcpy(text, n->text.ptr, n->text.len < sizeof text ? n->text.len : sizeof text - 1);
    return strtod(text, NULL);
}

static void read_bounds(struct ctx *c, struct json *p)
{
    bool whole = is_kind(p, "integer");
    const struct json *least = read_bound(c, p, "minimum", "least", whole),
                      *most = read_bound(c, p, "maximum", "most", whole);
    if (least && most && amount_of(least) > amount_of(most))
        err_at(c->err, STR("most"), "The greatest value is below the least.", STR_EMPTY);
}

static void read_file(struct ctx *c, struct json *p)
{
    bool photo = false, pdf = false;
    JSON_EACH(one, json_get(c->in, "accept"))
    {
        photo = photo || str_eq_c(one->text, "photo");
        pdf = pdf || str_eq_c(one->text, "pdf");
    }
    if (!photo && !pdf) err_at(c->err, STR("accept"), "Please choose at least one kind of file.", STR_EMPTY);
    tree_drop(p, STR("x-accept"));
    if (photo != pdf) {
        struct json *accept = json_set_array(c->arena, p, "x-accept");
        if (photo) json_add(accept, json_string(c->arena, STR("image/jpeg")));
        if (photo) json_add(accept, json_string(c->arena, STR("image/png")));
        if (pdf) json_add(accept, json_string(c->arena, STR("application/pdf")));
    }
    json_set_i64(c->arena, p, "x-max-mb", in_i64(c, "max_mb", 5));
    set_count(c, p, "x-count", "count", 1);
    set_count(c, p, "x-least", "files_least", 1);
    if (in_i64(c, "files_least", 1) > in_i64(c, "count", 1))
        err_at(c->err, STR("count"), "The greatest value is below the least.", STR_EMPTY);
}

static void read_group(struct ctx *c, struct json *p)
{
    struct json *items = tree_get(p, "items");
    int64_t least = in_i64(c, "rows_least", 0), most = in_i64(c, "rows_most", 20);
    set_or_drop(c, items, "title", in_text(c, "single"));
    set_or_drop(c, items, "x-en", in_text(c, "single_en"));
    set_count(c, p, "minItems", "rows_least", 0);
    json_set_i64(c->arena, p, "maxItems", most);
    if (least > most) err_at(c->err, STR("rows_most"), "The greatest value is below the least.", STR_EMPTY);
}

static void read_kind(struct ctx *c, struct json *p)
{
    if (is_kind(p, "choice") || is_kind(p, "several"))
        read_choices(c, p);
    else if (is_number(p))
        read_bounds(c, p);
    else if (is_kind(p, "file"))
        read_file(c, p);
    else if (is_kind(p, "group"))
        read_group(c, p);
    else if (is_kind(p, "tick")) {
        if (in_true(c, "must"))
            json_set_bool(c->arena, p, "const", true);
        else
            tree_drop(p, STR("const"));
    } else if (is_kind(p, "text") || is_kind(p, "lines")) {
        bool lines = is_kind(p, "lines");
        if (lines && !json_get(p, "x-rows")) json_set_i64(c->arena, p, "x-rows", 4);
        int64_t most = in_i64(c, "chars", lines ? 1000 : 200);
        json_set_i64(c->arena, p, "maxLength", lines || most <= 200 ? most : 200);
    }
}

static void read_source(struct ctx *c, struct json *p)
{
    struct str source = in_text(c, "source");
    set_or_drop(c, p, "x-source", source);
    if (!source.len) tree_drop(p, STR("x-source-where"));
    if (source.len && in_true(c, "locked"))
        json_set_bool(c->arena, p, "readOnly", true);
    else
        tree_drop(p, STR("readOnly"));
}

static bool name_ok(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.ptr[i];
        bool letter = ch >= 'a' && ch <= 'z', rest = (ch >= '0' && ch <= '9') || ch == '_';
        if (!letter && !(rest && i)) return false;
    }
    return name.len > 0;
}

static void read_name(struct ctx *c, struct json *schema, struct place *at)
{
    struct str name = in_text(c, "name");
    if (!name.len || str_eq(name, at->name)) return;
    if (!name_ok(name)) {
        err_at(c->err, STR("name"), "Small letters, digits and _ only, beginning with a letter.", STR_EMPTY);
        return;
    }
    if (build_rename(c, schema, at, name)) at->name = name;
}

bool field_read(struct ctx *c, struct json *schema, struct place *at, struct str *path)
{
    struct json *p = at->property;
    const struct form_kind *kind = kind_find(in_text(c, "kind"));
    bool group = is_kind(p, "group"), changed = kind && !group && kind != kind_of(p);
    if (changed && (strcmp(kind->id, "group") == 0 || (at->group.len && strcmp(kind->id, "several") == 0)))
        return err_at(c->err, STR("kind"), "Please choose one of the options.", STR_EMPTY);
    struct str asked_by = changed ? build_asked_by(c, at) : STR_EMPTY;
    if (asked_by.len)
        return err_at(c->err, STR("kind"),
                      "This field decides whether another one is shown: %{arg}. Change that first.",
                      asked_by);
    if (changed) kind_become(c, p, kind);
    json_set_str(c->arena, p, "title", in_text(c, "title"));
    set_or_drop(c, p, "x-en", in_text(c, "en"));
    set_pair(c, p, "x-help", "help", "help_en");
    set_pair(c, p, "x-why", "why", "why_en");
    build_require(c, at, in_true(c, "required"));
    /* A kind chosen just now has its own questions, which nobody has answered yet. */
    if (!changed) read_kind(c, p);
    when_read(c, at);
    if (!at->group.len && !group && !is_kind(p, "several") && !is_kind(p, "file")) read_source(c, p);
    read_name(c, schema, at);
    *path = at->group.len ? str_fmt(c->arena, "%.*s.%.*s", STR_ARG(at->group), STR_ARG(at->name)) : at->name;
    return c->err->kind == ERR_NONE;
}
