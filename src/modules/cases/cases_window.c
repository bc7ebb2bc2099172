/* What the window asks of cases: lists for a kiosk, and an application that needs nothing more. */
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"

struct str case_status_text(struct ctx *c, const struct case_file *f)
{
    return words_status(c, f->status, f->result);
}

bool case_list_mine(struct ctx *c, size_t limit, struct json *list)
{
    struct case_row *rows;
    size_t count;
    if (!case_mine(c, false, 0, &rows, &count)) return false;
    for (size_t i = 0; i < count && i < limit; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_id(c->arena, o, "id", rows[i].file.id);
        json_set_str(c->arena, o, "case_no", rows[i].file.case_no);
        json_set_str(c->arena, o, "item_name", rows[i].file.item_name);
        json_set_str(c->arena, o, "status", case_status_text(c, &rows[i].file));
    }
    return true;
}

bool case_apply_at_once(struct ctx *c, const struct item *item, int64_t *id)
{
    struct case_work w;
    return draft_open(c, item, "web", people_applicant(c), 0, id) && case_work_load(c, *id, &w) &&
           draft_submit(c, &w);
}

bool case_apply_page(struct ctx *c, enum case_apply_step step)
{
    static handler *const pages[] = {
        [CASE_APPLY_SCOPE] = apply_scope,
        [CASE_APPLY_START] = apply_start,
        [CASE_APPLY_START_SAVE] = apply_start_save,
        [CASE_APPLY_TASKS] = apply_tasks,
        [CASE_APPLY_DISCARD] = apply_discard,
        [CASE_APPLY_FORM] = apply_form,
        [CASE_APPLY_FORM_SAVE] = apply_form_save,
        [CASE_APPLY_FILES] = apply_files,
        [CASE_APPLY_FILES_SAVE] = apply_files_save,
        [CASE_APPLY_BOOKING] = apply_booking,
        [CASE_APPLY_BOOKING_SAVE] = apply_booking_save,
        [CASE_APPLY_SUMMARY] = apply_summary,
        [CASE_APPLY_SUBMIT] = apply_submit,
        [CASE_APPLY_RECEIPT] = apply_receipt,
    };
    return pages[step] ? pages[step](c) : err_missing(c->err, "page", "We cannot find this page.");
}
