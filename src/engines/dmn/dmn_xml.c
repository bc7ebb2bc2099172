/* XML to plain nodes. The library allocates by itself: its reader is freed before we return, and by the
 * arena's clean-up when an allocation of ours jumps. Between two calls no frame of the library is open, so no
 * jump crosses it; its error handler only writes into a struct. */
#include "engines/dmn/dmn_internal.h"

#include <libxml/parser.h>
#include <libxml/xmlreader.h>

enum { DEPTH_MAX = 200 };

#define SCHEMA_INSTANCE "http://www.w3.org/2001/XMLSchema-instance"

struct reading {
    struct arena *arena;
    xmlTextReaderPtr reader;
    int error_line;
    struct dmn_xml *root;
    struct dmn_xml *open[DEPTH_MAX];
    struct buf text[DEPTH_MAX];
    int depth;   /* open elements */
    int skipped; /* depth, in the document, of the foreign element we are in; -1: none */
    xmlChar *ns; /* of the root */
};

static void let_go(void *arg)
{
    struct reading *r = arg;
    if (r->ns) xmlFree(r->ns);
    if (r->reader) xmlFreeTextReader(r->reader);
    r->ns = NULL;
    r->reader = NULL;
}

static void remember_error(void *arg, xmlErrorPtr error)
{
    struct reading *r = arg;
    if (!r->error_line) r->error_line = error->line > 0 ? error->line : 1;
}

static struct str word(struct arena *a, const xmlChar *z)
{
    return str_dup(a, str_c((const char *)z));
}

static void take_attributes(struct reading *r, struct dmn_xml *x)
{
    struct dmn_attribute **end = &x->attributes;
    while (xmlTextReaderMoveToNextAttribute(r->reader) == 1) {
        const char *ns = (const char *)xmlTextReaderConstNamespaceUri(r->reader);
        if (ns && strcmp(ns, SCHEMA_INSTANCE) != 0) continue;
        struct dmn_attribute *n = ARENA_NEW(r->arena, struct dmn_attribute);
        n->name = word(r->arena, xmlTextReaderConstLocalName(r->reader));
        n->value = word(r->arena, xmlTextReaderConstValue(r->reader));
        *end = n;
        end = &n->next;
    }
    xmlTextReaderMoveToElement(r->reader);
}

static void close_element(struct reading *r)
{
    struct dmn_xml *x = r->open[--r->depth];
    if (!x->first) x->text = str_dup(r->arena, buf_str(&r->text[r->depth]));
}

static bool refuse(struct err *e, struct arena *a, struct dmn_source s, int line, const char *msgid)
{
    err_invalid(e, "dmn.xml", msgid);
    err_arg(e, str_fmt(a, "%.*s:%d", STR_ARG(s.name), line));
    return false;
}

static bool known(const char *const *namespaces, const char *ns)
{
    for (; ns && *namespaces; namespaces++)
        if (strcmp(*namespaces, ns) == 0) return true;
    return false;
}

static bool open_element(struct reading *r, struct dmn_source s, const char *const *namespaces, struct err *e)
{
    const xmlChar *ns = xmlTextReaderConstNamespaceUri(r->reader);
    int line = xmlTextReaderGetParserLineNumber(r->reader);
    bool empty = xmlTextReaderIsEmptyElement(r->reader) == 1;
    if (r->depth == 0) {
        if (!known(namespaces, (const char *)ns))
            return refuse(e, r->arena, s, line, "The document is of no kind that is known here (%{arg}).");
        r->ns = xmlStrdup(ns);
        if (!r->ns) return err_fault(e, "out of memory in libxml2");
    } else if (!ns || xmlStrcmp(ns, r->ns) != 0) {
        if (!empty) r->skipped = xmlTextReaderDepth(r->reader);
        return true;
    }
    if (r->depth == DEPTH_MAX)
        return refuse(e, r->arena, s, line, "The document is nested too deeply (%{arg}).");
    struct dmn_xml *x = ARENA_NEW(r->arena, struct dmn_xml);
    x->name = word(r->arena, xmlTextReaderConstLocalName(r->reader));
    x->text = STR_EMPTY;
    x->line = line;
    take_attributes(r, x);
    if (r->depth) {
        struct dmn_xml *parent = r->open[r->depth - 1];
        if (parent->last)
            parent->last->next = x;
        else
            parent->first = x;
        parent->last = x;
    } else {
        r->root = x;
    }
    if (r->text[r->depth].arena)
        r->text[r->depth].len = 0;
    else
        r->text[r->depth] = buf_new(r->arena, 64);
    r->open[r->depth++] = x;
    if (empty) close_element(r);
    return true;
}

static bool take_node(struct reading *r, struct dmn_source s, const char *const *namespaces, struct err *e)
{
    int type = xmlTextReaderNodeType(r->reader), depth = xmlTextReaderDepth(r->reader);
    if (r->skipped >= 0) {
        if (type == XML_READER_TYPE_END_ELEMENT && depth == r->skipped) r->skipped = -1;
        return true;
    }
    switch (type) {
    case XML_READER_TYPE_ELEMENT:
        return open_element(r, s, namespaces, e);
    case XML_READER_TYPE_END_ELEMENT:
        close_element(r);
        return true;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        if (r->depth && !r->open[r->depth - 1]->first)
            buf_add_c(&r->text[r->depth - 1], (const char *)xmlTextReaderConstValue(r->reader));
        return true;
    case XML_READER_TYPE_ENTITY_REFERENCE:
        return refuse(e, r->arena, s, xmlTextReaderGetParserLineNumber(r->reader),
                      "The document uses entities, which are not read here (%{arg}).");
    default:
        return true;
    }
}

/* A document type could define entities; it can only stand before the first element. */
static bool has_document_type(struct str t)
{
    size_t at = str_starts(t, STR("\xEF\xBB\xBF")) ? 3 : 0;
    while (at < t.len) {
        struct str rest = str_trim(str_slice(t, at, t.len));
        struct str end;
        at = (size_t)(rest.ptr - t.ptr);
        if (str_starts(rest, STR("<!DOCTYPE"))) return true;
        if (str_starts(rest, STR("<?")))
            end = STR("?>");
        else if (str_starts(rest, STR("<!--")))
            end = STR("-->");
        else
            return false;
        size_t found = str_find(rest, end);
        if (found == SIZE_MAX) return false;
        at += found + end.len;
    }
    return false;
}

static bool run(struct reading *r, struct dmn_source s, const char *const *namespaces, struct err *e)
{
    int got;
    while ((got = xmlTextReaderRead(r->reader)) == 1)
        if (!take_node(r, s, namespaces, e)) return false;
    if (got == 0 && !r->error_line && r->root && r->depth == 0) return true;
    return refuse(e, r->arena, s, r->error_line ? r->error_line : 1,
                  "The document is not well-formed XML (%{arg}).");
}

struct dmn_xml *dmn_xml_read(struct arena *a, struct dmn_source s, const char *const *namespaces,
                             struct err *e)
{
    if (s.xml.len > DMN_SOURCE_MAX) {
        refuse(e, a, s, 1, "The document is too large (%{arg}).");
        return NULL;
    }
    if (!utf8_valid(s.xml)) {
        refuse(e, a, s, 1, "The document is not in UTF-8 (%{arg}).");
        return NULL;
    }
    if (has_document_type(s.xml)) {
        refuse(e, a, s, 1, "The document has a document type, which is not read here (%{arg}).");
        return NULL;
    }
    struct reading *r = ARENA_NEW(a, struct reading);
    r->arena = a;
    r->skipped = -1;
    arena_on_drop(a, let_go, r);
    xmlInitParser();
    r->reader = xmlReaderForMemory(s.xml.ptr, (int)s.xml.len, NULL, "UTF-8",
                                   XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!r->reader) {
        err_fault(e, "no XML reader");
        return NULL;
    }
    xmlTextReaderSetStructuredErrorHandler(r->reader, remember_error, r);
    bool ok = run(r, s, namespaces, e);
    let_go(r);
    return ok ? r->root : NULL;
}

const struct dmn_xml *dmn_xml_child(const struct dmn_xml *parent, const char *name)
{
    DMN_XML_EACH(child, parent, name) return child;
    return NULL;
}

bool dmn_xml_has(const struct dmn_xml *x, const char *name)
{
    for (const struct dmn_attribute *n = x->attributes; n; n = n->next)
        if (str_eq_c(n->name, name)) return true;
    return false;
}

struct str dmn_xml_attribute(const struct dmn_xml *x, const char *name)
{
    for (const struct dmn_attribute *n = x ? x->attributes : NULL; n; n = n->next)
        if (str_eq_c(n->name, name)) return str_trim(n->value);
    return STR_EMPTY;
}

struct str dmn_xml_text_of(const struct dmn_xml *parent, const char *name)
{
    const struct dmn_xml *child = dmn_xml_child(parent, name);
    return child ? str_trim(child->text) : STR_EMPTY;
}

size_t dmn_xml_count(const struct dmn_xml *parent, const char *name)
{
    size_t n = 0;
    DMN_XML_EACH(child, parent, name) n++;
    return n;
}
