/* Types, `instance of` and the conversions on the way into a typed place. */
#include "engines/feel/feel_node.h"
#include "engines/feel/feel_temporal.h"

static const struct {
    const char *name;
    struct feel_type type;
} builtin_types[] = {
    {"Any", {.kind = FEEL_T_ANY}},   /* no translation */
    {"Null", {.kind = FEEL_T_NULL}}, /* no translation */
    {"boolean", {.kind = FEEL_T_BOOLEAN}},
    {"number", {.kind = FEEL_T_NUMBER}},
    {"string", {.kind = FEEL_T_STRING}},
    {"date", {.kind = FEEL_T_DATE}},
    {"time", {.kind = FEEL_T_TIME}},
    {"date and time", {.kind = FEEL_T_DATE_TIME}},
    {"dateTime", {.kind = FEEL_T_DATE_TIME}},
    {"days and time duration", {.kind = FEEL_T_DAYS}},
    {"dayTimeDuration", {.kind = FEEL_T_DAYS}},
    {"years and months duration", {.kind = FEEL_T_MONTHS}},
    {"yearMonthDuration", {.kind = FEEL_T_MONTHS}},
    {"list", {.kind = FEEL_T_LIST}},
    {"context", {.kind = FEEL_T_CONTEXT}},
    {"range", {.kind = FEEL_T_RANGE}},
    {"function", {.kind = FEEL_T_FUNCTION}},
};

const struct feel_type *feel_type_named(struct str name)
{
    for (size_t i = 0; i < sizeof builtin_types / sizeof *builtin_types; i++)
        if (str_eq_c(name, builtin_types[i].name)) return &builtin_types[i].type;
    return NULL;
}

static const enum feel_kind kind_of_type[] = {
    [FEEL_T_NULL] = FEEL_NULL,         [FEEL_T_BOOLEAN] = FEEL_BOOLEAN,     [FEEL_T_NUMBER] = FEEL_NUMBER,
    [FEEL_T_STRING] = FEEL_STRING,     [FEEL_T_DATE] = FEEL_DATE,           [FEEL_T_TIME] = FEEL_TIME,
    [FEEL_T_DAYS] = FEEL_DAYS,         [FEEL_T_DATE_TIME] = FEEL_DATE_TIME, [FEEL_T_MONTHS] = FEEL_MONTHS,
    [FEEL_T_LIST] = FEEL_LIST,         [FEEL_T_CONTEXT] = FEEL_CONTEXT,     [FEEL_T_RANGE] = FEEL_RANGE,
    [FEEL_T_FUNCTION] = FEEL_FUNCTION,
};

static bool allowed(struct feel_run *r, const struct feel_node *tests, struct feel_value v)
{
    struct feel_value yes;
    if (!tests || v.kind == FEEL_NULL) return true;
    yes = feel_test(r, tests, NULL, v);
    return yes.kind == FEEL_BOOLEAN && yes.boolean;
}

static bool type_fits(const struct feel_type *given, const struct feel_type *asked);

static bool fields_fit(const struct feel_type *given, const struct feel_type *asked)
{
    for (size_t i = 0; i < asked->field_count; i++) {
        size_t k = 0;
        while (k < given->field_count && !str_eq(given->fields[k].name, asked->fields[i].name))
            k++;
        if (k == given->field_count || !type_fits(given->fields[k].type, asked->fields[i].type)) return false;
    }
    return true;
}

/* What a parameter asks for is never narrower than what the function type promises, and the other way round
 * for results. */
static bool signature_fits(const struct feel_type *given, const struct feel_type *asked)
{
    if (!asked->element && !asked->field_count) return true;
    if (given->field_count != asked->field_count) return false;
    for (size_t i = 0; i < given->field_count; i++)
        if (!type_fits(asked->fields[i].type, given->fields[i].type)) return false;
    return type_fits(given->element, asked->element);
}

/* Conformance of 10.3.2.9.4, Any standing for what is not declared. */
static bool type_fits(const struct feel_type *given, const struct feel_type *asked)
{
    if (!asked || asked->kind == FEEL_T_ANY) return true;
    if (!given || given->kind == FEEL_T_ANY) return false;
    if (given->kind != asked->kind) return given->kind == FEEL_T_NULL;
    if (asked->kind == FEEL_T_CONTEXT) return fields_fit(given, asked);
    if (asked->kind == FEEL_T_FUNCTION) return signature_fits(given, asked);
    return type_fits(given->element, asked->element);
}

static bool is_builtin(struct feel_run *r, const struct feel_builtin *b, const struct feel_type *t)
{
    size_t at = 0;
    for (const struct feel_type *own; (own = feel_builtin_type(r->arena, b, &at));)
        if (signature_fits(own, t)) return true;
    return false;
}

/* A result that is not declared is what the body shows it to be; where it shows nothing, it is believed. */
static bool is_function(struct feel_run *r, const struct feel_function *f, const struct feel_type *t)
{
    const struct feel_type *result = f->result;
    if (!t->element && !t->field_count) return true;
    if (f->builtin) return is_builtin(r, f->builtin, t);
    if (f->param_count != t->field_count) return false;
    for (size_t i = 0; i < f->param_count; i++)
        if (!type_fits(t->fields[i].type, f->params[i].type)) return false;
    if (!result && f->body) {
        result = feel_static_type(f->body, f->scope);
        if (!result) return true;
    }
    return type_fits(result, t->element);
}

static bool is_structure(struct feel_run *r, struct feel_value v, const struct feel_type *t)
{
    switch (t->kind) {
    case FEEL_T_LIST:
        for (size_t i = 0; i < v.list->count; i++) {
            if (t->element && !feel_is(r, v.list->items[i], t->element)) return false;
            if (!allowed(r, t->allowed, v.list->items[i])) return false;
        }
        return true;
    case FEEL_T_CONTEXT:
        for (size_t i = 0; i < t->field_count; i++) {
            const struct feel_entry *e = feel_find(v.context, t->fields[i].name);
            if (!e || (t->fields[i].type && !feel_is(r, e->value, t->fields[i].type))) return false;
        }
        return true;
    case FEEL_T_RANGE:
        return !t->element || ((v.range->low.kind == FEEL_NULL || feel_is(r, v.range->low, t->element)) &&
                               (v.range->high.kind == FEEL_NULL || feel_is(r, v.range->high, t->element)));
    case FEEL_T_FUNCTION:
        return is_function(r, v.function, t);
    default:
        return true;
    }
}

bool feel_is(struct feel_run *r, struct feel_value v, const struct feel_type *t)
{
    if (v.kind == FEEL_NULL) return true;
    if (t->kind != FEEL_T_ANY && (v.kind != kind_of_type[t->kind] || !is_structure(r, v, t))) return false;
    return (t->kind == FEEL_T_LIST || allowed(r, t->allowed, v)) && allowed(r, t->type_constraint, v);
}

struct feel_value feel_conform_at(struct feel_run *r, const struct feel_node *at, struct feel_value v,
                                  const struct feel_type *t, struct str what)
{
    if (!t || feel_is(r, v, t)) return v;
    if (v.kind == FEEL_LIST && v.list->count == 1 && (t->kind != FEEL_T_LIST || t->element)) {
        struct feel_value one = v.list->items[0];
        if (feel_is(r, one, t)) return one;
    }
    if (t->kind == FEEL_T_LIST && (v.kind != FEEL_LIST || (t->element && t->element->kind == FEEL_T_LIST))) {
        struct feel_value *items, one = feel_list(r->arena, 1, &items);
        items[0] = v;
        if (feel_is(r, one, t)) return one;
    }
    if (v.kind == FEEL_DATE && t->kind == FEEL_T_DATE_TIME) {
        struct feel_moment *m = ARENA_NEW(r->arena, struct feel_moment);
        *m = *v.moment;
        m->zone_kind = FEEL_ZONE_OFFSET;
        return (struct feel_value){.kind = FEEL_DATE_TIME, .moment = m};
    }
    return feel_fail(r, at, "The value of %{arg} is not of its type.", what);
}

struct feel_value feel_conform(struct feel_run *r, struct feel_value v, const struct feel_type *t,
                               struct str what)
{
    return feel_conform_at(r, NULL, v, t, what);
}
