/* JSON Schema draft 2020-12 (Core and Validation, June 2022): a schema is compiled once, then judges
 * documents.
 *
 * Purpose: every vocabulary of the draft: core with $id, $anchor, $dynamicRef and $vocabulary, applicators,
 * unevaluated*, validation, format (annotation; assertion on wish, or where the dialect asks for it),
 * meta-data and content (both read, neither asserted: Validation §8, §9). Ownership: a compiled schema lives
 * in the arena of its making and borrows the documents; nothing changes it afterwards, so threads may share
 * it. Faults live in the arena given to the judgement. Invariants: numbers are compared exactly, whatever
 * their notation and size (1.0 is an integer); `pattern` is ECMA-262 with the flag u, run by PCRE2, whose own
 * differences are translated or refused. Strings count code points. A keyword with a value of the wrong
 * shape, a reference to nowhere and a vocabulary that is required but not known are refused when compiling.
 * Limits: SCHEMA_NODES_MAX subschemas, SCHEMA_DEPTH_MAX nested ones in force at a time, SCHEMA_STEPS_MAX
 * steps of work in one judgement (patterns included). A judgement that reaches one is an error, never a
 * verdict. Errors: INVALID "schema.compile" with the place in the argument; INVALID "schema.limit".
 *
 * uses: */
#ifndef TB_SCHEMA_H
#define TB_SCHEMA_H

#include "core/base/err.h"
#include "core/json/json.h"

enum {
    SCHEMA_NODES_MAX = 20000,
    SCHEMA_DEPTH_MAX = 400,
    SCHEMA_STEPS_MAX = 20000000,
    SCHEMA_FAULTS_MAX = 100,
    SCHEMA_DIGITS_MAX = 1000 /* of a number where only long division tells */
};
#define SCHEMA_DIALECT "https://json-schema.org/draft/2020-12/schema"

struct schema;

/* A format of the caller's own. `a` is for working memory. */
struct schema_format {
    const char *name;
    bool (*check)(struct arena *a, struct str text);
    const char *msgid; /* said where it is broken */
};

/* The document of that address (without fragment), NULL when it is not known. Those of the draft itself are.
 */
typedef const struct json *schema_document(void *arg, struct str uri);

struct schema_options {
    schema_document *document; /* NULL: none but the draft's own */
    void *arg;
    struct str base; /* where the schema came from; "" when it has no address */
    bool formats;    /* assert formats */
    const struct schema_format *own;
    size_t own_count;
};

/* NULL with an error. `options` may be NULL and is not kept. */
struct schema *schema_compile(struct arena *a, const struct json *document,
                              const struct schema_options *options, struct err *e) NODISCARD;

/* The part of a compiled schema that judges by `source`, an object or boolean inside one of its documents;
 * NULL when that is no subschema. */
const struct schema *schema_part(struct arena *a, const struct schema *whole, const struct json *source);
/* Is that a keyword of the draft? */
bool schema_knows(struct str keyword);

struct schema_fault {
    struct str instance; /* JSON pointer to the value at fault; "" is the whole */
    struct str schema;   /* pointer to the keyword in its document, with its address where it has one */
    const char *keyword; /* "false" where the schema is the boolean */
    const char *msgid;   /* one %{arg} at most */
    struct str arg;
    const struct json *value; /* at fault */
    struct schema_fault *next;
};
/* The innermost faults in the order met. Of the branches of anyOf, oneOf, not, if and contains only the
 * outcome is told. */
struct schema_faults {
    struct schema_fault *first, *last;
    size_t count;
    bool more; /* than SCHEMA_FAULTS_MAX */
};

/* False only when no verdict could be reached. `faults` may be NULL: then the first one ends the work. */
bool schema_judge(struct arena *a, const struct schema *s, const struct json *instance,
                  struct schema_faults *faults, bool *valid, struct err *e) NODISCARD;
/* A schema as an instance of the dialect it names ($schema; else the draft's own). */
bool schema_check(struct arena *a, const struct json *document, const struct schema_options *options,
                  struct schema_faults *faults, bool *valid, struct err *e) NODISCARD;

/* ---- exact numbers, for callers that read bounds of a schema ---- */
/* <0, 0, >0 of two JSON numbers by value. */
int schema_number_compare(struct str a, struct str b);
bool schema_number_is_integer(struct str number);
/* Same content (Core §4.2.2): numbers by value, objects whatever the order of their members. */
bool schema_equal(const struct json *x, const struct json *y);

#endif
