/* A table of a provider's PostgreSQL: one read-only statement with a bound parameter, bounded by the server's
 * statement_timeout and by a clock of our own, since a server that is gone ends nothing. Connections that
 * worked are kept. */
#include "core/base/time.h"
#include "core/db/libpq.h"
#include "modules/exchange/exchange_source.h"

#include <poll.h>
#include <pthread.h>

enum { IDLE_MAX = 8, BOOL_OID = 16 };

struct pg_pool {
    pthread_mutex_t lock;
    struct {
        const char *place; /* of the operator's list, which outlives the pool */
        PGconn *conn;
    } idle[IDLE_MAX];
    size_t count;
};

struct pg_pool *pg_pool_new(void)
{
    struct pg_pool *p = mem_alloc(1, sizeof *p);
    if (p) pthread_mutex_init(&p->lock, NULL);
    return p;
}

void pg_pool_drop(struct pg_pool *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->count; i++)
        libpq->finish(p->idle[i].conn);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

static PGconn *take_kept(struct pg_pool *p, const char *place)
{
    PGconn *conn = NULL;
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < p->count && !conn; i++) {
        if (p->idle[i].place != place) continue;
        conn = p->idle[i].conn;
        p->idle[i] = p->idle[--p->count];
    }
    pthread_mutex_unlock(&p->lock);
    return conn;
}

static void keep(struct pg_pool *p, const char *place, PGconn *conn)
{
    pthread_mutex_lock(&p->lock);
    bool room = p->count < IDLE_MAX;
    if (room) {
        p->idle[p->count].place = place;
        p->idle[p->count++].conn = conn;
    }
    pthread_mutex_unlock(&p->lock);
    if (!room) libpq->finish(conn);
}

static bool wait_for(PGconn *conn, short events, int64_t until)
{
    struct pollfd p = {.fd = libpq->socket(conn), .events = events};
    int64_t left = (until - time_monotonic_us()) / 1000;
    return p.fd >= 0 && left > 0 && poll(&p, 1, (int)left) > 0;
}

static void ignore_notice(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

static PGconn *connect_to(const char *place, int64_t until)
{
    const char *const names[] = {"dbname", "connect_timeout", "client_encoding", "application_name", NULL};
    const char *const values[] = {place, "2", "UTF8", "tongban", NULL};
    PGconn *conn = libpq->connect_start_params(names, values, 1);
    if (!conn || libpq->status(conn) == CONNECTION_BAD) return conn;
    libpq->set_notice_receiver(conn, ignore_notice, NULL);
    for (PostgresPollingStatusType want = PGRES_POLLING_WRITING; want != PGRES_POLLING_OK;) {
        if (want == PGRES_POLLING_FAILED ||
            !wait_for(conn, want == PGRES_POLLING_READING ? POLLIN : POLLOUT, until))
            break;
        want = libpq->connect_poll(conn);
    }
    return conn;
}

/* The last result of what was sent; NULL when the time is over or the connection is gone. */
static PGresult *result_in_time(PGconn *conn, int64_t until)
{
    PGresult *last = NULL;
    for (;;) {
        while (libpq->is_busy(conn)) {
            if (!wait_for(conn, POLLIN, until) || !libpq->consume_input(conn)) {
                libpq->clear(last);
                return NULL;
            }
        }
        PGresult *next = libpq->get_result(conn);
        if (!next) return last;
        libpq->clear(last);
        last = next;
    }
}

static bool settle(PGconn *conn, int timeout_ms, int64_t until)
{
    char sql[120];
    snprintf(sql, sizeof sql, "SET default_transaction_read_only = on; SET statement_timeout = %d",
             timeout_ms);
    PGresult *r = libpq->send_query(conn, sql) ? result_in_time(conn, until) : NULL;
    bool ok = libpq->result_status(r) == PGRES_COMMAND_OK;
    libpq->clear(r);
    return ok;
}

/* Without a jump over the result: what does not fit is no record. */
static struct json *cell(struct arena *a, const PGresult *r, int row, int col)
{
    struct json *value = arena_try(a, sizeof *value);
    if (!value || libpq->getisnull(r, row, col)) return value;
    size_t len = (size_t)libpq->getlength(r, row, col);
    char *text = arena_try(a, len + 1);
    if (!text) return NULL;
    memcpy(text, libpq->getvalue(r, row, col), len);
    value->type = JSON_STRING;
    value->text = str_n(text, len);
    if (libpq->ftype(r, col) == BOOL_OID) {
        value->type = JSON_BOOL;
        value->boolean = len == 1 && text[0] == 't';
    }
    return value;
}

/* Room for the rows is made before the result is there: nothing jumps over it. */
struct pg_rows {
    const char **names;
    struct json *all, *more, **each;
};

static struct pg_rows rows_for(struct arena *a, const struct source *s)
{
    size_t most = s->limit > 1 ? RECORDS_MAX : 1;
    struct pg_rows out = {.names = ARENA_ARRAY(a, s->item_count, const char *),
                          .all = json_array(a),
                          .more = json_boolean(a, true),
                          .each = ARENA_ARRAY(a, most, struct json *)};
    for (size_t i = 0; i < s->item_count; i++)
        out.names[i] = str_z(a, s->items[i].id);
    for (size_t i = 0; i < most; i++)
        out.each[i] = json_object(a);
    return out;
}

static bool read_result(const struct source *s, struct arena *a, const PGresult *r, const struct pg_rows *to,
                        const struct json **record, struct err *e)
{
    const char *state = libpq->result_error_field(r, PG_DIAG_SQLSTATE);
    if (libpq->result_status(r) != PGRES_TUPLES_OK)
        return source_broken(e, "SQLSTATE %s", state ? state : "?");
    int count = libpq->ntuples(r), most = s->limit > 1 ? RECORDS_MAX : 1;
    if (count == 0) return true;
    if (count > 1 && most == 1) return source_broken(e, "two rows of one number");
    for (int row = 0; row < count && row < most; row++) {
        for (size_t i = 0; i < s->item_count; i++) {
            struct json *value = cell(a, r, row, (int)i);
            if (!value) return source_broken(e, "more than memory holds");
            json_set(to->each[row], to->names[i], value);
        }
        json_add(to->all, to->each[row]);
    }
    if (count > most) json_add(to->all, to->more);
    *record = most > 1 ? to->all : to->each[0];
    return true;
}

bool source_postgres(struct pg_pool *p, const struct source *s, struct arena *a, struct str number,
                     const struct json **record, bool *retry, struct err *e)
{
    if (!libpq_load(e)) return false;
    int64_t until = time_monotonic_us() + (int64_t)s->timeout_ms * 1000;
    const char *sql = str_z(a, source_sql(a, s)), *values[] = {str_z(a, number)};
    const struct pg_rows rows = rows_for(a, s);
    PGconn *conn = take_kept(p, s->place);
    bool kept = conn != NULL;
    if (!kept) conn = connect_to(s->place, until);
    if (libpq->status(conn) != CONNECTION_OK) {
        libpq->finish(conn);
        *retry = true;
        return source_broken(e, "the database cannot be reached");
    }
    PGresult *r = (kept || settle(conn, s->timeout_ms, until)) &&
                          libpq->send_query_params(conn, sql, 1, NULL, values, NULL, NULL, 0)
                      ? result_in_time(conn, until)
                      : NULL;
    bool ok = r ? read_result(s, a, r, &rows, record, e) : source_broken(e, "no answer in time");
    libpq->clear(r);
    *retry = !r && kept && time_monotonic_us() < until; /* it was closed while nobody used it */
    if (r && libpq->status(conn) == CONNECTION_OK)
        keep(p, s->place, conn);
    else
        libpq->finish(conn);
    return ok;
}
