/* Jobs of a case that the program gave up.
 *
 * Invariants: a row of case_halted for each job that is parked and names a case, from the write that parks it
 * to the one that runs it to its end; an operator who has it tried again in vain changes nothing. Ownership:
 * the arena of the request. */
#ifndef TB_CASES_HALTED_H
#define TB_CASES_HALTED_H

#include "core/jobs/jobs.h"
#include "modules/cases/cases_internal.h"

struct case_halted {
    int64_t job, case_id, since;
    struct str kind;
};

/* job_kind.parks of every job with "case" in its payload. */
bool case_job_parks(struct ctx *c, const struct job_kind *kind, int64_t job, const struct json *payload,
                    bool parked);
/* A job that comes by itself: has rows for jobs that were parked before rows were kept. */
bool case_find_halted(struct ctx *c, const struct json *payload);
/* What a job of that kind does, in words. */
struct str case_job_words(struct ctx *c, struct str kind);
/* "halted" and "has_halted" of one case, for the page of officers. */
bool case_show_halted(struct ctx *c, struct json *doc, int64_t case_id) NODISCARD;

/* ---- cases_halted_store.c ---- */
/* *fresh: it had no row. */
bool halted_store_keep(struct ctx *c, const struct case_halted *h, bool *fresh) NODISCARD;
bool halted_store_drop(struct ctx *c, int64_t job, bool *was) NODISCARD;
bool halted_store_of(struct ctx *c, int64_t case_id, struct case_halted **rows, size_t *count) NODISCARD;

#endif
