/* Boxed expressions (DMN 1.5, 7.3.4–7.3.11 and 10.2) as nodes of FEEL, and the elements that hold them. */
#include "engines/dmn/dmn_internal.h"

struct str dmn_where(struct arena *a, struct str where, struct str part)
{
    return part.len ? str_fmt(a, "%.*s › %.*s", STR_ARG(where), STR_ARG(part)) : where;
}

static struct dmn_place inside(struct dmn_place at, struct str part)
{
    at.where = dmn_where(at.doc->model->arena, at.where, part);
    return at;
}

static const struct feel_type *type_ref(struct dmn_place at, const struct dmn_xml *x)
{
    return x ? dmn_type_of(at.doc, dmn_xml_attribute(x, "typeRef"), at.where) : NULL;
}

static struct feel_node *nothing(struct dmn_place at)
{
    return feel_make_constant(at.doc->unit, FEEL_NOTHING);
}

/* ---- what is refused, now and whenever it is evaluated ---- */

static struct feel_value refused_eval(struct feel_run *r, const void *data, const struct feel_frame *)
{
    const struct str *where = data;
    return feel_fail(r, NULL, "%{arg} is in a language that is not carried out here; only FEEL is.", *where);
}

static struct feel_node *refused(struct dmn_place at)
{
    struct str *where = ARENA_NEW(at.doc->model->arena, struct str);
    *where = at.where;
    dmn_note(at.doc, FEEL_ERROR, at.where,
             "%{arg} is in a language that is not carried out here; only FEEL is.", at.where);
    return feel_make_host(at.doc->unit, refused_eval, where);
}

bool dmn_feel_text(struct dmn_place at, const struct dmn_xml *x, struct str *out)
{
    struct str language = dmn_xml_attribute(x, "expressionLanguage");
    bool other = language.len
                     ? !str_eq_nocase(language, STR("feel")) && str_find(language, STR("FEEL")) == SIZE_MAX
                     : at.doc->other_language;
    *out = dmn_xml_text_of(x, "text");
    return !other && !dmn_xml_child(x, "importedValues");
}

/* ---- each kind of boxed expression ---- */

typedef struct feel_node *maker(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x);

static struct feel_node *literal(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct str text;
    if (!dmn_feel_text(at, x, &text)) return refused(at);
    feel_unit_at(at.doc->unit, at.where);
    return feel_parse(at.doc->unit, s, text);
}

/* An expression inside an element that only wraps it; null where there is none. */
static struct feel_node *wrapped(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *parent,
                                 const char *name)
{
    const struct dmn_xml *wrap = dmn_xml_child(parent, name), *x = dmn_expression_in(wrap);
    if (!x) {
        dmn_note(at.doc, FEEL_ERROR, at.where, "The part %{arg} is missing.", str_c(name));
        return nothing(at);
    }
    struct feel_node *n = dmn_expression(inside(at, str_c(name)), s, x);
    return feel_make_conform(at.doc->unit, n, type_ref(at, wrap), at.where);
}

static struct feel_node *conditional(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    return feel_make_if(at.doc->unit, wrapped(at, s, x, "if"), wrapped(at, s, x, "then"),
                        wrapped(at, s, x, "else"));
}

struct filter {
    struct feel_scope *inner;
    struct feel_node *in, *match;
};

/* Stricter than a filter in a text (10.2.2.9): what chooses must be true or false, of every item. */
static struct feel_value filter_eval(struct feel_run *r, const void *data, const struct feel_frame *f)
{
    const struct filter *x = data;
    struct feel_value in = feel_eval(r, x->in, f);
    if (in.kind == FEEL_NULL) return feel_fail(r, x->in, "There is nothing to choose from.", STR_EMPTY);
    const struct feel_list *from = in.kind == FEEL_LIST ? in.list : &(struct feel_list){1, &in};
    struct feel_list *out = ARENA_NEW(r->arena, struct feel_list);
    out->items = ARENA_ARRAY(r->arena, from->count + 1, struct feel_value);
    for (size_t i = 0; i < from->count; i++) {
        struct feel_frame *frame = feel_frame_new(r, x->inner, f);
        frame->slots[0] = from->items[i];
        struct feel_value yes = feel_eval(r, x->match, frame);
        if (!dmn_step(r, 1)) return FEEL_NOTHING;
        if (yes.kind != FEEL_BOOLEAN)
            return feel_fail(r, x->match, "What chooses items is neither true nor false.", STR_EMPTY);
        if (yes.boolean) out->items[out->count++] = from->items[i];
    }
    return (struct feel_value){.kind = FEEL_LIST, .list = out};
}

static struct feel_node *filter(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct filter *made = ARENA_NEW(at.doc->model->arena, struct filter);
    made->inner = feel_filter_scope(at.doc->unit, s);
    made->in = wrapped(at, s, x, "in");
    made->match = wrapped(at, made->inner, x, "match");
    return feel_make_host(at.doc->unit, filter_eval, made);
}

static struct feel_scope *iteration(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct feel_scope *inner = feel_scope_new(at.doc->unit, s);
    feel_scope_add(inner, dmn_xml_attribute(x, "iteratorVariable"), NULL);
    return inner;
}

static struct feel_node *for_each(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct feel_node *in = wrapped(at, s, x, "in");
    struct feel_scope *inner = iteration(at, s, x);
    feel_scope_add(inner, STR("partial"), NULL);
    return feel_make_for(at.doc->unit, inner, in, wrapped(at, inner, x, "return"));
}

static struct feel_node *quantified(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct feel_node *in = wrapped(at, s, x, "in");
    struct feel_scope *inner = iteration(at, s, x);
    return feel_make_quantified(at.doc->unit, str_eq_c(x->name, "every"), inner, in,
                                wrapped(at, inner, x, "satisfies"));
}

static struct feel_node *list(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct arena *a = at.doc->model->arena;
    size_t n = 0;
    for (const struct dmn_xml *c = x->first; c; c = c->next)
        n++;
    struct feel_node **items = ARENA_ARRAY(a, n + 1, struct feel_node *);
    n = 0;
    for (const struct dmn_xml *c = x->first; c; c = c->next) {
        if (str_eq_c(c->name, "description")) continue;
        items[n] = dmn_expression(inside(at, str_fmt(a, "%zu", n + 1)), s, c);
        n++;
    }
    return feel_make_list(at.doc->unit, n, items);
}

static struct feel_node *context(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct arena *a = at.doc->model->arena;
    size_t max = dmn_xml_count(x, "contextEntry"), n = 0;
    struct feel_scope *inner = feel_scope_new(at.doc->unit, s);
    struct str *keys = ARENA_ARRAY(a, max + 1, struct str);
    struct feel_node **values = ARENA_ARRAY(a, max + 1, struct feel_node *), *result = NULL;
    const struct feel_type **types = ARENA_ARRAY(a, max + 1, const struct feel_type *);
    DMN_XML_EACH(entry, x, "contextEntry")
    {
        const struct dmn_xml *variable = dmn_xml_child(entry, "variable"), *value = dmn_expression_in(entry);
        struct str name = dmn_xml_attribute(variable, "name");
        struct dmn_place here = inside(at, name);
        struct feel_node *node = value ? dmn_expression(here, inner, value) : nothing(here);
        if (!variable) {
            result = node;
            continue;
        }
        keys[n] = name;
        values[n] = node;
        types[n] = type_ref(here, variable);
        feel_scope_add(inner, name, types[n]);
        n++;
    }
    return feel_make_context(at.doc->unit, inner, n, keys, values, types, result);
}

struct relation {
    size_t count;
    struct str *keys;
    const struct feel_type **types;
};

/* The cells of a row do not see one another: they are compiled before its names are known. */
static struct feel_node *row(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x,
                             const struct relation *columns)
{
    struct feel_scope *inner = feel_scope_new(at.doc->unit, s);
    struct feel_node **cells = ARENA_ARRAY(at.doc->model->arena, columns->count + 1, struct feel_node *);
    const struct dmn_xml *cell = x->first;
    for (size_t i = 0; i < columns->count; i++) {
        while (cell && str_eq_c(cell->name, "description"))
            cell = cell->next;
        cells[i] = cell ? dmn_expression(inside(at, columns->keys[i]), inner, cell) : nothing(at);
        if (cell) cell = cell->next;
    }
    for (size_t i = 0; i < columns->count; i++)
        feel_scope_add(inner, columns->keys[i], columns->types[i]);
    return feel_make_context(at.doc->unit, inner, columns->count, columns->keys, cells, columns->types, NULL);
}

static struct feel_node *relation(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct arena *a = at.doc->model->arena;
    size_t width = dmn_xml_count(x, "column"), height = dmn_xml_count(x, "row"), n = 0;
    struct relation columns = {.keys = ARENA_ARRAY(a, width + 1, struct str),
                               .types = ARENA_ARRAY(a, width + 1, const struct feel_type *)};
    DMN_XML_EACH(c, x, "column")
    {
        columns.keys[columns.count] = dmn_xml_attribute(c, "name");
        columns.types[columns.count++] = type_ref(at, c);
    }
    struct feel_node **rows = ARENA_ARRAY(a, height + 1, struct feel_node *);
    DMN_XML_EACH(r, x, "row")
    {
        rows[n] = row(inside(at, str_fmt(a, "%zu", n + 1)), s, r, &columns);
        n++;
    }
    return feel_make_list(at.doc->unit, n, rows);
}

static struct feel_node *invocation(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    struct arena *a = at.doc->model->arena;
    size_t max = dmn_xml_count(x, "binding"), n = 0;
    struct str *names = ARENA_ARRAY(a, max + 1, struct str);
    struct feel_node **args = ARENA_ARRAY(a, max + 1, struct feel_node *);
    const struct dmn_xml *called = dmn_expression_in(x);
    if (!called) {
        dmn_note(at.doc, FEEL_ERROR, at.where, "The invocation does not say what it calls.", STR_EMPTY);
        return nothing(at);
    }
    struct feel_node *callee = dmn_expression(at, s, called);
    DMN_XML_EACH(b, x, "binding")
    {
        const struct dmn_xml *parameter = dmn_xml_child(b, "parameter"), *value = dmn_expression_in(b);
        struct dmn_place here = inside(at, dmn_xml_attribute(parameter, "name"));
        names[n] = dmn_xml_attribute(parameter, "name");
        struct feel_node *arg = value ? dmn_expression(here, s, value) : nothing(here);
        args[n++] = feel_make_conform(at.doc->unit, arg, type_ref(here, parameter), here.where);
    }
    return feel_make_call(at.doc->unit, callee, n, names, args);
}

static size_t formal_parameters(struct dmn_place at, const struct dmn_xml *x, struct feel_scope *inner,
                                struct feel_field **out)
{
    size_t n = 0;
    *out = ARENA_ARRAY(at.doc->model->arena, dmn_xml_count(x, "formalParameter") + 1, struct feel_field);
    DMN_XML_EACH(p, x, "formalParameter")
    {
        struct feel_field field = {.name = dmn_xml_attribute(p, "name"), .type = type_ref(at, p)};
        feel_scope_add(inner, field.name, field.type);
        (*out)[n++] = field;
    }
    return n;
}

static struct feel_node *function_body(struct dmn_place at, struct feel_scope *inner, const struct dmn_xml *x)
{
    struct str kind = dmn_xml_attribute(x, "kind");
    const struct dmn_xml *body = dmn_expression_in(x);
    if (kind.len && !str_eq_c(kind, "FEEL")) return refused(at);
    return body ? dmn_expression(at, inner, body) : nothing(at);
}

static const struct feel_type *result_of(const struct feel_type *t)
{
    return t && t->kind == FEEL_T_FUNCTION ? t->element : NULL;
}

static struct feel_node *function_definition(struct dmn_place at, struct feel_scope *s,
                                             const struct dmn_xml *x)
{
    struct feel_scope *inner = feel_scope_new(at.doc->unit, s);
    struct feel_field *params;
    size_t n = formal_parameters(at, x, inner, &params);
    struct feel_node *body = function_body(at, inner, x);
    return feel_make_function(at.doc->unit, inner, n, params, result_of(type_ref(at, x)), body);
}

static const struct {
    const char *element;
    maker *make;
    bool typed; /* typeRef says what the expression gives */
} expressions[] = {
    {"literalExpression", literal, true},
    {"context", context, true},
    {"decisionTable", dmn_table_node, true},
    {"invocation", invocation, true},
    {"functionDefinition", function_definition, false},
    {"relation", relation, true},
    {"list", list, true},
    {"conditional", conditional, true},
    {"filter", filter, true},
    {"for", for_each, true},
    {"some", quantified, true},
    {"every", quantified, true},
};

enum { EXPRESSION_COUNT = sizeof expressions / sizeof expressions[0] };

static int expression_kind(const struct dmn_xml *x)
{
    for (int i = 0; i < EXPRESSION_COUNT; i++)
        if (str_eq_c(x->name, expressions[i].element)) return i;
    return -1;
}

const struct dmn_xml *dmn_expression_in(const struct dmn_xml *parent)
{
    for (const struct dmn_xml *c = parent ? parent->first : NULL; c; c = c->next)
        if (expression_kind(c) >= 0) return c;
    return NULL;
}

struct feel_node *dmn_expression(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x)
{
    int kind = expression_kind(x);
    if (kind < 0) {
        dmn_note(at.doc, FEEL_ERROR, at.where, "There is no kind of expression called %{arg}.", x->name);
        return nothing(at);
    }
    struct feel_node *n = expressions[kind].make(at, s, x);
    const struct feel_type *t = expressions[kind].typed ? type_ref(at, x) : NULL;
    return t ? feel_make_conform(at.doc->unit, n, t, at.where) : n;
}

/* ---- elements ---- */

static const struct feel_type *variable_type(struct dmn_part *p)
{
    struct dmn_place at = {p->doc, p, p->pub.name};
    return type_ref(at, dmn_xml_child(p->node, "variable"));
}

static struct dmn_group *group_of(struct dmn_part *p, int import)
{
    struct arena *a = p->doc->model->arena;
    for (size_t i = 0; i < p->group_count; i++)
        if (p->groups[i].import == import) return &p->groups[i];
    if (!p->groups) p->groups = ARENA_ARRAY(a, p->doc->import_count + 1, struct dmn_group);
    struct dmn_group *g = &p->groups[p->group_count++];
    g->import = import;
    g->fields = ARENA_ARRAY(a, p->need_count, struct feel_field);
    return g;
}

/* Names of what is needed: its own are slots, imported ones stand in a context by the import's name. */
static void scope_of_needs(struct dmn_part *p)
{
    struct dmn_doc *d = p->doc;
    p->scope = feel_scope_new(d->unit, NULL);
    for (size_t i = 0; i < p->need_count; i++) {
        struct dmn_need *n = &p->needs[i];
        struct str name = n->to->pub.name;
        if (n->import == DMN_NO_IMPORT || !d->imports[n->import].name.len) {
            n->at = feel_scope_add(p->scope, name, n->to->pub.type);
            continue;
        }
        struct dmn_group *g = group_of(p, n->import);
        n->group = (int)(g - p->groups);
        n->at = g->count;
        g->fields[g->count++] = (struct feel_field){.name = name, .type = n->to->pub.type};
        feel_unit_knows(d->unit, name);
    }
    for (size_t i = 0; i < p->group_count; i++) {
        struct dmn_group *g = &p->groups[i];
        struct feel_type *t = ARENA_NEW(d->model->arena, struct feel_type);
        *t = (struct feel_type){.kind = FEEL_T_CONTEXT, .field_count = g->count, .fields = g->fields};
        g->slot = feel_scope_add(p->scope, d->imports[g->import].name, t);
    }
}

static void compile_decision(struct dmn_part *p)
{
    struct dmn_place at = {p->doc, p, p->pub.name};
    const struct dmn_xml *x = dmn_expression_in(p->node);
    scope_of_needs(p);
    p->body = x ? dmn_expression(at, p->scope, x) : nothing(at);
    if (p->pub.type) p->body = feel_make_conform(p->doc->unit, p->body, p->pub.type, p->pub.name);
}

static void compile_knowledge(struct dmn_part *p)
{
    struct dmn_place at = {p->doc, p, p->pub.name};
    const struct dmn_xml *logic = dmn_xml_child(p->node, "encapsulatedLogic");
    scope_of_needs(p);
    p->inner = feel_scope_new(p->doc->unit, p->scope);
    if (logic) p->param_count = formal_parameters(at, logic, p->inner, &p->params);
    p->body = logic ? function_body(at, p->inner, logic) : nothing(at);
}

/* Before version 1.2 the variable of a knowledge model had the type of its result. */
static void make_function(struct dmn_part *p, feel_native native)
{
    const struct feel_type *t = p->pub.type;
    p->function = feel_function(p->doc->model->arena, p->param_count, p->params,
                                t && t->kind == FEEL_T_FUNCTION ? t->element : t, native, p);
}

static void service_function(struct dmn_part *p)
{
    p->params = ARENA_ARRAY(p->doc->model->arena, p->param_count + 1, struct feel_field);
    for (size_t i = 0; i < p->param_count; i++)
        p->params[i] =
            (struct feel_field){.name = p->takes[i].to->pub.name, .type = p->takes[i].to->pub.type};
    const struct feel_type *only = p->output_count == 1 ? p->outputs[0].to->pub.type : NULL;
    if (!p->pub.type && only && only->kind != FEEL_T_FUNCTION) p->pub.type = only;
    make_function(p, dmn_service_native);
}

/* Functions do not change: what a knowledge model needs is put into its frame once. */
static void surround(struct dmn_part *p)
{
    struct arena *a = p->doc->model->arena;
    struct feel_frame *f = ARENA_NEW(a, struct feel_frame);
    f->slots = ARENA_ARRAY(a, feel_scope_size(p->scope) + 1, struct feel_value);
    struct feel_entry **entries = ARENA_ARRAY(a, p->group_count + 1, struct feel_entry *);
    for (size_t i = 0; i < p->group_count; i++)
        f->slots[p->groups[i].slot] = feel_context(a, p->groups[i].count, &entries[i]);
    for (size_t i = 0; i < p->need_count; i++) {
        const struct dmn_need *n = &p->needs[i];
        if (n->group == DMN_NO_GROUP)
            f->slots[n->at] = n->to->function;
        else
            entries[n->group][n->at] = (struct feel_entry){n->to->pub.name, n->to->function};
    }
    p->surrounding = f;
}

void dmn_declare(struct dmn_doc *d)
{
    for (size_t i = 0; i < d->part_count; i++)
        d->parts[i].pub.type = variable_type(&d->parts[i]);
}

void dmn_compile(struct dmn_doc *d)
{
    for (size_t i = 0; i < d->part_count; i++) {
        struct dmn_part *p = &d->parts[i];
        if (p->pub.kind == DMN_DECISION) compile_decision(p);
        if (p->pub.kind == DMN_SERVICE) service_function(p);
        if (p->pub.kind == DMN_KNOWLEDGE) {
            compile_knowledge(p);
            make_function(p, dmn_knowledge_native);
        }
    }
}

void dmn_surround(struct dmn_doc *d)
{
    for (size_t i = 0; i < d->part_count; i++)
        if (d->parts[i].pub.kind == DMN_KNOWLEDGE) surround(&d->parts[i]);
}
