#include "modules/licences/licences_internal.h"

#define COLUMNS                                                                                              \
    "id, type_name, type_code, licence_id, number, version, issuer, issuer_code, holder, case_id, case_no, " \
    "item_code, item_name, one_per_holder, demo, "                                                           \
    "issued, valid_from, valid_to, status, supersedes, officer, name_index, face_index, face, "              \
    "holder_facts, manifest, manifest_digest, page, "                                                        \
    "created, mac"

static void read_row(const struct db_rows *q, size_t i, struct licence_record *r)
{
    *r = (struct licence_record){
        .id = db_int(q, i, 0),
        .type_name = db_str(q, i, 1),
        .type_code = db_str(q, i, 2),
        .licence_id = db_str(q, i, 3),
        .number = db_str(q, i, 4),
        .version = db_str(q, i, 5),
        .issuer = db_int(q, i, 6),
        .issuer_code = db_str(q, i, 7),
        .holder = db_int(q, i, 8),
        .case_id = db_int(q, i, 9),
        .case_no = db_str(q, i, 10),
        .item_code = db_str(q, i, 11),
        .item_name = db_str(q, i, 12),
        .one_per_holder = db_int(q, i, 13) != 0,
        .demo = db_int(q, i, 14) != 0,
        .issued = (int32_t)db_int(q, i, 15),
        .valid_from = (int32_t)db_int(q, i, 16),
        .valid_to = (int32_t)db_int(q, i, 17),
        .status = db_str(q, i, 18),
        .supersedes = db_int(q, i, 19),
        .officer = db_int(q, i, 20),
        .name_index = db_str(q, i, 21),
        .face_index = db_str(q, i, 22),
        .face = db_str(q, i, 23),
        .holder_facts = db_str(q, i, 24),
        .manifest = db_str(q, i, 25),
        .manifest_digest = db_str(q, i, 26),
        .page = db_str(q, i, 27),
        .created = db_int(q, i, 28),
        .mac = db_str(q, i, 29),
    };
}

static void read_rows(struct ctx *c, const struct db_rows *q, struct licence_record **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, q->rows + 1, struct licence_record);
    *count = q->rows;
    for (size_t i = 0; i < q->rows; i++)
        read_row(q, i, &(*rows)[i]);
}

static bool read_one(const struct db_rows *q, struct licence_record *out, bool *found)
{
    *found = q->rows > 0;
    *out = (struct licence_record){0};
    if (*found) read_row(q, 0, out);
    return true;
}

bool licences_store_add(struct ctx *c, const struct licence_record *r)
{
    return db_exec(
        &c->tx,
        "INSERT INTO licence (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
        "$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
        "$22, $23, $24, $25, $26, $27, $28, $29, $30)",
        DB_I(r->id), DB_S(r->type_name), DB_S(r->type_code), DB_S(r->licence_id), DB_S(r->number),
        DB_S(r->version), DB_I(r->issuer), DB_S(r->issuer_code), DB_I(r->holder), DB_I0(r->case_id),
        DB_S(r->case_no), DB_S(r->item_code), DB_S(r->item_name), DB_I(r->one_per_holder), DB_I(r->demo),
        DB_I(r->issued), DB_I(r->valid_from), DB_I(r->valid_to), DB_S(r->status), DB_I(r->supersedes),
        DB_I(r->officer), DB_B(r->name_index), DB_B(r->face_index), DB_B(r->face), DB_B(r->holder_facts),
        DB_B(r->manifest), DB_S(r->manifest_digest), DB_S(r->page), DB_I(r->created), DB_B(r->mac));
}

bool licences_store_load(struct ctx *c, int64_t id, struct licence_record *out, bool *found)
{
    struct db_rows q;
    return db_query(&c->tx, &q, "SELECT " COLUMNS " FROM licence WHERE id = $1", DB_I(id)) &&
           read_one(&q, out, found);
}

bool licences_store_of_case(struct ctx *c, int64_t case_id, struct licence_record *out, bool *found)
{
    struct db_rows q;
    return db_query(&c->tx, &q, "SELECT " COLUMNS " FROM licence WHERE case_id = $1", DB_I(case_id)) &&
           read_one(&q, out, found);
}

bool licences_store_by_licence_id(struct ctx *c, struct str licence_id, struct licence_record *out,
                                  bool *found)
{
    struct db_rows q;
    return db_query(&c->tx, &q, "SELECT " COLUMNS " FROM licence WHERE licence_id = $1", DB_S(licence_id)) &&
           read_one(&q, out, found);
}

bool licences_store_by_number(struct ctx *c, struct str number, struct str name_index,
                              struct licence_record *out, bool *found)
{
    struct db_rows q;
    return db_query(&c->tx, &q,
                    "SELECT " COLUMNS " FROM licence WHERE number = $1 AND (name_index = $2 OR face_index = "
                    "$2) ORDER BY id DESC LIMIT 1",
                    DB_S(number), DB_B(name_index)) &&
           read_one(&q, out, found);
}

bool licences_store_of_holder(struct ctx *c, int64_t holder, struct str type_name, int64_t before, int limit,
                              struct licence_record **rows, size_t *count)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q,
                  "SELECT " COLUMNS " FROM licence WHERE holder = $1 AND ($2 = '' OR type_name = $2) AND ($3 "
                  "= 0 OR id < $3) ORDER BY id DESC LIMIT $4",
                  DB_I(holder), DB_S(type_name), DB_I(before), DB_I(limit)))
        return false;
    read_rows(c, &q, rows, count);
    return true;
}

bool licences_store_of_issuer(struct ctx *c, int64_t issuer, struct str number, struct str status,
                              int32_t today, int64_t before, int limit, struct licence_record **rows,
                              size_t *count)
{
    struct db_rows q;
    if (!db_query(
            &c->tx, &q,
            "SELECT " COLUMNS
            " FROM licence WHERE issuer = $1 AND ($2 = '' OR number = $2 OR licence_id = $2) AND ($3 = '' OR "
            "CASE WHEN status IN ('valid', 'suspended') AND valid_to > 0 AND valid_to < $4 THEN 'expired' "
            "WHEN status = 'valid' AND valid_from > $4 THEN 'not_yet' "
            "ELSE status END = $3) "
            "AND ($5 = 0 OR id < $5) ORDER BY id DESC LIMIT $6",
            DB_I(issuer), DB_S(number), DB_S(status), DB_I(today), DB_I(before), DB_I(limit)))
        return false;
    read_rows(c, &q, rows, count);
    return true;
}

bool licences_store_replaced(struct ctx *c, const struct licence_record *by, struct licence_record **rows,
                             size_t *count)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q,
                  "SELECT " COLUMNS " FROM licence WHERE holder = $1 AND type_name = $2 AND id < $3 AND "
                  "status IN ('valid', 'suspended') ORDER BY id",
                  DB_I(by->holder), DB_S(by->type_name), DB_I(by->id)))
        return false;
    read_rows(c, &q, rows, count);
    return true;
}

bool licences_store_update(struct ctx *c, const struct licence_record *r, struct str was, bool *done)
{
    int64_t changed = 0;
    if (!db_exec_count(&c->tx, &changed,
                       "UPDATE licence SET status = $1, manifest = $2, manifest_digest = $3, page = $4, "
                       "supersedes = $5, mac = $6 WHERE id = $7 AND status = $8",
                       DB_S(r->status), DB_B(r->manifest), DB_S(r->manifest_digest), DB_S(r->page),
                       DB_I(r->supersedes), DB_B(r->mac), DB_I(r->id), DB_S(was)))
        return false;
    *done = changed == 1;
    return true;
}

bool licences_store_next(struct ctx *c, struct str series, int64_t *number)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q,
                  "INSERT INTO licence_counter (series, last) VALUES ($1, 1) ON CONFLICT (series) DO UPDATE "
                  "SET last = licence_counter.last + 1 RETURNING last",
                  DB_S(series)))
        return false;
    *number = db_int(&q, 0, 0);
    return true;
}

bool licences_store_add_event(struct ctx *c, const struct licence_event *e)
{
    return db_exec(&c->tx,
                   "INSERT INTO licence_event (id, licence, op, from_status, to_status, reason, document, "
                   "officer, unit, at, mac) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                   DB_I(e->id), DB_I(e->licence), DB_S(e->op), DB_S(e->from), DB_S(e->to), DB_B(e->reason),
                   DB_S(e->document), DB_I(e->officer), DB_I(e->unit), DB_I(e->at), DB_B(e->mac));
}

bool licences_store_erase(struct ctx *c, const struct licence_record *r)
{
    return db_exec(&c->tx,
                   "UPDATE licence SET number = $2, name_index = $3, face_index = $4, page = $5, mac = $6 "
                   "WHERE id = $1",
                   DB_I(r->id), DB_S(r->number), DB_B(r->name_index), DB_B(r->face_index), DB_S(r->page),
                   DB_B(r->mac));
}

bool licences_store_count(struct ctx *c, struct str status, int64_t *count)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q, "SELECT count(*) FROM licence WHERE status = $1", DB_S(status))) return false;
    *count = db_int(&q, 0, 0);
    return true;
}

bool licences_store_events(struct ctx *c, int64_t licence, struct licence_event **events, size_t *count)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q,
                  "SELECT id, licence, op, from_status, to_status, reason, document, officer, unit, at, mac "
                  "FROM licence_event WHERE licence = $1 ORDER BY id",
                  DB_I(licence)))
        return false;
    struct licence_event *list = ARENA_ARRAY(c->arena, q.rows + 1, struct licence_event);
    for (size_t i = 0; i < q.rows; i++)
        list[i] = (struct licence_event){.id = db_int(&q, i, 0),
                                         .licence = db_int(&q, i, 1),
                                         .op = db_str(&q, i, 2),
                                         .from = db_str(&q, i, 3),
                                         .to = db_str(&q, i, 4),
                                         .reason = db_str(&q, i, 5),
                                         .document = db_str(&q, i, 6),
                                         .officer = db_int(&q, i, 7),
                                         .unit = db_int(&q, i, 8),
                                         .at = db_int(&q, i, 9),
                                         .mac = db_str(&q, i, 10)};
    *events = list;
    *count = q.rows;
    return true;
}

bool licences_store_certificate(struct ctx *c, struct str fingerprint, int64_t issuer, struct str pem)
{
    return db_exec(&c->tx,
                   "INSERT INTO licence_certificate (fingerprint, issuer, pem, at) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (fingerprint) DO NOTHING",
                   DB_S(fingerprint), DB_I(issuer), DB_S(pem), DB_I(c->now));
}

bool licences_store_certificates(struct ctx *c, struct str **pems, size_t *count)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q, "SELECT pem FROM licence_certificate ORDER BY at, fingerprint LIMIT 1000"))
        return false;
    *pems = ARENA_ARRAY(c->arena, q.rows + 1, struct str);
    *count = q.rows;
    for (size_t i = 0; i < q.rows; i++)
        (*pems)[i] = db_str(&q, i, 0);
    return true;
}
