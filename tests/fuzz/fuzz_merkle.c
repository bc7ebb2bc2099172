/* Whatever claims to be a head, a key, a path, a bundle, a case or a proof of a log: it is read or refused;
 * what is read comes out as it went in, and nothing that was not signed is called signed. */
#include "engines/merkle/merkle_note.h"
#include "engines/merkle/merkle_tiles.h"
#include "modules/evidence/evidence.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t seed[ED25519_SEED] = {1};

static void must(bool promise)
{
    if (!promise) abort();
}

static void check_note(struct arena *a, struct str content)
{
    struct err e = {0};
    struct merkle_checkpoint c, again;
    struct merkle_key own = merkle_key(a, STR("fuzz/log"), NOTE_ED25519, seed);
    uint64_t seconds;
    if (!merkle_checkpoint_parse(a, content, &c, &e)) return;
    must(!merkle_signed(a, &c, &own) && !merkle_cosigned(a, &c, &own, &seconds));
    struct str line = merkle_sign(a, &own, seed, c.text);
    must(merkle_checkpoint_parse(a, merkle_note(a, c.text, line), &again, &e));
    must(again.size == c.size && merkle_same(&again.root, &c.root) && merkle_signed(a, &again, &own));
}

static void check(struct arena *a, struct str content)
{
    struct err e = {0};
    struct merkle_key key;
    struct merkle_tile tile;
    struct evidence_verdict verdict;
    struct str rest = content, entry;
    bool agrees;
    check_note(a, content);
    if (merkle_key_parse(a, content, &key, &e)) must(merkle_name_ok(key.name));
    if (merkle_tile_parse(content, &tile)) must(str_eq(merkle_tile_path(a, tile), content));
    while (merkle_bundle_next(&rest, &entry))
        must(entry.ptr >= content.ptr && entry.ptr + entry.len <= content.ptr + content.len);
    (void)merkle_case(a, content, &agrees, &e);
    e = (struct err){0};
    const struct json *doc = json_parse(a, content, JSON_STRICT, &e);
    if (doc && evidence_proof_verify(a, doc, json_text_of(doc, "keys"), &verdict, &e))
        must(verdict.wrong <= verdict.acts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    struct arena *a = arena_new(64 << 20);
    struct err e = {0};
    jmp_buf env;
    if (!started) must(started = crypto_start(&e));
    if (a && setjmp(env) == 0) {
        arena_guard(a, &env);
        check(a, str_n(data, size));
    }
    arena_drop(a);
    return 0;
}
