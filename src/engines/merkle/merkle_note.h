/* Signed heads of a log: C2SP signed-note, tlog-checkpoint, tlog-cosignature (v1, Ed25519).
 *
 * A checkpoint is `origin\nsize\nroot in base64\n` (what is signed), an empty line, and signature lines
 * `— name base64(key id ‖ signature)\n`. Key id: the first four bytes of a digest over name ‖ 0x0A ‖ type ‖
 * key. Types: 0x01 Ed25519 of the log; 0x04 cosignature of a witness (its signature is 8 bytes of POSIX
 * seconds ‖ Ed25519 over `cosignature/v1\ntime N\n` and the signed text); 0xff ‖ "SM2-SM3" ‖ point of 65
 * bytes, with SM3 as the digest of the id, for the parallel checkpoint over SM3: its signature is DER {r, s}
 * with the usual SM2 id. Keys, seeds and time are passed in. */
#ifndef TB_MERKLE_NOTE_H
#define TB_MERKLE_NOTE_H

#include "engines/merkle/merkle_tiles.h"

enum { NOTE_ED25519 = 1, NOTE_COSIGNATURE = 4, NOTE_BYTES_MAX = 64 << 10, NOTE_ID = 4 };

struct merkle_checkpoint {
    struct str origin;
    uint64_t size;
    struct merkle_node root;
    struct str text;       /* what is signed, to its last newline */
    struct str signatures; /* the lines behind the empty one */
};

struct str merkle_checkpoint_text(struct arena *a, struct str origin, uint64_t size,
                                  const struct merkle_node *root);
/* Strict, but for extension lines, which may stand. INVALID "log.checkpoint". Borrows from note. */
bool merkle_checkpoint_parse(struct arena *a, struct str note, struct merkle_checkpoint *out,
                             struct err *e) NODISCARD;
/* text, an empty line, the lines. */
struct str merkle_note(struct arena *a, struct str text, struct str lines);

/* What a verifier is told: "name+key id in hex+base64(type ‖ key)". */
struct merkle_key {
    struct str name;
    uint8_t type, id[NOTE_ID], key[ED25519_PUBLIC];
};
/* No space and no '+', not empty. */
bool merkle_name_ok(struct str name);
/* Borrows name. */
struct merkle_key merkle_key(struct arena *a, struct str name, uint8_t type,
                             const uint8_t seed[ED25519_SEED]);
struct str merkle_key_text(struct arena *a, const struct merkle_key *k);
/* INVALID "log.key" */
bool merkle_key_parse(struct arena *a, struct str text, struct merkle_key *out, struct err *e) NODISCARD;

/* Signature lines. */
struct str merkle_sign(struct arena *a, const struct merkle_key *k, const uint8_t seed[ED25519_SEED],
                       struct str text);
struct str merkle_cosign(struct arena *a, const struct merkle_key *k, const uint8_t seed[ED25519_SEED],
                         struct str text, uint64_t seconds);
bool merkle_sign_sm2(struct arena *a, struct str name, const struct sm2_key *key, struct str text,
                     struct str *line, struct err *e) NODISCARD;

/* How a log went on from a head that was seen before. `tiles`: of the newer head, in SHA-256. */
enum merkle_growth {
    MERKLE_GREW,
    MERKLE_SHORTER,
    MERKLE_FORKED,
    MERKLE_UNREAD /* a tile could not be loaded */
};
enum merkle_growth merkle_growth(struct merkle_tiles *tiles, const struct merkle_checkpoint *old,
                                 const struct merkle_checkpoint *now);

/* Is there a line of that key, and does each of its lines verify? */
bool merkle_signed(struct arena *a, const struct merkle_checkpoint *c, const struct merkle_key *k) NODISCARD;
bool merkle_cosigned(struct arena *a, const struct merkle_checkpoint *c, const struct merkle_key *k,
                     uint64_t *seconds) NODISCARD;
bool merkle_signed_sm2(struct arena *a, const struct merkle_checkpoint *c, struct str name,
                       const struct sm2_pub *key) NODISCARD;

#endif
