/* The sequencer: puts evidence into the order of the log, behind the acts.
 *
 * A round reads what is unordered, computes bundles and tiles outside of the writer, and hands the writer
 * only rows to put. When nothing is left it signs a new head, once a second at most. */
#include "modules/evidence/evidence_log.h"

#include "core/base/log.h"
#include "core/base/time.h"
#include "core/http/server.h"

#include <errno.h>
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { LEASE_MS = 5000, ROUND_ARENA = 32 << 20, BUNDLES_MAX = EVIDENCE_BATCH / TILE_WIDTH + 2 };
enum { SEQUENCER_NICE = 5, PAUSE_SECONDS = 1 };

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};

struct tile_edge {
    bool loaded, changed;
    uint64_t number;
    int width;
    uint8_t hashes[LOG_HASHES][TILE_WIDTH * MERKLE_SIZE];
};

struct put_tile {
    int level;
    uint64_t number;
    struct str hashes[LOG_HASHES];
};

struct round {
    int64_t owner;
    struct arena *arena; /* of what the read leaves for the write */
    struct evidence_log log;
    size_t count;
    int64_t ids[EVIDENCE_BATCH];
    size_t bundle_count, tile_count;
    struct evidence_bundle bundles[BUNDLES_MAX];
    struct put_tile *tiles;
    struct tile_edge *edges[TILE_LEVELS];
    /* the bundle being filled */
    uint8_t id_bytes[TILE_WIDTH * ID_BYTES], entries[TILE_WIDTH][SM3_SIZE];
    int filled;
    int64_t lowest, highest;
    bool taken;
};

/* ---- reading and computing ---- */

static bool load_bundle(struct ctx *c, struct round *r)
{
    struct evidence_bundle b;
    bool found;
    r->filled = (int)(r->log.size % TILE_WIDTH);
    r->lowest = INT64_MAX;
    r->highest = 0;
    if (!r->filled) return true;
    if (!log_store_bundle(c, r->log.size / TILE_WIDTH, &b, &found)) return false;
    if (!found || b.ids.len != (size_t)r->filled * ID_BYTES || b.entries.len != (size_t)r->filled * SM3_SIZE)
        return err_fault(c->err, "the last bundle of the log is not whole");
    memcpy(r->id_bytes, b.ids.ptr, b.ids.len);
    memcpy(r->entries, b.entries.ptr, b.entries.len);
    r->lowest = b.lowest;
    r->highest = b.highest;
    return true;
}

static void keep_bundle(struct round *r, uint64_t number)
{
    r->bundles[r->bundle_count++] = (struct evidence_bundle){
        .number = number,
        .lowest = r->lowest,
        .highest = r->highest,
        .ids = str_dup(r->arena, str_n(r->id_bytes, (size_t)r->filled * ID_BYTES)),
        .entries = str_dup(r->arena, str_n(r->entries, (size_t)r->filled * SM3_SIZE)),
    };
}

static void keep_tile(struct round *r, int level, struct tile_edge *edge)
{
    struct put_tile *t = &r->tiles[r->tile_count++];
    *t = (struct put_tile){.level = level, .number = edge->number};
    for (size_t h = 0; h < LOG_HASHES; h++)
        t->hashes[h] = str_dup(r->arena, str_n(edge->hashes[h], (size_t)edge->width * MERKLE_SIZE));
    edge->changed = false;
}

static bool load_edge(struct ctx *c, struct round *r, int level, uint64_t leaves, struct tile_edge **out)
{
    struct tile_edge *edge = r->edges[level];
    struct str stored[LOG_HASHES];
    bool found;
    *out = edge;
    if (edge) return true;
    edge = *out = r->edges[level] = ARENA_NEW(r->arena, struct tile_edge);
    uint64_t hashes = leaves >> (8 * level); /* complete subtrees before this one */
    edge->number = hashes / TILE_WIDTH;
    edge->width = (int)(hashes % TILE_WIDTH);
    if (!edge->width) return true;
    if (!log_store_tile(c, level, edge->number, stored, &found)) return false;
    for (size_t h = 0; h < LOG_HASHES; h++) {
        if (!found || stored[h].len != (size_t)edge->width * MERKLE_SIZE)
            return err_fault(c->err, "the last tile of level %d of the log is not whole", level);
        memcpy(edge->hashes[h], stored[h].ptr, stored[h].len);
    }
    return true;
}

/* `roots` of a complete subtree of 256^level leaves, the one that ends before leaf `end`. */
static bool add_subtree(struct ctx *c, struct round *r, int level, uint64_t end,
                        const struct merkle_node roots[LOG_HASHES])
{
    struct tile_edge *edge;
    if (level >= TILE_LEVELS) return err_fault(c->err, "the log is full");
    uint64_t before = end - (UINT64_C(1) << (8 * level));
    if (!load_edge(c, r, level, before, &edge)) return false;
    for (size_t h = 0; h < LOG_HASHES; h++)
        memcpy(edge->hashes[h] + edge->width * MERKLE_SIZE, roots[h].bytes, MERKLE_SIZE);
    edge->changed = true;
    if (++edge->width < TILE_WIDTH) return true;
    struct merkle_node above[LOG_HASHES];
    for (size_t h = 0; h < LOG_HASHES; h++) {
        struct merkle_node part[TILE_WIDTH];
        memcpy(part, edge->hashes[h], sizeof part);
        above[h] = merkle_fold((enum merkle_hash)h, part, TILE_WIDTH);
    }
    keep_tile(r, level, edge);
    edge->number++;
    edge->width = 0;
    return add_subtree(c, r, level + 1, end, above);
}

static bool end_bundle(struct ctx *c, struct round *r, uint64_t end)
{
    struct merkle_node roots[LOG_HASHES];
    keep_bundle(r, end / TILE_WIDTH - 1);
    for (size_t h = 0; h < LOG_HASHES; h++) {
        struct merkle_node leaves[TILE_WIDTH];
        merkle_leaves((enum merkle_hash)h, r->entries, TILE_WIDTH, leaves);
        roots[h] = merkle_fold((enum merkle_hash)h, leaves, TILE_WIDTH);
    }
    r->filled = 0;
    r->lowest = INT64_MAX;
    r->highest = 0;
    return add_subtree(c, r, 1, end, roots);
}

static bool add_row(struct ctx *c, struct round *r, const struct evidence_row *row,
                    const uint8_t entry[SM3_SIZE])
{
    uint8_t *id = r->id_bytes + r->filled * ID_BYTES;
    for (size_t i = 0; i < ID_BYTES; i++)
        id[i] = (uint8_t)((uint64_t)row->id >> (8 * (ID_BYTES - 1 - i)));
    memcpy(r->entries[r->filled], entry, SM3_SIZE);
    if (row->id < r->lowest) r->lowest = row->id;
    if (row->id > r->highest) r->highest = row->id;
    r->filled++;
    r->ids[r->count++] = row->id;
    uint64_t end = r->log.size + r->count;
    return end % TILE_WIDTH != 0 || end_bundle(c, r, end);
}

/* What was altered is ordered as it stands: leaving it out would hide it. */
static void tell_altered(struct ctx *c, const struct evidence_row *rows, size_t count, const bool *altered)
{
    for (size_t i = 0; i < count; i++)
        if (altered[i])
            log_event(LOG_LEVEL_ERROR, "evidence.altered", "row",
                      str_z(c->arena, str_fmt(c->arena, "%lld", (long long)rows[i].id)), NULL);
}

/* All that the rows will be added to. */
static bool load_ends(struct ctx *c, struct round *r, size_t count)
{
    struct tile_edge *edge;
    if (!load_bundle(c, r)) return false;
    for (int level = 1; level < TILE_LEVELS; level++) {
        int bits = 8 * level;
        if ((r->log.size + count) >> bits == r->log.size >> bits) return true;
        if (!load_edge(c, r, level, r->log.size, &edge)) return false;
    }
    return true;
}

static bool compute(struct ctx *c, struct round *r, const struct evidence_row *rows, size_t count)
{
    r->tiles = ARENA_ARRAY(r->arena, 2 * BUNDLES_MAX + TILE_LEVELS, struct put_tile);
    uint8_t(*entries)[SM3_SIZE] = arena_array(r->arena, count, sizeof *entries);
    bool *altered = ARENA_ARRAY(r->arena, count, bool);
    evidence_entries(c, rows, count, entries, altered);
    tell_altered(c, rows, count, altered);
    for (size_t i = 0; i < count; i++)
        if (!add_row(c, r, &rows[i], entries[i])) return false;
    if (r->filled) keep_bundle(r, (r->log.size + r->count) / TILE_WIDTH);
    for (int level = 1; level < TILE_LEVELS; level++)
        if (r->edges[level] && r->edges[level]->changed) keep_tile(r, level, r->edges[level]);
    return true;
}

static bool gather(struct ctx *c)
{
    struct round *r = ctx_arg(c);
    struct evidence_row *rows;
    size_t count;
    evidence_share_guard(c->arena, r->arena);
    if (!log_store_find(c, &r->log)) return false;
    bool other_orders = r->log.owner != r->owner && r->log.until >= c->now;
    if (other_orders) return true;
    if (!log_store_unordered(c, EVIDENCE_BATCH, &rows, &count)) return false;
    if (!count) return true;
    /* What follows takes a while, and a snapshot that is held keeps the database's log from starting anew. */
    return load_ends(c, r, count) && db_end(server_db(c->server), &c->tx, false) &&
           compute(c, r, rows, count);
}

/* ---- writing ---- */

/* Where the log lives: its address, or where that is not known yet a name that no other installation has. */
static struct str new_origin(struct ctx *c)
{
    const char *url = server_options(c->server)->public_url;
    struct str host = str_c(url ? url : "");
    size_t scheme = str_find(host, STR("://"));
    if (scheme != SIZE_MAX) host = str_slice(host, scheme + 3, host.len);
    while (host.len && host.ptr[host.len - 1] == '/')
        host.len--;
    struct str origin = str_cat(c->arena, host, STR("/log"));
    if (host.len && merkle_name_ok(origin)) return origin;
    struct merkle_key k = evidence_log_key(c, STR("tongban"));
    return str_fmt(c->arena, "localhost/%.*s/log", STR_ARG(str_hex(c->arena, k.key, SM3_SIZE / 4)));
}

static bool put(struct ctx *c)
{
    struct round *r = ctx_arg(c);
    r->taken = false;
    if (!r->log.found && !log_store_create(c, new_origin(c))) return false;
    if (!log_store_advance(c, r->log.size, r->log.size + r->count, r->owner, c->now + LEASE_MS, &r->taken))
        return false;
    if (!r->taken) return true;
    bool gone;
    if (!log_store_ordered(c, r->ids, r->count, &gone)) return false;
    if (!gone) return err_fault(c->err, "rows of evidence were ordered twice");
    for (size_t i = 0; i < r->bundle_count; i++)
        if (!log_store_put_bundle(c, &r->bundles[i])) return false;
    for (size_t i = 0; i < r->tile_count; i++)
        if (!log_store_put_tile(c, r->tiles[i].level, r->tiles[i].number, r->tiles[i].hashes)) return false;
    return true;
}

/* One batch. *more: there was something, and there may be more. */
static bool order_some(struct server *s, int64_t owner, bool *more, struct err *e)
{
    struct arena *a = arena_new(ROUND_ARENA);
    *more = false;
    if (!a) return err_fault(e, "not enough memory to order evidence");
    struct round *r = arena_try(a, sizeof *r);
    bool ok = r || err_fault(e, "not enough memory to order evidence");
    if (r) {
        r->owner = owner;
        r->arena = a;
        ok = server_read(s, &SYSTEM, gather, r, e);
    }
    if (ok && r->count) {
        ok = server_write_job(s, &SYSTEM, put, r, e);
        *more = ok && r->taken;
    }
    arena_drop(a);
    return ok;
}

/* ---- signing ---- */

struct head {
    struct arena *arena;
    bool due;
    uint64_t size;
    struct str heads[LOG_HASHES], certificate;
};

static bool make_head(struct ctx *c)
{
    struct head *h = ctx_arg(c);
    struct evidence_log log;
    struct merkle_node roots[LOG_HASHES];
    struct signer signer;
    uint8_t seed[ED25519_SEED];
    struct str text, line;
    evidence_share_guard(c->arena, h->arena);
    if (!log_store_find(c, &log)) return false;
    h->due = log.found && log.size > log.signed_size;
    if (!h->due) return true;
    for (size_t i = 0; i < LOG_HASHES; i++)
        if (!merkle_root((enum merkle_hash)i, merkle_tiles_read,
                         evidence_tree(c, (enum merkle_hash)i, log.size), log.size, &roots[i]))
            return false;
    if (!evidence_log_signer(c, log.origin, &signer)) return false;
    struct merkle_key key = evidence_log_key(c, log.origin);
    text = merkle_checkpoint_text(c->arena, log.origin, log.size, &roots[MERKLE_SHA256]);
    evidence_log_seed(c, seed);
    line = merkle_sign(c->arena, &key, seed, text);
    crypto_wipe(seed, sizeof seed);
    h->heads[MERKLE_SHA256] = str_dup(h->arena, merkle_note(c->arena, text, line));
    struct str name = evidence_sm3_name(c, log.origin);
    text = merkle_checkpoint_text(c->arena, name, log.size, &roots[MERKLE_SM3]);
    if (!merkle_sign_sm2(c->arena, name, signer.key, text, &line, c->err)) return false;
    h->heads[MERKLE_SM3] = str_dup(h->arena, merkle_note(c->arena, text, line));
    h->certificate = str_dup(h->arena, cert_to_pem(c->arena, signer.cert));
    h->size = log.size;
    return true;
}

static bool put_head(struct ctx *c)
{
    const struct head *h = ctx_arg(c);
    bool taken; /* another may have signed a longer log meanwhile: then that is the head */
    return log_store_sign(c, h->size, h->heads, h->certificate, &taken);
}

static bool sign_head(struct server *s, struct err *e)
{
    struct arena *a = arena_new(1 << 20);
    if (!a) return err_fault(e, "not enough memory to sign the log");
    struct head h = {.arena = a};
    bool ok = server_read(s, &SYSTEM, make_head, &h, e);
    if (ok && h.due) ok = server_write_job(s, &SYSTEM, put_head, &h, e);
    arena_drop(a);
    return ok;
}

bool evidence_order(struct server *s, int64_t owner, struct err *e)
{
    bool more;
    do {
        if (!order_some(s, owner, &more, e)) return false;
    } while (more);
    return sign_head(s, e);
}

/* ---- the thread ---- */

struct evidence_sequencer {
    struct server *server;
    int64_t owner;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

/* True while it shall go on. */
static bool pause_a_second(struct evidence_sequencer *q)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PAUSE_SECONDS;
    pthread_mutex_lock(&q->lock);
    while (!q->stopping && pthread_cond_timedwait(&q->wake, &q->lock, &until) != ETIMEDOUT)
        continue;
    bool on = !q->stopping;
    pthread_mutex_unlock(&q->lock);
    return on;
}

static void *sequence(void *arg)
{
    struct evidence_sequencer *q = arg;
    bool well = true, on;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), SEQUENCER_NICE); /* who waits for an answer goes first */
    do {
        on = pause_a_second(q); /* and once more at the end: what was written last is ordered as well */
        struct err e = {0};
        bool ok = evidence_order(q->server, q->owner, &e);
        if (!ok && well)
            log_event(LOG_LEVEL_ERROR, "evidence.behind", "code", e.code ? e.code : "?", "detail", e.detail,
                      NULL);
        well = ok;
    } while (on);
    return NULL;
}

struct evidence_sequencer *evidence_sequencer_start(struct server *s, struct err *e)
{
    struct evidence_sequencer *q = mem_alloc(1, sizeof *q);
    pthread_condattr_t monotonic;
    if (!q) return err_fault(e, "not enough memory to start"), NULL;
    q->server = s;
    crypto_random(&q->owner, sizeof q->owner);
    q->owner &= INT64_MAX;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&q->thread, NULL, sequence, q) == 0) return q;
    pthread_cond_destroy(&q->wake);
    pthread_mutex_destroy(&q->lock);
    mem_free(q);
    return err_fault(e, "cannot start the thread that orders evidence"), NULL;
}

/* Another program need not wait until the lease runs out. */
static bool release(struct ctx *c)
{
    const struct evidence_sequencer *q = ctx_arg(c);
    return log_store_release(c, q->owner);
}

void evidence_sequencer_stop(struct evidence_sequencer *q)
{
    struct err e = {0};
    if (!q) return;
    pthread_mutex_lock(&q->lock);
    q->stopping = true;
    pthread_cond_signal(&q->wake);
    pthread_mutex_unlock(&q->lock);
    pthread_join(q->thread, NULL);
    if (!server_write_job(q->server, &SYSTEM, release, q, &e))
        log_event(LOG_LEVEL_WARN, "evidence.lease", "code", e.code ? e.code : "?", NULL);
    pthread_cond_destroy(&q->wake);
    pthread_mutex_destroy(&q->lock);
    mem_free(q);
}
