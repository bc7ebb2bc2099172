/* How a case moves: (definition, state, event) -> (new state, commands). Pure; the seam behind which other
 * engines can drive.
 *
 * The definition is the `flow` of an item (data/catalogue/full/README.md): steps by role, each with the acts
 * that may be done in it. The engine decides what may happen and what must follow; who the actor is, the
 * hour, the clock's arithmetic and the storing of things belong to the caller, who applies the commands in
 * the same transaction as the new state.
 *
 * Promises, whatever the definition says:
 * - Only the acts of the present step are possible, by its role. Granting and refusing belong to deciders: a
 * definition that lets the desk (or a reviewer) decide is refused.
 * - Correction is asked at most once and only before acceptance; silence after receipt accepts (行政许可法
 * art. 32).
 * - The clock starts with acceptance, pauses only for a special procedure (art. 45), is extended at most once
 * (art. 42), and stops when the case is decided or withdrawn. While it is paused nothing is decided.
 * - Sending back loses nothing: acceptance, correction and extension stay as they were.
 * - A rule answers, refuses, or leaves the case to a person; that a refusal rests on a rule that may refuse
 * is the caller's to know. Before a rule has spoken nobody decides.
 * - After the end (rejected, withdrawn, closed) nothing happens any more. */
#ifndef TB_FLOW_H
#define TB_FLOW_H

#include "core/base/err.h"
#include "core/json/json.h"

struct flow;

enum { FLOW_STEPS_MAX = 16, FLOW_COMMANDS_MAX = 8, FLOW_CHOICES_MAX = 24 };

enum flow_status {
    FLOW_DRAFT,
    FLOW_SUBMITTED,
    FLOW_CORRECTION,
    FLOW_REJECTED,
    FLOW_ACCEPTED, /* no step of the review has been done yet */
    FLOW_REVIEWING,
    FLOW_SPECIAL_PROCEDURE,
    FLOW_DECIDED, /* result is granted or refused; not yet handed over */
    FLOW_CLOSED,
    FLOW_WITHDRAWN,
    FLOW_STATUS_COUNT
};
enum flow_role {
    FLOW_NOBODY,
    FLOW_APPLICANT,
    FLOW_DESK,
    FLOW_REVIEWER,
    FLOW_DECIDER,
    FLOW_SYSTEM,
    FLOW_ROLE_COUNT
};
enum flow_act {
    FLOW_ACCEPT,
    FLOW_CORRECT,
    FLOW_REJECT,
    FLOW_PASS,
    FLOW_SEND_BACK,
    FLOW_SPECIAL, /* "special_procedure" */
    FLOW_EXTEND,  /* "extension": asks for it; a decider answers */
    FLOW_GRANT,
    FLOW_REFUSE,
    FLOW_ACT_COUNT
};
enum flow_result {
    FLOW_OPEN,
    FLOW_GRANTED,
    FLOW_REFUSED,
    FLOW_NOT_ACCEPTED,
    FLOW_TAKEN_BACK,      /* by the applicant */
    FLOW_NEVER_CORRECTED, /* the applicant did not supply what was asked */
    FLOW_RESULT_COUNT
};
enum flow_extension { FLOW_NOT_EXTENDED, FLOW_EXTENSION_ASKED, FLOW_EXTENDED, FLOW_EXTENSION_COUNT };
enum flow_timer { FLOW_TIMER_NOTICE, FLOW_TIMER_CORRECTION, FLOW_TIMER_COUNT };

/* The words that are stored and travel: "special_procedure", "desk", "send_back", "granted" … */
const char *flow_status_name(enum flow_status status);
const char *flow_role_name(enum flow_role role);
const char *flow_act_name(enum flow_act act);
const char *flow_result_name(enum flow_result result);
/* FLOW_ACT_COUNT when there is no act of that name. */
enum flow_act flow_act_of(struct str name);

/* ---- definition ---- */
/* Borrows `definition`, which outlives the flow; immutable afterwards. NULL with INVALID "flow.definition".
 */
struct flow *flow_parse(struct arena *a, const struct json *definition, struct err *e) NODISCARD;
struct flow_step {
    struct str id, name, name_en;
    enum flow_role role;
    unsigned acts; /* 1u << enum flow_act */
};
size_t flow_step_count(const struct flow *f);
/* NULL when there is no such step. */
const struct flow_step *flow_step_at(const struct flow *f, int index);
int flow_step_find(const struct flow *f, struct str id); /* -1: none */
/* The rule that answers at once; empty when a person does. */
struct str flow_rule(const struct flow *f);

/* ---- state ---- */
struct flow_state {
    enum flow_status status;
    int step;        /* index; -1 while nobody has it (draft, correction, with the rule, at the end) */
    int resume;      /* the step that a correction or special procedure goes back to; -1: none */
    int furthest;    /* the latest step reached; -1: none */
    int returns;     /* times sent back */
    int corrections; /* asked: 0 or 1 */
    bool accepted;
    enum flow_extension extension;
    enum flow_result result;
};
struct flow_state flow_start(void); /* a draft */
bool flow_ended(const struct flow_state *s);
/* {"status", "step", "resume", "furthest" (step ids), "returns", "corrections", "accepted", "extension",
 * "result"}. Steps travel by id, so that a definition may gain steps. */
struct json *flow_state_write(struct arena *a, const struct flow *f, const struct flow_state *s);
/* FAULT when the state does not belong to this definition. */
bool flow_state_read(const struct flow *f, const struct json *json, struct flow_state *out,
                     struct err *e) NODISCARD;

/* ---- events ---- */
enum flow_event_kind {
    FLOW_SUBMIT,              /* by the applicant */
    FLOW_DO,                  /* an act in the present step */
    FLOW_TIMER,               /* one set by a command has run out; harmless when it comes late */
    FLOW_CORRECTION_SUPPLIED, /* by the applicant */
    FLOW_SPECIAL_BEGIN,       /* the same as the act */
    FLOW_SPECIAL_END,         /* by the role of the step that waits */
    FLOW_EXTENSION_GRANTED,   /* by a decider */
    FLOW_EXTENSION_DENIED,
    FLOW_RULE_ANSWERED, /* by the system: the rule grants */
    FLOW_RULE_REFUSED,  /* by the system: a rule that may refuse does */
    FLOW_RULE_UNABLE,   /* by the system: a person has to look */
    FLOW_DELIVERED,     /* by the system or the desk: the result is handed over */
    FLOW_WITHDRAW,      /* by the applicant */
    FLOW_EVENT_COUNT
};
const char *flow_event_name(enum flow_event_kind kind);
struct flow_event {
    enum flow_event_kind kind;
    enum flow_act act;     /* FLOW_DO */
    enum flow_role role;   /* in which the actor acts; FLOW_NOBODY is never enough */
    struct str target;     /* FLOW_SEND_BACK: id of an earlier step; empty: the one before */
    enum flow_timer timer; /* FLOW_TIMER */
};

/* ---- commands, in the order in which they are to be carried out ---- */
enum flow_command_kind {
    FLOW_ENTER_STEP,  /* step, role: put it into that inbox */
    FLOW_CLOCK_START, /* from_receipt: as from the day on which the application was received */
    FLOW_CLOCK_PAUSE,
    FLOW_CLOCK_RESUME,
    FLOW_CLOCK_STOP,
    FLOW_CLOCK_EXTEND,
    FLOW_SET_TIMER,      /* timer */
    FLOW_ASK_CORRECTION, /* tell the applicant everything that is to be corrected */
    FLOW_ASK_EXTENSION,  /* role: who has to approve */
    FLOW_RUN_RULE,       /* rule */
    FLOW_ISSUE_LICENCE,  /* where the item has one */
    FLOW_CLOSE,          /* result */
    FLOW_COMMAND_COUNT
};
const char *flow_command_name(enum flow_command_kind kind);
struct flow_command {
    enum flow_command_kind kind;
    int step;
    enum flow_role role;
    enum flow_timer timer;
    enum flow_result result;
    bool from_receipt;
    struct str rule;
};
struct flow_commands {
    struct flow_command list[FLOW_COMMANDS_MAX];
    size_t count;
};

/* One step of the machine. On false *next and *commands are unchanged: CONFLICT "flow.ended", "flow.act",
 * "flow.corrected", "flow.accepted", "flow.unaccepted", "flow.paused", "flow.not_paused", "flow.extended",
 * "flow.extension", "flow.target"; DENIED "flow.role". A late timer succeeds with nothing to do. `next` may
 * be `state`. */
bool flow_next(const struct flow *f, const struct flow_state *state, const struct flow_event *event,
               struct flow_state *next, struct flow_commands *commands, struct err *e) NODISCARD;

/* ---- what may be done now ---- */
struct flow_choice {
    enum flow_event_kind kind;
    enum flow_act act; /* where kind is FLOW_DO */
    enum flow_role role;
};
/* People's choices only (no timers, no rule). Each of them would be accepted by flow_next. */
size_t flow_acts(const struct flow *f, const struct flow_state *s, struct flow_choice out[FLOW_CHOICES_MAX]);
/* The steps a case may be sent back to: indices 0 … result - 1; 0 when it cannot be sent back. */
int flow_targets(const struct flow *f, const struct flow_state *s);

#endif
