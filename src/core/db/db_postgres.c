/* PostgreSQL over libpq.
 *
 * A connection stays in pipeline mode: a transaction's BEGIN travels together with its first statement, and
 * the end of a read is sent without waiting for the answer. Parameters go in binary (no copies, no quoting),
 * answers come as text (sums of integers are numerics). */
#include "core/base/buf.h"
#include "core/db/db_cache.h"
#include "core/db/db_driver.h"
#include "core/db/libpq.h"

#include <endian.h>

enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_OID = 26,
    OID_UNKNOWN = 705,
    OID_BPCHAR = 1042,
    OID_VARCHAR = 1043,
    OID_NUMERIC = 1700,
    PARAMS_MAX = 32000,
    TAGGED_PARAMS = 31, /* two bits each in a cache tag */
    STALE_MAX = 8,
};

struct pg_stmt {
    char name[16];
};

struct pg_conn {
    struct db_conn base;
    PGconn *link;
    struct db_cache cache;
    unsigned made;             /* statement names given */
    bool begun;                /* BEGIN has been sent */
    bool owed;                 /* an answer nobody waited for is on its way */
    char stale[STALE_MAX][16]; /* statements the server may forget */
    int stale_count;
    bool crowded; /* more than that: begin anew */
};

static struct pg_conn *own(struct db_conn *c)
{
    return (struct pg_conn *)c;
}

/* ---- errors ---- */

static bool unavailable(struct err *e)
{
    return err_busy(e, "db.unavailable", "The database is not available at the moment. Try again shortly.");
}

static bool starts(const char *state, const char *class)
{
    return strncmp(state, class, strlen(class)) == 0;
}

static bool fail(struct pg_conn *c, const PGresult *r, struct err *e)
{
    const char *state = r == NULL ? NULL : libpq->result_error_field(r, PG_DIAG_SQLSTATE);
    if (libpq->status(c->link) == CONNECTION_BAD || state == NULL) return unavailable(e);
    /* 42P07 and, of the type that goes with it, 42710: two programs made the same table at once, which IF NOT
     * EXISTS does not rule out. */
    if (strcmp(state, "23505") == 0 || strcmp(state, "23503") == 0 || strcmp(state, "42P07") == 0 ||
        strcmp(state, "42710") == 0)
        return err_conflict(e, "db.unique", "This contradicts what is already stored.");
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "55P03") == 0) {
        c->base.again = true;
        return err_busy(e, "db.serialization",
                        "Someone else changed the same data at that moment. Try again.");
    }
    if (starts(state, "08") || starts(state, "57P0") || strcmp(state, "53300") == 0) return unavailable(e);
    if (strcmp(state, "22021") == 0)
        return err_invalid(e, "db.text", "The text holds characters that cannot be stored.");
    /* Sentences about data may quote it; those about the statement do not. */
    const char *text = libpq->result_error_field(r, PG_DIAG_MESSAGE_PRIMARY);
    const char *column = libpq->result_error_field(r, PG_DIAG_COLUMN_NAME);
    bool quotes = starts(state, "22") || starts(state, "23");
    return err_fault(e, "postgresql %s: %s %s", state, quotes || text == NULL ? "" : text,
                     column == NULL ? "" : column);
}

/* ---- connections ---- */

static void stmt_drop(void *owner, void *item)
{
    struct pg_conn *c = owner;
    struct pg_stmt *s = item;
    if (c->stale_count < STALE_MAX)
        memcpy(c->stale[c->stale_count++], s->name, sizeof s->name);
    else
        c->crowded = true;
    mem_free(s);
}

static void hang_up(struct pg_conn *c)
{
    libpq->finish(c->link);
    c->link = NULL;
    db_cache_clear(&c->cache);
    c->stale_count = 0;
    c->crowded = c->owed = c->begun = false;
}

static void ignore_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

static bool dial(struct pg_conn *c, struct err *e)
{
    static const char settings[] = "SET bytea_output = 'hex'; SET lock_timeout = '10s';"
                                   "SET idle_in_transaction_session_timeout = '60s';";
    const char *const keys[] = {"connect_timeout", "fallback_application_name", "dbname", "client_encoding",
                                NULL};
    const char *const values[] = {"5", "tongban", c->base.db->url, "UTF8", NULL};
    hang_up(c);
    c->link = libpq->connectdb_params(keys, values, 1);
    if (libpq->status(c->link) != CONNECTION_OK) return unavailable(e);
    libpq->set_notice_processor(c->link, ignore_notice, NULL);
    PGresult *r = libpq->exec(c->link, settings);
    bool ok = libpq->result_status(r) == PGRES_COMMAND_OK;
    libpq->clear(r);
    if (ok && c->base.db->durability == DB_OFF) {
        r = libpq->exec(c->link, "SET synchronous_commit = off");
        ok = libpq->result_status(r) == PGRES_COMMAND_OK;
        libpq->clear(r);
    }
    return (ok && libpq->enter_pipeline_mode(c->link) == 1) || unavailable(e);
}

static void pg_disconnect(struct db_conn *base)
{
    struct pg_conn *c = own(base);
    hang_up(c);
    mem_free(c);
}

static struct db_conn *pg_connect(struct db *db, bool writer, struct err *e)
{
    if (!libpq_load(e)) return NULL;
    struct pg_conn *c = mem_alloc(1, sizeof *c);
    if (c == NULL) {
        err_fault(e, "out of memory");
        return NULL;
    }
    c->base.db = db;
    c->base.writer = writer;
    c->cache.drop = stmt_drop;
    c->cache.owner = c;
    if (dial(c, e)) return &c->base;
    pg_disconnect(&c->base);
    return NULL;
}

/* ---- sending and hearing ---- */

struct wire {
    Oid *types;
    const char **values;
    int *lengths, *formats;
    int64_t *ints;
    int count;
};

static int max_parameter(const char *sql)
{
    int64_t highest = 0;
    char quote = 0;
    for (const char *p = sql; *p != 0; p++) {
        if (quote != 0) {
            if (*p == quote) quote = 0;
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else if (*p == '$') {
            int64_t n = 0;
            while (p[1] >= '0' && p[1] <= '9' && n <= PARAMS_MAX)
                n = n * 10 + (*++p - '0');
            if (n > highest) highest = n;
        }
    }
    return (int)highest;
}

static uint64_t tag_of(const struct db_val *params, size_t count)
{
    uint64_t tag = 0;
    for (size_t i = 0; i < count; i++)
        tag = tag << 2 | (uint64_t)params[i].type;
    return tag;
}

static void put_params(struct wire *w, const struct db_val *params)
{
    static const Oid oids[] = {
        [DB_NULL] = 0, [DB_INT] = OID_INT8, [DB_TEXT] = OID_TEXT, [DB_BYTES] = OID_BYTEA};
    for (int i = 0; i < w->count; i++) {
        const struct db_val *v = &params[i];
        w->types[i] = oids[v->type];
        w->formats[i] = 1;
        w->values[i] = NULL;
        w->lengths[i] = 0;
        if (v->type == DB_INT) {
            w->ints[i] = (int64_t)htobe64((uint64_t)v->i);
            w->values[i] = (const char *)&w->ints[i];
            w->lengths[i] = sizeof w->ints[i];
        } else if (v->type != DB_NULL) {
            w->values[i] = v->s.len == 0 ? "" : v->s.ptr;
            w->lengths[i] = (int)v->s.len;
        }
    }
}

/* The next answer in the pipeline; NULL where the link broke. */
static PGresult *hear(struct pg_conn *c)
{
    PGresult *r = libpq->get_result(c->link);
    if (r == NULL) return NULL;
    if (libpq->result_status(r) == PGRES_PIPELINE_SYNC) return r;
    PGresult *end = libpq->get_result(c->link); /* NULL closes each answer */
    libpq->clear(end);
    return r;
}

/* Reads up to the end of what was sent. */
static bool catch_up(struct pg_conn *c)
{
    for (;;) {
        PGresult *r = hear(c);
        if (r == NULL) return false;
        bool sync = libpq->result_status(r) == PGRES_PIPELINE_SYNC;
        libpq->clear(r);
        if (sync) return true;
        if (libpq->status(c->link) == CONNECTION_BAD) return false;
    }
}

static bool settle_debt(struct pg_conn *c)
{
    if (!c->owed) return true;
    c->owed = false;
    return catch_up(c);
}

static bool send_plain(struct pg_conn *c, const char *sql)
{
    return libpq->send_query_params(c->link, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

static const char *begin_sql(const struct pg_conn *c)
{
    return c->base.writer ? "BEGIN ISOLATION LEVEL SERIALIZABLE"
                          : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}

/* One statement with what must go before it. */
struct call {
    const char *sql;
    struct wire *wire;
    uint64_t tag;
    struct pg_stmt *known;  /* prepared already */
    struct pg_stmt *making; /* to be prepared now */
    int before;             /* answers ahead of the prepare's */
};

static bool send_call(struct pg_conn *c, struct call *k)
{
    char text[40];
    k->before = 0;
    if (!c->begun) {
        if (!send_plain(c, begin_sql(c))) return false;
        k->before++;
    }
    for (int i = 0; i < c->stale_count; i++) {
        snprintf(text, sizeof text, "DEALLOCATE %s", c->stale[i]);
        if (!send_plain(c, text)) return false;
        k->before++;
    }
    struct wire *w = k->wire;
    if (k->making != NULL && libpq->send_prepare(c->link, k->making->name, k->sql, w->count, w->types) != 1)
        return false;
    const struct pg_stmt *s = k->known != NULL ? k->known : k->making;
    int sent = s != NULL ? libpq->send_query_prepared(c->link, s->name, w->count, w->values, w->lengths,
                                                      w->formats, 0)
                         : libpq->send_query_params(c->link, k->sql, w->count, w->types, w->values,
                                                    w->lengths, w->formats, 0);
    return sent == 1 && libpq->pipeline_sync(c->link) == 1;
}

static bool worked(const PGresult *r)
{
    ExecStatusType s = r == NULL ? PGRES_FATAL_ERROR : libpq->result_status(r);
    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK;
}

/* Keeps the first answer that says why. */
static void first_failure(PGresult **why, PGresult *r)
{
    if (*why == NULL && r != NULL && !worked(r))
        *why = r;
    else
        libpq->clear(r);
}

/* Hears what send_call asked. The statement's own answer, or NULL with err set. */
static PGresult *hear_call(struct pg_conn *c, struct call *k, struct err *e)
{
    PGresult *why = NULL;
    for (int i = 0; i < k->before; i++)
        first_failure(&why, hear(c));
    if (why == NULL && k->before > 0) c->stale_count = 0;
    if (k->making != NULL) {
        PGresult *r = hear(c);
        if (worked(r) && db_cache_keep(&c->cache, k->sql, k->tag, k->making)) k->making = NULL;
        first_failure(&why, r);
    }
    PGresult *answer = hear(c);
    bool whole = answer != NULL && catch_up(c);
    c->begun = true;
    if (whole && why == NULL && worked(answer)) return answer;
    fail(c, why != NULL ? why : answer, e);
    libpq->clear(why);
    libpq->clear(answer);
    return NULL;
}

/* Broken links show only when they are used: a transaction that has not begun may begin on a new one. */
static PGresult *converse(struct pg_conn *c, struct call *k, struct err *e)
{
    if (!settle_debt(c)) c->crowded = true;
    bool fresh = false;
    if (!c->begun && (c->link == NULL || c->crowded || libpq->status(c->link) == CONNECTION_BAD)) {
        if (!dial(c, e)) return NULL;
        k->known = NULL;
        fresh = true;
    }
    bool first = !c->begun;
    struct err try = {0};
    PGresult *r = send_call(c, k) ? hear_call(c, k, &try) : NULL;
    if (r != NULL) return r;
    if (try.kind == ERR_NONE) unavailable(&try);
    if (first && !fresh && libpq->status(c->link) == CONNECTION_BAD) {
        if (!dial(c, e)) return NULL;
        k->known = NULL;
        if (send_call(c, k)) return hear_call(c, k, e);
        unavailable(e);
        return NULL;
    }
    if (e->kind == ERR_NONE) *e = try;
    return NULL;
}

static PGresult *say(struct pg_conn *c, const char *sql, const struct db_val *params, size_t count,
                     struct err *e)
{
    if (count > PARAMS_MAX || (size_t)max_parameter(sql) != count) {
        err_fault(e, "%d parameters in the statement, %zu given", max_parameter(sql), count);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (params[i].s.len > INT32_MAX / 2) {
            err_invalid(e, "db.too_long", "The value is too long to be stored.");
            return NULL;
        }
    Oid types[TAGGED_PARAMS];
    const char *values[TAGGED_PARAMS];
    int lengths[TAGGED_PARAMS], formats[TAGGED_PARAMS];
    int64_t ints[TAGGED_PARAMS];
    struct wire w = {.types = types,
                     .values = values,
                     .lengths = lengths,
                     .formats = formats,
                     .ints = ints,
                     .count = (int)count};
    struct arena *many = NULL;
    struct call k = {.sql = sql, .wire = &w};
    if (count > TAGGED_PARAMS) {
        many = arena_new(count * 64 + ((size_t)64 << 10));
        if (many != NULL) {
            w.types = arena_try(many, count * sizeof *w.types);
            w.values = arena_try(many, count * sizeof *w.values);
            w.lengths = arena_try(many, count * sizeof *w.lengths);
            w.formats = arena_try(many, count * sizeof *w.formats);
            w.ints = arena_try(many, count * sizeof *w.ints);
        }
        if (many == NULL || !w.types || !w.values || !w.lengths || !w.formats || !w.ints) {
            if (many != NULL) arena_drop(many);
            err_fault(e, "out of memory");
            return NULL;
        }
    } else {
        k.tag = tag_of(params, count) << 1 | 1;
        k.known = db_cache_find(&c->cache, sql, k.tag);
        if (k.known == NULL) k.making = mem_alloc(1, sizeof *k.making);
        if (k.making != NULL) snprintf(k.making->name, sizeof k.making->name, "s%u", ++c->made);
    }
    put_params(&w, params);
    PGresult *r = converse(c, &k, e);
    mem_free(k.making);
    if (many != NULL) arena_drop(many);
    return r;
}

/* ---- answers ---- */

static int nibble(char ch)
{
    return ch <= '9' ? ch - '0' : (ch | 0x20) - 'a' + 10;
}

/* The arena could not give `missing` bytes. */
static bool read_cell(const PGresult *r, int row, int col, struct arena *a, struct db_val *out,
                      size_t *missing, struct err *e)
{
    if (libpq->getisnull(r, row, col)) {
        *out = DB_N;
        return true;
    }
    struct str text = str_n(libpq->getvalue(r, row, col), (size_t)libpq->getlength(r, row, col));
    switch (libpq->ftype(r, col)) {
    case OID_BOOL:
        *out = DB_I(text.len > 0 && text.ptr[0] == 't');
        return true;
    case OID_INT8:
    case OID_INT4:
    case OID_INT2:
    case OID_OID:
    case OID_NUMERIC: /* what SUM makes of integers */
        *out = DB_I(0);
        return str_to_i64(text, &out->i) || err_fault(e, "column %d is no whole number of 64 bits", col + 1);
    case OID_TEXT:
    case OID_VARCHAR:
    case OID_BPCHAR:
    case OID_NAME:
    case OID_UNKNOWN:
        *out = DB_S(text);
        break;
    case OID_BYTEA:
        if (text.len < 2 || text.len % 2 != 0)
            return err_fault(e, "column %d: bytes expected in hex", col + 1);
        *out = DB_B(str_n(text.ptr, (text.len - 2) / 2));
        break;
    default:
        return err_fault(e, "column %d is neither integer, text, bytes nor null", col + 1);
    }
    char *p = arena_try(a, out->s.len + 1);
    if (p == NULL) {
        *missing = out->s.len + 1;
        return err_fault(e, "the arena is full");
    }
    if (out->type == DB_TEXT)
        memcpy(p, text.ptr, text.len);
    else
        for (size_t i = 0; i < out->s.len; i++)
            p[i] = (char)(nibble(text.ptr[2 + 2 * i]) << 4 | nibble(text.ptr[3 + 2 * i]));
    out->s.ptr = p;
    return true;
}

static bool read_rows(const PGresult *r, struct arena *a, struct db_rows *out, size_t *missing, struct err *e)
{
    int rows = libpq->ntuples(r), cols = libpq->nfields(r);
    size_t cells = (size_t)rows * (size_t)cols;
    out->cols = (size_t)cols;
    if (rows <= 0 || cols <= 0) {
        out->rows = (size_t)rows;
        return true;
    }
    out->cells = arena_try(a, cells * sizeof *out->cells);
    if (out->cells == NULL) {
        *missing = cells * sizeof *out->cells;
        return err_fault(e, "the arena is full");
    }
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            if (!read_cell(r, i, j, a, &out->cells[(size_t)i * (size_t)cols + (size_t)j], missing, e))
                return false;
    out->rows = (size_t)rows;
    return true;
}

static bool pg_run(struct db_tx *tx, struct db_rows *out, const char *sql, const struct db_val *params,
                   size_t count, int64_t *changed)
{
    struct pg_conn *c = own(tx->conn);
    PGresult *r = say(c, sql, params, count, tx->err);
    if (r == NULL) return false;
    bool ok = true;
    size_t missing = 0;
    if (out != NULL) ok = read_rows(r, tx->arena, out, &missing, tx->err);
    if (changed != NULL && !str_to_i64(str_c(libpq->cmd_tuples(r)), changed)) *changed = 0;
    libpq->clear(r);
    if (ok) return true;
    *out = (struct db_rows){0};
    if (missing > 0) (void)arena_alloc(tx->arena, missing); /* leaves by the guard */
    return false;
}

static bool pass_on(const struct db_rows *rows, struct db_sink sink, struct err *e)
{
    for (size_t i = 0; i < rows->rows; i++)
        if (!sink.row(sink.arg, rows->cells + i * rows->cols, rows->cols, e)) return false;
    return true;
}

static bool pg_scan(struct db_conn *base, const char *sql, struct db_sink sink, struct err *e)
{
    struct arena *a = arena_new((size_t)1 << 30);
    if (a == NULL) return err_fault(e, "out of memory");
    struct buf b = buf_new(a, 256);
    buf_fmt(&b, "DECLARE scan NO SCROLL CURSOR FOR %s", sql);
    struct db_tx tx = {.conn = base, .arena = a, .err = e};
    bool ok = pg_run(&tx, NULL, str_z(a, buf_str(&b)), NULL, 0, NULL);
    struct db_rows rows = {.rows = 1};
    while (ok && rows.rows > 0) {
        arena_reset(a);
        rows = (struct db_rows){0};
        ok = pg_run(&tx, &rows, "FETCH FORWARD 256 FROM scan", NULL, 0, NULL) && pass_on(&rows, sink, e);
    }
    if (ok) ok = pg_run(&tx, NULL, "CLOSE scan", NULL, 0, NULL);
    arena_drop(a);
    return ok;
}

/* ---- transactions ---- */

static bool pg_begin(struct db_conn *base, struct err *e)
{
    struct pg_conn *c = own(base);
    c->begun = false;
    /* BEGIN goes with the first statement; only a link known to be gone is looked for now. */
    bool gone = c->link == NULL || libpq->status(c->link) == CONNECTION_BAD;
    return !gone || dial(c, e);
}

static bool end_now(struct pg_conn *c, bool commit, struct err *e)
{
    if (!send_plain(c, commit ? "COMMIT" : "ROLLBACK") || libpq->pipeline_sync(c->link) != 1)
        return unavailable(e);
    PGresult *r = hear(c);
    bool whole = r != NULL && catch_up(c);
    bool ok = whole && worked(r);
    if (!ok)
        fail(c, r, e);
    else if (commit && strcmp(libpq->cmd_status(r), "COMMIT") != 0) /* it answers ROLLBACK after an error */
        ok = err_fault(e, "a transaction was committed after an error inside it");
    libpq->clear(r);
    return ok;
}

static bool pg_finish(struct db_conn *base, bool commit, struct err *e)
{
    struct pg_conn *c = own(base);
    if (!c->begun) return true;
    bool ok = true;
    if (base->writer) {
        ok = end_now(c, commit, e);
    } else if (send_plain(c, "COMMIT") && libpq->pipeline_sync(c->link) == 1) {
        libpq->flush(c->link);
        c->owed = true;
    }
    c->begun = false;
    if (!c->owed && libpq->transaction_status(c->link) != PQTRANS_IDLE) c->crowded = true;
    return ok;
}

static bool pg_alive(const struct db_conn *base)
{
    const struct pg_conn *c = (const struct pg_conn *)base;
    return c->link != NULL && libpq->status(c->link) == CONNECTION_OK;
}

static bool pg_checkpoint(struct db_conn *c, bool full, struct err *e)
{
    (void)c;
    (void)full;
    (void)e;
    return true;
}

static bool version_row(void *arg, const struct db_val *cells, size_t cols, struct err *e)
{
    (void)arg;
    if (cols < 2 || cells[0].i < 130000)
        return err_fault(e, "the PostgreSQL server is older than version 13");
    if (!str_eq_c(cells[1].s, "UTF8")) return err_fault(e, "the database's encoding is not UTF8");
    return true;
}

static bool pg_check(struct db_conn *base, struct err *e)
{
    if (!pg_begin(base, e)) return false;
    base->open = true;
    bool ok = pg_scan(base,
                      "SELECT CAST(current_setting('server_version_num') AS bigint), "
                      "CAST(current_setting('server_encoding') AS text)",
                      (struct db_sink){version_row, NULL}, e);
    base->open = false;
    return pg_finish(base, ok, e) && ok;
}

/* ---- bulk load ---- */

static const char foreign_sql[] =
    "SELECT format('ALTER TABLE %I ALTER CONSTRAINT %I ', r.relname, c.conname) FROM pg_constraint c "
    "JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace "
    "WHERE c.contype = 'f' AND n.nspname = current_schema() ORDER BY 1";

static bool alter_foreign(struct db_tx *tx, const char *how)
{
    struct db_rows r;
    if (!db_query(tx, &r, foreign_sql)) return false;
    for (size_t i = 0; i < r.rows; i++)
        if (!db_exec(tx, str_z(tx->arena, str_cat(tx->arena, db_str(&r, i, 0), str_c(how))))) return false;
    return true;
}

/* Reads only what it has written itself: nothing to be serialized against, while a server that is busy for
 * others too may refuse a serializable transaction of this length without any cause. */
static bool pg_load_begin(struct db_tx *tx)
{
    return db_exec(tx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ") &&
           alter_foreign(tx, "DEFERRABLE INITIALLY DEFERRED");
}

static bool pg_load_end(struct db_tx *tx)
{
    return db_exec(tx, "SET CONSTRAINTS ALL IMMEDIATE") && alter_foreign(tx, "NOT DEFERRABLE");
}

const struct db_driver db_driver_postgres = {
    .engine = "postgresql",
    .one_writer = false,
    .type_int = "BIGINT",
    .type_text = "TEXT COLLATE \"C\"",
    .type_bytes = "BYTEA",
    .strict = "",
    .keyed = "",
    .connect = pg_connect,
    .disconnect = pg_disconnect,
    .begin = pg_begin,
    .finish = pg_finish,
    .alive = pg_alive,
    .run = pg_run,
    .scan = pg_scan,
    .checkpoint = pg_checkpoint,
    .check = pg_check,
    .sql_tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
    .sql_columns =
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND "
        "NOT attisdropped ORDER BY attnum",
    .load_begin = pg_load_begin,
    .load_end = pg_load_end,
    .sql_migration_lock = "LOCK TABLE schema_migration IN ACCESS EXCLUSIVE MODE",
};
