/* What the files of the keyring share; not for others. */
#ifndef TB_KEYRING_INTERNAL_H
#define TB_KEYRING_INTERNAL_H

#include <pthread.h>

#include "core/crypto/keyring.h"

enum { ROOT_KEY = 32 };

struct signer_entry {
    struct signer signer;
    struct signer_entry *next;
};

/* The keys of a purpose; NULL: not yet made. */
struct purpose_key {
    const char *purpose;
    struct mac_key *mac;
    struct sm4_shared *sm4;
    struct purpose_key *next;
};

enum { NONCES = 64 };

struct keyring {
    uint8_t root[ROOT_KEY];
    struct sm4_shared *subject_domain; /* wraps subjects' keys */
    struct sm4_shared *own;            /* subject 0 */
    char *path;                        /* of the root key's file; NULL without */
    pthread_mutex_t lock;              /* of what follows */
    struct arena *arena;
    struct signer_entry *signers;
    struct purpose_key *purposes;
    uint8_t nonces[NONCES][SM4_NONCE]; /* drawn together: asking the system costs as much as sealing */
    size_t nonces_left;
};

/* Versioned box: byte 1 ‖ nonce ‖ ciphertext ‖ tag. box_open: false without err when it was altered. */
bool box_seal(struct arena *a, const uint8_t key[SM4_KEY], struct str aad, struct str plain, struct str *out,
              struct err *e) NODISCARD;
bool box_open(struct arena *a, const uint8_t key[SM4_KEY], struct str aad, struct str box,
              struct str *plain) NODISCARD;

bool root_file_write(const char *path, const uint8_t root[ROOT_KEY], struct err *e) NODISCARD;
struct str signers_folder(struct arena *a, const char *path);

/* ---- rows (keyring_store.c) ---- */
/* The newest version and its wrapped key (empty: erased); version 0 when there is none. */
bool subject_key_newest(struct db_tx *tx, int64_t subject, int64_t *version, struct str *wrapped) NODISCARD;
/* false in *found when there is no such row. */
bool subject_key_find(struct db_tx *tx, int64_t subject, int64_t version, bool *found,
                      struct str *wrapped) NODISCARD;
/* Does nothing where the version exists already. */
bool subject_key_add(struct db_tx *tx, int64_t subject, int64_t version, struct str wrapped,
                     int64_t now) NODISCARD;
bool subject_key_erase(struct db_tx *tx, int64_t subject) NODISCARD;

#endif
