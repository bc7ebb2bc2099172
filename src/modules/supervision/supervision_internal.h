/* Private to the module: rules in force, findings, orders, messages to officers, and who sees them.
 *
 * The job looks at a case when an act happened in it, or when time alone may change what the rules say (kept
 * with the case); a case that ended is looked at once more and forgotten. What it costs grows with acts and
 * open cases, never with those that ended. Words of orders are sealed under the applicant's key, as what
 * officers write in the case. */
#ifndef TB_SUPERVISION_INTERNAL_H
#define TB_SUPERVISION_INTERNAL_H

#include "core/base/time.h"
#include "engines/supervision/supervision.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/supervision/supervision.h"

enum {
    FINDINGS_PAGE = 30,
    ORDERS_PAGE = 30,
    ORDERS_OF_CASE = 10,
    MESSAGES_PAGE = 30,
    COUNT_MAX = 999,
    ORDER_DAYS = 3, /* working days for an answer, unless the order says otherwise */
    ORDER_DAYS_MAX = 60,
    ORDER_ROUNDS_MAX = 20,
    WORDS_MAX = 1000
};

/* ---- looking ---- */
/* Facts of a case for the engine, all in the request's arena. */
bool supervision_facts(struct ctx *c, const struct case_watch *w, struct supervise_facts *f) NODISCARD;
/* Looks at one case now: findings begin and end, who has to know is told. */
bool supervision_look(struct ctx *c, int64_t case_id) NODISCARD;
bool supervision_round(struct ctx *c, const struct json *payload);

/* ---- who sees what ---- */
struct supervision_view {
    bool all_units; /* supervisors: their area */
    int64_t unit;   /* else the officer's department */
    struct str area;
};
struct supervision_view supervision_view_of(const struct ctx *c);

/* ---- findings ---- */
struct finding {
    int64_t id, case_id, unit, account, since, found, ended, order_id;
    bool excused; /* set aside by a supervisor, with a reason in the evidence */
    struct str case_no, item_name, division, rule, kind, place;
    int rule_version, level;
};
struct finding_query {
    int64_t unit;    /* 0: any */
    int level;       /* -1: any */
    struct str kind; /* "": any */
    bool standing;   /* only those that have not ended */
    int64_t before;  /* keyset, 0: from the newest */
};
bool finding_list(struct ctx *c, const struct supervision_view *v, const struct finding_query *q,
                  struct finding **rows, size_t *count) NODISCARD;
bool finding_load(struct ctx *c, const struct supervision_view *v, int64_t id, struct finding *out) NODISCARD;
bool finding_of_case(struct ctx *c, int64_t case_id, struct finding **rows, size_t *count) NODISCARD;
bool finding_add(struct ctx *c, const struct finding *f) NODISCARD;
/* Stands again, or no longer. */
bool finding_set_ended(struct ctx *c, int64_t id, int64_t ended) NODISCARD;
bool finding_excuse(struct ctx *c, int64_t id) NODISCARD;
bool finding_set_order(struct ctx *c, int64_t id, int64_t order) NODISCARD;

/* ---- cases under watch ---- */
bool watched_save(struct ctx *c, const struct case_file *f, int level, int64_t next_at) NODISCARD;
bool watched_drop(struct ctx *c, int64_t case_id) NODISCARD;
bool watched_due(struct ctx *c, int limit, int64_t **cases, size_t *count) NODISCARD;
/* When it is to be looked at again; INT64_MAX: it is not under watch. */
bool watched_next(struct ctx *c, int64_t case_id, int64_t *next_at) NODISCARD;
bool watched_wake(struct ctx *c, int64_t case_id) NODISCARD;
bool watched_wake_all(struct ctx *c, int64_t at) NODISCARD;
/* Of a department (0: of all), in a place (its code without "00" behind; "": anywhere). */
bool watched_wake_part(struct ctx *c, int64_t at, int64_t unit, struct str division) NODISCARD;
bool cursor_load(struct ctx *c, int64_t *act) NODISCARD;
bool cursor_save(struct ctx *c, int64_t act) NODISCARD;
bool charge_load(struct ctx *c, int64_t case_id, int64_t *fen, int64_t *at) NODISCARD;
bool charge_save(struct ctx *c, int64_t case_id, int64_t fen) NODISCARD;

/* ---- sums of the board ---- */
struct unit_sums {
    int64_t unit, green, level[SUPERVISE_LEVEL_COUNT]; /* open cases by their light */
    int64_t findings[SUPERVISE_LEVEL_COUNT];           /* of this month */
    int64_t orders, late_orders;                       /* open ones */
};
bool sums_by_unit(struct ctx *c, const struct supervision_view *v, struct unit_sums **rows,
                  size_t *count) NODISCARD;
struct kind_sum {
    struct str kind;
    int64_t count;
};
/* Of one month (yyyymm), by kind; unit 0: all that the view has. */
bool sums_by_kind(struct ctx *c, const struct supervision_view *v, int64_t unit, int month,
                  struct kind_sum **rows, size_t *count) NODISCARD;
int supervision_month(int64_t at);

/* ---- orders ---- */
struct order {
    int64_t id, finding_id, case_id, unit, applicant, issued_by, issued, days, due, closed;
    int level;
    struct str case_no, item_name, division, status; /* "open", "answered", "accepted" */
};
struct order_step {
    int n;
    struct str act, words; /* "issue", "answer", "accept", "send_back" */
    int64_t at, account;
};
/* What an order is about: a case, or a warning in it (finding 0: none), and the department that is to answer.
 */
struct order_about {
    int64_t case_id, finding_id, unit;
    int level;
};
/* Told to the department and kept in the record of the case; to be answered until the end of the working day
 * `until`. CONFLICT "order.issued" where the same is ordered already, INVALID at "until". */
bool order_issue(struct ctx *c, const struct order_about *a, struct str words, int32_t until,
                 int64_t *id) NODISCARD;
/* CONFLICT "order.state" where it is not the turn of this act. */
bool order_act(struct ctx *c, struct order *o, const char *act, struct str words) NODISCARD;
struct clock_due order_due(struct ctx *c, const struct order *o);
bool order_add(struct ctx *c, const struct order *o) NODISCARD;
bool order_save(struct ctx *c, const struct order *o) NODISCARD;
bool order_load(struct ctx *c, const struct supervision_view *v, int64_t id, struct order *out) NODISCARD;
/* open: by their day, else the newest first; before: keyset of the id, and of the day where open. */
struct order_query {
    bool open;
    int64_t unit, after_due, after_id;
};
bool order_list(struct ctx *c, const struct supervision_view *v, const struct order_query *q,
                struct order **rows, size_t *count) NODISCARD;
/* To that department of that warning, or, where it is of the case, one that is not closed. */
bool order_is_there(struct ctx *c, const struct order_about *a, bool *there) NODISCARD;
/* Of one case, the newest first: all that are not closed, and of the newest ORDERS_OF_CASE the others. */
bool order_of_case(struct ctx *c, const struct supervision_view *v, int64_t case_id, struct order **rows,
                   size_t *count) NODISCARD;
bool order_step_add(struct ctx *c, const struct order *o, const char *act, struct str words) NODISCARD;
bool order_steps(struct ctx *c, const struct order *o, struct order_step **rows, size_t *count) NODISCARD;

/* ---- messages to officers ---- */
struct message {
    int64_t id, unit, account, finding_id, order_id;
    struct str told, division, what, case_no;
};
/* `what`: a finding's kind, or "order", "answer", "accepted", "sent_back". told: "handler", "leader",
 * "steward" (of the data and systems of a department), "supervisor", "operator", or "" with an account. */
bool message_add(struct ctx *c, const struct message *m) NODISCARD;
bool message_list(struct ctx *c, const struct supervision_view *v, struct message **rows,
                  size_t *count) NODISCARD;
/* Those with an id up to `id` that the actor sees are read. */
bool message_read(struct ctx *c, const struct supervision_view *v, int64_t id) NODISCARD;
/* What it told of is mended: nobody has to read it any more. */
bool message_end(struct ctx *c, int64_t finding) NODISCARD;

/* ---- words ---- */
const char *supervision_kind_msgid(struct str kind); /* "Whole time is over" … */
const char *supervision_level_msgid(int level);
void supervision_level(struct ctx *c, struct json *parent, int level); /* "light": {color, label} */
struct str supervision_unit_name(struct ctx *c, int64_t unit);
struct str supervision_moment(struct ctx *c, int64_t at);
bool supervision_officer(struct ctx *c, int64_t account, struct str *out) NODISCARD;
struct str supervision_number(struct ctx *c, int64_t n);
struct str supervision_scope_name(struct ctx *c, const struct supervision_view *v);

/* A field as the partial "field" draws it: kind "input" or "textarea"; always required. */
struct json *supervision_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                               const char *kind, struct str value);

/* ---- pages ---- */
bool supervision_board(struct ctx *c);
bool supervision_board_csv(struct ctx *c);
bool supervision_findings(struct ctx *c);
bool supervision_findings_csv(struct ctx *c);
bool supervision_finding_scope(struct ctx *c);
bool supervision_finding(struct ctx *c);
bool supervision_order_issue(struct ctx *c);
bool supervision_finding_excuse(struct ctx *c);
/* Of the form that issues an order: words, and the day until which it is to be answered. */
void supervision_order_fields(struct ctx *c, struct json *fields);
/* The day of that form; 0 with an error at it. */
int32_t supervision_order_day(struct ctx *c);
/* As lists and pages show it. */
void supervision_describe_order(struct ctx *c, struct json *o, const struct order *order);
bool supervision_case_orders(struct ctx *c, const struct case_file *f, struct json *doc);
bool supervision_case_form(struct ctx *c);
bool supervision_case_order(struct ctx *c);
bool supervision_add_steps(struct ctx *c, struct json *doc, const struct order *o) NODISCARD;
bool supervision_orders(struct ctx *c);
bool supervision_order_scope(struct ctx *c);
bool supervision_order(struct ctx *c);
bool supervision_order_answer(struct ctx *c);
bool supervision_order_accept(struct ctx *c);
bool supervision_order_send_back(struct ctx *c);
bool supervision_messages(struct ctx *c);
bool supervision_messages_read(struct ctx *c);
bool supervision_office_home(struct ctx *c, struct json *doc);
void supervision_add_tabs(struct ctx *c, const char *here);

#endif
