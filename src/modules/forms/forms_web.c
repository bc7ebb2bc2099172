/* Officers' pages of forms: the list, one version with its builder, its review. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/forms/forms_internal.h"

/* ---- words and controls ---- */

struct str forms_name(const struct ctx *c, struct str zh, struct str en)
{
    return c->lang == &lang_en && en.len ? en : zh;
}

static struct str account_name(struct ctx *c, int64_t account)
{
    struct account a;
    if (!account) return ctx_tr(c, "Shipped with the program");
    if (account_load(c, account, &a)) return a.label;
    err_clear(c->err);
    return STR_EMPTY;
}

static struct str status_label(struct ctx *c, struct str status)
{
    static const char *const words[][2] = {
        {"draft", "Draft"}, {"review", "Waiting for review"}, {"published", "Published"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(status, words[i][0])) return ctx_tr(c, words[i][1]);
    return status;
}

static struct str from_text(struct ctx *c, int32_t day)
{
    return day ? date_words_full(c->lang, c->arena, day) : STR("–");
}

struct json *forms_control(struct ctx *c, struct json *fields, const char *kind, const char *name,
                           const char *label, struct str value, bool required, const char *hint)
{
    static const char *const open[] = {"source", "autocomplete", "inputmode", "width",   "maxlength",
                                       "accept", "max_mb",       "note",      "multiple"};
    struct json *f = ctx_field(c, fields, name, label, strcmp(kind, "date") == 0 ? "date" : "text", value);
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        json_set(f, open[i], json_null(c->arena));
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    json_set_bool(c->arena, f, "required", required);
    json_set_bool(c->arena, f, "readonly", false);
    json_set_bool(c->arena, f, "label_zh", false);
    json_set(f, "hint", hint ? json_string(c->arena, ctx_tr(c, hint)) : json_null(c->arena));
    if (!json_get(f, "error")) json_set(f, "error", json_null(c->arena));
    if (strcmp(kind, "select") == 0 || strcmp(kind, "radios") == 0) json_set_array(c->arena, f, "options");
    return f;
}

static struct str base_of(struct ctx *c, int64_t form)
{
    return str_fmt(c->arena, "/office/forms/%lld", (long long)form);
}

void forms_head(struct ctx *c, const struct versions_row *v)
{
    struct json *doc = ctx_doc(c);
    struct str base = base_of(c, v->id);
    json_set_id(c->arena, doc, "id", v->id);
    json_set_str(c->arena, doc, "code", v->code);
    json_set_str(c->arena, doc, "name", forms_name(c, v->name, v->en));
    json_set_bool(c->arena, doc, "name_zh", !v->en.len);
    json_set_i64(c->arena, doc, "number", v->version);
    json_set_str(c->arena, doc, "status_label", status_label(c, v->status));
    json_set_str(c->arena, doc, "from", from_text(c, v->from));
    json_set_str(c->arena, doc, "base", base);
}

/* ---- the list, a new one ---- */

bool forms_list_page(struct ctx *c)
{
    struct versions_row *rows;
    size_t count;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "forms");
    if (!versions_last(c, &form_versions, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct versions_row *v = &rows[i];
        const struct form_version *now = form_in_force(c, v->code, date_of(c->now));
        struct json *o = json_add_object(c->arena, list);
        json_set_id(c->arena, o, "id", v->id);
        json_set_str(c->arena, o, "code", v->code);
        json_set_str(c->arena, o, "name", forms_name(c, v->name, v->en));
        json_set_bool(c->arena, o, "name_zh", !v->en.len);
        json_set_str(c->arena, o, "href", base_of(c, v->id));
        json_set(o, "in_force",
                 now ? json_string(c->arena, str_fmt(c->arena, "%d", now->version)) : json_null(c->arena));
        json_set_i64(c->arena, o, "last", v->version);
        json_set_str(c->arena, o, "status_label", status_label(c, v->status));
    }
    json_set_bool(c->arena, doc, "has_forms", count > 0);
    json_set(doc, "new_href",
             ctx_may(c, "form.edit") ? json_string(c->arena, STR("/office/forms/new")) : json_null(c->arena));
    return true;
}

static struct json *file_control(struct ctx *c, struct json *fields, bool required)
{
    struct json *f = forms_control(c, fields, "file", "file", "JSON Schema", STR_EMPTY, required,
                                   "A document of draft 2020-12, as this page exports it.");
    json_set_c(c->arena, f, "accept", ".json,application/json");
    json_set_i64(c->arena, f, "max_mb", 1);
    return f;
}

/* What was wrong with the document that came back with the page. */
static bool show_faults(struct ctx *c, struct str text)
{
    struct json *schema, *faults = json_array(c->arena);
    if (text.len && !forms_check(c, text, &schema, &faults)) return false;
    json_set(ctx_doc(c), "faults", faults);
    json_set_bool(c->arena, ctx_doc(c), "has_faults", faults->count > 0);
    return true;
}

static struct str sent_document(struct ctx *c)
{
    const struct upload *file = ctx_upload(c, STR("file"));
    return file ? file->content : STR_EMPTY;
}

bool forms_new_page(struct ctx *c)
{
    struct json *fields = json_set_array(c->arena, ctx_doc(c), "fields"), *f;
    forms_control(c, fields, "input", "name", "Name of the form", STR_EMPTY, true, NULL);
    forms_control(c, fields, "input", "en", "English name", STR_EMPTY, false, NULL);
    f = forms_control(c, fields, "input", "code", "Code", STR_EMPTY, false,
                      "Services name the form by it. Left empty it is made from the English name.");
    json_set_c(c->arena, f, "autocomplete", "off");
    file_control(c, fields, false);
    return show_faults(c, c->failed ? sent_document(c) : STR_EMPTY);
}

static bool is_code(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || (ch == '-' && i > 0))) return false;
    }
    return s.len > 0 && s.len <= 60;
}

static struct str code_from(struct ctx *c, struct str en, int64_t id)
{
    struct buf b = buf_new(c->arena, 60);
    for (size_t i = 0; i < en.len && b.len < 50; i++) {
        char ch = en.ptr[i];
        if (ch >= 'A' && ch <= 'Z') ch = (char)(ch - 'A' + 'a');
        bool kept = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');
        if (kept)
            buf_add_char(&b, ch);
        else if (b.len && buf_str(&b).ptr[b.len - 1] != '-')
            buf_add_char(&b, '-');
    }
    struct str s = buf_str(&b);
    while (s.len && s.ptr[s.len - 1] == '-')
        s.len--;
    return s.len ? s : str_fmt(c->arena, "form-%lld", (long long)id);
}

/* The document that was sent, sound: INVALID at "file" with the first fault otherwise; all are on the page.
 */
static bool read_document(struct ctx *c, struct json **schema)
{
    struct str text = sent_document(c);
    struct json *faults;
    if (text.len > SCHEMA_MAX)
        return err_at(c->err, STR("file"), "This file is too large. At most %{arg} MB are accepted.",
                      STR("0.25"));
    if (!text.len || !utf8_valid(text))
        return err_at(c->err, STR("file"), "This is no readable JSON document.", STR_EMPTY);
    if (!forms_check(c, text, schema, &faults)) return false;
    return !faults->count || err_at(c->err, STR("file"), "This document cannot be used: %{arg}",
                                    json_text_of(faults->first, "text"));
}

bool forms_create(struct ctx *c)
{
    struct versions_row row = {.id = ctx_id(c), .name = in_text(c, "name"), .en = in_text(c, "en")};
    struct json *schema;
    int64_t taken;
    row.code = in_text(c, "code").len ? in_text(c, "code") : code_from(c, row.en, row.id);
    if (!is_code(row.code))
        return err_at(c->err, STR("code"), "A code has small letters, digits and hyphens only.", STR_EMPTY);
    if (!versions_by_code(c, &form_versions, row.code, &taken)) return false;
    if (taken) return err_at(c->err, STR("code"), "Another form has this code.", STR_EMPTY);
    if (sent_document(c).len) {
        if (!read_document(c, &schema)) return false;
        json_set_str(c->arena, schema, "title", row.name);
    } else {
        schema = build_blank(c, row.name, row.en);
    }
    row.text = json_to_str(c->arena, schema);
    if (!versions_add_model(c, &form_versions, &row) || !versions_save(c, &form_versions, &row, false))
        return false;
    ctx_notice(c, "The draft is begun. Add the first question.");
    json_set_id(c->arena, ctx_doc(c), "id", row.id);
    return ctx_redirect(c, "/office/forms/%lld", (long long)row.id);
}

/* ---- one form ---- */

bool forms_scope(struct ctx *c)
{
    struct versions_row *rows;
    size_t count;
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !versions_of(c, &form_versions, id, &rows, &count)) return false;
    if (!count) return err_missing(c->err, "form", "We cannot find this form.");
    c->row = id;
    return true;
}

bool forms_load_draft(struct ctx *c, struct forms_draft *d)
{
    if (!versions_draft(c, &form_versions, c->row, &d->row, &d->open)) return false;
    d->schema = json_parse(c->arena, d->row.text, JSON_STRICT, c->err);
    return d->schema != NULL;
}

bool forms_open_draft(struct ctx *c, struct forms_draft *d)
{
    if (!forms_load_draft(c, d)) return false;
    if (str_eq_c(d->row.status, "review"))
        return err_conflict(c->err, "form.under_review",
                            "This draft is under review. It can be changed when the reviewer returns it.");
    if (in_has(c, "revision") && !str_eq(in_text(c, "revision"), versions_revision(c, &d->row, d->open)))
        return err_conflict(c->err, "form.changed",
                            "Someone else changed this in the meantime. Look at it again before you save.");
    return true;
}

bool forms_keep(struct ctx *c, struct forms_draft *d)
{
    d->row.text = json_to_str(c->arena, d->schema);
    if (d->row.text.len > SCHEMA_MAX)
        return err_conflict(c->err, "form.full", "This form has grown too large.");
    return versions_save(c, &form_versions, &d->row, d->open);
}

static struct json *add_act(struct ctx *c, const char *label, const char *tone, const char *path,
                            const char *says)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, (struct json *)json_get(ctx_doc(c), "acts"));
    json_set_str(a, o, "label", ctx_tr(c, label));
    json_set_c(a, o, "tone", tone);
    json_set_bool(a, o, "open", str_eq_c(str_c(tone), "main"));
    json_set_str(a, o, "action", str_fmt(a, "/office/forms/%lld/%s", (long long)c->row, path));
    json_set_str(a, o, "says", ctx_tr(c, says));
    return json_set_array(a, o, "fields");
}

static void add_acts(struct ctx *c, const struct versions_row *last, const struct versions_row *shown)
{
    struct json *fields;
    bool publishes = ctx_may(c, "form.publish");
    json_set_array(c->arena, ctx_doc(c), "acts");
    if (str_eq_c(last->status, "draft") && ctx_may(c, "form.edit") && shown->version == last->version) {
        fields = add_act(c, "Send to review", "main", "review",
                         "Somebody else looks at it and publishes it, or returns it to you with a reason.");
        forms_control(c, fields, "date", "from", "In force from", date_format(c->arena, date_of(c->now)),
                      true, NULL);
    }
    if (str_eq_c(last->status, "review") && publishes && !versions_is_author(c, last)) {
        add_act(c, "Publish", "main", "publish",
                "From the day it takes effect new applications use this version. Those begun keep theirs.");
        fields = add_act(c, "Return to the author", "quiet", "return", "The author reads your reason.");
        forms_control(c, fields, "textarea", "why", "Your reason", STR_EMPTY, true, NULL);
    }
    if (shown->version != last->version && shown->published_at && publishes) {
        fields = add_act(c, "Go back to this version", "quiet", "roll-back",
                         "Its text takes effect today, as a new version.");
        forms_control(c, fields, "hidden", "version", "Version", str_fmt(c->arena, "%d", shown->version),
                      true, NULL);
    }
}

static void add_version(struct ctx *c, struct json *list, const struct versions_row *v, bool shown)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, list);
    bool open = !v->published_at;
    struct str who = account_name(c, v->made_by);
    if (v->reviewed_by && v->reviewed_by != v->made_by)
        who = str_fmt(a, "%.*s → %.*s", STR_ARG(who), STR_ARG(account_name(c, v->reviewed_by)));
    json_set_i64(a, o, "number", v->version);
    json_set_str(a, o, "href", str_fmt(a, "/office/forms/%lld?version=%d", (long long)v->id, v->version));
    json_set_bool(a, o, "shown", shown);
    json_set_str(a, o, "status_label", status_label(c, v->status));
    json_set_str(a, o, "from", from_text(c, v->from));
    json_set_str(a, o, "when", time_words(c->lang, a, open ? v->made_at : v->published_at, c->now));
    json_set_str(a, o, "who", who);
    json_set(o, "note", open && v->note.len ? json_string(a, v->note) : json_null(a));
}

/* ---- the builder ---- */

static void add_field_row(struct ctx *c, struct json *list, const struct json *holder,
                          const struct json *property, struct str group, bool first, bool last)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, list), *cells;
    struct str path =
        group.len ? str_fmt(a, "%.*s.%.*s", STR_ARG(group), STR_ARG(property->key)) : property->key;
    struct str en = json_text_of(property, "x-en"), when = when_text(c, holder, property->key),
               source = json_text_of(property, "x-source");
    const struct json *items = json_get(property, "items"), *inside = json_get(items, "properties");
    bool is_group = str_eq_c(json_text_of(items, "type"), "object");
    json_set_str(a, o, "path", path);
    json_set_str(a, o, "label", forms_name(c, json_text_of(property, "title"), en));
    json_set_bool(a, o, "label_zh", !en.len);
    json_set_str(a, o, "kind_label", ctx_tr(c, kind_of(property)->label));
    json_set_bool(a, o, "required", tree_index(json_get(holder, "required"), property->key) != SIZE_MAX);
    json_set(o, "when", when.len ? json_string(a, when) : json_null(a));
    json_set(o, "from_register", source.len ? json_string(a, source) : json_null(a));
    json_set_str(
        a, o, "edit_href",
        str_fmt(a, "/office/forms/%lld/field?at=%.*s", (long long)c->row, STR_ARG(url_encode(a, path))));
    json_set_bool(a, o, "first", first);
    json_set_bool(a, o, "last", last);
    json_set_bool(a, o, "is_group", is_group);
    cells = json_set_array(a, o, "cells");
    for (const struct json *p = is_group && inside ? inside->first : NULL; p; p = p->next)
        add_field_row(c, cells, items, p, property->key, p == inside->first, !p->next);
    if (is_group) json_set_str(a, o, "into", str_fmt(a, "group:%.*s", STR_ARG(property->key)));
}

static void kind_choices(struct ctx *c, struct json *doc)
{
    struct json *fields = json_array(c->arena),
                *f = ctx_field(c, fields, "kind", "Kind of answer", "select", STR_EMPTY);
    kind_options(c, f, true, true);
    json_set(doc, "kinds", json_copy(c->arena, json_get(f, "options")));
    f = ctx_field(c, fields, "cell", "Kind of answer", "select", STR_EMPTY);
    kind_options(c, f, false, false);
    json_set(doc, "cell_kinds", json_copy(c->arena, json_get(f, "options")));
}

static void add_pages(struct ctx *c, struct json *doc, const struct json *schema)
{
    struct arena *a = c->arena;
    const struct json *properties = json_get(schema, "properties"), *all = json_get(schema, "x-pages");
    struct json *pages = json_set_array(a, doc, "pages");
    int n = 1;
    JSON_EACH(page, all)
    {
        struct json *o = json_add_object(a, pages), *list;
        const struct json *fields = json_get(page, "fields");
        struct str id = json_text_of(page, "id"), en = json_text_of(page, "en");
        json_set_str(a, o, "page_id", id);
        json_set_i64(a, o, "position", n++);
        json_set_str(a, o, "title", forms_name(c, json_text_of(page, "title"), en));
        json_set_bool(a, o, "title_zh", !en.len);
        json_set_bool(a, o, "first", page == all->first);
        json_set_bool(a, o, "last", !page->next);
        json_set_bool(a, o, "empty", !fields || !fields->count);
        json_set_str(a, o, "into", str_fmt(a, "page:%.*s", STR_ARG(id)));
        json_set_str(
            a, o, "edit_href",
            str_fmt(a, "/office/forms/%lld/page?at=%.*s", (long long)c->row, STR_ARG(url_encode(a, id))));
        list = json_set_array(a, o, "fields");
        JSON_EACH(name, fields)
        {
            const struct json *p = json_get_str(properties, json_text(name));
            /* At the end of a page a field moves on to the next one. */
            if (p)
                add_field_row(c, list, schema, p, STR_EMPTY, page == all->first && name == fields->first,
                              !page->next && !name->next);
        }
    }
    kind_choices(c, doc);
}

static bool find_version(struct ctx *c, struct versions_row **rows, size_t *count, size_t *at)
{
    int64_t wanted = in_i64(c, "version", 0);
    *at = 0;
    if (!versions_of(c, &form_versions, c->row, rows, count)) return false;
    while (wanted && *at < *count && (*rows)[*at].version != wanted)
        (*at)++;
    return *at < *count || err_missing(c->err, "form", "We cannot find this version.");
}

static struct json *href(struct ctx *c, bool there, const char *path)
{
    return there ? json_string(c->arena, str_fmt(c->arena, "/office/forms/%lld/%s", (long long)c->row, path))
                 : json_null(c->arena);
}

bool forms_page(struct ctx *c)
{
    struct versions_row *rows;
    size_t count, at;
    struct json *doc = ctx_doc(c), *versions = json_set_array(c->arena, doc, "versions");
    if (!find_version(c, &rows, &count, &at)) return false;
    const struct versions_row *v = &rows[at], *last = &rows[0];
    bool edits = ctx_may(c, "form.edit") && at == 0 && !str_eq_c(last->status, "review");
    struct json *schema = json_parse(c->arena, v->text, JSON_STRICT, c->err);
    if (!schema || !show_faults(c, v->text)) return false;
    forms_head(c, v);
    for (size_t i = 0; i < count; i++)
        add_version(c, versions, &rows[i], i == at);
    json_set_bool(c->arena, doc, "editable", edits);
    json_set_bool(c->arena, doc, "own", str_eq_c(last->status, "review") && versions_is_author(c, last));
    json_set_bool(c->arena, doc, "under_review", str_eq_c(last->status, "review") && at == 0);
    json_set_str(c->arena, doc, "revision", versions_revision(c, last, !last->published_at));
    json_set_str(c->arena, doc, "schema_href",
                 str_fmt(c->arena, "/office/forms/%lld/schema?version=%d", (long long)c->row, v->version));
    json_set_str(c->arena, doc, "try_href",
                 str_fmt(c->arena, "/office/forms/%lld/try?version=%d", (long long)c->row, v->version));
    json_set(doc, "import_href", href(c, edits, "import"));
    struct json *fields = json_set_array(c->arena, doc, "settings");
    forms_control(c, fields, "input", "name", "Name of the form", v->name, true, NULL);
    forms_control(c, fields, "input", "en", "English name", v->en, false, NULL);
    add_pages(c, doc, schema);
    forms_preview(c, doc, schema);
    add_acts(c, last, v);
    return true;
}

/* ---- changing it ---- */

static bool back_to(struct ctx *c, struct str anchor)
{
    if (!anchor.len) return ctx_redirect(c, "/office/forms/%lld", (long long)c->row);
    return ctx_redirect(c, "/office/forms/%lld#f-%.*s", (long long)c->row,
                        STR_ARG(url_encode(c->arena, anchor)));
}

bool forms_add_now(struct ctx *c)
{
    struct forms_draft d;
    struct str path, into = in_text(c, "into");
    if (!forms_open_draft(c, &d)) return false;
    if (str_eq_c(into, "page"))
        return build_add_page(c, d.schema, in_text(c, "label"), in_text(c, "en")) && forms_keep(c, &d) &&
               back_to(c, STR_EMPTY);
    if (!build_add(c, d.schema, into, in_text(c, "kind").len ? in_text(c, "kind") : STR("text"),
                   in_text(c, "label"), in_text(c, "en"), in_true(c, "required"), &path) ||
        !forms_keep(c, &d))
        return false;
    json_set_str(c->arena, ctx_doc(c), "path", path);
    /* What cannot do without more is asked at once. */
    if (str_eq_c(in_text(c, "kind"), "choice"))
        return ctx_redirect(c, "/office/forms/%lld/field?at=%.*s", (long long)c->row,
                            STR_ARG(url_encode(c->arena, path)));
    return back_to(c, path);
}

/* "up:path", "down:path", "drop:path", and the same with "page-" before. */
bool forms_change(struct ctx *c)
{
    struct forms_draft d;
    struct str what, at = str_cut(in_text(c, "go"), ':', &what);
    bool ok, page = str_starts(what, STR("page-"));
    if (page) what = str_slice(what, 5, what.len);
    if (!forms_open_draft(c, &d)) return false;
    if (str_eq_c(what, "up") || str_eq_c(what, "down")) {
        bool up = str_eq_c(what, "up");
        ok = page ? build_move_page(c, d.schema, at, up) : build_move(c, d.schema, at, up);
    } else if (str_eq_c(what, "drop")) {
        ok = page ? build_drop_page(c, d.schema, at) : build_drop(c, d.schema, at);
        if (ok) ctx_notice(c, "Deleted from the draft. What is published stays as it is.");
    } else {
        return err_at(c->err, STR("go"), "Please choose one of the options.", STR_EMPTY);
    }
    return ok && forms_keep(c, &d) && back_to(c, page || str_eq_c(what, "drop") ? STR_EMPTY : at);
}

bool forms_settings(struct ctx *c)
{
    struct forms_draft d;
    if (!forms_open_draft(c, &d)) return false;
    d.row.name = in_text(c, "name");
    d.row.en = in_text(c, "en");
    json_set_str(c->arena, d.schema, "title", d.row.name);
    if (d.row.en.len) json_set_str(c->arena, d.schema, "x-en", d.row.en);
    return forms_keep(c, &d) && back_to(c, STR_EMPTY);
}

/* ---- one field, one page ---- */

static bool field_document(struct ctx *c, struct forms_draft *d, struct place *at, struct str path)
{
    struct json *doc = ctx_doc(c), *sources;
    if (!forms_all_sources(c, &sources)) return false;
    forms_head(c, &d->row);
    json_set_str(c->arena, doc, "at", path);
    json_set_str(c->arena, doc, "heading",
                 forms_name(c, json_text_of(at->property, "title"), json_text_of(at->property, "x-en")));
    json_set_bool(c->arena, doc, "heading_zh", !json_text_of(at->property, "x-en").len);
    json_set_str(c->arena, doc, "kind_label", ctx_tr(c, kind_of(at->property)->label));
    json_set_str(c->arena, doc, "revision", versions_revision(c, &d->row, d->open));
    field_fields(c, d->schema, at, sources, doc);
    forms_preview(c, doc, d->schema);
    return true;
}

static struct str at_path(struct ctx *c)
{
    return ctx_param(c, STR("at"));
}

bool forms_field_page(struct ctx *c)
{
    struct forms_draft d;
    struct place at;
    struct str path = at_path(c);
    return forms_load_draft(c, &d) && build_find(c, d.schema, path, &at) && field_document(c, &d, &at, path);
}

bool forms_field_save(struct ctx *c)
{
    struct forms_draft d;
    struct place at;
    struct str path;
    if (!forms_open_draft(c, &d) || !build_find(c, d.schema, in_text(c, "at"), &at)) return false;
    const struct form_kind *before = kind_of(at.property);
    if (!field_read(c, d.schema, &at, &path) || !forms_keep(c, &d)) return false;
    if (kind_of(at.property) != before) {
        ctx_notice(c, "Saved. This kind of answer has settings of its own.");
        return ctx_redirect(c, "/office/forms/%lld/field?at=%.*s", (long long)c->row,
                            STR_ARG(url_encode(c->arena, path)));
    }
    return back_to(c, path);
}

/* The preview while it is typed: what is wrong yet is no fault. */
bool forms_field_look(struct ctx *c)
{
    struct forms_draft d;
    struct place at;
    struct str path;
    if (!forms_load_draft(c, &d) || !build_find(c, d.schema, in_text(c, "at"), &at)) return false;
    if (!field_read(c, d.schema, &at, &path)) {
        if (c->err->kind != ERR_INVALID) return false;
        err_clear(c->err);
    }
    forms_preview(c, ctx_doc(c), d.schema);
    return true;
}

bool forms_page_page(struct ctx *c)
{
    struct forms_draft d;
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    if (!forms_load_draft(c, &d)) return false;
    const struct json *page = build_page(d.schema, at_path(c));
    if (!page) return err_missing(c->err, "form.page", "We cannot find this page.");
    forms_head(c, &d.row);
    json_set_str(c->arena, doc, "at", at_path(c));
    json_set_str(c->arena, doc, "revision", versions_revision(c, &d.row, d.open));
    forms_control(c, fields, "input", "title", "Title of the page", json_text_of(page, "title"), true, NULL);
    forms_control(c, fields, "input", "en", "The same in English", json_text_of(page, "en"), false, NULL);
    return true;
}

bool forms_page_save(struct ctx *c)
{
    struct forms_draft d;
    if (!forms_open_draft(c, &d)) return false;
    struct json *page = build_page(d.schema, in_text(c, "at"));
    if (!page) return err_missing(c->err, "form.page", "We cannot find this page.");
    json_set_str(c->arena, page, "title", in_text(c, "title"));
    if (in_text(c, "en").len)
        json_set_str(c->arena, page, "en", in_text(c, "en"));
    else
        tree_drop(page, STR("en"));
    return forms_keep(c, &d) && back_to(c, STR_EMPTY);
}

/* ---- documents in and out ---- */

bool forms_export(struct ctx *c)
{
    struct versions_row *rows;
    size_t count, at;
    if (!find_version(c, &rows, &count, &at)) return false;
    return ctx_file(c, rows[at].text, "application/schema+json",
                    str_fmt(c->arena, "%.*s-%d.json", STR_ARG(rows[at].code), rows[at].version));
}

bool forms_import_page(struct ctx *c)
{
    struct forms_draft d;
    if (!forms_load_draft(c, &d)) return false;
    forms_head(c, &d.row);
    json_set_str(c->arena, ctx_doc(c), "revision", versions_revision(c, &d.row, d.open));
    file_control(c, json_set_array(c->arena, ctx_doc(c), "fields"), true);
    return show_faults(c, c->failed ? sent_document(c) : STR_EMPTY);
}

bool forms_import(struct ctx *c)
{
    struct forms_draft d;
    if (!forms_open_draft(c, &d) || !read_document(c, &d.schema) || !forms_keep(c, &d)) return false;
    ctx_notice(c, "The draft is replaced.");
    return back_to(c, STR_EMPTY);
}

/* ---- review ---- */

bool forms_review_now(struct ctx *c)
{
    struct versions_row row;
    bool open;
    int32_t from;
    if (!date_parse(in_text(c, "from"), &from))
        return err_at(c->err, STR("from"), "Please enter a real date.", STR_EMPTY);
    if (!versions_draft(c, &form_versions, c->row, &row, &open) || !form_send_to_review(c, &row, from))
        return false;
    ctx_notice(c, "Sent to review.");
    return back_to(c, STR_EMPTY);
}

bool forms_publish_now(struct ctx *c)
{
    if (!form_publish(c, c->row)) return false;
    ctx_notice(c, "Published.");
    return back_to(c, STR_EMPTY);
}

bool forms_return_now(struct ctx *c)
{
    if (!versions_return(c, &form_versions, c->row, in_text(c, "why"))) return false;
    ctx_notice(c, "Returned to the author.");
    return back_to(c, STR_EMPTY);
}

bool forms_roll_back_now(struct ctx *c)
{
    if (!form_roll_back(c, c->row, (int)in_i64(c, "version", 0))) return false;
    ctx_notice(c, "The earlier version is in force again from today.");
    return back_to(c, STR_EMPTY);
}

#define REVISION                                                                                             \
    {                                                                                                        \
        "revision", FIELD_LINE, "Revision", .max = 40                                                        \
    }

const struct field forms_page_fields[] = {
    {"version", FIELD_INT, "Version", .min = 1, .max = 1000000},
    {0},
};
const struct field forms_new_fields[] = {
    {"name", FIELD_LINE, "Name of the form", true, .max = 100},
    {"en", FIELD_LINE, "English name", .max = 100},
    {"code", FIELD_LINE, "Code", .max = 60},
    {"file", FIELD_FILE, "JSON Schema", .max = 1 << 20},
    {0},
};
const struct field forms_add_fields[] = {
    {"into", FIELD_LINE, "page:ID, group:NAME, or page for a new page", true, .max = 60},
    {"label", FIELD_LINE, "Question or label", true, .max = LABEL_MAX},
    {"en", FIELD_LINE, "The same in English", .max = LABEL_MAX},
    {"kind", FIELD_CHOICE, "Kind of answer", .choices = FORM_KINDS},
    {"required", FIELD_BOOL, .label = "Must be answered"},
    REVISION,
    {0},
};
const struct field forms_change_fields[] = {
    {"go", FIELD_LINE, "up:NAME, down:NAME, drop:NAME, page-up:ID, page-down:ID, page-drop:ID", true,
     .max = 120},
    REVISION,
    {0},
};
const struct field forms_settings_fields[] = {
    {"name", FIELD_LINE, "Name of the form", true, .max = 100},
    {"en", FIELD_LINE, "English name", .max = 100},
    REVISION,
    {0},
};
const struct field forms_at_fields[] = {{"at", FIELD_LINE, "Field or page", true, .max = 100}, {0}};
const struct field forms_title_fields[] = {
    {"at", FIELD_LINE, "Page", true, .max = 100},
    {"title", FIELD_LINE, "Title of the page", true, .max = LABEL_MAX},
    {"en", FIELD_LINE, "The same in English", .max = LABEL_MAX},
    REVISION,
    {0},
};
const struct field forms_import_fields[] = {
    {"file", FIELD_FILE, "JSON Schema", .max = 1 << 20}, REVISION, {0}};
const struct field forms_review_fields[] = {{"from", FIELD_DATE, "In force from", .required = true}, {0}};
const struct field forms_return_fields[] = {{"why", FIELD_TEXT, "Your reason", true, .max = 1000}, {0}};
const struct field forms_back_fields[] = {
    {"version", FIELD_INT, "Version", true, .min = 1, .max = 1000000},
    {0},
};
