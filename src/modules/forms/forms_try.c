/* A version as a person sees it: beside the builder, and filled in by way of trial. Nothing is kept; who may
 * be tried is a person that no register of the real world can hold (their number begins with 78). */
#include "core/http/server.h"
#include "modules/forms/forms_internal.h"
#include "modules/registry/registry.h"

enum { PEOPLE_MAX = 8, SCANNED_MAX = 64 };
#define FICTIONAL "78"
#define BEFORE    "try."

/* ---- what the partial "field" needs to be told ---- */

static void complete(struct ctx *c, struct json *f, bool acts)
{
    static const char *const none[] = {"hint",      "error",  "autocomplete", "inputmode", "width",
                                       "maxlength", "accept", "max_mb",       "multiple",  "add"};
    const struct json *source = json_get(f, "source"), *why = json_get(f, "why");
    if (json_is(source, JSON_OBJECT)) json_set_str(c->arena, f, "source", json_text_of(source, "name"));
    if (!source) json_set(f, "source", json_null(c->arena));
    if (why && !json_get(f, "hint")) json_set(f, "hint", json_copy(c->arena, why));
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (!json_get(f, none[i])) json_set(f, none[i], json_null(c->arena));
    if (!acts) json_set(f, "add", json_null(c->arena));
    if (!json_get(f, "label_zh")) json_set_bool(c->arena, f, "label_zh", false);
    struct str name = str_cat(c->arena, STR(BEFORE), json_text_of(f, "name"));
    json_set_str(c->arena, f, "id", name);
    json_set_str(c->arena, f, "name", name);
    for (struct json *o = tree_get(f, "options") ? tree_get(f, "options")->first : NULL; o; o = o->next)
        json_set(o, "note", json_null(c->arena));
    for (struct json *r = tree_get(f, "rows") && json_get(json_get(f, "kind"), "group")
                              ? tree_get(f, "rows")->first
                              : NULL;
         r; r = r->next) {
        if (!acts) json_set(r, "remove", json_null(c->arena));
        for (struct json *cell = tree_get(r, "fields")->first; cell; cell = cell->next)
            complete(c, cell, acts);
    }
}

static void add_pages(struct ctx *c, struct json *into, const struct form *form,
                      const struct form_answers *in, const struct json *errors, bool acts)
{
    struct json *pages = json_set_array(c->arena, into, "pages");
    for (size_t i = form_page_next(form, SIZE_MAX, in); i != SIZE_MAX; i = form_page_next(form, i, in)) {
        struct json *page = json_add(pages, form_page(c->arena, form, i, in, errors, c->lang == &lang_en));
        for (struct json *f = tree_get(page, "fields")->first; f; f = f->next)
            complete(c, f, acts);
    }
}

void forms_preview(struct ctx *c, struct json *doc, const struct json *schema)
{
    const struct form_answers nothing = {0};
    const struct form *form = forms_showable(c, schema);
    if (!form) {
        json_set(doc, "preview", json_null(c->arena));
        return;
    }
    add_pages(c, json_set_object(c->arena, doc, "preview"), form, &nothing, NULL, false);
}

/* ---- a simulated person ---- */

static bool add_people(struct ctx *c, struct json *fields, struct str chosen)
{
    struct json *f = forms_control(c, fields, "select", "person", "As a simulated person", chosen, false,
                                   "People of the demonstration alone; nobody real can be chosen."),
                *list;
    int64_t after = 0;
    size_t found = 0;
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "Nobody: all fields empty"));
    if (!registry_resource(c, STR("population"))) return true;
    if (!registry_scan(c, STR("population"), &after, SCANNED_MAX, &list)) return false;
    JSON_EACH(record, list)
    {
        struct str number = json_text_of(record, "id_number");
        if (found == PEOPLE_MAX || !str_starts(number, STR(FICTIONAL))) continue;
        found++;
        ctx_option(c, f, number, json_text_of(record, "name"));
    }
    return true;
}

static bool value_of(struct ctx *c, struct str person, const struct json *property, const struct json **value)
{
    struct str resource, member = str_cut(json_text_of(property, "x-source"), '.', &resource), code = person;
    const struct json *record = NULL;
    struct json *firms;
    *value = NULL;
    if (str_eq_c(resource, "account")) {
        resource = STR("population");
    } else if (str_eq_c(resource, "org")) {
        if (!registry_represented(c, person, &firms)) return false;
        *value = json_get_str(firms->first, member);
        return true;
    }
    if (!registry_resource(c, resource)) return true;
    if (!registry_record(c, resource, code, json_get(property, "x-source-where"), &record)) return false;
    *value = json_get_str(record, member);
    return true;
}

static bool prefill(struct ctx *c, const struct json *schema, struct str person, struct json **out)
{
    *out = json_object(c->arena);
    if (!str_starts(person, STR(FICTIONAL))) return true;
    JSON_EACH(p, json_get(schema, "properties"))
    {
        const struct json *value;
        struct str resource;
        if (!json_text_of(p, "x-source").len) continue;
        if (!value_of(c, person, p, &value)) return false;
        if (!value || json_is(value, JSON_NULL)) continue;
        struct json *o = json_set_object(c->arena, *out, str_z(c->arena, p->key));
        str_cut(json_text_of(p, "x-source"), '.', &resource);
        const struct json *r = registry_resource(c, resource);
        json_set(o, "value", json_copy(c->arena, value));
        json_set_str(c->arena, o, "source", r ? json_text_of(r, "name") : ctx_tr(c, "The person's account"));
        if (r) json_set_str(c->arena, o, "source_en", json_text_of(r, "en"));
    }
    return true;
}

/* ---- filling in ---- */

/* Files that were chosen count as given, by a number each; they are not kept. */
static struct str chosen_files(struct ctx *c, struct str key)
{
    struct buf b = buf_new(c->arena, 16);
    int n = 0;
    for (const struct upload *u = c->req->uploads; u; u = u->next)
        if (str_eq(u->field, key) && u->filename.len) {
            buf_fmt(&b, n ? " %d" : "%d", n + 1);
            n++;
        }
    return buf_str(&b);
}

static struct str typed(void *arg, struct str name)
{
    struct ctx *c = arg;
    if (str_eq_c(name, FORM_ROW)) return ctx_param(c, name);
    struct str key = str_cat(c->arena, STR(BEFORE), name), text = ctx_param(c, key);
    return text.len ? text : chosen_files(c, key);
}

static struct json *errors_of(struct ctx *c, const struct err *e, struct json *summary,
                              const struct form *form)
{
    struct json *errors = json_object(c->arena);
    for (size_t i = 0; i < e->field_count; i++) {
        struct str field = str_dup(c->arena, str_c(e->fields[i].field)),
                   text = tr_arg(c->lang, c->arena, e->fields[i].msgid, str_c(e->fields[i].arg)),
                   title = form_field_title(form, field, c->lang == &lang_en);
        if (json_get_str(errors, field)) continue;
        json_set_str(c->arena, errors, str_z(c->arena, field), text);
        struct json *o = json_add_object(c->arena, summary);
        json_set_str(c->arena, o, "at", str_cat(c->arena, STR(BEFORE), field));
        json_set_str(c->arena, o, "text",
                     title.len ? str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(title),
                                         c->lang == &lang_en ? ": " : "：", STR_ARG(text))
                               : text);
    }
    return errors;
}

/* Everything typed, page by page: what an earlier answer makes visible is read as well. */
static struct json *read_all(struct ctx *c, const struct form *form, struct form_answers *in, bool *acted)
{
    struct json *values = json_object(c->arena), *out;
    *acted = false;
    for (size_t i = 0; i < form_page_count(form); i++) {
        struct err ignored = {0};
        in->values = values;
        if (form_row_act(c->arena, form, i, typed, c, in, &out)) {
            *acted = true;
            values = out;
        } else {
            (void)!form_read_page(c->arena, form, i, typed, c, in, &out, &ignored);
            values = out;
        }
    }
    return values;
}

static bool try_document(struct ctx *c, bool sent)
{
    struct versions_row *rows;
    size_t count, at = 0;
    int64_t wanted = in_i64(c, "version", 0);
    struct json *doc = ctx_doc(c), *summary = json_set_array(c->arena, doc, "wrong"), *known, *values = NULL;
    struct str person = in_text(c, "person");
    bool acted = false;
    if (!versions_of(c, &form_versions, c->row, &rows, &count)) return false;
    while (wanted && at < count && rows[at].version != wanted)
        at++;
    if (at == count) return err_missing(c->err, "form", "We cannot find this version.");
    struct json *schema = json_parse(c->arena, rows[at].text, JSON_STRICT, c->err);
    if (!schema || !prefill(c, schema, person, &known)) return false;
    const struct form *form = forms_showable(c, schema);
    struct form_answers in = {.prefill = known};
    struct err e = {0};
    const struct json *errors = NULL;
    forms_head(c, &rows[at]);
    json_set_i64(c->arena, doc, "version", rows[at].version);
    json_set_str(c->arena, doc, "person", person);
    json_set_bool(c->arena, doc, "accepted", false);
    json_set(doc, "preview", json_null(c->arena));
    if (!add_people(c, json_set_array(c->arena, doc, "people"), person)) return false;
    if (form && sent) {
        in.values = values = read_all(c, form, &in, &acted);
        bool good = acted || form_check(c->arena, form, &in, &values, &e);
        if (!acted) errors = errors_of(c, &e, summary, form);
        if (!good && e.kind == ERR_FAULT) return err_fault(c->err, "%s", e.detail);
        json_set_bool(c->arena, doc, "accepted", good && !acted);
    }
    if (form) add_pages(c, json_set_object(c->arena, doc, "preview"), form, &in, errors, true);
    struct str decides = form ? form_decides(c->arena, form, SIZE_MAX) : STR_EMPTY;
    json_set(doc, "decides", decides.len ? json_string(c->arena, decides) : json_null(c->arena));
    json_set_bool(c->arena, doc, "has_wrong", summary->count > 0);
    return true;
}

bool forms_try_page(struct ctx *c)
{
    return try_document(c, false);
}

bool forms_try(struct ctx *c)
{
    return try_document(c, !str_eq_c(in_text(c, "go"), "person"));
}

const struct field forms_try_fields[] = {
    {"version", FIELD_INT, "Version", .min = 1, .max = 1000000},
    {"person", FIELD_LINE, "Identity number of a person of the demonstration", .max = 20},
    {"go", FIELD_CHOICE, "What to do", .choices = "check|person"},
    {0},
};
