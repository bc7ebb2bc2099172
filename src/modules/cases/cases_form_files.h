/* Private to the module: files inside a form. */
#ifndef TB_CASES_FORM_FILES_H
#define TB_CASES_FORM_FILES_H

#include "modules/cases/cases_apply.h"

struct form_upload_list {
    struct case_upload *rows;
    size_t count;
};
/* Those of this case given inside its form, with their names; none, without asking the database, where the
 * form has no such field. */
bool case_form_files(struct ctx *c, const struct case_work *w, struct form_upload_list *out) NODISCARD;
const struct case_upload *form_upload_find(const struct form_upload_list *list, int64_t id);
/* The names of files, from an answer. */
struct str form_upload_names(struct ctx *c, const struct form_upload_list *list, struct str ids);
/* The title of the field it was given for. */
struct str form_upload_title(struct ctx *c, const struct case_work *w, const struct case_upload *u);
/* Says at each control of a page which files it has. */
void form_files_on_page(struct ctx *c, const struct case_work *w, const struct form_upload_list *list,
                        const struct json *fields);

/* What a file for that control must be, as apply_take_file reads it; NULL where it is no file of the form. */
const struct json *form_file_rule(struct ctx *c, const struct form *form, struct str name);

/* What was sent with a page: the files are stored first, then the page is read with their numbers. */
struct form_sent {
    struct ctx *c;
    const struct case_work *w;
    struct form_upload_list list;
    struct json *added; /* {name of the control: numbers} */
    bool any;
};
/* Names the prepared files in the case; what cannot be taken goes to `wrong`. */
bool form_files_take(struct ctx *c, struct case_work *w, struct form_sent *sent, struct err *wrong) NODISCARD;
/* form_get with struct form_sent */
struct str form_files_raw(void *arg, struct str name);
/* Files that no answer names any more are given back. */
bool form_files_sweep(struct ctx *c, const struct case_work *w, const struct form_sent *sent) NODISCARD;

#endif
