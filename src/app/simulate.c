#include "app/simulate.h"
#include "app/cli.h"

#include <setjmp.h>
#include <string.h>

/* ---- one look ---- */

static const struct supervise_rule time_rules[] = {
    {.id = {"case-soon", 9}, .kind = SUPERVISE_CASE_SOON, .threshold = SIM_SOON_DAYS},
    {.id = {"case-over", 9}, .kind = SUPERVISE_CASE_OVER, .level = SUPERVISE_RED},
    {.id = {"step-soon", 9},
     .kind = SUPERVISE_STEP_SOON,
     .threshold = SIM_STEP_SOON_DAYS,
     .limit = SIM_STEP_LIMIT},
    {.id = {"step-over", 9}, .kind = SUPERVISE_STEP_OVER, .level = SUPERVISE_YELLOW, .limit = SIM_STEP_LIMIT},
    {.id = {"opinion-soon", 12}, .kind = SUPERVISE_OPINION_SOON, .threshold = SIM_SOON_DAYS},
    {.id = {"opinion-over", 12}, .kind = SUPERVISE_OPINION_OVER, .level = SUPERVISE_RED},
    {.id = {"event-soon", 10}, .kind = SUPERVISE_EVENT_SOON, .threshold = SIM_SOON_DAYS},
    {.id = {"event-over", 10}, .kind = SUPERVISE_EVENT_OVER, .level = SUPERVISE_YELLOW},
};
static const struct supervise_rule act_rules[] = {
    {.id = {"order", 5}, .kind = SUPERVISE_STEP_ORDER},
    {.id = {"missing", 7}, .kind = SUPERVISE_STEP_MISSING},
    {.id = {"fee", 3}, .kind = SUPERVISE_FEE},
    {.id = {"twice", 5}, .kind = SUPERVISE_ASKED_TWICE},
    {.id = {"unlisted", 8}, .kind = SUPERVISE_UNLISTED},
    {.id = {"unaccepted", 10}, .kind = SUPERVISE_UNACCEPTED},
    {.id = {"desk", 4}, .kind = SUPERVISE_DESK},
    {.id = {"one", 3}, .kind = SUPERVISE_ONE_PERSON}, /* the last: for a part of the cases */
};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct year {
    const struct sim_calendar *calendar;
    struct clock_terms terms;
    struct sim_case c;
    struct sim_result *out;
    struct sim_promises promises; /* as of the last look */
    uint32_t found;               /* by it */
    bool warned;
};

static struct supervise_facts facts_of(const struct year *y)
{
    const struct sim_case *c = &y->c;
    return (struct supervise_facts){.clock = c->clock,
                                    .clock_count = c->clock_count,
                                    .terms = y->terms,
                                    .steps = sim_steps,
                                    .step_count = SIM_STEPS,
                                    .events = c->events,
                                    .event_count = c->event_count,
                                    .spans = c->spans,
                                    .span_count = c->span_count,
                                    .requests = c->requests,
                                    .request_count = c->request_count,
                                    .charged = c->charged,
                                    .fee = c->fee,
                                    .opinions = y->promises.opinions,
                                    .opinion_count = y->promises.opinion_count,
                                    .event = y->promises.together.due ? &y->promises.together : NULL,
                                    .charged_at = c->arrival};
}

static bool same(const struct clock_due *engine, const struct sim_due *truth)
{
    if (engine->set != truth->set) return false;
    return !engine->set ||
           (engine->due == truth->due && engine->left == truth->left && engine->overdue == truth->overdue);
}

static bool promises_agree(const struct year *y, const struct sim_truth *t, int64_t now)
{
    bool agree = !y->c.together_days || y->promises.together_light == t->together;
    for (size_t i = 0; i < y->c.opinion_count; i++)
        agree = agree && (y->c.opinions[i].asked > now || y->promises.opinion_lights[i] == t->opinions[i]);
    return agree;
}

static bool clock_agrees(struct year *y, int64_t now, struct clock_state *s)
{
    struct sim_truth t;
    *s = workclock_state(y->c.clock, y->c.clock_count, &y->terms, now);
    sim_oracle(y->calendar, &y->c, now, &t);
    sim_promises_at(&y->c, &y->terms, now, &y->promises);
    if (!promises_agree(y, &t, now)) return false;
    if (s->phase != t.phase || s->light != t.light) return false;
    return t.phase == CLOCK_UNSTARTED ||
           (s->elapsed == t.elapsed && same(&s->promised, &t.promised) && same(&s->statutory, &t.statutory));
}

/* Each place has two bits: soon, and over. */
static unsigned bits_before(enum supervise_kind kind, struct str key)
{
    if (kind == SUPERVISE_EVENT_SOON || kind == SUPERVISE_EVENT_OVER) return SIM_TOGETHER_BIT;
    for (unsigned n = 0; n < SIM_OPINIONS_MAX; n++)
        if (str_eq_c(key, sim_opinion_keys[n])) return SIM_OPINION_BIT + 2 * n;
    for (unsigned step = 0; step < SIM_STEPS; step++)
        if (str_eq(sim_steps[step].id, key)) return 2 + 2 * step;
    return 0;
}

static bool findings_agree(struct year *y, int64_t now, int64_t *next)
{
    struct supervise_result r;
    uint32_t found = 0;
    sim_promises_at(&y->c, &y->terms, now, &y->promises);
    struct supervise_facts f = facts_of(y);
    supervise(time_rules, COUNT(time_rules), &f, now, &r);
    for (size_t i = 0; i < r.count; i++) {
        enum supervise_kind kind = r.list[i].rule->kind;
        unsigned bit = kind == SUPERVISE_CASE_OVER || kind == SUPERVISE_STEP_OVER ||
                       kind == SUPERVISE_OPINION_OVER || kind == SUPERVISE_EVENT_OVER;
        found |= UINT32_C(1) << (bit + bits_before(kind, r.list[i].key));
    }
    *next = r.next;
    y->found = found;
    y->warned = y->warned || (found & 1);
    return found == sim_oracle_findings(y->calendar, &y->c, now);
}

static bool acts_agree(const struct year *y, int64_t now)
{
    struct supervise_facts f = facts_of(y);
    struct supervise_result r;
    uint32_t found = 0;
    supervise(act_rules, COUNT(act_rules) - (y->c.two_persons ? 0 : 1), &f, now, &r);
    for (size_t i = 0; i < r.count; i++)
        found |= UINT32_C(1) << r.list[i].rule->kind;
    return found == y->c.broken;
}

static void differs(struct year *y, int64_t *counter)
{
    ++*counter;
    if (y->out->clock_mismatches + y->out->finding_mismatches == 1) y->out->first_wrong = y->c.number;
}

static void look(struct year *y, int64_t now)
{
    struct clock_state s;
    int64_t next;
    y->out->looks++;
    if (!clock_agrees(y, now, &s)) differs(y, &y->out->clock_mismatches);
    if (!findings_agree(y, now, &next)) differs(y, &y->out->finding_mismatches);
}

/* ---- all looks at one case ---- */

/* Where the answer turns, and the millisecond on either side of it. */
static void look_around(struct year *y, int64_t at)
{
    for (int64_t t = at - 1; t <= at + 1; t++)
        look(y, t);
}

static int64_t time_of_day(int32_t day, uint64_t number)
{
    static const int64_t hours[] = {0, 9, 11, 17, 23};
    uint64_t n = number * 31 + (uint64_t)day * 7;
    return date_start(day) + hours[n % COUNT(hours)] * MS_HOUR;
}

/* When the program itself would look: the answer may not turn between two of its looks. */
static void follow(struct year *y, int64_t end)
{
    int64_t now = y->c.arrival, next;
    int64_t moves[SIM_MOVES_MAX];
    size_t move_count = sim_moves(&y->c, moves);
    for (int i = 0; i < 64 && now <= end; i++) {
        if (!findings_agree(y, now, &next)) differs(y, &y->out->finding_mismatches);
        if (next <= now) differs(y, &y->out->finding_mismatches);
        int64_t changes = next;
        for (size_t k = 0; k < y->c.clock_count; k++)
            if (y->c.clock[k].at > now && y->c.clock[k].at < changes) changes = y->c.clock[k].at;
        for (size_t k = 0; k < y->c.span_count; k++)
            if (y->c.spans[k].from > now && y->c.spans[k].from < changes) changes = y->c.spans[k].from;
        for (size_t k = 0; k < move_count; k++)
            if (moves[k] > now && moves[k] < changes) changes = moves[k];
        if (changes == INT64_MAX) return;
        if (sim_oracle_findings(y->calendar, &y->c, changes - 1) !=
            sim_oracle_findings(y->calendar, &y->c, now))
            differs(y, &y->out->finding_mismatches);
        now = changes;
    }
}

static void count_case(struct year *y, int64_t end)
{
    const struct sim_case *c = &y->c;
    struct sim_month *m = &y->out->months[c->month];
    int64_t decided = c->stop ? c->stop - 1 : end;
    struct sim_truth before, after;
    sim_oracle(y->calendar, c, decided, &before);
    sim_oracle(y->calendar, c, end, &after);
    m->cases++;
    m->open += !c->stop;
    m->green += c->stop && (before.light == LIGHT_GREEN || before.light == LIGHT_PAUSED);
    m->yellow += c->stop && before.light == LIGHT_YELLOW;
    m->late += c->stop && before.light == LIGHT_RED;
    for (size_t i = 0; i < c->clock_count; i++) {
        m->paused += c->clock[i].kind == CLOCK_PAUSE;
        m->extended += c->clock[i].kind == CLOCK_EXTEND;
    }
    m->closed += c->stop != 0;
    m->elapsed += c->stop ? after.elapsed : 0;
    m->warned += y->warned;
    m->broken += c->broken != 0;
    m->opinions += (int64_t)c->opinion_count;
    for (size_t i = 0; i < c->opinion_count; i++)
        m->opinions_late += y->found >> (SIM_OPINION_BIT + 2 * i + 1) & 1;
    m->together += c->together_days > 0;
    m->together_late += y->found >> (SIM_TOGETHER_BIT + 1) & 1;
}

static void one_case(struct year *y)
{
    enum { AFTER_DAYS = 3, OPEN_DAYS = 30 };
    const struct sim_case *c = &y->c;
    int64_t last = c->clock[c->clock_count - 1].at;
    int64_t end = last + (c->stop ? AFTER_DAYS : OPEN_DAYS) * MS_DAY;
    struct clock_state s;
    y->warned = false;
    y->terms.promised = c->promised;
    y->terms.statutory = c->statutory;
    for (int32_t d = date_of(c->arrival); d <= date_of(end); d++)
        look(y, time_of_day(d, c->number));
    for (size_t i = 0; i < c->clock_count; i++)
        look_around(y, c->clock[i].at);
    s = workclock_state(c->clock, c->clock_count, &y->terms, end);
    if (s.promised.set) look_around(y, s.promised.due);
    if (s.statutory.set) look_around(y, s.statutory.yellow_at);
    int64_t moves[SIM_MOVES_MAX], next;
    size_t move_count = sim_moves(c, moves);
    for (size_t i = 0; i < move_count; i++)
        if (moves[i] <= end) look_around(y, moves[i]);
    sim_promises_at(c, &y->terms, end, &y->promises);
    for (size_t i = 0; i < y->promises.opinion_count; i++) {
        const int64_t due = y->promises.opinions[i].due;
        look_around(y, due);
    }
    const int64_t due = y->promises.together.due;
    if (due) look_around(y, due);
    follow(y, end);
    if (!findings_agree(y, end, &next)) differs(y, &y->out->finding_mismatches);
    if (!acts_agree(y, end)) differs(y, &y->out->finding_mismatches);
    count_case(y, end);
}

void sim_year(const struct sim_calendar *calendar, int year, uint64_t seed, uint64_t cases,
              void (*progress)(void *arg, uint64_t done), void *arg, struct sim_result *out)
{
    struct year y = {.calendar = calendar,
                     .out = out,
                     .terms = {.hours = office_hours_default,
                               .thresholds = clock_thresholds_default,
                               .calendar = &calendar->engine}};
    *out = (struct sim_result){.cases = (int64_t)cases};
    for (uint64_t n = 0; n < cases; n++) {
        sim_case_make(calendar, year, seed, n, &y.c);
        one_case(&y);
        if (progress && n % 1000 == 999) progress(arg, n + 1);
    }
}

/* ---- the command ---- */

enum { CALENDAR_BYTES_MAX = 1 << 20, CASES_MAX = 100000000, ARENA_BYTES = 1 << 24 };

static void print_row(const char *name, const struct sim_month *m)
{
    printf(
        "| %s | %lld | %lld | %lld | %lld | %lld | %lld | %lld | %lld | %.2f | %lld | %lld | %lld | %lld |\n",
        name, (long long)m->cases, (long long)m->green, (long long)m->yellow, (long long)m->late,
        (long long)m->open, (long long)m->paused, (long long)m->extended, (long long)m->broken,
        m->closed ? (double)m->elapsed / (double)m->closed : 0.0, (long long)m->opinions,
        (long long)m->opinions_late, (long long)m->together, (long long)m->together_late);
}

static void print_table(const struct sim_result *r)
{
    struct sim_month all = {0};
    puts("| month | cases | decided green | decided yellow | decided late | open | pauses | extensions | "
         "against the "
         "rules | mean working days | opinions | of them late | in life events | of them late "
         "|\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (int i = 0; i < 12; i++) {
        const struct sim_month *m = &r->months[i];
        char name[16];
        snprintf(name, sizeof name, "%02d", i + 1);
        print_row(name, m);
        all.cases += m->cases;
        all.green += m->green;
        all.yellow += m->yellow;
        all.late += m->late;
        all.open += m->open;
        all.paused += m->paused;
        all.extended += m->extended;
        all.broken += m->broken;
        all.elapsed += m->elapsed;
        all.closed += m->closed;
        all.opinions += m->opinions;
        all.opinions_late += m->opinions_late;
        all.together += m->together;
        all.together_late += m->together_late;
    }
    print_row("year", &all);
}

struct shown {
    struct progress bar;
    uint64_t cases;
};

static void show(void *arg, uint64_t done)
{
    struct shown *s = arg;
    cli_progress(&s->bar, (size_t)done, (size_t)s->cases);
}

static bool run(struct arena *a, const struct settings *s, struct err *e)
{
    struct sim_calendar *calendar = ARENA_NEW(a, struct sim_calendar);
    int cases = s->cases ? s->cases : 20000, year = s->year ? s->year : 2026;
    struct shown bar = {.bar = {.label = "Simulating", .last = -1}, .cases = (uint64_t)cases};
    struct sim_result r;
    struct str tsv;
    if (cases < 1 || cases > CASES_MAX || year < SIM_FIRST_YEAR + 1 || year > SIM_LAST_YEAR - 5)
        return err_invalid(e, "simulate", "Cases: 1 to 100 million; years: 2001 to 2094.");
    if (!cli_read_file(a, s->args[0], CALENDAR_BYTES_MAX, &tsv, e) || !sim_calendar_read(calendar, tsv, e))
        return false;
    int64_t began = time_monotonic_us();
    sim_year(calendar, year, (uint64_t)s->seed, (uint64_t)cases, show, &bar, &r);
    int64_t took = time_monotonic_us() - began;
    print_table(&r);
    printf("\nyear %d, seed %d: %lld cases, %lld looks, %lld clock mismatches, %lld finding mismatches, %.1f "
           "s\n",
           year, s->seed, (long long)r.cases, (long long)r.looks, (long long)r.clock_mismatches,
           (long long)r.finding_mismatches, (double)took / 1e6);
    if (!r.clock_mismatches && !r.finding_mismatches) return true;
    printf("first case that differs: %llu\n", (unsigned long long)r.first_wrong);
    return false;
}

int command_simulate(const struct settings *s)
{
    struct err e = {0};
    struct arena *a = arena_new(ARENA_BYTES);
    if (!a) return cli_refuse("There is not enough memory.", NULL);
    jmp_buf env;
    bool ok = false;
    if (setjmp(env) == 0) {
        arena_guard(a, &env);
        ok = run(a, s, &e);
    } else {
        err_invalid(&e, "simulate.memory", "There is not enough memory.");
    }
    int code = ok ? 0 : e.kind != ERR_NONE ? cli_fail(&e) : 1;
    arena_drop(a);
    return code;
}
