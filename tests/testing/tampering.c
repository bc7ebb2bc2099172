#include "testing/tampering.h"

#include "core/http/server.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { WAITING = 64, DRAWS_MAX = 200, GONE_MAX = 8 };

static const struct actor program = {.kind = ACTOR_SYSTEM};

const char *const tampering_names[TAMPERINGS] = {"edits", "deletions", "swaps", "truncations", "forks"};

static uint64_t any(struct tampered_log *w, uint64_t below)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed % below;
}

/* ---- changing a byte ---- */

/* It stays UTF-8, which the database insists on. */
static struct str other_text(struct tampered_log *w, struct arena *a, struct str s)
{
    struct str copy = str_dup(a, s);
    size_t at = s.len ? any(w, s.len) : 0;
    while (at < s.len && (s.ptr[at] & 0x80))
        at++;
    if (at == s.len) return str_cat(a, s, STR("x"));
    ((char *)(uintptr_t)copy.ptr)[at] = s.ptr[at] == 'x' ? 'y' : 'x';
    return copy;
}

static struct str other_bytes(struct tampered_log *w, struct arena *a, struct str s)
{
    struct str copy = str_dup(a, s);
    if (!s.len) return STR("x");
    ((char *)(uintptr_t)copy.ptr)[any(w, s.len)] ^= (char)(1 << any(w, 8));
    return copy;
}

struct column {
    const char *table, *name, *key;
    enum db_type type;
};

static const struct column columns[] = {
    {"evidence", "at", "id", DB_INT},
    {"evidence", "act", "id", DB_TEXT},
    {"evidence", "actor_kind", "id", DB_INT},
    {"evidence", "account", "id", DB_INT},
    {"evidence", "unit", "id", DB_INT},
    {"evidence", "object_kind", "id", DB_TEXT},
    {"evidence", "object", "id", DB_INT},
    {"evidence", "subject", "id", DB_INT},
    {"evidence", "detail", "id", DB_TEXT},
    {"evidence", "mac", "id", DB_BYTES},
    {"evidence", "id", "id", DB_INT},
    {"evidence_unordered", "id", "id", DB_INT},
    {"evidence_bundle", "number", "number", DB_INT},
    {"evidence_bundle", "lowest", "number", DB_INT},
    {"evidence_bundle", "highest", "number", DB_INT},
    {"evidence_bundle", "ids", "number", DB_BYTES},
    {"evidence_bundle", "entries", "number", DB_BYTES},
    {"evidence_tile", "number", "number", DB_INT},
    {"evidence_tile", "level", "number", DB_INT},
    {"evidence_tile", "sha256", "number", DB_BYTES},
    {"evidence_tile", "sm3", "number", DB_BYTES},
    {"evidence_log", "origin", "id", DB_TEXT},
    {"evidence_log", "size", "id", DB_INT},
    {"evidence_log", "signed_size", "id", DB_INT},
    {"evidence_log", "sha256", "id", DB_TEXT},
    {"evidence_log", "sm3", "id", DB_TEXT},
    {"evidence_log", "certificate", "id", DB_TEXT},
};

static int64_t some_key(struct ctx *c, struct tampered_log *w, const char *table, const char *key)
{
    struct db_rows r;
    const char *sql = str_z(c->arena, str_fmt(c->arena, "SELECT %s FROM %s ORDER BY %s", key, table, key));
    if (!db_query(&c->tx, &r, sql)) return 0;
    return r.rows ? db_int(&r, any(w, r.rows), 0) : 0;
}

static bool edit(struct ctx *c, struct tampered_log *w)
{
    const struct column *col = &columns[any(w, sizeof columns / sizeof columns[0])];
    int64_t key = some_key(c, w, col->table, col->key);
    struct db_rows r;
    struct arena *a = c->arena;
    if (!db_query(&c->tx, &r,
                  str_z(a, str_fmt(a, "SELECT %s FROM %s WHERE %s = $1", col->name, col->table, col->key)),
                  DB_I(key)))
        return false;
    struct db_val v = {.type = col->type};
    if (col->type == DB_INT)
        v.i = db_int(&r, 0, 0) + (any(w, 2) ? 1 + (int64_t)any(w, 1000) : -1 - (int64_t)any(w, 1000));
    else
        v.s = (col->type == DB_TEXT ? other_text : other_bytes)(w, a, db_str(&r, 0, 0));
    return db_exec(
        &c->tx, str_z(a, str_fmt(a, "UPDATE %s SET %s = $2 WHERE %s = $1", col->table, col->name, col->key)),
        DB_I(key), v);
}

/* ---- deleting ---- */

static bool delete_run(struct ctx *c, struct tampered_log *w)
{
    uint64_t from = any(w, w->size), count = 1 + any(w, GONE_MAX);
    for (uint64_t i = from; i < from + count && i < w->size; i++)
        if (!db_exec(&c->tx, "DELETE FROM evidence WHERE id = $1", DB_I(w->ids[i]))) return false;
    return true;
}

/* A record that waits, with its place in the queue: as if it had never been. Its gap shows where another one
 * that stands in the log is gone as well. */
static bool delete_two(struct ctx *c, struct tampered_log *w)
{
    int64_t one = some_key(c, w, "evidence_unordered", "id");
    return db_exec(&c->tx, "DELETE FROM evidence_unordered WHERE id = $1", DB_I(one)) &&
           db_exec(&c->tx, "DELETE FROM evidence WHERE id = $1", DB_I(w->ids[any(w, w->size)]));
}

static bool delete_something(struct ctx *c, struct tampered_log *w)
{
    static const char *const tables[][2] = {{"evidence_unordered", "id"},
                                            {"evidence_bundle", "number"},
                                            {"evidence_tile", "number"},
                                            {"evidence_log", "id"}};
    uint64_t n = any(w, 20);
    if (n >= 8) return n % 4 ? delete_run(c, w) : delete_two(c, w);
    if (n >= 4)
        return db_exec(&c->tx,
                       n % 2 ? "UPDATE evidence_log SET sha256 = ''" : "UPDATE evidence_log SET sm3 = ''");
    const char *const *t = tables[n];
    int64_t key = some_key(c, w, t[0], t[1]);
    return db_exec(&c->tx, str_z(c->arena, str_fmt(c->arena, "DELETE FROM %s WHERE %s = $1", t[0], t[1])),
                   DB_I(key));
}

/* ---- swapping ---- */

static bool swap_columns(struct ctx *c, const char *table, const char *key, const char *list, int64_t one,
                         int64_t two)
{
    /* list: "a = (SELECT a …)": each column takes the other row's */
    struct buf b = buf_new(c->arena, 512);
    struct str rest = str_c(list), name;
    buf_fmt(&b, "UPDATE %s SET ", table);
    for (bool first = true; rest.len; first = false) {
        rest = str_cut(rest, ' ', &name);
        buf_fmt(&b,
                "%s%.*s = (SELECT o.%.*s FROM %s o WHERE o.%s = CASE WHEN %s.%s = $1 THEN $2 ELSE $1 END)",
                first ? "" : ", ", STR_ARG(name), STR_ARG(name), table, key, table, key);
    }
    buf_fmt(&b, " WHERE %s IN ($1, $2)", key);
    return db_exec(&c->tx, str_z(c->arena, buf_str(&b)), DB_I(one), DB_I(two));
}

static bool swap_within(struct ctx *c, struct tampered_log *w, bool ids)
{
    int64_t number = some_key(c, w, "evidence_bundle", "number");
    struct evidence_bundle b;
    bool found;
    if (!log_store_bundle(c, (uint64_t)number, &b, &found)) return false;
    size_t width = ids ? ID_BYTES : SM3_SIZE, count = b.entries.len / SM3_SIZE, i = any(w, count),
           k = any(w, count - 1);
    struct str bytes = str_dup(c->arena, ids ? b.ids : b.entries);
    char *p = (char *)(uintptr_t)bytes.ptr, kept[SM3_SIZE];
    if (k >= i) k++;
    memcpy(kept, p + i * width, width);
    memcpy(p + i * width, p + k * width, width);
    memcpy(p + k * width, kept, width);
    *(ids ? &b.ids : &b.entries) = bytes;
    return log_store_put_bundle(c, &b);
}

static bool swap_something(struct ctx *c, struct tampered_log *w)
{
    uint64_t i = any(w, w->size), k = any(w, w->size - 1);
    if (k >= i) k++;
    switch (any(w, 6)) {
    case 0: /* all that two rows say */
        return swap_columns(c, "evidence", "id",
                            "at act actor_kind account unit object_kind object subject detail mac", w->ids[i],
                            w->ids[k]);
    case 1: /* the numbers of two rows */
        return db_exec(&c->tx, "UPDATE evidence SET id = -1 WHERE id = $1", DB_I(w->ids[i])) &&
               db_exec(&c->tx, "UPDATE evidence SET id = $2 WHERE id = $1", DB_I(w->ids[k]),
                       DB_I(w->ids[i])) &&
               db_exec(&c->tx, "UPDATE evidence SET id = $1 WHERE id = -1", DB_I(w->ids[k]));
    case 2:
        return swap_within(c, w, false);
    case 3:
        return swap_within(c, w, true);
    case 4: /* two bundles */
        i /= TILE_WIDTH, k /= TILE_WIDTH;
        return db_exec(&c->tx, "UPDATE evidence_bundle SET number = -1 WHERE number = $1",
                       DB_I((int64_t)i)) &&
               db_exec(&c->tx, "UPDATE evidence_bundle SET number = $2 WHERE number = $1", DB_I((int64_t)k),
                       DB_I((int64_t)i)) &&
               db_exec(&c->tx, "UPDATE evidence_bundle SET number = $1 WHERE number = -1", DB_I((int64_t)k));
    default: /* the two heads, or the two trees */
        return any(w, 2) ? db_exec(&c->tx, "UPDATE evidence_log SET sha256 = sm3, sm3 = sha256")
                         : db_exec(&c->tx, "UPDATE evidence_tile SET sha256 = sm3, sm3 = sha256");
    }
}

/* ---- truncating ---- */

/* The log as it was at that size, whole in itself. */
static bool cut_to(struct ctx *c, struct tampered_log *w, uint64_t size, bool forget)
{
    uint64_t last = size / TILE_WIDTH;
    struct evidence_bundle b;
    struct str hashes[LOG_HASHES];
    bool found;
    if (!log_store_bundle(c, last, &b, &found)) return false;
    if (found && size % TILE_WIDTH) {
        b.ids = str_slice(b.ids, 0, (size_t)(size % TILE_WIDTH) * ID_BYTES);
        b.entries = str_slice(b.entries, 0, (size_t)(size % TILE_WIDTH) * SM3_SIZE);
        b.lowest = w->ids[last * TILE_WIDTH];
        b.highest = w->ids[size - 1];
        if (!log_store_put_bundle(c, &b)) return false;
    }
    if (!db_exec(&c->tx, "DELETE FROM evidence_bundle WHERE number > $1 OR (number = $1 AND $2 = 0)",
                 DB_I((int64_t)last), DB_I((int64_t)(size % TILE_WIDTH))) ||
        !db_exec(&c->tx, "DELETE FROM evidence_tile WHERE $1 = 0", DB_I((int64_t)last)))
        return false;
    if (last && (!log_store_tile(c, 1, 0, hashes, &found) || !found)) return false;
    for (size_t h = 0; last && h < LOG_HASHES; h++)
        hashes[h] = str_slice(hashes[h], 0, (size_t)last * MERKLE_SIZE);
    if (last && !log_store_put_tile(c, 1, 0, hashes)) return false;
    for (uint64_t i = size; i < w->size; i++)
        if (!db_exec(&c->tx,
                     forget ? "DELETE FROM evidence WHERE id = $1"
                            : "INSERT INTO evidence_unordered (id) VALUES ($1)",
                     DB_I(w->ids[i])))
            return false;
    return db_exec(&c->tx, "UPDATE evidence_log SET size = $1, signed_size = $1", DB_I((int64_t)size));
}

/* What waits for its place goes with it, or stays. */
static bool cut_waiting(struct ctx *c, bool cut)
{
    return !cut || (db_exec(&c->tx, "DELETE FROM evidence WHERE id IN (SELECT id FROM evidence_unordered)") &&
                    db_exec(&c->tx, "DELETE FROM evidence_unordered"));
}

static bool truncate_log(struct ctx *c, struct tampered_log *w)
{
    const struct tampered_past *p = &w->past[any(w, w->past_count - 1)];
    uint64_t way = any(w, 8);
    if (way < 2) /* the last rows alone */
        return db_exec(&c->tx, "DELETE FROM evidence WHERE id >= $1", DB_I(w->ids[1 + any(w, w->size - 1)]));
    if (!cut_waiting(c, any(w, 2))) return false;
    if (way < 6) /* the log anywhere, under the head that stands */
        return cut_to(c, w, w->size - 1 - any(w, w->size - 2), any(w, 2));
    /* back to a head that was signed once */
    return cut_to(c, w, p->size, any(w, 2)) &&
           db_exec(&c->tx, "UPDATE evidence_log SET sha256 = $1, sm3 = $2", DB_S(p->heads[MERKLE_SHA256]),
                   DB_S(p->heads[MERKLE_SM3]));
}

/* ---- forking, with all keys ---- */

/* The log over these rows in this order, signed anew. */
static bool forge(struct ctx *c, const int64_t *ids, size_t count)
{
    struct evidence_log log;
    struct merkle_range ranges[LOG_HASHES] = {0};
    struct str heads[LOG_HASHES], line, tiles[LOG_HASHES];
    struct buf id_bytes = buf_new(c->arena, 64), entries = buf_new(c->arena, 64);
    struct merkle_node leaves[LOG_HASHES][TILE_WIDTH], *roots[LOG_HASHES];
    int64_t lowest = INT64_MAX, highest = 0;
    struct signer signer;
    uint8_t key_seed[ED25519_SEED];
    if (!log_store_find(c, &log) || !db_exec(&c->tx, "DELETE FROM evidence_bundle") ||
        !db_exec(&c->tx, "DELETE FROM evidence_tile"))
        return false;
    for (size_t h = 0; h < LOG_HASHES; h++)
        roots[h] = ARENA_ARRAY(c->arena, count / TILE_WIDTH + 1, struct merkle_node);
    for (size_t i = 0; i < count; i++) {
        struct evidence_row *row;
        size_t found;
        uint8_t entry[SM3_SIZE];
        if (!evidence_store_find(c, ids[i], &row, &found) || !found) return false;
        evidence_entry(c, row, entry);
        buf_add(&entries, str_n(entry, sizeof entry));
        for (int k = 7; k >= 0; k--)
            buf_add_char(&id_bytes, (char)((uint64_t)ids[i] >> (8 * k)));
        if (ids[i] < lowest) lowest = ids[i];
        if (ids[i] > highest) highest = ids[i];
        for (size_t h = 0; h < LOG_HASHES; h++) {
            leaves[h][i % TILE_WIDTH] =
                merkle_leaf((enum merkle_hash)h, c->arena, str_n(entry, sizeof entry));
            merkle_append((enum merkle_hash)h, &ranges[h], &leaves[h][i % TILE_WIDTH]);
        }
        bool full = (i + 1) % TILE_WIDTH == 0;
        if (!full && i + 1 < count) continue;
        struct evidence_bundle b = {i / TILE_WIDTH, lowest, highest, str_dup(c->arena, buf_str(&id_bytes)),
                                    str_dup(c->arena, buf_str(&entries))};
        if (!log_store_put_bundle(c, &b)) return false;
        for (size_t h = 0; full && h < LOG_HASHES; h++)
            roots[h][i / TILE_WIDTH] = merkle_fold((enum merkle_hash)h, leaves[h], TILE_WIDTH);
        id_bytes.len = entries.len = 0;
        lowest = INT64_MAX, highest = 0;
    }
    for (size_t h = 0; h < LOG_HASHES; h++)
        tiles[h] = str_n(roots[h], count / TILE_WIDTH * MERKLE_SIZE);
    if (count >= TILE_WIDTH && !log_store_put_tile(c, 1, 0, tiles)) return false;
    struct merkle_key key = evidence_log_key(c, log.origin);
    struct merkle_node root = merkle_range_root(MERKLE_SHA256, &ranges[MERKLE_SHA256]);
    struct str text = merkle_checkpoint_text(c->arena, log.origin, count, &root);
    evidence_log_seed(c, key_seed);
    heads[MERKLE_SHA256] = merkle_note(c->arena, text, merkle_sign(c->arena, &key, key_seed, text));
    root = merkle_range_root(MERKLE_SM3, &ranges[MERKLE_SM3]);
    text = merkle_checkpoint_text(c->arena, evidence_sm3_name(c, log.origin), count, &root);
    if (!evidence_log_signer(c, log.origin, &signer) ||
        !merkle_sign_sm2(c->arena, evidence_sm3_name(c, log.origin), signer.key, text, &line, c->err))
        return false;
    heads[MERKLE_SM3] = merkle_note(c->arena, text, line);
    return db_exec(&c->tx, "UPDATE evidence_log SET size = $1, signed_size = $1, sha256 = $2, sm3 = $3",
                   DB_I((int64_t)count), DB_S(heads[MERKLE_SHA256]), DB_S(heads[MERKLE_SM3]));
}

static bool rewrite_row(struct ctx *c, int64_t id)
{
    struct evidence_row *row;
    size_t found;
    uint8_t mac[SM3_SIZE];
    if (!evidence_store_find(c, id, &row, &found) || !found) return false;
    row->subject = 502;
    evidence_mac(c, row, mac);
    return db_exec(&c->tx, "UPDATE evidence SET subject = 502, mac = $2 WHERE id = $1", DB_I(id),
                   DB_B(str_n(mac, sizeof mac)));
}

static bool insert_row(struct ctx *c, int64_t id)
{
    struct evidence_row row = {
        .id = id, .at = c->now, .act = STR("case.grant"), .object_kind = STR("case"), .detail = STR("{}")};
    uint8_t mac[SM3_SIZE];
    evidence_mac(c, &row, mac);
    row.mac = str_n(mac, sizeof mac);
    return evidence_store_add(&c->tx, &row) &&
           db_exec(&c->tx, "DELETE FROM evidence_unordered WHERE id = $1", DB_I(id));
}

static bool fork_log(struct ctx *c, struct tampered_log *w)
{
    int64_t *ids = ARENA_ARRAY(c->arena, w->size + WAITING + 1, int64_t), *waiting;
    size_t count = (size_t)w->size, at = any(w, count), more;
    memcpy(ids, w->ids, count * sizeof ids[0]);
    switch (any(w, 4)) {
    case 0: /* an act was of somebody else */
        if (!rewrite_row(c, ids[at])) return false;
        break;
    case 1: /* an act was never */
        if (!db_exec(&c->tx, "DELETE FROM evidence WHERE id = $1", DB_I(ids[at]))) return false;
        memmove(ids + at, ids + at + 1, (--count - at) * sizeof ids[0]);
        break;
    case 2: /* an act that was not */
        memmove(ids + at + 1, ids + at, (count++ - at) * sizeof ids[0]);
        ids[at] = 1 + (int64_t)any(w, 1000000);
        if (!insert_row(c, ids[at])) return false;
        break;
    default: { /* another order */
        size_t with = at ? at - 1 : 1;
        int64_t kept = ids[at];
        ids[at] = ids[with];
        ids[with] = kept;
    }
    }
    if (any(w, 2)) { /* and longer than the head that was saved */
        if (!log_store_ids(c, true, 0, WAITING, &waiting, &more)) return false;
        for (size_t i = 0; i < more; i++)
            ids[count++] = waiting[i];
        if (!db_exec(&c->tx, "DELETE FROM evidence_unordered")) return false;
    }
    return forge(c, ids, count);
}

/* ---- is it another log? ---- */

struct kept {
    const char *sql;
    size_t ints, texts; /* columns */
};

static const struct kept kept[] = {
    {"SELECT id, at, actor_kind, account, unit, object, subject, act, object_kind, detail, mac FROM evidence "
     "ORDER BY id",
     7, 4},
    {"SELECT id FROM evidence_unordered ORDER BY id", 1, 0},
    {"SELECT number, lowest, highest, ids, entries FROM evidence_bundle ORDER BY number", 3, 2},
    {"SELECT level, number, sha256, sm3 FROM evidence_tile ORDER BY level, number", 2, 2},
    {"SELECT id, size, signed_size, origin, sha256, sm3, certificate FROM evidence_log ORDER BY id", 3, 4}};

static bool state_of(struct ctx *c, uint64_t *state)
{
    struct buf b = buf_new(c->arena, 1 << 20);
    struct db_rows r;
    uint8_t digest[SM3_SIZE];
    for (size_t t = 0; t < sizeof kept / sizeof kept[0]; t++) {
        if (!db_query(&c->tx, &r, kept[t].sql)) return false;
        buf_fmt(&b, "%zu rows\n", r.rows);
        for (size_t i = 0; i < r.rows; i++) {
            for (size_t k = 0; k < kept[t].ints; k++)
                buf_fmt(&b, "%lld,", (long long)db_int(&r, i, k));
            for (size_t k = kept[t].ints; k < kept[t].ints + kept[t].texts; k++) {
                buf_fmt(&b, "%zu:", db_str(&r, i, k).len);
                buf_add(&b, db_str(&r, i, k));
            }
        }
    }
    sm3(buf_str(&b), digest);
    memcpy(state, digest, sizeof *state);
    return true;
}

static bool is_new(struct tampered_log *l, uint64_t state)
{
    if (!state) state = 1;
    size_t at = (size_t)(state % l->seen_room);
    for (; l->seen[at]; at = (at + 1) % l->seen_room)
        if (l->seen[at] == state) return false;
    l->seen[at] = state;
    l->seen_count++;
    return true;
}

/* ---- the log ---- */

static bool keep(struct ctx *c)
{
    struct tampered_log *l = ctx_arg(c);
    struct evidence_log log;
    if (!log_store_find(c, &log)) return false;
    assert_true(l->past_count < TAMPERED_PAST);
    struct tampered_past *p = &l->past[l->past_count++];
    p->size = l->size = log.size;
    for (size_t h = 0; h < LOG_HASHES; h++)
        p->heads[h] = str_dup(l->arena, log.heads[h]);
    return true;
}

static bool keep_ids(struct ctx *c)
{
    struct tampered_log *l = ctx_arg(c);
    struct evidence_bundle b;
    struct db_rows r;
    uint64_t state;
    bool found;
    l->ids = ARENA_ARRAY(l->arena, (size_t)l->size, int64_t);
    for (uint64_t i = 0; i < l->size; i++) {
        if (i % TILE_WIDTH == 0 && !log_store_bundle(c, i / TILE_WIDTH, &b, &found)) return false;
        l->ids[i] = evidence_bundle_id(&b, (size_t)(i % TILE_WIDTH));
    }
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM evidence_unordered") || !state_of(c, &state))
        return false;
    assert_in_range(db_int(&r, 0, 0), 1, WAITING); /* a fork goes on with all of them */
    (void)is_new(l, state);
    return true;
}

static void must(struct tampered_log *l,
                 bool (*run)(struct server *, const struct actor *, handler *, void *, struct err *),
                 handler *fn, void *arg)
{
    struct err e = {0};
    if (!run(l->server, &program, fn, arg, &e)) fail_msg("%s %s", e.code, e.detail);
}

void tampered_log_keep(struct tampered_log *l)
{
    must(l, server_read, keep, l);
}

void tampered_log_ready(struct tampered_log *l, size_t most)
{
    assert_true(l->past_count > 1);
    l->seen_room = 4 * most + 16;
    l->seen = ARENA_ARRAY(l->arena, l->seen_room, uint64_t);
    must(l, server_read, keep_ids, l);
}

struct str tampered_log_saved(const struct tampered_log *l)
{
    return l->past[l->past_count - 1].heads[MERKLE_SHA256];
}

/* ---- one ---- */

static bool (*const kinds[TAMPERINGS])(struct ctx *c, struct tampered_log *l) = {
    edit, delete_something, swap_something, truncate_log, fork_log};

struct trial {
    struct tampered_log *log;
    int kind; /* -1: none */
    struct str saved;
    struct evidence_audit result;
    bool audited;
};

static bool tamper(struct ctx *c)
{
    struct trial *t = ctx_arg(c);
    uint64_t state = 0;
    if (t->kind >= 0 && (!kinds[t->kind](c, t->log) || !state_of(c, &state) || !is_new(t->log, state)))
        return c->err->kind ? false : err_invalid(c->err, "test.again", "Nothing new.");
    t->audited = evidence_audit(c, t->saved, &t->result);
    return t->audited && err_invalid(c->err, "test.back", "Taken back.");
}

struct evidence_audit tampered_log_audit(const struct tampered_log *l, struct str saved)
{
    struct trial t = {.kind = -1, .saved = saved};
    struct err e = {0};
    assert_false(server_write(l->server, &program, tamper, &t, &e));
    if (!t.audited) fail_msg("%s %s", e.code, e.detail);
    return t.result;
}

/* What cannot be written (a number that is taken) or makes nothing new is drawn again. */
struct evidence_audit tampered_log_try(struct tampered_log *l, int kind, struct str saved)
{
    struct trial t = {.log = l, .kind = kind, .saved = saved};
    struct err e;
    for (int i = 0; i < DRAWS_MAX && !t.audited; i++) {
        e = (struct err){0};
        assert_false(server_write(l->server, &program, tamper, &t, &e));
    }
    if (!t.audited)
        fail_msg("there are no more %s that make another log: %s %s", tampering_names[kind], e.code,
                 e.detail);
    return t.result;
}
