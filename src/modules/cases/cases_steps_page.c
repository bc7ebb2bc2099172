/* The pages on which the form of a step is filled in: by whoever has the step, or by the applicant. */
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_exchange.h"
#include "modules/cases/cases_steps.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"

/* ---- what was typed ---- */

/* Page after page: what an earlier answer makes visible is read as well. */
static struct json *read_all(struct ctx *c, const struct case_step *s, bool *acted)
{
    const struct form *form = s->form->form;
    struct form_answers in = s->answers;
    struct json *values = json_object(c->arena), *out;
    *acted = false;
    for (size_t i = 0; i < form_page_count(form); i++) {
        struct err ignored = {0};
        in.values = values;
        if (form_row_act(c->arena, form, i, apply_raw, c, &in, &out))
            *acted = true;
        else
            (void)!form_read_page(c->arena, form, i, apply_raw, c, &in, &out, &ignored);
        values = out;
    }
    return values;
}

static struct json *errors_of(struct ctx *c)
{
    struct json *errors = json_object(c->arena);
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++) {
        const struct err_field *f = &c->failed->fields[i];
        json_set_str(c->arena, errors, f->field, tr_arg(c->lang, c->arena, f->msgid, str_c(f->arg)));
    }
    return errors;
}

/* ---- the page ---- */

static void add_pages(struct ctx *c, struct json *doc, const struct case_step *s,
                      const struct form_answers *in)
{
    struct json *pages = json_set_array(c->arena, doc, "pages");
    bool rows = false;
    for (size_t i = form_page_next(s->form->form, SIZE_MAX, in); i != SIZE_MAX;
         i = form_page_next(s->form->form, i, in)) {
        struct json *page =
            json_add(pages, form_page(c->arena, s->form->form, i, in, errors_of(c), c->lang == &lang_en));
        JSON_EACH(f, json_get(page, "fields"))
        {
            apply_complete_field(c, (struct json *)f);
            rows = rows || json_get(json_get(f, "kind"), "group");
        }
    }
    /* One page is called like the form. */
    if (pages->count == 1) json_set((struct json *)pages->first, "title", json_null(c->arena));
    json_set_bool(c->arena, doc, "has_rows", rows);
}

static struct str form_name(const struct ctx *c, const struct form_version *f)
{
    return c->lang == &lang_en && f->en.len ? f->en : f->name;
}

static bool show(struct ctx *c, const struct case_work *w, struct case_step *s, const struct json *typed,
                 const char *base)
{
    struct json *doc = ctx_doc(c);
    struct form_answers in = s->answers;
    if (typed) in.values = typed;
    struct str back = str_fmt(c->arena, "%s/%lld", base, (long long)w->file.id);
    json_set_str(c->arena, doc, "case_no", w->file.case_no);
    json_set_str(c->arena, doc, "item_name", w->item->name);
    json_set_str(c->arena, doc, "heading", form_name(c, s->form));
    json_set_str(c->arena, doc, "step", words_step(c, w->course, s->step->id));
    json_set_str(c->arena, doc, "back", back);
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, "%.*s/steps/%lld", STR_ARG(back), (long long)s->task.token));
    add_pages(c, doc, s, &in);
    ctx_reads(c, w->file.applicant, STR("case"), w->file.id);
    return true;
}

/* Held up, or decided: whatever still waits then is nobody's to fill in. */
static bool may_fill(const struct case_work *w)
{
    return !w->state.process.suspended && !course_ended(&w->state) && w->state.status != COURSE_DECIDED;
}

static bool find_step(struct ctx *c, struct case_work *w, struct case_step *s)
{
    int64_t token = 0;
    if (!str_to_i64(ctx_path(c, "task"), &token) || !case_work_load(c, c->row, w) ||
        str_eq_c(w->file.status, "draft") || !w->course)
        return c->err->kind != ERR_NONE ? false : err_missing(c->err, "page", "We cannot find this page.");
    if (!case_step_form(c, w, token, s)) return false;
    if (!s->step || !s->form) return err_missing(c->err, "page", "We cannot find this page.");
    bool person = c->actor.kind == ACTOR_PERSON;
    bool theirs = person ? s->step->role == COURSE_APPLICANT
                         : case_is_theirs(c, w, &s->task) && office_acts_for(c, s->task.about, case_who(c));
    if (!theirs) return err_denied(c->err, "course.role", "This step belongs to another role.");
    if (!may_fill(w)) return err_conflict(c->err, "course.act", "This cannot be done at the present step.");
    const struct exchange_case about = case_for_exchange(w);
    s->answers.prefill = exchange_prefill(c, &about, s->form->schema);
    return s->answers.prefill || c->err->kind == ERR_NONE;
}

static bool step_page(struct ctx *c, const char *base)
{
    struct case_work w;
    struct case_step s;
    bool acted;
    if (!find_step(c, &w, &s)) return false;
    return show(c, &w, &s, c->failed ? read_all(c, &s, &acted) : NULL, base);
}

/* *kept false: a row more or less, and the page again. */
static bool read_step(struct ctx *c, struct case_work *w, struct case_step *s, bool *kept, const char *base)
{
    struct json *checked;
    bool acted;
    if (!find_step(c, w, s)) return false;
    struct json *typed = read_all(c, s, &acted);
    *kept = !acted;
    if (acted) return show(c, w, s, typed, base);
    struct form_answers in = s->answers;
    in.values = typed;
    return form_check(c->arena, s->form->form, &in, &checked, c->err) && case_fill_step(c, w, s, checked);
}

bool office_step(struct ctx *c)
{
    return step_page(c, "/office/cases");
}

bool office_step_save(struct ctx *c)
{
    struct case_work w;
    struct case_step s;
    bool kept;
    if (!read_step(c, &w, &s, &kept, "/office/cases")) return false;
    if (!kept) return true;
    ctx_notice(c, "The form of the step is kept. Now the step can be done.");
    return ctx_redirect(c, "/office/cases/%lld?task=%lld", (long long)c->row, (long long)s.task.token);
}

bool apply_step(struct ctx *c)
{
    return step_page(c, "/cases");
}

/* What the applicant sends is done. */
bool apply_step_save(struct ctx *c)
{
    struct case_work w;
    struct case_step s;
    bool kept;
    if (!read_step(c, &w, &s, &kept, "/cases")) return false;
    if (!kept) return true;
    const struct case_act act = {
        .event = {.kind = COURSE_DO, .act = COURSE_PASS, .role = COURSE_APPLICANT, .token = s.task.token}};
    if (!case_move(c, &w, &act)) return false;
    ctx_notice(c, "Sent. The work goes on.");
    return ctx_redirect(c, "/cases/%lld", (long long)c->row);
}

/* ---- on the page of the case ---- */

/* What a form of a step says, as one more group of answers. */
static void add_group(struct ctx *c, struct json *groups, const struct case_work *w,
                      const struct case_filled *f)
{
    const struct form_answers in = {.values = f->values};
    struct json *g = json_add_object(c->arena, groups), *answers;
    json_set_str(c->arena, g, "heading",
                 str_fmt(c->arena, "%.*s · %.*s", STR_ARG(words_step(c, w->course, f->step)),
                         STR_ARG(form_name(c, f->form))));
    answers = json_set_array(c->arena, g, "answers");
    JSON_EACH(page, form_summary(c->arena, f->form->form, &in, c->lang == &lang_en))
    {
        JSON_EACH(row, json_get(page, "rows"))
        {
            struct json *a = json_add_object(c->arena, answers);
            json_set_str(c->arena, a, "label", json_text_of(row, "label"));
            json_set_str(c->arena, a, "value", json_text_of(row, "value"));
            json_set(a, "source", json_null(c->arena));
        }
    }
}

static void add_groups(struct ctx *c, struct json *doc, const struct case_work *w, bool own)
{
    struct json *groups = (struct json *)json_get(doc, "groups");
    for (size_t i = 0; groups && i < w->filled_count; i++) {
        const struct course_step *s =
            course_step_at(w->course, course_step_find(w->course, w->filled[i].step));
        if (!own || (s && s->role == COURSE_APPLICANT)) add_group(c, groups, w, &w->filled[i]);
    }
}

bool case_show_step_forms(struct ctx *c, struct json *doc, const struct case_work *w, int64_t token)
{
    struct case_step s = {0};
    struct json *o;
    json_set(doc, "step_form", json_null(c->arena));
    add_groups(c, doc, w, false);
    if (!token || !may_fill(w)) return true;
    if (!case_step_form(c, w, token, &s)) {
        if (c->err->kind != ERR_CONFLICT) return false;
        err_clear(c->err); /* said where it is filled in */
    }
    if (!s.form) return true;
    o = json_set_object(c->arena, doc, "step_form");
    json_set_str(c->arena, o, "name", form_name(c, s.form));
    json_set_bool(c->arena, o, "filled", s.filled != NULL);
    json_set_str(c->arena, o, "href",
                 str_fmt(c->arena, "/office/cases/%lld/steps/%lld", (long long)w->file.id, (long long)token));
    return true;
}

void case_add_my_steps(struct ctx *c, struct json *doc, struct json *acts, const struct case_work *w)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(w->course, &w->state, tasks);
    add_groups(c, doc, w, true);
    for (size_t i = 0; i < count; i++) {
        const struct course_step *s = course_step_at(w->course, tasks[i].step);
        if (s->role != COURSE_APPLICANT || !s->form.len || !may_fill(w)) continue;
        struct json *a = json_add_object(c->arena, acts);
        json_set_str(c->arena, a, "label",
                     tr_arg(c->lang, c->arena, "Fill in: %{arg}", words_step(c, w->course, s->id)));
        json_set_str(
            c->arena, a, "href",
            str_fmt(c->arena, "/cases/%lld/steps/%lld", (long long)w->file.id, (long long)tasks[i].token));
        json_set_bool(c->arena, a, "main", true);
    }
}
