/* When a field is shown and when it is needed: read from x-when and from the schema's own conditions, asked
 * of answers. A condition of the schema that is put otherwise than these tables know still holds when the
 * whole is judged; it only hides and marks nothing before. */
#include "engines/forms/forms_internal.h"

/* ---- asking ---- */

static const char *const bounds[] = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"};
enum { BOUNDS = sizeof bounds / sizeof bounds[0] };

static bool within(const struct json *limits, const struct json *actual)
{
    struct str text = form_text(actual);
    int64_t ignored;
    if (!form_decimal(text, &ignored)) return false;
    for (size_t i = 0; i < BOUNDS; i++) {
        const struct json *limit = json_get(limits, bounds[i]);
        if (!limit) continue;
        int order = schema_number_compare(text, limit->text);
        if (i & 1) order = -order;
        if (order < 0 || (i >= 2 && order == 0)) return false;
    }
    return true;
}

bool form_when_holds(const struct json *test, const struct json *value)
{
    const struct json *equals = json_get(test, "equals"), *in = json_get(test, "in");
    if (equals) return form_same(value, equals);
    if (!in) return within(test, value);
    JSON_EACH(one, in)
    if (form_same(value, one)) return true;
    return false;
}

static bool holds(const struct form_condition *c, const struct form_answers *in);

static bool test_passes(const struct form_test *t, const struct form_answers *in)
{
    if (t->how == FORM_TOGETHER) return holds(t->together, in);
    if (t->field && !form_visible(t->field, in)) return false;
    const struct json *actual =
        t->field ? form_value(t->field, in) : json_get_str(in->situations, t->situation);
    if (t->how == FORM_PRESENT)
        return form_has_content(actual) && !(actual->type == JSON_ARRAY && !actual->count);
    if (!actual) return false;
    if (t->how == FORM_BOUNDED) return within(t->values, actual);
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
    bool so = !c->any;
    for (size_t i = 0; i < c->count && so != c->any; i++)
        so = test_passes(&c->tests[i], in);
    return so != c->negated;
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

enum { FORM_TESTS_MAX = 50 };

/* What is asked, before it is known of whom. */
struct question {
    const struct form_test *tests;
    size_t count;
    bool any;
};

static const struct form_condition *condition(struct arena *a, const struct question *q, bool negated,
                                              const struct form_condition *next)
{
    struct form_condition *c = ARENA_NEW(a, struct form_condition);
    *c = (struct form_condition){
        .tests = q->tests, .count = q->count, .any = q->any, .negated = negated, .next = next};
    return c;
}

bool form_is_number(const struct form_field *f)
{
    return f->type == FORM_INTEGER || f->type == FORM_NUMBER ||
           (f->format && strcmp(f->format->name, "money") == 0);
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
    bool possible = t->how == FORM_BOUNDED ? form_is_number(t->field)
                    : t->many              ? true
                                           : value_possible(t->field, t->values);
    JSON_EACH(value, t->many ? t->values : NULL)
    possible = possible && value_possible(t->field, value);
    return possible ||
           form_refuse(e, "The condition of %{arg} names a value that its field cannot have.", where);
}

/* Is every member but the first `skip` of them a bound, each with its number? */
static bool only_bounds(const struct json *o, size_t skip)
{
    size_t found = 0;
    for (size_t i = 0; i < BOUNDS; i++)
        found += json_is(json_get(o, bounds[i]), JSON_NUMBER);
    return found > 0 && found + skip == o->count;
}

/* {"field"|"situation": …} with "equals", "in" or, of a field, bounds. */
static bool read_when_test(const struct form *form, const struct form_field *f, const struct json *when,
                           struct form_test *t, struct err *e)
{
    const struct json *field = json_get(when, "field"), *situation = json_get(when, "situation");
    const struct json *equals = json_get(when, "equals"), *in = json_get(when, "in");
    *t = (struct form_test){
        .how = FORM_IS, .many = in != NULL, .values = in ? in : equals, .situation = json_text(situation)};
    bool values = when && when->count == 2 && !equals != !in;
    bool bounded = json_is(when, JSON_OBJECT) && field && only_bounds(when, 1);
    if (!json_is(when, JSON_OBJECT) || !field == !situation || (!values && !bounded) ||
        (in && (!json_is(in, JSON_ARRAY) || in->count == 0)) || (situation && t->situation.len == 0))
        return form_refuse(e, "The condition of %{arg} is not one that can be used.", f->name);
    if (bounded) {
        t->how = FORM_BOUNDED;
        t->values = when;
    }
    if (!field) return true;
    t->field = form_field_find(form, json_text(field));
    if (!t->field)
        return form_refuse(e, "The condition of %{arg} names a field that does not exist.", f->name);
    return values_possible(t, f->name, e);
}

/* The list of {"all"|"any": [...]}, with nothing beside it; NULL: it is none. */
static const struct json *list_of(const struct json *o, const char *all_key, const char *any_key, bool *any)
{
    const struct json *all = json_get(o, all_key), *one = json_get(o, any_key), *list = all ? all : one;
    *any = !all;
    return json_is(list, JSON_ARRAY) && list->count && list->count <= FORM_TESTS_MAX && o->count == 1 ? list
                                                                                                      : NULL;
}

static struct form_test together(struct arena *a, const struct question *q)
{
    return (struct form_test){.how = FORM_TOGETHER, .together = condition(a, q, false, NULL)};
}

/* One test, or {"all"|"any": [tests]}; `deep`: of which each may be such a list itself. */
static bool read_when_list(struct arena *a, const struct form *form, const struct form_field *f,
                           const struct json *when, bool deep, struct question *q, struct err *e)
{
    const struct json *list = list_of(when, "all", "any", &q->any);
    struct form_test *tests = ARENA_ARRAY(a, list ? list->count : 1, struct form_test);
    q->tests = tests;
    q->count = 0;
    if (!list) return read_when_test(form, f, when, &tests[q->count++], e);
    JSON_EACH(one, list)
    {
        struct question inner = {0};
        bool several = deep && (json_get(one, "all") || json_get(one, "any"));
        if (several ? !read_when_list(a, form, f, one, false, &inner, e)
                    : !read_when_test(form, f, one, &tests[q->count], e))
            return false;
        if (several) tests[q->count] = together(a, &inner);
        q->count++;
    }
    return true;
}

static bool read_when(struct arena *a, const struct form *form, struct form_field *f, struct err *e)
{
    const struct json *when = json_get(f->schema, "x-when");
    struct question q = {0};
    if (!when) return true;
    if (!read_when_list(a, form, f, when, true, &q, e)) return false;
    f->shown = condition(a, &q, false, f->shown);
    return true;
}

/* {"const": …}, {"enum": […]}, bounds of a number, or {"not": {"const"|"enum": …}}; of several choices
 * {"contains": {"const"|"enum": …}}. */
static bool read_test(const struct form_field *field, const struct json *asked, bool negated,
                      struct form_test *t)
{
    if (!json_is(asked, JSON_OBJECT) || !asked->count) return false;
    const struct json *value = asked->first;
    bool number = field->type == FORM_INTEGER || field->type == FORM_NUMBER;
    *t = (struct form_test){.field = field, .how = negated ? FORM_IS_NOT : FORM_IS, .values = value};
    if (number && !negated && only_bounds(asked, 0)) {
        t->how = FORM_BOUNDED;
        t->values = asked;
        return true;
    }
    if (asked->count != 1) return false;
    if (str_eq_c(value->key, "not") && !negated) return read_test(field, value, true, t);
    if (field->several) {
        if (negated || !str_eq_c(value->key, "contains") || !json_is(value, JSON_OBJECT) || value->count != 1)
            return false;
        t->values = value = value->first;
    }
    t->many = str_eq_c(value->key, "enum");
    return t->many || str_eq_c(value->key, "const");
}

static bool listed(const struct json *names, struct str name)
{
    JSON_EACH(n, names)
    if (str_eq(json_text(n), name)) return true;
    return false;
}

/* {"properties": {field: test …}, "required": [each of them]}. False when it is put otherwise. */
static bool read_tests(struct arena *a, const struct form *form, const struct json *asked, struct question *q)
{
    const struct json *properties = json_get(asked, "properties"), *required = json_get(asked, "required");
    if (!json_is(properties, JSON_OBJECT) || !properties->count || !json_is(required, JSON_ARRAY) ||
        asked->count != 2)
        return false;
    struct form_test *tests = ARENA_ARRAY(a, properties->count + required->count, struct form_test);
    *q = (struct question){.tests = tests};
    JSON_EACH(p, properties)
    {
        const struct form_field *field = form_field_find(form, p->key);
        if (!field || !listed(required, p->key) || !read_test(field, p, false, &tests[q->count]))
            return false;
        q->count++;
    }
    JSON_EACH(name, required)
    {
        if (json_get_str(properties, json_text(name))) continue;
        const struct form_field *field = form_field_find(form, json_text(name));
        if (!field) return false;
        tests[q->count++] = (struct form_test){.field = field, .how = FORM_PRESENT};
    }
    return true;
}

/* The same, or a list of such under allOf or anyOf, each with one test; `deep`: or such a list itself. */
static bool read_if(struct arena *a, const struct form *form, const struct json *asked, bool deep,
                    struct question *q)
{
    bool any;
    if (!json_get(asked, "anyOf") && !json_get(asked, "allOf")) return read_tests(a, form, asked, q);
    const struct json *list = list_of(asked, "allOf", "anyOf", &any);
    if (!list) return false;
    struct form_test *tests = ARENA_ARRAY(a, list->count, struct form_test);
    *q = (struct question){.tests = tests, .any = any};
    JSON_EACH(one, list)
    {
        struct question inner;
        bool several = deep && (json_get(one, "anyOf") || json_get(one, "allOf"));
        if (!(several ? read_if(a, form, one, false, &inner) : read_tests(a, form, one, &inner)))
            return false;
        if (!several && inner.count != 1) return false;
        tests[q->count++] = several ? together(a, &inner) : inner.tests[0];
    }
    return true;
}

static void read_branch(struct arena *a, const struct form *form, const struct json *branch,
                        const struct question *q, bool negated)
{
    JSON_EACH(name, json_get(branch, "required"))
    {
        struct form_field *f = (struct form_field *)form_field_find(form, json_text(name));
        if (f) f->needed = condition(a, q, negated, f->needed);
    }
    JSON_EACH(p, json_get(branch, "properties"))
    {
        struct form_field *f = (struct form_field *)form_field_find(form, p->key);
        if (f && json_is(p, JSON_BOOL) && !p->boolean) f->shown = condition(a, q, !negated, f->shown);
    }
}

static void read_conditional(struct arena *a, const struct form *form, const struct json *schema)
{
    struct question q;
    const struct json *asked = json_get(schema, "if");
    if (!asked || !read_if(a, form, asked, true, &q)) return;
    read_branch(a, form, json_get(schema, "then"), &q, false);
    read_branch(a, form, json_get(schema, "else"), &q, true);
}

static void read_dependent(struct arena *a, const struct form *form)
{
    JSON_EACH(names, json_get(form->schema, "dependentRequired"))
    {
        struct form_test *t = ARENA_NEW(a, struct form_test);
        *t = (struct form_test){.field = form_field_find(form, names->key), .how = FORM_PRESENT};
        struct question q = {.tests = t, .count = 1};
        JSON_EACH(name, t->field ? names : NULL)
        {
            struct form_field *f = (struct form_field *)form_field_find(form, json_text(name));
            if (f) f->needed = condition(a, &q, false, f->needed);
        }
    }
}

/* What asking whether a field is shown costs, by way of the fields that decide it; more than COST_MAX when it
 * turns in a circle or is too much for every page. `known` has 0 for a field not asked yet, COST_MAX + 1
 * while it is asked. */
enum { COST_MAX = 1000 };

static size_t cost(const struct form *form, size_t i, size_t *known);

static size_t cost_of_tests(const struct form *form, const struct form_condition *c, size_t *known)
{
    size_t sum = 0;
    for (size_t k = 0; k < c->count && sum <= COST_MAX; k++) {
        const struct form_test *t = &c->tests[k];
        if (t->field) sum += cost(form, (size_t)(t->field - form->fields), known);
        if (t->together) sum += cost_of_tests(form, t->together, known);
    }
    return sum;
}

static size_t cost(const struct form *form, size_t i, size_t *known)
{
    if (known[i]) return known[i];
    known[i] = COST_MAX + 1;
    size_t sum = 1;
    for (const struct form_condition *c = form->fields[i].shown; c && sum <= COST_MAX; c = c->next)
        sum += cost_of_tests(form, c, known);
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

/* ---- which answers change what the page asks ---- */

static bool asks(const struct form_condition *c, const struct form_field *of)
{
    for (; c; c = c->next)
        for (size_t i = 0; i < c->count; i++)
            if (c->tests[i].field == of || asks(c->tests[i].together, of)) return true;
    return false;
}

static bool decides(const struct form *form, const struct form_field *f, size_t page)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *other = &form->fields[i];
        if (page != SIZE_MAX && other->page != page) continue;
        if (asks(other->shown, f) || asks(other->needed, f)) return true;
    }
    return false;
}

static bool row_decides(const struct form *rows)
{
    for (size_t i = 0; rows && i < rows->field_count; i++)
        if (decides(rows, &rows->fields[i], SIZE_MAX)) return true;
    return false;
}

struct str form_decides(struct arena *a, const struct form *form, size_t page)
{
    struct buf b = buf_new(a, 64);
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        if (page != SIZE_MAX && f->page != page) continue;
        if (!decides(form, f, page) && !row_decides(f->rows)) continue;
        if (b.len) buf_add_char(&b, ' ');
        buf_add(&b, f->name);
    }
    return buf_str(&b);
}
