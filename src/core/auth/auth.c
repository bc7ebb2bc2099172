#include "core/auth/auth_internal.h"

#include "core/base/log.h"
#include "core/http/server.h"

#include <arpa/inet.h>

static const char *const PART = "auth";

struct auth_state *auth_state(const struct ctx *c)
{
    return server_part(c->server, PART);
}

static bool make_nobody(struct auth_state *st, struct err *e)
{
    struct arena *a = arena_new(4 << 10);
    if (!a) return err_fault(e, "not enough memory to start");
    struct str hash = password_of_nobody(a);
    bool ok = hash.len < sizeof st->nobody || err_fault(e, "password hash of %zu bytes", hash.len);
    if (ok) memcpy(st->nobody, hash.ptr, hash.len);
    arena_drop(a);
    return ok;
}

bool auth_start(struct server *s, struct err *e)
{
    struct auth_state *st = mem_alloc(1, sizeof *st);
    if (!st) return err_fault(e, "not enough memory to start");
    server_set_part(s, PART, st);
    st->limits = limits_new();
    if (!st->limits) return err_fault(e, "not enough memory to start");
    return make_nobody(st, e);
}

void auth_stop(struct server *s)
{
    struct auth_state *st = server_part(s, PART);
    if (!st) return;
    server_set_part(s, PART, NULL);
    limits_drop(st->limits);
    crypto_wipe(st, sizeof *st);
    mem_free(st);
}

bool auth_limit(struct ctx *c, const char *purpose, struct str key, int most, int64_t window_ms)
{
    if (limits_count(auth_state(c)->limits, purpose, key, most, window_ms, c->now)) return true;
    return err_busy(c->err, "limit", "That was too often. Please wait a moment and try again.");
}

struct kept {
    struct str index;
    int most;
    int64_t window_ms;
    bool counted;
};

/* One statement, so that many at once are no more than one by one. */
static bool count_kept(struct ctx *c)
{
    struct kept *k = ctx_arg(c);
    int64_t changed = 0;
    if (!db_exec_count(
            &c->tx, &changed,
            "INSERT INTO attempt_limit (what, attempts, until) VALUES ($1, 1, $2) "
            "ON CONFLICT (what) DO UPDATE SET "
            "attempts = CASE WHEN attempt_limit.until <= $3 THEN 1 ELSE attempt_limit.attempts + 1 "
            "END, "
            "until = CASE WHEN attempt_limit.until <= $3 THEN excluded.until ELSE "
            "attempt_limit.until END "
            "WHERE attempt_limit.until <= $3 OR attempt_limit.attempts < $4",
            DB_B(k->index), DB_I(c->now + k->window_ms), DB_I(c->now), DB_I(k->most)))
        return false;
    k->counted = changed > 0;
    return true;
}

bool auth_limit_kept(struct ctx *c, const char *purpose, struct str key, int most, int64_t window_ms)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct str what = str_fmt(c->arena, "%s\n%.*s", purpose, STR_ARG(key));
    struct kept k = {.index = blind_index(ctx_keys(c), c->arena, "auth:limit", what),
                     .most = most,
                     .window_ms = window_ms};
    if (!server_write(c->server, &system, count_kept, &k, c->err)) return false;
    if (k.counted) return true;
    return err_busy(c->err, "limit", "That was too often. Please wait a moment and try again.");
}

struct str login_index(const struct ctx *c, enum actor_kind kind, struct str login)
{
    const char *purpose = kind == ACTOR_OFFICER ? "login:officer" : "login:person";
    return blind_index(ctx_keys(c), c->arena, purpose, str_lower(c->arena, str_trim(login)));
}

static struct str network_of(const struct ctx *c)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr six;
    struct str peer = c->req ? c->req->peer : STR_EMPTY;
    if (!peer.len || peer.len >= sizeof text) return peer;
    memcpy(text, peer.ptr, peer.len);
    text[peer.len] = '\0';
    if (inet_pton(AF_INET6, text, &six) != 1 || IN6_IS_ADDR_V4MAPPED(&six)) return peer;
    return str_hex(c->arena, six.s6_addr, 8);
}

struct str login_place_index(const struct ctx *c, enum actor_kind kind, struct str login)
{
    const char *purpose = kind == ACTOR_OFFICER ? "login:officer:place" : "login:person:place";
    struct str key = str_fmt(c->arena, "%.*s\n%.*s", STR_ARG(network_of(c)),
                             STR_ARG(str_lower(c->arena, str_trim(login))));
    return blind_index(ctx_keys(c), c->arena, purpose, key);
}

static struct str label_place(struct ctx *c, int64_t account)
{
    return str_fmt(c->arena, "session|label|%lld", (long long)account);
}

bool label_seal(struct ctx *c, int64_t account, struct str label, struct str *sealed)
{
    uint8_t *out = arena_alloc(c->arena, SM4_NONCE + label.len + SM4_TAG);
    crypto_random(out, SM4_NONCE);
    *sealed = str_n(out, SM4_NONCE + label.len + SM4_TAG);
    return sm4_shared_seal(keyring_sm4(ctx_keys(c), "session:label"), out, label_place(c, account), label,
                           out + SM4_NONCE, c->err);
}

struct str label_open(struct ctx *c, int64_t account, struct str sealed)
{
    if (sealed.len < SM4_NONCE + SM4_TAG) return STR_EMPTY;
    uint8_t *out = arena_alloc(c->arena, sealed.len);
    if (sm4_shared_open(keyring_sm4(ctx_keys(c), "session:label"), (const uint8_t *)sealed.ptr,
                        label_place(c, account), str_slice(sealed, SM4_NONCE, sealed.len), out))
        return str_n(out, sealed.len - SM4_NONCE - SM4_TAG);
    log_event(LOG_LEVEL_ERROR, "auth.label_altered", NULL);
    return STR_EMPTY;
}
