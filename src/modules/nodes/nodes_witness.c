/* Every node is a witness of the others: it follows their logs, signs that they only grew, and gives them its
 * signature to publish.
 *
 * What is signed is remembered first: a witness that forgets could sign two histories. A log that took
 * something back is signed no more, and that is on record here. */
#include "core/base/log.h"
#include "core/http/server.h"
#include "engines/merkle/merkle_note.h"
#include "modules/evidence/evidence.h"
#include "modules/nodes/nodes_internal.h"

enum { CONNECT_MS = 3000, TOTAL_MS = 8000, TILE_MAX = TILE_WIDTH * MERKLE_SIZE };

struct witnessing {
    const struct dir_node *peer;
    struct str kept;    /* the head signed last; "" */
    struct str trouble; /* a code; "" */
    struct str head;    /* cosigned now; "" */
    bool forked;
};

struct peer_log {
    struct ctx *ctx;
    const struct dir_node *peer;
};

static struct merkle_key own_key(struct ctx *c, uint8_t seed[ED25519_SEED], struct str code)
{
    keyring_domain(ctx_keys(c), "nodes.witness", seed, ED25519_SEED);
    return merkle_key(c->arena, str_cat(c->arena, code, STR("/witness")), NOTE_COSIGNATURE, seed);
}

struct str nodes_witness_key(struct ctx *c)
{
    uint8_t seed[ED25519_SEED];
    struct str code;
    if (!orgs_setting(c, "nodes.code", &code)) return STR_EMPTY;
    const struct merkle_key k = own_key(c, seed, code);
    crypto_wipe(seed, sizeof seed);
    return merkle_key_text(c->arena, &k);
}

bool nodes_witnesses(struct ctx *c, struct str *keys)
{
    const struct nodes_known *k = nodes_now(c);
    struct buf b = buf_new(c->arena, 256);
    struct str more;
    if (!orgs_setting(c, "nodes.witnesses", &more)) return false;
    buf_add(&b, more);
    for (size_t i = 0; k->dir && i < k->dir->node_count; i++) {
        if (&k->dir->nodes[i] == k->own || !k->dir->nodes[i].witness_key.len) continue;
        buf_add(&b, k->dir->nodes[i].witness_key);
        buf_add_char(&b, '\n');
    }
    *keys = buf_str(&b);
    return true;
}

bool nodes_add_witness(struct ctx *c, struct str key)
{
    struct merkle_key k;
    struct str there;
    return merkle_key_parse(c->arena, key, &k, c->err) && orgs_setting(c, "nodes.witnesses", &there) &&
           orgs_save_setting(c, "nodes.witnesses",
                             str_fmt(c->arena, "%.*s%.*s\n", STR_ARG(there), STR_ARG(key))) &&
           evidence_add(c, "node.identity", "node", 0, 0, NULL);
}

/* ---- reading the other log ---- */

static bool get(struct ctx *c, const struct dir_node *peer, struct str path, size_t max, struct str *out)
{
    struct fetch_answer a = {0};
    struct err wrong = {0};
    const struct fetch what = {
        .url = str_z(c->arena, str_fmt(c->arena, "%.*s/log/%.*s", STR_ARG(peer->url), STR_ARG(path))),
        .connect_ms = CONNECT_MS,
        .total_ms = TOTAL_MS,
        .max = max,
        .once = true};
    if (!fetch(nodes_state_of(c)->fetcher, c->arena, &what, &a, &wrong) || a.status != 200) return false;
    *out = a.body;
    return true;
}

static bool load_tile(void *source, struct merkle_tile t, struct merkle_node *hashes)
{
    struct peer_log *p = source;
    struct str bytes;
    size_t want = (size_t)t.width * MERKLE_SIZE;
    if (!get(p->ctx, p->peer, merkle_tile_path(p->ctx->arena, t), TILE_MAX, &bytes) || bytes.len != want)
        return false;
    memcpy(hashes, bytes.ptr, want);
    return true;
}

/* ---- one look at one log ---- */

static void trouble(struct witnessing *w, const char *code)
{
    w->trouble = str_c(code);
}

static bool grew(struct ctx *c, struct witnessing *w, const struct merkle_checkpoint *now)
{
    struct peer_log source = {c, w->peer};
    struct merkle_checkpoint old;
    struct err wrong = {0};
    if (!w->kept.len) return true;
    if (!merkle_checkpoint_parse(c->arena, w->kept, &old, &wrong)) return false;
    switch (
        merkle_growth(merkle_tiles_new(c->arena, MERKLE_SHA256, now->size, load_tile, &source), &old, now)) {
    case MERKLE_GREW:
        return true;
    case MERKLE_SHORTER:
    case MERKLE_FORKED:
        w->forked = true;
        trouble(w, "nodes.log_forked");
        return false;
    case MERKLE_UNREAD:
        break;
    }
    trouble(w, "nodes.unreachable");
    return false;
}

static bool keep_head(struct ctx *c)
{
    const struct witnessing *w = ctx_arg(c);
    return state_store_head(c, w->peer->code, w->head);
}

static bool push(struct ctx *c, const struct dir_node *peer, struct str note)
{
    struct fetch_answer a = {0};
    struct err wrong = {0};
    const struct fetch_header headers[] = {{"Content-Type", STR("application/json")}, /* no translation */
                                           {"Accept", STR("application/json")}};
    struct json *o = json_object(c->arena);
    json_set_str(c->arena, o, "note", note);
    const struct fetch what = {.method = "POST",
                               .url = str_z(c->arena, str_cat(c->arena, peer->url, STR("/log/cosign"))),
                               .headers = headers,
                               .header_count = 2,
                               .body = json_to_str(c->arena, o),
                               .connect_ms = CONNECT_MS,
                               .total_ms = TOTAL_MS,
                               .max = TILE_MAX,
                               .once = true};
    return fetch(nodes_state_of(c)->fetcher, c->arena, &what, &a, &wrong) && a.status == 200;
}

static bool look_apart(struct ctx *c, void *arg)
{
    static const struct actor system = {.kind = ACTOR_SYSTEM};
    struct witnessing *w = arg;
    struct merkle_checkpoint now;
    struct merkle_key log, own;
    struct str note;
    struct err wrong = {0};
    uint8_t seed[ED25519_SEED];
    if (!get(c, w->peer, STR("checkpoint"), NOTE_BYTES_MAX, &note)) {
        trouble(w, "nodes.unreachable");
        return true;
    }
    if (!merkle_key_parse(c->arena, w->peer->log_key, &log, &wrong) ||
        !merkle_checkpoint_parse(c->arena, note, &now, &wrong) || !merkle_signed(c->arena, &now, &log)) {
        trouble(w, "nodes.log_unsigned");
        return true;
    }
    if (!grew(c, w, &now)) return true;
    own = own_key(c, seed, nodes_now(c)->code);
    struct str line =
        merkle_cosign(c->arena, &own, seed, now.text, (uint64_t)(server_now(c->server) / MS_SECOND));
    crypto_wipe(seed, sizeof seed);
    w->head = merkle_note(c->arena, now.text, str_cat(c->arena, now.signatures, line));
    if (!server_write_job(c->server, &system, keep_head, w, c->err)) return false;
    if (!push(c, w->peer, w->head)) trouble(w, "nodes.cosignature");
    return true;
}

bool nodes_witness(struct ctx *c, const struct json *)
{
    const struct nodes_known *k = nodes_now(c);
    struct node_standing *rows;
    size_t count;
    struct json *list = c->prepared = json_array(c->arena);
    if (!k->dir || !k->own || c->now >= k->dir->expires) return true;
    if (!state_store_all(c, &rows, &count)) return false;
    for (size_t i = 0; i < k->dir->node_count; i++) {
        struct witnessing w = {.peer = &k->dir->nodes[i]};
        if (w.peer == k->own || !w.peer->log_key.len) continue;
        for (size_t j = 0; j < count; j++)
            if (str_eq(rows[j].node, w.peer->code)) w.kept = rows[j].head;
        if (!nodes_apart(c, look_apart, &w)) return false;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "node", w.peer->code);
        json_set_str(c->arena, o, "trouble", w.trouble);
        json_set_bool(c->arena, o, "forked", w.forked);
    }
    return true;
}

bool nodes_witness_run(struct ctx *c, const struct json *)
{
    JSON_EACH(o, c->prepared)
    {
        struct str node = json_text_of(o, "node"), code = json_text_of(o, "trouble");
        if (!(code.len ? state_store_failed(c, node, code) : state_store_seen(c, node))) return false;
        if (!json_true_of(o, "forked")) continue;
        struct json *d = json_object(c->arena);
        json_set_str(c->arena, d, "node", node);
        if (!evidence_add(c, "node.log_forked", "node", 0, 0, d)) return false;
    }
    return true;
}
