#include "modules/exchange/exchange_sign.h"

#include "core/auth/auth.h"
#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "core/http/server.h"

enum { STRANGERS_A_MINUTE = 30 }; /* of one address; beyond it is told to wait, and the log stays readable */

struct signature {
    struct str scheme, system, time, nonce, digest, signature;
};

static struct signature signature_of(struct str header)
{
    struct signature s = {0};
    struct str part, name;
    const struct {
        const char *name;
        struct str *into;
    } parts[] = {{"system", &s.system},
                 {"time", &s.time},
                 {"nonce", &s.nonce},
                 {"digest", &s.digest},
                 {"signature", &s.signature}};
    header = str_cut(header, ' ', &s.scheme);
    while (header.len) {
        header = str_cut(header, ',', &part);
        struct str value = str_cut(str_trim(part), '=', &name);
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            if (str_eq_c(name, parts[i].name)) *parts[i].into = value;
    }
    return s;
}

/* ---- schemes ---- */

static bool mac_fits(const struct mac_key *key, struct str said, struct str given)
{
    uint8_t mac[SM3_SIZE];
    mac_sm3(key, said, mac);
    return crypto_equal(given.ptr, mac, SM3_SIZE);
}

static bool hmac_fits(const struct ctx *c, const struct known_system *system, struct str said,
                      struct str given)
{
    if (given.len != SM3_SIZE) return false;
    if (system->key && mac_fits(system->key, said, given)) return true;
    for (size_t i = 0; i < system->key_count; i++) {
        const struct known_key *k = &system->keys[i];
        if (k->before && c->now < k->valid_until && mac_fits(k->before, said, given)) return true;
    }
    return false;
}

static bool sm2_fits(const struct ctx *c, const struct known_system *system, struct str said,
                     struct str given)
{
    for (size_t i = 0; i < system->key_count; i++) {
        const struct known_key *k = &system->keys[i];
        if (k->pub && c->now >= k->valid_from && c->now < k->valid_until && sm2_verify(k->pub, said, given))
            return true;
    }
    return false;
}

static const struct {
    const char *name;
    bool (*fits)(const struct ctx *c, const struct known_system *system, struct str said, struct str given);
} schemes[] = {{"TB-HMAC-SM3", hmac_fits}, {"TB-SM2", sm2_fits}};

/* The name of the scheme; NULL: not signed. */
static const char *signed_by(struct ctx *c, const struct known_system *system, const struct signature *s,
                             struct str said)
{
    struct str given;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (str_eq_c(s->scheme, schemes[i].name) && str_unhex(c->arena, s->signature, &given) &&
            schemes[i].fits(c, system, said, given))
            return schemes[i].name;
    return NULL;
}

/* ---- who is it? ---- */

bool exchange_stranger(struct ctx *c, const char *code, const char *msgid, struct str system)
{
    if (!auth_limit(c, "exchange.refused", c->req->peer, STRANGERS_A_MINUTE, MS_MINUTE)) return false;
    log_event(LOG_LEVEL_WARN, "exchange.refused", "code", code, "system",
              str_z(c->arena, str_slice(system, 0, 40)), NULL);
    return err_set(c->err, ERR_DENIED, code, msgid);
}

struct str exchange_target(const struct ctx *c)
{
    if (!c->req->raw_query.len) return c->req->path;
    return str_fmt(c->arena, "%.*s?%.*s", STR_ARG(c->req->path), STR_ARG(c->req->raw_query));
}

static struct str said_by(struct ctx *c, const char *method, struct str target, const struct signature *s)
{
    const struct str lines[] = {target, s->digest, s->nonce, s->time};
    struct buf b = buf_new(c->arena, 256);
    buf_add_c(&b, method);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        buf_add_char(&b, '\n');
        buf_add(&b, lines[i]);
    }
    return buf_str(&b);
}

bool exchange_authenticate(struct ctx *c, const char *method, struct str target, struct str body,
                           struct caller *who)
{
    static const char unknown[] = "The signature fits no key of this system that is in force: check the key "
                                  "on the page of the system and the five lines that are signed.";
    const struct signature s = signature_of(c->req->authorization);
    const struct known_system *system = exchange_system_of(exchange_now(c), s.system);
    uint8_t digest[SM3_SIZE];
    int64_t time, begun_us = time_monotonic_us();
    struct str said = said_by(c, method, target, &s);
    /* Systems of other nodes are let in by modules/nodes alone. */
    bool open = system && !str_eq_c(s.system, PLATFORM_SYSTEM) && str_find_char(s.system, '/') == SIZE_MAX;
    const char *scheme = open ? signed_by(c, system, &s, said) : NULL;
    if (!scheme) return exchange_stranger(c, "exchange.signature", unknown, s.system);
    sm3(body, digest);
    if (!str_eq(str_hex(c->arena, digest, SM3_SIZE), s.digest))
        return exchange_stranger(
            c, "exchange.body",
            "The body is not the one that was signed: send it byte for byte as it was signed.", s.system);
    if (!str_to_i64(s.time, &time) || time < c->now - CALL_WINDOW_MS || time > c->now + CALL_WINDOW_MS)
        return exchange_stranger(c, "exchange.time",
                                 "The signed time is too far from ours: set the clock right and sign anew.",
                                 s.system);
    if (s.nonce.len < NONCE_MIN || s.nonce.len > NONCE_MAX)
        return exchange_stranger(c, "exchange.signature",
                                 "A nonce has 16 to 64 characters: take a new one for each call.", s.system);
    *who = (struct caller){
        .system = system, .scheme = scheme, .once = {s.nonce, time + CALL_WINDOW_MS}, .begun_us = begun_us};
    return true;
}
