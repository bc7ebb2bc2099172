/* The course of a case: a process in BPMN, run inside the frame the law sets.
 *
 * Purpose: engines/bpmn moves tokens and knows nothing of acceptance, correction or clocks; this engine adds
 * them. (course, state, event) -> (new state, commands); pure. Steps are the user tasks of the model: their
 * role is the lane's name ("desk", "reviewer", "decider"), what may be done in them the attribute `acts`, and
 * an end event says in `result` how the case is decided, all in a namespace of the program's own. A step may
 * belong to another department, whose opinion is asked; service tasks wait for a program outside. Ownership:
 * a course borrows its XML and belongs to the arena it was loaded into, immutable afterwards; a new state and
 * its commands belong to the arena of the step and borrow from the old state and the event.
 *
 * Promises, whatever the model says:
 * - Only the acts of an open step are possible, by its role. Granting and refusing belong to deciders and
 * rules: a model in which a case is decided without one is refused.
 * - Another department gives its opinion and does nothing else; the variable `opinions` keeps what it said.
 * - Results of programs, messages, signals and scripts never decide: after a decider has spoken they may lead
 * to the end that was named, and to no other.
 * - A signal goes to every case that waits for it, unless the node that sends it says `to="own"`; nothing but
 * its name leaves the case.
 * - Correction is asked at most once and only before acceptance; silence after receipt accepts (行政许可法
 * art. 32).
 * - The clock starts with acceptance, pauses only for a special procedure (art. 45), is extended at most once
 * (art. 42), and stops when the case is decided or withdrawn. While it is paused nothing is decided.
 * - Sending back loses nothing: acceptance, correction and extension stay as they were.
 * - Other decision models that business rule tasks ask answer into a variable, decide nothing, and are asked
 * after acceptance only, because who waits for one is not heard by anybody.
 * - A rule answers, refuses, or leaves the case to a person; that a refusal rests on a rule that may refuse
 * is the caller's to know. Before a rule has spoken nobody decides.
 * - After the end (rejected, withdrawn, closed) nothing happens any more, but that a promise (告知承诺) is
 * verified.
 * Units: instants in ms UTC. Errors: INVALID "course.model"; CONFLICT "course.ended", "course.act",
 * "course.corrected", "course.accepted", "course.unaccepted", "course.paused", "course.not_paused",
 * "course.extended", "course.extension", "course.nobody_waits", and those of bpmn; INVALID "course.name";
 * DENIED "course.role", "bpmn.right".
 *
 * uses: bpmn */
#ifndef TB_COURSE_H
#define TB_COURSE_H

#include "engines/bpmn/bpmn.h"

struct course;

enum { COURSE_STEPS_MAX = 40, COURSE_TASKS_MAX = 64, COURSE_CHOICES_MAX = 32 };

enum course_status {
    COURSE_DRAFT,
    COURSE_SUBMITTED,
    COURSE_CORRECTION,
    COURSE_REJECTED,
    COURSE_ACCEPTED, /* no step of the review has been done yet */
    COURSE_REVIEWING,
    COURSE_SPECIAL_PROCEDURE,
    COURSE_DECIDED, /* result is granted or refused; not yet handed over */
    COURSE_CLOSED,
    COURSE_WITHDRAWN,
    COURSE_STATUS_COUNT
};
enum course_role {
    COURSE_NOBODY,
    COURSE_APPLICANT,
    COURSE_DESK,
    COURSE_REVIEWER,
    COURSE_DECIDER,
    COURSE_SYSTEM,
    COURSE_ROLE_COUNT
};
enum course_act {
    COURSE_ACCEPT,
    COURSE_CORRECT,
    COURSE_REJECT,
    COURSE_PASS,
    COURSE_SEND_BACK,
    COURSE_SPECIAL, /* "special_procedure" */
    COURSE_EXTEND,  /* "extension": asks for it; a decider answers */
    COURSE_GRANT,
    COURSE_REFUSE,
    COURSE_AGREE, /* one who signs with others (会签) */
    COURSE_DISAGREE,
    COURSE_OPINION, /* says something to it, in words */
    COURSE_ACT_COUNT
};
enum course_result {
    COURSE_OPEN,
    COURSE_GRANTED,
    COURSE_REFUSED,
    COURSE_NOT_ACCEPTED,
    COURSE_TAKEN_BACK,      /* by the applicant */
    COURSE_NEVER_CORRECTED, /* the applicant did not supply what was asked */
    COURSE_RESULT_COUNT
};
enum course_extension {
    COURSE_NOT_EXTENDED,
    COURSE_EXTENSION_ASKED,
    COURSE_EXTENDED,
    COURSE_EXTENSION_COUNT
};
enum course_timer { COURSE_TIMER_NOTICE, COURSE_TIMER_CORRECTION, COURSE_TIMER_COUNT };
/* How long they run where nothing else is said. */
enum { COURSE_NOTICE_WORKDAYS = 5 /* 行政许可法 art. 32 */, COURSE_CORRECTION_WORKDAYS = 15 };

/* The words that are stored and travel: "special_procedure", "desk", "send_back", "granted" … */
const char *course_status_name(enum course_status status);
const char *course_role_name(enum course_role role);
const char *course_act_name(enum course_act act);
const char *course_result_name(enum course_result result);
/* COURSE_ACT_COUNT when there is no act of that name. */
enum course_act course_act_of(struct str name);

/* ---- definition ---- */
/* What keeps a sound model from being the course of a case. */
struct course_fault {
    const char *msgid;      /* with %{arg} for the element */
    struct str element, id; /* its name, or its id where it has none; its id */
};
enum { COURSE_FAULTS_MAX = 40 };
struct course_faults {
    struct course_fault list[COURSE_FAULTS_MAX];
    size_t count;
};
/* NULL with INVALID "bpmn.model" (findings say why) or "course.model" (faults say why). */
struct course *course_load(struct arena *a, struct str xml, struct bpmn_findings *findings,
                           struct course_faults *faults, struct err *e) NODISCARD;
const struct bpmn *course_model(const struct course *f);
/* What is only called, by other processes: `part="true"`. It receives and decides nothing. */
bool course_is_part(const struct course *f);
struct course_step {
    struct str id, name, name_en;
    struct str own_id; /* in its document: `id` without the name of a called process */
    int process;       /* node of the process it stands in */
    struct str form;   /* code of the form that is filled in there (`form`, or `formKey`); empty: none */
    enum course_role role;
    unsigned acts; /* 1u << enum course_act */
    int node;
    struct str
        department; /* another than the one that owns the item: its kind, or "item:<name>"; else empty */
    int limit;      /* working days it has; 0: none of its own */
};
/* Its own, in the order of the document; those of processes it calls follow, known to the others alone. */
size_t course_step_count(const struct course *f);
/* NULL when there is no such step. */
const struct course_step *course_step_at(const struct course *f, int index);
int course_step_find(const struct course *f, struct str id); /* -1: none */
/* Does a rule answer at once, where the item has one? */
bool course_asks_rule(const struct course *f);
/* What its business rule tasks ask of decision models beside that one, in its own document; at most `max`. */
struct course_decision {
    struct str element, name; /* id and name of the task */
    struct str code;
};
size_t course_decisions(const struct course *f, struct course_decision *out, size_t max);
/* Asks it any, in what it calls too? */
bool course_asks_decisions(const struct course *f);
/* The decision model a node asks; empty: none, or the one that answers the item. */
struct str course_decision_at(const struct course *f, int node);
/* Has it steps of other departments? */
bool course_asks_others(const struct course *f);
/* Has it steps with forms? */
bool course_asks_forms(const struct course *f);
/* Has it service tasks? */
bool course_asks_services(const struct course *f);
/* May expressions, or what is handed to services, speak of the answers of the form? */
bool course_reads_answers(const struct course *f);
/* Does the model name it at all? What nothing reads need not be kept. */
bool course_names(const struct course *f, struct str variable);
/* How often its own document says that word, names of parts included. */
size_t course_says(const struct course *f, struct str word);
/* Do systems or messages bring variables into it that no text need speak of? */
bool course_takes_from_outside(const struct course *f);
/* Does it wait for signals? */
bool course_hears(const struct course *f);
/* Does anything in it send the signal of that name? others: to other cases too. */
bool course_sends(const struct course *f, struct str signal, bool others);
/* Names that mean something here and that no service or message may set. */
bool course_is_reserved(struct str variable);

/* ---- calls of other processes ---- */
struct course_call {
    struct str element, name; /* id and name of the call */
    struct str code;
    int version; /* 0: the one in force when it is called */
};
/* What it calls that is not in its file; at most `max`. */
size_t course_calls(const struct course *f, struct course_call *out, size_t max);
struct course_other {
    struct str code;
    int version;
    int64_t from; /* instant */
    const struct course *course;
};
/* The course with everything that it may call, and that those may (bpmn_link). A called process whose
 * deciders grant or refuse decides nothing by that: the caller's own decider does. */
struct course *course_link(struct arena *a, const struct course *f, const struct course_other *others,
                           size_t count);

/* ---- state ---- */
struct course_state {
    enum course_status status;
    int returns;     /* times sent back */
    int corrections; /* asked: 0 or 1 */
    bool accepted;
    enum course_extension extension;
    enum course_result result;
    enum course_result said; /* by a decider, while the process still does what comes after; else open */
    struct bpmn_state process;
};
struct course_state course_start(void); /* a draft */
bool course_ended(const struct course_state *s);
/* Held up by an officer (挂起): the clock goes on, nothing else does. */
bool course_suspended(const struct course_state *s);
/* {"status", "returns", "corrections", "accepted", "extension", "result", "said" where it is, "process"}.
 * Steps travel by id, so that a definition may gain steps. */
struct json *course_state_write(struct arena *a, const struct course *f, const struct course_state *s);
/* Also reads states of before there were processes ("step", "resume", "furthest"): such a case has done the
 * steps up to the furthest and stands in its step; one the model does not have counts as the first.
 * FAULT when the state does not belong to this definition. */
bool course_state_read(struct arena *a, const struct course *f, const struct json *json,
                       struct course_state *out, struct err *e) NODISCARD;

/* A task that waits for people, in the order in which they came. */
struct course_task {
    int64_t token;
    int step;
    const struct bpmn_token *about; /* holder, delegate, opened, urged */
};
size_t course_tasks(const struct course *f, const struct course_state *s,
                    struct course_task out[COURSE_TASKS_MAX]);
/* The step of the first of them, also while a correction or special procedure holds it up; -1: none. */
int course_step_now(const struct course *f, const struct course_state *s);
/* Who waits for a signal of other cases (bpmn_listeners): nobody before it is sent in and after the end. */
size_t course_listeners(struct arena *a, const struct course *f, const struct course_state *s,
                        struct bpmn_listener **list);
/* The node of the course's own process in which that token stands, be it within what is called there. */
int course_outermost(const struct course *f, const struct course_state *s, int64_t token);

/* ---- events ---- */
enum course_event_kind {
    COURSE_SUBMIT,              /* by the applicant; variables: what conditions may read */
    COURSE_DO,                  /* an act in an open step */
    COURSE_TIMER,               /* one set by a command has run out; harmless when it comes late */
    COURSE_CORRECTION_SUPPLIED, /* by the applicant */
    COURSE_SPECIAL_END,         /* by the role of the step that waits */
    COURSE_EXTENSION_GRANTED,   /* by a decider */
    COURSE_EXTENSION_DENIED,
    COURSE_RULE_ANSWERED, /* by the system: the rule grants */
    COURSE_RULE_REFUSED,  /* by the system: a rule that may refuse does */
    COURSE_RULE_UNABLE,   /* by the system: a person has to look */
    COURSE_DELIVERED,     /* by the system or the desk: the result is handed over */
    COURSE_WITHDRAW,      /* by the applicant */
    COURSE_PROCESS_TIMER, /* token, index: a timer of the model; harmless when it comes late */
    COURSE_OPERATE,       /* operation, by the role of the task or as bpmn.h says */
    COURSE_SERVED,        /* by the system: the service task `token` is done; variables */
    COURSE_SERVICE_ERROR, /* by the system: it raises the error `name` of the model; variables */
    COURSE_MESSAGE,       /* by the system: the message `name` has come; variables */
    COURSE_RULED,         /* by the system: the decision that `token` asks has its result; variables: that
                             alone, under any name */
    COURSE_SIGNAL, /* by the system: another case, or a program with `variables`, has sent the signal `name`,
                      for which `token` waits */
    COURSE_EVENT_COUNT
};
const char *course_event_name(enum course_event_kind kind);
struct course_event {
    enum course_event_kind kind;
    enum course_act act;            /* COURSE_DO */
    enum course_role role;          /* in which the actor acts; COURSE_NOBODY is never enough */
    struct str target;              /* COURSE_SEND_BACK: id of an earlier step; empty: the one before */
    enum course_timer timer;        /* COURSE_TIMER */
    enum bpmn_event_kind operation; /* COURSE_OPERATE: BPMN_WITHDRAW … BPMN_RESUME */
    int64_t token;                  /* the task; 0: the first that is open to the role */
    int index;                      /* COURSE_PROCESS_TIMER */
    int64_t now;
    struct str who, to, name; /* as in struct bpmn_event */
    int64_t from, until;
    bool keep, after;
    const struct json *variables;
    const struct feel_entry *known; /* as in struct bpmn_event */
    size_t known_count;
};

/* ---- commands, in the order in which they are to be carried out ---- */
enum course_command_kind {
    COURSE_CLOCK_START, /* from_receipt: as from the day on which the application was received */
    COURSE_CLOCK_PAUSE,
    COURSE_CLOCK_RESUME,
    COURSE_CLOCK_STOP,
    COURSE_CLOCK_EXTEND,
    COURSE_SET_TIMER,      /* timer */
    COURSE_ASK_CORRECTION, /* tell the applicant everything that is to be corrected */
    COURSE_RUN_RULE,
    COURSE_ISSUE_LICENCE, /* where the item has one */
    COURSE_CLOSE,         /* result */
    COURSE_WAIT,          /* process: a timer of the model (BPMN_SET_TIMER) */
    COURSE_INFORM,        /* process: a message of the model for the applicant (BPMN_THROW_MESSAGE) */
    COURSE_SEND,          /* … for another case (`to` is "case") */
    COURSE_SERVE,         /* process: a service task (BPMN_DO_SERVICE) */
    COURSE_CALL_OFF,      /* process: … that is no longer wanted (BPMN_CANCEL) */
    COURSE_NOTE,          /* process: an operation for the record (BPMN_TELL) */
    COURSE_BROKEN,        /* process: a promise was not kept (BPMN_TELL_ESCALATION) */
    COURSE_ASK_DECISION,  /* process: a decision model (BPMN_DO_RULE; name: its code) */
    COURSE_BROADCAST,     /* process: a signal for all other cases (BPMN_THROW_SIGNAL) */
    COURSE_COMMAND_COUNT
};
const char *course_command_name(enum course_command_kind kind);
struct course_command {
    enum course_command_kind kind;
    enum course_timer timer;
    enum course_result result;
    bool from_receipt;
    const struct bpmn_command *process;
};
struct course_commands {
    struct course_command *list;
    size_t count, room;
    int *flows; /* sequence flows of the model a token went along, in order */
    size_t flow_count;
};

/* One step. On false *next and *commands are unchanged. A late timer succeeds with nothing to do. `next` may
 * be `state`. */
bool course_next(struct arena *a, const struct course *f, const struct course_state *state,
                 const struct course_event *event, struct course_state *next,
                 struct course_commands *commands, struct err *e) NODISCARD;

/* ---- what may be done now ---- */
struct course_choice {
    enum course_event_kind kind;
    enum course_act act; /* where kind is COURSE_DO */
    enum course_role role;
    int64_t token; /* the task it is about; 0: the case */
};
/* People's choices only (no timers, no rule, no operations): of the case, and of one task (0: of the first).
 * Each of them would be accepted by course_next. */
size_t course_acts(struct arena *a, const struct course *f, const struct course_state *s, int64_t token,
                   struct course_choice out[COURSE_CHOICES_MAX]);
/* The steps a task (0: the first) may be sent back to, the last one first; indices of steps. */
size_t course_targets(struct arena *a, const struct course *f, const struct course_state *s, int64_t token,
                      int out[COURSE_STEPS_MAX]);

/* ---- another version ---- */
/* Does the case have that value beside its variables: "answers.area", "steps.visit.area", "situation.kind"?
 */
typedef bool course_has(void *data, struct str path);
/* Why a case in this state may not go on under `to`: none, and every place, timer, count and task it has is
 * there too, and so is what conditions further on read. */
void course_lacks(struct arena *a, const struct course *from, const struct course_state *s,
                  const struct course *to, const struct bpmn_places *places, course_has *has, void *data,
                  struct bpmn_lacks *out);
/* May a case that stands at that node of `from` stand at this one of `to`? What receives stays what receives.
 */
bool course_takes_place(struct arena *a, const struct course *from, int node, const struct course *to,
                        int there, const struct bpmn_places *places);
/* The same case under `to`, where nothing is missing. FAULT otherwise. What was said at steps that are others
 * now is kept under their new names. */
bool course_move(struct arena *a, const struct course *from, const struct course_state *s,
                 const struct course *to, const struct bpmn_places *places, struct course_state *out,
                 struct err *e) NODISCARD;
/* The name under which opinions and forms of a step of `from` are read in `to`. */
struct str course_step_now_called(const struct course *from, struct str own_id, const struct course *to,
                                  const struct bpmn_places *places);

#endif
