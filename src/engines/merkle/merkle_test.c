#include "core/base/buf.h"
#include "engines/merkle/merkle_note.h"
#include "engines/merkle/merkle_tiles.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LEAVES = 130, MANY = 70000 };

static const enum merkle_hash hashes[] = {MERKLE_SHA256, MERKLE_SM3};

struct leaves {
    enum merkle_hash hash;
    struct merkle_node at[LEAVES];
};

/* By the words of RFC 6962 §2.1 alone. */
static struct merkle_node by_definition(const struct leaves *l, size_t begin, size_t end)
{
    size_t n = end - begin, k = 1;
    if (n == 1) return l->at[begin];
    while (k * 2 < n)
        k *= 2;
    struct merkle_node left = by_definition(l, begin, begin + k), right = by_definition(l, begin + k, end);
    return merkle_parent(l->hash, &left, &right);
}

static bool read_leaves(void *source, int level, uint64_t index, struct merkle_node *out)
{
    const struct leaves *l = source;
    *out = by_definition(l, (size_t)(index << level), (size_t)((index + 1) << level));
    return true;
}

static struct arena *arena;

static struct leaves *some_leaves(enum merkle_hash h)
{
    struct leaves *l = ARENA_NEW(arena, struct leaves);
    l->hash = h;
    for (int i = 0; i < LEAVES; i++)
        l->at[i] = merkle_leaf(h, arena, str_fmt(arena, "act %d", i));
    return l;
}

static int set_up(void **state)
{
    struct err e = {0};
    (void)state;
    arena = arena_new(256 << 20);
    return arena && crypto_start(&e) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_drop(arena);
    return 0;
}

static void a_growing_log_has_the_root_of_the_definition(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct leaves *l = some_leaves(hashes[k]);
        struct merkle_range r = {0};
        struct merkle_node root = merkle_range_root(hashes[k], &r), empty = merkle_empty(hashes[k]);
        assert_true(merkle_same(&root, &empty));
        for (size_t n = 1; n <= LEAVES; n++) {
            merkle_append(hashes[k], &r, &l->at[n - 1]);
            struct merkle_node expected = by_definition(l, 0, n), other;
            root = merkle_range_root(hashes[k], &r);
            assert_true(merkle_same(&root, &expected));
            assert_true(merkle_root(hashes[k], read_leaves, l, n, &other));
            assert_true(merkle_same(&other, &expected));
        }
    }
}

/* The entries of the reference implementation of RFC 6962 and the root it gives. */
static void a_tree_whole_in_memory_is_the_tree_of_the_definition(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct leaves *l = some_leaves(hashes[k]);
        for (size_t n = 1; n <= LEAVES; n++) {
            struct merkle_node *nodes = ARENA_ARRAY(arena, MERKLE_ROOM(n), struct merkle_node);
            struct merkle_proof path;
            memcpy(nodes, l->at, n * sizeof *nodes);
            struct merkle_node root = merkle_build(hashes[k], nodes, n), expected = by_definition(l, 0, n);
            assert_true(merkle_same(&root, &expected));
            for (size_t i = 0; i < n; i++) {
                merkle_path(nodes, n, i, &path);
                assert_true(
                    merkle_verify_inclusion(hashes[k], i, n, &l->at[i], path.nodes, path.count, &root));
                assert_false(merkle_verify_inclusion(hashes[k], i, n, &l->at[(i + 1) % LEAVES], path.nodes,
                                                     path.count, &root));
            }
        }
    }
}

static void leaves_side_by_side_are_the_leaves_of_the_definition(void **state)
{
    enum { COUNT = 131 };
    struct arena *a = arena_new(1 << 20);
    struct merkle_node together[COUNT];
    struct str entries[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        entries[i] = str_fmt(a, "%0*d", (int)(1 + i * 7 % 300), (int)i);
    for (enum merkle_hash h = MERKLE_SHA256; h <= MERKLE_SM3; h++) {
        merkle_leaves_of(h, a, entries, COUNT, together);
        for (size_t i = 0; i < COUNT; i++) {
            struct merkle_node alone = merkle_leaf(h, a, entries[i]);
            assert_true(merkle_same(&together[i], &alone));
        }
    }
    arena_drop(a);
    (void)state;
}

static void the_known_tree_of_eight_leaves_has_its_known_root(void **state)
{
    static const char *const entries[] = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    struct merkle_range r = {0};
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct str bytes;
        assert_true(str_unhex(arena, str_c(entries[i]), &bytes));
        struct merkle_node leaf = merkle_leaf(MERKLE_SHA256, arena, bytes);
        merkle_append(MERKLE_SHA256, &r, &leaf);
    }
    struct merkle_node root = merkle_range_root(MERKLE_SHA256, &r);
    assert_string_equal(str_z(arena, str_hex(arena, root.bytes, MERKLE_SIZE)),
                        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

/* Any single bit of a proof matters, and no proof serves another place or size. */
static void an_inclusion_proof_is_of_one_leaf_in_one_tree(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        enum merkle_hash h = hashes[k];
        struct leaves *l = some_leaves(h);
        for (uint64_t n = 1; n <= 70; n++) {
            struct merkle_node root = by_definition(l, 0, n);
            for (uint64_t i = 0; i < n; i++) {
                struct merkle_proof p;
                assert_true(merkle_prove_inclusion(h, read_leaves, l, i, n, &p));
                assert_true(merkle_verify_inclusion(h, i, n, &l->at[i], p.nodes, p.count, &root));
                assert_false(merkle_verify_inclusion(h, i, n, &l->at[i + 1], p.nodes, p.count, &root));
                assert_false(merkle_verify_inclusion(h, i + 1, n, &l->at[i], p.nodes, p.count, &root));
                assert_false(merkle_verify_inclusion(h, i, n, &l->at[i], p.nodes, p.count + 1, &root));
                if (!p.count) continue;
                assert_false(merkle_verify_inclusion(h, i, n, &l->at[i], p.nodes, p.count - 1, &root));
                p.nodes[i % p.count].bytes[n % MERKLE_SIZE] ^= 4;
                assert_false(merkle_verify_inclusion(h, i, n, &l->at[i], p.nodes, p.count, &root));
            }
        }
    }
}

static void a_consistency_proof_is_of_two_states_of_one_log(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        enum merkle_hash h = hashes[k];
        struct leaves *l = some_leaves(h);
        for (uint64_t n = 1; n <= 66; n++) {
            struct merkle_node two = by_definition(l, 0, n);
            for (uint64_t m = 1; m <= n; m++) {
                struct merkle_proof p;
                struct merkle_node one = by_definition(l, 0, m), other = one;
                assert_true(merkle_prove_consistency(h, read_leaves, l, m, n, &p));
                assert_true(merkle_verify_consistency(h, m, n, &one, &two, p.nodes, p.count));
                assert_false(merkle_verify_consistency(h, m, n, &one, &two, p.nodes, p.count + 1));
                other.bytes[m % MERKLE_SIZE] ^= 1;
                assert_false(merkle_verify_consistency(h, m, n, &other, &two, p.nodes, p.count));
                assert_false(merkle_verify_consistency(h, m, n, &one, &other, p.nodes, p.count));
                if (!p.count) continue;
                assert_false(merkle_verify_consistency(h, m, n, &one, &two, p.nodes, p.count - 1));
                p.nodes[m % p.count].bytes[n % MERKLE_SIZE] ^= 4;
                assert_false(merkle_verify_consistency(h, m, n, &one, &two, p.nodes, p.count));
            }
            assert_false(merkle_verify_consistency(h, 0, n, &two, &two, NULL, 0));
        }
    }
}

/* ---- tiles ---- */

struct stored {
    struct merkle_node *levels[3]; /* of 1, 256 and 65536 leaves */
    int loads;
};

static bool load_tile(void *source, struct merkle_tile t, struct merkle_node *out)
{
    struct stored *s = source;
    s->loads++;
    if (t.level > 2) return false;
    memcpy(out, s->levels[t.level] + t.number * TILE_WIDTH, (size_t)t.width * sizeof *out);
    return true;
}

static void proofs_made_from_tiles_hold(void **state)
{
    (void)state;
    struct stored s = {0};
    struct merkle_range r = {0}, old = {0};
    for (int i = 0; i < 3; i++)
        s.levels[i] = ARENA_ARRAY(arena, MANY, struct merkle_node);
    for (int i = 0; i < MANY; i++) {
        s.levels[0][i] = merkle_leaf(MERKLE_SM3, arena, str_fmt(arena, "%d", i));
        merkle_append(MERKLE_SM3, &r, &s.levels[0][i]);
        if (i == 12344) old = r;
    }
    for (int level = 1; level < 3; level++)
        for (int i = 0; (i + 1) << (8 * level) <= MANY; i++) {
            struct merkle_node part[TILE_WIDTH];
            memcpy(part, s.levels[level - 1] + i * TILE_WIDTH, sizeof part);
            s.levels[level][i] = merkle_fold(MERKLE_SM3, part, TILE_WIDTH);
        }
    struct merkle_tiles *t = merkle_tiles_new(arena, MERKLE_SM3, MANY, load_tile, &s);
    struct merkle_node root = merkle_range_root(MERKLE_SM3, &r), read;
    struct merkle_node before = merkle_range_root(MERKLE_SM3, &old);
    struct merkle_proof p;
    assert_true(merkle_root(MERKLE_SM3, merkle_tiles_read, t, MANY, &read));
    assert_true(merkle_same(&root, &read));
    static const uint64_t places[] = {0, 1, 255, 256, 65535, 65536, 69887, 69888, MANY - 1};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        s.loads = 0;
        assert_true(merkle_prove_inclusion(MERKLE_SM3, merkle_tiles_read, t, places[i], MANY, &p));
        assert_true(merkle_verify_inclusion(MERKLE_SM3, places[i], MANY, &s.levels[0][places[i]], p.nodes,
                                            p.count, &root));
        assert_true(s.loads <= 6);
    }
    assert_true(merkle_prove_consistency(MERKLE_SM3, merkle_tiles_read, t, old.size, MANY, &p));
    assert_true(merkle_verify_consistency(MERKLE_SM3, old.size, MANY, &before, &root, p.nodes, p.count));
    assert_false(merkle_tiles_read(t, 0, MANY, &read));
}

static void a_tree_of_70000_has_the_tiles_of_the_format(void **state)
{
    (void)state;
    assert_int_equal(merkle_tile_width(0, 272, MANY), 256);
    assert_int_equal(merkle_tile_width(0, 273, MANY), 112);
    assert_int_equal(merkle_tile_width(0, 274, MANY), 0);
    assert_int_equal(merkle_tile_width(TILE_ENTRIES, 273, MANY), 112);
    assert_int_equal(merkle_tile_width(1, 0, MANY), 256);
    assert_int_equal(merkle_tile_width(1, 1, MANY), 17);
    assert_int_equal(merkle_tile_width(2, 0, MANY), 1);
    assert_int_equal(merkle_tile_width(3, 0, MANY), 0);
}

static void one_path_names_one_tile(void **state)
{
    static const struct {
        const char *path;
        struct merkle_tile tile;
    } good[] = {
        {"tile/0/000", {0, 0, 256}},
        {"tile/0/x001/x234/067", {0, 1234067, 256}},
        {"tile/entries/x001/000.p/255", {TILE_ENTRIES, 1000, 255}},
        {"tile/7/999.p/1", {7, 999, 1}},
    };
    static const char *const bad[] = {
        "tile/0/0",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/0a0",
        "tile/0/",
        "tile/0",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/+01",
        "tile/0/x001/x1/000",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct merkle_tile t;
        assert_true(merkle_tile_parse(str_c(good[i].path), &t));
        assert_true(t.level == good[i].tile.level && t.number == good[i].tile.number &&
                    t.width == good[i].tile.width);
        assert_string_equal(str_z(arena, merkle_tile_path(arena, t)), good[i].path);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct merkle_tile t;
        if (merkle_tile_parse(str_c(bad[i]), &t)) fail_msg("%s", bad[i]);
    }
}

static void a_bundle_gives_back_its_entries(void **state)
{
    struct buf b = buf_new(arena, 64);
    struct str rest, one;
    (void)state;
    merkle_bundle_add(&b, STR("first"));
    merkle_bundle_add(&b, STR_EMPTY);
    merkle_bundle_add(&b, STR("third"));
    rest = buf_str(&b);
    assert_true(merkle_bundle_next(&rest, &one) && str_eq_c(one, "first"));
    assert_true(merkle_bundle_next(&rest, &one) && one.len == 0);
    assert_true(merkle_bundle_next(&rest, &one) && str_eq_c(one, "third"));
    assert_false(merkle_bundle_next(&rest, &one));
    rest = str_slice(buf_str(&b), 0, 6);
    assert_false(merkle_bundle_next(&rest, &one));
}

/* ---- notes ---- */

static const uint8_t seed[ED25519_SEED] = {7, 1, 2, 3}, other_seed[ED25519_SEED] = {8};

static void rfc_8032_test_1_is_met(void **state)
{
    struct str secret, public, signature;
    uint8_t key[ED25519_PUBLIC], out[ED25519_SIGNATURE];
    (void)state;
    assert_true(
        str_unhex(arena, STR("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), &secret));
    assert_true(
        str_unhex(arena, STR("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), &public));
    assert_true(
        str_unhex(arena,
                  STR("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                      "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
                  &signature));
    ed25519_public((const uint8_t *)secret.ptr, key);
    assert_memory_equal(key, public.ptr, sizeof key);
    ed25519_sign((const uint8_t *)secret.ptr, STR_EMPTY, out);
    assert_memory_equal(out, signature.ptr, sizeof out);
    assert_true(ed25519_verify(key, STR_EMPTY, out));
    assert_false(ed25519_verify(key, STR("x"), out));
}

static void a_checkpoint_verifies_with_its_key_alone(void **state)
{
    struct err e = {0};
    struct merkle_checkpoint c;
    struct merkle_node root = merkle_empty(MERKLE_SHA256);
    struct merkle_key k = merkle_key(arena, STR("example.com/log"), NOTE_ED25519, seed), parsed;
    struct merkle_key stranger = merkle_key(arena, STR("example.com/log"), NOTE_ED25519, other_seed);
    struct str text = merkle_checkpoint_text(arena, STR("example.com/log"), 20852163, &root);
    struct str note = merkle_note(arena, text, merkle_sign(arena, &k, seed, text));
    (void)state;
    assert_true(merkle_checkpoint_parse(arena, note, &c, &e));
    assert_true(c.size == 20852163 && str_eq_c(c.origin, "example.com/log") && merkle_same(&c.root, &root));
    assert_true(merkle_signed(arena, &c, &k));
    assert_false(merkle_signed(arena, &c, &stranger));
    assert_true(merkle_key_parse(arena, merkle_key_text(arena, &k), &parsed, &e));
    assert_true(merkle_signed(arena, &c, &parsed));
    /* a lying id, with the right key behind it, is no key */
    struct str wrong = str_fmt(arena, "example.com/log+00000000+%.*s",
                               STR_ARG(str_slice(merkle_key_text(arena, &k), 25, SIZE_MAX)));
    assert_false(merkle_key_parse(arena, wrong, &parsed, &e));
    for (size_t i = 0; i < note.len; i++) {
        struct str changed = str_dup(arena, note);
        ((char *)(uintptr_t)changed.ptr)[i] ^= 1;
        err_clear(&e);
        if (merkle_checkpoint_parse(arena, changed, &c, &e) && merkle_signed(arena, &c, &k))
            fail_msg("byte %zu may be changed", i);
    }
}

static void the_example_of_the_format_is_read(void **state)
{
    static const char note[] =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "\xE2\x80\x94 example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "\xE2\x80\x94 witness.example.com/w1 "
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/"
        "zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    static const char *const bad[] = {
        "",
        "a\n1\n",
        "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n- x\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nshort\n\n\xE2\x80\x94 a b\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\xE2\x80\x94 a b\n",
        "a\r\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\xE2\x80\x94 a b\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nx\n\n\xE2\x80\x94 a b\n",
    };
    struct merkle_checkpoint c;
    struct err e = {0};
    (void)state;
    assert_true(merkle_checkpoint_parse(arena, str_c(note), &c, &e));
    assert_true(c.size == 20852163 && str_eq_c(c.origin, "example.com/behind-the-sofa"));
    assert_true(str_ends(c.text, STR("q2I=\n")));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        err_clear(&e);
        if (merkle_checkpoint_parse(arena, str_c(bad[i]), &c, &e)) fail_msg("case %zu", i);
        assert_string_equal(e.code, "log.checkpoint");
    }
}

static void a_witness_signs_the_time_as_well(void **state)
{
    struct err e = {0};
    uint64_t seconds = 0;
    struct merkle_checkpoint c;
    struct merkle_node root = merkle_empty(MERKLE_SHA256);
    struct merkle_key log = merkle_key(arena, STR("example.com/log"), NOTE_ED25519, seed);
    struct merkle_key w = merkle_key(arena, STR("witness.example.com/w1"), NOTE_COSIGNATURE, other_seed);
    struct str text = merkle_checkpoint_text(arena, STR("example.com/log"), 5, &root);
    struct str lines = str_cat(arena, merkle_sign(arena, &log, seed, text),
                               merkle_cosign(arena, &w, other_seed, text, 1679315147));
    (void)state;
    assert_true(merkle_checkpoint_parse(arena, merkle_note(arena, text, lines), &c, &e));
    assert_true(merkle_signed(arena, &c, &log));
    assert_true(merkle_cosigned(arena, &c, &w, &seconds));
    assert_int_equal(seconds, 1679315147);
    /* the same signature under another time is none */
    uint8_t changed[NOTE_ID + 8 + ED25519_SIGNATURE];
    struct str bytes, line = merkle_cosign(arena, &w, other_seed, text, 1679315147);
    assert_true(str_unbase64(arena, str_slice(line, 4 + 22 + 1, line.len - 1), &bytes));
    memcpy(changed, bytes.ptr, sizeof changed);
    changed[NOTE_ID + 7]++;
    line = str_fmt(arena, "\xE2\x80\x94 witness.example.com/w1 %.*s\n",
                   STR_ARG(str_base64(arena, changed, sizeof changed)));
    assert_true(merkle_checkpoint_parse(arena, merkle_note(arena, text, line), &c, &e));
    assert_false(merkle_cosigned(arena, &c, &w, &seconds));
}

static void the_parallel_checkpoint_is_signed_by_sm2(void **state)
{
    struct err e = {0};
    struct merkle_checkpoint c;
    struct merkle_node root = merkle_empty(MERKLE_SM3);
    struct sm2_key *key = sm2_generate(arena, &e), *stranger = sm2_generate(arena, &e);
    struct str text = merkle_checkpoint_text(arena, STR("example.com/log/sm3"), 5, &root), line;
    (void)state;
    assert_true(merkle_sign_sm2(arena, STR("example.com/log/sm3"), key, text, &line, &e));
    assert_true(merkle_checkpoint_parse(arena, merkle_note(arena, text, line), &c, &e));
    assert_true(merkle_signed_sm2(arena, &c, STR("example.com/log/sm3"), sm2_public(key)));
    assert_false(merkle_signed_sm2(arena, &c, STR("example.com/log/sm3"), sm2_public(stranger)));
    assert_false(merkle_signed_sm2(arena, &c, STR("example.com/log"), sm2_public(key)));
}

static void names_with_spaces_are_refused(void **state)
{
    static const char *const bad[] = {"",          "a b", "a+b", "a\nb", "a\xE3\x80\x80z", "a\xE2\x80\x83z",
                                      "a\xC2\xA0z"};
    (void)state;
    assert_true(merkle_name_ok(STR("example.com/log")) && merkle_name_ok(STR("通办/日志")));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(merkle_name_ok(str_c(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_growing_log_has_the_root_of_the_definition),
        cmocka_unit_test(a_tree_whole_in_memory_is_the_tree_of_the_definition),
        cmocka_unit_test(leaves_side_by_side_are_the_leaves_of_the_definition),
        cmocka_unit_test(the_known_tree_of_eight_leaves_has_its_known_root),
        cmocka_unit_test(an_inclusion_proof_is_of_one_leaf_in_one_tree),
        cmocka_unit_test(a_consistency_proof_is_of_two_states_of_one_log),
        cmocka_unit_test(proofs_made_from_tiles_hold),
        cmocka_unit_test(a_tree_of_70000_has_the_tiles_of_the_format),
        cmocka_unit_test(one_path_names_one_tile),
        cmocka_unit_test(a_bundle_gives_back_its_entries),
        cmocka_unit_test(rfc_8032_test_1_is_met),
        cmocka_unit_test(a_checkpoint_verifies_with_its_key_alone),
        cmocka_unit_test(the_example_of_the_format_is_read),
        cmocka_unit_test(a_witness_signs_the_time_as_well),
        cmocka_unit_test(the_parallel_checkpoint_is_signed_by_sm2),
        cmocka_unit_test(names_with_spaces_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
