/* What the window asks of cases: lists for a kiosk, and an application that needs nothing more. */
#include "modules/cases/cases_internal.h"
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
