/* Private to the module: forms of steps (modules/forms), which the model of the process names.
 *
 * Invariants: a step with a form is not done before its form is filled in and checked; what was filled in
 * keeps the version of the form; the last time a step was filled in is what conditions read. Errors: CONFLICT
 * "case.step_form". */
#ifndef TB_CASES_STEPS_H
#define TB_CASES_STEPS_H

#include "modules/cases/cases_internal.h"
#include "modules/forms/forms.h"

struct case_filled {
    int64_t row, token;
    struct str step; /* as the process names it */
    struct str code; /* of the form */
    int version;
    struct str sealed;
    const struct form_version *form;
    const struct json *values;
    int64_t at, account; /* account 0: the applicant */
};
/* In the order in which they were filled in (cases_steps_store.c). */
bool case_store_filled(struct ctx *c, int64_t id, struct case_filled **list, size_t *count) NODISCARD;
bool case_store_fill(struct ctx *c, int64_t id, const struct case_filled *f) NODISCARD;

/* A task and its form. form NULL: it has none, or (step NULL) there is no such task. */
struct case_step {
    struct course_task task;
    const struct course_step *step;
    const struct form_version *form;
    struct form_answers answers;
    const struct case_filled *filled; /* NULL: not yet */
};
bool case_step_form(struct ctx *c, const struct case_work *w, int64_t token, struct case_step *out) NODISCARD;
const struct case_filled *case_filled_at(const struct case_work *w, int64_t token);
/* Was that said in an earlier round of the step of this task? Of several who sign, each goes on from what
 * they said themselves. */
bool case_said_before(const struct ctx *c, const struct case_work *w, const struct case_step *s,
                      const struct case_filled *f);
/* What was filled in last at the step of that id in its own document; NULL: nothing. */
const struct case_filled *case_filled_last(const struct case_work *w, struct str step);
/* May the act be done: is the form of its task there? */
bool case_step_is_filled(struct ctx *c, const struct case_work *w,
                         const struct course_event *event) NODISCARD;
/* Keeps what was checked. */
bool case_fill_step(struct ctx *c, struct case_work *w, const struct case_step *s,
                    const struct json *values) NODISCARD;
/* Files of tasks that are over and of which nothing filled in speaks are given back (cases_steps_files.c). */
bool case_step_files_tidy(struct ctx *c, const struct case_work *w) NODISCARD;
/* {step: {field: value}}, typed. */
struct feel_value case_steps_known(struct arena *a, const struct case_work *w);
const struct json *case_step_fact(const struct case_work *w, struct str path);
const struct json *case_step_value(const struct case_work *w, struct str step, struct str name);
/* Steps that are others from now on, where forms were filled in and departments asked. */
bool case_rename_steps(struct ctx *c, struct case_work *w, const struct bpmn_places *places) NODISCARD;

/* ---- pages (cases_steps_page.c) ---- */
/* "step_form" of the present task, and what was filled in as groups more. */
bool case_show_step_forms(struct ctx *c, struct json *doc, const struct case_work *w,
                          int64_t token) NODISCARD;
/* What the applicant has to fill in now, as acts of the case's page, and what they did fill in. */
bool case_add_my_steps(struct ctx *c, struct json *doc, struct json *acts,
                       const struct case_work *w) NODISCARD;

#endif
