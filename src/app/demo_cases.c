/* Cases of the last 25 working days, so that every list, light and licence of a demonstration has something
 * to show. Once, through the modules' own rules. */
#include "app/cli.h"
#include "app/demo_exchange.h"
#include "core/auth/auth.h"
#include "core/base/arena.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "core/jobs/jobs.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/licences/licences.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/ratings/ratings.h"

#define CASES_SETTING "demo.cases"
#define STORE         "92780101QD0000031M"
#define SALON         "92780101QD000004XD"
#define HAULAGE       "91780101QD00000153"
#define SOFTWARE      "91780101QD0000023X"
#define TRADE         "91780101QD0000058G"

enum { DAYS_MAX = 26, STEPS_MAX = 400, BATCH = 8, SUSPENDED = 3 };

/* steps: "act+n" n working days after it was sent; "rate1" … "rate5" rate it. */
struct story {
    const char *base, *mobile, *organisation, *channel;
    int days; /* working days ago */
    const char *steps;
};

static const struct story stories[] = {
    /* granted, licences in force; the fourth is suspended at the end */
    {"BI-0007", "13900000102", STORE, "web", 25, "accept+0 pass+4 grant+6 delivered+6 rate1+7"},
    {"BI-0006", "13900000114", NULL, "web", 24, "accept+0 pass+0 grant+1 delivered+1 rate1+1"},
    {"BI-0001", "13900000101", NULL, "desk", 23, "accept+0 pass+2 grant+3 delivered+3 rate2+4"},
    {"BI-0008", "13900000108", SALON, "web", 22, "accept+1 pass+4 grant+6 delivered+6 rate1+8"},
    {"BI-0009", "13900000104", HAULAGE, "web", 21, "accept+0 pass+3 grant+5 delivered+5 rate2+5"},
    {"BI-0004", "13900000111", NULL, "web", 20, "accept+0 pass+2 grant+3 delivered+3 rate1+6"},
    {"BI-0001", "13900000113", NULL, "desk", 19, "accept+0 pass+1 grant+3 delivered+3 rate1+3"},
    {"BI-0006", "13900000110", NULL, "web", 12, "accept+0 pass+0 grant+0 delivered+0 rate1+1"},
    /* granted without one */
    {"BI-0002", "13900000109", NULL, "desk", 18, "rate1+1"},
    {"BI-0003", "13900000109", NULL, "desk", 18, "pass+1 grant+2 delivered+2 rate1+2"},
    {"BI-0005", "13900000103", NULL, "web", 17, "accept+0 pass+0 grant+1 delivered+1 rate1+1"},
    {"BI-0010", "13900000105", NULL, "web", 16, "accept+1 pass+8 grant+10 delivered+10 rate4+11"},
    {"BI-0011", "13900000107", SOFTWARE, "web", 24,
     "accept+1 served+2 agree+5 pass+8 grant+12 delivered+12 rate2+13"},
    {"BI-0051", "13900000109", NULL, "desk", 12, "accept+0 pass+2 grant+4 delivered+4 rate1+5"},
    {"BI-0012", "13900000106", NULL, "web", 15, "rate1+0"},
    {"BI-0012", "13900000106", NULL, "web", 6, ""},
    /* decided by rule: granted, refused */
    {"BI-0002", "13900000110", NULL, "web", 4, ""},
    {"BI-0003", "13900000103", NULL, "web", 9, ""},
    /* refused, not accepted, withdrawn */
    {"BI-0050", "13900000110", NULL, "desk", 14, "accept+0 pass+3 refuse+5 delivered+5 rate3+6"},
    {"BI-0128", "13900000101", NULL, "web", 13, "accept+1 pass+4 refuse+6 delivered+6"},
    {"BI-0248", "13900000102", STORE, "web", 12, "reject+1"},
    {"BI-0140", "13900000113", NULL, "web", 11, "accept+0 withdraw+2"},
    {"BI-0275", "13900000101", NULL, "web", 9, "withdraw+1"},
    /* a correction was asked for */
    {"BI-0006", "13900000113", NULL, "web", 5, "correct+1"},
    {"BI-0138", "13900000106", NULL, "web", 4, "correct+1"},
    {"BI-0257", "13900000111", TRADE, "web", 6, "correct+2"},
    /* a special procedure, an extension, sent back */
    {"BI-0039", "13900000108", SALON, "web", 10, "accept+1 special_procedure+3"},
    {"BI-0235", "13900000111", TRADE, "web", 14, "accept+1 special_procedure+5"},
    {"BI-0184", "13900000104", HAULAGE, "web", 20, "accept+0 extension+12 extension_granted+13"},
    {"BI-0124", "13900000111", TRADE, "web", 9, "accept+0 pass+3 send_back+5"},
    /* waiting for a decision */
    {"BI-0007", "13900000111", TRADE, "web", 6, "accept+0 pass+4"},
    {"BI-0127", "13900000113", NULL, "web", 8, "accept+1 pass+4"},
    {"BI-0008", "13900000111", TRADE, "web", 8, "accept+0 pass+5"},
    {"BI-0003", "13900000114", NULL, "web", 1, "pass+1"},
    /* being reviewed: in time, nearly due, overdue */
    {"BI-0009", "13900000111", TRADE, "web", 2, "accept+0"},
    {"BI-0138", "13900000101", NULL, "web", 3, "accept+1"},
    {"BI-0275", "13900000113", NULL, "web", 6, "accept+0"},
    {"BI-0007", "13900000108", SALON, "web", 2, "accept+1"},
    {"BI-0001", "13900000106", NULL, "desk", 4, "accept+0"},
    {"BI-0004", "13900000111", NULL, "web", 5, "accept+0"},
    {"BI-0003", "13900000110", NULL, "desk", 6, ""},
    {"BI-0011", "13900000107", SOFTWARE, "web", 17, "accept+0"},
    {"BI-0039", "13900000102", STORE, "web", 13, "accept+0"},
    /* at the desk */
    {"BI-0007", "13900000107", SOFTWARE, "web", 0, ""},
    {"BI-0006", "13900000101", NULL, "web", 1, ""},
    {"BI-0141", "13900000114", NULL, "web", 1, ""},
    {"BI-0046", "13900000103", NULL, "web", 0, ""},
    {"BI-0137", "13900000110", NULL, "web", 2, ""},
    {"BI-0009", "13900000104", HAULAGE, "web", 0, ""},
};
enum { STORIES = sizeof stories / sizeof stories[0] };

static const struct {
    const char *act, *login; /* login: of the desk, or how that of the department ends; NULL: the applicant */
    const char *note;
} acts[] = {
    {"accept", "desk1", ""},
    {"correct", "desk1", "材料照片不清楚，请重新拍照上传（演示）"},
    {"reject", "desk1", "所申请的场所不在本区办理范围内，请向所在地申请（演示）"},
    {"pass", ".review", "材料齐全，内容一致，建议进入决定环节（演示）"},
    {"send_back", ".decide", "请补充核对场所面积后再报（演示）"},
    {"special_procedure", ".review", "需要现场核查，时间不计入办理期限（演示）"},
    {"extension", ".review", "情况复杂，需要会同有关部门核实（演示）"},
    {"extension_granted", ".decide", "同意延长（演示）"},
    {"grant", ".decide", "符合条件，准予办理（演示）"},
    {"refuse", ".decide", "经核查不符合规定条件，理由已当面说明（演示）"},
    {"agree", "finance.review", "资金已列入本年度预算（演示）"},
    {"served", "", "示范区税务局核查系统（演示）"},
    {"delivered", "", ""},
    {"withdraw", NULL, ""},
};

static const struct {
    const char *reasons, *said;
} rated[] = {{"", ""},
             {"fast,clear", "不用跑腿，几天就办好了（演示）"},
             {"easy", ""},
             {"", "希望理由写得更具体（演示）"},
             {"slow", "等了很久才有消息（演示）"},
             {"", ""}};

struct step {
    int story, order; /* 0: sent */
    int64_t at;
    char act[24];
};

struct plan {
    struct step steps[STEPS_MAX];
    size_t count, from, to; /* from … to: what one write does */
    int64_t now, ids[STORIES];
    bool dropped[STORIES], done;
    int reviewed; /* story; -1: none */
};

/* ---- who acts ---- */

bool demo_act_as(struct ctx *c, enum actor_kind kind, struct str login)
{
    struct account a;
    struct str hash;
    if (!account_by_login(c, kind, login, &a, &hash)) return false;
    c->actor = (struct actor){.kind = kind,
                              .account = a.id,
                              .subject = a.subject,
                              .level = a.level,
                              .unit = a.unit,
                              .area = a.area,
                              .name = a.label};
    if (kind == ACTOR_OFFICER) server_permit(c->server, &c->actor, a.roles);
    return true;
}

static bool act_as_applicant(struct ctx *c, const struct story *s)
{
    if (!demo_act_as(c, ACTOR_PERSON, str_c(s->mobile))) return false;
    return !s->organisation ||
           people_find(c, SUBJECT_ORGANISATION, str_c(s->organisation), &c->actor.acting_for);
}

static bool act_as_officer(struct ctx *c, const struct item *item, const char *login)
{
    const struct unit *u = orgs_unit(c, item->unit);
    if (login[0] != '.') return demo_act_as(c, ACTOR_OFFICER, str_c(login));
    return demo_act_as(c, ACTOR_OFFICER,
                       str_fmt(c->arena, "%.*s%s", STR_ARG(u ? u->kind : STR_EMPTY), login));
}

/* ---- doing ---- */

static bool send_it(struct ctx *c, const struct story *s, const struct item *item, int64_t *id)
{
    struct case_seed seed = {.item = item, .channel = s->channel};
    if (!act_as_applicant(c, s)) return false;
    seed.applicant = people_applicant(c);
    seed.agent = c->actor.acting_for ? c->actor.subject : 0;
    if (strcmp(s->channel, "desk") == 0 && !act_as_officer(c, item, "desk1")) return false;
    return case_seed(c, &seed, id);
}

static bool rate(struct ctx *c, const struct story *s, int64_t id, char level)
{
    size_t n = (size_t)(level - '0');
    return act_as_applicant(c, s) && rating_add(c, id, (int)n, str_c(rated[n].reasons), str_c(rated[n].said));
}

static bool do_act(struct ctx *c, const struct story *s, const struct item *item, int64_t id, const char *act)
{
    if (strncmp(act, "rate", 4) == 0) return rate(c, s, id, act[4]);
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(acts[i].act, act) != 0) continue;
        c->actor = (struct actor){.kind = ACTOR_SYSTEM};
        bool known = !acts[i].login ? act_as_applicant(c, s)
                                    : !acts[i].login[0] || act_as_officer(c, item, acts[i].login);
        return known && case_seed_act(c, id, act, str_c(acts[i].note));
    }
    return err_fault(c->err, "no act %s", act);
}

static bool do_step(struct ctx *c, struct plan *p, const struct step *step)
{
    const struct story *s = &stories[step->story];
    const struct item *item = catalogue_of_base(c, str_c(s->base));
    if (!item) return err_missing(c->err, "item", "We cannot find this service.");
    c->now = step->at;
    return step->order ? do_act(c, s, item, p->ids[step->story], step->act)
                       : send_it(c, s, item, &p->ids[step->story]);
}

static bool do_steps(struct ctx *c)
{
    struct plan *p = ctx_arg(c);
    const struct actor system = c->actor;
    int64_t now = c->now;
    bool ok = true;
    for (size_t i = p->from; ok && i < p->to; i++)
        ok = p->dropped[p->steps[i].story] || do_step(c, p, &p->steps[i]);
    c->actor = system;
    c->now = now;
    return ok;
}

/* What this place does not offer is left out, with the rest of its story. */
static bool run_steps(struct server *s, struct plan *p, size_t from, size_t to, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    p->from = from;
    p->to = to;
    err_clear(e);
    if (server_write(s, &system, do_steps, p, e)) return true;
    if (to - from > 1) {
        for (size_t i = from; i < to; i++)
            if (!run_steps(s, p, i, i + 1, e)) return false;
        return true;
    }
    if (e->kind == ERR_FAULT) return false;
    const struct story *story = &stories[p->steps[from].story];
    log_event(LOG_LEVEL_INFO, "demo.left_out", "item", story->base, "act", p->steps[from].act, "code",
              e->code, NULL);
    p->dropped[p->steps[from].story] = true;
    err_clear(e);
    return true;
}

/* ---- when ---- */

/* Within the day's hours, in the order of the story, and never later than now. */
static int64_t hour_of(const struct plan *p, int32_t day, int story, int order)
{
    int64_t at = date_start(day) + 9 * MS_HOUR + (story * 37 % 150) * MS_MINUTE + order * 45 * MS_MINUTE,
            latest = p->now - (20 - order) * MS_MINUTE;
    return at < latest ? at : latest;
}

static bool add_step(struct plan *p, const int32_t *days, int story, int order, struct str act, int64_t later)
{
    int64_t ago = stories[story].days - later;
    if (p->count == STEPS_MAX || act.len >= sizeof p->steps[0].act) return false;
    struct step *s = &p->steps[p->count++];
    *s = (struct step){
        .story = story, .order = order, .at = hour_of(p, days[ago > 0 ? ago : 0], story, order)};
    memcpy(s->act, act.ptr, act.len);
    return true;
}

static int by_time(const void *a, const void *b)
{
    const struct step *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->story != y->story ? x->story - y->story : x->order - y->order;
}

static bool make_plan(struct ctx *c)
{
    struct plan *p = ctx_arg(c);
    const struct workcalendar *calendar = orgs_calendar(c);
    int32_t days[DAYS_MAX], day = date_of(c->now);
    struct str done, days_later;
    if (!orgs_setting(c, CASES_SETTING, &done)) return false;
    p->done = done.len > 0;
    p->now = c->now;
    p->count = 0;
    for (int i = 0; i < DAYS_MAX; i++, day--) {
        while (!workday_is(calendar, day))
            day--;
        days[i] = day;
    }
    for (int i = 0; i < STORIES; i++) {
        struct str rest = str_c(stories[i].steps), one;
        int order = 0;
        int64_t later = 0;
        if (!add_step(p, days, i, order++, STR("submit"), 0)) return err_fault(c->err, "too many steps");
        while (rest.len) {
            rest = str_cut(rest, ' ', &one);
            days_later = str_cut(one, '+', &one);
            if (!str_to_i64(days_later, &later) || !add_step(p, days, i, order++, one, later))
                return err_fault(c->err, "step %s", stories[i].steps);
        }
    }
    qsort(p->steps, p->count, sizeof p->steps[0], by_time);
    return true;
}

/* ---- afterwards ---- */

static bool begin(struct ctx *c)
{
    return orgs_save_setting(c, CASES_SETTING, STR("1"));
}

static bool suspend_later(struct ctx *c)
{
    const struct plan *p = ctx_arg(c);
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "case", p->ids[SUSPENDED]);
    return p->dropped[SUSPENDED] || job_add(c, "demo.suspend", STR_EMPTY, payload, c->now);
}

/* Being reviewed, of a person for themself, outside of the department whose data is asked for. */
static bool find_reviewed(struct ctx *c)
{
    struct plan *p = ctx_arg(c);
    p->reviewed = -1;
    for (int i = 0; i < STORIES; i++) {
        const struct story *s = &stories[i];
        const struct item *item = catalogue_of_base(c, str_c(s->base));
        const struct unit *u = item ? orgs_unit(c, item->unit) : NULL;
        bool accepted = strncmp(s->steps, "accept+", 7) == 0 && !strchr(s->steps, ' ');
        if (accepted && s->days >= 3 && !s->organisation && !p->dropped[i] && u &&
            !str_eq_c(u->kind, "public-security"))
            p->reviewed = i;
    }
    return true;
}

/* A place without the departments it takes goes without. */
static bool ask_about_one(struct server *s, struct plan *p, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    if (!server_read(s, &system, find_reviewed, p, e)) return false;
    if (p->reviewed < 0) return true;
    const struct demo_case about = {p->ids[p->reviewed], str_c(stories[p->reviewed].mobile)};
    if (demo_exchange(s, &about, e)) return true;
    if (e->kind == ERR_FAULT) return false;
    log_event(LOG_LEVEL_INFO, "demo.left_out", "item", "exchange", "code", e->code, NULL);
    err_clear(e);
    return true;
}

/* What is to be suspended must have been signed, which is a job as well: it is looked at again until then. */
static bool run_suspend(struct ctx *c, const struct json *payload)
{
    const struct item *item = catalogue_of_base(c, str_c(stories[SUSPENDED].base));
    struct licence l;
    bool found;
    if (!licence_of_case(c, json_i64_of(payload, "case", 0), &l, &found)) return false;
    if (!found || !item) return true;
    if (str_eq_c(l.status, "draft"))
        return job_add(c, "demo.suspend", STR_EMPTY, payload, c->now + MS_SECOND);
    if (!str_eq_c(l.status, "valid")) return true;
    return act_as_officer(c, item, ".decide") &&
           licence_suspend(c, l.id, STR("检查发现卫生设施不符合要求，责令整改期间暂停使用（演示）"),
                           STR("演示〔2026〕1号"));
}

static const struct job_kind jobs[] = {
    {"demo.suspend", "Suspend a licence of the demonstration", .run = run_suspend}};
static const char *const needs[] = {"cases", "licences", "ratings", "exchange", "governance", NULL};
const struct module demo_module = {.name = "demo", .needs = needs, JOBS(jobs)};

bool demo_cases(struct server *s, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct plan *p = mem_alloc(1, sizeof *p);
    if (!p) return err_fault(e, "not enough memory for the demonstration");
    bool ok = server_read(s, &system, make_plan, p, e);
    if (ok && !p->done) {
        ok = server_write(s, &system, begin, p, e); /* first: what was made half-way is not made twice */
        for (size_t i = 0; ok && i < p->count; i += BATCH)
            ok = run_steps(s, p, i, i + BATCH < p->count ? i + BATCH : p->count, e);
        ok = ok && server_write(s, &system, suspend_later, p, e) && ask_about_one(s, p, e);
    }
    mem_free(p);
    return ok;
}
