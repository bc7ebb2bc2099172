/* Readers of a large SQLite file look at its pages in memory, without a call into the system for each.
 *
 * Every commit empties the page cache of every reader, since SQLite keeps one a connection, and its own
 * mapping goes with it; where many write and many read, each page costs a call into the system again. Here
 * one mapping serves all readers of the program and stays. Pages in the log, and what lies behind the
 * mapping, are read as ever. The file only grows: nothing here vacuums. Small files are not read so, that
 * what they fill counts once; one that has grown is. A disk that cannot read a page ends the program (SIGBUS)
 * instead of failing one statement. */
#ifndef TB_DB_MAP_H
#define TB_DB_MAP_H

#include <stddef.h>
#include <stdint.h>

struct db_map;
struct sqlite3;

/* The file under fd, looked at in memory from `least` bytes on; NULL where it cannot be mapped. To be called
 * before any connection of this process is open: closing fd afterwards would take their locks away. */
struct db_map *db_map_open(int fd, int64_t least);
void db_map_close(struct db_map *m); /* when the last connection that uses it is closed */

/* Lets one connection read through it. NULL without memory; else freed by db_map_end once the connection is
 * closed. */
struct db_mapped;
struct db_mapped *db_map_use(struct db_map *m, struct sqlite3 *handle);
void db_map_end(struct db_mapped *u);

#endif
