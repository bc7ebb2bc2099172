/* Private to the module: versions as stored, their compiled form, the snapshot. */
#ifndef TB_DECISIONS_INTERNAL_H
#define TB_DECISIONS_INTERNAL_H

#include "core/base/buf.h"
#include "core/base/shared.h"
#include "core/base/time.h"
#include "engines/dmn/dmn.h"
#include "modules/decisions/decisions.h"
#include "modules/versions/versions.h"

enum {
    XML_MAX = 1 << 20,
    TESTS_MAX = 200,
    INPUTS_MAX = 60,
    BATCH_MAX = 1000,
    PAGE = 30,
    TODAY_OFFSET = 8 * 3600
};
/* Of one evaluation; a batch has this for all its rows together. */
#define RUN_STEPS   UINT64_C(2000000)
#define BATCH_STEPS UINT64_C(20000000)

/* A compiled model and the decision of it that is asked. */
struct decision_code {
    const struct dmn_model *model;
    const struct dmn_element *decision;
    const struct json *tables; /* as decision_tables read them */
};

struct version_row {
    int64_t model;
    int version;
    struct str code, purpose, subject, status, name, en, decision, law, article, refuse_law, refuse_article,
        xml, inputs, tests, note, authors;
    bool may_refuse;
    int32_t from, to;
    int64_t made_by, made_at, reviewed_by, published_at;
};

struct snapshot {
    struct arena *arena;
    struct decision_version *versions; /* published; by code, then newest beginning first */
    size_t count;
};

struct decisions_state {
    struct shared snapshot;
};
const struct snapshot *decisions_snapshot(struct ctx *c);
const struct decision_version *decision_by_id(struct ctx *c, int64_t model, int32_t day);

extern const char *const decision_purposes[DECISION_PURPOSES];
enum decision_purpose decision_purpose_of(struct str word); /* DECISION_PURPOSES: none */
struct str decision_purpose_label(struct ctx *c, enum decision_purpose p);
struct str decision_status_label(struct ctx *c, struct str status);
/* "《社会保险法》第二十五条" */
struct str decision_basis_text(struct arena *a, struct str law, struct str article);

/* ---- decisions_check.c ---- */
/* NULL with notes, or with err set where the document is no DMN at all or lacks the decision. */
struct decision_code *decision_compile(struct arena *a, struct str xml, struct str decision,
                                       struct feel_notes *notes, struct err *e);
/* Everything that keeps a version from being published, as {where, text} in the language of the request, and
 * the test cases with how they went: {name, passed, expected, got}. */
struct decision_report {
    struct json *faults, *cases;
    bool sound; /* no fault, and every case passed */
};
bool decision_check(struct ctx *c, const struct version_row *row, struct decision_report *out) NODISCARD;
struct str decision_note_text(struct ctx *c, const struct feel_note *n);

/* ---- decisions_run.c ---- */
/* Values of JSON by the types of the model's inputs; a number may come as text. */
const struct feel_context *decision_inputs(struct feel_run *r, const struct dmn_model *m,
                                           const struct json *values);
struct dmn_result decision_ask(struct feel_run *r, const struct decision_code *code,
                               const struct json *values);
/* {result, rules, notes}: what the API answers for one row. */
struct json *decision_answer(struct ctx *c, const struct decision_code *code, const struct json *values,
                             uint64_t *steps);
/* What an input's `from` names: "register.<resource>.<field>", or "age.<resource>.<field>". */
bool decision_source(struct ctx *c, struct str from, const struct json *where, struct str code,
                     struct decision_fact *fact) NODISCARD;

/* A number that came as text, where the type wants one. */
const struct json *decision_as_number(struct arena *a, const struct json *j, const struct feel_type *t);

/* ---- decisions_way.c: what processes ask of this module ---- */
void decisions_serve_processes(struct server *server);

/* ---- decisions_rules.c ---- */
/* The decision tables of a document: [{name, policy, columns:[…], rules:[{number, cells, annotations}]}]. */
struct json *decision_tables(struct arena *a, struct str xml, struct err *e) NODISCARD;

/* ---- decisions_words.c ---- */
/* `"a", "b"` as "a 或 b"; what is no list of texts stays as it is. Labels of the input replace values. */
struct str decision_condition_words(struct ctx *c, const struct json *input, struct str test);
struct str decision_value_words(struct ctx *c, const struct json *input, const struct json *value);
const struct json *decision_input_named(const struct json *inputs, struct str name);
struct str decision_input_label(struct ctx *c, const struct json *inputs, struct str name);

/* ---- decisions_edit.c ---- */
extern const struct versions_kind decision_versions;
bool decision_draft(struct ctx *c, int64_t model, struct version_row *row, bool *open) NODISCARD;
bool decision_save(struct ctx *c, struct version_row *row, bool open) NODISCARD;
bool decision_send_to_review(struct ctx *c, const struct version_row *row) NODISCARD;
bool decision_is_author(const struct ctx *c, const struct version_row *row);
bool decision_publish(struct ctx *c, int64_t model, bool may_refuse) NODISCARD;
bool decision_return(struct ctx *c, int64_t model, struct str why) NODISCARD;

/* ---- decisions_store.c ---- */
bool decisions_store_add_model(struct ctx *c, const struct version_row *row) NODISCARD;
bool decisions_store_model(struct ctx *c, int64_t id, struct version_row *row, bool *found) NODISCARD;
bool decisions_store_add(struct ctx *c, const struct version_row *row) NODISCARD;
bool decisions_store_save(struct ctx *c, const struct version_row *row) NODISCARD;
/* Those of before that cover no day any more are superseded. */
bool decisions_store_publish(struct ctx *c, const struct version_row *row, bool may_refuse) NODISCARD;
/* Newest first. */
bool decisions_store_versions(struct ctx *c, int64_t model, struct version_row **rows,
                              size_t *count) NODISCARD;
/* The last version of every model, or those in that status; "" for all. */
bool decisions_store_list(struct ctx *c, struct str status, struct version_row **rows,
                          size_t *count) NODISCARD;
bool decisions_store_keep(struct ctx *c, int64_t id, int64_t case_id, int64_t subject,
                          const struct decision_version *v, struct str outcome, struct str sealed) NODISCARD;
struct made_row {
    int64_t id, case_id, model, made_at;
    int version;
    struct str purpose, outcome, said; /* said: sealed */
};
/* case_id 0: of all cases of the subject. */
bool decisions_store_made(struct ctx *c, int64_t case_id, int64_t subject, struct made_row **rows,
                          size_t *count) NODISCARD;

/* ---- pages ---- */
/* "tables" with their conditions in words; "inputs" with the registers that know them. */
bool decisions_show_tables(struct ctx *c, struct json *doc, const struct json *tables,
                           const struct json *inputs);
void decisions_show_inputs(struct ctx *c, struct json *doc, const struct json *inputs);
/* Fields q1, q2, … of a form over the inputs: what was answered becomes the fact. */
bool decisions_take_answers(struct ctx *c, const struct json *inputs, struct json *facts) NODISCARD;
bool decisions_public_list(struct ctx *c);
bool decisions_public_one(struct ctx *c);
bool decisions_evaluate(struct ctx *c);
bool decisions_evaluate_batch(struct ctx *c);
bool decisions_check_page(struct ctx *c);
bool decisions_check_answer(struct ctx *c);
bool decisions_office_list(struct ctx *c);
bool decisions_office_new(struct ctx *c);
bool decisions_office_create(struct ctx *c);
bool decisions_office_scope(struct ctx *c);
bool decisions_office_edit(struct ctx *c);
bool decisions_office_save(struct ctx *c);
bool decisions_office_try(struct ctx *c);
bool decisions_office_tried(struct ctx *c);
bool decisions_office_review(struct ctx *c);
bool decisions_office_publish(struct ctx *c);
bool decisions_office_return(struct ctx *c);
bool decisions_match_page(struct ctx *c);
bool decisions_match_find(struct ctx *c);
bool decisions_match_show(struct ctx *c);
extern const struct field decisions_new_fields[], decisions_edit_fields[], decisions_match_fields[],
    decisions_return_fields[], decisions_publish_fields[], decisions_list_fields[],
    decisions_evaluate_fields[], decisions_batch_fields[], decisions_one_fields[];
bool decisions_my_page(struct ctx *c, struct json *doc);
bool decisions_export(struct ctx *c, int64_t subject, struct json *doc);
struct item;
bool decisions_guide(struct ctx *c, const struct item *item, struct json *doc);

#endif
