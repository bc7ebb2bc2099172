/* Building FEEL nodes without text: for notations that nest FEEL in a structure of their own (boxed
 * expressions of DMN). The same nodes as the parser makes, so that there is one evaluator.
 *
 * Ownership: nodes belong to the arena of the unit. Arrays passed in are borrowed and must live as long.
 * Scopes: where a function takes an `inner` scope, its parts were compiled in that scope, made by
 * feel_scope_new from the scope in which the node itself stands; at run time the node makes the frame. Slots
 * are as feel_scope_add gave them. */
#ifndef TB_FEEL_BUILD_H
#define TB_FEEL_BUILD_H

#include "engines/feel/feel.h"

struct feel_node *feel_make_constant(struct feel_unit *u, struct feel_value v);
struct feel_node *feel_make_list(struct feel_unit *u, size_t count, struct feel_node **items);
/* Entry i stands in slot i of `inner` and sees those before it. `result`, where there is one, is compiled in
 * `inner` too and is the value of the whole (boxed context with a result entry); NULL: the context itself.
 * types[i] may be NULL. */
struct feel_node *feel_make_context(struct feel_unit *u, struct feel_scope *inner, size_t count,
                                    const struct str *keys, struct feel_node **values,
                                    const struct feel_type **types, struct feel_node *result);
struct feel_node *feel_make_if(struct feel_unit *u, struct feel_node *condition, struct feel_node *yes,
                               struct feel_node *no);
/* `inner` comes from feel_filter_scope; `match` is compiled in it. */
struct feel_scope *feel_filter_scope(struct feel_unit *u, struct feel_scope *outer);
struct feel_node *feel_make_filter(struct feel_unit *u, struct feel_scope *inner, struct feel_node *in,
                                   struct feel_node *match);
/* Iteration over one list: slot 0 of `inner` is the variable, and, for feel_make_for, slot 1 is "partial".
 * `in` stands outside. */
struct feel_node *feel_make_for(struct feel_unit *u, struct feel_scope *inner, struct feel_node *in,
                                struct feel_node *body);
struct feel_node *feel_make_quantified(struct feel_unit *u, bool every, struct feel_scope *inner,
                                       struct feel_node *in, struct feel_node *satisfies);
/* Parameters stand in the first slots of `inner`. */
struct feel_node *feel_make_function(struct feel_unit *u, struct feel_scope *inner, size_t count,
                                     const struct feel_field *params, const struct feel_type *result,
                                     struct feel_node *body);
/* By name. `callee` is an expression that gives a function. */
struct feel_node *feel_make_call(struct feel_unit *u, struct feel_node *callee, size_t count,
                                 const struct str *names, struct feel_node **args);
/* The value of `n`, brought to a type (feel_conform). */
struct feel_node *feel_make_conform(struct feel_unit *u, struct feel_node *n, const struct feel_type *t,
                                    struct str what);
/* Evaluated by the host, with the frame in which the node stands. */
typedef struct feel_value (*feel_host)(struct feel_run *r, const void *data, const struct feel_frame *f);
struct feel_node *feel_make_host(struct feel_unit *u, feel_host eval, const void *data);

/* What a unary test says where it can be said without evaluating: for indexes over many rules (decision
 * tables). `alternatives` are or-ed; each is an interval of constants or a single constant (low == high, both
 * closed). */
struct feel_interval {
    struct feel_value low, high; /* null: unbounded */
    bool low_closed, high_closed;
};
struct feel_simple_test {
    bool any;     /* "-": everything, null included */
    bool negated; /* not(…) */
    size_t count;
    const struct feel_interval *alternatives;
};
/* False when the test is not simple (has names, calls, `?`, lists, ranges of different kinds …). All
 * constants of a simple test are of one ordered kind (number, string, date, durations …) or booleans. */
bool feel_simple_test(struct arena *a, const struct feel_node *tests, struct feel_simple_test *out);
/* The constant that a node is. */
bool feel_constant(const struct feel_node *n, struct feel_value *out);

#endif
