/* Objections as the provider's steward sees them. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_remedy.h"
#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"

static const struct exchange_word outcome_words[] = {
    {"explained", "The call was lawful; explained"}, {"upheld", "The call should not have been made"}, {0}};

struct str objection_outcome(struct ctx *c, const struct objection *o)
{
    return o->outcome.len ? exchange_label(c, outcome_words, o->outcome) : STR_EMPTY;
}

static bool sees_all(const struct ctx *c)
{
    return ctx_may(c, "exchange.publish") || ctx_may(c, "case.supervise");
}

static void add_light(struct ctx *c, struct json *o, const struct objection *ob)
{
    bool open = str_eq_c(ob->state, "open"), late = open && c->now > ob->due;
    int left = workday_between(orgs_calendar(c), date_of(c->now), date_of(ob->due));
    const char *color = !open       ? "done"
                        : late      ? "red"
                        : left <= 1 ? "yellow"
                                    : "green",
               *label = !open       ? "Answered"
                        : late      ? "Overdue"
                        : left <= 1 ? "Soon due"
                                    : "In time";
    struct json *l = json_set_object(c->arena, o, "light");
    json_set_c(c->arena, l, "color", color);
    json_set_str(c->arena, l, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "due_text",
                 tr_arg(c->lang, c->arena, late ? "Due since %{arg}" : "To be answered by %{arg}",
                        date_words(c->lang, c->arena, date_of(ob->due), date_of(c->now))));
    json_set_bool(c->arena, o, "open", open);
}

static bool describe(struct ctx *c, struct json *o, const struct objection *ob)
{
    struct call_row r;
    struct exchange_abroad far;
    int64_t case_id;
    bool found, abroad = false;
    if (!person_store_call(c, ob->call, &r, &found) || (!found && !abroad_find(c, ob->call, &far, &abroad)))
        return false;
    if (!found && !abroad) return err_missing(c->err, "exchange.call", "There is no such call.");
    if (!(found ? exchange_call_words(c, o, &r) : abroad_words(c, o, &far, &case_id))) return false;
    if (found && r.unit == 0) json_set_str(c->arena, o, "who", ctx_tr(c, "The person's own application"));
    json_set_str(c->arena, o, "href",
                 str_fmt(c->arena, "/office/exchange/objections/%lld", (long long)ob->call));
    json_set_str(c->arena, o, "opened", date_words(c->lang, c->arena, date_of(ob->opened), date_of(c->now)));
    add_light(c, o, ob);
    return true;
}

static const struct {
    const char *code, *label;
    bool own; /* for departments that ask alone */
} chips[] = {{"open", "Waits for an answer", false},
             {"overdue", "Overdue", false},
             {"answered", "Answered", false},
             {"ours", "Upheld about our calls", true}};

static void add_filters(struct ctx *c, struct json *doc, struct str which)
{
    struct json *filters = json_set_array(c->arena, doc, "filters");
    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++) {
        if (chips[i].own && !c->actor.unit) continue;
        struct json *o = json_add_object(c->arena, filters);
        json_set_str(c->arena, o, "label", ctx_tr(c, chips[i].label));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", chips[i].code));
        json_set_bool(c->arena, o, "current", str_eq_c(which, chips[i].code));
    }
}

bool exchange_objections(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "objections");
    int64_t own = c->actor.unit ? c->actor.unit : -1;
    struct str which = in_has(c, "f") ? in_text(c, "f") : STR("open");
    const struct objection_query q = {.unit = sees_all(c) && !str_eq_c(which, "ours") ? 0 : own,
                                      .which = which,
                                      .after = in_i64(c, "after", 0)};
    struct objection *rows;
    size_t count;
    if (!objection_store_list(c, &q, &rows, &count)) return false;
    add_filters(c, doc, which);
    for (size_t i = 0; i < count && i < OBJECTIONS_PAGE; i++)
        if (!describe(c, json_add_object(c->arena, list), &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_objections", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > OBJECTIONS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?f=%.*s&after=%lld", STR_ARG(which),
                             (long long)rows[OBJECTIONS_PAGE - 1].call));
    }
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    return true;
}

static bool is_consumer(const struct ctx *c, const struct objection *o)
{
    return c->actor.unit && o->consumer == c->actor.unit;
}

static bool is_provider(const struct ctx *c, const struct objection *o)
{
    return c->actor.unit && o->provider == c->actor.unit;
}

/* The department that asked sees what was upheld about its calls. */
static bool load(struct ctx *c, int64_t id, struct objection *o)
{
    bool found;
    if (!objection_store_load(c, id, o, &found)) return false;
    bool seen = found && (sees_all(c) || is_provider(c, o) || is_consumer(c, o));
    return seen || err_missing(c->err, "exchange.objection", "There is no such objection.");
}

bool exchange_objection_scope(struct ctx *c)
{
    struct objection o;
    return ctx_path_id(c, "id", &c->row) && load(c, c->row, &o);
}

static void add_answer(struct ctx *c, struct json *acts, const struct objection *o)
{
    struct json *fields = exchange_act(
        c, acts, str_fmt(c->arena, "/office/exchange/objections/%lld/answer", (long long)o->call),
        "Answer the person", "main", "The person gets the answer as a message.");
    struct json *f =
        exchange_field(c, fields, "outcome", "Outcome of the objection", "radios", STR_EMPTY, true);
    for (const struct exchange_word *w = outcome_words; w->code; w++) {
        ctx_option(c, f, str_c(w->code), ctx_tr(c, w->msgid));
        json_set(json_get(f, "options")->last, "note", json_null(c->arena));
    }
    exchange_field(c, fields, "answer", "Answer to who objected", "textarea", STR_EMPTY, true);
    f = exchange_field(c, fields, "told", "What the department that asked is told", "textarea", STR_EMPTY,
                       false);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Needed where the call should not have been made. Without words of the person."));
}

/* The permit the call was made under, and what may be done about it. */
static bool add_permit(struct ctx *c, struct json *doc, struct json *acts, const struct objection *o)
{
    struct share_permit p;
    struct call_row r;
    bool found;
    json_set(doc, "permit", json_null(c->arena));
    if (!person_store_call(c, o->call, &r, &found) || !found || !r.permit) return c->err->kind == ERR_NONE;
    if (!permit_store_load(c, r.permit, &p, &found) || !found) return c->err->kind == ERR_NONE;
    struct json *permit = json_set_object(c->arena, doc, "permit");
    json_set_str(c->arena, permit, "href",
                 str_fmt(c->arena, "/office/exchange/permits/%lld", (long long)p.id));
    json_set_str(c->arena, permit, "state_label", permit_state_words(c, &p));
    return !str_eq_c(o->outcome, "upheld") ||
           (remedy_rows(c, json_set_array(c->arena, doc, "rows"), &p) && remedy_acts(c, acts, &p, o->call));
}

static bool add_consumer(struct ctx *c, struct json *doc, struct json *acts, const struct objection *o)
{
    struct str noter = STR_EMPTY;
    if (o->noted_by && !exchange_officer_name(c, o->noted_by, &noter)) return false;
    json_set_str(c->arena, doc, "told", o->told);
    json_set_str(c->arena, doc, "consumer", o->consumer ? exchange_unit_name(c, o->consumer) : STR_EMPTY);
    json_set_str(c->arena, doc, "done", o->done);
    json_set_str(c->arena, doc, "noted",
                 o->noted_at
                     ? str_fmt(c->arena, "%.*s · %.*s", STR_ARG(noter),
                               STR_ARG(date_words(c->lang, c->arena, date_of(o->noted_at), date_of(c->now))))
                     : STR_EMPTY);
    if (!is_consumer(c, o) || o->noted_at || !ctx_may(c, "exchange.request")) return true;
    struct json *fields =
        exchange_act(c, acts, str_fmt(c->arena, "/office/exchange/objections/%lld/note", (long long)o->call),
                     "Say what was done", "main", "The provider and the supervisor see it.");
    exchange_field(c, fields, "done", "What your department did about it", "textarea", STR_EMPTY, true);
    return true;
}

bool exchange_objection(struct ctx *c)
{
    struct objection o;
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts");
    if (!load(c, c->row, &o) || !describe(c, doc, &o)) return false;
    bool others = is_consumer(c, &o) && !is_provider(c, &o); /* what the person says is not for who asked */
    json_set_array(c->arena, doc, "rows");
    json_set_str(c->arena, doc, "words", others ? STR_EMPTY : o.words);
    json_set_str(c->arena, doc, "answer", others ? STR_EMPTY : o.answer);
    json_set_str(c->arena, doc, "outcome", objection_outcome(c, &o));
    if (!others) ctx_reads(c, o.subject, STR("objection"), o.call);
    if (is_provider(c, &o) && ctx_may(c, "exchange.provide") && str_eq_c(o.state, "open"))
        add_answer(c, acts, &o);
    if (!add_permit(c, doc, acts, &o) || !add_consumer(c, doc, acts, &o)) return false;
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    exchange_crumb(c, doc, "Objections", "/office/exchange/objections");
    return true;
}

static bool answer(struct ctx *c, struct objection *o)
{
    struct call_row r = {0};
    bool done, found, upheld = str_eq_c(in_text(c, "outcome"), "upheld");
    struct json *params = json_object(c->arena);
    o->outcome = in_text(c, "outcome");
    o->answer = in_text(c, "answer");
    o->told = upheld && in_has(c, "told") ? in_text(c, "told") : STR_EMPTY;
    json_set_str(c->arena, params, "answer", o->answer);
    if (!person_store_call(c, o->call, &r, &found)) return false;
    o->consumer = upheld && found && r.unit != o->provider ? r.unit : 0;
    if (o->consumer && !o->told.len)
        return err_at(c->err, STR("told"), "Say to the department that asked why it should not have.",
                      STR_EMPTY);
    if (!objection_store_answer(c, o, &done)) return false;
    if (!done)
        return err_conflict(c->err, "exchange.state",
                            "This step has already been done, or another one comes first.");
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "outcome", o->outcome);
    return evidence_add(c, "exchange.object_answer", abroad_object(c, !found), o->call, o->subject, detail) &&
           notice_send(c, o->subject,
                       upheld ? "Your objection to a call of your data was right: it should not have been "
                                "made. %{answer}"
                              : "Your objection to a call of your data has been answered: %{answer}",
                       params, STR("/me/exchange"));
}

static bool back(struct ctx *c, const struct objection *o)
{
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/exchange/objections/%lld", (long long)o->call);
}

bool exchange_objection_answer(struct ctx *c)
{
    struct objection o;
    if (!load(c, c->row, &o)) return false;
    if (!is_provider(c, &o))
        return err_denied(c->err, "exchange.not_provider",
                          "Only the department that provides this data can do this.");
    return answer(c, &o) && back(c, &o);
}

bool exchange_objection_note(struct ctx *c)
{
    struct objection o;
    bool done;
    if (!load(c, c->row, &o)) return false;
    if (!is_consumer(c, &o))
        return err_denied(c->err, "exchange.office", "Only the department that asks can do this.");
    o.done = in_text(c, "done");
    if (!objection_store_note(c, &o, &done)) return false;
    if (!done)
        return err_conflict(c->err, "exchange.state",
                            "This step has already been done, or another one comes first.");
    return evidence_add(c, "exchange.object_note", "exchange_call", o.call, o.subject, NULL) && back(c, &o);
}

/* ---- what waits, on the desk ---- */

static void add_figure(struct ctx *c, struct json *doc, const char *label, const char *href, int64_t count,
                       bool red)
{
    struct json *f = json_add_object(c->arena, (struct json *)json_get(doc, "figures"));
    json_set_str(c->arena, f, "label", ctx_tr(c, label));
    json_set_c(c->arena, f, "href", href);
    json_set_str(c->arena, f, "count", str_fmt(c->arena, "%lld", (long long)count));
    json_set(f, "color", red ? json_string(c->arena, STR("red")) : json_null(c->arena));
}

bool exchange_objections_home(struct ctx *c, struct json *doc)
{
    int64_t open, overdue, ours = 0;
    if (!ctx_may(c, "exchange.objections")) return true;
    if (!objection_store_counts(c,
                                sees_all(c)     ? 0
                                : c->actor.unit ? c->actor.unit
                                                : -1,
                                &open, &overdue) ||
        (c->actor.unit && !objection_store_unnoted(c, c->actor.unit, &ours)))
        return false;
    if (overdue)
        add_figure(c, doc, "Objections overdue", "/office/exchange/objections?f=overdue", overdue, true);
    else
        add_figure(c, doc, "Objections", "/office/exchange/objections", open, false);
    if (ours) add_figure(c, doc, "Upheld about our calls", "/office/exchange/objections?f=ours", ours, true);
    return true;
}

const struct field exchange_objections_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "open|overdue|answered|ours"},
    {"after", FIELD_ID, .label = "Objections behind this one"},
    {0},
};

const struct field exchange_answer_fields[] = {
    {"outcome", FIELD_CHOICE, "Outcome of the objection", .required = true, .choices = "explained|upheld"},
    {"answer", FIELD_TEXT, "Answer to who objected", .required = true, .min = 5, .max = OBJECTION_MAX},
    {"told", FIELD_TEXT, "What the department that asked is told", .min = 5, .max = OBJECTION_MAX},
    {0},
};

const struct field exchange_note_fields[] = {
    {"done", FIELD_TEXT, "What your department did about it", .required = true, .min = 5,
     .max = OBJECTION_MAX},
    {0},
};
