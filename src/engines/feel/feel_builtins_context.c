/* Functions over contexts (DMN 1.5, 10.3.4.9), and the two that belong to no family: not, is. */
#include "engines/feel/feel_node.h"
#include "engines/feel/feel_temporal.h"

static struct feel_value wrong(struct feel_call *c)
{
    return feel_fail(c->run, c->at, "A parameter is not of the kind that the function takes.", STR_EMPTY);
}

static struct feel_value fn_get_value(struct feel_call *c)
{
    if (c->args[0].kind != FEEL_CONTEXT || c->args[1].kind != FEEL_STRING) return wrong(c);
    return feel_get(c->args[0].context, c->args[1].string);
}

static struct feel_value fn_get_entries(struct feel_call *c)
{
    struct feel_value *items;
    struct feel_entry *pair;
    if (c->args[0].kind != FEEL_CONTEXT) return wrong(c);
    const struct feel_context *from = c->args[0].context;
    struct feel_value list = feel_list(c->run->arena, from->count, &items);
    for (size_t i = 0; i < from->count; i++) {
        items[i] = feel_context(c->run->arena, 2, &pair);
        pair[0] = (struct feel_entry){STR("key"), feel_string(from->entries[i].key)};
        pair[1] = (struct feel_entry){STR("value"), from->entries[i].value};
    }
    return list;
}

static struct feel_value fn_context(struct feel_call *c)
{
    struct feel_entry *entries;
    if (c->args[0].kind == FEEL_NULL) return wrong(c);
    const struct feel_list *list = feel_list_of(c->run->arena, c->args[0]).list;
    struct feel_value out = feel_context(c->run->arena, list->count, &entries);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != FEEL_CONTEXT) return wrong(c);
        const struct feel_entry *key = feel_find(list->items[i].context, STR("key")),
                                *value = feel_find(list->items[i].context, STR("value"));
        if (!key || !value || key->value.kind != FEEL_STRING) return wrong(c);
        for (size_t k = 0; k < i; k++)
            if (str_eq(entries[k].key, key->value.string))
                return feel_fail(c->run, c->at, "A context has each name once.", STR_EMPTY);
        entries[i] = (struct feel_entry){key->value.string, value->value};
    }
    return out;
}

static struct feel_value put(struct feel_call *c, const struct feel_context *from, struct str key,
                             struct feel_value value)
{
    struct feel_entry *entries;
    bool there = feel_find(from, key) != NULL;
    struct feel_value out = feel_context(c->run->arena, from->count + !there, &entries);
    for (size_t i = 0; i < from->count; i++) {
        entries[i] = from->entries[i];
        if (str_eq(entries[i].key, key)) entries[i].value = value;
    }
    if (!there) entries[from->count] = (struct feel_entry){key, value};
    return out;
}

/* Along a path of keys; every step before the last must lead into a context. */
static struct feel_value put_path(struct feel_call *c, struct feel_value at, const struct feel_list *keys,
                                  size_t level)
{
    if (at.kind != FEEL_CONTEXT || keys->items[level].kind != FEEL_STRING) return wrong(c);
    struct str key = keys->items[level].string;
    if (level + 1 == keys->count) return put(c, at.context, key, c->args[2]);
    struct feel_value inner = put_path(c, feel_get(at.context, key), keys, level + 1);
    return inner.kind == FEEL_NULL ? inner : put(c, at.context, key, inner);
}

static struct feel_value fn_put_key(struct feel_call *c)
{
    if (c->args[0].kind != FEEL_CONTEXT || c->args[1].kind != FEEL_STRING) return wrong(c);
    return put(c, c->args[0].context, c->args[1].string, c->args[2]);
}

static struct feel_value fn_put_keys(struct feel_call *c)
{
    if (c->args[1].kind != FEEL_LIST || !c->args[1].list->count) return wrong(c);
    if (c->args[1].list->count > FEEL_VALUE_DEPTH) return feel_too_deep(c->run, c->at);
    return put_path(c, c->args[0], c->args[1].list, 0);
}

static struct feel_value fn_put(struct feel_call *c)
{
    return c->args[1].kind == FEEL_LIST ? fn_put_keys(c) : fn_put_key(c);
}

static struct feel_value fn_context_merge(struct feel_call *c)
{
    struct feel_entry *none;
    if (c->args[0].kind == FEEL_NULL) return wrong(c);
    const struct feel_list *list = feel_list_of(c->run->arena, c->args[0]).list;
    struct feel_value out = feel_context(c->run->arena, 0, &none);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != FEEL_CONTEXT) return wrong(c);
        const struct feel_context *one = list->items[i].context;
        for (size_t k = 0; k < one->count; k++)
            out = put(c, out.context, one->entries[k].key, one->entries[k].value);
    }
    return out;
}

static struct feel_value fn_not(struct feel_call *c)
{
    return c->args[0].kind == FEEL_BOOLEAN ? feel_boolean(!c->args[0].boolean) : wrong(c);
}

static struct feel_value fn_is(struct feel_call *c)
{
    struct feel_value a = c->args[0], b = c->args[1];
    if (a.kind != b.kind) return feel_boolean(false);
    if (a.kind == FEEL_DATE || a.kind == FEEL_TIME || a.kind == FEEL_DATE_TIME)
        return feel_boolean(feel_temporal_is(a, b));
    return feel_boolean(feel_same(a, b));
}

const struct feel_builtin feel_builtins_context[] = {
    {"get value", "m,key", fn_get_value},
    {"get entries", "m", fn_get_entries},
    {"context", "[entries", fn_context},
    {"context put", "context,[key or keys,[value", fn_put}, /* by position the value says which */
    {"context put", "context,key,[value", fn_put_key},
    {"context put", "context,[keys,[value", fn_put_keys},
    {"context merge", "[contexts", fn_context_merge},
    {"not", "negand", fn_not},
    {"is", "[value1,[value2", fn_is},
    {0},
};
