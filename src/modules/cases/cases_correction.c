/* Correction (补正): everything that was asked, supplied at once. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_form_files.h"
#include "modules/evidence/evidence.h"

static bool load_points(struct ctx *c, struct case_work *w, struct case_point **points, size_t *count)
{
    if (!apply_load(c, w)) return false;
    if (w->state.status != COURSE_CORRECTION)
        return err_conflict(c->err, "case.no_correction", "Nothing has to be corrected in this application.");
    return case_points(c, w, points, count);
}

static struct str name_of(struct ctx *c, const struct case_point *p)
{
    return str_fmt(c->arena, "p%d", p->n);
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

static void add_point(struct ctx *c, struct json *list, const struct case_work *w, const struct case_point *p)
{
    struct json *o = json_add_object(c->arena, list), *f = NULL;
    struct str id, name = name_of(c, p), title;
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
        if (f && json_get(json_get(f, "kind"), "group")) {
            /* Its cells keep their names, which tell the row. */
            apply_complete_field(c, f);
            apply_without_buttons(c, f);
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
    struct case_work w;
    struct case_point *points;
    size_t count;
    int64_t until;
    if (!load_points(c, &w, &points, &count) || !person_correction_until(c, &w, &until)) return false;
    struct json *doc = ctx_doc(c), *crumbs = json_set_array(c->arena, doc, "crumbs"),
                *list = json_set_array(c->arena, doc, "points");
    struct str href = str_fmt(c->arena, "/cases/%lld", (long long)w.file.id);
    apply_head(c, doc, w.item, STR_EMPTY, 0, 0);
    add_crumb(c, crumbs, ctx_tr(c, "My applications"), STR("/me/cases"));
    add_crumb(c, crumbs, w.file.item_name, href);
    json_set_str(c->arena, doc, "note",
                 ctx_tr(c, "Please supply everything together; then the work goes on by itself."));
    struct str by = count ? asked_by(c, &points[0]) : STR_EMPTY;
    if (c->err->kind != ERR_NONE) return false;
    json_set(doc, "asked_by", by.len ? json_string(c->arena, by) : json_null(c->arena));
    json_set_str(c->arena, doc, "asked", count ? words_time(c, points[0].asked_at) : STR_EMPTY);
    json_set(doc, "until", until ? json_string(c->arena, words_day(c, until)) : json_null(c->arena));
    json_set_str(c->arena, doc, "action", str_cat(c->arena, href, STR("/correction")));
    for (size_t i = 0; i < count; i++)
        add_point(c, list, &w, &points[i]);
    return true;
}

/* ---- supplying ---- */

/* The property that a control of this page is about: of a point, or of a cell of a group that is one. */
static bool property_of(struct ctx *c, const struct case_point *points, size_t count, struct str control,
                        struct str *property)
{
    struct str id, group;
    str_cut(control, '.', &group);
    for (size_t i = 0; i < count; i++) {
        if (!is_field(&points[i], &id)) continue;
        *property = str_eq(control, name_of(c, &points[i])) ? id : control;
        if (!str_eq(*property, control) || (group.len < control.len && str_eq(group, id))) return true;
    }
    return false;
}

static bool take_form_files(struct ctx *c, const struct case_work *w, const struct case_point *points,
                            size_t count)
{
    for (const struct upload *u = c->req->uploads; u; u = u->next) {
        struct str property;
        const struct json *rule =
            property_of(c, points, count, u->field, &property) ? form_file_rule(c, w->form, property) : NULL;
        if (rule && !apply_take_file(c, u->field, rule, u)) return false;
    }
    return true;
}

bool apply_correction_check(struct ctx *c)
{
    struct case_work w;
    struct case_point *points;
    struct str id;
    size_t count;
    apply_prepared(c);
    if (!load_points(c, &w, &points, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct str name = name_of(c, &points[i]);
        const struct upload *u = ctx_upload(c, name);
        if (!u || is_field(&points[i], &id)) continue;
        const struct json *rule = material_rule(&w, id);
        if (rule && !apply_take_file(c, name, rule, u)) return false;
    }
    if (!take_form_files(c, &w, points, count)) return false;
    struct err wrong = {0};
    apply_wrong(c, &wrong);
    if (wrong.field_count) *c->err = wrong;
    return !wrong.field_count;
}

/* What was sent for the points, over what stands in the case. */
struct answers {
    struct ctx *c;
    const struct case_work *w;
    const struct case_point *points;
    size_t count;
    struct form_sent sent;
};

/* A file given now, or those there were. */
static struct str files_of(const struct answers *a, struct str control, struct str property)
{
    struct str added = json_text(json_get_str(a->sent.added, control));
    return added.len ? added : form_get_json(a->c->arena, a->w->answers.values, property);
}

static struct str value_of(void *arg, struct str property)
{
    const struct answers *a = arg;
    struct str id, group;
    str_cut(property, '.', &group);
    for (size_t i = 0; i < a->count; i++) {
        if (!is_field(&a->points[i], &id) || !str_eq(id, group)) continue;
        struct str control = group.len < property.len ? property : name_of(a->c, &a->points[i]);
        return form_file_rule(a->c, a->w->form, property) ? files_of(a, control, property)
                                                          : apply_raw(a->c, control);
    }
    const struct json *v = form_field_value(a->w->form, property, &a->w->answers);
    if (json_is(v, JSON_BOOL)) return v->boolean ? STR("1") : STR_EMPTY;
    return v ? v->text : STR_EMPTY;
}

/* Faults at properties become faults at the points that ask for them. */
static void move_faults(struct ctx *c, const struct answers *a, const struct err *found, struct err *wrong)
{
    for (size_t i = 0; i < found->field_count; i++) {
        struct str field = str_c(found->fields[i].field), id;
        for (size_t k = 0; k < a->count; k++)
            if (is_field(&a->points[k], &id) && str_eq(id, field)) field = name_of(c, &a->points[k]);
        err_at(wrong, field, found->fields[i].msgid, str_c(found->fields[i].arg));
    }
}

static bool read_fields(struct ctx *c, struct case_work *w, struct answers *a, struct err *wrong)
{
    struct str id;
    for (size_t i = 0; i < a->count; i++) {
        struct json *values;
        size_t page = is_field(&a->points[i], &id) && w->form ? form_field_page(w->form, id) : SIZE_MAX;
        bool seen = false;
        for (size_t k = 0; k < i && page != SIZE_MAX; k++)
            seen = seen || (is_field(&a->points[k], &id) && form_field_page(w->form, id) == page);
        if (page == SIZE_MAX || seen) continue;
        if (form_read_page(c->arena, w->form, page, value_of, a, &w->answers, &values, c->err)) {
            w->answers.values = values;
            continue;
        }
        if (c->err->kind != ERR_INVALID) return false;
        move_faults(c, a, c->err, wrong);
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

static bool take_files(struct ctx *c, struct case_work *w, const struct answers *a, struct err *wrong)
{
    struct str id;
    for (size_t i = 0; i < a->count; i++) {
        struct str name = name_of(c, &a->points[i]);
        const struct json *f = file_of(c, name);
        if (is_field(&a->points[i], &id)) continue;
        if (!f) {
            err_at(wrong, name, "Please add this document: %{arg}",
                   apply_pick(c, material_rule(w, id), "name", "en", NULL));
            continue;
        }
        if (draft_add_file(c, w, id, json_text_of(f, "blob"), json_text_of(f, "name"),
                           json_i64_of(f, "size", 0), str_z(c->arena, json_text_of(f, "type"))))
            continue;
        if (c->err->kind != ERR_INVALID) return false;
        for (size_t k = 0; k < c->err->field_count; k++)
            err_at(wrong, name, c->err->fields[k].msgid, str_c(c->err->fields[k].arg));
        err_clear(c->err);
    }
    return true;
}

bool apply_correction_save(struct ctx *c)
{
    struct case_work w;
    struct answers a = {.c = c, .w = &w};
    struct case_point *points;
    struct err wrong = {0};
    if (!load_points(c, &w, &points, &a.count)) return false;
    a.points = points;
    if (!form_files_take(c, &w, &a.sent, &wrong)) return false;
    if (!read_fields(c, &w, &a, &wrong) || !take_files(c, &w, &a, &wrong)) return false;
    if (wrong.field_count) {
        *c->err = wrong;
        return false;
    }
    for (size_t i = 0; i < a.count; i++)
        if (!case_store_point_done(c, w.file.id, points[i].n)) return false;
    if (!form_files_sweep(c, &w, &a.sent) || !case_supply_correction(c, &w)) return false;
    ctx_notice(c, "Thank you. The correction has been sent.");
    return ctx_redirect(c, "/cases/%lld", (long long)w.file.id);
}
