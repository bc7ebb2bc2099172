/* Single edits, deletions, swaps, truncations and forks of a real log, each audited in the transaction that
 * makes it and taken back. TB_TAMPERINGS says how many in all; 10,000 take a few minutes. The last kinds know
 * all keys of the installation: only the head that was kept elsewhere tells. */
#include "modules/evidence/evidence_log.h"

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { STEPS = 24, PER_STEP = 13, WAITING = 5, OWNER = 77, TAMPERINGS = 600, KINDS = 5, FORGED_MAX = 1000 };

static const struct actor program = {.kind = ACTOR_SYSTEM};

static uint64_t seed = 88172645463325252u;

static uint64_t any(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

/* ---- the log ---- */

struct past {
    uint64_t size;
    struct str heads[LOG_HASHES];
};

struct world {
    struct testapp *app;
    struct past past[STEPS];
    struct str saved;
    int64_t rows; /* in all, waiting ones too */
    int64_t *ids; /* in the log, in order */
    uint64_t size;
};

static bool add_acts(struct ctx *c)
{
    const int *count = ctx_arg(c);
    for (int i = 0; i < *count; i++) {
        struct json *detail = json_object(c->arena);
        json_set_i64(c->arena, detail, "step", i);
        if (!evidence_add(c, i % 2 ? "case.accept" : "licence.issue", "case", 9000 + i, 501, detail))
            return false;
    }
    return true;
}

static bool keep_past(struct ctx *c)
{
    struct world *w = ctx_arg(c);
    struct evidence_log log;
    if (!log_store_find(c, &log)) return false;
    struct past *p = w->past;
    while (p->size)
        p++;
    p->size = w->size = log.size;
    for (size_t h = 0; h < LOG_HASHES; h++)
        p->heads[h] = str_dup(w->app->arena, log.heads[h]);
    w->saved = p->heads[MERKLE_SHA256];
    return true;
}

static bool keep_ids(struct ctx *c)
{
    struct world *w = ctx_arg(c);
    struct evidence_bundle b;
    bool found;
    w->ids = ARENA_ARRAY(w->app->arena, (size_t)w->size, int64_t);
    for (uint64_t i = 0; i < w->size; i++) {
        if (i % TILE_WIDTH == 0 && !log_store_bundle(c, i / TILE_WIDTH, &b, &found)) return false;
        w->ids[i] = evidence_bundle_id(&b, (size_t)(i % TILE_WIDTH));
    }
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM evidence")) return false;
    w->rows = db_int(&r, 0, 0);
    return true;
}

static void act(struct testapp *t, int count)
{
    struct err e = {0};
    testapp_advance(1500);
    if (!server_write(t->server, &program, add_acts, &count, &e)) fail_msg("%s %s", e.code, e.detail);
}

static void open_world(struct world *w)
{
    struct err e = {0};
    *w = (struct world){.app = testapp_open(false)};
    for (int i = 0; i < STEPS; i++) {
        act(w->app, PER_STEP);
        if (!evidence_order(w->app->server, OWNER, &e)) fail_msg("%s %s", e.code, e.detail);
        testapp_read(w->app, keep_past, w);
    }
    act(w->app, WAITING);
    testapp_read(w->app, keep_ids, w);
    testapp_advance(60000); /* nobody orders any more */
}

/* ---- changing a byte ---- */

static struct str other_text(struct arena *a, struct str s)
{
    struct str copy = str_dup(a, str_cat(a, s, STR_EMPTY));
    char *at;
    do {
        at = (char *)(uintptr_t)copy.ptr + any(s.len);
    } while (*at & 0x80); /* it stays UTF-8, which the database insists on */
    *at = *at == 'x' ? 'y' : 'x';
    return copy;
}

static struct str other_bytes(struct arena *a, struct str s)
{
    struct str copy = str_dup(a, s);
    ((char *)(uintptr_t)copy.ptr)[any(s.len)] ^= (char)(1 << any(8));
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

static int64_t some_key(struct ctx *c, const char *table, const char *key)
{
    struct db_rows r;
    const char *sql = str_z(c->arena, str_fmt(c->arena, "SELECT %s FROM %s ORDER BY %s", key, table, key));
    if (!db_query(&c->tx, &r, sql)) return 0;
    return r.rows ? db_int(&r, any(r.rows), 0) : 0;
}

static bool edit(struct ctx *c, const struct world *w)
{
    const struct column *col = &columns[any(sizeof columns / sizeof columns[0])];
    int64_t key = some_key(c, col->table, col->key);
    struct db_rows r;
    struct arena *a = c->arena;
    (void)w;
    if (!db_query(&c->tx, &r,
                  str_z(a, str_fmt(a, "SELECT %s FROM %s WHERE %s = $1", col->name, col->table, col->key)),
                  DB_I(key)))
        return false;
    struct db_val v = {.type = col->type};
    if (col->type == DB_INT)
        v.i = db_int(&r, 0, 0) + (any(2) ? 1 + (int64_t)any(1000) : -1 - (int64_t)any(1000));
    else
        v.s = col->type == DB_TEXT ? other_text(a, db_str(&r, 0, 0)) : other_bytes(a, db_str(&r, 0, 0));
    return db_exec(
        &c->tx, str_z(a, str_fmt(a, "UPDATE %s SET %s = $2 WHERE %s = $1", col->table, col->name, col->key)),
        DB_I(key), v);
}

/* ---- deleting ---- */

static bool delete_something(struct ctx *c, const struct world *w)
{
    static const char *const tables[][2] = {{"evidence", "id"},           {"evidence", "id"},
                                            {"evidence_unordered", "id"}, {"evidence_bundle", "number"},
                                            {"evidence_tile", "number"},  {"evidence_log", "id"}};
    const char *const *t = tables[any(sizeof tables / sizeof tables[0])];
    int64_t key = some_key(c, t[0], t[1]);
    (void)w;
    if (any(8) == 0)
        return db_exec(&c->tx,
                       any(2) ? "UPDATE evidence_log SET sha256 = ''" : "UPDATE evidence_log SET sm3 = ''");
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

static bool swap_within(struct ctx *c, bool ids)
{
    int64_t number = some_key(c, "evidence_bundle", "number");
    struct evidence_bundle b;
    bool found;
    if (!log_store_bundle(c, (uint64_t)number, &b, &found)) return false;
    size_t width = ids ? ID_BYTES : SM3_SIZE, count = b.entries.len / SM3_SIZE, i = any(count),
           k = any(count - 1);
    struct str bytes = str_dup(c->arena, ids ? b.ids : b.entries);
    char *p = (char *)(uintptr_t)bytes.ptr, kept[SM3_SIZE];
    if (k >= i) k++;
    memcpy(kept, p + i * width, width);
    memcpy(p + i * width, p + k * width, width);
    memcpy(p + k * width, kept, width);
    *(ids ? &b.ids : &b.entries) = bytes;
    return log_store_put_bundle(c, &b);
}

static bool swap_something(struct ctx *c, const struct world *w)
{
    uint64_t i = any(w->size), k = any(w->size - 1);
    if (k >= i) k++;
    switch (any(6)) {
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
        return swap_within(c, false);
    case 3:
        return swap_within(c, true);
    case 4: /* two bundles */
        return db_exec(&c->tx, "UPDATE evidence_bundle SET number = -1 WHERE number = 0") &&
               db_exec(&c->tx, "UPDATE evidence_bundle SET number = 0 WHERE number = 1") &&
               db_exec(&c->tx, "UPDATE evidence_bundle SET number = 1 WHERE number = -1");
    default: /* the two heads, or the two trees */
        return any(2) ? db_exec(&c->tx, "UPDATE evidence_log SET sha256 = sm3, sm3 = sha256")
                      : db_exec(&c->tx, "UPDATE evidence_tile SET sha256 = sm3, sm3 = sha256");
    }
}

/* ---- truncating ---- */

/* The log as it was at that size, whole in itself. */
static bool cut_to(struct ctx *c, const struct world *w, uint64_t size, bool forget)
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

static bool truncate_log(struct ctx *c, const struct world *w)
{
    const struct past *p = &w->past[any(STEPS - 1)];
    switch (any(4)) {
    case 0: /* the last rows alone */
        return db_exec(&c->tx, "DELETE FROM evidence WHERE id >= $1", DB_I(w->ids[w->size - 1 - any(50)]));
    case 1: /* the log anywhere, under the head that stands */
        return cut_to(c, w, w->size - 1 - any(w->size - 2), any(2));
    default: /* back to a head that was signed once */
        return cut_to(c, w, p->size, any(2)) &&
               db_exec(&c->tx, "UPDATE evidence_log SET sha256 = $1, sm3 = $2", DB_S(p->heads[MERKLE_SHA256]),
                       DB_S(p->heads[MERKLE_SM3]));
    }
}

/* ---- forking, with all keys ---- */

/* The log over these rows in this order, signed anew. */
static bool forge(struct ctx *c, const int64_t *ids, size_t count)
{
    struct evidence_log log;
    struct merkle_range ranges[LOG_HASHES] = {0};
    struct str heads[LOG_HASHES], line, tiles[LOG_HASHES];
    struct buf id_bytes = buf_new(c->arena, 64), entries = buf_new(c->arena, 64);
    struct merkle_node leaves[LOG_HASHES][TILE_WIDTH], roots[LOG_HASHES][FORGED_MAX / TILE_WIDTH + 1];
    int64_t lowest = INT64_MAX, highest = 0;
    struct signer signer;
    uint8_t key_seed[ED25519_SEED];
    if (!log_store_find(c, &log) || !db_exec(&c->tx, "DELETE FROM evidence_bundle") ||
        !db_exec(&c->tx, "DELETE FROM evidence_tile"))
        return false;
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
    return evidence_store_add(c, &row) &&
           db_exec(&c->tx, "DELETE FROM evidence_unordered WHERE id = $1", DB_I(id));
}

static bool fork_log(struct ctx *c, const struct world *w)
{
    int64_t ids[FORGED_MAX], *waiting;
    size_t count = (size_t)w->size, at = any(count), more;
    memcpy(ids, w->ids, count * sizeof ids[0]);
    switch (any(4)) {
    case 0: /* an act was of somebody else */
        if (!rewrite_row(c, ids[at])) return false;
        break;
    case 1: /* an act was never */
        if (!db_exec(&c->tx, "DELETE FROM evidence WHERE id = $1", DB_I(ids[at]))) return false;
        memmove(ids + at, ids + at + 1, (--count - at) * sizeof ids[0]);
        break;
    case 2: /* an act that was not */
        memmove(ids + at + 1, ids + at, (count++ - at) * sizeof ids[0]);
        ids[at] = 1 + (int64_t)any(1000000);
        if (!insert_row(c, ids[at])) return false;
        break;
    default: { /* another order */
        size_t with = at ? at - 1 : 1;
        int64_t kept = ids[at];
        ids[at] = ids[with];
        ids[with] = kept;
    }
    }
    if (any(2)) { /* and longer than the head that was saved */
        if (!log_store_ids(c, true, 0, WAITING, &waiting, &more)) return false;
        for (size_t i = 0; i < more; i++)
            ids[count++] = waiting[i];
        if (!db_exec(&c->tx, "DELETE FROM evidence_unordered")) return false;
    }
    return forge(c, ids, count);
}

/* ---- one after another ---- */

typedef bool tampering(struct ctx *c, const struct world *w);
static const struct {
    const char *name;
    tampering *fn;
} kinds[KINDS] = {{"edits", edit},
                  {"deletions", delete_something},
                  {"swaps", swap_something},
                  {"truncations", truncate_log},
                  {"forks", fork_log}};

struct trial {
    const struct world *world;
    tampering *fn;
    struct str saved;
    struct evidence_audit result;
    bool audited;
};

static bool tamper(struct ctx *c)
{
    struct trial *t = ctx_arg(c);
    if (t->fn && !t->fn(c, t->world)) return false;
    t->audited = evidence_audit(c, t->saved, &t->result);
    return t->audited && err_invalid(c->err, "test.back", "Taken back.");
}

static struct evidence_audit try(const struct world *w, tampering *fn, struct str saved)
{
    struct trial t = {.world = w, .fn = fn, .saved = saved};
    struct err e = {0};
    assert_false(server_write(w->app->server, &program, tamper, &t, &e));
    if (!t.audited) fail_msg("%s %s", e.code, e.detail);
    return t.result;
}

static void every_change_is_found(void **state)
{
    const char *wanted = getenv("TB_TAMPERINGS");
    long long each = (wanted ? strtoll(wanted, NULL, 10) : TAMPERINGS) / KINDS, found = 0;
    struct world w;
    (void)state;
    open_world(&w);
    assert_int_equal(try(&w, NULL, w.saved).count, 0);
    for (size_t k = 0; k < KINDS; k++) {
        long long missed = 0;
        for (long long i = 0; i < each; i++) {
            uint64_t before = seed;
            struct evidence_audit r = try(&w, kinds[k].fn, w.saved);
            if (r.count) continue;
            missed++;
            print_error("%s with seed %llu was not found\n", kinds[k].name, (unsigned long long)before);
        }
        print_message("%s: %lld of %lld found\n", kinds[k].name, each - missed, each);
        found += each - missed;
    }
    assert_int_equal(found, each * KINDS);
    assert_int_equal(try(&w, NULL, w.saved).count, 0);
    testapp_close(w.app);
}

/* What the tests above find they find for the right reason: who has the keys deceives an audit without
 * memory. */
static void only_a_head_kept_elsewhere_tells_a_fork_made_with_the_keys(void **state)
{
    struct world w;
    int64_t deceived = 0;
    (void)state;
    open_world(&w);
    for (int i = 0; i < 20; i++) {
        uint64_t before = seed;
        deceived += try(&w, fork_log, STR_EMPTY).count == 0;
        seed = before;
        assert_true(try(&w, fork_log, w.saved).count > 0);
    }
    assert_int_equal(deceived, 20);
    assert_true(try(&w, NULL, w.past[3].heads[MERKLE_SM3]).count == 0);
    testapp_close(w.app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_is_found),
        cmocka_unit_test(only_a_head_kept_elsewhere_tells_a_fork_made_with_the_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
