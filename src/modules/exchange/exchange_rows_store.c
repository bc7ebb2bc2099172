#include "core/base/time.h"
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_rows.h"

static struct field_place place_of(int64_t id)
{
    return (struct field_place){"exchange_row", "doc", id, 0};
}

static struct str index_of(struct ctx *c, struct str number)
{
    return blind_index(ctx_keys(c), c->arena, "exchange:row", number);
}

/* {number, data} */
static bool seal(struct ctx *c, const struct kept_row *r, struct str *sealed)
{
    const struct field_place at = place_of(r->id);
    struct json *doc = json_object(c->arena);
    json_set_str(c->arena, doc, "number", r->number);
    if (r->data) json_set(doc, "data", json_copy(c->arena, r->data));
    return field_seal(ctx_keys(c), &c->tx, &at, json_to_str(c->arena, doc), sealed);
}

static bool open_row(struct ctx *c, struct str sealed, struct kept_row *r)
{
    const struct field_place at = place_of(r->id);
    struct str text;
    if (!field_open(ctx_keys(c), &c->tx, &at, sealed, &text)) return false;
    const struct json *doc = json_parse(c->arena, text, JSON_STRICT, c->err);
    r->number = json_text_of(doc, "number");
    r->data = json_get(doc, "data");
    return doc != NULL;
}

#define COLUMNS "id, resource, seq, guid, op, doc, digest, delivery"

static bool rows_of(struct ctx *c, const struct db_rows *q, struct kept_row **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, q->rows + 1, struct kept_row);
    *count = q->rows;
    for (size_t i = 0; i < q->rows; i++) {
        (*rows)[i] = (struct kept_row){.id = db_int(q, i, 0),
                                       .resource = db_int(q, i, 1),
                                       .seq = db_int(q, i, 2),
                                       .guid = db_str(q, i, 3),
                                       .op = db_str(q, i, 4),
                                       .delivery = db_int(q, i, 7)};
        if (!open_row(c, db_str(q, i, 5), &(*rows)[i])) return false;
    }
    return true;
}

bool rows_store_find(struct ctx *c, int64_t resource, struct str number, struct kept_row **rows,
                     size_t *count)
{
    struct db_rows q;
    return db_query(&c->tx, &q,
                    "SELECT " COLUMNS " FROM exchange_row WHERE resource = $1 AND number_index = $2 AND "
                    "op <> 'D' ORDER BY seq LIMIT 2",
                    DB_I(resource), DB_B(index_of(c, number))) &&
           rows_of(c, &q, rows, count);
}

bool rows_store_by_guid(struct ctx *c, int64_t resource, struct str guid, struct kept_row *out,
                        struct str *digest, bool *found)
{
    struct db_rows q;
    struct kept_row *rows;
    size_t count;
    if (!db_query(&c->tx, &q, "SELECT " COLUMNS " FROM exchange_row WHERE resource = $1 AND guid = $2",
                  DB_I(resource), DB_S(guid)) ||
        !rows_of(c, &q, &rows, &count))
        return false;
    *found = count > 0;
    if (!*found) return true;
    *out = rows[0];
    *digest = db_str(&q, 0, 6);
    return true;
}

bool rows_store_put(struct ctx *c, const struct kept_row *r, struct str digest, int64_t delivery)
{
    struct str sealed;
    return seal(c, r, &sealed) &&
           db_exec(
               &c->tx,
               "INSERT INTO exchange_row (id, resource, guid, number_index, doc, digest, op, seq, delivery, "
               "changed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET "
               "number_index = excluded.number_index, doc = excluded.doc, digest = excluded.digest, op = "
               "excluded.op, seq = excluded.seq, delivery = excluded.delivery, changed = excluded.changed",
               DB_I(r->id), DB_I(r->resource), DB_S(r->guid), DB_B(index_of(c, r->number)), DB_B(sealed),
               DB_B(digest), DB_S(r->op), DB_I(r->seq), DB_I(delivery), DB_I(c->now));
}

bool rows_store_seen(struct ctx *c, int64_t id, int64_t delivery)
{
    return db_exec(&c->tx, "UPDATE exchange_row SET delivery = $2 WHERE id = $1", DB_I(id), DB_I(delivery));
}

bool rows_store_unseen(struct ctx *c, int64_t resource, int64_t delivery, struct kept_row **rows,
                       size_t *count)
{
    struct db_rows q;
    return db_query(&c->tx, &q,
                    "SELECT " COLUMNS
                    " FROM exchange_row WHERE resource = $1 AND op <> 'D' AND delivery <> $2 "
                    "ORDER BY seq LIMIT 500",
                    DB_I(resource), DB_I(delivery)) &&
           rows_of(c, &q, rows, count);
}

bool rows_store_changes(struct ctx *c, int64_t resource, int64_t after, int limit, struct kept_row **rows,
                        size_t *count)
{
    struct db_rows q;
    return db_query(&c->tx, &q,
                    "SELECT " COLUMNS
                    " FROM exchange_row WHERE resource = $1 AND seq > $2 ORDER BY seq LIMIT $3",
                    DB_I(resource), DB_I(after), DB_I(limit)) &&
           rows_of(c, &q, rows, count);
}

bool rows_store_next(struct ctx *c, int64_t resource, int64_t *seq)
{
    struct db_rows q;
    if (!db_query(
            &c->tx, &q,
            "INSERT INTO exchange_feed (resource, last) VALUES ($1, 1) ON CONFLICT (resource) DO UPDATE "
            "SET last = exchange_feed.last + 1 RETURNING last",
            DB_I(resource)))
        return false;
    *seq = db_int(&q, 0, 0);
    return true;
}

bool rows_store_count(struct ctx *c, int64_t resource, int64_t *rows, int64_t *last)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q,
                  "SELECT (SELECT COUNT(*) FROM exchange_row WHERE resource = $1 AND op <> 'D'), "
                  "(SELECT MAX(last) FROM exchange_feed WHERE resource = $1)",
                  DB_I(resource)))
        return false;
    *rows = db_int(&q, 0, 0);
    *last = db_int(&q, 0, 1);
    return true;
}

bool rows_store_sweep(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM exchange_row WHERE op = 'D' AND changed < $1",
                   DB_I(c->now - ROWS_GONE_DAYS * MS_DAY));
}

/* ---- deliveries ---- */

#define DELIVERY                                                                                             \
    "id, resource, at, by_whom, batch, digest, count, inserted, updated, deleted, same, refused, refusals"

static bool delivery_of(struct ctx *c, const struct db_rows *q, size_t i, struct delivery *d)
{
    *d = (struct delivery){.id = db_int(q, i, 0),
                           .resource = db_int(q, i, 1),
                           .at = db_int(q, i, 2),
                           .by = db_int(q, i, 3),
                           .batch = db_str(q, i, 4),
                           .digest = db_str(q, i, 5),
                           .count = db_int(q, i, 6),
                           .inserted = db_int(q, i, 7),
                           .updated = db_int(q, i, 8),
                           .deleted = db_int(q, i, 9),
                           .same = db_int(q, i, 10),
                           .refused = db_int(q, i, 11),
                           .refusals = json_parse(c->arena, db_str(q, i, 12), JSON_STRICT, c->err)};
    return d->refusals != NULL;
}

bool delivery_store_add(struct ctx *c, const struct delivery *d)
{
    return db_exec(&c->tx,
                   "INSERT INTO exchange_delivery (" DELIVERY
                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                   DB_I(d->id), DB_I(d->resource), DB_I(d->at), DB_I(d->by), DB_S(d->batch), DB_S(d->digest),
                   DB_I(d->count), DB_I(d->inserted), DB_I(d->updated), DB_I(d->deleted), DB_I(d->same),
                   DB_I(d->refused), DB_S(json_to_str(c->arena, d->refusals)));
}

bool delivery_store_find(struct ctx *c, int64_t resource, struct str batch, struct delivery *out, bool *found)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q, "SELECT " DELIVERY " FROM exchange_delivery WHERE resource = $1 AND batch = $2",
                  DB_I(resource), DB_S(batch)))
        return false;
    *found = q.rows > 0;
    return !*found || delivery_of(c, &q, 0, out);
}

bool delivery_store_list(struct ctx *c, int64_t resource, int limit, struct delivery **rows, size_t *count)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q,
                  "SELECT " DELIVERY " FROM exchange_delivery WHERE resource = $1 ORDER BY id DESC LIMIT $2",
                  DB_I(resource), DB_I(limit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, q.rows + 1, struct delivery);
    *count = q.rows;
    for (size_t i = 0; i < q.rows; i++)
        if (!delivery_of(c, &q, i, &(*rows)[i])) return false;
    return true;
}
