/* The pages on which the form of a step is filled in: by whoever has the step, or by the applicant. */
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_exchange.h"
#include "modules/cases/cases_form_files.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"

/* ---- what was typed ---- */

/* Page after page: what an earlier answer makes visible is read as well. */
static struct json *read_all(struct ctx *c, const struct case_step *s, struct form_sent *sent, bool *acted)
{
    const struct form *form = s->form->form;
    struct form_answers in = s->answers;
    struct json *values = json_object(c->arena), *out;
    *acted = false;
    for (size_t i = 0; i < form_page_count(form); i++) {
        struct err ignored = {0};
        in.values = values;
        if (form_row_act(c->arena, form, i, form_files_raw, sent, &in, &out))
            *acted = true;
        else
            (void)!form_read_page(c->arena, form, i, form_files_raw, sent, &in, &out, &ignored);
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
                      const struct form_answers *in, const struct form_upload_list *files)
{
    struct json *pages = json_set_array(c->arena, doc, "pages");
    bool rows = false;
    for (size_t i = form_page_next(s->form->form, SIZE_MAX, in); i != SIZE_MAX;
         i = form_page_next(s->form->form, i, in)) {
        struct json *page =
            json_add(pages, form_page(c->arena, s->form->form, i, in, errors_of(c), c->lang == &lang_en));
        form_files_on_page(c, files, json_get(page, "fields"));
        JSON_EACH(f, json_get(page, "fields"))
        {
            apply_complete_field(c, (struct json *)f);
            rows = rows || json_get(json_get(f, "kind"), "group");
        }
    }
    /* One page is called like the form. */
    if (pages->count == 1) json_set((struct json *)pages->first, "title", json_null(c->arena));
    json_set_bool(c->arena, doc, "has_rows", rows);
    case_form_decides(c, doc, s->form->form, SIZE_MAX);
}

static struct str form_name(const struct ctx *c, const struct form_version *f)
{
    return c->lang == &lang_en && f->en.len ? f->en : f->name;
}

/* Where the pages of this case and its files are, for who asks. */
static struct str case_base(struct ctx *c, const struct case_work *w, bool files)
{
    const char *where = c->actor.kind == ACTOR_OFFICER ? "/office/cases" : files ? "/apply" : "/cases";
    return str_fmt(c->arena, "%s/%lld", where, (long long)w->file.id);
}

static bool show(struct ctx *c, const struct case_work *w, struct case_step *s, const struct json *typed)
{
    struct json *doc = ctx_doc(c);
    struct form_answers in = s->answers;
    struct form_upload_list files;
    if (!case_step_files(c, w, s, case_base(c, w, true), &files)) return false;
    if (typed) in.values = typed;
    struct str back = case_base(c, w, false);
    json_set_str(c->arena, doc, "case_no", w->file.case_no);
    json_set_str(c->arena, doc, "item_name", w->item->name);
    json_set_str(c->arena, doc, "heading", form_name(c, s->form));
    json_set_str(c->arena, doc, "step", words_step(c, w->course, s->step->id));
    json_set_str(c->arena, doc, "back", back);
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, "%.*s/steps/%lld", STR_ARG(back), (long long)s->task.token));
    add_pages(c, doc, s, &in, &files);
    ctx_reads(c, w->file.applicant, STR("case"), w->file.id);
    return true;
}

/* Held up, or decided: whatever still waits then is nobody's to fill in. */
static bool may_fill(const struct case_work *w)
{
    return !w->state.process.suspended && !course_ended(&w->state) && w->state.status != COURSE_DECIDED;
}

static bool find_task(struct ctx *c, struct case_work *w, struct case_step *s)
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
    return may_fill(w) || err_conflict(c->err, "course.act", "This cannot be done at the present step.");
}

static bool find_step(struct ctx *c, struct case_work *w, struct case_step *s)
{
    if (!find_task(c, w, s)) return false;
    const struct exchange_case about = case_for_exchange(w);
    s->answers.prefill = exchange_prefill(c, &about, s->form->schema);
    return s->answers.prefill || c->err->kind == ERR_NONE;
}

static bool step_page(struct ctx *c)
{
    struct case_work w;
    struct case_step s;
    struct form_sent sent = form_sent_begin(c);
    bool acted;
    return find_step(c, &w, &s) && case_step_files(c, &w, &s, case_base(c, &w, true), &sent.list) &&
           show(c, &w, &s, c->failed ? read_all(c, &s, &sent, &acted) : NULL);
}

bool step_files_check(struct ctx *c)
{
    struct case_work w;
    struct case_step s;
    apply_prepared(c);
    if (!find_task(c, &w, &s)) return false;
    for (const struct upload *u = c->req->uploads; u; u = u->next) {
        const struct json *rule = form_file_rule(c, s.form->form, u->field);
        if (!rule) return err_missing(c->err, "form.field", "This form does not ask for this file.");
        if (!apply_take_file(c, u->field, rule, u)) return false;
    }
    return true;
}

/* Files that came with a form that is not right yet are kept all the same: nobody chooses them twice. */
static bool show_with_files(struct ctx *c, const struct case_work *w, struct case_step *s,
                            const struct json *typed, const struct err *wrong)
{
    struct err *told = ARENA_NEW(c->arena, struct err);
    bool both = c->err->kind == ERR_INVALID;
    *told = both ? *c->err : *wrong;
    for (size_t i = 0; both && i < wrong->field_count; i++)
        err_at(told, str_c(wrong->fields[i].field), wrong->fields[i].msgid, str_c(wrong->fields[i].arg));
    err_clear(c->err);
    c->failed = told;
    return show(c, w, s, typed);
}

/* *kept false: a row more or less, or something is wrong beside files that are kept, and the page again. */
static bool read_step(struct ctx *c, struct case_work *w, struct case_step *s, bool *kept)
{
    struct err *wrong = ARENA_NEW(c->arena, struct err);
    struct form_sent sent;
    struct json *checked = NULL;
    bool acted;
    if (!find_step(c, w, s) || !case_step_files_take(c, w, s, case_base(c, w, true), &sent, wrong))
        return false;
    struct json *typed = read_all(c, s, &sent, &acted);
    *kept = !acted;
    if (acted) return show(c, w, s, typed);
    struct form_answers in = s->answers;
    in.values = typed;
    bool right = form_check(c->arena, s->form->form, &in, &checked, c->err);
    if (!right && c->err->kind != ERR_INVALID) return false;
    if (c->html && (right ? wrong->field_count > 0 : sent.any || wrong->field_count)) {
        *kept = false;
        return show_with_files(c, w, s, typed, wrong);
    }
    if (right && wrong->field_count) *c->err = *wrong;
    return c->err->kind == ERR_NONE && case_fill_step(c, w, s, checked) &&
           case_step_files_sweep(c, w, s, checked, &sent);
}

bool office_step(struct ctx *c)
{
    return step_page(c);
}

bool office_step_save(struct ctx *c)
{
    struct case_work w;
    struct case_step s;
    bool kept;
    if (!read_step(c, &w, &s, &kept)) return false;
    if (!kept) return true;
    ctx_notice(c, "The form of the step is kept. Now the step can be done.");
    return ctx_redirect(c, "/office/cases/%lld?task=%lld", (long long)c->row, (long long)s.task.token);
}

bool apply_step(struct ctx *c)
{
    return step_page(c);
}

/* What the applicant sends is done. */
bool apply_step_save(struct ctx *c)
{
    struct case_work w;
    struct case_step s;
    bool kept;
    if (!read_step(c, &w, &s, &kept)) return false;
    if (!kept) return true;
    const struct case_act act = {
        .event = {.kind = COURSE_DO, .act = COURSE_PASS, .role = COURSE_APPLICANT, .token = s.task.token}};
    if (!case_move(c, &w, &act)) return false;
    ctx_notice(c, "Sent. The work goes on.");
    return ctx_redirect(c, "/cases/%lld", (long long)c->row);
}

/* ---- on the page of the case ---- */

/* What a form of a step says, as one more group of answers. */
static bool add_group(struct ctx *c, struct json *groups, const struct case_work *w,
                      const struct case_filled *f)
{
    const struct form_answers in = {.values = f->values};
    struct form_upload_list files;
    if (!case_filled_files(c, w, f, case_base(c, w, true), &files)) return false;
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
            struct str value = json_text_of(row, "value");
            bool of_files = json_get(row, "file") != NULL;
            json_set_str(c->arena, a, "label", json_text_of(row, "label"));
            json_set_str(c->arena, a, "value", of_files ? form_upload_names(c, &files, value) : value);
            json_set(a, "source", json_null(c->arena));
            form_upload_links(c, &files, of_files ? value : STR_EMPTY, a);
        }
    }
    return true;
}

static bool add_groups(struct ctx *c, struct json *doc, const struct case_work *w, bool own)
{
    struct json *groups = (struct json *)json_get(doc, "groups");
    for (size_t i = 0; groups && i < w->filled_count; i++) {
        const struct course_step *s =
            course_step_at(w->course, course_step_find(w->course, w->filled[i].step));
        if ((!own || (s && s->role == COURSE_APPLICANT)) && !add_group(c, groups, w, &w->filled[i]))
            return false;
    }
    return true;
}

bool case_show_step_forms(struct ctx *c, struct json *doc, const struct case_work *w, int64_t token)
{
    struct case_step s = {0};
    struct json *o;
    json_set(doc, "step_form", json_null(c->arena));
    if (!add_groups(c, doc, w, false)) return false;
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

bool case_add_my_steps(struct ctx *c, struct json *doc, struct json *acts, const struct case_work *w)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(w->course, &w->state, tasks);
    if (!add_groups(c, doc, w, true)) return false;
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
    return true;
}
