/* Decision models: DMN 1.2 to 1.5 (OMG), conformance level 3, on the FEEL engine.
 *
 * Purpose: XML in, checked and compiled once; decisions and services evaluated many times, from many threads.
 * Ownership: a model belongs to the arena it was loaded into and is immutable afterwards; the sources may
 * go. What an evaluation makes belongs to the arena of its run.
 * Invariants: loading fails only when the document is no DMN or breaks its structure (unreadable XML, wrong
 * namespace, references to nothing, cycles of requirements); a FEEL text that is wrong makes its decision
 * null and leaves a note. XML is read without network, external entities or DTDs, and with limits on size and
 * depth. Decisions of a run are evaluated at most once, in the order of need. In notes, `where` reads
 * "decision › part › part"; "#3" is the third rule of a table. External functions (Java, PMML)
 * are refused with a note. */
/* uses: feel, decimal */
#ifndef TB_DMN_H
#define TB_DMN_H

#include "engines/feel/feel.h"

enum { DMN_SOURCE_MAX = 8 * 1024 * 1024 };

struct dmn_model;

/* One document; `name` is what notes call it. */
struct dmn_source {
    struct str name;
    struct str xml;
};
/* sources[0] is the model, the others are what it may import, found by namespace. NULL with INVALID
 * "dmn.model" when the document cannot be a model. */
struct dmn_model *dmn_load(struct arena *a, const struct dmn_source *sources, size_t count,
                           struct feel_notes *notes, struct err *e) NODISCARD;

/* ---- what a model holds ---- */
enum dmn_kind { DMN_INPUT, DMN_DECISION, DMN_KNOWLEDGE, DMN_SERVICE };
struct dmn_element {
    enum dmn_kind kind;
    struct str id, name;
    struct str question, allowed_answers, description;
    const struct feel_type *type; /* of the value; NULL: Any */
};
struct str dmn_name(const struct dmn_model *m);
struct str dmn_namespace(const struct dmn_model *m);
size_t dmn_count(const struct dmn_model *m, enum dmn_kind kind);
const struct dmn_element *dmn_at(const struct dmn_model *m, enum dmn_kind kind, size_t index);
/* By id or by name; NULL: none. */
const struct dmn_element *dmn_find(const struct dmn_model *m, enum dmn_kind kind, struct str id_or_name);
/* The input data that a decision or service rests on, however far; at most `max` are written, all are
 * counted. */
size_t dmn_inputs_of(struct arena *a, const struct dmn_model *m, const struct dmn_element *e,
                     const struct dmn_element **out, size_t max);

/* What is odd in the model though it can be used: rules that overlap where only one may match, values that no
 * rule covers, rules that never match, names and ids that occur twice, imports that are not there. */
void dmn_check(struct arena *a, const struct dmn_model *m, struct feel_notes *notes);

/* ---- evaluating ---- */
/* Which rules spoke: the reason for an outcome. In the order of evaluation. */
struct dmn_hit {
    struct str decision;                   /* name of the decision or knowledge model the table stands in */
    size_t rule;                           /* from 1 */
    struct str rule_id;                    /* empty: none */
    size_t input_count;                    /* columns */
    const struct str *input_texts;         /* their expressions */
    const struct feel_value *input_values; /* what they were */
    const struct str *entry_texts;         /* what the rule asked of them */
    size_t annotation_count;
    const struct feel_field *annotation_names; /* `name` alone is used */
    const struct str *annotations;
    const struct dmn_hit *next;
};
struct dmn_result {
    struct feel_value value;
    const struct dmn_hit *hits;
    /* Every decision that was evaluated on the way, by name, the asked one included. */
    const struct feel_context *decisions;
};
/* `inputs`: a context by names of input data; those of an import stand in a context by its name, or under
 * "namespace#name". What is missing is null; what is not of its type is null, with a note. The value of a
 * decision cannot be given. Notes go to the run. */
struct dmn_result dmn_evaluate(struct feel_run *r, const struct dmn_model *m,
                               const struct dmn_element *decision, const struct feel_context *inputs);
/* A decision service, by its input decisions and input data. */
struct dmn_result dmn_call(struct feel_run *r, const struct dmn_model *m, const struct dmn_element *service,
                           const struct feel_context *inputs);
/* A business knowledge model, by its parameters. */
struct dmn_result dmn_invoke(struct feel_run *r, const struct dmn_model *m,
                             const struct dmn_element *knowledge, const struct feel_context *arguments);

/* A value from JSON as the type expects it: texts become dates, times and durations where it says so. NULL:
 * Any. */
struct feel_value dmn_value(struct feel_run *r, const struct json *j, const struct feel_type *t);
/* All members of an object, each by the type of the input data it is meant for. */
const struct feel_context *dmn_inputs(struct feel_run *r, const struct dmn_model *m,
                                      const struct json *object);
/* A date, time, date and time or duration from its text. */
bool dmn_read_value(struct feel_run *r, enum feel_kind kind, struct str text, struct feel_value *out);

/* ---- one table over many rows: who is entitled? ---- */
/* A decision whose logic is one decision table over input data alone, read the other way round: which rules
 * match, for each of many rows, without a run for each. NULL when the decision is not of that shape. */
struct dmn_table;
const struct dmn_table *dmn_table_of(const struct dmn_model *m, const struct dmn_element *decision);
size_t dmn_table_inputs(const struct dmn_table *t);
struct str dmn_table_input(const struct dmn_table *t, size_t column); /* its expression's text */
size_t dmn_table_rules(const struct dmn_table *t);
/* values: one a column, as the input expressions would give them. Sets bit i (of `words` 64-bit words) for
 * each rule i that matches, hit policy aside; returns how many do. */
size_t dmn_table_match(struct feel_run *r, const struct dmn_table *t, const struct feel_value *values,
                       uint64_t *bits, size_t words);

#endif
