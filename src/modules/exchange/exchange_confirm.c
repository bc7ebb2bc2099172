#include "modules/exchange/exchange_confirm.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "core/jobs/jobs.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_remedy.h"
#include "modules/exchange/exchange_told.h"
#include "modules/orgs/orgs.h"

static bool is_open(const struct share_permit *p)
{
    return str_eq_c(p->state, "office") || str_eq_c(p->state, "provider");
}

/* other: of the two the one the act is not about. */
static bool record(struct ctx *c, const char *act, const struct share_permit *p, const char *how,
                   int64_t other)
{
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "entry", p->entry);
    json_set_id(c->arena, detail, "system", p->system);
    json_set_str(c->arena, detail, "operators", p->operators);
    json_set_id(c->arena, detail, how, other);
    return evidence_add(c, act, "share_permit", p->id, 0, detail);
}

/* The provider, and the department that asks. */
static bool tell_both(struct ctx *c, const struct share_permit *p, const char *kind)
{
    const struct told t = {.id = ctx_id(c),
                           .unit = p->provider,
                           .entry = p->entry,
                           .permit = p->id,
                           .kind = str_c(kind),
                           .words = STR_EMPTY};
    return told_store_add(c, &t) && (p->unit == p->provider || told_asker(c, p, kind, STR_EMPTY));
}

/* ---- what was granted alone ---- */

static bool end(struct ctx *c, struct share_permit *p, int64_t by)
{
    p->state = STR("ended");
    ctx_changed(c, "exchange");
    return permit_store_save(c, p) && record(c, "exchange.permit_end", p, "replaced", by);
}

static bool put_forward(struct ctx *c, struct share_permit *request, const struct share_permit *old)
{
    int64_t due;
    if (!orgs_due(c, "exchange.answer_workdays", &due)) return false;
    request->due = due;
    request->replaces = old->id;
    return permit_store_save(c, request) && record(c, "exchange.permit_ask", request, "replaces", old->id) &&
           tell_both(c, request, "unconfirmed");
}

static bool file(struct ctx *c, const struct share_permit *old)
{
    struct share_permit p = *old;
    p.id = ctx_id(c);
    p.state = p.unit ? STR("office") : STR("provider"); /* the platform has no office that would agree */
    p.asked_by = p.office_by = p.office_at = p.decided_by = p.decided_at = p.due = 0;
    p.extended_by = p.extended_at = 0;
    p.words = p.extension = STR_EMPTY;
    p.asked_at = c->now;
    return put_forward(c, &p, old) && attachments_copy(c, old->id, p.id);
}

/* What the platform asked for since then is the request, or has been decided already. */
static bool confirm_one(struct ctx *c, struct share_permit *old)
{
    struct share_permit last;
    bool found = false;
    if (!old->unit && !permit_store_platform(c, old->entry, old->system, &last, &found)) return false;
    if (!found || last.id == old->id) return file(c, old);
    if (is_open(&last) && !last.replaces) return put_forward(c, &last, old);
    return str_eq_c(last.state, "granted") && last.decided_by ? end(c, old, last.id) : file(c, old);
}

static bool suspend(struct ctx *c, struct share_permit *p)
{
    struct share_permit request;
    bool found;
    const struct permit_stop s = {.id = ctx_id(c), .permit = p->id, .stopped_at = c->now, .words = STR_EMPTY};
    p->state = STR("suspended");
    ctx_changed(c, "exchange");
    return permit_store_replacing(c, p->id, &request, &found) && permit_store_save(c, p) &&
           stop_store_add(c, &s) && record(c, "exchange.permit_suspend", p, "request", request.id) &&
           tell_both(c, p, "unanswered");
}

bool confirm_run(struct ctx *c, const struct json *)
{
    struct share_permit *alone, *late;
    size_t count, late_count;
    if (!permit_store_alone(c, &alone, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!confirm_one(c, &alone[i])) return false;
    if (!permit_store_unanswered(c, &late, &late_count)) return false;
    for (size_t i = 0; i < late_count; i++)
        if (!suspend(c, &late[i])) return false;
    if (count < PERMITS_PAGE && late_count < PERMITS_PAGE) return true;
    return job_add(c, "exchange.confirm", STR("exchange.confirm"), json_object(c->arena), c->now);
}

/* ---- when the request is decided ---- */

bool confirm_may_grant(struct ctx *c, const struct share_permit *p)
{
    struct share_permit old;
    struct permit_stop s;
    bool found;
    if (!p->replaces) return true;
    if (!permit_store_load(c, p->replaces, &old, &found)) return false;
    if (!found || !str_eq_c(old.state, "suspended")) return true;
    if (!stop_store_of_permit(c, old.id, &s, &found)) return false;
    return !found || !s.stopped_by ||
           err_conflict(c->err, "exchange.state",
                        "The permit whose place this takes is suspended: decide first how that goes on.");
}

static bool settle_stop(struct ctx *c, const struct share_permit *old, struct str words)
{
    struct permit_stop s;
    bool found, done;
    if (!stop_store_of_permit(c, old->id, &s, &found)) return false;
    if (!found || s.settled_at) return true;
    s.outcome = STR("ended");
    s.settled_by = c->actor.account;
    s.settled_at = c->now;
    s.reason = words;
    return stop_store_settle(c, &s, &done);
}

bool confirm_decided(struct ctx *c, const struct share_permit *p)
{
    struct share_permit old;
    bool found;
    if (!p->replaces) return true;
    if (!permit_store_load(c, p->replaces, &old, &found)) return false;
    if (!found || (!str_eq_c(old.state, "granted") && !str_eq_c(old.state, "suspended"))) return true;
    return settle_stop(c, &old, p->words) && end(c, &old, p->id);
}

/* ---- on the page ---- */

static bool of_replaced(struct ctx *c, const struct share_permit *p, struct share_permit *other,
                        const char **says, bool *found)
{
    if (!permit_store_replacing(c, p->id, other, found) || !*found) return c->err->kind == ERR_NONE;
    *says =
        str_eq_c(p->state, "granted")
            ? "Nobody decided on this permit when it was granted. It stays in force until the request that "
              "takes its place is decided, and is suspended where nobody decides by %{arg}."
        : str_eq_c(p->state, "suspended")
            ? "Nobody decided on this permit, nor on the request that takes its place by %{arg}: it is "
              "suspended until somebody does."
            : "Nobody decided on this permit when it was granted. Another one has taken its place.";
    return true;
}

bool confirm_show(struct ctx *c, struct json *doc, const struct share_permit *p)
{
    struct share_permit other;
    const char *says =
                   "A permit that is in force though nobody decided on it: this request takes its place, by "
                   "whichever decision. Where nobody decides by %{arg} it is suspended.",
               *label = "The permit whose place it takes";
    bool found = false;
    json_set(doc, "confirm", json_null(c->arena));
    if (p->replaces) {
        if (!permit_store_load(c, p->replaces, &other, &found)) return false;
        if (!is_open(p)) says = "It took the place of a permit on which nobody had decided.";
    } else {
        if (!of_replaced(c, p, &other, &says, &found)) return false;
        label = "The request that takes its place";
    }
    if (!found) return true;
    struct json *o = json_set_object(c->arena, doc, "confirm");
    int64_t due = p->replaces ? p->due : other.due;
    json_set_str(
        c->arena, o, "text",
        tr_arg(c->lang, c->arena, says, date_words(c->lang, c->arena, date_of(due), date_of(c->now))));
    json_set_str(c->arena, o, "href",
                 str_fmt(c->arena, "/office/exchange/permits/%lld", (long long)other.id));
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_bool(c->arena, o, "waits", is_open(p->replaces ? p : &other));
    return true;
}
