/* What the files of this engine share: the compiled form, and the run of one step. */
#ifndef TB_BPMN_INTERNAL_H
#define TB_BPMN_INTERNAL_H

#include "engines/bpmn/bpmn.h"
#include "engines/bpmn/bpmn_xml.h"
#include "engines/feel/feel.h"

/* ---- the compiled form ---- */
/* A FEEL text and the names of variables it reads, one slot each. */
struct bpmn_expr {
    struct str text;
    struct feel_node *node;
    struct feel_scope *scope;
    const struct str *names;
    size_t name_count;
};

enum trigger_kind {
    TRIGGER_MESSAGE,
    TRIGGER_TIMER,
    TRIGGER_SIGNAL,
    TRIGGER_ERROR,
    TRIGGER_ESCALATION,
    TRIGGER_TERMINATE,
    TRIGGER_CONDITION,
    TRIGGER_COMPENSATION,
    TRIGGER_LINK,
    TRIGGER_CANCEL,
    TRIGGER_COUNT
};
enum timer_form { TIMER_DATE, TIMER_DURATION, TIMER_CYCLE };

/* One event definition. */
struct bpmn_trigger {
    enum trigger_kind kind;
    struct str ref;  /* id of the message, signal, …; empty: none named */
    struct str code; /* of the error or escalation; name of the message or signal */
    int node;        /* compensation: the activity; link: the other end; -1: none */
    enum timer_form form;
    bool literal;      /* the time stands there as it is (ISO 8601) */
    bool working_days; /* and counts working days */
    const struct bpmn_expr *expr;
    bool wait; /* compensation: for completion */
};

struct bpmn_map {
    struct str from, to;               /* variables */
    const struct bpmn_expr *transform; /* NULL: the value as it is */
};

struct bpmn_loop {
    bool multi, sequential;
    /* standard */
    bool test_before;
    const struct bpmn_expr *condition;
    int64_t maximum; /* -1: none */
    /* multi-instance */
    const struct bpmn_expr *cardinality, *completion;
    struct str input, item, output, output_item; /* variables */
    enum { BEHAVIOR_ALL, BEHAVIOR_ONE, BEHAVIOR_NONE, BEHAVIOR_COMPLEX } behavior;
    const struct bpmn_trigger *event; /* of behavior one or none */
    size_t case_count;                /* of behavior complex */
    const struct bpmn_expr **cases;
    const struct bpmn_trigger **case_events;
};

/* A process of another document as it may be called: from that instant on. */
struct bpmn_version {
    int64_t from;
    int node;
};

struct bpmn_flow {
    struct str id, name;
    int from, to;
    const struct bpmn_expr *condition;
};

struct bpmn_node {
    enum bpmn_kind kind;
    struct str id, name, role;
    int parent;    /* -1: a process */
    int process;   /* the outermost */
    int *in, *out; /* flows */
    size_t in_count, out_count;
    int default_flow; /* -1: none */
    int *children;    /* of a scope, in the order of the document */
    size_t child_count;
    int *boundaries; /* of an activity */
    size_t boundary_count;
    int attached;      /* boundary event: to this activity */
    int link;          /* throwing link event: the catching one; -1: none */
    int handler;       /* activity: compensated by this one; -1: none */
    bool interrupting; /* boundary and start events */
    bool parallel;     /* multiple event: all of them */
    bool instantiates;
    bool for_compensation;
    bool ends_remaining; /* ad-hoc */
    bool in_order;       /* ad-hoc: sequential */
    bool gateway_parallel;
    bool executable;
    bool whole; /* user task: not while materials are owed */
    const struct bpmn_attr *attrs;
    size_t attr_count;
    const struct bpmn_trigger *triggers;
    size_t trigger_count;
    int64_t start_quantity, completion_quantity;
    const struct bpmn_loop *loop;
    const struct bpmn_expr *condition; /* activation, or completion of an ad-hoc */
    const struct bpmn_expr *script;    /* FEEL */
    struct str script_text, script_format, result;
    struct str topic; /* service: topic, operation; rule: decision; call: the called element */
    int called;       /* in the same file; -1: elsewhere */
    const struct bpmn_version *versions; /* … of what it calls elsewhere, once linked: preferred ones first */
    size_t version_count;
    bool gives_all, takes_all; /* a call: beside what is mapped */
    struct str message;        /* send and receive */
    struct str message_name, target;
    const struct bpmn_map *inputs, *outputs;
    size_t input_count, output_count;
};

struct bpmn {
    struct bpmn_node *nodes;
    int node_count;
    struct bpmn_flow *flows;
    int flow_count;
    const int *by_id; /* nodes, by id */
};

/* ---- expressions (bpmn_expr.c) ---- */
struct bpmn_exprs {
    struct arena *arena;
    const struct bpmn_options *options;
    struct feel_notes *notes; /* the unit keeps it */
    struct feel_unit *unit;
};
struct bpmn_exprs bpmn_exprs_new(struct arena *a, const struct bpmn_options *options);
/* NULL when the text is no FEEL. */
const struct bpmn_expr *bpmn_expr(struct bpmn_exprs *x, struct str text);

/* False for a constant that is no boolean. */
bool bpmn_may_be_boolean(struct arena *a, const struct bpmn_expr *x);

/* ISO 8601, as timers write it. */
bool bpmn_is_date(struct str s);
bool bpmn_is_duration(struct str s);
/* "R3/PT1H", "R/PT1H", "R3/2027-01-01T00:00:00/P1D": firings (-1: without end), start (empty: none), period.
 */
bool bpmn_is_cycle(struct str s, int64_t *count, struct str *start, struct str *period);
/* Milliseconds of a duration of days and time, or of months of 30 days; for the virtual clock. */
bool bpmn_duration_ms(struct str s, int64_t *ms);
bool bpmn_date_ms(struct str s, int64_t *ms);

/* ---- loading ---- */
void bpmn_check(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x, struct bpmn_findings *f);
struct bpmn *bpmn_compile(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x);
/* The event definitions of an event, those it refers to included. */
size_t bpmn_triggers(const struct bpmn_doc *d, const struct bpmn_el *event, const struct bpmn_el **out,
                     size_t max);
enum { TRIGGERS_MAX = 32 };
/* May a process begin there? */
bool bpmn_instantiates(const struct bpmn *b, int node);
void bpmn_compile_event(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x,
                        const struct bpmn_el *el, struct bpmn_node *n);
const struct bpmn_trigger *bpmn_compile_trigger(struct arena *a, const struct bpmn_doc *d,
                                                struct bpmn_exprs *x, const struct bpmn_el *el);
void bpmn_compile_activity(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x,
                           const struct bpmn_el *el, struct bpmn_node *n);
/* Sorts the nodes by id, for bpmn_node. */
void bpmn_index(struct arena *a, struct bpmn *b);
/* Name under which an item-aware element is a variable. */
struct str bpmn_variable(const struct bpmn_doc *d, const struct bpmn_el *el);

/* ---- a step ---- */
struct bpmn_run {
    struct arena *arena;
    const struct bpmn *b;
    struct bpmn_state *s;
    struct bpmn_commands *out;
    struct err *e;
    int64_t now;
    bool failed;
    bool changed; /* variables, or what is armed: conditions are looked at */
    unsigned moves;
    struct queue {
        int64_t *ids;
        size_t first, count, room;
    } arrivals, throws;
    /* Names an expression sees beside the variables. */
    const struct feel_entry *extra;
    size_t extra_count;
    const struct feel_entry *known; /* … behind them */
    size_t known_count;
};

const struct bpmn_node *bpmn_node_of(const struct bpmn_run *r, const struct bpmn_token *t);
/* NULL when it is gone. The pointer lives until the next token is made. */
struct bpmn_token *bpmn_token(struct bpmn_run *r, int64_t id);
struct bpmn_token *bpmn_add(struct bpmn_run *r, int node, int64_t parent, enum bpmn_phase phase);
void bpmn_push(struct bpmn_run *r, struct queue *q, int64_t id);
void bpmn_fail(struct bpmn_run *r, const char *code, const char *msgid, int node);
struct bpmn_command *bpmn_command(struct bpmn_run *r, enum bpmn_command_kind kind,
                                  const struct bpmn_token *t);
/* The record of an operation: what the event says of it. */
struct bpmn_command *bpmn_tell(struct bpmn_run *r, const struct bpmn_event *event,
                               const struct bpmn_token *t);
/* The token, all that stands in it or hangs on it, and its variables; work given out is called back. */
void bpmn_remove(struct bpmn_run *r, int64_t id);
/* What stands in a scope; finished activities stay where `keep` says so. */
void bpmn_clear(struct bpmn_run *r, int64_t scope, bool keep);
/* Without anything else. */
void bpmn_drop(struct bpmn_run *r, int64_t id);
void bpmn_set(struct bpmn_run *r, int64_t scope, struct str name, const struct json *value);
/* Where the name is known, seen from a token; else in its innermost scope that is no loop. */
void bpmn_assign(struct bpmn_run *r, int64_t from, struct str name, const struct json *value);
void bpmn_assign_all(struct bpmn_run *r, int64_t from, const struct json *object);
void bpmn_forget(struct bpmn_run *r, int64_t scope);

struct feel_value bpmn_eval(struct bpmn_run *r, const struct bpmn_expr *x, int64_t from);
/* Null is false. */
bool bpmn_true(struct bpmn_run *r, const struct bpmn_expr *x, int64_t from);

/* moving (bpmn_move.c) */
void bpmn_settle(struct bpmn_run *r);
void bpmn_arrive(struct bpmn_run *r, int node, int64_t parent, int flow);
/* The token goes out of its node by the sequence flows; where there are none it ends. */
void bpmn_leave(struct bpmn_run *r, int64_t id);
/* Tokens on the flows out of a node that is no gateway; conditions are seen from `from`. */
void bpmn_pass_on(struct bpmn_run *r, int node, int64_t parent, int64_t from, int64_t quantity);
void bpmn_end_by_error(struct bpmn_run *r, struct str code);
/* gateways (bpmn_gateway.c) */
void bpmn_enter_gateway(struct bpmn_run *r, int64_t id);
/* A merge that nothing more can reach fires: true when one did. */
bool bpmn_merge(struct bpmn_run *r);
/* activities (bpmn_activity.c) */
void bpmn_enter_activity(struct bpmn_run *r, int64_t id);
void bpmn_begin(struct bpmn_run *r, int64_t id);    /* the work itself, once */
void bpmn_give_out(struct bpmn_run *r, int64_t id); /* to people */
void bpmn_complete(struct bpmn_run *r, int64_t id);
void bpmn_finish_activity(struct bpmn_run *r, int64_t id); /* with all its turns */
void bpmn_take_outputs(struct bpmn_run *r, int64_t id, const struct json *results);
/* {name: value} by the input associations; NULL: there are none. */
const struct json *bpmn_inputs(struct bpmn_run *r, int64_t id);
/* scopes (bpmn_scope.c) */
bool bpmn_may_run(struct bpmn_run *r, int node);
/* What runs in a scope: a process or sub-process. */
int bpmn_part(const struct bpmn *b, const struct bpmn_token *scope);
/* Does it begin by itself where there is no start event? */
bool bpmn_begins(const struct bpmn *b, int node);
void bpmn_start_scope(struct bpmn_run *r, int64_t id);
void bpmn_start_others(struct bpmn_run *r, int64_t scope, int node);
void bpmn_arm_event_sub_processes(struct bpmn_run *r, int64_t scope);
void bpmn_start_event_sub_process(struct bpmn_run *r, int start, int64_t scope, int64_t host);
/* A scope in which nothing is left is completed: true when there was one. */
bool bpmn_finish_scope(struct bpmn_run *r);
void bpmn_child_done(struct bpmn_run *r, int64_t scope);
/* loops (bpmn_loop.c) */
void bpmn_enter_loop(struct bpmn_run *r, int64_t id);
void bpmn_turn_done(struct bpmn_run *r, int64_t turn);
/* So many signatures are of so many people: fails with DENIED where `who` has done a turn of this loop. Turns
 * over the elements of a list are each about something else, and may be one person's. */
/* actor: it is the one who acts. */
bool bpmn_may_sign(struct bpmn_run *r, const struct bpmn_token *turn, struct str who, bool actor);
void bpmn_note_signer(struct bpmn_run *r, const struct bpmn_token *turn, struct str who);
bool bpmn_add_turn(struct bpmn_run *r, int64_t loop, struct str holder);
void bpmn_look_at_loop(struct bpmn_run *r, int64_t loop);
/* events (bpmn_catch.c, bpmn_throw.c) */
void bpmn_enter_catch(struct bpmn_run *r, int64_t id);
void bpmn_arm(struct bpmn_run *r, int64_t id);
void bpmn_arm_boundaries(struct bpmn_run *r, int64_t id);
void bpmn_choose(struct bpmn_run *r, int64_t id);
void bpmn_fire(struct bpmn_run *r, int64_t id, size_t index, const struct json *variables);
bool bpmn_conditions(struct bpmn_run *r);
bool bpmn_deliver(struct bpmn_run *r, enum trigger_kind kind, struct str ref, int64_t only,
                  const struct json *variables);
void bpmn_timer_fired(struct bpmn_run *r, int64_t id, int index);
bool bpmn_is_compensation_start(const struct bpmn_node *n);
void bpmn_enter_throw(struct bpmn_run *r, int64_t id);
void bpmn_throw(struct bpmn_run *r, int64_t id);
void bpmn_thrown(struct bpmn_run *r, int64_t id); /* all is done: the token goes on */
void bpmn_throw_trigger(struct bpmn_run *r, int64_t from, const struct bpmn_trigger *t);
/* True when something caught it. */
bool bpmn_raise(struct bpmn_run *r, int64_t from, enum trigger_kind kind, struct str code,
                const struct json *variables);
/* By nothing in particular: only event sub-processes of the process may catch it. */
bool bpmn_raise_in_case(struct bpmn_run *r, enum trigger_kind kind, struct str code);
/* compensation (bpmn_compensate.c) */
/* A completed activity that may have to be undone: false when there is nothing to remember. */
bool bpmn_remember(struct bpmn_run *r, int64_t id, int64_t parent);
void bpmn_compensate(struct bpmn_run *r, int64_t by, int64_t scope, int activity);
void bpmn_compensated(struct bpmn_run *r, int64_t by, int64_t undone);
void bpmn_cancel_transaction(struct bpmn_run *r, int64_t from);
/* operations (bpmn_operate.c) */
void bpmn_mind(struct bpmn_run *r, const struct bpmn_event *event);
/* Fails where the task needs everything and something is owed. */
bool bpmn_is_whole(struct bpmn_run *r, const struct bpmn_token *t);
bool bpmn_has_promises(const struct bpmn_run *r);
void bpmn_send_back(struct bpmn_run *r, const struct bpmn_event *event);
void bpmn_withdraw(struct bpmn_run *r, const struct bpmn_event *event);
void bpmn_operate(struct bpmn_run *r, const struct bpmn_event *event);
/* What lies ahead of nodes of one scope, in that scope. */
struct bpmn_reach {
    bool *seen;
    int *stack, depth;
};
struct bpmn_reach bpmn_reach_new(struct arena *a, const struct bpmn *b);
void bpmn_reach_from(struct bpmn_reach *w, int node);
void bpmn_reach_on(const struct bpmn *b, struct bpmn_reach *w, int without); /* not through it; -1: none */
/* Fails with DENIED where the task has a holder and this is neither that person nor a delegate. */
bool bpmn_may_act(struct bpmn_run *r, const struct bpmn_token *t, struct str who);
void bpmn_note_past(struct bpmn_run *r, const struct bpmn_token *t, struct str who);
/* One of several who sign has signed: true when others are to follow, so that the task is not yet done. */
bool bpmn_signed(struct bpmn_run *r, int64_t id);
/* another definition (bpmn_fit_join.c, bpmn_fit_twice.c) */
/* Will tokens of that scope come to the gateway and wait there for ever, since none brings what it waits for?
 */
bool bpmn_join_in_vain(struct arena *a, const struct bpmn *b, const struct bpmn_state *s, int64_t scope,
                       int join);
/* Which places of a part (a process or sub-process) tokens of one run may hold at the same time. */
struct bpmn_together;
const struct bpmn_together *bpmn_together(struct arena *a, const struct bpmn *b, int part);
/* Two tokens of one scope, in that part, which no run would hold together: the node they would come to one
 * after the other by the same way, a join where there is one. -1: none. */
int bpmn_comes_twice(struct arena *a, const struct bpmn_together *t, const struct bpmn_token *one,
                     const struct bpmn_token *other);

#endif
