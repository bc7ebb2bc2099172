#include "engines/bpmn/bpmn_internal.h"
#include "engines/bpmn/bpmn_sheet.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

/* What a call or a rule is given and gives back, written into the document; everything else of it stays as it
 * is. */

#define MODEL_NAMESPACE "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define OWN_NAMESPACE   "urn:tongban:process"

static bool is_named(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && n->ns && strcmp((const char *)n->ns->href, MODEL_NAMESPACE) == 0 &&
           strcmp((const char *)n->name, name) == 0;
}

static bool is_pass(const xmlNode *n)
{
    return n->type == XML_ELEMENT_NODE && n->ns && strcmp((const char *)n->ns->href, MODEL_NAMESPACE) != 0 &&
           (strcmp((const char *)n->name, "in") == 0 || strcmp((const char *)n->name, "out") == 0);
}

static bool has_id(const xmlNode *n, struct str id)
{
    xmlChar *value = xmlGetNoNsProp((xmlNode *)n, BAD_CAST "id");
    bool yes = value && str_eq_c(id, (const char *)value);

    xmlFree(value);
    return yes;
}

/* In the order of the document, without recursion: documents may be deep. */
static xmlNode *find_call(xmlNode *root, struct str id)
{
    for (xmlNode *n = root; n;) {
        if ((is_named(n, "callActivity") || is_named(n, "businessRuleTask")) && has_id(n, id)) return n;
        if (n->type == XML_ELEMENT_NODE && n->children) {
            n = n->children;
            continue;
        }
        while (n && n != root && !n->next)
            n = n->parent;
        n = n && n != root ? n->next : NULL;
    }
    return NULL;
}

/* Behind its documentation, before everything else. */
static xmlNode *extension_of(xmlNode *call)
{
    xmlNode *before = NULL, *made;

    for (xmlNode *n = call->children; n; n = n->next) {
        if (is_named(n, "extensionElements")) return n;
        if (is_named(n, "documentation")) before = n;
    }
    made = xmlNewDocNode(call->doc, call->ns, BAD_CAST "extensionElements", NULL);
    if (!made) return NULL;
    if (before) return xmlAddNextSibling(before, made);
    return call->children ? xmlAddPrevSibling(call->children, made) : xmlAddChild(call, made);
}

static void empty(xmlNode *extension)
{
    for (xmlNode *n = extension->children, *next; n; n = next) {
        next = n->next;
        if (!is_pass(n)) continue;
        xmlUnlinkNode(n);
        xmlFreeNode(n);
    }
}

static bool set(xmlNode *n, const char *name, struct arena *a, struct str value)
{
    return !value.len || xmlNewProp(n, BAD_CAST name, BAD_CAST str_z(a, value));
}

static bool add(struct arena *a, xmlNode *extension, xmlNs *ns, const struct bpmn_pass *p)
{
    xmlNode *n = xmlNewChild(extension, ns, BAD_CAST(p->out ? "out" : "in"), NULL);

    return n && (p->all ? set(n, "variables", a, STR("all"))
                        : set(n, "source", a, p->expression.len ? STR_EMPTY : p->from) &&
                              set(n, "sourceExpression", a, p->expression) && set(n, "target", a, p->to));
}

static bool write(struct arena *a, xmlNode *call, const struct bpmn_pass *list, size_t count)
{
    xmlNode *root = xmlDocGetRootElement(call->doc), *extension = extension_of(call), *left;
    xmlNs *ns = xmlSearchNsByHref(call->doc, call, BAD_CAST OWN_NAMESPACE);

    if (!ns) ns = xmlNewNs(root, BAD_CAST OWN_NAMESPACE, BAD_CAST "tongban");
    if (!ns)
        ns = xmlNewNs(root, BAD_CAST OWN_NAMESPACE, BAD_CAST "tongban-process"); /* another has that name */
    if (!ns || !extension) return false;
    empty(extension);
    for (size_t i = 0; i < count; i++)
        if (!add(a, extension, ns, &list[i])) return false;
    for (left = extension->children; left && left->type != XML_ELEMENT_NODE;)
        left = left->next;
    if (left) return true;
    xmlUnlinkNode(extension);
    xmlFreeNode(extension);
    return true;
}

bool bpmn_write_passes(struct arena *a, struct str xml, struct str call, const struct bpmn_pass *list,
                       size_t count, struct str *out, struct err *e)
{
    struct bpmn_sheet sheet;
    xmlChar *text = NULL;
    int size = 0;

    if (!bpmn_sheet_read(a, xml, &sheet, e)) return false; /* what is no model is told in its words */
    xmlDoc *doc = xmlReadMemory(xml.ptr, (int)xml.len, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNode *node = doc ? find_call(xmlDocGetRootElement(doc), call) : NULL;
    bool there = node != NULL, written = there && write(a, node, list, count);
    if (written) xmlDocDumpMemoryEnc(doc, &text, &size, "UTF-8");
    if (text) *out = str_dup(a, str_n((const char *)text, (size_t)size));
    xmlFree(text);
    xmlFreeDoc(doc);
    if (text) return true;
    return there ? err_fault(e, "bpmn: no memory for the model")
                 : err_missing(e, "bpmn.element", "There is no such element in this model.");
}
