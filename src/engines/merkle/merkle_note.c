#include "engines/merkle/merkle_note.h"

#include "core/base/buf.h"

#define DASH "\xE2\x80\x94 " /* em dash, space */

enum { SECONDS = 8 };

struct str merkle_checkpoint_text(struct arena *a, struct str origin, uint64_t size,
                                  const struct merkle_node *root)
{
    return str_fmt(a, "%.*s\n%llu\n%.*s\n", STR_ARG(origin), (unsigned long long)size,
                   STR_ARG(str_base64(a, root->bytes, MERKLE_SIZE)));
}

struct str merkle_note(struct arena *a, struct str text, struct str lines)
{
    return str_fmt(a, "%.*s\n%.*s", STR_ARG(text), STR_ARG(lines));
}

/* Key names and origins: no spaces, also not those of Unicode beyond ASCII that are in common use. */
bool merkle_name_ok(struct str name)
{
    static const char *const spaces[] = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
                                         "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    if (!name.len || !utf8_valid(name)) return false;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char ch = (unsigned char)name.ptr[i];
        if (ch <= ' ' || ch == '+' || ch == 127) return false;
        if (ch == 0xE2 && i + 2 < name.len && (unsigned char)name.ptr[i + 1] == 0x80 &&
            (unsigned char)name.ptr[i + 2] <= 0x8A)
            return false; /* U+2000 to U+200A */
    }
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
        if (str_find(name, str_c(spaces[i])) != SIZE_MAX) return false;
    return true;
}

/* ---- reading ---- */

static bool no_checkpoint(struct err *e)
{
    return err_invalid(e, "log.checkpoint", "This is not a checkpoint of a log.");
}

static bool clean(struct str note)
{
    for (size_t i = 0; i < note.len; i++)
        if ((unsigned char)note.ptr[i] < ' ' && note.ptr[i] != '\n') return false;
    return note.len <= NOTE_BYTES_MAX && utf8_valid(note);
}

static bool tree_size(struct str s, uint64_t *out)
{
    return s.len && (s.ptr[0] != '0' || s.len == 1) && str_to_u64(s, out);
}

bool merkle_checkpoint_parse(struct arena *a, struct str note, struct merkle_checkpoint *out, struct err *e)
{
    struct str size, root, bytes, rest;
    size_t end = note.len;
    if (!clean(note)) return no_checkpoint(e);
    /* The last empty line parts text and signatures. */
    while (end >= 2 && !(note.ptr[end - 1] == '\n' && note.ptr[end - 2] == '\n'))
        end--;
    if (end < 2 || end == note.len || note.ptr[note.len - 1] != '\n') return no_checkpoint(e);
    out->text = str_slice(note, 0, end - 1);
    out->signatures = str_slice(note, end, note.len);
    rest = str_cut(out->text, '\n', &out->origin);
    rest = str_cut(rest, '\n', &size);
    rest = str_cut(rest, '\n', &root);
    if (!out->origin.len || !tree_size(size, &out->size) || !str_unbase64(a, root, &bytes) ||
        bytes.len != MERKLE_SIZE || (rest.len && rest.ptr[0] == '\n') ||
        str_find(rest, STR("\n\n")) != SIZE_MAX)
        return no_checkpoint(e);
    memcpy(out->root.bytes, bytes.ptr, MERKLE_SIZE);
    return true;
}

/* ---- keys ---- */

#define SM2_TYPE "\xFFSM2-SM3"

static struct str key_words(struct arena *a, struct str name, struct str type, const void *key, size_t len)
{
    struct buf b = buf_new(a, name.len + type.len + len + 2);
    buf_add(&b, name);
    buf_add_char(&b, '\n');
    buf_add(&b, type);
    buf_add(&b, str_n(key, len));
    return buf_str(&b);
}

static void set_id(struct arena *a, struct merkle_key *k)
{
    uint8_t digest[SHA256_SIZE];
    sha256(key_words(a, k->name, str_n(&k->type, 1), k->key, ED25519_PUBLIC), digest);
    memcpy(k->id, digest, NOTE_ID);
}

static bool sm2_id(struct arena *a, struct str name, const struct sm2_pub *key, uint8_t out[NOTE_ID])
{
    uint8_t point[SM2_POINT], digest[SM3_SIZE];
    if (!sm2_point(key, point)) return false;
    sm3(key_words(a, name, STR(SM2_TYPE), point, sizeof point), digest);
    memcpy(out, digest, NOTE_ID);
    return true;
}

struct merkle_key merkle_key(struct arena *a, struct str name, uint8_t type, const uint8_t seed[ED25519_SEED])
{
    struct merkle_key k = {.name = name, .type = type};
    ed25519_public(seed, k.key);
    set_id(a, &k);
    return k;
}

struct str merkle_key_text(struct arena *a, const struct merkle_key *k)
{
    uint8_t typed[1 + ED25519_PUBLIC] = {k->type};
    memcpy(typed + 1, k->key, ED25519_PUBLIC);
    return str_fmt(a, "%.*s+%.*s+%.*s", STR_ARG(k->name), STR_ARG(str_hex(a, k->id, NOTE_ID)),
                   STR_ARG(str_base64(a, typed, sizeof typed)));
}

bool merkle_key_parse(struct arena *a, struct str text, struct merkle_key *out, struct err *e)
{
    struct str id, key, id_bytes, bytes;
    key = str_cut(str_cut(str_trim(text), '+', &out->name), '+', &id);
    if (merkle_name_ok(out->name) && str_unhex(a, id, &id_bytes) && str_unbase64(a, key, &bytes) &&
        bytes.len == 1 + ED25519_PUBLIC &&
        (bytes.ptr[0] == NOTE_ED25519 || bytes.ptr[0] == NOTE_COSIGNATURE)) {
        out->type = (uint8_t)bytes.ptr[0];
        memcpy(out->key, bytes.ptr + 1, ED25519_PUBLIC);
        set_id(a, out);
        if (str_eq(id_bytes, str_n(out->id, NOTE_ID))) return true;
    }
    return err_invalid(e, "log.key", "This is not the key of a log or witness: name+id+key.");
}

/* ---- signing ---- */

static struct str line_of(struct arena *a, struct str name, const uint8_t id[NOTE_ID], struct str signature)
{
    struct str bytes = str_cat(a, str_n(id, NOTE_ID), signature);
    return str_fmt(a, DASH "%.*s %.*s\n", STR_ARG(name), STR_ARG(str_base64(a, bytes.ptr, bytes.len)));
}

struct str merkle_sign(struct arena *a, const struct merkle_key *k, const uint8_t seed[ED25519_SEED],
                       struct str text)
{
    uint8_t signature[ED25519_SIGNATURE];
    ed25519_sign(seed, text, signature);
    return line_of(a, k->name, k->id, str_n(signature, sizeof signature));
}

static struct str cosigned_text(struct arena *a, struct str text, uint64_t seconds)
{
    return str_fmt(a, "cosignature/v1\ntime %llu\n%.*s", (unsigned long long)seconds, STR_ARG(text));
}

struct str merkle_cosign(struct arena *a, const struct merkle_key *k, const uint8_t seed[ED25519_SEED],
                         struct str text, uint64_t seconds)
{
    uint8_t signature[SECONDS + ED25519_SIGNATURE];
    for (int i = 0; i < SECONDS; i++)
        signature[i] = (uint8_t)(seconds >> (8 * (SECONDS - 1 - i)));
    ed25519_sign(seed, cosigned_text(a, text, seconds), signature + SECONDS);
    return line_of(a, k->name, k->id, str_n(signature, sizeof signature));
}

bool merkle_sign_sm2(struct arena *a, struct str name, const struct sm2_key *key, struct str text,
                     struct str *line, struct err *e)
{
    uint8_t id[NOTE_ID];
    struct str signature;
    if (!sm2_id(a, name, sm2_public(key), id)) return err_fault(e, "the SM2 key has no point");
    if (!sm2_sign(a, key, text, &signature, e)) return false;
    *line = line_of(a, name, id, signature);
    return true;
}

/* ---- verifying ---- */

/* The next line of that name and id, its signature; false when there is none left. A line that is none ends
 * the search. */
static bool next_signature(struct arena *a, struct str *rest, struct str name, const uint8_t id[NOTE_ID],
                           struct str *signature)
{
    while (rest->len) {
        struct str line, who, bytes;
        *rest = str_cut(*rest, '\n', &line);
        if (!str_starts(line, STR(DASH))) return false;
        struct str value = str_cut(str_slice(line, sizeof DASH - 1, line.len), ' ', &who);
        if (!str_unbase64(a, value, &bytes) || bytes.len <= NOTE_ID) return false;
        if (!str_eq(who, name) || memcmp(bytes.ptr, id, NOTE_ID) != 0) continue;
        *signature = str_slice(bytes, NOTE_ID, bytes.len);
        return true;
    }
    return false;
}

static bool one_fits(struct arena *a, const struct merkle_key *k, struct str text, struct str signature,
                     uint64_t *seconds)
{
    const uint8_t *s = (const uint8_t *)signature.ptr;
    if (k->type == NOTE_ED25519) return signature.len == ED25519_SIGNATURE && ed25519_verify(k->key, text, s);
    if (signature.len != SECONDS + ED25519_SIGNATURE) return false;
    *seconds = 0;
    for (int i = 0; i < SECONDS; i++)
        *seconds = *seconds << 8 | s[i];
    return *seconds <= INT64_MAX && ed25519_verify(k->key, cosigned_text(a, text, *seconds), s + SECONDS);
}

static bool all_fit(struct arena *a, const struct merkle_checkpoint *c, const struct merkle_key *k,
                    uint64_t *seconds)
{
    struct str rest = c->signatures, signature;
    int found = 0;
    while (next_signature(a, &rest, k->name, k->id, &signature)) {
        if (!one_fits(a, k, c->text, signature, seconds)) return false;
        found++;
    }
    return found > 0;
}

bool merkle_signed(struct arena *a, const struct merkle_checkpoint *c, const struct merkle_key *k)
{
    uint64_t unused;
    return k->type == NOTE_ED25519 && all_fit(a, c, k, &unused);
}

bool merkle_cosigned(struct arena *a, const struct merkle_checkpoint *c, const struct merkle_key *k,
                     uint64_t *seconds)
{
    return k->type == NOTE_COSIGNATURE && all_fit(a, c, k, seconds);
}

bool merkle_signed_sm2(struct arena *a, const struct merkle_checkpoint *c, struct str name,
                       const struct sm2_pub *key)
{
    struct str rest = c->signatures, signature;
    uint8_t id[NOTE_ID];
    int found = 0;
    if (!sm2_id(a, name, key, id)) return false;
    while (next_signature(a, &rest, name, id, &signature)) {
        if (!sm2_verify(key, c->text, signature)) return false;
        found++;
    }
    return found > 0;
}

/* ---- growth ---- */

enum merkle_growth merkle_growth(struct merkle_tiles *tiles, const struct merkle_checkpoint *old,
                                 const struct merkle_checkpoint *now)
{
    struct merkle_proof p;
    if (now->size < old->size) return MERKLE_SHORTER;
    if (now->size == old->size) return merkle_same(&old->root, &now->root) ? MERKLE_GREW : MERKLE_FORKED;
    if (!old->size) return MERKLE_GREW;
    if (!merkle_prove_consistency(MERKLE_SHA256, merkle_tiles_read, tiles, old->size, now->size, &p))
        return MERKLE_UNREAD;
    return merkle_verify_consistency(MERKLE_SHA256, old->size, now->size, &old->root, &now->root, p.nodes,
                                     p.count)
               ? MERKLE_GREW
               : MERKLE_FORKED;
}
