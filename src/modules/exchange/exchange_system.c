#include "modules/exchange/exchange_system.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

struct str system_fresh_key(struct ctx *c, struct str *key)
{
    uint8_t *bytes = arena_alloc(c->arena, SECRET_SIZE);
    crypto_random(bytes, SECRET_SIZE);
    *key = str_hex(c->arena, bytes, SECRET_SIZE);
    return str_n(bytes, SECRET_SIZE);
}

bool system_add(struct ctx *c, struct str code, struct str name, struct str *key)
{
    const struct exchange_system s = {.id = ctx_id(c), .unit = c->actor.unit, .code = code, .name = name};
    bool fresh;
    if (!s.unit)
        return err_denied(c->err, "exchange.unit", "Only an officer of a department can describe its data.");
    if (!system_store_add(c, &s, system_fresh_key(c, key), &fresh)) return false;
    if (!fresh) return err_at(c->err, STR("code"), "Another system has this name.", STR_EMPTY);
    ctx_changed(c, "exchange");
    c->row = s.id;
    return evidence_add(c, "exchange.system_add", "exchange_system", s.id, 0, NULL);
}

bool system_load(struct ctx *c, int64_t id, struct exchange_system *out)
{
    bool found;
    if (!system_store_load(c, id, out, &found)) return false;
    return (found && out->unit && out->unit == c->actor.unit) ||
           err_missing(c->err, "exchange.system", "Your department has no such system.");
}

/* ---- the secret key, and the one before ---- */

static void mark(struct ctx *c, struct system_key *k)
{
    uint8_t digest[SM3_SIZE];
    sm3(k->data, digest);
    k->fingerprint = str_hex(c->arena, digest, SM3_SIZE);
}

bool system_overlap(struct ctx *c, int64_t *until)
{
    int64_t days;
    if (!orgs_number(c, "exchange.key_overlap_days", &days)) return false;
    *until = days ? date_start(date_of(c->now) + (int32_t)days + 1) : c->now;
    return true;
}

bool system_fingerprint(struct ctx *c, const struct exchange_system *s, struct str *hex)
{
    struct system_key k = {0};
    *hex = STR_EMPTY;
    if (!system_store_secret(c, s->id, &k.data)) return false;
    if (!k.data.len) return true;
    mark(c, &k);
    crypto_wipe((void *)k.data.ptr, k.data.len);
    *hex = k.fingerprint;
    return true;
}

/* Two secrets may be accepted, and no third. */
static bool keep_old(struct ctx *c, const struct exchange_system *s, int64_t until, bool *kept)
{
    struct system_key k = {.id = ctx_id(c), .system = s->id, .kind = STR(KEY_HMAC), .valid_until = until};
    *kept = false;
    if (!key_store_end_kind(c, s->id, KEY_HMAC) || !system_store_secret(c, s->id, &k.data)) return false;
    if (!k.data.len || until <= c->now) return true;
    mark(c, &k);
    *kept = true;
    bool ok = key_store_add(c, &k);
    crypto_wipe((void *)k.data.ptr, k.data.len);
    return ok;
}

bool system_new_key(struct ctx *c, const struct exchange_system *s, int64_t until, struct str *key)
{
    struct json *detail = json_object(c->arena);
    bool kept;
    ctx_changed(c, "exchange");
    if (!keep_old(c, s, until, &kept)) return false;
    json_set_str(c->arena, detail, "until",
                 kept ? date_format(c->arena, date_of(until - 1)) : date_format(c->arena, date_of(c->now)));
    return system_store_set_key(c, s->id, system_fresh_key(c, key)) &&
           evidence_add(c, "exchange.system_key", "exchange_system", s->id, 0, detail);
}

bool system_drop_key(struct ctx *c, const struct exchange_system *s)
{
    ctx_changed(c, "exchange");
    return system_store_set_key(c, s->id, STR_EMPTY) && key_store_end_kind(c, s->id, KEY_HMAC) &&
           evidence_add(c, "exchange.system_key_end", "exchange_system", s->id, 0, NULL);
}

/* ---- keys of which two may be in force ---- */

static bool wrong(struct ctx *c, const char *msgid)
{
    return err_at(c->err, STR("pem"), msgid, STR_EMPTY);
}

/* Data, fingerprint and days of what was pasted. */
static bool read_pem(struct ctx *c, struct str pem, struct system_key *k)
{
    struct err why = {0};
    const struct sm2_pub *pub;
    k->valid_until = INT64_MAX;
    if (str_find(pem, STR("PRIVATE KEY-----")) != SIZE_MAX)
        return wrong(c, "This is a private key, and it is no longer secret. Make a new pair, and paste the "
                        "public key of that.");
    if (str_find(pem, STR("-----BEGIN CERTIFICATE-----")) != SIZE_MAX) {
        const struct cert *cert = cert_from_pem(c->arena, pem, &why);
        if (!cert) return wrong(c, "This is not a certificate with an SM2 key.");
        pub = cert_public(cert);
        k->valid_from = cert_from(cert);
        k->valid_until = cert_to(cert);
    } else {
        pub = sm2_pub_from_pem(c->arena, pem, &why);
    }
    if (!pub || !sm2_pub_to_der(c->arena, pub, &k->data))
        return wrong(c, "This is neither an SM2 public key nor a certificate of one, as PEM.");
    mark(c, k);
    return k->valid_until > c->now || wrong(c, "This certificate has expired.");
}

static bool record(struct ctx *c, const char *act, const struct system_key *k)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "kind", k->kind);
    json_set_str(c->arena, detail, "fingerprint", k->fingerprint);
    return evidence_add(c, act, "exchange_system", k->system, 0, detail);
}

/* One more of its kind, unless two are in force. */
static bool add_key(struct ctx *c, const struct system_key *k)
{
    struct system_key *rows;
    size_t count, in_force = 0;
    if (!key_store_list(c, k->system, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        in_force += !rows[i].ended && str_eq(rows[i].kind, k->kind);
    if (in_force >= KEYS_IN_FORCE)
        return err_conflict(c->err, "exchange.keys", "Two keys are in force. End one of them first.");
    ctx_changed(c, "exchange");
    return key_store_add(c, k) && record(c, "exchange.key_add", k);
}

bool system_add_public(struct ctx *c, const struct exchange_system *s, struct str pem)
{
    struct system_key k = {.id = ctx_id(c), .system = s->id, .kind = STR(KEY_SM2)};
    bool taken;
    if (!read_pem(c, pem, &k) || !key_store_taken(c, k.fingerprint, &taken)) return false;
    if (taken) return wrong(c, "This key is in use already. Each system has a key of its own.");
    return add_key(c, &k);
}

bool system_add_secret(struct ctx *c, const struct exchange_system *s, struct str *secret)
{
    struct system_key k = {
        .id = ctx_id(c), .system = s->id, .kind = STR(KEY_CONVENTION), .valid_until = INT64_MAX};
    (void)system_fresh_key(c, secret);
    k.data = *secret;
    mark(c, &k);
    return add_key(c, &k);
}

bool system_end_key(struct ctx *c, const struct exchange_system *s, int64_t key)
{
    struct system_key *rows;
    size_t count;
    if (!key_store_list(c, s->id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].id != key || rows[i].ended) continue;
        ctx_changed(c, "exchange");
        return key_store_end(c, key) && record(c, "exchange.key_end", &rows[i]);
    }
    return err_missing(c->err, "exchange.key", "This system has no such key in force.");
}
