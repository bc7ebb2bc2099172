/* When a field is shown and when it is needed: read from x-when and from the schema's own conditions, asked
 * of answers. A condition of the schema that is put otherwise than these tables know still holds when the
 * whole is judged; it only hides and marks nothing before. */
#include "engines/forms/forms_internal.h"

/* ---- asking ---- */

static bool number_passes(enum form_comparison how, const struct json *actual, const struct json *bound)
{
    struct str text = form_text(actual);
    int64_t ignored;
    if (!form_decimal(text, &ignored)) return false;
    int order = schema_number_compare(text, bound->text);
    switch (how) {
    case FORM_AT_LEAST:
        return order >= 0;
    case FORM_AT_MOST:
        return order <= 0;
    case FORM_ABOVE:
        return order > 0;
    default:
        return order < 0;
    }
}

static bool test_passes(const struct form_test *t, const struct form_answers *in)
{
    if (t->field && !form_visible(t->field, in)) return false;
    const struct json *actual =
        t->field ? form_value(t->field, in) : json_get_str(in->situations, t->situation);
    if (t->how == FORM_PRESENT)
        return form_has_content(actual) && !(actual->type == JSON_ARRAY && !actual->count);
    if (!actual) return false;
    if (t->how != FORM_IS && t->how != FORM_IS_NOT) return number_passes(t->how, actual, t->values);
    bool found = false;
    bool several = t->field && t->field->several;
    if (!t->many)
        found = several ? form_has_choice(actual, form_text(t->values)) : form_same(actual, t->values);
    JSON_EACH(value, t->many ? t->values : NULL)
    found = found || (several ? form_has_choice(actual, form_text(value)) : form_same(actual, value));
    return t->how == FORM_IS ? found : form_has_content(actual) && !found;
}

static bool holds(const struct form_condition *c, const struct form_answers *in)
{
    bool all = true;
    for (size_t i = 0; i < c->count && all; i++)
        all = test_passes(&c->tests[i], in);
    return all != c->negated;
}

bool form_visible(const struct form_field *f, const struct form_answers *in)
{
    if (f->read_only && !f->required && !form_prefilled(f, in)) return false;
    for (const struct form_condition *c = f->shown; c; c = c->next)
        if (!holds(c, in)) return false;
    return true;
}

bool form_required(const struct form_field *f, const struct form_answers *in)
{
    if (f->required) return true;
    for (const struct form_condition *c = f->needed; c; c = c->next)
        if (holds(c, in)) return true;
    return false;
}

/* ---- reading ---- */

static const struct form_condition *condition(struct arena *a, const struct form_test *tests, size_t count,
                                              bool negated, const struct form_condition *next)
{
    struct form_condition *c = ARENA_NEW(a, struct form_condition);
    *c = (struct form_condition){.tests = tests, .count = count, .negated = negated, .next = next};
    return c;
}

static bool value_possible(const struct form_field *f, const struct json *value)
{
    if (f->type == FORM_BOOLEAN) return json_is(value, JSON_BOOL);
    if (f->type == FORM_INTEGER || f->type == FORM_NUMBER) return json_is(value, JSON_NUMBER);
    if (f->type == FORM_GROUP || !json_is(value, JSON_STRING)) return false;
    const struct json *choices = f->several ? f->several : f->choices;
    if (!choices) return true;
    JSON_EACH(choice, choices)
    if (str_eq(choice->text, value->text)) return true;
    return false;
}

static bool values_possible(const struct form_test *t, struct str where, struct err *e)
{
    bool possible = true;
    if (!t->many) possible = value_possible(t->field, t->values);
    JSON_EACH(value, t->many ? t->values : NULL)
    possible = possible && value_possible(t->field, value);
    return possible ||
           form_refuse(e, "The condition of %{arg} names a value that its field cannot have.", where);
}

static bool read_when(struct arena *a, const struct form *form, struct form_field *f, struct err *e)
{
    const struct json *when = json_get(f->schema, "x-when");
    if (!when) return true;
    const struct json *field = json_get(when, "field"), *situation = json_get(when, "situation");
    const struct json *equals = json_get(when, "equals"), *in = json_get(when, "in");
    struct form_test *t = ARENA_NEW(a, struct form_test);
    *t = (struct form_test){
        .how = FORM_IS, .many = in != NULL, .values = in ? in : equals, .situation = json_text(situation)};
    if (!json_is(when, JSON_OBJECT) || when->count != 2 || !field == !situation || !equals == !in ||
        (in && (!json_is(in, JSON_ARRAY) || in->count == 0)) || (situation && t->situation.len == 0))
        return form_refuse(e, "The condition of %{arg} is not one that can be used.", f->name);
    f->shown = condition(a, t, 1, false, f->shown);
    if (!field) return true;
    t->field = form_field_find(form, json_text(field));
    if (!t->field)
        return form_refuse(e, "The condition of %{arg} names a field that does not exist.", f->name);
    return values_possible(t, f->name, e);
}

static const struct {
    const char *keyword;
    enum form_comparison how;
} comparisons[] = {
    {"const", FORM_IS},
    {"enum", FORM_IS},
    {"minimum", FORM_AT_LEAST},
    {"maximum", FORM_AT_MOST},
    {"exclusiveMinimum", FORM_ABOVE},
    {"exclusiveMaximum", FORM_BELOW},
};

/* {"const": …}, {"enum": […]}, bounds, or {"not": {"const"|"enum": …}}. */
static bool read_test(const struct form_field *field, const struct json *asked, bool negated,
                      struct form_test *t)
{
    if (!json_is(asked, JSON_OBJECT) || asked->count != 1) return false;
    const struct json *value = asked->first;
    if (str_eq_c(value->key, "not") && !negated) return read_test(field, value, true, t);
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        if (!str_eq_c(value->key, comparisons[i].keyword)) continue;
        *t = (struct form_test){.field = field, .how = comparisons[i].how, .values = value};
        t->many = str_eq_c(value->key, "enum");
        if (negated && t->how != FORM_IS) return false;
        if (negated) t->how = FORM_IS_NOT;
        return true;
    }
    return false;
}

static bool listed(const struct json *names, struct str name)
{
    JSON_EACH(n, names)
    if (str_eq(json_text(n), name)) return true;
    return false;
}

/* {"properties": {field: test …}, "required": [each of them]}. False when it is put otherwise. */
static bool read_if(struct arena *a, const struct form *form, const struct json *asked,
                    struct form_test **tests, size_t *count)
{
    const struct json *properties = json_get(asked, "properties"), *required = json_get(asked, "required");
    *count = 0;
    if (!json_is(properties, JSON_OBJECT) || !properties->count || !json_is(required, JSON_ARRAY) ||
        asked->count != 2)
        return false;
    *tests = ARENA_ARRAY(a, properties->count + required->count, struct form_test);
    JSON_EACH(p, properties)
    {
        const struct form_field *field = form_field_find(form, p->key);
        if (!field || !listed(required, p->key) || !read_test(field, p, false, &(*tests)[*count]))
            return false;
        ++*count;
    }
    JSON_EACH(name, required)
    {
        if (json_get_str(properties, json_text(name))) continue;
        const struct form_field *field = form_field_find(form, json_text(name));
        if (!field) return false;
        (*tests)[(*count)++] = (struct form_test){.field = field, .how = FORM_PRESENT};
    }
    return true;
}

static void read_branch(struct arena *a, const struct form *form, const struct json *branch,
                        const struct form_test *tests, size_t count, bool negated)
{
    JSON_EACH(name, json_get(branch, "required"))
    {
        struct form_field *f = (struct form_field *)form_field_find(form, json_text(name));
        if (f) f->needed = condition(a, tests, count, negated, f->needed);
    }
    JSON_EACH(p, json_get(branch, "properties"))
    {
        struct form_field *f = (struct form_field *)form_field_find(form, p->key);
        if (f && json_is(p, JSON_BOOL) && !p->boolean)
            f->shown = condition(a, tests, count, !negated, f->shown);
    }
}

static void read_conditional(struct arena *a, const struct form *form, const struct json *schema)
{
    struct form_test *tests;
    size_t count;
    const struct json *asked = json_get(schema, "if");
    if (!asked || !read_if(a, form, asked, &tests, &count)) return;
    read_branch(a, form, json_get(schema, "then"), tests, count, false);
    read_branch(a, form, json_get(schema, "else"), tests, count, true);
}

static void read_dependent(struct arena *a, const struct form *form)
{
    JSON_EACH(names, json_get(form->schema, "dependentRequired"))
    {
        struct form_test *t = ARENA_NEW(a, struct form_test);
        *t = (struct form_test){.field = form_field_find(form, names->key), .how = FORM_PRESENT};
        JSON_EACH(name, t->field ? names : NULL)
        {
            struct form_field *f = (struct form_field *)form_field_find(form, json_text(name));
            if (f) f->needed = condition(a, t, 1, false, f->needed);
        }
    }
}

/* What asking whether a field is shown costs, by way of the fields that decide it; more than COST_MAX when it
 * turns in a circle or is too much for every page. `known` has 0 for a field not asked yet, COST_MAX + 1
 * while it is asked. */
enum { COST_MAX = 1000 };

static size_t cost(const struct form *form, size_t i, size_t *known)
{
    if (known[i]) return known[i];
    known[i] = COST_MAX + 1;
    size_t sum = 1;
    for (const struct form_condition *c = form->fields[i].shown; c; c = c->next)
        for (size_t k = 0; k < c->count && sum <= COST_MAX; k++)
            if (c->tests[k].field) sum += cost(form, (size_t)(c->tests[k].field - form->fields), known);
    return known[i] = sum;
}

bool form_conditions(struct arena *a, struct form *form, struct err *e)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (!read_when(a, form, &form->fields[i], e)) return false;
    read_conditional(a, form, form->schema);
    size_t count = 0;
    JSON_EACH(part,
              json_is(json_get(form->schema, "allOf"), JSON_ARRAY) ? json_get(form->schema, "allOf") : NULL)
    {
        if (++count > FORM_CONDITIONS_MAX)
            return form_refuse(e, "The form has more than %{arg} conditions.", STR("200"));
        read_conditional(a, form, part);
    }
    read_dependent(a, form);
    size_t *known = ARENA_ARRAY(a, form->field_count, size_t);
    for (size_t i = 0; i < form->field_count; i++)
        if (cost(form, i, known) > COST_MAX)
            return form_refuse(e, "The condition of %{arg} depends on itself.", form->fields[i].name);
    return true;
}
