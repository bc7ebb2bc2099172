#include "engines/bpmn/bpmn_xml.h"

#include <libxml/parser.h>

#define MODEL_NAMESPACE "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define SCHEMA_INSTANCE "http://www.w3.org/2001/XMLSchema-instance"

enum { ELEMENTS_MAX = 100000 };

struct word {
    const char *name;
    enum bpmn_tag tag;
    unsigned is;
};
static const struct word words[] = {
#define BPMN_TAG(tag, name, classes) {name, tag, classes},
#include "engines/bpmn/bpmn_tags.h"
#undef BPMN_TAG
};

/* While the foreign tree lives nothing may jump: every allocation is tried, and a failure is reported. */
struct reading {
    struct arena *arena;
    struct bpmn_doc *doc;
    struct bpmn_el *previous; /* in document order */
    size_t count, ids;
    const char *msgid; /* what is wrong */
    bool exhausted;
};

static bool copy(struct reading *r, const char *z, size_t len, struct str *out)
{
    char *p = arena_try(r->arena, len + 1);

    if (!p) {
        r->exhausted = true;
        return false;
    }
    memcpy(p, z, len);
    p[len] = 0;
    *out = str_n(p, len);
    return true;
}

static const struct word *word_of(const char *name)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i].name, name) == 0) return &words[i];
    return NULL;
}

static bool in_namespace(const xmlNs *ns, const char *uri)
{
    return ns && ns->href && strcmp((const char *)ns->href, uri) == 0;
}

/* The value of an attribute as libxml2 keeps it: text nodes one after the other (entities are refused). */
static bool attribute(struct reading *r, const xmlAttr *from, struct bpmn_attr *to)
{
    const char *name = (const char *)from->name;
    size_t len = 0;
    char *p;

    for (const xmlNode *t = from->children; t; t = t->next)
        if (t->content) len += strlen((const char *)t->content);
    p = arena_try(r->arena, len + 1);
    if (!p) {
        r->exhausted = true;
        return false;
    }
    to->value = str_n(p, len);
    for (const xmlNode *t = from->children; t; t = t->next)
        if (t->content) {
            size_t n = strlen((const char *)t->content);

            memcpy(p, t->content, n);
            p += n;
        }
    *p = 0;
    if (in_namespace(from->ns, SCHEMA_INSTANCE) || (from->ns && !in_namespace(from->ns, MODEL_NAMESPACE))) {
        struct str local;

        if (!copy(r, name, strlen(name), &local)) return false;
        char *q = arena_try(r->arena, local.len + 2);

        if (!q) {
            r->exhausted = true;
            return false;
        }
        q[0] = ':';
        memcpy(q + 1, local.ptr, local.len + 1);
        to->name = str_n(q, local.len + 1);
        return true;
    }
    return copy(r, name, strlen(name), &to->name);
}

static bool attributes(struct reading *r, const xmlNode *from, struct bpmn_el *el)
{
    size_t count = 0, n = 0;
    struct bpmn_attr *list;

    for (const xmlAttr *p = from->properties; p; p = p->next)
        count++;
    list = arena_try(r->arena, (count + 1) * sizeof(*list));
    if (!list) {
        r->exhausted = true;
        return false;
    }
    for (const xmlAttr *p = from->properties; p; p = p->next) {
        if (!attribute(r, p, &list[n])) return false;
        if (str_eq_c(list[n].name, "id")) {
            el->id = list[n].value;
            r->ids++;
        }
        n++;
    }
    el->attrs = list;
    el->attr_count = n;
    return true;
}

static bool text_of(struct reading *r, const xmlNode *from, struct bpmn_el *el)
{
    size_t len = 0;
    char *p, *start;

    for (const xmlNode *t = from->children; t; t = t->next)
        if ((t->type == XML_TEXT_NODE || t->type == XML_CDATA_SECTION_NODE) && t->content)
            len += strlen((const char *)t->content);
    p = start = arena_try(r->arena, len + 1);
    if (!p) {
        r->exhausted = true;
        return false;
    }
    for (const xmlNode *t = from->children; t; t = t->next)
        if ((t->type == XML_TEXT_NODE || t->type == XML_CDATA_SECTION_NODE) && t->content) {
            size_t n = strlen((const char *)t->content);

            memcpy(p, t->content, n);
            p += n;
        }
    *p = 0;
    el->text = str_trim(str_n(start, len));
    return true;
}

static bool is_pass(const xmlNode *c)
{
    return c->type == XML_ELEMENT_NODE && c->ns && !in_namespace(c->ns, MODEL_NAMESPACE) &&
           (strcmp((const char *)c->name, "in") == 0 || strcmp((const char *)c->name, "out") == 0);
}

static bool pass(struct reading *r, const xmlNode *from, struct bpmn_pass *to)
{
    const struct {
        const char *name;
        struct str *value;
    } parts[] = {{"source", &to->from}, {"sourceExpression", &to->expression}, {"target", &to->to}};

    to->out = strcmp((const char *)from->name, "out") == 0;
    for (const xmlAttr *p = from->properties; p; p = p->next) {
        struct bpmn_attr one;

        if (!attribute(r, p, &one)) return false;
        to->all |= str_eq_c(one.name, "variables") && str_eq_c(one.value, "all");
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
            if (str_eq_c(one.name, parts[i].name)) *parts[i].value = one.value;
    }
    return true;
}

/* Everything else that an extension holds belongs to others. */
static bool passes(struct reading *r, const xmlNode *extension, struct bpmn_el *el)
{
    size_t count = 0;
    struct bpmn_pass *list;

    for (const xmlNode *c = extension->children; c; c = c->next)
        count += is_pass(c);
    list = arena_try(r->arena, (count + 1) * sizeof(*list));
    if (!list) {
        r->exhausted = true;
        return false;
    }
    memset(list, 0, (count + 1) * sizeof(*list));
    for (const xmlNode *c = extension->children; c; c = c->next)
        if (is_pass(c) && !pass(r, c, &list[el->pass_count++])) return false;
    el->passes = list;
    return true;
}

static struct bpmn_el *element(struct reading *r, const xmlNode *from, struct bpmn_el *parent, int depth)
{
    const char *name = (const char *)from->name;
    const struct word *w = word_of(name);
    struct bpmn_el *el;

    if (depth > BPMN_DEPTH_MAX || ++r->count > ELEMENTS_MAX) {
        r->msgid = "The model has more elements, or deeper ones, than this program reads.";
        return NULL;
    }
    el = arena_try(r->arena, sizeof(*el));
    if (!el) {
        r->exhausted = true;
        return NULL;
    }
    el->tag = w ? w->tag : TAG_UNKNOWN;
    el->is = w ? w->is : 0;
    el->parent = parent;
    el->line = (int)xmlGetLineNo(from);
    el->node = -1;
    if (!copy(r, name, strlen(name), &el->kind) || !attributes(r, from, el) || !text_of(r, from, el))
        return NULL;
    if (r->previous) r->previous->all = el;
    r->previous = el;
    for (const xmlNode *c = from->children; c; c = c->next) {
        struct bpmn_el *child;

        if (c->type == XML_ENTITY_REF_NODE || c->type == XML_ENTITY_DECL) {
            r->msgid = "The model uses entities; they are not read.";
            return NULL;
        }
        if (c->type != XML_ELEMENT_NODE || !in_namespace(c->ns, MODEL_NAMESPACE)) continue;
        if (strcmp((const char *)c->name, "extensionElements") == 0) {
            bool takes = el->tag == TAG_CALL_ACTIVITY || el->tag == TAG_RULE_TASK;
            if (takes && !el->passes && !passes(r, c, el)) return NULL;
            continue;
        }
        child = element(r, c, el, depth + 1);
        if (!child) return NULL;
        if (el->last)
            el->last->next = child;
        else
            el->first = child;
        el->last = child;
    }
    return el;
}

static int by_id(const void *x, const void *y)
{
    const struct bpmn_el *a = *(const struct bpmn_el *const *)x, *b = *(const struct bpmn_el *const *)y;
    int order = str_cmp(a->id, b->id);

    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static bool tree(struct reading *r, const xmlDoc *xml)
{
    const xmlNode *root = xmlDocGetRootElement(xml);

    if (xml->intSubset || xml->extSubset) {
        r->msgid = "The model has a document type declaration; it is not read.";
        return false;
    }
    if (!root || !in_namespace(root->ns, MODEL_NAMESPACE) ||
        strcmp((const char *)root->name, "definitions") != 0) {
        r->msgid = "This is no BPMN 2.0 model: its root is not “definitions” of the BPMN namespace.";
        return false;
    }
    r->doc = arena_try(r->arena, sizeof(*r->doc));
    if (!r->doc) {
        r->exhausted = true;
        return false;
    }
    r->doc->root = element(r, root, NULL, 0);
    if (!r->doc->root) return false;
    r->doc->by_id = arena_try(r->arena, (r->ids + 1) * sizeof(*r->doc->by_id));
    if (!r->doc->by_id) {
        r->exhausted = true;
        return false;
    }
    BPMN_ALL(el, r->doc)
    {
        if (el->id.len) r->doc->by_id[r->doc->id_count++] = el;
    }
    if (!bpmn_xml_diagram(r->arena, root, r->doc)) {
        r->exhausted = true;
        return false;
    }
    qsort(r->doc->by_id, r->doc->id_count, sizeof(*r->doc->by_id), by_id);
    return true;
}

static void silent(void *data, const xmlError *error)
{
    (void)data;
    (void)error;
}

static void silent_generic(void *data, const char *format, ...)
{
    (void)data;
    (void)format;
}

/* The parser stays silent: what is wrong is said in our words, with the line it stopped at. */
static xmlDoc *parse(struct str xml, int *line)
{
    xmlParserCtxt *c = xmlNewParserCtxt();
    xmlDoc *doc;

    if (!c) return NULL;
    c->sax->serror = (xmlStructuredErrorFunc)(void (*)(void))silent;
    c->sax->error = silent_generic;
    c->sax->warning = silent_generic;
    doc = xmlCtxtReadMemory(c, xml.ptr, (int)xml.len, NULL, NULL,
                            XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    *line = c->lastError.line;
    xmlFreeParserCtxt(c);
    return doc;
}

struct bpmn_doc *bpmn_xml_read(struct arena *a, struct str xml, struct err *e)
{
    struct reading r = {.arena = a};
    xmlDoc *doc;
    bool ok;
    int line = 0;

    if (xml.len > BPMN_SOURCE_MAX) {
        err_invalid(e, "bpmn.model", "The model is larger than 8 MiB.");
        return NULL;
    }
    doc = parse(xml, &line);
    if (!doc) {
        char number[24];

        err_invalid(e, "bpmn.model", "The model is no well-formed XML (line %{arg}).");
        snprintf(number, sizeof(number), "%d", line);
        err_arg(e, str_c(number));
        return NULL;
    }
    ok = tree(&r, doc);
    xmlFreeDoc(doc);
    if (ok) return r.doc;
    if (r.exhausted)
        err_fault(e, "bpmn: no memory for the model");
    else
        err_invalid(e, "bpmn.model", r.msgid);
    return NULL;
}

/* ---- asking ---- */
static const struct bpmn_attr *find_attr(const struct bpmn_el *el, const char *name)
{
    for (size_t i = 0; i < el->attr_count; i++)
        if (str_eq_c(el->attrs[i].name, name)) return &el->attrs[i];
    return NULL;
}

struct str bpmn_attr(const struct bpmn_el *el, const char *name)
{
    const struct bpmn_attr *at = find_attr(el, name);

    return at ? str_trim(at->value) : STR_EMPTY;
}

bool bpmn_has(const struct bpmn_el *el, const char *name)
{
    return find_attr(el, name) != NULL;
}

bool bpmn_attr_is(const struct bpmn_el *el, const char *name, const char *value)
{
    return str_eq_c(bpmn_attr(el, name), value);
}

struct bpmn_el *bpmn_child(const struct bpmn_el *el, enum bpmn_tag tag)
{
    BPMN_CHILDREN(c, el)
    {
        if (c->tag == tag) return c;
    }
    return NULL;
}

size_t bpmn_children(const struct bpmn_el *el, enum bpmn_tag tag)
{
    size_t n = 0;

    BPMN_CHILDREN(c, el)
    {
        n += c->tag == tag;
    }
    return n;
}

struct bpmn_el *bpmn_by_id(const struct bpmn_doc *d, struct str ref)
{
    struct str prefix, local = str_cut(ref, ':', &prefix);
    size_t low = 0, high = d->id_count;

    if (!local.len) local = ref;
    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (str_cmp(d->by_id[mid]->id, local) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < d->id_count && str_eq(d->by_id[low]->id, local) ? d->by_id[low] : NULL;
}

struct str bpmn_ref_text(const struct bpmn_el *el, const char *name)
{
    struct str value = bpmn_attr(el, name);

    if (value.len) return value;
    BPMN_CHILDREN(c, el)
    {
        if (str_eq_c(c->kind, name)) return c->text;
    }
    return STR_EMPTY;
}

struct bpmn_el *bpmn_ref(const struct bpmn_doc *d, const struct bpmn_el *el, const char *name)
{
    return bpmn_by_id(d, bpmn_ref_text(el, name));
}

const struct bpmn_el *bpmn_around(const struct bpmn_el *el, unsigned is)
{
    for (const struct bpmn_el *p = el->parent; p; p = p->parent)
        if (p->is & is) return p;
    return NULL;
}
