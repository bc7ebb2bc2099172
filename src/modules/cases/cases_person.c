/* After it was sent: the receipt, the case, withdrawing. */
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_steps.h"
#include "modules/decisions/decisions.h"
#include "modules/evidence/evidence.h"
#include "modules/licences/licences.h"

static bool must_be_sent(struct ctx *c, const struct case_work *w)
{
    return w->state.status != COURSE_DRAFT || err_missing(c->err, "case", "We cannot find this application.");
}

static bool is_decided(const struct case_work *w)
{
    return w->state.result == COURSE_GRANTED || w->state.result == COURSE_REFUSED;
}

/* ---- receipt ---- */

/* Decided in the moment in which it was sent: a receipt that is opened later still says what it said then. */
static struct str headline(struct ctx *c, const struct case_work *w)
{
    bool at_once = is_decided(w) && w->file.closed && w->file.closed <= w->file.submitted;
    return ctx_tr(c, at_once ? "Answered at once" : "Your application has been sent");
}

bool apply_proof(struct ctx *c)
{
    struct case_work w;
    return apply_load(c, &w) && must_be_sent(c, &w) &&
           evidence_send_proofs(c, "case", w.file.id, w.file.applicant);
}

bool apply_receipt(struct ctx *c)
{
    struct case_work w;
    struct apply_plan p;
    struct subject who;
    if (!apply_load(c, &w) || !must_be_sent(c, &w) || !apply_plan(c, &w, &p) ||
        !people_subject(c, w.file.applicant, &who))
        return false;
    struct json *doc = ctx_doc(c);
    apply_head(c, doc, w.item, STR_EMPTY, 0, 0);
    json_set_id(c->arena, doc, "id", w.file.id);
    json_set_str(c->arena, doc, "headline", headline(c, &w));
    json_set_str(c->arena, doc, "case_no", w.file.case_no);
    json_set_str(c->arena, doc, "track_code", words_track(c, w.file.track_code));
    json_set_str(c->arena, doc, "applicant", who.name);
    json_set_str(c->arena, doc, "sent", words_time(c, w.file.submitted));
    json_set_str(c->arena, doc, "department", apply_unit_name(c, w.file.unit));
    json_set(doc, "appointment", p.slot.len ? json_string(c->arena, p.slot) : json_null(c->arena));
    json_set(doc, "answer",
             is_decided(&w) && w.opinion.len ? json_string(c->arena, w.opinion) : json_null(c->arena));
    json_set_bool(c->arena, doc, "answer_zh", !w.opinion_translated);
    json_set_str(c->arena, doc, "href", str_fmt(c->arena, "/cases/%lld", (long long)w.file.id));
    json_set_str(c->arena, doc, "follow_url",
                 str_cat(c->arena, server_address(c->server, c->arena), STR("/track")));
    return case_show_why(c, doc, &w) && person_timeline(c, doc, &w);
}

/* ---- the case ---- */

static void add_act(struct ctx *c, struct json *acts, const char *label, struct str href, bool main)
{
    struct json *a = json_add_object(c->arena, acts);
    json_set_str(c->arena, a, "label", ctx_tr(c, label));
    json_set_str(c->arena, a, "href", href);
    json_set_bool(c->arena, a, "main", main);
}

static struct str licence_status_label(struct ctx *c, struct str status)
{
    static const char *const words[][2] = {
        {"valid", "In force"},        {"suspended", "Suspended"},   {"revoked", "Revoked"},
        {"cancelled", "Cancelled"},   {"forfeited", "Forfeited"},   {"expired", "Expired"},
        {"not_yet", "Not yet valid"}, {"superseded", "Superseded"}, {"pending", "Being signed"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(status, words[i][0])) return ctx_tr(c, words[i][1]);
    return status;
}

static bool set_licence(struct ctx *c, struct json *doc, const struct case_work *w, struct json *acts)
{
    struct licence l;
    struct subject holder;
    bool found;
    json_set(doc, "licence", json_null(c->arena));
    if (!licence_of_case(c, w->file.id, &l, &found)) return false;
    if (!found) return true;
    if (!people_subject(c, l.holder, &holder)) return false;
    struct json *o = json_set_object(c->arena, doc, "licence");
    struct str href = str_fmt(c->arena, "/licences/%lld", (long long)l.id),
               to = l.valid_to.len ? l.valid_to : ctx_tr(c, "long-term");
    json_set_str(c->arena, o, "href", href);
    json_set_str(c->arena, o, "type_name", l.type_name);
    json_set_c(c->arena, o, "look", licence_look(l.type_name));
    json_set_str(c->arena, o, "licence_no", l.number);
    json_set_str(c->arena, o, "holder", holder.name);
    json_set_str(c->arena, o, "issuer", apply_unit_name(c, l.issuer));
    json_set_str(c->arena, o, "valid_text", str_fmt(c->arena, "%.*s – %.*s", STR_ARG(l.issued), STR_ARG(to)));
    json_set_str(c->arena, o, "status", l.status);
    json_set_str(c->arena, o, "status_label", licence_status_label(c, l.status));
    add_act(c, acts, "Open the licence", href, true);
    return true;
}

/* The law and article of the item: 《烟草专卖法》第十六条 */
static struct str basis_of(struct ctx *c, const struct case_work *w)
{
    struct buf b = buf_new(c->arena, 128);
    JSON_EACH(one, json_get(w->item->doc, "basis"))
    {
        struct str law = json_text_of(one, "law");
        if (!law.len) continue;
        if (b.len) buf_add_c(&b, "、");
        buf_fmt(&b, "《%.*s》%.*s", STR_ARG(law), STR_ARG(json_text_of(one, "article")));
    }
    return buf_str(&b);
}

static bool set_decision(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct case_event *events;
    struct str text = w->opinion, basis = is_decided(w) ? basis_of(c, w) : STR_EMPTY;
    size_t count;
    json_set(doc, "decision", json_null(c->arena));
    if (w->state.status == COURSE_REJECTED) {
        if (!case_events(c, w, &events, &count)) return false;
        for (size_t i = 0; i < count; i++)
            if (str_eq_c(events[i].act, "reject")) text = events[i].note;
    } else if (!is_decided(w)) {
        return true;
    }
    struct json *d = json_set_object(c->arena, doc, "decision");
    json_set_str(c->arena, d, "text", text);
    json_set_bool(c->arena, d, "text_zh", !w->opinion_translated);
    json_set(d, "basis", basis.len ? json_string(c->arena, basis) : json_null(c->arena));
    json_set_str(c->arena, d, "remedy",
                 w->state.result == COURSE_REFUSED
                     ? decision_remedy(c)
                     : ctx_tr(c, "If you do not agree with this decision you may apply for administrative "
                                 "reconsideration or bring an administrative lawsuit, as the law provides."));
    return true;
}

bool person_may_withdraw(struct ctx *c, const struct case_work *w)
{
    struct course_choice choices[COURSE_CHOICES_MAX];
    size_t count = course_acts(c->arena, w->course, &w->state, 0, choices);
    for (size_t i = 0; i < count; i++)
        if (choices[i].kind == COURSE_WITHDRAW && choices[i].role == COURSE_APPLICANT) return true;
    return false;
}

/* licence: its status of today, "" where the case has none. */
static struct str next_text(struct ctx *c, const struct case_work *w, struct str licence)
{
    if (w->state.result != COURSE_GRANTED || !licence.len || str_eq_c(licence, "pending"))
        return person_next_text(c, &w->file);
    if (str_eq_c(licence, "valid") || str_eq_c(licence, "not_yet"))
        return ctx_tr(c, "Your electronic licence has been issued: show it, download it or print it.");
    return ctx_tr(c, "A licence was issued and is not in force now: its status stands below.");
}

static void add_crumb(struct ctx *c, struct json *doc, struct str name, struct str href)
{
    struct json *list = (struct json *)json_get(doc, "crumbs");
    struct json *o = json_add_object(c->arena, list ? list : json_set_array(c->arena, doc, "crumbs"));
    json_set_str(c->arena, o, "name", name);
    json_set_str(c->arena, o, "href", href);
}

bool apply_case(struct ctx *c)
{
    struct case_work w;
    struct apply_plan p;
    if (!apply_load(c, &w)) return false;
    if (w.state.status == COURSE_DRAFT) return ctx_redirect(c, "/apply/%lld", (long long)w.file.id);
    if (!apply_plan(c, &w, &p)) return false;
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts");
    long long id = w.file.id;
    bool rateable = false;
    enum clock_light light = case_light(&w.file, w.yellow_at, w.red_at, w.paused, c->now);
    apply_head(c, doc, w.item, STR_EMPTY, 0, 0);
    add_crumb(c, doc, ctx_tr(c, "My applications"), STR("/me/cases"));
    json_set_id(c->arena, doc, "id", w.file.id);
    json_set_str(c->arena, doc, "case_no", w.file.case_no);
    json_set_str(c->arena, doc, "status", w.file.status);
    json_set_str(c->arena, doc, "result", w.file.result);
    json_set_str(c->arena, doc, "department", apply_unit_name(c, w.file.unit));
    json_set_c(c->arena, doc, "tone", person_tone(&w.file));
    json_set_str(c->arena, doc, "status_label", words_status(c, w.file.status, w.file.result));
    struct str due = words_due_to_person(c, &w.file, light, w.provisional);
    json_set(doc, "due_text", due.len ? json_string(c->arena, due) : json_null(c->arena));
    if (w.state.status == COURSE_CORRECTION)
        add_act(c, acts, "Supply the correction", str_fmt(c->arena, "/cases/%lld/correction", id), true);
    if (!set_licence(c, doc, &w, acts) || !set_decision(c, doc, &w) || !case_show_why(c, doc, &w) ||
        !person_timeline(c, doc, &w) || !apply_groups(c, doc, &w, &p, STR_EMPTY) ||
        !case_show_bundle(c, doc, &w) || !case_show_booking(c, doc, &w))
        return false;
    case_show_owed(c, doc, &w);
    json_set_str(c->arena, doc, "next_text",
                 json_true_of(doc, "has_owed")
                     ? ctx_tr(c, "A document is still to follow: see below. Meanwhile the work goes on.")
                     : next_text(c, &w, json_text_of(json_get(doc, "licence"), "status")));
    if (is_decided(&w) && !cases_rateable(c, id, &rateable)) return false;
    if (rateable) add_act(c, acts, "Rate this service", str_fmt(c->arena, "/cases/%lld/rate", id), false);
    if (!case_add_my_steps(c, doc, acts, &w)) return false;
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    json_set(doc, "withdraw",
             person_may_withdraw(c, &w) ? json_string(c->arena, str_fmt(c->arena, "/cases/%lld/withdraw", id))
                                        : json_null(c->arena));
    return true;
}

bool apply_withdraw(struct ctx *c)
{
    struct case_work w;
    if (!apply_load(c, &w) || !must_be_sent(c, &w) || !case_withdraw(c, &w)) return false;
    ctx_notice(c, "You have withdrawn your application.");
    return ctx_redirect(c, "/cases/%lld", (long long)w.file.id);
}
