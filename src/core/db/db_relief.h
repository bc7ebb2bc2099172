/* Carries a long log over into the file beside the writer, so that nobody waits for the disk meanwhile.
 *
 * A thread with a connection of its own moves what is in the log (much, and slowly); then the writer, between
 * two groups, moves the little that came since, after which the log begins anew. SQLite before 3.51.3 loses
 * track where a checkpoint begins while a commit of another connection starts the log anew. That cannot be
 * here: the thread begins only where a commit came since the last checkpoint, and a log that holds something
 * not carried over is never started anew; and one checkpoint runs at a time. That is of one
 * program; two that write into one file (an import beside the server) are SQLite's own to keep apart. Private
 * to core/db. */
#ifndef TB_DB_RELIEF_H
#define TB_DB_RELIEF_H

#include "core/db/db_driver.h"

struct db_relief;

/* Once there is a writer; NULL (err) without memory or thread. */
struct db_relief *db_relief_start(struct db *db, struct err *e);
/* Waits for what is under way. */
void db_relief_stop(struct db_relief *r);
/* By the writer between two groups, the log being long: asks the thread, or ends what it began. Where the log
 * has grown too long it waits for the thread, so that the log has an upper end. */
void db_relief_turn(struct db_relief *r, bool too_long);

#endif
