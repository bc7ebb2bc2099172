/* Sending: the members' cases are opened in one transaction; those in series when what they wait for was
 * granted. That promise is a job of the transaction in which the other was decided. */
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/bundles/bundles_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

#define NEVER_DUE INT64_C(4102444800000) /* 2100-01-01: behind all others */

enum { LICENCE_PAUSE_MS = 3000 };

static bool note(struct ctx *c, const char *act, const struct bundle_file *f, struct json *detail)
{
    return evidence_add(c, act, "bundle", f->id, f->applicant, detail);
}

/* The English name the catalogue and the version have; else the Chinese one stands, as the name it is. */
static bool add_english(struct ctx *c, const struct bundle_file *f, const struct bundle_row *member,
                        struct json *params)
{
    struct bundle_version v;
    bool found;
    const struct item *item = member ? catalogue_by_id(c, member->item) : NULL;
    if (item && item->en.len) json_set_str(c->arena, params, "item_en", item->en);
    if (!bundle_store_version(c, f->code, f->version, &v, &found)) return false;
    if (!found || !bundle_version_doc(c, &v)) return c->err->kind == ERR_NONE;
    struct str en = json_text_of(v.doc, "en");
    if (en.len) json_set_str(c->arena, params, "bundle_en", en);
    return true;
}

bool bundle_tell(struct ctx *c, const struct bundle_file *f, const char *msgid,
                 const struct bundle_row *member, struct json *params)
{
    json_set_str(c->arena, params, "bundle", f->name);
    json_set_str(c->arena, params, "number", f->number);
    if (member) json_set_str(c->arena, params, "item", member->item_name);
    struct str href = str_fmt(c->arena, "/me/bundles/%lld", (long long)f->id);
    return add_english(c, f, member, params) &&
           notice_send(c, f->agent ? f->agent : f->applicant, msgid, params, href);
}

static bool tell(struct ctx *c, const struct bundle_file *f, const char *msgid,
                 const struct bundle_row *member)
{
    return bundle_tell(c, f, msgid, member, json_object(c->arena));
}

/* ---- the clock ---- */

static bool is_final(const struct bundle_row *r)
{
    return r->result.len > 0 || str_eq_c(r->status, "blocked") || str_eq_c(r->status, "stuck");
}

static bool add_clock(struct ctx *c, const struct bundle_file *f, struct clock_event *events, size_t *count,
                      enum clock_event_kind kind, int64_t at)
{
    struct clock_event e = {.kind = kind, .at = at};
    if (*count && at < events[*count - 1].at) e.at = events[*count - 1].at;
    if (*count == BUNDLE_CLOCK_MAX) return true;
    if (!workclock_may(events, *count, e, c->err)) {
        err_clear(c->err);
        return true;
    }
    events[(*count)++] = e;
    return bundle_store_add_clock(c, f->id, (int)*count, &e);
}

static void set_due(struct ctx *c, struct bundle_file *f, const struct clock_event *events, size_t count)
{
    struct clock_terms terms = orgs_clock_terms(
        c, (struct limit){LIMIT_NONE, 0},
        (struct limit){f->days < 0 ? LIMIT_NONE : LIMIT_WORKDAYS, f->days < 0 ? 0 : f->days});
    struct clock_state s = workclock_state(events, count, &terms, c->now);
    f->due = s.promised.set ? s.promised.due : 0;
    f->yellow_at = s.promised.set ? s.promised.yellow_at : 0;
    f->red_at = s.promised.set ? s.promised.red_at : 0;
    f->due_order = f->due ? f->due : NEVER_DUE;
    f->paused = s.phase == CLOCK_PAUSED;
}

static bool watch_overdue(struct ctx *c, const struct bundle_file *f)
{
    struct json *payload = json_object(c->arena);
    if (!f->due || f->closed) return true;
    json_set_id(c->arena, payload, "bundle", f->id);
    return job_add(c, "bundle.overdue", str_fmt(c->arena, "%lld", (long long)f->id), payload, f->due + 1);
}

static bool keep_clock(struct ctx *c, struct bundle_file *f, const struct bundle_row *rows, size_t count,
                       int64_t accepted)
{
    struct clock_event events[BUNDLE_CLOCK_MAX];
    size_t n;
    int64_t before = f->due;
    bool pause = false, done = true;
    for (size_t i = 0; i < count; i++) {
        pause = pause || (rows[i].paused && !is_final(&rows[i]));
        done = done && is_final(&rows[i]);
    }
    if (!bundle_store_clock(c, f->id, events, &n)) return false;
    enum clock_event_kind follows[3];
    size_t follow = workclock_together(workclock_phase(events, n), accepted != 0, pause, done, follows);
    for (size_t i = 0; i < follow; i++)
        if (!add_clock(c, f, events, &n, follows[i], follows[i] == CLOCK_START ? accepted : c->now))
            return false;
    set_due(c, f, events, n);
    if (done && str_eq_c(f->status, "sent")) {
        f->status = STR("done");
        f->closed = c->now;
        if (!note(c, "bundle.done", f, NULL) ||
            !tell(c, f, "Everything of your application %{number} (%{bundle}) has been answered.", NULL))
            return false;
    }
    return bundle_store_save(c, f) && (f->due == before || watch_overdue(c, f));
}

bool bundle_run_recount(struct ctx *c, const struct json *payload)
{
    bool changed;
    (void)payload;
    if (!orgs_clock_changed(c, "bundles.clock", &changed)) return false;
    return !changed || job_add(c, "bundle.recount_part", STR_EMPTY, json_object(c->arena),
                               c->now + ORGS_CLOCK_SETTLES_MS);
}

bool bundle_run_recount_part(struct ctx *c, const struct json *payload)
{
    struct bundle_file *rows;
    size_t count;
    if (!bundle_store_on_the_clock(c, json_i64_of(payload, "after", 0), &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct clock_event events[BUNDLE_CLOCK_MAX];
        struct bundle_file *f = &rows[i];
        size_t n;
        int64_t before = f->due;
        if (!bundle_store_clock(c, f->id, events, &n)) return false;
        set_due(c, f, events, n);
        if (!bundle_store_save(c, f) || (f->due != before && !watch_overdue(c, f))) return false;
    }
    if (!count) return true;
    struct json *next = json_object(c->arena);
    json_set_id(c->arena, next, "after", rows[count - 1].id);
    return job_add(c, "bundle.recount_part", STR_EMPTY, next, c->now);
}

/* ---- one member ---- */

/* What an earlier member brought about: the number of its licence. false without an error: not there yet. */
static bool add_given(struct ctx *c, const struct bundle_work *w, const struct bundle_row *rows, size_t count,
                      size_t member, struct json *values)
{
    const struct bundle_member *m = &w->plan.members[member];
    struct str prefix = str_cat(c->arena, m->id, STR("."));
    JSON_EACH(g, json_get(w->plan.doc, "given"))
    {
        if (!str_starts(g->key, prefix)) continue;
        for (size_t i = 0; i < count; i++) {
            struct licence l;
            bool found;
            if (!str_eq(rows[i].member, json_text(g)) || !rows[i].case_id) continue;
            if (!licence_of_case(c, rows[i].case_id, &l, &found)) return false;
            if (found)
                json_set_str(c->arena, values, str_z(c->arena, str_slice(g->key, prefix.len, g->key.len)),
                             l.number);
        }
    }
    return true;
}

/* "form:shop.photo" of the one form is "form:premises.photo" of the member's; "" where it is none of its. */
static struct str inside_member(struct ctx *c, const struct bundle_work *w, size_t member,
                                struct str document)
{
    struct str kind, key, path = str_cut(document, ':', &kind), cell = str_cut(path, '.', &key);
    for (size_t i = 0; str_eq_c(kind, "form") && i < w->plan.link_count; i++) {
        const struct bundle_link *l = &w->plan.links[i];
        if (l->member == member && str_eq(l->key, key))
            return str_fmt(c->arena, "form:%.*s%s%.*s", STR_ARG(l->property), cell.len ? "." : "",
                           STR_ARG(cell));
    }
    return STR_EMPTY;
}

static void give(struct case_given *list, size_t *count, const struct bundle_work *w,
                 const struct bundle_upload *u, struct str material)
{
    bool inside = str_starts(material, STR("form:"));
    if (*count == BUNDLE_FILES_MAX) return;
    list[(*count)++] = (struct case_given){.material = material,
                                           .blob = u->blob,
                                           .file_name = u->file_name,
                                           .media_type = u->media_type,
                                           .size = u->size,
                                           .number = inside ? u->id : 0,
                                           .paper = !u->blob.len,
                                           .clerk = w->file.clerk,
                                           .at = u->at};
}

/* A document that the member's form asks for is named by its answer. */
static void name_in_form(struct ctx *c, struct json *values, struct str material,
                         const struct bundle_upload *u)
{
    struct str kind, property = str_cut(material, ':', &kind);
    if (!str_eq_c(kind, "form")) return;
    struct str before = json_text(json_get_str(values, property));
    json_set_str(c->arena, values, str_z(c->arena, property),
                 str_fmt(c->arena, "%.*s%s%lld", STR_ARG(before), before.len ? " " : "", (long long)u->id));
}

static size_t files_for(struct ctx *c, const struct bundle_work *w, size_t member, struct json *values,
                        struct case_given **out)
{
    size_t count = 0;
    *out = ARENA_ARRAY(c->arena, BUNDLE_FILES_MAX + 1, struct case_given);
    for (size_t i = 0; i < w->upload_count; i++) {
        struct str material = inside_member(c, w, member, w->uploads[i].document);
        if (material.len) give(*out, &count, w, &w->uploads[i], material);
    }
    for (size_t d = 0; d < w->plan.document_count; d++) {
        const struct bundle_document *doc = &w->plan.documents[d];
        for (size_t u = 0; u < doc->use_count; u++) {
            if (doc->uses[u].member != member) continue;
            for (size_t i = 0; i < w->upload_count; i++) {
                if (!str_eq(w->uploads[i].document, doc->id)) continue;
                give(*out, &count, w, &w->uploads[i], doc->uses[u].material);
                name_in_form(c, values, doc->uses[u].material, &w->uploads[i]);
            }
        }
    }
    return count;
}

static bool open_member(struct ctx *c, const struct bundle_work *w, struct bundle_row *rows, size_t count,
                        struct bundle_row *row, const struct json *values)
{
    size_t member = (size_t)row->position;
    const struct bundle_member *m = &w->plan.members[member];
    struct json *own = bundle_member_values(c, &w->plan, member, values);
    struct case_given *files;
    struct case_file opened;
    if (!m->item)
        return err_conflict(c->err, "item.offline",
                            "This service cannot be applied for online. Please visit the service desk.");
    if (!add_given(c, w, rows, count, member, own)) return false;
    struct case_opening o = {.item = m->item,
                             .applicant = w->file.applicant,
                             .agent = w->file.agent,
                             .situations = m->situations,
                             .values = own,
                             .slot = bundle_slot(w, member),
                             .at_desk = w->file.clerk != 0};
    o.file_count = files_for(c, w, member, own, &files);
    o.files = files;
    if (!case_open_for(c, &o, &opened)) return false;
    row->case_id = opened.id;
    row->case_no = opened.case_no;
    row->status = opened.status;
    row->result = opened.result;
    row->opened = c->now;
    return true;
}

/* ---- sending ---- */

static bool about_appointment(const struct err *e)
{
    return strcmp(e->code, "booking.full") == 0 ||
           (e->kind == ERR_INVALID && e->field_count == 1 &&
            (strcmp(e->fields[0].field, "slot") == 0 || strcmp(e->fields[0].field, "booking") == 0));
}

/* A fault of a member's own form, at the field the person knows. */
static void at_our_fields(struct ctx *c, const struct bundle_work *w, size_t member)
{
    struct err *e = c->err;
    if (about_appointment(e)) {
        bool chosen = bundle_slot(w, member).len > 0;
        const struct item *item = w->plan.members[member].item;
        err_clear(e);
        err_at(e, bundle_booking_field(c, w, member),
               chosen ? "The time chosen for “%{arg}” is no longer free. Please choose another one."
                      : "Please choose a time for your appointment: %{arg}",
               c->lang == &lang_en && item->en.len ? item->en : item->name);
        return;
    }
    if (e->kind != ERR_INVALID) return;
    for (size_t i = 0; i < e->field_count; i++) {
        struct str kind, rest = str_cut(str_c(e->fields[i].field), ':', &kind), key = STR_EMPTY;
        for (size_t k = 0; k < w->plan.link_count && !rest.len; k++)
            if (w->plan.links[k].member == member && str_eq(w->plan.links[k].property, kind))
                key = w->plan.links[k].key;
        if (!rest.len) rest = str_cat(c->arena, STR("form:"), kind);
        if (!key.len)
            for (size_t d = 0; d < w->plan.document_count; d++)
                for (size_t u = 0; u < w->plan.documents[d].use_count; u++)
                    if (w->plan.documents[d].uses[u].member == member &&
                        str_eq(w->plan.documents[d].uses[u].material, rest))
                        key = str_cat(c->arena, STR("material:"), w->plan.documents[d].id);
        if (key.len && key.len < sizeof e->fields[i].field) {
            memcpy(e->fields[i].field, key.ptr, key.len);
            e->fields[i].field[key.len] = 0;
        }
    }
}

static bool add_rows(struct ctx *c, struct bundle_work *w, const struct json *values)
{
    struct bundle_row *rows = ARENA_ARRAY(c->arena, BUNDLE_MEMBERS_MAX, struct bundle_row);
    size_t count = 0;
    for (size_t i = 0; i < w->plan.member_count; i++) {
        const struct bundle_member *m = &w->plan.members[i];
        if (!m->chosen) continue;
        struct bundle_row *r = &rows[count++];
        *r = (struct bundle_row){.file = w->file.id,
                                 .position = (int)i,
                                 .member = m->id,
                                 .item = m->item->id,
                                 .item_name = m->item->name,
                                 .unit = m->item->unit,
                                 .case_no = STR_EMPTY,
                                 .status = STR("waiting"),
                                 .result = STR_EMPTY};
        if (!m->after && !open_member(c, w, rows, count, r, values)) {
            at_our_fields(c, w, i);
            return false;
        }
        if (!bundle_store_add_member(c, r)) return false;
    }
    return true;
}

static bool check_documents(struct ctx *c, struct bundle_work *w)
{
    if (!bundle_documents(c, w)) return false;
    for (size_t i = 0; i < w->plan.document_count; i++) {
        const struct bundle_document *d = &w->plan.documents[i];
        if (!d->required || d->held || d->from_member != SIZE_MAX || bundle_uploaded(w, d->id)) continue;
        err_at(c->err, str_cat(c->arena, STR("material:"), d->id), "Please add this document: %{arg}",
               c->lang == &lang_en && d->en.len ? d->en : d->name);
    }
    return c->err->kind == ERR_NONE;
}

/* A mandate may be for one department only: it must do for all. */
static bool may_act(struct ctx *c, const struct bundle_work *w)
{
    for (size_t i = 0; w->file.agent && i < w->plan.member_count; i++) {
        const struct bundle_member *m = &w->plan.members[i];
        if (!m->chosen || !m->item || people_may_act_before(c, w->file.applicant, m->item->unit)) continue;
        return c->err->kind == ERR_NONE &&
               err_denied(c->err, "mandate",
                          "You no longer have a mandate for this service. Please choose again for whom you "
                          "act.");
    }
    return c->err->kind == ERR_NONE;
}

static bool go_on_later(struct ctx *c, int64_t file, int64_t at)
{
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "bundle", file);
    return job_add(c, "bundle.next", str_fmt(c->arena, "%lld", (long long)file), payload, at);
}

bool bundle_submit(struct ctx *c, struct bundle_work *w)
{
    struct json *checked = NULL, *detail = json_object(c->arena);
    struct bundle_row *rows;
    size_t count;
    if (!str_eq_c(w->file.status, "draft")) return true; /* sent before: the same again */
    if (w->plan.missing || !w->plan.chosen_count)
        return err_conflict(
            c->err, "bundle.paused",
            "This life event is not offered at present. The services can be applied for one by "
            "one.");
    if (w->plan.form && !form_check(c->arena, w->plan.form, &w->answers, &checked, c->err) &&
        c->err->kind != ERR_INVALID)
        return false;
    if ((!check_documents(c, w) && c->err->kind != ERR_INVALID) || c->err->kind != ERR_NONE || !may_act(c, w))
        return false;
    if (!checked) checked = json_object(c->arena);
    w->file.status = STR("sent");
    w->file.version = w->version.version;
    w->file.name = json_text_of(w->version.doc, "name");
    w->file.submitted = c->now;
    w->file.days = w->plan.path_days;
    w->file.due_order = NEVER_DUE;
    w->file.situations = json_to_str(c->arena, w->plan.situations);
    for (size_t i = w->plan.member_count; i-- > 0;)
        if (w->plan.members[i].chosen) w->file.division = w->plan.members[i].item->division;
    json_set_i64(c->arena, detail, "version", w->file.version);
    return case_next_number(c, w->file.division, &w->file.number) &&
           bundle_seal(c, &w->file, "answers", json_to_str(c->arena, checked), &w->file.sealed_answers) &&
           bundle_store_save(c, &w->file) && add_rows(c, w, checked) &&
           bundle_store_members(c, w->file.id, &rows, &count) && keep_clock(c, &w->file, rows, count, 0) &&
           go_on_later(c, w->file.id, c->now) && note(c, "bundle.submit", &w->file, detail) &&
           tell(c, &w->file, "Your application %{number} (%{bundle}) has been received.", NULL);
}

/* ---- following ---- */

bool bundle_moved(struct ctx *c, const struct case_file *file, bool paused)
{
    struct bundle_row *rows, row;
    struct bundle_file f;
    size_t count;
    bool found;
    if (!bundle_store_member_of_case(c, file->id, &row, &found)) return false;
    if (!found) return true; /* decided by rule while it is being sent: written with the others */
    bool ended = !row.result.len && file->result.len > 0;
    row.status = file->status;
    row.result = file->result;
    row.paused = paused;
    if (ended) row.closed = c->now;
    if (!bundle_store_save_member(c, &row) || !bundle_store_find(c, row.file, &f, &found)) return false;
    if (!found || !str_eq_c(f.status, "sent")) return true;
    return bundle_store_members(c, row.file, &rows, &count) &&
           keep_clock(c, &f, rows, count, file->accepted) && (!ended || go_on_later(c, row.file, c->now));
}

enum readiness { NOT_YET, LICENCE_COMES, READY, NEVER };

static bool look_before(struct ctx *c, const struct bundle_work *w, const struct bundle_row *rows,
                        size_t count, const struct bundle_row *row, enum readiness *out)
{
    uint32_t after = w->plan.members[row->position].after;
    *out = READY;
    for (size_t i = 0; i < count; i++) {
        struct licence l = {0};
        bool found = false;
        if (!(after >> rows[i].position & 1)) continue;
        if (is_final(&rows[i]) && !str_eq_c(rows[i].result, "granted")) {
            *out = NEVER;
            return true;
        }
        if (!rows[i].result.len) *out = NOT_YET;
        if (*out == READY && (!licence_of_case(c, rows[i].case_id, &l, &found))) return false;
        /* The next one finds it among the licences of its applicant once it is signed. */
        if (*out == READY && found && !bundle_licence_there(&l)) *out = LICENCE_COMES;
    }
    return true;
}

/* As the one whose application it is: they sent it for all of them. */
static bool open_as_theirs(struct ctx *c, struct bundle_work *w, struct bundle_row *rows, size_t count,
                           struct bundle_row *row)
{
    const struct actor system = c->actor;
    struct subject who;
    int64_t person = w->file.agent ? w->file.agent : w->file.applicant;
    if (!people_subject(c, person, &who)) return false;
    c->actor = (struct actor){.kind = ACTOR_PERSON,
                              .subject = person,
                              .acting_for = w->file.agent ? w->file.applicant : 0,
                              .level = who.level};
    bool ok = open_member(c, w, rows, count, row, w->answers.values);
    c->actor = system;
    return ok;
}

/* Its turn has come; the common promise rests until its person has chosen a time. */
static bool ask_appointment(struct ctx *c, struct bundle_work *w, struct bundle_row *row)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "item", row->item_name);
    row->status = STR(BUNDLE_ASKED);
    row->paused = true;
    return bundle_store_save_member(c, row) && note(c, "bundle.ask", &w->file, detail) &&
           tell(c, &w->file,
                "“%{item}” of your application %{number} can begin. Please choose a time for your "
                "appointment.",
                row);
}

/* What cannot be opened now is the person's to apply for; nothing half-made stays. */
static bool try_member(struct ctx *c, struct bundle_work *w, struct bundle_row *rows, size_t count,
                       struct bundle_row *row)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "item", row->item_name);
    if (!db_savepoint(&c->tx)) return false;
    if (open_as_theirs(c, w, rows, count, row))
        return db_release(&c->tx) && bundle_store_save_member(c, row) &&
               note(c, "bundle.open", &w->file, detail);
    if (about_appointment(c->err)) return false; /* its person chooses again */
    if (c->err->kind != ERR_INVALID && c->err->kind != ERR_CONFLICT && c->err->kind != ERR_DENIED &&
        c->err->kind != ERR_MISSING)
        return false;
    err_clear(c->err);
    row->case_id = 0;
    row->case_no = row->result = STR_EMPTY;
    row->status = STR("stuck");
    row->closed = c->now;
    return db_rollback_to(&c->tx) && bundle_store_save_member(c, row) &&
           note(c, "bundle.stuck", &w->file, detail) &&
           tell(c, &w->file,
                "“%{item}” of your application %{number} could not be begun. Please apply for it separately.",
                row);
}

bool bundle_open_asked(struct ctx *c, struct bundle_work *w, size_t member, struct str slot, bool *stuck)
{
    struct bundle_row *rows;
    struct json *slots = json_object(c->arena);
    size_t count, at = 0;
    json_set_str(c->arena, slots, str_z(c->arena, w->plan.members[member].id), slot);
    w->slots = slots;
    if (!bundle_store_members(c, w->file.id, &rows, &count)) return false;
    while (at < count && (size_t)rows[at].position != member)
        at++;
    if (at == count || !str_eq_c(rows[at].status, BUNDLE_ASKED))
        return err_conflict(c->err, "case.sent", "This application has already been sent.");
    rows[at].paused = false;
    if (!try_member(c, w, rows, count, &rows[at])) return false;
    *stuck = str_eq_c(rows[at].status, "stuck");
    return keep_clock(c, &w->file, rows, count, 0) && go_on_later(c, w->file.id, c->now);
}

static bool block(struct ctx *c, struct bundle_work *w, struct bundle_row *row)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "item", row->item_name);
    row->status = STR("blocked");
    row->closed = c->now;
    return bundle_store_save_member(c, row) && note(c, "bundle.block", &w->file, detail) &&
           tell(
               c, &w->file,
               "“%{item}” of your application %{number} cannot begin, because what it needs was not granted.",
               row);
}

bool bundle_run_next(struct ctx *c, const struct json *payload)
{
    struct bundle_work w;
    struct bundle_row *rows;
    size_t count;
    bool again = false;
    if (!bundle_load(c, json_i64_of(payload, "bundle", 0), &w)) {
        if (c->err->kind != ERR_MISSING) return false;
        err_clear(c->err);
        return true;
    }
    if (!str_eq_c(w.file.status, "sent")) return true;
    if (!bundle_store_members(c, w.file.id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        enum readiness how;
        if (!str_eq_c(rows[i].status, "waiting")) continue;
        if (!look_before(c, &w, rows, count, &rows[i], &how)) return false;
        again = again || how == LICENCE_COMES;
        const struct bundle_member *m = &w.plan.members[rows[i].position];
        bool ask = how == READY && m->item && m->booking && !w.file.clerk;
        if (ask && !ask_appointment(c, &w, &rows[i])) return false;
        if (how == READY && !ask && !try_member(c, &w, rows, count, &rows[i])) return false;
        if (how == NEVER && !block(c, &w, &rows[i])) return false;
    }
    return keep_clock(c, &w.file, rows, count, 0) &&
           (!again || go_on_later(c, w.file.id, c->now + LICENCE_PAUSE_MS));
}

/* For supervision: while it rests nobody is late, and who was answered before it was due is not. */
bool bundle_promise(struct ctx *c, const struct case_file *file, struct case_together *out)
{
    struct clock_event events[BUNDLE_CLOCK_MAX];
    struct bundle_row row;
    struct bundle_file f;
    size_t count;
    bool found;
    if (!bundle_store_member_of_case(c, file->id, &row, &found)) return false;
    if (!found || !bundle_store_find(c, row.file, &f, &found)) return c->err->kind == ERR_NONE;
    if (!found || !f.due || str_eq_c(f.status, "withdrawn")) return true;
    if (!bundle_store_clock(c, f.id, events, &count)) return false;
    *out = (struct case_together){.part = true, .number = f.number, .due = f.due, .stopped = row.closed};
    for (size_t i = 0; f.paused && !out->stopped && i < count; i++)
        if (events[count - 1 - i].kind == CLOCK_PAUSE) out->stopped = events[count - 1 - i].at;
    return true;
}

/* ---- withdrawing ---- */

bool bundle_withdraw_all(struct ctx *c, struct bundle_work *w)
{
    struct bundle_row *rows;
    size_t count;
    if (!str_eq_c(w->file.status, "sent"))
        return err_conflict(c->err, "bundle.ended", "This application has already ended.");
    if (!bundle_store_members(c, w->file.id, &rows, &count)) return false;
    w->file.status = STR("withdrawn");
    w->file.closed = c->now;
    if (!bundle_store_save(c, &w->file)) return false;
    for (size_t i = 0; i < count; i++) {
        bool withdrawn;
        if (rows[i].case_id && !rows[i].result.len && !case_withdraw_open(c, rows[i].case_id, &withdrawn))
            return false;
        if (rows[i].case_id || is_final(&rows[i])) continue;
        rows[i].status = rows[i].result = STR("withdrawn");
        rows[i].closed = c->now;
        if (!bundle_store_save_member(c, &rows[i])) return false;
    }
    return note(c, "bundle.withdraw", &w->file, NULL);
}

/* ---- time ---- */

bool bundle_run_overdue(struct ctx *c, const struct json *payload)
{
    struct bundle_file f;
    bool found;
    if (!bundle_store_find(c, json_i64_of(payload, "bundle", 0), &f, &found)) return false;
    if (!found || !str_eq_c(f.status, "sent") || f.paused) return true;
    return c->now > f.due ? note(c, "bundle.overdue", &f, NULL) : watch_overdue(c, &f);
}
