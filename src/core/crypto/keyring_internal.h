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

/* The key of a purpose. */
struct purpose_key {
    const char *purpose;
    struct mac_key *key;
    struct purpose_key *next;
};

struct keyring {
    uint8_t root[ROOT_KEY];
    uint8_t subject_domain[SM4_KEY]; /* wraps subjects' keys */
    uint8_t own[SM4_KEY];            /* subject 0 */
    char *path;                      /* of the root key's file; NULL without */
    pthread_mutex_t lock;            /* of what follows */
    struct arena *arena;
    struct signer_entry *signers;
    struct purpose_key *purposes;
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
