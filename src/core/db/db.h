/* One small contract over two databases: SQLite (embedded) and PostgreSQL (libpq).
 *
 * A struct db_tx is one open transaction on one connection, used by one thread; results live in its arena,
 * errors go to its err. SQL is the common subset (design: no triggers, serials, database date functions,
 * arrays, JSON operators or advisory locks; explicit ORDER BY; keyset paging). Parameters are $1…$n in both.
 * Values are 64-bit integers, UTF-8 text without NUL, bytes, or null. Booleans are integers 0/1. Times are ms
 * UTC. Errors: CONFLICT "db.unique" on a unique or foreign key breach, BUSY "db.serialization" when the
 * transaction must be run again, BUSY "db.unavailable" when there is no connection, FAULT otherwise. On
 * PostgreSQL any error spoils the transaction: prefer ON CONFLICT DO NOTHING and look at the count. A null
 * parameter takes its type from where it stands: where nothing tells (`$1 IS NULL` alone), write CAST($1 AS
 * BIGINT) or CAST($1 AS TEXT), which both engines read. Whole numbers only: a column that is a REAL (AVG,
 * say) is a FAULT. */
#ifndef TB_DB_H
#define TB_DB_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BYTES };

struct db_val {
    enum db_type type;
    int64_t i;
    struct str s;
};

#define DB_I(n) ((struct db_val){.type = DB_INT, .i = (n)})
#define DB_S(t) ((struct db_val){.type = DB_TEXT, .s = (t)})
#define DB_C(z) ((struct db_val){.type = DB_TEXT, .s = str_c(z)})
#define DB_B(b) ((struct db_val){.type = DB_BYTES, .s = (b)})
#define DB_N    ((struct db_val){.type = DB_NULL})
/* Null where the text is empty; null where the number is 0. */
#define DB_S0(t) db_text_or_null(t)
#define DB_I0(n) db_int_or_null(n)
struct db_val db_text_or_null(struct str s);
struct db_val db_int_or_null(int64_t n);

struct db;
struct db_conn;

struct db_tx {
    struct db_conn *conn;
    struct arena *arena;
    struct err *err;
    struct kept_keys *keys; /* of the keyring: subjects' keys already opened in this transaction */
};

/* Rows of one answer, copied into the arena. */
struct db_rows {
    size_t rows, cols;
    struct db_val *cells; /* row-major */
};

bool db_exec_n(struct db_tx *tx, const char *sql, const struct db_val *params, size_t count,
               int64_t *changed) NODISCARD;
bool db_query_n(struct db_tx *tx, struct db_rows *out, const char *sql, const struct db_val *params,
                size_t count) NODISCARD;

/* db_exec(tx, "UPDATE …$1", DB_I(1)): at least one parameter may be left out entirely. */
#define DB_PARAMS_(...)                                                                                      \
    (const struct db_val[]){(struct db_val){0}, ##__VA_ARGS__} + 1,                                          \
        sizeof((const struct db_val[]){(struct db_val){0}, ##__VA_ARGS__}) / sizeof(struct db_val) - 1
#define db_exec(tx, sql, ...)                db_exec_n((tx), (sql), DB_PARAMS_(__VA_ARGS__), NULL)
#define db_exec_count(tx, changed, sql, ...) db_exec_n((tx), (sql), DB_PARAMS_(__VA_ARGS__), (changed))
#define db_query(tx, out, sql, ...)          db_query_n((tx), (out), (sql), DB_PARAMS_(__VA_ARGS__))

/* Cells: a null gives 0 / the empty string. Row and column must exist. */
int64_t db_int(const struct db_rows *r, size_t row, size_t col);
struct str db_str(const struct db_rows *r, size_t row, size_t col);
bool db_is_null(const struct db_rows *r, size_t row, size_t col);

/* ---- db_version.c ----
 * A number that grows with every change of what programs keep in memory (0: never changed), and the numbers
 * of its parts (name, version) that ever changed. A program from before there were parts counts the first
 * alone. next belongs into the transaction of the change. */
bool db_version(struct db_tx *tx, int64_t *version) NODISCARD;
bool db_version_parts(struct db_tx *tx, struct db_rows *parts) NODISCARD;
bool db_version_next(struct db_tx *tx, struct str part) NODISCARD;

/* ---- db_number.c ----
 * A number of its own for each program that runs on the database, 0…count - 1, taken in turn: what was given
 * up last comes again last. A program keeps its number until `until` (ms) and moves that on while it runs;
 * giving it up is keeping it until 0. Errors: CONFLICT "db.numbers" when all are kept. */
struct db_number {
    int64_t number, turn; /* turn: grows with each number taken; 0: none */
};
bool db_number_take(struct db_tx *tx, int64_t count, int64_t now, int64_t until,
                    struct db_number *taken) NODISCARD;
/* *kept is false when another program has taken it meanwhile. */
bool db_number_keep(struct db_tx *tx, struct db_number n, int64_t until, bool *kept) NODISCARD;

/* ---- db_gather.c ----
 * What the writes of a transaction have to say in one place is gathered and written once, before it commits:
 * on SQLite for all tasks of a group. `write` is given all bytes of its gatherer in the order they came, runs
 * in that transaction with an arena of a few KiB and no guard (it asks for no rows), and gathers nothing
 * itself. What was gathered since a savepoint is undone with it. */
struct db_gatherer {
    bool (*write)(const struct db_gatherer *who, struct db_tx *tx, struct str bytes);
};
bool db_gather(struct db_tx *tx, const struct db_gatherer *who, struct str bytes) NODISCARD;
/* What it has gathered in this transaction so far, as it came. */
void db_gathered(struct db_tx *tx, const struct db_gatherer *who, void (*each)(void *arg, struct str bytes),
                 void *arg);

/* Does the connection of this transaction answer? */
bool db_ping(struct db_tx *tx) NODISCARD;

/* ---- opening ---- */
enum db_durability { DB_FULL, DB_OFF /* only for the test that must catch it */ };
struct db_options {
    const char *url; /* "sqlite:PATH" or "postgresql://…" */
    int readers;     /* connections for reading, ≥ 1 */
    int writers;     /* PostgreSQL only; SQLite has one */
    enum db_durability durability;
    int64_t relieve_bytes; /* of log, from which on it is carried over between groups; 0: as usual */
    const char *vfs;       /* SQLite VFS for tests, NULL for the default */
};
struct db *db_open(const struct db_options *o, struct err *e) NODISCARD;
void db_close(struct db *db);
/* "sqlite" or "postgresql"; for logs and doctor only, never to choose SQL. */
const char *db_engine(const struct db *db);

/* ---- transactions ----
 * A read transaction sees one snapshot and cannot write. A write transaction is the writer's business
 * (core/db/writer.h) and that of commands while no server runs. */
bool db_begin_read(struct db *db, struct arena *a, struct err *e, struct db_tx *tx) NODISCARD;
bool db_begin_write(struct db *db, struct arena *a, struct err *e, struct db_tx *tx) NODISCARD;
/* Ends either kind and gives the connection back. A read is always ended by db_end(tx, false). false when the
 * commit failed (err set). */
bool db_end(struct db *db, struct db_tx *tx, bool commit) NODISCARD;
/* Ends a read, whose snapshot may serve the next read for as long as nothing was committed since, by whatever
 * process. Old snapshots are in the way of checkpoints: who uses this calls db_let_go as soon as no read
 * follows at once. */
void db_leave(struct db *db, struct db_tx *tx);
void db_let_go(struct db *db);
/* Savepoints nest (8 deep) and each is ended once: by db_release, which keeps what happened since, or by
 * db_rollback_to, which undoes it. On PostgreSQL this is also the way to go on after an error. */
bool db_savepoint(struct db_tx *tx) NODISCARD;
bool db_release(struct db_tx *tx) NODISCARD;
bool db_rollback_to(struct db_tx *tx) NODISCARD;

/* ---- migrations: forward only, one chain per module ---- */
struct db_migration {
    const char *module;
    int number;
    const char *name;
    const char *sql; /* statements ended by ";\n"; tokens {int} {text} {bytes} {strict} {keyed} expand per
                      * engine ({strict} ends CREATE TABLE; {keyed} does where rows lie in the order of their
                      * primary key) outside of quotes; comments begin with two hyphens */
};
/* Runs what is missing, in the order given, inside one transaction, recording SHA-256 of each text; refuses a
 * changed text (CONFLICT "db.migration_changed") and a database that knows a migration the program does not
 * (CONFLICT "db.newer"). *applied counts. */
bool db_migrate(struct db *db, const struct db_migration *list, size_t count, int64_t now, int *applied,
                struct err *e) NODISCARD;
/* How many of the list the database has not run (*pending) and has run (*done: 0 for a database that is not
 * ours yet). Changes nothing; refuses as db_migrate does. */
bool db_pending(struct db *db, const struct db_migration *list, size_t count, int *pending, int *done,
                struct err *e) NODISCARD;
/* Made by tools/embed from src/.../migrations/NNNN_name.sql. */
extern const struct db_migration db_migrations[];
extern const size_t db_migration_count;

/* ---- keeping ---- */
/* SQLite: online backup into the file `path`. PostgreSQL: a consistent logical copy of every table of the
 * program into `path` (one SQLite file of the same schema), so that both restore by the same road. Never
 * overwrites: CONFLICT "db.backup_exists". The file appears under its name when it is whole and synced. */
bool db_backup(struct db *db, const char *path, struct err *e) NODISCARD;
/* Loads such a file into an empty database: one that was migrated (by this handle, as for a backup of
 * PostgreSQL) and holds only what migrations put there, else CONFLICT "db.not_empty". An older backup is
 * brought up to date on a copy; a newer one is CONFLICT "db.newer"; any other file INVALID "db.backup_file".
 * One transaction: all or nothing. Row counts are compared. */
bool db_restore(struct db *db, const char *path, struct err *e) NODISCARD;
/* SQLite: moves the WAL into the main file; PostgreSQL: nothing. Called by the writer in quiet moments. */
bool db_checkpoint(struct db *db, struct err *e) NODISCARD;
/* SQLite integrity_check + foreign keys; PostgreSQL: reachability and version. */
bool db_check(struct db *db, struct err *e) NODISCARD;

#endif
