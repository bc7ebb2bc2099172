/* Documents: looked into by content, cleaned, stored; then named by the case. */
#include "core/blob/blob.h"
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_form_files.h"

enum { PICTURE_SIDE_MAX = 2400, MB_DEFAULT = 10 };

/* ---- one file ---- */

void apply_prepared(struct ctx *c)
{
    c->prepared = json_object(c->arena);
    json_set_array(c->arena, c->prepared, "files");
    json_set_array(c->arena, c->prepared, "wrong");
}

static bool add_wrong(struct ctx *c, struct str field, const char *msgid, struct str arg)
{
    struct json *o = json_add_object(c->arena, (struct json *)json_get(c->prepared, "wrong"));
    json_set_str(c->arena, o, "field", field);
    json_set_c(c->arena, o, "message", msgid);
    json_set_str(c->arena, o, "arg", arg);
    return true;
}

void apply_wrong(struct ctx *c, struct err *into)
{
    JSON_EACH(w, json_get(c->prepared, "wrong"))
    {
        err_at(into, json_text_of(w, "field"), str_z(c->arena, json_text_of(w, "message")),
               json_text_of(w, "arg"));
    }
}

static bool taken_here(const struct json *rule, const char *media_type)
{
    const struct json *accept = json_get(rule, "accept");
    JSON_EACH(a, accept)
    {
        if (str_eq_c(a->text, media_type)) return true;
    }
    return !accept || !accept->count;
}

/* The name under which it may be shown and saved, by the same rule as every other upload. */
static struct str clean_name(struct ctx *c, const struct upload *u)
{
    struct upload one = *u;
    struct params params = {.uploads = &one};
    struct field table[2] = {{.name = str_z(c->arena, u->field), .type = FIELD_FILE, .label = "File"}};
    struct json *out = json_object(c->arena);
    struct err ignored = {0};
    one.next = NULL;
    if (!fields_read(table, &params, NULL, c->arena, out, &ignored)) return STR("file");
    return json_text_of(json_get(out, table[0].name), "name");
}

static bool clean(struct ctx *c, enum file_kind kind, struct str content, struct str *cleaned)
{
    *cleaned = content;
    return kind == FILE_PDF ? pdf_acceptable(content, c->err)
                            : image_reencode(c->arena, kind, content, PICTURE_SIDE_MAX, cleaned, c->err);
}

bool apply_take_file(struct ctx *c, struct str field, const struct json *rule, const struct upload *u)
{
    enum file_kind kind = file_sniff(u->content);
    int64_t most = json_i64_of(rule, "max_mb", MB_DEFAULT);
    struct str cleaned, blob;
    if (!u->content.len) return add_wrong(c, field, "This file is empty.", STR_EMPTY);
    if (kind == FILE_UNKNOWN || !taken_here(rule, file_media_type(kind)))
        return add_wrong(c, field,
                         "This kind of file is not accepted here. Please send a photo (JPEG, PNG) or a PDF.",
                         STR_EMPTY);
    if ((int64_t)u->content.len > most << 20)
        return add_wrong(c, field, "This file is too large. At most %{arg} MB are accepted.",
                         str_fmt(c->arena, "%lld", (long long)most));
    if (!clean(c, kind, u->content, &cleaned)) {
        if (c->err->kind != ERR_INVALID) return false;
        struct str arg = str_dup(c->arena, str_c(c->err->arg));
        const char *msgid = c->err->msgid;
        err_clear(c->err);
        return add_wrong(c, field, msgid, arg);
    }
    if (!blob_put(ctx_blobs(c), c->arena, cleaned, &blob, c->err)) return false;
    struct json *o = json_add_object(c->arena, (struct json *)json_get(c->prepared, "files"));
    json_set_str(c->arena, o, "field", field);
    json_set_str(c->arena, o, "material", json_text_of(rule, "id"));
    json_set_str(c->arena, o, "blob", blob);
    json_set_str(c->arena, o, "name", clean_name(c, u));
    json_set_i64(c->arena, o, "size", (int64_t)cleaned.len);
    json_set_c(c->arena, o, "type", file_media_type(kind));
    return true;
}

/* ---- the page ---- */

void apply_file_document(struct ctx *c, struct json *list, struct str base, const struct case_upload *u)
{
    struct json *o = json_add_object(c->arena, list);
    bool paper = !u->blob.len;
    json_set(
        o, "href",
        paper ? json_null(c->arena)
              : json_string(c->arena, str_fmt(c->arena, "%.*s/files/%lld", STR_ARG(base), (long long)u->id)));
    json_set_str(c->arena, o, "file_name", u->file_name);
    json_set_str(c->arena, o, "size", paper ? STR_EMPTY : apply_size_text(c, u->size));
    json_set_id(c->arena, o, "file_id", u->id);
}

void apply_file_rules(struct ctx *c, struct json *f, const struct json *rule)
{
    struct buf accept = buf_new(c->arena, 64);
    int64_t most = json_i64_of(rule, "max_mb", MB_DEFAULT);
    bool pdf = taken_here(rule, "application/pdf"),
         picture = taken_here(rule, "image/jpeg") || taken_here(rule, "image/png");
    JSON_EACH(a, json_get(rule, "accept"))
    {
        if (accept.len) buf_add_char(&accept, ',');
        buf_add(&accept, a->text);
    }
    const char *msgid = pdf && picture ? "Photo or PDF, at most %{arg} MB."
                        : pdf          ? "PDF, at most %{arg} MB."
                                       : "Photo, at most %{arg} MB.";
    struct str kinds = tr_arg(c->lang, c->arena, msgid, str_fmt(c->arena, "%lld", (long long)most)), help;
    help = json_text(json_at(json_get(rule, "help"), c->lang == &lang_en ? 1 : 0));
    const char *stop = c->lang == &lang_en ? ". " : "。";
    json_set_str(c->arena, f, "hint",
                 help.len ? str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(help), stop, STR_ARG(kinds)) : kinds);
    json_set_str(c->arena, f, "accept",
                 accept.len ? buf_str(&accept) : STR("image/jpeg,image/png,application/pdf"));
    json_set_i64(c->arena, f, "max_mb", most);
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), "file", true);
}

static struct str field_of(struct ctx *c, struct str material)
{
    return str_fmt(c->arena, "material:%.*s", STR_ARG(material));
}

static void add_material(struct ctx *c, struct json *list, const struct case_work *w,
                         const struct case_material *m)
{
    bool zh;
    struct str label = apply_pick(c, m->rule, "name", "en", &zh);
    struct json *f = apply_field(c, list, str_z(c->arena, field_of(c, m->id)), label, zh, "file");
    apply_file_rules(c, f, m->rule);
    json_set_str(c->arena, f, "material", m->id);
    json_set_bool(c->arena, f, "required", m->required);
    json_set_bool(c->arena, f, "may_defer", m->may_defer && !m->upload_count);
    json_set_bool(c->arena, f, "deferred", m->deferred);
    struct str base = str_fmt(c->arena, "/apply/%lld", (long long)w->file.id);
    struct json *files = json_set_array(c->arena, f, "files");
    for (size_t i = 0; i < m->upload_count; i++)
        if (m->uploads[i]->blob.len) apply_file_document(c, files, base, m->uploads[i]);
}

/* 「需提交 6 份 → 1 份。只需上传1份。」 */
static struct str needed_text(struct ctx *c, const struct apply_plan *p)
{
    struct str all = tr_arg(c->lang, c->arena, "Documents needed: %{arg}.",
                            str_fmt(c->arena, "%zu", p->wanted)),
               rest;
    if (p->held)
        all = str_cat(c->arena, catalogue_fewer(c, p->wanted, p->wanted - p->held),
                      c->lang == &lang_en ? STR(".") : STR("。"));
    rest = p->to_upload ? tr_arg(c->lang, c->arena, "You still upload only %{arg}.",
                                 str_fmt(c->arena, "%zu", p->to_upload))
                        : ctx_tr(c, "There is nothing left to upload.");
    return str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(all), c->lang == &lang_en ? " " : "", STR_ARG(rest));
}

static bool files_document(struct ctx *c, const struct case_work *w)
{
    struct apply_plan p;
    if (!apply_plan(c, w, &p)) return false;
    struct json *doc = ctx_doc(c), *held = json_set_array(c->arena, doc, "held"),
                *list = json_set_array(c->arena, doc, "materials");
    apply_head(c, doc, w->item, str_fmt(c->arena, "/apply/%lld", (long long)w->file.id), 2 + p.pages,
               p.steps);
    json_set_str(c->arena, doc, "needed_text", needed_text(c, &p));
    json_set_str(c->arena, doc, "action", str_fmt(c->arena, "/apply/%lld/materials", (long long)w->file.id));
    for (size_t i = 0; i < p.material_count; i++) {
        const struct case_material *m = &p.materials[i];
        if (!m->wanted) continue;
        if (!m->held) {
            add_material(c, list, w, m);
            continue;
        }
        struct json *o = json_add_object(c->arena, held);
        json_set_str(c->arena, o, "name", m->name);
        json_set_str(c->arena, o, "held_by",
                     c->lang == &lang_en && m->held_by_en.len ? m->held_by_en : m->held_by);
    }
    json_set_bool(c->arena, doc, "has_held", held->count > 0);
    return true;
}

bool apply_files(struct ctx *c)
{
    struct case_work w;
    bool sent;
    if (!apply_load_draft(c, &w, &sent)) return false;
    return sent || files_document(c, &w);
}

/* ---- sending files ---- */

static const struct case_material *find(const struct case_material *list, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].id, id)) return &list[i];
    return NULL;
}

bool apply_files_check(struct ctx *c)
{
    struct case_work w;
    struct case_material *list;
    size_t count;
    apply_prepared(c);
    if (!apply_load(c, &w) || !case_must_be_draft(c, &w) || !case_materials(c, &w, &list, &count))
        return false;
    for (const struct upload *u = c->req->uploads; u; u = u->next) {
        struct str kind, id = str_cut(u->field, ':', &kind);
        const struct case_material *m = str_eq_c(kind, "material") ? find(list, count, id) : NULL;
        if (!m || !m->wanted)
            return err_missing(c->err, "case.material", "This application does not ask for this document.");
        if (!apply_take_file(c, field_of(c, m->id), m->rule, u)) return false;
    }
    return true;
}

/* What one file lacks does not undo the others. */
static bool add_files(struct ctx *c, struct case_work *w, struct err *wrong, size_t *added)
{
    JSON_EACH(f, json_get(c->prepared, "files"))
    {
        if (draft_add_file(c, w, json_text_of(f, "material"), json_text_of(f, "blob"),
                           json_text_of(f, "name"), json_i64_of(f, "size", 0),
                           str_z(c->arena, json_text_of(f, "type")))) {
            (*added)++;
            continue;
        }
        if (c->err->kind != ERR_INVALID) return false;
        for (size_t i = 0; i < c->err->field_count; i++)
            err_at(wrong, str_c(c->err->fields[i].field), c->err->fields[i].msgid,
                   str_c(c->err->fields[i].arg));
        err_clear(c->err);
    }
    return true;
}

static bool is_deferred(const struct ctx *c, struct str material)
{
    JSON_EACH(d, json_get(c->in, "defer"))
    {
        if (str_eq(d->text, material)) return true;
    }
    return false;
}

static bool set_deferred(struct ctx *c, struct case_work *w)
{
    struct case_material *list;
    size_t count;
    if (!in_has(c, "go") && !in_has(c, "defer")) return true;
    if (!case_materials(c, w, &list, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        bool wish = is_deferred(c, list[i].id) && !list[i].upload_count;
        if (list[i].wanted && list[i].may_defer && wish != list[i].deferred &&
            !draft_defer(c, w, list[i].id, wish))
            return false;
    }
    return true;
}

static bool check_missing(struct ctx *c, const struct case_work *w, struct err *wrong)
{
    struct apply_plan p;
    if (!apply_plan(c, w, &p)) return false;
    for (size_t i = 0; i < p.material_count; i++) {
        const struct case_material *m = &p.materials[i];
        if (!m->wanted || !m->required || m->held || m->deferred || m->upload_count) continue;
        bool told = false;
        for (size_t k = 0; k < wrong->field_count; k++)
            told = told || str_eq_c(field_of(c, m->id), wrong->fields[k].field);
        if (!told)
            err_at(wrong, field_of(c, m->id), "Please add this document: %{arg}",
                   apply_pick(c, m->rule, "name", "en", NULL));
    }
    return true;
}

static bool go_on(struct ctx *c, const struct case_work *w, bool next)
{
    struct apply_plan p;
    if (!apply_plan(c, w, &p)) return false;
    json_set_i64(c->arena, ctx_doc(c), "to_upload", (int64_t)p.to_upload);
    if (!next) return ctx_redirect(c, "/apply/%lld/materials", (long long)w->file.id);
    return ctx_redirect(c, "%s", str_z(c->arena, apply_next(c, w, &p)));
}

bool apply_files_save(struct ctx *c)
{
    struct case_work w;
    struct err *wrong = ARENA_NEW(c->arena, struct err);
    size_t added = 0;
    int64_t remove = in_i64(c, "remove", 0);
    bool next = str_eq_c(in_text(c, "go"), "next");
    if (!apply_load(c, &w) || !case_must_be_draft(c, &w)) return false;
    apply_wrong(c, wrong);
    if (!add_files(c, &w, wrong, &added) || (remove && !draft_remove_file(c, &w, remove)) ||
        !set_deferred(c, &w))
        return false;
    if (next && c->html && !check_missing(c, &w, wrong)) return false;
    if (!wrong->field_count) return go_on(c, &w, next);
    if (!added || !c->html) {
        *c->err = *wrong;
        return false;
    }
    c->failed = wrong;
    return files_document(c, &w);
}

/* ---- the own file back ---- */

bool apply_file(struct ctx *c)
{
    struct case_work w;
    struct case_material *list;
    struct str content;
    size_t count;
    int64_t id;
    if (!ctx_path_id(c, "file", &id) || !apply_load(c, &w) || !case_materials(c, &w, &list, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < list[i].upload_count; k++) {
            const struct case_upload *u = list[i].uploads[k];
            if (u->id != id || !u->blob.len) continue;
            return blob_get(ctx_blobs(c), c->arena, u->blob, &content, c->err) &&
                   ctx_file(c, content, str_z(c->arena, u->media_type), u->file_name);
        }
    struct form_upload_list inside;
    if (!case_form_files(c, &w, &inside)) return false;
    const struct case_upload *own = form_upload_find(&inside, id);
    if (!own && !case_step_file(c, &w, id, &own)) return false;
    if (own && own->blob.len)
        return blob_get(ctx_blobs(c), c->arena, own->blob, &content, c->err) &&
               ctx_file(c, content, str_z(c->arena, own->media_type), own->file_name);
    return err_missing(c->err, "file", "We cannot find this file.");
}
