/* Accounts, sessions, tokens against forgery, limits on attempts. Knows no persons: an account has a realm, a login found by blind index, a password hash,
 * roles, a level and opaque references (subject, unit, area) that modules give meaning.
 *
 * Session tokens are 256 random bits, stored as HMAC-SM3; they end after idle time (officers 30 min, persons 24 h) or absolute time (12 h, 30 d), and change at sign-in.
 * Failed sign-ins: after 5 the account rests for 1, 2, 4 … 60 minutes; addresses are limited separately. */
#ifndef TB_AUTH_H
#define TB_AUTH_H

#include "core/http/ctx.h"

struct account {
    int64_t id, subject, unit;
    enum actor_kind kind; /* ACTOR_PERSON or ACTOR_OFFICER */
    struct str login, area, roles /* separated by '|' */, label /* name shown in the frame */;
    int level;
    bool active;
};

/* Password of at least 10 characters (officers 12), not in the short list of common ones, not the login. err at field "password". */
bool auth_password_acceptable(struct ctx *c, struct str login, struct str password, enum actor_kind kind) NODISCARD;

/* CONFLICT "account.exists" when the login is taken in that realm. `hash` comes from password_hash in a prepare step. Sets a->id. */
bool account_create(struct ctx *c, struct account *a, struct str hash) NODISCARD;
bool account_load(struct ctx *c, int64_t id, struct account *out) NODISCARD; /* MISSING */
bool account_by_login(struct ctx *c, enum actor_kind kind, struct str login, struct account *out, struct str *hash) NODISCARD; /* MISSING */
bool account_save(struct ctx *c, const struct account *a) NODISCARD; /* roles, unit, area, level, label, active */
bool account_set_password(struct ctx *c, int64_t id, struct str hash) NODISCARD; /* ends its sessions */
bool account_list(struct ctx *c, enum actor_kind kind, int64_t after, int limit, struct account **list, size_t *count) NODISCARD;

/* Sign-in in two halves: the slow check on the pool (prepare), the rest in the write. auth_check fills c->prepared with {account, ok}; it
 * spends the same time for unknown logins. auth_sign_in counts failures and on success opens the session (c->set_session): INVALID "auth.wrong",
 * BUSY "auth.locked". */
bool auth_check(struct ctx *c, enum actor_kind kind, struct str login, struct str password) NODISCARD;
bool auth_sign_in(struct ctx *c) NODISCARD;
bool auth_open_session(struct ctx *c, const struct account *a) NODISCARD;
bool auth_sign_out(struct ctx *c) NODISCARD;
/* Whom the session's account acts for from now on. */
bool auth_act_for(struct ctx *c, int64_t organisation, struct str name) NODISCARD;
/* Loads the actor of a session cookie into c->actor; an unknown or ended session is nobody. Sets actor.csrf. */
bool auth_load(struct ctx *c, struct str token, struct str visit) NODISCARD;
bool auth_csrf_ok(const struct ctx *c, struct str token) NODISCARD;

/* Counts one attempt for (purpose, key) in memory: false with BUSY "limit" when more than `most` happened within window_ms. */
bool auth_limit(struct ctx *c, const char *purpose, struct str key, int most, int64_t window_ms) NODISCARD;

/* ---- roles ---- */
bool roles_list(struct ctx *c, struct json *array) NODISCARD; /* {name, permissions[]} */

#endif
