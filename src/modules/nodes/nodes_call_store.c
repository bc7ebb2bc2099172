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

#define ADD                                                                                                  \
    "INSERT INTO node_asked (id, client, call, node, service, content, purpose, item, case_no, subject, "    \
    "subject_index, state, result, answer, attempts, at, ended, unit, system, operator, fields, mode, "      \
    "party, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $14, $15, '', $16, $12, $17, $13, "  \
    "$18, $19, $20, $21, $22, $23) ON CONFLICT (client, call) DO UPDATE SET "

/* state "sent": it is about to leave; "refused": it never does. */
static bool add_asked(struct ctx *c, const char *sql, const char *state, const struct asked_row *r,
                      int64_t *id)
{
    const bool sent = strcmp(state, "sent") == 0;
    int64_t count = 0, party, data;
    struct str subsystem, code, version;
    *id = 0;
    service_split(r->service, &subsystem, &code, &version);
    struct str service = str_fmt(c->arena, "%.*s/%.*s", STR_ARG(subsystem), STR_ARG(code));
    if (!number_store_of(c, "node", r->node, &party) || !number_store_of(c, "service", service, &data))
        return false;
    const struct db_val params[] = {DB_I(r->id),
                                    DB_S(r->client),
                                    DB_S(r->call),
                                    DB_S(r->node),
                                    DB_S(r->service),
                                    DB_S(r->content),
                                    DB_S(r->purpose),
                                    DB_S(r->item),
                                    DB_S(r->case_no),
                                    DB_I(r->subject),
                                    DB_B(r->subject_index),
                                    DB_I(c->now),
                                    DB_I(r->unit),
                                    DB_C(state),
                                    DB_S(r->result),
                                    DB_I(sent),
                                    DB_I(sent ? 0 : c->now),
                                    DB_I(r->system),
                                    DB_S(r->operator_id),
                                    DB_S(r->fields),
                                    DB_S(r->mode),
                                    DB_I(party),
                                    DB_I(data)};
    if (!db_exec_n(&c->tx, sql, params, sizeof params / sizeof params[0], &count) || !count)
        return c->err->kind == ERR_NONE;
    return asked_store_find(c, r->client, r->call, id);
}

bool asked_store_begin(struct ctx *c, const struct asked_row *r, int64_t *id)
{
    static const char sql[] =
        ADD "attempts = node_asked.attempts + 1, at = excluded.at, state = CASE WHEN node_asked.state IN "
            "('ok', 'refused') THEN node_asked.state ELSE 'sent' END WHERE node_asked.content = "
            "excluded.content AND node_asked.service = excluded.service";
    return add_asked(c, sql, "sent", r, id);
}

bool asked_store_refused(struct ctx *c, const struct asked_row *r, int64_t *id)
{
    static const char sql[] =
        ADD "at = node_asked.at WHERE node_asked.subject_index = excluded.subject_index";
    return add_asked(c, sql, "refused", r, id);
}

bool asked_store_end(struct ctx *c, int64_t id, struct str state, struct str result, struct str answer,
                     int64_t took_us)
{
    /* A repeat that was lost takes nothing back of what is known, nor one that was refused of what was
     * answered. */
    return db_exec(
        &c->tx,
        "UPDATE node_asked SET state = $2, result = $3, answer = $4, ended = $5, took_us = CASE "
        "WHEN took_us = 0 THEN $6 ELSE took_us END WHERE id = $1 AND (state <> 'ok' OR $2 = 'ok') AND ($2 <> "
        "'unknown' OR state <> 'refused')",
        DB_I(id), DB_S(state), DB_S(result), DB_S(answer), DB_I(c->now), DB_I(took_us));
}

bool asked_store_forget(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "UPDATE node_asked SET subject_index = $2 WHERE subject = $1", DB_I(subject),
                   DB_B(STR_EMPTY));
}

#define ASKED                                                                                                \
    "SELECT id, client, call, node, service, content, purpose, item, case_no, subject, state, result, "      \
    "answer, attempts, at, ended, subject_index, unit, system, operator, fields, mode, took_us, party, "     \
    "data "                                                                                                  \
    "FROM node_asked "

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
                                        .subject_index = db_str(r, i, 16),
                                        .unit = db_int(r, i, 17),
                                        .system = db_int(r, i, 18),
                                        .operator_id = db_str(r, i, 19),
                                        .fields = db_str(r, i, 20),
                                        .mode = db_str(r, i, 21),
                                        .took_us = db_int(r, i, 22),
                                        .party = db_int(r, i, 23),
                                        .data = db_int(r, i, 24)};
    *count = r->rows;
    return true;
}

bool asked_store_open(struct ctx *c, int64_t before, int64_t after, const struct silent_nodes *except,
                      struct asked_row **rows, size_t *count)
{
    struct db_rows r;
    struct db_val params[3 + SILENT_MAX] = {DB_I(before), DB_I(after), DB_I(SETTLE_BATCH)};
    struct buf sql = buf_new(c->arena, 512);
    buf_add_c(&sql, ASKED "WHERE state IN ('sent', 'unknown') AND at < $1 AND id > $2");
    for (size_t i = 0; i < except->count; i++) {
        buf_fmt(&sql, " AND node <> $%zu", i + 4);
        params[3 + i] = DB_S(except->codes[i]);
    }
    buf_add_c(&sql, " ORDER BY id LIMIT $3");
    return db_query_n(&c->tx, &r, str_z(c->arena, buf_str(&sql)), params, 3 + except->count) &&
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

bool asked_store_since(struct ctx *c, int64_t from, int64_t before, int limit, struct asked_row **rows,
                       size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r, ASKED "WHERE id >= $1 AND id < $2 ORDER BY id LIMIT $3", DB_I(from),
                    DB_I(before), DB_I(limit)) &&
           asked_rows(c, &r, rows, count);
}

#define OF(key)                                                                                              \
    ASKED "WHERE " key                                                                                       \
          " AND id >= $2 AND id < $3 AND ($4 = 0 OR data = $4) AND ($5 = 0 OR system = $5) AND ($6 = '' OR " \
          "operator = $6) AND ($7 = 0 OR case_no = '' OR result = 'exchange.no_case') AND ($8 = 0 OR ($8 = " \
          "1) = (state = 'ok')) ORDER BY id DESC LIMIT $9" /* no translation */

bool asked_store_ledger(struct ctx *c, const struct exchange_ledger_query *q, struct asked_row **rows,
                        size_t *count)
{
    const char *sql = q->subject_index.len ? OF("subject_index = $1")
                      : q->consumer        ? OF("unit = $1")
                      : q->resource        ? OF("data = $1")
                                           : OF("$1 = 0");
    const struct db_val params[] = {q->subject_index.len ? DB_B(q->subject_index)
                                    : q->consumer        ? DB_I(q->consumer)
                                                         : DB_I(q->resource),
                                    DB_I(q->from),
                                    DB_I(q->before > 0 ? q->before : INT64_MAX),
                                    DB_I(q->resource),
                                    DB_I(q->system),
                                    DB_S(q->operator_id.len ? q->operator_id : STR_EMPTY),
                                    DB_I(q->caseless),
                                    DB_I(q->outcome),
                                    DB_I(q->limit)};
    struct db_rows r;
    return db_query_n(&c->tx, &r, sql, params, sizeof params / sizeof params[0]) &&
           asked_rows(c, &r, rows, count);
}

/* ---- numbers of nodes and services ---- */

bool number_store_of(struct ctx *c, const char *kind, struct str code, int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM node_number WHERE kind = $1 AND code = $2", DB_C(kind),
                  DB_S(code)))
        return false;
    *id = r.rows ? db_int(&r, 0, 0) : ctx_id(c);
    return r.rows || db_exec(&c->tx, "INSERT INTO node_number (kind, code, id) VALUES ($1, $2, $3)",
                             DB_C(kind), DB_S(code), DB_I(*id));
}

bool number_store_code(struct ctx *c, const char *kind, int64_t id, struct str *code)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT code FROM node_number WHERE kind = $1 AND id = $2", DB_C(kind),
                  DB_I(id)))
        return false;
    *code = r.rows ? db_str(&r, 0, 0) : STR_EMPTY;
    return true;
}

bool number_store_services(struct ctx *c, int limit, struct node_number **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, code FROM node_number WHERE kind = 'service' ORDER BY code LIMIT $1",
                  DB_I(limit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct node_number);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct node_number){db_int(&r, i, 0), db_str(&r, i, 1)};
    *count = r.rows;
    return true;
}

/* ---- calls served ---- */

#define SERVED                                                                                               \
    "SELECT id, node, client, call, service, content, result, digest, answer, times, at, unit, subject "     \
    "FROM node_served "

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
                               .at = db_int(r, i, 10),
                               .unit = db_int(r, i, 11),
                               .subject = db_int(r, i, 12)};
}

static bool served_rows(struct ctx *c, const struct db_rows *r, struct served_row **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct served_row);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = served_of(r, i);
    *count = r->rows;
    return true;
}

bool served_store_find(struct ctx *c, struct str node, struct str client, struct str call,
                       struct served_row *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, SERVED "WHERE node = $1 AND client = $2 AND call = $3", DB_S(node),
                  DB_S(client), DB_S(call)))
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
        "at, unit, subject) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12)",
        DB_I(r->id), DB_S(r->node), DB_S(r->client), DB_S(r->call), DB_S(r->service), DB_S(r->content),
        DB_S(r->result), DB_S(r->digest), DB_B(r->answer), DB_I(c->now), DB_I(r->unit), DB_I(r->subject));
}

bool served_store_replace(struct ctx *c, const struct served_row *r)
{
    return db_exec(&c->tx,
                   "UPDATE node_served SET result = $2, digest = $3, answer = $4, at = $5, subject = $6, "
                   "times = times + 1 WHERE id = $1",
                   DB_I(r->id), DB_S(r->result), DB_S(r->digest), DB_B(r->answer), DB_I(c->now),
                   DB_I(r->subject));
}

bool served_store_again(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "UPDATE node_served SET times = times + 1 WHERE id = $1", DB_I(id));
}

bool served_store_list(struct ctx *c, int64_t unit, int64_t before, struct served_row **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    unit ? SERVED "WHERE unit = $3 AND id < $1 ORDER BY id DESC LIMIT $2"
                         : SERVED "WHERE id < $1 AND $3 = 0 ORDER BY id DESC LIMIT $2",
                    DB_I(before > 0 ? before : INT64_MAX), DB_I(NODES_PAGE + 1), DB_I(unit)) &&
           served_rows(c, &r, rows, count);
}

bool served_store_after(struct ctx *c, int64_t after, int limit, struct served_row **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r, SERVED "WHERE id > $1 ORDER BY id LIMIT $2", DB_I(after), DB_I(limit)) &&
           served_rows(c, &r, rows, count);
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

bool call_store_clean(struct ctx *c, const struct json *)
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
