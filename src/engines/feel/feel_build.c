#include "engines/feel/feel_build.h"

#include "engines/feel/feel_lex.h"
#include "engines/feel/feel_node.h"

bool feel_constant(const struct feel_node *n, struct feel_value *out)
{
    if (n->op != FEEL_OP_CONSTANT) return false;
    *out = n->constant;
    return true;
}

struct feel_node *feel_make_constant(struct feel_unit *u, struct feel_value v)
{
    struct feel_node *n = feel_node_new(u, FEEL_OP_CONSTANT);
    n->constant = v;
    return n;
}

struct feel_node *feel_make_list(struct feel_unit *u, size_t count, struct feel_node **items)
{
    bool constant = true;
    for (size_t i = 0; i < count; i++)
        constant = constant && items[i]->op == FEEL_OP_CONSTANT;
    if (constant) {
        struct feel_value *values, list = feel_list(u->arena, count, &values);
        for (size_t i = 0; i < count; i++)
            values[i] = items[i]->constant;
        return feel_make_constant(u, list);
    }
    struct feel_node *n = feel_node_new(u, FEEL_OP_LIST);
    n->list.count = count;
    n->list.items = items;
    return n;
}

struct feel_node *feel_make_context(struct feel_unit *u, struct feel_scope *inner, size_t count,
                                    const struct str *keys, struct feel_node **values,
                                    const struct feel_type **types, struct feel_node *result)
{
    struct feel_node *n = feel_node_new(u, FEEL_OP_CONTEXT);
    n->context.scope = inner;
    n->context.count = count;
    n->context.keys = keys;
    n->context.values = values;
    n->context.types = types;
    n->context.result = result;
    for (size_t i = 0; i < count; i++)
        feel_unit_knows(u, keys[i]);
    return n;
}

struct feel_node *feel_make_if(struct feel_unit *u, struct feel_node *condition, struct feel_node *yes,
                               struct feel_node *no)
{
    struct feel_node *n = feel_node_new(u, FEEL_OP_IF);
    n->operand.a = condition;
    n->operand.b = yes;
    n->operand.c = no;
    return n;
}

struct feel_node *feel_make_filter(struct feel_unit *u, struct feel_scope *inner, struct feel_node *in,
                                   struct feel_node *match)
{
    struct feel_node *n = feel_node_new(u, FEEL_OP_FILTER);
    n->filter.in = in;
    n->filter.match = match;
    n->filter.scope = inner;
    n->filter.fresh = inner->captured;
    return n;
}

static struct feel_node *make_loop(struct feel_unit *u, enum feel_op op, struct feel_scope *inner,
                                   struct feel_node *in, struct feel_node *body)
{
    struct feel_node *n = feel_node_new(u, op);
    n->loop.scope = inner;
    n->loop.count = 1;
    n->loop.iterators = ARENA_NEW(u->arena, struct feel_iterator);
    n->loop.iterators[0].in = in;
    n->loop.body = body;
    n->loop.fresh = inner->captured;
    return n;
}

struct feel_node *feel_make_for(struct feel_unit *u, struct feel_scope *inner, struct feel_node *in,
                                struct feel_node *body)
{
    return make_loop(u, FEEL_OP_FOR, inner, in, body);
}

struct feel_node *feel_make_quantified(struct feel_unit *u, bool every, struct feel_scope *inner,
                                       struct feel_node *in, struct feel_node *satisfies)
{
    return make_loop(u, every ? FEEL_OP_EVERY : FEEL_OP_SOME, inner, in, satisfies);
}

struct feel_node *feel_make_function(struct feel_unit *u, struct feel_scope *inner, size_t count,
                                     const struct feel_field *params, const struct feel_type *result,
                                     struct feel_node *body)
{
    struct feel_node *n = feel_node_new(u, FEEL_OP_FUNCTION);
    n->function.scope = inner;
    n->function.count = count;
    n->function.params = params;
    n->function.result = result;
    n->function.body = body;
    for (struct feel_scope *s = inner; s; s = s->outer)
        s->captured = true;
    return n;
}

/* Texts of these are read once, while compiling: they depend on nothing else. */
static bool is_foldable(const struct feel_builtin *b)
{
    static const char *const names[] = {"date", "time", "date and time", "duration"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_c(str_c(b->name), names[i])) return true;
    return false;
}

static struct feel_node *fold_call(struct feel_unit *u, struct feel_node *call)
{
    if (!call->call.builtin || !is_foldable(call->call.builtin)) return call;
    for (size_t i = 0; i < call->call.count; i++)
        if (call->call.args[i] && call->call.args[i]->op != FEEL_OP_CONSTANT) return call;
    struct feel_run run = feel_run_new(u->arena, 0);
    struct feel_value v = feel_eval(&run, call, NULL);
    return v.kind == FEEL_NULL ? call : feel_make_constant(u, v);
}

static struct feel_node *call_builtin(struct feel_unit *u, struct feel_node *n,
                                      const struct feel_builtin *any)
{
    const struct feel_builtin *form = feel_builtin_form(any, n->call.count, n->call.names);
    if (!form) return n; /* said when it is called */
    n->call.builtin = form;
    n->call.shape = feel_builtin_shape(form);
    if (!n->call.names) return fold_call(u, n);
    struct feel_node **args = ARENA_ARRAY(u->arena, n->call.shape.params, struct feel_node *);
    for (size_t i = 0; i < n->call.count; i++)
        args[feel_builtin_param(form, n->call.names[i])] = n->call.args[i];
    n->call.args = args;
    n->call.count = feel_builtin_reach(form, n->call.count, n->call.names);
    n->call.names = NULL;
    return fold_call(u, n);
}

struct feel_node *feel_make_call(struct feel_unit *u, struct feel_node *callee, size_t count,
                                 const struct str *names, struct feel_node **args)
{
    struct feel_node *n = feel_node_new(u, FEEL_OP_CALL);
    n->line = callee->line;
    n->column = callee->column;
    n->call.callee = callee;
    n->call.count = count;
    n->call.names = names;
    n->call.args = args;
    if (callee->op == FEEL_OP_CONSTANT && callee->constant.kind == FEEL_FUNCTION &&
        callee->constant.function->builtin)
        return call_builtin(u, n, callee->constant.function->builtin);
    return n;
}

struct feel_node *feel_make_conform(struct feel_unit *u, struct feel_node *value, const struct feel_type *t,
                                    struct str what)
{
    struct feel_node *n = feel_node_new(u, FEEL_OP_CONFORM);
    n->type.value = value;
    n->type.type = t;
    n->type.what = what;
    return n;
}

struct feel_node *feel_make_host(struct feel_unit *u, feel_host eval, const void *data)
{
    struct feel_node *n = feel_node_new(u, FEEL_OP_HOST);
    n->host.eval = eval;
    n->host.data = data;
    return n;
}
