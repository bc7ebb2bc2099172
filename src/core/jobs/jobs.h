/* The outbox: what must happen after a commit is a row written in the same transaction.
 *
 * Workers lease rows, run prepare (slow work, no writing) and then run inside a write that also ends the job;
 * failures are tried again with growing pauses, and rows that failed `attempts` times are parked where an
 * operator sees them. A job may run twice up to its write, which happens once. A key makes a job unique among
 * those not yet done. A lease lasts 60 s: prepare must be done by then. Failed attempts pause 1 s, 5 s, 30 s,
 * 2 min, 10 min, then 1 h each. A job that ended leaves no row. */
#ifndef TB_JOBS_H
#define TB_JOBS_H

#include "core/http/route.h"

struct job_kind {
    const char *name;
    const char *title; /* msgid: what it does, for operators */
    bool (*prepare)(struct ctx *c,
                    const struct json *payload); /* may be NULL; leaves c->prepared, which run finds */
    bool (*run)(struct ctx *c, const struct json *payload);
    int attempts;     /* 0 = 8 */
    int64_t every_ms; /* > 0: started by itself, that often; never parked */
    /* May be NULL. In the write that parks the job (parked), and in each one that runs one of the kind to its
     * end: what stands while it is parked begins and goes here. What fails here fails that write. */
    bool (*parks)(struct ctx *c, const struct job_kind *kind, int64_t job, const struct json *payload,
                  bool parked);
};

/* Adds a job inside the current write. key may be empty. With the key of a job not yet done, that job takes
 * the new payload and, before its first attempt, the earlier of both times; one being worked on runs once
 * more afterwards; a parked one is due again. The payload has at most 256 KiB and no personal data in the
 * clear. FAULT for a kind no module has. */
bool job_add(struct ctx *c, const char *kind, struct str key, const struct json *payload,
             int64_t run_at) NODISCARD;

struct job_workers;
struct job_workers *jobs_start(struct server *s, int workers, struct err *e) NODISCARD;
void jobs_stop(struct job_workers *w);
/* Wakes the workers (after a commit that added jobs). */
void jobs_wake(struct job_workers *w);
/* Runs all due jobs now, in the calling thread; for tests and commands. Returns how many ran to their end, -1
 * when the database did not answer. */
int jobs_drain(struct server *s, struct err *e);

/* status: "due", "leased", "parked"; error: code and private detail of the last failure; run_at: 0 when
 * parked. */
struct job_row {
    int64_t id;
    struct str kind, status, error;
    const char *title; /* msgid; NULL for a kind that no module has any more */
    int attempts;
    int64_t run_at, created;
};
/* Newest first, before id `before` (0 = from the top), by status or "" for all. */
bool jobs_list(struct ctx *c, struct str status, int64_t before, int limit, struct job_row **rows,
               size_t *count) NODISCARD;
/* Tells `parks` of these kinds of jobs that are parked already, for those parked before their kind had one:
 * at most `limit` parked jobs with ids above `after`; *last: the last of them, 0 when there are no more. */
bool jobs_tell_parked(struct ctx *c, const struct job_kind *kinds, size_t count, int64_t after, int limit,
                      int64_t *last) NODISCARD;
/* A parked or waiting job is due now, with all its attempts before it. MISSING "job.missing". */
bool job_retry(struct ctx *c, int64_t id) NODISCARD;

#endif
