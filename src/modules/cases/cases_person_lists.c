/* The person's own cases: the list, "due for you", my page, the export. */
#include "core/http/server.h"
#include "modules/bookings/bookings.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_steps.h"
#include "modules/orgs/orgs.h"

enum { ON_MY_PAGE = 5, DUE_MOST = 6 };

/* ---- rows ---- */

static void set_or_null(struct ctx *c, struct json *o, const char *key, struct str value)
{
    json_set(o, key, value.len ? json_string(c->arena, value) : json_null(c->arena));
}

static void add_row_act(struct ctx *c, struct json *o, const char *label, struct str href)
{
    struct json *act = json_set_object(c->arena, o, "act");
    json_set_str(c->arena, act, "href", href);
    json_set_str(c->arena, act, "label", ctx_tr(c, label));
    json_set_bool(c->arena, act, "main", true);
}

static void add_row(struct ctx *c, struct json *list, const struct case_row *row)
{
    const struct case_file *f = &row->file;
    struct json *o = json_add_object(c->arena, list);
    bool draft = str_eq_c(f->status, "draft"), correction = str_eq_c(f->status, "correction");
    enum clock_light light = case_light(f, row->yellow_at, row->red_at, row->paused, c->now);
    struct str href = str_fmt(c->arena, draft ? "/apply/%lld" : "/cases/%lld", (long long)f->id);
    json_set_id(c->arena, o, "id", f->id);
    json_set_str(c->arena, o, "href", href);
    json_set_str(c->arena, o, "item_name", f->item_name);
    json_set_str(c->arena, o, "status", f->status);
    json_set_str(c->arena, o, "status_label", words_status(c, f->status, f->result));
    json_set_str(c->arena, o, "next_text", person_next_text(c, f));
    set_or_null(c, o, "case_no", draft ? STR_EMPTY : f->case_no);
    set_or_null(c, o, "due_text", draft ? STR_EMPTY : words_due_to_person(c, f, light, false));
    set_or_null(c, o, "held_by", f->closed || draft ? STR_EMPTY : apply_unit_name(c, f->unit));
    json_set_bool(c->arena, o, "waits", draft || correction);
    json_set(o, "act", json_null(c->arena));
    if (draft) add_row_act(c, o, "Continue", href);
    if (correction) add_row_act(c, o, "Supply the correction", str_cat(c->arena, href, STR("/correction")));
}

/* A session keeps its choice of whom it acts for while a mandate may end. */
static bool rows_of_actor(struct ctx *c, bool drafts, int64_t before, struct case_row **rows, size_t *count)
{
    *count = 0;
    if (c->actor.acting_for && !people_may_act_for(c, c->actor.acting_for)) return c->err->kind == ERR_NONE;
    return case_mine(c, drafts, before, rows, count);
}

/* ---- /me/cases ---- */

bool apply_mine(struct ctx *c)
{
    struct case_row *rows;
    size_t count, drafts = 0;
    int64_t before = in_i64(c, "before", 0);
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "drafts");
    struct json *crumb = json_add_object(c->arena, json_set_array(c->arena, doc, "crumbs"));
    json_set_str(c->arena, crumb, "name", ctx_tr(c, "My page"));
    json_set_c(c->arena, crumb, "href", "/me");
    if (!before) {
        if (!rows_of_actor(c, true, 0, &rows, &drafts)) return false;
        for (size_t i = 0; i < drafts && i < CASES_PAGE; i++)
            add_row(c, list, &rows[i]);
    }
    if (!rows_of_actor(c, false, before, &rows, &count)) return false;
    struct json *cases = json_set_array(c->arena, doc, "cases");
    for (size_t i = 0; i < count && i < CASES_PAGE; i++)
        add_row(c, cases, &rows[i]);
    json_set_bool(c->arena, doc, "has_drafts", list->count > 0);
    json_set_bool(c->arena, doc, "has_cases", cases->count > 0);
    json_set_bool(c->arena, doc, "nothing", !list->count && !cases->count);
    json_set(doc, "pager", json_null(c->arena));
    if (count <= CASES_PAGE && !before) return true;
    struct json *pager = json_set_object(c->arena, doc, "pager");
    set_or_null(c, pager, "previous", before ? STR("/me/cases") : STR_EMPTY);
    set_or_null(c, pager, "next",
                count > CASES_PAGE
                    ? str_fmt(c->arena, "/me/cases?before=%lld", (long long)rows[CASES_PAGE - 1].file.id)
                    : STR_EMPTY);
    return true;
}

/* ---- due for you ---- */

static void add_due(struct ctx *c, struct json *list, const struct case_file *f, struct str href,
                    struct str text)
{
    if (list->count >= DUE_MOST) return;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", f->item_name);
    json_set_str(c->arena, o, "href", href);
    json_set_str(c->arena, o, "text", text);
}

static bool due_correction(struct ctx *c, struct json *list, const struct case_file *f)
{
    struct case_point *points;
    size_t count;
    bool provisional;
    if (!case_store_points(c, f->id, &points, &count)) return false;
    if (!count) return true;
    int64_t until = case_points_until(c, points, count, &provisional);
    struct str what =
        tr_arg(c->lang, c->arena,
               count == 1 ? "Correction needed in %{arg} point" : "Correction needed in %{arg} points",
               str_fmt(c->arena, "%zu", count));
    add_due(c, list, f, str_fmt(c->arena, "/cases/%lld/correction", (long long)f->id),
            str_fmt(c->arena, "%.*s · %.*s", STR_ARG(what),
                    STR_ARG(words_due(c, until, LIGHT_GREEN, provisional))));
    return true;
}

static bool due_appointment(struct ctx *c, struct json *list, const struct case_file *f)
{
    struct str slot, date;
    int32_t day;
    if (!booking_of_case(c, f->id, &slot)) return false;
    str_cut(slot, ' ', &date);
    if (!slot.len || !date_parse(date, &day) || day < date_of(c->now)) return true;
    add_due(c, list, f, str_fmt(c->arena, "/cases/%lld", (long long)f->id),
            tr_arg(c->lang, c->arena, "Appointment %{arg}", slot));
    return true;
}

bool case_due_for_me(struct ctx *c, struct json *list)
{
    struct case_row *rows;
    size_t count;
    if (c->actor.kind != ACTOR_PERSON) return true;
    if (!case_follower_due(c, list) || !rows_of_actor(c, false, 0, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct case_file *f = &rows[i].file;
        bool decided_today =
            f->closed && date_of(f->closed) == date_of(c->now) && str_eq_c(f->result, "granted");
        if (str_eq_c(f->status, "correction") && !due_correction(c, list, f)) return false;
        if (str_eq_c(f->role, "applicant") && !f->closed)
            add_due(c, list, f, str_fmt(c->arena, "/cases/%lld", (long long)f->id),
                    ctx_tr(c, "Waits for you to fill in"));
        if (!f->closed && !due_appointment(c, list, f)) return false;
        if (decided_today)
            add_due(c, list, f, str_fmt(c->arena, "/cases/%lld", (long long)f->id),
                    ctx_tr(c, "Granted today"));
    }
    if (!rows_of_actor(c, true, 0, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct case_work w = {.file = rows[i].file};
        add_due(c, list, &rows[i].file, str_fmt(c->arena, "/apply/%lld", (long long)rows[i].file.id),
                tr_arg(c->lang, c->arena, "Draft, kept until %{arg}", words_day(c, person_draft_until(&w))));
    }
    return true;
}

/* ---- my page, and what is kept about me ---- */

static bool my_page(struct ctx *c, struct json *doc)
{
    struct case_row *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, doc, "cases");
    json_set_bool(c->arena, doc, "cases_known", true);
    json_set(doc, "pager", json_null(c->arena));
    for (int drafts = 1; drafts >= 0; drafts--) {
        if (!rows_of_actor(c, drafts == 1, 0, &rows, &count)) return false;
        for (size_t i = 0; i < count && i < ON_MY_PAGE; i++)
            add_row(c, list, &rows[i]);
        if (!drafts && count > ON_MY_PAGE)
            json_set_str(c->arena, json_set_object(c->arena, doc, "pager"), "next",
                         str_fmt(c->arena, "/me/cases?before=%lld", (long long)rows[ON_MY_PAGE - 1].file.id));
    }
    json_set_bool(c->arena, doc, "has_cases", list->count > 0);
    return true;
}

/* What the applicant filled in at steps; what officers filled in there is the office's. */
static void export_steps(struct ctx *c, struct json *o, const struct case_work *w)
{
    struct json *list = json_set_array(c->arena, o, "steps");
    for (size_t i = 0; i < w->filled_count; i++) {
        const struct case_filled *f = &w->filled[i];
        if (f->account) continue;
        struct json *one = json_add_object(c->arena, list);
        json_set_str(c->arena, one, "step", f->step);
        json_set_str(c->arena, one, "filled_in", time_rfc3339(c->arena, f->at));
        json_set(one, "answers", json_copy(c->arena, f->values));
    }
}

static bool export_one(struct ctx *c, struct json *list, int64_t id, int64_t subject)
{
    struct case_work w;
    struct case_material *materials;
    size_t count;
    if (!case_work_load(c, id, &w)) return false;
    if (w.file.applicant != subject) return true;
    if (!case_materials(c, &w, &materials, &count)) return false;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "case_no", w.file.case_no);
    json_set_str(c->arena, o, "item", w.file.item_name);
    json_set_str(c->arena, o, "status", w.file.status);
    json_set_str(c->arena, o, "result", w.file.result);
    if (w.file.submitted) json_set_str(c->arena, o, "submitted", time_rfc3339(c->arena, w.file.submitted));
    if (w.file.closed) json_set_str(c->arena, o, "closed", time_rfc3339(c->arena, w.file.closed));
    json_set(o, "situations", json_copy(c->arena, w.answers.situations));
    json_set(o, "answers", json_copy(c->arena, w.answers.values));
    json_set_str(c->arena, o, "decision", w.opinion);
    struct json *files = json_set_array(c->arena, o, "files");
    struct str base = str_fmt(c->arena, "/apply/%lld", (long long)id);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < materials[i].upload_count; k++)
            if (materials[i].uploads[k]->blob.len)
                apply_file_document(c, files, base, materials[i].uploads[k]);
    export_steps(c, o, &w);
    return true;
}

static bool export_cases(struct ctx *c, int64_t subject, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "cases");
    for (int drafts = 0; drafts < 2; drafts++) {
        struct case_row *rows;
        size_t count;
        int64_t before = 0;
        do {
            if (!case_mine(c, drafts == 1, before, &rows, &count)) return false;
            for (size_t i = 0; i < count && i < CASES_PAGE; i++) {
                if (rows[i].file.applicant == subject && !export_one(c, list, rows[i].file.id, subject))
                    return false;
                before = rows[i].file.id;
            }
        } while (count > CASES_PAGE);
    }
    return true;
}

const struct people_part case_person_part = {.name = "cases", .my_page = my_page, .export = export_cases};
