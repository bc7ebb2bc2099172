/* Merkle trees of append-only logs: hashing, roots, proofs.
 *
 * RFC 6962 §2.1 (the same as RFC 9162 §2.1): leaf = H(0x00 ‖ entry), node = H(0x01 ‖ left ‖ right), the empty
 * tree H(""). H is SHA-256, or SM3 (GB/T 32905) for the parallel tree. Pure: what is stored is read through a
 * callback that gives roots of complete subtrees. Sizes and indexes are 64-bit; proofs have at most 64
 * (inclusion) or 65 (consistency) nodes. A proof that does not verify is false, never an error. */
#ifndef TB_MERKLE_H
#define TB_MERKLE_H

#include "core/crypto/crypto.h"

enum merkle_hash { MERKLE_SHA256, MERKLE_SM3 };
enum { MERKLE_SIZE = 32, MERKLE_DEPTH = 64, MERKLE_PROOF_MAX = MERKLE_DEPTH + 1 };

struct merkle_node {
    uint8_t bytes[MERKLE_SIZE];
};

struct merkle_proof {
    size_t count;
    struct merkle_node nodes[MERKLE_PROOF_MAX];
};

bool merkle_same(const struct merkle_node *a, const struct merkle_node *b);
struct merkle_node merkle_empty(enum merkle_hash h);
struct merkle_node merkle_leaf(enum merkle_hash h, struct arena *a, struct str entry);
/* Of entries of our own log. */
void merkle_leaves(enum merkle_hash h, const uint8_t (*entries)[MERKLE_SIZE], size_t count,
                   struct merkle_node *out);
/* Of whatever entries, hashed side by side: of about one length at best. */
void merkle_leaves_of(enum merkle_hash h, struct arena *a, const struct str *entries, size_t count,
                      struct merkle_node *out);
struct merkle_node merkle_parent(enum merkle_hash h, const struct merkle_node *left,
                                 const struct merkle_node *right);
/* The root of `count` nodes of one level, a power of two of them. Overwrites the nodes. */
struct merkle_node merkle_fold(enum merkle_hash h, struct merkle_node *nodes, size_t count);

/* ---- growing: the roots of the complete subtrees of [0, size), largest first ---- */
struct merkle_range {
    uint64_t size;
    int count;
    struct merkle_node peaks[MERKLE_DEPTH];
};
void merkle_append(enum merkle_hash h, struct merkle_range *r, const struct merkle_node *leaf);
struct merkle_node merkle_range_root(enum merkle_hash h, const struct merkle_range *r);

/* ---- a tree that is whole in memory ----
 * nodes: MERKLE_ROOM(count) of them, the first `count` are the leaves; the levels above are put behind them,
 * the root last. count > 0. */
#define MERKLE_ROOM(count) (2 * (count) + MERKLE_DEPTH)
struct merkle_node merkle_build(enum merkle_hash h, struct merkle_node *nodes, size_t count);
/* Of a tree built so; index < count. */
void merkle_path(const struct merkle_node *nodes, size_t count, size_t index, struct merkle_proof *out);

/* ---- over what is stored ---- */
/* Gives the root of the complete subtree of 2^level leaves that begins at leaf index × 2^level; false where
 * it cannot be read. */
typedef bool merkle_reader(void *source, int level, uint64_t index, struct merkle_node *out);
bool merkle_root(enum merkle_hash h, merkle_reader *read, void *source, uint64_t size,
                 struct merkle_node *out) NODISCARD;
/* index < size */
bool merkle_prove_inclusion(enum merkle_hash h, merkle_reader *read, void *source, uint64_t index,
                            uint64_t size, struct merkle_proof *out) NODISCARD;
/* 0 < size1 ≤ size2 */
bool merkle_prove_consistency(enum merkle_hash h, merkle_reader *read, void *source, uint64_t size1,
                              uint64_t size2, struct merkle_proof *out) NODISCARD;

/* ---- verifying (RFC 9162 §2.1.3.2, §2.1.4.2) ---- */
bool merkle_verify_inclusion(enum merkle_hash h, uint64_t index, uint64_t size,
                             const struct merkle_node *leaf, const struct merkle_node *proof, size_t count,
                             const struct merkle_node *root) NODISCARD;
/* An empty first tree proves nothing and is refused. */
bool merkle_verify_consistency(enum merkle_hash h, uint64_t size1, uint64_t size2,
                               const struct merkle_node *root1, const struct merkle_node *root2,
                               const struct merkle_node *proof, size_t count) NODISCARD;

/* One case of a suite of proofs: {leafIdx, treeSize, root, leafHash, proof, wantErr} or {size1, size2, root1,
 * root2, proof, wantErr} with hashes in base64, SHA-256. *agrees: we say what the case says. INVALID
 * "merkle.case" for what is no such case. */
bool merkle_case(struct arena *a, struct str json, bool *agrees, struct err *e) NODISCARD;

#endif
