/* Private to the module: files inside a form. */
#ifndef TB_CASES_FORM_FILES_H
#define TB_CASES_FORM_FILES_H

#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_steps.h"

#define STEP_KIND "step:" /* what files of steps are kept under: "step:<token>:<property>" */

/* Those of this case given inside its form, with their names; none, without asking the database, where the
 * form has no such field. */
bool case_form_files(struct ctx *c, const struct case_work *w, struct form_upload_list *out) NODISCARD;
/* The title of the field of the form it was given for. */
struct str form_upload_title(struct ctx *c, const struct form *form, const struct case_upload *u);
/* "file_links" of an answer: where each of its files is opened; null: it has none. */
void form_upload_links(struct ctx *c, const struct form_upload_list *list, struct str ids,
                       struct json *answer);
/* Names the prepared files in the case; what cannot be taken goes to `wrong`. */
bool form_files_take(struct ctx *c, struct case_work *w, struct form_sent *sent, struct err *wrong) NODISCARD;
/* The same for any form of the case: token 0 the application's, else the task's; sent->list is the caller's
 * to fill. */
bool form_files_keep(struct ctx *c, const struct case_work *w, const struct form *form, int64_t token,
                     struct form_sent *sent, struct err *wrong) NODISCARD;
/* Gives one back. */
bool form_file_drop(struct ctx *c, const struct case_work *w, int64_t id) NODISCARD;
/* Papers taken at the desk in place of files, after the files that were sent. */
bool form_papers_take(struct ctx *c, struct case_work *w, struct form_sent *sent) NODISCARD;
/* Files that no answer names any more are given back. */
bool form_files_sweep(struct ctx *c, const struct case_work *w, const struct form_sent *sent) NODISCARD;
/* Files that came with an application of several: kept in the case, and named by its answers. */
bool form_files_give(struct ctx *c, struct case_work *w, const struct case_given *files, size_t count,
                     struct json *values) NODISCARD;

/* ---- at steps (cases_steps_files.c) ---- */
/* Those a task may name: its own, and those of earlier rounds of its step; their address is
 * base/files/<number>. */
bool case_step_files(struct ctx *c, const struct case_work *w, const struct case_step *s, struct str base,
                     struct form_upload_list *out) NODISCARD;
/* Those that what was filled in names. */
bool case_filled_files(struct ctx *c, const struct case_work *w, const struct case_filled *f, struct str base,
                       struct form_upload_list *out) NODISCARD;
/* What was sent with the form of a task is kept; what cannot be taken goes to `wrong`. */
bool case_step_files_take(struct ctx *c, const struct case_work *w, const struct case_step *s,
                          struct str base, struct form_sent *sent, struct err *wrong) NODISCARD;
/* Of the task's own files those go that `values` do not name; what earlier rounds hold stays. */
bool case_step_files_sweep(struct ctx *c, const struct case_work *w, const struct case_step *s,
                           const struct json *values, const struct form_sent *sent) NODISCARD;
/* Is that fact ("answers.photo", "steps.visit.photo") files: *files, in the order of the answer. */
bool case_fact_files(struct ctx *c, const struct case_work *w, struct str path, bool *is_files,
                     struct form_upload_list *files) NODISCARD;
/* One of them, where the actor may open it: an officer what is filled in, and what their own open task has
 * been given; a person the same of steps that are the applicant's. NULL: none. */
bool case_step_file(struct ctx *c, const struct case_work *w, int64_t id,
                    const struct case_upload **out) NODISCARD;

#endif
