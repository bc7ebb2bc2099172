#include "core/http/server.h"
#include "modules/workers/workers_internal.h"

#define COLUMNS                                                                                              \
    "id, case_id, token, unit_id, owner, applicant, priority, created, lock_until, retries, failed, "        \
    "version, held, topic, case_no, activity, process, system, worker, message, details, variables, "        \
    "given_up"

static void tasks_of(struct ctx *c, const struct db_rows *r, struct external_task **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct external_task);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct external_task){.id = db_int(r, i, 0),
                                            .case_id = db_int(r, i, 1),
                                            .token = db_int(r, i, 2),
                                            .unit = db_int(r, i, 3),
                                            .owner = db_int(r, i, 4),
                                            .applicant = db_int(r, i, 5),
                                            .priority = db_int(r, i, 6),
                                            .created = db_int(r, i, 7),
                                            .lock_until = db_int(r, i, 8),
                                            .retries = db_int(r, i, 9),
                                            .failed = db_int(r, i, 10),
                                            .version = (int)db_int(r, i, 11),
                                            .held = db_int(r, i, 12) != 0,
                                            .topic = db_str(r, i, 13),
                                            .case_no = db_str(r, i, 14),
                                            .activity = db_str(r, i, 15),
                                            .process = db_str(r, i, 16),
                                            .system = db_str(r, i, 17),
                                            .worker = db_str(r, i, 18),
                                            .message = db_str(r, i, 19),
                                            .details = db_str(r, i, 20),
                                            .variables = db_str(r, i, 21),
                                            .given_up = db_int(r, i, 22)};
}

static struct db_val sealed(struct str s)
{
    return s.len ? DB_B(s) : DB_N;
}

bool task_store_add(struct ctx *c, const struct external_task *t)
{
    return db_exec(&c->tx,
                   "INSERT INTO external_task (" COLUMNS
                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, $10, 0, $11, $12, $13, $14, '', '', "
                   "NULL, NULL, $15, 0)",
                   DB_I(t->id), DB_I(t->case_id), DB_I(t->token), DB_I(t->unit), DB_I(t->owner),
                   DB_I(t->applicant), DB_I(t->priority), DB_I(t->created), DB_I(NO_RETRIES_SAID),
                   DB_I(t->version), DB_S(t->topic), DB_S(t->case_no), DB_S(t->activity), DB_S(t->process),
                   sealed(t->variables));
}

bool task_store_drop(struct ctx *c, int64_t case_id, int64_t token)
{
    return db_exec(&c->tx, "DELETE FROM external_task WHERE case_id = $1 AND token = $2", DB_I(case_id),
                   DB_I(token));
}

bool task_store_end(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "DELETE FROM external_task WHERE id = $1", DB_I(id));
}

bool task_store_hold(struct ctx *c, int64_t case_id, bool held)
{
    return db_exec(&c->tx, "UPDATE external_task SET held = $2 WHERE case_id = $1", DB_I(case_id),
                   DB_I(held));
}

bool task_store_find(struct ctx *c, int64_t id, struct external_task *out, bool *found)
{
    struct db_rows r;
    struct external_task *rows;
    size_t count;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS " FROM external_task WHERE id = $1", DB_I(id))) return false;
    tasks_of(c, &r, &rows, &count);
    *found = count > 0;
    if (*found) *out = rows[0];
    return true;
}

bool task_store_of_case(struct ctx *c, int64_t case_id, struct external_task **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS " FROM external_task WHERE case_id = $1 ORDER BY token",
                  DB_I(case_id)))
        return false;
    tasks_of(c, &r, rows, count);
    return true;
}

/* ---- fetching ---- */

#define FREE                                                                                                 \
    "SELECT " COLUMNS                                                                                        \
    " FROM external_task WHERE unit_id = $1 AND topic = $2 AND held = 0 AND retries <> 0 AND lock_until <= " \
    "$3 AND ($4 = '' OR case_no = $4) AND ($5 = '' OR process = $5) ORDER BY "

bool task_store_free(struct ctx *c, const struct task_query *q, struct external_task **rows, size_t *count)
{
    static const char *const statements[] = {FREE "id LIMIT $6", FREE "id DESC LIMIT $6",
                                             FREE "priority DESC, id LIMIT $6"};
    struct db_rows r;
    if (!db_query(&c->tx, &r, statements[q->by_priority ? 2 : q->newest_first], DB_I(q->unit), DB_S(q->topic),
                  DB_I(c->now), DB_S(q->case_no), DB_S(q->process), DB_I(q->limit)))
        return false;
    tasks_of(c, &r, rows, count);
    return true;
}

bool task_store_lock(struct ctx *c, const struct external_task *t, bool *taken)
{
    int64_t changed = 0;
    bool ok = db_exec_count(
        &c->tx, &changed,
        "UPDATE external_task SET system = $2, worker = $3, lock_until = $4 WHERE id = $1 AND lock_until <= "
        "$5 AND held = 0 AND retries <> 0",
        DB_I(t->id), DB_S(t->system), DB_S(t->worker), DB_I(t->lock_until), DB_I(c->now));
    *taken = changed == 1;
    return ok;
}

bool task_store_save(struct ctx *c, const struct external_task *t)
{
    return db_exec(&c->tx,
                   "UPDATE external_task SET system = $2, worker = $3, lock_until = $4, retries = $5, failed "
                   "= $6, message = $7, details = $8, given_up = $9 WHERE id = $1",
                   DB_I(t->id), DB_S(t->system), DB_S(t->worker), DB_I(t->lock_until), DB_I(t->retries),
                   DB_I(t->failed), sealed(t->message), sealed(t->details), DB_I(t->given_up));
}

/* ---- lists ---- */

#define OF_SYSTEM                                                                                            \
    " FROM external_task WHERE unit_id = $1 AND topic IN (SELECT topic FROM worker_topic WHERE "             \
    "worker_topic.system = $2) AND ($3 = 0 OR id = $3) AND ($4 = 0 OR case_id = $4) AND ($5 = '' OR topic "  \
    "= $5) AND ($6 = '' OR worker = $6) AND ($7 = 0 OR ($7 = 1 AND lock_until > $8) OR ($7 = -1 AND "        \
    "lock_until <= $8)) AND ($9 = 0 OR ($9 = 1 AND retries <> 0) OR ($9 = -1 AND retries = 0)) "
#define OF_SYSTEM_PARAMS(c, f)                                                                               \
    DB_I((f)->unit), DB_S((f)->system), DB_I((f)->id), DB_I((f)->case_id), DB_S((f)->topic),                 \
        DB_S((f)->worker), DB_I((f)->locked), DB_I((c)->now), DB_I((f)->retries)

bool task_store_list(struct ctx *c, const struct task_filter *f, struct external_task **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS OF_SYSTEM "ORDER BY id LIMIT $10 OFFSET $11",
                  OF_SYSTEM_PARAMS(c, f), DB_I(f->limit), DB_I(f->first)))
        return false;
    tasks_of(c, &r, rows, count);
    return true;
}

bool task_store_count(struct ctx *c, const struct task_filter *f, int64_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*)" OF_SYSTEM, OF_SYSTEM_PARAMS(c, f))) return false;
    *count = db_int(&r, 0, 0);
    return true;
}

#define INCIDENTS(who)                                                                                       \
    "SELECT * FROM (SELECT " COLUMNS " FROM external_task WHERE " who                                        \
    " = $1 AND retries = 0 AND id < $2 ORDER BY id DESC LIMIT $3) AS of_" who

bool task_store_incidents(struct ctx *c, int64_t unit, int64_t before, struct external_task **rows,
                          size_t *count)
{
    struct db_rows r;
    const char *sql = unit ? "SELECT * FROM (" INCIDENTS("unit_id") " UNION " INCIDENTS(
                                 "owner") ") AS both_of_them ORDER BY id DESC LIMIT $3"
                           : "SELECT " COLUMNS " FROM external_task WHERE retries = 0 AND id > $1 AND id < "
                             "$2 ORDER BY id DESC LIMIT $3";
    if (!db_query(&c->tx, &r, sql, DB_I(unit), DB_I(before > 0 ? before : INT64_MAX), DB_I(TASKS_PAGE + 1)))
        return false;
    tasks_of(c, &r, rows, count);
    return true;
}

bool task_store_count_incidents(struct ctx *c, int64_t unit, int64_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT COUNT(*) FROM (SELECT id FROM (SELECT id FROM external_task WHERE unit_id = $1 AND "
            "retries = 0 LIMIT $2) AS of_systems UNION SELECT id FROM (SELECT id FROM external_task WHERE "
            "owner = $1 AND retries = 0 LIMIT $2) AS of_cases) AS both_of_them",
            DB_I(unit), DB_I(INCIDENTS_COUNTED + 1)))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}

bool task_store_figures(struct ctx *c, int64_t unit, struct topic_figures **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT topic, SUM(CASE WHEN retries <> 0 AND lock_until <= $2 THEN 1 ELSE 0 END), "
            "SUM(CASE WHEN retries <> 0 AND lock_until > $2 THEN 1 ELSE 0 END), SUM(CASE WHEN retries = "
            "0 THEN 1 ELSE 0 END), MIN(created) FROM external_task WHERE unit_id = $1 GROUP BY topic "
            "ORDER BY topic LIMIT 100",
            DB_I(unit), DB_I(c->now)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct topic_figures);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct topic_figures){db_str(&r, i, 0), db_int(&r, i, 1), db_int(&r, i, 2),
                                            db_int(&r, i, 3), db_int(&r, i, 4)};
    return true;
}

/* ---- access ---- */

bool access_store_digest(struct ctx *c, struct str system, struct str *digest)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT digest FROM worker_access WHERE system = $1", DB_S(system)))
        return false;
    *digest = r.rows ? db_str(&r, 0, 0) : STR_EMPTY;
    return true;
}

bool access_store_set(struct ctx *c, struct str system, struct str digest)
{
    return db_exec(&c->tx,
                   "INSERT INTO worker_access (system, digest, added, added_by) VALUES ($1, $2, $3, $4) ON "
                   "CONFLICT (system) DO UPDATE SET digest = excluded.digest, added = excluded.added, "
                   "added_by = excluded.added_by",
                   DB_S(system), DB_B(digest), DB_I(c->now), DB_I(c->actor.account));
}

bool access_store_end(struct ctx *c, struct str system)
{
    return db_exec(&c->tx, "DELETE FROM worker_access WHERE system = $1", DB_S(system));
}

bool topic_store_has(struct ctx *c, struct str system, struct str topic, bool *has)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT 1 FROM worker_topic WHERE system = $1 AND topic = $2", DB_S(system),
                  DB_S(topic)))
        return false;
    *has = r.rows > 0;
    return true;
}

bool topic_store_list(struct ctx *c, struct str system, struct str **topics, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT topic FROM worker_topic WHERE system = $1 ORDER BY topic LIMIT 200",
                  DB_S(system)))
        return false;
    *topics = ARENA_ARRAY(c->arena, r.rows + 1, struct str);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*topics)[i] = db_str(&r, i, 0);
    return true;
}

bool topic_store_add(struct ctx *c, struct str system, struct str topic)
{
    return db_exec(&c->tx,
                   "INSERT INTO worker_topic (system, topic, added, added_by) VALUES ($1, $2, $3, $4) ON "
                   "CONFLICT (system, topic) DO NOTHING",
                   DB_S(system), DB_S(topic), DB_I(c->now), DB_I(c->actor.account));
}

bool topic_store_remove(struct ctx *c, struct str system, struct str topic, bool *was)
{
    int64_t changed = 0;
    bool ok = db_exec_count(&c->tx, &changed, "DELETE FROM worker_topic WHERE system = $1 AND topic = $2",
                            DB_S(system), DB_S(topic));
    *was = changed > 0;
    return ok;
}
