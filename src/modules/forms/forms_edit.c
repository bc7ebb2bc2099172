/* What is special about drafts of forms: when they are sound, and the day they take effect. */
#include "core/http/server.h"
#include "modules/forms/forms_internal.h"

const struct versions_kind form_versions = {
    .name = "form",
    .module = "forms",
    .key = "form",
    .text = "schema",
    .missing = "We cannot find this form.",
    .codes = {"form", "form.under_review", "form.no_draft", "form.no_review", "form.four_eyes", "form.open"}};

static bool sound(struct ctx *c, const struct versions_row *row)
{
    struct json *schema, *faults;
    if (!forms_check(c, row->text, &schema, &faults)) return false;
    return !faults->count ||
           err_conflict(c->err, "form.unsound", "This form has faults. They are listed on its page.");
}

bool form_send_to_review(struct ctx *c, struct versions_row *row, int32_t from)
{
    if (!versions_must_be_draft(c, &form_versions, row) || !sound(c, row)) return false;
    row->from = from;
    return versions_renew(c, &form_versions, row) &&
           versions_set_status(c, &form_versions, row->id, row->version, "review") &&
           versions_note(c, &form_versions, "review", row->id, row->version);
}

bool form_publish(struct ctx *c, int64_t form)
{
    struct versions_row row;
    return versions_under_review(c, &form_versions, form, &row) && sound(c, &row) &&
           versions_publish(c, &form_versions, &row);
}

bool form_roll_back(struct ctx *c, int64_t form, int version)
{
    struct versions_row row;
    return versions_earlier(c, &form_versions, form, version, &row) &&
           versions_go_back(c, &form_versions, &row);
}
