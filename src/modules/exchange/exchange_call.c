#include "modules/exchange/exchange_gjzwfwpt.h"
#include "modules/exchange/exchange_person.h"
#include "modules/exchange/exchange_proof.h"
#include "modules/exchange/exchange_refusals.h"
#include "modules/exchange/exchange_told.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/forms/forms.h"
#include "modules/registry/registry.h"

#include <string.h>

enum { SNAPSHOT_MAX = 64 << 20 };

/* ---- what is known, in memory ---- */

static int by_system_code(const void *a, const void *b)
{
    return str_cmp(((const struct known_system *)a)->code, ((const struct known_system *)b)->code);
}

static int by_resource_code(const void *a, const void *b)
{
    return str_cmp(((const struct known_resource *)a)->code, ((const struct known_resource *)b)->code);
}

static void drop_snapshot(void *data)
{
    arena_drop(((struct exchange_snapshot *)data)->arena);
}

/* Breakers outlive snapshots; only the one thread that refreshes adds to the list. */
static struct breaker *breaker_of(struct exchange_state *s, int64_t resource)
{
    for (struct breaker *b = s->breakers; b; b = b->next)
        if (b->resource == resource) return b;
    struct breaker *fresh = mem_alloc(1, sizeof *fresh);
    if (!fresh) return NULL;
    fresh->resource = resource;
    fresh->next = s->breakers;
    s->breakers = fresh;
    return fresh;
}

bool exchange_refresh(struct ctx *c)
{
    struct exchange_state *s = server_state(c->server, "exchange");
    struct arena *a = arena_new(SNAPSHOT_MAX);
    if (!a) return err_fault(c->err, "not enough memory for permits");
    struct exchange_snapshot *fresh = ARENA_NEW(a, struct exchange_snapshot);
    fresh->arena = a;
    bool ok = call_store_snapshot(c, fresh);
    for (size_t i = 0; ok && i < fresh->resource_count; i++)
        ok = (fresh->resources[i].breaker = breaker_of(s, fresh->resources[i].id)) != NULL ||
             err_fault(c->err, "not enough memory for breakers");
    ok = ok && source_store_load(c, &s->sources, fresh);
    if (!ok) {
        arena_drop(a);
        return false;
    }
    qsort(fresh->systems, fresh->system_count, sizeof *fresh->systems, by_system_code);
    qsort(fresh->resources, fresh->resource_count, sizeof *fresh->resources, by_resource_code);
    return shared_put(&s->snapshot, fresh, drop_snapshot) ||
           err_fault(c->err, "not enough memory for permits");
}

bool exchange_start(struct ctx *c)
{
    struct exchange_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    shared_open(&s->snapshot);
    server_set_state(c->server, "exchange", s);
    if (!sources_open(&s->sources, c->err) || !places_read(c)) return false;
    server_on_reads(c->server, call_record);
    server_on_recorded(c->server, call_recorded);
    people_add_part(c->server, &exchange_part);
    people_add_part(c->server, &exchange_told_part);
    people_add_part(c->server, &exchange_refusals_part);
    evidence_set_item_names(c->server, exchange_item_names);
    evidence_add_beside(c->server, exchange_audit);
    forms_set_sources(c->server, exchange_form_sources);
    return exchange_refresh(c);
}

void exchange_stop(struct server *server)
{
    struct exchange_state *s = server_state(server, "exchange");
    if (!s) return;
    shared_close(&s->snapshot);
    sources_close(&s->sources);
    while (s->breakers) {
        struct breaker *next = s->breakers->next;
        mem_free(s->breakers);
        s->breakers = next;
    }
    mem_free(s);
    server_set_state(server, "exchange", NULL);
}

void exchange_set_cases(struct server *server, exchange_find_case *find, exchange_live_cases *live,
                        exchange_case_href *href)
{
    struct exchange_state *s = server_state(server, "exchange");
    s->live_cases = live;
    s->find_case = find;
    s->case_href = href;
}

const struct exchange_snapshot *exchange_now(struct ctx *c)
{
    struct exchange_state *s = server_state(c->server, "exchange");
    return ctx_shared(c, &s->snapshot);
}

const struct known_system *exchange_system_of(const struct exchange_snapshot *s, struct str code)
{
    const struct known_system key = {.code = code};
    return bsearch(&key, s->systems, s->system_count, sizeof key, by_system_code);
}

const struct known_resource *exchange_resource_of(const struct exchange_snapshot *s, struct str code)
{
    const struct known_resource key = {.code = code};
    return bsearch(&key, s->resources, s->resource_count, sizeof key, by_resource_code);
}

/* ---- may it? ---- */

static bool refuse(struct ctx *c, const char *code, const char *msgid)
{
    return err_set(c->err, ERR_DENIED, code, msgid);
}

bool permit_serves(const struct share_permit *p, const struct exchange_case *about)
{
    return str_eq_c(p->services, "*") || list_names(p->services, about->item_code) ||
           (about->base.len && list_names(p->services, about->base));
}

static bool case_lets(struct ctx *c, const struct call *k)
{
    const struct share_permit *p = k->permit;
    if (k->no_case_yet) return true;
    if (k->callers_case && p->needs_case != CASE_NONE && p->needs_case != CASE_OF_CALLER)
        return refuse(c, "exchange.case_elsewhere",
                      "The permit wants a case of this installation: give the number of one.");
    if (!k->about.id && !k->callers_case)
        return !p->needs_case ||
               refuse(
                   c, "exchange.no_case",
                   "This call names no case that there is: give the number of a live case of that person.");
    if (!k->callers_case && (k->about.applicant != k->subject || !k->subject))
        return refuse(c, "exchange.case_subject",
                      "This case is not of that person: give the number of a live case of theirs.");
    if (!k->about.live)
        return refuse(c, "exchange.case_closed",
                      "This case is decided or closed: give the number of one that is still open.");
    if (!permit_serves(p, &k->about))
        return refuse(
            c, "exchange.case_item",
            "The permit is not for the service of this case: ask for a permit that names the service.");
    return true;
}

/* A yes says the whole of it: who may try often enough has what the mask hides. */
static bool masks_let(struct ctx *c, const struct call *k)
{
    JSON_EACH(f, str_eq_c(k->mode, "check") ? k->fields : NULL)
    {
        if (!mask_of(k->permit, f->text).len) continue;
        (void)refuse(
            c, "exchange.masked",
            "The permit masks this item of data (%{arg}), so it is not checked either: leave it out, or "
            "ask for a permit that checks without masking it.");
        err_arg(c->err, f->text);
        return false;
    }
    return true;
}

static bool fields_let(struct ctx *c, const struct call *k)
{
    const struct share_permit *p = k->permit;
    JSON_EACH(f, k->fields)
    {
        if (list_names(p->fields, f->text)) continue;
        (void)refuse(c, "exchange.field",
                     list_names(p->lost, f->text)
                         ? "This item of data (%{arg}) is no longer shared by the department that keeps it: "
                           "leave it out."
                         : "The permit does not name this item of data (%{arg}): leave it out, or ask for a "
                           "permit that names it.");
        err_arg(c->err, f->text);
        return false;
    }
    return p->fields.len || !p->lost.len ||
           refuse(c, "exchange.field",
                  "The department that keeps this data no longer shares any item that the permit names: ask "
                  "for a permit of those it shares.");
}

static bool purpose_lets(struct ctx *c, const struct call *k)
{
    return str_eq(k->permit->purpose, k->purpose) ||
           refuse(c, "exchange.purpose",
                  "The permit is for another purpose: name the purpose it was given for.");
}

static bool dates_let(struct ctx *c, const struct call *k)
{
    return (c->now >= k->permit->valid_from && c->now < k->permit->valid_until) ||
           refuse(c, "exchange.expired",
                  "The permit is not in force today: ask for a new one, or wait until it begins.");
}

static bool scheme_lets(struct ctx *c, const struct call *k)
{
    return !k->scheme || strcmp(k->scheme, GJ_SCHEME) != 0 || k->permit->compat ||
           refuse(c, "exchange.convention",
                  "The permit does not allow calls whose body is not signed: sign the whole call, or ask for "
                  "a permit that allows this convention.");
}

static bool network_lets(struct ctx *c, const struct call *k)
{
    return !k->address.len || networks_hold(&k->permit->allowed, k->address) ||
           refuse(c, "exchange.network",
                  "The permit does not name this address: call from one it names, or ask for a permit that "
                  "names it.");
}

static bool operator_lets(struct ctx *c, const struct call *k)
{
    struct str itself =
                   str_eq_c(k->system->code, PLATFORM_SYSTEM) ? STR(EXCHANGE_APPLICANT) : k->system->code,
               who = k->operator_id.len ? k->operator_id : itself;
    if (operators_hold(k->permit, k->system->code, who)) return true;
    if (str_eq(who, k->system->code))
        return refuse(c, "exchange.operator",
                      "The permit wants to know who asks at the system: name them, or ask for a permit that "
                      "lets the system itself ask.");
    (void)refuse(c, "exchange.operator",
                 "The permit does not name whoever asks at the system (%{arg}): let somebody ask whom it "
                 "names, or ask for a permit that names them.");
    err_arg(c->err, who);
    return false;
}

static bool mode_lets(struct ctx *c, const struct call *k)
{
    struct str modes = k->permit->modes;
    return (list_names(modes, k->mode) && (!k->with_mode.len || list_names(modes, k->with_mode))) ||
           refuse(c, "exchange.mode",
                  "The permit does not allow this way of asking: ask in a way it names, or ask for a permit "
                  "that allows it.");
}

/* How many of them the permit passes; all: it covers the call. The more, the closer. */
static size_t permit_passes(struct ctx *c, struct call *k, const struct share_permit *p, bool *covers)
{
    static bool (*const tests[])(struct ctx * c, const struct call *k) = {
        purpose_lets, dates_let,  scheme_lets, network_lets, operator_lets,
        mode_lets,    fields_let, masks_let,   case_lets};
    const size_t count = sizeof tests / sizeof tests[0];
    size_t n = 0;
    k->permit = p;
    while (n < count && tests[n](c, k))
        n++;
    *covers = n == count;
    return n;
}

static size_t first_permit(const struct exchange_snapshot *s, const struct known_system *system,
                           const struct known_resource *resource)
{
    size_t low = 0, high = s->permit_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct share_permit *p = &s->permits[mid];
        if (p->system < system->id || (p->system == system->id && p->resource < resource->id))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool permits_lost(struct ctx *c, const struct known_system *system, const struct known_resource *r,
                  struct str item)
{
    const struct exchange_snapshot *s = exchange_now(c);
    for (size_t i = first_permit(s, system, r); i < s->permit_count; i++) {
        const struct share_permit *p = &s->permits[i];
        if (p->system != system->id || p->resource != r->id) return false;
        if (list_names(p->lost, item)) return true;
    }
    return false;
}

/* The first that covers the call; else the refusal is that of the closest one. */
static bool find_permit(struct ctx *c, struct call *k)
{
    const struct exchange_snapshot *s = exchange_now(c);
    const struct share_permit *closest = NULL;
    struct err why;
    size_t most = 0;
    err_clear(&why);
    for (size_t i = first_permit(s, k->system, k->resource); i < s->permit_count; i++) {
        const struct share_permit *p = &s->permits[i];
        bool covers;
        if (p->system != k->system->id || p->resource != k->resource->id) break;
        if (k->under && p->id != k->under) continue;
        size_t passed = permit_passes(c, k, p, &covers);
        if (covers) return true;
        if (!closest || passed > most) {
            closest = p;
            most = passed;
            why = *c->err;
        }
        err_clear(c->err);
    }
    k->permit = closest;
    if (!closest)
        return refuse(c, "exchange.permit",
                      "This system has no permit for this data: ask for one on the page of the entry.");
    *c->err = why;
    return false;
}

bool call_authorise(struct ctx *c, struct call *k)
{
    k->id = ctx_id(c);
    if (!k->begun_us) k->begun_us = time_monotonic_us();
    bool covered = find_permit(c, k);
    if (k->resource->unshared) {
        err_clear(c->err);
        return refuse(c, "exchange.not_shared",
                      "The department that keeps this data no longer shares it: its entry in the catalogue "
                      "says why.");
    }
    if (!covered) return false;
    if (k->resource->suspended)
        return err_busy(c->err, "exchange.suspended",
                        "Its provider has suspended this data for now: ask again once your department is "
                        "told that it is given.");
    bool asked = k->later || k->given || ctx_outside_found(c); /* this call found out how it is */
    return asked || !breaker_sleeps(k->resource->breaker, c->now) || breaker_refuses(c->err);
}

/* ---- asking ---- */

/* As of a source (exchange_source.h): the oldest record, or where the register answers several an array of
 * those that are read, with `true` behind them where there are more. */
static bool read_register(struct ctx *c, struct call *k, const struct json **record)
{
    const struct json *all;
    k->limit = registry_limit(registry_resource(c, k->resource->register_id));
    if (!registry_oldest(c, k->resource->register_id, k->code, k->limit == 1 ? 1 : RECORDS_MAX + 1, &all))
        return false;
    *record = all->first;
    if (k->limit == 1 || !all->count) return true;
    struct json *read = json_array(c->arena);
    JSON_EACH(one, all)
    {
        json_add(read, read->count < RECORDS_MAX ? json_copy(c->arena, one) : json_boolean(c->arena, true));
        if (read->count > RECORDS_MAX) break;
    }
    *record = read;
    return true;
}

static bool ask_register(struct ctx *c, struct call *k, const struct json **record)
{
    struct breaker *b = k->resource->breaker;
    struct err wrong, *own = c->err, *of_tx = c->tx.err;
    err_clear(&wrong);
    c->err = c->tx.err = &wrong;
    bool ok = read_register(c, k, record);
    c->err = own;
    c->tx.err = of_tx;
    if (ok) {
        atomic_store(&b->failures, 0);
        return true;
    }
    if (atomic_fetch_add(&b->failures, 1) + 1 >= BREAKER_FAILURES) {
        atomic_store(&b->failures,
                     BREAKER_FAILURES - 1); /* awake again, the first failure puts it to sleep */
        atomic_store(&b->until, c->now + BREAKER_MS);
    }
    return err_busy(c->err, "exchange.provider",
                    "The provider gave an answer that cannot be used, which is on record: ask again later, "
                    "or tell the provider.");
}

/* `record` stays as it is: what runs once more is filtered once more. */
static bool filter_several(struct call *k, struct arena *a, const struct json **record, struct err *e)
{
    const struct source *s = k->resource->source;
    const bool check = str_eq_c(k->mode, "check");
    struct json *passed = json_array(a);
    bool unread = false, cut = false, read = false;
    int limit = check ? RECORDS_MAX : s ? s->limit : k->limit;
    JSON_EACH(one, *record)
    {
        if (json_is(one, JSON_BOOL)) {
            unread = true;
            continue;
        }
        read = true;
        if (k->permit->filter && !filter_passes(k->permit->filter, one)) continue;
        if ((int)passed->count < limit)
            json_add(passed, json_copy(a, one));
        else
            cut = true;
    }
    k->records = check ? 0 : (int)passed->count;
    k->filtered = read && !passed->count && !unread;
    if (!passed->count && unread)
        return source_broken(e, "more records than are read, and none of those passes the filter");
    if (unread || cut) json_add(passed, json_boolean(a, true));
    *record = passed->count ? passed : NULL;
    return true;
}

bool call_filter(struct call *k, struct arena *a, const struct json **record, struct err *e)
{
    if (json_is(*record, JSON_ARRAY)) return filter_several(k, a, record, e);
    if (!k->permit->filter || !*record) return true;
    k->filtered = !filter_passes(k->permit->filter, *record);
    if (k->filtered) *record = NULL;
    return true;
}

bool call_provider(struct ctx *c, struct call *k, const struct json **record)
{
    return (k->resource->source ? source_provide : ask_register)(c, k, record) &&
           call_filter(k, c->arena, record, c->err);
}

const char *call_result(const struct call *k)
{
    return k->filtered ? "exchange.filtered" : "ok";
}
