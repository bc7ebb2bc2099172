/* Cases of a year, from seed and number alone. */
#include "app/simulate.h"

#include <string.h>

const struct supervise_step sim_steps[SIM_STEPS] = {
    {.id = {"receive", 7}, .desk = true, .accepts = true, .always = true},
    {.id = {"review", 6}, .always = true, .needs = 1},
    {.id = {"decide", 6}, .always = true, .needs = 3}};

/* ---- chance: splitmix64 ---- */

static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int64_t between(uint64_t *state, int64_t from, int64_t to)
{
    return to > from ? from + (int64_t)(draw(state) % (uint64_t)(to - from + 1)) : from;
}

static bool percent(uint64_t *state, int n)
{
    return between(state, 1, 1000) <= n * 10;
}

/* ---- limits ---- */

static const struct {
    struct limit statutory, promised;
} services[] = {
    {{LIMIT_WORKDAYS, 20}, {LIMIT_WORKDAYS, 10}}, {{LIMIT_WORKDAYS, 20}, {LIMIT_WORKDAYS, 5}},
    {{LIMIT_WORKDAYS, 20}, {LIMIT_WORKDAYS, 1}},  {{LIMIT_WORKDAYS, 5}, {LIMIT_WORKDAYS, 0}},
    {{LIMIT_WORKDAYS, 45}, {LIMIT_WORKDAYS, 30}}, {{LIMIT_WORKDAYS, 7}, {LIMIT_NONE, 0}},
    {{LIMIT_DAYS, 30}, {LIMIT_WORKDAYS, 8}},      {{LIMIT_DAYS, 15}, {LIMIT_DAYS, 10}},
    {{LIMIT_MONTHS, 2}, {LIMIT_MONTHS, 1}},       {{LIMIT_MONTHS, 1}, {LIMIT_WORKDAYS, 12}},
    {{LIMIT_HOURS, 48}, {LIMIT_HOURS, 24}},       {{LIMIT_WORKDAYS, 3}, {LIMIT_HOURS, 4}},
    {{LIMIT_NONE, 0}, {LIMIT_NONE, 0}},           {{LIMIT_NONE, 0}, {LIMIT_WORKDAYS, 3}},
    {{LIMIT_YEARS, 1}, {LIMIT_MONTHS, 3}},
};
/* Of 100 cases: most are short. */
static const unsigned char shares[] = {22, 20, 12, 6, 4, 4, 6, 5, 3, 5, 4, 4, 2, 2, 1};

static size_t a_service(uint64_t *state)
{
    int64_t n = between(state, 0, 99);
    size_t i = 0;
    while (n >= shares[i])
        n -= shares[i++];
    return i;
}

/* Roughly how long the limit lasts, in milliseconds: only says where events fall. */
static int64_t about(struct limit l)
{
    static const int64_t of[] = {
        [LIMIT_NONE] = 5 * MS_DAY, [LIMIT_WORKDAYS] = MS_DAY * 7 / 5, [LIMIT_DAYS] = MS_DAY,
        [LIMIT_HOURS] = MS_HOUR,   [LIMIT_MONTHS] = 30 * MS_DAY,      [LIMIT_YEARS] = 365 * MS_DAY};
    int64_t ms = of[l.unit] * (l.unit == LIMIT_NONE ? 1 : l.count);
    return ms ? ms : 6 * MS_HOUR;
}

/* ---- when ---- */

static int64_t arrival(const struct sim_calendar *calendar, int year, uint64_t *state)
{
    int32_t first = date_from_civil(year, 1, 1), last = date_from_civil(year, 12, 31), day;
    /* One in eight comes on a day off, through the net. */
    do
        day = (int32_t)between(state, first, last);
    while (!workday_is(&calendar->engine, day) && !percent(state, 30));
    int64_t at = date_start(day);
    int64_t chance = between(state, 0, 99);
    if (chance < 80) return at + between(state, 9 * MS_HOUR, 17 * MS_HOUR);
    if (chance < 82) return at + 17 * MS_HOUR + between(state, -1, 1); /* the very moment of closing */
    return at + between(state, 0, MS_DAY - 1);
}

static void add_clock(struct sim_case *c, enum clock_event_kind kind, int64_t at, int count)
{
    struct err e = {0};
    struct clock_event next = {.kind = kind, .at = at, .count = count};
    /* What the clock of a real case refuses does not happen here either. */
    if (c->clock_count < SIM_CLOCK_MAX && workclock_may(c->clock, c->clock_count, next, &e))
        c->clock[c->clock_count++] = next;
}

/* Rests and an extension, in the order of time, before `stop`. Returns when it can be decided. */
static int64_t run_clock(struct sim_case *c, uint64_t *state, int64_t stop)
{
    int64_t at = c->clock[0].at, length = stop - at;
    int rests = percent(state, 14) ? (percent(state, 20) ? 2 : 1) : 0;
    bool extended = percent(state, 5);
    for (int i = 0; i < rests; i++) {
        at += between(state, 0, length / (rests + 1));
        int64_t pause =
            percent(state, 10) ? between(state, 1, MS_HOUR) : between(state, MS_HOUR, 30 * MS_DAY);
        if (extended && percent(state, 30)) {
            add_clock(c, CLOCK_EXTEND, at, (int)between(state, 1, 10));
            extended = false;
        }
        add_clock(c, CLOCK_PAUSE, at, 0);
        if (!stop || !percent(state, 4)) add_clock(c, CLOCK_RESUME, at + pause, 0);
        stop += pause;
        at += pause;
    }
    if (extended) add_clock(c, CLOCK_EXTEND, at + between(state, 0, stop > at ? (stop - at) / 2 : 0), 10);
    int64_t latest = c->clock[c->clock_count - 1].at;
    return stop > latest ? stop : latest;
}

/* ---- acts, and what is done wrong on purpose ---- */

enum { CLERK = 11, REVIEWER = 12, DECIDER = 13 };

static void add_event(struct sim_case *c, enum supervise_act act, int64_t at, int step, int64_t account)
{
    c->events[c->event_count++] =
        (struct supervise_event){.at = at, .act = act, .step = step, .account = account};
}

static bool breaks(struct sim_case *c, uint64_t *state, enum supervise_kind kind, int per_mille)
{
    if (between(state, 1, 1000) > per_mille) return false;
    c->broken |= UINT32_C(1) << kind;
    return true;
}

static void act(struct sim_case *c, uint64_t *state, int64_t accepted)
{
    int64_t end = c->stop ? c->stop : c->clock[c->clock_count - 1].at;
    int64_t reviewed = between(state, accepted, end);
    add_event(c, SUPERVISE_SENT, c->arrival, -1, 0);
    /* Whoever goes on without acceptance also lacks the step. */
    bool skips = c->stop && breaks(c, state, SUPERVISE_UNACCEPTED, 3);
    if (skips) {
        c->broken |= UINT32_C(1) << SUPERVISE_STEP_MISSING | UINT32_C(1) << SUPERVISE_STEP_ORDER;
    } else {
        add_event(c, SUPERVISE_ACCEPT, accepted, 0, percent(state, 2) ? 0 : CLERK);
    }
    if (!c->stop) return;
    bool desk = !skips && breaks(c, state, SUPERVISE_DESK, 2);
    bool short_cut = !skips && !desk && breaks(c, state, SUPERVISE_STEP_MISSING, 3);
    if (!desk && !short_cut) add_event(c, SUPERVISE_PASS, reviewed, 1, REVIEWER);
    c->two_persons = percent(state, 40);
    int64_t decider = DECIDER;
    if (!skips && !desk && c->events[1].account && breaks(c, state, SUPERVISE_ONE_PERSON, 4)) {
        decider = c->events[1].account;
        c->two_persons = true;
    }
    add_event(c, SUPERVISE_DECIDE, end, desk ? 0 : 2, decider);
}

static void charge_and_ask(struct sim_case *c, uint64_t *state)
{
    c->charged = c->fee = -1;
    if (percent(state, 60)) c->fee = percent(state, 80) ? 0 : 100 * between(state, 1, 200);
    if (c->fee >= 0 && percent(state, 50)) {
        c->charged = c->fee;
        if (breaks(c, state, SUPERVISE_FEE, 4)) c->charged += 100;
    }
    if (!percent(state, 15)) return;
    c->requests[c->request_count++] = (struct supervise_request){.material = {"photo", 5}, .listed = true};
    if (breaks(c, state, SUPERVISE_ASKED_TWICE, 20)) {
        bool held = percent(state, 50);
        c->requests[c->request_count++] = (struct supervise_request){
            .material = held ? STR("id-card") : STR("photo"), .listed = true, .held = held};
    }
    if (breaks(c, state, SUPERVISE_UNLISTED, 20))
        c->requests[c->request_count++] = (struct supervise_request){.material = {"no-crime", 8}};
}

/* ---- other departments, other cases ---- */

/* Nobody asks or answers while the case rests; 0: it rests for good. */
static int64_t when_it_runs(const struct sim_case *c, int64_t at)
{
    for (size_t i = 0; i < c->clock_count; i++) {
        int64_t until = 0;
        if (c->clock[i].kind != CLOCK_PAUSE || at < c->clock[i].at) continue;
        for (size_t k = i + 1; k < c->clock_count && !until; k++)
            if (c->clock[k].kind != CLOCK_EXTEND) until = c->clock[k].at;
        if (!until || at < until) at = until;
        if (!at) return 0;
    }
    return at;
}

static void ask_others(struct sim_case *c, uint64_t *state)
{
    int64_t begin = c->clock[0].at, end = c->stop ? c->stop : c->clock[c->clock_count - 1].at + 20 * MS_DAY;
    size_t wanted = percent(state, 25) ? 1 + percent(state, 30) : 0;
    for (size_t i = 0; i < wanted && end > begin; i++) {
        struct sim_opinion o = {.days = (int)between(state, 1, 10)};
        int64_t length = percent(state, 75) ? o.days * MS_DAY : 2 * o.days * MS_DAY + 2 * MS_DAY;
        o.asked = when_it_runs(c, between(state, begin, end));
        if (!o.asked || (c->stop && o.asked >= c->stop)) continue;
        o.answered = when_it_runs(c, o.asked + between(state, 0, length));
        /* Who never answers is dropped when the case ends: then it is as if it had been answered. */
        if (c->stop && (!o.answered || o.answered > c->stop)) o.answered = c->stop;
        if (!c->stop && percent(state, 30)) o.answered = 0;
        c->opinions[c->opinion_count++] = o;
    }
}

static void make_sibling(struct sim_sibling *s, uint64_t *state, int64_t begin, int64_t length)
{
    int64_t at = begin + between(state, 0, 4 * MS_DAY);
    s->clock[s->clock_count++] = (struct clock_event){.kind = CLOCK_START, .at = at};
    if (percent(state, 20)) {
        at += between(state, 0, length);
        s->clock[s->clock_count++] = (struct clock_event){.kind = CLOCK_PAUSE, .at = at};
        at += between(state, 0, 12 * MS_DAY);
        if (percent(state, 4)) return; /* what was asked for never comes */
        s->clock[s->clock_count++] = (struct clock_event){.kind = CLOCK_RESUME, .at = at};
    }
    at += between(state, 0, length);
    if (!percent(state, 3)) s->clock[s->clock_count++] = (struct clock_event){.kind = CLOCK_STOP, .at = at};
}

static void join_others(struct sim_case *c, uint64_t *state)
{
    if (!percent(state, 12)) return;
    c->together_days = (int)between(state, 1, 20);
    c->sibling_count = (size_t)between(state, 1, SIM_SIBLINGS_MAX);
    for (size_t i = 0; i < c->sibling_count; i++)
        make_sibling(&c->siblings[i], state, c->clock[0].at - between(state, 0, 2 * MS_DAY),
                     c->together_days * MS_DAY * 7 / 5);
}

void sim_case_make(const struct sim_calendar *calendar, int year, uint64_t seed, uint64_t number,
                   struct sim_case *out)
{
    uint64_t state = seed ^ number * UINT64_C(0xD6E8FEB86659FD93);
    size_t service = a_service(&state);
    memset(out, 0, sizeof *out);
    out->number = number;
    out->statutory = services[service].statutory;
    out->promised = services[service].promised;
    out->arrival = arrival(calendar, year, &state);
    out->month = time_civil(out->arrival).month - 1;
    bool at_once = percent(&state, 60);
    int64_t accepted = at_once ? out->arrival : out->arrival + between(&state, 1, 6 * MS_DAY);
    int64_t length = about(out->promised.unit == LIMIT_NONE ? out->statutory : out->promised);
    /* Most end in time, some late, some in the minute in which they are due, some never. */
    int64_t end = accepted + (percent(&state, 90) ? between(&state, 0, length * 8 / 10)
                                                  : between(&state, length / 2, length * 2 + MS_DAY));
    add_clock(out, CLOCK_START, accepted, 0);
    end = run_clock(out, &state, end);
    bool rests = workclock_phase(out->clock, out->clock_count) == CLOCK_PAUSED;
    if (percent(&state, 3)) {
        struct clock_terms terms = {.promised = out->promised,
                                    .statutory = out->statutory,
                                    .hours = office_hours_default,
                                    .thresholds = clock_thresholds_default,
                                    .calendar = &calendar->engine};
        struct clock_state s = workclock_state(out->clock, out->clock_count, &terms, end);
        int64_t due = s.promised.set ? s.promised.due : s.statutory.due;
        if (due > out->clock[out->clock_count - 1].at) end = due + between(&state, -1, 1);
    }
    if (!percent(&state, 2) && !rests) {
        add_clock(out, CLOCK_STOP, end, 0);
        out->stop = end;
    }
    act(out, &state, accepted);
    charge_and_ask(out, &state);
    out->span_count = supervise_spans(out->events, out->event_count, sim_steps, SIM_STEPS, SUPERVISE_UNKNOWN,
                                      out->spans, SIM_STEPS);
    /* By chance of their own, so that what is above stays what it was. */
    uint64_t others = seed ^ (number + 1) * UINT64_C(0xA24BAED4963EE407);
    ask_others(out, &others);
    join_others(out, &others);
}
