/* tongban demo-nodes: two nodes in one process, to see how they exchange. VAR/hub is the hub of an instance
 * DEMO with every department but human resources; VAR/department is the node of that one. Each has its own
 * folder, database, keys and log. */
#include "app/cli.h"
#include "app/demo_permits.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/jobs/jobs.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange.h"
#include "modules/nodes/nodes.h"
#include "modules/orgs/orgs.h"

#include <signal.h>
#include <unistd.h>

#define OTHER_KIND "human-resources" /* the department with a node of its own */
#define SERVICE    "employer_insurance"
#define FIELDS     "registered,insured_staff,paid_until"

enum { HUB, DEPARTMENT, NODES, PERMIT_DAYS = 365, LOG_WAIT_S = 20 };

static const char *const names[] = {"hub", OTHER_KIND};
static struct server *waiting; /* the signal handler needs to know which */

struct pair {
    struct arena *arena;
    const struct settings *settings;
    struct server *servers[NODES];
    int ports[NODES];
    struct str text, service;
    int at;
};

static void on_signal(int signal)
{
    (void)signal;
    server_quit(waiting);
}

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};

/* ---- steps, each a transaction of one of both ---- */

static bool be(struct ctx *c)
{
    struct pair *p = ctx_arg(c);
    const struct unit **units;
    size_t n = orgs_units(c, &units);
    struct buf members = buf_new(c->arena, 1024);
    for (size_t i = 0; i < n; i++) {
        bool theirs = str_eq_c(units[i]->kind, OTHER_KIND);
        if (!units[i]->uscc.len || theirs != (p->at == DEPARTMENT)) continue;
        if (members.len) buf_add_char(&members, ',');
        buf_add(&members, units[i]->uscc);
        if (theirs) p->service = str_fmt(p->arena, "DEMO/GOV/%.*s/data/" SERVICE, STR_ARG(units[i]->uscc));
    }
    const struct nodes_identity me = {.code = str_c(names[p->at]),
                                      .url = str_fmt(c->arena, "http://127.0.0.1:%d", p->ports[p->at]),
                                      .members = buf_str(&members),
                                      .instance = p->at == HUB ? STR("DEMO") : STR_EMPTY};
    return nodes_be(c, &me);
}

static bool take_text(struct pair *p, bool ok, struct str text)
{
    if (ok) p->text = str_dup(p->arena, text);
    return ok;
}

static bool request(struct ctx *c)
{
    struct str text = STR_EMPTY;
    bool ok = nodes_enrolment(c, &text);
    return take_text(ctx_arg(c), ok, text);
}

static bool admit(struct ctx *c)
{
    return nodes_admit(c, ((struct pair *)ctx_arg(c))->text);
}

static bool anchor(struct ctx *c)
{
    struct str text = STR_EMPTY;
    bool ok = nodes_anchor(c, &text);
    return take_text(ctx_arg(c), ok, text);
}

static bool join(struct ctx *c)
{
    struct str fingerprint;
    return nodes_join(c, ((struct pair *)ctx_arg(c))->text, &fingerprint);
}

static bool directory(struct ctx *c)
{
    struct str text = STR_EMPTY;
    bool ok = nodes_directory(c, &text);
    return take_text(ctx_arg(c), ok, text);
}

static bool take(struct ctx *c)
{
    return nodes_take(c, ((struct pair *)ctx_arg(c))->text);
}

/* Every department of the hub may ask by this program, for its live cases. */
static bool let_in(struct ctx *c)
{
    const struct unit **units, *own = orgs_unit_of_kind(c, STR(OTHER_KIND), orgs_place(c));
    size_t n = orgs_units(c, &units);
    for (size_t i = 0; own && i < n; i++)
        if (units[i]->uscc.len && units[i] != own &&
            !nodes_let_in(c, str_fmt(c->arena, "DEMO/GOV/%.*s/platform", STR_ARG(units[i]->uscc)), own->id))
            return false;
    return true;
}

/* Two of its officers: what nobody decided would be suspended after ten working days. */
static bool deciders(struct ctx *c, int64_t unit, int64_t by[2])
{
    const struct actor own = c->actor;
    bool ok = demo_as_post(c, unit, "decide");
    by[0] = c->actor.account;
    ok = ok && demo_as_post(c, unit, "data");
    by[1] = c->actor.account;
    c->actor = own;
    return ok;
}

static bool permit(struct ctx *c)
{
    int64_t by[2];
    const struct unit **units, *own = orgs_unit_of_kind(c, STR(OTHER_KIND), orgs_place(c));
    size_t n = orgs_units(c, &units);
    if (own && !deciders(c, own->id, by)) return false;
    for (size_t i = 0; own && i < n; i++) {
        if (!units[i]->uscc.len || units[i] == own) continue;
        struct str system = str_fmt(c->arena, "DEMO/GOV/%.*s/platform", STR_ARG(units[i]->uscc));
        if (!exchange_permits_now(c, system, STR(SERVICE)) &&
            !exchange_permit_outside(c, system, STR(SERVICE), STR(FIELDS), c->now + PERMIT_DAYS * MS_DAY, by))
            return false;
    }
    return true;
}

static bool facts(struct ctx *c)
{
    const struct pair *p = ctx_arg(c);
    return orgs_save_setting(
        c, "nodes.facts",
        str_fmt(c->arena,
                "[{\"service\":\"%.*s\",\"item\":\"BI-0007\",\"name\":\"单位参保缴费情况\","
                "\"fields\":[\"registered\",\"insured_staff\",\"paid_until\"],"
                "\"labels\":[\"登记日期\",\"参保人数\",\"缴费至\"]}]",
                STR_ARG(p->service)));
}

/* Who watches need not wait a minute: each fetches the directory and signs the other's log at once. */
static bool look_now(struct ctx *c)
{
    static const char *const kinds[] = {"nodes.pull", "nodes.witness"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (!job_add(c, kinds[i], str_c(kinds[i]), json_object(c->arena), c->now)) return false;
    return true;
}

/* An enrolment names the key of the log, which is there once something stands in it. */
static bool log_there(struct ctx *c)
{
    struct str keys;
    return evidence_log_file(c, STR("keys"), &keys);
}

static bool wait_for_log(struct pair *p, struct err *e)
{
    for (int i = 0; i < LOG_WAIT_S * 10; i++) {
        err_clear(e);
        if (server_read(p->servers[p->at], &SYSTEM, log_there, p, e)) return true;
        if (e->kind != ERR_MISSING) return false;
        usleep(100000);
    }
    return false;
}

static bool set_up(struct pair *p, struct err *e)
{
    static const struct step {
        int at;
        bool writes;
        handler *run;
    } steps[] = {{HUB, true, be},          {HUB, false, request},        {HUB, true, admit},
                 {DEPARTMENT, true, be},   {DEPARTMENT, false, request}, {HUB, true, admit},
                 {HUB, false, anchor},     {DEPARTMENT, true, join},     {HUB, false, directory},
                 {DEPARTMENT, true, take}, {DEPARTMENT, true, let_in},   {DEPARTMENT, true, permit},
                 {HUB, true, facts},       {HUB, true, look_now},        {DEPARTMENT, true, look_now}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct server *s = p->servers[p->at = steps[i].at];
        if (steps[i].run == request && !wait_for_log(p, e)) return false;
        if (!(steps[i].writes ? server_write : server_read)(s, &SYSTEM, steps[i].run, p, e)) return false;
    }
    return true;
}

/* ---- both programs ---- */

static bool open_one(struct pair *p, int at, struct err *e)
{
    const struct settings *s = p->settings;
    const char *var = str_z(p->arena, str_fmt(p->arena, "%s/%s", s->var, names[at]));
    const char *data = cli_data_dir(p->arena, s, e);
    const struct server_options o = {.db_url =
                                         str_z(p->arena, str_fmt(p->arena, "sqlite:%s/tongban.db", var)),
                                     .var_dir = var,
                                     .address = "127.0.0.1",
                                     .port = s->port ? s->port + at : 0,
                                     .threads = s->threads,
                                     .demo = true};
    return data && file_make_folder(var, e) && (p->servers[at] = cli_server(&o, e)) != NULL &&
           demo_prepare(p->servers[at], data, e) && (at != HUB || demo_cases(p->servers[at], e)) &&
           server_listen(p->servers[at], &p->ports[at], e);
}

static void tell(const struct pair *p)
{
    static const char *const lines[] = {"  hub:        http://127.0.0.1:%{arg}",
                                        "  department: http://127.0.0.1:%{arg}", NULL};
    for (int i = 0; lines[i]; i++)
        cli_say(stdout, lines[i], str_fmt(p->arena, "%d", p->ports[i]));
    cli_say(stdout, "  Accounts and passwords of both are in %{arg}/*/demo-accounts.txt.",
            str_c(p->settings->var));
    cli_say(stdout,
            "  1. Sign in at the hub as tobacco.decide and open the case of 示范市海川商贸有限公司 in the "
            "inbox: how "
            "many staff it has insured, and until when it has paid, came from the other node.",
            STR_EMPTY);
    cli_say(stdout,
            "  2. Sign in at either as supervisor and open /office/nodes: the directory, its clock, and "
            "every call.",
            STR_EMPTY);
    cli_say(stdout,
            "  3. curl http://127.0.0.1:%{arg}/log/cosigned shows a head that the other node signed as well.",
            str_fmt(p->arena, "%d", p->ports[HUB]));
    cli_say(stdout,
            "  4. Cut the hub: stop this, then tongban serve --demo --var %{arg}: the department goes on "
            "alone until its directory expires; /office/nodes says that the hub is not reached.",
            str_fmt(p->arena, "%s/%s --port %d", p->settings->var, names[DEPARTMENT], p->ports[DEPARTMENT]));
    fflush(stdout);
}

int command_demo_nodes(const struct settings *s)
{
    struct err e = {0};
    struct arena *a = arena_new(4 << 20);
    if (!a) return 1;
    struct pair p = {.arena = a, .settings = s};
    bool ok = open_one(&p, HUB, &e) && open_one(&p, DEPARTMENT, &e) && set_up(&p, &e);
    if (ok) {
        struct sigaction quit = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
        waiting = p.servers[HUB];
        sigaction(SIGTERM, &quit, NULL);
        sigaction(SIGINT, &quit, NULL);
        sigaction(SIGPIPE, &ignore, NULL);
        tell(&p);
        server_wait(p.servers[HUB]);
    }
    server_close(p.servers[DEPARTMENT]);
    server_close(p.servers[HUB]);
    int status = ok ? 0 : cli_fail(&e);
    arena_drop(a);
    return status;
}
