#include "app/demo_exchange.h"
#include "core/auth/auth.h"
#include "core/base/id.h"
#include "core/base/time.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_call.h"
#include "modules/exchange/exchange_person.h"
#include "modules/governance/governance_correction.h"
#include "modules/governance/governance_demand.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

#define POPULATION "101001/000001"
#define MARRIAGE   "201001/000001"
#define SYSTEM     "demo-handling"

enum { SET_UP_DAYS = 8, TERM_DAYS = 365, EVENING_CALLS = 6, DAYS = 3 };

struct exchange_plan {
    const struct demo_case *about;
    struct arena *arena;
    struct str case_no, kind, number; /* kind: of the department; number: of the person */
    int64_t now, call, made;          /* call: the one that is objected to */
    int64_t days[DAYS];
    /* of the call that is made next */
    int64_t at;
    bool without_case;
};

static bool as_officer(struct ctx *c, struct str kind, const char *post)
{
    return demo_act_as(c, ACTOR_OFFICER, str_fmt(c->arena, "%.*s.%s", STR_ARG(kind), post));
}

static bool read_case(struct ctx *c)
{
    struct exchange_plan *p = ctx_arg(c);
    struct case_file f;
    struct subject who;
    if (!case_load(c, p->about->id, &f) || !people_subject(c, f.applicant, &who)) return false;
    const struct unit *u = orgs_unit(c, f.unit);
    p->case_no = str_dup(p->arena, f.case_no);
    p->number = str_dup(p->arena, who.code);
    p->kind = u ? str_dup(p->arena, u->kind) : STR_EMPTY;
    p->now = c->now;
    return true;
}

/* Asked by the steward, agreed to by the decider, granted by the provider's steward on the next day. */
static bool permit(struct ctx *c, struct exchange_plan *p, int64_t system)
{
    struct data_entry e;
    struct share_permit s = {.system = system,
                             .purpose = STR("apply"),
                             .basis = STR("《行政许可法》：核对申请人提供的信息（演示）"),
                             .modes = STR("check,query"),
                             .fields = STR("name,mobile,address"),
                             .masks = STR("mobile=phone"),
                             .services = STR("*"),
                             .operators = STR("SH-*"),
                             .needs_case = CASE_HERE,
                             .rate = 60,
                             .daily = 1000,
                             .valid_until = p->now + TERM_DAYS * MS_DAY,
                             .networks = STR_EMPTY,
                             .filter_text = STR_EMPTY};
    int64_t entry;
    if (!exchange_data_by_code(c, STR(POPULATION), &entry) || !entry_load(c, entry, &e) ||
        !permit_ask(c, &e, &s))
        return false;
    c->now += MS_HOUR;
    if (!as_officer(c, p->kind, "decide") || !permit_office(c, &s, true, STR_EMPTY)) return false;
    c->now += MS_DAY;
    return as_officer(c, STR("public-security"), "data") && permit_decide(c, &s, true, STR_EMPTY);
}

static bool need(struct ctx *c, struct exchange_plan *p)
{
    struct demand d = {.name = STR("婚姻登记状态"),
                       .service = STR("办件审查（演示）"),
                       .basis = STR("《优化营商环境条例》：能共享的不要求申请人提供（演示）"),
                       .cycle = STR("realtime"),
                       .words = STR("是否已登记、登记日期；按办件逐人核对（演示）")};
    int64_t entry;
    return as_officer(c, p->kind, "data") && exchange_data_by_code(c, STR(MARRIAGE), &entry) &&
           demand_state(c, &d) && demand_propose(c, &d, entry, 0);
}

static bool set_up(struct ctx *c)
{
    struct exchange_plan *p = ctx_arg(c);
    const struct actor system = c->actor;
    struct str key;
    c->now = date_start(date_of(p->now) - SET_UP_DAYS) + 9 * MS_HOUR;
    bool ok = as_officer(c, p->kind, "data") &&
              system_add(c, STR(SYSTEM), STR("办件审查系统（演示）"), &key) && permit(c, p, c->row) &&
              need(c, p);
    c->actor = system;
    c->now = p->now;
    return ok;
}

/* ---- calls ---- */

static bool call(struct ctx *c)
{
    struct exchange_plan *p = ctx_arg(c);
    struct json *fields = json_array(c->arena), *answer;
    struct call k = {.system = exchange_system_of(exchange_now(c), STR(SYSTEM)),
                     .resource = exchange_resource_of(exchange_now(c), STR("population")),
                     .mode = STR("query"),
                     .purpose = STR("apply"),
                     .operator_id = STR("SH-02"),
                     .code = p->number};
    if (!k.system || !k.resource) return err_missing(c->err, "demo", "There is no such resource here.");
    json_add(fields, json_string(c->arena, STR("name")));
    json_add(fields, json_string(c->arena, STR("address")));
    c->now = p->at;
    bool asked = call_about(c, &k, STR("person"), p->without_case ? STR_EMPTY : p->case_no);
    if (asked && !call_ask(c, &k, fields, NULL, &answer)) {
        asked = c->err->kind == ERR_DENIED; /* a refusal is on record as well */
        if (asked) err_clear(c->err);
    }
    for (struct noted *n = c->calls; n; n = n->next) /* an id holds its time */
        p->call = n->row.id = id_at_least(p->at) + p->made++;
    asked = asked && call_record(c);
    c->now = p->now;
    return asked;
}

static bool call_at(struct server *s, struct exchange_plan *p, int64_t at, bool without_case, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    p->at = at < p->now ? at : p->now;
    p->without_case = without_case;
    return server_write(s, &system, call, p, e);
}

/* The last working days before today, the latest first. */
static bool find_days(struct ctx *c)
{
    struct exchange_plan *p = ctx_arg(c);
    int32_t day = date_of(p->now);
    for (int i = 0; i < DAYS; i++) {
        do
            day--;
        while (!workday_is(orgs_calendar(c), day));
        p->days[i] = date_start(day);
    }
    return true;
}

/* By day, once without a case; and on one evening more often than the rules think usual. */
static bool calls(struct server *s, struct exchange_plan *p, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    if (!server_read(s, &system, find_days, p, e)) return false;
    for (int i = DAYS - 1; i >= 0; i--)
        if (!call_at(s, p, p->days[i] + 10 * MS_HOUR + i * 50 * MS_MINUTE, i == 1, e)) return false;
    for (int i = 0; i < EVENING_CALLS; i++)
        if (!call_at(s, p, p->days[0] + 20 * MS_HOUR + i * 7 * MS_MINUTE, false, e)) return false;
    return call_at(s, p, p->now - MS_HOUR, false, e);
}

/* ---- what the person says ---- */

static bool object(struct ctx *c, const struct exchange_plan *p, const struct exchange_data *d)
{
    struct objection o = {.call = p->call,
                          .subject = people_applicant(c),
                          .provider = d->unit,
                          .words = STR("为什么查询我的户籍地址，请说明原因（演示）"),
                          .opened = c->now};
    bool fresh;
    return orgs_due(c, "exchange.objection_workdays", &o.due) && objection_store_add(c, &o, &fresh) &&
           evidence_add(c, "exchange.object", "exchange_call", o.call, o.subject, NULL);
}

static bool say(struct ctx *c)
{
    const struct exchange_plan *p = ctx_arg(c);
    const struct actor system = c->actor;
    struct exchange_data d = {0};
    int64_t entry;
    bool found;
    if (!exchange_data_by_code(c, STR(POPULATION), &entry) || !exchange_data(c, entry, &d, &found))
        return false;
    if (!found) return err_missing(c->err, "demo", "There is no such entry of the catalogue of data.");
    bool ok = demo_act_as(c, ACTOR_PERSON, p->about->mobile) && object(c, p, &d);
    struct correction k = {.entry = d.entry,
                           .provider = d.unit,
                           .item = STR("address"),
                           .number = p->number,
                           .subject = people_applicant(c),
                           .words = STR("户籍地址的门牌号已经变更，登记的还是旧的（演示）")};
    ok = ok && correction_open(c, &k);
    c->actor = system;
    return ok;
}

bool demo_exchange(struct server *s, const struct demo_case *about, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct arena *a = arena_new(1 << 16);
    if (!a) return err_fault(e, "not enough memory for the demonstration");
    struct exchange_plan p = {.about = about, .arena = a};
    bool ok = server_read(s, &system, read_case, &p, e) && server_write(s, &system, set_up, &p, e) &&
              calls(s, &p, e) && server_write(s, &system, say, &p, e);
    arena_drop(a);
    return ok;
}
