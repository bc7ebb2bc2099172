/* A process under test: a model in a few lines, one instance, steps one by one. After every step the state
 * goes through its JSON and back, and the step is taken from both: they must agree to the byte. */
#ifndef TB_TESTING_PROCESS_H
#define TB_TESTING_PROCESS_H

#include "engines/bpmn/bpmn.h"

struct process {
    struct arena *arena;
    struct bpmn *b;
    struct bpmn_findings *findings;
    struct bpmn_state state;
    struct bpmn_commands commands; /* of the last step */
    struct err e;
    int64_t now;
    const char *who; /* actor of what follows; NULL: none */
};
/* `body`: what stands inside <process id="p" isExecutable="true">; `before`: what stands before it. */
struct process *process_of(const char *before, const char *body);
/* The same, whatever comes of it: b is NULL where the model is refused. */
struct process *process_try(const char *before, const char *body);
void process_free(struct process *p);
bool process_found(const struct process *p, const char *rule);

/* Each fails the test when the step is refused; _not_ ones when it is not, or for another code. */
void process_start(struct process *p, const char *variables);
void process_do(struct process *p, struct bpmn_event event);
void process_not(struct process *p, struct bpmn_event event, const char *code);
/* The task that waits in the node of that id is done, with results (JSON or NULL). */
void process_finish(struct process *p, const char *node, const char *results);
void process_timer(struct process *p, const char *node);
void process_message(struct process *p, const char *id, const char *variables);

/* The n-th token that waits (or is armed) in a node, from 0; fails the test when there is none. */
int64_t process_token(struct process *p, const char *node, int n);
/* Ids of the nodes whose tasks, events or merges wait, in the order of their tokens: "a b". */
const char *process_waiting(struct process *p);
/* "done", "running", … */
const char *process_status(struct process *p);
/* The variable as JSON, seen from the root; "" where it is not there. */
const char *process_get(struct process *p, const char *name);
/* Commands of the last step: "do_user:a set_timer:b". */
const char *process_commands(struct process *p);
struct bpmn_event process_event(struct process *p, enum bpmn_event_kind kind, const char *node);

#endif
