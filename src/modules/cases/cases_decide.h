/* Decision models that a process asks on the way of a case (business rule tasks), and what happens when one
 * cannot answer.
 *
 * Invariants: the version in force at that moment is asked, and its answer moves the case in the same
 * transaction; version, facts, rules and result are kept (module decisions). What cannot answer leaves the
 * case where it is, with one row in case_stuck, which goes when the model has answered or nothing waits for
 * it any more. So does one that was asked after DECISIONS_IN_A_ROW others with nobody in between: a process
 * that leads back to it would ask for ever. Ownership: the arena of the request. Errors: those of the
 * database; a model that cannot answer is none. */
#ifndef TB_CASES_DECIDE_H
#define TB_CASES_DECIDE_H

#include "modules/cases/cases_internal.h"
#include "modules/decisions/decisions.h"

enum { STUCK_PAGE = 30, STUCK_AGAIN_AT_ONCE = 200, DECISIONS_IN_A_ROW = 30 };
struct case_stuck {
    int64_t id, case_id, token, unit, since, tried, tries;
    struct str case_no, model, step, step_en, trouble, said;
};

/* Asks what that step of the course has told to ask. */
bool case_decide(struct ctx *c, struct case_work *w, const struct course_commands *done) NODISCARD;
/* What a model in this case asks of form, questions and documents (cases_rule.c). */
bool case_about_rule(struct ctx *c, struct case_work *w, struct decision_about *about) NODISCARD;
/* "stuck" and "has_stuck" of one case, for the page of officers. */
bool case_show_stuck(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;
/* Why it could not, in words. */
struct str stuck_words(struct ctx *c, struct str trouble, struct str said);
bool case_run_decide(struct ctx *c, const struct json *payload);     /* job: one of them again */
bool case_run_decide_all(struct ctx *c, const struct json *payload); /* job: a round of all of a model */
bool stuck_again(struct ctx *c);                                     /* POST /office/stuck/{id} */
bool stuck_all_again(struct ctx *c);                                 /* POST /office/stuck */
extern const struct field stuck_all_fields[];

/* ---- cases_decide_store.c ---- */
bool stuck_store_keep(struct ctx *c, const struct case_stuck *s) NODISCARD;
bool stuck_store_drop(struct ctx *c, int64_t case_id, int64_t token) NODISCARD;
/* The step is called otherwise now. */
bool stuck_store_name(struct ctx *c, int64_t id, struct str step, struct str step_en) NODISCARD;
bool stuck_store_find(struct ctx *c, int64_t id, struct case_stuck *out, bool *found) NODISCARD;
bool stuck_store_of_case(struct ctx *c, int64_t case_id, struct case_stuck **rows, size_t *count) NODISCARD;
/* Of a department, counted up to INBOX_COUNT_MAX + 1. */
bool stuck_store_count(struct ctx *c, int64_t unit, int64_t *count) NODISCARD;
/* Of a department (0: of all), the oldest first, behind id `after`; at most `max`. model "": of all. */
bool stuck_store_list(struct ctx *c, int64_t unit, struct str model, int64_t after, int max,
                      struct case_stuck **rows, size_t *count) NODISCARD;

#endif
