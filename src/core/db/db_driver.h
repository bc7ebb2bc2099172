/* What the front of the database (db.c) and its drivers agree on. Private to core/db.
 *
 * A driver connection begins with a struct db_conn and is used by one thread at a time. `open` says that the
 * front has begun a transaction on it; `again` that the engine asked for the transaction to be run once more;
 * `depth` counts open savepoints. Connections that broke are mended by the driver at the next begin. */
#ifndef TB_DB_DRIVER_H
#define TB_DB_DRIVER_H

#include "core/db/db.h"

#include <pthread.h>
#include <stdatomic.h>

enum { DB_SAVEPOINTS = 8 };

/* What was gathered in the transaction: bytes behind heads that name whose they are. */
struct db_gathered {
    uint8_t *bytes;
    size_t len, room;
    size_t marks[DB_SAVEPOINTS]; /* len at each savepoint that is open */
};

struct db_conn {
    struct db *db;
    struct db_conn *next; /* idle list */
    bool writer;
    bool open;
    bool again;
    bool stays; /* in nobody's hands, its read transaction open (db_leave) */
    int depth;
    struct db_gathered gathered; /* of the front */
};

/* One row of a scan; the cells live during the call only. false (err set) ends the scan. */
struct db_sink {
    bool (*row)(void *arg, const struct db_val *cells, size_t cols, struct err *e);
    void *arg;
};

struct db_driver {
    const char *engine;
    bool one_writer;
    /* Text for the migration tokens. */
    const char *type_int, *type_text, *type_bytes, *strict, *keyed;

    struct db_conn *(*connect)(struct db *db, bool writer, struct err *e);
    void (*disconnect)(struct db_conn *c);
    bool (*begin)(struct db_conn *c, struct err *e);
    /* Ends the transaction in every case; false when a commit did not happen (or nobody knows). */
    bool (*finish)(struct db_conn *c, bool commit, struct err *e);
    /* Does a read transaction that stayed see what a new one would? NULL where none stays. */
    bool (*newest)(struct db_conn *c);
    /* Does the transaction still stand? */
    bool (*alive)(const struct db_conn *c);
    /* Rows changed on this connection so far, those undone included. NULL where transactions are not shared.
     */
    int64_t (*changes)(const struct db_conn *c);
    /* out is NULL where no rows are wanted, changed where nobody counts. */
    bool (*run)(struct db_tx *tx, struct db_rows *out, const char *sql, const struct db_val *params,
                size_t count, int64_t *changed);
    bool (*scan)(struct db_conn *c, const char *sql, struct db_sink sink, struct err *e);
    void (*ease)(struct db_conn *c); /* NULL: it keeps no pages */
    /* full: also give the log's space back, waiting for readers; else only what disturbs nobody. */
    bool (*checkpoint)(struct db_conn *c, bool full, struct err *e);
    /* Once, in a quiet moment: gives the log its full length beforehand, since to write over what is there is
     * twice as fast as to append. NULL where there is no such log. */
    bool (*lay_log)(struct db_conn *c, struct err *e);
    bool (*check)(struct db_conn *c, struct err *e);
    /* Names of the tables in the program's schema, and the columns of one, through the scan. */
    const char *sql_tables;
    const char *sql_columns; /* $1 table */
    /* Around a bulk load, the first and the last of a write transaction: foreign keys are looked at once, at
     * its end. */
    bool (*load_begin)(struct db_tx *tx);
    bool (*load_end)(struct db_tx *tx);
    /* The first statement of a migration's transaction. NULL where the transaction itself excludes others. */
    const char *sql_migration_lock;
};

extern const struct db_driver db_driver_sqlite, db_driver_postgres;

struct db_pool {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct db_conn *idle;
    int made, max;
    _Atomic int staying;
};

struct db {
    const struct db_driver *driver;
    char *url, *vfs;
    enum db_durability durability;
    struct db_pool readers, writers;
    struct db_map *map;                    /* of a large file; NULL else */
    _Atomic bool log_unlaid;               /* lay_log has yet to be called */
    int64_t relieve_bytes;                 /* of log: from there on db_relieve does something */
    _Atomic int64_t backlog;               /* bytes of log that wait for a checkpoint */
    _Atomic bool grown;                    /* a commit came since the last checkpoint began */
    pthread_mutex_t laying;                /* one checkpoint at a time */
    struct db_relief *relief;              /* NULL where there is no log, or no writer of ours */
    const struct db_migration *migrations; /* what db_migrate was given last */
    size_t migration_count;
};

/* A connection without a transaction; give it back with db_checkin. NULL with err BUSY "db.unavailable". */
struct db_conn *db_checkout(struct db *db, bool writer, struct err *e);
void db_checkin(struct db_conn *c);
/* The path behind "sqlite:". */
const char *db_sqlite_path(const struct db *db);
/* A checkpoint through this connection. BESIDE: on another thread than the writer's, and only where something
 * was committed since the last one began (see db_relief.h). */
enum db_laying { DB_LAY_LIGHT, DB_LAY_WHOLE, DB_LAY_BESIDE };
bool db_lay_down(struct db_conn *c, enum db_laying how, struct err *e) NODISCARD;
/* Through the writer's connection, what disturbs nobody. */
void db_lay_rest(struct db *db);
/* Quiet-moment work: cheap unless a log waits. */
void db_rest(struct db *db, bool last);
/* Between two groups, nobody waiting for an answer: cheap unless the log has grown long. */
void db_relieve(struct db *db);
/* What connections in nobody's hands keep of the database in memory goes back to the system; it is read again
 * when somebody asks. */
void db_ease(struct db *db);
/* ---- db_gather.c ----
 * Forgets what was gathered after the first `len` bytes. */
void db_gathered_cut(struct db_conn *c, size_t len);
/* Hands each gatherer what is its own; nothing is gathered any more afterwards. */
bool db_gathered_write(struct db_tx *tx) NODISCARD;
void db_gathered_drop(struct db_conn *c);
/* Does the transaction that the front began still stand? Engines drop it by themselves on some errors. */
bool db_alive(const struct db_conn *c);

/* Text a database may hold: valid UTF-8 without NUL; else INVALID "db.text". */
bool db_text_ok(struct str s, struct err *e) NODISCARD;
/* Expands the tokens and cuts the statements of one migration. Calls fn for each; stops at the first false.
 */
bool db_script(const struct db_driver *d, struct arena *a, const char *sql,
               bool (*fn)(void *arg, const char *statement, struct err *e), void *arg,
               struct err *e) NODISCARD;

#endif
