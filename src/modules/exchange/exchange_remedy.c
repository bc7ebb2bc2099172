#include "modules/exchange/exchange_remedy.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/evidence/evidence.h"
#include "modules/notices/notices.h"

enum { REMEDY_MAX = 500 };

/* ---- on pages ---- */

static struct str who_and_when(struct ctx *c, struct str who, int64_t at)
{
    return str_fmt(c->arena, "%.*s · %.*s", STR_ARG(who), STR_ARG(time_words(c->lang, c->arena, at, c->now)));
}

bool remedy_rows(struct ctx *c, struct json *rows, const struct share_permit *p)
{
    struct permit_stop s;
    struct str who, settler;
    bool found;
    if (!stop_store_of_permit(c, p->id, &s, &found) || !found) return c->err->kind == ERR_NONE;
    if (!exchange_officer_name(c, s.stopped_by, &who)) return false;
    exchange_row(c, rows, "Suspended by", who_and_when(c, who, s.stopped_at), true);
    exchange_row(c, rows, "Why it was suspended",
                 s.stopped_by ? s.words : ctx_tr(c, "Nobody had decided on it, nor did anybody in time."),
                 s.stopped_by != 0);
    if (!s.settled_at) return true;
    if (!exchange_officer_name(c, s.settled_by, &settler)) return false;
    bool ended = str_eq_c(s.outcome, "ended");
    exchange_row(c, rows, ended ? "Ended by" : "Suspension lifted by", who_and_when(c, settler, s.settled_at),
                 true);
    exchange_row(c, rows, "Reason", s.reason, true);
    return true;
}

static struct json *act(struct ctx *c, struct json *acts, const struct share_permit *p, const char *path,
                        const char *label, const char *tone, const char *says, int64_t call)
{
    struct json *fields =
        exchange_act(c, acts, str_fmt(c->arena, "/office/exchange/permits/%lld/%s", (long long)p->id, path),
                     label, tone, says);
    if (call)
        exchange_field(c, fields, "call", "", "hidden", str_fmt(c->arena, "%lld", (long long)call), false);
    return fields;
}

static bool provides(const struct ctx *c, const struct share_permit *p)
{
    return c->actor.unit && p->provider == c->actor.unit;
}

static bool may_settle(const struct ctx *c, const struct share_permit *p, const struct permit_stop *s)
{
    return ctx_may(c, "exchange.settle") && (provides(c, p) || ctx_may(c, "exchange.publish")) &&
           s->stopped_by != c->actor.account && s->stopped_by; /* 0: by the program, see confirm_run */
}

bool remedy_acts(struct ctx *c, struct json *acts, const struct share_permit *p, int64_t call)
{
    struct permit_stop s;
    bool found;
    if (str_eq_c(p->state, "granted") && provides(c, p) && ctx_may(c, "exchange.provide")) {
        struct json *fields =
            act(c, acts, p, "suspend", "Suspend the permit", "quiet",
                "The next call is refused. A second person lifts that or ends the permit.", call);
        exchange_field(c, fields, "why", "Why it is suspended", "textarea", STR_EMPTY, true);
        return true;
    }
    if (!str_eq_c(p->state, "suspended")) return true;
    if (!stop_store_of_permit(c, p->id, &s, &found)) return false;
    if (!found || !may_settle(c, p, &s)) return true;
    struct json *fields = act(c, acts, p, "settle", "Decide how the permit goes on", "main",
                              "Somebody else suspended it: you end it, or let it go on.", call);
    struct json *f = exchange_field(c, fields, "outcome", "Decision", "radios", STR_EMPTY, true);
    ctx_option(c, f, STR("ended"), ctx_tr(c, "End the permit"));
    ctx_option(c, f, STR("lifted"), ctx_tr(c, "Let the permit go on"));
    for (struct json *o = json_get(f, "options")->first; o; o = o->next)
        json_set(o, "note", json_null(c->arena));
    exchange_field(c, fields, "words", "Reason", "textarea", STR_EMPTY, true);
    return true;
}

bool remedy_words(struct ctx *c, int64_t call, struct str *out)
{
    struct permit_stop s;
    bool found;
    *out = STR_EMPTY;
    if (!stop_store_of_call(c, call, &s, &found)) return false;
    if (!found) return true;
    const char *msgid = str_eq_c(s.outcome, "ended") ? "The permit for such calls was ended on %{arg}"
                        : str_eq_c(s.outcome, "lifted")
                            ? "The permit for such calls goes on since %{arg}"
                            : "The permit for such calls is suspended since %{arg}";
    *out = tr_arg(
        c->lang, c->arena, msgid,
        date_words(c->lang, c->arena, date_of(s.settled_at ? s.settled_at : s.stopped_at), date_of(c->now)));
    if (s.reason.len) *out = str_fmt(c->arena, "%.*s · %.*s", STR_ARG(*out), STR_ARG(s.reason));
    return true;
}

/* ---- acts ---- */

static bool order(struct ctx *c)
{
    return err_conflict(c->err, "exchange.state",
                        "This step has already been done, or another one comes first.");
}

/* The objection an act is about is upheld, and of a call under this permit. */
static bool check_call(struct ctx *c, const struct share_permit *p, int64_t call, struct objection *o)
{
    struct call_row r;
    bool found;
    *o = (struct objection){0};
    if (!call) return true;
    if (!objection_store_load(c, call, o, &found)) return false;
    if (!found || !str_eq_c(o->outcome, "upheld") || !person_store_call(c, call, &r, &found)) return order(c);
    return (found && r.permit == p->id) || order(c);
}

static bool tell_person(struct ctx *c, const struct objection *o, const char *msgid)
{
    return !o->subject || notice_send(c, o->subject, msgid, json_object(c->arena), STR("/me/exchange"));
}

static bool record(struct ctx *c, const char *act, const struct share_permit *p, int64_t call)
{
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "entry", p->entry);
    json_set_id(c->arena, detail, "system", p->system);
    if (call) json_set_id(c->arena, detail, "call", call);
    ctx_changed(c, "exchange");
    ctx_notice(c, "Recorded.");
    return evidence_add(c, act, "share_permit", p->id, 0, detail);
}

static bool back(struct ctx *c, int64_t permit, int64_t call)
{
    return call ? ctx_redirect(c, "/office/exchange/objections/%lld", (long long)call)
                : ctx_redirect(c, "/office/exchange/permits/%lld", (long long)permit);
}

bool exchange_permit_suspend(struct ctx *c)
{
    struct share_permit p;
    struct objection o;
    int64_t call = in_i64(c, "call", 0);
    if (!permit_load(c, c->row, &p)) return false;
    if (!provides(c, &p))
        return err_denied(c->err, "exchange.not_provider",
                          "Only the department that provides this data can do this.");
    if (!str_eq_c(p.state, "granted")) return order(c);
    if (!check_call(c, &p, call, &o)) return false;
    const struct permit_stop s = {.id = ctx_id(c),
                                  .permit = p.id,
                                  .call = call,
                                  .stopped_by = c->actor.account,
                                  .stopped_at = c->now,
                                  .words = in_text(c, "why")};
    p.state = STR("suspended");
    return permit_store_save(c, &p) && stop_store_add(c, &s) &&
           record(c, "exchange.permit_suspend", &p, call) &&
           tell_person(c, &o, "After your objection the permit for such calls of your data was suspended.") &&
           back(c, p.id, call);
}

bool exchange_permit_settle(struct ctx *c)
{
    struct share_permit p;
    struct permit_stop s;
    struct objection o;
    int64_t call = in_i64(c, "call", 0);
    bool found, done, ends = str_eq_c(in_text(c, "outcome"), "ended");
    if (!permit_load(c, c->row, &p) || !stop_store_of_permit(c, p.id, &s, &found)) return false;
    if (!found || !str_eq_c(p.state, "suspended")) return order(c);
    if (!provides(c, &p) && !ctx_may(c, "exchange.publish"))
        return err_denied(c->err, "exchange.not_provider",
                          "Only the department that provides this data can do this.");
    if (s.stopped_by == c->actor.account)
        return err_denied(c->err, "exchange.four_eyes",
                          "You suspended this permit. Someone else decides how it goes on.");
    if (!s.stopped_by)
        return err_conflict(c->err, "exchange.confirm",
                            "Nobody had decided on this permit: decide on the request that takes its place.");
    if (!check_call(c, &p, s.call, &o)) return false;
    s.outcome = in_text(c, "outcome");
    s.settled_by = c->actor.account;
    s.settled_at = c->now;
    s.reason = in_text(c, "words");
    p.state = ends ? STR("ended") : STR("granted");
    if (ends) p.words = s.reason;
    if (!stop_store_settle(c, &s, &done) || !done) return c->err->kind == ERR_NONE ? order(c) : false;
    return permit_store_save(c, &p) &&
           record(c, ends ? "exchange.permit_end" : "exchange.permit_lift", &p, s.call) &&
           tell_person(c, &o,
                       ends ? "After your objection the permit for such calls of your data was ended."
                            : "The permit for such calls of your data goes on; why stands beside your "
                              "objection.") &&
           back(c, p.id, call);
}

const struct field exchange_hold_fields[] = {
    {"call", FIELD_ID, .label = "Objection"},
    {"why", FIELD_TEXT, "Why it is suspended", .required = true, .min = 5, .max = REMEDY_MAX},
    {0},
};

const struct field exchange_settle_fields[] = {
    {"call", FIELD_ID, .label = "Objection"},
    {"outcome", FIELD_CHOICE, "Decision", .required = true, .choices = "ended|lifted"},
    {"words", FIELD_TEXT, "Reason", .required = true, .min = 5, .max = REMEDY_MAX},
    {0},
};
