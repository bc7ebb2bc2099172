/* Correction (补正): everything that was asked, supplied at once; of one case, or of several that belong
 * together. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_form_files.h"
#include "modules/evidence/evidence.h"

/* The names of its controls begin with prefix, which tells cases apart where one page asks for several. */
struct correction {
    struct ctx *c;
    struct str prefix;
    struct case_work w;
    struct case_point *points;
    size_t count;
    struct form_sent sent;
};

static bool load_points(struct correction *k)
{
    if (k->w.state.status != COURSE_CORRECTION)
        return err_conflict(k->c->err, "case.no_correction",
                            "Nothing has to be corrected in this application.");
    return case_points(k->c, &k->w, &k->points, &k->count);
}

static bool load(struct ctx *c, struct correction *k)
{
    *k = (struct correction){.c = c, .prefix = STR_EMPTY};
    return apply_load(c, &k->w) && load_points(k);
}

static bool load_case(struct ctx *c, int64_t id, struct str prefix, struct correction *k)
{
    *k = (struct correction){.c = c, .prefix = prefix};
    return apply_load_case(c, id, &k->w) && load_points(k);
}

static struct str control_of(const struct correction *k, struct str name)
{
    return str_cat(k->c->arena, k->prefix, name);
}

static struct str name_of(const struct correction *k, const struct case_point *p)
{
    return control_of(k, str_fmt(k->c->arena, "p%d", p->n));
}

/* "field" or "material", and the id behind it. */
static bool is_field(const struct case_point *p, struct str *id)
{
    struct str kind;
    *id = str_cut(p->target, ':', &kind);
    return str_eq_c(kind, "field");
}

static const struct json *material_rule(const struct case_work *w, struct str id)
{
    JSON_EACH(m, json_get(w->service, "materials"))
    {
        if (str_eq(json_text_of(m, "id"), id)) return m;
    }
    return NULL;
}

/* ---- the page ---- */

enum { SPARE_ROWS = 2 };

/* The field as its page of the form has it, under the name of the point. */
static struct json *form_field(struct ctx *c, const struct case_work *w, struct str property)
{
    size_t page = w->form ? form_field_page(w->form, property) : SIZE_MAX;
    struct form_answers in = w->answers;
    if (page == SIZE_MAX) return NULL;
    in.values = form_spare_rows(c->arena, w->form, w->answers.values, SPARE_ROWS);
    JSON_EACH(f, json_get(form_page(c->arena, w->form, page, &in, NULL, c->lang == &lang_en), "fields"))
    {
        if (str_eq(json_text_of(f, "id"), property)) return (struct json *)f;
    }
    return NULL;
}

static void rename_field(struct ctx *c, struct json *f, struct str name)
{
    struct str sent = ctx_param(c, name), error = apply_error(c, name);
    json_set_str(c->arena, f, "id", name);
    json_set_str(c->arena, f, "name", name);
    if (c->failed && !json_is(json_get(f, "value"), JSON_BOOL)) {
        json_set_str(c->arena, f, "value", sent);
        JSON_EACH(o, json_get(f, "options"))
        {
            json_set_bool(c->arena, (struct json *)o, "checked", str_eq(json_text_of(o, "value"), sent));
        }
    }
    if (error.len) json_set_str(c->arena, f, "error", error);
    apply_complete_field(c, f);
}

/* Cells of a group keep their names, which tell the row, behind the prefix. */
static void prefix_names(const struct correction *k, struct json *node)
{
    for (struct json *child = node->first; child; child = child->next) {
        bool name =
            json_is(child, JSON_STRING) &&
            (str_eq_c(child->key, "id") || str_eq_c(child->key, "name") || str_eq_c(child->key, "sent_as"));
        if (name) child->text = control_of(k, child->text);
        if (!str_eq_c(child->key, "options")) prefix_names(k, child);
    }
}

static void add_point(const struct correction *k, struct json *list, const struct case_point *p)
{
    struct ctx *c = k->c;
    const struct case_work *w = &k->w;
    struct json *o = json_add_object(c->arena, list), *f = NULL;
    struct str id, name = name_of(k, p), title;
    bool field = is_field(p, &id);
    const struct json *rule = field ? NULL : material_rule(w, id);
    title = field ? (w->form ? form_field_title(w->form, id, c->lang == &lang_en) : STR_EMPTY)
                  : apply_pick(c, rule, "name", "en", NULL);
    json_set_str(c->arena, o, "n", str_fmt(c->arena, "%d", p->n));
    json_set_str(c->arena, o, "target", p->target);
    json_set_str(c->arena, o, "title", title);
    json_set_str(c->arena, o, "reason", p->reason);
    if (field) {
        f = form_field(c, w, id);
        if (f) json_set(o, "field", f);
        const struct json *kind = json_get(f, "kind");
        bool cells = json_get(kind, "group") || json_get(kind, "checkboxes");
        if (f && cells) {
            apply_complete_field(c, f);
            apply_without_buttons(c, f);
            if (k->prefix.len) {
                json_set_str(c->arena, f, "id", control_of(k, json_text_of(f, "id")));
                json_set_str(c->arena, f, "name", control_of(k, json_text_of(f, "name")));
                if (json_get(f, "rows")) prefix_names(k, (struct json *)json_get(f, "rows"));
                if (json_get(f, "options")) prefix_names(k, (struct json *)json_get(f, "options"));
            }
        } else if (f) {
            rename_field(c, f, name);
        }
    } else if (rule) {
        f = apply_field(c, o, str_z(c->arena, name), ctx_tr(c, "Upload a new file"), false, "file");
        apply_file_rules(c, f, rule);
    }
    if (!f) json_set(o, "field", json_null(c->arena));
}

static struct str asked_by(struct ctx *c, const struct case_point *p)
{
    struct account a;
    if (account_load(c, p->asked_by, &a))
        return str_fmt(c->arena, "%.*s · %.*s", STR_ARG(apply_unit_name(c, a.unit)), STR_ARG(a.label));
    if (c->err->kind == ERR_MISSING) err_clear(c->err);
    return STR_EMPTY;
}

static void add_crumb(struct ctx *c, struct json *crumbs, struct str name, struct str href)
{
    struct json *o = json_add_object(c->arena, crumbs);
    json_set_str(c->arena, o, "name", name);
    json_set_str(c->arena, o, "href", href);
}

bool apply_correction(struct ctx *c)
{
    struct correction k;
    int64_t until;
    if (!load(c, &k) || !case_correction_until(c, k.w.file.id, &until)) return false;
    struct json *doc = ctx_doc(c), *crumbs = json_set_array(c->arena, doc, "crumbs"),
                *list = json_set_array(c->arena, doc, "points");
    struct str href = str_fmt(c->arena, "/cases/%lld", (long long)k.w.file.id);
    apply_head(c, doc, k.w.item, STR_EMPTY, 0, 0);
    add_crumb(c, crumbs, ctx_tr(c, "My applications"), STR("/me/cases"));
    add_crumb(c, crumbs, k.w.file.item_name, href);
    json_set_str(c->arena, doc, "note",
                 ctx_tr(c, "Please supply everything together; then the work goes on by itself."));
    struct str by = k.count ? asked_by(c, &k.points[0]) : STR_EMPTY;
    if (c->err->kind != ERR_NONE) return false;
    json_set(doc, "asked_by", by.len ? json_string(c->arena, by) : json_null(c->arena));
    json_set_str(c->arena, doc, "asked", k.count ? words_time(c, k.points[0].asked_at) : STR_EMPTY);
    json_set(doc, "until", until ? json_string(c->arena, words_day(c, until)) : json_null(c->arena));
    json_set_str(c->arena, doc, "action", str_cat(c->arena, href, STR("/correction")));
    for (size_t i = 0; i < k.count; i++)
        add_point(&k, list, &k.points[i]);
    return true;
}

bool case_correction_add(struct ctx *c, int64_t id, struct str prefix, struct json *list)
{
    struct correction k;
    if (!load_case(c, id, prefix, &k)) return false;
    for (size_t i = 0; i < k.count; i++)
        add_point(&k, list, &k.points[i]);
    return true;
}

/* ---- supplying ---- */

/* The property that a control of this page is about: of a point, or of a cell of a group that is one. */
static bool property_of(const struct correction *k, struct str control, struct str *property)
{
    struct str id, group, bare;
    if (!str_starts(control, k->prefix)) return false;
    bare = str_slice(control, k->prefix.len, control.len);
    str_cut(bare, '.', &group);
    for (size_t i = 0; i < k->count; i++) {
        if (!is_field(&k->points[i], &id)) continue;
        *property = str_eq(control, name_of(k, &k->points[i])) ? id : bare;
        if (!str_eq(*property, bare) || (group.len < bare.len && str_eq(group, id))) return true;
    }
    return false;
}

static bool take_form_files(const struct correction *k)
{
    struct ctx *c = k->c;
    for (const struct upload *u = c->req->uploads; u; u = u->next) {
        struct str property;
        const struct json *rule =
            property_of(k, u->field, &property) ? form_file_rule(c, k->w.form, property) : NULL;
        if (rule && !apply_take_file(c, u->field, rule, u)) return false;
    }
    return true;
}

static bool look_at_files(const struct correction *k)
{
    struct str id;
    for (size_t i = 0; i < k->count; i++) {
        struct str name = name_of(k, &k->points[i]);
        const struct upload *u = ctx_upload(k->c, name);
        if (!u || is_field(&k->points[i], &id)) continue;
        const struct json *rule = material_rule(&k->w, id);
        if (rule && !apply_take_file(k->c, name, rule, u)) return false;
    }
    return take_form_files(k);
}

bool apply_correction_check(struct ctx *c)
{
    struct correction k;
    apply_prepared(c);
    if (!load(c, &k) || !look_at_files(&k)) return false;
    struct err wrong = {0};
    apply_wrong(c, &wrong);
    if (wrong.field_count) *c->err = wrong;
    return !wrong.field_count;
}

bool case_correction_take(struct ctx *c, int64_t id, struct str prefix)
{
    struct correction k;
    return load_case(c, id, prefix, &k) && look_at_files(&k);
}

/* A file given now, or those there were. */
static struct str files_of(const struct correction *k, struct str control, struct str property)
{
    struct str added = json_text(json_get_str(k->sent.added, control));
    return added.len ? added : form_get_json(k->c->arena, k->w.answers.values, property);
}

/* What was sent for the points, over what stands in the case. */
static struct str value_of(void *arg, struct str property)
{
    const struct correction *k = arg;
    struct str id, group;
    str_cut(property, '.', &group);
    for (size_t i = 0; i < k->count; i++) {
        if (!is_field(&k->points[i], &id) || !str_eq(id, group)) continue;
        struct str control = group.len < property.len ? control_of(k, property) : name_of(k, &k->points[i]);
        return form_file_rule(k->c, k->w.form, property) ? files_of(k, control, property)
                                                         : apply_raw(k->c, control);
    }
    const struct json *v = form_field_value(k->w.form, property, &k->w.answers);
    if (json_is(v, JSON_BOOL)) return v->boolean ? STR("1") : STR_EMPTY;
    return v ? v->text : STR_EMPTY;
}

/* Faults at properties become faults at the points that ask for them. */
static void move_faults(const struct correction *k, const struct err *found, struct err *wrong)
{
    for (size_t i = 0; i < found->field_count; i++) {
        struct str property = str_c(found->fields[i].field), field = control_of(k, property), id;
        for (size_t p = 0; p < k->count; p++)
            if (is_field(&k->points[p], &id) && str_eq(id, property)) field = name_of(k, &k->points[p]);
        err_at(wrong, field, found->fields[i].msgid, str_c(found->fields[i].arg));
    }
}

static bool read_fields(struct correction *k, struct err *wrong)
{
    struct ctx *c = k->c;
    struct str id;
    for (size_t i = 0; i < k->count; i++) {
        struct json *values;
        size_t page = is_field(&k->points[i], &id) && k->w.form ? form_field_page(k->w.form, id) : SIZE_MAX;
        bool seen = false;
        for (size_t p = 0; p < i && page != SIZE_MAX; p++)
            seen = seen || (is_field(&k->points[p], &id) && form_field_page(k->w.form, id) == page);
        if (page == SIZE_MAX || seen) continue;
        if (form_read_page(c->arena, k->w.form, page, value_of, k, &k->w.answers, &values, c->err)) {
            k->w.answers.values = values;
            continue;
        }
        if (c->err->kind != ERR_INVALID) return false;
        move_faults(k, c->err, wrong);
        err_clear(c->err);
    }
    return true;
}

static const struct json *file_of(const struct ctx *c, struct str field)
{
    JSON_EACH(f, json_get(c->prepared, "files"))
    {
        if (str_eq(json_text_of(f, "field"), field)) return f;
    }
    return NULL;
}

static bool take_files(struct correction *k, struct err *wrong)
{
    struct ctx *c = k->c;
    struct str id;
    for (size_t i = 0; i < k->count; i++) {
        struct str name = name_of(k, &k->points[i]);
        const struct json *f = file_of(c, name);
        if (is_field(&k->points[i], &id)) continue;
        if (!f) {
            err_at(wrong, name, "Please add this document: %{arg}",
                   apply_pick(c, material_rule(&k->w, id), "name", "en", NULL));
            continue;
        }
        if (draft_add_file(c, &k->w, id, json_text_of(f, "blob"), json_text_of(f, "name"),
                           json_i64_of(f, "size", 0), str_z(c->arena, json_text_of(f, "type"))))
            continue;
        if (c->err->kind != ERR_INVALID) return false;
        for (size_t n = 0; n < c->err->field_count; n++)
            err_at(wrong, name, c->err->fields[n].msgid, str_c(c->err->fields[n].arg));
        err_clear(c->err);
    }
    return true;
}

static bool supply(struct correction *k, struct err *wrong)
{
    struct ctx *c = k->c;
    size_t before = wrong->field_count;
    if (!form_files_take(c, &k->w, &k->sent, wrong) || !read_fields(k, wrong) || !take_files(k, wrong))
        return false;
    if (wrong->field_count > before) return true;
    for (size_t i = 0; i < k->count; i++)
        if (!case_store_point_done(c, k->w.file.id, k->points[i].n)) return false;
    return form_files_sweep(c, &k->w, &k->sent) && case_supply_correction(c, &k->w);
}

bool case_correction_supply(struct ctx *c, int64_t id, struct str prefix, struct err *wrong)
{
    struct correction k;
    return load_case(c, id, prefix, &k) && supply(&k, wrong);
}

bool apply_correction_save(struct ctx *c)
{
    struct correction k;
    struct err wrong = {0};
    if (!load(c, &k) || !supply(&k, &wrong)) return false;
    if (wrong.field_count) {
        *c->err = wrong;
        return false;
    }
    ctx_notice(c, "Thank you. The correction has been sent.");
    return ctx_redirect(c, "/cases/%lld", (long long)k.w.file.id);
}
