#include "core/base/buf.h"
#include "core/crypto/crypto.h"
#include "core/db/db_driver.h"

/* ---- one migration's text, statement by statement ---- */

struct script {
    const struct db_driver *driver;
    const char *at;
    struct buf out;
};

/* Copies what stands between two delimiters, both included. */
static void copy_quoted(struct script *s, char end)
{
    do
        buf_add_char(&s->out, *s->at++);
    while (*s->at != 0 && *s->at != end);
    if (*s->at != 0) buf_add_char(&s->out, *s->at++);
}

static void skip_comment(struct script *s)
{
    while (*s->at != 0 && *s->at != '\n')
        s->at++;
}

static bool expand(struct script *s, struct err *e)
{
    const struct {
        struct str token;
        const char *text;
    } tokens[] = {{STR("{int}"), s->driver->type_int},
                  {STR("{text}"), s->driver->type_text},
                  {STR("{bytes}"), s->driver->type_bytes},
                  {STR("{strict}"), s->driver->strict},
                  {STR("{keyed}"), s->driver->keyed}};
    struct str rest = str_c(s->at);
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++)
        if (str_starts(rest, tokens[i].token)) {
            buf_add_c(&s->out, tokens[i].text);
            s->at += tokens[i].token.len;
            return true;
        }
    return err_fault(e, "unknown token in a migration: %.12s", s->at);
}

/* The next statement into s->out, without its semicolon. */
static bool next_statement(struct script *s, struct err *e)
{
    s->out.len = 0;
    while (*s->at != 0) {
        if (s->at[0] == ';' && (s->at[1] == '\n' || s->at[1] == '\r' || s->at[1] == 0)) {
            s->at++;
            return true;
        }
        if (*s->at == '\'' || *s->at == '"')
            copy_quoted(s, *s->at);
        else if (s->at[0] == '-' && s->at[1] == '-')
            skip_comment(s);
        else if (*s->at == '{') {
            if (!expand(s, e)) return false;
        } else
            buf_add_char(&s->out, *s->at++);
    }
    return true;
}

bool db_script(const struct db_driver *d, struct arena *a, const char *sql,
               bool (*fn)(void *arg, const char *statement, struct err *e), void *arg, struct err *e)
{
    struct script s = {.driver = d, .at = sql, .out = buf_new(a, 1024)};
    while (*s.at != 0) {
        if (!next_statement(&s, e)) return false;
        struct str text = str_trim(buf_str(&s.out));
        if (text.len > 0 && !fn(arg, str_z(a, text), e)) return false;
    }
    return true;
}

/* ---- the chain ---- */

static const char table_sql[] = "CREATE TABLE IF NOT EXISTS schema_migration (\n"
                                "    module {text} NOT NULL,\n"
                                "    number {int} NOT NULL,\n"
                                "    name {text} NOT NULL,\n"
                                "    checksum {bytes} NOT NULL,\n"
                                "    applied_at {int} NOT NULL,\n"
                                "    PRIMARY KEY (module, number)\n"
                                ") {strict};\n";

static bool run_statement(void *arg, const char *statement, struct err *e)
{
    (void)e;
    return db_exec((struct db_tx *)arg, statement);
}

static bool run_script(struct db_tx *tx, const char *sql)
{
    return db_script(tx->conn->db->driver, tx->arena, sql, run_statement, tx, tx->err);
}

static const struct db_migration *known(const struct db_migration *list, size_t count, struct str module,
                                        int64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].number == number && str_eq_c(module, list[i].module)) return &list[i];
    return NULL;
}

static struct str checksum(struct arena *a, const struct db_migration *m)
{
    uint8_t *digest = arena_alloc(a, SHA256_SIZE);
    sha256(str_c(m->sql), digest);
    return str_n(digest, SHA256_SIZE);
}

static struct str label(struct arena *a, struct str module, int64_t number)
{
    return str_fmt(a, "%.*s/%04lld", STR_ARG(module), (long long)number);
}

/* Everything the database knows must be known here, word for word. */
static bool compare(struct db_tx *tx, const struct db_rows *rows, const struct db_migration *list,
                    size_t count)
{
    for (size_t i = 0; i < rows->rows; i++) {
        struct str module = db_str(rows, i, 0);
        int64_t number = db_int(rows, i, 1);
        const struct db_migration *m = known(list, count, module, number);
        if (m == NULL) {
            err_conflict(tx->err, "db.newer",
                         "The database was made by a newer version of the program (%{arg}).");
            err_arg(tx->err, label(tx->arena, module, number));
            return false;
        }
        if (!str_eq(db_str(rows, i, 2), checksum(tx->arena, m))) {
            err_conflict(tx->err, "db.migration_changed",
                         "A migration that the database has already run was changed afterwards (%{arg}).");
            err_arg(tx->err, label(tx->arena, module, number));
            return false;
        }
    }
    return true;
}

static bool has_run(const struct db_rows *rows, const struct db_migration *m)
{
    for (size_t i = 0; i < rows->rows; i++)
        if (db_int(rows, i, 1) == m->number && str_eq_c(db_str(rows, i, 0), m->module)) return true;
    return false;
}

static bool apply(struct db_tx *tx, const struct db_migration *m, int64_t now)
{
    return run_script(tx, m->sql) &&
           db_exec(tx,
                   "INSERT INTO schema_migration (module, number, name, checksum, applied_at) VALUES ($1, "
                   "$2, $3, $4, $5)",
                   DB_C(m->module), DB_I(m->number), DB_C(m->name), DB_B(checksum(tx->arena, m)), DB_I(now));
}

static bool migrate(struct db_tx *tx, const struct db_migration *list, size_t count, int64_t now,
                    int *applied)
{
    const char *lock = tx->conn->db->driver->sql_migration_lock;
    struct db_rows rows = {0};
    if (lock != NULL && !db_exec(tx, lock)) return false;
    if (!db_query(tx, &rows,
                  "SELECT module, number, checksum FROM schema_migration ORDER BY module, number") ||
        !compare(tx, &rows, list, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (has_run(&rows, &list[i])) continue;
        if (!apply(tx, &list[i], now)) return false;
        ++*applied;
    }
    return true;
}

/* One write transaction around a step. */
struct step {
    const struct db_migration *list;
    size_t count;
    int64_t now;
    int applied;
};

static bool in_transaction(struct db *db, struct step *s, struct err *e,
                           bool (*fn)(struct db_tx *tx, struct step *s))
{
    struct arena *a = arena_new((size_t)64 << 20);
    if (a == NULL) return err_fault(e, "out of memory");
    struct db_tx tx;
    bool ok = db_begin_write(db, a, e, &tx);
    if (ok) {
        ok = fn(&tx, s);
        if (!db_end(db, &tx, ok)) ok = false;
    }
    arena_drop(a);
    return ok;
}

static bool step_table(struct db_tx *tx, struct step *s)
{
    (void)s;
    return run_script(tx, table_sql);
}

static bool step_chain(struct db_tx *tx, struct step *s)
{
    return migrate(tx, s->list, s->count, s->now, &s->applied);
}

bool db_migrate(struct db *db, const struct db_migration *list, size_t count, int64_t now, int *applied,
                struct err *e)
{
    struct step s = {.list = list, .count = count, .now = now};
    *applied = 0;
    /* The book of migrations comes first, by itself: the lock of the second transaction needs it. Two
     * programs that start at once may collide in making it. */
    bool made = false;
    for (int i = 0; i < 5 && !made && (i == 0 || e->kind == ERR_CONFLICT || e->kind == ERR_BUSY); i++) {
        err_clear(e);
        made = in_transaction(db, &s, e, step_table);
    }
    if (!made || !in_transaction(db, &s, e, step_chain)) return false;
    *applied = s.applied;
    db->migrations = list;
    db->migration_count = count;
    return true;
}

static bool count_pending(struct db_tx *tx, const struct db_migration *list, size_t count, int *pending,
                          int *done)
{
    struct db_rows columns, rows;
    *done = 0;
    *pending = (int)count;
    if (!db_query(tx, &columns, tx->conn->db->driver->sql_columns, DB_C("schema_migration"))) return false;
    if (columns.rows == 0) return true;
    if (!db_query(tx, &rows,
                  "SELECT module, number, checksum FROM schema_migration ORDER BY module, number") ||
        !compare(tx, &rows, list, count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (has_run(&rows, &list[i])) ++*done;
    *pending = (int)count - *done;
    return true;
}

bool db_pending(struct db *db, const struct db_migration *list, size_t count, int *pending, int *done,
                struct err *e)
{
    struct arena *a = arena_new((size_t)8 << 20);
    struct db_tx tx;
    if (a == NULL) return err_fault(e, "out of memory");
    bool ok = db_begin_read(db, a, e, &tx);
    if (ok) {
        ok = count_pending(&tx, list, count, pending, done);
        if (!db_end(db, &tx, false)) ok = false;
    }
    arena_drop(a);
    return ok;
}
