/* Item definitions as types of FEEL (DMN 1.5, 7.3.2 and 7.3.3). */
#include "engines/dmn/dmn_internal.h"

enum { CHAIN_MAX = 64 }; /* a type named by a type named by a type … */

enum { TO_DO, BEING_MADE, MADE };

static void make(struct dmn_doc *d, struct dmn_item *item, int depth);
static void shape(struct dmn_doc *d, const struct dmn_xml *x, struct str where, int depth,
                  struct feel_type *out);

static struct dmn_item *item_named(const struct dmn_doc *d, struct str name)
{
    size_t low = 0, high = d->item_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(d->items[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->item_count && str_eq(d->items[low].name, name) ? &d->items[low] : NULL;
}

struct str dmn_type_values(const struct dmn_doc *d, struct str ref)
{
    const struct dmn_item *item = item_named(d, ref);
    const struct dmn_xml *x = item ? dmn_xml_child(item->node, "allowedValues") : NULL;
    return x ? dmn_xml_text_of(x, "text") : STR_EMPTY;
}

static const struct feel_type *made(struct dmn_doc *d, struct dmn_item *item, struct str where, int depth)
{
    if (item->state == BEING_MADE || depth > CHAIN_MAX) {
        dmn_note(d, FEEL_WARNING, where, "The type %{arg} is made of itself; its content is not checked.",
                 item->name);
        return NULL;
    }
    make(d, item, depth + 1);
    return item->type->kind == FEEL_T_ANY ? NULL : item->type;
}

/* "number", "tPerson", "lib.tPerson"; with a prefix in models of version 1.1 ("feel:number"). */
static const struct feel_type *find(struct dmn_doc *d, struct str ref, struct str where, int depth)
{
    struct str head, tail = str_cut(ref, '.', &head);
    struct dmn_item *item = item_named(d, ref);
    if (item) return made(d, item, where, depth);
    const struct feel_type *t = feel_type_named(ref);
    if (t) return t->kind == FEEL_T_ANY ? NULL : t;
    for (size_t i = 0; i < d->import_count; i++) {
        struct dmn_doc *from = d->imports[i].doc;
        struct str name = d->imports[i].name.len ? tail : ref;
        if (!from || (d->imports[i].name.len && !str_eq(d->imports[i].name, head))) continue;
        item = item_named(from, name);
        if (item) return made(from, item, where, depth);
    }
    tail = str_cut(ref, ':', &head);
    if (tail.len) return find(d, tail, where, depth);
    dmn_note(d, FEEL_ERROR, where, "There is no type %{arg}.", ref);
    return NULL;
}

static const struct feel_type *type_at(struct dmn_doc *d, struct str ref, struct str where, int depth)
{
    static const char *const nothing[] = {"", "Any", "<Undefined>", "any", "undefined"}; /* no translation */
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        if (str_eq_c(ref, nothing[i])) return NULL;
    return find(d, ref, where, depth);
}

const struct feel_type *dmn_type_of(struct dmn_doc *d, struct str ref, struct str where)
{
    return type_at(d, ref, where, 0);
}

static const struct feel_node *constraint(struct dmn_doc *d, const struct dmn_xml *x, const char *element,
                                          struct str where)
{
    const struct dmn_xml *c = dmn_xml_child(x, element);
    struct str text = c ? dmn_xml_text_of(c, "text") : STR_EMPTY;
    if (!text.len) return NULL;
    feel_unit_at(d->unit, where);
    return feel_parse_tests(d->unit, feel_scope_new(d->unit, NULL), text);
}

static void fields(struct dmn_doc *d, const struct dmn_xml *x, const char *element, struct str where,
                   int depth, struct feel_type *out)
{
    struct arena *a = d->model->arena;
    struct feel_field *list = ARENA_ARRAY(a, dmn_xml_count(x, element) + 1, struct feel_field);
    DMN_XML_EACH(c, x, element)
    {
        struct feel_type *t = ARENA_NEW(a, struct feel_type);
        struct str name = dmn_xml_attribute(c, "name");
        shape(d, c, dmn_where(a, where, name), depth, t);
        list[out->field_count++] =
            (struct feel_field){.name = name, .type = t->kind == FEEL_T_ANY ? NULL : t};
    }
    out->fields = list;
}

static void function_shape(struct dmn_doc *d, const struct dmn_xml *x, struct str where, int depth,
                           struct feel_type *out)
{
    out->kind = FEEL_T_FUNCTION;
    out->element = type_at(d, dmn_xml_attribute(x, "outputTypeRef"), where, depth);
    struct feel_field *list =
        ARENA_ARRAY(d->model->arena, dmn_xml_count(x, "parameters") + 1, struct feel_field);
    DMN_XML_EACH(c, x, "parameters")
    list[out->field_count++] =
        (struct feel_field){.name = dmn_xml_attribute(c, "name"),
                            .type = type_at(d, dmn_xml_attribute(c, "typeRef"), where, depth)};
    out->fields = list;
}

/* What an item definition or a component says, collections aside. */
static void single(struct dmn_doc *d, const struct dmn_xml *x, struct str where, int depth,
                   struct feel_type *out)
{
    struct str ref = dmn_xml_text_of(x, "typeRef");
    if (!ref.len) ref = dmn_xml_attribute(x, "typeRef");
    const struct dmn_xml *function = dmn_xml_child(x, "functionItem");
    const struct feel_type *base = type_at(d, ref, where, depth);
    if (base)
        *out = *base;
    else if (dmn_xml_child(x, "itemComponent")) {
        out->kind = FEEL_T_CONTEXT;
        fields(d, x, "itemComponent", where, depth, out);
    } else if (function)
        function_shape(d, function, where, depth, out);
}

static void shape(struct dmn_doc *d, const struct dmn_xml *x, struct str where, int depth,
                  struct feel_type *out)
{
    struct feel_type *one = out;
    bool collection = str_eq_c(dmn_xml_attribute(x, "isCollection"), "true");
    if (collection) {
        one = ARENA_NEW(d->model->arena, struct feel_type);
        out->kind = FEEL_T_LIST;
    }
    single(d, x, where, depth, one);
    const struct feel_node *allowed = constraint(d, x, "allowedValues", where);
    const struct feel_node *whole = constraint(d, x, "typeConstraint", where);
    if (collection) {
        out->element = one->kind == FEEL_T_ANY ? NULL : one;
        out->allowed = allowed;
        out->type_constraint = whole;
        return;
    }
    /* The constraint of the type it is made of holds as well. */
    if (allowed && out->kind != FEEL_T_LIST) {
        if (out->allowed && !out->type_constraint) out->type_constraint = out->allowed;
        out->allowed = allowed;
    } else if (allowed) {
        out->allowed = allowed;
    }
    if (whole) out->type_constraint = whole;
}

static void make(struct dmn_doc *d, struct dmn_item *item, int depth)
{
    if (item->state == MADE) return;
    item->state = BEING_MADE;
    item->type = ARENA_NEW(d->model->arena, struct feel_type);
    shape(d, item->node, item->name, depth, item->type);
    item->type->name = item->name;
    item->state = MADE;
}

static void tell_imported(struct dmn_doc *d, const struct dmn_import *import)
{
    for (size_t i = 0; i < import->doc->item_count; i++) {
        struct dmn_item *item = &import->doc->items[i];
        make(import->doc, item, 0);
        struct feel_type *t = ARENA_NEW(d->model->arena, struct feel_type);
        *t = *item->type;
        if (import->name.len)
            t->name = str_fmt(d->model->arena, "%.*s.%.*s", STR_ARG(import->name), STR_ARG(item->name));
        feel_unit_type(d->unit, t);
    }
}

void dmn_types_make(struct dmn_doc *d)
{
    for (size_t i = 0; i < d->item_count; i++) {
        make(d, &d->items[i], 0);
        feel_unit_type(d->unit, d->items[i].type);
    }
    for (size_t i = 0; i < d->import_count; i++)
        if (d->imports[i].doc) tell_imported(d, &d->imports[i]);
}
