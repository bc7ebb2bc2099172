/* Forms of steps: what officers, or the applicant, fill in at a step before it is done. Kept apart from the
 * state, sealed, and given to expressions as `steps` for one step at a time, like the answers of the
 * application. */
#include "modules/cases/cases_steps.h"

#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "engines/feel/feel.h"
#include "modules/cases/cases_scope.h"
#include "modules/evidence/evidence.h"

/* ---- stored ---- */

static struct field_place place_of(const struct case_work *w, int64_t row)
{
    return (struct field_place){
        .table = "case_step_form", .column = "filled", .row = row, .subject = w->file.applicant};
}

/* Of an erased person nothing is left. */
static bool open_filled(struct ctx *c, const struct case_work *w, int64_t row, struct str sealed,
                        const struct json **values)
{
    struct str text = STR_EMPTY;
    struct field_place at = place_of(w, row);
    *values = json_object(c->arena);
    if (sealed.len && !field_open(ctx_keys(c), &c->tx, &at, sealed, &text)) {
        if (strcmp(c->err->code, "key.erased") != 0) return false;
        err_clear(c->err);
    }
    if (text.len) *values = json_parse(c->arena, text, JSON_STRICT, c->err);
    return *values || err_fault(c->err, "what was filled in at a step is no JSON");
}

bool case_load_filled(struct ctx *c, struct case_work *w)
{
    if (!w->course || !course_asks_forms(w->course)) return true;
    if (!case_store_filled(c, w->file.id, &w->filled, &w->filled_count)) return false;
    for (size_t i = 0; i < w->filled_count; i++) {
        struct case_filled *f = &w->filled[i];
        f->form = form_version_of(c, f->code, f->version);
        if (!f->form) return err_fault(c->err, "the form of a step is not there");
        if (!open_filled(c, w, f->row, f->sealed, &f->values)) return false;
    }
    return true;
}

/* ---- asked ---- */

const struct case_filled *case_filled_at(const struct case_work *w, int64_t token)
{
    for (size_t i = 0; i < w->filled_count; i++)
        if (w->filled[i].token == token) return &w->filled[i];
    return NULL;
}

bool case_said_before(const struct ctx *c, const struct case_work *w, const struct case_step *s,
                      const struct case_filled *f)
{
    bool one_of_several = s->task.about && s->task.about->turn > 0;
    return str_eq(f->step, s->step->id) && f->token != s->task.token &&
           !bpmn_find(&w->state.process, f->token) && (!one_of_several || f->account == c->actor.account);
}

/* Done again, a step begins with what was said there before. */
static const struct json *said_before(const struct ctx *c, const struct case_work *w,
                                      const struct case_step *s)
{
    for (size_t i = w->filled_count; i-- > 0;)
        if (w->filled[i].form->id == s->form->id && case_said_before(c, w, s, &w->filled[i]))
            return w->filled[i].values;
    return NULL;
}

bool case_step_form(struct ctx *c, const struct case_work *w, int64_t token, struct case_step *out)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(w->course, &w->state, tasks), i = 0;
    while (i < count && tasks[i].token != token)
        i++;
    *out = (struct case_step){.task = {.step = -1}};
    if (i == count) return true;
    out->task = tasks[i];
    out->step = course_step_at(w->course, tasks[i].step);
    if (!out->step->form.len) return true;
    out->filled = case_filled_at(w, token);
    out->form = out->filled ? out->filled->form : form_in_force(c, out->step->form, date_of(c->now));
    if (!out->form)
        return err_conflict(c->err, "case.step_form", "The form of this step has no version in force.");
    out->answers.values = out->filled ? out->filled->values : said_before(c, w, out);
    return true;
}

bool case_step_is_filled(struct ctx *c, const struct case_work *w, const struct course_event *event)
{
    static const unsigned leads_on = 1u << COURSE_ACCEPT | 1u << COURSE_PASS | 1u << COURSE_AGREE |
                                     1u << COURSE_DISAGREE | 1u << COURSE_OPINION | 1u << COURSE_GRANT |
                                     1u << COURSE_REFUSE;
    struct course_task tasks[COURSE_TASKS_MAX];
    if (event->kind != COURSE_DO || !w->course || !course_asks_forms(w->course) ||
        !(leads_on >> event->act & 1))
        return true;
    size_t count = course_tasks(w->course, &w->state, tasks);
    for (size_t i = 0; i < count; i++)
        if (tasks[i].token == event->token && course_step_at(w->course, tasks[i].step)->form.len &&
            !case_filled_at(w, event->token))
            return err_conflict(c->err, "case.step_form", "Please fill in the form of this step first.");
    return true;
}

bool case_fill_step(struct ctx *c, struct case_work *w, const struct case_step *s, const struct json *values)
{
    struct json *detail = json_object(c->arena);
    struct case_filled *all = ARENA_ARRAY(c->arena, w->filled_count + 2, struct case_filled);
    struct case_filled f = {.row = ctx_id(c),
                            .token = s->task.token,
                            .step = s->step->id,
                            .code = s->form->code,
                            .version = s->form->version,
                            .form = s->form,
                            .values = values,
                            .at = c->now,
                            .account = c->actor.kind == ACTOR_OFFICER ? c->actor.account : 0};
    struct field_place at = place_of(w, f.row);
    if (!field_seal(ctx_keys(c), &c->tx, &at, json_to_str(c->arena, values), &f.sealed)) return false;
    size_t kept = 0;
    json_set_str(c->arena, detail, "form", s->form->code);
    json_set_i64(c->arena, detail, "version", s->form->version);
    for (size_t i = 0; i < w->filled_count; i++)
        if (w->filled[i].token != f.token) all[kept++] = w->filled[i];
    all[kept++] = f;
    w->filled = all;
    w->filled_count = kept;
    return case_store_fill(c, w->file.id, &f) &&
           case_store_add_event(c, w->file.id, w->process_version, "fill", s->step->id, STR_EMPTY,
                                STR_EMPTY) &&
           evidence_add(c, "case.fill", "case", w->file.id, w->file.applicant, detail);
}

/* ---- what expressions read ---- */

static struct str own_id(const struct case_work *w, struct str step)
{
    const struct course_step *s = course_step_at(w->course, course_step_find(w->course, step));
    return s ? s->own_id : step;
}

struct feel_value case_steps_known(struct arena *a, const struct case_work *w)
{
    struct feel_entry *list = ARENA_ARRAY(a, w->filled_count + 1, struct feel_entry), *entries;
    size_t count = 0;
    for (size_t i = w->filled_count; i-- > 0;) {
        const struct case_filled *f = &w->filled[i];
        const struct form_answers in = {.values = f->values};
        struct str name = own_id(w, f->step);
        bool later = false; /* what was filled in last is what holds */
        for (size_t k = 0; k < count; k++)
            later = later || str_eq(list[k].key, name);
        if (!later) list[count++] = (struct feel_entry){name, case_typed_answers(a, f->form->form, &in)};
    }
    struct feel_value all = feel_context(a, count, &entries);
    if (count) memcpy(entries, list, count * sizeof *list);
    return all;
}

const struct case_filled *case_filled_last(const struct case_work *w, struct str step)
{
    for (size_t i = w->filled_count; i-- > 0;)
        if (str_eq(own_id(w, w->filled[i].step), step)) return &w->filled[i];
    return NULL;
}

/* "visit.area" */
const struct json *case_step_fact(const struct case_work *w, struct str path)
{
    struct str step, name = str_cut(path, '.', &step);
    return case_step_value(w, step, name);
}

const struct json *case_step_value(const struct case_work *w, struct str step, struct str name)
{
    const struct case_filled *f = case_filled_last(w, step);
    const struct form_answers in = {.values = f ? f->values : NULL};
    return f && form_field_page(f->form->form, name) != SIZE_MAX ? form_field_value(f->form->form, name, &in)
                                                                 : NULL;
}
