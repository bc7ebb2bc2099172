/* What a row of evidence is in the log, where it stands there, and the keys of the log's heads. */
#include "modules/evidence/evidence_log.h"

#include "core/crypto/sm3_many.h"
enum { ENTRIES_LOT = 64 };

#define SIGNER "evidence-log"

enum { LOOKED_AT = 8 };

void evidence_share_guard(struct arena *from, struct arena *other)
{
    jmp_buf *guard = arena_guard(from, NULL);
    arena_guard(from, guard);
    arena_guard(other, guard);
}

void evidence_salt(struct ctx *c, int64_t id, uint8_t out[SM3_SIZE])
{
    mac_sm3(keyring_mac(ctx_keys(c), "evidence.salt"), str_fmt(c->arena, "%lld", (long long)id), out);
}

void evidence_entry(struct ctx *c, const struct evidence_row *row, uint8_t out[SM3_SIZE])
{
    uint8_t salt[SM3_SIZE];
    evidence_salt(c, row->id, salt);
    hmac_sm3(str_n(salt, sizeof salt), evidence_text(c->arena, row), out);
}

static void enter_lot(struct ctx *c, const struct evidence_row *rows, size_t count,
                      uint8_t (*entries)[SM3_SIZE], bool *altered)
{
    struct str texts[ENTRIES_LOT], ids[ENTRIES_LOT], keys[ENTRIES_LOT];
    uint8_t macs[ENTRIES_LOT][SM3_SIZE], salts[ENTRIES_LOT][SM3_SIZE];
    char digits[ENTRIES_LOT][20];
    for (size_t i = 0; i < count; i++) {
        texts[i] = evidence_text(c->arena, &rows[i]);
        ids[i] = str_n(digits[i], str_put_i64(digits[i], rows[i].id));
        keys[i] = str_n(salts[i], SM3_SIZE);
    }
    mac_sm3_many(keyring_mac(ctx_keys(c), "evidence"), texts, count, macs);
    mac_sm3_many(keyring_mac(ctx_keys(c), "evidence.salt"), ids, count, salts);
    hmac_sm3_keys(keys, texts, count, entries);
    for (size_t i = 0; i < count; i++)
        altered[i] = rows[i].mac.len != SM3_SIZE || !crypto_equal(macs[i], rows[i].mac.ptr, SM3_SIZE);
}

void evidence_entries(struct ctx *c, const struct evidence_row *rows, size_t count,
                      uint8_t (*entries)[SM3_SIZE], bool *altered)
{
    for (size_t from = 0; from < count; from += ENTRIES_LOT) {
        size_t n = count - from < ENTRIES_LOT ? count - from : ENTRIES_LOT;
        enter_lot(c, rows + from, n, entries + from, altered + from);
    }
}

int64_t evidence_bundle_id(const struct evidence_bundle *b, size_t at)
{
    uint64_t id = 0;
    for (size_t i = 0; i < ID_BYTES; i++)
        id = id << 8 | (unsigned char)b->ids.ptr[at * ID_BYTES + i];
    return (int64_t)id;
}

/* ---- the tree over what is stored ---- */

struct tree_source {
    struct ctx *ctx;
    enum merkle_hash hash;
};

static bool load(void *source, struct merkle_tile t, struct merkle_node *out)
{
    struct tree_source *s = source;
    struct evidence_bundle b;
    struct str hashes[LOG_HASHES];
    bool found;
    if (t.level) {
        if (!log_store_tile(s->ctx, t.level, t.number, hashes, &found)) return false;
        if (!found || hashes[s->hash].len < (size_t)t.width * MERKLE_SIZE)
            return err_fault(s->ctx->err, "tile %d/%llu of the log is not whole", t.level,
                             (unsigned long long)t.number);
        memcpy(out, hashes[s->hash].ptr, (size_t)t.width * MERKLE_SIZE);
        return true;
    }
    if (!log_store_bundle(s->ctx, t.number, &b, &found)) return false;
    if (!found || b.entries.len < (size_t)t.width * SM3_SIZE)
        return err_fault(s->ctx->err, "bundle %llu of the log is not whole", (unsigned long long)t.number);
    for (size_t i = 0; i < (size_t)t.width; i++)
        out[i] = merkle_leaf(s->hash, s->ctx->arena, str_slice(b.entries, i * SM3_SIZE, (i + 1) * SM3_SIZE));
    return true;
}

struct merkle_tiles *evidence_tree(struct ctx *c, enum merkle_hash h, uint64_t size)
{
    struct tree_source *s = ARENA_NEW(c->arena, struct tree_source);
    *s = (struct tree_source){c, h};
    return merkle_tiles_new(c->arena, h, size, load, s);
}

static bool find_in(const struct evidence_bundle *b, int64_t row, uint64_t *index)
{
    for (size_t i = 0; i < b->ids.len / ID_BYTES; i++)
        if (evidence_bundle_id(b, i) == row) {
            *index = b->number * TILE_WIDTH + i;
            return true;
        }
    return false;
}

/* Bundles follow each other in the order of ids but for rows that were late: the first one looked at is
 * nearly always the right one. */
bool evidence_position(struct ctx *c, int64_t row, uint64_t *index, bool *found)
{
    struct evidence_bundle *list;
    size_t count = 0;
    int64_t below = INT64_MAX;
    *found = false;
    do {
        if (!log_store_holding(c, row, below, LOOKED_AT, &list, &count)) return false;
        for (size_t i = 0; i < count && !*found; i++) {
            *found = list[i].highest >= row && find_in(&list[i], row, index);
            below = list[i].lowest;
        }
    } while (!*found && count == LOOKED_AT);
    return true;
}

/* ---- keys ---- */

void evidence_log_seed(struct ctx *c, uint8_t out[ED25519_SEED])
{
    keyring_domain(ctx_keys(c), "evidence.log", out, ED25519_SEED);
}

struct merkle_key evidence_log_key(struct ctx *c, struct str origin)
{
    uint8_t seed[ED25519_SEED];
    evidence_log_seed(c, seed);
    struct merkle_key k = merkle_key(c->arena, origin, NOTE_ED25519, seed);
    crypto_wipe(seed, sizeof seed);
    return k;
}

struct str evidence_sm3_name(struct ctx *c, struct str origin)
{
    return str_cat(c->arena, origin, STR("/sm3"));
}

bool evidence_log_signer(struct ctx *c, struct str origin, struct signer *out)
{
    struct merkle_key k = evidence_log_key(c, origin);
    struct cert_subject subject = {.common_name = STR("Evidence log"), /* no translation */
                                   .organisation = STR("Tongban"),     /* no translation */
                                   .serial = str_hex(c->arena, k.id, NOTE_ID)};
    return keyring_signer(ctx_keys(c), STR(SIGNER), &subject, c->now, out, c->err);
}

bool evidence_public_keys(struct ctx *c, const struct evidence_log *log, struct str *out)
{
    struct merkle_key k = evidence_log_key(c, log->origin);
    const struct cert *ca = keyring_ca(ctx_keys(c), c->now, c->err);
    if (!ca) return false;
    *out = str_fmt(c->arena, "%.*s\n%.*s%.*s", STR_ARG(merkle_key_text(c->arena, &k)),
                   STR_ARG(log->certificate), STR_ARG(cert_to_pem(c->arena, ca)));
    return true;
}
