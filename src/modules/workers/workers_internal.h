/* Private to the module. Times: ms UTC. */
#ifndef TB_WORKERS_INTERNAL_H
#define TB_WORKERS_INTERNAL_H

#include "modules/cases/cases.h"
#include "modules/exchange/exchange.h"
#include "modules/people/people.h"
#include "modules/workers/workers.h"

enum {
    TASKS_A_FETCH = 100,
    TOPICS_A_FETCH = 50,
    LOCK_MAX = 7 * 86400000,
    WAIT_MAX = 60000,
    TOPIC_MAX = 80,
    WORKER_MAX = 200,
    MESSAGE_MAX = 666, /* as the protocol cuts it */
    DETAILS_MAX = 20000,
    VALUES_MAX = 65536,
    RETRIES_MAX = 1000,
    TASKS_PAGE = 30,
    INCIDENTS_COUNTED = 999,
    SIGNALS_A_MINUTE = 120, /* of one system */
    NO_RETRIES_SAID = -1
};

struct external_task {
    int64_t id, case_id, token, unit, owner, applicant, priority, created, lock_until, retries, failed;
    int64_t given_up; /* since when it has no tries left; 0: it has */
    int version;
    bool held;
    struct str topic, case_no, activity, process, system, worker;
    struct str message, details, variables; /* sealed */
};

/* ---- workers_store.c ---- */
bool task_store_add(struct ctx *c, const struct external_task *t) NODISCARD;
bool task_store_drop(struct ctx *c, int64_t case_id, int64_t token) NODISCARD;
bool task_store_end(struct ctx *c, int64_t id) NODISCARD;
bool task_store_hold(struct ctx *c, int64_t case_id, bool held) NODISCARD;
bool task_store_find(struct ctx *c, int64_t id, struct external_task *out, bool *found) NODISCARD;
bool task_store_of_case(struct ctx *c, int64_t case_id, struct external_task **rows, size_t *count) NODISCARD;
struct task_query {
    int64_t unit;
    struct str topic, case_no, process; /* "": any; process: its code */
    bool by_priority, newest_first;
    int64_t limit;
};
/* Those that may be fetched now. */
bool task_store_free(struct ctx *c, const struct task_query *q, struct external_task **rows,
                     size_t *count) NODISCARD;
/* *taken false: another one was faster. */
bool task_store_lock(struct ctx *c, const struct external_task *t, bool *taken) NODISCARD;
/* Lock, retries and words as they are now. */
bool task_store_save(struct ctx *c, const struct external_task *t) NODISCARD;
/* Of a system: those of its unit and topics. */
struct task_filter {
    int64_t unit, id, case_id; /* 0: any */
    struct str system, topic, worker;
    int locked;  /* 0: either, 1: locked, -1: not */
    int retries; /* 0: either, 1: left, -1: none */
    int64_t first, limit;
};
bool task_store_list(struct ctx *c, const struct task_filter *f, struct external_task **rows,
                     size_t *count) NODISCARD;
bool task_store_count(struct ctx *c, const struct task_filter *f, int64_t *count) NODISCARD;
/* Incidents of a department (0: of all): of its own cases, and those its systems were to do. Newest first,
 * before id (0: from the top); one more than a page. */
bool task_store_incidents(struct ctx *c, int64_t unit, int64_t before, struct external_task **rows,
                          size_t *count) NODISCARD;
/* The same, counted up to INCIDENTS_COUNTED + 1. */
bool task_store_count_incidents(struct ctx *c, int64_t unit, int64_t *count) NODISCARD;
struct topic_figures {
    struct str topic;
    int64_t waiting, locked, incidents, oldest;
};
bool task_store_figures(struct ctx *c, int64_t unit, struct topic_figures **rows, size_t *count) NODISCARD;

bool access_store_digest(struct ctx *c, struct str system, struct str *digest) NODISCARD; /* "": none */
bool access_store_set(struct ctx *c, struct str system, struct str digest) NODISCARD;
bool access_store_end(struct ctx *c, struct str system) NODISCARD;
bool topic_store_has(struct ctx *c, struct str system, struct str topic, bool *has) NODISCARD;
bool topic_store_list(struct ctx *c, struct str system, struct str **topics, size_t *count) NODISCARD;
bool topic_store_add(struct ctx *c, struct str system, struct str topic) NODISCARD;
bool topic_store_remove(struct ctx *c, struct str system, struct str topic, bool *was) NODISCARD;

/* ---- workers.c ---- */
bool task_seal(struct ctx *c, const struct external_task *t, const char *column, struct str plain,
               struct str *sealed) NODISCARD;
bool task_open(struct ctx *c, const struct external_task *t, const char *column, struct str sealed,
               struct str *plain) NODISCARD;
/* Who asks, by HTTP Basic (code and password) or as a bearer (CODE.PASSWORD); acts as the program of that
 * department from then on. DENIED "workers.sign_in". */
bool worker_enters(struct ctx *c, struct exchange_who *who) NODISCARD;
bool worker_evidence(struct ctx *c, const char *act, const struct exchange_who *who,
                     const struct external_task *t) NODISCARD;
bool worker_retry(struct ctx *c, struct external_task *t) NODISCARD;
/* No tries are left: an incident, of which people are told. The caller saves it. */
bool worker_given_up(struct ctx *c, struct external_task *t) NODISCARD;

bool workers_take_topic(struct ctx *c, struct str system, struct str topic) NODISCARD;
bool workers_drop_password(struct ctx *c, struct str system) NODISCARD;

/* ---- workers_format.c: the shapes of the protocol ---- */
/* "2026-11-29T08:00:00.000+0000" */
struct str format_time(struct arena *a, int64_t ms);
/* {name: value} to {name: {type, value, valueInfo}}; only `names` where it is an array. */
struct json *format_variables(struct arena *a, const struct json *values, const struct json *names);
/* The other way round. INVALID "workers.variable". */
bool format_read(struct arena *a, const struct json *typed, struct json **out, struct err *e) NODISCARD;
bool format_task(struct ctx *c, struct json *list, const struct external_task *t) NODISCARD;
struct str format_refusal(struct ctx *c, const struct err *e, struct str message);
int format_status(const struct err *e, int ours);

/* ---- workers_api.c ---- */
bool workers_fetch(struct ctx *c);
bool workers_complete(struct ctx *c);
bool workers_failure(struct ctx *c);
bool workers_error(struct ctx *c);
bool workers_extend(struct ctx *c);
bool workers_lock(struct ctx *c);
bool workers_unlock(struct ctx *c);
bool workers_message(struct ctx *c);
bool workers_signal(struct ctx *c);
/* ---- workers_look.c ---- */
bool workers_one(struct ctx *c);
bool workers_list(struct ctx *c);
bool workers_count(struct ctx *c);
bool workers_details(struct ctx *c);
bool workers_file(struct ctx *c);
extern const struct field workers_list_fields[];

/* ---- workers_office.c ---- */
bool workers_page(struct ctx *c);
bool workers_retry(struct ctx *c);
bool workers_grant(struct ctx *c);
bool workers_revoke(struct ctx *c);
bool workers_password(struct ctx *c);
bool workers_end_password(struct ctx *c);
extern const struct people_part workers_part;
extern const struct field workers_page_fields[], workers_grant_fields[], workers_system_fields[];

#endif
