/* Private to the module: systems of departments, and the keys they sign with.
 *
 * A system has a secret key (HMAC-SM3; 32 bytes, sealed, shown once as 64 hex digits). A new one takes its
 * place; until a day that is chosen then the one before is accepted as well, and one alone: a third ends the
 * first. It has public keys (SM2, GB/T 32918), of which two may be in force, so that one takes the place of
 * the other without a gap. What is ended signs nothing from then on. One public key belongs to one system:
 * the text that is signed does not name the system. A certificate is taken for its key and its days; the
 * steward answers for whose it is. Of secrets for the national header convention (exchange_gjzwfwpt.h) two
 * may be in force as well; they are keys of their own, so that whoever breaks that convention has not broken
 * the others. Times: ms UTC. */
#ifndef TB_EXCHANGE_SYSTEM_H
#define TB_EXCHANGE_SYSTEM_H

#include "core/crypto/crypto.h"
#include "modules/exchange/exchange_internal.h"

enum {
    SECRET_SIZE = 32,
    KEYS_IN_FORCE = 2,
    KEY_KINDS = 3,
    OVERLAP_MAX_DAYS = 90,
    KEYS_SHOWN = 20,
    PEM_MAX = 8000
};

/* The system this installation asks by itself, for the forms people fill in. */
#define PLATFORM_SYSTEM "platform"

#define KEY_SM2        "sm2"      /* data: SubjectPublicKeyInfo, DER */
#define KEY_HMAC       "hmac"     /* data: the secret key before the one there is, sealed */
#define KEY_CONVENTION "gjzwfwpt" /* data: the appsecret of the national header convention, sealed */

struct exchange_system {
    int64_t id, unit;
    struct str code, name, state;
};

struct system_key {
    int64_t id, system;
    struct str kind, data, fingerprint;       /* fingerprint: SM3 of data, hex */
    int64_t valid_from, valid_until;          /* of a certificate, of KEY_HMAC; else 0, INT64_MAX */
    int64_t added, added_by, ended, ended_by; /* ended 0: in force */
};

/* ---- exchange_system_store.c ---- */
bool system_store_add(struct ctx *c, const struct exchange_system *s, struct str secret,
                      bool *fresh) NODISCARD;
/* "": no secret key any more. */
bool system_store_set_key(struct ctx *c, int64_t id, struct str secret) NODISCARD;
enum { SYSTEMS_PAGE = 30 };
/* Newest first, before that id (0: from the top); one more than a page. unit 0: of all departments. */
bool system_store_list(struct ctx *c, int64_t unit, int64_t before, struct exchange_system **rows,
                       size_t *count) NODISCARD;
bool system_store_load(struct ctx *c, int64_t id, struct exchange_system *out, bool *found) NODISCARD;
bool system_store_by_code(struct ctx *c, struct str code, int64_t *id) NODISCARD; /* 0: none */
bool system_store_open(struct ctx *c, int64_t id, struct str sealed, struct str *secret) NODISCARD;
/* "": none. To be wiped. */
bool system_store_secret(struct ctx *c, int64_t id, struct str *secret) NODISCARD;
/* Secrets are sealed on the way in, and opened by key_store_in_force alone. */
bool key_store_add(struct ctx *c, const struct system_key *k) NODISCARD;
bool key_store_end(struct ctx *c, int64_t id) NODISCARD;
/* All of that kind which are in force. */
bool key_store_end_kind(struct ctx *c, int64_t system, const char *kind) NODISCARD;
/* Those in force first, then the newest of the ended ones. */
bool key_store_list(struct ctx *c, int64_t system, struct system_key **rows, size_t *count) NODISCARD;
/* Every key in force, in order of systems. */
bool key_store_in_force(struct ctx *c, struct system_key **rows, size_t *count) NODISCARD;
/* Is a key of that fingerprint in force anywhere? */
bool key_store_taken(struct ctx *c, struct str fingerprint, bool *taken) NODISCARD;

/* ---- exchange_system.c: the rules ---- */
/* A new secret: 64 hex digits in *key; gives the bytes. */
struct str system_fresh_key(struct ctx *c, struct str *key);
bool system_add(struct ctx *c, struct str code, struct str name, struct str *key) NODISCARD;
/* MISSING "exchange.system" unless it is of the actor's department. */
bool system_load(struct ctx *c, int64_t id, struct exchange_system *out) NODISCARD;
/* In place of the one there is, which is accepted until then (not after now: not at all). */
bool system_new_key(struct ctx *c, const struct exchange_system *s, int64_t until, struct str *key) NODISCARD;
/* The moment a replaced key is accepted until, where nobody chose another. */
bool system_overlap(struct ctx *c, int64_t *until) NODISCARD;
/* "": there is none. */
bool system_fingerprint(struct ctx *c, const struct exchange_system *s, struct str *hex) NODISCARD;
/* With the one before. */
bool system_drop_key(struct ctx *c, const struct exchange_system *s) NODISCARD;
/* pem: a certificate or a public key. Errors at the field "pem". */
bool system_add_public(struct ctx *c, const struct exchange_system *s, struct str pem) NODISCARD;
/* A secret for the national header convention: 64 characters, shown once. */
bool system_add_secret(struct ctx *c, const struct exchange_system *s, struct str *secret) NODISCARD;
bool system_end_key(struct ctx *c, const struct exchange_system *s, int64_t key) NODISCARD;

/* ---- pages: exchange_system_web.c ---- */
bool exchange_systems(struct ctx *c);
bool exchange_system_add(struct ctx *c);
bool exchange_system(struct ctx *c);
bool exchange_system_scope(struct ctx *c);
bool exchange_system_key(struct ctx *c);
bool exchange_system_drop_key(struct ctx *c);
bool exchange_system_public(struct ctx *c);
bool exchange_system_secret(struct ctx *c);
bool exchange_system_end(struct ctx *c);
extern const struct field exchange_systems_fields[], exchange_system_fields[], exchange_public_fields[],
    exchange_end_key_fields[], exchange_new_key_fields[];

#endif
