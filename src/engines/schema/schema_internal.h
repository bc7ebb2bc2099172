/* What the files of this engine share: the compiled schema, a run, and the table of keywords. */
#ifndef TB_SCHEMA_INTERNAL_H
#define TB_SCHEMA_INTERNAL_H

#include "engines/schema/schema.h"

struct schema_node;
struct schema_rule;
struct schema_pattern;
struct schema_run;
struct schema_place;
struct schema_marks;

/* ---- numbers ---- */

/* ± digits × 10^exponent; digits without leading and trailing zeros, none for zero. */
struct schema_number {
    bool negative;
    struct str digits; /* with a point inside it; see schema_number_digit */
    size_t point;      /* where the point stands in `digits`; SIZE_MAX: none */
    size_t count;      /* of digits */
    int64_t exponent;
};
struct schema_number schema_number_read(struct str text);
int schema_number_order(const struct schema_number *a, const struct schema_number *b);
/* False when the digits are too many to tell. */
bool schema_number_divides(const struct schema_number *divisor, const struct schema_number *number,
                           bool *out);
/* Of an integer that is not negative; SIZE_MAX when it is more than any document can have. */
size_t schema_number_count(const struct schema_number *n);
uint64_t schema_hash(const struct json *value);

/* ---- addresses (RFC 3986, RFC 6901) ---- */
struct str schema_uri_resolve(struct arena *a, struct str base, struct str reference);
/* Cuts at '#': the address, and *fragment percent-decoded. False when the decoding is wrong. */
bool schema_uri_cut(struct arena *a, struct str uri, struct str *address, struct str *fragment);
void schema_pointer_add(struct buf *b, struct str name);

/* ---- patterns (ECMA-262, flag u) ---- */
/* NULL when it is no such expression. */
struct schema_pattern *schema_pattern_compile(struct arena *a, struct str text);
enum schema_match { SCHEMA_MATCH, SCHEMA_NO_MATCH, SCHEMA_GAVE_UP };
/* What matching needs and keeps for the next: of one run, in its arena. */
struct schema_matcher {
    struct arena *arena;
    int64_t *steps; /* taken from here */
    size_t last;    /* where the previous step was */
    void *data, *context;
};
enum schema_match schema_pattern_match(struct schema_matcher *m, const struct schema_pattern *p,
                                       struct str text);
/* The same expression for PCRE2; false when it is none. */
bool schema_pattern_translate(struct arena *a, struct str text, struct str *out);

/* ---- formats ---- */
const struct schema_format *schema_format_find(struct str name);
bool schema_format_uri(struct str s, bool relative, bool international);
bool schema_format_uri_template(struct str s);
bool schema_format_host(struct str s);
bool schema_format_idn_host(struct arena *a, struct str s);
bool schema_format_ipv4(struct str s);
bool schema_format_ipv6(struct str s);

/* ---- the compiled schema ---- */
enum schema_vocabulary {
    VOCABULARY_CORE = 1,
    VOCABULARY_APPLICATOR = 2,
    VOCABULARY_UNEVALUATED = 4,
    VOCABULARY_VALIDATION = 8,
    VOCABULARY_META_DATA = 16,
    VOCABULARY_FORMAT = 32, /* annotation */
    VOCABULARY_CONTENT = 64,
    VOCABULARY_ASSERTION = 128, /* format-assertion */
    VOCABULARY_ALL = 127
};

/* What the value of a keyword must be. */
enum schema_shape {
    SHAPE_ANY,
    SHAPE_SCHEMA,
    SHAPE_SCHEMAS, /* a list of at least one */
    SHAPE_SCHEMA_MAP,
    SHAPE_PATTERN_MAP,
    SHAPE_STRING,
    SHAPE_BOOLEAN,
    SHAPE_NUMBER,
    SHAPE_POSITIVE,
    SHAPE_COUNT, /* integer ≥ 0 */
    SHAPE_ARRAY,
    SHAPE_STRINGS,
    SHAPE_STRINGS_MAP,
    SHAPE_TYPES,
    SHAPE_PATTERN,
    SHAPE_REFERENCE,
    SHAPE_OBJECT
};

typedef bool schema_judgement(struct schema_run *r, const struct schema_rule *rule,
                              const struct json *instance, const struct schema_place *at,
                              struct schema_marks *marks);

/* In the order of judgement: a keyword stands behind those whose outcome it needs. `judge` is NULL where a
 * keyword only tells something, or another one reads it. */
struct schema_keyword {
    const char *name;
    unsigned vocabulary;
    enum schema_shape shape;
    schema_judgement *judge;
};
extern const struct schema_keyword schema_keywords[];
extern const size_t schema_keyword_count;

/* A subschema under a name, a pattern, or in a list. */
struct schema_branch {
    struct str name;
    const struct schema_pattern *pattern;
    const struct schema_node *node;
};

struct schema_rule {
    const struct schema_keyword *keyword;
    const struct json *value;
    const struct schema_node *owner;
    const struct schema_node *node; /* the one subschema, or the target of a reference */
    struct schema_branch *branches;
    size_t count; /* of branches; or the number of SHAPE_COUNT */
    struct schema_number number;
    const struct schema_pattern *pattern;
    const struct schema_format *format;
    struct str dynamic; /* $dynamicRef: the anchor, when its first target bears one */
    unsigned types;     /* bits 1 << enum json_type; TYPE_INTEGER */
};
enum { TYPE_INTEGER = 1 << 8 };

struct schema_anchor {
    struct str name;
    bool dynamic;
    const struct schema_node *node;
    struct schema_anchor *next;
};

struct schema_resource {
    struct str uri; /* absolute, without fragment; "" for one without address */
    const struct json *root;
    unsigned vocabularies;
    struct schema_anchor *anchors;
    struct schema_resource *next;
};

struct schema_node {
    const struct json *source;
    struct schema_resource *resource;
    struct str pointer; /* inside the resource */
    bool unevaluated;   /* one of its keywords is unevaluated… */
    struct schema_rule *rules;
    size_t rule_count;
    struct schema_node *chain; /* of the table */
};

/* All nodes by their source; slots are a power of two, mask one less. */
struct schema_table {
    struct schema_node **slots;
    size_t mask;
};

struct schema {
    const struct schema_node *root;
    struct schema_table nodes;
};

enum { SCHEMA_SLOTS_MAX = 1024 };
struct schema_node *schema_node_of(const struct schema_table *t, const struct json *source);
/* The rule of a node for a keyword; NULL when it has none. */
const struct schema_rule *schema_rule_of(const struct schema_node *n, const char *keyword);

/* ---- a run ---- */
struct schema_place {
    const struct schema_place *above;
    struct str key;
    size_t index;
    bool indexed;
};
struct schema_scope {
    const struct schema_resource *resource;
    const struct schema_scope *outer;
};
/* Which members or items of one value have been evaluated (Core §11). */
struct schema_marks {
    uint64_t *bits;
    size_t count;
};
struct schema_run {
    struct arena *arena;
    const struct schema *schema;
    struct schema_faults *faults;
    const struct schema_scope *scope;
    unsigned quiet; /* > 0: inside a branch whose faults are not told */
    unsigned depth;
    int64_t steps;
    struct schema_matcher matcher;
    bool stopped;
    const char *why; /* msgid, when stopped */
};

bool schema_judge_node(struct schema_run *r, const struct schema_node *n, const struct json *instance,
                       const struct schema_place *at, struct schema_marks *marks);
/* Tells one fault; always false. */
bool schema_fault_add(struct schema_run *r, const struct schema_rule *rule, const struct json *instance,
                      const struct schema_place *at, const char *msgid, struct str arg);
/* False when the work is used up. */
bool schema_step(struct schema_run *r, size_t cost);
/* Faults are wanted to the last one. */
bool schema_tells(const struct schema_run *r);

/* ---- keywords that look at one value (schema_assert.c) ---- */
schema_judgement schema_type, schema_const, schema_enum, schema_multiple_of, schema_maximum,
    schema_exclusive_maximum, schema_minimum, schema_exclusive_minimum, schema_max_length, schema_min_length,
    schema_pattern, schema_max_items, schema_min_items, schema_unique_items, schema_max_properties,
    schema_min_properties, schema_required, schema_dependent_required, schema_format;
/* ---- keywords that apply other schemas (schema_apply.c) ---- */
schema_judgement schema_ref, schema_dynamic_ref, schema_all_of, schema_any_of, schema_one_of, schema_not,
    schema_if, schema_dependent_schemas, schema_property_names, schema_properties, schema_pattern_properties,
    schema_additional_properties, schema_prefix_items, schema_items, schema_contains,
    schema_unevaluated_items, schema_unevaluated_properties;

#endif
