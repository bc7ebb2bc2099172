/* Private to the module. Alarm: state "open" → "taken" (it has an owner) → "closed" with an outcome. */
#ifndef TB_WATCH_INTERNAL_H
#define TB_WATCH_INTERNAL_H

#include "modules/exchange/exchange.h"
#include "modules/watch/watch.h"

enum {
    FOLD_MAX = 2000,           /* calls a pass: some ten milliseconds of the writer */
    FOLD_LAG_MS = 10 * 1000,   /* a call is written within seconds of its id */
    ABROAD_LAG_MS = 45 * 1000, /* what comes of one that left, with its repeat, is known by then */
    LOOKS_DAYS = 40,           /* how long it is remembered who asked about whom */
    HOURS_DAYS = 40,           /* how long sums by the hour are kept */
    DURATIONS_DAYS = 400,      /* how long durations are kept: the board looks back 52 weeks */
    ALARMS_PAGE = 30,
    PERSONS_PAGE = 50,
    CALLS_SHOWN = 30,
    ALARM_WORDS_MAX = 500
};

struct watch_rule {
    struct str kind;
    bool enabled;
    int64_t number, span;
};

struct watch_sum {
    int64_t at, unit, provider, resource, system, calls;
    struct str result;
};

struct watch_look {
    int64_t system, day, times, caseless, off, last;
    struct str operator_id, subject_index;
};

struct watch_alarm {
    int64_t id, day, system, subject, unit, resource, seen, first_call, last_call, raised, due, owner,
        closed_by, closed_at;
    struct str kind, operator_id, subject_index, state, outcome, words;
};

struct watch_person {
    int64_t id, unit, added_by, at, staff;             /* staff: whose household it is, or 0 */
    struct str subject_index, kind, operator_id, note; /* kind: "protected", "staff", "household" */
};

/* ---- watch_store.c ---- */
bool watch_store_cursor(struct ctx *c, const char *name, int64_t *value) NODISCARD;
bool watch_store_set_cursor(struct ctx *c, const char *name, int64_t value) NODISCARD;
bool watch_store_add_sum(struct ctx *c,
                         const struct watch_sum *s) NODISCARD; /* at: ms; to hour, day and week */
bool watch_store_add_look(struct ctx *c, const struct watch_look *l) NODISCARD;
/* Different people an operator asked about since then; calls of a day outside of hours, and without a case.
 */
bool watch_store_people(struct ctx *c, const struct watch_look *l, int64_t since, int64_t *count) NODISCARD;
bool watch_store_day(struct ctx *c, const struct watch_look *l, int64_t *off, int64_t *caseless) NODISCARD;
/* Calls without a case by this operator about this person since that day. */
bool watch_store_again(struct ctx *c, const struct watch_look *l, int64_t since, int64_t *count) NODISCARD;
/* What is kept by the index of an erased person: looks and the place on the list go (with their household),
 * alarms stay and are nobody's. */
bool watch_store_forget(struct ctx *c, struct str subject_index) NODISCARD;
bool alarm_store_forget(struct ctx *c, struct str subject_index) NODISCARD;
bool watched_store_forget(struct ctx *c, struct str subject_index) NODISCARD;
bool watch_store_sweep(struct ctx *c) NODISCARD;
bool watch_store_rules(struct ctx *c, struct watch_rule **rows, size_t *count) NODISCARD;
bool watch_store_set_rule(struct ctx *c, const struct watch_rule *r, bool *known) NODISCARD;

/* ---- watch_alarm_store.c ---- */
/* *fresh: there was none of that rule, day, operator and person. */
bool alarm_store_raise(struct ctx *c, const struct watch_alarm *a, bool *fresh) NODISCARD;
bool alarm_store_load(struct ctx *c, int64_t id, struct watch_alarm *out, bool *found) NODISCARD;
/* Newest first; persons: those of watched persons as well. */
bool alarm_store_list(struct ctx *c, struct str state, bool persons, int64_t before,
                      struct watch_alarm **rows, size_t *count) NODISCARD;
bool alarm_store_open(struct ctx *c, bool persons, int64_t *count) NODISCARD; /* not closed */
bool alarm_store_take(struct ctx *c, int64_t id, bool *done) NODISCARD;
bool alarm_store_close(struct ctx *c, const struct watch_alarm *a, bool *done) NODISCARD;
bool person_store_watched(struct ctx *c, struct str subject_index, struct watch_person **rows,
                          size_t *count) NODISCARD;
bool person_store_any(struct ctx *c, bool *any) NODISCARD;
bool person_store_add(struct ctx *c, const struct watch_person *p, bool *fresh) NODISCARD;
bool person_store_load(struct ctx *c, int64_t id, struct watch_person *out, bool *found) NODISCARD;
bool person_store_drop(struct ctx *c, int64_t id, bool *done) NODISCARD; /* with their household */
bool person_store_list(struct ctx *c, int64_t before, struct watch_person **rows, size_t *count) NODISCARD;

/* ---- watch_fold.c ---- */
bool watch_fold(struct ctx *c, const struct json *payload);
bool watch_sweep(struct ctx *c, const struct json *payload);
bool watch_off_hours(struct ctx *c, int64_t at); /* of the calendar */

/* ---- watch_calls.c ---- */
/* "calls", "has_calls", "pager": what raised it, newest first. */
bool watch_alarm_calls(struct ctx *c, struct json *doc, const struct watch_alarm *a) NODISCARD;

/* ---- watch_household.c ---- */
bool watch_find_household(struct ctx *c, int64_t staff, struct str number) NODISCARD;
bool watch_read_household(struct ctx *c, const struct json *payload);
bool watch_add_household(struct ctx *c, const struct json *payload);

/* ---- watch_usage_store.c ---- */
enum usage_sums { USAGE_HOURS, USAGE_DAYS, USAGE_WEEKS };
struct usage_query {
    enum usage_sums sums;
    int64_t from, to; /* hours, days or weeks (from a Monday on), [from, to) */
    int64_t unit;     /* as provider or consumer; 0: all */
};
struct usage_bar {
    int64_t at, answered, refused; /* at: hour, day or week */
};
struct usage_row {
    int64_t id, answered, refused;
    struct str result;
};
bool usage_store_bars(struct ctx *c, const struct usage_query *q, struct usage_bar **rows,
                      size_t *count) NODISCARD;
/* by: "provider", "consumer", "resource", "system"; most first. */
bool usage_store_rows(struct ctx *c, const struct usage_query *q, struct str by, struct usage_row **rows,
                      size_t *count) NODISCARD;
bool usage_store_refusals(struct ctx *c, const struct usage_query *q, struct usage_row **rows,
                          size_t *count) NODISCARD;

/* ---- watch_took.c ---- */
struct watch_took {
    int64_t at, unit, provider, bucket, calls; /* at: day */
};
/* The bucket of a duration; two of one bucket differ by an eighth at most. */
int64_t took_bucket(int64_t us);
/* Only what was answered counts: a refusal is over before anybody is asked. */
bool took_answered(const struct exchange_past *k);
bool took_store_add(struct ctx *c, const struct watch_took *t) NODISCARD;
enum took_key { TOOK_ALL, TOOK_DAYS, TOOK_WEEKS, TOOK_PROVIDERS, TOOK_CONSUMERS };
struct took_query {
    int64_t from, to; /* days, [from, to) */
    int64_t unit;     /* as provider or consumer; 0: all */
};
struct took_row {
    int64_t key, calls, median, p95; /* key: day, week (as usage_bar.at) or department; in microseconds */
};
bool took_store_list(struct ctx *c, enum took_key key, const struct took_query *q, struct took_row **rows,
                     size_t *count) NODISCARD; /* in order of keys */
/* Of rows (key, bucket, calls) in order of both; how many keys there are. */
size_t took_rows(const struct db_rows *r, struct took_row *out);
struct str took_text(struct ctx *c, int64_t us);

/* ---- pages ---- */
bool watch_usage(struct ctx *c);
bool watch_usage_file(struct ctx *c);
bool watch_calls(struct ctx *c);
bool watch_call_scope(struct ctx *c);
bool watch_call(struct ctx *c);
bool watch_alarms(struct ctx *c);
bool watch_alarm_scope(struct ctx *c);
bool watch_alarm(struct ctx *c);
bool watch_alarm_take(struct ctx *c);
bool watch_alarm_close(struct ctx *c);
bool watch_rules(struct ctx *c);
bool watch_rule_save(struct ctx *c);
bool watch_persons(struct ctx *c);
bool watch_person_add(struct ctx *c);
bool watch_person_drop(struct ctx *c);
extern const struct field watch_usage_fields[], watch_alarms_fields[], watch_close_fields[],
    watch_calls_fields[], watch_alarm_fields[], watch_rule_fields[], watch_persons_fields[],
    watch_person_fields[], watch_drop_fields[];
bool watch_erase(struct ctx *c, int64_t subject) NODISCARD; /* part of erasure (people.h) */
bool watch_office_home(struct ctx *c, struct json *doc);

#endif
