/* Files inside the one form: each is uploaded once and given to every member whose form asks for it. */
#include "core/http/server.h"
#include "modules/bundles/bundles_apply.h"

#define KIND "form:"

struct form_upload_list bundle_form_files(struct ctx *c, const struct bundle_work *w)
{
    struct form_upload_list list = {
        .form = w->plan.form,
        .base = bundle_base(c, &w->file),
        .rows = ARENA_ARRAY(c->arena, w->upload_count + 1, struct case_upload),
    };
    for (size_t i = 0; i < w->upload_count; i++) {
        const struct bundle_upload *u = &w->uploads[i];
        if (!str_starts(u->document, STR(KIND)) || !u->blob.len) continue;
        list.rows[list.count++] = (struct case_upload){.id = u->id,
                                                       .size = u->size,
                                                       .at = u->at,
                                                       .material = u->document,
                                                       .blob = u->blob,
                                                       .file_name = u->file_name,
                                                       .media_type = u->media_type};
    }
    return list;
}

bool bundles_form_check(struct ctx *c)
{
    struct bundle_work w;
    int64_t id;
    case_files_begin(c);
    if (!ctx_path_id(c, "id", &id) || !bundle_scope(c) || !bundle_load(c, id, &w) ||
        !bundle_must_be_draft(c, &w.file))
        return false;
    for (const struct upload *u = c->req->uploads; u; u = u->next) {
        const struct json *rule = form_file_rule(c, w.plan.form, u->field);
        if (!rule) return err_missing(c->err, "form.field", "This form does not ask for this file.");
        if (!case_file_take(c, u->field, rule, u)) return false;
    }
    return true;
}

bool bundle_form_take(struct ctx *c, struct bundle_work *w, struct form_sent *sent, struct err *wrong)
{
    *sent = form_sent_begin(c);
    case_files_wrong(c, wrong);
    JSON_EACH(f, json_get(c->prepared, "files"))
    {
        int64_t id;
        if (!bundle_add_upload(c, w, f, json_text_of(f, "material"), &id)) {
            if (c->err->kind != ERR_INVALID) return false;
            err_at(wrong, json_text_of(f, "field"), c->err->fields[0].msgid, STR_EMPTY);
            err_clear(c->err);
            break;
        }
        form_sent_add(sent, json_text_of(f, "field"), id);
    }
    if (sent->any && !bundle_reload_uploads(c, w)) return false;
    sent->list = bundle_form_files(c, w);
    return true;
}

bool bundle_form_sweep(struct ctx *c, const struct bundle_work *w, const struct form_sent *sent)
{
    for (size_t i = 0; i < sent->list.count; i++) {
        int64_t id = sent->list.rows[i].id;
        if (!form_file_named(c, w->plan.form, w->answers.values, id) && !bundle_remove_upload(c, w, id))
            return false;
    }
    return true;
}
