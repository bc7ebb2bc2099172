#include "core/auth/auth_internal.h"

#include "core/base/time.h"
#include "core/http/server.h"

enum { SESSIONS_MAX = 20 };
static const int64_t TOUCH_AFTER = 5 * MS_MINUTE, HALF_LIFE = 10 * MS_MINUTE;

int64_t auth_idle(enum actor_kind kind, struct str roles)
{
    struct str role;
    if (kind != ACTOR_OFFICER) return MS_DAY;
    while (roles.len) {
        roles = str_cut(roles, '|', &role);
        if (str_ends(role, STR("_admin"))) return 15 * MS_MINUTE;
    }
    return 30 * MS_MINUTE;
}

static void token_digest(const struct ctx *c, struct str token, uint8_t out[SM3_SIZE])
{
    mac_sm3(keyring_mac(ctx_keys(c), "session"), token, out);
}

/* The token a form of this session or visit carries. */
static struct str csrf_for(struct ctx *c, const char *what, struct str of)
{
    uint8_t mac[SM3_SIZE];
    if (of.len == 0) return STR_EMPTY;
    mac_sm3(keyring_mac(ctx_keys(c), "csrf"), str_cat(c->arena, str_c(what), of), mac);
    return str_base64url(c->arena, mac, CSRF_BYTES);
}

static struct str session_of(const struct actor *actor)
{
    return str_n(actor->session, sizeof actor->session);
}

static bool has_session(const struct actor *actor)
{
    static const uint8_t none[sizeof actor->session];
    return memcmp(actor->session, none, sizeof none) != 0;
}

/* Columns 13 to 15: the password was given; the account has a second factor; the session has shown it. */
static enum actor_pending owed_by(const struct ctx *c, const struct db_rows *r)
{
    bool given = db_int(r, 0, 13) != 0, has = db_int(r, 0, 14) != 0, shown = db_int(r, 0, 15) != 0;
    if (has && !shown) return PENDING_CODE;
    if (given) return PENDING_PASSWORD;
    return !has && server_options(c->server)->require_second_factor ? PENDING_FACTOR : PENDING_NONE;
}

/* Pages show names, most writes do not. */
struct str ctx_actor_name(struct ctx *c)
{
    struct actor *a = &c->actor;
    if (!a->name.len && a->name_sealed.len) a->name = label_open(c, a->account, a->name_sealed);
    return a->name;
}

struct str ctx_acting_name(struct ctx *c)
{
    struct actor *a = &c->actor;
    if (!a->acting_name.len && a->acting_sealed.len)
        a->acting_name = label_open(c, a->account, a->acting_sealed);
    return a->acting_name;
}

/* `before`: the actor of the same session as this request saw it last; NULL at its first look. */
static void read_actor(struct ctx *c, const struct db_rows *r, const uint8_t digest[SM3_SIZE],
                       const struct actor *before)
{
    struct actor *actor = &c->actor;
    int64_t account = db_int(r, 0, 0);
    enum actor_kind kind = db_int(r, 0, 1) == ACTOR_OFFICER ? ACTOR_OFFICER : ACTOR_PERSON;
    int64_t opened = db_int(r, 0, 7), seen = db_int(r, 0, 8);
    bool active = db_int(r, 0, 6) != 0, half = db_int(r, 0, 14) && !db_int(r, 0, 15);
    if (!active || (half && c->now - opened >= HALF_LIFE) ||
        c->now - seen >= auth_idle(kind, db_str(r, 0, 12)) || c->now - opened >= SESSION_LIFE(kind))
        return;
    actor->name_sealed = db_str(r, 0, 9);
    actor->acting_sealed = db_str(r, 0, 11);
    actor->kind = kind;
    actor->account = account;
    actor->subject = db_int(r, 0, 2);
    actor->level = (int)db_int(r, 0, 3);
    actor->unit = db_int(r, 0, 4);
    actor->area = db_str(r, 0, 5);
    actor->acting_for = db_int(r, 0, 10);
    actor->touch = c->now - seen >= TOUCH_AFTER;
    memcpy(actor->session, digest, SM3_SIZE);
    actor->csrf = before ? before->csrf : csrf_for(c, "session|", session_of(actor));
    if (kind == ACTOR_OFFICER) actor->pending = owed_by(c, r);
    if (actor->pending == PENDING_NONE) server_permit(c->server, actor, db_str(r, 0, 12));
}

bool auth_load(struct ctx *c, struct str token, struct str visit)
{
    const struct actor last = c->actor, *before = last.token.len && str_eq(last.token, token) ? &last : NULL;
    c->actor = (struct actor){.area = STR_EMPTY, .name = STR_EMPTY, .acting_name = STR_EMPTY};
    if (token.len == TOKEN_TEXT) {
        uint8_t digest[SM3_SIZE];
        struct db_rows rows;
        if (before)
            memcpy(digest, before->session, sizeof digest);
        else
            token_digest(c, token, digest);
        if (!db_query(&c->tx, &rows,
                      "SELECT a.id, a.realm, a.subject, a.level, a.unit, a.area, a.active, s.opened, s.seen, "
                      "s.label, "
                      "s.acting_for, s.acting_name, a.roles, a.given, a.factor, s.factor FROM session s JOIN "
                      "account a ON a.id = "
                      "s.account WHERE s.token = $1",
                      DB_B(str_n(digest, sizeof digest))))
            return false;
        if (rows.rows) read_actor(c, &rows, digest, before);
        if (c->actor.kind != ACTOR_ANYONE) c->actor.token = token;
    }
    if (c->actor.kind == ACTOR_ANYONE) c->actor.csrf = csrf_for(c, "visit|", visit);
    return true;
}

bool auth_csrf_ok(const struct ctx *c, struct str token)
{
    struct str expected = c->actor.csrf;
    return expected.len == CSRF_TEXT && token.len == CSRF_TEXT &&
           crypto_equal(expected.ptr, token.ptr, CSRF_TEXT);
}

bool auth_csrf_pair(struct ctx *c, struct str session, struct str token)
{
    struct actor *actor = &c->actor;
    if (session.len != TOKEN_TEXT) return false;
    *actor = (struct actor){.area = STR_EMPTY, .name = STR_EMPTY, .acting_name = STR_EMPTY};
    token_digest(c, session, actor->session);
    actor->csrf = csrf_for(c, "session|", session_of(actor));
    actor->token = session;
    return auth_csrf_ok(c, token);
}

static bool drop_current(struct ctx *c)
{
    if (!has_session(&c->actor)) return true;
    return db_exec(&c->tx, "DELETE FROM session WHERE token = $1", DB_B(session_of(&c->actor)));
}

/* Ended sessions of the account, and the longest unused where there are very many. */
static bool make_room(struct ctx *c, const struct account *a)
{
    return db_exec(&c->tx, "DELETE FROM session WHERE account = $1 AND (seen <= $2 OR opened <= $3)",
                   DB_I(a->id), DB_I(c->now - auth_idle(a->kind, a->roles)),
                   DB_I(c->now - SESSION_LIFE(a->kind))) &&
           db_exec(&c->tx,
                   "DELETE FROM session WHERE account = $1 AND token NOT IN "
                   "(SELECT token FROM session WHERE account = $1 ORDER BY seen DESC, token LIMIT $2)",
                   DB_I(a->id), DB_I(SESSIONS_MAX - 1));
}

bool session_open(struct ctx *c, const struct account *a, bool factor)
{
    uint8_t secret[TOKEN_BYTES], digest[SM3_SIZE];
    struct str label;
    if (!drop_current(c) || !make_room(c, a) || !label_seal(c, a->id, a->label, &label)) return false;
    crypto_random(secret, sizeof secret);
    struct str token = str_base64url(c->arena, secret, sizeof secret);
    crypto_wipe(secret, sizeof secret);
    token_digest(c, token, digest);
    if (!db_exec(&c->tx,
                 "INSERT INTO session (token, account, opened, seen, label, acting_for, acting_name, factor) "
                 "VALUES ($1, $2, $3, $3, $4, 0, $5, $6)",
                 DB_B(str_n(digest, sizeof digest)), DB_I(a->id), DB_I(c->now), DB_B(label), DB_B(STR_EMPTY),
                 DB_I(factor)))
        return false;
    c->set_session = token;
    return true;
}

/* Who changes their own password has shown the second factor before. */
bool auth_open_session(struct ctx *c, const struct account *a)
{
    return session_open(c, a, c->actor.account == a->id && c->actor.pending != PENDING_CODE);
}

bool auth_second_step(struct ctx *c)
{
    struct account a;
    return account_load(c, c->actor.account, &a) && session_open(c, &a, true);
}

bool session_keep_this(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM session WHERE account = $1 AND token <> $2", DB_I(c->actor.account),
                   DB_B(session_of(&c->actor))) &&
           db_exec(&c->tx, "UPDATE session SET factor = 1 WHERE token = $1", DB_B(session_of(&c->actor)));
}

bool auth_sign_out(struct ctx *c)
{
    c->set_session = STR("-");
    return drop_current(c);
}

bool auth_act_for(struct ctx *c, int64_t organisation, struct str name)
{
    struct str sealed = STR_EMPTY;
    int64_t changed = 0;
    if (!has_session(&c->actor)) return err_denied(c->err, "auth.sign_in", "Please sign in first.");
    if (organisation && !label_seal(c, c->actor.account, name, &sealed)) return false;
    if (!db_exec_count(&c->tx, &changed,
                       "UPDATE session SET acting_for = $2, acting_name = $3 WHERE token = $1",
                       DB_B(session_of(&c->actor)), DB_I(organisation), DB_B(sealed)))
        return false;
    if (!changed) return err_denied(c->err, "auth.sign_in", "Please sign in first.");
    c->actor.acting_for = organisation;
    c->actor.acting_sealed = STR_EMPTY;
    c->actor.acting_name = organisation ? name : STR_EMPTY;
    return true;
}

/* A touch on its way to the writer; frees itself. */
struct touch {
    struct write_task task;
    struct err err;
    uint8_t session[32];
    int64_t now;
};

static bool run_touch(struct write_task *task, struct db_conn *conn)
{
    struct touch *t = task->submitter;
    struct arena *a = arena_new(64 << 10);
    if (!a) return false;
    err_clear(&t->err);
    struct db_tx tx = {.conn = conn, .arena = a, .err = &t->err};
    bool ok = db_exec(&tx, "UPDATE session SET seen = $2 WHERE token = $1 AND seen < $2",
                      DB_B(str_n(t->session, sizeof t->session)), DB_I(t->now));
    arena_drop(a);
    return ok;
}

static void touched(struct write_task *task, bool ok)
{
    (void)ok; /* the next request tries again */
    mem_free(task->submitter);
}

void auth_touch(struct server *s, const struct actor *actor)
{
    if (!actor->touch || !has_session(actor)) return;
    struct touch *t = mem_alloc(1, sizeof *t);
    if (!t) return;
    memcpy(t->session, actor->session, sizeof t->session);
    t->now = server_now(s);
    t->task = (struct write_task){.run = run_touch, .done = touched, .err = &t->err, .submitter = t};
    if (!writer_submit(server_writer(s), &t->task, LANE_JOB)) mem_free(t);
}

bool auth_sweep(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM session WHERE seen <= $1 OR opened <= $2",
                   DB_I(c->now - auth_idle(ACTOR_PERSON, STR_EMPTY)),
                   DB_I(c->now - SESSION_LIFE(ACTOR_PERSON))) &&
           db_exec(&c->tx, "DELETE FROM sign_in_failure WHERE last <= $1 AND locked_until <= $2",
                   DB_I(c->now - MS_DAY), DB_I(c->now)) &&
           db_exec(&c->tx, "DELETE FROM attempt_limit WHERE until <= $1", DB_I(c->now));
}
