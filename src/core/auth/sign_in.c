#include "core/auth/auth_internal.h"

#include "core/base/time.h"
#include "core/http/server.h"

/* Of one login: from one address, and within an hour from all of them together. */
enum { FAILURES_FREE = 5, FAILURES_FREE_ANYWHERE = 50, REST_MAX_MINUTES = 60 };

struct attempt {
    enum actor_kind kind;
    struct str index, place; /* of the login; of the login with the address */
};

static int64_t minutes_left(int64_t until, int64_t now)
{
    return until > now ? (until - now + MS_MINUTE - 1) / MS_MINUTE : 0;
}

/* 1, 2, 4 … 60 minutes from the failure on that is one too many. */
static int64_t rest_after(int64_t failures, int64_t most)
{
    if (failures < most) return 0;
    int64_t doubled = failures - most;
    return (doubled >= 6 ? REST_MAX_MINUTES : INT64_C(1) << doubled) * MS_MINUTE;
}

bool attempts_rest(struct ctx *c, enum actor_kind kind, struct str index, int64_t *minutes)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT locked_until FROM sign_in_failure WHERE realm = $1 AND login_index = $2",
                  DB_I(kind), DB_B(index)))
        return false;
    *minutes = rows.rows ? minutes_left(db_int(&rows, 0, 0), c->now) : 0;
    return true;
}

bool attempts_forget(struct ctx *c, enum actor_kind kind, struct str index)
{
    return db_exec(&c->tx, "DELETE FROM sign_in_failure WHERE realm = $1 AND login_index = $2", DB_I(kind),
                   DB_B(index));
}

bool attempts_locked(struct ctx *c, int64_t minutes)
{
    err_busy(c->err, "auth.locked",
             "There were too many wrong attempts. Please try again in %{arg} minutes.");
    err_arg(c->err, str_fmt(c->arena, "%lld", (long long)minutes));
    return false;
}

struct str factor_index(const struct ctx *c, int64_t account)
{
    return blind_index(ctx_keys(c), c->arena, "login:factor", str_fmt(c->arena, "%lld", (long long)account));
}

static bool locked_minutes(struct ctx *c, const struct attempt *at, int64_t *minutes)
{
    int64_t here;
    if (!attempts_rest(c, at->kind, at->place, &here) || !attempts_rest(c, at->kind, at->index, minutes))
        return false;
    if (here > *minutes) *minutes = here;
    return true;
}

/* `last`: of a place the latest failure, and a day without one forgets the earlier ones; of a login the first
 * one of the hour that is counted. */
bool attempts_count(struct ctx *c, enum actor_kind kind, struct str index, bool place)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT failures, last FROM sign_in_failure WHERE realm = $1 AND login_index = $2",
                  DB_I(kind), DB_B(index)))
        return false;
    bool goes_on = rows.rows && c->now - db_int(&rows, 0, 1) < (place ? MS_DAY : MS_HOUR);
    int64_t failures = goes_on ? db_int(&rows, 0, 0) + 1 : 1;
    int64_t last = goes_on && !place ? db_int(&rows, 0, 1) : c->now;
    int64_t rest = rest_after(failures, place ? FAILURES_FREE : FAILURES_FREE_ANYWHERE);
    return db_exec(
        &c->tx,
        "INSERT INTO sign_in_failure (realm, login_index, failures, last, locked_until) VALUES ($1, $2, $3, "
        "$4, $5) "
        "ON CONFLICT (realm, login_index) DO UPDATE SET failures = excluded.failures, last = excluded.last, "
        "locked_until = excluded.locked_until",
        DB_I(kind), DB_B(index), DB_I(failures), DB_I(last), DB_I(c->now + rest));
}

static bool count_failure(struct ctx *c)
{
    const struct attempt *at = ctx_arg(c);
    return attempts_count(c, at->kind, at->place, true) && attempts_count(c, at->kind, at->index, false);
}

/* By login only, and without opening anything sealed: known and unknown logins take the same road. */
static bool stored_password(struct ctx *c, const struct attempt *at, int64_t *account, struct str *hash)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT id, password FROM account WHERE realm = $1 AND login_index = $2",
                  DB_I(at->kind), DB_B(at->index)))
        return false;
    *account = rows.rows ? db_int(&rows, 0, 0) : 0;
    *hash = rows.rows ? db_str(&rows, 0, 1) : str_c(auth_state(c)->nobody);
    return true;
}

bool auth_check(struct ctx *c, enum actor_kind kind, struct str login, struct str password)
{
    struct attempt at = {kind, login_index(c, kind, login), login_place_index(c, kind, login)};
    int64_t account, minutes;
    struct str hash;
    if (!locked_minutes(c, &at, &minutes) || !stored_password(c, &at, &account, &hash)) return false;
    bool ok = !minutes && password_verify(password, hash) && account;
    c->prepared = json_object(c->arena);
    json_set_id(c->arena, c->prepared, "account", account);
    json_set_i64(c->arena, c->prepared, "kind", kind);
    json_set_bool(c->arena, c->prepared, "ok", ok);
    json_set_i64(c->arena, c->prepared, "minutes", minutes);
    json_set_str(c->arena, c->prepared, "index", str_hex(c->arena, at.index.ptr, at.index.len));
    json_set_str(c->arena, c->prepared, "place", str_hex(c->arena, at.place.ptr, at.place.len));
    json_set_str(c->arena, c->prepared, "hash", ok ? hash : STR_EMPTY);
    if (ok || minutes) return true;
    const struct actor system = {.kind = ACTOR_SYSTEM};
    return server_write(c->server, &system, count_failure, &at, c->err);
}

static bool wrong(struct ctx *c)
{
    return err_invalid(c->err, "auth.wrong", "The account name or the password is not right.");
}

bool auth_sign_in(struct ctx *c)
{
    const struct json *p = c->prepared;
    struct attempt at = {.kind = json_i64_of(p, "kind", 0) == ACTOR_OFFICER ? ACTOR_OFFICER : ACTOR_PERSON};
    int64_t minutes = json_i64_of(p, "minutes", 0), account = json_i64_of(p, "account", 0);
    if (minutes) return attempts_locked(c, minutes);
    if (!json_true_of(p, "ok") || !str_unhex(c->arena, json_text_of(p, "index"), &at.index) ||
        !str_unhex(c->arena, json_text_of(p, "place"), &at.place))
        return wrong(c);
    if (!locked_minutes(c, &at, &minutes)) return false;
    if (minutes) return attempts_locked(c, minutes);
    /* The password may have been changed since it was checked. */
    int64_t now_account;
    struct str hash;
    struct account a;
    if (!stored_password(c, &at, &now_account, &hash)) return false;
    if (now_account != account || !str_eq(hash, json_text_of(p, "hash"))) return wrong(c);
    if (!account_load(c, account, &a)) return false;
    if (!a.active)
        return err_denied(c->err, "auth.inactive",
                          "This account has been closed. Please ask at a service desk.");
    return attempts_forget(c, at.kind, at.place) && session_open(c, &a, false);
}
