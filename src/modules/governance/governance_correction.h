/* Private to the module: corrections (校核).
 *
 * state: "open" → "checking" (a steward has it) → "corrected" | "refused", within a clock of working days.
 * Whoever was given the datum in the last year is told once it is corrected, and notes it. */
#ifndef TB_GOVERNANCE_CORRECTION_H
#define TB_GOVERNANCE_CORRECTION_H

#include "modules/exchange/exchange.h"
#include "modules/governance/governance.h"
#include "modules/people/people.h"

enum { CORRECTIONS_PAGE = 30, CORRECTION_MAX = 500, TOLD_DAYS = 365 };

struct correction {
    int64_t id, entry, provider, subject, asked_unit, asked_by, opened, due, taken_by, answered_by,
        answered_at;
    struct str item, subject_index, number, state, words, answer;
    int64_t noted_at; /* of lists of what a department was told; 0: not yet */
};

/* ---- governance_correction_store.c ---- */
bool correction_store_add(struct ctx *c, const struct correction *k) NODISCARD;
/* Unsealed; erased words are empty. */
bool correction_store_load(struct ctx *c, int64_t id, struct correction *out, bool *found) NODISCARD;
struct correction_query {
    struct str state; /* "open", "checking", "done" */
    int64_t provider; /* 0: all */
    int64_t before;   /* id; 0 from the top */
};
/* Sealed as they are: lists show no words. */
bool correction_store_list(struct ctx *c, const struct correction_query *q, struct correction **rows,
                           size_t *count) NODISCARD;
bool correction_store_asked(struct ctx *c, int64_t unit, int64_t before, struct correction **rows,
                            size_t *count) NODISCARD;
bool correction_store_told(struct ctx *c, int64_t unit, int64_t before, struct correction **rows,
                           size_t *count) NODISCARD;
bool correction_store_of(struct ctx *c, int64_t subject, int64_t before, struct correction **rows,
                         size_t *count) NODISCARD;
bool correction_store_take(struct ctx *c, int64_t id, bool *done) NODISCARD;
bool correction_store_answer(struct ctx *c, const struct correction *k, bool *done) NODISCARD;
bool correction_store_tell(struct ctx *c, int64_t id, int64_t unit) NODISCARD;
bool correction_store_is_told(struct ctx *c, int64_t id, int64_t unit, bool *told,
                              int64_t *noted_at) NODISCARD;
bool correction_store_note(struct ctx *c, int64_t id, int64_t unit, bool *done) NODISCARD;
/* How many were told, and how many of them have noted it. */
bool correction_store_reached(struct ctx *c, int64_t id, int64_t *told, int64_t *noted) NODISCARD;
bool correction_store_waiting(struct ctx *c, int64_t unit, int64_t *open, int64_t *told) NODISCARD;
/* What stays of one erased: no index. */
bool correction_store_forget(struct ctx *c, int64_t subject) NODISCARD;

/* ---- governance_correction.c ---- */
/* MISSING "correction" unless the actor's department provides, asked or was told, or they see all. */
bool correction_load(struct ctx *c, int64_t id, struct correction *out) NODISCARD;
bool correction_open(struct ctx *c, struct correction *k) NODISCARD;
bool correction_take(struct ctx *c, struct correction *k) NODISCARD;
bool correction_answer(struct ctx *c, struct correction *k, bool corrected, struct str answer) NODISCARD;
bool correction_note(struct ctx *c, struct correction *k) NODISCARD;
extern const struct people_part correction_part;

/* ---- pages ---- */
bool correction_list(struct ctx *c);
bool correction_scope(struct ctx *c);
bool correction_page(struct ctx *c);
bool correction_page_take(struct ctx *c);
bool correction_page_answer(struct ctx *c);
bool correction_page_note(struct ctx *c);
bool correction_form(struct ctx *c);
bool correction_send(struct ctx *c);
bool correction_mine(struct ctx *c);
bool correction_call_scope(struct ctx *c);
bool correction_my_form(struct ctx *c);
bool correction_my_send(struct ctx *c);
extern const struct field correction_list_fields[], correction_answer_fields[], correction_form_fields[],
    correction_my_fields[], correction_mine_fields[];

#endif
