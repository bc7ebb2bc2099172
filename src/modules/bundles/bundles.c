/* Whose application it is, how it stands, and what of it is sealed. */
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/bundles/bundles_internal.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

bool bundle_version_doc(struct ctx *c, struct bundle_version *v)
{
    v->doc = json_parse(c->arena, v->text, JSON_STRICT, c->err);
    if (v->doc) return true;
    err_clear(c->err);
    return err_fault(c->err, "the stored bundle %.*s is no JSON", STR_ARG(v->code));
}

/* ---- sealing ---- */

static struct field_place place_of(const struct bundle_file *f, const char *column)
{
    return (struct field_place){
        .table = "bundle_file", .column = column, .row = f->id, .subject = f->applicant};
}

bool bundle_seal(struct ctx *c, const struct bundle_file *f, const char *column, struct str plain,
                 struct str *sealed)
{
    *sealed = STR_EMPTY;
    struct field_place at = place_of(f, column);
    return !plain.len || field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

bool bundle_open_text(struct ctx *c, const struct bundle_file *f, const char *column, struct str sealed,
                      struct str *plain)
{
    *plain = STR_EMPTY;
    struct field_place at = place_of(f, column);
    if (!sealed.len || field_open(ctx_keys(c), &c->tx, &at, sealed, plain)) return true;
    if (strcmp(c->err->code, "key.erased") != 0) return false;
    err_clear(c->err);
    *plain = STR_EMPTY;
    return true;
}

/* ---- whose ---- */

static bool not_found(struct ctx *c)
{
    return err_missing(c->err, "bundle", "We cannot find this application.");
}

static bool is_theirs(const struct ctx *c, const struct bundle_file *f)
{
    bool draft = str_eq_c(f->status, "draft");
    if (c->actor.kind == ACTOR_SYSTEM) return true;
    if (c->actor.kind == ACTOR_OFFICER) return f->clerk && f->clerk == c->actor.account;
    if (c->actor.kind != ACTOR_PERSON || (draft && f->clerk)) return false;
    return f->applicant == c->actor.subject || f->agent == c->actor.subject ||
           (c->actor.acting_for && f->applicant == c->actor.acting_for);
}

bool bundle_results_theirs(struct ctx *c, const struct bundle_file *f, int64_t unit)
{
    if (f->applicant == c->actor.subject) return true;
    return c->actor.acting_for && f->applicant == c->actor.acting_for &&
           people_may_act_before(c, f->applicant, unit);
}

bool bundle_scope(struct ctx *c)
{
    struct bundle_file f;
    int64_t id;
    bool found;
    if (!ctx_path_id(c, "id", &id) || !bundle_store_find(c, id, &f, &found)) return false;
    if (!found || !is_theirs(c, &f)) return not_found(c);
    if (c->actor.kind == ACTOR_OFFICER) {
        if (!people_desk_may(c, f.applicant)) return false;
        ctx_reads(c, f.applicant, STR("bundle"), id);
    }
    c->row = id;
    return true;
}

bool bundle_office_scope(struct ctx *c)
{
    struct bundle_file f;
    struct bundle_row *rows;
    size_t count;
    int64_t id;
    bool found, member = ctx_may(c, "case.receive") || ctx_may(c, "case.supervise");
    if (!ctx_path_id(c, "id", &id) || !bundle_store_find(c, id, &f, &found) ||
        !bundle_store_members(c, id, &rows, &count))
        return false;
    if (!found || str_eq_c(f.status, "draft") || !orgs_in_area(c->actor.area, f.division))
        return not_found(c);
    for (size_t i = 0; i < count; i++)
        member = member || rows[i].unit == c->actor.unit;
    if (!member) return not_found(c);
    c->row = id;
    return true;
}

bool bundle_must_be_draft(struct ctx *c, const struct bundle_file *f)
{
    return str_eq_c(f->status, "draft") ||
           err_conflict(c->err, "case.sent", "This application has already been sent.");
}

struct str bundle_base(struct ctx *c, const struct bundle_file *f)
{
    return f->clerk && str_eq_c(f->status, "draft")
               ? str_fmt(c->arena, "/office/desk/bundle/%lld", (long long)f->id)
               : str_fmt(c->arena, "/me/bundles/%lld", (long long)f->id);
}

/* ---- loading ---- */

static bool find_version(struct ctx *c, struct bundle_work *w)
{
    bool found, draft = str_eq_c(w->file.status, "draft");
    if (!(draft ? bundle_store_in_force(c, w->file.code, &w->version, &found)
                : bundle_store_version(c, w->file.code, w->file.version, &w->version, &found)))
        return false;
    if (!found)
        return err_conflict(
            c->err, "bundle.paused",
            "This life event is not offered at present. The services can be applied for one by "
            "one.");
    return bundle_version_doc(c, &w->version);
}

static struct json *stored(struct ctx *c, struct str text)
{
    struct json *doc = text.len ? json_parse(c->arena, text, JSON_STRICT, c->err) : json_object(c->arena);
    if (doc) return doc;
    err_clear(c->err);
    err_fault(c->err, "what is stored of a bundle is no JSON");
    return NULL;
}

static bool plan_of(struct ctx *c, struct bundle_work *w, const struct json *situations)
{
    int64_t items[BUNDLE_MEMBERS_MAX] = {0};
    struct bundle_row *rows;
    size_t count;
    bool draft = str_eq_c(w->file.status, "draft");
    if (!draft && !bundle_store_members(c, w->file.id, &rows, &count)) return false;
    for (size_t i = 0; !draft && i < count; i++)
        if (rows[i].position >= 0 && rows[i].position < BUNDLE_MEMBERS_MAX)
            items[rows[i].position] = rows[i].item;
    return bundle_plan_make(c, w->version.doc, situations, draft ? NULL : items, &w->plan);
}

bool bundle_reload_uploads(struct ctx *c, struct bundle_work *w)
{
    if (!bundle_store_uploads(c, w->file.id, &w->uploads, &w->upload_count)) return false;
    for (size_t i = 0; i < w->upload_count; i++)
        if (!bundle_open_text(c, &w->file, "file_name", w->uploads[i].file_name, &w->uploads[i].file_name))
            return false;
    return true;
}

bool bundle_load(struct ctx *c, int64_t id, struct bundle_work *w)
{
    struct str answers;
    bool found;
    *w = (struct bundle_work){0};
    if (!bundle_store_find(c, id, &w->file, &found)) return false;
    if (!found) return not_found(c);
    if (!find_version(c, w) || !bundle_open_text(c, &w->file, "answers", w->file.sealed_answers, &answers))
        return false;
    const struct json *values = stored(c, answers);
    const struct json *situations = values ? stored(c, w->file.situations) : NULL;
    if (!situations || !plan_of(c, w, situations) || !bundle_reload_uploads(c, w)) return false;
    w->answers = (struct form_answers){.values = values, .situations = w->plan.situations};
    w->slots = stored(c, w->file.slots);
    if (!w->slots) return false;
    if (!str_eq_c(w->file.status, "draft")) return true;
    for (size_t i = 0; i < w->plan.member_count; i++) {
        const struct bundle_member *m = &w->plan.members[i];
        if (!m->chosen || !m->item) continue;
        w->answers.prefill = case_known(c, m->item, w->file.applicant, id, w->plan.schema);
        break;
    }
    return c->err->kind == ERR_NONE;
}

bool bundle_documents(struct ctx *c, struct bundle_work *w)
{
    for (size_t i = 0; i < w->plan.document_count; i++) {
        struct bundle_document *d = &w->plan.documents[i];
        if (d->from_member != SIZE_MAX || !d->state_has) continue;
        if (!case_document_held(c, w->plan.members[d->first].item, w->file.applicant, w->plan.organisation,
                                w->file.id, d->rule, &d->held, &d->held_by))
            return false;
    }
    return true;
}

bool bundle_uploaded(const struct bundle_work *w, struct str document)
{
    for (size_t i = 0; i < w->upload_count; i++)
        if (str_eq(w->uploads[i].document, document)) return true;
    return false;
}

enum clock_light bundle_light(const struct ctx *c, const struct bundle_file *f)
{
    if (f->closed) return LIGHT_DONE;
    if (f->paused) return LIGHT_PAUSED;
    return workclock_shown(f->yellow_at, f->red_at, c->now);
}

struct str bundle_due_text(struct ctx *c, const struct bundle_file *f)
{
    return case_due_text(c, f->due, bundle_light(c, f), false);
}

bool bundle_licence_there(const struct licence *l)
{
    return !str_eq_c(l->status, "draft");
}

struct str bundle_member_text(struct ctx *c, const struct bundle_row *r)
{
    static const char *const words[][2] = {{"waiting", "Waits for another"},
                                           {BUNDLE_ASKED, "Waits for an appointment"},
                                           {"blocked", "Cannot begin"},
                                           {"stuck", "To be applied for separately"},
                                           {"withdrawn", "Withdrawn"}};
    const struct case_file f = {.status = r->status, .result = r->result};
    for (size_t i = 0; !r->case_id && i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(r->status, words[i][0])) return ctx_tr(c, words[i][1]);
    return case_status_text(c, &f);
}
