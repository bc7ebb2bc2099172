/* Documents and the graph of what needs what: read, named, joined, and free of circles. */
#include "engines/dmn/dmn_internal.h"

static const char *const namespaces[] = {
    "https://www.omg.org/spec/DMN/20230324/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/", "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", NULL};

static const struct {
    const char *element;
    enum dmn_kind kind;
} kinds[] = {
    {"inputData", DMN_INPUT},
    {"decision", DMN_DECISION},
    {"businessKnowledgeModel", DMN_KNOWLEDGE},
    {"decisionService", DMN_SERVICE},
};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

void dmn_note(struct dmn_doc *d, enum feel_severity severity, struct str where, const char *msgid,
              struct str arg)
{
    feel_note(d->model->arena, d->notes, severity, where, 0, 0, msgid, arg);
}

static bool broken(struct err *e, const char *msgid, struct str arg)
{
    err_invalid(e, "dmn.model", msgid);
    err_arg(e, arg);
    return false;
}

/* ---- reading ---- */

static bool kind_of(const struct dmn_xml *x, enum dmn_kind *out)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (str_eq_c(x->name, kinds[i].element)) {
            *out = kinds[i].kind;
            return true;
        }
    return false;
}

static bool read_parts(struct dmn_doc *d, struct err *e)
{
    struct arena *a = d->model->arena;
    enum dmn_kind kind;
    size_t n = 0;
    for (const struct dmn_xml *x = d->root->first; x; x = x->next)
        n += kind_of(x, &kind);
    d->parts = ARENA_ARRAY(a, n + 1, struct dmn_part);
    for (const struct dmn_xml *x = d->root->first; x; x = x->next) {
        if (!kind_of(x, &kind)) continue;
        struct dmn_part *p = &d->parts[d->part_count];
        p->doc = d;
        p->index = d->part_count++;
        p->node = x;
        p->pub = (struct dmn_element){.kind = kind,
                                      .id = dmn_xml_attribute(x, "id"),
                                      .name = dmn_xml_attribute(x, "name"),
                                      .question = dmn_xml_text_of(x, "question"),
                                      .allowed_answers = dmn_xml_text_of(x, "allowedAnswers"),
                                      .description = dmn_xml_text_of(x, "description")};
        if (!p->pub.name.len)
            return broken(e, "An element of the model has no name (%{arg}).",
                          str_fmt(a, "%.*s:%d", STR_ARG(d->source), x->line));
    }
    return true;
}

static void read_imports(struct dmn_doc *d)
{
    d->imports = ARENA_ARRAY(d->model->arena, dmn_xml_count(d->root, "import") + 1, struct dmn_import);
    DMN_XML_EACH(x, d->root, "import")
    d->imports[d->import_count++] = (struct dmn_import){.name = dmn_xml_attribute(x, "name"),
                                                        .ns = dmn_xml_attribute(x, "namespace"),
                                                        .location = dmn_xml_attribute(x, "locationURI")};
}

static int by_name(const void *a, const void *b)
{
    const struct dmn_item *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : x->node->line - y->node->line;
}

static void read_items(struct dmn_doc *d)
{
    d->items = ARENA_ARRAY(d->model->arena, dmn_xml_count(d->root, "itemDefinition") + 1, struct dmn_item);
    DMN_XML_EACH(x, d->root, "itemDefinition")
    d->items[d->item_count++] = (struct dmn_item){.node = x, .name = dmn_xml_attribute(x, "name")};
    qsort(d->items, d->item_count, sizeof *d->items, by_name);
}

static int by_id(const void *a, const void *b)
{
    const struct dmn_part *x = *(struct dmn_part *const *)a, *y = *(struct dmn_part *const *)b;
    int order = str_cmp(x->pub.id, y->pub.id);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void sort_parts(struct dmn_doc *d)
{
    d->by_id = ARENA_ARRAY(d->model->arena, d->part_count + 1, struct dmn_part *);
    for (size_t i = 0; i < d->part_count; i++)
        d->by_id[i] = &d->parts[i];
    qsort(d->by_id, d->part_count, sizeof *d->by_id, by_id);
}

static bool is_feel(struct str language)
{
    return !language.len || str_find(language, STR("FEEL")) != SIZE_MAX ||
           str_eq_nocase(language, STR("feel"));
}

static bool read_doc(struct dmn_doc *d, struct dmn_source s, struct err *e)
{
    d->root = dmn_xml_read(d->model->arena, s, namespaces, e);
    if (!d->root) return false;
    if (!str_eq_c(d->root->name, "definitions"))
        return broken(e, "The document holds no definitions (%{arg}).", s.name);
    d->source = s.name;
    d->name = dmn_xml_attribute(d->root, "name");
    d->ns = dmn_xml_attribute(d->root, "namespace");
    d->other_language = !is_feel(dmn_xml_attribute(d->root, "expressionLanguage"));
    read_imports(d);
    read_items(d);
    if (!read_parts(d, e)) return false;
    sort_parts(d);
    return true;
}

/* ---- joining ---- */

/* The first of that id. */
static struct dmn_part *part_by_id(const struct dmn_doc *d, struct str id)
{
    size_t low = 0, high = d->part_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(d->by_id[middle]->pub.id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return id.len && low < d->part_count && str_eq(d->by_id[low]->pub.id, id) ? d->by_id[low] : NULL;
}

static void join_imports(struct dmn_model *m)
{
    for (size_t i = 0; i < m->doc_count; i++)
        for (size_t k = 0; k < m->docs[i].import_count; k++) {
            struct dmn_import *import = &m->docs[i].imports[k];
            for (size_t j = 0; j < m->doc_count && !import->doc; j++)
                if (j != i && str_eq(m->docs[j].ns, import->ns)) import->doc = &m->docs[j];
        }
}

/* "#id", "namespace#id" or "file.dmn#id". */
static bool resolve(struct dmn_doc *d, struct str href, struct dmn_need *out, struct err *e)
{
    struct str before, id = str_cut(href, '#', &before);
    out->import = DMN_NO_IMPORT;
    out->group = DMN_NO_GROUP;
    if (before.len == href.len) id = href, before = STR_EMPTY;
    if (!before.len || str_eq(before, d->ns)) {
        out->to = part_by_id(d, id);
    } else {
        for (size_t i = 0; i < d->import_count && !out->to; i++) {
            const struct dmn_import *import = &d->imports[i];
            if (!import->doc) continue;
            if (!str_eq(import->ns, before) && !str_eq(import->location, before) &&
                !str_ends(import->doc->source, before))
                continue;
            out->to = part_by_id(import->doc, id);
            out->import = (int)i;
        }
    }
    return out->to || broken(e, "The model refers to %{arg}, which is not there.", href);
}

static void sees(struct dmn_part *p, struct dmn_need need)
{
    for (size_t i = 0; i < p->need_count; i++)
        if (p->needs[i].to == need.to && p->needs[i].import == need.import) return;
    p->needs[p->need_count++] = need;
}

static bool add_need(struct dmn_part *p, struct str href, struct err *e)
{
    struct dmn_need need = {0};
    if (!resolve(p->doc, href, &need, e)) return false;
    sees(p, need);
    return true;
}

static const struct {
    const char *requirement, *reference;
} requirements[] = {
    {"informationRequirement", "requiredInput"},
    {"informationRequirement", "requiredDecision"},
    {"knowledgeRequirement", "requiredKnowledge"},
};

/* Knowledge sees itself as well: it may be recursive. */
static bool join_needs(struct dmn_part *p, struct err *e)
{
    size_t n =
        dmn_xml_count(p->node, "informationRequirement") * 2 + dmn_xml_count(p->node, "knowledgeRequirement");
    p->needs = ARENA_ARRAY(p->doc->model->arena, n + 2, struct dmn_need);
    for (size_t i = 0; i < sizeof requirements / sizeof requirements[0]; i++)
        DMN_XML_EACH(x, p->node, requirements[i].requirement)
        {
            const struct dmn_xml *to = dmn_xml_child(x, requirements[i].reference);
            if (to && !add_need(p, dmn_xml_attribute(to, "href"), e)) return false;
        }
    if (p->pub.kind == DMN_KNOWLEDGE) sees(p, (struct dmn_need){p, DMN_NO_IMPORT, DMN_NO_GROUP, 0});
    return true;
}

static bool join_list(struct dmn_part *p, const char *element, struct dmn_need *list, size_t *count,
                      struct err *e)
{
    DMN_XML_EACH(x, p->node, element)
    {
        list[*count] = (struct dmn_need){0};
        if (!resolve(p->doc, dmn_xml_attribute(x, "href"), &list[*count], e)) return false;
        (*count)++;
    }
    return true;
}

/* Input data come before input decisions in a call by position. */
static bool join_service(struct dmn_part *p, struct err *e)
{
    struct arena *a = p->doc->model->arena;
    size_t outputs = dmn_xml_count(p->node, "outputDecision");
    size_t takes = dmn_xml_count(p->node, "inputData") + dmn_xml_count(p->node, "inputDecision");
    p->outputs = ARENA_ARRAY(a, outputs + 1, struct dmn_need);
    p->takes = ARENA_ARRAY(a, takes + 1, struct dmn_need);
    if (!join_list(p, "inputData", p->takes, &p->param_count, e) ||
        !join_list(p, "inputDecision", p->takes, &p->param_count, e) ||
        !join_list(p, "outputDecision", p->outputs, &p->output_count, e))
        return false;
    for (size_t i = 0; i < p->output_count; i++)
        if (p->outputs[i].to->pub.kind != DMN_DECISION)
            return broken(e, "The service %{arg} gives something that is no decision.", p->pub.name);
    return true;
}

static bool join_parts(struct dmn_doc *d, struct err *e)
{
    for (size_t i = 0; i < d->part_count; i++) {
        struct dmn_part *p = &d->parts[i];
        bool ok = p->pub.kind == DMN_SERVICE ? join_service(p, e) : join_needs(p, e);
        if (!ok) return false;
    }
    return true;
}

/* ---- circles ---- */

enum { NOT_SEEN, ON_THE_WAY, SEEN };

struct visit {
    struct dmn_part *part;
    size_t next; /* need to follow */
};

/* Only decisions that need decisions: knowledge may call itself. */
static bool counts(const struct dmn_part *p, const struct dmn_need *n)
{
    return p->pub.kind == DMN_DECISION && n->to->pub.kind == DMN_DECISION;
}

/* Follows all needs from one element, without recursion: the way may be long. NULL: no circle. */
static struct dmn_part *circle_from(struct dmn_part *start, struct visit *way, unsigned char *seen)
{
    size_t length = 0;
    way[length++] = (struct visit){start, 0};
    seen[start->mark] = ON_THE_WAY;
    while (length) {
        struct visit *v = &way[length - 1];
        if (v->next == v->part->need_count) {
            seen[v->part->mark] = SEEN;
            length--;
            continue;
        }
        const struct dmn_need *n = &v->part->needs[v->next++];
        if (!counts(v->part, n) || seen[n->to->mark] == SEEN) continue;
        if (seen[n->to->mark] == ON_THE_WAY) return n->to;
        seen[n->to->mark] = ON_THE_WAY;
        way[length++] = (struct visit){n->to, 0};
    }
    return NULL;
}

static size_t mark_parts(struct dmn_model *m)
{
    size_t total = 0;
    for (size_t i = 0; i < m->doc_count; i++)
        for (size_t k = 0; k < m->docs[i].part_count; k++)
            m->docs[i].parts[k].mark = total++;
    return total;
}

static bool no_circles(struct dmn_model *m, struct err *e)
{
    size_t total = mark_parts(m);
    struct visit *way = ARENA_ARRAY(m->arena, total + 1, struct visit);
    unsigned char *seen = ARENA_ARRAY(m->arena, total + 1, unsigned char);
    for (size_t i = 0; i < m->doc_count; i++)
        for (size_t k = 0; k < m->docs[i].part_count; k++) {
            struct dmn_part *p = &m->docs[i].parts[k];
            const struct dmn_part *circle = seen[p->mark] == NOT_SEEN ? circle_from(p, way, seen) : NULL;
            if (circle) return broken(e, "The decision %{arg} needs itself.", circle->pub.name);
        }
    return true;
}

/* ---- names ---- */

/* Names that may stand behind a dot anywhere in the model. */
static void tell_names(struct dmn_doc *d, const struct dmn_xml *x)
{
    static const char *const named[] = {"itemComponent", "variable",       "column", "output",
                                        "parameter",     "decision",       "input",  "formalParameter",
                                        "inputData",     "decisionService"};
    for (; x; x = x->next) {
        struct str name = dmn_xml_attribute(x, "name");
        for (size_t i = 0; name.len && i < sizeof named / sizeof named[0]; i++)
            if (str_eq_c(x->name, named[i])) feel_unit_knows(d->unit, name);
        tell_names(d, x->first);
    }
}

static void tell_all_names(struct dmn_doc *d)
{
    tell_names(d, d->root->first);
    for (size_t i = 0; i < d->import_count; i++)
        if (d->imports[i].doc && d->imports[i].doc != d) tell_names(d, d->imports[i].doc->root->first);
}

static bool read_all(struct dmn_model *m, const struct dmn_source *sources, struct feel_notes *notes,
                     struct err *e)
{
    for (size_t i = 0; i < m->doc_count; i++) {
        m->docs[i].model = m;
        m->docs[i].notes = notes;
        if (!read_doc(&m->docs[i], sources[i], e)) return false;
    }
    return true;
}

struct dmn_model *dmn_load(struct arena *a, const struct dmn_source *sources, size_t count,
                           struct feel_notes *notes, struct err *e)
{
    struct dmn_model *m = ARENA_NEW(a, struct dmn_model);
    m->arena = a;
    m->doc_count = count;
    m->docs = ARENA_ARRAY(a, count, struct dmn_doc);
    if (!read_all(m, sources, notes, e)) return NULL;
    join_imports(m);
    for (size_t i = 0; i < count; i++)
        if (!join_parts(&m->docs[i], e)) return NULL;
    if (!no_circles(m, e)) return NULL;
    for (size_t i = 0; i < count; i++) {
        m->docs[i].unit = feel_unit_new(a, notes);
        tell_all_names(&m->docs[i]);
    }
    static void (*const steps[])(struct dmn_doc *) = {dmn_types_make, dmn_declare, dmn_compile, dmn_surround};
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++)
        for (size_t i = 0; i < count; i++)
            steps[s](&m->docs[i]);
    return m;
}

/* ---- what a model holds ---- */

struct str dmn_name(const struct dmn_model *m)
{
    return m->docs[0].name;
}

struct str dmn_namespace(const struct dmn_model *m)
{
    return m->docs[0].ns;
}

size_t dmn_count(const struct dmn_model *m, enum dmn_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < m->docs[0].part_count; i++)
        n += m->docs[0].parts[i].pub.kind == kind;
    return n;
}

const struct dmn_element *dmn_at(const struct dmn_model *m, enum dmn_kind kind, size_t index)
{
    for (size_t i = 0; i < m->docs[0].part_count; i++)
        if (m->docs[0].parts[i].pub.kind == kind && index-- == 0) return &m->docs[0].parts[i].pub;
    return NULL;
}

const struct dmn_element *dmn_find(const struct dmn_model *m, enum dmn_kind kind, struct str id_or_name)
{
    const struct dmn_element *named = NULL;
    for (size_t i = 0; i < m->docs[0].part_count; i++) {
        const struct dmn_element *e = &m->docs[0].parts[i].pub;
        if (e->kind != kind) continue;
        if (e->id.len && str_eq(e->id, id_or_name)) return e;
        if (!named && str_eq(e->name, id_or_name)) named = e;
    }
    return named;
}

static size_t all_parts(const struct dmn_model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->doc_count; i++)
        n += m->docs[i].part_count;
    return n;
}

size_t dmn_inputs_of(struct arena *a, const struct dmn_model *m, const struct dmn_element *e,
                     const struct dmn_element **out, size_t max)
{
    size_t total = all_parts(m), count = 0, top = 0;
    bool *seen = ARENA_ARRAY(a, total + 1, bool);
    const struct dmn_part **stack = ARENA_ARRAY(a, total + 1, const struct dmn_part *);
    const struct dmn_part *start = (const struct dmn_part *)e;
    stack[top++] = start;
    seen[start->mark] = true;
    while (top) {
        const struct dmn_part *p = stack[--top];
        if (p->pub.kind == DMN_INPUT) {
            if (count < max) out[count] = &p->pub;
            count++;
        }
        size_t n = p->pub.kind == DMN_SERVICE ? p->output_count : p->need_count;
        const struct dmn_need *needs = p->pub.kind == DMN_SERVICE ? p->outputs : p->needs;
        for (size_t i = n; i > 0; i--) {
            const struct dmn_part *to = needs[i - 1].to;
            if (seen[to->mark] || to->pub.kind == DMN_KNOWLEDGE || to->pub.kind == DMN_SERVICE) continue;
            seen[to->mark] = true;
            stack[top++] = to;
        }
    }
    return count;
}
