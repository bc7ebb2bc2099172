/* All writes of the program go through one queue.
 *
 * On SQLite one thread takes what has queued, runs it in one transaction, commits once (synchronous=FULL) and
 * only then reports: an answer never comes before the disk has it. A task that failed half-way takes the
 * group back; the others run again, each in a savepoint. Where many write at once a group waits a moment for
 * company. On PostgreSQL a pool of writers runs one transaction a task and runs it again (at most 8 times,
 * with growing pauses) on a serialisation failure: a task is a function of its inputs and may run twice. Two
 * lanes: interactive tasks go before jobs. The queue is bounded: writer_submit refuses with BUSY
 * "writer.full". A task that waited longer than its deadline is reported BUSY "writer.late" without being
 * run. A task leaving through its arena's guard is the task's own business (run must set the guard and return
 * false). When the commit fails every task of the group is reported BUSY "writer.commit". */
#ifndef TB_WRITER_H
#define TB_WRITER_H

#include "core/db/db.h"

enum writer_lane { LANE_INTERACTIVE, LANE_JOB };

struct write_task {
    /* Runs inside the transaction; false rolls this task back. conn is valid during the call only. Must start
     * from a clean state each time it is called. */
    bool (*run)(struct write_task *t, struct db_conn *conn);
    /* Called once, on a writer thread, when the outcome is durable (ok) or known to have failed. Must be
     * quick. */
    void (*done)(struct write_task *t, bool ok);
    struct err *err;         /* set on failure; owned by the submitter */
    int64_t deadline_us;     /* monotonic, 0 = none */
    void *submitter;         /* whatever run and done need */
    struct write_task *next; /* the queue's */
};

struct writer;

struct writer_options {
    size_t queue_max; /* e.g. 4096 */
    size_t group_max; /* tasks per SQLite transaction, e.g. 256 */
    /* On the writer's thread, when all tasks of a group have been told (done); may be NULL. */
    void (*told)(void *arg);
    void *arg;
};
struct writer *writer_start(struct db *db, const struct writer_options *o, struct err *e) NODISCARD;
/* Takes the task; it stays the submitter's memory until done is called. false: not taken, done will not be
 * called. */
bool writer_submit(struct writer *w, struct write_task *t, enum writer_lane lane) NODISCARD;
/* Submits and waits. For tests, commands and jobs; never from a writer thread. */
bool writer_run(struct writer *w, struct write_task *t, enum writer_lane lane) NODISCARD;
/* Refuses new tasks, runs what has queued, joins the threads. */
void writer_stop(struct writer *w);

struct writer_stats {
    uint64_t tasks, groups, failed, refused;
    size_t queued;
};
struct writer_stats writer_stats(struct writer *w);

#endif
