/* The audit: computes the whole log again from the rows, and compares.
 *
 * It shares no tree with the sequencer: leaves go into two compact ranges, and what stands in tiles and heads
 * must follow from them. That every row of the table is in the log once, and nothing else, is told by sums of
 * keyed digests over the ids on both sides, so that memory does not grow with the log. */
#include "modules/evidence/evidence_log.h"

enum { IDS_AT_ONCE = 2048, PART_ARENA = 8 << 20 };

static const char row_gone[] = "A record that stands in the log is gone: %{arg}.";
static const char row_altered[] = "A record was altered: %{arg}.";
static const char row_unlogged[] = "A record does not stand in the log: %{arg}.";
static const char rows_differ[] = "Records and log do not name the same acts.";
static const char bundle_altered[] = "Entries of the log were altered or are gone: bundle %{arg}.";
static const char more_stored[] = "More is stored than the log has.";
static const char tile_altered[] = "Hashes of the log were altered or are gone, from entry %{arg} on.";
static const char head_altered[] = "The signed head does not fit the log.";
static const char head_unsigned[] = "The signature of the head does not fit.";
static const char head_short[] = "The newest entries stand under no signed head: from entry %{arg} on.";
static const char saved_foreign[] = "The saved head is not one of this log, or its signature does not fit.";
static const char saved_longer[] = "The log is shorter than the saved head says; that had %{arg} entries.";
static const char saved_other[] = "This is another history than the one whose head was saved.";

/* A sum does not depend on the order of the ids, but on how often each occurs. */
struct id_sum {
    uint64_t words[4];
    int64_t count;
};

/* A head whose root must come out when so many entries have been added. */
struct expected {
    enum merkle_hash hash;
    uint64_t size;
    struct merkle_node root;
    const char *msgid; /* what it means if not */
};

struct level {
    uint64_t number;
    size_t filled;
    struct merkle_node hashes[LOG_HASHES][TILE_WIDTH];
};

struct audit {
    struct ctx *c;
    struct evidence_audit *out;
    struct evidence_log log;
    struct merkle_range ranges[LOG_HASHES];
    struct expected expected[LOG_HASHES + 1];
    size_t expected_count;
    struct id_sum in_log, in_table;
    struct level *levels[TILE_LEVELS];
    int64_t tiles;
    struct arena *arena, *part; /* part is emptied with each bundle */
};

void evidence_found(struct evidence_audit *out, const char *msgid, int64_t arg)
{
    if (out->count < EVIDENCE_FINDINGS) out->findings[out->count] = (struct evidence_finding){msgid, arg};
    out->count++;
}

static void report(struct audit *a, const char *msgid, int64_t arg)
{
    evidence_found(a->out, msgid, arg);
}

static void add_id(struct audit *a, struct id_sum *sum, int64_t id)
{
    uint8_t digest[SM3_SIZE];
    uint64_t words[4];
    mac_sm3(keyring_mac(ctx_keys(a->c), "evidence.audit"), str_n(&id, sizeof id), digest);
    memcpy(words, digest, sizeof words);
    for (size_t i = 0; i < 4; i++)
        sum->words[i] += words[i];
    sum->count++;
}

static bool same_sum(const struct id_sum *x, const struct id_sum *y)
{
    return x->count == y->count && memcmp(x->words, y->words, sizeof x->words) == 0;
}

/* ---- heads ---- */

static void expect(struct audit *a, enum merkle_hash h, const struct merkle_checkpoint *head,
                   const char *msgid)
{
    a->expected[a->expected_count++] = (struct expected){h, head->size, head->root, msgid};
}

/* One signature, by the certificate that the installation vouches for. */
static bool sm3_signed(struct audit *a, const struct merkle_checkpoint *head)
{
    struct err ignored = {0};
    const struct cert *ca = keyring_ca(ctx_keys(a->c), a->c->now, &ignored);
    struct cert *signer = cert_from_pem(a->arena, a->log.certificate, &ignored);
    return ca && signer && str_eq(cert_to_pem(a->arena, signer), a->log.certificate) &&
           cert_verify(signer, ca, cert_from(signer)) &&
           str_find_char(head->signatures, '\n') == head->signatures.len - 1 &&
           merkle_signed_sm2(a->arena, head, head->origin, cert_public(signer));
}

static bool is_signed(struct audit *a, enum merkle_hash h, const struct merkle_checkpoint *head)
{
    struct merkle_key key = evidence_log_key(a->c, a->log.origin);
    return h == MERKLE_SM3 ? sm3_signed(a, head) : merkle_signed(a->arena, head, &key);
}

static struct str origin_of(struct audit *a, enum merkle_hash h)
{
    return h == MERKLE_SM3 ? evidence_sm3_name(a->c, a->log.origin) : a->log.origin;
}

static void look_at_head(struct audit *a, enum merkle_hash h)
{
    struct merkle_checkpoint head;
    struct err ignored = {0};
    struct str text = a->log.heads[h];
    if (!merkle_checkpoint_parse(a->arena, text, &head, &ignored) || !str_eq(head.origin, origin_of(a, h)) ||
        head.size != a->log.signed_size || head.size > a->log.size)
        report(a, head_altered, 0);
    else if (!is_signed(a, h, &head) || str_find_char(head.signatures, '\n') != head.signatures.len - 1)
        report(a, head_unsigned, 0);
    else
        expect(a, h, &head, head_altered);
}

static void look_at_heads(struct audit *a)
{
    bool nobody_orders = a->log.until < a->c->now;
    if (a->log.size > a->log.signed_size && nobody_orders) report(a, head_short, (int64_t)a->log.signed_size);
    if (!a->log.signed_size && !a->log.heads[MERKLE_SHA256].len && !a->log.heads[MERKLE_SM3].len) return;
    look_at_head(a, MERKLE_SHA256);
    look_at_head(a, MERKLE_SM3);
}

static void look_at_saved(struct audit *a, struct str saved)
{
    struct merkle_checkpoint head;
    struct err ignored = {0};
    if (!saved.len) return;
    bool ok = merkle_checkpoint_parse(a->arena, saved, &head, &ignored);
    enum merkle_hash h = ok && str_eq(head.origin, origin_of(a, MERKLE_SM3)) ? MERKLE_SM3 : MERKLE_SHA256;
    if (!ok || !str_eq(head.origin, origin_of(a, h)) || !is_signed(a, h, &head))
        report(a, saved_foreign, 0);
    else if (head.size > a->log.size)
        report(a, saved_longer, (int64_t)head.size);
    else
        expect(a, h, &head, saved_other);
}

static void meet_expected(struct audit *a)
{
    for (size_t i = 0; i < a->expected_count; i++) {
        const struct expected *x = &a->expected[i];
        if (x->size != a->ranges[x->hash].size) continue;
        struct merkle_node root = merkle_range_root(x->hash, &a->ranges[x->hash]);
        if (!merkle_same(&root, &x->root)) report(a, x->msgid, (int64_t)x->size);
    }
}

/* ---- tiles ---- */

static bool end_tile(struct audit *a, int level)
{
    struct level *l = a->levels[level];
    struct str stored[LOG_HASHES];
    bool found, same = true;
    if (!log_store_tile(a->c, level, l->number, stored, &found)) return false;
    for (size_t h = 0; h < LOG_HASHES; h++)
        same = same && str_eq(stored[h], str_n(l->hashes[h], l->filled * MERKLE_SIZE));
    if (!found || !same) report(a, tile_altered, (int64_t)(l->number << (8 * (level + 1))));
    a->tiles++;
    return true;
}

static bool add_subtree(struct audit *a, int level, const struct merkle_node roots[LOG_HASHES])
{
    if (level >= TILE_LEVELS) return true;
    if (!a->levels[level]) a->levels[level] = ARENA_NEW(a->arena, struct level);
    struct level *l = a->levels[level];
    for (size_t h = 0; h < LOG_HASHES; h++)
        l->hashes[h][l->filled] = roots[h];
    if (++l->filled < TILE_WIDTH) return true;
    struct merkle_node above[LOG_HASHES];
    if (!end_tile(a, level)) return false;
    for (size_t h = 0; h < LOG_HASHES; h++)
        above[h] = merkle_fold((enum merkle_hash)h, l->hashes[h], TILE_WIDTH);
    l->filled = 0;
    l->number++;
    return add_subtree(a, level + 1, above);
}

/* ---- entries and rows ---- */

static const struct evidence_row *row_of(const struct evidence_row *rows, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == id) return &rows[i];
    return NULL;
}

static bool fits(struct audit *a, const struct evidence_row *row, struct str entry)
{
    uint8_t expected[SM3_SIZE];
    evidence_entry(a->c, row, expected);
    return !evidence_altered(a->c, row) && str_eq(entry, str_n(expected, sizeof expected));
}

static void add_leaf(struct audit *a, struct str entry, struct merkle_node leaves[LOG_HASHES][TILE_WIDTH],
                     size_t at)
{
    for (size_t h = 0; h < LOG_HASHES; h++) {
        leaves[h][at] = merkle_leaf((enum merkle_hash)h, a->part, entry);
        merkle_append((enum merkle_hash)h, &a->ranges[h], &leaves[h][at]);
    }
    meet_expected(a);
}

static bool read_bundle(struct audit *a, uint64_t number, size_t width, struct evidence_bundle *b,
                        bool *whole)
{
    bool found;
    if (!log_store_bundle(a->c, number, b, &found)) return false;
    *whole = found && b->ids.len == width * ID_BYTES && b->entries.len == width * SM3_SIZE;
    return true;
}

static bool look_at_bundle(struct audit *a, uint64_t number, bool *whole)
{
    struct evidence_bundle b;
    struct evidence_row *rows;
    size_t found, width = (size_t)merkle_tile_width(0, number, a->log.size);
    int64_t ids[TILE_WIDTH], lowest = INT64_MAX, highest = 0;
    struct merkle_node leaves[LOG_HASHES][TILE_WIDTH], roots[LOG_HASHES];
    if (!read_bundle(a, number, width, &b, whole)) return false;
    if (!*whole) return report(a, bundle_altered, (int64_t)number), true;
    for (size_t i = 0; i < width; i++) {
        ids[i] = evidence_bundle_id(&b, i);
        if (ids[i] < lowest) lowest = ids[i];
        if (ids[i] > highest) highest = ids[i];
        add_id(a, &a->in_log, ids[i]);
    }
    if (b.lowest != lowest || b.highest != highest) report(a, bundle_altered, (int64_t)number);
    if (!log_store_rows(a->c, ids, width, &rows, &found)) return false;
    for (size_t i = 0; i < width; i++) {
        struct str entry = str_slice(b.entries, i * SM3_SIZE, (i + 1) * SM3_SIZE);
        const struct evidence_row *row = row_of(rows, found, ids[i]);
        if (!row)
            report(a, row_gone, ids[i]);
        else if (!fits(a, row, entry))
            report(a, row_altered, ids[i]);
        add_leaf(a, entry, leaves, i);
    }
    a->out->acts += (int64_t)width;
    if (width < TILE_WIDTH) return true;
    for (size_t h = 0; h < LOG_HASHES; h++)
        roots[h] = merkle_fold((enum merkle_hash)h, leaves[h], TILE_WIDTH);
    return add_subtree(a, 1, roots);
}

static bool look_at_entries(struct audit *a)
{
    uint64_t bundles = a->log.size / TILE_WIDTH + (a->log.size % TILE_WIDTH != 0);
    int64_t rows, stored_bundles, stored_tiles;
    bool whole = true;
    for (uint64_t n = 0; n < bundles && whole; n++) {
        if (!look_at_bundle(a, n, &whole)) return false;
        arena_reset(a->part);
    }
    if (!whole) return true; /* nothing behind it can be compared */
    for (int level = 1; level < TILE_LEVELS; level++)
        if (a->levels[level] && a->levels[level]->filled && !end_tile(a, level)) return false;
    if (!log_store_counts(a->c, &rows, &stored_bundles, &stored_tiles)) return false;
    if (stored_bundles != (int64_t)bundles || stored_tiles != a->tiles) report(a, more_stored, 0);
    return true;
}

/* Records that the log does not have yet. */
static bool look_at_waiting(struct audit *a)
{
    int64_t *ids, after = INT64_MIN;
    size_t count, found;
    struct evidence_row *rows;
    do {
        if (!log_store_ids(a->c, true, after, TILE_WIDTH, &ids, &count) ||
            !log_store_rows(a->c, ids, count, &rows, &found))
            return false;
        for (size_t i = 0; i < count; i++) {
            const struct evidence_row *row = row_of(rows, found, ids[i]);
            after = ids[i];
            add_id(a, &a->in_log, ids[i]);
            if (!row)
                report(a, row_gone, ids[i]);
            else if (evidence_altered(a->c, row))
                report(a, row_altered, ids[i]);
            a->out->waiting++;
        }
        arena_reset(a->part);
    } while (count == TILE_WIDTH);
    return true;
}

static bool is_known(struct audit *a, int64_t id, bool *known)
{
    uint64_t index;
    if (!evidence_position(a->c, id, &index, known)) return false;
    return *known || log_store_waits(a->c, id, known);
}

static bool walk_table(struct audit *a, bool name_them)
{
    int64_t *ids, after = INT64_MIN;
    size_t count;
    do {
        if (!log_store_ids(a->c, false, after, name_them ? TILE_WIDTH : IDS_AT_ONCE, &ids, &count))
            return false;
        for (size_t i = 0; i < count; i++) {
            bool known = true;
            after = ids[i];
            if (!name_them)
                add_id(a, &a->in_table, ids[i]);
            else if (!is_known(a, ids[i], &known))
                return false;
            if (!known) report(a, row_unlogged, ids[i]);
        }
        arena_reset(a->part);
    } while (count == (name_them ? (size_t)TILE_WIDTH : (size_t)IDS_AT_ONCE));
    return true;
}

static bool look_at_table(struct audit *a)
{
    if (!walk_table(a, false)) return false;
    if (same_sum(&a->in_log, &a->in_table)) return true;
    report(a, rows_differ, 0);
    return walk_table(a, true);
}

static bool run(struct audit *a, struct str saved)
{
    if (!log_store_find(a->c, &a->log)) return false;
    a->log.origin = str_dup(a->arena, a->log.origin);
    a->log.certificate = str_dup(a->arena, a->log.certificate);
    a->out->size = a->log.size;
    look_at_heads(a);
    look_at_saved(a, saved);
    arena_reset(a->part);
    return look_at_entries(a) && look_at_waiting(a) && look_at_table(a) && evidence_beside(a->c, a->out);
}

static void drop_part(void *part)
{
    arena_drop(part);
}

bool evidence_audit(struct ctx *c, struct str saved, struct evidence_audit *out)
{
    struct arena *outer = c->arena;
    struct audit *a = ARENA_NEW(outer, struct audit);
    *out = (struct evidence_audit){0};
    a->c = c;
    a->out = out;
    a->arena = outer;
    a->part = arena_new(PART_ARENA);
    if (!a->part) return err_fault(c->err, "not enough memory to audit");
    arena_on_drop(outer, drop_part, a->part); /* also when memory runs out in the middle */
    evidence_share_guard(outer, a->part);
    c->arena = c->tx.arena = a->part;
    bool ok = run(a, saved);
    c->arena = c->tx.arena = outer;
    ctx_forget_shared(c);
    arena_guard(a->part, NULL);
    return ok;
}
