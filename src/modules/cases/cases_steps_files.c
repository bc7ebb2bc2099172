/* Files inside the forms of steps: kept like those of the application, each with the task it was given in. A
 * step that is done again may name what its earlier rounds hold; that stays with them. */
#include "core/http/server.h"
#include "modules/cases/cases_form_files.h"
#include "modules/cases/cases_scope.h"

/* Of all steps, under the names that forms know: "form:<property>". */
static bool all_of(struct ctx *c, const struct case_work *w, struct case_upload **list, size_t *count)
{
    struct case_upload *all;
    size_t there;
    *count = 0;
    if (!case_store_uploads(c, w->file.id, &all, &there)) return false;
    *list = ARENA_ARRAY(c->arena, there + 1, struct case_upload);
    for (size_t i = 0; i < there; i++) {
        struct str head, number, property;
        struct case_upload u = all[i];
        if (!str_starts(u.material, STR(STEP_KIND))) continue;
        property = str_cut(str_cut(u.material, ':', &head), ':', &number);
        if (!str_to_i64(number, &u.token) || !case_open(c, w, "file_name", u.file_name, &u.file_name))
            return c->err->kind == ERR_NONE ? err_fault(c->err, "a file of a step names no task") : false;
        u.material = str_cat(c->arena, STR("form:"), property);
        (*list)[(*count)++] = u;
    }
    return true;
}

static bool has_files(struct ctx *c, const struct form *form)
{
    return form_files(c->arena, form)->count > 0;
}

bool case_step_files(struct ctx *c, const struct case_work *w, const struct case_step *s, struct str base,
                     struct form_upload_list *out)
{
    size_t count, kept = 0;
    *out = (struct form_upload_list){.form = s->form->form, .base = base};
    if (!has_files(c, s->form->form)) return true;
    if (!all_of(c, w, &out->rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct case_filled *f = case_filled_at(w, out->rows[i].token);
        if (out->rows[i].token == s->task.token || (f && case_said_before(c, w, s, f)))
            out->rows[kept++] = out->rows[i];
    }
    out->count = kept;
    return true;
}

bool case_filled_files(struct ctx *c, const struct case_work *w, const struct case_filled *f, struct str base,
                       struct form_upload_list *out)
{
    size_t count, kept = 0;
    const struct form *form = f->form->form;
    *out = (struct form_upload_list){.form = form, .base = base};
    if (!has_files(c, form)) return true;
    if (!all_of(c, w, &out->rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (form_file_named(c, form, f->values, out->rows[i].id)) out->rows[kept++] = out->rows[i];
    out->count = kept;
    return true;
}

bool case_step_files_take(struct ctx *c, const struct case_work *w, const struct case_step *s,
                          struct str base, struct form_sent *sent, struct err *wrong)
{
    return form_files_keep(c, w, s->form->form, s->task.token, sent, wrong) &&
           case_step_files(c, w, s, base, &sent->list);
}

bool case_step_files_sweep(struct ctx *c, const struct case_work *w, const struct case_step *s,
                           const struct json *values, const struct form_sent *sent)
{
    for (size_t i = 0; i < sent->list.count; i++) {
        const struct case_upload *u = &sent->list.rows[i];
        if (u->token == s->task.token && !form_file_named(c, s->form->form, values, u->id) &&
            !form_file_drop(c, w, u->id))
            return false;
    }
    return true;
}

/* What was filled in that names the file; the last that does. */
static const struct case_filled *namer(struct ctx *c, const struct case_work *w, int64_t file)
{
    for (size_t i = w->filled_count; i-- > 0;)
        if (form_file_named(c, w->filled[i].form->form, w->filled[i].values, file)) return &w->filled[i];
    return NULL;
}

bool case_step_files_tidy(struct ctx *c, const struct case_work *w)
{
    struct case_upload *list;
    size_t count;
    if (!w->course || !course_asks_forms(w->course)) return true;
    if (!all_of(c, w, &list, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!bpmn_find(&w->state.process, list[i].token) && !namer(c, w, list[i].id) &&
            !form_file_drop(c, w, list[i].id))
            return false;
    return true;
}

static bool may_open(struct ctx *c, const struct case_work *w, const struct case_upload *u)
{
    const struct case_filled *f = namer(c, w, u->id);
    struct course_task tasks[COURSE_TASKS_MAX];
    bool person = c->actor.kind == ACTOR_PERSON;
    if (f) {
        const struct course_step *s = course_step_at(w->course, course_step_find(w->course, f->step));
        return !person || (s && s->role == COURSE_APPLICANT);
    }
    size_t count = course_tasks(w->course, &w->state, tasks);
    for (size_t i = 0; i < count; i++)
        if (tasks[i].token == u->token)
            return person ? course_step_at(w->course, tasks[i].step)->role == COURSE_APPLICANT
                          : case_is_theirs(c, w, &tasks[i]);
    return false;
}

bool case_step_file(struct ctx *c, const struct case_work *w, int64_t id, const struct case_upload **out)
{
    struct case_upload *list;
    size_t count;
    *out = NULL;
    if (!w->course || !course_asks_forms(w->course)) return true;
    if (!all_of(c, w, &list, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (list[i].id == id && may_open(c, w, &list[i])) *out = &list[i];
    return true;
}

bool case_fact_files(struct ctx *c, const struct case_work *w, struct str path, bool *is_files,
                     struct form_upload_list *files)
{
    struct str group, step, name = str_cut(path, '.', &group), ids = STR_EMPTY, one;
    bool at_step = str_eq_c(group, "steps");
    const struct case_filled *f = NULL;
    struct form_upload_list all;
    if (at_step) name = str_cut(name, '.', &step);
    if (at_step) f = case_filled_last(w, step);
    const struct form *form = f ? f->form->form : str_eq_c(group, "answers") ? w->form : NULL;
    *files = (struct form_upload_list){.form = form};
    *is_files = form && form_file_rule(c, form, name);
    if (!*is_files) return true;
    if (!(f ? case_filled_files(c, w, f, STR_EMPTY, &all) : case_form_files(c, w, &all))) return false;
    ids = json_text(json_get_str(f ? f->values : w->answers.values, name));
    files->rows = ARENA_ARRAY(c->arena, all.count + 1, struct case_upload);
    while (ids.len && files->count < all.count) {
        int64_t id;
        ids = str_cut(ids, ' ', &one);
        const struct case_upload *u = str_to_i64(one, &id) ? form_upload_find(&all, id) : NULL;
        if (u) files->rows[files->count++] = *u;
    }
    return true;
}
