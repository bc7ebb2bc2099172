/* What the files of the DMN engine share. Private.
 *
 * dmn_xml.c reads XML into plain nodes; dmn_load.c makes documents and elements of them and joins them;
 * dmn_types.c item definitions; dmn_compile.c boxed expressions; dmn_table.c and dmn_index.c decision tables;
 * dmn_run.c evaluates; dmn_check.c looks for what is odd; dmn_json.c values from outside; dmn_tck.c runs
 * folders of the compatibility kit. Everything of a model lives in the arena of the model. */
#ifndef TB_DMN_INTERNAL_H
#define TB_DMN_INTERNAL_H

#include "core/base/buf.h"
#include "engines/dmn/dmn.h"
#include "engines/feel/feel_build.h"

/* ---- XML ---- */
struct dmn_attribute {
    struct str name, value;
    struct dmn_attribute *next;
};
/* An element, without its namespace; `text` only where it has no children. */
struct dmn_xml {
    struct str name, text;
    struct dmn_attribute *attributes;
    struct dmn_xml *first, *last, *next;
    int line;
};
/* Elements of the root's namespace, which must be one of `namespaces` (ended by NULL); others are left out
 * with all they hold. Attributes: those without a namespace and those of XML Schema instances. NULL with
 * INVALID: "dmn.xml". */
struct dmn_xml *dmn_xml_read(struct arena *a, struct dmn_source source, const char *const *namespaces,
                             struct err *e) NODISCARD;
const struct dmn_xml *dmn_xml_child(const struct dmn_xml *parent, const char *name); /* NULL: none */
struct str dmn_xml_attribute(const struct dmn_xml *x, const char *name);             /* empty: none */
bool dmn_xml_has(const struct dmn_xml *x, const char *name);
struct str dmn_xml_text_of(const struct dmn_xml *parent, const char *name); /* of a child, trimmed */
size_t dmn_xml_count(const struct dmn_xml *parent, const char *name);
#define DMN_XML_EACH(child, parent, wanted)                                                                  \
    for (const struct dmn_xml *child = (parent) ? (parent)->first : NULL; child; child = child->next)        \
        if (str_eq_c(child->name, wanted))

/* ---- documents ---- */
struct dmn_doc;
struct dmn_part;

struct dmn_import {
    struct str name, ns, location;
    struct dmn_doc *doc; /* NULL: not among the sources */
};

/* An item definition. */
struct dmn_item {
    const struct dmn_xml *node;
    struct str name;
    struct feel_type *type; /* filled when `state` is 2 */
    int state;              /* 1: being made */
};

enum { DMN_NO_IMPORT = -1, DMN_NO_GROUP = -1 };
/* What an element needs: where it comes from and where it stands in the frame. */
struct dmn_need {
    struct dmn_part *to;
    int import; /* of the document: through which import; DMN_NO_IMPORT: its own */
    int group;  /* index of the import's context among `groups`; DMN_NO_GROUP: a slot of its own */
    size_t at;  /* slot, or entry of the context */
};
/* A named import as an expression sees it: a context of what is needed of it. */
struct dmn_group {
    int import;
    size_t slot, count;
    struct feel_field *fields;
};

/* An element of the requirements graph. */
struct dmn_part {
    struct dmn_element pub;
    struct dmn_doc *doc;
    size_t index; /* in the document */
    const struct dmn_xml *node;
    size_t need_count;
    struct dmn_need *needs;
    size_t group_count;
    struct dmn_group *groups;
    struct feel_scope *scope;
    struct feel_node *body;
    const struct dmn_table *table; /* the logic, where it can be read the other way round */
    /* what can be called */
    size_t param_count;
    struct feel_field *params;
    struct feel_value function;
    struct feel_scope *inner;       /* knowledge: parameters */
    struct feel_frame *surrounding; /* knowledge: what it needs */
    struct dmn_need *takes;         /* services: in the order of parameters */
    size_t output_count;
    struct dmn_need *outputs;
    size_t mark; /* for walks while loading */
};

struct dmn_doc {
    struct dmn_model *model;
    struct str source, name, ns;
    const struct dmn_xml *root;
    bool other_language; /* expressions are not FEEL unless they say so */
    struct feel_unit *unit;
    struct feel_notes *notes;
    size_t import_count, item_count, part_count;
    struct dmn_import *imports;
    struct dmn_item *items; /* sorted by name */
    struct dmn_part *parts;
    struct dmn_part **by_id; /* sorted */
};

struct dmn_model {
    struct arena *arena;
    size_t doc_count;
    struct dmn_doc *docs; /* docs[0] is the model itself */
    struct dmn_table *tables;
};

void dmn_note(struct dmn_doc *d, enum feel_severity severity, struct str where, const char *msgid,
              struct str arg);

/* ---- types ---- */
/* Makes the types of all item definitions and tells the unit their names. */
void dmn_types_make(struct dmn_doc *d);
/* NULL: Any, also for a name that is not known (with a note). */
const struct feel_type *dmn_type_of(struct dmn_doc *d, struct str ref, struct str where);
/* The text of the values that a named type allows; empty: all, or no such type. */
struct str dmn_type_values(const struct dmn_doc *d, struct str ref);

/* ---- compiling ---- */
/* Where an expression stands. */
struct dmn_place {
    struct dmn_doc *doc;
    struct dmn_part *part;
    struct str where;
};
struct str dmn_where(struct arena *a, struct str where, struct str part); /* "where › part" */
/* The child of `parent` that is an expression; NULL: none. */
const struct dmn_xml *dmn_expression_in(const struct dmn_xml *parent);
struct feel_node *dmn_expression(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x);
/* Text of a literal expression or test; false where it is in another language than FEEL. */
bool dmn_feel_text(struct dmn_place at, const struct dmn_xml *x, struct str *out);
/* In this order, each for all documents: types of elements; scopes, bodies and functions; what functions
 * see. */
void dmn_declare(struct dmn_doc *d);
void dmn_compile(struct dmn_doc *d);
void dmn_surround(struct dmn_doc *d);

/* ---- tables ---- */
enum dmn_policy {
    DMN_UNIQUE,
    DMN_FIRST,
    DMN_PRIORITY,
    DMN_ANY,
    DMN_COLLECT,
    DMN_RULE_ORDER,
    DMN_OUTPUT_ORDER,
    DMN_POLICY_COUNT
};
enum dmn_aggregation { DMN_LIST, DMN_SUM, DMN_COUNT, DMN_MIN, DMN_MAX, DMN_AGGREGATION_COUNT };

/* What the entries of a column say about every value of one kind. The line of values is cut at the constants
 * of the entries into elementary parts: 2·i is what lies before the i-th constant, 2·i + 1 the constant,
 * 2·count what lies behind the last. */
struct dmn_index {
    enum feel_kind kind; /* FEEL_NULL: the column has no index */
    size_t count;
    struct decimal *numbers;   /* the constants, where they are numbers */
    struct feel_value *values; /* the constants */
    uint64_t *parts;           /* (2·count + 1) × words: the rules that may match there */
    uint64_t *any;             /* rules that ask nothing of this column */
    uint64_t *open;            /* rules whose entry must be evaluated */
    uint64_t *open_at_null;    /* the same where the input is null */
};

struct dmn_column {
    struct str text;
    struct feel_node *input;
    struct feel_node *allowed;    /* NULL: everything */
    const struct feel_type *type; /* what is known of the values; NULL: nothing */
    struct feel_node **tests;     /* one a rule */
    struct dmn_index index;
};

struct dmn_output {
    struct str name;
    const struct feel_type *type; /* NULL: Any */
    struct feel_node **entries;   /* one a rule */
    struct feel_node *otherwise;
    struct feel_node *allowed;
    struct feel_node *order; /* gives the list of output values, best first; NULL: no order */
};

struct dmn_table {
    struct dmn_doc *doc;
    struct str owner;
    enum dmn_policy policy;
    enum dmn_aggregation aggregation;
    bool has_otherwise;
    size_t column_count, output_count, rule_count, words, annotation_count;
    struct dmn_column *columns;
    struct dmn_output *outputs;
    struct str *rule_ids;
    struct str *column_texts;
    struct str *entry_texts; /* rule_count × column_count */
    struct feel_field *annotation_names;
    struct str *annotations; /* rule_count × annotation_count */
    const struct dmn_xml *node;
    struct dmn_table *next; /* of the model */
};

struct feel_node *dmn_table_node(struct dmn_place at, struct feel_scope *s, const struct dmn_xml *x);
struct feel_value dmn_table_eval(struct feel_run *r, const void *table, const struct feel_frame *f);
void dmn_index_make(struct arena *a, struct dmn_table *t);
/* Which rules match: bits of t->words words. `f`: in which entries that are not simple are evaluated. */
size_t dmn_index_match(struct feel_run *r, const struct dmn_table *t, const struct feel_value *values,
                       const struct feel_frame *f, bool first_only, uint64_t *bits);
/* The elementary part of an index in which a value of its kind lies. */
size_t dmn_index_part(const struct dmn_index *x, struct feel_value v);

/* Sets parts[p] for every elementary part that the interval touches. Its ends are of the kind of the index.
 */
void dmn_index_mark(const struct dmn_index *x, const struct feel_interval *i, bool *parts);

/* ---- running ---- */
enum { DMN_HITS_MAX = 1000 };
/* What a run writes down on the way: the host of the FEEL run. */
struct dmn_trace {
    struct dmn_hit *first, *last;
    size_t count;
};
struct feel_value dmn_service_native(struct feel_run *r, const void *part, const struct feel_value *args);
struct feel_value dmn_knowledge_native(struct feel_run *r, const void *part, const struct feel_value *args);
/* The budget of steps; false when it is spent. */
bool dmn_step(struct feel_run *r, size_t steps);

#endif
