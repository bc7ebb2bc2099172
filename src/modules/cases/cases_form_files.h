/* Private to the module: files inside a form. */
#ifndef TB_CASES_FORM_FILES_H
#define TB_CASES_FORM_FILES_H

#include "modules/cases/cases_apply.h"

/* Those of this case given inside its form, with their names; none, without asking the database, where the
 * form has no such field. */
bool case_form_files(struct ctx *c, const struct case_work *w, struct form_upload_list *out) NODISCARD;
/* The title of the field it was given for. */
struct str form_upload_title(struct ctx *c, const struct case_work *w, const struct case_upload *u);
/* Names the prepared files in the case; what cannot be taken goes to `wrong`. */
bool form_files_take(struct ctx *c, struct case_work *w, struct form_sent *sent, struct err *wrong) NODISCARD;
/* Files that no answer names any more are given back. */
bool form_files_sweep(struct ctx *c, const struct case_work *w, const struct form_sent *sent) NODISCARD;
/* Files that came with an application of several: kept in the case, and named by its answers. */
bool form_files_give(struct ctx *c, struct case_work *w, const struct case_given *files, size_t count,
                     struct json *values) NODISCARD;

#endif
