/* What the queue (rows) and the workers (threads) of core/jobs share. */
#ifndef TB_JOBS_INTERNAL_H
#define TB_JOBS_INTERNAL_H

#include "core/jobs/jobs.h"

/* One leased row. Text lives in the arena of whoever leased it. */
struct leased_job {
    int64_t id, lease, until; /* lease: a number nobody else has; until: ms, when others may take it */
    struct str kind, payload;
    int64_t attempts; /* this one included */
};

enum { LEASE_MAX = 32 };

struct lease_list {
    struct arena *arena; /* owns the text */
    struct leased_job jobs[LEASE_MAX];
    size_t count;
};

/* Finds a kind among those of the modules; NULL when there is none. */
const struct job_kind *job_find_kind(struct server *s, struct str name);

/* The earliest `wake` of all; INT64_MAX when there is none. arg: int64_t. Reads only. */
bool queue_next_wake(struct ctx *c);
/* Takes up to LEASE_MAX due jobs. arg: struct lease_list. Write. */
bool queue_lease(struct ctx *c);
/* Adds the kinds that start by themselves, where they are not there. Write. */
bool queue_add_repeating(struct ctx *c);
/* Is the job still ours? Write. */
bool queue_still_leased(struct ctx *c, const struct leased_job *j, bool *ours) NODISCARD;
/* Ends the job: it goes, or comes again when it repeats or was asked for once more meanwhile. Write. */
bool queue_finish(struct ctx *c, const struct leased_job *j, const struct job_kind *kind) NODISCARD;
/* Another attempt later, or parked. Write. */
bool queue_fail(struct ctx *c, const struct leased_job *j, const struct job_kind *kind, struct str why,
                bool *parked) NODISCARD;

#endif
