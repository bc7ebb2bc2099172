/* An SQLite VFS "lossy" that keeps what was written in the memory of the process until it is synced, so that
 * a kill -9 loses what a power cut would lose. All connections of the process see the same file, as they
 * would through the page cache; another process sees only what was synced. Journals, logs and databases are
 * kept back; temporary files are not. The shared index of the log (shm) is the real one: SQLite rebuilds it
 * when nobody holds it.
 *
 * And a VFS "faulty" over the default one whose n-th call of a kind fails, for tests of what happens then. */
#ifndef TB_LOSSY_VFS_H
#define TB_LOSSY_VFS_H

#include <stdbool.h>

/* Once per process, before a database is opened with it; again does nothing. */
bool lossy_vfs_register(void);

enum fault_kind {
    FAULT_READ = 1,
    FAULT_WRITE = 2,
    FAULT_SYNC = 4,
    FAULT_TRUNCATE = 8,
    FAULT_OPEN = 16,
    FAULT_SHM = 32,
    FAULT_ANY = 63
};

bool faulty_vfs_register(void);
/* The n-th call from now on (1 = the next) of these kinds fails; so do all later ones where `sticky`. n = 0:
 * none. */
void faulty_vfs_fail(unsigned kinds, long n, bool sticky);
/* How many calls have failed since. */
long faulty_vfs_failed(void);

#endif
