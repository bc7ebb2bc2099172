#include "modules/exchange/exchange_elsewhere.h"

#include "core/http/server.h"

/* Rows have no number of their own: the case is part of the place of what is sealed. */
static struct field_place place_of(const struct elsewhere_row *r)
{
    return (struct field_place){"exchange_elsewhere", "data", r->case_id, r->subject};
}

bool elsewhere_store_find(struct ctx *c, int64_t case_id, int64_t subject, struct str resource,
                          struct str way, struct elsewhere_row *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT case_id, subject, at, resource, way, fields, result, found, data, call FROM "
                  "exchange_elsewhere "
                  "WHERE case_id IN ($1, 0) AND subject = $2 AND resource = $3 AND way = $4 ORDER BY at DESC "
                  "LIMIT 1",
                  DB_I(case_id), DB_I(subject), DB_S(resource), DB_S(way)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = (struct elsewhere_row){.case_id = db_int(&r, 0, 0),
                                  .subject = db_int(&r, 0, 1),
                                  .at = db_int(&r, 0, 2),
                                  .resource = db_str(&r, 0, 3),
                                  .way = db_str(&r, 0, 4),
                                  .fields = db_str(&r, 0, 5),
                                  .result = db_str(&r, 0, 6),
                                  .found = db_int(&r, 0, 7) != 0,
                                  .text = db_str(&r, 0, 8),
                                  .call = db_int(&r, 0, 9)};
    const struct field_place at = place_of(out);
    return !out->text.len || field_open(ctx_keys(c), &c->tx, &at, out->text, &out->text);
}

bool elsewhere_store_put(struct ctx *c, const struct elsewhere_row *r)
{
    const struct field_place at = place_of(r);
    struct str sealed = STR_EMPTY;
    if (r->text.len && !field_seal(ctx_keys(c), &c->tx, &at, r->text, &sealed)) return false;
    return db_exec(
        &c->tx,
        "INSERT INTO exchange_elsewhere (case_id, subject, resource, way, at, fields, result, found, "
        "data, call) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (case_id, subject, "
        "resource, "
        "way) DO UPDATE SET at = excluded.at, fields = excluded.fields, result = excluded.result, "
        "found = excluded.found, data = excluded.data, call = excluded.call",
        DB_I(r->case_id), DB_I(r->subject), DB_S(r->resource), DB_S(r->way), DB_I(r->at), DB_S(r->fields),
        DB_S(r->result), DB_I(r->found), DB_B(sealed), DB_I(r->call));
}

bool elsewhere_store_forget(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "DELETE FROM exchange_elsewhere WHERE subject = $1", DB_I(subject));
}

bool elsewhere_store_sweep(struct ctx *c, int64_t before)
{
    return db_exec(&c->tx, "DELETE FROM exchange_elsewhere WHERE way IN ('query', 'check') AND at < $1",
                   DB_I(before));
}
