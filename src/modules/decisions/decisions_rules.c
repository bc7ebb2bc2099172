/* The decision tables of a document as people read them. */
#include "modules/decisions/decisions_internal.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

enum { XML_OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING };

static void free_doc(void *doc)
{
    xmlFreeDoc(doc);
}

static bool is(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

static const xmlNode *child(const xmlNode *n, const char *name)
{
    for (const xmlNode *k = n ? n->children : NULL; k; k = k->next)
        if (is(k, name)) return k;
    return NULL;
}

static struct str attribute(struct arena *a, const xmlNode *n, const char *name)
{
    for (const xmlAttr *p = n ? n->properties : NULL; p; p = p->next)
        if (strcmp((const char *)p->name, name) == 0 && p->children && p->children->content)
            return str_dup(a, str_c((const char *)p->children->content));
    return STR_EMPTY;
}

/* Character data below the element; entities are none, since documents with a DTD are refused. */
static void add_content(struct buf *b, const xmlNode *n)
{
    for (const xmlNode *k = n ? n->children : NULL; k; k = k->next)
        if ((k->type == XML_TEXT_NODE || k->type == XML_CDATA_SECTION_NODE) && k->content)
            buf_add_c(b, (const char *)k->content);
}

static struct str text_of(struct arena *a, const xmlNode *n)
{
    struct buf b = buf_new(a, 64);
    add_content(&b, child(n, "text"));
    return str_trim(buf_str(&b));
}

static struct str head_of(struct arena *a, const xmlNode *column)
{
    struct str label = attribute(a, column, "label");
    if (label.len) return label;
    struct str text = text_of(a, child(column, "inputExpression"));
    return text.len ? text : attribute(a, column, "name");
}

static void add_columns(struct arena *a, struct json *table, const xmlNode *t, const char *element,
                        const char *key)
{
    struct json *list = json_set_array(a, table, key);
    for (const xmlNode *k = t->children; k; k = k->next)
        if (is(k, element)) json_set_str(a, json_add_object(a, list), "name", head_of(a, k));
}

static void add_cells(struct arena *a, struct json *rule, const xmlNode *r, const char *element,
                      const char *key, const struct json *columns)
{
    struct json *list = json_set_array(a, rule, key);
    size_t i = 0;
    for (const xmlNode *k = r->children; k; k = k->next) {
        if (!is(k, element)) continue;
        struct json *o = json_add_object(a, list);
        json_set_str(a, o, "text", text_of(a, k));
        json_set_str(a, o, "head", json_text_of(json_at(columns, i++), "name"));
    }
}

/* Editors write the annotation of a rule as its description. */
static void add_description(struct arena *a, struct json *rule, const xmlNode *r)
{
    struct buf b = buf_new(a, 64);
    add_content(&b, child(r, "description"));
    struct str text = str_trim(buf_str(&b));
    if (!text.len) return;
    struct json *o = json_add_object(a, (struct json *)json_get(rule, "annotations"));
    json_set_str(a, o, "text", text);
    json_set_str(a, o, "head", STR_EMPTY);
}

static void add_table(struct arena *a, struct json *tables, const xmlNode *decision, const xmlNode *t)
{
    struct json *table = json_add_object(a, tables), *rules;
    int64_t number = 0;
    struct str policy = attribute(a, t, "hitPolicy");
    json_set_str(a, table, "name", attribute(a, decision, "name"));
    json_set_str(a, table, "policy", policy.len ? policy : STR("UNIQUE"));
    add_columns(a, table, t, "input", "inputs");
    add_columns(a, table, t, "output", "outputs");
    add_columns(a, table, t, "annotation", "notes");
    rules = json_set_array(a, table, "rules");
    for (const xmlNode *k = t->children; k; k = k->next) {
        if (!is(k, "rule")) continue;
        struct json *rule = json_add_object(a, rules);
        json_set_i64(a, rule, "number", ++number);
        add_cells(a, rule, k, "inputEntry", "conditions", json_get(table, "inputs"));
        add_cells(a, rule, k, "outputEntry", "outcome", json_get(table, "outputs"));
        add_cells(a, rule, k, "annotationEntry", "annotations", json_get(table, "notes"));
        add_description(a, rule, k);
    }
}

struct json *decision_tables(struct arena *a, struct str xml, struct err *e)
{
    xmlDoc *doc = xml.len <= XML_MAX ? xmlReadMemory(xml.ptr, (int)xml.len, NULL, NULL, XML_OPTIONS) : NULL;
    if (!doc) {
        err_invalid(e, "decision.xml", "This is no readable DMN document.");
        return NULL;
    }
    arena_on_drop(a, free_doc, doc);
    struct json *tables = json_array(a);
    const xmlNode *root = xmlDocGetRootElement(doc);
    for (const xmlNode *k = root && !doc->intSubset ? root->children : NULL; k; k = k->next) {
        const xmlNode *logic = is(k, "businessKnowledgeModel") ? child(k, "encapsulatedLogic") : k;
        const xmlNode *t = is(k, "decision") || logic != k ? child(logic, "decisionTable") : NULL;
        if (t) add_table(a, tables, k, t);
    }
    return tables;
}
