/* What is stored of the log. */
#include "modules/evidence/evidence_log.h"

enum { IN_ONE = 64 };

/* Counted in int64 by the databases; a log does not grow that long. */
static uint64_t size_of(int64_t n)
{
    return n > 0 ? (uint64_t)n : 0;
}

bool log_store_find(struct ctx *c, struct evidence_log *out)
{
    struct db_rows r;
    *out =
        (struct evidence_log){.origin = STR_EMPTY, .heads = {STR_EMPTY, STR_EMPTY}, .certificate = STR_EMPTY};
    if (!db_query(&c->tx, &r,
                  "SELECT origin, size, owner, until, signed_size, sha256, sm3, certificate FROM "
                  "evidence_log WHERE id = 1"))
        return false;
    if (!r.rows) return true;
    *out = (struct evidence_log){
        .found = true,
        .origin = db_str(&r, 0, 0),
        .size = size_of(db_int(&r, 0, 1)),
        .owner = db_int(&r, 0, 2),
        .until = db_int(&r, 0, 3),
        .signed_size = size_of(db_int(&r, 0, 4)),
        .heads = {db_str(&r, 0, 5), db_str(&r, 0, 6)},
        .certificate = db_str(&r, 0, 7),
    };
    return true;
}

bool log_store_create(struct ctx *c, struct str origin)
{
    return db_exec(&c->tx,
                   "INSERT INTO evidence_log (id, origin, size, owner, until, signed_size, sha256, sm3, "
                   "certificate) VALUES (1, $1, 0, 0, 0, 0, '', '', '') ON CONFLICT DO NOTHING",
                   DB_S(origin));
}

bool log_store_advance(struct ctx *c, uint64_t from, uint64_t to, int64_t owner, int64_t until, bool *taken)
{
    int64_t changed = 0;
    if (!db_exec_count(&c->tx, &changed,
                       "UPDATE evidence_log SET size = $2, owner = $3, until = $4 WHERE id = 1 AND size = $1 "
                       "AND (owner = $3 OR until < $5)",
                       DB_I((int64_t)from), DB_I((int64_t)to), DB_I(owner), DB_I(until), DB_I(c->now)))
        return false;
    *taken = changed == 1;
    return true;
}

bool log_store_release(struct ctx *c, int64_t owner)
{
    return db_exec(&c->tx, "UPDATE evidence_log SET until = 0 WHERE id = 1 AND owner = $1", DB_I(owner));
}

bool log_store_sign(struct ctx *c, uint64_t size, const struct str heads[LOG_HASHES], struct str certificate,
                    bool *taken)
{
    int64_t changed = 0;
    if (!db_exec_count(&c->tx, &changed,
                       "UPDATE evidence_log SET signed_size = $1, sha256 = $2, sm3 = $3, certificate = $4 "
                       "WHERE id = 1 AND size >= $1 AND signed_size <= $1",
                       DB_I((int64_t)size), DB_S(heads[MERKLE_SHA256]), DB_S(heads[MERKLE_SM3]),
                       DB_S(certificate)))
        return false;
    *taken = changed == 1;
    return true;
}

bool log_store_waits(struct ctx *c, int64_t id, bool *waits)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM evidence_unordered WHERE id = $1", DB_I(id))) return false;
    *waits = r.rows > 0;
    return true;
}

#define ROW                                                                                                  \
    "e.id, e.at, e.act, e.actor_kind, e.account, e.unit, e.object_kind, e.object, e.subject, e.detail, "     \
    "e.mac"

static void take_rows(const struct db_rows *r, struct evidence_row *list)
{
    for (size_t i = 0; i < r->rows; i++)
        list[i] = (struct evidence_row){db_int(r, i, 0), db_int(r, i, 1), db_str(r, i, 2), db_int(r, i, 3),
                                        db_int(r, i, 4), db_int(r, i, 5), db_str(r, i, 6), db_int(r, i, 7),
                                        db_int(r, i, 8), db_str(r, i, 9), db_str(r, i, 10)};
}

bool log_store_unordered(struct ctx *c, int limit, struct evidence_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " ROW " FROM evidence_unordered u JOIN evidence e ON e.id = u.id ORDER BY u.id "
                  "LIMIT $1",
                  DB_I(limit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct evidence_row);
    take_rows(&r, *rows);
    *count = r.rows;
    return true;
}

/* IN_ONE parameters, so that one statement serves all; what is left over repeats the last id. */
static const char *with_ids(struct arena *a, const char *before, const char *after)
{
    struct buf b = buf_new(a, 512);
    buf_add_c(&b, before);
    for (int i = 1; i <= IN_ONE; i++)
        buf_fmt(&b, i == 1 ? "$%d" : ", $%d", i);
    buf_add_c(&b, after);
    return str_z(a, buf_str(&b));
}

static size_t next_ids(const int64_t *ids, size_t count, size_t done, struct db_val params[IN_ONE])
{
    size_t n = count - done < IN_ONE ? count - done : IN_ONE;
    for (size_t i = 0; i < IN_ONE; i++)
        params[i] = DB_I(ids[done + (i < n ? i : n - 1)]);
    return n;
}

/* Exactly these: a row with a smaller id may become visible at any time. */
bool log_store_ordered(struct ctx *c, const int64_t *ids, size_t count, bool *gone)
{
    const char *sql = with_ids(c->arena, "DELETE FROM evidence_unordered WHERE id IN (", ")");
    *gone = true;
    for (size_t done = 0; done < count && *gone;) {
        struct db_val params[IN_ONE];
        int64_t changed = 0;
        size_t n = next_ids(ids, count, done, params);
        if (!db_exec_n(&c->tx, sql, params, IN_ONE, &changed)) return false;
        *gone = changed == (int64_t)n;
        done += n;
    }
    return true;
}

#define BUNDLE "SELECT number, lowest, highest, ids, entries FROM evidence_bundle "

static struct evidence_bundle take_bundle(const struct db_rows *r, size_t i)
{
    return (struct evidence_bundle){size_of(db_int(r, i, 0)), db_int(r, i, 1), db_int(r, i, 2),
                                    db_str(r, i, 3), db_str(r, i, 4)};
}

bool log_store_bundle(struct ctx *c, uint64_t number, struct evidence_bundle *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, BUNDLE "WHERE number = $1", DB_I((int64_t)number))) return false;
    *found = r.rows > 0;
    if (r.rows) *out = take_bundle(&r, 0);
    return true;
}

bool log_store_put_bundle(struct ctx *c, const struct evidence_bundle *b)
{
    return db_exec(&c->tx,
                   "INSERT INTO evidence_bundle (number, lowest, highest, ids, entries) VALUES ($1, $2, $3, "
                   "$4, $5) ON CONFLICT (number) DO UPDATE SET lowest = excluded.lowest, highest = "
                   "excluded.highest, ids = excluded.ids, entries = excluded.entries",
                   DB_I((int64_t)b->number), DB_I(b->lowest), DB_I(b->highest), DB_B(b->ids),
                   DB_B(b->entries));
}

bool log_store_tile(struct ctx *c, int level, uint64_t number, struct str hashes[LOG_HASHES], bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT sha256, sm3 FROM evidence_tile WHERE level = $1 AND number = $2",
                  DB_I(level), DB_I((int64_t)number)))
        return false;
    *found = r.rows > 0;
    hashes[MERKLE_SHA256] = r.rows ? db_str(&r, 0, 0) : STR_EMPTY;
    hashes[MERKLE_SM3] = r.rows ? db_str(&r, 0, 1) : STR_EMPTY;
    return true;
}

bool log_store_put_tile(struct ctx *c, int level, uint64_t number, const struct str hashes[LOG_HASHES])
{
    return db_exec(&c->tx,
                   "INSERT INTO evidence_tile (level, number, sha256, sm3) VALUES ($1, $2, $3, $4) ON "
                   "CONFLICT (level, number) DO UPDATE SET sha256 = excluded.sha256, sm3 = excluded.sm3",
                   DB_I(level), DB_I((int64_t)number), DB_B(hashes[MERKLE_SHA256]), DB_B(hashes[MERKLE_SM3]));
}

bool log_store_holding(struct ctx *c, int64_t row, int64_t below, int limit, struct evidence_bundle **out,
                       size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, BUNDLE "WHERE lowest <= $1 AND lowest < $2 ORDER BY lowest DESC LIMIT $3",
                  DB_I(row), DB_I(below), DB_I(limit)))
        return false;
    *out = ARENA_ARRAY(c->arena, r.rows + 1, struct evidence_bundle);
    for (size_t i = 0; i < r.rows; i++)
        (*out)[i] = take_bundle(&r, i);
    *count = r.rows;
    return true;
}

bool log_store_rows(struct ctx *c, const int64_t *ids, size_t count, struct evidence_row **rows,
                    size_t *found)
{
    const char *sql = with_ids(c->arena, "SELECT " ROW " FROM evidence e WHERE e.id IN (", ")");
    *rows = ARENA_ARRAY(c->arena, count + 1, struct evidence_row);
    *found = 0;
    for (size_t done = 0; done < count;) {
        struct db_val params[IN_ONE];
        struct db_rows r;
        size_t n = next_ids(ids, count, done, params);
        if (!db_query_n(&c->tx, &r, sql, params, IN_ONE)) return false;
        if (*found + r.rows > count) return err_fault(c->err, "more rows than ids");
        take_rows(&r, *rows + *found);
        *found += r.rows;
        done += n;
    }
    return true;
}

bool log_store_ids(struct ctx *c, bool unordered, int64_t after, int limit, int64_t **ids, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  unordered ? "SELECT id FROM evidence_unordered WHERE id > $1 ORDER BY id LIMIT $2"
                            : "SELECT id FROM evidence WHERE id > $1 ORDER BY id LIMIT $2",
                  DB_I(after), DB_I(limit)))
        return false;
    *ids = ARENA_ARRAY(c->arena, r.rows + 1, int64_t);
    for (size_t i = 0; i < r.rows; i++)
        (*ids)[i] = db_int(&r, i, 0);
    *count = r.rows;
    return true;
}

bool log_store_counts(struct ctx *c, int64_t *rows, int64_t *bundles, int64_t *tiles)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT (SELECT COUNT(*) FROM evidence), (SELECT COUNT(*) FROM evidence_bundle), (SELECT "
                  "COUNT(*) FROM evidence_tile)"))
        return false;
    *rows = db_int(&r, 0, 0);
    *bundles = db_int(&r, 0, 1);
    *tiles = db_int(&r, 0, 2);
    return true;
}
