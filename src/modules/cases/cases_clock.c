/* The clocks of a case. Until it is accepted that of the answer about it: whoever has received an application
 * says within 5 working days whether it is accepted, or once what is missing (行政许可法 art. 32); with
 * acceptance that of the decision begins, a list of events that is only ever added to. */
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/orgs/orgs.h"

/* ---- the decision ---- */

struct clock_state case_clock_state(struct ctx *c, const struct case_work *w)
{
    struct clock_terms terms = orgs_clock_terms(c, w->item->statutory, w->item->promised);
    return workclock_state(w->clock, w->clock_count, &terms, c->now);
}

bool case_clock_add(struct ctx *c, struct case_work *w, enum clock_event_kind kind, int64_t at, int count,
                    struct str note)
{
    struct clock_event e = {.kind = kind, .at = at, .count = count};
    struct str sealed;
    if (w->clock_count == CLOCK_EVENTS_MAX)
        return err_conflict(c->err, "clock.full", "The clock of this case cannot take more changes.");
    if (!workclock_may(w->clock, w->clock_count, e, c->err) || !case_seal(c, w, "clock", note, &sealed))
        return false;
    if (!case_store_add_clock(c, w->file.id, (int)w->clock_count + 1, &e, sealed)) return false;
    w->clock[w->clock_count++] = e;
    return true;
}

bool case_clock_rests(const struct case_work *w)
{
    return workclock_phase(w->clock, w->clock_count) == CLOCK_PAUSED;
}

/* ---- the answer about acceptance ---- */

int case_accept_days_said(const struct json *service)
{
    int64_t days = json_i64(json_path(service, "flow.accept_days"), 0);
    return days >= 1 && days <= COURSE_NOTICE_WORKDAYS ? (int)days : 0;
}

int case_accept_days(const struct json *service)
{
    int said = case_accept_days_said(service);
    return said ? said : COURSE_NOTICE_WORKDAYS;
}

/* Counted from when everything was in the office's hands, so anew when a correction was supplied. */
static struct clock_due answer_due(struct ctx *c, const struct case_work *w)
{
    const struct clock_event start = {.kind = CLOCK_START,
                                      .at = w->received ? w->received : w->file.submitted};
    const struct limit none = {.unit = LIMIT_NONE},
                       days = {.unit = LIMIT_WORKDAYS, .count = case_accept_days(w->service)};
    const struct clock_terms terms = orgs_clock_terms(c, days, none);
    return workclock_state(&start, 1, &terms, c->now).statutory;
}

int64_t case_answer_until(struct ctx *c, const struct case_work *w)
{
    return answer_due(c, w).due;
}

int64_t case_points_until(struct ctx *c, const struct case_point *points, size_t count, bool *provisional)
{
    const struct limit limit = {LIMIT_WORKDAYS, COURSE_CORRECTION_WORKDAYS};
    *provisional = false;
    return count
               ? workclock_due(orgs_calendar(c), office_hours_default, points[0].asked_at, limit, provisional)
               : 0;
}

bool case_correction_until(struct ctx *c, int64_t id, int64_t *until)
{
    struct case_point *points;
    size_t count;
    bool provisional;
    if (!case_store_points(c, id, &points, &count)) return false;
    *until = case_points_until(c, points, count, &provisional);
    return true;
}

/* ---- what is stored for lists: when the light changes, and until when ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return !a ? b : !b ? a : a < b ? a : b;
}

void case_clock_store(struct ctx *c, struct case_work *w)
{
    struct clock_state s = case_clock_state(c, w);
    struct clock_due d = s.promised.set ? s.promised : s.statutory;
    if (w->state.status == COURSE_SUBMITTED) d = answer_due(c, w);
    w->file.due = d.set ? d.due : 0;
    w->yellow_at = d.set ? d.yellow_at : 0;
    w->red_at = d.set ? d.red_at : 0;
    if (s.promised.set && s.statutory.set) {
        w->yellow_at = earlier(w->yellow_at, s.statutory.yellow_at);
        w->red_at = earlier(w->red_at, s.statutory.red_at);
    }
    /* While the applicant corrects, the office is not waited for. */
    w->paused = s.phase == CLOCK_PAUSED || w->state.status == COURSE_CORRECTION;
    w->provisional = d.set && d.provisional;
}

enum clock_light case_light(const struct case_file *f, int64_t yellow_at, int64_t red_at, bool paused,
                            int64_t now)
{
    if (f->closed || str_eq_c(f->status, "decided")) return LIGHT_DONE;
    if (paused) return LIGHT_PAUSED;
    return workclock_shown(yellow_at, red_at, now);
}

/* ---- what happens when such a time is over ---- */

static const char *const timer_words[COURSE_TIMER_COUNT] = {
    [COURSE_TIMER_NOTICE] = "notice", [COURSE_TIMER_CORRECTION] = "correction"};

static enum course_timer timer_named(struct str word)
{
    return str_eq_c(word, timer_words[COURSE_TIMER_CORRECTION]) ? COURSE_TIMER_CORRECTION
                                                                : COURSE_TIMER_NOTICE;
}

static bool timer_at(struct ctx *c, const struct case_work *w, enum course_timer timer, int64_t *at)
{
    if (timer == COURSE_TIMER_CORRECTION) return case_correction_until(c, w->file.id, at);
    *at = case_answer_until(c, w);
    return true;
}

/* The instant is part of the key: a calendar may move it, and what rings at the old one finds nothing to do.
 */
bool case_clock_timer(struct ctx *c, const struct case_work *w, enum course_timer timer)
{
    int64_t at;
    struct json *payload = json_object(c->arena);
    if (!timer_at(c, w, timer, &at)) return false;
    json_set_id(c->arena, payload, "case", w->file.id);
    json_set_c(c->arena, payload, "timer", timer_words[timer]);
    json_set_i64(c->arena, payload, "round", w->state.corrections);
    return job_add(c, "case.timer",
                   str_fmt(c->arena, "%lld:%s:%d:%lld", (long long)w->file.id, timer_words[timer],
                           w->state.corrections, (long long)at),
                   payload, at);
}

bool case_clock_recount(struct ctx *c, struct case_work *w)
{
    bool waits = w->state.status == COURSE_SUBMITTED;
    if (!case_keep(c, w)) return false;
    if (!waits && w->state.status != COURSE_CORRECTION) return true;
    return case_clock_timer(c, w, waits ? COURSE_TIMER_NOTICE : COURSE_TIMER_CORRECTION);
}

/* Nobody has the step that accepts yet (a system is asked, a message waited for): silence speaks once
 * somebody does. At the full hour, so that timers of one case become one. */
static bool ring_later(struct ctx *c, const struct case_work *w, const struct json *payload)
{
    int64_t at = (c->now / MS_HOUR + 1) * MS_HOUR;
    return job_add(
        c, "case.timer",
        str_fmt(c->arena, "%lld:later:%d:%lld", (long long)w->file.id, w->state.corrections, (long long)at),
        payload, at);
}

bool case_clock_rings(struct ctx *c, struct case_work *w, const struct json *payload)
{
    struct case_act act = {.event = {.kind = COURSE_TIMER, .role = COURSE_SYSTEM}};
    struct course_state next;
    struct course_commands commands;
    int64_t at;
    act.event.timer = timer_named(json_text_of(payload, "timer"));
    /* A timer of the round before a correction has nothing to say about the one after it. */
    if (course_ended(&w->state) || json_i64_of(payload, "round", 0) != w->state.corrections) return true;
    /* A late timer has nothing to do and leaves no trace. */
    if (!course_next(c->arena, w->course, &w->state, &act.event, &next, &commands, c->err)) return false;
    if (!commands.count)
        return act.event.timer != COURSE_TIMER_NOTICE || w->state.status != COURSE_SUBMITTED ||
               ring_later(c, w, payload);
    if (!timer_at(c, w, act.event.timer, &at)) return false;
    return c->now < at ? case_clock_timer(c, w, act.event.timer) : case_move(c, w, &act);
}
