/* SQLite: one file, many readers, one writer. */
#include "core/db/db_cache.h"
#include "core/db/db_driver.h"
#include "core/db/db_map.h"
#include "core/db/log_vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

enum {
    BUSY_MS = 5000,
    CELL_MAX = 16 << 20,
    SQL_MAX = 256 << 10,
    /* Pages of log at which a commit does not wait for the end of its group any longer; before that the
     * writer sees to it (db_rest, db_relieve). */
    LOG_PAGES_MAX = 18 << 10,
    LOG_PAGES_LAID = 9 << 10,
    LOG_FRAME = 4096 + 24,
    PARAMS_MAX = 32000,
    MAPPED_LEAST = 32 << 20,
    INDEX_PIECE = 32 << 10, /* of the log's index in shared memory */
    INDEX_HEAD = 48, /* at its beginning: changes with every commit (sqlite.org/walformat.html §2.1) */
};

struct sqlite_stmt {
    sqlite3_stmt *handle;
    bool counts;       /* its count of changed rows means something */
    int slots;         /* distinct parameters */
    uint16_t highest;  /* largest n of $n */
    uint16_t number[]; /* of each slot */
};

struct sqlite_conn {
    struct db_conn base;
    sqlite3 *handle;
    struct db_cache cache;
    struct db_mapped *mapped;
    struct db_val *cells; /* rows while they come in */
    size_t cell_cap;
    volatile void *log_head; /* of the log's index, once somebody stayed */
    char seen[INDEX_HEAD];   /* at the latest when its transaction began */
};

static struct sqlite_conn *own(struct db_conn *c)
{
    return (struct sqlite_conn *)c;
}

static bool fail(struct sqlite_conn *c, int rc, struct err *e)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        err_conflict(e, "db.unique", "This contradicts what is already stored.");
        break;
    default:
        if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED) {
            c->base.again = true;
            err_busy(e, "db.serialization", "Someone else changed the same data at that moment. Try again.");
            break;
        }
        /* The engine's sentences name tables and columns, never values. */
        return err_fault(e, "sqlite %d: %s", rc,
                         c->handle == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(c->handle));
    }
    return false;
}

/* ---- statements ---- */

static void stmt_drop(void *owner, void *item)
{
    (void)owner;
    struct sqlite_stmt *s = item;
    sqlite3_finalize(s->handle);
    mem_free(s);
}

/* Does the statement change rows (rather than the schema, a setting or the transaction)? */
static bool counts_rows(const char *sql)
{
    static const char *const verbs[] = {"INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"};
    while (*sql == ' ' || *sql == '\n' || *sql == '\t')
        sql++;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (sqlite3_strnicmp(sql, verbs[i], (int)strlen(verbs[i])) == 0) return true;
    return false;
}

static bool number_slots(struct sqlite_stmt *s, struct err *e)
{
    for (int i = 0; i < s->slots; i++) {
        const char *name = sqlite3_bind_parameter_name(s->handle, i + 1);
        int64_t n = 0;
        if (name == NULL || name[0] != '$' || !str_to_i64(str_c(name + 1), &n) || n < 1 || n > PARAMS_MAX)
            return err_fault(e, "parameters are $1…$n");
        s->number[i] = (uint16_t)n;
        if (s->number[i] > s->highest) s->highest = s->number[i];
    }
    return true;
}

/* Prepares one statement; *kept is false where the caller must drop it. */
static struct sqlite_stmt *prepare(struct sqlite_conn *c, const char *sql, struct err *e)
{
    sqlite3_stmt *handle = NULL;
    const char *tail = NULL;
    int rc = sqlite3_prepare_v3(c->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, &tail);
    if (rc != SQLITE_OK) {
        fail(c, rc, e);
        return NULL;
    }
    while (*tail == ' ' || *tail == '\n' || *tail == '\t' || *tail == ';')
        tail++;
    if (handle == NULL || *tail != 0) {
        sqlite3_finalize(handle);
        err_fault(e, "one statement at a time");
        return NULL;
    }
    int slots = sqlite3_bind_parameter_count(handle);
    struct sqlite_stmt *s = mem_alloc(1, sizeof *s + (size_t)slots * sizeof s->number[0]);
    if (s == NULL) {
        sqlite3_finalize(handle);
        err_fault(e, "out of memory");
        return NULL;
    }
    s->handle = handle;
    s->slots = slots;
    s->counts = !sqlite3_stmt_readonly(handle) && counts_rows(sql);
    if (number_slots(s, e)) return s;
    stmt_drop(NULL, s);
    return NULL;
}

static struct sqlite_stmt *stmt_for(struct sqlite_conn *c, const char *sql, struct err *e)
{
    struct sqlite_stmt *s = db_cache_find(&c->cache, sql, 0);
    if (s != NULL) return s;
    s = prepare(c, sql, e);
    if (s == NULL) return NULL;
    if (db_cache_keep(&c->cache, sql, 0, s)) return s;
    stmt_drop(NULL, s);
    err_fault(e, "out of memory");
    return NULL;
}

static bool bind(struct sqlite_conn *c, struct sqlite_stmt *s, const struct db_val *params, size_t count,
                 struct err *e)
{
    if (s->highest != count)
        return err_fault(e, "%u parameters in the statement, %zu given", s->highest, count);
    for (int i = 0; i < s->slots; i++) {
        const struct db_val *v = &params[s->number[i] - 1];
        int rc = SQLITE_OK;
        switch (v->type) {
        case DB_NULL:
            rc = sqlite3_bind_null(s->handle, i + 1);
            break;
        case DB_INT:
            rc = sqlite3_bind_int64(s->handle, i + 1, v->i);
            break;
        case DB_TEXT:
            rc = sqlite3_bind_text64(s->handle, i + 1, v->s.len == 0 ? "" : v->s.ptr, v->s.len, SQLITE_STATIC,
                                     SQLITE_UTF8);
            break;
        case DB_BYTES:
            rc =
                sqlite3_bind_blob64(s->handle, i + 1, v->s.len == 0 ? "" : v->s.ptr, v->s.len, SQLITE_STATIC);
            break;
        }
        if (rc == SQLITE_TOOBIG) return err_invalid(e, "db.too_long", "The value is too long to be stored.");
        if (rc != SQLITE_OK) return fail(c, rc, e);
    }
    return true;
}

/* One row's cells, borrowed from the statement. */
static bool read_cells(struct sqlite_conn *c, sqlite3_stmt *h, int cols, struct db_val *out, struct err *e)
{
    for (int i = 0; i < cols; i++) {
        switch (sqlite3_column_type(h, i)) {
        case SQLITE_INTEGER:
            out[i] = DB_I(sqlite3_column_int64(h, i));
            break;
        case SQLITE_NULL:
            out[i] = DB_N;
            break;
        case SQLITE_TEXT: {
            const unsigned char *p = sqlite3_column_text(h, i);
            if (p == NULL) return fail(c, SQLITE_NOMEM, e);
            out[i] = DB_S(str_n(p, (size_t)sqlite3_column_bytes(h, i)));
            break;
        }
        case SQLITE_BLOB: {
            const void *p = sqlite3_column_blob(h, i);
            int len = sqlite3_column_bytes(h, i);
            if (p == NULL && len != 0) return fail(c, SQLITE_NOMEM, e);
            out[i] = DB_B(str_n(p == NULL ? "" : p, (size_t)len));
            break;
        }
        default:
            return err_fault(e, "column %d is neither integer, text, bytes nor null", i + 1);
        }
    }
    return true;
}

/* The arena's jump must not leave a statement half-way: try first, jump when everything is put back. */
struct keep {
    struct arena *arena;
    size_t missing; /* size that could not be had */
};

static bool keep_cell(struct keep *k, struct db_val *v)
{
    if (v->type != DB_TEXT && v->type != DB_BYTES) return true;
    char *p = arena_try_bytes(k->arena, v->s.len + 1);
    if (p == NULL) {
        k->missing = v->s.len + 1;
        return false;
    }
    if (v->s.len > 0) memcpy(p, v->s.ptr, v->s.len);
    p[v->s.len] = '\0';
    v->s.ptr = p;
    return true;
}

static bool room(struct sqlite_conn *c, size_t cells)
{
    if (cells <= c->cell_cap) return true;
    size_t cap = c->cell_cap < 64 ? 64 : c->cell_cap;
    while (cap < cells)
        cap *= 2;
    struct db_val *p = mem_resize(c->cells, cap, sizeof *p);
    if (p == NULL) return false;
    c->cells = p;
    c->cell_cap = cap;
    return true;
}

static bool collect(struct sqlite_conn *c, sqlite3_stmt *h, struct keep *k, struct db_rows *out,
                    struct err *e)
{
    int rc = SQLITE_OK;
    int cols = sqlite3_column_count(h);
    size_t used = 0;
    while ((rc = sqlite3_step(h)) == SQLITE_ROW) {
        if (!room(c, used + (size_t)cols)) return err_fault(e, "out of memory");
        if (!read_cells(c, h, cols, c->cells + used, e)) return false;
        for (int i = 0; i < cols; i++)
            if (!keep_cell(k, &c->cells[used + (size_t)i])) return err_fault(e, "the arena is full");
        used += (size_t)cols;
        out->rows++;
    }
    if (rc != SQLITE_DONE) return fail(c, rc, e);
    out->cols = (size_t)cols;
    if (used == 0) return true;
    out->cells = arena_try_bytes(k->arena, used * sizeof *out->cells);
    if (out->cells == NULL) {
        k->missing = used * sizeof *out->cells;
        return err_fault(e, "the arena is full");
    }
    memcpy(out->cells, c->cells, used * sizeof *out->cells);
    return true;
}

static bool drive(struct sqlite_conn *c, sqlite3_stmt *h, struct err *e)
{
    int rc = SQLITE_OK;
    do
        rc = sqlite3_step(h);
    while (rc == SQLITE_ROW);
    return rc == SQLITE_DONE ? true : fail(c, rc, e);
}

static bool sqlite_run(struct db_tx *tx, struct db_rows *out, const char *sql, const struct db_val *params,
                       size_t count, int64_t *changed)
{
    struct sqlite_conn *c = own(tx->conn);
    /* After a full disk or lost memory the engine takes the whole transaction back; going on would write
     * outside of any. */
    if (sqlite3_get_autocommit(c->handle))
        return err_fault(tx->err, "the transaction was taken back by the database");
    struct sqlite_stmt *s = stmt_for(c, sql, tx->err);
    if (s == NULL || !bind(c, s, params, count, tx->err)) return false;
    if (out == NULL) {
        bool ok = drive(c, s->handle, tx->err);
        if (ok && changed != NULL && s->counts) *changed = sqlite3_changes64(c->handle);
        sqlite3_reset(s->handle);
        return ok;
    }
    struct keep k = {.arena = tx->arena};
    bool ok = collect(c, s->handle, &k, out, tx->err);
    sqlite3_reset(s->handle);
    if (ok) return true;
    *out = (struct db_rows){0};
    if (k.missing > 0) (void)arena_alloc(tx->arena, k.missing); /* leaves by the guard */
    return false;
}

static bool sqlite_scan(struct db_conn *base, const char *sql, struct db_sink sink, struct err *e)
{
    struct sqlite_conn *c = own(base);
    struct sqlite_stmt *s = prepare(c, sql, e);
    if (s == NULL) return false;
    int cols = sqlite3_column_count(s->handle);
    int rc = SQLITE_OK;
    bool ok = room(c, (size_t)cols) || err_fault(e, "out of memory");
    while (ok && (rc = sqlite3_step(s->handle)) == SQLITE_ROW)
        ok = read_cells(c, s->handle, cols, c->cells, e) && sink.row(sink.arg, c->cells, (size_t)cols, e);
    if (ok && rc != SQLITE_DONE) ok = fail(c, rc, e);
    stmt_drop(NULL, s);
    return ok;
}

/* ---- transactions ---- */

static bool plain(struct sqlite_conn *c, const char *sql, struct err *e)
{
    struct sqlite_stmt *s = stmt_for(c, sql, e);
    if (s == NULL) return false;
    bool ok = drive(c, s->handle, e);
    sqlite3_reset(s->handle);
    return ok;
}

/* A torn look at what is being written fits nothing that was seen before. */
static void see_head(const struct sqlite_conn *c, char out[INDEX_HEAD])
{
    const volatile uint64_t *words = c->log_head;
    atomic_thread_fence(memory_order_acquire);
    for (size_t i = 0; i < INDEX_HEAD / sizeof *words; i++) {
        uint64_t word = words[i];
        memcpy(out + i * sizeof word, &word, sizeof word);
    }
}

static bool sqlite_newest(struct db_conn *base)
{
    struct sqlite_conn *c = own(base);
    char now[INDEX_HEAD];
    sqlite3_file *file = NULL;
    if (c->log_head != NULL) {
        see_head(c, now);
        return memcmp(now, c->seen, sizeof now) == 0;
    }
    if (sqlite3_file_control(c->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file == NULL || file->pMethods == NULL || file->pMethods->iVersion < 2 ||
        file->pMethods->xShmMap(file, 0, INDEX_PIECE, 0, &c->log_head) != SQLITE_OK)
        c->log_head = NULL;
    return false;
}

static bool sqlite_begin(struct db_conn *base, struct err *e)
{
    struct sqlite_conn *c = own(base);
    if (c->log_head != NULL) see_head(c, c->seen);
    return plain(own(base), base->writer ? "BEGIN IMMEDIATE" : "BEGIN", e);
}

static bool sqlite_finish(struct db_conn *base, bool commit, struct err *e)
{
    struct sqlite_conn *c = own(base);
    if (sqlite3_get_autocommit(c->handle))
        return !commit || err_fault(e, "the transaction was taken back by the database");
    bool ok = plain(c, commit ? "COMMIT" : "ROLLBACK", e);
    if (!sqlite3_get_autocommit(c->handle)) {
        struct err ignored = {0};
        if (!plain(c, "ROLLBACK", &ignored)) sqlite3_exec(c->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    return ok;
}

static bool sqlite_alive(const struct db_conn *base)
{
    return !sqlite3_get_autocommit(((const struct sqlite_conn *)base)->handle);
}

/* ---- the log ---- */

static int on_commit(void *arg, sqlite3 *handle, const char *name, int pages)
{
    struct sqlite_conn *c = arg;
    struct db *db = c->base.db;
    if (db != NULL) {
        atomic_store_explicit(&db->backlog, (int64_t)pages * 4096, memory_order_relaxed);
        atomic_store(&db->grown, true);
    }
    /* A failed checkpoint takes nothing away: the commit stands in the log. */
    if (pages >= LOG_PAGES_MAX && (db == NULL || db->relief == NULL))
        (void)sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

static int64_t sqlite_changes(const struct db_conn *base)
{
    return sqlite3_total_changes64(((const struct sqlite_conn *)base)->handle);
}

static bool sqlite_checkpoint(struct db_conn *base, bool full, struct err *e)
{
    struct sqlite_conn *c = own(base);
    int log = 0, moved = 0;
    int rc = sqlite3_wal_checkpoint_v2(
        c->handle, NULL, full ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &log, &moved);
    /* Busy: a reader still looks at the end of the log; what could be moved was. */
    if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY) return fail(c, rc, e);
    if (log == moved && base->writer) atomic_store_explicit(&base->db->backlog, 0, memory_order_relaxed);
    return true;
}

static bool fill_up(int fd, struct err *e)
{
    static const char zeros[64 << 10];
    off_t at = lseek(fd, 0, SEEK_END), end = (off_t)LOG_FRAME * LOG_PAGES_LAID;
    for (ssize_t n; at >= 0 && at < end; at += n) {
        n = pwrite(fd, zeros, sizeof zeros, at);
        if (n <= 0) return err_fault(e, "log: %s", strerror(errno));
    }
    return fdatasync(fd) == 0 || err_fault(e, "log: %s", strerror(errno));
}

/* Inside a write transaction, so that no other process appends meanwhile. */
static bool sqlite_lay_log(struct db_conn *base, struct err *e)
{
    struct sqlite_conn *c = own(base);
    char path[4096];
    if (base->db->vfs != NULL) return true; /* another's files */
    if (snprintf(path, sizeof path, "%s-wal", db_sqlite_path(base->db)) >= (int)sizeof path)
        return err_fault(e, "path too long");
    if (!plain(c, "BEGIN IMMEDIATE", e)) return false;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd < 0 || fill_up(fd, e); /* nothing was written yet: there is none */
    if (fd >= 0) close(fd);
    struct err ignored = {0};
    return plain(c, "ROLLBACK", &ignored) && ok;
}

/* ---- checks ---- */

static bool first_complaint(void *arg, const struct db_val *cells, size_t cols, struct err *e)
{
    (void)arg;
    if (cols == 1 && cells[0].type == DB_TEXT && str_eq_c(cells[0].s, "ok")) return true;
    return err_fault(e, "integrity: %.*s", cells[0].type == DB_TEXT ? (int)cells[0].s.len : 0,
                     cells[0].s.ptr);
}

static bool foreign_complaint(void *arg, const struct db_val *cells, size_t cols, struct err *e)
{
    (void)arg;
    (void)cols;
    return err_fault(e, "a row of %.*s points to nothing", STR_ARG(cells[0].s));
}

static bool sqlite_check(struct db_conn *base, struct err *e)
{
    return sqlite_scan(base, "PRAGMA integrity_check", (struct db_sink){first_complaint, NULL}, e) &&
           sqlite_scan(base, "PRAGMA foreign_key_check", (struct db_sink){foreign_complaint, NULL}, e);
}

static bool load_begin(struct db_tx *tx)
{
    return plain(own(tx->conn), "PRAGMA defer_foreign_keys=ON", tx->err);
}

static bool load_end(struct db_tx *tx)
{
    return sqlite_scan(tx->conn, "PRAGMA foreign_key_check", (struct db_sink){foreign_complaint, NULL},
                       tx->err);
}

/* ---- connections ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void tune_library(void)
{
    /* The statistics cost a global lock on every allocation. Refused harmlessly where the library already
     * runs. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static bool is_wal(void *arg, const struct db_val *cells, size_t cols, struct err *e)
{
    (void)arg;
    if (cols == 1 && str_eq_c(cells[0].s, "wal")) return true;
    return err_fault(e, "the database file cannot keep a write-ahead log");
}

static bool set_up(struct sqlite_conn *c, struct db *db, bool writer, struct err *e)
{
    sqlite3_busy_timeout(c->handle, BUSY_MS);
    sqlite3_limit(c->handle, SQLITE_LIMIT_LENGTH, CELL_MAX);
    sqlite3_limit(c->handle, SQLITE_LIMIT_SQL_LENGTH, SQL_MAX);
    sqlite3_limit(c->handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(c->handle, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
    sqlite3_limit(c->handle, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, writer ? 0 : 1, NULL);

    /* What is deleted leaves no bytes behind: a destroyed key must not linger in a free page. */
    static const char *const common[] = {"PRAGMA temp_store=MEMORY", "PRAGMA secure_delete=ON"};
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (!plain(c, common[i], e)) return false;
    /* Of the thread that carries the log over too: one that syncs beside one that does not breaks the file.
     */
    bool ok = plain(c, db->durability == DB_OFF ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL", e);
    if (ok && writer) {
        ok = sqlite_scan(&c->base, "PRAGMA journal_mode=WAL", (struct db_sink){is_wal, NULL}, e) &&
             plain(c, "PRAGMA cell_size_check=ON", e) && plain(c, "PRAGMA cache_size=-32000", e);
        sqlite3_wal_hook(c->handle, on_commit, c);
    } else if (ok) {
        sqlite3_wal_autocheckpoint(c->handle, 0);
        ok = plain(c, "PRAGMA cache_size=-4000", e) && plain(c, "PRAGMA query_only=ON", e);
    }
    db_cache_clear(&c->cache);
    return ok;
}

static void sqlite_disconnect(struct db_conn *base)
{
    struct sqlite_conn *c = own(base);
    db_cache_clear(&c->cache);
    sqlite3_close(c->handle);
    db_map_end(c->mapped);
    mem_free(c->cells);
    mem_free(c);
}

static void sqlite_ease(struct db_conn *base)
{
    struct sqlite_conn *c = own(base);
    (void)sqlite3_db_release_memory(c->handle);
    mem_free(c->cells);
    c->cells = NULL;
    c->cell_cap = 0;
}

static struct db_conn *sqlite_connect(struct db *db, bool writer, struct err *e)
{
    pthread_once(&once, tune_library);
    struct sqlite_conn *c = mem_alloc(1, sizeof *c);
    if (c == NULL) {
        err_fault(e, "out of memory");
        return NULL;
    }
    c->base.db = db;
    c->base.writer = writer;
    c->cache.drop = stmt_drop;
    c->cache.owner = c;
    /* Nobody but the owner may read it; the log and the index inherit this from the file. */
    int fd = writer ? open(db_sqlite_path(db), O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd >= 0 && db->vfs == NULL && db->map == NULL) db->map = db_map_open(fd, MAPPED_LEAST);
    if (fd >= 0) close(fd);
    bool long_pieces = writer && db->durability == DB_FULL;
    const char *vfs = long_pieces ? log_vfs_over(db->vfs) : db->vfs;
    int rc = long_pieces && vfs == NULL
                 ? SQLITE_NOMEM
                 : sqlite3_open_v2(db_sqlite_path(db), &c->handle,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
    if (rc != SQLITE_OK) {
        fail(c, rc, e);
    } else if (set_up(c, db, writer, e)) {
        if (!writer && db->map != NULL) c->mapped = db_map_use(db->map, c->handle);
        return &c->base;
    }
    sqlite_disconnect(&c->base);
    return NULL;
}

const struct db_driver db_driver_sqlite = {
    .engine = "sqlite",
    .one_writer = true,
    .type_int = "INTEGER",
    .type_text = "TEXT",
    .type_bytes = "BLOB",
    .strict = "STRICT",
    .keyed = "STRICT, WITHOUT ROWID",
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .ease = sqlite_ease,
    .begin = sqlite_begin,
    .finish = sqlite_finish,
    .newest = sqlite_newest,
    .alive = sqlite_alive,
    .run = sqlite_run,
    .scan = sqlite_scan,
    .changes = sqlite_changes,
    .lay_log = sqlite_lay_log,
    .checkpoint = sqlite_checkpoint,
    .check = sqlite_check,
    .sql_tables =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    .sql_columns = "SELECT name FROM pragma_table_info($1) ORDER BY cid",
    .load_begin = load_begin,
    .load_end = load_end,
};
