/* The officers' inbox and the case on one screen. */
#include "core/base/buf.h"
#include "core/blob/blob.h"
#include "core/http/server.h"
#include "modules/cases/cases_exchange.h"
#include "modules/cases/cases_form_files.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

/* ---- inbox ---- */

static const struct {
    const char *word, *label, *color;
    enum inbox_filter filter;
} filters[] = {
    {"", "All", NULL, INBOX_ALL},
    {"red", "Overdue", "red", INBOX_RED},
    {"yellow", "Soon due", "yellow", INBOX_YELLOW},
    {"green", "In time", "green", INBOX_GREEN},
    {"paused", "Paused", "paused", INBOX_PAUSED},
    {"decide", "To decide", NULL, INBOX_DECIDE},
};

const struct field inbox_fields[] = {
    {"f", FIELD_CHOICE, "Saved filter", .choices = "red|yellow|green|paused|decide"},
    {"q", FIELD_LINE, "Reference number", .max = 22},
    {"unit", FIELD_INT, "Department", .max = INT64_MAX},
    {"due", FIELD_INT, "Order of the last row of the page before", .max = INT64_MAX},
    {"after", FIELD_ID, .label = "Last row of the page before"},
    {0},
};

/* The address of this inbox with another filter; what was searched for stays. */
static struct str inbox_href(struct ctx *c, const struct inbox_query *q, const char *filter)
{
    struct buf b = buf_new(c->arena, 160);
    char mark = '?';
    buf_add_c(&b, "/office/inbox");
    if (*filter) {
        buf_fmt(&b, "%cf=%s", mark, filter);
        mark = '&';
    }
    if (q->case_no.len) {
        buf_fmt(&b, "%cq=%.*s", mark, STR_ARG(url_encode(c->arena, q->case_no)));
        mark = '&';
    }
    if (q->unit) buf_fmt(&b, "%cunit=%lld", mark, (long long)q->unit);
    return buf_str(&b);
}

static void add_filters(struct ctx *c, struct json *doc, const struct inbox_query *q,
                        const int64_t counts[INBOX_FILTERS])
{
    struct json *list = json_set_array(c->arena, doc, "filters");
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct json *f = json_add_object(c->arena, list);
        json_set_str(c->arena, f, "label", ctx_tr(c, filters[i].label));
        json_set_str(c->arena, f, "href", inbox_href(c, q, filters[i].word));
        json_set(f, "color",
                 filters[i].color ? json_string(c->arena, str_c(filters[i].color)) : json_null(c->arena));
        json_set_str(c->arena, f, "count", words_count(c, counts[filters[i].filter]));
        json_set_bool(c->arena, f, "current", q->filter == filters[i].filter);
    }
}

/* The page behind this one: filter, words and department go along. */
static struct str next_href(struct ctx *c, const struct inbox_query *q, const char *filter,
                            const struct case_row *last)
{
    struct str here = inbox_href(c, q, filter);
    return str_fmt(c->arena, "%.*s%cdue=%lld&after=%lld", STR_ARG(here),
                   str_find_char(here, '?') == SIZE_MAX ? '?' : '&', (long long)last->order,
                   (long long)last->file.id);
}

static struct str scope_words(struct ctx *c)
{
    const struct unit *u = c->actor.unit ? orgs_unit(c, c->actor.unit) : NULL;
    return u ? u->name : orgs_division_name(c, c->actor.area.len ? c->actor.area : orgs_place(c));
}

bool office_inbox(struct ctx *c)
{
    struct inbox_query q = {.unit = in_i64(c, "unit", 0),
                            .case_no = in_text(c, "q"),
                            .after_order = in_i64(c, "due", 0),
                            .after_id = in_i64(c, "after", 0)};
    int64_t counts[INBOX_FILTERS];
    struct case_row *rows;
    size_t count;
    const char *filter = "";
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
        if (str_eq_c(in_text(c, "f"), filters[i].word)) {
            q.filter = filters[i].filter;
            filter = filters[i].word;
        }
    if (!case_inbox(c, &q, &rows, &count) || !case_inbox_counts(c, counts)) return false;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "cases");
    for (size_t i = 0; i < count && i < CASES_PAGE; i++)
        if (!words_row(c, list, &rows[i], "/office/cases/")) return false;
    json_set_bool(c->arena, doc, "has_cases", count > 0);
    json_set_str(c->arena, doc, "total", words_count(c, counts[INBOX_ALL]));
    json_set_str(c->arena, doc, "scope", scope_words(c));
    json_set_str(c->arena, doc, "f", str_c(filter));
    json_set(doc, "asked_href",
             c->actor.unit && (ctx_may(c, "case.review") || ctx_may(c, "case.decide"))
                 ? json_string(c->arena, STR("/office/asked"))
                 : json_null(c->arena));
    json_set(doc, "unit",
             q.unit ? json_string(c->arena, str_fmt(c->arena, "%lld", (long long)q.unit))
                    : json_null(c->arena));
    add_filters(c, doc, &q, counts);
    ctx_field(c, json_set_array(c->arena, doc, "fields"), "q", "Reference number", "text", q.case_no);
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set(pager, "next", json_null(c->arena));
    if (count > CASES_PAGE)
        json_set_str(c->arena, pager, "next", next_href(c, &q, filter, &rows[CASES_PAGE - 1]));
    return true;
}

/* ---- one case ---- */

static void label_value(struct ctx *c, struct json *list, const char *label, struct str value)
{
    struct json *o = json_add_object(c->arena, list);
    if (!value.len) return;
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "value", value);
}

/* A number of a person: 11 of a mobile to 19 of a bank card. Codes of organisations have letters and are
 * public. */
static bool is_personal_number(struct str s)
{
    if (s.len < 11 || s.len > 19) return false;
    for (size_t i = 0; i < s.len; i++)
        if ((s.ptr[i] < '0' || s.ptr[i] > '9') && !(i == 17 && s.len == 18 && s.ptr[i] == 'X')) return false;
    return true;
}

/* What was filled in repeats the numbers that the head of the page shows masked. */
static void mask_answers(struct ctx *c, const struct json *groups)
{
    JSON_EACH(group, groups)
    {
        JSON_EACH(answer, json_get(group, "answers"))
        {
            struct str value = json_text_of(answer, "value");
            if (is_personal_number(value))
                json_set_str(c->arena, (struct json *)answer, "value", people_mask_code(c->arena, value));
        }
    }
}

static bool add_applicant(struct ctx *c, struct json *doc, const struct case_work *w, bool full)
{
    struct subject who, agent;
    struct json *list = json_set_array(c->arena, doc, "applicant");
    if (!people_subject(c, w->file.applicant, &who)) return false;
    json_set_bool(c->arena, doc, "erased", who.erased);
    label_value(c, list, "Name", who.name);
    if (who.erased) return true;
    label_value(c, list, w->organisation ? "Unified social credit code" : "Identity number",
                full || w->organisation ? who.code : people_mask_code(c->arena, who.code));
    if (who.mobile.len)
        label_value(c, list, "Mobile", full ? who.mobile : people_mask_code(c->arena, who.mobile));
    label_value(c, list, "Identity", ctx_tr(c, who.level >= 2 ? "Confirmed" : "Only declared"));
    if (w->file.agent && w->file.agent != w->file.applicant) {
        if (!people_subject(c, w->file.agent, &agent)) return false;
        label_value(c, list, "Agent", agent.name);
        label_value(c, list, "Agent's mobile",
                    full ? agent.mobile : people_mask_code(c->arena, agent.mobile));
    }
    json_set_bool(c->arena, doc, "reveal", !full);
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, "/office/cases/%lld/reveal", (long long)w->file.id));
    return true;
}

static struct str size_words(struct ctx *c, int64_t bytes)
{
    if (bytes >= 1 << 20)
        return str_fmt(c->arena, "%lld.%lld MB", (long long)(bytes >> 20),
                       (long long)((bytes & 1048575) * 10 >> 20));
    return str_fmt(c->arena, "%lld KB", (long long)(bytes + 1023) / 1024);
}

static void add_material(struct ctx *c, struct json *list, const struct case_work *w, struct str name,
                         const char *icon, struct str text, int64_t upload)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", name);
    json_set(o, "href",
             upload ? json_string(c->arena, str_fmt(c->arena, "/office/cases/%lld/files/%lld",
                                                    (long long)w->file.id, (long long)upload))
                    : json_null(c->arena));
    json_set_c(c->arena, o, "icon", icon);
    json_set_str(c->arena, o, "text", text);
}

/* What the register was asked about a document: when, under which permit, and with which result. One that was
 * asked and has no record is as much a fact as one that has. */
static bool add_fact(struct ctx *c, struct json *facts, const struct case_work *w,
                     const struct case_material *m)
{
    struct exchange_checked k = {0};
    struct str source = c->lang == &lang_en && m->held_by_en.len ? m->held_by_en : m->held_by;
    if (m->held_from.len && !exchange_checked(c, w->file.id, m->held_from, &k)) return false;
    if (!m->held && !k.asked) return true;
    struct json *f = json_add_object(c->arena, facts);
    json_set_c(c->arena, f, "result", m->held ? "match" : "unknown");
    json_set_str(c->arena, f, "result_label", ctx_tr(c, m->held ? "On record" : "No record"));
    json_set_str(c->arena, f, "name", m->name);
    json_set_str(c->arena, f, "value",
                 ctx_tr(c, m->held ? "The register holds a record of this applicant."
                                   : "There is no record of this applicant."));
    json_set_str(c->arena, f, "source", source);
    json_set_str(c->arena, f, "when", words_time(c, k.at ? k.at : c->now));
    exchange_fact_permit(c, f, k.permit);
    return true;
}

/* Documents of an erased applicant are gone; none is missing. */
static bool add_materials(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct case_material *list;
    size_t count;
    struct json *out = json_set_array(c->arena, doc, "materials"),
                *facts = json_set_array(c->arena, doc, "facts");
    if (json_true_of(doc, "erased")) return true;
    if (!case_materials(c, w, &list, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct case_material *m = &list[i];
        if (!m->wanted) continue;
        struct str source = c->lang == &lang_en && m->held_by_en.len ? m->held_by_en : m->held_by;
        /* What was handed in before a register had it is one document, and stands once. */
        if (m->held && !m->upload_count)
            add_material(
                c, out, w, m->name, "shield",
                str_fmt(c->arena, "%.*s · %.*s", STR_ARG(ctx_tr(c, "No need to submit")), STR_ARG(source)),
                0);
        if (!add_fact(c, facts, w, m)) return false;
        for (size_t k = 0; k < m->upload_count; k++) {
            const struct case_upload *u = m->uploads[k];
            bool paper = case_is_paper(u);
            struct str text = paper ? words_paper(c, u)
                                    : str_fmt(c->arena, "%.*s · %.*s", STR_ARG(u->file_name),
                                              STR_ARG(size_words(c, u->size)));
            add_material(c, out, w, m->name, paper ? "form" : "file", text, paper ? 0 : u->id);
        }
        if (m->deferred) add_material(c, out, w, m->name, "warn", ctx_tr(c, "Promised for later"), 0);
        if (!m->held && !m->upload_count && !m->deferred)
            add_material(c, out, w, m->name, "warn",
                         ctx_tr(c, m->required ? "Missing" : "Not given (optional)"), 0);
    }
    struct form_upload_list inside;
    if (!case_form_files(c, w, &inside)) return false;
    for (size_t i = 0; i < inside.count; i++) {
        const struct case_upload *u = &inside.rows[i];
        bool paper = case_is_paper(u);
        struct str text =
            paper ? words_paper(c, u)
                  : str_fmt(c->arena, "%.*s · %.*s", STR_ARG(u->file_name), STR_ARG(size_words(c, u->size)));
        add_material(c, out, w, form_upload_title(c, w->form, u), paper ? "form" : "file", text,
                     paper ? 0 : u->id);
    }
    const struct exchange_case about = case_for_exchange(w);
    return exchange_case_facts(c, &about, facts);
}

static struct str clock_word(struct ctx *c, enum clock_event_kind kind)
{
    static const char *const words[] = {[CLOCK_START] = "Accepted: the clock runs",
                                        [CLOCK_PAUSE] = "Special procedure: paused",
                                        [CLOCK_RESUME] = "The clock runs again",
                                        [CLOCK_EXTEND] = "Extended",
                                        [CLOCK_STOP] = "Stopped"};
    return ctx_tr(c, words[kind]);
}

static void add_intervals(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct json *list = json_set_array(c->arena, doc, "intervals");
    json_set_bool(c->arena, doc, "has_intervals", w->clock_count > 0);
    for (size_t i = 0; i < w->clock_count; i++) {
        bool last = i + 1 == w->clock_count, stop = w->clock[i].kind == CLOCK_STOP;
        int64_t to = last ? c->now : w->clock[i + 1].at;
        int days = stop || w->clock[i].kind == CLOCK_EXTEND
                       ? w->clock[i].count
                       : workday_between(orgs_calendar(c), date_of(w->clock[i].at), date_of(to));
        struct json *o = json_add_object(c->arena, list);
        struct str from = words_day(c, w->clock[i].at), until = last ? ctx_tr(c, "now") : words_day(c, to);
        json_set_str(c->arena, o, "span",
                     stop ? from : str_fmt(c->arena, "%.*s – %.*s", STR_ARG(from), STR_ARG(until)));
        json_set_str(c->arena, o, "reason", clock_word(c, w->clock[i].kind));
        json_set_str(c->arena, o, "days",
                     stop ? STR_EMPTY
                          : str_fmt(c->arena, "%s%d", w->clock[i].kind == CLOCK_EXTEND ? "+" : "", days));
    }
}

static struct str event_who(struct ctx *c, const struct case_event *e)
{
    const struct unit *u = e->unit ? orgs_unit(c, e->unit) : NULL;
    if (e->actor == ACTOR_SYSTEM) return ctx_tr(c, "By the program");
    if (e->actor == ACTOR_PERSON) return ctx_tr(c, "Applicant");
    struct str name = case_officer_name(c, str_fmt(c->arena, "%lld", (long long)e->account)),
               unit = u                                  ? u->name
                      : str_starts(e->act, STR("order")) ? ctx_tr(c, "Supervision")
                                                         : ctx_tr(c, "Service desk");
    return name.len ? str_fmt(c->arena, "%.*s · %.*s", STR_ARG(unit), STR_ARG(name)) : unit;
}

static bool add_history(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct case_event *events;
    size_t count;
    struct json *list = json_set_array(c->arena, doc, "timeline");
    if (!case_events(c, w, &events, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct case_event *e = &events[i];
        struct json *o = json_add_object(c->arena, list);
        json_set_c(c->arena, o, "state", "done");
        json_set_bool(c->arena, json_set_object(c->arena, o, "at"), "done", true);
        json_set_str(c->arena, o, "title", words_act(c, e->act));
        json_set_str(c->arena, o, "when", words_time(c, e->at));
        json_set_str(c->arena, o, "datetime", time_rfc3339(c->arena, e->at));
        json_set_str(c->arena, o, "who", event_who(c, e));
        json_set(o, "text", e->note.len ? json_string(c->arena, e->note) : json_null(c->arena));
        json_set_bool(c->arena, o, "text_zh", !e->note_translated);
        case_show_details(c, o, w, e);
    }
    return true;
}

const struct field case_fields[] = {{"task", FIELD_INT, "The task", .max = INT32_MAX}, {0}};

static bool show(struct ctx *c, bool full)
{
    struct case_work w;
    if (!case_work_load(c, c->row, &w)) return false;
    const struct unit *u = orgs_unit(c, w.file.unit);
    enum clock_light light = case_light(&w.file, w.yellow_at, w.red_at, w.paused, c->now);
    struct json *doc = ctx_doc(c), *item = json_set_object(c->arena, doc, "item");
    json_set_id(c->arena, doc, "id", w.file.id);
    json_set_str(c->arena, doc, "case_no", w.file.case_no);
    json_set_id(c->arena, item, "id", w.item->id);
    json_set_str(c->arena, item, "name", w.item->name);
    json_set_str(c->arena, item, "href", item_href(c->arena, w.item));
    json_set_str(c->arena, item, "version", str_fmt(c->arena, "%d", w.item->version));
    json_set_c(c->arena, doc, "inbox_href", "/office/inbox");
    json_set_str(c->arena, doc, "department", u ? u->name : STR_EMPTY);
    json_set_str(c->arena, doc, "channel",
                 ctx_tr(c, str_eq_c(w.file.channel, "desk")           ? "At the desk"
                           : str_eq_c(w.file.channel, CHANNEL_BUNDLE) ? "As part of a life event"
                                                                      : "Online"));
    words_light(c, doc, light);
    struct str due = words_due(c, w.file.due, light, w.provisional);
    json_set_str(c->arena, doc, "due_text", due.len ? due : words_status(c, w.file.status, w.file.result));
    json_set_str(c->arena, doc, "status_label", words_status(c, w.file.status, w.file.result));
    struct str step = words_step(c, w.course, w.file.step);
    json_set(doc, "held_by", step.len ? json_string(c->arena, step) : json_null(c->arena));
    if (!words_groups(c, doc, &w)) return false;
    add_intervals(c, doc, &w);
    ctx_reads(c, w.file.applicant, STR("case"), w.file.id);
    if (!add_applicant(c, doc, &w, full) || !add_materials(c, doc, &w) ||
        !catalogue_basis(c, w.item, json_set_array(c->arena, doc, "laws")) || !office_tasks(c, doc, &w))
        return false;
    if (!full) mask_answers(c, json_get(doc, "groups"));
    return case_show_bundle(c, doc, &w) && case_show_orders(c, doc, &w) && add_history(c, doc, &w) &&
           case_show_why(c, doc, &w);
}

bool office_case(struct ctx *c)
{
    return show(c, false);
}

bool office_case_reveal(struct ctx *c)
{
    ctx_reads(c, 0, STR("full numbers"), c->row);
    return show(c, true);
}

bool office_file(struct ctx *c)
{
    struct case_work w;
    struct case_material *list;
    size_t count;
    int64_t file;
    struct str content;
    if (!ctx_path_id(c, "file", &file) || !case_work_load(c, c->row, &w) ||
        !case_materials(c, &w, &list, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < list[i].upload_count; k++) {
            const struct case_upload *u = list[i].uploads[k];
            if (u->id != file || !u->blob.len) continue;
            ctx_reads(c, w.file.applicant, STR("document"), w.file.id);
            return blob_get(ctx_blobs(c), c->arena, u->blob, &content, c->err) &&
                   people_send_file(c, content, u->media_type, u->file_name);
        }
    struct form_upload_list inside;
    if (!case_form_files(c, &w, &inside)) return false;
    const struct case_upload *u = form_upload_find(&inside, file);
    if (!u && !case_step_file(c, &w, file, &u)) return false;
    if (u && u->blob.len) {
        ctx_reads(c, w.file.applicant, STR("document"), w.file.id);
        return blob_get(ctx_blobs(c), c->arena, u->blob, &content, c->err) &&
               people_send_file(c, content, u->media_type, u->file_name);
    }
    return err_missing(c->err, "file", "We cannot find this file.");
}
