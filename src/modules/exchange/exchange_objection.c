/* Objections as the provider's steward sees them. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_person.h"
#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"

static const struct exchange_word outcome_words[] = {
    {"explained", "The call was lawful; explained"}, {"upheld", "The call should not have been made"}, {0}};

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
                        date_format(c->arena, date_of(ob->due))));
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
    json_set_str(c->arena, o, "opened", date_format(c->arena, date_of(ob->opened)));
    add_light(c, o, ob);
    return true;
}

bool exchange_objections(struct ctx *c)
{
    bool answered = str_eq_c(in_text(c, "f"), "answered");
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "objections"),
                *filters = json_set_array(c->arena, doc, "filters");
    static const char *const chips[][2] = {{"open", "Waits for an answer"}, {"answered", "Answered"}};
    struct objection *rows;
    size_t count;
    int64_t unit = ctx_may(c, "exchange.publish") ? 0 : c->actor.unit ? c->actor.unit : -1;
    if (!objection_store_list(c, unit, answered, in_i64(c, "after", 0), &rows, &count)) return false;
    for (size_t i = 0; i < 2; i++) {
        struct json *o = json_add_object(c->arena, filters);
        json_set_str(c->arena, o, "label", ctx_tr(c, chips[i][1]));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", chips[i][0]));
        json_set_bool(c->arena, o, "current", answered == (i == 1));
    }
    for (size_t i = 0; i < count && i < OBJECTIONS_PAGE; i++)
        if (!describe(c, json_add_object(c->arena, list), &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_objections", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > OBJECTIONS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?f=%s&after=%lld", chips[answered][0],
                             (long long)rows[OBJECTIONS_PAGE - 1].call));
    }
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    return true;
}

static bool load(struct ctx *c, int64_t id, struct objection *o)
{
    bool found;
    if (!objection_store_load(c, id, o, &found)) return false;
    bool seen = found && (ctx_may(c, "exchange.publish") || (c->actor.unit && o->provider == c->actor.unit));
    return seen || err_missing(c->err, "exchange.objection", "There is no such objection.");
}

bool exchange_objection_scope(struct ctx *c)
{
    struct objection o;
    return ctx_path_id(c, "id", &c->row) && load(c, c->row, &o);
}

bool exchange_objection(struct ctx *c)
{
    struct objection o;
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts");
    if (!load(c, c->row, &o) || !describe(c, doc, &o)) return false;
    ctx_reads(c, o.subject, STR("objection"), o.call);
    json_set_str(c->arena, doc, "words", o.words);
    json_set_str(c->arena, doc, "answer", o.answer);
    json_set_str(c->arena, doc, "outcome", exchange_label(c, outcome_words, o.outcome));
    bool mine = o.provider == c->actor.unit && ctx_may(c, "exchange.provide");
    if (mine && str_eq_c(o.state, "open")) {
        struct json *fields = exchange_act(
            c, acts, str_fmt(c->arena, "/office/exchange/objections/%lld/answer", (long long)o.call),
            "Answer the person", "main", "The person gets the answer as a message.");
        struct json *f =
            exchange_field(c, fields, "outcome", "Outcome of the objection", "radios", STR_EMPTY, true);
        for (const struct exchange_word *w = outcome_words; w->code; w++) {
            ctx_option(c, f, str_c(w->code), ctx_tr(c, w->msgid));
            json_set(json_get(f, "options")->last, "note", json_null(c->arena));
        }
        exchange_field(c, fields, "answer", "Answer to the person", "textarea", STR_EMPTY, true);
    }
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    exchange_crumb(c, doc, "Objections", "/office/exchange/objections");
    return true;
}

bool exchange_objection_answer(struct ctx *c)
{
    struct objection o;
    struct call_row r;
    bool done, found;
    struct json *params = json_object(c->arena);
    if (!load(c, c->row, &o)) return false;
    if (o.provider != c->actor.unit)
        return err_denied(c->err, "exchange.provider",
                          "Only the department that provides this data can do this.");
    o.outcome = in_text(c, "outcome");
    o.answer = in_text(c, "answer");
    json_set_str(c->arena, params, "answer", o.answer);
    if (!person_store_call(c, o.call, &r, &found) || !objection_store_answer(c, &o, &done)) return false;
    if (!done)
        return err_conflict(c->err, "exchange.state",
                            "This step has already been done, or another one comes first.");
    ctx_notice(c, "Recorded.");
    return evidence_add(c, "exchange.object_answer", abroad_object(c, !found), o.call, o.subject, NULL) &&
           notice_send(c, o.subject, "Your objection to a call of your data has been answered: %{answer}",
                       params, STR("/me/exchange")) &&
           ctx_redirect(c, "/office/exchange/objections/%lld", (long long)o.call);
}

const struct field exchange_objections_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "open|answered"},
    {"after", FIELD_ID, "Objections behind this one"},
    {0},
};

const struct field exchange_answer_fields[] = {
    {"outcome", FIELD_CHOICE, "Outcome of the objection", .required = true, .choices = "explained|upheld"},
    {"answer", FIELD_TEXT, "Answer to the person", .required = true, .min = 5, .max = OBJECTION_MAX},
    {0},
};
