/* The XML of a model as a plain tree in an arena: what loading and checking read.
 *
 * Only elements of the BPMN namespace are kept, foreign attributes under their local name behind a colon
 * (":topic"). Tags are known words; one that is no BPMN element at all is TAG_UNKNOWN and checked as such. */
#ifndef TB_BPMN_XML_H
#define TB_BPMN_XML_H

#include "engines/bpmn/bpmn_sheet.h"

enum bpmn_tag {
    TAG_UNKNOWN,
#define BPMN_TAG(tag, name, classes) tag,
#include "engines/bpmn/bpmn_tags.h"
#undef BPMN_TAG
    TAG_COUNT
};

/* What a kind of element is, for rules and references. */
enum {
    IS_PROCESS = 1 << 0,
    IS_ACTIVITY = 1 << 1,
    IS_TASK = 1 << 2,
    IS_SUB_PROCESS = 1 << 3,
    IS_CATCH = 1 << 4, /* start, intermediate catch, boundary */
    IS_THROW = 1 << 5, /* end, intermediate throw */
    IS_GATEWAY = 1 << 6,
    IS_TRIGGER = 1 << 7, /* event definition */
    IS_ARTIFACT = 1 << 8,
    IS_CHOREOGRAPHY = 1 << 9, /* activity of one */
    IS_DATA = 1 << 10,        /* item-aware */
    IS_COLLABORATION = 1 << 11,
    IS_PARTICIPANT = 1 << 12,
    IS_CALLABLE = 1 << 13, /* process or global task */
    IS_LOOP = 1 << 14,
    IS_EXPRESSION = 1 << 15, /* of a type that may be informal */
    IS_FORMAL = 1 << 16,     /* of a type that the schema makes formal */
    IS_ASSOCIATION = 1 << 17,
    IS_MESSAGE = 1 << 18,
    IS_OPERATION = 1 << 19,
    IS_INTERFACE = 1 << 20,
    IS_SIGNAL = 1 << 21,
    IS_ERROR = 1 << 22,
    IS_ESCALATION = 1 << 23,
    IS_FLOW = 1 << 24,
    IS_LANE = 1 << 25,
    IS_RESOURCE = 1 << 26,
    IS_CONVERSATION = 1 << 27,
    IS_SET = 1 << 28, /* input set, output set */
    IS_ITEM = 1 << 29,
    IS_OTHER = 1 << 30
};
#define IS_EVENT     (IS_CATCH | IS_THROW)
#define IS_FLOW_NODE (IS_ACTIVITY | IS_EVENT | IS_GATEWAY | IS_CHOREOGRAPHY)
#define IS_LEVEL     (IS_PROCESS | IS_SUB_PROCESS) /* holds flow nodes */

struct bpmn_attr {
    struct str name, value;
};
struct bpmn_el {
    enum bpmn_tag tag;
    unsigned is;
    struct str kind; /* local name */
    struct str id;
    struct str text; /* trimmed; of this element alone */
    const struct bpmn_attr *attrs;
    size_t attr_count;
    struct bpmn_el *parent, *first, *last, *next;
    struct bpmn_el *all;              /* the next in the order of the document */
    const struct bpmn_el **in, **out; /* sequence flows of a flow node */
    size_t in_count, out_count;
    const struct bpmn_pass *passes;
    size_t pass_count;
    int line;
    int node; /* of the definition; -1: none */
};
/* What the diagram says of an element (bpmn_xml_diagram.c). */
struct bpmn_shape {
    struct str element;
    bool bounds;
    int x, y, width, height;
    const struct bpmn_point *points;
    size_t point_count;
};
struct bpmn_doc {
    struct bpmn_el *root; /* definitions */
    struct bpmn_el **by_id;
    size_t id_count;
    struct bpmn_shape *shapes;
    size_t shape_count;
    const struct bpmn_options *options;
};

#define BPMN_CHILDREN(child, el) for (struct bpmn_el *child = (el)->first; child; child = child->next)
#define BPMN_ALL(each, doc)      for (struct bpmn_el *each = (doc)->root; each; each = each->all)

struct _xmlNode;
/* Fills doc->shapes while the foreign tree lives; false: no memory. */
bool bpmn_xml_diagram(struct arena *a, const struct _xmlNode *root, struct bpmn_doc *doc) NODISCARD;
/* NULL with INVALID "bpmn.model". */
struct bpmn_doc *bpmn_xml_read(struct arena *a, struct str xml, struct err *e) NODISCARD;
struct str bpmn_attr(const struct bpmn_el *el, const char *name); /* empty: none */
bool bpmn_attr_is(const struct bpmn_el *el, const char *name, const char *value);
bool bpmn_has(const struct bpmn_el *el, const char *name);
struct bpmn_el *bpmn_child(const struct bpmn_el *el, enum bpmn_tag tag); /* the first; NULL: none */
size_t bpmn_children(const struct bpmn_el *el, enum bpmn_tag tag);
/* By id, through a prefix ("tns:x"); NULL: none. */
struct bpmn_el *bpmn_by_id(const struct bpmn_doc *d, struct str ref);
/* What an attribute or the first child of that name refers to. */
struct bpmn_el *bpmn_ref(const struct bpmn_doc *d, const struct bpmn_el *el, const char *name);
struct str bpmn_ref_text(const struct bpmn_el *el, const char *name);
/* The nearest element around it of a class; NULL: none. */
const struct bpmn_el *bpmn_around(const struct bpmn_el *el, unsigned is);

#endif
