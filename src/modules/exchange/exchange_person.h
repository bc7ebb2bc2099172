/* Private to the module: what a person sees of calls about them, and what they object to.
 *
 * Calls are found by the blind index of the number, so that those from before the person was known here are
 * shown as well. An objection reaches the provider's steward with a clock in working days; its answer is
 * told. */
#ifndef TB_EXCHANGE_PERSON_H
#define TB_EXCHANGE_PERSON_H

#include "modules/exchange/exchange_call.h"
#include "modules/people/people.h"

enum { CALLS_PAGE = 30, OBJECTIONS_PAGE = 30, OBJECTION_MAX = 500, EXPORT_MAX = 1000 };

struct objection {
    int64_t call, subject, provider, opened, due, answered_by, answered_at;
    struct str state; /* "open" → "answered"; "": none */
    struct str words, outcome, answer;
    /* Where it was upheld: whose system asked, what that department is told, and what it did about it. */
    int64_t consumer, noted_by, noted_at;
    struct str told, done;
};

/* ---- exchange_person_store.c ---- */
/* Newest first, one more than a page; with the names of system and data, and what became of an objection. */
bool person_store_calls(struct ctx *c, struct str subject_index, int64_t before, struct call_row **rows,
                        size_t *count) NODISCARD;
bool person_store_call(struct ctx *c, int64_t id, struct call_row *out, bool *found) NODISCARD;
bool objection_store_add(struct ctx *c, const struct objection *o, bool *fresh) NODISCARD;
bool objection_store_answer(struct ctx *c, const struct objection *o, bool *done) NODISCARD;
bool objection_store_load(struct ctx *c, int64_t call, struct objection *out, bool *found) NODISCARD;
struct objection_query {
    int64_t unit; /* 0: of all departments */
    struct str
        which; /* "open", "overdue", "answered": of that provider; "ours": upheld about calls of that unit */
    int64_t after; /* call; 0 from the top */
};
/* In the order of calls; words stay sealed. */
bool objection_store_list(struct ctx *c, const struct objection_query *q, struct objection **rows,
                          size_t *count) NODISCARD;
bool objection_store_note(struct ctx *c, const struct objection *o, bool *done) NODISCARD;
/* Open ones of that provider (0: all) and how many of them are overdue; upheld ones that unit has not
 * answered. */
bool objection_store_counts(struct ctx *c, int64_t provider, int64_t *open, int64_t *overdue) NODISCARD;
bool objection_store_unnoted(struct ctx *c, int64_t consumer, int64_t *count) NODISCARD;

/* ---- exchange_abroad.c: calls that left for other installations ---- */
bool abroad_list(struct ctx *c, struct str subject_index, int64_t before, struct exchange_abroad **rows,
                 size_t *count) NODISCARD; /* one more than a page */
bool abroad_find(struct ctx *c, int64_t id, struct exchange_abroad *out, bool *found) NODISCARD;
/* As exchange_call_words, with the node; *case_id: the case it names here, or 0. */
bool abroad_words(struct ctx *c, struct json *o, const struct exchange_abroad *r, int64_t *case_id) NODISCARD;
/* Those that the ledger asks for stand among *rows, newest first, at most q->limit of both. */
bool abroad_merge(struct ctx *c, const struct exchange_ledger_query *q, struct exchange_past **rows,
                  size_t *count) NODISCARD;
bool abroad_past(struct ctx *c, int64_t id, struct exchange_past *out, bool *found) NODISCARD;
bool abroad_data(struct ctx *c, int limit, struct exchange_data **rows, size_t *count) NODISCARD;
bool abroad_name(struct ctx *c, int64_t number, bool party, struct str *out) NODISCARD;
/* What evidence about a call calls it: of this installation, or of the other kind. */
const char *abroad_object(struct ctx *c, bool abroad);

/* What /me/data hands out and erasure destroys (people.h). */
extern const struct people_part exchange_part;

/* ---- pages ---- */
bool exchange_my_calls(struct ctx *c);
bool exchange_my_call_scope(struct ctx *c);
bool exchange_my_proof(struct ctx *c);
bool exchange_object(struct ctx *c);
bool exchange_objections(struct ctx *c);
bool exchange_objection_scope(struct ctx *c);
bool exchange_objection(struct ctx *c);
bool exchange_objection_answer(struct ctx *c);
bool exchange_objection_note(struct ctx *c);
bool exchange_objections_home(struct ctx *c, struct json *doc);
/* What came of it, to the person and to departments. */
struct str objection_outcome(struct ctx *c, const struct objection *o);
/* {when, who, what, fields, why, …}: a call in words. */
bool exchange_call_words(struct ctx *c, struct json *o, const struct call_row *r) NODISCARD;
extern const struct field exchange_calls_fields[], exchange_object_fields[], exchange_objections_fields[],
    exchange_answer_fields[], exchange_note_fields[];

#endif
