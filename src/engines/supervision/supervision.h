/* Supervision (电子监察): rules as data against the facts of one case, giving findings and the instant at
 * which to look again.
 *
 * uses: workclock
 * Pure: the facts are gathered, stored and told by whoever calls. A finding is named by its rule and a key (a
 * step, a document), so that looking twice finds the same. Of several rules of one kind and key only the
 * gravest speaks; a warning of what is soon due ends when it is due. What was late stays late after the clock
 * stopped.
 *
 * Times are ms UTC; limits and thresholds are working days, of a case whose limit is in hours hours. A step's
 * clock rests while that of the case rests. Amounts are fen. */
#ifndef TB_ENGINE_SUPERVISION_H
#define TB_ENGINE_SUPERVISION_H

#include "engines/workclock/workclock.h"

enum supervise_kind {
    SUPERVISE_CASE_SOON, /* the whole is due within `threshold` */
    SUPERVISE_CASE_OVER, /* the whole is more than `threshold` over its limit */
    SUPERVISE_STEP_SOON, /* a step: the same against its own limit, or the rule's */
    SUPERVISE_STEP_OVER,
    SUPERVISE_STEP_ORDER,   /* a step was done before one that it needs */
    SUPERVISE_STEP_MISSING, /* decided, and a step that was needed never done */
    SUPERVISE_FEE,          /* charged other than the fee of the service */
    SUPERVISE_ASKED_TWICE,  /* a document asked for that was asked for before, or that a register holds */
    SUPERVISE_UNLISTED,     /* a document asked for that is not in the list of the service */
    SUPERVISE_UNACCEPTED,   /* decided without acceptance */
    SUPERVISE_DESK,         /* decided at the desk */
    SUPERVISE_ONE_PERSON,   /* accepted and decided by the same person */
    SUPERVISE_OPINION_SOON, /* what another department was asked: the same as of the whole, against its own
                               due */
    SUPERVISE_OPINION_OVER,
    SUPERVISE_EVENT_SOON, /* the common promise of the life event that this case is part of, while it is open
                           */
    SUPERVISE_EVENT_OVER,
    SUPERVISE_OWED_SOON, /* a document that was to follow (容缺受理), against the day it is owed by */
    SUPERVISE_OWED_OVER,
    SUPERVISE_PROMISE_SOON, /* a promise that was to be verified (告知承诺), against its day */
    SUPERVISE_PROMISE_OVER,
    SUPERVISE_STUCK,    /* it cannot go on, since more than `threshold`: a decision could not be made, */
    SUPERVISE_INCIDENT, /* a system gave a task up, */
    SUPERVISE_HALTED,   /* or a job of the case was given up */
    SUPERVISE_KIND_COUNT
};
/* The words that are stored and travel: "case_soon" … */
const char *supervise_kind_name(enum supervise_kind kind);
enum supervise_kind supervise_kind_of(struct str name); /* SUPERVISE_KIND_COUNT: none of that name */

/* Does a rule of it count working days before or after something is due? */
bool supervise_kind_timed(enum supervise_kind kind);
/* Does it speak of the case's own time or of what is open in it, so that the light of the case follows? Of
 * what outlasts a decision: those of duties alone. */
bool supervise_kind_lights(enum supervise_kind kind, bool decided);

/* Does it speak of something that stands in the way until somebody mends it? */
bool supervise_kind_mended(enum supervise_kind kind);

enum supervise_level {
    SUPERVISE_WARNING,
    SUPERVISE_YELLOW,
    SUPERVISE_RED,
    SUPERVISE_LEVEL_COUNT
};                                                            /* 预警, 黄牌, 红牌 */
const char *supervise_level_name(enum supervise_level level); /* "warning", "yellow", "red" */
enum supervise_level supervise_level_of(struct str name);     /* SUPERVISE_LEVEL_COUNT: none of that name */

/* Which steps: the one that answers about acceptance, whoever has it, or the others. */
enum supervise_role { SUPERVISE_ANY_ROLE, SUPERVISE_ACCEPTING, SUPERVISE_OTHERS };
struct supervise_rule {
    struct str id;
    int version;
    enum supervise_kind kind;
    enum supervise_level level;
    int threshold;
    int limit; /* SUPERVISE_STEP_*: of steps without a limit of their own; 0: those are not watched */
    enum supervise_role role; /* SUPERVISE_STEP_*: of which steps */
};

enum { SUPERVISE_STEPS_MAX = 32, SUPERVISE_FINDINGS_MAX = 48 };

struct supervise_step {
    struct str id;
    bool desk;
    bool accepts;   /* answers whether it is accepted */
    bool always;    /* on every way to a decision */
    bool elsewhere; /* with another department, or the applicant: its time is not that of who has the case */
    uint32_t needs; /* bits of the steps that must be done before */
    int limit;      /* working days; 0: none of its own */
};
enum supervise_act {
    SUPERVISE_OTHER,
    SUPERVISE_SENT,   /* received from the applicant */
    SUPERVISE_ACCEPT, /* by a person, or by silence */
    SUPERVISE_PASS,
    SUPERVISE_VOTE,   /* one of several who sign in the same step */
    SUPERVISE_BACK,   /* sent back, to the step before unless the next event tells otherwise */
    SUPERVISE_DECIDE, /* by a person */
    SUPERVISE_LEAVE,  /* nobody of the office has it any more: decided by a rule, with the applicant, ended */
    SUPERVISE_MOVED   /* to other steps, where it stands at this one: those behind it are judged, no others */
};
struct supervise_event {
    int64_t at, account; /* account 0: the program */
    enum supervise_act act;
    int step; /* index; -1: none */
};
/* A time during which one step had the case; until 0: still. */
struct supervise_span {
    int step;
    int64_t from, until;
};
struct supervise_request {
    struct str material;
    int64_t at, account;
    bool listed, held;
};
/* What is due at an instant that others keep: an opinion, or the common promise of several cases. It moves
 * while it rests; then, and when it was kept, `stopped` is the instant that counts. */
struct supervise_promise {
    struct str key;
    int64_t due, stopped; /* due 0: no limit; stopped 0: it runs */
    int64_t unit;         /* whose it is; 0: of whom the case is */
};
struct supervise_facts {
    const struct clock_event *clock;
    size_t clock_count;
    struct clock_terms terms;
    const struct supervise_step *steps;
    size_t step_count;
    const struct supervise_event *events;
    size_t event_count;
    const struct supervise_span *spans;
    size_t span_count;
    const struct supervise_request *requests;
    size_t request_count;
    const struct supervise_promise *opinions;
    size_t opinion_count;
    const struct supervise_promise *event;           /* NULL: it is part of none */
    const struct supervise_promise *owed, *promised; /* open ones: what was fulfilled is not told of */
    size_t owed_count, promised_count;
    const struct supervise_promise *stuck, *incidents, *halted; /* causes for which it cannot go on; due:
                                                                   since when */
    size_t stuck_count, incident_count, halted_count;
    int64_t charged, fee, charged_at; /* -1: nothing charged, fee not known */
    bool sent_is_accepted;            /* the process has nobody accept: sending does */
};

struct supervise_finding {
    const struct supervise_rule *rule;
    struct str key; /* "", a step's id, a document's id */
    int64_t at;     /* since when */
    int64_t account;
    int64_t unit; /* whom it concerns; 0: of whom the case is */
};
struct supervise_result {
    struct supervise_finding list[SUPERVISE_FINDINGS_MAX];
    size_t count;
    int64_t next; /* when time alone may change the answer; INT64_MAX: never */
};
/* What the rules find in the case at `now`. Findings borrow rules and facts. */
void supervise(const struct supervise_rule *rules, size_t rule_count, const struct supervise_facts *f,
               int64_t now, struct supervise_result *out);

/* Who had the case when, from its events: at most `max`, returns how many. Only steps that are on every way
 * to a decision are followed. standing: bits of the steps that have it now, so that the last span is right
 * whatever the events leave open; SUPERVISE_UNKNOWN where nobody can say. */
#define SUPERVISE_UNKNOWN UINT32_MAX
size_t supervise_spans(const struct supervise_event *events, size_t count, const struct supervise_step *steps,
                       size_t step_count, uint32_t standing, struct supervise_span *out, size_t max);

#endif
