/* Counts calls into sums and compares them with the rules, a piece at a time. */
#include "core/base/id.h"
#include "core/base/time.h"
#include "core/jobs/jobs.h"
#include "engines/workclock/workclock.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/watch/watch_internal.h"

#include <stdlib.h>

struct pass {
    struct ctx *c;
    struct exchange_past *calls;
    size_t count;
    struct watch_rule *rules;
    size_t rule_count;
    bool persons; /* is anybody watched at all? */
};

/* ---- sums ---- */

static int by_number(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_sum(const void *x, const void *y)
{
    const struct exchange_past *a = x, *b = y;
    int order = by_number(a->at / MS_HOUR, b->at / MS_HOUR);
    if (!order) order = by_number(a->resource, b->resource);
    if (!order) order = by_number(a->system, b->system);
    if (!order) order = by_number(a->unit, b->unit);
    return order ? order : str_cmp(a->result, b->result);
}

static bool add_sums(struct pass *p)
{
    qsort(p->calls, p->count, sizeof *p->calls, by_sum);
    for (size_t i = 0, from = 0; i < p->count; from = i) {
        const struct exchange_past *k = &p->calls[from];
        while (i < p->count && by_sum(k, &p->calls[i]) == 0)
            i++;
        const struct watch_sum s = {.at = k->at,
                                    .unit = k->unit,
                                    .provider = k->provider,
                                    .resource = k->resource,
                                    .system = k->system,
                                    .result = k->result,
                                    .calls = (int64_t)(i - from)};
        if (!watch_store_add_sum(p->c, &s)) return false;
    }
    return true;
}

/* ---- how long answers took ---- */

static int by_took(const void *x, const void *y)
{
    const struct exchange_past *a = x, *b = y;
    int order = by_number(date_of(a->at), date_of(b->at));
    if (!order) order = by_number(a->unit, b->unit);
    if (!order) order = by_number(a->provider, b->provider);
    return order ? order : by_number(took_bucket(a->took_us), took_bucket(b->took_us));
}

static bool add_took(struct pass *p)
{
    qsort(p->calls, p->count, sizeof *p->calls, by_took);
    for (size_t i = 0, from = 0; i < p->count; from = i) {
        const struct exchange_past *k = &p->calls[from];
        struct watch_took t = {.at = date_of(k->at),
                               .unit = k->unit,
                               .provider = k->provider,
                               .bucket = took_bucket(k->took_us)};
        for (; i < p->count && by_took(k, &p->calls[i]) == 0; i++)
            t.calls += took_answered(&p->calls[i]);
        if (t.calls && !took_store_add(p->c, &t)) return false;
    }
    return true;
}

/* ---- who asked about whom ---- */

static int by_operator(const void *x, const void *y)
{
    const struct exchange_past *a = x, *b = y;
    int order = by_number(a->system, b->system);
    if (!order) order = str_cmp(a->operator_id, b->operator_id);
    return order ? order : by_number(date_of(a->at), date_of(b->at));
}

static int by_look(const void *x, const void *y)
{
    const struct exchange_past *a = x, *b = y;
    int order = by_operator(x, y);
    return order ? order : str_cmp(a->subject_index, b->subject_index);
}

bool watch_off_hours(struct ctx *c, int64_t at)
{
    struct civil t = time_civil(at);
    int minute = t.hour * 60 + t.minute;
    return !workday_is(orgs_calendar(c), date_of(at)) || minute < office_hours_default.open_minute ||
           minute >= office_hours_default.close_minute;
}

/* A system that names nobody stands for itself; changes that are sent are looked at by nobody. */
static bool looked(const struct exchange_past *k)
{
    return k->subject_index.len &&
           (k->operator_id.len || (k->unit && !str_eq_c(k->mode, "subscribe") && !str_eq_c(k->mode, "rows")));
}

static bool caseless(const struct exchange_past *k)
{
    return !k->case_id && (str_eq_c(k->result, "ok") || str_eq_c(k->result, "exchange.no_case"));
}

/* ---- alarms ---- */

static const struct watch_rule *rule_of(const struct pass *p, const char *kind)
{
    for (size_t i = 0; i < p->rule_count; i++)
        if (str_eq_c(p->rules[i].kind, kind)) return p->rules[i].enabled ? &p->rules[i] : NULL;
    return NULL;
}

/* about: the rule is about one person, who is told from others by the index. */
static bool raise(struct ctx *c, const char *kind, const struct exchange_past *k, bool about, int64_t seen)
{
    struct json *detail = json_object(c->arena);
    bool fresh;
    struct watch_alarm a = {.id = ctx_id(c),
                            .kind = str_c(kind),
                            .day = date_of(k->at),
                            .system = k->system,
                            .operator_id = k->operator_id,
                            .subject_index = about ? k->subject_index : STR_EMPTY,
                            .subject = about ? k->subject : 0,
                            .unit = k->unit,
                            .resource = k->resource,
                            .seen = seen,
                            .last_call = k->id,
                            .raised = c->now};
    if (!orgs_due(c, "watch.alarm_workdays", &a.due) || !alarm_store_raise(c, &a, &fresh)) return false;
    if (!fresh) return true;
    json_set_c(c->arena, detail, "kind", kind);
    json_set_id(c->arena, detail, "call", k->id);
    json_set_i64(c->arena, detail, "seen", seen);
    return evidence_add(c, "watch.alarm", "watch_alarm", a.id, a.subject, detail);
}

/* Somebody of their own house: staff of the department that asks, and who lives with them, outside of a case;
 * the one who asks themself even within one. */
static bool check_watched(struct pass *p, const struct exchange_past *k)
{
    struct watch_person *rows;
    size_t count;
    if (!p->persons || !k->subject_index.len) return true;
    if (!person_store_watched(p->c, k->subject_index, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        bool protected_one = str_eq_c(rows[i].kind, "protected"),
             own = rows[i].operator_id.len && str_eq(rows[i].operator_id, k->operator_id);
        const char *kind = protected_one ? "watched" : "curious";
        bool counts = protected_one || own || (rows[i].unit == k->unit && caseless(k));
        if (counts && (k->unit || k->operator_id.len) && rule_of(p, kind) && !raise(p->c, kind, k, true, 1))
            return false;
    }
    return true;
}

/* `l` sums what one operator asked about one person on one day in this piece; `k` is its last call. */
static bool check_look(struct pass *p, const struct watch_look *l, const struct exchange_past *k)
{
    const struct watch_rule *again = rule_of(p, "curious");
    int64_t count;
    if (!again || !l->caseless) return true;
    return watch_store_again(p->c, l, l->day - again->span + 1, &count) &&
           (count < again->number || raise(p->c, "curious", k, true, count));
}

static bool check_operator(struct pass *p, const struct watch_look *l, const struct exchange_past *k)
{
    const struct watch_rule *bulk = rule_of(p, "bulk"), *off = rule_of(p, "off_hours"),
                            *open = rule_of(p, "no_case");
    int64_t people, outside, loose;
    bool own;
    if (!watch_store_people(p->c, l, l->last - (bulk ? bulk->span : 0) * MS_MINUTE, &people) ||
        !watch_store_day(p->c, l, &outside, &loose) || !exchange_is_own(p->c, l->system, &own))
        return false;
    if (bulk && people > bulk->number && !raise(p->c, "bulk", k, false, people)) return false;
    if (off && outside >= off->number && !raise(p->c, "off_hours", k, false, outside)) return false;
    /* At the desk the person is there before there is a case. */
    return !open || own || loose < open->number || raise(p->c, "no_case", k, false, loose);
}

static bool add_looks(struct pass *p)
{
    struct watch_look latest = {0};
    const struct exchange_past *latest_call = NULL;
    qsort(p->calls, p->count, sizeof *p->calls, by_look);
    for (size_t i = 0, from = 0; i < p->count; from = i) {
        const struct exchange_past *k = &p->calls[from];
        struct watch_look l = {.system = k->system,
                               .operator_id = k->operator_id,
                               .day = date_of(k->at),
                               .subject_index = k->subject_index};
        for (; i < p->count && by_look(k, &p->calls[i]) == 0; i++) {
            if (!p->calls[i].system) continue; /* it left before it was kept who asked */
            if (!check_watched(p, &p->calls[i])) return false;
            if (!looked(&p->calls[i])) continue;
            l.times++;
            l.caseless += caseless(&p->calls[i]);
            l.off += watch_off_hours(p->c, p->calls[i].at);
            if (p->calls[i].at > l.last) l.last = p->calls[i].at;
            latest_call = &p->calls[i];
        }
        if (l.times) {
            latest = l;
            if (!watch_store_add_look(p->c, &l) || !check_look(p, &l, latest_call)) return false;
        }
        if (i < p->count && by_operator(k, &p->calls[i]) == 0) continue;
        if (latest_call && !check_operator(p, &latest, latest_call)) return false;
        latest_call = NULL;
    }
    return true;
}

/* Calls of this installation, and those that left it for others: each kind has its own mark. */
static const struct {
    const char *mark;
    int lag_ms;
    bool (*calls)(struct ctx *c, int64_t from, int64_t before, int limit, struct exchange_past **rows,
                  size_t *count);
} kinds[] = {{"cursor", FOLD_LAG_MS, exchange_calls}, {"abroad", ABROAD_LAG_MS, exchange_calls_abroad}};

bool watch_fold(struct ctx *c, const struct json *)
{
    struct pass p = {.c = c};
    bool more = false;
    if (!watch_store_rules(c, &p.rules, &p.rule_count) || !person_store_any(c, &p.persons)) return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        int64_t from, next, before = id_at_least(c->now - kinds[i].lag_ms);
        if (!watch_store_cursor(c, kinds[i].mark, &from) ||
            !kinds[i].calls(c, from, before, FOLD_MAX, &p.calls, &p.count))
            return false;
        if (!p.count) continue;
        next = p.calls[p.count - 1].id + 1;
        if (!add_sums(&p) || !add_took(&p) || !add_looks(&p) ||
            !watch_store_set_cursor(c, kinds[i].mark, next))
            return false;
        more = more || p.count == FOLD_MAX;
    }
    return !more || job_add(c, "watch.more", STR("more"), json_object(c->arena), c->now);
}

bool watch_sweep(struct ctx *c, const struct json *)
{
    return watch_store_sweep(c);
}
