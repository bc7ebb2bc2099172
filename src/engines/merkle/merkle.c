#include "engines/merkle/merkle.h"

#include "core/crypto/sm3_many.h"

enum { LOT = 64 };

static void digest(enum merkle_hash h, struct str data, struct merkle_node *out)
{
    if (h == MERKLE_SM3)
        sm3(data, out->bytes);
    else
        sha256(data, out->bytes);
}

bool merkle_same(const struct merkle_node *a, const struct merkle_node *b)
{
    return memcmp(a->bytes, b->bytes, MERKLE_SIZE) == 0;
}

struct merkle_node merkle_empty(enum merkle_hash h)
{
    struct merkle_node out;
    digest(h, STR_EMPTY, &out);
    return out;
}

struct merkle_node merkle_leaf(enum merkle_hash h, struct arena *a, struct str entry)
{
    enum { SHORT = 64 }; /* entries of our own log need no memory */
    struct merkle_node out;
    char small[SHORT + 1], *text = entry.len <= SHORT ? small : arena_array(a, entry.len + 1, 1);
    text[0] = 0;
    memcpy(text + 1, entry.ptr, entry.len);
    digest(h, str_n(text, entry.len + 1), &out);
    return out;
}

struct merkle_node merkle_parent(enum merkle_hash h, const struct merkle_node *left,
                                 const struct merkle_node *right)
{
    struct merkle_node out;
    uint8_t text[1 + 2 * MERKLE_SIZE] = {1};
    memcpy(text + 1, left->bytes, MERKLE_SIZE);
    memcpy(text + 1 + MERKLE_SIZE, right->bytes, MERKLE_SIZE);
    digest(h, str_n(text, sizeof text), &out);
    return out;
}

static void digest_list(enum merkle_hash h, const struct str *list, size_t count,
                        uint8_t (*digests)[MERKLE_SIZE])
{
    if (h == MERKLE_SM3)
        sm3_many(list, count, digests);
    else
        for (size_t i = 0; i < count; i++)
            sha256(list[i], digests[i]);
}

/* At most LOT texts of one size. */
static void digest_all(enum merkle_hash h, const uint8_t *texts, size_t size, size_t count,
                       struct merkle_node *out)
{
    struct str list[LOT];
    uint8_t digests[LOT][MERKLE_SIZE];
    for (size_t i = 0; i < count; i++)
        list[i] = str_n(texts + i * size, size);
    digest_list(h, list, count, digests);
    for (size_t i = 0; i < count; i++)
        memcpy(out[i].bytes, digests[i], MERKLE_SIZE);
}

void merkle_leaves(enum merkle_hash h, const uint8_t (*entries)[MERKLE_SIZE], size_t count,
                   struct merkle_node *out)
{
    uint8_t texts[LOT][1 + MERKLE_SIZE];
    for (size_t from = 0; from < count; from += LOT) {
        size_t n = count - from < LOT ? count - from : LOT;
        for (size_t i = 0; i < n; i++) {
            texts[i][0] = 0;
            memcpy(texts[i] + 1, entries[from + i], MERKLE_SIZE);
        }
        digest_all(h, texts[0], sizeof texts[0], n, out + from);
    }
}

void merkle_leaves_of(enum merkle_hash h, struct arena *a, const struct str *entries, size_t count,
                      struct merkle_node *out)
{
    struct str list[LOT];
    uint8_t digests[LOT][MERKLE_SIZE];
    for (size_t from = 0; from < count; from += LOT) {
        size_t n = count - from < LOT ? count - from : LOT;
        for (size_t i = 0; i < n; i++)
            list[i] = str_cat(a, str_n("", 1), entries[from + i]);
        digest_list(h, list, n, digests);
        for (size_t i = 0; i < n; i++)
            memcpy(out[from + i].bytes, digests[i], MERKLE_SIZE);
    }
}

/* above[i] over nodes[2i] and nodes[2i + 1]; may be the same array. */
static void parents(enum merkle_hash h, const struct merkle_node *nodes, size_t count,
                    struct merkle_node *above)
{
    uint8_t texts[LOT][1 + 2 * MERKLE_SIZE];
    for (size_t from = 0; from < count; from += LOT) {
        size_t n = count - from < LOT ? count - from : LOT;
        for (size_t i = 0; i < n; i++) {
            texts[i][0] = 1;
            memcpy(texts[i] + 1, &nodes[2 * (from + i)], 2 * MERKLE_SIZE);
        }
        digest_all(h, texts[0], sizeof texts[0], n, above + from);
    }
}

struct merkle_node merkle_fold(enum merkle_hash h, struct merkle_node *nodes, size_t count)
{
    for (; count > 1; count /= 2)
        parents(h, nodes, count / 2, nodes);
    return nodes[0];
}

/* A last node without a neighbour stands on the next level as it is: the same tree as that of RFC 6962, from
 * below. */
struct merkle_node merkle_build(enum merkle_hash h, struct merkle_node *nodes, size_t count)
{
    while (count > 1) {
        struct merkle_node *above = nodes + count;
        parents(h, nodes, count / 2, above);
        if (count % 2) above[count / 2] = nodes[count - 1];
        nodes = above;
        count = (count + 1) / 2;
    }
    return nodes[0];
}

void merkle_path(const struct merkle_node *nodes, size_t count, size_t index, struct merkle_proof *out)
{
    out->count = 0;
    for (; count > 1; index /= 2) {
        if ((index ^ 1) < count) out->nodes[out->count++] = nodes[index ^ 1];
        nodes += count;
        count = (count + 1) / 2;
    }
}

void merkle_append(enum merkle_hash h, struct merkle_range *r, const struct merkle_node *leaf)
{
    struct merkle_node node = *leaf;
    /* As in a counter: each full pair below carries upwards. */
    for (uint64_t carry = r->size; carry & 1; carry >>= 1)
        node = merkle_parent(h, &r->peaks[--r->count], &node);
    r->peaks[r->count++] = node;
    r->size++;
}

struct merkle_node merkle_range_root(enum merkle_hash h, const struct merkle_range *r)
{
    if (!r->count) return merkle_empty(h);
    struct merkle_node node = r->peaks[r->count - 1];
    for (int i = r->count - 1; i-- > 0;)
        node = merkle_parent(h, &r->peaks[i], &node);
    return node;
}

/* ---- over what is stored ---- */

struct walk {
    enum merkle_hash hash;
    merkle_reader *read;
    void *source;
};

static int log2_of(uint64_t n)
{
    return 63 - __builtin_clzll(n);
}

/* The largest power of two below n; n > 1. */
static uint64_t split(uint64_t n)
{
    return UINT64_C(1) << log2_of(n - 1);
}

/* MTH(D[begin:end]); begin is a multiple of the power of two that holds the range. */
static bool subtree(const struct walk *w, uint64_t begin, uint64_t end, struct merkle_node *out)
{
    /* From the right: the smallest complete subtree first. */
    uint64_t n = end - begin;
    bool have = false;
    for (int level = 0; n >> level; level++) {
        struct merkle_node node;
        if (!(n >> level & 1)) continue;
        uint64_t from = begin + (n >> level << level) - (UINT64_C(1) << level);
        if (!w->read(w->source, level, from >> level, &node)) return false;
        *out = have ? merkle_parent(w->hash, &node, out) : node;
        have = true;
    }
    return have;
}

bool merkle_root(enum merkle_hash h, merkle_reader *read, void *source, uint64_t size,
                 struct merkle_node *out)
{
    struct walk w = {h, read, source};
    if (size) return subtree(&w, 0, size, out);
    *out = merkle_empty(h);
    return true;
}

static void turn_round(struct merkle_proof *p)
{
    for (size_t i = 0; i < p->count / 2; i++) {
        struct merkle_node kept = p->nodes[i];
        p->nodes[i] = p->nodes[p->count - 1 - i];
        p->nodes[p->count - 1 - i] = kept;
    }
}

bool merkle_prove_inclusion(enum merkle_hash h, merkle_reader *read, void *source, uint64_t index,
                            uint64_t size, struct merkle_proof *out)
{
    struct walk w = {h, read, source};
    uint64_t begin = 0, end = size;
    out->count = 0;
    if (index >= size) return false;
    while (end - begin > 1) { /* from the root down; the proof goes from the leaf up */
        uint64_t middle = begin + split(end - begin);
        bool left = index < middle;
        if (!subtree(&w, left ? middle : begin, left ? end : middle, &out->nodes[out->count++])) return false;
        if (left)
            end = middle;
        else
            begin = middle;
    }
    turn_round(out);
    return true;
}

bool merkle_prove_consistency(enum merkle_hash h, merkle_reader *read, void *source, uint64_t size1,
                              uint64_t size2, struct merkle_proof *out)
{
    struct walk w = {h, read, source};
    uint64_t begin = 0, end = size2;
    out->count = 0;
    if (!size1 || size1 > size2) return false;
    while (size1 < end) {
        uint64_t middle = begin + split(end - begin);
        bool left = size1 <= middle;
        if (!subtree(&w, left ? middle : begin, left ? end : middle, &out->nodes[out->count++])) return false;
        if (left)
            end = middle;
        else
            begin = middle;
    }
    /* The subtree in which the first tree ends, unless it is that whole tree, which the other side knows. */
    if (begin && !subtree(&w, begin, end, &out->nodes[out->count++])) return false;
    turn_round(out);
    return true;
}

/* ---- verifying ---- */

bool merkle_verify_inclusion(enum merkle_hash h, uint64_t index, uint64_t size,
                             const struct merkle_node *leaf, const struct merkle_node *proof, size_t count,
                             const struct merkle_node *root)
{
    if (index >= size) return false;
    uint64_t fn = index, sn = size - 1;
    struct merkle_node r = *leaf;
    for (size_t i = 0; i < count; i++) {
        if (!sn) return false;
        if (fn & 1 || fn == sn) {
            r = merkle_parent(h, &proof[i], &r);
            while (fn && !(fn & 1))
                fn >>= 1, sn >>= 1;
        } else {
            r = merkle_parent(h, &r, &proof[i]);
        }
        fn >>= 1, sn >>= 1;
    }
    return !sn && merkle_same(&r, root);
}

bool merkle_verify_consistency(enum merkle_hash h, uint64_t size1, uint64_t size2,
                               const struct merkle_node *root1, const struct merkle_node *root2,
                               const struct merkle_node *proof, size_t count)
{
    if (!size1 || size1 > size2) return false;
    if (size1 == size2) return !count && merkle_same(root1, root2);
    bool whole =
        !(size1 & (size1 - 1)); /* the first tree is a subtree of the second: its root begins the proof */
    if (!whole && !count) return false;
    uint64_t fn = size1 - 1, sn = size2 - 1;
    while (fn & 1)
        fn >>= 1, sn >>= 1;
    struct merkle_node fr = whole ? *root1 : proof[0], sr = fr;
    for (size_t i = whole ? 0 : 1; i < count; i++) {
        if (!sn) return false;
        if (fn & 1 || fn == sn) {
            fr = merkle_parent(h, &proof[i], &fr);
            sr = merkle_parent(h, &proof[i], &sr);
            while (fn && !(fn & 1))
                fn >>= 1, sn >>= 1;
        } else {
            sr = merkle_parent(h, &sr, &proof[i]);
        }
        fn >>= 1, sn >>= 1;
    }
    return !sn && merkle_same(&fr, root1) && merkle_same(&sr, root2);
}
