/* Accounts, sessions, tokens against forgery, limits on attempts. Knows no persons: an account has a realm, a
 * login found by blind index, a password hash, roles, a level and opaque references (subject, unit, area)
 * that modules give meaning.
 *
 * Session tokens are 256 random bits, stored as HMAC-SM3; they end after idle time (administrators 15 min,
 * other officers 30 min, persons 24 h) or absolute time (12 h, 30 d), and change at sign-in. Failed sign-ins:
 * after 5 from one address the login rests for that address, for 1, 2, 4 … 60 minutes, so that nobody locks
 * others out; after 50 within an hour, whatever their addresses, it rests for all. Addresses are limited
 * separately. */
#ifndef TB_AUTH_H
#define TB_AUTH_H

#include "core/http/ctx.h"

/* Derives the keys and makes the tables of one server; after the database is migrated, before the first
 * request. */
bool auth_start(struct server *s, struct err *e) NODISCARD;
void auth_stop(struct server *s);

/* How long a session lives, in ms. Idle: persons, administrators (a role that ends in "_admin"), other
 * officers.
 */
int64_t auth_idle(enum actor_kind kind, struct str roles);
#define SESSION_LIFE(kind) ((kind) == ACTOR_OFFICER ? INT64_C(12) * 3600000 : INT64_C(30) * 24 * 3600000)

struct account {
    int64_t id, subject, unit;
    enum actor_kind kind; /* ACTOR_PERSON or ACTOR_OFFICER */
    struct str login, area, roles /* separated by '|' */, label /* name shown in the frame */;
    int level;
    bool active;
    bool given;  /* somebody else chose the password: its owner chooses another before anything else */
    bool factor; /* has a second factor; set by factor_confirm and factor_drop alone */
};

/* Password of 10 (officers 12) to 200 characters; not a common word with digits around it, a row of keys or a
 * repetition; without the login. err at field "password". */
bool auth_password_acceptable(struct ctx *c, struct str login, struct str password,
                              enum actor_kind kind) NODISCARD;

/* CONFLICT "account.exists" when the login is taken in that realm. `hash` comes from password_hash in a
 * prepare step. Sets a->id. */
bool account_create(struct ctx *c, struct account *a, struct str hash) NODISCARD;
bool account_load(struct ctx *c, int64_t id, struct account *out) NODISCARD; /* MISSING */
bool account_by_login(struct ctx *c, enum actor_kind kind, struct str login, struct account *out,
                      struct str *hash) NODISCARD; /* MISSING */
/* Roles, unit, area, level, label, active. Roles, unit, area and level hold from the next request on; an
 * account no longer active loses its sessions. */
bool account_save(struct ctx *c, const struct account *a) NODISCARD;
/* Ends all its sessions, the current one included: who changes their own opens a new one with
 * auth_open_session. given: by somebody else. */
bool account_set_password(struct ctx *c, int64_t id, struct str hash, bool given) NODISCARD;
/* Another login in the same realm: CONFLICT "account.exists" when it is taken. */
bool account_set_login(struct ctx *c, int64_t id, struct str login) NODISCARD;
bool account_end_sessions(struct ctx *c, int64_t id) NODISCARD;
/* Removes the accounts of a subject with their sessions and what was counted at their sign-in. */
bool account_erase(struct ctx *c, int64_t subject) NODISCARD;
bool account_list(struct ctx *c, enum actor_kind kind, int64_t after, int limit, struct account **list,
                  size_t *count) NODISCARD;
/* The same, of officers of one department (0: of those who have none). */
bool account_list_unit(struct ctx *c, int64_t unit, int64_t after, int limit, struct account **list,
                       size_t *count) NODISCARD;

/* Sign-in in two halves: the slow check on the pool (prepare), the rest in the write. auth_check fills
 * c->prepared with {account, ok, …}; it spends the same time for unknown logins and counts a failure there,
 * durably and by blind indexes of the login and of the login with the request's address, whether the login
 * exists or not: the write of a refused sign-in is rolled back.
 * auth_sign_in on success opens the session (c->set_session): INVALID "auth.wrong", BUSY "auth.locked" (arg:
 * minutes), DENIED "auth.inactive" (only told to who knows the password). */
bool auth_check(struct ctx *c, enum actor_kind kind, struct str login, struct str password) NODISCARD;
bool auth_sign_in(struct ctx *c) NODISCARD;
bool auth_open_session(struct ctx *c, const struct account *a) NODISCARD;
bool auth_sign_out(struct ctx *c) NODISCARD;
/* Whom the session's account acts for from now on. */
bool auth_act_for(struct ctx *c, int64_t organisation, struct str name) NODISCARD;
/* Loads the actor of a session cookie into c->actor; an unknown or ended session is nobody. Sets actor.csrf.
 */
bool auth_load(struct ctx *c, struct str token, struct str visit) NODISCARD;
/* Notes that the actor's session was used, where that is due (actor.touch: at most every 5 minutes): a small
 * write of its own, behind the answer, that nobody waits for. */
void auth_touch(struct server *s, const struct actor *actor);
/* Drops ended sessions and old failures; for a job that comes now and then. */
bool auth_sweep(struct ctx *c) NODISCARD;
bool auth_csrf_ok(const struct ctx *c, struct str token) NODISCARD;
/* Was the form made for this session? Says nothing of the session itself, and asks no database: nobody but
 * this installation can make such a pair. */
bool auth_csrf_pair(struct ctx *c, struct str session, struct str token) NODISCARD;

/* Counts one attempt for (purpose, key) in memory: false with BUSY "limit" when it would be more than `most`
 * (≤ 60000) within window_ms. Refused attempts do not count. Of very many keys the ones seen longest ago are
 * forgotten first. */
bool auth_limit(struct ctx *c, const char *purpose, struct str key, int most, int64_t window_ms) NODISCARD;

/* The same in the database, for what a restart or another process must not forget: attempts at one account,
 * code, number or mobile. In a prepare step (it writes). A window begins with its first attempt and ends
 * window_ms later. Limits by address alone stay in memory: each would cost a write a request, and whoever has
 * many addresses is held by these here. */
bool auth_limit_kept(struct ctx *c, const char *purpose, struct str key, int most,
                     int64_t window_ms) NODISCARD;

/* ---- the second factor of officers ----
 * Codes of an authenticator (RFC 6238: HMAC-SHA-1, 6 digits, 30 s, one step either way, none taken twice) and
 * FACTOR_CODES recovery codes that hold once, kept as keyed digests. All speak of the actor's own account. A
 * session opened by a password owes the code (actor.pending) while the account has a second factor, for 10
 * minutes; where the installation requires one, an account without owes setting it up. */
enum { FACTOR_CODES = 10, FACTOR_TEXT = 32 };
/* Makes a secret that waits for its first code; one in use stays in use until then. */
bool factor_begin(struct ctx *c) NODISCARD;
/* The secret that waits, in base 32 without an end; the caller wipes it. */
bool factor_waiting(struct ctx *c, char text[FACTOR_TEXT], bool *found) NODISCARD;
/* Its first code makes it the one in use: adds new recovery codes to `codes`, ends all other sessions.
 * INVALID at "code". */
bool factor_confirm(struct ctx *c, struct str code, struct json *codes) NODISCARD;
/* In a prepare step: counts an attempt durably, as for passwords (BUSY "auth.locked"), and compares: INVALID
 * at "code". */
bool factor_check(struct ctx *c, struct str code) NODISCARD;
/* In the write: compares again and spends the code; *recovery: it was a recovery code. */
bool factor_use(struct ctx *c, struct str code, bool *recovery) NODISCARD;
/* The session has shown the second factor: a new one takes its place. */
bool auth_second_step(struct ctx *c) NODISCARD;
/* Takes it from that account with its recovery codes; sessions stay. */
bool factor_drop(struct ctx *c, int64_t account) NODISCARD;
bool factor_codes_left(struct ctx *c, int64_t account, int64_t *left) NODISCARD;

/* ---- roles ---- */
bool roles_list(struct ctx *c, struct json *array) NODISCARD; /* {name, permissions[]} */

#endif
