/* Opinions and life events of the simulation, as the program keeps them: due instants are stored at each move
 * by the clocks of the engine, shown and judged as stored. */
#include "app/simulate.h"

const char sim_opinion_keys[SIM_OPINIONS_MAX][2] = {"a", "b"};

static size_t known(const struct clock_event *events, size_t count, int64_t now)
{
    size_t n = 0;
    while (n < count && events[n].at <= now)
        n++;
    return n;
}

static int64_t rests_since(const struct clock_event *events, size_t count)
{
    if (workclock_phase(events, count) != CLOCK_PAUSED) return 0;
    while (count-- > 0)
        if (events[count].kind == CLOCK_PAUSE) return events[count].at;
    return 0;
}

/* What was stored at the last move, and what is shown of it now. */
static enum clock_light stored(const struct clock_event *events, size_t count, int days,
                               const struct clock_terms *terms, int64_t moved, int64_t now,
                               struct supervise_promise *p)
{
    struct clock_terms own = *terms;
    own.promised = (struct limit){LIMIT_WORKDAYS, days};
    own.statutory = (struct limit){LIMIT_NONE, 0};
    struct clock_state s = workclock_state(events, count, &own, moved);
    p->due = s.promised.due;
    if (s.phase == CLOCK_STOPPED) return LIGHT_DONE;
    return s.phase == CLOCK_PAUSED ? LIGHT_PAUSED
                                   : workclock_shown(s.promised.yellow_at, s.promised.red_at, now);
}

static void opinion(const struct sim_case *c, size_t n, const struct clock_terms *terms, int64_t now,
                    struct sim_promises *out)
{
    const struct sim_opinion *o = &c->opinions[n];
    struct clock_event clock[SIM_CLOCK_MAX + 2];
    bool answered = o->answered && o->answered <= now;
    int64_t until = answered ? o->answered : now, moved = o->asked;
    size_t whole = known(c->clock, c->clock_count, until);
    if (o->asked > now) return;
    struct supervise_promise *p = &out->opinions[out->opinion_count++];
    *p = (struct supervise_promise){.key = {sim_opinion_keys[n], 1}};
    if (whole && c->clock[whole - 1].at > moved) moved = c->clock[whole - 1].at;
    size_t count = workclock_part(c->clock, whole, o->asked, 0, clock, SIM_CLOCK_MAX + 2);
    enum clock_light light = stored(clock, count, o->days, terms, moved, now, p);
    p->stopped = answered ? o->answered : rests_since(c->clock, whole);
    out->opinion_lights[n] = answered ? LIGHT_DONE : light;
}

/* ---- the life event ---- */

struct member {
    const struct clock_event *clock;
    size_t count;
};

static size_t members_of(const struct sim_case *c, struct member out[SIM_SIBLINGS_MAX + 1])
{
    out[0] = (struct member){c->clock, c->clock_count};
    for (size_t i = 0; i < c->sibling_count; i++)
        out[i + 1] = (struct member){c->siblings[i].clock, c->siblings[i].clock_count};
    return c->sibling_count + 1;
}

/* The next instant after `at` at which one of them moves, by `now`. */
static bool next_move(const struct member *m, size_t count, int64_t now, int64_t *at)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < m[i].count; k++)
            if (m[i].clock[k].at > *at && m[i].clock[k].at < next) next = m[i].clock[k].at;
    *at = next;
    return next <= now;
}

static void together(const struct sim_case *c, const struct clock_terms *terms, int64_t now,
                     struct sim_promises *out)
{
    struct member m[SIM_SIBLINGS_MAX + 1];
    struct clock_event clock[3 * SIM_MOVES_MAX];
    size_t members = members_of(c, m), count = 0;
    int64_t at = INT64_MIN, moved = INT64_MIN;
    while (next_move(m, members, now, &at)) {
        bool begun = false, rests = false, done = true;
        for (size_t i = 0; i < members; i++) {
            enum clock_phase phase = workclock_phase(m[i].clock, known(m[i].clock, m[i].count, at));
            begun = begun || phase != CLOCK_UNSTARTED;
            rests = rests || phase == CLOCK_PAUSED;
            done = done && phase == CLOCK_STOPPED;
        }
        enum clock_event_kind follows[3];
        size_t n = workclock_together(workclock_phase(clock, count), begun, rests, done, follows);
        for (size_t i = 0; i < n; i++)
            clock[count++] = (struct clock_event){.kind = follows[i], .at = at};
        moved = at;
    }
    if (!count) return;
    out->together = (struct supervise_promise){.key = {"together", 8}};
    out->together_light = stored(clock, count, c->together_days, terms, moved, now, &out->together);
    out->together.stopped = c->stop && c->stop <= now ? c->stop : rests_since(clock, count);
}

void sim_promises_at(const struct sim_case *c, const struct clock_terms *terms, int64_t now,
                     struct sim_promises *out)
{
    *out = (struct sim_promises){.together_light = LIGHT_GREEN};
    for (size_t i = 0; i < c->opinion_count; i++)
        opinion(c, i, terms, now, out);
    if (c->together_days) together(c, terms, now, out);
}

size_t sim_moves(const struct sim_case *c, int64_t out[SIM_MOVES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < c->opinion_count; i++) {
        out[n++] = c->opinions[i].asked;
        if (c->opinions[i].answered) out[n++] = c->opinions[i].answered;
    }
    for (size_t i = 0; i < c->sibling_count; i++)
        for (size_t k = 0; k < c->siblings[i].clock_count; k++)
            out[n++] = c->siblings[i].clock[k].at;
    return n;
}
