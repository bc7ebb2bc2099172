/* Keys of one installation: root key → domain keys (HKDF-SM3) → one data key per subject.
 *
 * The root key comes from a key provider (a file of mode 0600 today; the interface leaves room for PKCS#11
 * and SDF devices) and never enters the database. A subject (a person or organisation, by 64-bit id) has
 * random data keys, wrapped by the domain key "subject" and kept in table subject_key(subject_id, version,
 * wrapped, created); emptying `wrapped` erases what was sealed under it (in backups made before, the key
 * lives on until they are gone). A sealed field is: version byte 1 ‖ key version (4, big-endian) ‖ nonce (12)
 * ‖ ciphertext ‖ tag, with table‖column‖row‖subject‖key version as associated data. Subject 0 stands for "the
 * installation" (no erasure). */
#ifndef TB_KEYRING_H
#define TB_KEYRING_H

#include "core/crypto/crypto.h"
#include "core/db/db.h"

struct keyring;

struct key_provider {
    /* Writes the root key (32 bytes). */
    bool (*root)(const struct key_provider *p, uint8_t out[32], struct err *e);
    const char *path;
};
struct key_provider key_provider_file(const char *path);
/* Makes the file (mode 0600, synced) when absent; refuses one that others can read (DENIED
 * "key.permissions"). The file is one line: "tongban-root-key/1 " and 64 hex digits. */
bool key_provider_file_create(const char *path, struct err *e) NODISCARD;

struct keyring *keyring_open(const struct key_provider *p, struct err *e) NODISCARD;
void keyring_close(struct keyring *k);
/* A key of its own for a named purpose ("session", "csrf", "blind:id_number", "evidence", "blob"). */
void keyring_domain(const struct keyring *k, const char *purpose, uint8_t *out, size_t len);
/* The same as a key for mac_sm3, derived once; purposes are few and constant. Lives as long as the keyring.
 */
const struct mac_key *keyring_mac(struct keyring *k, const char *purpose);

/* And for SM4-GCM. */
struct sm4_shared *keyring_sm4(struct keyring *k, const char *purpose);

struct field_place {
    const char *table, *column;
    int64_t row, subject;
};
/* Seals under the subject's newest key, making one if there is none (needs a write transaction then). */
bool field_seal(struct keyring *k, struct db_tx *tx, const struct field_place *at, struct str plain,
                struct str *sealed) NODISCARD;
/* MISSING "key.erased" when the subject's key is gone; FAULT when altered. Errors of both go to tx->err,
 * results into tx->arena. */
bool field_open(struct keyring *k, struct db_tx *tx, const struct field_place *at, struct str sealed,
                struct str *plain) NODISCARD;
bool subject_erase(struct keyring *k, struct db_tx *tx, int64_t subject) NODISCARD;
/* A new key version for the subject; old fields stay readable. */
bool subject_rotate(struct keyring *k, struct db_tx *tx, int64_t subject) NODISCARD;

/* Blind index: HMAC-SM3 under the domain key of `purpose`, 16 bytes. Normalise before. */
struct str blind_index(struct keyring *k, struct arena *a, const char *purpose, struct str value);

/* Signing keys of the installation, sealed under the root in files in the folder PATH.signers beside the root
 * key's file PATH: a CA (valid 30 years) and issuer certificates (5 years, made anew with a new key in their
 * last 30 days) made at first use. Certificates are valid from one day before the `now` of that first use:
 * who issues under an earlier date asks for the signer with that date first. */
struct signer {
    struct str name;
    const struct sm2_key *key;
    const struct cert *cert, *ca;
};
/* Finds or makes the signer `name` ("licence:<uscc>") with its certificate under the installation's CA;
 * thread-safe; pointers live as long as the keyring. */
bool keyring_signer(struct keyring *k, struct str name, const struct cert_subject *subject, int64_t now,
                    struct signer *out, struct err *e) NODISCARD;
/* The signer of that name when it was made already, else *found false; makes nothing. */
bool keyring_find_signer(struct keyring *k, struct str name, struct signer *out, bool *found,
                         struct err *e) NODISCARD;
/* The certificate of the installation's CA, made at first use: what others need to verify offline. */
const struct cert *keyring_ca(struct keyring *k, int64_t now, struct err *e) NODISCARD;
/* Everything needed to restore (root key and signers), sealed with a passphrase of at least 8 characters
 * (Argon2id + SM4-GCM): "TBKEYS1\n" ‖ salt 16 ‖ nonce 12 ‖ ciphertext ‖ tag. INVALID "key.passphrase". */
bool keyring_export(struct keyring *k, struct arena *a, struct str passphrase, struct str *out,
                    struct err *e) NODISCARD;
/* Writes the root key's file `path` and its signers; CONFLICT "key.exists" when there is one already, INVALID
 * "key.export" for a wrong passphrase or an altered export. */
bool keyring_import(const char *path, struct str exported, struct str passphrase, struct err *e) NODISCARD;

#endif
