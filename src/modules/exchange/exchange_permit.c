/* Who may ask what, and how it came to that. */
#include "modules/exchange/exchange_confirm.h"
#include "modules/exchange/exchange_told.h"

#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

bool list_names(struct str list, struct str id)
{
    struct str one;
    while (list.len) {
        list = str_cut(list, ',', &one);
        if (str_eq(str_trim(one), id)) return true;
    }
    return false;
}

/* ---- requests ---- */

static bool sees_all(const struct ctx *c)
{
    return c->actor.kind == ACTOR_SYSTEM || ctx_may(c, "exchange.publish") || ctx_may(c, "case.supervise");
}

bool permit_load(struct ctx *c, int64_t id, struct share_permit *out)
{
    bool found;
    if (!permit_store_load(c, id, out, &found)) return false;
    if (found &&
        (sees_all(c) || (c->actor.unit && (out->unit == c->actor.unit || out->provider == c->actor.unit))))
        return true;
    return err_missing(c->err, "exchange.permit", "There is no such request.");
}

static bool record(struct ctx *c, const char *act, const struct share_permit *p)
{
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "entry", p->entry);
    json_set_id(c->arena, detail, "system", p->system);
    json_set_str(c->arena, detail, "operators", p->operators);
    return evidence_add(c, act, "share_permit", p->id, 0, detail);
}

/* With the files it carries: the record proves which they were. */
static bool record_asked(struct ctx *c, const struct share_permit *p)
{
    struct json *detail = json_object(c->arena), *list = NULL;
    json_set_id(c->arena, detail, "entry", p->entry);
    json_set_id(c->arena, detail, "system", p->system);
    json_set_str(c->arena, detail, "operators", p->operators);
    JSON_EACH(f, json_get(c->prepared, "files"))
    {
        if (!list) list = json_set_array(c->arena, detail, "files");
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", json_text_of(f, "name"));
        json_set_str(c->arena, o, "blob", json_text_of(f, "blob"));
    }
    return evidence_add(c, "exchange.permit_ask", "share_permit", p->id, 0, detail);
}

/* A request that takes the place of a permit in force keeps the day by which it is suspended
 * (exchange_confirm.h), whoever is to decide. */
static bool set_due(struct ctx *c, struct share_permit *p)
{
    if (p->replaces) return true;
    const char *setting = str_eq_c(p->state, "office")   ? "exchange.office_workdays"
                          : str_eq_c(p->sharing, "free") ? "exchange.answer_free_workdays"
                                                         : "exchange.answer_workdays";
    return orgs_due(c, setting, &p->due);
}

struct clock_due permit_due(struct ctx *c, const struct share_permit *p)
{
    struct clock_due d = {.set = p->due > 0, .due = p->due};
    bool open = str_eq_c(p->state, "office") || str_eq_c(p->state, "provider");
    int left = workday_between(orgs_calendar(c), date_of(c->now), date_of(p->due));
    d.left = left;
    d.overdue = open && c->now > p->due;
    d.light = !open ? LIGHT_DONE : d.overdue ? LIGHT_RED : left <= 1 ? LIGHT_YELLOW : LIGHT_GREEN;
    return d;
}

static bool check_fields(struct ctx *c, const struct data_entry *e, struct str fields)
{
    struct str id;
    if (!fields.len)
        return err_at(c->err, STR("fields"), "Choose the items of data that are needed.", STR_EMPTY);
    while (fields.len) {
        bool known = false;
        fields = str_cut(fields, ',', &id);
        JSON_EACH(i, json_get(e->doc, "items"))
        {
            known =
                known || (str_eq(json_text_of(i, "id"), id) && !str_eq_c(json_text_of(i, "sharing"), "none"));
        }
        if (!known) return err_at(c->err, STR("fields"), "This item is not shared: %{arg}", id);
    }
    return true;
}

static bool check_bounds(struct ctx *c, struct share_permit *p)
{
    return masks_take(c, p->fields, &p->masks) &&
           services_take(c, p->needs_case == CASE_OF_CALLER, &p->services) &&
           operators_take(c, p->system_code, &p->operators);
}

/* For the forms of its services here a department asks in the name of this installation: within a case alone.
 */
static bool check_forms(struct ctx *c, const struct share_permit *p)
{
    if (str_eq_c(p->services, "*"))
        return err_at(c->err, STR("services"), "Name the services whose forms this is for.", STR_EMPTY);
    return (p->needs_case == CASE_HERE && !p->compat && !list_names(p->modes, STR("batch")) &&
            !list_names(p->modes, STR("subscribe"))) ||
           err_at(c->err, STR("modes"), "Forms check and query within a case, and nothing else.", STR_EMPTY);
}

/* Only rows that are kept here have changes. */
static bool check_modes(struct ctx *c, const struct data_resource *r, const struct share_permit *p)
{
    return !list_names(p->modes, STR("subscribe")) || str_eq_c(r->kind, "file") ||
           err_at(c->err, STR("modes"),
                  "Changes are told of data whose rows are delivered here, which these are not.", STR_EMPTY);
}

static bool check_request(struct ctx *c, const struct data_entry *e, struct share_permit *p)
{
    struct exchange_system s;
    struct str wrong;
    bool found;
    if (!system_store_load(c, p->system, &s, &found)) return false;
    bool forms = found && str_eq_c(s.code, PLATFORM_SYSTEM);
    p->system_code = found ? s.code : STR_EMPTY;
    if (!found || (s.unit != c->actor.unit && !forms))
        return err_at(c->err, STR("system"), "Choose a system of your department.", STR_EMPTY);
    if (forms && !check_forms(c, p)) return false;
    if (p->valid_until <= c->now) return err_at(c->err, STR("until"), "This day has passed.", STR_EMPTY);
    if (p->valid_from >= p->valid_until)
        return err_at(c->err, STR("from"), "It would begin after it has ended.", STR_EMPTY);
    if (!networks_read(c->arena, p->networks, &p->allowed, &wrong))
        return err_at(c->err, STR("networks"), "This is neither an address nor a network: %{arg}", wrong);
    return check_fields(c, e, p->fields) && check_bounds(c, p);
}

bool permit_ask(struct ctx *c, const struct data_entry *e, struct share_permit *p)
{
    struct data_resource r;
    bool found;
    if (!resource_store_of_entry(c, e->id, &r, &found)) return false;
    if (!str_eq_c(e->state, "published") || !found || !str_eq_c(r.state, "open"))
        return err_conflict(c->err, "exchange.closed", "This data cannot be asked for here.");
    if (str_eq_c(e->sharing, "none"))
        return err_conflict(c->err, "exchange.not_shared", "This data is not shared.");
    if (p->valid_from < c->now) p->valid_from = c->now;
    if (!check_modes(c, &r, p) || !check_request(c, e, p)) return false;
    p->id = ctx_id(c);
    p->entry = e->id;
    p->resource = r.id;
    p->unit = c->actor.unit;
    p->provider = e->unit;
    p->sharing = e->sharing;
    p->state = STR("office");
    p->asked_by = c->actor.account;
    p->asked_at = c->now;
    p->words = STR_EMPTY;
    return set_due(c, p) && permit_store_save(c, p) && record_asked(c, p);
}

static bool order(struct ctx *c)
{
    return err_conflict(c->err, "exchange.state",
                        "This step has already been done, or another one comes first.");
}

static bool another(struct ctx *c, const struct share_permit *p)
{
    return (p->asked_by != c->actor.account && p->office_by != c->actor.account) ||
           err_denied(c->err, "exchange.four_eyes",
                      "You took part in this request. Someone else must decide it.");
}

bool permit_office(struct ctx *c, struct share_permit *p, bool agree, struct str words)
{
    if (!str_eq_c(p->state, "office")) return order(c);
    if (p->unit != c->actor.unit)
        return err_denied(c->err, "exchange.office", "Only the department that asks can do this.");
    if (!another(c, p)) return false;
    p->state = agree ? STR("provider") : STR("refused");
    p->office_by = c->actor.account;
    p->office_at = c->now;
    p->words = words;
    return (!agree || set_due(c, p)) && permit_store_save(c, p) &&
           record(c, agree ? "exchange.permit_office" : "exchange.permit_refuse", p) &&
           (agree || confirm_decided(c, p));
}

bool permit_decide(struct ctx *c, struct share_permit *p, bool agree, struct str words)
{
    if (!str_eq_c(p->state, "provider")) return order(c);
    if (p->provider != c->actor.unit)
        return err_denied(c->err, "exchange.not_provider",
                          "Only the department that provides this data can do this.");
    if (!another(c, p)) return false;
    if (!agree && !words.len) return err_at(c->err, STR("words"), "A refusal needs its reason.", STR_EMPTY);
    if (agree && (!check_bounds(c, p) || !confirm_may_grant(c, p))) return false;
    p->state = agree ? STR("granted") : STR("refused");
    p->decided_by = c->actor.account;
    p->decided_at = c->now;
    p->words = words;
    ctx_changed(c, "exchange");
    return permit_store_save(c, p) &&
           record(c, agree ? "exchange.permit_grant" : "exchange.permit_refuse", p) && confirm_decided(c, p);
}

bool permit_may_extend(const struct ctx *c, const struct share_permit *p)
{
    return str_eq_c(p->state, "provider") && p->provider == c->actor.unit && !p->extended_at &&
           c->now <= p->due && !str_eq_c(p->sharing, "free") && !p->replaces;
}

bool permit_extend(struct ctx *c, struct share_permit *p, int64_t days, struct str reason)
{
    int64_t most;
    bool provisional;
    if (p->provider != c->actor.unit)
        return err_denied(c->err, "exchange.not_provider",
                          "Only the department that provides this data can do this.");
    if (p->replaces)
        return err_conflict(c->err, "exchange.extended",
                            "Data are given already while this request waits: the time to decide is not "
                            "extended.");
    if (!permit_may_extend(c, p))
        return err_conflict(
            c->err, "exchange.extended",
            "The time to answer can be extended once, before it is over, for data shared on terms.");
    if (!orgs_number(c, "exchange.extension_workdays", &most)) return false;
    if (days < 1 || days > most)
        return err_at(c->err, STR("days"), "From 1 to %{arg} working days.",
                      str_fmt(c->arena, "%lld", (long long)most));
    if (!reason.len)
        return err_at(c->err, STR("reason"), "Say why it takes longer: the department that asks reads it.",
                      STR_EMPTY);
    p->due = workclock_due(orgs_calendar(c), office_hours_default, p->due,
                           (struct limit){LIMIT_WORKDAYS, (int)days}, &provisional);
    p->extended_by = c->actor.account;
    p->extended_at = c->now;
    p->extension = reason;
    return permit_store_save(c, p) && told_asker(c, p, "extended", reason) &&
           record(c, "exchange.permit_extend", p);
}

bool permit_end(struct ctx *c, struct share_permit *p, struct str words)
{
    if (!str_eq_c(p->state, "granted")) return order(c);
    if (p->provider != c->actor.unit && p->unit != c->actor.unit)
        return err_denied(c->err, "exchange.not_provider",
                          "Only the department that provides this data can do this.");
    p->state = STR("ended");
    p->words = words;
    ctx_changed(c, "exchange");
    bool by_provider = p->provider == c->actor.unit && p->unit != c->actor.unit;
    return permit_store_save(c, p) && (!by_provider || told_asker(c, p, "ended", words)) &&
           record(c, "exchange.permit_end", p);
}

struct str permit_state(const struct ctx *c, const struct share_permit *p)
{
    if (!str_eq_c(p->state, "granted")) return p->state;
    return c->now >= p->valid_until ? STR("expired") : c->now < p->valid_from ? STR("coming") : p->state;
}

/* ---- of this installation itself ---- */

static struct str all_items(struct ctx *c, const struct data_entry *e)
{
    struct buf b = buf_new(c->arena, 256);
    JSON_EACH(i, json_get(e->doc, "items"))
    {
        if (str_eq_c(json_text_of(i, "sharing"), "none")) continue;
        if (b.len) buf_add_char(&b, ',');
        buf_add(&b, json_text_of(i, "id"));
    }
    return buf_str(&b);
}

static bool platform_system(struct ctx *c, int64_t *id)
{
    bool fresh;
    struct str key;
    if (!system_store_by_code(c, STR(PLATFORM_SYSTEM), id)) return false;
    if (*id) return true;
    *id = ctx_id(c);
    const struct exchange_system s = {.id = *id, .code = STR(PLATFORM_SYSTEM), .name = STR("本平台办事申请")};
    return system_store_add(c, &s, system_fresh_key(c, &key), &fresh);
}

/* Nothing beyond these is named by the list. */
static bool names_all(struct str list, struct str fields)
{
    struct str one;
    while (fields.len) {
        fields = str_cut(fields, ',', &one);
        if (!list_names(list, one)) return false;
    }
    return true;
}

/* A request that waits takes the items of today; a permit that names them all stays; what its provider
 * refused or ended is not asked for again. */
static bool platform_asks(struct ctx *c, struct share_permit *last, struct str fields, bool *settled)
{
    *settled = true;
    if (str_eq_c(last->state, "provider")) {
        if (str_eq(last->fields, fields)) return true;
        last->fields = fields;
        return permit_store_save(c, last) && record_asked(c, last);
    }
    *settled = !str_eq_c(last->state, "granted") || names_all(last->fields, fields);
    return true;
}

bool permit_platform(struct ctx *c, const struct data_entry *e)
{
    struct share_permit p = {.entry = e->id,
                             .provider = e->unit,
                             .state = STR("provider"), /* it has no office of its own that would agree */
                             .purpose = STR("apply"),
                             .basis = STR_EMPTY,
                             .modes = STR("check,query"),
                             .fields = all_items(c, e),
                             .masks = STR_EMPTY,
                             .services = STR("*"),
                             .operators = STR("*"),
                             .needs_case = CASE_HERE,
                             .rate = RATE_MAX,
                             .daily = DAILY_MAX,
                             .valid_from = c->now,
                             .valid_until = INT64_MAX,
                             .networks = STR_EMPTY,
                             .sharing = e->sharing,
                             .asked_by = c->actor.account,
                             .asked_at = c->now,
                             .words = STR_EMPTY};
    struct data_resource r;
    struct share_permit last;
    bool found, settled = false;
    if (!resource_store_of_entry(c, e->id, &r, &found)) return false;
    if (!found || !r.register_id.len) return true;
    if (!platform_system(c, &p.system) || !permit_store_platform(c, e->id, p.system, &last, &found))
        return false;
    if (found && !platform_asks(c, &last, p.fields, &settled)) return false;
    if (settled) return true;
    p.id = ctx_id(c);
    p.resource = r.id;
    return set_due(c, &p) && permit_store_save(c, &p) && record_asked(c, &p);
}
