#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/bookings/bookings.h"
#include "modules/cases/cases_form_files.h"
#include "modules/cases/cases_scope.h"
#include "modules/evidence/evidence.h"

/* ---- opening ---- */

static bool may_open(struct ctx *c, const struct item *item, bool organisation)
{
    if (!item->apply_online)
        return err_invalid(c->err, "item.offline",
                           "This service cannot be applied for online. Please visit the service desk.");
    if (!item_service(item, organisation))
        return organisation
                   ? err_invalid(c->err, "item.audience",
                                 "This service is for persons. Please act for yourself to apply.")
                   : err_invalid(
                         c->err, "item.audience",
                         "This service is for organisations. Please choose the organisation you act for.");
    return true;
}

/* The level that counts is that of the person who acts, at the desk that of the applicant. */
static bool level_suffices(struct ctx *c, const struct json *service, int64_t person)
{
    int64_t needed = json_i64_of(service, "requires_level", 1);
    struct subject s;
    if (needed <= 1) return true;
    if (!people_subject(c, person, &s)) return false;
    return s.level >= needed || err_denied(c->err, "level",
                                           "Your identity must be confirmed first: match it with the "
                                           "population base or visit a service desk.");
}

static bool new_draft(struct ctx *c, const struct item *item, const char *channel, int64_t applicant,
                      bool organisation, int64_t agent, int64_t *id)
{
    char code[IDENT_TRACK_CODE];
    uint64_t random;
    crypto_random(&random, sizeof random);
    ident_track_code_make(random, code);
    struct course_state state = course_start();
    struct service_code service;
    if (!item_code(c, item, organisation, 0, &service)) return false;
    struct case_work w = {.organisation = organisation, .form_version = service.form_version};
    *id = ctx_id(c);
    w.file = (struct case_file){.id = *id,
                                .case_no = str_fmt(c->arena, "D%lld", (long long)*id),
                                .track_code = str_n(code, IDENT_TRACK_CODE),
                                .item = item->id,
                                .item_version = item->version,
                                .item_name = item->name,
                                .unit = item->unit,
                                .division = item->division,
                                .applicant = applicant,
                                .agent = agent,
                                .channel = str_c(channel),
                                .status = STR("draft"),
                                .step = STR_EMPTY,
                                .role = STR_EMPTY};
    w.state_text = json_to_str(c->arena, course_state_write(c->arena, NULL, &state));
    w.situations_text = STR("{}");
    return case_store_insert(c, &w);
}

static bool may_apply(struct ctx *c, const struct item *item, int64_t applicant, int64_t agent,
                      bool *organisation)
{
    struct subject s;
    if (!people_subject(c, applicant, &s)) return false;
    *organisation = s.kind == SUBJECT_ORGANISATION;
    return may_open(c, item, *organisation) &&
           level_suffices(c, item_service(item, *organisation), *organisation && agent ? agent : applicant);
}

bool draft_open_member(struct ctx *c, const struct item *item, int64_t applicant, int64_t agent, int64_t *id)
{
    bool organisation;
    return may_apply(c, item, applicant, agent, &organisation) &&
           new_draft(c, item, CHANNEL_BUNDLE, applicant, organisation, agent, id);
}

bool draft_open(struct ctx *c, const struct item *item, const char *channel, int64_t applicant, int64_t agent,
                int64_t *id)
{
    bool organisation;
    if (!may_apply(c, item, applicant, agent, &organisation)) return false;
    if (!case_store_draft_of(c, item->id, applicant, agent, strcmp(channel, "desk") == 0, id)) return false;
    return *id || new_draft(c, item, channel, applicant, organisation, agent, id);
}

/* ---- changing ---- */

static bool keep_answers(struct ctx *c, struct case_work *w)
{
    return case_seal(c, w, "answers", json_to_str(c->arena, w->answers.values), &w->sealed_answers) &&
           case_store_save(c, w);
}

static const struct json *option_of(const struct json *situation, struct str value)
{
    JSON_EACH(o, json_get(situation, "options"))
    {
        if (str_eq(json_text_of(o, "value"), value)) return o;
    }
    return NULL;
}

bool draft_situations(struct ctx *c, struct case_work *w, const struct json *chosen)
{
    struct json *kept = json_object(c->arena);
    if (!case_must_be_draft(c, w)) return false;
    JSON_EACH(s, json_get(w->service, "situations"))
    {
        struct str id = json_text_of(s, "id"), value = json_text(json_get_str(chosen, id));
        const struct json *option = option_of(s, value);
        if (!option) {
            err_at(c->err, id, value.len ? "Please choose one of the options." : "This field is required.",
                   STR_EMPTY);
            continue;
        }
        const struct json *ends = json_get(option, "ends");
        if (json_is(ends, JSON_OBJECT)) {
            err_at(c->err, id, "%{arg}", json_text_of(ends, c->lang == &lang_en ? "en" : "zh"));
            c->err->code = "case.ends";
        }
        json_set_str(c->arena, kept, str_z(c->arena, id), value);
    }
    if (c->err->kind != ERR_NONE) return false;
    w->answers.situations = kept;
    w->situations_text = json_to_str(c->arena, kept);
    return case_store_save(c, w);
}

bool draft_page(struct ctx *c, struct case_work *w, size_t page, form_get *get, void *arg)
{
    struct json *values;
    if (!case_must_be_draft(c, w)) return false;
    bool ok = form_read_page(c->arena, w->form, page, get, arg, &w->answers, &values, c->err);
    w->answers.values = values;
    return ok && keep_answers(c, w);
}

static const struct case_material *find_material(const struct case_material *list, size_t count,
                                                 struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].id, id)) return &list[i];
    return NULL;
}

static bool open_for_files(struct ctx *c, const struct case_work *w)
{
    bool at_desk = c->actor.kind == ACTOR_OFFICER && str_eq_c(w->file.channel, "desk");
    if (w->state.status == COURSE_DRAFT || w->state.status == COURSE_CORRECTION || at_desk) return true;
    return err_conflict(c->err, "case.sent", "This application has already been sent.");
}

static bool accepted_type(const struct case_material *m, const char *media_type)
{
    const struct json *accept = json_get(m->rule, "accept");
    JSON_EACH(a, accept)
    {
        if (str_eq_c(a->text, media_type)) return true;
    }
    return !accept || !accept->count;
}

bool draft_add_file(struct ctx *c, struct case_work *w, struct str material, struct str blob,
                    struct str file_name, int64_t size, const char *media_type)
{
    struct case_material *list;
    size_t count, files = 0;
    struct str sealed;
    if (!open_for_files(c, w) || !case_materials(c, w, &list, &count)) return false;
    const struct case_material *m = find_material(list, count, material);
    if (!m || !m->wanted)
        return err_missing(c->err, "case.material", "This application does not ask for this document.");
    for (size_t i = 0; i < count; i++)
        files += list[i].upload_count;
    struct str field = str_fmt(c->arena, "material:%.*s", STR_ARG(material));
    int64_t limit = json_i64_of(m->rule, "max_mb", 10);
    if (!accepted_type(m, media_type))
        return err_at(c->err, field,
                      "This kind of file is not accepted here. Please send a photo (JPEG, PNG) or a PDF.",
                      STR_EMPTY);
    if (size > limit << 20)
        return err_at(c->err, field, "This file is too large. At most %{arg} MB are accepted.",
                      str_fmt(c->arena, "%lld", (long long)limit));
    if (files >= FILES_A_CASE_MAX)
        return err_at(c->err, field, "There are too many files in this application.", STR_EMPTY);
    struct case_upload u = {.id = ctx_id(c),
                            .size = size,
                            .at = c->now,
                            .material = material,
                            .blob = blob,
                            .media_type = str_c(media_type),
                            .state = STR("uploaded")};
    return case_seal(c, w, "file_name", utf8_head(file_name, 120), &sealed) &&
           case_store_add_upload(c, w->file.id, &u, sealed) &&
           blob_refer(&c->tx, blob, size, media_type, c->now, "case_material", u.id);
}

bool draft_remove_file(struct ctx *c, struct case_work *w, int64_t upload)
{
    struct str blob;
    if (!open_for_files(c, w) || !case_store_remove_upload(c, w->file.id, upload, &blob)) return false;
    return !blob.len || blob_release(&c->tx, blob, "case_material", upload);
}

bool draft_defer(struct ctx *c, struct case_work *w, struct str material, bool deferred)
{
    struct case_material *list;
    size_t count;
    if (!open_for_files(c, w) || !case_materials(c, w, &list, &count)) return false;
    const struct case_material *m = find_material(list, count, material);
    if (!m || !m->may_defer)
        return err_missing(c->err, "case.material", "This document cannot be handed in later.");
    return case_store_set_deferred(c, w->file.id, material, deferred);
}

bool case_is_paper(const struct case_upload *u)
{
    return str_eq_c(u->state, "paper") || str_eq_c(u->state, "paper_seen");
}

static bool note_paper(struct ctx *c, const struct case_work *w, const struct case_upload *u)
{
    struct json *detail = json_object(c->arena);
    struct str name = str_starts(u->material, STR("form:")) ? form_upload_title(c, w->form, u) : STR_EMPTY;
    JSON_EACH(m, json_get(w->service, "materials"))
    {
        if (str_eq(json_text_of(m, "id"), u->material)) name = json_text_of(m, "name");
    }
    json_set_str(c->arena, detail, "material", name);
    return !u->clerk || evidence_add(c, "case.paper", "case", w->file.id, w->file.applicant, detail);
}

bool draft_add_paper(struct ctx *c, const struct case_work *w, struct str material, bool kept, int64_t copies,
                     struct case_upload *u)
{
    *u = (struct case_upload){.id = ctx_id(c),
                              .at = c->now,
                              .material = material,
                              .state = kept ? STR("paper") : STR("paper_seen"),
                              .copies = copies,
                              .clerk = c->actor.kind == ACTOR_OFFICER ? c->actor.account : 0};
    return case_must_be_draft(c, w) && case_store_add_upload(c, w->file.id, u, STR_EMPTY) &&
           note_paper(c, w, u);
}

bool draft_paper(struct ctx *c, struct case_work *w, struct str material, bool kept, int64_t copies)
{
    struct case_upload u;
    return draft_add_paper(c, w, material, kept, copies, &u);
}

bool draft_discard(struct ctx *c, struct case_work *w)
{
    struct case_upload *uploads;
    size_t count;
    if (!case_must_be_draft(c, w) || !case_store_uploads(c, w->file.id, &uploads, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (uploads[i].blob.len && !blob_release(&c->tx, uploads[i].blob, "case_material", uploads[i].id))
            return false;
    return booking_cancel(c, w->file.id) && case_store_delete_draft(c, w->file.id);
}

/* ---- sending ---- */

static bool check_situations(struct ctx *c, const struct case_work *w)
{
    JSON_EACH(s, json_get(w->service, "situations"))
    {
        struct str id = json_text_of(s, "id"), value = json_text(json_get_str(w->answers.situations, id));
        if (!option_of(s, value))
            err_at(c->err, str_fmt(c->arena, "situation:%.*s", STR_ARG(id)), "This field is required.",
                   STR_EMPTY);
    }
    return c->err->kind == ERR_NONE;
}

static bool check_materials(struct ctx *c, const struct case_work *w)
{
    struct case_material *list;
    size_t count;
    if (!case_materials(c, w, &list, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct case_material *m = &list[i];
        if (!m->wanted || !m->required || m->held || m->deferred || m->upload_count) continue;
        err_at(c->err, str_fmt(c->arena, "material:%.*s", STR_ARG(m->id)), "Please add this document: %{arg}",
               m->name);
    }
    return c->err->kind == ERR_NONE;
}

/* At the desk nobody needs one; who opens it for a bundle has seen to it. */
static bool check_booking(struct ctx *c, const struct case_work *w)
{
    struct str slot;
    if (!json_is(json_get(w->service, "booking"), JSON_OBJECT) || str_eq_c(w->file.channel, "desk") ||
        str_eq_c(w->file.channel, CHANNEL_BUNDLE))
        return true;
    if (!booking_of_case(c, w->file.id, &slot)) return false;
    return slot.len ||
           err_at(c->err, STR("booking"), "Please choose a time for your appointment.", STR_EMPTY);
}

bool draft_complete(struct ctx *c, struct case_work *w)
{
    struct json *checked = NULL;
    if (!case_must_be_draft(c, w)) return false;
    check_situations(c, w);
    if (c->err->kind != ERR_NONE && c->err->kind != ERR_INVALID) return false;
    if (w->form && !form_check(c->arena, w->form, &w->answers, &checked, c->err) &&
        c->err->kind != ERR_INVALID)
        return false;
    if (!check_materials(c, w) && c->err->kind != ERR_INVALID) return false;
    if (!check_booking(c, w) || c->err->kind != ERR_NONE) return false;
    if (checked) w->answers.values = checked;
    return true;
}

bool case_number(struct ctx *c, struct str whole, struct str *out)
{
    char number[IDENT_CASE_NO];
    int64_t sequence;
    int32_t day = date_of(c->now);
    struct str division = str_slice(whole, 0, 6);
    if (!case_store_next_number(c, division, day, &sequence)) return false;
    if (!ident_case_no_make(division, day, sequence, number))
        return err_fault(c->err, "no case number for division %.6s", division.len ? division.ptr : "");
    *out = str_dup(c->arena, str_n(number, IDENT_CASE_NO));
    return true;
}

bool draft_submit(struct ctx *c, struct case_work *w)
{
    /* What conditions of the process may read: choices, and nothing that is sealed. */
    struct json *known = json_object(c->arena);
    const struct case_act submit = {
        .event = {.kind = COURSE_SUBMIT, .role = COURSE_APPLICANT, .variables = known}};
    if (w->state.status != COURSE_DRAFT && w->file.submitted)
        return true; /* sent before: the same case again */
    if (!draft_complete(c, w) || !case_number(c, w->file.division, &w->file.case_no)) return false;
    /* A draft begun under an older version is sent under the version in force, or tells that it changed. */
    const struct item *now = catalogue_by_id(c, w->file.item);
    if (!now || now->version != w->file.item_version)
        return err_conflict(c->err, "case.item_changed",
                            "This service has changed since you began. Please go through it once more; what "
                            "you filled in is kept.");
    if (!w->process)
        return err_conflict(c->err, "process.none",
                            "No process is in force for this service. Please tell the service desk.");
    json_set(known, "situation", json_copy(c->arena, w->answers.situations));
    json_set_bool(c->arena, known, "organisation", w->organisation);
    w->process_code = w->process->code;
    w->process_version = w->process->version;
    w->file.submitted = w->received = c->now;
    return case_seal(c, w, "answers", json_to_str(c->arena, w->answers.values), &w->sealed_answers) &&
           case_keep_fee(c, w) && case_move(c, w, &submit);
}
