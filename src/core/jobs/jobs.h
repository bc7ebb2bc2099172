/* The outbox: what must happen after a commit is a row written in the same transaction.
 *
 * Workers lease rows, run prepare (slow work, no writing) and then run inside a write that also ends the job; failures
 * are tried again with growing pauses, and rows that failed `attempts` times are parked where an operator sees them. A job may run
 * twice up to its write, which happens once. A key makes a job unique among those not yet done. */
#ifndef TB_JOBS_H
#define TB_JOBS_H

#include "core/http/route.h"

struct job_kind {
    const char *name;
    bool (*prepare)(struct ctx *c, const struct json *payload); /* may be NULL; leaves c->prepared */
    bool (*run)(struct ctx *c, const struct json *payload);
    int attempts;      /* 0 = 8 */
    int64_t every_ms;  /* > 0: started by itself, that often */
};

/* Adds a job inside the current write. key may be empty. */
bool job_add(struct ctx *c, const char *kind, struct str key, const struct json *payload, int64_t run_at) NODISCARD;

struct job_workers;
struct job_workers *jobs_start(struct server *s, int workers, struct err *e) NODISCARD;
void jobs_stop(struct job_workers *w);
/* Wakes the workers (after a commit that added jobs). */
void jobs_wake(struct job_workers *w);
/* Runs all due jobs now, in the calling thread; for tests and commands. Returns how many ran, -1 on failure. */
int jobs_drain(struct server *s, struct err *e);

struct job_row { int64_t id; struct str kind, status, error; int attempts; int64_t run_at, created; };
/* Newest first, before id `before` (0 = from the top), by status or "" for all. */
bool jobs_list(struct ctx *c, struct str status, int64_t before, int limit, struct job_row **rows, size_t *count) NODISCARD;
bool job_retry(struct ctx *c, int64_t id) NODISCARD;

#endif
