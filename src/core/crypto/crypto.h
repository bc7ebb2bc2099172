/* Thin wrappers over OpenSSL 3 EVP (SM2, SHA-256, X.509), libgcrypt (SM3, SM4-GCM, HMAC) and libsodium
 * (Argon2id, Ed25519, randomness). No primitive is written here.
 *
 * Standards: SM2 GB/T 32918 with the default id 1234567812345678 (GB/T 35276), SM3 GB/T 32905, SM4 GB/T 32907
 * in GCM mode. Functions that cannot fail but for memory return void; the rest return bool with err FAULT, or
 * plain false for "does not verify". Secrets are wiped when dropped. Thread-safe. */
#ifndef TB_CRYPTO_H
#define TB_CRYPTO_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"

enum { SM3_SIZE = 32, SHA256_SIZE = 32, SHA1_SIZE = 20, SM4_KEY = 16, SM4_NONCE = 12, SM4_TAG = 16 };
enum { SM2_POINT = 65, ED25519_SEED = 32, ED25519_PUBLIC = 32, ED25519_SIGNATURE = 64 };

/* Once per process, before threads. */
bool crypto_start(struct err *e) NODISCARD;

void crypto_random(void *out, size_t len); /* aborts where the system gives none */
void crypto_wipe(void *p, size_t len);
bool crypto_equal(const void *a, const void *b, size_t len); /* constant time */

void sm3(struct str data, uint8_t out[SM3_SIZE]);
void sha256(struct str data, uint8_t out[SHA256_SIZE]);
void hmac_sm3(struct str key, struct str data, uint8_t out[SM3_SIZE]);
/* Only for what others speak (interfaces between platforms). */
void hmac_sha256(struct str key, struct str data, uint8_t out[SHA256_SIZE]);
/* Only for codes of authenticators (RFC 6238), which know nothing else. */
void hmac_sha1(struct str key, struct str data, uint8_t out[SHA1_SIZE]);
/* The same under a key that is used often: its two first blocks are computed once. Shared by threads; wiped
 * with the arena. */
struct mac_key;
struct mac_key *mac_key_new(struct arena *a, struct str key);
/* For mac_sha256. */
struct mac_key *mac_key_sha256(struct arena *a, struct str key);
void mac_sha256(const struct mac_key *k, struct str data, uint8_t out[SHA256_SIZE]);
void mac_sm3(const struct mac_key *k, struct str data, uint8_t out[SM3_SIZE]);
/* Of many at once (sm3_many.h). */
void mac_sm3_many(const struct mac_key *k, const struct str *list, size_t count, uint8_t (*out)[SM3_SIZE]);
/* HKDF (RFC 5869) over HMAC-SM3. */
void hkdf_sm3(struct str secret, struct str salt, struct str info, uint8_t *out, size_t len);

/* Streams, for files. */
struct sm3_stream;
struct sm3_stream *sm3_begin(struct arena *a);
void sm3_feed(struct sm3_stream *s, struct str part);
void sm3_end(struct sm3_stream *s, uint8_t out[SM3_SIZE]);

/* SM4-GCM under one key, for one thread at a time; wiped with the arena. NULL with FAULT: no memory. */
struct sm4_gcm;
struct sm4_gcm *sm4_gcm_new(struct arena *a, const uint8_t key[SM4_KEY], struct err *e) NODISCARD;
/* out holds plain.len bytes + tag. */
bool sm4_gcm_seal(struct sm4_gcm *g, const uint8_t nonce[SM4_NONCE], struct str aad, struct str plain,
                  uint8_t *out, struct err *e) NODISCARD;
/* sealed.len ≥ tag; out holds sealed.len − tag bytes. false without err when it was altered. */
bool sm4_gcm_open(struct sm4_gcm *g, const uint8_t nonce[SM4_NONCE], struct str aad, struct str sealed,
                  uint8_t *out) NODISCARD;
/* The same under a key that is used often and by several threads: what is computed from it is kept for the
 * next use. Wiped with the arena. */
struct sm4_shared;
struct sm4_shared *sm4_shared_new(struct arena *a, const uint8_t key[SM4_KEY]);
bool sm4_shared_seal(struct sm4_shared *s, const uint8_t nonce[SM4_NONCE], struct str aad, struct str plain,
                     uint8_t *out, struct err *e) NODISCARD;
bool sm4_shared_open(struct sm4_shared *s, const uint8_t nonce[SM4_NONCE], struct str aad, struct str sealed,
                     uint8_t *out) NODISCARD;

/* AES with PKCS#7 padding, only to open what others seal. cipher: "aes-128-ecb", "aes-256-ecb", "aes-128-cbc"
 * or "aes-256-cbc"; by CBC the first 16 bytes are the vector. false: a key of another length, or it does not
 * open. Neither mode notices an alteration. */
bool aes_known(struct str cipher);
bool aes_open(struct arena *a, struct str cipher, struct str key, struct str sealed,
              struct str *plain) NODISCARD;

/* ---- SM2 keys and certificates ---- */
struct sm2_key; /* private key with its public half */
struct sm2_pub;
struct sm2_key *sm2_generate(struct arena *a, struct err *e) NODISCARD; /* freed with the arena */
struct sm2_key *sm2_from_pem(struct arena *a, struct str pem, struct err *e) NODISCARD;
struct str sm2_to_pem(struct arena *a, const struct sm2_key *k); /* PKCS#8 */
const struct sm2_pub *sm2_public(const struct sm2_key *k);
/* DER SEQUENCE {r, s} over SM3(Z ‖ data). */
bool sm2_sign(struct arena *a, const struct sm2_key *k, struct str data, struct str *signature,
              struct err *e) NODISCARD;
bool sm2_verify(const struct sm2_pub *p, struct str data, struct str signature) NODISCARD;

/* SubjectPublicKeyInfo (GM/T 0015): PEM "PUBLIC KEY"; INVALID "key.unreadable" for anything else. */
struct sm2_pub *sm2_pub_from_pem(struct arena *a, struct str pem, struct err *e) NODISCARD;
struct sm2_pub *sm2_pub_from_der(struct arena *a, struct str der, struct err *e) NODISCARD;
bool sm2_pub_to_der(struct arena *a, const struct sm2_pub *p, struct str *der) NODISCARD;
/* 0x04 ‖ x ‖ y. */
bool sm2_point(const struct sm2_pub *p, uint8_t out[SM2_POINT]) NODISCARD;

/* ---- Ed25519 (RFC 8032, libsodium): what the formats of transparency logs ask for ---- */
void ed25519_public(const uint8_t seed[ED25519_SEED], uint8_t out[ED25519_PUBLIC]);
void ed25519_sign(const uint8_t seed[ED25519_SEED], struct str data, uint8_t out[ED25519_SIGNATURE]);
bool ed25519_verify(const uint8_t key[ED25519_PUBLIC], struct str data,
                    const uint8_t signature[ED25519_SIGNATURE]) NODISCARD;

struct cert; /* X.509 v3 with an SM2 key, signed 1.2.156.10197.1.501 */
struct cert_subject {
    struct str common_name, organisation, serial;
};
/* Self-signed when issuer is NULL. from/to: ms UTC. ca: basicConstraints and keyUsage accordingly. */
struct cert *cert_make(struct arena *a, const struct cert_subject *subject, const struct sm2_pub *subject_key,
                       const struct cert *issuer, const struct sm2_key *issuer_key, bool ca, int64_t from,
                       int64_t to, struct err *e) NODISCARD;
/* INVALID "cert.unreadable" for what is no certificate, "cert.kind" for one with another key than SM2. */
struct cert *cert_from_pem(struct arena *a, struct str pem, struct err *e) NODISCARD;
struct cert *cert_from_der(struct arena *a, struct str der, struct err *e) NODISCARD;
struct str cert_to_pem(struct arena *a, const struct cert *c);
struct str cert_to_der(struct arena *a, const struct cert *c);
const struct sm2_pub *cert_public(const struct cert *c);
struct cert_subject cert_subject(struct arena *a, const struct cert *c);
int64_t cert_from(const struct cert *c);
int64_t cert_to(const struct cert *c);
/* Is it signed by issuer and was it valid at `when`? */
bool cert_verify(const struct cert *c, const struct cert *issuer, int64_t when) NODISCARD;

/* ---- passwords: Argon2id (libsodium), 19 MiB, 2 passes ---- */
bool password_hash(struct arena *a, struct str password, struct str *hash,
                   struct err *e) NODISCARD; /* PHC string */
bool password_verify(struct str password, struct str hash) NODISCARD;
/* The hash of a password nobody has: the same form and cost as one of password_hash, made without computing
 * it. */
struct str password_of_nobody(struct arena *a);
/* A key out of a passphrase, for exports: Argon2id, 64 MiB, 3 passes. */
bool password_key(struct str passphrase, const uint8_t salt[16], uint8_t *out, size_t len,
                  struct err *e) NODISCARD;

#endif
