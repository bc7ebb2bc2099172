/* What modules/nodes sees of the exchange: a subsystem of another installation is one more system. */
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_elsewhere.h"
#include "modules/exchange/exchange_shares.h"
#include "modules/exchange/exchange_sign.h"

bool exchange_add_outside(struct ctx *c, struct str code, struct str name, int64_t unit, bool *fresh)
{
    const struct exchange_system s = {.id = ctx_id(c), .unit = unit, .code = code, .name = name};
    uint8_t nobodys[SECRET_SIZE];
    crypto_random(nobodys, sizeof nobodys);
    if (!system_store_add(c, &s, str_n(nobodys, sizeof nobodys), fresh)) return false;
    if (!*fresh) return true;
    ctx_changed(c, "exchange");
    return evidence_add(c, "exchange.system_add", "exchange_system", s.id, 0, NULL);
}

bool exchange_is_system(struct ctx *c, struct str code)
{
    return exchange_system_of(exchange_now(c), code) != NULL;
}

static struct exchange_case case_of_caller(const struct exchange_question *q)
{
    return (struct exchange_case){.item_code = q->callers_item, .live = true};
}

static bool call_of(struct ctx *c, const struct exchange_question *q, struct call *k)
{
    *k = (struct call){.system = exchange_system_of(exchange_now(c), q->system),
                       .resource = exchange_resource_of(exchange_now(c), q->resource),
                       .scheme = "TB-NODE",
                       .mode = q->mode,
                       .purpose = q->purpose,
                       .operator_id = q->operator_id,
                       .code = q->number,
                       .address = q->address,
                       .callers_case = q->callers_item.len > 0 && q->case_no.len > 0};
    if (!k->system)
        return err_denied(c->err, "exchange.permit",
                          "This system has no permit for this data: ask for one on the page of the entry.");
    if (!k->resource) return call_nowhere(c, k);
    if (!call_about(c, k, q->kind, k->callers_case ? STR_EMPTY : q->case_no)) return false;
    if (k->callers_case) k->about = case_of_caller(q);
    return true;
}

bool exchange_answer(struct ctx *c, const struct exchange_question *q, struct json **answer)
{
    struct call k;
    return call_of(c, q, &k) && call_ask(c, &k, q->fields, q->facts, answer);
}

bool exchange_may_answer(struct ctx *c, const struct exchange_question *q)
{
    struct call k;
    return call_of(c, q, &k) && call_may(c, &k, q->fields, q->facts);
}

bool exchange_record(struct ctx *c)
{
    return call_record(c);
}

bool exchange_who(struct ctx *c, const char *method, struct exchange_who *out)
{
    struct caller who;
    if (!exchange_authenticate(c, method, exchange_target(c), c->req->body, &who)) return false;
    *out = (struct exchange_who){.id = who.system->id,
                                 .unit = who.system->unit,
                                 .code = who.system->code,
                                 .name = who.system->name,
                                 .once = who.once};
    return true;
}

int64_t exchange_platform(struct ctx *c)
{
    const struct known_system *s = exchange_system_of(exchange_now(c), STR(PLATFORM_SYSTEM));
    return s ? s->id : 0;
}

bool exchange_take_nonce(struct ctx *c, const struct exchange_who *who)
{
    bool fresh;
    return call_store_take(c, who->id, &who->once, &fresh) &&
           (fresh || err_denied(c->err, "exchange.replay",
                                "This call has been made before: sign it anew with another nonce."));
}

bool exchange_live_case(struct ctx *c, struct str kind, struct str number, struct str case_no,
                        struct exchange_case *out)
{
    struct call k = {.code = number};
    if (!call_about(c, &k, kind, case_no)) return false;
    *out = k.about;
    if (!k.about.id)
        return err_denied(
            c->err, "exchange.no_case",
            "This call names no case that there is: give the number of a live case of that person.");
    if (!k.subject || k.about.applicant != k.subject)
        return err_denied(c->err, "exchange.case_subject",
                          "This case is not of that person: give the number of a live case of theirs.");
    return k.about.live ||
           err_denied(c->err, "exchange.case_closed",
                      "This case is decided or closed: give the number of one that is still open.");
}

/* ---- what there is ---- */

bool exchange_who_named(struct ctx *c, struct str code, struct exchange_who *out)
{
    const struct known_system *s =
        code.len && str_find_char(code, '/') == SIZE_MAX ? exchange_system_of(exchange_now(c), code) : NULL;
    if (!s || str_eq_c(s->code, PLATFORM_SYSTEM)) return false;
    *out = (struct exchange_who){.id = s->id, .unit = s->unit, .code = s->code, .name = s->name};
    return true;
}

bool exchange_systems_of(struct ctx *c, int64_t unit, struct exchange_own_system **rows, size_t *count)
{
    const struct exchange_snapshot *s = exchange_now(c);
    *rows = ARENA_ARRAY(c->arena, s->system_count + 1, struct exchange_own_system);
    *count = 0;
    for (size_t i = 0; i < s->system_count; i++)
        if (s->systems[i].unit == unit && str_find_char(s->systems[i].code, '/') == SIZE_MAX)
            (*rows)[(*count)++] = (struct exchange_own_system){s->systems[i].code, s->systems[i].name};
    return true;
}

bool exchange_offers(struct ctx *c, struct exchange_offer **rows, size_t *count)
{
    const struct exchange_snapshot *s = exchange_now(c);
    *rows = ARENA_ARRAY(c->arena, s->resource_count + 1, struct exchange_offer);
    *count = s->resource_count;
    for (size_t i = 0; i < s->resource_count; i++)
        (*rows)[i] = (struct exchange_offer){.code = s->resources[i].code,
                                             .name = s->resources[i].name,
                                             .unit = s->resources[i].unit,
                                             .entry = s->resources[i].entry,
                                             .version = s->resources[i].version};
    return true;
}

bool exchange_offer_items(struct ctx *c, int64_t entry, const struct json **items)
{
    struct data_entry e;
    bool found;
    struct json *shared = json_array(c->arena);
    if (!entry_store_load(c, entry, &e, &found)) return false;
    struct str ids = shares_of(c->arena, found ? e.doc : NULL);
    JSON_EACH(i, found ? json_get(e.doc, "items") : NULL)
    {
        if (list_names(ids, json_text_of(i, "id"))) json_add(shared, json_copy(c->arena, i));
    }
    *items = shared;
    return true;
}

static int64_t entry_of(struct ctx *c, int64_t resource)
{
    const struct exchange_snapshot *s = exchange_now(c);
    for (size_t i = 0; i < s->resource_count; i++)
        if (s->resources[i].id == resource) return s->resources[i].entry;
    return 0;
}

struct str exchange_item_names(struct ctx *c, int64_t entry, int64_t resource, struct str ids)
{
    struct buf b = buf_new(c->arena, 128);
    struct data_entry e;
    struct str id;
    bool found;
    if (!entry_store_load(c, entry ? entry : entry_of(c, resource), &e, &found) || !found) return ids;
    const struct json *items = json_get(e.doc, "items");
    while (ids.len) {
        ids = str_cut(ids, ',', &id);
        struct str name = id;
        JSON_EACH(i, items)
        {
            if (str_eq(json_text_of(i, "id"), id)) name = json_text_of(i, "name");
        }
        if (b.len) buf_add_c(&b, "、");
        buf_add(&b, name);
    }
    return buf_str(&b);
}

bool exchange_permits_now(struct ctx *c, struct str system, struct str resource)
{
    const struct exchange_snapshot *s = exchange_now(c);
    const struct known_system *k = exchange_system_of(s, system);
    const struct known_resource *r = exchange_resource_of(s, resource);
    for (size_t i = 0; k && r && !r->unshared && i < s->permit_count; i++) {
        const struct share_permit *p = &s->permits[i];
        if (p->system == k->id && p->resource == r->id && c->now >= p->valid_from && c->now < p->valid_until)
            return true;
    }
    return false;
}

void exchange_set_facts(struct server *server, exchange_facts *facts)
{
    ((struct exchange_state *)server_state(server, "exchange"))->facts = facts;
}

void exchange_set_far(struct server *server, const struct exchange_far *far)
{
    ((struct exchange_state *)server_state(server, "exchange"))->far = far;
}

/* Both may have something to ask: it is asked one after the other, and the page is made again once. */
bool exchange_case_facts(struct ctx *c, const struct exchange_case *k, struct json *facts)
{
    const struct exchange_state *s = server_state(c->server, "exchange");
    if (!elsewhere_facts(c, k, facts)) return false;
    bool waits = ctx_goes_outside(c);
    void (*ask)(struct ctx * c, void *arg) = c->outside.ask;
    void *arg = c->outside.arg;
    bool ok = !s->facts || s->facts(c, k, facts);
    if (waits) elsewhere_join(c, ask, arg);
    return ok;
}

/* ---- for demonstrations ---- */

bool exchange_permit_outside(struct ctx *c, struct str system, struct str resource, struct str fields,
                             int64_t until, const int64_t by[2])
{
    const struct known_system *k = exchange_system_of(exchange_now(c), system);
    const struct known_resource *r = exchange_resource_of(exchange_now(c), resource);
    if (!k || !r) return err_missing(c->err, "exchange.resource", "There is no such resource here.");
    const struct share_permit p = {.id = ctx_id(c),
                                   .entry = r->entry,
                                   .resource = r->id,
                                   .system = k->id,
                                   .unit = k->unit,
                                   .provider = r->unit,
                                   .state = STR("granted"),
                                   .purpose = STR("apply"),
                                   .basis = STR_EMPTY,
                                   .modes = STR("check,query"),
                                   .fields = fields,
                                   .masks = STR_EMPTY,
                                   .services = STR("*"),
                                   .operators = STR("*"),
                                   .needs_case = CASE_OF_CALLER,
                                   .rate = RATE_MAX,
                                   .daily = DAILY_MAX - 1,
                                   .valid_from = c->now,
                                   .valid_until = until,
                                   .networks = STR_EMPTY,
                                   .asked_at = c->now,
                                   .office_by = by[0],
                                   .office_at = c->now,
                                   .decided_by = by[1],
                                   .decided_at = c->now,
                                   .words = STR_EMPTY,
                                   .filter_text = STR_EMPTY};
    ctx_changed(c, "exchange");
    return permit_store_save(c, &p) &&
           evidence_add(c, "exchange.permit_grant", "share_permit", p.id, 0, NULL);
}
