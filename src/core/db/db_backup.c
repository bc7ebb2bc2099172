/* Backups are SQLite files of the program's schema, whatever the database is, made beside their name and
 * renamed when they are whole and on the disk. A restore never touches the backup: it loads from a copy that
 * the migrations brought up to date, table by table, in one transaction. */
#include "core/base/buf.h"
#include "core/db/db_driver.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORK_CAP = 64 << 20 };

/* ---- files ---- */

static bool sync_path(const char *path, int flags, struct err *e)
{
    int fd = open(path, flags | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    return ok || err_fault(e, "a backup could not be synced");
}

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return ".";
    return slash == path ? "/" : str_z(a, str_n(path, (size_t)(slash - path)));
}

static bool is_ok(sqlite3 *h, const char *sql, const char *expected)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(h, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW &&
              str_eq_c(str_c((const char *)sqlite3_column_text(s, 0)), expected);
    sqlite3_finalize(s);
    return ok;
}

/* One plain file without a log beside it, whose pages are sound. */
static bool seal(const char *path, struct err *e)
{
    sqlite3 *h = NULL;
    bool ok = sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              is_ok(h, "PRAGMA journal_mode=DELETE", "delete") && is_ok(h, "PRAGMA quick_check(1)", "ok");
    sqlite3_close(h);
    return ok || err_fault(e, "the file of the backup is not sound");
}

/* Copies every page as of one moment. Writers may go on meanwhile. */
static bool copy_pages(const char *from, const char *vfs, const char *to, int *reason)
{
    sqlite3 *source = NULL, *target = NULL;
    int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
    int rc = fd < 0 ? SQLITE_CANTOPEN : sqlite3_open_v2(from, &source, SQLITE_OPEN_READONLY, vfs);
    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(source, 5000);
        rc = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE, NULL);
    }
    if (rc == SQLITE_OK) {
        sqlite3_backup *b = sqlite3_backup_init(target, "main", source, "main");
        if (b == NULL) {
            rc = sqlite3_errcode(target);
        } else {
            sqlite3_backup_step(b, -1); /* all at once: one snapshot, never begun anew by a commit */
            rc = sqlite3_backup_finish(b);
        }
    }
    sqlite3_close(source);
    sqlite3_close(target);
    *reason = rc;
    return rc == SQLITE_OK;
}

/* ---- tables ---- */

struct copying {
    struct db_tx *to;
    const char *insert;
    int64_t rows;
};

static bool copy_row(void *arg, const struct db_val *cells, size_t cols, struct err *e)
{
    struct copying *c = arg;
    struct err *own = c->to->err;
    c->to->err = e;
    bool ok = db_exec_n(c->to, c->insert, cells, cols, NULL);
    c->to->err = own;
    c->rows++;
    return ok;
}

static void add_name(struct buf *b, struct str name)
{
    buf_add_char(b, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"') buf_add_char(b, '"');
        buf_add_char(b, name.ptr[i]);
    }
    buf_add_char(b, '"');
}

static bool columns_of(struct db_tx *tx, struct str table, struct db_rows *out)
{
    return db_query(tx, out, tx->conn->db->driver->sql_columns, DB_S(table));
}

static bool count_rows(struct db_tx *tx, struct str table, int64_t *out)
{
    struct buf b = buf_new(tx->arena, 64);
    struct db_rows r;
    buf_add_c(&b, "SELECT COUNT(*) FROM ");
    add_name(&b, table);
    if (!db_query(tx, &r, str_z(tx->arena, buf_str(&b)))) return false;
    *out = db_int(&r, 0, 0);
    return true;
}

static bool copy_table(struct db_tx *from, struct db_tx *to, struct str table)
{
    struct db_rows columns;
    if (!columns_of(to, table, &columns)) return false;
    if (columns.rows == 0) return err_fault(to->err, "no columns in %.*s", STR_ARG(table));

    struct buf names = buf_new(to->arena, 256), values = buf_new(to->arena, 128);
    for (size_t i = 0; i < columns.rows; i++) {
        if (i > 0) {
            buf_add_c(&names, ", ");
            buf_add_c(&values, ", ");
        }
        add_name(&names, db_str(&columns, i, 0));
        buf_fmt(&values, "$%zu", i + 1);
    }
    struct buf select = buf_new(to->arena, 256), insert = buf_new(to->arena, 512);
    buf_fmt(&select, "SELECT %.*s FROM ", STR_ARG(buf_str(&names)));
    add_name(&select, table);
    buf_add_c(&insert, "INSERT INTO ");
    add_name(&insert, table);
    buf_fmt(&insert, " (%.*s) VALUES (%.*s)", STR_ARG(buf_str(&names)), STR_ARG(buf_str(&values)));

    struct copying c = {.to = to, .insert = str_z(to->arena, buf_str(&insert))};
    int64_t had = 0, has = 0;
    if (!from->conn->db->driver->scan(from->conn, str_z(to->arena, buf_str(&select)),
                                      (struct db_sink){copy_row, &c}, to->err) ||
        !count_rows(from, table, &had) || !count_rows(to, table, &has))
        return false;
    if (had == has && had == c.rows) return true;
    return err_fault(to->err, "%.*s: %lld rows became %lld", STR_ARG(table), (long long)had, (long long)has);
}

static bool clear_table(struct db_tx *to, struct str table)
{
    struct buf b = buf_new(to->arena, 64);
    buf_add_c(&b, "DELETE FROM ");
    add_name(&b, table);
    return db_exec(to, str_z(to->arena, buf_str(&b)));
}

static bool copy_tables(struct db_tx *from, struct db_tx *to)
{
    const struct db_driver *d = to->conn->db->driver;
    struct db_rows tables;
    if (!d->load_begin(to) || !db_query(to, &tables, d->sql_tables)) return false;
    for (size_t i = 0; i < tables.rows; i++)
        if (!clear_table(to, db_str(&tables, i, 0))) return false;
    for (size_t i = 0; i < tables.rows; i++)
        if (!copy_table(from, to, db_str(&tables, i, 0))) return false;
    return d->load_end(to);
}

/* Everything of one database in place of everything of the other. */
static bool copy_database(struct db *from, struct db *to, struct err *e)
{
    struct arena *a = arena_new(WORK_CAP);
    if (a == NULL) return err_fault(e, "out of memory");
    struct db_tx source, target;
    bool ok = db_begin_read(from, a, e, &source);
    if (ok) {
        ok = db_begin_write(to, a, e, &target);
        if (ok) {
            ok = copy_tables(&source, &target);
            if (!db_end(to, &target, ok)) ok = false;
        }
        if (!db_end(from, &source, false)) ok = false;
    }
    arena_drop(a);
    return ok;
}

/* Another database of this program's schema. NULL with err set. */
static struct db *open_file(const struct db *like, const char *path, struct arena *a, struct err *e)
{
    struct db_options o = {.url = str_z(a, str_cat(a, STR("sqlite:"), str_c(path))), .readers = 1};
    struct db *db = db_open(&o, e);
    int applied = 0;
    if (db == NULL || db_migrate(db, like->migrations, like->migration_count, 0, &applied, e)) return db;
    db_close(db);
    return NULL;
}

/* ---- backup ---- */

static bool make_part(struct db *db, const char *part, struct arena *a, struct err *e)
{
    if (db->driver == &db_driver_sqlite) {
        int reason = 0;
        return copy_pages(db_sqlite_path(db), db->vfs, part, &reason) ||
               err_fault(e, "backup: sqlite %d: %s", reason, sqlite3_errstr(reason));
    }
    if (db->migrations == NULL) return err_fault(e, "backup before the database was migrated");
    struct db *file = open_file(db, part, a, e);
    if (file == NULL) return false;
    bool ok = copy_database(db, file, e);
    db_close(file);
    return ok;
}

static void remove_file(struct arena *a, const char *path)
{
    static const char *const tails[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
        unlink(str_z(a, str_cat(a, str_c(path), str_c(tails[i]))));
}

static bool backup_to(struct db *db, const char *path, struct arena *a, struct err *e)
{
    struct stat st;
    if (stat(path, &st) == 0)
        return err_conflict(e, "db.backup_exists",
                            "There is already a file of this name. Nothing was written.");
    const char *folder = folder_of(a, path);
    if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode) || access(folder, W_OK) != 0)
        return err_invalid(e, "db.backup_folder",
                           "The folder for the backup does not exist or cannot be written to.");
    const char *part = str_z(a, str_cat(a, str_c(path), STR(".part")));
    remove_file(a, part); /* what a power cut may have left */
    bool ok = make_part(db, part, a, e) && seal(part, e) && sync_path(part, O_RDWR, e);
    if (ok && rename(part, path) != 0) ok = err_fault(e, "the backup could not be renamed");
    if (ok) return sync_path(folder, O_RDONLY | O_DIRECTORY, e);
    remove_file(a, part);
    return false;
}

bool db_backup(struct db *db, const char *path, struct err *e)
{
    struct arena *a = arena_new(WORK_CAP);
    if (a == NULL) return err_fault(e, "out of memory");
    bool ok = backup_to(db, path, a, e);
    arena_drop(a);
    return ok;
}

/* ---- restore ---- */

/* Does `table` hold more or less than in `fresh`, a database that only the migrations touched? */
static bool same_count(struct db_tx *tx, struct db_tx *fresh, struct str table)
{
    int64_t has = 0, made = 0;
    if (!count_rows(tx, table, &has) || !count_rows(fresh, table, &made)) return false;
    return has == made ||
           err_conflict(tx->err, "db.not_empty", "The database is not empty. Nothing was restored.");
}

static bool same_counts(struct db_tx *tx, struct db_tx *fresh)
{
    struct db_rows tables;
    if (!db_query(tx, &tables, tx->conn->db->driver->sql_tables)) return false;
    for (size_t i = 0; i < tables.rows; i++)
        if (!same_count(tx, fresh, db_str(&tables, i, 0))) return false;
    return true;
}

static bool is_empty(struct db *db, const char *folder, struct arena *a, struct err *e)
{
    struct db *fresh = open_file(db, str_z(a, str_fmt(a, "%s/fresh", folder)), a, e);
    if (fresh == NULL) return false;
    struct db_tx x, y;
    bool ok = db_begin_read(db, a, e, &x);
    if (ok) {
        ok = db_begin_read(fresh, a, e, &y);
        if (ok) {
            ok = same_counts(&x, &y);
            if (!db_end(fresh, &y, false)) ok = false;
        }
        if (!db_end(db, &x, false)) ok = false;
    }
    db_close(fresh);
    return ok;
}

/* A file of anything else is told apart before a migration would turn it into a database of ours. */
static bool is_backup(const char *path, struct err *e)
{
    sqlite3 *h = NULL;
    bool ok = sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              is_ok(h, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'",
                    "schema_migration") &&
              is_ok(h, "PRAGMA integrity_check(1)", "ok");
    sqlite3_close(h);
    return ok ||
           err_invalid(e, "db.backup_file", "This file is not a backup of this program, or it is damaged.");
}

static bool restore_in(struct db *db, const char *path, const char *folder, struct arena *a, struct err *e)
{
    const char *copy = str_z(a, str_fmt(a, "%s/copy", folder));
    int reason = 0;
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return err_invalid(e, "db.backup_file",
                           "This file is not a backup of this program, or it is damaged.");
    if (!is_empty(db, folder, a, e)) return false;
    if (!copy_pages(path, NULL, copy, &reason)) {
        if (reason == SQLITE_NOTADB || reason == SQLITE_CANTOPEN || reason == SQLITE_CORRUPT)
            return err_invalid(e, "db.backup_file",
                               "This file is not a backup of this program, or it is damaged.");
        return err_fault(e, "restore: sqlite %d: %s", reason, sqlite3_errstr(reason));
    }
    if (!is_backup(copy, e)) return false;
    struct db *file = open_file(db, copy, a, e);
    if (file == NULL) return false;
    bool ok = copy_database(file, db, e);
    db_close(file);
    return ok && db_checkpoint(db, e);
}

bool db_restore(struct db *db, const char *path, struct err *e)
{
    if (db->migrations == NULL) return err_fault(e, "restore before the database was migrated");
    struct arena *a = arena_new(WORK_CAP);
    if (a == NULL) return err_fault(e, "out of memory");
    const char *tmp = getenv("TMPDIR");
    if (tmp == NULL || tmp[0] == 0) tmp = "/var/tmp";
    if (db->driver == &db_driver_sqlite) tmp = folder_of(a, db_sqlite_path(db));
    struct str pattern = str_fmt(a, "%s/restore-XXXXXX", tmp);
    char *folder = arena_alloc(a, pattern.len + 1);
    memcpy(folder, pattern.ptr, pattern.len);
    bool ok = mkdtemp(folder) != NULL || err_fault(e, "no folder for the restore");
    if (ok) {
        ok = restore_in(db, path, folder, a, e);
        remove_file(a, str_z(a, str_fmt(a, "%s/copy", folder)));
        remove_file(a, str_z(a, str_fmt(a, "%s/fresh", folder)));
        rmdir(folder);
    }
    arena_drop(a);
    return ok;
}
