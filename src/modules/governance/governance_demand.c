/* Rules of demands. */
#include "modules/governance/governance_demand.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "engines/workclock/workclock.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/watch/watch.h"

bool demand_load(struct ctx *c, int64_t id, struct demand *out)
{
    bool found;
    return demand_store_load(c, id, out, &found) &&
           (found || err_missing(c->err, "demand", "There is no such demand."));
}

static bool record(struct ctx *c, const char *act, const struct demand *d)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "state", d->state);
    json_set_id(c->arena, detail, "provider", d->provider);
    json_set_id(c->arena, detail, "entry", d->entry);
    return evidence_add(c, act, "data_demand", d->id, 0, detail);
}

static bool conflict(struct ctx *c)
{
    return err_conflict(c->err, "demand.state",
                        "This step has already been done, or another one comes first.");
}

static bool is_open(const struct demand *d)
{
    return str_eq_c(d->state, "stated") || str_eq_c(d->state, "proposed");
}

bool demand_state(struct ctx *c, struct demand *d)
{
    if (!c->actor.unit)
        return err_denied(c->err, "demand.unit", "Only an officer of a department can state what it needs.");
    d->id = ctx_id(c);
    d->unit = c->actor.unit;
    d->asked_by = c->actor.account;
    d->state = STR("stated");
    d->opened = c->now;
    return orgs_due(c, "exchange.demand_workdays", &d->due) && demand_store_save(c, d) &&
           record(c, "demand.state", d);
}

bool demand_propose(struct ctx *c, struct demand *d, int64_t entry, int64_t provider)
{
    struct exchange_data data = {0};
    bool found = false;
    if (!is_open(d)) return conflict(c);
    if (d->unit != c->actor.unit && !ctx_may(c, "exchange.publish"))
        return err_denied(c->err, "demand.own", "Who stated the demand, or the data authority, does this.");
    if (entry && !exchange_data(c, entry, &data, &found)) return false;
    if (entry && (!found || !data.published))
        return err_at(c->err, STR("entry"), "Please choose one of the list.", STR_EMPTY);
    if (!entry && !orgs_unit(c, provider))
        return err_at(c->err, STR("provider"), "Please choose an entry, or the department to ask.",
                      STR_EMPTY);
    d->entry = entry;
    d->provider = entry ? data.unit : provider;
    d->state = STR("proposed");
    return orgs_due(c, "exchange.demand_workdays", &d->due) && demand_store_save(c, d) &&
           record(c, "demand.propose", d);
}

static bool is_provider(struct ctx *c, const struct demand *d)
{
    if (!str_eq_c(d->state, "proposed")) return conflict(c);
    return (c->actor.unit && d->provider == c->actor.unit) ||
           err_denied(c->err, "exchange.not_provider",
                      "Only the department that provides this data can do this.");
}

/* By the code of an entry of the own department, where another one was proposed or none. */
bool demand_confirm(struct ctx *c, struct demand *d, struct str code)
{
    struct exchange_data data;
    bool found = true;
    int64_t entry = d->entry;
    if (!is_provider(c, d)) return false;
    if (code.len && !exchange_data_by_code(c, code, &entry)) return false;
    if (!entry)
        return err_at(c->err, STR("code"), "Name an entry of your department by its code.", STR_EMPTY);
    if (!exchange_data(c, entry, &data, &found)) return false;
    if (!found || !data.published || data.unit != c->actor.unit)
        return err_at(c->err, STR("code"), "Name an entry of your department by its code.", STR_EMPTY);
    d->entry = entry;
    d->state = STR("confirmed");
    d->answered_by = c->actor.account;
    return demand_store_save(c, d) && record(c, "demand.confirm", d);
}

bool demand_refuse(struct ctx *c, struct demand *d, struct str reason, struct str law)
{
    if (!is_provider(c, d)) return false;
    d->state = STR("absent");
    d->reason = reason;
    d->law = law;
    d->answered_by = c->actor.account;
    return demand_store_save(c, d) && record(c, "demand.refuse", d);
}

static bool is_own(struct ctx *c, const struct demand *d)
{
    return (c->actor.unit && d->unit == c->actor.unit) ||
           err_denied(c->err, "demand.own", "Only the department that stated the demand can do this.");
}

bool demand_evaluate(struct ctx *c, struct demand *d, int64_t rating, struct str words)
{
    struct demand_way way;
    if (!is_own(c, d) || !demand_way_of(c, d, &way)) return false;
    if (way.stage != 6) return conflict(c);
    d->state = STR("evaluated");
    d->rating = rating;
    d->evaluation = words;
    return demand_store_save(c, d) && record(c, "demand.evaluate", d);
}

bool demand_withdraw(struct ctx *c, struct demand *d)
{
    if (!is_own(c, d)) return false;
    if (!is_open(d)) return conflict(c);
    d->state = STR("withdrawn");
    return demand_store_save(c, d) && record(c, "demand.withdraw", d);
}

bool demand_way_of(struct ctx *c, const struct demand *d, struct demand_way *out)
{
    struct exchange_data data = {0};
    bool found, granted = false;
    *out = (struct demand_way){.stage = str_eq_c(d->state, "proposed") ? 2 : 1};
    if (!str_eq_c(d->state, "confirmed") && !str_eq_c(d->state, "evaluated")) return true;
    if (!exchange_data(c, d->entry, &data, &found) ||
        !exchange_permit_of(c, d->unit, d->entry, &out->permit, &granted) ||
        !watch_used(c, data.resource, d->unit, &out->calls))
        return false;
    out->stage = 3;
    if (data.open) out->stage = 4;
    if (data.open && granted) out->stage = 5;
    if (out->stage == 5 && out->calls) out->stage = 6;
    if (str_eq_c(d->state, "evaluated")) out->stage = 7;
    return true;
}
