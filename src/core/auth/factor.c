/* The second factor of officers: a secret shared with an authenticator, and recovery codes for the day it is
 * lost. The secret is sealed under the installation's key and wiped from memory after each use. */
#include "core/auth/auth_internal.h"
#include "core/auth/totp.h"
#include "core/http/server.h"

enum { RECOVERY_BYTES = 10, RECOVERY_TEXT = 16 };

struct secret {
    uint8_t bytes[TOTP_SECRET];
    bool there;
    int64_t step; /* the last one that was taken */
};

static struct field_place place(const char *column, int64_t account)
{
    return (struct field_place){"second_factor", column, account, 0};
}

static struct str bytes_of(const struct secret *s)
{
    return str_n(s->bytes, sizeof s->bytes);
}

/* column: "secret", the one in use, or "fresh", the one that waits for its first code. */
static bool load(struct ctx *c, int64_t account, const char *column, struct secret *out)
{
    struct db_rows rows;
    struct field_place at = place(column, account);
    struct str plain;
    *out = (struct secret){0};
    if (!db_query(&c->tx, &rows, "SELECT secret, fresh, step FROM second_factor WHERE account = $1",
                  DB_I(account)))
        return false;
    if (!rows.rows) return true;
    struct str sealed = db_str(&rows, 0, strcmp(column, "fresh") == 0);
    out->step = db_int(&rows, 0, 2);
    if (!sealed.len) return true;
    if (!field_open(ctx_keys(c), &c->tx, &at, sealed, &plain)) return false;
    bool whole = plain.len == sizeof out->bytes;
    if (whole) memcpy(out->bytes, plain.ptr, plain.len);
    crypto_wipe((void *)(uintptr_t)plain.ptr, plain.len);
    out->there = whole;
    return whole || err_fault(c->err, "second factor of %zu bytes", plain.len);
}

static bool store(struct ctx *c, const char *column, const struct secret *s, struct str *sealed)
{
    struct field_place at = place(column, c->actor.account);
    return field_seal(ctx_keys(c), &c->tx, &at, bytes_of(s), sealed);
}

static bool not_right(struct ctx *c)
{
    return err_at(c->err, STR("code"), "This code is not right. Please enter the one shown now.", STR_EMPTY);
}

/* ---- setting up ---- */

bool factor_begin(struct ctx *c)
{
    struct secret s = {.there = true};
    struct str sealed;
    crypto_random(s.bytes, sizeof s.bytes);
    bool ok = store(c, "fresh", &s, &sealed);
    crypto_wipe(&s, sizeof s);
    return ok && db_exec(&c->tx,
                         "INSERT INTO second_factor (account, secret, fresh, step) VALUES ($1, $2, $3, 0) "
                         "ON CONFLICT (account) DO UPDATE SET fresh = excluded.fresh",
                         DB_I(c->actor.account), DB_B(STR_EMPTY), DB_B(sealed));
}

bool factor_waiting(struct ctx *c, char text[FACTOR_TEXT], bool *found)
{
    struct secret s;
    if (!load(c, c->actor.account, "fresh", &s)) return false;
    *found = s.there;
    if (s.there) totp_base32(bytes_of(&s), text);
    crypto_wipe(&s, sizeof s);
    return true;
}

/* Small letters and digits without blanks and hyphens. */
static struct str normalised(struct ctx *c, struct str code)
{
    struct buf b = buf_new(c->arena, code.len + 1);
    for (size_t i = 0; i < code.len; i++) {
        char ch = code.ptr[i];
        if (ch == ' ' || ch == '-') continue;
        buf_add_char(&b, ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch);
    }
    return buf_str(&b);
}

static struct str recovery_digest(struct ctx *c, int64_t account, struct str code)
{
    struct str key = str_fmt(c->arena, "%lld|%.*s", (long long)account, STR_ARG(normalised(c, code)));
    return blind_index(ctx_keys(c), c->arena, "auth:recovery", key);
}

/* "abcd-efgh-ijkl-mnop": 80 bits. */
static struct str recovery_code(struct ctx *c)
{
    uint8_t bytes[RECOVERY_BYTES];
    char text[RECOVERY_TEXT];
    crypto_random(bytes, sizeof bytes);
    totp_base32(str_n(bytes, sizeof bytes), text);
    crypto_wipe(bytes, sizeof bytes);
    return str_lower(c->arena, str_fmt(c->arena, "%.4s-%.4s-%.4s-%.4s", text, text + 4, text + 8, text + 12));
}

static bool drop_codes(struct ctx *c, int64_t account)
{
    return db_exec(&c->tx, "DELETE FROM recovery_code WHERE account = $1", DB_I(account));
}

static bool new_codes(struct ctx *c, struct json *codes)
{
    int64_t account = c->actor.account;
    if (!drop_codes(c, account)) return false;
    for (int i = 0; i < FACTOR_CODES; i++) {
        struct str code = recovery_code(c);
        if (!db_exec(&c->tx, "INSERT INTO recovery_code (account, digest) VALUES ($1, $2)", DB_I(account),
                     DB_B(recovery_digest(c, account, code))))
            return false;
        json_add(codes, json_string(c->arena, code));
    }
    return true;
}

static bool mark(struct ctx *c, int64_t account, bool on)
{
    return db_exec(&c->tx, "UPDATE account SET factor = $2, changed = $3 WHERE id = $1", DB_I(account),
                   DB_I(on), DB_I(c->now));
}

bool factor_confirm(struct ctx *c, struct str code, struct json *codes)
{
    struct secret s;
    struct str sealed = STR_EMPTY;
    int64_t step = 0;
    if (!load(c, c->actor.account, "fresh", &s)) return false;
    bool right = s.there && totp_match(bytes_of(&s), normalised(c, code), c->now, 0, &step);
    bool ok = right ? store(c, "secret", &s, &sealed) : not_right(c);
    crypto_wipe(&s, sizeof s);
    return ok &&
           db_exec(&c->tx, "UPDATE second_factor SET secret = $2, fresh = $3, step = $4 WHERE account = $1",
                   DB_I(c->actor.account), DB_B(sealed), DB_B(STR_EMPTY), DB_I(step)) &&
           mark(c, c->actor.account, true) && new_codes(c, codes) && session_keep_this(c);
}

bool factor_drop(struct ctx *c, int64_t account)
{
    return drop_codes(c, account) &&
           db_exec(&c->tx, "DELETE FROM second_factor WHERE account = $1", DB_I(account)) &&
           attempts_forget(c, ACTOR_OFFICER, factor_index(c, account)) && mark(c, account, false);
}

bool factor_codes_left(struct ctx *c, int64_t account, int64_t *left)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT COUNT(*) FROM recovery_code WHERE account = $1", DB_I(account)))
        return false;
    *left = db_int(&rows, 0, 0);
    return true;
}

/* ---- showing it ---- */

static bool spend_attempt(struct ctx *c)
{
    const int64_t *account = ctx_arg(c);
    struct str index = factor_index(c, *account);
    int64_t minutes;
    if (!attempts_rest(c, ACTOR_OFFICER, index, &minutes)) return false;
    if (minutes) return attempts_locked(c, minutes);
    return attempts_count(c, ACTOR_OFFICER, index, true);
}

static bool is_recovery(struct ctx *c, int64_t account, struct str code, bool *is)
{
    struct db_rows rows;
    *is = false;
    if (!db_query(&c->tx, &rows, "SELECT digest FROM recovery_code WHERE account = $1 AND digest = $2",
                  DB_I(account), DB_B(recovery_digest(c, account, code))))
        return false;
    *is = rows.rows > 0;
    return true;
}

static bool compare(struct ctx *c, struct str code, int64_t *step, bool *recovery)
{
    struct secret s;
    int64_t account = c->actor.account;
    *recovery = false;
    if (!load(c, account, "secret", &s)) return false;
    bool right = s.there && totp_match(bytes_of(&s), normalised(c, code), c->now, s.step, step);
    bool there = s.there;
    crypto_wipe(&s, sizeof s);
    if (right || !there) return right || not_right(c);
    return is_recovery(c, account, code, recovery) && (*recovery || not_right(c));
}

/* The attempt is counted before anything is compared, so that many at once are no more than one by one. */
bool factor_check(struct ctx *c, struct str code)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    int64_t account = c->actor.account, step;
    bool recovery;
    return server_write(c->server, &system, spend_attempt, &account, c->err) &&
           compare(c, code, &step, &recovery);
}

bool factor_use(struct ctx *c, struct str code, bool *recovery)
{
    int64_t step = 0, spent = 0, account = c->actor.account;
    if (!compare(c, code, &step, recovery)) return false;
    bool ok = *recovery ? db_exec_count(&c->tx, &spent,
                                        "DELETE FROM recovery_code WHERE account = $1 AND digest = $2",
                                        DB_I(account), DB_B(recovery_digest(c, account, code)))
                        : db_exec_count(&c->tx, &spent,
                                        "UPDATE second_factor SET step = $2 WHERE account = $1 AND step < $2",
                                        DB_I(account), DB_I(step));
    if (!ok) return false;
    return spent ? attempts_forget(c, ACTOR_OFFICER, factor_index(c, account)) : not_right(c);
}
