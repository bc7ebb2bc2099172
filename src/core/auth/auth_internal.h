/* What the parts of core/auth share: the keys of one server and its table of attempts. */
#ifndef TB_AUTH_INTERNAL_H
#define TB_AUTH_INTERNAL_H

#include "core/auth/auth.h"
#include "core/crypto/keyring.h"

enum { TOKEN_BYTES = 32, TOKEN_TEXT = 43, CSRF_BYTES = 24, CSRF_TEXT = 32 };

struct limits;

struct auth_state {
    char nobody[160]; /* hash of a password nobody has: what unknown logins are checked against */
    struct limits *limits;
};

struct auth_state *auth_state(const struct ctx *c);

/* Blind index of a login in its realm; letters of either case are the same. */
struct str login_index(const struct ctx *c, enum actor_kind kind, struct str login);
/* The same together with the address the request came from; of IPv6 the network of 64 bits counts. */
struct str login_place_index(const struct ctx *c, enum actor_kind kind, struct str login);

/* ---- failures, by index (sign_in.c) ---- */
struct str factor_index(const struct ctx *c, int64_t account);
bool attempts_rest(struct ctx *c, enum actor_kind kind, struct str index, int64_t *minutes) NODISCARD;
/* place: five are free within a day, else fifty within an hour. */
bool attempts_count(struct ctx *c, enum actor_kind kind, struct str index, bool place) NODISCARD;
bool attempts_forget(struct ctx *c, enum actor_kind kind, struct str index) NODISCARD;
bool attempts_locked(struct ctx *c, int64_t minutes); /* false with BUSY "auth.locked" */

/* factor: the second factor was shown. */
bool session_open(struct ctx *c, const struct account *a, bool factor) NODISCARD;
/* Ends the actor's other sessions; this one has shown the second factor. */
bool session_keep_this(struct ctx *c) NODISCARD;

/* A name inside a session's row: sealed with a key of the installation so that a request needs no subject's
 * key. */
bool label_seal(struct ctx *c, int64_t account, struct str label, struct str *sealed) NODISCARD;
/* Empty where nothing was sealed, or it was altered. */
struct str label_open(struct ctx *c, int64_t account, struct str sealed);

struct limits *limits_new(void);
void limits_drop(struct limits *l);
bool limits_count(struct limits *l, const char *purpose, struct str key, int most, int64_t window_ms,
                  int64_t now);

#endif
