/* Permits of the demonstration: asked for and decided by its officers, as officers do it anywhere. */
#include "app/demo_permits.h"
#include "app/demo_exchange.h"
#include "core/base/time.h"
#include "modules/exchange/exchange_permit.h"
#include "modules/orgs/orgs.h"

enum { TERM_DAYS = 365 };

bool demo_as_post(struct ctx *c, int64_t unit, const char *post)
{
    const struct unit *u = orgs_unit(c, unit);
    return u ? demo_act_as(c, ACTOR_OFFICER, str_fmt(c->arena, "%.*s.%s", STR_ARG(u->kind), post))
             : err_missing(c->err, "demo", "There is no such department.");
}

static bool grant_one(struct ctx *c, struct share_permit *p)
{
    const struct actor own = c->actor;
    bool ok = demo_as_post(c, p->provider, "data") && permit_decide(c, p, true, STR_EMPTY);
    c->actor = own;
    return ok;
}

bool demo_grant_platform(struct ctx *c)
{
    struct permit_query q = {.which = STR("open")};
    struct share_permit *rows;
    size_t count;
    do {
        if (!permit_store_list(c, &q, &rows, &count)) return false;
        for (size_t i = 0; i < count && i < PERMITS_PAGE; i++) {
            q.before = rows[i].id;
            if (!rows[i].unit && str_eq_c(rows[i].state, "provider") && !grant_one(c, &rows[i])) return false;
        }
    } while (count > PERMITS_PAGE);
    return true;
}

/* ---- for the forms of a department ---- */

static bool ask(struct ctx *c, const struct data_entry *e, const struct json *one, struct share_permit *p)
{
    int64_t system;
    if (!system_store_by_code(c, STR(PLATFORM_SYSTEM), &system)) return false;
    *p = (struct share_permit){.system = system,
                               .purpose = STR("apply"),
                               .basis = json_text_of(one, "basis"),
                               .modes = STR("check,query"),
                               .fields = json_text_of(one, "fields"),
                               .masks = STR_EMPTY,
                               .services = json_text_of(one, "services"),
                               .operators = STR("*"),
                               .needs_case = CASE_HERE,
                               .rate = RATE_MAX,
                               .daily = DAILY_MAX,
                               .valid_from = c->now,
                               .valid_until = c->now + TERM_DAYS * MS_DAY,
                               .networks = STR_EMPTY};
    return permit_ask(c, e, p);
}

static bool permit_forms(struct ctx *c, const struct json *one)
{
    const struct unit *u = orgs_unit_of_kind(c, json_text_of(one, "unit"), orgs_place(c));
    const struct actor own = c->actor;
    struct data_entry e;
    struct share_permit p;
    int64_t id, permit;
    bool found, granted;
    if (!u || !entry_store_by_code(c, json_text_of(one, "entry"), &id)) return !u;
    if (!entry_store_load(c, id, &e, &found) || !found) return c->err->kind == ERR_NONE;
    if (!exchange_permit_of(c, u->id, id, &permit, &granted)) return false;
    if (permit) return true;
    bool ok = demo_as_post(c, u->id, "data") && ask(c, &e, one, &p) && demo_as_post(c, u->id, "decide") &&
              permit_office(c, &p, true, STR_EMPTY);
    c->actor = own;
    return ok && grant_one(c, &p);
}

bool demo_permit_forms(struct ctx *c, const struct json *file)
{
    JSON_EACH(one, json_get(file, "forms"))
    {
        if (!permit_forms(c, one)) return false;
    }
    return true;
}
