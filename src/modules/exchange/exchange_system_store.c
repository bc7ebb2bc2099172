#include "core/crypto/keyring.h"
#include "modules/exchange/exchange_system.h"

static struct field_place secret_place(int64_t id)
{
    return (struct field_place){"exchange_system", "secret", id, 0};
}

bool system_store_add(struct ctx *c, const struct exchange_system *s, struct str secret, bool *fresh)
{
    struct field_place at = secret_place(s->id);
    struct str sealed;
    int64_t count = 0;
    if (!field_seal(ctx_keys(c), &c->tx, &at, secret, &sealed) ||
        !db_exec_count(&c->tx, &count,
                       "INSERT INTO exchange_system (id, code, name, unit, secret, state, changed) "
                       "VALUES ($1, $2, $3, $4, $5, 'open', $6) ON CONFLICT (code) DO NOTHING",
                       DB_I(s->id), DB_S(s->code), DB_S(s->name), DB_I(s->unit), DB_B(sealed), DB_I(c->now)))
        return false;
    *fresh = count > 0;
    return true;
}

bool system_store_set_key(struct ctx *c, int64_t id, struct str secret)
{
    struct field_place at = secret_place(id);
    struct str sealed;
    return field_seal(ctx_keys(c), &c->tx, &at, secret, &sealed) &&
           db_exec(&c->tx, "UPDATE exchange_system SET secret = $2, changed = $3 WHERE id = $1", DB_I(id),
                   DB_B(sealed), DB_I(c->now));
}

bool system_store_open(struct ctx *c, int64_t id, struct str sealed, struct str *secret)
{
    struct field_place at = secret_place(id);
    return field_open(ctx_keys(c), &c->tx, &at, sealed, secret);
}

bool system_store_secret(struct ctx *c, int64_t id, struct str *secret)
{
    struct db_rows r;
    *secret = STR_EMPTY;
    if (!db_query(&c->tx, &r, "SELECT secret FROM exchange_system WHERE id = $1", DB_I(id))) return false;
    return !r.rows || system_store_open(c, id, db_str(&r, 0, 0), secret);
}

static struct exchange_system system_of(const struct db_rows *r, size_t i)
{
    return (struct exchange_system){.id = db_int(r, i, 0),
                                    .unit = db_int(r, i, 1),
                                    .code = db_str(r, i, 2),
                                    .name = db_str(r, i, 3),
                                    .state = db_str(r, i, 4)};
}

bool system_store_list(struct ctx *c, int64_t unit, int64_t before, struct exchange_system **rows,
                       size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, unit, code, name, state FROM exchange_system WHERE ($1 = 0 OR unit = $1) "
                  "AND id < $2 ORDER BY id DESC LIMIT $3",
                  DB_I(unit), DB_I(before > 0 ? before : INT64_MAX), DB_I(SYSTEMS_PAGE + 1)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct exchange_system);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = system_of(&r, i);
    *count = r.rows;
    return true;
}

bool system_store_load(struct ctx *c, int64_t id, struct exchange_system *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id, unit, code, name, state FROM exchange_system WHERE id = $1",
                  DB_I(id)))
        return false;
    *found = r.rows > 0;
    if (*found) *out = system_of(&r, 0);
    return true;
}

bool system_store_by_code(struct ctx *c, struct str code, int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM exchange_system WHERE code = $1", DB_S(code))) return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

/* ---- keys of which two may be in force ---- */

#define KEY_COLUMNS                                                                                          \
    "id, system, kind, data, fingerprint, valid_from, valid_until, added, added_by, ended, ended_by"

static bool keys_of(struct ctx *c, const struct db_rows *r, struct system_key **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct system_key);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct system_key){.id = db_int(r, i, 0),
                                         .system = db_int(r, i, 1),
                                         .kind = db_str(r, i, 2),
                                         .data = db_str(r, i, 3),
                                         .fingerprint = db_str(r, i, 4),
                                         .valid_from = db_int(r, i, 5),
                                         .valid_until = db_int(r, i, 6),
                                         .added = db_int(r, i, 7),
                                         .added_by = db_int(r, i, 8),
                                         .ended = db_int(r, i, 9),
                                         .ended_by = db_int(r, i, 10)};
    *count = r->rows;
    return true;
}

static struct field_place key_place(int64_t id)
{
    return (struct field_place){"exchange_key", "data", id, 0};
}

static bool is_secret(struct str kind)
{
    return str_eq_c(kind, KEY_CONVENTION) || str_eq_c(kind, KEY_HMAC);
}

bool key_store_add(struct ctx *c, const struct system_key *k)
{
    struct field_place at = key_place(k->id);
    struct str data = k->data;
    if (is_secret(k->kind) && !field_seal(ctx_keys(c), &c->tx, &at, k->data, &data)) return false;
    return db_exec(&c->tx,
                   "INSERT INTO exchange_key (" KEY_COLUMNS
                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)",
                   DB_I(k->id), DB_I(k->system), DB_S(k->kind), DB_B(data), DB_S(k->fingerprint),
                   DB_I(k->valid_from), DB_I(k->valid_until), DB_I(c->now), DB_I(c->actor.account));
}

bool key_store_end(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "UPDATE exchange_key SET ended = $2, ended_by = $3 WHERE id = $1", DB_I(id),
                   DB_I(c->now), DB_I(c->actor.account));
}

bool key_store_end_kind(struct ctx *c, int64_t system, const char *kind)
{
    return db_exec(&c->tx,
                   "UPDATE exchange_key SET ended = $3, ended_by = $4 WHERE system = $1 AND kind = $2 AND "
                   "ended = 0",
                   DB_I(system), DB_C(kind), DB_I(c->now), DB_I(c->actor.account));
}

bool key_store_list(struct ctx *c, int64_t system, struct system_key **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT " KEY_COLUMNS " FROM exchange_key WHERE system = $1 ORDER BY CASE WHEN ended = 0 "
                    "THEN 0 ELSE 1 END, id DESC LIMIT $2",
                    DB_I(system), DB_I(KEYS_SHOWN)) &&
           keys_of(c, &r, rows, count);
}

bool key_store_in_force(struct ctx *c, struct system_key **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " KEY_COLUMNS " FROM exchange_key WHERE ended = 0 ORDER BY system, id") ||
        !keys_of(c, &r, rows, count))
        return false;
    for (size_t i = 0; i < *count; i++) {
        struct field_place at = key_place((*rows)[i].id);
        if (is_secret((*rows)[i].kind) &&
            !field_open(ctx_keys(c), &c->tx, &at, (*rows)[i].data, &(*rows)[i].data))
            return false;
    }
    return true;
}

bool key_store_taken(struct ctx *c, struct str fingerprint, bool *taken)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM exchange_key WHERE fingerprint = $1 AND ended = 0",
                  DB_S(fingerprint)))
        return false;
    *taken = r.rows > 0;
    return true;
}
