#include "core/jobs/jobs_internal.h"

#include "core/base/time.h"
#include "core/crypto/crypto.h"
#include "core/http/server.h"

enum { ATTEMPTS_DEFAULT = 8, LIST_MAX = 200, PAYLOAD_MAX = 256 << 10 };
static const int64_t LEASE_MS = MS_MINUTE;

/* Pauses after the first, second … failure; the last one for all that follow. */
static const int64_t PAUSES[] = {MS_SECOND,     5 * MS_SECOND,  30 * MS_SECOND,
                                 2 * MS_MINUTE, 10 * MS_MINUTE, MS_HOUR};

const struct job_kind *job_find_kind(struct server *s, struct str name)
{
    const struct module *const *modules;
    size_t count = server_modules(s, &modules);
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->job_count; i++)
            if (str_eq_c(name, modules[m]->jobs[i].name)) return &modules[m]->jobs[i];
    return NULL;
}

/* A job that is being worked on comes again: what it has read may be older than this call. One that waits for
 * its first attempt keeps the earlier time; a parked one gets a new life; one between attempts keeps its
 * pause. */
static const char ADD_SQL[] =
    "INSERT INTO job (id, kind, unique_key, payload, status, wake, attempts, lease, again, error, created) "
    "VALUES ($1, $2, $3, $4, 'due', $5, 0, 0, 0, '', $6) ON CONFLICT (kind, unique_key) DO UPDATE SET "
    "again = CASE WHEN job.status = 'leased' THEN 1 ELSE 0 END, "
    "wake = CASE WHEN job.status = 'parked' OR (job.status = 'due' AND job.attempts = 0 AND excluded.wake < "
    "job.wake) "
    "THEN excluded.wake ELSE job.wake END, "
    "attempts = CASE WHEN job.status = 'parked' THEN 0 ELSE job.attempts END, "
    "payload = excluded.payload, "
    "status = CASE WHEN job.status = 'parked' THEN 'due' ELSE job.status END";

bool job_add(struct ctx *c, const char *kind, struct str key, const struct json *payload, int64_t run_at)
{
    if (!job_find_kind(c->server, str_c(kind))) return err_fault(c->err, "no such kind of job: %s", kind);
    struct str text = payload ? json_to_str(c->arena, payload) : STR("{}");
    if (text.len > PAYLOAD_MAX) return err_fault(c->err, "payload of job %s has %zu bytes", kind, text.len);
    /* What is not due yet is found when workers look again by themselves. */
    if (run_at <= c->now) c->jobs_added = true;
    return db_exec(&c->tx, ADD_SQL, DB_I(ctx_id(c)), DB_C(kind), DB_S0(key), DB_S(text), DB_I(run_at),
                   DB_I(c->now));
}

bool queue_add_repeating(struct ctx *c)
{
    const struct module *const *modules;
    size_t count = server_modules(c->server, &modules);
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->job_count; i++) {
            const struct job_kind *k = &modules[m]->jobs[i];
            if (k->every_ms > 0 && !db_exec(&c->tx,
                                            "INSERT INTO job (id, kind, unique_key, payload, status, wake, "
                                            "attempts, lease, again, error, created) "
                                            "VALUES ($1, $2, $2, '{}', 'due', $3, 0, 0, 0, '', $3) ON "
                                            "CONFLICT (kind, unique_key) DO NOTHING",
                                            DB_I(ctx_id(c)), DB_C(k->name), DB_I(c->now)))
                return false;
        }
    return true;
}

bool queue_next_wake(struct ctx *c)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT wake FROM job WHERE wake IS NOT NULL ORDER BY wake LIMIT 1"))
        return false;
    *(int64_t *)ctx_arg(c) = rows.rows ? db_int(&rows, 0, 0) : INT64_MAX;
    return true;
}

/* The attempt is counted here, before the work: a job that takes the program down with it is not tried for
 * ever. */
bool queue_lease(struct ctx *c)
{
    struct lease_list *list = ctx_arg(c);
    struct db_rows rows;
    list->count = 0;
    if (!db_query(
            &c->tx, &rows,
            "SELECT id, kind, payload, attempts, wake FROM job WHERE wake <= $1 ORDER BY wake, id LIMIT $2",
            DB_I(c->now), DB_I(LEASE_MAX)))
        return false;
    for (size_t i = 0; i < rows.rows; i++) {
        int64_t id = db_int(&rows, i, 0), lease = ctx_id(c), until = c->now + LEASE_MS, changed = 0;
        if (!db_exec_count(&c->tx, &changed,
                           "UPDATE job SET status = 'leased', wake = $3, lease = $4, attempts = attempts + 1 "
                           "WHERE id = $1 AND wake = $2",
                           DB_I(id), DB_I(db_int(&rows, i, 4)), DB_I(until), DB_I(lease)))
            return false;
        if (!changed) continue; /* another process was faster */
        list->jobs[list->count++] = (struct leased_job){
            .id = id,
            .lease = lease,
            .until = until,
            .kind = str_dup(list->arena, db_str(&rows, i, 1)),
            .payload = str_dup(list->arena, db_str(&rows, i, 2)),
            .attempts = db_int(&rows, i, 3) + 1,
        };
    }
    return true;
}

bool queue_still_leased(struct ctx *c, const struct leased_job *j, bool *ours)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT 1 FROM job WHERE id = $1 AND lease = $2 AND status = 'leased'",
                  DB_I(j->id), DB_I(j->lease)))
        return false;
    *ours = rows.rows > 0;
    return true;
}

bool queue_finish(struct ctx *c, const struct leased_job *j, const struct job_kind *kind)
{
    int64_t every = kind->every_ms > 0 ? kind->every_ms : 0, changed = 0;
    if (!db_exec_count(&c->tx, &changed,
                       "UPDATE job SET status = 'due', wake = CASE WHEN again = 1 THEN $3 ELSE $4 END, "
                       "attempts = 0, lease = 0, "
                       "again = 0, error = '' WHERE id = $1 AND lease = $2 AND (again = 1 OR ($5 > 0 AND "
                       "unique_key = kind))",
                       DB_I(j->id), DB_I(j->lease), DB_I(c->now), DB_I(c->now + every), DB_I(every)))
        return false;
    return changed ||
           db_exec(&c->tx, "DELETE FROM job WHERE id = $1 AND lease = $2", DB_I(j->id), DB_I(j->lease));
}

/* A kind that starts by itself is never parked: nobody would add it again. */
bool queue_fail(struct ctx *c, const struct leased_job *j, const struct job_kind *kind, struct str why,
                bool *parked)
{
    size_t last = sizeof PAUSES / sizeof *PAUSES - 1;
    int64_t pause = PAUSES[j->attempts - 1 < (int64_t)last ? (size_t)(j->attempts - 1) : last];
    int most = kind && kind->attempts > 0 ? kind->attempts : ATTEMPTS_DEFAULT;
    bool park = j->attempts >= most && !(kind && kind->every_ms > 0);
    struct db_rows r;
    *parked = false;
    if (!db_exec(
            &c->tx,
            "UPDATE job SET status = CASE WHEN again = 1 THEN 'due' ELSE $3 END, wake = CASE WHEN again = 1 "
            "THEN $6 ELSE $4 END, "
            "attempts = CASE WHEN again = 1 THEN 0 ELSE attempts END, lease = 0, again = 0, error = $5 "
            "WHERE id = $1 AND lease = $2 AND status = 'leased'",
            DB_I(j->id), DB_I(j->lease), DB_C(park ? "parked" : "due"), park ? DB_N : DB_I(c->now + pause),
            DB_S(why), DB_I(c->now + pause)))
        return false;
    if (!park) return true;
    if (!db_query(&c->tx, &r, "SELECT 1 FROM job WHERE id = $1 AND status = 'parked'", DB_I(j->id)))
        return false;
    *parked = r.rows > 0;
    return true;
}

bool jobs_list(struct ctx *c, struct str status, int64_t before, int limit, struct job_row **rows,
               size_t *count)
{
    struct db_rows r;
    if (limit < 1 || limit > LIST_MAX) limit = LIST_MAX;
    *count = 0;
#define COLUMNS "SELECT id, kind, status, error, attempts, wake, created FROM job "
    const char *sql = str_eq_c(status, "parked") /* few among very many: an index of their own */
                          ? COLUMNS
                          "WHERE status = 'parked' AND $1 <> '' AND id < $2 ORDER BY id DESC LIMIT $3"
                          : COLUMNS "WHERE ($1 = '' OR status = $1) AND id < $2 ORDER BY id DESC LIMIT $3";
#undef COLUMNS
    if (!db_query(&c->tx, &r, sql, DB_S(status), DB_I(before > 0 ? before : INT64_MAX), DB_I(limit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct job_row);
    for (size_t i = 0; i < r.rows; i++) {
        const struct job_kind *kind = job_find_kind(c->server, db_str(&r, i, 1));
        (*rows)[i] = (struct job_row){
            .id = db_int(&r, i, 0),
            .kind = db_str(&r, i, 1),
            .title = kind ? kind->title : NULL,
            .status = db_str(&r, i, 2),
            .error = db_str(&r, i, 3),
            .attempts = (int)db_int(&r, i, 4),
            .run_at = db_int(&r, i, 5),
            .created = db_int(&r, i, 6),
        };
    }
    *count = r.rows;
    return true;
}

static bool tell_parked(struct ctx *c, const struct job_kind *kind, int64_t id, struct str payload)
{
    struct json *p = json_parse(c->arena, payload, JSON_STRICT, c->err);
    if (p) return kind->parks(c, kind, id, p, true);
    err_clear(c->err);
    return true;
}

bool jobs_tell_parked(struct ctx *c, const struct job_kind *kinds, size_t count, int64_t after, int limit,
                      int64_t *last)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, kind, payload FROM job WHERE status = 'parked' AND id > $1 ORDER BY id LIMIT $2",
            DB_I(after), DB_I(limit)))
        return false;
    for (size_t i = 0; i < r.rows; i++)
        for (size_t k = 0; k < count; k++)
            if (kinds[k].parks && str_eq_c(db_str(&r, i, 1), kinds[k].name) &&
                !tell_parked(c, &kinds[k], db_int(&r, i, 0), db_str(&r, i, 2)))
                return false;
    *last = r.rows == (size_t)limit ? db_int(&r, r.rows - 1, 0) : 0;
    return true;
}

bool job_retry(struct ctx *c, int64_t id)
{
    int64_t changed = 0;
    if (!db_exec_count(&c->tx, &changed,
                       "UPDATE job SET status = 'due', wake = $2, attempts = 0, lease = 0 WHERE id = $1 AND "
                       "status <> 'leased'",
                       DB_I(id), DB_I(c->now)))
        return false;
    if (!changed) return err_missing(c->err, "job.missing", "There is no such job waiting or parked.");
    c->jobs_added = true;
    return true;
}
