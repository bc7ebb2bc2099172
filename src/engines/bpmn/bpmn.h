/* Processes in BPMN 2.0 (OMG formal/2013-12-09, ISO/IEC 19510): load, check, step.
 *
 * Purpose: XML in, checked against the rules of the standard and compiled once; instances then move by a pure
 * function: (definition, state, event) -> (new state, commands). The caller owns clock, storage and people:
 * it carries out the commands, and stores the state in the same transaction. Ownership: a definition belongs
 * to the arena it was loaded into, is immutable afterwards and may be used by many threads; it borrows the
 * XML, which must live as long. A new state and its commands belong to the arena of the step and borrow from
 * the old state and the event. Invariants: a step either succeeds and leaves the instance at rest (every
 * token waits for something or is gone), or fails and changes nothing. Same input, same output: ids are
 * counted inside the state, order never depends on memory. Late or doubled answers (a timer of an interrupted
 * task) succeed with nothing to do. Units: instants in ms UTC. Errors: INVALID "bpmn.model" (the document
 * cannot be loaded; findings say why), CONFLICT "bpmn.ended", "bpmn.suspended", "bpmn.token", "bpmn.start",
 * "bpmn.call", "bpmn.no_flow", "bpmn.expression", "bpmn.endless", "bpmn.target", "bpmn.opened", "bpmn.owed";
 * DENIED "bpmn.right". Reading of the standard where it leaves room: docs/bpmn.md. Conditions and scripts are
 * FEEL.
 *
 * uses: feel, decimal */
#ifndef TB_BPMN_H
#define TB_BPMN_H

#include "core/base/err.h"
#include "core/json/json.h"

enum {
    BPMN_SOURCE_MAX = 8 * 1024 * 1024,
    BPMN_DEPTH_MAX = 64,
    BPMN_TOKENS_MAX = 5000, /* in one instance */
    BPMN_MOVES_MAX = 20000, /* in one step: a loop without a wait is refused */
    BPMN_FINDINGS_MAX = 200
};

struct bpmn;
struct feel_entry;

/* ---- loading and checking ---- */
/* One broken rule. `rule` is a stable name ("start-event.incoming"), `clause` the clause of the standard,
 * `ext` the number of the rule in the collection of BPMNspector (0: none), so that others can compare. */
enum { BPMN_EXT_REF = 1000 }; /* its rule about kinds of references, which has no number */
struct bpmn_finding {
    const char *rule, *clause, *msgid;
    int ext, ext2;
    struct str element; /* id, or the kind of the element where it has none */
    struct str part;    /* id of the node, flow or process it is, or stands in; empty: none */
    int line;
};
struct bpmn_findings {
    struct bpmn_finding list[BPMN_FINDINGS_MAX];
    size_t count; /* kept; further ones are dropped */
};

struct bpmn_options {
    /* What a script without scriptFormat is written in; empty: FEEL. */
    struct str script_format;
    /* Turns the text of an expression into FEEL, for documents of others; NULL: it is FEEL. */
    struct str (*expression)(struct arena *a, struct str text);
    /* Also the rules that hold by the letter only (docs/bpmn.md). */
    bool strict;
};
/* NULL with INVALID "bpmn.model"; `findings` then holds why, unless the text is no XML of BPMN at all. A
 * definition is only given for a document without findings. `options` may be NULL. */
struct bpmn *bpmn_load(struct arena *a, struct str xml, const struct bpmn_options *options,
                       struct bpmn_findings *findings, struct err *e) NODISCARD;

/* ---- what a definition holds ---- */
enum bpmn_kind {
    BPMN_PROCESS,
    BPMN_START_EVENT,
    BPMN_CATCH_EVENT,
    BPMN_THROW_EVENT,
    BPMN_END_EVENT,
    BPMN_BOUNDARY_EVENT,
    BPMN_TASK, /* abstract: passes at once */
    BPMN_USER_TASK,
    BPMN_MANUAL_TASK,
    BPMN_SERVICE_TASK,
    BPMN_SCRIPT_TASK,
    BPMN_RULE_TASK,
    BPMN_SEND_TASK,
    BPMN_RECEIVE_TASK,
    BPMN_SUB_PROCESS,
    BPMN_EVENT_SUB_PROCESS,
    BPMN_TRANSACTION,
    BPMN_AD_HOC,
    BPMN_CALL,
    BPMN_EXCLUSIVE,
    BPMN_PARALLEL,
    BPMN_INCLUSIVE,
    BPMN_EVENT_BASED,
    BPMN_COMPLEX,
    BPMN_KIND_COUNT
};
const char *bpmn_kind_name(enum bpmn_kind kind);
/* Nodes are numbered from 0; -1 is none. */
int bpmn_node(const struct bpmn *b, struct str id);
int bpmn_node_count(const struct bpmn *b);
enum bpmn_kind bpmn_node_kind(const struct bpmn *b, int node);
struct str bpmn_node_id(const struct bpmn *b, int node);
struct str bpmn_node_name(const struct bpmn *b, int node);
struct str bpmn_node_role(const struct bpmn *b, int node); /* lane or performer; empty: none */
int bpmn_node_parent(const struct bpmn *b, int node);      /* sub-process or process; -1 for a process */
int bpmn_process(const struct bpmn *b, size_t index);      /* in the order of the document; -1: no more */
/* An attribute of a foreign namespace at the node, by its local name; empty: none. */
struct str bpmn_node_note(const struct bpmn *b, int node, const char *name);
int bpmn_node_host(const struct bpmn *b, int node); /* boundary event: the activity it stands at; else -1 */
/* What is asked of the outside for it: topic of a service, decision of a rule, called element. */
struct str bpmn_node_topic(const struct bpmn *b, int node);
struct bpmn_edge {
    struct str id, name;
    int from, to;
    bool conditional, standard; /* standard: the default flow */
};
/* Of a call: what it calls in the same file, a process or a global task; -1: it is not there. */
int bpmn_node_called(const struct bpmn *b, int node);
/* A script that runs inside; others are the caller's. */
bool bpmn_runs_script(const struct bpmn *b, int node);
/* Does something wait there for a message, or is one thrown there? */
bool bpmn_node_about_message(const struct bpmn *b, int node);
/* A boundary event that catches an error: its code, empty for any. */
bool bpmn_node_catches_error(const struct bpmn *b, int node, struct str *code);
/* ---- signals: known to others by their name, or by their id where they have none ---- */
/* Those that the node waits for, or sends, from `index` 0 on; empty: no more. */
struct str bpmn_node_waits_for(const struct bpmn *b, int node, size_t index);
struct str bpmn_node_sends(const struct bpmn *b, int node, size_t index);
/* Sequence flows in the order of the document; false: no more. */
bool bpmn_edge(const struct bpmn *b, int index, struct bpmn_edge *out);
/* A process that may be started by itself: not only called. */
bool bpmn_executable(const struct bpmn *b, int process);

/* The node whose event a process waits for before anything in it can begin: neither starting it nor calling
 * it leads anywhere. -1: it begins by itself. */
int bpmn_begins_on_event(const struct bpmn *b, int process);

/* ---- processes of other documents ---- */
/* One that may be called: its first process. */
struct bpmn_other {
    struct str code; /* what a call names (calledElement) */
    int version;
    int64_t from; /* the instant from which calls that name no version take it */
    const struct bpmn *model;
};
/* The version that a call names (calledElementBinding "version", calledElementVersion); 0: the one in force
 * at the call ("latest", or nothing said); -1: neither. */
int bpmn_node_binding(const struct bpmn *b, int node);
/* `b` with the processes of other documents that it calls, and those they call, in one definition: its own
 * nodes keep their numbers, those of others are named CODE@VERSION/ID. `others` are in order of preference;
 * of one code the first that is in force when the call begins is taken. Messages and signals of one name are
 * the same. Borrows from all of them. */
struct bpmn *bpmn_link(struct arena *a, const struct bpmn *b, const struct bpmn_other *others, size_t count);

/* ---- state ---- */
enum bpmn_status {
    BPMN_NEW,
    BPMN_RUNNING,
    BPMN_COMPLETED,
    BPMN_TERMINATED,
    BPMN_ENDED_BY_ERROR, /* code */
    BPMN_STATUS_COUNT
};
const char *bpmn_status_name(enum bpmn_status status);

enum bpmn_phase {
    BPMN_ARRIVED,   /* only inside a step */
    BPMN_WAITING,   /* for a task, a message, an event: the node says which */
    BPMN_GATHERING, /* at a gateway or activity that needs more tokens */
    BPMN_RESETTING, /* a complex gateway that has fired and waits for the rest */
    BPMN_CHOOSING,  /* at an event-based gateway; its events are armed */
    BPMN_SCOPE,     /* a process, sub-process or called process that runs */
    BPMN_LOOPING,   /* around the turns of a loop or multi-instance activity */
    BPMN_CALLING,   /* a process of another definition runs */
    BPMN_HELD,      /* a task that waits for those who sign before or after; or one of them, not yet asked */
    BPMN_COMPENSATING, /* waits for the handlers it has started */
    BPMN_ARMED,        /* not a token: a boundary event, event sub-process or choice that may happen */
    BPMN_DONE,         /* not a token: a finished activity that can be compensated */
    BPMN_GONE,         /* only inside a step */
    BPMN_PHASE_COUNT
};

/* One token, or one thing that may still happen. Ids are never used twice in an instance. */
struct bpmn_token {
    int64_t id;
    int64_t parent; /* the scope or loop it stands in; 0: the root */
    int64_t host;   /* what it hangs on (boundary event: the activity; choice: the gateway) or works for */
    int node;
    enum bpmn_phase phase;
    int flow;      /* sequence flow it came by, -1: none */
    int turn;      /* of a loop, from 1; 0: none */
    int total;     /* BPMN_LOOPING: instances */
    int activity;  /* BPMN_COMPENSATING: what is undone, -1: all */
    int started;   /* … so far; of a timer: firings left, -1 without end; of an ad-hoc: children begun */
    int completed; /* … so far */
    int64_t seq;   /* BPMN_DONE: order of completion; BPMN_COMPENSATING: the scope */
    uint64_t seen; /* events of a parallel multiple event that happened; conditions that held; fired inputs */
    bool closed;   /* a called process: sees only the variables it was given */
    int into;      /* a call: the process of another document that it runs; -1: none */
    int back;      /* sent back: where it goes on when it is done again, -1: as the flow says */
    /* What people did with a task. */
    bool opened;
    bool after;          /* a signer: after the holder, not before */
    struct str holder;   /* who has it, where the caller says so */
    struct str delegate; /* who may act for the holder … */
    int64_t from, until; /* … in this time */
    int urged;           /* times */
    bool besides;        /* a turn of somebody who was asked to sign besides those the model wants */
    struct str signers;  /* BPMN_LOOPING: who has done a turn, each behind a line feed */
};
struct bpmn_variable {
    int64_t scope; /* token id; the root process is a token too */
    struct str name;
    const struct json *value;
};
/* What is owed or promised and not yet settled. */
enum bpmn_duty_kind { BPMN_OWED, BPMN_PROMISED, BPMN_DUTY_COUNT };
struct bpmn_duty {
    enum bpmn_duty_kind kind;
    struct str name, who;
    int64_t until;
};
/* A step people have finished: what sending back and withdrawing go by. The last time of each. */
struct bpmn_past {
    int64_t scope;
    int node;
    int64_t order; /* the next id at that time: what came after has this one or a later */
    struct str who;
    struct str holder;   /* for whom, where `who` was a delegate … */
    int64_t from, until; /* … in this time */
};
struct bpmn_state {
    enum bpmn_status status;
    int64_t next; /* id */
    int process;  /* node */
    struct str code;
    bool suspended;
    struct bpmn_token *tokens; /* by id */
    size_t count, room;
    struct bpmn_variable *variables;
    size_t variable_count, variable_room;
    struct bpmn_past *past;
    size_t past_count, past_room;
    struct bpmn_duty *duties;
    size_t duty_count, duty_room;
};
struct bpmn_state bpmn_new(void);
const struct bpmn_token *bpmn_find(const struct bpmn_state *s, int64_t id); /* NULL: none */
/* Seen from a token (0: the root), inner scopes first. NULL: none. */
const struct json *bpmn_get(const struct bpmn_state *s, int64_t from, struct str name);

/* {"status", "next", "process", "tokens": [...], "variables": [...]}; nodes and flows travel by id, so that a
 * definition may gain nodes. Two equal states give equal bytes. */
struct json *bpmn_state_write(struct arena *a, const struct bpmn *b, const struct bpmn_state *s);
/* FAULT when the state does not belong to this definition; borrows the JSON. */
bool bpmn_state_read(struct arena *a, const struct bpmn *b, const struct json *json, struct bpmn_state *out,
                     struct err *e) NODISCARD;

/* ---- another definition ---- */
/* What a running instance has and another definition has no place for. */
enum bpmn_lack_kind {
    BPMN_LACK_NODE,  /* it stands at a node that is not there */
    BPMN_LACK_KIND,  /* … is something else there */
    BPMN_LACK_SCOPE, /* … is in another sub-process, or at another activity */
    BPMN_LACK_PAST,  /* a step that was done, to which it may come back */
    BPMN_LACK_BACK,  /* where it goes on after it was sent back */
    BPMN_LACK_FLOW,  /* a gateway has counted a token by a flow that does not lead there */
    BPMN_LACK_ONE,   /* it stands at another step too, and both are one there */
    BPMN_LACK_TIMER, /* a timer runs, and nothing waits for one */
    BPMN_LACK_EVENT, /* it waits for a message, signal, error …; what: which */
    BPMN_LACK_LOOP,  /* turns are counted that are counted otherwise, or not at all */
    BPMN_LACK_TASK,  /* a service has been asked for; what: its topic. There it is another one */
    BPMN_LACK_ASKED, /* another department has been asked */
    BPMN_LACK_RULE,  /* a decision has been asked for, and there another one is */
    BPMN_LACK_OWED,  /* name is owed, and no task further on waits for what is owed */
    BPMN_LACK_JOIN,  /* id, name: of a gateway there, which would wait for a branch that was never begun */
    BPMN_LACK_TWICE, /* id, name: of a join or step there, which would be come to twice: by `one` and by
                        `other`, where it stands and no case would stand at once there */
    BPMN_LACK_DATA, /* what: a variable, with its parts, that an expression further on reads: the instance has
                       none, and no node further on brings it. What it already did without is no lack */
    BPMN_LACK_COUNT
};
struct bpmn_lack {
    enum bpmn_lack_kind kind;
    bool ahead; /* of data: its second part is the id of a node that lies ahead */
    struct str id, name, what;
    struct str one, other; /* ids of `from`: BPMN_LACK_TWICE */
};
struct bpmn_lacks {
    struct bpmn_lack *list;
    size_t count, room;
};
/* "This is now that": the id of a node in the old definition and in the new one. What is not said keeps its
 * id. */
struct bpmn_place {
    struct str from, to;
};
struct bpmn_places {
    const struct bpmn_place *list;
    size_t count;
};
/* The node of `to` that a node of `from` is now; -1: none. `places` may be NULL, here and below. */
int bpmn_node_now(const struct bpmn *from, int node, const struct bpmn *to, const struct bpmn_places *places);
/* Could that node of `to` take the place of a node of `from`: of its kind, in its part, waiting for the same,
 * with the same work and counted the same? */
bool bpmn_takes_place(struct arena *a, const struct bpmn *from, int node, const struct bpmn *to, int there,
                      const struct bpmn_places *places);
/* `s` is of `from`. Each lack is said once, by the ids of `from` where nothing else is said. */
void bpmn_fits(struct arena *a, const struct bpmn *from, const struct bpmn_state *s, const struct bpmn *to,
               const struct bpmn_places *places, struct bpmn_lacks *out);
/* The same instance under `to`, where nothing is lacking; FAULT otherwise. Tokens keep their ids, so that
 * timers, tasks and signers stay theirs; a task that is another role's there is in nobody's hands. Borrows
 * from `s`. */
bool bpmn_transfer(struct arena *a, const struct bpmn *from, const struct bpmn_state *s,
                   const struct bpmn *to, const struct bpmn_places *places, struct bpmn_state *out,
                   struct err *e) NODISCARD;

/* ---- events ---- */
enum bpmn_event_kind {
    BPMN_START,     /* process, or node: a start event or what else instantiates; variables */
    BPMN_FINISH,    /* token: the task, script, rule or call is done; variables are its results */
    BPMN_RAISE,     /* token: its task raises error `name` */
    BPMN_ESCALATE,  /* token: its task raises escalation `name` and goes on */
    BPMN_TIMER,     /* token, index: a timer set by a command has run out */
    BPMN_MESSAGE,   /* name: id of the message; token: the one that waits, 0: the first; variables */
    BPMN_SIGNAL,    /* name: id of the signal; token: the one that waits, 0: all; variables */
    BPMN_SET,       /* token (0: root): variables; conditions are looked at again */
    BPMN_AD_HOC_DO, /* token: an ad-hoc sub-process; node: one of its activities */
    BPMN_STOP,      /* ends the instance */
    /* Operations of people, who act in their own name (`who`); bpmn_operate.c has the rules. */
    BPMN_SEND_BACK, /* 退回: token; node: an earlier step, -1: the one before; keep: what lies between is not
                       done again */
    BPMN_WITHDRAW,  /* 撤回: node: the step `who` finished, while nobody has opened what came after */
    BPMN_OPEN,      /* token: looked at; who had none before becomes its holder */
    BPMN_ADD_SIGN, /* 加签: token; to: one more who signs, before or `after` the holder, or beside the others
                      of a multi-instance task */
    BPMN_DROP_SIGN, /* 减签: token: one of them who is no longer to sign */
    BPMN_HAND_OVER, /* 转办: token; to: the new holder */
    BPMN_DELEGATE,  /* 委托: token; to: may act for the holder between `from` and `until` */
    BPMN_URGE,      /* 催办: token */
    /* What is open beside the tasks (bpmn_duty.c): name says what, until by when. */
    BPMN_OWE,     /* 容缺受理: token; a material that is to be supplied later */
    BPMN_SUPPLY,  /* … and is there now */
    BPMN_PROMISE, /* 告知承诺: token; taken on a promise, to be verified */
    BPMN_VERIFY,  /* … keep: it was kept; else escalation "promise_broken" */
    BPMN_SUSPEND, /* 挂起: the instance; only BPMN_RESUME and BPMN_STOP are taken then */
    BPMN_RESUME,  /* 恢复 */
    BPMN_EVENT_COUNT
};
const char *bpmn_event_name(enum bpmn_event_kind kind);
struct bpmn_event {
    enum bpmn_event_kind kind;
    int64_t now;
    int node; /* where the kind names one; -1 otherwise (0 is a node) */
    int64_t token;
    int index;
    struct str name;
    const struct json *variables; /* an object, or NULL */
    struct str who;               /* actor: of BPMN_FINISH too, where the task has a holder */
    struct str to;
    int64_t from, until;
    bool keep, after;
    /* What expressions may read beside the variables during this step and what is not kept: facts the caller
     * holds elsewhere. Variables of the same name go before. */
    const struct feel_entry *known;
    size_t known_count;
};

/* ---- commands, in the order in which they are to be carried out ---- */
enum bpmn_command_kind {
    BPMN_DO_USER,         /* token: put it into the inbox of `role` */
    BPMN_DO_MANUAL,       /* the same, done outside the system */
    BPMN_DO_SERVICE,      /* name: topic or operation */
    BPMN_DO_SCRIPT,       /* name: format; text: the script */
    BPMN_DO_RULE,         /* name: decision */
    BPMN_DO_CALL,         /* name: the called process of another definition; variables are its input */
    BPMN_SET_TIMER,       /* token, index; timer, text; answered by BPMN_TIMER */
    BPMN_THROW_MESSAGE,   /* name: id of the message; text: its name; target: node or participant */
    BPMN_THROW_SIGNAL,    /* name: id; text: its name. Already delivered inside this instance */
    BPMN_TELL_ESCALATION, /* name: code. Nobody in this instance caught it */
    BPMN_CANCEL,          /* token: what was asked for it is no longer wanted (task, timers, call) */
    BPMN_END,             /* status, name: error code */
    /* name: the operation; who: the actor; target: the other person (who takes it, acts for the holder, signs
     * besides, or no longer signs), or the node it goes back to; text: what it is about; from, until, after,
     * keep as in the event. */
    BPMN_TELL,
    BPMN_COMMAND_COUNT
};
const char *bpmn_command_name(enum bpmn_command_kind kind);
enum bpmn_timer { BPMN_DATE, BPMN_DURATION, BPMN_WORKING_DAYS, BPMN_TIMER_COUNT };
struct bpmn_command {
    enum bpmn_command_kind kind;
    int64_t token;
    int node;
    int index;
    enum bpmn_timer timer;
    enum bpmn_status status;
    struct str name, text, role, who;
    struct str target;
    int64_t from, until;          /* BPMN_TELL */
    bool after, keep;             /* BPMN_TELL */
    const struct json *variables; /* inputs of a task, payload of a message; NULL: none */
};
struct bpmn_commands {
    struct bpmn_command *list;
    size_t count, room;
    int end;    /* the last end event of the process itself that was reached in this step; -1: none */
    int *flows; /* sequence flows a token went along, in order */
    size_t flow_count, flow_room;
};

/* When a timer of BPMN_SET_TIMER rings: *at, not before `now`; or that many working days from now, which the
 * caller counts (then *at is `now`). */
void bpmn_timer_at(const struct bpmn_command *c, int64_t now, int64_t *at, int64_t *working_days);

/* One step. On false *next and *commands are unchanged. `next` must not be `state`. */
bool bpmn_step(struct arena *a, const struct bpmn *b, const struct bpmn_state *state,
               const struct bpmn_event *event, struct bpmn_state *next, struct bpmn_commands *commands,
               struct err *e) NODISCARD;

/* What the task of a token is given at this moment, as its command says it when it begins: {name: value},
 * empty where nothing is mapped. Of `about` token, now and known count. NULL with an error where an
 * expression takes too long. */
const struct json *bpmn_given(struct arena *a, const struct bpmn *b, const struct bpmn_state *s,
                              const struct bpmn_event *about, struct err *e) NODISCARD;

/* What a message or signal from outside would start: the node for BPMN_START; `after` -1 for the first. */
int bpmn_starts_on(const struct bpmn *b, int after, bool signal, struct str id);
/* Has that person signed there already, so that the task (a turn that counts people) is others' to do? */
bool bpmn_has_signed(const struct bpmn *b, const struct bpmn_state *s, int64_t task, struct str who);
/* The id under which nodes know the message of that name, or of that id; empty: none listens to such a one.
 */
struct str bpmn_message_named(const struct bpmn *b, struct str name);
/* Who waits for a signal in this instance, in the order of tokens, under the name others know it by. */
struct bpmn_listener {
    int64_t token;
    struct str signal;
    int node;
};
size_t bpmn_listeners(struct arena *a, const struct bpmn *b, const struct bpmn_state *s,
                      struct bpmn_listener **list);
/* The id under which that token waits for the signal of that name; empty: it does not. */
struct str bpmn_heard_as(const struct bpmn *b, const struct bpmn_state *s, int64_t token, struct str signal);
/* Does anything in this instance wait for it? */
bool bpmn_waits_for(const struct bpmn *b, const struct bpmn_state *s, bool signal, struct str id);

/* ---- a virtual clock ---- */
/* Runs the instances of one definition against each other without waiting: timers by a clock of its own,
 * messages and signals between instances, whatever else by `work`. For tests and try-runs. */
struct bpmn_world;
/* Answers a command for work (BPMN_DO_…): true when it is done now, with *variables as result; after `*delay`
 * ms of virtual time where that is set; raises error `*error` where that is set. False: nobody does it. */
typedef bool (*bpmn_work)(void *data, struct arena *a, const struct bpmn_command *c,
                          const struct bpmn_state *s, const struct json **variables, int64_t *delay,
                          struct str *error);
struct bpmn_world *bpmn_world_new(struct arena *a, const struct bpmn *b, int64_t now, bpmn_work work,
                                  void *data);
/* Index of the instance, -1 with the error of its first step. */
int bpmn_world_start(struct bpmn_world *w, int node, const struct json *variables, struct err *e);
bool bpmn_world_send(struct bpmn_world *w, int instance, const struct bpmn_event *event,
                     struct err *e) NODISCARD;
/* Everything that needs no time. */
bool bpmn_world_settle(struct bpmn_world *w, struct err *e) NODISCARD;
/* The clock moves to `until`, through every timer on the way. */
bool bpmn_world_run(struct bpmn_world *w, int64_t until, struct err *e) NODISCARD;
const struct bpmn_state *bpmn_world_state(const struct bpmn_world *w, int instance);
int bpmn_world_count(const struct bpmn_world *w);
int64_t bpmn_world_now(const struct bpmn_world *w);

#endif
