/* Proofs: what an act was, and that it stands in the log under a signed head. */
#include "modules/evidence/evidence_log.h"

#define FORMAT "tongban-evidence/1"

struct proving {
    struct evidence_log log;
    struct merkle_tiles *trees[LOG_HASHES];
};

static bool add_path(struct ctx *c, struct json *act, const char *name, const struct proving *p,
                     enum merkle_hash h, uint64_t index)
{
    struct merkle_proof proof;
    struct json *list = json_set_array(c->arena, act, name);
    if (!merkle_prove_inclusion(h, merkle_tiles_read, p->trees[h], index, p->log.signed_size, &proof))
        return c->err->kind != ERR_NONE ? false
                                        : err_fault(c->err, "no proof for %llu", (unsigned long long)index);
    for (size_t i = 0; i < proof.count; i++)
        json_add(list, json_string(c->arena, str_hex(c->arena, proof.nodes[i].bytes, MERKLE_SIZE)));
    return true;
}

static bool add_act(struct ctx *c, struct json *acts, const struct proving *p, const struct evidence_row *row,
                    uint64_t index)
{
    uint8_t salt[SM3_SIZE], entry[SM3_SIZE];
    struct json *act = json_add_object(c->arena, acts);
    evidence_salt(c, row->id, salt);
    evidence_entry(c, row, entry);
    json_set_str(c->arena, act, "record", evidence_text(c->arena, row));
    json_set_str(c->arena, act, "salt", str_hex(c->arena, salt, sizeof salt));
    json_set_str(c->arena, act, "entry", str_hex(c->arena, entry, sizeof entry));
    json_set_i64(c->arena, act, "index", (int64_t)index);
    return add_path(c, act, "sha256", p, MERKLE_SHA256, index) &&
           add_path(c, act, "sm3", p, MERKLE_SM3, index);
}

bool evidence_proofs(struct ctx *c, const struct evidence_row *rows, size_t count, struct json *doc)
{
    struct proving p;
    struct str keys = STR_EMPTY;
    int64_t waiting = 0;
    if (!log_store_find(c, &p.log)) return false;
    bool any = p.log.signed_size > 0;
    if (any && !evidence_public_keys(c, &p.log, &keys)) return false;
    for (size_t h = 0; any && h < LOG_HASHES; h++)
        p.trees[h] = evidence_tree(c, (enum merkle_hash)h, p.log.signed_size);
    json_set_c(c->arena, doc, "format", FORMAT);
    json_set_i64(c->arena, doc, "size", (int64_t)p.log.signed_size);
    json_set_str(c->arena, doc, "checkpoint", p.log.heads[MERKLE_SHA256]);
    json_set_str(c->arena, doc, "checkpoint_sm3", p.log.heads[MERKLE_SM3]);
    json_set_str(c->arena, doc, "keys", keys);
    struct json *acts = json_set_array(c->arena, doc, "acts");
    for (size_t i = 0; i < count; i++) {
        uint64_t index = 0;
        bool found = false;
        if (any && !evidence_position(c, rows[i].id, &index, &found)) return false;
        if (!found || index >= p.log.signed_size)
            waiting++;
        else if (!add_act(c, acts, &p, &rows[i], index))
            return false;
    }
    json_set_i64(c->arena, doc, "waiting", waiting);
    return true;
}

/* ---- verifying what was handed out ---- */

static bool take_path(struct arena *a, const struct json *list, struct merkle_proof *out)
{
    out->count = 0;
    JSON_EACH(node, list)
    {
        struct str bytes;
        if (out->count == MERKLE_PROOF_MAX || !str_unhex(a, json_text(node), &bytes) ||
            bytes.len != MERKLE_SIZE)
            return false;
        memcpy(out->nodes[out->count++].bytes, bytes.ptr, MERKLE_SIZE);
    }
    return true;
}

static bool act_stands(struct arena *a, const struct json *act,
                       const struct merkle_checkpoint heads[LOG_HASHES])
{
    static const char *const names[LOG_HASHES] = {"sha256", "sm3"};
    struct str salt, entry;
    uint8_t expected[SM3_SIZE];
    int64_t index = json_i64_of(act, "index", -1);
    if (!str_unhex(a, json_text_of(act, "salt"), &salt) ||
        !str_unhex(a, json_text_of(act, "entry"), &entry) || salt.len != SM3_SIZE || entry.len != SM3_SIZE ||
        index < 0)
        return false;
    hmac_sm3(salt, json_text_of(act, "record"), expected);
    if (!str_eq(entry, str_n(expected, sizeof expected))) return false;
    for (size_t h = 0; h < LOG_HASHES; h++) {
        struct merkle_proof p;
        struct merkle_node leaf = merkle_leaf((enum merkle_hash)h, a, entry);
        if (!take_path(a, json_get(act, names[h]), &p) ||
            !merkle_verify_inclusion((enum merkle_hash)h, (uint64_t)index, heads[h].size, &leaf, p.nodes,
                                     p.count, &heads[h].root))
            return false;
    }
    return true;
}

/* The first certificate signs, the second vouches for it. */
static bool sm3_head_stands(struct arena *a, const struct merkle_checkpoint *head, struct str keys)
{
    struct err ignored = {0};
    size_t at = str_find(keys, STR("-----BEGIN CERTIFICATE-----"));
    struct str pem = at == SIZE_MAX ? STR_EMPTY : str_slice(keys, at, keys.len);
    struct cert *signer = cert_from_pem(a, pem, &ignored);
    return signer && merkle_signed_sm2(a, head, head->origin, cert_public(signer));
}

bool evidence_proof_is(const struct json *doc)
{
    return str_eq_c(json_text_of(doc, "format"), FORMAT);
}

bool evidence_proof_verify(struct arena *a, const struct json *doc, struct str keys,
                           struct evidence_verdict *out, struct err *e)
{
    struct merkle_checkpoint heads[LOG_HASHES];
    struct merkle_key key;
    struct str first;
    *out = (struct evidence_verdict){0};
    str_cut(keys, '\n', &first);
    if (!merkle_key_parse(a, first, &key, e) ||
        !merkle_checkpoint_parse(a, json_text_of(doc, "checkpoint"), &heads[MERKLE_SHA256], e) ||
        !merkle_checkpoint_parse(a, json_text_of(doc, "checkpoint_sm3"), &heads[MERKLE_SM3], e))
        return false;
    out->origin = heads[MERKLE_SHA256].origin;
    out->size = heads[MERKLE_SHA256].size;
    out->signed_sha256 = merkle_signed(a, &heads[MERKLE_SHA256], &key);
    out->signed_sm3 = sm3_head_stands(a, &heads[MERKLE_SM3], keys);
    JSON_EACH(act, json_get(doc, "acts"))
    {
        out->acts++;
        if (!act_stands(a, act, heads)) out->wrong++;
    }
    return true;
}
