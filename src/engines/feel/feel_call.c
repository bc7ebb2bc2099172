/* Calls: built-in functions, functions of the model, functions of the host. */
#include "engines/feel/feel_node.h"

/* Functions see a value for every parameter; what was not given is null, a list of one is its element where
 * none is asked for. */
static struct feel_value call_builtin(struct feel_run *r, const struct feel_node *n,
                                      const struct feel_builtin *b, struct feel_shape shape, size_t count,
                                      const struct feel_value *args)
{
    struct feel_value *own = NULL;
    if (count < shape.params) own = ARENA_ARRAY(r->arena, shape.params, struct feel_value);
    if (own) memcpy(own, args, count * sizeof *args);
    for (size_t i = 0; i < count && i < shape.params; i++) {
        if (args[i].kind != FEEL_LIST || args[i].list->count != 1 || !(shape.single >> i & 1)) continue;
        if (!own) own = memcpy(ARENA_ARRAY(r->arena, count, struct feel_value), args, count * sizeof *args);
        own[i] = args[i].list->items[0];
    }
    return b->fn(&(struct feel_call){r, n, own ? own : args, count});
}

static struct feel_value call_function(struct feel_run *r, const struct feel_node *at,
                                       const struct feel_function *f, size_t count,
                                       const struct feel_value *args)
{
    if (f->builtin) {
        const struct feel_builtin *form = feel_builtin_form(f->builtin, count, NULL);
        if (form) return call_builtin(r, at, form, feel_builtin_shape(form), count, args);
        return feel_fail(r, at, "The function %{arg} does not take that many parameters.",
                         str_c(f->builtin->name));
    }
    if (count != f->param_count)
        return feel_fail(r, at, "The function is called with the wrong number of parameters.", STR_EMPTY);
    struct feel_value *conformed = count ? ARENA_ARRAY(r->arena, count, struct feel_value) : NULL;
    for (size_t i = 0; i < count; i++) {
        conformed[i] = feel_conform_at(r, at, args[i], f->params[i].type, f->params[i].name);
        if (conformed[i].kind == FEEL_NULL && args[i].kind != FEEL_NULL)
            return FEEL_NOTHING; /* the note is there */
    }
    if (f->native) return feel_conform_at(r, at, f->native(r, f->data, conformed), f->result, STR("result"));
    struct feel_frame *frame = feel_frame_new(r, f->scope, f->frame);
    for (size_t i = 0; i < count; i++)
        frame->slots[i] = conformed[i];
    return feel_conform_at(r, at, feel_eval(r, f->body, frame), f->result, STR("result"));
}

struct feel_value feel_call(struct feel_run *r, struct feel_value function, size_t count,
                            const struct feel_value *args)
{
    if (function.kind != FEEL_FUNCTION)
        return feel_fail(r, NULL, "What is called is no function.", STR_EMPTY);
    return call_function(r, NULL, function.function, count, args);
}

struct feel_value feel_function(struct arena *a, size_t param_count, const struct feel_field *params,
                                const struct feel_type *result, feel_native native, const void *data)
{
    struct feel_function *f = ARENA_NEW(a, struct feel_function);
    *f = (struct feel_function){
        .param_count = param_count, .params = params, .result = result, .native = native, .data = data};
    return (struct feel_value){.kind = FEEL_FUNCTION, .function = f};
}

static struct feel_value call_builtin_named(struct feel_run *r, const struct feel_node *n,
                                            const struct feel_builtin *any, const struct feel_value *given)
{
    const struct feel_builtin *form = feel_builtin_form(any, n->call.count, n->call.names);
    if (!form) return feel_fail(r, n, "The function %{arg} has no such parameters.", str_c(any->name));
    struct feel_shape shape = feel_builtin_shape(form);
    struct feel_value *args = ARENA_ARRAY(r->arena, shape.params + 1, struct feel_value);
    for (size_t i = 0; i < n->call.count; i++)
        args[feel_builtin_param(form, n->call.names[i])] = given[i];
    return call_builtin(r, n, form, shape, feel_builtin_reach(form, n->call.count, n->call.names), args);
}

/* By name: every parameter of the function has its place, what was not given is null. */
static struct feel_value call_named(struct feel_run *r, const struct feel_node *n,
                                    const struct feel_function *f, const struct feel_value *given)
{
    if (f->builtin) return call_builtin_named(r, n, f->builtin, given);
    struct feel_value *args = ARENA_ARRAY(r->arena, f->param_count + 1, struct feel_value);
    bool *there = ARENA_ARRAY(r->arena, f->param_count + 1, bool);
    for (size_t i = 0; i < n->call.count; i++) {
        size_t at = 0;
        while (at < f->param_count && !str_eq(f->params[at].name, n->call.names[i]))
            at++;
        if (at == f->param_count)
            return feel_fail(r, n, "The function has no parameter %{arg}.", n->call.names[i]);
        if (there[at])
            return feel_fail(r, n, "The parameter %{arg} is given more than once.", n->call.names[i]);
        there[at] = true;
        args[at] = given[i];
    }
    return call_function(r, n, f, f->param_count, args);
}

struct feel_value feel_eval_call(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f)
{
    struct feel_value few[8],
        *args = n->call.count <= 8 ? few : ARENA_ARRAY(r->arena, n->call.count, struct feel_value);
    for (size_t i = 0; i < n->call.count; i++)
        args[i] = n->call.args[i] ? feel_eval(r, n->call.args[i], f) : FEEL_NOTHING;
    if (r->stopped) return FEEL_NOTHING;
    if (n->call.builtin) return call_builtin(r, n, n->call.builtin, n->call.shape, n->call.count, args);
    struct feel_value callee = feel_eval(r, n->call.callee, f);
    if (callee.kind == FEEL_NULL) return callee;
    if (callee.kind != FEEL_FUNCTION) return feel_fail(r, n, "What is called is no function.", STR_EMPTY);
    if (n->call.names) return call_named(r, n, callee.function, args);
    return call_function(r, n, callee.function, n->call.count, args);
}
