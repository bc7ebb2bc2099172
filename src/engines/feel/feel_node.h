/* What FEEL compiles into: a tree of nodes with names already resolved. Private to the engine.
 *
 * A name is (frames outward, slot); inside a filter it is first asked of the item. Nodes are written while
 * compiling and only read afterwards. */
#ifndef TB_FEEL_NODE_H
#define TB_FEEL_NODE_H

#include "engines/feel/feel.h"
#include "engines/feel/feel_build.h"
#include "engines/feel/feel_builtin.h"

enum feel_op {
    FEEL_OP_BROKEN,
    FEEL_OP_CONSTANT,
    FEEL_OP_SLOT,
    FEEL_OP_ITEM_NAME, /* of the item of a filter, else what stands in `binary.a` */
    FEEL_OP_UNKNOWN,   /* a name that nobody declared */
    FEEL_OP_PATH,
    FEEL_OP_FILTER,
    FEEL_OP_LIST,
    FEEL_OP_CONTEXT,
    FEEL_OP_RANGE,
    FEEL_OP_COMPARISON_RANGE, /* "(< 5)" as a value */
    FEEL_OP_NEGATE,
    FEEL_OP_ADD,
    FEEL_OP_SUBTRACT,
    FEEL_OP_MULTIPLY,
    FEEL_OP_DIVIDE,
    FEEL_OP_POWER,
    FEEL_OP_EQUAL,
    FEEL_OP_NOT_EQUAL,
    FEEL_OP_LESS,
    FEEL_OP_LESS_EQUAL,
    FEEL_OP_GREATER,
    FEEL_OP_GREATER_EQUAL,
    FEEL_OP_AND,
    FEEL_OP_OR,
    FEEL_OP_BETWEEN,
    FEEL_OP_IN,
    FEEL_OP_INSTANCE_OF,
    FEEL_OP_IF,
    FEEL_OP_FOR,
    FEEL_OP_SOME,
    FEEL_OP_EVERY,
    FEEL_OP_FUNCTION,
    FEEL_OP_EXTERNAL,
    FEEL_OP_CALL,
    FEEL_OP_CONFORM,
    FEEL_OP_HOST,
    FEEL_OP_TEST_ANY,
    FEEL_OP_TEST_COMPARE, /* operator and right side */
    FEEL_OP_TEST_VALUE,   /* equal to, one of, or inside what the expression gives */
    FEEL_OP_TEST_TRUE,    /* an expression over `?` */
    FEEL_OP_TEST_ONE_OF,
    FEEL_OP_TEST_NOT,
    FEEL_OP_COUNT
};

/* The parameters of a built-in function. */
struct feel_shape {
    uint32_t params;
    uint32_t single; /* bit i: a list of one stands for its element */
    bool repeats;    /* the last one does */
};

struct feel_iterator {
    struct feel_node *in;
    struct feel_node *to; /* "in a..b"; NULL: a list */
};

struct feel_node {
    enum feel_op op;
    uint32_t line, column; /* in the text, from 1; 0: built without one */
    struct str where;
    union {
        struct feel_value constant;
        struct {
            uint32_t depth, slot;
            struct str name;
            struct feel_node *otherwise; /* ITEM_NAME: when the item has no such entry; NULL: null */
        } name;
        struct {
            struct feel_node *a, *b, *c;
        } operand; /* operators, IF, BETWEEN */
        struct {
            struct feel_node *of;
            struct str name;
        } path;
        struct {
            struct feel_node *in, *match;
            const struct feel_scope *scope;
            bool fresh; /* a function in `match` may keep the frame */
        } filter;
        struct {
            size_t count;
            struct feel_node **items;
        } list; /* LIST, TEST_ONE_OF */
        struct {
            const struct feel_scope *scope;
            size_t count;
            const struct str *keys;
            struct feel_node **values;
            const struct feel_type **types; /* NULL: none */
            struct feel_node *result;
        } context;
        struct {
            struct feel_node *low, *high;
            bool low_closed, high_closed;
        } range;
        struct {
            enum feel_op op;
            struct feel_node *right;
        } compare; /* TEST_COMPARE, COMPARISON_RANGE */
        struct {
            struct feel_node *value, *tests;
        } in;
        struct {
            struct feel_node *value;
            const struct feel_type *type;
            struct str what;
        } type; /* INSTANCE_OF, CONFORM */
        struct {
            const struct feel_scope *scope;
            size_t count;
            struct feel_iterator *iterators; /* variables stand in slots 0 …; "partial" behind them */
            struct feel_node *body;
            bool fresh;
        } loop;
        struct {
            const struct feel_scope *scope;
            size_t count;
            const struct feel_field *params;
            const struct feel_type *result;
            struct feel_node *body;
        } function;
        struct {
            struct feel_node *callee; /* NULL: builtin */
            const struct feel_builtin *builtin;
            struct feel_shape shape; /* of the builtin */
            size_t count;            /* of args; for a builtin already in the order of its parameters */
            const struct str *names; /* NULL: by position */
            struct feel_node **args; /* an entry may be NULL: not given */
        } call;
        struct {
            feel_host eval;
            const void *data;
        } host;
        struct {
            const char *msgid;
            struct str arg;
        } broken;
    };
};

enum feel_scope_kind { FEEL_SCOPE_PLAIN, FEEL_SCOPE_FILTER };

struct feel_name {
    struct str name;
    const struct feel_type *type;
    struct feel_name *next;
};

struct feel_scope {
    struct feel_unit *unit;
    struct feel_scope *outer;
    enum feel_scope_kind kind;
    size_t count, cap;
    struct feel_field *names; /* slot i */
    bool captured;            /* a function inside may keep the frame */
    bool asked;               /* slot 0 was read: `?` of a test */
};

struct feel_unit {
    struct arena *arena;
    struct feel_notes *notes;
    struct str where;
    struct feel_name *known; /* names of entries, wherever they occur */
    size_t known_count;
    struct feel_name *types;
};

/* Lambdas and natives behind FEEL_FUNCTION. */
struct feel_function {
    const struct feel_builtin *builtin; /* NULL: one of the two below */
    size_t param_count;
    const struct feel_field *params;
    const struct feel_type *result;
    feel_native native; /* NULL: body */
    const void *data;
    const struct feel_node *body;
    const struct feel_scope *scope;
    const struct feel_frame *frame;
};

struct feel_node *feel_node_new(struct feel_unit *u, enum feel_op op);

/* ---- built-in functions ---- */
/* Any form of that name; NULL: none. */
const struct feel_builtin *feel_builtin_named(struct str name);
void feel_builtin_each(void (*fn)(void *arg, struct str name), void *arg);
/* The form of that name which takes `count` arguments, or those names; NULL: none. */
const struct feel_builtin *feel_builtin_form(const struct feel_builtin *any, size_t count,
                                             const struct str *names);
struct feel_shape feel_builtin_shape(const struct feel_builtin *b);
/* Which parameter has that name; SIZE_MAX: none. */
size_t feel_builtin_param(const struct feel_builtin *b, struct str name);
/* How many parameters there are up to the last of these: those behind it are not given. */
size_t feel_builtin_reach(const struct feel_builtin *b, size_t count, const struct str *names);

/* ---- types before anything is evaluated ---- */
/* What is known of the type of an expression in a scope; NULL: nothing. */
const struct feel_type *feel_static_type(const struct feel_node *n, const struct feel_scope *s);

/* The types of a built-in function, one a call; *at is 0 before the first. NULL: no more. */
const struct feel_type *feel_builtin_type(struct arena *a, const struct feel_builtin *b, size_t *at);

/* ---- shared by evaluator and functions ---- */
struct feel_value feel_list_of(struct arena *a,
                               struct feel_value v); /* a list stays, null is empty, the rest one element */
/* Is v equal to, one of, or inside `test`? True, false or null. */
struct feel_value feel_in_value(struct feel_value v, struct feel_value test);
/* Inside a range: true, false, or null where the two cannot be compared. */
struct feel_value feel_in_range(struct feel_value v, const struct feel_range *range);
struct feel_value feel_property(struct feel_run *r, const struct feel_node *at, struct feel_value of,
                                struct str name);
struct feel_value feel_add(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                           struct feel_value b);
struct feel_value feel_eval_loop(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f);
struct feel_value feel_eval_filter(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f);
struct feel_value feel_eval_call(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f);
struct feel_value feel_eval_test(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f,
                                 struct feel_value input);
struct feel_value feel_arithmetic(struct feel_run *r, const struct feel_node *n, struct feel_value a,
                                  struct feel_value b);
/* As feel_text; false when something was nested too deeply. */
bool feel_text_whole(struct arena *a, struct feel_value v, struct str *out);
struct feel_value feel_too_deep(struct feel_run *r, const struct feel_node *at);
/* feel_conform with the place for its note. */
struct feel_value feel_conform_at(struct feel_run *r, const struct feel_node *at, struct feel_value v,
                                  const struct feel_type *t, struct str what);
/* One step; false when the run has stopped. */
bool feel_step(struct feel_run *r, const struct feel_node *at);
/* A range whose ends have an order; null otherwise. */
struct feel_value feel_range(struct feel_run *r, const struct feel_node *at, struct feel_range range);

#endif
