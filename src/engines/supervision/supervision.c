#include "engines/supervision/supervision.h"

static const char *const kind_names[SUPERVISE_KIND_COUNT] = {
    "case_soon",    "case_over",    "step_soon",  "step_over",  "step_order", "step_missing",
    "fee",          "asked_twice",  "unlisted",   "unaccepted", "desk",       "one_person",
    "opinion_soon", "opinion_over", "event_soon", "event_over", "owed_soon",  "owed_over",
    "promise_soon", "promise_over", "stuck",      "incident",   "halted"};
static const char *const level_names[SUPERVISE_LEVEL_COUNT] = {"warning", "yellow", "red"};

const char *supervise_kind_name(enum supervise_kind kind)
{
    return kind_names[kind];
}

enum supervise_kind supervise_kind_of(struct str name)
{
    int k = 0;
    while (k < SUPERVISE_KIND_COUNT && !str_eq_c(name, kind_names[k]))
        k++;
    return (enum supervise_kind)k;
}

bool supervise_kind_timed(enum supervise_kind kind)
{
    return kind <= SUPERVISE_STEP_OVER || kind >= SUPERVISE_OPINION_SOON;
}

bool supervise_kind_lights(enum supervise_kind kind, bool decided)
{
    return kind >= SUPERVISE_OWED_SOON || (kind <= SUPERVISE_STEP_OVER && !decided);
}

bool supervise_kind_mended(enum supervise_kind kind)
{
    return kind == SUPERVISE_STUCK || kind == SUPERVISE_INCIDENT || kind == SUPERVISE_HALTED;
}

const char *supervise_level_name(enum supervise_level level)
{
    return level_names[level];
}

enum supervise_level supervise_level_of(struct str name)
{
    int l = 0;
    while (l < SUPERVISE_LEVEL_COUNT && !str_eq_c(name, level_names[l]))
        l++;
    return (enum supervise_level)l;
}

/* ---- findings ---- */

struct look {
    const struct supervise_facts *f;
    int64_t now;
    struct supervise_result *out;
};

/* Of one kind and key the gravest rule speaks; of equally grave ones the first. */
static void found(struct look *k, const struct supervise_rule *rule, struct str key, int64_t at,
                  int64_t account)
{
    struct supervise_finding one = {.rule = rule, .key = key, .at = at, .account = account};
    for (size_t i = 0; i < k->out->count; i++) {
        struct supervise_finding *other = &k->out->list[i];
        if (other->rule->kind != rule->kind || !str_eq(other->key, key)) continue;
        one.unit = other->unit;
        if (other->rule->level < rule->level) *other = one;
        return;
    }
    if (k->out->count < SUPERVISE_FINDINGS_MAX) k->out->list[k->out->count++] = one;
}

/* ---- time ---- */

/* `days` working days after an instant of a due day (before it for days < 0), at its closing. */
static int64_t shifted(const struct clock_terms *t, int64_t due, int days, bool hours)
{
    if (hours) return due + days * MS_HOUR;
    if (!days) return due;
    return date_start(workday_add(t->calendar, date_of(due), days)) + t->hours.close_minute * MS_MINUTE;
}

/* One clock with one limit against the pair of kinds that speak of it. */
struct timed {
    const struct clock_event *clock;
    size_t count;
    struct limit limit;
    struct str key;
};

static void against_time(struct look *k, const struct supervise_rule *rule, const struct timed *t, bool soon)
{
    struct clock_terms terms = k->f->terms;
    terms.promised = t->limit;
    terms.statutory = (struct limit){.unit = LIMIT_NONE};
    struct clock_state s = workclock_state(t->clock, t->count, &terms, k->now);
    if (!s.promised.set) return;
    bool hours = t->limit.unit == LIMIT_HOURS, stopped = s.phase == CLOCK_STOPPED;
    int64_t due = s.promised.due, end = k->now;
    int64_t from = shifted(&terms, due, soon ? -rule->threshold : rule->threshold, hours);
    if (stopped)
        for (size_t i = 0; i < t->count; i++)
            if (t->clock[i].kind == CLOCK_STOP) end = t->clock[i].at;
    bool is = soon ? s.phase == CLOCK_RUNNING && k->now >= from && k->now <= due : end > from;
    if (is) found(k, rule, t->key, from, 0);
    if (s.phase != CLOCK_RUNNING) return; /* while it rests the due date moves along */
    int64_t then = soon && k->now < from ? from : soon ? due + 1 : from + 1;
    if (then > k->now && then < k->out->next) k->out->next = then;
}

static void against_promise(struct look *k, const struct supervise_rule *rule,
                            const struct supervise_promise *p, bool soon)
{
    if (!p->due) return;
    int64_t from = shifted(&k->f->terms, p->due, soon ? -rule->threshold : rule->threshold, false);
    int64_t end = p->stopped ? p->stopped : k->now;
    bool is = soon ? !p->stopped && k->now >= from && k->now <= p->due : end > from;
    if (is) {
        size_t before = k->out->count;
        found(k, rule, p->key, from, 0);
        if (k->out->count > before) k->out->list[before].unit = p->unit;
    }
    if (p->stopped) return;
    int64_t then = soon && k->now < from ? from : soon ? p->due + 1 : from + 1;
    if (then > k->now && then < k->out->next) k->out->next = then;
}

static void opinions(struct look *k, const struct supervise_rule *rule)
{
    for (size_t i = 0; i < k->f->opinion_count; i++)
        against_promise(k, rule, &k->f->opinions[i], rule->kind == SUPERVISE_OPINION_SOON);
}

static void owed(struct look *k, const struct supervise_rule *rule)
{
    for (size_t i = 0; i < k->f->owed_count; i++)
        against_promise(k, rule, &k->f->owed[i], rule->kind == SUPERVISE_OWED_SOON);
}

static void promised(struct look *k, const struct supervise_rule *rule)
{
    for (size_t i = 0; i < k->f->promised_count; i++)
        against_promise(k, rule, &k->f->promised[i], rule->kind == SUPERVISE_PROMISE_SOON);
}

static void stuck(struct look *k, const struct supervise_rule *rule)
{
    for (size_t i = 0; i < k->f->stuck_count; i++)
        against_promise(k, rule, &k->f->stuck[i], false);
}

static void incidents(struct look *k, const struct supervise_rule *rule)
{
    for (size_t i = 0; i < k->f->incident_count; i++)
        against_promise(k, rule, &k->f->incidents[i], false);
}

static void halted(struct look *k, const struct supervise_rule *rule)
{
    for (size_t i = 0; i < k->f->halted_count; i++)
        against_promise(k, rule, &k->f->halted[i], false);
}

static void life_event(struct look *k, const struct supervise_rule *rule)
{
    if (k->f->event) against_promise(k, rule, k->f->event, rule->kind == SUPERVISE_EVENT_SOON);
}

static void whole_case(struct look *k, const struct supervise_rule *rule)
{
    const struct clock_terms *t = &k->f->terms;
    struct timed whole = {.clock = k->f->clock,
                          .count = k->f->clock_count,
                          .limit = t->promised.unit == LIMIT_NONE ? t->statutory : t->promised};
    if (whole.count) against_time(k, rule, &whole, rule->kind == SUPERVISE_CASE_SOON);
}

static bool concerns(const struct supervise_rule *rule, const struct supervise_step *step)
{
    return rule->role == SUPERVISE_ANY_ROLE || (rule->role == SUPERVISE_ACCEPTING) == step->accepts;
}

static void steps_in_time(struct look *k, const struct supervise_rule *rule)
{
    enum { EVENTS = 64 };
    struct clock_event clock[EVENTS];
    for (size_t i = 0; i < k->f->span_count; i++) {
        const struct supervise_span *span = &k->f->spans[i];
        const struct supervise_step *step = &k->f->steps[span->step];
        int limit = step->limit ? step->limit : rule->limit;
        if (!limit || step->elsewhere || !concerns(rule, step)) continue;
        struct timed t = {
            .clock = clock,
            .count = workclock_part(k->f->clock, k->f->clock_count, span->from, span->until, clock, EVENTS),
            .limit = {.unit = LIMIT_WORKDAYS, .count = limit},
            .key = step->id};
        against_time(k, rule, &t, rule->kind == SUPERVISE_STEP_SOON);
    }
}

/* ---- order ---- */

static bool does_step(const struct supervise_event *e)
{
    return e->step >= 0 && (e->act == SUPERVISE_ACCEPT || e->act == SUPERVISE_PASS ||
                            e->act == SUPERVISE_VOTE || e->act == SUPERVISE_DECIDE);
}

/* A case that stands there has no other step to do than this one and those behind it; where it stands at no
 * step, none is known. */
static uint32_t passed(const struct supervise_step *steps, size_t count, int stands)
{
    uint32_t out = 0;
    for (int s = 0; s < (int)count; s++)
        if (stands < 0 || (s != stands && !(steps[s].needs >> stands & 1))) out |= UINT32_C(1) << s;
    return out;
}

/* The first event after the last move to other steps, and what was done until then. */
static size_t since_move(const struct supervise_facts *f, uint32_t *done)
{
    size_t from = f->event_count;
    *done = 0;
    while (from > 0 && f->events[from - 1].act != SUPERVISE_MOVED)
        from--;
    if (from) *done = passed(f->steps, f->step_count, f->events[from - 1].step);
    for (size_t i = 0; i < from; i++)
        if (does_step(&f->events[i])) *done |= UINT32_C(1) << f->events[i].step;
    return from;
}

static void steps_in_order(struct look *k, const struct supervise_rule *rule)
{
    uint32_t done;
    for (size_t i = since_move(k->f, &done); i < k->f->event_count; i++) {
        const struct supervise_event *e = &k->f->events[i];
        if (!does_step(e)) continue;
        const struct supervise_step *step = &k->f->steps[e->step];
        if (e->act != SUPERVISE_DECIDE && (step->needs & ~done)) found(k, rule, step->id, e->at, e->account);
        done |= UINT32_C(1) << e->step;
    }
}

static void steps_complete(struct look *k, const struct supervise_rule *rule)
{
    uint32_t done;
    for (size_t i = since_move(k->f, &done); i < k->f->event_count; i++) {
        const struct supervise_event *e = &k->f->events[i];
        if (e->act == SUPERVISE_DECIDE && e->step >= 0)
            for (size_t s = 0; s < k->f->step_count; s++)
                if ((k->f->steps[e->step].needs & ~done) >> s & 1)
                    found(k, rule, k->f->steps[s].id, e->at, e->account);
        if (does_step(e)) done |= UINT32_C(1) << e->step;
    }
}

/* ---- fee, documents ---- */

static void fee(struct look *k, const struct supervise_rule *rule)
{
    const struct supervise_facts *f = k->f;
    if (f->charged >= 0 && f->fee >= 0 && f->charged != f->fee) found(k, rule, STR_EMPTY, f->charged_at, 0);
}

static void asked_twice(struct look *k, const struct supervise_rule *rule)
{
    const struct supervise_request *r = k->f->requests;
    for (size_t i = 0; i < k->f->request_count; i++) {
        bool again = r[i].held;
        for (size_t j = 0; j < i; j++)
            again = again || str_eq(r[j].material, r[i].material);
        if (again) found(k, rule, r[i].material, r[i].at, r[i].account);
    }
}

static void unlisted(struct look *k, const struct supervise_rule *rule)
{
    for (size_t i = 0; i < k->f->request_count; i++) {
        const struct supervise_request *r = &k->f->requests[i];
        if (!r->listed) found(k, rule, r->material, r->at, r->account);
    }
}

/* ---- bypass ---- */

static void bypass(struct look *k, const struct supervise_rule *rule)
{
    bool accepted = false;
    int64_t accepted_by = 0;
    for (size_t i = 0; i < k->f->event_count; i++) {
        const struct supervise_event *e = &k->f->events[i];
        if (e->act == SUPERVISE_ACCEPT) {
            accepted = true;
            accepted_by = e->account;
        }
        /* Moved to where it is accepted: that happened, in whatever way, under the steps of before. */
        if (e->act == SUPERVISE_MOVED && !(e->step >= 0 && k->f->steps[e->step].accepts)) accepted = true;
        if (e->act != SUPERVISE_DECIDE) continue;
        bool desk = e->step >= 0 && k->f->steps[e->step].desk;
        if (rule->kind == SUPERVISE_UNACCEPTED ? !accepted && !k->f->sent_is_accepted
            : rule->kind == SUPERVISE_DESK     ? desk
                                               : accepted_by && accepted_by == e->account)
            found(k, rule, STR_EMPTY, e->at, e->account);
    }
}

void supervise(const struct supervise_rule *rules, size_t rule_count, const struct supervise_facts *f,
               int64_t now, struct supervise_result *out)
{
    static void (*const checks[SUPERVISE_KIND_COUNT])(struct look *, const struct supervise_rule *) = {
        whole_case, whole_case,  steps_in_time, steps_in_time, steps_in_order, steps_complete,
        fee,        asked_twice, unlisted,      bypass,        bypass,         bypass,
        opinions,   opinions,    life_event,    life_event,    owed,           owed,
        promised,   promised,    stuck,         incidents,     halted};
    struct look k = {.f = f, .now = now, .out = out};
    out->count = 0;
    out->next = INT64_MAX;
    for (size_t i = 0; i < rule_count; i++)
        checks[rules[i].kind](&k, &rules[i]);
}

/* ---- spans: who had it when ---- */

struct spans {
    const struct supervise_step *steps;
    size_t step_count, count, max;
    struct supervise_span *out;
    uint32_t done, open;
    int64_t voted[SUPERVISE_STEPS_MAX]; /* the last vote in a step that is open */
    int returned;                       /* the span that sending back opened, until somebody acts; -1: none */
};

static uint32_t bit(int step)
{
    return UINT32_C(1) << step;
}

static void open_step(struct spans *k, int step, int64_t at)
{
    if ((k->open & bit(step)) || k->count == k->max) return;
    k->out[k->count++] = (struct supervise_span){.step = step, .from = at};
    k->open |= bit(step);
    k->voted[step] = 0;
}

static void close_step(struct spans *k, int step, int64_t at)
{
    for (size_t i = k->count; i-- > 0;)
        if (k->out[i].step == step && !k->out[i].until) k->out[i].until = at;
    k->open &= ~bit(step);
}

static void close_all(struct spans *k, int64_t at)
{
    for (int s = 0; s < (int)k->step_count; s++)
        if (k->open & bit(s)) close_step(k, s, at);
}

/* Whatever is on every way, and has all before it, is somebody's turn. */
static void open_ready(struct spans *k, int64_t at)
{
    for (int s = 0; s < (int)k->step_count; s++)
        if (k->steps[s].always && !(k->done & bit(s)) && !(k->steps[s].needs & ~k->done)) open_step(k, s, at);
}

static void undo(struct spans *k, int step, int64_t at)
{
    k->done &= ~bit(step);
    for (int s = 0; s < (int)k->step_count; s++) {
        if (!(k->steps[s].needs & bit(step))) continue;
        k->done &= ~bit(s);
        if (k->open & bit(s)) close_step(k, s, at);
    }
}

static void complete(struct spans *k, int step, int64_t at)
{
    close_step(k, step, at);
    k->done |= bit(step);
    open_ready(k, at);
}

/* A vote is known to have been the last one only when a step behind it acts. */
static void settle_votes(struct spans *k, int step)
{
    for (int s = 0; s < (int)k->step_count; s++)
        if ((k->steps[step].needs & k->open & bit(s)) && k->voted[s]) complete(k, s, k->voted[s]);
}

static void send_back(struct spans *k, int step, int64_t at)
{
    int to = step;
    for (int s = 0; s < (int)k->step_count; s++)
        if (k->steps[step].needs & bit(s)) to = s;
    close_step(k, step, at);
    undo(k, to, at);
    open_step(k, to, at);
    k->returned = (int)k->count - 1;
}

/* How far back it was sent is told by who acts next. */
static void returned_to(struct spans *k, int step, int64_t at)
{
    struct supervise_span *span = &k->out[k->returned];
    if (!(k->open & bit(step)) && !span->until) {
        k->open &= ~bit(span->step);
        span->step = step;
        k->open |= bit(step);
        undo(k, step, at);
    }
    k->returned = -1;
}

/* What seemed open of the other steps was nobody's turn: who has it has had it since then. */
static void moved(struct spans *k, int step, int64_t at)
{
    size_t kept = 0;
    bool known = step >= 0 && (k->open & bit(step));
    int64_t since = 0;
    for (size_t i = 0; i < k->count; i++) {
        if (k->out[i].until || k->out[i].step == step)
            k->out[kept++] = k->out[i];
        else if (k->out[i].from > since)
            since = k->out[i].from;
    }
    k->count = kept;
    k->open = known ? bit(step) : 0;
    k->done |= passed(k->steps, k->step_count, step);
    k->returned = -1;
    if (step < 0) return;
    k->done &= ~bit(step);
    if (!known) open_step(k, step, since ? since : at);
}

static void follow(struct spans *k, const struct supervise_event *e)
{
    if (e->step >= 0 && e->act != SUPERVISE_MOVED) {
        settle_votes(k, e->step);
        if (k->returned >= 0) returned_to(k, e->step, e->at);
    }
    switch (e->act) {
    case SUPERVISE_SENT:
        open_ready(k, e->at);
        break;
    case SUPERVISE_ACCEPT:
    case SUPERVISE_PASS:
        if (e->step >= 0) complete(k, e->step, e->at);
        break;
    case SUPERVISE_VOTE:
        if (e->step >= 0) k->voted[e->step] = e->at;
        break;
    case SUPERVISE_BACK:
        if (e->step >= 0) send_back(k, e->step, e->at);
        break;
    case SUPERVISE_DECIDE:
    case SUPERVISE_LEAVE:
        close_all(k, e->at);
        break;
    case SUPERVISE_MOVED:
        moved(k, e->step, e->at);
        break;
    case SUPERVISE_OTHER:
        break;
    }
}

size_t supervise_spans(const struct supervise_event *events, size_t count, const struct supervise_step *steps,
                       size_t step_count, uint32_t standing, struct supervise_span *out, size_t max)
{
    struct spans k = {.steps = steps, .step_count = step_count, .out = out, .max = max, .returned = -1};
    for (size_t i = 0; i < count; i++)
        follow(&k, &events[i]);
    if (standing == SUPERVISE_UNKNOWN || !count) return k.count;
    for (int s = 0; s < (int)step_count; s++) {
        int64_t last = k.voted[s] ? k.voted[s] : events[count - 1].at;
        if ((k.open & ~standing) & bit(s)) close_step(&k, s, last);
    }
    for (int s = 0; s < (int)step_count; s++)
        if (standing & bit(s)) open_step(&k, s, events[count - 1].at);
    return k.count;
}
