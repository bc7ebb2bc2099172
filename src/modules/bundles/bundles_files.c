/* Files of an application: one set of documents, each kind once whichever members ask for it, and those
 * inside the one form, each uploaded once and given to every member whose form asks for it. */
#include "core/blob/blob.h"
#include "core/http/server.h"
#include "modules/bundles/bundles_apply.h"
#include "modules/evidence/evidence.h"
#include "modules/people/people.h"

static struct str field_of(struct ctx *c, struct str document)
{
    return str_fmt(c->arena, "material:%.*s", STR_ARG(document));
}

static struct str name_of(const struct ctx *c, const struct bundle_document *d)
{
    return c->lang == &lang_en && d->en.len ? d->en : d->name;
}

static bool is_free(const struct bundle_document *d)
{
    return d->held || d->from_member != SIZE_MAX;
}

static struct str size_text(struct ctx *c, int64_t bytes)
{
    return bytes < 1 << 20 ? str_fmt(c->arena, "%lld KB", (long long)((bytes + 1023) >> 10))
                           : str_fmt(c->arena, "%.1f MB", (double)bytes / (1 << 20));
}

/* ---- the page ---- */

/* Which members it is for, after the rules for the file. */
static void add_uses(struct ctx *c, struct json *f, const struct bundle_work *w,
                     const struct bundle_document *d)
{
    if (d->use_count < 2) return;
    struct buf names = buf_new(c->arena, 128);
    for (size_t i = 0; i < d->use_count; i++) {
        if (i) buf_add_c(&names, c->lang == &lang_en ? ", " : "、");
        buf_add(&names, w->plan.members[d->uses[i].member].item->name);
    }
    struct str hint = json_text_of(f, "hint"),
               uses = tr_arg(c->lang, c->arena, "Once for all of: %{arg}", buf_str(&names));
    json_set_str(c->arena, f, "hint", str_fmt(c->arena, "%.*s %.*s", STR_ARG(hint), STR_ARG(uses)));
}

static void add_files(struct ctx *c, struct json *f, const struct bundle_work *w,
                      const struct bundle_document *d)
{
    struct json *files = json_set_array(c->arena, f, "files");
    for (size_t i = 0; i < w->upload_count; i++) {
        const struct bundle_upload *u = &w->uploads[i];
        if (!str_eq(u->document, d->id)) continue;
        struct json *o = json_add_object(c->arena, files);
        bool paper = !u->blob.len;
        json_set(o, "href",
                 paper ? json_null(c->arena)
                       : json_string(c->arena, str_fmt(c->arena, "%.*s/files/%lld",
                                                       STR_ARG(bundle_base(c, &w->file)), (long long)u->id)));
        json_set_str(c->arena, o, "file_name", paper ? ctx_tr(c, "Handed in on paper") : u->file_name);
        json_set_str(c->arena, o, "size", paper ? STR_EMPTY : size_text(c, u->size));
        json_set_id(c->arena, o, "file_id", u->id);
    }
}

static void add_document(struct ctx *c, struct json *list, const struct bundle_work *w,
                         const struct bundle_document *d)
{
    struct json *f = json_add_object(c->arena, list);
    struct str field = field_of(c, d->id), error = STR_EMPTY;
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++)
        if (str_eq_c(field, c->failed->fields[i].field))
            error = tr_arg(c->lang, c->arena, c->failed->fields[i].msgid, str_c(c->failed->fields[i].arg));
    json_set_str(c->arena, f, "id", field);
    json_set_str(c->arena, f, "name", field);
    json_set_str(c->arena, f, "label", name_of(c, d));
    json_set_bool(c->arena, f, "label_zh", c->lang == &lang_en && !d->en.len);
    json_set_c(c->arena, f, "type", "file");
    json_set_bool(c->arena, f, "file", true);
    json_set_str(c->arena, f, "value", STR_EMPTY);
    if (error.len) json_set_str(c->arena, f, "error", error);
    case_file_rules(c, f, d->rule);
    add_uses(c, f, w, d);
    json_set_str(c->arena, f, "material", d->id);
    json_set_bool(c->arena, f, "required", d->required);
    json_set_bool(c->arena, f, "may_defer", false);
    json_set_bool(c->arena, f, "deferred", false);
    add_files(c, f, w, d);
    case_field_whole(c, f);
}

static struct str needed_text(struct ctx *c, const struct bundle_work *w, const struct bundle_todo *t)
{
    size_t left = t->wanted - t->held;
    struct str before = tr_arg(c->lang, c->arena, "One by one the services would ask for %{arg} documents.",
                               str_fmt(c->arena, "%zu", w->plan.asked_documents));
    struct str after = tr_arg(c->lang, c->arena, "Here you hand in at most %{arg}, each once.",
                              str_fmt(c->arena, "%zu", left));
    return str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(before), c->lang == &lang_en ? " " : "", STR_ARG(after));
}

static bool page(struct ctx *c, struct bundle_work *w)
{
    struct bundle_todo t;
    if (!bundles_todo(c, w, &t)) return false;
    struct json *doc = ctx_doc(c), *held = json_set_array(c->arena, doc, "held"),
                *list = json_set_array(c->arena, doc, "materials");
    struct str base = bundle_base(c, &w->file), back = str_cat(c->arena, base, STR("/summary"));
    size_t last = w->plan.form ? form_page_count(w->plan.form) : 0;
    while (last > 0 && !form_page_visible(w->plan.form, last - 1, &w->answers))
        last--;
    if (last)
        back =
            str_fmt(c->arena, "%.*s/form/%.*s", STR_ARG(base), STR_ARG(form_page_id(w->plan.form, last - 1)));
    bundles_head(c, w, back, t.steps - 1 - t.books, t.steps);
    json_set_str(c->arena, doc, "needed_text", needed_text(c, w, &t));
    json_set_str(c->arena, doc, "action", str_cat(c->arena, base, STR("/materials")));
    for (size_t i = 0; i < w->plan.document_count; i++) {
        const struct bundle_document *d = &w->plan.documents[i];
        if (!is_free(d)) {
            add_document(c, list, w, d);
            continue;
        }
        struct json *o = json_add_object(c->arena, held);
        json_set_str(c->arena, o, "name", name_of(c, d));
        json_set_str(c->arena, o, "held_by",
                     d->held ? d->held_by
                             : tr_arg(c->lang, c->arena, "comes from “%{arg}” on the way",
                                      w->plan.members[d->from_member].item->name));
    }
    json_set_bool(c->arena, doc, "has_held", held->count > 0);
    return true;
}

bool bundles_files(struct ctx *c)
{
    struct bundle_work w;
    if (!bundle_load(c, c->row, &w)) return false;
    if (!str_eq_c(w.file.status, "draft")) return ctx_redirect(c, "/me/bundles/%lld", (long long)w.file.id);
    return page(c, &w);
}

/* ---- sending files ---- */

static const struct bundle_document *find(const struct bundle_work *w, struct str id)
{
    for (size_t i = 0; i < w->plan.document_count; i++)
        if (str_eq(w->plan.documents[i].id, id)) return &w->plan.documents[i];
    return NULL;
}

/* The rule for a file sent with that control, its "id" what the file is kept under. NULL: nothing asks for
 * it. */
typedef const struct json *rule_of(struct ctx *c, const struct bundle_work *w, struct str field);

static const struct json *document_rule(struct ctx *c, const struct bundle_work *w, struct str field)
{
    struct str kind, document = str_cut(field, ':', &kind);
    const struct bundle_document *d = str_eq_c(kind, "material") ? find(w, document) : NULL;
    if (!d) return NULL;
    struct json *rule = json_copy(c->arena, d->rule);
    json_set_str(c->arena, rule, "id", d->id);
    return rule;
}

static const struct json *inside_rule(struct ctx *c, const struct bundle_work *w, struct str field)
{
    return form_file_rule(c, w->plan.form, field);
}

static bool look_into(struct ctx *c, rule_of *rule_for)
{
    struct bundle_work w;
    int64_t id;
    case_files_begin(c);
    if (!ctx_path_id(c, "id", &id) || !bundle_scope(c) || !bundle_load(c, id, &w) ||
        !bundle_must_be_draft(c, &w.file))
        return false;
    for (const struct upload *u = c->req->uploads; u; u = u->next) {
        const struct json *rule = rule_for(c, &w, u->field);
        if (!rule)
            return err_missing(c->err, "case.material", "This application does not ask for this document.");
        if (!case_file_take(c, u->field, rule, u)) return false;
    }
    return true;
}

bool bundles_files_check(struct ctx *c)
{
    return look_into(c, document_rule);
}

bool bundles_form_check(struct ctx *c)
{
    return look_into(c, inside_rule);
}

static bool add_upload(struct ctx *c, struct bundle_work *w, const struct json *f, int64_t *id)
{
    struct str sealed;
    struct bundle_upload u = {.id = *id = ctx_id(c),
                              .size = json_i64_of(f, "size", 0),
                              .at = c->now,
                              .document = json_text_of(f, "material"),
                              .blob = json_text_of(f, "blob"),
                              .media_type = json_text_of(f, "type")};
    if (w->upload_count >= BUNDLE_FILES_MAX)
        return err_at(c->err, json_text_of(f, "field"), "There are too many files in this application.",
                      STR_EMPTY);
    w->upload_count++;
    return bundle_seal(c, &w->file, "file_name", utf8_head(json_text_of(f, "name"), 120), &sealed) &&
           bundle_store_add_upload(c, w->file.id, &u, sealed) &&
           blob_refer(&c->tx, u.blob, u.size, str_z(c->arena, u.media_type), c->now, "bundle_upload", u.id);
}

static bool remove_upload(struct ctx *c, const struct bundle_work *w, int64_t id)
{
    for (size_t i = 0; i < w->upload_count; i++)
        if (w->uploads[i].id == id)
            return bundle_store_remove_upload(c, w->file.id, id) &&
                   (!w->uploads[i].blob.len || blob_release(&c->tx, w->uploads[i].blob, "bundle_upload", id));
    return true;
}

/* Files that came with the page, each kept once; what is too many is told at its control. `sent` gets their
 * numbers, where it is not NULL. */
static bool keep_sent(struct ctx *c, struct bundle_work *w, struct form_sent *sent, struct err *wrong,
                      bool *any)
{
    *any = false;
    case_files_wrong(c, wrong);
    JSON_EACH(f, json_get(c->prepared, "files"))
    {
        struct str field = json_text_of(f, "field");
        int64_t id;
        if (!add_upload(c, w, f, &id)) {
            if (c->err->kind != ERR_INVALID) return false;
            err_at(wrong, field, c->err->fields[0].msgid, STR_EMPTY);
            err_clear(c->err);
            break;
        }
        if (sent) form_sent_add(sent, field, id);
        *any = true;
    }
    return true;
}

/* By the clerk of the application, and on record as theirs. */
static bool keep_paper(struct ctx *c, const struct bundle_work *w, struct str document, int64_t *id)
{
    const struct bundle_upload u = {.id = *id = ctx_id(c),
                                    .at = c->now,
                                    .document = document,
                                    .blob = STR_EMPTY,
                                    .media_type = STR_EMPTY};
    return bundle_store_add_upload(c, w->file.id, &u, STR_EMPTY) &&
           evidence_add(c, "bundle.paper", "bundle", w->file.id, w->file.applicant, NULL);
}

/* ---- files inside the one form ---- */

#define KIND "form:"

struct form_upload_list bundle_form_files(struct ctx *c, const struct bundle_work *w)
{
    struct form_upload_list list = {
        .form = w->plan.form,
        .base = bundle_base(c, &w->file),
        .rows = ARENA_ARRAY(c->arena, w->upload_count + 1, struct case_upload),
        .at_desk = w->file.clerk != 0,
    };
    for (size_t i = 0; i < w->upload_count; i++) {
        const struct bundle_upload *u = &w->uploads[i];
        if (!str_starts(u->document, STR(KIND))) continue;
        list.rows[list.count++] =
            (struct case_upload){.id = u->id,
                                 .size = u->size,
                                 .at = u->at,
                                 .material = u->document,
                                 .blob = u->blob,
                                 .file_name = u->blob.len ? u->file_name : form_paper_name(c),
                                 .media_type = u->media_type};
    }
    return list;
}

struct papers {
    struct ctx *c;
    const struct bundle_work *w;
    struct form_sent *sent;
};

static bool keep_inside(void *arg, struct str control, struct str material)
{
    const struct papers *p = arg;
    int64_t id;
    if (!keep_paper(p->c, p->w, material, &id)) return false;
    form_sent_add(p->sent, control, id);
    return true;
}

bool bundle_form_take(struct ctx *c, struct bundle_work *w, struct form_sent *sent, struct err *wrong)
{
    bool any;
    *sent = form_sent_begin(c);
    struct papers p = {c, w, sent};
    bool saves = !ctx_param(c, STR(FORM_ROW)).len; /* a page that is only looked at keeps no paper */
    if (!keep_sent(c, w, sent, wrong, &any) ||
        (saves && w->file.clerk && !form_papers_each(c, w->plan.form, keep_inside, &p)) ||
        (sent->any && !bundle_reload_uploads(c, w)))
        return false;
    sent->list = bundle_form_files(c, w);
    return true;
}

bool bundle_form_sweep(struct ctx *c, const struct bundle_work *w, const struct form_sent *sent)
{
    for (size_t i = 0; i < sent->list.count; i++) {
        int64_t id = sent->list.rows[i].id;
        if (!form_file_named(c, w->plan.form, w->answers.values, id) && !remove_upload(c, w, id))
            return false;
    }
    return true;
}

/* ---- the set of documents ---- */

/* At the desk: what the clerk has taken on paper. */
static bool add_paper(struct ctx *c, struct bundle_work *w)
{
    int64_t id;
    JSON_EACH(p, json_get(c->in, "paper"))
    {
        if (!w->file.clerk || !find(w, p->text) || bundle_uploaded(w, p->text)) continue;
        if (!keep_paper(c, w, p->text, &id)) return false;
    }
    return true;
}

bool bundles_files_save(struct ctx *c)
{
    struct bundle_work w;
    struct bundle_todo t;
    struct err *wrong = ARENA_NEW(c->arena, struct err);
    int64_t remove = in_i64(c, "remove", 0), id = c->row;
    bool next = str_eq_c(in_text(c, "go"), "next"), added;
    if (!bundle_load(c, id, &w) || !bundle_must_be_draft(c, &w.file) ||
        !keep_sent(c, &w, NULL, wrong, &added))
        return false;
    if ((remove && !remove_upload(c, &w, remove)) || !add_paper(c, &w) || !bundle_load(c, id, &w) ||
        !bundles_todo(c, &w, &t))
        return false;
    for (size_t i = 0; next && c->html && i < w.plan.document_count; i++) {
        const struct bundle_document *d = &w.plan.documents[i];
        bool told = false;
        for (size_t k = 0; k < wrong->field_count; k++)
            told = told || str_eq_c(field_of(c, d->id), wrong->fields[k].field);
        if (d->required && !is_free(d) && !bundle_uploaded(&w, d->id) && !told)
            err_at(wrong, field_of(c, d->id), "Please add this document: %{arg}", name_of(c, d));
    }
    if (wrong->field_count) {
        if (!added || !c->html) {
            *c->err = *wrong;
            return false;
        }
        c->failed = wrong;
        return page(c, &w);
    }
    json_set_i64(c->arena, ctx_doc(c), "to_upload", (int64_t)t.to_upload);
    if (!next) return ctx_redirect(c, "%s/materials", str_z(c->arena, bundle_base(c, &w.file)));
    return ctx_redirect(c, "%s", str_z(c->arena, bundles_next(c, &w, &t)));
}

bool bundles_file(struct ctx *c)
{
    struct bundle_work w;
    struct str content;
    int64_t id;
    if (!ctx_path_id(c, "file", &id) || !bundle_load(c, c->row, &w)) return false;
    for (size_t i = 0; i < w.upload_count; i++) {
        const struct bundle_upload *u = &w.uploads[i];
        if (u->id != id || !u->blob.len) continue;
        return blob_get(ctx_blobs(c), c->arena, u->blob, &content, c->err) &&
               people_send_file(c, content, u->media_type, u->file_name);
    }
    return err_missing(c->err, "file", "We cannot find this file.");
}

/* ---- throwing away ---- */

bool bundle_discard(struct ctx *c, const struct bundle_file *f)
{
    struct bundle_upload *list;
    size_t count;
    if (!bundle_store_uploads(c, f->id, &list, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (list[i].blob.len && !blob_release(&c->tx, list[i].blob, "bundle_upload", list[i].id))
            return false;
    return bundle_store_delete(c, f->id);
}

static bool discard_all(struct ctx *c, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct bundle_file f = {.id = ids[i]};
        if (!bundle_discard(c, &f)) return false;
    }
    return true;
}

bool bundle_run_expire(struct ctx *c, const struct json *payload)
{
    int64_t *ids;
    size_t count;
    (void)payload;
    return bundle_store_old_drafts(c, c->now - BUNDLE_DRAFT_DAYS * MS_DAY, &ids, &count) &&
           discard_all(c, ids, count);
}

bool bundle_forget_person(struct ctx *c, int64_t subject)
{
    int64_t *ids;
    size_t count;
    return bundle_store_drafts_of(c, subject, &ids, &count) && discard_all(c, ids, count);
}

const struct field bundles_files_fields[] = {
    {"remove", FIELD_ID, .label = "A file to remove"},
    {"paper", FIELD_LIST, .label = "Documents seen on paper"},
    {"go", FIELD_LINE, "next, or stay", .max = 10},
    {0},
};
