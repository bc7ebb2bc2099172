#include "core/db/db.h"

#include "core/base/log.h"
#include "core/db/db_driver.h"
#include "core/db/db_map.h"
#include "core/db/db_relief.h"

#include <errno.h>
#include <time.h>

enum { CHECKOUT_SECONDS = 10, REST_BYTES = 4 << 20, RELIEVE_BYTES = 16 << 20, TOO_LONG = 4 };

struct db_val db_text_or_null(struct str s)
{
    return s.len == 0 ? DB_N : DB_S(s);
}

struct db_val db_int_or_null(int64_t n)
{
    return n == 0 ? DB_N : DB_I(n);
}

/* ---- the pools ---- */

static bool pool_start(struct db_pool *p, int max)
{
    p->max = max < 1 ? 1 : max;
    pthread_condattr_t attr;
    if (pthread_condattr_init(&attr) != 0) return false;
    bool ok =
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&p->freed, &attr) == 0;
    pthread_condattr_destroy(&attr);
    if (!ok) return false;
    if (pthread_mutex_init(&p->lock, NULL) == 0) return true;
    pthread_cond_destroy(&p->freed);
    return false;
}

static void pool_stop(const struct db_driver *d, struct db_pool *p)
{
    while (p->idle != NULL) {
        struct db_conn *c = p->idle;
        p->idle = c->next;
        db_gathered_drop(c);
        d->disconnect(c);
    }
    pthread_cond_destroy(&p->freed);
    pthread_mutex_destroy(&p->lock);
}

static bool busy(struct err *e)
{
    return err_busy(e, "db.unavailable", "The database is not available at the moment. Try again shortly.");
}

/* As it was left: a reader may still have its transaction. */
static struct db_conn *take_out(struct db *db, bool writer, struct err *e)
{
    struct db_pool *p = writer ? &db->writers : &db->readers;
    struct timespec until = {0};
    pthread_mutex_lock(&p->lock);
    while (p->idle == NULL && p->made == p->max) {
        if (until.tv_sec == 0) {
            clock_gettime(CLOCK_MONOTONIC, &until);
            until.tv_sec += CHECKOUT_SECONDS;
        }
        if (pthread_cond_timedwait(&p->freed, &p->lock, &until) == ETIMEDOUT && p->idle == NULL &&
            p->made == p->max) {
            pthread_mutex_unlock(&p->lock);
            busy(e);
            return NULL;
        }
    }
    struct db_conn *c = p->idle;
    if (c != NULL)
        p->idle = c->next;
    else
        p->made++;
    pthread_mutex_unlock(&p->lock);
    if (c != NULL) return c;

    c = db->driver->connect(db, writer, e);
    if (c == NULL) {
        pthread_mutex_lock(&p->lock);
        p->made--;
        pthread_cond_signal(&p->freed);
        pthread_mutex_unlock(&p->lock);
        return NULL;
    }
    c->db = db;
    c->writer = writer;
    return c;
}

static void end_stay(struct db_conn *c)
{
    struct err ignored;
    err_clear(&ignored);
    c->stays = false;
    atomic_fetch_sub(&c->db->readers.staying, 1);
    (void)c->db->driver->finish(c, true, &ignored);
}

struct db_conn *db_checkout(struct db *db, bool writer, struct err *e)
{
    struct db_conn *c = take_out(db, writer, e);
    if (c != NULL && c->stays) end_stay(c);
    return c;
}

void db_checkin(struct db_conn *c)
{
    struct db_pool *p = c->writer ? &c->db->writers : &c->db->readers;
    pthread_mutex_lock(&p->lock);
    c->next = p->idle;
    p->idle = c;
    pthread_cond_signal(&p->freed);
    pthread_mutex_unlock(&p->lock);
}

/* With the lock held nobody takes one out meanwhile; to look through a thousand pages is soon done. */
static void ease_pool(const struct db_driver *d, struct db_pool *p)
{
    pthread_mutex_lock(&p->lock);
    for (struct db_conn *c = p->idle; c != NULL; c = c->next)
        d->ease(c);
    pthread_mutex_unlock(&p->lock);
}

void db_ease(struct db *db)
{
    if (db->driver->ease == NULL) return;
    ease_pool(db->driver, &db->readers);
    ease_pool(db->driver, &db->writers);
}

/* ---- opening ---- */

static char *copy(const char *z)
{
    if (z == NULL) return NULL;
    size_t len = strlen(z);
    char *p = mem_alloc(1, len + 1);
    if (p != NULL) memcpy(p, z, len);
    return p;
}

const char *db_sqlite_path(const struct db *db)
{
    return db->url + sizeof "sqlite:" - 1;
}

static const struct db_driver *driver_for(const char *url)
{
    struct str u = str_c(url);
    if (str_starts(u, STR("sqlite:")) && u.len > sizeof "sqlite:" - 1) return &db_driver_sqlite;
    if (str_starts(u, STR("postgresql://")) || str_starts(u, STR("postgres://"))) return &db_driver_postgres;
    return NULL;
}

struct db *db_open(const struct db_options *o, struct err *e)
{
    const struct db_driver *driver = driver_for(o->url);
    if (driver == NULL) {
        err_invalid(e, "db.url", "The database address must begin with sqlite: or postgresql://.");
        return NULL;
    }
    struct db *db = mem_alloc(1, sizeof *db);
    if (db == NULL) {
        err_fault(e, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&db->laying, NULL);
    db->driver = driver;
    db->durability = o->durability;
    db->relieve_bytes = o->relieve_bytes ? o->relieve_bytes : RELIEVE_BYTES;
    db->url = copy(o->url);
    db->vfs = copy(o->vfs);
    bool readers = pool_start(&db->readers, o->readers);
    bool writers = pool_start(&db->writers, driver->one_writer ? 1 : o->writers);
    bool ok = db->url != NULL && (db->vfs != NULL || o->vfs == NULL) && readers && writers;
    if (!ok) err_fault(e, "out of memory");
    if (ok) { /* the writer comes first: it makes the file */
        struct db_conn *c = db_checkout(db, true, e);
        if (c != NULL) db_checkin(c);
        ok = c != NULL;
    }
    if (ok) return db;
    if (readers) pool_stop(driver, &db->readers);
    if (writers) pool_stop(driver, &db->writers);
    db_map_close(db->map);
    pthread_mutex_destroy(&db->laying);
    mem_free(db->url);
    mem_free(db->vfs);
    mem_free(db);
    return NULL;
}

void db_close(struct db *db)
{
    if (db == NULL) return;
    pool_stop(db->driver, &db->readers);
    pool_stop(db->driver, &db->writers);
    db_map_close(db->map);
    pthread_mutex_destroy(&db->laying);
    mem_free(db->url);
    mem_free(db->vfs);
    mem_free(db);
}

const char *db_engine(const struct db *db)
{
    return db->driver->engine;
}

/* ---- transactions ---- */

static bool begin(struct db *db, bool writer, struct arena *a, struct err *e, struct db_tx *tx)
{
    *tx = (struct db_tx){0};
    struct db_conn *c = take_out(db, writer, e);
    if (c == NULL) return false;
    c->again = false;
    c->depth = 0;
    c->gathered.len = 0;
    bool begun = c->stays && db->driver->newest(c);
    if (begun) {
        c->stays = false;
        atomic_fetch_sub(&db->readers.staying, 1);
    } else if (c->stays) {
        end_stay(c);
    }
    if (!begun && !db->driver->begin(c, e)) {
        db_checkin(c);
        return false;
    }
    c->open = true;
    *tx = (struct db_tx){.conn = c, .arena = a, .err = e};
    return true;
}

bool db_begin_read(struct db *db, struct arena *a, struct err *e, struct db_tx *tx)
{
    return begin(db, false, a, e, tx);
}

bool db_begin_write(struct db *db, struct arena *a, struct err *e, struct db_tx *tx)
{
    return begin(db, true, a, e, tx);
}

bool db_end(struct db *db, struct db_tx *tx, bool commit)
{
    struct db_conn *c = tx->conn;
    if (c == NULL) return true;
    bool written = !commit || c->gathered.len == 0 || db_gathered_write(tx);
    commit = commit && written;
    tx->conn = NULL;
    c->open = false;
    c->depth = 0;
    /* A read has nothing to undo, and an engine leaves a clean transaction fastest by its front door. */
    bool ok = db->driver->finish(c, commit || !c->writer, tx->err);
    db_checkin(c);
    return written && (ok || !commit);
}

void db_leave(struct db *db, struct db_tx *tx)
{
    struct db_conn *c = tx->conn;
    if (db->driver->newest == NULL || c == NULL || !db_alive(c) || c->depth != 0) {
        struct err ignored;
        struct db_tx ended = {.conn = c, .err = &ignored};
        err_clear(&ignored); /* it is large, and most of it needs no zeros */
        tx->conn = NULL;
        if (!db_end(db, &ended, false)) log_event(LOG_LEVEL_WARN, "db.read_end", "code", ignored.code, NULL);
        return;
    }
    tx->conn = NULL;
    c->open = false;
    c->stays = true;
    atomic_fetch_add(&db->readers.staying, 1);
    db_checkin(c);
}

void db_let_go(struct db *db)
{
    struct db_pool *p = &db->readers;
    if (atomic_load(&p->staying) == 0) return;
    pthread_mutex_lock(&p->lock);
    for (struct db_conn *c = p->idle; c != NULL; c = c->next)
        if (c->stays) end_stay(c);
    pthread_mutex_unlock(&p->lock);
}

bool db_alive(const struct db_conn *c)
{
    return c->open && c->db->driver->alive(c);
}

static const char *const savepoint_sql[DB_SAVEPOINTS] = {"SAVEPOINT s1", "SAVEPOINT s2", "SAVEPOINT s3",
                                                         "SAVEPOINT s4", "SAVEPOINT s5", "SAVEPOINT s6",
                                                         "SAVEPOINT s7", "SAVEPOINT s8"};
static const char *const release_sql[DB_SAVEPOINTS] = {
    "RELEASE SAVEPOINT s1", "RELEASE SAVEPOINT s2", "RELEASE SAVEPOINT s3", "RELEASE SAVEPOINT s4",
    "RELEASE SAVEPOINT s5", "RELEASE SAVEPOINT s6", "RELEASE SAVEPOINT s7", "RELEASE SAVEPOINT s8"};
static const char *const undo_sql[DB_SAVEPOINTS] = {"ROLLBACK TO SAVEPOINT s1", "ROLLBACK TO SAVEPOINT s2",
                                                    "ROLLBACK TO SAVEPOINT s3", "ROLLBACK TO SAVEPOINT s4",
                                                    "ROLLBACK TO SAVEPOINT s5", "ROLLBACK TO SAVEPOINT s6",
                                                    "ROLLBACK TO SAVEPOINT s7", "ROLLBACK TO SAVEPOINT s8"};

bool db_savepoint(struct db_tx *tx)
{
    struct db_conn *c = tx->conn;
    if (c->depth == DB_SAVEPOINTS)
        return err_fault(tx->err, "more than %d savepoints inside each other", DB_SAVEPOINTS);
    if (!db_exec(tx, savepoint_sql[c->depth])) return false;
    c->gathered.marks[c->depth] = c->gathered.len;
    c->depth++;
    return true;
}

bool db_release(struct db_tx *tx)
{
    struct db_conn *c = tx->conn;
    if (c->depth == 0) return err_fault(tx->err, "no savepoint to release");
    if (!db_exec(tx, release_sql[c->depth - 1])) return false;
    c->depth--;
    return true;
}

bool db_rollback_to(struct db_tx *tx)
{
    struct db_conn *c = tx->conn;
    if (c->depth == 0) return err_fault(tx->err, "no savepoint to go back to");
    c->depth--;
    db_gathered_cut(c, c->gathered.marks[c->depth]);
    return db_exec(tx, undo_sql[c->depth]) && db_exec(tx, release_sql[c->depth]);
}

/* ---- statements ---- */

bool db_text_ok(struct str s, struct err *e)
{
    if ((s.len == 0 || memchr(s.ptr, 0, s.len) == NULL) && utf8_valid(s)) return true;
    return err_invalid(e, "db.text", "The text holds characters that cannot be stored.");
}

static bool ready(struct db_tx *tx, const struct db_val *params, size_t count)
{
    if (tx->conn == NULL || !tx->conn->open) return err_fault(tx->err, "no transaction is open");
    for (size_t i = 0; i < count; i++)
        if (params[i].type == DB_TEXT && !db_text_ok(params[i].s, tx->err)) return false;
    return true;
}

bool db_exec_n(struct db_tx *tx, const char *sql, const struct db_val *params, size_t count, int64_t *changed)
{
    if (changed != NULL) *changed = 0;
    return ready(tx, params, count) && tx->conn->db->driver->run(tx, NULL, sql, params, count, changed);
}

bool db_query_n(struct db_tx *tx, struct db_rows *out, const char *sql, const struct db_val *params,
                size_t count)
{
    *out = (struct db_rows){0};
    return ready(tx, params, count) && tx->conn->db->driver->run(tx, out, sql, params, count, NULL);
}

static const struct db_val *cell(const struct db_rows *r, size_t row, size_t col)
{
    if (row >= r->rows || col >= r->cols) {
        log_event(LOG_LEVEL_ERROR, "db.cell_out_of_range", NULL);
        abort();
    }
    return &r->cells[row * r->cols + col];
}

int64_t db_int(const struct db_rows *r, size_t row, size_t col)
{
    const struct db_val *v = cell(r, row, col);
    return v->type == DB_INT ? v->i : 0;
}

struct str db_str(const struct db_rows *r, size_t row, size_t col)
{
    const struct db_val *v = cell(r, row, col);
    return v->type == DB_TEXT || v->type == DB_BYTES ? v->s : STR_EMPTY;
}

bool db_is_null(const struct db_rows *r, size_t row, size_t col)
{
    return cell(r, row, col)->type == DB_NULL;
}

/* ---- keeping ---- */

static bool with_conn(struct db *db, bool writer, struct err *e, bool (*fn)(struct db_conn *c, struct err *e))
{
    struct db_conn *c = db_checkout(db, writer, e);
    if (c == NULL) return false;
    bool ok = fn(c, e);
    db_checkin(c);
    return ok;
}

bool db_lay_down(struct db_conn *c, enum db_laying how, struct err *e)
{
    struct db *db = c->db;
    if (how == DB_LAY_WHOLE) db_let_go(db); /* it waits for every reader */
    if (how != DB_LAY_LIGHT)
        pthread_mutex_lock(&db->laying);
    else if (pthread_mutex_trylock(&db->laying) != 0)
        return true; /* it is being done */
    bool due = how != DB_LAY_BESIDE || atomic_load(&db->grown);
    atomic_store(&db->grown, false);
    bool ok = !due || db->driver->checkpoint(c, how == DB_LAY_WHOLE, e);
    pthread_mutex_unlock(&db->laying);
    return ok;
}

static bool lay_whole(struct db_conn *c, struct err *e)
{
    return db_lay_down(c, DB_LAY_WHOLE, e);
}

static bool lay_light(struct db_conn *c, struct err *e)
{
    return db_lay_down(c, DB_LAY_LIGHT, e);
}

bool db_checkpoint(struct db *db, struct err *e)
{
    return with_conn(db, true, e, lay_whole);
}

static void lay_down(struct db *db, bool (*lay)(struct db_conn *c, struct err *e))
{
    struct err e = {0};
    if (!with_conn(db, true, &e, lay))
        log_event(LOG_LEVEL_WARN, "db.checkpoint_failed", "detail", e.detail, NULL);
}

void db_lay_rest(struct db *db)
{
    lay_down(db, lay_light);
}

static void lay_log(struct db *db)
{
    struct err e = {0};
    if (!with_conn(db, true, &e, db->driver->lay_log))
        log_event(LOG_LEVEL_WARN, "db.log_not_laid", "detail", e.detail, NULL);
}

void db_rest(struct db *db, bool last)
{
    int64_t backlog = atomic_load_explicit(&db->backlog, memory_order_relaxed);
    if (!last && atomic_exchange(&db->log_unlaid, false)) lay_log(db);
    if (backlog <= (last ? 0 : REST_BYTES)) return;
    lay_down(db, last ? lay_whole : lay_light);
}

void db_relieve(struct db *db)
{
    int64_t backlog = atomic_load_explicit(&db->backlog, memory_order_relaxed);
    if (backlog < db->relieve_bytes) return;
    if (db->relief)
        db_relief_turn(db->relief, backlog >= TOO_LONG * db->relieve_bytes);
    else
        db_lay_rest(db);
}

bool db_check(struct db *db, struct err *e)
{
    return with_conn(db, true, e, db->driver->check);
}

bool db_ping(struct db_tx *tx)
{
    struct db_rows rows;
    return db_query(tx, &rows, "SELECT 1");
}
