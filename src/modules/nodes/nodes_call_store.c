#include "modules/nodes/nodes_internal.h"

/* ---- calls sent ---- */

bool asked_store_find(struct ctx *c, struct str client, struct str call, int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM node_asked WHERE client = $1 AND call = $2", DB_S(client),
                  DB_S(call)))
        return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool asked_store_begin(struct ctx *c, const struct asked_row *r, int64_t *id)
{
    int64_t count = 0;
    *id = 0;
    if (!db_exec_count(
            &c->tx, &count,
            "INSERT INTO node_asked (id, client, call, node, service, content, purpose, item, case_no, "
            "subject, "
            "subject_index, state, result, answer, attempts, at, ended, unit) VALUES ($1, $2, $3, $4, $5, "
            "$6, $7, "
            "$8, $9, "
            "$10, $11, 'sent', '', '', 1, $12, 0, $13) ON CONFLICT (client, call) DO UPDATE SET attempts = "
            "node_asked.attempts + 1, at = excluded.at, state = CASE WHEN node_asked.state IN ('ok', "
            "'refused') THEN "
            "node_asked.state ELSE 'sent' END WHERE node_asked.content = excluded.content AND "
            "node_asked.service = "
            "excluded.service",
            DB_I(r->id), DB_S(r->client), DB_S(r->call), DB_S(r->node), DB_S(r->service), DB_S(r->content),
            DB_S(r->purpose), DB_S(r->item), DB_S(r->case_no), DB_I(r->subject), DB_B(r->subject_index),
            DB_I(c->now), DB_I(r->unit)) ||
        !count)
        return c->err->kind == ERR_NONE;
    return asked_store_find(c, r->client, r->call, id);
}

bool asked_store_refused(struct ctx *c, const struct asked_row *r, int64_t *id)
{
    int64_t count = 0;
    *id = 0;
    if (!db_exec_count(
            &c->tx, &count,
            "INSERT INTO node_asked (id, client, call, node, service, content, purpose, item, case_no, "
            "subject, subject_index, state, result, answer, attempts, at, ended, unit) VALUES ($1, $2, $3, "
            "$4, $5, "
            "$6, $7, '', $8, $9, $10, 'refused', $11, '', 0, $12, $12, $13) ON CONFLICT (client, call) DO "
            "UPDATE "
            "SET at = node_asked.at WHERE node_asked.subject_index = excluded.subject_index",
            DB_I(r->id), DB_S(r->client), DB_S(r->call), DB_S(r->node), DB_S(r->service), DB_S(r->content),
            DB_S(r->purpose), DB_S(r->case_no), DB_I(r->subject), DB_B(r->subject_index), DB_S(r->result),
            DB_I(c->now), DB_I(r->unit)) ||
        !count)
        return c->err->kind == ERR_NONE;
    return asked_store_find(c, r->client, r->call, id);
}

bool asked_store_end(struct ctx *c, int64_t id, struct str state, struct str result, struct str answer)
{
    /* A repeat that was lost takes nothing back of what is known. */
    return db_exec(
        &c->tx,
        "UPDATE node_asked SET state = $2, result = $3, answer = $4, ended = $5 WHERE id = $1 AND ($2 <> "
        "'unknown' OR state NOT IN ('ok', 'refused'))",
        DB_I(id), DB_S(state), DB_S(result), DB_S(answer), DB_I(c->now));
}

bool asked_store_forget(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "UPDATE node_asked SET subject_index = $2 WHERE subject = $1", DB_I(subject),
                   DB_B(STR_EMPTY));
}

#define ASKED                                                                                                \
    "SELECT id, client, call, node, service, content, purpose, item, case_no, subject, state, result, "      \
    "answer, attempts, at, ended, subject_index FROM node_asked "

static bool asked_rows(struct ctx *c, const struct db_rows *r, struct asked_row **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct asked_row);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct asked_row){.id = db_int(r, i, 0),
                                        .client = db_str(r, i, 1),
                                        .call = db_str(r, i, 2),
                                        .node = db_str(r, i, 3),
                                        .service = db_str(r, i, 4),
                                        .content = db_str(r, i, 5),
                                        .purpose = db_str(r, i, 6),
                                        .item = db_str(r, i, 7),
                                        .case_no = db_str(r, i, 8),
                                        .subject = db_int(r, i, 9),
                                        .state = db_str(r, i, 10),
                                        .result = db_str(r, i, 11),
                                        .answer = db_str(r, i, 12),
                                        .attempts = db_int(r, i, 13),
                                        .at = db_int(r, i, 14),
                                        .ended = db_int(r, i, 15),
                                        .subject_index = db_str(r, i, 16)};
    *count = r->rows;
    return true;
}

bool asked_store_open(struct ctx *c, int64_t before, struct asked_row **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r, ASKED "WHERE state IN ('sent', 'unknown') AND at < $1 ORDER BY id LIMIT $2",
                    DB_I(before), DB_I(SETTLE_BATCH)) &&
           asked_rows(c, &r, rows, count);
}

bool asked_store_list(struct ctx *c, int64_t unit, int64_t before, struct asked_row **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    unit ? ASKED "WHERE unit = $3 AND id < $1 ORDER BY id DESC LIMIT $2"
                         : ASKED "WHERE id < $1 AND $3 = 0 ORDER BY id DESC LIMIT $2",
                    DB_I(before > 0 ? before : INT64_MAX), DB_I(NODES_PAGE + 1), DB_I(unit)) &&
           asked_rows(c, &r, rows, count);
}

bool asked_store_load(struct ctx *c, int64_t id, struct asked_row *out, bool *found)
{
    struct db_rows r;
    struct asked_row *rows;
    size_t count;
    if (!db_query(&c->tx, &r, ASKED "WHERE id = $1", DB_I(id)) || !asked_rows(c, &r, &rows, &count))
        return false;
    *found = count > 0;
    if (*found) *out = rows[0];
    return true;
}

bool asked_store_about(struct ctx *c, struct str subject_index, int64_t before, int limit,
                       struct asked_row **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r, ASKED "WHERE subject_index = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                    DB_B(subject_index), DB_I(before > 0 ? before : INT64_MAX), DB_I(limit)) &&
           asked_rows(c, &r, rows, count);
}

/* ---- calls served ---- */

#define SERVED                                                                                               \
    "SELECT id, node, client, call, service, content, result, digest, answer, times, at FROM node_served "

static struct served_row served_of(const struct db_rows *r, size_t i)
{
    return (struct served_row){.id = db_int(r, i, 0),
                               .node = db_str(r, i, 1),
                               .client = db_str(r, i, 2),
                               .call = db_str(r, i, 3),
                               .service = db_str(r, i, 4),
                               .content = db_str(r, i, 5),
                               .result = db_str(r, i, 6),
                               .digest = db_str(r, i, 7),
                               .answer = db_str(r, i, 8),
                               .times = db_int(r, i, 9),
                               .at = db_int(r, i, 10)};
}

bool served_store_find(struct ctx *c, struct str client, struct str call, struct served_row *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, SERVED "WHERE client = $1 AND call = $2", DB_S(client), DB_S(call)))
        return false;
    *found = r.rows > 0;
    if (*found) *out = served_of(&r, 0);
    return true;
}

bool served_store_add(struct ctx *c, const struct served_row *r)
{
    return db_exec(
        &c->tx,
        "INSERT INTO node_served (id, node, client, call, service, content, result, digest, answer, times, "
        "at, unit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11)",
        DB_I(r->id), DB_S(r->node), DB_S(r->client), DB_S(r->call), DB_S(r->service), DB_S(r->content),
        DB_S(r->result), DB_S(r->digest), DB_B(r->answer), DB_I(c->now), DB_I(r->unit));
}

bool served_store_replace(struct ctx *c, const struct served_row *r)
{
    return db_exec(&c->tx,
                   "UPDATE node_served SET result = $2, digest = $3, answer = $4, at = $5, times = times + 1 "
                   "WHERE id = $1",
                   DB_I(r->id), DB_S(r->result), DB_S(r->digest), DB_B(r->answer), DB_I(c->now));
}

bool served_store_again(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "UPDATE node_served SET times = times + 1 WHERE id = $1", DB_I(id));
}

bool served_store_list(struct ctx *c, int64_t unit, int64_t before, struct served_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  unit ? SERVED "WHERE unit = $3 AND id < $1 ORDER BY id DESC LIMIT $2"
                       : SERVED "WHERE id < $1 AND $3 = 0 ORDER BY id DESC LIMIT $2",
                  DB_I(before > 0 ? before : INT64_MAX), DB_I(NODES_PAGE + 1), DB_I(unit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct served_row);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = served_of(&r, i);
    *count = r.rows;
    return true;
}

bool nonce_store_take(struct ctx *c, struct str node, struct str nonce, bool *fresh)
{
    int64_t count = 0;
    bool ok = db_exec_count(
        &c->tx, &count,
        "INSERT INTO node_nonce (node, nonce, at) VALUES ($1, $2, $3) ON CONFLICT (node, nonce) DO "
        "NOTHING",
        DB_S(node), DB_S(nonce), DB_I(c->now));
    *fresh = count > 0;
    return ok;
}

bool call_store_clean(struct ctx *c, const struct json *payload)
{
    return db_exec(&c->tx, "DELETE FROM node_nonce WHERE at < $1", DB_I(c->now - 2 * NODES_WINDOW)) &&
           db_exec(&c->tx, "UPDATE node_served SET answer = $2 WHERE at < $1 AND at >= $3 AND answer <> $2",
                   DB_I(c->now - NODES_KEEP), DB_B(STR_EMPTY), DB_I(c->now - 30 * NODES_KEEP));
}

/* ---- facts for cases ---- */

bool fact_store_put(struct ctx *c, const struct fact_row *r)
{
    return db_exec(
        &c->tx,
        "INSERT INTO node_fact (case_id, service, subject, result, facts, at) VALUES ($1, $2, $3, $4, $5, "
        "$6) ON CONFLICT (case_id, service) DO UPDATE SET result = excluded.result, facts = "
        "excluded.facts, at = excluded.at",
        DB_I(r->case_id), DB_S(r->service), DB_I(r->subject), DB_S(r->result), DB_B(r->facts), DB_I(c->now));
}

bool fact_store_of(struct ctx *c, int64_t case_id, struct fact_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT case_id, service, subject, result, facts, at FROM node_fact WHERE case_id = $1 ORDER BY "
            "service",
            DB_I(case_id)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct fact_row);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct fact_row){.case_id = db_int(&r, i, 0),
                                       .service = db_str(&r, i, 1),
                                       .subject = db_int(&r, i, 2),
                                       .result = db_str(&r, i, 3),
                                       .facts = db_str(&r, i, 4),
                                       .at = db_int(&r, i, 5)};
    *count = r.rows;
    return true;
}

bool fact_store_forget(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "DELETE FROM node_fact WHERE subject = $1", DB_I(subject));
}
