/* Facts of a case for the engine, from what the cases module tells. */
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_internal.h"

static enum supervise_act act_named(struct str act)
{
    static const struct {
        const char *name;
        enum supervise_act act;
    } acts[] = {{"submit", SUPERVISE_SENT},
                {"correction_supplied", SUPERVISE_SENT},
                {"rule_unable", SUPERVISE_SENT},
                {"accept", SUPERVISE_ACCEPT},
                {"accepted_by_time", SUPERVISE_ACCEPT},
                {"pass", SUPERVISE_PASS},
                {"send_back", SUPERVISE_BACK},
                {"agree", SUPERVISE_VOTE},
                {"disagree", SUPERVISE_VOTE},
                {"opinion", SUPERVISE_VOTE},
                {"grant", SUPERVISE_DECIDE},
                {"refuse", SUPERVISE_DECIDE},
                {"rule_answered", SUPERVISE_LEAVE},
                {"rule_refused", SUPERVISE_LEAVE},
                {"correct", SUPERVISE_LEAVE},
                {"reject", SUPERVISE_LEAVE},
                {"never_corrected", SUPERVISE_LEAVE},
                {"withdraw", SUPERVISE_LEAVE},
                {"moved", SUPERVISE_MOVED}};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (str_eq_c(act, acts[i].name)) return acts[i].act;
    return SUPERVISE_OTHER;
}

static enum supervise_act act_of(const struct case_watch_event *e)
{
    enum supervise_act act = act_named(e->act);
    return e->called && act == SUPERVISE_DECIDE ? SUPERVISE_PASS : act;
}

/* For the answer about acceptance the person is told one day, and that is the limit here too. */
static int limit_of(const struct case_watch *w, const struct case_watch_step *step)
{
    return step->accepts ? w->accept_days : step->limit;
}

static void steps_of(struct ctx *c, const struct case_watch *w, struct supervise_facts *f)
{
    struct supervise_step *steps = ARENA_ARRAY(c->arena, w->step_count + 1, struct supervise_step);
    for (size_t i = 0; i < w->step_count; i++)
        steps[i] = (struct supervise_step){.id = w->steps[i].id,
                                           .desk = w->steps[i].desk,
                                           .accepts = w->steps[i].accepts,
                                           .always = w->steps[i].always,
                                           .elsewhere = w->steps[i].elsewhere,
                                           .needs = w->steps[i].needs,
                                           .limit = limit_of(w, &w->steps[i])};
    f->steps = steps;
    f->sent_is_accepted = w->step_count > 0;
    for (size_t i = 0; i < w->step_count; i++)
        if (steps[i].accepts) f->sent_is_accepted = false;
    f->step_count = w->step_count;
}

static int step_index(const struct supervise_facts *f, struct str id)
{
    for (size_t i = 0; i < f->step_count; i++)
        if (str_eq(f->steps[i].id, id)) return (int)i;
    return -1;
}

static void events_of(struct ctx *c, const struct case_watch *w, struct supervise_facts *f)
{
    struct supervise_event *events = ARENA_ARRAY(c->arena, w->event_count + 1, struct supervise_event);
    size_t room = 2 * (w->event_count + SUPERVISE_STEPS_MAX);
    struct supervise_span *spans = ARENA_ARRAY(c->arena, room, struct supervise_span);
    for (size_t i = 0; i < w->event_count; i++)
        events[i] = (struct supervise_event){.at = w->events[i].at,
                                             .account = w->events[i].account,
                                             .act = act_of(&w->events[i]),
                                             .step = step_index(f, w->events[i].step)};
    f->events = events;
    f->event_count = w->event_count;
    f->spans = spans;
    f->span_count =
        supervise_spans(events, w->event_count, f->steps, f->step_count, w->standing, spans, room);
}

static void requests_of(struct ctx *c, const struct case_watch *w, struct supervise_facts *f)
{
    struct supervise_request *requests = ARENA_ARRAY(c->arena, w->point_count + 1, struct supervise_request);
    for (size_t i = 0; i < w->point_count; i++)
        requests[i] = (struct supervise_request){.material = w->points[i].material,
                                                 .at = w->points[i].at,
                                                 .account = w->points[i].account,
                                                 .listed = w->points[i].listed,
                                                 .held = w->points[i].held};
    f->requests = requests;
    f->request_count = w->point_count;
}

/* Since when the case rests; 0: it does not. */
static int64_t rests_since(const struct case_watch *w)
{
    if (workclock_phase(w->clock, w->clock_count) != CLOCK_PAUSED) return 0;
    for (size_t i = w->clock_count; i-- > 0;)
        if (w->clock[i].kind == CLOCK_PAUSE) return w->clock[i].at;
    return 0;
}

/* A step may be asked again: its token tells which asking it was. While the case rests, its time does. */
static void promises_of(struct ctx *c, const struct case_watch *w, struct supervise_facts *f)
{
    struct supervise_promise *list = ARENA_ARRAY(c->arena, w->opinion_count + 1, struct supervise_promise);
    int64_t rests = rests_since(w);
    for (size_t i = 0; i < w->opinion_count; i++)
        list[i] =
            (struct supervise_promise){.key = str_fmt(c->arena, "%.*s/%lld", STR_ARG(w->opinions[i].step),
                                                      (long long)w->opinions[i].token),
                                       .due = w->opinions[i].due,
                                       .stopped = w->opinions[i].answered ? w->opinions[i].answered : rests,
                                       .unit = w->opinions[i].unit};
    f->opinions = list;
    f->opinion_count = w->opinion_count;
    if (!w->together.due) return;
    struct supervise_promise *event = ARENA_NEW(c->arena, struct supervise_promise);
    *event = (struct supervise_promise){
        .key = w->together.number, .due = w->together.due, .stopped = w->together.stopped};
    f->event = event;
}

/* By the day and the row of it: one that begins anew is another one. */
static void duties_of(struct ctx *c, const struct case_watch *w, struct supervise_facts *f)
{
    struct supervise_promise *owed = ARENA_ARRAY(c->arena, w->duty_count + 1, struct supervise_promise),
                             *promised = ARENA_ARRAY(c->arena, w->duty_count + 1, struct supervise_promise);
    for (size_t i = 0; i < w->duty_count; i++) {
        const struct case_watch_duty *d = &w->duties[i];
        struct str day = date_format(c->arena, date_of(d->until - 1));
        struct supervise_promise one = {.key = str_fmt(c->arena, "%.*s/%lld", STR_ARG(day), (long long)d->id),
                                        .due = d->until - 1};
        if (d->owed)
            owed[f->owed_count++] = one;
        else
            promised[f->promised_count++] = one;
    }
    f->owed = owed;
    f->promised = promised;
}

/* By what it stands at and why: another cause is another one. */
static struct supervise_promise *causes(struct ctx *c, const struct case_watch_stuck *rows, size_t count)
{
    struct supervise_promise *list = ARENA_ARRAY(c->arena, count + 1, struct supervise_promise);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct supervise_promise){.key = str_fmt(c->arena, "%.*s/%.*s/%lld", STR_ARG(rows[i].step),
                                                            STR_ARG(rows[i].why), (long long)rows[i].id),
                                             .due = rows[i].since};
    return list;
}

static void stuck_of(struct ctx *c, const struct case_watch *w, struct supervise_facts *f)
{
    f->stuck = causes(c, w->stuck, w->stuck_count);
    f->stuck_count = w->stuck_count;
    f->incidents = causes(c, w->incidents, w->incident_count);
    f->incident_count = w->incident_count;
    f->halted = causes(c, w->halted, w->halted_count);
    f->halted_count = w->halted_count;
}

/* Yuan with two decimals as fen; -1 for anything else. */
static int64_t fen_of(struct str yuan)
{
    struct str whole, part = str_cut(yuan, '.', &whole);
    int64_t y, p = 0;
    if (!str_to_i64(whole, &y) || y < 0 || y > 100000000) return -1;
    if (part.len && (part.len != 2 || !str_to_i64(part, &p) || p < 0)) return -1;
    return y * 100 + p;
}

/* What the service costs, where that is one sum; -1: nobody verified it, or it depends. */
static int64_t fee_of(const struct item *item)
{
    const struct json *fees = json_get(item->doc, "fees");
    if (json_true_of(item->doc, "free")) return 0;
    int64_t sum = fees && fees->count ? 0 : -1;
    JSON_EACH(one, fees)
    {
        const struct json *amount = json_get(one, "amount");
        int64_t fen = amount && amount->text.len ? fen_of(amount->text) : -1;
        sum = fen < 0 || sum < 0 ? -1 : sum + fen;
    }
    return sum;
}

bool supervision_facts(struct ctx *c, const struct case_watch *w, struct supervise_facts *f)
{
    *f = (struct supervise_facts){.clock = w->clock,
                                  .clock_count = w->clock_count,
                                  .terms = orgs_clock_terms(c, w->item->statutory, w->item->promised),
                                  .fee = fee_of(w->item)};
    steps_of(c, w, f);
    events_of(c, w, f);
    requests_of(c, w, f);
    promises_of(c, w, f);
    duties_of(c, w, f);
    stuck_of(c, w, f);
    return charge_load(c, w->file.id, &f->charged, &f->charged_at);
}
