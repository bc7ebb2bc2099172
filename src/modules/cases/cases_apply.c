#include "modules/cases/cases_apply.h"

#include "core/http/server.h"
#include "modules/bookings/bookings.h"
#include "modules/orgs/orgs.h"

/* ---- whose ---- */

/* A session keeps its choice of whom it acts for while a mandate may end. */
static bool still_theirs(struct ctx *c, const struct case_file *f)
{
    if (f->applicant == c->actor.subject || people_may_act_before(c, f->applicant, f->unit)) return true;
    if (c->err->kind != ERR_NONE) return false;
    return err_missing(c->err, "case", "We cannot find this application.");
}

bool apply_scope(struct ctx *c)
{
    struct case_file f;
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !case_load(c, id, &f) || !still_theirs(c, &f)) return false;
    c->row = id;
    return true;
}

bool apply_load_case(struct ctx *c, int64_t id, struct case_work *w)
{
    return case_work_load(c, id, w) && still_theirs(c, &w->file);
}

bool apply_load(struct ctx *c, struct case_work *w)
{
    int64_t id;
    return ctx_path_id(c, "id", &id) && apply_load_case(c, id, w);
}

bool apply_load_draft(struct ctx *c, struct case_work *w, bool *sent)
{
    if (!apply_load(c, w)) return false;
    *sent = w->state.status != COURSE_DRAFT;
    return !*sent || ctx_redirect(c, "/cases/%lld", (long long)w->file.id);
}

/* ---- what is still to do ---- */

bool apply_page_done(struct ctx *c, const struct case_work *w, size_t page)
{
    if (!form_page_complete(c->arena, w->form, page, &w->answers)) return false;
    bool seen = false, blank = false;
    JSON_EACH(f, json_get(form_page(c->arena, w->form, page, &w->answers, NULL, false), "fields"))
    {
        const struct json *value = json_get(f, "value");
        seen = seen || json_get_str(w->answers.values, json_text_of(f, "id"));
        blank = blank || (!json_is(value, JSON_BOOL) && !json_text(value).len);
    }
    return seen || !blank;
}

static void plan_materials(struct apply_plan *p)
{
    for (size_t i = 0; i < p->material_count; i++) {
        const struct case_material *m = &p->materials[i];
        if (!m->wanted) continue;
        p->wanted++;
        p->held += m->held;
        p->to_upload += m->required && !m->held && !m->deferred && !m->upload_count;
    }
}

bool apply_plan(struct ctx *c, const struct case_work *w, struct apply_plan *p)
{
    *p = (struct apply_plan){.open_page = SIZE_MAX};
    if (!case_materials(c, w, &p->materials, &p->material_count) || !booking_of_case(c, w->file.id, &p->slot))
        return false;
    plan_materials(p);
    for (size_t i = w->form ? form_page_next(w->form, SIZE_MAX, &w->answers) : SIZE_MAX; i != SIZE_MAX;
         i = form_page_next(w->form, i, &w->answers)) {
        p->pages++;
        if (p->open_page == SIZE_MAX && !apply_page_done(c, w, i)) p->open_page = i;
    }
    p->books = json_is(json_get(w->service, "booking"), JSON_OBJECT);
    p->steps = 1 + p->pages + (p->wanted > 0) + p->books + 1;
    return true;
}

struct str apply_next(struct ctx *c, const struct case_work *w, const struct apply_plan *p)
{
    long long id = w->file.id;
    if (p->open_page != SIZE_MAX)
        return str_fmt(c->arena, "/apply/%lld/form/%.*s", id, STR_ARG(form_page_id(w->form, p->open_page)));
    if (p->to_upload) return str_fmt(c->arena, "/apply/%lld/materials", id);
    if (p->books && !p->slot.len) return str_fmt(c->arena, "/apply/%lld/booking", id);
    return str_fmt(c->arena, "/apply/%lld/summary", id);
}

size_t apply_step_of_page(struct ctx *c, const struct case_work *w, size_t page)
{
    return 1 +
           (size_t)json_i64_of(form_page(c->arena, w->form, page, &w->answers, NULL, false), "position", 1);
}

/* ---- parts of documents ---- */

static void set_item(struct ctx *c, struct json *doc, const struct item *item)
{
    struct json *o = json_set_object(c->arena, doc, "item");
    json_set_id(c->arena, o, "id", item->id);
    json_set_str(c->arena, o, "name", item->name);
    json_set_str(c->arena, o, "href", item_href(c->arena, item));
}

void apply_head(struct ctx *c, struct json *doc, const struct item *item, struct str back, size_t step,
                size_t steps)
{
    set_item(c, doc, item);
    json_set(doc, "back", back.len ? json_string(c->arena, back) : json_null(c->arena));
    if (!step) {
        json_set(doc, "progress", json_null(c->arena));
        return;
    }
    struct json *p = json_set_object(c->arena, doc, "progress");
    json_set_str(c->arena, p, "step", str_fmt(c->arena, "%zu", step));
    json_set_str(c->arena, p, "steps", str_fmt(c->arena, "%zu", steps));
}

/* The template looks for what a field lacks in what stands around it. */
void apply_complete_rows(struct ctx *c, struct json *f)
{
    if (!json_get(f, "add")) json_set(f, "add", json_null(c->arena));
    if (!json_get(json_get(f, "kind"), "group")) return;
    JSON_EACH(row, json_get(f, "rows"))
    {
        JSON_EACH(cell, json_get(row, "fields"))
        {
            apply_complete_field(c, (struct json *)cell);
        }
    }
}

void apply_complete_field(struct ctx *c, struct json *f)
{
    static const char *const none[] = {"hint",      "error",    "source",    "autocomplete",
                                       "inputmode", "width",    "maxlength", "accept",
                                       "max_mb",    "multiple", "file_kept", "may_paper"};
    const struct json *source = json_get(f, "source"), *why = json_get(f, "why");
    if (json_is(source, JSON_OBJECT)) json_set_str(c->arena, f, "source", json_text_of(source, "name"));
    if (why) {
        struct str hint = json_text_of(f, "hint");
        json_set_str(c->arena, f, "hint",
                     hint.len ? str_fmt(c->arena, "%.*s %.*s", STR_ARG(hint), STR_ARG(json_text(why)))
                              : json_text(why));
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (!json_get(f, none[i])) json_set(f, none[i], json_null(c->arena));
    if (!json_get(f, "label_zh")) json_set_bool(c->arena, f, "label_zh", false);
    if (!json_get(f, "readonly")) json_set_bool(c->arena, f, "readonly", false);
    apply_complete_rows(c, f);
    JSON_EACH(o, json_get(f, "options"))
    {
        if (!json_get(o, "note")) json_set((struct json *)o, "note", json_null(c->arena));
    }
}

void apply_without_buttons(struct ctx *c, struct json *f)
{
    if (!json_get(json_get(f, "kind"), "group")) return;
    json_set(f, "add", json_null(c->arena));
    JSON_EACH(row, json_get(f, "rows"))
    {
        json_set((struct json *)row, "remove", json_null(c->arena));
    }
}

struct json *apply_field(struct ctx *c, struct json *list, const char *name, struct str label, bool label_zh,
                         const char *kind)
{
    struct json *f = json_is(list, JSON_ARRAY) ? json_add_object(c->arena, list)
                                               : json_set_object(c->arena, list, "field");
    json_set_c(c->arena, f, "id", name);
    json_set_c(c->arena, f, "name", name);
    json_set_str(c->arena, f, "label", label);
    json_set_bool(c->arena, f, "label_zh", label_zh && c->lang == &lang_en);
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    json_set_c(c->arena, f, "type", "text");
    json_set_c(c->arena, f, "value", "");
    json_set_bool(c->arena, f, "required", true);
    struct str error = apply_error(c, str_c(name));
    if (error.len) json_set_str(c->arena, f, "error", error);
    apply_complete_field(c, f);
    return f;
}

struct str apply_error(const struct ctx *c, struct str field)
{
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++)
        if (str_eq_c(field, c->failed->fields[i].field))
            return tr_arg(c->lang, c->arena, c->failed->fields[i].msgid, str_c(c->failed->fields[i].arg));
    return STR_EMPTY;
}

struct str apply_pick(const struct ctx *c, const struct json *o, const char *zh, const char *en, bool *is_zh)
{
    struct str english = json_text_of(o, en);
    bool take = c->lang == &lang_en && english.len;
    if (is_zh) *is_zh = !take;
    return take ? english : json_text_of(o, zh);
}

struct str apply_unit_name(struct ctx *c, int64_t unit)
{
    const struct unit *u = orgs_unit(c, unit);
    return u ? (c->lang == &lang_en && u->en.len ? u->en : u->name) : STR_EMPTY;
}

struct str apply_size_text(struct ctx *c, int64_t bytes)
{
    if (bytes < 1024 * 100) return str_fmt(c->arena, "%lld KB", (long long)((bytes + 1023) / 1024));
    return str_fmt(c->arena, "%lld.%lld MB", (long long)(bytes / 1048576),
                   (long long)(bytes % 1048576 * 10 / 1048576));
}

struct str apply_raw(void *arg, struct str name)
{
    const struct ctx *c = arg;
    const struct json *values = json_get(c->in, "values");
    return json_is(values, JSON_OBJECT) ? form_get_json(c->arena, values, name) : ctx_param(c, name);
}
